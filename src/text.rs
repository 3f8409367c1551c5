//! Text that came from outside, made safe to show.
//!
//! Names of keys and projects and the service's error messages are data: whoever may name a key could
//! otherwise move the cursor, reverse a line or hide a letter. [`Text`] cleans once, when it is read:
//! every control, bidirectional, zero-width and tag character becomes a visible mark such as
//! `<U+202E>`, and piles of combining marks are cut. What it was made of is kept for JSON alone.

mod simple;

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_security::confusable_detection::skeleton;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::redact;
pub use simple::simple_width;

/// The longest run of combining marks that is shown: the tallest stacks of living scripts need fewer.
const MAX_COMBINING: usize = 4;

/// Text from outside. `Display` and `Debug` give the clean form.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    raw: Box<str>,
    /// The clean form, where it differs.
    clean: Option<Box<str>>,
}

impl Text {
    /// Cleans `raw`.
    pub fn new(raw: impl Into<Box<str>>) -> Self {
        let raw = raw.into();
        let clean = match clean(&raw) {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(clean.into_boxed_str()),
        };
        Self { raw, clean }
    }

    /// What people may see.
    pub fn as_str(&self) -> &str {
        self.clean.as_deref().unwrap_or(&self.raw)
    }

    /// What the service sent, for JSON, which escapes it, and for comparing. Never for a terminal.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Whether something in it had to be marked, so that it can't be typed as it looks.
    pub fn is_marked(&self) -> bool {
        self.clean.is_some()
    }

    /// The same without keys that are [known](crate::redact), and marked where there were some: as it was, it can't be
    /// typed either.
    #[must_use]
    pub(crate) fn redacted(self) -> Self {
        match redact::without_known(&self.raw) {
            None => self,
            Some(raw) => Self { clean: Some(clean(&raw).into()), raw: raw.into() },
        }
    }

    /// Whether there is nothing to see: no text, or only white space.
    pub fn is_blank(&self) -> bool {
        self.as_str().trim().is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::new(raw)
    }
}

/// What can't be a character becomes `U+FFFD`: a list is not lost for one name. A name that holds a key which must not be
/// shown is read without it.
impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;
        impl Visitor<'_> for AnyText {
            type Value = Text;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::new(text).redacted())
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Text, E> {
                self.visit_str(&String::from_utf8_lossy(bytes))
            }
        }
        // As a string, half of a surrogate pair would be an error.
        deserializer.deserialize_bytes(AnyText)
    }
}

/// What the text was made of, so that nothing is lost; whoever writes JSON escapes it.
impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.raw)
    }
}

/// Whether `one` can be taken for `other` where it is read: the same letters, or some that look like them (“CI” and
/// “Cl”, a Latin and a Cyrillic “a”).
pub fn look_alike(one: &str, other: &str) -> bool {
    // It compares the letters one by one and stops at the first that differs.
    skeleton(one).eq(skeleton(other))
}

/// Whether `character` is invisible or steers a terminal or the order of letters: C0, DEL, C1, line and
/// paragraph separators, all of `Bidi_Control`, zero-width and filler characters, variation selectors, tags.
pub fn is_hidden(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}'
        | '\u{2028}' | '\u{2029}'
        // Bidi_Control
        | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        // zero-width, fillers and other default ignorables
        | '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        // tags and the variation selectors behind them
        | '\u{E0000}'..='\u{E0FFF}')
}

fn clean(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut marks = 0;
    let mut has_base = false;
    for character in raw.chars() {
        if is_hidden(character) {
            push_mark(&mut out, character);
            (marks, has_base) = (0, true);
        } else if character.width() == Some(0) {
            marks += 1;
            // A mark without a letter under it would sit on whatever is drawn to its left.
            if !has_base || marks > MAX_COMBINING {
                push_mark(&mut out, character);
            } else {
                out.push(character);
            }
        } else {
            out.push(character);
            (marks, has_base) = (0, true);
        }
    }
    if out == raw { Cow::Borrowed(raw) } else { Cow::Owned(out) }
}

fn push_mark(out: &mut String, character: char) {
    // Writing to a String can't fail.
    let _ = write!(out, "<U+{:04X}>", u32::from(character));
}

/// `text` with each letter written the one way that keyboards write it (NFC): the same to the eye is the same.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// How many terminal cells `text` takes.
pub fn width(text: &str) -> usize {
    simple_width(text).unwrap_or_else(|| text.width())
}

/// `text`, cut with an ellipsis where it is wider than `cells`, between characters as people see them.
pub fn fit(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    Cow::Owned(format!("{}…", start(text, cells - 1)))
}

/// As much of the start of `text` as fits into `cells`.
fn start(text: &str, cells: usize) -> &str {
    if simple_width(text).is_some() {
        let end = text.char_indices().nth(cells).map_or(text.len(), |(at, _)| at);
        return &text[..end];
    }
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let next = used + width(grapheme);
        if next > cells {
            break;
        }
        (used, end) = (next, at + grapheme.len());
    }
    &text[..end]
}

/// A key's name, cut so that a number in parentheses at its end stays: by that alone successors differ.
pub fn fit_name(name: &str, cells: usize) -> Cow<'_, str> {
    let number = name.rfind(" (").and_then(|at| name.split_at_checked(at));
    let Some((stem, number)) = number.filter(|(_, number)| is_number(number)) else { return fit(name, cells) };
    let room = cells.saturating_sub(width(number));
    if width(name) <= cells || room < MIN_STEM {
        return fit(name, cells);
    }
    Cow::Owned(format!("{}{number}", fit(stem, room)))
}

/// The cells of a name that the number behind it leaves at least.
const MIN_STEM: usize = 6;

fn is_number(words: &str) -> bool {
    let digits = words.strip_prefix(" (").and_then(|words| words.strip_suffix(')')).unwrap_or_default();
    (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `text` cut or padded at its end to exactly `cells`.
pub fn pad(text: &str, cells: usize) -> String {
    const SPACES: &str = "                                ";
    let taken = width(text);
    // Most fits, and is measured once.
    let (shown, taken) = if taken <= cells {
        (Cow::Borrowed(text), taken)
    } else {
        let shown = fit(text, cells);
        let taken = width(&shown);
        (shown, taken)
    };
    let mut missing = cells.saturating_sub(taken);
    let mut out = String::with_capacity(shown.len() + missing);
    out.push_str(&shown);
    while missing > 0 {
        let some = missing.min(SPACES.len());
        out.push_str(&SPACES[..some]);
        missing -= some;
    }
    out
}

/// The part of `text`, which is being typed, that a view of `cells` shows when it is scrolled by `scroll` cells. What
/// hides or steers is left out of it, as marks would move the cursor.
pub fn window(text: &str, scroll: usize, cells: usize) -> String {
    let mut out = String::new();
    let mut at = 0;
    for grapheme in text.graphemes(true) {
        let next = at + width(grapheme);
        if at >= scroll && next <= scroll + cells {
            push_typed(&mut out, grapheme);
        }
        at = next;
    }
    out
}

/// `grapheme` in as many cells, with what can be seen of it.
fn push_typed(out: &mut String, grapheme: &str) {
    let start = out.len();
    let mut marks = 0;
    for character in grapheme.chars().filter(|character| !is_hidden(*character)) {
        marks = if character.width() == Some(0) { marks + 1 } else { 0 };
        if marks <= MAX_COMBINING {
            out.push(character);
        }
    }
    // Some that can't be seen are given room all the same.
    let missing = width(grapheme).saturating_sub(width(&out[start..]));
    out.extend(std::iter::repeat_n(' ', missing));
}

/// `text` in lines of at most `cells`, broken at spaces where there are some. A line's indentation is kept for
/// what it is broken into.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let words = paragraph.trim_start_matches(' ');
        // It leaves room for a character of two cells.
        let indent = " ".repeat((paragraph.len() - words.len()).min(cells.saturating_sub(2) / 2));
        let cells = cells.saturating_sub(indent.len()).max(1);
        let mut line = String::new();
        for word in words.split(' ') {
            let mut word = word;
            let gap = usize::from(!line.is_empty());
            if !line.is_empty() && width(&line) + gap + width(word) > cells {
                lines.push(format!("{indent}{}", std::mem::take(&mut line)));
            }
            while width(word) > cells {
                let (head, tail) = word.split_at(split_at(word, cells));
                if tail.is_empty() {
                    break;
                }
                lines.push(format!("{indent}{head}"));
                word = tail;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(format!("{indent}{line}"));
    }
    lines
}

/// `parts` side by side with `separator` between them, in lines of at most `cells`, broken between parts.
pub fn wrap_parts(parts: &[String], separator: &str, cells: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line) + width(separator) + width(part) <= cells => {
                line.push_str(separator);
                line.push_str(part);
            }
            _ => lines.push(fit(part, cells).into_owned()),
        }
    }
    lines
}

/// The byte at which `text` reaches `cells`, at least one character in.
fn split_at(text: &str, cells: usize) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > cells && at > 0 {
            return at;
        }
    }
    text.len()
}

/// `text` as one word for a shell: what is copied from a message must not run something else.
pub fn shell_word(text: &str) -> Cow<'_, str> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:@+=,".contains(&byte)) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("'{}'", text.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_name_keeps_the_number_at_its_end() {
        for (name, cells, expected) in [
            ("Terraform (2)", 13, "Terraform (2)"),
            ("Terraform (2)", 12, "Terrafo… (2)"),
            ("Terraform (2)", 10, "Terra… (2)"),
            // There would be no name left.
            ("Terraform (2)", 9, "Terrafor…"),
            ("日本語プロジェクト (12)", 13, "日本語… (12)"),
            ("Hiring (paused)", 10, "Hiring (p…"),
            ("Terraform (20261121)", 12, "Terraform (…"),
            ("Terraform ()", 11, "Terraform …"),
        ] {
            assert_eq!(fit_name(name, cells), expected, "{name:?} in {cells}");
        }
    }

    #[test]
    fn clean_text_is_kept_as_it_is() {
        for plain in ["", "GitHub Actions", "日本語プロジェクト", "Ключ", "مفتاح", "cafe\u{301}", "🔑 deploy", "ไทยที่นี่"]
        {
            let text = Text::from(plain);
            assert_eq!((text.as_str(), text.raw(), text.is_marked()), (plain, plain, false));
        }
    }

    #[test]
    fn what_steers_or_hides_is_marked() {
        for (raw, expected) in [
            ("a\u{1b}[2Jb", "a<U+001B>[2Jb"),
            ("a\nb\t", "a<U+000A>b<U+0009>"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("del\u{7f}", "del<U+007F>"),
            ("evil\u{202e}txt", "evil<U+202E>txt"),
            ("a\u{200b}b\u{feff}", "a<U+200B>b<U+FEFF>"),
            ("tag\u{e0041}", "tag<U+E0041>"),
            ("\u{301}x", "<U+0301>x"),
            ("x\u{300}\u{301}\u{302}\u{303}\u{304}", "x\u{300}\u{301}\u{302}\u{303}<U+0304>"),
        ] {
            let text = Text::from(raw);
            assert_eq!(text.as_str(), expected);
            assert_eq!(text.raw(), raw);
            assert!(text.is_marked());
        }
    }

    #[test]
    fn what_can_not_be_a_character_costs_no_more_than_itself() {
        for json in [&br#""a\ud800b""#[..], br#""a\udc00\ud800b""#, b"\"a\xff\xfeb\"", b"\"a\x1bb\""] {
            let text: Text = serde_json::from_slice(json).unwrap();
            assert!(text.as_str().starts_with('a') && text.as_str().ends_with('b'), "{text:?}");
            assert!(text.as_str().contains(['\u{fffd}', '<']), "{text:?}");
        }
        assert!(serde_json::from_str::<Text>("[97]").is_err() && serde_json::from_str::<Text>("null").is_err());
        let nested: Option<Text> = serde_json::from_value(serde_json::json!("x")).unwrap();
        assert_eq!(nested, Some("x".into()));
    }

    #[test]
    fn every_bidi_control_is_hidden() {
        let bidi = [
            '\u{61C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}',
            '\u{2067}', '\u{2068}', '\u{2069}',
        ];
        assert!(bidi.into_iter().all(is_hidden));
    }

    #[test]
    fn fit_cuts_between_characters_and_never_exceeds() {
        assert_eq!(fit("GitHub Actions", 8), "GitHub …");
        assert_eq!(fit("日本語プロジェクト", 8), "日本語…");
        assert_eq!(fit("日本語プロジェクト", 7), "日本語…");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(pad("日本", 6), "日本  ");
    }

    #[test]
    fn parts_stay_whole() {
        let parts = ["id 7", "project key", "created today"].map(str::to_owned);
        assert_eq!(wrap_parts(&parts, " · ", 20), ["id 7 · project key", "created today"]);
        assert_eq!(wrap_parts(&parts, " · ", 8), ["id 7", "project…", "created…"]);
    }

    #[test]
    fn what_is_typed_is_shown_as_far_as_it_can_be_seen() {
        assert_eq!(window("one two", 2, 3), "e t");
        let stacked = format!("Z{}o", "\u{301}".repeat(60));
        for (typed, shown) in [
            ("a\u{202e}b\u{200b}\u{e0041}c", "abc"),
            ("a\u{115f}b", "a  b"),
            (&stacked, "Z\u{301}\u{301}\u{301}\u{301}o"),
            ("日本", "日本"),
        ] {
            assert_eq!(window(typed, 0, 20), shown, "{typed:?}");
            assert_eq!(width(shown), width(typed), "the cursor stands where it seems to");
        }
    }

    #[test]
    fn wrap_breaks_at_spaces_and_cuts_long_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("  one two", 6), ["  one", "  two"]);
        assert_eq!(wrap("日本語", 1), ["日", "本", "語"]);
        assert_eq!(wrap(" 日本", 2), ["日", "本"]);
        assert_eq!(wrap("", 4), Vec::<String>::new());
    }

    #[test]
    fn a_word_for_a_shell_is_one_word_and_runs_nothing() {
        for (text, expected) in [("", "''"), ("cm4k2-1", "cm4k2-1"), ("$(id)", "'$(id)'"), ("a'b", r"'a'\''b'")] {
            assert_eq!(shell_word(text), expected);
        }
    }
}
