//! `/demo/clock`: what time it is for the service, and a way to let time go by. No key is asked for.
//!
//! `GET` answers `{"now": TIME}`. `POST` takes `{"forward": "25h"}` or `{"to": TIME}`, and answers the same; a span has
//! weeks, days, hours, minutes and seconds (`7d`, `1h 30m`, `PT25H`), and a day is 24 hours.

use axum::{extract::State, response::Response};
use jiff::{Span, SpanRelativeTo, Timestamp};
use serde::Serialize;

use super::{
    Shared,
    answer::{self, Failure},
    request::Fields,
};
use crate::demo::store::Field;

#[derive(Serialize)]
struct Now {
    #[serde(serialize_with = "answer::time")]
    now: Timestamp,
}

pub(super) async fn tell(State(shared): State<Shared>) -> Response {
    answer::success(Now { now: shared.now() })
}

pub(super) async fn move_on(State(shared): State<Shared>, body: Fields) -> Result<Response, Failure> {
    let moved = match (body.optional_text("forward")?, body.optional_text("to")?) {
        (Field::Value(span), Field::Absent) => {
            let span: Span =
                span.parse().map_err(|_| Failure::invalid("`forward` must be a span, such as 25h or 7d."))?;
            let span = span
                .to_duration(SpanRelativeTo::days_are_24_hours())
                .map_err(|_| Failure::invalid("`forward` has weeks, days, hours, minutes and seconds only."))?;
            shared.clock.advance(span)
        }
        (Field::Absent, Field::Value(to)) => {
            let to = to.parse().map_err(|_| Failure::invalid("`to` must be a time, such as 2026-12-01T00:00:00Z."))?;
            shared.clock.move_to(to)
        }
        _ => return Err(Failure::invalid("Give either `forward` or `to`.")),
    };
    let now = moved.map_err(|error| Failure::invalid(super::super::sentence(&error.to_string())))?;
    Ok(answer::success(Now { now }))
}
