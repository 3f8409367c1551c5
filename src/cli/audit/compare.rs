//! What became of the keys since an earlier document.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::earlier::Earlier;
use super::selection::{self, Selection};
use super::{in_order, threshold_words};
use crate::api::model::Scope;
use crate::cli::place::Place;
use crate::cli::sweep::{Listed, Sweep};
use crate::status::{Status, Tab, Thresholds};

/// What happened to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It was made.
    New,
    /// It is stale, or was never used in all its time, and was not so then.
    NewlyStale,
    /// It was stale or didn't work, and is in use.
    Revived,
    /// It worked, and is deactivated or expired.
    Stopped,
    /// It is no longer there.
    Gone,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::New, Self::NewlyStale, Self::Revived, Self::Stopped, Self::Gone];

    /// The word for people.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::NewlyStale => "newly stale",
            other => other.id(),
        }
    }

    /// The word for programs.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NewlyStale => "newly-stale",
            Self::Revived => "revived",
            Self::Stopped => "stopped",
            Self::Gone => "gone",
        }
    }
}

/// One key and what happened to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) kind: Kind,
    /// As it is; where it is gone, as it was.
    pub(super) listed: Listed<'a>,
    /// How it stood, as far as is known.
    pub(super) then: Option<Status>,
}

/// All that happened.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    /// When the earlier document was made; not known of a list.
    pub(super) since: Option<Timestamp>,
    /// In the order of reports.
    pub(super) changes: Vec<Change<'a>>,
    /// What to bear in mind.
    pub(super) notes: Vec<String>,
}

impl<'a> Comparison<'a> {
    /// Compares every key that was read with `earlier`: of the scopes that were asked for now, and with the names, ids
    /// and scopes of the filter; what else that says, and `--fail-on`, does not matter here.
    pub(super) fn new(
        earlier: &'a Earlier,
        sweep: &'a Sweep,
        selection: &Selection,
        now: Timestamp,
        thresholds: &Thresholds,
    ) -> Self {
        let lasting = selection.query.only(selection::is_lasting);
        let unreadable: BTreeSet<&Scope> = sweep.unreadable().into_iter().map(|(place, _)| &place.scope).collect();
        let asked: BTreeMap<&Scope, &Place> = sweep.places().map(|place| (&place.scope, place)).collect();
        let keys = sweep.keys(now, thresholds);
        let there: BTreeSet<_> = keys.iter().map(|listed| listed.key.id).collect();
        let still = keys.into_iter().filter(|listed| listed.fits(&lasting, now)).filter_map(|listed| {
            let then = earlier.key(listed.key.id).map(|then| then.status);
            kind(&listed, then, earlier, now).map(|kind| Change { kind, listed, then })
        });
        let gone = earlier
            .keys()
            .filter(|then| {
                let scope = &then.place.scope;
                let is_asked = sweep.is_whole || asked.contains_key(scope);
                // A project that is gone took its keys along.
                is_asked && !unreadable.contains(scope) && !there.contains(&then.key.id) && then.fits(&lasting, now)
            })
            .map(|then| {
                let place = asked.get(&then.place.scope).copied().unwrap_or(then.place);
                Change { kind: Kind::Gone, listed: Listed { place, ..then }, then: Some(then.status) }
            });
        let mut changes: Vec<_> = still.chain(gone).collect();
        changes.sort_by(|one, other| in_order(&one.listed, &other.listed));
        Self { since: earlier.audit.as_ref().map(|made| made.at), changes, notes: notes(earlier, sweep, thresholds) }
    }

    /// Those of one kind.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = &Change<'a>> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }
}

fn kind(listed: &Listed<'_>, then: Option<Status>, earlier: &Earlier, now: Timestamp) -> Option<Kind> {
    let tab = listed.status.tab();
    let Some(then) = then else {
        return match &earlier.audit {
            None => Some(Kind::New),
            // An audit holds only what it found: the time tells what was made since.
            Some(made) if listed.key.created_at.is_some_and(|created| created > made.at) => Some(Kind::New),
            Some(made) if tab == Tab::Stale && made.would_have(listed, now) => Some(Kind::NewlyStale),
            Some(_) => None,
        };
    };
    match (then.tab(), tab) {
        (Tab::Stale, Tab::Stale) => None,
        (_, Tab::Stale) => Some(Kind::NewlyStale),
        // Unknown says nothing of use.
        (Tab::Stale, Tab::InUse) if listed.status == Status::Unknown => None,
        (Tab::Stale | Tab::Inactive, Tab::InUse) => Some(Kind::Revived),
        (Tab::InUse | Tab::Stale, Tab::Inactive) => Some(Kind::Stopped),
        _ => None,
    }
}

fn notes(earlier: &Earlier, sweep: &Sweep, thresholds: &Thresholds) -> Vec<String> {
    let Some(made) = &earlier.audit else { return Vec::new() };
    let mut notes = Vec::new();
    if made.thresholds != *thresholds {
        notes.push(format!(
            "The earlier audit had other thresholds ({}): some of what is newly stale, or revived, may be so by these alone.",
            threshold_words(&made.thresholds)
        ));
    }
    let unread: Vec<_> = sweep.places().filter(|place| made.could_not_read(&place.scope)).map(Place::words).collect();
    if !unread.is_empty() {
        notes.push(format!(
            "The earlier audit could not read {}: of what is stale there, it is not known since when.",
            unread.join(", ")
        ));
    }
    notes
}
