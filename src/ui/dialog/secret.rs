//! The dialog that matters most: a new key's secret, which can't be had again.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::forms::goal;
use super::taken::taken;
use super::{Content, WIDTH, sign_in};
use crate::app::App;
use crate::app::dialog::{DISCARD, Delivering, Goal, SAVED, SecretDialog};
use crate::keymap::{Action, Context};
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::hints::pairs;
use crate::ui::theme::Theme;

/// The cells of a dialog's frame and margins.
const FRAME: usize = 6;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &SecretDialog) {
    let secret = dialog.secret.expose();
    // As wide as the secret where there is room: on one line it can be selected whole.
    let wanted = u16::try_from(text::width(secret) + FRAME).unwrap_or(u16::MAX);
    let mut content = Content::new(theme, area, WIDTH.max(wanted));
    // Signing in with it has more to say.
    let is_roomy = area.height > 16 || dialog.sign_in.is_none();
    let key = &dialog.target.key;
    let id = format!("  id {}", key.id);
    let name = text::fit_name(key.title(), content.width.saturating_sub(text::width(&id))).into_owned();
    content.line(Line::from(vec![Span::styled(name, theme.strong()), Span::styled(id, theme.dim())]));
    content.blank_if(is_roomy);
    let style = theme.accent().add_modifier(Modifier::BOLD);
    if dialog.is_shown {
        content.words(secret, style);
    } else {
        content.line(Line::styled(masked(secret, theme, content.width), style));
    }
    content.blank_if(is_roomy);
    if let Some(goal) = &dialog.elsewhere {
        elsewhere(app, &mut content, goal);
    } else if let Some(field) = &dialog.farewell {
        farewell(app, &mut content, dialog, field);
    } else if let Some(sign_in) = &dialog.sign_in {
        sign_in::state(app, &mut content, dialog, sign_in, is_roomy);
    } else {
        state(app, &mut content, dialog);
    }
    let dot = theme.pick(" · ", " - ");
    content.render(
        app,
        &format!("{}{dot}{}", dialog.title(), dialog.target.scope_name),
        theme.done().add_modifier(Modifier::BOLD),
        frame,
        area,
    );
}

/// How it begins, dots, and its last six characters.
fn masked(secret: &str, theme: Theme, width: usize) -> String {
    let dot = theme.pick("•", "*");
    let tail = crate::secret::tail(secret);
    // What the vendor puts before a key's random part tells what kind it is, and nothing else.
    let head_len = secret.match_indices('_').map(|(at, _)| at + 1).nth(2).filter(|at| *at <= 20).unwrap_or(0);
    let head = secret.get(..head_len).unwrap_or_default();
    let dots = secret.chars().count().saturating_sub(head.chars().count() + tail.chars().count());
    let dots = dots.min(width.saturating_sub(text::width(head) + text::width(tail)));
    format!("{head}{}{tail}", dot.repeat(dots))
}

fn state(app: &App, content: &mut Content, dialog: &SecretDialog) {
    taken(app, content, dialog);
    content.words("The service shows this value once. After this it can't be had again.", Style::new());
    content.blank();
    // Once it was taken, Enter closes, too.
    let close = if dialog.taken.is_none() { Action::Back } else { Action::Accept };
    let copy = if dialog.taken.is_none() { Action::Accept } else { Action::CopySecret };
    let copies = [copy, Action::CopySecret];
    let copies = if pairs(app, &[copy]).is_empty() { &copies[1..] } else { &copies[..1] };
    let others = [Action::Reveal, close, Action::ToFile, Action::ToEnv, Action::ToCommand];
    content.actions(app, &[copies, &others].concat());
}

/// Another destination, as it is being chosen.
fn elsewhere(app: &App, content: &mut Content, choice: &Goal) {
    if let Some(words) = choice.way.asks_for() {
        content.words(words, Style::new());
        content.only_field(choice.field());
    }
    goal(app, content, choice, "the secret goes there");
    content.blank();
    content.actions(app, &[Action::Accept, Action::Back]);
}

fn farewell(app: &App, content: &mut Content, dialog: &SecretDialog, field: &crate::app::field::Field) {
    let theme = content.theme;
    let enter = app.keymap().told(Context::Farewell, Action::Accept);
    let delivered_meanwhile = format!("It was delivered meanwhile: {enter} closes.");
    let words = match &dialog.taken {
        Some(delivered) if delivered.is_certain() => &delivered_meanwhile,
        Some(_) => "The terminal does not say whether it took the secret. Once closed, it can't be had again.",
        _ if dialog.was_shown => {
            "Only you know whether you took the secret from the screen. Once closed, it can't be had again."
        }
        None if matches!(&dialog.delivering, Delivering::Failed(error) if error.is_out) => {
            "It was not delivered, but may have got out. Once closed, it can't be had again."
        }
        None => "Nobody has this secret yet. Once closed, it can't be had again.",
    };
    content.words(words, theme.warning().add_modifier(Modifier::BOLD));
    let ask = format!("Type {SAVED} if you have it, {DISCARD} to give it up.");
    content.words(&ask, if dialog.is_mistyped { theme.error() } else { Style::new() });
    content.only_field(field);
    content.actions(app, &[Action::Accept, Action::Back]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Colours;

    #[test]
    fn the_middle_of_a_secret_is_never_shown() {
        let theme = Theme::new(Colours::None, true);
        for (secret, expected) in [
            ("confident_us_proj_fakefakefakea1b2c3", "confident_us_proj_************a1b2c3"),
            ("confident_proj_fakefakea1b2c3", "***********************a1b2c3"),
            ("fake", "**ke"),
        ] {
            assert_eq!(masked(secret, theme, 70), expected);
        }
        assert_eq!(masked("confident_us_proj_fakefakefakea1b2c3", theme, 26), "confident_us_proj_**a1b2c3");
    }
}
