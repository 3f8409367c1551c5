//! The whole program in a terminal, against the embedded service: what a person does with it, typed key by key, and
//! asked of the service afterwards.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod again;
mod destinations;
#[cfg(target_os = "linux")]
#[path = "../common/display.rs"]
mod display;
#[path = "../common/environment.rs"]
mod environment;
mod job;
mod journal;
mod killed;
mod leaving;
#[cfg(target_os = "linux")]
mod memory;
#[path = "../common/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
mod scan;
mod screen;
mod slow;
mod starts;
#[cfg(target_os = "linux")]
#[path = "../common/tls.rs"]
#[expect(dead_code, reason = "the command line's tests look at more certificates")]
mod tls;
#[cfg(target_os = "linux")]
mod trust;
mod world;
