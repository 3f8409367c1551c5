//! Starting, serving connections, and ending.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use confident_keys::demo::{Options, Service};
use reqwest::Method;

use crate::client::{PATIENCE, start, start_with};

#[tokio::test]
async fn connections_are_kept() {
    let (service, client) = start();
    let mut connection = TcpStream::connect(service.base_url().trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    for _ in 0..3 {
        let key = client.key.as_deref().unwrap();
        write!(connection, "GET /v1/organization HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        // The answer is one JSON object, and ends as that does.
        while !answer.ends_with(b"\"deprecated\":false}") {
            let mut bytes = [0; 1024];
            let count = connection.read(&mut bytes).unwrap();
            assert_ne!(count, 0, "the connection was closed");
            answer.extend_from_slice(&bytes[..count]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
}

#[tokio::test]
async fn each_answer_is_held_back_as_long_as_was_asked_for() {
    let latency = Duration::from_millis(60);
    let (_service, client) = start_with(&Options { latency, ..Options::default() });
    for (path, key) in [("/v1/organization", client.key.as_deref()), ("/v1/organization", None), ("/nothing", None)] {
        let sent = Instant::now();
        client.signing(key).send(Method::GET, path, None).await;
        assert!(sent.elapsed() >= latency, "{path}");
    }
}

#[test]
fn dropping_it_ends_it_promptly_whatever_is_under_way() {
    let service = Service::start(&Options { latency: Duration::from_secs(600), ..Options::default() }).unwrap();
    let address: SocketAddr = service.base_url().trim_start_matches("http://").parse().unwrap();
    let silent = TcpStream::connect(address).unwrap();
    let key = service.organization_key().expose();
    // The service asks for the body, so it is at work on the request by then.
    let ask = || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            connection,
            "PUT /v1/organization HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\n\
             content-length: 15\r\nexpect: 100-continue\r\n\r\n"
        )
        .unwrap();
        let mut answer = [0; 25];
        connection.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        connection
    };
    let (mut halfway, mut slow) = (ask(), ask());
    halfway.write_all(b"{").unwrap();
    slow.write_all(br#"{"name":"Slow"}"#).unwrap();

    let told = Instant::now();
    service.stop();
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    assert!(matches!(slow.read(&mut [0; 16]), Ok(0) | Err(_)), "its answer was ten minutes away");
    drop((silent, halfway));
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    TcpListener::bind(address).unwrap();
}

#[tokio::test]
async fn a_kept_connection_does_not_delay_the_end() {
    let (service, client) = start();
    client.get("/v1/organization").await;
    let told = Instant::now();
    drop(service);
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
}

#[tokio::test]
async fn clients_that_go_away_do_no_harm() {
    let (service, client) = start();
    let address = service.base_url().trim_start_matches("http://");
    let key = client.key.as_deref().unwrap();
    for request in [
        String::new(),
        "GET /v1/org".to_owned(),
        format!("GET /v1/projects HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\n\r\n"),
        format!(
            "POST /v1/projects HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\ncontent-length: 50\r\n\r\n{{\"na"
        ),
        "\u{0}\u{1} neither HTTP nor sense\r\n\r\n".to_owned(),
    ] {
        TcpStream::connect(address).unwrap().write_all(request.as_bytes()).unwrap();
        client.get("/v1/organization").await;
    }
    assert_eq!(client.projects().await.len(), 6, "half a request changes nothing");
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let error = Service::start(&Options { listen, ..Options::default() }).unwrap_err();
    let message = format!("{error:#}");
    assert!(message.contains(&listen.to_string()) && message.contains("another program"), "{message}");
}

#[cfg(unix)]
#[test]
fn serving_for_others_prints_how_to_reach_it_and_ends_at_a_signal() {
    use std::{io, sync::mpsc, thread};

    use confident_keys::demo::serve_until_stopped;

    /// Hands each flush on.
    struct Lines(Vec<u8>, mpsc::Sender<String>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            let text = String::from_utf8(std::mem::take(&mut self.0)).unwrap();
            self.1.send(text).map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
    }

    let (sender, printed) = mpsc::channel();
    let server = thread::spawn(move || serve_until_stopped(&Options::default(), &mut Lines(Vec::new(), sender)));
    let printed = printed.recv_timeout(PATIENCE).unwrap();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines.len(), 2, "{printed}");
    let address = lines[0].strip_prefix("CONFIDENT_BASE_URL=http://").unwrap();
    let key = lines[1].strip_prefix("CONFIDENT_ORG_API_KEY=").unwrap();

    let mut kept = TcpStream::connect(address).unwrap();
    kept.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(kept, "GET /v1/organization HTTP/1.1\r\nhost: demo\r\nCONFIDENT_API_KEY: {key}\r\n\r\n").unwrap();
    let mut start = [0; 15];
    kept.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");

    let told = Instant::now();
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
    server.join().unwrap().unwrap();
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
}

#[test]
fn what_cant_be_told_is_not_served() {
    use std::io;

    use confident_keys::demo::serve_until_stopped;

    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    assert!(serve_until_stopped(&Options::default(), &mut Closed).is_err());
}
