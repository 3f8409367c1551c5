//! Times in words.

use jiff::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
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

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

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
}
