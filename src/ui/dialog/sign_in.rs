//! Another key takes over signing the calls: how that goes, and how far it is.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::taken::taken;
use super::{Content, WIDTH};
use crate::app::App;
use crate::app::dialog::{ChangeSigner, SecretDialog, SignIn, SignInStage};
use crate::keymap::Action;
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Theme;

/// What happens, in its order.
const STEPS: [&str; 4] = [
    "Another organization key is generated.",
    "Its secret goes where you say.",
    "A call signed with it proves it; then it signs all.",
    "You are asked whether the old one is deactivated.",
];

pub(super) fn change(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &ChangeSigner) {
    let mut content = Content::new(theme, area, WIDTH);
    let is_roomy = area.height > 16;
    let key = &dialog.target.key;
    let (dot, dots) = (theme.pick(" · ", " - "), theme.pick("…", ".."));
    let id = format!("  id {}{dot}{dots}{}", key.id, key.value.tail());
    let name = text::fit_name(key.title(), content.width.saturating_sub(text::width(&id))).into_owned();
    content.line(Line::from(vec![Span::styled(name, theme.strong()), Span::styled(id, theme.dim())]));
    if dialog.candidates > 1 {
        let words = format!(
            "! {} keys end like this: which of them signs can't be told. The new one takes over all the same.",
            dialog.candidates
        );
        content.words(&words, theme.warning());
    }
    content.blank_if(is_roomy);
    content.words("It signs the calls of ckeys, so another key takes over from it:", Style::new());
    for (at, step) in STEPS.iter().enumerate() {
        content.words(&format!("{}. {step}", at + 1), Style::new());
    }
    content.blank_if(is_roomy);
    if let Some(session) = &app.session {
        content.words(&session.source.outlook(&app.in_force.advice()), theme.dim());
    }
    content.blank_if(is_roomy);
    content.actions(app, &[Action::Accept, Action::Back]);
    content.render(
        app,
        &format!("Change the signing key{dot}{}", dialog.target.scope_name),
        theme.border(true),
        frame,
        area,
    );
}

/// The lower part of the dialog with the new key's secret.
pub(super) fn state(app: &App, content: &mut Content, dialog: &SecretDialog, sign_in: &SignIn, is_roomy: bool) {
    let theme = content.theme;
    let bold = |style: Style| style.add_modifier(Modifier::BOLD);
    let is_safe = !dialog.would_lose_it();
    if sign_in.is_saved {
        content.words(&format!("{}you have it, as you said.", theme.pick("✓ ", "ok: ")), bold(theme.done()));
    } else {
        taken(app, content, dialog);
    }
    match &sign_in.stage {
        SignInStage::Trying(_) => {
            content.busy(theme.pick("Signing a call with it…", "Signing a call with it.."));
            return;
        }
        SignInStage::Ready if is_safe => {
            content.words(
                "Next, a call signed with it proves that it works. Until then the old key signs all.",
                Style::new(),
            );
        }
        SignInStage::Ready => {
            content
                .words("The service shows this value once. Once you have it, it can be signed in with.", Style::new());
        }
        SignInStage::Failed(error) => {
            content.words(&format!("{}.", error.to_string().trim_end_matches('.')), bold(theme.error()));
            if let Some(outlook) = error.error().and_then(|error| app.write_outlook(error)) {
                content.words(&outlook, theme.warning());
            }
            let words =
                "The old key still signs all calls. The new one exists; its secret is where you took it, and here.";
            content.words(words, Style::new());
        }
        SignInStage::Done { .. } => {
            let words = format!("{}ckeys signs its calls with it from now on.", theme.pick("✓ ", "ok: "));
            content.words(&words, bold(theme.done()));
            for words in app.signed_in_words() {
                content.words(&words, theme.warning());
            }
        }
    }
    content.blank_if(is_roomy);
    content.actions(app, &[Action::Accept, Action::Back]);
    let others = [Action::CopySecret, Action::Reveal, Action::ToFile, Action::ToEnv, Action::ToCommand];
    content.actions(app, &others);
}
