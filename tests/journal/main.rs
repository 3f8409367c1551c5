//! The journal as several programs use it at once, as it survives their end, and as `ckeys journal` prints it.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod child;
mod command;
mod files;
mod intents;
mod report;
mod support;
