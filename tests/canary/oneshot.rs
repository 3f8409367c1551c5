//! The one-shot commands, in success and in every failure.

use std::fs;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::canary::{KEY_TAIL, OPAQUE, SECRET, Search};
use crate::clean::house;
use crate::echo::{Echo, Mood, Which};
use crate::house::{House, Run};

/// They find the key 8, which was never used.
const AUDITS: [&[&str]; 4] = [
    &["audit", "--format", "table"],
    &["audit", "--format", "csv"],
    &["audit", "--format", "markdown"],
    &["audit", "--json"],
];
const LINES: [&[&str]; 2] = [&["list", "--plain"], &["projects", "--plain"]];
/// What a shell asks for; it cuts what it shows of a name.
const TAB: &[&str] = &["__tab", "zsh", "--word=", "--", "ckeys", "list", "--project"];
const READS: [&[&str]; 7] = [
    &["whoami"],
    &["projects"],
    &["list"],
    &["list", "--project", "p1"],
    &["list", "--filter", "control id:7"],
    &["get", "7", "--org"],
    &["delete", "7", "--org", "--dry-run"],
];
const CHANGES: [&[&str]; 4] = [
    &["activate", "7", "--org", "--yes"],
    &["deactivate", "8", "--project", "p1", "--yes"],
    &["delete", "7", "--org", "--confirm", "7"],
    &["delete", "8", "--project", "p1", "--deactivate", "--confirm", "8"],
];
const CREATE: &[&str] = &["create", "CI", "--org", "--to", "stdout", "--yes"];
const DOCTOR: &[&str] = &["doctor"];
const JOURNAL: &[&str] = &["journal"];

fn with_json<'a>(arguments: &[&'a str], json: bool) -> Vec<&'a str> {
    arguments.iter().copied().chain(json.then_some("--json")).collect()
}

/// The service's own words came out, and those that were cut out of them left their mark.
#[track_caller]
fn quotes_the_service(run: &Run, what: &str) {
    let all = format!("{}{}", run.out, run.err);
    assert!(Search::control().find(all.as_bytes()).is_some(), "{what}: nothing is quoted, so nothing is shown by it");
    assert!(all.contains(&format!("…{KEY_TAIL}")), "{what}: {run:?}");
}

#[test]
fn commands_that_succeed_show_no_key_and_a_secret_only_where_it_is_asked_for() {
    for secret in [SECRET, OPAQUE] {
        let echo = Echo::new(secret);
        let house = house(&echo);
        for arguments in READS.iter().chain(&CHANGES).chain([&JOURNAL]) {
            for json in [false, true] {
                let arguments = with_json(arguments, json);
                let run = house.run(&arguments);
                assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
                run.is_clean(&format!("{arguments:?}"));
                if !arguments.contains(&"journal") {
                    quotes_the_service(&run, &format!("{arguments:?}"));
                }
            }
        }
        for arguments in LINES {
            let run = house.run(arguments);
            assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
            quotes_the_service(run.is_clean(&format!("{arguments:?}")), &format!("{arguments:?}"));
        }
        let run = house.run(TAB);
        assert!(run.is_clean("completion").out.contains('\t'), "{run:?}");
        for arguments in AUDITS {
            let run = house.run(arguments);
            assert_eq!(run.code, Some(14), "{arguments:?}: {run:?}");
            quotes_the_service(run.is_clean(&format!("{arguments:?}")), &format!("{arguments:?}"));
        }
        for json in [false, true] {
            let run = house.run(&with_json(DOCTOR, json));
            quotes_the_service(run.is_clean("doctor"), "doctor");
        }
        for json in [false, true] {
            let run = house.run(&with_json(CREATE, json));
            assert_eq!((run.code, run.out.matches(secret).count()), (Some(0), 1), "{run:?}");
            assert!(Search::new().find(run.out.as_bytes()).is_some(), "the search finds it where it is");
            let rest = Run { out: run.out.replace(secret, ""), ..run };
            rest.is_clean("create --to stdout");
            quotes_the_service(&rest, "create --to stdout");
        }
        house.is_clean();
        let journal = fs::read_to_string(house.path("state/confident-keys/journal.jsonl")).unwrap();
        assert!(Search::control().find(journal.as_bytes()).is_some(), "names are written down: {journal}");
    }
}

#[test]
fn a_rotation_shows_its_secret_only_where_it_is_asked_for() {
    let echo = Echo::new(OPAQUE);
    let house = house(&echo);
    for json in [false, true] {
        let rotate = ["rotate", "7", "--org", "--grace-hours", "1", "--to", "stdout", "--yes"];
        let run = house.run(&with_json(&rotate, json));
        assert_eq!((run.code, run.out.matches(OPAQUE).count()), (Some(0), 1), "{run:?}");
        let rest = Run { out: run.out.replace(OPAQUE, ""), ..run };
        rest.is_clean("rotate --to stdout");
        quotes_the_service(&rest, "rotate --to stdout");
    }
    let run = house.run(&["rotate", "7", "--org", "--to", "command:'false'", "--yes", "--json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.is_clean("rotate --to command");
    house.is_clean();
}

#[test]
fn a_file_that_was_asked_for_holds_the_secret_and_nothing_else_does() {
    let echo = Echo::new(OPAQUE);
    let house = house(&echo);
    let path = house.path("asked-for");
    let to = format!("file:{}", path.display());
    let run = house.run(&["create", "CI", "--org", "--to", &to, "--yes", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    quotes_the_service(run.is_clean("create --to file"), "create --to file");
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{OPAQUE}\n"));
    fs::remove_file(path).unwrap();
    house.is_clean();
    assert!(house.files().iter().any(|(path, _)| path.ends_with("journal.jsonl")), "something is looked at");
}

/// All commands, whatever they ask for.
fn fail_at_once(mood: Mood) {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    echo.is(mood, Which::All);
    // What may pass is tried again and again, which takes a while.
    let few: Vec<&[&str]> = vec![READS[0]];
    let all = READS.iter().chain(&CHANGES).chain(&AUDITS[..1]).chain([&DOCTOR]).copied().chain([CREATE]).collect();
    for (number, arguments) in if is_passing(mood) { few } else { all }.into_iter().enumerate() {
        // A format is one of two ways to say that.
        let json = number % 2 == 0 && !arguments.contains(&"--format");
        fails(&house, mood, &with_json(arguments, json));
    }
    remembers_nothing(&house);
}

/// Commands that come as far as to their write.
fn fail_at_the_write(mood: Mood) {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    echo.is(mood, Which::Writes);
    let few: Vec<&[&str]> = vec![CREATE];
    let all = CHANGES.into_iter().chain([CREATE]).collect();
    for (number, arguments) in if is_passing(mood) { few } else { all }.into_iter().enumerate() {
        fails(&house, mood, &with_json(arguments, number % 2 == 1));
    }
    assert!(echo.calls().iter().any(|call| call.starts_with("POST ")));
    remembers_nothing(&house);
    let journal = fs::read_to_string(house.path("state/confident-keys/journal.jsonl")).unwrap();
    assert!(journal.contains("\"create\""), "{journal}");
}

fn is_passing(mood: Mood) -> bool {
    matches!(mood, Mood::Cut | Mood::Headers)
}

fn fails(house: &House, mood: Mood, arguments: &[&str]) {
    let what = format!("{arguments:?} in {mood:?}");
    let run = house.run(arguments);
    let tells = if arguments.starts_with(DOCTOR) { &run.out } else { &run.err };
    assert!(run.code.is_some_and(|code| code > 0) && !tells.is_empty(), "{what}: {run:?}");
    run.is_clean(&what);
    if mood.has_words() {
        quotes_the_service(&run, &what);
    }
}

fn remembers_nothing(house: &House) {
    for json in [false, true] {
        house.run(&with_json(JOURNAL, json)).is_clean("journal");
    }
    house.is_clean();
}

#[test]
fn commands_that_fail_show_no_key_and_no_secret_whatever_the_service_says() {
    thread::scope(|scope| {
        for moods in Mood::BAD.chunks(2) {
            scope.spawn(|| moods.iter().for_each(|mood| fail_at_once(*mood)));
        }
    });
}

#[test]
fn changes_that_fail_show_no_key_and_no_secret_whatever_the_service_says() {
    thread::scope(|scope| {
        for moods in Mood::BAD.chunks(2) {
            scope.spawn(|| moods.iter().for_each(|mood| fail_at_the_write(*mood)));
        }
    });
}

#[test]
fn commands_that_are_interrupted_show_no_key() {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    for (which, arguments) in [(Which::All, READS[0]), (Which::Writes, CREATE), (Which::Writes, CHANGES[0])] {
        echo.is(Mood::Silence, which);
        let asked = echo.calls().len();
        let child = house.command(arguments).spawn().unwrap();
        let is_last = |call: &String| which == Which::All || !call.starts_with("GET ");
        echo.hears(|calls| calls[asked..].iter().any(is_last));
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!(run.code, Some(130), "{run:?}");
        run.is_clean("interrupted");
        assert!(run.err.contains("Interrupted"), "{run:?}");
        // What was left open is looked into.
        echo.is(Mood::Well, Which::All);
        let run = house.run(READS[0]);
        quotes_the_service(run.is_clean("the next start"), "the next start");
    }
    remembers_nothing(&house);
}
