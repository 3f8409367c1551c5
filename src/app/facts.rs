//! What time makes of the keys of a list: how each stands, and how many of them stand how.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::counts::{Counts, Histogram};
use super::list::KeyList;
use crate::api::model::ApiKey;
use crate::status::{Status, Thresholds};

/// How the keys of a list stand, from one time to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What they are about.
    list: KeyList,
    thresholds: Thresholds,
    /// For how long none of them changes.
    holds: Range<Timestamp>,
    statuses: Vec<Status>,
    /// How many of the keys each tab holds.
    pub counts: Counts,
    /// How lately they were used.
    pub histogram: Histogram,
    /// Whether one of them expires.
    pub has_expiry: bool,
}

impl Facts {
    /// Those of `list` at the time `now`.
    pub fn of(list: &KeyList, now: Timestamp, thresholds: &Thresholds) -> Self {
        let mut facts = Self {
            list: list.clone(),
            thresholds: *thresholds,
            holds: now..Timestamp::MAX,
            statuses: Vec::with_capacity(list.len()),
            counts: Counts::default(),
            histogram: Histogram::default(),
            has_expiry: false,
        };
        let steps = Steps::new(now, thresholds);
        for key in list.iter() {
            let status = Status::of(key, now, thresholds);
            facts.statuses.push(status);
            facts.counts.add(status);
            facts.histogram.add(key, status, now, thresholds);
            facts.has_expiry |= key.expires_at.is_some();
            facts.holds.end = facts.holds.end.min(steps.next(key));
        }
        facts
    }

    /// Whether they are still those of `list`.
    pub fn are_of(&self, list: &KeyList, now: Timestamp, thresholds: &Thresholds) -> bool {
        self.holds.contains(&now) && self.thresholds == *thresholds && self.list.is(list)
    }

    /// When one of them changes.
    pub fn change(&self) -> Timestamp {
        self.holds.end
    }

    /// How the key at this place stands.
    pub fn status(&self, at: usize) -> Option<Status> {
        self.statuses.get(at).copied()
    }
}

/// From which ages on something is to be said of a key that was not said before.
struct Steps {
    now: Timestamp,
    ages: Vec<SignedDuration>,
}

impl Steps {
    fn new(now: Timestamp, thresholds: &Thresholds) -> Self {
        let Thresholds { new_days, idle_days, stale_days } = *thresholds;
        let [new, idle, stale] = [new_days, idle_days, stale_days].map(|days| 24 * i64::from(days));
        // A status changes just after a threshold; how lately a key was used is counted in full hours beyond it.
        let just_after = [new, idle, stale].map(|hours| SignedDuration::new(3600 * hours, 1));
        let hour_after = [24, idle, stale, 2 * stale].map(|hours| SignedDuration::from_hours(hours + 1));
        Self { now, ages: just_after.into_iter().chain(hour_after).collect() }
    }

    /// When that is for `key`, at the earliest.
    fn next(&self, key: &ApiKey) -> Timestamp {
        let since = key.last_used.time().or(key.created_at);
        let ages = since.and_then(|since| {
            let age = self.now.duration_since(since);
            since.checked_add(self.ages.iter().copied().filter(|step| *step > age).min()?).ok()
        });
        let expires = key.expires_at.filter(|at| *at > self.now);
        ages.into_iter().chain(expires).min().unwrap_or(Timestamp::MAX)
    }
}
