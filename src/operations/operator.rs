//! Carries out operations on one service, with what it takes to know what became of them.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::examined::deactivated_at;
use super::pending::{Pending, outcome_of};
use super::recorder::Recorder;
use super::{Answer, Examined, Lost, Operation, appeared};
use crate::advice::Advice;
use crate::api::announcement::Announcement;
use crate::api::error::{ApiError, Certainty, ErrorKind};
use crate::api::model::{ApiKey, CreatedKey, KeyId, Lifetime, MaskedValue, Organization, Project, Scope};
use crate::api::{Capabilities, Capability, Client};
use crate::journal::{
    Action, Entry, Intended, Intent, Journal, JournalError, OrganizationRecord, Outcome, Report, ScopeRecord, Service,
};
use crate::text::Text;

/// How long a call that was answered waits for the organization's name.
const A_MOMENT: Duration = Duration::from_secs(1);

/// The client of one service, and the journal of what is done with it.
#[derive(Debug)]
pub struct Operator {
    pub(super) client: Client,
    pub(super) service: Service,
    pub(super) recorder: Arc<Recorder>,
    pub(super) known: Arc<Mutex<Known>>,
    pub(super) advice: Advice,
}

/// What was read on the way, for the journal's words; and what is still to be told.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) organization: Option<OrganizationRecord>,
    projects: Vec<(Scope, Text)>,
    /// The names of keys that were read one by one, as they are before they are changed.
    names: HashMap<KeyId, Text>,
    /// The values of the same keys, as they were told last.
    pub(super) told: HashMap<KeyId, Vec<MaskedValue>>,
    /// When this program deactivated keys; none for those that it reactivated since.
    deactivated: HashMap<KeyId, Option<Timestamp>>,
    /// The keys whose secrets arrived here.
    delivered: HashSet<KeyId>,
    /// What is still to be found out, held so that nobody else looks into it meanwhile.
    pub(super) pending: Vec<(Intent, Pending)>,
    /// What earlier programs left that is no lost key, in words.
    pub(super) notes: Vec<String>,
}

impl Operator {
    /// Carries out operations by `client`, on `service`. Where `journal` is none, nothing is to be written down.
    pub fn new(client: Client, service: Service, journal: Option<Result<Journal, JournalError>>) -> Self {
        Self {
            client,
            service,
            recorder: Arc::new(Recorder::new(journal)),
            known: Arc::default(),
            advice: Advice::default(),
        }
    }

    /// Has its [notes](Self::take_notes) tell commands by `advice`, which is about the keys of this service.
    #[must_use]
    pub fn advising(self, advice: Advice) -> Self {
        Self { advice, ..self }
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
    /// nothing. Dropped later, a change is written down as unknown; a key that was to be generated or rotated is the next
    /// start's to look into, where `sending` was told so.
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
            Operation::Keys(scope) => {
                let keys = self.client.keys(&scope).list().await?;
                self.tell_again(&keys);
                Answer::Keys(keys)
            }
            Operation::Examine(scope, id) => Answer::Examined(Box::new(self.examine(&scope, id).await?)),
            Operation::Create { scope, name, lifetime, replaces } => {
                self.create(scope, name, lifetime, replaces, sending).await?
            }
            Operation::Rotate { scope, id, rotation } => self.rotate(&scope, id, rotation, sending).await?,
            Operation::LookAgain(lost) => Answer::Lost(Box::new(self.look_once_more(*lost).await)),
            Operation::SetValid { scope, id, valid } => {
                sending(false);
                self.set_valid(&scope, id, valid).await?
            }
            Operation::Delete { scope, id } => {
                sending(false);
                self.delete(&scope, id).await?
            }
            Operation::Replacements => Answer::Replacements(self.replacements().await),
            Operation::EndReplacement(replacement) => self.end_replacement(&replacement).await,
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
        self.known().told.insert(key.id, key.values().cloned().collect());
    }

    /// The values of `keys`, which are told now, where some were told before.
    fn tell_again(&self, keys: &[ApiKey]) {
        let mut known = self.known();
        for key in keys {
            if let Some(told) = known.told.get_mut(&key.id) {
                *told = key.values().cloned().collect();
            }
        }
    }

    pub(super) async fn read_organization(&self) -> Result<Organization, ApiError> {
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
        // A journal that can't be read remembers nothing; writes complain of it.
        let entries = self.recorder.entries().await;
        deactivated_at(&entries, &self.service, id)
    }

    /// How far this machine's clock is ahead of the service's, by its last answer; none where that did not tell.
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        self.client.last_contact()?.clock_ahead()
    }

    /// What can be done with the keys of this service; none before the first read was answered.
    pub fn capabilities(&self) -> Option<Capabilities> {
        self.client.capabilities()
    }

    /// What the service announced beside its answers, each once.
    pub fn take_announcements(&self) -> Vec<Announcement> {
        self.client.take_announcements()
    }

    /// Why the journal can't be kept, once.
    pub fn take_complaint(&self) -> Option<String> {
        self.recorder.take_complaint()
    }

    /// What [`reconcile`](Self::reconcile) found that its user has to know, beside the keys: in sentences, once.
    pub fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut self.known().notes)
    }

    /// The newest `most` entries of the journal; none where none is kept.
    ///
    /// # Errors
    /// Where it can't be read.
    pub async fn read_journal(&self, most: usize) -> Result<Option<Report>, JournalError> {
        self.recorder.report(self.service.clone(), most).await
    }

    /// Generates a key, once. The ids of the scope are known before, so that a lost answer can be looked into.
    async fn create(
        &self,
        scope: Scope,
        name: String,
        lifetime: Lifetime,
        replaces: Option<KeyId>,
        sending: impl FnOnce(bool),
    ) -> Result<Answer, ApiError> {
        let keys = self.client.keys(&scope);
        let before = self.knowing_whose(keys.list()).await.map_err(ApiError::before_sending)?;
        if lifetime != Lifetime::Unlimited {
            self.can(|capabilities| capabilities.expiry).await?;
        }
        let known: Vec<KeyId> = before.into_iter().map(|key| key.id).collect();
        let intent = Intent {
            time: Timestamp::now(),
            service: self.service.clone(),
            organization: self.organization_record(),
            scope: self.scope_record(&scope),
            name: Text::from(name.as_str()),
            what: Intended::Create { replaces, known: known.clone() },
        };
        let open = self.recorder.begin(intent.clone()).await;
        sending(open.is_some());
        let result = keys.create(&name, lifetime).await.and_then(|created| self.is_new(created, &known));
        let entry = |outcome| Entry::of(&intent, Timestamp::now(), Action::Create, outcome);
        match result {
            Ok(created) => {
                let outcome = if created.secret.is_some() { Outcome::Done } else { Outcome::Orphan };
                if created.secret.is_some() {
                    self.known().delivered.insert(created.key.id);
                }
                let detail = replaces.map_or_else(String::new, |old| format!("replaces the key {old}"));
                let entry = Entry { id: Some(created.key.id), detail: Text::from(detail), ..entry(outcome) };
                self.recorder.finish(open, entry).await;
                Ok(Answer::Created(created))
            }
            Err(error) if error.certainty() == Certainty::NotDone => {
                let entry = Entry { detail: Text::from(error.summary()), ..entry(Outcome::Failed) };
                self.recorder.finish(open, entry).await;
                Err(error)
            }
            Err(error) => {
                let lost = Lost { scope, name, known, error: Some(error), found: Ok(Vec::new()) };
                let lost = self.look_again(lost).await;
                if lost.found.is_ok() {
                    self.recorder.finish(open, outcome_of(&lost, entry(Outcome::Unknown))).await;
                } else if let Some(open) = open {
                    // Until the user looks again, or the next start does.
                    self.known().pending.push((intent.clone(), Pending::Own(open)));
                }
                Ok(Answer::Lost(Box::new(lost)))
            }
        }
    }

    /// `created`, unless it is said to be a key that was there before: whoever took that one back would cut off somebody.
    fn is_new(&self, created: CreatedKey, known: &[KeyId]) -> Result<CreatedKey, ApiError> {
        if !known.contains(&created.key.id) {
            return Ok(created);
        }
        let reason = format!("it names the key {}, which was there before, as the new one", created.key.id);
        Err(ApiError { host: self.service.address().clone(), kind: ErrorKind::Unreadable { status: 200, reason } })
    }

    /// Reads the scope again, for keys that were not there before the call whose answer was lost.
    pub(super) async fn look_again(&self, lost: Lost) -> Lost {
        let found = match self.client.keys(&lost.scope).list().await {
            Ok(keys) => Ok(self.appeared(&lost.known, keys, &lost.name).await),
            Err(error) => Err(error),
        };
        Lost { found, ..lost }
    }

    /// Those of `keys` that are not among `known`, the ones called `name` first. One whose secret arrived since, as it
    /// was generated again, is none of them.
    pub(super) async fn appeared(&self, known: &[KeyId], mut keys: Vec<ApiKey>, name: &str) -> Vec<ApiKey> {
        let delivered = self.delivered().await;
        keys.retain(|key| !delivered.contains(&key.id));
        appeared(known, keys, name)
    }

    /// The keys whose secrets arrived, here or in any program that keeps this journal.
    async fn delivered(&self) -> HashSet<KeyId> {
        // Where it can't be read, a key too many is told: better than one too few.
        let entries = self.recorder.entries().await;
        let is_delivered = |entry: &Entry| {
            // A lost key that was given a new value is lost no more.
            matches!(entry.action, Action::Create | Action::Rotate)
                && entry.outcome == Outcome::Done
                && entry.service == self.service
        };
        let mut delivered = self.known().delivered.clone();
        delivered.extend(entries.into_iter().filter(is_delivered).filter_map(|entry| entry.id));
        delivered
    }

    /// Refuses what this service's API does not know, before anything is begun.
    pub(super) async fn can(&self, what: impl FnOnce(Capabilities) -> Capability) -> Result<(), ApiError> {
        let capabilities = self.client.find_capabilities().await.map_err(ApiError::before_sending)?;
        match what(capabilities).obstacle() {
            None => Ok(()),
            Some(reason) => {
                Err(ApiError { host: self.service.address().clone(), kind: ErrorKind::Unavailable(reason) })
            }
        }
    }

    /// Remembers what came of a change.
    pub(super) fn know_change(&self, action: Action, id: KeyId, outcome: Outcome) {
        if outcome == Outcome::Done && matches!(action, Action::Deactivate | Action::Activate) {
            let at = (action == Action::Deactivate).then(Timestamp::now);
            self.known().deactivated.insert(id, at);
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
            // The service may have answered with another key.
            name: key.filter(|key| key.id == id).and_then(|key| key.name.clone()).or_else(|| self.known_name(id)),
            replaces: None,
            outcome,
            detail: Text::from(detail),
        }
    }

    /// Awaits `call`, and meanwhile asks whose keys these are, where that is not known: the journal says so, and without
    /// it the next start could not tell in whose list to look for a key. Where it can't be had, nothing else fails.
    pub(super) async fn knowing_whose<T>(&self, call: impl Future<Output = T>) -> T {
        if !self.recorder.keeps_journal() || self.organization_record().is_some() {
            return call.await;
        }
        let (mut organization, mut call) = (pin!(self.read_organization()), pin!(call));
        let result = tokio::select! {
            result = &mut call => result,
            _ = &mut organization => return call.await,
        };
        let _ = tokio::time::timeout(A_MOMENT, organization).await;
        result
    }

    // Each of these takes the lock and gives it back: held over both in one expression, it would wait for itself.
    pub(super) fn organization_record(&self) -> Option<OrganizationRecord> {
        self.known().organization.clone()
    }

    fn known_name(&self, id: KeyId) -> Option<Text> {
        self.known().names.get(&id).cloned()
    }

    pub(super) fn scope_record(&self, scope: &Scope) -> ScopeRecord {
        let name = self.known().projects.iter().find(|(other, _)| other == scope).map(|(_, name)| name.clone());
        ScopeRecord::new(scope, &name.unwrap_or_default())
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
