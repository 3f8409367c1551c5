//! Questions, as a person answers them on a terminal.

use portable_pty::CommandBuilder;

use crate::environment::unwanted;
use crate::pty::{PATIENCE, Pty};
use crate::support::World;

/// `ckeys` on a terminal of its own.
pub(crate) struct Terminal {
    pty: Pty,
    seen: String,
}

impl Terminal {
    pub(crate) fn new(world: &World, arguments: &[&str], columns: u16) -> Self {
        Self::with(world, arguments, columns, &[])
    }

    /// With more variables, or other values of some.
    pub(crate) fn with(world: &World, arguments: &[&str], columns: u16, variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ckeys"));
        command.args(arguments);
        for name in unwanted() {
            command.env_remove(name);
        }
        command.env("HOME", world.home.path());
        command.env("XDG_CONFIG_HOME", world.home.path());
        command.env("XDG_STATE_HOME", world.home.path().join("state"));
        command.env("CONFIDENT_BASE_URL", &world.base_url);
        command.env("CONFIDENT_ORG_API_KEY", &world.key);
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        Self { pty: Pty::run(command, columns, 24, || true), seen: String::new() }
    }

    /// Waits until `text` is there.
    #[track_caller]
    pub(crate) fn waits_for(&mut self, text: &str) -> &mut Self {
        while !self.seen.contains(text) {
            match self.pty.output.recv_timeout(PATIENCE) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{text:?} did not come ({error}): {}", self.seen),
            }
        }
        self
    }

    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.pty.types(keys).unwrap();
        self
    }

    /// Waits for the end; the exit code and all that was to be seen.
    #[track_caller]
    pub(crate) fn ends(self, code: u32) -> String {
        let (ended, seen) = self.rest();
        assert_eq!(ended, code, "{seen}");
        seen
    }

    /// The same, whatever the exit code is.
    pub(crate) fn ends_anyhow(self) -> String {
        self.rest().1
    }

    fn rest(mut self) -> (u32, String) {
        // The terminal is at its end when the program is.
        while let Ok(bytes) = self.pty.output.recv_timeout(PATIENCE) {
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        let status = self.pty.child.wait().unwrap();
        drop(self.pty.master);
        (status.exit_code(), self.seen)
    }
}

#[test]
fn reversible_writes_are_asked_for() {
    let world = World::new();
    let found = world.named("Nightly evals");
    for (answer, code) in [("\r", 6), ("n\r", 6), ("yeah\r", 6), ("\u{4}", 6)] {
        let mut terminal = Terminal::new(&world, &found.arguments("deactivate", &[]), 80);
        terminal.waits_for("last used").waits_for("[y/N] ").types(answer);
        assert!(terminal.ends(code).contains("Nothing was changed"));
        assert!(found.is_valid(&world), "{answer:?}");
    }
    let mut terminal = Terminal::new(&world, &found.arguments("deactivate", &[]), 80);
    terminal.waits_for("[y/N] ").types("y\r");
    terminal.ends(0);
    assert!(!found.is_valid(&world));
    let mut terminal = Terminal::new(&world, &found.arguments("activate", &[]), 80);
    terminal.waits_for("[y/N] ").types("YES\r");
    terminal.ends(0);
    assert!(found.is_valid(&world));
    // Whoever says yes beforehand is not asked.
    let terminal = Terminal::new(&world, &found.arguments("deactivate", &["--yes"]), 80);
    assert!(!terminal.ends(0).contains("[y/N]"));
}

#[test]
fn a_key_in_use_takes_its_name_to_deactivate() {
    let world = World::new();
    let found = world.named("Playwright");
    for (typed, code) in [("y\r", 6), ("playwright\r", 6), ("\r", 6)] {
        let mut terminal = Terminal::new(&world, &found.arguments("deactivate", &[]), 200);
        terminal.waits_for("last used").waits_for("(Playwright) to deactivate it: ").types(typed);
        assert!(terminal.ends(code).contains("Nothing was changed"));
        assert!(found.is_valid(&world), "{typed:?}");
    }
    let mut terminal = Terminal::new(&world, &found.arguments("deactivate", &[]), 200);
    terminal.waits_for("to deactivate it: ").types("Playwright\r");
    terminal.ends(0);
    assert!(!found.is_valid(&world));
    // Deactivated by this machine, and it knows when.
    let mut terminal = Terminal::new(&world, &found.arguments("delete", &[]), 200);
    terminal.waits_for("Deactivated just now, as far as ckeys remembers").waits_for("to delete it: ").types("\r");
    terminal.ends(6);
    let terminal = Terminal::new(&world, &found.arguments("activate", &["--yes"]), 200);
    terminal.ends(0);
    // Where nobody can be asked, or need not be, `--yes` says it all.
    world.run(&found.arguments("deactivate", &[])).exits(6).says("--yes");
    world.run(&found.arguments("deactivate", &["--yes"])).exits(0);
}

#[test]
fn ctrl_c_at_a_question_changes_nothing() {
    let world = World::new();
    let found = world.named("Nightly evals");
    let mut terminal = Terminal::new(&world, &found.arguments("deactivate", &[]), 80);
    terminal.waits_for("[y/N] ").types("\u{3}");
    assert!(terminal.ends(130).contains("Nothing was being changed"));
    assert!(found.is_valid(&world));
}

#[test]
fn the_name_is_typed_to_delete() {
    let world = World::new();
    let found = world.named("Contractor 2025");
    // `--yes` is no answer to this question, and that is told.
    let mut terminal = Terminal::new(&world, &found.arguments("delete", &["--yes"]), 80);
    terminal.waits_for("--yes is not enough").waits_for("to delete it: ").types("\r");
    terminal.ends(6);
    for (more, typed) in [(&[][..], "contractor 2025\r"), (&["--yes"], "y\r"), (&[], "\r")] {
        let mut terminal = Terminal::new(&world, &found.arguments("delete", more), 80);
        terminal.waits_for("(Contractor 2025) to delete it: ").types(typed);
        assert!(terminal.ends(6).contains("Not confirmed"));
    }
    assert!(!found.is_valid(&world), "it is still there");
    let mut terminal = Terminal::new(&world, &found.arguments("delete", &[]), 80);
    terminal.waits_for("for good").waits_for("to delete it: ").types("Contractor 2025\r");
    terminal.ends(0);
    world.run(&found.arguments("get", &[])).exits(5);
}

#[test]
fn deleting_an_active_key_says_that_it_is_deactivated_first() {
    let world = World::new();
    let found = world.named("Nightly evals");
    let mut terminal = Terminal::new(&world, &found.arguments("delete", &["--deactivate"]), 200);
    terminal.waits_for("is active: this deactivates it first, and then deletes it for good");
    terminal.waits_for("(Nightly evals) to delete it: ").types("Nightly evals\r");
    terminal.ends(0);
    world.run(&found.arguments("get", &[])).exits(5);
}

#[test]
fn create_asks_and_then_prints_the_secret() {
    let world = World::new();
    let arguments = ["create", "Asked", "--project", "Sandbox", "--to", "stdout"];
    let mut terminal = Terminal::new(&world, &arguments, 120);
    terminal.waits_for("standard output? [y/N] ").types("y\r");
    let tail = terminal.ends(0);
    let made = world.named("Asked").key["value"].as_str().unwrap().trim_start_matches('*').to_owned();
    assert!(tail.contains(&format!("{made}\r\n")), "{tail}");
}

#[test]
fn replacing_a_value_is_part_of_the_question() {
    let world = World::new();
    let path = world.home.path().join(".env");
    let to = format!("env:{}", path.display());
    let arguments = ["create", "Asked", "--project", "Sandbox", "--to", &to];
    std::fs::write(&path, "CONFIDENT_API_KEY=fake_old\n").unwrap();
    let mut terminal = Terminal::new(&world, &arguments, 400);
    terminal.waits_for("as CONFIDENT_API_KEY in place of the value that is there? [y/N] ").types("n\r");
    assert!(!terminal.ends(6).contains("fake_old"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "CONFIDENT_API_KEY=fake_old\n");
    // Agreed to is what was asked for, and not what came in between.
    std::fs::write(&path, "A=1\n").unwrap();
    let mut terminal = Terminal::new(&world, &arguments, 400);
    terminal.waits_for("as CONFIDENT_API_KEY? [y/N] ");
    std::fs::write(&path, "CONFIDENT_API_KEY=fake_new\n").unwrap();
    terminal.types("y\r");
    let seen = terminal.ends(6);
    assert!(seen.contains("changed meanwhile") && seen.contains("Nothing was changed"), "{seen}");
    assert!(world.keys(&[]).iter().all(|key| key["name"] != "Asked"));
    let mut terminal = Terminal::new(&world, &arguments, 400);
    terminal.waits_for("in place of the value that is there? [y/N] ").types("y\r");
    terminal.ends(0);
    let content = std::fs::read_to_string(&path).unwrap();
    assert!(content.starts_with("CONFIDENT_API_KEY=confident_") && !content.contains("fake_new"), "{content}");
}

// Elsewhere a clipboard needs no terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_secret_for_the_clipboard_goes_to_the_terminal_past_a_redirection() {
    use base64::Engine as _;
    let world = World::new();
    let arguments = ["create", "Copied", "--project", "Sandbox", "--to", "clipboard", "--yes", "--json"];
    let mut terminal = Terminal::new(&world, &arguments, 120);
    terminal.waits_for("\u{1b}]52;c;").waits_for("deliveredTo");
    let seen = terminal.ends(0);
    let (_, encoded) = seen.split_once("\u{1b}]52;c;").unwrap();
    let (encoded, _) = encoded.split_once('\u{7}').unwrap();
    let secret = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap();
    let key = world.named("Copied").key;
    assert_eq!(key["value"], format!("***************{}", &secret[secret.len() - 6..]));
    assert!(!seen.contains(&secret), "only encoded");
    let scope = key["scope"]["id"].as_str().unwrap();
    for words in ["sent to the terminal (by OSC 52): paste to check", "\"deliveredTo\": \"clipboard\""] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    assert!(seen.contains(&format!("`ckeys deactivate {} --project {scope}`", key["id"])), "{seen}");
}

#[test]
fn the_table_fits_the_terminal() {
    let world = World::new();
    // A terminal of unknown size is taken for a usual one.
    for (columns, size) in [(60_u16, 60), (80, 80), (120, 120), (80, 0)] {
        let seen = Terminal::new(&world, &["list"], size).ends(0);
        let mut screen = vt100::Parser::new(200, 400, 0);
        screen.process(seen.as_bytes());
        let text = screen.screen().contents();
        assert!(text.lines().all(|line| confident_keys::text::width(line) <= columns.into()), "{columns}\n{text}");
        assert_eq!(text.contains("CREATED"), columns == 120, "{columns}\n{text}");
        assert!(seen.contains("\u{1b}[32m"), "coloured");
    }
}
