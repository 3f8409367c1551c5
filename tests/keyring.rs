//! Keys of profiles in the operating system's keyring: a real Secret Service, on a message bus that is the test's own.

#![cfg(all(target_os = "linux", feature = "keyring"))]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "common/environment.rs"]
mod environment;
#[path = "common/process.rs"]
#[expect(dead_code, reason = "other tests wait for more")]
mod process;
#[path = "common/program.rs"]
#[expect(dead_code, reason = "the key is the service's own")]
mod program;
#[path = "common/skip.rs"]
mod skip;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use confident_keys::demo::{Options, Service};
use serde_json::Value;
use tempfile::TempDir;

/// The programs that it takes.
const PROGRAMS: [&str; 2] = ["dbus-daemon", "gnome-keyring-daemon"];

/// A bus on which nothing is started by being asked for.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=SOCKET</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#;

/// A home, a bus and a service. All of it ends with the test.
struct World {
    home: TempDir,
    bus: Child,
    keyring: Option<Child>,
    service: Service,
}

impl World {
    /// `None`, told on standard error, where the programs are missing.
    fn start() -> Option<Self> {
        for program in PROGRAMS {
            let is_there = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
            if !is_there.status.success() {
                skip::skipped(&format!("{program} is not installed"));
                return None;
            }
        }
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("run")).unwrap();
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        let config = home.path().join("bus.conf");
        fs::write(&config, BUS.replace("SOCKET", home.path().join("bus").to_str().unwrap())).unwrap();
        let mut bus = Command::new("dbus-daemon");
        bus.arg("--config-file").arg(&config).args(["--nofork", "--print-address"]).env_clear();
        let mut bus = bus.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // It says its address once it listens.
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "{address:?}");
        Some(Self { home, bus, keyring: None, service: Service::start(&Options::default()).unwrap() })
    }

    fn in_home(&self, command: &mut Command) {
        command.env("HOME", self.home.path()).env("XDG_RUNTIME_DIR", self.home.path().join("run"));
        command.env("XDG_DATA_HOME", self.home.path().join("data"));
        command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.home.path().join("bus").display()));
    }

    /// Starts the keyring, open or as it was left, and waits until it answers.
    fn starts_keyring(&mut self, is_open: bool) {
        let mut keyring = Command::new("gnome-keyring-daemon");
        keyring.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        self.in_home(&mut keyring);
        keyring.args(["--foreground", "--components=secrets"]).args(is_open.then_some("--unlock"));
        let mut keyring = keyring.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // One that is to stay locked may not read it.
        let _ = keyring.stdin.take().unwrap().write_all(b"fake password");
        self.keyring = Some(keyring);
        process::until("the keyring's answer", || (!self.says_there_is_none()).then_some(()));
    }

    fn ends_keyring(&mut self) {
        let mut keyring = self.keyring.take().unwrap();
        keyring.kill().unwrap();
        keyring.wait().unwrap();
        process::until("the keyring's end", || self.says_there_is_none().then_some(()));
    }

    fn says_there_is_none(&self) -> bool {
        self.runs(0, &["profile", "list", "--check"]).1.contains("there is no keyring here")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program::command(&self.home);
        self.in_home(&mut command);
        command.args(arguments);
        command
    }

    #[track_caller]
    fn runs(&self, code: i32, arguments: &[&str]) -> (String, String) {
        self.told(code, self.command(arguments).output().unwrap())
    }

    /// What was printed; nowhere is the key in it.
    #[track_caller]
    fn told(&self, code: i32, output: Output) -> (String, String) {
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.code(), Some(code), "{told:?}");
        assert!(told.iter().all(|text| !text.contains(self.key())), "{told:?}");
        told.into()
    }

    fn key(&self) -> &str {
        self.service.organization_key().expose()
    }

    #[track_caller]
    fn logs_in(&self, code: i32, name: &str) -> String {
        let mut command = self.command(&["profile", "login", name]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(self.key().as_bytes()).unwrap();
        self.told(code, child.wait_with_output().unwrap()).1
    }

    /// What the list says of the key of the profile `name`.
    fn listed_key(&self, name: &str) -> Option<String> {
        let (out, _) = self.runs(0, &["profile", "list", "--check", "--json"]);
        let list: Value = serde_json::from_str(&out).unwrap();
        let entry = list["profiles"].as_array().unwrap().iter().find(|entry| entry["name"] == name)?;
        Some(entry["key"].as_str()?.to_owned())
    }

    fn adds(&self, name: &str) {
        let url = self.service.base_url();
        self.runs(0, &["profile", "add", name, "--base-url", url]);
    }

    /// No file that is not the keyring's own knows of the key, and its own don't show it.
    fn keeps_no_key_in_the_open(&self) {
        let mut waiting = vec![self.home.path().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    waiting.push(entry.path());
                } else if kind.is_file() {
                    let content = fs::read(entry.path()).unwrap();
                    let found = content.windows(self.key().len()).any(|piece| piece == self.key().as_bytes());
                    assert!(!found, "{}", entry.path().display());
                }
            }
        }
    }

    fn config(&self) -> std::path::PathBuf {
        self.home.path().join("confident-keys").join("config.toml")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for child in [&mut self.bus].into_iter().chain(&mut self.keyring) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn a_key_is_stored_in_the_keyring_used_from_there_and_goes_with_its_profile() {
    let Some(mut world) = World::start() else { return };
    world.adds("work");
    world.adds("other");
    world.starts_keyring(true);
    assert_eq!(world.listed_key("work").as_deref(), Some("missing"));
    let (_, missing) = world.runs(4, &["whoami", "--profile", "work"]);
    assert!(
        missing.contains("the keyring holds none for it") && missing.contains("`ckeys profile login work`"),
        "{missing}"
    );

    let told = world.logs_in(0, "work");
    assert!(told.contains("is in the keyring, for the profile “work” and Acme Inc."), "{told}");
    let (out, _) = world.runs(0, &["whoami", "--profile", "work", "--json"]);
    let identity: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&identity["inForce"]["keyFrom"], &identity["inForce"]["profile"]), (&"keyring".into(), &"work".into()));
    assert_eq!(world.listed_key("other").as_deref(), Some("missing"), "each profile has its own");
    world.keeps_no_key_in_the_open();

    // It outlives the keyring's end, and is replaced by another login.
    world.ends_keyring();
    world.starts_keyring(true);
    world.runs(0, &["whoami", "--profile", "work"]);
    world.logs_in(0, "work");
    world.runs(0, &["whoami", "--profile", "work"]);

    let (_, told) = world.runs(0, &["profile", "remove", "work", "--yes"]);
    assert!(told.contains("and the key that was stored for it"), "{told}");
    world.adds("work");
    assert_eq!(world.listed_key("work").as_deref(), Some("missing"));
}

#[test]
fn a_key_in_the_keyring_is_bound_to_the_address_that_it_was_given_for() {
    let Some(mut world) = World::start() else { return };
    world.adds("work");
    world.starts_keyring(true);
    world.logs_in(0, "work");
    let other = Service::start(&Options::default()).unwrap();
    let config = fs::read_to_string(world.config()).unwrap();
    fs::write(world.config(), config.replace(world.service.base_url(), other.base_url())).unwrap();
    let (_, told) = world.runs(4, &["whoami", "--profile", "work"]);
    assert!(
        told.contains(&format!(
            "is for {}, but the profile's address is {} now",
            world.service.base_url(),
            other.base_url()
        )),
        "{told}"
    );
    assert!(told.contains("`ckeys profile login work`"), "{told}");
    assert_eq!(other.requests().len(), 0);
    // Both services have the same key.
    world.logs_in(0, "work");
    world.runs(0, &["whoami", "--profile", "work"]);
    assert!(!other.requests().is_empty());
}

#[test]
fn a_keyring_that_is_locked_or_not_there_is_told_and_no_key_goes_elsewhere() {
    let Some(mut world) = World::start() else { return };
    world.adds("work");
    let (_, told) = world.runs(4, &["whoami", "--profile", "work"]);
    assert!(told.contains("there is no keyring here") && told.contains("Nothing was sent."), "{told}");
    let told = world.logs_in(1, "work");
    assert!(told.contains("could not be stored: there is no keyring here"), "{told}");
    let (_, told) = world.runs(1, &["profile", "remove", "work", "--yes"]);
    assert!(told.contains("The profile is left as it was") && told.contains("--keep-key"), "{told}");
    world.keeps_no_key_in_the_open();

    world.starts_keyring(true);
    world.logs_in(0, "work");
    world.ends_keyring();
    // Nobody is there to type its password.
    world.starts_keyring(false);
    let asked = world.service.requests().len();
    let (_, told) = world.runs(4, &["whoami", "--profile", "work"]);
    assert!(told.contains("The key of the profile “work” can't be had: the keyring"), "{told}");
    assert_eq!(world.service.requests().len(), asked);
    world.runs(0, &["profile", "remove", "work", "--yes", "--keep-key"]);
    assert_without(&world.home.path().join("confident-keys"), "keys");
}

fn assert_without(folder: &Path, name: &str) {
    assert!(!folder.join(name).exists(), "{name} is in {}", folder.display());
}
