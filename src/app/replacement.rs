//! Replacements: what is remembered of them is recalled, the two keys are read again and again while their dialog is
//! open, and each step is taken in the dialog that it has elsewhere, too.

use jiff::Timestamp;

use super::dialog::{Delete, Dialog, Replace, Target, Turn};
use super::message::Effect;
use super::reply::{another_kind, quoted};
use super::request::RequestId;
use super::toast::Tone;
use super::{App, Read, Remote};
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::guard::Phrase;
use crate::operations::{Answer, Operation, Replacements};
use crate::replacement::successor_name;

/// Which of the two keys was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

impl App {
    /// Reads what the dialog about replacements that just opened is about.
    pub(super) fn look_at_replacement(&mut self) -> Vec<Effect> {
        match &self.dialog {
            Some(Dialog::Replace(_)) => {
                let request = self.next_request();
                let Some(Dialog::Replace(dialog)) = &mut self.dialog else { return Vec::new() };
                (dialog.is_recalled, dialog.is_ending) = (false, false);
                let mut effects = self.read_pair();
                if let Some(Dialog::Replace(dialog)) = &mut self.dialog {
                    dialog.reading.record = Some(request);
                }
                effects.insert(0, Effect::Ask(request, Operation::Replacements));
                effects
            }
            Some(Dialog::Rotations(_)) => {
                let request = self.next_request();
                if let Some(Dialog::Rotations(dialog)) = &mut self.dialog {
                    dialog.awaited = Some(request);
                }
                vec![Effect::Ask(request, Operation::Replacements)]
            }
            _ => Vec::new(),
        }
    }

    /// Reads both keys of the open replacement; whatever was asked before is of no use any more.
    fn read_pair(&mut self) -> Vec<Effect> {
        let requests = [self.next_request(), self.next_request()];
        let Some(Dialog::Replace(dialog)) = &mut self.dialog else { return Vec::new() };
        let scope = &dialog.old.scope;
        let ask = |request, id| Effect::Ask(request, Operation::Examine(scope.clone(), id));
        let mut effects = vec![ask(requests[0], dialog.old.key.id)];
        effects.extend(dialog.record.as_ref().map(|record| ask(requests[1], record.new)));
        dialog.reading.record = None;
        dialog.reading.old = Some(requests[0]);
        dialog.reading.new = dialog.record.as_ref().map(|_| requests[1]);
        dialog.read_error = None;
        effects
    }

    /// Reads the open replacement's successor, which was not known before.
    fn read_successor(&mut self) -> Option<Effect> {
        let request = self.next_request();
        let Some(Dialog::Replace(dialog)) = &mut self.dialog else { return None };
        let id = dialog.record.as_ref()?.new;
        dialog.reading.new = Some(request);
        Some(Effect::Ask(request, Operation::Examine(dialog.old.scope.clone(), id)))
    }

    /// When the open replacement's keys are read again: not while the service asked to be left alone.
    pub(super) fn replacement_due(&self) -> Option<Timestamp> {
        let Some(Dialog::Replace(dialog)) = &self.dialog else { return None };
        let due = dialog.due()?;
        Some(self.retry.held_until(self.now).map_or(due, |held| due.max(held)))
    }

    /// Reads the open replacement's keys again, where the time for it has come.
    pub(super) fn read_pair_if_due(&mut self) -> Vec<Effect> {
        match self.replacement_due() {
            Some(due) if due <= self.now => self.read_pair(),
            _ => Vec::new(),
        }
    }

    /// Takes in an answer, where a dialog about replacements waits for it.
    pub(super) fn replacement_replied(
        &mut self,
        request: RequestId,
        result: &Result<Answer, ApiError>,
    ) -> Option<Vec<Effect>> {
        let is_write = self.writes.contains_key(&request);
        match &mut self.dialog {
            Some(Dialog::Replace(dialog)) => {
                let reading = &mut dialog.reading;
                if reading.record.take_if(|own| *own == request).is_some() {
                    Some(self.recalled(result))
                } else if reading.old.take_if(|own| *own == request).is_some() {
                    Some(self.was_examined(Side::Old, result))
                } else if reading.new.take_if(|own| *own == request).is_some() {
                    Some(self.was_examined(Side::New, result))
                } else if !is_write && self.dialog.as_ref().is_some_and(|dialog| dialog.awaits(request)) {
                    Some(self.was_ended(result))
                } else {
                    None
                }
            }
            Some(Dialog::RotateInPlace(form)) => {
                form.recall.take_if(|own| *own == request)?;
                Some(self.recalled_before_rotating(result))
            }
            Some(Dialog::Rotations(dialog)) => {
                dialog.awaited.take_if(|own| *own == request)?;
                Some(self.were_recalled(result))
            }
            _ => None,
        }
    }

    /// What is remembered of the open replacement is known.
    fn recalled(&mut self, result: &Result<Answer, ApiError>) -> Vec<Effect> {
        let replacements = match expect_replacements(result) {
            Ok(replacements) => replacements,
            Err(error) => {
                if let Some(Dialog::Replace(dialog)) = &mut self.dialog {
                    dialog.read_error = Some(error);
                    dialog.was_read(self.now);
                }
                return Vec::new();
            }
        };
        let Some(Dialog::Replace(dialog)) = &self.dialog else { return Vec::new() };
        let id = dialog.old.key.id;
        let is_old = replacements.open.iter().any(|replacement| replacement.old == id);
        // The key that was chosen may be the successor: then it is about that replacement.
        let predecessor = replacements.open.iter().find(|replacement| replacement.new == id).filter(|_| !is_old);
        if let Some(target) = predecessor.and_then(|replacement| self.listed(&replacement.scope, replacement.old)) {
            let mut dialog = Replace::new(target);
            dialog.recall(replacements);
            self.dialog = Some(Dialog::Replace(Box::new(dialog)));
            return self.read_pair();
        }
        let Some(Dialog::Replace(dialog)) = &mut self.dialog else { return Vec::new() };
        let is_news = dialog.recall(replacements);
        if !is_news {
            dialog.was_read(self.now);
        }
        if is_news { self.read_successor().into_iter().collect() } else { Vec::new() }
    }

    /// One of the two keys was read.
    fn was_examined(&mut self, side: Side, result: &Result<Answer, ApiError>) -> Vec<Effect> {
        let now = self.now;
        let Some(Dialog::Replace(dialog)) = &mut self.dialog else { return Vec::new() };
        let scope = dialog.old.scope.clone();
        let id = match side {
            Side::Old => Some(dialog.old.key.id),
            Side::New => dialog.record.as_ref().map(|record| record.new),
        };
        let mut seen = None;
        let mut gone = false;
        match result {
            Ok(Answer::Examined(examined)) if Some(examined.key.id) == id => {
                let key = examined.key.clone();
                seen = Some(key.clone());
                match side {
                    Side::Old => {
                        (dialog.old.key, dialog.is_old_gone) = (key, false);
                        dialog.inactive_since = examined.inactive_since;
                    }
                    Side::New => (dialog.new, dialog.is_new_gone) = (Some(key), false),
                }
            }
            Err(error) if error.is_not_found() => {
                let is_gone = match side {
                    Side::Old => &mut dialog.is_old_gone,
                    Side::New => &mut dialog.is_new_gone,
                };
                gone = !std::mem::replace(is_gone, true);
            }
            Err(error) => dialog.read_error = Some(error.clone()),
            Ok(_) => dialog.read_error = Some(another_kind()),
        }
        dialog.was_read(now);
        if let Some(key) = seen {
            self.replace(&scope, key);
            self.needs_rebuild = true;
        }
        // The table still shows it.
        if gone { vec![self.read(Read::Keys(scope))] } else { Vec::new() }
    }

    /// It was noted that nobody goes on with the open replacement.
    fn was_ended(&mut self, result: &Result<Answer, ApiError>) -> Vec<Effect> {
        if let Err(error) = expect_replacements(result) {
            if let Some(dialog) = &mut self.dialog {
                dialog.fail(&error);
            }
            return Vec::new();
        }
        if let Some(Dialog::Replace(dialog)) = &self.dialog {
            let name = quoted(&dialog.old.key);
            let text = format!("The replacement of {name} has ended: both keys stay as they are.");
            self.toasts.push(Tone::Done, text, self.now);
        }
        self.close_dialog()
    }

    /// Does what a dialog about replacements asks for.
    pub(super) fn turn_replacement(&mut self, turn: Turn) -> Vec<Effect> {
        match turn {
            Turn::Look => self.look_at_replacement(),
            Turn::Recall => self.recall_rotations(),
            Turn::TakeUp(at) => self.take_up(at),
            Turn::Succeed => {
                let Some(Dialog::Replace(dialog)) = &self.dialog else { return Vec::new() };
                let Target { scope, key, .. } = dialog.old.clone();
                let name = successor_name(&key, self.siblings(&scope));
                self.put_behind();
                self.open_generate(scope, &name)
            }
            Turn::Delete => {
                let Some(Dialog::Replace(dialog)) = &self.dialog else { return Vec::new() };
                let target = dialog.old.clone();
                let phrase = Phrase::of(&target.key, self.siblings(&target.scope));
                self.open_over(Dialog::Delete(Delete::new(target, phrase)))
            }
            Turn::End => {
                let request = self.next_request();
                let Some(Dialog::Replace(dialog)) = &mut self.dialog else { return Vec::new() };
                let Some(replacement) = dialog.record.clone() else { return Vec::new() };
                if let Some(dialog) = &mut self.dialog {
                    dialog.begin(request);
                }
                vec![Effect::Ask(request, Operation::EndReplacement(replacement))]
            }
        }
    }

    /// Opens `dialog` over the open one, which comes back after it. A key that is protected stays as it is.
    pub(super) fn open_over(&mut self, dialog: Dialog) -> Vec<Effect> {
        match dialog.endangers().cloned() {
            Some(target) if self.refuses(&target) => Vec::new(),
            _ => {
                self.put_behind();
                self.open(dialog)
            }
        }
    }

    pub(super) fn put_behind(&mut self) {
        if let Some(dialog) = self.dialog.take() {
            self.waiting.push_front(dialog);
        }
    }

    /// The key whose successor a form for a key of `scope` generates: that of the replacement which it was opened over.
    pub(super) fn replaced(&self, scope: &Scope) -> Option<ApiKey> {
        match self.waiting.front() {
            Some(Dialog::Replace(dialog)) if dialog.old.scope == *scope => Some(dialog.old.key.clone()),
            _ => None,
        }
    }

    fn siblings(&self, scope: &Scope) -> &[ApiKey] {
        self.keys.get(scope).and_then(Remote::value).map_or(&[][..], |keys| keys)
    }

    /// The key `id`, where its list is known and has it.
    pub(super) fn listed(&self, scope: &Scope, id: KeyId) -> Option<Target> {
        let key = self.siblings(scope).iter().find(|key| key.id == id)?.clone();
        Some(Target { scope: scope.clone(), scope_name: self.scope_name(scope), key })
    }
}

pub(super) fn expect_replacements(result: &Result<Answer, ApiError>) -> Result<Replacements, ApiError> {
    match result {
        Ok(Answer::Replacements(replacements)) => Ok(replacements.clone()),
        Ok(_) => Err(another_kind()),
        Err(error) => Err(error.clone()),
    }
}
