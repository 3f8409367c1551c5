//! What scripts, screen readers and people in a shell rely on beside the data: plain lines, quiet, progress, colours,
//! suggestions, manual pages.

use std::fs;
use std::process::Command;
#[cfg(unix)]
use std::time::Duration;

use confident_keys::demo::Options;
use confident_keys::text::{Text, is_hidden};
use serde_json::{Value, json};

use crate::skip::skipped;
use crate::support::{Run, Scripted, World, ok, organization, wire_key};

/// The fields of each line.
fn fields(run: &Run) -> Vec<Vec<&str>> {
    run.out.lines().map(|line| line.split('\t').collect()).collect()
}

#[test]
fn plain_lines_say_what_json_says() {
    let world = World::speaking("v2", &Options::default());
    let keys = world.keys(&[]);
    let run = world.command(&["list", "--plain"]).env("CLICOLOR_FORCE", "1").output().map(Run::of).unwrap().exits(0);
    let lines = fields(&run);
    assert_eq!(lines.len(), keys.len());
    let day = |time: &Value, none: &str| time.as_str().map_or(none.to_owned(), |time| time[..10].to_owned());
    for (line, key) in lines.iter().zip(&keys) {
        let [id, status, name, scope, last_used, expires, created, tail, you] = line[..] else {
            panic!("{line:?}");
        };
        assert_eq!((id, status), (&*key["id"].to_string(), key["status"].as_str().unwrap()));
        let own_name = Text::from(key["name"].as_str().unwrap_or_default());
        assert_eq!(name, if own_name.is_blank() { "(unnamed)" } else { own_name.as_str() });
        let is_of_organization = key["scope"]["kind"] == "organization";
        assert_eq!(scope, if is_of_organization { "(organization)" } else { key["scope"]["name"].as_str().unwrap() });
        match key["lastUsed"].as_str() {
            Some(time) => assert!(last_used.starts_with(&time[..10]) && last_used.ends_with(" UTC"), "{line:?}"),
            None => assert!(["never", "unknown"].contains(&last_used), "{line:?}"),
        }
        assert!(expires.starts_with(&day(&key["expiresAt"], "never")), "{line:?}");
        assert!(created.starts_with(&day(&key["createdAt"], "unknown")), "{line:?}");
        assert!(key["value"].as_str().unwrap().ends_with(tail), "{line:?}");
        assert_eq!(you == "you", world.key.ends_with(tail), "{line:?}");
    }
    assert!(lines.iter().any(|line| line[1] == "never-used" && line[4] == "never"), "{run:?}");
    assert!(!run.out.contains('\u{1b}'));
    // A scope of its own and a filter change which lines there are, and not their fields.
    let one = world.run(&["list", "--plain", "--org", "--filter", "stale"]).exits(0);
    assert!(!one.out.is_empty() && fields(&one).iter().all(|line| line.len() == 9 && line[1] == "stale"), "{one:?}");
    world.run(&["list", "--plain", "--json"]).exits(2).prints_nothing();
}

#[test]
fn other_tables_are_plain_where_that_is_asked_for() {
    let world = World::new();
    let projects = world.run(&["projects", "--plain"]).exits(0);
    let names = world.run(&["projects", "--json"]).json();
    let names: Vec<_> = names["projects"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(fields(&projects).iter().map(|line| line[1]).collect::<Vec<_>>(), names);
    assert!(fields(&projects).iter().all(|line| line.len() == 4));
    world.run(&["create", "Plain", "--project", "Sandbox", "--to", "stdout", "--yes"]).exits(0);
    let journal = world.run(&["journal", "--plain"]).exits(0);
    let [time, action, organization, scope, id, name, outcome, detail] = fields(&journal)[0][..] else {
        panic!("{journal:?}");
    };
    assert_eq!((action, scope, name, outcome, detail), ("create", "Sandbox", "Plain", "done", "-"));
    assert!(time.ends_with(" UTC") && id.parse::<u64>().is_ok() && !organization.is_empty(), "{journal:?}");
    let earlier = world.home.path().join("earlier.json");
    let mut document = world.run(&["list", "--json"]).exits(0).json();
    document["keys"].as_array_mut().unwrap().remove(0);
    fs::write(&earlier, document.to_string()).unwrap();
    let since = earlier.to_str().unwrap();
    for arguments in [&["audit", "--plain"][..], &["audit", "--format", "plain", "--since", since, "--org"]] {
        let audit = world.run(arguments).exits(14);
        let (found, changes) = audit.out.split_once("\n\n").unwrap_or((&audit.out, ""));
        assert!(found.lines().all(|line| line.split('\t').count() == 8), "{audit:?}");
        assert_eq!(changes.is_empty(), arguments.len() == 2, "{audit:?}");
        assert!(changes.lines().all(|line| line.starts_with("new\t") && line.split('\t').count() == 7), "{audit:?}");
    }
}

/// A screen reader would spell lines that are drawn, and says nothing of colours.
#[test]
fn what_commands_print_has_no_drawn_lines_and_statuses_as_words() {
    let world = World::new();
    let stale = world.keys(&["--filter", "stale"]).remove(0);
    let id = stale["id"].to_string();
    let project = stale["scope"]["name"].as_str().unwrap().to_owned();
    let is_of_organization = stale["scope"]["kind"] == "organization";
    let whose = if is_of_organization { vec!["--org"] } else { vec!["--project", &project] };
    for arguments in [
        &["list"][..],
        &["list", "--plain"],
        &["audit", "--fail-on", "none"],
        &["audit", "--plain", "--fail-on", "none"],
        &[&["get", &id], &whose[..]].concat(),
        &["whoami"],
        &["projects"],
        &["journal"],
    ] {
        let run = world.run(arguments).exits(0);
        let drawn = |character: char| ('\u{2500}'..='\u{25ff}').contains(&character) || character == '\u{1b}';
        assert!(!run.out.contains(drawn) && !run.err.contains(drawn), "{run:?}");
        if ["list", "audit", "get"].contains(&arguments[0]) {
            assert!(run.out.contains("stale"), "{run:?}");
        }
    }
}

#[test]
fn a_hostile_name_stays_within_its_field() {
    let service = Scripted::new(|request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/projects" => ok(json!({ "projects": [{ "id": "p1", "name": "Tab\there\nand\u{2028}there" }] })),
        _ => ok(json!({ "apiKeys": [wire_key(7, "a\tb\r\nc\u{85}d\u{1b}[2Je", true)] })),
    });
    let run = service.world.run(&["list", "--plain"]).exits(0);
    let lines = fields(&run);
    assert!(lines.len() == 2 && lines.iter().all(|line| line.len() == 9), "{run:?}");
    assert_eq!(lines[1][2], "a<U+0009>b<U+000D><U+000A>c<U+0085>d<U+001B>[2Je");
    assert_eq!(lines[1][3], "Tab<U+0009>here<U+000A>and<U+2028>there");
    assert!(run.out.chars().all(|character| "\t\n".contains(character) || !is_hidden(character)), "{run:?}");
}

#[test]
fn quiet_says_nothing_but_what_went_wrong() {
    let world = World::new();
    let found = world.named("Nightly evals");
    for arguments in [
        &["list", "--filter", "no-such-name"][..],
        &["audit", "--fail-on", "none"],
        &["journal"],
        &found.arguments("deactivate", &["--dry-run"]),
        &found.arguments("deactivate", &["--yes"]),
        &found.arguments("deactivate", &["--yes"]),
        &found.arguments("activate", &["--yes"]),
        &found.arguments("delete", &["--deactivate", "--confirm", "Nightly evals"]),
        &["create", "Quiet", "--org", "--to", "stdout", "--yes"],
    ] {
        let again = world.run(&[&["--quiet"], arguments].concat()).exits(0);
        assert_eq!(again.err, "", "{arguments:?}");
    }
    assert!(!world.run(&["list", "-q"]).exits(0).out.is_empty(), "data is no words");
    let made = world.named("Quiet");
    world.run(&made.arguments("delete", &["-q", "--confirm", "Quiet"])).exits(6).says("is active");
    world.run(&["-q", "list", "--project", "nowhere"]).exits(5).says("No project has the name");
    world.run(&["-q", "frobnicate"]).exits(2).says("frobnicate");
    // What may have gone wrong is told, too.
    world.fails(&["PUT * wrong"]);
    world.run(&made.arguments("deactivate", &["-q", "--yes"])).exits(0).says("Warning");
}

#[cfg(unix)]
mod on_a_terminal {
    use super::*;
    use crate::terminal::Terminal;

    fn slow(latency: u64) -> World {
        World::speaking("v1", &Options { latency: Duration::from_millis(latency), ..Options::default() })
    }

    /// What is left to see in the end.
    fn screen(seen: &str) -> String {
        let mut screen = vt100::Parser::new(200, 200, 0);
        screen.process(seen.as_bytes());
        screen.screen().contents()
    }

    #[test]
    fn what_takes_more_than_a_second_says_how_far_it_is_and_leaves_nothing_behind() {
        let world = World::speaking(
            "v1",
            &Options {
                latency: Duration::from_millis(300),
                projects: Some(64),
                keys_per_project: Some(1),
                ..Options::default()
            },
        );
        let mut terminal = Terminal::new(&world, &["list"], 100);
        terminal.waits_for("Read ").waits_for(" of 65 scopes… 1 s");
        let seen = terminal.ends(0);
        let screen = screen(&seen);
        assert!(screen.starts_with("ID") && !screen.contains("scopes…"), "{screen}");
        assert_eq!(screen.lines().count(), world.keys(&[]).len() + 1, "{screen}");
        // What takes no longer says nothing.
        let seen = Terminal::new(&slow(0), &["list"], 100).ends(0);
        assert!(!seen.contains("Read"), "{seen:?}");
    }

    #[test]
    fn a_failure_and_an_interruption_erase_the_line_first() {
        let world = slow(3000);
        let mut terminal = Terminal::new(&world, &["projects"], 60);
        terminal.waits_for("Reading… 1 s").types("\u{3}");
        let shown = screen(&terminal.ends(130));
        assert!(shown.contains("Interrupted. Nothing was being changed.") && !shown.contains("Reading"), "{shown}");
        world.fails(&["GET * status=403,times=always"]);
        let mut terminal = Terminal::new(&world, &["projects"], 60);
        terminal.waits_for("Reading… 1 s");
        let shown = screen(&terminal.ends(4));
        assert!(shown.starts_with("ckeys: ") && !shown.contains("Reading…"), "{shown}");
    }

    #[test]
    fn nobody_who_can_not_see_it_or_does_not_want_it_is_told() {
        let world = slow(1300);
        let off = world.run(&["projects"]).exits(0);
        assert_eq!(off.err, "");
        for (arguments, variables) in
            [(&["-q", "projects"][..], &[][..]), (&["projects", "--plain"], &[]), (&["projects"], &[("TERM", "dumb")])]
        {
            let seen = Terminal::with(&world, arguments, 100, variables).ends(0);
            assert!(!seen.contains("Reading") && !seen.contains('\u{1b}'), "{arguments:?}: {seen:?}");
        }
    }

    #[test]
    fn a_dumb_terminal_and_no_color_get_no_sequences() {
        let world = World::new();
        let all = [&["list"][..], &["audit", "--fail-on", "none"], &["doctor"], &["--help"], &["get", "--help"]];
        for arguments in all {
            for variables in [
                &[("TERM", "dumb")][..],
                &[("NO_COLOR", "1")],
                &[("CLICOLOR", "0")],
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
            ] {
                let terminal = Terminal::with(&world, arguments, 100, variables);
                let seen = terminal.ends_anyhow();
                assert!(!seen.contains('\u{1b}'), "{arguments:?}, {variables:?}: {seen:?}");
            }
            let seen =
                Terminal::with(&world, arguments, 100, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]).ends_anyhow();
            assert!(seen.contains('\u{1b}'), "{arguments:?}: it is forced");
        }
    }
}

#[test]
fn a_mistyped_word_is_answered_with_what_was_meant() {
    let world = World::new();
    for (arguments, meant) in [
        (&["lst"][..], "'list'"),
        (&["dctor"], "'doctor'"),
        (&["list", "--projct", "Sandbox"], "'--project'"),
        (&["audit", "--format", "markdwn"], "'markdown'"),
        (&["audit", "--fail-on", "stal"], "'stale'"),
        (&["completions", "zs"], "'zsh'"),
    ] {
        let run = world.run(arguments).exits(2).prints_nothing().says("similar").says(meant);
        assert!(run.err.starts_with("ckeys: "), "{run:?}");
    }
    world.run(&["list", "--project", "Sandbx"]).exits(5).prints_nothing().says("Did you mean “Sandbox”?");
    // What only scripts use is no suggestion.
    let run = world.run(&["complete"]).exits(2).says("'completions'");
    assert!(!run.err.contains("__tab"), "{run:?}");
}

#[test]
fn a_reader_of_help_scripts_or_pages_may_go_at_any_time() {
    let world = World::at("http://127.0.0.1:1");
    for arguments in [&["--help"][..], &["completions", "bash"], &["man"]] {
        let mut command = world.command(arguments);
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = Run::of(child.wait_with_output().unwrap()).exits(0);
        assert_eq!(run.err, "", "{arguments:?}");
    }
}

#[test]
fn manual_pages_are_made_from_the_program() {
    let world = World::at("http://127.0.0.1:1");
    let page = world.run(&["man"]).exits(0);
    for words in [".TH ckeys 1", ".SH EXAMPLES", ".SH ENVIRONMENT", ".SH \"EXIT STATUS\"", "ckeys\\-list"] {
        assert!(page.out.contains(words), "{words}: {}", page.out);
    }
    let folder = world.home.path().join("share/man1");
    let run = world.run(&["man", folder.to_str().unwrap()]).exits(0).prints_nothing();
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(run.err.contains(&format!("{} manual pages", names.len())), "{run:?}");
    // One for each command that the help lists, but for the help itself.
    let help = world.run(&["--help"]).exits(0);
    let commands = help.out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for command in commands.map(|line| line.split_whitespace().next().unwrap()).filter(|command| *command != "help") {
        let text =
            fs::read_to_string(folder.join(format!("ckeys-{command}.1"))).unwrap_or_else(|_| panic!("{command}"));
        assert!(
            text.contains(".SH EXAMPLES") || world.run(&[command, "--help"]).out.contains("Commands:"),
            "{command}"
        );
        assert!(!text.contains("__tab"), "{command}");
    }
    assert_eq!(fs::read_to_string(folder.join("ckeys.1")).unwrap(), page.out);
    let taken = world.home.path().join("file");
    fs::write(&taken, "").unwrap();
    world.run(&["man", taken.to_str().unwrap()]).exits(1).prints_nothing().says("can't be written to");
    // As a reader of them sees it.
    match Command::new("man").arg("--version").output() {
        Ok(version) if String::from_utf8_lossy(&version.stdout).starts_with("man ") => {
            let path = folder.join("ckeys-create.1");
            let output =
                Command::new("man").args(["--warnings", "-P", "cat", "-l"]).arg(path).env("MANWIDTH", "100").output();
            let (text, warnings) = output.map(|output| (output.stdout, output.stderr)).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert_eq!(String::from_utf8(warnings).unwrap(), "");
            assert!(text.contains("ckeys create 'GitHub Actions' --project 'Production App' --to clipboard"), "{text}");
        }
        _ => skipped("no man-db is installed"),
    }
}
