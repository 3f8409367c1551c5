//! **confident-keys**: the API keys of Confident AI, in a terminal.

pub mod api;
pub mod app;
pub mod config;
pub mod guard;
pub mod keymap;
pub mod operations;
pub mod secret;
pub mod status;
pub mod text;
pub mod time;
pub mod ui;
