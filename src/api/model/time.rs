//! Times as services write them, and whatever else stands in their place.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What stands where a time is expected.
pub(super) enum Time {
    Null,
    At(Timestamp),
    /// One that is later than [`Timestamp::MAX`].
    Beyond,
    /// Anything else.
    Other,
}

/// Takes anything for a time, without keeping a copy of it.
pub(super) struct AnyTime;

impl<'de> Visitor<'de> for AnyTime {
    type Value = Time;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Time, E> {
        Ok(match text.parse() {
            Ok(time) => Time::At(time),
            Err(_) if is_beyond(text) => Time::Beyond,
            Err(_) => Time::Other,
        })
    }

    fn visit_unit<E>(self) -> Result<Time, E> {
        Ok(Time::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Time, E> {
        Ok(Time::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Time, E> {
        Ok(Time::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Time, E> {
        Ok(Time::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Time, E> {
        Ok(Time::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Time, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Time::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Time, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Time::Other)
    }
}

/// A time where it is one; none for null, absent, and what can't be read: a list is not lost for one entry. The last day
/// that can be written, which services put for “never ends”, is past the last time that there is here: that is it.
pub(super) fn lenient_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(match deserializer.deserialize_any(AnyTime)? {
        Time::At(time) => Some(time),
        Time::Beyond => Some(Timestamp::MAX),
        Time::Null | Time::Other => None,
    })
}

/// Whether `text` is a time that is later than [`Timestamp::MAX`].
fn is_beyond(text: &str) -> bool {
    let beyond = text.strip_suffix('Z').and_then(|text| text.parse::<DateTime>().ok());
    beyond.is_some_and(|time| time.year() == DateTime::MAX.year())
}
