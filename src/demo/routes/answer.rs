//! The contract's answers: the envelope, and what the model's things look like inside it.

use std::borrow::Cow;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, fmt::temporal::DateTimePrinter};
use serde::{Serialize, Serializer};

use crate::demo::store::{self, Field, StoreError};

/// Times have milliseconds, always.
static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// Which of the service's interfaces a call came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// What a call answers when it did its work, under the name that version 1 gives it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Data<'a> {
    Organization(Organization<'a>),
    Projects(Vec<Project<'a>>),
    Project(Project<'a>),
    ApiKeys(Vec<ApiKey<'a>>),
    ApiKey(ApiKey<'a>),
    #[serde(untagged)]
    CreatedProject {
        project: Project<'a>,
        api_key: ApiKey<'a>,
    },
    #[serde(untagged)]
    DeletedProject {
        id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        deleted: Option<bool>,
    },
    #[serde(untagged)]
    DeletedKey {
        id: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        deleted: Option<bool>,
    },
}

impl Data<'_> {
    /// The whole answer. In version 2, a single thing has no name around it.
    pub(super) fn answer(self, version: Version) -> Response {
        match (version, self) {
            (Version::V2, Data::Organization(organization)) => success(organization),
            (Version::V2, Data::Project(project)) => success(project),
            (Version::V2, Data::ApiKey(key)) => success(key),
            (_, data) => success(data),
        }
    }
}

impl Version {
    /// What says that something was deleted, beside its id.
    pub(super) fn deleted(self) -> Option<bool> {
        match self {
            Self::V1 => Some(true),
            Self::V2 => None,
        }
    }
}

/// The envelope of a call that did its work.
pub(super) fn success(data: impl Serialize) -> Response {
    #[derive(Serialize)]
    struct Envelope<D> {
        success: bool,
        data: D,
        deprecated: bool,
    }
    Json(Envelope { success: true, data, deprecated: false }).into_response()
}

/// What a call answers when it did nothing.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    error: Cow<'static, str>,
    details: Option<Details>,
}

/// How much of what the plan allows is used.
#[derive(Debug, Clone, Copy, Serialize)]
struct Details {
    usage: usize,
    limit: usize,
}

impl Failure {
    pub(super) fn new(status: StatusCode, error: impl Into<Cow<'static, str>>) -> Self {
        Self { status, error: error.into(), details: None }
    }

    /// The body is JSON, but not what the call takes.
    pub(super) fn invalid(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::UnknownCredential
            | StoreError::InactiveCredential
            | StoreError::ExpiredCredential
            | StoreError::ProjectCredential => StatusCode::UNAUTHORIZED,
            StoreError::ProjectLimit { .. } => StatusCode::FORBIDDEN,
            StoreError::ProjectNotFound | StoreError::KeyNotFound => StatusCode::NOT_FOUND,
            StoreError::NameTaken => StatusCode::CONFLICT,
            StoreError::NameEmpty
            | StoreError::NameTooLong
            | StoreError::DescriptionTooLong
            | StoreError::ExpiryOutOfRange
            | StoreError::GraceOutOfRange
            | StoreError::ExpiryRequired
            | StoreError::GraceOnExpired
            | StoreError::GracePastExpiry => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let details = match error {
            StoreError::ProjectLimit { usage, limit } => Some(Details { usage, limit }),
            _ => None,
        };
        Self { details, ..Self::new(status, error.to_string()) }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Envelope<'a> {
            success: bool,
            error: &'a str,
            deprecated: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            details: Option<Details>,
        }
        let Self { status, error, details } = &self;
        (*status, Json(Envelope { success: false, error, deprecated: false, details: *details })).into_response()
    }
}

#[derive(Serialize)]
pub(super) struct Organization<'a> {
    id: &'a str,
    name: &'a str,
    plan: &'static str,
    #[serde(serialize_with = "time")]
    created_at: Timestamp,
}

impl<'a> From<&'a store::Organization> for Organization<'a> {
    fn from(organization: &'a store::Organization) -> Self {
        let store::Organization { id, name, plan, created_at } = organization;
        Self { id, name, plan, created_at: *created_at }
    }
}

#[derive(Serialize)]
pub(super) struct Project<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    #[serde(rename = "organizationId")]
    organization_id: &'a str,
    #[serde(serialize_with = "time")]
    created_at: Timestamp,
    /// The vendor's clients want it said that there is none.
    #[serde(rename = "governancePolicy")]
    governance_policy: (),
}

impl<'a> Project<'a> {
    pub(super) fn new(project: &'a store::Project, organization: &'a store::Organization) -> Self {
        Self {
            id: &project.id,
            name: &project.name,
            description: project.description.as_deref(),
            organization_id: &organization.id,
            created_at: project.created_at,
            governance_policy: (),
        }
    }
}

#[derive(Serialize)]
pub(super) struct ApiKey<'a> {
    id: u64,
    #[serde(skip_serializing_if = "Field::is_absent", serialize_with = "nullable")]
    name: Field<&'a str>,
    valid: bool,
    value: Cow<'a, str>,
    #[serde(serialize_with = "time")]
    created_at: Timestamp,
    #[serde(rename = "lastUsed", skip_serializing_if = "Field::is_absent", serialize_with = "nullable_time")]
    last_used: Field<Timestamp>,
    #[serde(flatten)]
    life: Option<Life<'a>>,
}

/// What version 2 says of a key beyond that. Always all of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Life<'a> {
    #[serde(serialize_with = "nullable_time")]
    expires_at: Field<Timestamp>,
    shadow_value: Option<Cow<'a, str>>,
    #[serde(serialize_with = "nullable_time")]
    rotates_at: Field<Timestamp>,
}

impl<'a> ApiKey<'a> {
    /// As every answer shows it but the one that issues a value.
    pub(super) fn masked(key: &'a store::Key, version: Version, now: Timestamp) -> Self {
        let shadow = key.shadow.as_ref().map(|shadow| store::masked(shadow.value.expose()).into());
        Self::with_values(key, key.masked().into(), shadow, version, now)
    }

    /// With its newest value in full: only for the answer to the call that made that.
    pub(super) fn issued(key: &'a store::Key, version: Version, now: Timestamp) -> Self {
        match &key.shadow {
            Some(shadow) => {
                Self::with_values(key, key.masked().into(), Some(shadow.value.expose().into()), version, now)
            }
            None => Self::with_values(key, key.value.expose().into(), None, version, now),
        }
    }

    fn with_values(
        key: &'a store::Key,
        value: Cow<'a, str>,
        shadow_value: Option<Cow<'a, str>>,
        version: Version,
        now: Timestamp,
    ) -> Self {
        let name = match &key.name {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(name) => Field::Value(name.as_str()),
        };
        let last_used = match key.last_used(now) {
            Field::Absent if version == Version::V2 => Field::Null,
            last_used => last_used,
        };
        let life = (version == Version::V2).then(|| Life {
            expires_at: key.expires_at.map_or(Field::Null, Field::Value),
            shadow_value,
            rotates_at: key.shadow.as_ref().map_or(Field::Null, |shadow| Field::Value(shadow.rotates_at)),
        });
        Self { id: key.id, name, valid: key.valid, value, created_at: key.created_at, last_used, life }
    }
}

pub(super) fn time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&PRINTER.timestamp_to_string(time))
}

fn nullable<S: Serializer>(field: &Field<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    match field {
        Field::Absent | Field::Null => serializer.serialize_none(),
        Field::Value(text) => serializer.serialize_str(text),
    }
}

fn nullable_time<S: Serializer>(field: &Field<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match field {
        Field::Absent | Field::Null => serializer.serialize_none(),
        Field::Value(at) => time(at, serializer),
    }
}
