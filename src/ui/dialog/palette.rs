//! The field that finds commands, scopes and views by their names, and what it found.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{MARGIN, grown, text_box};
use crate::app::App;
use crate::app::dialog::{Entry, Palette};
use crate::app::mouse::Hit;
use crate::query::Pattern;
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::row::{highlighted, reversed};
use crate::ui::theme::Theme;

/// The widest it gets, with its border.
const WIDTH: u16 = 96;
/// The most cells of what stands beside a name.
const BESIDE: usize = 24;
/// What stands before a name: the mark of the chosen one.
const MARK: usize = 2;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, palette: &Palette) {
    let rows = app.size.palette_rows();
    let width = grown(area.width.min(WIDTH), area.width, MARGIN.0);
    let height = grown(rows + 4, area.height, MARGIN.1).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    let cells = usize::from(width).saturating_sub(4);
    let prompt = ": ";
    let room = cells.saturating_sub(prompt.len() + 1);
    let scroll = palette.field.scroll(room);
    let typed = text::window(palette.field.text(), scroll, room);
    let typed = if palette.field.text().is_empty() {
        Span::styled("type what to do, or where to go", theme.dim())
    } else {
        Span::styled(typed, theme.strong())
    };
    let mut lines = vec![Line::from(vec![Span::styled(prompt, theme.accent()), typed]), Line::default()];
    let (pattern, height_in_sight) = (palette.pattern(), usize::from(rows));
    let found = palette.in_sight(height_in_sight);
    lines.extend(found.map(|(at, entry)| row(theme, entry, &pattern, at == palette.selected(), cells)));
    if palette.is_empty() {
        lines.push(Line::styled("  Nothing is called so.", theme.dim()));
    }
    let first = palette.in_sight(height_in_sight).next().map_or(0, |(at, _)| at);
    let last = (first + height_in_sight).min(palette.len());
    let position = format!(" {}{}{last} of {} ", first + 1, theme.pick("–", "-"), palette.len());
    let position = (palette.len() > height_in_sight).then(|| Line::styled(position, theme.dim()).right_aligned());
    text_box(theme, frame, place, "Commands", [None, position], lines);
    let inner = Rect { x: place.x + 1, y: place.y + 3, width: width - 2, height: 1 };
    for (y, (at, _)) in (inner.y..place.bottom() - 1).zip(palette.in_sight(height_in_sight)) {
        frame.hit(Rect { y, ..inner }, Hit::Entry(at));
    }
    let cursor = palette.field.cursor().saturating_sub(scroll) + prompt.len();
    let x = place.x + 2 + u16::try_from(cursor).unwrap_or(0);
    frame.set_cursor_position(Position::new(x, place.y + 1));
}

/// A name, with what of it was typed marked, and its keys. What can't be done now says why in their place.
fn row(theme: Theme, entry: &Entry, pattern: &Pattern, is_selected: bool, cells: usize) -> Line<'static> {
    let beside = match &entry.why_not {
        Some(why_not) => format!("({why_not})"),
        None => entry.beside.clone(),
    };
    let beside = text::fit(&beside, BESIDE).into_owned();
    let room = cells.saturating_sub(MARK + 1 + text::width(&beside));
    let title = text::fit(&entry.title, room).into_owned();
    let padding = " ".repeat(room.saturating_sub(text::width(&title)) + 1);
    let style = if entry.why_not.is_some() { theme.dim() } else { Style::new() };
    let beside_style = if entry.why_not.is_some() { theme.dim() } else { theme.accent() };
    let mut spans = vec![Span::raw(if is_selected { theme.pick("▸ ", "> ") } else { "  " })];
    spans.extend(highlighted(&title, &pattern.positions(&title).unwrap_or_default(), style, theme));
    spans.extend([Span::raw(padding), Span::styled(beside, beside_style)]);
    let line = Line::from(spans);
    if is_selected { reversed(line, theme) } else { line }
}
