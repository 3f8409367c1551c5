//! What there is at the start.

use std::collections::{BTreeSet, HashSet};

use confident_keys::demo::Options;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{id, is_masked, start, start_with, tail, text, time};

/// The status of a key by the thresholds that people work with.
fn status(key: &Value, now: Timestamp) -> &'static str {
    let days = |since: &Value| (now - time(since)).get_seconds() / 86_400;
    match (key["valid"].as_bool().unwrap(), key.get("lastUsed")) {
        (false, _) => "inactive",
        (true, None) => "unknown",
        (true, Some(Value::Null)) if days(&key["created_at"]) < 7 => "new",
        (true, Some(Value::Null)) => "never used",
        (true, Some(used)) => match days(used) {
            90.. => "stale",
            30.. => "idle",
            _ => "active",
        },
    }
}

#[tokio::test]
async fn the_story_has_every_kind_of_key() {
    let (_service, client) = start();
    let organization = client.get("/v1/organization").await["organization"].take();
    assert_eq!((&organization["name"], &organization["plan"]), (&json!("Acme Inc."), &json!("TEAM")));
    let projects = client.projects().await;
    let names: Vec<_> = projects.iter().map(|project| text(&project["name"])).collect();
    for name in ["Production App", "Staging Environment", "日本語プロジェクト", "Sandbox"] {
        assert!(names.contains(&name), "{name}");
    }

    let (keys, now) = (client.all_keys().await, Timestamp::now());
    assert!((35..=55).contains(&keys.len()), "{}", keys.len());
    let expected = ["active", "idle", "inactive", "never used", "new", "stale", "unknown"];
    assert_eq!(keys.iter().map(|key| status(key, now)).collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    assert!(keys.iter().any(|key| key.get("name").is_none()), "a name that is absent");
    assert!(keys.iter().any(|key| key.get("name") == Some(&Value::Null)), "a name that is null");
    let names: Vec<_> = keys.iter().filter_map(|key| key["name"].as_str()).collect();
    assert!(names.contains(&""), "an empty name");
    for part in ["\u{202e}", "\u{1b}", "Оценка", "Κλειδί", "مفتاح", "מפתח", "本番", "🚀", "e\u{301}"]
    {
        assert!(names.iter().any(|name| name.contains(part)), "{part:?}");
    }
    assert!(names.iter().any(|name| name.chars().count() > 120), "a long name");
    for scope in client.scopes().await.iter().take(2) {
        let keys = client.keys(scope).await;
        let names: Vec<_> = keys.iter().filter_map(|key| key["name"].as_str()).collect();
        assert!(names.len() > names.iter().collect::<HashSet<_>>().len(), "two keys with one name in {scope}");
    }
    assert_eq!(keys.iter().map(id).collect::<HashSet<_>>().len(), keys.len());
    assert_eq!(keys.iter().map(|key| tail(text(&key["value"]))).collect::<HashSet<_>>().len(), keys.len());
    assert!(keys.iter().all(is_masked));
}

#[tokio::test]
async fn a_seed_gives_the_same_data_and_the_same_new_values() {
    let seeded = || start_with(&Options { seed: 42, ..Options::default() });
    let day = || Timestamp::now().as_second() / 86_400;
    // Ages count from the UTC day, which may end between the two starts.
    let ((first_service, first), (second_service, second)) = loop {
        let (today, first, second) = (day(), seeded(), seeded());
        if day() == today {
            break (first, second);
        }
    };
    let (_other, other) = start_with(&Options { seed: 43, ..Options::default() });
    assert_eq!(first_service.organization_key(), second_service.organization_key());
    assert_ne!(first.key, other.key);
    assert_eq!(first.projects().await, second.projects().await);
    // Uses go on; everything else of a key stands still.
    let still = |keys: Vec<Value>| {
        let fields = |key: Value| ["id", "name", "valid", "value", "created_at"].map(|field| key[field].clone());
        keys.into_iter().map(fields).collect::<Vec<_>>()
    };
    assert_eq!(still(first.all_keys().await), still(second.all_keys().await));
    assert_ne!(still(first.all_keys().await), still(other.all_keys().await));
    let mut issued = Vec::new();
    for client in [&first, &second] {
        let answer = client.call(Method::POST, "/v1/organization/api-keys", Some(json!({"name": "new"}))).await;
        issued.push((answer["apiKey"]["id"].clone(), answer["apiKey"]["value"].clone()));
    }
    assert_eq!(issued[0], issued[1]);
}

#[tokio::test]
async fn as_much_data_is_generated_as_was_asked_for() {
    let options = Options { projects: Some(3), keys_per_project: Some(2_500), ..Options::default() };
    let (_service, client) = start_with(&options);
    let scopes = client.scopes().await;
    assert_eq!(scopes.len(), 4);
    for scope in &scopes[1..] {
        assert_eq!(client.keys(scope).await.len(), 2_500);
    }
    let (_service, client) = start_with(&Options { projects: Some(0), ..Options::default() });
    assert!(client.projects().await.is_empty());
    let (_service, client) = start_with(&Options { keys_per_project: Some(2), ..Options::default() });
    assert_eq!(client.keys(&client.scopes().await[1]).await.len(), 2);
}
