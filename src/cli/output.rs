//! Standard output, standard error, and how the terminal behind them wants it.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use super::exit::{Exit, Failure};
use super::standard_output;
use crate::redact::redacted;
use crate::status::Status;

/// Words for people, on standard error, a line or more. Where nobody reads them any more, that is no reason to fail.
pub(super) fn say(words: impl fmt::Display) {
    let _ = write_words(&format!("{words}\n"));
}

/// Words for people, as they are but for the keys that they may quote. In one piece and after all data so far: both may
/// go to one terminal, where somebody else, such as a pager, writes in between.
pub(super) fn write_words(words: &str) -> io::Result<()> {
    // What can't be flushed is told by whoever wrote it.
    let _ = io::stdout().flush();
    io::stderr().lock().write_all(redacted(words).as_bytes())
}

/// Data, on standard output. A reader that has seen enough and went is no failure.
pub(super) fn print(data: &str) -> Result<(), Failure> {
    if standard_output::was_closed() {
        return Err(Failure::new(Exit::Failed, "Standard output can't be written: it is closed."));
    }
    match write_stdout(data) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, format!("Standard output can't be written: {error}.")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard output, and knows whether that took it.
pub(super) fn write_stdout(data: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(data.as_bytes())?;
    stdout.flush()
}

/// Whether standard output leads somewhere, as far as that can be told without writing.
///
/// # Errors
/// Why not, in words.
#[cfg(unix)]
pub(super) fn check_stdout() -> Result<(), String> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    if standard_output::was_closed() {
        return Err("it is closed".to_owned());
    }
    if standard_output::is_null() {
        return Err("it is thrown away (/dev/null)".to_owned());
    }
    let stdout = io::stdout();
    let mut descriptors = [PollFd::new(&stdout, PollFlags::OUT)];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    // What can't be asked is tried later: then the key is deactivated again.
    let _ = poll(&mut descriptors, Some(&at_once));
    if descriptors[0].revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL) {
        Err("nothing reads it any more".to_owned())
    } else {
        Ok(())
    }
}

/// Whether standard output leads somewhere, as far as that can be told without writing.
///
/// # Errors
/// Why not, in words.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
pub(super) fn check_stdout() -> Result<(), String> {
    Ok(())
}

/// Writes an escape sequence to the terminal that this process runs in, past any redirection of its output.
pub(super) fn write_to_terminal(sequence: &Zeroizing<String>) -> io::Result<()> {
    #[cfg(unix)]
    {
        match std::fs::OpenOptions::new().write(true).open("/dev/tty") {
            Ok(mut terminal) => terminal.write_all(sequence.as_bytes()),
            Err(_) if io::stdout().is_terminal() => write_stdout(sequence),
            Err(error) => Err(error),
        }
    }
    #[cfg(not(unix))]
    {
        write_stdout(sequence)
    }
}

/// What a terminal has whose size is not known, as on a serial line.
const UNKNOWN_COLUMNS: usize = 80;

/// How much room there is, and whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// The cells of a line; without a limit where the output is no terminal.
    pub(super) columns: Option<usize>,
    pub(super) color: bool,
}

impl Style {
    pub(super) fn of_stdout() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            columns: is_terminal.then(|| columns().unwrap_or(UNKNOWN_COLUMNS)),
            color: !no_color && (variable("CLICOLOR_FORCE") || (is_terminal && !dumb)),
        }
    }

    /// `text`, in the colour of `status`, which its word tells as well.
    pub(super) fn paint(self, status: Status, text: &str) -> String {
        let code = match status {
            Status::Active | Status::New => "32",
            Status::Idle | Status::Unknown => "33",
            Status::Stale | Status::NeverUsed => "31",
            Status::Expired | Status::Inactive => "2",
        };
        self.colour(code, text)
    }

    /// `text`, in the colour or weight that the terminal knows by `code`.
    pub(super) fn colour(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// As the terminal has it, else as the shell says.
fn columns() -> Option<usize> {
    #[cfg(unix)]
    let columns = rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    #[cfg(not(unix))]
    let columns = crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    columns.filter(|columns| *columns > 0).or_else(told).filter(|columns| *columns > 0)
}
