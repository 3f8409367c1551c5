//! The JSON documents of the commands; those about keys are [`crate::export::json`]'s.

use serde::{Serialize, Serializer};

use super::exit::{Exit, Failure};
use super::output;
use super::place::Place;
use super::session::Session;
use super::sweep::Listed;
use crate::api::model::{ApiKey, KeyId, Organization, Project, format_time};
use crate::config::InForce;
use crate::export::Record;
pub(super) use crate::export::json::{KeyDocument, Keys, OrganizationDocument, ScopeDocument, document};
use crate::journal::{Entry, ScopeRecord};
use crate::secret::Secret;
use crate::status::Status;
use crate::text::Text;

/// One JSON document, on standard output.
pub(super) fn print_json(document: &impl Serialize) -> Result<(), Failure> {
    let document = self::document(document)
        .map_err(|error| Failure::new(Exit::Failed, format!("The answer can't be written as JSON: {error}.")))?;
    output::print(&document)
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
        let Place { scope, id, name, .. } = place;
        Self::of_record(&Record { key, status, scope, scope_id: id, scope_name: name })
    }
}

impl<'a> ScopeDocument<'a> {
    pub(super) fn new(place: &'a Place) -> Self {
        Self::of(&place.scope, &place.id, &place.name)
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
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<KeyId>,
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
            replaces: entry.replaces,
            outcome,
            detail: entry.detail.raw(),
        }
    }
}

/// `whoami`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity<'a> {
    pub(super) organization: PlanDocument<'a>,
    pub(super) key: Option<KeyDocument<'a>>,
    pub(super) base_url: &'a str,
    pub(super) in_force: InForceDocument<'a>,
}

/// Which profile is in force, and where the rest is from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InForceDocument<'a> {
    profile: Option<&'a str>,
    profile_by: Option<&'static str>,
    key_from: &'static str,
    address_from: &'static str,
    read_only: bool,
}

impl<'a> InForceDocument<'a> {
    pub(super) fn new(in_force: &'a InForce) -> Self {
        let profile = in_force.profile.as_ref();
        Self {
            profile: profile.map(|(name, _)| name.as_str()),
            profile_by: profile.map(|(_, by)| by.word()),
            key_from: in_force.key.word(),
            address_from: in_force.address.word(),
            read_only: in_force.read_only.is_some(),
        }
    }
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
pub(super) struct ProjectsDocument<'a> {
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

/// `create` and `rotate` with `--to stdout`
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

/// `create` and `rotate` with `--to` elsewhere
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
