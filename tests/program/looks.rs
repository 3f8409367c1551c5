//! How the screen looks: by what the terminal says of its background, by what it can show, by what is asked for.

use std::fs;

use rustix::process::Signal;

use crate::screen::Screen;
use crate::world::World;

const QUESTION: &str = "\x1b]11;?\x07";
const DARK: &str = "\x1b]11;rgb:1e1e/1e1e/1e1e\x07";
const LIGHT: &str = "\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\";

/// What only the one theme draws with: its colour for what leads the eye.
const ON_DARK: &str = "38;5;75";
const ON_LIGHT: &str = "38;5;26";
const ON_EITHER: &str = "38;5;63";

fn demo(world: &World, arguments: &[&str], variables: &[(&str, &str)]) -> Screen {
    let mut screen = Screen::run(world, &[&["--demo"], arguments].concat(), variables, 80, 24);
    // All that is read at the start.
    screen.sees("Terraform").sees("Acme Inc.").sees("Production App").sees("? help");
    screen
}

fn waits_to_write(screen: &mut Screen, text: &str) {
    screen.waits(&format!("{text:?} was not written"), |screen| screen.ever_wrote(text));
}

#[test]
fn the_first_frame_waits_for_no_answer_and_an_answer_restyles_what_is_there() {
    let world = World::new();
    for (answer, colour) in [(DARK, ON_DARK), (LIGHT, ON_LIGHT)] {
        let mut screen = demo(&world, &[], &[]);
        assert!(screen.ever_wrote(QUESTION) && screen.ever_wrote(ON_EITHER) && !screen.ever_wrote(colour));
        let before = screen.text();
        screen.types(answer);
        waits_to_write(&mut screen, colour);
        assert_eq!(screen.text(), before, "nothing but colours changed");
        screen.types("q");
        screen.ends(0);
    }
}

#[test]
fn keys_that_are_typed_around_the_answer_do_what_they_do() {
    let world = World::new();
    let mut screen = demo(&world, &[], &[]);
    // Into the table's filter, where each stray letter would show.
    screen.types(&format!("\t/ter{LIGHT}ra"));
    screen.sees("/terra");
    waits_to_write(&mut screen, ON_LIGHT);
    assert!(!screen.text().contains("rgb") && !screen.text().contains("11;"), "{}", screen.text());
    screen.types("\x1b").misses("/terra").types("q");
    screen.ends(0);
}

#[test]
fn an_answer_of_no_use_changes_nothing_and_one_that_was_never_given_neither() {
    let world = World::new();
    for answer in ["", "\x1b]11;Dcexq\x07", "\x1b]11;rgb:8080/8080\x07"] {
        let mut screen = demo(&world, &[], &[]);
        let before = screen.text();
        screen.types(&format!("{answer}\t")).sees("Enter details").types("s").sees("LAST USED ▴").types("S");
        screen.sees("LAST USED ▾");
        assert!(!screen.ever_wrote(ON_DARK) && !screen.ever_wrote(ON_LIGHT), "{before}");
        screen.types("q");
        screen.ends(0);
    }
}

#[test]
fn what_is_asked_for_is_not_asked_of_the_terminal() {
    let world = World::new();
    for (arguments, variables, colour) in [
        (&["--theme", "dark"][..], &[][..], ON_DARK),
        (&["--theme=light"], &[("CKEYS_THEME", "dark")], ON_LIGHT),
        (&[], &[("CKEYS_THEME", "light"), ("COLORFGBG", "15;0")], ON_LIGHT),
        (&["--theme", "dark"], &[("NO_COLOR", "1")], ON_DARK),
        (&["--theme", "dark"], &[("COLORTERM", "truecolor")], "38;2;95;175;255"),
    ] {
        let mut screen = demo(&world, arguments, variables);
        assert!(screen.ever_wrote(colour), "{arguments:?} {variables:?}");
        assert!(!screen.ever_wrote(QUESTION), "{arguments:?} {variables:?}");
        screen.types("q");
        screen.ends(0);
    }
    // A hint is no answer.
    let mut screen = demo(&world, &[], &[("COLORFGBG", "0;15")]);
    assert!(screen.ever_wrote(ON_LIGHT) && screen.ever_wrote(QUESTION));
    screen.types("q");
    screen.ends(0);
}

#[test]
fn the_file_says_it_where_nothing_else_does() {
    let world = World::new();
    let folder = world.home.path().join("confident-keys");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[display]\ntheme = \"light\"\n").unwrap();
    let mut screen = demo(&world, &[], &[]);
    assert!(screen.ever_wrote(ON_LIGHT) && !screen.ever_wrote(QUESTION));
    screen.types("q");
    screen.ends(0);
    let mut screen = demo(&world, &[], &[("CKEYS_THEME", "pink")]);
    assert!(screen.ever_wrote(ON_LIGHT));
    screen.sees("CKEYS_THEME names no theme").types("\x1b").misses("CKEYS_THEME").types("q");
    screen.ends(0);
}

/// Whether the program wrote any colour so far.
fn wrote_colours(screen: &Screen) -> bool {
    ["\x1b[38;", "\x1b[48;", "\x1b[3", "\x1b[9"].iter().any(|start| {
        let text = String::from_utf8_lossy(&screen.raw).into_owned();
        text.match_indices(start).any(|(at, _)| {
            let rest = &text[at + 2..];
            let parameters = rest.split(|character: char| character.is_ascii_alphabetic()).next().unwrap_or_default();
            rest[parameters.len()..].starts_with('m')
                && parameters.split(';').any(|part| matches!(part.parse(), Ok(30..=38 | 40..=48 | 90..=107)))
        })
    })
}

#[test]
fn without_colours_none_is_written_and_nothing_is_asked() {
    let world = World::new();
    for (arguments, variables) in [
        (&[][..], &[("NO_COLOR", "1")][..]),
        (&[], &[("CLICOLOR", "0")]),
        (&["--theme", "none"], &[]),
        (&["--theme", "none"], &[("CLICOLOR_FORCE", "1")]),
        (&[], &[("TERM", "vt220")]),
    ] {
        let mut screen = demo(&world, arguments, variables);
        screen.types("c").sees("Generate a key");
        assert!(!wrote_colours(&screen) && !screen.ever_wrote(QUESTION), "{arguments:?} {variables:?}");
        screen.types("\x1b").misses("Generate a key").types("q");
        screen.ends(0);
    }
    let mut screen = demo(&world, &[], &[("TERM", "vt220"), ("CLICOLOR_FORCE", "1"), ("COLORFGBG", "15;0")]);
    assert!(wrote_colours(&screen));
    screen.types("q");
    screen.ends(0);
}

#[test]
fn high_contrast_paints_its_own_ground_and_turns_with_the_terminals() {
    let world = World::new();
    let mut screen = demo(&world, &["--theme", "high-contrast"], &[]);
    let ground = |screen: &Screen| screen.parser.screen().cell(12, 40).unwrap().bgcolor();
    assert_eq!(ground(&screen), vt100::Color::Idx(16));
    screen.types(LIGHT).waits("the ground is not white", |screen| ground(screen) == vt100::Color::Idx(231));
    screen.types("q");
    screen.ends(0);
}

#[test]
fn a_dumb_terminal_is_told_what_works_there() {
    let world = World::new();
    for variables in [&[("TERM", "dumb")][..], &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]] {
        let mut screen = Screen::run(&world, &["--demo"], variables, 80, 24);
        screen.sees("TERM is dumb").sees("ckeys list --plain");
        assert!(!screen.ever_wrote("\x1b["), "{:?}", String::from_utf8_lossy(&screen.raw));
        screen.ends(2);
    }
}

/// Whoever ends the program from outside does not wait for a terminal that says nothing.
#[test]
fn a_signal_ends_it_without_an_answer() {
    let world = World::new();
    let mut screen = demo(&world, &[], &[]);
    screen.signals(Signal::TERM);
    screen.ends(143);
}

#[cfg(target_os = "linux")]
mod in_tmux {
    use std::process::Command;
    use std::time::Instant;

    use tempfile::TempDir;

    use super::*;
    use crate::pty::PATIENCE;

    /// A tmux server of the test's own, whose window has this style.
    struct Tmux(TempDir);

    impl Tmux {
        fn asks(&self, arguments: &[&str]) -> String {
            let output = Command::new("tmux").arg("-S").arg(self.0.path().join("socket")).args(arguments).output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        }
    }

    impl Drop for Tmux {
        fn drop(&mut self) {
            self.asks(&["kill-server"]);
        }
    }

    #[test]
    fn tmux_answers_for_its_window_and_no_part_of_it_is_typed() {
        if Command::new("tmux").arg("-V").output().is_err() {
            crate::display::skip::skipped("tmux is not installed");
            return;
        }
        for (ground, accent) in [("#1e1e1e", "38;5;75"), ("#fdf6e3", "38;5;26")] {
            let tmux = Tmux(tempfile::tempdir().unwrap());
            let home = tmux.0.path().display().to_string();
            let settings = tmux.0.path().join("tmux.conf");
            let style = format!("set -g window-style 'bg={ground}'\nset -g default-terminal tmux-256color\n");
            fs::write(&settings, style).unwrap();
            let program = format!(
                "env -u COLORTERM -u NO_COLOR HOME={home} XDG_CONFIG_HOME={home} {} --demo",
                env!("CARGO_BIN_EXE_ckeys")
            );
            tmux.asks(&["-f", settings.to_str().unwrap(), "new-session", "-d", "-x", "80", "-y", "24", &program]);
            let start = Instant::now();
            let mut shown = String::new();
            while !(shown.contains("Terraform") && shown.contains(accent)) {
                assert!(start.elapsed() < PATIENCE, "{accent}: {shown}");
                shown = tmux.asks(&["capture-pane", "-p", "-e"]);
            }
            tmux.asks(&["send-keys", "?"]);
            while !shown.contains("What the words mean") && !shown.contains(" of ") {
                assert!(start.elapsed() < PATIENCE, "{shown}");
                shown = tmux.asks(&["capture-pane", "-p"]);
            }
            assert!(!shown.contains("rgb"), "{shown}");
        }
    }
}
