//! What is found by its name: the field, the entries that match what is typed, and the one that is chosen.

use crossterm::event::KeyEvent;
use jiff::Timestamp;
use unicode_segmentation::UnicodeSegmentation;

use crate::app::field::Field;
use crate::app::keys::Columns;
use crate::app::order::SortColumn;
use crate::app::profile::ProfileName;
use crate::app::scopes::View;
use crate::config::Times;
use crate::keymap::Action;
use crate::query::Pattern;

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// What a key does.
    Act(Action),
    /// Shows the keys of all scopes, or of one.
    Show(View),
    /// Sorts the table.
    Sort(SortColumn),
    /// Shows more or fewer columns.
    Columns(Columns),
    /// Writes times so.
    Times(Times),
    /// Switches to this profile.
    Enter(ProfileName),
}

/// What can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// Its name.
    pub title: String,
    /// Its keys, or what kind of thing it is.
    pub beside: String,
    /// Why it can't be done now, in a few words.
    pub why_not: Option<String>,
}

impl Entry {
    /// Whether it does no more than move: few look for that by its name.
    pub fn is_move(&self) -> bool {
        use Action::{Down, First, Last, NextMatch, PageDown, PageUp, PreviousMatch, Up};
        matches!(self.command, Command::Act(Down | Up | PageDown | PageUp | First | Last | NextMatch | PreviousMatch))
    }
}

/// The field and what it finds.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What is typed.
    pub field: Field,
    entries: Vec<Entry>,
    /// Those that match, the best first: places among the entries.
    rows: Vec<usize>,
    selected: usize,
    offset: usize,
    /// When the projects among the entries were read, and which profile was in force.
    pub(in crate::app) made_for: (Option<Timestamp>, ProfileName),
}

impl Palette {
    /// Takes `entries` in place of those that it has. What is chosen stays so, where it is among them.
    pub(in crate::app) fn list(&mut self, entries: Vec<Entry>) {
        let chosen = self.chosen().map(|entry| entry.command.clone());
        self.entries = entries;
        self.rank();
        let is_chosen = |row: &usize| self.entries.get(*row).map(|entry| &entry.command) == chosen.as_ref();
        self.selected = self.rows.iter().position(is_chosen).unwrap_or(0);
    }

    /// The entries that match, the best first.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.rows.iter().filter_map(|row| self.entries.get(*row)).collect::<Vec<_>>().into_iter()
    }

    /// How many match.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing matches.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Those in sight, where `height` are, each with its place among all that match.
    pub fn in_sight(&self, height: usize) -> impl Iterator<Item = (usize, &Entry)> {
        let rows = self.rows.iter().enumerate().skip(self.offset).take(height);
        rows.filter_map(|(at, row)| Some((at, self.entries.get(*row)?)))
    }

    /// What is chosen.
    pub fn chosen(&self) -> Option<&Entry> {
        self.entries.get(*self.rows.get(self.selected)?)
    }

    /// Its place among all that match.
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// What is typed, to see what of an entry it matches.
    pub fn pattern(&self) -> Pattern {
        Pattern::new(self.field.text())
    }

    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let before = self.field.text().to_owned();
        let is_taken = self.field.edit(event);
        self.was_typed(&before);
        is_taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        let before = self.field.text().to_owned();
        self.field.paste(text);
        self.was_typed(&before);
    }

    fn was_typed(&mut self, before: &str) {
        if before != self.field.text() {
            self.rank();
            (self.selected, self.offset) = (0, 0);
        }
    }

    /// Chooses the entry at this place among all that match, or the nearest there is.
    pub(super) fn select(&mut self, at: usize) {
        self.selected = at.min(self.rows.len().saturating_sub(1));
    }

    /// Chooses the entry `by` places further, or the nearest there is.
    pub(in crate::app) fn step(&mut self, by: isize) {
        self.selected = self.selected.saturating_add_signed(by).min(self.rows.len().saturating_sub(1));
    }

    /// Scrolls so that what is chosen is among the `height` entries in sight, with no room left below the last.
    pub(in crate::app) fn settle(&mut self, height: usize) {
        let height = height.max(1);
        self.selected = self.selected.min(self.rows.len().saturating_sub(1));
        let first = (self.selected + 1).saturating_sub(height);
        let last = self.rows.len().saturating_sub(height);
        self.offset = self.offset.clamp(first, self.selected).min(last.max(first));
    }

    fn rank(&mut self) {
        let pattern = self.pattern();
        let typed = self.field.text().trim().to_lowercase();
        let rank = |(at, entry): (usize, &Entry)| {
            let named = Closeness::of(&pattern, &entry.title);
            let closeness = named.into_iter().chain(Closeness::of_other_words(&typed, entry)).min()?;
            Some((entry.why_not.is_some(), closeness, at))
        };
        let mut ranks: Vec<_> = self.entries.iter().enumerate().filter_map(rank).collect();
        ranks.sort_unstable();
        self.rows = ranks.into_iter().map(|(_, _, at)| at).collect();
    }
}

/// How well a title matches: the least is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Closeness {
    /// In how many pieces.
    pieces: usize,
    /// How many of them begin within a word.
    inside: usize,
    /// Whether the last of them ends within one.
    is_cut: bool,
    /// Where the first of them begins.
    start: usize,
    /// How many characters were not typed.
    rest: usize,
}

impl Closeness {
    /// By a word that others have for the same: behind those that are called so.
    fn of_other_words(typed: &str, entry: &Entry) -> Option<Self> {
        let Command::Act(action) = entry.command else { return None };
        let word = action.other_words().iter().find(|word| !typed.is_empty() && word.starts_with(typed))?;
        let rest = word.len() - typed.len();
        Some(Self { pieces: 1, inside: 0, is_cut: rest > 0, start: usize::MAX, rest })
    }

    fn of(pattern: &Pattern, title: &str) -> Option<Self> {
        if pattern.is_empty() {
            return Some(Self::default());
        }
        let positions = pattern.positions(title)?;
        let graphemes: Vec<&str> = title.graphemes(true).collect();
        let is_letter = |at: usize| graphemes.get(at).is_some_and(|it| it.chars().any(char::is_alphanumeric));
        let starts = positions.iter().enumerate().filter(|(at, position)| {
            at.checked_sub(1).and_then(|before| positions.get(before)).is_none_or(|before| before + 1 != **position)
        });
        let starts: Vec<usize> = starts.map(|(_, position)| *position).collect();
        let inside = starts.iter().filter(|start| start.checked_sub(1).is_some_and(is_letter)).count();
        Some(Self {
            pieces: starts.len(),
            inside,
            is_cut: positions.last().is_some_and(|last| is_letter(last + 1)),
            start: starts.first().copied().unwrap_or(0),
            rest: graphemes.len().saturating_sub(positions.len()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str, titles: &[&str]) -> Vec<String> {
        let entry = |title: &&str| Entry {
            command: Command::Times(Times::Utc),
            title: (*title).to_owned(),
            beside: String::new(),
            why_not: title.ends_with('-').then(|| "not now".to_owned()),
        };
        let mut palette = Palette::default();
        palette.list(titles.iter().map(entry).collect());
        palette.paste(typed);
        palette.rows().map(|entry| entry.title.clone()).collect()
    }

    #[test]
    fn the_best_match_comes_first() {
        for (typed, titles, expected) in [
            ("", &["b", "a"][..], &["b", "a"][..]),
            (
                "rot",
                &["go to Parrot", "show rotations", "rotate the key"],
                &["rotate the key", "show rotations", "go to Parrot"],
            ),
            ("sbn", &["show the bin", "sort by name"], &["sort by name"]),
            ("name sort", &["sort by name", "copy the name"], &["sort by name"]),
            ("app", &["go to Happy", "go to App store", "go to App"], &["go to App", "go to App store", "go to Happy"]),
            ("zoë", &["go to Zoe", "go to Zoe\u{308}"], &["go to Zoe\u{308}"]),
            // What can't be done comes last, however well it matches.
            ("undo", &["undo-", "u n d o"], &["u n d o", "undo-"]),
            ("delete", &["delete -", "show what was deleted"], &["show what was deleted", "delete -"]),
        ] {
            assert_eq!(found(typed, titles), expected, "{typed}");
        }
    }
}
