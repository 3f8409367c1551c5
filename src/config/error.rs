//! Why there is no connection to be made, in words.

use thiserror::Error;

use super::in_force::ChosenBy;
use super::source::{Decided, KEY_VARIABLE};
use crate::api::Speak;
use crate::text::Text;

/// Why there is no connection to be made. No variant holds a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConnectionError {
    /// No organization key was given.
    #[error("No organization key was given. Set CONFIDENT_ORG_API_KEY.{}", if *.has_project_key { " CONFIDENT_API_KEY is a project key: it can't manage keys and was not used." } else { "" })]
    NoKey {
        /// Whether the environment holds a project key, which people take for it.
        has_project_key: bool,
    },
    /// The key can't be sent.
    #[error("CONFIDENT_ORG_API_KEY holds {0}, so it can't be a key. Copy it again, whole and alone.")]
    BadKey(&'static str),
    /// The address is of no use.
    #[error("CONFIDENT_BASE_URL {0}. Nothing was sent.")]
    BadBaseUrl(String),
    /// No such region.
    #[error("CONFIDENT_REGION is {0}, but it takes US, EU or AU. Nothing was sent.")]
    BadRegion(Text),
    /// No such version.
    #[error("CONFIDENT_API_VERSION is {0}, but it takes {choices}. Nothing was sent.", choices = Speak::CHOICES)]
    BadVersion(Text),
    /// No such profile.
    #[error("There is no profile {name}, which {} asks for. {} Nothing was sent.", .by.words(), if .known.is_empty() { "config.toml has none: `ckeys profile add NAME` adds one.".to_owned() } else { format!("config.toml has: {known}.") })]
    NoProfile {
        /// The name that was asked for, in quotes; or that it is none.
        name: String,
        /// By what.
        by: ChosenBy,
        /// The names that there are.
        known: String,
    },
    /// A profile that was not understood.
    #[error("The profile “{name}” can't be used: {why}. Correct it. Nothing was sent.")]
    BadProfile {
        /// Its name.
        name: String,
        /// Which line of it is wrong, and how.
        why: String,
    },
    /// A profile's key can't be had.
    #[error("The key of the profile “{name}” can't be had: {error}. {}", match .error { KeyError::Missing(_) => format!("`ckeys profile login {name}` takes one, checks it and stores it."), KeyError::Failed(_) => "Nothing was sent.".to_owned() })]
    ProfileKey {
        /// The profile's name.
        name: String,
        /// Why.
        error: KeyError,
    },
    /// What is where a profile's key should be can't be sent.
    #[error("What the profile “{name}” has from {source_words} holds {what}, so it can't be a key. Nothing was sent.")]
    BadProfileKey {
        /// The profile's name.
        name: String,
        /// Where it was.
        source_words: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The environment names another address than the profile whose key it is.
    #[error("{} names another address than {own}, which is that of the profile “{name}”, and its key goes nowhere else. Unset it, or give a key for that address as {KEY_VARIABLE}. Nothing was sent.", .decided.words())]
    NotItsAddress {
        /// The profile's name.
        name: String,
        /// What named the other address.
        decided: Decided,
        /// The profile's own address.
        own: Text,
    },
    /// The key is the environment's, which names another address than the profile.
    #[error("The profile “{name}” is at {own} and leaves its key to the environment, but {} names another address for that key, so it goes nowhere else. Nothing was sent.", .decided.words())]
    KeyOfAnother {
        /// The profile's name.
        name: String,
        /// What named the other address.
        decided: Decided,
        /// The profile's own address.
        own: Text,
    },
    /// The address of a profile changed since its key was stored.
    #[error(
        "The key that was stored for the profile “{name}” is for {kept_for}, but the profile's address is {now} now. Nothing was sent. `ckeys profile login {name}` takes a key for that."
    )]
    KeptForAnother {
        /// The profile's name.
        name: String,
        /// The address that the key was given for.
        kept_for: Text,
        /// The address now.
        now: Text,
    },
}

/// Why a key can't be had. Clean words that hold no key, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// There is none yet.
    #[error("{0}")]
    Missing(String),
    /// There may be one, but it can't be read.
    #[error("{0}")]
    Failed(String),
}

impl KeyError {
    pub(super) fn failed(words: impl Into<String>) -> Self {
        Self::Failed(words.into())
    }
}
