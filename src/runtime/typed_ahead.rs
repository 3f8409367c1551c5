//! What was typed before a dangerous dialog could be seen: it was not meant as an answer to it. Pure.
//!
//! The time at which something was read tells most of it. It does not tell of a long paste that the terminal sends key
//! by key: what comes after the dialog opened may be its rest. So after as much as nobody types, a pause has to come.

use std::time::{Duration, Instant};

use crate::terminal::Batch;

/// From how many keys at one go on they come from a paste or a program.
const BURST: usize = 64;

/// The pause after which something is typed by somebody who saw the screen. Whoever sends a paste may take a while for its
/// parts; nobody answers faster.
const PAUSE: Duration = Duration::from_millis(300);

/// What is kept from a dialog.
#[derive(Debug, Default)]
pub(super) struct TypedAhead {
    /// What was read until then.
    until: Option<Instant>,
    /// More of it may come.
    is_burst: bool,
}

impl TypedAhead {
    /// Everything read until `at` was typed ahead; `dropped` of it were waiting to be looked at, and `has_more` tells
    /// whether some was not even read yet.
    pub(super) fn cut(&mut self, at: Instant, dropped: usize, has_more: bool) {
        self.until = Some(at);
        self.is_burst |= has_more || dropped >= BURST;
    }

    /// Whether what was typed in `batch` was typed ahead.
    pub(super) fn has(&mut self, batch: &Batch) -> bool {
        if self.until.is_some_and(|until| batch.at <= until) {
            self.is_burst |= batch.inputs.len() >= BURST;
            return true;
        }
        self.is_burst &= batch.pause < PAUSE;
        self.is_burst
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::*;
    use crate::terminal::Input;

    const QUICKLY: Duration = Duration::from_millis(1);

    fn batch(at: Instant, pause: Duration, keys: usize) -> Batch {
        let key = KeyEvent::new(crossterm::event::KeyCode::Char('y'), crossterm::event::KeyModifiers::NONE);
        Batch { at, pause, inputs: vec![Input::Key(key); keys] }
    }

    #[test]
    fn what_was_read_before_is_kept_away_and_what_comes_after_is_not() {
        let mut typed = TypedAhead::default();
        let opened = Instant::now();
        assert!(!typed.has(&batch(opened, QUICKLY, 1)));
        typed.cut(opened, 3, false);
        assert!(typed.has(&batch(opened, QUICKLY, 1)));
        assert!(!typed.has(&batch(opened + QUICKLY, QUICKLY, 1)));
    }

    #[test]
    fn the_rest_of_a_burst_is_kept_away_until_a_pause() {
        let opened = Instant::now();
        let begun = |dropped, has_more, pending| {
            let mut typed = TypedAhead::default();
            typed.cut(opened, dropped, has_more);
            if pending > 0 {
                assert!(typed.has(&batch(opened, QUICKLY, pending)));
            }
            typed
        };
        for mut typed in [begun(BURST, false, 0), begun(0, true, 0), begun(0, false, BURST)] {
            for after in 1..5 {
                assert!(typed.has(&batch(opened + after * QUICKLY, QUICKLY, 1)));
            }
            assert!(!typed.has(&batch(opened + PAUSE * 2, PAUSE, 1)));
            // It is over, then.
            assert!(!typed.has(&batch(opened + PAUSE * 2 + QUICKLY, QUICKLY, 1)));
        }
        assert!(!begun(BURST - 1, false, BURST - 1).has(&batch(opened + QUICKLY, QUICKLY, 1)));
    }
}
