//! Keys that a profile has from elsewhere than the environment, and keys that are given to one.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;

use crate::canary::{CONTROL, KEY, KEY_TAIL, SECRET, Search};
use crate::clean::house;
use crate::echo::Echo;
use crate::house::{House, Run};
use crate::watched::Watched;

/// A house whose environment holds no key, and whose settings are among the test's own files.
fn keyless(echo: &Echo, config: &str) -> House {
    let mut house = house(echo);
    house.set("CONFIDENT_ORG_API_KEY", "");
    house.set("CONFIDENT_BASE_URL", "");
    house.set("XDG_CONFIG_HOME", house.path("bin").to_str().unwrap());
    own(&house, "bin/confident-keys/config.toml", &config.replace("URL", echo.base_url()));
    own(&house, "bin/confident-keys/key", &format!("{KEY}\n"));
    fs::set_permissions(house.path("bin/confident-keys"), fs::Permissions::from_mode(0o700)).unwrap();
    house
}

/// A file that only its owner can read.
fn own(house: &House, name: &str, content: &str) {
    fs::set_permissions(house.write(name, content), fs::Permissions::from_mode(0o600)).unwrap();
}

const COMMANDS: [&[&str]; 7] = [
    &["whoami"],
    &["list"],
    &["doctor"],
    &["get", "7", "--org"],
    &["deactivate", "8", "--project", "p1", "--yes"],
    &["profile", "list", "--check"],
    &["profile", "remove", "work", "--yes"],
];

#[test]
fn a_key_from_a_file_or_a_command_is_shown_no_more_than_one_of_the_environment() {
    for place in
        ["{ file = \"key\" }", "{ command = [\"gives\"] }", "{ command = [\"cat\", \"bin/confident-keys/key\"] }"]
    {
        let echo = Echo::new(SECRET);
        let mut house = keyless(&echo, &format!("[profiles.work]\nbase_url = \"URL\"\nkey = {place}\n"));
        house.set("CONTROL", CONTROL);
        // It sees what it was started with: no key, where the project's is one, too.
        house.set("CONFIDENT_API_KEY", KEY);
        house.set("HOME", house.path("").to_str().unwrap());
        house.stands_in("gives", "env > \"$HOME/seen\"; cat \"$HOME/bin/confident-keys/key\"");
        house.stands_in("cat", "cd \"$HOME\"; exec /bin/cat \"$@\"");
        for arguments in COMMANDS {
            for json in [false, true] {
                let arguments: Vec<_> = arguments.iter().copied().chain(json.then_some("--json")).collect();
                let run = house.run(&[&["--profile", "work"], &*arguments].concat());
                run.is_clean(&format!("{place} {arguments:?}"));
                if arguments[0] == "whoami" {
                    assert_eq!(run.code, Some(0), "{run:?}");
                    assert!(run.out.contains(KEY_TAIL), "{run:?}");
                }
            }
        }
        house.is_clean();
        if place.contains("gives") {
            let seen = fs::read(house.path("seen")).unwrap();
            assert!(Search::control().find(&seen).is_some(), "its environment is its own");
        }
    }
}

/// The files that hold a canary.
fn with_canary(house: &House) -> Vec<PathBuf> {
    let search = Search::new();
    let found = house.files().into_iter().filter(|(_, content)| search.find(content).is_some());
    found.map(|(path, _)| path).collect()
}

#[test]
fn a_key_that_is_given_is_in_its_file_alone() {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    let add = house.run(&["profile", "add", "work", "--base-url", echo.base_url(), "--key", "file", "--json"]);
    assert_eq!(add.is_clean("profile add").code, Some(0), "{add:?}");
    for json in [false, true] {
        let login = ["profile", "login", "work"].into_iter().chain(json.then_some("--json"));
        let mut command = house.command(&login.collect::<Vec<_>>());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(KEY.as_bytes()).unwrap();
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!(run.is_clean("profile login").code, Some(0), "{run:?}");
        assert!(run.err.contains(&format!("…{KEY_TAIL}")), "{run:?}");
        let file = house.path("config/confident-keys/keys/work");
        assert_eq!(with_canary(&house), [file.as_path()]);
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let run = house.run(&["profile", "remove", "work", "--yes"]);
    assert_eq!(run.is_clean("profile remove").code, Some(0), "{run:?}");
    house.is_clean();
}

#[test]
fn what_is_given_and_is_no_key_is_not_repeated_either() {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    house.run(&["profile", "add", "work", "--base-url", echo.base_url(), "--key", "file"]);
    for input in [format!("{KEY} {KEY}"), format!("{KEY}\u{e9}"), format!("{KEY}\nfor https://{KEY}.invalid\n")] {
        let mut child = house.command(&["profile", "login", "work"]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let run = Run::of(child.wait_with_output().unwrap());
        assert_eq!(run.is_clean(&input).code, Some(2), "{run:?}");
        house.is_clean();
    }
}

/// The program on a screen, with nothing of a canary in all that it wrote.
fn switches_on_a_screen(house: &House, keys: &[(&str, &str)]) {
    let mut screen = Watched::run(house.on_terminal(env!("CARGO_BIN_EXE_ckeys"), &[]), 120, 36);
    screen.sees("Sandbox");
    for (typed, seen) in keys {
        screen.types(typed).sees(seen);
    }
    assert_eq!(screen.ends("\x03"), 0);
    let search = Search::new();
    assert_eq!(search.find(&screen.raw), None);
    assert_eq!(search.find(screen.seen.as_bytes()), None);
}

#[test]
fn switching_profiles_on_the_screen_shows_and_keeps_no_key_of_any() {
    let echo = Echo::new(SECRET);
    let config = "default_profile = \"one\"\n\
        [profiles.one]\nbase_url = \"URL\"\nkey = { file = \"key\" }\n\
        [profiles.two]\nbase_url = \"URL\"\nkey = { command = [\"gives\"] }\n\
        [profiles.three]\nbase_url = \"http://127.0.0.1:1\"\nkey = { file = \"key\" }\n\
        [profiles.four]\nbase_url = \"URL\"\nkey = { command = [\"fails\"] }\n";
    let mut house = keyless(&echo, config);
    house.set("HOME", house.path("").to_str().unwrap());
    house.stands_in("gives", "cat \"$HOME/bin/confident-keys/key\" >&2; cat \"$HOME/bin/confident-keys/key\"");
    house.stands_in("fails", "cat \"$HOME/bin/confident-keys/key\" >&2; cat \"$HOME/bin/confident-keys/key\"; exit 1");
    switches_on_a_screen(
        &house,
        &[
            ("Ptwo\r", "· two ·"),
            ("Pthree\r", "down"),
            ("\x15four\r", "no key"),
            ("\x15one\r", "· one ·"),
            ("3", "3 Stale"),
        ],
    );
    let state = fs::read_to_string(house.path("state/confident-keys/screen.json")).unwrap();
    assert!(state.contains("\"tab\":\"stale\""), "{state}");
    house.is_clean();
}
