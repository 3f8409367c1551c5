//! Which theme is drawn with: what was asked for, what the terminal can show, and what is known of its background.

use super::ground::Background;
use super::palette::Role;
use super::{Colours, Scheme, Theme};
use crate::config::ThemeName;

/// How much a colour has to stand out from its ground to be read well.
const READABLE: f64 = 4.5;

/// What decides on the theme, but for the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    name: ThemeName,
    colours: Colours,
    is_ascii: bool,
    /// No terminal of this kind says what its background is.
    is_mute: bool,
}

impl Looks {
    /// `asked` on the command line or by the environment goes before `NO_COLOR`, and that before `configured`, which is in
    /// `config.toml`.
    pub fn new(
        asked: Option<ThemeName>,
        configured: ThemeName,
        is_ascii: bool,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let mut colours = Colours::from_environment(&variable);
        if asked.is_some_and(|name| name != ThemeName::Auto) && colours == Colours::None {
            // Who names a theme wants its colours.
            colours = Colours::of_terminal(&variable).max(Colours::Sixteen);
        }
        let name = match asked {
            Some(name) if name != ThemeName::Auto => name,
            _ if colours == Colours::None => ThemeName::None,
            Some(name) => name,
            None => configured,
        };
        let colours = match name {
            ThemeName::None => Colours::None,
            ThemeName::Sixteen => Colours::Sixteen,
            ThemeName::Auto | ThemeName::Dark | ThemeName::Light | ThemeName::HighContrast => colours,
        };
        // The console of Linux would show the question.
        let is_mute = variable("TERM").is_none_or(|term| matches!(term.as_str(), "" | "linux" | "dumb"));
        Self { name, colours, is_ascii, is_mute }
    }

    /// The theme that is in force.
    pub fn name(self) -> ThemeName {
        self.name
    }

    /// Whether the theme depends on the terminal's background, so that it is worth asking for.
    pub fn asks(self) -> bool {
        let depends = matches!(self.name, ThemeName::Auto | ThemeName::Sixteen | ThemeName::HighContrast);
        depends && self.colours != Colours::None && !self.is_mute
    }

    /// Whether it may have colours.
    pub fn has_colours(self) -> bool {
        self.colours != Colours::None
    }

    /// The theme on such a background. On one of middle lightness, where nothing of a theme can be read well, it has no
    /// colours.
    pub fn theme(self, background: Background) -> Theme {
        let by_ground = match background.is_light() {
            None => Scheme::Either,
            Some(true) => Scheme::Light,
            Some(false) => Scheme::Dark,
        };
        let scheme = match self.name {
            ThemeName::None => Scheme::Plain,
            ThemeName::Dark => Scheme::Dark,
            ThemeName::Light => Scheme::Light,
            ThemeName::HighContrast if by_ground == Scheme::Light => Scheme::HighLight,
            ThemeName::HighContrast => Scheme::HighDark,
            ThemeName::Sixteen => by_ground,
            ThemeName::Auto => match background {
                Background::Exactly(ground) if self.colours >= Colours::Many => {
                    let is_readable = |scheme: &Scheme| {
                        let theme = Theme::of(*scheme, Colours::True, false);
                        let contrasts = Role::ALL.map(|role| theme.rgb(role).map(|colour| colour.contrast(ground)));
                        contrasts.into_iter().flatten().all(|contrast| contrast >= READABLE)
                    };
                    [by_ground, Scheme::Either].into_iter().find(is_readable).unwrap_or(Scheme::Plain)
                }
                _ => by_ground,
            },
        };
        Theme::of(scheme, self.colours, self.is_ascii)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ground::Rgb;
    use super::*;

    fn looks(asked: Option<ThemeName>, configured: ThemeName, variables: &[(&str, &str)]) -> Looks {
        Looks::new(asked, configured, false, |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const MANY: (&str, &str) = ("TERM", "xterm-256color");
    const NO_COLOR: (&str, &str) = ("NO_COLOR", "1");

    #[test]
    fn the_background_decides_unless_a_theme_is_asked_for() {
        let dark = Background::Exactly(Rgb(30, 30, 30));
        let light = Background::Exactly(Rgb(253, 246, 227));
        let of = |scheme| Theme::of(scheme, Colours::Many, false);
        let auto = looks(None, ThemeName::Auto, &[MANY]);
        assert_eq!(auto.theme(Background::Unknown), of(Scheme::Either));
        assert_eq!((auto.theme(dark), auto.theme(light)), (of(Scheme::Dark), of(Scheme::Light)));
        assert_eq!(auto.theme(Background::Light), of(Scheme::Light));
        for (name, on_dark, on_light) in [
            (ThemeName::Dark, Scheme::Dark, Scheme::Dark),
            (ThemeName::Light, Scheme::Light, Scheme::Light),
            (ThemeName::HighContrast, Scheme::HighDark, Scheme::HighLight),
        ] {
            for looks in [looks(Some(name), ThemeName::Auto, &[MANY]), looks(None, name, &[MANY])] {
                assert_eq!((looks.theme(dark), looks.theme(light)), (of(on_dark), of(on_light)), "{name:?}");
            }
        }
        // What was asked for goes before what is configured, and so does that nothing is.
        let looks = looks(Some(ThemeName::Auto), ThemeName::Dark, &[MANY]);
        assert_eq!(looks.theme(light), of(Scheme::Light));
    }

    #[test]
    fn no_color_goes_before_the_file_and_a_theme_that_is_named_before_both() {
        let plain = Theme::of(Scheme::Plain, Colours::None, false);
        for configured in [ThemeName::Auto, ThemeName::Dark, ThemeName::HighContrast] {
            let looks = looks(None, configured, &[MANY, NO_COLOR]);
            assert_eq!(looks.theme(Background::Dark), plain);
            assert!(!looks.asks());
        }
        let named = looks(Some(ThemeName::Dark), ThemeName::None, &[MANY, NO_COLOR]);
        assert_eq!(named.theme(Background::Unknown), Theme::of(Scheme::Dark, Colours::Many, false));
        let none = looks(Some(ThemeName::None), ThemeName::Dark, &[MANY]);
        assert_eq!(none.theme(Background::Dark), plain);
    }

    #[test]
    fn the_terminal_is_asked_only_where_its_answer_would_change_something() {
        for (name, variables, asks) in [
            (ThemeName::Auto, &[MANY][..], true),
            (ThemeName::Sixteen, &[MANY], true),
            (ThemeName::HighContrast, &[MANY], true),
            (ThemeName::Dark, &[MANY], false),
            (ThemeName::Light, &[MANY], false),
            (ThemeName::None, &[MANY], false),
            (ThemeName::Auto, &[MANY, NO_COLOR], false),
            (ThemeName::Auto, &[("TERM", "linux")], false),
            (ThemeName::Auto, &[], false),
        ] {
            assert_eq!(looks(Some(name), ThemeName::Auto, variables).asks(), asks, "{name:?} {variables:?}");
        }
    }

    /// Whatever the terminal says its background is, each colour that is drawn on it can be read there.
    #[test]
    fn on_every_background_that_a_terminal_tells_of_its_theme_can_be_read() {
        let auto = looks(None, ThemeName::Auto, &[MANY, ("COLORTERM", "truecolor")]);
        let (mut coloured, mut plain) = (0, 0);
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let ground = Rgb(red, green, blue);
                    let theme = auto.theme(Background::Exactly(ground));
                    for role in Role::ALL {
                        let contrast = theme.rgb(role).map_or(21.0, |colour| colour.contrast(ground));
                        assert!(contrast >= READABLE, "{ground:?} {role:?}: {contrast}");
                    }
                    *(if theme.rgb(Role::Error).is_some() { &mut coloured } else { &mut plain }) += 1;
                }
            }
        }
        assert!(coloured > 500 && plain > 500, "{coloured} {plain}");
    }
}
