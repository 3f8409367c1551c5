//! The one-shot commands as a script or a person runs them: the whole binary against the embedded service, and
//! against scripted sockets where a service should misbehave.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod failures;
mod reads;
mod support;
#[cfg(unix)]
mod terminal;
mod usage;
mod writes;
