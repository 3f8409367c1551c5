//! Where keys may be pressed: each pane, filter and dialog in each of its stages.

use confident_keys::api::error::ApiError;
use confident_keys::api::model::{ApiKey, KeyId, LastUsed, Scope};
use confident_keys::app::Event;
use confident_keys::app::dialog::{DeleteButton, Dialog};
use confident_keys::app::message::Delivery;
use confident_keys::app::toast::Tone;
use confident_keys::destination::{Ask, Look, Obstacle};
use confident_keys::export::file::NotSaved;
use confident_keys::operations::{Answer, Lost, NotSignedIn, Operation};
use jiff::SignedDuration;

use crate::support::{
    FAKE_SECRET, NEWER, Rig, asks_to_wait, created, key, keys_of, lost_key, lost_rotation, new_key, old_key, project,
    replacement, rotated, start_time, status, unreachable, with_valid,
};

pub(crate) type Situation = (&'static str, fn() -> Rig);

/// A name, and how it comes about.
pub(crate) const SITUATIONS: &[Situation] = &[
    ("signed out", Rig::signed_out),
    ("scopes", Rig::ready),
    ("scopes, nothing read yet", Rig::loading),
    ("scopes, reads failed", || failed_reads(Rig::loading())),
    ("scopes, second chosen", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("h");
        rig
    }),
    ("scopes, filtered", || {
        let mut rig = Rig::ready();
        rig.press("/");
        rig.type_text("sta");
        rig.press("Enter");
        rig
    }),
    ("scopes, with a message", || with_message(Rig::ready())),
    ("keys", || Rig::keys_of("prod")),
    ("keys, on the last", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("G");
        rig
    }),
    ("keys, on the signing key", || {
        let mut rig = Rig::ready();
        rig.presses("Enter G");
        rig
    }),
    ("keys, on an inactive one", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j");
        rig
    }),
    ("keys, two with one name", || Rig::keys_of("stage")),
    ("keys, none there", || Rig::keys_of("void")),
    ("keys, nothing read yet", || {
        let mut rig = Rig::loading();
        rig.press("Tab");
        rig
    }),
    ("keys, reads failed", || {
        let mut rig = failed_reads(Rig::loading());
        rig.press("Tab");
        rig
    }),
    ("keys, read-only", read_only),
    ("keys, read-only and told", || {
        let mut rig = read_only();
        rig.press("x");
        rig
    }),
    ("keys, none there, read-only", || {
        let mut rig = read_only();
        rig.presses("h j j Enter");
        rig.pass(SignedDuration::from_secs(1));
        rig.answer_all();
        rig
    }),
    ("keys, waiting for a pause", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("r");
        for (request, _) in std::mem::take(&mut rig.asked) {
            rig.reply(request, Err(asks_to_wait(60)));
        }
        rig.presses("Esc h j Enter");
        rig
    }),
    ("keys, filtered", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("/");
        rig.type_text("n");
        rig.press("Enter");
        rig
    }),
    ("keys, filtered to nothing", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("/");
        rig.type_text("nothing");
        rig.press("Enter");
        rig
    }),
    ("keys, with a message", || with_message(Rig::keys_of("prod"))),
    ("keys, two marked", || marked("prod")),
    ("keys, a range begun", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("v j");
        rig
    }),
    ("all keys", all_keys),
    ("all keys, being read", || {
        let mut rig = Rig::ready();
        rig.press("0");
        rig
    }),
    ("all keys, some unreadable", some_unreadable),
    ("filter of all keys, with a mistake", || {
        let mut rig = all_keys();
        rig.press("/");
        rig.type_text("stale:>9x");
        rig
    }),
    ("filter of the scopes", || {
        let mut rig = Rig::ready();
        rig.press("/");
        rig.type_text("p");
        rig
    }),
    ("filter of the keys", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("/");
        rig.type_text("n");
        rig
    }),
    ("generate, empty", generate),
    ("generate, named", generate_named),
    ("generate, busy", || {
        let mut rig = generate_named();
        rig.generate();
        rig
    }),
    ("generate, failed", || {
        let mut rig = generate_named();
        rig.generate();
        fail(rig, status(403))
    }),
    ("generate, on the ways", || {
        let mut rig = generate_named();
        rig.press("Tab");
        rig
    }),
    ("generate, on a path", || {
        let mut rig = generate();
        rig.type_text("GitLab");
        rig.presses("Tab Right Right Tab");
        rig
    }),
    ("generate, looking, wanted", || {
        let mut rig = generate_named();
        rig.press("Enter");
        rig
    }),
    ("generate, in the way", || {
        let mut rig = generate_named();
        rig.press("Enter");
        let obstacle = Some(Obstacle { words: "it is full".into(), in_the_way: false });
        rig.looked_at(Look { goes_to: "a disk".into(), obstacle, ask: None, warnings: Vec::new() });
        rig
    }),
    ("generate, to be agreed to", || {
        let mut rig = generate_named();
        rig.press("Enter");
        rig.looked_at(Look {
            goes_to: "a file".into(),
            obstacle: None,
            ask: Some(Ask::OverEntry),
            warnings: Vec::new(),
        });
        rig
    }),
    ("generate, with a lifetime", || {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Capabilities(NEWER));
        rig.press("c");
        rig.looked();
        rig.type_text("GitLab");
        rig.presses("Shift-Tab 4 5");
        rig
    }),
    ("rotate in place", || Rig::rotating(12)),
    ("rotate in place, on the lifetimes", || {
        let mut rig = Rig::rotating(12);
        rig.press("Tab");
        rig
    }),
    ("rotate in place, on a path", || {
        let mut rig = Rig::rotating(12);
        rig.presses("Tab Tab Right Tab");
        rig
    }),
    ("rotate in place, a key in use at once", || {
        let mut rig = rotating_at_once();
        rig.presses("Shift-Tab");
        rig.type_text("GitHub");
        rig
    }),
    ("rotate in place, not read yet", || {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Capabilities(NEWER));
        rig.presses("R Enter");
        rig
    }),
    ("rotate in place, refused", || {
        let mut rig =
            Rig::rotating_changed(12, |key| key.expires_at = Some(start_time() + SignedDuration::from_hours(5)));
        rig.press("Enter");
        rig
    }),
    ("rotate in place, busy", || rotating_busy(Rig::rotating(12))),
    ("rotate in place, failed", || fail(rotating_busy(Rig::rotating(12)), status(403))),
    ("rotate in place, lost", || rotation_lost(true)),
    ("rotate in place, gone", || {
        let mut rig = Rig::rotating(12);
        reread(&mut rig, |keys| keys.retain(|key| key.id != KeyId(12)));
        rig
    }),
    ("secret of a rotated key", || {
        let mut rig = rotating_busy(Rig::rotating(12));
        rig.reply_write(Ok(rotated(12, 24)));
        rig
    }),
    ("change the signing key", || {
        let mut rig = Rig::on_signer();
        rig.press("R");
        rig
    }),
    ("generate, a signing key", || {
        let mut rig = Rig::on_signer();
        rig.presses("R Enter");
        rig.looked();
        rig
    }),
    ("secret of a signing key", Rig::new_signer),
    ("secret of a signing key, on its way", || {
        let mut rig = Rig::new_signer();
        rig.press("Enter");
        rig
    }),
    ("secret of a signing key, saved by hand", || {
        let mut rig = Rig::new_signer();
        rig.presses("v Esc");
        rig.type_text("saved");
        rig.press("Enter");
        rig
    }),
    ("secret of a signing key, busy", Rig::signing_in),
    ("secret of a signing key, refused", || {
        let mut rig = Rig::signing_in();
        rig.signed_in(Some(NotSignedIn::Failed(status(401))));
        rig
    }),
    ("secret of a signing key, signed in with", || {
        let mut rig = Rig::signing_in();
        rig.signed_in(None);
        rig
    }),
    ("deactivate, the old signing key", || {
        let mut rig = Rig::signing_in();
        rig.signed_in(None);
        rig.press("Enter");
        rig.examined();
        rig
    }),
    ("secret, on its way", || {
        let mut rig = generate();
        rig.type_text("GitLab");
        rig.generate();
        rig.reply_write(Ok(created(99, "GitLab", Some(FAKE_SECRET))));
        rig
    }),
    ("secret, to a file", || {
        let mut rig = secret();
        rig.press("f");
        rig.type_text("key");
        rig
    }),
    ("secret, not taken", secret),
    ("secret, shown", || {
        let mut rig = secret();
        rig.press("v");
        rig
    }),
    ("secret, copying", || {
        let mut rig = secret();
        rig.press("c");
        rig
    }),
    ("secret, in the clipboard", || copied(Ok(Delivery::Clipboard { clears_after: None }))),
    ("secret, sent to the terminal", || copied(Ok(Delivery::Terminal))),
    ("secret, not copied", || copied(Err("There is no clipboard.".into()))),
    ("farewell, nothing typed", || farewell("")),
    ("farewell, saved", || farewell("saved")),
    ("farewell, discard", || farewell(" Discard ")),
    ("farewell, another word", || farewell("save")),
    ("farewell, copied meanwhile", || {
        let mut rig = secret();
        rig.presses("c Esc");
        deliver(rig, Ok(Delivery::Clipboard { clears_after: None }))
    }),
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
        rig.send(Event::Reconciled(Box::new(Lost { error: None, ..lost_key(found) })));
        rig
    }),
    ("lost, the signing key", || {
        let mut rig = Rig::ready();
        let found = Ok(vec![keys_of(&Scope::Organization).remove(0)]);
        rig.send(Event::Reconciled(Box::new(Lost { scope: Scope::Organization, ..lost_key(found) })));
        rig
    }),
    ("generate, a successor", || {
        let mut rig = Rig::replacing(&old_key(Some(60), true), None, None);
        rig.press("Enter");
        rig.looked();
        rig
    }),
    ("replace, being recalled", || {
        let mut rig = Rig::older("prod");
        rig.press("R");
        rig
    }),
    ("replace, not begun", || Rig::replacing(&old_key(Some(60), true), None, None)),
    ("replace, an inactive one", || {
        let mut rig = Rig::older("prod");
        rig.presses("j j j R");
        rig.recalls(Vec::new());
        rig.examined_of(&[key(14, None, false, 50, None)], None);
        rig
    }),
    ("replace, waiting", || Rig::replacing(&old_key(Some(60), true), Some(&new_key(None)), None)),
    ("replace, both used", || Rig::replacing(&old_key(Some(3), true), Some(&new_key(Some(5))), None)),
    ("replace, moved over", moved_over),
    ("replace, asked to end", || {
        let mut rig = moved_over();
        rig.press("e");
        rig
    }),
    ("replace, ending, busy", || {
        let mut rig = moved_over();
        rig.presses("e e");
        rig
    }),
    ("replace, old off", || soaking(1)),
    ("replace, old off, bringing back, busy", || {
        let mut rig = soaking(1);
        rig.press("u");
        rig
    }),
    ("replace, not brought back", || {
        let mut rig = soaking(1);
        rig.press("u");
        fail(rig, status(500))
    }),
    ("replace, soaked", || soaking(8)),
    ("replace, done", || {
        let mut rig = soaking(8);
        rig.press("r");
        rig.recalls(Vec::new());
        rig.examined_of(&[new_key(Some(5))], None);
        rig.asked.clear();
        rig
    }),
    ("replace, successor gone", || {
        let mut rig = moved_over();
        rig.press("r");
        rig.examined_of(&[old_key(Some(60), true)], None);
        rig.asked.clear();
        rig
    }),
    ("replace, successor expired", || {
        let new = ApiKey { expires_at: Some(start_time()), ..new_key(Some(5)) };
        Rig::replacing(&old_key(Some(60), true), Some(&new), None)
    }),
    ("replace, successor inactive", || {
        let new = ApiKey { valid: false, ..new_key(Some(5)) };
        Rig::replacing(&old_key(Some(60), true), Some(&new), None)
    }),
    ("replace, could not be read", || {
        let mut rig = moved_over();
        rig.press("r");
        rig.recalls(Vec::new());
        rig.reply_examine(Err(status(503)), None);
        rig.reply_examine(Err(status(503)), None);
        rig
    }),
    ("rotations", rotations),
    ("rotations, in place", in_place),
    ("rotations, one in place opened", || {
        let mut rig = in_place();
        rig.press("Enter");
        rig
    }),
    ("rotations, on the second", || {
        let mut rig = rotations();
        rig.press("j");
        rig
    }),
    ("rotations, being recalled", || {
        let mut rig = Rig::ready();
        rig.press("o");
        rig
    }),
    ("rotations, none", || {
        let mut rig = Rig::ready();
        rig.press("o");
        rig.recalls(Vec::new());
        rig
    }),
    ("rotations, one opened", || {
        let mut rig = rotations();
        rig.press("Enter");
        rig
    }),
    ("many, deactivate", || {
        let mut rig = marked("prod");
        rig.press("x");
        rig
    }),
    ("many, deactivate, on the button", || {
        let mut rig = marked("prod");
        rig.presses("x Tab");
        rig
    }),
    ("many, delete, typed", || {
        let mut rig = all_keys();
        rig.presses("* D");
        rig.type_text("2");
        rig
    }),
    ("many, delete, none that may be", || {
        let mut rig = marked("prod");
        rig.press("D");
        rig
    }),
    ("many, running", || {
        let mut rig = marked("void");
        rig.presses("x y");
        rig
    }),
    ("many, stopping", || {
        let mut rig = marked("void");
        rig.presses("x y Esc");
        rig
    }),
    ("many, over", || {
        let mut rig = marked("void");
        rig.presses("x y");
        rig.reply_examine(Err(status(500)), None);
        rig.reply_examine(Err(status(403)), None);
        rig.asked.clear();
        rig
    }),
    ("unreadable", || {
        let mut rig = some_unreadable();
        rig.press("!");
        rig
    }),
    ("export", export),
    ("export, to the clipboard", || {
        let mut rig = export();
        rig.presses("Tab Space");
        rig
    }),
    ("export, on the path", || {
        let mut rig = export();
        rig.presses("Shift-Tab");
        rig
    }),
    ("export, being written", || {
        let mut rig = export();
        rig.press("Enter");
        rig
    }),
    ("export, there is one", || {
        let mut rig = export();
        rig.press("Enter");
        rig.saved(Err(NotSaved::Exists));
        rig
    }),
    ("copy menu", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("y");
        rig
    }),
    ("copy menu, unnamed", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("j j j y");
        rig
    }),
    ("help", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("?");
        rig
    }),
    ("help, on a low screen", || {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Resize { cols: 60, rows: 16 });
        rig.presses("? j j");
        rig
    }),
    ("details", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("Enter");
        rig
    }),
    ("journal", Rig::in_journal),
    ("journal, being read", || {
        let mut rig = Rig::ready();
        rig.press("@");
        rig
    }),
    ("journal, on a low screen", || {
        let mut rig = Rig::in_journal();
        rig.send(Event::Resize { cols: 60, rows: 16 });
        rig.presses("j j");
        rig
    }),
];

/// The first key's successor is in use, and the key stands still.
fn moved_over() -> Rig {
    Rig::replacing(&old_key(Some(60), true), Some(&new_key(Some(5))), None)
}

/// The old key is deactivated since so many days.
fn soaking(days: i64) -> Rig {
    let since = start_time() - SignedDuration::from_hours(24 * days);
    Rig::replacing(&old_key(Some(60), false), Some(&new_key(Some(5))), Some(since))
}

/// Two replacements are open.
fn rotations() -> Rig {
    let mut rig = Rig::keys_of("prod");
    let (scope, other) = (project("prod"), key(98, Some("Nightly evals (2)"), true, 1, None));
    reread(&mut rig, |keys| keys.extend([new_key(Some(5)), other.clone()]));
    rig.press("o");
    let first = replacement(&scope, KeyId(11), &new_key(None), start_time() - SignedDuration::from_hours(2));
    let second = replacement(&scope, KeyId(12), &other, start_time() - SignedDuration::from_hours(24));
    rig.recalls(vec![first, second]);
    rig
}

/// No replacement is open, and a key has two values that work.
fn in_place() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(NEWER));
    reread(&mut rig, |keys| keys[0].rotates_at = Some(start_time() + SignedDuration::from_hours(5)));
    rig.press("o");
    rig.recalls(Vec::new());
    rig
}

fn failed_reads(mut rig: Rig) -> Rig {
    for (request, _) in std::mem::take(&mut rig.asked) {
        rig.reply(request, Err(status(503)));
    }
    rig
}

/// All keys there are, in one table.
fn all_keys() -> Rig {
    let mut rig = Rig::ready();
    rig.press("0");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    rig
}

/// The keys of two projects could not be read.
fn some_unreadable() -> Rig {
    let mut rig = Rig::ready();
    rig.press("0");
    for error in [status(403), status(500)] {
        let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
        rig.reply(request, Err(error));
    }
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    rig
}

/// The form that exports the keys of a project.
fn export() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("e");
    rig
}

/// Two keys of the project `id` are marked.
fn marked(id: &str) -> Rig {
    let mut rig = Rig::keys_of(id);
    if id == "void" {
        rig.press("r");
        let keys = (1..=3).map(|id| key(id, Some("CI"), true, id, None)).collect();
        let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
        rig.reply(request, Ok(Answer::Keys(keys)));
        rig.answer_all();
    }
    rig.presses("Space Space");
    rig
}

/// A key was to be deactivated, and the service answered 403.
fn read_only() -> Rig {
    let mut rig = deactivate();
    rig.press("y");
    let mut rig = fail(rig, status(403));
    rig.press("Esc");
    rig
}

fn with_message(mut rig: Rig) -> Rig {
    let now = rig.now;
    rig.app.toasts.push(Tone::Error, "It failed.", now);
    rig
}

/// The form, where a key in use would be rotated without a grace period.
fn rotating_at_once() -> Rig {
    let mut rig = Rig::rotating_changed(11, |key| key.last_used = LastUsed::At(start_time()));
    rig.presses("Left Left");
    rig
}

/// The rotation that the form is about is under way.
fn rotating_busy(mut rig: Rig) -> Rig {
    rig.press("Enter");
    rig.looked();
    rig
}

/// The answer to a rotation was lost; it took place or not.
fn rotation_lost(took_place: bool) -> Rig {
    let mut rig = rotating_busy(Rig::rotating(12));
    rig.reply_write(Ok(lost_rotation(12, Some(took_place))));
    rig
}

fn generate() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.looked();
    rig
}

fn generate_named() -> Rig {
    let mut rig = generate();
    rig.fill_in(" GitLab ");
    rig
}

fn secret() -> Rig {
    let mut rig = generate_named();
    rig.generate();
    rig.reply_write(Ok(created(99, "GitLab", Some(FAKE_SECRET))));
    rig
}

fn copied(result: Result<Delivery, String>) -> Rig {
    let mut rig = secret();
    rig.press("c");
    deliver(rig, result)
}

fn deliver(mut rig: Rig, result: Result<Delivery, String>) -> Rig {
    let (request, _) = rig.copies.pop().unwrap();
    rig.send(Event::Copied(request, result));
    rig
}

fn farewell(word: &str) -> Rig {
    let mut rig = secret();
    rig.press("Esc");
    rig.type_text(word);
    rig
}

/// The answer to generating a key was lost, and the list says this.
fn lost(found: Result<Vec<ApiKey>, ApiError>) -> Rig {
    let mut rig = generate_named();
    rig.generate();
    rig.reply_write(Ok(Answer::Lost(Box::new(lost_key(found)))));
    rig
}

fn deactivate() -> Rig {
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

fn fail(mut rig: Rig, error: ApiError) -> Rig {
    rig.reply_write(Err(error));
    rig
}

/// The keys of the first project are read again, after `change`.
fn reread(rig: &mut Rig, change: impl Fn(&mut Vec<ApiKey>)) {
    // A new connection to the service reads everything, whatever dialog is open.
    rig.send(Event::Connected(crate::support::session()));
    let mut keys = keys_of(&project("prod"));
    change(&mut keys);
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    rig.reply(request, Ok(Answer::Keys(keys)));
    rig.answer_all();
}
