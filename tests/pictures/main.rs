//! The pictures in `assets` are what the program shows. `UPDATE_PICTURES=1 cargo test --test pictures` makes them anew; they
//! are then to be looked at.
//!
//! - `scenes` is what is on them: a scene is the keys that lead there.
//! - `stage` runs the real program in a terminal, at the embedded service, with a fixed seed and a fixed time.
//! - `grid` is what that terminal shows; what differs from run to run all the same is masked there.
//! - `draw` makes SVG of it, `tour` SVG that moves.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod draw;
#[path = "../common/environment.rs"]
mod environment;
#[path = "../common/frames.rs"]
#[expect(dead_code, reason = "who keeps all that was seen uses more of it")]
mod frames;
mod grid;
#[path = "../common/pty.rs"]
mod pty;
mod scenes;
mod stage;
mod tour;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use scenes::{STILLS, Still, TOUR};
use stage::Stage;
use tour::Reel;

const ANEW: &str = "UPDATE_PICTURES=1 cargo test --test pictures";
/// Larger pictures take long to come over a poor connection.
const LARGEST_TOUR: usize = 300_000;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/{name}.svg"))
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_PICTURES").is_some()
}

/// Compares a picture with the one that is kept, or keeps it; says what is old.
fn check(name: &str, picture: &str) -> Result<(), String> {
    if is_update() {
        fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        fs::write(path(name), picture).unwrap();
        return Ok(());
    }
    let kept = fs::read_to_string(path(name)).unwrap_or_default();
    if kept == picture {
        return Ok(());
    }
    let (mut old, mut new) = (kept.lines(), picture.lines());
    let (old, new) = loop {
        match (old.next(), new.next()) {
            (old, new) if old == new => {}
            (old, new) => break (old.unwrap_or("nothing"), new.unwrap_or("nothing")),
        }
    };
    Err(format!("assets/{name}.svg is old:\n  {}\nis now\n  {}", words(old), words(new)))
}

/// A line of a picture without its markup, where anything is left then.
fn words(line: &str) -> String {
    let parts = line.split('<').filter_map(|part| part.split_once('>').map(|(_, words)| words));
    let words = parts.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ");
    if words.is_empty() { line.to_owned() } else { words }
}

fn still(still: &Still) -> Result<(), String> {
    let mut stage = Stage::open(still.theme());
    (still.play)(&mut stage);
    check(still.name, &draw::still(&stage.rests(), still.told, still.ground()))
}

#[test]
fn the_stills_are_what_the_program_shows() {
    // A few at a time: most of it is waiting.
    let (left, old) = (Mutex::new(STILLS.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(next) = { left.lock().unwrap().next() } {
                    let found = still(next).err();
                    old.lock().unwrap().extend(found);
                }
            });
        }
    });
    let old = old.into_inner().unwrap();
    assert!(old.is_empty(), "{}\n{ANEW} makes them anew", old.join("\n"));
}

#[test]
fn the_tour_is_what_the_program_shows() {
    let mut reel = Reel::default();
    scenes::tour(&mut Stage::open("dark"), &mut reel);
    let picture = reel.picture(TOUR.1, draw::DARK);
    assert!(picture.len() < LARGEST_TOUR, "{} bytes are too much", picture.len());
    assert!((20.0..=40.0).contains(&reel.seconds()), "{} s are too few or too many", reel.seconds());
    if let Err(old) = check(TOUR.0, &picture) {
        panic!("{old}\n{ANEW} makes it anew");
    }
}

#[test]
fn every_picture_is_made_here_and_those_of_the_readme_are_there() {
    let made: BTreeSet<String> =
        STILLS.iter().map(|still| still.name).chain([TOUR.0]).map(|name| format!("{name}.svg")).collect();
    let folder = fs::read_dir(path("x").parent().unwrap()).unwrap();
    let kept: BTreeSet<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(kept.difference(&made).collect::<Vec<_>>(), [""; 0], "nobody makes these in assets");
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let named: BTreeSet<String> = readme
        .split("assets/")
        .skip(1)
        .filter_map(|rest| rest.split_once(".svg").map(|(name, _)| format!("{name}.svg")))
        .collect();
    assert!(named.contains("tour.svg"), "{named:?}");
    assert_eq!(named.difference(&made).collect::<Vec<_>>(), [""; 0], "the README names these");
}
