//! Tests that need a program which a machine may not have.

use std::io::Write as _;

/// Where it is set, as `.ci/run` does once it has installed what it can, a test that can't run has failed.
const NO_SKIPS: &str = "CKEYS_TESTS_NO_SKIPS";

/// Tells that the test is skipped, as `what` is not there.
pub(crate) fn skipped(what: &str) {
    assert!(std::env::var_os(NO_SKIPS).is_none(), "{what}, and {NO_SKIPS} is set");
    tells(&format!("skipped: {what}"));
}

/// Tells whoever runs the tests, who sees nothing that a test which passes writes by `eprintln`.
pub(crate) fn tells(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
