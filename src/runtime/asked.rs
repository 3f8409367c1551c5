//! The theme that is asked for now.

use super::Options;
use crate::config::ThemeName;

/// The variable that names a theme.
const THEME_VARIABLE: &str = "CKEYS_THEME";

/// The theme that is asked for now, on the command line or by the environment, or words about one that there is not.
pub(super) fn asked_theme(
    options: &Options,
    variable: &impl Fn(&str) -> Option<String>,
) -> (Option<ThemeName>, Option<String>) {
    if options.theme.is_some() {
        return (options.theme, None);
    }
    match variable(THEME_VARIABLE).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()) {
        None => (None, None),
        Some(name) => match name.parse() {
            Ok(theme) => (Some(theme), None),
            // What it is may be a key in the wrong place.
            Err(()) => {
                let words = format!(
                    "{THEME_VARIABLE} names no theme, so it counts for nothing. There are: {}.",
                    ThemeName::names()
                );
                (None, Some(words))
            }
        },
    }
}
