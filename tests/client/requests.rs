//! What goes out: headers, addresses, bodies; and what goes nowhere.

use confident_keys::api::error::{Certainty, ErrorKind};
use confident_keys::api::model::{KeyId, ProjectId, Scope};
use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted, ok, refused, wire_key};
use crate::support::{CANARY, Call, FAKE_KEY, client_at, patient, project, shows_no_secret, unreadable};

/// A service for which every call works.
fn willing() -> Scripted {
    Scripted::new(|request| {
        let (method, path) = request.call.split_once(' ').unwrap();
        match method {
            "POST" => ok(json!({ "apiKey": { "id": 8, "valid": true, "value": "fake_not_a_key_d4e5f6" } })),
            "DELETE" => ok(json!({ "id": 7, "deleted": true })),
            _ if path.ends_with("/7") => ok(json!({ "apiKey": wire_key(7, "CI", true) })),
            _ => ok(json!({ "organization": { "id": "o", "name": "Acme" }, "projects": [], "apiKeys": [] })),
        }
    })
}

#[tokio::test]
async fn the_key_is_in_its_header_and_nowhere_else() {
    let service = willing();
    let client = service.client();
    for call in Call::ALL {
        call.on(&client).await.unwrap();
    }
    let received = service.received();
    assert_eq!(
        service.calls(),
        [
            "GET /v1/organization",
            "GET /v1/projects",
            "GET /v1/organization/api-keys",
            "GET /v1/organization/api-keys/7",
            "POST /v1/organization/api-keys",
            "PUT /v1/organization/api-keys/7",
            "DELETE /v1/organization/api-keys/7",
        ]
    );
    for request in &received {
        assert_eq!(request.header("CONFIDENT_API_KEY"), [FAKE_KEY], "{request:?}");
        assert_eq!(request.head.matches(FAKE_KEY).count(), 1, "{request:?}");
        assert_eq!(request.header("user-agent"), [concat!("confident-keys/", env!("CARGO_PKG_VERSION"))]);
        assert_eq!(request.header("accept"), ["application/json"]);
        assert_eq!(request.header("accept-encoding"), [""; 0], "a body is counted as it comes");
        for absent in ["authorization", "cookie", "referer"] {
            assert_eq!(request.header(absent), [""; 0], "{request:?}");
        }
        assert!(request.head.starts_with(&format!("{} HTTP/1.1\r\n", request.call)));
    }
    let bodies: Vec<Option<Value>> =
        received.iter().map(|request| serde_json::from_slice(&request.body).ok()).collect();
    let (name, valid) = (json!({ "name": "CI" }), json!({ "valid": false }));
    assert_eq!(bodies, [None, None, None, None, Some(name), Some(valid), None]);
    for request in received {
        let types: &[&str] = if request.body.is_empty() { &[] } else { &["application/json"] };
        assert_eq!(request.header("content-type"), types);
    }
}

#[tokio::test]
async fn a_prefix_of_the_base_url_is_kept() {
    let service = willing();
    for prefix in ["/confident", "/confident/", "/a%20b/c"] {
        let client = client_at(&format!("{}{prefix}", service.base_url), patient());
        client.keys(&project("cm4k2:x@y")).list().await.unwrap();
    }
    assert_eq!(
        service.calls(),
        [
            "GET /confident/v1/projects/cm4k2:x@y/api-keys",
            "GET /confident/v1/projects/cm4k2:x@y/api-keys",
            "GET /a%20b/c/v1/projects/cm4k2:x@y/api-keys",
        ]
    );
}

#[tokio::test]
async fn an_id_that_would_change_the_call_is_never_taken() {
    for id in ["", ".", "..", "../x", "a/b", "/", "a\\b", "%2e%2e", "%2e", "a%2fb", "a?b", "a#b", "a;b", "a b", "a\0b"]
    {
        assert!(ProjectId::new(id).is_err(), "{id:?}");
        let listed = id.to_owned();
        let service = Scripted::new(move |_| ok(json!({ "projects": [{ "id": listed, "name": CANARY }] })));
        let error = service.client().projects().await.unwrap_err();
        shows_no_secret(&error);
        assert!(unreadable(error).contains("`data.projects[0].id`"));
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_nothing_arrives_elsewhere() {
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        let elsewhere = willing();
        let location = format!("location: {}/v1/x?\u{9b}2J\u{202e}", elsewhere.base_url);
        let service = Scripted::new(move |_| Answer::raw(status, &[&location, "content-length: 0"], ""));
        let client = service.client();
        for call in Call::ALL {
            let error = call.fails_on(&client).await;
            let ErrorKind::Redirect { status: told, location: Some(location) } = &error.kind else {
                panic!("{error:?}")
            };
            assert_eq!(*told, status);
            assert!(location.as_str().starts_with(&elsewhere.base_url), "{location}");
            assert!(!error.to_string().contains(['\u{9b}', '\u{202e}']) && error.to_string().contains("<U+202E>"));
            assert_eq!(error.certainty(), Certainty::Unknown);
        }
        assert_eq!(service.calls().len(), Call::ALL.len(), "each was sent once");
        assert_eq!(elsewhere.calls(), [""; 0]);
    }
}

#[tokio::test]
async fn a_redirect_may_have_a_poor_target_or_none() {
    let long = "x".repeat(10_000);
    for (header, expected) in [
        ("x-nothing: 1", None),
        ("location:", None),
        ("location: /v1/organization", Some("/v1/organization".to_owned())),
        ("location: http://[::broken", Some("http://[::broken".to_owned())),
        (&format!("location: {long}"), Some(format!("{}…", &long[..500]))),
        (
            &format!("location: https://sso.example.test/?next={FAKE_KEY}"),
            Some("https://sso.example.test/?next=…zzzzzz".to_owned()),
        ),
    ] {
        let header = header.to_owned();
        let service = Scripted::new(move |_| Answer::raw(302, &[&header, "content-length: 0"], ""));
        let error = Call::Projects.fails_on(&service.client()).await;
        let ErrorKind::Redirect { location, .. } = &error.kind else { panic!("{error:?}") };
        assert_eq!(location.as_ref().map(ToString::to_string), expected);
    }
}

#[tokio::test]
async fn an_answer_that_repeats_the_signing_key_does_not_show_it() {
    let service = Scripted::new(|request| {
        let key = request.header("confident_api_key")[0].to_owned();
        refused(401, &format!("Unknown key {key} ({key}){}", "…".repeat(480)))
    });
    let error = Call::Organization.fails_on(&service.client()).await;
    assert!(error.summary().contains("Unknown key …zzzzzz (…zzzzzz)"), "{error}");
}

#[tokio::test]
async fn a_deletion_is_acknowledged_by_its_id() {
    for (data, expected) in [
        (json!({ "id": 7, "deleted": true }), true),
        (json!({ "id": "7", "deleted": true }), true),
        (json!({ "id": 7 }), true),
        (json!({}), true),
        (json!(null), true),
        (json!({ "id": 8, "deleted": true }), false),
        (json!({ "id": 7, "deleted": false }), false),
    ] {
        let answer = data.clone();
        let service = Scripted::new(move |_| ok(answer.clone()));
        let client = service.client();
        let keys = client.keys(&Scope::Organization);
        assert_eq!(keys.delete_acknowledged(KeyId(7)).await, Ok(expected), "{data}");
    }
    let silent = Scripted::new(|_| Answer::raw(204, &[], ""));
    assert_eq!(Call::Delete.on(&silent.client()).await, Ok(()));
    assert_eq!(unreadable(Call::List.fails_on(&silent.client()).await), "it is empty");
}
