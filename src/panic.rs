//! What a panic says: where and why, without keys, and what it may mean for the user's own. And what is still done before
//! it ends the program, which happens at once: nothing is unwound, so no `Drop` comes to its turn.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::borrow::Cow;
use std::io::Write as _;
use std::panic::{self, PanicHookInfo};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use crate::redact;
use crate::text::Text;

/// How long is waited, in all, for what is to be done before a panic ends the program.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long the words about a panic may take, which standard error may stop to accept in their middle.
const LONGEST_REPORT: Duration = Duration::from_millis(500);

/// Whether a panic is about to end the program.
static ENDING: AtomicBool = AtomicBool::new(false);

/// What is to be done before a panic ends the program, each with its number.
static DEEDS: Mutex<Vec<(u64, Deed)>> = Mutex::new(Vec::new());

/// Held by the thread that has them done.
static AT_IT: Mutex<()> = Mutex::new(());

type Deed = Box<dyn FnOnce() + Send>;

/// From now on, every panic of this process is told so, and ends it with exit code 101, once what others left to be done
/// by then is. Nobody knows what a fault has in its hands: the standard library quotes the text that an index was wrong
/// for. Where nobody takes the words, the end does not wait for that.
pub fn guard() {
    panic::set_hook(Box::new(|panic| {
        begin_to_end();
        let words = fault(panic);
        let trace = Backtrace::capture();
        let mut stderr = std::io::stderr().lock();
        // There is nobody else to tell.
        let _ = match trace.status() {
            BacktraceStatus::Captured => writeln!(stderr, "{words}\n{trace}"),
            _ => writeln!(stderr, "{words}"),
        };
        end();
    }));
}

/// A panic ends the program from now on: nothing new is begun, and soon it is over, whatever holds up the thread that tells.
pub(crate) fn begin_to_end() {
    if !ENDING.swap(true, Ordering::SeqCst) {
        // Without that thread, the end comes with the words'.
        let _ = thread::Builder::new().name("end".into()).spawn(|| {
            thread::sleep(LONGEST_REPORT);
            end();
        });
    }
}

/// Whether a panic is about to end the program.
pub(crate) fn is_ending() -> bool {
    ENDING.load(Ordering::SeqCst)
}

/// Ends the program as a panic does, once what is to be done before is.
pub(crate) fn end() -> ! {
    have_done();
    process::exit(101)
}

/// Has this done where a panic ends the program, unless what it gives is dropped before. On a thread of its own, beside what
/// else is to be done then, and with half a second for all; other threads may go on meanwhile.
#[must_use]
pub(crate) fn before_the_end(deed: impl FnOnce() + Send + 'static) -> BeforeTheEnd {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    deeds().push((number, Box::new(deed)));
    BeforeTheEnd(number)
}

/// Dropped, it takes back what was to be done before a panic ends the program.
#[derive(Debug)]
pub(crate) struct BeforeTheEnd(u64);

impl BeforeTheEnd {
    /// Takes it back; false where it was begun already.
    pub(crate) fn take_back(&self) -> bool {
        let mut deeds = deeds();
        let at = deeds.iter().position(|(number, _)| *number == self.0);
        let deed = at.map(|at| deeds.swap_remove(at));
        // What it holds may want the list, too.
        drop(deeds);
        deed.is_some()
    }
}

impl Drop for BeforeTheEnd {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Does what is to be done before a panic ends the program. Where another thread is at it, waits for that.
pub(crate) fn have_done() {
    let _at_it = AT_IT.lock().unwrap_or_else(PoisonError::into_inner);
    let deeds = std::mem::take(&mut *deeds());
    let (doing, done) = mpsc::channel::<()>();
    for (_, deed) in deeds {
        let doing = doing.clone();
        let run = move || {
            deed();
            drop(doing);
        };
        // There is nobody to tell of a thread that can't be had.
        let _ = thread::Builder::new().name("end".into()).spawn(run);
    }
    drop(doing);
    // Nothing is ever sent: all is done when the other ends are gone.
    let _ = done.recv_timeout(PATIENCE);
}

fn deeds() -> MutexGuard<'static, Vec<(u64, Deed)>> {
    DEEDS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn fault(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let payload = panic.payload();
    let reason = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    let reason = reason.unwrap_or("no reason was given");
    let reason = redact::of_fault(reason).unwrap_or(Cow::Borrowed("its reason can't be told"));
    let reason: Vec<_> = reason.lines().map(|line| Text::from(line).to_string()).collect();
    format!(
        "ckeys: A fault in ckeys, at {}: {}\nA change that was being made may have happened: `ckeys journal` and \
         `ckeys list` show what is known of it.",
        Text::from(place),
        reason.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Other tests may have the same list done at any time.
    #[test]
    fn what_is_to_be_done_before_the_end_is_done_once_unless_it_was_taken_back() {
        let done = [0; 3].map(|_| Arc::new(AtomicUsize::new(0)));
        let add = |at: usize| {
            let done = Arc::clone(&done[at]);
            before_the_end(move || _ = done.fetch_add(1, Ordering::SeqCst))
        };
        let _kept = [add(0), add(1)];
        have_done();
        let _late = add(2);
        have_done();
        have_done();
        let counts = || done.each_ref().map(|done| done.load(Ordering::SeqCst));
        // On a busy machine, that was not waited for.
        while counts().contains(&0) {
            thread::yield_now();
        }
        assert_eq!(counts(), [1, 1, 1]);
        let taken_back = Arc::new(());
        drop(before_the_end({
            let held = Arc::clone(&taken_back);
            move || drop(held)
        }));
        // Another test may have it done in this moment.
        while Arc::strong_count(&taken_back) > 1 {
            thread::yield_now();
        }
    }

    #[test]
    fn what_takes_too_long_is_not_waited_for() {
        let (lasting, waits) = mpsc::channel::<()>();
        let _stuck = before_the_end(move || _ = waits.recv());
        let begun = std::time::Instant::now();
        have_done();
        assert!(begun.elapsed() < 20 * PATIENCE);
        drop(lasting);
    }
}
