//! What can be seen of a call before it is sent, and of one that is never answered.

use super::*;

fn transport(base: &str) -> Transport {
    Transport::new(base.parse().unwrap(), Secret::new("confident_us_org_fake_not_a_key_a1b2c3"), Limits::default())
}

#[test]
fn a_base_with_a_prefix_keeps_it() {
    for (base, expected) in [
        ("https://example.test", "https://example.test/v1/projects/p/api-keys"),
        ("https://example.test/confident/", "https://example.test/confident/v1/projects/p/api-keys"),
    ] {
        let url = transport(base).url(&Request::new(Version::V1, Method::GET, &["projects", "p", "api-keys"])).unwrap();
        assert_eq!(url.as_str(), expected);
    }
}

#[test]
fn a_segment_that_would_change_the_call_is_refused() {
    for segment in ["", ".", "..", "a/b", "a\\b", "%2e%2e"] {
        let result =
            transport("https://example.test").url(&Request::new(Version::V1, Method::DELETE, &["projects", segment]));
        assert!(matches!(result, Err(ApiError { kind: ErrorKind::Invalid(_), .. })), "{segment:?}");
    }
}

#[tokio::test]
async fn a_read_gives_up_when_its_budget_is_over_and_says_how_long_that_was() {
    // Connections are taken, and never answered.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let transport = transport(&format!("http://{}", listener.local_addr().unwrap()));
    let budget = Duration::from_millis(30);
    let limits = Limits { read_budget: budget, ..Limits::default() };
    let result =
        Transport { limits, ..transport }.call::<Value>(Request::new(Version::V1, Method::GET, &["projects"])).await;
    assert_eq!(result.unwrap_err().kind, ErrorKind::Timeout { after: budget, sent: true });
}

#[test]
fn debug_shows_neither_key_nor_headers() {
    let shown = format!("{:?}", transport("https://example.test"));
    assert!(!shown.contains("fake_not_a_key"), "{shown}");
}

#[test]
fn pauses_double_up_to_a_limit() {
    let backoff = Duration::from_millis(250);
    for (attempts, times) in [(1, 1), (2, 2), (3, 4), (7, 64), (8, 64), (100, 64)] {
        assert_eq!(longest_pause(backoff, attempts), backoff * times, "after {attempts}");
    }
    assert_eq!(longest_pause(Duration::MAX, 3), Duration::MAX);
}
