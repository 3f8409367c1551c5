//! Keys of one's own, commands that are found by their names, and the help: in the whole program.

use std::fs;

use crate::screen::Screen;
use crate::world::World;

/// Writes `config.toml`.
fn configure(world: &World, text: &str) {
    let folder = world.home.path().join("confident-keys");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), text).unwrap();
}

#[test]
fn an_action_has_the_keys_that_the_configuration_gives_it() {
    let world = World::new();
    configure(
        &world,
        "[keys.keys]\ndeactivate = [\"X\", \"F5\"]\n[keys.panes]\nundo = \"Ctrl-t\"\n[keys.confirm]\nyes = \"j\"\n",
    );
    let mut screen = Screen::open(&world, 80, 24);
    // The old key does nothing, the new ones what it did.
    screen.sees("Terraform").types("\rj").sees("X deactivate").types("x?").sees("X F5").types("q").misses("X F5");
    screen.types("X").sees("(j)").types("\x1b").misses("(j)");
    screen.types("\x1b[15~").sees("(j)").types("\x1b").misses("(j)");
    // And so does a command that is found by its name, with its keys beside it.
    screen.types(":").sees("Commands").types("deactivate the").sees("X F5").types("\r").sees("(j)");
    screen.types("j").sees("Ctrl-t undoes this.");
    screen.types("\x14").sees("(j)").types("j").sees("is active again");
    screen.types("q");
    screen.ends(0);
    assert_eq!(world.count("PUT"), 2);
}

#[test]
fn what_is_found_by_its_name_is_gone_to_and_done() {
    let world = World::new();
    let mut screen = Screen::open(&world, 60, 16);
    screen.sees("Organization").types(":").sees("type what to do").types("go to prod").sees("▸ go to Production App");
    screen.types("\r");
    screen.sees("Keys · Production App").types(":").types("sort by name\r").sees("NAME ▴");
    // What can't be done says why, and leaves the list open.
    screen.types(":undo").sees("(nothing to undo)").types("\r").sees("Not now: nothing to undo.");
    screen.types("\x1b").misses("Commands").types(":quit\r");
    screen.ends(0);
}

#[test]
fn the_help_tells_where_one_is_and_everything_in_dialogs_and_fields_too() {
    let world = World::new();
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").types("\r").sees("generate");
    screen.types("?").sees("Help · what works here").types("?").sees("Help · all keys").sees("scroll");
    screen.types("q").misses("Help ·").types("c").sees("Generate a key").sees("F1 help").types("CI\x1bOP");
    screen.sees("Help · what works here").sees("close without generating").types("\x1b").misses("Help ·");
    screen.sees("▸ CI").types("\x1b").misses("Generate a key").types("q");
    screen.ends(0);
}

#[test]
fn keys_that_make_no_sense_keep_the_screen_from_starting() {
    let world = World::new();
    configure(&world, "[keys.keys]\ndeactivate = \"R\"\n\n[keys.panse]\nundo = \"U\"\n");
    let screen = Screen::open(&world, 80, 24);
    let told = screen.ends(2);
    for words in [
        "config.toml, line 2: R has two meanings: deactivate in [keys.keys] and rotate in [keys.keys].",
        "config.toml, line 4: no part of the screen is called `panse`; did you mean `panes`?",
        "The screen starts once [keys] is as it should be",
    ] {
        // The terminal breaks lines where it ends.
        let flat = |text: &str| text.split_whitespace().collect::<String>();
        assert!(flat(&told).contains(&flat(words)), "{words}\n{told}");
    }
    assert_eq!(world.count(""), 0, "nothing was asked");
}
