//! The services that are talked to, one for each profile that was entered; and how another one is opened.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;

use super::Current;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::Organization;
use crate::api::{Capabilities, Limits};
use crate::app::Session;
use crate::app::profile::{NotOpened, Opened, ProfileName};
use crate::config::{Configuration, Connection, ConnectionError, InForce, KeyError, KeyPlace};
use crate::guard::Signer;
use crate::journal::{Journal, JournalError};
use crate::operations::{Answer, Operation, Operator};

/// A variable of the environment by its name.
type Variable = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How the profiles of `config.toml` are got at.
#[derive(Clone)]
pub struct Access {
    configuration: Arc<Configuration>,
    is_read_only: bool,
    variable: Variable,
}

impl fmt::Debug for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Access").field("is_read_only", &self.is_read_only).finish_non_exhaustive()
    }
}

impl Access {
    /// To those of `configuration`, with what the environment, `variable`, says. Where `is_read_only`, nothing is changed
    /// in any of them.
    pub fn new(
        configuration: Configuration,
        is_read_only: bool,
        variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { configuration: Arc::new(configuration), is_read_only, variable: Arc::new(variable) }
    }

    async fn connect(&self, name: &str) -> Result<Connection, NotOpened> {
        let variable = |name: &str| (self.variable)(name);
        let connected = self.configuration.connect_beside(name, self.is_read_only, variable).await;
        let mut connection = connected.map_err(|error| self.not_connected(name, &error))?;
        connection.speak.get_or_insert(self.configuration.settings.speak);
        Ok(connection)
    }

    fn not_connected(&self, name: &str, error: &ConnectionError) -> NotOpened {
        let word = match error {
            ConnectionError::NoKey { .. } | ConnectionError::ProfileKey { .. } => "no key",
            ConnectionError::KeptForAnother { .. } => "key elsewhere",
            _ => "unusable",
        };
        let entry = self.configuration.profiles.find(name).and_then(|entry| entry.profile.as_ref().ok());
        let is_command = entry.is_some_and(|profile| matches!(profile.key, KeyPlace::Command { .. }));
        let advice = match error {
            ConnectionError::ProfileKey { error: KeyError::Failed(_), .. } if is_command => {
                format!(" Here it can't ask you anything: where it has to, start `ckeys --profile {name}`.")
            }
            _ => String::new(),
        };
        NotOpened { word, reason: format!("{error}{advice}") }
    }
}

/// A service that is talked to.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: ProfileName,
    pub(super) operator: Current,
    session: Session,
    in_force: InForce,
    /// What was told of the service while it was in force.
    told: Mutex<Told>,
    was_reconciled: AtomicBool,
}

/// What the screen was told of a service.
#[derive(Debug, Default)]
struct Told {
    capabilities: Option<Capabilities>,
    ahead: SignedDuration,
}

/// Clocks differ by less at one answer than at another; nobody would see that.
const CLOCK_JITTER: SignedDuration = SignedDuration::from_secs(10);

impl Entry {
    pub(super) fn new(connection: &Connection, limits: Limits, journal: Option<Result<Journal, JournalError>>) -> Self {
        let in_force = connection.in_force.clone();
        Self {
            name: in_force.profile.as_ref().map(|(name, _)| name.clone()),
            operator: Current::new(super::operator(connection, limits, journal)),
            session: Session::new(connection.place(), in_force.key, Signer::new(&connection.key)),
            in_force,
            told: Mutex::default(),
            was_reconciled: AtomicBool::new(false),
        }
    }

    /// The screen knows nothing of it any more.
    pub(super) fn begins(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Told::default();
    }

    /// Whether what earlier programs left in it is still to be looked into; said once.
    pub(super) fn is_to_reconcile(&self) -> bool {
        !self.was_reconciled.swap(true, Ordering::Relaxed)
    }

    /// What the service can do, where that was not told.
    pub(super) fn new_capabilities(&self, operator: &Operator) -> Option<Capabilities> {
        let capabilities = operator.capabilities()?;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.capabilities.is_none().then(|| *told.capabilities.insert(capabilities))
    }

    /// How far this machine's clock is ahead of the service's, where that is other news than what was told. Each answer
    /// tells it only to the second.
    pub(super) fn new_clock(&self, operator: &Operator) -> Option<SignedDuration> {
        let ahead = operator.clock_ahead()?;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        ((ahead - told.ahead).abs() > CLOCK_JITTER).then(|| {
            told.ahead = ahead;
            ahead
        })
    }

    /// Calls the service, which shows whether it is there and accepts the key.
    async fn call(&self) -> Result<Organization, ApiError> {
        match self.operator.get().run(Operation::Organization).await? {
            Answer::Organization(organization) => Ok(organization),
            _ => Err(another_kind()),
        }
    }

    fn opened(&self, organization: Organization) -> Opened {
        Opened { session: self.session.clone(), in_force: self.in_force.clone(), organization }
    }
}

/// An operation ends in its own answer; should one ever not, that is an error like others.
fn another_kind() -> ApiError {
    let reason = "it answers another call".to_owned();
    ApiError { host: "the service".into(), kind: ErrorKind::Unreadable { status: 200, reason } }
}

/// The word for a key that the service does not accept.
const REFUSED: &str = "key refused";

impl NotOpened {
    /// Whether the service did not accept the key.
    pub(super) fn is_refused(&self) -> bool {
        self.word == REFUSED
    }
}

/// Opens the profile `name`, or the one in `kept`, which was open before. `connected` is called when its key is there.
///
/// # Errors
/// Why it can't be entered.
pub(super) async fn open(
    name: &ProfileName,
    kept: Option<Arc<Entry>>,
    access: Option<Access>,
    make: impl FnOnce(&Connection) -> Entry,
    connected: impl FnOnce(),
) -> Result<(Arc<Entry>, Opened), NotOpened> {
    let entry = match (kept, access, name) {
        (Some(kept), ..) => kept,
        (None, Some(access), Some(name)) => Arc::new(make(&access.connect(name).await?)),
        _ => return Err(NotOpened { word: "unusable", reason: "There is no such profile.".to_owned() }),
    };
    connected();
    let organization = entry.call().await.map_err(|error| not_called(&error))?;
    let opened = entry.opened(organization);
    Ok((entry, opened))
}

fn not_called(error: &ApiError) -> NotOpened {
    let word = match &error.kind {
        ErrorKind::Status(status) if matches!(status.status, 401 | 403) && !status.is_page => REFUSED,
        ErrorKind::Connect(_) | ErrorKind::Timeout { .. } | ErrorKind::Broken(_) => "down",
        ErrorKind::Status(status) if status.status >= 500 => "down",
        _ => "failed",
    };
    NotOpened { word, reason: error.to_string() }
}
