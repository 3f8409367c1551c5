//! The dialogs that change a key: deactivate, reactivate, delete.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{Content, WIDTH};
use crate::api::model::{ApiKey, LastUsed};
use crate::app::App;
use crate::app::dialog::{Check, Confirm, ConfirmButton, Delete, DeleteButton, DeleteStep, Stage, Target, Typed};
use crate::app::mouse::{Hit, Stop};
use crate::app::remote::Remote;
use crate::guard;
use crate::keymap::{Action, Context};
use crate::operations::inactive_words;
use crate::status::Status;
use crate::text;
use crate::time;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Theme;

/// What is said of a change whose outcome is unknown. The key is read again, and shown as it is then.
pub(super) const UNSURE: &str = "It may have been done all the same: the key is read again, and stands above as it is.";

pub(super) fn confirm(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &Confirm) {
    let mut content = Content::new(theme, area, WIDTH);
    about(app, &mut content, &dialog.target, &dialog.check);
    let is_roomy = area.height > 16 || dialog.typed.is_none();
    content.blank_if(is_roomy);
    let verb = if dialog.valid { "Reactivate" } else { "Deactivate" };
    if dialog.stage != Stage::Ready {
        let words = if dialog.valid { "Reactivating" } else { "Deactivating" };
        content.busy(&format!("{words}{}", theme.pick("…", "..")));
    } else if dialog.is_moot() {
        content.words(moot(dialog), theme.warning());
        content.blank();
        content.close_button();
    } else {
        let does = if dialog.valid {
            "Requests that use this key are accepted again, with the same value as before."
        } else {
            "Requests that use this key are refused from the next one on. You can reactivate it: its value stays the same."
        };
        let words = match dialog.undoes {
            Some(at) => {
                let was = if dialog.valid { "deactivation" } else { "reactivation" };
                format!("This undoes the {was} that you made at {}. {does}", app.clock(at))
            }
            None => does.to_owned(),
        };
        content.words(&words, Style::new());
        if let Some(since) = dialog.succeeded {
            content.words(&app.succeeded_words(&dialog.target.key, since), theme.warning());
        }
        content.blank_if(is_roomy);
        if let Some(typed) = &dialog.typed {
            let has_focus = dialog.button == ConfirmButton::Field;
            phrase(&mut content, &dialog.target, typed, "deactivate", (has_focus, Stop::Confirm(ConfirmButton::Field)));
        }
        if let Some(error) = &dialog.error {
            content.write_error(error, UNSURE);
            content.outlook(app, error);
            content.blank_if(is_roomy);
        }
        let style = if dialog.valid { Style::new() } else { theme.warning() };
        let yes = app.keymap().key(Context::Confirm, Action::Yes).filter(|_| dialog.typed.is_none());
        let label = yes.map_or_else(|| verb.to_owned(), |key| format!("{verb} ({key})"));
        let button = |label, button, style| (label, dialog.button == button, style, Hit::Stop(Stop::Confirm(button)));
        content.buttons(&[
            button("Cancel", ConfirmButton::Cancel, Style::new()),
            button(&label, ConfirmButton::Confirm, style),
        ]);
    }
    let dot = theme.pick(" · ", " - ");
    let border = if dialog.valid { theme.border(true) } else { theme.warning().add_modifier(Modifier::BOLD) };
    let title = match dialog.undoes {
        Some(_) => format!("Undo: {} a key", verb.to_lowercase()),
        None => format!("{verb} a key"),
    };
    content.render(app, &format!("{title}{dot}{}", dialog.target.scope_name), border, frame, area);
}

/// Why there is nothing left to do.
fn moot(dialog: &Confirm) -> &'static str {
    match (dialog.is_gone, dialog.valid, &dialog.error) {
        (true, ..) => "The key is gone: somebody deleted it meanwhile.",
        (false, true, Some(_)) => "The key is active now: the change was made after all.",
        (false, false, Some(_)) => "The key is inactive now: the change was made after all.",
        (false, true, None) => "The key is active already: somebody reactivated it meanwhile.",
        (false, false, None) => "The key is inactive already: somebody deactivated it meanwhile.",
    }
}

pub(super) fn delete(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &Delete) {
    let mut content = Content::new(theme, area, WIDTH);
    about(app, &mut content, &dialog.target, &dialog.check);
    let is_roomy = area.height > 16;
    content.blank_if(is_roomy);
    let is_active = dialog.target.key.valid;
    content.words(
        if is_active {
            "Deleting is for good, and this key is active: it is deactivated first, then deleted. To find out whether anything still needs it, only deactivate it."
        } else {
            "Deleting is for good: no one can bring this key back."
        },
        Style::new(),
    );
    if dialog.was_deactivated && !is_active {
        content.words("It was deactivated just now, and still exists.", theme.warning());
    }
    content.blank_if(is_roomy);
    let has_focus = |button| dialog.stage == Stage::Ready && dialog.button == button;
    if dialog.is_gone {
        let words = match dialog.error {
            Some(_) => "The key is gone: it was deleted after all.",
            None => "The key is gone: somebody deleted it meanwhile.",
        };
        content.words(words, theme.warning());
        content.close_button();
    } else {
        let field = (has_focus(DeleteButton::Field), Stop::Delete(DeleteButton::Field));
        phrase(&mut content, &dialog.target, &dialog.typed, "delete", field);
        if let Some(error) = &dialog.error {
            content.write_error(error, UNSURE);
            content.outlook(app, error);
        }
        if dialog.stage == Stage::Ready {
            let buttons: Vec<(&str, bool, Style, Hit)> = dialog
                .buttons()
                .iter()
                .filter_map(|button| {
                    let (label, style) = match button {
                        DeleteButton::Field => return None,
                        DeleteButton::Cancel => ("Cancel", Style::new()),
                        DeleteButton::Deactivate => ("Only deactivate", theme.warning()),
                        DeleteButton::Delete => ("Delete", theme.error()),
                    };
                    Some((label, has_focus(*button), style, Hit::Stop(Stop::Delete(*button))))
                })
                .collect();
            content.buttons(&buttons);
        } else {
            let words = match dialog.step {
                DeleteStep::Delete => "Deleting",
                DeleteStep::Deactivate | DeleteStep::OnlyDeactivate => "Deactivating",
            };
            content.busy(&format!("{words}{}", theme.pick("…", "..")));
        }
    }
    let dot = theme.pick(" · ", " - ");
    content.render(
        app,
        &format!("Delete a key{dot}{}", dialog.target.scope_name),
        theme.error().add_modifier(Modifier::BOLD),
        frame,
        area,
    );
}

/// What has to be typed to `verb` the key, and the field for it.
pub(super) fn phrase(
    content: &mut Content,
    target: &Target,
    typed: &Typed,
    verb: &str,
    (has_focus, stop): (bool, Stop),
) {
    let theme = content.theme;
    let why = typed.phrase.why(&target.key).map(|why| format!(" ({why})")).unwrap_or_default();
    content.line(Line::from(vec![
        Span::raw(format!("Type the {} to {verb}: ", typed.phrase.noun())),
        Span::styled(typed.phrase.text().to_owned(), theme.strong()),
        Span::styled(why, theme.dim()),
    ]));
    content.field(&typed.field, has_focus, stop);
    if typed.is_mistyped {
        content.words(&format!("That is not its {}; nothing was sent.", typed.phrase.noun()), theme.error());
    }
}

/// Which key it is about, when it was last used, and how far that can be trusted.
pub(super) fn about(app: &App, content: &mut Content, target: &Target, check: &Check) {
    key_line(content, "", &target.key);
    status_line(app, content, "", &target.key);
    checked(app, content, target, check);
}

/// The same where there is no room: what goes without saying is not said.
pub(super) fn about_briefly(app: &App, content: &mut Content, target: &Target, check: &Check) {
    key_line(content, "", &target.key);
    if check.is_agreed || check.is_reading() || check.error.is_some() {
        checked(app, content, target, check);
    }
}

/// Which key it is; `lead` stands before it.
pub(super) fn key_line(content: &mut Content, lead: &'static str, key: &ApiKey) {
    let theme = content.theme;
    let id = format!("  id {}{}{}{}", key.id, theme.pick(" · ", " - "), theme.pick("…", ".."), key.value.tail());
    let room = content.width.saturating_sub(text::width(lead) + text::width(&id));
    let name = text::fit_name(key.title(), room).into_owned();
    content.line(Line::from(vec![
        Span::styled(lead, theme.dim()),
        Span::styled(name, theme.strong()),
        Span::styled(id, theme.dim()),
    ]));
}

/// How it stands, and when it was last used.
pub(super) fn status_line(app: &App, content: &mut Content, lead: &'static str, key: &ApiKey) {
    let theme = content.theme;
    let status = Status::of(key, app.service_now(), &app.settings.thresholds);
    let dot = theme.pick(" · ", " - ");
    let used = match key.last_used {
        LastUsed::At(at) => format!("last used {}", time::relative(at, app.service_now())),
        LastUsed::Never => "never used".to_owned(),
        LastUsed::Unknown => "last use unknown".to_owned(),
    };
    let mut words = if status == Status::NeverUsed { used } else { format!("{}{dot}{used}", status.word()) };
    if let Some(at) = key.last_used.time() {
        let exactly = format!(" ({})", app.exactly(at));
        if text::width(lead) + text::width(&words) + text::width(&exactly) + 2 <= content.width {
            words.push_str(&exactly);
        }
    }
    content.line(Line::from(vec![
        Span::raw(lead),
        Span::styled(format!("{} ", theme.status_symbol(status)), theme.status(status)),
        Span::styled(words, theme.status(status)),
    ]));
}

/// Whether what is shown of the key is as of now, and what to know of its past.
fn checked(app: &App, content: &mut Content, target: &Target, check: &Check) {
    let theme = content.theme;
    let key = &target.key;
    if check.is_agreed {
        content.words(
            theme.pick("Looking when it was last used first…", "Looking when it was last used first.."),
            theme.strong(),
        );
    } else if check.is_reading() {
        content.words(theme.pick("Looking when it was last used…", "Looking when it was last used.."), theme.dim());
    } else if let Some(error) = &check.error {
        let read = app.keys.get(&target.scope).and_then(Remote::read_at);
        let as_of = read.map(|at| format!(" This is as of {}.", app.clock(at))).unwrap_or_default();
        let words = format!("It could not be read again: {}.{as_of}", error.summary().trim_end_matches('.'));
        content.words(&words, theme.warning());
    } else if guard::is_in_use(key, app.service_now()) {
        content.words("It was used within the last 24 hours: something depends on it.", theme.warning());
    } else if let Some(words) = inactive_words(key, check.inactive_since, app.now) {
        content.words(&words, theme.dim());
    } else {
        content.words("Read again just now.", theme.dim());
    }
}
