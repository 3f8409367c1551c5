//! Commands that are told to end while a write is under way: what they say, what the journal holds, and what the next
//! command makes of it.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::Instant;

use confident_keys::api::model::ProjectId;
use confident_keys::demo::Options;
use confident_keys::journal::{Intended, Intent, Journal, ScopeRecord, Service};
use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::process::{id_in, is_gone, until};
use crate::profiles::Home;
use crate::pty::PATIENCE;
use crate::support::{Found, Run, World};

const SIGNALS: [(Signal, i32); 2] = [(Signal::INT, 130), (Signal::TERM, 143)];
const CREATE: [&str; 6] = ["create", "CI, fake", "--org", "--to", "stdout", "--yes"];

/// Runs `command`, and sends it `signal` as soon as `is_so`. It ends at once.
#[track_caller]
fn interrupts(mut command: Command, signal: Signal, is_so: impl Fn() -> bool) -> Run {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A request may be one that was left over from before.
    until("what it is interrupted at", || (is_so() && catches(child.id(), signal)).then_some(()));
    let told = Instant::now();
    kill_process(Pid::from_child(&child), signal).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    assert!(told.elapsed() < PATIENCE / 4, "it took {:?}", told.elapsed());
    run
}

/// Whether the process does something of its own on `signal`.
fn catches(process: u32, signal: Signal) -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

/// Runs a command while `fault` strikes, and interrupts it when the service has got a request that starts like this.
#[track_caller]
fn interrupts_at(world: &World, fault: &str, arguments: &[&str], signal: Signal, request: &str) -> Run {
    let before = world.count(request);
    world.fails(&[fault]);
    let run = interrupts(world.command(arguments), signal, || world.count(request) > before);
    world.fails(&[]);
    run
}

/// What the journal says: of what was done, and of what is open.
fn journal(world: &World) -> (Vec<Value>, Vec<Value>) {
    let journal = world.run(&["journal", "--json"]).exits(0).json();
    let part = |name: &str| journal[name].as_array().unwrap().clone();
    (part("entries"), part("open"))
}

/// The id of the key called so, once it is there: the service may be still at it when the program is gone.
fn made(world: &World, name: &str) -> String {
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < PATIENCE, "it is not there");
        if let Some(key) = world.keys_beside().iter().find(|key| key.title() == name) {
            return key.id.to_string();
        }
    }
}

#[test]
fn a_key_that_was_being_generated_is_told_by_the_next_command() {
    for (signal, code) in SIGNALS {
        let world = World::new();
        let run = interrupts_at(&world, "POST * delay=60000", &CREATE, signal, "POST").exits(code).prints_nothing();
        run.says("Interrupted")
            .says("“CI, fake” may have been generated, and nobody has its secret")
            .says("`ckeys list --org`")
            .says("The next ckeys to run looks into it");
        let id = made(&world, "CI, fake");
        let (entries, open) = journal(&world);
        assert_eq!(
            (entries, open.len(), &open[0]["name"], &open[0]["outcome"]),
            (vec![], 1, &json!("CI, fake"), &json!("open"))
        );
        let run = world.run(&["list", "--org"]).exits(0);
        assert!(run.out.contains("CI, fake"));
        run.says("An earlier ckeys ended").says(&format!("id {id}")).says(&format!("`ckeys deactivate {id} --org`"));
        let (entries, open) = journal(&world);
        assert_eq!(
            (entries.len(), &entries[0]["action"], &entries[0]["outcome"], &entries[0]["id"].to_string()),
            (1, &json!("reconcile"), &json!("orphan"), &id)
        );
        assert!(open.is_empty());
        // It is told once, and the way out works.
        assert_eq!(world.run(&["deactivate", &id, "--org", "--yes"]).exits(0).err.matches("earlier").count(), 0);
        assert_eq!(world.count("POST"), 1);
    }
}

/// Told for another organization, the number would be another key's.
#[test]
fn what_is_told_of_a_profiles_key_names_the_profile() {
    let home = Home::new();
    home.configure("[profiles.work]\nbase_url = \"URL\"\n");
    let create = [&CREATE[..], &["--profile", "work"]].concat();
    let run = interrupts_at(&home.world, "POST * delay=60000", &create, Signal::INT, "POST").exits(130);
    run.says("nobody has its secret: `ckeys --profile work list --org` shows it");
    let id = made(&home.world, "CI, fake");
    let run = home.world.run(&["list", "--org", "--profile", "work"]).exits(0);
    run.says(&format!("`ckeys --profile work deactivate {id} --org` makes it useless"));
}

#[test]
fn a_key_that_was_not_generated_is_no_news() {
    let world = World::new();
    let run = interrupts_at(&world, "POST * delay=60000,before", &CREATE, Signal::INT, "POST");
    run.exits(130).prints_nothing().says("may have been generated");
    assert_eq!(journal(&world).1.len(), 1);
    let run = world.run(&["list", "--org"]).exits(0);
    assert!(!run.out.contains("CI, fake") && run.err.is_empty(), "{run:?}");
    let (entries, open) = journal(&world);
    assert_eq!((entries.len(), &entries[0]["outcome"], open.len()), (1, &json!("none"), 0));
}

/// It may be the one that was begun, under another name.
#[test]
fn another_key_that_is_new_is_told_too() {
    let world = World::new();
    interrupts_at(&world, "POST * delay=60000,before", &CREATE, Signal::INT, "POST").exits(130);
    world.fails(&[]);
    let arguments = ["create", "Somebody else's", "--org", "--to", "stdout", "--yes"];
    let mut elsewhere = world.command(&arguments);
    elsewhere.env("XDG_STATE_HOME", world.home.path().join("elsewhere"));
    assert!(elsewhere.output().unwrap().status.success());
    let id = made(&world, "Somebody else's");
    let run = world.run(&["list", "--org"]).exits(0).says("An earlier ckeys ended while it generated “CI, fake”");
    run.says("No key of this name is there").says(&format!("somebody else's (id {id})")).says("`ckeys list --org`");
    assert!(!world.run(&["list", "--org"]).exits(0).err.contains("earlier"));
}

/// Somebody has seen it already.
#[test]
fn an_inactive_key_is_not_said_to_need_deactivating() {
    let world = World::new();
    interrupts_at(&world, "POST * delay=60000", &CREATE, Signal::INT, "POST").exits(130);
    let id = made(&world, "CI, fake");
    let mut elsewhere = world.command(&["deactivate", &id, "--org", "--yes"]);
    elsewhere.env("XDG_STATE_HOME", world.home.path().join("elsewhere"));
    assert!(elsewhere.output().unwrap().status.success());
    world.run(&["list", "--org"]).exits(0).says("is there now, inactive").says(&format!("`ckeys delete {id} --org`"));
}

#[test]
fn what_was_not_sent_yet_is_not_in_doubt() {
    let world = World::new();
    let delayed = "GET */api-keys delay=60000";
    let run = interrupts_at(&world, delayed, &CREATE, Signal::INT, "GET /v1/organization/api-keys");
    run.exits(130).prints_nothing().says("Nothing was being changed");
    assert_eq!((world.count("POST"), journal(&world)), (0, (vec![], vec![])));
}

#[test]
fn a_change_that_was_under_way_is_written_down_as_unknown() {
    let world = World::new();
    let active = world.find(|key| key["name"] == "Nightly evals");
    let inactive = world.find(|key| key["name"] == "Contractor 2025");
    for (arguments, action, method) in [
        (active.arguments("deactivate", &["--yes"]), "deactivate", "PUT"),
        (inactive.arguments("activate", &["--yes"]), "activate", "PUT"),
        (inactive.arguments("delete", &["--confirm", "Contractor 2025"]), "delete", "DELETE"),
    ] {
        for (signal, code) in SIGNALS {
            let count = journal(&world).0.len();
            let fault = format!("{method} * delay=60000,before");
            let run = interrupts_at(&world, &fault, &arguments, signal, method).exits(code).prints_nothing();
            run.says("Interrupted").says("is unknown").says(&format!("`ckeys get {}", arguments[1]));
            let (entries, open) = journal(&world);
            assert_eq!((entries.len(), open.len()), (count + 1, 0));
            let entry = &entries[count];
            assert_eq!(
                (&entry["action"], &entry["outcome"], &entry["id"].to_string()[..]),
                (&json!(action), &json!("unknown"), arguments[1])
            );
            assert!(entry["detail"].as_str().unwrap().contains("ended before the answer came"), "{entry}");
            assert_ne!(entry["name"], json!(null), "it was read before");
        }
    }
}

#[test]
fn a_deletion_in_two_steps_says_which_of_them_was_done() {
    let world = World::new();
    let found = world.named("Nightly evals");
    let arguments = found.arguments("delete", &["--deactivate", "--confirm", "Nightly evals"]);
    let run = interrupts_at(&world, "DELETE * delay=60000,before", &arguments, Signal::INT, "DELETE");
    run.exits(130).prints_nothing().says("was deactivated").says("Whether it was deleted, too, is unknown");
    assert!(!found.is_valid(&world));
    let outcomes: Vec<_> = journal(&world).0.iter().map(|entry| entry["outcome"].clone()).collect();
    assert_eq!(outcomes, ["done", "unknown"]);
}

#[test]
fn looking_into_what_an_earlier_command_left_can_be_interrupted_too() {
    let world = World::new();
    interrupts_at(&world, "POST * delay=60000", &CREATE, Signal::INT, "POST").exits(130);
    let id = made(&world, "CI, fake");
    let slow = "GET */api-keys delay=60000";
    let run = interrupts_at(&world, slow, &["list", "--org"], Signal::TERM, "GET /v1/organization/api-keys");
    run.exits(143).prints_nothing().says("Nothing was being changed");
    assert_eq!(journal(&world).1.len(), 1, "it is still open");
    world.run(&["whoami"]).exits(0).says(&format!("id {id}"));
    assert_eq!(journal(&world).1.len(), 0);
}

/// Whoever interrupts it was told what had been found out until then: it is told once.
#[test]
fn what_was_found_out_before_an_interruption_is_told() {
    let world = World::new();
    let sandbox = &world.run(&["list", "--project", "Sandbox", "--json"]).json()["keys"][0]["scope"];
    let project = ProjectId::new(sandbox["id"].as_str().unwrap()).unwrap();
    let known: Vec<_> = world.keys_beside().iter().map(|key| key.id).collect();
    for (second, scope) in [ScopeRecord::Organization, ScopeRecord::Project { id: project, name: "Sandbox".into() }]
        .into_iter()
        .enumerate()
    {
        let intent = Intent {
            time: Timestamp::from_second(i64::try_from(second).unwrap()).unwrap(),
            service: Service::new(&world.base_url.parse().unwrap()),
            organization: None,
            scope,
            name: "CI, fake".into(),
            what: Intended::Create { replaces: None, known: known.clone() },
        };
        drop(Journal::at(world.home.path().join("state").join("confident-keys")).begin(&intent).unwrap());
    }
    let mut elsewhere = world.command(&CREATE);
    elsewhere.env("XDG_STATE_HOME", world.home.path().join("elsewhere"));
    assert!(elsewhere.output().unwrap().status.success());
    let id = made(&world, "CI, fake");
    let run = interrupts_at(&world, "GET /v1/projects/* delay=60000", &["whoami"], Signal::INT, "GET /v1/projects/");
    run.exits(130).says("An earlier ckeys ended").says(&format!("id {id}"));
    let (entries, open) = journal(&world);
    assert_eq!((entries.len(), open.len(), &open[0]["scope"]["name"]), (1, 1, &json!("Sandbox")));
}

#[test]
fn without_a_journal_nobody_is_referred_to_the_next_start() {
    let world = World::new();
    std::fs::write(world.home.path().join("no folder"), "").unwrap();
    let mut command = world.command(&CREATE);
    command.env("XDG_STATE_HOME", world.home.path().join("no folder"));
    world.fails(&["POST * delay=60000"]);
    let run = interrupts(command, Signal::INT, || world.count("POST") > 0).exits(130).prints_nothing();
    assert!(!run.err.contains("looks into it"), "{run:?}");
    run.says("may have been generated").says("without a journal");
}

#[test]
fn a_secret_that_was_on_its_way_is_told_with_its_key() {
    let world = World::new();
    let file = world.home.path().join("pid");
    // It reads nothing, and does not end by itself.
    let to = format!("command:sh -c 'echo $$ > \"$0\"; exec sleep 1000' {}", file.display());
    let command = world.command(&["create", "CI, fake", "--org", "--yes", "--to", &to]);
    let run = interrupts(command, Signal::INT, || id_in(&file).is_some()).exits(130).prints_nothing();
    let id = world.named("CI, fake").id;
    run.says("was generated").says("perhaps not delivered").says(&format!("`ckeys deactivate {id} --org`"));
    let (entries, open) = journal(&world);
    assert_eq!(
        (entries.len(), &entries[0]["outcome"], &entries[0]["id"].to_string(), open.len()),
        (1, &json!("done"), &id, 0)
    );
    let sleeper = id_in(&file).unwrap();
    until("the command's end", || is_gone(sleeper).then_some(()));
}

/// A world that rotates in place, with a key for it.
fn with_key_to_rotate() -> (World, Found) {
    let world = World::speaking("auto", &Options::default());
    world.run(&["create", "CI, fake", "--org", "--to", "stdout", "--yes"]).exits(0);
    let key = world.named("CI, fake");
    (world, key)
}

#[test]
fn a_rotation_that_was_under_way_is_told_by_the_next_command() {
    for (grace, old) in [("0", "has stopped"), ("24", "works until 20")] {
        for (signal, code) in SIGNALS {
            let (world, key) = with_key_to_rotate();
            let arguments = key.arguments("rotate", &["--to", "stdout", "--yes", "--grace-hours", grace]);
            let run = interrupts_at(&world, "POST */rotate delay=60000", &arguments, signal, "POST").exits(code);
            run.prints_nothing().says("is unknown").says("The next ckeys to run looks into it");
            let (entries, open) = journal(&world);
            assert_eq!((entries.len(), open.len()), (1, 1), "it is open, and not written down as unknown, too");
            let (id, told) = (&key.id, &open[0]);
            assert_eq!(
                (&told["action"], &told["name"], &told["id"].to_string(), &told["outcome"]),
                (&json!("rotate"), &json!("CI, fake"), id, &json!("open"))
            );
            // The service may be still at it.
            until("the rotation", || {
                let now = world.keys_beside().into_iter().find(|now| now.id.to_string() == key.id).unwrap();
                let before = key.key["value"].as_str().unwrap();
                (now.shadow.is_some() || !before.ends_with(now.value.tail())).then_some(())
            });
            let run = world.run(&["list", "--org"]).exits(0);
            run.says(&format!("ended while it rotated “CI, fake” (id {id}, --org)"))
                .says("nobody has that")
                .says(&format!("Its old value {old}"))
                .says(&format!("`ckeys rotate {id} --org`"));
            let (entries, open) = journal(&world);
            assert_eq!(
                (
                    entries.len(),
                    &entries[1]["action"],
                    &entries[1]["outcome"],
                    &entries[1]["id"].to_string(),
                    open.len()
                ),
                (2, &json!("reconcile"), &json!("orphan"), id, 0)
            );
            assert!(!world.run(&["list", "--org"]).exits(0).err.contains("earlier"), "it is told once");
        }
    }
}

#[test]
fn a_rotation_that_did_not_take_place_is_no_news() {
    let (world, key) = with_key_to_rotate();
    let arguments = key.arguments("rotate", &["--to", "stdout", "--yes"]);
    interrupts_at(&world, "POST */rotate delay=60000,before", &arguments, Signal::INT, "POST").exits(130);
    let run = world.run(&["list", "--org"]).exits(0);
    assert!(run.err.is_empty(), "{run:?}");
    let (entries, open) = journal(&world);
    assert_eq!((&entries[1]["outcome"], open.len()), (&json!("none"), 0));
}
