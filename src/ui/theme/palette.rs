//! The colours of each theme, a table of roles: what a colour means is said where it is drawn, how it looks here alone.
//!
//! With 256 colours or more they come from the fixed part of the palette of 256, so that the terminal's own theme can't
//! move them: 24 bits say the same colours exactly. With sixteen, the terminal's theme decides; those are used that the
//! palettes of xterm and VGA keep readable.

use ratatui::style::Color;

use super::ground::Rgb;
use super::{Colours, Scheme};
use crate::config::Colour;

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What matters less.
    Dim,
    /// What leads the eye.
    Accent,
    /// Something went well.
    Done,
    /// Something to watch out for.
    Warning,
    /// Something went wrong, or is for good.
    Error,
    /// A key that was not used for a while.
    Idle,
    /// A key of which too little is known.
    Unknown,
    /// The name of a profile.
    Profile(Colour),
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Dim,
        Self::Accent,
        Self::Done,
        Self::Warning,
        Self::Error,
        Self::Idle,
        Self::Unknown,
        Self::Profile(Colour::Red),
        Self::Profile(Colour::Yellow),
        Self::Profile(Colour::Green),
        Self::Profile(Colour::Cyan),
        Self::Profile(Colour::Blue),
        Self::Profile(Colour::Magenta),
    ];
}

/// The colour of a role; [`Color::Reset`], the terminal's own for text, where no other can be read well.
pub(super) fn colour(scheme: Scheme, colours: Colours, role: Role) -> Color {
    match (colours, scheme) {
        (Colours::None, _) | (_, Scheme::Plain) => Color::Reset,
        (Colours::Sixteen, _) => sixteen(scheme, role),
        (Colours::Many | Colours::True, _) => many(scheme, role).map_or(Color::Reset, |index| fixed(colours, index)),
    }
}

/// The colours of text and of the ground under it; none where those of the terminal are kept.
pub(super) fn ground(scheme: Scheme, colours: Colours) -> Option<(Color, Color)> {
    let (text, ground) = match scheme {
        Scheme::HighDark => (WHITE, BLACK),
        Scheme::HighLight => (BLACK, WHITE),
        Scheme::Dark | Scheme::Light | Scheme::Either | Scheme::Plain => return None,
    };
    let named = |index| if index == BLACK { Color::Black } else { Color::White };
    match colours {
        Colours::None => None,
        Colours::Sixteen => Some((named(text), named(ground))),
        Colours::Many | Colours::True => Some((fixed(colours, text), fixed(colours, ground))),
    }
}

const BLACK: u8 = 16;
const WHITE: u8 = 231;

fn fixed(colours: Colours, index: u8) -> Color {
    if colours == Colours::True {
        let Rgb(red, green, blue) = Rgb::of_index(index);
        Color::Rgb(red, green, blue)
    } else {
        Color::Indexed(index)
    }
}

/// From the fixed part of the palette of 256.
fn many(scheme: Scheme, role: Role) -> Option<u8> {
    let [dark, light, either, high_dark, high_light] = match role {
        Role::Dim => [248, 241, 243, 252, 238],
        Role::Accent => [75, 26, 63, 117, 18],
        Role::Done => [158, 23, 29, 120, 22],
        Role::Warning => [220, 94, 163, 220, 54],
        Role::Error => [210, 88, 131, 217, 88],
        Role::Idle => [180, 58, 98, 223, 52],
        Role::Unknown => [183, 91, 98, 225, 53],
        Role::Profile(Colour::Red) => [210, 124, 131, 217, 88],
        // No yellow can be read on black and on white.
        Role::Profile(Colour::Yellow) => [221, 94, 0, 220, 52],
        Role::Profile(Colour::Green) => [120, 22, 29, 120, 22],
        Role::Profile(Colour::Cyan) => [80, 23, 29, 87, 23],
        Role::Profile(Colour::Blue) => [111, 19, 63, 153, 18],
        Role::Profile(Colour::Magenta) => [213, 90, 163, 219, 53],
    };
    let index = match scheme {
        Scheme::Dark => dark,
        Scheme::Light => light,
        Scheme::Either => either,
        Scheme::HighDark => high_dark,
        Scheme::HighLight => high_light,
        Scheme::Plain => 0,
    };
    (index >= BLACK).then_some(index)
}

/// Of those that the terminal's theme defines. Nothing is dim: what comes out for the dark grey may be the ground itself.
fn sixteen(scheme: Scheme, role: Role) -> Color {
    use Color::{Blue, Gray, Green, LightCyan, LightMagenta, LightRed, LightYellow, Magenta, Red, Reset};
    match (scheme, role) {
        (Scheme::Dark, Role::Dim) => Gray,
        (Scheme::Dark | Scheme::HighDark, Role::Accent | Role::Profile(Colour::Cyan | Colour::Blue)) => LightCyan,
        (Scheme::Dark, Role::Done | Role::Profile(Colour::Green)) => Green,
        (Scheme::Dark | Scheme::HighDark, Role::Warning | Role::Profile(Colour::Yellow)) => LightYellow,
        (Scheme::Dark, Role::Error | Role::Profile(Colour::Red)) => LightRed,
        (Scheme::Dark, Role::Unknown | Role::Profile(Colour::Magenta)) => LightMagenta,
        (Scheme::Light | Scheme::HighLight, Role::Accent | Role::Profile(Colour::Cyan | Colour::Blue)) => Blue,
        (Scheme::Light, Role::Warning | Role::Unknown | Role::Profile(Colour::Magenta)) => Magenta,
        (Scheme::Light, Role::Error | Role::Profile(Colour::Red)) => Red,
        _ => Reset,
    }
}
