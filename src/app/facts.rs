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
        let mut steps = Steps::new(now, thresholds);
        for key in list.iter() {
            let status = Status::of(key, now, thresholds);
            facts.statuses.push(status);
            facts.counts.add(status);
            facts.histogram.add(key, status, now, thresholds);
            facts.has_expiry |= key.expires_at.is_some();
            steps.see(key);
        }
        facts.holds.end = steps.next();
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

/// From which ages on something is to be said of a key that was not said before, and the keys that come to that.
struct Steps {
    now: Timestamp,
    ages: [Step; 7],
    /// When the first of the keys expires that do not yet.
    expires: Timestamp,
}

/// One of these ages.
#[derive(Clone, Copy)]
struct Step {
    age: SignedDuration,
    /// When that began which has this age now.
    begun: Timestamp,
    /// When the oldest of the keys began that are younger.
    oldest: Option<Timestamp>,
}

impl Steps {
    fn new(now: Timestamp, thresholds: &Thresholds) -> Self {
        let Thresholds { new_days, idle_days, stale_days } = *thresholds;
        let [new, idle, stale] = [new_days, idle_days, stale_days].map(|days| 24 * i64::from(days));
        // A status changes just after a threshold; how lately a key was used is counted in full hours beyond it.
        let just_after = |hours| SignedDuration::new(3600 * hours, 1);
        let hour_after = |hours| SignedDuration::from_hours(hours + 1);
        let ages = [
            just_after(new),
            just_after(idle),
            just_after(stale),
            hour_after(24),
            hour_after(idle),
            hour_after(stale),
            hour_after(2 * stale),
        ];
        let step = |age| Step { age, begun: now.checked_sub(age).unwrap_or(Timestamp::MIN), oldest: None };
        Self { now, ages: ages.map(step), expires: Timestamp::MAX }
    }

    /// Takes `key` into account.
    #[inline]
    fn see(&mut self, key: &ApiKey) {
        if let Some(at) = key.expires_at.filter(|at| *at > self.now) {
            self.expires = self.expires.min(at);
        }
        let Some(since) = key.last_used.time().or(key.created_at) else { return };
        for step in &mut self.ages {
            if since > step.begun && step.oldest.is_none_or(|oldest| since < oldest) {
                step.oldest = Some(since);
            }
        }
    }

    /// When the first of the keys comes to something.
    fn next(&self) -> Timestamp {
        let comes = |step: &Step| step.oldest?.checked_add(step.age).ok();
        self.ages.iter().filter_map(comes).fold(self.expires, Timestamp::min)
    }
}
