//! Text from outside is data: names and words that would steer a terminal, reverse a line or hide a letter come in by
//! every way, and the bytes that come out by every way hold only what the program itself writes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod bytes;
mod corpus;
#[path = "../common/environment.rs"]
mod environment;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/house.rs"]
mod house;
mod inside;
mod oneshot;
#[path = "../common/pty.rs"]
mod pty;
mod screen;
#[path = "../common/scripted.rs"]
#[expect(dead_code, reason = "the client's own tests use more of it")]
mod scripted;
mod service;
#[path = "../common/watched.rs"]
mod watched;
