//! The one-shot commands: what they print for people and for programs, to pipes and to terminals.

use std::time::Instant;

use serde_json::Value;

use crate::bytes::{May, holds_only};
use crate::corpus::{KEY, all, names, word};
use crate::house::{House, Run};
use crate::pty::PATIENCE;
use crate::service::{FIRST, Hostile};
use crate::watched::Watched;

/// A home whose own name is hostile, too.
fn house(service: &Hostile) -> House {
    House::new("ho\u{1b}[3g\u{202e}me", service.base_url(), KEY)
}

#[track_caller]
fn is_clean(run: &Run, what: &str) {
    holds_only(May::Lines, run.out.as_bytes(), what);
    holds_only(May::Lines, run.err.as_bytes(), what);
}

/// The same for JSON, which has combining marks as they are: they are letters of a script.
#[track_caller]
pub(crate) fn is_safe_json(bytes: &[u8], what: &str) {
    let unstacked = str::from_utf8(bytes).unwrap().replace(|mark| ('\u{300}'..='\u{36f}').contains(&mark), "");
    holds_only(May::Lines, unstacked.as_bytes(), what);
}

const READS: [&[&str]; 9] = [
    &["whoami"],
    &["projects"],
    &["list"],
    &["list", "--org"],
    &["get", "101", "--org"],
    &["audit"],
    &["audit", "--format", "markdown"],
    &["audit", "--format", "csv"],
    &["doctor"],
];

#[test]
fn what_is_read_is_shown_with_marks() {
    let service = Hostile::new();
    let house = house(&service);
    for arguments in READS {
        let mut run = house.run(arguments);
        if arguments.contains(&"csv") {
            // Its lines end as its standard has it.
            run.out = run.out.replace("\r\n", "\n");
        }
        is_clean(&run, &format!("{arguments:?}"));
        // Something of it was shown, and that it was changed.
        assert!(run.out.contains("harm") && run.out.contains("U+001B"), "{arguments:?}: {run:?}");
    }
    for arguments in [&["list", "--org"][..], &["audit", "--org", "--format", "markdown"]] {
        let run = house.run(arguments);
        for at in (0..names().len()).filter(|at| arguments[0] == "list" || at % 2 == 0) {
            // The organization's own name holds all of them, and is no row: a row has the year that the key was made in.
            let rows = run.out.lines().filter(|line| line.contains("2024"));
            let lines = rows.filter(|line| line.contains(&word(at))).count();
            assert_eq!(lines, 1, "each name is on one line: {} in {}", word(at), run.out);
        }
    }
}

#[test]
fn plain_lines_and_what_a_shell_completes_keep_names_within_their_fields() {
    let service = Hostile::new();
    let house = house(&service);
    let completed = |shell| ["__tab", shell, "--word=", "--", "ckeys", "list", "--project"];
    let (zsh, powershell) = (completed("zsh"), completed("powershell"));
    for (arguments, fields, names_at, lines) in [
        (&["list", "--plain", "--org"][..], 9, 2, names().len()),
        (&["audit", "--plain", "--fail-on", "any", "--filter", "harm"], 8, 2, names().len() / 2 * (names().len() + 1)),
        (&["projects", "--plain"], 4, 1, names().len()),
        (&zsh, 2, 1, names().len()),
        (&powershell, 2, 1, names().len()),
    ] {
        let (begun, mut run) = (Instant::now(), house.run(arguments));
        // A shell is not kept waiting for names by a machine that is busy.
        while run.out.is_empty() && arguments[0] == "__tab" && begun.elapsed() < PATIENCE {
            run = house.run(arguments);
        }
        holds_only(May::Fields, run.out.as_bytes(), &format!("{arguments:?}"));
        assert_eq!(run.out.lines().count(), lines, "{arguments:?}");
        for line in run.out.lines() {
            let found: Vec<_> = line.split('\t').collect();
            assert!(found.len() == fields && found[names_at].starts_with("harm"), "{arguments:?}: {line}");
        }
    }
    // A shell inserts what stands before the tab.
    let run = house.run(&zsh);
    assert!(run.out.lines().all(|line| line.starts_with('p')), "{run:?}");
}

#[test]
fn json_is_as_safe_to_look_at_and_loses_nothing() {
    let service = Hostile::new();
    let house = house(&service);
    for arguments in [&["list", "--json", "--org"][..], &["audit", "--json", "--org"], &["projects", "--json"]] {
        let run = house.run(arguments);
        is_safe_json(run.out.as_bytes(), &format!("{arguments:?}"));
        holds_only(May::Lines, run.err.as_bytes(), &format!("{arguments:?}"));
        let document: Value = serde_json::from_str(&run.out).unwrap();
        let list = document.get("keys").or(document.get("projects")).unwrap().as_array().unwrap();
        let read: Vec<&str> = list.iter().map(|one| one["name"].as_str().unwrap()).collect();
        let is_in = |name: &String| read.contains(&name.as_str());
        assert!(names().iter().step_by(2).all(is_in), "{arguments:?}: {read:?}");
    }
}

#[test]
fn changes_and_the_journal_of_them_are_told_with_marks() {
    let service = Hostile::new();
    let house = house(&service);
    let (active, inactive) = (FIRST.to_string(), (FIRST + 1).to_string());
    let (file, env) = (house.path("fi\u{1b}[3gle"), house.path("\u{202e}.env"));
    let (file, env) = (format!("file:{}", file.display()), format!("env:{}", env.display()));
    for (code, arguments) in [
        (0, &["deactivate", &active, "--project", "p1", "--yes"][..]),
        (0, &["activate", &inactive, "--org", "--yes"]),
        (0, &["delete", &inactive, "--org", "--confirm", &inactive]),
        (6, &["delete", &active, "--org", "--confirm", &active]),
        (6, &["delete", &inactive, "--org", "--confirm", &names()[1]]),
        (0, &["delete", &inactive, "--org", "--confirm", &inactive, "--dry-run"]),
        (0, &["create", "CI", "--project", "p0", "--to", &file, "--yes"]),
        (0, &["create", "CI", "--project", "p0", "--to", &env, "--yes"]),
        (0, &["create", "CI", "--project", "p0", "--to", "stdout", "--yes", "--dry-run"]),
        (1, &["create", "CI", "--project", "p0", "--to", "file:/nonexistent/\u{1b}[3g/x", "--yes"]),
        (0, &["journal"]),
    ] {
        let run = house.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {run:?}");
        is_clean(&run, &format!("{arguments:?}"));
    }
    let journal = house.files().into_iter().find(|(path, _)| path.ends_with("journal.jsonl")).unwrap().1;
    is_safe_json(&journal, "the journal's file");
    assert!(String::from_utf8_lossy(&journal).contains(r"harm00\u001b[2J"), "it loses nothing");
}

#[test]
fn words_of_a_refusal_are_shown_with_marks() {
    let service = Hostile::new();
    let house = house(&service);
    for status in [299, 302, 400, 401, 403, 404, 409, 422] {
        service.answers(status);
        for arguments in
            [&["list", "--org"][..], &["whoami", "--json"], &["get", "100", "--project", "p0"], &["doctor"]]
        {
            let run = house.run(arguments);
            let what = format!("{arguments:?}, {status}: {run:?}");
            assert_ne!(run.code, Some(0), "{what}");
            is_clean(&run, &what);
            let has_words = status != 299 && run.err.len() + run.out.len() > 0;
            assert!(!has_words || format!("{}{}", run.out, run.err).contains("harm"), "{what}");
        }
    }
}

#[test]
fn arguments_and_settings_are_quoted_with_marks() {
    let service = Hostile::new();
    let mut house = house(&service);
    // A word, as they come from anywhere; no argument can hold a NUL.
    let text = all().replace('\0', "");
    let (to, file, command) = (format!("x{text}"), format!("file:/nonexistent/{text}"), format!("command:'{text}' x"));
    for arguments in [
        &[&*text][..],
        &["list", &text],
        &["list", "--project", &text],
        &["list", "--filter", &format!("kye:{text}")],
        &["audit", "--since", &text],
        &["audit", "--format", &text],
        &["audit", "--fail-on", &text],
        &["audit", "--stale-after", &text],
        &["get", &text, "--org"],
        &["create", &text, "--org", "--to", "stdout", "--yes"],
        &["create", "CI", "--org", "--to", &to, "--yes"],
        &["create", "CI", "--org", "--to", &file, "--yes"],
        &["create", "CI", "--org", "--to", &command, "--yes"],
        &["journal", "-n", &text],
        &["demo-server", "--listen", &text],
        &["demo-server", "--fault", &text],
    ] {
        let run = house.run(arguments);
        assert!(run.code.is_some_and(|code| code > 0) && !run.err.is_empty(), "{arguments:?}: {run:?}");
        is_clean(&run, &format!("{arguments:?}"));
    }
    house.write(
        "config/confident-keys/config.toml",
        &format!("\"{}\" = 1\n[display]\ntimes = \"\u{202e}x\"\n", names()[12]),
    );
    is_clean(&house.run(&["list"]), "an unknown setting");
    house.write("config/confident-keys/config.toml", &names()[0]);
    is_clean(&house.run(&["list"]), "a file of settings that makes no sense");
    for name in
        ["CONFIDENT_REGION", "CONFIDENT_BASE_URL", "TERM", "HTTPS_PROXY", "SSL_CERT_FILE", "LANG", "XDG_STATE_HOME"]
    {
        let before = house.variable(name);
        if name == "CONFIDENT_REGION" {
            house.set("CONFIDENT_BASE_URL", "");
        }
        house.set(name, &text);
        for arguments in [&["list", "--org"][..], &["doctor"], &["create", "CI", "--org", "--to", "clipboard", "--yes"]]
        {
            is_clean(&house.run(arguments), &format!("{name}: {arguments:?}"));
        }
        house.set("CONFIDENT_BASE_URL", service.base_url());
        house.set(name, &before.unwrap_or_default());
    }
}

#[test]
fn other_programs_are_quoted_with_marks() {
    let service = Hostile::new();
    let mut house = house(&service);
    let words = house.write("bin/words", &all());
    let script = format!("cat '{0}'; cat '{0}' >&2; exit 1\n", words.display());
    for name in ["tmux", "keeper", "git"] {
        house.stands_in(name, &script);
    }
    house.set("TMUX", "/nowhere,1,0");
    let env = format!("env:{}", house.path("work/.env").display());
    for (to, code) in [("clipboard", 1), ("command:keeper x", 1), (&env, 0)] {
        let run = house.run(&["create", "CI", "--org", "--to", to, "--yes"]);
        assert_eq!(run.code, Some(code), "{run:?}");
        is_clean(&run, to);
        assert!(code == 0 || run.err.contains("harm"), "{run:?}");
    }
}

#[test]
fn a_terminal_gets_colours_and_questions_and_nothing_else() {
    let service = Hostile::new();
    let house = house(&service);
    let (active, inactive) = (FIRST.to_string(), (FIRST + 1).to_string());
    for (columns, arguments, question, answer) in [
        (80, &["list"][..], "", ""),
        (40, &["list", "--org"], "", ""),
        (100, &["audit"], "", ""),
        (80, &["get", &active, "--project", "p0"], "", ""),
        (80, &["deactivate", &active, "--org"], "[y/N]", "y\n"),
        (80, &["delete", &inactive, "--project", "p2"], "ype ", "no\n"),
        (80, &["create", "CI", "--project", "p3", "--to", "stdout"], "[y/N]", "y\n"),
    ] {
        let mut terminal = Watched::run(house.on_terminal(env!("CARGO_BIN_EXE_ckeys"), arguments), columns, 200);
        if !question.is_empty() {
            terminal.sees(question).types(answer);
        }
        terminal.waits_for_end();
        holds_only(May::Colours, &terminal.raw, &format!("{arguments:?}"));
        assert!(terminal.text().contains("harm"), "{}", terminal.text());
    }
}
