//! Completion in real shells: what is typed, with a Tab, is run.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;
use serde_json::json;

use crate::environment::unwanted;
use crate::pty::{PATIENCE, Pty};
use crate::skip::skipped;
use crate::support::{Run, Scripted, World, ok, organization, wire_key};

const PROMPT: &str = "ready> ";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bash,
    Zsh,
    Fish,
}

const SHELLS: [Kind; 3] = [Kind::Bash, Kind::Zsh, Kind::Fish];

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// Whether it is here; where not, that is told.
    fn is_here(self) -> bool {
        let is_here = Command::new(self.name()).arg("--version").output().is_ok();
        if !is_here {
            skipped(&format!("{} is not installed", self.name()));
        }
        is_here
    }

    /// What loads the script as its users would, and asks as the test expects it.
    fn start(self, home: &Path) -> Vec<String> {
        let script = format!("source <(ckeys completions {})", self.name());
        let file = |name: &str, lines: &str| {
            let path = home.join(name);
            fs::write(&path, lines).unwrap();
            path.to_str().unwrap().to_owned()
        };
        match self {
            Self::Bash => {
                let settings = "bind 'set enable-bracketed-paste off'\nbind 'set bell-style none'\n";
                let path = file("bashrc", &format!("PS1='{PROMPT}'\n{settings}{script}\n"));
                ["--noprofile", "--rcfile", &path, "-i"].map(str::to_owned).into()
            }
            Self::Zsh => {
                let settings = "autoload -Uz compinit\ncompinit -u -D\nunset zle_bracketed_paste\n";
                file(".zshrc", &format!("PS1='{PROMPT}'\n{settings}{script}\n"));
                vec!["-i".to_owned()]
            }
            Self::Fish => {
                let prompt = format!("function fish_prompt; printf '{PROMPT}'; end; set -g fish_greeting");
                let script = "ckeys completions fish | source; set -g fish_autosuggestion_enabled 0";
                ["--no-config", "-C", &format!("{prompt}; {script}"), "-i"].map(str::to_owned).into()
            }
        }
    }
}

/// A shell on a terminal of its own, with `ckeys` on its path.
struct Shell {
    pty: Pty,
    seen: String,
}

impl Shell {
    fn new(kind: Kind, world: &World) -> Self {
        let home = world.home.path();
        let mut command = CommandBuilder::new(kind.name());
        command.args(kind.start(home));
        for name in unwanted() {
            command.env_remove(name);
        }
        let folder = Path::new(env!("CARGO_BIN_EXE_ckeys")).parent().unwrap().to_str().unwrap().to_owned();
        for (name, value) in [
            ("PATH", &*format!("{folder}:{}", std::env::var("PATH").unwrap())),
            ("HOME", home.to_str().unwrap()),
            ("ZDOTDIR", home.to_str().unwrap()),
            ("XDG_CONFIG_HOME", home.to_str().unwrap()),
            ("XDG_DATA_HOME", home.to_str().unwrap()),
            ("XDG_STATE_HOME", home.join("state").to_str().unwrap()),
            ("CONFIDENT_BASE_URL", &world.base_url),
            ("CONFIDENT_ORG_API_KEY", &world.key),
            ("CONFIDENT_API_VERSION", world.version),
            ("TERM", "xterm"),
            ("LANG", "C.UTF-8"),
            ("NO_COLOR", "1"),
        ] {
            command.env(name, value);
        }
        command.cwd(home);
        let mut shell = Self { pty: Pty::run(command, 250, 50, || true), seen: String::new() };
        shell.waits_for(PROMPT);
        shell
    }

    #[track_caller]
    fn waits_for(&mut self, text: &str) -> &mut Self {
        while !self.seen.contains(text) {
            match self.pty.output.recv_timeout(PATIENCE) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{text:?} did not come ({error}): {}", self.seen),
            }
        }
        self
    }

    /// What comes from now on counts alone.
    fn types(&mut self, keys: &str) -> &mut Self {
        self.seen.clear();
        self.pty.types(keys).unwrap();
        self
    }

    /// Runs what is typed, and waits until it has printed `text` and ended.
    #[track_caller]
    fn runs(&mut self, keys: &str, text: &str) -> &mut Self {
        // No shell repeats this as it is typed.
        self.types(&format!("{keys}; echo en''ded\r")).waits_for("ended");
        let end = self.seen.find("ended").unwrap();
        while !self.seen[end..].contains(PROMPT) {
            let bytes = self.pty.output.recv_timeout(PATIENCE).unwrap();
            self.seen.push_str(&String::from_utf8_lossy(&bytes));
        }
        assert!(self.seen.contains(text), "{keys:?} does not print {text:?}: {}", self.seen);
        self
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.pty.child.kill();
        let _ = self.pty.child.wait();
    }
}

#[test]
fn commands_options_values_and_projects_are_completed_and_run() {
    let world = World::new();
    fs::write(world.home.path().join("last-week.json"), "{\"keys\": []}").unwrap();
    let of_production = "Nightly evals";
    for kind in SHELLS.into_iter().filter(|kind| kind.is_here()) {
        let mut shell = Shell::new(kind, &world);
        shell
            .runs("ckeys who\t--js\t", "\"baseUrl\"")
            .runs("ckeys list --project Prod\t", of_production)
            .runs("ckeys list --proj\tProd\t --plain", of_production)
            .runs("ckeys list --project=Prod\t", of_production)
            .runs("ckeys list --project Production\\ A\t", of_production)
            .runs("ckeys create CI --org --to stdo\t --dry-run", "Would generate")
            .runs("ckeys --demo audit --format mark\t --fail-on no\t", "| --- |")
            // Made for no other organization, so that it is known where it came from.
            .runs("ckeys audit --since last-\t", "last-week.json");
        if kind != Kind::Fish {
            // A quote that is open is closed.
            shell.runs("ckeys list --project 'Prod\t", of_production);
        }
    }
}

#[test]
fn a_name_that_a_shell_would_act_on_is_not_inserted() {
    let named = |id: &str, name: &str| json!({ "id": id, "name": name });
    let service = Scripted::new(move |request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/projects" => {
            ok(json!({ "projects": [named("pr1", "$(touch hacked)"), named("pr2x", "';touch hacked;'")] }))
        }
        "GET /v1/projects/pr1/api-keys" => ok(json!({ "apiKeys": [wire_key(1, "Of the first", true)] })),
        _ => ok(json!({ "apiKeys": [wire_key(2, "Of the second", true)] })),
    });
    for kind in SHELLS.into_iter().filter(|kind| kind.is_here()) {
        let mut shell = Shell::new(kind, &service.world);
        shell.runs("ckeys list --project pr2\t", "Of the second");
        // Where several fit they are shown, names and all.
        shell.types("ckeys list --project \t\t\t").waits_for("pr2x");
        assert!(!service.world.home.path().join("hacked").exists(), "{kind:?}");
    }
}

#[test]
fn where_projects_can_not_be_read_the_shell_shows_nothing() {
    let (refused, no_key) = (World::at("http://127.0.0.1:1"), World::at("not an address"));
    for world in [&refused, &no_key] {
        for kind in SHELLS.into_iter().filter(|kind| kind.is_here()) {
            let mut shell = Shell::new(kind, world);
            shell.types("ckeys list --project Pro\t").types("\u{15}").runs("echo al''one", "alone");
            assert!(!shell.seen.contains("ckeys:"), "{}", shell.seen);
        }
    }
}

fn asks(world: &World, words: &[&str]) -> Run {
    world.run(&[&["__tab", "bash", "--word=", "--"], words].concat())
}

#[test]
fn a_service_that_does_not_answer_is_waited_for_a_second_at_most() {
    // It accepts, and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let world = World::at(&format!("http://{}", listener.local_addr().unwrap()));
    let begun = Instant::now();
    let run = asks(&world, &["ckeys", "list", "--project"]).exits(0).prints_nothing();
    assert_eq!(run.err, "");
    let waited = begun.elapsed();
    assert!((Duration::from_millis(900)..Duration::from_secs(5)).contains(&waited), "{waited:?}");
}

#[test]
fn the_service_is_asked_where_a_project_is_completed_and_nowhere_else() {
    let world = World::new();
    for words in [&["ckeys"][..], &["ckeys", "list"], &["ckeys", "create", "CI", "--to"], &["ckeys", "get"]] {
        assert!(!asks(&world, words).exits(0).out.is_empty(), "{words:?}");
    }
    assert_eq!(world.service().requests().len(), 0);
    assert!(asks(&world, &["ckeys", "list", "--project"]).exits(0).out.contains("Production\\ App\n"));
    assert_eq!((world.count("GET /v1/projects"), world.service().requests().len()), (1, 1));
}

#[test]
fn what_is_asked_makes_no_sense_and_nothing_is_said() {
    let world = World::at("http://127.0.0.1:1");
    for words in [&[][..], &["ckeys", "frobnicate"], &["ckeys", "get", "--org", "7", "8", "9"], &["ckeys", "--", "x"]] {
        let run = asks(&world, words);
        assert_eq!((run.code, &*run.err), (0, ""), "{words:?}: {run:?}");
    }
}

#[test]
fn every_shell_has_a_script() {
    let world = World::at("http://127.0.0.1:1");
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "compdef _ckeys ckeys"),
        ("fish", "complete --command ckeys"),
        ("powershell", "Register-ArgumentCompleter -Native"),
    ] {
        let run = world.run(&["completions", shell]).exits(0);
        assert!(run.out.contains(word) && run.out.contains(&format!("__tab {shell} ")), "{run:?}");
    }
    world.run(&["completions", "tcsh"]).exits(2).says("bash, zsh, fish, powershell");
}
