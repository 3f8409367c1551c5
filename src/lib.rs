//! **confident-keys**: the API keys of Confident AI, in a terminal.

pub mod secret;
