//! What the calls do and answer.

use std::collections::HashSet;

use jiff::Timestamp;
use reqwest::{Method, header::ALLOW};
use serde_json::{Value, json};

use crate::client::{HEADER, id, is_masked, start, tail, text, time};

#[tokio::test]
async fn a_key_lives_and_dies_in_both_scopes() {
    let (_service, client) = start();
    for scope in client.scopes().await.iter().take(2) {
        let keys = format!("{scope}/api-keys");
        let before = client.keys(scope).await;
        let asked = Timestamp::now();
        let issued = client.call(Method::POST, &keys, Some(json!({"name": " CI/CD 鍵 "}))).await["apiKey"].take();
        assert_eq!(issued["name"], "CI/CD 鍵");
        assert_eq!(issued["valid"], true);
        assert_eq!(issued["lastUsed"], Value::Null);
        assert!((time(&issued["created_at"]) - asked).get_seconds().abs() < 60);
        let kind = if scope == "/v1/organization" { "org" } else { "proj" };
        let value = text(&issued["value"]);
        assert!(value.starts_with(&format!("confident_us_{kind}_demo_not_real_")), "{value}");

        // From now on the value is masked, everywhere.
        let one = format!("{keys}/{}", id(&issued));
        let mut masked = issued.clone();
        masked["value"] = json!(format!("***************{}", tail(value)));
        assert_eq!(client.get(&one).await["apiKey"], masked);
        let mut expected: HashSet<u64> = before.iter().map(id).collect();
        expected.insert(id(&issued));
        let listed = client.keys(scope).await;
        assert_eq!(listed.iter().map(id).collect::<HashSet<_>>(), expected);
        assert!(listed.iter().all(is_masked));
        assert!(listed.contains(&masked));

        for valid in [false, false, true] {
            let answer = client.call(Method::PUT, &one, Some(json!({"valid": valid}))).await;
            masked["valid"] = json!(valid);
            assert_eq!(answer["apiKey"], masked);
            assert_eq!(client.get(&one).await["apiKey"], masked);
        }

        assert_eq!(client.call(Method::DELETE, &one, None).await, json!({"id": id(&issued), "deleted": true}));
        for (method, body) in [(Method::GET, None), (Method::PUT, Some(r#"{"valid":true}"#)), (Method::DELETE, None)] {
            assert_eq!(client.refused(method, &one, body).await, 404);
        }
        let ids = |keys: &[Value]| keys.iter().map(id).collect::<Vec<_>>();
        assert_eq!(ids(&client.keys(scope).await), ids(&before));
        let next = client.call(Method::POST, &keys, Some(json!({"name": "next"}))).await;
        assert!(id(&next["apiKey"]) > id(&issued), "ids are never reused");
        assert_ne!(next["apiKey"]["value"], issued["value"]);
    }
}

#[tokio::test]
async fn only_valid_organization_keys_are_let_in_and_their_use_is_seen() {
    let (_service, client) = start();
    let path = "/v1/organization";
    for key in [None, Some(""), Some("confident_us_org_demo_not_real_unknown"), Some("сертификат")] {
        assert_eq!(client.signing(key).refused(Method::GET, path, None).await, 401, "{key:?}");
    }
    let signing = tail(client.key.as_deref().unwrap()).to_owned();
    let own = client.keys(path).await.into_iter().find(|key| tail(text(&key["value"])) == signing).unwrap();
    assert_eq!(own["name"], "ckeys on Ada's laptop");
    assert!((Timestamp::now() - time(&own["lastUsed"])).get_seconds() < 60, "listing is a use, too");

    let project = client.scopes().await.remove(1);
    let of_project =
        client.call(Method::POST, &format!("{project}/api-keys"), Some(json!({"name": "app"}))).await["apiKey"].take();
    assert_eq!(client.signing(of_project["value"].as_str()).refused(Method::GET, path, None).await, 401);

    let fresh = client.call(Method::POST, "/v1/organization/api-keys", Some(json!({"name": "other"}))).await;
    let (one, other) = (
        format!("/v1/organization/api-keys/{}", id(&fresh["apiKey"])),
        client.signing(fresh["apiKey"]["value"].as_str()),
    );
    // It is refused at its next request, and its use shown where it was let in.
    assert_eq!(client.get(&one).await["apiKey"]["lastUsed"], Value::Null);
    let used = time(&other.get(&one).await["apiKey"]["lastUsed"]);
    assert!(used >= time(&fresh["apiKey"]["created_at"]));
    let off = other.call(Method::PUT, &one, Some(json!({"valid": false}))).await;
    assert_eq!(off["apiKey"]["valid"], false);
    let last_used = off["apiKey"]["lastUsed"].clone();
    assert_eq!(other.refused(Method::GET, path, None).await, 401);
    assert_eq!(client.get(&one).await["apiKey"]["lastUsed"], last_used, "a refusal is no use");
    client.call(Method::PUT, &one, Some(json!({"valid": true}))).await;
    other.get(path).await;
    client.call(Method::DELETE, &one, None).await;
    assert_eq!(other.refused(Method::GET, path, None).await, 401);
}

#[tokio::test]
async fn mistakes_are_answered_with_their_status_and_the_envelope() {
    let (_service, client) = start();
    let scopes = client.scopes().await;
    let project = scopes[1].as_str();
    let org_key = id(&client.keys(&scopes[0]).await[1]);
    let project_key = id(&client.keys(project).await[0]);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let keys = format!("{project}/api-keys");
    let (right, wrong) = (format!("{keys}/{project_key}"), format!("{keys}/{org_key}"));
    let too_long = json!({"name": "x".repeat(256)}).to_string();
    let huge = json!({"name": "x".repeat(100_000)}).to_string();
    let deep = "[".repeat(10_000);
    let cases: &[(&Method, &str, Option<&str>, u16)] = &[
        (&post, &keys, Some("{"), 400),
        (&post, &keys, Some(""), 400),
        (&post, &keys, None, 400),
        (&post, &keys, Some(&deep), 400),
        (&put, &right, Some("valid=false"), 400),
        (&get, "/v1/organization/api-keys/abc", None, 400),
        (&put, "/v1/organization/api-keys/1.5", Some(r#"{"valid":true}"#), 400),
        (&delete, &format!("{keys}/x"), None, 400),
        (&get, "/v1/projects/%ff", None, 400),
        (&post, &keys, Some(&huge), 413),
        (&post, &keys, Some("[]"), 422),
        (&post, &keys, Some("null"), 422),
        (&post, &keys, Some("{}"), 422),
        (&post, &keys, Some(r#"{"name":null}"#), 422),
        (&post, &keys, Some(r#"{"name":7}"#), 422),
        (&post, &keys, Some(r#"{"name":" \t "}"#), 422),
        (&post, &keys, Some(&too_long), 422),
        (&put, &right, Some("{}"), 422),
        (&put, &right, Some(r#"{"valid":"true"}"#), 422),
        (&put, &right, Some(r#"{"valid":null}"#), 422),
        (&put, "/v1/organization", Some(r#"{"name":""}"#), 422),
        (&post, "/v1/projects", Some(r#"{"description":"nameless"}"#), 422),
        (&post, "/v1/projects", Some(r#"{"name":"P","description":7}"#), 422),
        (&post, "/v1/projects", Some(r#"{"name":"P","email":"nobody"}"#), 422),
        (&put, project, Some("{}"), 422),
        (&put, project, Some(r#"{"name":null}"#), 422),
        (&get, "/v1/projects/nobody", None, 404),
        (&put, "/v1/projects/nobody", Some(r#"{"name":"N"}"#), 404),
        (&delete, "/v1/projects/nobody", None, 404),
        (&get, "/v1/projects/nobody/api-keys", None, 404),
        (&post, "/v1/projects/nobody/api-keys", Some(r#"{"name":"n"}"#), 404),
        (&get, "/v1/organization/api-keys/999999999", None, 404),
        (&get, "/v1/organization/api-keys/99999999999999999999999", None, 404),
        (&get, "/v1/organization/api-keys/-1", None, 404),
        (&get, &format!("/v1/organization/api-keys/{project_key}"), None, 404),
        (&get, &wrong, None, 404),
        (&put, &wrong, Some(r#"{"valid":false}"#), 404),
        (&delete, &wrong, None, 404),
        (&get, "/", None, 404),
        (&get, "/v1", None, 404),
        (&get, "/v1/projects/", None, 404),
        (&get, "/v1/nothing", None, 404),
        (&get, "/v3/organization", None, 404),
        (&delete, "/v1/organization", None, 405),
        (&delete, &keys, None, 405),
        (&post, &right, Some("{}"), 405),
        (&Method::PATCH, project, Some("{}"), 405),
        (&Method::OPTIONS, "/v1/projects", None, 405),
    ];
    let before = client.all_keys().await.len();
    for (method, path, body, status) in cases {
        let shown = body.map(|body| body.get(..60).unwrap_or(body));
        assert_eq!(client.refused((*method).clone(), path, *body).await, *status, "{method} {path} {shown:?}");
    }
    assert_eq!(client.all_keys().await.len(), before, "a refusal changes nothing");

    let url = format!("{}/v1/projects", client.base_url);
    let answer = client.http.delete(url).header(HEADER, client.key.as_deref().unwrap()).send().await.unwrap();
    assert_eq!(answer.headers()[ALLOW], "GET,HEAD,POST");
}

#[tokio::test]
async fn a_project_lives_and_dies_with_its_keys() {
    let (_service, client) = start();
    let organization = client.get("/v1/organization").await["organization"].take();
    let made = client
        .call(
            Method::POST,
            "/v1/projects",
            Some(json!({"name": "New Project", "description": "for testing", "email": "ada@acme.example"})),
        )
        .await;
    let (project, default_key) = (&made["project"], &made["apiKey"]);
    assert_eq!(project["organizationId"], organization["id"]);
    assert_eq!(project["description"], "for testing");
    time(&project["created_at"]);
    let path = format!("/v1/projects/{}", text(&project["id"]));
    assert_eq!(&client.get(&path).await["project"], project);
    assert!(client.projects().await.contains(project));

    assert_eq!(default_key["name"], "Default Key");
    assert!(text(&default_key["value"]).starts_with("confident_us_proj_demo_not_real_"));
    let listed = client.keys(&path).await;
    assert_eq!(listed.len(), 1);
    assert!(is_masked(&listed[0]) && id(&listed[0]) == id(default_key));

    let taken = r#"{"name":"New Project"}"#;
    assert_eq!(client.refused(Method::POST, "/v1/projects", Some(taken)).await, 409);
    let other = client.scopes().await.remove(1);
    assert_eq!(client.refused(Method::PUT, &other, Some(taken)).await, 409);

    let renamed = client.call(Method::PUT, &path, Some(json!({"name": "Renamed"}))).await;
    assert_eq!(
        (&renamed["project"]["name"], &renamed["project"]["description"]),
        (&json!("Renamed"), &project["description"])
    );
    client.call(Method::PUT, &path, Some(json!({"name": "Renamed", "description": "again"}))).await;
    let emptied = client.call(Method::PUT, &path, Some(json!({"description": null}))).await;
    assert_eq!((&emptied["project"]["name"], &emptied["project"]["description"]), (&json!("Renamed"), &Value::Null));

    assert_eq!(client.call(Method::DELETE, &path, None).await, json!({"id": project["id"], "deleted": true}));
    let key = format!("{path}/api-keys/{}", id(default_key));
    for gone in [&path, &format!("{path}/api-keys"), &key] {
        assert_eq!(client.refused(Method::GET, gone, None).await, 404);
    }
    let value = default_key["value"].as_str();
    assert_eq!(client.signing(value).refused(Method::GET, "/v1/projects", None).await, 401);
    let again = client.call(Method::POST, "/v1/projects", Some(json!({"name": "Renamed"}))).await;
    assert_ne!(again["project"]["id"], project["id"]);
    assert!(id(&again["apiKey"]) > id(default_key));

    let organization = client.call(Method::PUT, "/v1/organization", Some(json!({"name": "Acme & Søns"}))).await;
    assert_eq!(organization["organization"]["name"], "Acme & Søns");
    assert_eq!(client.get("/v1/organization").await, organization);
}
