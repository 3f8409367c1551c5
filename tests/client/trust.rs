//! Connections that are not trusted: what the client makes of them, and that the service sees none of the call.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use confident_keys::api::error::{ApiError, Certainty, ConnectFailure, ErrorKind, TlsFailure};

use crate::program::FAKE_KEY;
use crate::scripted::{Answer, Scripted};
use crate::support::{Call, client_at, patient};
use crate::tls::{Authority, Front, Identity};

const HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

#[track_caller]
fn tls(error: ApiError) -> TlsFailure {
    assert_eq!(error.certainty(), Certainty::NotDone, "{error:?}");
    match error.kind {
        ErrorKind::Connect(ConnectFailure::Tls(failure)) => failure,
        other => panic!("{other:?} is no failure of TLS"),
    }
}

/// Answers whatever comes first with `answer`, and keeps what came.
struct Odd {
    base_url: String,
    connections: Arc<AtomicUsize>,
    heard: std::sync::mpsc::Receiver<Vec<u8>>,
}

impl Odd {
    fn new(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("https://{}", listener.local_addr().unwrap());
        let (connections, (sender, heard)) = (Arc::new(AtomicUsize::new(0)), std::sync::mpsc::channel());
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let mut bytes = [0; 4096];
                let length = connection.read(&mut bytes).unwrap();
                sender.send(bytes[..length].to_vec()).unwrap();
                let _ = connection.write_all(answer);
            }
        });
        Self { base_url, connections, heard }
    }

    /// How often it was asked since the last time.
    fn connections(&self) -> usize {
        self.connections.swap(0, Ordering::SeqCst)
    }

    fn heard_no_key(&self) {
        let heard: Vec<u8> = self.heard.try_iter().flatten().collect();
        assert!(!heard.is_empty());
        assert!(!heard.windows(FAKE_KEY.len()).any(|window| window == FAKE_KEY.as_bytes()));
    }
}

#[tokio::test]
async fn a_service_that_nobody_vouches_for_gets_no_call_and_is_not_asked_again() {
    let service = Scripted::new(|_| Answer::Nothing);
    for identity in [Authority::new().signs(&HOSTS), Identity::self_signed(&HOSTS, false)] {
        let front = Front::before(&service.base_url, &identity);
        let client = client_at(&front.base_url("127.0.0.1"), patient());
        for (number, call) in Call::ALL.into_iter().enumerate() {
            let failure = tls(call.fails_on(&client).await);
            // Elsewhere the system's own verifier has words of its own.
            if cfg!(target_os = "linux") {
                assert!(matches!(failure, TlsFailure::UnknownAuthority { .. }), "{call:?}: {failure:?}");
            }
            assert_eq!(front.greeted(), number + 1, "{call:?}");
        }
    }
    assert_eq!(service.calls(), [""; 0]);
}

#[tokio::test]
async fn what_does_not_speak_tls_gets_no_key_and_is_not_asked_again() {
    let odd = Odd::new(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    for call in Call::ALL {
        assert_eq!(tls(call.fails_on(&client_at(&odd.base_url, patient())).await), TlsFailure::NotTls);
        assert_eq!(odd.connections(), 1, "{call:?}");
    }
    odd.heard_no_key();
}

#[tokio::test]
async fn a_service_that_speaks_broken_versions_alone_gets_no_key() {
    // A fatal alert: the version is not one of mine.
    let odd = Odd::new(&[21, 3, 1, 0, 2, 2, 70]);
    for call in [Call::List, Call::Create] {
        assert_eq!(tls(call.fails_on(&client_at(&odd.base_url, patient())).await), TlsFailure::NoSafeVersion);
        assert_eq!(odd.connections(), 1, "{call:?}");
    }
    odd.heard_no_key();
}

#[tokio::test]
async fn a_connection_that_ends_before_it_is_encrypted_carried_no_key_and_is_tried_again_where_that_is_safe() {
    let odd = Odd::new(b"");
    for call in Call::ALL {
        assert_eq!(tls(call.fails_on(&client_at(&odd.base_url, patient())).await), TlsFailure::Closed);
        assert_eq!(odd.connections(), call.attempts(), "{call:?}");
    }
    odd.heard_no_key();
}
