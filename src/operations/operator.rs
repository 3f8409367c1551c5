//! Carries out operations on one service, with what it takes to know what became of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::examined::deactivated_at;
use super::sent::Sent;
use super::{Answer, Examined, Lost, Operation, Unsure, appeared};
use crate::api::Client;
use crate::api::announcement::Announcement;
use crate::api::error::{ApiError, Certainty};
use crate::api::model::{ApiKey, KeyId, Organization, Project, Scope};
use crate::journal::{
    Abandoned, Action, Entry, Intent, Journal, JournalError, OpenIntent, OrganizationRecord, Outcome, ScopeRecord,
    Service, WITHOUT_JOURNAL,
};
use crate::text::Text;

/// The client of one service, and the journal of what is done with it.
#[derive(Debug)]
pub struct Operator {
    client: Client,
    service: Service,
    pub(super) journal: Option<Journal>,
    known: Mutex<Known>,
}

/// What was read on the way, for the journal's words; and what is wrong with the journal.
#[derive(Debug, Default)]
struct Known {
    organization: Option<OrganizationRecord>,
    projects: Vec<(Scope, Text)>,
    /// The names of keys that were read one by one, as they are before they are changed.
    names: HashMap<KeyId, Text>,
    /// When this program deactivated keys; none for those that it reactivated since.
    deactivated: HashMap<KeyId, Option<Timestamp>>,
    /// The keys whose secrets arrived here.
    delivered: HashSet<KeyId>,
    complaint: Option<String>,
    has_complained: bool,
    /// What is still to be found out, held so that nobody else looks into it meanwhile.
    pending: Vec<(Intent, Pending)>,
}

/// An intent whose outcome could not be found out so far. Dropped, it stays open for the next start.
#[derive(Debug)]
enum Pending {
    Own(OpenIntent),
    Inherited(Box<Abandoned>),
}

impl Pending {
    fn finish(self, entry: &Entry) -> Result<(), JournalError> {
        match self {
            Self::Own(open) => open.finish(entry),
            Self::Inherited(abandoned) => abandoned.finish(entry),
        }
    }
}

impl Operator {
    /// Carries out operations by `client`, on `service`. Where `journal` is none, nothing is to be written down.
    pub fn new(client: Client, service: Service, journal: Option<Result<Journal, JournalError>>) -> Self {
        let (journal, error) = match journal.transpose() {
            Ok(journal) => (journal, None),
            Err(error) => (None, Some(error)),
        };
        let operator = Self { client, service, journal, known: Mutex::default() };
        if let Some(error) = error {
            operator.complain(&error);
        }
        operator
    }

    /// Carries out `operation`: a read as it is, a write with what it takes to know what became of it.
    ///
    /// # Errors
    /// For a read, why it failed. For a write, why it certainly did not happen: where that can't be
    /// said, the answer is [`Answer::Lost`] or [`Answer::Unsure`].
    pub async fn run(&self, operation: Operation) -> Result<Answer, ApiError> {
        self.run_telling(operation, |_| ()).await
    }

    /// As [`run`](Self::run), and calls `sending` right before a write is sent: dropping the future before that changes
    /// nothing. Dropped later, a change is written down as unknown; a key that was to be generated is the next start's to
    /// look into, where `sending` was told so.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_telling(&self, operation: Operation, sending: impl FnOnce(bool)) -> Result<Answer, ApiError> {
        Ok(match operation {
            Operation::Organization => Answer::Organization(self.read_organization().await?),
            Operation::Projects => {
                let projects = self.client.projects().await?;
                self.know_projects(&projects);
                Answer::Projects(projects)
            }
            Operation::Keys(scope) => Answer::Keys(self.client.keys(&scope).list().await?),
            Operation::Examine(scope, id) => Answer::Examined(Box::new(self.examine(&scope, id).await?)),
            Operation::Create { scope, name } => self.create(scope, name, sending).await?,
            Operation::LookAgain(lost) => {
                let lost = self.look_again(*lost).await;
                self.settle_pending(&lost);
                Answer::Lost(Box::new(lost))
            }
            Operation::SetValid { scope, id, valid } => {
                sending(false);
                self.set_valid(&scope, id, valid).await?
            }
            Operation::Delete { scope, id } => {
                sending(false);
                self.delete(&scope, id).await?
            }
        })
    }

    /// The organization, for the journal; known by itself where it was read this way.
    pub fn know_organization(&self, organization: &Organization) {
        self.known().organization = Some(OrganizationRecord::from(organization));
    }

    /// The projects, for the journal; known by themselves where they were read this way.
    pub fn know_projects(&self, projects: &[Project]) {
        let names = projects.iter().map(|project| (Scope::Project(project.id.clone()), project.name.clone()));
        self.known().projects = names.collect();
    }

    /// A key that may be changed, for the journal; known by itself where it was [examined](Operation::Examine).
    pub fn know_key(&self, key: &ApiKey) {
        if let Some(name) = &key.name {
            self.known().names.insert(key.id, name.clone());
        }
    }

    async fn read_organization(&self) -> Result<Organization, ApiError> {
        let organization = self.client.organization().await?;
        self.know_organization(&organization);
        Ok(organization)
    }

    async fn examine(&self, scope: &Scope, id: KeyId) -> Result<Examined, ApiError> {
        let key = self.client.keys(scope).get(id).await?;
        self.know_key(&key);
        Ok(self.recall(key).await)
    }

    /// `key`, which was read just now, with what is remembered of it.
    pub async fn recall(&self, key: ApiKey) -> Examined {
        let deactivated = if key.valid { None } else { self.deactivated_at(key.id).await };
        Examined::new(key, deactivated)
    }

    /// When the key `id` was deactivated by this program, or by an earlier one that kept the same journal.
    async fn deactivated_at(&self, id: KeyId) -> Option<Timestamp> {
        let remembered = self.known().deactivated.get(&id).copied();
        if let Some(at) = remembered {
            return at;
        }
        let (journal, service) = (self.journal.clone()?, self.service.clone());
        // A journal that can't be read remembers nothing; writes complain of it.
        let look =
            move || journal.entries(None).ok().and_then(|history| deactivated_at(&history.entries, &service, id));
        tokio::task::spawn_blocking(look).await.ok().flatten()
    }

    /// Looks into what earlier programs began on this service and did not see the end of: a key may
    /// have been made whose secret nobody has. What can't be looked into now stays open for the next start.
    pub async fn reconcile(&self) -> Vec<Lost> {
        let Some(journal) = &self.journal else { return Vec::new() };
        let leftovers = match journal.abandoned() {
            Ok(leftovers) => leftovers,
            Err(error) => {
                self.complain(&error);
                return Vec::new();
            }
        };
        // Another service's are looked into when that is asked again.
        let ours: Vec<_> =
            leftovers.abandoned.into_iter().filter(|abandoned| abandoned.intent().service == self.service).collect();
        if ours.is_empty() {
            return Vec::new();
        }
        let organization = self.read_organization().await.map(|organization| OrganizationRecord::from(&organization));
        let mut found = Vec::new();
        for abandoned in ours {
            found.extend(self.reconcile_one(abandoned, organization.as_ref()).await);
        }
        found
    }

    /// None where it is another organization's: its list would tell nothing of this one's keys.
    async fn reconcile_one(
        &self,
        abandoned: Abandoned,
        organization: Result<&OrganizationRecord, &ApiError>,
    ) -> Option<Lost> {
        let intent = abandoned.intent();
        let is_same = match (&intent.organization, organization) {
            (Some(then), Ok(now)) if then.id != now.id => return None,
            (then, now) => then.is_some() && now.is_ok(),
        };
        let mut lost = Lost {
            scope: intent.scope.scope(),
            name: intent.name.raw().to_owned(),
            known: intent.known.clone(),
            error: None,
            found: Ok(Vec::new()),
        };
        lost = match (&intent.organization, organization) {
            (Some(_), Err(error)) => Lost { found: Err(error.clone()), ..lost },
            _ => self.look_again(lost).await,
        };
        if is_same && lost.found.as_ref().is_err_and(ApiError::is_not_found) {
            // The project is gone, and its keys with it.
            lost.found = Ok(Vec::new());
        }
        // A list that can't be read says nothing: the intent stays open.
        if lost.found.is_ok() {
            let entry = outcome_of(&lost, Entry::of(intent, Timestamp::now(), Action::Reconcile, Outcome::None));
            if let Err(error) = abandoned.finish(&entry) {
                self.complain(&error);
            }
        } else {
            let intent = abandoned.intent().clone();
            self.known().pending.push((intent, Pending::Inherited(Box::new(abandoned))));
        }
        Some(lost)
    }

    /// Closes the intent that `lost` is about, where the list told its outcome at last.
    fn settle_pending(&self, lost: &Lost) {
        if lost.found.is_err() {
            return;
        }
        let is_its = |intent: &Intent| {
            intent.scope.scope() == lost.scope && intent.name.raw() == lost.name && intent.known == lost.known
        };
        let settled: Vec<_> = self.known().pending.extract_if(.., |(intent, _)| is_its(intent)).collect();
        for (intent, pending) in settled {
            let entry = Entry::of(&intent, Timestamp::now(), Action::Reconcile, Outcome::None);
            if let Err(error) = pending.finish(&outcome_of(lost, entry)) {
                self.complain(&error);
            }
        }
    }

    /// What the service announced beside its answers, each once.
    pub fn take_announcements(&self) -> Vec<Announcement> {
        self.client.take_announcements()
    }

    /// What is wrong with the journal, once.
    pub fn take_complaint(&self) -> Option<String> {
        self.known().complaint.take()
    }

    /// Generates a key, once. The ids of the scope are known before, so that a lost answer can be looked into.
    async fn create(&self, scope: Scope, name: String, sending: impl FnOnce(bool)) -> Result<Answer, ApiError> {
        let before = self.client.keys(&scope).list().await.map_err(ApiError::before_sending)?;
        let known: Vec<KeyId> = before.into_iter().map(|key| key.id).collect();
        let intent = Intent {
            time: Timestamp::now(),
            service: self.service.clone(),
            organization: self.organization_record(),
            scope: self.scope_record(&scope),
            name: Text::from(name.as_str()),
            known: known.clone(),
        };
        let open = self.begin(&intent);
        sending(open.is_some());
        let result = self.client.keys(&scope).create(&name).await;
        let entry = |outcome| Entry::of(&intent, Timestamp::now(), Action::Create, outcome);
        match result {
            Ok(created) => {
                let outcome = if created.secret.is_some() { Outcome::Done } else { Outcome::Orphan };
                if created.secret.is_some() {
                    self.known().delivered.insert(created.key.id);
                }
                self.finish(open, &Entry { id: Some(created.key.id), ..entry(outcome) });
                Ok(Answer::Created(created))
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                self.finish(open, &Entry { detail: Text::from(error.summary()), ..entry(Outcome::Failed) });
                Err(error)
            }
            Err(error) => {
                let lost = Lost { scope, name, known, error: Some(error), found: Ok(Vec::new()) };
                let lost = self.look_again(lost).await;
                if lost.found.is_ok() {
                    self.finish(open, &outcome_of(&lost, entry(Outcome::Unknown)));
                } else if let Some(open) = open {
                    // Until the user looks again, or the next start does.
                    self.known().pending.push((intent.clone(), Pending::Own(open)));
                }
                Ok(Answer::Lost(Box::new(lost)))
            }
        }
    }

    /// Reads the scope again, for keys that were not there before the call whose answer was lost. One whose secret
    /// arrived since, as it was generated again, is none of them.
    async fn look_again(&self, mut lost: Lost) -> Lost {
        lost.found = match self.client.keys(&lost.scope).list().await {
            Ok(mut keys) => {
                let delivered = self.delivered().await;
                keys.retain(|key| !delivered.contains(&key.id));
                Ok(appeared(&lost.known, keys, &lost.name))
            }
            Err(error) => Err(error),
        };
        lost
    }

    /// The keys whose secrets arrived, here or in any program that keeps this journal.
    async fn delivered(&self) -> HashSet<KeyId> {
        let mut delivered = self.known().delivered.clone();
        let Some(journal) = self.journal.clone() else { return delivered };
        // Where it can't be read, a key too many is told: better than one too few.
        let history = tokio::task::spawn_blocking(move || journal.entries(None).unwrap_or_default()).await;
        let is_delivered = |entry: &Entry| {
            entry.action == Action::Create && entry.outcome == Outcome::Done && entry.service == self.service
        };
        let entries = history.unwrap_or_default().entries;
        delivered.extend(entries.into_iter().filter(is_delivered).filter_map(|entry| entry.id));
        delivered
    }

    async fn set_valid(&self, scope: &Scope, id: KeyId, valid: bool) -> Result<Answer, ApiError> {
        let sent = Sent::new(self, scope, if valid { Action::Activate } else { Action::Deactivate }, id);
        let error = match self.client.keys(scope).set_valid(id, valid).await {
            Ok(key) => {
                let outcome = if key.id == id && key.valid == valid { Outcome::Done } else { Outcome::Unknown };
                sent.ended(Some(&key), outcome, "");
                return Ok(Answer::Key(key));
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                sent.ended(None, Outcome::Failed, &error.summary());
                return Err(error);
            }
            Err(error) => error,
        };
        Ok(match self.client.keys(scope).get(id).await {
            // It is as it was asked for, whatever became of the answer.
            Ok(key) if key.id == id && key.valid == valid => {
                sent.ended(Some(&key), Outcome::Done, "");
                Answer::Key(key)
            }
            now => {
                sent.ended(now.as_ref().ok(), Outcome::Unknown, &error.summary());
                Answer::Unsure(Box::new(Unsure::new(error, now)))
            }
        })
    }

    async fn delete(&self, scope: &Scope, id: KeyId) -> Result<Answer, ApiError> {
        let sent = Sent::new(self, scope, Action::Delete, id);
        let error = match self.client.keys(scope).delete_acknowledged(id).await {
            Ok(acknowledged) => {
                sent.ended(None, if acknowledged { Outcome::Done } else { Outcome::Unknown }, "");
                return Ok(Answer::Deleted { acknowledged });
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                sent.ended(None, Outcome::Failed, &error.summary());
                return Err(error);
            }
            Err(error) => error,
        };
        Ok(match self.client.keys(scope).get(id).await {
            Err(gone) if gone.is_not_found() => {
                sent.ended(None, Outcome::Done, "");
                Answer::Deleted { acknowledged: true }
            }
            now => {
                sent.ended(now.as_ref().ok(), Outcome::Unknown, &error.summary());
                Answer::Unsure(Box::new(Unsure::new(error, now)))
            }
        })
    }

    /// Writes down what is about to be done, with the disk's say-so, before it is.
    fn begin(&self, intent: &Intent) -> Option<OpenIntent> {
        self.journal.as_ref()?.begin(intent).map_err(|error| self.complain(&error)).ok()
    }

    fn finish(&self, open: Option<OpenIntent>, entry: &Entry) {
        if let Some(Err(error)) = open.map(|open| open.finish(entry)) {
            self.complain(&error);
        }
    }

    pub(super) fn record(
        &self,
        scope: &Scope,
        action: Action,
        id: KeyId,
        key: Option<&ApiKey>,
        outcome: Outcome,
        detail: &str,
    ) {
        if outcome == Outcome::Done && matches!(action, Action::Deactivate | Action::Activate) {
            let at = (action == Action::Deactivate).then(Timestamp::now);
            self.known().deactivated.insert(id, at);
        }
        let Some(journal) = &self.journal else { return };
        if let Err(error) = journal.append(&self.entry(scope, action, id, key, outcome, detail)) {
            self.complain(&error);
        }
    }

    pub(super) fn entry(
        &self,
        scope: &Scope,
        action: Action,
        id: KeyId,
        key: Option<&ApiKey>,
        outcome: Outcome,
        detail: &str,
    ) -> Entry {
        Entry {
            time: Timestamp::now(),
            organization: self.organization_record(),
            service: self.service.clone(),
            scope: self.scope_record(scope),
            action,
            id: Some(id),
            name: key.and_then(|key| key.name.clone()).or_else(|| self.known_name(id)),
            outcome,
            detail: Text::from(detail),
        }
    }

    // Each of these takes the lock and gives it back: held over both in one expression, it would wait for itself.
    fn organization_record(&self) -> Option<OrganizationRecord> {
        self.known().organization.clone()
    }

    fn known_name(&self, id: KeyId) -> Option<Text> {
        self.known().names.get(&id).cloned()
    }

    fn scope_record(&self, scope: &Scope) -> ScopeRecord {
        let name = self.known().projects.iter().find(|(other, _)| other == scope).map(|(_, name)| name.clone());
        ScopeRecord::new(scope, &name.unwrap_or_default())
    }

    fn complain(&self, error: &JournalError) {
        let mut known = self.known();
        if !std::mem::replace(&mut known.has_complained, true) {
            known.complaint = Some(format!("{error}. {WITHOUT_JOURNAL}"));
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `entry`, with what the list says of a key whose answer was lost.
fn outcome_of(lost: &Lost, entry: Entry) -> Entry {
    let keys = lost.found.as_deref().unwrap_or_default();
    match keys.iter().find(|key| lost.is_likely(key)) {
        Some(key) => Entry { id: Some(key.id), outcome: Outcome::Orphan, ..entry },
        None => Entry { outcome: Outcome::None, ..entry },
    }
}
