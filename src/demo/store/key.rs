//! A key of the model: its values, its life, and the client that is imagined to use it.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

use super::{Field, MAX_EXPIRY_DAYS, MAX_GRACE_HOURS, StoreError};
use crate::secret::{Secret, tail};

/// The asterisks that stand for all but the end of a masked value.
const MASK: &str = "***************";

#[derive(Debug)]
pub(in crate::demo) struct Key {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) name: Field<String>,
    pub(in crate::demo) valid: bool,
    pub(in crate::demo) value: Secret,
    pub(in crate::demo) created_at: Timestamp,
    pub(in crate::demo) expires_at: Option<Timestamp>,
    /// The new value of a rotation that nobody has completed yet.
    pub(in crate::demo) shadow: Option<Shadow>,
    /// Without the calls of the simulated client.
    last_used: Field<Timestamp>,
    client: Option<Client>,
}

/// A key's next value.
#[derive(Debug)]
pub(in crate::demo) struct Shadow {
    pub(in crate::demo) value: Secret,
    /// Until then, both values count; from then on, this one alone.
    pub(in crate::demo) rotates_at: Timestamp,
}

/// What a rotation shall be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) struct Rotation {
    /// For how long the old value still counts.
    pub(in crate::demo) grace_hours: u32,
    /// Absent keeps the expiry, null takes it away, and a number of days counts from now.
    pub(in crate::demo) expires_in_days: Field<u32>,
}

impl Key {
    pub(super) fn new(id: u64, value: Secret, past: PastKey) -> Self {
        let PastKey { name, valid, created_at, expires_at, last_used, client } = past;
        Self { id, name, valid, value, created_at, expires_at, shadow: None, last_used, client }
    }

    /// When it last authenticated a request, as seen at `now`: a real one, or one of its client's.
    pub(in crate::demo) fn last_used(&self, now: Timestamp) -> Field<Timestamp> {
        // Expired, it is refused; and nobody gave its client the new value.
        let ends = [self.expires_at, self.shadow.as_ref().map(|shadow| shadow.rotates_at)];
        let moment = SignedDuration::from_millis(1);
        let until = ends.into_iter().flatten().map(|end| end - moment).fold(now, Timestamp::min);
        match self.client.as_ref().filter(|_| self.valid).and_then(|client| client.last_call(until)) {
            None => self.last_used,
            Some(call) => match self.last_used {
                Field::Value(earlier) => Field::Value(earlier.max(call)),
                Field::Absent | Field::Null => Field::Value(call),
            },
        }
    }

    /// The value as every answer shows it but the one that issues it.
    pub(in crate::demo) fn masked(&self) -> String {
        masked(self.value.expose())
    }

    pub(in crate::demo) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expiry| expiry <= now)
    }

    /// Whether `value` counts at `now` as one of this key's.
    pub(super) fn has_value(&self, value: &str, now: Timestamp) -> bool {
        match &self.shadow {
            Some(shadow) if shadow.value.expose() == value => true,
            Some(shadow) if shadow.rotates_at <= now => false,
            _ => self.value.expose() == value,
        }
    }

    /// When `value`, which counts now, stops: it is the old one of a rotation.
    pub(super) fn outgoing_until(&self, value: &str) -> Option<Timestamp> {
        self.shadow.as_ref().filter(|shadow| shadow.value.expose() != value).map(|shadow| shadow.rotates_at)
    }

    pub(super) fn use_at(&mut self, now: Timestamp) {
        self.last_used = Field::Value(now);
    }

    /// Lets the new value take the place of the old one, where the time for that has come.
    pub(super) fn complete_rotation(&mut self, now: Timestamp) {
        if self.shadow.as_ref().is_some_and(|shadow| shadow.rotates_at <= now) {
            self.last_used = self.last_used(now);
            self.client = None;
            if let Some(shadow) = self.shadow.take() {
                self.value = shadow.value;
            }
        }
    }

    /// Gives it the value that `mint` makes. One that an earlier rotation made, and that is not alone yet, stops with it.
    pub(super) fn rotate(
        &mut self,
        rotation: &Rotation,
        now: Timestamp,
        mint: impl FnOnce() -> Secret,
    ) -> Result<(), StoreError> {
        let Rotation { grace_hours, expires_in_days } = *rotation;
        if grace_hours > MAX_GRACE_HOURS {
            return Err(StoreError::GraceOutOfRange);
        }
        let is_expired = self.is_expired(now);
        let expires_at = match expires_in_days {
            Field::Absent if is_expired => return Err(StoreError::ExpiryRequired),
            Field::Absent => self.expires_at,
            Field::Null => None,
            Field::Value(days) => Some(expiry(now, days)?),
        };
        let rotates_at = (grace_hours > 0).then(|| now + SignedDuration::from_hours(grace_hours.into()));
        match (rotates_at, expires_at) {
            (Some(_), _) if is_expired => return Err(StoreError::GraceOnExpired),
            (Some(rotates_at), Some(expires_at)) if rotates_at > expires_at => return Err(StoreError::GracePastExpiry),
            _ => {}
        }
        self.complete_rotation(now);
        self.pause_client(now);
        self.expires_at = expires_at;
        match rotates_at {
            Some(rotates_at) => self.shadow = Some(Shadow { value: mint(), rotates_at }),
            None => {
                self.shadow = None;
                self.value = mint();
                self.client = None;
            }
        }
        Ok(())
    }

    /// Deactivating freezes when it was last used; after reactivating its client calls again.
    pub(super) fn set_valid(&mut self, valid: bool, now: Timestamp) {
        if self.valid != valid {
            self.pause_client(now);
            self.valid = valid;
        }
    }

    /// Its client's calls so far are history, whatever becomes of the key.
    fn pause_client(&mut self, now: Timestamp) {
        self.last_used = self.last_used(now);
        if let Some(client) = &mut self.client {
            client.since = now;
        }
    }
}

/// A key's value with all but its end hidden.
pub(in crate::demo) fn masked(value: &str) -> String {
    format!("{MASK}{}", tail(value))
}

/// So many days from now.
pub(super) fn expiry(now: Timestamp, days: u32) -> Result<Timestamp, StoreError> {
    if !(1..=MAX_EXPIRY_DAYS).contains(&days) {
        return Err(StoreError::ExpiryOutOfRange);
    }
    Ok(now + SignedDuration::from_hours(24 * i64::from(days)))
}

/// A program that is imagined to use a key regularly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) struct Client {
    /// Seconds between two calls.
    pub(in crate::demo) period: NonZeroU32,
    /// By how many seconds its calls come after the multiples of `period`.
    pub(in crate::demo) phase: u32,
    /// It made no call before this.
    pub(in crate::demo) since: Timestamp,
}

impl Client {
    /// The last call up to `now`. A function of the time alone, so nothing runs in between.
    fn last_call(&self, now: Timestamp) -> Option<Timestamp> {
        let (period, phase) = (i64::from(self.period.get()), i64::from(self.phase));
        let call = (now.as_second() - phase).div_euclid(period) * period + phase;
        Timestamp::from_second(call).ok().filter(|call| *call >= self.since)
    }
}

/// A key to put into the store as it is, with the history that it is given.
#[derive(Debug, Clone)]
pub(in crate::demo) struct PastKey {
    pub(in crate::demo) name: Field<String>,
    pub(in crate::demo) valid: bool,
    pub(in crate::demo) created_at: Timestamp,
    pub(in crate::demo) expires_at: Option<Timestamp>,
    pub(in crate::demo) last_used: Field<Timestamp>,
    pub(in crate::demo) client: Option<Client>,
}

impl PastKey {
    /// A key made now and not used yet.
    pub(super) fn fresh(name: String, now: Timestamp) -> Self {
        Self {
            name: Field::Value(name),
            valid: true,
            created_at: now,
            expires_at: None,
            last_used: Field::Null,
            client: None,
        }
    }
}
