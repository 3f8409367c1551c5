//! Which version of the service's API is spoken, and what can be done by it.
//!
//! Outside of this module's parent nobody asks for the version: they ask for [`Capabilities`].

use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use super::error::{ApiError, ErrorKind};

/// The versions that may be spoken. The environment or `config.toml` chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Speak {
    /// The newest that the service speaks, found out at the first call.
    #[default]
    Auto,
    /// Version 1 alone.
    V1,
    /// Version 2 alone.
    V2,
}

impl Speak {
    /// What it takes, for people.
    pub const CHOICES: &'static str = "auto, v1 or v2";
}

impl FromStr for Speak {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [("auto", Self::Auto), ("v1", Self::V1), ("v2", Self::V2)]
            .into_iter()
            .find_map(|(word, speak)| word.eq_ignore_ascii_case(text).then_some(speak))
            .ok_or(())
    }
}

/// A version, by which an adapter is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Version {
    V1,
    V2,
}

impl Version {
    /// Its part of every address.
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }
}

/// What can be done with the keys of this service beyond what every version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Capabilities {
    /// Whether keys can be given a time after which they stop; without it, nothing is known of any such time either.
    pub expiry: Capability,
    /// Whether a key can be given a new value in place.
    pub rotation: Capability,
}

/// Whether something can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// It can.
    Available,
    /// It can't, for this reason: a sentence without its full stop.
    Unavailable(&'static str),
}

impl Capability {
    /// Whether it can be done.
    pub fn is_available(self) -> bool {
        self == Self::Available
    }

    /// Why it can't be done.
    pub fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Available => None,
            Self::Unavailable(reason) => Some(reason),
        }
    }

    /// The error of a call that would need it; nothing is sent.
    pub(super) fn check(self, host: impl FnOnce(ErrorKind) -> ApiError) -> Result<(), ApiError> {
        self.obstacle().map_or(Ok(()), |reason| Err(host(ErrorKind::Unavailable(reason))))
    }
}

/// What was asked for, and what was found. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Spoken {
    wanted: Speak,
    found: Arc<OnceLock<Version>>,
}

impl Spoken {
    pub(super) fn new(wanted: Speak) -> Self {
        Self { wanted, found: Arc::default() }
    }

    /// The version that is spoken, where that is settled.
    pub(super) fn version(&self) -> Option<Version> {
        match self.wanted {
            Speak::V1 => Some(Version::V1),
            Speak::V2 => Some(Version::V2),
            Speak::Auto => self.found.get().copied(),
        }
    }

    /// Settles it, for good: a service does not change while it is talked to.
    pub(super) fn found(&self, version: Version) {
        let _ = self.found.set(version);
    }

    /// What can be done, where it is settled.
    pub(super) fn capabilities(&self) -> Option<Capabilities> {
        Some(match (self.version()?, self.wanted) {
            (Version::V2, _) => Capabilities { expiry: Capability::Available, rotation: Capability::Available },
            (Version::V1, Speak::V1) => Capabilities {
                expiry: Capability::Unavailable(
                    "ckeys was told to speak version 1 of the service's API (CONFIDENT_API_VERSION or config.toml), in \
                     which keys do not expire",
                ),
                rotation: Capability::Unavailable(
                    "ckeys was told to speak version 1 of the service's API (CONFIDENT_API_VERSION or config.toml), in \
                     which a key can't be given a new value",
                ),
            },
            (Version::V1, _) => Capabilities {
                expiry: Capability::Unavailable(
                    "The service speaks an older version of its API, in which keys do not expire",
                ),
                rotation: Capability::Unavailable(
                    "The service speaks an older version of its API, in which a key can't be given a new value",
                ),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_in_any_case() {
        for (text, expected) in [
            ("auto", Ok(Speak::Auto)),
            ("V1", Ok(Speak::V1)),
            ("v2", Ok(Speak::V2)),
            ("", Err(())),
            ("v3", Err(())),
            ("2", Err(())),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
    }

    #[test]
    fn what_an_older_version_lacks_has_a_reason() {
        assert_eq!(Spoken::default().capabilities(), None, "nobody has asked yet");
        let found = |version| {
            let spoken = Spoken::default();
            spoken.found(version);
            spoken.capabilities().unwrap()
        };
        let all = Capabilities { expiry: Capability::Available, rotation: Capability::Available };
        assert_eq!(found(Version::V2), all);
        assert_eq!(Spoken::new(Speak::V2).capabilities(), Some(all));
        let older = found(Version::V1).rotation.obstacle().unwrap();
        assert!(older.contains("The service speaks an older version"), "{older}");
        let told = Spoken::new(Speak::V1).capabilities().unwrap().expiry.obstacle().unwrap();
        assert!(told.contains("CONFIDENT_API_VERSION"), "{told}");
    }
}
