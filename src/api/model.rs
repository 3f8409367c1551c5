//! What the service manages: the organization, its projects, and the API keys of both.
//!
//! The names are the vendor's. Text is cleaned as it is read ([`Text`]), a value is never kept beyond
//! its last six characters ([`MaskedValue`]), and “null” and “absent” stay apart where they differ
//! ([`LastUsed`]).

mod time;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use crate::secret::{self, Secret};
use crate::text::{self, Text};
use time::{AnyTime, Time, lenient_time};

/// An API key's id, unique within the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(transparent)]
pub struct KeyId(pub i64);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for KeyId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(KeyId).map_err(|_| "an API key's id is a whole number, as `ckeys list` shows it".to_owned())
    }
}

/// A project's id: opaque, but known to be safe as one segment of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct ProjectId(Arc<str>);

impl ProjectId {
    /// Takes `id` where it can't be anything but one segment of a path.
    ///
    /// # Errors
    /// The reason, in words, where it is empty, `.` or `..`, longer than 200 characters, or has a character
    /// with a meaning in addresses.
    pub fn new(id: &str) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:@+=,!$'()*".contains(&byte);
        if id.is_empty() || id == "." || id == ".." || id.len() > 200 || !id.bytes().all(plain) {
            return Err("a project id that can't be part of an address".to_owned());
        }
        Ok(Self(id.into()))
    }

    /// The id as the service wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl<'de> Deserialize<'de> for ProjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Whose keys: the organization's own, or one project's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Keys that manage the organization, such as the one that signs `ckeys`'s requests.
    Organization,
    /// Keys that applications use to send traces to a project and to evaluate.
    Project(ProjectId),
}

impl Scope {
    /// The word for a key of this scope.
    pub fn key_noun(&self) -> &'static str {
        match self {
            Self::Organization => "organization key",
            Self::Project(_) => "project key",
        }
    }

    /// The argument that names it on the command line.
    pub fn flag(&self) -> String {
        match self {
            Self::Organization => "--org".to_owned(),
            Self::Project(id) => format!("--project {}", text::shell_word(id.as_str())),
        }
    }
}

/// The organization that the signing key belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Organization {
    /// Opaque.
    pub id: Text,
    /// Its name.
    pub name: Text,
    /// The billing plan, in the service's word; new ones may come.
    #[serde(default)]
    pub plan: Option<Text>,
}

/// A project of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// Opaque.
    pub id: ProjectId,
    /// Unique within the organization, as far as the service keeps it so.
    pub name: Text,
    /// What it is for, in its owner's words.
    #[serde(default)]
    pub description: Option<Text>,
    /// When it was made; none where the service did not say it readably.
    #[serde(default, deserialize_with = "lenient_time")]
    pub created_at: Option<Timestamp>,
}

/// When a key last authenticated a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LastUsed {
    /// The service did not say.
    #[default]
    Unknown,
    /// The service said null: not once.
    Never,
    /// At this time; it may be coarser than it looks.
    At(Timestamp),
}

impl LastUsed {
    /// The time, where there is one.
    #[inline]
    pub fn time(self) -> Option<Timestamp> {
        match self {
            Self::At(time) => Some(time),
            Self::Never | Self::Unknown => None,
        }
    }
}

impl<'de> Deserialize<'de> for LastUsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(AnyTime)? {
            Time::Null => Self::Never,
            Time::At(time) => Self::At(time),
            // “Never” may cost somebody a key: what can't be read is not null.
            Time::Beyond | Time::Other => Self::Unknown,
        })
    }
}

/// A key's value as far as it may be kept: asterisks and the last six characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedValue(Box<str>);

impl MaskedValue {
    /// How the service masks: this many asterisks, then the last six characters.
    const ASTERISKS: &str = "***************";

    /// Masks `value`, whether the service has done so already or not.
    pub fn new(value: &str) -> Self {
        // A service that forgets to mask must not make this program keep a whole key.
        let tail = match value.rsplit_once('*') {
            Some((_, tail)) if tail.chars().count() <= secret::TAIL_CHARS => tail,
            _ => secret::tail(value),
        };
        let is_plain = tail.bytes().all(|byte| (0x20..0x7F).contains(&byte));
        let tail = if is_plain { Cow::Borrowed(tail) } else { Cow::Owned(Text::from(tail).to_string()) };
        let mut masked = String::with_capacity(Self::ASTERISKS.len() + tail.len());
        masked.push_str(Self::ASTERISKS);
        masked.push_str(&tail);
        Self(masked.into())
    }

    /// The masked form, as the service shows it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The characters that are known, at most six of them.
    pub fn tail(&self) -> &str {
        self.0.trim_start_matches('*')
    }
}

impl<'de> Deserialize<'de> for MaskedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl Visitor<'_> for AnyValue {
            type Value = MaskedValue;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_str<E>(self, value: &str) -> Result<MaskedValue, E> {
                Ok(MaskedValue::new(value))
            }
        }
        // Masked where it stands: should it be a whole key, no copy of that is made.
        deserializer.deserialize_str(AnyValue)
    }
}

/// An API key, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Unique within the service.
    pub id: KeyId,
    /// What people called it; may be absent, empty or shared by others.
    pub name: Option<Text>,
    /// Whether it authenticates requests. A deactivated key is refused from its next request on.
    pub valid: bool,
    /// Its last characters.
    pub value: MaskedValue,
    /// When it was made; none where the service did not say it readably.
    pub created_at: Option<Timestamp>,
    /// When it last authenticated a request.
    pub last_used: LastUsed,
    /// When it stops working by itself; none where it does not, or the service knows no such thing.
    pub expires_at: Option<Timestamp>,
    /// When a rotation under way ends; none where there is none, or the service knows no such thing. It may be over
    /// already: [`rotation`](Self::rotation) tells.
    pub rotates_at: Option<Timestamp>,
    /// The new value of a rotation; `value` is still the old one.
    pub shadow: Option<MaskedValue>,
}

/// How far a key's rotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationState<'a> {
    /// There is none.
    None,
    /// The old and the new value both count until then.
    UnderWay {
        /// The new value, where the service shows it.
        new: Option<&'a MaskedValue>,
        /// When the old value stops.
        until: Timestamp,
    },
    /// Only the new value counts, though the service still shows the old one beside it.
    Over {
        /// The new value, where the service shows it.
        new: Option<&'a MaskedValue>,
        /// When the old value stopped.
        since: Timestamp,
    },
}

impl ApiKey {
    /// How far its rotation is at the time `now`.
    pub fn rotation(&self, now: Timestamp) -> RotationState<'_> {
        let new = self.shadow.as_ref();
        match self.rotates_at {
            None => RotationState::None,
            Some(until) if until > now => RotationState::UnderWay { new, until },
            Some(since) => RotationState::Over { new, since },
        }
    }

    /// Whether it has expired at the time `now`: its requests are refused.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| expiry <= now)
    }

    /// The values that it has, or may have: that of its rotation, too.
    pub fn values(&self) -> impl Iterator<Item = &MaskedValue> {
        std::iter::once(&self.value).chain(&self.shadow)
    }

    /// The name, where there is something to see of it.
    pub fn visible_name(&self) -> Option<&Text> {
        self.name.as_ref().filter(|name| !name.is_blank())
    }

    /// The name, or `(unnamed)`.
    pub fn title(&self) -> &str {
        self.visible_name().map_or("(unnamed)", Text::as_str)
    }
}

/// A key's fields as they come over the wire, with its value in the form that the call gives it.
#[derive(Deserialize)]
pub(super) struct WireKey<V> {
    id: KeyId,
    #[serde(default)]
    name: Option<Text>,
    valid: bool,
    value: V,
    #[serde(default, deserialize_with = "lenient_time")]
    created_at: Option<Timestamp>,
    #[serde(default, rename = "lastUsed")]
    last_used: LastUsed,
    #[serde(default, rename = "expiresAt", deserialize_with = "lenient_time")]
    expires_at: Option<Timestamp>,
    #[serde(default, rename = "rotatesAt", deserialize_with = "lenient_time")]
    rotates_at: Option<Timestamp>,
    #[serde(default = "Option::default", rename = "shadowValue")]
    shadow_value: Option<V>,
}

impl<V> WireKey<V> {
    /// The key with its values masked by `mask`, the value, and the one of its rotation.
    pub(super) fn split(self, mask: impl Fn(&V) -> MaskedValue) -> (ApiKey, V, Option<V>) {
        let key = ApiKey {
            id: self.id,
            name: self.name,
            valid: self.valid,
            value: mask(&self.value),
            created_at: self.created_at,
            last_used: self.last_used,
            expires_at: self.expires_at,
            rotates_at: self.rotates_at,
            shadow: self.shadow_value.as_ref().map(mask),
        };
        (key, self.value, self.shadow_value)
    }
}

impl<'de> Deserialize<'de> for ApiKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(WireKey::<MaskedValue>::deserialize(deserializer)?.split(Clone::clone).0)
    }
}

/// For how long a key shall work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lifetime {
    /// Until it is deactivated or deleted.
    #[default]
    Unlimited,
    /// For so many days from now on, at least one.
    Days(u32),
}

impl Lifetime {
    /// When it ends where it begins at `now`; none where it does not end, or beyond what times can tell.
    pub fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Unlimited => None,
            Self::Days(days) => now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok(),
        }
    }
}

/// How a key is given a new value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rotation {
    /// For how many hours the old value still works; none: it stops at once.
    pub grace_hours: u32,
    /// The key's new lifetime, which begins now; none keeps its expiry as it is.
    pub lifetime: Option<Lifetime>,
}

impl Rotation {
    /// When the old value stops, where that is not at once.
    pub fn grace_ends(self, now: Timestamp) -> Option<Timestamp> {
        if self.grace_hours == 0 {
            return None;
        }
        now.checked_add(SignedDuration::from_hours(self.grace_hours.into())).ok()
    }

    /// When `key` expires after this.
    pub fn expiry(self, key: &ApiKey, now: Timestamp) -> Option<Timestamp> {
        self.lifetime.map_or(key.expires_at, |lifetime| lifetime.end(now))
    }
}

/// A key that was just generated, or just given a new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// Its full new value, which the service gives this once; none where the answer held only a masked one.
    pub secret: Option<Secret>,
}

/// A time as the service writes it: UTC with milliseconds, `2024-12-04T23:00:00.000Z`.
pub fn format_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(json: &str) -> ApiKey {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn null_and_absent_last_used_are_told_apart() {
        let start = r#"{"id":1,"valid":true,"value":"***************a1b2c3","created_at":"2024-12-04T23:00:00.000Z""#;
        assert_eq!(key(&format!("{start}}}")).last_used, LastUsed::Unknown);
        assert_eq!(key(&format!(r#"{start},"lastUsed":null}}"#)).last_used, LastUsed::Never);
        assert_eq!(key(&format!(r#"{start},"lastUsed":"yesterday"}}"#)).last_used, LastUsed::Unknown);
        assert_eq!(key(&format!(r#"{start},"lastUsed":17}}"#)).last_used, LastUsed::Unknown);
        let time = "2024-12-05T10:15:00.000Z";
        assert_eq!(
            key(&format!(r#"{start},"lastUsed":"{time}","new":[1]}}"#)).last_used,
            LastUsed::At(time.parse().unwrap())
        );
    }

    #[test]
    fn a_time_that_never_comes_is_no_missing_one() {
        let rotates_at =
            |time: &str| key(&format!(r#"{{"id":1,"valid":true,"value":"***a1b2c3","rotatesAt":{time}}}"#)).rotates_at;
        for (time, expected) in [
            (r#""9999-12-31T23:59:59.999Z""#, Some(Timestamp::MAX)),
            (r#""9999-12-01T00:00:00.000Z""#, Some("9999-12-01T00:00:00Z".parse().unwrap())),
            (r#""9999-13-31T23:59:59.999Z""#, None),
            (r#""soon""#, None),
            ("null", None),
            ("17", None),
        ] {
            assert_eq!(rotates_at(time), expected, "{time}");
        }
    }

    #[test]
    fn a_value_is_masked_even_where_the_service_forgot() {
        for (value, expected) in [
            ("***************a1b2c3", "***************a1b2c3"),
            ("**a1b2c3", "***************a1b2c3"),
            ("confident_org_fake_not_a_key_a1b2c3", "***************a1b2c3"),
            ("confident*org_fake_not_a_key_a1b2c3", "***************a1b2c3"),
            ("short", "***************rt"),
            ("***\u{1b}[2Jx", "***************<U+001B>[2Jx"),
        ] {
            assert_eq!(MaskedValue::new(value).as_str(), expected);
        }
    }

    #[test]
    fn project_ids_cannot_climb() {
        for bad in ["", ".", "..", "a/b", "a\\b", "a%2fb", "a?b", "a#b", "a b", "a\nb", "ä", &"x".repeat(201)] {
            assert!(ProjectId::new(bad).is_err(), "{bad:?}");
        }
        for good in ["cm4k2", "PROJECT-ID-1", "a.b", "..."] {
            assert!(ProjectId::new(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn names_may_be_absent_null_or_blank() {
        for (name, title) in [
            ("", "(unnamed)"),
            (r#","name":null"#, "(unnamed)"),
            (r#","name":"  ""#, "(unnamed)"),
            (r#","name":"CI""#, "CI"),
        ] {
            assert_eq!(key(&format!(r#"{{"id":1,"valid":true,"value":"***a1b2c3"{name}}}"#)).title(), title);
        }
    }
}
