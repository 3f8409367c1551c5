//! Which calls share a connection, and for how long.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use confident_keys::api::Limits;
use serde_json::json;

use crate::scripted::{Answer, Scripted, wire_key};
use crate::support::{Call, client_at, patient};

/// A service that closes no connection.
fn keeping() -> Scripted {
    Scripted::new(|request| match request.call.split_once(' ').unwrap().0 {
        "POST" => Answer::Kept(200, json!({ "success": true, "data": { "apiKey": wire_key(8, "CI", true) } })),
        _ => no_keys(),
    })
}

/// The same, which answers when so many calls are under way.
fn together(count: usize) -> Scripted {
    let all_are_there = Barrier::new(count);
    Scripted::new(move |_| {
        all_are_there.wait();
        no_keys()
    })
}

fn no_keys() -> Answer {
    Answer::Kept(200, json!({ "success": true, "data": { "apiKeys": [] } }))
}

/// The connections of all calls so far, in the order in which they came.
fn connections(service: &Scripted) -> Vec<usize> {
    service.received().iter().map(|request| request.connection).collect()
}

#[tokio::test]
async fn a_post_never_rides_on_a_kept_connection() {
    let service = keeping();
    let client = service.client();
    for call in [Call::List, Call::List, Call::Create, Call::Create, Call::List] {
        call.on(&client).await.unwrap();
    }
    assert_eq!(connections(&service), [0, 0, 1, 2, 0]);
}

#[tokio::test]
async fn a_connection_serves_further_calls_until_it_is_too_old() {
    let service = keeping();
    let kept = Duration::from_millis(50);
    let begun = Instant::now();
    let client = client_at(&service.base_url, Limits { kept, ..patient() });
    let made = Instant::now();
    loop {
        let was_old = made.elapsed() >= kept;
        Call::List.on(&client).await.unwrap();
        let last = *connections(&service).last().unwrap();
        if begun.elapsed() < kept {
            assert_eq!(last, 0, "it was left too early");
        }
        if was_old {
            assert_ne!(last, 0, "it was used for too long");
            break;
        }
    }
}

#[tokio::test]
async fn without_time_to_be_kept_each_call_has_a_connection_of_its_own() {
    let service = keeping();
    let client = client_at(&service.base_url, Limits { kept: Duration::ZERO, ..patient() });
    for call in [Call::List, Call::SetValid, Call::Delete, Call::List] {
        // What the answer says of the call is no matter here.
        let _ = call.on(&client).await;
    }
    assert_eq!(connections(&service), [0, 1, 2, 3]);
}

#[tokio::test]
async fn a_call_under_way_is_answered_though_its_connection_is_left_meanwhile() {
    let service = together(2);
    let client = client_at(&service.base_url, Limits { kept: Duration::ZERO, ..patient() });
    let (one, other) = tokio::join!(Call::List.on(&client), Call::List.on(&client));
    assert_eq!((one.is_ok(), other.is_ok()), (true, true), "{one:?} {other:?}");
}

#[tokio::test]
async fn calls_side_by_side_leave_all_their_connections_to_the_next_ones() {
    let service = together(4);
    let client = service.client();
    for _ in 0..3 {
        let calls = [0; 4].map(|_| Call::List.on(&client));
        let [a, b, c, d] = calls;
        let all = tokio::join!(a, b, c, d);
        assert!(matches!(all, (Ok(()), Ok(()), Ok(()), Ok(()))), "{all:?}");
    }
    let used: BTreeSet<usize> = connections(&service).into_iter().collect();
    assert_eq!(used.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
}
