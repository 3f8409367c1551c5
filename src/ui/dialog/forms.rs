//! The dialogs that ask for something: a name, what to copy, what to do about a lost answer.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{Content, WIDTH};
use crate::api::error::Certainty;
use crate::api::model::ApiKey;
use crate::app::dialog::{Fault, Generate, LostDialog, Stage};
use crate::app::{App, ClipboardRoute};
use crate::text;
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
            content.outlook(app, error);
            if error.certainty() == Certainty::NotDone {
                content.words("No key was made.", Style::new());
            }
        }
        _ => content.line(keys(theme, &[("Enter", "generate"), ("Esc", "cancel")])),
    }
    let dot = theme.pick(" · ", " - ");
    content.render(&format!("Generate a key{dot}{}", dialog.scope_name), theme.border(true), frame, area);
}

pub(super) fn lost(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, dialog: &LostDialog) {
    let mut content = Content::new(theme, area, WIDTH);
    content.words(&dialog.words(), theme.warning().add_modifier(Modifier::BOLD));
    if let Some(error) = &dialog.lost.error {
        content.words(&format!("{}.", error.summary().trim_end_matches('.')), theme.dim());
    }
    if let Err(error) = &dialog.lost.found {
        let advice = app.write_outlook(error).unwrap_or_else(|| error.advice().to_owned());
        content.words(&format!("{}. {advice}", error.summary().trim_end_matches('.')), theme.dim());
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
