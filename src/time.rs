//! Times in words.

mod zone;

use jiff::{SignedDuration, Timestamp};

pub use zone::{Zone, ZoneSource, in_both, in_full, label};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const TWO_DAYS: i64 = 2 * DAY;
/// Up to here days are counted: someone who looks for stale keys compares them with thresholds in days.
const TWO_YEARS: i64 = 730 * DAY;
/// The Gregorian mean, in seconds.
const YEAR: i64 = 31_556_952;

/// How long ago `time` was at `now`, rounded down: `just now`, `5 minutes ago`, `1 hour ago`, `197 days ago`,
/// `2 years ago`. A time ahead of `now` is `just now`: the two clocks differ.
pub fn relative(time: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(time).as_secs();
    let (count, unit) = match seconds {
        ..MINUTE => return "just now".to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        DAY..TWO_YEARS => (seconds / DAY, "day"),
        // Two Gregorian years are some hours longer than 730 days.
        TWO_YEARS.. => ((seconds / YEAR).max(2), "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// How long it is from `now` until `time`, rounded down: `in 5 days`, `in 1 hour`; `now` where that is less than a
/// minute, or over.
pub fn until(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.duration_since(now).as_secs();
    let (count, unit) = match seconds {
        ..MINUTE => return "now".to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        DAY..TWO_YEARS => (seconds / DAY, "day"),
        TWO_YEARS.. => ((seconds / YEAR).max(2), "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("in {count} {unit}{plural}")
}

/// How long it is from `now` until `time` in a few cells, rounded down: `23 h`, `6 d`; `<1 min` where that is less, or over.
pub fn until_short(time: Timestamp, now: Timestamp) -> String {
    match time.duration_since(now).as_secs() {
        ..MINUTE => "<1 min".to_owned(),
        seconds @ MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        seconds @ HOUR..TWO_DAYS => format!("{} h", seconds / HOUR),
        seconds @ TWO_DAYS.. => format!("{} d", seconds / DAY),
    }
}

/// How old what was true at `time` is at `now`, rounded down: `less than a minute old`, `6 minutes old`; in a few cells
/// where `is_short`: `<1 min old`, `6 min old`.
pub fn age(time: Timestamp, now: Timestamp, is_short: bool) -> String {
    let seconds = now.duration_since(time).as_secs();
    let (count, unit, short) = match seconds {
        ..MINUTE => return if is_short { "<1 min old" } else { "less than a minute old" }.to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, "minute", "min"),
        HOUR..DAY => (seconds / HOUR, "hour", "h"),
        DAY.. => (seconds / DAY, "day", "d"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if is_short { format!("{count} {short} old") } else { format!("{count} {unit}{plural} old") }
}

/// Up to when [`relative`], [`until`], [`until_short`] and [`age`] all tell of `time` what they tell at `now`: then one of them
/// may say something else.
pub fn turns(time: Timestamp, now: Timestamp) -> Timestamp {
    let past = now.duration_since(time);
    let seconds = past.as_secs();
    let unit = match seconds.abs() {
        ..HOUR => MINUTE,
        HOUR..TWO_DAYS => HOUR,
        TWO_DAYS.. => DAY,
    };
    // What is past turns when one more of the unit is full, what is to come when one is not any more.
    let turn = if past.is_negative() {
        SignedDuration::new(seconds / unit * unit, 1)
    } else {
        SignedDuration::from_secs((seconds / unit + 1) * unit)
    };
    time.saturating_add(turn).unwrap_or(Timestamp::MAX)
}

/// A time span, rounded down to a unit of which there are two at least: `90 seconds`, `3 hours`, `2 days`.
pub fn span(time: SignedDuration) -> String {
    match time.as_secs() {
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds @ 120..7200 => format!("{} minutes", seconds / MINUTE),
        seconds @ 7200..172_800 => format!("{} hours", seconds / HOUR),
        seconds @ 172_800.. => format!("{} days", seconds / DAY),
    }
}

/// How long it is until `end`, rounded up: `20 s`, `4 min`; `0 s` where that is over.
pub fn countdown(end: Timestamp, now: Timestamp) -> String {
    match seconds_left(end, now) {
        seconds @ ..=COUNTED => format!("{} s", seconds.max(0)),
        seconds => format!("{} min", minutes(seconds)),
    }
}

/// When [`countdown`] says something else than it does at `now`, for an `end` after that.
pub fn countdown_changes(end: Timestamp, now: Timestamp) -> Timestamp {
    let left = match seconds_left(end, now) {
        seconds @ ..=COUNTED => seconds - 1,
        seconds => ((minutes(seconds) - 1) * MINUTE).max(COUNTED),
    };
    end - SignedDuration::from_secs(left.max(0))
}

/// Up to here seconds are counted, above it minutes.
const COUNTED: i64 = 99;

fn seconds_left(end: Timestamp, now: Timestamp) -> i64 {
    let left = end.duration_since(now);
    left.as_secs() + i64::from(left.subsec_nanos() > 0)
}

fn minutes(seconds: i64) -> i64 {
    (seconds + MINUTE - 1) / MINUTE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_to_come_is_counted_down() {
        let now = Timestamp::UNIX_EPOCH;
        for (seconds, expected) in [
            (-5, "now"),
            (59, "now"),
            (60, "in 1 minute"),
            (2 * HOUR - 1, "in 1 hour"),
            (DAY, "in 1 day"),
            (14 * DAY + HOUR, "in 14 days"),
            (729 * DAY, "in 729 days"),
            (731 * DAY, "in 2 years"),
        ] {
            assert_eq!(until(now + SignedDuration::from_secs(seconds), now), expected, "{seconds}");
        }
    }

    #[test]
    fn spans_are_told_in_a_unit_that_fits() {
        for (seconds, expected) in
            [(60, "60 seconds"), (150, "2 minutes"), (7200, "2 hours"), (86_400, "24 hours"), (200_000, "2 days")]
        {
            assert_eq!(span(SignedDuration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn the_largest_unit_that_fits_rounded_down() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for (seconds, expected) in [
            (-5 * DAY, "just now"),
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (HOUR - 1, "59 minutes ago"),
            (HOUR, "1 hour ago"),
            (DAY - 1, "23 hours ago"),
            (DAY, "1 day ago"),
            (197 * DAY + 3, "197 days ago"),
            (730 * DAY - 1, "729 days ago"),
            (730 * DAY, "2 years ago"),
            (3 * 366 * DAY, "3 years ago"),
        ] {
            assert_eq!(relative(now - SignedDuration::from_secs(seconds), now), expected, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn words_about_a_time_stay_until_it_turns(
            seconds in prop_oneof![-5 * DAY..5 * DAY, -900 * DAY..900 * DAY, -200..200_i64],
            nanos in 0..1_000_000_000_i32, part in 0.0..1.0_f64,
        ) {
            let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
            let time = now + SignedDuration::new(seconds, nanos);
            let words = |now| [
                relative(time, now), until(time, now), until_short(time, now), age(time, now, false), age(time, now, true),
            ];
            let turn = turns(time, now);
            prop_assert!(turn > now);
            let left = turn.duration_since(now);
            let just_before = turn - SignedDuration::from_nanos(1);
            for later in [now + left.mul_f64(part * 0.999), just_before] {
                prop_assert_eq!(words(later), words(now), "{} until {}", later, turn);
            }
        }
    }

    #[test]
    fn ages_are_long_or_short() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for (seconds, long, short) in [
            (-HOUR, "less than a minute old", "<1 min old"),
            (59, "less than a minute old", "<1 min old"),
            (60, "1 minute old", "1 min old"),
            (6 * MINUTE + 59, "6 minutes old", "6 min old"),
            (2 * HOUR, "2 hours old", "2 h old"),
            (DAY, "1 day old", "1 d old"),
            (400 * DAY, "400 days old", "400 d old"),
        ] {
            let time = now - SignedDuration::from_secs(seconds);
            assert_eq!((&*age(time, now, false), &*age(time, now, true)), (long, short));
        }
    }

    #[test]
    fn a_countdown_tells_each_change_of_its_words_and_no_other_moment() {
        let start: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let end = start + SignedDuration::from_millis(250_300);
        let mut now = start;
        let mut words = Vec::new();
        while now < end {
            words.push(countdown(end, now));
            let change = countdown_changes(end, now);
            assert!(change > now);
            let just_before = change - SignedDuration::from_nanos(1);
            assert_eq!(countdown(end, just_before), countdown(end, now));
            assert!(change >= end || countdown(end, change) != countdown(end, now));
            now = change;
        }
        assert_eq!(&words[..6], ["5 min", "4 min", "3 min", "2 min", "99 s", "98 s"]);
        assert_eq!((words.len(), words.last().unwrap().as_str()), (4 + 99, "1 s"));
        assert_eq!(countdown(end, end), "0 s");
        assert_eq!(countdown(end, end + SignedDuration::from_secs(9)), "0 s");
    }
}
