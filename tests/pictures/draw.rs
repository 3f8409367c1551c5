//! Screens as SVG: every character stays in its column whatever the font, and lines are drawn as lines, so that they join.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::grid::{Cell, Look, Rgb, Row};
use crate::stage::{COLUMNS, ROWS};

/// A cell, in pixels.
const WIDTH: u16 = 8;
const HEIGHT: u16 = 17;
/// From its upper edge to what letters stand on.
const BASELINE: u16 = 13;
/// Around the screen.
const MARGIN: u16 = 12;
/// The window's upper edge.
const BAR: u16 = 30;
/// Its radius.
const ROUND: u16 = 8;
/// The letters are as wide as a cell in most fonts.
const FONT: &str = "13.3px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// The window's whole width, and that of what is below its upper edge for a screen.
pub(crate) const WINDOW: u16 = COLUMNS * WIDTH + 2 * MARGIN;
pub(crate) const CONTENT: u16 = ROWS * HEIGHT + 2 * MARGIN;

/// The colours of a terminal and its window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground {
    pub(crate) fore: Rgb,
    back: Rgb,
    bar: Rgb,
    /// Of what is less important on the window itself.
    pub(crate) faint: Rgb,
}

pub(crate) const DARK: Ground =
    Ground { fore: [0xd4; 3], back: [0x1e; 3], bar: [0x2d, 0x2d, 0x30], faint: [0x9a, 0x9a, 0xa0] };
pub(crate) const LIGHT: Ground =
    Ground { fore: [0x24, 0x29, 0x2f], back: [0xff; 3], bar: [0xe8, 0xea, 0xed], faint: [0x6a, 0x70, 0x78] };

impl Ground {
    /// The colour of a cell's letters.
    fn before(self, look: Look) -> Rgb {
        let (fore, back) = (look.fore.unwrap_or(self.fore), look.back.unwrap_or(self.back));
        let (fore, back) = if look.is_inverse { (back, fore) } else { (fore, back) };
        if look.is_dim { std::array::from_fn(|part| u8::midpoint(fore[part], back[part])) } else { fore }
    }

    /// That of what is behind them.
    fn behind(self, look: Look) -> Rgb {
        if look.is_inverse { look.fore.unwrap_or(self.fore) } else { look.back.unwrap_or(self.back) }
    }
}

/// A picture that is being made: what its rows have in common is gathered while they are drawn.
pub(crate) struct Canvas {
    ground: Ground,
    /// Each style's declarations, with its class.
    styles: BTreeMap<String, usize>,
}

impl Canvas {
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground, styles: BTreeMap::new() }
    }

    /// The class for these declarations.
    pub(crate) fn class(&mut self, style: String) -> String {
        let next = self.styles.len();
        format!("c{}", self.styles.entry(style).or_insert(next))
    }

    /// What a row is drawn of, from the left end of what its letters stand on: what is below them first.
    pub(crate) fn row(&mut self, row: &Row) -> Vec<String> {
        let (ground, mut out) = (self.ground, Vec::new());
        for cells in row.cells.chunk_by(|one, next| ground.behind(one.look) == ground.behind(next.look)) {
            self.ground_below(&mut out, cells);
        }
        for cells in row.cells.chunk_by(|one, next| one.look == next.look) {
            self.lines(&mut out, cells);
            self.letters(&mut out, cells);
        }
        if let Some(column) = row.cursor {
            let (class, height) = (self.class(format!("fill:{}", hex(self.ground.fore))), HEIGHT - 2);
            out.push(format!(r#"<path class="{class}" d="M{} -{}h2v{height}h-2z"/>"#, column * WIDTH, BASELINE - 1));
        }
        out
    }

    fn ground_below(&mut self, out: &mut Vec<String>, cells: &[Cell]) {
        let (back, columns) = (self.ground.behind(cells[0].look), cells.iter().map(|cell| cell.columns).sum::<u16>());
        if back != self.ground.back {
            let class = self.class(format!("fill:{};shape-rendering:crispEdges", hex(back)));
            let (x, width) = (cells[0].column * WIDTH, columns * WIDTH);
            out.push(format!(r#"<path class="{class}" d="M{x} -{BASELINE}h{width}v{HEIGHT}h-{width}z"/>"#));
        }
    }

    fn lines(&mut self, out: &mut Vec<String>, cells: &[Cell]) {
        let (mut straight, mut round) = (String::new(), String::new());
        let mut level = 0;
        for cell in cells {
            let x = cell.column * WIDTH;
            if cell.text == "─" {
                level += 1;
                continue;
            }
            end_level(&mut straight, x, &mut level);
            if let Some(line) = line(&cell.text) {
                let path = if line.contains('a') { &mut round } else { &mut straight };
                write!(path, "M{x} -{BASELINE}{line}").unwrap();
            }
        }
        if let Some(last) = cells.last() {
            end_level(&mut straight, (last.column + last.columns) * WIDTH, &mut level);
        }
        let colour = hex(self.ground.before(cells[0].look));
        for (path, edges) in [(straight, ";shape-rendering:crispEdges"), (round, "")] {
            if !path.is_empty() {
                let class = self.class(format!("fill:none;stroke:{colour}{edges}"));
                out.push(format!(r#"<path class="{class}" d="{path}"/>"#));
            }
        }
    }

    /// Words that any font has, as far as no wide gap is between them; and each other character by itself.
    fn letters(&mut self, out: &mut Vec<String>, cells: &[Cell]) {
        let mut run: Vec<&Cell> = Vec::new();
        for cell in cells {
            let ends_here = match cell.text.as_str() {
                " " => run.last().is_some_and(|last| last.text == " "),
                text => !is_plain(text),
            };
            if !ends_here {
                if cell.text != " " || !run.is_empty() {
                    run.push(cell);
                }
                continue;
            }
            self.words(out, &run);
            run.clear();
            if cell.text != " " && cell.text != "─" && line(&cell.text).is_none() {
                self.lone(out, cell);
            }
        }
        self.words(out, &run);
    }

    fn words(&mut self, out: &mut Vec<String>, cells: &[&Cell]) {
        let end = cells.iter().rposition(|cell| cell.text != " ").map_or(0, |last| last + 1);
        let cells = &cells[..end];
        let Some(first) = cells.first() else { return };
        let class = self.letters_class(first.look);
        let (x, width) = (first.column * WIDTH, cells.iter().map(|cell| cell.columns).sum::<u16>() * WIDTH);
        let text: String = cells.iter().map(|cell| escaped(&cell.text)).collect();
        out.push(format!(r#"<text class="{class}" x="{x}" textLength="{width}">{text}</text>"#));
    }

    /// A character of a font that may have another width: in the middle of its cells, and a symbol as wide as its cell is.
    fn lone(&mut self, out: &mut Vec<String>, cell: &Cell) {
        let class = self.letters_class(cell.look);
        let (x, width) = (cell.column * WIDTH, cell.columns * WIDTH);
        let place = if cell.columns == 2 || cell.text.chars().all(char::is_alphabetic) {
            format!(r#"x="{}" text-anchor="middle""#, x + width / 2)
        } else {
            format!(r#"x="{x}" textLength="{width}" lengthAdjust="spacingAndGlyphs""#)
        };
        out.push(format!(r#"<text class="{class}" {place}>{}</text>"#, escaped(&cell.text)));
    }

    fn letters_class(&mut self, look: Look) -> String {
        let mut style = format!("fill:{}", hex(self.ground.before(look)));
        for (is_so, declaration) in [
            (look.is_bold, ";font-weight:bold"),
            (look.is_italic, ";font-style:italic"),
            (look.is_underlined, ";text-decoration:underline"),
        ] {
            if is_so {
                style.push_str(declaration);
            }
        }
        self.class(style)
    }

    /// Puts what was drawn into a window, with what else there is to say about how it looks, and room below for more.
    pub(crate) fn window(&self, told: &str, style: &str, content: &str, below: u16) -> String {
        let mut out = String::new();
        let (width, height) = (WINDOW, BAR + CONTENT + below);
        let Ground { back, bar, faint, .. } = self.ground;
        writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">"#
        )
        .unwrap();
        writeln!(out, "<title>{}</title>", escaped(told)).unwrap();
        writeln!(out, "<style>\ntext{{font:{FONT};white-space:pre}}").unwrap();
        let mut styles: Vec<_> = self.styles.iter().collect();
        styles.sort_by_key(|(_, class)| **class);
        for (style, class) in styles {
            writeln!(out, ".c{class}{{{style}}}").unwrap();
        }
        writeln!(out, "{style}</style>").unwrap();
        let (right, bottom, middle) = (width - 1, height - 1, BAR / 2);
        writeln!(
            out,
            r##"<rect x=".5" y=".5" width="{right}" height="{bottom}" rx="{ROUND}" fill="{}" stroke="#808080" stroke-opacity=".5"/>"##,
            hex(back)
        )
        .unwrap();
        writeln!(
            out,
            r#"<path fill="{}" d="M1 {BAR}V{ROUND}a7 7 0 0 1 7-7h{}a7 7 0 0 1 7 7V{BAR}z"/>"#,
            hex(bar),
            width - 16
        )
        .unwrap();
        for (number, colour) in (0u16..).zip(["#ff5f57", "#febc2e", "#28c840"]) {
            writeln!(out, r#"<circle cx="{}" cy="{middle}" r="5.5" fill="{colour}"/>"#, 20 + 20 * number).unwrap();
        }
        writeln!(
            out,
            r#"<text x="{}" y="{}" text-anchor="middle" fill="{}">ckeys</text>"#,
            width / 2,
            middle + 5,
            hex(faint)
        )
        .unwrap();
        out.push_str(content);
        out.push_str("</svg>\n");
        out
    }
}

/// Where the window's lower part for more begins.
pub(crate) const BELOW: u16 = BAR + CONTENT;

/// A picture of one screen, and what is seen on it.
pub(crate) fn still(rows: &[Row], told: &str, ground: Ground) -> String {
    let mut canvas = Canvas::new(ground);
    let mut content = String::new();
    for (number, row) in rows.iter().enumerate() {
        let parts = canvas.row(row).concat();
        if !parts.is_empty() {
            writeln!(content, r#"<g transform="{}">{parts}</g>"#, place(number)).unwrap();
        }
    }
    canvas.window(told, "", &content, 0)
}

/// Of the row of this number.
pub(crate) fn place(number: usize) -> String {
    let y = BAR + MARGIN + BASELINE + u16::try_from(number).unwrap() * HEIGHT;
    format!("translate({MARGIN} {y})")
}

pub(crate) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whether fonts for terminals have it, as wide as other letters.
fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => {
            matches!(one, '\u{20}'..='\u{2af}' | '\u{370}'..='\u{52f}' | '\u{2010}'..='\u{2027}') && one != '\u{ad}'
        }
        _ => false,
    }
}

fn end_level(path: &mut String, x: u16, level: &mut u16) {
    if *level > 0 {
        let length = *level * WIDTH;
        write!(path, "M{} -4.5h{length}", x - length).unwrap();
        *level = 0;
    }
}

/// How a piece of a frame is drawn, from the upper left of its cell, and half a pixel into the cells above and below, so that
/// no seam shows at any scale. A level one is part of a longer one.
fn line(text: &str) -> Option<&'static str> {
    Some(match text {
        "│" => "m4.5-.5v18",
        "╭" => "m4.5 17.5v-5.5a3.5 3.5 0 0 1 3.5-3.5",
        "╮" => "m4.5 17.5v-5.5a3.5 3.5 0 0 0-3.5-3.5h-1",
        "╰" => "m4.5-.5v5.5a3.5 3.5 0 0 0 3.5 3.5",
        "╯" => "m4.5-.5v5.5a3.5 3.5 0 0 1-3.5 3.5h-1",
        "├" => "m4.5-.5v18m0-9h3.5",
        "┤" => "m4.5-.5v18m0-9h-4.5",
        _ => return None,
    })
}
