//! Maps HTTP to the model's operations, and their results to the contract's answers.
//!
//! Checks come in the order in which they cost: the credential, the path, the body, then the model.

mod answer;
mod request;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Method, StatusCode, Uri},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;

use self::{
    answer::{ApiKey, Data, Failure, Project},
    request::{Fields, KeyPath, ProjectPath, ScopePath},
};
use super::{
    MAX_BODY,
    fault::{Faults, inject},
    store::{Field, Store, StoreError},
};

/// The header that carries the organization key. Header names know no case.
const CREDENTIAL: &str = "confident_api_key";

/// The model, shared by the requests. Held for an operation only, never while waiting.
pub(super) type Shared = Arc<Mutex<Store>>;

/// All routes, with their faults, each answer held back by `latency`.
pub(super) fn router(store: Shared, faults: Faults, latency: Duration) -> Router {
    let keys = || get(list_keys).post(create_key);
    let key = || get(get_key).put(update_key).delete(delete_key);
    let v1 = Router::new()
        .route("/organization", get(get_organization).put(update_organization))
        .route("/organization/api-keys", keys())
        .route("/organization/api-keys/{key}", key())
        .route("/projects", get(list_projects).post(create_project))
        .route("/projects/{project}", get(get_project).put(update_project).delete(delete_project))
        .route("/projects/{project}/api-keys", keys())
        .route("/projects/{project}/api-keys/{key}", key())
        .method_not_allowed_fallback(wrong_method)
        .route_layer(from_fn_with_state(Arc::clone(&store), authenticate));
    let routes =
        Router::new().nest("/v1", v1).fallback(unknown_path).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(store);
    // Around them as a whole: a layer of theirs would come after the method has chosen its handler.
    let routes = Router::new().fallback_service(routes).layer(from_fn_with_state(faults, inject));
    if latency.is_zero() {
        return routes;
    }
    routes.layer(from_fn(move |request: Request, next: Next| async move {
        // The work is done first: who gives up waiting does not know what became of it, as in life.
        let response = next.run(request).await;
        tokio::time::sleep(latency).await;
        response
    }))
}

/// A panic elsewhere leaves a whole model behind: each operation checks before it changes anything.
fn lock(store: &Shared) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn authenticate(State(store): State<Shared>, request: Request, next: Next) -> Result<Response, Failure> {
    let value = request
        .headers()
        .get(CREDENTIAL)
        .ok_or_else(|| Failure::new(StatusCode::UNAUTHORIZED, "The header CONFIDENT_API_KEY is missing."))?;
    // A value that isn't text is no key's.
    let value = value.to_str().map_err(|_| StoreError::UnknownCredential)?;
    lock(&store).authenticate(value, Timestamp::now())?;
    Ok(next.run(request).await)
}

async fn unknown_path(uri: Uri) -> Failure {
    Failure::new(StatusCode::NOT_FOUND, format!("There is nothing at {}.", uri.path()))
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not possible at {}.", uri.path()))
}

async fn get_organization(State(store): State<Shared>) -> Response {
    Data::Organization(lock(&store).organization().into()).into_response()
}

async fn update_organization(State(store): State<Shared>, body: Fields) -> Result<Response, Failure> {
    let name = body.text("name")?;
    Ok(Data::Organization(lock(&store).rename_organization(name)?.into()).into_response())
}

async fn list_projects(State(store): State<Shared>) -> Response {
    let store = lock(&store);
    let organization = store.organization();
    Data::Projects(store.projects().iter().map(|project| Project::new(project, organization)).collect()).into_response()
}

async fn create_project(State(store): State<Shared>, body: Fields) -> Result<Response, Failure> {
    let name = body.text("name")?;
    let description = match body.optional_text("description")? {
        Field::Absent | Field::Null => None,
        Field::Value(description) => Some(description),
    };
    // The demo's organization has no list of members to look the owner up in.
    body.optional_email("email")?;
    let now = Timestamp::now();
    let mut store = lock(&store);
    let id = store.create_project(name, description, now)?.id.clone();
    let project = store.project(&id)?;
    let key = project.keys.values().next().ok_or(StoreError::KeyNotFound)?;
    Ok(Data::CreatedProject { project: Project::new(project, store.organization()), api_key: ApiKey::issued(key, now) }
        .into_response())
}

async fn get_project(State(store): State<Shared>, ProjectPath(id): ProjectPath) -> Result<Response, Failure> {
    let store = lock(&store);
    Ok(Data::Project(Project::new(store.project(&id)?, store.organization())).into_response())
}

async fn update_project(
    State(store): State<Shared>,
    ProjectPath(id): ProjectPath,
    body: Fields,
) -> Result<Response, Failure> {
    let name = match body.optional_text("name")? {
        Field::Absent => None,
        Field::Null => return Err(Failure::invalid("`name` must be a string.")),
        Field::Value(name) => Some(name),
    };
    let description = body.optional_text("description")?;
    if name.is_none() && description.is_absent() {
        return Err(Failure::invalid("Give a `name` or a `description` to change."));
    }
    let mut store = lock(&store);
    store.update_project(&id, name, description)?;
    Ok(Data::Project(Project::new(store.project(&id)?, store.organization())).into_response())
}

async fn delete_project(State(store): State<Shared>, ProjectPath(id): ProjectPath) -> Result<Response, Failure> {
    lock(&store).delete_project(&id)?;
    Ok(Data::DeletedProject { id: &id, deleted: true }.into_response())
}

async fn list_keys(State(store): State<Shared>, ScopePath(scope): ScopePath) -> Result<Response, Failure> {
    let now = Timestamp::now();
    let store = lock(&store);
    Ok(Data::ApiKeys(store.keys(&scope)?.values().map(|key| ApiKey::masked(key, now)).collect()).into_response())
}

async fn create_key(
    State(store): State<Shared>,
    ScopePath(scope): ScopePath,
    body: Fields,
) -> Result<Response, Failure> {
    let name = body.text("name")?;
    let now = Timestamp::now();
    Ok(Data::ApiKey(ApiKey::issued(lock(&store).create_key(&scope, name, now)?, now)).into_response())
}

async fn get_key(State(store): State<Shared>, KeyPath { scope, id }: KeyPath) -> Result<Response, Failure> {
    Ok(Data::ApiKey(ApiKey::masked(lock(&store).key(&scope, id)?, Timestamp::now())).into_response())
}

async fn update_key(
    State(store): State<Shared>,
    KeyPath { scope, id }: KeyPath,
    body: Fields,
) -> Result<Response, Failure> {
    let valid = body.boolean("valid")?;
    let now = Timestamp::now();
    Ok(Data::ApiKey(ApiKey::masked(lock(&store).set_key_valid(&scope, id, valid, now)?, now)).into_response())
}

async fn delete_key(State(store): State<Shared>, KeyPath { scope, id }: KeyPath) -> Result<Response, Failure> {
    lock(&store).delete_key(&scope, id)?;
    Ok(Data::DeletedKey { id, deleted: true }.into_response())
}
