//! The mouse over a scene: it does something where a text is seen, as a person does.

use confident_keys::app::Event;
use confident_keys::app::geometry::Size;
use confident_keys::app::mouse::Hits;
use confident_keys::text;
use confident_keys::ui;
use confident_keys::ui::theme::{Colours, Theme};
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::picture;
use crate::scene::Scene;

impl Scene {
    /// The rows of the screen, and what the mouse means on them.
    pub(crate) fn seen(&self) -> (Vec<String>, Hits) {
        let Size { cols, rows } = self.app.size;
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: cols, height: rows });
        let drawn = ui::view(&self.app, Theme::new(Colours::None, false), &mut buffer);
        (picture::rows(&buffer), drawn.hits)
    }

    /// The cell in which `text` begins first, row by row from the top.
    #[track_caller]
    pub(crate) fn find(&self, text: &str) -> (u16, u16) {
        let (rows, _) = self.seen();
        let found = rows.iter().enumerate().find_map(|(y, row)| Some((row.find(text)?, y, row)));
        let (at, y, row) = found.unwrap_or_else(|| panic!("no {text:?} in\n{}", rows.join("\n")));
        (u16::try_from(text::width(&row[..at])).unwrap(), u16::try_from(y).unwrap())
    }

    /// The mouse does something at a cell, on what is drawn there.
    pub(crate) fn mouse(mut self, kind: MouseEventKind, (column, row): (u16, u16)) -> Self {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        if let Some(mouse) = self.seen().1.at(&event) {
            self.happens(Event::Mouse(mouse));
        }
        self
    }

    /// A click on the first `text` on the screen, after a while without one.
    #[track_caller]
    pub(crate) fn clicks(mut self, text: &str) -> Self {
        self.now += SignedDuration::from_secs(1);
        let place = self.find(text);
        self.mouse(MouseEventKind::Down(MouseButton::Left), place)
    }

    /// Another click at the same place at once.
    #[track_caller]
    pub(crate) fn double_clicks(self, text: &str) -> Self {
        let place = self.find(text);
        self.clicks(text).mouse(MouseEventKind::Down(MouseButton::Left), place)
    }
}
