//! The whole program in a terminal, against the embedded service: what a person does with it, typed key by key, and
//! asked of the service afterwards.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "../common/environment.rs"]
mod environment;
mod job;
mod killed;
#[path = "../common/pty.rs"]
mod pty;
mod screen;
mod slow;
mod starts;
mod world;
