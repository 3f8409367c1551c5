//! A service to talk to, and a home without settings.

use std::future::Future;

use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::api::{Client, Limits};
use confident_keys::demo::{Options, Service};
use confident_keys::secret::Secret;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The embedded service, and a client beside the program that knows the truth.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) base_url: String,
    pub(crate) key: Secret,
    pub(crate) service: Option<Service>,
    runtime: Runtime,
}

impl World {
    /// With the service's story.
    pub(crate) fn new() -> Self {
        Self::with(&Options::default())
    }

    pub(crate) fn with(options: &Options) -> Self {
        let service = Service::start(options).unwrap();
        Self {
            home: tempfile::tempdir().unwrap(),
            base_url: service.base_url().to_owned(),
            key: service.organization_key().clone(),
            service: Some(service),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    /// The service as another key sees it.
    pub(crate) fn client(&self, key: Secret) -> Client {
        Client::new(self.base_url.parse().unwrap(), key, Limits::default())
    }

    pub(crate) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// The keys of the organization, or of the project with this name, as the service has them now.
    pub(crate) fn keys(&self, project: Option<&str>) -> Vec<ApiKey> {
        self.wait(async {
            let client = self.client(self.key.clone());
            let scope = match project {
                None => Scope::Organization,
                Some(name) => {
                    let projects = client.projects().await.unwrap();
                    Scope::Project(projects.into_iter().find(|project| project.name.as_str() == name).unwrap().id)
                }
            };
            client.keys(&scope).list().await.unwrap()
        })
    }

    /// The one key of that name, where there is one.
    pub(crate) fn named(&self, project: Option<&str>, name: &str) -> Option<ApiKey> {
        let mut found = self.keys(project).into_iter().filter(|key| key.title() == name);
        let key = found.next();
        assert!(found.next().is_none(), "two keys are called {name}");
        key
    }
}
