//! Another key takes over signing the calls: generated, in safety, proved by a call, in force; then the old one is
//! offered for deactivation.

use jiff::{SignedDuration, Timestamp};

use super::dialog::{ChangeSigner, Confirm, Delivering, Dialog, SecretDialog, SignIn, SignInStage, Target};
use super::message::Effect;
use super::permission::Permission;
use super::reply::quoted;
use super::request::RequestId;
use super::toast::{Tone, Topic};
use super::{App, ClipboardRoute, Remote};
use crate::api::model::{ApiKey, LastUsed, Scope};
use crate::guard::Signer;
use crate::keymap::Action;
use crate::operations::NotSignedIn;
use crate::replacement::successor_name;

/// For so long after another key took over, a use of the old one may be the end of what ckeys had under way.
const LAST_CALLS: SignedDuration = SignedDuration::from_mins(1);

impl App {
    /// Says how another key takes over from `target`.
    pub(super) fn open_change_signer(&mut self, target: Target) -> Vec<Effect> {
        let candidates = self.session.as_ref().map_or(0, |session| self.may_be_signers(&session.signer).len());
        let name = successor_name(&target.key, self.organization_keys());
        self.open(Dialog::ChangeSigner(Box::new(ChangeSigner { target, candidates, name })))
    }

    /// The signing key that another one takes over from in the open dialog.
    pub(super) fn succession(&self) -> Option<Box<Target>> {
        match &self.dialog {
            Some(Dialog::ChangeSigner(dialog)) => Some(Box::new(dialog.target.clone())),
            Some(Dialog::Generate(form)) => form.succeeds.clone(),
            Some(Dialog::Lost(dialog)) => dialog.succeeds.clone(),
            _ => None,
        }
    }

    fn organization_keys(&self) -> &[ApiKey] {
        self.keys.get(&Scope::Organization).and_then(Remote::value).map_or(&[], |keys| keys)
    }

    /// The keys that may be `signer`, as they were read last.
    fn may_be_signers(&self, signer: &Signer) -> Vec<Target> {
        let scope = Scope::Organization;
        let keys = self.organization_keys().iter().filter(|key| signer.may_be(key, &scope));
        keys.map(|key| Target { scope: scope.clone(), scope_name: self.scope_name(&scope), key: key.clone() }).collect()
    }

    /// Has the open dialog's secret sign its first call.
    pub(super) fn sign_in(&mut self) -> Option<Effect> {
        let request = self.next_request();
        let Some(Dialog::Secret(dialog)) = &mut self.dialog else { return None };
        dialog.is_shown = false;
        dialog.sign_in.as_mut()?.stage = SignInStage::Trying(request);
        Some(Effect::SignIn(request, dialog.secret.clone()))
    }

    /// Takes in whether another key signs the calls from now on. What it is shown is read again.
    pub(super) fn signed_in(&mut self, request: RequestId, result: Result<Signer, NotSignedIn>) -> Vec<Effect> {
        let since = self.service_now();
        let (stage, effects) = match result {
            Ok(signer) => {
                let Some(session) = &mut self.session else { return Vec::new() };
                let old = std::mem::replace(&mut session.signer, signer);
                session.is_source_old = true;
                // What the service refused, it refused to the old one.
                self.permission = Permission::default();
                self.toasts.take_back(Topic::Permission);
                self.retry.reset();
                self.needs_rebuild = true;
                let before = self.may_be_signers(&old);
                (SignInStage::Done { since, before }, self.read_all())
            }
            Err(error) => {
                if let Some(error) = error.error() {
                    self.note_pause(&Err(error.clone()));
                }
                (SignInStage::Failed(error), Vec::new())
            }
        };
        if let Some(Dialog::Secret(dialog)) = &mut self.dialog
            && let Some(sign_in) = &mut dialog.sign_in
            && sign_in.stage == SignInStage::Trying(request)
        {
            sign_in.stage = stage;
        }
        effects
    }

    /// Offers to deactivate the key that signed the calls before, where it is known which one did.
    pub(super) fn offer_old_signer(&mut self) -> Vec<Effect> {
        let Some((since, old)) = self.old_signers() else { return Vec::new() };
        if let [old] = &old[..]
            && !self.is_signer(&old.scope, &old.key)
        {
            // Whatever waits for its turn comes after it.
            return self.open(Dialog::Confirm(Confirm::succeeded(old.clone(), since)));
        }
        if !old.is_empty() {
            let key = self.told(Action::Toggle);
            let text = format!("The old keys are as they were: {key} deactivates the one that you select.");
            self.toasts.push(Tone::Done, text, self.now);
        }
        self.close_dialog()
    }

    /// Since when another key signs the calls, and which keys that may have done so before still work. None while the
    /// open dialog is about something else.
    fn old_signers(&self) -> Option<(Timestamp, Vec<Target>)> {
        let Some(Dialog::Secret(dialog)) = &self.dialog else { return None };
        let SignInStage::Done { since, before } = &dialog.sign_in.as_ref()?.stage else { return None };
        let now = |target: &Target| {
            let key = self.organization_keys().iter().find(|key| key.id == target.key.id && key.valid)?;
            Some(Target { key: key.clone(), ..target.clone() })
        };
        Some((*since, before.iter().filter_map(now).collect()))
    }

    /// What Enter does in the dialog with the secret of a key that is to sign the calls; none where it does nothing.
    pub fn sign_in_enter(&self, dialog: &SecretDialog, sign_in: &SignIn) -> Option<&'static str> {
        let can_copy = dialog.taken.is_none() && matches!(self.clipboard, ClipboardRoute::Known(_));
        match (&sign_in.stage, &dialog.delivering) {
            (SignInStage::Trying(_), _) | (_, Delivering::Busy(_)) => None,
            (SignInStage::Done { .. }, _) => Some(match self.old_signers() {
                Some((_, old)) if old.len() == 1 => "deactivate the old one?",
                _ => "done",
            }),
            (SignInStage::Failed(_), _) => Some("try again"),
            _ if !dialog.would_lose_it() => Some("sign in with it"),
            (_, Delivering::Idle) if can_copy => Some("copy"),
            // It is asked for a word that the secret is in safety.
            _ if dialog.taken.is_some() => Some("go on"),
            _ => None,
        }
    }

    /// What is said once another key signs the calls: what is left to be done, and by whom.
    pub fn signed_in_words(&self) -> Vec<String> {
        let Some((_, old)) = self.old_signers() else { return Vec::new() };
        let advice = self.in_force.advice();
        let by_hand = self.session.as_ref().and_then(|session| session.source.by_hand(&advice));
        let which = match &old[..] {
            [] => Some("The old one does not work any more.".to_owned()),
            [_] => None,
            several => {
                let names: Vec<String> = several.iter().map(|target| quoted(&target.key)).collect();
                Some(format!(
                    "Which one it took over from can't be told, they end alike: {}. Neither is deactivated unless you do.",
                    names.join(", ")
                ))
            }
        };
        by_hand.into_iter().chain(which).collect()
    }

    /// What the last use of `key` says, which signed the calls until `since`.
    pub fn succeeded_words(&self, key: &ApiKey, since: Timestamp) -> String {
        let until = self.clock(since);
        match key.last_used {
            LastUsed::At(used) if used.duration_since(since) > LAST_CALLS => {
                format!("It was used after ckeys stopped signing with it, at {until}: something else needs it.")
            }
            _ => format!(
                "That may be ckeys itself, which signed with it until {until}. Other machines may use it all the same."
            ),
        }
    }

    /// Tells that a key was made to sign the calls, and does not, as its dialog closes.
    pub(super) fn tell_unused_signer(&mut self) {
        let Some(Dialog::Secret(dialog)) = &self.dialog else { return };
        if let Some(words) = unused_signer(dialog, &self.told(Action::Toggle)) {
            self.toasts.push(Tone::Warning, words, self.now);
        }
    }
}

/// What to know of a key that was made to sign the calls, and does not; `off` deactivates it.
fn unused_signer(dialog: &SecretDialog, off: &str) -> Option<String> {
    let sign_in = dialog.sign_in.as_ref().filter(|sign_in| !sign_in.is_done() && !dialog.would_lose_it())?;
    if matches!(sign_in.stage, SignInStage::Failed(NotSignedIn::Failed(_))) {
        return Some(format!(
            "{} did not prove that it works, and {} still signs the calls: {off} deactivates the new one.",
            quoted(&dialog.target.key),
            quoted(&sign_in.old.key)
        ));
    }
    Some(format!(
        "{} works, but {} still signs the calls: {off} deactivates the new one; ckeys started with it is signed in with it.",
        quoted(&dialog.target.key),
        quoted(&sign_in.old.key)
    ))
}
