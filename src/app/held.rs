//! What was pressed, clicked and pasted while the worker works out the rows that it is about: it waits for them, and all that
//! comes after it does, too.

use crossterm::event::KeyEventKind;

use super::dialog::Dialog;
use super::message::Event;
use super::mouse::{Gesture, Hit};
use super::{App, Pane};
use crate::keymap::Action;

impl App {
    /// Whether `event` is about rows that are being worked out, or comes after such a one: it would meet others than those
    /// that its user will see.
    pub(super) fn has_to_wait(&self, event: &Event) -> bool {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => false,
            Event::Key(_) if self.meaning(event) == Some(Action::Interrupt) => false,
            Event::Key(_) | Event::Paste(_) | Event::Mouse(_) if !self.held_back.is_empty() => true,
            Event::Key(_) | Event::Mouse(_) => self.awaits_other_rows() && self.is_about_rows(event),
            _ => false,
        }
    }

    /// What was held back and can be taken in now.
    pub(super) fn next_held_back(&mut self) -> Option<Event> {
        match self.held_back.front()? {
            event if self.awaits_other_rows() && self.is_about_rows(event) => None,
            _ => self.held_back.pop_front(),
        }
    }

    /// The action that `event` asks for. A row that is clicked on asks for none: it is the one that was seen.
    fn meaning(&self, event: &Event) -> Option<Action> {
        match event {
            Event::Key(key) => self.keymap().lookup(&self.contexts(), key),
            Event::Mouse(mouse) => match (mouse.gesture, &mouse.hit, &self.dialog) {
                (Gesture::Click, Hit::Act(action), _) => Some(*action),
                // The second click on it chooses it.
                (Gesture::Click, Hit::Entry(_), Some(Dialog::Palette(_))) => Some(Action::Accept),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether what `event` does depends on the rows of the table.
    fn is_about_rows(&self, event: &Event) -> bool {
        let moves = |action| {
            let pages = [Action::PageDown, Action::PageUp, Action::First, Action::Last];
            let steps = [Action::Down, Action::Up, Action::NextMatch, Action::PreviousMatch];
            pages.contains(&action) || steps.contains(&action)
        };
        let meaning = self.meaning(event);
        match &self.dialog {
            _ if self.help.is_some() || self.session.is_none() => return false,
            // What is chosen there is done out here.
            Some(Dialog::Palette(_)) => return meaning == Some(Action::Accept),
            // Any other is about its own.
            Some(_) => return false,
            None => {}
        }
        match meaning {
            Some(action) if moves(action) => self.focus == Pane::Keys,
            Some(Action::Accept) => self.focus == Pane::Keys && !self.is_filtering,
            Some(
                Action::Generate
                | Action::Toggle
                | Action::Delete
                | Action::Rotate
                | Action::Mark
                | Action::MarkRange
                | Action::MarkAll
                | Action::CopyMenu
                | Action::Export
                // It tells which of them can be done.
                | Action::Palette,
            ) => true,
            _ => false,
        }
    }
}
