//! Having the terminal report the mouse, and leaving it to the terminal again.
//!
//! Presses and the wheel are asked for (1000), in the form that knows every column (1006), and nothing while the mouse only
//! moves: what is not asked for costs nothing, and wakes nobody up.

use std::fmt;

use crossterm::Command;

/// Has the mouse reported.
pub(super) struct CaptureMouse;

/// Leaves the mouse to the terminal, whether or not it was reported.
pub(super) struct ReleaseMouse;

impl Command for CaptureMouse {
    fn write_ansi(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("\x1b[?1000h\x1b[?1006h")
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        crossterm::event::EnableMouseCapture.execute_winapi()
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

impl Command for ReleaseMouse {
    fn write_ansi(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("\x1b[?1006l\x1b[?1000l")
    }

    /// Where it was not captured, there is nothing to release, and no error in that.
    #[cfg(windows)]
    fn execute_winapi(&self) -> std::io::Result<()> {
        let _ = crossterm::event::DisableMouseCapture.execute_winapi();
        Ok(())
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}
