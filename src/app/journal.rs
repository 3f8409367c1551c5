//! The journal of what was done, as the screen shows it: the newest first, and what is wrong where the eye falls first.

use std::collections::{HashMap, HashSet};

use super::App;
use super::details::ReaderLine;
use super::dialog::{Dialog, Reader};
use super::message::{Effect, RequestId};
use crate::api::model::KeyId;
use crate::journal::{
    Action, Entry, JournalError, ListedIntent, OrganizationRecord, Outcome, Report, ScopeRecord, Service,
    WITHOUT_JOURNAL,
};
use crate::text::{self, Text};

/// How many entries are shown: more are looked for in the file, or printed by `ckeys journal`.
pub const MOST: usize = 300;
/// The cells of how an entry stands: its sign, its word, and a gap.
pub const STATE_CELLS: usize = 13;
/// From this width on, in cells, an entry is one row of a table; below it has two lines.
const TABLE_CELLS: usize = 90;
/// The cells of a time, and of an action, each with a gap.
const TIME_CELLS: usize = 18;
const ACTION_CELLS: usize = 12;

const WHAT_IT_IS: &str = "What ckeys generates, rotates, deactivates, reactivates and deletes is noted here, without any \
                          part of a secret.";

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

/// The dialog that shows the journal.
#[derive(Debug, Clone, Default)]
pub struct JournalDialog {
    /// How far it is scrolled.
    pub reader: Reader,
    awaited: Option<RequestId>,
    shown: Option<Result<Option<Shown>, JournalError>>,
}

/// What was read, and what follows from it.
#[derive(Debug, Clone)]
struct Shown {
    report: Report,
    records: Vec<Record>,
}

impl JournalDialog {
    /// Whether it is being read.
    pub fn is_reading(&self) -> bool {
        self.awaited.is_some()
    }

    /// What was read last; none before anything was, and none in it where no journal is kept.
    pub fn report(&self) -> Option<Result<Option<&Report>, &JournalError>> {
        Some(self.shown.as_ref()?.as_ref().map(|shown| shown.as_ref().map(|shown| &shown.report)))
    }
}

impl App {
    /// Shows the journal, which is read for that.
    pub(super) fn open_journal(&mut self) -> Vec<Effect> {
        let mut effects = self.open(Dialog::Journal(Box::default()));
        effects.extend(self.read_journal());
        effects
    }

    /// Reads the journal for its dialog, unless that is under way.
    pub(super) fn read_journal(&mut self) -> Vec<Effect> {
        if !matches!(&self.dialog, Some(Dialog::Journal(dialog)) if !dialog.is_reading()) {
            return Vec::new();
        }
        let request = self.next_request();
        if let Some(Dialog::Journal(dialog)) = &mut self.dialog {
            dialog.awaited = Some(request);
        }
        vec![Effect::ReadJournal(request, MOST)]
    }

    /// Takes in what was read, where its dialog still waits for it.
    pub(super) fn journal_was_read(&mut self, request: RequestId, report: Result<Option<Box<Report>>, JournalError>) {
        if let Some(Dialog::Journal(dialog)) = &mut self.dialog
            && dialog.awaited == Some(request)
        {
            dialog.awaited = None;
            dialog.shown = Some(report.map(|report| report.map(|report| Shown::new(*report))));
        }
    }
}

impl Shown {
    fn new(report: Report) -> Self {
        let records = records(&report);
        Self { report, records }
    }
}

/// An entry, with what the others say of its key. An intent is one whose outcome is still to come.
#[derive(Debug, Clone)]
struct Record {
    state: State,
    entry: Entry,
    /// What there is to say beside, or nothing.
    words: String,
}

/// What keys are told apart by: their ids are unique within a service.
type KeyRecord<'a> = (&'a Service, KeyId);

fn key_of(entry: &Entry) -> Option<KeyRecord<'_>> {
    Some((&entry.service, entry.id?))
}

fn records(report: &Report) -> Vec<Record> {
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

/// The dialog's text.
pub(super) fn lines(app: &App, dialog: &JournalDialog) -> Vec<ReaderLine> {
    let width = usize::from(app.size.journal_width());
    let mut page = Page { width, lines: Vec::new() };
    match &dialog.shown {
        None => page.words("Reading the journal…"),
        Some(Ok(None)) => page.words("No journal is kept of the demo: its keys are made up, and gone when it ends."),
        Some(Err(error)) => page.warning(&format!("{error}. {WITHOUT_JOURNAL}")),
        Some(Ok(Some(shown))) => {
            page.warnings(&shown.report);
            page.records(app, shown);
            page.blank();
            if shown.report.has_more {
                page.words(&format!("These are the newest {MOST}; `ckeys journal` prints the older ones, too."));
            }
            page.words(&format!("Kept in {}", Text::from(shown.report.path.display().to_string())));
        }
    }
    page.lines
}

struct Page {
    width: usize,
    lines: Vec<ReaderLine>,
}

impl Page {
    fn blank(&mut self) {
        self.lines.push(ReaderLine::Blank);
    }

    fn words(&mut self, words: &str) {
        self.lines.extend(text::wrap(words, self.width).into_iter().map(ReaderLine::Words));
    }

    fn warning(&mut self, words: &str) {
        self.lines.extend(text::wrap(words, self.width).into_iter().map(ReaderLine::Warning));
    }

    /// What is wrong with the journal, and missing below.
    fn warnings(&mut self, report: &Report) {
        if let Some(trouble) = &report.trouble {
            self.warning(&format!("{trouble}. {WITHOUT_JOURNAL}"));
        }
        match report.unreadable {
            0 => {}
            1 => self.warning("1 line can't be read and was left out; a power cut may do that."),
            count => self.warning(&format!("{count} lines can't be read and were left out; a power cut may do that.")),
        }
        if !report.unreadable_intents.is_empty() {
            self.warning(
                "Notes of keys that were being generated or rotated can't be read. Look for keys that nobody knows, or \
                 that are refused; then these may be removed:",
            );
            for path in &report.unreadable_intents {
                self.words(&format!("  {}", Text::from(path.display().to_string())));
            }
        }
        if !self.lines.is_empty() {
            self.blank();
        }
    }

    fn records(&mut self, app: &App, shown: &Shown) {
        let rows: Vec<Row<'_>> = shown.records.iter().map(|record| Row::new(app, &shown.report.here, record)).collect();
        if rows.is_empty() {
            if shown.report.unreadable == 0 {
                self.words("Nothing was done yet.");
                self.blank();
            }
            self.words(WHAT_IT_IS);
            return;
        }
        let columns = (self.width >= TABLE_CELLS).then(|| Columns::new(&rows, self.width));
        let (to_look_at, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.record.state.is_to_look_at());
        if !to_look_at.is_empty() {
            self.warning(&format!("To look at: {}.", summary(&to_look_at)));
            self.rows(&to_look_at, columns.as_ref());
        }
        if !to_look_at.is_empty() && !others.is_empty() {
            self.blank();
        }
        if let Some(columns) = columns.as_ref().filter(|_| !others.is_empty()) {
            self.lines.push(ReaderLine::Heading(columns.heading()));
        }
        self.rows(&others, columns.as_ref());
    }

    /// One below the other, as a table where there is room for its columns.
    fn rows(&mut self, rows: &[&Row<'_>], columns: Option<&Columns>) {
        for row in rows {
            match columns {
                Some(columns) => self.lines.push(ReaderLine::Record(row.record.state, columns.row(row))),
                None => self.two_lines(row),
            }
            let state = row.record.state;
            for line in text::wrap(&row.record.words, self.width.saturating_sub(STATE_CELLS)) {
                self.lines.push(if state.is_to_look_at() || state == State::Failed {
                    ReaderLine::Words(format!("{}{line}", " ".repeat(STATE_CELLS)))
                } else {
                    ReaderLine::More(line)
                });
            }
        }
    }

    fn two_lines(&mut self, row: &Row<'_>) {
        let cells = self.width.saturating_sub(STATE_CELLS);
        let id = if row.id.is_empty() { String::new() } else { format!("  id {}", row.id) };
        let name = text::fit(row.name, cells.saturating_sub(ACTION_CELLS + id.len())).into_owned();
        let what = format!("{}{name}{id}", text::pad(row.action.word(), ACTION_CELLS));
        self.lines.push(ReaderLine::Record(row.record.state, what));
        let time = format!("{}, ", row.time);
        let place = text::fit(&row.place, cells.saturating_sub(text::width(&time))).into_owned();
        self.lines.push(ReaderLine::More(format!("{time}{place}")));
    }
}

/// How many there are of what is to be looked at.
fn summary(rows: &[&Row<'_>]) -> String {
    let count =
        |which: &dyn Fn(&Row<'_>) -> bool, one: &str, many: &str| match rows.iter().filter(|row| which(row)).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            count => Some(format!("{count} {many}")),
        };
    let is = |row: &Row<'_>, state| row.record.state == state;
    let is_rotation = |row: &Row<'_>| row.action == Action::Rotate;
    let parts = [
        count(
            &|row| is(row, State::Orphan),
            "key that nobody has the secret of",
            "keys that nobody has the secrets of",
        ),
        count(&|row| is(row, State::Unknown), "change whose outcome is unknown", "changes whose outcomes are unknown"),
        count(
            &|row| is(row, State::Open) && !is_rotation(row),
            "key that may have been made",
            "keys that may have been made",
        ),
        count(
            &|row| is(row, State::Open) && is_rotation(row),
            "key that may have been rotated",
            "keys that may have been rotated",
        ),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A record in words.
struct Row<'a> {
    record: &'a Record,
    time: String,
    action: Action,
    name: &'a str,
    id: String,
    place: String,
}

impl<'a> Row<'a> {
    fn new(app: &App, here: &Service, record: &'a Record) -> Self {
        let Record { entry, .. } = record;
        let Entry { service, organization, scope, .. } = entry;
        let mut place = match scope {
            ScopeRecord::Organization => super::scopes::ORGANIZATION.to_owned(),
            ScopeRecord::Project { id, name } if name.is_blank() => id.to_string(),
            ScopeRecord::Project { name, .. } => name.to_string(),
        };
        // Whose it is, where it is not the one on the screen.
        let elsewhere = match organization {
            _ if service == here && is_here(app, organization.as_ref(), scope) => None,
            Some(organization) => Some(organization.name.as_str()),
            None => Some("organization not noted"),
        };
        if let Some(name) = elsewhere {
            place = match scope {
                ScopeRecord::Organization => name.to_owned(),
                ScopeRecord::Project { .. } => format!("{name} / {place}"),
            };
        }
        if service != here {
            let address = service.address().as_str();
            place = format!("{place} at {}", address.strip_prefix("https://").unwrap_or(address));
        }
        Self {
            record,
            time: app.when(entry.time, app.now),
            action: entry.action,
            name: entry.name.as_ref().filter(|name| !name.is_blank()).map_or("(no name)", Text::as_str),
            id: entry.id.map(|id| id.to_string()).unwrap_or_default(),
            place,
        }
    }
}

/// Whether `scope` is one of the organization on the screen: it is `then`'s, or its project is among the ones there.
fn is_here(app: &App, then: Option<&OrganizationRecord>, scope: &ScopeRecord) -> bool {
    match (then, scope) {
        (Some(then), _) => app.organization.value().is_some_and(|now| now.id == then.id),
        (None, ScopeRecord::Project { id, .. }) => {
            app.projects.value().is_some_and(|projects| projects.iter().any(|project| project.id == *id))
        }
        (None, ScopeRecord::Organization) => false,
    }
}

/// The cells of the columns that share what the others leave.
struct Columns {
    id: usize,
    name: usize,
    place: usize,
}

impl Columns {
    fn new(rows: &[Row<'_>], width: usize) -> Self {
        let widest = |cells: fn(&Row<'_>) -> usize| rows.iter().map(cells).max().unwrap_or(0);
        let id = widest(|row| row.id.len()).clamp(2, 12);
        let rest = width.saturating_sub(STATE_CELLS + TIME_CELLS + ACTION_CELLS + id + 4);
        // Where both are longer than half, they share.
        let (name, place) = (widest(|row| text::width(row.name)).max(4), widest(|row| text::width(&row.place)).max(5));
        let place = place.min((rest / 2).max(rest.saturating_sub(name)));
        Self { id, name: name.min(rest.saturating_sub(place)), place }
    }

    fn row(&self, row: &Row<'_>) -> String {
        self.cells(&row.time, row.action.word(), row.name, &row.id, &row.place)
    }

    fn cells(&self, time: &str, action: &str, name: &str, id: &str, place: &str) -> String {
        let line = format!(
            "{}{}{}  {}{}  {}",
            text::pad(time, TIME_CELLS),
            text::pad(action, ACTION_CELLS),
            text::pad(name, self.name),
            " ".repeat(self.id.saturating_sub(text::width(id))),
            text::fit(id, self.id),
            text::fit(place, self.place),
        );
        line.trim_end().to_owned()
    }

    fn heading(&self) -> String {
        format!("{}{}", text::pad("OUTCOME", STATE_CELLS), self.cells("TIME", "ACTION", "NAME", "ID", "SCOPE"))
    }
}
