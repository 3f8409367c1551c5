//! Profiles of `config.toml`: which one is in force, where its key comes from, and where that goes.

use std::fs;
use std::path::PathBuf;

use confident_keys::demo::Options;
use serde_json::{Value, json};

use crate::support::{Run, World};

/// A service, and a home whose settings can be written. The environment says nothing unless a test has it say so.
pub(crate) struct Home {
    pub(crate) world: World,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { world: World::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.world.home.path().join("confident-keys").join(name)
    }

    /// Writes a file beside `config.toml`, for its owner alone.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        only_mine(&path, 0o600);
        only_mine(path.parent().unwrap(), 0o700);
    }

    /// Writes `config.toml`; `URL` stands for the service's address.
    pub(crate) fn configure(&self, text: &str) {
        self.write("config.toml", &text.replace("URL", &self.world.base_url));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = self.world.command(arguments);
        command.env_remove("CONFIDENT_ORG_API_KEY").env_remove("CONFIDENT_BASE_URL");
        Run::of(command.envs(variables.iter().copied()).output().unwrap())
    }

    /// How many requests came so far.
    pub(crate) fn asked(&self) -> usize {
        self.world.count("")
    }
}

#[cfg(unix)]
fn only_mine(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn only_mine(_path: &std::path::Path, _mode: u32) {}

fn in_force(run: &Run) -> Value {
    run.json()["inForce"].clone()
}

#[test]
fn a_profile_says_where_the_service_is_and_where_its_key_comes_from() {
    let home = Home::new();
    home.write("work-key", &home.world.key);
    home.configure(
        "default_profile = \"work\"\n[profiles.work]\nbase_url = \"URL\"\nkey = { file = \"work-key\" }\n\
         [profiles.other]\nbase_url = \"URL\"\nkey = { file = \"other-key\" }\n",
    );
    let by = |by: &str| json!({ "profile": "work", "profileBy": by, "keyFrom": "file", "addressFrom": "profile", "readOnly": false });
    for (arguments, variables, expected) in [
        (&["whoami", "--json"][..], &[][..], by("default")),
        (&["whoami", "--json"], &[("CKEYS_PROFILE", "work")], by("environment")),
        (&["--profile", "work", "whoami", "--json"], &[("CKEYS_PROFILE", "none")], by("flag")),
        (&["whoami", "--json", "--profile", "work"], &[], by("flag")),
    ] {
        let run = home.run_with(arguments, variables).exits(0);
        assert_eq!((in_force(&run), run.err.as_str()), (expected, ""), "{arguments:?}");
        assert_eq!(run.json()["organization"]["name"], "Acme Inc.");
    }
    let told = home.run(&["whoami"]).exits(0).out;
    for words in ["work, by default_profile", "the profile's key file", ", by the profile"] {
        assert!(told.contains(words), "{words:?} is not in {told}");
    }
    let missing = home.run(&["whoami", "--profile", "other"]).exits(4).prints_nothing();
    missing.says("other-key is not there").says("`ckeys profile login other`");
}

#[test]
fn what_the_environment_says_goes_first_and_that_is_told() {
    let home = Home::new();
    home.write("work-key", "confident_us_org_fake_not_a_key_zzzzzz");
    home.configure("default_profile = \"work\"\n[profiles.work]\nbase_url = \"URL\"\nkey = { file = \"work-key\" }\n");
    let key = ("CONFIDENT_ORG_API_KEY", home.world.key.as_str());
    let url = ("CONFIDENT_BASE_URL", home.world.base_url.as_str());
    let run = home.run(&["whoami"]).exits(4).says("not accepted").says("comes from the profile's key file.");
    assert!(!run.err.contains("CONFIDENT_ORG_API_KEY"), "{run:?}");
    // Nobody asked for the profile: the environment is enough by itself.
    let run = home.run_with(&["whoami", "--json"], &[key, url]).exits(0);
    let expected = json!({ "profile": null, "profileBy": null, "keyFrom": "environment", "addressFrom": "environment",
                           "readOnly": false });
    assert_eq!((in_force(&run), run.err.as_str()), (expected, ""));
    let run = home.run_with(&["whoami", "--json", "--profile", "work"], &[key]).exits(0);
    let expected = json!({ "profile": "work", "profileBy": "flag", "keyFrom": "environment", "addressFrom": "profile",
                           "readOnly": false });
    assert_eq!(in_force(&run), expected);
    run.says("Warning: CONFIDENT_ORG_API_KEY is set, so it is used in place of the key of the profile “work”.");
}

#[test]
fn a_profile_that_is_not_there_or_not_understood_sends_nothing() {
    let home = Home::new();
    let key = ("CONFIDENT_ORG_API_KEY", home.world.key.as_str());
    home.run_with(&["whoami", "--profile", "prod"], &[key]).exits(2).says("`ckeys profile add NAME` adds one");
    home.configure("[profiles.work]\nbase_url = \"URL\"\n[profiles.prod]\nbase_url = \"URL\"\nreadonly = true\n");
    home.run_with(&["whoami", "--profile", "pord"], &[key]).exits(2).says("config.toml has: work, prod.");
    home.run_with(&["whoami"], &[key, ("CKEYS_PROFILE", "pord")]).exits(2).says("which CKEYS_PROFILE asks for");
    let odd = home.run_with(&["list", "--profile", "prod"], &[key]).exits(2);
    odd.says("The profile “prod” can't be used: line 5 of config.toml: no setting of a profile is called `readonly`");
    home.run_with(&["whoami", "--profile", "a b"], &[key]).exits(2);
    home.run_with(&["whoami", "--profile", "work", "--demo"], &[]).exits(2).says("--demo");
    assert_eq!(home.asked(), 0);
    home.run_with(&["whoami", "--profile", "work"], &[key]).exits(0);
}

#[test]
fn a_profiles_key_is_sent_to_its_own_address_alone() {
    let home = Home::new();
    home.write("key", &home.world.key);
    home.configure("[profiles.work]\nbase_url = \"https://keys.invalid\"\nkey = { file = \"key\" }\n");
    let url = ("CONFIDENT_BASE_URL", home.world.base_url.as_str());
    let run = home.run_with(&["whoami", "--profile", "work"], &[url]).exits(2);
    run.says("CONFIDENT_BASE_URL names another address than https://keys.invalid");
    // Its address changed since the key was stored.
    home.write("key", &format!("{}\nfor https://keys.invalid\n", home.world.key));
    home.configure("[profiles.work]\nbase_url = \"URL\"\nkey = { file = \"key\" }\n");
    let run = home.run(&["whoami", "--profile", "work"]).exits(4);
    run.says("is for https://keys.invalid, but the profile's address is http://").says("`ckeys profile login work`");
    assert_eq!(home.asked(), 0);
    home.write("key", &format!("{}\nfor {}\n", home.world.key, home.world.base_url));
    home.run(&["whoami", "--profile", "work"]).exits(0);
}

#[test]
fn plain_http_to_another_machine_has_to_be_allowed_and_is_told_each_time() {
    let home = Home::new();
    home.write("key", &home.world.key);
    let profile = "[profiles.work]\nbase_url = \"http://keys.invalid\"\nkey = { file = \"key\" }\n";
    home.configure(profile);
    home.run(&["whoami", "--profile", "work"]).exits(2).says("is plain http");
    home.configure(&format!("{profile}allow_http = true\n"));
    let warning =
        "Warning: The profile “work” allows plain http: the key and every secret cross the network in the open.";
    home.run(&["whoami", "--profile", "work"]).exits(1).says(warning);
    // The environment is not the profile's.
    let key = ("CONFIDENT_ORG_API_KEY", home.world.key.as_str());
    home.run_with(&["whoami"], &[key, ("CONFIDENT_BASE_URL", "http://keys.invalid")]).exits(2).says("is plain http");
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused_with_the_remedy() {
    let home = Home::new();
    home.write("key", &home.world.key);
    home.configure("[profiles.work]\nbase_url = \"URL\"\nkey = { file = \"key\" }\n");
    only_mine(&home.path("key"), 0o644);
    let run = home.run(&["whoami", "--profile", "work"]).exits(4).says("(mode 644), and it was not used: `chmod 600 ");
    assert_eq!(home.asked(), 0);
    let remedy = run.err.split('`').nth(1).unwrap();
    assert!(std::process::Command::new("sh").args(["-c", remedy]).status().unwrap().success());
    home.run(&["whoami", "--profile", "work"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_command_gives_the_key_without_any_of_ours_in_its_environment() {
    let home = Home::new();
    home.write("key", &home.world.key);
    let script = format!("env > '{}'; cat '{}'", home.path("seen").display(), home.path("key").display());
    home.configure(&format!(
        "[profiles.work]\nbase_url = \"URL\"\nkey = {{ command = [\"sh\", \"-c\", \"{script}\"] }}\n"
    ));
    let other = "confident_us_proj_fake_not_a_key_d4e5f6";
    let run = home.run_with(&["whoami", "--json", "--profile", "work"], &[("CONFIDENT_API_KEY", other)]).exits(0);
    assert_eq!(in_force(&run)["keyFrom"], "command");
    let seen = fs::read_to_string(home.path("seen")).unwrap();
    assert!(seen.contains("PATH=") && !seen.contains("CONFIDENT_API_KEY") && !seen.contains("_KEY="), "{seen}");
    // One that fails is told by its name, without what it printed; nothing is sent.
    let before = home.asked();
    home.configure(
        "[profiles.work]\nbase_url = \"URL\"\nkey = { command = [\"sh\", \"-c\", \"echo fake_words; exit 7\"] }\n",
    );
    let run = home.run(&["whoami", "--profile", "work"]).exits(4).says("`sh` failed (exit 7)");
    assert!(!run.err.contains("fake_words"), "{run:?}");
    home.configure(
        "[profiles.work]\nbase_url = \"URL\"\nkey = { command = [\"sleep\", \"60\"], timeout_seconds = 1 }\n",
    );
    home.run(&["whoami", "--profile", "work"]).exits(4).says("`sleep` gave no key within 1 s and was ended");
    assert_eq!(home.asked(), before);
}

#[test]
fn a_profiles_thresholds_go_before_the_configured_ones_and_after_the_arguments() {
    let home = Home::new();
    home.write("key", &home.world.key);
    home.configure(
        "[thresholds]\nidle_days = 2\nstale_days = 36500\n[profiles.work]\nbase_url = \"URL\"\nkey = { file = \"key\" }\n\
         thresholds = { idle_days = 36000 }\n[profiles.plain]\nbase_url = \"URL\"\nkey = { file = \"key\" }\n",
    );
    let idle = |arguments: &[&str]| {
        let run = home.run(&[&["list", "--json"], arguments].concat()).exits(0);
        run.json()["keys"].as_array().unwrap().iter().filter(|key| key["status"] == "idle").count()
    };
    let (plain, work) = (idle(&["--profile", "plain"]), idle(&["--profile", "work"]));
    assert!(plain > 0 && work == 0, "{plain} {work}");
    assert_eq!(idle(&["--profile", "work", "--idle-after", "2d"]), plain);
}

#[test]
fn doctor_says_which_profile_is_in_force_and_what_is_wrong_with_it() {
    let home = Home::new();
    home.write("key", &home.world.key);
    home.configure(
        "[profiles.work]\nbase_url = \"URL\"\nkey = { file = \"key\" }\nread_only = true\n[profiles.odd]\nkey = 1\n",
    );
    let check = |arguments: &[&str], name: &str| {
        let run = home.run(&[&["doctor", "--json"], arguments].concat());
        let checks = run.json()["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {run:?}"))
    };
    let profile = check(&["--profile", "work"], "profile");
    let words = "“work”, by --profile; the key comes from the profile's key file; no key is changed";
    assert_eq!((&profile["status"], &profile["summary"]), (&json!("ok"), &json!(words)));
    assert_eq!(check(&["--profile", "work"], "connection")["status"], "ok");
    assert_eq!(check(&[], "profile")["summary"], "None is in force");
    assert_eq!(check(&["--profile", "odd"], "profile")["status"], "problem");
    fs::remove_file(home.path("key")).unwrap();
    let key = check(&["--profile", "work"], "key");
    assert_eq!(key["status"], "problem");
    assert!(key["summary"].as_str().unwrap().contains("is not there"), "{key}");
}

const WRITES: [&[&str]; 6] = [
    &["create", "CI", "--org", "--to", "stdout", "--yes"],
    &["rotate", "7", "--org", "--to", "stdout", "--yes"],
    &["deactivate", "7", "--org", "--yes"],
    &["activate", "7", "--org", "--yes"],
    &["delete", "7", "--org", "--confirm", "7"],
    &["deactivate", "7", "--org", "--dry-run"],
];

#[test]
fn read_only_refuses_every_write_before_anything_is_sent_and_says_why() {
    let home = Home::new();
    home.configure(
        "[profiles.prod]\nbase_url = \"URL\"\nkey = { command = [\"false\"] }\nread_only = true\n\
         [profiles.work]\nbase_url = \"URL\"\n",
    );
    let key = ("CONFIDENT_ORG_API_KEY", home.world.key.as_str());
    for write in WRITES {
        let by_flag = home.run_with(&[write, &["--read-only", "--profile", "work"]].concat(), &[key]);
        by_flag
            .exits(6)
            .prints_nothing()
            .says("ckeys was started with --read-only, so no key is changed. Nothing was sent.");
        // Its key is not even asked for.
        let by_profile = home.run(&[write, &["--profile", "prod"]].concat());
        by_profile.exits(6).prints_nothing().says("The profile “prod” is read-only (read_only = true in config.toml)");
        home.run(&[&["--demo", "--read-only"], write].concat()).exits(6).says("--read-only");
    }
    assert_eq!(home.asked(), 0);
    let run = home.run_with(&["whoami", "--json", "--profile", "prod"], &[key]).exits(0);
    assert_eq!(in_force(&run)["readOnly"], true);
    for read in [&["list"][..], &["projects"], &["get", "7", "--org"], &["journal"]] {
        let run = home.run_with(&[read, &["--read-only", "--profile", "work"]].concat(), &[key]);
        assert_ne!(run.code, 6, "{run:?}");
    }
    assert_eq!(home.world.writes(), 0);
}

#[test]
fn what_is_refused_to_a_command_is_never_sent_by_the_client_either() {
    use confident_keys::api::error::{Certainty, ErrorKind};
    use confident_keys::api::model::{Lifetime, Scope};
    use confident_keys::api::{Client, Limits};
    use confident_keys::secret::Secret;
    for version in ["v1", "v2"] {
        let world = World::speaking(version, &Options::default());
        let client = Client::new(world.base_url.parse().unwrap(), Secret::new(&*world.key), Limits::default());
        let client = client.speaking(version.parse().unwrap()).read_only("No key is changed");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let keys = client.keys(&Scope::Organization);
            let key = keys.list().await.unwrap().swap_remove(0).id;
            let errors = [
                keys.create("CI", Lifetime::Unlimited).await.unwrap_err(),
                keys.set_valid(key, false).await.unwrap_err(),
                keys.delete(key).await.unwrap_err(),
            ];
            for error in errors {
                assert_eq!(error.kind, ErrorKind::ReadOnly("No key is changed".to_owned()));
                assert_eq!(error.certainty(), Certainty::NotDone);
                assert_eq!(error.to_string(), "No key is changed. Nothing was sent.");
            }
        });
        assert_eq!(world.writes(), 0);
    }
}
