//! **confident-keys**: the API keys of Confident AI, in a terminal.

pub mod api;
pub mod app;
pub mod child;
pub mod cli;
pub mod clipboard;
pub mod config;
pub mod demo;
pub mod guard;
pub mod keymap;
pub mod operations;
pub mod runtime;
pub mod secret;
pub mod secret_file;
pub mod status;
pub mod terminal;
pub mod text;
pub mod time;
pub mod ui;
pub mod worker;
