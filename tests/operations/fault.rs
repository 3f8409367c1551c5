//! A fault in the program while a change is under way: it ends at once, in every build alike, and what was sent is in the
//! journal all the same.

use std::io::{Read as _, stdin};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use confident_keys::api::model::{KeyId, Scope};
use confident_keys::api::{Client, Speak};
use confident_keys::journal::{Action, Journal, Outcome, Service};
use confident_keys::operations::{Operation, Operator};
use confident_keys::panic;
use confident_keys::secret::Secret;

use crate::world::{AT_ONCE, World, newer, patient, rotate};

/// Longer than any of this takes.
const PATIENCE: Duration = Duration::from_secs(30);

const FAKE: &str = "a fake fault, meanwhile";

/// Deactivates, deletes or rotates a key, and panics on another thread when its standard input ends.
#[test]
#[ignore = "the other tests run this as a program"]
fn program() {
    panic::guard();
    let told = |name: &str| std::env::var(format!("CKEYS_TEST_{name}")).unwrap();
    let address = told("ADDRESS").parse().unwrap();
    let service = Service::new(&address);
    let speak = if told("DOES") == "rotate" { Speak::V2 } else { Speak::V1 };
    let client = Client::new(address, Secret::new(told("KEY")), patient()).speaking(speak);
    let operator = Operator::new(client, service, Some(Ok(Journal::at(told("STATE")))));
    let (scope, id) = (Scope::Organization, told("ID").parse().map(KeyId).unwrap());
    let operation = match &*told("DOES") {
        "deactivate" => Operation::SetValid { scope, id, valid: false },
        "delete" => Operation::Delete { scope, id },
        "rotate" => rotate(id, AT_ONCE),
        other => panic!("{other}"),
    };
    thread::spawn(|| {
        let _ = stdin().read_to_end(&mut Vec::new());
        panic!("{FAKE}");
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _ = runtime.block_on(operator.run(operation.clone()));
    while told("DOES") == "deactivate" && told("AGAIN") == "yes" {
        let _ = runtime.block_on(operator.run(operation.clone()));
    }
    // Its end is the other thread's.
    loop {
        thread::park();
    }
}

fn start(world: &World, does: &str, id: KeyId) -> Child {
    command(world, does, id).spawn().unwrap()
}

fn command(world: &World, does: &str, id: KeyId) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "fault::program", "--ignored", "--nocapture"]);
    let state = world.journal.folder().to_str().unwrap();
    let (address, key) = (world.service.base_url(), world.service.organization_key().expose());
    let id = id.to_string();
    for (name, value) in
        [("ADDRESS", address), ("KEY", key), ("STATE", state), ("ID", &id), ("DOES", does), ("AGAIN", "no")]
    {
        command.env(format!("CKEYS_TEST_{name}"), value);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it did not come to that");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Has the program panic, and waits for its end.
#[track_caller]
fn panics(mut child: Child) {
    let begun = Instant::now();
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(101), "{words}");
    assert_eq!(words.matches("ckeys: A fault in ckeys, at ").count(), 1, "{words}");
    assert!(words.contains(FAKE) && words.contains("may have happened"), "{words}");
    assert!(begun.elapsed() < PATIENCE, "it was waited for what was under way");
}

/// Has the program panic when the service got its request, which is answered a minute late.
fn panics_meanwhile(world: &World, does: &str, method: &str, id: KeyId) {
    let before = world.count(method);
    world.fails(&[&format!("{method} * delay=60000,before")]);
    let child = start(world, does, id);
    until(|| world.count(method) > before);
    panics(child);
}

#[test]
fn a_change_that_was_sent_is_written_down_as_unknown() {
    let world = World::new();
    let id = world.generates("Changed");
    for (does, method, action) in [("deactivate", "PUT", Action::Deactivate), ("delete", "DELETE", Action::Delete)] {
        let known = world.entries().len();
        panics_meanwhile(&world, does, method, id);
        let last = world.last();
        assert_eq!(world.entries().len(), known + 1, "{does}");
        assert_eq!((last.action, last.outcome, last.id), (action, Outcome::Unknown, Some(id)));
        assert_eq!(last.detail.as_str(), "ckeys was ended before the answer came");
    }
}

#[test]
fn a_rotation_that_was_sent_is_left_to_the_next_start() {
    let world = newer();
    let id = world.generates("Rotated");
    panics_meanwhile(&world, "rotate", "POST", id);
    assert_eq!(world.entries(), []);
    assert_eq!(world.intents().len(), 1);
}

#[test]
fn a_change_whose_outcome_is_known_is_not_written_down_again() {
    let world = World::new();
    let id = world.generates("Changed");
    let child = start(&world, "deactivate", id);
    until(|| !world.entries().is_empty());
    panics(child);
    let outcomes: Vec<_> = world.entries().iter().map(|entry| (entry.outcome, entry.id)).collect();
    assert_eq!(outcomes, [(Outcome::Done, Some(id))]);
}

/// A pipe that takes no more, and its other end.
#[cfg(unix)]
fn full_pipe() -> (std::io::PipeReader, std::io::PipeWriter) {
    use std::io::Write as _;

    use rustix::fs::{OFlags, fcntl_setfl};
    let (reader, mut writer) = std::io::pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    while writer.write(&[b'x'; 4096]).is_ok() {}
    fcntl_setfl(&writer, OFlags::empty()).unwrap();
    (reader, writer)
}

#[cfg(unix)]
#[test]
fn a_panic_whose_words_nobody_takes_ends_the_program_and_each_change_is_written_down_once() {
    let world = World::new();
    let id = world.generates("Changed");
    let known = (world.count("PUT"), world.entries().len());
    world.fails(&["PUT * delay=10,before,times=always"]);
    let (_reader, writer) = full_pipe();
    let mut child = command(&world, "deactivate", id)
        .env("CKEYS_TEST_AGAIN", "yes")
        .env("RUST_BACKTRACE", "1")
        .stderr(writer)
        .spawn()
        .unwrap();
    until(|| world.count("PUT") >= known.0 + 3);
    drop(child.stdin.take());
    let begun = Instant::now();
    let mut code = None;
    until(|| {
        code = child.try_wait().unwrap();
        code.is_some()
    });
    assert_eq!(code.unwrap().code(), Some(101));
    assert!(begun.elapsed() < PATIENCE / 2, "it was waited for whoever takes the words");
    assert_eq!(world.entries().len() - known.1, world.count("PUT") - known.0);
}
