//! Whatever is drawn can be read: the colours of each cell of every state, in every theme.

use std::collections::HashSet;

use confident_keys::ui::theme::{Colours, Rgb, Role, Scheme, Theme};
use ratatui::style::{Color, Modifier};

use crate::data::Names;
use crate::states;

/// The grounds that a scheme is for at the least, and how much has to stand out there. What it is like on others, the
/// theme's own tests say.
const PROMISES: [(Scheme, &[Rgb], f64); 5] = [
    (Scheme::Dark, &[Rgb(0, 0, 0), Rgb(0x2e, 0x34, 0x40)], 4.5),
    (Scheme::Light, &[Rgb(255, 255, 255), Rgb(0xee, 0xee, 0xee)], 4.5),
    (Scheme::Either, &[Rgb(0, 0, 0), Rgb(255, 255, 255)], 4.5),
    (Scheme::HighDark, &[Rgb(0x80, 0x80, 0x80)], 7.0),
    (Scheme::HighLight, &[Rgb(0x80, 0x80, 0x80)], 7.0),
];

/// A colour as it is seen; none for the terminal's own.
fn seen(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Reset => None,
        Color::Indexed(index) => Some(Rgb::of_index(index)),
        Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        other => panic!("{other:?} is another colour on each terminal"),
    }
}

/// How well a cell of these colours can be read on a terminal with such a ground, whose own text can be.
fn contrast(foreground: Color, background: Color, ground: Rgb) -> f64 {
    match (seen(foreground), seen(background)) {
        (None, None) => 21.0,
        // The terminal's own colour of text is another on each.
        (None, Some(_)) => 1.0,
        // Reversed, they are the same two.
        (Some(text), own) => text.contrast(own.unwrap_or(ground)),
    }
}

#[test]
fn every_cell_of_every_state_can_be_read_in_every_theme() {
    for (name, build) in states::all() {
        let scene = build(Names::Any);
        for (scheme, grounds, least) in PROMISES {
            for colours in [Colours::Many, Colours::True] {
                let theme = Theme::of(scheme, colours, false);
                let (buffer, _) = scene.draw(theme);
                let own: Vec<Color> = Role::ALL.iter().map(|role| theme.colour(*role)).collect();
                let text = theme.ground().map(|(text, _)| text);
                // Few of its thousands of cells differ in their looks.
                let looks: HashSet<_> = buffer.content.iter().map(|cell| (cell.fg, cell.bg, cell.modifier)).collect();
                for look @ (foreground, background, modifier) in &looks {
                    let is_of_theme =
                        *foreground == Color::Reset || own.contains(foreground) || text == Some(*foreground);
                    assert!(is_of_theme, "{name} in {scheme:?}: {look:?}");
                    assert!(!modifier.contains(Modifier::DIM), "{name} in {scheme:?}: {look:?}");
                    for ground in grounds {
                        let contrast = contrast(*foreground, *background, *ground);
                        assert!(contrast >= least, "{name} in {scheme:?} on {ground:?}: {contrast:.2}, {look:?}");
                    }
                }
                assert!(looks.iter().any(|(foreground, ..)| *foreground != Color::Reset), "{name} in {scheme:?}");
            }
        }
    }
}

/// What a theme changes is colours and weights: all that is told is told in another one, too, and in none.
#[test]
fn every_state_says_the_same_in_every_theme() {
    for (name, build) in states::all() {
        let scene = build(Names::Any);
        let text = |theme| scene.draw(theme).0.content.iter().map(|cell| cell.symbol().to_owned()).collect::<String>();
        let plain = Theme::new(Colours::None, false);
        let expected = text(plain);
        for scheme in Scheme::ALL {
            for colours in [Colours::Sixteen, Colours::Many] {
                assert_eq!(text(Theme::of(scheme, colours, false)), expected, "{name} in {scheme:?}");
            }
        }
        for cell in &scene.draw(plain).0.content {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name}");
            assert!(!cell.modifier.contains(Modifier::DIM), "{name}");
        }
    }
}
