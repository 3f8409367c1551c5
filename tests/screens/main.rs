//! What the screen looks like in every state: pictures of text and styles, which are reviewed and kept under
//! `snapshots`, and rules that hold for each of them at any size.
//!
//! A state is reached as in life: keys, times and made-up replies go through `update`. After a change that is meant,
//! `INSTA_UPDATE=always cargo test --test screens` accepts the new pictures; the difference is then to be read.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failure here is a failed test")]

mod contrast;
mod data;
mod layout;
mod mouse;
mod picture;
mod pointer;
mod rebound;
#[path = "../common/report.rs"]
mod report;
mod rules;
mod scene;
mod small;
mod snapshots;
mod states;
