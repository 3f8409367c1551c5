//! What became of a fresh secret, for the dialogs that hold one.

use ratatui::style::{Modifier, Style};

use super::Content;
use crate::app::dialog::{Delivering, SecretDialog};
use crate::app::{App, ClipboardRoute};
use crate::keymap::{Action, Context};

/// Where it went, or did not.
pub(super) fn taken(app: &App, content: &mut Content, dialog: &SecretDialog) {
    let theme = content.theme;
    let tick = theme.pick("✓ ", "ok: ");
    let bold = |style: Style| style.add_modifier(Modifier::BOLD);
    let told = |action| app.keymap().told(Context::Secret, action);
    match (&dialog.delivering, &dialog.taken) {
        (Delivering::Busy(_), _) => content.busy(theme.pick("Taking it there…", "Taking it there..")),
        (Delivering::Failed(error), _) => {
            content.words(&format!("! Not delivered: {}.", error.reason.trim_end_matches('.')), bold(theme.error()));
            if error.is_out {
                content.words(
                    "Somebody else may have got it all the same: if in doubt, deactivate the key.",
                    theme.warning(),
                );
            }
            content.words("It is still here: take it elsewhere, or show it.", Style::new());
        }
        (Delivering::Idle, Some(delivered)) if delivered.is_certain() => {
            content.words(&format!("{tick}{delivered}"), bold(theme.done()));
        }
        (Delivering::Idle, Some(_)) => {
            content.words(
                "Sent to the terminal, which does not say whether it took it: paste to check.",
                bold(theme.warning()),
            );
        }
        (Delivering::Idle, None) => match &app.clipboard {
            ClipboardRoute::Known(route) => {
                let show = format!("{} shows it, ", told(Action::Reveal));
                let show = if dialog.is_shown { "" } else { &show };
                let copy = told(Action::Accept);
                content.words(&format!("Not taken yet: {show}{copy} copies it to {route}."), theme.warning());
            }
            ClipboardRoute::Missing(reason) => {
                content.words(&format!("Not taken yet. {reason}"), theme.warning());
                let show = told(Action::Reveal);
                content.words(&format!("{show} shows it, to select it on the screen."), Style::new());
            }
        },
    }
}
