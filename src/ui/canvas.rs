//! What is drawn on: a frame, and what a click on its parts means.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::geometry::Area;
use crate::app::mouse::{Hit, Hits};

/// A frame that is being drawn.
pub(super) struct Canvas<'a, 'b> {
    frame: &'a mut Frame<'b>,
    hits: Hits,
    cursor: Option<Position>,
}

impl<'a, 'b> Canvas<'a, 'b> {
    pub(super) fn new(app: &App, frame: &'a mut Frame<'b>) -> Self {
        Self { frame, hits: Hits::new(app), cursor: None }
    }

    /// What was drawn where. The cursor stands where it was put last.
    pub(super) fn into_hits(self) -> Hits {
        if let Some(position) = self.cursor {
            self.frame.set_cursor_position(position);
        }
        self.hits
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
        self.frame.area()
    }

    pub(super) fn render_widget<W: Widget>(&mut self, widget: W, place: Rect) {
        self.frame.render_widget(widget, place);
    }

    pub(super) fn buffer_mut(&mut self) -> &mut Buffer {
        self.frame.buffer_mut()
    }

    pub(super) fn set_cursor_position(&mut self, position: impl Into<Position>) {
        self.cursor = Some(position.into());
    }
}
