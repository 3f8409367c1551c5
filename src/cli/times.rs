//! Exact times, as all commands print them.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::Times;
use crate::time::{Zone, label};

/// Looked for once.
static LOCAL: LazyLock<TimeZone> = LazyLock::new(|| Zone::find(super::environment).zone);

/// In the zone that the settings name; in UTC where they name none, as the service's own times are.
pub(super) fn exact(times: Times, time: Timestamp) -> String {
    match times {
        Times::Local => {
            let time = time.to_zoned(LOCAL.clone());
            format!("{} {}", time.strftime("%Y-%m-%d %H:%M"), label(&time))
        }
        Times::Relative | Times::Utc => time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    }
}
