//! **confident-keys** (`ckeys`): the API keys of Confident AI, in a terminal.
//!
//! With one organization key it shows the keys of the organization and of every project, spots the stale ones by when
//! they were last used, generates keys and takes each one-time secret to where it belongs, deactivates,
//! reactivates and deletes. The same operations are there as one-shot commands.
//!
//! # The parts
//!
//! ```text
//!   main            arguments -> mode -> exit code
//!   ├── cli         the one-shot commands
//!   └── runtime     the only loop: messages -> update -> effects -> draw
//!       ├── app         all state, and `update`: pure
//!       ├── ui          draws the state, changes nothing
//!       ├── worker      the background task: calls, copies, reading the journal
//!       └── terminal    claiming it, input, signals, giving it back
//!
//!   operations      what can be asked of the service; for worker and cli alike
//!   ├── journal     what was done and intended, without secrets, on disk
//!   └── api         the client: one way for every call, typed errors
//!   destination     where a secret can go: looked at first, then reached
//!   └── clipboard   the ways to it
//!   guard, status, query, keymap    rules without effects: what is refused, how a key stands, which fit, what keys mean
//!   replacement     how far the replacement of a key is: a rule without effects, too
//!   export      keys as CSV, JSON, Markdown and plain text, and the file that they are written to
//!   config          settings, profiles and the connection
//!   secret, text, time, json    values that are never shown; text made safe to show; times in words; documents
//!   child           other programs, which get no key of ours
//!   memory          what is left of secrets in it, and who may look there
//!   remembered      what the screen showed of each profile, on disk
//!   advice      commands that are told as advice, with the profile that they are about
//!   redact, panic   words from outside, without the keys that they quote; what a fault says
//!   demo            the embedded service: HTTP on loopback; shares nothing with `api` but the contract
//!   bench           the way in for `benches/`
//! ```
//!
//! Arrows point down only, between these and between the files of each (`tests/structure` reads the sources and holds that).
//! [`app`] and [`keymap`] know no network, no clock, no terminal output and no files: the time comes in with each
//! [`app::Message`], and all that is asked of the world is a list of [`app::message::Effect`]s, plain values that tests compare.
//!
//! # One event's way: deactivating a key
//!
//! 1. [`terminal::read_input`] sends the key `x` to the loop, which makes it a [`app::Message`] with the time.
//! 2. [`app::update()`] looks it up: [`keymap::Keymap::lookup`] in the contexts that apply gives [`keymap::Action::Toggle`].
//!    [`guard`] has a say; then a [`app::dialog::Confirm`] opens, which holds the key that it is about,
//!    and has it read afresh: the list may be old, and a key in use takes more than a `y`.
//! 3. `y` ends the dialog's turn in an outcome; `update` numbers the request, notes the write, and gives
//!    [`Effect::Ask`](app::message::Effect::Ask). The dialog is busy, the rest of the screen lives on.
//! 4. The loop draws once, and hands the effect to [`worker::Worker`], which has [`operations::Operator`] send one PUT
//!    and write that into the [`journal`]. Where the answer is lost, the key is read again.
//! 5. The answer comes back as [`Event::Reply`](app::Event::Reply). A reply of a read that is late is dropped; one of a
//!    write never is. The row is replaced, a message tells the outcome, and the scope is read again.
//!
//! # Glossary
//!
//! - **Action**: what a key means where it is pressed. **Message**: all that enters `update`. **Effect**: all that it asks for.
//! - **Scope**: the organization, or one project. **Pane**: Scopes at the left, Keys at the right.
//! - **View**: what the table shows: all keys, or those of one scope. **Sweep**: reading the keys of all scopes, many side by
//!   side ([`app::sweep`]), at a **Pace** that the service allows ([`operations::Pace`]).
//! - **Mark**: keys that are marked are changed together ([`app::marks`]); a range of them has an **anchor**.
//! - **Remote**: something read from the service: the last good value, whether it is being read, why reading failed.
//! - **Arrangement**: which keys the table shows and in which order, worked out here or by the worker ([`app::arrange`]).
//!   **Facts**: how the keys of a list stand, and until when ([`app::facts`]). **Index**: what is searched in them
//!   ([`query::Index`]).
//! - **Retry**: when reads that failed for a passing reason go on by themselves ([`app::retry`]); a pause that the service
//!   asks for (429 or 503 with `Retry-After`) is kept by all of them. **Permission**: what refusals tell of the key
//!   ([`app::permission`]).
//! - **Announcement**: what the service says beside its answers: a deprecation, an end ([`api::announcement`]).
//! - **Dialog**: at most one; while it is open, it alone gets the keys.
//! - **Status**: how a key stands, one function of what the service says, the time and the thresholds ([`status`]).
//! - **Capabilities**: what can be done with the keys of this service that older ones can't: expiry, rotation. Which version of
//!   its API is spoken, only [`api`] knows.
//! - **Rotation**: a key gets a new value **in place**. During its grace period the old value works beside the new one, which
//!   the service calls its shadow value. To the user, a replacement is a rotation, too: `R` begins either, `o` lists both.
//! - **Replacement**: a key is replaced by another, its **successor**, step by step; what speaks for the next step is its
//!   **evidence** ([`replacement`]). Between the old key's deactivation and its deletion it **soaks**.
//! - **Theme**: how everything looks: a **scheme** of colours for one kind of background, with as many colours as the terminal
//!   has. Each colour has a **role**, what it means ([`ui::theme`]).
//! - **Profile**: an organization in `config.toml`: where it is, where its key comes from, whether it is read-only.
//!   What is **in force** is the profile that was chosen, and where key and address are from ([`config::InForce`]).
//!   Another one is **entered** on the screen once it was **opened**: its key was read, its service called (`app::switch`).
//! - **Memory**: what the screen showed of each profile, for the next time ([`remembered`]).
//! - **Signing key**: the organization key that authenticates this program; known by its last six characters. Another can
//!   take over while it runs: generated, in safety, proved by a call, in force (`app::sign_in`).
//! - **Secret**: a key's full value; the service shows it once, when the key is generated.
//! - **Destination**: where a fresh secret goes; chosen and looked at before there is one.

// Tests may panic; Cargo.toml can't tell them from the rest.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, clippy::expect_used))]

pub mod advice;
pub mod api;
pub mod app;
pub mod bench;
pub mod child;
pub mod cli;
pub mod clipboard;
pub mod config;
pub mod demo;
pub mod destination;
pub mod export;
pub mod guard;
pub mod journal;
mod json;
pub mod keymap;
pub mod memory;
pub mod operations;
pub mod panic;
pub mod query;
pub mod redact;
pub mod remembered;
pub mod replacement;
pub mod runtime;
pub mod secret;
pub mod status;
pub mod terminal;
pub mod text;
pub mod time;
pub mod ui;
pub mod worker;
