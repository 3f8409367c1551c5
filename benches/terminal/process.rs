//! What the system knows of a process: its memory, and how often it did something. On Linux alone.

use std::fs;

use anyhow::{Context as _, Result};

/// Megabytes of 1024 · 1024 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) now: f64,
    pub(crate) peak: f64,
}

/// How much a process did, in all of its threads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    /// In hundredths of a second, as the system counts.
    pub(crate) ticks: u64,
    /// How often a thread went to sleep: as often as it was woken up.
    pub(crate) sleeps: u64,
}

impl Work {
    pub(crate) fn since(self, before: &Self) -> Self {
        // A thread that ended takes what it did along.
        let sleeps = self.sleeps.saturating_sub(before.sleeps);
        Self { ticks: self.ticks.saturating_sub(before.ticks), sleeps }
    }
}

pub(crate) fn memory(id: u32) -> Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let megabytes =
        |name| number(&status, name).map(|kilobytes| f64::from(u32::try_from(kilobytes).unwrap_or(u32::MAX)) / 1024.0);
    Ok(Memory { now: megabytes("VmRSS:")?, peak: megabytes("VmHWM:")? })
}

pub(crate) fn work(id: u32) -> Result<Work> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| Ok::<u64, anyhow::Error>(fields.get(at).context("no times")?.parse()?);
    let mut sleeps = 0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        // A thread may end meanwhile.
        if let Ok(status) = fs::read_to_string(thread?.path().join("status")) {
            sleeps += number(&status, "voluntary_ctxt_switches:")?;
        }
    }
    Ok(Work { ticks: ticks(11)? + ticks(12)?, sleeps })
}

fn number(status: &str, name: &str) -> Result<u64> {
    let line = status.lines().find(|line| line.starts_with(name)).context("an unknown system")?;
    Ok(line.split_whitespace().nth(1).context("no number")?.parse()?)
}
