//! What is sent again, how often, and what is said in the end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use confident_keys::api::Limits;
use confident_keys::api::error::{Certainty, ConnectFailure, ErrorKind};
use serde_json::json;

use crate::scripted::{Answer, Scripted, ok, refused, wire_key};
use crate::support::{Call, client_at, patient, refusal, unreadable};

/// A service that gives these answers in turn, and the last one from then on.
fn in_turn(answers: impl Into<Vec<Answer>>) -> Scripted {
    let (answers, next) = (answers.into(), AtomicUsize::new(0));
    Scripted::new(move |_| answers[next.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)].clone())
}

/// The first pause, where pauses are measured.
const GROWING: Duration = Duration::from_millis(20);

/// The pauses of `call` in all, each halved at the most: 20, 40 and 80 ms.
fn least_pauses(call: Call) -> Duration {
    let doubled = (1 << (call.attempts() - 1)) - 1;
    GROWING / 2 * doubled
}

/// What a lost connection looks like, and a service in trouble.
fn passing() -> Vec<Answer> {
    let mut answers = vec![
        Answer::Nothing,
        Answer::Reset,
        Answer::Raw(b"not HTTP at all\r\n\r\n".to_vec()),
        Answer::raw(200, &["content-length: 100"], r#"{"success":true,"#),
        Answer::raw(200, &["transfer-encoding: chunked"], "5\r\n{\"suc"),
    ];
    answers.extend([408, 429, 500, 502, 503, 504].map(|status| refused(status, "in a moment")));
    answers
}

fn success() -> Answer {
    ok(json!({
        "organization": { "id": "o", "name": "Acme" }, "projects": [], "apiKeys": [], "apiKey": wire_key(7, "CI", false),
    }))
}

#[tokio::test]
async fn a_passing_failure_is_tried_again_and_then_told() {
    for failure in passing() {
        let service = in_turn([failure.clone()]);
        let client = service.client();
        for call in Call::ALL {
            let before = service.calls().len();
            call.fails_on(&client).await;
            assert_eq!(service.calls().len() - before, call.attempts(), "{call:?} after {failure:?}");
        }
    }
}

#[tokio::test]
async fn what_succeeds_at_the_next_attempt_has_succeeded() {
    for failure in passing() {
        for call in Call::ALL {
            let service = in_turn([failure.clone(), success()]);
            let result = call.on(&service.client()).await;
            assert_eq!(result.is_ok(), call != Call::Create, "{call:?} after {failure:?}: {result:?}");
        }
    }
    let service = in_turn([Answer::Reset, refused(503, "No"), Answer::Nothing, success()]);
    assert_eq!(Call::List.on(&service.client()).await, Ok(()));
}

#[tokio::test]
async fn the_last_error_of_a_read_is_told() {
    let service = in_turn([Answer::Reset, Answer::Nothing, refused(500, "first"), refused(503, "maintenance")]);
    let error = refusal(Call::List.fails_on(&service.client()).await);
    assert_eq!((error.status, error.message.unwrap().as_str()), (503, "maintenance"));
    let service = in_turn([refused(503, "No"), refused(404, "Gone")]);
    assert!(Call::Get.fails_on(&service.client()).await.is_not_found());
    assert_eq!(service.calls().len(), 2, "a refusal ends it");
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again() {
    let answers = [400, 401, 402, 403, 404, 409, 410, 418, 422, 451, 501, 505].map(|status| refused(status, "No"));
    let unread = [Answer::Json(200, json!({})), Answer::raw(200, &["content-length: 9999999"], "")];
    for answer in answers.into_iter().chain(unread) {
        let service = in_turn([answer.clone()]);
        let client = service.client();
        for call in Call::ALL {
            let error = call.fails_on(&client).await;
            let refused = matches!(error.status(), Some(400..=499));
            assert_eq!(error.certainty() == Certainty::NotDone, refused, "{error:?}");
        }
        assert_eq!(service.calls().len(), Call::ALL.len(), "{answer:?}");
    }
}

#[tokio::test]
async fn a_lost_creation_is_unknown_and_was_sent_once() {
    for failure in passing() {
        let service = in_turn([failure.clone(), success()]);
        let error = Call::Create.fails_on(&service.client()).await;
        let expected = if error.status() == Some(429) { Certainty::NotDone } else { Certainty::Unknown };
        assert_eq!(error.certainty(), expected, "{failure:?}");
        assert_eq!(service.calls(), ["POST /v1/organization/api-keys"]);
    }
}

#[tokio::test]
async fn a_deletion_that_finds_nothing_at_its_repeat_was_done_by_the_first_attempt() {
    for lost in [Answer::Nothing, Answer::Reset, refused(502, "Bad gateway")] {
        let service = in_turn([lost, refused(404, "API key not found.")]);
        assert_eq!(Call::Delete.on(&service.client()).await, Ok(()));
        assert_eq!(service.calls().len(), 2);
    }
    let service = in_turn([refused(404, "API key not found.")]);
    assert!(Call::Delete.fails_on(&service.client()).await.is_not_found());
    assert_eq!(service.calls().len(), 1);
    // The first attempt was refused for certain: somebody else was faster.
    let service = in_turn([refused(429, "Slow down"), refused(404, "API key not found.")]);
    assert!(Call::Delete.fails_on(&service.client()).await.is_not_found());
}

#[tokio::test]
async fn a_repeat_that_is_refused_leaves_a_lost_write_unknown() {
    for (call, status) in [(Call::Delete, 401), (Call::Delete, 429), (Call::SetValid, 403), (Call::SetValid, 409)] {
        let service = in_turn([Answer::Reset, refused(status, "No")]);
        let error = call.fails_on(&service.client()).await;
        assert_eq!(error.certainty(), Certainty::Unknown, "{error:?}");
        assert!(matches!(error.kind, ErrorKind::Broken(_)), "{error:?}");
        // Where the first attempt did nothing for certain, the second one speaks.
        let service = in_turn([refused(429, "Slow down"), refused(status, "No")]);
        let error = call.fails_on(&service.client()).await;
        assert_eq!((error.certainty(), error.status()), (Certainty::NotDone, Some(status)));
    }
    let service = in_turn([Answer::Reset, refused(404, "Gone")]);
    assert!(Call::SetValid.fails_on(&service.client()).await.is_not_found());
}

#[tokio::test]
async fn a_service_that_is_gone_refuses_and_nothing_was_sent() {
    // Port 1 is nobody's: a port that was free a moment ago may be another test's by now.
    let client = client_at("http://127.0.0.1:1", Limits { backoff: GROWING, ..patient() });
    for call in Call::ALL {
        let begun = Instant::now();
        let error = call.fails_on(&client).await;
        assert_eq!(error.kind, ErrorKind::Connect(ConnectFailure::Refused));
        assert_eq!(error.certainty(), Certainty::NotDone);
        assert!(error.to_string().contains("refused the connection"));
        assert!(begun.elapsed() >= least_pauses(call), "{call:?} took {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_pause_that_the_service_asks_for_is_kept() {
    let header = |value: &str| Answer::raw(429, &[&format!("retry-after: {value}"), "content-length: 0"], "");
    let begun = Instant::now();
    let service = in_turn([header("1"), success()]);
    assert_eq!(Call::List.on(&service.client()).await, Ok(()));
    assert!(begun.elapsed() >= Duration::from_secs(1));

    let begun = Instant::now();
    let now = jiff::Timestamp::try_from(SystemTime::now()).unwrap();
    let soon = (now + jiff::SignedDuration::from_secs(2)).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let service = in_turn([header(&soon), success()]);
    assert_eq!(Call::SetValid.on(&service.client()).await, Ok(()));
    assert!(begun.elapsed() >= Duration::from_millis(900), "a date counts in whole seconds");
}

#[tokio::test]
async fn a_pause_beyond_the_budget_ends_the_call_at_once() {
    for (value, asked) in [
        ("3600", Some(3600)),
        ("11", Some(11)),
        ("99999999999999999999999", Some(3600)),
        ("Thu, 31 Dec 9998 23:59:59 GMT", Some(3600)),
        ("soon", None),
        ("-1", None),
        ("", None),
    ] {
        let header = format!("retry-after: {value}");
        let service = Scripted::new(move |_| Answer::raw(503, &[&header, "content-length: 0"], ""));
        for call in Call::ALL {
            let before = service.calls().len();
            let error = refusal(call.fails_on(&service.client()).await);
            assert_eq!(error.retry_after, asked.map(Duration::from_secs), "{value:?}");
            let attempts = if asked.is_some() { 1 } else { call.attempts() };
            assert_eq!(service.calls().len() - before, attempts, "{call:?} {value:?}");
        }
    }
}

#[tokio::test]
async fn pauses_grow_and_stay_within_the_budget() {
    let service = in_turn([refused(500, "No")]);
    let limits = Limits { backoff: GROWING, ..patient() };
    let begun = Instant::now();
    Call::List.fails_on(&client_at(&service.base_url, limits.clone())).await;
    assert!(begun.elapsed() >= least_pauses(Call::List), "{:?}", begun.elapsed());
    let service = in_turn([refused(500, "No")]);
    let limits = Limits { backoff: Duration::from_secs(60), ..limits };
    Call::List.fails_on(&client_at(&service.base_url, limits)).await;
    assert_eq!(service.calls().len(), 1, "a pause that does not fit is not begun");
}

#[tokio::test]
async fn a_refusal_whose_words_are_lost_is_one_all_the_same() {
    for cut in [&["content-length: 100"][..], &["transfer-encoding: chunked"], &["content-length: 99999999"]] {
        let service = in_turn([Answer::raw(422, cut, r#"{"success":false,"#)]);
        for call in Call::ALL {
            let error = call.fails_on(&service.client()).await;
            assert_eq!((error.status(), error.certainty()), (Some(422), Certainty::NotDone), "{error:?}");
        }
    }
    let service = in_turn([Answer::raw(200, &[], "{")]);
    assert_eq!(unreadable(Call::List.fails_on(&service.client()).await), "it ends in the middle");
}

#[tokio::test]
async fn whoever_counts_a_pause_down_is_told_of_it_at_once() {
    for (status, pause) in [(429, 20), (503, 20), (429, 0), (429, 90)] {
        let header = format!("retry-after: {pause}");
        let service = Scripted::new(move |_| Answer::raw(status, &[&header, "content-length: 0"], ""));
        let client = service.client().telling_pauses();
        for call in Call::ALL {
            let (begun, before) = (Instant::now(), service.calls().len());
            let error = call.fails_on(&client).await;
            assert_eq!(error.retry_after(), Some(Duration::from_secs(pause)));
            assert_eq!(service.calls().len() - before, 1, "{call:?}");
            assert!(begun.elapsed() < Duration::from_secs(10), "it waited");
        }
    }
    // Without a pause, a passing failure is tried again as ever.
    let service = in_turn([refused(429, "Slow down"), success()]);
    assert_eq!(Call::List.on(&service.client().telling_pauses()).await, Ok(()));
}

#[tokio::test]
async fn the_pause_that_the_service_asks_for_is_told_in_words() {
    let answer =
        Answer::raw(429, &["retry-after: 42", "content-type: application/json"], r#"{"error":"Slow\u001b down"}"#);
    let service = Scripted::new(move |_| answer.clone());
    let error = Call::List.fails_on(&service.client()).await;
    let words =
        "Too many requests (429): Slow<U+001B> down. Wait a moment, then try again. The service asks to wait 42 s.";
    assert_eq!(error.to_string(), words);
    assert_eq!(error.before_sending().retry_after(), Some(Duration::from_secs(42)));
}

#[tokio::test]
async fn maintenance_is_told_where_the_service_itself_says_so() {
    let service = Scripted::new(|_| refused(503, "Back at 15:00"));
    let words = Call::Projects.fails_on(&service.client()).await.to_string();
    assert!(
        words.starts_with("The service is in maintenance (503): Back at 15:00. Maintenance changes no keys."),
        "{words}"
    );
    let service = Scripted::new(|_| Answer::raw(503, &["content-type: text/html"], "<html>Unavailable</html>"));
    let words = Call::Projects.fails_on(&service.client()).await.to_string();
    assert!(words.starts_with("The service is not available (503 from ") && words.contains("web page"), "{words}");
    assert!(!words.contains("no keys"), "{words}");
}
