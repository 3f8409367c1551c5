//! Standard output, standard error, and how the terminal behind them wants it.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::exit::{Exit, Failure};
use super::standard_output;
use crate::redact::redacted;
use crate::status::Status;
use crate::text::{fit, width};

/// Whether only what went wrong is wanted (`--quiet`).
static QUIET: AtomicBool = AtomicBool::new(false);
/// The cells of the line that tells how far a command is, as long as it stands there.
static LINE: Mutex<usize> = Mutex::new(0);

/// From now on, [`inform`] says nothing.
pub(super) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// What was done, found, or would be: words that nobody needs who asked for quiet.
pub(super) fn inform(words: impl fmt::Display) {
    if !is_quiet() {
        say(words);
    }
}

/// Words for people, on standard error, a line or more. Where nobody reads them any more, that is no reason to fail.
pub(super) fn say(words: impl fmt::Display) {
    let _ = write_words(&format!("{words}\n"));
}

/// Words for people, as they are but for the keys that they may quote. In one piece and after all data so far: both may
/// go to one terminal, where somebody else, such as a pager, writes in between.
pub(super) fn write_words(words: &str) -> io::Result<()> {
    // What can't be flushed is told by whoever wrote it.
    let _ = io::stdout().flush();
    erase_line();
    io::stderr().lock().write_all(redacted(words).as_bytes())
}

/// Draws a line on standard error, a terminal, over the one that it drew there before; the next words or data erase it.
/// Blanks do that, so that no terminal has to know a sequence.
pub(super) fn show_line(words: &str) {
    let room = columns_of(&io::stderr()).unwrap_or(UNKNOWN_COLUMNS).saturating_sub(1);
    let words = fit(words, room);
    let cells = width(&words);
    let mut shown = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    let over = " ".repeat(shown.saturating_sub(cells).min(room.saturating_sub(cells)));
    // Where it can't be seen, nothing is lost.
    let _ = io::stderr().lock().write_all(format!("\r{words}{over}").as_bytes());
    *shown = cells;
}

/// Takes that line away, where there is one.
pub(super) fn erase_line() {
    let mut shown = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    let cells = std::mem::take(&mut *shown);
    if cells > 0 {
        let _ = io::stderr().lock().write_all(format!("\r{}\r", " ".repeat(cells)).as_bytes());
    }
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
    erase_line();
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
    /// One line for each key, the same wherever it goes: for screen readers and other programs.
    pub(super) is_plain: bool,
}

/// Whether the terminal can do nothing but write one line after the other.
pub(super) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

impl Style {
    pub(super) fn of_stdout() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_off = std::env::var_os("CLICOLOR").is_some_and(|value| value == "0");
        Self {
            columns: is_terminal.then(|| columns_of(&io::stdout()).unwrap_or(UNKNOWN_COLUMNS)),
            color: !no_color && (variable("CLICOLOR_FORCE") || (is_terminal && !is_dumb() && !is_off)),
            is_plain: false,
        }
    }

    /// The same for a command of which plain lines are wanted, perhaps.
    pub(super) fn of_command(is_plain: bool) -> Self {
        if is_plain { Self { columns: None, color: false, is_plain } } else { Self::of_stdout() }
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

/// As the terminal behind `stream` has it, else as the shell says.
#[cfg(unix)]
fn columns_of(stream: &impl std::os::fd::AsFd) -> Option<usize> {
    or_told(rustix::termios::tcgetwinsize(stream).ok().map(|size| size.ws_col))
}

/// As the terminal has it, else as the shell says.
#[cfg(not(unix))]
fn columns_of<Stream>(_: &Stream) -> Option<usize> {
    or_told(crossterm::terminal::size().ok().map(|(columns, _)| columns))
}

fn or_told(columns: Option<u16>) -> Option<usize> {
    let columns = columns.map(usize::from);
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    columns.filter(|columns| *columns > 0).or_else(told).filter(|columns| *columns > 0)
}
