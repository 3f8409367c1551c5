//! The journal, over all of the panes.

use ratatui::layout::Rect;

use super::{MARGIN, grown, position, reader_line, text_box};
use crate::app::App;
use crate::app::details;
use crate::app::dialog::{JournalDialog, ReaderLine};
use crate::app::journal::STATE_CELLS;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Theme;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &JournalDialog) {
    let width = grown((app.size.journal_width() + 4).min(area.width), area.width, MARGIN.0);
    let place = Rect { x: area.x + (area.width - width) / 2, width, ..area };
    // What is shown stays while it is read again.
    let title = match dialog.report() {
        Some(_) if dialog.is_reading() => theme.pick("Journal · reading…", "Journal - reading.."),
        _ => "Journal",
    };
    let (lines, rows) = (details::reader_lines(app), usize::from(app.size.reader_rows()));
    let position = position(theme, dialog.reader, rows, lines.len());
    let shown = lines.into_iter().skip(dialog.reader.line).take(rows).map(|line| {
        // When and where, and what there is to say beside: the first line leads the eye.
        let is_beside = matches!(line, ReaderLine::More(_));
        let line = reader_line(theme, line, STATE_CELLS, place.width.into());
        if is_beside { line.style(theme.dim()) } else { line }
    });
    text_box(theme, frame, place, title, [None, position], shown.collect());
}
