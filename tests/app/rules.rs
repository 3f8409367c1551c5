//! What must hold after each thing that happens, judged from before and after.

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{KeyId, Lifetime, Scope};
use confident_keys::app::Event;
use confident_keys::app::details::{reader_height, reader_lines};
use confident_keys::app::dialog::{
    Bulk, BulkButton, BulkKind, BulkStage, Command, Confirm, ConfirmButton, DISCARD, DeleteButton, DeleteStep, Dialog,
    EVERY, ExportStage, ExportTo, Goal, ItemState, SAVED, SecretDialog, SignIn, SignInStage, Target,
};
use confident_keys::app::keys::KeyRef;
use confident_keys::app::marks::Marks;
use confident_keys::app::message::Effect;
use confident_keys::app::request::RequestId;
use confident_keys::app::scopes::View;
use confident_keys::app::selection::Selection;
use confident_keys::destination::{Destination, KeyKind};
use confident_keys::guard::{self, Signer};
use confident_keys::keymap::{Action, Context};
use confident_keys::operations::{Answer, Operation};

use crate::random::{World, secret_of, target};
use crate::support::{FAKE_PART, keys_of};

impl World<'_> {
    /// A busy dialog stays until its answer comes, a secret until it was taken or given up.
    pub(crate) fn dialog_is_kept(&self, before: Option<&Dialog>, event: &Event, action: Option<Action>) {
        let after = self.rig.app.dialog.as_ref();
        if let Some(dialog) = before.filter(|dialog| dialog.is_busy()) {
            let is_answer =
                matches!(event, Event::Reply(request, _) | Event::SignedIn(request, _) if dialog.awaits(*request));
            let after = after.filter(|after| std::mem::discriminant(*after) == std::mem::discriminant(dialog));
            let awaits_same = self
                .requests
                .iter()
                .any(|request| dialog.awaits(*request) && after.is_some_and(|after| after.awaits(*request)));
            assert!(is_answer || awaits_same, "a busy dialog was lost");
        }
        let Some(secret) = secret_of(before) else { return };
        if secret_of(after).is_some_and(|after| after.secret == secret.secret) {
            return;
        }
        match (&secret.farewell, &secret.taken) {
            (_, Some(delivered)) if delivered.is_certain() => {
                assert!(matches!(action, Some(Action::Accept | Action::Back)));
                self.seen.borrow_mut().delivered += 1;
            }
            (Some(word), _) => {
                assert_eq!(action, Some(Action::Accept));
                assert!([SAVED, DISCARD].contains(&word.text().trim().to_lowercase().as_str()), "{:?}", word.text());
                self.seen.borrow_mut().given_up += 1;
            }
            // It was said before that it is in safety.
            _ if secret.sign_in.as_ref().is_some_and(|sign_in| sign_in.is_saved) => {
                assert!(matches!(action, Some(Action::Accept | Action::Back)));
            }
            (None, _) => panic!("a secret was lost"),
        }
    }

    /// A dialog is about the key that was selected when it opened, for as long as it is open.
    pub(crate) fn target_is_pinned(&mut self, before: Option<&Dialog>, selected: Option<(Scope, KeyId)>) {
        let selected = match (before, &self.rig.app.dialog) {
            // It is about the key that was changed last, wherever the cursor is.
            (None, Some(Dialog::Confirm(Confirm { undoes: Some(_), .. }))) => {
                self.rig.app.undo.last().map(|change| (change.targets[0].scope.clone(), change.targets[0].key.id))
            }
            (Some(Dialog::Replace(dialog)), _) => Some((dialog.old.scope.clone(), dialog.old.key.id)),
            (Some(Dialog::Lost(dialog)), _) => {
                dialog.keys().get(dialog.selected).map(|key| (dialog.lost.scope.clone(), key.id))
            }
            // It is about the one key that signed the calls before.
            (Some(Dialog::Secret(dialog)), Some(Dialog::Confirm(Confirm { succeeded: Some(_), target, .. }))) => {
                let Some(SignIn { stage: SignInStage::Done { before, .. }, .. }) = dialog.sign_in.as_deref() else {
                    panic!("offered from {dialog:?}")
                };
                assert!(before.iter().any(|old| old.key.id == target.key.id));
                let works = |old: &&Target| {
                    self.rig.app.keys[&old.scope].value().unwrap().iter().any(|key| key.id == old.key.id && key.valid)
                };
                assert_eq!(before.iter().filter(works).count(), 1, "nobody knows which it was");
                self.seen.borrow_mut().offered += 1;
                Some((target.scope.clone(), target.key.id))
            }
            _ => selected,
        };
        let after = self.rig.app.dialog.as_ref().and_then(target);
        if let (Some(after), None) = (&after, before.and_then(target)) {
            assert_eq!(Some(after), selected.as_ref());
            self.seen.borrow_mut().from_lost += usize::from(matches!(before, Some(Dialog::Lost(_))));
            self.pinned = selected;
        }
        assert!(after.is_none() || after == self.pinned, "a dialog turned to another key");
    }

    pub(crate) fn effect_is_justified(
        &mut self,
        effect: &Effect,
        before: Option<&Dialog>,
        event: &Event,
        action: Option<Action>,
        has_write: bool,
        was_leaving: bool,
    ) {
        // What is chosen among the commands is done as by its key.
        let action = match (before, action) {
            (Some(Dialog::Palette(palette)), Some(Action::Accept)) => {
                match palette.chosen().map(|entry| &entry.command) {
                    Some(Command::Act(chosen)) => Some(*chosen),
                    _ => action,
                }
            }
            _ => action,
        };
        match effect {
            Effect::Ask(request, operation) => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                assert!(self.rig.app.session.is_some());
                if let Operation::LookAgain(lost) = operation {
                    assert!(self.rig.app.dialog.as_ref().is_some_and(|dialog| dialog.awaits(*request)));
                    assert!(matches!(before, Some(Dialog::Lost(dialog)) if dialog.lost == **lost));
                    assert_eq!(action, Some(Action::LookAgain));
                    self.seen.borrow_mut().looks += 1;
                }
                if operation.is_write() {
                    assert!(self.rig.app.dialog.as_ref().is_some_and(|dialog| dialog.awaits(*request)));
                    self.write_is_confirmed(operation, before, event, action);
                }
            }
            Effect::Copy(request, text) => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                let is_export = matches!(before, Some(Dialog::Export(form)) if form.to == ExportTo::Clipboard);
                assert!(is_export || matches!(before, Some(Dialog::CopyMenu(_))), "copied from {before:?}");
                assert!(!text.expose().contains(FAKE_PART));
            }
            Effect::Save { request, text, replace, .. } => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                let Some(Dialog::Export(form)) = before else { panic!("{before:?} writes nothing") };
                assert_eq!(action, Some(Action::Accept));
                assert!(!*replace || form.stage == ExportStage::Exists, "nobody agreed that it is replaced");
                assert!(!text.contains(FAKE_PART));
                self.seen.borrow_mut().exports += 1;
                self.seen.borrow_mut().replaced += usize::from(*replace);
            }
            Effect::Look(request, destination, kind) => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                let scope = match &self.rig.app.dialog {
                    Some(Dialog::Generate(form)) => &form.scope,
                    Some(Dialog::RotateInPlace(form)) => &form.target.scope,
                    Some(Dialog::Secret(dialog)) => &dialog.target.scope,
                    other => panic!("{other:?} looks at nothing"),
                };
                assert_eq!(*kind, KeyKind::from(scope));
                assert!(!destination.label().contains(FAKE_PART));
            }
            Effect::Deliver(request, destination, kind, secret, agreed) => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                let dialog = secret_of(self.rig.app.dialog.as_ref()).unwrap();
                assert_eq!((&dialog.secret, KeyKind::from(&dialog.target.scope)), (secret, *kind));
                assert!(*destination != Destination::Screen);
                // Nothing is agreed to that was not asked.
                let asked = match before {
                    Some(Dialog::Generate(form)) => form.goal.ask(),
                    Some(Dialog::RotateInPlace(form)) => form.goal.ask(),
                    Some(Dialog::Secret(dialog)) => dialog.elsewhere.as_ref().and_then(Goal::ask),
                    other => panic!("delivered from {other:?}"),
                };
                assert!(agreed.is_none() || *agreed == asked);
                self.seen.borrow_mut().deliveries += 1;
            }
            Effect::SignIn(request, secret) => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                let dialog = secret_of(before).unwrap();
                assert!(!dialog.would_lose_it(), "its secret is not in safety");
                assert_eq!((action, &dialog.secret), (Some(Action::Accept), secret));
                assert!(dialog.sign_in.as_ref().is_some_and(|sign_in| !sign_in.is_done()));
                self.seen.borrow_mut().sign_ins += 1;
            }
            Effect::Quit => {
                let is_signed_out = self.rig.app.session.is_none();
                let would_lose = has_write || secret_of(before).is_some_and(SecretDialog::would_lose_it);
                assert!(matches!(action, Some(Action::Interrupt | Action::Quit)));
                assert!(!would_lose || (was_leaving && action == Some(Action::Interrupt)) || is_signed_out);
                self.seen.borrow_mut().quits += 1;
            }
            Effect::DropTypedAhead => assert!(self.rig.app.dialog.as_ref().is_some_and(Dialog::is_dangerous)),
            Effect::StartDemo => assert_eq!((action, self.rig.app.session.is_none()), (Some(Action::Demo), true)),
            Effect::ReadJournal(request, _) => {
                assert!(self.requests.insert(*request), "a request's id is used twice");
                assert!(matches!(&self.rig.app.dialog, Some(Dialog::Journal(dialog)) if dialog.is_reading()));
                assert!(matches!(action, Some(Action::Journal | Action::Refresh)));
                self.seen.borrow_mut().journals += 1;
            }
            Effect::OpenProfile(..) | Effect::EnterProfile(_) => panic!("there is no other profile"),
            Effect::Suspend => assert_eq!(action, Some(Action::Suspend)),
            Effect::Arrange(..) => panic!("so many keys are not made up here"),
            Effect::Redraw => assert_eq!(action, Some(Action::Redraw)),
        }
    }

    /// What comes with the time alone reads nothing but the two keys of a replacement that is open, and those only half
    /// a minute after they were read.
    pub(crate) fn polls_are_justified(
        &self,
        effects: &[Effect],
        event: &Event,
        replacement: Option<(KeyId, Option<jiff::Timestamp>)>,
    ) {
        let examined = effects.iter().filter_map(|effect| match effect {
            Effect::Ask(_, Operation::Examine(_, id)) => Some(*id),
            _ => None,
        });
        let examined: Vec<KeyId> = examined.collect();
        let ended = |effect: &Effect| matches!(effect, Effect::Ask(_, Operation::EndReplacement(_)));
        self.seen.borrow_mut().ended += usize::from(effects.iter().any(ended));
        // Many keys go on after a pause by themselves, too.
        let is_bulk = matches!(self.rig.app.dialog, Some(Dialog::Bulk(_)));
        if !matches!(event, Event::Tick) || examined.is_empty() || is_bulk {
            return;
        }
        let (old, read_at) = replacement.unwrap();
        assert!(examined.contains(&old) && examined.len() == 2, "{examined:?}");
        // Where the clock was set back, it was read at that moment at the latest.
        let read_at = read_at.unwrap().min(self.rig.now);
        assert!(self.rig.now.duration_since(read_at) >= EVERY, "too early");
        self.seen.borrow_mut().polls += 1;
    }

    /// No write without its confirmation, for exactly the key that it was given for.
    fn write_is_confirmed(
        &self,
        operation: &Operation,
        before: Option<&Dialog>,
        event: &Event,
        action: Option<Action>,
    ) {
        let mut seen = self.seen.borrow_mut();
        let accepts = action == Some(Action::Accept);
        match (operation, before) {
            (Operation::Create { scope, name, lifetime, replaces }, Some(Dialog::Generate(form))) => {
                let can_expire = self.rig.app.capabilities.is_some_and(|can| can.expiry.is_available());
                assert!(can_expire || *lifetime == Lifetime::Unlimited || form.lifetime.is_some());
                // Its destination was looked at, and nothing speaks against it, or that was agreed to.
                let is_looked_at = matches!(event, Event::Looked(..)) && form.goal.is_wanted();
                let is_agreed = accepts && form.goal.ask().is_some();
                assert!((is_looked_at || is_agreed) && *scope == form.scope);
                assert_eq!(guard::new_name(form.name.text()), Ok(name.as_str()));
                assert_eq!(*replaces, form.replaces.as_ref().map(|key| key.id));
                seen.successors += usize::from(replaces.is_some());
                seen.creates += 1;
            }
            (Operation::Rotate { scope, id, rotation }, Some(Dialog::RotateInPlace(form))) => {
                let (key, now) = (&form.target.key, self.rig.app.service_now());
                let is_looked_at = matches!(event, Event::Looked(..)) && form.goal.is_wanted();
                let agreed = is_read(event) && form.check.is_agreed;
                assert!(is_looked_at || ((accepts || agreed) && form.goal.ask().is_some()));
                assert_eq!((scope, *id, Ok(*rotation)), (&form.target.scope, key.id, form.rotation()));
                assert_eq!(guard::rotate(key, scope, self.signer(), *rotation, now), Ok(()));
                assert_eq!(Some((scope.clone(), *id)), self.pinned);
                assert!(!self.is_signer(scope, *id) && !form.is_gone);
                // Nobody is cut off by a single key.
                if rotation.grace_hours == 0 && guard::is_in_use(key, now) && !key.is_expired(now) {
                    let typed = form.typed.as_ref().unwrap();
                    assert!(typed.phrase.is(typed.field.text()), "the phrase was not typed");
                    seen.cut_off += 1;
                }
                seen.rotations += 1;
            }
            (Operation::SetValid { scope, id, valid }, Some(Dialog::Confirm(question))) => {
                let agreed = is_read(event) && question.check.is_agreed;
                let accepts = accepts || agreed;
                match &question.typed {
                    None if agreed => seen.agreed += 1,
                    None => {
                        assert!(action == Some(Action::Yes) || (accepts && question.button == ConfirmButton::Confirm))
                    }
                    Some(typed) => {
                        assert!(accepts && question.button != ConfirmButton::Cancel);
                        assert!(typed.phrase.is(typed.field.text()), "the phrase was not typed");
                        seen.typed += 1;
                    }
                }
                assert!(!question.is_moot() && *valid == question.valid);
                assert!(*valid || agreed || !question.check.is_reading(), "how lately it was used is not known");
                let in_use = guard::is_in_use(&question.target.key, self.rig.app.service_now());
                assert!(*valid || !in_use || question.typed.is_some(), "a key in use");
                seen.undone += usize::from(question.undoes.is_some());
                assert_eq!(Some((scope.clone(), *id)), self.pinned);
                assert!(*valid || !self.is_signer(scope, *id));
                seen.set_valid += 1;
            }
            // What was switched off by a replacement is brought back without a question; nothing else is.
            (Operation::SetValid { scope, id, valid: true }, Some(Dialog::Replace(replace))) => {
                assert_eq!((action, scope, *id), (Some(Action::Undo), &replace.old.scope, replace.old.key.id));
                assert!(replace.record.is_some() && !replace.old.key.valid);
                seen.brought_back += 1;
            }
            (Operation::SetValid { scope, id, valid: false }, Some(Dialog::Delete(form))) => {
                let agreed = is_read(event) && form.check.is_agreed;
                let accepts = accepts || agreed;
                seen.agreed += usize::from(agreed);
                let typed = form.typed.phrase.is(form.typed.field.text());
                let deletes = matches!(form.button, DeleteButton::Field | DeleteButton::Delete);
                assert!(accepts && (form.button == DeleteButton::Deactivate || (deletes && typed)));
                assert!(form.target.key.valid && !form.is_gone && (agreed || !form.check.is_reading()));
                assert_eq!(Some((scope.clone(), *id)), self.pinned);
                assert!(!self.is_signer(scope, *id));
                seen.set_valid += 1;
            }
            (Operation::Delete { scope, id }, Some(Dialog::Delete(form))) => {
                assert!(form.typed.phrase.is(form.typed.field.text()), "the phrase was not typed");
                assert_eq!(Some((scope.clone(), *id)), self.pinned);
                assert!(!self.is_signer(scope, *id));
                match event {
                    Event::Reply(request, Ok(Answer::Key(key))) => {
                        assert!(before.is_some_and(|dialog| dialog.awaits(*request)));
                        assert_eq!((form.step, key.id, key.valid), (DeleteStep::Deactivate, *id, false));
                        seen.second_steps += 1;
                    }
                    _ => {
                        let agreed = is_read(event) && form.check.is_agreed;
                        assert!(accepts || agreed);
                        seen.agreed += usize::from(agreed);
                        assert!(matches!(form.button, DeleteButton::Field | DeleteButton::Delete));
                        assert!(!form.target.key.valid && !form.is_gone, "an active key");
                    }
                }
                seen.deletes += 1;
            }
            (_, Some(Dialog::Bulk(bulk))) => {
                drop(seen);
                self.one_of_many_is_sent(operation, bulk, event);
            }
            (operation, dialog) => panic!("{operation:?} from {dialog:?}"),
        }
    }

    fn signer(&self) -> &Signer {
        &self.rig.app.session.as_ref().unwrap().signer
    }

    /// Whether it may be the key that signs the calls, as the service has it.
    fn is_signer(&self, scope: &Scope, id: KeyId) -> bool {
        let (mut first, now) = (keys_of(scope), &self.store[scope]);
        first.extend(now.iter().cloned());
        first.iter().any(|key| key.id == id && self.signer().may_be(key, scope))
    }

    /// One of many is changed once it was read afresh, and only where nothing speaks against it.
    fn one_of_many_is_sent(&self, operation: &Operation, bulk: &Bulk, event: &Event) {
        let Event::Reply(request, Ok(Answer::Examined(examined))) = event else {
            panic!("{operation:?} came of {event:?}")
        };
        let key = &examined.key;
        let item = bulk.items.iter().find(|item| item.state == ItemState::Checking(*request)).unwrap();
        let scope = item.target.scope.clone();
        assert_eq!(item.target.key.id, key.id);
        assert!(bulk.is_running());
        let mut seen = self.seen.borrow_mut();
        match (bulk.kind, operation) {
            (BulkKind::Delete, Operation::Delete { scope: other, id }) => {
                let typed = bulk.typed.as_ref().unwrap();
                assert!(typed.phrase.is(typed.field.text()), "the count was not typed");
                assert!((other, *id) == (&scope, key.id) && !key.valid && !self.is_signer(&scope, key.id));
                seen.many_deleted += 1;
            }
            (BulkKind::Deactivate, Operation::SetValid { scope: other, id, valid: false }) => {
                assert!((other, *id) == (&scope, key.id) && key.valid && !self.is_signer(&scope, key.id));
                assert!(!guard::is_in_use(key, self.rig.app.service_now()), "a key in use");
                seen.many_changed += 1;
            }
            (BulkKind::Reactivate, Operation::SetValid { scope: other, id, valid: true }) => {
                assert!((other, *id) == (&scope, key.id) && !key.valid);
                seen.many_changed += 1;
                seen.many_undone += usize::from(bulk.undoes.is_some());
            }
            (kind, operation) => panic!("{operation:?} of {kind:?}"),
        }
    }

    /// What came of the change of one of many is told as what it is: done where it is so at the service, failed only
    /// where it certainly is not.
    pub(crate) fn outcome_of_one_is_told(
        &self,
        before: &Bulk,
        after: &Bulk,
        request: RequestId,
        error: Option<&ApiError>,
        is_said_to_be_gone: bool,
    ) {
        let at = before.items.iter().position(|item| item.state == ItemState::Writing(request)).unwrap();
        let item = &after.items[at];
        let key = self.store[&item.target.scope].iter().find(|key| key.id == item.target.key.id);
        let is_so = match after.kind {
            BulkKind::Delete => key.is_none() || is_said_to_be_gone,
            kind => key.is_some_and(|key| key.valid == (kind == BulkKind::Reactivate)),
        };
        let mark = KeyRef { id: item.target.key.id, scope: item.target.scope.clone() };
        match &item.state {
            ItemState::Done => assert!(is_so && !self.rig.app.marks.holds(&mark), "{item:?} is not done"),
            ItemState::Failed(words) | ItemState::Unknown(words) => {
                assert!(error.is_none_or(|error| error.summary().starts_with(words.as_str())), "{words}");
            }
            // Its turn comes again, or did already.
            ItemState::Waiting | ItemState::Checking(_) => {
                assert!(error.is_some_and(|error| error.retry_after().is_some()))
            }
            other => panic!("{other:?} after an answer"),
        }
    }

    /// What was asked about is what was marked; what runs stays until it is over, and no key of it is forgotten.
    pub(crate) fn many_are_kept(&self, before: Option<&Dialog>, marked: &Marks) {
        let bulk = |dialog: Option<&Dialog>| match dialog {
            Some(Dialog::Bulk(bulk)) => Some((**bulk).clone()),
            _ => None,
        };
        let after = bulk(self.rig.app.dialog.as_ref());
        let keys = |bulk: &Bulk| -> Vec<KeyRef> {
            bulk.items.iter().map(|item| KeyRef { id: item.target.key.id, scope: item.target.scope.clone() }).collect()
        };
        match (bulk(before), after) {
            (None, Some(after)) if after.undoes.is_none() => {
                assert!(keys(&after).iter().all(|key| marked.holds(key)) && !after.items.is_empty());
                let is_on_cancel = after.button == BulkButton::Cancel;
                assert!(after.typed.is_some() || is_on_cancel, "a single key would do it");
            }
            (Some(before), Some(after)) => {
                assert_eq!(keys(&before), keys(&after));
                self.seen.borrow_mut().many_over += usize::from(before.is_running() && after.stage == BulkStage::Over);
            }
            (Some(before), None) => assert!(!before.is_running(), "what runs was lost"),
            _ => {}
        }
        let is_stopped = |state: &ItemState| !matches!(state, ItemState::Checking(_) | ItemState::Writing(_));
        if let Some(Dialog::Bulk(bulk)) = &self.rig.app.dialog {
            assert!(bulk.is_running() || bulk.items.iter().all(|item| is_stopped(&item.state)), "nobody waits for it");
        }
    }

    /// The rows are those of the list that is there, and the selections are among them.
    pub(crate) fn lists_are_consistent(&self) {
        let app = &self.rig.app;
        let rows = 0..app.table.rows().len();
        let at = |at| KeyRef { id: app.row(at).unwrap().0.id, scope: app.scope_at(at).unwrap().clone() };
        let ids: Vec<KeyRef> = rows.map(at).collect();
        let is_listed = |id: &KeyRef| app.keys[&id.scope].value().unwrap().iter().any(|key| key.id == id.id);
        assert!(ids.iter().all(is_listed), "{ids:?}");
        in_range(&app.table.selection, &ids, app.key_rows().into());
        in_range(&app.scopes.selection, &app.scopes.rows, app.layout().scope_rows().height.into());
        let known: usize = match app.view() {
            View::One(scope) => app.keys.get(&scope).and_then(|keys| keys.value()).map_or(0, |keys| keys.len()),
            View::All => app.keys.values().filter_map(|keys| keys.value()).map(|keys| keys.len()).sum(),
        };
        assert!(
            ids.len() <= known
                && (!app.table.filter.text().is_empty() || ids.len() == app.table.counts.get(app.table.tab))
        );
        let reader = match &app.dialog {
            Some(Dialog::Details(reader, _) | Dialog::Unreadable(reader)) => Some(reader),
            Some(Dialog::Journal(dialog)) => Some(&dialog.reader),
            Some(Dialog::Bulk(dialog)) => Some(&dialog.reader),
            _ => None,
        };
        if let Some(reader) = reader {
            let (lines, height) = (reader_lines(app).len(), reader_height(app));
            assert!(reader.line <= lines.saturating_sub(height), "scrolled past the end");
        }
        if let Some(help) = &app.help {
            let (lines, height) = (app.help_lines().len(), usize::from(app.size.reader_rows()));
            assert!(help.reader.line <= lines.saturating_sub(height), "scrolled past the end");
        }
        if let Some(Dialog::Palette(palette)) = &app.dialog {
            let height = usize::from(app.size.palette_rows()).max(1);
            let in_sight: Vec<usize> = palette.in_sight(height).map(|(at, _)| at).collect();
            assert!(palette.is_empty() || in_sight.contains(&palette.selected()), "the chosen one is out of sight");
            assert_eq!(in_sight.len(), palette.len().min(height), "empty lines below");
        }
        if app.is_filtering && app.dialog.is_none() && app.session.is_some() && app.help.is_none() {
            assert_eq!(app.contexts()[0], Context::Filter);
        }
    }
}

/// The selection is in the list, and in sight, with no empty lines that could be filled.
fn in_range<T: Clone + PartialEq + std::fmt::Debug>(selection: &Selection<T>, ids: &[T], height: usize) {
    let (index, offset, height) = (selection.index(), selection.offset(), height.max(1));
    assert_eq!(selection.id(), ids.get(index));
    assert!(index < ids.len().max(1));
    assert!((offset..offset + height).contains(&index), "{index} is out of sight at {offset}");
    assert!(offset == 0 || offset + height <= ids.len(), "empty lines below");
}

/// Whether it is the answer to the read of the key that a dialog is about.
fn is_read(event: &Event) -> bool {
    matches!(event, Event::Reply(_, Ok(Answer::Examined(_))))
}
