//! The embedded service: Confident AI's management API, versions 1 and 2, in memory and on loopback.
//!
//! `ckeys --demo` starts it inside the program ([`Service`]), `ckeys demo-server` runs it for others
//! ([`serve_until_stopped`]). It speaks real HTTP/1.1 and shares nothing with the client but the
//! published contract, so that a mistake in one shows in the other.
//!
//! - `store` is the model: what exists, and what each operation does to it. Pure; the time comes in.
//! - `routes` maps HTTP to the model's operations and back, for both versions; whatever else should happen to answers
//!   is a layer around them.
//! - `clock` is the time that it goes by, which can be moved on.
//! - `fault` is such a layer: it makes chosen requests fail, in all the ways that networks know.
//! - `seed` makes the data that it starts with; `mint` the fake values of keys.

mod clock;
mod fault;
mod mint;
mod routes;
mod seed;
mod store;

use std::{
    future::Future,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    str::FromStr,
    thread,
    time::Duration,
};

use anyhow::{Context, anyhow, ensure};
use jiff::{SignedDuration, Timestamp};
use tokio::{runtime, sync::oneshot, time};

pub use self::fault::{Fault, FaultError, Received};
use self::{
    clock::{Clock, ClockError},
    fault::{Faults, wire},
};
use crate::secret::Secret;

/// How long requests under way may still take once the service is told to stop.
const GRACE: Duration = Duration::from_millis(250);

/// The most projects that can be generated.
pub const MAX_PROJECTS: usize = 10_000;

/// The most keys that can be generated, over all projects. Their last six characters stay distinct.
pub const MAX_KEYS: usize = 250_000;

/// The largest body that is read, in bytes: far above any that the limits on names allow.
const MAX_BODY: usize = 64 * 1024;

/// What the embedded service is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where to listen; port 0 takes any free one. Only loopback unless the user asks for more, as
    /// everyone who reaches it can read and change the data.
    pub listen: SocketAddr,
    /// How many projects to generate, at most [`MAX_PROJECTS`]. With neither this nor
    /// `keys_per_project`, the data is a small story.
    pub projects: Option<usize>,
    /// How many keys to generate in each project, at most [`MAX_KEYS`] over all.
    pub keys_per_project: Option<usize>,
    /// How long each answer is held back.
    pub latency: Duration,
    /// The same seed gives the same ids, names, values and ages.
    pub seed: u64,
    /// What goes wrong on demand. Of several that fit a request, the first that is not used up counts.
    pub faults: Vec<Fault>,
    /// Which versions of the interface it speaks.
    pub api: Api,
    /// What its clock shows at the start, from where it goes on; none for the machine's time.
    pub clock: Option<Timestamp>,
}

/// The versions of the interface that the service speaks. What it does not speak is not there (404).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Api {
    /// The first one alone, as older deployments do.
    V1,
    /// The second one alone.
    V2,
    /// Both, on the same data.
    #[default]
    Both,
}

impl FromStr for Api {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "v1" => Ok(Self::V1),
            "v2" => Ok(Self::V2),
            "both" => Ok(Self::Both),
            _ => Err("it is v1, v2 or both"),
        }
    }
}

impl Default for Options {
    /// The story, by both versions, on any free port of 127.0.0.1, without delay and without faults, today.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            projects: None,
            keys_per_project: None,
            latency: Duration::ZERO,
            seed: 0,
            faults: Vec::new(),
            api: Api::Both,
            clock: None,
        }
    }
}

impl Options {
    /// Whether so much data can be made, and the clock be set so; nothing is started.
    ///
    /// # Errors
    /// Where [`MAX_PROJECTS`] or [`MAX_KEYS`] is exceeded, or the clock can't show that time.
    pub fn check(&self) -> anyhow::Result<()> {
        generated(self)?;
        clock(self).map(drop)
    }
}

/// The embedded service, running on a thread of its own until it is dropped.
#[derive(Debug)]
pub struct Service {
    base_url: String,
    organization_key: Secret,
    faults: Faults,
    clock: Clock,
    /// Taken to tell the thread to stop.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Service {
    /// Starts the service; when this returns, it answers.
    ///
    /// # Errors
    /// Where the address can't be listened on, or more data is asked for than [`MAX_PROJECTS`] and
    /// [`MAX_KEYS`] allow.
    pub fn start(options: &Options) -> anyhow::Result<Self> {
        let server = Server::bind(options)?;
        let (base_url, organization_key) = (server.base_url.clone(), server.organization_key.clone());
        let (faults, clock) = (server.faults.clone(), server.clock.clone());
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("demo service".to_owned())
            // A dropped sender means the same as a word from it: nobody needs the service any more.
            .spawn(move || server.run(async { _ = stopped.await }))
            .context("the embedded service can't start: the system gives it no thread")?;
        Ok(Self { base_url, organization_key, faults, clock, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it answers, such as `http://127.0.0.1:49152`, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A valid organization key of this service, the one that the program signs its requests with.
    pub fn organization_key(&self) -> &Secret {
        &self.organization_key
    }

    /// Puts these faults in the place of all that are left; none makes the service behave again.
    /// Requests that were met already go on as they began; those that were held back (`hold`) go on now.
    pub fn set_faults(&self, faults: &[Fault]) {
        self.faults.replace(faults);
    }

    /// The requests that reached it so far, the oldest first, those too that were never answered.
    /// Only the last ten thousand are remembered.
    pub fn requests(&self) -> Vec<Received> {
        self.faults.received()
    }

    /// What time it is for the service.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets so much time go by for the service at once, as its `/demo/clock` does for others.
    ///
    /// # Errors
    /// Where that is less than none, or leads beyond the year 2200.
    pub fn advance(&self, by: SignedDuration) -> anyhow::Result<()> {
        self.clock.advance(by).map(drop).map_err(unsettable)
    }

    /// Ends the service, as dropping it does: kept connections are closed at once, and requests
    /// under way have a quarter of a second to be answered.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // An error is a panic over there, which has been told.
            _ = thread.join();
        }
    }
}

/// Runs the service for other programs: writes `CONFIDENT_BASE_URL=…` and `CONFIDENT_ORG_API_KEY=…`,
/// a line each, to `out` once it answers, and serves until the process is told to stop (SIGTERM or
/// SIGINT; Ctrl-C or Ctrl-Break on Windows). Ends within a second of that.
///
/// Blocks; not to be called from an async task.
///
/// # Errors
/// As [`Service::start`], and where `out` can't be written or signals can't be caught.
pub fn serve_until_stopped(options: &Options, out: &mut dyn Write) -> anyhow::Result<()> {
    let server = Server::bind(options)?;
    // Caught before anyone can know of the service, so that no signal ends it the hard way.
    let stopped = {
        let _context = server.runtime.enter();
        stop_signal().context("the embedded service can't start: it can't catch the signals that end it")?
    };
    writeln!(out, "CONFIDENT_BASE_URL={}", server.base_url)
        .and_then(|()| writeln!(out, "CONFIDENT_ORG_API_KEY={}", server.organization_key.expose()))
        .and_then(|()| out.flush())
        .context("can't tell where the embedded service listens, so it was ended")?;
    server.run(stopped);
    Ok(())
}

/// A service that listens, and whose requests wait for [`Server::run`].
struct Server {
    runtime: runtime::Runtime,
    listener: tokio::net::TcpListener,
    router: axum::Router,
    base_url: String,
    organization_key: Secret,
    faults: Faults,
    clock: Clock,
}

impl Server {
    fn bind(options: &Options) -> anyhow::Result<Self> {
        let listener = listen(options.listen)?;
        let local = listener.local_addr().context("can't tell which port the embedded service got")?;
        let clock = clock(options)?;
        let seed::Seeded { store, organization_key } = match generated(options)? {
            None => seed::story(options.seed, clock.now()),
            Some(size) => seed::generated(size, options.seed, clock.now()),
        }
        .context("the embedded service's data does not fit together")?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the embedded service can't start: its runtime does not")?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener).context("the embedded service can't wait for connections")?
        };
        let faults = Faults::new(&options.faults);
        let shared = routes::Shared::new(store, clock.clone());
        Ok(Self {
            runtime,
            listener,
            router: routes::router(&shared, options.api, faults.clone(), options.latency),
            base_url: format!("http://{}", reachable(local)),
            organization_key,
            faults,
            clock,
        })
    }

    /// Serves until `stopped` is ready and [`GRACE`] is over, or nothing is under way any more.
    fn run(self, stopped: impl Future<Output = ()> + Send + 'static) {
        let (told, hears) = oneshot::channel::<()>();
        let service = self.router.into_make_service_with_connect_info::<wire::Handle>();
        let server = axum::serve(wire::Listener(self.listener), service).with_graceful_shutdown(async move {
            stopped.await;
            _ = told.send(());
        });
        self.runtime.block_on(async move {
            let patience = async {
                _ = hears.await;
                time::sleep(GRACE).await;
            };
            tokio::select! {
                // The server itself never fails: it waits out what it can't accept.
                _ = server.into_future() => {}
                () = patience => {}
            }
        });
        // Connections that are still open are tasks of the runtime, and end with it here.
        drop(self.runtime);
    }
}

fn clock(options: &Options) -> anyhow::Result<Clock> {
    Clock::new(options.clock).map_err(unsettable)
}

fn unsettable(error: ClockError) -> anyhow::Error {
    anyhow!("the embedded service's clock can't be set so: {error}")
}

/// `words` with a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), characters.as_str()))
}

/// What to generate instead of the story, if anything was asked for.
fn generated(options: &Options) -> anyhow::Result<Option<seed::Size>> {
    if options.projects.is_none() && options.keys_per_project.is_none() {
        return Ok(None);
    }
    let size = seed::Size {
        projects: options.projects.unwrap_or(seed::Size::USUAL.projects),
        keys_per_project: options.keys_per_project.unwrap_or(seed::Size::USUAL.keys_per_project),
    };
    ensure!(
        size.projects <= MAX_PROJECTS,
        "{} projects are too many for the embedded service; it makes at most {MAX_PROJECTS}",
        size.projects,
    );
    ensure!(
        size.projects.checked_mul(size.keys_per_project).is_some_and(|keys| keys <= MAX_KEYS),
        "{} projects with {} keys each are too many keys for the embedded service; it makes at most {MAX_KEYS}",
        size.projects,
        size.keys_per_project,
    );
    Ok(Some(size))
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "the embedded service can't listen on {address}: another program does; choose another port, or 0 for any"
        ),
        _ => anyhow!(error).context(format!("the embedded service can't listen on {address}")),
    })?;
    listener.set_nonblocking(true).context("the embedded service can't wait for connections")?;
    Ok(listener)
}

/// An address by which this machine reaches what listens on `local`: “every interface” is none.
fn reachable(local: SocketAddr) -> SocketAddr {
    let ip = match local.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, local.port())
}

/// Catches the signals that end a service, from now on; ready when the first one came.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Catches the signals that end a service, from now on; ready when the first one came.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::windows::{ctrl_break, ctrl_c};
    let (mut interrupt, mut terminate) = (ctrl_c()?, ctrl_break()?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_reached_by_loopback() {
        for (local, expected) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("127.0.0.1:81", "127.0.0.1:81"),
            ("192.0.2.7:82", "192.0.2.7:82"),
        ] {
            assert_eq!(local.parse().map(reachable), expected.parse(), "{local}");
        }
    }

    #[test]
    fn too_much_data_is_refused_before_it_is_made() {
        for (projects, keys) in [(MAX_PROJECTS + 1, 0), (1, MAX_KEYS + 1), (1_000, 1_001), (2, usize::MAX)] {
            let options = Options { projects: Some(projects), keys_per_project: Some(keys), ..Options::default() };
            assert!(Service::start(&options).is_err(), "{projects} × {keys}");
        }
    }
}
