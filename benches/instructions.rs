//! How many instructions the hot functions take: unlike times, that does not depend on what else a machine does. Each is
//! held against the budget in `benches/instructions.budget`:
//!
//! ```sh
//! cargo bench --bench instructions              # compares; exit code 1 beyond the budget
//! cargo bench --bench instructions -- --record  # writes the budget anew
//! ```
//!
//! valgrind counts them; where it is not installed, nothing is compared, and that is said. Each function is called once and
//! three times, so that what comes before and after does not count.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are its output")]

#[path = "common/data.rs"]
mod data;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};
use confident_keys::app::facts::Facts;
use confident_keys::app::list::KeyList;
use confident_keys::app::message::{Event, Message};
use confident_keys::app::order::SortColumn;
use confident_keys::app::update;
use confident_keys::bench;
use confident_keys::status::Thresholds;
use confident_keys::ui;
use confident_keys::ui::theme::{Colours, Theme};
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;

const BUDGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.budget");

/// By so much a function may be beyond its budget: hash tables are seeded anew each time, and compilers change.
const TOLERANCE: f64 = 1.05;

const KEYS: usize = 10_000;

/// Prepares something that is then done so many times.
type Case = fn(usize);

const CASES: [(&str, Case); 10] = [
    ("parse", |times| {
        let answer = data::answer(KEYS);
        repeat(times, || bench::read_keys(answer.as_bytes()));
    }),
    ("stand", |times| {
        let list = KeyList::from(data::keys(KEYS));
        repeat(times, || Facts::of(&list, data::now(), &Thresholds::default()).counts);
    }),
    ("sort by time", |times| sort(times, SortColumn::LastUsed)),
    ("sort by name", |times| sort(times, SortColumn::Name)),
    ("filter", |times| filter(times, "p", "")),
    ("filter on", |times| filter(times, "prod-", "prod")),
    ("view", |times| {
        let app = data::app(KEYS);
        let theme = Theme::new(Colours::Many, false);
        let mut buffer = Buffer::empty(data::AREA);
        repeat(times, || {
            buffer.reset();
            ui::view(&app, theme, &mut buffer)
        });
    }),
    ("down until it is drawn", |times| {
        let mut app = data::app(KEYS);
        let theme = Theme::new(Colours::Many, false);
        let mut screen = bench::Screen::new();
        screen.draw(&app, theme, (data::AREA.width, data::AREA.height));
        repeat(times, || {
            data::press(&mut app, KeyCode::Down);
            screen.draw(&app, theme, (data::AREA.width, data::AREA.height))
        });
    }),
    ("update: down", |times| {
        let mut app = data::app(KEYS);
        repeat(times, || data::press(&mut app, KeyCode::Down));
    }),
    ("update: tick", |times| {
        let mut app = data::app(KEYS);
        repeat(times, || update(&mut app, Message { at: data::now(), event: Event::Tick }));
    }),
];

fn repeat<T>(times: usize, mut work: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(work());
    }
}

fn sort(times: usize, column: SortColumn) {
    let earlier = data::arranged(KEYS, "");
    repeat(times, || data::wanted(KEYS, column, "", earlier.clone()).arrange(|| true));
}

fn filter(times: usize, text: &str, before: &str) {
    let earlier = data::arranged(KEYS, before);
    repeat(times, || data::wanted(KEYS, SortColumn::Created, text, earlier.clone()).arrange(|| true));
}

fn main() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [name, times] = &words[..]
        && let Some((_, case)) = CASES.iter().find(|(case, _)| case == name)
    {
        case(times.parse()?);
        return Ok(ExitCode::SUCCESS);
    }
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("Not compared: there is no valgrind here.");
        return Ok(ExitCode::SUCCESS);
    }
    let mut counts = BTreeMap::new();
    for (name, _) in CASES {
        let (once, thrice) = (count(name, 1)?, count(name, 3)?);
        counts.insert(name, thrice.saturating_sub(once) / 2);
    }
    if words.iter().any(|word| word == "--record") {
        let mut text = String::new();
        for (name, count) in &counts {
            writeln!(text, "{count} {name}")?;
        }
        std::fs::write(BUDGET, text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let text = std::fs::read_to_string(BUDGET).context("there is no budget: --record writes one")?;
    let budget = text.lines().filter_map(|line| line.split_once(' '));
    let budget: BTreeMap<&str, u64> = budget.filter_map(|(count, name)| Some((name, count.parse().ok()?))).collect();
    ensure!(budget.keys().eq(counts.keys()), "the budget is of other functions: --record writes it anew");
    let mut is_within = true;
    for (name, count) in counts {
        let allowed = budget.get(name).copied().unwrap_or_default();
        let share = ratio(count, allowed);
        let verdict = if share <= TOLERANCE { "within the budget" } else { "BEYOND THE BUDGET" };
        is_within &= share <= TOLERANCE;
        println!("{name:16} {count:>12} of {allowed:>12} ({share:.3}): {verdict}");
    }
    Ok(if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A quotient of numbers that are no longer exact beyond what matters here.
#[expect(clippy::cast_precision_loss, reason = "three digits of it are shown")]
fn ratio(count: u64, allowed: u64) -> f64 {
    count as f64 / allowed as f64
}

/// How many instructions this program takes to do `name` so many times.
fn count(name: &str, times: usize) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    let output = valgrind.arg(std::env::current_exe()?).args([name, &times.to_string()]).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {text}");
    let collected =
        text.lines().find_map(|line| line.split("Collected : ").nth(1)).context("valgrind counted nothing")?;
    eprintln!("{name} {times}: {collected}");
    Ok(collected.trim().parse()?)
}
