//! Reading many scopes, some of which fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use confident_keys::demo::{Options, Service};
use serde_json::{Value, json};

use super::stock::{Stock, used};
use crate::support::{Answer, Scripted, World, ok, organization, refused};

#[test]
fn a_thousand_projects_are_read_within_the_time_and_those_that_fail_are_told() {
    let service =
        Service::start(&Options { projects: Some(1000), keys_per_project: Some(3), ..Options::default() }).unwrap();
    let mut world = World::at(service.base_url());
    service.organization_key().expose().clone_into(&mut world.key);
    let projects = world.run(&["projects", "--json"]).exits(0).json();
    let id = |at: usize| projects["projects"][at]["id"].as_str().unwrap().to_owned();
    let failing = [id(3), id(500), id(999)];
    let faults = failing.iter().map(|id| format!("GET /v1/projects/{id}/api-keys status=403,times=always"));
    // Every fourth or so is asked again.
    let busy = "GET */api-keys status=429,retry-after=0,skip=100,times=250".to_owned();
    let faults: Vec<_> = faults.chain([busy]).map(|fault| fault.parse().unwrap()).collect();
    service.set_faults(&faults);
    let run = world.run(&["audit", "--json"]).exits(1);
    let document = run.json();
    let unreadable: BTreeSet<_> = document["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["scope"]["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(unreadable, BTreeSet::from(failing));
    assert_eq!(document["summary"]["scopes"], 998, "997 projects and the organization");
    service.set_faults(&[]);
    let whole = world.run(&["audit", "--json"]).exits(14).json();
    assert_eq!(whole["summary"]["scopes"], 1001);
    let total = |document: &Value| document["summary"]["total"].as_u64().unwrap();
    assert_eq!(total(&whole), total(&document) + 9);
    let order: Vec<_> = whole["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let scope = &key["scope"];
            (
                scope["kind"] == "project",
                text(&scope["name"]),
                text(&scope["id"]),
                text(&key["createdAt"]),
                key["id"].as_i64(),
            )
        })
        .collect();
    assert!(order.len() > 100 && order.is_sorted(), "{order:?}");
}

#[test]
fn a_service_that_is_asked_too_much_is_given_more_turns() {
    let asked = Mutex::new(BTreeMap::<String, u32>::new());
    let stock = Stock::new();
    let service = Scripted::new(move |request| {
        let count = {
            let mut asked = asked.lock().unwrap();
            let count = asked.entry(request.to_owned()).or_default();
            *count += 1;
            *count
        };
        if request.ends_with("/api-keys") && count <= 5 {
            return Answer::raw(429, &["retry-after: 0"], "{\"success\":false,\"error\":\"Slow down\"}");
        }
        stock.answer(request)
    });
    let document = service.world.run(&["audit", "--json"]).exits(14).json();
    assert_eq!(document["summary"]["total"], 11);
    // There is an end to it.
    let service = Stock::new().serve_but(&["p-b"], || Answer::raw(429, &["retry-after: 0"], "{\"success\":false}"));
    let document = service.world.run(&["audit", "--json"]).exits(1).json();
    assert_eq!(document["unreadable"][0]["scope"]["id"], "p-b");
    assert_eq!(document["summary"]["total"], 9);
    let asked = service.requests().iter().filter(|request| request.contains("p-b")).count();
    assert_eq!(asked, 6);
    // Without a pause of its own each turn has several attempts, after which the scope has one more.
    let asked = Mutex::new(0);
    let stock = Stock::new();
    let service = Scripted::new(move |request| {
        if request.contains("p-b") {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            if *asked <= 6 {
                return refused(429, "Slow down");
            }
        }
        stock.answer(request)
    });
    let document = service.world.run(&["audit", "--json"]).exits(14).json();
    assert_eq!(document["summary"]["total"], 11);
}

#[test]
fn sixteen_scopes_are_read_side_by_side_and_no_more() {
    /// How many are being answered, and how many there were at most.
    type Crowd = Arc<(Mutex<(usize, usize)>, Condvar)>;
    let crowd = Crowd::default();
    let counted = Arc::clone(&crowd);
    let service = Scripted::new(move |request| {
        let projects: Vec<_> = (0..60).map(|at| json!({ "id": format!("p{at}"), "name": format!("P{at}") })).collect();
        match request {
            "GET /v1/organization" => return organization(),
            "GET /v1/projects" => return ok(json!({ "projects": projects })),
            _ => {}
        }
        let (count, changed) = &*counted;
        let mut now = count.lock().unwrap();
        now.0 += 1;
        now.1 = now.1.max(now.0);
        changed.notify_all();
        // Each waits for the others, until there were so many once.
        let (mut now, _) = changed.wait_timeout_while(now, Duration::from_secs(5), |now| now.1 < 16).unwrap();
        now.0 -= 1;
        ok(json!({ "apiKeys": [used(1, "CI", super::stock::LONG_AGO)] }))
    });
    let document = service.world.run(&["audit", "--json"]).exits(14).json();
    assert_eq!(document["summary"]["scopes"], 61);
    assert_eq!(crowd.0.lock().unwrap().1, 16);
}
