//! The service's management API, version 1.
//!
//! [`Client::keys`] gives one handler for the keys of a scope; every call goes through
//! one `Transport::call`, which maps transport, status and envelope to a typed [`ApiError`]. Its rules:
//!
//! - The organization key goes to the configured origin alone. Redirects are errors; loopback is asked
//!   without a proxy.
//! - Reads are repeated with backoff within [`Limits::read_budget`]; PUT and DELETE once, as they are
//!   idempotent; POST never, as each one makes a key.
//! - A pause that the service asks for (`Retry-After`) is waited out where the budget allows it, and told otherwise.
//! - A body is read piece by piece up to [`Limits::body`] and wiped after it was parsed.
//! - Whatever words come back, in errors, headers or names, are cleaned, and rid of the keys that they may
//!   repeat ([`redact`]).

pub mod announcement;
mod answer;
mod contact;
pub mod error;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod model;
mod proxy;
mod roots;
mod transport;

use std::time::{Duration, Instant};

use reqwest::{Method, Url};
use serde::Deserialize;

use crate::redact;
use crate::secret::Secret;
use crate::text::Text;
use announcement::Announcement;
pub use contact::Contact;
use error::ApiError;
use model::{ApiKey, CreatedKey, KeyId, MaskedValue, Organization, Project, Scope, WireKey};
pub use proxy::{Proxy, Way, way_to};
pub(crate) use transport::is_loopback;
use transport::{Request, Transport};

/// How long and how much is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// For a connection, with its TLS handshake.
    pub connect: Duration,
    /// For a read in all, with its repeats and the pauses between them.
    pub read_budget: Duration,
    /// For one attempt at a write.
    pub write: Duration,
    /// The first pause before a repeat; it doubles each time, and is jittered.
    pub backoff: Duration,
    /// The largest answer, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read_budget: Duration::from_secs(10),
            write: Duration::from_secs(30),
            backoff: Duration::from_millis(250),
            body: 64 * 1024 * 1024,
        }
    }
}

/// The service, as one organization key sees it. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// A client of the service at `base`, which the key signs for; an empty key signs nothing, and is not sent. Cheap:
    /// connections and root certificates wait for the first call.
    pub fn new(base: Url, key: Secret, limits: Limits) -> Self {
        Self { transport: Transport::new(base, key, limits) }
    }

    /// The same service over the same connections, for reads that share one [`Limits::read_budget`], which is used
    /// up at `deadline`. What is not answered then is told as a timeout after the whole of the budget.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self { transport: self.transport.until(deadline) }
    }

    /// The same service over the same connections, for whoever counts a pause down and asks again: one that the
    /// service asks for (`Retry-After`) is told at once, and not waited out, however short it is.
    #[must_use]
    pub fn telling_pauses(&self) -> Self {
        Self { transport: self.transport.telling_pauses() }
    }

    /// What the service announced beside its answers, to this client or its clones. Each is given once.
    pub fn take_announcements(&self) -> Vec<Announcement> {
        self.transport.take_announcements()
    }

    /// How long its reads may still take, where they share their budget.
    pub fn time_left(&self) -> Option<Duration> {
        self.transport.time_left()
    }

    /// The last answer that this client or a clone of it got; none while none came.
    pub fn last_contact(&self) -> Option<Contact> {
        self.transport.last_contact()
    }

    /// The organization that the key belongs to.
    pub async fn organization(&self) -> Result<Organization, ApiError> {
        #[derive(Deserialize)]
        struct Data {
            organization: Organization,
        }
        let request = Request::new(Method::GET, &["organization"]);
        Ok(self.transport.call::<Data>(request).await.map_err(ApiError::of_what_must_exist)?.organization)
    }

    /// All projects of the organization.
    pub async fn projects(&self) -> Result<Vec<Project>, ApiError> {
        #[derive(Deserialize)]
        struct Data {
            projects: Vec<Project>,
        }
        let request = Request::new(Method::GET, &["projects"]);
        Ok(self.transport.call::<Data>(request).await.map_err(ApiError::of_what_must_exist)?.projects)
    }

    /// The keys of `scope`.
    pub fn keys<'a>(&'a self, scope: &'a Scope) -> Keys<'a> {
        Keys { transport: &self.transport, scope }
    }
}

/// The calls for the API keys of one scope.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    transport: &'a Transport,
    scope: &'a Scope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyData<K> {
    api_key: K,
}

impl Keys<'_> {
    /// All keys of the scope.
    pub async fn list(&self) -> Result<Vec<ApiKey>, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            api_keys: Vec<ApiKey>,
        }
        let answer = self.transport.call::<Data>(self.request(Method::GET, None)).await;
        Ok(match self.scope {
            Scope::Organization => answer.map_err(ApiError::of_what_must_exist)?,
            Scope::Project(_) => answer?,
        }
        .api_keys)
    }

    /// One key.
    pub async fn get(&self, id: KeyId) -> Result<ApiKey, ApiError> {
        Ok(self.transport.call::<KeyData<ApiKey>>(self.request(Method::GET, Some(id))).await?.api_key)
    }

    /// Generates a key called `name`. Never sent twice: after an error whose
    /// [`certainty`](ApiError::certainty) is unknown, a key may exist whose secret nobody has.
    pub async fn create(&self, name: &str) -> Result<CreatedKey, ApiError> {
        let request = self.request(Method::POST, None).json(serde_json::json!({ "name": name }));
        let (key, secret) = self
            .transport
            // Without a value too: whoever knows the key's id can take it back.
            .call::<KeyData<WireKey<Option<Secret>>>>(request)
            .await?
            .api_key
            .split(|value| MaskedValue::new(value.as_ref().map_or("", Secret::expose)));
        // Whatever a key looks like, it has to go into a header: a mask of another kind can't, nor what steers a terminal.
        let is_usable = |character: u8| character.is_ascii_graphic() && character != b'*';
        let is_whole = |secret: &Secret| !secret.expose().is_empty() && secret.expose().bytes().all(is_usable);
        let secret = secret.filter(is_whole);
        secret.iter().for_each(redact::note_secret);
        // It was read before the secret was known.
        let key = ApiKey { name: key.name.map(Text::redacted), ..key };
        Ok(CreatedKey { key, secret })
    }

    /// Deactivates (`false`) or reactivates (`true`) a key.
    pub async fn set_valid(&self, id: KeyId, valid: bool) -> Result<ApiKey, ApiError> {
        let request = self.request(Method::PUT, Some(id)).json(serde_json::json!({ "valid": valid }));
        Ok(self.transport.call::<KeyData<ApiKey>>(request).await?.api_key)
    }

    /// Deletes a key for good.
    pub async fn delete(&self, id: KeyId) -> Result<(), ApiError> {
        self.delete_acknowledged(id).await.map(drop)
    }

    /// Deletes a key for good. `false` where the service accepted that, but its answer speaks of another key or
    /// says that nothing was deleted.
    pub async fn delete_acknowledged(&self, id: KeyId) -> Result<bool, ApiError> {
        let answer = self.transport.call::<serde_json::Value>(self.request(Method::DELETE, Some(id))).await?;
        let is_this = |answered: &serde_json::Value| match answered {
            serde_json::Value::String(text) => *text == id.to_string(),
            other => other.as_i64() == Some(id.0),
        };
        let is_denied = answer.get("deleted").is_some_and(|deleted| deleted.as_bool() == Some(false));
        Ok(!is_denied && answer.get("id").is_none_or(is_this))
    }

    fn request(&self, method: Method, id: Option<KeyId>) -> Request {
        let mut request = match self.scope {
            Scope::Organization => Request::new(method, &["organization", "api-keys"]),
            Scope::Project(project) => Request::new(method, &["projects", project.as_str(), "api-keys"]),
        };
        if let Some(id) = id {
            request.push(&id.to_string());
        }
        request
    }
}
