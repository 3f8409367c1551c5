//! Lists the profiles, to switch to one.

use crossterm::event::KeyEvent;

use super::Outcome;
use crate::app::field::Field;
use crate::keymap::Action;

/// The dialog. What it lists follows from the profiles and its filter.
#[derive(Debug, Clone, Default)]
pub struct ProfilesDialog {
    /// What is typed to find one.
    pub filter: Field,
    /// Which of those that are shown is meant.
    pub selected: usize,
    count: usize,
}

impl ProfilesDialog {
    pub(in crate::app) fn new(selected: usize) -> Self {
        Self { selected, ..Self::default() }
    }

    /// So many are shown.
    pub(in crate::app) fn settle(&mut self, count: usize) {
        self.count = count;
        self.selected = self.selected.min(count.saturating_sub(1));
    }

    /// This one is meant.
    pub(super) fn select(&mut self, at: usize) {
        self.selected = at.min(self.count.saturating_sub(1));
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Down => self.selected = (self.selected + 1).min(self.count.saturating_sub(1)),
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Accept if self.count > 0 => return Outcome::Profile(self.selected),
            Action::Back if !self.filter.text().is_empty() => self.filter.clear(),
            Action::Back => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let before = self.filter.text().to_owned();
        let taken = self.filter.edit(event);
        // Other rows: the first of them is the best guess.
        if self.filter.text() != before {
            self.selected = 0;
        }
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.filter.paste(text);
        self.selected = 0;
    }
}
