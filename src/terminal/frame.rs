//! One frame, one write: what differs from the frame before ([`changes`]) is gathered as bytes ([`cells`]), put between the marks
//! of a synchronized update, and sent at once; a frame without changes sends nothing.

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use crossterm::{Command, queue};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use zeroize::Zeroize as _;

use super::cells::{self, Ground};
use super::changes::changes;

/// Room for a full frame of a large terminal, so that the buffer seldom grows.
const BUFFER_BYTES: usize = 64 * 1024;

/// The frame on the screen, and the next one. Not ratatui's terminal, which compares each cell by what Unicode's tables say of
/// it, and that takes longer than drawing them.
pub(crate) struct Frames<W> {
    sink: W,
    shown: Buffer,
    /// Empty between two frames: they may show a secret.
    next: Buffer,
    /// What is to be sent; wiped once it is.
    bytes: Vec<u8>,
    cursor: Cursor,
    /// Whether the screen was cleared, as it is when it is claimed, and nothing was drawn since.
    is_empty: bool,
}

/// What is known of the terminal's cursor; `None`: nothing.
#[derive(Default)]
struct Cursor {
    visible: Option<bool>,
    position: Option<Position>,
}

impl<W: Write> Frames<W> {
    /// For a screen on which nothing is.
    pub(crate) fn new(sink: W) -> Self {
        Self {
            sink,
            shown: Buffer::default(),
            next: Buffer::default(),
            bytes: Vec::with_capacity(BUFFER_BYTES),
            cursor: Cursor::default(),
            is_empty: true,
        }
    }

    /// Draws a frame of this many columns and rows. `render` gets it empty, and says where the cursor is, if it is to be seen.
    /// An error is the sink's.
    pub(crate) fn draw(
        &mut self,
        (columns, rows): (u16, u16),
        render: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> io::Result<()> {
        let area = Rect { x: 0, y: 0, width: columns, height: rows };
        if self.shown.area != area {
            // New ones: a buffer that is cut keeps what lay beyond. What terminals make of what they showed, they do not tell.
            let is_first = self.shown.area == Rect::default();
            (self.shown, self.next) = (Buffer::empty(area), Buffer::empty(area));
            if !is_first {
                self.clear();
            }
        }
        let cursor = render(&mut self.next);
        let changed = changes(&self.shown, &self.next);
        if !changed.is_empty() {
            self.cursor.position = None;
            begin(&mut self.bytes);
            let ground = Ground { columns, is_empty: std::mem::take(&mut self.is_empty) };
            cells::write(&mut self.bytes, ground, changed);
        }
        self.put_cursor(cursor);
        std::mem::swap(&mut self.shown, &mut self.next);
        let sent = self.send();
        self.next.reset();
        sent
    }

    /// Forgets what is on the screen: the next frame is drawn in full, on an empty one.
    pub(super) fn forget(&mut self) {
        self.cursor = Cursor::default();
        self.clear();
    }

    pub(super) fn sink_mut(&mut self) -> &mut W {
        &mut self.sink
    }

    /// Sends `sequence` by itself.
    pub(super) fn write_sequence(&mut self, sequence: &str) -> io::Result<()> {
        self.sink.write_all(sequence.as_bytes())?;
        self.sink.flush()
    }

    fn clear(&mut self) {
        self.shown.reset();
        self.is_empty = true;
        self.add(Clear(ClearType::All));
    }

    fn put_cursor(&mut self, cursor: Option<Position>) {
        let is_visible = cursor.is_some();
        if self.cursor.visible.replace(is_visible) != Some(is_visible) {
            if is_visible { self.add(Show) } else { self.add(Hide) }
        }
        if let Some(position) = cursor
            && self.cursor.position.replace(position) != Some(position)
        {
            self.add(MoveTo(position.x, position.y));
        }
    }

    fn add(&mut self, command: impl Command) {
        begin(&mut self.bytes);
        // Writing to a vector can't fail.
        let _ = queue!(self.bytes, command);
    }

    fn send(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.add(EndSynchronizedUpdate);
        let sent = self.sink.write_all(&self.bytes).and_then(|()| self.sink.flush());
        // What could not be sent is not sent later: the terminal is gone.
        self.bytes.as_mut_slice().zeroize();
        self.bytes.clear();
        sent
    }
}

/// Begins the frame, where it is not begun yet.
fn begin(bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        // Writing to a vector can't fail.
        let _ = queue!(bytes, BeginSynchronizedUpdate);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::widgets::{Paragraph, Widget as _};

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

    fn draw_in(frames: &mut Frames<Writes>, size: (u16, u16), text: &str, cursor: Option<(u16, u16)>) -> Vec<String> {
        let render = |buffer: &mut Buffer| {
            Paragraph::new(text).render(buffer.area, buffer);
            cursor.map(Position::from)
        };
        frames.draw(size, render).unwrap();
        std::mem::take(&mut frames.sink.0)
    }

    fn draw(frames: &mut Frames<Writes>, text: &str, cursor: Option<(u16, u16)>) -> Vec<String> {
        draw_in(frames, (20, 3), text, cursor)
    }

    fn frames() -> Frames<Writes> {
        Frames::new(Writes::default())
    }

    #[test]
    fn a_frame_is_one_write_between_the_marks_of_an_update() {
        let writes = draw(&mut frames(), "hello", None);
        let [write] = &writes[..] else { panic!("{writes:?}") };
        assert!(write.starts_with("\x1b[?2026h") && write.ends_with("\x1b[?2026l"), "{write:?}");
        assert!(write.contains("hello") && write.contains("\x1b[?25l"), "{write:?}");
    }

    #[test]
    fn a_frame_without_changes_writes_nothing() {
        let mut frames = frames();
        for cursor in [None, Some((3, 1))] {
            draw(&mut frames, "hello", cursor);
            assert_eq!(draw(&mut frames, "hello", cursor), Vec::<String>::new(), "{cursor:?}");
        }
    }

    #[test]
    fn only_what_changed_is_written() {
        let mut frames = frames();
        draw(&mut frames, "hello\nyou", None);
        assert_eq!(draw(&mut frames, "hello\nyoy", None), ["\x1b[?2026h\x1b[2;3Hy\x1b[?2026l"]);
        assert_eq!(draw(&mut frames, "", None).len(), 1, "what is gone is erased");
        assert_eq!(draw(&mut frames, "", None), Vec::<String>::new());
    }

    #[test]
    fn the_cursor_is_put_back_after_cells_were_drawn() {
        let mut frames = frames();
        draw(&mut frames, "hello", Some((3, 1)));
        let writes = draw(&mut frames, "hullo", Some((3, 1)));
        assert!(writes.concat().contains("\x1b[2;4H"), "{writes:?}");
        assert!(!writes.concat().contains("\x1b[?25h"), "it is visible already: {writes:?}");
    }

    #[test]
    fn a_sent_frame_is_wiped_and_so_is_the_one_before() {
        let mut frames = frames();
        draw(&mut frames, "hello", None);
        assert!(frames.bytes.is_empty() && frames.bytes.capacity() >= BUFFER_BYTES);
        draw(&mut frames, "other", None);
        assert_eq!(frames.next, Buffer::empty(frames.next.area));
    }

    /// All that its memory holds, beyond what it says to hold.
    #[cfg(target_os = "linux")]
    fn memory_of(bytes: &Vec<u8>) -> Vec<u8> {
        use std::fs::File;
        use std::os::unix::fs::FileExt as _;
        let mut all = vec![0; bytes.capacity()];
        let place = u64::try_from(bytes.as_ptr().addr()).unwrap();
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut all, place).unwrap();
        all
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_of_a_frame_stays_in_memory_whichever_way_was_shorter() {
        use ratatui::style::{Color, Style};
        for colours in [2, 3, 40_u8] {
            let mut frames = frames();
            let render = |buffer: &mut Buffer| {
                for row in 0..30_u8 {
                    for at in 0..10_u8 {
                        let style = Style::new().fg(Color::Indexed(16 + (row + at) % colours));
                        buffer.set_string(u16::from(8 * at), u16::from(row), "fakefake", style);
                    }
                }
                None
            };
            frames.draw((80, 30), render).unwrap();
            assert!(frames.sink.0.concat().contains("fakefake"));
            // It was not empty when it was given, either.
            let left = memory_of(&frames.bytes).windows(4).filter(|bytes| bytes == b"fake").count();
            assert_eq!(left, 0, "with {colours} colours");
        }
    }

    #[test]
    fn what_is_forgotten_is_cleared_and_drawn_in_full_and_the_terminal_is_asked_nothing() {
        let mut frames = frames();
        draw(&mut frames, "hello", None);
        frames.forget();
        let writes = draw(&mut frames, "hello", None).concat();
        assert!(writes.contains("\x1b[2J") && writes.contains("hello") && writes.contains("\x1b[?25l"), "{writes:?}");
        assert!(!writes.contains("\x1b[6n"), "{writes:?}");
    }

    #[test]
    fn a_screen_of_another_size_is_cleared_and_drawn_in_full_in_one_write() {
        let mut frames = frames();
        assert!(!draw(&mut frames, "hello", None).concat().contains("\x1b[2J"), "it was empty when it was claimed");
        let writes = draw_in(&mut frames, (10, 2), "hello", None);
        let [write] = &writes[..] else { panic!("{writes:?}") };
        assert!(write.contains("\x1b[2J") && write.contains("hello"), "{write:?}");
        assert_eq!(draw_in(&mut frames, (10, 2), "hello", None), Vec::<String>::new());
    }
}
