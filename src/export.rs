//! Keys as rows for other programs and for documents: CSV and Markdown.
//!
//! Names are whatever somebody typed. [`csv`] keeps a spreadsheet from running them, [`markdown`] keeps a page from
//! obeying them; both write text in its clean form, with marks for what hides or steers. Facts stand in them as they are
//! in JSON, so that rows which are compared differ only where keys do.

pub mod csv;
pub mod markdown;

use crate::api::model::{ApiKey, LastUsed, Scope, format_time};
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
