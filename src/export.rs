//! Keys as rows for other programs and for documents: CSV, Markdown, JSON and a table in plain text.
//!
//! Names are whatever somebody typed. [`csv`] keeps a spreadsheet from running them, [`markdown`] keeps a page from
//! obeying them; both write text in its clean form, with marks for what hides or steers. Facts stand in them as they are
//! in JSON, so that rows which are compared differ only where keys do. [`file`](mod@file) writes what the screen exports.

pub mod csv;
pub mod file;
pub(crate) mod json;
pub mod markdown;
mod plain;

use crate::api::model::{ApiKey, LastUsed, Organization, Scope, format_time};
use crate::status::Status;
use crate::text::Text;

/// The columns of [`Record::cells`], named as in JSON.
pub const COLUMNS: [&str; 12] = [
    "id",
    "name",
    "scopeKind",
    "scopeId",
    "scopeName",
    "valid",
    "status",
    "value",
    "createdAt",
    "lastUsed",
    "expiresAt",
    "rotatesAt",
];

/// A key and what is known around it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The key.
    pub key: &'a ApiKey,
    /// How it stands.
    pub status: Status,
    /// Where it is.
    pub scope: &'a Scope,
    /// The scope's id; that of the organization, where it is no project.
    pub scope_id: &'a Text,
    /// The scope's name.
    pub scope_name: &'a Text,
}

impl Record<'_> {
    /// The facts, for [`COLUMNS`]. Nothing stands where the service said nothing, `never` where it said that the key was
    /// never used. Times are ISO 8601, in UTC.
    pub fn cells(&self) -> [String; COLUMNS.len()] {
        let Self { key, status, scope, scope_id, scope_name } = self;
        let time = |time: Option<jiff::Timestamp>| time.map(format_time).unwrap_or_default();
        [
            key.id.to_string(),
            key.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            match scope {
                Scope::Organization => "organization".to_owned(),
                Scope::Project(_) => "project".to_owned(),
            },
            scope_id.to_string(),
            scope_name.to_string(),
            key.valid.to_string(),
            status.id().to_owned(),
            key.value.as_str().to_owned(),
            time(key.created_at),
            match key.last_used {
                LastUsed::Unknown => String::new(),
                LastUsed::Never => "never".to_owned(),
                LastUsed::At(at) => format_time(at),
            },
            time(key.expires_at),
            time(key.rotates_at),
        ]
    }
}

/// What an export can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For spreadsheets.
    #[default]
    Csv,
    /// For programs; the document of `ckeys list --json`.
    Json,
    /// For documents and forges.
    Markdown,
    /// For people, in plain text.
    Table,
}

impl Format {
    /// All of them, in their order on the screen.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Json, Self::Markdown, Self::Table];

    /// Its word, as `--format` takes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Table => "table",
        }
    }

    /// How the names of its files end.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Markdown => "md",
            Self::Table => "txt",
        }
    }
}

/// The columns for people, in Markdown and in plain text.
const TITLES: [&str; 7] = ["ID", "Status", "Name", "Scope", "Last used (UTC)", "Created (UTC)", "Key"];

/// The facts for [`TITLES`].
fn cells_for_people(record: &Record<'_>) -> [String; TITLES.len()] {
    let Record { key, status, scope, scope_name, .. } = record;
    let minute = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M").to_string();
    [
        key.id.to_string(),
        status.word().to_owned(),
        key.title().to_owned(),
        match scope {
            Scope::Organization => "(organization)".to_owned(),
            Scope::Project(_) => scope_name.to_string(),
        },
        match key.last_used {
            LastUsed::Unknown => "unknown".to_owned(),
            LastUsed::Never => "never".to_owned(),
            LastUsed::At(at) => minute(at),
        },
        key.created_at.map_or_else(|| "unknown".to_owned(), minute),
        format!("…{}", key.value.tail()),
    ]
}

/// `records`, which are keys of `organization`, as `format`, in their order. Values are masked, as everywhere.
///
/// # Errors
/// Where that can't be done, in words.
pub fn render(format: Format, organization: Option<&Organization>, records: &[Record<'_>]) -> Result<String, String> {
    Ok(match format {
        Format::Csv => csv::table(&COLUMNS, records.iter().map(Record::cells)),
        Format::Markdown => markdown::table(&TITLES, records.iter().map(cells_for_people)),
        Format::Table => plain::table(&TITLES, &records.iter().map(cells_for_people).collect::<Vec<_>>()),
        Format::Json => {
            let document = json::document(&json::Keys {
                organization: organization.map(json::OrganizationDocument::new),
                keys: records.iter().map(json::KeyDocument::of_record).collect(),
            });
            document.map_err(|error| error.to_string())?.as_str().to_owned()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::model::{KeyId, MaskedValue, ProjectId};

    #[test]
    fn each_format_has_each_key_in_its_order_and_no_value() {
        let scope = Scope::Project(ProjectId::new("p1").unwrap());
        let organization = Scope::Organization;
        let key = |id, name: &str, last_used| ApiKey {
            id: KeyId(id),
            name: Some(name.into()),
            valid: true,
            value: MaskedValue::new("confident_us_proj_FAKE-NOT-A-KEY-d4e5f6"),
            created_at: "2025-01-02T03:04:05Z".parse().ok(),
            last_used,
            expires_at: None,
            rotates_at: None,
            shadow: None,
        };
        let used = LastUsed::At("2026-11-20T10:11:12Z".parse().unwrap());
        let keys =
            [key(7, "=cmd|x", LastUsed::Never), key(3, "evil\u{202e}txt", used), key(5, "CI", LastUsed::Unknown)];
        let (id, name) = (Text::from("p1"), Text::from("Sandbox, \"b\""));
        let record = |key, scope| Record { key, status: Status::Stale, scope, scope_id: &id, scope_name: &name };
        let records = [record(&keys[0], &scope), record(&keys[1], &organization), record(&keys[2], &scope)];
        for (format, expected) in [
            (Format::Csv, "id,name,"),
            (Format::Json, "{\n  \"organization\": null,"),
            (Format::Markdown, "| ID | Status | Name |"),
            (Format::Table, "ID  Status  Name "),
        ] {
            let text = render(format, None, &records).unwrap();
            assert!(text.starts_with(expected), "{text}");
            assert!(!text.contains("FAKE") && text.contains("d4e5f6"), "{text}");
            // Ids stand at the beginning of a row, or behind their name.
            let ids: Vec<usize> = ["7", "3", "5"]
                .iter()
                .map(|id| {
                    let starts =
                        [format!("\n{id},"), format!("\"id\": {id},"), format!("\n| {id} |"), format!("\n{id} ")];
                    starts.iter().find_map(|start| text.find(start.as_str())).unwrap()
                })
                .collect();
            assert!(ids.is_sorted(), "{text}");
        }
        let text = render(Format::Table, None, &records).unwrap();
        assert_eq!(
            text,
            "ID  Status  Name             Scope           Last used (UTC)   Created (UTC)     Key\n\
             7   stale   =cmd|x           Sandbox, \"b\"    never             2025-01-02 03:04  …d4e5f6\n\
             3   stale   evil<U+202E>txt  (organization)  2026-11-20 10:11  2025-01-02 03:04  …d4e5f6\n\
             5   stale   CI               Sandbox, \"b\"    unknown           2025-01-02 03:04  …d4e5f6\n"
        );
    }
}
