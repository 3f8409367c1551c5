//! A program in a pseudo-terminal.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Longer than anything here takes, so that only a fault meets it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The program, its keyboard, and what it writes.
pub(crate) struct Pty {
    pub(crate) child: Box<dyn Child + Send + Sync>,
    pub(crate) keyboard: Box<dyn Write + Send>,
    /// Ends when the program and all who share its terminal are gone.
    pub(crate) output: Receiver<Vec<u8>>,
    /// The terminal itself, as whoever sits before it holds it.
    pub(crate) master: Box<dyn MasterPty + Send>,
    /// What was typed last ended with Escape.
    is_after_escape: bool,
}

impl Pty {
    /// Runs `command` in a terminal of so many columns and rows. What it writes is read as long as `passes` says so, which
    /// is asked at each of its writes.
    pub(crate) fn run(
        command: CommandBuilder,
        columns: u16,
        rows: u16,
        passes: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if !passes() || sender.send(buffer[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, output, master: pair.master, is_after_escape: false }
    }

    /// Types `keys`. Escape and what is read together with it would be one key: what follows waits until it was read.
    pub(crate) fn types(&mut self, keys: &str) -> io::Result<()> {
        if self.is_after_escape {
            let start = Instant::now();
            while self.has_unread() && start.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(1));
            }
        }
        self.is_after_escape = keys.ends_with('\x1b');
        self.keyboard.write_all(keys.as_bytes())?;
        self.keyboard.flush()
    }

    /// Whether something was typed that the program has not read.
    fn has_unread(&self) -> bool {
        let terminal = self.master.tty_name().and_then(|name| {
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(rustix::fs::OFlags::NOCTTY.bits().cast_signed()).open(name).ok()
        });
        terminal.is_some_and(|terminal| rustix::io::ioctl_fionread(&terminal).is_ok_and(|unread| unread > 0))
    }
}

/// A terminal's size.
pub(crate) fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}
