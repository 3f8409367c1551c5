//! `whoami`, `projects`, `list`, `get`.

use serde_json::{Value, json};

use crate::support::{Answer, Scripted, World, ok, organization, refused, wire_key};

fn fields(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The order in which `fields` stand in the text of a document: a parsed one has lost it.
#[track_caller]
fn assert_order(text: &str, fields: &[&str]) {
    let places: Vec<_> = fields.iter().map(|field| text.find(&format!("\"{field}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{fields:?} in {text}");
}

#[test]
fn whoami_knows_the_organization_and_the_signing_key() {
    let world = World::new();
    let run = world.run(&["whoami", "--json"]).exits(0);
    assert_eq!(run.err, "");
    let identity = run.json();
    assert_eq!(fields(&identity), ["baseUrl", "inForce", "key", "organization"]);
    assert_eq!(fields(&identity["inForce"]), ["addressFrom", "keyFrom", "profile", "profileBy", "readOnly"]);
    assert_eq!(fields(&identity["organization"]), ["id", "name", "plan"]);
    assert_eq!(identity["organization"]["name"], "Acme Inc.");
    assert_eq!(identity["baseUrl"], world.base_url);
    let tail = &world.key[world.key.len() - 6..];
    assert_eq!(identity["key"]["value"], format!("***************{tail}"));
    assert_order(&run.out, &["organization", "plan", "key", "baseUrl"]);
    let run = world.run(&["whoami"]).exits(0);
    assert!(run.out.contains("Acme Inc.") && run.out.contains(tail), "{run:?}");
    assert!(run.out.contains("CONFIDENT_ORG_API_KEY") && run.out.contains(", by CONFIDENT_BASE_URL"), "{run:?}");
    assert!(!run.out.contains(&world.key));
}

#[test]
fn whoami_has_no_key_where_two_end_alike_or_none_can_be_read() {
    for (answer, words) in [(true, ""), (false, "may not do this")] {
        let service = Scripted::new(move |request| match request {
            "GET /v1/organization" => organization(),
            _ if answer => {
                let twin = |id| {
                    let mut key = wire_key(id, "Twin", true);
                    key["value"] = json!("***************zzzzzz");
                    key
                };
                ok(json!({ "apiKeys": [twin(1), twin(2)] }))
            }
            _ => refused(403, "No"),
        });
        let run = service.world.run(&["whoami", "--json"]).exits(0).says(words);
        assert_eq!(run.json()["key"], Value::Null);
    }
}

#[test]
fn a_key_has_all_its_fields_in_order() {
    let world = World::new();
    let found = world.named("Nightly evals");
    let run = world.run(&found.arguments("get", &["--json"])).exits(0);
    let order = ["id", "name", "scope", "valid", "status", "value", "createdAt", "lastUsed", "expiresAt", "rotatesAt"];
    assert_order(&run.out, &order);
    assert_order(&run.out, &["scope", "kind"]);
    let document = run.json();
    assert_eq!(fields(&document), ["key"]);
    let mut sorted = order;
    sorted.sort_unstable();
    assert_eq!(fields(&document["key"]), sorted);
    let key = &document["key"];
    assert_eq!(key["scope"], json!({ "kind": "project", "id": key["scope"]["id"], "name": "Production App" }));
    assert_eq!((&key["status"], &key["expiresAt"], &key["rotatesAt"]), (&json!("idle"), &Value::Null, &Value::Null));
    assert!(key["createdAt"].as_str().unwrap().ends_with('Z'));
    let run = world.run(&found.arguments("get", &[])).exits(0);
    for words in ["Nightly evals", "the project Production App", "idle", "days ago"] {
        assert!(run.out.contains(words), "{words}: {run:?}");
    }
}

#[test]
fn list_puts_the_organization_first_and_the_newest_first_in_each_scope() {
    let world = World::new();
    let run = world.run(&["list", "--json"]).exits(0);
    let document = run.json();
    assert_order(&run.out, &["organization", "keys"]);
    assert_eq!(fields(&document["organization"]), ["id", "name"]);
    let keys = document["keys"].as_array().unwrap();
    let mut scopes: Vec<_> = keys.iter().map(|key| key["scope"]["name"].as_str().unwrap()).collect();
    scopes.dedup();
    let projects = world.run(&["projects", "--json"]).exits(0).json();
    let mut expected = vec!["Acme Inc."];
    expected.extend(projects["projects"].as_array().unwrap().iter().map(|project| project["name"].as_str().unwrap()));
    // A project may have no keys.
    expected.retain(|name| scopes.contains(name));
    assert_eq!(scopes, expected);
    let in_order =
        |keys: &[&Value]| keys.windows(2).all(|pair| pair[0]["createdAt"].as_str() >= pair[1]["createdAt"].as_str());
    for scope in scopes {
        let own: Vec<_> = keys.iter().filter(|key| key["scope"]["name"] == scope).collect();
        assert!(in_order(&own), "{scope}");
    }
}

#[test]
fn a_scope_is_named_by_id_or_name() {
    let world = World::new();
    let by_name = world.keys(&["--project", "Sandbox"]);
    let id = by_name[0]["scope"]["id"].as_str().unwrap();
    let by_id = world.keys(&["--project", id]);
    let ids = |keys: &[Value]| keys.iter().map(|key| key["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&by_id), ids(&by_name));
    assert!(world.keys(&["--org"]).iter().all(|key| key["scope"]["kind"] == "organization"));
    world.run(&["list", "--project", "No such"]).exits(5).prints_nothing().says("`ckeys projects`");
    world.run(&["get", "999999", "--org"]).exits(5).prints_nothing().says("999999");
}

#[test]
fn a_name_that_two_projects_have_is_no_name() {
    let service =
        Scripted::new(|_| ok(json!({ "projects": [{ "id": "p1", "name": "Twin" }, { "id": "p2", "name": "Twin" }] })));
    service.world.run(&["get", "7", "--project", "Twin"]).exits(2).says("p1, p2");
}

#[test]
fn projects_have_their_fields() {
    let world = World::new();
    let run = world.run(&["projects", "--json"]).exits(0);
    let document = run.json();
    assert_eq!(fields(&document["projects"][0]), ["createdAt", "description", "id", "name"]);
    assert_order(&run.out, &["id", "name", "description", "createdAt"]);
    let run = world.run(&["projects"]).exits(0);
    assert!(run.out.starts_with("ID") && run.out.contains("日本語プロジェクト"), "{run:?}");
}

#[test]
fn hostile_names_are_escaped_in_json_and_marked_for_people() {
    let world = World::new();
    let run = world.run(&["list", "--json"]).exits(0);
    for hidden in ['\u{1b}', '\u{202e}', '\u{200d}'] {
        assert!(!run.out.contains(hidden));
        let escape = format!("\\u{:04x}", u32::from(hidden));
        assert!(run.out.contains(&escape), "{escape}");
        let raw = |key: &Value| key["name"].as_str().is_some_and(|name| name.contains(hidden));
        assert!(run.json()["keys"].as_array().unwrap().iter().any(raw));
    }
    let run = world.run(&["list"]).exits(0);
    assert!(run.out.chars().all(|character| character == '\n' || !character.is_control()), "{run:?}");
    for mark in ["<U+001B>", "<U+202E>"] {
        assert!(run.out.contains(mark), "{mark}");
    }
}

#[test]
fn the_table_is_plain_off_a_terminal_and_coloured_where_that_is_forced() {
    let world = World::new();
    let plain = world.run(&["list"]).exits(0);
    assert!(plain.out.starts_with("ID"), "{plain:?}");
    for column in ["STATUS", "NAME", "SCOPE", "LAST USED", "CREATED", "KEY", "(unnamed)", "never used"] {
        assert!(plain.out.contains(column), "{column}");
    }
    let colored = world.command(&["list"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(colored.stdout).unwrap().contains("\u{1b}["));
    let neither = world.command(&["list"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!String::from_utf8(neither.stdout).unwrap().contains("\u{1b}["));
    // A person sees which key is the one in use.
    let own = plain.out.lines().filter(|line| line.contains("(you)")).collect::<Vec<_>>();
    assert!(own.len() == 1 && own[0].ends_with(&world.key[world.key.len() - 6..]), "{plain:?}");
    // One scope needs no column for it.
    assert!(!world.run(&["list", "--org"]).exits(0).out.contains("SCOPE"));
}

#[test]
fn what_can_be_read_is_printed_and_the_rest_is_told() {
    let partly = |status| {
        Scripted::new(move |request| match request {
            "GET /v1/organization" => organization(),
            "GET /v1/projects" => {
                ok(json!({ "projects": [{ "id": "p1", "name": "Red" }, { "id": "p2", "name": "Blue" }] }))
            }
            "GET /v1/projects/p1/api-keys" => refused(status, "Not this one"),
            _ => ok(json!({ "apiKeys": [wire_key(7, "CI", true)] })),
        })
    };
    for (status, code) in [(403, 4), (404, 1), (409, 1)] {
        let run = partly(status).world.run(&["list", "--json"]).exits(code);
        assert_eq!(run.json()["keys"].as_array().unwrap().len(), 2);
        run.says("the project Red").says("Not this one");
    }
    let service = Scripted::new(|_| refused(401, "Who are you?"));
    service.world.run(&["list"]).exits(4).prints_nothing().says("Who are you?");
}

#[test]
fn many_projects_are_read_a_few_at_a_time() {
    let service = Scripted::new(|request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/projects" => {
            let projects: Vec<_> =
                (0..60).map(|at| json!({ "id": format!("p{at}"), "name": format!("P{at}") })).collect();
            ok(json!({ "projects": projects }))
        }
        _ => ok(json!({ "apiKeys": [wire_key(1, "CI", true)] })),
    });
    let keys = service.world.keys(&[]);
    assert_eq!(keys.len(), 61);
    let names: Vec<_> = keys[1..].iter().map(|key| key["scope"]["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (0..60).map(|at| format!("P{at}")).collect::<Vec<_>>());
}

#[test]
fn a_reader_that_went_is_no_failure() {
    let world = World::new();
    let mut child = world
        .command(&["list", "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[test]
fn a_service_that_knows_no_organization_is_a_wrong_address() {
    for words in ["Cannot GET /v1/v1/organization", ""] {
        let service = Scripted::new(move |_| refused(404, words));
        for arguments in
            [&["whoami"][..], &["projects"], &["list"], &["list", "--org"], &["get", "7", "--project", "p"]]
        {
            let run = service.world.run(arguments).exits(1).prints_nothing().says(words);
            let run = run.says("Check CONFIDENT_BASE_URL: it is the address without /v1.");
            assert!(!run.err.contains("deleted"), "{run:?}");
        }
    }
}

#[test]
fn one_scope_is_read_with_two_questions() {
    let service = Scripted::new(|request| match request {
        "GET /v1/organization" => organization(),
        _ => ok(json!({ "apiKeys": [] })),
    });
    service.world.run(&["list", "--org"]).exits(0).prints_nothing().says("There are no keys.");
    assert_eq!(service.requests(), ["GET /v1/organization", "GET /v1/organization/api-keys"]);
}

#[test]
fn a_failing_service_exits_1_and_one_that_refuses_the_key_exits_4() {
    for (answer, code) in [
        (Answer::Json(409, json!("odd")), 1),
        (refused(401, "Unknown key"), 4),
        (refused(403, "Read-only"), 4),
        (refused(404, "Nothing here"), 1),
        (Answer::Json(200, json!({ "success": true })), 1),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let service = Scripted::new(move |_| answer.lock().unwrap().take().unwrap());
        service.world.run(&["projects", "--json"]).exits(code).prints_nothing();
    }
}

#[test]
fn lists_are_filtered_in_the_same_language() {
    let world = World::new();
    let ids = |keys: Vec<Value>| keys.iter().map(|key| key["id"].clone()).collect::<Vec<_>>();
    let all = world.keys(&[]);
    // Each read uses the signing key, so whole keys would differ.
    let filtered = |filter| ids(world.keys(&["--filter", filter]));
    let that = |fits: &dyn Fn(&&Value) -> bool| ids(all.iter().filter(fits).cloned().collect());
    assert_eq!(filtered("stale"), that(&|key| key["status"] == "stale"));
    assert_eq!(filtered("never-used"), that(&|key| key["status"] == "never-used"));
    assert_eq!(filtered(""), that(&|_| true));
    let is_twin = |key: &Value| {
        let is_of = |other: &Value| other["name"] == key["name"] && other["scope"] == key["scope"];
        !key["name"].is_null() && all.iter().any(|other| other["id"] != key["id"] && is_of(other))
    };
    assert_eq!(filtered("dup"), that(&|key| is_twin(key)));
    // The twins do not fit, and are looked at all the same.
    let stale = that(&|key| is_twin(key) && key["status"] == "stale");
    assert!(!stale.is_empty());
    assert_eq!(filtered("dup stale"), stale);
    let run = world.run(&["list", "--filter", "no-such-name"]).exits(0).prints_nothing();
    assert_eq!(run.err, "No key fits the filter.\n");
    assert_eq!(world.run(&["list", "--filter", "no-such-name", "--json"]).exits(0).json()["keys"], json!([]));
}

#[test]
fn a_mistake_in_a_filter_is_shown_in_its_place_before_anything_is_sent() {
    let world = World::at("http://127.0.0.1:1");
    let run = world.run(&["list", "--filter", "ci frob:x"]).exits(2).prints_nothing().says("frob: is not known");
    assert!(run.err.starts_with("ckeys: "), "{run:?}");
    let filter = "日本 kye:confident_us_proj_FAKE-NOT-A-KEY-d4e5f6 ci";
    let run = world.run(&["list", "--filter", filter]).exits(2).prints_nothing();
    let lines: Vec<_> = run.err.lines().collect();
    assert_eq!(lines[1..], ["  日本 kye:confident_… ci", "       ^^^^^^^^^^^^^^^"], "{run:?}");
}
