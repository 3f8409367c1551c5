//! Random keys, replies, sizes and times against a small simulated service, and what must hold after each of them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, CreatedKey, KeyId, LastUsed, Scope};
use confident_keys::app::dialog::{
    BulkStage, Confirm, ConfirmButton, DISCARD, DeleteButton, Dialog, RotateFocus, SAVED, SecretDialog, SignInStage,
};
use confident_keys::app::message::{Delivery, Effect, RequestId};
use confident_keys::app::{Event, Pane};
use confident_keys::destination::{Ask, Look, Obstacle};
use confident_keys::export::file::NotSaved;
use confident_keys::guard::Signer;
use confident_keys::journal::JournalError;
use confident_keys::keymap;
use confident_keys::operations::{Answer, Lost, NotSignedIn, Operation, Replacements};
use confident_keys::replacement::Step as ReplacementStep;
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::describe::describe;
use crate::report::Writer;
use crate::support::{FAKE_PART, NEWER, OLDER, Rig, errors, keys_of, named, project, session, writer};

/// How many runs, and how long each at most: some seconds without optimisation.
const RUNS: u32 = 448;
/// Where something rare has not happened in as many runs, there are as many again.
const MOST_ROUNDS: usize = 10;
const STEPS: usize = 150;

/// One thing that happens. Numbers choose among what there is then.
#[derive(Debug, Clone)]
enum Step {
    /// A key that means something here.
    Bound(usize),
    /// A key that opens something over the keys.
    Open(&'static str),
    /// Any key.
    Key(KeyEvent),
    /// What the open field asks for, and Enter where `enter` says so.
    Fill {
        well: bool,
        enter: bool,
    },
    /// Does what the key `name` begins, to its end. The question is answered before its key was read where it is
    /// `early`.
    Change {
        name: &'static str,
        early: bool,
    },
    /// Replaces the key that is selected: tells all that its dialog asks for, and goes on with the key `name`.
    Replace {
        name: &'static str,
        early: bool,
        how: How,
    },
    /// Marks all keys that are shown, and does what the key `name` begins to them, with so many answers.
    Many {
        name: &'static str,
        answers: usize,
    },
    Paste(String),
    Reply {
        which: usize,
        how: How,
    },
    /// A reply comes again.
    Again(usize),
    Looked {
        which: usize,
        how: usize,
    },
    Copied {
        which: usize,
        how: usize,
    },
    /// The first call that another key signed was answered.
    SignedIn {
        which: usize,
        how: usize,
    },
    /// Has another key take over from the signing key, as far as `how` goes well.
    TakeOver(usize),
    /// A file was written, or not.
    Saved {
        which: usize,
        how: usize,
    },
    /// The journal was read.
    Journal {
        which: usize,
        how: usize,
    },
    Resize(u16, u16),
    /// Time passes, in milliseconds; clocks are set back, too.
    Pass(i64),
    /// Somebody else changes what the service holds.
    Meddle(usize),
    Notice,
    /// The clocks differ by so many hours.
    Clock(i64),
    Connected,
    /// The service can do what the newest can, or not.
    Capabilities(bool),
    /// It was looked into what an earlier program began in one of the scopes. `knew` tells whether that knew the
    /// scope's keys.
    Reconciled {
        which: usize,
        knew: bool,
        readable: bool,
    },
}

/// How a request is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    Well,
    /// With a success that does not say what was asked.
    Oddly,
    /// With an answer to something else.
    OfAnotherKind,
    /// With an error, done nevertheless or not.
    Failing {
        error: usize,
        done: bool,
    },
    /// A write's answer is lost. Where it is `readable`, it is known afterwards what there is.
    InDoubt {
        done: bool,
        readable: bool,
    },
}

fn any_key() -> impl Strategy<Value = KeyEvent> {
    let codes = vec![
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::F(5),
    ];
    let code = prop_oneof![
        prop::sample::select(codes),
        any::<char>().prop_map(KeyCode::Char),
        "[ -~]".prop_map(|text| { KeyCode::Char(text.chars().next().unwrap_or(' ')) })
    ];
    let modifiers =
        prop_oneof![8 => Just(KeyModifiers::NONE), 1 => any::<u8>().prop_map(KeyModifiers::from_bits_truncate)];
    let kind =
        prop_oneof![8 => Just(KeyEventKind::Press), 1 => Just(KeyEventKind::Repeat), 1 => Just(KeyEventKind::Release)];
    (code, modifiers, kind).prop_map(|(code, modifiers, kind)| KeyEvent::new_with_kind(code, modifiers, kind))
}

fn any_how() -> impl Strategy<Value = How> {
    prop_oneof![
        8 => Just(How::Well),
        1 => Just(How::Oddly),
        1 => Just(How::OfAnotherKind),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(error, done)| How::Failing { error, done }),
        3 => any::<(bool, bool)>().prop_map(|(done, readable)| How::InDoubt { done, readable }),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![(40u16..140, 8u16..50), (0u16..4, 0u16..4), (60000u16.., 60000u16..)];
    let pause = prop_oneof![0i64..300, 0i64..100_000, 0i64..20_000_000_000, -10_000i64..0];
    prop_oneof![
        12 => any::<usize>().prop_map(Step::Bound),
        4 => prop::sample::select(vec!["c", "x", "D", "y", "l", "j", "u", "@", "0", "!", "Space", "v", "*", "e", "e", "e", "R", "o"]).prop_map(Step::Open),
        3 => any_key().prop_map(Step::Key),
        6 => (prop::bool::weighted(0.8), prop::bool::weighted(0.8)).prop_map(|(well, enter)| Step::Fill { well, enter }),
        3 => (prop::sample::select(vec!["x", "u", "D", "R"]), any::<bool>())
            .prop_map(|(name, early)| Step::Change { name, early }),
        4 => (prop::sample::select(vec!["Enter", "x u", "x u", "x D", "e e", "r", "wait", "wait wait"]), prop::bool::weighted(0.2), any_how())
            .prop_map(|(name, early, how)| Step::Replace { name, early, how }),
        3 => (prop::sample::select(vec!["x", "D", "x Enter u"]), 0usize..40).prop_map(|(name, answers)| Step::Many { name, answers }),
        1 => "\\PC{0,12}\n?".prop_map(Step::Paste),
        12 => (any::<usize>(), any_how()).prop_map(|(which, how)| Step::Reply { which, how }),
        1 => any::<usize>().prop_map(Step::Again),
        2 => (any::<usize>(), 0usize..3).prop_map(|(which, how)| Step::Copied { which, how }),
        3 => (any::<usize>(), 0usize..6).prop_map(|(which, how)| Step::Looked { which, how }),
        2 => (any::<usize>(), 0usize..5).prop_map(|(which, how)| Step::SignedIn { which, how }),
        1 => (0usize..4).prop_map(Step::TakeOver),
        2 => (any::<usize>(), 0usize..4).prop_map(|(which, how)| Step::Journal { which, how }),
        5 => (any::<usize>(), 0usize..3).prop_map(|(which, how)| Step::Saved { which, how }),
        1 => size.prop_map(|(cols, rows)| Step::Resize(cols, rows)),
        2 => pause.prop_map(Step::Pass),
        1 => any::<usize>().prop_map(Step::Meddle),
        1 => Just(Step::Notice),
        1 => Just(Step::Connected),
        2 => prop::bool::weighted(0.9).prop_map(Step::Capabilities),
        1 => prop_oneof![-3i64..3, -3000i64..3000].prop_map(Step::Clock),
        1 => (any::<usize>(), any::<bool>(), prop::bool::weighted(0.8))
            .prop_map(|(which, knew, readable)| Step::Reconciled { which, knew, readable }),
    ]
}

/// How often the things came up that the rules are about: rules that nothing tests would hold, too.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) creates: usize,
    pub(crate) secrets: usize,
    pub(crate) delivered: usize,
    pub(crate) given_up: usize,
    pub(crate) set_valid: usize,
    pub(crate) deletes: usize,
    pub(crate) second_steps: usize,
    pub(crate) failed_writes: usize,
    pub(crate) lost: usize,
    pub(crate) looks: usize,
    pub(crate) from_lost: usize,
    pub(crate) unsure: usize,
    /// Deactivations of keys in use.
    pub(crate) typed: usize,
    pub(crate) deliveries: usize,
    pub(crate) undone: usize,
    /// Writes that waited for their key to be read.
    pub(crate) agreed: usize,
    pub(crate) quits: usize,
    pub(crate) journals: usize,
    /// Changes and deletions among many, how often they came to an end, and how often that was an undoing.
    pub(crate) many_changed: usize,
    pub(crate) many_deleted: usize,
    pub(crate) many_over: usize,
    pub(crate) many_undone: usize,
    pub(crate) side_by_side: usize,
    pub(crate) exports: usize,
    pub(crate) replaced: usize,
    pub(crate) rotations: usize,
    /// Calls that another key signed first, and questions whether the old one is deactivated.
    pub(crate) sign_ins: usize,
    pub(crate) offered: usize,
    /// Rotations of a key in use, without a grace period.
    pub(crate) cut_off: usize,
    /// Successors, old keys that were brought back, replacements that were ended, and reads that came by themselves.
    pub(crate) successors: usize,
    pub(crate) brought_back: usize,
    pub(crate) ended: usize,
    pub(crate) polls: usize,
    /// Replacements that were gone on with in place of a rotation in place.
    pub(crate) gone_on_with: usize,
}

/// The simulated service, the program before it, and what is remembered to judge it.
pub(crate) struct World<'a> {
    pub(crate) rig: Rig,
    pub(crate) store: BTreeMap<Scope, Vec<ApiKey>>,
    pub(crate) next_id: i64,
    /// What is remembered of replacements.
    pub(crate) replacements: Replacements,
    pub(crate) requests: BTreeSet<RequestId>,
    /// Replies that were given.
    answered: Vec<Event>,
    /// The key that the open dialog was opened for.
    pub(crate) pinned: Option<(Scope, KeyId)>,
    pub(crate) seen: &'a RefCell<Seen>,
}

fn pick<T>(list: &[T], number: usize) -> Option<usize> {
    (!list.is_empty()).then(|| number % list.len())
}

/// The key that a confirming dialog is about.
pub(crate) fn target(dialog: &Dialog) -> Option<(Scope, KeyId)> {
    match dialog {
        Dialog::Confirm(question) => Some((question.target.scope.clone(), question.target.key.id)),
        Dialog::Delete(form) => Some((form.target.scope.clone(), form.target.key.id)),
        Dialog::RotateInPlace(form) => Some((form.target.scope.clone(), form.target.key.id)),
        _ => None,
    }
}

pub(crate) fn secret_of(dialog: Option<&Dialog>) -> Option<&SecretDialog> {
    match dialog {
        Some(Dialog::Secret(dialog)) => Some(dialog),
        _ => None,
    }
}

impl<'a> World<'a> {
    fn new(is_signed_out: bool, seen: &'a RefCell<Seen>) -> Self {
        let mut rig = if is_signed_out { Rig::signed_out() } else { Rig::loading() };
        rig.send(Event::Capabilities(NEWER));
        let scopes = [Scope::Organization, project("prod"), project("stage"), project("void")];
        let requests = rig.asked.iter().map(|(request, _)| *request).collect();
        let store = scopes.into_iter().map(|scope| (scope.clone(), keys_of(&scope))).collect();
        Self {
            rig,
            store,
            next_id: 100,
            replacements: Replacements::default(),
            requests,
            answered: Vec::new(),
            pinned: None,
            seen,
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Bound(number) => {
                let keys: Vec<KeyEvent> = self
                    .rig
                    .app
                    .contexts()
                    .into_iter()
                    .flat_map(keymap::of)
                    .flat_map(|binding| binding.keys)
                    .map(|key| key.event())
                    .collect();
                self.send(Event::Key(keys[number % keys.len()]));
            }
            Step::Open(name) => self.send(Event::Key(named(name))),
            Step::Key(event) => self.send(Event::Key(*event)),
            Step::Fill { well, enter } => self.fill(*well, *enter),
            Step::Change { name, early } => self.change(name, *early),
            Step::Replace { name, early, how } => self.replace(name, *early, *how),
            Step::Many { name, answers } => self.many(name, *answers),
            Step::Paste(text) => self.send(Event::Paste(text.clone())),
            Step::Reply { which, how } => self.reply(*which, *how),
            Step::Again(which) => {
                if let Some(at) = pick(&self.answered, *which) {
                    self.send(self.answered[at].clone());
                }
            }
            Step::Copied { which, how } => {
                if let Some(at) = pick(&self.rig.copies, *which) {
                    let (request, _) = self.rig.copies.remove(at);
                    let result = match how {
                        0 => Ok(Delivery::Clipboard { clears_after: None }),
                        1 => Ok(Delivery::Terminal),
                        _ => Err("There is no clipboard.".to_owned()),
                    };
                    self.answered.push(Event::Copied(request, result.clone()));
                    self.send(Event::Copied(request, result));
                }
            }
            Step::SignedIn { which, how } => {
                if let Some(at) = pick(&self.rig.sign_ins, *which) {
                    let (request, secret) = self.rig.sign_ins.remove(at);
                    let errors = errors();
                    let error = errors[which % errors.len()].clone();
                    let result = match how {
                        0 => Err(NotSignedIn::Failed(error)),
                        1 => Err(NotSignedIn::Unknown(error)),
                        2 => Err(NotSignedIn::AnotherOrganization("Another Inc.".into())),
                        _ => Ok(Signer::new(&secret)),
                    };
                    self.signed_in(request, result);
                }
            }
            Step::TakeOver(how) => self.take_over(*how),
            Step::Saved { which, how } => {
                if let Some(at) = pick(&self.rig.saves, *which) {
                    let request = self.rig.saves.remove(at).request;
                    let result = match how {
                        0 => Ok("/home/ada/keys.csv".into()),
                        1 => Err(NotSaved::Exists),
                        _ => Err(NotSaved::Failed("the disk is full".into())),
                    };
                    self.answered.push(Event::Saved(request, result.clone()));
                    self.send(Event::Saved(request, result));
                }
            }
            Step::Looked { which, how } => {
                if let Some(at) = pick(&self.rig.looks, *which) {
                    let (request, destination) = self.rig.looks.remove(at);
                    let obstacle = (*how == 0).then(|| Obstacle { words: "it is full".into(), in_the_way: false });
                    let ask = (*how == 1).then_some(Ask::OverEntry);
                    let look = Look { goes_to: destination.label(), obstacle, ask, warnings: vec!["git".into()] };
                    self.answered.push(Event::Looked(request, look.clone()));
                    self.send(Event::Looked(request, look));
                }
            }
            Step::Journal { which, how } => {
                if let Some(at) = pick(&self.rig.journals, *which) {
                    let request = self.rig.journals.remove(at);
                    let report = match how {
                        0 => Ok(Some(Box::new(writer().everything("New key")))),
                        1 => Ok(Some(Box::new(Writer::empty()))),
                        2 => Ok(None),
                        _ => Err(JournalError::NoHome),
                    };
                    self.answered.push(Event::Journal(request, report.clone()));
                    self.send(Event::Journal(request, report));
                }
            }
            Step::Resize(cols, rows) => self.send(Event::Resize { cols: *cols, rows: *rows }),
            Step::Pass(milliseconds) => {
                self.rig.now += SignedDuration::from_millis(*milliseconds);
                self.send(Event::Tick);
            }
            Step::Meddle(number) => self.meddle(*number),
            Step::Notice => self.send(Event::Notice("Something to know.".into())),
            Step::Clock(hours) => self.send(Event::ClockAhead(SignedDuration::from_hours(*hours))),
            // By the key that signs the calls then.
            Step::Connected => self.send(Event::Connected(self.rig.app.session.clone().unwrap_or_else(session))),
            Step::Capabilities(newer) => self.send(Event::Capabilities(if *newer { NEWER } else { OLDER })),
            Step::Reconciled { which, knew, readable } => {
                let scope = self.store.keys().nth(which % self.store.len()).unwrap().clone();
                let known = self.store[&scope].iter().filter(|_| *knew).map(|key| key.id).collect();
                let lost = Lost { scope, name: "New key".into(), known, error: None, found: Ok(Vec::new()) };
                let lost = self.look(lost, *readable);
                self.send(Event::Reconciled(Box::new(lost)));
            }
        }
    }

    /// Types what the open field is for.
    fn fill(&mut self, well: bool, enter: bool) {
        if well {
            self.examine(if self.rig.asked.len().is_multiple_of(2) { How::Well } else { How::Oddly });
        }
        self.fill_in(well, enter);
    }

    /// Answers the read of the key that the open dialog is about.
    fn examine(&mut self, how: How) {
        let check = self.rig.asked.iter().position(|(_, operation)| matches!(operation, Operation::Examine(..)));
        if let Some(at) = check {
            self.reply(at, how);
        }
    }

    /// Tells what is remembered of replacements, where the open dialog asked for that.
    fn recall(&mut self) {
        let recall = self.rig.asked.iter().position(|(_, operation)| *operation == Operation::Replacements);
        if let Some(at) = recall {
            let before = matches!(self.rig.app.dialog, Some(Dialog::RotateInPlace(_)));
            self.reply(at, How::Well);
            let after = matches!(self.rig.app.dialog, Some(Dialog::Replace(_)));
            self.seen.borrow_mut().gone_on_with += usize::from(before && after);
        }
    }

    /// Goes through a whole change.
    fn change(&mut self, name: &str, early: bool) {
        self.send(Event::Key(named(name)));
        if !early {
            // To be rotated, it turns out to be in use.
            self.examine(if name == "R" { How::Oddly } else { How::Well });
            self.recall();
        }
        self.fill_in(true, true);
        self.examine(How::Well);
        if let (true, Some(Dialog::RotateInPlace(_))) = (name == "R", &self.rig.app.dialog) {
            // What was told of the destination is known now.
            self.send(Event::Key(named("Enter")));
            self.step(&Step::Looked { which: self.rig.looks.len().saturating_sub(1), how: 5 });
        }
        let write = self.rig.asked.iter().position(|(_, operation)| operation.is_write());
        if let Some(at) = write {
            self.reply(at, How::Well);
        }
    }

    /// Goes on with the replacement of the selected key. Unless it is `early`, its successor is generated before that.
    fn replace(&mut self, name: &str, early: bool, how: How) {
        // To the table of keys, where that is but a step.
        if self.rig.app.dialog.is_some() {
            self.send(Event::Key(named("Esc")));
        }
        if self.rig.app.dialog.is_none() && self.rig.app.focus == Pane::Scopes {
            self.send(Event::Key(named("Enter")));
        }
        let is_list = |operation: &Operation| matches!(operation, Operation::Keys(_));
        while let Some(at) = self.rig.asked.iter().position(|(_, operation)| is_list(operation)) {
            self.reply(at, How::Well);
        }
        self.send(Event::Key(named("R")));
        // At a service that rotates in place, it is by choice, where it was not begun.
        if let Some(Dialog::RotateInPlace(_)) = self.rig.app.dialog {
            if !early {
                self.recall();
            }
            self.send(Event::Key(named("Ctrl-g")));
        }
        if !early {
            self.tell_replacement();
            if matches!(&self.rig.app.dialog, Some(Dialog::Replace(dialog)) if dialog.step == Some(ReplacementStep::Begin))
            {
                self.take_step("Enter", How::Well);
                // The dialog with the secret.
                self.send(Event::Key(named("Esc")));
                self.fill_in(true, true);
                self.tell_replacement();
            }
        }
        for key in name.split(' ') {
            match key {
                "wait" => {
                    self.rig.now += SignedDuration::from_secs(31);
                    self.send(Event::Tick);
                }
                key => self.take_step(key, how),
            }
        }
    }

    /// Presses a key, does what that asks for, and tells how things stand then.
    fn take_step(&mut self, key: &str, how: How) {
        self.send(Event::Key(named(key)));
        if !matches!(self.rig.app.dialog, Some(Dialog::Replace(_))) {
            self.examine(How::Well);
            self.fill_in(true, true);
            self.examine(How::Well);
        }
        if let Some(at) = self.rig.asked.iter().position(|(_, operation)| operation.is_write()) {
            self.reply(at, how);
        }
        self.tell_replacement();
    }

    /// Tells the open dialog about a replacement all that it asked for.
    fn tell_replacement(&mut self) {
        let is_of_it = |operation: &Operation| matches!(operation, Operation::Examine(..) | Operation::Replacements);
        while let Some(at) = self.rig.asked.iter().position(|(_, operation)| is_of_it(operation)) {
            if !matches!(self.rig.app.dialog, Some(Dialog::Replace(_))) {
                return;
            }
            self.reply(at, How::Well);
        }
    }

    /// Marks what is shown, and begins a change of all that is marked.
    fn many(&mut self, name: &str, answers: usize) {
        if self.rig.app.dialog.is_none() {
            self.send(Event::Key(named("*")));
        }
        for key in name.split(' ') {
            self.send(Event::Key(named(key)));
            self.fill_in(true, true);
            self.answer_of_keys(answers);
        }
    }

    /// Another key signs the calls from now on, or the one before still does.
    fn signed_in(&mut self, request: RequestId, result: Result<Signer, NotSignedIn>) {
        let before = self.rig.app.session.clone();
        let was_awaited = self.rig.app.dialog.as_ref().is_some_and(|dialog| dialog.awaits(request));
        // No such answer comes a second time: the worker signs with what it said.
        self.send(Event::SignedIn(request, result.clone()));
        let (now, dialog) = (self.rig.app.session.as_ref().unwrap(), secret_of(self.rig.app.dialog.as_ref()));
        match result {
            Ok(signer) => assert!(now.signer == signer && now.is_source_old),
            Err(error) => {
                assert_eq!(Some(now), before.as_ref(), "the old key signs the calls");
                let is_told = dialog
                    .and_then(|dialog| dialog.sign_in.as_deref())
                    .is_some_and(|it| matches!(&it.stage, SignInStage::Failed(told) if *told == error));
                assert!(is_told || !was_awaited);
            }
        }
    }

    /// Goes from the signing key as far as to the question whether the old one is deactivated. The more `how` is, the
    /// further.
    fn take_over(&mut self, how: usize) {
        if self.rig.app.dialog.is_some() || self.rig.app.session.is_none() {
            return;
        }
        for key in ["Esc", "Esc", "Esc", "h", "g", "Enter", "1", "r"] {
            self.send(Event::Key(named(key)));
        }
        for _ in 0..10 {
            let read =
                self.rig.asked.iter().position(|(_, operation)| *operation == Operation::Keys(Scope::Organization));
            let Some(at) = read else { break };
            self.reply(at, How::Well);
        }
        for _ in 0..self.rig.app.table.rows.len() {
            let is_there = |(key, _): (&ApiKey, _)| self.rig.app.is_signer(&self.rig.app.scope(), key);
            if self.rig.app.selected().is_some_and(is_there) {
                break;
            }
            self.send(Event::Key(named("n")));
        }
        self.send(Event::Key(named("R")));
        if !matches!(self.rig.app.dialog, Some(Dialog::ChangeSigner(_))) {
            return;
        }
        self.send(Event::Key(named("Enter")));
        self.send(Event::Key(named("Enter")));
        self.step(&Step::Looked { which: self.rig.looks.len().saturating_sub(1), how: 5 });
        // What was told of the destination is known now.
        self.send(Event::Key(named("Enter")));
        self.step(&Step::Looked { which: self.rig.looks.len().saturating_sub(1), how: 5 });
        if let Some(at) = self.rig.asked.iter().position(|(_, operation)| operation.is_write()) {
            self.reply(at, if how == 0 { How::InDoubt { done: true, readable: true } } else { How::Well });
        }
        self.step(&Step::Copied { which: self.rig.copies.len().saturating_sub(1), how: 0 });
        self.send(Event::Key(named("Enter")));
        self.step(&Step::SignedIn {
            which: self.rig.sign_ins.len().saturating_sub(1),
            how: if how == 1 { 0 } else { 4 },
        });
        if how == 3 {
            self.send(Event::Key(named("Enter")));
        }
    }

    /// Answers so many reads and changes of single keys.
    fn answer_of_keys(&mut self, answers: usize) {
        for _ in 0..answers {
            let is_of_key = |operation: &Operation| operation.is_write() || matches!(operation, Operation::Examine(..));
            let Some(at) = self.rig.asked.iter().position(|(_, operation)| is_of_key(operation)) else { return };
            self.reply(at, How::Well);
        }
    }

    fn fill_in(&mut self, well: bool, enter: bool) {
        let text = match (&self.rig.app.dialog, well) {
            // A successor has a name already.
            (Some(Dialog::Generate(form)), true) if form.replaces.is_some() => String::new(),
            (Some(Dialog::Generate(_)), true) => "New key".to_owned(),
            (Some(Dialog::Export(_)), true) => String::new(),
            (Some(Dialog::RotateInPlace(form)), true) => match &form.typed {
                Some(typed) if form.focus == RotateFocus::Phrase => {
                    let text = typed.phrase.text().to_owned();
                    self.send(Event::Key(named("Ctrl-u")));
                    text
                }
                // Without a grace period: what is in use takes its name.
                _ => {
                    for key in ["Left", "Left", "Shift-Tab"] {
                        self.send(Event::Key(named(key)));
                    }
                    match &self.rig.app.dialog {
                        Some(Dialog::RotateInPlace(form)) if form.focus == RotateFocus::Phrase => {
                            form.typed.as_ref().map(|typed| typed.phrase.text().to_owned()).unwrap_or_default()
                        }
                        _ => String::new(),
                    }
                }
            },
            (Some(Dialog::Delete(form)), true) if form.button == DeleteButton::Field => {
                self.send(Event::Key(named("Ctrl-u")));
                match &self.rig.app.dialog {
                    Some(Dialog::Delete(form)) => form.typed.phrase.text().to_owned(),
                    _ => return,
                }
            }
            (Some(Dialog::Confirm(Confirm { typed: None, .. })), true) => "y".to_owned(),
            (Some(Dialog::Confirm(question)), true) if question.button == ConfirmButton::Field => {
                self.send(Event::Key(named("Ctrl-u")));
                match &self.rig.app.dialog {
                    Some(Dialog::Confirm(Confirm { typed: Some(typed), .. })) => typed.phrase.text().to_owned(),
                    _ => return,
                }
            }
            (Some(Dialog::Bulk(bulk)), true) if bulk.stage == BulkStage::Asking => {
                let text = bulk.typed.as_ref().map_or("y", |typed| typed.phrase.text()).to_owned();
                self.send(Event::Key(named("Ctrl-u")));
                text
            }
            (Some(Dialog::Secret(dialog)), true) if dialog.farewell.is_some() => {
                (if self.next_id % 2 == 0 { SAVED } else { DISCARD }).to_owned()
            }
            (Some(Dialog::Generate(_) | Dialog::Delete(_)), false) => " ".to_owned(),
            (None, _) if self.rig.app.is_filtering => "c".to_owned(),
            _ => return,
        };
        for character in text.chars() {
            self.send(Event::Key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE)));
        }
        if enter {
            self.send(Event::Key(named("Enter")));
        }
        if enter && well && matches!(self.rig.app.dialog, Some(Dialog::Export(_))) && !self.rig.saves.is_empty() {
            // There is a file, and it is agreed that it goes.
            self.step(&Step::Saved { which: self.rig.saves.len() - 1, how: 1 });
            self.send(Event::Key(named("Enter")));
        }
        if enter && well {
            self.step(&Step::Looked { which: self.rig.looks.len().saturating_sub(1), how: 5 });
        }
    }

    fn meddle(&mut self, number: usize) {
        let count = self.store.len();
        let Some(keys) = self.store.values_mut().nth(number % count) else { return };
        let Some(at) = pick(keys, number / 7) else { return };
        match number / 3 % 3 {
            0 => {
                keys.remove(at);
            }
            1 if number.is_multiple_of(2) => keys[at].valid = !keys[at].valid,
            1 => keys[at].last_used = LastUsed::At(self.rig.now),
            _ => keys.reverse(),
        }
    }

    fn reply(&mut self, which: usize, how: How) {
        let Some(at) = pick(&self.rig.asked, which) else { return };
        let (request, operation) = self.rig.asked.remove(at);
        let result = self.carry_out(&operation, how);
        self.answered.push(Event::Reply(request, result.clone()));
        let before = self.rig.app.dialog.clone();
        if operation.is_write() || matches!(operation, Operation::LookAgain(_)) {
            assert!(before.as_ref().is_some_and(|dialog| dialog.awaits(request)), "a write lost its dialog");
            self.seen.borrow_mut().failed_writes += usize::from(result.is_err());
        }
        self.send(Event::Reply(request, result.clone()));
        let after = self.rig.app.dialog.as_ref();
        assert!(after.is_none_or(|dialog| !dialog.awaits(request)), "a reply was not acted on");
        if let (Operation::Create { .. }, Ok(Answer::Created(CreatedKey { key, secret: Some(secret) }))) =
            (&operation, &result)
        {
            let shown = secret_of(after).unwrap();
            assert_eq!((shown.target.key.id, &shown.secret), (key.id, secret));
            self.seen.borrow_mut().secrets += 1;
        } else if let Ok(Answer::Lost(lost)) = &result {
            assert!(matches!(after, Some(Dialog::Lost(dialog)) if dialog.lost == **lost), "a lost key is not told");
            self.seen.borrow_mut().lost += 1;
        } else if let (Some(Dialog::Bulk(before)), Some(Dialog::Bulk(after))) = (&before, after) {
            assert!(operation.is_write() || matches!(operation, Operation::Examine(..)) || before.stage == after.stage);
            if operation.is_write() {
                self.seen.borrow_mut().unsure += usize::from(matches!(result, Ok(Answer::Unsure(_))));
                let is_said_to_be_gone = result.as_ref().is_err_and(ApiError::is_not_found);
                self.outcome_of_one_is_told(before, after, request, failure(&operation, &result), is_said_to_be_gone);
            }
        } else if let Some(error) = failure(&operation, &result) {
            // What was typed is still there, beside the error.
            let dialog = after.unwrap();
            assert!(!dialog.is_busy());
            assert!(
                describe(&self.rig.app)
                    .iter()
                    .any(|(what, how)| { *what == "dialog" && how.contains(&error.summary()) })
            );
            self.seen.borrow_mut().unsure += usize::from(result.is_ok());
            match (before, dialog) {
                (Some(Dialog::Generate(before)), Dialog::Generate(after)) => {
                    assert_eq!(before.name.text(), after.name.text());
                }
                (Some(Dialog::Delete(before)), Dialog::Delete(after)) => {
                    assert_eq!(before.typed.field.text(), after.typed.field.text());
                }
                (Some(Dialog::RotateInPlace(before)), Dialog::RotateInPlace(after)) => {
                    assert_eq!((&before.grace, &before.lifetime), (&after.grace, &after.lifetime));
                }
                (Some(Dialog::Confirm(_)), Dialog::Confirm(_)) | (Some(Dialog::Replace(_)), Dialog::Replace(_)) => {}
                (before, after) => panic!("{before:?} became {after:?}"),
            }
        }
    }

    /// Takes in `event`, and judges what came of it.
    fn send(&mut self, event: Event) {
        let before = self.rig.app.dialog.clone();
        let was_leaving = self.rig.app.is_leaving;
        let selected = self.rig.app.selected().map(|(key, _)| (self.rig.app.scope(), key.id));
        let looked = self.visible();
        let marked = self.rig.app.marks.clone();
        let replacement = match &before {
            Some(Dialog::Replace(dialog)) => Some((dialog.old.key.id, dialog.read_at)),
            _ => None,
        };
        let has_write = self.rig.asked.iter().any(|(_, operation)| operation.is_write());
        let action = match &event {
            Event::Key(key) if key.kind != KeyEventKind::Release => keymap::lookup(&self.rig.app.contexts(), key),
            _ => None,
        };
        self.rig.app.take_needs_draw();
        let was = event.clone();

        let effects = self.rig.send(event);

        let event = was;
        let printed = format!("{event:?} {effects:?} {:?}", self.rig.app);
        assert!(!printed.contains(FAKE_PART), "a secret is printed: {printed}");
        assert!(looked == self.visible() || self.rig.app.take_needs_draw(), "a change is not drawn");
        assert!(self.rig.app.wake_at().is_none_or(|at| at > self.rig.now), "it would spin");
        self.dialog_is_kept(before.as_ref(), &event, action);
        self.target_is_pinned(before.as_ref(), selected);
        self.many_are_kept(before.as_ref(), &marked);
        self.polls_are_justified(&effects, &event, replacement);
        for effect in &effects {
            self.effect_is_justified(effect, before.as_ref(), &event, action, has_write, was_leaving);
        }
        let writes = self.rig.asked.iter().filter(|(_, operation)| operation.is_write()).count();
        let most = if matches!(self.rig.app.dialog, Some(Dialog::Bulk(_))) { 4 } else { 1 };
        assert!(writes <= most, "{writes} writes at once");
        self.seen.borrow_mut().side_by_side += usize::from(writes > 1);
        let is_dangerous = |dialog: Option<&Dialog>| dialog.is_some_and(Dialog::is_dangerous);
        if is_dangerous(self.rig.app.dialog.as_ref()) && !is_dangerous(before.as_ref()) {
            assert!(effects.contains(&Effect::DropTypedAhead), "keys typed ahead reach a dangerous dialog");
        }
        self.lists_are_consistent();
    }

    fn visible(&self) -> Vec<(&'static str, String)> {
        let mut seen = describe(&self.rig.app);
        // They are not shown: the messages beside them are.
        seen.retain(|(what, _)| !matches!(*what, "leaving" | "to undo"));
        seen
    }
}

impl Seen {
    /// Whether all happened that the rules are about.
    fn is_enough(&self) -> bool {
        let Self { creates, secrets, delivered, given_up, set_valid, deletes, second_steps, failed_writes, .. } = self;
        let Self { lost, looks, from_lost, unsure, typed, deliveries, undone, agreed, quits, journals, .. } = self;
        let Self { many_changed, many_deleted, many_over, many_undone, side_by_side, exports, replaced, .. } = self;
        let Self {
            rotations, cut_off, sign_ins, offered, successors, brought_back, ended, polls, gone_on_with, ..
        } = self;
        let replacements = [successors, brought_back, ended, polls, gone_on_with];
        let ones = [
            sign_ins,
            offered,
            rotations,
            cut_off,
            creates,
            secrets,
            delivered,
            given_up,
            set_valid,
            deletes,
            second_steps,
            failed_writes,
            quits,
        ];
        let others = [lost, looks, from_lost, unsure, typed, undone, agreed, journals, deliveries];
        let many = [many_changed, many_deleted, many_over, many_undone, side_by_side, exports, replaced];
        ones.into_iter().chain(others).chain(many).chain(replacements).all(|count| *count > 0)
    }
}

/// Why the write `operation` failed, or may have.
fn failure<'a>(operation: &Operation, result: &'a Result<Answer, ApiError>) -> Option<&'a ApiError> {
    match (operation, result) {
        // It says that it is done all the same.
        (Operation::Delete { .. }, Err(error)) if error.is_not_found() => None,
        (_, Err(error)) if operation.is_write() => Some(error),
        (_, Ok(Answer::Unsure(unsure))) => Some(&unsure.error),
        (_, Ok(Answer::RotationLost(lost))) => Some(&lost.error),
        _ => None,
    }
}

#[test]
fn whatever_happens_the_rules_hold() {
    let seen = RefCell::new(Seen::default());
    let strategy = (prop::bool::weighted(0.1), prop::collection::vec(any_step(), 1..STEPS));
    for _ in 0..MOST_ROUNDS {
        // A runner stops for good after its runs. Nothing is written beside the sources: what fails is printed whole.
        let mut runner = TestRunner::new(Config { cases: RUNS, failure_persistence: None, ..Config::default() });
        let result = runner.run(&strategy, |(is_signed_out, steps)| {
            let mut world = World::new(is_signed_out, &seen);
            for step in &steps {
                world.step(step);
            }
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
        if seen.borrow().is_enough() {
            return;
        }
    }
    panic!("too little happened: {:?}", seen.borrow());
}
