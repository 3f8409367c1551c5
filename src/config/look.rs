//! The theme's name.

use std::str::FromStr;

use thiserror::Error;

use super::connection::filled;

/// The variable that names a theme.
pub const THEME_VARIABLE: &str = "CKEYS_THEME";

/// The environment names a theme that there is not. What it holds may be a key in the wrong place, and is not quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{THEME_VARIABLE} names no theme, so it counts for nothing")]
pub struct NoSuchTheme;

/// A theme, as the command line, the environment and `config.toml` name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThemeName {
    /// By the terminal's background.
    #[default]
    Auto,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// White on black or black on white, whatever the terminal's own colours are.
    HighContrast,
    /// The sixteen colours that the terminal's own theme defines.
    Sixteen,
    /// No colours.
    None,
}

impl ThemeName {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Auto, Self::Dark, Self::Light, Self::HighContrast, Self::Sixteen, Self::None];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Sixteen => "sixteen",
            Self::None => "none",
        }
    }

    /// The one that the environment, `variable`, names; none where it names none.
    ///
    /// # Errors
    /// Where what is there is no theme's name.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, NoSuchTheme> {
        filled(&variable, THEME_VARIABLE).map(|name| name.parse().map_err(|()| NoSuchTheme)).transpose()
    }

    /// All names, for messages.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl FromStr for ThemeName {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|theme| theme.name() == name).ok_or(())
    }
}
