//! Which parts of the screen there are at which size, in cells. Known here and not where they are drawn,
//! as scrolling depends on it.

/// The terminal's size, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
}

impl Size {
    /// The least at which everything is usable.
    pub const LEAST: Self = Self { cols: 60, rows: 16 };

    /// Whether there is too little room for anything but a line that says so.
    pub fn is_too_small(self) -> bool {
        self.cols < Self::LEAST.cols || self.rows < Self::LEAST.rows
    }

    /// Whether both panes stand side by side; else the focused one has the screen.
    pub fn shows_both_panes(self) -> bool {
        self.cols >= 80
    }

    /// The width of the Scopes pane, with its border.
    pub fn scopes_width(self) -> u16 {
        match self.cols {
            0..80 => self.cols,
            80..100 => 26,
            100..140 => 32,
            _ => 40,
        }
    }

    /// The width of the Keys pane, with its border.
    pub fn keys_width(self) -> u16 {
        if self.shows_both_panes() { self.cols - self.scopes_width() } else { self.cols }
    }

    /// The height of the panes, with their borders: all but header and footer.
    pub fn body_height(self) -> u16 {
        self.rows.saturating_sub(2)
    }

    /// The lines of the selected key's details below the table; 0 where they need a dialog.
    pub fn details_height(self) -> u16 {
        match self.rows {
            0..20 => 0,
            20..24 => 3,
            _ => 4,
        }
    }

    /// The entries in sight in the Scopes pane: without borders and the organization's line.
    pub fn scope_rows(self) -> u16 {
        self.body_height().saturating_sub(3)
    }

    /// The keys in sight: without borders, tabs, column headings, and the details with their rule.
    pub fn key_rows(self) -> u16 {
        let details = match self.details_height() {
            0 => 0,
            lines => lines + 1,
        };
        self.body_height().saturating_sub(4 + details)
    }

    /// The text lines in sight in a dialog that is read: all but its border and a margin.
    pub fn reader_rows(self) -> u16 {
        self.rows.saturating_sub(4)
    }

    /// The lines in sight of the list in a dialog that changes many keys: all that the words, the field, the buttons and
    /// the gaps between them, which only a high screen has, leave. `is_short`: there is no field, nor much to tell.
    pub fn bulk_rows(self, is_short: bool) -> u16 {
        let others = if self.rows > 18 { 14 } else { 12 };
        let others = if is_short { others - 2 } else { others };
        self.rows.saturating_sub(others).clamp(3, 16)
    }

    /// The cells of a line in that list.
    pub fn bulk_width(self) -> u16 {
        self.cols.saturating_sub(8).min(68)
    }

    /// The cells of a line in a dialog that is read.
    pub fn reader_width(self) -> u16 {
        self.cols.saturating_sub(8).min(84)
    }

    /// The cells of a line in the journal, which has the whole width, as far as lines can be read at a glance.
    pub fn journal_width(self) -> u16 {
        self.cols.saturating_sub(4).min(140)
    }
}
