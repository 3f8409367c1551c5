//! What a terminal shows, cell by cell, and what of it is the same whenever it is looked at.

use vt100::{Color, Screen};

/// What differs from run to run, a `#` for each digit, and what is drawn instead.
const MASKS: &[(&str, &str)] =
    &[("127.0.0.1:#####", "127.0.0.1:49152"), ("read ##:##", "read 12:00"), ("made at ##:##", "made at 12:00")];

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// How a cell looks. No colour is the terminal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a terminal has each of them by itself")]
pub(crate) struct Look {
    pub(crate) fore: Option<Rgb>,
    pub(crate) back: Option<Rgb>,
    pub(crate) is_inverse: bool,
    pub(crate) is_bold: bool,
    pub(crate) is_italic: bool,
    pub(crate) is_underlined: bool,
    pub(crate) is_dim: bool,
}

/// A character, of one or two columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// A space where there is nothing.
    pub(crate) text: String,
    pub(crate) column: u16,
    pub(crate) columns: u16,
    pub(crate) look: Look,
}

/// A row's cells, and the column of the cursor where it is there and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) cursor: Option<u16>,
}

/// The rows of a screen, with what differs from run to run masked.
pub(crate) fn rows(screen: &Screen) -> Vec<Row> {
    let (rows, columns) = screen.size();
    let cursor = (!screen.hide_cursor()).then(|| screen.cursor_position());
    (0..rows)
        .map(|row| {
            let cells = (0..columns).filter_map(|column| cell(screen, row, column)).collect();
            let cursor = cursor.filter(|(at, _)| *at == row).map(|(_, column)| column);
            masked(Row { cells, cursor })
        })
        .collect()
}

/// None for the second half of a wide character.
fn cell(screen: &Screen, row: u16, column: u16) -> Option<Cell> {
    let cell = screen.cell(row, column)?;
    let look = Look {
        fore: rgb(cell.fgcolor()),
        back: rgb(cell.bgcolor()),
        is_inverse: cell.inverse(),
        is_bold: cell.bold(),
        is_italic: cell.italic(),
        is_underlined: cell.underline(),
        is_dim: cell.dim(),
    };
    let text = if cell.has_contents() { cell.contents() } else { " " };
    // What a blank is written with depends on what was written before it, and does not show.
    let is_seen = text != " " || look.is_inverse || look.is_underlined;
    let look = if is_seen { look } else { Look { back: look.back, ..Look::default() } };
    let columns = if cell.is_wide() { 2 } else { 1 };
    (!cell.is_wide_continuation()).then(|| Cell { text: text.to_owned(), column, columns, look })
}

fn rgb(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Default => None,
        Color::Rgb(red, green, blue) => Some([red, green, blue]),
        Color::Idx(index) => panic!("the terminal said that it has all colours, and was sent number {index}"),
    }
}

fn masked(mut row: Row) -> Row {
    for (pattern, instead) in MASKS {
        let fits = |cells: &[Cell]| cells.iter().zip(pattern.chars()).all(|(cell, wanted)| is_like(&cell.text, wanted));
        let length = pattern.chars().count();
        while let Some(at) = row.cells.windows(length).position(|cells| fits(cells) && !is_masked(cells, instead)) {
            for (cell, new) in row.cells[at..].iter_mut().zip(instead.chars()) {
                cell.text = new.to_string();
            }
        }
    }
    row
}

fn is_like(text: &str, wanted: char) -> bool {
    if wanted == '#' { text.len() == 1 && text.as_bytes()[0].is_ascii_digit() } else { text.chars().eq([wanted]) }
}

fn is_masked(cells: &[Cell], instead: &str) -> bool {
    cells.iter().map(|cell| cell.text.as_str()).eq(instead.chars().map(String::from).collect::<Vec<_>>())
}
