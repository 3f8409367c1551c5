//! Reads: what is asked of the service to show it.

use jiff::Timestamp;

use super::message::Effect;
use super::remote::Remote;
use super::request::RequestId;
use super::scopes::View;
use super::{App, Read, SLOW};
use crate::operations::Operation;

impl App {
    pub(super) fn next_request(&mut self) -> RequestId {
        self.last_request += 1;
        RequestId(self.last_request)
    }

    pub(super) fn read(&mut self, read: Read) -> Effect {
        let request = self.next_request();
        let operation = match &read {
            Read::Organization => {
                self.organization.start(request, self.now);
                Operation::Organization
            }
            Read::Projects => {
                self.projects.start(request, self.now);
                Operation::Projects
            }
            Read::Keys(scope) => {
                self.keys.entry(scope.clone()).or_default().start(request, self.now);
                Operation::Keys(scope.clone())
            }
        };
        self.reads.insert(request, read);
        Effect::Ask(request, operation)
    }

    /// Reads the organization, its projects, and the keys that are shown, side by side.
    pub(super) fn read_all(&mut self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = [Read::Organization, Read::Projects].map(|read| self.read(read)).into();
        match self.view() {
            View::One(scope) => effects.push(self.read(Read::Keys(scope))),
            View::All => self.sweep_again(),
        }
        effects
    }

    /// Reads again what is shown, but for what is being read already: whoever presses the key twice would only wait
    /// longer. What has been on its way for a while may never come, and is begun anew.
    pub(super) fn read_again(&mut self) -> Vec<Effect> {
        let now = self.now;
        let is_due = |since: Option<Timestamp>| since.is_none_or(|since| now.duration_since(since).abs() >= SLOW);
        let mut reads = Vec::new();
        if is_due(self.organization.loading_since()) {
            reads.push(Read::Organization);
        }
        if is_due(self.projects.loading_since()) {
            reads.push(Read::Projects);
        }
        match self.view() {
            View::One(scope) => {
                if is_due(self.scope_keys().and_then(Remote::loading_since)) {
                    reads.push(Read::Keys(scope));
                }
            }
            View::All => self.sweep_again(),
        }
        reads.into_iter().map(|read| self.read(read)).collect()
    }
}
