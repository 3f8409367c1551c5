//! The JSON documents, which scripts build on: every field is always there, null where there is nothing.

use serde::{Serialize, Serializer};
use serde_json::ser::PrettyFormatter;
use zeroize::Zeroizing;

use super::exit::{Exit, Failure};
use super::output;
use super::place::Place;
use super::session::Session;
use super::sweep::Listed;
use crate::api::model::{ApiKey, KeyId, Organization, Project, Scope, format_time};
use crate::journal::{Entry, ScopeRecord};
use crate::json::Escaping;
use crate::secret::Secret;
use crate::status::Status;
use crate::text::Text;

/// More than one key takes with its secret, so that a buffer which holds one does not grow and leave a copy.
const ROOM: usize = 16 * 1024;

/// `value` as one document with a newline at its end.
pub(super) fn document(value: &impl Serialize) -> serde_json::Result<Zeroizing<String>> {
    let mut out = Zeroizing::new(Vec::with_capacity(ROOM));
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Escaping(PrettyFormatter::new())))?;
    out.push(b'\n');
    String::from_utf8(std::mem::take(&mut *out)).map(Zeroizing::new).map_err(serde::ser::Error::custom)
}

/// One JSON document, on standard output.
pub(super) fn print_json(document: &impl Serialize) -> Result<(), Failure> {
    let document = self::document(document)
        .map_err(|error| Failure::new(Exit::Failed, format!("The answer can't be written as JSON: {error}.")))?;
    output::print(&document)
}

/// An API key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyDocument<'a> {
    id: KeyId,
    name: Option<&'a str>,
    scope: ScopeDocument<'a>,
    valid: bool,
    status: &'static str,
    value: &'a str,
    created_at: Option<String>,
    last_used: Option<String>,
    expires_at: Option<String>,
    rotates_at: Option<String>,
}

impl<'a> KeyDocument<'a> {
    pub(super) fn new(session: &Session, place: &'a Place, key: &'a ApiKey) -> Self {
        Self::with_status(place, key, session.status(key))
    }

    /// A key of many.
    pub(super) fn of(listed: &Listed<'a>) -> Self {
        Self::with_status(listed.place, listed.key, listed.status)
    }

    pub(super) fn with_status(place: &'a Place, key: &'a ApiKey, status: Status) -> Self {
        Self {
            id: key.id,
            name: key.name.as_ref().map(Text::raw),
            scope: ScopeDocument::new(place),
            valid: key.valid,
            status: status.id(),
            value: key.value.as_str(),
            created_at: key.created_at.map(format_time),
            last_used: key.last_used.time().map(format_time),
            expires_at: key.expires_at.map(format_time),
            rotates_at: key.rotates_at.map(format_time),
        }
    }
}

/// Whose key it is.
#[derive(Serialize)]
pub(super) struct ScopeDocument<'a> {
    kind: &'static str,
    id: &'a str,
    name: &'a str,
}

impl<'a> ScopeDocument<'a> {
    pub(super) fn new(place: &'a Place) -> Self {
        let kind = match place.scope {
            Scope::Organization => "organization",
            Scope::Project(_) => "project",
        };
        Self { kind, id: place.id.raw(), name: place.name.raw() }
    }
}

/// `get`, `deactivate`, `activate`
#[derive(Serialize)]
pub(super) struct OneKey<'a> {
    pub(super) key: KeyDocument<'a>,
}

/// `journal`
#[derive(Serialize)]
pub(super) struct JournalDocument<'a> {
    pub(super) entries: Vec<EntryDocument<'a>>,
    pub(super) open: Vec<EntryDocument<'a>>,
}

/// What was done, or is open.
#[derive(Serialize)]
pub(super) struct EntryDocument<'a> {
    time: String,
    organization: Option<OrganizationDocument<'a>>,
    service: &'a str,
    scope: RecordedScope<'a>,
    action: &'static str,
    id: Option<KeyId>,
    name: Option<&'a str>,
    outcome: &'a str,
    detail: &'a str,
}

/// A scope as the journal has it: the organization's id and name may not be known.
#[derive(Serialize)]
struct RecordedScope<'a> {
    kind: &'static str,
    id: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> EntryDocument<'a> {
    /// `outcome` is the entry's, or the state of what is open.
    pub(super) fn new(entry: &'a Entry, outcome: &'a str) -> Self {
        let organization = entry
            .organization
            .as_ref()
            .map(|organization| OrganizationDocument { id: organization.id.raw(), name: organization.name.raw() });
        let scope = match &entry.scope {
            ScopeRecord::Organization => {
                let organization = entry.organization.as_ref();
                RecordedScope {
                    kind: "organization",
                    id: organization.map(|organization| organization.id.raw()),
                    name: organization.map(|organization| organization.name.raw()),
                }
            }
            ScopeRecord::Project { id, name } => {
                RecordedScope { kind: "project", id: Some(id.as_str()), name: Some(name.raw()) }
            }
        };
        Self {
            time: format_time(entry.time),
            organization,
            service: entry.service.address().raw(),
            scope,
            action: entry.action.word(),
            id: entry.id,
            name: entry.name.as_ref().map(Text::raw),
            outcome,
            detail: entry.detail.raw(),
        }
    }
}

/// `list`
#[derive(Serialize)]
pub(super) struct Keys<'a> {
    pub(super) organization: OrganizationDocument<'a>,
    pub(super) keys: Vec<KeyDocument<'a>>,
}

#[derive(Serialize)]
pub(super) struct OrganizationDocument<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> OrganizationDocument<'a> {
    pub(super) fn new(organization: &'a Organization) -> Self {
        Self { id: organization.id.raw(), name: organization.name.raw() }
    }
}

/// `whoami`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity<'a> {
    pub(super) organization: PlanDocument<'a>,
    pub(super) key: Option<KeyDocument<'a>>,
    pub(super) base_url: &'a str,
}

#[derive(Serialize)]
pub(super) struct PlanDocument<'a> {
    id: &'a str,
    name: &'a str,
    plan: Option<&'a str>,
}

impl<'a> PlanDocument<'a> {
    pub(super) fn new(organization: &'a Organization) -> Self {
        let plan = organization.plan.as_ref().map(Text::raw);
        Self { id: organization.id.raw(), name: organization.name.raw(), plan }
    }
}

/// `projects`
#[derive(Serialize)]
pub(super) struct Projects<'a> {
    pub(super) projects: Vec<ProjectDocument<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProjectDocument<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    created_at: Option<String>,
}

impl<'a> ProjectDocument<'a> {
    pub(super) fn new(project: &'a Project) -> Self {
        Self {
            id: project.id.as_str(),
            name: project.name.raw(),
            description: project.description.as_ref().map(Text::raw),
            created_at: project.created_at.map(format_time),
        }
    }
}

/// `create --to stdout`
#[derive(Serialize)]
pub(super) struct Printed<'a> {
    pub(super) key: KeyDocument<'a>,
    pub(super) secret: Exposed<'a>,
}

/// A secret that may be printed: standard output is the destination that the user named.
pub(super) struct Exposed<'a>(pub(super) &'a Secret);

impl Serialize for Exposed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

/// `create --to` elsewhere
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delivered<'a> {
    pub(super) key: KeyDocument<'a>,
    pub(super) delivered_to: String,
}

/// `delete`
#[derive(Serialize)]
pub(super) struct Deleted<'a> {
    pub(super) key: KeyDocument<'a>,
    pub(super) deleted: bool,
}

/// `--dry-run`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Plan<'a> {
    pub(super) dry_run: bool,
    pub(super) action: &'static str,
    #[serde(flatten)]
    pub(super) target: Target<'a>,
}

/// What a dry run is about.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Target<'a> {
    Key { key: KeyDocument<'a> },
    New { name: &'a str, scope: ScopeDocument<'a>, to: String },
}

impl<'a> Plan<'a> {
    pub(super) fn of_key(action: &'static str, key: KeyDocument<'a>) -> Self {
        Self { dry_run: true, action, target: Target::Key { key } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_steers_is_escaped_and_comes_back() {
        for (raw, expected) in [
            ("GitHub Actions", r#""GitHub Actions""#),
            ("日本語 é 🔑", r#""日本語 é 🔑""#),
            ("a\"b\\c/d", r#""a\"b\\c/d""#),
            ("\u{1b}[2J\n\t\u{8}\u{c}\r\u{0}", r#""\u001b[2J\u000a\u0009\u0008\u000c\u000d\u0000""#),
            ("\u{7f}\u{9b}31m", r#""\u007f\u009b31m""#),
            ("evil\u{202e}txt\u{200b}", r#""evil\u202etxt\u200b""#),
            ("tag\u{e0041}!", r#""tag\udb40\udc41!""#),
        ] {
            let document = document(&raw).unwrap();
            assert_eq!(document.trim_end(), expected);
            assert_eq!(serde_json::from_str::<String>(&document).unwrap(), raw);
        }
    }

    #[test]
    fn documents_are_pretty_and_end_with_a_newline() {
        assert_eq!(
            document(&serde_json::json!({ "a": [1], "b": {} })).unwrap().as_str(),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}\n"
        );
    }
}
