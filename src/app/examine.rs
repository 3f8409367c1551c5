//! A key is read afresh when the question whether to change it is put: the list may be old.

use super::dialog::{Dialog, Outcome};
use super::message::Effect;
use super::reply::another_kind;
use super::request::RequestId;
use super::{App, Read, Remote};
use crate::api::error::ApiError;
use crate::guard::{self, Phrase};
use crate::operations::{Answer, Examined, Operation};

impl App {
    /// Reads the key that the dialog which just opened would change.
    pub(super) fn examine(&mut self) -> Option<Effect> {
        let request = self.next_request();
        let (check, target) = self.dialog.as_mut().and_then(Dialog::check)?;
        check.reading = Some(request);
        let operation = Operation::Examine(target.scope.clone(), target.key.id);
        self.checks.insert(request);
        Some(Effect::Ask(request, operation))
    }

    /// Takes in what was found out. It is of no use any more to a dialog that closed, or whose change is under way.
    pub(super) fn examined(&mut self, request: RequestId, result: Result<Answer, ApiError>) -> Vec<Effect> {
        let is_busy = self.dialog.as_ref().is_some_and(Dialog::is_busy);
        let Some((check, target)) = self.dialog.as_mut().and_then(Dialog::check) else { return Vec::new() };
        if !check.finish(request) || is_busy {
            return Vec::new();
        }
        let scope = target.scope.clone();
        let shown = target.key.clone();
        let examined = match result {
            Ok(Answer::Examined(examined)) if examined.key.id == shown.id => Ok(*examined),
            Ok(_) => Err(another_kind()),
            Err(error) => Err(error),
        };
        match examined {
            Ok(Examined { key, inactive_since }) => {
                check.inactive_since = inactive_since;
                let is_agreed = std::mem::take(&mut check.is_agreed) && key == shown;
                if let Some(dialog) = &mut self.dialog {
                    dialog.refresh(&scope, std::slice::from_ref(&key));
                }
                self.replace(&scope, key);
                self.demand_phrase();
                let outcome = match &mut self.dialog {
                    Some(dialog) if is_agreed => dialog.go_on(),
                    _ => Outcome::Stay,
                };
                self.outcome(outcome)
            }
            Err(error) if error.is_not_found() => {
                if let Some(dialog) = &mut self.dialog {
                    dialog.refresh(&scope, &[]);
                }
                vec![self.read(Read::Keys(scope))]
            }
            Err(error) => {
                // Whoever agreed did not know that.
                check.is_agreed = false;
                check.error = Some(error);
                Vec::new()
            }
        }
    }

    /// Has the name typed where the key that is to be deactivated is in use.
    pub(super) fn demand_phrase(&mut self) {
        let now = self.service_now();
        let Some(Dialog::Confirm(dialog)) = &mut self.dialog else { return };
        let key = &dialog.target.key;
        if dialog.valid || !guard::is_in_use(key, now) || !dialog.is_ready() {
            return;
        }
        let siblings = self.keys.get(&dialog.target.scope).and_then(Remote::value).map_or(&[][..], |keys| keys);
        dialog.demand(Phrase::of(key, siblings));
    }
}
