//! Which parts of the screen there are at which size, in cells. Known here and not where they are drawn,
//! as scrolling depends on it.
//!
//! The rules, by the width of the terminal:
//!
//! - The Scopes pane stands beside the keys from [`BESIDE`] columns on, among all keys, whose table names the scopes,
//!   from [`BESIDE_ALL`]. Below that, and where the user folds it, it is there only while it has the focus.
//! - An unfolded one leaves the keys in sight from [`BOTH`] columns on; below that the focused pane has the screen.
//! - The selected key's details stand below the table, from [`WIDE`] columns on beside it.

use super::Pane;

/// From how many columns on the Scopes pane stands beside the keys.
pub const BESIDE: u16 = 90;
/// The same among all keys, whose table has a column for the scope.
pub const BESIDE_ALL: u16 = 110;
/// From how many columns on both panes are in sight while the Scopes pane has the focus.
pub const BOTH: u16 = 80;
/// From how many columns on the details stand beside the table: what is left to it holds all but what they tell, too.
pub const WIDE: u16 = 160;

/// A part of the screen, in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// The column at its left.
    pub x: u16,
    /// The row at its top.
    pub y: u16,
    /// Its columns.
    pub width: u16,
    /// Its rows.
    pub height: u16,
}

impl Area {
    /// The column behind its last.
    pub fn right(self) -> u16 {
        self.x.saturating_add(self.width)
    }

    /// The row below its last.
    pub fn bottom(self) -> u16 {
        self.y.saturating_add(self.height)
    }

    /// Whether the cell at this column and row is part of it.
    pub fn holds(self, x: u16, y: u16) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }

    /// All but a border of one cell.
    #[must_use]
    pub fn inner(self) -> Self {
        if self.width < 2 || self.height < 2 {
            return Self { width: 0, height: 0, ..self };
        }
        Self { x: self.x + 1, y: self.y + 1, width: self.width - 2, height: self.height - 2 }
    }

    /// Up to `height` of its rows from the row `from` on, counted from its top.
    fn rows(self, from: u16, height: u16) -> Self {
        let from = from.min(self.height);
        Self { y: self.y + from, height: height.min(self.height - from), ..self }
    }

    /// Its left part, of up to `width` columns, and the rest.
    fn split(self, width: u16) -> (Self, Self) {
        let width = width.min(self.width);
        (Self { width, ..self }, Self { x: self.x + width, width: self.width - width, ..self })
    }
}

/// What decides on the parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The terminal's size.
    pub size: Size,
    /// Whether the user folded the Scopes pane.
    pub folded: bool,
    /// Which pane has the focus.
    pub focus: Pane,
    /// Whether the table shows the keys of all scopes.
    pub is_all: bool,
}

impl Plan {
    /// Whether the Scopes pane is there only while it has the focus.
    pub fn folds(self) -> bool {
        let beside = if self.is_all { BESIDE_ALL } else { BESIDE };
        self.folded || self.size.cols < beside
    }
}

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The line at the top.
    pub header: Area,
    /// What the panes share, and dialogs stand over.
    pub body: Area,
    /// The line at the bottom.
    pub footer: Area,
    /// The Scopes pane, with its border, where it is in sight.
    pub scopes: Option<Area>,
    /// The Keys pane, with its border, where it is in sight.
    pub keys: Option<Area>,
    /// What is in it. As if it were alone in sight, where it is not.
    pub table: Table,
}

/// The parts of the Keys pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// The line of tabs.
    pub tabs: Area,
    /// The line over the headings, among all keys.
    pub note: Option<Area>,
    /// The line of column headings.
    pub headings: Area,
    /// The keys' rows.
    pub rows: Area,
    /// The selected key's details, where there is room for them.
    pub details: Option<Details>,
}

/// Where the selected key's details are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// Below the table, under a rule, which is the line before these.
    Below(Area),
    /// Beside it, with a border of their own.
    Beside(Area),
}

impl Layout {
    /// The parts of a screen; empty ones where there is no room for any.
    pub fn of(plan: Plan) -> Self {
        let Size { cols, rows } = plan.size;
        let all = Area { x: 0, y: 0, width: cols, height: rows };
        if plan.size.is_too_small() {
            let none = Area::default();
            let table = Table { tabs: none, note: None, headings: none, rows: none, details: None };
            return Self { header: none, body: none, footer: none, scopes: None, keys: None, table };
        }
        let (header, body, footer) = (all.rows(0, 1), all.rows(1, rows - 2), all.rows(rows - 1, 1));
        let (scopes, keys) = match (plan.folds(), plan.focus) {
            (true, Pane::Keys) => (None, Some(body)),
            (true, Pane::Scopes) if cols < BOTH => (Some(body), None),
            _ => {
                let (left, right) = body.split(plan.size.scopes_width());
                (Some(left), Some(right))
            }
        };
        let table = Table::of(plan, keys.unwrap_or(body));
        // Details beside have a border of their own: the pane ends where it begins.
        let keys = keys.map(|keys| match table.details {
            Some(Details::Beside(beside)) => Area { width: beside.x - keys.x, ..keys },
            _ => keys,
        });
        Self { header, body, footer, scopes, keys, table }
    }

    /// The scopes in sight: without borders and the organization's line.
    pub fn scope_rows(&self) -> Area {
        let inner = self.scopes.unwrap_or(self.body).inner();
        inner.rows(1, inner.height)
    }
}

impl Table {
    fn of(plan: Plan, pane: Area) -> Self {
        let is_wide = plan.size.cols >= WIDE;
        let (pane, beside) = if is_wide {
            pane.split(pane.width.saturating_sub(plan.size.beside_width()))
        } else {
            (pane, Area::default())
        };
        let inner = pane.inner();
        let lines = if is_wide { 0 } else { plan.size.details_height() };
        let below = inner.rows(inner.height.saturating_sub(lines), lines);
        let details = match (is_wide, lines) {
            (true, _) => Some(Details::Beside(beside)),
            (false, 0) => None,
            (false, _) => Some(Details::Below(below)),
        };
        // With the rule over them.
        let under = if lines == 0 { 0 } else { lines + 1 };
        let note = u16::from(plan.is_all);
        Self {
            tabs: inner.rows(0, 1),
            note: plan.is_all.then(|| inner.rows(1, 1)),
            headings: inner.rows(1 + note, 1),
            rows: inner.rows(2 + note, inner.height.saturating_sub(2 + note + under)),
            details,
        }
    }
}

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

    /// The width of the Scopes pane, with its border: a quarter of the screen, beside details a fifth, as far as names need
    /// it.
    fn scopes_width(self) -> u16 {
        match self.cols {
            ..WIDE => (self.cols / 4).clamp(26, 32),
            _ => (self.cols / 5).min(44),
        }
    }

    /// The width of the details beside the table, with their border: a quarter of the screen. What one more column gives to
    /// them and to the scopes, it never takes from the table.
    fn beside_width(self) -> u16 {
        let cols = self.cols.min(1000);
        (cols * 9 / 20 - cols / 5).clamp(38, 72)
    }

    /// The lines of the selected key's details below the table; 0 where they need a dialog.
    fn details_height(self) -> u16 {
        match self.rows {
            0..20 => 0,
            20..24 => 3,
            _ => 4,
        }
    }

    /// The text lines in sight in a dialog that is read: all but its border and a margin.
    pub fn reader_rows(self) -> u16 {
        self.rows.saturating_sub(4)
    }

    /// The entries in sight where commands are found by their names: all but the border, the field and a gap.
    pub fn palette_rows(self) -> u16 {
        self.rows.saturating_sub(6).min(18)
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
