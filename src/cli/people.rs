//! Keys and projects as people read them.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::output::Style;
use super::place::Place;
use super::session::Session;
use super::sweep::Listed;
use super::times::exact;
use crate::api::model::{ApiKey, LastUsed, Lifetime, Project, RotationState};
use crate::config::Times;
use crate::status::Status;
use crate::text::{fit, pad, width};
use crate::time::{relative, until};

/// Between two columns.
const GAP: &str = "  ";
/// A field without a value, among plain ones.
const NOTHING: &str = "-";
/// What names, scopes and descriptions take at most; JSON has them whole.
const MOST: usize = 60;
/// What names and scopes keep where the terminal is narrow; before they get less, other columns go.
const LEAST_NAME: usize = 16;
/// Before they get less than this, what else can be cut is cut.
const LEAST_BESIDE: usize = 12;

/// `“Nightly evals” (id 34, …09af3c) of the project Sandbox`.
pub(super) fn key_words(key: &ApiKey, place: &Place) -> String {
    format!("“{}” (id {}, …{}) of {}", key.title(), key.id, key.value.tail(), place.words())
}

/// `words` with a full stop, unless a name such as “Acme Inc.” brought one.
pub(super) fn sentence(words: &str) -> String {
    if words.ends_with('.') { words.to_owned() } else { format!("{words}.") }
}

/// What a key does that is generated for `lifetime`; none where it works for as long as nobody stops it.
pub(super) fn lifetime_words(lifetime: Lifetime) -> Option<String> {
    match lifetime {
        Lifetime::Unlimited => None,
        Lifetime::Days(1) => Some("expires after 1 day".to_owned()),
        Lifetime::Days(days) => Some(format!("expires after {days} days")),
    }
}

/// When `key` was last used, for a sentence.
pub(super) fn last_used_words(session: &Session, key: &ApiKey) -> String {
    match key.last_used {
        LastUsed::Never => "It was never used".to_owned(),
        LastUsed::Unknown => "When it was last used is unknown".to_owned(),
        LastUsed::At(time) => format!("It was last used {}", relative(time, session.now())),
    }
}

/// One key, a fact to a line.
pub(super) fn key_details(session: &Session, place: &Place, key: &ApiKey) -> String {
    let status = session.status(key);
    let last_used = match key.last_used {
        LastUsed::Never => "never".to_owned(),
        LastUsed::Unknown => "unknown".to_owned(),
        LastUsed::At(time) => both(session, time),
    };
    let mut facts = vec![
        ("id", key.id.to_string()),
        ("scope", place.words()),
        ("status", session.style.paint(status, status.word())),
        ("value", key.value.as_str().to_owned()),
        ("created", key.created_at.map_or_else(|| "unknown".to_owned(), |time| both(session, time))),
        ("last used", last_used),
    ];
    facts.extend(key.expires_at.map(|time| ("expires", exact(session.settings.times, time))));
    facts.extend(match key.rotation(session.now()) {
        RotationState::None => None,
        RotationState::UnderWay { until, .. } => {
            Some(("rotation", format!("the old value stops {}", exact(session.settings.times, until))))
        }
        RotationState::Over { since, .. } => {
            Some(("rotation", format!("the old value stopped {}", exact(session.settings.times, since))))
        }
    });
    facts.extend(key.shadow.as_ref().map(|value| ("new value", value.as_str().to_owned())));
    let note =
        session.signer.may_be(key, &place.scope).then_some(("note", "ckeys is signed in with this key".to_owned()));
    facts.extend(note);
    titled(key.title(), &facts)
}

/// A title and facts under it, aligned.
pub(super) fn titled(title: &str, facts: &[(&str, String)]) -> String {
    let mut out = format!("{title}\n");
    let label_width = facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, value) in facts {
        // Writing to a String can't fail.
        let _ = writeln!(out, "  {label:label_width$}  {value}");
    }
    out
}

/// The exact time, and how long ago that was.
fn both(session: &Session, time: Timestamp) -> String {
    format!("{} ({})", exact(session.settings.times, time), relative(time, session.now()))
}

/// The keys as a table. The column of scopes is there where `with_scope`, that of expiries where a key has one; where a
/// terminal is too narrow, CREATED goes first, then KEY, then EXPIRES, and then names and scopes are cut.
pub(super) fn key_table(session: &Session, keys: &[Listed<'_>], with_scope: bool) -> String {
    let when = |time: Timestamp| match session.settings.times {
        Times::Relative => relative(time, session.now()),
        Times::Local | Times::Utc => exact(session.settings.times, time),
    };
    let mut table = Table::new(&["ID", "STATUS", "NAME", "SCOPE", "LAST USED", "EXPIRES", "CREATED", "KEY"]);
    if !with_scope {
        table.hide("SCOPE");
    }
    if keys.iter().all(|listed| listed.key.expires_at.is_none()) {
        table.hide("EXPIRES");
    }
    for Listed { place, key, status, .. } in keys {
        let last_used = match key.last_used {
            LastUsed::Never => "never".to_owned(),
            LastUsed::Unknown => "unknown".to_owned(),
            LastUsed::At(time) => when(time),
        };
        let created = key.created_at.map_or_else(
            || "unknown".to_owned(),
            |time| match session.settings.times {
                Times::Relative => time.strftime("%Y-%m-%d").to_string(),
                Times::Local | Times::Utc => when(time),
            },
        );
        let cells = [
            key.id.to_string(),
            status.word().to_owned(),
            key.title().to_owned(),
            place.cell(),
            last_used,
            match (key.expires_at, session.settings.times) {
                (None, _) => "never".to_owned(),
                (Some(expiry), Times::Relative) if expiry > session.now() => until(expiry, session.now()),
                (Some(expiry), _) => when(expiry),
            },
            created,
            format!("…{}", key.value.tail()),
        ];
        let badge = if session.signer.may_be(key, &place.scope) { " (you)" } else { "" };
        table.push(Row::of_key(cells.into(), *status, badge));
    }
    table.render(session.style, &["NAME", "SCOPE"], &["CREATED", "KEY", "EXPIRES"])
}

/// The projects as a table; their descriptions are cut first.
pub(super) fn project_table(style: Style, projects: &[Project]) -> String {
    let mut table = Table::new(&["ID", "NAME", "CREATED", "DESCRIPTION"]);
    for project in projects {
        let created =
            project.created_at.map_or_else(|| "unknown".to_owned(), |time| time.strftime("%Y-%m-%d").to_string());
        let description = project.description.as_ref().map(ToString::to_string).unwrap_or_default();
        let cells = vec![project.id.to_string(), project.name.to_string(), created, description];
        table.push(Row::plain(cells));
    }
    table.render(style, &["NAME", "DESCRIPTION"], &[])
}

/// Columns under their titles.
#[derive(Clone)]
pub(super) struct Table {
    titles: &'static [&'static str],
    hidden: Vec<&'static str>,
    /// Is cut only where nothing else can be.
    kept: Option<&'static str>,
    rows: Vec<Row>,
}

/// One line of a [`Table`].
#[derive(Clone)]
pub(super) struct Row {
    cells: Vec<String>,
    /// Colours the column STATUS.
    status: Option<Status>,
    /// Stands behind the column NAME, and stays whole where that is cut.
    badge: &'static str,
}

impl Row {
    /// A row of nothing but text.
    pub(super) fn plain(cells: Vec<String>) -> Self {
        Self { cells, status: None, badge: "" }
    }

    /// A row about a key.
    pub(super) fn of_key(cells: Vec<String>, status: Status, badge: &'static str) -> Self {
        Self { cells, status: Some(status), badge }
    }

    fn badge(&self, title: &str) -> &'static str {
        if title == "NAME" { self.badge } else { "" }
    }
}

impl Table {
    pub(super) fn new(titles: &'static [&'static str]) -> Self {
        Self { titles, hidden: Vec::new(), kept: None, rows: Vec::new() }
    }

    pub(super) fn hide(&mut self, title: &'static str) {
        self.hidden.push(title);
    }

    /// Cuts this one of the elastic columns last.
    pub(super) fn keep(&mut self, title: &'static str) {
        self.kept = Some(title);
    }

    pub(super) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// As text. Where the terminal is too narrow, the columns in `expendable` go, one after the other, and those in
    /// `elastic` are cut.
    pub(super) fn render(self, style: Style, elastic: &[&str], expendable: &[&'static str]) -> String {
        if style.is_plain {
            return self.plain();
        }
        let mut columns: Vec<Column> = self.titles.iter().map(|title| self.column(title, elastic)).collect();
        for row in &self.rows {
            for (column, cell) in columns.iter_mut().zip(&row.cells) {
                column.width = column.width.max(width(cell) + width(row.badge(column.title)));
            }
        }
        for column in columns.iter_mut().filter(|column| column.is_elastic) {
            column.width = column.width.min(MOST);
        }
        if let Some(room) = style.columns {
            for title in expendable {
                if total(&columns, Column::least) > room {
                    for column in columns.iter_mut().filter(|column| column.title == *title) {
                        column.is_shown = false;
                    }
                }
            }
            while total(&columns, |column| column.width) > room {
                // The widest gives first, so that short names stay whole.
                let giving = |least: usize, kept: bool| {
                    move |column: &&mut Column| {
                        let can_give = column.is_shown && column.is_elastic && (kept || !column.is_kept);
                        can_give && column.width > least
                    }
                };
                let widest = columns.iter_mut().filter(giving(LEAST_BESIDE, false)).max_by_key(|column| column.width);
                match widest {
                    Some(column) => column.width -= 1,
                    None => match columns.iter_mut().filter(giving(1, true)).max_by_key(|column| column.width) {
                        Some(column) => column.width -= 1,
                        None => break,
                    },
                }
            }
        }
        let mut out = String::new();
        line(&mut out, &columns, self.titles, |column, title| pad(title, column.width));
        for row in &self.rows {
            line(&mut out, &columns, &row.cells, |column, cell| match row.status {
                Some(status) if column.title == "STATUS" => style.paint(status, &pad(cell, column.width)),
                _ => with_badge(cell, row.badge(column.title), column.width),
            });
        }
        out
    }

    fn column(&self, title: &'static str, elastic: &[&str]) -> Column {
        Column {
            title,
            width: width(title),
            is_elastic: elastic.contains(&title),
            is_kept: self.kept == Some(title),
            is_shown: !self.hidden.contains(&title),
        }
    }

    /// A line for each row, with a tab between its fields: all of them, whole, without a heading. No text from outside
    /// holds a tab or ends a line, as [`crate::text`] marks both.
    fn plain(&self) -> String {
        let mut out = String::new();
        for row in &self.rows {
            let mut fields: Vec<&str> = self
                .titles
                .iter()
                .zip(&row.cells)
                .map(|(title, cell)| match (*title, row.status) {
                    ("STATUS", Some(status)) => status.id(),
                    ("KEY", _) => cell.trim_start_matches('…'),
                    _ => cell,
                })
                .collect();
            if row.status.is_some() {
                fields.push(if row.badge.is_empty() { "" } else { "you" });
            }
            let fields: Vec<_> =
                fields.into_iter().map(|field| if field.is_empty() { NOTHING } else { field }).collect();
            out.push_str(&fields.join("\t"));
            out.push('\n');
        }
        out
    }
}

/// One column of a [`Table`], as it is laid out.
struct Column {
    title: &'static str,
    /// In cells.
    width: usize,
    is_elastic: bool,
    is_kept: bool,
    is_shown: bool,
}

impl Column {
    /// How narrow it can be before another one goes.
    fn least(&self) -> usize {
        if self.is_elastic && !self.is_kept { LEAST_NAME.min(self.width) } else { self.width }
    }
}

/// How wide the shown ones are together, each as `width` says.
fn total(columns: &[Column], width: impl Fn(&Column) -> usize) -> usize {
    let shown: Vec<usize> = columns.iter().filter(|column| column.is_shown).map(width).collect();
    shown.iter().sum::<usize>() + GAP.len() * shown.len().saturating_sub(1)
}

/// Writes a line; `draw` gets each column that is shown, and its cell.
fn line<T: AsRef<str>>(out: &mut String, columns: &[Column], cells: &[T], draw: impl Fn(&Column, &str) -> String) {
    let shown = columns.iter().zip(cells).filter(|(column, _)| column.is_shown);
    let drawn: Vec<String> = shown.map(|(column, cell)| draw(column, cell.as_ref())).collect();
    out.push_str(drawn.join(GAP).trim_end());
    out.push('\n');
}

/// `text` with `badge` behind it, cut or padded to exactly `cells`.
fn with_badge(text: &str, badge: &str, cells: usize) -> String {
    pad(&format!("{}{badge}", fit(text, cells.saturating_sub(width(badge)))), cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Style = Style { columns: None, color: false, is_plain: false };

    fn table() -> Table {
        let mut table = Table::new(&["ID", "STATUS", "NAME", "CREATED"]);
        for (cells, status) in [
            (["7", "active", "日本語プロジェクトの鍵の名前", "2026-01-01"], Status::Active),
            (["12", "never used", "CI", "unknown"], Status::NeverUsed),
        ] {
            table.push(Row { cells: cells.map(str::to_owned).into(), status: Some(status), badge: "" });
        }
        table
    }

    #[test]
    fn columns_are_aligned_by_cells() {
        assert_eq!(
            table().render(WIDE, &["NAME"], &["CREATED"]),
            "ID  STATUS      NAME                          CREATED\n\
             7   active      日本語プロジェクトの鍵の名前  2026-01-01\n\
             12  never used  CI                            unknown\n"
        );
    }

    #[test]
    fn a_narrow_terminal_costs_columns_first_and_then_names() {
        for columns in [20, 34, 40, 50, 60] {
            let text = table().render(Style { columns: Some(columns), ..WIDE }, &["NAME"], &["CREATED"]);
            assert_eq!(text.contains("CREATED"), columns >= 44, "{text}");
            assert!(text.lines().all(|line| width(line) <= columns), "{columns}\n{text}");
        }
    }

    #[test]
    fn a_column_that_is_kept_is_cut_last() {
        let mut table = Table::new(&["ID", "NAME", "REASON", "KEY"]);
        table.keep("REASON");
        let cells = ["7", "Nightly evaluations", "last used 197 days ago, threshold 90", "…d4e5f6"];
        table.push(Row::plain(cells.map(str::to_owned).into()));
        for (columns, expected) in [
            (80, "7   Nightly evaluations  last used 197 days ago, threshold 90  …d4e5f6\n"),
            (68, "7   Nightly evaluati…  last used 197 days ago, threshold 90  …d4e5f6\n"),
            (56, "7   Nightly evalu…  last used 197 days ago, threshold 90\n"),
            (40, "7   Nightly eva…  last used 197 days ag…\n"),
        ] {
            let style = Style { columns: Some(columns), ..WIDE };
            let text = table.clone().render(style, &["NAME", "REASON"], &["KEY"]);
            assert!(text.ends_with(expected), "{columns}\n{text}");
        }
    }

    #[test]
    fn a_badge_stays_where_its_name_is_cut() {
        let mut table = table();
        table.rows[0].badge = " (you)";
        for (columns, expected) in [(None, "の名前 (you)  2026-01-01"), (Some(40), "日本語プロジェク… (you)")]
        {
            let text = table.clone().render(Style { columns, ..WIDE }, &["NAME"], &["CREATED"]);
            assert!(text.contains(expected), "{text}");
            assert!(text.lines().all(|line| columns.is_none_or(|columns| width(line) <= columns)), "{text}");
        }
    }

    #[test]
    fn plain_lines_have_every_field_whole_and_no_heading() {
        let mut table = Table::new(&["ID", "STATUS", "NAME", "SCOPE", "KEY"]);
        table.hide("SCOPE");
        let name = "n".repeat(2 * MOST);
        let cells = |id: &str, name: &str| [id, "never used", name, "", "…d4e5f6"].map(str::to_owned).into();
        table.push(Row::of_key(cells("7", &name), Status::NeverUsed, " (you)"));
        table.push(Row::of_key(cells("12", "a b"), Status::Active, ""));
        let style = Style { columns: Some(20), color: true, is_plain: true };
        assert_eq!(
            table.render(style, &["NAME"], &["KEY"]),
            format!("7\tnever-used\t{name}\t-\td4e5f6\tyou\n12\tactive\ta b\t-\td4e5f6\t-\n")
        );
    }

    #[test]
    fn colours_leave_the_alignment_alone() {
        let text = table().render(Style { color: true, ..WIDE }, &[], &[]);
        assert!(text.contains("\u{1b}[32mactive    \u{1b}[0m  日本語"), "{text:?}");
        assert!(text.contains("\u{1b}[31mnever used\u{1b}[0m  CI"), "{text:?}");
    }
}
