//! Services that take their time.

use std::time::{Duration, Instant};

use confident_keys::api::Limits;
use confident_keys::api::error::{Certainty, ErrorKind};

use crate::scripted::{Answer, Scripted};
use crate::support::{BUDGET, Call, client_at, hasty, patient};

/// How much longer than asked a busy machine may take to notice.
const SLACK: Duration = Duration::from_secs(3);

const STEP: Duration = Duration::from_millis(20);

/// All calls at once: each waits its time out.
async fn all_fail(base: &str, limits: &Limits) -> Vec<(Call, ErrorKind, Certainty)> {
    let begun = Instant::now();
    let calls: Vec<_> = Call::ALL
        .into_iter()
        .map(|call| {
            let client = client_at(base, limits.clone());
            (call, tokio::spawn(async move { call.fails_on(&client).await }))
        })
        .collect();
    let mut failures = Vec::new();
    for (call, failure) in calls {
        let error = failure.await.unwrap();
        failures.push((call, error.kind.clone(), error.certainty()));
    }
    assert!(begun.elapsed() >= BUDGET && begun.elapsed() < 3 * BUDGET + SLACK, "{:?}", begun.elapsed());
    failures
}

#[tokio::test]
async fn a_slow_answer_ends_with_its_time() {
    let silent = Answer::Silence;
    let head = Answer::Drip(b"HTTP/1.1 200 OK\r\nx-slow:".to_vec(), STEP);
    let sized = Answer::Drip(b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n{\"data\":".to_vec(), STEP);
    let unsized_body = Answer::Drip(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), STEP);
    for answer in [silent, head, sized, unsized_body] {
        let told = answer.clone();
        let service = Scripted::new(move |_| told.clone());
        for (call, kind, certainty) in all_fail(&service.base_url, &hasty()).await {
            assert_eq!(kind, ErrorKind::Timeout { after: BUDGET, sent: true }, "{call:?} {answer:?}");
            assert_eq!(certainty, Certainty::Unknown);
        }
        let posts = service.calls().iter().filter(|call| call.starts_with("POST")).count();
        assert_eq!(posts, 1);
        let deletions = service.calls().iter().filter(|call| call.starts_with("DELETE")).count();
        assert_eq!(deletions, 2);
    }
}

#[tokio::test]
async fn a_refusal_with_slow_words_is_a_refusal() {
    let head = b"HTTP/1.1 403 X\r\ncontent-length: 60000\r\n\r\n{\"error\":".to_vec();
    let service = Scripted::new(move |_| Answer::Drip(head.clone(), STEP));
    for (call, kind, certainty) in all_fail(&service.base_url, &hasty()).await {
        assert!(matches!(&kind, ErrorKind::Status(refusal) if refusal.status == 403), "{call:?} {kind:?}");
        assert_eq!(certainty, Certainty::NotDone);
    }
}

#[tokio::test]
async fn the_budget_of_a_read_spans_its_attempts() {
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let service = Scripted::new(move |_| match attempts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Answer::Reset,
        _ => Answer::Silence,
    });
    let begun = Instant::now();
    let error = Call::List.fails_on(&service.hasty_client()).await;
    assert_eq!(error.kind, ErrorKind::Timeout { after: BUDGET, sent: true });
    assert!(begun.elapsed() >= BUDGET && begun.elapsed() < BUDGET + SLACK);
    assert_eq!(service.calls().len(), 2);
}

#[tokio::test]
async fn reads_that_share_a_budget_end_at_its_deadline_and_name_the_whole_of_it() {
    let service = Scripted::new(|_| Answer::Silence);
    for left in [Duration::ZERO, Duration::from_millis(30)] {
        let begun = Instant::now();
        let client = service.client().until(begun + left);
        // One after the other: the second has nothing left.
        for call in [Call::List, Call::Organization] {
            let error = call.fails_on(&client).await;
            assert_eq!(error.kind, ErrorKind::Timeout { after: patient().read_budget, sent: true });
            assert!(error.summary().ends_with("did not answer within 10 s"), "{error}");
        }
        assert!(begun.elapsed() < left + SLACK);
    }
    assert!(service.calls().len() <= 1, "{:?}", service.calls());
}

/// A handshake that is never answered counts as connecting, so nothing was sent.
#[tokio::test]
async fn a_connection_that_does_not_come_about_was_not_used() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let connect = Duration::from_millis(50);
    let limits = Limits { connect, ..patient() };
    let client = client_at(&format!("https://{}", listener.local_addr().unwrap()), limits);
    for call in [Call::Create, Call::Delete] {
        let error = call.fails_on(&client).await;
        assert_eq!(error.kind, ErrorKind::Timeout { after: connect, sent: false }, "{call:?}");
        assert_eq!(error.certainty(), Certainty::NotDone);
        assert!(error.to_string().contains("No connection"));
    }
}

#[tokio::test]
async fn a_read_that_never_had_a_connection_says_so_though_its_last_attempt_had_less_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let limits = Limits { connect: BUDGET * 2 / 3, ..hasty() };
    let client = client_at(&format!("https://{}", listener.local_addr().unwrap()), limits);
    let error = Call::List.fails_on(&client).await;
    assert_eq!(error.kind, ErrorKind::Timeout { after: BUDGET, sent: false });
    assert!(error.to_string().contains("No connection") && error.advice().contains("HTTPS_PROXY"), "{error}");
}

/// A queue of connections that is full: not even TCP's handshake is answered.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_listener_that_never_accepts_is_a_timeout_before_sending() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(waiting) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        queue.push(waiting);
        assert!(queue.len() < 10_000, "the queue has no end here");
    }
    let connect = Duration::from_millis(50);
    let client = client_at(&format!("http://{address}"), Limits { connect, ..patient() });
    let error = Call::Create.fails_on(&client).await;
    assert_eq!(error.kind, ErrorKind::Timeout { after: connect, sent: false });
    assert_eq!(error.certainty(), Certainty::NotDone);
}
