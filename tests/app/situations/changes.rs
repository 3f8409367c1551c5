//! Situations of keys that are deactivated, brought back and deleted, and of lost answers.

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, KeyId, Scope};
use confident_keys::app::Event;
use confident_keys::app::dialog::{DeleteButton, Dialog};
use confident_keys::operations::{Answer, Lost, Reconciled};
use jiff::SignedDuration;

use super::{Situation, fail, generate_named, reread};
use crate::support::{Rig, asks_to_wait, key, keys_of, lost_key, project, status, unreachable, with_valid};

pub(super) const SITUATIONS: &[Situation] = &[
    ("deactivate, on cancel", deactivate),
    ("deactivate, on the button", || {
        let mut rig = deactivate();
        rig.press("Tab");
        rig
    }),
    ("deactivate, busy", || {
        let mut rig = deactivate();
        rig.press("y");
        rig
    }),
    ("deactivate, failed", || {
        let mut rig = deactivate();
        rig.press("y");
        fail(rig, status(500))
    }),
    ("deactivate, done by another", || {
        let mut rig = deactivate();
        reread(&mut rig, |keys| keys.iter_mut().for_each(|key| key.valid = false));
        rig
    }),
    ("deactivate, gone", || {
        let mut rig = deactivate();
        reread(&mut rig, Vec::clear);
        rig
    }),
    ("deactivate, looking", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("x");
        rig
    }),
    ("deactivate, agreed, looking", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("x y");
        rig
    }),
    ("deactivate, could not look", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("x");
        rig.reply_examine(Err(status(503)), None);
        rig
    }),
    ("deactivate, in use", || deactivate_used("")),
    ("deactivate, in use, looking", || {
        let mut rig = deactivate_used("");
        rig.press("Esc");
        rig.press("x");
        rig.type_text("GitHub Actions");
        rig
    }),
    ("deactivate, in use, mistyped", || {
        let mut rig = deactivate_used("GitHub");
        rig.press("Enter");
        rig
    }),
    ("deactivate, in use, typed", || deactivate_used("GitHub Actions")),
    ("deactivate, in use, busy", || {
        let mut rig = deactivate_used("GitHub Actions");
        rig.press("Enter");
        rig
    }),
    ("keys, one deactivated", deactivated),
    ("scopes, one deactivated", || {
        let mut rig = deactivated();
        rig.press("h");
        rig
    }),
    ("undo", || {
        let mut rig = deactivated();
        rig.ask("u");
        rig
    }),
    ("undo, done by another", || {
        let mut rig = deactivated();
        rig.press("u");
        rig.reply_examine(Ok(with_valid(&project("prod"), 11, true)), None);
        rig
    }),
    ("delete, looking", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("D");
        rig.type_text("GitHub Actions");
        rig
    }),
    ("reactivate", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j");
        rig.ask("x");
        rig
    }),
    ("delete, nothing typed", || delete("", DeleteButton::Field)),
    ("delete, mistyped", || {
        let mut rig = delete("github actions", DeleteButton::Field);
        rig.press("Enter");
        rig
    }),
    ("delete, typed", || delete("GitHub Actions", DeleteButton::Field)),
    ("delete, typed, on cancel", || delete("GitHub Actions", DeleteButton::Cancel)),
    ("delete, not typed, on deactivate", || delete("", DeleteButton::Deactivate)),
    ("delete, not typed, on delete", || delete("GitHub", DeleteButton::Delete)),
    ("delete, typed, on delete", || delete("GitHub Actions", DeleteButton::Delete)),
    ("delete, busy", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        rig
    }),
    ("delete, deactivated, busy", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
        rig
    }),
    ("delete, deactivated, failed", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
        fail(rig, status(503))
    }),
    ("delete, failed", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        fail(rig, status(429))
    }),
    ("delete, asked to wait", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        rig.press("Enter");
        fail(rig, asks_to_wait(60))
    }),
    ("delete, an inactive one, typed", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j");
        rig.ask("D");
        rig.type_text("14");
        rig
    }),
    ("delete, deactivated by another", || {
        let mut rig = delete("", DeleteButton::Deactivate);
        reread(&mut rig, |keys| keys.iter_mut().for_each(|key| key.valid = false));
        rig
    }),
    ("delete, gone", || {
        let mut rig = delete("GitHub Actions", DeleteButton::Field);
        reread(&mut rig, Vec::clear);
        rig
    }),
    ("lost, one found", || lost(Ok(vec![key(99, Some("GitLab"), true, 0, None)]))),
    ("lost, several found", || {
        let mut inactive = key(99, Some("GitLab"), true, 0, None);
        inactive.valid = false;
        let mut rig = lost(Ok(vec![key(98, Some("GitLab"), true, 0, None), inactive, key(97, None, true, 0, None)]));
        rig.press("j");
        rig
    }),
    ("lost, none found", || lost(Ok(Vec::new()))),
    ("lost, list not read", || lost(Err(unreachable()))),
    ("lost, looking again", || {
        let mut rig = lost(Ok(vec![key(99, Some("GitLab"), true, 0, None)]));
        rig.press("r");
        rig
    }),
    ("lost, by an earlier program", || {
        let mut rig = Rig::keys_of("prod");
        let found = Ok(vec![key(99, Some("GitLab"), true, 0, None)]);
        rig.send(Event::Reconciled(Reconciled::New(Box::new(Lost { error: None, ..lost_key(found) }))));
        rig
    }),
    ("lost, the signing key", || {
        let mut rig = Rig::ready();
        let found = Ok(vec![keys_of(&Scope::Organization).remove(0)]);
        rig.send(Event::Reconciled(Reconciled::New(Box::new(Lost { scope: Scope::Organization, ..lost_key(found) }))));
        rig
    }),
];

/// The answer to generating a key was lost, and the list says this.
fn lost(found: Result<Vec<ApiKey>, ApiError>) -> Rig {
    let mut rig = generate_named();
    rig.generate();
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(found)))));
    rig
}

pub(super) fn deactivate() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.ask("x");
    rig
}

/// One that turns out to be in use.
fn deactivate_used(typed: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("x");
    rig.examined_used();
    rig.type_text(typed);
    rig
}

/// The key 11 was deactivated.
fn deactivated() -> Rig {
    let mut rig = deactivate();
    rig.press("y");
    rig.reply_write(Ok(Answer::Key(with_valid(&project("prod"), 11, false))));
    reread(&mut rig, |keys| keys.iter_mut().filter(|key| key.id == KeyId(11)).for_each(|key| key.valid = false));
    rig.pass(SignedDuration::from_mins(1));
    rig
}

fn delete(typed: &str, button: DeleteButton) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.ask("D");
    rig.type_text(typed);
    while !matches!(&rig.app.dialog, Some(Dialog::Delete(form)) if form.button == button) {
        rig.press("Tab");
    }
    rig
}
