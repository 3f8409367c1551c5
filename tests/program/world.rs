//! A service to talk to, and a home without settings.

use std::future::Future;

use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::api::{Client, Limits};
use confident_keys::demo::{Options, Service};
use confident_keys::journal::Journal;
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

    /// What the program writes down.
    pub(crate) fn journal(&self) -> Journal {
        Journal::at(self.home.path().join("state/confident-keys"))
    }

    /// How many requests with this method came so far.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.service.as_ref().unwrap().requests().iter().filter(|request| request.method == method).count()
    }

    /// What goes wrong from now on, in the words of `--fault`.
    pub(crate) fn fails(&self, faults: &[&str]) {
        let faults: Vec<_> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.service.as_ref().unwrap().set_faults(&faults);
    }

    /// The keys of the organization, or of the project with this name, as the service has them now.
    pub(crate) fn keys(&self, project: Option<&str>) -> Vec<ApiKey> {
        let scope = self.scope(project);
        self.wait(self.client(self.key.clone()).keys(&scope).list()).unwrap()
    }

    /// The organization, or the project with this name.
    pub(crate) fn scope(&self, project: Option<&str>) -> Scope {
        let Some(name) = project else { return Scope::Organization };
        let projects = self.wait(self.client(self.key.clone()).projects()).unwrap();
        Scope::Project(projects.into_iter().find(|project| project.name.as_str() == name).unwrap().id)
    }

    /// The one key of that name, where there is one.
    pub(crate) fn named(&self, project: Option<&str>, name: &str) -> Option<ApiKey> {
        let mut found = self.keys(project).into_iter().filter(|key| key.title() == name);
        let key = found.next();
        assert!(found.next().is_none(), "two keys are called {name}");
        key
    }
}
