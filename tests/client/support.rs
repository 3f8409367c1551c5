//! Clients with little patience, and all calls as values.

use std::time::Duration;

use confident_keys::api::error::{ApiError, ErrorKind, StatusError};
use confident_keys::api::model::{KeyId, Lifetime, ProjectId, Scope};
use confident_keys::api::{Client, Limits, Speak};
use confident_keys::secret::Secret;

pub(crate) use crate::program::FAKE_KEY;
use crate::scripted::Scripted;

/// Enough for loopback on a busy machine; short enough for a test that waits it out.
pub(crate) const BUDGET: Duration = Duration::from_millis(300);

/// Pauses that cost nothing, and limits that no healthy answer on loopback meets.
pub(crate) fn patient() -> Limits {
    Limits {
        connect: Duration::from_secs(10),
        read_budget: Duration::from_secs(10),
        write: Duration::from_secs(10),
        backoff: Duration::from_millis(1),
        kept: Duration::from_secs(600),
        body: 64 * 1024,
    }
}

/// As [`patient`], but it gives up after [`BUDGET`].
pub(crate) fn hasty() -> Limits {
    Limits { read_budget: BUDGET, write: BUDGET, ..patient() }
}

/// A client that speaks version 1 alone: what it asks is what the call is about.
pub(crate) fn client_at(base: &str, limits: Limits) -> Client {
    client_speaking(Speak::V1, base, limits)
}

pub(crate) fn client_speaking(speak: Speak, base: &str, limits: Limits) -> Client {
    Client::new(base.parse().unwrap(), Secret::new(FAKE_KEY), limits).speaking(speak)
}

impl Scripted {
    pub(crate) fn client(&self) -> Client {
        client_at(&self.base_url, patient())
    }

    pub(crate) fn hasty_client(&self) -> Client {
        client_at(&self.base_url, hasty())
    }
}

pub(crate) fn project(id: &str) -> Scope {
    Scope::Project(ProjectId::new(id).unwrap())
}

/// One of the client's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Organization,
    Projects,
    List,
    Get,
    Create,
    SetValid,
    Delete,
}

impl Call {
    pub(crate) const ALL: [Self; 7] =
        [Self::Organization, Self::Projects, Self::List, Self::Get, Self::Create, Self::SetValid, Self::Delete];

    /// Makes the call, for key 7 of the organization where it is about keys, and forgets what it gave.
    pub(crate) async fn on(self, client: &Client) -> Result<(), ApiError> {
        let keys = client.keys(&Scope::Organization);
        match self {
            Self::Organization => client.organization().await.map(drop),
            Self::Projects => client.projects().await.map(drop),
            Self::List => keys.list().await.map(drop),
            Self::Get => keys.get(KeyId(7)).await.map(drop),
            Self::Create => keys.create("CI", Lifetime::Unlimited).await.map(drop),
            Self::SetValid => keys.set_valid(KeyId(7), false).await.map(drop),
            Self::Delete => keys.delete(KeyId(7)).await,
        }
    }

    pub(crate) async fn fails_on(self, client: &Client) -> ApiError {
        let error = self.on(client).await.unwrap_err();
        shows_no_secret(&error);
        error
    }

    /// How often it is sent where each attempt fails in a way that may pass.
    pub(crate) fn attempts(self) -> usize {
        match self {
            Self::Create => 1,
            Self::SetValid | Self::Delete => 2,
            _ => 4,
        }
    }
}

/// A word that no error may repeat, for bodies that are not understood.
pub(crate) const CANARY: &str = "canary_fake_not_a_key";

/// Neither the key nor the canary is in anything that the error shows.
#[track_caller]
pub(crate) fn shows_no_secret(error: &ApiError) {
    let shown = format!("{error} {error:?} {error:#?} {} {}", error.summary(), error.advice());
    assert!(!shown.contains(FAKE_KEY) && !shown.contains(CANARY), "{shown}");
}

#[track_caller]
pub(crate) fn refusal(error: ApiError) -> StatusError {
    match error.kind {
        ErrorKind::Status(refusal) => refusal,
        other => panic!("{other:?} is no refusal"),
    }
}

#[track_caller]
pub(crate) fn unreadable(error: ApiError) -> String {
    match error.kind {
        ErrorKind::Unreadable { reason, .. } => reason,
        other => panic!("{other:?} is not unreadable"),
    }
}
