//! One program after the other, and the judge over what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use confident_keys::api::Limits;
use confident_keys::api::error::{ApiError, Certainty, ErrorKind};
use confident_keys::api::model::{KeyId, Lifetime, Scope};
use confident_keys::journal::{Action, Intended, Outcome};
use confident_keys::operations::{Answer, Lost, Operation, Operator};
use confident_keys::secret::Secret;

use super::stage::{Change, NAMES, Place, Stage, and_meanwhile, until};
use super::step::{Step, Write};
use super::weather::Weather;
use crate::world::patient;

/// How often what happened: judges that see nothing condemn nothing.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<BTreeMap<&'static str, u32>>);

impl Seen {
    pub(crate) fn note(&self, what: &'static str) {
        *self.0.lock().unwrap().entry(what).or_default() += 1;
    }

    /// Which of these did not happen yet.
    pub(crate) fn lacks<'a>(&self, all: &[&'a str]) -> Vec<&'a str> {
        let seen = self.0.lock().unwrap();
        all.iter().copied().filter(|what| !seen.contains_key(what)).collect()
    }
}

/// A key that may have been made, of which nobody could be told so far.
#[derive(Debug, Clone)]
struct Dark {
    scope: Scope,
    name: String,
    known: Vec<KeyId>,
    /// The key, where it was made.
    id: Option<KeyId>,
    /// What the program that lives can look again with.
    lost: Option<Lost>,
}

impl Dark {
    fn is(&self, lost: &Lost) -> bool {
        (&self.scope, &self.name, &self.known) == (&lost.scope, &lost.name, &lost.known)
    }
}

pub(crate) struct Story<'a> {
    stage: Stage,
    operator: Operator,
    dark: Vec<Dark>,
    /// The keys whose secret was delivered.
    delivered: BTreeSet<KeyId>,
    secrets: Vec<Secret>,
    /// How many lines of the journal were looked at.
    entries: usize,
    seen: &'a Seen,
}

/// Nobody waits long here: nothing but a fault is as late as that, or a machine that stalls.
pub(crate) fn hasty() -> Limits {
    waiting(Duration::from_millis(300))
}

/// For a story that failed with those: there even a machine that stalls is not as late.
pub(crate) fn unhurried() -> Limits {
    waiting(Duration::from_secs(3))
}

/// For an answer, so long.
fn waiting(write: Duration) -> Limits {
    Limits { write, read_budget: write * 2, ..patient() }
}

impl<'a> Story<'a> {
    /// Lets `steps` happen, and judges each; and how it stands once nothing goes wrong any more.
    pub(crate) fn tell(steps: &[Step], limits: &Limits, seen: &'a Seen) {
        let stage = Stage::new(limits.clone());
        let operator = stage.world.operator(limits.clone());
        let mut story = Self {
            stage,
            operator,
            dark: Vec::new(),
            delivered: BTreeSet::new(),
            secrets: Vec::new(),
            entries: 0,
            seen,
        };
        for step in steps {
            story.step(step);
            story.is_consistent();
        }
        story.restart(&Weather::default());
        story.is_consistent();
        for scope in story.stage.scopes.clone() {
            story.read(&scope, &Weather::default());
        }
        assert_eq!(story.stage.untold(), [], "keys without a trace");
        assert!(story.dark.is_empty() && story.stage.world.intents().is_empty());
        let secrets: Vec<_> = story.secrets.iter().map(Secret::expose).collect();
        if !story.stage.world.entries().is_empty() {
            story.stage.world.journal_holds_no_value(&secrets);
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Write(write, weather) => self.write(*write, weather),
            Step::Late { write, is_done, meanwhile } => self.late(*write, *is_done, *meanwhile),
            Step::Interrupted { write, is_done, weather } => self.interrupted(*write, *is_done, weather),
            Step::Elsewhere(change) => self.stage.elsewhere(*change),
            Step::Read(scope, weather) => self.read(&self.stage.scope(*scope), weather),
            Step::LookAgain(which, weather) => self.look_again(*which, weather),
            Step::Restart(weather) => self.restart(weather),
        }
    }

    /// What `write` is about now, and the method of its call; none where there is nothing to do it to.
    fn operation(&self, write: Write) -> Option<(Operation, &'static str)> {
        Some(match write {
            Write::Generate { scope, name } => {
                let name = NAMES[name % NAMES.len()].to_owned();
                (
                    Operation::Create {
                        scope: self.stage.scope(scope),
                        name,
                        lifetime: Lifetime::Unlimited,
                        replaces: None,
                    },
                    "POST",
                )
            }
            Write::Set { key, valid } => {
                let (scope, id) = self.stage.place(key)?;
                (Operation::SetValid { scope, id, valid }, "PUT")
            }
            Write::Delete(key) => {
                let (scope, id) = self.stage.place(key)?;
                (Operation::Delete { scope, id }, "DELETE")
            }
        })
    }

    fn write(&mut self, write: Write, weather: &Weather) {
        let Some((operation, _)) = self.operation(write) else { return };
        let before = self.stage.writes();
        self.stage.world.fails(&weather.faults());
        let result = self.stage.world.run(&self.operator, operation.clone());
        self.sent_as_often_as_is_safe(before, &operation, &result);
        self.judge(operation, result);
    }

    /// A POST once, and not at all where it could not be begun; the others twice at most.
    fn sent_as_often_as_is_safe(&self, before: [usize; 3], operation: &Operation, result: &Result<Answer, ApiError>) {
        let after = self.stage.writes();
        let [posts, puts, deletes] = [0, 1, 2].map(|at| after[at] - before[at]);
        let is_begun = !matches!(result, Err(ApiError { kind: ErrorKind::NotBegun(_), .. }));
        match operation {
            Operation::Create { .. } => assert_eq!([posts, puts, deletes], [usize::from(is_begun), 0, 0]),
            Operation::SetValid { .. } => assert!(posts == 0 && (1..=2).contains(&puts) && deletes == 0),
            _ => assert!(posts == 0 && puts == 0 && (1..=2).contains(&deletes)),
        }
    }

    fn late(&mut self, write: Write, is_done: bool, meanwhile: Change) {
        let Some((operation, method)) = self.operation(write) else { return };
        self.stage.world.fails(&Self::late_weather(method, is_done).faults());
        let count = self.stage.world.count(method);
        let world = &self.stage.world;
        let (result, done) = world.wait(and_meanwhile(
            self.operator.run(operation.clone()),
            || world.count(method) > count,
            self.stage.changing(meanwhile),
        ));
        self.seen.note("a late answer");
        let done = done.unwrap();
        if done.as_ref().is_some_and(|(place, _)| place_of(&operation).as_ref() != Some(place)) {
            self.stage.note(done);
        }
        self.judge(operation, result);
    }

    fn late_weather(method: &str, is_done: bool) -> Weather {
        Weather::of([&*format!("{method} */api-keys* delay=60000{}", if is_done { "" } else { ",before" })])
    }

    /// What `operation` came to, as the program says; and what is there.
    fn judge(&mut self, operation: Operation, result: Result<Answer, ApiError>) {
        match operation {
            Operation::Create { scope, name, .. } => self.judge_create(&scope, name, result),
            Operation::SetValid { scope, id, valid } => self.judge_set_valid(&(scope, id), valid, result),
            Operation::Delete { scope, id } => self.judge_delete(&(scope, id), result),
            other => panic!("{other:?} is no write"),
        }
    }

    fn judge_create(&mut self, scope: &Scope, name: String, result: Result<Answer, ApiError>) {
        let known: Vec<KeyId> =
            self.stage.expected.keys().filter(|place| place.0 == *scope).map(|place| place.1).collect();
        let made = self.made(scope, &name);
        match result {
            Ok(Answer::Created(created)) => {
                assert_eq!(made, Some(created.key.id), "another key than the one that is there");
                let outcome = if created.secret.is_some() { Outcome::Done } else { Outcome::Orphan };
                self.journal_says(&[(Action::Create, outcome, made)]);
                self.stage.accounted.insert(created.key.id);
                self.seen.note(if created.secret.is_some() { "a secret" } else { "a key without its secret" });
                if let Some(secret) = created.secret {
                    let key = self.stage.world.wait(self.stage.world.truth.keys(scope).get(created.key.id)).unwrap();
                    assert_eq!(key.value.tail(), secret.tail(), "another key's secret");
                    self.delivered.insert(created.key.id);
                    self.secrets.push(secret);
                }
            }
            Ok(Answer::Lost(lost)) => {
                assert_eq!((&lost.scope, &lost.name), (scope, &name));
                assert!(lost.error.as_ref().is_some_and(|error| error.certainty() == Certainty::Unknown));
                if lost.found.is_ok() {
                    self.seen.note(if made.is_some() { "an orphan" } else { "a lost answer to nothing" });
                    let outcome = self.told(&lost, made);
                    self.journal_says(&[(Action::Create, outcome.0, outcome.1)]);
                } else {
                    self.journal_says(&[]);
                    self.seen.note("a key in the dark");
                    self.dark.push(Dark { scope: scope.clone(), name, known, id: made, lost: Some(*lost) });
                }
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_eq!((error.certainty(), made), (Certainty::NotDone, None), "{error}");
                let is_begun = !matches!(error.kind, ErrorKind::NotBegun(_));
                self.seen.note(if is_begun { "a refusal" } else { "a key that was not begun" });
                self.journal_says(&[(Action::Create, Outcome::Failed, None)][..usize::from(is_begun)]);
            }
        }
    }

    /// The key that was made in `scope` since it was looked at last, which must be called `name`. All else is as expected.
    fn made(&mut self, scope: &Scope, name: &str) -> Option<KeyId> {
        let made = self.stage.unexpected(scope);
        assert!(made.len() <= 1, "made more than once: {made:?}");
        self.stage.is_as_expected_but_for(|place| made.contains(&place.1));
        for id in &made {
            let state = &self.stage.expected[&(scope.clone(), *id)];
            assert_eq!((state.name.as_deref(), state.valid), (Some(name), true));
        }
        made.first().copied()
    }

    /// Takes in what a list that was read tells of a key, which is `made` where there is one; and what the
    /// journal says then.
    fn told(&mut self, lost: &Lost, made: Option<KeyId>) -> (Outcome, Option<KeyId>) {
        let found = lost.found.as_ref().unwrap();
        let told: BTreeSet<Place> = found.iter().map(|key| (lost.scope.clone(), key.id)).collect();
        for key in found {
            let state = &self.stage.expected[&(lost.scope.clone(), key.id)];
            assert_eq!(*state, key.into(), "told in another state than it is in");
            assert!(!lost.known.contains(&key.id), "it was there before");
            assert!(!self.delivered.contains(&key.id), "a key whose secret was delivered is no lost one: {lost:?}");
        }
        let is_there = |id: &KeyId| self.stage.expected.contains_key(&(lost.scope.clone(), *id));
        if let Some(id) = made.filter(is_there) {
            assert!(found.iter().any(|key| key.id == id && lost.is_likely(key)), "the lost key is not told");
        }
        self.stage.accounted.extend(told.into_iter().map(|place| place.1));
        match found.iter().find(|key| lost.is_likely(key)) {
            Some(key) => (Outcome::Orphan, Some(key.id)),
            None => (Outcome::None, None),
        }
    }

    fn judge_set_valid(&mut self, place: &Place, valid: bool, result: Result<Answer, ApiError>) {
        let action = if valid { Action::Activate } else { Action::Deactivate };
        let before = self.stage.expected.get(place).cloned();
        self.stage.is_as_expected_but_for(|other| other == place);
        let now = self.stage.expected.get(place).cloned();
        let outcome = match result {
            Ok(Answer::Key(key)) => {
                assert_eq!((key.id, now), (place.1, Some((&key).into())), "told in another state than it is in");
                self.seen.note(if key.valid == valid { "a change" } else { "a contradiction" });
                if key.valid == valid { Outcome::Done } else { Outcome::Unknown }
            }
            Ok(Answer::Unsure(unsure)) => {
                assert_eq!(unsure.error.certainty(), Certainty::Unknown);
                self.seen.note("a change in doubt");
                if let Ok(told) = unsure.now {
                    assert_eq!(told.as_ref().map(Into::into), now, "told in another state than it is in");
                    assert!(told.is_none_or(|key| key.valid != valid), "it is as it was asked for");
                }
                Outcome::Unknown
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_eq!(error.certainty(), Certainty::NotDone);
                // Where it is gone, somebody else was faster.
                let expected = if error.is_not_found() { None } else { before };
                assert_eq!(now, expected, "{error}");
                Outcome::Failed
            }
        };
        self.journal_says(&[(action, outcome, Some(place.1))]);
    }

    fn judge_delete(&mut self, place: &Place, result: Result<Answer, ApiError>) {
        let before = self.stage.expected.get(place).cloned();
        self.stage.is_as_expected_but_for(|other| other == place);
        let now = self.stage.expected.get(place).cloned();
        let outcome = match result {
            Ok(Answer::Deleted { acknowledged }) => {
                assert_eq!(now.is_none(), acknowledged);
                self.seen.note(if acknowledged { "a deletion" } else { "a contradiction" });
                if acknowledged { Outcome::Done } else { Outcome::Unknown }
            }
            Ok(Answer::Unsure(unsure)) => {
                self.seen.note("a change in doubt");
                if let Ok(told) = unsure.now {
                    assert!(told.is_some(), "it is gone, and that is no doubt");
                    assert_eq!(told.as_ref().map(Into::into), now, "told in another state than it is in");
                }
                Outcome::Unknown
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_eq!(error.certainty(), Certainty::NotDone);
                // Where it is gone, somebody else was faster.
                let expected = if error.is_not_found() { None } else { before };
                assert_eq!(now, expected, "{error}");
                Outcome::Failed
            }
        };
        self.journal_says(&[(Action::Delete, outcome, Some(place.1))]);
    }

    /// The program is gone before the answer came.
    fn interrupted(&mut self, write: Write, is_done: bool, weather: &Weather) {
        let Some((operation, method)) = self.operation(write) else { return };
        self.stage.world.fails(&Self::late_weather(method, is_done).faults());
        let count = self.stage.world.count(method);
        let world = &self.stage.world;
        world.wait(async {
            tokio::select! {
                biased;
                result = self.operator.run(operation.clone()) => panic!("{result:?}"),
                () = until(|| world.count(method) > count) => {}
            }
        });
        let expected = self.stage.expected.clone();
        if is_done {
            // The service may be still at it when the program is gone.
            let is_changed = matches!(operation, Operation::Create { .. } | Operation::Delete { .. });
            while is_changed && self.stage.truth() == expected {}
        }
        match operation {
            Operation::Create { scope, name, .. } => {
                let known = expected.into_keys().filter(|place| place.0 == scope).map(|place| place.1).collect();
                let id = self.made(&scope, &name);
                assert_eq!(id.is_some(), is_done);
                self.journal_says(&[]);
                self.dark.push(Dark { scope, name, known, id, lost: None });
            }
            operation => {
                let place = place_of(&operation);
                self.stage.is_as_expected_but_for(|other| Some(other) == place.as_ref());
                let action = match operation {
                    Operation::SetValid { valid: true, .. } => Action::Activate,
                    Operation::SetValid { .. } => Action::Deactivate,
                    _ => Action::Delete,
                };
                self.journal_says(&[(action, Outcome::Unknown, place.map(|place| place.1))]);
            }
        }
        self.restart(weather);
    }

    fn read(&mut self, scope: &Scope, weather: &Weather) {
        let before = self.stage.writes();
        self.stage.world.fails(&weather.faults());
        let result = self.stage.world.run(&self.operator, Operation::Keys(scope.clone()));
        assert_eq!(self.stage.writes(), before);
        assert!(result.is_ok() || !weather.faults().is_empty(), "{result:?}");
        if let Ok(Answer::Keys(keys)) = result {
            let told = keys.iter().map(|key| ((scope.clone(), key.id), key.into())).collect();
            let expected = self.stage.expected.clone().into_iter().filter(|(place, _)| place.0 == *scope);
            assert_eq!(expected.collect::<super::stage::Holding>(), told);
        }
    }

    fn look_again(&mut self, which: usize, weather: &Weather) {
        if self.dark.iter().all(|dark| dark.lost.is_none()) {
            let weather = Weather::of(["POST drop", "GET */api-keys status=403,skip=1,times=always"]);
            self.write(Write::Generate { scope: which, name: which }, &weather);
        }
        let known: Vec<&Lost> = self.dark.iter().filter_map(|dark| dark.lost.as_ref()).collect();
        let lost = known[which % known.len()].clone();
        let before = self.stage.writes();
        self.stage.world.fails(&weather.faults());
        let result = self.stage.world.run(&self.operator, Operation::LookAgain(Box::new(lost)));
        assert_eq!(self.stage.writes(), before, "looking changes nothing");
        let Ok(Answer::Lost(lost)) = result else { panic!("{result:?}") };
        self.seen.note(if lost.found.is_ok() { "a look that tells" } else { "a list that tells nothing" });
        if lost.found.is_err() {
            self.journal_says(&[]);
            return;
        }
        // Two that nothing tells apart are told at once.
        let settled: Vec<Dark> = self.dark.extract_if(.., |dark| dark.is(&lost)).collect();
        let mut entries = Vec::new();
        for dark in settled {
            let (outcome, id) = self.told(&lost, dark.id);
            entries.push((Action::Reconcile, outcome, id));
        }
        self.journal_says(&entries);
    }

    /// The program ends, and the next one looks first into what is open.
    fn restart(&mut self, weather: &Weather) {
        self.operator = self.stage.world.operator(self.stage.limits.clone());
        assert!(self.stage.world.intents().iter().all(|intent| !intent.is_under_way));
        let before = self.stage.writes();
        self.stage.world.fails(&weather.faults());
        let found = self.stage.world.looks_into_new(&self.operator);
        assert_eq!(self.stage.writes(), before, "looking changes nothing");
        let mut before = std::mem::take(&mut self.dark);
        let mut entries = Vec::new();
        for lost in found {
            assert_eq!(lost.error, None);
            let Some(at) = before.iter().position(|dark| dark.is(&lost)) else { panic!("nothing began like {lost:?}") };
            let dark = before.remove(at);
            self.seen.note(if lost.found.is_ok() { "a start that tells" } else { "a list that tells nothing" });
            if lost.found.is_ok() {
                let (outcome, id) = self.told(&lost, dark.id);
                entries.push((Action::Reconcile, outcome, id));
            } else {
                self.dark.push(Dark { lost: Some(lost), ..dark });
            }
        }
        assert!(before.is_empty(), "nobody is told of {before:?}");
        self.journal_says(&entries);
    }

    /// The lines that came to the journal since it was looked at last.
    #[track_caller]
    fn journal_says(&mut self, expected: &[(Action, Outcome, Option<KeyId>)]) {
        let entries = self.stage.world.entries().split_off(self.entries);
        self.entries += entries.len();
        let lines: Vec<_> = entries.iter().map(|entry| (entry.action, entry.outcome, entry.id)).collect();
        assert_eq!(lines, expected, "the journal (left) tells another story");
    }

    /// What is true after every step.
    fn is_consistent(&mut self) {
        assert_eq!(self.operator.take_complaint(), None);
        let mut open: Vec<_> =
            self.dark.iter().map(|dark| (dark.scope.clone(), dark.name.clone(), dark.known.clone())).collect();
        let mut intents: Vec<_> = self
            .stage
            .world
            .intents()
            .into_iter()
            .map(|listed| {
                assert!(listed.is_under_way, "its program lives, and holds it");
                let Intended::Create { known, .. } = listed.intent.what else { panic!("{:?}", listed.intent) };
                (listed.intent.scope.scope(), listed.intent.name.raw().to_owned(), known)
            })
            .collect();
        open.sort();
        intents.sort();
        assert_eq!(intents, open, "what is open (left) is not what nobody could be told of");
        let untold: BTreeSet<_> = self.stage.untold().into_iter().map(|place| place.1).collect();
        let dark = self.dark.iter().filter_map(|dark| dark.id).collect();
        assert!(untold.is_subset(&dark), "keys without a trace: {untold:?}, {dark:?}");
    }
}

/// The key that `operation` changes.
fn place_of(operation: &Operation) -> Option<Place> {
    match operation {
        Operation::SetValid { scope, id, .. } | Operation::Delete { scope, id } => Some((scope.clone(), *id)),
        _ => None,
    }
}
