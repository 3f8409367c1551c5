//! How far a command is, on standard error, where it takes more than a second and somebody watches.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use super::output::{self, Style};

/// What takes less time needs no words.
const SHOWN_AFTER: Duration = Duration::from_secs(1);
/// How often the line is drawn anew, where it changed.
const TICK: Duration = Duration::from_millis(100);
/// Calls with less between them are one wait; a person who answers a question takes longer.
const GAP: Duration = Duration::from_millis(100);

/// What is waited for.
#[derive(Debug)]
pub(super) struct Progress {
    /// Whether anybody would see it.
    is_on: bool,
    wait: RefCell<Wait>,
}

#[derive(Debug)]
struct Wait {
    /// How many calls run side by side.
    under_way: usize,
    since: Instant,
    ended: Option<Instant>,
    words: String,
}

impl Progress {
    /// On a terminal that can erase a line, unless nobody wants words, or lines are wanted that a screen reader reads:
    /// it would read this one again and again.
    pub(super) fn new(style: Style) -> Self {
        let is_on = !style.is_plain && !output::is_quiet() && !output::is_dumb() && io::stderr().is_terminal();
        Self::of(is_on)
    }

    fn of(is_on: bool) -> Self {
        let wait = Wait { under_way: 0, since: Instant::now(), ended: None, words: String::new() };
        Self { is_on, wait: RefCell::new(wait) }
    }

    /// Something begins that is called `words`, without a mark at their end.
    pub(super) fn begin(&self, words: &str, now: Instant) {
        let mut wait = self.wait.borrow_mut();
        if wait.under_way == 0 && wait.ended.is_none_or(|ended| now.saturating_duration_since(ended) > GAP) {
            wait.since = now;
        }
        wait.under_way += 1;
        words.clone_into(&mut wait.words);
    }

    /// So many of so many scopes are read.
    pub(super) fn count(&self, done: usize, total: usize) {
        if self.is_on && total > 1 {
            self.wait.borrow_mut().words = format!("Read {} of {} scopes", grouped(done), grouped(total));
        }
    }

    /// Something ended that had begun.
    pub(super) fn end(&self, now: Instant) {
        let mut wait = self.wait.borrow_mut();
        wait.under_way = wait.under_way.saturating_sub(1);
        if wait.under_way == 0 {
            wait.ended = Some(now);
            output::erase_line();
        }
    }

    /// Shows it for as long as it is asked to; whatever else is printed erases the line first.
    pub(super) async fn show(&self) -> Infallible {
        if !self.is_on {
            return std::future::pending().await;
        }
        let mut shown = String::new();
        loop {
            tokio::time::sleep(TICK).await;
            match self.line(Instant::now()) {
                Some(line) if line != shown => {
                    output::show_line(&line);
                    shown = line;
                }
                Some(_) => {}
                None => shown.clear(),
            }
        }
    }

    fn line(&self, now: Instant) -> Option<String> {
        let wait = self.wait.borrow();
        let waited = now.saturating_duration_since(wait.since);
        (wait.under_way > 0 && waited > SHOWN_AFTER).then(|| format!("{}… {} s", wait.words, waited.as_secs()))
    }
}

/// `1,001`
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_says_nothing_and_calls_in_a_row_are_one_wait() {
        let progress = Progress::of(true);
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        progress.begin("Reading", at(0));
        assert_eq!(progress.line(at(1000)), None);
        progress.end(at(700));
        assert_eq!(progress.line(at(5000)), None, "nothing is under way");
        progress.begin("Reading", at(750));
        assert_eq!(progress.line(at(1500)).as_deref(), Some("Reading… 1 s"));
        progress.count(40, 1001);
        assert_eq!(progress.line(at(2500)).as_deref(), Some("Read 40 of 1,001 scopes… 2 s"));
        progress.end(at(2600));
        // Somebody thought about a question.
        progress.begin("Waiting for the service", at(9000));
        assert_eq!(progress.line(at(9900)), None);
        assert_eq!(progress.line(at(10_100)).as_deref(), Some("Waiting for the service… 1 s"));
    }

    #[test]
    fn what_runs_side_by_side_ends_with_the_last() {
        let progress = Progress::of(true);
        let start = Instant::now();
        let late = start + Duration::from_secs(3);
        progress.begin("Reading", start);
        progress.begin("Reading", start);
        progress.end(late);
        assert!(progress.line(late).is_some());
        progress.end(late);
        assert!(progress.line(late).is_none());
    }

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 999, 1000, 12_345, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
