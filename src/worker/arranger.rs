//! Arranges many keys on a thread of its own, which the network never waits for, and which sleeps while there is nothing to
//! arrange.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::Context as _;

use crate::app::arrange::{Arrangement, Wanted};
use crate::app::request::RequestId;

/// A handle to the thread. It ends once the handle is dropped.
#[derive(Debug)]
pub(super) struct Arranger {
    jobs: Sender<(RequestId, Box<Wanted>)>,
    /// The newest of what was asked for: what is older is not finished.
    newest: Arc<AtomicU64>,
}

impl Arranger {
    /// Starts the thread; `done` gets what it made.
    ///
    /// # Errors
    /// Where the system has no thread for it.
    pub(super) fn start(done: impl Fn(RequestId, Arrangement) + Send + 'static) -> anyhow::Result<Self> {
        let (jobs, queue) = channel();
        let newest = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&newest);
        let run = move || work(&queue, &current, &done);
        thread::Builder::new().name("arranger".into()).spawn(run).context("No background task could be started")?;
        Ok(Self { jobs, newest })
    }

    /// Has this arranged in place of what was asked for before.
    pub(super) fn arrange(&self, request: RequestId, wanted: Box<Wanted>) {
        self.newest.store(request.0, Ordering::Relaxed);
        // The thread ends with the program, or by a panic, which ends the program.
        let _ = self.jobs.send((request, wanted));
    }
}

fn work(queue: &Receiver<(RequestId, Box<Wanted>)>, newest: &AtomicU64, done: &impl Fn(RequestId, Arrangement)) {
    while let Ok((request, wanted)) = queue.recv() {
        let is_wanted = || newest.load(Ordering::Relaxed) == request.0;
        if is_wanted()
            && let Some(arrangement) = wanted.arrange(is_wanted)
        {
            done(request, arrangement);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::api::model::Scope;
    use crate::app::arrange::Listing;
    use crate::app::list::KeyList;
    use crate::app::order::{Order, SortColumn};
    use crate::query::Query;
    use crate::status::{Tab, Thresholds};

    #[test]
    fn what_is_superseded_is_not_finished_and_the_newest_is() {
        let (sender, made) = channel();
        let (go, gate) = channel::<()>();
        let arranger = Arranger::start(move |request, _| {
            let _ = sender.send(request);
            let _ = gate.recv();
        })
        .unwrap();
        let wanted = || {
            let list =
                Listing { scope: Scope::Organization, name: String::new(), keys: KeyList::default(), known: None };
            Box::new(Wanted {
                lists: vec![list],
                tab: Tab::All,
                order: Order { sort: SortColumn::Name, descending: false },
                query: Query::default(),
                now: jiff::Timestamp::UNIX_EPOCH,
                thresholds: Thresholds::default(),
                earlier: None,
            })
        };
        arranger.arrange(RequestId(1), wanted());
        assert_eq!(made.recv().unwrap(), RequestId(1));
        // While it is held up with the first one, three more are asked for.
        (2..=4).for_each(|request| arranger.arrange(RequestId(request), wanted()));
        drop(go);
        assert_eq!(made.recv().unwrap(), RequestId(4));
        drop(arranger);
        assert!(made.recv().is_err(), "the thread ended, and made nothing else");
    }
}
