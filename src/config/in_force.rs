//! What is in force, and from where: plain values.

use std::fmt;

use super::profile::Colour;
use super::source::{Decided, KeySource};
use crate::advice::Advice;
use crate::status::Overrides;

/// The variable that names a profile.
pub(super) const PROFILE_VARIABLE: &str = "CKEYS_PROFILE";

/// What named the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenBy {
    /// `--profile`
    Flag,
    /// `CKEYS_PROFILE`
    Variable,
    /// `default_profile` in `config.toml`
    Default,
    /// Whoever sits before the screen.
    Screen,
}

impl ChosenBy {
    /// A word for documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Variable => "environment",
            Self::Default => "default",
            Self::Screen => "screen",
        }
    }

    /// For “the profile “work”, by …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::Flag => "--profile",
            Self::Variable => PROFILE_VARIABLE,
            Self::Default => "default_profile",
            Self::Screen => "your choice here",
        }
    }
}

/// Why nothing may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOnly {
    /// `--read-only`
    Flag,
    /// The profile of this name says so.
    Profile(String),
}

impl fmt::Display for ReadOnly {
    /// A sentence, without its full stop.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("ckeys was started with --read-only, so no key is changed"),
            Self::Profile(name) => write!(
                formatter,
                "The profile “{name}” is read-only (read_only = true in config.toml), so no key is changed"
            ),
        }
    }
}

/// What is in force, and from where. Holds no key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct InForce {
    /// The profile, and what named it.
    pub profile: Option<(String, ChosenBy)>,
    /// The colour of its name.
    pub colour: Option<Colour>,
    /// Where the key came from.
    pub key: KeySource,
    /// What decided on the address.
    pub address: Decided,
    /// Why nothing may be changed; none where keys may be.
    pub read_only: Option<ReadOnly>,
    /// What goes before the configured thresholds.
    pub thresholds: Overrides,
    /// Whether the environment's key goes before the profile's own.
    pub is_key_overridden: bool,
    /// Whether the environment's address goes before the profile's own.
    pub is_address_overridden: bool,
    /// Whether it is a production profile.
    pub is_production: bool,
    /// Whether the key and every secret cross the network in the open.
    pub is_in_the_open: bool,
    /// The variables of the environment that are set and have no say, though they would go before a profile that is named
    /// at the start: it was chosen on the screen.
    pub set_aside: Vec<&'static str>,
    /// What should be known, most important first; sentences.
    pub warnings: Vec<String>,
}

impl InForce {
    /// For commands that are told as advice about the keys of this connection.
    pub fn advice(&self) -> Advice {
        match &self.profile {
            Some((name, _)) => Advice::for_profile(name, &self.set_aside),
            None if self.key == KeySource::Embedded => Advice::for_demo(),
            // What the environment says goes before `default_profile` the next time, too.
            None => Advice::default(),
        }
    }

    /// The command with `arguments`, in backticks, that means the keys of this connection wherever it is typed.
    pub fn command(&self, arguments: impl fmt::Display) -> String {
        self.advice().command(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_means_the_keys_that_are_in_force() {
        let by = |by, set_aside: &[&'static str]| InForce {
            profile: Some(("work".to_owned(), by)),
            set_aside: set_aside.to_vec(),
            ..InForce::default()
        };
        let demo = InForce { key: KeySource::Embedded, ..InForce::default() };
        for (in_force, expected) in [
            (InForce::default(), "`ckeys delete 7 --org`"),
            (by(ChosenBy::Default, &[]), "`ckeys --profile work delete 7 --org`"),
            (by(ChosenBy::Flag, &[]), "`ckeys --profile work delete 7 --org`"),
            (by(ChosenBy::Screen, &["KEY"]), "`env -u KEY ckeys --profile work delete 7 --org`"),
            (demo, "`ckeys --demo delete 7 --org`"),
        ] {
            assert_eq!(in_force.command("delete 7 --org"), expected);
        }
    }
}
