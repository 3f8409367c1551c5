//! A new key's secret goes where the form says, straight from there, and is kept where that fails.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::screen::Screen;
use crate::world::World;

const RIGHT: &str = "\x1b[C";
/// From the name to the path: of a file, of a dotenv file, or to the command.
const TO_FILE: &str = "\t\x1b[C\t";
const TO_ENV: &str = "\t\x1b[C\x1b[C\t";
const TO_COMMAND: &str = "\t\x1b[C\x1b[C\x1b[C\t";
/// Empties the field.
const CLEAR: &str = "\x15";

fn form(world: &World, name: &str) -> Screen {
    let mut screen = Screen::open(world, 120, 36);
    screen.sees("Terraform").types("c").sees("Generate a key").sees("To the terminal's clipboard").types(name);
    screen
}

/// The end of the value that the service has for the key called `name`.
fn tail(world: &World, name: &str) -> String {
    world.named(None, name).unwrap().value.tail().to_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_secret_goes_to_a_new_file_and_the_dialog_closes() {
    let world = World::new();
    let path = world.home.path().join("ci.key");
    let mut screen = form(&world, "File bot");
    screen.types(TO_FILE).sees("Path of a new file").types(path.to_str().unwrap()).types("\r");
    screen.sees("✓ written to the file").types("\r").misses("New key · Organization");
    let secret = fs::read_to_string(&path).unwrap();
    assert!(secret.trim_end().ends_with(&tail(&world, "File bot")), "it holds the new key's secret");
    assert_eq!(mode(&path), 0o600);
    assert!(!screen.ever_wrote(secret.trim_end()), "it was never shown");
    screen.types("q");
    screen.ends(0);
}

#[test]
fn an_entry_of_a_dotenv_file_is_replaced_once_that_is_agreed_to() {
    let world = World::new();
    let path = world.home.path().join(".env");
    fs::write(&path, "# mine\nCONFIDENT_ORG_API_KEY=old\nDEBUG=1\n").unwrap();
    let mut screen = form(&world, "Env bot");
    screen.types(TO_ENV).types(CLEAR).types("~/.env\r");
    // Not of the one that was suggested.
    screen.sees("To the file /").sees("replaces the value that the entry has").sees("generate, I agree");
    assert_eq!(world.count("POST"), 0, "it was asked before anything was sent");
    screen.types("\r").sees("✓ written to the file").sees("in place of the value that was there");
    let text = fs::read_to_string(&path).unwrap();
    let secret = text.strip_prefix("# mine\nCONFIDENT_ORG_API_KEY=").and_then(|text| text.strip_suffix("\nDEBUG=1\n"));
    assert!(secret.unwrap().trim_matches('"').ends_with(&tail(&world, "Env bot")), "the rest is as it was");
    screen.types("\r").misses("New key · Organization").types("q");
    screen.ends(0);
}

#[test]
fn what_can_not_take_it_is_told_before_a_key_is_generated() {
    let world = World::new();
    let path = world.home.path().join("there");
    fs::write(&path, "mine").unwrap();
    let mut screen = form(&world, "Careful bot");
    screen.types(TO_FILE).types("/no/such/folder/key\r").sees("It can't go there");
    screen.types(CLEAR).types(path.to_str().unwrap()).types("\r").sees("generate, I agree");
    // To the next kind: a command that is not on the path.
    screen
        .types("\x1b[Z")
        .types(RIGHT)
        .types(RIGHT)
        .types("\t")
        .types("no-such-command-here\r")
        .sees("It can't go there");
    screen.types("\x1b").misses("Generate a key").types("q");
    screen.ends(0);
    assert_eq!(world.count("POST"), 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_command_that_fails_leaves_the_secret_to_be_taken_elsewhere() {
    let world = World::new();
    let path = world.home.path().join("after all.key");
    let mut screen = form(&world, "Stubborn bot");
    screen.types(TO_COMMAND).types("sh -c 'cat >/dev/null; echo the vault is sealed >&2; exit 3'\r");
    screen.sees("Not delivered").sees("vault is sealed").sees("Somebody else may have got it all the same");
    // It is not given up by closing.
    screen.types("\x1b").sees("It was not delivered, but may have got out").types("\x1b").sees("Not delivered");
    screen
        .types("f")
        .sees("Path of a new file")
        .types(path.to_str().unwrap())
        .types("\r")
        .sees("✓ written to the file");
    screen.types("\r").misses("New key · Organization").types("q");
    screen.ends(0);
    assert!(fs::read_to_string(&path).unwrap().trim_end().ends_with(&tail(&world, "Stubborn bot")));
}

#[test]
fn a_command_reads_it_and_has_no_key_of_ours() {
    let world = World::new();
    let (taken, seen) = (world.home.path().join("taken"), world.home.path().join("seen"));
    let mut screen = form(&world, "Piped bot");
    let script = format!("cat >{}; env >{}", taken.display(), seen.display());
    screen.types(TO_COMMAND).types(&format!("sh -c '{script}'\r")).sees("✓ taken by");
    screen.types("\r").misses("New key · Organization").types("q");
    screen.ends(0);
    let secret = fs::read_to_string(taken).unwrap();
    assert!(secret.trim_end().ends_with(&tail(&world, "Piped bot")));
    let environment = fs::read_to_string(seen).unwrap();
    assert!(environment.contains("HOME="), "{environment}");
    assert!(!environment.contains(world.key.expose()) && !environment.contains(secret.trim_end()));
}
