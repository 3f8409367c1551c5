//! Which version is spoken: found out side by side with the first read, chosen by the user, and told as what can be done.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use confident_keys::api::error::{Certainty, ErrorKind};
use confident_keys::api::model::{KeyId, Lifetime, Rotation, Scope};
use confident_keys::api::{Capability, Client, Speak};
use confident_keys::demo::{Api, Options, Service};
use serde_json::json;

use crate::scripted::{Answer, Received, Scripted, ok, refused, wire_key};
use crate::support::{CANARY, Call, client_speaking, hasty, patient, project};

/// A service that speaks both, but for the version whose calls `other` answers.
fn speaking(other: impl Fn(&Received) -> Option<Answer> + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |request| other(request).unwrap_or_else(|| willing(request)))
}

fn willing(request: &Received) -> Answer {
    let organization = json!({ "id": "o", "name": "Acme" });
    let key = if request.call.starts_with("POST") {
        json!({ "id": 8, "name": "CI", "valid": true, "value": "fake_not_a_key_d4e5f6" })
    } else {
        wire_key(7, "CI", true)
    };
    let (version, path) = request.call.split_once(' ').unwrap().1[1..].split_once('/').unwrap();
    match (version, path) {
        (_, "projects") => ok(json!({ "projects": [] })),
        (_, path) if path.ends_with("api-keys") && request.call.starts_with("GET") => ok(json!({ "apiKeys": [] })),
        ("v1", "organization") => ok(json!({ "organization": organization })),
        ("v2", "organization") => ok(organization),
        (_, _) if request.call.starts_with("DELETE") => ok(json!({ "id": 7 })),
        ("v1", _) => ok(json!({ "apiKey": key })),
        _ => ok(key),
    }
}

fn is_of(request: &Received, version: &str) -> bool {
    request.call.contains(&format!(" /{version}/"))
}

fn auto(service: &Scripted) -> Client {
    client_speaking(Speak::Auto, &service.base_url, patient())
}

fn is_newer(client: &Client) -> Option<bool> {
    client.capabilities().map(|capabilities| capabilities.rotation.is_available())
}

/// What was asked of the project that is asked for later. What was asked for before and not waited for may still arrive.
fn later(service: &Scripted) -> Vec<String> {
    service.calls().into_iter().filter(|call| call.contains("/later/")).collect()
}

const READS: [Call; 4] = [Call::Organization, Call::Projects, Call::List, Call::Get];

#[tokio::test]
async fn version_2_is_spoken_where_it_answers_and_version_1_where_it_is_not_there() {
    for call in Call::ALL {
        let both = speaking(|_| None);
        let client = auto(&both);
        assert_eq!(is_newer(&client), None);
        call.on(&client).await.unwrap();
        assert_eq!(is_newer(&client), Some(true), "{call:?}");
        client.clone().telling_pauses().keys(&project("later")).list().await.unwrap();
        assert_eq!(later(&both), ["GET /v2/projects/later/api-keys"], "{call:?}: settled, for clones, too");

        for page in [false, true] {
            let older = speaking(move |request| {
                let gone =
                    if page { Answer::raw(404, &["content-type: text/html"], "<html>") } else { refused(404, "?") };
                is_of(request, "v2").then_some(gone)
            });
            let client = auto(&older);
            call.on(&client).await.unwrap();
            assert_eq!(is_newer(&client), Some(false), "{call:?}");
            client.keys(&project("later")).list().await.unwrap();
            assert_eq!(later(&older), ["GET /v1/projects/later/api-keys"], "{call:?}");
        }
    }
}

/// Neither version is waited for before the other is asked: each answers only once both have been.
#[tokio::test]
async fn both_are_asked_side_by_side() {
    for call in READS {
        let asked = [AtomicBool::new(false), AtomicBool::new(false)];
        let service = speaking(move |request| {
            let own = usize::from(is_of(request, "v2"));
            asked[own].store(true, Relaxed);
            let begun = Instant::now();
            while !asked[1 - own].load(Relaxed) {
                assert!(begun.elapsed() < Duration::from_secs(10), "{} waits for the other version", request.call);
                std::thread::sleep(Duration::from_millis(1));
            }
            None
        });
        call.on(&auto(&service)).await.unwrap();
    }
}

#[tokio::test]
async fn an_older_version_that_hangs_holds_nothing_up() {
    let service = speaking(|request| is_of(request, "v1").then_some(Answer::Silence));
    for call in READS {
        call.on(&auto(&service)).await.unwrap();
    }
}

#[tokio::test]
async fn another_failure_is_none_of_a_version() {
    let failures = [
        refused(401, "Who are you?"),
        refused(403, "No"),
        refused(422, "No"),
        refused(500, "Oh"),
        refused(503, "Later"),
        Answer::Nothing,
        Answer::raw(200, &[], "<html>"),
        Answer::raw(302, &["location: https://elsewhere.test"], ""),
        ok(json!({ "organization": { "id": "o", "name": "Acme" }, "apiKeys": CANARY, "projects": CANARY })),
    ];
    for failure in failures {
        let answer = failure.clone();
        let service = speaking(move |request| is_of(request, "v2").then(|| answer.clone()));
        let client = auto(&service);
        for call in READS {
            call.fails_on(&client).await;
            assert_eq!(is_newer(&client), None, "{call:?} {failure:?}");
        }
        for call in [Call::Create, Call::SetValid, Call::Delete] {
            let error = call.fails_on(&client).await;
            assert!(matches!(error.kind, ErrorKind::NotBegun(_)), "{error:?}");
            assert_eq!(error.certainty(), Certainty::NotDone);
        }
        assert!(service.calls().iter().all(|call| call.starts_with("GET ")), "no write was sent");
    }
}

#[tokio::test]
async fn a_failure_that_passes_leaves_the_version_to_the_next_read() {
    let is_well = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_well);
    let service = speaking(move |_| (!seen.load(Relaxed)).then(|| refused(422, "Not now")));
    let client = auto(&service);
    Call::Organization.fails_on(&client).await;
    assert_eq!(is_newer(&client), None);
    is_well.store(true, Relaxed);
    Call::Organization.on(&client).await.unwrap();
    assert_eq!(is_newer(&client), Some(true));
}

#[tokio::test]
async fn a_thing_that_is_not_there_is_not_a_version_that_is_not_there() {
    let gone = |path: &'static str| speaking(move |request| request.call.ends_with(path).then(|| refused(404, "Gone")));
    let service = gone("/7");
    let client = auto(&service);
    assert!(Call::Get.fails_on(&client).await.is_not_found());
    assert_eq!(is_newer(&client), Some(true));
    let service = gone("/projects/p1/api-keys");
    let client = auto(&service);
    assert!(client.keys(&project("p1")).list().await.unwrap_err().is_not_found());
    assert_eq!(is_newer(&client), Some(true));

    // Neither is there: the address is wrong.
    let nothing = Scripted::new(|_| refused(404, "Nothing"));
    for call in [Call::Organization, Call::Projects, Call::List] {
        let error = call.fails_on(&auto(&nothing)).await;
        assert!(matches!(error.kind, ErrorKind::NoApi { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_version_that_was_chosen_is_the_only_one_that_is_asked() {
    for (speak, version, other) in [(Speak::V1, "v1", "v2"), (Speak::V2, "v2", "v1")] {
        let service = speaking(|_| None);
        let client = client_speaking(speak, &service.base_url, patient());
        assert_eq!(is_newer(&client), Some(speak == Speak::V2), "known before anything is asked");
        for call in Call::ALL {
            call.on(&client).await.unwrap();
        }
        assert_eq!(service.calls().len(), Call::ALL.len());
        assert!(service.received().iter().all(|request| is_of(request, version) && !is_of(request, other)));
    }
    let older = speaking(|request| is_of(request, "v2").then(|| refused(404, "?")));
    let error = Call::Organization.fails_on(&client_speaking(Speak::V2, &older.base_url, patient())).await;
    assert!(error.advice().contains("CONFIDENT_API_VERSION"), "{error}");
}

#[tokio::test]
async fn what_the_older_version_lacks_is_refused_with_the_reason_before_it_is_sent() {
    let older = speaking(|request| is_of(request, "v2").then(|| refused(404, "?")));
    let client = auto(&older);
    let capabilities = client.find_capabilities().await.unwrap();
    let asked = older.calls().len();
    let keys = client.keys(&Scope::Organization);
    let (create, rotate) = (
        keys.create("CI", Lifetime::Days(7)).await.unwrap_err(),
        keys.rotate(KeyId(7), Rotation::default()).await.unwrap_err(),
    );
    for (error, capability) in [(create, capabilities.expiry), (rotate, capabilities.rotation)] {
        let Capability::Unavailable(reason) = capability else { panic!("{capability:?}") };
        assert_eq!(error.kind, ErrorKind::Unavailable(reason));
        assert!(error.to_string().starts_with("The service speaks an older version"), "{error}");
        assert_eq!(error.certainty(), Certainty::NotDone);
    }
    assert_eq!(older.calls().len(), asked, "nothing was sent");
    keys.create("CI", Lifetime::Unlimited).await.unwrap();
}

#[tokio::test]
async fn only_what_the_spoken_version_announces_is_told() {
    let service = speaking(|request| {
        let old = json!({ "success": true, "deprecated": true, "data": { "projects": [] } });
        is_of(request, "v1").then_some(Answer::Json(200, old))
    });
    let client = auto(&service);
    Call::Projects.on(&client).await.unwrap();
    assert_eq!(client.take_announcements(), []);
    let client = client_speaking(Speak::V1, &service.base_url, patient());
    Call::Projects.on(&client).await.unwrap();
    assert_eq!(client.take_announcements().len(), 1);
}

#[tokio::test]
async fn neither_version_is_waited_for_longer_than_a_read_may_take() {
    let silent = Scripted::new(|_| Answer::Silence);
    let client = client_speaking(Speak::Auto, &silent.base_url, hasty());
    for call in READS {
        let error = call.fails_on(&client).await;
        assert!(matches!(error.kind, ErrorKind::Timeout { sent: true, .. }), "{error:?}");
    }
}

#[tokio::test]
async fn the_embedded_service_is_spoken_to_by_what_it_speaks() {
    for (api, newer) in [(Api::V1, false), (Api::V2, true), (Api::Both, true)] {
        let service = Service::start(&Options { api, ..Options::default() }).unwrap();
        let base = service.base_url().parse().unwrap();
        let client = Client::new(base, service.organization_key().clone(), patient());
        let project = client.projects().await.unwrap().into_iter().find(|p| p.name.as_str() == "Sandbox").unwrap();
        let keys = client.keys(&Scope::Project(project.id.clone())).list().await.unwrap();
        assert_eq!(client.find_capabilities().await.unwrap().expiry.is_available(), newer, "{api:?}");
        assert_eq!(keys.iter().any(|key| key.expires_at.is_some()), newer, "{api:?}");
    }
}

#[tokio::test]
async fn where_it_can_not_be_found_out_none_is_settled_and_that_is_told() {
    let service = speaking(|request| match request.call.as_str() {
        "GET /v2/organization" => Some(refused(403, "No")),
        call if call.starts_with("GET /v2/") => Some(refused(404, "?")),
        _ => None,
    });
    let client = auto(&service);
    let error = Call::Get.on(&client).await.unwrap_err();
    assert_eq!((error.status(), is_newer(&client)), (Some(403), None), "a key that is not there would say nothing");
}
