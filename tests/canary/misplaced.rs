//! Keys in places where they don't belong, by a person's mistake, and in the hands of a part that panics.

use std::process::Command;

use confident_keys::terminal;
use confident_keys::{panic, redact};

use crate::canary::{KEY, KEY_TAIL, SECRET, Search};
use crate::clean::house;
use crate::echo::Echo;
use crate::environment::unwanted;
use crate::house::Run;

#[test]
fn a_key_among_the_arguments_is_not_repeated() {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    let (file, filter, flag) = (format!("file:/nonexistent/{KEY}/x"), format!("kye:{KEY}"), format!("--{KEY}"));
    let (env, command) = (format!("env:{KEY}/x"), format!("command:{KEY} x"));
    let (echoes, address) = (format!("command:echo {KEY}"), format!("https://{KEY}.invalid"));
    for arguments in [
        &[KEY][..],
        &[&flag],
        &["list", KEY],
        &["list", "--project", KEY],
        &["list", "--filter", &filter],
        &["list", "--json", "--filter", &filter],
        &["audit", "--since", KEY],
        &["audit", "--format", KEY],
        &["audit", "--fail-on", KEY],
        &["get", KEY, "--org"],
        &["get", "7", "--project", KEY],
        &["create", KEY, "--org", "--to", "stdout", "--yes"],
        &["create", "CI", "--project", KEY, "--to", "stdout", "--yes"],
        &["create", "CI", "--org", "--to", KEY, "--yes"],
        &["create", "CI", "--org", "--to", &file, "--yes"],
        &["create", "CI", "--org", "--to", &env, "--yes"],
        &["create", "CI", "--org", "--to", &command, "--yes"],
        &["delete", "7", "--org", "--confirm", KEY],
        &["journal", "-n", KEY],
        &["list", "--profile", KEY],
        &["profile", "add", KEY, "--key", "file"],
        &["profile", "add", "x", "--key", KEY],
        &["profile", "add", "x", "--key", &echoes],
        &["profile", "add", "x", "--key", "file", "--base-url", &address],
        &["profile", "add", "x", "--key", "file", "--colour", KEY],
        &["profile", "remove", KEY],
        &["profile", "login", KEY],
        &["demo-server", "--listen", KEY],
        &["demo-server", "--fault", KEY],
    ] {
        let run = house.run(arguments);
        assert!(run.code.is_some_and(|code| code > 0) && !run.err.is_empty(), "{arguments:?}: {run:?}");
        run.is_clean(&format!("{arguments:?}"));
    }
    assert!(echo.calls().iter().all(|call| call.starts_with("GET ")), "nothing was changed");
    house.is_clean();
}

#[test]
fn a_key_in_a_setting_is_not_repeated() {
    let echo = Echo::new(SECRET);
    for (name, value) in [
        ("CONFIDENT_REGION", KEY.to_owned()),
        ("CONFIDENT_BASE_URL", KEY.to_owned()),
        ("CONFIDENT_BASE_URL", format!("https://{KEY}@keys.invalid")),
        ("CONFIDENT_BASE_URL", format!("http://keys.invalid/{KEY}")),
        ("CKEYS_PROFILE", KEY.to_owned()),
        ("CONFIDENT_ORG_API_KEY", format!("{KEY} {KEY}")),
        ("CONFIDENT_ORG_API_KEY", format!("{KEY}\u{e9}")),
    ] {
        let mut house = house(&echo);
        if name == "CONFIDENT_REGION" {
            house.set("CONFIDENT_BASE_URL", "");
        }
        house.set(name, &value);
        let run = house.run(&["list"]);
        assert!(run.code == Some(2) && run.err.contains(name), "{name}: {run:?}");
        run.is_clean(&format!("{name}={value}"));
        house.is_clean();
    }
    for content in [
        format!("{KEY} = 1"),
        format!("[{KEY}]\nx = 1"),
        format!("[display]\ntimes = \"{KEY}\""),
        format!("[display]\n\"{KEY}\" = 1"),
        format!("[clipboard]\nclear_after_seconds = {KEY}"),
        format!("key = {KEY}"),
        format!("default_profile = \"{KEY}\""),
        format!("[profiles.{KEY}]"),
        format!("[profiles.x]\nkey = \"{KEY}\""),
        format!("[profiles.x]\nkey = {{ command = [\"echo\", \"{KEY}\"] }}"),
        format!("[profiles.x]\nbase_url = \"https://{KEY}.invalid\""),
        format!("[profiles.x]\n{KEY} = true"),
        format!("\"{KEY}"),
    ] {
        let mut house = house(&echo);
        house.set("XDG_CONFIG_HOME", house.path("bin").to_str().unwrap());
        house.write("bin/confident-keys/config.toml", &content);
        let run = house.run(&["list"]);
        assert!(run.err.contains("config.toml, line "), "{content}: {run:?}");
        run.is_clean(&content);
        house.is_clean();
    }
}

/// How a part of the program panics with a key in its hands.
const PANICS: [&str; 3] = ["words", "an index", "on the screen"];

#[test]
#[ignore = "the test below runs this as a program"]
fn panics() {
    panic::guard();
    redact::note_environment();
    let how = std::env::var("CKEYS_TEST_PANIC").unwrap();
    if how == PANICS[2] {
        terminal::install_panic_hook();
    }
    let words = format!("é {KEY}");
    match &*how {
        // The standard library quotes the text.
        "an index" => drop(words[1..].to_owned()),
        _ => panic!("{words}"),
    }
}

#[test]
fn a_panic_quotes_no_key() {
    for how in PANICS {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for name in unwanted() {
            command.env_remove(name);
        }
        command.args(["--exact", "misplaced::panics", "--ignored", "--nocapture"]);
        command.env("CKEYS_TEST_PANIC", how).env("CONFIDENT_ORG_API_KEY", KEY).env("RUST_BACKTRACE", "full");
        let run = Run::of(command.output().unwrap());
        assert_eq!(run.code, Some(101), "{run:?}");
        run.is_clean(how);
        for part in ["ckeys: A fault in ckeys, at ", "misplaced.rs", &format!("…{KEY_TAIL}"), "may have happened"] {
            assert!(run.err.contains(part), "{part:?} in {run:?}");
        }
        assert!(Search::new().find(KEY.as_bytes()).is_some());
    }
}
