//! Where secrets go: the library's destinations against real files and programs. git, and whole runs: `tests/cli`.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[cfg(unix)]
mod command;
mod dotenv;
mod env_file;
#[cfg(unix)]
#[path = "../common/process.rs"]
mod process;
mod support;
