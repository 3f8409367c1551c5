//! What of a frame is not on the screen yet: the cells that changed.
//!
//! Nearly all of them are narrow characters, each in its cell, and compared one by one. Only where there are wider ones,
//! ratatui is asked: it knows which cells go with which.

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::layout::Rect;

use crate::text::simple_width;

/// The cells of `next` that are not on the screen, which shows `shown`, row by row from the left. Both are of the same size.
pub(super) fn changes<'a>(shown: &Buffer, next: &'a Buffer) -> Vec<(u16, u16, &'a Cell)> {
    let mut changed = Vec::with_capacity(USUAL);
    let width = usize::from(next.area.width).max(1);
    for (y, (before, after)) in (0..).zip(shown.content.chunks(width).zip(next.content.chunks(width))) {
        let start = changed.len();
        if !push_narrow(&mut changed, y, before, after) {
            changed.truncate(start);
            push_any(&mut changed, y, before, after);
        }
    }
    changed
}

/// So many change when the table is scrolled.
const USUAL: usize = 2048;

/// In bytes.
const LONGEST_CHARACTER: usize = 4;

/// Adds what changed in the row `y`; false where some of it is wide, or lies beside what is.
fn push_narrow<'a>(changed: &mut Vec<(u16, u16, &'a Cell)>, y: u16, before: &[Cell], after: &'a [Cell]) -> bool {
    // To the left of the cell.
    let mut neighbours: Option<(&Cell, &Cell)> = None;
    // Several characters in one cell may be wider than two.
    let mut has_clusters = false;
    for (x, (was, is)) in (0..).zip(before.iter().zip(after)) {
        let pair = Some((was, is));
        if is_same(was, is) {
            neighbours = pair;
            has_clusters |= was.symbol().len() > LONGEST_CHARACTER;
            continue;
        }
        let is_narrow = |(was, is): (&Cell, &Cell)| width_of(was) == 1 && width_of(is) == 1;
        if has_clusters || !is_narrow((was, is)) || neighbours.take().is_some_and(|neighbours| !is_narrow(neighbours)) {
            return false;
        }
        changed.push((x, y, is));
    }
    true
}

/// The same, whatever is in it.
fn push_any<'a>(changed: &mut Vec<(u16, u16, &'a Cell)>, y: u16, before: &[Cell], after: &'a [Cell]) {
    let (before, after_row) = (row(before), row(after));
    let places = before.diff(&after_row).into_iter().filter(is_there).map(|(x, ..)| x);
    changed.extend(places.filter_map(|x| Some((x, y, after.get(usize::from(x))?))));
}

/// Whether both look the same.
#[inline]
fn is_same(one: &Cell, other: &Cell) -> bool {
    let is_same_symbol = match (one.symbol().as_bytes(), other.symbol().as_bytes()) {
        // Nearly all, and cheaper than a call that compares texts.
        ([one], [other]) => one == other,
        (one, other) => one == other,
    };
    is_same_symbol && one.fg == other.fg && one.modifier == other.modifier && one.bg == other.bg
}

/// Whether it is more than the second half of a wide character.
fn is_there((.., cell): &(u16, u16, &Cell)) -> bool {
    !cell.symbol().is_empty()
}

/// How many columns it takes. Of nearly all, no table has to be asked.
#[inline]
pub(super) fn width_of(cell: &Cell) -> u16 {
    let symbol = cell.symbol();
    if symbol.len() == 1 || simple_width(symbol) == Some(1) { 1 } else { cell.cell_width() }
}

/// A row by itself. The second half of each wide character differs from an empty cell there, so that what replaces it is
/// found: not every terminal erases the half that is left.
fn row(cells: &[Cell]) -> Buffer {
    let width = u16::try_from(cells.len()).unwrap_or(u16::MAX);
    let mut row = Buffer { area: Rect { x: 0, y: 0, width, height: 1 }, content: cells.to_vec() };
    let mut is_covered = false;
    for cell in &mut row.content {
        if is_covered {
            cell.set_symbol("");
        }
        is_covered = width_of(cell) > 1;
    }
    row
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    const WIDTH: u16 = 6;
    const HEIGHT: u16 = 4;

    fn style() -> impl Strategy<Value = Style> {
        let styles = [Style::new(), Style::new().fg(Color::Red), Style::new().bg(Color::Blue), Style::new().reversed()];
        prop::sample::select(styles.to_vec())
    }

    fn buffer() -> impl Strategy<Value = Buffer> {
        let text = prop_oneof![6 => "[ ab│]", 1 => prop::sample::select(vec!["日", "☺\u{FE0F}", "e\u{301}", "क्ष्म"]).prop_map(String::from)];
        let cells = vec((0..WIDTH, 0..HEIGHT, text, style()), 0..10);
        cells.prop_map(|cells| {
            let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: WIDTH, height: HEIGHT });
            for (x, y, text, style) in cells {
                buffer.set_stringn(x, y, text, usize::from(WIDTH - x), style.add_modifier(Modifier::empty()));
            }
            buffer
        })
    }

    /// The whole of it as rows are compared one by one.
    fn claimed(buffer: &Buffer) -> Buffer {
        let rows = buffer.content.chunks(usize::from(WIDTH)).flat_map(|cells| row(cells).content);
        Buffer { content: rows.collect(), ..buffer.clone() }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]
        #[test]
        fn they_are_those_that_ratatuis_own_comparison_finds(shown in buffer(), next in buffer()) {
            let places = |changes: Vec<(u16, u16, &Cell)>| changes.into_iter().map(|(x, y, _)| (x, y)).collect::<Vec<_>>();
            let (before, after) = (claimed(&shown), claimed(&next));
            let expected = before.diff(&after).into_iter().filter(is_there).collect();
            prop_assert_eq!(places(changes(&shown, &next)), places(expected));
            prop_assert!(changes(&shown, &next).iter().all(|(x, y, cell)| *cell == &next[(*x, *y)]));
        }
    }

    #[test]
    fn what_replaces_the_second_half_of_a_wide_character_is_drawn_though_it_is_a_blank() {
        let (shown, next) = (Buffer::with_lines(["日b"]), Buffer::with_lines(["a b"]));
        let places: Vec<_> = changes(&shown, &next).into_iter().map(|(x, y, cell)| (x, y, cell.symbol())).collect();
        assert_eq!(places, [(0, 0, "a"), (1, 0, " ")]);
    }

    #[test]
    fn nothing_changed_where_all_is_as_it_was() {
        let buffer = Buffer::with_lines(["abc", "日本"]);
        assert!(changes(&buffer, &buffer.clone()).is_empty());
    }
}
