//! What version 2 does and answers beyond version 1, and what the two have in common.

use confident_keys::demo::{Api, Options, Service};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, HEADER, array, id, is_masked, start, start_with, tail, text, time};

const ORGANIZATION: &str = "/v2/organization";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// The path of the organization's key of this id.
fn own(id: u64) -> String {
    format!("{ORGANIZATION}/api-keys/{id}")
}

/// Generates an organization key, which then can sign; with its answer.
async fn generate(client: &Client, body: Value) -> (Client, Value) {
    let key = client.call(Method::POST, "/v2/organization/api-keys", Some(body)).await;
    (client.signing(key["value"].as_str()), key)
}

async fn rotate(client: &Client, id: u64, body: Value) -> Value {
    client.call(Method::POST, &format!("{}/rotate", own(id)), Some(body)).await
}

/// Whether a client is let in.
async fn is_let_in(client: &Client) -> bool {
    client.send(Method::GET, ORGANIZATION, None).await.0.is_success()
}

#[tokio::test]
async fn single_things_are_bare_and_lists_are_wrapped_and_ordered() {
    let (_service, client) = start();
    assert_eq!(client.get(ORGANIZATION).await, client.get("/v1/organization").await["organization"]);
    let renamed = client.call(Method::PUT, ORGANIZATION, Some(json!({"name": "Ajax"}))).await;
    assert_eq!(renamed["name"], "Ajax");

    let projects = array(&client.get("/v2/projects").await["projects"]);
    assert!(projects.is_sorted_by_key(|project| text(&project["name"]).to_owned()));
    let mut first = client.projects().await;
    assert!(!first.is_sorted_by_key(|project| text(&project["name"]).to_owned()), "this test shows nothing");
    first.sort_by_key(|project| text(&project["name"]).to_owned());
    assert_eq!(projects, first);

    for project in &projects {
        for field in ["description", "governancePolicy"] {
            assert!(project.get(field).is_some(), "{field} is always there: {project}");
        }
    }

    let path = format!("/v2/projects/{}", text(&projects[0]["id"]));
    assert_eq!(client.get(&path).await, projects[0]);
    let changed = client.call(Method::PUT, &path, Some(json!({"description": "new"}))).await;
    assert_eq!(changed["description"], "new");
    assert_eq!(client.call(Method::DELETE, &path, None).await, json!({"id": projects[0]["id"]}));

    for scope in ["/v2/organization".to_owned(), format!("/v2/projects/{}", text(&projects[1]["id"]))] {
        let keys = client.keys(&scope).await;
        assert!(keys.len() > 1 && keys.is_sorted_by(|one, other| id(one) > id(other)), "newest first");
        assert!(keys.is_sorted_by(|one, other| time(&one["created_at"]) >= time(&other["created_at"])));
        for key in &keys {
            for field in ["expiresAt", "shadowValue", "rotatesAt", "lastUsed"] {
                assert!(key.get(field).is_some(), "{field} is always there: {key}");
            }
            assert_eq!(&client.get(&format!("{scope}/api-keys/{}", id(key))).await["id"], &key["id"]);
        }
        let same = client.keys(&scope.replace("v2", "v1")).await;
        assert!(same.iter().all(|key| key.get("expiresAt").is_none() && key.get("shadowValue").is_none()));
        assert_eq!(same.iter().rev().map(id).collect::<Vec<_>>(), keys.iter().map(id).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_key_of_version_2_lives_and_dies_without_names_around_it() {
    let (_service, client) = start();
    let (fresh, key) = generate(&client, json!({"name": "CI"})).await;
    assert!(is_let_in(&fresh).await);
    for field in ["expiresAt", "shadowValue", "rotatesAt", "lastUsed"] {
        assert_eq!(key[field], Value::Null, "{field}");
    }
    let one = own(id(&key));
    let off = client.call(Method::PUT, &one, Some(json!({"valid": false}))).await;
    assert_eq!((&off["valid"], is_masked(&off)), (&json!(false), true));
    assert_eq!(client.get(&one).await, off);
    assert_eq!(client.call(Method::DELETE, &one, None).await, json!({"id": id(&key)}));
    assert_eq!(client.refused(Method::GET, &one, None).await, 404);
}

#[tokio::test]
async fn projects_have_a_limit_and_unique_names() {
    let (_service, client) = start();
    let there = client.projects().await.len();
    let mut made = 0;
    let refusal = loop {
        let body = json!({"name": format!("Project {made}")}).to_string().into_bytes();
        let (status, answer) = client.send(Method::POST, "/v2/projects", Some(body)).await;
        if !status.is_success() {
            assert_eq!(status, StatusCode::FORBIDDEN);
            break answer;
        }
        assert!(text(&answer["data"]["apiKey"]["value"]).starts_with("confident_us_proj_demo_not_real_"));
        assert_eq!(client.refused(Method::POST, "/v2/projects", Some(r#"{"name":"Sandbox"}"#)).await / 100, 4);
        made += 1;
        assert!(made < 100, "there is no limit");
    };
    assert!(made > 1);
    assert_eq!(refusal["details"], json!({"usage": there + made, "limit": there + made}));
    assert_eq!(client.projects().await.len(), there + made);
    let path = format!("/v2/projects/{}", text(&client.projects().await[0]["id"]));
    client.call(Method::DELETE, &path, None).await;
    assert_eq!(client.refused(Method::POST, "/v2/projects", Some(r#"{"name":"Sandbox"}"#)).await, 409);
}

#[tokio::test]
async fn without_grace_the_old_value_stops_at_once() {
    let (_service, client) = start();
    let (old, key) = generate(&client, json!({"name": "CI"})).await;
    let rotated = rotate(&client, id(&key), json!({})).await;
    let new = client.signing(rotated["value"].as_str());
    assert_ne!(rotated["value"], key["value"]);
    for field in ["id", "name", "created_at", "expiresAt", "shadowValue", "rotatesAt"] {
        assert_eq!(rotated[field], key[field], "{field}");
    }
    assert!(!is_let_in(&old).await && is_let_in(&new).await);
    let listed = client.get(&own(id(&key))).await;
    assert_eq!(tail(text(&listed["value"])), tail(text(&rotated["value"])));
    assert!(is_masked(&listed));
}

#[tokio::test]
async fn with_grace_both_values_count_until_the_end_of_it_and_a_list_completes_it() {
    let (service, client) = start();
    let (old, key) = generate(&client, json!({"name": "CI"})).await;
    let one = own(id(&key));
    let rotated = rotate(&client, id(&key), json!({"gracePeriodInHours": 24})).await;
    let new = client.signing(rotated["shadowValue"].as_str());
    assert!(is_masked(&rotated) && tail(text(&rotated["value"])) == tail(text(&key["value"])));
    let end = time(&rotated["rotatesAt"]);
    assert!((end - service.now()).get_seconds().abs_diff(24 * 3600) < 60);
    let masked = client.get(&one).await;
    assert_eq!(masked["shadowValue"], json!(format!("***************{}", tail(text(&rotated["shadowValue"])))));

    service.advance(hours(23)).unwrap();
    assert!(is_let_in(&old).await && is_let_in(&new).await);
    service.advance(hours(2)).unwrap();
    assert!(!is_let_in(&old).await && is_let_in(&new).await);

    let still = client.get(&one).await;
    assert_eq!((&still["rotatesAt"], &still["value"]), (&rotated["rotatesAt"], &rotated["value"]));
    client.keys(ORGANIZATION).await;
    let completed = client.get(&one).await;
    assert_eq!(completed["value"], masked["shadowValue"]);
    assert_eq!((&completed["shadowValue"], &completed["rotatesAt"]), (&Value::Null, &Value::Null));
    assert!(!is_let_in(&old).await && is_let_in(&new).await);
}

#[tokio::test]
async fn whoever_signs_with_an_outgoing_value_is_told() {
    let (_service, client) = start();
    let (old, key) = generate(&client, json!({"name": "CI"})).await;
    let rotated = rotate(&client, id(&key), json!({"gracePeriodInHours": 1})).await;
    let new = client.signing(rotated["shadowValue"].as_str());
    for (signer, is_warned) in [(&old, true), (&new, false), (&client, false)] {
        for path in ["/v1/organization", ORGANIZATION, "/v2/projects/nobody"] {
            let request = signer.http.get(format!("{}{path}", signer.base_url));
            let answer = request.header(HEADER, signer.key.as_deref().unwrap()).send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(header("x-api-key-warning").is_some(), is_warned, "{path}");
            let end = header("sunset").map(|value| jiff::fmt::rfc2822::parse(value).unwrap().timestamp());
            let to_the_second = |at: Timestamp| at.as_second();
            assert_eq!(end.map(to_the_second), is_warned.then(|| time(&rotated["rotatesAt"]).as_second()), "{path}");
        }
    }
}

#[tokio::test]
async fn rotating_again_takes_the_place_of_a_rotation_under_way() {
    let (_service, client) = start();
    let (old, key) = generate(&client, json!({"name": "CI"})).await;
    let grace = json!({"gracePeriodInHours": 1});
    let first = client.signing(rotate(&client, id(&key), grace.clone()).await["shadowValue"].as_str());
    let second = client.signing(rotate(&client, id(&key), grace).await["shadowValue"].as_str());
    assert!(is_let_in(&old).await && !is_let_in(&first).await && is_let_in(&second).await);
    let third = rotate(&client, id(&key), json!({"gracePeriodInHours": 0})).await;
    assert_eq!((&third["shadowValue"], &third["rotatesAt"]), (&Value::Null, &Value::Null));
    assert!(!is_let_in(&old).await && !is_let_in(&second).await);
    assert!(is_let_in(&client.signing(third["value"].as_str())).await);
}

#[tokio::test]
async fn an_expired_key_is_refused_until_a_rotation_revives_it() {
    let (service, client) = start();
    let (fresh, key) = generate(&client, json!({"name": "CI", "expiresInDays": 7})).await;
    assert!((time(&key["expiresAt"]) - service.now()).get_seconds().abs_diff(7 * 24 * 3600) < 60);
    service.advance(hours(24 * 7 - 1)).unwrap();
    assert!(is_let_in(&fresh).await);
    service.advance(hours(2)).unwrap();
    assert!(!is_let_in(&fresh).await);
    let one = own(id(&key));
    let expired = client.get(&one).await;
    assert_eq!((&expired["valid"], &expired["expiresAt"]), (&json!(true), &key["expiresAt"]));

    let rotation = format!("{one}/rotate");
    for body in
        ["{}", r#"{"gracePeriodInHours":1,"expiresInDays":30}"#, r#"{"gracePeriodInHours":1,"expiresInDays":null}"#]
    {
        assert_eq!(client.refused(Method::POST, &rotation, Some(body)).await, 422, "{body}");
    }
    assert_eq!(client.get(&one).await, expired, "a refusal changes nothing");
    let revived = rotate(&client, id(&key), json!({"expiresInDays": null})).await;
    assert_eq!(revived["expiresAt"], Value::Null);
    assert!(is_let_in(&client.signing(revived["value"].as_str())).await && !is_let_in(&fresh).await);
}

#[tokio::test]
async fn a_rotation_keeps_sets_or_removes_the_expiry_and_never_ends_after_it() {
    let (service, client) = start();
    let (_, key) = generate(&client, json!({"name": "CI", "expiresInDays": 2})).await;
    let rotation = format!("{}/rotate", own(id(&key)));
    for body in [r#"{"gracePeriodInHours":49}"#, r#"{"gracePeriodInHours":25,"expiresInDays":1}"#] {
        assert_eq!(client.refused(Method::POST, &rotation, Some(body)).await, 422, "{body}");
    }
    assert_eq!(rotate(&client, id(&key), json!({"gracePeriodInHours": 40})).await["expiresAt"], key["expiresAt"]);
    let set = rotate(&client, id(&key), json!({"gracePeriodInHours": 49, "expiresInDays": 30})).await;
    assert!((time(&set["expiresAt"]) - service.now()).get_seconds().abs_diff(30 * 24 * 3600) < 60);
    assert_eq!(rotate(&client, id(&key), json!({"expiresInDays": null})).await["expiresAt"], Value::Null);
}

#[tokio::test]
async fn mistakes_of_version_2_are_refused() {
    let (_service, client) = start();
    let (_, key) = generate(&client, json!({"name": "CI"})).await;
    let before = client.get(&own(id(&key))).await;
    let rotation = format!("{}/rotate", own(id(&key)));
    let keys = "/v2/organization/api-keys";
    for (path, body, status) in [
        (keys, r#"{"name":"CI","expiresInDays":0}"#, 422),
        (keys, r#"{"name":"CI","expiresInDays":1.5}"#, 422),
        (keys, r#"{"name":"CI","expiresInDays":"7"}"#, 422),
        (keys, r#"{"name":"CI","expiresInDays":99999999999}"#, 422),
        (&rotation, r#"{"gracePeriodInHours":-1}"#, 422),
        (&rotation, r#"{"gracePeriodInHours":0.5}"#, 422),
        (&rotation, r#"{"gracePeriodInHours":99999999999}"#, 422),
        (&rotation, r#"{"expiresInDays":0}"#, 422),
        (&rotation, r#"{"expiresInDays":true}"#, 422),
        (&rotation, "[]", 422),
        (&rotation, "", 400),
        ("/v2/organization/api-keys/999999999/rotate", "{}", 404),
        ("/v2/organization/api-keys/x/rotate", "{}", 400),
        ("/v2/projects/nobody/api-keys/1/rotate", "{}", 404),
        (&rotation.replace("v2", "v1"), "{}", 404),
    ] {
        assert_eq!(client.refused(Method::POST, path, Some(body)).await, status, "{path} {body}");
    }
    assert_eq!(client.refused(Method::GET, &rotation, None).await, 405);
    assert_eq!(client.get(&own(id(&key))).await, before, "a refusal changes nothing");
}

#[tokio::test]
async fn a_service_of_one_version_knows_nothing_of_the_other() {
    for (api, there, missing) in
        [(Api::V1, "/v1/organization", "/v2/organization"), (Api::V2, "/v2/organization", "/v1/organization")]
    {
        let (_service, client) = start_with(&Options { api, ..Options::default() });
        client.get(there).await;
        assert_eq!(client.refused(Method::GET, missing, None).await, 404, "{api:?}");
    }
}

#[tokio::test]
async fn the_clock_starts_where_it_is_set_and_is_moved_on_by_a_call() {
    let start: Timestamp = "2027-02-03T04:05:06Z".parse().unwrap();
    let (_service, client) = start_with(&Options { clock: Some(start), ..Options::default() });
    let client = client.signing(None);
    let clock = "/demo/clock";
    let now = time(&client.get(clock).await["now"]);
    assert!((0..60).contains(&now.duration_since(start).as_secs()), "{now}");
    for (body, hours) in
        [(json!({"forward": "25h"}), 25), (json!({"forward": "P2D"}), 73), (json!({"forward": "1w 1h"}), 242)]
    {
        let now = time(&client.call(Method::POST, clock, Some(body)).await["now"]);
        assert_eq!(now.duration_since(start).as_hours(), hours);
    }
    let now = time(&client.call(Method::POST, clock, Some(json!({"to": "2027-12-31T00:00:00Z"}))).await["now"]);
    assert_eq!(now.to_string()[..16], *"2027-12-31T00:00");
    let to_the_past = json!({"to": "2027-12-30T00:00:00Z"}).to_string();
    for body in [
        &to_the_past,
        r#"{"forward":"-1h"}"#,
        r#"{"forward":"1 month"}"#,
        r#"{"forward":"soon"}"#,
        r#"{"to":"soon"}"#,
        r#"{"forward":"9000y"}"#,
        "{}",
    ] {
        assert_eq!(client.refused(Method::POST, clock, Some(body)).await, 422, "{body}");
    }
    let answer = client.http.get(format!("{}{clock}", client.base_url)).send().await.unwrap();
    let date = jiff::fmt::rfc2822::parse(answer.headers()["date"].to_str().unwrap()).unwrap();
    assert!(date.timestamp() >= now - SignedDuration::from_secs(1), "its answers are dated by it: {date}");
    let refused = Options { clock: Some("1999-01-01T00:00:00Z".parse().unwrap()), ..Options::default() };
    assert!(Service::start(&refused).unwrap_err().to_string().contains("2000 to 2200"));
}

#[tokio::test]
async fn the_data_has_keys_that_expire_soon_have_expired_and_are_being_rotated() {
    let (service, client) = start();
    let mut keys = Vec::new();
    for project in client.projects().await {
        keys.extend(client.keys(&format!("/v2/projects/{}", text(&project["id"]))).await);
    }
    let now = service.now();
    let days_left = |field: &str| {
        let times = keys.iter().filter(|key| !key[field].is_null()).map(|key| time(&key[field]));
        times.map(|at| at.duration_since(now).as_hours() / 24).collect::<Vec<_>>()
    };
    let expiries = days_left("expiresAt");
    for (what, range) in [("within 3 days", 0..3), ("within 14", 3..14), ("later", 14..400), ("expired", -400..0)] {
        assert!(expiries.iter().any(|days| range.contains(days)), "{what}: {expiries:?}");
    }
    let rotating: Vec<_> = keys.iter().filter(|key| !key["rotatesAt"].is_null()).collect();
    assert!(rotating.len() > 1 && days_left("rotatesAt").iter().all(|days| (0..7).contains(days)));
    assert!(rotating.iter().all(|key| is_masked(key) && !key["shadowValue"].is_null()));
}

#[tokio::test]
async fn a_simulated_client_stops_with_the_value_that_it_has() {
    let (service, client) = start();
    let mut busy = Vec::new();
    for project in client.projects().await {
        let scope = format!("/v2/projects/{}", text(&project["id"]));
        let keys = client.keys(&scope).await.into_iter();
        busy.extend(keys.filter(|key| key["name"] == "Kubernetes · eu-west-1").map(|key| (scope.clone(), key)));
    }
    let [(scope, key)] = &busy[..] else { panic!("{busy:?}") };
    let end = time(&key["rotatesAt"]);
    service.advance(end.duration_since(service.now()) + hours(24)).unwrap();
    let last_used = |keys: Vec<Value>| time(&keys.iter().find(|other| id(other) == id(key)).unwrap()["lastUsed"]);
    let used = last_used(client.keys(scope).await);
    assert!(used < end && end.duration_since(used) < hours(1), "{used}");
    service.advance(hours(24)).unwrap();
    assert_eq!(last_used(client.keys(scope).await), used);
}
