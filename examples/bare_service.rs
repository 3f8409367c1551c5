//! A stand-in for the service that answers as fast as a loopback connection allows, to measure against: version 1, so many
//! projects, so many keys in each scope, each answer so many milliseconds late.
//!
//! ```sh
//! cargo run --release --example bare_service PROJECTS KEYS LATENCY
//! ```
//!
//! It prints its address, and serves until its standard input ends. The newest key of each scope is called
//! `needle-first-key`.

#![expect(clippy::print_stdout, reason = "its address is its output")]

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const TEAMS: [&str; 12] = [
    "payments", "search", "checkout", "billing", "fraud", "growth", "platform", "support", "mobile", "ingest",
    "agents", "gateway",
];
const PLACES: [&str; 8] = ["prod", "staging", "dev", "ci", "nightly", "canary", "backfill", "sandbox"];
const USES: [&str; 8] = ["tracing", "evals", "export", "ingest", "readonly", "deploy", "webhook", "cron"];

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<usize>());
    let mut next = |usual| numbers.next().unwrap_or(Ok(usual));
    let (projects, keys, latency) = (next(3)?, next(100)?, next(0)?);
    let service = Arc::new(Service {
        projects,
        keys,
        latency: Duration::from_millis(latency.try_into()?),
        now: Timestamp::now(),
        answers: Mutex::default(),
    });
    // What is asked for first is ready before anybody asks.
    service.answer("/v1/organization/api-keys");
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    let serving = Arc::clone(&service);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let service = Arc::clone(&serving);
            thread::spawn(move || service.serve(stream));
        }
    });
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}

struct Service {
    projects: usize,
    keys: usize,
    latency: Duration,
    now: Timestamp,
    answers: Mutex<HashMap<String, Arc<[u8]>>>,
}

impl Service {
    /// One connection, request by request.
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut waiting = Vec::new();
        let mut piece = [0; 4096];
        loop {
            while let Some(end) = waiting.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&waiting[..end]).into_owned();
                waiting.drain(..end + 4);
                let path = head.split(' ').nth(1).unwrap_or_default();
                let answer = self.answer(path);
                if !self.latency.is_zero() {
                    thread::sleep(self.latency);
                }
                stream.write_all(&answer)?;
            }
            match stream.read(&mut piece)? {
                0 => return Ok(()),
                read => waiting.extend_from_slice(&piece[..read]),
            }
        }
    }

    fn answer(&self, path: &str) -> Arc<[u8]> {
        if let Some(ready) = self.answers.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(ready);
        }
        let answer: Arc<[u8]> = match self.data(path) {
            Some(data) => http("200 OK", &json!({ "success": true, "data": data, "deprecated": false })),
            None => http("404 Not Found", &json!({ "success": false, "error": "Not found" })),
        }
        .into();
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Arc::clone(&answer));
        answer
    }

    fn data(&self, path: &str) -> Option<Value> {
        let segments: Vec<&str> = path.strip_prefix("/v1/")?.split('/').collect();
        match segments[..] {
            ["organization"] => Some(json!({ "organization": { "id": "org1", "name": "Acme Inc.", "plan": "TEAM" } })),
            ["projects"] => {
                let project = |at| json!({ "id": format!("p{at}"), "name": format!("Project {at:04}") });
                Some(json!({ "projects": (0..self.projects).map(project).collect::<Vec<_>>() }))
            }
            ["organization", "api-keys"] => Some(self.list(0)),
            ["projects", id, "api-keys"] => {
                let project: usize = id.strip_prefix('p')?.parse().ok()?;
                (project < self.projects).then(|| self.list(project + 1))
            }
            _ => None,
        }
    }

    fn list(&self, scope: usize) -> Value {
        let mut random = fastrand::Rng::with_seed(scope as u64);
        let first = scope * self.keys.max(1) + 1;
        let keys: Vec<Value> = (0..self.keys).map(|at| self.key(&mut random, first, at)).collect();
        json!({ "apiKeys": keys })
    }

    fn key(&self, random: &mut fastrand::Rng, first: usize, at: usize) -> Value {
        let name = if at == 0 {
            "needle-first-key".to_owned()
        } else {
            let [team, place, purpose] = [&TEAMS[..], &PLACES, &USES].map(|words| words[random.usize(..words.len())]);
            format!("{team}-{place}-{purpose}-{:03}", random.u32(..1000))
        };
        let age = if at == 0 { 12 } else { random.i64(24..900 * 24) };
        let last_used = (random.u8(..5) > 0).then(|| self.ago(random.i64(0..age)));
        json!({
            "id": first + at,
            "name": name,
            "valid": random.u8(..10) > 0,
            "value": format!("***************{:06x}", random.u32(..1 << 24)),
            "created_at": self.ago(age),
            "lastUsed": last_used,
        })
    }

    /// So many hours ago, as the service writes times.
    fn ago(&self, hours: i64) -> String {
        let time = self.now - SignedDuration::from_hours(hours);
        time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }
}

fn http(status: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
    [head.into_bytes(), body.into_bytes()].concat()
}
