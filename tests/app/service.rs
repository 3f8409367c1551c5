//! The simulated service: what it does, and what it says.

use std::collections::BTreeMap;

use confident_keys::api::error::{ApiError, Certainty};
use confident_keys::api::model::{ApiKey, CreatedKey, KeyId, LastUsed, MaskedValue, Scope};
use confident_keys::journal::JournalError;
use confident_keys::operations::{Answer, Examined, Lost, LostRotation, Operation, Replacements, Unsure};
use confident_keys::secret::Secret;

use crate::random::{How, World};
use crate::support::{FAKE_PART, errors, key, organization, projects, replacement, status, timeout, unreachable};

impl World<'_> {
    /// What the service does, and says.
    pub(crate) fn carry_out(&mut self, operation: &Operation, how: How) -> Result<Answer, ApiError> {
        let (how, error) = match how {
            How::Failing { error, done } => {
                let errors = errors();
                let error = errors[error % errors.len()].clone();
                // What was certainly not done is not done.
                let done = done && error.certainty() == Certainty::Unknown;
                if !done {
                    return Err(error);
                }
                (How::Well, Some(error))
            }
            How::InDoubt { done, readable } if operation.is_write() => return Ok(self.doubt(operation, done, readable)),
            how => (how, None),
        };
        if matches!(how, How::OfAnotherKind) {
            return Ok(match operation {
                Operation::Delete { .. } => Answer::Keys(Vec::new()),
                _ => Answer::Deleted { acknowledged: true },
            });
        }
        let odd = matches!(how, How::Oddly);
        let answer = match operation {
            Operation::Organization => Answer::Organization(organization()),
            Operation::Projects => {
                let mut projects = projects();
                if odd {
                    projects.remove(1);
                }
                Answer::Projects(projects)
            }
            Operation::Keys(scope) => Answer::Keys(self.store[scope].clone()),
            Operation::Create { scope, name, replaces, .. } => {
                self.next_id += 1;
                let value = format!("confident_us_proj_{FAKE_PART}-{:06}", self.next_id);
                let mut key = key(self.next_id, Some(name), true, 0, None);
                key.value = MaskedValue::new(&value);
                self.store.get_mut(scope).unwrap().push(key.clone());
                if let (Some(old), false) = (*replaces, odd) {
                    self.replacements.open.retain(|replacement| replacement.old != old);
                    self.replacements.open.insert(0, replacement(scope, old, &key, self.rig.now));
                }
                Answer::Created(CreatedKey { key, secret: (!odd).then(|| Secret::new(value)) })
            }
            Operation::SetValid { scope, id, valid } => {
                let key = self.store.get_mut(scope).unwrap().iter_mut().find(|key| key.id == *id);
                let Some(key) = key else { return Err(error.unwrap_or_else(|| status(404))) };
                key.valid = *valid != odd;
                Answer::Key(key.clone())
            }
            Operation::Delete { scope, id } => {
                self.store.get_mut(scope).unwrap().retain(|key| key.id != *id);
                Answer::Deleted { acknowledged: true }
            }
            Operation::Rotate { scope, id, rotation } => {
                self.next_id += 1;
                let value = format!("confident_us_proj_{FAKE_PART}-{:06}", self.next_id);
                let now = self.rig.now;
                let key = self.store.get_mut(scope).unwrap().iter_mut().find(|key| key.id == *id);
                let Some(key) = key else { return Err(error.unwrap_or_else(|| status(404))) };
                let expiry = rotation.expiry(key, now);
                (key.expires_at, key.rotates_at) = (expiry, rotation.grace_ends(now));
                let (old, new) = (key.value.clone(), MaskedValue::new(&value));
                (key.value, key.shadow) = if key.rotates_at.is_some() { (old, Some(new)) } else { (new, None) };
                Answer::Rotated(CreatedKey { key: key.clone(), secret: (!odd).then(|| Secret::new(value)) })
            }
            Operation::LookAgain(lost) => {
                let readable = !matches!(how, How::InDoubt { readable: false, .. });
                Answer::Lost(Box::new(self.look((**lost).clone(), readable)))
            }
            Operation::Examine(scope, id) => {
                let Some(key) = self.store.get_mut(scope).unwrap().iter_mut().find(|key| key.id == *id) else {
                    return Err(error.unwrap_or_else(|| status(404)));
                };
                if key.valid && odd {
                    key.last_used = LastUsed::At(self.rig.now);
                }
                let inactive_since = (!key.valid && odd).then_some(self.rig.now);
                Answer::Examined(Box::new(Examined { key: key.clone(), inactive_since }))
            }
            // An odd one is that of a journal that can't be read.
            Operation::Replacements if odd => {
                Answer::Replacements(Replacements { open: Vec::new(), trouble: Some(JournalError::NoHome) })
            }
            Operation::Replacements => Answer::Replacements(self.replacements.clone()),
            Operation::EndReplacement(ended) => {
                self.replacements.open.retain(|replacement| replacement != ended);
                Answer::Replacements(self.replacements.clone())
            }
        };
        error.map_or(Ok(answer), Err)
    }

    /// What is known of a write whose answer was lost.
    fn doubt(&mut self, operation: &Operation, done: bool, readable: bool) -> Answer {
        let ids = |store: &BTreeMap<Scope, Vec<ApiKey>>, scope| store[scope].iter().map(|key| key.id).collect();
        let known = match operation {
            Operation::Create { scope, .. } => ids(&self.store, scope),
            _ => Vec::new(),
        };
        let before = match operation {
            Operation::Rotate { scope, id, .. } => self.store[scope].iter().find(|key| key.id == *id).cloned(),
            _ => None,
        };
        if done {
            // It has no effect where the key is gone, and nobody gets its words.
            let _ = self.carry_out(operation, How::Well);
        }
        let now = |scope: &Scope, id: KeyId| {
            if !readable {
                return Err(unreachable());
            }
            Ok(self.store[scope].iter().find(|key| key.id == id).cloned())
        };
        let unsure = |now| Answer::Unsure(Box::new(Unsure { error: timeout(), now }));
        match operation {
            Operation::Create { scope, name, .. } => {
                let found = Ok(Vec::new());
                let lost = Lost { scope: scope.clone(), name: name.clone(), known, error: Some(timeout()), found };
                Answer::Lost(Box::new(self.look(lost, readable)))
            }
            Operation::SetValid { scope, id, valid } => match now(scope, *id) {
                Ok(Some(key)) if key.valid == *valid => Answer::Key(key),
                now => unsure(now),
            },
            Operation::Delete { scope, id } => match now(scope, *id) {
                Ok(None) => Answer::Deleted { acknowledged: true },
                now => unsure(now),
            },
            Operation::Rotate { scope, id, .. } => {
                // Without the key, the form would have been told when it was read.
                let before = before.unwrap_or_else(|| key(id.0, None, false, 0, None));
                Answer::RotationLost(Box::new(LostRotation { error: timeout(), before, now: now(scope, *id) }))
            }
            other => panic!("{other:?} is no write"),
        }
    }

    /// What the list says of a lost key, where it can be read.
    pub(crate) fn look(&self, lost: Lost, readable: bool) -> Lost {
        let new = self.store[&lost.scope].iter().filter(|key| !lost.known.contains(&key.id)).cloned().collect();
        Lost { found: if readable { Ok(new) } else { Err(unreachable()) }, ..lost }
    }
}
