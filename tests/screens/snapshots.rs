//! The pictures.

use std::fmt::Write as _;

use confident_keys::app::geometry::Size;
use confident_keys::ui::theme::{Colours, Scheme, Theme};

use crate::data::Names;
use crate::picture::{styles_of, text_of};
use crate::scene::{Scene, USUAL};
use crate::states;

const SMALL: Size = Size { cols: 60, rows: 16 };
const LARGE: Size = Size { cols: 120, rows: 36 };
const LARGEST: Size = Size { cols: 300, rows: 100 };

/// The states whose styles are reviewed at every size.
const STYLED: [&str; 4] = ["project", "secret_hidden", "delete_active", "toast_refused"];

fn coloured() -> Theme {
    Theme::new(Colours::Many, false)
}

/// What a scene looks like at a size, with a heading.
fn picture(scene: &Scene, theme: Theme, with_styles: bool) -> String {
    let Size { cols, rows } = scene.app.size;
    let (buffer, cursor) = scene.draw(theme);
    let cursor = cursor.map(|(x, y)| format!(", cursor at column {x} of row {y}")).unwrap_or_default();
    let mut out = String::new();
    writeln!(out, "== {cols}x{rows}{cursor}\n{}", text_of(&buffer)).unwrap();
    if with_styles {
        writeln!(out, "-- styles, as rows:columns\n{}", styles_of(&buffer)).unwrap();
    }
    out
}

fn check(name: &str, pictures: &[String]) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, pictures.concat());
    });
}

/// All states at the three sizes; every difference is told, not the first alone.
#[test]
fn every_state() {
    let failed: Vec<&str> = states::all()
        .filter(|(name, build)| {
            let mut scene = build(Names::Any);
            let pictures = [USUAL, SMALL, LARGE].map(|size| {
                scene.happens(confident_keys::app::Event::Resize { cols: size.cols, rows: size.rows });
                picture(&scene, coloured(), size == USUAL || STYLED.contains(name))
            });
            std::panic::catch_unwind(|| check(name, &pictures)).is_err()
        })
        .map(|(name, _)| name)
        .collect();
    assert!(failed.is_empty(), "other than in their pictures: {failed:?}");
}

/// What the theme changes: symbols, and styles.
#[test]
fn other_themes() {
    let themes = [
        ("ascii", Theme::new(Colours::Many, true)),
        ("no_color", Theme::new(Colours::None, false)),
        ("dark", Theme::of(Scheme::Dark, Colours::Many, false)),
        ("light", Theme::of(Scheme::Light, Colours::Many, false)),
        ("high_contrast_dark", Theme::of(Scheme::HighDark, Colours::Many, false)),
        ("high_contrast_light", Theme::of(Scheme::HighLight, Colours::True, false)),
        ("sixteen", Theme::new(Colours::Sixteen, false)),
        ("sixteen_dark", Theme::of(Scheme::Dark, Colours::Sixteen, false)),
        ("sixteen_light", Theme::of(Scheme::Light, Colours::Sixteen, false)),
    ];
    for (theme_name, theme) in themes {
        for state in ["project", "tab_stale", "secret_copied", "delete_mistyped", "keys_older"] {
            let scene = states::named(state).1(Names::Any);
            check(&format!("theme_{theme_name}_{state}"), &[picture(&scene, theme, true)]);
        }
    }
}

/// What the parts of the screen are at which size: the sizes that people have.
#[test]
fn panes_at_every_size() {
    for (name, keys) in [("project", ""), ("all_keys", ""), ("project_in_scopes", ""), ("all_keys", "b")] {
        let sizes = [(60, 16), (80, 24), (90, 24), (100, 30), (120, 36), (160, 40), (200, 60)];
        let pictures: Vec<String> = sizes
            .into_iter()
            .map(|(cols, rows)| {
                let scene = states::named(name).1(Names::Any).resized(Size { cols, rows }).keys(keys);
                picture(&scene, coloured(), false)
            })
            .collect();
        let folded = if keys.is_empty() { "" } else { "_folded" };
        check(&format!("sizes_{name}{folded}"), &pictures);
    }
}

#[test]
fn the_largest_and_the_too_small() {
    for name in ["project", "secret_hidden"] {
        let scene = states::named(name).1(Names::Any).resized(LARGEST);
        check(&format!("largest_{name}"), &[picture(&scene, coloured(), false)]);
    }
    let mut pictures = Vec::new();
    for (cols, rows) in [(59, 16), (60, 15), (20, 3), (1, 1)] {
        let scene = states::named("project").1(Names::Any).resized(Size { cols, rows });
        pictures.push(picture(&scene, coloured(), true));
    }
    check("too_small", &pictures);
}
