//! What a person at the screen does, at random.

use proptest::prelude::*;

use super::stage::{Change, any_change};
use super::step::{Write, any_write, any_write_in_weather};
use super::weather::{Weather, any_weather_of_reads};

/// One thing that the person does, or that happens meanwhile.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Write(Write, Weather, Then),
    /// The answer to a write is late, and another person does something before that.
    Late {
        write: Write,
        is_done: bool,
        meanwhile: Change,
    },
    /// The person leaves between a write and its answer; this is what the next start meets.
    Leave {
        write: Write,
        is_done: bool,
        weather: Weather,
    },
    Elsewhere(Change),
    Refresh(Weather),
    Restart(Weather),
}

/// What the person does about a lost answer.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    Close,
    LookAgain(Weather),
    Deactivate,
    Delete,
    Again,
}

fn any_then() -> impl Strategy<Value = Then> {
    prop_oneof![
        2 => Just(Then::Close),
        2 => any_weather_of_reads().prop_map(Then::LookAgain),
        1 => Just(Then::Deactivate),
        1 => Just(Then::Delete),
        1 => Just(Then::Again),
    ]
}

pub(crate) fn any_act() -> BoxedStrategy<Act> {
    prop_oneof![
        10 => (any_write_in_weather(), any_then())
            .prop_map(|((write, weather), then)| Act::Write(write, weather, then)),
        1 => (any_write(), any::<bool>(), any_change())
            .prop_map(|(write, is_done, meanwhile)| Act::Late { write, is_done, meanwhile }),
        2 => (any_write(), any::<bool>(), any_weather_of_reads())
            .prop_map(|(write, is_done, weather)| Act::Leave { write, is_done, weather }),
        2 => any_change().prop_map(Act::Elsewhere),
        1 => any_weather_of_reads().prop_map(Act::Refresh),
        1 => any_weather_of_reads().prop_map(Act::Restart),
    ]
    .boxed()
}
