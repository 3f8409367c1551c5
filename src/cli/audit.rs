//! `audit`: the stale keys of the organization as a report, and as an exit code for scripts.
//!
//! What it finds: without a filter the keys of the screen's tab Stale, and those of any other status that `--fail-on`
//! names, so that whatever makes it fail is seen. A filter of names and scopes, or of what to leave out, narrows that;
//! one that says more of the keys, such as a status or an age, decides alone what is found.
//!
//! How it ends: 1 where a part could not be read, even if stale keys were found: 14 says that the report is whole. Where
//! nothing could be read, as `list` ends.

mod compare;
mod earlier;
mod options;
mod people;
mod report;
mod selection;

use std::cmp::Ordering;

pub(super) use options::Audit;

use super::exit::{Exit, Failure};
use super::output::{inform, print};
use super::session::Session;
use super::sweep::{Listed, Sweep};
use crate::api::model::Scope;
use crate::status::{Status, Thresholds};
use compare::Comparison;
use earlier::Earlier;
use options::Format;
use report::Report;
use selection::Selection;

/// Reads, compares, reports.
pub(super) async fn run(session: &Session, arguments: &Audit) -> Result<Exit, Failure> {
    let thresholds = session.settings.thresholds;
    let selection = Selection::new(arguments)?;
    let earlier = arguments.since.as_deref().map(Earlier::open).transpose()?;
    let sweep = Sweep::read(session, arguments.scope.wanted()).await?;
    if let Some(earlier) = &earlier {
        earlier.check(&sweep.organization)?;
    }
    let comparison =
        earlier.as_ref().map(|earlier| Comparison::new(earlier, &sweep, &selection, session.now(), &thresholds));
    sweep.complain();
    let report = Report::new(session, &sweep, &selection, thresholds, comparison);
    match arguments.format() {
        Format::Json => report.print_json()?,
        Format::Csv => print(&report.csv())?,
        Format::Markdown => print(&people::markdown(&report))?,
        Format::Table | Format::Plain => print(&people::table(&report))?,
    }
    // JSON has the numbers, but what to bear in mind is for people.
    if arguments.format() != Format::Json {
        people::words(&report).into_iter().for_each(inform);
    }
    if let Some(comparison) = &report.comparison {
        comparison.notes.iter().for_each(inform);
    }
    Ok(report.exit())
}

/// How many keys of each status there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counts([usize; Status::ALL.len()]);

impl Counts {
    fn of(keys: &[Listed<'_>]) -> Self {
        let count = |status| keys.iter().filter(|listed| listed.status == status).count();
        Self(Status::ALL.map(count))
    }

    fn with(&self, status: Status) -> usize {
        Status::ALL.into_iter().zip(self.0).find(|(of, _)| *of == status).map_or(0, |(_, count)| count)
    }

    fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

/// The order of every report, which neither the service's own nor the time changes: the organization, the projects by
/// name, and in each the oldest key first.
fn in_order(one: &Listed<'_>, other: &Listed<'_>) -> Ordering {
    let is_project = |listed: &Listed<'_>| listed.place.scope != Scope::Organization;
    let made = |listed: &Listed<'_>| (listed.key.created_at.is_none(), listed.key.created_at, listed.key.id);
    is_project(one)
        .cmp(&is_project(other))
        .then_with(|| one.place.name.cmp(&other.place.name))
        .then_with(|| one.place.id.cmp(&other.place.id))
        .then_with(|| made(one).cmp(&made(other)))
}

/// The thresholds in words: `new for 7 days, idle after 30, stale after 90`.
fn threshold_words(thresholds: &Thresholds) -> String {
    let Thresholds { new_days, idle_days, stale_days } = thresholds;
    let days = if *new_days == 1 { "day" } else { "days" };
    format!("new for {new_days} {days}, idle after {idle_days}, stale after {stale_days}")
}
