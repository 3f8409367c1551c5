//! What audits are tried on, and how their formats are read.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Answer, Run, Scripted, ok, organization, refused};

/// A key's value as a service would send it that forgets to mask.
pub(super) const UNMASKED: &str = "confident_us_proj_FAKE-NOT-A-KEY-d4e5f6";

/// So long ago that a key is stale, and that the number of its digits stays the same for ten years.
pub(super) const LONG_AGO: &str = "2011-06-01T08:00:00.000Z";

pub(super) fn ago(hours: i64) -> String {
    (Timestamp::now() - SignedDuration::from_hours(hours)).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A key that was made and last used then.
pub(super) fn used(id: i64, name: &str, last_used: &str) -> Value {
    json!({
        "id": id, "name": name, "valid": true, "value": UNMASKED,
        "created_at": "2010-01-02T03:04:05.000Z", "lastUsed": last_used,
    })
}

pub(super) fn with(mut key: Value, field: &str, value: impl Into<Value>) -> Value {
    key[field] = value.into();
    key
}

/// The keys of the project with this id and name; those of the organization where there is none.
pub(super) type Shelf = (Option<(&'static str, &'static str)>, Vec<Value>);

/// The projects and the keys of an organization; they can be changed.
#[derive(Clone)]
pub(super) struct Stock(pub(super) Arc<Mutex<Vec<Shelf>>>);

impl Stock {
    /// What audits are shown with: every status, names that are out for harm, and projects that are not in order.
    pub(super) fn new() -> Self {
        let never = with(used(7, "a|b `c` <b>\n@all", LONG_AGO), "lastUsed", Value::Null);
        let unknown = {
            let mut key = used(10, "Silent", LONG_AGO);
            key.as_object_mut().unwrap().remove("lastUsed");
            key
        };
        Self(Arc::new(Mutex::new(vec![
            (None, vec![used(2, "CI", &ago(1)), used(1, "Backup", LONG_AGO)]),
            (
                Some(("p-zoo", "Zoo, the \"best\"")),
                vec![
                    used(5, "=HYPERLINK(\"http://evil.test\",\"x\")", LONG_AGO),
                    with(used(6, "evil\u{202e}txt", LONG_AGO), "created_at", "2010-01-01T00:00:00.000Z"),
                    never,
                    with(used(8, "Retired", LONG_AGO), "valid", false),
                ],
            ),
            (Some(("p-b", "Alpha")), vec![used(9, "Nightly", &ago(24 * 40)), unknown]),
            (
                Some(("p-a", "Alpha")),
                vec![
                    with(used(4, "Old laptop", LONG_AGO), "name", Value::Null),
                    with(with(used(11, "Fresh", LONG_AGO), "lastUsed", Value::Null), "created_at", ago(3)),
                    with(used(3, "Café", LONG_AGO), "created_at", "not a time"),
                ],
            ),
        ])))
    }

    /// Changes the keys of the project with this id; those of the organization where there is none.
    pub(super) fn change(&self, project: Option<&str>, change: impl FnOnce(&mut Vec<Value>)) {
        let mut stock = self.0.lock().unwrap();
        let keys = stock.iter_mut().find(|(of, _)| of.map(|(id, _)| id) == project).map(|(_, keys)| keys);
        change(keys.unwrap());
    }

    /// Changes one key.
    pub(super) fn change_key(&self, id: i64, field: &str, value: impl Into<Value>) {
        let mut stock = self.0.lock().unwrap();
        let key = stock.iter_mut().flat_map(|(_, keys)| keys).find(|key| key["id"] == id).unwrap();
        key[field] = value.into();
    }

    pub(super) fn answer(&self, request: &str) -> Answer {
        let stock = self.0.lock().unwrap();
        let keys = |project: Option<&str>| {
            let found = stock.iter().find(|(of, _)| of.map(|(id, _)| id) == project);
            found.map_or_else(|| refused(404, "No such project."), |(_, keys)| ok(json!({ "apiKeys": keys })))
        };
        match request {
            "GET /v1/organization" => organization(),
            "GET /v1/organization/api-keys" => keys(None),
            "GET /v1/projects" => {
                let projects = stock.iter().filter_map(|(of, _)| *of);
                let projects: Vec<_> = projects.map(|(id, name)| json!({ "id": id, "name": name })).collect();
                ok(json!({ "projects": projects }))
            }
            _ => keys(request.strip_prefix("GET /v1/projects/").and_then(|rest| rest.strip_suffix("/api-keys"))),
        }
    }

    /// A service that holds it.
    pub(super) fn serve(&self) -> Scripted {
        let stock = self.clone();
        Scripted::new(move |request| stock.answer(request))
    }

    /// A service that answers so for these projects.
    pub(super) fn serve_but(
        &self,
        projects: &'static [&'static str],
        answer: impl Fn() -> Answer + Send + Sync + 'static,
    ) -> Scripted {
        let stock = self.clone();
        Scripted::new(move |request| {
            let is_failing = projects.iter().any(|id| request == format!("GET /v1/projects/{id}/api-keys"));
            if is_failing { answer() } else { stock.answer(request) }
        })
    }
}

pub(super) fn ids(keys: &Value) -> Vec<i64> {
    keys.as_array().unwrap().iter().map(|key| key["id"].as_i64().unwrap()).collect()
}

/// The cells of CSV by RFC 4180, line by line.
pub(super) fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut rest = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = rest.next() {
        let row = rows.last_mut().unwrap();
        match character {
            '"' if is_quoted && rest.peek() == Some(&'"') => row.last_mut().unwrap().push(rest.next().unwrap()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\r' if !is_quoted => assert_eq!(rest.peek(), Some(&'\n')),
            '\n' if !is_quoted => rows.push(vec![String::new()]),
            other => row.last_mut().unwrap().push(other),
        }
    }
    assert_eq!(rows.pop(), Some(vec![String::new()]), "it ends with a line feed");
    let columns = rows[0].len();
    assert!(rows.iter().all(|row| row.len() == columns), "{rows:?}");
    rows
}

/// The cells of each table of a page, without their titles, split where no backslash stands before.
pub(super) fn markdown_tables(text: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut is_in_table = false;
    for line in text.lines() {
        if !line.starts_with('|') {
            is_in_table = false;
            continue;
        }
        let mut cells = vec![String::new()];
        let mut characters = line.trim_matches('|').chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => cells.last_mut().unwrap().extend(['\\', characters.next().unwrap()]),
                '|' => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        let cells: Vec<_> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        if !is_in_table {
            tables.push(Vec::new());
            is_in_table = true;
        }
        tables.last_mut().unwrap().push(cells);
    }
    for table in &mut tables {
        assert!(table.iter().all(|row| row.len() == table[0].len()), "{table:?}");
        assert!(table[1].iter().all(|cell| cell == "---"));
        table.drain(..2);
    }
    tables
}

/// The ids of a column of numbers.
pub(super) fn column(rows: &[Vec<String>], at: usize) -> Vec<i64> {
    rows.iter().map(|row| row[at].parse().unwrap()).collect()
}

/// The ids in the first column of a table for people.
pub(super) fn table_ids(text: &str) -> Vec<i64> {
    let lines = text.lines().skip(1).take_while(|line| !line.is_empty());
    lines.map(|line| line.split_whitespace().next().unwrap().parse().unwrap()).collect()
}

/// `text` without what the time of the test would change in it.
pub(super) fn timeless(text: &str) -> String {
    let mut out = text.replace("\r\n", "␍\n");
    for (before, length) in [("\"generatedAt\": \"", 24), ("As of ", 20), ("Since ", 20), ("\"since\": \"", 24)] {
        while let Some(at) = out.find(&format!("{before}2")) {
            let start = at + before.len();
            out.replace_range(start..start + length, "[time]");
        }
    }
    for unit in [" days ago", " years ago"] {
        let mut from = 0;
        while let Some(at) = out[from..].find(unit) {
            let end = from + at;
            let start = out[..end].rfind(|character: char| !character.is_ascii_digit()).map_or(0, |at| at + 1);
            out.replace_range(start..end, &"#".repeat(end - start));
            from = end + unit.len();
        }
    }
    out
}

pub(super) fn all(run: &Run) -> String {
    timeless(&format!("exit {}\n-- standard error\n{}-- standard output\n{}", run.code, run.err, run.out))
}
