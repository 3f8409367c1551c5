//! A terminal that takes nothing for a while, or never again.

use rustix::process::Signal;

use crate::session::{Session, is_idle};

#[test]
fn a_terminal_that_stops_for_a_while_loses_no_key() {
    let mut session = Session::start(&[]);
    session.hangs();
    let typed = session.typed;
    session.types(&"j".repeat(500));
    session.goes_on();
    session.sees(&format!("keys {}", typed + 500));
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_frame_that_came_late_is_told() {
    let mut session = Session::start(&[]);
    session.types("j");
    session.sees("keys 1");
    assert!(!session.shows("late"));
    session.hangs();
    session.goes_on();
    session.types("j");
    session.sees("late");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_signal_ends_the_program_while_its_terminal_hangs_and_gives_that_back() {
    for (signal, code) in [(Signal::TERM, 15), (Signal::HUP, 1), (Signal::INT, 130), (Signal::QUIT, 15)] {
        is_idle(|| {
            let mut session = Session::start(&[]);
            session.hangs();
            let spent = session.spends_until_end(|session| session.signal(signal));
            // Nobody read anything up to here.
            session.ends();
            assert!(!session.is_raw());
            session.goes_on();
            let session = session.ends_clean(code);
            assert!(session.shows("said after"), "{}", session.parser.screen().contents());
            spent
        });
    }
}

#[test]
fn a_panic_ends_the_program_while_its_terminal_hangs() {
    let mut session = Session::start(&[]);
    session.hangs();
    session.types("P");
    session.ends();
    session.goes_on();
    let session = session.ends_clean(101);
    assert!(session.shows("a fake fault, meanwhile"), "{}", session.parser.screen().contents());
}
