//! The states that the screen can be in, each with a name.

mod profiles;

use std::time::Duration;

use confident_keys::api::announcement::Announcement;
use confident_keys::api::model::{ApiKey, KeyId, LastUsed, Scope};
use confident_keys::app::ClipboardRoute;
use confident_keys::app::message::Delivery;
use confident_keys::config::{Settings, Times};
use confident_keys::destination::{Ask, Delivered, Look, NotDelivered, Obstacle};
use confident_keys::export::file::NotSaved;
use confident_keys::journal::{JournalError, Report};
use confident_keys::operations::{NotSignedIn, Operation};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::data::{Names, now, project};
use crate::report::Writer;
use crate::scene::{Opening, Scene, asks_to_wait, page, refused, status, timeout, untrusted};

/// A state, and how it is reached.
pub(crate) type State = (&'static str, fn(Names) -> Scene);

/// Every state.
pub(crate) fn all() -> impl Iterator<Item = State> {
    [
        PANES,
        ALL_KEYS,
        MANY,
        FAILURES,
        PAUSES,
        PERMISSIONS,
        FORMS,
        ROTATE_IN_PLACE,
        SIGNER,
        LOST,
        SECRETS,
        QUESTIONS,
        REPLACEMENTS,
        TEXTS,
        JOURNAL,
        TOASTS,
        profiles::STATES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The state with this name.
pub(crate) fn named(name: &str) -> State {
    all().find(|state| state.0 == name).unwrap()
}

const CLIPBOARD: Delivery = Delivery::Clipboard { clears_after: Some(Duration::from_secs(45)) };

const PANES: &[State] = &[
    ("start", |names| Opening::new(names).start()),
    ("organization", Scene::organization),
    ("demo", |names| Opening { is_demo: true, ..Opening::new(names) }.start().reads()),
    ("project", |names| Scene::project(names, 1)),
    ("project_end", |names| Scene::project(names, 1).keys("G")),
    ("project_in_scopes", |names| Scene::organization(names).keys("j").reads()),
    ("scopes_all_read", |names| Scene::project(names, 7).keys("h")),
    ("scope_being_read", |names| Scene::organization(names).keys("j")),
    ("scope_with_many_keys", |names| Scene::project(names, 6).keys("PgDn PgDn")),
    ("tab_in_use", |names| Scene::project(names, 1).keys("2")),
    ("tab_stale", |names| Scene::project(names, 1).keys("3")),
    ("tab_inactive", |names| Scene::project(names, 1).keys("4")),
    ("tab_empty", |names| Scene::project(names, 5).keys("3")),
    ("scope_empty", |names| Scene::project(names, 7)),
    ("filter_empty_field", |names| Scene::project(names, 1).keys("/")),
    ("filter_typed", |names| Scene::project(names, 1).keys("/").types("act")),
    ("filter_kept", |names| Scene::project(names, 1).keys("/").types("act").keys("Enter")),
    ("filter_long", |names| Scene::project(names, 1).keys("/").types("exporter of the customer support assistant")),
    ("filter_without_match", |names| Scene::project(names, 1).keys("/").types("zzz").keys("Enter")),
    ("filter_scopes", |names| Scene::organization(names).keys("/").types("app")),
    ("filter_scopes_without_match", |names| Scene::organization(names).keys("/").types("zzz")),
    ("sorted_by_last_use", |names| Scene::project(names, 1).keys("s")),
    ("sorted_by_name", |names| Scene::project(names, 1).keys("s s s")),
    ("sorted_by_status_reversed", |names| Scene::project(names, 1).keys("s s s s S")),
    ("expiring", |names| Scene::project(names, 3)),
    ("expiring_in_utc", |names| Scene::project(names, 3).keys("z z")),
    ("sorted_by_expiry", |names| Scene::project(names, 1).keys("s s")),
    ("columns_all", |names| Scene::project(names, 1).keys("w")),
    ("columns_few", |names| Scene::project(names, 1).keys("w w")),
    ("times_local", |names| {
        let zone = TimeZone::fixed(jiff::tz::offset(9));
        let opening = Opening::new(names);
        let settings = Settings { times: Times::Local, ..opening.settings.clone() };
        Opening { settings, zone, ..opening }.start().reads().into_project(1)
    }),
    ("times_utc", |names| Scene::project(names, 1).keys("z z")),
    ("signing_key", |names| Scene::organization(names).keys("Enter").on(1)),
    ("read_again", |names| Scene::project(names, 1).keys("r")),
    ("signed_out", |names| Opening { is_signed_in: false, ..Opening::new(names) }.start()),
];

fn all_keys(names: Names) -> Scene {
    Scene::organization(names).keys("0").reads().later(1)
}

/// Two of the scopes could not be read.
fn some_unreadable(names: Names) -> Scene {
    let fails = |operation: &Operation| match operation {
        Operation::Keys(scope) if *scope == project(2) => Some(status(403, "This key may not list these keys.")),
        Operation::Keys(scope) if *scope == project(5) => Some(timeout()),
        _ => None,
    };
    Scene::organization(names).keys("0").reads_but(fails).later(1)
}

const ALL_KEYS: &[State] = &[
    ("all_keys", all_keys),
    ("all_keys_end", |names| all_keys(names).keys("G")),
    ("all_keys_being_read", |names| Scene::organization(names).keys("0").first_reads(3).later(1)),
    ("all_keys_stopped", |names| Scene::organization(names).keys("0").first_reads(3).later(1).keys("Esc")),
    ("all_keys_unreadable", some_unreadable),
    ("all_keys_unreadable_why", |names| some_unreadable(names).keys("!")),
    ("all_keys_by_scope", |names| all_keys(names).keys("s s s s s")),
    ("all_keys_columns_all", |names| all_keys(names).keys("w")),
    ("all_keys_filter_mistake", |names| all_keys(names).keys("/").types("stale:>9x")),
    ("all_keys_filter_completed", |names| all_keys(names).keys("/").types("!act").keys("Tab").types(" proj")),
    ("all_keys_marked", |names| all_keys(names).keys("Space Space j Space v j")),
];

/// Twelve keys nobody uses are marked, and some that are left alone.
fn marked(names: Names) -> Scene {
    all_keys(names).keys("*")
}

fn deactivating_many(names: Names) -> Scene {
    marked(names).keys("x")
}

/// All of those that are begun are done, and what they make room for is.
fn all_done(mut scene: Scene) -> Scene {
    while scene.has_write() {
        scene = scene.done().reads();
    }
    scene
}

fn deleting_many(names: Names) -> Scene {
    marked(names).keys("D")
}

const MANY: &[State] = &[
    ("many_deactivate", deactivating_many),
    ("many_deactivate_end", |names| deactivating_many(names).keys("PgDn PgDn PgDn Tab")),
    ("many_nothing_to_do", |names| Scene::project(names, 1).on(101).keys("Space D")),
    ("many_delete", deleting_many),
    ("many_delete_mistyped", |names| deleting_many(names).types("99").keys("Enter")),
    ("many_running", |names| deactivating_many(names).keys("y").reads().done().reads().fails(refused())),
    ("many_stopping", |names| deactivating_many(names).keys("y").reads().done().keys("Esc")),
    ("many_done", |names| all_done(deactivating_many(names).keys("y").reads())),
    ("many_failed", |names| {
        let scene = deactivating_many(names).keys("y").reads();
        all_done(scene.fails(timeout()).fails(status(403, "This key may only read.")).fails(refused()).reads())
    }),
    ("many_stopped", |names| {
        deactivating_many(names).keys("y").reads().done().done().keys("Esc").done().done().reads()
    }),
    ("many_undo", |names| all_done(deactivating_many(names).keys("y").reads()).keys("Enter u")),
];

const FAILURES: &[State] = &[
    ("nothing_read", |names| Opening::new(names).start().reads_but(|_| Some(refused()))),
    ("not_trusted", |names| Opening::new(names).start().reads_but(|_| Some(untrusted()))),
    ("not_authorized", |names| {
        Opening::new(names).start().reads_but(|_| Some(status(401, "Invalid organization API key.")))
    }),
    ("projects_not_read", |names| {
        Opening::new(names).start().reads_but(|operation| (*operation == Operation::Projects).then(|| status(503, "")))
    }),
    ("no_projects", |names| Opening::new(names).start().without_projects().reads()),
    ("keys_not_read", |names| Scene::organization(names).keys("j Enter").reads_but(|_| Some(timeout()))),
    ("keys_older", |names| {
        Scene::project(names, 1).later(300).keys("r").reads_but(|operation| {
            matches!(operation, Operation::Keys(_)).then(|| status(500, "Something went wrong."))
        })
    }),
    ("keys_older_message_dismissed", |names| {
        Scene::project(names, 1).later(300).keys("r").reads_but(|_| Some(refused())).keys("Esc")
    }),
];

fn paused(scene: Scene, seconds: u64) -> Scene {
    scene.keys("r").reads_but(|_| Some(asks_to_wait(429, "Slow down, please.", seconds)))
}

const PAUSES: &[State] = &[
    ("pause_nothing_read", |names| {
        Opening::new(names).start().reads_but(|_| Some(asks_to_wait(429, "Slow down, please.", 42)))
    }),
    ("pause_one_second_on", |names| {
        Opening::new(names).start().reads_but(|_| Some(asks_to_wait(429, "Slow down, please.", 42))).later(1)
    }),
    ("pause_maintenance", |names| {
        let error = asks_to_wait(503, "We are back at 15:00 UTC.", 3400);
        Opening::new(names).start().reads_but(|_| Some(error.clone()))
    }),
    ("pause_keys_older", |names| paused(Scene::project(names, 1).later(7300), 42)),
    ("pause_trying_again", |names| paused(Scene::project(names, 1), 2).keys("Esc").later(20)),
    ("pause_another_scope_waits", |names| paused(Scene::organization(names), 42).keys("Esc j").later(1)),
    ("pause_projects", |names| {
        Scene::project(names, 1)
            .later(300)
            .keys("r")
            .reads_but(|operation| (*operation == Operation::Projects).then(|| asks_to_wait(503, "", 42)))
    }),
    ("pause_generate", |names| {
        let scene = Scene::project(names, 1).keys("c").types("CI").keys("Enter");
        scene.fails(asks_to_wait(429, "Slow down, please.", 42).before_sending())
    }),
    ("pause_deactivate", |names| deactivating(names).keys("y").fails(asks_to_wait(429, "Slow down, please.", 42))),
    ("pause_deactivate_over", |names| {
        deactivating(names).keys("y").fails(asks_to_wait(429, "Slow down, please.", 42)).later(42)
    }),
    ("pause_delete", |names| {
        let scene = deleting_active(names).types("Nightly evals").keys("Enter");
        scene.fails(asks_to_wait(429, "Slow down, please.", 42))
    }),
    ("pause_lost_key", |names| losing(names).loses(Err(asks_to_wait(429, "Slow down, please.", 42)))),
];

fn read_only(names: Names) -> Scene {
    deactivating(names).keys("y").fails(status(403, "This key may only read.")).keys("Esc")
}

const PERMISSIONS: &[State] = &[
    ("read_only_refused", |names| deactivating(names).keys("y").fails(status(403, "This key may only read."))),
    ("read_only", read_only),
    ("read_only_told", |names| read_only(names).keys("x")),
    ("read_only_empty_scope", |names| read_only(names).keys("h").keys("G").later(1).reads().keys("Enter")),
    ("read_only_older", |names| read_only(names).later(300).keys("r").reads_but(|_| Some(refused())).keys("Esc")),
    ("key_refused_meanwhile", |names| {
        Scene::project(names, 1).later(300).keys("r").reads_but(|_| Some(status(401, "Invalid organization API key.")))
    }),
    ("key_refused_told", |names| {
        let scene = Scene::project(names, 1).later(300).keys("r");
        scene.reads_but(|_| Some(status(401, "Invalid organization API key."))).keys("Esc x")
    }),
    ("captive_portal", |names| Opening::new(names).start().reads_but(|_| Some(page()))),
];

fn generating(names: Names) -> Scene {
    Scene::project(names, 1).keys("c")
}

const FORMS: &[State] = &[
    ("generate_empty", generating),
    ("generate_typed", |names| generating(names).types("GitHub Actions, nightly")),
    ("generate_long", |names| generating(names).types(&"a name that goes on ".repeat(6))),
    ("generate_without_name", |names| generating(names).keys("Enter")),
    ("generate_busy", |names| generating(names).types("CI").keys("Enter")),
    ("generate_refused", |names| {
        generating(names).types("CI").keys("Enter").fails(status(409, "A key with this name exists already."))
    }),
    ("generate_without_clipboard", |names| without_clipboard(names).keys("c")),
    ("generate_on_ways", |names| generating(names).keys("Tab")),
    ("generate_to_env", |names| generating(names).keys("Tab Right Right Tab")),
    ("generate_to_env_warned", |names| {
        let mut scene = generating(names).types("CI").keys("Tab Right Right Tab");
        scene.look = Some(Look {
            goes_to: "the file .env, as CONFIDENT_API_KEY in place of the value that is there".into(),
            obstacle: None,
            ask: Some(Ask::OverEntry),
            warnings: vec!["git tracks .env: the secret would be committed with it".into()],
        });
        scene.keys("Tab").keys("Shift-Tab").types("x").keys("Enter")
    }),
    ("generate_to_command_in_the_way", |names| {
        let mut scene = generating(names).types("CI").keys("Tab Left Left Tab");
        scene.look = Some(Look {
            goes_to: "gh".into(),
            obstacle: Some(Obstacle { words: "there is no program gh on the PATH".into(), in_the_way: false }),
            ask: None,
            warnings: Vec::new(),
        });
        scene.types("gh secret set NAME").keys("Enter")
    }),
    ("generate_to_no_path", |names| generating(names).types("CI").keys("Tab Right Enter")),
    ("generate_looking", |names| {
        let mut scene = generating(names).types("CI");
        scene.is_blind = true;
        scene.keys("Enter")
    }),
    ("generate_for_organization", |names| Scene::organization(names).keys("c")),
];

/// The form for this key, which was read again.
fn rotating_key(names: Names, id: i64) -> Scene {
    Scene::project(names, 1).newer().on(id).keys("R").reads()
}

fn rotating(names: Names) -> Scene {
    rotating_key(names, 102)
}

/// A rotation with two days of grace, whose new secret was taken.
fn rotated(names: Names) -> Scene {
    rotating(names).keys("4 8 Enter").done().reads()
}

const ROTATE_IN_PLACE: &[State] = &[
    ("in_place", rotating),
    ("in_place_reading", |names| Scene::project(names, 1).newer().on(102).keys("R Enter")),
    ("in_place_own_hours", |names| rotating(names).keys("4 8")),
    ("in_place_no_number", |names| rotating(names).keys("Tab Left Left Enter")),
    ("in_place_new_lifetime", |names| rotating(names).keys("Tab Right Right")),
    ("in_place_to_env", |names| rotating(names).keys("Tab Tab Right Right Tab")),
    ("in_place_at_once", |names| rotating(names).keys("Left Left")),
    ("in_place_in_use_at_once", |names| rotating_key(names, 101).keys("Left Left Enter").types("Prod")),
    ("in_place_long_name", |names| rotating_key(names, 109)),
    ("in_place_inactive", |names| rotating_key(names, 107)),
    ("in_place_expired", |names| rotating_key(names, 108)),
    ("in_place_grace_on_expired", |names| rotating_key(names, 108).keys("Right Enter")),
    ("in_place_past_expiry", |names| rotating(names).keys("Tab 1 Shift-Tab Right Enter")),
    ("in_place_busy", |names| rotating(names).keys("Enter")),
    ("in_place_failed", |names| rotating(names).keys("Enter").fails(status(409, "This key is being rotated already."))),
    ("in_place_secret", rotated),
    ("in_place_lost", |names| rotating(names).keys("Enter").loses_rotation(true)),
    ("in_place_lost_not_rotated", |names| rotating(names).keys("Enter").loses_rotation(false)),
    ("in_place_under_way_in_table", |names| {
        let scene = rotated(names).copied(Ok(Delivery::Clipboard { clears_after: None }));
        scene.keys("Enter").later(60).keys("Esc")
    }),
    ("in_place_under_way_details", |names| {
        let scene = rotated(names).copied(Ok(Delivery::Clipboard { clears_after: None }));
        scene.keys("Enter").later(60).keys("Enter")
    }),
    ("in_place_finish_early", |names| {
        let scene = rotated(names).copied(Ok(Delivery::Clipboard { clears_after: None }));
        scene.keys("Enter").later(60).keys("R").reads().keys("Left Left")
    }),
    ("generate_with_lifetime", |names| {
        Scene::project(names, 1).newer().keys("c").types("CI").keys("Tab Tab Right Right")
    }),
    ("generate_with_own_lifetime", |names| {
        Scene::project(names, 1).newer().keys("c").types("CI").keys("Shift-Tab 4 5")
    }),
    ("generate_at_older_service", |names| Scene::project(names, 1).older().keys("c").types("CI")),
];

fn losing(names: Names) -> Scene {
    generating(names).types("GitHub Actions, nightly").keys("Enter")
}

/// Asked whether another key takes over from the one that signs the calls.
fn changing(names: Names) -> Scene {
    Scene::organization(names).newer().keys("Enter").on(1).keys("R")
}

/// The key that takes over was generated; its secret is in no place yet.
fn taking_over(names: Names) -> Scene {
    changing(names).keys("Enter Tab Left Tab Enter").done().reads()
}

fn proving(names: Names) -> Scene {
    taking_over(names).keys("Enter").copied(Ok(CLIPBOARD)).keys("Enter")
}

/// Another key ends as the one that signs the calls.
fn with_twin(scene: Scene) -> Scene {
    let twin = |keys: &mut Vec<ApiKey>, at: usize| keys[at].value = keys[0].value.clone();
    scene.elsewhere(&Scope::Organization, 2, twin).keys("Esc r").reads()
}

const SIGNER: &[State] = &[
    ("signer_change", changing),
    ("signer_change_alike", |names| with_twin(changing(names)).on(1).keys("R")),
    ("signer_in_force_alike", |names| {
        let scene = with_twin(changing(names)).on(1).keys("R Enter Tab Left Tab Enter").done().reads();
        scene.keys("Enter").copied(Ok(CLIPBOARD)).keys("Enter").signed_in(None).reads()
    }),
    ("signer_generate", |names| changing(names).keys("Enter")),
    ("signer_secret", taking_over),
    ("signer_sent", |names| taking_over(names).keys("c").copied(Ok(Delivery::Terminal))),
    ("signer_saved", |names| taking_over(names).keys("v Esc").types("saved").keys("Enter")),
    ("signer_proving", proving),
    ("signer_refused", |names| {
        let error = status(401, "Invalid API key.");
        proving(names).signed_in(Some(NotSignedIn::Failed(error)))
    }),
    ("signer_asked_to_wait", |names| {
        proving(names).signed_in(Some(NotSignedIn::Failed(asks_to_wait(429, "Too many requests.", 30))))
    }),
    ("signer_not_known", |names| proving(names).signed_in(Some(NotSignedIn::Unknown(timeout())))),
    ("signer_of_another", |names| {
        proving(names).signed_in(Some(NotSignedIn::AnotherOrganization("Another Inc.".into())))
    }),
    ("signer_in_force", |names| proving(names).signed_in(None).reads()),
    ("signer_old_one", |names| proving(names).signed_in(None).reads().later(3).keys("Enter").reads()),
    ("signer_left", |names| taking_over(names).keys("v Esc").types("saved").keys("Enter Esc")),
];

const LOST: &[State] = &[
    ("lost_one_found", |names| losing(names).loses(Ok(&["GitHub Actions, nightly"]))),
    ("lost_several_found", |names| {
        let found = ["GitHub Actions, nightly", "GitHub Actions, nightly", "Somebody else's"];
        losing(names).loses(Ok(&found)).keys("j")
    }),
    ("lost_many_found", |names| losing(names).loses(Ok(&["GitHub Actions, nightly"; 9])).keys("j j j j j j")),
    ("lost_others_found", |names| losing(names).loses(Ok(&["Somebody else's"]))),
    ("lost_none_found", |names| losing(names).loses(Ok(&[]))),
    ("lost_list_not_read", |names| losing(names).loses(Err(refused()))),
    ("lost_looking_again", |names| losing(names).loses(Ok(&["GitHub Actions, nightly"])).keys("r")),
    // Somebody else deactivated it meanwhile.
    ("lost_found_inactive", |names| {
        let scene = losing(names).loses(Ok(&["GitHub Actions, nightly"]));
        scene.elsewhere(&project(1), 9001, |keys, at| keys[at].valid = false).keys("r").reads()
    }),
    ("lost_deactivate", |names| losing(names).loses(Ok(&["GitHub Actions, nightly"])).keys("x").reads()),
    ("lost_delete", |names| losing(names).loses(Ok(&["GitHub Actions, nightly"])).keys("D").reads()),
    ("lost_generate_again", |names| losing(names).loses(Ok(&["GitHub Actions, nightly"])).keys("c")),
    ("lost_by_an_earlier_program", |names| {
        let name = "The exporter of traces, second attempt, for every cluster";
        Opening::new(names).start().reconciled(project(1), name, Ok(&[name])).reads()
    }),
];

fn generated(scene: Scene) -> Scene {
    scene.keys("c").types("GitHub Actions, nightly").keys("Tab Left Tab Enter").done().reads()
}

fn fresh(names: Names) -> Scene {
    generated(Scene::project(names, 1))
}

fn command_failed(names: Names) -> Scene {
    let mut scene = fresh(names).keys("!").types("gh secret set NAME").keys("Enter");
    let reason = "`gh secret set NAME` failed (exit 4): To get started with GitHub CLI, please run: gh auth login";
    scene.delivered(Err(NotDelivered { reason: reason.into(), is_out: true }));
    scene
}

fn without_clipboard(names: Names) -> Scene {
    let reason = "There is no display, and a terminal of the kind \"linux\" has no clipboard.";
    let clipboard = ClipboardRoute::Missing(reason.into());
    Opening { clipboard, ..Opening::new(names) }.start().reads().into_project(1)
}

const SECRETS: &[State] = &[
    ("secret_hidden", fresh),
    ("secret_shown", |names| fresh(names).keys("v")),
    ("secret_copying", |names| fresh(names).keys("Enter")),
    ("secret_on_its_way", |names| generating(names).types("CI").keys("Enter").done().reads()),
    ("secret_to_a_file", |names| fresh(names).keys("f").types("~/keys/ci")),
    ("secret_to_env_to_be_agreed_to", |names| {
        let mut scene = fresh(names).keys("e");
        scene.look = Some(Look {
            goes_to: "the file .env, as CONFIDENT_API_KEY in place of the value that is there".into(),
            obstacle: None,
            ask: Some(Ask::OverEntry),
            warnings: Vec::new(),
        });
        scene.keys("Enter")
    }),
    ("secret_to_a_command", |names| fresh(names).keys("!").types("gh secret set CONFIDENT_API_KEY")),
    ("secret_in_a_file", |names| {
        let mut scene = fresh(names).keys("f").types("key.txt").keys("Enter");
        scene.delivered(Ok(Delivered::File("key.txt".into())));
        scene
    }),
    ("secret_command_failed", command_failed),
    ("secret_copied", |names| fresh(names).keys("c").copied(Ok(CLIPBOARD))),
    ("secret_sent", |names| fresh(names).keys("c").copied(Ok(Delivery::Terminal))),
    ("secret_copy_failed", |names| fresh(names).keys("c").copied(Err("The display did not answer within 2 s."))),
    ("secret_without_clipboard", |names| {
        let scene = without_clipboard(names).keys("c").types("GitHub Actions, nightly");
        scene.keys("Enter").done().reads()
    }),
    ("secret_farewell_untaken", |names| fresh(names).keys("Esc").types("sav")),
    ("secret_farewell_perhaps_out", |names| command_failed(names).keys("Esc")),
    ("secret_farewell_shown", |names| fresh(names).keys("v Esc")),
    ("secret_farewell_sent", |names| fresh(names).keys("c").copied(Ok(Delivery::Terminal)).keys("Enter")),
    ("secret_leaving", |names| fresh(names).keys("Ctrl-c")),
];

fn deactivating(names: Names) -> Scene {
    Scene::project(names, 1).on(102).keys("x").reads()
}

fn deactivating_used(names: Names) -> Scene {
    Scene::project(names, 1).on(101).keys("x").reads()
}

fn deactivated(names: Names) -> Scene {
    deactivating(names).keys("y").done().reads().later(300)
}

fn reactivating(names: Names) -> Scene {
    Scene::project(names, 1).on(107).keys("x").reads()
}

fn deleting_inactive(names: Names) -> Scene {
    Scene::project(names, 1).on(107).keys("D").reads()
}

fn deleting_active(names: Names) -> Scene {
    Scene::project(names, 1).on(102).keys("D").reads()
}

const QUESTIONS: &[State] = &[
    ("deactivate", deactivating),
    ("deactivate_on_button", |names| deactivating(names).keys("Tab")),
    ("deactivate_busy", |names| deactivating(names).keys("y")),
    ("deactivate_failed", |names| deactivating(names).keys("y").fails(refused())),
    ("deactivate_unknown_outcome", |names| deactivating(names).keys("y").fails(timeout())),
    ("deactivate_gone", |names| {
        deactivating(names)
            .keys("y")
            .fails(status(404, "API key not found."))
            .elsewhere(&project(1), 102, |keys, at| drop(keys.remove(at)))
            .reads()
    }),
    ("deactivate_moot", |names| {
        let scene = deactivating(names).keys("y").fails(timeout());
        scene.elsewhere(&project(1), 102, |keys, at| keys[at].valid = false).reads()
    }),
    ("deactivate_looking", |names| Scene::project(names, 1).on(102).keys("x")),
    ("deactivate_agreed", |names| Scene::project(names, 1).on(102).keys("x y")),
    ("deactivate_not_looked", |names| {
        let fails = |operation: &Operation| matches!(operation, Operation::Examine(..)).then(timeout);
        Scene::project(names, 1).on(102).later(400).keys("x").reads_but(fails)
    }),
    ("deactivate_used", deactivating_used),
    ("deactivate_used_mistyped", |names| deactivating_used(names).types("github").keys("Enter")),
    ("deactivate_used_failed", |names| deactivating_used(names).types_phrase().keys("Enter").fails(timeout()).reads()),
    ("undo", |names| deactivated(names).keys("u").reads()),
    ("undo_done_by_another", |names| {
        deactivated(names).elsewhere(&project(1), 102, |keys, at| keys[at].valid = true).keys("u").reads()
    }),
    ("reactivate", reactivating),
    ("reactivate_busy", |names| reactivating(names).keys("y")),
    ("reactivate_never_used", |names| {
        Scene::project(names, 1).on(112).keys("x").reads().keys("y").done().reads().keys("Esc x").reads()
    }),
    ("delete_inactive", deleting_inactive),
    ("delete_inactive_since", |names| {
        let mut scene = Scene::project(names, 1).on(107);
        scene.inactive_since = Some(scene.now - SignedDuration::from_hours(75));
        scene.keys("D").reads()
    }),
    ("delete_looking", |names| Scene::project(names, 1).on(107).keys("D")),
    ("delete_used", |names| Scene::project(names, 1).on(101).keys("D").reads()),
    ("delete_mistyped", |names| deleting_inactive(names).types("contractor").keys("Enter")),
    ("delete_typed", |names| deleting_inactive(names).types("Contractor 2025")),
    ("delete_deleting", |names| deleting_inactive(names).types("Contractor 2025").keys("Enter")),
    ("delete_failed", |names| {
        deleting_inactive(names).types("Contractor 2025").keys("Enter").fails(status(500, "Database is busy."))
    }),
    ("delete_active", deleting_active),
    ("delete_active_only_deactivate", |names| deleting_active(names).keys("Tab Tab")),
    ("delete_active_deactivating", |names| deleting_active(names).types("Nightly evals").keys("Enter")),
    ("delete_active_then_deleting", |names| deleting_active(names).types("Nightly evals").keys("Enter").done()),
    ("delete_active_then_failed", |names| {
        deleting_active(names).types("Nightly evals").keys("Enter").done().fails(timeout()).reads()
    }),
    ("delete_gone", |names| {
        let scene = deleting_inactive(names).types("Contractor 2025").keys("Enter").fails(timeout());
        scene.elsewhere(&project(1), 107, |keys, at| drop(keys.remove(at))).reads()
    }),
    ("delete_by_id_long_name", |names| Scene::project(names, 1).on(109).keys("D").reads()),
    ("delete_by_id_hostile_name", |names| Scene::project(names, 1).on(112).keys("D").reads()),
    ("delete_by_id_unnamed", |names| Scene::project(names, 1).on(104).keys("D").reads()),
];

/// The dialog about the replacement of a key that is used 41 days ago; its scope has been read.
fn replace(names: Names) -> Scene {
    Scene::project(names, 1).older().on(102).keys("R").reads()
}

/// Its successor was generated, and its secret given up or saved.
fn succeeded(names: Names) -> Scene {
    let scene = replace(names).keys("Enter").keys("Tab Left Tab Enter").done().reads();
    scene.keys("Esc").types("saved").keys("Enter").reads().reads()
}

/// Half an hour later, the successor was used, and five minutes after that it is read.
fn moved_over(names: Names) -> Scene {
    let used = now() + SignedDuration::from_mins(30);
    let scene = succeeded(names).later(60 * 35);
    scene.elsewhere(&project(1), 9001, |keys, at| keys[at].last_used = LastUsed::At(used)).keys("r").reads()
}

/// The old key was deactivated so many hours ago.
fn old_off(names: Names, hours: i64) -> Scene {
    let mut scene = moved_over(names).keys("Enter").reads().keys("y").done();
    scene.inactive_since = Some(scene.now);
    scene.reads().later(60 * 60 * hours).keys("r").reads()
}

const REPLACEMENTS: &[State] = &[
    ("replace_reading", |names| Scene::project(names, 1).older().on(102).keys("R")),
    ("replace_begin", replace),
    ("replace_inactive", |names| Scene::project(names, 1).older().on(107).keys("R").reads()),
    ("replace_form", |names| replace(names).keys("Enter")),
    ("replace_form_long_name", |names| Scene::project(names, 1).older().on(109).keys("R").reads().keys("c")),
    ("replace_secret", |names| replace(names).keys("Enter").keys("Tab Left Tab Enter").done().reads()),
    ("replace_waiting", succeeded),
    ("replace_waiting_seen", |names| succeeded(names).later(31).reads()),
    ("replace_reading_again", |names| succeeded(names).later(31)),
    ("replace_both_used", |names| {
        let used = now() + SignedDuration::from_mins(34);
        moved_over(names)
            .elsewhere(&project(1), 102, |keys, at| keys[at].last_used = LastUsed::At(used))
            .later(31)
            .reads()
    }),
    ("replace_silent", |names| {
        succeeded(names)
            .elsewhere(&project(1), 9001, |keys, at| keys[at].last_used = LastUsed::Unknown)
            .keys("r")
            .reads()
    }),
    ("replace_moved_over", moved_over),
    ("replace_moved_over_never_used", |names| {
        moved_over(names).elsewhere(&project(1), 102, |keys, at| keys[at].last_used = LastUsed::Never).keys("r").reads()
    }),
    ("replace_ending", |names| moved_over(names).keys("e")),
    ("replace_ended", |names| moved_over(names).keys("e e").reads()),
    ("replace_deactivate", |names| moved_over(names).keys("Enter").reads()),
    ("replace_off", |names| old_off(names, 0)),
    ("replace_off_since", |names| old_off(names, 30)),
    ("replace_bringing_back", |names| old_off(names, 0).keys("u")),
    ("replace_not_brought_back", |names| old_off(names, 0).later(10).keys("u").fails(timeout()).reads()),
    ("replace_brought_back", |names| old_off(names, 0).later(10).keys("u").done().reads()),
    ("replace_soaked", |names| old_off(names, 24 * 8)),
    ("replace_delete", |names| old_off(names, 24 * 8).keys("Enter").reads()),
    ("replace_done", |names| {
        let scene = old_off(names, 24 * 8).keys("Enter").reads().types("Nightly evals").keys("Enter").done();
        scene.reads_but(|operation| {
            matches!(operation, Operation::Examine(_, KeyId(102))).then(|| status(404, "API key not found."))
        })
    }),
    ("replace_successor_gone", |names| {
        succeeded(names).keys("r").reads_but(|operation| {
            matches!(operation, Operation::Examine(_, KeyId(9001))).then(|| status(404, "API key not found."))
        })
    }),
    ("replace_by_choice", |names| rotating(names).keys("Ctrl-g").reads()),
    ("replace_successor_expired", |names| {
        moved_over(names).elsewhere(&project(1), 9001, |keys, at| keys[at].expires_at = Some(now())).keys("r").reads()
    }),
    ("replace_successor_inactive", |names| {
        moved_over(names).elsewhere(&project(1), 9001, |keys, at| keys[at].valid = false).keys("r").reads()
    }),
    ("replace_not_read", |names| {
        succeeded(names).later(31).reads_but(|operation| matches!(operation, Operation::Examine(..)).then(refused))
    }),
    ("replace_without_journal", |names| {
        let mut scene = Scene::project(names, 1).older().on(102);
        let path = "/home/ada/.local/state/confident-keys/journal.jsonl".into();
        scene.replacements.trouble = Some(JournalError::Read { path, reason: "Permission denied".into() });
        scene.keys("R").reads()
    }),
    ("replace_refused", |names| Scene::organization(names).older().keys("Enter").on(1).keys("R")),
    ("rotations_reading", |names| Scene::project(names, 1).keys("o")),
    ("rotations_none", |names| Scene::project(names, 1).keys("o").reads()),
    ("rotations", rotations),
    ("rotations_in_place", |names| {
        let scene = rotated(names).copied(Ok(Delivery::Clipboard { clears_after: None }));
        let mut scene = scene.keys("Enter").later(60);
        scene.begun(&project(1), 109, 110, 60 * 70);
        scene.keys("o").first_reads(1)
    }),
    ("rotations_many", |names| {
        let mut scene = Scene::project(names, 6);
        for old in 1000..1020 {
            scene.begun(&project(6), old, old + 20, 3 * (old - 999));
        }
        scene.keys("o").reads().keys("G")
    }),
    ("rotations_not_read", |names| {
        let mut scene = Scene::organization(names);
        scene.begun(&project(2), 201, 202, 300);
        scene.keys("o").first_reads(1).reads_but(|_| Some(refused()))
    }),
];

/// Two are open, in different scopes; one of them is not read yet.
fn rotations(names: Names) -> Scene {
    let mut scene = moved_over(names).keys("Esc");
    scene.begun(&project(1), 109, 110, 60 * 70);
    scene.begun(&project(2), 202, 201, 60 * 24 * 3);
    scene.keys("o").first_reads(1)
}

const TEXTS: &[State] = &[
    ("copy_menu", |names| Scene::project(names, 1).on(101).keys("y")),
    ("copy_menu_unnamed", |names| Scene::project(names, 1).on(104).keys("y")),
    ("export", exporting),
    ("export_path", |names| exporting(names).keys("Tab Tab")),
    ("export_to_clipboard", |names| exporting(names).keys("Space Tab Space")),
    ("export_without_clipboard", |names| without_clipboard(names).keys("e Tab Space")),
    ("export_writing", |names| exporting(names).keys("Enter")),
    ("export_exists", |names| exporting(names).keys("Enter").saved(Err(NotSaved::Exists))),
    ("export_failed", |names| {
        let reason = "/mnt/share/reports/keys-2026-11-21.csv can't be written: No space left on device (os error 28)";
        exporting(names).keys("Enter").saved(Err(NotSaved::Failed(reason.into())))
    }),
    ("help_keys", |names| Scene::project(names, 1).keys("?")),
    ("help_all", |names| Scene::project(names, 1).keys("? ?")),
    ("help_over_a_question", |names| Scene::project(names, 1).keys("x ?")),
    ("help_over_a_form", |names| Scene::project(names, 1).keys("c F1")),
    ("commands", |names| Scene::project(names, 1).keys(":")),
    ("commands_typed", |names| Scene::project(names, 1).keys(": r o t a")),
    ("commands_end", |names| Scene::project(names, 1).keys(": PgDn PgDn PgDn PgDn PgDn PgDn PgDn")),
    ("commands_a_scope", |names| Scene::organization(names).keys(": g o Space t o Space p r")),
    ("commands_not_now", |names| Scene::organization(names).keys(": d e l e t e Enter")),
    ("commands_none", |names| Scene::project(names, 1).keys(": q q q")),
    ("help_scopes_scrolled", |names| Scene::organization(names).keys("? PgDn")),
    ("help_end", |names| Scene::organization(names).keys("? G")),
    ("details", |names| Scene::project(names, 1).on(101).keys("Enter")),
    ("details_long_name", |names| Scene::project(names, 1).on(109).keys("Enter")),
    ("details_hostile_name", |names| Scene::project(names, 1).on(112).keys("Enter")),
    ("details_unknown", |names| Scene::project(names, 1).on(106).keys("Enter")),
    ("details_expired", |names| Scene::project(names, 1).on(108).keys("Enter")),
    ("details_signing_key", |names| Scene::organization(names).keys("Enter").on(1).keys("Enter")),
];

fn exporting(names: Names) -> Scene {
    Scene::project(names, 1).keys("e")
}

fn opening_journal(names: Names) -> Scene {
    Scene::project(names, 1).keys("@")
}

fn journal(names: Names) -> Scene {
    let scene = opening_journal(names);
    let report = scene.everything();
    scene.journal(Ok(Some(report)))
}

/// What is missing is told as well.
fn damaged_journal(names: Names) -> Scene {
    let scene = opening_journal(names);
    let folder = "/home/ada/.local/state/confident-keys";
    let report = Report {
        unreadable: 2,
        has_more: true,
        unreadable_intents: vec![format!("{folder}/intents/1795269720000-4711-0badcafe.unreadable").into()],
        trouble: Some(JournalError::Folder { path: folder.into(), reason: "Read-only file system".into() }),
        intents: Vec::new(),
        ..scene.everything()
    };
    scene.journal(Ok(Some(report)))
}

const JOURNAL: &[State] = &[
    ("journal_being_read", opening_journal),
    ("journal", journal),
    ("journal_end", |names| journal(names).keys("G")),
    ("journal_times_utc", |names| journal(names).keys("z z")),
    ("journal_being_read_again", |names| journal(names).keys("r")),
    ("journal_empty", |names| opening_journal(names).journal(Ok(Some(Writer::empty())))),
    ("journal_damaged", damaged_journal),
    ("journal_damaged_end", |names| damaged_journal(names).keys("G")),
    ("journal_unreadable", |names| {
        let path = "/home/ada/.local/state/confident-keys/journal.jsonl".into();
        opening_journal(names).journal(Err(JournalError::Read { path, reason: "Permission denied".into() }))
    }),
    ("journal_of_the_demo", |names| {
        Opening { is_demo: true, ..Opening::new(names) }.start().reads().keys("@").journal(Ok(None))
    }),
];

const TOASTS: &[State] = &[
    ("toast_deactivated", |names| deactivating(names).keys("y").done().reads()),
    ("toast_reactivated", |names| reactivating(names).keys("y").done().reads()),
    ("toast_deleted", |names| deleting_inactive(names).types("Contractor 2025").keys("Enter").done().reads()),
    ("toast_copied", |names| Scene::project(names, 1).on(101).keys("y n").copied(Ok(CLIPBOARD))),
    ("toast_exported", |names| exporting(names).keys("Enter").saved(Ok("/home/ada/keys-2026-11-21.csv"))),
    ("toast_not_copied", |names| Scene::project(names, 1).on(101).keys("y v").copied(Err("No clipboard answers."))),
    ("toast_refused", |names| Scene::organization(names).keys("Enter").on(1).keys("x")),
    ("toast_notices", |names| {
        let path = "/home/ada/.config/confident-keys/config.toml";
        Scene::organization(names)
            .notice(&format!("{path}, line 3: thresholds.stale_days wants a number; 90 is used."))
            .notice(&format!("{path}, line 7: display.colour is unknown and was left out."))
    }),
    ("toast_nothing_to_undo", |names| Scene::project(names, 1).keys("u")),
    ("toast_deprecated", |names| {
        let end = "2050-12-31T00:00:00Z".parse().ok();
        let link = Some("https://www.confident-ai.com/docs/api-reference/migration".into());
        Scene::organization(names).notice(&Announcement::Deprecated { end, link }.to_string())
    }),
    ("toast_left_rotating", |names| Scene::project(names, 1).newer().left_rotating(&project(1), 101)),
    ("toast_leaving", |names| deactivating(names).keys("y Ctrl-c")),
];
