//! Proxies, certificates, and what the key's way to the service passes through.

use std::process::Stdio;

use confident_keys::api::error::{Certainty, ErrorKind};
use confident_keys::demo::{Options, Service};

use crate::program::{FAKE_KEY, command};
use crate::scripted::{Answer, Scripted};
use crate::support::{Call, client_at, patient};

const PROXIES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

#[test]
fn loopback_is_asked_without_a_proxy() {
    let proxy = Scripted::new(|_| Answer::Nothing);
    let service = Service::start(&Options::default()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut whoami = command(&home);
    whoami.arg("whoami").env("CONFIDENT_BASE_URL", service.base_url());
    whoami.env("CONFIDENT_ORG_API_KEY", service.organization_key().expose());
    whoami.envs(PROXIES.map(|name| (name, &proxy.base_url)));
    let output = whoami.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(proxy.calls(), [""; 0]);
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_sees_no_key() {
    let answers = [
        (Answer::raw(403, &[], ""), "opened none: it forbids it, or can't reach it either"),
        (Answer::raw(407, &[], ""), "wants a user and a password"),
        (Answer::Nothing, "closed the connection without an answer"),
        (Answer::raw(200, &[], "hello"), ""),
    ];
    // Side by side, as each takes its repeats.
    let home = tempfile::tempdir().unwrap();
    let runs = answers.map(|(answer, expected)| {
        let proxy = Scripted::new(move |_| answer.clone());
        let mut projects = command(&home);
        projects.arg("projects").env("CONFIDENT_ORG_API_KEY", FAKE_KEY);
        projects.env("CONFIDENT_BASE_URL", "https://keys.example.test/confident").env("HTTPS_PROXY", &proxy.base_url);
        (projects.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap(), proxy, expected)
    });
    for (run, proxy, expected) in runs {
        let output = run.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains("HTTPS_PROXY") && words.contains(expected), "{words}");
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(words.contains("keys.example.test") && !words.contains(FAKE_KEY), "{words}");
        let received = proxy.received();
        assert!(!received.is_empty(), "{words}");
        for request in received {
            assert_eq!(request.call, "CONNECT keys.example.test:443");
            assert!(!request.head.to_ascii_lowercase().contains("confident_api_key"), "{request:?}");
            assert!(!request.head.contains(FAKE_KEY), "{request:?}");
        }
    }
}

#[test]
fn a_proxy_that_refuses_is_named_without_its_password_and_the_service_is_not_blamed() {
    let closed = "127.0.0.1:1";
    let home = tempfile::tempdir().unwrap();
    let address = format!("http://user:hunter2@{closed}");
    let start = |settings: &[(&str, &str)]| {
        let mut projects = command(&home);
        projects.arg("projects").env("CONFIDENT_ORG_API_KEY", FAKE_KEY).envs(settings.iter().copied());
        projects.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    // Side by side, as each takes its repeats.
    let by_proxy = [("HTTPS_PROXY", ""), ("all_proxy", "other.example.test")].map(|(variable, no_proxy)| {
        (variable, start(&[("CONFIDENT_REGION", "EU"), ("NO_PROXY", no_proxy), (variable, &address)]))
    });
    let past_it = start(&[
        ("CONFIDENT_BASE_URL", "https://keys.invalid"),
        ("NO_PROXY", "keys.invalid"),
        ("HTTPS_PROXY", &address),
    ]);
    for (variable, run) in by_proxy {
        let output = run.wait_with_output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(words.contains(&format!("the proxy {closed} (from {variable}) refused the connection")), "{words}");
        assert!(!words.contains("CONFIDENT_BASE_URL") && !words.contains("hunter2"), "{words}");
    }
    let words = String::from_utf8(past_it.wait_with_output().unwrap().stderr).unwrap();
    assert!(words.contains("keys.invalid") && !words.contains(&closed.to_string()), "{words}");
}

#[test]
fn plain_http_on_loopback_wants_no_certificates() {
    let service = Service::start(&Options::default()).unwrap();
    let home = tempfile::tempdir().unwrap();
    let nothing = home.path().join("no-certificates-here");
    let mut whoami = command(&home);
    whoami.arg("whoami").env("CONFIDENT_BASE_URL", service.base_url());
    whoami.env("CONFIDENT_ORG_API_KEY", service.organization_key().expose());
    whoami.env("SSL_CERT_FILE", &nothing).env("SSL_CERT_DIR", &nothing);
    let output = whoami.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    let error = Call::Create.fails_on(&client_at("https://no-such-host.invalid", patient())).await;
    // Where a resolver answers for names that do not exist, something else goes wrong.
    assert!(matches!(error.kind, ErrorKind::Connect(_) | ErrorKind::Timeout { sent: false, .. }), "{error:?}");
    assert_eq!(error.certainty(), Certainty::NotDone);
    assert!(error.summary().contains("no-such-host.invalid"));
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_refused_before_anything_is_sent() {
    let service = Scripted::new(|_| Answer::Nothing);
    for key in ["fake_not_a_key\r\nx: y", "fake_not_a_key\0"] {
        let base = service.base_url.parse().unwrap();
        let client = confident_keys::api::Client::new(base, confident_keys::secret::Secret::new(key), patient())
            .speaking(confident_keys::api::Speak::V1);
        for call in [Call::List, Call::Create] {
            let error = call.fails_on(&client).await;
            assert!(matches!(error.kind, ErrorKind::Invalid(_)) && !error.to_string().contains("fake"), "{error:?}");
            assert_eq!(error.certainty(), Certainty::NotDone);
        }
    }
    assert_eq!(service.calls(), [""; 0]);
}
