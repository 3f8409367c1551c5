//! The dialog that changes many keys: the question, how far it got, how each came out.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{Content, WIDTH, reader_line};
use crate::app::App;
use crate::app::details::{self, STATE_CELLS};
use crate::app::dialog::{Bulk, BulkButton, BulkKind, BulkStage, ItemState};
use crate::app::mouse::{Hit, Stop};
use crate::keymap::{Action, Context};
use crate::time;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Theme;

/// The cells of the progress bar.
const BAR: usize = 24;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, bulk: &Bulk) {
    let mut content = Content::new(theme, area, WIDTH);
    let is_roomy = area.height > 16;
    match bulk.stage {
        BulkStage::Asking => question(app, &mut content, bulk, is_roomy),
        BulkStage::Running { is_stopping } => running(app, &mut content, bulk, is_stopping),
        BulkStage::Over => over(&mut content, bulk),
    }
    content.blank_if(is_roomy);
    let lines = details::reader_lines(app);
    let height = details::reader_height(app);
    let (first, all) = (bulk.reader.line, lines.len());
    let width = content.width;
    for line in lines.into_iter().skip(first).take(height) {
        content.line(reader_line(theme, line, STATE_CELLS, width));
    }
    if all > height {
        let dash = theme.pick("–", "-");
        let place = format!("lines {}{dash}{} of {all}  ", first + 1, (first + height).min(all));
        let place_of_keys = app.dialog_context();
        let keys =
            [Action::PageUp, Action::PageDown].into_iter().filter_map(|action| app.keymap().key(place_of_keys, action));
        let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
        let keys = Span::styled(keys.join(" "), theme.accent().add_modifier(Modifier::BOLD));
        content.line(Line::from(vec![Span::styled(place, theme.dim()), keys]));
    }
    content.blank_if(is_roomy);
    answers(app, &mut content, bulk);
    let border = match bulk.kind {
        BulkKind::Reactivate => theme.border(true),
        BulkKind::Deactivate => theme.warning().add_modifier(Modifier::BOLD),
        BulkKind::Delete => theme.error().add_modifier(Modifier::BOLD),
    };
    let verb = match bulk.kind {
        BulkKind::Deactivate => "Deactivate",
        BulkKind::Reactivate => "Reactivate",
        BulkKind::Delete => "Delete",
    };
    let undo = if bulk.undoes.is_some() { "Undo: " } else { "" };
    let verb = if bulk.undoes.is_some() { verb.to_lowercase() } else { verb.to_owned() };
    content.render(app, &format!("{undo}{verb} {}", meant(bulk)), border, frame, area);
}

/// What would be done, and what not.
fn question(app: &App, content: &mut Content, bulk: &Bulk, is_roomy: bool) {
    let theme = content.theme;
    let (does, refused) = (bulk.waiting(), bulk.items.len() - bulk.waiting());
    let means = match bulk.kind {
        BulkKind::Deactivate => {
            let undo = app.told(Action::Undo);
            format!("Requests that use {} are refused from the next one on; {undo} undoes it.", these(does))
        }
        BulkKind::Reactivate => format!("Requests that use {} are accepted again.", these(does)),
        BulkKind::Delete => format!("Deleting is for good: no one can bring {} back.", these(does)),
    };
    let words = match (bulk.undoes, does) {
        (_, 0) => "Nothing can be done with these keys.".to_owned(),
        (Some(at), _) => format!("This undoes the change that you made at {}. {means}", app.clock(at)),
        (None, _) => means,
    };
    content.words(&words, Style::new());
    if refused > 0 && does > 0 {
        content.words(&format!("{} left as they are, as said below.", keys_are(refused)), theme.warning());
    }
    if let Some(typed) = &bulk.typed {
        content.blank_if(is_roomy);
        content.line(Line::from(vec![
            Span::raw("Type the number of keys to delete: "),
            Span::styled(typed.phrase.text().to_owned(), theme.strong()),
        ]));
        content.field(&typed.field, bulk.button == BulkButton::Field, Stop::Bulk(BulkButton::Field));
        if typed.is_mistyped {
            content.words("That is not their number; nothing was sent.", theme.error());
        }
    }
}

fn running(app: &App, content: &mut Content, bulk: &Bulk, is_stopping: bool) {
    let theme = content.theme;
    let all = bulk.items.len() - bulk.left();
    let over = all - bulk.waiting() - bulk.running();
    let full = (BAR * over).checked_div(all).unwrap_or(BAR);
    content.line(Line::from(vec![
        Span::styled(theme.pick("▪", "#").repeat(full), theme.accent()),
        Span::styled(theme.pick("·", ".").repeat(BAR - full), theme.dim()),
        Span::styled(format!("  {over} of {}", keys(all)), theme.strong()),
    ]));
    if let Some(end) = app.pause_ends() {
        let left = time::countdown(end, app.now);
        content.words(&format!("The service asked for a pause: it goes on in {left}."), theme.warning());
    }
    if is_stopping {
        content.words("Stopping: what is under way is waited for, nothing more is begun.", theme.warning());
    }
}

/// What was done, what failed, what was not begun.
fn over(content: &mut Content, bulk: &Bulk) {
    let theme = content.theme;
    let done = bulk.count(|state| *state == ItemState::Done);
    let unknown = bulk.count(|state| matches!(state, ItemState::Unknown(_)));
    let failed = bulk.count(|state| matches!(state, ItemState::Failed(_)));
    let mut parts = vec![format!("{} {}", keys(done), bulk.kind.done())];
    let rest =
        [(unknown, "unknown"), (failed, "failed"), (bulk.left(), "left as they are"), (bulk.waiting(), "not begun")];
    parts.extend(rest.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")));
    let style = if unknown + failed > 0 { theme.error() } else { theme.done() };
    content.words(&format!("{}.", parts.join(", ")), style.add_modifier(Modifier::BOLD));
    if unknown > 0 {
        content.words(
            "Those that are unknown may have been changed all the same: the lists are read again.",
            theme.warning(),
        );
    }
    if unknown + failed + bulk.waiting() > 0 {
        content.words("What was not done stays marked.", Style::new());
    }
}

fn answers(app: &App, content: &mut Content, bulk: &Bulk) {
    let theme = content.theme;
    match bulk.stage {
        BulkStage::Asking if bulk.waiting() == 0 => content.close_button(),
        BulkStage::Asking => {
            let (verb, style) = match bulk.kind {
                BulkKind::Deactivate => ("Deactivate", theme.warning()),
                BulkKind::Reactivate => ("Reactivate", Style::new()),
                BulkKind::Delete => ("Delete", theme.error()),
            };
            let yes = app.keymap().key(Context::Bulk, Action::Yes).filter(|_| bulk.typed.is_none());
            let how = yes.map(|key| format!(" ({key})")).unwrap_or_default();
            let label = format!("{verb} {}{how}", keys(bulk.waiting()));
            let button = |label, button, style| (label, bulk.button == button, style, Hit::Stop(Stop::Bulk(button)));
            content.buttons(&[
                button("Cancel", BulkButton::Cancel, Style::new()),
                button(&label, BulkButton::Confirm, style),
            ]);
        }
        BulkStage::Running { is_stopping: false } => {
            content.actions(app, &[Action::Back]);
        }
        BulkStage::Running { is_stopping: true } => content.busy(theme.pick("Stopping…", "Stopping..")),
        BulkStage::Over => content.close_button(),
    }
}

/// How many keys it is about, and of how many, where some are left as they are.
fn meant(bulk: &Bulk) -> String {
    let all = bulk.items.len();
    match all - bulk.left() {
        0 => keys(all),
        does if does == all => keys(all),
        does => format!("{does} of {}", keys(all)),
    }
}

fn keys(count: usize) -> String {
    let noun = if count == 1 { "key" } else { "keys" };
    format!("{count} {noun}")
}

fn keys_are(count: usize) -> String {
    if count == 1 { "1 key is".to_owned() } else { format!("{count} keys are") }
}

fn these(count: usize) -> String {
    if count == 1 { "this key".to_owned() } else { format!("these {count} keys") }
}
