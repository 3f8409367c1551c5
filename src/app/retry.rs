//! Reads that failed for a passing reason go on by themselves: after pauses that grow, or once a pause is over that
//! the service asked for.
//!
//! There is one schedule for all reads: what one of them meets, the others would meet as well. Only what is on the
//! screen is read again, and nothing once that succeeded. Failures that stay, such as a refused key, are never repeated.

use jiff::{SignedDuration, Timestamp};

use super::message::Effect;
use super::remote::Remote;
use super::scopes::View;
use super::toast::{Tone, Topic};
use super::{App, Read};
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::Scope;
use crate::operations::Answer;
use crate::time;

/// The longest pause after the first failure; each further one doubles it.
const FIRST: SignedDuration = SignedDuration::from_secs(5);
/// The longest pause of all, but for those that the service asks for.
const LONGEST: SignedDuration = SignedDuration::from_secs(5 * 60);
/// How much later than the service asked for a read comes at most: not everybody comes back in the same moment.
const SPREAD: SignedDuration = SignedDuration::from_secs(3);

/// A time ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pause {
    until: Timestamp,
    /// How long it was when it began.
    length: SignedDuration,
}

impl Pause {
    fn new(now: Timestamp, length: SignedDuration) -> Self {
        // Beyond what a timestamp can tell is far enough.
        Self { until: now.checked_add(length).unwrap_or(Timestamp::MAX), length }
    }

    /// It never gets longer: where the clock was set back, it begins anew.
    fn settle(&mut self, now: Timestamp) {
        if self.until.duration_since(now) > self.length {
            *self = Self::new(now, self.length);
        }
    }
}

/// When reading goes on by itself.
#[derive(Debug)]
pub struct Retry {
    /// How often in a row it failed.
    failures: u32,
    /// When what failed is read again.
    due: Option<Pause>,
    /// Until when the service asked to be left alone.
    held: Option<Pause>,
    /// Whether a scope was chosen meanwhile whose keys were not read for that.
    holds_back: bool,
    /// Whether what is being read was begun by itself.
    is_by_itself: bool,
    /// Draws how much of a pause is waited.
    random: fastrand::Rng,
}

impl Retry {
    /// Nothing is planned. The pauses to come depend on `seed` alone.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            failures: 0,
            due: None,
            held: None,
            holds_back: false,
            is_by_itself: false,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// When what failed is read again by itself, where that is planned.
    pub fn due(&self) -> Option<Timestamp> {
        self.due.map(|pause| pause.until)
    }

    /// Until when the service asked to be left alone, where that is ahead of `now`.
    pub fn held_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.held.map(|pause| pause.until).filter(|until| *until > now)
    }

    /// Forgets all pauses: somebody wants it now.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.draw_seed());
    }

    /// Any number, for another one of these.
    pub(super) fn draw_seed(&mut self) -> u64 {
        self.random.u64(..)
    }

    fn hold(&mut self, now: Timestamp, asked: SignedDuration) {
        let pause = Pause::new(now, asked);
        if self.held.is_none_or(|held| held.until < pause.until) {
            self.held = Some(pause);
        }
    }

    /// What is planned comes no sooner than the service asked for.
    fn respect(&mut self, now: Timestamp) {
        let Some(held) = self.held_until(now) else { return };
        if self.due.is_some_and(|due| due.until < held) {
            self.due = Some(self.after(now, held));
        }
    }

    /// A little after `held`.
    fn after(&mut self, now: Timestamp, held: Timestamp) -> Pause {
        let left = held.duration_since(now);
        Pause::new(now, left + SPREAD.min(left).mul_f64(self.random.f64()))
    }

    fn plan(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let own = match self.failures {
            // The first pause that the service asks for is long enough.
            1 if self.held_until(now).is_some() => SignedDuration::ZERO,
            failures => {
                let longest = (FIRST * (1 << (failures - 1).min(10))).min(LONGEST);
                longest.mul_f64(self.random.f64().mul_add(0.5, 0.5))
            }
        };
        self.due = Some(Pause::new(now, own));
        self.respect(now);
    }
}

impl App {
    /// Why something that is shown could not be read again.
    pub(super) fn shown_error(&self) -> Option<&ApiError> {
        let keys = self.scope_keys().and_then(Remote::error);
        keys.or(self.projects.error()).or(self.organization.error())
    }

    /// Notes a pause that the service asked for: for reads, whatever call it answered like that.
    pub(super) fn note_pause(&mut self, result: &Result<Answer, ApiError>) {
        let errors = match result {
            Err(error) => [Some(error), None],
            Ok(Answer::Lost(lost)) => [lost.error.as_ref(), lost.found.as_ref().err()],
            Ok(Answer::Unsure(unsure)) => [Some(&unsure.error), unsure.now.as_ref().err()],
            Ok(_) => [None, None],
        };
        for asked in errors.into_iter().flatten().filter_map(ApiError::retry_after) {
            self.retry.hold(self.now, asked.try_into().unwrap_or(SignedDuration::MAX));
        }
    }

    /// Whether the chosen scope's keys have to wait, as the service asked to be left alone. They are read afterwards.
    pub(super) fn holds_back(&mut self) -> bool {
        let is_held = self.retry.held_until(self.now).is_some();
        self.retry.holds_back |= is_held;
        is_held
    }

    /// Reads again what failed, where the time for it has come.
    pub(super) fn retry_if_due(&mut self) -> Vec<Effect> {
        let now = self.now;
        for pause in self.retry.due.iter_mut().chain(&mut self.retry.held) {
            pause.settle(now);
        }
        self.retry.respect(now);
        if self.retry.due.take_if(|pause| pause.until <= now).is_none() {
            return Vec::new();
        }
        let mut reads = self.failing();
        let held_back = std::mem::take(&mut self.retry.holds_back) && self.is_old();
        match self.view() {
            View::One(scope) => {
                let chosen = Read::Keys(scope);
                if held_back && !reads.contains(&chosen) {
                    reads.push(chosen);
                }
            }
            // So many at a time, and not all at once.
            View::All => {
                self.sweep(|app, scope| is_failing(app.keys.get(scope)) || (held_back && app.is_scope_old(scope)));
                reads.retain(|read| !matches!(read, Read::Keys(_)));
            }
        }
        self.retry.is_by_itself = !reads.is_empty();
        reads.into_iter().map(|read| self.read(read)).collect()
    }

    /// Plans when reading goes on, once it is known how all that is being read came out.
    pub(super) fn plan_retry(&mut self) {
        if !self.reads.is_empty() {
            return;
        }
        if self.failing().is_empty() && !self.retry.holds_back {
            (self.retry.failures, self.retry.due) = (0, None);
        } else if self.retry.due.is_none() {
            self.retry.plan(self.now);
        }
        self.retry.respect(self.now);
    }

    /// What is shown, failed for a passing reason, and is not being read.
    fn failing(&self) -> Vec<Read> {
        let mut reads = Vec::new();
        if is_failing(Some(&self.organization)) {
            reads.push(Read::Organization);
        }
        if is_failing(Some(&self.projects)) {
            reads.push(Read::Projects);
        }
        let is_failing = |scope: &Scope| is_failing(self.keys.get(scope));
        match self.view() {
            View::One(scope) if is_failing(&scope) => reads.push(Read::Keys(scope)),
            View::One(_) => {}
            View::All => reads.extend(self.all_scopes().filter(is_failing).map(Read::Keys)),
        }
        reads
    }

    /// Tells why something that is shown could not be read again: once, when nothing is being read any more, and not
    /// each time that it is tried again by itself.
    pub(super) fn tell_read_error(&mut self) {
        if !self.reads.is_empty() {
            return;
        }
        let by_itself = std::mem::take(&mut self.retry.is_by_itself);
        match self.read_error.take() {
            Some(error) => {
                let text = self.read_error_words(&error);
                if by_itself && error.may_pass() {
                    self.toasts.replace_about(Topic::Reading, text);
                } else {
                    self.toasts.push_about(Topic::Reading, Tone::Error, text);
                }
            }
            None if self.shown_error().is_none() => {
                self.toasts.take_back(Topic::Reading);
            }
            None => {}
        }
    }

    fn read_error_words(&self, error: &ApiError) -> String {
        let mut text = "Could not read again; what is shown is older.".to_owned();
        let by_itself = error.may_pass().then_some("It is tried again by itself.");
        let summary = format!("{}.", error.summary().trim_end_matches('.'));
        for sentence in [Some(summary.as_str()), self.read_advice(error).as_deref(), by_itself].into_iter().flatten() {
            text.push(' ');
            text.push_str(sentence);
        }
        text
    }

    /// What to do about a read that failed, beside waiting for it to be tried again.
    pub fn read_advice(&self, error: &ApiError) -> Option<String> {
        match &error.kind {
            ErrorKind::Status(status) if status.is_page => Some(error.advice().to_owned()),
            ErrorKind::Status(status) if status.status == 401 && self.was_accepted() => Some(self.no_longer()),
            ErrorKind::Status(_) if error.is_unauthorized() => {
                Some(format!("{} The key comes from {}.", error.advice(), self.in_force.key.words()))
            }
            ErrorKind::Status(status) if status.status == 503 && status.message.is_some() => {
                Some("Maintenance changes no keys.".to_owned())
            }
            // These say to try again, and that is done.
            ErrorKind::Status(_) | ErrorKind::Timeout { sent: true, .. } | ErrorKind::Broken(_) if error.may_pass() => {
                None
            }
            _ => Some(error.advice().to_owned()),
        }
    }

    /// What is said of a key that was accepted and is not any more.
    pub(super) fn no_longer(&self) -> String {
        let renewal = self.in_force.key.renewal(&self.in_force.advice());
        format!(
            "It was accepted before, so it was probably deactivated or deleted, or has expired: nothing can be read or \
             changed with it. {renewal}"
        )
    }

    /// When the write that failed with `error` may be tried again, where the service asked to wait.
    pub fn write_outlook(&self, error: &ApiError) -> Option<String> {
        error.retry_after()?;
        Some(match self.retry.held_until(self.now) {
            Some(until) => {
                format!("The service asks to wait: try again in {}.", time::countdown(until, self.now))
            }
            None => "The pause that the service asked for is over: try again now.".to_owned(),
        })
    }

    /// When a countdown on the screen shows another number.
    pub(super) fn countdown_changes(&self) -> Option<Timestamp> {
        if self.size.is_too_small() {
            return None;
        }
        let error = self.dialog.as_ref().and_then(super::dialog::Dialog::error);
        let held = error.and_then(ApiError::retry_after).and_then(|_| self.retry.held_until(self.now));
        let ends = [self.retry.due(), held, self.pause_ends()].into_iter().flatten();
        ends.filter(|end| *end > self.now).map(|end| time::countdown_changes(end, self.now)).min()
    }
}

fn is_failing<T>(remote: Option<&Remote<T>>) -> bool {
    remote.is_some_and(|remote| !remote.is_loading() && remote.error().is_some_and(ApiError::may_pass))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest_and_are_never_shorter_than_half_of_that() {
        let now = Timestamp::UNIX_EPOCH;
        let mut drawn = Vec::new();
        for seed in 0..50 {
            let mut retry = Retry::new(seed);
            for longest in [5, 10, 20, 40, 80, 160, 300, 300, 300] {
                retry.plan(now);
                let pause = retry.due().unwrap().duration_since(now).as_secs_f64();
                let longest = f64::from(longest);
                assert!((longest / 2.0..=longest).contains(&pause), "{pause} of {longest}");
                drawn.push((pause * 1000.0).round().to_string());
            }
        }
        drawn.sort();
        drawn.dedup();
        assert!(drawn.len() > 300, "they are spread");
    }

    #[test]
    fn what_the_service_asks_for_is_kept_and_not_much_exceeded() {
        let now = Timestamp::UNIX_EPOCH;
        for seed in 0..50 {
            let mut retry = Retry::new(seed);
            retry.hold(now, SignedDuration::from_secs(60));
            retry.hold(now, SignedDuration::from_secs(20));
            retry.plan(now);
            let pause = retry.due().unwrap().duration_since(now);
            assert!(pause >= SignedDuration::from_secs(60) && pause <= SignedDuration::from_secs(63), "{pause}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_pause_longer() {
        let now = Timestamp::UNIX_EPOCH;
        let mut pause = Pause::new(now, SignedDuration::from_secs(20));
        pause.settle(now + SignedDuration::from_secs(5));
        assert_eq!(pause, Pause::new(now, SignedDuration::from_secs(20)));
        let before = now - SignedDuration::from_hours(5);
        pause.settle(before);
        assert_eq!(pause.until, before + SignedDuration::from_secs(20));
    }
}
