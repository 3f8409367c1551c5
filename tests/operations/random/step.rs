//! What happens, at random.

use proptest::prelude::*;

use super::stage::{Change, NUMBERS, any_change};
use super::weather::{Weather, any_weather_of, any_weather_of_reads};

/// One thing that happens. Numbers choose among what there is then.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Write(Write, Weather),
    /// The answer to a write is late, and another person does something before that.
    Late {
        write: Write,
        is_done: bool,
        meanwhile: Change,
    },
    /// The program ends between a write and its answer; this is what meets the next one.
    Interrupted {
        write: Write,
        is_done: bool,
        weather: Weather,
    },
    Elsewhere(Change),
    Read(usize, Weather),
    /// It is looked again what became of a key; one of which nothing could be told, where there was none.
    LookAgain(usize, Weather),
    /// The program ends, and is started again.
    Restart(Weather),
}

/// A write of the program.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Write {
    Generate { scope: usize, name: usize },
    Set { key: usize, valid: bool },
    Delete(usize),
}

fn generates() -> impl Strategy<Value = Write> {
    (NUMBERS, NUMBERS).prop_map(|(scope, name)| Write::Generate { scope, name })
}

fn sets() -> impl Strategy<Value = Write> {
    // Most are active.
    (NUMBERS, prop::bool::weighted(0.3)).prop_map(|(key, valid)| Write::Set { key, valid })
}

fn deletes() -> impl Strategy<Value = Write> {
    NUMBERS.prop_map(Write::Delete)
}

pub(crate) fn any_write() -> impl Strategy<Value = Write> {
    prop_oneof![2 => generates(), 1 => sets(), 1 => deletes()]
}

pub(crate) fn any_write_in_weather() -> impl Strategy<Value = (Write, Weather)> {
    prop_oneof![
        10 => (generates(), any_weather_of("POST")),
        7 => (sets(), any_weather_of("PUT")),
        4 => (deletes(), any_weather_of("DELETE")),
    ]
}

pub(crate) fn any_step() -> BoxedStrategy<Step> {
    prop_oneof![
        21 => any_write_in_weather().prop_map(|(write, weather)| Step::Write(write, weather)),
        1 => (any_write(), any::<bool>(), any_change())
            .prop_map(|(write, is_done, meanwhile)| Step::Late { write, is_done, meanwhile }),
        3 => (any_write(), any::<bool>(), any_weather_of_reads())
            .prop_map(|(write, is_done, weather)| Step::Interrupted { write, is_done, weather }),
        4 => any_change().prop_map(Step::Elsewhere),
        2 => (NUMBERS, any_weather_of_reads()).prop_map(|(scope, weather)| Step::Read(scope, weather)),
        3 => (NUMBERS, any_weather_of_reads()).prop_map(|(which, weather)| Step::LookAgain(which, weather)),
        3 => any_weather_of_reads().prop_map(Step::Restart),
    ]
    .boxed()
}
