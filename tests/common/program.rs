//! `ckeys` as a process of its own.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::environment::unwanted;

/// A key that looks like one and is none.
pub(crate) const FAKE_KEY: &str = "confident_us_org_fake_not_a_key_zzzzzz";

/// `ckeys` without anything that the tests' own environment could bring in.
pub(crate) fn command(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ckeys"));
    for name in unwanted() {
        command.env_remove(name);
    }
    command.env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path());
    command.env("XDG_STATE_HOME", home.path().join("state")).stdin(Stdio::null());
    command
}
