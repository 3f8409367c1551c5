//! Writes against an embedded service that misbehaves: what comes back, what the service holds afterwards, what was
//! sent, and what the journal says. And what the next start makes of a program that ended in between.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod changes;
mod create;
mod fault;
mod left_rotation;
mod odd_answers;
mod random;
mod reconcile;
mod replacements;
mod rotate;
#[path = "../common/scripted.rs"]
#[expect(dead_code, reason = "the client's tests use more of it")]
mod scripted;
mod stuck;
mod succeed;
mod world;
