//! What a panic says: where and why, without keys, and what it may mean for the user's own.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::borrow::Cow;
use std::io::Write as _;
use std::panic::{self, PanicHookInfo};

use crate::redact;
use crate::text::Text;

/// From now on, every panic of this process is told so. Nobody knows what a fault has in its hands: the standard library
/// quotes the text that an index was wrong for.
pub fn guard() {
    panic::set_hook(Box::new(|panic| {
        let words = fault(panic);
        let trace = Backtrace::capture();
        let mut stderr = std::io::stderr().lock();
        // There is nobody else to tell.
        let _ = match trace.status() {
            BacktraceStatus::Captured => writeln!(stderr, "{words}\n{trace}"),
            _ => writeln!(stderr, "{words}"),
        };
    }));
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
