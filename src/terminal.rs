//! The terminal: claiming it, drawing on it, and giving it back as it was, whatever ends the program.
//!
//! [`Screen`] holds it. [`restore`] gives it back from any thread, and is what [`Screen`]'s drop and the panic hook do.
//! [`read_input`] and [`watch_signals`] run on threads of their own and send what comes in; nothing here wakes up
//! unless there is something to do.

#[cfg(unix)]
mod background;
mod cells;
mod changes;
mod event;
mod frame;
mod input;
mod mouse;
mod output;
mod signal;

use std::io::{self, Write};
use std::panic;
use std::time::Instant;

use crossterm::cursor::Hide;
use crossterm::event::{EnableBracketedPaste, EnableFocusChange};
use crossterm::queue;
use crossterm::terminal::{self, Clear, ClearType, EnterAlternateScreen};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;

pub use event::Input;
pub(crate) use frame::Frames;
pub use input::{Batch, has_typed_ahead, has_vanished, read_input};
use mouse::CaptureMouse;
use output::Output;
pub use output::{is_ending, say};
pub use signal::{Signal, watch_signals};

use crate::panic as fault;

/// The claimed terminal. Dropping it gives the terminal back.
pub struct Screen {
    frames: Frames<Output>,
    /// Whether the mouse is captured.
    mouse: bool,
}

impl Screen {
    /// Claims the terminal: raw mode, alternate screen, bracketed paste, news of the focus, no cursor. The mouse stays the
    /// terminal's own, for selecting text, unless `mouse` says to capture it.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        claim(mouse)?;
        match Output::new() {
            Ok(output) => Ok(Self { frames: Frames::new(output), mouse }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Draws what `render` makes of an empty frame: the cells that changed, in one write, as one update on terminals that
    /// know synchronized output. The cursor is where it says, or hidden. Writes nothing where nothing changed.
    pub fn draw(&mut self, render: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        match self.frames.draw(size(), render) {
            // Who is told to end does so with or without this frame.
            Err(error) if !is_ending() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// When the last frame was on its terminal, where that was long behind with it: until then its user saw another
    /// one. Told once.
    pub fn take_late(&mut self) -> Option<Instant> {
        self.frames.sink_mut().take_late()
    }

    /// Writes an escape sequence that draws nothing, such as OSC 52, between two frames. An error, too, where the program
    /// is told to end before the terminal took all of it.
    pub fn write_sequence(&mut self, sequence: &str) -> io::Result<()> {
        self.frames.write_sequence(sequence)
    }

    /// Asks the terminal what its background is. Where it says so, sooner or later, that comes as
    /// [`Input::Background`]. Not on Windows.
    pub fn ask_background(&mut self) -> io::Result<()> {
        #[cfg(unix)]
        {
            background::expect_answer();
            self.write_sequence(background::QUESTION)?;
        }
        Ok(())
    }

    /// Claims the terminal again, after something else may have changed its modes or its content; the next
    /// frame is drawn in full.
    pub fn reclaim(&mut self) -> io::Result<()> {
        restore();
        claim(self.mouse)?;
        self.redraw();
        Ok(())
    }

    /// Forgets what is on the screen, so that the next frame is drawn in full.
    pub fn redraw(&mut self) {
        self.frames.forget();
    }

    /// Gives the terminal back and stops this program's job, as Ctrl-Z does elsewhere; returns once it was continued and
    /// has claimed the terminal again. The next frame is drawn in full.
    ///
    /// `false`: nothing happened, as no shell is there that could continue it.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !signal::can_be_continued() {
            return Ok(false);
        }
        settle();
        restore();
        // Whether or not stopping worked, the screen must come back.
        let stopped = signal::stop_job();
        claim(self.mouse)?;
        self.redraw();
        stopped.map(|()| true)
    }

    /// Gives the terminal back.
    pub fn leave(self) {
        settle();
        drop(self);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// Waits for what the terminal has still to say, for a moment: it would say it to the shell.
fn settle() {
    #[cfg(unix)]
    background::settle();
}

/// Takes the terminal. An error leaves it as it was.
fn claim(mouse: bool) -> io::Result<()> {
    if fault::is_ending() {
        return Err(io::Error::other("a fault is about to end ckeys"));
    }
    output::claim();
    let claimed = terminal::enable_raw_mode().and_then(|()| {
        let mut bytes = Vec::new();
        queue!(bytes, EnterAlternateScreen, EnableBracketedPaste, EnableFocusChange, Hide, Clear(ClearType::All))?;
        if mouse {
            queue!(bytes, CaptureMouse)?;
        }
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
/// Nobody waits long for a terminal that hangs, and there is nobody to tell about errors: it may be gone.
pub fn restore() {
    if !output::let_go() {
        return;
    }
    output::give_back();
    let _ = terminal::disable_raw_mode();
}

/// From now on, a panic on any thread restores the terminal, does what is to be done before the end, says what and where,
/// and ends the program with exit code 101: a screen that lost one of its parts must not go on as if nothing were.
pub fn install_panic_hook() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        restore();
        fault::begin_to_end();
        if output::error_takes_output() {
            report(panic);
        }
        fault::end();
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
