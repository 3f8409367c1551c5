//! The open dialog, over the panes.

mod bulk;
mod change;
mod export;
mod forms;
mod journal;
mod replace;
mod rotate_in_place;
mod secret;
mod sign_in;

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Paragraph;

use super::theme::Theme;
use crate::api::error::{ApiError, Certainty};
use crate::app::App;
use crate::app::details::{self, HELP_KEY_CELLS, LABEL_CELLS, ReaderLine};
use crate::app::dialog::{Dialog, Reader};
use crate::app::field::Field;
use crate::text;

/// The widest a dialog gets, with its border.
const WIDTH: u16 = 74;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
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
        Some(Dialog::CopyMenu(key)) => forms::copy_menu(theme, frame, area, key),
        Some(Dialog::Help(reader, _)) => read(app, theme, frame, area, "Help", *reader, HELP_KEY_CELLS),
        Some(Dialog::Unreadable(reader)) => read(app, theme, frame, area, "Could not be read", *reader, 0),
        Some(Dialog::Details(reader, target)) => {
            read(app, theme, frame, area, target.key.title(), *reader, LABEL_CELLS)
        }
        Some(Dialog::Journal(dialog)) => journal::view(app, theme, frame, area, dialog),
    }
}

/// A dialog's content, line by line, and where the cursor is in it.
struct Content {
    theme: Theme,
    width: usize,
    lines: Vec<Line<'static>>,
    cursor: Option<(usize, usize)>,
}

impl Content {
    /// For a dialog of `widest` cells, or what `area` has.
    fn new(theme: Theme, area: Rect, widest: u16) -> Self {
        let width = usize::from(area.width.min(widest)).saturating_sub(6);
        Self { theme, width, lines: Vec::new(), cursor: None }
    }

    fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    fn blank_if(&mut self, is_roomy: bool) {
        if is_roomy {
            self.blank();
        }
    }

    fn line(&mut self, line: Line<'static>) {
        self.lines.push(line);
    }

    fn words(&mut self, words: &str, style: Style) {
        self.lines.extend(text::wrap(words, self.width).into_iter().map(|line| Line::styled(line, style)));
    }

    /// A text field with its cursor.
    fn field(&mut self, field: &Field, has_focus: bool) {
        let width = self.width.saturating_sub(2).max(1);
        let scroll = field.scroll(width);
        let shown = text::pad(&text::window(field.text(), scroll, width), width);
        let mark = self.theme.pick("▸ ", "> ");
        let style = if has_focus {
            self.theme.strong().add_modifier(Modifier::UNDERLINED)
        } else {
            self.theme.dim().add_modifier(Modifier::UNDERLINED)
        };
        if has_focus {
            self.cursor = Some((2 + field.cursor().saturating_sub(scroll), self.lines.len()));
        }
        self.lines.push(Line::from(vec![Span::styled(mark, self.theme.accent()), Span::styled(shown, style)]));
    }

    /// Buttons side by side, one of them with the focus.
    fn buttons(&mut self, buttons: &[(&str, bool, Style)]) {
        let mut spans = Vec::new();
        for (label, has_focus, style) in buttons {
            let style = if *has_focus { self.theme.selected().add_modifier(Modifier::BOLD) } else { *style };
            spans.push(Span::styled(format!("[ {label} ]"), style));
            spans.push(Span::raw("  "));
        }
        self.lines.push(Line::from(spans));
    }

    /// Why a call failed, and what to do.
    fn error(&mut self, error: &ApiError) {
        self.failure(error);
        // Where the service names a time, that is the advice.
        if error.status() != Some(429) || error.retry_after().is_none() {
            self.words(error.advice(), Style::new());
        }
    }

    /// Why a write failed. Where it may have been done all the same, `unknown` says what that means.
    fn write_error(&mut self, error: &ApiError, unknown: &str) {
        if error.certainty() == Certainty::Unknown {
            self.failure(error);
            self.words(unknown, self.theme.warning());
        } else {
            self.error(error);
        }
    }

    /// When a call that failed can be tried again, where the service asked to wait.
    fn outlook(&mut self, app: &App, error: &ApiError) {
        if let Some(outlook) = app.write_outlook(error) {
            self.words(&outlook, self.theme.warning());
        }
    }

    fn failure(&mut self, error: &ApiError) {
        let words = format!("{}.", error.summary().trim_end_matches('.'));
        self.words(&words, self.theme.error().add_modifier(Modifier::BOLD));
    }

    fn busy(&mut self, words: &str) {
        let style = self.theme.accent().add_modifier(Modifier::BOLD);
        self.words(words, style);
    }

    /// Draws it in the middle of `area`, framed; what is too high for it shows its end, where the
    /// fields and buttons are.
    fn render(self, title: &str, style: Style, frame: &mut Frame<'_>, area: Rect) {
        let height = u16::try_from(self.lines.len()).unwrap_or(u16::MAX).saturating_add(4).min(area.height);
        let height = grown(height, area.height, MARGIN.1);
        let padded = height.saturating_sub(u16::try_from(self.lines.len()).unwrap_or(u16::MAX)) >= 4;
        let width = grown(u16::try_from(self.width + 6).unwrap_or(area.width), area.width, MARGIN.0);
        let place =
            Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        let block = super::block(self.theme, super::title(title, width), true).border_style(style);
        let inner = block.inner(place);
        let margin = if padded { (height - u16::try_from(self.lines.len()).unwrap_or(0) - 2) / 2 } else { 0 };
        let inner =
            Rect { x: inner.x + 2, width: inner.width - 4, y: inner.y + margin, height: inner.height - 2 * margin };
        super::clear(frame, place);
        frame.render_widget(block, place);
        let hidden = self.lines.len().saturating_sub(inner.height.into());
        let lines: Vec<Line<'static>> = self.lines.into_iter().skip(hidden).collect();
        frame.render_widget(Paragraph::new(Text::from(lines)), inner);
        if let Some((x, y)) = self.cursor.filter(|(_, y)| *y >= hidden) {
            let at = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
            frame.set_cursor_position(Position::new(inner.x + at(x), inner.y + at(y - hidden)));
        }
    }
}

/// `cells`, or `all` where only a margin would be left: slivers of a pane beside a dialog are confusing.
fn grown(cells: u16, all: u16, margin: u16) -> u16 {
    if cells + margin >= all { all } else { cells }
}

/// Columns beside a dialog, and rows above and below it, that are too few to leave.
const MARGIN: (u16, u16) = (6, 4);

/// A text that scrolls.
fn read(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, title: &str, reader: Reader, label_cells: usize) {
    let lines = details::reader_lines(app);
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
    text_box(theme, frame, place, title, position, shown.collect());
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
    frame: &mut Frame<'_>,
    place: Rect,
    title: &str,
    position: Option<Line<'static>>,
    lines: Vec<Line<'static>>,
) {
    let mut block = super::block(theme, super::title(title, place.width), true);
    if let Some(position) = position {
        block = block.title_bottom(position);
    }
    let inner = block.inner(place);
    let inner = Rect { x: inner.x + 1, width: inner.width - 2, ..inner };
    super::clear(frame, place);
    frame.render_widget(block, place);
    frame.render_widget(Paragraph::new(Text::from(lines)), inner);
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
