//! The text of a dotenv file: setting one entry, so that whatever reads such files finds the value, and every
//! other byte stays as it was. Pure: text in, text out.
//!
//! There is no one definition of the format. What is an entry is read as python-dotenv and Node's dotenv read it, where
//! they agree: `NAME=value` with an optional `export` before it, blanks around the `=`, a comment after blanks and
//! `#`, and values in `'…'` or `"…"`, which may span lines. So what looks like an entry inside of a quoted value
//! is none. Where a name is there several times, its **last** entry counts for readers, and is the one
//! that is set here; the ones before it stay. An entry is set in place: its `export`, its blanks, its quotes and the comment
//! behind it stay. A name that is not there gets a line at the end, in the file's own kind of line breaks.
//!
//! Where readers disagree whether a line is an entry, the value goes to a line at the end, which is the last in any case.

use std::ops::Range;

use thiserror::Error;
use zeroize::Zeroizing;

/// Why a value can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unwritable {
    /// No way of quoting it is understood by all readers.
    #[error("it holds characters that a .env file can't hold for every reader")]
    Characters,
    /// A quote that is open before it would swallow it.
    #[error("a quoted value before it does not end, so that no reader would find it")]
    OpenQuote,
}

/// How a name stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// How many entries it has.
    pub entries: usize,
    /// Whether its last entry has a value, so that setting it replaces that.
    pub has_value: bool,
}

/// How `name` stands in the file `text`.
pub fn standing(text: &str, name: &str) -> Standing {
    let (mut entries, mut has_value) = (0, false);
    for entry in Entries::of(text, true).filter(|entry| entry.has_equals() && &text[entry.name.clone()] == name) {
        entries += 1;
        has_value = !entry.inner.is_empty();
    }
    Standing { entries, has_value }
}

/// `text` with `value` as the value of `name`.
///
/// # Errors
/// Why no reader, or not every one, would find the value.
pub fn set(text: &str, name: &str, value: &str) -> Result<Zeroizing<String>, Unwritable> {
    let last = last(text, name);
    let quote = match &last {
        // The quotes that are there will do.
        Some(Entry { quote: Some(quote @ ('\'' | '"')), .. }) if is_plain(value) => Some(*quote),
        _ => needed_quote(value)?,
    };
    let (before, after) = match &last {
        Some(entry) => (&text[..entry.value.start], &text[entry.value.end..]),
        None => (text, ""),
    };
    let line_break = line_break(text);
    // Sized beforehand: a buffer that grows leaves copies behind.
    let room = text.len() + name.len() + value.len() + 8;
    let mut out = Zeroizing::new(String::with_capacity(room));
    out.push_str(before);
    if last.is_none() {
        if !before.is_empty() && !before.ends_with(['\n', '\r']) {
            out.push_str(line_break);
        }
        out.push_str(name);
        out.push('=');
    }
    out.extend(quote);
    out.push_str(value);
    out.extend(quote);
    if last.is_none() {
        out.push_str(line_break);
    }
    out.push_str(after);
    debug_assert!(out.len() <= room, "the buffer grew");
    match self::last(&out, name) {
        Some(entry) if &out[entry.inner.clone()] == value => Ok(out),
        _ => Err(Unwritable::OpenQuote),
    }
}

/// The entry of `name` that counts for every reader.
fn last(text: &str, name: &str) -> Option<Entry> {
    let last = |has_backquotes| {
        let mut last = None;
        for entry in Entries::of(text, has_backquotes) {
            if entry.is_disputed && text[entry.name.start..entry.value.end].contains(name) {
                last = None;
            } else if &text[entry.name.clone()] == name {
                last = Some(entry);
            }
        }
        last
    };
    last(true).filter(|entry| last(false).is_some_and(|other| other.value == entry.value))
}

/// The file's kind of line breaks: that of its last line.
fn line_break(text: &str) -> &'static str {
    match text.rfind('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The quote that a value can't do without, where there is one.
fn needed_quote(value: &str) -> Result<Option<char>, Unwritable> {
    let holds = |characters: &[char]| value.contains(characters);
    if is_plain(value) {
        Ok(None)
    // Readers expand `${…}` even in single quotes, know different escapes, and end at different line breaks.
    } else if value.is_empty() || value.contains(char::is_control) || holds(&['\\', '$', '`']) {
        Err(Unwritable::Characters)
    } else if !holds(&['\'']) {
        Ok(Some('\''))
    } else if !holds(&['"']) {
        Ok(Some('"'))
    } else {
        Err(Unwritable::Characters)
    }
}

/// Whether `value` means itself to every reader, quoted or not. Every key that the service issues does.
fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/@%+,=".contains(&byte))
}

/// `NAME=value`, by its places in the text.
struct Entry {
    name: Range<usize>,
    /// What a new value takes the place of, quotes included.
    value: Range<usize>,
    /// The value itself.
    inner: Range<usize>,
    quote: Option<char>,
    /// Whether readers disagree about it, or about what is in its lines after the first.
    is_disputed: bool,
}

impl Entry {
    fn has_equals(&self) -> bool {
        self.value.start > self.name.end
    }
}

/// The entries of a text, first to last.
struct Entries<'a> {
    text: &'a str,
    /// Where the next line starts.
    at: usize,
    /// Whether backquotes are quotes: they are to Node's reader, and not to python-dotenv.
    has_backquotes: bool,
}

impl<'a> Entries<'a> {
    fn of(text: &'a str, has_backquotes: bool) -> Self {
        Self { text, at: 0, has_backquotes }
    }

    /// The end of the line that `at` is in, without its line break.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find(['\n', '\r']).map_or(self.text.len(), |length| at + length)
    }

    /// Goes on behind the line break at `end`.
    fn go_on(&mut self, end: usize) {
        self.at = end + if self.text[end..].starts_with("\r\n") { 2 } else { 1 };
    }

    /// Behind the blanks at `at`.
    fn skip_blanks(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        at + (rest.len() - rest.trim_start_matches(is_blank).len())
    }

    /// The entry of the line at `start`, if it is one, and the end of its last line.
    fn line(&self, start: usize) -> (Option<Entry>, usize) {
        let end = self.line_end(start);
        let Some(name) = self.name(start, end) else { return (None, end) };
        let equals = self.skip_blanks(name.end);
        if !self.text[equals..end].starts_with('=') {
            // To some readers this is a name without a value, and one before it counts no more.
            let nothing = name.end..name.end;
            let entry = Entry { name, value: nothing.clone(), inner: nothing, quote: None, is_disputed: true };
            return (Some(entry), end);
        }
        let (entry, end) = self.value(name, equals + 1, end);
        (Some(entry), end)
    }

    fn name(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let mut start = self.skip_blanks(start);
        if let Some(rest) = self.text[start..end].strip_prefix("export")
            && rest.starts_with(is_blank)
        {
            start = self.skip_blanks(end - rest.len());
        }
        let length =
            self.text[start..end].find(|character: char| matches!(character, '=' | '#') || is_blank(character));
        let name = start..length.map_or(end, |length| start + length);
        (!name.is_empty()).then_some(name)
    }

    /// The entry `name` whose value starts behind the `=` before `start`, and the end of its last line; `end` is that of
    /// its first.
    fn value(&self, name: Range<usize>, start: usize, end: usize) -> (Entry, usize) {
        let first = self.skip_blanks(start);
        if let Some(quote @ ('\'' | '"' | '`')) = self.text[first..end].chars().next()
            && (quote != '`' || self.has_backquotes)
            && let Some(close) = self.closing(first, quote)
        {
            let last_end = self.line_end(close);
            let tail = self.text[close + 1..last_end].trim_start_matches(is_blank);
            let entry = if tail.is_empty() || tail.starts_with('#') {
                // Backquotes go, and blanks behind a value without quotes belong to it.
                let value = first..if quote == '`' && tail.is_empty() { last_end } else { close + 1 };
                Entry { name, value, inner: first + 1..close, quote: Some(quote), is_disputed: false }
            } else {
                // To some readers this is no entry at all, and to others the first line is one without quotes.
                let value = first..last_end;
                Entry { name, value: value.clone(), inner: value, quote: None, is_disputed: last_end > end }
            };
            return (entry, last_end);
        }
        // A comment starts with `#` after a blank; inside of a word `#` is part of the value.
        let rest = &self.text[start..end];
        let comment = rest.match_indices('#').map(|(at, _)| &rest[..at]).find(|before| before.ends_with(is_blank));
        let whole = comment.map_or(rest, |before| before.trim_end_matches(is_blank));
        let trimmed = whole.trim_start_matches(is_blank);
        // Where there are only blanks, a value goes right behind the `=`.
        let lead = if trimmed.is_empty() { 0 } else { whole.len() - trimmed.len() };
        let value = start + lead..start + whole.len();
        let inner = value.start..value.start + trimmed.trim_end_matches(is_blank).len();
        (Entry { name, value, inner, quote: None, is_disputed: false }, end)
    }

    /// The quote that closes the one at `open`: the first without a backslash before it, else the last one of all.
    fn closing(&self, open: usize, quote: char) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let quote = u8::try_from(quote).ok()?;
        let (mut at, mut escaped) = (open + 1, None);
        while let Some(byte) = bytes.get(at) {
            if *byte == quote {
                return Some(at);
            }
            if *byte == b'\\' && bytes.get(at + 1) == Some(&quote) {
                at += 1;
                escaped = Some(at);
            }
            at += 1;
        }
        escaped
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        while self.at < self.text.len() {
            let (entry, end) = self.line(self.at);
            self.go_on(end);
            if entry.is_some() {
                return entry;
            }
        }
        None
    }
}

/// White space within a line.
fn is_blank(character: char) -> bool {
    character.is_whitespace() && !matches!(character, '\n' | '\r')
}
