//! The lines: whole, private, in one place, whoever writes and however it went wrong before.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::thread;

use confident_keys::journal::{Entry, Journal, JournalError, Service};

use crate::child::Program;
use crate::support::{Home, entry, intent, names};

#[test]
fn entries_come_back_newest_last() {
    let home = Home::new();
    assert_eq!(home.journal.entries(None).unwrap().entries, []);
    assert!(!home.journal.folder().exists(), "reading makes nothing");
    for name in ["a", "b", "c"] {
        home.journal.append(&entry(name)).unwrap();
    }
    let all = home.journal.entries(None).unwrap();
    assert_eq!((names(&all.entries), all.unreadable), (vec!["a", "b", "c"], 0));
    assert_eq!(all.entries[2], entry("c"));
    assert_eq!(names(&home.journal.entries(Some(2)).unwrap().entries), ["b", "c"]);
    assert_eq!(home.journal.entries(Some(0)).unwrap().entries, []);
}

/// Several programs with several threads each, all at once: every line is there, whole, and in each writer's order.
#[test]
fn writers_do_not_mix() {
    let home = Home::new();
    thread::scope(|scope| {
        for writer in 0..3 {
            let home = &home;
            scope.spawn(move || Program::start(home, "append", &format!("program{writer}")).kill());
        }
        for writer in 0..3 {
            let journal = Journal::at(home.journal.folder());
            scope.spawn(move || {
                for at in 0..100 {
                    journal.append(&entry(&format!("thread{writer}-{at}"))).unwrap();
                    assert_eq!(journal.entries(Some(5)).unwrap().unreadable, 0, "a reader sees whole lines");
                }
            });
        }
    });
    let history = home.journal.entries(None).unwrap();
    assert_eq!((history.entries.len(), history.unreadable), (600, 0));
    let mut next: HashMap<&str, usize> = HashMap::new();
    for name in names(&history.entries) {
        let (writer, at) = name.split_once('-').unwrap();
        let expected = next.entry(writer).or_default();
        assert_eq!(at.parse(), Ok(*expected), "{writer}");
        *expected += 1;
    }
}

#[test]
fn a_torn_line_costs_no_other() {
    let home = Home::new();
    home.journal.append(&entry("before")).unwrap();
    let whole = fs::read(home.path("journal.jsonl")).unwrap();
    for torn in 1..whole.len() {
        let mut content = whole.clone();
        content.extend(&whole[..torn]);
        fs::write(home.path("journal.jsonl"), content).unwrap();
        home.journal.append(&entry("after")).unwrap();
        let history = home.journal.entries(None).unwrap();
        let (expected, unreadable) =
            // Only the newline was missing.
            if torn == whole.len() - 1 { (vec!["before", "before", "after"], 0) } else { (vec!["before", "after"], 1) };
        assert_eq!((names(&history.entries), history.unreadable), (expected, unreadable), "torn after {torn}");
    }
}

#[test]
fn what_is_no_entry_is_counted_and_left() {
    let home = Home::new();
    home.journal.append(&entry("a")).unwrap();
    let mut file = OpenOptions::new().append(true).open(home.path("journal.jsonl")).unwrap();
    file.write_all(b"\xff\xfe\n\n{\"time\":\"tomorrow\"}\n[]\n\0\0\0\0\n").unwrap();
    home.journal.append(&entry("b")).unwrap();
    let history = home.journal.entries(None).unwrap();
    assert_eq!((names(&history.entries), history.unreadable), (vec!["a", "b"], 4));
    // Only what is looked at counts.
    assert_eq!(home.journal.entries(Some(1)).unwrap().unreadable, 0);
}

#[test]
fn a_large_journal_is_moved_away_once_and_still_read() {
    let home = Home::new();
    home.journal.append(&entry("first")).unwrap();
    let line = fs::read(home.path("journal.jsonl")).unwrap();
    let count = 5 * 1024 * 1024 / line.len();
    fs::write(home.path("journal.jsonl"), line.repeat(count)).unwrap();
    fs::write(home.path("journal.1.jsonl"), "the one before\n").unwrap();
    home.journal.append(&entry("new")).unwrap();
    assert_eq!(fs::read(home.path("journal.1.jsonl")).unwrap().len(), count * line.len());
    let history = home.journal.entries(Some(3)).unwrap();
    assert_eq!(names(&history.entries), ["first", "first", "new"]);
    assert_eq!(home.journal.entries(None).unwrap().entries.len(), count + 1);
}

/// Who moves the journal away twice loses what was in it.
#[test]
fn writers_move_a_large_journal_away_together() {
    let home = Home::new();
    fs::create_dir_all(home.journal.folder()).unwrap();
    let mut large = vec![b'x'; 5 * 1024 * 1024 - 2000];
    large.push(b'\n');
    fs::write(home.path("journal.jsonl"), large).unwrap();
    thread::scope(|scope| {
        for writer in 0..8 {
            let journal = home.journal.clone();
            scope.spawn(move || (0..10).for_each(|at| journal.append(&entry(&format!("{writer}-{at}"))).unwrap()));
        }
    });
    assert!(fs::metadata(home.path("journal.1.jsonl")).unwrap().len() > 5 * 1024 * 1024 - 2000);
    let history = home.journal.entries(None).unwrap();
    assert_eq!((history.entries.len(), history.unreadable), (80, 1));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: impl AsRef<std::path::Path>) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn everything_is_for_its_owner_alone() {
        let home = Home::new();
        let open = home.journal.begin(&intent("a")).unwrap();
        home.journal.append(&entry("a")).unwrap();
        let folder = home.journal.folder().to_owned();
        for folder in [&folder, &folder.join("intents"), folder.parent().unwrap()] {
            assert_eq!(mode(folder), 0o700, "{}", folder.display());
        }
        let files = ["journal.jsonl", "journal.lock"].map(|name| home.path(name));
        for file in files.iter().chain(&home.intents("json")) {
            assert_eq!(mode(file), 0o600, "{}", file.display());
        }
        drop(open);
        // What was opened up by a careless copy is closed again.
        fs::set_permissions(&files[0], fs::Permissions::from_mode(0o644)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        home.journal.append(&entry("b")).unwrap();
        assert_eq!((mode(&files[0]), mode(&folder)), (0o600, 0o700));
    }

    #[test]
    fn whoever_only_looks_changes_nothing() {
        let home = Home::new();
        drop(home.journal.begin(&intent("a")).unwrap());
        home.journal.append(&entry("a")).unwrap();
        let files = [home.path("journal.jsonl"), home.path("journal.lock"), home.intents("json").remove(0)];
        for file in &files {
            fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
        }
        let looking = home.journal.clone().only_looking();
        assert_eq!(looking.intents().unwrap().intents.len(), 1);
        assert_eq!(looking.entries(None).unwrap().entries.len(), 1);
        assert!(files.iter().all(|file| mode(file) == 0o644));
    }

    #[test]
    fn links_and_pipes_are_refused_and_untouched() {
        let outside = tempfile::tempdir().unwrap();
        for name in ["journal.jsonl", "journal.lock"] {
            let home = Home::new();
            fs::create_dir_all(home.journal.folder()).unwrap();
            let (target, path) = (outside.path().join(name), home.path(name));
            // One that leads nowhere would be a file made elsewhere.
            symlink(&target, &path).unwrap();
            assert_eq!(home.journal.append(&entry("a")), Err(JournalError::NotPlain(path.clone())));
            assert!(!target.exists());
            fs::write(&target, "mine\n").unwrap();
            assert_eq!(home.journal.append(&entry("a")), Err(JournalError::NotPlain(path.clone())));
            assert_eq!(fs::read_to_string(&target).unwrap(), "mine\n");
        }
        let home = Home::new();
        fs::create_dir_all(home.journal.folder()).unwrap();
        let path = home.path("journal.jsonl");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        // Nobody reads or writes at its other end: whoever waits for that waits for ever.
        assert_eq!(home.journal.append(&entry("a")), Err(JournalError::NotPlain(path.clone())));
        assert_eq!(home.journal.entries(None), Err(JournalError::NotPlain(path)));
    }

    /// As on a full disk: the system takes a part of the line, and then nothing.
    #[test]
    fn a_line_that_does_not_fit_leaves_nothing_behind() {
        let home = Home::new();
        let name = "x".repeat(150);
        home.journal.append(&entry(&name)).unwrap();
        let before = fs::read(home.path("journal.jsonl")).unwrap();
        assert!((300..512).contains(&before.len()), "the next line has to begin below the limit, and end above it");
        let child = Program::command(&home, "append once", &name);
        let mut limited = std::process::Command::new("sh");
        limited
            .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""])
            .arg(child.get_program())
            .args(child.get_args());
        limited.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let child = Program::spawn(limited);
        assert!(child.words.starts_with("Err(Write"), "{}", child.words);
        assert_eq!(fs::read(home.path("journal.jsonl")).unwrap(), before);
    }
}

#[test]
fn a_folder_that_cannot_be_had_is_an_error_in_words() {
    let home = Home::new();
    let state = home.journal.folder().parent().unwrap();
    fs::write(state, "a file where the folder belongs").unwrap();
    for error in
        [home.journal.append(&entry("a")).unwrap_err(), home.journal.begin(&intent("a")).map(drop).unwrap_err()]
    {
        assert!(matches!(error, JournalError::Folder { .. }), "{error:?}");
        assert!(error.to_string().contains(&*home.journal.folder().display().to_string()), "{error}");
    }
    assert!(matches!(home.journal.entries(None), Err(JournalError::Read { .. })));
    assert!(matches!(home.journal.abandoned(), Err(JournalError::Folder { .. })));
    assert!(matches!(home.journal.intents(), Err(JournalError::Folder { .. })));
    assert_eq!(fs::read_to_string(state).unwrap(), "a file where the folder belongs");
}

#[test]
fn nothing_secret_reaches_the_files() {
    const CANARY: &str = "canary7Yq2fake";
    let home = Home::new();
    let url = format!("https://user:{CANARY}@keys.example.test/?key={CANARY}").parse().unwrap();
    let intent = confident_keys::journal::Intent { service: Service::new(&url), ..intent("CI") };
    let open = home.journal.begin(&intent).unwrap();
    let failed = Entry {
        service: Service::new(&url),
        detail: format!("the service said: bad key confident_us_proj_{CANARY}").into(),
        ..entry("CI")
    };
    home.journal.append(&failed).unwrap();
    assert!(!home.contents().contains(CANARY), "{}", home.contents());
    open.finish(&failed).unwrap();
    let contents = home.contents();
    assert!(!contents.contains(CANARY), "{contents}");
    assert!(contents.contains("https://keys.example.test") && contents.contains("bad key confident_…"), "{contents}");
}
