//! A program in a pseudo-terminal.

use std::io::{Read as _, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

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
        Self { child, keyboard, output, master: pair.master }
    }
}

/// A terminal's size.
pub(crate) fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}
