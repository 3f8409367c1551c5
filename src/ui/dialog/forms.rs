//! The dialogs that ask for something: a name, a confirmation, what to copy.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{Content, WIDTH};
use crate::api::error::Certainty;
use crate::api::model::{ApiKey, LastUsed};
use crate::app::dialog::{Confirm, Delete, DeleteButton, DeleteStep, Fault, Generate, LostDialog, Stage, Target};
use crate::app::{App, ClipboardRoute};
use crate::status::Status;
use crate::text;
use crate::time;
use crate::ui::theme::Theme;

pub(super) fn generate(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, dialog: &Generate) {
    let mut content = Content::new(theme, area, WIDTH);
    content.words("Name: who or what will use the key", Style::new());
    content.field(&dialog.name, dialog.stage == Stage::Ready);
    content.blank();
    let route = match &app.clipboard {
        ClipboardRoute::Known(route) => format!("Its secret is shown once, next; from there it goes to {route}."),
        ClipboardRoute::Missing(reason) => format!("Its secret is shown once, next, to select on the screen. {reason}"),
    };
    content.words(&route, theme.dim());
    content.blank();
    match (&dialog.stage, &dialog.error) {
        (Stage::Busy(_), _) => content.busy(theme.pick("Generating…", "Generating..")),
        (_, Some(Fault::Name(error))) => content.words(&format!("{error}."), theme.error()),
        (_, Some(Fault::Api(error))) => {
            content.write_error(
                error,
                "The key may have been made all the same: look for its name in the list before you generate another.",
            );
            if error.certainty() == Certainty::NotDone {
                content.words("No key was made.", Style::new());
            }
        }
        _ => content.line(keys(theme, &[("Enter", "generate"), ("Esc", "cancel")])),
    }
    let dot = theme.pick(" · ", " - ");
    content.render(&format!("Generate a key{dot}{}", dialog.scope_name), theme.border(true), frame, area);
}

pub(super) fn confirm(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, dialog: &Confirm) {
    let mut content = Content::new(theme, area, WIDTH);
    about(app, &mut content, &dialog.target);
    content.blank();
    let verb = if dialog.valid { "Reactivate" } else { "Deactivate" };
    if dialog.stage != Stage::Ready {
        let words = if dialog.valid { "Reactivating" } else { "Deactivating" };
        content.busy(&format!("{words}{}", theme.pick("…", "..")));
    } else if dialog.is_moot() {
        content.words(moot(dialog), theme.warning());
        content.blank();
        content.buttons(&[("Close", true, Style::new())]);
    } else {
        if dialog.valid {
            content
                .words("Requests that use this key are accepted again, with the same value as before.", Style::new());
        } else {
            content.words("Requests that use this key are refused from the next one on. You can reactivate it: its value stays the same.", Style::new());
        }
        content.blank();
        if let Some(error) = &dialog.error {
            content.write_error(error, UNSURE);
            content.blank();
        }
        let style = if dialog.valid { Style::new() } else { theme.warning() };
        content.buttons(&[
            ("Cancel", !dialog.on_confirm, Style::new()),
            (&format!("{verb} (y)"), dialog.on_confirm, style),
        ]);
    }
    let dot = theme.pick(" · ", " - ");
    let border = if dialog.valid { theme.border(true) } else { theme.warning().add_modifier(Modifier::BOLD) };
    content.render(&format!("{verb} a key{dot}{}", dialog.target.scope_name), border, frame, area);
}

/// What is said of a change whose outcome is unknown. The key is read again, and shown as it is then.
const UNSURE: &str = "It may have been done all the same: the key is read again, and stands above as it is.";

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

pub(super) fn delete(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, dialog: &Delete) {
    let mut content = Content::new(theme, area, WIDTH);
    about(app, &mut content, &dialog.target);
    if area.height > 16 {
        content.blank();
    }
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
    if area.height > 16 {
        content.blank();
    }
    let has_focus = |button| dialog.stage == Stage::Ready && dialog.button == button;
    if dialog.is_gone {
        let words = match dialog.error {
            Some(_) => "The key is gone: it was deleted after all.",
            None => "The key is gone: somebody deleted it meanwhile.",
        };
        content.words(words, theme.warning());
        content.buttons(&[("Close", true, Style::new())]);
    } else {
        let why = dialog.phrase.why(&dialog.target.key).map(|why| format!(" ({why})")).unwrap_or_default();
        content.line(Line::from(vec![
            Span::raw(format!("Type the {} to delete: ", dialog.phrase.noun())),
            Span::styled(dialog.phrase.text().to_owned(), theme.strong()),
            Span::styled(why, theme.dim()),
        ]));
        content.field(&dialog.typed, has_focus(DeleteButton::Field));
        if dialog.is_mistyped {
            content.words(&format!("That is not its {}; nothing was sent.", dialog.phrase.noun()), theme.error());
        }
        if let Some(error) = &dialog.error {
            content.write_error(error, UNSURE);
        }
        if dialog.stage == Stage::Ready {
            let buttons: Vec<(&str, bool, Style)> = dialog
                .buttons()
                .iter()
                .filter_map(|button| {
                    let (label, style) = match button {
                        DeleteButton::Field => return None,
                        DeleteButton::Cancel => ("Cancel", Style::new()),
                        DeleteButton::Deactivate => ("Only deactivate", theme.warning()),
                        DeleteButton::Delete => ("Delete", theme.error()),
                    };
                    Some((label, has_focus(*button), style))
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
        &format!("Delete a key{dot}{}", dialog.target.scope_name),
        theme.error().add_modifier(Modifier::BOLD),
        frame,
        area,
    );
}

/// Which key it is about, and when it was last used.
fn about(app: &App, content: &mut Content, target: &Target) {
    let theme = content.theme;
    let Target { key, .. } = target;
    let id = format!("  id {}{}{}{}", key.id, theme.pick(" · ", " - "), theme.pick("…", ".."), key.value.tail());
    let name = text::fit(key.title(), content.width.saturating_sub(text::width(&id))).into_owned();
    content.line(Line::from(vec![Span::styled(name, theme.strong()), Span::styled(id, theme.dim())]));
    let status = Status::of(key, app.now, &app.settings.thresholds);
    let dot = theme.pick(" · ", " - ");
    let used = match key.last_used {
        LastUsed::At(at) => format!("last used {}", time::relative(at, app.now)),
        LastUsed::Never => "never used".to_owned(),
        LastUsed::Unknown => "last use unknown".to_owned(),
    };
    let mut words = if status == Status::NeverUsed { used } else { format!("{}{dot}{used}", status.word()) };
    if let Some(at) = key.last_used.time() {
        let exactly = format!(" ({})", app.exactly(at));
        if text::width(&words) + text::width(&exactly) + 2 <= content.width {
            words.push_str(&exactly);
        }
    }
    content.line(Line::from(vec![
        Span::styled(format!("{} ", theme.status_symbol(status)), theme.status(status)),
        Span::styled(words, theme.status(status)),
    ]));
}

pub(super) fn lost(theme: Theme, frame: &mut Frame<'_>, area: Rect, dialog: &LostDialog) {
    let mut content = Content::new(theme, area, WIDTH);
    content.words(&dialog.words(), theme.warning().add_modifier(Modifier::BOLD));
    if let Some(error) = &dialog.lost.error {
        content.words(&format!("{}.", error.summary().trim_end_matches('.')), theme.dim());
    }
    if let Err(error) = &dialog.lost.found {
        content.words(&error.to_string(), theme.dim());
    }
    content.blank();
    let dot = theme.pick(" · ", " - ");
    let (all, most) = (dialog.keys().len(), if area.height > 16 { 4 } else { 3 });
    let first = (dialog.selected + 1).saturating_sub(most);
    for (at, key) in dialog.keys().iter().enumerate().skip(first).take(most) {
        let mark = if at == dialog.selected { theme.pick("▸ ", "> ") } else { "  " };
        let state = if key.valid { "active" } else { "inactive" };
        let rest = format!("  id {}{dot}{}{}{dot}{state}", key.id, theme.pick("…", ".."), key.value.tail());
        let name = text::fit(key.title(), content.width.saturating_sub(2 + text::width(&rest))).into_owned();
        let style = if at == dialog.selected { theme.strong() } else { Style::new() };
        content.line(Line::from(vec![
            Span::styled(mark, theme.accent()),
            Span::styled(name, style),
            Span::styled(rest, theme.dim()),
        ]));
    }
    if all > most {
        let dash = theme.pick("–", "-");
        content.words(&format!("  {}{dash}{} of {all}", first + 1, first + most), theme.dim());
    }
    if !dialog.keys().is_empty() {
        content.blank();
    }
    if dialog.stage == Stage::Ready {
        let does: &[_] = match dialog.keys().get(dialog.selected) {
            Some(key) if key.valid => &[("x", "deactivate"), ("D", "delete")],
            Some(_) => &[("D", "delete")],
            None => &[],
        };
        content.line(keys(theme, &[does, &[("c", "generate"), ("r", "look again")]].concat()));
    } else {
        content.busy(theme.pick("Looking again…", "Looking again.."));
    }
    content.render(&format!("A lost answer{dot}{}", dialog.scope_name), theme.warning(), frame, area);
}

pub(super) fn copy_menu(theme: Theme, frame: &mut Frame<'_>, area: Rect, key: &ApiKey) {
    let mut content = Content::new(theme, area, 56);
    let cells = content.width.saturating_sub(18);
    let mut item = |letter: &'static str, label: &str, value: &str| {
        content.line(Line::from(vec![
            Span::styled(letter, theme.accent().add_modifier(Modifier::BOLD)),
            Span::raw(format!("  {}", text::pad(label, 15))),
            Span::styled(text::fit(value, cells).into_owned(), theme.dim()),
        ]));
    };
    if key.visible_name().is_some() {
        item("n", "name", key.title());
    }
    item("i", "id", &key.id.to_string());
    item("v", "masked value", key.value.as_str());
    content.blank();
    content.words("A secret is shown once, when its key is generated; it can't be copied later.", theme.dim());
    content.render("Copy", theme.border(true), frame, area);
}

/// Keys and what they do, side by side.
pub(super) fn keys(theme: Theme, pairs: &[(&'static str, &'static str)]) -> Line<'static> {
    let spans = pairs.iter().flat_map(|(key, words)| {
        [Span::styled(*key, theme.accent().add_modifier(Modifier::BOLD)), Span::raw(format!(" {words}   "))]
    });
    Line::from(spans.collect::<Vec<_>>())
}
