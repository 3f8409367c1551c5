//! Short messages about what happened.

use jiff::{SignedDuration, Timestamp};

/// How long good news stays.
const SHOWN_FOR: SignedDuration = SignedDuration::from_secs(5);
/// How many are kept; the oldest go first.
const MOST: usize = 4;

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It is done; goes by itself.
    Done,
    /// Something to know; stays until it is dismissed.
    Warning,
    /// It failed; stays until it is dismissed.
    Error,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What happened, what it means, what to do.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    until: Option<Timestamp>,
}

/// The messages that are shown, the newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Toasts {
    shown: Vec<Toast>,
}

impl Toasts {
    /// Shows another one. The same words are not shown twice.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>, now: Timestamp) {
        let until = (tone == Tone::Done).then(|| now + SHOWN_FOR);
        let text = text.into();
        self.shown.retain(|toast| toast.text != text);
        self.shown.push(Toast { text, tone, until });
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    /// The newest one.
    pub fn newest(&self) -> Option<&Toast> {
        self.shown.last()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// Takes the newest away; false where there was none.
    pub fn dismiss(&mut self) -> bool {
        self.shown.pop().is_some()
    }

    /// Takes away those whose time is over; whether there were any.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let before = self.shown.len();
        self.shown.retain(|toast| toast.until.is_none_or(|until| until > now));
        self.shown.len() < before
    }

    /// When the next one's time is over.
    pub fn due(&self) -> Option<Timestamp> {
        self.shown.iter().filter_map(|toast| toast.until).min()
    }
}
