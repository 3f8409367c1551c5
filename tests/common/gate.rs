//! Who sits before a terminal: reads what a program writes, looks away for a while, or leaves.

use std::sync::{Arc, Condvar, Mutex};

/// Between the thread that reads a terminal and the test.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Reads,
    Hangs,
    Leaves,
}

impl Gate {
    fn set(&self, state: State) {
        *self.0.0.lock().unwrap() = state;
        self.0.1.notify_all();
    }

    /// Nobody reads what the program writes, from its next write on.
    pub(crate) fn hangs(&self) {
        self.set(State::Hangs);
    }

    /// All is read again.
    pub(crate) fn goes_on(&self) {
        self.set(State::Reads);
    }

    /// Reading ends for good at the program's next write.
    pub(crate) fn leaves(&self) {
        self.set(State::Leaves);
    }

    /// For the reading thread: waits as long as nothing is to be read; `false`: never again.
    pub(crate) fn passes(&self) -> bool {
        *self.0.1.wait_while(self.0.0.lock().unwrap(), |state| *state == State::Hangs).unwrap() == State::Reads
    }
}
