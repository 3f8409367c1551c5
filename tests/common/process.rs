//! Other processes: waiting for what they do, and for their end.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};

/// Longer than anything here takes, so that only a fault meets it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what `ask` finds.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "{what} did not happen");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The process whose id is the one line of `file`, once that is written.
pub(crate) fn id_in(file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(file).ok()?;
    Pid::from_raw(text.strip_suffix('\n')?.parse().unwrap())
}

/// Whether a process has ended. One that nobody asks after may stay as a zombie.
pub(crate) fn is_gone(process: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    let is_zombie = status.is_ok_and(|status| status.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")));
    is_zombie || test_kill_process(process).is_err()
}
