//! Lists the replacements that are open, to be taken up again.

use super::{Outcome, Turn};
use crate::app::request::RequestId;
use crate::keymap::Action;
use crate::operations::Replacements;

/// The dialog. How each replacement stands follows from the keys, as they were read last.
#[derive(Debug, Clone, Default)]
pub struct RotationsDialog {
    /// What is remembered; none before that is known.
    pub known: Option<Replacements>,
    /// Why it could not be recalled, in words.
    pub error: Option<String>,
    /// Which of them is meant.
    pub selected: usize,
    /// How many are shown, and so can be meant.
    pub(in crate::app) count: usize,
    pub(in crate::app) awaited: Option<RequestId>,
}

impl RotationsDialog {
    /// Whether it is being recalled.
    pub fn is_reading(&self) -> bool {
        self.awaited.is_some()
    }

    /// There are so many.
    pub(in crate::app) fn settle(&mut self, count: usize) {
        self.count = count;
        self.selected = self.selected.min(count.saturating_sub(1));
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        let last = self.count.saturating_sub(1);
        match action {
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::First => self.selected = 0,
            Action::Last => self.selected = last,
            Action::Accept if self.count > 0 => return Outcome::Replacement(Turn::TakeUp(self.selected)),
            Action::Refresh => return Outcome::Replacement(Turn::Recall),
            Action::Back => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }
}
