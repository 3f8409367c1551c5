//! Arguments, connections, settings: everything before the first request.

use std::fs;

use crate::support::{FAKE_KEY, Run, World, command};

#[test]
fn help_and_version_are_data() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [vec!["--help"], vec!["--version"], vec!["create", "--help"], vec!["help", "list"]] {
        let run = Run::of(command(&home).args(&arguments).output().unwrap()).exits(0);
        assert!(run.out.contains("ckeys") && run.err.is_empty(), "{run:?}");
    }
}

#[test]
fn mistakes_exit_2_before_anything_is_sent() {
    // Nothing listens there: whatever is sent would exit 1.
    let world = World::at("http://127.0.0.1:1");
    for arguments in [
        &["frobnicate"][..],
        &["list", "--org", "--project", "Sandbox"],
        &["get", "7"],
        &["get", "seven", "--org"],
        &["get", "99999999999999999999", "--org"],
        &["get", "--org"],
        &["create", "CI", "--to", "stdout"],
        &["create", "CI", "--org"],
        &["create", "CI", "--org", "--to", "nowhere"],
        &["create", "CI", "--org", "--to", "env:"],
        &["create", "CI", "--org", "--to", "command:a | b"],
        &["create", "CI", "--org", "--to", "file:"],
        &["create", " ", "--org", "--to", "stdout"],
        &["create", "a\u{202e}b", "--org", "--to", "stdout"],
        &["create", &"x".repeat(256), "--org", "--to", "stdout"],
        &["deactivate", "7"],
        &["get", "7", "--project", ""],
        &["list", "--project", "  "],
        &["demo-server", "--projects", "99999999999"],
        &["demo-server", "--keys-per-project", "100000"],
        &["demo-server", "--projects", "10000", "--keys-per-project", "10000"],
        &["demo-server", "--projects", "-1"],
        &["delete", "7", "--org", "--project", "Sandbox"],
        &["whoami", "--org"],
    ] {
        let run = world.run(arguments).exits(2).prints_nothing();
        assert!(run.err.starts_with("ckeys: ") && run.err.len() > 20, "{run:?}");
    }
}

#[test]
fn what_a_mistake_quotes_is_cleaned_and_cut() {
    let world = World::at("http://127.0.0.1:1");
    let long = "x".repeat(3000);
    let dashed = format!("--{long}");
    let (hidden, flag) = ("a\u{1b}[2J\nb\u{202e}", "--a\u{1b}[2J\nb\u{202e}");
    for (arguments, words) in [
        (&["create", &long, "--org", "--to", "stdout"][..], "at most 255 characters"),
        (&["list", &long], "unexpected argument"),
        (&["list", &dashed], "unexpected argument"),
        (&[&long], "subcommand"),
        (&["create", hidden, "--org", "--to", "stdout"], "U+001B"),
        (&["list", hidden], "a<U+001B>[2J<U+000A>b<U+202E>"),
        (&["list", flag], "--a<U+001B>[2J<U+000A>b<U+202E>"),
        (&["list", "--project", hidden, "--org"], "cannot be used with"),
        (&["get", hidden, "--org"], "a<U+001B>[2J<U+000A>b<U+202E>"),
        (&["create", "CI", "--org", "--to", hidden], "a<U+001B>[2J<U+000A>b<U+202E>"),
        (&[hidden], "a<U+001B>[2J<U+000A>b<U+202E>"),
        (&["list", "--project", ""], "name the project, or give its id"),
    ] {
        let run = world.run(arguments).exits(2).prints_nothing().says(words);
        assert!(run.err.chars().all(|character| character == '\n' || !character.is_control()), "{run:?}");
        assert!(!run.err.contains('\u{202e}') && run.err.len() < 1000, "{run:?}");
        assert!(run.err.starts_with("ckeys: ") && run.err.ends_with('\n'), "{run:?}");
    }
}

#[test]
fn without_a_key_there_is_help_and_exit_4() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["whoami"][..], &["list", "--json"], &["delete", "7", "--org"]] {
        let run = Run::of(command(&home).args(arguments).output().unwrap()).exits(4).prints_nothing();
        run.says("No organization key was given").says("Organization Settings").says("ckeys --demo");
    }
    let run =
        Run::of(command(&home).arg("whoami").env("CONFIDENT_API_KEY", "confident_us_proj_fake").output().unwrap());
    run.exits(4).says("project key");
}

#[test]
fn a_connection_that_makes_no_sense_exits_2() {
    let home = tempfile::tempdir().unwrap();
    for (name, value, words) in [
        ("CONFIDENT_BASE_URL", "http://keys.example.test", "plain http"),
        ("CONFIDENT_BASE_URL", "keys.example.test", "no address"),
        ("CONFIDENT_BASE_URL", "https://keys.example.test/v1", "ends in /v1; leave that out"),
        ("CONFIDENT_BASE_URL", "https://keys.example.test/confident/v2/", "ends in /v2; leave that out"),
        ("CONFIDENT_REGION", "MARS", "US, EU or AU"),
        ("CONFIDENT_ORG_API_KEY", "two words", "white space"),
    ] {
        let run = Run::of(
            command(&home).arg("whoami").env("CONFIDENT_ORG_API_KEY", FAKE_KEY).env(name, value).output().unwrap(),
        );
        run.exits(2).prints_nothing().says(words);
    }
}

#[test]
fn the_screen_needs_a_terminal() {
    let home = tempfile::tempdir().unwrap();
    let run = Run::of(command(&home).output().unwrap()).exits(4).prints_nothing();
    run.says("Usage: ckeys").says("No organization key was given");
    let run =
        Run::of(command(&home).env("CONFIDENT_ORG_API_KEY", FAKE_KEY).output().unwrap()).exits(2).prints_nothing();
    run.says("Usage: ckeys").says("needs a terminal");
    let run = Run::of(command(&home).arg("--demo").output().unwrap()).exits(2).prints_nothing();
    run.says("Usage: ckeys").says("needs a terminal");
}

#[test]
fn demo_ignores_the_environment_and_serves_every_command() {
    let world = World::at("http://127.0.0.1:1");
    for arguments in [&["--demo", "whoami"][..], &["projects", "--demo"], &["--demo", "list"]] {
        let run = world.run(arguments).exits(0);
        assert!(!run.out.is_empty() && run.err.is_empty(), "{run:?}");
    }
}

#[test]
fn problems_of_the_settings_are_told_by_line_and_change_nothing_else() {
    let world = World::new();
    let folder = world.home.path().join("confident-keys");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[thresholds]\nstale_days = \"many\"\nfrobs = 1\nidle_days = 20\n").unwrap();
    let run = world.run(&["projects", "--json"]).exits(0);
    assert_eq!(run.err.lines().count(), 2, "{run:?}");
    assert!(run.err.lines().all(|line| line.starts_with("ckeys: ")), "{run:?}");
    assert!(run.json()["projects"].is_array());
    run.says("config.toml, line 2").says("config.toml, line 3");
}

#[test]
fn thresholds_of_the_settings_count() {
    let world = World::new();
    let stale = |world: &World| world.keys(&[]).iter().filter(|key| key["status"] == "stale").count();
    let before = stale(&world);
    let folder = world.home.path().join("confident-keys");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[thresholds]\nidle_days = 1\nstale_days = 2\n").unwrap();
    assert!(stale(&world) > before, "{before}");
}
