//! Exact times, as all commands print them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::Times;

/// In the zone that the settings name; in UTC where they name none, as the service's own times are.
pub(super) fn exact(times: Times, time: Timestamp) -> String {
    match times {
        Times::Local => time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M %Z").to_string(),
        Times::Relative | Times::Utc => time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    }
}
