//! What the journal says of what was done, each entry with what the later ones say of its key.

use std::collections::{HashMap, HashSet};

use crate::api::model::KeyId;
use crate::journal::{Action, Entry, ListedIntent, Outcome, Report, Service};
use crate::text::Text;

/// How something in the journal stands, by how much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// A key exists whose secret nobody has.
    Orphan,
    /// It was sent, and whether it happened is not known.
    Unknown,
    /// A key was being generated or rotated when its program ended, and nobody has looked into that.
    Open,
    /// A key is being generated or rotated.
    UnderWay,
    /// It certainly did not happen.
    Failed,
    /// It happened.
    Done,
    /// It was looked up, and nothing had happened.
    Nothing,
    /// There was an orphan, and that was seen to since.
    SettledOrphan,
    /// It was not known, and does not matter any more.
    SettledUnknown,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Orphan,
        Self::Unknown,
        Self::Open,
        Self::UnderWay,
        Self::Failed,
        Self::Done,
        Self::Nothing,
        Self::SettledOrphan,
        Self::SettledUnknown,
    ];

    /// Whether somebody has to look at it. These are shown before all others.
    pub fn is_to_look_at(self) -> bool {
        matches!(self, Self::Orphan | Self::Unknown | Self::Open)
    }

    /// Its word, the one of `ckeys journal`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Orphan | Self::SettledOrphan => Outcome::Orphan.word(),
            Self::Unknown | Self::SettledUnknown => Outcome::Unknown.word(),
            Self::Open => "open",
            Self::UnderWay => "under way",
            Self::Failed => Outcome::Failed.word(),
            Self::Done => Outcome::Done.word(),
            Self::Nothing => Outcome::None.word(),
        }
    }
}

/// An entry, with what the others say of its key. An intent is one whose outcome is still to come.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) state: State,
    pub(super) entry: Entry,
    /// What there is to say beside, or nothing.
    pub(super) words: String,
}

/// What keys are told apart by: their ids are unique within a service.
type KeyRecord<'a> = (&'a Service, KeyId);

fn key_of(entry: &Entry) -> Option<KeyRecord<'_>> {
    Some((&entry.service, entry.id?))
}

/// What the journal says, the intents first, then the newest entry.
pub(super) fn records(report: &Report) -> Vec<Record> {
    let mut names: HashMap<KeyRecord<'_>, &Text> = HashMap::new();
    for entry in &report.entries {
        if let (Some(key), Some(name)) = (key_of(entry), entry.name.as_ref().filter(|name| !name.is_blank())) {
            names.entry(key).or_insert(name);
        }
    }
    // Newest first: what was done to a key after an entry is known when that entry is reached.
    let mut since: HashMap<KeyRecord<'_>, Action> = HashMap::new();
    let mut rotated: HashSet<KeyRecord<'_>> = HashSet::new();
    let mut records: Vec<Record> = report.intents.iter().map(of_intent).collect();
    for entry in &report.entries {
        let key = key_of(entry);
        let is_rotated = key.is_some_and(|key| rotated.contains(&key));
        let (state, words) = told(entry, key.and_then(|key| since.get(&key).copied()), is_rotated);
        let name = key.and_then(|key| names.get(&key).copied()).or(entry.name.as_ref());
        records.push(Record { state, entry: Entry { name: name.cloned(), ..entry.clone() }, words });
        if let (Some(key), Outcome::Done, Action::Deactivate | Action::Activate | Action::Delete) =
            (key, entry.outcome, entry.action)
        {
            since.entry(key).or_insert(entry.action);
        }
        if let (Some(key), Outcome::Done, Action::Rotate) = (key, entry.outcome, entry.action) {
            rotated.insert(key);
        }
    }
    records
}

fn of_intent(listed: &ListedIntent) -> Record {
    let entry = listed.intent.as_entry();
    let grace = if entry.detail.is_blank() { String::new() } else { format!(" {}", entry.detail) };
    let (state, words) = match (entry.action, listed.is_under_way) {
        (Action::Rotate, true) => (State::UnderWay, format!("It is being rotated{grace}: a ckeys is at work on it.")),
        (Action::Rotate, false) => (
            State::Open,
            format!(
                "Its rotation{grace} was left open before the answer came: the next start with the same key looks into it."
            ),
        ),
        (_, true) => (State::UnderWay, "A ckeys is at work on it.".to_owned()),
        (_, false) => (
            State::Open,
            "Its ckeys ended before the answer came: the next start with the same key looks into it.".to_owned(),
        ),
    };
    Record { state, entry, words }
}

/// How an entry stands, and what there is to say of it. `since` is what was done to its key last, and whether somebody got
/// a new secret for it since `is_rotated`.
fn told(entry: &Entry, since: Option<Action>, is_rotated: bool) -> (State, String) {
    let detail = || match entry.detail.as_str().trim_end_matches('.') {
        "" => String::new(),
        detail => format!("{detail}."),
    };
    // Of a key that was to be generated there are no more words.
    let is_rotation_looked_up = entry.action == Action::Reconcile && !entry.detail.is_blank();
    let settled = |since: Action| format!("Since then: {}.", past(since));
    match (entry.outcome, since) {
        (Outcome::Done, _) => (State::Done, detail()),
        (Outcome::Failed, _) => (State::Failed, detail()),
        (Outcome::Orphan, Some(since @ (Action::Deactivate | Action::Delete))) => {
            (State::SettledOrphan, settled(since))
        }
        (Outcome::Orphan, _) if is_rotated => (State::SettledOrphan, settled(Action::Rotate)),
        (Outcome::Orphan | Outcome::None, _) if entry.action == Action::Rotate => rotation_lost(entry.outcome),
        (Outcome::Orphan, _) if is_rotation_looked_up => (State::Orphan, detail()),
        (Outcome::None, _) if is_rotation_looked_up || entry.action == Action::Replace => (State::Nothing, detail()),
        (Outcome::Orphan, _) => (State::Orphan, "Nobody has this key's secret: deactivate or delete it.".to_owned()),
        (Outcome::Unknown, Some(since)) => (State::SettledUnknown, settled(since)),
        (Outcome::Unknown, None) => (State::Unknown, detail()),
        (Outcome::None, _) => (State::Nothing, "Its answer was lost; no such key had been made.".to_owned()),
    }
}

fn rotation_lost(outcome: Outcome) -> (State, String) {
    match outcome {
        Outcome::None => (State::Nothing, "Its answer was lost; it has not been rotated.".to_owned()),
        _ => (State::Orphan, "It was rotated, and nobody has its new secret: rotate it again.".to_owned()),
    }
}

fn past(action: Action) -> &'static str {
    match action {
        Action::Create => "generated",
        Action::Rotate => "rotated",
        Action::Deactivate => "deactivated",
        Action::Activate => "reactivated",
        Action::Delete => "deleted",
        Action::Reconcile => "looked up",
        Action::Replace => "replaced",
        Action::Other => "changed",
    }
}
