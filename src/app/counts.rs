//! How many keys each tab holds, and how many were used how lately.

use jiff::Timestamp;

use crate::api::model::{ApiKey, LastUsed};
use crate::status::{Status, Tab, Thresholds};

/// How many keys each tab holds, in the order of [`Tab::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([usize; 4]);

impl Counts {
    /// Counts `statuses`.
    pub fn of(statuses: impl IntoIterator<Item = Status>) -> Self {
        let mut counts = Self::default();
        statuses.into_iter().for_each(|status| counts.add(status));
        counts
    }

    #[inline]
    pub(super) fn add(&mut self, status: Status) {
        let [all, in_use, stale, inactive] = &mut self.0;
        *all += 1;
        match status.tab() {
            Tab::All => {}
            Tab::InUse => *in_use += 1,
            Tab::Stale => *stale += 1,
            Tab::Inactive => *inactive += 1,
        }
    }

    /// Those of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let mut sum = self.0;
        sum.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
        Self(sum)
    }

    /// The keys under `tab`.
    pub fn get(self, tab: Tab) -> usize {
        self.0.into_iter().zip(Tab::ALL).find(|(_, other)| *other == tab).map_or(0, |(count, _)| count)
    }
}

/// In how many steps the time without use is shown.
pub const AGES: usize = 5;

/// For how long `key` was not used, in steps against the thresholds, the longest last: within a day, up to idle, up to
/// stale, up to twice that, longer. A key that was never used counts from when it was made. None where it is not known.
#[inline]
pub fn age(key: &ApiKey, now: Timestamp, thresholds: &Thresholds) -> Option<usize> {
    let since = match key.last_used {
        LastUsed::At(time) => time,
        LastUsed::Never => key.created_at?,
        LastUsed::Unknown => return None,
    };
    let hours = now.duration_since(since).as_hours();
    let days = |days: u32| 24 * i64::from(days);
    let steps = [24, days(thresholds.idle_days), days(thresholds.stale_days), 2 * days(thresholds.stale_days)];
    Some(steps.iter().filter(|step| hours > **step).count())
}

/// How many keys that work were last used how long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Histogram {
    /// In the steps of [`age`].
    pub used: [usize; AGES],
    /// Never.
    pub never: usize,
    /// Unknown.
    pub unknown: usize,
}

impl Histogram {
    /// Those of both.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.used.iter_mut().zip(other.used).for_each(|(count, more)| *count += more);
        Self { used: self.used, never: self.never + other.never, unknown: self.unknown + other.unknown }
    }

    #[inline]
    pub(super) fn add(&mut self, key: &ApiKey, status: Status, now: Timestamp, thresholds: &Thresholds) {
        if status.tab() == Tab::Inactive {
            return;
        }
        let place = match (key.last_used, age(key, now, thresholds)) {
            (LastUsed::Never, _) => Some(&mut self.never),
            (LastUsed::At(_), Some(age)) => self.used.get_mut(age),
            _ => Some(&mut self.unknown),
        };
        if let Some(count) = place {
            *count += 1;
        }
    }
}
