//! The loop: what comes in goes through `update`, its effects are carried out, the screen is drawn.
//!
//! Keys, signals and replies come through one channel, so that they have one order. The screen is drawn
//! once the channel is empty, and only where something changed; in between the thread sleeps.

mod asked;
mod threads;
mod typed_ahead;

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use ratatui::buffer::Buffer;
use zeroize::Zeroizing;

use crate::app::geometry::Size;
use crate::app::message::{Delivery, Effect, Event, Message};
use crate::app::mouse::Hits;
use crate::app::profiles::Profiles;
use crate::app::request::RequestId;
use crate::app::{App, ClipboardRoute, Session, Start, update};
use crate::clipboard::{self, Environment};
use crate::config::{Choice, Configuration, Connection, ConnectionError, InForce, Problem, ReadOnly, ThemeName};
use crate::destination::{Delivered, Means, NotDelivered};
use crate::guard::Signer;
use crate::journal::Journal;
use crate::remembered::Store;
use crate::status::Overrides;
use crate::terminal::{self, Batch, Input, Screen, Signal};
use crate::time::Zone;
use crate::ui::{
    self,
    theme::{Background, Looks, Rgb, Theme},
};
use crate::worker::{self, Access, Job, Worker};
use asked::asked_theme;
use threads::{read_input, start_worker, watch_signals};
use typed_ahead::TypedAhead;

/// How the screen is started.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Options {
    /// On the embedded service.
    pub demo: bool,
    /// Without symbols beyond ASCII.
    pub ascii: bool,
    /// The theme, where one is asked for.
    pub theme: Option<ThemeName>,
    /// Whether the mouse can be used.
    pub mouse: bool,
    /// What goes before the configured thresholds.
    pub thresholds: Overrides,
    /// With which profile, and how careful.
    pub choice: Choice,
    /// As if it was the first time.
    pub fresh: bool,
}

impl Options {
    /// Whether what the screen shows is remembered: not of made-up data.
    fn remembers(&self) -> bool {
        !self.fresh && !self.demo
    }
}

/// How many messages are taken in before a frame is drawn, however many wait.
const BATCH: usize = 256;

/// The exit code when the terminal is gone: 128 and the signal's number, as shells report it.
const HANGUP: u8 = 129;

/// How many batches of keys may wait to be looked at. While a terminal hangs, those after them stay in its keeping,
/// which has a limit.
const WAITING: usize = 16;

/// What comes in.
enum Incoming {
    Event(Event),
    Batch(Batch),
    Input(Input),
    Signal(Signal),
    /// Write this to the terminal, and tell of the copy.
    Write(RequestId, Zeroizing<String>, Option<Delivered>),
}

/// Runs the screen until it is quit, and gives the exit code.
///
/// # Errors
/// Where the terminal or the embedded service can't be had, the keys in `config.toml` make no sense, or the environment
/// names a service that can't be used. A missing key is no error: the screen says how to get one.
pub fn run(
    options: &Options,
    variable: impl Fn(&str) -> Option<String> + Clone + Send + Sync + 'static,
) -> anyhow::Result<ExitCode> {
    let configuration = Configuration::load();
    configuration.check_keys()?;
    // Whatever has to be asked for the key is asked before the terminal is the screen's.
    let (service, mut connected) = connect(options, &configuration, &variable)?;
    let Configuration { mut settings, problems, .. } = configuration.clone();
    // Without a key, the screen may still become that of the embedded service.
    let mut in_force = InForce { read_only: options.choice.read_only.then_some(ReadOnly::Flag), ..InForce::default() };
    if let Ok((connection, _)) = &mut connected {
        connection.speak.get_or_insert(settings.speak);
        in_force = connection.in_force.clone();
    }
    let store = options.remembers().then(|| Store::load().ok()).flatten();
    let memory = store.as_ref().map(|store| store.memory().clone()).unwrap_or_default();
    // The embedded service has an organization of its own.
    let entries = if options.demo { &[][..] } else { &configuration.profiles.entries };
    let profiles = Profiles::new(entries, settings.thresholds, options.thresholds, memory);
    settings.thresholds = profiles.thresholds(&in_force);
    let warnings = in_force.warnings.clone();
    settings.thresholds = settings.thresholds.with(options.thresholds);
    let (asked, no_theme) = asked_theme(options, &variable);
    let looks = Looks::new(asked, settings.theme, options.ascii || settings.ascii, &variable);
    let (sender, incoming) = channel();
    let means = Means::detect(settings.clear_clipboard_after, settings.command_timeout);
    let clipboard = route(&means.environment);
    terminal::install_panic_hook();
    watch_signals(&sender)?;
    let mut screen = Screen::enter(options.mouse || settings.mouse).context("The terminal could not be taken over")?;
    let theme = looks.theme(Background::from_environment(&variable));
    if looks.asks() {
        // The answer is not waited for.
        screen.ask_background().context("The terminal can't be written to")?;
    }
    let (cols, rows) = terminal::size();
    let (mut app, effects) = App::new(Start {
        now: Timestamp::now(),
        size: Size { cols, rows },
        settings,
        zone: Zone::find(&variable).zone,
        clipboard,
        home: variable("HOME").filter(|home| !home.is_empty()),
        session: connected.as_ref().map(|(_, session)| session.clone()).map_err(Clone::clone),
        seed: fastrand::u64(..),
        in_force,
        profiles,
    });
    app.take_needs_draw();
    let hits = match draw(&app, theme, &mut screen) {
        // That the terminal is gone may show first where it is drawn on.
        Err(_) if terminal::has_vanished() => return Ok(ExitCode::from(HANGUP)),
        drawn => drawn?,
    };
    // Everything else has time until something is seen.
    // Made-up keys are nothing to write down.
    let journal = (!options.demo).then(Journal::find);
    let access = Access::new(configuration, options.choice.read_only, variable.clone());
    let connection = connected.as_ref().ok().map(|(connection, _)| connection);
    let worker = start_worker(connection, journal, means, access, &sender)?;
    drop(connected);
    let waiting = read_input(&sender)?;
    let mut looped = Loop {
        app,
        looks,
        theme,
        is_restyled: false,
        worker,
        incoming,
        waiting,
        queue: VecDeque::new(),
        typed_ahead: TypedAhead::default(),
        is_unseen: false,
        hits,
        exit: None,
        store,
    };
    looped.queue.extend(notice(&problems));
    looped.queue.extend(no_theme.map(|words| Incoming::Event(Event::Notice(words))));
    looped.queue.extend(warnings.into_iter().map(|warning| Incoming::Event(Event::Notice(warning))));
    let code = match looped.run(&mut screen, effects) {
        // That the terminal is gone may show first where it is drawn on.
        Err(_) if terminal::has_vanished() => Ok(ExitCode::from(HANGUP)),
        ended => ended,
    };
    screen.leave();
    for words in looped.end() {
        terminal::say(&format!("ckeys: {words}\n"));
    }
    drop(service);
    code
}

/// The service to talk to, or why there is none.
type Connected = Result<(Connection, Session), String>;

fn connect(
    options: &Options,
    configuration: &Configuration,
    variable: &impl Fn(&str) -> Option<String>,
) -> anyhow::Result<(Option<crate::demo::Service>, Connected)> {
    if options.demo {
        let (service, mut connection) = worker::start_demo()?;
        connection.in_force.read_only = options.choice.read_only.then_some(ReadOnly::Flag);
        let session = worker::demo_session(&connection);
        return Ok((Some(service), Ok((connection, session))));
    }
    Ok((
        None,
        match configuration.connect(&options.choice, variable) {
            Ok(connection) => {
                let signer = Signer::new(&connection.key);
                let session = Session::new(connection.place(), connection.in_force.key, signer);
                Ok((connection, session))
            }
            Err(error @ ConnectionError::NoKey { .. }) => Err(error.to_string()),
            Err(error) => return Err(error.into()),
        },
    ))
}

/// Draws the screen; what is where on it.
fn draw(app: &App, theme: Theme, screen: &mut Screen) -> anyhow::Result<Hits> {
    let mut hits = Hits::default();
    let render = |buffer: &mut Buffer| {
        let drawn = ui::view(app, theme, buffer);
        hits = drawn.hits;
        drawn.cursor
    };
    screen.draw(render).context("The terminal can't be drawn on")?;
    Ok(hits)
}

fn route(environment: &Environment) -> ClipboardRoute {
    match clipboard::route(environment) {
        clipboard::Route::None { reason } => ClipboardRoute::Missing(worker::sentence(&reason.to_string())),
        route => ClipboardRoute::Known(route.name().to_owned()),
    }
}

/// One message for all entries of `config.toml` that were not used.
fn notice(problems: &[Problem]) -> Option<Incoming> {
    let words: Vec<String> = problems.iter().map(|problem| format!("{problem}.")).collect();
    (!words.is_empty()).then(|| Incoming::Event(Event::Notice(words.join("\n"))))
}

fn is_typed(input: &Input) -> bool {
    matches!(input, Input::Key(_) | Input::Paste(_) | Input::Mouse(_))
}

struct Loop {
    app: App,
    looks: Looks,
    theme: Theme,
    /// With another theme than what is on the screen.
    is_restyled: bool,
    worker: Worker,
    incoming: Receiver<Incoming>,
    /// One entry for each batch of keys among it.
    waiting: Receiver<()>,
    /// What came in and was not looked at yet.
    queue: VecDeque<Incoming>,
    /// What was not meant for the dialog that opened.
    typed_ahead: TypedAhead,
    /// That dialog was not drawn yet.
    is_unseen: bool,
    /// What was drawn where.
    hits: Hits,
    /// How the program ends, once that is known.
    exit: Option<u8>,
    /// Where what was shown is remembered, where it is.
    store: Option<Store>,
}

impl Loop {
    fn run(&mut self, screen: &mut Screen, first: Vec<Effect>) -> anyhow::Result<ExitCode> {
        self.draw(screen)?;
        self.perform(first, screen)?;
        loop {
            self.draw(screen)?;
            self.wait();
            for _ in 0..BATCH {
                let Some(incoming) = self.queue.pop_front() else { break };
                self.take_in(incoming, screen)?;
                if let Some(code) = self.exit {
                    return Ok(ExitCode::from(code));
                }
                self.queue.extend(self.incoming.try_iter());
            }
        }
    }

    fn draw(&mut self, screen: &mut Screen) -> anyhow::Result<()> {
        let is_restyled = std::mem::take(&mut self.is_restyled);
        if self.app.take_needs_draw() || is_restyled {
            self.hits = draw(&self.app, self.theme, screen)?;
            if let (Some(at), true) = (screen.take_late(), std::mem::take(&mut self.is_unseen)) {
                self.drop_typed_ahead(at);
            }
        }
        Ok(())
    }

    /// Sleeps until something comes in or is due.
    fn wait(&mut self) {
        if !self.queue.is_empty() {
            return;
        }
        let received = match self.app.wake_at() {
            Some(at) => {
                let left = at.duration_since(Timestamp::now());
                self.incoming.recv_timeout(Duration::try_from(left).unwrap_or_default())
            }
            None => self.incoming.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        self.queue.push_back(match received {
            Ok(incoming) => incoming,
            Err(RecvTimeoutError::Timeout) => Incoming::Event(Event::Tick),
            // All senders are gone only when their threads are: nothing could ever come in.
            Err(RecvTimeoutError::Disconnected) => Incoming::Signal(Signal::Terminate),
        });
        self.queue.extend(self.incoming.try_iter());
    }

    fn take_in(&mut self, incoming: Incoming, screen: &mut Screen) -> anyhow::Result<()> {
        let event = match incoming {
            Incoming::Event(event) => event,
            Incoming::Batch(batch) => {
                self.open(batch);
                return Ok(());
            }
            // However much was typed, it does not hold up the end.
            Incoming::Input(Input::Key(_) | Input::Paste(_) | Input::Mouse(_)) if terminal::is_ending() => {
                return Ok(());
            }
            Incoming::Input(Input::Key(key)) => Event::Key(key),
            Incoming::Input(Input::Background(red, green, blue)) => {
                self.restyle(Background::Exactly(Rgb(red, green, blue)));
                return Ok(());
            }
            Incoming::Input(Input::Paste(text)) => Event::Paste(text),
            // It means what its user saw there.
            Incoming::Input(Input::Mouse(mouse)) => match self.hits.at(&mouse) {
                Some(mouse) => Event::Mouse(mouse),
                None => return Ok(()),
            },
            Incoming::Input(Input::Focus(has_it)) => Event::Focus(has_it),
            Incoming::Input(Input::Resize { columns, rows }) | Incoming::Signal(Signal::Resize { columns, rows }) => {
                Event::Resize { cols: columns, rows }
            }
            Incoming::Write(request, sequence, delivered) => match (screen.write_sequence(&sequence), delivered) {
                (Ok(()), Some(delivered)) => Event::Delivered(request, Ok(delivered)),
                (Ok(()), None) => Event::Copied(request, Ok(Delivery::Terminal)),
                (Err(error), delivered) if terminal::is_ending() => {
                    let reason = error.to_string();
                    match delivered {
                        Some(_) => Event::Delivered(request, Err(NotDelivered { reason, is_out: false })),
                        None => Event::Copied(request, Err(worker::sentence(&reason))),
                    }
                }
                (Err(error), _) => return Err(error).context("The terminal can't be written to"),
            },
            Incoming::Signal(Signal::Suspend) => return self.suspend(screen),
            Incoming::Signal(Signal::Continue) => {
                // A terminal that vanishes continues its jobs, too: that is told by itself, next.
                if screen.reclaim().is_err() {
                    return Ok(());
                }
                let (cols, rows) = terminal::size();
                Event::Resize { cols, rows }
            }
            // As with `HANGUP`.
            Incoming::Signal(Signal::Terminate) => return self.ends(143),
            Incoming::Signal(Signal::Interrupt) => return self.ends(130),
            Incoming::Signal(Signal::Hangup) | Incoming::Input(Input::Vanished) => return self.ends(HANGUP),
        };
        self.update(event, screen)
    }

    /// The terminal told what its background is.
    fn restyle(&mut self, background: Background) {
        let theme = self.looks.theme(background);
        self.is_restyled |= theme != self.theme;
        self.theme = theme;
    }

    /// What came in at one go is next, but for what was typed ahead.
    fn open(&mut self, batch: Batch) {
        // It was put there before the batch came.
        let _ = self.waiting.try_recv();
        let was_typed_ahead = self.typed_ahead.has(&batch);
        for input in batch.inputs.into_iter().rev().filter(|input| !(was_typed_ahead && is_typed(input))) {
            self.queue.push_front(Incoming::Input(input));
        }
    }

    /// What was typed until `at` is for nobody.
    fn drop_typed_ahead(&mut self, at: Instant) {
        let before = self.queue.len();
        self.queue.retain(|incoming| !matches!(incoming, Incoming::Input(input) if is_typed(input)));
        self.typed_ahead.cut(at, before - self.queue.len(), terminal::has_typed_ahead());
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends an arm of `take_in` like the others")]
    fn ends(&mut self, code: u8) -> anyhow::Result<()> {
        self.exit = Some(code);
        Ok(())
    }

    fn update(&mut self, event: Event, screen: &mut Screen) -> anyhow::Result<()> {
        let effects = update(&mut self.app, Message { at: Timestamp::now(), event });
        self.perform(effects, screen)
    }

    fn perform(&mut self, effects: Vec<Effect>, screen: &mut Screen) -> anyhow::Result<()> {
        for effect in effects {
            match effect {
                Effect::Ask(request, operation) => self.worker.submit(Job::Ask(request, operation)),
                Effect::Look(request, destination, kind) => self.worker.submit(Job::Look(request, destination, kind)),
                Effect::Deliver(request, destination, kind, secret, agreed) => {
                    self.worker.submit(Job::Deliver(request, destination, kind, secret, agreed));
                }
                Effect::SignIn(request, secret) => self.worker.submit(Job::SignIn(request, secret)),
                Effect::Save { request, path, text, replace } => {
                    self.worker.submit(Job::Save { request, path: path.into(), text, replace });
                }
                Effect::Arrange(request, wanted) => self.worker.submit(Job::Arrange(request, wanted)),
                Effect::Copy(request, secret) => self.worker.submit(Job::Copy(request, secret)),
                Effect::ReadJournal(request, most) => self.worker.submit(Job::ReadJournal(request, most)),
                Effect::OpenProfile(request, name) => self.worker.submit(Job::OpenProfile(request, name)),
                Effect::EnterProfile(name) => self.worker.submit(Job::EnterProfile(name)),
                Effect::StartDemo => self.worker.submit(Job::StartDemo),
                Effect::DropTypedAhead => {
                    self.is_unseen = true;
                    self.drop_typed_ahead(Instant::now());
                }
                Effect::Suspend => self.suspend(screen)?,
                Effect::Redraw => screen.redraw(),
                Effect::Quit => self.exit = Some(0),
            }
        }
        Ok(())
    }

    /// Ends what is under way; what is left behind, in words.
    fn end(self) -> Vec<String> {
        let Self { mut app, worker, incoming, mut queue, store, .. } = self;
        drop(worker);
        queue.extend(incoming.try_iter());
        // What came in at the last moment is known, too: the id of a key is more than that it may be there.
        for incoming in queue {
            if let Incoming::Event(
                event @ (Event::Reply(..)
                | Event::Delivered(..)
                | Event::Copied(..)
                | Event::SignedIn(..)
                | Event::Reconciled(_)),
            ) = incoming
            {
                update(&mut app, Message { at: Timestamp::now(), event });
            }
        }
        let words = app.leaves_behind();
        if let Some(store) = store {
            // It is a convenience, and not worth a word where it can't be had.
            let _ = store.keep(&app.into_memory());
        }
        words
    }

    fn suspend(&mut self, screen: &mut Screen) -> anyhow::Result<()> {
        let event = if screen.suspend().context("The terminal could not be taken over again")? {
            let (cols, rows) = terminal::size();
            Event::Resize { cols, rows }
        } else {
            Event::Notice("There is no shell here that could continue ckeys, so it was not suspended.".to_owned())
        };
        self.update(event, screen)
    }
}
