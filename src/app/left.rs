//! What the program leaves behind where it ends in the middle of something, for the shell's screen: its own is gone by
//! then, and with it whatever it said.

use super::App;
use super::dialog::{Dialog, LostDialog, SecretDialog, SecretKind, SignInStage};
use super::reply::quoted;
use crate::advice::Advice;
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::operations::{NotSignedIn, Operation};

impl App {
    /// What whoever ends the program now should know, a line each. Of made-up keys there is nothing to know.
    pub fn leaves_behind(&self) -> Vec<String> {
        if self.session.as_ref().is_none_or(|session| session.is_demo) {
            return self.left_sessions().collect();
        }
        let session = self.session.iter().filter(|session| session.is_source_old);
        let advice = self.in_force.advice();
        let signer = session.filter_map(|session| session.source.left_behind(&advice));
        let writes = self.writes.values().filter_map(|operation| self.left_write(&advice, operation));
        // Whoever ends the program before it was seen is told it here: the next start tells it no more.
        let rotations = self.toasts.left_rotations().map(|toast| toast.text.clone());
        signer
            .chain(self.left_sessions())
            .chain(writes)
            .chain(rotations)
            .chain(self.dialog.iter().chain(&self.waiting).flat_map(|dialog| left_dialog(&advice, dialog)))
            .collect()
    }

    fn left_write(&self, advice: &Advice, operation: &Operation) -> Option<String> {
        Some(match operation {
            Operation::Create { scope, name, .. } => format!(
                "A key called “{name}” may have been generated, and nobody has its secret: {} shows it.",
                advice.command(format_args!("list {}", scope.flag()))
            ),
            Operation::SetValid { scope, id, valid } => {
                self.left_change(advice, scope, *id, if *valid { "reactivated" } else { "deactivated" })
            }
            Operation::Rotate { scope, id, .. } => format!(
                "{} If it was, nobody has its new value: {} gives it another.",
                self.left_change(advice, scope, *id, "rotated"),
                advice.command(format_args!("rotate {id} {}", scope.flag()))
            ),
            Operation::Delete { scope, id } => self.left_change(advice, scope, *id, "deleted"),
            _ => return None,
        })
    }

    fn left_change(&self, advice: &Advice, scope: &Scope, id: KeyId, done: &str) -> String {
        let key = self.quoted_by_id(scope, id);
        let get = advice.command(format_args!("get {id} {}", scope.flag()));
        format!("{key} may have been {done}: {get} shows it.")
    }
}

fn left_dialog(advice: &Advice, dialog: &Dialog) -> Vec<String> {
    match dialog {
        Dialog::Secret(dialog) if dialog.would_lose_it() => vec![left_secret(advice, dialog)],
        Dialog::Secret(dialog) => left_signer(advice, dialog).into_iter().collect(),
        Dialog::Lost(dialog) => left_lost(advice, dialog),
        _ => Vec::new(),
    }
}

fn left_secret(advice: &Advice, dialog: &SecretDialog) -> String {
    let key = &dialog.target.key;
    let name = quoted(key);
    let useless = makes_useless(advice, key, &dialog.target.scope);
    if dialog.kind == SecretKind::Rotated {
        let unless = if dialog.taken.is_none() && !dialog.was_shown { "" } else { " unless you do" };
        let again = advice.command(format_args!("rotate {} {}", key.id, dialog.target.scope.flag()));
        return format!("{name} has a new value, and nobody has that{unless}: {again} gives it another.");
    }
    if dialog.taken.is_none() && !dialog.was_shown {
        format!("{name} works, and nobody has its secret: {useless}.")
    } else {
        format!("{name} works, and nobody has its secret unless you do: {useless}.")
    }
}

/// A key that was made to sign the calls, and does not.
fn left_signer(advice: &Advice, dialog: &SecretDialog) -> Option<String> {
    let sign_in = dialog.sign_in.as_ref().filter(|sign_in| !sign_in.is_done())?;
    let key = &dialog.target.key;
    let useless = makes_useless(advice, key, &dialog.target.scope);
    if matches!(sign_in.stage, SignInStage::Failed(NotSignedIn::Failed(_))) {
        return Some(format!("{} did not prove that it works, and was not signed in with: {useless}.", quoted(key)));
    }
    Some(format!("{} works, and was not signed in with: start ckeys with it, or {useless}.", quoted(key)))
}

fn left_lost(advice: &Advice, dialog: &LostDialog) -> Vec<String> {
    let lost = &dialog.lost;
    let Ok(keys) = &lost.found else {
        let command = advice.command(format_args!("list {}", lost.scope.flag()));
        return vec![format!(
            "Whether a key called “{}” was generated could not be told yet: {command} shows it.",
            lost.name
        )];
    };
    let of_concern = keys.iter().filter(|key| key.valid && lost.is_likely(key));
    let told = |key: &ApiKey| {
        let useless = makes_useless(advice, key, &lost.scope);
        format!("{} works, and nobody has its secret, as far as can be told: {useless}.", quoted(key))
    };
    of_concern.map(told).collect()
}

fn makes_useless(advice: &Advice, key: &ApiKey, scope: &Scope) -> String {
    let deactivate = advice.command(format_args!("deactivate {} {}", key.id, scope.flag()));
    format!("{deactivate} makes it useless")
}
