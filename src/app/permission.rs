//! What the organization key may do, as far as the service's refusals tell.
//!
//! A key that may only read shows nowhere but in the answer 403 to a write. One such answer may be about one project
//! alone: as long as no write ever succeeded, all are taken to be refused, and from the first success on only those in
//! the scopes that refused. It stays a guess, so whoever presses the key a second time has their way.

use std::collections::BTreeMap;

use super::App;
use super::request::RequestId;
use super::toast::{Tone, Topic};
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::Scope;
use crate::config::{InForce, KeySource, ReadOnly};
use crate::keymap::Action;
use crate::operations::{Answer, Operation};

/// What was learned of the key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Permission {
    /// Whether the service did not accept it at all when it was asked last.
    is_refused: bool,
    /// Whether a write ever succeeded.
    has_written: bool,
    /// The write that each of these scopes refused last, in words.
    refusals: BTreeMap<Scope, String>,
    /// Why nothing is to be written, whatever the key may do.
    forbidden: Option<ReadOnly>,
    /// What was pressed when it was told that it can't be done.
    told: Option<Action>,
}

/// Why a write can't be done, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle<'a> {
    /// Whoever started the program, or set it up, wants nothing written.
    Forbidden(&'a ReadOnly),
    /// The key is not accepted for anything.
    Refused,
    /// The key may only read.
    ReadOnly {
        /// What was refused, to follow “the service answered 403 to”.
        attempt: &'a str,
        /// Whether it may change other scopes.
        is_here_alone: bool,
    },
}

impl Obstacle<'_> {
    /// A word or two for the header.
    pub fn badge(self) -> &'static str {
        match self {
            Self::Refused => "key refused",
            Self::Forbidden(_) | Self::ReadOnly { .. } => "read-only",
        }
    }
}

impl Permission {
    /// What is in the way of writes in `scope`.
    pub fn obstacle(&self, scope: &Scope) -> Option<Obstacle<'_>> {
        if let Some(reason) = &self.forbidden {
            return Some(Obstacle::Forbidden(reason));
        }
        if self.is_refused {
            return Some(Obstacle::Refused);
        }
        let here = self.refusals.get(scope);
        let refusal = here.or_else(|| self.refusals.values().next().filter(|_| !self.has_written));
        refusal.map(|attempt| Obstacle::ReadOnly { attempt, is_here_alone: self.has_written })
    }
}

impl App {
    /// Takes in what is in force. Before anything is shown.
    pub fn puts_in_force(&mut self, in_force: InForce) {
        self.permission.forbidden.clone_from(&in_force.read_only);
        self.in_force = in_force;
    }

    /// Another service is talked to, which no profile is about: what the command line said of all of them stays.
    pub(super) fn leaves_profile(&mut self) {
        self.permission = Permission::default();
        let read_only = self.in_force.read_only.take().filter(|reason| *reason == ReadOnly::Flag);
        self.puts_in_force(InForce { read_only, key: KeySource::Embedded, ..InForce::default() });
    }

    /// What is in the way of writes in the chosen scope.
    pub fn obstacle(&self) -> Option<Obstacle<'_>> {
        self.permission.obstacle(&self.scope())
    }

    /// Whether the key was accepted once: something was read.
    pub(super) fn was_accepted(&self) -> bool {
        self.organization.value().is_some()
            || self.projects.value().is_some()
            || self.keys.values().any(|keys| keys.value().is_some())
    }

    /// Learns from what came of `request`.
    pub(super) fn note_permission(&mut self, request: RequestId, result: &Result<Answer, ApiError>) {
        match result {
            Ok(Answer::Lost(_) | Answer::Unsure(_) | Answer::RotationLost(_)) => {}
            Ok(_) => self.permission.is_refused = false,
            Err(error) if refuses(error, 401) => self.permission.is_refused = true,
            Err(_) => {}
        }
        let attempt = self.writes.get(&request).and_then(|operation| self.attempt(operation));
        if let Some((scope, attempt)) = attempt {
            match result {
                Ok(Answer::Lost(_) | Answer::Unsure(_) | Answer::RotationLost(_)) => {}
                Ok(_) => {
                    self.permission.has_written = true;
                    self.permission.refusals.remove(&scope);
                }
                // A list that could not be read before says nothing of the write.
                Err(error) if !matches!(error.kind, ErrorKind::NotBegun(_)) && refuses(error, 403) => {
                    self.permission.refusals.insert(scope, attempt);
                }
                Err(_) => {}
            }
        }
        if self.obstacle().is_none() {
            self.toasts.take_back(Topic::Permission);
        }
    }

    /// Where a write is, and what it is in words.
    fn attempt(&self, operation: &Operation) -> Option<(Scope, String)> {
        let (scope, doing) = match operation {
            Operation::Create { scope, .. } => (scope, "generating"),
            Operation::Rotate { scope, .. } => (scope, "rotating"),
            Operation::SetValid { scope, valid: true, .. } => (scope, "reactivating"),
            Operation::SetValid { scope, valid: false, .. } => (scope, "deactivating"),
            Operation::Delete { scope, .. } => (scope, "deleting"),
            _ => return None,
        };
        let place = match scope {
            Scope::Organization => "the organization".to_owned(),
            Scope::Project(_) => self.scope_name(scope),
        };
        Some((scope.clone(), format!("{doing} a key in {place}")))
    }

    /// What is in the way of the write that `action` leads to. Without a key to change there is no such write.
    pub fn obstacle_to(&self, action: Action) -> Option<Obstacle<'_>> {
        match action {
            Action::Generate => self.obstacle(),
            Action::Toggle | Action::Delete | Action::Rotate => self.selected().and_then(|_| self.obstacle()),
            Action::Undo => self
                .undo
                .last()
                .and_then(|change| change.targets.first())
                .and_then(|target| self.permission.obstacle(&target.scope)),
            _ => None,
        }
    }

    /// Whether the write that `action` leads to may begin. Where something is in the way, that is told first, and the
    /// second press is taken at its word; but not where it is the user's own word that nothing is to be written.
    pub(super) fn may_write(&mut self, action: Action) -> bool {
        let Some(obstacle) = self.obstacle_to(action) else { return true };
        let (reason, is_final) = (self.reason(obstacle), matches!(obstacle, Obstacle::Forbidden(_)));
        if is_final {
            self.toasts.push_about(Topic::Permission, Tone::Warning, reason);
            return false;
        }
        if self.permission.told == Some(action) && self.toasts.take_back(Topic::Permission) {
            return true;
        }
        let again = format!(" To try all the same, press {} again.", self.told(action));
        self.permission.told = Some(action);
        self.toasts.push_about(Topic::Permission, Tone::Warning, format!("{reason}{again}"));
        false
    }

    /// Why nothing can be written, and what to do.
    fn reason(&self, obstacle: Obstacle<'_>) -> String {
        match obstacle {
            Obstacle::Forbidden(reason) => format!("{reason}."),
            Obstacle::Refused if self.was_accepted() => {
                format!("The organization key is no longer accepted (401). {}", self.no_longer())
            }
            Obstacle::Refused => "The organization key is not accepted (401), so nothing can be changed. Sign in with \
                                  another organization key."
                .to_owned(),
            Obstacle::ReadOnly { attempt, is_here_alone } => {
                let place = if is_here_alone { " here" } else { "" };
                format!(
                    "This organization key may only read{place}, as far as can be told: the service answered 403 to \
                     {attempt}. Sign in with another key."
                )
            }
        }
    }
}

/// Whether the service itself refused with `status`: a proxy's web page is not its word.
fn refuses(error: &ApiError, status: u16) -> bool {
    match &error.kind {
        ErrorKind::Status(error) => error.status == status && !error.is_page,
        ErrorKind::NotBegun(error) => refuses(error, status),
        _ => false,
    }
}
