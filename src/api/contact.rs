//! That an answer came, whatever it said: how long that took, and by what clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap};

/// An answer's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// When the call was sent, by this machine's clock.
    pub sent: Timestamp,
    /// How long the answer was waited for, from then on; connecting is part of it where a call needed that.
    pub took: Duration,
    /// When the answer was made, by the other machine's clock, to the second.
    pub date: Option<Timestamp>,
}

impl Contact {
    pub(super) fn new(sent: Timestamp, took: Duration, headers: &HeaderMap) -> Self {
        let date = headers.get(DATE).and_then(|date| jiff::fmt::rfc2822::parse(date.to_str().ok()?.trim()).ok());
        Self { sent, took, date: date.map(|date| date.timestamp()) }
    }

    /// How far this machine's clock is ahead of the other one's, at least; below zero where it is behind. Zero where
    /// the seconds of the header and the time on the way account for all of it.
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        let after_sending = self.date?.duration_since(self.sent);
        let took = SignedDuration::try_from(self.took).unwrap_or(SignedDuration::MAX);
        let second = SignedDuration::from_secs(1);
        Some(if after_sending > took {
            took.saturating_sub(after_sending)
        } else if after_sending < -second {
            SignedDuration::ZERO.saturating_sub(after_sending.saturating_add(second))
        } else {
            SignedDuration::ZERO
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(date: Option<&str>) -> Contact {
        let mut headers = HeaderMap::new();
        headers.extend(date.map(|date| (DATE, date.parse().unwrap())));
        Contact::new("2026-11-21T12:00:00.700Z".parse().unwrap(), Duration::from_millis(2500), &headers)
    }

    #[test]
    fn clocks_differ_by_what_seconds_and_the_way_do_not_account_for() {
        for (date, ahead) in [
            // It was made while the answer was waited for.
            ("Sat, 21 Nov 2026 12:00:00 GMT", 0.0),
            ("Sat, 21 Nov 2026 12:00:03 GMT", 0.0),
            // Before it was asked for, and after it had come.
            ("Sat, 21 Nov 2026 11:59:00 GMT", 59.7),
            ("Sat, 21 Nov 2026 12:01:00 GMT", -56.8),
        ] {
            let told = contact(Some(date)).clock_ahead().unwrap().as_secs_f64();
            assert!((told - ahead).abs() < 0.001, "{date}: {told}");
        }
        for unusable in [None, Some("soon"), Some("")] {
            assert_eq!(contact(unusable).clock_ahead(), None, "{unusable:?}");
        }
    }
}
