//! Tests: each colour of each theme can be read on the backgrounds that it is for, by whatever eyes.

use ratatui::style::Color;

use super::*;

/// Dark backgrounds that terminals and their themes have: black, two greys, Solarized, One Dark, Nord, Ubuntu, Dracula, Tokyo
/// Night, Catppuccin.
const DARK: [u32; 10] =
    [0x00_0000, 0x1e_1e1e, 0x28_2828, 0x00_2b36, 0x28_2c34, 0x2e_3440, 0x30_0a24, 0x28_2a36, 0x1a_1b26, 0x1e_1e2e];
/// Light ones: white, three greys, Solarized, Gruvbox, Catppuccin.
const LIGHT: [u32; 7] = [0xff_ffff, 0xfa_fafa, 0xf5_f5f5, 0xee_eeee, 0xfd_f6e3, 0xfb_f1c7, 0xef_f1f5];

fn rgb(number: u32) -> Rgb {
    let [_, red, green, blue] = number.to_be_bytes();
    Rgb(red, green, blue)
}

/// What a scheme is for, and how much its colours have to stand out there.
fn promise(scheme: Scheme) -> (Vec<u32>, f64) {
    match scheme {
        Scheme::Dark => (DARK.to_vec(), 4.5),
        Scheme::Light => (LIGHT.to_vec(), 4.5),
        Scheme::Either => (vec![0x00_0000, 0xff_ffff], 4.5),
        Scheme::HighDark => (vec![0x00_0000], 7.0),
        Scheme::HighLight => (vec![0xff_ffff], 7.0),
        Scheme::Plain => (vec![], 4.5),
    }
}

#[test]
fn every_colour_of_every_theme_can_be_read_where_it_is_drawn() {
    for scheme in Scheme::ALL {
        let (grounds, least) = promise(scheme);
        for colours in [Colours::Many, Colours::True] {
            let theme = Theme::of(scheme, colours, false);
            for role in Role::ALL {
                let colour = theme.rgb(role);
                assert_eq!(colour.is_none(), theme.colour(role) == Color::Reset, "{scheme:?} {role:?}");
                for ground in &grounds {
                    // A bar or a badge is the same two colours the other way around.
                    let contrast = colour.map_or(21.0, |colour| colour.contrast(rgb(*ground)));
                    assert!(contrast >= least, "{scheme:?} {role:?} on {ground:06x}: {contrast:.2}");
                }
            }
        }
        assert_eq!(grounds.is_empty(), scheme == Scheme::Plain);
    }
}

#[test]
fn high_contrast_brings_its_own_ground_and_the_others_keep_the_terminals() {
    for colours in [Colours::Sixteen, Colours::Many, Colours::True] {
        for scheme in Scheme::ALL {
            let own = Theme::of(scheme, colours, false).ground();
            let expected = match scheme {
                Scheme::HighDark => Some((0xff_ffff, 0)),
                Scheme::HighLight => Some((0, 0xff_ffff)),
                _ => None,
            };
            let value = |colour| match colour {
                Color::White => rgb(0xff_ffff),
                Color::Black => rgb(0),
                Color::Indexed(index) => Rgb::of_index(index),
                Color::Rgb(red, green, blue) => Rgb(red, green, blue),
                other => panic!("{other:?}"),
            };
            let own = own.map(|(text, ground)| (value(text), value(ground)));
            assert_eq!(own, expected.map(|(text, ground)| (rgb(text), rgb(ground))), "{scheme:?}");
        }
    }
}

/// The sixteen colours, from black to bright white, as they come in xterm and in VGA's palette, and in Solarized.
const XTERM: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f, 0xff_0000,
    0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];
const VGA: [u32; 16] = [
    0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa, 0x55_5555, 0xff_5555,
    0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
];
const SOLARIZED: [u32; 16] = [
    0x07_3642, 0xdc_322f, 0x85_9900, 0xb5_8900, 0x26_8bd2, 0xd3_3682, 0x2a_a198, 0xee_e8d5, 0x00_2b36, 0xcb_4b16,
    0x58_6e75, 0x65_7b83, 0x83_9496, 0x6c_71c4, 0x93_a1a1, 0xfd_f6e3,
];

/// Where one of the sixteen is in a palette; none for the terminal's own colour of text.
fn place(colour: Color) -> Option<usize> {
    use Color::*;
    let order = [
        Black,
        Red,
        Green,
        Yellow,
        Blue,
        Magenta,
        Cyan,
        Gray,
        DarkGray,
        LightRed,
        LightGreen,
        LightYellow,
        LightBlue,
        LightMagenta,
        LightCyan,
        White,
    ];
    if colour == Reset { None } else { Some(order.iter().position(|known| *known == colour).unwrap()) }
}

/// Of sixteen colours, all that is promised is about the palettes of xterm and VGA. Solarized, which has its own idea of
/// them and less contrast everywhere, is there so that nothing vanishes.
#[test]
fn of_sixteen_colours_those_are_used_that_can_be_read() {
    let mut used = 0;
    for scheme in Scheme::ALL {
        let theme = Theme::of(scheme, Colours::Sixteen, false);
        let (black_or_white, least) = match scheme {
            Scheme::Dark | Scheme::HighDark => (0x00_0000, promise(scheme).1),
            _ => (0xff_ffff, promise(scheme).1),
        };
        let solarized = if black_or_white == 0 { 0x00_2b36 } else { 0xfd_f6e3 };
        for role in Role::ALL {
            let Some(place) = place(theme.colour(role)) else { continue };
            used += 1;
            for (palette, ground, least) in
                [(XTERM, black_or_white, least), (VGA, black_or_white, least), (SOLARIZED, solarized, 2.9)]
            {
                // Solarized is not what high contrast is for: its black and white are none.
                let contrast = rgb(palette[place]).contrast(rgb(ground));
                let is_meant = palette != SOLARIZED || theme.ground().is_none();
                assert!(contrast >= least || !is_meant, "{scheme:?} {role:?} on {ground:06x}: {contrast:.2}");
            }
        }
        assert_ne!(
            theme.colour(Role::Accent) == Color::Reset,
            matches!(scheme, Scheme::Dark | Scheme::Light | Scheme::HighDark | Scheme::HighLight)
        );
    }
    assert!(used > 20, "{used}");
}

/// What a colour becomes to eyes that lack one kind of cones, in linear light (Machado and others, 2009).
const EYES: [[[f64; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
];

/// How a colour is seen, where equal distances look equally far apart (CIE L*a*b*).
fn seen(Rgb(red, green, blue): Rgb, eyes: [[f64; 3]; 3]) -> [f64; 3] {
    let linear = [red, green, blue].map(|part| (f64::from(part) / 255.0).powf(2.2));
    let mix = |row: [f64; 3]| row.iter().zip(linear).map(|(share, part)| share * part).sum::<f64>().clamp(0.0, 1.0);
    let [red, green, blue] = eyes.map(mix);
    let xyz = [
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0888,
    ];
    let [x, y, z] = xyz.map(|part| if part > 0.008_856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Signs and words tell everything; the colours of what matters most stay apart all the same, where the background is known.
#[test]
fn what_leads_what_went_well_and_what_did_not_differ_to_all_eyes() {
    let roles = [Role::Accent, Role::Done, Role::Warning, Role::Error];
    for scheme in [Scheme::Dark, Scheme::Light] {
        let theme = Theme::of(scheme, Colours::True, false);
        for eyes in EYES {
            for (at, one) in roles.iter().enumerate() {
                for other in &roles[at + 1..] {
                    let [one_seen, other_seen] = [one, other].map(|role| seen(theme.rgb(*role).unwrap(), eyes));
                    let apart = one_seen.iter().zip(other_seen).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                    // 2.3 is the least that is noticed at all.
                    assert!(apart > 14.0, "{scheme:?} {one:?} {other:?}: {apart:.1}");
                }
            }
        }
    }
}
