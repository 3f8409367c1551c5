//! A person at the screen, who generates, changes and deletes keys while things go wrong, deals with what comes up, leaves
//! in the middle, and comes back; and the judge over what is shown.

use std::collections::BTreeSet;

use confident_keys::api::Limits;
use confident_keys::api::error::Certainty;
use confident_keys::api::model::{ApiKey, KeyId, Scope};
use confident_keys::app::dialog::{Dialog, Fault};
use confident_keys::app::remote::Remote;
use confident_keys::journal::Outcome;
use confident_keys::operations::Lost;
use crossterm::event::KeyCode;

use super::act::{Act, Then};
use super::program::Program;
use super::stage::{Change, Holding, NAMES, Place, Stage, State};
use super::step::Write;
use super::story::Seen;
use super::weather::Weather;

/// A write that the person has put together, and not agreed to yet.
#[derive(Debug, Clone)]
enum Asked {
    Generate(Scope, String),
    Set(Place, bool),
    Delete(Place),
}

/// A key that may have been made, of which nobody could be told so far.
#[derive(Debug)]
struct Dark {
    scope: Scope,
    name: String,
    id: Option<KeyId>,
}

pub(crate) struct Session<'a> {
    stage: Stage,
    /// None while nobody is there.
    program: Option<Program>,
    dark: Vec<Dark>,
    delivered: BTreeSet<KeyId>,
    seen: &'a Seen,
}

impl<'a> Session<'a> {
    /// Lets `acts` happen, and judges each; and how it stands once nothing goes wrong any more.
    pub(crate) fn tell(acts: &[Act], limits: &Limits, seen: &'a Seen) {
        let stage = Stage::new(limits.clone());
        let mut session = Self { stage, program: None, dark: Vec::new(), delivered: BTreeSet::new(), seen };
        session.start(&Weather::default());
        for act in acts {
            session.act(act);
            session.is_consistent();
        }
        session.program = None;
        session.start(&Weather::default());
        session.is_consistent();
        assert_eq!((session.stage.untold(), session.dark.len()), (Vec::new(), 0), "keys without a trace");
        for scope in session.stage.scopes.clone() {
            session.at().goes_to(&scope);
            assert!(session.shows_the_truth(&scope), "it was read, and nothing went wrong");
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Write(write, weather, then) => self.write(*write, weather, then),
            Act::Late { write, is_done, meanwhile } => self.late(*write, *is_done, *meanwhile),
            Act::Leave { write, is_done, weather } => self.leave(*write, *is_done, weather),
            Act::Elsewhere(change) => self.stage.elsewhere(*change),
            Act::Refresh(weather) => {
                let scope = self.at().app.scope();
                self.stage.world.fails(&weather.faults());
                self.at().press(KeyCode::Char('r'));
                self.at().settle();
                self.shows_the_truth(&scope);
            }
            Act::Restart(weather) => {
                self.program = None;
                self.start(weather);
            }
        }
    }

    fn at(&mut self) -> &mut Program {
        self.program.as_mut().unwrap()
    }

    /// Puts `write` together, up to where a key is left to press; none where there is nothing to do it to.
    fn asks(&mut self, write: Write) -> Option<Asked> {
        self.stage.world.fails(&[]);
        self.at().dismisses();
        match write {
            Write::Generate { scope, name } => {
                let (scope, name) = (self.stage.scope(scope), NAMES[name % NAMES.len()]);
                self.at().goes_to(&scope);
                self.at().insists('c');
                self.at().types(name);
                assert!(matches!(self.at().app.dialog, Some(Dialog::Generate(_))));
                Some(Asked::Generate(scope, name.to_owned()))
            }
            Write::Set { key, valid } => {
                let place = self.stage.place(key).filter(|place| self.stage.expected[place].valid != valid)?;
                self.opens(&place, 'x');
                Some(Asked::Set(place, valid))
            }
            Write::Delete(key) => {
                let place = self.stage.place(key)?;
                self.opens(&place, 'D');
                Some(Asked::Delete(place))
            }
        }
    }

    /// Opens the question about the key, and types what it wants typed.
    fn opens(&mut self, place: &Place, key: char) {
        assert!(self.at().goes_to_key(&place.0, place.1), "it is not shown");
        self.at().insists(key);
        assert!(self.at().types_phrase(), "{:?}", self.at().told());
    }

    /// Agrees to what the dialog asks.
    fn agrees(&mut self) {
        let key = match &self.at().app.dialog {
            Some(Dialog::Confirm(dialog)) if dialog.typed.is_none() => KeyCode::Char('y'),
            _ => KeyCode::Enter,
        };
        self.at().press(key);
        self.at().settle_look();
    }

    fn write(&mut self, write: Write, weather: &Weather, then: &Then) {
        let Some(asked) = self.asks(write) else { return };
        let before = self.stage.writes();
        self.stage.world.fails(&weather.faults());
        self.agrees();
        self.at().settle();
        let after = self.stage.writes();
        let sent = [0, 1, 2].map(|at| after[at] - before[at]);
        match asked {
            Asked::Generate(..) => assert!(sent[0] <= 1 && sent[1..] == [0, 0], "{sent:?}"),
            Asked::Set(..) => assert!(sent[0] == 0 && sent[1] <= 2 && sent[2] == 0, "{sent:?}"),
            Asked::Delete(..) => assert!(sent[0] == 0 && sent[1] <= 2 && sent[2] <= 2, "{sent:?}"),
        }
        self.judge(&asked, false);
        self.deals_with_lost(then);
    }

    /// Makes the answer to what was asked late.
    fn is_late(&self, asked: &Asked, is_done: bool) -> Weather {
        let method = match asked {
            Asked::Generate(..) => "POST",
            // An active key is deactivated first.
            Asked::Delete(place) if !self.stage.expected[place].valid => "DELETE",
            Asked::Set(..) | Asked::Delete(_) => "PUT",
        };
        Weather::of([&*format!("{method} * delay=60000{}", if is_done { "" } else { ",before" })])
    }

    fn late(&mut self, write: Write, is_done: bool, meanwhile: Change) {
        let Some(asked) = self.asks(write) else { return };
        let before = self.stage.writes();
        self.stage.world.fails(&self.is_late(&asked, is_done).faults());
        self.agrees();
        self.program.as_ref().unwrap().waits_for(|| self.stage.writes() != before);
        let done = self.stage.world.wait(self.stage.changing(meanwhile));
        let is_shared = match (&asked, &done) {
            (Asked::Set(place, _) | Asked::Delete(place), Some((other, _))) => place == other,
            _ => false,
        };
        if !is_shared {
            self.stage.note(done);
        }
        self.at().settle();
        self.seen.note("a late answer");
        self.judge(&asked, is_shared);
        self.deals_with_lost(&Then::Close);
    }

    fn leave(&mut self, write: Write, is_done: bool, weather: &Weather) {
        let Some(asked) = self.asks(write) else { return };
        let before = self.stage.writes();
        self.stage.world.fails(&self.is_late(&asked, is_done).faults());
        self.agrees();
        self.program.as_ref().unwrap().waits_for(|| self.stage.writes() != before);
        assert!(!self.at().interrupt(), "it asks before its outcome is lost");
        assert!(self.at().interrupt(), "it asks once");
        let left = self.at().app.leaves_behind().concat();
        self.program = None;
        self.seen.note("a person who left");
        let expected = self.stage.expected.clone();
        // The service may be still at it when the program is gone.
        while is_done && self.stage.truth() == expected {}
        match asked {
            Asked::Generate(scope, name) => {
                assert!(left.contains(&name) && left.contains(&scope.flag()), "{left}");
                let id = self.made(&scope, &name);
                assert_eq!(id.is_some(), is_done);
                self.dark.push(Dark { scope, name, id });
            }
            Asked::Set(place, _) | Asked::Delete(place) => {
                assert!(left.contains(&format!("`ckeys get {} {}`", place.1, place.0.flag())), "{left}");
                self.stage.is_as_expected_but_for(|other| *other == place);
                let entry = self.stage.world.last();
                assert_eq!((entry.id, entry.outcome), (Some(place.1), Outcome::Unknown));
            }
        }
        self.start(weather);
    }

    /// The next program starts, looks into what is open, and its user reads what it says of it.
    fn start(&mut self, weather: &Weather) {
        assert!(self.program.is_none());
        let intents = self.stage.world.intents();
        assert!(intents.iter().all(|intent| !intent.is_under_way), "its program is gone");
        assert_eq!(intents.len(), self.dark.len());
        let before = self.stage.writes();
        self.stage.world.fails(&weather.faults());
        let mut program = Program::start(&self.stage.world, self.stage.limits.clone());
        program.settle_start(&self.stage.world, intents.len());
        assert_eq!(self.stage.writes(), before, "looking changes nothing");
        self.program = Some(program);
        // Where the projects could not be read, it is tried again later.
        self.stage.world.fails(&[]);
        while let Some(Dialog::Lost(dialog)) = self.at().app.dialog.clone() {
            assert!(dialog.words().contains("An earlier ckeys"), "{}", dialog.words());
            self.seen.note(if dialog.lost.found.is_ok() { "a start that tells" } else { "a list that tells nothing" });
            self.is_told(&dialog.lost);
            self.at().press(KeyCode::Esc);
        }
        assert!(self.at().app.dialog.is_none());
        self.settle_dark();
    }

    /// What a list that was read tells of lost keys is true.
    fn is_told(&mut self, lost: &Lost) {
        for key in lost.found.iter().flatten() {
            assert_eq!(self.stage.expected[&(lost.scope.clone(), key.id)], key.into());
            assert!(!lost.known.contains(&key.id), "it was there before");
            assert!(!self.delivered.contains(&key.id), "a key whose secret was delivered is no lost one: {lost:?}");
            self.stage.accounted.insert(key.id);
        }
    }

    /// Forgets of what was dark what is not open any more; who made it must have been told.
    fn settle_dark(&mut self) {
        let mut open: Vec<_> = self.open();
        let is_open = |dark: &Dark| {
            let at = open.iter().position(|open| *open == (dark.scope.clone(), dark.name.clone()));
            at.map(|at| open.remove(at)).is_some()
        };
        // A key that was made is looked at first: it stays dark where one of two alike is settled.
        self.dark.sort_by_key(|dark| dark.id.is_none_or(|id| self.stage.accounted.contains(&id)));
        let (dark, settled) = std::mem::take(&mut self.dark).into_iter().partition(is_open);
        self.dark = dark;
        assert!(open.is_empty(), "open, and nobody began it: {open:?}");
        let truth = &self.stage.expected;
        for Dark { scope, name, id } in settled {
            let is_untold =
                |id: &KeyId| !self.stage.accounted.contains(id) && truth.contains_key(&(scope.clone(), *id));
            assert_eq!(id.filter(is_untold), None, "“{name}” is settled, and nobody was told of its key");
        }
    }

    /// The scopes and names of the intents that are open.
    fn open(&self) -> Vec<(Scope, String)> {
        let intents = self.stage.world.intents().into_iter().map(|listed| listed.intent);
        intents.map(|intent| (intent.scope.scope(), intent.name.raw().to_owned())).collect()
    }

    /// The key that was made in `scope` since it was looked at last. All else is as expected.
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

    /// What the screen says of what was asked is true. Where it is shared, another person changed the same key.
    fn judge(&mut self, asked: &Asked, is_shared: bool) {
        match asked {
            Asked::Generate(scope, name) => {
                let made = self.made(scope, name);
                self.judge_generated(scope, name, made);
                self.shows_the_truth(scope);
            }
            Asked::Set(place, _) | Asked::Delete(place) => {
                let before = self.stage.expected.get(place).cloned();
                self.stage.is_as_expected_but_for(|other| other == place);
                let now = self.stage.expected.get(place).cloned();
                self.judge_changed(asked, before.filter(|_| !is_shared), now);
                self.shows_the_truth(&place.0);
            }
        }
    }

    fn judge_generated(&mut self, scope: &Scope, name: &str, made: Option<KeyId>) {
        match self.at().app.dialog.clone() {
            Some(Dialog::Secret(dialog)) => {
                self.seen.note("a secret");
                assert_eq!(made, Some(dialog.target.key.id));
                assert_eq!(self.at().takes_secret(), dialog.secret);
                self.stage.world.fails(&[]);
                let id = dialog.target.key.id;
                let key = self.stage.world.wait(self.stage.world.truth.keys(scope).get(id)).unwrap();
                assert_eq!(key.value.tail(), dialog.secret.tail());
                self.delivered.insert(id);
                self.stage.accounted.insert(id);
                self.at().press(KeyCode::Enter);
                self.at().types("saved");
                self.at().press(KeyCode::Enter);
                assert!(self.at().app.dialog.is_none());
            }
            Some(Dialog::Lost(dialog)) => {
                assert_eq!((&dialog.lost.scope, dialog.lost.name.as_str()), (scope, name));
                if let Ok(found) = &dialog.lost.found {
                    self.seen.note(if made.is_some() { "an orphan" } else { "a lost answer to nothing" });
                    assert!(made.is_none_or(|id| found.iter().any(|key| key.id == id && dialog.lost.is_likely(key))));
                    self.is_told(&dialog.lost);
                } else {
                    self.seen.note("a key in the dark");
                    self.dark.push(Dark { scope: scope.clone(), name: name.to_owned(), id: made });
                }
            }
            Some(Dialog::Generate(dialog)) => {
                self.seen.note("a refusal");
                let Some(Fault::Api(error)) = &dialog.error else { panic!("{dialog:?}") };
                assert_eq!((error.certainty(), made), (Certainty::NotDone, None), "{error}");
                self.at().press(KeyCode::Esc);
            }
            None => {
                self.seen.note("a key without its secret");
                let id = made.unwrap();
                let told = self.at().told();
                assert!(told.contains(&format!("id {id}")) && told.contains("held no secret"), "{told}");
                self.stage.accounted.insert(id);
            }
            other => panic!("{other:?}"),
        }
    }

    fn judge_changed(&mut self, asked: &Asked, before: Option<State>, now: Option<State>) {
        let error = match &self.at().app.dialog {
            Some(Dialog::Confirm(dialog)) => dialog.error.clone(),
            Some(Dialog::Delete(dialog)) => dialog.error.clone(),
            None => {
                let told = self.at().told();
                let expected = match asked {
                    Asked::Set(_, true) => "is active again",
                    Asked::Set(..) => "is inactive: ",
                    _ => "was deleted",
                };
                let is_so = match asked {
                    Asked::Set(_, valid) => now.is_some_and(|now| now.valid == *valid),
                    _ => now.is_none(),
                };
                let is_doubted = told.contains("says otherwise") || told.contains("does not confirm");
                self.seen.note(if is_doubted { "a contradiction" } else { "a change" });
                assert_ne!(told.contains(expected), is_doubted, "{told}");
                assert_eq!(is_so, !is_doubted, "{told}");
                return;
            }
            other => panic!("{other:?}"),
        };
        // There is always a reason why a question stays.
        let error = error.unwrap();
        self.seen.note(if error.certainty() == Certainty::NotDone {
            "a change that failed"
        } else {
            "a change in doubt"
        });
        // A deletion in two steps may have come halfway.
        if let (Asked::Set(..), Certainty::NotDone, Some(before), false) =
            (asked, error.certainty(), before, error.is_not_found())
        {
            assert_eq!(Some(before), now, "{error}");
        }
        self.at().press(KeyCode::Esc);
        assert!(self.at().app.dialog.is_none());
    }

    fn deals_with_lost(&mut self, then: &Then) {
        let Some(Dialog::Lost(dialog)) = self.at().app.dialog.clone() else { return };
        let likely = dialog.keys().first().filter(|key| dialog.lost.is_likely(key)).cloned();
        match (then, likely) {
            (Then::LookAgain(weather), _) => {
                self.stage.world.fails(&weather.faults());
                self.at().press(KeyCode::Char('r'));
                self.at().settle();
                let Some(Dialog::Lost(dialog)) = self.at().app.dialog.clone() else { panic!() };
                self.seen.note(if dialog.lost.found.is_ok() {
                    "a look that tells"
                } else {
                    "a list that tells nothing"
                });
                self.is_told(&dialog.lost);
                self.settle_dark();
                self.at().press(KeyCode::Esc);
            }
            (Then::Deactivate, Some(key)) if key.valid => self.makes_useless(&dialog.lost, &key, 'x'),
            (Then::Delete, Some(key)) => self.makes_useless(&dialog.lost, &key, 'D'),
            (Then::Again, _) => {
                self.stage.world.fails(&[]);
                self.at().press(KeyCode::Char('c'));
                self.agrees();
                self.at().settle();
                self.judge(&Asked::Generate(dialog.lost.scope.clone(), dialog.lost.name.clone()), false);
            }
            _ => self.at().press(KeyCode::Esc),
        }
        self.stage.world.fails(&[]);
        self.at().settle();
        assert!(self.at().app.dialog.is_none());
    }

    /// Turns the orphan off, or deletes it, from the dialog that told of it.
    fn makes_useless(&mut self, lost: &Lost, key: &ApiKey, how: char) {
        let place = (lost.scope.clone(), key.id);
        self.stage.world.fails(&[]);
        self.at().press(KeyCode::Char(how));
        self.at().settle();
        assert!(self.at().types_phrase());
        self.agrees();
        self.at().settle();
        self.seen.note("an orphan that was dealt with");
        self.judge(&if how == 'x' { Asked::Set(place, false) } else { Asked::Delete(place) }, false);
    }

    /// Whether the keys of `scope` are shown as they were read last; then they are shown as they are.
    fn shows_the_truth(&mut self, scope: &Scope) -> bool {
        let remote = self.at().app.keys.get(scope).filter(|remote| remote.error().is_none());
        let Some(keys) = remote.and_then(Remote::value) else { return false };
        let shown: Holding = keys.iter().map(|key| ((scope.clone(), key.id), State::from(key))).collect();
        let truth = self.stage.expected.iter().filter(|(place, _)| place.0 == *scope);
        assert_eq!(
            shown,
            truth.map(|(place, state)| (place.clone(), state.clone())).collect(),
            "shown (left) is another"
        );
        true
    }

    /// What is true after every act.
    fn is_consistent(&self) {
        let mut open = self.open();
        let mut dark: Vec<_> = self.dark.iter().map(|dark| (dark.scope.clone(), dark.name.clone())).collect();
        open.sort();
        dark.sort();
        assert_eq!(open, dark, "what is open (left) is not what nobody could be told of");
        let untold: BTreeSet<_> = self.stage.untold().into_iter().map(|place| place.1).collect();
        let dark = self.dark.iter().filter_map(|dark| dark.id).collect();
        assert!(untold.is_subset(&dark), "keys without a trace: {untold:?}, {dark:?}");
    }
}
