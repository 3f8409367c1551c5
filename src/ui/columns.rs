//! The columns of the table of keys: which of them fit, and how wide they are.
//!
//! Where room is short, columns go in the order of [`Column::DROPPED`]. Before the last of them goes, which tells where a
//! key is, it and the name are cut as far as they still tell something. Where there is more room than the columns
//! need, the name takes it, then the scope, then the gaps.

use crate::app::App;
use crate::app::counts::AGES;
use crate::app::keys;
use crate::app::order::SortColumn;
use crate::app::scopes::View;
use crate::config::Times;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Status,
    Name,
    Scope,
    LastUsed,
    Age,
    Expires,
    Created,
    Value,
    Id,
}

/// Between columns at the least, and at the most.
const GAP: (usize, usize) = (2, 4);
/// The marker at the left of each row, and the margin at its right.
const SIDES: usize = 3;
/// A scope's name: cut to the least, as wide as usual, as wide as it gets.
const SCOPE_CELLS: (usize, usize, usize) = (10, 17, 36);
/// A key's name. Beyond the most, its column would only take the eye further to the right.
const NAME_CELLS: (usize, usize, usize) = (13, 20, 64);
/// Who gives cells where too few are there, down to how many, and who takes those that are left, up to how many; in this
/// order.
const GROWTH: [(Column, usize, usize); 4] = [
    (Column::Scope, SCOPE_CELLS.0, 20),
    (Column::Name, NAME_CELLS.0, 36),
    (Column::Scope, SCOPE_CELLS.0, SCOPE_CELLS.2),
    (Column::Name, NAME_CELLS.0, NAME_CELLS.2),
];

impl Column {
    /// The order in which columns go where room is short. The id is there only where it was asked for.
    const DROPPED: [Self; 6] = [Self::Value, Self::Created, Self::Id, Self::Age, Self::Expires, Self::Scope];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Status => "STATUS",
            Self::Name => "NAME",
            Self::Scope => "SCOPE",
            Self::Age => "AGE",
            Self::LastUsed => "LAST USED",
            Self::Expires => "EXPIRES",
            Self::Created => "CREATED",
            Self::Value => "KEY",
            Self::Id => "ID",
        }
    }

    fn width(self, app: &App) -> usize {
        match self {
            Self::Status => 12,
            Self::Name => NAME_CELLS.1,
            Self::Scope => SCOPE_CELLS.1,
            Self::Age => AGES,
            Self::LastUsed if app.times == Times::Relative => 14,
            Self::Expires if app.times == Times::Relative => 12,
            Self::LastUsed | Self::Expires => 17,
            Self::Created => 11,
            Self::Value => 7,
            Self::Id => 8,
        }
    }

    pub(super) fn sorts_by(self) -> Option<SortColumn> {
        match self {
            Self::Status => Some(SortColumn::Status),
            Self::Name => Some(SortColumn::Name),
            Self::LastUsed => Some(SortColumn::LastUsed),
            Self::Created => Some(SortColumn::Created),
            Self::Scope => Some(SortColumn::Scope),
            Self::Expires => Some(SortColumn::Expires),
            Self::Value | Self::Id | Self::Age => None,
        }
    }
}

/// Columns that fit, with their widths.
pub(super) struct Columns {
    pub(super) columns: Vec<(Column, usize)>,
    /// Between them.
    pub(super) gap: usize,
}

impl Columns {
    /// Those that fit into `width` cells.
    pub(super) fn fitting(app: &App, width: usize) -> Self {
        let mut wanted = wanted(app);
        let total =
            |columns: &[Column]| SIDES + columns.iter().map(|column| column.width(app) + GAP.0).sum::<usize>() - GAP.0;
        for dropped in Column::DROPPED {
            let told_elsewhere = matches!(dropped, Column::Value | Column::Created);
            let needed = total(&wanted) + if told_elsewhere { COMFORT } else { 0 };
            if needed > width + spare(&wanted, dropped) {
                wanted.retain(|column| *column != dropped);
            }
        }
        let mut columns: Vec<(Column, usize)> = wanted.iter().map(|column| (*column, column.width(app))).collect();
        let (mut room, mut over) = (width.saturating_sub(total(&wanted)), total(&wanted).saturating_sub(width));
        for (column, least, most) in GROWTH {
            let Some((_, cells)) = columns.iter_mut().find(|(other, _)| *other == column) else { continue };
            let less = over.min(cells.saturating_sub(least));
            let more = room.min(most.saturating_sub(*cells));
            *cells = *cells + more - less;
            (over, room) = (over - less, room - more);
        }
        let gaps = columns.len().saturating_sub(1).max(1);
        Self { columns, gap: GAP.0 + (room / gaps).min(GAP.1 - GAP.0) }
    }
}

/// The cells that names get beyond their usual width before a column stays that the details tell as well.
const COMFORT: usize = 5;

/// Cells that the names give up before `dropped` goes: a few for a column that is worth it, all that they can for the one
/// that tells where a key is.
fn spare(columns: &[Column], dropped: Column) -> usize {
    let has_scope = columns.contains(&Column::Scope);
    let (name, scope) = match dropped {
        Column::Expires | Column::Age => (3, 3),
        Column::Scope => (NAME_CELLS.1 - NAME_CELLS.0, SCOPE_CELLS.1 - SCOPE_CELLS.0),
        _ => (0, 0),
    };
    name + if has_scope { scope } else { 0 }
}

fn wanted(app: &App) -> Vec<Column> {
    use Column::{Age, Created, Expires, Id, LastUsed, Name, Scope, Status, Value};
    let mut columns = match app.table.columns {
        keys::Columns::Few => vec![Status, Name, Scope, LastUsed],
        keys::Columns::Usual => vec![Status, Name, Scope, LastUsed, Age, Expires, Created, Value],
        keys::Columns::All => vec![Id, Status, Name, Scope, LastUsed, Age, Expires, Created, Value],
    };
    if app.view() != View::All {
        columns.retain(|column| *column != Scope);
    }
    if !app.table.has_expiry {
        columns.retain(|column| *column != Expires);
    }
    columns
}
