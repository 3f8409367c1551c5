//! `[profiles.NAME]` in `config.toml`: an organization, where it is, where its key comes from, and how careful to be.
//!
//! ```toml
//! default_profile = "work"   # used where the environment holds no organization key
//!
//! [profiles.work]
//! region = "EU"              # or base_url = "https://keys.example.com"
//! key = "keyring"            # or "environment", { file = "PATH" }, { command = ["op", "read", "op://…"] }
//! read_only = true           # no key is changed
//! production = true          # the header says so, in red unless another colour is named
//! colour = "red"             # of its name in the header
//! allow_http = true          # base_url may be plain http: the key crosses the network in the open
//! thresholds = { idle_days = 14, stale_days = 30 }
//! ```
//!
//! A profile that was not understood whole is not used: a word that is misspelled may be the one that keeps its keys
//! safe. Only its colour and its thresholds give way to defaults.

mod read;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::site::Region;
use super::source::KeySource;
use crate::redact;
use crate::status::Overrides;

/// The longest name of a profile, in characters.
const LONGEST_NAME: usize = 32;

/// How long a command may take to give the key, unless the profile says otherwise.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// The colour of a profile's name, one of those that every terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Colour {
    Red,
    Yellow,
    Green,
    Cyan,
    Blue,
    Magenta,
}

impl Colour {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Red, Self::Yellow, Self::Green, Self::Cyan, Self::Blue, Self::Magenta];

    /// Its name, as in `config.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Cyan => "cyan",
            Self::Blue => "blue",
            Self::Magenta => "magenta",
        }
    }

    /// The colour of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.name() == name)
    }
}

/// Where a profile says that its key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// `CONFIDENT_ORG_API_KEY`.
    Environment,
    /// A file. A relative path begins in the folder of `config.toml`, and `~/` in the home folder.
    File(PathBuf),
    /// What a command prints.
    Command {
        /// The program and its arguments; no shell reads them.
        words: Vec<String>,
        /// How long it may take.
        timeout: Duration,
    },
    /// The operating system's keyring.
    Keyring,
}

impl KeyPlace {
    /// Where a key that is there comes from.
    pub fn source(&self) -> KeySource {
        match self {
            Self::Environment => KeySource::Environment,
            Self::File(_) => KeySource::File,
            Self::Command { .. } => KeySource::Command,
            Self::Keyring => KeySource::Keyring,
        }
    }

    /// A word for documents.
    pub fn word(&self) -> &'static str {
        self.source().word()
    }
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => formatter.write_str("environment"),
            Self::File(path) => write!(formatter, "file:{}", path.display()),
            // Its arguments may be long, and are nobody's business but its own.
            Self::Command { words, .. } => write!(formatter, "command:{}", words.first().map_or("", String::as_str)),
            Self::Keyring => formatter.write_str("keyring"),
        }
    }
}

/// Where a profile says that its service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    /// One of the vendor's regions.
    Region(Region),
    /// A service of somebody's own.
    At(Url),
}

/// An organization, and how to get at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// Where its service is; none where the key's prefix tells.
    pub site: Option<Site>,
    /// Where its key is.
    pub key: KeyPlace,
    /// Whether nothing is to be changed.
    pub read_only: bool,
    /// Whether what works there depends on its keys, so that the screen says it all the time.
    pub is_production: bool,
    /// The colour of its name.
    pub colour: Option<Colour>,
    /// What goes before the configured thresholds.
    pub thresholds: Overrides,
    /// Whether its key may go over plain http to another machine.
    pub allows_http: bool,
}

impl Profile {
    /// One of which only the name is said.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            site: None,
            key: KeyPlace::Environment,
            read_only: false,
            is_production: false,
            colour: None,
            thresholds: Overrides::default(),
            allows_http: false,
        }
    }

    /// The colour of its name: the one that was chosen for it, else red for production.
    pub fn shown_colour(&self) -> Option<Colour> {
        self.colour.or(self.is_production.then_some(Colour::Red))
    }
}

/// A profile as far as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name. Where that is none, the section still has it.
    pub name: String,
    /// Where it begins in `config.toml`, from 1.
    pub line: usize,
    /// The profile, or what keeps it from being used: clean words for “it can't be used: …”.
    pub profile: Result<Profile, String>,
}

/// The profiles of `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profiles {
    /// The one that is used where none is asked for.
    pub default: Option<String>,
    /// All of them, in the order of the file.
    pub entries: Vec<Entry>,
}

impl Profiles {
    /// The profile called `name`.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// Whether a profile can be called `name`: it stands in commands, in file names and in the header.
///
/// # Errors
/// Why not, in words to follow “a profile's name”.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    if redact::holds_key(name) {
        Err("is no place for a key")
    } else if name.is_empty() || name.chars().count() > LONGEST_NAME {
        Err("has 1 to 32 characters")
    } else if !name.chars().all(is_plain) || !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
        Err("is made of the letters a to z, digits, and - _ . after the first")
    } else {
        Ok(())
    }
}
