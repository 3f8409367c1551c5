//! Draws the state, and changes nothing.

mod again;
mod canvas;
mod chrome;
mod columns;
mod dialog;
mod hints;
mod keys;
mod lines;
mod note;
mod profiles;
mod row;
mod scopes;
mod selected;
mod strip;
pub mod theme;

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Clear, Paragraph};

use crate::api::error::ApiError;
use crate::app::geometry::{Area, Size};
use crate::app::mouse::Hit;
use crate::app::{App, Pane};
use crate::keymap::{Action, Context};
use crate::text;
use canvas::Canvas;
pub use canvas::Drawn;
use lines::Lines;
use theme::Theme;

/// Draws `app` on `buffer`, which is empty.
pub fn view(app: &App, theme: Theme, buffer: &mut Buffer) -> Drawn {
    let mut canvas = Canvas::new(app, buffer);
    draw(app, theme, &mut canvas);
    let drawn = canvas.into_drawn();
    if theme.is_ascii() {
        to_ascii(buffer);
    }
    if let Some((text, ground)) = theme.ground() {
        paint(buffer, text, ground);
    }
    drawn
}

fn draw(app: &App, theme: Theme, frame: &mut Canvas<'_>) {
    let area = frame.area();
    if (Size { cols: area.width, rows: area.height }).is_too_small() {
        let Size { cols, rows } = Size::LEAST;
        let quit = app.keymap().told(Context::Anywhere, Action::Interrupt);
        let words = format!("ckeys needs {cols}x{rows}; here are {}x{}. {quit} quits.", area.width, area.height);
        frame.render_widget(Paragraph::new(text::fit(&words, area.width.into()).into_owned()), area);
        return;
    }
    // The terminal grew, and the state has not heard of it yet: it will in a moment.
    if app.size.is_too_small() {
        return;
    }
    let layout = app.layout();
    let [header, body, footer] = [layout.header, layout.body, layout.footer].map(rect);
    chrome::header(app, theme, frame, header);
    if app.session.is_none() {
        chrome::signed_out(app, theme, frame, body);
    } else {
        if let Some(area) = layout.scopes {
            scopes::pane(app, theme, frame, rect(area));
        }
        if let Some(area) = layout.keys {
            keys::pane(app, theme, frame, rect(area), &layout.table);
        }
    }
    if app.dialog.is_some() {
        frame.cover();
        dialog::view(app, theme, frame, body);
    }
    if let Some(help) = &app.help {
        frame.cover();
        dialog::help(app, theme, frame, body, help);
    }
    chrome::footer(app, theme, frame, footer);
    chrome::toast(app, theme, frame, body);
}

/// Puts a theme's own colours in place of the terminal's.
fn paint(buffer: &mut Buffer, text: Color, ground: Color) {
    for cell in &mut buffer.content {
        if cell.fg == Color::Reset {
            cell.fg = text;
        }
        if cell.bg == Color::Reset {
            cell.bg = ground;
        }
    }
}

/// `width` cells of a line from the cell `left` on, as far as it has them.
fn part(line: Rect, left: usize, width: usize) -> Rect {
    let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    let left = cells(left).min(line.width);
    Rect { x: line.x + left, width: cells(width).min(line.width - left), ..line }
}

fn rect(Area { x, y, width, height }: Area) -> Rect {
    Rect { x, y, width, height }
}

/// Puts ASCII in place of the punctuation that messages share with all themes.
fn to_ascii(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let plain = match cell.symbol() {
            "…" => ".",
            "“" | "”" => "\"",
            "→" => ">",
            "–" => "-",
            _ => continue,
        };
        cell.set_symbol(plain);
    }
}

/// Empties what is to be drawn over. A wide character that the left edge would halve goes whole: terminals
/// differ in what they make of its half.
fn clear(frame: &mut Canvas<'_>, place: Rect) {
    if let Some(left) = place.x.checked_sub(1) {
        let buffer = frame.buffer_mut();
        for y in place.top()..place.bottom() {
            if let Some(cell) = buffer.cell_mut((left, y))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
        }
    }
    frame.render_widget(Clear, place);
}

/// A pane's or dialog's frame.
fn block(theme: Theme, title: String, is_focused: bool) -> Block<'static> {
    let title_style = if is_focused { theme.strong() } else { Style::new() };
    Block::bordered()
        .border_set(theme.border_set())
        .border_style(theme.border(is_focused))
        .title(Span::styled(title, title_style))
}

/// The same around `area`, in a fraction of the time.
fn border(theme: Theme, frame: &mut Canvas<'_>, area: Rect, title: &str, is_focused: bool) {
    if area.is_empty() {
        return;
    }
    let set = theme.border_set();
    let style = theme.border(is_focused);
    let (left, right) = (area.left(), area.right().saturating_sub(1));
    let (top, bottom) = (area.top(), area.bottom().saturating_sub(1));
    let buffer = frame.buffer_mut();
    let mut put = |x, y, symbol: &str| {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    };
    for x in left..right {
        put(x, top, set.horizontal_top);
        put(x, bottom, set.horizontal_bottom);
    }
    for y in top..bottom {
        put(left, y, set.vertical_left);
        put(right, y, set.vertical_right);
    }
    put(left, top, set.top_left);
    put(right, top, set.top_right);
    put(left, bottom, set.bottom_left);
    put(right, bottom, set.bottom_right);
    let title_style = if is_focused { theme.strong() } else { Style::new() };
    let place = Rect { x: left + 1, width: area.width.saturating_sub(2), height: 1, ..area };
    frame.render_widget(Lines::from(Line::styled(title, title_style)), place);
}

/// A title between spaces, cut to what the border has room for.
fn title(words: &str, width: u16) -> String {
    format!(" {} ", text::fit(words, usize::from(width).saturating_sub(6)))
}

/// The filter at a pane's lower border, and the cursor in it while it is typed.
fn filter_line(app: &App, theme: Theme, pane: Pane, area: Rect, frame: &mut Canvas<'_>) {
    let field = match pane {
        Pane::Scopes => &app.scopes.filter,
        Pane::Keys => &app.table.filter,
    };
    let is_typed = app.is_filtering && app.has_focus(pane);
    if !is_typed && field.text().is_empty() {
        return;
    }
    let width = usize::from(area.width).saturating_sub(8).min(40);
    let scroll = field.scroll(width);
    let shown = text::window(field.text(), scroll, width);
    let count = match pane {
        Pane::Scopes => String::new(),
        Pane::Keys => {
            let all = app.count(&app.view(), app.table.tab).unwrap_or(0);
            format!("{} of {all} ", app.table.rows().len())
        }
    };
    // Room for the cursor behind the last letter.
    let mut spans = vec![Span::styled(" /", theme.accent())];
    spans.extend(filter_text(app, theme, pane, shown));
    spans.extend([Span::raw("  "), Span::styled(count, theme.dim())]);
    if pane == Pane::Keys {
        let taken: usize = spans.iter().map(Span::width).sum();
        spans.extend(filter_help(app, theme, is_typed, usize::from(area.width).saturating_sub(taken + 4)));
    }
    let line = Line::from(spans);
    let place = Rect {
        x: area.x + 2,
        y: area.bottom() - 1,
        width: u16::try_from(line.width()).unwrap_or(area.width).min(area.width - 4),
        height: 1,
    };
    frame.render_widget(Lines::from(line), place);
    frame.hit(place, Hit::Filter(pane));
    if is_typed {
        let offset = u16::try_from(field.cursor().saturating_sub(scroll)).unwrap_or(0);
        frame.set_cursor_position((place.x + 2 + offset, place.y));
    }
}

/// What was typed, `shown` as far as there is room; what is wrong in it is underlined.
fn filter_text(app: &App, theme: Theme, pane: Pane, shown: String) -> Vec<Span<'static>> {
    let place = app.table.mistake.as_ref().filter(|_| pane == Pane::Keys).map(|mistake| mistake.place.clone());
    // Of a text that is cut, it is not known where that would be.
    let parts = place.filter(|_| shown == app.table.filter.text()).and_then(|place| {
        Some([shown.get(..place.start)?, shown.get(place.clone())?, shown.get(place.end..)?].map(str::to_owned))
    });
    let Some([before, wrong, after]) = parts else { return vec![Span::styled(shown, theme.strong())] };
    let style = theme.error().add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    vec![Span::styled(before, theme.strong()), Span::styled(wrong, style), Span::styled(after, theme.strong())]
}

/// What is wrong with the keys' filter, or how it could go on. While it is typed, the footer says what is wrong.
fn filter_help(app: &App, theme: Theme, is_typed: bool, room: usize) -> Option<Span<'static>> {
    let fitted = |words: &str| format!("{} ", text::fit(words, room.saturating_sub(1)));
    let completion = || is_typed.then(|| app.completions().first().cloned()).flatten();
    let key = app.keymap().key(Context::Filter, Action::Complete);
    if let (Some(completion), Some(key)) = (completion(), key) {
        return Some(Span::styled(fitted(&format!("{key}: {}", completion.text)), theme.dim()));
    }
    let mistake = app.table.mistake.as_ref()?;
    if is_typed {
        return Some(Span::styled("! ", theme.error()));
    }
    Some(Span::styled(fitted(&format!("! {mistake}")), theme.error()))
}

/// A text in the middle of a pane that has nothing else to show.
fn placeholder(lines: Vec<Line<'static>>, frame: &mut Canvas<'_>, area: Rect) {
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height);
    let top = area.y + (area.height - height) / 3;
    let place = Rect { y: top, height, ..area };
    frame.render_widget(Paragraph::new(Text::from(lines)).alignment(Alignment::Center), place);
}

/// An error in the middle of a pane, with what to do, and what comes next.
fn failure(app: &App, theme: Theme, error: &ApiError, is_loading: bool, width: u16) -> Vec<Line<'static>> {
    let width = usize::from(width).saturating_sub(2).min(70);
    let mut lines: Vec<Line<'static>> = text::wrap(&format!("{}.", error.summary().trim_end_matches('.')), width)
        .into_iter()
        .map(|line| Line::styled(line, theme.error()))
        .collect();
    if let Some(advice) = app.read_advice(error) {
        lines.push(Line::default());
        lines.extend(text::wrap(&advice, width).into_iter().map(Line::from));
    }
    lines.push(Line::default());
    lines.extend(again::outlook(app, theme, error, is_loading, width));
    lines
}
