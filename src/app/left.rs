//! What the program leaves behind where it ends in the middle of something, for the shell's screen: its own is gone by
//! then, and with it whatever it said.

use super::App;
use super::dialog::{Dialog, LostDialog, SecretDialog, SecretKind, SignInStage};
use super::reply::quoted;
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::operations::{NotSignedIn, Operation};

impl App {
    /// What whoever ends the program now should know, a line each. Of made-up keys there is nothing to know.
    pub fn leaves_behind(&self) -> Vec<String> {
        if self.session.as_ref().is_none_or(|session| session.is_demo) {
            return self.left_sessions().collect();
        }
        let session = self.session.iter().filter(|session| session.is_source_old);
        let signer = session.filter_map(|session| session.source.left_behind());
        let writes = self.writes.values().filter_map(|operation| self.left_write(operation));
        // Whoever ends the program before it was seen is told it here: the next start tells it no more.
        let rotations = self.toasts.left_rotations().map(|toast| toast.text.clone());
        signer
            .chain(self.left_sessions())
            .chain(writes)
            .chain(rotations)
            .chain(self.dialog.iter().chain(&self.waiting).flat_map(left_dialog))
            .collect()
    }

    fn left_write(&self, operation: &Operation) -> Option<String> {
        Some(match operation {
            Operation::Create { scope, name, .. } => format!(
                "A key called “{name}” may have been generated, and nobody has its secret: `ckeys list {}` shows it.",
                scope.flag()
            ),
            Operation::SetValid { scope, id, valid } => {
                self.left_change(scope, *id, if *valid { "reactivated" } else { "deactivated" })
            }
            Operation::Rotate { scope, id, .. } => format!(
                "{} If it was, nobody has its new value: `ckeys rotate {id} {}` gives it another.",
                self.left_change(scope, *id, "rotated"),
                scope.flag()
            ),
            Operation::Delete { scope, id } => self.left_change(scope, *id, "deleted"),
            _ => return None,
        })
    }

    fn left_change(&self, scope: &Scope, id: KeyId, done: &str) -> String {
        let key = self.quoted_by_id(scope, id);
        format!("{key} may have been {done}: `ckeys get {id} {}` shows it.", scope.flag())
    }
}

fn left_dialog(dialog: &Dialog) -> Vec<String> {
    match dialog {
        Dialog::Secret(dialog) if dialog.would_lose_it() => vec![left_secret(dialog)],
        Dialog::Secret(dialog) => left_signer(dialog).into_iter().collect(),
        Dialog::Lost(dialog) => left_lost(dialog),
        _ => Vec::new(),
    }
}

fn left_secret(dialog: &SecretDialog) -> String {
    let key = &dialog.target.key;
    let name = quoted(key);
    let useless = makes_useless(key, &dialog.target.scope);
    if dialog.kind == SecretKind::Rotated {
        let unless = if dialog.taken.is_none() && !dialog.was_shown { "" } else { " unless you do" };
        let again = format!("`ckeys rotate {} {}` gives it another", key.id, dialog.target.scope.flag());
        return format!("{name} has a new value, and nobody has that{unless}: {again}.");
    }
    if dialog.taken.is_none() && !dialog.was_shown {
        format!("{name} works, and nobody has its secret: {useless}.")
    } else {
        format!("{name} works, and nobody has its secret unless you do: {useless}.")
    }
}

/// A key that was made to sign the calls, and does not.
fn left_signer(dialog: &SecretDialog) -> Option<String> {
    let sign_in = dialog.sign_in.as_ref().filter(|sign_in| !sign_in.is_done())?;
    let key = &dialog.target.key;
    let useless = makes_useless(key, &dialog.target.scope);
    if matches!(sign_in.stage, SignInStage::Failed(NotSignedIn::Failed(_))) {
        return Some(format!("{} did not prove that it works, and was not signed in with: {useless}.", quoted(key)));
    }
    Some(format!("{} works, and was not signed in with: start ckeys with it, or {useless}.", quoted(key)))
}

fn left_lost(dialog: &LostDialog) -> Vec<String> {
    let lost = &dialog.lost;
    let Ok(keys) = &lost.found else {
        let flag = lost.scope.flag();
        return vec![format!(
            "Whether a key called “{}” was generated could not be told yet: `ckeys list {flag}` shows it.",
            lost.name
        )];
    };
    let of_concern = keys.iter().filter(|key| key.valid && lost.is_likely(key));
    let told = |key: &ApiKey| {
        let useless = makes_useless(key, &lost.scope);
        format!("{} works, and nobody has its secret, as far as can be told: {useless}.", quoted(key))
    };
    of_concern.map(told).collect()
}

fn makes_useless(key: &ApiKey, scope: &Scope) -> String {
    format!("`ckeys deactivate {} {}` makes it useless", key.id, scope.flag())
}
