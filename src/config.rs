//! Where the service is, who asks, and what is a matter of taste.
//!
//! [`Connection`] comes from the environment, as the vendor's own clients read it; [`Settings`] from
//! `config.toml` in the XDG configuration folder. Nothing is read from the current folder: a `.env` there
//! could send the key elsewhere.

mod connection;
mod settings;
mod source;

pub use connection::{
    Address, Connection, ConnectionError, Decided, KeyForm, NO_KEY_HELP, Region, key_from_environment,
    speak_from_environment,
};
pub use settings::{Problem, Settings, Times};
pub use source::KeySource;
