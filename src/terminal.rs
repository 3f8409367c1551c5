//! The terminal: claiming it, drawing on it, and giving it back as it was, whatever ends the program.
//!
//! [`Screen`] holds it. [`restore`] gives it back from any thread, and is what [`Screen`]'s drop and the panic hook do.
//! [`read_input`] and [`watch_signals`] run on threads of their own and send what comes in; nothing here wakes up
//! unless there is something to do.

mod frame;
mod input;
mod signal;

use std::io::{self, Write};
use std::panic;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{self, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen};
use ratatui::{Frame, Terminal};

use frame::FrameBackend;
pub use input::{Batch, Input, discard_typed_ahead, read_input};
pub use signal::{Signal, watch_signals};

/// The exit code of a program that ended by a panic, as Rust has it.
const PANICKED: i32 = 101;

/// The terminal is claimed: raw, on its alternate screen.
static CLAIMED: AtomicBool = AtomicBool::new(false);

/// Held while bytes go out, so that [`restore`] does not come in the middle of a frame.
static WRITING: Mutex<()> = Mutex::new(());

/// The claimed terminal. Dropping it gives the terminal back.
pub struct Screen {
    terminal: Terminal<FrameBackend<Output>>,
}

impl Screen {
    /// Claims the terminal: raw mode, alternate screen, bracketed paste, no cursor. The mouse stays the
    /// terminal's own, for selecting text.
    pub fn enter() -> io::Result<Self> {
        claim()?;
        match Terminal::new(FrameBackend::new(Output::new()?)) {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Draws what `render` makes of the frame: the cells that changed, in one write, as one update on terminals that
    /// know synchronized output. Writes nothing where nothing changed.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        let drawn = self.terminal.get_frame().area().as_size();
        if self.terminal.backend_mut().measure() != drawn {
            // A buffer that is cut keeps what lay beyond, maybe a secret. So the last frame's is emptied while it is whole.
            self.terminal.swap_buffers();
        }
        self.terminal.draw(render).map(|_| ())
    }

    /// Writes an escape sequence that draws nothing, such as OSC 52, between two frames.
    pub fn write_sequence(&mut self, sequence: &str) -> io::Result<()> {
        self.terminal.backend_mut().write_sequence(sequence)
    }

    /// Claims the terminal again, after something else may have changed its modes or its content; the next
    /// frame is drawn in full.
    pub fn reclaim(&mut self) -> io::Result<()> {
        restore();
        claim()?;
        self.redraw()
    }

    /// Forgets what is on the screen, so that the next frame is drawn in full.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().forget();
        self.terminal.clear()
    }

    /// Gives the terminal back and stops this program's job, as Ctrl-Z does elsewhere; returns once it was continued and
    /// has claimed the terminal again. The next frame is drawn in full.
    ///
    /// `false`: nothing happened, as no shell is there that could continue it.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !signal::can_be_continued() {
            return Ok(false);
        }
        restore();
        // Whether or not stopping worked, the screen must come back.
        let stopped = signal::stop_job();
        claim()?;
        self.redraw()?;
        stopped.map(|()| true)
    }

    /// Gives the terminal back.
    pub fn leave(self) {
        drop(self);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Takes the terminal. An error leaves it as it was.
fn claim() -> io::Result<()> {
    CLAIMED.store(true, Ordering::SeqCst);
    let claimed = terminal::enable_raw_mode().and_then(|()| {
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, EnableBracketedPaste, Hide, Clear(ClearType::All))?;
        let mut output = Output::new()?;
        output.write_all(&bytes)?;
        output.flush()
    });
    if claimed.is_err() {
        restore();
    }
    claimed
}

/// Gives the terminal back as it was, if it is claimed. From any thread, as often as you like; what is still being
/// drawn elsewhere comes to nothing.
///
/// There is nobody to tell about errors: the terminal may be gone.
pub fn restore() {
    if !CLAIMED.swap(false, Ordering::SeqCst) {
        return;
    }
    let _writing = wait_for_writer();
    let mut bytes = Vec::new();
    let queued = queue!(
        bytes,
        EndSynchronizedUpdate,
        SetAttribute(Attribute::Reset),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    if queued.is_ok() && takes_output(&io::stdout()) {
        let _ = raw_output().and_then(|mut output| output.write_all(&bytes).and_then(|()| output.flush()));
    }
    let _ = terminal::disable_raw_mode();
}

/// Words for people, on standard error, once the terminal is given back. Where that takes none, nobody waits for it.
pub fn say(words: &str) {
    if takes_output(&io::stderr()) {
        let _ = io::stderr().lock().write_all(words.as_bytes());
    }
}

/// Lets a frame that is on its way out finish; not for long, as the terminal may take no more.
fn wait_for_writer() -> Option<MutexGuard<'static, ()>> {
    for _ in 0..100 {
        match WRITING.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
    None
}

/// Whether `output` takes something now: writing to a terminal that hangs would never end.
#[cfg(unix)]
fn takes_output(output: &impl std::os::fd::AsFd) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut watched = [PollFd::new(output, PollFlags::OUT)];
    let patience = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    poll(&mut watched, Some(&patience)).is_ok_and(|ready| ready > 0)
}

#[cfg(windows)]
fn takes_output<T>(_: &T) -> bool {
    true
}

/// From now on, a panic on any thread restores the terminal, says what and where, and ends the program with
/// exit code 101: a screen that lost one of its parts must not go on as if nothing were.
pub fn install_panic_hook() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        restore();
        report(panic);
        process::exit(PANICKED);
    }));
}

/// The terminal's size as columns and rows; 80 and 24 where it doesn't say.
pub fn size() -> (u16, u16) {
    let (columns, rows) = reported_size().unwrap_or_default();
    (if columns == 0 { 80 } else { columns }, if rows == 0 { 24 } else { rows })
}

/// Asks the terminal alone: crossterm would go on to start other programs, with the environment as it is.
#[cfg(unix)]
fn reported_size() -> Option<(u16, u16)> {
    use rustix::termios::tcgetwinsize;
    let size = tcgetwinsize(io::stdout()).or_else(|_| tcgetwinsize(io::stdin())).ok()?;
    Some((size.ws_col, size.ws_row))
}

#[cfg(windows)]
fn reported_size() -> Option<(u16, u16)> {
    terminal::size().ok()
}

/// Standard output without the standard library's line buffer, which splits frames and keeps copies of them.
#[cfg(unix)]
fn raw_output() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// Standard output, as only the standard library translates for Windows' console.
#[cfg(windows)]
fn raw_output() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Where frames go: standard output as long as the terminal is claimed, nowhere after that.
struct Output {
    #[cfg(unix)]
    terminal: std::fs::File,
    #[cfg(windows)]
    terminal: io::Stdout,
}

impl Output {
    fn new() -> io::Result<Self> {
        Ok(Self { terminal: raw_output()? })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        if CLAIMED.load(Ordering::SeqCst) { self.terminal.write_all(bytes) } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}
