//! `ckeys` as a process of its own.

use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A key that looks like one and is none.
pub(crate) const FAKE_KEY: &str = "confident_us_org_fake_not_a_key_zzzzzz";

/// `ckeys` without anything that the tests' own environment could bring in.
pub(crate) fn command(home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ckeys"));
    for name in unwanted() {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", home.path()).env("HOME", home.path()).stdin(Stdio::null());
    command
}

/// The variables of the tests' own environment that mean something to `ckeys`.
pub(crate) fn unwanted() -> Vec<String> {
    const NAMES: [&str; 6] = ["TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "CLICOLOR_FORCE"];
    const PREFIXES: [&str; 4] = ["CONFIDENT_", "SSH_", "SSL_CERT_", "XDG_"];
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            PREFIXES.iter().any(|prefix| name.starts_with(prefix))
                || NAMES.contains(&&**name)
                || name.to_ascii_lowercase().ends_with("_proxy")
        })
        .collect()
}
