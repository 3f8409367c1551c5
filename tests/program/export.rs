//! What the table shows, in a file and in the clipboard.

use std::fs;

use serde_json::Value;

use crate::screen::Screen;
use crate::world::World;

#[test]
fn a_file_has_what_the_table_shows_and_is_replaced_only_where_that_is_agreed_to() {
    let world = World::new();
    let path = world.home.path().join("stale.csv");
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Terraform").sees("Production App").types("0").sees("All keys ─").misses("5+ ").misses("Esc stops");
    screen.types("3e").sees("Export ");
    let rows = |text: &str| text.lines().count() - 1;
    screen.types("\t\t\u{15}~/stale.csv\r").sees("written to").sees("stale.csv");
    screen.types("\x1b").misses("written to");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("id,name,scopeKind,"));
    assert!(
        rows(&text) > 5 && text.lines().skip(1).all(|line| line.contains(",stale,") || line.contains(",never-used,"))
    );
    assert!(!text.contains("confident_us"), "no value is in it");
    // Another view, to the same file: asked first.
    screen.types("1e").sees("Export ").types("\t\t\u{15}~/stale.csv\r").sees("There is such a file");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    screen.types("\r").misses("There is such a file").sees("written to").types("\x1b").misses("written to");
    let all = fs::read_to_string(&path).unwrap();
    assert!(rows(&all) > rows(&text));
    // It is the document that the command prints.
    screen
        .types("e")
        .sees("Export ")
        .types(" \t\t\u{15}~/all.json\r")
        .sees("written to")
        .types("\x1b")
        .misses("written to");
    let document: Value =
        serde_json::from_str(&fs::read_to_string(world.home.path().join("all.json")).unwrap()).unwrap();
    assert_eq!(document["keys"].as_array().unwrap().len(), rows(&all));
    assert_eq!(document["organization"]["name"], "Acme Inc.");
    // Where it can't be written, the form stays and says why.
    screen.types("e").sees("Export ").types("\t\t\u{15}~/missing/all.json\r").sees("no such folder");
    screen.types("\x1b").misses("Export ").types("q");
    screen.ends(0);
}

#[test]
fn a_copy_has_what_the_table_shows() {
    let world = World::new();
    let key = world.key.expose();
    let variables =
        [("CONFIDENT_BASE_URL", world.base_url.as_str()), ("CONFIDENT_ORG_API_KEY", key), ("SSH_TTY", "/dev/pts/0")];
    let mut screen = Screen::run(&world, &[], &variables, 80, 24);
    screen.sees("Terraform").types("e").sees("Export 5 keys").types("  \t \r");
    let copy = screen.takes_copy();
    assert_eq!(copy.expose().lines().count(), 2 + 5, "{}", copy.expose());
    assert!(copy.expose().starts_with("| ID | Status |") && copy.expose().contains("| Terraform |"));
    screen.sees("What the table shows was sent").types("q");
    screen.ends(0);
}
