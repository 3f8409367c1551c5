//! What `ckeys doctor` finds on this machine: settings, files, terminal, clipboard.

use std::fs;
use std::path::Path;

use confident_keys::journal::Journal;

use super::Report;
use crate::support::{Run, World};

fn write(path: impl AsRef<Path>, text: &str) {
    fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What was done here, in the journal that `world` has.
fn with_journal(world: &World) -> Journal {
    let found = world.named("Nightly evals");
    world.run(&found.arguments("deactivate", &["--yes"])).exits(0);
    Journal::at(world.home.path().join("state").join("confident-keys"))
}

#[test]
fn settings_are_found_and_what_is_not_used_of_them_is_told_by_line() {
    let world = World::new();
    let path = world.home.path().join("confident-keys").join("config.toml");
    Report::of(&world, &[], &[]).has("config-file", "ok", "config.toml is not there, so the defaults count");
    write(&path, "[thresholds]\nidle_days = 20\n");
    Report::of(&world, &[], &[]).has("config-file", "ok", &format!("{} is used", path.display()));
    write(&path, "frobs = 1\n[thresholds]\nidle_days = \"many\"\n");
    Report::of(&world, &[], &[]).has("config-file", "warning", "line 1: no setting is called `frobs`").has(
        "config-file",
        "warning",
        "line 3: this takes a whole number",
    );
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    Report::of(&world, &[], &[]).exits(1).has("config-file", "problem", "can't be read");
}

#[cfg(unix)]
#[test]
fn what_others_can_get_at_is_told_with_a_remedy_and_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let config = world.home.path().join("confident-keys").join("config.toml");
    write(&config, "");
    let journal = with_journal(&world);
    let (folder, file) = (journal.folder().to_owned(), journal.folder().join("journal.jsonl"));
    let report = Report::of(&world, &[], &[]);
    report.has("journal-access", "ok", "its 2 files are for you alone").has("config-access", "ok", "Only you");
    report.has("journal-content", "ok", "1 entry, ").has("journal-writable", "ok", "Yes");

    set(&file, 0o644);
    let chmod = format!("`chmod -R go= '{}'`", folder.display());
    Report::of(&world, &[], &[])
        .has("journal-access", "warning", "journal.jsonl (mode 644): others on this machine can get at that")
        .has("journal-access", "warning", &chmod);
    set(&folder, 0o755);
    set(&config, 0o666);
    Report::of(&world, &[], &[])
        .has("journal-access", "warning", "confident-keys (mode 755), ")
        .has("config-access", "warning", "Everybody on this machine can change ")
        .has("config-access", "warning", "`chmod o-w '");
    assert_eq!((mode(&folder), mode(&file), mode(&config)), (0o755, 0o644, 0o666));
    // The remedies are commands, and they help.
    for check in ["journal-access", "config-access"] {
        let report = Report::of(&world, &[], &[]);
        let remedy = report.check(check)["remedy"].as_str().unwrap().trim_matches('`').to_owned();
        assert!(std::process::Command::new("sh").args(["-c", &remedy]).status().unwrap().success());
        Report::of(&world, &[], &[]).has(check, "ok", "");
    }

    let lock = folder.join("journal.lock");
    fs::rename(&lock, folder.join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(folder.join("elsewhere"), &lock).unwrap();
    Report::of(&world, &[], &[]).exits(1).has("journal-access", "problem", "journal.lock (mode 777): neither a file");
}

#[test]
fn a_journal_that_can_not_be_written_or_read_is_a_problem() {
    let world = World::new();
    let file = world.home.path().join("no folder");
    write(&file, "");
    let report = Report::of(&world, &[], &[("XDG_STATE_HOME", file.to_str().unwrap())]);
    report.exits(1).has("journal-writable", "problem", "no folder: it is no folder");
    report.has("journal-access", "problem", "can't be looked into").has("journal-intents", "unknown", "");

    let journal = with_journal(&world);
    fs::write(journal.folder().join("journal.1.jsonl"), "torn\n{\"half\":").unwrap();
    Report::of(&world, &[], &[]).has("journal-content", "warning", "2 lines of the journal can't be read");
    fs::remove_file(journal.folder().join("journal.1.jsonl")).unwrap();
    fs::create_dir(journal.folder().join("journal.1.jsonl")).unwrap();
    Report::of(&world, &[], &[]).exits(1).has("journal-content", "problem", "is no plain file");
}

// Elsewhere nobody can be kept from writing by these rights.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_is_not_writable_is_a_problem() {
    // Nobody, not even root, makes files there.
    let world = World::new();
    let report = Report::of(&world, &[], &[("XDG_STATE_HOME", "/proc/self")]);
    report.exits(1).has("journal-writable", "problem", "Nothing can be written in /proc/self");
}

#[test]
fn keys_whose_outcome_nobody_saw_are_told_and_not_looked_into() {
    use confident_keys::api::model::KeyId;
    use confident_keys::journal::{Intended, Intent, OrganizationRecord, ScopeRecord, Service};
    let world = World::new();
    let journal = with_journal(&world);
    let whoami = world.run(&["whoami", "--json"]).exits(0).json();
    let id = whoami["organization"]["id"].as_str().unwrap();
    let intent = Intent {
        time: "2026-11-21T02:51:00Z".parse().unwrap(),
        service: Service::new(&world.base_url.parse().unwrap()),
        organization: Some(OrganizationRecord { id: id.into(), name: "Acme Inc.".into() }),
        scope: ScopeRecord::Organization,
        name: "CI, fake".into(),
        what: Intended::Create { replaces: None, known: vec![KeyId(1)] },
    };
    let at_work = journal.begin(&intent).unwrap();
    Report::of(&world, &[], &[]).has("journal-intents", "ok", "1 key was being generated right now");
    drop(at_work);
    let torn = journal.folder().join("intents").join("0-0-0.json");
    write(&torn, "torn");
    let told = format!("1 note of what was being generated or rotated can't be read: {}", torn.display());
    for _ in 0..2 {
        let report = Report::of(&world, &[], &[]);
        report.has("journal-intents", "warning", "1 key was being generated when a ckeys ended, and nobody knows");
        report.has("journal-intents", "warning", &told).has("journal-intents", "warning", "`ckeys journal`");
    }
    let what = Intended::Rotate { id: KeyId(1), grace_hours: Some(0), ends: vec!["a1b2c3".to_owned()] };
    let rotated = journal.begin(&Intent { what, ..intent.clone() }).unwrap();
    Report::of(&world, &[], &[]).has("journal-intents", "warning", "1 key was being rotated right now");
    drop(rotated);
    Report::of(&world, &[], &[]).has(
        "journal-intents",
        "warning",
        "2 keys were being generated or rotated when a ckeys",
    );
    // The next start looks into the one, and sets the other aside, where it is still told of.
    world.run(&["whoami"]).exits(0);
    let report = Report::of(&world, &[], &[]);
    report.has("journal-intents", "warning", ".unreadable").has("journal-intents", "warning", "may be removed");
    assert!(!report.check("journal-intents")["summary"].as_str().unwrap().contains(" key"), "{report:?}");
}

#[test]
fn the_way_to_the_clipboard_is_the_one_that_copies_take() {
    let world = World::new();
    let clipboard = |variables: &[(&str, &str)]| Report::of(&world, &[], variables).check("clipboard").clone();
    if cfg!(target_os = "linux") {
        let display = clipboard(&[("DISPLAY", ":7")]);
        assert_eq!((&display["status"], &display["remedy"]), (&"ok".into(), &serde_json::Value::Null));
        assert!(display["summary"].as_str().unwrap().contains("DISPLAY names a display"), "{display}");
    }
    let tmux =
        clipboard(&[("TMUX", "/nowhere,1,0"), ("SSH_TTY", "/dev/pts/9"), ("DISPLAY", ":7"), ("PATH", "/nowhere")]);
    assert_eq!(tmux["status"], "problem", "{tmux}");
    let summary = tmux["summary"].as_str().unwrap();
    assert!(summary.contains("through tmux, as over ssh") && summary.contains("tmux can't be run"), "{tmux}");
    // No trial without being asked for one; and where there is no way, none with it.
    let none = [("SSH_TTY", "/dev/pts/9"), ("TERM", "dumb")];
    let report = Report::of(&world, &["--try-clipboard"], &none);
    report.has("clipboard", "warning", "None: there is no display").has("clipboard", "warning", "--to file:PATH");
    report.has("clipboard-trial", "unknown", "Not tried");
    report.has("session", "ok", "By way of ssh");
    let report = Report::of(&world, &[], &[("LANG", "C"), ("NO_COLOR", "1"), ("STY", "1.x"), ("SSH_CLIENT", "x")]);
    report
        .has("encoding", "warning", "LANG is C")
        .has("encoding", "warning", "--ascii")
        .has("colours", "ok", "NO_COLOR");
    report.has("session", "ok", "By way of ssh and GNU screen");
}

#[test]
fn the_zone_of_local_times_and_the_theme_are_told() {
    let world = World::new();
    for (zone, standing, words) in [
        ("Asia/Kolkata", "ok", "Asia/Kolkata (IST), by TZ"),
        (":UTC", "ok", "UTC, by TZ"),
        ("", "ok", "UTC, by TZ"),
        ("XYZ3", "ok", "XYZ, by TZ"),
        ("<-03>3", "ok", "UTC-03, by TZ"),
        ("Mars/Olympus", "warning", "TZ names no zone that is known here, so local times are in UTC"),
        ("EST5EDT,M3", "warning", "local times are in UTC"),
    ] {
        Report::of(&world, &[], &[("TZ", zone)]).has("time-zone", standing, words);
    }
    let asked = [("TERM", "xterm-256color"), ("CKEYS_THEME", "high-contrast")];
    Report::of(&world, &[], &asked).has("theme", "ok", "high-contrast, by CKEYS_THEME");
    Report::of(&world, &[], &[("CKEYS_THEME", "pink")]).has("theme", "warning", "names no theme");
}

#[test]
fn people_read_groups_with_signs_and_ascii_is_honoured() {
    let world = World::at("http://127.0.0.1:1");
    let run = |arguments: &[&str]| Run::of(world.command(arguments).env("LC_ALL", "C").output().unwrap()).exits(1);
    let report = run(&["doctor"]).out;
    for words in ["Configuration\n", "\nOrganization key\n  ✓ key ", "\n  ✕ connection ", "→ Check that", "! encoding"]
    {
        assert!(report.contains(words), "{words:?}: {report}");
    }
    assert!(!report.contains('\u{1b}'), "{report}");
    for arguments in [&["doctor", "--ascii"][..], &["--ascii", "doctor"]] {
        let report = run(arguments).out;
        assert!(report.is_ascii() && report.contains("\n  x connection "), "{report}");
    }
    write(world.home.path().join("confident-keys").join("config.toml"), "[display]\nascii = true\n");
    assert!(run(&["doctor"]).out.is_ascii());
}

#[cfg(unix)]
mod on_a_terminal {
    use portable_pty::CommandBuilder;

    use super::*;
    use crate::environment::unwanted;
    use crate::pty::{PATIENCE, Pty};

    /// What was to be seen, and the exit code.
    fn seen(world: &World, arguments: &[&str], variables: &[(&str, &str)], size: (u16, u16)) -> (u32, String) {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ckeys"));
        command.arg("doctor");
        command.args(arguments);
        for name in unwanted() {
            command.env_remove(name);
        }
        command.env("HOME", world.home.path());
        command.env("XDG_CONFIG_HOME", world.home.path());
        command.env("XDG_STATE_HOME", world.home.path().join("state"));
        command.env("CONFIDENT_BASE_URL", &world.base_url);
        command.env("CONFIDENT_ORG_API_KEY", &world.key);
        for (name, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")].iter().chain(variables) {
            command.env(name, value);
        }
        let mut pty = Pty::run(command, size.0, size.1, || true);
        let mut seen = String::new();
        while let Ok(bytes) = pty.output.recv_timeout(PATIENCE) {
            seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        let code = pty.child.wait().unwrap().exit_code();
        assert!(!seen.contains(&world.key), "{seen}");
        (code, seen)
    }

    #[test]
    fn all_is_well_or_only_warned_of_exits_0_and_fits_the_terminal() {
        let world = World::new();
        for (columns, variables) in [(60, &[][..]), (80, &[("LC_ALL", "C")]), (120, &[("NO_COLOR", "1")])] {
            let (code, seen) = seen(&world, &[], variables, (columns, 40));
            assert_eq!(code, 0, "{seen}");
            let mut screen = vt100::Parser::new(200, 400, 0);
            screen.process(seen.as_bytes());
            let text = screen.screen().contents();
            assert!(text.lines().all(|line| confident_keys::text::width(line) <= columns.into()), "{text}");
            assert_eq!(text.contains("! encoding"), columns == 80, "{text}");
            assert_eq!(seen.contains("\u{1b}[32m✓\u{1b}[0m"), columns != 120, "{seen}");
            assert!(text.contains(&format!("{columns}x40; the screen needs 60x16")), "{text}");
            assert!(text.contains("✓ terminal ") && text.lines().last().unwrap().contains(" ok"), "{text}");
        }
    }

    #[test]
    fn a_terminal_that_is_too_small_for_the_screen_needs_care() {
        let (code, seen) = seen(&World::new(), &["--ascii"], &[], (59, 16));
        assert_eq!(code, 1, "{seen}");
        assert!(seen.contains("x\u{1b}[0m terminal size ") && seen.contains("59x16 is too small"), "{seen}");
    }

    // Elsewhere the machine has a clipboard of its own.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_terminals_clipboard_is_written_to_only_where_that_is_asked_for() {
        use base64::Engine as _;
        let world = World::new();
        let (_, quiet) = seen(&world, &[], &[], (200, 40));
        assert!(quiet.contains("OSC 52, as there is no display") && !quiet.contains("\u{1b}]52"), "{quiet}");
        let (code, seen) = seen(&world, &["--try-clipboard"], &[], (200, 40));
        let (_, encoded) = seen.split_once("\u{1b}]52;c;").unwrap();
        let (encoded, _) = encoded.split_once('\u{7}').unwrap();
        let text = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap();
        assert!(
            text.starts_with("ckeys clipboard test ") && seen.contains(&format!("it should be “{text}”")),
            "{seen}"
        );
        assert_eq!(code, 0, "{seen}");
    }
}

#[test]
fn keys_that_make_no_sense_are_a_problem_for_the_screen_and_a_word_for_commands() {
    let world = World::new();
    let config = world.home.path().join("confident-keys").join("config.toml");
    write(config, "[keys.keys]\ndeactivate = \"R\"\n[keys.generate]\nback = []\n");
    Report::of(&world, &[], &[])
        .has(
            "config-file",
            "problem",
            "line 2: R has two meanings: deactivate in [keys.keys] and rotate in [keys.keys]",
        )
        .has("config-file", "problem", "line 4: `back` can't go without a key in [keys.generate]: it is the way out");
    // Commands need no keys.
    let run = world.run(&["list", "--org"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("line 2: R has two meanings"), "{}", run.err);
}
