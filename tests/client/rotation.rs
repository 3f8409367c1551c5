//! Version 2's own: expiry and rotation, as they are asked for, as they are read, and when the answer misbehaves.

use confident_keys::api::error::Certainty;
use confident_keys::api::model::{ApiKey, CreatedKey, KeyId, Lifetime, MaskedValue, Rotation, RotationState, Scope};
use confident_keys::api::{Client, Speak};
use confident_keys::demo::{Options, Service};
use confident_keys::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted, ok, wire_key};
use crate::support::{CANARY, client_speaking, patient, shows_no_secret, unreadable};

const OLD: &str = "***************a1b2c3";
const NEW: &str = "confident_us_org_fake_not_a_key_d4e5f6";

/// A key of version 2 with these fields.
fn key(fields: Value) -> Value {
    let mut key = wire_key(7, "CI", true);
    for field in ["expiresAt", "shadowValue", "rotatesAt"] {
        key[field] = Value::Null;
    }
    let Value::Object(fields) = fields else { panic!("{fields}") };
    key.as_object_mut().unwrap().extend(fields);
    key
}

/// A service whose answer is always this key.
fn answering(fields: Value) -> (Scripted, Client) {
    let key = key(fields);
    let service = Scripted::new(move |_| ok(key.clone()));
    let client = client_speaking(Speak::V2, &service.base_url, patient());
    (service, client)
}

async fn rotate(client: &Client) -> CreatedKey {
    client.keys(&Scope::Organization).rotate(KeyId(7), Rotation::default()).await.unwrap()
}

async fn get(fields: Value) -> ApiKey {
    answering(fields).1.keys(&Scope::Organization).get(KeyId(7)).await.unwrap()
}

fn tails(key: &ApiKey) -> Vec<&str> {
    key.values().map(MaskedValue::tail).collect()
}

#[tokio::test]
async fn what_is_asked_for_is_in_the_body_and_nothing_else() {
    let (service, client) = answering(json!({ "value": NEW }));
    let keys = client.keys(&Scope::Organization);
    let rotation = |grace_hours, lifetime| Rotation { grace_hours, lifetime };
    for rotation in [rotation(0, None), rotation(24, Some(Lifetime::Days(90))), rotation(1, Some(Lifetime::Unlimited))]
    {
        keys.rotate(KeyId(7), rotation).await.unwrap();
    }
    for lifetime in [Lifetime::Unlimited, Lifetime::Days(7)] {
        keys.create("CI", lifetime).await.unwrap();
    }
    let bodies: Vec<Value> =
        service.received().iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect();
    assert_eq!(
        bodies,
        [
            json!({ "gracePeriodInHours": 0 }),
            json!({ "gracePeriodInHours": 24, "expiresInDays": 90 }),
            json!({ "gracePeriodInHours": 1, "expiresInDays": null }),
            json!({ "name": "CI" }),
            json!({ "name": "CI", "expiresInDays": 7 }),
        ]
    );
    let (rotations, creations) = (&service.calls()[..3], &service.calls()[3..]);
    assert!(rotations.iter().all(|call| call == "POST /v2/organization/api-keys/7/rotate"), "{rotations:?}");
    assert!(creations.iter().all(|call| call == "POST /v2/organization/api-keys"), "{creations:?}");
}

#[tokio::test]
async fn the_new_secret_is_the_one_that_is_given_in_full() {
    let masked_new = "***************d4e5f6";
    for (fields, secret, known) in [
        (json!({ "value": NEW }), Some(NEW), &["d4e5f6"][..]),
        (json!({ "value": OLD, "shadowValue": NEW }), Some(NEW), &["a1b2c3", "d4e5f6"]),
        // A service that forgets to mask the old value: the new one is still the other.
        (json!({ "value": "fake_not_a_key_a1b2c3", "shadowValue": NEW }), Some(NEW), &["a1b2c3", "d4e5f6"]),
        // Nothing that could be used: whoever asked knows at least which key it is.
        (json!({ "value": masked_new }), None, &["d4e5f6"]),
        (json!({ "value": OLD, "shadowValue": masked_new }), None, &["a1b2c3", "d4e5f6"]),
        (json!({ "value": "", "shadowValue": "white space" }), None, &["", "space"]),
        (json!({ "value": null, "shadowValue": "two\nlines_d4e5f6" }), None, &["", "d4e5f6"]),
    ] {
        let (_service, client) = answering(fields.clone());
        let rotated = rotate(&client).await;
        assert_eq!(rotated.secret.as_ref().map(Secret::expose), secret, "{fields}");
        assert_eq!(tails(&rotated.key), known, "{fields}");
        let shown = format!("{rotated:?} {rotated:#?}");
        assert!(!shown.contains("not_a_key") && !shown.contains("confident"), "{shown}");
    }
}

#[tokio::test]
async fn a_read_never_keeps_more_than_the_ends_of_both_values() {
    let read = get(json!({ "value": "fake_not_a_key_a1b2c3", "shadowValue": NEW })).await;
    assert_eq!(tails(&read), ["a1b2c3", "d4e5f6"]);
    assert!(!format!("{read:?}").contains("not_a_key"));
}

#[tokio::test]
async fn the_state_of_a_rotation_is_told_by_its_time() {
    let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
    let at = |hours: i64| (now + SignedDuration::from_hours(hours)).to_string();
    let none = get(json!({})).await;
    assert_eq!((none.rotation(now), none.is_expired(now)), (RotationState::None, false));
    let rotating =
        get(json!({ "value": OLD, "shadowValue": "***d4e5f6", "rotatesAt": at(23), "expiresAt": at(24) })).await;
    let new = Some(MaskedValue::new("***d4e5f6"));
    let until = now + SignedDuration::from_hours(23);
    assert_eq!(rotating.rotation(now), RotationState::UnderWay { new: new.as_ref(), until });
    assert_eq!(rotating.rotation(until), RotationState::Over { new: new.as_ref(), since: until });
    assert!(!rotating.is_expired(now) && rotating.is_expired(now + SignedDuration::from_hours(24)));
    // What makes no sense is no rotation, and costs nobody the key.
    for fields in
        [json!({ "rotatesAt": "soon" }), json!({ "rotatesAt": 17, "expiresAt": {} }), json!({ "rotatesAt": null })]
    {
        let odd = get(fields).await;
        assert_eq!((odd.rotation(now), odd.expires_at), (RotationState::None, None));
    }
}

#[tokio::test]
async fn wrong_kinds_are_told_by_their_path_alone_and_nothing_is_known_of_the_rotation() {
    for (answer, path) in [
        (ok(key(json!({ "shadowValue": { CANARY: CANARY } }))), "`data.shadowValue`"),
        (ok(key(json!({ "shadowValue": [CANARY], "value": NEW }))), "`data.shadowValue`"),
        (ok(key(json!({ "value": 17 }))), "`data.value`"),
        (ok(json!({ "apiKey": key(json!({ "value": NEW })) })), "`data`"),
        (ok(json!(CANARY)), "`data`"),
        (ok(json!(null)), "`data`"),
        (Answer::raw(200, &[], format!(r#"{{"data":{{"value":"{CANARY}"#)), "ends in the middle"),
    ] {
        let service = Scripted::new(move |_| answer.clone());
        let client = client_speaking(Speak::V2, &service.base_url, patient());
        let keys = client.keys(&Scope::Organization);
        let error = keys.rotate(KeyId(7), Rotation::default()).await.unwrap_err();
        shows_no_secret(&error);
        assert!(!format!("{error:?}").contains("d4e5f6"), "{error:?}");
        assert_eq!(error.certainty(), Certainty::Unknown);
        let reason = unreadable(error);
        assert!(reason.contains(path), "{reason}");
        assert_eq!(service.calls().len(), 1, "it was sent once");
    }
}

#[tokio::test]
async fn a_rotation_is_sent_once_whatever_comes_back() {
    for answer in [Answer::Nothing, Answer::Reset, Answer::Json(500, json!({})), Answer::Json(503, json!({}))] {
        let service = Scripted::new(move |_| answer.clone());
        let client = client_speaking(Speak::V2, &service.base_url, patient());
        let error = client.keys(&Scope::Organization).rotate(KeyId(7), Rotation::default()).await.unwrap_err();
        assert_eq!((error.certainty(), service.calls().len()), (Certainty::Unknown, 1));
    }
}

#[tokio::test]
async fn the_embedded_service_rotates_and_lets_keys_expire() {
    let service = Service::start(&Options::default()).unwrap();
    let signing = |key| Client::new(service.base_url().parse().unwrap(), key, patient());
    let client = signing(service.organization_key().clone());
    let keys = client.keys(&Scope::Organization);
    let created = keys.create("CI", Lifetime::Days(30)).await.unwrap();
    let id = created.key.id;
    let left = created.key.expires_at.unwrap().duration_since(service.now());
    assert!((SignedDuration::from_hours(24 * 30 - 1)..SignedDuration::from_hours(24 * 30)).contains(&left), "{left:?}");

    let rotated = keys.rotate(id, Rotation { grace_hours: 24, lifetime: None }).await.unwrap();
    let (old, new) = (created.secret.unwrap(), rotated.secret.unwrap());
    assert_eq!(tails(&rotated.key), [old.tail(), new.tail()]);
    assert_eq!(keys.get(id).await.unwrap(), rotated.key, "it is read as it was told");
    for secret in [&old, &new] {
        assert!(signing(secret.clone()).organization().await.is_ok());
    }
    service.advance(SignedDuration::from_hours(25)).unwrap();
    assert!(signing(old).organization().await.unwrap_err().is_unauthorized());
    assert!(signing(new.clone()).organization().await.is_ok());
    keys.list().await.unwrap();
    assert_eq!(tails(&keys.get(id).await.unwrap()), [new.tail()]);

    service.advance(SignedDuration::from_hours(24 * 30)).unwrap();
    assert!(signing(new).organization().await.unwrap_err().is_unauthorized());
    let revived = keys.rotate(id, Rotation { grace_hours: 0, lifetime: Some(Lifetime::Unlimited) }).await.unwrap();
    assert_eq!((revived.key.expires_at, revived.key.rotates_at), (None, None));
    assert!(signing(revived.secret.unwrap()).organization().await.is_ok());
}
