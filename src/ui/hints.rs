//! What the keys that work here are called: the same words in the footer and in the dialogs.

use ratatui::style::Modifier;
use ratatui::text::Span;

use super::theme::Theme;
use crate::app::dialog::{Delivering, Dialog, Goal, SecretDialog, SignInStage};
use crate::app::{App, ClipboardRoute, Pane};
use crate::keymap::{Action, Binding};
use crate::text;

/// A key, and what it does.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) words: &'static str,
    /// What a click on it does; none where the key is one for fields, whatever the table says.
    pub(super) action: Option<Action>,
}

impl Pair {
    /// A key that chooses in a row of a form.
    pub(super) fn choose() -> Self {
        Self { key: "Space".to_owned(), words: "choose", action: None }
    }

    /// Its cells.
    pub(super) fn width(&self) -> usize {
        text::width(&self.key) + 1 + text::width(self.words)
    }

    /// With so many cells behind it.
    pub(super) fn spans(&self, theme: Theme, gap: usize) -> [Span<'static>; 2] {
        let style = theme.accent().add_modifier(Modifier::BOLD);
        [Span::styled(self.key.clone(), style), Span::raw(format!(" {}{}", self.words, " ".repeat(gap)))]
    }
}

/// The keys of `actions` in the open dialog, with what the footer calls them; without those that have no key, or would
/// do nothing.
pub(super) fn pairs(app: &App, actions: &[Action]) -> Vec<Pair> {
    let Some(dialog) = &app.dialog else { return Vec::new() };
    let context = dialog.context();
    let pair = |action: &Action| {
        let binding = app.keymap().of(context).find(|binding| binding.action == *action)?;
        let (key, words) = (binding.keys.first()?.to_string(), own_label(app, binding)?);
        Some(Pair { key, words, action: Some(*action) })
    };
    actions.iter().filter_map(pair).collect()
}

/// The keys that the footer tells of, in its order.
pub(super) fn footer(app: &App) -> impl Iterator<Item = Pair> {
    app.footer_bindings().filter_map(|binding| {
        let (key, words) = (binding.keys.first()?.to_string(), label(app, binding)?);
        Some(Pair { key, words, action: Some(binding.action) })
    })
}

/// Whether Enter copies the secret: where it was not taken yet, nothing went wrong, and there is a clipboard.
fn is_copied_by_enter(app: &App, dialog: &SecretDialog) -> bool {
    let is_first = dialog.taken.is_none() && dialog.delivering == Delivering::Idle;
    is_first && matches!(app.clipboard, ClipboardRoute::Known(_))
}

/// The same, where the secret is of a key that is to sign the calls.
fn sign_in_label(
    app: &App,
    dialog: &SecretDialog,
    action: Action,
    usual: Option<&'static str>,
) -> Option<&'static str> {
    let sign_in = dialog.sign_in.as_ref()?;
    match action {
        _ if matches!(sign_in.stage, SignInStage::Trying(_)) => None,
        Action::Accept => app.sign_in_enter(dialog, sign_in),
        Action::Reveal if dialog.is_shown => Some("hide"),
        Action::Back if !sign_in.is_done() => Some("leave it"),
        _ => usual,
    }
}

/// What the footer calls a binding now; none where it is not worth the room, or would do nothing.
fn label(app: &App, binding: &Binding) -> Option<&'static str> {
    match (&app.help, binding.action) {
        (None, _) => own_label(app, binding),
        (Some(help), Action::Help) if help.is_all => Some("only what works here"),
        (Some(_), Action::Help) => Some("all keys"),
        (Some(_), _) => usual(binding),
    }
}

fn usual(binding: &Binding) -> Option<&'static str> {
    Some(binding.hint).filter(|hint| !hint.is_empty())
}

/// The same, whether the help lies over it or not.
fn own_label(app: &App, binding: &Binding) -> Option<&'static str> {
    let usual = usual(binding);
    match (&app.dialog, binding.action) {
        (_, Action::Help) | (Some(Dialog::Replace(_)), Action::Back) => usual,
        (Some(Dialog::Secret(dialog)), action) if dialog.farewell.is_none() && dialog.elsewhere.is_none() => {
            match action {
                _ if dialog.sign_in.is_some() => sign_in_label(app, dialog, action, usual),
                Action::Accept if is_copied_by_enter(app, dialog) => Some("copy"),
                Action::CopySecret if dialog.taken.is_none() && !is_copied_by_enter(app, dialog) => usual,
                Action::Accept | Action::CopySecret if dialog.taken.is_none() => None,
                Action::Accept => Some("done"),
                Action::CopySecret => Some("copy again"),
                Action::Reveal if dialog.is_shown => Some("hide"),
                _ => usual,
            }
        }
        (Some(Dialog::Replace(dialog)), Action::Accept) => match dialog.next() {
            Action::Generate => Some("generate the successor"),
            Action::Toggle => Some("deactivate old"),
            Action::Delete => Some("delete old"),
            Action::Back => Some("done"),
            _ => None,
        },
        (Some(Dialog::Replace(dialog)), action) => usual.filter(|_| dialog.offers(action) && action != dialog.next()),
        (Some(Dialog::Rotations(_)), Action::Accept) => usual.filter(|_| !app.shown_rotations().is_empty()),
        (Some(Dialog::Bulk(dialog)), action) if dialog.is_running() => Some("stop").filter(|_| action == Action::Back),
        (Some(Dialog::Export(dialog)), Action::Accept) => Some(dialog.enter()),
        (Some(Dialog::Generate(dialog)), Action::Accept) => Some(dialog.enter()),
        (Some(Dialog::Generate(dialog)), Action::Next) if dialog.lifetime.is_none() => Some("destination"),
        (Some(Dialog::RotateInPlace(dialog)), Action::Accept) => Some(dialog.enter()),
        (Some(Dialog::Secret(dialog)), Action::Accept) => dialog.elsewhere.as_ref().map(Goal::enter).or(usual),
        (Some(dialog), action) if dialog.is_moot() => Some("close").filter(|_| action == Action::Accept),
        (Some(Dialog::Lost(dialog)), Action::Toggle) => {
            usual.filter(|_| dialog.keys().get(dialog.selected).is_some_and(|key| key.valid))
        }
        (Some(Dialog::Lost(dialog)), Action::Delete) => usual.filter(|_| !dialog.keys().is_empty()),
        (_, Action::Profiles) => usual.filter(|_| app.other_profiles().next().is_some()),
        (Some(Dialog::Profiles(_)), Action::Accept) => usual.filter(|_| !app.shown_profiles().is_empty()),
        (Some(Dialog::Palette(palette)), Action::Accept) => usual.filter(|_| !palette.is_empty()),
        (None, Action::Accept) if app.focus == Pane::Scopes && app.profile_at_cursor().is_some() => Some("switch"),
        (None, Action::Generate) if app.focus == Pane::Scopes && app.profile_at_cursor().is_some() => None,
        (None, action) if app.obstacle_to(action).is_some() => None,
        (None, Action::Next) if app.focus == Pane::Keys && !app.is_filtering && app.layout().scopes.is_none() => {
            Some("scopes")
        }
        (None, Action::Toggle) if !app.marks.is_empty() => {
            Some(if app.marks_work() { "deactivate marked" } else { "reactivate marked" })
        }
        (None, Action::Delete) if !app.marks.is_empty() => Some("delete marked"),
        (None, Action::Toggle) => app.selected().map(|(key, _)| if key.valid { "deactivate" } else { "reactivate" }),
        (None, Action::Delete | Action::Rotate | Action::CopyMenu | Action::Mark) => {
            usual.filter(|_| app.selected().is_some())
        }
        (None, Action::Accept) if app.focus == Pane::Keys && !app.is_filtering => {
            usual.filter(|_| app.selected().is_some())
        }
        _ => usual,
    }
}
