//! The threads beside the loop, which send it what they have.

use std::sync::mpsc::{Receiver, Sender, sync_channel};

use anyhow::Context as _;

use super::{Incoming, WAITING};
use crate::api::Limits;
use crate::config::Connection;
use crate::destination::Means;
use crate::journal::{Journal, JournalError};
use crate::terminal;
use crate::worker::{Access, Done, Worker};

/// Starts the background task.
pub(super) fn start_worker(
    connection: Option<&Connection>,
    journal: Option<Result<Journal, JournalError>>,
    means: Means,
    access: Access,
    sender: &Sender<Incoming>,
) -> anyhow::Result<Worker> {
    let sender = sender.clone();
    Worker::start(connection, Limits::default(), journal, means, Some(access), move |done| {
        // Nobody listens once the loop has ended, and then nothing matters any more.
        let _ = sender.send(match done {
            Done::Event(event) => Incoming::Event(event),
            Done::Write(request, sequence, delivered) => Incoming::Write(request, sequence, delivered),
        });
    })
}

/// Has signals sent to the loop.
pub(super) fn watch_signals(sender: &Sender<Incoming>) -> anyhow::Result<()> {
    let signals = sender.clone();
    terminal::watch_signals(move |signal| {
        let _ = signals.send(Incoming::Signal(signal));
    })
    .context("Signals can't be watched")?;
    Ok(())
}

/// Has keys sent to the loop. What it gives has one entry for each batch of them that waits there.
pub(super) fn read_input(sender: &Sender<Incoming>) -> anyhow::Result<Receiver<()>> {
    let (room, waiting) = sync_channel(WAITING);
    let input = sender.clone();
    terminal::read_input(move |batch| room.send(()).is_ok() && input.send(Incoming::Batch(batch)).is_ok())
        .context("The keyboard can't be read")?;
    Ok(waiting)
}
