//! A drawn screen as text that can be reviewed: its rows, then its styles.

use std::fmt::Write as _;

use confident_keys::text;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// The rows, each cell's symbol once: a wide one covers the cell after it.
pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    (0..buffer.area.height).map(|y| cells(buffer, y).map(|(_, _, symbol)| symbol).collect()).collect()
}

/// The cells of a row that begin a symbol: where, how wide, and which.
pub(crate) fn cells(buffer: &Buffer, y: u16) -> impl Iterator<Item = (u16, u16, &str)> {
    let mut covered = 0;
    (0..buffer.area.width).filter_map(move |x| {
        if x < covered {
            return None;
        }
        let symbol = buffer[(x, y)].symbol();
        let width = u16::try_from(text::width(symbol)).unwrap().max(1);
        covered = x + width;
        Some((x, width, symbol))
    })
}

/// The rows below each other, without the spaces at their ends; of many that are alike the first, and their number.
pub(crate) fn text_of(buffer: &Buffer) -> String {
    let mut out = String::new();
    for alike in rows(buffer).chunk_by(|above, below| above == below) {
        let row = alike[0].trim_end();
        match alike.len() {
            count @ 4.. => writeln!(out, "{row}\n  (and {} more like it)", count - 1).unwrap(),
            count => (0..count).for_each(|_| writeln!(out, "{row}").unwrap()),
        }
    }
    out
}

/// A stretch of one style that is not the terminal's own.
#[derive(PartialEq, Eq)]
struct Run {
    /// The first and last row: what is alike on rows below each other is told once.
    rows: (u16, u16),
    /// The first and last column.
    columns: (u16, u16),
    style: String,
    text: String,
}

/// The styles, a line for each stretch: rows, columns, style, text.
pub(crate) fn styles_of(buffer: &Buffer) -> String {
    let mut runs: Vec<Run> = Vec::new();
    for y in 0..buffer.area.height {
        for run in row_runs(buffer, y) {
            let above = runs.iter_mut().find(|above| {
                above.rows.1 + 1 == y
                    && (above.columns, &above.style, &above.text) == (run.columns, &run.style, &run.text)
            });
            match above {
                Some(above) => above.rows.1 = y,
                None => runs.push(run),
            }
        }
    }
    let mut out = String::new();
    for Run { rows, columns, style, text } in runs {
        writeln!(out, "{}:{} {style} {:?}", span(rows), span(columns), text::fit(text.trim_end(), 32)).unwrap();
    }
    out
}

fn row_runs(buffer: &Buffer, y: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (x, width, symbol) in cells(buffer, y) {
        let style = name(buffer[(x, y)].style());
        let last = x + width - 1;
        match runs.last_mut() {
            Some(run) if run.style == style && run.columns.1 + 1 == x => {
                run.columns.1 = last;
                run.text.push_str(symbol);
            }
            _ => runs.push(Run { rows: (y, y), columns: (x, last), style, text: symbol.to_owned() }),
        }
    }
    // On an empty cell only some of it is seen.
    let is_seen = |run: &Run| {
        !run.text.trim().is_empty() || ["on ", "reversed", "underlined"].iter().any(|word| run.style.contains(word))
    };
    runs.retain(|run| !run.style.is_empty() && is_seen(run));
    runs
}

fn span((first, last): (u16, u16)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// A style in a few words; nothing for the terminal's own.
fn name(style: Style) -> String {
    let mut words = Vec::new();
    for (ground, colour) in [("", style.fg), ("on ", style.bg)] {
        match colour {
            None | Some(Color::Reset) => {}
            Some(Color::Indexed(number)) => words.push(format!("{ground}{number}")),
            Some(colour) => words.push(format!("{ground}{}", colour.to_string().to_lowercase())),
        }
    }
    words.extend(
        (style.add_modifier - style.sub_modifier).iter_names().map(|(name, _): (_, Modifier)| name.to_lowercase()),
    );
    words.join(" ")
}
