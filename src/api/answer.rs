//! Reading an answer: status, headers and body in, the envelope's `data` or a typed error out. Pure, and wary:
//! whatever stood on the way may have written it.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::announcement::Announcement;
use super::error::{ErrorKind, PAGE, StatusError};
use super::reading::{BadEntry, Body, Entries};
use crate::redact;
use crate::text::Text;

/// The longest pause that `Retry-After` can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// No message of a service needs more characters than this, and a dialog has to hold it.
const MAX_WORDS: usize = 500;

/// No key has more characters than this.
const LONGEST_KEY: usize = 512;

/// An answer whose body is not read yet.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

#[derive(Deserialize)]
struct Success<T> {
    /// Absent is taken for true; anything but true is no success.
    #[serde(default)]
    success: Option<bool>,
    data: T,
}

/// A failure's envelope, of which nothing is taken for granted.
#[derive(Deserialize, Default)]
struct Failure {
    #[serde(default)]
    success: Option<bool>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    link: Option<Value>,
}

/// What an envelope says beside success and failure, of which nothing is taken for granted either.
#[derive(Deserialize, Default)]
struct Remarks {
    #[serde(default)]
    deprecated: Option<Value>,
    #[serde(default)]
    link: Option<Value>,
}

impl Answer {
    /// The error that an answer of 300 to 399 is.
    pub(super) fn redirect(&self) -> Option<ErrorKind> {
        self.status.is_redirection().then(|| ErrorKind::Redirect {
            status: self.status.as_u16(),
            location: self
                .headers
                .get(LOCATION)
                .and_then(|location| words(&String::from_utf8_lossy(location.as_bytes()))),
        })
    }

    /// The `data` of a success, or what the status or the envelope says instead.
    pub(super) fn read<T: DeserializeOwned>(&self, body: Body<T>) -> Result<T, ErrorKind> {
        let Body { text, entries } = body;
        if !self.status.is_success() {
            return Err(self.refusal(&text));
        }
        if self.status == StatusCode::NO_CONTENT {
            // Enough for a call that expects nothing back, such as DELETE.
            return serde_json::from_value(Value::Null).map_err(|_| self.unreadable("it is empty".to_owned()));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(&text);
        match (serde_path_to_error::deserialize::<_, Success<T>>(&mut deserializer), entries) {
            (Ok(Success { success: None | Some(true), data }), Entries::None) => Ok(data),
            (Ok(Success { success: None | Some(true), data }), Entries::Some(put)) => Ok(put(data)),
            (Ok(Success { success: None | Some(true), .. }), Entries::Bad(bad)) => {
                Err(self.unreadable(bad_entry(&bad)))
            }
            (Ok(_), _) => Err(self.refusal(&text)),
            (Err(error), entries) => {
                let failure = serde_json::from_slice::<Failure>(&text).unwrap_or_default();
                Err(match (failure.success, entries) {
                    (Some(false), _) => self.refusal(&text),
                    (_, Entries::Bad(bad)) => self.unreadable(bad_entry(&bad)),
                    _ => self.unreadable(self.reason(&text, &error)),
                })
            }
        }
    }

    /// What the service announces beside the answer. What a proxy's page says is not the service's.
    pub(super) fn announcements(&self, body: &[u8]) -> Vec<Announcement> {
        if self.is_page(body) {
            return Vec::new();
        }
        let header = |name: &str| self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let end = header("sunset").and_then(|value| http_date(&value));
        let remarks = serde_json::from_slice::<Remarks>(body).unwrap_or_default();
        let link = remarks.link.as_ref().and_then(Value::as_str).and_then(words);
        let warning = header("x-api-key-warning").and_then(|value| words(&value));
        let is_deprecated = remarks.deprecated == Some(Value::Bool(true));
        let mut announcements = Vec::new();
        match (warning, end) {
            (Some(warning), end) => announcements.push(Announcement::Key { warning, end }),
            (None, Some(end)) if !is_deprecated => announcements.push(Announcement::Sunset { end, link: link.clone() }),
            _ => {}
        }
        if is_deprecated {
            // Beside a warning about the key, the end is the key's.
            let end = end.filter(|_| announcements.is_empty());
            announcements.push(Announcement::Deprecated { end, link });
        }
        announcements
    }

    fn refusal(&self, body: &[u8]) -> ErrorKind {
        let failure = serde_json::from_slice::<Failure>(body).unwrap_or_default();
        let said = |value: Option<Value>| value.as_ref().and_then(Value::as_str).and_then(words);
        ErrorKind::Status(StatusError {
            status: self.status.as_u16(),
            message: said(failure.error).or_else(|| said(failure.message)),
            link: said(failure.link),
            retry_after: self.headers.get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?)),
            is_page: self.is_page(body),
        })
    }

    fn unreadable(&self, reason: String) -> ErrorKind {
        ErrorKind::Unreadable { status: self.status.as_u16(), reason }
    }

    /// Why a success was not understood: where, and what was expected. serde's own words can quote the answer,
    /// which may hold a secret, so only its category and place are told.
    fn reason(&self, body: &[u8], error: &serde_path_to_error::Error<serde_json::Error>) -> String {
        if self.is_page(body) {
            return PAGE.to_owned();
        }
        if body.trim_ascii().is_empty() {
            return "it is empty".to_owned();
        }
        let path = error.path();
        match error.inner().classify() {
            serde_json::error::Category::Eof => "it ends in the middle".to_owned(),
            serde_json::error::Category::Data if path.iter().next().is_none() => {
                "it is not in the envelope that the service uses".to_owned()
            }
            serde_json::error::Category::Data => format!("a value is missing or of the wrong kind at `{path}`"),
            _ => format!("it is not JSON (line {}, column {})", error.inner().line(), error.inner().column()),
        }
    }

    fn is_page(&self, body: &[u8]) -> bool {
        let html = self
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"text/html"));
        html || body.trim_ascii_start().first() == Some(&b'<')
    }
}

/// Why an entry of a list was not understood, in the words of [`Answer::reason`].
fn bad_entry(bad: &BadEntry) -> String {
    match bad.error.classify() {
        serde_json::error::Category::Data => format!("a value is missing or of the wrong kind at `{}`", bad.path),
        _ => {
            let (lines, before) = bad.place;
            let column = if bad.error.line() > 1 { bad.error.column() } else { before + bad.error.column() };
            format!("it is not JSON (line {}, column {column})", lines + bad.error.line())
        }
    }
}

/// What the service says, where it says something: cleaned, cut, and without keys, even if it repeats the one that
/// signed the call.
fn words(text: &str) -> Option<Text> {
    let mut words = text.trim();
    if let Some((end, _)) = words.char_indices().nth(4 * MAX_WORDS) {
        let cut = &words[..end];
        // Half a key might not be known for what it is: the last word goes, as far as it can be one.
        let word = cut.bytes().rev().take(LONGEST_KEY).take_while(u8::is_ascii_graphic).count();
        words = &cut[..end - word];
    }
    let mut words = redact::redacted(words).into_owned();
    if let Some((end, _)) = words.char_indices().nth(MAX_WORDS) {
        words.replace_range(end.., "…");
    }
    (!words.is_empty()).then(|| Text::from(words))
}

fn http_date(value: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp())
}

/// Seconds, or an HTTP date.
fn retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    let pause = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that are too many for a number are a long time.
        value.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        SystemTime::from(http_date(value)?).duration_since(SystemTime::now()).unwrap_or_default()
    };
    Some(pause.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::api::model::{ApiKey, Project};
    use crate::api::reading::{Listed, Whole, taken};
    use crate::api::wire::ApiKeys;

    #[test]
    fn retry_after_is_seconds_or_a_date_and_is_capped() {
        assert_eq!(retry_after(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("99999999"), Some(MAX_RETRY_AFTER));
        assert_eq!(retry_after("99999999999999999999999"), Some(MAX_RETRY_AFTER));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }

    /// Text near enough to the service's JSON to come far into the parser.
    fn body() -> impl Strategy<Value = Vec<u8>> {
        let token = prop_oneof![
            Just(r#"{"success":true,"data":{"#),
            Just(r#""success":false,"#),
            Just(r#""apiKeys":[{"id":1,"valid":true,"value":"canary"}"#),
            Just(r#""id":"#),
            Just(r#""canary":"#),
            Just(r#""canary","#),
            Just(r#""error":"\u001b]""#),
            Just("1e999"),
            Just("null"),
            Just("["),
            Just("]"),
            Just("}"),
            Just(","),
            Just("<html>canary"),
        ];
        prop_oneof![vec(any::<u8>(), 0..80), vec(token, 0..12).prop_map(|tokens| tokens.concat().into_bytes())]
    }

    proptest! {
        #[test]
        fn any_answer_is_a_value_or_an_error_without_its_content(
            status in 100..1000u16, body in body(), headers in vec(vec(any::<u8>(), 0..30), 3),
        ) {
            let values = headers.iter().map(|value| HeaderValue::from_bytes(value).ok());
            let names = [LOCATION, RETRY_AFTER, CONTENT_TYPE];
            let headers = names.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
            let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers };
            let _ = answer.redirect();
            let errors = [
                answer.read(taken::<Whole<Vec<ApiKey>>>(&body, 9)).err(),
                answer.read(taken::<Whole<Project>>(&body, 9)).err(),
                answer.read(taken::<Whole<Value>>(&body, 9)).err(),
                answer.read(taken::<Listed<ApiKeys>>(&body, 9)).map(drop).err(),
            ];
            for error in errors.into_iter().flatten() {
                assert!(!matches!(&error, ErrorKind::Unreadable { reason, .. } if reason.contains("canary")), "{error:?}");
                assert!(!format!("{error:?}").contains('\u{1b}'), "{error:?}");
            }
        }
    }
}
