//! The rules that keep a slip from costing a key: what is refused, and what has to be typed.
//!
//! Pure, so that the screen and the one-shot commands hold to the same rules.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use unicode_width::UnicodeWidthStr;

use crate::api::Capability;
use crate::api::model::{ApiKey, MaskedValue, Rotation, RotationState, Scope};
use crate::redact;
use crate::secret::Secret;
use crate::text::{self, Text};

/// The longest name that a key may be given, in characters.
pub const MAX_NAME_CHARS: usize = 255;
/// The longest grace period that is asked for, in hours; the service may allow less.
pub const MOST_GRACE_HOURS: u32 = 87_600;
/// The longest lifetime that is asked for, in days; the service may allow less.
pub const MOST_LIFETIME_DAYS: u32 = 36_500;
/// The widest name, in cells, that is asked for in a confirmation; above it the id is.
const MAX_TYPED_CELLS: usize = 40;

/// What is known of the key that signs the requests: its last six characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    tail: Box<str>,
}

impl Signer {
    /// The signer whose full value is `key`.
    pub fn new(key: &Secret) -> Self {
        Self { tail: key.tail().into() }
    }

    /// The last characters of its value.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// Whether `key` may be the one that signs. Where two end alike, both may be; project keys never are.
    pub fn may_be(&self, key: &ApiKey, scope: &Scope) -> bool {
        let is_this = |value: &MaskedValue| value.tail() == &*self.tail;
        *scope == Scope::Organization && !self.tail.is_empty() && key.values().any(is_this)
    }
}

/// Why a write is refused before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It would cut off this program itself.
    #[error(
        "This is, as far as can be told, the key that ckeys is signed in with: without it nothing could be undone. \
         Sign in with another organization key first"
    )]
    SigningKey,
    /// Only an inactive key is deleted.
    #[error(
        "This key is active: whatever uses it would stop for good. Deactivate it first, and delete it once nothing has missed it"
    )]
    StillActive,
    /// The next request would still be signed with its old value.
    #[error(
        "This is, as far as can be told, the key that ckeys is signed in with: it can't be rotated in place. Generate \
         another organization key, sign in with that one, and deactivate this"
    )]
    RotatesSigningKey,
    /// An expired key is revived with a lifetime only.
    #[error(
        "This key has expired: rotated, it works again, so it has to be said for how long. Give it a lifetime, or none"
    )]
    LifetimeNeeded,
    /// The old value of an expired key does not work any more.
    #[error("This key has expired: its old value does not work any more, so there is no grace period to give it")]
    GraceOnExpired,
    /// The old value would outlive the key.
    #[error(
        "The grace period would end after the key itself expires. Make it shorter, or give the key a longer lifetime"
    )]
    GracePastExpiry,
    /// The service's API can't do it, for this reason.
    #[error("{0}")]
    Unavailable(&'static str),
}

/// Whether `key` may be deactivated.
///
/// # Errors
/// The reason why not.
pub fn deactivate(key: &ApiKey, scope: &Scope, signer: &Signer) -> Result<(), Refusal> {
    if signer.may_be(key, scope) { Err(Refusal::SigningKey) } else { Ok(()) }
}

/// Whether `key` may be deleted.
///
/// # Errors
/// The reason why not.
pub fn delete(key: &ApiKey, scope: &Scope, signer: &Signer) -> Result<(), Refusal> {
    deactivate(key, scope, signer)?;
    if key.valid { Err(Refusal::StillActive) } else { Ok(()) }
}

/// Whether `key` may be rotated like this at the time `now`: what the service would refuse is not asked of it.
///
/// # Errors
/// The reason why not.
pub fn rotate(key: &ApiKey, scope: &Scope, signer: &Signer, rotation: Rotation, now: Timestamp) -> Result<(), Refusal> {
    if signer.may_be(key, scope) {
        return Err(Refusal::RotatesSigningKey);
    }
    let grace_ends = rotation.grace_ends(now);
    if key.is_expired(now) {
        if grace_ends.is_some() {
            return Err(Refusal::GraceOnExpired);
        }
        if rotation.lifetime.is_none() {
            return Err(Refusal::LifetimeNeeded);
        }
    }
    match (grace_ends, rotation.expiry(key, now)) {
        (Some(grace), Some(expiry)) if grace > expiry => Err(Refusal::GracePastExpiry),
        _ => Ok(()),
    }
}

/// Whether something can be done with the service that is talked to.
///
/// # Errors
/// The reason why not.
pub fn available(capability: Capability) -> Result<(), Refusal> {
    capability.obstacle().map_or(Ok(()), |reason| Err(Refusal::Unavailable(reason)))
}

/// Within how long after its last use a key counts as in use, so that deactivating it takes more than a `y`.
const IN_USE_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Whether `key` works, and was used so lately that something most likely depends on it.
pub fn is_in_use(key: &ApiKey, now: Timestamp) -> bool {
    // A use ahead of this machine's clock is one of just now.
    key.valid && key.last_used.time().is_some_and(|used| now.duration_since(used) < IN_USE_FOR)
}

/// Whether rotating `key` with this grace period stops at once what is most likely in use: its old value where there is
/// none, and that of a rotation under way always, which may have been put to use since.
pub fn cuts_off(key: &ApiKey, grace_hours: u32, now: Timestamp) -> bool {
    let is_rotating = matches!(key.rotation(now), RotationState::UnderWay { .. });
    (grace_hours == 0 || is_rotating) && is_in_use(key, now) && !key.is_expired(now)
}

/// What has to be typed to delete a key, or to deactivate one that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phrase {
    /// Its name.
    Name(String),
    /// Its id: the name is missing, not its own, not typable as it looks, or too long.
    Id(String),
    /// How many keys it is about.
    Count(String),
}

impl Phrase {
    /// The id of `key`, where its name tells too little.
    pub fn id(key: &ApiKey) -> Self {
        Self::Id(key.id.to_string())
    }

    /// What has to be typed for `key`, which stands among `siblings`, the keys of its scope.
    pub fn of<'a>(key: &ApiKey, siblings: impl IntoIterator<Item = &'a ApiKey>) -> Self {
        let id = || Self::id(key);
        let Some(name) = key.visible_name() else { return id() };
        let typed = text::composed(name.as_str().trim());
        let repeated = siblings.into_iter().any(|other| {
            other.id != key.id
                && other.visible_name().is_some_and(|name| text::look_alike(name.as_str().trim(), &typed))
        });
        if repeated || name.is_marked() || redact::holds_key(&typed) || typed.width() > MAX_TYPED_CELLS {
            id()
        } else {
            Self::Name(typed.into_owned())
        }
    }

    /// The text itself.
    pub fn text(&self) -> &str {
        match self {
            Self::Name(text) | Self::Id(text) | Self::Count(text) => text,
        }
    }

    /// `name`, `id` or `number of keys`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Name(_) => "name",
            Self::Id(_) => "id",
            Self::Count(_) => "number of keys",
        }
    }

    /// Whether `typed` is it. Case counts; white space around it, and how an accented letter is put together, do not.
    pub fn is(&self, typed: &str) -> bool {
        text::composed(typed.trim()) == self.text()
    }

    /// Why it is the id that has to be typed for `key`, and not its name.
    pub fn why(&self, key: &ApiKey) -> Option<&'static str> {
        match (self, key.visible_name()) {
            (Self::Name(_) | Self::Count(_), _) => None,
            (Self::Id(_), None) => Some("the key has no name"),
            (Self::Id(_), Some(name)) if name.is_marked() => Some("its name can't be typed as it looks"),
            (Self::Id(_), Some(name)) if redact::holds_key(name.as_str()) => Some("its name looks like a key's value"),
            (Self::Id(_), Some(name)) if name.as_str().trim().width() > MAX_TYPED_CELLS => Some("its name is long"),
            // Or will have it soon: that of a lost key is the one that the next shall have.
            (Self::Id(_), Some(_)) => Some("its name may be repeated, or look like another"),
        }
    }
}

/// What is wrong with a name for a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing to see.
    #[error("A key needs a name: say who or what will use it")]
    Empty,
    /// A key, which everybody who may see the list would see.
    #[error("A name can't hold what looks like a key's value: say who or what will use the key")]
    Key,
    /// Longer than a key's name may be.
    #[error("A name has at most {MAX_NAME_CHARS} characters")]
    TooLong,
    /// A name that would look like another, or move the cursor of whoever lists it.
    #[error("A name can't hold the invisible or control character {0}")]
    Hidden(HiddenCharacter),
}

/// A character that can only be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HiddenCharacter(char);

impl std::fmt::Display for HiddenCharacter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "U+{:04X}", u32::from(self.0))
    }
}

/// Checks a name for a new key, and trims the white space around it.
///
/// # Errors
/// What is wrong with it.
pub fn new_name(name: &str) -> Result<&str, NameError> {
    let name = name.trim();
    if Text::from(name).is_blank() {
        Err(NameError::Empty)
    } else if let Some(hidden) = name.chars().find(|character| text::is_hidden(*character)) {
        Err(NameError::Hidden(HiddenCharacter(hidden)))
    } else if redact::holds_key(name) {
        Err(NameError::Key)
    } else if name.chars().count() > MAX_NAME_CHARS {
        Err(NameError::TooLong)
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::model::{KeyId, LastUsed, Lifetime, ProjectId};

    fn key(id: i64, name: Option<&str>, valid: bool, tail: &str) -> ApiKey {
        ApiKey {
            id: KeyId(id),
            name: name.map(Text::from),
            valid,
            value: MaskedValue::new(&format!("***{tail}")),
            created_at: None,
            last_used: LastUsed::Unknown,
            expires_at: None,
            rotates_at: None,
            shadow: None,
        }
    }

    #[test]
    fn the_signing_key_and_active_keys_are_kept() {
        let signer = Signer::new(&Secret::new("confident_us_org_fake_not_a_key_a1b2c3"));
        let project = Scope::Project(ProjectId::new("p1").unwrap());
        for (valid, tail, scope, to_deactivate, to_delete) in [
            (true, "a1b2c3", &Scope::Organization, Err(Refusal::SigningKey), Err(Refusal::SigningKey)),
            (false, "a1b2c3", &Scope::Organization, Err(Refusal::SigningKey), Err(Refusal::SigningKey)),
            (true, "a1b2c3", &project, Ok(()), Err(Refusal::StillActive)),
            (true, "ffffff", &Scope::Organization, Ok(()), Err(Refusal::StillActive)),
            (false, "ffffff", &Scope::Organization, Ok(()), Ok(())),
        ] {
            let key = key(1, Some("CI"), valid, tail);
            assert_eq!(deactivate(&key, scope, &signer), to_deactivate);
            assert_eq!(delete(&key, scope, &signer), to_delete);
        }
    }

    #[test]
    fn a_key_is_in_use_for_a_day_after_its_last_use() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for (valid, used, expected) in [
            (true, LastUsed::At("2026-11-20T12:00:01Z".parse().unwrap()), true),
            (true, LastUsed::At("2026-11-20T12:00:00Z".parse().unwrap()), false),
            (true, LastUsed::At("2026-11-21T13:00:00Z".parse().unwrap()), true),
            (false, LastUsed::At(now), false),
            (true, LastUsed::Never, false),
            (true, LastUsed::Unknown, false),
        ] {
            let key = ApiKey { last_used: used, ..key(1, Some("CI"), valid, "a1b2c3") };
            assert_eq!(is_in_use(&key, now), expected, "{used:?}");
        }
    }

    #[test]
    fn a_name_is_typed_where_it_is_the_keys_own_and_typable() {
        let phrase = |key: &ApiKey, others: &[ApiKey]| Phrase::of(key, others.iter().chain([key]));
        let ci = key(7, Some(" CI "), true, "a1b2c3");
        assert_eq!(phrase(&ci, &[key(8, Some("ci"), true, "a1b2c3")]), Phrase::Name("CI".into()));
        assert_eq!(phrase(&ci, &[key(8, Some("CI"), true, "a1b2c3")]), Phrase::Id("7".into()));
        for twin in ["Cl", "C1", "\u{421}I"] {
            let twin = key(8, Some(twin), true, "a1b2c3");
            assert_eq!(phrase(&ci, std::slice::from_ref(&twin)), Phrase::Id("7".into()), "{twin:?}");
        }
        let value = "confident_us_org_fake_not_a_key_a1b2c3";
        for name in [None, Some(""), Some("  "), Some("evil\u{202e}txt"), Some(&"日".repeat(21)[..]), Some(value)] {
            assert_eq!(phrase(&key(7, name, true, "a1b2c3"), &[]), Phrase::Id("7".into()), "{name:?}");
        }
        assert!(Phrase::Name("CI".into()).is(" CI\n"));
        assert!(!Phrase::Name("CI".into()).is("ci"));
        let decomposed = phrase(&key(7, Some("Zoe\u{308}"), true, "a1b2c3"), &[]);
        assert!(decomposed.is("Zoë") && decomposed.is("Zoe\u{308}"));
        let twin = key(8, Some("Zo\u{eb}"), true, "a1b2c3");
        assert_eq!(phrase(&key(7, Some("Zoe\u{308}"), true, "a1b2c3"), &[twin]), Phrase::Id("7".into()));
    }

    #[test]
    fn a_rotation_that_the_service_would_refuse_is_refused() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let hours = |hours: i64| Some(now + SignedDuration::from_hours(hours));
        let signer = Signer::new(&Secret::new("confident_us_org_fake_not_a_key_d4e5f6"));
        let days = |days| Some(Lifetime::Days(days));
        for (expires_at, grace_hours, lifetime, expected) in [
            (None, 0, None, Ok(())),
            (None, 8760, None, Ok(())),
            (hours(24), 24, None, Ok(())),
            (hours(24), 25, None, Err(Refusal::GracePastExpiry)),
            (hours(24), 25, days(2), Ok(())),
            (hours(24), 25, Some(Lifetime::Unlimited), Ok(())),
            (None, 25, days(1), Err(Refusal::GracePastExpiry)),
            (hours(0), 0, None, Err(Refusal::LifetimeNeeded)),
            (hours(-1), 0, Some(Lifetime::Unlimited), Ok(())),
            (hours(-1), 0, days(1), Ok(())),
            (hours(-1), 1, days(1), Err(Refusal::GraceOnExpired)),
            (hours(-1), 1, None, Err(Refusal::GraceOnExpired)),
        ] {
            let key = ApiKey { expires_at, ..key(1, Some("CI"), true, "a1b2c3") };
            let rotation = Rotation { grace_hours, lifetime };
            let told = rotate(&key, &Scope::Organization, &signer, rotation, now);
            assert_eq!(told, expected, "{expires_at:?} {rotation:?}");
        }
        let rotation = Rotation::default();
        // By its new value, too: it may be the one that signs.
        let own = key(1, Some("CI"), true, "d4e5f6");
        let rotating = ApiKey { shadow: Some(MaskedValue::new("***d4e5f6")), ..key(1, Some("CI"), true, "a1b2c3") };
        for key in [own, rotating] {
            let told = rotate(&key, &Scope::Organization, &signer, rotation, now);
            assert_eq!(told, Err(Refusal::RotatesSigningKey));
            assert_eq!(deactivate(&key, &Scope::Organization, &signer), Err(Refusal::SigningKey));
        }
    }

    #[test]
    fn new_names_are_trimmed_and_checked() {
        assert_eq!(new_name("  GitHub Actions "), Ok("GitHub Actions"));
        assert_eq!(new_name("日本語 ✓"), Ok("日本語 ✓"));
        assert_eq!(new_name(" \t"), Err(NameError::Empty));
        assert_eq!(new_name("a\u{200b}b"), Err(NameError::Hidden(HiddenCharacter('\u{200b}'))));
        assert_eq!(new_name("for confident_us_org_fake_not_a_key_a1b2c3"), Err(NameError::Key));
        assert_eq!(new_name(&"x".repeat(256)), Err(NameError::TooLong));
        assert!(new_name(&"日".repeat(255)).is_ok());
    }
}
