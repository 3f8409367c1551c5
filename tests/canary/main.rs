//! Nowhere else: an organization key and fresh secrets that can be searched for run through all of the program, with a
//! service that repeats them at every chance, and all that comes out is searched for them: what is printed, what is
//! drawn, what is written to files, what other programs are told.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod canary;
mod children;
mod clean;
#[cfg(target_os = "linux")]
#[path = "../common/display.rs"]
#[expect(dead_code, reason = "the clipboard's own tests use more of it")]
mod display;
mod echo;
#[path = "../common/environment.rs"]
mod environment;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/house.rs"]
#[expect(dead_code, reason = "the tests of hostile text use more of it")]
mod house;
mod misplaced;
mod oneshot;
#[cfg(target_os = "linux")]
mod profiles;
#[path = "../common/pty.rs"]
mod pty;
mod screen;
#[path = "../common/scripted.rs"]
#[expect(dead_code, reason = "the client's own tests use more of it")]
mod scripted;
#[path = "../common/watched.rs"]
mod watched;
