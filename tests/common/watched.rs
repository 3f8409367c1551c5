//! A program in a pseudo-terminal, of which every byte is kept.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::frames::Frames;
use crate::pty::{PATIENCE, Pty};

/// After so long a key that did nothing is pressed again.
const AGAIN: Duration = Duration::from_secs(1);
/// The last that is written to the terminal's screen: what is typed after it is echoed.
const LEFT: &[u8] = b"\x1b[?1049l";

/// The program, what it wrote, and what that looks like.
pub(crate) struct Watched {
    pty: Pty,
    /// All that was written so far.
    pub(crate) raw: Vec<u8>,
    frames: Frames,
    parser: vt100::Parser,
    /// Every content that the screen had, one after the other.
    pub(crate) seen: String,
}

impl Watched {
    /// Runs `command` in a terminal of so many columns and rows.
    pub(crate) fn run(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        let parser = vt100::Parser::new(rows, columns, 0);
        Self {
            pty: Pty::run(command, columns, rows, || true),
            raw: Vec::new(),
            frames: Frames::default(),
            parser,
            seen: String::new(),
        }
    }

    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        // The program may have ended meanwhile.
        let _ = self.pty.types(keys);
        self
    }

    pub(crate) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Waits until `text` is on the screen.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        self.waits(&format!("no {text:?}"), |screen| screen.text().contains(text))
    }

    /// Waits until `text` is gone from the screen.
    #[track_caller]
    pub(crate) fn misses(&mut self, text: &str) -> &mut Self {
        self.waits(&format!("still {text:?}"), |screen| !screen.text().contains(text))
    }

    /// Waits until what was written is as `is_there` says.
    #[track_caller]
    pub(crate) fn waits(&mut self, what: &str, is_there: impl Fn(&Self) -> bool) -> &mut Self {
        if let Err(error) = self.watches(PATIENCE, is_there) {
            panic!("{what}: {error}\n{}", self.text());
        }
        self
    }

    /// The same for a while, after which it may not have come to it.
    fn watches(&mut self, time: Duration, is_there: impl Fn(&Self) -> bool) -> Result<(), RecvTimeoutError> {
        let start = Instant::now();
        while !is_there(self) {
            let left = time.checked_sub(start.elapsed()).unwrap_or_default();
            let bytes = self.pty.output.recv_timeout(left)?;
            self.take(&bytes);
        }
        Ok(())
    }

    /// Presses `key` until `text` is gone from the screen: what is busy takes no key.
    #[track_caller]
    pub(crate) fn presses_away(&mut self, key: &str, text: &str) -> &mut Self {
        let start = Instant::now();
        while self.types(key).watches(AGAIN, |screen| !screen.text().contains(text)).is_err() {
            assert!(start.elapsed() < PATIENCE, "still {text:?}\n{}", self.text());
        }
        self
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.frames.show(bytes, &mut self.parser, &mut self.seen);
    }

    /// Waits until the program has ended by itself; the exit code.
    #[track_caller]
    pub(crate) fn waits_for_end(&mut self) -> u32 {
        // The output ends with the program.
        assert_eq!(self.watches(PATIENCE, |_| false), Err(RecvTimeoutError::Disconnected), "{}", self.text());
        self.pty.child.wait().unwrap().exit_code()
    }

    /// Whether it gave back the terminal, or is gone.
    fn has_left_within(&mut self, time: Duration) -> bool {
        let has_left = |screen: &Self| screen.raw.windows(LEFT.len()).any(|bytes| bytes == LEFT);
        self.watches(time, has_left) != Err(RecvTimeoutError::Timeout)
    }

    /// Presses `key` until the program ends; the exit code.
    #[track_caller]
    pub(crate) fn ends(&mut self, key: &str) -> u32 {
        let start = Instant::now();
        while !self.types(key).has_left_within(AGAIN) {
            assert!(start.elapsed() < PATIENCE, "it does not end\n{}", self.text());
        }
        self.waits_for_end()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.pty.child.kill();
        let _ = self.pty.child.wait();
    }
}
