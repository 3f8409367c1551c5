//! What goes wrong on demand: what the client sees, what the service holds, and that it is over then.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use confident_keys::demo::{Fault, Options, Service};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::client::{Client, HEADER, PATIENCE, id, is_masked, start_with, text};

const KEYS: &str = "/v1/organization/api-keys";

fn faults(specs: &[&str]) -> Vec<Fault> {
    specs.iter().map(|spec| spec.parse().unwrap_or_else(|error| panic!("{spec}: {error}"))).collect()
}

fn start(specs: &[&str]) -> (Service, Client) {
    start_with(&Options { faults: faults(specs), ..Options::default() })
}

/// An answer as a client without any opinion gets it.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Client {
    async fn plain(&self, method: Method, path: &str, body: Option<Value>) -> reqwest::Result<Answer> {
        // A new connection each time: what is under test is never a kept one that went bad.
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .timeout(PATIENCE)
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut request = http.request(method, format!("{}{path}", self.base_url));
        request = request.header(HEADER, self.key.as_deref().unwrap());
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    }

    async fn post(&self, name: &str) -> reqwest::Result<Answer> {
        self.plain(Method::POST, KEYS, Some(json!({"name": name}))).await
    }

    /// How many of the organization's keys have this name.
    async fn count(&self, name: &str) -> usize {
        self.keys("/v1/organization").await.iter().filter(|key| key["name"] == name).count()
    }

    /// Sends a request over a connection of its own, and reads until that ends.
    fn raw(&self, request: &str, body: &str) -> (Vec<u8>, Result<(), ErrorKind>) {
        let mut connection = self.ask(request, body);
        let mut answer = Vec::new();
        let end = connection.read_to_end(&mut answer).map(drop).map_err(|error| error.kind());
        (answer, end)
    }

    fn ask(&self, request: &str, body: &str) -> TcpStream {
        let mut connection = TcpStream::connect(self.base_url.trim_start_matches("http://")).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        let key = self.key.as_deref().unwrap();
        let length = body.len();
        write!(
            connection,
            "{request} HTTP/1.1\r\nhost: demo\r\n{HEADER}: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        connection
    }
}

/// A request to make a key of this name.
fn creation(name: &str) -> (String, String) {
    (format!("POST {KEYS}"), json!({ "name": name }).to_string())
}

fn split(answer: &[u8]) -> (&str, &[u8]) {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
    (std::str::from_utf8(&answer[..end]).unwrap(), &answer[end..])
}

#[tokio::test]
async fn a_status_comes_in_the_envelope_before_or_after_the_work() {
    for status in [400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504] {
        for (work, made) in [("", 0), (",before", 0), (",after", 1)] {
            let (_service, client) = start(&[&format!("POST {KEYS} status={status}{work}")]);
            let answer = client.post("new").await.unwrap();
            assert_eq!(answer.status, status);
            let envelope = answer.json();
            assert_eq!(envelope["success"], false);
            assert_eq!(envelope["deprecated"], false);
            assert!(text(&envelope["error"]).contains(&status.to_string()));
            assert!(!envelope.to_string().contains("confident_us_"), "no value in a failure");
            assert_eq!(client.count("new").await, made, "{status}{work}");
            assert_eq!(client.post("new").await.unwrap().status, 200, "the next call is a usual one");
            assert_eq!(client.count("new").await, made + 1);
        }
    }
}

#[tokio::test]
async fn headers_and_the_mark_of_age_come_with_any_answer() {
    let (_service, client) = start(&[
        "status=429,retry-after=7",
        "status=503,deprecated,sunset=2050-12-31",
        "deprecated,sunset=2050-12-31",
        "html=503,retry-after=0",
    ]);
    let get = || client.plain(Method::GET, KEYS, None);
    let answer = get().await.unwrap();
    assert_eq!((answer.status, &answer.headers["retry-after"]), (429, &"7".parse().unwrap()));
    let answer = get().await.unwrap();
    assert_eq!((answer.status, &answer.json()["deprecated"]), (503, &json!(true)));
    let answer = get().await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["sunset"], "Sat, 31 Dec 2050 00:00:00 GMT");
    let marked = answer.json();
    assert_eq!(marked["deprecated"], true);
    assert_eq!(get().await.unwrap().headers["retry-after"], "0");
    let usual = get().await.unwrap();
    assert!(usual.headers.get("sunset").is_none());
    assert_eq!(usual.json()["deprecated"], false);
    let ids = |answer: &Value| answer["data"]["apiKeys"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
    assert_eq!(ids(&marked), ids(&usual.json()), "the data is the usual one");
}

#[tokio::test]
async fn a_redirect_says_where_to() {
    for (word, code) in [("", 302), (",code=301", 301), (",code=303", 303), (",code=307", 307), (",code=308", 308)] {
        let (_service, client) = start(&[&format!("POST redirect=https://elsewhere.example/x?y=1{word}")]);
        let answer = client.post("new").await.unwrap();
        assert_eq!(answer.status, code);
        assert_eq!(answer.headers["location"], "https://elsewhere.example/x?y=1");
        assert!(answer.body.is_empty());
        assert_eq!(client.count("new").await, 0);
        assert_eq!(client.post("new").await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn web_pages_garbage_and_nothing_come_instead_of_an_answer() {
    for (spec, status, content_type, made) in [
        ("html", 200, "text/html; charset=utf-8", 0),
        ("html=511", 511, "text/html; charset=utf-8", 0),
        ("html=502,after", 502, "text/html; charset=utf-8", 1),
        ("garbage", 200, "application/json", 1),
        ("garbage,before", 200, "application/json", 0),
        ("empty", 200, "application/json", 1),
        ("empty,before", 200, "application/json", 0),
    ] {
        let (_service, client) = start(&[&format!("POST */api-keys {spec}")]);
        let answer = client.post("new").await.unwrap();
        assert_eq!(answer.status, status, "{spec}");
        assert_eq!(answer.headers["content-type"], content_type, "{spec}");
        assert!(serde_json::from_slice::<Value>(&answer.body).is_err(), "{spec}");
        assert_eq!(answer.body.is_empty(), spec.starts_with("empty"), "{spec}");
        assert_eq!(answer.body.starts_with(b"<!doctype html>"), spec.starts_with("html"), "{spec}");
        assert_eq!(client.count("new").await, made, "{spec}");
        assert_eq!(client.post("new").await.unwrap().status, 200, "{spec}");
    }
}

#[tokio::test]
async fn an_answer_is_dropped_or_reset_before_or_after_the_work() {
    for (spec, end, made) in [
        ("drop", Ok(()), 1),
        ("drop-before", Ok(()), 0),
        ("drop,before", Ok(()), 0),
        ("reset", Err(ErrorKind::ConnectionReset), 1),
        ("reset-before", Err(ErrorKind::ConnectionReset), 0),
        ("reset,delay=1", Err(ErrorKind::ConnectionReset), 1),
    ] {
        let (service, client) = start(&[&format!("POST {spec},times=2")]);
        let (request, body) = creation("raw");
        assert_eq!(client.raw(&request, &body), (Vec::new(), end), "{spec}");
        assert_eq!(client.count("raw").await, made, "{spec}");
        assert!(client.post("new").await.is_err(), "{spec}");
        assert_eq!(client.count("new").await, made, "{spec}");
        assert_eq!(client.post("new").await.unwrap().status, 200, "{spec}");
        let posts = service.requests().into_iter().filter(|request| request.method == "POST");
        let met: Vec<_> = posts.map(|request| request.fault.is_some()).collect();
        assert_eq!(met, [true, true, false], "{spec}");
    }
}

#[tokio::test]
async fn a_body_is_cut_in_its_middle() {
    let (_service, client) = start(&["POST cut"]);
    let (request, body) = creation("new");
    let (answer, end) = client.raw(&request, &body);
    assert_eq!(end, Ok(()), "closed, not reset");
    let (head, body) = split(&answer);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(body.len(), length.parse::<usize>().unwrap() / 2);
    assert!(body.starts_with(b"{"));
    assert_eq!(client.count("new").await, 1, "the work was done");

    let (_service, client) = start(&["POST cut"]);
    assert!(client.post("new").await.is_err(), "the length in the head tells that something is missing");
    assert_eq!(client.post("new").await.unwrap().status, 200);
    assert_eq!(client.count("new").await, 2);

    // There is nothing to cut in the answer to HEAD: its connection ends after the head.
    let (_service, client) = start(&["cut"]);
    let (answer, end) = client.raw("HEAD /v1/organization", "");
    assert_eq!(end, Ok(()));
    assert!(split(&answer).1.is_empty());
}

#[tokio::test]
async fn a_body_drips_and_the_connection_goes_on() {
    let (_service, client) = start(&["drip=1"]);
    let begun = Instant::now();
    let mut connection = client.ask("GET /v1/organization", "");
    let mut reads = Vec::new();
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\"deprecated\":false}") {
        let mut buffer = [0; 4096];
        let count = connection.read(&mut buffer).unwrap();
        assert_ne!(count, 0);
        reads.push(count);
        bytes.extend_from_slice(&buffer[..count]);
    }
    let body = split(&bytes).1.to_vec();
    assert!(begun.elapsed() >= Duration::from_millis(body.len() as u64 - 1), "{:?}", begun.elapsed());
    assert!(reads.len() > 1, "it came in pieces: {reads:?}");
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["data"], client.get("/v1/organization").await);
    // The same connection again, and all at once.
    let key = client.key.as_deref().unwrap();
    write!(connection, "GET /v1/organization HTTP/1.1\r\nhost: demo\r\n{HEADER}: {key}\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut again = Vec::new();
    connection.read_to_end(&mut again).unwrap();
    assert_eq!(split(&again).1, body);
}

#[tokio::test]
async fn an_answer_is_late_with_its_work_done_or_not() {
    let delay = Duration::from_millis(40);
    let (_service, client) = start(&["POST delay=40", "POST delay=40,before", "POST status=500,delay=40"]);
    for status in [200, 200, 500] {
        let sent = Instant::now();
        assert_eq!(client.post("new").await.unwrap().status, status);
        assert!(sent.elapsed() >= delay);
    }
    assert_eq!(client.count("new").await, 2);

    // As it is while the client still waits.
    for (spec, made) in [("POST delay=600000", 1), ("POST delay=600000,before", 0)] {
        let (service, client) = start(&[spec]);
        let (request, body) = creation("new");
        let waiting = client.ask(&request, &body);
        let asked = Instant::now();
        while !service.requests().iter().any(|request| request.method == "POST") {
            assert!(asked.elapsed() < PATIENCE);
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        while made > 0 && client.count("new").await == 0 {
            assert!(asked.elapsed() < PATIENCE);
        }
        assert_eq!(client.count("new").await, made, "{spec}");
        drop(waiting);
    }
}

#[tokio::test]
async fn an_answer_is_held_back_until_the_faults_are_replaced() {
    for (spec, made) in [("POST hold", 1), ("POST hold,before", 0)] {
        let (service, client) = start(&[spec]);
        let lets_go = async {
            while !service.requests().iter().any(|request| request.method == "POST") || client.count("new").await < made
            {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            assert_eq!(client.count("new").await, made, "{spec}");
            service.set_faults(&[]);
        };
        let (answer, ()) = tokio::join!(client.post("new"), lets_go);
        assert_eq!(answer.unwrap().status, 200, "{spec}");
        assert_eq!(client.count("new").await, 1, "{spec}");
    }
}

#[tokio::test]
async fn a_new_value_can_be_masked() {
    let (_service, client) = start(&["mask,times=2"]);
    let answer = client.post("new").await.unwrap().json();
    let key = &answer["data"]["apiKey"];
    assert!(is_masked(key), "{key}");
    assert_eq!(client.get(&format!("{KEYS}/{}", id(key))).await["apiKey"], *key);
    let project = client.plain(Method::POST, "/v1/projects", Some(json!({"name": "new"}))).await.unwrap().json();
    assert!(is_masked(&project["data"]["apiKey"]), "{project}");
    assert!(!is_masked(&client.post("new").await.unwrap().json()["data"]["apiKey"]));

    // A refusal has no value, and stays what it is.
    let (_service, client) = start(&["mask"]);
    assert_eq!(client.post("").await.unwrap().status, 422);
}

#[tokio::test]
async fn an_answer_can_contradict_what_was_asked() {
    let (_service, client) = start(&["wrong,times=3"]);
    let created = client.post("new").await.unwrap().json();
    assert_ne!(created["data"]["apiKey"]["name"], "new");
    assert!(!is_masked(&created["data"]["apiKey"]));
    assert_eq!(client.count("new").await, 1);

    let one = format!("{KEYS}/{}", id(&created["data"]["apiKey"]));
    let deactivate = || client.plain(Method::PUT, &one, Some(json!({"valid": false})));
    let delete = || client.plain(Method::DELETE, &one, None);
    let answer = deactivate().await.unwrap();
    assert_eq!((answer.status, &answer.json()["data"]["apiKey"]["valid"]), (200, &json!(true)));
    assert_eq!(client.get(&one).await["apiKey"]["valid"], true);
    let answer = delete().await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["data"], json!({"id": id(&created["data"]["apiKey"]), "deleted": false}));
    assert_eq!(client.get(&one).await["apiKey"]["valid"], true);

    assert_eq!(deactivate().await.unwrap().json()["data"]["apiKey"]["valid"], false);
    assert_eq!(delete().await.unwrap().json()["data"]["deleted"], true);

    // What could not have been done is refused as ever.
    let (_service, client) = start(&["wrong,times=always"]);
    assert_eq!(client.plain(Method::DELETE, &one, None).await.unwrap().status, 404);
    let stranger = client.signing(Some("confident_us_org_demo_not_real_unknown"));
    assert_eq!(stranger.plain(Method::PUT, KEYS, Some(json!({"valid": false}))).await.unwrap().status, 401);
}

#[tokio::test]
async fn faults_choose_their_requests_and_can_be_replaced() {
    let (service, client) = start(&["GET /v1/projects* status=500,skip=1,times=2", "DELETE status=500,times=always"]);
    let status = |path: &'static str| {
        let client = &client;
        async move { client.plain(Method::GET, path, None).await.unwrap().status }
    };
    assert_eq!(status("/v1/organization").await, 200);
    for expected in [200, 500, 500, 200, 200] {
        assert_eq!(status("/v1/projects").await, expected);
    }
    for _ in 0..3 {
        assert_eq!(client.plain(Method::DELETE, &format!("{KEYS}/1"), None).await.unwrap().status, 500);
    }
    service.set_faults(&faults(&["GET /v1/projects drop"]));
    assert_eq!(client.plain(Method::DELETE, &format!("{KEYS}/1"), None).await.unwrap().status, 404);
    service.set_faults(&[]);
    assert_eq!(status("/v1/projects").await, 200);

    let requests = service.requests();
    let lines: Vec<_> = requests.iter().map(ToString::to_string).collect();
    assert_eq!(lines[..2], ["GET /v1/organization", "GET /v1/projects"]);
    assert_eq!(lines.iter().filter(|line| *line == "DELETE /v1/organization/api-keys/1").count(), 4);
    assert_eq!(requests.iter().filter(|request| request.fault.is_some()).count(), 5);
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_a_fault_as_without() {
    let (_service, client) = start(&["POST status=503"]);
    let name = "n".repeat(70_000);
    for _ in 0..2 {
        // The service may close before it was told all; then there is no answer to read.
        if let Ok(answer) = client.post(&name).await {
            assert_eq!(answer.status, 413);
        }
    }
    assert_eq!(client.count(&name).await, 0);
}
