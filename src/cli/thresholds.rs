//! The thresholds of idle, stale and new keys, as arguments: they go before those of the configuration.

use std::str::FromStr;

use clap::Args;

use super::exit::Failure;
use crate::query::amount;
use crate::status::Overrides;

/// The longest threshold, as in `config.toml`.
const MOST_DAYS: i64 = 36_500;

/// What was asked for.
#[derive(Debug, Default, Args)]
pub(super) struct AskedThresholds {
    /// Stale after so long without use, such as 90d
    #[arg(long, value_name = "TIME")]
    stale_after: Option<Days>,
    /// Idle after so long without use
    #[arg(long, value_name = "TIME")]
    idle_after: Option<Days>,
    /// An unused key is new for so long
    #[arg(long, value_name = "TIME")]
    new_within: Option<Days>,
}

impl AskedThresholds {
    /// What goes before the configuration.
    ///
    /// # Errors
    /// Where a key would be stale before it is idle.
    pub(super) fn overrides(&self) -> Result<Overrides, Failure> {
        let days = |days: &Option<Days>| days.as_ref().map(|days| days.0);
        let overrides = Overrides {
            new_days: days(&self.new_within),
            idle_days: days(&self.idle_after),
            stale_days: days(&self.stale_after),
        };
        match (overrides.idle_days, overrides.stale_days) {
            (Some(idle), Some(stale)) if idle > stale => Err(Failure::usage(format!(
                "--idle-after {idle}d is more than --stale-after {stale}d: no key would be idle."
            ))),
            _ => Ok(overrides),
        }
    }
}

/// A threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Days(u32);

impl FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (count, unit) = amount(text).ok_or("write a time such as 90d: a number, and d, w, mo or y")?;
        let hours = i64::from(count) * unit.hours();
        match hours / 24 {
            _ if hours % 24 != 0 => Err("thresholds are whole days"),
            days @ 1..=MOST_DAYS => u32::try_from(days).map(Self).map_err(|_| "that is too long"),
            _ => Err("a threshold is from 1d to 36500d"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_whole_days_in_any_unit() {
        for (text, expected) in [
            ("90d", Some(90)),
            ("2w", Some(14)),
            ("3mo", Some(90)),
            ("1Y", Some(365)),
            ("48h", Some(2)),
            ("36500d", Some(36_500)),
            ("90", None),
            ("36h", None),
            ("0d", None),
            ("-1d", None),
            ("36501d", None),
            ("99999999999d", None),
            ("4294967295y", None),
            ("d", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Days>().ok().map(|days| days.0), expected, "{text}");
        }
    }

    #[test]
    fn a_key_is_not_stale_before_it_is_idle() {
        let asked = |idle, stale| AskedThresholds {
            stale_after: Some(Days(stale)),
            idle_after: Some(Days(idle)),
            new_within: None,
        };
        assert!(asked(40, 40).overrides().is_ok());
        let failure = asked(41, 40).overrides().unwrap_err();
        assert!(failure.words.contains("--idle-after 41d") && failure.words.contains("--stale-after 40d"));
    }
}
