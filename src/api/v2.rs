//! Version 2: a single thing is the whole of an answer's data, keys can expire, and can be rotated in place.

use reqwest::Method;
use serde_json::json;

use super::error::ApiError;
use super::model::{ApiKey, CreatedKey, KeyId, Lifetime, Organization, Project, Rotation, Scope};
use super::transport::{Request, Transport};
use super::version::Version;
use super::wire::{self, ApiKeys, IssuedKey, Projects};

const VERSION: Version = Version::V2;

pub(super) async fn organization(transport: &Transport) -> Result<Organization, ApiError> {
    transport.call(Request::new(VERSION, Method::GET, &["organization"])).await
}

pub(super) async fn projects(transport: &Transport) -> Result<Vec<Project>, ApiError> {
    let request = Request::new(VERSION, Method::GET, &["projects"]);
    Ok(transport.call_for_list::<Projects>(request).await?.projects)
}

pub(super) async fn list(transport: &Transport, scope: &Scope) -> Result<Vec<ApiKey>, ApiError> {
    let request = wire::about_keys(VERSION, Method::GET, scope, None);
    Ok(transport.call_for_list::<ApiKeys>(request).await?.api_keys)
}

pub(super) async fn get(transport: &Transport, scope: &Scope, id: KeyId) -> Result<ApiKey, ApiError> {
    transport.call(wire::about_keys(VERSION, Method::GET, scope, Some(id))).await
}

pub(super) async fn create(
    transport: &Transport,
    scope: &Scope,
    name: &str,
    lifetime: Lifetime,
) -> Result<CreatedKey, ApiError> {
    let body = match lifetime {
        Lifetime::Days(days) => json!({ "name": name, "expiresInDays": days }),
        Lifetime::Unlimited => json!({ "name": name }),
    };
    let request = wire::about_keys(VERSION, Method::POST, scope, None).json(body);
    Ok(wire::issued(transport.call::<IssuedKey>(request).await?))
}

pub(super) async fn rotate(
    transport: &Transport,
    scope: &Scope,
    id: KeyId,
    rotation: Rotation,
) -> Result<CreatedKey, ApiError> {
    let hours = rotation.grace_hours;
    let body = match rotation.lifetime {
        None => json!({ "gracePeriodInHours": hours }),
        Some(Lifetime::Unlimited) => json!({ "gracePeriodInHours": hours, "expiresInDays": null }),
        Some(Lifetime::Days(days)) => json!({ "gracePeriodInHours": hours, "expiresInDays": days }),
    };
    let mut request = wire::about_keys(VERSION, Method::POST, scope, Some(id));
    request.push("rotate");
    Ok(wire::issued(transport.call::<IssuedKey>(request.json(body)).await?))
}

pub(super) async fn set_valid(
    transport: &Transport,
    scope: &Scope,
    id: KeyId,
    valid: bool,
) -> Result<ApiKey, ApiError> {
    transport.call(wire::about_keys(VERSION, Method::PUT, scope, Some(id)).json(json!({ "valid": valid }))).await
}

/// Whether the answer acknowledges it.
pub(super) async fn delete(transport: &Transport, scope: &Scope, id: KeyId) -> Result<bool, ApiError> {
    let answer = transport.call(wire::about_keys(VERSION, Method::DELETE, scope, Some(id))).await?;
    Ok(wire::acknowledges(&answer, id))
}
