//! The whole program in a terminal, against the embedded service: what a person does with it, typed key by key, and
//! asked of the service afterwards.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod again;
mod clock;
mod destinations;
#[cfg(target_os = "linux")]
#[path = "../common/display.rs"]
mod display;
#[path = "../common/environment.rs"]
mod environment;
mod export;
#[path = "../common/frames.rs"]
mod frames;
#[path = "../common/gate.rs"]
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux tells whether a terminal is full"))]
mod gate;
mod job;
mod journal;
mod keys;
mod killed;
mod large;
mod leaving;
mod life;
mod looks;
mod many;
#[cfg(target_os = "linux")]
mod memory;
mod mouse;
#[cfg(target_os = "linux")]
#[path = "../common/process.rs"]
mod process;
mod profiles;
#[path = "../common/pty.rs"]
mod pty;
mod replacement;
mod rotate;
#[cfg(target_os = "linux")]
mod scan;
mod screen;
#[path = "../common/scripted.rs"]
#[expect(dead_code, reason = "the client's own tests look at more of it")]
mod scripted;
mod signer;
mod slow;
#[cfg(target_os = "linux")]
mod ssh;
#[cfg(target_os = "linux")]
#[path = "../common/sshd.rs"]
mod sshd;
mod starts;
mod sweep;
#[cfg(target_os = "linux")]
#[path = "../common/tls.rs"]
#[expect(dead_code, reason = "the command line's tests look at more certificates")]
mod tls;
#[cfg(target_os = "linux")]
mod trust;
mod world;
