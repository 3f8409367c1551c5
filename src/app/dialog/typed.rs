//! What has to be typed before something dangerous is done.

use crossterm::event::KeyEvent;

use crate::app::field::Field;
use crate::guard::Phrase;

/// A field for a phrase.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What has to be typed.
    pub phrase: Phrase,
    /// What was typed.
    pub field: Field,
    /// Whether what was typed was not the phrase.
    pub is_mistyped: bool,
}

impl Typed {
    /// An empty field for `phrase`.
    pub fn new(phrase: Phrase) -> Self {
        Self { phrase, field: Field::default(), is_mistyped: false }
    }

    /// Whether what was typed is the phrase; notes where it is not.
    pub(super) fn check(&mut self) -> bool {
        self.is_mistyped = !self.phrase.is(self.field.text());
        !self.is_mistyped
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let taken = self.field.edit(event);
        self.is_mistyped &= !taken;
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.field.paste(text);
        self.is_mistyped = false;
    }
}
