//! Reads what the calls take from paths and bodies; what can't be read is answered with the envelope.

use std::num::IntErrorKind;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{StatusCode, request::Parts},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::answer::Failure;
use crate::demo::store::{Field, Scope, StoreError};

/// The parts of a path that name things, as the routes call them.
#[derive(Deserialize)]
struct Names {
    project: Option<String>,
    key: Option<String>,
}

impl Names {
    fn scope(project: Option<String>) -> Scope {
        project.map_or(Scope::Organization, Scope::Project)
    }
}

async fn path<T: DeserializeOwned + Send, S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<T, Failure> {
    match Path::from_request_parts(parts, state).await {
        Ok(Path(names)) => Ok(names),
        Err(rejection) => Err(Failure::new(rejection.status(), rejection.body_text())),
    }
}

/// The id of the project that the path names.
pub(super) struct ProjectPath(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for ProjectPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Names { project, .. } = path(parts, state).await?;
        project.map(Self).ok_or_else(|| StoreError::ProjectNotFound.into())
    }
}

/// The project that the path names, or else the organization.
pub(super) struct ScopePath(pub(super) Scope);

impl<S: Send + Sync> FromRequestParts<S> for ScopePath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Names { project, .. } = path(parts, state).await?;
        Ok(Self(Names::scope(project)))
    }
}

/// The scope and id of the key that the path names.
pub(super) struct KeyPath {
    pub(super) scope: Scope,
    pub(super) id: u64,
}

impl<S: Send + Sync> FromRequestParts<S> for KeyPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Names { project, key } = path(parts, state).await?;
        let id = key_id(&key.unwrap_or_default())?;
        Ok(Self { scope: Names::scope(project), id })
    }
}

/// An integer that is no key's id is a key that isn't there; anything else is a mistake.
fn key_id(text: &str) -> Result<u64, Failure> {
    match text.parse::<i64>().map(u64::try_from) {
        Ok(Ok(id)) => Ok(id),
        Ok(Err(_)) => Err(StoreError::KeyNotFound.into()),
        Err(error) if matches!(error.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) => {
            Err(StoreError::KeyNotFound.into())
        }
        Err(_) => Err(Failure::new(StatusCode::BAD_REQUEST, "The id of an API key must be an integer.")),
    }
}

/// A body that is a JSON object. Fields that nobody asks for are ignored.
pub(super) struct Fields(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Failure::new(rejection.status(), rejection.body_text()))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Failure::invalid("The body must be a JSON object.")),
            Err(error) => {
                Err(Failure::new(StatusCode::BAD_REQUEST, format!("The body can't be read as JSON: {error}.")))
            }
        }
    }
}

impl Fields {
    pub(super) fn text(&self, field: &str) -> Result<&str, Failure> {
        match self.optional_text(field)? {
            Field::Value(text) => Ok(text),
            Field::Null => Err(Failure::invalid(format!("`{field}` must be a string."))),
            Field::Absent => Err(Failure::invalid(format!("`{field}` is missing."))),
        }
    }

    pub(super) fn optional_text(&self, field: &str) -> Result<Field<&str>, Failure> {
        match self.0.get(field) {
            None => Ok(Field::Absent),
            Some(Value::Null) => Ok(Field::Null),
            Some(Value::String(text)) => Ok(Field::Value(text)),
            Some(_) => Err(Failure::invalid(format!("`{field}` must be a string."))),
        }
    }

    pub(super) fn boolean(&self, field: &str) -> Result<bool, Failure> {
        match self.0.get(field) {
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(Failure::invalid(format!("`{field}` must be true or false."))),
            None => Err(Failure::invalid(format!("`{field}` is missing."))),
        }
    }

    /// A whole number that is not below zero; the model says which ones it takes.
    pub(super) fn optional_number(&self, field: &str) -> Result<Field<u32>, Failure> {
        match self.0.get(field) {
            None => Ok(Field::Absent),
            Some(Value::Null) => Ok(Field::Null),
            Some(value) => match value.as_u64() {
                // One that is too large is too large for the model as well.
                Some(number) => Ok(Field::Value(u32::try_from(number).unwrap_or(u32::MAX))),
                None => Err(Failure::invalid(format!("`{field}` must be a whole number."))),
            },
        }
    }

    /// Refuses what can't be an email address; says nothing of whether it is anyone's.
    pub(super) fn optional_email(&self, field: &str) -> Result<(), Failure> {
        let Field::Value(address) = self.optional_text(field)? else { return Ok(()) };
        let is_plausible =
            address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        if is_plausible { Ok(()) } else { Err(Failure::invalid(format!("`{field}` must be an email address."))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_that_are_no_ids_are_not_found_and_the_rest_is_a_mistake() {
        assert_eq!(key_id("34").ok(), Some(34));
        for (text, status) in [
            ("-1", StatusCode::NOT_FOUND),
            ("99999999999999999999", StatusCode::NOT_FOUND),
            ("-99999999999999999999", StatusCode::NOT_FOUND),
            ("", StatusCode::BAD_REQUEST),
            ("abc", StatusCode::BAD_REQUEST),
            ("1.5", StatusCode::BAD_REQUEST),
            ("1e3", StatusCode::BAD_REQUEST),
            ("٣٤", StatusCode::BAD_REQUEST),
        ] {
            let expected = format!("status: {},", status.as_u16());
            assert!(format!("{:?}", key_id(text)).contains(&expected), "{text}");
        }
    }
}
