//! The one-shot commands as a script or a person runs them: the whole binary against the embedded service, and
//! against scripted sockets where a service should misbehave.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod announcements;
mod audit;
#[cfg(unix)]
mod completions;
mod destinations;
mod doctor;
#[path = "../common/environment.rs"]
mod environment;
mod failures;
mod interrupted;
mod journal;
mod json;
#[cfg(unix)]
#[path = "../common/process.rs"]
mod process;
mod profile_commands;
mod profiles;
#[path = "../common/program.rs"]
mod program;
#[cfg(target_os = "linux")]
mod proxy;
#[cfg(unix)]
#[path = "../common/pty.rs"]
mod pty;
mod reads;
mod remedies;
mod rotate;
#[path = "../common/scripted.rs"]
#[expect(dead_code, reason = "the client's own tests look at more of a request")]
mod scripted;
mod shell;
#[path = "../common/skip.rs"]
mod skip;
mod support;
#[cfg(unix)]
mod terminal;
#[cfg(target_os = "linux")]
#[path = "../common/tls.rs"]
mod tls;
mod told;
#[cfg(target_os = "linux")]
mod trust;
mod usage;
mod writes;
