//! The limit that the program is measured against: a table of ratatui's and nothing else. It reads a CSV file, draws the
//! rows in sight, and waits for keys, on one thread:
//!
//! ```sh
//! cargo run --release --example bare_table keys.csv
//! ```

use std::io::{self, BufWriter, Write as _};

use anyhow::{Context as _, Result};
use crossterm::event::{Event, KeyCode, read};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Constraint;
use ratatui::style::Style;
use ratatui::widgets::{Row, Table};

const WIDTHS: [u16; 6] = [8, 40, 10, 18, 18, 10];

fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("which CSV file?")?;
    let text = std::fs::read_to_string(path)?;
    let mut rows: Vec<&str> = text.lines().collect();
    let head: Vec<&str> = rows.remove(0).split(',').collect();
    enable_raw_mode()?;
    let mut output = BufWriter::with_capacity(64 << 10, io::stdout());
    execute!(output, EnterAlternateScreen)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(output))?;
    let (mut selected, mut top, mut page) = (0_usize, 0_usize, 1);
    loop {
        terminal.draw(|frame| {
            page = usize::from(frame.area().height).saturating_sub(1).max(1);
            top = top.clamp((selected + 1).saturating_sub(page), selected);
            let in_sight = rows.iter().enumerate().skip(top).take(page).map(|(at, row)| {
                let style = if at == selected { Style::new().reversed() } else { Style::new() };
                Row::new(row.split(',').collect::<Vec<_>>()).style(style)
            });
            let table = Table::new(in_sight, WIDTHS.map(Constraint::Length)).header(Row::new(head.clone()));
            frame.render_widget(table, frame.area());
        })?;
        let Event::Key(key) = read()? else { continue };
        let last = rows.len().saturating_sub(1);
        match key.code {
            KeyCode::Down => selected = (selected + 1).min(last),
            KeyCode::Up => selected = selected.saturating_sub(1),
            KeyCode::PageDown => selected = (selected + page - 1).min(last),
            KeyCode::Char('q') => break,
            _ => {}
        }
    }
    disable_raw_mode()?;
    execute!(io::stdout(), LeaveAlternateScreen)?;
    Ok(io::stdout().flush()?)
}
