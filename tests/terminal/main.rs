//! The terminal for real: a small program in a pseudo-terminal, and what is left of that after it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod background;
#[path = "../common/escapes.rs"]
mod escapes;
#[path = "../common/gate.rs"]
mod gate;
mod hung;
mod input;
mod life;
mod program;
mod session;
