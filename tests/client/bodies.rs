//! Answers that are too long, too short, not JSON, or not what was asked for.

use confident_keys::api::error::{Certainty, ErrorKind};
use confident_keys::api::model::{LastUsed, Lifetime, Scope};
use confident_keys::secret::Secret;
use serde_json::{Value, json};

use crate::scripted::{Answer, Scripted, ok, refused, wire_key};
use crate::support::{CANARY, Call, patient, refusal, unreadable};

fn answering(answer: Answer) -> Scripted {
    Scripted::new(move |_| answer.clone())
}

/// A 200 of JSON, whatever its body is.
fn body(body: impl AsRef<[u8]>) -> Scripted {
    answering(Answer::raw(200, &["content-type: application/json"], body))
}

#[tokio::test]
async fn a_body_over_the_cap_is_refused_however_it_comes() {
    let limit = patient().body;
    let announced = Answer::raw(200, &["content-length: 18446744073709551613"], "");
    let sized = Answer::raw(200, &[&format!("content-length: {}", limit + 1)], vec![b' '; limit + 1]);
    let endless = Answer::Drip(
        [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; limit + 1]].concat(),
        std::time::Duration::from_millis(5),
    );
    let mut chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_vec();
    for _ in 0..=limit / 1000 {
        chunks.extend_from_slice(b"3e8\r\n");
        chunks.extend_from_slice(&[b' '; 1000]);
        chunks.extend_from_slice(b"\r\n");
    }
    let one_chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffff\r\n".to_vec();
    let one_chunk = [one_chunk, vec![b' '; limit + 1]].concat();
    for answer in [announced, sized, endless, Answer::Raw(chunks), Answer::Raw(one_chunk)] {
        let service = answering(answer);
        for call in [Call::List, Call::Create, Call::Delete] {
            let error = call.fails_on(&service.client()).await;
            assert_eq!(error.kind, ErrorKind::TooLarge(limit), "{call:?}");
            assert_eq!(error.certainty(), Certainty::Unknown);
        }
        assert_eq!(service.calls().len(), 3, "not tried again");
    }
    // A service in trouble is told as that.
    let service = answering(Answer::raw(403, &[&format!("content-length: {}", limit + 1)], vec![b'<'; limit + 1]));
    assert_eq!(Call::List.fails_on(&service.client()).await.status(), Some(403));
}

#[tokio::test]
async fn a_body_just_at_the_cap_is_read() {
    let mut text = json!({ "data": { "projects": [] } }).to_string().into_bytes();
    text.resize(patient().body, b' ');
    for header in [format!("content-length: {}", text.len()), "x-unsized: 1".to_owned()] {
        let service = answering(Answer::raw(200, &[&header], &text));
        assert_eq!(Call::Projects.on(&service.client()).await, Ok(()));
    }
}

#[tokio::test]
async fn a_cut_body_is_a_broken_connection() {
    let whole = json!({ "data": { "projects": [], "apiKey": { "value": CANARY } } }).to_string();
    for header in [format!("content-length: {}", whole.len() + 1), "transfer-encoding: chunked".to_owned()] {
        let sent = if header.starts_with('t') { format!("{:x}\r\n{whole}", whole.len() + 9) } else { whole.clone() };
        let service = answering(Answer::raw(200, &[&header], sent));
        for call in Call::ALL {
            let error = call.fails_on(&service.client()).await;
            assert!(matches!(error.kind, ErrorKind::Broken(_)), "{error:?}");
            assert_eq!(error.certainty(), Certainty::Unknown);
        }
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_without_its_content() {
    let page = format!("\n <!DOCTYPE html><title>{CANARY}</title>");
    let deep = format!(r#"{{"data":{{"id":{}"{CANARY}"{}}}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    for (bytes, expected) in [
        (page.into_bytes(), "web page"),
        (Vec::new(), "it is empty"),
        (b" \r\n\t".to_vec(), "it is empty"),
        (format!(r#"{{"data":{{"id":"{CANARY}""#).into_bytes(), "it ends in the middle"),
        (CANARY.as_bytes().to_vec(), "it is not JSON (line 1, column "),
        (format!(r#"{{"data":{{"id":"{CANARY}","#).into_bytes().into_iter().chain([0xff, 0xfe]).collect(), "not JSON"),
        (format!("{{\"data\":\"{CANARY}\\ud800\"}}").into_bytes(), "not JSON"),
        (format!("{{\"data\":\"{CANARY}\0\"}}").into_bytes(), "not JSON"),
        (format!("\0{CANARY}").into_bytes(), "not JSON"),
        (vec![0x1f, 0x8b, 8, 0], "not JSON"),
        (format!("\u{feff}{{\"data\":\"{CANARY}\"}}").into_bytes(), "not JSON"),
        (deep.into_bytes(), "not JSON"),
        (br#"{"data":{"id":1e999}}"#.to_vec(), "not JSON"),
    ] {
        let service = body(&bytes);
        // A deletion takes any `data`, so it meets every one of these.
        let error = Call::Delete.fails_on(&service.client()).await;
        assert_eq!(error.certainty(), Certainty::Unknown);
        let reason = unreadable(error);
        assert!(reason.contains(expected), "{reason} for {:?}", String::from_utf8_lossy(&bytes));
    }
    // In a field that nobody reads, depth is harmless.
    let deep = format!(r#"{{"new":{}{},"data":{{"projects":[]}}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(Call::Projects.on(&body(deep).client()).await, Ok(()));
}

#[tokio::test]
async fn a_portals_page_is_known_at_any_status() {
    let page = format!("<html>{CANARY}</html>");
    let service = answering(Answer::raw(200, &["content-type: text/html; charset=utf-8"], &page));
    let error = Call::Organization.fails_on(&service.client()).await;
    assert!(error.to_string().contains("web page") && error.to_string().contains("CONFIDENT_BASE_URL"), "{error}");
    assert!(error.to_string().contains("Something between here and the service answered"), "{error}");
    for status in [401, 404, 502, 511] {
        let service = answering(Answer::raw(status, &["content-type: TEXT/HTML"], &page));
        let error = Call::Organization.fails_on(&service.client()).await;
        assert!(error.to_string().contains("web page") && error.to_string().contains("sign-in page"), "{error}");
        assert_eq!(error.to_string().starts_with("Something before the service refused"), status < 500, "{error}");
        let refusal = refusal(error);
        assert_eq!((refusal.status, refusal.is_page, refusal.message), (status, true, None));
    }
}

#[tokio::test]
async fn wrong_kinds_are_told_by_their_path_alone() {
    let key = |field: &str, value: Value| {
        let mut key = wire_key(7, "CI", true);
        key[field] = value;
        json!({ "success": true, "data": { "apiKeys": [wire_key(6, CANARY, true), key] } })
    };
    let data = |data: Value| json!({ "success": true, "data": data });
    for (answer, path) in [
        (json!(CANARY), "the envelope"),
        (json!(17), "the envelope"),
        (json!({}), "the envelope"),
        (json!({ "success": true, CANARY: 1 }), "the envelope"),
        (json!({ "success": CANARY, "data": { "apiKeys": [] } }), "`success`"),
        (data(json!(CANARY)), "`data`"),
        (data(json!(null)), "`data`"),
        (data(json!({ CANARY: [] })), "`data`"),
        (data(json!({ "apiKeys": CANARY })), "`data.apiKeys`"),
        (data(json!({ "apiKeys": [CANARY] })), "`data.apiKeys[0]`"),
        (key("id", json!(CANARY)), "`data.apiKeys[1].id`"),
        (key("id", json!(7.5)), "`data.apiKeys[1].id`"),
        (key("id", json!(u64::MAX)), "`data.apiKeys[1].id`"),
        (key("valid", json!(CANARY)), "`data.apiKeys[1].valid`"),
        (key("valid", json!(null)), "`data.apiKeys[1].valid`"),
        (key("value", json!({ CANARY: CANARY })), "`data.apiKeys[1].value`"),
        (key("value", json!(null)), "`data.apiKeys[1].value`"),
        (key("name", json!([CANARY])), "`data.apiKeys[1].name`"),
    ] {
        let service = answering(Answer::Json(200, answer.clone()));
        let reason = unreadable(Call::List.fails_on(&service.client()).await);
        assert!(reason.contains(path), "{reason} for {answer}");
    }
    for (text, path) in [
        (r#"{"data":{"apiKeys":[{"id":1,"id":2,"valid":true,"value":"x"}]}}"#, "`data.apiKeys[0]"),
        (r#"{"data":{"apiKeys":[{"id":99999999999999999999999999}]}}"#, "`data.apiKeys[0].id`"),
        (r#"{"data":{"apiKeys":[]},"data":{"apiKeys":[]}}"#, "envelope"),
        (r#"{"success":true,"success":false,"data":{"apiKeys":[]}}"#, "envelope"),
    ] {
        let reason = unreadable(Call::List.fails_on(&body(text).client()).await);
        assert!(reason.contains(path), "{reason} for {text}");
    }
}

#[tokio::test]
async fn a_success_that_says_it_failed_is_a_failure() {
    for answer in [
        json!({ "success": false, "error": "Not today", "link": "https://status.example.test/\u{202e}" }),
        json!({ "success": false, "error": "Not today", "data": { "apiKeys": [], "apiKey": wire_key(7, "CI", true) } }),
        json!({ "success": false, "message": "Not today", "error": null, "deprecated": CANARY }),
    ] {
        let service = answering(Answer::Json(200, answer));
        for call in [Call::List, Call::Create, Call::SetValid, Call::Delete] {
            let error = call.fails_on(&service.client()).await;
            assert_eq!(error.certainty(), Certainty::Unknown);
            let refusal = refusal(error);
            assert_eq!((refusal.status, refusal.message.unwrap().as_str()), (200, "Not today"));
            assert!(refusal.link.is_none_or(|link| link.as_str() == "https://status.example.test/<U+202E>"));
        }
    }
}

#[tokio::test]
async fn messages_are_cleaned_and_cut() {
    let long = "あ".repeat(10_000);
    for (message, expected) in [
        (
            "Name\u{1b}]0;x\u{7} \u{202e}taken\0".to_owned(),
            Some("Name<U+001B>]0;x<U+0007> <U+202E>taken<U+0000>".to_owned()),
        ),
        ("  spaced\n".to_owned(), Some("spaced".to_owned())),
        (long, Some(format!("{}…", "あ".repeat(500)))),
        ("x".repeat(500), Some("x".repeat(500))),
        (" \u{a0}\n".to_owned(), None),
    ] {
        let service = answering(refused(422, &message));
        let error = Call::Create.fails_on(&service.client()).await;
        assert!(!error.to_string().contains(|c: char| c.is_control()), "{error}");
        assert_eq!(refusal(error).message.map(|message| message.to_string()), expected);
    }
    for odd in
        [json!({ "error": { "code": CANARY } }), json!({ "error": 5 }), json!([CANARY]), json!(CANARY), json!({})]
    {
        let service = answering(Answer::Json(409, odd));
        let refusal = refusal(Call::Create.fails_on(&service.client()).await);
        assert_eq!((refusal.status, refusal.message, refusal.link), (409, None, None));
    }
}

#[tokio::test]
async fn a_list_is_not_lost_for_what_can_be_left_out() {
    let time = "2024-12-04T23:00:00.000Z";
    let service = answering(ok(json!({
        "apiKeys": [
            { "id": 1, "valid": true, "value": "confident_org_fake_not_a_key_a1b2c3", "created_at": "yesterday", "lastUsed": "soon" },
            { "id": 2, "valid": true, "value": "", "name": null, "created_at": null, "lastUsed": null, "expiresAt": 5 },
            { "id": 3, "valid": false, "value": "***\u{1b}[2J", "name": "\u{202e}x", "created_at": time, "lastUsed": time, "new": { "a": [1] } },
            { "id": -4, "valid": true, "value": "***************d4e5f6", "created_at": "9999-99-99T99:99:99Z", "shadowValue": null },
        ],
        "more": 1e300,
    })));
    let client = service.client();
    let keys = client.keys(&Scope::Organization).list().await.unwrap();
    assert_eq!(keys.iter().map(|key| key.id.0).collect::<Vec<_>>(), [1, 2, 3, -4]);
    let shown = format!("{keys:?}");
    assert!(!shown.contains("fake_not_a_key") && keys[0].value.as_str() == "***************a1b2c3", "{shown}");
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    let last_used: Vec<_> = keys.iter().map(|key| key.last_used).collect();
    let then = LastUsed::At(time.parse().unwrap());
    assert_eq!(last_used, [LastUsed::Unknown, LastUsed::Never, then, LastUsed::Unknown]);
    assert_eq!(keys.iter().filter(|key| key.created_at.is_some()).count(), 1);
}

#[tokio::test]
async fn a_new_key_without_a_whole_value_has_no_secret() {
    for (value, expected) in [
        (json!("fake_not_a_key_d4e5f6"), Some("fake_not_a_key_d4e5f6")),
        (json!("***************d4e5f6"), None),
        (json!(""), None),
        (json!(null), None),
    ] {
        let mut key = wire_key(8, "CI", true);
        key["value"] = value.clone();
        let service = answering(ok(json!({ "apiKey": key })));
        let client = service.client();
        let created = client.keys(&Scope::Organization).create("CI", Lifetime::Unlimited).await.unwrap();
        assert_eq!((created.key.id.0, created.secret.as_ref().map(Secret::expose)), (8, expected), "{value}");
        assert!(!format!("{created:?}").contains("fake_not_a_key"));
    }
    let service = answering(ok(json!({ "apiKey": { "id": 8, "valid": true } })));
    let created = service.client().keys(&Scope::Organization).create("CI", Lifetime::Unlimited).await.unwrap();
    assert_eq!((created.key.id.0, created.secret), (8, None), "its id is enough to take it back");
}
