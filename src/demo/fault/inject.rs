//! The layer around the routes that lets things go wrong.

use axum::{
    Json,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, StatusCode, header, response::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::{civil::Date, fmt::rfc2822::DateTimePrinter, tz::TimeZone};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    Delay, Extras, Fault, Faults, Kind, Work,
    wire::{Handle, Manner},
};
use crate::demo::MAX_BODY;
use crate::demo::store::masked;

/// The name in the answer to a POST that contradicts what was asked.
const OTHER_NAME: &str = "Not the name that was asked for";

/// What a captive portal shows.
const WEB_PAGE: &str = "<!doctype html>\n<html><head><title>Welcome</title></head>\
    <body><h1>Welcome to the guest network</h1><p>Please sign in to go on.</p></body></html>\n";

/// What is no JSON, though it starts like it.
const GARBAGE: &str = "{\"success\":true,\"data\":{\"apiKey\":<<<not JSON>>>";

/// Passes the request on, unless something is to go wrong with it.
pub(in crate::demo) async fn inject(
    State(faults): State<Faults>,
    ConnectInfo(connection): ConnectInfo<Handle>,
    request: Request,
    next: Next,
) -> Response {
    let Some((fault, replaced)) = faults.meet(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    // The whole request, whatever becomes of it: a connection closed over unread bytes is reset, and
    // while bytes are left to read, nobody notices that the client goes away.
    let (parts, body) = request.into_parts();
    let has_body = parts.method != Method::HEAD;
    let request = match to_bytes(body, MAX_BODY).await {
        Ok(body) => Request::from_parts(parts, body.into()),
        Err(_) => return failure(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large, or broke off."),
    };
    let Fault { kind, work, delay, extras, .. } = fault;
    let late = async {
        match delay {
            Some(Delay::For(time)) => sleep(time).await,
            Some(Delay::UntilReplaced) => replaced.happens().await,
            None => {}
        }
    };
    let own = match (&kind, work) {
        (Kind::Usual, Work::Before) => {
            late.await;
            next.run(request).await
        }
        // It does of the work what it needs.
        (Kind::Wrong, _) => {
            let answer = wrong(request, next).await;
            late.await;
            answer
        }
        (_, Work::After) => {
            let answer = next.run(request).await;
            late.await;
            answer
        }
        // None of these needs the call's own answer.
        (_, Work::Before) => {
            late.await;
            Response::default()
        }
    };
    let answer = match &kind {
        Kind::Usual | Kind::Wrong | Kind::Drop | Kind::Reset | Kind::Cut | Kind::Drip(_) => own,
        Kind::Status(code) => failure(*code, &format!("The service was told to answer {code}.")),
        Kind::Redirect { code, location } => (*code, [(header::LOCATION, location)]).into_response(),
        Kind::Html(code) => (*code, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], WEB_PAGE).into_response(),
        Kind::Garbage => ([(header::CONTENT_TYPE, "application/json")], GARBAGE).into_response(),
        Kind::Empty => ([(header::CONTENT_TYPE, "application/json")], "").into_response(),
        Kind::Mask => rewritten(own, |envelope| for_each_text(envelope, &["value", "shadowValue"], masked)).await,
    };
    let answer = with_extras(answer, &extras).await;
    match kind {
        Kind::Drop => connection.set(Manner::Closed),
        Kind::Reset => connection.set(Manner::Reset),
        Kind::Cut if !has_body => connection.set(Manner::Cut(0)),
        Kind::Cut => return paced(answer, &connection, |length| Manner::Cut(length / 2)).await,
        Kind::Drip(pause) if has_body => {
            return paced(answer, &connection, |length| Manner::Drip { length, pause }).await;
        }
        _ => {}
    }
    answer
}

/// The contract's envelope of a call that did nothing.
fn failure(code: StatusCode, error: &str) -> Response {
    (code, Json(json!({"success": false, "error": error, "deprecated": false}))).into_response()
}

/// A 2xx that contradicts what was asked, where the call would have done its work.
async fn wrong(mut request: Request, next: Next) -> Response {
    let method = request.method().clone();
    if method == Method::POST {
        let answer = next.run(request).await;
        return rewritten(answer, |envelope| for_each_text(envelope, &["name"], |_| OTHER_NAME.to_owned())).await;
    }
    // What is there, as reading tells it; and where it does not, the call fails as it should.
    let last = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
    *request.method_mut() = Method::GET;
    *request.body_mut() = Body::empty();
    request.headers_mut().remove(header::CONTENT_LENGTH);
    let answer = next.run(request).await;
    if method != Method::DELETE {
        return answer;
    }
    let id = last.parse::<u64>().map_or_else(|_| Value::from(last), Value::from);
    rewritten(answer, |envelope| envelope["data"] = json!({"id": id, "deleted": false})).await
}

/// The answer with its envelope changed, where the call did its work.
async fn rewritten(answer: Response, change: impl FnOnce(&mut Value)) -> Response {
    if !answer.status().is_success() {
        return answer;
    }
    changed(answer, change).await
}

/// The answer with its envelope changed. What holds no JSON object stays as it is.
async fn changed(answer: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (mut parts, bytes) = whole(answer).await;
    match serde_json::from_slice(&bytes) {
        Ok(mut envelope @ Value::Object(_)) => {
            change(&mut envelope);
            // The length is another one now; it is set anew from the body.
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, envelope.to_string().into())
        }
        _ => Response::from_parts(parts, bytes.into()),
    }
}

/// Replaces each text under one of these names, however deep.
fn for_each_text(value: &mut Value, names: &[&str], replace: impl Fn(&str) -> String + Copy) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if names.contains(&name.as_str()) => *text = replace(text),
                    _ => for_each_text(value, names, replace),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| for_each_text(value, names, replace)),
        _ => {}
    }
}

async fn with_extras(mut answer: Response, extras: &Extras) -> Response {
    let headers = answer.headers_mut();
    if let Some(seconds) = extras.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(sunset) = extras.sunset.and_then(http_date) {
        headers.insert("sunset", sunset);
    }
    if extras.deprecated {
        return changed(answer, |envelope| envelope["deprecated"] = true.into()).await;
    }
    answer
}

/// The start of the day in UTC, as headers have it; none for years that they can't tell.
fn http_date(day: Date) -> Option<HeaderValue> {
    let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    DateTimePrinter::new().timestamp_to_rfc9110_string(&start).ok()?.try_into().ok()
}

/// The answer, sent in a manner that depends on the length of its body.
async fn paced(answer: Response, connection: &Handle, manner: impl FnOnce(usize) -> Manner) -> Response {
    let (parts, bytes) = whole(answer).await;
    connection.set(manner(bytes.len()));
    Response::from_parts(parts, bytes.into())
}

/// The answer with its body in memory, where the routes have it already.
async fn whole(answer: Response) -> (Parts, Bytes) {
    let (parts, body) = answer.into_parts();
    // Bodies of the routes are complete from the start: reading them fails for no reason.
    (parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}
