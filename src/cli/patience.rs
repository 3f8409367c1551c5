//! The time that a command has for waiting on reads.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// What is left of it. Reads that run side by side use the same time, and what passes between reads, such as a
/// person's thinking, is not counted.
#[derive(Debug)]
pub(super) struct Patience {
    /// When nothing is under way.
    left: Cell<Duration>,
    under_way: Cell<usize>,
    /// While something is under way: when all of it has to end.
    deadline: Cell<Instant>,
}

impl Patience {
    /// With `left` before it is over.
    pub(super) fn new(left: Duration) -> Self {
        Self { left: Cell::new(left), under_way: Cell::new(0), deadline: Cell::new(Instant::now()) }
    }

    /// A read begins; when it has to end.
    pub(super) fn begin(&self, now: Instant) -> Instant {
        if self.under_way.get() == 0 {
            self.deadline.set(now + self.left.get());
        }
        self.under_way.set(self.under_way.get() + 1);
        self.deadline.get()
    }

    /// A read has ended.
    pub(super) fn end(&self, now: Instant) {
        self.under_way.set(self.under_way.get().saturating_sub(1));
        if self.under_way.get() == 0 {
            self.left.set(self.deadline.get().saturating_duration_since(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_side_by_side_count_once_and_pauses_not_at_all() {
        let patience = Patience::new(Duration::from_secs(10));
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(patience.begin(at(0)), at(10));
        assert_eq!(patience.begin(at(1)), at(10));
        patience.end(at(3));
        assert_eq!(patience.begin(at(3)), at(10));
        patience.end(at(4));
        patience.end(at(4));
        // A question stays unanswered for a minute.
        assert_eq!(patience.begin(at(64)), at(70), "6 s are left");
        patience.end(at(75));
        assert_eq!(patience.begin(at(80)), at(80), "none is left");
    }
}
