//! Faults on demand: the embedded service answers wrongly, late or not at all, where it was told to.
//!
//! A [`Fault`] is written as one line, `[METHOD] [PATH] WORD,WORD…`, for `ckeys demo-server --fault`
//! and for tests alike; its documentation has the whole grammar. Which request meets which fault
//! depends on the order of the requests alone, so that what went wrong once can be made to go wrong
//! again.
//!
//! - `spec` reads and writes the line;
//! - `plan` knows which faults are left, and what the service was asked;
//! - `inject` is the layer around the routes that applies them;
//! - `wire` is the connection, for what HTTP has no words for: answers that break off.

mod inject;
mod plan;
mod spec;
pub(super) mod wire;

use std::{num::NonZeroU32, time::Duration};

use axum::http::{Method, StatusCode};
use jiff::civil::Date;

pub(super) use self::{inject::inject, plan::Faults};
pub use self::{plan::Received, spec::FaultError};

/// What is to go wrong, with which requests, and how often.
///
/// Made from text, `[METHOD] [PATH] WORD,WORD…`, and written as the same again:
///
/// ```
/// # use confident_keys::demo::Fault;
/// let fault: Fault = "POST */api-keys status=503,after,times=2".parse()?;
/// assert_eq!(fault.to_string(), "POST */api-keys status=503,after,times=2");
/// # Ok::<(), confident_keys::demo::FaultError>(())
/// ```
///
/// METHOD is `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, or `*` for any. PATH is compared with the
/// request's whole path, as it was sent and without a query; `*` stands for any characters, also
/// none. Left out, each means any.
///
/// One word says what goes wrong. Where it says *before*, nothing is done; where it says *after*,
/// the call does its work first, and a word `before` or `after` tells otherwise where there is a
/// choice:
///
/// | word | the client gets | work |
/// |---|---|---|
/// | `status=CODE` | that status (400 to 599) in the contract's envelope | before |
/// | `redirect=URL` | 302 to there; with `code=CODE` 301, 303, 307 or 308 (a comma in it as `%2C`) | before |
/// | `html`, `html=CODE` | a web page, as captive portals and proxies have them; 200 unless told otherwise | before |
/// | `drop` | nothing: the connection is closed | after |
/// | `reset` | nothing: the connection is reset (TCP RST) | after |
/// | `cut` | half of the body, of the full length by its head; then the connection is closed | always |
/// | `drip=MS` | the body's bytes one by one, that many milliseconds apart | always |
/// | `garbage` | 200, and what is no JSON under JSON's type | after |
/// | `empty` | 200 without a body | after |
/// | `mask` | a new key's value masked, as if it had been shown before (POST only) | always |
/// | `wrong` | a 2xx that contradicts what was asked: PUT and PATCH change nothing and answer what is, DELETE deletes nothing and answers `deleted: false`, POST answers another name than was given | |
///
/// More words, also without one of the above:
///
/// | word | meaning |
/// |---|---|
/// | `delay=MS` | the answer, or its end, comes so many milliseconds late; with `before` and no other fault, the work is late, too, and is never done for a client that has gone away by then |
/// | `hold` | as `delay`, until the faults are replaced ([`Service::set_faults`](super::Service::set_faults)) |
/// | `retry-after=SECONDS` | the header `Retry-After` |
/// | `deprecated` | `deprecated: true` in the envelope |
/// | `sunset=YYYY-MM-DD` | the header `Sunset` with that day |
/// | `skip=N` | the first N requests that fit pass |
/// | `times=N`, `times=always` | how many requests are met; one unless told otherwise |
///
/// Of several faults, the first that fits and is not used up takes the request, and the others
/// don't see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// None: any.
    method: Option<Method>,
    /// With `*` for any characters.
    path: String,
    kind: Kind,
    /// Whether the call's work is done before anything goes wrong.
    work: Work,
    delay: Option<Delay>,
    extras: Extras,
    /// How many requests that fit pass before the first is met.
    skip: u32,
    times: Times,
}

/// How many requests are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Always,
    Of(NonZeroU32),
}

/// What becomes of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// It is what it would have been, but for the delay and the extras.
    Usual,
    Status(StatusCode),
    Redirect {
        code: StatusCode,
        location: String,
    },
    Html(StatusCode),
    Drop,
    Reset,
    Cut,
    /// With this pause after each byte.
    Drip(Duration),
    Garbage,
    Empty,
    Mask,
    Wrong,
}

/// How long the answer, or the work, is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delay {
    For(Duration),
    /// Until the faults are replaced.
    UntilReplaced,
}

/// When the fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Before the call did its work, which is then left undone.
    Before,
    /// After it.
    After,
}

/// What an answer has more than usual.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Extras {
    /// In seconds.
    retry_after: Option<u32>,
    deprecated: bool,
    sunset: Option<Date>,
}

impl Kind {
    /// When it strikes unless the fault says otherwise.
    fn usual_work(&self) -> Work {
        match self {
            Self::Status(_) | Self::Redirect { .. } | Self::Html(_) | Self::Wrong => Work::Before,
            Self::Usual
            | Self::Drop
            | Self::Reset
            | Self::Cut
            | Self::Drip(_)
            | Self::Garbage
            | Self::Empty
            | Self::Mask => Work::After,
        }
    }

    /// Whether it can strike before the work and after it.
    fn has_choice(&self) -> bool {
        !matches!(self, Self::Cut | Self::Drip(_) | Self::Mask | Self::Wrong)
    }

    /// Whether it makes sense for this method.
    fn suits(&self, method: &Method) -> bool {
        match self {
            Self::Mask => *method == Method::POST,
            Self::Wrong => [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method),
            _ => true,
        }
    }

    /// Whether the client gets a head, to which headers can be added.
    fn has_head(&self) -> bool {
        !matches!(self, Self::Drop | Self::Reset)
    }

    /// Whether the client gets the contract's envelope, or at least the start of one.
    fn has_envelope(&self) -> bool {
        match self {
            Self::Usual | Self::Status(_) | Self::Cut | Self::Drip(_) | Self::Mask | Self::Wrong => true,
            Self::Redirect { .. } | Self::Html(_) | Self::Drop | Self::Reset | Self::Garbage | Self::Empty => false,
        }
    }
}

impl Fault {
    fn fits(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method) && self.kind.suits(method) && is_like(&self.path, path)
    }
}

/// Whether `text` is `pattern` with each `*` replaced by any characters.
fn is_like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else { return false };
    let Some(end) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        // The first place will do: it leaves the most for what follows.
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "/v1/projects", true),
            ("/v1/projects", "/v1/projects", true),
            ("/v1/projects", "/v1/projects/abc", false),
            ("/v1/projects", "/v1", false),
            ("/v1/projects*", "/v1/projects", true),
            ("/v1/projects*", "/v1/projects/abc", true),
            ("/v1/projects/*", "/v1/projects", false),
            ("*/api-keys", "/v1/organization/api-keys", true),
            ("*/api-keys", "/v1/organization/api-keys/34", false),
            ("*/api-keys/*", "/v1/organization/api-keys/34", true),
            ("/v1/*/api-keys", "/v1/projects/abc/api-keys", true),
            ("/v1/*/api-keys", "/v2/projects/abc/api-keys", false),
            ("*a*ab*", "aab", true),
            ("*ab*a*", "aab", false),
            ("/a*a", "/a", false),
            ("/a**", "/a", true),
        ] {
            assert_eq!(is_like(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn method_and_path_choose_the_requests() {
        let fits = |spec: &str, method: Method, path: &str| {
            spec.parse::<Fault>().unwrap_or_else(|error| panic!("{spec}: {error}")).fits(&method, path)
        };
        assert!(fits("POST */api-keys drop", Method::POST, "/v1/organization/api-keys"));
        assert!(!fits("POST */api-keys drop", Method::GET, "/v1/organization/api-keys"));
        assert!(!fits("POST */api-keys drop", Method::POST, "/v1/projects"));
        assert!(fits("drop", Method::GET, "/"));
        // What makes no sense for a method leaves its requests alone.
        assert!(fits("mask", Method::POST, "/") && !fits("mask", Method::PUT, "/"));
        assert!(fits("wrong", Method::DELETE, "/") && !fits("wrong", Method::GET, "/"));
    }
}
