//! The data that the service starts with: a small [`story()`], or as much as was asked for
//! ([`generated()`]).
//!
//! All of it comes from the seed and the UTC day, so that two starts on one day list the same keys
//! with the same times; only what simulated clients do follows the clock. Some keys expire soon, some
//! have expired, and some are being rotated: what version 1 has no words for.

mod generated;
mod story;

use std::num::NonZeroU32;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::{
    mint::Mint,
    store::{Client, Field, PastKey, Rotation, Scope, Store, StoreError},
};
use crate::secret::Secret;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// What the organization is called.
const ORGANIZATION: &str = "Acme Inc.";

/// Its plan, as the contract spells it.
const PLAN: &str = "TEAM";

/// How many days the organization is older than the first thing in it.
const HEAD_START_DAYS: u32 = 2;

/// How long before it expired a key was used last, at the least.
const LAST_USE: SignedDuration = SignedDuration::from_hours(1);

/// The longest grace period of the rotations that are under way, in days.
const GRACE_DAYS: u16 = 7;

/// A service's first state.
pub(super) struct Seeded {
    pub(super) store: Store,
    /// The key that the program signs its requests with: one of the organization's.
    pub(super) organization_key: Secret,
}

/// How much data to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) projects: usize,
    pub(super) keys_per_project: usize,
}

impl Size {
    /// What stands in for the number that was not given.
    pub(super) const USUAL: Self = Self { projects: 5, keys_per_project: 12 };
}

/// The story: a handful of projects with every kind of key that a team collects.
pub(super) fn story(seed: u64, now: Timestamp) -> Result<Seeded, StoreError> {
    let projects = story::PROJECTS.iter().map(|project| ProjectPlan {
        name: project.name.to_owned(),
        description: project.description.map(str::to_owned),
        made: project.made,
        keys: project.keys.iter().map(KeyPlan::from).collect(),
    });
    build(projects.collect(), Random::new(seed, now))
}

/// `size` of plausible data; the organization's own keys are those of the story.
pub(super) fn generated(size: Size, seed: u64, now: Timestamp) -> Result<Seeded, StoreError> {
    let mut random = Random::new(seed, now);
    let projects = generated::projects(size, &mut random.numbers);
    build(projects, random)
}

/// A key to be, with ages in days.
#[derive(Debug, Clone)]
struct KeyPlan {
    name: Field<String>,
    made: u32,
    used: Used,
    valid: bool,
    ends: Ends,
}

/// A project to be.
#[derive(Debug)]
struct ProjectPlan {
    name: String,
    description: Option<String>,
    /// Its age in days.
    made: u32,
    keys: Vec<KeyPlan>,
}

/// When a key was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Used {
    Never,
    /// The service says nothing of it.
    Untold,
    DaysAgo(u32),
    /// Now and ever again, by a client that calls once in so many seconds.
    Every(NonZeroU32),
}

/// What becomes of a key by itself, in days from the day of the start on. All of it happens at noon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Not,
    /// It has expired so many days ago, or does so in so many.
    Expires(i32),
    /// It is being rotated, and its old value stops in so many days.
    Rotates(u16),
}

impl Used {
    const fn every(seconds: u32) -> Self {
        match NonZeroU32::new(seconds) {
            Some(period) => Self::Every(period),
            None => Self::Never,
        }
    }
}

impl From<&story::Key> for KeyPlan {
    fn from(key: &story::Key) -> Self {
        let name = match key.name {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(name) => Field::Value(name.to_owned()),
        };
        Self { name, made: key.made, used: key.used, valid: key.valid, ends: key.ends }
    }
}

/// The seeded numbers, and the day that ages count from.
struct Random {
    numbers: Rng,
    midnight: Timestamp,
}

impl Random {
    fn new(seed: u64, now: Timestamp) -> Self {
        let day = i64::from(DAY);
        let midnight = Timestamp::from_second(now.as_second().div_euclid(day) * day).unwrap_or(now);
        Self { numbers: Rng::with_seed(seed), midnight }
    }

    /// A moment in the working hours of the day that began `days` before the last midnight; never
    /// in the future for one day or more.
    fn days_ago(&mut self, days: u32) -> Timestamp {
        let hours = i64::from(8 * HOUR)..i64::from(18 * HOUR);
        let within = SignedDuration::from_millis(self.numbers.i64(hours) * 1_000 + self.numbers.i64(0..1_000));
        self.midnight - SignedDuration::from_hours(24 * i64::from(days)) + within
    }

    /// Noon of the day that begins `days` after the last midnight.
    fn noon(&self, days: i32) -> Timestamp {
        self.midnight + SignedDuration::from_hours(24 * i64::from(days) + 12)
    }

    fn key(&mut self, plan: KeyPlan) -> PastKey {
        let created_at = self.days_ago(plan.made);
        let expires_at = match plan.ends {
            Ends::Expires(days) => Some(self.noon(days)),
            Ends::Not | Ends::Rotates(_) => None,
        };
        let (last_used, client) = match plan.used {
            Used::Never => (Field::Null, None),
            Used::Untold => (Field::Absent, None),
            Used::DaysAgo(days) => {
                let used = self.days_ago(days).max(created_at);
                (Field::Value(expires_at.map_or(used, |expiry| used.min(expiry - LAST_USE))), None)
            }
            Used::Every(period) => {
                let phase = self.numbers.u32(0..period.get());
                (Field::Null, Some(Client { period, phase, since: created_at }))
            }
        };
        PastKey { name: plan.name, valid: plan.valid, created_at, expires_at, last_used, client }
    }
}

fn build(plans: Vec<ProjectPlan>, mut random: Random) -> Result<Seeded, StoreError> {
    let organization_plans = || std::iter::once(&story::SIGNING_KEY).chain(story::ORGANIZATION_KEYS).map(KeyPlan::from);
    let ages = plans.iter().map(|project| project.made).chain(organization_plans().map(|key| key.made));
    let founded = random.days_ago(ages.max().unwrap_or(0) + HEAD_START_DAYS);
    let mint = Mint::new(random.numbers.fork());
    let mut store = Store::new(ORGANIZATION, PLAN, founded, random.numbers.u64(10..20), mint);

    let mut keys: Vec<_> =
        organization_plans().map(|plan| (Scope::Organization, plan.ends, random.key(plan))).collect();
    for plan in plans {
        // The day before its first key's.
        let made = random.days_ago(plan.made + 1);
        let scope = Scope::Project(store.add_project(plan.name, plan.description, made));
        keys.extend(plan.keys.into_iter().map(|plan| (scope.clone(), plan.ends, random.key(plan))));
    }
    // Ids rise with time over the whole service, with gaps: some keys of the past are gone.
    keys.sort_by_key(|(_, _, key)| key.created_at);
    let mut rotating = Vec::new();
    for (scope, ends, key) in keys {
        store.skip_key_ids(random.numbers.u64(0..3));
        let id = store.add_key(&scope, key)?.id;
        if let Ends::Rotates(days) = ends {
            rotating.push((scope, id, days));
        }
    }
    // After the keys, so that their values are the same with and without these.
    for (scope, id, days) in rotating {
        let days = days.min(GRACE_DAYS);
        let begun = random.noon(i32::from(days) - i32::from(GRACE_DAYS));
        let rotation = Rotation { grace_hours: u32::from(GRACE_DAYS) * 24, expires_in_days: Field::Absent };
        store.rotate_key(&scope, id, &rotation, begun)?;
    }
    store.limit_projects();

    let signing = KeyPlan::from(&story::SIGNING_KEY).name;
    let organization_key = store
        .keys(&Scope::Organization)?
        .values()
        .find(|key| key.name == signing)
        .map(|key| key.value.clone())
        .ok_or(StoreError::KeyNotFound)?;
    Ok(Seeded { store, organization_key })
}

#[cfg(test)]
mod tests;
