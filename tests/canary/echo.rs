//! A service that repeats what it was sent, and what it issued, wherever an answer has room for words.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::{Value, json};

use crate::canary::{CONTROL, KEY, SECRET};
use crate::pty::PATIENCE;
use crate::scripted::{Answer, Received, Scripted, ok, wire_key};

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should, with words beside and in names.
    Well,
    /// This status in the envelope.
    Status(u16),
    /// 200, and an envelope that says that it failed.
    Denial,
    /// A web page of this status.
    Page(u16),
    /// 302.
    Redirect,
    /// JSON of another form.
    Misshapen,
    /// No JSON.
    Garbage,
    /// Less of a body than was announced.
    Cut,
    /// Headers that are none.
    Headers,
    /// Nothing, for as long as anybody waits.
    Silence,
}

impl Mood {
    /// All in which something is said that can't be used.
    pub(crate) const BAD: [Self; 16] = [
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Status(409),
        Self::Status(422),
        Self::Status(429),
        Self::Status(500),
        Self::Status(503),
        Self::Denial,
        Self::Page(200),
        Self::Page(502),
        Self::Redirect,
        Self::Cut,
        Self::Misshapen,
        Self::Garbage,
        Self::Headers,
    ];

    /// Whether the service's words are shown.
    pub(crate) fn has_words(self) -> bool {
        matches!(self, Self::Status(_) | Self::Denial | Self::Redirect)
    }
}

/// Which calls are answered in another mood than well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Writes,
}

/// The service. It holds the inactive key 7 and the project `p1` with the active key 8.
pub(crate) struct Echo {
    service: Scripted,
    mood: Arc<Mutex<(Mood, Which)>>,
}

impl Echo {
    /// In a good mood; a new key's value is `secret`.
    pub(crate) fn new(secret: &'static str) -> Self {
        let mood = Arc::new(Mutex::new((Mood::Well, Which::All)));
        let now = Arc::clone(&mood);
        let issued = AtomicBool::new(false);
        let service = Scripted::new(move |request| {
            let (mood, which) = *now.lock().unwrap();
            let is_write = !request.call.starts_with("GET ");
            let mood = if which == Which::Writes && !is_write { Mood::Well } else { mood };
            // It repeats what it has issued.
            let is_new = mood == Mood::Well && request.call.starts_with("POST ");
            let is_issued = issued.fetch_or(is_new, Ordering::SeqCst) || is_new;
            answer(mood, request, if is_issued { secret } else { SECRET })
        });
        Self { service, mood }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.service.base_url
    }

    pub(crate) fn is(&self, mood: Mood, which: Which) {
        *self.mood.lock().unwrap() = (mood, which);
    }

    /// What was asked so far, as `METHOD /path`.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.service.calls()
    }

    /// Waits until what was asked is as `is_so` says.
    pub(crate) fn hears(&self, is_so: impl Fn(&[String]) -> bool) {
        let start = Instant::now();
        while !is_so(&self.calls()) {
            assert!(start.elapsed() < PATIENCE, "it was not asked");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

/// What the service says: whatever it was sent as a key, whole and in pieces, and what it issued.
fn words(key: &str, secret: &str) -> String {
    let encoded = encoded(key, "%");
    let (start, end) = (&key[..30], &key[25..]);
    format!("{CONTROL} says {key}, {start}…, …{end}, {} or {encoded} for {secret}, {SECRET}", key.to_uppercase())
}

/// Each byte of `text` in hexadecimal, behind `mark`.
fn encoded(text: &str, mark: &str) -> String {
    text.bytes().flat_map(|byte| [mark.to_owned(), format!("{byte:02x}")]).collect()
}

fn answer(mood: Mood, request: &Received, secret: &str) -> Answer {
    let key = request.header("confident_api_key")[0];
    assert_eq!(key, KEY);
    let words = &*words(key, secret);
    let link = format!("https://echo.invalid/{key}/?secret={secret}&control={CONTROL}");
    let envelope = |success: bool| {
        let text = json!({ "success": success, "error": words, "message": words, "link": link, "deprecated": true });
        // Escaped letters are the same letters.
        text.to_string().replace(key, &encoded(key, "\\u00"))
    };
    let warning = format!("x-api-key-warning: {CONTROL} {key} {secret}");
    let told = [&*warning, "sunset: Sat, 31 Dec 2050 00:00:00 GMT", "retry-after: 3600"];
    let json = [&["content-type: application/json"], &told[..]].concat();
    let page = format!("<html><title>{words}</title>{words}</html>");
    match mood {
        Mood::Well => well(request, &told, secret),
        Mood::Status(status) => Answer::raw(status, &json, envelope(false)),
        Mood::Denial => Answer::raw(200, &json, envelope(false)),
        Mood::Page(status) => Answer::raw(status, &[&["content-type: text/html"], &told[..]].concat(), page),
        Mood::Redirect => Answer::raw(302, &[&told[..], &[&format!("location: {link}")]].concat(), page),
        Mood::Misshapen => {
            let body =
                json!({ "success": words, "data": { key: words, "apiKeys": words, "projects": [{ key: secret }] } });
            Answer::raw(200, &json, body.to_string())
        }
        Mood::Garbage => Answer::raw(200, &json, words),
        Mood::Cut => Answer::raw(200, &[&json[..], &["content-length: 100000"]].concat(), envelope(true)),
        Mood::Headers => Answer::raw(200, &[&format!("{key} {secret}: no header"), key, ""], words),
        Mood::Silence => Answer::Silence,
    }
}

fn well(request: &Received, told: &[&str], secret: &str) -> Answer {
    let organization = json!({ "id": KEY, "name": format!("Acme {KEY}"), "plan": KEY });
    let named = |id, valid| {
        let mut key = wire_key(id, &format!("{CONTROL} {KEY} key {id}"), valid);
        // A service that forgets to mask.
        key["value"] = json!(SECRET);
        key
    };
    // Version 2 has the same calls, and no names around single things.
    let is_newer = request.call.contains(" /v2/");
    let mut data: Value = match &*request.call.replace(" /v2/", " /v1/") {
        "GET /v1/organization" => json!({ "organization": organization }),
        "GET /v1/projects" => {
            json!({ "projects": [{ "id": "p1", "name": format!("Sandbox {KEY}"), "description": KEY }] })
        }
        "GET /v1/organization/api-keys" => json!({ "apiKeys": [named(7, false)] }),
        "GET /v1/projects/p1/api-keys" => json!({ "apiKeys": [named(8, true)] }),
        "GET /v1/organization/api-keys/7" => json!({ "apiKey": named(7, false) }),
        "PUT /v1/organization/api-keys/7" => json!({ "apiKey": named(7, true) }),
        "GET /v1/projects/p1/api-keys/8" => json!({ "apiKey": named(8, true) }),
        "PUT /v1/projects/p1/api-keys/8" => json!({ "apiKey": named(8, false) }),
        call if call.ends_with("/7/rotate") => {
            let mut key = named(7, false);
            key["shadowValue"] = json!(secret);
            key["rotatesAt"] = json!("2050-12-31T00:00:00.000Z");
            json!({ "apiKey": key })
        }
        call if call.starts_with("POST ") => {
            let mut key = wire_key(9, &format!("{CONTROL} {KEY} {secret}"), true);
            key["value"] = json!(secret);
            json!({ "apiKey": key })
        }
        call if call.starts_with("DELETE ") => json!({ "id": 7, "deleted": true, KEY: secret }),
        call if call.ends_with("/9") => json!({ "apiKey": named(9, false) }),
        call => panic!("nobody asks for {call}"),
    };
    if is_newer {
        let name = ["organization", "apiKey"].into_iter().find(|name| data.get(name).is_some());
        data = name.map_or_else(|| data.clone(), |name| data[name].clone());
    }
    let Answer::Json(status, body) = ok(data) else { unreachable!() };
    let told = told.iter().copied().filter(|header| !header.starts_with("retry-after"));
    Answer::raw(status, &told.chain(["content-type: application/json"]).collect::<Vec<_>>(), body.to_string())
}
