//! What is made of an answer's body, piece by piece as it comes.
//!
//! Most answers are short, and kept until they are whole ([`Whole`]). A list is taken apart while it is read
//! ([`Listed`]): each of its entries becomes a value as soon as its last byte is there, and only what stands around the
//! list is kept. Whatever it is, the same answers are read and refused.

use std::marker::PhantomData;

use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// No list is made room for beyond this before it is there.
const MOST_EXPECTED: usize = 1 << 17;

/// Takes a body in.
pub(super) trait Reading: Default {
    /// What becomes of it.
    type Value;

    /// So many bytes are to come, as far as is known.
    fn expects(&mut self, bytes: usize);

    /// The next bytes.
    fn take(&mut self, piece: &[u8]);

    /// All is there.
    fn end(self) -> Body<Self::Value>;
}

/// A body that is read.
pub(super) struct Body<T> {
    /// Its text; of a list, without the entries that could be read.
    pub(super) text: Zeroizing<Vec<u8>>,
    /// Makes a value of the envelope's, or says what was wrong in the list.
    pub(super) entries: Entries<T>,
}

/// What stood in the list, and its place in the value.
pub(super) enum Entries<T> {
    /// There is no list to put into it.
    None,
    /// These, put there by this.
    Some(Box<dyn FnOnce(T) -> T>),
    /// This one could not be read.
    Bad(BadEntry),
}

/// An entry that could not be read.
pub(super) struct BadEntry {
    /// Where it stands, in the words of paths: `data.apiKeys[3]`.
    pub(super) path: String,
    /// What was wrong.
    pub(super) error: serde_json::Error,
    /// In which line it begins, from 0 on, and how many bytes of that come before.
    pub(super) place: (usize, usize),
}

/// All of a body.
pub(super) struct Whole<T> {
    text: Zeroizing<Vec<u8>>,
    value: PhantomData<T>,
}

impl<T> Default for Whole<T> {
    fn default() -> Self {
        Self { text: Zeroizing::default(), value: PhantomData }
    }
}

impl<T: DeserializeOwned> Reading for Whole<T> {
    type Value = T;

    fn expects(&mut self, bytes: usize) {
        // Sized at once where the length is known: each time a buffer grows, it leaves a copy behind.
        self.text = Zeroizing::new(Vec::with_capacity(bytes.min(1 << 20)));
    }

    fn take(&mut self, piece: &[u8]) {
        append(&mut self.text, piece);
    }

    fn end(self) -> Body<T> {
        Body { text: self.text, entries: Entries::None }
    }
}

/// Puts `piece` behind `text`, and wipes what it moves from.
fn append(text: &mut Zeroizing<Vec<u8>>, piece: &[u8]) {
    if text.len() + piece.len() > text.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity((text.len() + piece.len()).next_power_of_two()));
        larger.extend_from_slice(text);
        *text = larger;
    }
    text.extend_from_slice(piece);
}

/// A value with one list in it, as the `data` of an envelope.
pub(super) trait List: Sized + 'static {
    /// What is in the list.
    type Entry: DeserializeOwned + 'static;

    /// What the list is called.
    const NAME: &'static str;

    /// The same with these entries.
    fn with(self, entries: Vec<Self::Entry>) -> Self;
}

/// A body with a list, which is taken apart.
pub(super) struct Listed<T: List> {
    expected: usize,
    entries: Vec<T::Entry>,
    bad: Option<BadEntry>,
    /// All but the entries.
    around: Zeroizing<Vec<u8>>,
    /// What is there of an entry that is not whole.
    begun: Zeroizing<Vec<u8>>,
    /// In which line that begins, and behind how many bytes of it.
    begun_at: (usize, usize),
    /// Whether another entry has to come, as after a comma.
    is_owed: bool,
    scan: Scan,
}

impl<T: List> Default for Listed<T> {
    fn default() -> Self {
        Self {
            expected: 0,
            entries: Vec::new(),
            bad: None,
            around: Zeroizing::default(),
            begun: Zeroizing::default(),
            begun_at: (0, 0),
            is_owed: false,
            scan: Scan::default(),
        }
    }
}

impl<T: List> Reading for Listed<T> {
    type Value = T;

    fn expects(&mut self, bytes: usize) {
        self.expected = bytes;
    }

    fn take(&mut self, piece: &[u8]) {
        let (mut start, mut at) = (0, 0);
        while let Some(&byte) = piece.get(at) {
            match self.scan.step(byte, T::NAME) {
                Mark::Opens => {
                    append(&mut self.around, part(piece, start, at + 1));
                    (start, self.begun_at, self.is_owed) = (at + 1, self.scan.position(), false);
                }
                Mark::Separates => {
                    // Before a comma, as behind one.
                    self.is_owed = true;
                    self.entry(part(piece, start, at));
                    (start, self.begun_at, self.is_owed) = (at + 1, self.scan.position(), true);
                }
                Mark::Closes => {
                    self.entry(part(piece, start, at));
                    start = at;
                }
                Mark::None => {}
            }
            at += 1 + self.scan.skip(part(piece, at + 1, piece.len()));
        }
        let whose = if self.scan.place == Place::Inside { &mut self.begun } else { &mut self.around };
        append(whose, part(piece, start, piece.len()));
    }

    fn end(self) -> Body<T> {
        let Self { entries, bad, mut around, begun, .. } = self;
        // Where it ends in the middle, that is told of it.
        append(&mut around, &begun);
        let entries = match bad {
            Some(bad) => Entries::Bad(bad),
            None if entries.is_empty() => Entries::None,
            None => Entries::Some(Box::new(|value: T| value.with(entries))),
        };
        Body { text: around, entries }
    }
}

impl<T: List> Listed<T> {
    /// Takes in an entry whose last bytes these are. What comes after a bad one is of no use any more.
    fn entry(&mut self, rest: &[u8]) {
        let begun = std::mem::take(&mut self.begun);
        let whole;
        let text = if begun.is_empty() {
            rest
        } else {
            whole = {
                let mut whole = begun;
                append(&mut whole, rest);
                whole
            };
            &whole
        };
        // Between the brackets of an empty list.
        let is_none = !self.is_owed && text.trim_ascii().is_empty();
        if is_none || self.bad.is_some() {
            return;
        }
        let mut reader = serde_json::Deserializer::from_slice(text);
        match T::Entry::deserialize(&mut reader).and_then(|entry| reader.end().map(|()| entry)) {
            Ok(entry) => {
                if self.entries.is_empty() {
                    // Each of them will be about as long as the first.
                    self.entries.reserve((self.expected / (text.len() + 1)).min(MOST_EXPECTED));
                }
                self.entries.push(entry);
            }
            Err(_) => self.bad = Some(self.bad_entry(text)),
        }
    }

    /// What is wrong with it is found out with more care.
    fn bad_entry(&self, text: &[u8]) -> BadEntry {
        let mut reader = serde_json::Deserializer::from_slice(text);
        let path = format!("data.{}[{}]", T::NAME, self.entries.len());
        match serde_path_to_error::deserialize::<_, T::Entry>(&mut reader) {
            Err(error) => BadEntry {
                path: match error.path().iter().next() {
                    Some(_) => format!("{path}.{}", error.path()),
                    None => path,
                },
                error: error.into_inner(),
                place: self.begun_at,
            },
            // Something stands behind it.
            Ok(_) => BadEntry { path, error: trailing(text), place: self.begun_at },
        }
    }
}

/// The error of an entry with something behind it.
fn trailing(text: &[u8]) -> serde_json::Error {
    let whole = serde_json::from_slice::<serde::de::IgnoredAny>(text);
    whole.err().unwrap_or_else(|| serde::de::Error::custom("something stands behind it"))
}

/// Finds the entries of one list, which is in `data` of the outermost object, in JSON that comes in pieces. It does not know
/// whether that is right: whoever reads what it found does.
#[derive(Default)]
struct Scan {
    depth: usize,
    is_in_string: bool,
    /// The next character of the string is not what it seems.
    is_escaped: bool,
    /// The last string of the two outermost objects, as far as it can be a name here.
    last: Vec<u8>,
    /// Whether what comes is called `data`, and in there by the list's name.
    named: [bool; 2],
    place: Place,
    lines: usize,
    /// How many bytes came, and how many of them before this line.
    bytes: usize,
    before_line: usize,
}

/// Where it is, seen from the list. There is one alone; another one of its name is a mistake.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Inside,
    Behind,
}

/// What a byte is to the list.
enum Mark {
    None,
    Opens,
    Separates,
    Closes,
}

/// How deep the list's entries are.
const IN_LIST: usize = 3;
/// No name that is looked for has more bytes.
const LONGEST_NAME: usize = 16;

impl Scan {
    /// In which line the next byte is, and behind how many others.
    fn position(&self) -> (usize, usize) {
        (self.lines, self.bytes - self.before_line)
    }

    /// Whether it is in the list itself, and not in one of its entries.
    fn is_between(&self) -> bool {
        self.place == Place::Inside && self.depth == IN_LIST
    }

    fn step(&mut self, byte: u8, name: &str) -> Mark {
        self.bytes += 1;
        if self.is_in_string {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_string = false,
                _ => {}
            }
            if self.is_in_string && self.depth < IN_LIST && self.last.len() <= LONGEST_NAME {
                self.last.push(byte);
            }
            return Mark::None;
        }
        match byte {
            b'"' => {
                self.is_in_string = true;
                self.last.clear();
            }
            b'{' | b'[' => {
                self.depth += 1;
                if byte == b'[' && self.depth == IN_LIST && self.named == [true; 2] && self.place == Place::Before {
                    self.place = Place::Inside;
                    return Mark::Opens;
                }
            }
            b'}' | b']' => {
                let closes = self.is_between();
                self.depth = self.depth.saturating_sub(1);
                if let Some(named) = self.named.get_mut(self.depth) {
                    *named = false;
                }
                if closes {
                    self.place = Place::Behind;
                    return Mark::Closes;
                }
            }
            b':' => {
                let wanted = if self.depth == 1 { "data" } else { name };
                if let Some(named) = self.depth.checked_sub(1).and_then(|level| self.named.get_mut(level)) {
                    *named = self.last == wanted.as_bytes();
                }
            }
            b',' if self.is_between() => return Mark::Separates,
            b',' => {
                if let Some(named) = self.depth.checked_sub(1).and_then(|level| self.named.get_mut(level)) {
                    *named = false;
                }
            }
            b'\n' => (self.lines, self.before_line) = (self.lines + 1, self.bytes),
            _ => {}
        }
        Mark::None
    }

    /// How many of the next bytes are nothing but more of a string.
    fn skip(&mut self, next: &[u8]) -> usize {
        if !self.is_in_string || self.is_escaped || self.depth < IN_LIST {
            return 0;
        }
        let skipped = next.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(next.len());
        self.bytes += skipped;
        skipped
    }
}

/// What of `piece` is from `start` on and before `end`.
fn part(piece: &[u8], start: usize, end: usize) -> &[u8] {
    piece.get(start..end).unwrap_or_default()
}

/// `body` as it is read in pieces of so many bytes.
pub(super) fn taken<R: Reading>(body: &[u8], piece: usize) -> Body<R::Value> {
    let mut reading = R::default();
    reading.expects(body.len());
    body.chunks(piece.max(1)).for_each(|piece| reading.take(piece));
    reading.end()
}

#[cfg(test)]
mod tests;
