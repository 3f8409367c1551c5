//! One frame, one write: what ratatui draws is gathered as bytes ([`cells`]), put between the marks of a synchronized update,
//! and sent at once; a frame without changes sends nothing.

use std::io::{self, Write};

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use zeroize::Zeroize as _;

use super::cells::{self, Ground};

/// Room for a full frame of a large terminal, so that the buffer seldom grows.
const BUFFER_BYTES: usize = 64 * 1024;

/// A backend for ratatui that gathers the output until [`Backend::flush`] and asks the terminal nothing: its answers would go
/// to the thread that reads the input.
pub(super) struct FrameBackend<W> {
    sink: W,
    /// The frame so far; wiped once it is sent, as a frame may show a secret.
    bytes: Vec<u8>,
    cursor: Cursor,
    /// Whether the screen was cleared, as it is when it is claimed, and nothing was drawn since.
    is_empty: bool,
    /// What the terminal said last, so that all who ask for one frame hear the same.
    size: Size,
}

/// What is known of the terminal's cursor; `None`: nothing.
#[derive(Default)]
struct Cursor {
    visible: Option<bool>,
    position: Option<Position>,
}

impl<W: Write> FrameBackend<W> {
    pub(super) fn new(sink: W) -> Self {
        let size = super::size().into();
        Self { sink, bytes: Vec::with_capacity(BUFFER_BYTES), cursor: Cursor::default(), is_empty: true, size }
    }

    /// Asks the terminal for its size, for the frames from now on.
    pub(super) fn measure(&mut self) -> Size {
        self.size = super::size().into();
        self.size
    }

    /// Forgets what is known of the terminal's state.
    pub(super) fn forget(&mut self) {
        self.cursor = Cursor::default();
    }

    pub(super) fn sink_mut(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Sends `sequence` by itself.
    pub(super) fn write_sequence(&mut self, sequence: &str) -> io::Result<()> {
        self.sink.write_all(sequence.as_bytes())?;
        self.sink.flush()
    }

    /// The crossterm backend on the frame so far, which is begun where it is not yet.
    fn frame(&mut self) -> io::Result<CrosstermBackend<&mut Vec<u8>>> {
        if self.bytes.is_empty() {
            queue!(self.bytes, BeginSynchronizedUpdate)?;
        }
        Ok(CrosstermBackend::new(&mut self.bytes))
    }

    fn show(&mut self, visible: bool) -> io::Result<()> {
        if self.cursor.visible.replace(visible) == Some(visible) {
            return Ok(());
        }
        let mut frame = self.frame()?;
        if visible { frame.show_cursor() } else { frame.hide_cursor() }
    }
}

impl<W: Write> Backend for FrameBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        self.cursor.position = None;
        self.frame()?;
        let ground = Ground { columns: self.size.width, is_empty: std::mem::take(&mut self.is_empty) };
        cells::write(&mut self.bytes, ground, content);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show(false)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show(true)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.position.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.cursor.position.replace(position) == Some(position) {
            return Ok(());
        }
        self.frame()?.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.is_empty |= matches!(clear_type, ClearType::All);
        self.frame()?.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        queue!(self.bytes, EndSynchronizedUpdate)?;
        let sent = self.sink.write_all(&self.bytes).and_then(|()| self.sink.flush());
        // Also empties it. What could not be sent is not sent later: the terminal is gone.
        self.bytes.zeroize();
        sent
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::widgets::Paragraph;

    use super::*;

    /// Keeps each write apart.
    #[derive(Default)]
    struct Writes(Vec<String>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn draw(terminal: &mut Terminal<FrameBackend<Writes>>, text: &str, cursor: Option<(u16, u16)>) -> Vec<String> {
        terminal
            .draw(|frame| {
                frame.render_widget(Paragraph::new(text), frame.area());
                if let Some(at) = cursor {
                    frame.set_cursor_position(at);
                }
            })
            .unwrap();
        std::mem::take(&mut terminal.backend_mut().sink.0)
    }

    fn terminal() -> Terminal<FrameBackend<Writes>> {
        Terminal::new(FrameBackend::new(Writes::default())).unwrap()
    }

    #[test]
    fn a_frame_is_one_write_between_the_marks_of_an_update() {
        let writes = draw(&mut terminal(), "hello", None);
        let [write] = &writes[..] else { panic!("{writes:?}") };
        assert!(write.starts_with("\x1b[?2026h") && write.ends_with("\x1b[?2026l"), "{write:?}");
        assert!(write.contains("hello") && write.contains("\x1b[?25l"), "{write:?}");
    }

    #[test]
    fn a_frame_without_changes_writes_nothing() {
        let mut terminal = terminal();
        for cursor in [None, Some((3, 1))] {
            draw(&mut terminal, "hello", cursor);
            assert_eq!(draw(&mut terminal, "hello", cursor), Vec::<String>::new(), "{cursor:?}");
        }
    }

    #[test]
    fn the_cursor_is_put_back_after_cells_were_drawn() {
        let mut terminal = terminal();
        draw(&mut terminal, "hello", Some((3, 1)));
        let writes = draw(&mut terminal, "hullo", Some((3, 1)));
        assert!(writes.concat().contains("\x1b[2;4H"), "{writes:?}");
        assert!(!writes.concat().contains("\x1b[?25h"), "it is visible already: {writes:?}");
    }

    #[test]
    fn a_sent_frame_is_wiped() {
        let mut terminal = terminal();
        draw(&mut terminal, "hello", None);
        let backend = terminal.backend_mut();
        assert!(backend.bytes.is_empty() && backend.bytes.capacity() >= BUFFER_BYTES);
    }

    #[test]
    fn clearing_asks_the_terminal_nothing_and_redraws_in_full() {
        let mut terminal = terminal();
        draw(&mut terminal, "hello", None);
        terminal.backend_mut().forget();
        terminal.clear().unwrap();
        let writes = draw(&mut terminal, "hello", None).concat();
        assert!(writes.contains("\x1b[2J") && writes.contains("hello") && writes.contains("\x1b[?25l"), "{writes:?}");
        assert!(!writes.contains("\x1b[6n"), "{writes:?}");
    }
}
