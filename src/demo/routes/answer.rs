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

/// What a call answers when it did its work, under the name that the contract gives it.
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
        deleted: bool,
    },
    #[serde(untagged)]
    DeletedKey {
        id: u64,
        deleted: bool,
    },
}

impl IntoResponse for Data<'_> {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Envelope<'a> {
            success: bool,
            data: Data<'a>,
            deprecated: bool,
        }
        Json(Envelope { success: true, data: self, deprecated: false }).into_response()
    }
}

/// What a call answers when it did nothing.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    error: Cow<'static, str>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, error: impl Into<Cow<'static, str>>) -> Self {
        Self { status, error: error.into() }
    }

    /// The body is JSON, but not what the call takes.
    pub(super) fn invalid(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::UnknownCredential | StoreError::InactiveCredential | StoreError::ProjectCredential => {
                StatusCode::UNAUTHORIZED
            }
            StoreError::ProjectNotFound | StoreError::KeyNotFound => StatusCode::NOT_FOUND,
            StoreError::NameTaken => StatusCode::CONFLICT,
            StoreError::NameEmpty | StoreError::NameTooLong | StoreError::DescriptionTooLong => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Envelope<'a> {
            success: bool,
            error: &'a str,
            deprecated: bool,
        }
        (self.status, Json(Envelope { success: false, error: &self.error, deprecated: false })).into_response()
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
}

impl<'a> Project<'a> {
    pub(super) fn new(project: &'a store::Project, organization: &'a store::Organization) -> Self {
        Self {
            id: &project.id,
            name: &project.name,
            description: project.description.as_deref(),
            organization_id: &organization.id,
            created_at: project.created_at,
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
}

impl<'a> ApiKey<'a> {
    /// As every answer shows it but the one that issues it.
    pub(super) fn masked(key: &'a store::Key, now: Timestamp) -> Self {
        Self::with_value(key, key.masked().into(), now)
    }

    /// With its full value: only for the answer to the call that made it.
    pub(super) fn issued(key: &'a store::Key, now: Timestamp) -> Self {
        Self::with_value(key, key.value.expose().into(), now)
    }

    fn with_value(key: &'a store::Key, value: Cow<'a, str>, now: Timestamp) -> Self {
        let name = match &key.name {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(name) => Field::Value(name.as_str()),
        };
        Self { id: key.id, name, valid: key.valid, value, created_at: key.created_at, last_used: key.last_used(now) }
    }
}

fn time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
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
