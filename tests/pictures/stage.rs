//! The real program in a terminal, at the embedded service, where each run is like the one before.

use std::time::{Duration, Instant};

use confident_keys::demo::{Options, Service};
use portable_pty::CommandBuilder;
use tempfile::TempDir;
use vt100::Parser;

use crate::environment::unwanted;
use crate::frames::Frames;
use crate::grid::{self, Row};
use crate::pty::{PATIENCE, Pty};

pub(crate) const COLUMNS: u16 = 110;
pub(crate) const ROWS: u16 = 28;

/// Data and time of the service. With them no age on the screen gets another word for most of a minute, which is
/// far longer than any scene takes.
const SEED: u64 = 701;
const CLOCK: &str = "2026-03-10T12:00:18Z";

/// What is on the screen for so long has come to rest. Every scene has waited for what it is about before; this is longer
/// than the program itself holds back what else comes of it.
const REST: Duration = Duration::from_millis(200);
/// How every word for what is under way ends.
const UNDER_WAY: &str = "eading…";

/// The program, and what a person sees of it.
pub(crate) struct Stage {
    pty: Pty,
    parser: Parser,
    frames: Frames,
    _service: Service,
    _home: TempDir,
}

impl Stage {
    /// Starts the program, and waits until the keys of the organization are there.
    pub(crate) fn open(theme: &str) -> Self {
        let clock = Some(CLOCK.parse().unwrap());
        let service = Service::start(&Options { seed: SEED, clock, ..Options::default() }).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_ckeys"));
        command.args(["--theme", theme]);
        for name in unwanted() {
            command.env_remove(name);
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, home.path());
        }
        command.env("CONFIDENT_BASE_URL", service.base_url());
        command.env("CONFIDENT_ORG_API_KEY", service.organization_key().expose());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("TZ", "UTC");
        // One way to the clipboard everywhere, which is not that of whoever runs this.
        command.env("SSH_TTY", "/dev/null");
        let pty = Pty::run(command, COLUMNS, ROWS, || true);
        let parser = Parser::new(ROWS, COLUMNS, 0);
        let mut stage = Self { pty, parser, frames: Frames::default(), _service: service, _home: home };
        // The service's clock stands in the past, which is told.
        stage
            .sees("Terraform")
            .sees("Acme Inc.")
            .sees("Production App")
            .sees("This machine's clock is")
            .types("\x1b")
            .misses("This machine's clock is");
        stage
    }

    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.pty.types(keys).unwrap();
        self
    }

    /// Waits until `text` is on the screen.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        self.waits(&format!("no {text:?}"), |shown| shown.contains(text))
    }

    /// Waits until `text` is gone from the screen.
    #[track_caller]
    pub(crate) fn misses(&mut self, text: &str) -> &mut Self {
        self.waits(&format!("still {text:?}"), |shown| !shown.contains(text))
    }

    #[track_caller]
    fn waits(&mut self, what: &str, is_there: impl Fn(&str) -> bool) -> &mut Self {
        let start = Instant::now();
        while !is_there(&self.text()) {
            let left = PATIENCE.checked_sub(start.elapsed()).unwrap_or_default();
            assert!(self.takes_frame(left), "{what}, which tests/pictures/scenes.rs waits for\n{}", self.text());
        }
        self
    }

    /// What is on the screen.
    pub(crate) fn rows(&self) -> Vec<Row> {
        grid::rows(self.parser.screen())
    }

    /// What is on the screen once it has come to rest.
    #[track_caller]
    pub(crate) fn rests(&mut self) -> Vec<Row> {
        self.misses(UNDER_WAY);
        while self.takes_frame(REST) {
            self.misses(UNDER_WAY);
        }
        self.rows()
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Whether more came within `time`, whole frames alone; it is on the screen then.
    fn takes_frame(&mut self, time: Duration) -> bool {
        let start = Instant::now();
        loop {
            let left = time.checked_sub(start.elapsed()).unwrap_or_default();
            let Ok(bytes) = self.pty.output.recv_timeout(left) else { return false };
            let shown = self.frames.take(&bytes);
            if !shown.is_empty() {
                self.parser.process(&shown);
                return true;
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // It may have ended in the middle of a scene that failed.
        let _ = self.pty.child.kill();
        let _ = self.pty.child.wait();
    }
}
