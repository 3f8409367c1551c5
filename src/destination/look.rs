//! What is known of a destination before a key exists, and what became of its secret after: plain values with words.
//!
//! The words are clean, and fit into sentences: they start small and have no full stop.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::command_line::CommandLine;
use super::place::{quoted, shown};

/// What a look at a destination told, without touching anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// For “its secret goes to …”: where exactly, and what happens there.
    pub goes_to: String,
    /// Why it can't go there; then no key is to be generated.
    pub obstacle: Option<Obstacle>,
    /// What a person has to agree to first. It is passed on to [`deliver`](super::deliver), which does no such
    /// thing unasked.
    pub ask: Option<Ask>,
    /// What should be known, most important first.
    pub warnings: Vec<String>,
}

impl Look {
    pub(super) fn at(goes_to: impl Into<String>) -> Self {
        Self { goes_to: goes_to.into(), obstacle: None, ask: None, warnings: Vec::new() }
    }

    pub(super) fn blocked(goes_to: impl Into<String>, obstacle: impl Into<Obstacle>) -> Self {
        Self { obstacle: Some(obstacle.into()), ..Self::at(goes_to) }
    }
}

/// Why a secret can't go to a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// “The secret can't go there: …”.
    pub words: String,
    /// Something is there that is never written over or through, in place of something that is missing.
    pub in_the_way: bool,
}

/// What is done only where it was agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// To write over a file, which is lost.
    OverFile,
    /// To replace the value of an entry, which is lost.
    OverEntry,
}

impl fmt::Display for Ask {
    /// “This … .”
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OverFile => "writes over a file that exists, whose content is lost",
            Self::OverEntry => "replaces the value that the entry has, which is lost",
        })
    }
}

/// What a delivery came to.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is over.
    Delivered(Delivered),
    /// An escape sequence takes the secret to the terminal. Only the thread that draws may write it: once that was done,
    /// the secret is delivered like this.
    Write(Zeroizing<String>, Delivered),
}

impl fmt::Debug for Outcome {
    /// Without the sequence: the secret can be read from it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered(delivered) => formatter.debug_tuple("Delivered").field(delivered).finish(),
            Self::Write(_, delivered) => write!(formatter, "Write(…, {delivered:?})"),
        }
    }
}

/// What really became of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// A display's clipboard holds it.
    Clipboard {
        /// When it is cleared, should it still hold the secret then; `None`: it stays.
        clears_after: Option<Duration>,
    },
    /// A terminal was asked to take it to its clipboard. Whether it did can't be known.
    Terminal {
        /// By way of tmux, in place of OSC 52.
        by_tmux: bool,
    },
    /// This file holds it.
    File(PathBuf),
    /// An entry of a dotenv file holds it.
    Entry {
        /// The file.
        path: PathBuf,
        /// The entry's name.
        variable: &'static str,
        /// Whether the entry had another value before.
        replaced: bool,
    },
    /// This command read it, and ended well.
    Command(CommandLine),
    /// It is for the screen alone to show.
    Screen,
}

impl Delivered {
    /// Whether it certainly arrived. Where it did not, the secret must stay at hand.
    pub fn is_certain(&self) -> bool {
        !matches!(self, Self::Terminal { .. } | Self::Screen)
    }
}

impl fmt::Display for Delivered {
    /// “Its secret was …”.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clipboard { clears_after: None } => formatter.write_str("copied to the clipboard"),
            Self::Clipboard { clears_after: Some(after) } => {
                write!(formatter, "copied to the clipboard, which is cleared in {} s", after.as_secs())
            }
            Self::Terminal { by_tmux } => {
                let way = if *by_tmux { "through tmux" } else { "by OSC 52" };
                write!(
                    formatter,
                    "sent to the terminal ({way}): paste to check, as whether the terminal took it can't be known"
                )
            }
            Self::File(path) => write!(formatter, "written to the file {}, which only you can read", shown(path)),
            Self::Entry { path, variable, replaced } => {
                let also = if *replaced { ", in place of the value that was there" } else { "" };
                write!(formatter, "written to the file {} as {variable}{also}", shown(path))
            }
            Self::Command(command) => write!(formatter, "taken by {} (exit 0)", quoted(command)),
            Self::Screen => formatter.write_str("left to the screen to show"),
        }
    }
}

/// A secret that did not get where it should. Its `Display` says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDelivered {
    /// “It was not delivered: …”. Without the secret, whatever went wrong.
    pub reason: String,
    /// Whether somebody else may have got it all the same: a command that failed read it, or a file could not be
    /// removed again.
    pub is_out: bool,
}

impl NotDelivered {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_out: false }
    }
}

impl fmt::Display for NotDelivered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for NotDelivered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_happened_and_hold_nothing_that_steers_a_terminal() {
        let command = CommandLine::parse("tool 'a\u{1b}[2Jb'").unwrap();
        for (delivered, expected) in [
            (Delivered::Clipboard { clears_after: None }, "copied to the clipboard"),
            (
                Delivered::Clipboard { clears_after: Some(Duration::from_secs(45)) },
                "copied to the clipboard, which is cleared in 45 s",
            ),
            (Delivered::File("a\u{202e}b".into()), "written to the file a<U+202E>b, which only you can read"),
            (
                Delivered::Entry { path: ".env".into(), variable: "CONFIDENT_API_KEY", replaced: false },
                "written to the file .env as CONFIDENT_API_KEY",
            ),
            (Delivered::Command(command), "taken by `tool 'a<U+001B>[2Jb'` (exit 0)"),
        ] {
            assert_eq!(delivered.to_string(), expected);
            assert!(delivered.is_certain());
        }
        let sequence = Outcome::Write(Zeroizing::new("ZmFrZQ".to_owned()), Delivered::Screen);
        assert_eq!(format!("{sequence:?}"), "Write(…, Screen)");
        let sent = Delivered::Terminal { by_tmux: true };
        assert!(sent.to_string().contains("through tmux") && !sent.is_certain());
    }
}
