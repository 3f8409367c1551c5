//! The dialog that matters most: a new key's secret, which can't be had again.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::forms::keys;
use super::{Content, WIDTH};
use crate::app::dialog::{Copying, DISCARD, SAVED, SecretDialog, Taken};
use crate::app::{App, ClipboardRoute};
use crate::text;
use crate::ui::theme::Theme;

/// The cells of a dialog's frame and margins.
const FRAME: usize = 6;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, dialog: &SecretDialog) {
    let secret = dialog.secret.expose();
    // As wide as the secret where there is room: on one line it can be selected whole.
    let wanted = u16::try_from(text::width(secret) + FRAME).unwrap_or(u16::MAX);
    let mut content = Content::new(theme, area, WIDTH.max(wanted));
    let key = &dialog.target.key;
    let id = format!("  id {}", key.id);
    let name = text::fit(key.title(), content.width.saturating_sub(text::width(&id))).into_owned();
    content.line(Line::from(vec![Span::styled(name, theme.strong()), Span::styled(id, theme.dim())]));
    content.blank();
    let style = theme.accent().add_modifier(Modifier::BOLD);
    if dialog.is_shown {
        content.words(secret, style);
    } else {
        content.line(Line::styled(masked(secret, theme, content.width), style));
    }
    content.blank();
    if let Some(field) = &dialog.farewell {
        farewell(&mut content, dialog, field);
    } else {
        state(app, &mut content, dialog);
    }
    let dot = theme.pick(" · ", " - ");
    content.render(
        &format!("New key{dot}{}", dialog.target.scope_name),
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
    let theme = content.theme;
    let tick = theme.pick("✓ ", "ok: ");
    match (&dialog.copying, dialog.taken) {
        (Copying::Busy(_), _) => content.busy(theme.pick("Copying…", "Copying..")),
        (Copying::Failed(reason), _) => {
            content.words(&format!("! Not copied. {reason}"), theme.error().add_modifier(Modifier::BOLD));
            content.words("v shows it, to select it on the screen.", Style::new());
        }
        (Copying::Idle, Taken::Clipboard { clears_after }) => {
            let words = match clears_after {
                Some(after) => {
                    format!("{tick}copied to the clipboard, cleared in {} s or when pasted over", after.as_secs())
                }
                None => format!("{tick}copied to the clipboard"),
            };
            content.words(&words, theme.done().add_modifier(Modifier::BOLD));
        }
        (Copying::Idle, Taken::Terminal) => {
            content.words(
                "Sent to the terminal, which does not say whether it took it: paste to check.",
                theme.warning().add_modifier(Modifier::BOLD),
            );
        }
        (Copying::Idle, Taken::No) => match &app.clipboard {
            ClipboardRoute::Known(route) => {
                content.words(&format!("Not taken yet. Enter copies it to {route}."), theme.warning())
            }
            ClipboardRoute::Missing(reason) => {
                content.words(&format!("Not taken yet. {reason}"), theme.warning());
                content.words("v shows it, to select it on the screen.", Style::new());
            }
        },
    }
    content.words("The service shows this value once. After this it can't be had again.", Style::new());
    content.blank();
    let show = if dialog.is_shown { "hide" } else { "show" };
    let pairs: &[(&str, &str)] = match (dialog.taken, &dialog.copying) {
        (Taken::No, Copying::Failed(_)) => &[("c", "copy again"), ("v", show), ("Enter", "close")],
        (Taken::No, _) => &[("Enter", "copy"), ("v", show), ("Esc", "close")],
        _ => &[("c", "copy again"), ("v", show), ("Enter", "done")],
    };
    content.line(keys(theme, pairs));
}

fn farewell(content: &mut Content, dialog: &SecretDialog, field: &crate::app::field::Field) {
    let theme = content.theme;
    let words = match dialog.taken {
        Taken::Clipboard { .. } => "It was copied meanwhile: Enter closes.",
        Taken::Terminal => "The terminal does not say whether it took the secret. Once closed, it can't be had again.",
        _ if dialog.was_shown => {
            "Only you know whether you took the secret from the screen. Once closed, it can't be had again."
        }
        Taken::No => "Nobody has this secret yet. Once closed, it can't be had again.",
    };
    content.words(words, theme.warning().add_modifier(Modifier::BOLD));
    let ask = format!("Type {SAVED} if you have it, {DISCARD} to give it up.");
    content.words(&ask, if dialog.is_mistyped { theme.error() } else { Style::new() });
    content.field(field, true);
    content.line(keys(theme, &[("Enter", "close"), ("Esc", "back to the secret")]));
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
