//! The program on another machine, as far as it can tell: through a real ssh, to this machine's loopback.

use std::fs;
use std::path::PathBuf;

use confident_keys::secret::Secret;

use crate::display::is_installed;
use crate::display::skip::skipped;
use crate::process::{id_in, is_gone, until};
use crate::screen::Screen;
use crate::sshd::Sshd;
use crate::world::World;

/// The program at the other end of a connection.
struct Remote {
    world: World,
    sshd: Sshd,
}

impl Remote {
    fn new() -> Option<Self> {
        Some(Self { sshd: Sshd::start()?, world: World::new() })
    }

    /// What is run there: a file, as no key is to be in an argument.
    fn script(&self, last: &str) -> PathBuf {
        let file = self.sshd.folder().join("script");
        let home = self.world.home.path().display();
        let script = format!(
            "export HOME='{home}' XDG_CONFIG_HOME='{home}' XDG_STATE_HOME='{home}/state'\n\
             export CONFIDENT_BASE_URL='{}' CONFIDENT_ORG_API_KEY='{}'\n\
             export DISPLAY=localhost:10.0 LC_ALL=C.UTF-8\n\
             echo $$ >'{home}/id'\n\
             {last}\n",
            self.world.base_url,
            self.world.key.expose(),
        );
        fs::write(&file, script).unwrap();
        file
    }

    /// Connects, and runs the program by the shell's words `last`.
    fn opens(&self, last: &str) -> Screen {
        let words = self.sshd.words(&format!("exec /bin/sh '{}'", self.script(last).display()));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // Nothing of the world but by the connection.
        let mut screen = Screen::run_command(&self.world, &words, &[], 100, 24);
        screen.waits(&format!("no program there: {}", self.sshd.log()), |screen| screen.text().contains("Terraform"));
        screen
    }

    /// Whether this opens the service.
    fn is_key(&self, secret: Secret) -> bool {
        self.world.wait(self.world.client(secret).organization()).is_ok()
    }
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_ckeys");

/// Generates a key of the organization and copies its secret, which the terminal before the connection is sent.
fn generates_and_copies(remote: &Remote, screen: &mut Screen, route: &str) {
    screen.types("c").sees("Generate a key · Organization").sees(route);
    screen.types("Far bot\r");
    let secret = screen.takes_copy();
    assert_ne!(secret.expose(), remote.world.key.expose());
    assert!(remote.is_key(secret));
    screen.sees("Sent to the terminal").sees("paste");
}

#[test]
fn a_copy_on_another_machine_reaches_the_terminal_before_the_connection() {
    let Some(remote) = Remote::new() else { return };
    let mut screen = remote.opens(&format!("exec {PROGRAM}"));
    // The display of the other machine is nobody's.
    generates_and_copies(&remote, &mut screen, "OSC 52");
    screen.types("\x1b").sees("saved if you have it").types("saved\r").misses("New key").types("q");
    screen.ends(0);
}

#[test]
fn a_copy_in_a_tmux_on_another_machine_reaches_that_terminal_and_leaves_no_buffer() {
    if !is_installed("tmux") {
        skipped("tmux is not installed");
        return;
    }
    let Some(remote) = Remote::new() else { return };
    let socket = remote.sshd.folder().join("tmux");
    let tmux = format!("tmux -S '{}' -f /dev/null", socket.display());
    let mut screen = remote.opens(&format!("exec {tmux} new-session {PROGRAM}"));
    generates_and_copies(&remote, &mut screen, "tmux");
    let buffers = std::process::Command::new("tmux").arg("-S").arg(&socket).arg("list-buffers").output().unwrap();
    assert!(buffers.status.success() && buffers.stdout.is_empty(), "{buffers:?}");
    screen.types("\x1b").sees("saved if you have it").types("saved\r").misses("New key").types("q");
    screen.sees("[exited]");
    screen.ends(0);
}

#[test]
fn a_connection_that_is_cut_ends_the_program_on_the_other_machine_which_writes_down_what_was_under_way() {
    let Some(remote) = Remote::new() else { return };
    let mut screen = remote.opens(&format!("exec {PROGRAM}"));
    let program = id_in(&remote.world.home.path().join("id")).unwrap();
    remote.world.fails(&["POST * delay=60000"]);
    screen.types("c").sees("Generate a key").types("Far bot\r").sees("Generating");
    screen.waits_for(|| remote.world.count("POST") == 1);
    screen.kill();
    until("the program's end", || is_gone(program).then_some(()));
    let intents = remote.world.journal().intents().unwrap().intents;
    assert_eq!(intents.iter().map(|intent| intent.intent.name.as_str()).collect::<Vec<_>>(), ["Far bot"]);
}
