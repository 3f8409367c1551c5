//! Where the service is, who asks, and what is a matter of taste.
//!
//! [`Settings`] and [`Profiles`] come from `config.toml` in the XDG configuration folder, the [`Connection`] from the
//! environment, as the vendor's own clients read it, or from a profile ([`Configuration::connect`]). Nothing is read from the current folder: a `.env` there
//! could send the key elsewhere.

mod choice;
mod connection;
mod credential;
pub mod edit;
mod error;
mod in_force;
mod keep;
mod keyring;
mod keys;
mod look;
mod profile;
mod reader;
mod settings;
mod site;
mod source;
mod stored;
mod switch;

pub use choice::{Choice, Chosen, Given, check_key, has_key, own_address};
pub use connection::{Address, Connection, NO_KEY_HELP, holds_key, key_from_environment, speak_from_environment};
pub use credential::Surroundings;
pub use error::{ConnectionError, KeyError};
pub use in_force::{ChosenBy, InForce, ReadOnly};
pub use keep::{Forgotten, check_keeping, forget, keep};
pub use keyring::IS_BUILT_IN as HAS_KEYRING;
pub use look::{THEME_VARIABLE, ThemeName};
pub use profile::{Colour, Entry, KeyPlace, Profile, Profiles, Site, check_name};
pub use settings::{BadKeys, Configuration, Problem, Settings, Times};
pub use site::{KeyForm, Region, base_url as checked_address, host};
pub use source::{Decided, KeySource};
pub use stored::Stored;
