//! A service on a plain socket that answers byte for byte as a test tells it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    /// `METHOD /path`.
    pub(crate) call: String,
    /// The request line and the headers, as they were sent.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Counts the connections from 0.
    pub(crate) connection: usize,
}

impl Received {
    /// The values of the header `name`.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).collect()
    }
}

/// What the service does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// This status, and this JSON; then it closes the connection.
    Json(u16, Value),
    /// The same, and it waits for the next request on the connection.
    Kept(u16, Value),
    /// Exactly these bytes; then it closes the connection.
    Raw(Vec<u8>),
    /// These bytes, then a space at each interval for as long as somebody listens.
    Drip(Vec<u8>, Duration),
    /// It closes the connection without a word.
    Nothing,
    /// It breaks the connection off, with a reset where the system does that.
    Reset,
    /// It keeps the connection open, and says nothing.
    Silence,
}

impl Answer {
    /// The status line and `headers`, a line each, then `body` without a word of its length.
    pub(crate) fn raw(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let mut bytes = format!("HTTP/1.1 {status} X\r\n").into_bytes();
        for header in headers.iter().chain(&["connection: close"]) {
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body.as_ref());
        Self::Raw(bytes)
    }
}

/// The service; it ends with the tests' process.
#[derive(Debug)]
pub(crate) struct Scripted {
    /// Without a slash at its end.
    pub(crate) base_url: String,
    requests: Arc<Mutex<Vec<Received>>>,
}

impl Scripted {
    /// Each request is answered by `answer`.
    pub(crate) fn new(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for (number, connection) in listener.incoming().enumerate() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                thread::spawn(move || {
                    let mut connection = connection.unwrap();
                    while serve(&mut connection, number, &seen, &*answer).is_some() {}
                });
            }
        });
        Self { base_url, requests }
    }

    /// What was asked so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }

    /// What was asked so far, as `METHOD /path`.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.received().into_iter().map(|request| request.call).collect()
    }
}

/// Answers one request; none where the connection is of no more use.
fn serve(
    connection: &mut TcpStream,
    number: usize,
    seen: &Mutex<Vec<Received>>,
    answer: &dyn Fn(&Received) -> Answer,
) -> Option<()> {
    let request = receive(connection, number)?;
    seen.lock().unwrap().push(request.clone());
    let answer = answer(&request);
    if matches!(answer, Answer::Reset) {
        // Closing with a byte unread resets the connection.
        return None;
    }
    connection.read_exact(&mut [0]).ok()?;
    let json = |status: u16, body: &Value, connection: &str| {
        let body = body.to_string();
        let length = body.len();
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: {connection}\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    };
    match answer {
        Answer::Kept(status, body) => connection.write_all(json(status, &body, "keep-alive").as_bytes()).ok(),
        Answer::Json(status, body) => {
            let _ = connection.write_all(json(status, &body, "close").as_bytes());
            None
        }
        Answer::Raw(bytes) => {
            let _ = connection.write_all(&bytes);
            None
        }
        Answer::Drip(bytes, interval) => {
            let mut is_heard = connection.write_all(&bytes).is_ok();
            while is_heard {
                thread::sleep(interval);
                is_heard = connection.write_all(b" ").is_ok();
            }
            None
        }
        Answer::Nothing | Answer::Reset => None,
        Answer::Silence => {
            // Until the client has had enough.
            let _ = connection.read(&mut [0]);
            None
        }
    }
}

/// The next request, but for its last byte, which stays unread.
fn receive(connection: &mut TcpStream, number: usize) -> Option<Received> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r") {
        let mut byte = [0];
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let call = head.lines().next().unwrap().rsplit_once(' ').unwrap().0.to_owned();
    let mut request = Received { call, head, body: Vec::new(), connection: number };
    let length = request.header("content-length").first().map_or(0, |length| length.parse().unwrap());
    if length > 0 {
        request.body = vec![0; length];
        connection.read_exact(&mut [0]).ok()?;
        // The last byte is looked at, and left.
        connection.read_exact(&mut request.body[..length - 1]).ok()?;
        let mut last = [0];
        connection.peek(&mut last).ok()?;
        request.body[length - 1] = last[0];
    }
    Some(request)
}

/// A success's envelope around `data`.
pub(crate) fn ok(data: impl Into<Value>) -> Answer {
    Answer::Json(200, serde_json::json!({ "success": true, "data": data.into() }))
}

/// A failure's envelope.
pub(crate) fn refused(status: u16, message: &str) -> Answer {
    Answer::Json(status, serde_json::json!({ "success": false, "error": message }))
}

/// A key as the service sends it.
pub(crate) fn wire_key(id: i64, name: &str, valid: bool) -> Value {
    serde_json::json!({
        "id": id, "name": name, "valid": valid, "value": "***************d4e5f6",
        "created_at": "2024-12-04T23:00:00.000Z", "lastUsed": null,
    })
}
