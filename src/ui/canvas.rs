//! What is drawn on: a frame, and what a click on its parts means.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::geometry::Area;
use crate::app::mouse::{Hit, Hits};

/// A frame that is being drawn.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    hits: Hits,
    cursor: Option<Position>,
}

/// What a frame has besides its cells.
#[derive(Debug)]
pub struct Drawn {
    /// What a click means where.
    pub hits: Hits,
    /// Where the cursor is, if it is to be seen.
    pub cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(app: &App, buffer: &'a mut Buffer) -> Self {
        Self { buffer, hits: Hits::new(app), cursor: None }
    }

    /// What was drawn where. The cursor stands where it was put last.
    pub(super) fn into_drawn(self) -> Drawn {
        Drawn { hits: self.hits, cursor: self.cursor }
    }

    /// A click in `place` means `hit`, until something is drawn over it.
    pub(super) fn hit(&mut self, Rect { x, y, width, height }: Rect, hit: Hit) {
        self.hits.add(Area { x, y, width, height }, hit);
    }

    /// What was drawn so far can't be reached any more, and the cursor is in none of it.
    pub(super) fn cover(&mut self) {
        self.hits.cover();
        self.cursor = None;
    }

    pub(super) fn area(&self) -> Rect {
        self.buffer.area
    }

    pub(super) fn render_widget<W: Widget>(&mut self, widget: W, place: Rect) {
        widget.render(place, self.buffer);
    }

    pub(super) fn buffer_mut(&mut self) -> &mut Buffer {
        self.buffer
    }

    pub(super) fn set_cursor_position(&mut self, position: impl Into<Position>) {
        self.cursor = Some(position.into());
    }
}
