//! The program as its user feels it, measured in a pseudo-terminal of 120 by 40 and against a service in another process,
//! beside the barest programs that could do the same, and beside others where they are installed:
//!
//! ```sh
//! cargo bench --bench terminal                 # the whole table
//! cargo bench --bench terminal -- start keys   # these parts of it
//! ```
//!
//! Parts: `start`, `list`, `keys`, `search`, `idle`, `memory`, `bytes`, `sweep`, `large`, `size`, `peers`. What is
//! compared runs by turns, so that a busy machine is busy for both. It ends with exit code 1 where a goal was missed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is its output")]

mod figures;
mod parts;
mod peers;
mod process;
mod pty;
mod world;

use std::process::ExitCode;

use anyhow::Result;

use figures::Table;
use world::World;

type Part = fn(&World, &mut Table) -> Result<()>;

const PARTS: [(&str, Part); 11] = [
    ("start", parts::start),
    ("list", parts::list),
    ("keys", parts::keys),
    ("search", parts::search),
    ("idle", parts::idle),
    ("memory", parts::memory),
    ("bytes", parts::bytes),
    ("sweep", parts::sweep),
    ("large", parts::large),
    ("size", parts::size),
    ("peers", peers::peers),
];

fn main() -> Result<ExitCode> {
    if !cfg!(target_os = "linux") {
        println!("Nothing is measured here: the figures of processes are Linux's.");
        return Ok(ExitCode::SUCCESS);
    }
    // `cargo bench` itself adds an option.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let world = World::new()?;
    let mut table = Table::default();
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            part(&world, &mut table)?;
        }
    }
    println!("{}", table.markdown());
    let missed = table.missed();
    println!("{missed} goals were missed.");
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
