//! A key's full value, kept out of everything that prints.
//!
//! [`Secret`] has no `Display` and no `Serialize`, its `Debug` says only that something is there, and
//! its memory is wiped when it is dropped. Reading it takes an explicit [`Secret::expose`], so that
//! every place where a value leaves the program can be found by that word.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// How many characters at its end identify a key, in the service's masked values and on screen.
pub const TAIL_CHARS: usize = 6;

/// A value that must not be shown: an organization key, or a fresh key's full value.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// Takes ownership of `value`. A caller that still holds another copy wipes that itself.
    pub fn new(value: impl Into<Box<str>>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The full value. Use it only where it leaves for its destination.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last six characters, by which the service and people tell keys apart; fewer where that
    /// would show more than half of a short value.
    pub fn tail(&self) -> &str {
        tail(&self.0)
    }
}

/// The last [`TAIL_CHARS`] characters of `value`, but never more than half of it.
pub(crate) fn tail(value: &str) -> &str {
    let shown = TAIL_CHARS.min(value.chars().count() / 2);
    let start = value.char_indices().rev().take(shown).last().map_or(value.len(), |(at, _)| at);
    &value[start..]
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Secret;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Secret, E> {
                Ok(Secret::new(value))
            }
        }
        // The visitor's default answer to another type quotes it: never a secret, as that is a string.
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_value() {
        let secret = Secret::new("confident_us_org_fake_not_a_key_a1b2c3");
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)), "Secret(…) Some(\n    Secret(…),\n)");
    }

    #[test]
    fn tail_is_six_characters_and_never_more_than_half() {
        for (value, expected) in [
            ("", ""),
            ("ab", "b"),
            ("abcdefgh", "efgh"),
            ("0123456789abcdef", "abcdef"),
            ("ключ-фальшивый", "льшивый".get(2..).unwrap_or("")),
        ] {
            assert_eq!(Secret::new(value).tail(), expected, "{value}");
        }
    }
}
