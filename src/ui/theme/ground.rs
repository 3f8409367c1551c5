//! What a theme is drawn on: the terminal's background, and how well a colour can be read there.

/// Red, green and blue, of 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// What is known of the terminal's background.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Background {
    /// Nothing.
    #[default]
    Unknown,
    /// It is dark.
    Dark,
    /// It is light.
    Light,
    /// The terminal said so.
    Exactly(Rgb),
}

impl Background {
    /// What the environment hints at: `COLORFGBG`, text and background as numbers of the sixteen colours, and the console
    /// of Linux, which is dark.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let hint = variable("COLORFGBG").and_then(|both| both.rsplit(';').next()?.trim().parse::<u8>().ok());
        match hint {
            Some(0..=6 | 8) => Self::Dark,
            Some(7 | 9..=15) => Self::Light,
            _ if variable("TERM").is_some_and(|term| term == "linux") => Self::Dark,
            _ => Self::Unknown,
        }
    }

    /// Whether it is light, as far as that is known.
    pub fn is_light(self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Dark => Some(false),
            Self::Light => Some(true),
            Self::Exactly(ground) => Some(ground.contrast(Rgb(0, 0, 0)) > ground.contrast(Rgb(255, 255, 255))),
        }
    }
}

impl Rgb {
    /// A colour of the fixed part of the palette of 256: the cube of 216 colours from 16 on, and the greys after it.
    pub fn of_index(index: u8) -> Self {
        if index >= 232 {
            let grey = 8 + 10 * (index - 232);
            return Self(grey, grey, grey);
        }
        let at = index.saturating_sub(16);
        let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
        Self(level(at / 36), level(at / 6 % 6), level(at % 6))
    }

    /// How bright it is to the eye, from 0 (black) to 1 (white): the relative luminance of WCAG 2.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { to_2_4((part + 0.055) / 1.055) }
        };
        let Self(red, green, blue) = self;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// How well one can be read on the other, from 1 (not at all) to 21, as WCAG 2 counts it.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }
}

/// `base`, which is above 0 and at most 1, to the power of 2.4. By `powf`, which is the system's, this alone would have its
/// library of mathematics loaded at each start.
fn to_2_4(base: f64) -> f64 {
    // 2.4 is 2 and two fifths. Newton's way to the fifth root comes down from 1, and is there after ten steps.
    let square = base * base;
    let nearer = |root: f64, _| (4.0 * root + square / (root * root * root * root)) / 5.0;
    square * (0..12).fold(1.0, nearer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colorfgbg_and_the_console_hint_at_the_background() {
        for (variables, expected) in [
            (&[][..], Background::Unknown),
            (&[("COLORFGBG", "15;0")], Background::Dark),
            (&[("COLORFGBG", "0;15")], Background::Light),
            (&[("COLORFGBG", "0;default;15")], Background::Light),
            (&[("COLORFGBG", "12;8")], Background::Dark),
            (&[("COLORFGBG", "0;7")], Background::Light),
            (&[("COLORFGBG", "15;default")], Background::Unknown),
            (&[("COLORFGBG", "15;300")], Background::Unknown),
            (&[("COLORFGBG", "")], Background::Unknown),
            (&[("TERM", "linux")], Background::Dark),
            (&[("TERM", "linux"), ("COLORFGBG", "0;15")], Background::Light),
        ] {
            let found = Background::from_environment(|name| {
                variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }

    #[test]
    fn contrast_is_as_wcag_counts_it() {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((white.contrast(Rgb(0x76, 0x76, 0x76)) - 4.54).abs() < 0.005);
        assert!((black.contrast(black) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_power_is_as_the_systems() {
        for part in 11..=u8::MAX {
            let base = (f64::from(part) / 255.0 + 0.055) / 1.055;
            assert!((to_2_4(base) - base.powf(2.4)).abs() < 1e-12, "{base}");
        }
    }

    #[test]
    fn the_palette_of_256_is_xterms() {
        for (index, expected) in [
            (16, Rgb(0, 0, 0)),
            (231, Rgb(255, 255, 255)),
            (75, Rgb(0x5f, 0xaf, 0xff)),
            (232, Rgb(8, 8, 8)),
            (255, Rgb(238, 238, 238)),
        ] {
            assert_eq!(Rgb::of_index(index), expected);
        }
    }
}
