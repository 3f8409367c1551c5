//! The whole program but for its terminal: the state, the real background task, and a person who presses keys.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use confident_keys::api::Limits;
use confident_keys::api::model::{KeyId, Scope};
use confident_keys::app::dialog::{Dialog, Typed};
use confident_keys::app::geometry::Size;
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::profiles::Profiles;
use confident_keys::app::scopes::View;
use confident_keys::app::{App, ClipboardRoute, Event, Message, Pane, Session, Start, update};
use confident_keys::clipboard::Environment;
use confident_keys::config::{Connection, InForce, KeySource, Settings};
use confident_keys::destination::Means;
use confident_keys::guard::Signer;
use confident_keys::operations::Reconciled;
use confident_keys::secret::Secret;
use confident_keys::worker::{Done, Job, Worker};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::stage::PATIENCE;
use crate::world::World;

/// What is due so soon is waited for.
const SOON: Duration = Duration::from_millis(500);

pub(crate) struct Program {
    pub(crate) app: App,
    worker: Worker,
    done: Receiver<Done>,
    /// What the terminal was given for its clipboard, and not asked for yet.
    clipboard: Option<Secret>,
    has_quit: bool,
}

impl Program {
    /// Starts it on the world's service. What it reads first is not there yet.
    pub(crate) fn start(world: &World, limits: Limits) -> Self {
        let key = world.service.organization_key().clone();
        let connection = Connection::to_demo(world.service.base_url(), key).unwrap();
        // A terminal is all there is: it takes every copy.
        let environment =
            Environment { terminal: true, term: Some("xterm-256color".to_owned()), ..Environment::default() };
        let (sender, done) = channel();
        let journal = Some(Ok(world.journal.clone()));
        let worker = Worker::start(
            Some(&connection),
            limits,
            journal,
            Means { environment, ..Means::default() },
            None,
            move |done| {
                // Nobody listens once the test is over.
                let _ = sender.send(done);
            },
        )
        .unwrap();
        let (app, effects) = App::new(Start {
            now: Timestamp::now(),
            size: Size { cols: 120, rows: 36 },
            settings: Settings::default(),
            zone: TimeZone::UTC,
            clipboard: ClipboardRoute::Known("the terminal".into()),
            home: None,
            session: Ok(Session::new(connection.place(), KeySource::Environment, Signer::new(&connection.key))),
            seed: 7,
            in_force: InForce::default(),
            profiles: Profiles::default(),
        });
        let mut program = Self { app, worker, done, clipboard: None, has_quit: false };
        program.perform(effects);
        program
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(request, operation) => self.worker.submit(Job::Ask(request, operation)),
                Effect::Look(request, destination, kind) => self.worker.submit(Job::Look(request, destination, kind)),
                Effect::Deliver(request, destination, kind, secret, agreed) => {
                    self.worker.submit(Job::Deliver(request, destination, kind, secret, agreed));
                }
                Effect::Copy(request, secret) => self.worker.submit(Job::Copy(request, secret)),
                Effect::Quit => self.has_quit = true,
                // Nothing is typed ahead here, and there is no terminal to draw on or to give back.
                Effect::DropTypedAhead | Effect::Redraw => {}
                other => panic!("nobody asked for {other:?}"),
            }
        }
    }

    fn send(&mut self, event: Event) {
        let effects = update(&mut self.app, Message { at: Timestamp::now(), event });
        self.perform(effects);
    }

    fn take(&mut self, done: Done) {
        match done {
            Done::Event(event) => self.send(event),
            Done::Write(request, sequence, delivered) => {
                let text = sequence.strip_prefix("\x1b]52;c;").unwrap().strip_suffix('\x07').unwrap();
                let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
                self.clipboard = Some(Secret::new(String::from_utf8(bytes).unwrap()));
                self.send(match delivered {
                    Some(delivered) => Event::Delivered(request, Ok(delivered)),
                    None => Event::Copied(request, Ok(Delivery::Terminal)),
                });
            }
        }
    }

    /// Takes in what comes, as long as `is_open` says; whether all came in time.
    #[track_caller]
    fn take_in(&mut self, is_open: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        loop {
            let due = self.app.wake_at().map(|at| at.duration_since(Timestamp::now()));
            let due = due.map(|due| Duration::try_from(due).unwrap_or_default()).filter(|due| *due < SOON);
            if due.is_none() && !is_open(self) {
                return;
            }
            let patience = due.unwrap_or_else(|| PATIENCE.saturating_sub(start.elapsed()));
            match self.done.recv_timeout(patience) {
                Ok(done) => self.take(done),
                Err(RecvTimeoutError::Timeout) if due.is_some() => self.send(Event::Tick),
                Err(error) => panic!("it does not come to rest ({error}): {:?}", self.app.dialog),
            }
        }
    }

    /// Waits until nothing is under way.
    #[track_caller]
    pub(crate) fn settle(&mut self) {
        self.take_in(|program| {
            program.app.is_working() || is_copying(&program.app) || is_about_to_generate(&program.app)
        });
    }

    /// Waits until so many dialogs or messages about what earlier programs left have come, too.
    #[track_caller]
    pub(crate) fn settle_start(&mut self, world: &World, left: usize) {
        let (mut told, mut open) = (0, left);
        while told < left {
            let done = self.done.recv_timeout(PATIENCE).unwrap();
            if let Done::Event(Event::Of(_, event)) = &done
                && let Event::Reconciled(Reconciled::New(lost)) = &**event
            {
                told += 1;
                open -= usize::from(lost.found.is_ok());
            }
            self.take(done);
        }
        // Each is told before it is closed.
        let begun = Instant::now();
        while world.intents().len() > open {
            assert!(begun.elapsed() < PATIENCE, "what was told is not closed");
            std::thread::sleep(Duration::from_millis(1));
        }
        self.settle();
    }

    pub(crate) fn press(&mut self, key: KeyCode) {
        self.send(Event::Key(KeyEvent::new(key, KeyModifiers::NONE)));
    }

    pub(crate) fn types(&mut self, text: &str) {
        text.chars().for_each(|character| self.press(KeyCode::Char(character)));
    }

    /// Presses Ctrl-C; whether that ended it.
    pub(crate) fn interrupt(&mut self) -> bool {
        self.send(Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)));
        self.has_quit
    }

    /// Waits until the place that the secret of a new key shall go to was looked at, where that is being done.
    #[track_caller]
    pub(crate) fn settle_look(&mut self) {
        self.take_in(|program| is_about_to_generate(&program.app));
    }

    /// Goes to the keys of `scope`, and reads them again.
    #[track_caller]
    pub(crate) fn goes_to(&mut self, scope: &Scope) {
        assert!(self.app.dialog.is_none(), "{:?}", self.app.dialog);
        if self.app.projects.value().is_none() {
            self.press(KeyCode::Char('r'));
            self.settle();
        }
        if self.app.focus == Pane::Keys {
            self.press(KeyCode::Tab);
        }
        // Not by way of all keys, which would all be read.
        while self.app.view() != View::One(Scope::Organization) {
            let before = self.app.view();
            self.press(KeyCode::Up);
            assert_ne!(self.app.view(), before, "there is no organization");
        }
        while self.app.view() != View::One(scope.clone()) {
            let before = self.app.view();
            self.press(KeyCode::Down);
            assert_ne!(self.app.view(), before, "there is no {scope:?}");
        }
        self.press(KeyCode::Enter);
        // It may have been read a moment ago, before somebody else changed it.
        self.press(KeyCode::Char('r'));
        self.settle();
    }

    /// Goes to the key `id` of `scope`; false where it is not shown.
    pub(crate) fn goes_to_key(&mut self, scope: &Scope, id: KeyId) -> bool {
        self.goes_to(scope);
        self.press(KeyCode::Home);
        for _ in 0..self.app.table.rows().len() {
            if self.app.selected().is_some_and(|(key, _)| key.id == id) {
                return true;
            }
            self.press(KeyCode::Down);
        }
        false
    }

    /// Presses `key`, and once more where that was taken for something that the organization key may not do.
    pub(crate) fn insists(&mut self, key: char) {
        for _ in 0..2 {
            if self.app.dialog.is_none() {
                self.press(KeyCode::Char(key));
                self.settle();
            }
        }
    }

    /// Types what the open dialog wants typed, where it wants anything; false where it is no question.
    pub(crate) fn types_phrase(&mut self) -> bool {
        let phrase = |typed: &Typed| typed.phrase.text().to_owned();
        let phrase = match &self.app.dialog {
            Some(Dialog::Confirm(dialog)) => dialog.typed.as_ref().map(phrase),
            Some(Dialog::Delete(dialog)) => Some(phrase(&dialog.typed)),
            _ => return false,
        };
        self.types(&phrase.unwrap_or_default());
        true
    }

    /// Copies the secret of the open dialog, and gives what arrived.
    pub(crate) fn takes_secret(&mut self) -> Secret {
        self.press(KeyCode::Char('c'));
        self.settle();
        self.clipboard.take().unwrap()
    }

    /// Waits until `is_so`, with the screen as it is.
    pub(crate) fn waits_for(&self, is_so: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < PATIENCE, "it did not come to it: {:?}", self.app.dialog);
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// What the person is told, and what comes after that.
    pub(crate) fn told(&self) -> String {
        let mut toasts = self.app.toasts.clone();
        let mut told = String::new();
        while let Some(toast) = toasts.newest() {
            told.push_str(&toast.text);
            told.push('\n');
            toasts.dismiss();
        }
        told
    }

    /// Dismisses what was told.
    pub(crate) fn dismisses(&mut self) {
        while !self.app.toasts.is_empty() {
            self.press(KeyCode::Esc);
        }
    }
}

fn is_copying(app: &App) -> bool {
    use confident_keys::app::dialog::Delivering;
    matches!(&app.dialog, Some(Dialog::Secret(dialog)) if matches!(dialog.delivering, Delivering::Busy(_)))
}

/// Whether a key is generated as soon as its secret's destination was looked at.
fn is_about_to_generate(app: &App) -> bool {
    matches!(&app.dialog, Some(Dialog::Generate(form)) if form.goal.is_wanted())
}
