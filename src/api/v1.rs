//! Version 1: a single thing is wrapped in its name, and keys have neither an expiry nor a rotation.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::error::ApiError;
use super::model::{ApiKey, CreatedKey, KeyId, Organization, Project, Scope};
use super::transport::{Request, Transport};
use super::version::Version;
use super::wire::{self, ApiKeys, IssuedKey, Projects};

const VERSION: Version = Version::V1;

#[derive(Deserialize)]
struct OrganizationData {
    organization: Organization,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyData<K> {
    api_key: K,
}

pub(super) async fn organization(transport: &Transport) -> Result<Organization, ApiError> {
    let request = Request::new(VERSION, Method::GET, &["organization"]);
    Ok(transport.call::<OrganizationData>(request).await?.organization)
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
    let request = wire::about_keys(VERSION, Method::GET, scope, Some(id));
    Ok(transport.call::<KeyData<ApiKey>>(request).await?.api_key)
}

pub(super) async fn create(transport: &Transport, scope: &Scope, name: &str) -> Result<CreatedKey, ApiError> {
    let request = wire::about_keys(VERSION, Method::POST, scope, None).json(json!({ "name": name }));
    Ok(wire::issued(transport.call::<KeyData<IssuedKey>>(request).await?.api_key))
}

pub(super) async fn set_valid(
    transport: &Transport,
    scope: &Scope,
    id: KeyId,
    valid: bool,
) -> Result<ApiKey, ApiError> {
    let request = wire::about_keys(VERSION, Method::PUT, scope, Some(id)).json(json!({ "valid": valid }));
    Ok(transport.call::<KeyData<ApiKey>>(request).await?.api_key)
}

/// Whether the answer acknowledges it.
pub(super) async fn delete(transport: &Transport, scope: &Scope, id: KeyId) -> Result<bool, ApiError> {
    let answer = transport.call(wire::about_keys(VERSION, Method::DELETE, scope, Some(id))).await?;
    Ok(wire::acknowledges(&answer, id))
}
