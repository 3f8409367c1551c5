//! A service with faults, an operator, a journal, and a client beside them that knows the truth.

use std::fs;
use std::path::Path;
use std::time::Duration;

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, KeyId, Lifetime, Rotation, Scope};
use confident_keys::api::{Client, Limits, Speak};
use confident_keys::demo::{Fault, Options, Service};
use confident_keys::journal::{Entry, Journal, ListedIntent, Service as ServiceRecord};
use confident_keys::operations::{Answer, Lost, Operation, Operator, Reconciled};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// For answers that come at once: nothing but a fault is as late as that.
pub(crate) fn patient() -> Limits {
    Limits { backoff: Duration::from_millis(1), ..Limits::default() }
}

/// For an answer that comes a minute late.
pub(crate) fn hasty() -> Limits {
    Limits { write: Duration::from_secs(1), ..patient() }
}

/// The limits that fit what `faults` do: nobody waits half a minute for an answer that is held back.
pub(crate) fn limits_for(faults: &[&str]) -> Limits {
    if faults.iter().any(|fault| fault.contains("delay")) { hasty() } else { patient() }
}

pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) journal: Journal,
    folder: TempDir,
    /// The service without this program's part in it.
    pub(crate) truth: Client,
    /// The version that the program speaks.
    speak: Speak,
    runtime: Runtime,
}

impl World {
    /// With the service's story.
    pub(crate) fn new() -> Self {
        Self::with(&Options::default())
    }

    pub(crate) fn with(options: &Options) -> Self {
        Self::speaking(Speak::V1, options)
    }

    pub(crate) fn speaking(speak: Speak, options: &Options) -> Self {
        let service = Service::start(options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let truth = Client::new(service.base_url().parse().unwrap(), service.organization_key().clone(), patient())
            .speaking(speak);
        Self {
            journal: Journal::at(folder.path().join("state")),
            truth,
            speak,
            service,
            folder,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    /// A program that is connected to the service, and keeps this journal.
    pub(crate) fn operator(&self, limits: Limits) -> Operator {
        self.operator_with(limits, self.journal.clone())
    }

    pub(crate) fn operator_with(&self, limits: Limits, journal: Journal) -> Operator {
        Operator::new(self.client(limits), self.record(), Some(Ok(journal)))
    }

    /// Somebody else, by other means; or a program that can write nothing down.
    pub(crate) fn operator_without_journal(&self) -> Operator {
        Operator::new(self.client(patient()), self.record(), None)
    }

    fn client(&self, limits: Limits) -> Client {
        let base_url = self.service.base_url().parse().unwrap();
        // What it asks is what the operation is about: it does not find out first what is spoken.
        Client::new(base_url, self.service.organization_key().clone(), limits).speaking(self.speak)
    }

    /// The service, as the journal writes it.
    pub(crate) fn record(&self) -> ServiceRecord {
        ServiceRecord::new(&self.service.base_url().parse().unwrap())
    }

    /// What goes wrong from now on.
    pub(crate) fn fails(&self, faults: &[&str]) {
        let faults: Vec<Fault> =
            faults.iter().map(|fault| fault.parse().unwrap_or_else(|error| panic!("{fault}: {error}"))).collect();
        self.service.set_faults(&faults);
    }

    pub(crate) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    pub(crate) fn run(&self, operator: &Operator, operation: Operation) -> Result<Answer, ApiError> {
        self.wait(operator.run(operation))
    }

    /// What a start finds out about what earlier programs left.
    pub(crate) fn looks_into(&self, operator: &Operator) -> Vec<Reconciled> {
        let mut told = Vec::new();
        self.wait(operator.reconcile(None, |one| told.push(one)));
        told
    }

    /// The same, where there is nothing but keys that were to be generated.
    #[track_caller]
    pub(crate) fn looks_into_new(&self, operator: &Operator) -> Vec<Lost> {
        let new = |told| match told {
            Reconciled::New(lost) => *lost,
            Reconciled::Rotation { .. } => panic!("{told:?}"),
        };
        self.looks_into(operator).into_iter().map(new).collect()
    }

    /// The keys of the organization, as the service has them. Nothing goes wrong any more.
    pub(crate) fn keys(&self) -> Vec<ApiKey> {
        self.fails(&[]);
        self.wait(self.truth.keys(&Scope::Organization).list()).unwrap()
    }

    pub(crate) fn key(&self, id: KeyId) -> Option<ApiKey> {
        self.keys().into_iter().find(|key| key.id == id)
    }

    /// A key that somebody else generates, with its secret.
    pub(crate) fn generates(&self, name: &str) -> KeyId {
        self.fails(&[]);
        self.wait(self.truth.keys(&Scope::Organization).create(name, Lifetime::Unlimited)).unwrap().key.id
    }

    /// How many requests with this method came so far.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.service.requests().iter().filter(|request| request.method == method).count()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let history = self.journal.entries(None).unwrap();
        assert_eq!(history.unreadable, 0);
        history.entries
    }

    /// The newest line of the journal.
    pub(crate) fn last(&self) -> Entry {
        self.entries().pop().unwrap()
    }

    /// What is being generated, or was when its program ended.
    pub(crate) fn intents(&self) -> Vec<ListedIntent> {
        let listed = self.journal.intents().unwrap();
        assert_eq!(listed.unreadable, Vec::<std::path::PathBuf>::new());
        listed.intents
    }

    /// No file of the journal holds a key's value, or anything of it that is told to nobody.
    #[track_caller]
    pub(crate) fn journal_holds_no_value(&self, secrets: &[&str]) {
        let mut content = String::new();
        read_all(self.folder.path(), &mut content);
        assert!(!content.is_empty());
        let signing_key = self.service.organization_key().expose();
        for secret in secrets.iter().chain([&signing_key]) {
            let middle = &secret[secret.len() / 2..];
            assert!(!content.contains(middle), "a secret is in the journal");
        }
        for key in self.keys() {
            assert!(!content.contains(key.value.as_str()), "a value is in the journal");
        }
        assert!(!content.contains("***") && !content.contains("not_real"), "{content}");
    }
}

fn read_all(folder: &Path, out: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, out);
        } else {
            out.push_str(&String::from_utf8(fs::read(path).unwrap()).unwrap());
        }
    }
}

pub(crate) const AT_ONCE: Rotation = Rotation { grace_hours: 0, lifetime: None };
pub(crate) const IN_A_DAY: Rotation = Rotation { grace_hours: 24, lifetime: None };

/// A service that can rotate keys in place.
pub(crate) fn newer() -> World {
    World::speaking(Speak::V2, &Options::default())
}

/// The rotation of a key of the organization.
pub(crate) fn rotate(id: KeyId, rotation: Rotation) -> Operation {
    Operation::Rotate { scope: Scope::Organization, id, rotation }
}
