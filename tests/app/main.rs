//! The screen's state machine, driven as the program drives it: messages in, effects out. No terminal, no network,
//! no clock.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod actions;
mod bulk;
mod bulk_outcomes;
mod changes;
mod describe;
mod destinations;
mod export;
mod help;
mod journal;
mod large;
mod left;
mod lost;
mod palette;
mod permission;
mod profiles;
mod questions;
mod random;
mod reads;
mod replacement;
mod replies;
#[path = "../common/report.rs"]
mod report;
mod retry;
mod rotate_in_place;
mod rotations;
mod rules;
mod service;
mod signer;
mod situations;
mod sizes;
mod support;
mod sweep;
mod time;
mod typing;
mod wheel;
