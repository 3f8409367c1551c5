//! Random keys, replies, sizes and times against a small simulated service, and what must hold after each of them.

mod flows;
mod seen;
mod steps;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, CreatedKey, KeyId, LastUsed, Scope};
use confident_keys::app::Event;
use confident_keys::app::dialog::{Dialog, SecretDialog};
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::request::RequestId;
use confident_keys::destination::{Ask, Look, Obstacle};
use confident_keys::export::file::NotSaved;
use confident_keys::guard::Signer;
use confident_keys::journal::JournalError;
use confident_keys::operations::{Answer, Lost, NotSignedIn, Operation, Reconciled, Replacements};
use crossterm::event::{KeyEvent, KeyEventKind};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::seen::Seen;
pub(crate) use self::steps::How;
use self::steps::{Step, any_step};
use crate::describe::describe;
use crate::report::Writer;
use crate::support::{FAKE_PART, NEWER, OLDER, Rig, errors, keys_of, named, project, session, writer};

/// How many runs, and how long each at most: some seconds without optimisation.
const RUNS: u32 = 448;
/// Where something rare has not happened in as many runs, there are as many again.
const MOST_ROUNDS: usize = 10;
const STEPS: usize = 150;

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
                    .flat_map(|context| self.rig.app.keymap().of(context))
                    .flat_map(|binding| binding.keys.iter())
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
                self.send(Event::Reconciled(Reconciled::New(Box::new(lost))));
            }
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
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                self.rig.app.keymap().lookup(&self.rig.app.contexts(), key)
            }
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
