//! **confident-keys**: the API keys of Confident AI, in a terminal.

pub mod demo;
pub mod secret;
