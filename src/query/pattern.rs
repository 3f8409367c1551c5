//! Fuzzy text: which names match what was typed, and where.

use unicode_segmentation::UnicodeSegmentation;

use super::index::{Entry, Letters};
use crate::api::model::ApiKey;
use crate::text;

/// How many times its own length a word may be spread over.
const MOST_SPREAD: usize = 3;

/// What was typed, split into words that must all match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pattern {
    typed: String,
    words: Vec<Word>,
}

/// One of its words, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Word {
    text: String,
    letters: Letters,
    /// What it is as a number that is written like this.
    number: Option<i64>,
}

impl Word {
    fn new(typed: &str) -> Self {
        let text = text::composed(typed).to_lowercase();
        let number = text.parse().ok().filter(|number: &i64| number.to_string() == text);
        Self { letters: Letters::of(&text), number, text }
    }
}

impl Pattern {
    /// Case and the order of words do not count.
    pub fn new(typed: &str) -> Self {
        Self { typed: typed.to_owned(), words: typed.split_whitespace().map(Word::new).collect() }
    }

    /// What was typed.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether `text` is what was typed, letter by letter.
    pub fn is(&self, text: &str) -> bool {
        self.typed.trim() == text
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The word, where it is one alone; in lower case.
    pub fn single(&self) -> Option<&str> {
        match self.words.as_slice() {
            [word] => Some(&word.text),
            _ => None,
        }
    }

    /// The number that it is, where it is one alone.
    pub fn number(&self) -> Option<i64> {
        match self.words.as_slice() {
            [word] => word.number,
            _ => None,
        }
    }

    /// Whether `text` matches: each word's characters stand in it in their order.
    pub fn matches(&self, text: &str) -> bool {
        self.is_empty() || self.positions(text).is_some()
    }

    /// Whether `entry`, which is of `key`, matches by its title: the same, and in a fraction of the time.
    #[inline]
    pub(super) fn matches_entry(&self, entry: Entry<'_>, key: &ApiKey) -> bool {
        if !self.can_match(entry) {
            return false;
        }
        if entry.title.is_ascii() {
            return self.words.iter().all(|word| ascii_matches(entry.title.as_bytes(), word.text.as_bytes()));
        }
        self.words.iter().all(|word| is_strewn(entry.title, &word.text)) && self.matches(key.title())
    }

    /// Whether `entry` has all the letters at all, be it in its title or at the end of a value.
    #[inline]
    pub(super) fn can_match(&self, entry: Entry<'_>) -> bool {
        self.words.iter().all(|word| entry.letters.have(word.letters))
    }

    /// Whether this is `earlier` with something typed behind it, a word each.
    pub(super) fn continues(&self, earlier: &Self) -> bool {
        match (self.words.as_slice(), earlier.words.as_slice()) {
            ([word], [before]) => word.text.starts_with(&before.text),
            _ => self.words == earlier.words,
        }
    }

    /// Whether the title of `entry` may match this, or this with something typed behind it; true where that is not known.
    #[inline]
    pub(super) fn may_match(&self, entry: Entry<'_>) -> bool {
        match self.words.as_slice() {
            [word] => is_strewn(entry.title, &word.text),
            _ => true,
        }
    }

    /// The indices of the characters, as people see them, that match; none where `text` does not.
    pub fn positions(&self, shown: &str) -> Option<Vec<usize>> {
        let graphemes: Vec<String> =
            shown.graphemes(true).map(|grapheme| text::composed(grapheme).to_lowercase()).collect();
        let mut found = Vec::new();
        for word in &self.words {
            let wanted: Vec<&str> = word.text.graphemes(true).collect();
            found.extend(together(&graphemes, &wanted).or_else(|| scattered(&graphemes, &wanted))?);
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

/// Whether all of `word` is in `text`, in its order, whatever stands between.
fn is_strewn(text: &str, word: &str) -> bool {
    let mut rest = text.bytes();
    word.bytes().all(|wanted| rest.any(|byte| byte == wanted))
}

/// [`together`] or [`scattered`], where each byte is a character.
fn ascii_matches(text: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return true };
    let mut before = None;
    text.windows(word.len()).any(|window| window.first() == Some(first) && window == word)
        || text.iter().enumerate().any(|(start, byte)| {
            let begins_word = before.replace(*byte).is_none_or(|before: u8| !before.is_ascii_alphanumeric());
            begins_word && byte == first && text.get(start..).is_some_and(|rest| is_near(rest, word))
        })
}

/// Whether `word`, whose first letter is that of `text`, stands in it in its order and not strewn too wide.
fn is_near(text: &[u8], word: &[u8]) -> bool {
    let mut rest = text.iter().take(MOST_SPREAD * word.len());
    word.iter().all(|wanted| rest.any(|byte| byte == wanted))
}

/// The word as it stands, where it does: what people mean first.
fn together(text: &[String], word: &[&str]) -> Option<Vec<usize>> {
    let start = text.windows(word.len()).position(|window| window.iter().zip(word).all(|(have, want)| have == want))?;
    Some((start..start + word.len()).collect())
}

/// The word's characters in their order, with others between, but not so that nobody meant it: from the start of a
/// word on, and not strewn too wide.
fn scattered(text: &[String], word: &[&str]) -> Option<Vec<usize>> {
    let begins_word = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        before.is_none_or(|before| !before.chars().any(char::is_alphanumeric))
    };
    (0..text.len()).filter(begins_word).find_map(|start| {
        if text.get(start).map(String::as_str) != word.first().copied() {
            return None;
        }
        let mut at = start;
        let found: Option<Vec<usize>> = word
            .iter()
            .map(|want| {
                let found = at + text.get(at..)?.iter().position(|have| have == want)?;
                at = found + 1;
                Some(found)
            })
            .collect();
        let found = found?;
        let span = found.last()? - found.first()? + 1;
        (span <= MOST_SPREAD * word.len()).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_in_any_order_and_case() {
        for (typed, text, expected) in [
            ("", "anything", true),
            ("gha", "GitHub Actions", true),
            ("act git", "GitHub Actions", true),
            ("ACT", "GitHub Actions", true),
            ("actz", "GitHub Actions", false),
            ("git nope", "GitHub Actions", false),
            ("プロ", "日本語プロジェクト", true),
            ("ключ", "Ключ CI", true),
            ("zoë", "Zoe\u{308}'s laptop", true),
            ("sand", "Hiring Assistant (paused)", false),
            ("red", "Jupyter on Grace's desk", false),
            ("a", "", false),
        ] {
            assert_eq!(Pattern::new(typed).matches(text), expected, "{typed:?} in {text:?}");
        }
    }

    #[test]
    fn a_word_that_stands_together_is_marked_together() {
        assert_eq!(Pattern::new("act").positions("a c t act"), Some(vec![6, 7, 8]));
        assert_eq!(Pattern::new("gh").positions("git hub"), Some(vec![0, 4]));
        assert_eq!(Pattern::new("git hub").positions("git hub"), Some(vec![0, 1, 2, 4, 5, 6]));
    }
}
