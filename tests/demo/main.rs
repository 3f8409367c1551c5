//! The embedded service as its clients meet it: over real HTTP, told by the contract alone.
#![expect(clippy::unwrap_used, reason = "a test that can't go on ends with a panic")]

mod client;
mod contract;
mod data;
mod faults;
mod life;
mod v2;
