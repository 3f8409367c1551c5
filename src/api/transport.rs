//! One way for every call: address, headers, repeats, body, envelope, errors.

mod clients;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::Limits;
use super::announcement::{Announced, Announcement};
use super::answer::Answer;
use super::contact::Contact;
use super::error::{ApiError, Certainty, ErrorKind};
use super::failure;
use super::proxy::is_loopback;
use super::reading::{Body, List, Listed, Reading, Whole};
use super::version::Version;
use crate::redact;
use crate::secret::Secret;
use crate::text::Text;
use clients::{Clients, Settings};

/// How often a read is tried where the budget allows more.
const READ_ATTEMPTS: u32 = 4;

/// A call before it has an address and a key.
#[derive(Debug)]
pub(super) struct Request {
    version: Version,
    method: Method,
    segments: Vec<String>,
    body: Option<Value>,
}

impl Request {
    pub(super) fn new(version: Version, method: Method, segments: &[&str]) -> Self {
        let segments = std::iter::once(version.segment()).chain(segments.iter().copied()).map(str::to_owned).collect();
        Self { version, method, segments, body: None }
    }

    pub(super) fn push(&mut self, segment: &str) {
        self.segments.push(segment.to_owned());
    }

    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// The connection to the service, and who asks.
#[derive(Clone)]
pub(super) struct Transport {
    base: Url,
    key: Secret,
    limits: Limits,
    /// When the reads of this one have to end, where they share their budget with others.
    deadline: Option<Instant>,
    /// Whether a pause that the service asks for ends the call.
    tells_pauses: bool,
    /// Why it sends nothing but reads.
    read_only: Option<Arc<str>>,
    announced: Arc<Mutex<HashMap<Version, Announced>>>,
    clients: Arc<Clients>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transport").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Transport {
    pub(super) fn new(base: Url, key: Secret, limits: Limits) -> Self {
        redact::note_key(&key);
        Self {
            base,
            key,
            limits,
            deadline: None,
            tells_pauses: false,
            read_only: None,
            announced: Arc::default(),
            clients: Arc::default(),
        }
    }

    pub(super) fn until(&self, deadline: std::time::Instant) -> Self {
        Self { deadline: Some(deadline.into()), ..self.clone() }
    }

    pub(super) fn read_only(self, reason: &str) -> Self {
        Self { read_only: Some(reason.into()), ..self }
    }

    pub(super) fn telling_pauses(&self) -> Self {
        Self { tells_pauses: true, ..self.clone() }
    }

    pub(super) fn signed_by(&self, key: Secret) -> Self {
        redact::note_key(&key);
        // Clients hold the key that they sign with.
        Self { key, clients: Arc::default(), ..self.clone() }
    }

    /// What was announced beside the answers of this version.
    pub(super) fn take_announcements(&self, version: Version) -> Vec<Announcement> {
        self.announced.lock().unwrap_or_else(PoisonError::into_inner).entry(version).or_default().take()
    }

    pub(super) fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    pub(super) fn last_contact(&self) -> Option<Contact> {
        self.clients.last_contact()
    }

    /// Sends `request`, repeats it where that is safe, and gives the `data` of the answer's envelope.
    pub(super) async fn call<T: DeserializeOwned>(&self, request: Request) -> Result<T, ApiError> {
        // Kept small for whoever holds several of them: an HTTP call takes kilobytes.
        Box::pin(self.send::<Whole<T>>(request)).await
    }

    /// The same where the `data` has a list, which may be long: it is read as it comes.
    pub(super) async fn call_for_list<T: List + DeserializeOwned>(&self, request: Request) -> Result<T, ApiError> {
        Box::pin(self.send::<Listed<T>>(request)).await
    }

    async fn send<R: Reading<Value: DeserializeOwned>>(&self, request: Request) -> Result<R::Value, ApiError> {
        if let Some(reason) = self.read_only.as_deref().filter(|_| request.method != Method::GET) {
            return Err(self.error(ErrorKind::ReadOnly(reason.to_owned())));
        }
        let url = self.url(&request)?;
        let client = self.client(&request.method).await?;
        match request.method {
            Method::GET => self.read::<R>(&client, &request, &url).await,
            Method::POST => self.attempt::<R>(&client, &request, &url, self.limits.write).await,
            _ => match self.attempt::<R>(&client, &request, &url, self.limits.write).await {
                Err(error) if self.repeats(&error) => self.repeat_write::<R>(&client, &request, &url, &error).await,
                result => result,
            },
        }
    }

    async fn read<R: Reading<Value: DeserializeOwned>>(
        &self,
        client: &reqwest::Client,
        request: &Request,
        url: &Url,
    ) -> Result<R::Value, ApiError> {
        let begun = Instant::now();
        let budget = self.limits.read_budget;
        let deadline = self.deadline.unwrap_or(begun + budget);
        let mut attempt = 1;
        let mut was_unconnected = false;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.error(ErrorKind::Timeout { after: budget, sent: true }));
            }
            let mut error = match self.attempt::<R>(client, request, url, left).await {
                Err(error) if self.repeats(&error) => error,
                result => return result,
            };
            if let ErrorKind::Timeout { after, sent } = &mut error.kind {
                // With less time than connecting may take, an attempt can't tell that it came to no connection, either.
                *sent &= !(was_unconnected && left <= self.limits.connect);
                was_unconnected = !*sent;
                // The last attempt had only what earlier ones, and earlier reads, left of the time.
                *after = if Instant::now() < deadline { begun.elapsed().min(budget) } else { budget };
            }
            let pause = self.pause(&error, attempt);
            if attempt == READ_ATTEMPTS || Instant::now() + pause >= deadline {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// The one repeat of a PUT or DELETE.
    async fn repeat_write<R: Reading<Value: DeserializeOwned>>(
        &self,
        client: &reqwest::Client,
        request: &Request,
        url: &Url,
        first: &ApiError,
    ) -> Result<R::Value, ApiError> {
        let pause = self.pause(first, 1);
        if pause > self.limits.read_budget {
            return Err(first.clone());
        }
        tokio::time::sleep(pause).await;
        let second = self.attempt::<R>(client, request, url, self.limits.write).await;
        match second {
            // Gone: the first attempt did it, and only its answer was lost.
            Err(error)
                if request.method == Method::DELETE
                    && error.is_not_found()
                    && first.certainty() == Certainty::Unknown =>
            {
                serde_json::from_value(Value::Null).map_err(|_| error)
            }
            // A repeat that was refused, or never arrived, says nothing about the first attempt.
            Err(error)
                if error.certainty() == Certainty::NotDone
                    && !error.is_not_found()
                    && first.certainty() == Certainty::Unknown =>
            {
                Err(first.clone())
            }
            result => result,
        }
    }

    fn repeats(&self, error: &ApiError) -> bool {
        is_passing(error) && !(self.tells_pauses && error.retry_after().is_some())
    }

    fn pause(&self, error: &ApiError, attempt: u32) -> Duration {
        if let Some(asked) = error.retry_after() {
            return asked;
        }
        longest_pause(self.limits.backoff, attempt).mul_f64(fastrand::f64().mul_add(0.5, 0.5))
    }

    async fn attempt<R: Reading<Value: DeserializeOwned>>(
        &self,
        client: &reqwest::Client,
        request: &Request,
        url: &Url,
        timeout: Duration,
    ) -> Result<R::Value, ApiError> {
        let mut builder = client.request(request.method.clone(), url.clone()).timeout(timeout);
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let (sent, begun) = (Timestamp::now(), Instant::now());
        let response = builder.send().await.map_err(|error| self.transport(&error, timeout))?;
        let contact = Contact::new(sent, begun.elapsed(), response.headers());
        self.clients.note(contact);
        self.answer::<R>(request.version, response, timeout).await
    }

    async fn answer<R: Reading<Value: DeserializeOwned>>(
        &self,
        version: Version,
        mut response: Response,
        timeout: Duration,
    ) -> Result<R::Value, ApiError> {
        let status = response.status();
        let answer = Answer { status, headers: std::mem::take(response.headers_mut()) };
        if let Some(redirect) = answer.redirect() {
            return Err(self.error(redirect));
        }
        let body = match self.body::<R>(response, timeout).await {
            // A refusal is one, whatever became of its words.
            Err(_) if !status.is_success() => R::default().end(),
            body => body?,
        };
        for announcement in answer.announcements(&body.text) {
            let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
            announced.entry(version).or_default().note(announcement);
        }
        answer.read(body).map_err(|kind| self.error(kind))
    }

    async fn body<R: Reading>(&self, mut response: Response, timeout: Duration) -> Result<Body<R::Value>, ApiError> {
        let limit = self.limits.body;
        let too_large = || self.error(ErrorKind::TooLarge(limit));
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if announced > limit {
            return Err(too_large());
        }
        let mut reading = R::default();
        reading.expects(announced);
        let mut taken = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| self.transport(&error, timeout))? {
            taken += chunk.len();
            if taken > limit {
                return Err(too_large());
            }
            reading.take(&chunk);
        }
        Ok(reading.end())
    }

    fn url(&self, request: &Request) -> Result<Url, ApiError> {
        let invalid = |reason: &str| self.error(ErrorKind::Invalid(reason.to_owned()));
        let mut url = self.base.clone();
        {
            let mut path = url.path_segments_mut().map_err(|()| invalid("the base URL can't have a path"))?;
            path.pop_if_empty();
            for segment in &request.segments {
                // `push` drops these without a word, and the call would become another one.
                if segment.is_empty() || segment == "." || segment == ".." || segment.contains(['/', '\\', '%']) {
                    return Err(invalid("an id that can't be part of an address"));
                }
                path.push(segment);
            }
        }
        Ok(url)
    }

    async fn client(&self, method: &Method) -> Result<reqwest::Client, ApiError> {
        let settings = Settings {
            is_loopback: is_loopback(&self.base),
            is_plain: self.base.scheme() == "http",
            keeps_connections: method != Method::POST,
            connect: self.limits.connect,
        };
        self.clients.get(settings, &self.key, self.limits.kept).await.map_err(|kind| self.error(kind))
    }

    fn transport(&self, error: &reqwest::Error, timeout: Duration) -> ApiError {
        let sent = !error.is_connect();
        let kind = if error.is_timeout() {
            ErrorKind::Timeout { after: if sent { timeout } else { timeout.min(self.limits.connect) }, sent }
        } else if !sent {
            ErrorKind::Connect(failure::of_connecting(error))
        } else if let Some(failure) = failure::before_reading(error) {
            ErrorKind::Connect(failure)
        } else {
            ErrorKind::Broken(failure::innermost(error))
        };
        self.error(kind)
    }

    pub(super) fn error(&self, kind: ErrorKind) -> ApiError {
        let host = self.base.host_str().unwrap_or_default();
        let host = match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        ApiError { host: Text::from(host), kind }
    }
}

/// Whether the same call may well succeed in a moment.
fn is_passing(error: &ApiError) -> bool {
    match &error.kind {
        ErrorKind::Connect(failure) => failure.is_passing(),
        ErrorKind::Broken(_) | ErrorKind::Timeout { .. } => true,
        ErrorKind::Status(error) => matches!(error.status, 408 | 429 | 500 | 502 | 503 | 504),
        _ => false,
    }
}

/// What is waited at most before the next attempt, after so many.
fn longest_pause(backoff: Duration, attempts: u32) -> Duration {
    backoff.saturating_mul(1 << attempts.saturating_sub(1).min(6))
}

#[cfg(test)]
mod tests;
