//! `create`, `deactivate`, `activate`, `delete` off a terminal, where the service does what is asked.

use std::fs;
#[cfg(unix)]
use std::process::Stdio;

use serde_json::{Value, json};

#[cfg(unix)]
use crate::support::Run;
use crate::support::World;

#[test]
fn deactivate_and_activate_want_yes_and_answer_with_the_key() {
    let world = World::new();
    let found = world.named("Nightly evals");
    world.run(&found.arguments("deactivate", &[])).exits(6).prints_nothing().says("--yes");
    assert!(found.is_valid(&world));
    let run = world.run(&found.arguments("deactivate", &["--yes", "--json"])).exits(0).says("Deactivated");
    assert_eq!(run.json()["key"]["status"], "inactive");
    assert_eq!(run.json().as_object().unwrap().len(), 1);
    assert!(!found.is_valid(&world));
    world.run(&found.arguments("activate", &[])).exits(6).prints_nothing().says("--yes");
    let run = world.run(&found.arguments("activate", &["--yes"])).exits(0).prints_nothing().says("Reactivated");
    assert!(!run.err.contains("Warning"), "{run:?}");
    assert!(found.is_valid(&world));
}

#[test]
fn what_is_so_already_is_left_alone() {
    let world = World::new();
    let inactive = world.named("Contractor 2025");
    let run = world.run(&inactive.arguments("deactivate", &["--json"])).exits(0).says("nothing to do");
    assert_eq!(run.json()["key"]["valid"], false);
    world.run(&world.named("Nightly evals").arguments("activate", &[])).exits(0).prints_nothing().says("nothing to do");
}

#[test]
fn the_signing_key_is_protected_before_any_confirmation() {
    let world = World::new();
    let id = world.run(&["whoami", "--json"]).exits(0).json()["key"]["id"].to_string();
    for arguments in [
        &["deactivate", &id, "--org", "--yes"][..],
        &["deactivate", &id, "--org"],
        &["deactivate", &id, "--org", "--dry-run"],
        &["delete", &id, "--org", "--deactivate", "--confirm", "ckeys on Ada's laptop"],
        &["delete", &id, "--org", "--dry-run"],
    ] {
        world.run(arguments).exits(6).prints_nothing().says("signed in with");
    }
    world.run(&["whoami"]).exits(0);
}

#[test]
fn delete_wants_the_name_and_an_inactive_key() {
    let world = World::new();
    let active = world.named("Nightly evals");
    let with_name = active.arguments("delete", &["--confirm", "Nightly evals"]);
    world.run(&with_name).exits(6).prints_nothing().says("active").says("--deactivate");
    let inactive = world.named("Contractor 2025");
    world.run(&inactive.arguments("delete", &[])).exits(6).prints_nothing().says("--confirm").says("Contractor 2025");
    let run = world.run(&inactive.arguments("delete", &["--yes"])).exits(6).prints_nothing();
    run.says("--yes is not enough").says("--confirm");
    for wrong in ["contractor 2025", &inactive.id, ""] {
        world
            .run(&inactive.arguments("delete", &["--confirm", wrong]))
            .exits(6)
            .prints_nothing()
            .says("Contractor 2025");
    }
    assert!(!inactive.is_valid(&world));
    let run = world.run(&inactive.arguments("delete", &["--confirm", "Contractor 2025", "--json"])).exits(0);
    let document = run.json();
    assert_eq!((document["key"]["id"].to_string(), &document["deleted"]), (inactive.id.clone(), &json!(true)));
    assert!(run.out.find("\"key\"") < run.out.find("\"deleted\""));
    world.run(&inactive.arguments("get", &[])).exits(5);
    world.run(&inactive.arguments("delete", &["--confirm", "Contractor 2025"])).exits(5);
}

#[test]
fn delete_deactivates_first_where_that_is_asked_for() {
    let world = World::new();
    let active = world.named("Nightly evals");
    world.run(&active.arguments("delete", &["--deactivate", "--confirm", "Nightly"])).exits(6);
    assert!(active.is_valid(&world), "an unconfirmed deletion deactivates nothing");
    let run =
        world.run(&active.arguments("delete", &["--deactivate", "--confirm", "Nightly evals", "--json"])).exits(0);
    assert_eq!(run.json()["key"]["valid"], false);
    world.run(&active.arguments("get", &[])).exits(5);
}

#[test]
fn a_name_that_does_not_tell_is_replaced_by_the_id() {
    let world = World::new();
    let repeated = world.find(|key| key["name"] == "Backup");
    let marked = world.find(|key| key["name"].as_str().is_some_and(|name| name.contains('\u{1b}')));
    let unnamed = world.find(|key| key["name"].as_str().is_none_or(|name| name.trim().is_empty()));
    for found in [repeated, marked, unnamed] {
        let name = found.key["name"].as_str().unwrap_or_default();
        world
            .run(&found.arguments("delete", &["--deactivate", "--confirm", name]))
            .exits(6)
            .says("the key's id, as its name can't tell");
        world.run(&found.arguments("delete", &["--deactivate", "--confirm", &found.id])).exits(0).prints_nothing();
    }
}

#[test]
fn a_dry_run_tells_and_sends_no_write() {
    let world = World::new();
    let before = world.keys(&[]);
    let (active, inactive) = (world.named("Nightly evals"), world.named("Contractor 2025"));
    for (arguments, action) in [
        (active.arguments("deactivate", &["--dry-run", "--json"]), "deactivate"),
        (inactive.arguments("activate", &["--dry-run", "--json"]), "activate"),
        (inactive.arguments("delete", &["--dry-run", "--json"]), "delete"),
        (active.arguments("delete", &["--dry-run", "--deactivate", "--json"]), "delete"),
    ] {
        let run = world.run(&arguments).exits(0).says("Would").says("Nothing was changed");
        let document = run.json();
        assert_eq!((&document["dryRun"], &document["action"]), (&json!(true), &json!(action)));
        assert!(document["key"]["id"].is_i64(), "{document}");
    }
    // A confirmation that is given has to be right.
    let name = inactive.key["name"].as_str().unwrap();
    world.run(&inactive.arguments("delete", &["--dry-run", "--confirm", name])).exits(0).says("Would delete");
    let wrong = inactive.arguments("delete", &["--dry-run", "--confirm", "Wrong", "--json"]);
    world.run(&wrong).exits(6).prints_nothing().says("Not confirmed");
    // Guards come before.
    world.run(&active.arguments("delete", &["--dry-run"])).exits(6).prints_nothing();
    let file = world.home.path().join("key");
    let to = format!("file:{}", file.display());
    let arguments = ["create", "CI", "--project", "Sandbox", "--to", &to, "--dry-run", "--json"];
    let document = world.run(&arguments).exits(0).says("Would generate").json();
    assert_eq!((&document["action"], &document["name"]), (&json!("create"), &json!("CI")));
    assert_eq!((&document["scope"]["name"], &document["to"]), (&json!("Sandbox"), &json!(to)));
    assert!(!file.exists());
    assert_eq!(without_use(world.keys(&[])), without_use(before));
}

/// The demo's keys are in use meanwhile.
fn without_use(mut keys: Vec<Value>) -> Vec<Value> {
    for key in &mut keys {
        key.as_object_mut().unwrap().remove("lastUsed");
    }
    keys
}

#[test]
fn create_prints_the_secret_alone() {
    let world = World::new();
    let arguments = ["create", "  Fresh key ", "--project", "Sandbox", "--to", "stdout"];
    world.run(&arguments).exits(6).prints_nothing().says("--yes");
    assert!(!has(&world, "Fresh key"));
    let run = world.run(&[&arguments[..], &["--yes"]].concat()).exits(0);
    let secret = run.out.strip_suffix('\n').unwrap();
    assert!(secret.len() > 20 && !secret.contains(char::is_whitespace), "{run:?}");
    assert!(!run.err.contains(secret) && run.err.contains("Fresh key"), "{run:?}");
    let made = world.named("Fresh key");
    assert_eq!(made.key["value"], format!("***************{}", &secret[secret.len() - 6..]));
    assert_eq!((&made.key["status"], &made.key["scope"]["name"]), (&json!("new"), &json!("Sandbox")));
    let document = world.run(&["create", "Second", "--org", "--to", "stdout", "--yes", "--json"]).exits(0).json();
    let fields: Vec<_> = document.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["key", "secret"]);
    // An organization key works at once.
    let mut next = World::at(&world.base_url);
    next.key = document["secret"].as_str().unwrap().to_owned();
    assert_eq!(next.run(&["whoami", "--json"]).exits(0).json()["key"]["name"], "Second");
}

fn has(world: &World, name: &str) -> bool {
    world.keys(&[]).iter().any(|key| key["name"] == name)
}

#[test]
fn create_makes_a_file_for_its_owner_alone() {
    let world = World::new();
    let file = world.home.path().join("new.key");
    let to = format!("file:{}", file.display());
    let run = world.run(&["create", "To a file", "--project", "Sandbox", "--to", &to, "--yes", "--json"]).exits(0);
    assert_eq!(run.json()["deliveredTo"], to);
    assert!(run.json().get("secret").is_none());
    let secret = fs::read_to_string(&file).unwrap();
    assert!(secret.ends_with('\n') && !run.out.contains(secret.trim()) && !run.err.contains(secret.trim()));
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    // Never over it, with the words before anything is sent.
    world.run(&["create", "Again", "--org", "--to", &to, "--yes"]).exits(6).prints_nothing().says("exists already");
    world.run(&["create", "Again", "--org", "--to", &to, "--dry-run"]).exits(6).prints_nothing();
    assert_eq!(fs::read_to_string(&file).unwrap(), secret);
    let nowhere = format!("file:{}", world.home.path().join("no").join("key").display());
    world
        .run(&["create", "Again", "--org", "--to", &nowhere, "--yes"])
        .exits(1)
        .prints_nothing()
        .says("no such folder");
    assert!(!has(&world, "Again"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_written_through() {
    let world = World::new();
    let (link, target) = (world.home.path().join("link"), world.home.path().join("target"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let to = format!("file:{}", link.display());
    world.run(&["create", "Through", "--org", "--to", &to, "--yes"]).exits(6).prints_nothing();
    assert!(!target.exists() && !has(&world, "Through"));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_clipboard_nothing_is_generated() {
    let world = World::new();
    // In a session of its own there is no terminal behind it either.
    let mut command = std::process::Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_ckeys"));
    for name in crate::environment::unwanted() {
        command.env_remove(name);
    }
    let output = command
        .args(["create", "Copied", "--org", "--to", "clipboard", "--yes"])
        .env("HOME", world.home.path())
        .env("XDG_CONFIG_HOME", world.home.path())
        .env("XDG_STATE_HOME", world.home.path().join("state"))
        .env("CONFIDENT_BASE_URL", &world.base_url)
        .env("CONFIDENT_ORG_API_KEY", &world.key)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run::of(output).exits(1).prints_nothing().says("no display").says("--to file:PATH");
    assert!(!has(&world, "Copied"));
}

#[cfg(unix)]
#[test]
fn an_output_that_leads_nowhere_is_seen_before_the_key_is_generated() {
    let world = World::new();
    // Shut down, not just dropped: a process that another test is starting may hold a copy for a moment.
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    ours.shutdown(std::net::Shutdown::Both).unwrap();
    let mut unread = world.command(&["create", "Unread", "--org", "--to", "stdout", "--yes"]);
    let output = unread.stdout(std::os::fd::OwnedFd::from(theirs)).output().unwrap();
    Run::of(output).exits(1).says("nothing reads it");
    let thrown_away = world
        .command(&["create", "Unread", "--org", "--to", "stdout", "--yes"])
        .stdout(Stdio::null())
        .output()
        .unwrap();
    Run::of(thrown_away).exits(1).says("/dev/null");
    assert!(!has(&world, "Unread"));
}

/// Whatever shares the terminal, such as a pager behind a pipe, can't write into the middle of a message.
#[cfg(unix)]
#[test]
fn a_message_is_written_in_one_piece() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixDatagram;
    let world = World::new();
    for (arguments, code, words) in [
        (&["create", "Piece", "--org", "--to", "stdout", "--yes"][..], 0, "Generated the key"),
        (&["create", "Piece", "--org", "--to", "stdout"], 6, "--yes"),
        (&["create", "Piece", "--org"], 2, "--to <DESTINATION>"),
        (&["list", "--project", "No such"], 5, "No such"),
    ] {
        // Each write is a datagram of its own.
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        let mut command = world.command(arguments);
        command.stdout(Stdio::piped()).stderr(OwnedFd::from(theirs));
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        ours.set_nonblocking(true).unwrap();
        let mut buffer = [0; 4096];
        let length = ours.recv(&mut buffer).unwrap();
        let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(message.contains(words) && message.ends_with('\n'), "{message:?}");
        assert!(ours.recv(&mut buffer).is_err(), "more than one piece: {message:?}");
    }
}

/// `arguments` in an environment of their own, without a standard output.
#[cfg(target_os = "linux")]
fn run_without_output(world: &World, arguments: &[&str]) -> Run {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "exec \"$@\" >&-", "sh", env!("CARGO_BIN_EXE_ckeys")]).args(arguments);
    for name in crate::environment::unwanted() {
        shell.env_remove(name);
    }
    shell.env("XDG_CONFIG_HOME", world.home.path()).env("CONFIDENT_BASE_URL", &world.base_url);
    Run::of(shell.env("CONFIDENT_ORG_API_KEY", &world.key).stdin(Stdio::null()).output().unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_output_is_a_failure_and_one_that_is_thrown_away_is_none() {
    let world = World::new();
    for arguments in [&["list"][..], &["whoami", "--json"], &["--help"], &["demo-server"]] {
        run_without_output(&world, arguments).exits(1).says("ckeys: Standard output can't be written: it is closed");
    }
    run_without_output(&world, &["create", "Unread", "--org", "--to", "stdout", "--yes"]).exits(1).says("closed");
    assert!(!has(&world, "Unread"));
    let output = world.command(&["whoami"]).stdout(Stdio::null()).output().unwrap();
    Run::of(output).exits(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_destination_that_fails_after_all_costs_the_new_key_its_life() {
    let world = World::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = world.command(&["create", "Doomed", "--org", "--to", "stdout", "--yes"]).stdout(full).output().unwrap();
    let run = Run::of(run).exits(1).says("Doomed").says("deactivated again");
    let doomed = world.named("Doomed");
    assert_eq!(doomed.key["valid"], false);
    run.says(&format!("id {}", doomed.id));
}
