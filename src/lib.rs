//! **confident-keys**: the API keys of Confident AI, in a terminal.

pub mod child;
pub mod clipboard;
pub mod secret;
pub mod terminal;
