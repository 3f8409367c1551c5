//! A service all of whose words are hostile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::{Value, json};

use crate::corpus::{all, names};
use crate::scripted::{Answer, Received, Scripted, ok, wire_key};

/// The id of the first key; the next follow in the order of the names.
pub(crate) const FIRST: usize = 100;
/// A value that could only come from a hostile service, too.
const SECRET: &str = "confident_us_org_fake_not_a_key_5ec4e7";

/// The service. Each name of the corpus is that of a key of the organization and of a project `p0` and so on; every
/// other key is inactive.
pub(crate) struct Hostile {
    service: Scripted,
    status: Arc<AtomicU16>,
}

impl Hostile {
    pub(crate) fn new() -> Self {
        let status = Arc::new(AtomicU16::new(200));
        let now = Arc::clone(&status);
        Self { service: Scripted::new(move |request| answer(now.load(Ordering::SeqCst), request)), status }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.service.base_url
    }

    /// From now on it answers every call with this status, and hostile words; 200: well.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

fn answer(status: u16, request: &Received) -> Answer {
    // What a header can carry: no C0, but all else.
    let words: String = all().chars().filter(|character| !character.is_ascii_control()).take(300).collect();
    let headers = [
        "content-type: application/json".to_owned(),
        format!("x-api-key-warning: {words}"),
        format!("location: https://evil.invalid/{words}"),
    ];
    let headers = headers.each_ref().map(String::as_str);
    if status == 200 {
        let Answer::Json(_, body) = well(request) else { unreachable!() };
        return Answer::raw(200, &headers, body.to_string());
    }
    let text = all();
    let body = match status {
        // A field that the program has to name to say what is wrong with it.
        299 => json!({ "success": true, "data": { "apiKeys": { text.as_str(): [text.as_str()] }, "projects": text } }),
        _ => json!({ "success": false, "error": text, "message": text, "link": text, "deprecated": true }),
    };
    Answer::raw(status, &headers, body.to_string())
}

fn key(at: usize) -> Value {
    let mut key = wire_key(i64::try_from(FIRST + at).unwrap(), &names()[at], at.is_multiple_of(2));
    key["value"] = json!(format!("{}***a1b2c3", names()[at]));
    key
}

fn well(request: &Received) -> Answer {
    let keys = || (0..names().len()).map(key).collect::<Vec<_>>();
    let (method, path) = request.call.split_once(' ').unwrap();
    let last = path.rsplit('/').next().unwrap();
    // Version 2 has the same calls, and no names around single things.
    let data = match (method, &*path.replace("/v2/", "/v1/")) {
        (_, "/v1/organization") => json!({ "organization": { "id": all(), "name": all(), "plan": all() } }),
        (_, "/v1/projects") => {
            let project =
                |(at, name): (usize, String)| json!({ "id": format!("p{at}"), "name": name, "description": all() });
            json!({ "projects": names().into_iter().enumerate().map(project).collect::<Vec<_>>() })
        }
        ("POST", _) => {
            let mut key = wire_key(9, &names()[0], true);
            key["value"] = json!(SECRET);
            json!({ "apiKey": key })
        }
        ("GET", path) if path.ends_with("/api-keys") => json!({ "apiKeys": keys() }),
        ("PUT", _) if last == "9" => json!({ "apiKey": wire_key(9, &names()[0], false) }),
        ("DELETE", _) => json!({ "id": last, "deleted": true }),
        ("PUT", _) => {
            let mut key = key(last.parse::<usize>().unwrap() - FIRST);
            let wanted: Value = serde_json::from_slice(&request.body).unwrap();
            key["valid"] = wanted["valid"].clone();
            json!({ "apiKey": key })
        }
        // The new one.
        _ if last == "9" => json!({ "apiKey": wire_key(9, &names()[0], true) }),
        _ => json!({ "apiKey": key(last.parse::<usize>().unwrap() - FIRST) }),
    };
    let name = ["organization", "apiKey"].into_iter().find(|name| path.starts_with("/v2/") && data.get(name).is_some());
    ok(name.map_or_else(|| data.clone(), |name| data[name].clone()))
}
