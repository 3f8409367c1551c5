//! The journal as the screen reads it.

use std::fs;
use std::io::Write as _;

use confident_keys::journal::{Journal, JournalError, Service};

use crate::support::{Home, entry, intent, names};

fn here() -> Service {
    Service::new(&"https://api.confident-ai.com".parse().unwrap())
}

#[test]
fn the_newest_come_first_and_are_so_many_at_most() {
    let home = Home::new();
    let empty = home.journal.report(here(), 2).unwrap();
    assert_eq!((empty.entries.len(), empty.has_more, empty.trouble, &empty.here), (0, false, None, &here()));
    assert_eq!(empty.path, home.path("journal.jsonl"));
    assert!(!home.journal.folder().exists(), "reading makes nothing");
    for name in ["a", "b"] {
        home.journal.append(&entry(name)).unwrap();
    }
    let all = home.journal.report(here(), 2).unwrap();
    assert_eq!((names(&all.entries), all.has_more), (vec!["b", "a"], false));
    home.journal.append(&entry("c")).unwrap();
    let newest = home.journal.report(here(), 2).unwrap();
    assert_eq!((names(&newest.entries), newest.has_more), (vec!["c", "b"], true));
}

#[test]
fn what_is_open_and_what_cannot_be_read_is_there_too() {
    let home = Home::new();
    home.journal.append(&entry("a")).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(home.path("journal.jsonl")).unwrap();
    file.write_all(b"{\"time\":\n").unwrap();
    drop(home.journal.begin(&intent("open")).unwrap());
    let mut later = intent("under way");
    later.time += std::time::Duration::from_secs(1);
    let _under_way = home.journal.begin(&later).unwrap();
    fs::write(home.path("intents/0-torn.json"), "{").unwrap();
    fs::write(home.path("intents/0-aside.unreadable"), "{").unwrap();
    let report = home.journal.report(here(), 10).unwrap();
    assert_eq!((names(&report.entries), report.unreadable, report.has_more), (vec!["a"], 1, false));
    let intents: Vec<_> =
        report.intents.iter().map(|listed| (listed.intent.name.as_str(), listed.is_under_way)).collect();
    assert_eq!(intents, [("under way", true), ("open", false)]);
    assert_eq!(
        report.unreadable_intents,
        ["intents/0-aside.unreadable", "intents/0-torn.json"].map(|name| home.path(name))
    );
}

#[test]
fn where_nothing_can_be_written_it_says_so() {
    let home = Home::new();
    home.journal.append(&entry("a")).unwrap();
    assert_eq!(home.journal.report(here(), 10).unwrap().trouble, None);
    // What is in the way of the file is in the way of reading it, too.
    fs::remove_file(home.path("journal.jsonl")).unwrap();
    fs::create_dir(home.path("journal.jsonl")).unwrap();
    assert_eq!(home.journal.report(here(), 10), Err(JournalError::NotPlain(home.path("journal.jsonl"))));
    let file = home.path("journal.lock");
    let error = Journal::at(file.join("state")).report(here(), 10).unwrap_err();
    assert!(error.to_string().contains("journal.lock"), "{error}");
}

/// Whoever is root may write everywhere: then there is nothing to see.
#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_still_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    home.journal.append(&entry("a")).unwrap();
    fs::set_permissions(home.journal.folder(), fs::Permissions::from_mode(0o500)).unwrap();
    let is_refused = fs::write(home.path("try"), "").is_err();
    let report = home.journal.report(here(), 10).unwrap();
    assert_eq!(names(&report.entries), ["a"]);
    let told =
        report.trouble.map(|error| matches!(error, JournalError::Folder { path, .. } if path == home.journal.folder()));
    assert_eq!(told, is_refused.then_some(true));
    fs::set_permissions(home.journal.folder(), fs::Permissions::from_mode(0o700)).unwrap();
}
