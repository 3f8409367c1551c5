//! What goes wrong, at random.

use std::fmt;

use confident_keys::demo::Fault;
use proptest::prelude::*;

/// What goes wrong for a while: faults, in the words of `--fault`.
#[derive(Clone, Default)]
pub(crate) struct Weather(Vec<String>);

impl Weather {
    pub(crate) fn of<const N: usize>(faults: [&str; N]) -> Self {
        Self(faults.map(str::to_owned).into())
    }

    pub(crate) fn faults(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

impl fmt::Debug for Weather {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { formatter.write_str("fair") } else { write!(formatter, "{}", self.0.join(" + ")) }
    }
}

/// What strikes before the work is done. No 404: it is the one refusal that says that something was done, and
/// whoever lies with it is believed.
const BEFORE: [&str; 21] = [
    "status=400",
    "status=401",
    "status=403",
    "status=409",
    "status=422",
    "status=429",
    "status=429,retry-after=0",
    "status=429,retry-after=1",
    "status=408",
    "status=500",
    "status=502",
    "status=503,retry-after=0",
    "status=504",
    "redirect=http://127.0.0.1:9/elsewhere,code=307",
    "html",
    "html=404",
    "html=503",
    "drop,before",
    "reset,before",
    "garbage,before",
    "empty,before",
];

/// What strikes after it. No other refusal of its own than 408: a service that refuses what it has done is believed, which a
/// test of its own tells.
const AFTER: [&str; 13] = [
    "status=408,after",
    "status=500,after",
    "status=503,after",
    "redirect=http://127.0.0.1:9/elsewhere,after",
    "html,after",
    "html=403,after",
    "html=502,after",
    "drop",
    "reset",
    "cut",
    "garbage",
    "empty",
    "delay=3",
];

/// What is odd about an answer that comes, for some methods only.
const ODD: [&str; 2] = ["mask", "wrong"];

/// What takes longer than anybody waits.
const LATE: [&str; 4] = ["delay=60000", "delay=60000,before", "drip=20", "status=503,after,delay=60000"];

/// A fault for the requests at `places`, where it makes sense there.
fn any_fault(places: &'static [&'static str], skips: &'static [&'static str]) -> BoxedStrategy<Option<String>> {
    let [before, after, odd, late] = [&BEFORE[..], &AFTER, &ODD, &LATE].map(prop::sample::select);
    let kind = prop_oneof![20 => before, 20 => after, 14 => odd, 1 => late];
    let times = prop_oneof![2 => Just(""), 1 => Just(",times=2"), 3 => Just(",times=always")];
    (prop::sample::select(places), kind, prop::sample::select(skips), times)
        .prop_map(|(place, kind, skip, times)| format!("{place} {kind}{skip}{times}"))
        .prop_filter("it makes no sense there", |fault| fault.parse::<Fault>().is_ok())
        .prop_map(Some)
        .boxed()
}

fn sometimes(weight: u32, fault: BoxedStrategy<Option<String>>) -> BoxedStrategy<Option<String>> {
    prop_oneof![10 - weight => Just(None), weight => fault].boxed()
}

fn any_of(faults: [BoxedStrategy<Option<String>>; 3]) -> BoxedStrategy<Weather> {
    faults.prop_map(|faults| Weather(faults.into_iter().flatten().collect())).boxed()
}

/// What goes wrong around the write with this method.
pub(crate) fn any_weather_of(method: &'static str) -> BoxedStrategy<Weather> {
    // Before a POST the list is read, which has to work.
    let (places, skips): (&[&str], &[&str]) = match method {
        "POST" => (&["POST"], &[",skip=1", ",skip=1", ",skip=1", ""]),
        "PUT" => (&["PUT"], &[""]),
        _ => (&["DELETE"], &[""]),
    };
    any_of([
        sometimes(7, any_fault(places, &["", "", "", ",skip=1"])),
        sometimes(4, any_fault(&["GET", "GET */api-keys*"], skips)),
        sometimes(1, any_fault(&["*"], &["", ",skip=1", ",skip=2", ",skip=3"])),
    ])
}

/// What goes wrong with reads.
pub(crate) fn any_weather_of_reads() -> BoxedStrategy<Weather> {
    any_of([
        sometimes(4, any_fault(&["GET", "GET */api-keys", "GET /v1/organization"], &["", "", ",skip=1"])),
        sometimes(2, any_fault(&["GET"], &["", ",skip=1", ",skip=2"])),
        sometimes(1, any_fault(&["*"], &["", ",skip=1"])),
    ])
}
