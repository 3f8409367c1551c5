//! What other programs are told: their arguments, their environment, and what they do with a secret that is theirs.

use std::fs;
#[cfg(target_os = "linux")]
use std::process::Command;

use crate::canary::{CONTROL, OPAQUE, SECRET, Search};
use crate::clean;
#[cfg(target_os = "linux")]
use crate::display::{self, Display, MARK, owners_with};
use crate::echo::Echo;
use crate::house::{House, Run};
use crate::watched::Watched;

/// A program's script: writes down its arguments, as itself and the system have them, and its environment, and keeps what
/// it reads beside itself.
const RECORDS: &str = r#"mkdir -p "$HOME/records"
record=$(mktemp "$HOME/records/XXXXXXXX")
{ printf '%s\n' "$0" "$@"; env; tr '\0' '\n' < "/proc/$$/cmdline"; tr '\0' '\n' < "/proc/$PPID/cmdline"; } >> "$record" 2>/dev/null
[ "$1" = delete-buffer ] || cat >> "$HOME/bin/read"
"#;

/// A house with the program `name` that records, and a variable that it is to find.
fn recorded(echo: &Echo, name: &str, then: &str) -> House {
    let mut house = clean::house(echo);
    house.set("CONTROL", CONTROL);
    house.stands_in(name, &format!("{RECORDS}{then}"));
    house
}

/// The program ran as often at least, saw its environment, and neither that nor anything else tells of a canary.
#[track_caller]
fn told_nothing(house: &House, times: usize) {
    let records: Vec<_> = fs::read_dir(house.path("records")).unwrap().collect();
    assert!(records.len() >= times, "{records:?}");
    for record in records {
        let record = fs::read_to_string(record.unwrap().path()).unwrap();
        assert!(Search::control().find(record.as_bytes()).is_some(), "{record}");
    }
    house.is_clean();
}

fn was_read(house: &House) -> String {
    fs::read_to_string(house.path("bin/read")).unwrap()
}

fn create(house: &House, to: &str) -> Run {
    house.run(&["create", "CI", "--org", "--to", to, "--yes", "--json"])
}

#[test]
fn tmux_is_told_a_secret_on_its_standard_input_alone() {
    let echo = Echo::new(OPAQUE);
    let mut house = recorded(&echo, "tmux", "");
    house.set("TMUX", "/nowhere,1,0");
    let run = create(&house, "clipboard");
    assert_eq!((run.code, was_read(&house)), (Some(0), OPAQUE.to_owned()), "{run:?}");
    run.is_clean("create --to clipboard");
    told_nothing(&house, 1);
}

/// The screen with the form for a new key, named.
fn form(house: &House) -> Watched {
    let mut screen = Watched::run(house.on_terminal(env!("CARGO_BIN_EXE_ckeys"), &[]), 100, 30);
    screen.sees("Sandbox").types("c").sees("Generate a key").types("CI");
    screen
}

#[test]
fn tmux_is_told_no_more_by_the_screen() {
    let echo = Echo::new(OPAQUE);
    let mut house = recorded(&echo, "tmux", "");
    house.set("TMUX", "/nowhere,1,0");
    let mut screen = Watched::run(house.on_terminal(env!("CARGO_BIN_EXE_ckeys"), &[]), 100, 30);
    screen
        .sees("Sandbox")
        .types("c")
        .sees("Generate a key")
        .types("CI\r")
        .sees("Sent to the terminal")
        .types("\r")
        .sees("Type saved")
        .types("saved\r")
        .misses("New key");
    assert_eq!((screen.ends("q"), was_read(&house)), (0, OPAQUE.to_owned()));
    assert_eq!(Search::new().find(&screen.raw).or(Search::new().find(screen.seen.as_bytes())), None);
    told_nothing(&house, 1);
}

#[test]
fn a_tmux_that_repeats_a_secret_is_not_quoted() {
    let echo = Echo::new(SECRET);
    let mut house = recorded(&echo, "tmux", r#"cat "$HOME/bin/read" >&2; exit 1"#);
    house.set("TMUX", "/nowhere,1,0");
    let run = create(&house, "clipboard");
    assert!(run.code == Some(1) && run.err.contains("tmux refused (…5ec4e7"), "{run:?}");
    run.is_clean("create --to clipboard");
    told_nothing(&house, 2);
}

#[test]
fn a_command_is_told_a_secret_on_its_standard_input_alone() {
    for (secret, then, code) in [(OPAQUE, "", 0), (SECRET, r#"cat "$HOME/bin/read" >&2; exit 1"#, 1)] {
        let echo = Echo::new(secret);
        let house = recorded(&echo, "keeper", then);
        let run = create(&house, "command:keeper 'of secrets' --quiet");
        assert_eq!((run.code, was_read(&house)), (Some(code), secret.to_owned()), "{run:?}");
        run.is_clean("create --to command");
        told_nothing(&house, 1);
    }
}

#[test]
fn a_command_is_told_no_more_by_the_screen() {
    let echo = Echo::new(OPAQUE);
    let house = recorded(&echo, "keeper", r#"cat "$HOME/bin/read" >&2; exit 1"#);
    let mut screen = form(&house);
    // From the name to the kinds of destinations, to the third after the first, to its field.
    screen.types("\t\x1b[C\x1b[C\x1b[C\t").sees("command").types("keeper --quiet\r").sees("Not delivered");
    screen.types("\x1b").sees("discard to give it up").types("discard\r").misses("New key");
    assert_eq!((screen.ends("q"), was_read(&house)), (0, OPAQUE.to_owned()));
    assert_eq!(Search::new().find(&screen.raw).or(Search::new().find(screen.seen.as_bytes())), None);
    told_nothing(&house, 1);
}

#[test]
fn git_is_asked_about_a_file_and_told_nothing() {
    let echo = Echo::new(SECRET);
    let house = recorded(&echo, "git", "exit 1");
    let file = house.path("work/.env");
    let run = create(&house, &format!("env:{}", file.display()));
    assert_eq!(run.code, Some(0), "{run:?}");
    run.is_clean("create --to env");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("CONFIDENT_ORG_API_KEY={SECRET}\n"));
    // Where it was to go is no place to look; what is beside it is.
    fs::remove_file(file).unwrap();
    told_nothing(&house, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn the_clipboards_own_process_is_told_a_secret_on_its_standard_input_alone() {
    let Some(display) = Display::start() else { return };
    let echo = Echo::new(OPAQUE);
    let mut house = clean::house(&echo);
    house.set("DISPLAY", &display.name);
    house.set(MARK, &display.mark());
    house.set("CONTROL", CONTROL);
    let run = create(&house, "clipboard");
    assert_eq!((run.code, display.paste("UTF8_STRING")), (Some(0), Some(OPAQUE.to_owned())), "{run:?}");
    run.is_clean("create --to clipboard");
    let owners = owners_with(MARK, &display.mark());
    if owners.is_empty() && !rustix::process::getuid().is_root() {
        display::skip::skipped("only root may look into the process that owns the clipboard");
    } else {
        let [owner] = owners[..] else { panic!("{owners:?}") };
        let read = |file: &str| fs::read(format!("/proc/{owner}/{file}")).unwrap();
        assert!(Search::control().find(&read("environ")).is_some());
        for file in ["cmdline", "environ", "comm"] {
            assert_eq!(Search::new().find(&read(file)), None, "{file}");
        }
        // Nobody else has it either, as far as `ps` goes.
        let all = Command::new("ps").args(["axeww", "-o", "args"]).output();
        assert!(all.is_err() || Search::only("an opaque secret").find(&all.unwrap().stdout).is_none());
    }
    // Ends that process with the test.
    display.copy_elsewhere("harmless");
    house.is_clean();
}
