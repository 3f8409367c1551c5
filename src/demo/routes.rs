//! Maps HTTP to the model's operations, and their results to the contract's answers.
//!
//! Both versions of the interface have the same routes, but for rotation, and the same model; what they answer differs in
//! `answer`. Checks come in the order in which they cost: the credential, the path, the body, then the model.
//!
//! `/demo/clock` is no part of the contract: it tells the service's time, and moves it on.

mod answer;
mod clock;
mod request;

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

use self::{
    answer::{ApiKey, Data, Failure, Project, Version},
    request::{Fields, KeyPath, ProjectPath, ScopePath},
};
use super::{
    Api, MAX_BODY,
    clock::Clock,
    fault::{Faults, inject},
    store::{Field, Rotation, Store, StoreError},
};

/// The header that carries the organization key. Header names know no case.
const CREDENTIAL: &str = "confident_api_key";

/// The model and its clock, shared by the requests. The model is held for an operation only, never while waiting.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    store: Arc<Mutex<Store>>,
    clock: Clock,
}

impl Shared {
    pub(super) fn new(store: Store, clock: Clock) -> Self {
        Self { store: Arc::new(Mutex::new(store)), clock }
    }

    /// A panic elsewhere leaves a whole model behind: each operation checks before it changes anything.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self::V1))
    }
}

/// All routes, with their faults, each answer held back by `latency`.
pub(super) fn router(shared: &Shared, api: Api, faults: Faults, latency: Duration) -> Router {
    let mut routes = Router::new();
    if api != Api::V2 {
        routes = routes.nest("/v1", version(shared, Version::V1));
    }
    if api != Api::V1 {
        routes = routes.nest("/v2", version(shared, Version::V2));
    }
    let routes = routes
        .route("/demo/clock", get(clock::tell).post(clock::move_on))
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(shared.clone(), date))
        .with_state(shared.clone());
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

/// The routes of one version.
fn version(shared: &Shared, version: Version) -> Router<Shared> {
    let keys = || get(list_keys).post(create_key);
    let key = || get(get_key).put(update_key).delete(delete_key);
    let mut routes = Router::new()
        .route("/organization", get(get_organization).put(update_organization))
        .route("/organization/api-keys", keys())
        .route("/organization/api-keys/{key}", key())
        .route("/projects", get(list_projects).post(create_project))
        .route("/projects/{project}", get(get_project).put(update_project).delete(delete_project))
        .route("/projects/{project}/api-keys", keys())
        .route("/projects/{project}/api-keys/{key}", key());
    if version == Version::V2 {
        routes = routes
            .route("/organization/api-keys/{key}/rotate", post(rotate_key))
            .route("/projects/{project}/api-keys/{key}/rotate", post(rotate_key));
    }
    routes
        .method_not_allowed_fallback(wrong_method)
        .route_layer(from_fn_with_state(shared.clone(), authenticate))
        .layer(Extension(version))
}

async fn authenticate(State(shared): State<Shared>, request: Request, next: Next) -> Result<Response, Failure> {
    let value = request
        .headers()
        .get(CREDENTIAL)
        .ok_or_else(|| Failure::new(StatusCode::UNAUTHORIZED, "The header CONFIDENT_API_KEY is missing."))?;
    // A value that isn't text is no key's.
    let value = value.to_str().map_err(|_| StoreError::UnknownCredential)?;
    let outgoing_until = shared.store().authenticate(value, shared.now())?;
    let mut response = next.run(request).await;
    if let Some(end) = outgoing_until {
        let headers = response.headers_mut();
        headers.insert("x-api-key-warning", HeaderValue::from_static(OUTGOING));
        if let Some(end) = http_date(end) {
            headers.insert("sunset", end);
        }
    }
    Ok(response)
}

/// What is said to whoever signs with the old value of a key that is being rotated.
const OUTGOING: &str = "This API key is being rotated: use its new value before this one stops.";

/// A clock that was set is the one that answers are dated by.
async fn date(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if shared.clock.was_set()
        && let Some(now) = http_date(shared.now())
    {
        response.headers_mut().insert("date", now);
    }
    response
}

/// A time as headers have it; none for years that they can't tell.
fn http_date(at: Timestamp) -> Option<HeaderValue> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?.try_into().ok()
}

async fn unknown_path(uri: Uri) -> Failure {
    Failure::new(StatusCode::NOT_FOUND, format!("There is nothing at {}.", uri.path()))
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not possible at {}.", uri.path()))
}

async fn get_organization(State(shared): State<Shared>, version: Version) -> Response {
    Data::Organization(shared.store().organization().into()).answer(version)
}

async fn update_organization(
    State(shared): State<Shared>,
    version: Version,
    body: Fields,
) -> Result<Response, Failure> {
    let name = body.text("name")?;
    Ok(Data::Organization(shared.store().rename_organization(name)?.into()).answer(version))
}

async fn list_projects(State(shared): State<Shared>, version: Version) -> Response {
    let store = shared.store();
    let organization = store.organization();
    let mut projects: Vec<_> = store.projects().iter().collect();
    if version == Version::V2 {
        projects.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Data::Projects(projects.into_iter().map(|project| Project::new(project, organization)).collect()).answer(version)
}

async fn create_project(State(shared): State<Shared>, version: Version, body: Fields) -> Result<Response, Failure> {
    let name = body.text("name")?;
    let description = match body.optional_text("description")? {
        Field::Absent | Field::Null => None,
        Field::Value(description) => Some(description),
    };
    // The demo's organization has no list of members to look the owner up in.
    body.optional_email("email")?;
    let now = shared.now();
    let mut store = shared.store();
    if version == Version::V2 {
        store.check_project_limit()?;
    }
    let id = store.create_project(name, description, now)?.id.clone();
    let project = store.project(&id)?;
    let key = project.keys.values().next().ok_or(StoreError::KeyNotFound)?;
    let data = Data::CreatedProject {
        project: Project::new(project, store.organization()),
        api_key: ApiKey::issued(key, version, now),
    };
    Ok(data.answer(version))
}

async fn get_project(
    State(shared): State<Shared>,
    version: Version,
    ProjectPath(id): ProjectPath,
) -> Result<Response, Failure> {
    let store = shared.store();
    Ok(Data::Project(Project::new(store.project(&id)?, store.organization())).answer(version))
}

async fn update_project(
    State(shared): State<Shared>,
    version: Version,
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
    let mut store = shared.store();
    store.update_project(&id, name, description)?;
    Ok(Data::Project(Project::new(store.project(&id)?, store.organization())).answer(version))
}

async fn delete_project(
    State(shared): State<Shared>,
    version: Version,
    ProjectPath(id): ProjectPath,
) -> Result<Response, Failure> {
    shared.store().delete_project(&id)?;
    Ok(Data::DeletedProject { id: &id, deleted: version.deleted() }.answer(version))
}

async fn list_keys(
    State(shared): State<Shared>,
    version: Version,
    ScopePath(scope): ScopePath,
) -> Result<Response, Failure> {
    let now = shared.now();
    let mut store = shared.store();
    let mut keys: Vec<_> =
        store.list_keys(&scope, now)?.values().map(|key| ApiKey::masked(key, version, now)).collect();
    if version == Version::V2 {
        keys.reverse();
    }
    Ok(Data::ApiKeys(keys).answer(version))
}

async fn create_key(
    State(shared): State<Shared>,
    version: Version,
    ScopePath(scope): ScopePath,
    body: Fields,
) -> Result<Response, Failure> {
    let name = body.text("name")?;
    let expires_in_days = match version {
        // It knows no such field.
        Version::V1 => None,
        Version::V2 => match body.optional_number("expiresInDays")? {
            Field::Absent | Field::Null => None,
            Field::Value(days) => Some(days),
        },
    };
    let now = shared.now();
    let mut store = shared.store();
    let key = store.create_key(&scope, name, expires_in_days, now)?;
    Ok(Data::ApiKey(ApiKey::issued(key, version, now)).answer(version))
}

async fn get_key(
    State(shared): State<Shared>,
    version: Version,
    KeyPath { scope, id }: KeyPath,
) -> Result<Response, Failure> {
    Ok(Data::ApiKey(ApiKey::masked(shared.store().key(&scope, id)?, version, shared.now())).answer(version))
}

async fn update_key(
    State(shared): State<Shared>,
    version: Version,
    KeyPath { scope, id }: KeyPath,
    body: Fields,
) -> Result<Response, Failure> {
    let valid = body.boolean("valid")?;
    let now = shared.now();
    let mut store = shared.store();
    Ok(Data::ApiKey(ApiKey::masked(store.set_key_valid(&scope, id, valid, now)?, version, now)).answer(version))
}

async fn rotate_key(
    State(shared): State<Shared>,
    version: Version,
    KeyPath { scope, id }: KeyPath,
    body: Fields,
) -> Result<Response, Failure> {
    let grace_hours = match body.optional_number("gracePeriodInHours")? {
        Field::Absent | Field::Null => 0,
        Field::Value(hours) => hours,
    };
    let rotation = Rotation { grace_hours, expires_in_days: body.optional_number("expiresInDays")? };
    let now = shared.now();
    let mut store = shared.store();
    let key = store.rotate_key(&scope, id, &rotation, now)?;
    Ok(Data::ApiKey(ApiKey::issued(key, version, now)).answer(version))
}

async fn delete_key(
    State(shared): State<Shared>,
    version: Version,
    KeyPath { scope, id }: KeyPath,
) -> Result<Response, Failure> {
    shared.store().delete_key(&scope, id)?;
    Ok(Data::DeletedKey { id, deleted: version.deleted() }.answer(version))
}
