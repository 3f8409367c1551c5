//! `journal`: what was done from this machine, and what was left open.

use std::collections::BTreeSet;

use super::arguments;
use super::exit::{Exit, Failure};
use super::json::{EntryDocument, JournalDocument, print_json};
use super::output::{Style, inform, print, say};
use super::people::{Row, Table};
use super::session::load_configuration;
use super::times::exact;
use crate::config::Times;
use crate::journal::{Entry, Journal, JournalError, ListedIntent, ScopeRecord};
use crate::text::Text;

/// What JSON has in the place of an outcome where a key is being generated or rotated right now; for people it has no hyphen.
const UNDER_WAY: &str = "under-way";
/// The same where its program ended too early.
const OPEN: &str = "open";

/// Prints the journal.
pub(super) fn run(arguments: &arguments::Journal) -> Result<Exit, Failure> {
    let failed = |error: JournalError| Failure::new(Exit::Failed, format!("{error}."));
    let journal = Journal::find().map_err(failed)?;
    // Intents before entries: what is finished in between is shown twice rather than not at all.
    let listed = journal.intents().map_err(failed)?;
    let history = journal.entries(arguments.lines).map_err(failed)?;
    let open: Vec<_> = listed.intents.iter().map(as_entry).collect();
    if history.unreadable > 0 {
        let lines = if history.unreadable == 1 { "1 line".to_owned() } else { format!("{} lines", history.unreadable) };
        say(format_args!("ckeys: {lines} of the journal can't be read and were left out; a power cut may do that."));
    }
    if !listed.unreadable.is_empty() {
        let paths: Vec<String> =
            listed.unreadable.iter().map(|path| format!("\n  {}", Text::from(path.display().to_string()))).collect();
        say(format_args!(
            "ckeys: Notes of keys that were being generated or rotated can't be read. `ckeys list` shows the keys that \
             exist; should there be none that nobody knows, and none that is refused, the notes may be removed:{}",
            paths.concat()
        ));
    }
    if arguments.json {
        print_json(&JournalDocument {
            entries: history.entries.iter().map(|entry| EntryDocument::new(entry, entry.outcome.word())).collect(),
            open: open.iter().map(|(entry, state)| EntryDocument::new(entry, state)).collect(),
        })?;
        return Ok(Exit::Done);
    }
    let done = history.entries.iter().map(|entry| (entry, entry.outcome.word()));
    let rows: Vec<_> = done.chain(open.iter().map(|(entry, state)| (entry, words(state)))).collect();
    if !rows.is_empty() {
        print(&table(&rows, load_configuration().settings.times, Style::of_command(arguments.plain)))?;
    } else if history.unreadable == 0 && listed.unreadable.is_empty() && arguments.lines != Some(0) {
        inform("Nothing was done yet.");
    }
    Ok(Exit::Done)
}

fn as_entry(listed: &ListedIntent) -> (Entry, &'static str) {
    // What came of it is what nobody knows yet; its state is shown in that place.
    (listed.intent.as_entry(), if listed.is_under_way { UNDER_WAY } else { OPEN })
}

fn words(state: &'static str) -> &'static str {
    if state == UNDER_WAY { "under way" } else { state }
}

/// The rows with their outcomes. The organization has a column where there is more than one.
fn table(rows: &[(&Entry, &str)], times: Times, style: Style) -> String {
    let mut table = Table::new(&["TIME", "ACTION", "ORGANIZATION", "SCOPE", "ID", "NAME", "OUTCOME", "DETAIL"]);
    let organizations: BTreeSet<_> = rows
        .iter()
        .filter_map(|(entry, _)| Some((entry.service.address(), &entry.organization.as_ref()?.id)))
        .collect();
    if organizations.len() < 2 {
        table.hide("ORGANIZATION");
    }
    if rows.iter().all(|(entry, _)| entry.detail.is_blank()) {
        table.hide("DETAIL");
    }
    for (entry, outcome) in rows {
        let scope = match &entry.scope {
            ScopeRecord::Organization => "(organization)".to_owned(),
            ScopeRecord::Project { name, .. } => name.to_string(),
        };
        let organization = entry.organization.as_ref().map(|organization| organization.name.to_string());
        let name = entry.name.as_ref().filter(|name| !name.is_blank());
        let cells = vec![
            exact(times, entry.time),
            entry.action.word().to_owned(),
            organization.unwrap_or_default(),
            scope,
            entry.id.map(|id| id.to_string()).unwrap_or_default(),
            name.map_or_else(|| "(unnamed)".to_owned(), ToString::to_string),
            (*outcome).to_owned(),
            entry.detail.to_string(),
        ];
        table.push(Row::plain(cells));
    }
    table.render(style, &["ORGANIZATION", "SCOPE", "NAME", "DETAIL"], &["DETAIL", "ORGANIZATION"])
}
