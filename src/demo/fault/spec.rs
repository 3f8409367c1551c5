//! A fault as one line of text.

use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

use axum::http::{HeaderValue, Method, StatusCode};
use jiff::civil::Date;
use thiserror::Error;

use super::{Delay, Extras, Fault, Kind, Times, Work};

/// The words that say what goes wrong, as messages list them.
const KINDS: &str =
    "status=CODE, redirect=URL, html, html=CODE, drop, reset, cut, drip=MS, garbage, empty, mask, wrong";

/// The words that say more.
const OPTIONS: &str = "before, after, code=CODE, delay=MS, hold, retry-after=SECONDS, deprecated, sunset=YYYY-MM-DD, \
                       skip=N, times=N, times=always";

/// The methods that can be named.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Why a text is no [`Fault`], and what would be one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FaultError {
    /// The text is empty, or has more than method, path and words.
    #[error("a fault is `[METHOD] [PATH] WORD,WORD…`, such as `POST */api-keys status=503,after,times=2`")]
    Shape,
    /// What comes before the words is no method and no path.
    #[error(
        "`{0}` is neither a method (GET, POST, PUT, PATCH, DELETE, or * for any) nor a path (which starts with / or *)"
    )]
    Place(String),
    /// A word that means nothing.
    #[error("`{0}` is not known; what goes wrong is one of {KINDS}; with it go {OPTIONS}")]
    Word(String),
    /// A word that needs a value has none, has one of the wrong kind, or has one and takes none.
    #[error("`{word}` should be {expected}")]
    Value {
        /// The word, as it was given.
        word: String,
        /// What it should look like.
        expected: &'static str,
    },
    /// Two words that exclude each other, or the same one twice.
    #[error("`{0}` and `{1}` don't go together: each thing can be said once, and one thing goes wrong at a time")]
    Twice(String, String),
    /// Only counts, but nothing that happens.
    #[error(
        "nothing would go wrong; say what does: {KINDS}, or delay=MS, hold, deprecated, sunset=YYYY-MM-DD, retry-after=SECONDS"
    )]
    Nothing,
    /// A word that means nothing beside the others.
    #[error("`{word}` can't be had here: {reason}")]
    Pointless {
        /// The word.
        word: &'static str,
        /// What speaks against it.
        reason: &'static str,
    },
}

/// The words, as they come in; each at most once.
#[derive(Default)]
struct Words {
    /// With the word that set it.
    kind: Option<(Kind, String)>,
    work: Option<(Work, String)>,
    code: Option<StatusCode>,
    /// With the word that set it.
    delay: Option<(Delay, String)>,
    retry_after: Option<u32>,
    deprecated: Option<()>,
    sunset: Option<Date>,
    skip: Option<u32>,
    times: Option<Times>,
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let parts: Vec<_> = text.split_whitespace().collect();
        let (method, path, words) = match parts[..] {
            [words] => (None, "*", words),
            [place, words] if is_path(place) => (None, place, words),
            [place, words] => (method(place)?, "*", words),
            [first, path, words] if is_path(path) => (method(first)?, path, words),
            [_, path, _] => return Err(FaultError::Place(path.to_owned())),
            _ => return Err(FaultError::Shape),
        };
        let mut read = Words::default();
        for word in words.split(',') {
            read.word(word)?;
        }
        read.fault(method, path)
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with(['/', '*'])
}

/// None for any.
fn method(text: &str) -> Result<Option<Method>, FaultError> {
    if text == "*" {
        return Ok(None);
    }
    let known = METHODS.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(text));
    known.map(Some).ok_or_else(|| FaultError::Place(text.to_owned()))
}

impl Words {
    fn word(&mut self, word: &str) -> Result<(), FaultError> {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let expect = |expected| FaultError::Value { word: word.to_owned(), expected };
        match (name, value) {
            ("status", _) => {
                let code = code(value).filter(|code| code.is_client_error() || code.is_server_error());
                let code = code.ok_or_else(|| expect("status=CODE, with a CODE from 400 to 599"))?;
                self.kind(Kind::Status(code), word)
            }
            ("redirect", _) => {
                let is_address = |url: &&str| !url.is_empty() && HeaderValue::from_str(url).is_ok();
                let location = value.filter(is_address).ok_or_else(|| expect("redirect=URL, in ASCII"))?.to_owned();
                self.kind(Kind::Redirect { code: StatusCode::FOUND, location }, word)
            }
            ("html", None) => self.kind(Kind::Html(StatusCode::OK), word),
            ("html", _) => {
                // 204 and 304 have no body, 1xx is no answer.
                let bodiless = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED];
                let code = code(value).filter(|code| !code.is_informational() && !bodiless.contains(code));
                let code =
                    code.ok_or_else(|| expect("html, or html=CODE with a CODE from 200 to 599 that has a body"))?;
                self.kind(Kind::Html(code), word)
            }
            ("drip", _) => {
                let pause = milliseconds(value).ok_or_else(|| expect("drip=MS, with at least 1 millisecond"))?;
                self.kind(Kind::Drip(pause), word)
            }
            ("drop", None) => self.kind(Kind::Drop, word),
            ("drop-before", None) => self.kind(Kind::Drop, word).and_then(|()| self.strike(Work::Before, word)),
            ("reset", None) => self.kind(Kind::Reset, word),
            ("reset-before", None) => self.kind(Kind::Reset, word).and_then(|()| self.strike(Work::Before, word)),
            ("cut", None) => self.kind(Kind::Cut, word),
            ("garbage", None) => self.kind(Kind::Garbage, word),
            ("empty", None) => self.kind(Kind::Empty, word),
            ("mask", None) => self.kind(Kind::Mask, word),
            ("wrong", None) => self.kind(Kind::Wrong, word),
            ("before", None) => self.strike(Work::Before, word),
            ("after", None) => self.strike(Work::After, word),
            ("code", _) => {
                let code = code(value).filter(|code| matches!(code.as_u16(), 301 | 302 | 303 | 307 | 308));
                let code = code.ok_or_else(|| expect("code=CODE, with 301, 302, 303, 307 or 308 as CODE"))?;
                once(&mut self.code, code, word)
            }
            ("delay", _) => {
                let delay = milliseconds(value).ok_or_else(|| expect("delay=MS, with at least 1 millisecond"))?;
                alone(&mut self.delay, Delay::For(delay), word)
            }
            ("hold", None) => alone(&mut self.delay, Delay::UntilReplaced, word),
            ("retry-after", _) => {
                let seconds = number(value).ok_or_else(|| expect("retry-after=SECONDS"))?;
                once(&mut self.retry_after, seconds, word)
            }
            ("deprecated", None) => once(&mut self.deprecated, (), word),
            ("sunset", _) => {
                let day = value.filter(|text| text.len() == 10).and_then(|text| text.parse::<Date>().ok());
                let day = day.filter(|day| day.year() > 0).ok_or_else(|| expect("sunset=YYYY-MM-DD"))?;
                once(&mut self.sunset, day, word)
            }
            ("skip", _) => once(&mut self.skip, number(value).ok_or_else(|| expect("skip=N"))?, word),
            ("times", Some("always")) => once(&mut self.times, Times::Always, word),
            ("times", _) => {
                let times = number(value).and_then(NonZeroU32::new);
                let times = times.ok_or_else(|| expect("times=N, with at least 1, or times=always"))?;
                once(&mut self.times, Times::Of(times), word)
            }
            (
                "drop" | "drop-before" | "reset" | "reset-before" | "cut" | "garbage" | "empty" | "mask" | "wrong"
                | "before" | "after" | "hold" | "deprecated",
                Some(_),
            ) => Err(expect("without a value")),
            _ => Err(FaultError::Word(word.to_owned())),
        }
    }

    fn kind(&mut self, kind: Kind, word: &str) -> Result<(), FaultError> {
        alone(&mut self.kind, kind, word)
    }

    fn strike(&mut self, when: Work, word: &str) -> Result<(), FaultError> {
        alone(&mut self.work, when, word)
    }

    /// All of them together, if they make sense together.
    fn fault(self, method: Option<Method>, path: &str) -> Result<Fault, FaultError> {
        let pointless = |word, reason| Err(FaultError::Pointless { word, reason });
        let mut kind = self.kind.map_or(Kind::Usual, |(kind, _)| kind);
        let extras =
            Extras { retry_after: self.retry_after, deprecated: self.deprecated.is_some(), sunset: self.sunset };
        if kind == Kind::Usual && extras == Extras::default() && self.delay.is_none() {
            return Err(FaultError::Nothing);
        }
        if let Some(code) = self.code {
            let Kind::Redirect { code: usual, .. } = &mut kind else {
                return pointless(
                    "code",
                    "it says which redirect, and there is no `redirect`; see status=CODE, html=CODE",
                );
            };
            *usual = code;
        }
        if kind == Kind::Mask && method.as_ref().is_some_and(|method| !kind.suits(method)) {
            return pointless("mask", "only POST issues keys");
        }
        if kind == Kind::Wrong && method.as_ref().is_some_and(|method| !kind.suits(method)) {
            return pointless("wrong", "it is about writes: POST, PUT, PATCH or DELETE");
        }
        if !kind.has_head() && (extras.retry_after.is_some() || extras.sunset.is_some()) {
            let word = if extras.sunset.is_some() { "sunset" } else { "retry-after" };
            return pointless(word, "there is no answer to put it on");
        }
        if !kind.has_envelope() && extras.deprecated {
            return pointless("deprecated", "there is no envelope to put it in");
        }
        if let Some((work, _)) = &self.work {
            let word = if *work == Work::Before { "before" } else { "after" };
            if kind == Kind::Wrong {
                return pointless(word, "`wrong` itself says what is done");
            }
            if *work == Work::Before && !kind.has_choice() {
                return pointless(word, "this fault needs the call's own answer, so the work is always done");
            }
            if *work == Work::Before && kind == Kind::Usual && self.delay.is_none() {
                return pointless(word, "the answer is the call's own, and not late");
            }
        }
        let work = self.work.map_or(kind.usual_work(), |(work, _)| work);
        Ok(Fault {
            method,
            path: path.to_owned(),
            kind,
            work,
            delay: self.delay.map(|(delay, _)| delay),
            extras,
            skip: self.skip.unwrap_or(0),
            times: self.times.unwrap_or(Times::Of(NonZeroU32::MIN)),
        })
    }
}

/// Of the words that set `slot`, there is one.
fn alone<T>(slot: &mut Option<(T, String)>, value: T, word: &str) -> Result<(), FaultError> {
    match slot.replace((value, word.to_owned())) {
        None => Ok(()),
        Some((_, other)) => Err(FaultError::Twice(other, word.to_owned())),
    }
}

fn once<T>(slot: &mut Option<T>, value: T, word: &str) -> Result<(), FaultError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => {
            let name = word.split('=').next().unwrap_or(word);
            Err(FaultError::Twice(name.to_owned(), word.to_owned()))
        }
    }
}

fn number(value: Option<&str>) -> Option<u32> {
    // `parse` alone would take a sign, too.
    value.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())).and_then(|text| text.parse().ok())
}

fn milliseconds(value: Option<&str>) -> Option<Duration> {
    number(value).filter(|count| *count > 0).map(|count| Duration::from_millis(count.into()))
}

/// A status code that HTTP knows the meaning of, by its class at least.
fn code(value: Option<&str>) -> Option<StatusCode> {
    let code = number(value).and_then(|number| u16::try_from(number).ok());
    code.filter(|code| *code < 600).and_then(|code| StatusCode::from_u16(code).ok())
}

impl fmt::Display for Fault {
    /// Such that reading it gives the same fault; what is usual is left out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, kind, work, delay, extras, skip, times } = self;
        let mut words = Vec::new();
        match kind {
            Kind::Usual => {}
            Kind::Status(code) => words.push(format!("status={}", code.as_u16())),
            Kind::Redirect { code, location } => {
                words.push(format!("redirect={location}"));
                if *code != StatusCode::FOUND {
                    words.push(format!("code={}", code.as_u16()));
                }
            }
            Kind::Html(StatusCode::OK) => words.push("html".to_owned()),
            Kind::Html(code) => words.push(format!("html={}", code.as_u16())),
            Kind::Drop => words.push("drop".to_owned()),
            Kind::Reset => words.push("reset".to_owned()),
            Kind::Cut => words.push("cut".to_owned()),
            Kind::Drip(pause) => words.push(format!("drip={}", pause.as_millis())),
            Kind::Garbage => words.push("garbage".to_owned()),
            Kind::Empty => words.push("empty".to_owned()),
            Kind::Mask => words.push("mask".to_owned()),
            Kind::Wrong => words.push("wrong".to_owned()),
        }
        if *work != kind.usual_work() {
            words.push(if *work == Work::Before { "before" } else { "after" }.to_owned());
        }
        let Extras { retry_after, deprecated, sunset } = extras;
        words.extend(delay.map(|delay| match delay {
            Delay::For(time) => format!("delay={}", time.as_millis()),
            Delay::UntilReplaced => "hold".to_owned(),
        }));
        words.extend(retry_after.map(|seconds| format!("retry-after={seconds}")));
        words.extend(deprecated.then(|| "deprecated".to_owned()));
        words.extend(sunset.map(|day| format!("sunset={day}")));
        words.extend((*skip > 0).then(|| format!("skip={skip}")));
        match times {
            Times::Always => words.push("times=always".to_owned()),
            Times::Of(NonZeroU32::MIN) => {}
            Times::Of(times) => words.push(format!("times={times}")),
        }
        write!(formatter, "{} {path} {}", method.as_ref().map_or("*", Method::as_str), words.join(","))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*, sample::select};

    use super::*;

    fn read(text: &str) -> Fault {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn what_is_left_out_is_any_and_once() {
        for (text, whole) in [
            ("drop", "* * drop"),
            ("POST drop", "POST * drop"),
            ("post  /v1/*\tdrop ", "POST /v1/* drop"),
            ("*/api-keys drop", "* */api-keys drop"),
            ("* */api-keys drop,times=1,skip=0", "* */api-keys drop"),
            ("drop-before", "* * drop,before"),
            ("times=2,reset-before", "* * reset,before,times=2"),
            ("status=503,before", "* * status=503"),
            ("cut,after", "* * cut"),
            ("html=200", "* * html"),
            ("redirect=/x?a=b,code=302", "* * redirect=/x?a=b"),
            ("code=307,redirect=https://elsewhere.example", "* * redirect=https://elsewhere.example,code=307"),
            ("before,delay=20", "* * before,delay=20"),
            ("times=2,hold,drop", "* * drop,hold,times=2"),
            (
                "times=always,skip=3,sunset=2050-12-31,deprecated,retry-after=7,delay=5,after,status=429",
                "* * status=429,after,delay=5,retry-after=7,deprecated,sunset=2050-12-31,skip=3,times=always",
            ),
        ] {
            assert_eq!(read(text).to_string(), whole, "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_what_is_possible() {
        for (text, parts) in [
            ("", &["[METHOD] [PATH] WORD"][..]),
            ("POST /a drop cut", &["[METHOD] [PATH] WORD"]),
            ("FETCH drop", &["`FETCH`", "GET, POST", "starts with /"]),
            ("POST v1 drop", &["`v1`", "starts with /"]),
            ("PROST /v1 drop", &["`PROST`", "POST"]),
            ("explode", &["`explode`", "status=CODE", "times=always"]),
            ("drop,,cut", &["``", "status=CODE"]),
            ("status", &["`status`", "400 to 599"]),
            ("status=200", &["`status=200`", "400 to 599"]),
            ("status=600", &["400 to 599"]),
            ("status=+503", &["400 to 599"]),
            ("html=204", &["has a body"]),
            ("html=100", &["200 to 599"]),
            ("redirect=", &["`redirect=`", "URL"]),
            ("redirect=/a,code=304", &["`code=304`", "307"]),
            ("status=503,code=307", &["`code`", "redirect"]),
            ("drop=1", &["`drop=1`", "without a value"]),
            ("drip=0", &["at least 1"]),
            ("delay=soon", &["delay=MS"]),
            ("hold=3", &["`hold=3`", "without a value"]),
            ("delay=5,hold", &["`delay=5` and `hold`", "one thing"]),
            ("sunset=tomorrow", &["YYYY-MM-DD"]),
            ("sunset=2026-02-30", &["YYYY-MM-DD"]),
            ("drop,times=0", &["times=always"]),
            ("drop,skip=-1", &["skip=N"]),
            ("drop,cut", &["`drop` and `cut`", "one thing"]),
            ("before,drop-before", &["`before` and `drop-before`"]),
            ("drop,times=1,times=2", &["`times` and `times=2`"]),
            ("times=3", &["nothing would go wrong", "drop"]),
            ("before", &["nothing would go wrong"]),
            ("before,deprecated", &["not late"]),
            ("cut,before", &["`before`", "always done"]),
            ("wrong,after", &["`after`", "`wrong`"]),
            ("GET mask", &["`mask`", "POST"]),
            ("GET wrong", &["`wrong`", "PUT"]),
            ("drop,retry-after=3", &["`retry-after`", "no answer"]),
            ("html,deprecated", &["`deprecated`", "no envelope"]),
        ] {
            let Err(error) = text.parse::<Fault>() else { panic!("{text} was taken") };
            let message = error.to_string();
            for part in parts {
                assert!(message.contains(part), "{text}: {message}");
            }
        }
    }

    /// All that can be said of a fault, whether or not it makes sense.
    fn lines() -> impl Strategy<Value = String> {
        let place =
            (option::of(select(vec!["*", "GET", "POST", "PUT", "DELETE"])), option::of("[/*][a-z0-9/*-]{0,12}"));
        let kind = option::of(prop_oneof![
            (400..600_u16).prop_map(|code| format!("status={code}")),
            (200..600_u16).prop_map(|code| format!("html={code}")),
            "redirect=(https://elsewhere.example)?/[!-+.-~]{0,9}",
            (1..9_000_u32).prop_map(|pause| format!("drip={pause}")),
            select(vec!["html", "drop", "drop-before", "reset", "cut", "garbage", "empty", "mask", "wrong"])
                .prop_map(str::to_owned),
        ]);
        let options = proptest::sample::subsequence(
            vec!["before", "delay=5", "hold", "retry-after=0", "deprecated", "sunset=2050-01-31", "skip=2", "code=307"],
            0..4,
        );
        let times = option::of(select(vec!["times=1", "times=3", "times=always"]));
        (place, kind, options, times).prop_map(|((method, path), kind, options, times)| {
            let words: Vec<_> = kind.iter().map(String::as_str).chain(options).chain(times).collect();
            [method.unwrap_or_default(), path.as_deref().unwrap_or_default(), &words.join(",")].join(" ")
        })
    }

    proptest! {
        #[test]
        fn a_fault_is_read_as_it_is_written(line in lines()) {
            if let Ok(fault) = line.parse::<Fault>() {
                let written = fault.to_string();
                prop_assert_eq!(read(&written), fault, "{}", written);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), line in lines()) {
            for text in [&text, &format!("{line}{text}"), &format!("{text}{line}")] {
                match text.parse::<Fault>() {
                    Ok(fault) => prop_assert_eq!(read(&fault.to_string()), fault),
                    Err(error) => prop_assert!(!error.to_string().is_empty()),
                }
            }
        }
    }
}
