//! An earlier document of `audit --json` or `list --json`, to compare with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use super::selection;
use crate::api::model::{ApiKey, KeyId, LastUsed, MaskedValue, Organization, ProjectId, Scope};
use crate::cli::exit::Failure;
use crate::cli::place::Place;
use crate::cli::sweep::Listed;
use crate::query::Query;
use crate::status::{Status, Thresholds};
use crate::text::Text;

/// What was known then.
#[derive(Debug)]
pub(super) struct Earlier {
    organization: NamedRecord,
    keys: BTreeMap<KeyId, Known>,
    /// How the audit was made; none for a list, which is taken to hold every key there was.
    pub(super) audit: Option<Made>,
}

/// A key as it was.
#[derive(Debug)]
struct Known {
    place: Place,
    key: ApiKey,
    status: Status,
}

/// How an audit was made.
#[derive(Debug)]
pub(super) struct Made {
    /// When.
    pub(super) at: Timestamp,
    pub(super) thresholds: Thresholds,
    query: Query,
    /// The one scope that was asked for.
    scope: Option<Scope>,
    unreadable: BTreeSet<Scope>,
}

impl Made {
    /// Whether a key that stands like this would have been found then, had it been stale.
    pub(super) fn would_have(&self, listed: &Listed<'_>, now: Timestamp) -> bool {
        let scope = &listed.place.scope;
        self.scope.as_ref().is_none_or(|asked| asked == scope)
            && !self.unreadable.contains(scope)
            // What else a filter is about may have been otherwise then.
            && self.query.terms().iter().all(selection::is_lasting)
            && !selection::decides(&self.query)
            && listed.fits(&self.query, now)
    }

    /// Whether the scope was asked for, and could not be read.
    pub(super) fn could_not_read(&self, scope: &Scope) -> bool {
        self.unreadable.contains(scope)
    }
}

impl Earlier {
    /// Reads `path`.
    ///
    /// # Errors
    /// Where that can't be read, or is something else. Its contents are not quoted: it may be any file.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = Text::from(path.display().to_string());
        let text = fs::read(path)
            .map_err(|error| Failure::usage(format!("The file {shown} of --since can't be read: {error}.")))?;
        Self::parse(&text).map_err(|place| {
            Failure::usage(format!(
                "The file {shown} of --since is not what `ckeys audit --json` or `ckeys list --json` prints: {place}."
            ))
        })
    }

    /// # Errors
    /// Where the mistake is.
    fn parse(text: &[u8]) -> Result<Self, String> {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let document: Document = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let (line, path) = (error.inner().line(), error.path().to_string());
            let place = Text::from(path.as_str());
            // Where the document ends too early, there is no place in it.
            if matches!(path.as_str(), "." | "?") {
                format!("see line {line}")
            } else {
                format!("see line {line}, at {place}")
            }
        })?;
        reader.end().map_err(|error| format!("see line {}, where it should end", error.line()))?;
        let audit = document.summary.map(|summary| Made {
            at: summary.generated_at.0,
            thresholds: summary.thresholds,
            query: summary.filter.map(|filter| Query::parse(&filter).0).unwrap_or_default(),
            scope: summary.scope.map(|place| place.scope),
            unreadable: document.unreadable.into_iter().map(|record| record.scope.scope).collect(),
        });
        let keys = document.keys.into_iter().map(|known| (known.key.id, known)).collect();
        Ok(Self { organization: document.organization, keys, audit })
    }

    /// # Errors
    /// Where it is about another organization.
    pub(super) fn check(&self, organization: &Organization) -> Result<(), Failure> {
        if self.organization.id == organization.id {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "The file of --since is about another organization, {} ({}); your key is of {} ({}).",
            self.organization.name, self.organization.id, organization.name, organization.id
        )))
    }

    /// The key, as it was.
    pub(super) fn key(&self, id: KeyId) -> Option<Listed<'_>> {
        self.keys.get(&id).map(Known::listed)
    }

    /// Every key, as it was.
    pub(super) fn keys(&self) -> impl Iterator<Item = Listed<'_>> {
        self.keys.values().map(Known::listed)
    }
}

impl Known {
    fn listed(&self) -> Listed<'_> {
        Listed { place: &self.place, key: &self.key, status: self.status, is_duplicate: false }
    }
}

#[derive(Deserialize)]
struct Document {
    organization: NamedRecord,
    keys: Vec<Known>,
    #[serde(default)]
    summary: Option<SummaryRecord>,
    #[serde(default)]
    unreadable: Vec<UnreadableRecord>,
}

#[derive(Debug, Deserialize)]
struct NamedRecord {
    id: Text,
    name: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SummaryRecord {
    generated_at: Time,
    #[serde(deserialize_with = "thresholds")]
    thresholds: Thresholds,
    filter: Option<String>,
    scope: Option<Place>,
}

#[derive(Deserialize)]
struct UnreadableRecord {
    scope: Place,
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Kind {
            Organization,
            Project,
        }
        #[derive(Deserialize)]
        struct Record {
            kind: Kind,
            id: Text,
            name: Text,
        }
        let Record { kind, id, name } = Record::deserialize(deserializer)?;
        let scope = match kind {
            Kind::Organization => Scope::Organization,
            Kind::Project => Scope::Project(ProjectId::new(id.raw()).map_err(serde::de::Error::custom)?),
        };
        Ok(Self { scope, id, name, is_ambiguous: false })
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Record {
            id: KeyId,
            name: Option<Text>,
            scope: Place,
            valid: bool,
            #[serde(deserialize_with = "status")]
            status: Status,
            value: MaskedValue,
            created_at: Option<Time>,
            last_used: Option<Time>,
            expires_at: Option<Time>,
            rotates_at: Option<Time>,
        }
        let record = Record::deserialize(deserializer)?;
        let last_used = match (record.last_used, record.status) {
            (Some(Time(time)), _) => LastUsed::At(time),
            (None, Status::New | Status::NeverUsed) => LastUsed::Never,
            // Null stands for both.
            (None, _) => LastUsed::Unknown,
        };
        let key = ApiKey {
            id: record.id,
            name: record.name,
            valid: record.valid,
            value: record.value,
            created_at: record.created_at.map(|time| time.0),
            last_used,
            expires_at: record.expires_at.map(|time| time.0),
            rotates_at: record.rotates_at.map(|time| time.0),
            shadow: None,
        };
        Ok(Self { place: record.scope, key, status: record.status })
    }
}

struct Time(Timestamp);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| serde::de::Error::custom("no time"))
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
    let word = String::deserialize(deserializer)?;
    let known = Status::ALL.into_iter().find(|status| status.id() == word);
    known.ok_or_else(|| serde::de::Error::custom("no such status"))
}

fn thresholds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Thresholds, D::Error> {
    #[derive(Deserialize)]
    struct Record {
        #[serde(rename = "newDays")]
        new: u32,
        #[serde(rename = "idleDays")]
        idle: u32,
        #[serde(rename = "staleDays")]
        stale: u32,
    }
    let Record { new, idle, stale } = Record::deserialize(deserializer)?;
    Ok(Thresholds { new_days: new, idle_days: idle, stale_days: stale })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_such_document_is_told_by_its_place_and_not_quoted() {
        let key = json!({ "id": 1, "name": null, "scope": { "kind": "team", "id": "p", "name": "P" } });
        for (text, place) in [
            (String::new(), "see line 1"),
            ("confident_us_org_FAKE_not_a_key".to_owned(), "see line 1"),
            ("{}".to_owned(), "see line 1"),
            ("\n\"confident_us_org_FAKE_not_a_key\"".to_owned(), "see line 2"),
            (json!({ "organization": { "id": "o", "name": 7 }, "keys": [] }).to_string(), "at organization.name"),
            (json!({ "organization": { "id": "o", "name": "O" }, "keys": [key] }).to_string(), "at keys[0].scope.kind"),
            (json!({ "organization": { "id": "o", "name": "O" }, "keys": [] }).to_string() + " x", "should end"),
        ] {
            let error = Earlier::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(place) && !error.contains("FAKE"), "{text}: {error}");
        }
    }
}
