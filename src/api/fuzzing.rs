//! The way in for `fuzz/`, which sees public items alone: an answer is read as each call would read it.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::error::{ApiError, ErrorKind};
use super::model::Organization;
use super::reading::{Listed, Reading, Whole, taken};
use super::wire::{ApiKeys, Projects};
use crate::redact;
use crate::secret::Secret;

/// All words that people would see of an answer of `status`, with the values of `Location`, `Retry-After`,
/// `Content-Type` and `X-Api-Key-Warning` and this body, to a call that `key` signed.
pub fn words_of_answer(key: &str, status: u16, headers: &[Vec<u8>; 4], body: &[u8]) -> Vec<String> {
    redact::note_key(&Secret::new(key));
    let Ok(status) = StatusCode::from_u16(status) else { return Vec::new() };
    let names = [LOCATION, RETRY_AFTER, CONTENT_TYPE, HeaderName::from_static("x-api-key-warning")];
    let values = headers.iter().map(|value| HeaderValue::from_bytes(value).ok());
    let headers: HeaderMap = names.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
    let answer = Answer { status, headers };
    let mut words = Vec::new();
    words.extend(answer.redirect().map(told));
    words.extend(answer.announcements(body).iter().map(ToString::to_string));
    read::<Listed<ApiKeys>>(&answer, body, &mut words, |list| {
        list.api_keys.iter().flat_map(|key| [key.title().to_owned(), key.value.as_str().to_owned()]).collect()
    });
    read::<Listed<Projects>>(&answer, body, &mut words, |list| {
        list.projects.iter().map(|project| project.name.to_string()).collect()
    });
    read::<Whole<Organization>>(&answer, body, &mut words, |organization| {
        vec![organization.id.to_string(), organization.name.to_string()]
    });
    words
}

fn read<R: Reading<Value: DeserializeOwned>>(
    answer: &Answer,
    body: &[u8],
    words: &mut Vec<String>,
    shown: impl FnOnce(&R::Value) -> Vec<String>,
) {
    // In pieces whose ends come anywhere.
    match answer.read(taken::<R>(body, 1 + body.len() % 17)) {
        Ok(value) => words.extend(shown(&value)),
        Err(kind) => words.push(told(kind)),
    }
}

fn told(kind: ErrorKind) -> String {
    ApiError { host: "fuzz.invalid".into(), kind }.to_string()
}
