//! What the commands write down, and `ckeys journal` prints.

use serde_json::json;

use crate::support::World;

#[test]
fn every_write_is_written_down_without_a_secret() {
    let world = World::new();
    world.run(&["journal"]).exits(0).says("Nothing was done yet");
    let arguments = ["create", "CI, fake", "--project", "Sandbox", "--to", "stdout", "--yes", "--json"];
    let created = world.run(&arguments).exits(0).json();
    let id = created["key"]["id"].to_string();
    let scope = ["--project", "Sandbox"];
    let with = |words: &[&str]| world.run(&[words, &scope].concat());
    with(&["deactivate", &id, "--yes"]).exits(0);
    with(&["activate", &id, "--yes"]).exits(0);
    with(&["delete", &id, "--confirm", "CI, fake", "--deactivate"]).exits(0);
    with(&["delete", &id, "--confirm", "CI, fake"]).exits(5);

    let run = world.run(&["journal", "--json"]).exits(0);
    let journal = run.json();
    let told: Vec<_> = journal["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert_eq!(entry["id"].to_string(), id);
            assert_eq!((&entry["scope"]["name"], &entry["name"]), (&json!("Sandbox"), &json!("CI, fake")));
            assert_eq!(entry["organization"]["name"], "Acme Inc.");
            (entry["action"].as_str().unwrap().to_owned(), entry["outcome"].as_str().unwrap().to_owned())
        })
        .collect();
    let done = |action: &str| (action.to_owned(), "done".to_owned());
    assert_eq!(told, ["create", "deactivate", "activate", "deactivate", "delete"].map(done));
    assert_eq!(journal["open"], json!([]));
    let secret = created["secret"].as_str().unwrap();
    let tail = &secret[secret.len() - 6..];
    assert!(!run.out.contains(tail), "{}", run.out);
    let table = world.run(&["journal"]).exits(0).out;
    assert!(["CI, fake", "Sandbox", "delete"].iter().all(|words| table.contains(words)), "{table}");
}

#[test]
fn without_a_folder_to_write_to_it_is_told_and_the_work_goes_on() {
    let world = World::new();
    std::fs::write(world.home.path().join("no folder"), "").unwrap();
    let mut command = world.command(&["create", "CI, fake", "--org", "--to", "stdout", "--yes"]);
    command.env("XDG_STATE_HOME", world.home.path().join("no folder"));
    let run = crate::support::Run::of(command.output().unwrap()).exits(0);
    assert_eq!(run.err.matches("without a journal").count(), 1, "{}", run.err);
    assert!(!run.out.is_empty());
}

/// A note that was torn may be of a key that nobody knows of: any command says so, once, and does its work.
#[test]
fn what_an_earlier_program_left_unreadable_is_told_once() {
    let world = World::new();
    let intents = world.home.path().join("state/confident-keys/intents");
    std::fs::create_dir_all(&intents).unwrap();
    std::fs::write(intents.join("0-torn.json"), "{\"time\":").unwrap();
    let run = world.run(&["projects"]).exits(0).says("ckeys: Warning: A note of a key that was being generated");
    assert!(run.err.contains("deactivate it") && !run.out.is_empty(), "{}", run.err);
    let path = run.err.lines().map(str::trim).find(|line| line.starts_with('/')).unwrap();
    assert_eq!(std::fs::read_to_string(path).unwrap(), "{\"time\":");
    assert_eq!(world.run(&["projects"]).exits(0).err, "");
    // Whoever asks for the journal is told of it for as long as it is there.
    let run = world.run(&["journal"]).exits(0).says("Notes of keys that were being generated or rotated can't be read");
    assert!(run.err.contains(path) && !run.err.contains("Nothing was done"), "{}", run.err);
    std::fs::remove_file(path).unwrap();
    world.run(&["journal"]).exits(0).says("Nothing was done yet");
}
