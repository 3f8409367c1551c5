//! The theme that is asked for now.

use super::Options;
use crate::config::ThemeName;

/// The theme that is asked for now, on the command line or by the environment, or words about one that there is not.
pub(super) fn asked_theme(
    options: &Options,
    variable: &impl Fn(&str) -> Option<String>,
) -> (Option<ThemeName>, Option<String>) {
    if options.theme.is_some() {
        return (options.theme, None);
    }
    match ThemeName::from_environment(variable) {
        Ok(theme) => (theme, None),
        Err(error) => (None, Some(format!("{error}. There are: {}.", ThemeName::names()))),
    }
}
