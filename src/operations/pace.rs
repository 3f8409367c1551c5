//! How many calls run side by side, where there are many to make.

/// How many at first.
const SIDE_BY_SIDE: usize = 16;

/// How many calls run side by side: half of them after the service was asked too much, and one more after each time
/// that as many went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    most: usize,
    went_well: usize,
    round: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { most: SIDE_BY_SIDE, went_well: 0, round: 0 }
    }
}

impl Pace {
    /// How many may run now.
    pub fn most(self) -> usize {
        self.most
    }

    /// Counts how often it slowed down; each call remembers in which of these rounds it began.
    pub fn round(self) -> u32 {
        self.round
    }

    /// A call that began in `round` was refused as one too many. What began in an earlier round says nothing of this one.
    pub fn slow_down(&mut self, round: u32) {
        if round == self.round {
            *self = Self { most: (self.most / 2).max(1), went_well: 0, round: round + 1 };
        }
    }

    /// A call that began in `round` went well.
    pub fn go_on(&mut self, round: u32) {
        if round != self.round {
            return;
        }
        self.went_well += 1;
        if self.went_well >= self.most && self.most < SIDE_BY_SIDE {
            self.most += 1;
            self.went_well = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_halves_the_pace_once_for_all_that_ran_then_and_success_brings_it_back() {
        let mut pace = Pace::default();
        assert_eq!(pace.most, 16);
        for _ in 0..16 {
            pace.slow_down(0);
        }
        for _ in 0..16 {
            pace.go_on(0);
        }
        assert_eq!((pace.most(), pace.round()), (8, 1));
        for expected in [4, 2, 1, 1] {
            pace.slow_down(pace.round());
            assert_eq!(pace.most, expected);
        }
        for (went_well, expected) in [(1, 2), (2, 3), (3, 4), (200, 16)] {
            for _ in 0..went_well {
                pace.go_on(pace.round());
            }
            assert_eq!(pace.most, expected);
        }
    }
}
