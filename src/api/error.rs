//! How a call can fail, as values that can be compared.
//!
//! [`ApiError`] says what happened in [`ApiError::summary`], with the service's own words where it gave
//! some, and what to do in [`ApiError::advice`]. For a write, [`ApiError::certainty`] says the thing that
//! matters most: whether the service may have done it.

mod connect;

use std::fmt;
use std::time::Duration;

use crate::text::Text;
pub use connect::{ConnectFailure, ProxyFailure, ProxyProblem, TlsFailure};

/// Why a call gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The host that was asked, with its port where that is not the usual one.
    pub host: Text,
    /// What went wrong.
    pub kind: ErrorKind,
}

/// What went wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// The call could not be put together; nothing was sent.
    Invalid(String),
    /// The version of the API that is spoken does not know what was asked for, for this reason. Nothing was sent.
    Unavailable(&'static str),
    /// Writes are not wanted, for this reason. Nothing was sent.
    ReadOnly(String),
    /// What had to be read before a write could not be read: the write was not sent.
    NotBegun(Box<ApiError>),
    /// No connection: nothing was sent.
    Connect(ConnectFailure),
    /// No whole answer within this time.
    Timeout {
        /// How long was waited, in all.
        after: Duration,
        /// Whether the request may have reached the service.
        sent: bool,
    },
    /// The connection broke after the request was sent, in the transport's words.
    Broken(Text),
    /// The service, or something before it, sent the caller elsewhere. Never followed: the key would go along.
    Redirect {
        /// 300 to 399.
        status: u16,
        /// Where to, where it said so.
        location: Option<Text>,
    },
    /// The service refused, or failed.
    Status(StatusError),
    /// 404 for what every organization has: the address is not that of the API.
    NoApi {
        /// The words of whatever answered.
        message: Option<Text>,
    },
    /// A success that could not be understood.
    Unreadable {
        /// 200 to 299.
        status: u16,
        /// What was wrong with it, and where in it. Never the answer itself.
        reason: String,
    },
    /// The answer was longer than this many bytes and was not read to its end.
    TooLarge(usize),
    /// What is looked for belongs to another organization than the key, called so; or nobody knows to which.
    AnotherOrganization(Option<Text>),
    /// The key was given a new value since its user was told of it. The write was not sent.
    Overtaken,
}

/// An answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusError {
    /// The HTTP status; a 2xx where the envelope says that it failed.
    pub status: u16,
    /// The service's own words.
    pub message: Option<Text>,
    /// Where the service says there is more to read.
    pub link: Option<Text>,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether the answer was a web page: a proxy's or a portal's, not the service's.
    pub is_page: bool,
}

/// What is wrong with a success that is a web page.
pub(super) const PAGE: &str = "it is a web page, such as a proxy's or a network's sign-in page";
/// What to do where something else than the service answered.
const PAGE_ADVICE: &str = "Something between here and the service answered: check the proxy, a sign-in page of the network, and the address where you set one (CONFIDENT_BASE_URL, or a profile's base_url).";

/// What is known of a write whose call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It did not happen.
    NotDone,
    /// It may have happened.
    Unknown,
}

impl ApiError {
    /// This error as that of a read which can't miss what it asks for, if the address is right.
    pub(super) fn of_what_must_exist(self) -> Self {
        match self.kind {
            ErrorKind::Status(StatusError { status: 404, is_page: false, message, .. }) => {
                Self { host: self.host, kind: ErrorKind::NoApi { message } }
            }
            _ => self,
        }
    }

    /// Whether the write that this call was may have happened all the same.
    pub fn certainty(&self) -> Certainty {
        match &self.kind {
            ErrorKind::Invalid(_)
            | ErrorKind::Unavailable(_)
            | ErrorKind::ReadOnly(_)
            | ErrorKind::NotBegun(_)
            | ErrorKind::Connect(_)
            | ErrorKind::Timeout { sent: false, .. }
            | ErrorKind::NoApi { .. }
            | ErrorKind::Overtaken => Certainty::NotDone,
            // 408 comes from whatever stood before the service, when the service itself may have begun. So does a web page,
            // which may take the place of an answer that was held back on the way, for the secret in it.
            ErrorKind::Status(error) if (400..500).contains(&error.status) && error.status != 408 && !error.is_page => {
                Certainty::NotDone
            }
            _ => Certainty::Unknown,
        }
    }

    /// The error of a read that had to come before a write: whatever it says, the write was not sent.
    #[must_use]
    pub fn before_sending(self) -> Self {
        Self { host: self.host.clone(), kind: ErrorKind::NotBegun(Box::new(self)) }
    }

    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            ErrorKind::Status(error) => Some(error.status),
            ErrorKind::NotBegun(error) => error.status(),
            ErrorKind::Redirect { status, .. } | ErrorKind::Unreadable { status, .. } => Some(*status),
            ErrorKind::NoApi { .. } => Some(404),
            _ => None,
        }
    }

    /// How long the service asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.kind {
            ErrorKind::Status(error) => error.retry_after,
            ErrorKind::NotBegun(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Whether the same call may succeed later with nothing changed here: networks and services recover, while a
    /// key that is refused, a wrong address or an unknown certificate stays what it is.
    pub fn may_pass(&self) -> bool {
        match &self.kind {
            ErrorKind::Connect(failure) => failure.may_pass(),
            ErrorKind::Timeout { .. } | ErrorKind::Broken(_) => true,
            // 501 and 505 say what the service will never do.
            ErrorKind::Status(error) => matches!(error.status, 408 | 429 | 500 | 502..=504 | 506..=599),
            ErrorKind::NotBegun(error) => error.may_pass(),
            _ => false,
        }
    }

    /// Whether the service would not take the key that signed the call, or not for this.
    pub fn is_unauthorized(&self) -> bool {
        matches!(self.status(), Some(401 | 403))
    }

    /// Whether there is no such thing, in the service's word: a proxy's web page says nothing of it.
    pub fn is_not_found(&self) -> bool {
        matches!(&self.kind, ErrorKind::Status(error) if error.status == 404 && !error.is_page)
    }

    /// What happened, in a sentence without its full stop.
    pub fn summary(&self) -> String {
        let host = &self.host;
        match &self.kind {
            ErrorKind::Invalid(reason) => format!("The call could not be made: {reason}"),
            ErrorKind::Unavailable(reason) => (*reason).to_owned(),
            ErrorKind::ReadOnly(reason) => reason.clone(),
            ErrorKind::NotBegun(error) => {
                format!("The keys could not be read first, so nothing was sent. {}", error.summary())
            }
            ErrorKind::Connect(failure) => failure.summary(host),
            ErrorKind::Timeout { after, sent: true } => format!("{host} did not answer within {} s", seconds(*after)),
            ErrorKind::Timeout { after, sent: false } => {
                format!("No connection to {host} within {} s", seconds(*after))
            }
            ErrorKind::Broken(reason) => {
                format!("The connection to {host} broke before the answer was whole: {reason}")
            }
            ErrorKind::Redirect { status, location } => match location {
                Some(location) => format!("{host} answered {status} and pointed to {location}"),
                None => format!("{host} answered {status}, a redirect without a target"),
            },
            ErrorKind::Status(error) => status_summary(error, host),
            ErrorKind::NoApi { message: None } => format!("Confident AI's API is not there (404 from {host})"),
            ErrorKind::NoApi { message: Some(message) } => {
                format!("Confident AI's API is not there (404 from {host}): {message}")
            }
            ErrorKind::Unreadable { reason, .. } => format!("The answer of {host} could not be understood: {reason}"),
            ErrorKind::TooLarge(limit) => format!("The answer of {host} is larger than {} MiB", limit / (1024 * 1024)),
            ErrorKind::AnotherOrganization(Some(name)) => {
                format!("It was begun in another organization, {name}, whose keys can't be read with this one")
            }
            ErrorKind::AnotherOrganization(None) => {
                "Nobody knows in which organization it was begun, and nothing that was there then is here".to_owned()
            }
            ErrorKind::Overtaken => {
                "The key was given a new value meanwhile, which another rotation might stop".to_owned()
            }
        }
    }

    /// What to do next, in a sentence or two.
    pub fn advice(&self) -> &'static str {
        match &self.kind {
            ErrorKind::Invalid(_) | ErrorKind::Unavailable(_) | ErrorKind::ReadOnly(_) => "Nothing was sent.",
            ErrorKind::NotBegun(error) => error.advice(),
            ErrorKind::Connect(failure) => failure.advice(),
            ErrorKind::Timeout { sent: false, .. } => {
                "Check the network and any proxy (HTTPS_PROXY, NO_PROXY), then try again."
            }
            ErrorKind::Timeout { sent: true, .. } | ErrorKind::Broken(_) => "Try again in a moment.",
            ErrorKind::Redirect { .. } => {
                "Redirects are not followed, as the key would go along. Set CONFIDENT_BASE_URL to the service's final address."
            }
            ErrorKind::Status(error) => status_advice(error),
            ErrorKind::NoApi { .. } => {
                "Check CONFIDENT_BASE_URL: it is the address without /v1. Where you set CONFIDENT_API_VERSION, unset it."
            }
            ErrorKind::Unreadable { reason, .. } if reason == PAGE => PAGE_ADVICE,
            ErrorKind::Unreadable { .. } => {
                "Where you set CONFIDENT_BASE_URL, check that it is Confident AI's API; a newer ckeys may know this answer."
            }
            ErrorKind::TooLarge(_) => "Where you set CONFIDENT_BASE_URL, check that it is Confident AI's API.",
            ErrorKind::Overtaken => {
                "Nothing was sent. Somebody else may have put that to use; where you want another one, rotate the key once more."
            }
            ErrorKind::AnotherOrganization(_) => "Start ckeys with the key that was used then: it looks into that.",
        }
    }
}

fn status_summary(error: &StatusError, host: &Text) -> String {
    let status = error.status;
    if let Some(message) = &error.message {
        return format!("{} ({status}): {message}", status_meaning(status));
    }
    let page = if error.is_page { ", with a web page in place of an answer" } else { "" };
    // Without the service's own words, something before it may have said that.
    let meaning = match status {
        503 => "The service is not available",
        400..500 if error.is_page => "Something before the service refused",
        _ => status_meaning(status),
    };
    format!("{meaning} ({status} from {host}{page})")
}

fn status_meaning(status: u16) -> &'static str {
    match status {
        401 => "The organization key was not accepted",
        403 => "The organization key may not do this",
        404 => "There is no such thing",
        409 => "It conflicts with something that exists",
        400 | 422 => "The service did not accept the request",
        429 => "Too many requests",
        503 => "The service is in maintenance",
        500..=599 => "The service failed",
        _ => "The service refused",
    }
}

fn status_advice(error: &StatusError) -> &'static str {
    match error.status {
        _ if error.is_page => PAGE_ADVICE,
        401 => {
            "Check that it is a valid organization key (not a project key) of this region. \
             Before a self-hosted service, a proxy may drop the header: nginx needs `underscores_in_headers on`."
        }
        403 => "Use an organization key that may manage keys: a read-only key or a project key may not.",
        404 => "It may have been deleted meanwhile; the list shows what is there.",
        429 => "Wait a moment, then try again.",
        503 if error.message.is_some() => "Maintenance changes no keys. Try again later.",
        503 => "It may be under maintenance: try again later.",
        500..=599 => "Try again in a moment.",
        _ => "Correct it and try again.",
    }
}

fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}. {}", self.summary().trim_end_matches('.'), self.advice())?;
        match self.retry_after() {
            Some(pause) => write!(formatter, " The service asks to wait {} s.", seconds(pause)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}
