//! Intents: whose they are while their program lives, and what is left when it ends.

use std::fs;

use confident_keys::api::model::KeyId;
use confident_keys::journal::{Action, Entry, Intended, Intent, JournalError, Leftovers, Outcome};

use crate::child::Program;
use crate::support::{Home, entry, intent, names, rotation};

fn found(leftovers: &Leftovers) -> Vec<&str> {
    leftovers.abandoned.iter().map(|abandoned| abandoned.intent().name.as_str()).collect()
}

#[test]
fn an_intent_that_is_finished_leaves_its_outcome_alone() {
    let home = Home::new();
    let open = home.journal.begin(&intent("CI")).unwrap();
    assert_eq!(home.intents("json").len(), 1);
    open.finish(&entry("CI")).unwrap();
    assert_eq!(home.journal.entries(None).unwrap().entries, [entry("CI")]);
    assert_eq!(fs::read_dir(home.path("intents")).unwrap().count(), 0);
    assert_eq!(found(&home.journal.abandoned().unwrap()), Vec::<&str>::new());
}

#[test]
fn an_intent_is_left_alone_while_its_owner_lives() {
    let home = Home::new();
    let ours = home.journal.begin(&intent("ours")).unwrap();
    let theirs = Program::start(&home, "hold an intent", "theirs");
    assert_eq!(found(&home.journal.abandoned().unwrap()), Vec::<&str>::new());
    let listed = home.journal.intents().unwrap();
    assert!(listed.intents.len() == 2 && listed.intents.iter().all(|intent| intent.is_under_way), "{listed:?}");
    theirs.kill();
    let leftovers = home.journal.abandoned().unwrap();
    assert_eq!(found(&leftovers), ["theirs"]);
    assert_eq!(leftovers.abandoned[0].intent(), &intent("theirs"));
    drop((leftovers, ours));
    assert_eq!(home.journal.abandoned().unwrap().abandoned.len(), 2);
}

/// Kill -9 between the intent and its outcome: one start finds it, and only one.
#[test]
fn what_a_killed_program_left_is_found_by_one_start() {
    let home = Home::new();
    Program::start(&home, "hold an intent", "CI").kill();
    let listed = home.journal.intents().unwrap();
    assert!(!listed.intents[0].is_under_way, "{listed:?}");
    let first = Program::start(&home, "take what is abandoned", "");
    assert_eq!(first.words, "1");
    let second = Program::start(&home, "take what is abandoned", "");
    assert_eq!(second.words, "0", "it is being looked into");
    assert!(home.journal.intents().unwrap().intents[0].is_under_way);
    // It is killed, too: the intent is open again.
    first.kill();
    let mut leftovers = home.journal.abandoned().unwrap();
    let abandoned = leftovers.abandoned.pop().unwrap();
    let outcome = Entry::of(abandoned.intent(), abandoned.intent().time, Action::Reconcile, Outcome::None);
    abandoned.finish(&outcome).unwrap();
    assert_eq!(home.journal.entries(None).unwrap().entries, [outcome]);
    assert_eq!(home.journal.abandoned().unwrap().abandoned.len(), 0);
    drop(second);
}

#[test]
fn many_starts_at_once_share_what_is_abandoned() {
    const COUNT: usize = 20;
    let home = Home::new();
    for at in 0..COUNT {
        drop(home.journal.begin(&intent(&format!("key-{at:02}"))).unwrap());
    }
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for abandoned in home.journal.abandoned().unwrap().abandoned {
                    let name = abandoned.intent().name.as_str().to_owned();
                    abandoned.finish(&entry(&name)).unwrap();
                }
            });
        }
    });
    let history = home.journal.entries(None).unwrap().entries;
    let mut names = names(&history);
    names.sort_unstable();
    let expected: Vec<_> = (0..COUNT).map(|at| format!("key-{at:02}")).collect();
    assert_eq!(names, expected, "each once");
}

/// The program ended after it had told the outcome, and before it could remove the file.
#[test]
fn an_outcome_that_was_told_raises_no_false_alarm() {
    let home = Home::new();
    let open = home.journal.begin(&intent("CI")).unwrap();
    let path = home.intents("json").remove(0);
    let content = fs::read(&path).unwrap();
    open.finish(&entry("CI")).unwrap();
    fs::write(&path, content).unwrap();
    assert_eq!(home.journal.intents().unwrap().intents, []);
    assert_eq!(found(&home.journal.abandoned().unwrap()), Vec::<&str>::new());
    assert!(!path.exists());
}

#[test]
fn an_outcome_that_cannot_be_written_still_closes_the_intent() {
    let home = Home::new();
    let open = home.journal.begin(&intent("CI")).unwrap();
    fs::create_dir(home.path("journal.jsonl")).unwrap();
    assert_eq!(open.finish(&entry("CI")), Err(JournalError::NotPlain(home.path("journal.jsonl"))));
    assert_eq!(home.intents("json").len(), 0);
}

#[test]
fn what_cannot_be_read_is_told_once_and_kept() {
    let home = Home::new();
    drop(home.journal.begin(&intent("CI")).unwrap());
    fs::write(home.path("intents/0-torn.json"), "{\"time\":").unwrap();
    assert_eq!(home.journal.intents().unwrap().unreadable, [home.path("intents/0-torn.json")]);
    let leftovers = home.journal.abandoned().unwrap();
    assert_eq!((found(&leftovers), leftovers.unreadable.len()), (vec!["CI"], 1));
    assert_eq!(fs::read_to_string(&leftovers.unreadable[0]).unwrap(), "{\"time\":");
    // Whoever looks is shown it for as long as it is there.
    assert_eq!(home.journal.intents().unwrap().unreadable, leftovers.unreadable);
    drop(leftovers);
    assert!(home.journal.abandoned().unwrap().unreadable.is_empty());
}

#[cfg(unix)]
#[test]
fn a_link_among_the_intents_is_not_followed() {
    let home = Home::new();
    drop(home.journal.begin(&intent("CI")).unwrap());
    let inside = home.intents("json").remove(0);
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("intent.json");
    fs::rename(inside, &target).unwrap();
    std::os::unix::fs::symlink(&target, home.path("intents/1-link.json")).unwrap();
    let leftovers = home.journal.abandoned().unwrap();
    assert_eq!((found(&leftovers), leftovers.unreadable.len()), (vec![], 1));
    assert!(target.exists());
}

/// A program that ended before its intent was whole has sent nothing; what it left goes away once it is old.
#[test]
fn half_an_intent_is_nobodys() {
    let home = Home::new();
    drop(home.journal.begin(&intent("CI")).unwrap());
    let fresh = home.path("intents/.2-half.tmp");
    let old = home.path("intents/.1-half.tmp");
    for path in [&fresh, &old] {
        fs::write(path, "{").unwrap();
    }
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(24 * 3600);
    fs::File::options().write(true).open(&old).unwrap().set_modified(yesterday).unwrap();
    let leftovers = home.journal.abandoned().unwrap();
    assert_eq!((found(&leftovers), leftovers.unreadable.len()), (vec!["CI"], 0));
    assert!(fresh.exists() && !old.exists());
}

fn on_disk(home: &Home) -> serde_json::Value {
    let path = home.intents("json").remove(0);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn what_is_intended_comes_back_and_says_what_it_is() {
    for (intent, action) in [(intent("CI"), "create"), (rotation("CI"), "rotate")] {
        let home = Home::new();
        drop(home.journal.begin(&intent).unwrap());
        assert_eq!(on_disk(&home)["action"], action);
        assert_eq!(home.journal.intents().unwrap().intents[0].intent, intent);
        assert_eq!(home.journal.abandoned().unwrap().abandoned[0].intent(), &intent);
    }
    let home = Home::new();
    drop(home.journal.begin(&rotation("CI")).unwrap());
    let written = on_disk(&home);
    assert_eq!(
        (&written["id"], &written["grace_hours"], &written["ends"]),
        (&34.into(), &24.into(), &serde_json::json!(["a1b2c3", "d4e5f6"]))
    );
    // An earlier version judges a new key by these, and must not take a rotation for one.
    assert!(written.get("known").is_none());
}

/// Earlier versions generated keys, and did not say so.
#[test]
fn what_an_earlier_version_left_is_read() {
    let home = Home::new();
    fs::create_dir_all(home.path("intents")).unwrap();
    let old = r#"{"time":"2026-11-21T02:51:00.123Z","service":"https://api.confident-ai.com","organization":{"id":"org-1",
        "name":"Acme Inc."},"scope":{"kind":"project","id":"p1","name":"Sandbox"},"name":"CI","known":[7,34]}"#;
    fs::write(home.path("intents/0-old.json"), old).unwrap();
    assert_eq!(home.journal.intents().unwrap().intents[0].intent, intent("CI"));
    let leftovers = home.journal.abandoned().unwrap();
    assert_eq!((leftovers.abandoned[0].intent(), leftovers.unreadable.len()), (&intent("CI"), 0));
}

/// One of them rotated keys, and noted no more than which.
#[test]
fn a_rotation_that_an_earlier_version_left_is_none_of_a_new_key() {
    let home = Home::new();
    fs::create_dir_all(home.path("intents")).unwrap();
    let old = r#"{"rotates":34,"time":"2026-11-21T02:51:00.123Z","service":"https://api.confident-ai.com","organization":
        {"id":"org-1","name":"Acme Inc."},"scope":{"kind":"project","id":"p1","name":"Sandbox"},"name":"CI","known":[]}"#;
    fs::write(home.path("intents/0-old.json"), old).unwrap();
    let what = Intended::Rotate { id: KeyId(34), grace_hours: None, ends: Vec::new() };
    assert_eq!(home.journal.abandoned().unwrap().abandoned[0].intent(), &Intent { what, ..intent("CI") });
}

#[test]
fn what_a_later_version_intended_is_set_aside() {
    for changed in [r#"{"action":"transmute""#, r#"{"action":7"#, r#"{"action":"rotate""#] {
        let home = Home::new();
        drop(home.journal.begin(&intent("CI")).unwrap());
        let path = home.intents("json").remove(0);
        let mut content: serde_json::Map<_, _> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        content.remove("action");
        let content = serde_json::to_string(&content).unwrap().replacen('{', &format!("{changed},"), 1);
        fs::write(&path, content).unwrap();
        let leftovers = home.journal.abandoned().unwrap();
        assert_eq!((found(&leftovers), leftovers.unreadable.len()), (vec![], 1), "{changed}");
    }
}
