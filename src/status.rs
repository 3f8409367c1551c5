//! How a key stands: one function of what the service says of it, the time, and the thresholds.
//!
//! | status | what it means, the first that fits |
//! |---|---|
//! | inactive | deactivated: its requests are refused |
//! | expired | past its expiry |
//! | new | made within 7 days, not used yet |
//! | never used | the service says that it was never used |
//! | stale | not used for 90 days |
//! | idle | not used for 30 days |
//! | active | used since |
//! | unknown | the service did not say when it was last used |

use jiff::{SignedDuration, Timestamp};

use crate::api::model::{ApiKey, LastUsed};
use crate::time::{relative, until};

/// From which age on a key counts as idle or stale, and up to which as new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// A key that was not used yet is new for this many days.
    pub new_days: u32,
    /// Days without use after which a key is idle.
    pub idle_days: u32,
    /// Days without use after which a key is stale.
    pub stale_days: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { new_days: 7, idle_days: 30, stale_days: 90 }
    }
}

/// What goes before the configured thresholds, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overrides {
    /// [`Thresholds::new_days`].
    pub new_days: Option<u32>,
    /// [`Thresholds::idle_days`].
    pub idle_days: Option<u32>,
    /// [`Thresholds::stale_days`].
    pub stale_days: Option<u32>,
}

impl Thresholds {
    /// With what was asked for. That counts, and what was not asked for gives way: no key is stale before it is idle.
    #[must_use]
    pub fn with(self, asked: Overrides) -> Self {
        let new_days = asked.new_days.unwrap_or(self.new_days);
        let (idle_days, stale_days) = match (asked.idle_days, asked.stale_days) {
            (Some(idle), Some(stale)) => (idle, stale),
            (Some(idle), None) => (idle, self.stale_days.max(idle)),
            (None, Some(stale)) => (self.idle_days.min(stale), stale),
            (None, None) => (self.idle_days, self.stale_days),
        };
        Self { new_days, idle_days, stale_days }
    }
}

/// How a key stands. The order is that of a sorted column: what works first, what is over last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Used lately.
    Active,
    /// Made lately, not used yet.
    New,
    /// Not used for a while.
    Idle,
    /// The service did not say when it was last used.
    Unknown,
    /// Not used for so long that it should go.
    Stale,
    /// Never used, and not new.
    NeverUsed,
    /// Past its expiry.
    Expired,
    /// Deactivated.
    Inactive,
}

/// How near a key's expiry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expiry {
    /// Over.
    Past,
    /// Within three days.
    Imminent,
    /// Within two weeks.
    Soon,
    /// Later.
    Far,
}

impl Expiry {
    /// That of `key` at `now`; none where it does not expire.
    pub fn of(key: &ApiKey, now: Timestamp) -> Option<Self> {
        let left = key.expires_at?.duration_since(now);
        Some(match left.as_hours() {
            _ if !left.is_positive() => Self::Past,
            ..72 => Self::Imminent,
            72..336 => Self::Soon,
            _ => Self::Far,
        })
    }

    /// Whether `key`, of this `status` at `now`, works and will stop by itself within two weeks.
    pub fn is_near(key: &ApiKey, status: Status, now: Timestamp) -> bool {
        let is_soon = matches!(Self::of(key, now), Some(Self::Imminent | Self::Soon));
        is_soon && !matches!(status, Status::Inactive | Status::Expired)
    }
}

/// The tabs over the table: each key is in `All` and in one other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tab {
    /// Every key.
    #[default]
    All,
    /// New, active, idle, unknown.
    InUse,
    /// Stale and never used: the ones to retire.
    Stale,
    /// Inactive and expired.
    Inactive,
}

impl Tab {
    /// In the order of the screen.
    pub const ALL: [Self; 4] = [Self::All, Self::InUse, Self::Stale, Self::Inactive];

    /// The tab's name.
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::InUse => "In use",
            Self::Stale => "Stale",
            Self::Inactive => "Inactive",
        }
    }

    /// Whether keys of this status are shown under it.
    pub fn holds(self, status: Status) -> bool {
        self == Self::All || self == status.tab()
    }
}

impl Status {
    /// In their order.
    pub const ALL: [Self; 8] = [
        Self::Active,
        Self::New,
        Self::Idle,
        Self::Unknown,
        Self::Stale,
        Self::NeverUsed,
        Self::Expired,
        Self::Inactive,
    ];

    /// How `key` stands at the time `now`.
    #[inline]
    pub fn of(key: &ApiKey, now: Timestamp, thresholds: &Thresholds) -> Self {
        if !key.valid {
            return Self::Inactive;
        }
        if key.expires_at.is_some_and(|expiry| expiry <= now) {
            return Self::Expired;
        }
        match key.last_used {
            LastUsed::Unknown => Self::Unknown,
            // Made at an unknown time: nothing says that it is new.
            LastUsed::Never
                if key.created_at.is_some_and(|made| now.duration_since(made) <= days(thresholds.new_days)) =>
            {
                Self::New
            }
            LastUsed::Never => Self::NeverUsed,
            LastUsed::At(used) => match now.duration_since(used) {
                unused if unused > days(thresholds.stale_days) => Self::Stale,
                unused if unused > days(thresholds.idle_days) => Self::Idle,
                _ => Self::Active,
            },
        }
    }

    /// What this status, which is that of `key`, means for it at the time `now`: in a sentence that can be checked, with
    /// the days and the thresholds.
    pub fn reason(self, key: &ApiKey, now: Timestamp, thresholds: &Thresholds) -> String {
        let days_ago = |time| days_ago(time, now);
        match (self, key.last_used, key.created_at) {
            (Self::Inactive, ..) => "Its requests are refused until it is reactivated.".to_owned(),
            (Self::Expired, ..) => "Its expiry is over: its requests are refused.".to_owned(),
            (Self::New, _, Some(made)) => format!("Made {}, not used yet.", relative(made, now)),
            (Self::NeverUsed, _, Some(made)) => format!("Not used once since it was made {}.", relative(made, now)),
            (Self::Stale, LastUsed::At(used), _) => {
                format!("Last used {}; stale after {}.", days_ago(used), thresholds.stale_days)
            }
            (Self::Idle, LastUsed::At(used), _) => {
                let Thresholds { idle_days, stale_days, .. } = thresholds;
                format!("Last used {}; idle after {idle_days}, stale after {stale_days}.", days_ago(used))
            }
            (Self::Active, LastUsed::At(used), _) => format!("Last used {}.", relative(used, now)),
            (Self::Unknown, ..) => "The service did not say when it was last used.".to_owned(),
            _ => "Not used once, as far as the service says.".to_owned(),
        }
    }

    /// The same in a few words, for a column, and when the key expires where that is near.
    pub fn short_reason(self, key: &ApiKey, now: Timestamp, thresholds: &Thresholds) -> String {
        let reason = self.bare_reason(key, now, thresholds);
        match key.expires_at {
            Some(expiry) if Expiry::is_near(key, self, now) => format!("{reason}; expires {}", until(expiry, now)),
            _ => reason,
        }
    }

    fn bare_reason(self, key: &ApiKey, now: Timestamp, thresholds: &Thresholds) -> String {
        let last_used = match key.last_used {
            LastUsed::At(used) => format!("last used {}", days_ago(used, now)),
            LastUsed::Never => "never used".to_owned(),
            LastUsed::Unknown => "last use unknown".to_owned(),
        };
        let made = key.created_at.map(|made| format!(", made {}", relative(made, now))).unwrap_or_default();
        match (self, key.last_used, key.expires_at) {
            (Self::Inactive, ..) => format!("deactivated, {last_used}"),
            (Self::Expired, _, Some(expiry)) => format!("expired {}, {last_used}", days_ago(expiry, now)),
            (Self::Stale, ..) => format!("{last_used}, threshold {}", thresholds.stale_days),
            (Self::Idle, ..) => format!("{last_used}, threshold {}", thresholds.idle_days),
            (Self::New, ..) => format!("not used yet{made}"),
            (Self::NeverUsed, ..) => format!("{last_used}{made}"),
            (Self::Active, LastUsed::At(used), _) => format!("last used {}", relative(used, now)),
            (Self::Active | Self::Expired | Self::Unknown, ..) => last_used,
        }
    }

    /// The tab beside `All` that holds it.
    #[inline]
    pub fn tab(self) -> Tab {
        match self {
            Self::New | Self::Active | Self::Idle | Self::Unknown => Tab::InUse,
            Self::Stale | Self::NeverUsed => Tab::Stale,
            Self::Inactive | Self::Expired => Tab::Inactive,
        }
    }

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::NeverUsed => "never used",
            other => other.id(),
        }
    }

    /// The word in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::New => "new",
            Self::Idle => "idle",
            Self::Unknown => "unknown",
            Self::Stale => "stale",
            Self::NeverUsed => "never-used",
            Self::Expired => "expired",
            Self::Inactive => "inactive",
        }
    }
}

/// In days alone, as thresholds are; rounded down.
fn days_ago(time: Timestamp, now: Timestamp) -> String {
    match now.duration_since(time).as_hours() / 24 {
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// So many, to compare a time's age with: that of a time ahead of this clock is below any.
fn days(count: u32) -> SignedDuration {
    SignedDuration::from_secs(86_400 * i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_moves_what_is_not() {
        for (idle_days, stale_days, expected) in [
            (None, None, (30, 90)),
            (None, Some(20), (20, 20)),
            (None, Some(60), (30, 60)),
            (Some(100), None, (100, 100)),
            (Some(10), None, (10, 90)),
            (Some(40), Some(40), (40, 40)),
        ] {
            let found = Thresholds::default().with(Overrides { new_days: None, idle_days, stale_days });
            assert_eq!((found.new_days, found.idle_days, found.stale_days), (7, expected.0, expected.1));
        }
    }
    use crate::api::model::{KeyId, MaskedValue};

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn at(days_ago: i64) -> Timestamp {
        NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(24 * days_ago)
    }

    fn status(valid: bool, created: Option<i64>, last_used: LastUsed, expires: Option<i64>) -> Status {
        let key = ApiKey {
            id: KeyId(1),
            name: None,
            valid,
            value: MaskedValue::new("***a1b2c3"),
            created_at: created.map(at),
            last_used,
            expires_at: expires.map(at),
            rotates_at: None,
            shadow: None,
        };
        Status::of(&key, NOW.parse().unwrap(), &Thresholds::default())
    }

    #[test]
    fn the_first_that_fits() {
        let used = |days| LastUsed::At(at(days));
        for (valid, created, last_used, expires, expected) in [
            (false, Some(1), used(1), None, Status::Inactive),
            (false, Some(1), used(1), Some(1), Status::Inactive),
            (true, Some(1), used(1), Some(1), Status::Expired),
            (true, Some(1), used(1), Some(-1), Status::Active),
            (true, Some(1), LastUsed::Never, None, Status::New),
            (true, Some(7), LastUsed::Never, None, Status::New),
            (true, Some(8), LastUsed::Never, None, Status::NeverUsed),
            (true, None, LastUsed::Never, None, Status::NeverUsed),
            (true, Some(1), LastUsed::Unknown, None, Status::Unknown),
            (true, Some(400), used(0), None, Status::Active),
            (true, Some(400), used(-3), None, Status::Active),
            (true, Some(400), used(30), None, Status::Active),
            (true, Some(400), used(31), None, Status::Idle),
            (true, Some(400), used(90), None, Status::Idle),
            (true, Some(400), used(91), None, Status::Stale),
        ] {
            assert_eq!(
                status(valid, created, last_used, expires),
                expected,
                "{valid} {created:?} {last_used:?} {expires:?}"
            );
        }
    }

    #[test]
    fn a_reason_has_the_days_and_the_thresholds() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let ago = |days: i64| now - SignedDuration::from_hours(24 * days + 1);
        let thresholds = Thresholds { idle_days: 1, ..Thresholds::default() };
        let key = ApiKey {
            id: KeyId(1),
            name: None,
            valid: true,
            value: MaskedValue::new("d4e5f6"),
            created_at: Some(ago(400)),
            last_used: LastUsed::At(ago(197)),
            expires_at: None,
            rotates_at: None,
            shadow: None,
        };
        let used = |days| ApiKey { last_used: LastUsed::At(ago(days)), ..key.clone() };
        for (key, expected, short) in [
            (key.clone(), "Last used 197 days ago; stale after 90.", "last used 197 days ago, threshold 90"),
            (used(1), "Last used 1 day ago; idle after 1, stale after 90.", "last used 1 day ago, threshold 1"),
            (used(0), "Last used 1 hour ago.", "last used 1 hour ago"),
            (
                ApiKey { last_used: LastUsed::Never, ..key.clone() },
                "Not used once since it was made 400 days ago.",
                "never used, made 400 days ago",
            ),
            (
                ApiKey { last_used: LastUsed::Never, created_at: None, ..key.clone() },
                "Not used once, as far as the service says.",
                "never used",
            ),
            (
                ApiKey { last_used: LastUsed::Never, created_at: Some(ago(2)), ..key.clone() },
                "Made 2 days ago, not used yet.",
                "not used yet, made 2 days ago",
            ),
            (
                ApiKey { last_used: LastUsed::Unknown, ..key.clone() },
                "The service did not say when it was last used.",
                "last use unknown",
            ),
            (
                ApiKey { valid: false, ..key.clone() },
                "Its requests are refused until it is reactivated.",
                "deactivated, last used 197 days ago",
            ),
            (
                ApiKey { expires_at: Some(ago(3)), ..used(9) },
                "Its expiry is over: its requests are refused.",
                "expired 3 days ago, last used 9 days ago",
            ),
            (
                ApiKey { expires_at: Some(ago(-13)), ..used(9) },
                "Last used 9 days ago; idle after 1, stale after 90.",
                "last used 9 days ago, threshold 1; expires in 12 days",
            ),
            (
                ApiKey { expires_at: Some(ago(-15)), ..used(9) },
                "Last used 9 days ago; idle after 1, stale after 90.",
                "last used 9 days ago, threshold 1",
            ),
            (
                ApiKey { valid: false, expires_at: Some(ago(-13)), ..used(9) },
                "Its requests are refused until it is reactivated.",
                "deactivated, last used 9 days ago",
            ),
        ] {
            let status = Status::of(&key, now, &thresholds);
            assert_eq!(status.reason(&key, now, &thresholds), expected);
            assert_eq!(status.short_reason(&key, now, &thresholds), short);
        }
    }

    #[test]
    fn every_status_is_in_one_tab_beside_all() {
        use Status::*;
        for status in [Active, New, Idle, Unknown, Stale, NeverUsed, Expired, Inactive] {
            assert_eq!(Tab::ALL.into_iter().filter(|tab| tab.holds(status)).count(), 2, "{status:?}");
        }
    }
}
