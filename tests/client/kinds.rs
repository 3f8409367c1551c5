//! What an error says to whoever decides by it, and what a client that may only read sends.

use confident_keys::api::error::{ApiError, ConnectFailure, ErrorKind, ProxyFailure, ProxyProblem, StatusError};
use confident_keys::api::model::{KeyId, Rotation, Scope};

use crate::scripted::{Scripted, refused};
use crate::support::Call;

fn error(kind: ErrorKind) -> ApiError {
    ApiError { host: "api.example.invalid".into(), kind }
}

fn refusal(status: u16) -> ApiError {
    error(ErrorKind::Status(StatusError { status, message: None, link: None, retry_after: None, is_page: false }))
}

fn proxy(problem: ProxyProblem) -> ApiError {
    let failure = ProxyFailure { address: "proxy.invalid:8080".into(), variable: "HTTPS_PROXY", problem };
    error(ErrorKind::Connect(ConnectFailure::Proxy(Box::new(failure))))
}

#[test]
fn the_status_is_that_of_the_answer_wherever_it_came() {
    for (error, status) in [
        (refusal(403), Some(403)),
        (refusal(403).before_sending(), Some(403)),
        (error(ErrorKind::Redirect { status: 302, location: None }), Some(302)),
        (error(ErrorKind::Unreadable { status: 200, reason: "no such field".into() }), Some(200)),
        (error(ErrorKind::Connect(ConnectFailure::Dns)), None),
    ] {
        assert_eq!(error.status(), status, "{error:?}");
        assert_eq!(error.is_unauthorized(), status == Some(403), "{error:?}");
    }
}

#[test]
fn what_may_pass_may_do_so_before_a_write_and_at_a_proxy_too() {
    for (error, may_pass) in [
        (refusal(503), true),
        (refusal(501), false),
        (error(ErrorKind::Connect(ConnectFailure::Dns)), true),
        (proxy(ProxyProblem::Connect(ConnectFailure::Dns)), true),
        (proxy(ProxyProblem::Closed), true),
        (proxy(ProxyProblem::Login { was_given: false }), false),
    ] {
        assert_eq!(error.may_pass(), may_pass, "{error:?}");
        assert_eq!(error.clone().before_sending().may_pass(), may_pass, "{error:?}");
    }
}

/// Whatever was forgotten above it: nothing that changes anything gets out.
#[tokio::test]
async fn a_client_that_may_only_read_sends_no_write() {
    let service = Scripted::new(|_| refused(418, "No"));
    let client = service.client().read_only("The profile says so");
    let mut reads = 0;
    for call in Call::ALL {
        let error = call.fails_on(&client).await;
        if matches!(call, Call::Create | Call::SetValid | Call::Delete) {
            assert!(matches!(&error.kind, ErrorKind::ReadOnly(reason) if reason.contains("profile")), "{error:?}");
        } else {
            assert_eq!(error.status(), Some(418), "{error:?}");
            reads += 1;
        }
    }
    client.keys(&Scope::Organization).rotate(KeyId(7), Rotation::default()).await.unwrap_err();
    let calls = service.calls();
    assert!(calls.len() == reads && calls.iter().all(|call| call.starts_with("GET ")), "{calls:?}");
}
