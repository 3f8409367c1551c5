//! The client against the embedded service, and against sockets that are told what to answer.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod announcements;
mod bodies;
mod connections;
#[path = "../common/environment.rs"]
mod environment;
mod kinds;
mod network;
#[path = "../common/program.rs"]
mod program;
mod requests;
mod retries;
mod rotation;
#[path = "../common/scripted.rs"]
mod scripted;
mod service;
mod soup;
mod support;
mod timeouts;
#[path = "../common/tls.rs"]
#[expect(dead_code, reason = "the command line's tests use more of it")]
mod tls;
mod trust;
mod versions;
