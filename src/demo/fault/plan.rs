//! Which faults are left, and what the service was asked.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::Method;
use tokio::sync::watch;

use super::{Fault, Times};

/// How many requests are remembered; the oldest are forgotten first.
pub(in crate::demo) const MAX_RECEIVED: usize = 10_000;

/// A request as it reached the embedded service, before anything was done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// In capitals, such as `POST`.
    pub method: String,
    /// As it was sent, without a query.
    pub path: String,
    /// What went wrong with it on demand.
    pub fault: Option<Fault>,
}

impl fmt::Display for Received {
    /// `POST /v1/organization/api-keys`, and nothing of the fault.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// The faults of one service and the requests that it met them with, shared by its connections.
#[derive(Debug, Clone, Default)]
pub(in crate::demo) struct Faults(Arc<Mutex<State>>);

/// That the faults, as they were when a request was met, are replaced.
pub(super) struct Replaced(watch::Receiver<()>);

impl Replaced {
    /// Waits for it.
    pub(super) async fn happens(mut self) {
        // A sender that is gone means that the service is.
        _ = self.0.changed().await;
    }
}

#[derive(Debug, Default)]
struct State {
    /// In the order they are tried.
    faults: Vec<Pending>,
    received: VecDeque<Received>,
    /// Told of each replacement.
    replaced: watch::Sender<()>,
}

#[derive(Debug)]
struct Pending {
    fault: Fault,
    /// How many requests that fit still pass.
    skip: u32,
    /// How many more are met; None for all.
    times: Option<u32>,
}

impl Pending {
    /// Whether the request is met, which is counted.
    fn takes(&mut self, method: &Method, path: &str) -> bool {
        if self.times == Some(0) || !self.fault.fits(method, path) {
            return false;
        }
        if let Some(skip) = self.skip.checked_sub(1) {
            self.skip = skip;
            return false;
        }
        self.times = self.times.map(|times| times - 1);
        true
    }
}

impl Faults {
    pub(in crate::demo) fn new(faults: &[Fault]) -> Self {
        let plan = Self::default();
        plan.replace(faults);
        plan
    }

    /// Forgets what was left of the faults, and counts these from the start.
    pub(in crate::demo) fn replace(&self, faults: &[Fault]) {
        let mut state = self.state();
        state.faults = faults
            .iter()
            .map(|fault| {
                let times = match fault.times {
                    Times::Always => None,
                    Times::Of(times) => Some(times.get()),
                };
                Pending { fault: fault.clone(), skip: fault.skip, times }
            })
            .collect();
        state.replaced.send_replace(());
    }

    /// What was asked so far, the oldest first.
    pub(in crate::demo) fn received(&self) -> Vec<Received> {
        self.state().received.iter().cloned().collect()
    }

    /// Remembers a request, and tells what is to go wrong with it.
    pub(super) fn meet(&self, method: &Method, path: &str) -> Option<(Fault, Replaced)> {
        let mut state = self.state();
        let fault =
            state.faults.iter_mut().find_map(|pending| pending.takes(method, path).then(|| pending.fault.clone()));
        if state.received.len() == MAX_RECEIVED {
            state.received.pop_front();
        }
        let received = Received { method: method.to_string(), path: path.to_owned(), fault: fault.clone() };
        state.received.push_back(received);
        fault.map(|fault| (fault, Replaced(state.replaced.subscribe())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of one GET after the other: the first word of the fault, or nothing.
    fn story(faults: &[&str], requests: usize) -> Vec<String> {
        let faults: Vec<Fault> =
            faults.iter().map(|spec| spec.parse().unwrap_or_else(|error| panic!("{spec}: {error}"))).collect();
        let plan = Faults::new(&faults);
        let fault = |fault: Option<Fault>| fault.map_or_else(String::new, |fault| fault.to_string());
        let meet = || plan.meet(&Method::GET, "/v1/projects").map(|(fault, _)| fault);
        let story: Vec<_> = (0..requests).map(|_| fault(meet())).collect();
        let received: Vec<_> = plan.received().into_iter().map(|received| fault(received.fault)).collect();
        assert_eq!(story, received);
        story.iter().map(|fault| fault.trim_start_matches("* * ").to_owned()).collect()
    }

    #[test]
    fn faults_come_in_order_and_are_used_up() {
        assert_eq!(story(&["drop", "cut"], 4), ["drop", "cut", "", ""]);
        assert_eq!(story(&["drop,times=2", "cut"], 4), ["drop,times=2", "drop,times=2", "cut", ""]);
        assert_eq!(story(&["drop,times=always", "cut"], 3), ["drop,times=always"; 3]);
        // Only what no earlier fault took is skipped.
        assert_eq!(story(&["drop", "cut,skip=1"], 4), ["drop", "", "cut,skip=1", ""]);
        assert_eq!(story(&["cut,skip=1", "drop"], 4), ["drop", "cut,skip=1", "", ""]);
        assert_eq!(story(&["POST drop", "/v1 cut"], 2), ["", ""]);
    }

    #[test]
    fn the_oldest_requests_are_forgotten() {
        let plan = Faults::default();
        for number in 0..=MAX_RECEIVED {
            plan.meet(&Method::GET, &format!("/{number}"));
        }
        let received = plan.received();
        assert_eq!(received.len(), MAX_RECEIVED);
        assert_eq!(received.first().map(ToString::to_string), Some("GET /1".to_owned()));
    }
}
