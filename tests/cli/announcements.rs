//! What the service says beside its answers, and what it asks for: warnings on standard error, never in the data.

use confident_keys::demo::{Options, Service};
use serde_json::json;

use crate::support::{Answer, Run, Scripted, World, ok, organization, refused};

/// The embedded service with this fault, and a command line before it.
fn faulty(fault: &str) -> (Service, World) {
    let service = Service::start(&Options { faults: vec![fault.parse().unwrap()], ..Options::default() }).unwrap();
    let mut world = World::at(service.base_url());
    service.organization_key().expose().clone_into(&mut world.key);
    (service, world)
}

#[track_caller]
fn warns_once(run: &Run) {
    assert_eq!(run.err.matches("ckeys: Warning:").count(), 1, "{run:?}");
    for part in ["The service calls what ckeys uses of it deprecated", "31 December 2050"] {
        assert!(run.err.contains(part), "{part} is not in {run:?}");
    }
}

#[test]
fn a_deprecation_is_a_warning_once_though_every_answer_carries_it() {
    let (service, world) = faulty("deprecated,sunset=2050-12-31,times=always");
    let run = world.run(&["list", "--json"]).exits(0);
    assert!(service.requests().len() > 3);
    warns_once(&run);
    assert!(run.json()["keys"].as_array().unwrap().len() > 5, "the data is as ever");
    warns_once(&world.run(&["projects"]).exits(0));
    let run = world.run(&["create", "CI", "--org", "--to", "stdout", "--yes"]).exits(0);
    warns_once(&run);
    assert_eq!(run.out.lines().count(), 1, "the secret alone");
    // A command that fails tells it, too.
    warns_once(&world.run(&["get", "999999", "--org"]).exits(5).prints_nothing());
}

#[test]
fn a_warning_about_the_key_is_told_cleaned_and_without_the_key() {
    let key = crate::support::FAKE_KEY;
    let service = Scripted::new(move |_| {
        let header = format!("X-Api-Key-Warning: {key} was rotated\u{202e}");
        let body = json!({ "success": true, "data": { "projects": [] } }).to_string();
        Answer::raw(200, &[&header, "Sunset: Sat, 31 Dec 2050 00:00:00 GMT"], body)
    });
    let run = service.world.run(&["projects"]).exits(0);
    let run = run.says("warns about the key that you are signed in with").says("…zzzzzz was rotated<U+202E>");
    assert!(!run.err.contains(key) && run.err.contains("31 December 2050"), "{run:?}");
}

#[test]
fn a_pause_beyond_a_commands_time_is_told_with_its_length() {
    let (service, world) = faulty("GET status=429,retry-after=42,times=always");
    world.run(&["projects"]).exits(1).prints_nothing().says("Too many requests (429)").says("asks to wait 42 s");
    assert_eq!(service.requests().len(), 1, "it is not asked again");
    // A short one is waited out.
    let (_service, world) = faulty("GET status=429,retry-after=1,times=1");
    world.run(&["projects", "--json"]).exits(0).json();
}

#[test]
fn what_the_key_may_not_do_exits_4_and_says_which_key_would() {
    let service = Scripted::new(|request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/organization/api-keys" => ok(json!({ "apiKeys": [] })),
        "GET /v1/projects" => refused(401, "Unknown key\u{202e}"),
        _ => refused(403, "This key may only read"),
    });
    let run = service.world.run(&["create", "CI", "--org", "--to", "stdout", "--yes"]).exits(4).prints_nothing();
    run.says("This key may only read").says("Use an organization key that may manage keys").says("Nothing was changed");
    let run = service.world.run(&["projects"]).exits(4).prints_nothing();
    run.says("was not accepted (401): Unknown key<U+202E>").says("comes from CONFIDENT_ORG_API_KEY.");
}
