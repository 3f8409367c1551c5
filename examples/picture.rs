//! Makes the picture of the README from the real program:
//!
//! ```sh
//! cargo build --release && cargo run --example picture > assets/screen.svg
//! ```
//!
//! Starts `target/release/ckeys --demo` in a pseudo-terminal, presses a few keys, and writes what the
//! terminal shows as SVG to standard output.

#![expect(clippy::print_stdout, reason = "the picture is its output")]

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use vt100::{Cell, Color, Parser};

const COLS: u16 = 110;
const ROWS: u16 = 26;
/// A cell's size and a letter's, in pixels.
const CELL: (f32, f32) = (8.4, 18.0);
const FONT_SIZE: u8 = 14;
const MARGIN: f32 = 10.0;
const FOREGROUND: &str = "#d4d4d4";
const BACKGROUND: &str = "#1e1e1e";
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> Result<()> {
    let pair = native_pty_system().openpty(PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 })?;
    let here = std::env::current_dir()?;
    let mut command = CommandBuilder::new(here.join("target/release/ckeys"));
    command.cwd(here);
    command.arg("--demo");
    command.env("TERM", "xterm-256color");
    command.env("TZ", "UTC");
    command.env_remove("NO_COLOR");
    let mut child = pair.slave.spawn_command(command).context("run `cargo build --release` first")?;
    drop(pair.slave);
    let mut keyboard = pair.master.take_writer()?;
    let mut screen = Screen { parser: Parser::new(ROWS, COLS, 0), output: read(pair.master.try_clone_reader()?) };

    screen.wait_for("Production App")?;
    keyboard.write_all(b"j")?;
    screen.wait_for("Nightly evals")?;
    keyboard.write_all(b"\rjjjjjjjjj")?;
    screen.wait_for("stale after")?;
    println!("{}", svg(screen.parser.screen()));
    keyboard.write_all(b"q")?;
    child.wait()?;
    Ok(())
}

struct Screen {
    parser: Parser,
    output: Receiver<Vec<u8>>,
}

impl Screen {
    fn wait_for(&mut self, text: &str) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while !self.parser.screen().contents().contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(_) => bail!("{text:?} never came:\n{}", self.parser.screen().contents()),
            }
        }
        Ok(())
    }
}

fn read(mut output: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

fn svg(screen: &vt100::Screen) -> String {
    let (width, height) = (f32::from(COLS) * CELL.0 + 2.0 * MARGIN, f32::from(ROWS) * CELL.1 + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"'DejaVu Sans Mono', Menlo, Consolas, ui-monospace, monospace\" font-size=\"{FONT_SIZE}\" xml:space=\"preserve\">\n"
    );
    for row in 0..ROWS {
        let mut col = 0;
        while col < COLS {
            let Some(first) = screen.cell(row, col) else { break };
            let (mut text, mut cells) = (String::new(), 0);
            // Word by word, and a wide character by itself: fonts differ in how wide they draw them.
            while let Some(cell) = screen.cell(row, col + cells).filter(|cell| look(cell) == look(first)) {
                let is_apart = cell.is_wide() || is_blank(cell) != is_blank(first);
                if is_apart && cells > 0 {
                    break;
                }
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                cells += if cell.is_wide() { 2 } else { 1 };
                if cell.is_wide() || col + cells >= COLS {
                    break;
                }
            }
            run(&mut out, first, &text, (row, col, cells));
            col += cells.max(1);
        }
    }
    out.push_str("</g>\n</svg>");
    out
}

fn is_blank(cell: &Cell) -> bool {
    cell.contents().trim().is_empty()
}

/// What two cells share that are drawn in one go.
fn look(cell: &Cell) -> (Color, Color, bool, bool, bool, bool) {
    (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.italic(), cell.underline(), cell.inverse())
}

fn run(out: &mut String, cell: &Cell, text: &str, (row, col, cells): (u16, u16, u16)) {
    let (mut fg, mut bg) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
    if cell.inverse() {
        std::mem::swap(&mut fg, &mut bg);
    }
    let (x, y) = (MARGIN + f32::from(col) * CELL.0, MARGIN + f32::from(row) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    // Writing to a String can't fail.
    if bg != BACKGROUND {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{:.1}\" fill=\"{bg}\" shape-rendering=\"crispEdges\"/>",
            CELL.1
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let mut style = String::new();
    for (is_set, attribute) in [
        (cell.bold(), " font-weight=\"bold\""),
        (cell.italic(), " font-style=\"italic\""),
        (cell.underline(), " text-decoration=\"underline\""),
    ] {
        if is_set {
            style.push_str(attribute);
        }
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let baseline = y + CELL.1 * 0.75;
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{baseline:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{fg}\"{style}>{text}</text>"
    );
}

fn colour(colour: Color, default: &str) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Idx(index @ 16..=231) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let cube = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        Color::Idx(index @ 232..) => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        // The sixteen of the terminal's own theme are not used where there are more.
        Color::Default | Color::Idx(_) => default.to_owned(),
    }
}
