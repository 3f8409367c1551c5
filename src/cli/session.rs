//! What a command works with: the client, the settings, the time it has, and what is under way.

use std::cell::RefCell;
use std::fmt::Display;
use std::sync::OnceLock;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use super::exit::{Exit, Failure};
use super::output::{Style, say};
use super::patience::Patience;
use super::place::{Place, Wanted, find_project};
use super::progress::Progress;
use super::times::exact;
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, KeyId, RotationState, Scope};
use crate::api::{Capabilities, Client, Limits};
use crate::config::{Configuration, Connection, InForce, Settings, Times};
use crate::guard::{Phrase, Signer};
use crate::journal::{Journal, JournalError, Service};
use crate::operations::{Answer, Lost, Operation, Operator, Reconciled};
use crate::status::{Overrides, Status};
use crate::text::Text;

/// How many keys are named by their ids in a message.
const MOST_IDS: usize = 5;

/// A write that is under way, in words, for whoever interrupts it.
#[derive(Debug, Default)]
pub(super) struct Pending(RefCell<Option<String>>);

impl Pending {
    /// From now on an interruption says this.
    pub(super) fn begin(&self, words: impl Into<String>) {
        self.0.replace(Some(words.into()));
    }

    /// From now on nothing is lost by an interruption.
    pub(super) fn end(&self) {
        self.0.take();
    }

    fn words(&self) -> Option<String> {
        self.0.borrow().clone()
    }
}

/// Reads `config.toml`; its problems are told.
pub(super) fn load_configuration() -> Configuration {
    let mut configuration = Configuration::load();
    configuration.problems.sort_by_key(|problem| problem.line);
    for problem in &configuration.problems {
        say(format_args!("ckeys: {problem}"));
    }
    configuration
}

/// One run of one command.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    operator: Operator,
    /// The service's address, without a slash at its end.
    pub(super) base_url: String,
    pub(super) signer: Signer,
    pub(super) in_force: InForce,
    pub(super) settings: Settings,
    pub(super) style: Style,
    pub(super) progress: Progress,
    /// When the command began, by this machine's clock.
    begun: Timestamp,
    /// How far that is ahead of the service's, as it was when that was wanted first.
    clock_ahead: OnceLock<SignedDuration>,
    pub(super) pending: Pending,
    patience: Patience,
}

impl Session {
    /// Starts a command on `connection`, whose changes are written down in `journal`, where there is one, and whose
    /// data is printed in `style`. `asked` goes before the thresholds of its profile, and those before the ones of
    /// `settings`.
    pub(super) fn open(
        connection: &Connection,
        mut settings: Settings,
        journal: Option<Result<Journal, JournalError>>,
        asked: Overrides,
        style: Style,
    ) -> Self {
        settings.thresholds = settings.thresholds.with(connection.in_force.thresholds).with(asked);
        if style.is_plain && settings.times == Times::Relative {
            // Such lines are kept and compared.
            settings.times = Times::Utc;
        }
        let limits = Limits::default();
        let client = Client::new(connection.base_url.clone(), connection.key.clone(), limits.clone())
            .speaking(connection.speak.unwrap_or(settings.speak));
        let client = match &connection.in_force.read_only {
            Some(reason) => client.read_only(&reason.to_string()),
            None => client,
        };
        Self {
            operator: Operator::new(client.clone(), Service::new(&connection.base_url), journal)
                .advising(connection.in_force.advice()),
            base_url: connection.base_url.as_str().trim_end_matches('/').to_owned(),
            signer: Signer::new(&connection.key),
            in_force: connection.in_force.clone(),
            patience: Patience::new(limits.read_budget),
            client,
            settings,
            progress: Progress::new(style),
            style,
            begun: Timestamp::now(),
            clock_ahead: OnceLock::new(),
            pending: Pending::default(),
        }
    }

    /// When the command began: every status and every “ago” is as of then. By the service's clock, as the keys' times
    /// are, once it answered.
    pub(super) fn now(&self) -> Timestamp {
        let told = || self.client.last_contact()?.clock_ahead();
        let ahead =
            self.clock_ahead.get().copied().or_else(|| told().map(|ahead| *self.clock_ahead.get_or_init(|| ahead)));
        ahead.and_then(|ahead| self.begun.saturating_sub(ahead).ok()).unwrap_or(self.begun)
    }

    /// Reads. All reads of a command share one budget of waiting.
    pub(super) async fn read<T>(&self, call: impl AsyncFnOnce(Client) -> T) -> T {
        let deadline = self.patience.begin(Instant::now());
        self.progress.begin("Reading", Instant::now());
        let answer = call(self.client.until(deadline)).await;
        self.progress.end(Instant::now());
        self.patience.end(Instant::now());
        answer
    }

    /// What can be done with this service's keys.
    ///
    /// # Errors
    /// Where the service does not answer.
    pub(super) async fn capabilities(&self) -> Result<Capabilities, Failure> {
        Ok(self.read(async |client| client.find_capabilities().await).await?)
    }

    /// Warns of what the service announced beside its answers.
    pub(super) fn tell_announcements(&self) {
        for announcement in self.client.take_announcements() {
            say(format_args!("ckeys: Warning: {announcement}"));
        }
    }

    /// Carries out a write, with the reads that it takes to know what became of it. An interruption after it was sent
    /// says `interrupted`.
    pub(super) async fn write(&self, interrupted: &str, operation: Operation) -> Result<Answer, ApiError> {
        let sending = |is_open: bool| {
            let next = if is_open { " The next ckeys to run looks into it, too." } else { "" };
            self.pending.begin(format!("{interrupted}{next}"));
        };
        self.progress.begin("Waiting for the service", Instant::now());
        let answer = self.operator.run_telling(operation, sending).await;
        self.progress.end(Instant::now());
        self.pending.end();
        if let Some(complaint) = self.operator.take_complaint() {
            say(format_args!("ckeys: Warning: {complaint}"));
        }
        answer
    }

    /// What an interruption now means.
    pub(super) fn interrupted(&self, exit: Exit) -> Failure {
        let words = self.pending.words().unwrap_or_else(|| "Nothing was being changed.".to_owned());
        let mut failure = Failure::new(exit, format!("Interrupted. {words}"));
        // They are told once.
        for warning in self.operator.take_notes().into_iter().chain(self.operator.take_complaint()) {
            failure.add(&format!("Warning: {warning}"));
        }
        failure
    }

    /// Tells what became of keys that earlier programs began to generate or rotate and did not see the end of.
    pub(super) async fn reconcile(&self) {
        // Beside the time that the command itself has: it shall not fail for what an earlier one left.
        let deadline = Instant::now() + Limits::default().read_budget;
        self.progress.begin("Reading", Instant::now());
        let tell = |told| match told {
            Reconciled::New(lost) => self.tell_new(&lost),
            Reconciled::Rotation { place, key } => self.tell_rotation(&place.scope(), &key),
        };
        self.operator.reconcile(Some(deadline), tell).await;
        self.progress.end(Instant::now());
        for note in self.operator.take_notes() {
            say(format_args!("ckeys: Warning: {note}"));
        }
    }

    /// Tells that an earlier program gave `key` a new value that nobody has.
    fn tell_rotation(&self, scope: &Scope, key: &ApiKey) {
        let (id, flag) = (key.id, scope.flag());
        let old = match key.rotation(self.now()) {
            RotationState::UnderWay { until, .. } => {
                format!("works until {}", exact(self.settings.times, until))
            }
            _ => "has stopped".to_owned(),
        };
        say(format_args!(
            "ckeys: An earlier ckeys ended while it rotated “{}” (id {id}, {flag}). The key has a new value, and nobody has \
             that, unless somebody else rotated it since. Its old value {old}: {} gives it another.",
            key.title(),
            self.command(format_args!("rotate {id} {flag}")),
        ));
    }

    /// Looks up the scope that was asked for.
    pub(super) async fn place(&self, wanted: Wanted<'_>) -> Result<Place, Failure> {
        match wanted {
            Wanted::Organization => {
                let organization = self.read(async |client| client.organization().await).await?;
                self.operator.know_organization(&organization);
                Ok(Place::of_organization(organization))
            }
            Wanted::Project(wanted) => {
                let projects = self.read(async |client| client.projects().await).await?;
                self.operator.know_projects(&projects);
                find_project(&projects, wanted, &self.in_force.advice()).map(Place::of_project)
            }
        }
    }

    /// Reads one key that is to be changed. Where the service answers with another one, neither the guards nor whoever
    /// confirms could know which key it is about.
    pub(super) async fn key_to_change(&self, place: &Place, id: KeyId) -> Result<ApiKey, Failure> {
        let key = self.key(place, id).await?;
        if key.id == id {
            Ok(key)
        } else {
            Err(Failure::new(Exit::Failed, "Whether that key may be changed can't be told. Nothing was changed."))
        }
    }

    /// Reads one key. Its own id may be another one, which is told.
    pub(super) async fn key(&self, place: &Place, id: KeyId) -> Result<ApiKey, Failure> {
        let key = self.read(async |client| client.keys(&place.scope).get(id).await).await.map_err(|error| {
            if error.is_not_found() {
                let words = format!(
                    "{}. In {} is no key with the id {id}; {} shows the ids.",
                    error.summary().trim_end_matches('.'),
                    place.words(),
                    self.command(format_args!("list {}", place.flag()))
                );
                Failure::new(Exit::NotFound, words)
            } else {
                error.into()
            }
        })?;
        if key.id != id {
            say(format_args!("ckeys: Warning: The service answered with the key {} in place of {id}.", key.id));
        }
        self.operator.know_key(&key);
        Ok(key)
    }

    /// What has to be typed to confirm a change of `key`.
    pub(super) async fn phrase(&self, place: &Place, key: &ApiKey) -> Result<Phrase, Failure> {
        // A name that another key has, too, would not say which one is meant.
        let siblings = self.read(async |client| client.keys(&place.scope).list().await).await?;
        Ok(Phrase::of(key, &siblings))
    }

    /// When ckeys deactivated `key`, where it is inactive since, as far as is known.
    pub(super) async fn inactive_since(&self, key: &ApiKey) -> Option<Timestamp> {
        self.operator.recall(key.clone()).await.inactive_since
    }

    pub(super) fn status(&self, key: &ApiKey) -> Status {
        Status::of(key, self.now(), &self.settings.thresholds)
    }

    /// The command with `arguments`, in backticks, that means this connection's keys wherever it is typed.
    pub(super) fn command(&self, arguments: impl Display) -> String {
        self.in_force.command(arguments)
    }

    /// The command that shows the key `id` of `place`, as [`command`](Self::command) has it.
    pub(super) fn get_command(&self, place: &Place, id: KeyId) -> String {
        self.command(format_args!("get {id} {}", place.flag()))
    }

    /// Tells what became of a key that an earlier program began to generate. That it was not generated is no news, and
    /// what can't be told yet is told another time.
    fn tell_new(&self, lost: &Lost) {
        let found = lost.found.as_deref().unwrap_or_default();
        let (likely, others): (Vec<_>, Vec<_>) = found.iter().partition(|key| lost.is_likely(key));
        let flag = lost.scope.flag();
        for key in &likely {
            let (state, verb, does) =
                if key.valid { ("", "deactivate", "makes it useless") } else { (", inactive", "delete", "removes it") };
            let id = key.id;
            say(format_args!(
                "ckeys: An earlier ckeys ended while it generated a key. “{}” (id {id}) is there now{state}, and nobody \
                 has its secret, as far as can be told: {} {does}.",
                key.title(),
                self.command(format_args!("{verb} {id} {flag}")),
            ));
        }
        if likely.is_empty() && !others.is_empty() {
            let ids: Vec<String> = others.iter().take(MOST_IDS).map(|key| key.id.to_string()).collect();
            let more = if others.len() > MOST_IDS { ", …" } else { "" };
            say(format_args!(
                "ckeys: An earlier ckeys ended while it generated “{}”. No key of this name is there, but others that \
                 are new, most likely somebody else's (id {}{more}): {} shows them.",
                Text::from(lost.name.as_str()),
                ids.join(", "),
                self.command(format_args!("list {flag}"))
            ));
        }
    }
}
