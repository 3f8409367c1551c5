//! How far the replacement of a key is, told by the two keys themselves: the one that is to go, and its successor.
//!
//! The service keeps one time for each key: when it was last used. So this is what can be known, and no more:
//!
//! - A use of the successor is one after it was made. ckeys never uses it; a test by hand counts like any other.
//! - The old key stands still where its last use is before the successor's. A job that runs once a week stands
//!   still as well: deactivating shows it, and is taken back in a moment. So the old key is deleted only after a while.

use jiff::{SignedDuration, Timestamp};

use crate::api::model::{ApiKey, LastUsed};
use crate::guard::MAX_NAME_CHARS;
use crate::text;

/// For how long an old key stays deactivated before its deletion is proposed: what runs once a week has come by then.
pub const SOAK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What speaks for it that nothing needs the old key any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The service does not say when one of the two was last used: there is no telling.
    Silent,
    /// The successor was not used since it was made.
    NotUsed,
    /// Both are used: the old one since the successor was, or in the same moment.
    BothUsed,
    /// The successor was used, and since then the old one was not.
    Moved {
        /// For how long it stood still when the successor was used last; none where it was never used.
        still_for: Option<SignedDuration>,
    },
}

/// What is known of the successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Successor<'a> {
    /// There is none.
    None,
    /// There was one, and it is gone.
    Gone,
    /// It has expired.
    Expired,
    /// This is how it stands. The time is when it was made, as far as is remembered.
    Here(&'a ApiKey, Timestamp),
}

/// What a replacement has come to, and so what is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is no successor yet.
    Begin,
    /// There is none, and the key does not work: nothing uses it.
    Pointless,
    /// The successor is gone, and another is needed.
    SuccessorGone,
    /// The successor has expired, and another is needed.
    SuccessorExpired,
    /// The successor does not work, so nothing can move over to it.
    SuccessorInactive,
    /// The successor is there; nothing shows yet that it is in the old one's place.
    Waiting(Evidence),
    /// It is in use, and the old one stands still: that can be deactivated.
    Proven(Evidence),
    /// The old one is deactivated, and may still be missed.
    Soaking {
        /// When its deletion is proposed; none where it is not known since when it is deactivated.
        until: Option<Timestamp>,
    },
    /// Nothing has asked for the old one back: it can be deleted.
    Soaked,
    /// The old one is gone.
    Over,
}

impl Step {
    /// How far it is, for a line of a list.
    pub fn word(self) -> &'static str {
        match self {
            Self::Begin | Self::Pointless => "not begun",
            Self::SuccessorGone => "the successor is gone",
            Self::SuccessorExpired => "the successor has expired",
            Self::SuccessorInactive => "the successor is inactive",
            Self::Waiting(Evidence::BothUsed) => "both are used",
            Self::Waiting(Evidence::Silent) => "use unknown",
            Self::Waiting(_) => "waiting for use",
            Self::Proven(_) => "moved over: deactivate the old",
            Self::Soaking { .. } => "old deactivated",
            Self::Soaked => "old can be deleted",
            Self::Over => "done",
        }
    }

    /// How the replacement from `old`, where it is still there, to `new` stands at `now`. `inactive_since` is when the
    /// old one was deactivated, as far as is known.
    pub fn of(old: Option<&ApiKey>, new: Successor<'_>, inactive_since: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(old) = old else { return Self::Over };
        match new {
            Successor::None if old.valid => Self::Begin,
            Successor::None => Self::Pointless,
            Successor::Gone => Self::SuccessorGone,
            Successor::Expired => Self::SuccessorExpired,
            Successor::Here(new, _) if !new.valid => Self::SuccessorInactive,
            Successor::Here(new, made) if old.valid => match evidence(old, new, made) {
                moved @ Evidence::Moved { .. } => Self::Proven(moved),
                other => Self::Waiting(other),
            },
            Successor::Here(..) => {
                match inactive_since.map(|since| since.checked_add(SOAK).unwrap_or(Timestamp::MAX)) {
                    Some(until) if until <= now => Self::Soaked,
                    until => Self::Soaking { until },
                }
            }
        }
    }
}

/// What the last uses of both say. `made` is when the successor was made, where the service does not say so itself.
pub fn evidence(old: &ApiKey, new: &ApiKey, made: Timestamp) -> Evidence {
    let made = new.created_at.unwrap_or(made);
    let used = match new.last_used {
        LastUsed::Unknown => return Evidence::Silent,
        LastUsed::At(used) if used > made => used,
        LastUsed::Never | LastUsed::At(_) => return Evidence::NotUsed,
    };
    match old.last_used {
        LastUsed::Unknown => Evidence::Silent,
        LastUsed::Never => Evidence::Moved { still_for: None },
        LastUsed::At(before) if before < used => Evidence::Moved { still_for: Some(used.duration_since(before)) },
        LastUsed::At(_) => Evidence::BothUsed,
    }
}

/// A name for the successor of `old`: its own with a number behind it that none of `siblings` has. One without a name
/// is called by its id.
pub fn successor_name<'a>(old: &ApiKey, siblings: impl IntoIterator<Item = &'a ApiKey>) -> String {
    let taken: Vec<&str> = siblings.into_iter().filter_map(|key| Some(key.name.as_ref()?.raw().trim())).collect();
    // What is invisible would be refused in a new name.
    let own: String = old.name.iter().flat_map(|name| name.raw().chars()).filter(|c| !text::is_hidden(*c)).collect();
    let own = if old.visible_name().is_some() && !own.trim().is_empty() {
        own.trim().to_owned()
    } else {
        format!("Key {}", old.id)
    };
    let (stem, first) = match numbered(&own) {
        Some((stem, number)) => (stem, number.saturating_add(1)),
        None => (own.as_str(), 2),
    };
    let named = |number: u32| {
        let suffix = format!(" ({number})");
        let room = MAX_NAME_CHARS.saturating_sub(suffix.chars().count());
        format!("{}{suffix}", stem.chars().take(room).collect::<String>().trim_end())
    };
    // More numbers than there are keys: one of them is free.
    let candidates = (0..=u32::try_from(taken.len()).unwrap_or(u32::MAX)).map(|by| named(first.saturating_add(by)));
    candidates.into_iter().find(|name| !taken.contains(&name.as_str())).unwrap_or_else(|| named(first))
}

/// `CI (2)` in its parts.
fn numbered(name: &str) -> Option<(&str, u32)> {
    let (stem, number) = name.strip_suffix(')')?.rsplit_once(" (")?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    // One with more digits is somebody's own number, such as a date.
    Some((stem, number.parse().ok().filter(|number| is_number && *number < 10_000 && !stem.trim().is_empty())?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::model::{KeyId, MaskedValue};

    fn at(time: &str) -> Timestamp {
        format!("2026-11-{time}:00Z").parse().unwrap()
    }

    fn key(id: i64, name: Option<&str>, valid: bool, made: &str, last_used: LastUsed) -> ApiKey {
        ApiKey {
            id: KeyId(id),
            name: name.map(Into::into),
            valid,
            value: MaskedValue::new("***a1b2c3"),
            shadow: None,
            created_at: Some(at(made)),
            last_used,
            expires_at: None,
            rotates_at: None,
        }
    }

    fn old(valid: bool, last_used: LastUsed) -> ApiKey {
        key(34, Some("CI"), valid, "01T00:00", last_used)
    }

    /// Made on the 20th at noon.
    fn new(valid: bool, last_used: LastUsed) -> ApiKey {
        key(57, Some("CI (2)"), valid, "20T12:00", last_used)
    }

    fn used(time: &str) -> LastUsed {
        LastUsed::At(at(time))
    }

    #[test]
    fn the_last_uses_of_both_are_the_evidence() {
        use LastUsed::{Never, Unknown};
        let moved = |minutes| Evidence::Moved { still_for: Some(SignedDuration::from_mins(minutes)) };
        for (before, after, expected) in [
            (used("20T11:00"), Never, Evidence::NotUsed),
            (Never, Never, Evidence::NotUsed),
            // Before it was made, or in that moment: a coarse time, and no use since.
            (used("19T11:00"), used("20T00:00"), Evidence::NotUsed),
            (used("19T11:00"), used("20T12:00"), Evidence::NotUsed),
            (used("20T12:30"), used("20T12:45"), moved(15)),
            (used("19T12:45"), used("20T12:45"), moved(24 * 60)),
            (Never, used("20T12:45"), Evidence::Moved { still_for: None }),
            (used("20T12:45"), used("20T12:45"), Evidence::BothUsed),
            (used("20T12:46"), used("20T12:45"), Evidence::BothUsed),
            (Unknown, used("20T12:45"), Evidence::Silent),
            (used("20T12:45"), Unknown, Evidence::Silent),
            (Unknown, Never, Evidence::NotUsed),
        ] {
            let (old, new) = (old(true, before), new(true, after));
            assert_eq!(evidence(&old, &new, at("20T13:00")), expected, "{before:?} {after:?}");
        }
        // The service does not say when it was made: then what is remembered counts.
        let unmade = ApiKey { created_at: None, ..new(true, used("20T12:45")) };
        assert_eq!(evidence(&old(true, Never), &unmade, at("20T13:00")), Evidence::NotUsed);
        assert_eq!(evidence(&old(true, Never), &unmade, at("20T12:00")), Evidence::Moved { still_for: None });
    }

    #[test]
    fn each_step_follows_from_the_two_keys_and_the_time() {
        let (begun, now) = (at("20T12:00"), at("28T12:00"));
        let moved = Evidence::Moved { still_for: None };
        let (idle, used_new) = (new(true, LastUsed::Never), new(true, used("20T13:00")));
        let inactive = new(false, used("20T13:00"));
        let (works, off) = (old(true, LastUsed::Never), old(false, LastUsed::Never));
        let here = |key| Successor::Here(key, begun);
        for (old, new, since, expected) in [
            (Some(&works), Successor::None, None, Step::Begin),
            (Some(&off), Successor::None, None, Step::Pointless),
            (Some(&works), Successor::Gone, None, Step::SuccessorGone),
            (Some(&off), Successor::Gone, None, Step::SuccessorGone),
            (Some(&works), Successor::Expired, None, Step::SuccessorExpired),
            (Some(&off), Successor::Expired, None, Step::SuccessorExpired),
            (None, Successor::Expired, None, Step::Over),
            (Some(&works), here(&inactive), None, Step::SuccessorInactive),
            (Some(&off), here(&inactive), None, Step::SuccessorInactive),
            (Some(&works), here(&idle), None, Step::Waiting(Evidence::NotUsed)),
            (Some(&works), here(&used_new), None, Step::Proven(moved)),
            (Some(&off), here(&used_new), Some("21T12:01"), Step::Soaking { until: Some(at("28T12:01")) }),
            (Some(&off), here(&used_new), Some("21T12:00"), Step::Soaked),
            // Deactivated by somebody else, or without proof: it stays off for as long.
            (Some(&off), here(&used_new), None, Step::Soaking { until: None }),
            (Some(&off), here(&idle), Some("21T12:00"), Step::Soaked),
            (None, here(&used_new), None, Step::Over),
            (None, Successor::None, None, Step::Over),
            (None, Successor::Gone, None, Step::Over),
        ] {
            assert_eq!(Step::of(old, new, since.map(at), now), expected, "{old:?} {new:?} {since:?}");
        }
    }

    #[test]
    fn a_successor_has_the_name_and_a_number_that_is_free() {
        let named = |name: Option<&str>, others: &[&str]| {
            let own = key(34, name, true, "01T00:00", LastUsed::Never);
            let others: Vec<ApiKey> =
                others.iter().map(|name| key(1, Some(name), true, "01T00:00", LastUsed::Never)).collect();
            successor_name(&own, others.iter().chain([&own]))
        };
        for (name, others, expected) in [
            (Some("CI"), &[][..], "CI (2)"),
            (Some(" CI "), &["CI (2)", "CI (3)"], "CI (4)"),
            (Some("CI (2)"), &["CI"], "CI (3)"),
            (Some("CI (2)"), &["CI (3)"], "CI (4)"),
            (Some("CI (x)"), &[], "CI (x) (2)"),
            (Some("CI (+1)"), &[], "CI (+1) (2)"),
            (Some("(2)"), &[], "(2) (2)"),
            (Some("CI (20261121)"), &[], "CI (20261121) (2)"),
            (Some("日本語"), &[], "日本語 (2)"),
            (Some("evil\u{202e}txt\n"), &[], "eviltxt (2)"),
            (Some("  "), &[], "Key 34 (2)"),
            (Some("\u{200b}"), &[], "Key 34 (2)"),
            (None, &["Key 34 (2)"], "Key 34 (3)"),
        ] {
            assert_eq!(named(name, others), expected, "{name:?}");
            assert!(crate::guard::new_name(&named(name, others)).is_ok());
        }
        let long = named(Some(&"日".repeat(MAX_NAME_CHARS)), &[]);
        assert_eq!((long.chars().count(), crate::guard::new_name(&long)), (MAX_NAME_CHARS, Ok(long.as_str())));
        assert!(long.ends_with("日 (2)"));
    }
}
