//! Keys made ready to be searched: their names are turned to lower case once, and not for each letter that is typed.

use unicode_segmentation::UnicodeSegmentation;

use crate::api::model::{ApiKey, KeyId};
use crate::text;

/// Which letters a text has, a bit each; some share one. The highest bit tells that not all of them are ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Letters(u64);

impl Letters {
    const BEYOND_ASCII: u64 = 1 << 63;

    /// Those of `folded`, which is in lower case.
    pub(super) fn of(folded: &str) -> Self {
        Self(folded.bytes().fold(0, |bits, byte| {
            bits | match byte {
                b'a'..=b'z' => 1 << (byte - b'a'),
                b'0'..=b'9' => 1 << (byte - b'0' + 26),
                0..0x80 => 1 << (byte % 16 + 36),
                _ => (1 << (byte % 11 + 52)) | Self::BEYOND_ASCII,
            }
        }))
    }

    /// Whether a text with these letters can hold one with those.
    #[inline]
    pub(super) fn have(self, others: Self) -> bool {
        others.0 & !self.0 & !Self::BEYOND_ASCII == 0
    }

    fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

/// What is searched in the keys of a list, in their order.
#[derive(Debug, Default)]
pub struct Index {
    /// All titles one after the other, as [`fold_into`] writes them.
    titles: String,
    /// Where each of them ends.
    ends: Vec<u32>,
    /// Those of the title and of the ends of the values.
    letters: Vec<Letters>,
    ids: Vec<KeyId>,
    /// The places of the keys without a name, in their order: few, or all of a list alike.
    unnamed: Vec<u32>,
}

/// What is searched in one key.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The title, folded.
    pub(super) title: &'a str,
    /// Those of the title and of the ends of the values.
    pub(super) letters: Letters,
}

impl<'a> Entry<'a> {
    /// The key's title in lower case.
    pub fn title(self) -> &'a str {
        self.title
    }
}

impl Index {
    /// That of `keys`.
    pub fn of(keys: &[ApiKey]) -> Self {
        let mut index = Self {
            titles: String::with_capacity(keys.iter().map(|key| key.title().len()).sum()),
            ends: Vec::with_capacity(keys.len()),
            letters: Vec::with_capacity(keys.len()),
            ids: keys.iter().map(|key| key.id).collect(),
            unnamed: Vec::new(),
        };
        // No list is so long: an answer has a limit that is far below.
        for (at, key) in (0_u32..).zip(keys) {
            if key.visible_name().is_none() {
                index.unnamed.push(at);
            }
            let start = index.titles.len();
            fold_into(&mut index.titles, key.title());
            let letters = Letters::of(index.titles.get(start..).unwrap_or_default());
            let ends = key.values().map(|value| letters_of_end(value.tail()));
            index.letters.push(ends.fold(letters, Letters::and));
            index.ends.push(u32::try_from(index.titles.len()).unwrap_or(u32::MAX));
        }
        index
    }

    /// What is searched in the key at this place.
    #[inline]
    pub fn entry(&self, at: usize) -> Option<Entry<'_>> {
        let start = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let title = self.titles.get(start as usize..*self.ends.get(at)? as usize)?;
        Some(Entry { title, letters: *self.letters.get(at)? })
    }

    /// Whether the key at this place has a name to be seen.
    #[inline]
    pub fn is_named(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.unnamed.binary_search(&at).is_err())
    }

    /// The id of the key at this place.
    pub fn id(&self, at: usize) -> Option<KeyId> {
        self.ids.get(at).copied()
    }

    /// Where the key with this id is.
    pub fn find(&self, id: KeyId) -> Option<usize> {
        self.ids.iter().position(|other| *other == id)
    }
}

fn letters_of_end(end: &str) -> Letters {
    if end.is_ascii() { Letters::of(&end.to_ascii_lowercase()) } else { Letters::of(&end.to_lowercase()) }
}

/// Puts `text` behind `out`, each character, as people see them, written the one way and in lower case.
fn fold_into(out: &mut String, text: &str) {
    if text.is_ascii() {
        out.extend(text.chars().map(|character| character.to_ascii_lowercase()));
    } else {
        for grapheme in text.graphemes(true) {
            out.push_str(&text::composed(grapheme).to_lowercase());
        }
    }
}
