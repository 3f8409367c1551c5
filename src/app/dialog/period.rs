//! How long something shall be: usual choices side by side, and a number of one's own, typed right there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use thiserror::Error;

use crate::api::model::Lifetime;
use crate::guard::{MOST_GRACE_HOURS, MOST_LIFETIME_DAYS};

/// One of the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// As it is.
    Keep,
    /// No such period.
    None,
    /// So many hours or days.
    Usual(u32),
    /// As many as are typed.
    Own,
}

/// What the numbers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hours,
    Days,
}

/// What was typed is no such period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// No number of hours.
    #[error("Type for how many hours the old value shall work, from 1 to {MOST_GRACE_HOURS}")]
    Hours,
    /// No number of days.
    #[error("Type after how many days the key shall expire, from 1 to {MOST_LIFETIME_DAYS}")]
    Days,
}

/// The most digits that are typed: more would be beyond any limit.
const MOST_DIGITS: usize = 5;

const GRACES: &[Choice] = &[Choice::None, Choice::Usual(1), Choice::Usual(24), Choice::Usual(168), Choice::Own];
const LIFETIMES: &[Choice] =
    &[Choice::None, Choice::Usual(7), Choice::Usual(30), Choice::Usual(90), Choice::Usual(365), Choice::Own];
const NEW_LIFETIMES: &[Choice] = &[
    Choice::Keep,
    Choice::Usual(7),
    Choice::Usual(30),
    Choice::Usual(90),
    Choice::Usual(365),
    Choice::Own,
    Choice::None,
];

/// The choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    unit: Unit,
    choices: &'static [Choice],
    chosen: Choice,
    /// The digits of one's own number.
    own: String,
}

impl Period {
    fn new(unit: Unit, choices: &'static [Choice], chosen: Choice) -> Self {
        Self { unit, choices, chosen, own: String::new() }
    }

    /// For how long the old value of a rotated key still works; a day at first.
    pub fn grace() -> Self {
        Self::new(Unit::Hours, GRACES, Choice::Usual(24))
    }

    /// For how long a new key works; without an end at first.
    pub fn lifetime() -> Self {
        Self::new(Unit::Days, LIFETIMES, Choice::None)
    }

    /// For how long a rotated key works from then on; as before at first.
    pub fn new_lifetime() -> Self {
        Self::new(Unit::Days, NEW_LIFETIMES, Choice::Keep)
    }

    /// What is chosen.
    pub fn chosen(&self) -> Choice {
        self.chosen
    }

    /// Chooses `choice`, where it is one of them.
    pub fn choose(&mut self, choice: Choice) {
        if self.choices.contains(&choice) {
            self.chosen = choice;
        }
    }

    /// The words of the choices, and whether each is the chosen one.
    pub fn labels(&self) -> impl Iterator<Item = (String, bool)> {
        self.choices.iter().map(|choice| (self.label(*choice), *choice == self.chosen))
    }

    /// Chooses the one at this place among them.
    pub(super) fn choose_at(&mut self, at: usize) {
        self.chosen = self.choices.get(at).copied().unwrap_or(self.chosen);
    }

    /// The cells of the chosen one's word before the place where digits are typed; none where none are.
    pub fn cursor(&self) -> Option<usize> {
        (self.chosen == Choice::Own).then(|| OWN.len() + self.own.len())
    }

    fn label(&self, choice: Choice) -> String {
        match (choice, self.unit) {
            (Choice::Keep, _) => "keep".to_owned(),
            (Choice::None, _) => "none".to_owned(),
            (Choice::Usual(hours), Unit::Hours) if hours % 24 == 0 && hours > 24 => format!("{} d", hours / 24),
            (Choice::Usual(hours), Unit::Hours) => format!("{hours} h"),
            (Choice::Usual(days), Unit::Days) => format!("{days} d"),
            (Choice::Own, unit) if self.chosen == Choice::Own || !self.own.is_empty() => {
                let unit = if unit == Unit::Hours { "h" } else { "d" };
                // Room to type in.
                format!("{OWN}{:_<2} {unit}", self.own)
            }
            (Choice::Own, _) => "own".to_owned(),
        }
    }

    /// The grace period in hours.
    ///
    /// # Errors
    /// Where what was typed is none.
    pub fn hours(&self) -> Result<u32, PeriodError> {
        match self.chosen {
            Choice::Keep | Choice::None => Ok(0),
            Choice::Usual(hours) => Ok(hours),
            Choice::Own => self.number(MOST_GRACE_HOURS).ok_or(PeriodError::Hours),
        }
    }

    /// The lifetime; none keeps it as it is.
    ///
    /// # Errors
    /// Where what was typed is none.
    pub fn days(&self) -> Result<Option<Lifetime>, PeriodError> {
        Ok(match self.chosen {
            Choice::Keep => None,
            Choice::None => Some(Lifetime::Unlimited),
            Choice::Usual(days) => Some(Lifetime::Days(days)),
            Choice::Own => Some(Lifetime::Days(self.number(MOST_LIFETIME_DAYS).ok_or(PeriodError::Days)?)),
        })
    }

    fn number(&self, most: u32) -> Option<u32> {
        self.own.parse().ok().filter(|number| (1..=most).contains(number))
    }

    /// Takes a key: arrows and Space choose, digits are one's own number.
    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        if event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
            return false;
        }
        match event.code {
            KeyCode::Right | KeyCode::Char(' ') => self.turn(1),
            KeyCode::Left => self.turn(self.choices.len() - 1),
            KeyCode::Char(digit) if digit.is_ascii_digit() => self.push(digit),
            KeyCode::Backspace if self.chosen == Choice::Own => {
                self.own.pop();
            }
            _ => return false,
        }
        true
    }

    /// Takes a paste: its number is one's own.
    pub(super) fn paste(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() && text.chars().all(|character| character.is_ascii_digit()) {
            self.own.clear();
            text.chars().for_each(|digit| self.push(digit));
        }
    }

    fn turn(&mut self, by: usize) {
        let at = self.choices.iter().position(|choice| *choice == self.chosen).unwrap_or(0);
        self.chosen = self.choices.get((at + by) % self.choices.len()).copied().unwrap_or(self.chosen);
    }

    fn push(&mut self, digit: char) {
        self.chosen = Choice::Own;
        if self.own.len() < MOST_DIGITS {
            self.own.push(digit);
        }
    }
}

/// What stands before one's own number.
const OWN: &str = "own: ";

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(period: &mut Period, codes: &[KeyCode]) {
        for code in codes {
            period.edit(&KeyEvent::new(*code, KeyModifiers::NONE));
        }
    }

    #[test]
    fn choices_go_around_and_digits_are_ones_own() {
        use KeyCode::{Backspace, Char, Left, Right};
        for (codes, expected) in [
            (&[][..], Ok(24)),
            (&[Right], Ok(168)),
            (&[Left], Ok(1)),
            (&[Left, Left], Ok(0)),
            (&[Right, Right], Err(PeriodError::Hours)),
            (&[Right, Right, Right], Ok(0)),
            (&[Char('4'), Char('8')], Ok(48)),
            (&[Char('4'), Char('8'), Backspace], Ok(4)),
            (&[Char('4'), Char('x')], Ok(4)),
            (&[Char('0')], Err(PeriodError::Hours)),
            (&[Char('9'), Char('9'), Char('9'), Char('9'), Char('9')], Err(PeriodError::Hours)),
            (&[Char('4'), Right, Left], Ok(4)),
        ] {
            let mut period = Period::grace();
            pressed(&mut period, codes);
            assert_eq!(period.hours(), expected, "{codes:?}");
        }
    }

    #[test]
    fn a_lifetime_is_kept_ended_or_unlimited() {
        let chosen = |mut period: Period, choice| {
            period.choose(choice);
            period.days()
        };
        assert_eq!(chosen(Period::new_lifetime(), Choice::Keep), Ok(None));
        assert_eq!(chosen(Period::new_lifetime(), Choice::None), Ok(Some(Lifetime::Unlimited)));
        assert_eq!(chosen(Period::new_lifetime(), Choice::Usual(90)), Ok(Some(Lifetime::Days(90))));
        assert_eq!(chosen(Period::lifetime(), Choice::Keep), Ok(Some(Lifetime::Unlimited)), "a new key keeps nothing");
        let mut own = Period::lifetime();
        own.paste("abc");
        assert_eq!(own.days(), Ok(Some(Lifetime::Unlimited)));
        own.paste(" 45\n");
        assert_eq!(own.days(), Ok(Some(Lifetime::Days(45))));
        let labels: Vec<String> = own.labels().map(|(label, _)| label).collect();
        assert_eq!(labels, ["none", "7 d", "30 d", "90 d", "365 d", "own: 45 d"]);
    }
}
