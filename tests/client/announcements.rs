//! What the service announces beside its answers: told once, cleaned, whatever else the answer was.

use confident_keys::api::announcement::Announcement;
use confident_keys::demo::{Options, Service};
use serde_json::json;

use crate::scripted::{Answer, Scripted};
use crate::support::{Call, FAKE_KEY, client_at, patient};

/// An answer with these headers and members of the envelope, which is a success for every call.
fn announcing(headers: &[&str], members: &str) -> Scripted {
    let key = json!({ "id": 7, "valid": true, "value": "***************d4e5f6" });
    let data =
        json!({ "organization": { "id": "o", "name": "Acme" }, "projects": [], "apiKeys": [], "apiKey": key, "id": 7 });
    let body = format!(r#"{{"success":true,"data":{data}{members}}}"#);
    let answer = Answer::raw(200, headers, body);
    Scripted::new(move |_| answer.clone())
}

async fn announced(service: &Scripted) -> Vec<String> {
    let client = service.client();
    for call in Call::ALL {
        // How the call ends does not matter.
        let _ = call.on(&client).await;
    }
    client.take_announcements().iter().map(ToString::to_string).collect()
}

const SUNSET: &str = "Sunset: Sat, 31 Dec 2050 00:00:00 GMT";

#[tokio::test]
async fn each_is_told_once_though_every_answer_carries_it() {
    let deprecated = r#","deprecated":true,"link":"https://docs.example.test/v2""#;
    for (headers, members, parts) in [
        (&[][..], deprecated, &["deprecated", "newer ckeys", "https://docs.example.test/v2"][..]),
        (&[], r#","deprecated":true"#, &["deprecated"]),
        (&[SUNSET], deprecated, &["deprecated", "31 December 2050", "https://docs.example.test/v2"]),
        (&[SUNSET], "", &["announces an end for 31 December 2050"]),
        (&["sunset: Wed, 05 Aug 2026 14:30:00 GMT"], "", &["5 August 2026, 14:30 UTC"]),
        (&["X-Api-Key-Warning: Rotate me"], "", &["warns about the key", "“Rotate me”", "new value"]),
        (&["x-api-key-warning: Old value", SUNSET], "", &["“Old value”", "31 December 2050"]),
    ] {
        let told = announced(&announcing(headers, members)).await;
        assert_eq!(told.len(), 1, "{told:?}");
        for part in parts {
            assert!(told[0].contains(part), "{part} is not in {told:?}");
        }
    }
}

#[tokio::test]
async fn a_key_that_ends_and_a_deprecation_are_two_things() {
    let service = announcing(&["x-api-key-warning: Old value", SUNSET], r#","deprecated":true"#);
    let told = announced(&service).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("Old value") && told[0].contains("2050"), "{told:?}");
    assert!(told[1].contains("deprecated") && !told[1].contains("2050"), "the end is the key's: {told:?}");
}

#[tokio::test]
async fn what_is_no_announcement_is_none() {
    for (headers, members) in [
        (&[][..], r#","deprecated":false,"link":"https://docs.example.test""#),
        (&[], r#","link":"https://docs.example.test""#),
        (&[], r#","deprecated":"true""#),
        (&[], r#","deprecated":null"#),
        (&[], r#","deprecated":{"since":[1]}"#),
        (&["Sunset: soon"], ""),
        (&["Sunset: "], ""),
        (&["X-Api-Key-Warning: "], ""),
        (&["content-type: text/html", SUNSET, "x-api-key-warning: x"], r#","deprecated":true"#),
    ] {
        assert_eq!(announced(&announcing(headers, members)).await, Vec::<String>::new(), "{headers:?} {members}");
    }
    let page = Scripted::new(|_| Answer::raw(200, &[SUNSET], "<html>Sign in</html>"));
    assert_eq!(announced(&page).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_refusal_announces_as_well() {
    let body = r#"{"success":false,"error":"No","deprecated":true,"link":"https://docs.example.test/v2"}"#;
    let service = Scripted::new(move |_| Answer::raw(422, &[SUNSET], body));
    let told = announced(&service).await;
    assert!(told.len() == 1 && told[0].contains("2050") && told[0].contains("docs.example.test"), "{told:?}");
}

#[tokio::test]
async fn words_are_cleaned_and_hold_no_key() {
    let hostile = format!(r#","deprecated":true,"link":"https://x.test/\u001b[2J\u202e{FAKE_KEY}""#);
    let headers = [&*format!("x-api-key-warning: {FAKE_KEY} ends\u{202e}{}", "!".repeat(2000))];
    let told = announced(&announcing(&headers, &hostile)).await.concat();
    assert!(!told.contains("fake_not_a_key") && !told.contains(['\u{1b}', '\u{202e}']), "{told}");
    assert!(told.contains("<U+001B>[2J<U+202E>…zzzzzz") && told.len() < 1200, "{told}");
}

#[tokio::test]
async fn clones_share_what_was_told() {
    let service = announcing(&[], r#","deprecated":true"#);
    let client = service.client();
    let other = client.clone().telling_pauses();
    Call::Projects.on(&other).await.unwrap();
    assert_eq!(client.take_announcements(), [Announcement::Deprecated { end: None, link: None }]);
    Call::Projects.on(&client).await.unwrap();
    assert_eq!(other.take_announcements(), []);
}

#[tokio::test]
async fn the_embedded_service_announces_on_demand() {
    let fault = "deprecated,sunset=2050-12-31,times=always".parse().unwrap();
    let service = Service::start(&Options { faults: vec![fault], ..Options::default() }).unwrap();
    let client = client_at(service.base_url(), patient());
    // Its answers to a key that it does not know carry it, too.
    for _ in 0..3 {
        let _ = client.projects().await;
    }
    let end = "2050-12-31T00:00:00Z".parse().ok();
    assert_eq!(client.take_announcements(), [Announcement::Deprecated { end, link: None }]);
}
