//! The limit that the program is measured against where keys are read: the same HTTP client without retries, versions,
//! errors and checks, and one table that is drawn twice, empty and filled.
//!
//! ```sh
//! cargo run --release --example bare_client URL
//! cargo run --release --example bare_client URL list
//! ```

#![expect(clippy::print_stdout, reason = "a list is its output")]

use std::io::{self, BufWriter};

use anyhow::{Context as _, Result};
use crossterm::event::read;
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Constraint;
use ratatui::widgets::{Block, Row, Table};
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    api_keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    id: i64,
    name: Option<String>,
    value: String,
}

type Cells = [String; 3];

fn main() -> Result<()> {
    let url = std::env::args().nth(1).context("which address?")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if std::env::args().nth(2).is_some() {
        for row in runtime.block_on(keys(&url))? {
            println!("{}", row.join("\t"));
        }
        return Ok(());
    }
    enable_raw_mode()?;
    let mut output = BufWriter::with_capacity(64 << 10, io::stdout());
    execute!(output, EnterAlternateScreen)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(output))?;
    let mut draw = |rows: &[Cells], title: &str| {
        terminal.draw(|frame| {
            let in_sight =
                rows.iter().take(frame.area().height.into()).map(|row| Row::new(row.iter().map(String::as_str)));
            let table = Table::new(in_sight, [8, 40, 24].map(Constraint::Length))
                .block(Block::bordered().title(title.to_owned()));
            frame.render_widget(table, frame.area());
        })?;
        Ok::<_, io::Error>(())
    };
    draw(&[], "reading")?;
    draw(&runtime.block_on(keys(&url))?, "read")?;
    read()?;
    disable_raw_mode()?;
    Ok(execute!(io::stdout(), LeaveAlternateScreen)?)
}

async fn keys(url: &str) -> Result<Vec<Cells>> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // On loopback, neither root certificates nor a proxy.
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().tcp_nodelay(true).build()?;
    let body = client.get(url).header("CONFIDENT_API_KEY", "none").send().await?.bytes().await?;
    let answer: Answer = serde_json::from_slice(&body)?;
    let row = |key: Key| [key.id.to_string(), key.name.unwrap_or_default(), key.value];
    Ok(answer.data.api_keys.into_iter().map(row).collect())
}
