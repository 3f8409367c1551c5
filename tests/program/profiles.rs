//! Several profiles, each with a service of its own, in the whole program.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use confident_keys::demo::Options;

use crate::environment::unwanted;
use crate::screen::{Screen, TO_SCREEN};
use crate::world::World;

/// Two services with their profiles, the first of them in force; a third one where nobody answers.
struct Two {
    first: World,
    second: World,
}

impl Two {
    fn new() -> Self {
        let two = Self { first: World::new(), second: World::with(&Options { seed: 7, ..Options::default() }) };
        let folder = two.folder();
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        own(&folder.join("first"), two.first.key.expose());
        own(&folder.join("second"), two.second.key.expose());
        let nobody = "127.0.0.1:1";
        let config = format!(
            "default_profile = \"first\"\n\
             [profiles.first]\nbase_url = \"{}\"\nkey = {{ file = \"first\" }}\n\
             [profiles.second]\nbase_url = \"{}\"\ncolour = \"red\"\n\
             key = {{ command = [\"sh\", \"-c\", \"touch '{folder}/asked'; cat '{folder}/second'\"] }}\n\
             [profiles.nobody]\nbase_url = \"http://{nobody}\"\nkey = {{ file = \"first\" }}\n",
            two.first.base_url,
            two.second.base_url,
            folder = folder.display(),
        );
        own(&folder.join("config.toml"), &config);
        two
    }

    fn folder(&self) -> std::path::PathBuf {
        self.first.home.path().join("confident-keys")
    }

    /// Runs this command in a shell, with these variables alone; whether it went well.
    fn follows(&self, command: &str, variables: &[(&str, &str)]) -> bool {
        let program = Path::new(env!("CARGO_BIN_EXE_ckeys")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("sh");
        for name in unwanted() {
            shell.env_remove(name);
        }
        shell.args(["-c", command]).env("PATH", path).env("HOME", self.first.home.path());
        shell.env("XDG_CONFIG_HOME", self.first.home.path());
        shell.env("XDG_STATE_HOME", self.first.home.path().join("state"));
        shell.envs(variables.iter().copied()).status().unwrap().success()
    }

    fn open(&self, arguments: &[&str], columns: u16, rows: u16) -> Screen {
        Screen::run(&self.first, arguments, &[], columns, rows)
    }

    /// How the key of each ends, as the header shows it.
    fn tails(&self) -> [String; 2] {
        [&self.first, &self.second].map(|world| format!("key …{}", world.key.tail()))
    }
}

fn own(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Switches by the dialog.
fn switches(screen: &mut Screen, name: &str) {
    screen.types("P").sees("╭ Profiles").types(name).types("\r").sees(&format!("Switched to “{name}”: Acme Inc."));
}

#[test]
fn there_and_back_each_profile_has_its_own_keys_and_one_that_is_down_changes_nothing() {
    let two = Two::new();
    let [first, second] = two.tails();
    let mut screen = two.open(&[], 120, 36);
    screen.sees("Terraform").sees(&first).sees_row(&["▹ second", "not asked"]);
    assert!(!two.folder().join("asked").exists(), "its key is read when it is chosen");
    assert_eq!(two.second.count("GET"), 0);
    switches(&mut screen, "second");
    screen.sees(&second).misses(&first).sees("Terraform").sees_row(&["▹ first", "signed in"]);
    assert!(two.folder().join("asked").exists());
    // What is done is done there.
    screen.types("c").sees("Generate a key").types(&format!("Only there{TO_SCREEN}\r")).sees("Not taken yet");
    screen.types("\x1b").sees("Type saved").types("discard\r").misses("New key").sees("Only there");
    assert!(two.second.named(None, "Only there").is_some() && two.first.named(None, "Only there").is_none());
    switches(&mut screen, "first");
    screen.sees(&first).sees("Terraform").misses("Only there");
    // One that is down says so in its place, below the others.
    screen.types("G\r").sees("“nobody” was not switched to").sees_row(&["▹ nobody", "down"]).sees(&first);
    screen.sees("Terraform").types("\x1b").misses("was not switched to").types("q");
    assert!(!screen.ever_wrote(two.first.key.expose()) && !screen.ever_wrote(two.second.key.expose()));
    screen.ends(0);
    let journal = two.first.journal().entries(None).unwrap().entries;
    let services: Vec<String> = journal.iter().map(|entry| format!("{:?}", entry.service)).collect();
    let address = two.second.base_url.trim_start_matches("http://").trim_end_matches('/');
    assert!(services.len() == 1 && services[0].contains(address), "{services:?}");
}

#[test]
fn what_the_screen_showed_of_each_profile_is_there_the_next_time_but_for_fresh() {
    let two = Two::new();
    let mut screen = two.open(&[], 120, 36);
    // The stale keys of the first project, by name.
    screen
        .sees("Terraform")
        .sees("Production App")
        .types("j\r")
        .sees("GitHub Actions")
        .types("3ss")
        .types("b")
        .misses("Scopes")
        .types("q");
    screen.ends(0);
    let state = two.first.home.path().join("state/confident-keys/screen.json");
    let kept = fs::read_to_string(&state).unwrap();
    assert!(
        kept.contains("\"sort\":\"name\"") && kept.contains("\"tab\":\"stale\"") && !kept.contains("GitHub"),
        "{kept}"
    );
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o600);
    let reads = two.first.count("GET");
    let mut screen = two.open(&[], 120, 36);
    screen.sees("Keys · Production App").sees("Old laptop").sees("NAME ▴").misses("idle");
    // Folded, the Scopes pane is there while it has the focus.
    screen.types("\t").misses("Scopes");
    // Another profile's is its own.
    switches(&mut screen, "second");
    screen.sees("Keys · Organization").sees("Terraform").types("q");
    screen.ends(0);
    assert!(two.first.count("GET") > reads);
    let mut screen = two.open(&["--fresh"], 120, 36);
    screen.sees("Keys · Organization").sees("Terraform").types("2q");
    screen.ends(0);
    assert_eq!(fs::read_to_string(&state).unwrap(), kept, "it is left as it is");
    // One that is broken is no trouble.
    fs::write(&state, "{").unwrap();
    let mut screen = two.open(&[], 120, 36);
    screen.sees("Keys · Organization").sees("Terraform").types("q");
    screen.ends(0);
}

#[test]
fn a_command_that_can_not_ask_here_says_how_it_can_and_leaves_the_screen_alone() {
    let two = Two::new();
    let config = two.folder().join("config.toml");
    let asks = "key = { command = [\"sh\", \"-c\", \"echo NOISE >&2; exit 3\"] }";
    let text = fs::read_to_string(&config).unwrap().replace(
        "key = { file = \"first\" }\n[profiles.second]",
        "key = { file = \"first\" }\n[profiles.asks]\nKEY\n[profiles.second]",
    );
    own(&config, &text.replace("KEY", asks));
    let mut screen = two.open(&[], 80, 24);
    screen.sees("Terraform").types("P").sees("╭ Profiles").types("asks\r").sees("no key");
    screen
        .sees("`sh` failed (exit 3)")
        .sees("start `ckeys")
        .sees("--profile asks`")
        .types("\x1b")
        .sees("in force")
        .types("\x1b")
        .misses("╭ Profiles");
    screen.sees("Terraform").sees_row(&["▹ asks", "no key"]).types("q");
    assert!(!screen.ever_wrote("NOISE"));
    screen.ends(0);
}

#[test]
fn without_a_key_a_profile_is_chosen_on_the_screen() {
    let two = Two::new();
    let config = two.folder().join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    own(&config, text.trim_start_matches("default_profile = \"first\"\n"));
    let mut screen = two.open(&[], 60, 16);
    screen.sees("Not signed in").types("P").sees("╭ Profiles").types("first\r").sees("Switched to “first”").types("q");
    screen.ends(0);
}

/// In another organization, the same numbers are other keys: what is told at the end is followed to the letter.
#[test]
fn what_is_told_at_the_end_is_about_the_profile_that_was_switched_to() {
    let two = Two::new();
    let environment = [("CONFIDENT_BASE_URL", &*two.first.base_url), ("CONFIDENT_ORG_API_KEY", two.first.key.expose())];
    for (name, variables, start) in [
        ("orphan", &[][..], "ckeys --profile second deactivate "),
        // It would go before the profile's own otherwise.
        ("waif", &environment, "env -u CONFIDENT_ORG_API_KEY -u CONFIDENT_BASE_URL ckeys --profile second deactivate "),
    ] {
        let mut screen = Screen::run(&two.first, &["--fresh"], variables, 240, 24);
        screen.sees("Terraform");
        switches(&mut screen, "second");
        screen.sees("Terraform").types("c").sees("Generate a key").types(name).types(TO_SCREEN).sees(name).types("\r");
        screen.sees("Not taken yet").types("\u{3}").sees("Press Ctrl-c again").types("\u{3}");
        let text = screen.ends(0);
        let command = text.split('`').find(|part| part.starts_with(start));
        let command = command.unwrap_or_else(|| panic!("no {start:?} in {text:?}"));
        let orphan = two.second.named(None, name).unwrap();
        assert!(orphan.valid && command.contains(&format!(" {} --org", orphan.id)), "{command}");
        assert!(two.follows(&format!("{command} --yes"), variables));
        assert!(!two.second.named(None, name).unwrap().valid);
    }
    assert_eq!(["POST", "PUT", "PATCH", "DELETE"].map(|method| two.first.count(method)), [0; 4]);
}
