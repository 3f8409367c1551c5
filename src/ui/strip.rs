//! One row of cells that is written from the left: text goes to where it is seen, without being gathered before.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::Theme;
use crate::text::{self, simple_width};

/// A row of empty cells. What does not fit is cut off.
pub(super) struct Strip<'a> {
    buffer: &'a mut Buffer,
    /// What is not written yet.
    rest: Rect,
    /// The style of all of it, where it is a bar.
    bar: Option<Style>,
}

impl<'a> Strip<'a> {
    /// The first row of `place`.
    pub(super) fn new(buffer: &'a mut Buffer, place: Rect) -> Self {
        Self { rest: place.intersection(buffer.area), buffer, bar: None }
    }

    /// A selected row: a bar of one style, as colours on a reversed ground are hard to read.
    pub(super) fn selected(self, theme: Theme) -> Self {
        Self { bar: Some(theme.selected()), ..self }
    }

    /// Writes `text`. Nothing follows what does not fit.
    pub(super) fn put(&mut self, text: &str, style: Style) {
        match simple_width(text) {
            Some(cells) => self.put_simple(text, cells, style),
            None => self.put_any(text, style),
        }
    }

    /// Writes `text` in exactly so many cells: cut, or with blanks behind it.
    pub(super) fn pad(&mut self, text: &str, cells: usize, style: Style) {
        match simple_width(text) {
            // Most is so, and measured once.
            Some(taken) if taken <= cells => {
                self.put_simple(text, taken, style);
                self.blank(cells - taken, style);
            }
            _ => {
                let shown = text::fit(text, cells);
                self.put(&shown, style);
                self.blank(cells.saturating_sub(text::width(&shown)), style);
            }
        }
    }

    /// Writes `text`, of which each character is one of `cells`.
    fn put_simple(&mut self, text: &str, cells: usize, style: Style) {
        let style = self.styled(style);
        let taken = cells.min(self.rest.width.into());
        if self.rest.height > 0 {
            let (left, rows) = (self.rest.x - self.buffer.area.x, self.rest.y - self.buffer.area.y);
            let start = usize::from(rows) * usize::from(self.buffer.area.width) + usize::from(left);
            let place = self.buffer.content.get_mut(start..start + taken).unwrap_or_default();
            for (cell, character) in place.iter_mut().zip(text.chars()) {
                cell.set_char(character).set_style(style);
            }
        }
        self.advance(taken);
    }

    /// The same, with a look into the tables of Unicode.
    fn put_any(&mut self, text: &str, style: Style) {
        let room = usize::from(self.rest.width);
        if room == 0 || self.rest.height == 0 {
            return;
        }
        let style = self.styled(style);
        let (next, _) = self.buffer.set_stringn(self.rest.x, self.rest.y, text, room, style);
        let fits = text::width(text) <= room;
        self.advance(if fits { usize::from(next - self.rest.x) } else { room });
    }

    fn styled(&self, style: Style) -> Style {
        self.bar.map_or(style, |bar| bar.add_modifier(style.add_modifier))
    }

    /// Leaves out so many cells.
    pub(super) fn blank(&mut self, cells: usize, style: Style) {
        const BLANKS: &str = "                                ";
        if self.bar.is_none() && style == Style::new() {
            return self.advance(cells);
        }
        let mut left = cells.min(self.rest.width.into());
        while left > 0 {
            let some = left.min(BLANKS.len());
            self.put_simple(&BLANKS[..some], some, style);
            left -= some;
        }
    }

    /// A bar goes on to the end.
    pub(super) fn end(mut self) {
        if self.bar.is_some() {
            self.blank(self.rest.width.into(), Style::new());
        }
    }

    fn advance(&mut self, cells: usize) {
        let by = u16::try_from(cells).unwrap_or(u16::MAX).min(self.rest.width);
        self.rest.x += by;
        self.rest.width -= by;
    }
}
