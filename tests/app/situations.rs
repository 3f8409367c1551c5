//! Where keys may be pressed: each pane, filter and dialog in each of its stages.

mod changes;
mod commands;
mod profiles;
mod rotations;

use confident_keys::api::error::ApiError;
use confident_keys::api::model::ApiKey;
use confident_keys::app::Event;
use confident_keys::app::message::Delivery;
use confident_keys::app::toast::Tone;
use confident_keys::destination::{Ask, Look, Obstacle};
use confident_keys::export::file::NotSaved;
use confident_keys::operations::{Answer, NotSignedIn, Operation};
use jiff::SignedDuration;

use crate::support::{FAKE_SECRET, NEWER, Rig, asks_to_wait, created, key, keys_of, project, status};

pub(crate) type Situation = (&'static str, fn() -> Rig);

/// A name, and how it comes about: all of them.
pub(crate) fn situations() -> impl Iterator<Item = Situation> {
    let all = [SITUATIONS, changes::SITUATIONS, commands::SITUATIONS, rotations::SITUATIONS, profiles::SITUATIONS];
    all.into_iter().flatten().copied()
}

const SITUATIONS: &[Situation] = &[
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
    ("scopes, folded", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("b Tab");
        rig
    }),
    ("keys, on a narrow screen", || {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Resize { cols: 80, rows: 24 });
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
    let mut rig = changes::deactivate();
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
