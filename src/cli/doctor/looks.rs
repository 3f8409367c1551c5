//! With which colours the screen is drawn, and in which zone times are told.

use jiff::Timestamp;

use super::Variable;
use super::check::Check;
use crate::config::{THEME_VARIABLE, ThemeName};
use crate::time::{Zone, ZoneSource};
use crate::ui::theme::{Background, Colours, Looks};

pub(super) fn colours(variable: Variable<'_>) -> Check {
    const NAME: &str = "colours";
    let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
    Check::ok(
        NAME,
        match Colours::from_environment(variable) {
            Colours::None if is_set("NO_COLOR") => "None, as NO_COLOR asks; signs and words say the same",
            Colours::None if Colours::of_terminal(variable) == Colours::None => {
                "None, as TERM promises none; signs and words say the same"
            }
            Colours::None => "None, as CLICOLOR asks; signs and words say the same",
            Colours::Sixteen => "The sixteen of the terminal's own theme, as TERM promises no more",
            Colours::Many => "256, by TERM",
            Colours::True if Colours::has_true_by_colorterm(variable) => "Those of 24 bits, by COLORTERM",
            Colours::True => "Those of 24 bits, by TERM",
        },
    )
}

/// Which theme the screen is drawn in; `configured` is that of `config.toml`.
pub(super) fn theme(configured: ThemeName, variable: Variable<'_>) -> Check {
    const NAME: &str = "theme";
    let asked = match ThemeName::from_environment(variable) {
        Ok(asked) => asked,
        Err(error) => {
            return Check::warning(NAME, error.to_string(), format!("Set it to one of {}.", ThemeName::names()));
        }
    };
    let looks = Looks::new(asked, configured, false, variable);
    let theme = looks.name();
    if theme != asked.unwrap_or(configured) {
        return Check::ok(NAME, "none, as there are no colours");
    }
    let background = Background::from_environment(variable);
    let asks = looks.asks();
    let mut words = match (theme, background.is_light()) {
        (ThemeName::Auto, None) if asks => "By the terminal's background, which the screen asks it for".to_owned(),
        (ThemeName::Auto, None) => "For any background, as a terminal of this kind does not tell its own".to_owned(),
        (ThemeName::Auto, Some(is_light)) => {
            let kind = if is_light { "light" } else { "dark" };
            let asks = if asks { ", and the screen asks" } else { "" };
            format!("By the terminal's background: {kind} as far as the environment tells{asks}")
        }
        (theme, _) => {
            let by = if asked.is_some() { THEME_VARIABLE } else { "config.toml" };
            format!("{}, by {by}", theme.name())
        }
    };
    if theme != ThemeName::None && !looks.theme(background).has_colours() {
        words.push_str("; without colours as long as the background is not known");
    }
    Check::ok(NAME, words)
}

/// In which zone local times are told.
pub(super) fn zone(zone: &Zone, now: Timestamp) -> Check {
    const NAME: &str = "time-zone";
    let shown = zone.describe(now);
    match zone.source {
        ZoneSource::Variable => Check::ok(NAME, format!("{shown}, by TZ")),
        ZoneSource::System => Check::ok(NAME, format!("{shown}, as this machine is set")),
        ZoneSource::BadVariable => Check::warning(
            NAME,
            "TZ names no zone that is known here, so local times are in UTC",
            "Set TZ to a zone's name, such as Europe/Berlin, or unset it. Its data may be missing, too: the package tzdata has it.",
        ),
        ZoneSource::Missing => Check::warning(
            NAME,
            "This machine does not say its zone, so local times are in UTC",
            "Set TZ to a zone's name, such as Europe/Berlin.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Standing::{Ok, Warning};
    use super::super::check::with;
    use super::*;

    #[test]
    fn colours_and_what_promises_them() {
        for (variables, words) in [
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")][..], "None, as NO_COLOR"),
            (&[("TERM", "xterm-256color"), ("CLICOLOR", "0")], "None, as CLICOLOR"),
            (&[("TERM", "vt100")], "None, as TERM"),
            (&[("TERM", "linux")], "The sixteen"),
            (&[("TERM", "xterm-256color")], "256, by TERM"),
            (&[("TERM", "xterm"), ("COLORTERM", "truecolor")], "Those of 24 bits, by COLORTERM"),
            (&[("TERM", "xterm-direct")], "Those of 24 bits, by TERM"),
            (&[("TERM", "xterm"), ("COLORTERM", "yes")], "The sixteen"),
        ] {
            assert!(with(variables, colours).1.starts_with(words), "{variables:?}");
        }
    }

    #[test]
    fn the_theme_and_what_decided_on_it() {
        const MANY: (&str, &str) = ("TERM", "xterm-256color");
        for (configured, variables, expected, words) in [
            (ThemeName::Auto, &[MANY][..], Ok, "which the screen asks it for"),
            (ThemeName::Auto, &[MANY, ("COLORFGBG", "0;15")], Ok, "light as far as"),
            (ThemeName::Light, &[MANY], Ok, "light, by config.toml"),
            (ThemeName::Light, &[MANY, ("CKEYS_THEME", "dark")], Ok, "dark, by CKEYS_THEME"),
            (ThemeName::Light, &[MANY, ("NO_COLOR", "1")], Ok, "none, as there are no colours"),
            (ThemeName::Light, &[MANY, ("CKEYS_THEME", "auto"), ("NO_COLOR", "1")], Ok, "none, as there are no"),
            (ThemeName::Light, &[MANY, ("CKEYS_THEME", "dark"), ("NO_COLOR", "1")], Ok, "dark, by CKEYS_THEME"),
            (ThemeName::None, &[MANY], Ok, "none, by config.toml"),
            (ThemeName::Sixteen, &[MANY], Ok, "sixteen, by config.toml; without colours as long as"),
            (ThemeName::Sixteen, &[MANY, ("COLORFGBG", "15;0")], Ok, "sixteen, by config.toml"),
            (ThemeName::Auto, &[("TERM", "linux")], Ok, "dark as far as the environment tells"),
            (ThemeName::Auto, &[], Ok, "a terminal of this kind does not tell its own; without colours"),
            (ThemeName::Light, &[MANY, ("CKEYS_THEME", "fake_canary")], Warning, "names no theme"),
        ] {
            let (standing, summary) = with(variables, |variable| theme(configured, variable));
            assert!(standing == expected && summary.contains(words), "{variables:?}: {summary}");
            assert!(!summary.contains("canary"), "{summary}");
        }
    }
}
