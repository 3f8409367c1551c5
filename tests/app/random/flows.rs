//! Steps of more than one key: what people do from the first key to the last answer.

use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::app::dialog::{
    BulkStage, Confirm, ConfirmButton, DISCARD, DeleteButton, Dialog, RotateFocus, SAVED, SignInStage,
};
use confident_keys::app::request::RequestId;
use confident_keys::app::{Event, Pane};
use confident_keys::guard::Signer;
use confident_keys::operations::{NotSignedIn, Operation};
use confident_keys::replacement::Step as ReplacementStep;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::SignedDuration;

use super::{How, Step, World, secret_of};
use crate::support::named;

impl World<'_> {
    /// Types what the open field is for.
    pub(super) fn fill(&mut self, well: bool, enter: bool) {
        if well {
            self.examine(if self.rig.asked.len().is_multiple_of(2) { How::Well } else { How::Oddly });
        }
        self.fill_in(well, enter);
    }

    /// Answers the read of the key that the open dialog is about.
    pub(super) fn examine(&mut self, how: How) {
        let check = self.rig.asked.iter().position(|(_, operation)| matches!(operation, Operation::Examine(..)));
        if let Some(at) = check {
            self.reply(at, how);
        }
    }

    /// Tells what is remembered of replacements, where the open dialog asked for that.
    pub(super) fn recall(&mut self) {
        let recall = self.rig.asked.iter().position(|(_, operation)| *operation == Operation::Replacements);
        if let Some(at) = recall {
            let before = matches!(self.rig.app.dialog, Some(Dialog::RotateInPlace(_)));
            self.reply(at, How::Well);
            let after = matches!(self.rig.app.dialog, Some(Dialog::Replace(_)));
            self.seen.borrow_mut().gone_on_with += usize::from(before && after);
        }
    }

    /// Goes through a whole change.
    pub(super) fn change(&mut self, name: &str, early: bool) {
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
    pub(super) fn replace(&mut self, name: &str, early: bool, how: How) {
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
    pub(super) fn take_step(&mut self, key: &str, how: How) {
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
    pub(super) fn tell_replacement(&mut self) {
        let is_of_it = |operation: &Operation| matches!(operation, Operation::Examine(..) | Operation::Replacements);
        while let Some(at) = self.rig.asked.iter().position(|(_, operation)| is_of_it(operation)) {
            if !matches!(self.rig.app.dialog, Some(Dialog::Replace(_))) {
                return;
            }
            self.reply(at, How::Well);
        }
    }

    /// Marks what is shown, and begins a change of all that is marked.
    pub(super) fn many(&mut self, name: &str, answers: usize) {
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
    pub(super) fn signed_in(&mut self, request: RequestId, result: Result<Signer, NotSignedIn>) {
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
    pub(super) fn take_over(&mut self, how: usize) {
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
        for _ in 0..self.rig.app.table.rows().len() {
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
    pub(super) fn answer_of_keys(&mut self, answers: usize) {
        for _ in 0..answers {
            let is_of_key = |operation: &Operation| operation.is_write() || matches!(operation, Operation::Examine(..));
            let Some(at) = self.rig.asked.iter().position(|(_, operation)| is_of_key(operation)) else { return };
            self.reply(at, How::Well);
        }
    }

    pub(super) fn fill_in(&mut self, well: bool, enter: bool) {
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
}
