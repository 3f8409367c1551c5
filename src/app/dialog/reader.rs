//! The lines of what may be too long for the screen, and what of it is in sight.

use crate::app::records::State;
use crate::keymap::Action;

/// How far a text is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reader {
    /// The first line in sight.
    pub line: usize,
}

impl Reader {
    /// Moves as `action` says, in a text of `lines` of which `height` are in sight.
    pub fn act(&mut self, action: Action, lines: usize, height: usize) {
        self.line = match action {
            Action::Down => self.line + 1,
            Action::Up => self.line.saturating_sub(1),
            Action::PageDown => self.line + height,
            Action::PageUp => self.line.saturating_sub(height),
            Action::First => 0,
            Action::Last => lines,
            _ => self.line,
        };
        self.settle(lines, height);
    }

    /// Scrolls back where the text or the space for it changed, so that no room is left below its end.
    pub fn settle(&mut self, lines: usize, height: usize) {
        self.line = self.line.min(lines.saturating_sub(height));
    }
}

/// What is in sight of a dialog that is too high for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shows {
    /// What has the focus; its end, where that has it in sight.
    #[default]
    Focus,
    /// Its beginning.
    Start,
    /// Its end.
    End,
}

/// A line of a text that is read in a dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderLine {
    /// Starts a part.
    Heading(String),
    /// A term, and what there is to say of it.
    Pair(String, String),
    /// The rest of what there is to say.
    More(String),
    /// Something to watch out for.
    Warning(String),
    /// Anything else that is said.
    Words(String),
    /// Something of the journal: how it stands, and what it is.
    Record(State, String),
    /// Nothing.
    Blank,
}
