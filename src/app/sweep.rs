//! Reading the keys of all scopes: so many side by side, and fewer where the service says that it is too much.

use std::collections::{BTreeMap, HashSet, VecDeque};

use jiff::Timestamp;

use super::message::Effect;
use super::remote::Remote;
use super::scopes::View;
use super::toast::Tone;
use super::{App, Read};
use crate::api::error::ApiError;
use crate::api::model::Scope;
use crate::keymap::Action;
use crate::operations::Pace;

/// A sweep that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    waiting: VecDeque<Scope>,
    /// With the round of the pace in which it was begun.
    running: BTreeMap<Scope, u32>,
    total: usize,
    /// How many are read side by side.
    pace: Pace,
}

impl Sweep {
    fn new(scopes: impl IntoIterator<Item = Scope>) -> Self {
        let waiting: VecDeque<Scope> = scopes.into_iter().collect();
        Self { total: waiting.len(), waiting, running: BTreeMap::new(), pace: Pace::default() }
    }

    /// How many scopes were read, and of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.total - self.waiting.len() - self.running.len(), self.total)
    }

    /// Whether nothing of it is left.
    fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }

    /// Asks for more of them, too.
    fn add(&mut self, scopes: impl IntoIterator<Item = Scope>) {
        let mut known: HashSet<Scope> = self.waiting.iter().chain(self.running.keys()).cloned().collect();
        for scope in scopes {
            if known.insert(scope.clone()) {
                self.waiting.push_back(scope);
                self.total += 1;
            }
        }
    }

    /// The next to read, where there is room for one.
    fn next(&mut self) -> Option<Scope> {
        if self.running.len() >= self.pace.most() {
            return None;
        }
        let scope = self.waiting.pop_front()?;
        self.running.insert(scope.clone(), self.pace.round());
        Some(scope)
    }

    /// `scope` was read, or failed. Where the service asked for a pause, it is read again, and fewer at a time.
    fn finish(&mut self, scope: &Scope, error: Option<&ApiError>) {
        let Some(round) = self.running.remove(scope) else { return };
        let asks_to_wait = error.is_some_and(|error| error.retry_after().is_some());
        if asks_to_wait {
            self.waiting.push_front(scope.clone());
        }
        if asks_to_wait || error.and_then(ApiError::status) == Some(429) {
            self.pace.slow_down(round);
        } else {
            self.pace.go_on(round);
        }
    }
}

impl App {
    /// Every scope that there is, as far as is known, in the order of the pane.
    pub(super) fn all_scopes(&self) -> impl Iterator<Item = Scope> + '_ {
        let projects = self.projects.value().into_iter().flatten();
        std::iter::once(Scope::Organization).chain(projects.map(|project| Scope::Project(project.id.clone())))
    }

    /// Reads the scopes for which `wanted` says so, beside what is being read already.
    pub(super) fn sweep(&mut self, wanted: impl Fn(&Self, &Scope) -> bool) {
        let scopes: Vec<Scope> = self.all_scopes().filter(|scope| wanted(self, scope)).collect();
        match &mut self.sweep {
            Some(sweep) => sweep.add(scopes),
            None if scopes.is_empty() => {}
            None => self.sweep = Some(Sweep::new(scopes)),
        }
    }

    /// Reads all of them anew; but those alone that could not be read, or not lately, where there are such.
    pub(super) fn sweep_again(&mut self) {
        let is_left = |app: &Self, scope: &Scope| {
            app.is_scope_old(scope) || app.keys.get(scope).is_some_and(|keys| keys.error().is_some())
        };
        if self.all_scopes().any(|scope| is_left(self, &scope)) {
            self.sweep(is_left);
        } else {
            self.sweep(|_, _| true);
        }
    }

    /// Begins as many reads as there is room for; none while the service asked to be left alone.
    pub(super) fn go_on_sweeping(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.sweep.is_none() || self.retry.held_until(self.now).is_some() {
            return effects;
        }
        while let Some(scope) = self.sweep.as_mut().and_then(Sweep::next) {
            let is_loading = self.keys.get(&scope).is_some_and(Remote::is_loading);
            // Somebody asked for it already: its answer ends it here, too.
            if !is_loading {
                effects.push(self.read(Read::Keys(scope)));
            }
        }
        effects
    }

    /// Notes that a scope's keys came, or why they did not.
    pub(super) fn swept(&mut self, scope: &Scope, error: Option<&ApiError>) {
        let Some(sweep) = &mut self.sweep else { return };
        sweep.finish(scope, error);
        if sweep.is_over() {
            self.sweep = None;
        }
    }

    /// Reads no further scopes; whether there was something to stop.
    pub(super) fn stop_sweeping(&mut self) -> bool {
        let Some(sweep) = self.sweep.take() else { return false };
        let (done, total) = sweep.progress();
        let text =
            format!("Stopped: the keys of {done} of {total} scopes were read. {} goes on.", self.told(Action::Refresh));
        self.toasts.push(Tone::Warning, text, self.now);
        true
    }

    /// The scopes whose keys could not be read when that was tried last, with the reason.
    pub fn unreadable(&self) -> impl Iterator<Item = (Scope, &ApiError)> {
        self.all_scopes().filter_map(|scope| {
            let error = self.keys.get(&scope)?.error()?;
            Some((scope, error))
        })
    }

    /// When the pause is over that the service asked for, where many reads or changes wait for that.
    pub fn pause_ends(&self) -> Option<Timestamp> {
        let is_waited_for = self.sweeping().is_some() || self.bulk_waits();
        self.retry.held_until(self.now).filter(|_| is_waited_for)
    }

    /// How much of the sweep is done, while it is shown.
    pub fn sweeping(&self) -> Option<(usize, usize)> {
        let sweep = self.sweep.as_ref()?;
        (self.scopes.view() == View::All).then(|| sweep.progress())
    }
}
