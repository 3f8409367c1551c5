//! The memory of the running program: closed to others, and without a trace of a secret once its dialog is closed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use confident_keys::clipboard::OWNER_ARGUMENT;

use crate::display::skip::tells;
use crate::display::{Display, MARK};
use crate::pty::PATIENCE;
use crate::scan::{Copy, Sought};
use crate::screen::{Screen, TO_SCREEN};
use crate::tls::{Authority, Front};
use crate::world::World;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ckeys");
/// How every value of the embedded service begins.
const HEAD: &str = "confident_us_org_demo_not_real_";
/// What has to be wiped is wiped within this time.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn a_closed_dialog_leaves_no_copy_of_a_secret_that_came_over_http() {
    let world = World::new();
    let base_url = world.base_url.clone();
    leaves_no_copy(&world, &base_url, &[]);
}

#[test]
fn a_closed_dialog_leaves_no_copy_of_a_secret_that_came_over_https() {
    let (authority, world) = (Authority::new(), World::new());
    let front = Front::before(&world.base_url, &authority.signs(&["localhost"]));
    let file = authority.file(world.home.path());
    leaves_no_copy(&world, &front.base_url("localhost"), &[("SSL_CERT_FILE", file.to_str().unwrap())]);
    assert!(front.greeted() > 0);
}

#[test]
fn a_closed_dialog_leaves_no_copy_of_a_secret_that_went_to_a_display() {
    let Some(display) = Display::start() else { return };
    let world = World::new();
    let base_url = world.base_url.clone();
    let secret = leaves_no_copy(&world, &base_url, &[("DISPLAY", &display.name), (MARK, &display.mark())]);
    assert!(secret.is_none() || display.paste("UTF8_STRING") == secret, "the clipboard's own process has it");
    // Ends that process with the test.
    display.copy_elsewhere("harmless");
    let start = Instant::now();
    while !display.owners().is_empty() {
        assert!(start.elapsed() < PATIENCE, "the clipboard's process does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_signing_key_that_failed_its_proof_leaves_no_copy_once_its_dialog_is_closed() {
    let world = World::new();
    let Some(mut program) = Watched::start(&world, &[("CONFIDENT_BASE_URL", &world.base_url)]) else { return };
    program.screen.types("\t/ckeys on Ada\r").sees("1 of").types("R").sees("Change the signing key");
    program.screen.types("\r").sees("Generate a signing key").types(&format!("{TO_SCREEN}\r")).sees("Not taken yet");
    let secret = program.screen.types("v").sees("v hide").secret();
    let sought = Sought::new(random_part(&secret));
    program.screen.types("v").sees("v show").types("\x1b").sees("saved").types("saved\r").sees("Enter sign in with it");
    world.fails(&["GET */organization status=401,times=always"]);
    program.screen.types("\r").sees("(401)").sees("Enter try again").types("\x1b").misses("New signing key");
    program.comes_to(&sought, "closed, it is nowhere", BTreeSet::is_empty);
    program.screen.types("\x1b").types("q");
}

/// Generates a key, shows its secret, copies it and closes the dialog, with a look at all memory at each step. Gives
/// the secret; none, told on standard error, where nobody may look.
fn leaves_no_copy(world: &World, base_url: &str, variables: &[(&str, &str)]) -> Option<String> {
    let variables = [variables, &[("CONFIDENT_BASE_URL", base_url)]].concat();
    let mut program = Watched::start(world, &variables)?;
    program.screen.types("c").sees("Generate a key").types(&format!("Deploy bot{TO_SCREEN}\r")).sees("Not taken yet");

    // On the screen there is one copy more than in the dialog, from cell to cell.
    let secret = program.screen.types("v").sees("v hide").secret();
    let sought = Sought::new(random_part(&secret));
    program.comes_to(&sought, "shown, it is in the dialog and on the screen", |copies| {
        let (texts, cells): (Vec<_>, Vec<_>) = copies.iter().partition(|copy| copy.stride == 1);
        texts.len() == 1 && cells.len() == 1
    });
    // A smaller screen takes only a part of the buffer that the larger one was drawn in.
    program.screen.resizes(80, 24).types("v").sees("v show");
    let only_in_dialog = |copies: &BTreeSet<Copy>| copies.len() == 1 && copies.iter().all(|copy| copy.stride == 1);
    program.comes_to(&sought, "hidden, it is in the dialog alone", only_in_dialog);

    let is_sent = !variables.iter().any(|(name, _)| *name == "DISPLAY");
    program.screen.types("c").sees(if is_sent { "Sent to the terminal" } else { "copied to the clipboard" });
    program.comes_to(&sought, "copied, it is in the dialog alone", only_in_dialog);
    program.screen.types("\r");
    if is_sent {
        assert_eq!(program.screen.takes_copy().expose(), secret);
        program.screen.sees("Type saved").types("saved\r");
    }
    program.screen.misses("New key").sees("Deploy bot");
    program.comes_to(&sought, "closed, it is nowhere", BTreeSet::is_empty);

    // It signs each call, so it has to be somewhere: in the environment that the program was started with, in the
    // client, in the headers of its two kinds of connections, and in what each kept connection sent last.
    let key = Sought::new(random_part(world.key.expose()));
    program.comes_to(&key, "the organization key is in few places", |copies| (1..=10).contains(&copies.len()));
    program.screen.types("q");
    program.screen.ends(0);
    Some(secret)
}

/// What nobody could guess of a value, without the last six characters, which every list shows.
fn random_part(value: &str) -> &str {
    let random = value.strip_prefix(HEAD).unwrap();
    &random[..random.len() - 6]
}

/// The program, and a look into it.
struct Watched {
    screen: Screen,
}

impl Watched {
    fn start(world: &World, variables: &[(&str, &str)]) -> Option<Self> {
        let variables = [variables, &[("CONFIDENT_ORG_API_KEY", world.key.expose())]].concat();
        let mut refused = None;
        // Only root may look. Whoever makes a namespace is as good as root in it, where the system lets them make one.
        for wrapper in [&[][..], &["unshare", "--user", "--map-root-user"]] {
            if !wrapper.is_empty() && !succeeds(&[wrapper, &["true"]].concat()) {
                continue;
            }
            let mut screen = Screen::run_command(world, &[wrapper, &[PROGRAM]].concat(), &variables, 120, 36);
            screen.sees("Terraform");
            let start = Instant::now();
            loop {
                match Sought::new("no such text").copies(screen.id()) {
                    Ok(_) => return Some(Self { screen }),
                    Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                        refused = Some(error);
                        break;
                    }
                    // What is unmapped just when it is read is looked at again.
                    Err(error) => assert!(start.elapsed() < SOON, "{error}"),
                }
            }
        }
        tells(&format!("skipped: only root may look into the program's memory ({})", refused.unwrap()));
        None
    }

    /// Waits until the copies are as `is_so` says.
    #[track_caller]
    fn comes_to(&self, sought: &Sought, what: &str, is_so: impl Fn(&BTreeSet<Copy>) -> bool) {
        let start = Instant::now();
        loop {
            // What is unmapped just when it is read is looked at again, too.
            match sought.copies(self.screen.id()) {
                Ok(copies) if is_so(&copies) => return,
                other => assert!(start.elapsed() < SOON, "{what}: {other:#?}"),
            }
        }
    }
}

#[test]
fn every_way_to_run_is_closed_to_others_and_dumps_no_core() {
    // Whom a closed process belongs to tells something where that is not root anyway.
    let wrapper: &[&str] = if rustix::process::getuid().is_root() {
        &["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    } else {
        &[]
    };
    if !succeeds(&[wrapper, &[PROGRAM, "--version"]].concat()) {
        tells(&format!("skipped: {PROGRAM} can't be run as somebody else"));
        return;
    }
    let world = World::new();
    let nowhere = [("HOME", "/"), ("XDG_CONFIG_HOME", "/nonexistent"), ("XDG_STATE_HOME", "/nonexistent")];
    let mut screen = Screen::run_command(&world, &[wrapper, &[PROGRAM, "--demo"]].concat(), &nowhere, 80, 24);
    screen.sees("Terraform");
    let others = [&["demo-server"][..], &[OWNER_ARGUMENT, "--seconds", "1"]];
    let others = others.map(|arguments| Running::start(&[wrapper, &[PROGRAM], arguments].concat()));
    for (what, id) in [("screen", screen.id()), ("command", others[0].0.id()), ("clipboard's owner", others[1].0.id())]
    {
        let start = Instant::now();
        while !is_closed(id) {
            assert!(start.elapsed() < PATIENCE, "the {what} is open to others");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    screen.types("q");
    screen.ends(0);
}

/// Whether no core is dumped, and the process belongs to root as far as looking into it goes.
fn is_closed(id: u32) -> bool {
    let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let core = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    let no_core = core.split_whitespace().take(2).eq(["0", "0"]);
    no_core && fs::metadata(format!("/proc/{id}/mem")).unwrap().uid() == 0
}

/// A process that ends with the test.
struct Running(Child);

impl Running {
    fn start(words: &[&str]) -> Self {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether this command can be run, and ends well.
fn succeeds(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
