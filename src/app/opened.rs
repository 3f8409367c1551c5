//! Dialogs: how they open, what they end in, and what comes after them.

use super::dialog::{Confirm, Delete, Dialog, Outcome, Reader, SecretKind, Shows, Target};
use super::message::Effect;
use super::toast::Tone;
use super::{App, Remote, details};
use crate::destination::Destination;
use crate::guard::{self, Phrase};
use crate::keymap::Action;

impl App {
    /// The selected key with its scope.
    pub(crate) fn target(&self) -> Option<Target> {
        let scope = self.scope_at(self.table.selection.index())?.clone();
        let (key, _) = self.selected()?;
        Some(Target { scope_name: self.scope_name(&scope), key: key.clone(), scope })
    }

    pub(super) fn open(&mut self, mut dialog: Dialog) -> Vec<Effect> {
        if let Dialog::Lost(lost) = &mut dialog {
            // Its project's name may not have been read when it was made.
            lost.scope_name = self.scope_name(&lost.lost.scope);
        }
        let mut effects = if dialog.is_dangerous() { vec![Effect::DropTypedAhead] } else { Vec::new() };
        self.dialog = Some(dialog);
        self.dialog_changed();
        effects.extend(self.examine());
        effects.extend(self.look_at_replacement());
        self.demand_phrase();
        effects
    }

    /// Tells which scopes could not be read, and why.
    pub(super) fn open_unreadable(&mut self) -> Vec<Effect> {
        if self.unreadable().next().is_none() {
            self.toasts.push(Tone::Done, "Everything that was asked for could be read.", self.now);
            return Vec::new();
        }
        self.open(Dialog::Unreadable(Reader::default()))
    }

    pub(super) fn open_details(&mut self) {
        if let Some(target) = self.target() {
            self.dialog = Some(Dialog::Details(Reader::default(), target));
        }
    }

    /// Whether the selected key is protected; says so.
    pub(super) fn refuses(&mut self, target: &Target) -> bool {
        let Some(session) = &self.session else { return true };
        let Err(refusal) = guard::deactivate(&target.key, &target.scope, &session.signer) else { return false };
        self.toasts.push(
            Tone::Warning,
            format!("{refusal}: {} leads through it.", self.told(Action::Rotate)),
            self.now,
        );
        true
    }

    pub(super) fn open_toggle(&mut self) -> Vec<Effect> {
        let Some(target) = self.target() else { return Vec::new() };
        if target.key.valid && self.refuses(&target) {
            return Vec::new();
        }
        self.open(Dialog::Confirm(Confirm::new(target)))
    }

    pub(super) fn open_delete(&mut self) -> Vec<Effect> {
        let Some(target) = self.target() else { return Vec::new() };
        if self.refuses(&target) {
            return Vec::new();
        }
        let siblings = self.keys.get(&target.scope).and_then(Remote::value);
        let phrase = Phrase::of(&target.key, siblings.map_or(&[][..], |keys| keys));
        self.open(Dialog::Delete(Delete::new(target, phrase)))
    }

    pub(super) fn dialog_action(&mut self, action: Action) -> Vec<Effect> {
        match (&self.dialog, action) {
            (Some(Dialog::Journal(_)), Action::Refresh) => return self.read_journal(),
            (Some(Dialog::Journal(_)), Action::Times) => self.next_times(),
            (Some(Dialog::Palette(_)), action) => return self.palette_action(action),
            _ => {}
        }
        // First of all, nothing is switched any more.
        if matches!(self.dialog, Some(Dialog::Profiles(_))) && action == Action::Back && self.stay_in_profile() {
            return Vec::new();
        }
        if matches!(action, Action::PageUp | Action::PageDown)
            && self.dialog.as_mut().is_some_and(|dialog| dialog.reader().is_none())
        {
            self.dialog_shows = if action == Action::PageUp { Shows::Start } else { Shows::End };
            return Vec::new();
        }
        self.dialog_shows = Shows::Focus;
        // What was waited for since it was asked may have put its key in use.
        self.demand_phrase();
        let (lines, height) = (details::reader_lines(self).len(), details::reader_height(self));
        let Some(dialog) = &mut self.dialog else { return Vec::new() };
        if let Some(reader) = dialog.reader() {
            reader.act(action, lines, height);
        }
        let outcome = dialog.act(action);
        self.outcome(outcome)
    }

    /// Acts on what a dialog ended in.
    pub(super) fn outcome(&mut self, outcome: Outcome) -> Vec<Effect> {
        match outcome {
            // What runs is begun once this key was acted on.
            Outcome::Stay | Outcome::Run => Vec::new(),
            Outcome::Close => self.close_dialog(),
            Outcome::Discard(target, kind) => {
                let (name, id) = (super::reply::quoted(&target.key), target.key.id);
                let text = match kind {
                    SecretKind::Generated => {
                        let (off, delete) = (self.told(Action::Toggle), self.told(Action::Delete));
                        format!(
                            "{name} (id {id}) works, and nobody has its secret: {off} deactivates it, {delete} deletes it."
                        )
                    }
                    SecretKind::Rotated => {
                        let rotate = self.told(Action::Rotate);
                        format!("{name} (id {id}) has a new value, and nobody has it: {rotate} rotates it again.")
                    }
                };
                self.toasts.push(Tone::Warning, text, self.now);
                self.close_dialog()
            }
            Outcome::Open(dialog) => match dialog.endangers().cloned() {
                Some(target) if self.refuses(&target) => Vec::new(),
                _ => self.open(*dialog),
            },
            Outcome::Over(dialog) => self.open_over(*dialog),
            Outcome::Replacement(turn) => self.turn_replacement(turn),
            Outcome::Write(operation) => {
                let request = self.next_request();
                if let Some(dialog) = &mut self.dialog {
                    dialog.begin(request);
                }
                self.writes.insert(request, operation.clone());
                vec![Effect::Ask(request, operation)]
            }
            Outcome::Generate(scope, name) => self.open_generate(scope, &name),
            Outcome::Rotate => self.rotate(false),
            Outcome::Look { wanted } => self.look(wanted).into_iter().collect(),
            Outcome::Elsewhere(way) => {
                self.choose_elsewhere(way);
                Vec::new()
            }
            Outcome::Deliver => self.deliver_elsewhere().into_iter().collect(),
            Outcome::CopySecret => self.deliver(Destination::Clipboard, None).into_iter().collect(),
            Outcome::Profile(at) => self.enter_shown(at),
            Outcome::Export => self.export(),
            Outcome::SignIn => self.sign_in().into_iter().collect(),
            Outcome::OfferOld => self.offer_old_signer(),
            Outcome::CopyAndClose(text, what) => {
                let request = self.next_request();
                self.copies.insert(request, what);
                let mut effects = self.close_dialog();
                effects.push(Effect::Copy(request, text));
                effects
            }
        }
    }

    /// Closes the dialog. One that waits for its turn comes next.
    pub(super) fn close_dialog(&mut self) -> Vec<Effect> {
        if let Some(Dialog::Confirm(dialog)) = &self.dialog
            && let Some(at) = dialog.undoes.filter(|_| dialog.is_moot())
        {
            self.undo.forget(at);
        }
        self.tell_unused_signer();
        self.dialog = None;
        self.open_waiting()
    }

    /// Opens what waits for its turn.
    pub(super) fn open_waiting(&mut self) -> Vec<Effect> {
        match self.waiting.pop_front() {
            Some(dialog) => self.open(dialog),
            None => Vec::new(),
        }
    }

    /// Opens `dialog`, which nobody asked for, now or when the open one closes.
    pub(super) fn open_in_turn(&mut self, dialog: Dialog) -> Vec<Effect> {
        if self.dialog.is_none() && self.help.is_none() {
            return self.open(dialog);
        }
        self.waiting.push_back(dialog);
        Vec::new()
    }
}
