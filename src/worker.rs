//! The background task: whatever waits for a network or another program happens here, so that the screen
//! never does.
//!
//! It runs on a thread of its own. Each job is a task of its own, too, and ends in one [`Event`]. Whatever takes the
//! processor for long, as arranging many keys does, has a thread to itself.

mod arranger;

mod profile;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinError;
use zeroize::Zeroizing;

use crate::api::{Client, Limits};
use crate::app::Session;
use crate::app::arrange::Wanted;
use crate::app::message::{Delivery, Event};
use crate::app::profile::ProfileName;
use crate::app::request::RequestId;
use crate::clipboard::{self, Copied, CopyOptions, Environment};
use crate::config::{Connection, KeySource};
use crate::demo;
use crate::destination::{self, Ask, Delivered, Destination, KeyKind, Means, Outcome};
use crate::export;
use crate::export::file::NotSaved;
use crate::guard::Signer;
use crate::journal::{Journal, JournalError, Service};
use crate::operations::{Operation, Operator};
use crate::secret::Secret;
use arranger::Arranger;
pub use profile::Access;
use profile::Entry;

/// Something to do in the background.
#[derive(Debug)]
pub enum Job {
    /// Carry out an operation.
    Ask(RequestId, Operation),
    /// Look at a destination.
    Look(RequestId, Destination, KeyKind),
    /// Take a secret to its destination.
    Deliver(RequestId, Destination, KeyKind, Secret, Option<Ask>),
    /// Sign the calls with this key from then on, once it proved that it can.
    SignIn(RequestId, Secret),
    /// Copy to the clipboard.
    Copy(RequestId, Secret),
    /// Write a file with this text, over one that is there only where that may be replaced.
    Save {
        /// Which of them it is.
        request: RequestId,
        /// Where to.
        path: PathBuf,
        /// What is in it.
        text: String,
        /// Whether it may be replaced.
        replace: bool,
    },
    /// Work out the rows of the table, in place of those that were asked for before.
    Arrange(RequestId, Box<Wanted>),
    /// Read the newest entries of the journal, so many at most.
    ReadJournal(RequestId, usize),
    /// Read the key of this profile and call its service, without entering it.
    OpenProfile(RequestId, ProfileName),
    /// Talk to the service of this profile, which was opened, from then on.
    EnterProfile(ProfileName),
    /// Start the embedded service, and talk to it from then on.
    StartDemo,
}

/// What comes of a job.
pub enum Done {
    /// For `update`.
    Event(Event),
    /// An escape sequence that only the drawing thread may write; it then tells of the copy, or that a secret was
    /// delivered like this.
    Write(RequestId, Zeroizing<String>, Option<Delivered>),
}

impl fmt::Debug for Done {
    /// Without the sequence: what is copied can be read from it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => formatter.debug_tuple("Event").field(event).finish(),
            Self::Write(request, _, delivered) => write!(formatter, "Write({request:?}, …, {delivered:?})"),
        }
    }
}

/// How long the end of the task is waited for, when there is nothing left to wait for but a slow disk.
const PATIENCE: Duration = Duration::from_secs(1);

/// A handle to the background task. It ends when the handle is dropped: a change that is under way is written down as
/// unknown, and a key that is being generated or rotated is left to the next start.
#[derive(Debug)]
pub struct Worker {
    arranger: Arranger,
    /// None once it ends.
    jobs: Option<UnboundedSender<Job>>,
    ended: Receiver<()>,
}

impl Worker {
    /// Starts the task. `connection` is the service, where there is one, `limits` how long it is waited for, and
    /// `journal` where changes are written down, where they are; `access` leads to profiles, where there are any, and
    /// `done` gets what comes of jobs. What earlier programs left open is looked into first.
    ///
    /// # Errors
    /// Where the system has no thread for it.
    pub fn start(
        connection: Option<&Connection>,
        limits: Limits,
        journal: Option<Result<Journal, JournalError>>,
        means: Means,
        access: Option<Access>,
        done: impl Fn(Done) + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let (jobs, queue) = unbounded_channel();
        let current = connection.map(|connection| Arc::new(Entry::new(connection, limits.clone(), journal.clone())));
        let kept = Kept::default();
        if let Some(entry) = &current {
            kept.insert(entry);
        }
        let done = Arc::new(done);
        let tell = Arc::clone(&done);
        let arranger = Arranger::start(move |request, arrangement| {
            tell(Done::Event(Event::Arranged(request, Arc::new(arrangement))));
        })?;
        let state = State { current, kept, access, limits, journal, demo: None, means, done };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            // Whoever waited for a disk goes soon, and does not wake up later for that alone.
            .thread_keep_alive(Duration::from_millis(500))
            .build()
            .context("No background task could be set up")?;
        let (ends, ended) = channel::<()>();
        let run = move || {
            runtime.block_on(state.run(queue));
            // What is under way is dropped here; a name that is being looked up is not waited for.
            runtime.shutdown_background();
            drop(ends);
        };
        thread::Builder::new().name("worker".into()).spawn(run).context("No background task could be started")?;
        Ok(Self { arranger, jobs: Some(jobs), ended })
    }

    /// Hands over a job.
    pub fn submit(&self, job: Job) {
        let job = match job {
            Job::Arrange(request, wanted) => return self.arranger.arrange(request, wanted),
            job => job,
        };
        // The task ends only with the program, or by a panic, which ends the program.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // Nothing is ever sent: this is over when the other end is gone.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

fn operator(connection: &Connection, limits: Limits, journal: Option<Result<Journal, JournalError>>) -> Arc<Operator> {
    let client = Client::new(connection.base_url.clone(), connection.key.clone(), limits)
        .speaking(connection.speak.unwrap_or_default());
    let client = match &connection.in_force.read_only {
        Some(reason) => client.read_only(&reason.to_string()),
        None => client,
    };
    // The screen counts pauses down, and asks again by itself.
    let client = client.telling_pauses();
    Arc::new(Operator::new(client, Service::new(&connection.base_url), journal).advising(connection.in_force.advice()))
}

struct State<F> {
    /// The service that is talked to; none before there is one.
    current: Option<Arc<Entry>>,
    /// All that were talked to, or can be.
    kept: Kept,
    access: Option<Access>,
    limits: Limits,
    journal: Option<Result<Journal, JournalError>>,
    /// Held while it is talked to: dropping it ends it.
    demo: Option<demo::Service>,
    means: Means,
    done: Arc<F>,
}

/// The services that were opened, by their profiles.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<HashMap<ProfileName, Arc<Entry>>>>);

impl Kept {
    fn get(&self, name: &ProfileName) -> Option<Arc<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn insert(&self, entry: &Arc<Entry>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(entry.name.clone(), Arc::clone(entry));
    }

    /// The next time its key is read anew.
    fn forget(&self, name: &ProfileName) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// What calls are carried out with. Another may take over; what is under way ends with the one before.
#[derive(Debug, Clone)]
struct Current(Arc<Mutex<Arc<Operator>>>);

impl Current {
    fn new(operator: Arc<Operator>) -> Self {
        Self(Arc::new(Mutex::new(operator)))
    }

    fn get(&self) -> Arc<Operator> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, operator: Arc<Operator>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = operator;
    }
}

impl<F: Fn(Done) + Send + Sync + 'static> State<F> {
    async fn run(mut self, mut queue: UnboundedReceiver<Job>) {
        self.reconcile();
        while let Some(job) = queue.recv().await {
            let done = Arc::clone(&self.done);
            match job {
                Job::Ask(request, operation) => {
                    // Nothing is asked before there is a service.
                    let Some(entry) = self.current.clone() else { continue };
                    tokio::spawn(async move {
                        let operator = entry.operator.get();
                        let result = operator.run(operation).await;
                        if let Some(capabilities) = entry.new_capabilities(&operator) {
                            done(of(&entry, Event::Capabilities(capabilities)));
                        }
                        if let Some(ahead) = entry.new_clock(&operator) {
                            done(of(&entry, Event::ClockAhead(ahead)));
                        }
                        done(Done::Event(Event::Reply(request, result)));
                        complain(&entry, &operator, &*done);
                    });
                }
                // It never comes here.
                Job::Arrange(..) => {}
                Job::ReadJournal(request, most) => {
                    let Some(operator) = self.operator() else { continue };
                    tokio::spawn(async move {
                        let report = operator.read_journal(most).await.map(|report| report.map(Box::new));
                        done(Done::Event(Event::Journal(request, report)));
                    });
                }
                Job::Look(request, destination, kind) => {
                    let means = self.means.clone();
                    tokio::spawn(async move {
                        let look = destination::look(&destination, kind, &means).await;
                        done(Done::Event(Event::Looked(request, look)));
                    });
                }
                Job::Deliver(request, destination, kind, secret, agreed) => {
                    let means = self.means.clone();
                    tokio::spawn(async move {
                        done(match destination::deliver(&destination, kind, &secret, agreed, &means).await {
                            Ok(Outcome::Write(sequence, delivered)) => Done::Write(request, sequence, Some(delivered)),
                            Ok(Outcome::Delivered(delivered)) => Done::Event(Event::Delivered(request, Ok(delivered))),
                            Err(error) => Done::Event(Event::Delivered(request, Err(error))),
                        });
                    });
                }
                Job::SignIn(request, secret) => {
                    let Some(entry) = self.current.clone() else { continue };
                    tokio::spawn(async move {
                        let operator = entry.operator.get();
                        let signer = Signer::new(&secret);
                        let result = operator.succeeded_by(secret).await.map(|next| {
                            entry.operator.set(Arc::new(next));
                            signer
                        });
                        done(Done::Event(Event::SignedIn(request, result)));
                        complain(&entry, &operator, &*done);
                    });
                }
                Job::Copy(request, secret) => {
                    let Means { copying, environment, .. } = self.means.clone();
                    tokio::spawn(async move { done(copy(request, &secret, &copying, &environment).await) });
                }
                Job::Save { request, path, text, replace } => {
                    // A disk may be slow, and holds up nothing else.
                    let saving = tokio::task::spawn_blocking(move || export::file::save(&path, &text, replace));
                    tokio::spawn(async move {
                        let lost = |error: JoinError| Err(NotSaved::Failed(error.to_string()));
                        let result = saving.await.unwrap_or_else(lost);
                        done(Done::Event(Event::Saved(request, result)));
                    });
                }
                Job::OpenProfile(request, name) => self.open_profile(request, name),
                Job::EnterProfile(name) => {
                    // It was opened before it was entered.
                    let Some(entry) = self.kept.get(&name) else { continue };
                    entry.begins();
                    self.current = Some(entry);
                    self.reconcile();
                }
                Job::StartDemo => {
                    let event = match start_demo() {
                        Ok((service, connection)) => {
                            // Made-up keys are nothing to write down.
                            let entry = Arc::new(Entry::new(&connection, self.limits.clone(), None));
                            self.kept.insert(&entry);
                            self.current = Some(entry);
                            self.demo = Some(service);
                            Event::Connected(demo_session(&connection))
                        }
                        Err(error) => Event::Notice(format!("{error:#}.")),
                    };
                    done(Done::Event(event));
                }
            }
        }
    }
}

impl<F: Fn(Done) + Send + Sync + 'static> State<F> {
    fn operator(&self) -> Option<Arc<Operator>> {
        self.current.as_ref().map(|entry| entry.operator.get())
    }

    /// Looks into what earlier programs left open where the calls go now, once.
    fn reconcile(&self) {
        let Some(entry) = self.current.clone().filter(|entry| entry.is_to_reconcile()) else { return };
        let done = Arc::clone(&self.done);
        tokio::spawn(async move {
            let operator = entry.operator.get();
            operator.reconcile(None, |told| done(of(&entry, Event::Reconciled(told)))).await;
            for note in operator.take_notes() {
                done(of(&entry, Event::Notice(note)));
            }
            complain(&entry, &operator, &*done);
        });
    }

    fn open_profile(&self, request: RequestId, name: ProfileName) {
        let (done, kept, access) = (Arc::clone(&self.done), self.kept.clone(), self.access.clone());
        let (limits, journal) = (self.limits.clone(), self.journal.clone());
        tokio::spawn(async move {
            let make = |connection: &Connection| Entry::new(connection, limits, journal);
            let key_was_read = || done(Done::Event(Event::ProfileKeyRead(request)));
            let opened = profile::open(&name, kept.get(&name), access, make, key_was_read).await;
            let result = match opened {
                Ok((entry, opened)) => {
                    kept.insert(&entry);
                    Ok(Box::new(opened))
                }
                Err(error) => {
                    // A key that was taken out of force may have given way to another since.
                    if error.is_refused() && name.is_some() {
                        kept.forget(&name);
                    }
                    Err(error)
                }
            };
            done(Done::Event(Event::ProfileOpened(request, result)));
        });
    }
}

/// What is told of a service, which may not be talked to any more.
fn of(entry: &Entry, event: Event) -> Done {
    Done::Event(Event::Of(entry.name.clone(), Box::new(event)))
}

/// Passes on what is wrong with the journal, and what the service announced: the work goes on, but its user should
/// know.
fn complain(entry: &Entry, operator: &Operator, done: &impl Fn(Done)) {
    if let Some(complaint) = operator.take_complaint() {
        done(of(entry, Event::Notice(complaint)));
    }
    for announcement in operator.take_announcements() {
        done(of(entry, Event::Notice(announcement.to_string())));
    }
}

/// Starts the embedded service, with the connection to it.
///
/// # Errors
/// Where it can't listen on loopback.
pub fn start_demo() -> anyhow::Result<(demo::Service, Connection)> {
    let service = demo::Service::start(&demo::Options::default())?;
    let connection = Connection::to_demo(service.base_url(), service.organization_key().clone())?;
    Ok((service, connection))
}

/// The embedded service, as the screen shows it.
pub fn demo_session(connection: &Connection) -> Session {
    // The badge says enough: its port means nothing to anybody.
    Session::new(String::new(), KeySource::Embedded, Signer::new(&connection.key))
}

/// Copies by the best route, or by the next best where that fails.
async fn copy(request: RequestId, secret: &Secret, options: &CopyOptions, environment: &Environment) -> Done {
    let result = match clipboard::copy_by_best_route(secret, environment, options).await {
        Ok((_, Copied::Native { clears_after })) => Ok(Delivery::Clipboard { clears_after }),
        Ok((_, Copied::SentToTerminal)) => Ok(Delivery::Terminal),
        Ok((_, Copied::WriteSequence)) => {
            return Done::Write(request, clipboard::osc52_sequence(secret, environment.screen), None);
        }
        Err(error) => Err(sentence(&error.to_string())),
    };
    Done::Event(Event::Copied(request, result))
}

/// `words` with a capital letter and a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}
