//! The service's clock: the machine's, or one that was set, and that can be moved on while the service runs.
//!
//! Whatever depends on time asks this one, so that grace periods and expiries can be seen without waiting for them.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// The earliest time that can be set, in seconds since 1970: 2 January 2000. Histories begin years before it.
const EARLIEST: i64 = 946_771_200;
/// The latest one: 2 January 2200.
const LATEST: i64 = 7_258_204_800;

/// Why a clock can't be set so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum ClockError {
    #[error("the clock can't be moved back: what has happened would be still to come")]
    Backwards,
    #[error("the clock goes from the year 2000 to 2200")]
    OutOfRange,
}

/// Clones share the time.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    /// How far it is ahead of the machine's.
    ahead: Arc<Mutex<SignedDuration>>,
}

impl Clock {
    /// A clock that shows `start` now, or else the machine's time; it goes on from there.
    pub(super) fn new(start: Option<Timestamp>) -> Result<Self, ClockError> {
        let now = Timestamp::now();
        let start = start.map_or(Ok(now), in_range)?;
        Ok(Self { ahead: Arc::new(Mutex::new(start.duration_since(now))) })
    }

    pub(super) fn now(&self) -> Timestamp {
        // What was set was in range, and no program runs for so long that this would leave it.
        Timestamp::now().saturating_add(self.ahead()).unwrap_or(Timestamp::MAX)
    }

    /// Whether it shows another time than the machine's.
    pub(super) fn was_set(&self) -> bool {
        !self.ahead().is_zero()
    }

    /// Lets so much time go by at once.
    pub(super) fn advance(&self, by: SignedDuration) -> Result<Timestamp, ClockError> {
        if by.is_negative() {
            return Err(ClockError::Backwards);
        }
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let target = ahead.checked_add(by).ok_or(ClockError::OutOfRange)?;
        let now = in_range(Timestamp::now().checked_add(target).map_err(|_| ClockError::OutOfRange)?)?;
        *ahead = target;
        Ok(now)
    }

    /// Lets time go by until `to`.
    pub(super) fn move_to(&self, to: Timestamp) -> Result<Timestamp, ClockError> {
        self.advance(to.duration_since(self.now()))
    }

    fn ahead(&self) -> SignedDuration {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_range(time: Timestamp) -> Result<Timestamp, ClockError> {
    if (EARLIEST..=LATEST).contains(&time.as_second()) { Ok(time) } else { Err(ClockError::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_where_it_is_set_and_moves_on_only() {
        let start: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let clock = Clock::new(Some(start)).unwrap();
        let minute = SignedDuration::from_mins(1);
        assert!(clock.was_set() && clock.now().duration_since(start) < minute);
        let later = clock.advance(SignedDuration::from_hours(48)).unwrap();
        assert!(later.duration_since(start) >= SignedDuration::from_hours(48));
        assert!(later.duration_since(start) < SignedDuration::from_hours(48) + minute);
        assert_eq!(clock.move_to(start), Err(ClockError::Backwards));
        assert_eq!(clock.advance(SignedDuration::MAX), Err(ClockError::OutOfRange));
        assert!(clock.now() >= later, "a refusal moves nothing");
        assert!(!Clock::new(None).unwrap().was_set());
        for out in ["1999-12-31T00:00:00Z", "2201-01-01T00:00:00Z"] {
            assert_eq!(Clock::new(Some(out.parse().unwrap())).map(drop), Err(ClockError::OutOfRange), "{out}");
        }
    }
}
