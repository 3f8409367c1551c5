//! Arbitrary bytes in place of an answer: an error or a value, never a panic, never the key.

use std::sync::{Arc, Mutex};

use confident_keys::api::Limits;
use confident_keys::api::error::Certainty;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::scripted::{Answer, Scripted};
use crate::support::{Call, client_at, hasty, shows_no_secret};

/// Bytes that look more or less like HTTP.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let status =
        prop_oneof![Just("200".to_owned()), (100..=599u16).prop_map(|status| status.to_string()), "[0-9a-z]{0,4}"];
    let header = prop_oneof![
        "content-length: [0-9]{1,21}",
        Just("transfer-encoding: chunked".to_owned()),
        "(location|retry-after|content-type|link): [ -~\u{80}-\u{ff}]{0,30}",
        "[ -~]{0,30}",
    ];
    let body = prop_oneof![
        vec(any::<u8>(), 0..60),
        r#"\{"(success|data|error)":[\[\]{}0-9",:a-z]{0,30}\}?"#.prop_map(String::into_bytes),
        "[0-9a-f]{1,16}\r\n[ -~]{0,20}\r\n".prop_map(String::into_bytes),
    ];
    let framed = (status, vec(header, 0..4), body).prop_map(|(status, headers, body)| {
        let head = format!("HTTP/1.1 {status} X\r\n{}\r\n\r\n", headers.join("\r\n"));
        [head.into_bytes(), body].concat()
    });
    prop_oneof![4 => framed, 1 => vec(any::<u8>(), 0..200)]
}

#[test]
fn no_bytes_are_too_much() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let served = Arc::clone(&bytes);
    let service = Scripted::new(move |_| Answer::Raw(served.lock().unwrap().clone()));
    // An informational status leaves the client waiting for the real one, until the connection ends.
    let limits = Limits { backoff: std::time::Duration::from_micros(1), ..hasty() };
    let client = client_at(&service.base_url, limits);
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&soup(), |soup| {
        *bytes.lock().unwrap() = soup;
        let sent = service.calls().len();
        for call in Call::ALL {
            if let Err(error) = runtime.block_on(call.on(&client)) {
                shows_no_secret(&error);
                let shown = error.to_string();
                assert!(!shown.contains(|c: char| c.is_control()), "{shown:?}");
                let refused = error.status().is_some_and(|status| (400..500).contains(&status) && status != 408);
                assert_eq!(error.certainty() == Certainty::NotDone, refused, "{error:?}");
            }
        }
        let posts = service.calls()[sent..].iter().filter(|call| call.starts_with("POST")).count();
        assert_eq!(posts, 1);
        Ok(())
    });
    outcome.unwrap();
}
