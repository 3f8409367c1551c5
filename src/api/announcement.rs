//! What the service announces beside its answers: that something is deprecated, or comes to an end.

use std::fmt::{self, Write as _};
use std::mem;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::text::Text;

/// The most that are told in one session: a service that announces ever other ends must not drown the rest.
const MOST: usize = 4;

/// Something that the service announces. Its `Display` says in sentences what it means, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// It warns about the key that signs the calls (`X-Api-Key-Warning`).
    Key {
        /// In these words.
        warning: Text,
        /// When the key's value ends (`Sunset`).
        end: Option<Timestamp>,
    },
    /// It calls what was asked deprecated.
    Deprecated {
        /// When that ends (`Sunset`).
        end: Option<Timestamp>,
        /// Where there is more to read.
        link: Option<Text>,
    },
    /// It names an end (`Sunset`), and does not say of what.
    Sunset {
        /// When.
        end: Timestamp,
        /// Where there is more to read.
        link: Option<Text>,
    },
}

impl Announcement {
    fn redacted(self) -> Self {
        match self {
            Self::Key { warning, end } => Self::Key { warning: warning.redacted(), end },
            Self::Deprecated { end, link } => Self::Deprecated { end, link: link.map(Text::redacted) },
            Self::Sunset { end, link } => Self::Sunset { end, link: link.map(Text::redacted) },
        }
    }

    fn end(&self) -> Option<Timestamp> {
        match self {
            Self::Key { end, .. } | Self::Deprecated { end, .. } => *end,
            Self::Sunset { end, .. } => Some(*end),
        }
    }

    /// Whether `self` is news to somebody who was told `other`. The words may count the days, so they don't matter.
    fn is_told_by(&self, other: &Self) -> bool {
        mem::discriminant(self) == mem::discriminant(other) && (self.end().is_none() || self.end() == other.end())
    }

    /// What it means, without its last full stop.
    pub fn summary(&self) -> String {
        let mut words = match self {
            Self::Key { warning, .. } => {
                format!("The service warns about the key that you are signed in with: “{warning}”")
            }
            Self::Deprecated { .. } => "The service calls what ckeys uses of it deprecated".to_owned(),
            Self::Sunset { end, .. } => {
                return format!(
                    "The service announces an end for {}, of the key that you are signed in with or of what ckeys \
                     uses of the service",
                    day(*end)
                );
            }
        };
        if let Some(end) = self.end() {
            // Writing to a String can't fail.
            let _ = write!(words, ". Its end is announced for {}", day(end));
        }
        words
    }

    /// What to do, in sentences.
    pub fn advice(&self) -> String {
        let (advice, link) = match self {
            Self::Key { .. } => ("Sign in with its new value, or with another organization key, in time.", None),
            Self::Deprecated { link, .. } => ("Look for a newer ckeys in time.", link.as_ref()),
            Self::Sunset { link, .. } => ("Look for a new key value, or a newer ckeys, in time.", link.as_ref()),
        };
        link.map_or_else(|| advice.to_owned(), |link| format!("{advice} More: {link}"))
    }
}

impl fmt::Display for Announcement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}. {}", self.summary(), self.advice())
    }
}

/// `31 December 2050`, with the time where it is not the day's start.
fn day(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    let is_start = at.hour() == 0 && at.minute() == 0;
    at.strftime(if is_start { "%-d %B %Y (UTC)" } else { "%-d %B %Y, %H:%M UTC" }).to_string()
}

/// What was announced so far, and what of it nobody has been told.
#[derive(Debug, Default)]
pub(super) struct Announced {
    all: Vec<Announcement>,
    told: usize,
}

impl Announced {
    /// Notes `announcement`, unless it was made before.
    pub(super) fn note(&mut self, announcement: Announcement) {
        if self.all.len() < MOST && !self.all.iter().any(|other| announcement.is_told_by(other)) {
            self.all.push(announcement);
        }
    }

    /// What is to be told, each once.
    pub(super) fn take(&mut self) -> Vec<Announcement> {
        // One that came beside a fresh secret was read before that was known.
        let news = self.all.iter().skip(self.told).cloned().map(Announcement::redacted).collect();
        self.told = self.all.len();
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_its_time_where_that_is_not_its_start() {
        for (time, expected) in [
            ("2050-12-31T00:00:00Z", "31 December 2050 (UTC)"),
            ("2050-12-31T05:00:00Z", "31 December 2050, 05:00 UTC"),
            ("2050-12-31T00:30:00Z", "31 December 2050, 00:30 UTC"),
        ] {
            assert_eq!(day(at(time)), expected);
        }
    }

    #[test]
    fn each_is_told_once_and_again_only_with_another_end() {
        let deprecated = |end: Option<&str>| Announcement::Deprecated { end: end.map(at), link: None };
        let key = |warning: &str| Announcement::Key { warning: warning.into(), end: None };
        let mut announced = Announced::default();
        announced.note(deprecated(None));
        announced.note(deprecated(None));
        announced.note(key("10 days left"));
        assert_eq!(announced.take(), [deprecated(None), key("10 days left")]);
        announced.note(key("9 days left"));
        announced.note(deprecated(Some("2050-12-31T00:00:00Z")));
        announced.note(deprecated(None));
        assert_eq!(announced.take(), [deprecated(Some("2050-12-31T00:00:00Z"))]);
        assert_eq!(announced.take(), []);
        for year in 2051..2099 {
            announced.note(deprecated(Some(&format!("{year}-01-01T00:00:00Z"))));
        }
        assert_eq!(announced.take().len(), 1, "enough is enough");
    }

    #[test]
    fn ends_are_told_in_words() {
        let end = Some(at("2050-12-31T00:00:00Z"));
        let link = Some(Text::from("https://example.test/\u{1b}v2"));
        let words = Announcement::Deprecated { end, link }.to_string();
        assert_eq!(
            words,
            "The service calls what ckeys uses of it deprecated. Its end is announced for 31 December 2050 (UTC). \
             Look for a newer ckeys in time. More: https://example.test/<U+001B>v2"
        );
        let words = Announcement::Sunset { end: at("2026-03-01T14:30:00Z"), link: None }.to_string();
        assert!(words.contains("for 1 March 2026, 14:30 UTC, of the key"), "{words}");
        let words = Announcement::Key { warning: "Rotated\u{202e}".into(), end }.to_string();
        assert!(words.contains("“Rotated<U+202E>”. Its end is announced for 31 December 2050"), "{words}");
    }
}
