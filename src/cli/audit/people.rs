//! An audit as people read it: sentences, the table, the page.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::compare::{Change, Comparison, Kind};
use super::report::{Report, scope_words};
use super::threshold_words;
use crate::api::model::LastUsed;
use crate::cli::people::{Row, Table, sentence};
use crate::cli::sweep::Listed;
use crate::cli::times::exact;
use crate::config::Times;
use crate::export::markdown;
use crate::redact::redacted;
use crate::status::Status;
use crate::text::Text;

const CHANGE_TITLES: [&str; 7] = ["CHANGE", "ID", "NAME", "SCOPE", "THEN", "NOW", "KEY"];

/// What was found, and what happened since.
pub(super) fn table(report: &Report<'_>) -> String {
    let style = report.session.style;
    let mut out = String::new();
    if !report.found.is_empty() {
        let mut table = Table::new(&["ID", "STATUS", "NAME", "SCOPE", "REASON", "CREATED", "KEY"]);
        table.keep("REASON");
        if !report.sweep.is_whole {
            table.hide("SCOPE");
        }
        for listed in &report.found {
            let Listed { place, key, status, .. } = listed;
            let cells = [
                key.id.to_string(),
                status.word().to_owned(),
                key.title().to_owned(),
                place.cell(),
                reason(report, listed),
                key.created_at.map_or_else(|| "unknown".to_owned(), day),
                format!("…{}", key.value.tail()),
            ];
            let badge = if report.session.signer.may_be(key, &place.scope) { " (you)" } else { "" };
            table.push(Row::of_key(cells.into(), *status, badge));
        }
        out.push_str(&table.render(style, &["NAME", "SCOPE", "REASON"], &["CREATED", "KEY"]));
    }
    if let Some(comparison) = report.comparison.as_ref().filter(|comparison| !comparison.changes.is_empty()) {
        if !out.is_empty() || style.is_plain {
            out.push('\n');
        }
        let mut table = Table::new(&CHANGE_TITLES);
        if !report.sweep.is_whole {
            table.hide("SCOPE");
        }
        for change in &comparison.changes {
            table.push(Row::plain(change_cells(change).into()));
        }
        out.push_str(&table.render(style, &["NAME", "SCOPE"], &["KEY"]));
    }
    out
}

/// The same with what has to be known to judge it: a page that stands for itself.
pub(super) fn markdown(report: &Report<'_>) -> String {
    let mut out = String::new();
    let name = &report.sweep.organization.name;
    // Writing to a String can't fail.
    let _ = writeln!(out, "**{}**\n", markdown::escape(&format!("{}: {}", name, summary(report))));
    let _ =
        writeln!(out, "As of {}; {}.", exact(Times::Utc, report.session.now()), threshold_words(&report.thresholds));
    if !report.selection.query.is_empty() {
        let _ = writeln!(
            out,
            "Filter: {}",
            markdown::escape(Text::from(&*redacted(&report.selection.query.to_string())).as_str())
        );
    }
    if !report.found.is_empty() {
        let rows = report.found.iter().map(|listed| {
            let Listed { place, key, status, .. } = listed;
            [
                key.id.to_string(),
                status.word().to_owned(),
                key.title().to_owned(),
                place.cell(),
                match key.last_used {
                    LastUsed::Never => "never".to_owned(),
                    LastUsed::Unknown => "unknown".to_owned(),
                    LastUsed::At(time) => exact(Times::Utc, time),
                },
                key.created_at.map_or_else(|| "unknown".to_owned(), day),
                reason(report, listed),
                format!("…{}", key.value.tail()),
            ]
        });
        let titles = ["ID", "Status", "Name", "Scope", "Last used", "Created", "Reason", "Key"];
        let _ = write!(out, "\n{}", markdown::table(&titles, rows));
    }
    if !report.unreadable.is_empty() {
        out.push_str("\nCould not be read:\n\n");
        for (place, error) in &report.unreadable {
            let _ = writeln!(out, "- {}", markdown::escape(&format!("{}: {error}", place.words())));
        }
    }
    if let Some(comparison) = &report.comparison {
        let _ = writeln!(out, "\n{}", markdown::escape(&change_summary(comparison)));
        for note in &comparison.notes {
            let _ = writeln!(out, "{}", markdown::escape(note));
        }
        if !comparison.changes.is_empty() {
            let titles = ["Change", "ID", "Name", "Scope", "Then", "Now", "Key"];
            let _ = write!(out, "\n{}", markdown::table(&titles, comparison.changes.iter().map(change_cells)));
        }
    }
    out
}

/// For standard error.
pub(super) fn words(report: &Report<'_>) -> Vec<String> {
    if report.scopes_read() == 0 {
        return Vec::new();
    }
    let mut words = vec![sentence(&summary(report))];
    let list = report.session.command("list");
    match report.others {
        0 => {}
        1 => words.push(format!(
            "1 more key fits the filter, but is in use or inactive: {list} with the same filter shows it."
        )),
        count => words.push(format!(
            "{count} more keys fit the filter, but are in use or inactive: {list} with the same filter shows them."
        )),
    }
    // A filter asks for something else.
    if report.selection.query.is_empty() {
        words.extend(match report.expiring_elsewhere() {
            0 => None,
            1 => Some("1 key that is in use expires within 14 days: `--fail-on expiring` shows it.".to_owned()),
            count => {
                Some(format!("{count} keys that are in use expire within 14 days: `--fail-on expiring` shows them."))
            }
        });
    }
    words.extend(report.comparison.as_ref().map(change_summary));
    words
}

/// `9 of 43 keys are stale or were never used; 2 projects could not be read`.
fn summary(report: &Report<'_>) -> String {
    let (found, total) = (report.found.len(), report.counts.total());
    let selection = report.selection;
    let is_one = found == 1;
    let (are, were) = if is_one { ("is", "was") } else { ("are", "were") };
    let keys = if total == 1 { "key" } else { "keys" };
    let mut out = format!("{found} of {total} {keys} ");
    match &selection.statuses {
        None => {
            let _ = write!(out, "{} the filter", if is_one { "fits" } else { "fit" });
            let stale = report.found.iter().filter(|listed| is_stale(listed.status)).count();
            if stale > 0 {
                let (are, were) = if stale == 1 { ("is", "was") } else { ("are", "were") };
                let _ = write!(out, "; {stale} of them {are} stale or {were} never used");
            }
        }
        Some(statuses) => {
            if selection.is_of_stale() {
                let _ = write!(out, "{are} stale or {were} never used");
            } else {
                let expiring = selection.expiring.then_some("expiring within 14 days");
                let words: Vec<_> = statuses.iter().map(|status| status.word()).chain(expiring).collect();
                let _ = write!(out, "{are} {}", alternatives(&words));
            }
            if !selection.query.is_empty() {
                let _ = write!(out, " and {} the filter", if is_one { "fits" } else { "fit" });
            }
        }
    }
    if !report.unreadable.is_empty() {
        let _ = write!(out, "; {} could not be read", scope_words(&report.unreadable));
    }
    out
}

fn is_stale(status: Status) -> bool {
    status.tab() == crate::status::Tab::Stale
}

/// `a, b or c`.
fn alternatives(words: &[&str]) -> String {
    match words {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}

/// `Since 2026-10-01 12:00 UTC: 2 new, 1 newly stale, 0 revived, 0 stopped, 3 gone.`
fn change_summary(comparison: &Comparison<'_>) -> String {
    let since = match comparison.since {
        Some(time) => exact(Times::Utc, time),
        None => "the earlier list".to_owned(),
    };
    let counts = Kind::ALL.map(|kind| format!("{} {}", comparison.of(kind).count(), kind.word()));
    format!("Since {since}: {}.", counts.join(", "))
}

fn change_cells(change: &Change<'_>) -> [String; CHANGE_TITLES.len()] {
    let Change { kind, listed, then } = change;
    let Listed { place, key, status, .. } = listed;
    let now = if *kind == Kind::Gone { "gone" } else { status.word() };
    let then = match (then, kind) {
        (Some(status), _) => status.word(),
        (None, Kind::New) => "not there",
        (None, _) => "not stale",
    };
    [
        kind.word().to_owned(),
        key.id.to_string(),
        key.title().to_owned(),
        place.cell(),
        then.to_owned(),
        now.to_owned(),
        format!("…{}", key.value.tail()),
    ]
}

fn reason(report: &Report<'_>, listed: &Listed<'_>) -> String {
    listed.status.short_reason(listed.key, report.session.now(), &report.thresholds)
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}
