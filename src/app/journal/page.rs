//! The journal's text, as its dialog shows it.

use super::{MOST, STATE_CELLS};
use crate::app::App;
use crate::app::dialog::{JournalDialog, ReaderLine};
use crate::app::records::{Record, State};
use crate::app::scopes;
use crate::journal::{Action, Entry, OrganizationRecord, Report, ScopeRecord, Service, WITHOUT_JOURNAL};
use crate::text::{self, Text};

/// From this width on, in cells, an entry is one row of a table; below it has two lines.
const TABLE_CELLS: usize = 90;
/// The cells of a time, and of an action, each with a gap.
const TIME_CELLS: usize = 18;
const ACTION_CELLS: usize = 12;

const WHAT_IT_IS: &str = "What ckeys generates, rotates, deactivates, reactivates and deletes is noted here, without any \
                          part of a secret.";

/// The dialog's text.
pub(in crate::app) fn lines(app: &App, dialog: &JournalDialog) -> Vec<ReaderLine> {
    let width = usize::from(app.size.journal_width());
    let mut page = Page { width, lines: Vec::new() };
    match &dialog.shown {
        None => page.words("Reading the journal…"),
        Some(Ok(None)) => page.words("No journal is kept of the demo: its keys are made up, and gone when it ends."),
        Some(Err(error)) => page.warning(&format!("{error}. {WITHOUT_JOURNAL}")),
        Some(Ok(Some(shown))) => {
            page.warnings(&shown.report);
            page.records(app, &shown.report, &shown.records);
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

    fn records(&mut self, app: &App, report: &Report, records: &[Record]) {
        let rows: Vec<Row<'_>> = records.iter().map(|record| Row::new(app, &report.here, record)).collect();
        if rows.is_empty() {
            if report.unreadable == 0 {
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
            ScopeRecord::Organization => scopes::ORGANIZATION.to_owned(),
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
