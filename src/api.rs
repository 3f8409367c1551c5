//! The service's management API, in the versions that there are.
//!
//! A client asks for version 2 and version 1 at once, side by side, with its first read. Where version 2 answers, that is
//! spoken from then on; where it is not there (404), version 1 is; anything else is a failure of that read. `v1` and `v2`
//! are small adapters to one model, and outside of this module only [`Capabilities`] tell them apart.
//!
//! [`Client::keys`] gives one handler for the keys of a scope; every call goes through
//! one `Transport::call`, which maps transport, status and envelope to a typed [`ApiError`]. Its rules:
//!
//! - The organization key goes to the configured origin alone. Redirects are errors; loopback is asked
//!   without a proxy.
//! - Reads are repeated with backoff within [`Limits::read_budget`]; PUT and DELETE once, as they are
//!   idempotent; POST never, as each one makes a key.
//! - A pause that the service asks for (`Retry-After`) is waited out where the budget allows it, and told otherwise.
//! - A connection that is not in use wakes nobody up; after [`Limits::kept`], no further call begins on it.
//! - A body is read piece by piece up to [`Limits::body`], a list entry by entry as it comes, and wiped after it was
//!   parsed.
//! - Whatever words come back, in errors, headers or names, are cleaned, and rid of the keys that they may
//!   repeat ([`redact`](crate::redact)).

pub mod announcement;
mod answer;
mod contact;
pub mod error;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
pub mod model;
mod proxy;
mod reading;
mod roots;
mod transport;
mod v1;
mod v2;
mod version;
mod wire;

use std::pin::pin;
use std::time::{Duration, Instant};

use reqwest::Url;

use crate::secret::Secret;
use announcement::Announcement;
pub use contact::Contact;
use error::{ApiError, ErrorKind, StatusError};
use model::{ApiKey, CreatedKey, KeyId, Lifetime, Organization, Project, Rotation, Scope};
pub(crate) use proxy::is_loopback;
pub use proxy::{Proxy, Way, way_to};
use transport::Transport;
pub use version::{Capabilities, Capability, Speak};
use version::{Spoken, Version};

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
    /// How long a connection is kept for further calls, from before it was made. Where that is over, the next call makes
    /// a new one.
    pub kept: Duration,
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
            kept: Duration::from_secs(90),
            body: 64 * 1024 * 1024,
        }
    }
}

/// The service, as one organization key sees it. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
    spoken: Spoken,
}

/// What a read's own 404 says of the version that it was asked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// What is asked for is always there: the version is not.
    TheVersion,
    /// It may as well be the thing itself.
    Anything,
}

impl Client {
    /// A client of the service at `base`, which the key signs for; an empty key signs nothing, and is not sent. Cheap:
    /// connections and root certificates wait for the first call.
    pub fn new(base: Url, key: Secret, limits: Limits) -> Self {
        Self { transport: Transport::new(base, key, limits), spoken: Spoken::default() }
    }

    /// The same service, spoken to by these versions only. What was found out before is forgotten.
    #[must_use]
    pub fn speaking(self, speak: Speak) -> Self {
        Self { spoken: Spoken::new(speak), ..self }
    }

    /// The same service over the same connections, for reads alone: what would change something is refused with these
    /// words, a sentence without its full stop, and never sent.
    #[must_use]
    pub fn read_only(self, reason: &str) -> Self {
        Self { transport: self.transport.read_only(reason), ..self }
    }

    /// The same service over the same connections, for reads that share one [`Limits::read_budget`], which is used
    /// up at `deadline`. What is not answered then is told as a timeout after the whole of the budget.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> Self {
        Self { transport: self.transport.until(deadline), spoken: self.spoken.clone() }
    }

    /// The same service over the same connections, for whoever counts a pause down and asks again: one that the
    /// service asks for (`Retry-After`) is told at once, and not waited out, however short it is.
    #[must_use]
    pub fn telling_pauses(&self) -> Self {
        Self { transport: self.transport.telling_pauses(), spoken: self.spoken.clone() }
    }

    /// The same service, over connections of its own, for whoever holds `key`.
    #[must_use]
    pub fn signed_by(&self, key: Secret) -> Self {
        Self { transport: self.transport.signed_by(key), spoken: self.spoken.clone() }
    }

    /// What the service announced beside its answers, to this client or its clones. Each is given once. What a version
    /// announces that is not spoken is nobody's concern.
    pub fn take_announcements(&self) -> Vec<Announcement> {
        self.transport.take_announcements(self.spoken.version().unwrap_or(Version::V2))
    }

    /// How long its reads may still take, where they share their budget.
    pub fn time_left(&self) -> Option<Duration> {
        self.transport.time_left()
    }

    /// The last answer that this client or a clone of it got; none while none came.
    pub fn last_contact(&self) -> Option<Contact> {
        self.transport.last_contact()
    }

    /// What can be done with this service's keys; none before something was read, where the version is still to be
    /// found out.
    pub fn capabilities(&self) -> Option<Capabilities> {
        self.spoken.capabilities()
    }

    /// The same, found out now where it has to be.
    ///
    /// # Errors
    /// Where neither version answers.
    pub async fn find_capabilities(&self) -> Result<Capabilities, ApiError> {
        loop {
            if let Some(capabilities) = self.capabilities() {
                return Ok(capabilities);
            }
            // It answers, or the version is settled by its 404.
            self.organization().await?;
        }
    }

    /// The organization that the key belongs to.
    pub async fn organization(&self) -> Result<Organization, ApiError> {
        let transport = &self.transport;
        let read = self.read(Missing::TheVersion, v1::organization(transport), v2::organization(transport));
        read.await.map_err(ApiError::of_what_must_exist)
    }

    /// All projects of the organization.
    pub async fn projects(&self) -> Result<Vec<Project>, ApiError> {
        let transport = &self.transport;
        let read = self.read(Missing::TheVersion, v1::projects(transport), v2::projects(transport));
        read.await.map_err(ApiError::of_what_must_exist)
    }

    /// The keys of `scope`.
    pub fn keys<'a>(&'a self, scope: &'a Scope) -> Keys<'a> {
        Keys { client: self, scope }
    }

    /// What `older`, the same call by version 1, or `newer`, by version 2, answers. While the version is not settled, both
    /// are asked side by side, and their answers settle it; else the other one is never sent.
    async fn read<T>(
        &self,
        missing: Missing,
        older: impl Future<Output = Result<T, ApiError>>,
        newer: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        match self.spoken.version() {
            Some(Version::V1) => return older.await,
            Some(Version::V2) => return newer.await,
            None => {}
        }
        let is_there = async {
            match missing {
                Missing::TheVersion => None,
                Missing::Anything => Some(v2::organization(&self.transport).await),
            }
        };
        let mut beside = pin!(async { tokio::join!(older, is_there) });
        let mut newer = pin!(newer);
        let mut first = None;
        let newest = loop {
            tokio::select! {
                newest = &mut newer => break newest,
                answers = &mut beside, if first.is_none() => first = Some(answers),
            }
        };
        match newest {
            Err(error) if is_404(&error) => {
                let (oldest, is_there) = match first {
                    Some(answers) => answers,
                    None => beside.await,
                };
                match is_there {
                    Some(Ok(_)) => {
                        self.spoken.found(Version::V2);
                        Err(error)
                    }
                    Some(Err(other)) if !is_404(&other) => Err(other),
                    _ => {
                        self.spoken.found(Version::V1);
                        oldest
                    }
                }
            }
            newest => {
                if newest.is_ok() {
                    self.spoken.found(Version::V2);
                }
                newest
            }
        }
    }

    /// The version for a write, which is sent once: found out first where it has to be.
    async fn version(&self) -> Result<Version, ApiError> {
        loop {
            if let Some(version) = self.spoken.version() {
                return Ok(version);
            }
            self.organization().await.map_err(ApiError::before_sending)?;
        }
    }
}

/// For [`crate::bench`].
pub(crate) fn read_keys(body: &[u8]) -> Option<Vec<ApiKey>> {
    let answer = answer::Answer { status: reqwest::StatusCode::OK, headers: reqwest::header::HeaderMap::new() };
    Some(answer.read(reading::taken::<reading::Listed<wire::ApiKeys>>(body, 1 << 16)).ok()?.api_keys)
}

/// Whether nothing is there, in whoever's words: before an older service, it may be a proxy that says so.
fn is_404(error: &ApiError) -> bool {
    matches!(error.kind, ErrorKind::Status(StatusError { status: 404, .. }))
}

/// The calls for the API keys of one scope.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a> {
    client: &'a Client,
    scope: &'a Scope,
}

impl Keys<'_> {
    /// All keys of the scope.
    pub async fn list(&self) -> Result<Vec<ApiKey>, ApiError> {
        let (transport, scope) = (self.transport(), self.scope);
        let missing = match scope {
            Scope::Organization => Missing::TheVersion,
            Scope::Project(_) => Missing::Anything,
        };
        let answer = self.client.read(missing, v1::list(transport, scope), v2::list(transport, scope)).await;
        match scope {
            Scope::Organization => answer.map_err(ApiError::of_what_must_exist),
            Scope::Project(_) => answer,
        }
    }

    /// One key.
    pub async fn get(&self, id: KeyId) -> Result<ApiKey, ApiError> {
        let (transport, scope) = (self.transport(), self.scope);
        self.client.read(Missing::Anything, v1::get(transport, scope, id), v2::get(transport, scope, id)).await
    }

    /// Generates a key called `name`. Never sent twice: after an error whose
    /// [`certainty`](ApiError::certainty) is unknown, a key may exist whose secret nobody has.
    pub async fn create(&self, name: &str, lifetime: Lifetime) -> Result<CreatedKey, ApiError> {
        match self.client.version().await? {
            Version::V1 => {
                if lifetime != Lifetime::Unlimited {
                    self.check(|capabilities| capabilities.expiry)?;
                }
                v1::create(self.transport(), self.scope, name).await
            }
            Version::V2 => v2::create(self.transport(), self.scope, name, lifetime).await,
        }
    }

    /// Gives a key a new value, in place. Never sent twice: after an error whose
    /// [`certainty`](ApiError::certainty) is unknown, the old value may have stopped, and nobody has the new one.
    pub async fn rotate(&self, id: KeyId, rotation: Rotation) -> Result<CreatedKey, ApiError> {
        self.client.version().await?;
        self.check(|capabilities| capabilities.rotation)?;
        v2::rotate(self.transport(), self.scope, id, rotation).await
    }

    /// Deactivates (`false`) or reactivates (`true`) a key.
    pub async fn set_valid(&self, id: KeyId, valid: bool) -> Result<ApiKey, ApiError> {
        match self.client.version().await? {
            Version::V1 => v1::set_valid(self.transport(), self.scope, id, valid).await,
            Version::V2 => v2::set_valid(self.transport(), self.scope, id, valid).await,
        }
    }

    /// Deletes a key for good.
    pub async fn delete(&self, id: KeyId) -> Result<(), ApiError> {
        self.delete_acknowledged(id).await.map(drop)
    }

    /// Deletes a key for good. `false` where the service accepted that, but its answer speaks of another key or
    /// says that nothing was deleted.
    pub async fn delete_acknowledged(&self, id: KeyId) -> Result<bool, ApiError> {
        match self.client.version().await? {
            Version::V1 => v1::delete(self.transport(), self.scope, id).await,
            Version::V2 => v2::delete(self.transport(), self.scope, id).await,
        }
    }

    fn transport(&self) -> &Transport {
        &self.client.transport
    }

    /// Refuses what the version that is spoken does not know.
    fn check(&self, capability: impl FnOnce(Capabilities) -> Capability) -> Result<(), ApiError> {
        let Some(capabilities) = self.client.capabilities() else { return Ok(()) };
        capability(capabilities).check(|kind| self.transport().error(kind))
    }
}
