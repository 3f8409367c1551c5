//! Short messages about what happened.

use jiff::{SignedDuration, Timestamp};

use crate::api::model::KeyId;

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

/// What a message is about, where it can become untrue before it is dismissed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// That quitting was asked for once.
    Leaving,
    /// That what is shown could not be read again.
    Reading,
    /// That a write can't be done with this key.
    Permission,
    /// That another profile was not switched to.
    Profile,
    /// That this key has a new value that nobody has, since an earlier start.
    LeftRotation(KeyId),
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What happened, what it means, what to do.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    until: Option<Timestamp>,
    topic: Option<Topic>,
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
        self.add(Toast { text: text.into(), tone, until, topic: None });
    }

    /// Shows the one message about `topic`, until it is dismissed or [taken back](Self::take_back).
    pub fn push_about(&mut self, topic: Topic, tone: Tone, text: impl Into<String>) {
        self.take_back(topic);
        self.add(Toast { text: text.into(), tone, until: None, topic: Some(topic) });
    }

    /// Says something else about `topic`, where something still is said about it.
    pub fn replace_about(&mut self, topic: Topic, text: impl Into<String>) {
        if let Some(toast) = self.shown.iter_mut().find(|toast| toast.topic == Some(topic)) {
            toast.text = text.into();
        }
    }

    /// Takes away what is said about `topic`, as it is no longer true; whether there was something.
    pub fn take_back(&mut self, topic: Topic) -> bool {
        let before = self.shown.len();
        self.shown.retain(|toast| toast.topic != Some(topic));
        self.shown.len() < before
    }

    fn add(&mut self, added: Toast) {
        self.shown.retain(|toast| toast.text != added.text);
        // What was done goes by itself, perhaps unseen: the reads that follow it do not cover it.
        let covers = |toast: &Toast| added.topic != Some(Topic::Reading) || toast.tone != Tone::Done;
        let at = self.shown.iter().rposition(covers).map_or(0, |below| below + 1);
        self.shown.insert(at, added);
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    /// The newest one.
    pub fn newest(&self) -> Option<&Toast> {
        self.shown.last()
    }

    /// Those about keys that were left with a value that nobody has.
    pub fn left_rotations(&self) -> impl Iterator<Item = &Toast> {
        self.shown.iter().filter(|toast| matches!(toast.topic, Some(Topic::LeftRotation(_))))
    }

    /// Those that stay where another organization is switched to: what would be told nowhere else.
    pub(super) fn kept_at_a_switch(&self) -> Self {
        Self { shown: self.left_rotations().cloned().collect() }
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
