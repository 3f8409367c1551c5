//! Writes what the table shows to a file, or copies it: asks as what, and where to.

use crossterm::event::{KeyCode, KeyEvent};

use super::Outcome;
use crate::app::field::Field;
use crate::app::request::RequestId;
use crate::export::Format;
use crate::keymap::Action;

/// Where an export goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportTo {
    /// A file.
    #[default]
    File,
    /// The clipboard.
    Clipboard,
}

impl ExportTo {
    /// Both, in their order on the screen.
    pub const ALL: [Self; 2] = [Self::File, Self::Clipboard];

    /// Its word.
    pub fn label(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Clipboard => "clipboard",
        }
    }
}

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFocus {
    /// The formats.
    #[default]
    Format,
    /// Where it goes.
    To,
    /// The path of the file.
    Path,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ExportStage {
    /// It takes keys.
    #[default]
    Ready,
    /// The file is being written.
    Saving(RequestId),
    /// There is such a file; whoever presses Enter once more agrees that it is replaced.
    Exists,
    /// It was not written, for this reason.
    Failed(String),
}

/// The form.
#[derive(Debug, Clone)]
pub struct Export {
    /// As what.
    pub format: Format,
    /// Where to.
    pub to: ExportTo,
    /// The file, where it is one.
    pub path: Field,
    /// Where the focus is.
    pub focus: ExportFocus,
    /// How far it is.
    pub stage: ExportStage,
    /// What the file is called as long as nobody calls it otherwise, without what the format adds.
    stem: String,
}

impl Export {
    /// A form that proposes a file called `stem`.
    pub(in crate::app) fn new(stem: String) -> Self {
        let mut form = Self {
            format: Format::default(),
            to: ExportTo::default(),
            path: Field::default(),
            focus: ExportFocus::default(),
            stage: ExportStage::default(),
            stem,
        };
        form.path.set(form.proposed());
        form
    }

    fn proposed(&self) -> String {
        format!("{}.{}", self.stem, self.format.extension())
    }

    /// What Enter does now.
    pub fn enter(&self) -> &'static str {
        match (self.to, &self.stage) {
            (_, ExportStage::Exists) => "replace it",
            (ExportTo::File, _) => "write",
            (ExportTo::Clipboard, _) => "copy",
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        match action {
            Action::Back => return Outcome::Close,
            _ if matches!(self.stage, ExportStage::Saving(_)) => {}
            Action::Accept if self.to == ExportTo::File && self.path.text().trim().is_empty() => {
                self.stage = ExportStage::Failed("Type the path of a file.".to_owned());
                self.focus = ExportFocus::Path;
            }
            Action::Accept => return Outcome::Export,
            Action::Next | Action::Previous => self.turn(action == Action::Next),
            _ => {}
        }
        Outcome::Stay
    }

    fn turn(&mut self, on: bool) {
        use ExportFocus::{Format, Path, To};
        self.focus = match (self.focus, on) {
            (To, true) | (Format, false) if self.to == ExportTo::File => Path,
            (Format, _) | (Path, false) => To,
            (To, _) | (Path, true) => Format,
        };
    }

    /// Takes a key in the rows of choices, or in the field.
    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        if matches!(self.stage, ExportStage::Saving(_)) {
            return false;
        }
        let taken = match (self.focus, event.code) {
            (ExportFocus::Path, _) => self.path.edit(event),
            (_, KeyCode::Right | KeyCode::Char(' ')) => self.choose(true),
            (_, KeyCode::Left) => self.choose(false),
            _ => false,
        };
        if taken {
            self.stage = ExportStage::Ready;
        }
        taken
    }

    fn choose(&mut self, on: bool) -> bool {
        let (format, to) = (turned(&Format::ALL, self.format, on), turned(&ExportTo::ALL, self.to, on));
        if self.focus == ExportFocus::Format {
            self.set_format(format)
        } else {
            self.to = to
        }
        true
    }

    /// Makes the choice at this place in the row that has the focus.
    pub(super) fn choose_at(&mut self, at: usize) {
        match self.focus {
            _ if matches!(self.stage, ExportStage::Saving(_)) => return,
            ExportFocus::Format => self.set_format(Format::ALL.get(at).copied().unwrap_or(self.format)),
            ExportFocus::To => self.to = ExportTo::ALL.get(at).copied().unwrap_or(self.to),
            ExportFocus::Path => return,
        }
        self.stage = ExportStage::Ready;
    }

    fn set_format(&mut self, format: Format) {
        let proposed = self.proposed();
        self.format = format;
        // A name that somebody typed stays.
        if self.path.text() == proposed {
            self.path.set(self.proposed());
        }
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.focus == ExportFocus::Path && !matches!(self.stage, ExportStage::Saving(_)) {
            self.path.paste(text);
            self.stage = ExportStage::Ready;
        }
    }
}

/// The one after `from`, or the one before it, around the end.
fn turned<T: Copy + PartialEq>(all: &[T], from: T, on: bool) -> T {
    let at = all.iter().position(|one| *one == from).unwrap_or(0);
    let next = if on { at + 1 } else { at + all.len() - 1 };
    all.get(next % all.len()).copied().unwrap_or(from)
}
