//! Others that are chosen for being fast, where they are installed.

use std::process::{Command as Process, Stdio};
use std::time::Duration;

use anyhow::Result;

use crate::figures::{Samples, Table, short};
use crate::parts::QUIET;
use crate::pty::{Command, Pty};
use crate::world::World;

/// One of them, and what of it is on the screen when it is ready.
struct Peer {
    name: &'static str,
    command: String,
    ready: &'static str,
    /// Where it filters what is typed, without a key before.
    filters: bool,
    down: &'static str,
}

pub(crate) fn peers(world: &World, table: &mut Table) -> Result<()> {
    let file = world.csv(100_000)?.display().to_string();
    let peers = [
        Peer {
            name: "csvlens",
            command: format!("csvlens {file}"),
            ready: "search-prod",
            filters: false,
            down: "\x1b[B",
        },
        Peer { name: "gitui", command: "gitui".to_owned(), ready: "Status", filters: false, down: "\x1b[B" },
        Peer { name: "fzf", command: format!("fzf < {file}"), ready: "100001/100001", filters: true, down: "\x1b[A" },
        Peer { name: "sk", command: format!("sk < {file}"), ready: "100001/100001", filters: true, down: "\x1b[A" },
    ];
    for peer in peers {
        let mut version = Process::new(peer.name);
        version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if !version.status().is_ok_and(|status| status.success()) {
            table.known(peer.name, "not installed".to_owned());
            continue;
        }
        let command = Command::new(&["sh", "-c", &peer.command]);
        let mut starts = Samples::default();
        for _ in 0..5 {
            starts.add_time(Pty::start(&command)?.sees(peer.ready)?);
        }
        let mut pty = Pty::start(&command)?;
        pty.sees(peer.ready)?;
        pty.rests_for(Duration::from_secs(1))?;
        let mut moves = Samples::default();
        for _ in 0..30 {
            if let Some(pressed) = pty.press(peer.down, QUIET)? {
                moves.add_time(pressed.last);
            }
        }
        let mut figure = format!("ready {} ms, Down {} ms", short(starts.median()), short(moves.median()));
        if peer.filters {
            let mut typed = Samples::default();
            for key in ["p", "r", "o", "\x7f", "\x7f", "\x7f"].repeat(5) {
                if let Some(pressed) = pty.press(key, Duration::from_millis(800))? {
                    typed.add_time(pressed.last);
                }
            }
            let (median, most) = (short(typed.median()), short(typed.most()));
            figure = format!("{figure}, a filter character {median} ms, at most {most} ms");
        }
        table.known(peer.name, figure);
    }
    Ok(())
}
