//! The arguments of `audit`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::cli::arguments::{AnyScope, FILTERS};
use crate::cli::exit::Failure;
use crate::cli::filter::Filter;
use crate::query::amount;
use crate::status::{Status, Thresholds};

/// The longest threshold, as in `config.toml`.
const MOST_DAYS: i64 = 36_500;

/// `audit`
#[derive(Debug, Args)]
#[command(after_help = help())]
pub struct Audit {
    #[command(flatten)]
    pub(in crate::cli) scope: AnyScope,
    /// What to find, in place of stale keys or among them
    #[arg(long, value_name = "FILTER")]
    pub(super) filter: Option<Filter>,
    /// Stale after so long without use, such as 90d
    #[arg(long, value_name = "TIME")]
    stale_after: Option<Days>,
    /// Idle after so long without use
    #[arg(long, value_name = "TIME")]
    idle_after: Option<Days>,
    /// An unused key is new for so long
    #[arg(long, value_name = "TIME")]
    new_within: Option<Days>,
    /// What exits 14 where it is found
    #[arg(long, value_name = "STATUS,…", value_enum, value_delimiter = ',', hide_possible_values = true)]
    pub(super) fail_on: Vec<FailOn>,
    /// Compare with an earlier JSON document
    #[arg(long, value_name = "FILE")]
    pub(super) since: Option<PathBuf>,
    /// table (without it), json, csv or markdown
    #[arg(long, value_enum, default_value_t = Format::Table, hide_possible_values = true, hide_default_value = true)]
    format: Format,
    /// Print one JSON document
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

fn help() -> String {
    format!(
        "\
Without a filter it finds the keys that are stale or were never used, and
whatever else --fail-on names. A filter of names and scopes narrows that, and
so does what it leaves out with `!`. A filter that says more of the keys, such
as 'inactive created:>1y', decides alone what is found.

--since takes what `ckeys audit --json` printed, or `ckeys list --json` without
a filter, and tells which keys are new, newly stale, revived (in use or
working again), stopped (deactivated or expired) and gone since then.

--fail-on: stale, never, idle, new, active, unknown, inactive, expired, any
(whatever is found), none. Without it: stale and never.

{FILTERS}

Exit codes: 0 nothing found that --fail-on names; 14 something found;
1 a part could not be read (it is told which), whatever was found"
    )
}

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Json,
    Csv,
    #[value(alias = "md")]
    Markdown,
}

/// What makes it fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Stale,
    #[value(alias = "never-used")]
    Never,
    Idle,
    New,
    Active,
    Unknown,
    Inactive,
    Expired,
    Any,
    #[value(alias = "nothing")]
    None,
}

impl FailOn {
    /// The status that it names.
    pub(super) fn status(self) -> Option<Status> {
        match self {
            Self::Stale => Some(Status::Stale),
            Self::Never => Some(Status::NeverUsed),
            Self::Idle => Some(Status::Idle),
            Self::New => Some(Status::New),
            Self::Active => Some(Status::Active),
            Self::Unknown => Some(Status::Unknown),
            Self::Inactive => Some(Status::Inactive),
            Self::Expired => Some(Status::Expired),
            Self::Any | Self::None => None,
        }
    }
}

impl Audit {
    pub(super) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    /// `settings` with what was asked for here. What was asked for counts, and what was not gives way.
    ///
    /// # Errors
    /// Where a key would be stale before it is idle.
    pub(super) fn thresholds(&self, settings: Thresholds) -> Result<Thresholds, Failure> {
        let days = |days: &Option<Days>| days.as_ref().map(|days| days.0);
        let mut thresholds = settings;
        thresholds.new_days = days(&self.new_within).unwrap_or(settings.new_days);
        match (days(&self.idle_after), days(&self.stale_after)) {
            (Some(idle), Some(stale)) if idle > stale => {
                return Err(Failure::usage(format!(
                    "--idle-after {idle}d is more than --stale-after {stale}d: no key would be idle."
                )));
            }
            (Some(idle), Some(stale)) => (thresholds.idle_days, thresholds.stale_days) = (idle, stale),
            (Some(idle), None) => (thresholds.idle_days, thresholds.stale_days) = (idle, settings.stale_days.max(idle)),
            (None, Some(stale)) => {
                (thresholds.idle_days, thresholds.stale_days) = (settings.idle_days.min(stale), stale);
            }
            (None, None) => {}
        }
        Ok(thresholds)
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
    fn what_is_asked_for_moves_what_is_not() {
        let asked = |idle, stale| Audit {
            scope: AnyScope::default(),
            filter: None,
            stale_after: stale,
            idle_after: idle,
            new_within: None,
            fail_on: Vec::new(),
            since: None,
            format: Format::Table,
            json: false,
        };
        for (idle, stale, expected) in [
            (None, None, (30, 90)),
            (None, Some(20), (20, 20)),
            (None, Some(60), (30, 60)),
            (Some(100), None, (100, 100)),
            (Some(10), None, (10, 90)),
            (Some(40), Some(40), (40, 40)),
        ] {
            let found = asked(idle.map(Days), stale.map(Days)).thresholds(Thresholds::default()).unwrap();
            assert_eq!((found.idle_days, found.stale_days), expected);
        }
        let failure = asked(Some(Days(41)), Some(Days(40))).thresholds(Thresholds::default()).unwrap_err();
        assert!(failure.words.contains("--idle-after 41d") && failure.words.contains("--stale-after 40d"));
    }
}
