//! Cells as the bytes that bring them to the terminal: as few as do on any terminal.
//!
//! Only what of the look changes is written, all of it in one sequence; a blank takes over what does not show on it. What
//! looks alike is written together where that is shorter than row by row. Blanks up to the end of a row are erased, and left
//! out where nothing was before. The cursor is moved by the shortest sequence, from where it surely is: terminals do not agree
//! about how wide each character is, and so only ASCII is counted on.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use zeroize::Zeroize as _;

use super::changes::width_of as width;

/// What shows where there is no character.
const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK);

/// Each with the parameter that sets it and the one that ends it.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// From so many changes of the look on, going to and fro may cost less than them.
const WORTH_SORTING: usize = 32;

/// More looks than these, each of which is compared with all others, are as good as none that is alike.
const MOST_LOOKS: usize = 64;

/// Erases from the cursor to the end of its row.
const ERASE_LINE: &[u8] = b"\x1b[K";

/// The screen as it is before cells are put on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground {
    /// How many columns it has.
    pub(super) columns: u16,
    /// Whether there is nothing on it.
    pub(super) is_empty: bool,
}

/// Puts `cells`, in their order, on the screen, behind what is in `out`. It begins and ends with the terminal's own look;
/// nothing is known of the cursor before, nor afterwards.
pub(super) fn write(out: &mut Vec<u8>, ground: Ground, mut cells: Vec<Placed<'_>>) {
    if ground.is_empty {
        // Not all terminals erase in colours.
        cells.retain(|(.., cell)| !(is_blank(cell) && cell.bg == Color::Reset));
    }
    let mut runs = runs(&cells);
    let start = out.len();
    Pen::new(out, ground.is_empty).draw(&runs, ground.columns);
    let end = out.len();
    // What is wide may cover what is beside it: there, the order counts.
    let turns = runs.iter().zip(runs.iter().skip(1)).filter(|(run, next)| run.look != next.look).count();
    let is_narrow = || cells.iter().all(|(.., cell)| width(cell) == 1);
    if turns > WORTH_SORTING && is_narrow() && sort_by_look(&mut runs) {
        Pen::new(out, false).draw(&runs, ground.columns);
        // What is not sent shows the same, and is not left behind.
        let kept = if out.len() - end < end - start {
            out.copy_within(end.., start);
            start + out.len() - end
        } else {
            end
        };
        out.get_mut(kept..).unwrap_or_default().zeroize();
        out.truncate(kept);
    }
}

/// A cell and where it is.
type Placed<'a> = (u16, u16, &'a Cell);

/// Cells side by side that can be written with one look.
#[derive(Debug, Clone, Copy)]
struct Run<'a> {
    cells: &'a [Placed<'a>],
    look: Look,
    /// Whether there is nothing in it, so that other looks would do.
    is_blank: bool,
}

/// Takes `cells` apart, in their order.
fn runs<'a>(cells: &'a [Placed<'a>]) -> Vec<Run<'a>> {
    let mut runs: Vec<Run<'a>> = Vec::new();
    let mut start = 0;
    let mut before: Option<(u16, u16)> = None;
    for (at, (x, y, cell)) in cells.iter().enumerate() {
        let look = Look::of(cell);
        let is_next = before == Some((*x, *y));
        before = x.checked_add(width(cell).max(1)).map(|next| (next, *y));
        if let Some(run) = runs.last_mut().filter(|_| is_next) {
            let is_blank = is_blank(cell);
            if run.is_blank && look.suits_blanks_of(run.look) {
                (run.look, run.is_blank) = if is_blank { (run.look, true) } else { (look, false) };
            }
            if run.look == look || is_blank && run.look.suits_blanks_of(look) {
                run.cells = cells.get(start..=at).unwrap_or_default();
                continue;
            }
        }
        start = at;
        runs.push(Run { cells: cells.get(at..=at).unwrap_or_default(), look, is_blank: is_blank(cell) });
    }
    runs
}

/// Puts what looks alike together; false where too little does.
fn sort_by_look(runs: &mut [Run<'_>]) -> bool {
    let mut looks: Vec<Look> = Vec::new();
    for run in runs.iter().filter(|run| !run.is_blank) {
        if !looks.contains(&run.look) {
            if looks.len() == MOST_LOOKS {
                return false;
            }
            looks.push(run.look);
        }
    }
    let place = |run: &Run<'_>| {
        let fits = |look: &Look| *look == run.look || run.is_blank && look.suits_blanks_of(run.look);
        looks.iter().position(fits).unwrap_or(looks.len())
    };
    runs.sort_by_cached_key(place);
    true
}

/// Whether nothing of it shows but its background.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANKS)
}

/// How characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Look {
    foreground: Color,
    background: Color,
    modifier: Modifier,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        Self { foreground: cell.fg, background: cell.bg, modifier: cell.modifier }
    }

    /// Whether blanks that look like `other` are seen the same with this.
    fn suits_blanks_of(self, other: Self) -> bool {
        let seen = (self.modifier | other.modifier) & SEEN_ON_BLANKS;
        self.background == other.background && seen.is_empty()
    }

    /// Writes the parameters that make this of what looks like `before`, with a semicolon behind each.
    fn change(self, before: Self, out: &mut Vec<u8>) {
        let gone = before.modifier - self.modifier;
        let mut left = before.modifier;
        let mut ended = 0;
        for (modifier, _, end) in MODIFIERS {
            if gone.contains(modifier) && ended != end {
                number(out, end);
                ended = end;
                // What ends one of a pair ends both.
                left -= MODIFIERS.iter().filter(|(.., other)| *other == end).map(|(modifier, ..)| *modifier).collect();
            }
        }
        for (modifier, start, _) in MODIFIERS {
            if (self.modifier - left).contains(modifier) {
                number(out, start);
            }
        }
        if self.foreground != before.foreground {
            color(out, self.foreground, 30);
        }
        if self.background != before.background {
            color(out, self.background, 40);
        }
    }
}

fn number(out: &mut Vec<u8>, number: u8) {
    decimal(out, number.into());
    out.push(b';');
}

/// The digits of `number`: by the standard library's formatting, a page of them would take as long as its cells.
fn decimal(out: &mut Vec<u8>, number: u32) {
    if number >= 10 {
        decimal(out, number / 10);
    }
    out.extend(char::from_digit(number % 10, 10).and_then(|digit| u8::try_from(digit).ok()));
}

/// A sequence with one number.
fn sequence(out: &mut Vec<u8>, number: u32, end: u8) {
    out.extend_from_slice(b"\x1b[");
    decimal(out, number);
    out.push(end);
}

/// `ground`: 30 for what is written, 40 for what is behind it.
fn color(out: &mut Vec<u8>, color: Color, ground: u8) {
    let index = match color {
        Color::Reset => return number(out, ground + 9),
        Color::Rgb(red, green, blue) => {
            for part in [ground + 8, 2, red, green, blue] {
                number(out, part);
            }
            return;
        }
        Color::Indexed(index) => index,
        // Not as 31: a terminal may show such a one brighter where it is bold.
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    for part in [ground + 8, 5, index] {
        number(out, part);
    }
}

/// Where the terminal is.
struct Pen<'a> {
    out: &'a mut Vec<u8>,
    look: Look,
    at: Option<At>,
    /// Whether nothing is where it has not been.
    is_empty: bool,
}

/// Where its cursor is.
#[derive(Clone, Copy)]
struct At {
    x: u16,
    y: u16,
    /// Whether it is there on every terminal.
    is_sure: bool,
}

impl<'a> Pen<'a> {
    fn new(out: &'a mut Vec<u8>, is_empty: bool) -> Self {
        Self { out, look: Look::default(), at: None, is_empty }
    }

    fn draw(&mut self, runs: &[Run<'_>], columns: u16) {
        for Run { cells, look, is_blank } in runs {
            let Some((x, y, _)) = cells.first() else { continue };
            self.go_to(*x, *y);
            if !(*is_blank && self.look.suits_blanks_of(*look)) {
                self.turn(*look);
            }
            let blanks = cells.iter().rev().take_while(|(.., cell)| self::is_blank(cell)).count();
            let ends_row = cells.last().is_some_and(|(x, ..)| x.checked_add(1) == Some(columns));
            let is_erased = ends_row && look.background == Color::Reset && blanks >= ERASE_LINE.len();
            let kept = if is_erased { cells.len() - blanks } else { cells.len() };
            for (.., cell) in cells.iter().take(kept) {
                self.print(cell);
            }
            if is_erased {
                self.out.extend_from_slice(ERASE_LINE);
            }
        }
        self.turn(Look::default());
    }

    fn turn(&mut self, look: Look) {
        if look == self.look {
            return;
        }
        self.out.extend_from_slice(b"\x1b[");
        let start = self.out.len();
        look.change(self.look, self.out);
        let end = self.out.len();
        // Beginning anew may be shorter.
        if look != Look::default() {
            number(self.out, 0);
            look.change(Look::default(), self.out);
        }
        if self.out.len() - end < end - start {
            self.out.drain(start..end);
        } else {
            self.out.truncate(end);
        }
        if self.out.last() == Some(&b';') {
            self.out.pop();
        }
        self.out.push(b'm');
        self.look = look;
    }

    fn go_to(&mut self, x: u16, y: u16) {
        let (column, line) = (u32::from(x) + 1, u32::from(y) + 1);
        match self.at {
            Some(at) if (at.x, at.y) == (x, y) => return,
            Some(At { x: from, y: row, is_sure }) if row == y && from < x => match (x - from, is_sure) {
                (by @ 1..=3, true) if self.is_empty && self.look.suits_blanks_of(Look::default()) => {
                    return self.print_blanks(by);
                }
                (1, true) => self.out.extend_from_slice(b"\x1b[C"),
                (by, true) => sequence(self.out, by.into(), b'C'),
                (_, false) => sequence(self.out, column, b'G'),
            },
            _ if column == 1 => sequence(self.out, line, b'H'),
            _ => {
                sequence(self.out, line, b';');
                decimal(self.out, column);
                self.out.push(b'H');
            }
        }
        self.at = Some(At { x, y, is_sure: true });
    }

    fn print_blanks(&mut self, count: u16) {
        self.out.extend(std::iter::repeat_n(b' ', count.into()));
        self.at = self.at.map(|at| At { x: at.x.saturating_add(count), ..at });
    }

    fn print(&mut self, cell: &Cell) {
        let symbol = cell.symbol();
        match symbol.as_bytes() {
            // Nearly all, and cheaper than a call that copies.
            [byte] => self.out.push(*byte),
            bytes => self.out.extend_from_slice(bytes),
        }
        self.at = match self.at {
            // Of what is wider, terminals do not agree where it ends.
            Some(At { x, y, is_sure }) if width(cell) == 1 => {
                Some(At { x: x.saturating_add(1), y, is_sure: is_sure && symbol.is_ascii() })
            }
            _ => None,
        };
    }
}

#[cfg(test)]
mod tests;
