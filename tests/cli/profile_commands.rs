//! `ckeys profile`: profiles come and go, and their keys are taken, checked and stored.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::profiles::Home;
use crate::support::Run;
#[cfg(unix)]
use crate::terminal::Terminal;

impl Home {
    /// `profile login`, with `input` on standard input.
    fn login(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.world.command(&[&["profile", "login"], arguments].concat());
        command.env_remove("CONFIDENT_ORG_API_KEY").env_remove("CONFIDENT_BASE_URL").stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may have refused before it reads.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    /// `profile add` of the service that there is.
    fn add(&self, arguments: &[&str]) -> Run {
        let url = self.world.base_url.clone();
        self.run(&[&["profile", "add", "--base-url", &url], arguments].concat())
    }

    fn config(&self) -> String {
        fs::read_to_string(self.path("config.toml")).unwrap_or_default()
    }

    fn listed(&self, arguments: &[&str]) -> Vec<Value> {
        let run = self.run(&[&["profile", "list", "--json"], arguments].concat()).exits(0);
        run.json()["profiles"].as_array().unwrap().clone()
    }
}

#[test]
fn a_profile_is_added_gets_its_key_is_used_and_goes_with_its_key() {
    let home = Home::new();
    home.run(&["profile", "list"]).exits(0).prints_nothing().says("`ckeys profile add NAME` adds one");
    home.add(&["work", "--key", "file", "--default", "--production", "--colour", "red"])
        .exits(0)
        .says("`ckeys profile login work`");
    let missing = home.run(&["whoami"]).exits(4).says("is not there").says("`ckeys profile login work`");
    assert_eq!((home.asked(), missing.out.as_str()), (0, ""));
    assert_eq!(home.listed(&[])[0]["key"], "missing");

    let run = home.login(&["--json"], &format!("{}\n", home.world.key)).exits(0);
    let tail = &home.world.key[home.world.key.len() - 6..];
    assert!(run.err.contains(&format!("The key …{tail} is in ")) && run.err.contains("Acme Inc."), "{run:?}");
    let expected = json!({
        "profile": "work", "baseUrl": home.world.base_url, "keyFrom": "file",
        "organization": { "id": run.json()["organization"]["id"], "name": "Acme Inc.", "plan": "TEAM" }
    });
    assert_eq!(run.json(), expected);
    let kept = fs::read_to_string(home.path("keys/work")).unwrap();
    assert_eq!(kept, format!("{}\nfor {}\n", home.world.key, home.world.base_url));
    #[cfg(unix)]
    for (path, mode) in [("keys/work", 0o600), ("keys", 0o700), ("config.toml", 0o600), ("", 0o700)] {
        let found = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(home.path(path)).unwrap().permissions());
        assert_eq!(found & 0o777, mode, "{path}");
    }
    let run = home.run(&["whoami", "--json"]).exits(0);
    assert_eq!(run.json()["inForce"]["profile"], "work");
    let expected = json!([{
        "name": "work", "isDefault": true, "problem": null, "region": null, "baseUrl": format!("{}/", home.world.base_url),
        "keyFrom": "file", "key": "there", "keyProblem": null, "readOnly": false, "production": true, "colour": "red", "allowHttp": false
    }]);
    assert_eq!(Value::from(home.listed(&[])), expected);

    home.run(&["profile", "remove", "work"]).exits(6).says("--yes");
    let run = home.run(&["profile", "remove", "work", "--yes", "--json"]).exits(0);
    assert_eq!(run.json(), json!({ "removed": "work", "keyRemoved": true }));
    assert!(!home.path("keys/work").exists());
    assert_eq!(home.config(), "");
    home.run(&["profile", "remove", "work", "--yes"]).exits(5);
}

#[test]
fn the_rest_of_the_settings_stays_as_it_was() {
    const MINE: &str = "# mine\n[display] # looks\ntimes = \"utc\"\n\n[profiles.old]\nregion = \"US\" # by hand\n";
    let home = Home::new();
    home.configure(MINE);
    home.add(&["new", "--key", "command:op read 'a b'", "--read-only", "--json"]).exits(0).says("Added");
    for line in MINE.lines() {
        assert!(home.config().lines().any(|other| other == line), "{line:?}: {}", home.config());
    }
    let new = &home.listed(&[])[1];
    let seen = [&new["name"], &new["keyFrom"], &new["key"], &new["readOnly"]];
    assert_eq!(seen, [&json!("new"), &json!("command"), &json!("not asked"), &json!(true)]);
    home.run(&["profile", "remove", "new", "--yes"]).exits(0);
    assert_eq!(home.config(), MINE);
}

#[test]
fn what_makes_no_profile_changes_nothing() {
    let home = Home::new();
    let key = home.world.key.as_str();
    for (arguments, words) in [
        (&["a b", "--key", "file"][..], "a profile's name"),
        (&["a", "--key", "elsewhere"], "file:PATH"),
        (&["a", "--key", key], "never the key itself"),
        (&[key, "--key", "file"], "is no place for a key"),
        (&["a", "--key", "file", "--region", "Mars"], "US, EU or AU"),
        (&["a", "--key", "file", "--region", "EU", "--base-url", "https://keys.invalid"], "cannot be used with"),
        (&["a", "--key", "file", "--base-url", "http://keys.invalid"], "is plain http"),
        (&["a", "--key", "file", "--base-url", "https://u:p@keys.invalid"], "a user or a password"),
        (&["a", "--key", "file", "--colour", "pink"], "red, yellow"),
        (&["a", "--key", "file", "--allow-http"], "--base-url"),
    ] {
        let run = home.run(&[&["profile", "add"], arguments].concat()).exits(2).prints_nothing().says(words);
        assert!(!run.err.contains(key), "{run:?}");
        assert!(!home.path("config.toml").exists(), "{arguments:?}");
    }
    #[cfg(not(feature = "keyring"))]
    for arguments in [&["profile", "add", "a"][..], &["profile", "add", "a", "--key", "keyring"]] {
        home.run(arguments).exits(2).says("--key file").says("Nothing was changed.");
    }
    home.add(&["a", "--key", "file"]).exits(0);
    let before = home.config();
    home.add(&["a", "--key", "file"]).exits(2).says("already");
    assert_eq!(home.config(), before);
}

#[test]
fn a_key_is_stored_only_once_the_service_has_taken_it() {
    let home = Home::new();
    home.add(&["work", "--key", "file"]).exits(0);
    let fake = "confident_us_org_fake_not_a_key_zzzzzz";
    for (input, code, words) in [
        (fake, 4, "Nothing was stored."),
        ("", 4, "No key was given"),
        ("two words", 2, "holds white space"),
        ("confident_us_org_fake_é_zzzzzz", 2, "beyond ASCII"),
    ] {
        let run = home.login(&["work"], input).exits(code).prints_nothing().says(words);
        assert!(!run.err.contains("fake"), "{run:?}");
        assert!(!home.path("keys/work").exists(), "{input}");
    }
    // A service that is away says nothing of a key.
    home.world.fails(&["GET status=500,times=always"]);
    home.login(&["work"], &home.world.key).exits(1).says("Nothing was stored.");
    home.world.fails(&[]);
    home.login(&["work"], &home.world.key).exits(0);
    // One that is refused later leaves the stored one where it is.
    let kept = fs::read_to_string(home.path("keys/work")).unwrap();
    home.login(&["work"], fake).exits(4);
    assert_eq!(fs::read_to_string(home.path("keys/work")).unwrap(), kept);
    assert_eq!(home.world.writes(), 0);
}

#[test]
fn a_key_is_taken_only_where_it_can_be_stored() {
    let home = Home::new();
    home.add(&["env", "--key", "environment"]).exits(0);
    home.add(&["op", "--key", "command:op read a"]).exits(0);
    home.add(&["blocked", "--key", "file"]).exits(0);
    fs::create_dir_all(home.path("keys/blocked")).unwrap();
    let key = home.world.key.clone();
    home.login(&["env"], &key).exits(2).says("CONFIDENT_ORG_API_KEY");
    home.login(&["op"], &key).exits(2).says("from a command");
    home.login(&["blocked"], &key).exits(1).says("is a folder");
    home.login(&["none"], &key).exits(2).says("config.toml has: env, op, blocked.");
    // The first that was added is the one that is meant.
    home.login(&[], &key).exits(2).says("The profile “env”");
    let path = home.path("config.toml");
    fs::write(&path, home.config().replace("default_profile = \"env\"\n", "")).unwrap();
    home.login(&[], &key).exits(2).says("Name the profile");
    assert_eq!(home.asked(), 0);
}

#[test]
fn a_key_file_that_a_person_wrote_is_left_where_it_is() {
    let home = Home::new();
    home.write("mine", &home.world.key);
    home.add(&["work", "--key", &format!("file:{}", home.path("mine").display())]).exits(0);
    home.run(&["whoami", "--profile", "work"]).exits(0);
    home.run(&["profile", "remove", "work", "--yes"]).exits(0).says("was not written by ckeys and is left as it is");
    assert_eq!(fs::read_to_string(home.path("mine")).unwrap(), home.world.key);
}

/// Without a key in the environment.
#[cfg(unix)]
const KEYLESS: [(&str, &str); 2] = [("CONFIDENT_ORG_API_KEY", ""), ("CONFIDENT_BASE_URL", "")];

#[cfg(unix)]
#[test]
fn a_person_is_asked_for_the_key_without_its_being_shown() {
    let home = Home::new();
    home.add(&["work", "--key", "file"]).exits(0);
    let asked = || {
        let mut terminal = Terminal::with(&home.world, &["profile", "login", "work"], 100, &KEYLESS);
        terminal.waits_for("Organization key for “work” (not shown): ");
        terminal
    };
    for key in ["\u{3}", "\u{1b}", "fake\u{3}"] {
        let mut terminal = asked();
        terminal.types(key);
        assert!(terminal.ends(130).contains("Nothing was stored."));
    }
    let mut terminal = asked();
    terminal.types("\r");
    assert!(terminal.ends(4).contains("No key was given"));
    assert!(!home.path("keys/work").exists());
    let mut terminal = asked();
    // A slip, and what undoes it.
    terminal.types(&format!("wrong\u{15}{}x\u{7f}\r", home.world.key));
    let seen = terminal.ends(0);
    assert!(seen.contains("The key …") && !seen.contains(&home.world.key[..30]) && !seen.contains("wrong"), "{seen}");
    home.run(&["whoami", "--profile", "work"]).exits(0);
}

#[test]
fn more_than_a_key_is_not_cut_to_one() {
    let home = Home::new();
    home.add(&["work", "--key", "file"]).exits(0);
    let run = home.login(&["work"], &format!("{}{}", home.world.key, "a".repeat(100_000)));
    run.exits(2);
    assert!(!home.path("keys/work").exists());
}

#[cfg(unix)]
#[test]
fn a_command_may_ask_on_the_terminal_before_that_is_the_screens() {
    let home = Home::new();
    home.write("key", &home.world.key);
    let script = format!(
        "printf 'Passphrase? ' > /dev/tty; read -r word < /dev/tty; [ \"$word\" = open ] && cat '{}'",
        home.path("key").display()
    );
    home.write("asks", &script);
    let asks = home.path("asks");
    home.configure(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbase_url = \"URL\"\nkey = {{ command = [\"sh\", \"{}\"] }}\n",
        asks.display()
    ));
    let mut screen = Terminal::with(&home.world, &[], 100, &KEYLESS);
    screen.waits_for("Passphrase? ").types("open\r").waits_for("Sandbox").types("q");
    screen.ends(0);
    let mut screen = Terminal::with(&home.world, &[], 100, &KEYLESS);
    screen.waits_for("Passphrase? ").types("shut\r");
    assert!(screen.ends(4).contains("`sh` failed (exit 1)"));
}

#[cfg(unix)]
#[test]
fn the_list_asks_for_keys_only_where_that_is_wanted() {
    let home = Home::new();
    let script = format!("touch '{}'; echo fake_opaque_value", home.path("ran").display());
    home.write("open", &home.world.key);
    fs::set_permissions(home.path("open"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    home.configure(&format!(
        "default_profile = \"asks\"\n[profiles.asks]\nkey = {{ command = [\"sh\", \"-c\", \"{script}\"] }}\nread_only = true\n\
         [profiles.open]\nregion = \"EU\"\nkey = {{ file = \"open\" }}\n[profiles.bare]\n[profiles.odd]\nregion = 1\n"
    ));
    let keys = |arguments: &[&str]| home.listed(arguments).iter().map(|entry| entry["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys(&[]), [json!("not asked"), json!("of no use"), json!("missing"), Value::Null]);
    assert!(!home.path("ran").exists());
    assert_eq!(keys(&["--check"])[0], "there");
    assert!(home.path("ran").exists());
    let run = home.run(&["profile", "list"]).exits(0);
    let line = |name: &str| run.out.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line("asks").contains("command:sh") && line("asks").ends_with("default, read-only"), "{run:?}");
    assert!(line("open").contains("EU") && line("open").contains("of no use"), "{run:?}");
    assert!(
        run.err.contains("The key of the profile “open” can't be had: ") && run.err.contains("`chmod 600 "),
        "{run:?}"
    );
    assert!(line("odd").ends_with("can't be used") && run.err.contains(", line 10: "), "{run:?}");
    assert!(!run.out.contains("touch") && !run.out.contains("opaque"), "{run:?}");
    assert_eq!(home.asked(), 0);
}
