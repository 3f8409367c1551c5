//! The background task: whatever waits for a network or another program happens here, so that the screen
//! never does.
//!
//! It runs on a thread of its own. Each job is a task of its own, too, and ends in one [`Event`].

use std::fmt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinError;
use zeroize::Zeroizing;

use crate::api::{Capabilities, Client, Limits};
use crate::app::Session;
use crate::app::message::{Delivery, Event, RequestId};
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
    /// Read the newest entries of the journal, so many at most.
    ReadJournal(RequestId, usize),
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

/// Clocks differ by less at one answer than at another; nobody would see that.
const CLOCK_JITTER: SignedDuration = SignedDuration::from_secs(10);

/// A handle to the background task. It ends when the handle is dropped: a change that is under way is written down as
/// unknown, and a key that is being generated or rotated is left to the next start.
#[derive(Debug)]
pub struct Worker {
    /// None once it ends.
    jobs: Option<UnboundedSender<Job>>,
    ended: Receiver<()>,
}

impl Worker {
    /// Starts the task. `connection` is the service, where there is one, `limits` how long it is waited for, and
    /// `journal` where changes are written down, where they are; `done` gets what comes of jobs. What earlier programs
    /// left open is looked into first.
    ///
    /// # Errors
    /// Where the system has no thread for it.
    pub fn start(
        connection: Option<&Connection>,
        limits: Limits,
        journal: Option<Result<Journal, JournalError>>,
        means: Means,
        done: impl Fn(Done) + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let (jobs, queue) = unbounded_channel();
        let operator = Current::new(connection.map(|connection| operator(connection, limits.clone(), journal)));
        let (clock, told) = (Arc::default(), Arc::default());
        let state = State { operator, limits, demo: None, means, clock, told, done: Arc::new(done) };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
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
        Ok(Self { jobs: Some(jobs), ended })
    }

    /// Hands over a job.
    pub fn submit(&self, job: Job) {
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
    Arc::new(Operator::new(client, Service::new(&connection.base_url), journal))
}

struct State<F> {
    operator: Current,
    limits: Limits,
    /// Held while it is talked to: dropping it ends it.
    demo: Option<demo::Service>,
    means: Means,
    clock: Arc<Clock>,
    /// What was told of what the service can do.
    told: Arc<OnceLock<Capabilities>>,
    done: Arc<F>,
}

/// What calls are carried out with. Another may take over; what is under way ends with the one before.
#[derive(Debug, Clone)]
struct Current(Arc<Mutex<Option<Arc<Operator>>>>);

impl Current {
    fn new(operator: Option<Arc<Operator>>) -> Self {
        Self(Arc::new(Mutex::new(operator)))
    }

    /// None before there is a service.
    fn get(&self) -> Option<Arc<Operator>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, operator: Arc<Operator>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(operator);
    }
}

/// How far this machine's clock was last said to be ahead of the service's.
#[derive(Debug, Default)]
struct Clock(Mutex<SignedDuration>);

impl Clock {
    /// `ahead`, where it is other news than what was said last. Each answer tells it only to the second.
    fn changed(&self, ahead: Option<SignedDuration>) -> Option<SignedDuration> {
        let ahead = ahead?;
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ((ahead - *told).abs() > CLOCK_JITTER).then(|| {
            *told = ahead;
            ahead
        })
    }
}

impl<F: Fn(Done) + Send + Sync + 'static> State<F> {
    async fn run(mut self, mut queue: UnboundedReceiver<Job>) {
        if let Some(operator) = self.operator.get() {
            let done = Arc::clone(&self.done);
            tokio::spawn(async move {
                operator.reconcile(None, |told| done(Done::Event(Event::Reconciled(told)))).await;
                for note in operator.take_notes() {
                    done(Done::Event(Event::Notice(note)));
                }
                complain(&operator, &*done);
            });
        }
        while let Some(job) = queue.recv().await {
            let done = Arc::clone(&self.done);
            match job {
                Job::Ask(request, operation) => {
                    // Nothing is asked before there is a service.
                    let Some(operator) = self.operator.get() else { continue };
                    let (clock, told) = (Arc::clone(&self.clock), Arc::clone(&self.told));
                    tokio::spawn(async move {
                        let result = operator.run(operation).await;
                        if let Some(capabilities) = operator.capabilities()
                            && told.set(capabilities).is_ok()
                        {
                            done(Done::Event(Event::Capabilities(capabilities)));
                        }
                        if let Some(ahead) = clock.changed(operator.clock_ahead()) {
                            done(Done::Event(Event::ClockAhead(ahead)));
                        }
                        done(Done::Event(Event::Reply(request, result)));
                        complain(&operator, &*done);
                    });
                }
                Job::ReadJournal(request, most) => {
                    let Some(operator) = self.operator.get() else { continue };
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
                    let Some(operator) = self.operator.get() else { continue };
                    let current = self.operator.clone();
                    tokio::spawn(async move {
                        let signer = Signer::new(&secret);
                        let result = operator.succeeded_by(secret).await.map(|next| {
                            current.set(Arc::new(next));
                            signer
                        });
                        done(Done::Event(Event::SignedIn(request, result)));
                        complain(&operator, &*done);
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
                Job::StartDemo => {
                    let event = match start_demo() {
                        Ok((service, connection)) => {
                            // Made-up keys are nothing to write down.
                            self.operator.set(operator(&connection, self.limits.clone(), None));
                            self.demo = Some(service);
                            self.clock = Arc::default();
                            self.told = Arc::default();
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

/// Passes on what is wrong with the journal, and what the service announced: the work goes on, but its user should
/// know.
fn complain(operator: &Operator, done: &impl Fn(Done)) {
    if let Some(complaint) = operator.take_complaint() {
        done(Done::Event(Event::Notice(complaint)));
    }
    for announcement in operator.take_announcements() {
        done(Done::Event(Event::Notice(announcement.to_string())));
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
