//! What needs no service: a part that panics with hostile text in its hands.

use std::process::Command;

use confident_keys::panic;
use confident_keys::terminal;

use crate::bytes::{May, holds_only};
use crate::corpus::all;
use crate::environment::unwanted;
use crate::house::Run;

#[test]
#[ignore = "the test below runs this as a program"]
fn panics() {
    panic::guard();
    terminal::install_panic_hook();
    panic!("{}", all());
}

#[test]
fn a_panic_is_told_with_marks() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in unwanted() {
        command.env_remove(name);
    }
    command.args(["--exact", "inside::panics", "--ignored", "--nocapture"]).env("RUST_BACKTRACE", "1");
    let run = Run::of(command.output().unwrap());
    assert_eq!(run.code, Some(101), "{run:?}");
    holds_only(May::Lines, run.err.as_bytes(), "a panic");
    assert!(run.err.contains("harm00<U+001B>[2J") && run.err.contains("inside.rs"), "{run:?}");
}
