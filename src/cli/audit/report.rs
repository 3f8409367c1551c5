//! What an audit found, as JSON, CSV and Markdown, and how it ends.

use std::collections::BTreeMap;

use serde::Serialize;

use super::compare::{Change, Comparison, Kind};
use super::selection::Selection;
use super::{Counts, in_order};
use crate::api::error::ApiError;
use crate::api::model::{KeyId, Scope, format_time};
use crate::cli::exit::{Exit, Failure};
use crate::cli::json::{self, KeyDocument, OrganizationDocument, ScopeDocument};
use crate::cli::place::Place;
use crate::cli::session::Session;
use crate::cli::sweep::{Listed, Sweep};
use crate::export::{self, COLUMNS, Record};
use crate::redact::redacted;
use crate::status::{Status, Thresholds};

/// One audit.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) session: &'a Session,
    pub(super) sweep: &'a Sweep,
    pub(super) selection: &'a Selection,
    pub(super) thresholds: Thresholds,
    /// In their order.
    pub(super) found: Vec<Listed<'a>>,
    /// All keys that were read.
    pub(super) counts: Counts,
    /// How many of them expire soon.
    pub(super) expiring: usize,
    /// How many fit the filter, and were not found for how they stand.
    pub(super) others: usize,
    pub(super) unreadable: Vec<(&'a Place, &'a ApiError)>,
    pub(super) comparison: Option<Comparison<'a>>,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        session: &'a Session,
        sweep: &'a Sweep,
        selection: &'a Selection,
        thresholds: Thresholds,
        comparison: Option<Comparison<'a>>,
    ) -> Self {
        let mut found = sweep.keys(session.now(), &thresholds);
        let counts = Counts::of(&found);
        let expiring = found.iter().filter(|listed| listed.is_expiring(session.now())).count();
        found.retain(|listed| listed.fits(&selection.query, session.now()));
        let fitting = found.len();
        found.retain(|listed| selection.finds(listed, session.now()));
        found.sort_by(in_order);
        Self {
            others: if selection.query.is_empty() { 0 } else { fitting - found.len() },
            unreadable: sweep.unreadable(),
            session,
            sweep,
            selection,
            thresholds,
            found,
            counts,
            expiring,
            comparison,
        }
    }

    /// How many scopes were read.
    pub(super) fn scopes_read(&self) -> usize {
        self.sweep.places().count() - self.unreadable.len()
    }

    /// How many of those that expire soon were not found.
    pub(super) fn expiring_elsewhere(&self) -> usize {
        let found = self.found.iter().filter(|listed| listed.is_expiring(self.session.now())).count();
        self.expiring - found
    }

    /// How many of the found keys make it fail.
    pub(super) fn failing(&self) -> usize {
        self.found.iter().filter(|listed| self.selection.fails_on(listed, self.session.now())).count()
    }

    /// 14 says that the report is whole.
    pub(super) fn exit(&self) -> Exit {
        if self.scopes_read() == 0 {
            self.sweep.exit()
        } else if !self.unreadable.is_empty() {
            Exit::Failed
        } else if self.failing() > 0 {
            Exit::Found
        } else {
            Exit::Done
        }
    }

    /// Every key that was found, and with `--since` every one to which something happened: then with two more columns
    /// that tell them apart.
    pub(super) fn csv(&self) -> String {
        let Some(comparison) = &self.comparison else {
            return export::csv::table(&COLUMNS, self.found.iter().map(cells));
        };
        let mut rows: BTreeMap<KeyId, (Listed<'_>, bool, Option<Kind>)> =
            self.found.iter().map(|listed| (listed.key.id, (*listed, true, None))).collect();
        for Change { kind, listed, .. } in &comparison.changes {
            rows.entry(listed.key.id).or_insert((*listed, false, None)).2 = Some(*kind);
        }
        let mut rows: Vec<_> = rows.into_values().collect();
        rows.sort_by(|(one, ..), (other, ..)| in_order(one, other));
        let titles = [&COLUMNS[..], &["found", "change"]].concat();
        let row = |(listed, is_found, kind): (Listed<'_>, bool, Option<Kind>)| {
            let more = [is_found.to_string(), kind.map_or("", Kind::id).to_owned()];
            cells(&listed).into_iter().chain(more).collect::<Vec<_>>()
        };
        export::csv::table(&titles, rows.into_iter().map(row))
    }

    /// As one document.
    pub(super) fn print_json(&self) -> Result<(), Failure> {
        json::print_json(&Document {
            organization: OrganizationDocument::new(&self.sweep.organization),
            keys: self.found.iter().map(KeyDocument::of).collect(),
            summary: self.summary(),
            unreadable: self
                .unreadable
                .iter()
                .map(|(place, error)| Unreadable { scope: ScopeDocument::new(place), error: error.to_string() })
                .collect(),
            comparison: self.comparison.as_ref().map(|comparison| {
                let of = |kind| comparison.of(kind).map(|change| KeyDocument::of(&change.listed)).collect();
                ComparisonDocument {
                    since: comparison.since.map(format_time),
                    new: of(Kind::New),
                    newly_stale: of(Kind::NewlyStale),
                    revived: of(Kind::Revived),
                    stopped: of(Kind::Stopped),
                    gone: of(Kind::Gone),
                }
            }),
        })
    }

    fn summary(&self) -> Summary<'_> {
        let Thresholds { new_days, idle_days, stale_days } = self.thresholds;
        let query = &self.selection.query;
        let scope = if self.sweep.is_whole { None } else { self.sweep.places().next() };
        Summary {
            generated_at: format_time(self.session.now()),
            scope: scope.map(ScopeDocument::new),
            filter: (!query.is_empty()).then(|| redacted(&query.to_string()).into_owned()),
            thresholds: ThresholdsDocument { new_days, idle_days, stale_days },
            scopes: self.scopes_read(),
            total: self.counts.total(),
            found: self.found.len(),
            stale: self.counts.with(Status::Stale),
            never_used: self.counts.with(Status::NeverUsed),
            idle: self.counts.with(Status::Idle),
            new: self.counts.with(Status::New),
            active: self.counts.with(Status::Active),
            unknown: self.counts.with(Status::Unknown),
            inactive: self.counts.with(Status::Inactive),
            expired: self.counts.with(Status::Expired),
            expiring: self.expiring,
        }
    }
}

fn cells(listed: &Listed<'_>) -> [String; COLUMNS.len()] {
    let Place { scope, id, name, .. } = listed.place;
    Record { key: listed.key, status: listed.status, scope, scope_id: id, scope_name: name }.cells()
}

/// `1 project`, `the organization's own keys and 2 projects`.
pub(super) fn scope_words(places: &[(&Place, &ApiError)]) -> String {
    let projects = places.iter().filter(|(place, _)| place.scope != Scope::Organization).count();
    let own = (projects < places.len()).then(|| "the organization's own keys".to_owned());
    let projects = match projects {
        0 => None,
        1 => Some("1 project".to_owned()),
        count => Some(format!("{count} projects")),
    };
    own.into_iter().chain(projects).collect::<Vec<_>>().join(" and ")
}

#[derive(Serialize)]
struct Document<'a> {
    organization: OrganizationDocument<'a>,
    keys: Vec<KeyDocument<'a>>,
    summary: Summary<'a>,
    unreadable: Vec<Unreadable<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonDocument<'a>>,
}

/// How the audit was made, and how many keys there are of each status, found or not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    generated_at: String,
    /// The one scope that was asked for.
    scope: Option<ScopeDocument<'a>>,
    /// As it was understood: with no more than the end of a key.
    filter: Option<String>,
    thresholds: ThresholdsDocument,
    /// How many were read.
    scopes: usize,
    total: usize,
    found: usize,
    stale: usize,
    never_used: usize,
    idle: usize,
    new: usize,
    active: usize,
    unknown: usize,
    inactive: usize,
    expired: usize,
    /// Of those that work, how many expire within two weeks.
    expiring: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the unit is part of the names in JSON")]
struct ThresholdsDocument {
    new_days: u32,
    idle_days: u32,
    stale_days: u32,
}

#[derive(Serialize)]
struct Unreadable<'a> {
    scope: ScopeDocument<'a>,
    error: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ComparisonDocument<'a> {
    since: Option<String>,
    new: Vec<KeyDocument<'a>>,
    newly_stale: Vec<KeyDocument<'a>>,
    revived: Vec<KeyDocument<'a>>,
    stopped: Vec<KeyDocument<'a>>,
    gone: Vec<KeyDocument<'a>>,
}
