//! The open dialog, over the panes.

mod bulk;
mod change;
mod content;
mod export;
mod forms;
mod journal;
mod palette;
mod profiles;
mod replace;
mod rotate_in_place;
mod secret;
mod sign_in;
mod taken;

use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use content::Content;

use super::canvas::Canvas;
use super::lines::Lines;
use super::theme::Theme;
use crate::app::App;
use crate::app::details::{self, LABEL_CELLS};
use crate::app::dialog::{Dialog, Reader, ReaderLine};
use crate::app::help::{Help, KEY_CELLS};
use crate::app::mouse::Hit;
use crate::keymap::{Action, Context};
use crate::text;

/// The widest a dialog gets, with its border.
const WIDTH: u16 = 74;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    match &app.dialog {
        None => {}
        Some(Dialog::Generate(dialog)) => forms::generate(app, theme, frame, area, dialog),
        Some(Dialog::Secret(dialog)) => secret::view(app, theme, frame, area, dialog),
        Some(Dialog::Confirm(dialog)) => change::confirm(app, theme, frame, area, dialog),
        Some(Dialog::Delete(dialog)) => change::delete(app, theme, frame, area, dialog),
        Some(Dialog::Bulk(dialog)) => bulk::view(app, theme, frame, area, dialog),
        Some(Dialog::RotateInPlace(dialog)) => rotate_in_place::view(app, theme, frame, area, dialog),
        Some(Dialog::ChangeSigner(dialog)) => sign_in::change(app, theme, frame, area, dialog),
        Some(Dialog::Lost(dialog)) => forms::lost(app, theme, frame, area, dialog),
        Some(Dialog::Replace(dialog)) => replace::replace(app, theme, frame, area, dialog),
        Some(Dialog::Rotations(dialog)) => replace::list(app, theme, frame, area, dialog),
        Some(Dialog::Export(dialog)) => export::view(app, theme, frame, area, dialog),
        Some(Dialog::CopyMenu(key)) => forms::copy_menu(app, theme, frame, area, key),
        Some(Dialog::Profiles(dialog)) => profiles::view(app, theme, frame, area, dialog),
        Some(Dialog::Palette(palette)) => palette::view(app, theme, frame, area, palette),
        Some(Dialog::Unreadable(reader)) => {
            let text = Read { lines: details::reader_lines(app), reader: *reader, label_cells: 0, hint: None };
            read(app, theme, frame, area, "Could not be read", text);
        }
        Some(Dialog::Details(reader, target)) => {
            let lines = details::reader_lines(app);
            let text = Read { lines, reader: *reader, label_cells: LABEL_CELLS, hint: None };
            read(app, theme, frame, area, target.key.title(), text);
        }
        Some(Dialog::Journal(dialog)) => journal::view(app, theme, frame, area, dialog),
    }
}

/// `cells`, or `all` where only a margin would be left: slivers of a pane beside a dialog are confusing.
fn grown(cells: u16, all: u16, margin: u16) -> u16 {
    if cells + margin >= all { all } else { cells }
}

/// Columns beside a dialog, and rows above and below it, that are too few to leave.
const MARGIN: (u16, u16) = (6, 4);

/// The help, over all else.
pub(super) fn help(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, help: &Help) {
    let dot = theme.pick(" · ", " - ");
    let title = format!("Help{dot}{}", if help.is_all { "all keys" } else { "what works here" });
    let scrolls = [Action::Down, Action::Up, Action::PageDown, Action::PageUp];
    let keys = scrolls.into_iter().filter_map(|action| app.keymap().key(Context::Help, action));
    let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
    let hint = Some(format!(" {} scroll ", keys.join(" ")));
    let text = Read { lines: app.help_lines(), reader: help.reader, label_cells: KEY_CELLS, hint };
    read(app, theme, frame, area, &title, text);
}

/// A text that may be too long for the screen.
struct Read {
    lines: Vec<ReaderLine>,
    reader: Reader,
    /// The cells of the terms before what there is to say of them.
    label_cells: usize,
    /// What is said where it scrolls.
    hint: Option<String>,
}

/// A text that scrolls.
fn read(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, title: &str, text: Read) {
    let Read { lines, reader, label_cells, hint } = text;
    let rows = usize::from(app.size.reader_rows());
    let width = grown(app.size.reader_width() + 4, area.width, MARGIN.0);
    let height = grown(u16::try_from(lines.len().min(rows)).unwrap_or(0) + 2, area.height, MARGIN.1);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height.saturating_sub(height)) / 2,
        width,
        height: height.min(area.height),
    };
    let position = position(theme, reader, rows, lines.len());
    let shown = lines.into_iter().skip(reader.line).take(rows);
    let shown = shown.map(|line| reader_line(theme, line, label_cells, usize::from(width).saturating_sub(4)));
    let hint = hint.filter(|_| position.is_some()).map(|hint| Line::styled(hint, theme.dim()));
    text_box(theme, frame, place, title, [hint, position], shown.collect());
}

/// Which of all lines are in sight, where not all are.
fn position(theme: Theme, reader: Reader, rows: usize, count: usize) -> Option<Line<'static>> {
    let last = (reader.line + rows).min(count);
    let words = format!(" {}{}{last} of {count} ", reader.line + 1, theme.pick("–", "-"));
    (count > rows).then(|| Line::styled(words, theme.dim()).right_aligned())
}

/// The lines of a text that are in sight, framed.
fn text_box(
    theme: Theme,
    frame: &mut Canvas<'_>,
    place: Rect,
    title: &str,
    below: [Option<Line<'static>>; 2],
    lines: Vec<Line<'static>>,
) {
    let mut block = super::block(theme, super::title(title, place.width), true);
    for words in below.into_iter().flatten() {
        block = block.title_bottom(words);
    }
    let inner = block.inner(place);
    let inner = Rect { x: inner.x + 1, width: inner.width - 2, ..inner };
    super::clear(frame, place);
    frame.hit(place, Hit::Dialog);
    frame.render_widget(block, place);
    frame.render_widget(Lines::from(lines), inner);
}

pub(super) fn reader_line(theme: Theme, line: ReaderLine, label_cells: usize, width: usize) -> Line<'static> {
    match line {
        ReaderLine::Heading(words) => Line::styled(words, theme.strong()),
        ReaderLine::Pair(label, value) => Line::from(vec![
            Span::styled(text::pad(&label, label_cells), theme.accent()),
            Span::raw(text::fit(&value, width.saturating_sub(label_cells)).into_owned()),
        ]),
        ReaderLine::More(value) => Line::from(format!("{}{value}", " ".repeat(label_cells))),
        ReaderLine::Warning(words) => Line::styled(words, theme.warning().add_modifier(Modifier::BOLD)),
        ReaderLine::Words(words) => Line::from(words),
        ReaderLine::Record(state, words) => {
            let told = format!("{} {}", theme.state_symbol(state), state.word());
            Line::from(vec![Span::styled(text::pad(&told, label_cells), theme.state(state)), Span::raw(words)])
        }
        ReaderLine::Blank => Line::default(),
    }
}
