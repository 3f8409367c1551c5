//! `rotate`, and keys that expire: against the embedded service, of which both versions are spoken.

use std::fs;

use confident_keys::api::{Client, Limits};
use confident_keys::demo::{Api, Options};
use confident_keys::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::{Found, Run, World};

fn world() -> World {
    World::speaking("auto", &Options::default())
}

/// A new organization key with its secret.
fn generated(world: &World, more: &[&str]) -> (Found, String) {
    let arguments = [&["create", "Rotated", "--org", "--to", "stdout", "--yes"], more].concat();
    let secret = world.run(&arguments).exits(0).out.trim_end().to_owned();
    (world.named("Rotated"), secret)
}

fn rotate(world: &World, key: &Found, more: &[&str]) -> Run {
    world.run(&key.arguments("rotate", &[&["--to", "stdout", "--yes"], more].concat()))
}

/// Whether the organization can be read with this key.
fn is_let_in(world: &World, secret: &str) -> bool {
    let client = Client::new(world.base_url.parse().unwrap(), Secret::new(secret), Limits::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.organization()).is_ok()
}

fn now(world: &World, key: &Found) -> Value {
    world.run(&key.arguments("get", &["--json"])).exits(0).json()["key"].take()
}

fn hours_until(time: &Value) -> i64 {
    time.as_str().unwrap().parse::<Timestamp>().unwrap().duration_since(Timestamp::now()).as_hours()
}

#[test]
fn without_grace_the_secret_is_printed_and_the_old_value_stops() {
    let world = world();
    let (key, old) = generated(&world, &[]);
    let run = rotate(&world, &key, &[]).exits(0).says("Rotated the key “Rotated”");
    let new = run.out.trim_end();
    assert_eq!(run.out.lines().count(), 1);
    assert!(!is_let_in(&world, &old) && is_let_in(&world, new));
    let told = now(&world, &key);
    assert_eq!(told["id"].to_string(), key.id);
    assert!(new.ends_with(told["value"].as_str().unwrap().trim_start_matches('*')));
    assert_eq!((&told["rotatesAt"], &told["expiresAt"]), (&Value::Null, &Value::Null));
    world.run(&["journal", "-n", "1"]).exits(0);
    let journal = world.run(&["journal", "--json", "-n", "1"]).json();
    assert_eq!(
        (&journal["entries"][0]["action"], &journal["entries"][0]["outcome"]),
        (&"rotate".into(), &"done".into())
    );
}

#[test]
fn with_grace_both_values_work_until_the_time_that_is_told() {
    let world = world();
    let (key, old) = generated(&world, &[]);
    let run = rotate(&world, &key, &["--grace-hours", "24", "--expires-in-days", "90", "--json"]).exits(0);
    let run = run.says("Its old value works until ");
    let document = run.json();
    let new = document["secret"].as_str().unwrap();
    assert!(is_let_in(&world, &old) && is_let_in(&world, new));
    assert_eq!(hours_until(&document["key"]["rotatesAt"]), 23);
    assert_eq!(hours_until(&document["key"]["expiresAt"]), 90 * 24 - 1);
    assert_eq!(now(&world, &key)["rotatesAt"], document["key"]["rotatesAt"]);
    world.run(&key.arguments("get", &[])).exits(0);
    let listed = world.keys(&["--org"]);
    assert!(listed.iter().any(|listed| listed["rotatesAt"] == document["key"]["rotatesAt"]));
    let details = world.run(&key.arguments("get", &[])).exits(0).out;
    assert!(details.contains("the old value stops ") && details.contains(&new[new.len() - 6..]), "{details}");

    world.service().advance(SignedDuration::from_hours(25)).unwrap();
    world.keys(&["--org"]);
    assert!(!is_let_in(&world, &old) && is_let_in(&world, new));
    assert_eq!(now(&world, &key)["rotatesAt"], Value::Null);
}

#[test]
fn the_expiry_stays_is_set_or_goes() {
    let world = world();
    let (key, _) = generated(&world, &["--expires-in-days", "7"]);
    assert_eq!(hours_until(&key.key["expiresAt"]), 7 * 24 - 1);
    rotate(&world, &key, &[]).exits(0);
    assert_eq!(now(&world, &key)["expiresAt"], key.key["expiresAt"]);
    rotate(&world, &key, &["--expires-in-days", "30"]).exits(0);
    assert_eq!(hours_until(&now(&world, &key)["expiresAt"]), 30 * 24 - 1);
    rotate(&world, &key, &["--expires-in-days", "none"]).exits(0);
    assert_eq!(now(&world, &key)["expiresAt"], Value::Null);
}

#[test]
fn a_secret_goes_where_it_is_told_to() {
    let world = world();
    let (key, _) = generated(&world, &[]);
    let path = world.home.path().join("secret");
    let to = format!("file:{}", path.display());
    let run = world.run(&key.arguments("rotate", &["--to", &to, "--yes", "--json"])).exits(0);
    assert_eq!(run.json()["deliveredTo"], to);
    let new = fs::read_to_string(&path).unwrap();
    assert!(
        is_let_in(&world, new.trim_end()) && !run.out.contains(new.trim_end()) && !run.err.contains(new.trim_end())
    );
    // It is there already: that is looked at first, and nothing is rotated.
    world.run(&key.arguments("rotate", &["--to", &to, "--yes"])).exits(6).says("Nothing was changed");
    assert!(is_let_in(&world, new.trim_end()));
}

#[test]
fn a_dry_run_says_what_would_happen_and_rotates_nothing() {
    let world = world();
    let (key, old) = generated(&world, &[]);
    for (more, words) in [
        (&[][..], "It was never used. Its old value stops at once"),
        (&["--grace-hours", "24"], "works beside the new one until"),
        (&["--expires-in-days", "1"], "It then expires"),
    ] {
        let run = rotate(&world, &key, &[&["--dry-run", "--json"], more].concat()).exits(0);
        let document = run.says("Would rotate").says(words).says("Nothing was changed").json();
        assert_eq!((&document["dryRun"], &document["action"]), (&true.into(), &"rotate".into()));
    }
    assert!(is_let_in(&world, &old));
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn what_the_service_would_refuse_is_not_asked_of_it() {
    let world = world();
    let (expiring, _) = generated(&world, &["--expires-in-days", "1"]);
    let expired = world.find(|key| key["status"] == "expired");
    let signing = world.find(|key| world.key.ends_with(key["value"].as_str().unwrap().trim_start_matches('*')));
    let posts = world.count("POST");
    for (key, more, words) in [
        (&expiring, &["--grace-hours", "25"][..], "would end after the key itself expires"),
        (&expired, &[], "has to be said for how long"),
        (&expired, &["--grace-hours", "1", "--expires-in-days", "7"], "no grace period to give it"),
        (&signing, &["--grace-hours", "24"], "can't be rotated in place"),
    ] {
        rotate(&world, key, more).exits(6).prints_nothing().says(words).says("Nothing was changed.");
        rotate(&world, key, &[more, &["--dry-run"]].concat()).exits(6);
    }
    let to_stdout = ["--to", "stdout"];
    world.run(&expiring.arguments("rotate", &to_stdout)).exits(6).says("--yes");
    world.run(&expiring.arguments("rotate", &["--yes"])).exits(2);
    for more in
        [["--grace-hours", "-1"], ["--grace-hours", "1.5"], ["--expires-in-days", "0"], ["--expires-in-days", "never"]]
    {
        rotate(&world, &expiring, &more).exits(2).prints_nothing();
    }
    assert_eq!(world.count("POST"), posts);
    // With a lifetime, an expired key comes back.
    let secret = rotate(&world, &expired, &["--expires-in-days", "7"]).exits(0).out;
    assert!(!secret.is_empty());
    assert_ne!(now(&world, &expired)["status"], "expired");
}

#[test]
fn an_older_service_is_told_to_know_no_rotation_before_anything_is_sent() {
    let older = World::speaking("auto", &Options { api: Api::V1, ..Options::default() });
    let (key, _) = generated(&older, &[]);
    assert_eq!((&key.key["expiresAt"], &key.key["rotatesAt"]), (&Value::Null, &Value::Null));
    let posts = older.count("POST");
    rotate(&older, &key, &[])
        .exits(6)
        .says("The service speaks an older version of its API")
        .says("generate it with `ckeys create`")
        .says("Nothing was changed.");
    let create = ["create", "CI", "--org", "--to", "stdout", "--yes", "--expires-in-days", "7"];
    older.run(&create).exits(6).says("in which keys do not expire");
    assert_eq!(older.count("POST"), posts);

    // The same where the user wants the older version, by the environment or by config.toml.
    let mut both = world();
    let (key, _) = generated(&both, &[]);
    both.version = "v1";
    rotate(&both, &key, &[]).exits(6).says("told to speak version 1");
    both.version = "";
    let folder = both.home.path().join("confident-keys");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[service]\napi_version = \"v1\"\n").unwrap();
    rotate(&both, &key, &[]).exits(6).says("told to speak version 1");
    both.version = "auto";
    rotate(&both, &key, &[]).exits(0);
    both.version = "v7";
    rotate(&both, &key, &[]).exits(2).says("CONFIDENT_API_VERSION is \"v7\", but it takes auto, v1 or v2");
    let doctor = both.run(&["doctor"]).exits(1);
    assert!(doctor.out.contains("CONFIDENT_API_VERSION holds something else"), "{doctor:?}");
}

#[test]
fn a_lost_answer_is_looked_into_and_exits_7() {
    for (fault, more, words) in [
        ("drop", &[][..], "it has a new value: it was rotated"),
        ("drop", &["--grace-hours", "2"], "Its old value works until"),
        ("status=500,after", &[], "Its old value has stopped; rotate it again"),
        ("mask", &[], "does not hold the new secret"),
        ("drop,before", &[], "it has not been rotated"),
    ] {
        let world = world();
        let (key, _) = generated(&world, &[]);
        world.fails(&[&format!("POST */rotate {fault}")]);
        let run = rotate(&world, &key, more).exits(7).prints_nothing().says(words);
        run.says(&format!("`ckeys get {} --org` shows it", key.id));
    }
}

#[test]
fn where_the_secret_is_not_delivered_the_old_value_decides() {
    let world = world();
    let (key, old) = generated(&world, &[]);
    let to = "command:'false'";
    let rotated = |more: &[&str]| {
        world.run(&key.arguments("rotate", &[&["--to", to, "--yes"], more].concat())).exits(1).prints_nothing()
    };
    // The old value still works: nobody is cut off.
    rotated(&["--grace-hours", "24"]).says("was rotated, but its new secret was not delivered").says("rotate it again");
    assert!(key.is_valid(&world) && is_let_in(&world, &old));
    // It has stopped: what may have got out on the way shall not work.
    rotated(&[]).says("was rotated, but its secret was not delivered").says("so the key was deactivated");
    assert!(!key.is_valid(&world) && !is_let_in(&world, &old));
    // Nor is a key that was inactive said to have been deactivated for that, or to be reactivated.
    let run = rotated(&[]).says("It is inactive, as it was: rotate it again");
    assert!(!run.err.contains("activate "), "{}", run.err);
    assert!(!key.is_valid(&world));
}

#[test]
fn an_answer_that_contradicts_is_a_warning() {
    let world = world();
    let (key, _) = generated(&world, &[]);
    world.fails(&["POST */rotate wrong"]);
    let run = rotate(&world, &key, &[]).exits(0).says("Warning: The service calls the key");
    assert!(is_let_in(&world, run.out.trim_end()));
}

#[test]
fn expiries_are_in_the_documents() {
    let world = world();
    let keys = world.keys(&[]);
    assert!(keys.iter().any(|key| !key["expiresAt"].is_null() && key["rotatesAt"].is_null()));
    assert!(keys.iter().any(|key| key["expiresAt"].is_null() && !key["rotatesAt"].is_null()));
    assert!(keys.iter().any(|key| key["status"] == "expired"));
    let soon = world.run(&["list", "--json", "--filter", "expires:<14d"]).exits(0).json();
    assert!(!soon["keys"].as_array().unwrap().is_empty());
}
