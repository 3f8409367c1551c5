//! Words from outside, without the keys that they may quote.
//!
//! A service, or something on the way to it, may repeat what it was sent: in an error, in a header, in the address that
//! it points to, even as a name. A person may give a key where a name belongs. So the process notes the values
//! that it must never show, and [`redacted`] takes them out of whatever is shown, logged or written down:
//!
//! - the keys that came in (`note_key`): the whole value, and any piece of it that would give away more than its end;
//!   in whatever case, and percent-encoded, too;
//! - secrets that were issued (`note_secret`), as a whole. They are known by a fingerprint that they can't be had from:
//!   nothing of a secret may stay in memory after its dialog is closed;
//! - whatever looks like a key of this service, known or not.
//!
//! Where a key was known, its last characters stay, by which people tell keys apart.

mod grams;

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::fmt::{self, Write as _};
use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::child::KEY_VARIABLES;
use crate::secret::Secret;
use grams::Grams;

/// How every key of this service begins.
const BRAND: &str = "confident_";
/// A piece of a known key with as many characters beyond its prefix is not shown: with the last six characters, which
/// are, less than half of a key's random part is.
const PIECE: usize = 8;
/// A value below this length is no key, and ordinary words would hold it by chance.
const LEAST: usize = 6;
/// What a secret has at least, in characters, for its fingerprint to tell nothing of it.
const LEAST_SECRET: usize = 16;
/// What looks like a key has at least so many characters after its prefix.
const LEAST_BODY: usize = 8;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// What this process must not show.
#[derive(Default)]
struct Known {
    keys: Vec<Key>,
    secrets: Vec<Fingerprint>,
    hasher: RandomState,
}

struct Key {
    value: Secret,
    /// Its characters in lower case.
    characters: Zeroizing<Vec<char>>,
    /// How many of its first characters are the same in all keys.
    public: usize,
    /// What any piece of it has.
    grams: Grams,
}

/// 64 bits of a keyed hash: very many values have the same one.
#[derive(PartialEq, Eq)]
struct Fingerprint {
    chars: usize,
    hash: u64,
    /// The last characters, which are shown.
    tail: Box<str>,
}

/// One character of the words, as it is compared.
#[derive(Clone, Copy)]
struct Unit {
    character: char,
    start: usize,
    end: usize,
}

/// From now on, `key` is shown by its last characters alone. Of several words, such as two keys that were pasted into one
/// place, each is.
pub(crate) fn note_key(key: &Secret) {
    key.expose().split_whitespace().for_each(|word| note_word(&Secret::new(word)));
}

fn note_word(key: &Secret) {
    if key.expose().chars().count() < LEAST {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if !known.keys.iter().any(|other| other.value == *key) {
        known.keys.push(Key::new(key));
    }
}

/// `key` signs nothing after all: it is not kept any more.
pub(crate) fn forget_key(key: &Secret) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.keys.retain(|other| other.value != *key);
}

/// Notes the keys in this process's environment, before anything is said.
pub fn note_environment() {
    for name in KEY_VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            note_key(&Secret::new(value.to_string_lossy()));
        }
    }
}

/// From now on, `secret` is shown by its last characters alone, unless somebody asks for it. It is not kept.
pub(crate) fn note_secret(secret: &Secret) {
    let chars = secret.expose().chars().count();
    if chars < LEAST_SECRET {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let hash = hash(&known.hasher, secret.expose().chars().map(|character| character.to_ascii_lowercase()));
    let fingerprint = Fingerprint { chars, hash, tail: secret.tail().into() };
    if !known.secrets.contains(&fingerprint) {
        known.secrets.push(fingerprint);
    }
}

/// `text` without keys: neither known ones, nor what looks like one.
pub fn redacted(text: &str) -> Cow<'_, str> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.cut(text, shape)
}

/// `text` without the keys that are known; none where there is none in it. For names, which people may well begin like
/// a key.
pub(crate) fn without_known(text: &str) -> Option<String> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    // It is asked for each name of a list, and nearly none holds a key.
    if !known.may_be_in(text) {
        return None;
    }
    match known.cut(text, |_| None) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// Whether there is something in `text` that is known, or looks like a key's value.
pub fn holds_key(text: &str) -> bool {
    if without_known(text).is_some() {
        return true;
    }
    let units = as_written(text);
    (0..units.len()).any(|at| units.get(at..).and_then(shaped).is_some())
}

/// `reason` without keys, where a fault is told of: whoever noted a key may be the one that has the fault, so this waits
/// for nobody. None where it can't be told.
pub(crate) fn of_fault(reason: &str) -> Option<Cow<'_, str>> {
    KNOWN.try_read().ok().map(|known| known.cut(reason, shape))
}

/// What was found at the start of some units: its length, and what is shown of it.
type Found<'a> = (usize, Mark<'a>);

/// What is shown in place of a key.
#[derive(Clone, Copy)]
enum Mark<'a> {
    /// That it was known, by its end.
    End(&'a str),
    /// That it looked like one.
    Shape,
}

impl fmt::Display for Mark<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End(end) => write!(formatter, "…{end}"),
            Self::Shape => write!(formatter, "{BRAND}…"),
        }
    }
}

impl Known {
    /// Whether something that is known may be in `text`; `false` is sure.
    fn may_be_in(&self, text: &str) -> bool {
        text.contains('%')
            || self.secrets.iter().any(|secret| text.len() >= secret.chars)
            || self.keys.iter().any(|key| key.grams.may_be_in(text))
    }

    /// `text` without what is known, and without what `other` finds.
    fn cut<'a>(&self, text: &'a str, other: impl Fn(&[Unit]) -> Option<Found<'static>>) -> Cow<'a, str> {
        if text.len() < LEAST {
            return Cow::Borrowed(text);
        }
        let mut found = self.find(&as_written(text), &other);
        if text.contains('%') {
            // What looks like the code of a character may be none, so both are looked for.
            found.extend(self.find(&decoded(text), &other));
            found.sort_by_key(|(range, _)| range.start);
        }
        let mut out = String::new();
        let mut copied = 0;
        let mut found = found.into_iter().peekable();
        while let Some((mut range, mut mark)) = found.next() {
            // One may run into another.
            while let Some((next, its_mark)) = found.next_if(|(next, _)| next.start < range.end) {
                if next.end > range.end {
                    (range.end, mark) = (next.end, its_mark);
                }
            }
            // Writing to a String can't fail.
            let _ = write!(out, "{}{mark}", &text[copied..range.start]);
            copied = range.end;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[copied..]);
        Cow::Owned(out)
    }

    /// Where something is that must not be shown, in bytes, from the first on; with what may be.
    fn find(&self, units: &[Unit], other: impl Fn(&[Unit]) -> Option<Found<'static>>) -> Vec<(Range<usize>, Mark<'_>)> {
        let at = |at: usize| {
            let rest = units.get(at..)?;
            // What is known comes first where it is as long: its end is worth seeing.
            let candidates = [self.key(rest), self.secret(rest), other(rest)];
            let (length, mark) = candidates.into_iter().flatten().reduce(longer)?;
            let last = rest.get(length.checked_sub(1)?)?;
            Some((rest.first()?.start..last.end, mark))
        };
        (0..units.len()).filter_map(at).collect()
    }

    /// The longest piece of a key that `rest` begins with, where it is long enough.
    fn key(&self, rest: &[Unit]) -> Option<Found<'_>> {
        self.keys.iter().filter_map(|key| Some((key.piece(rest)?, Mark::End(key.value.tail())))).reduce(longer)
    }

    fn secret(&self, rest: &[Unit]) -> Option<Found<'_>> {
        self.secrets.iter().find_map(|secret| {
            let candidate = rest.get(..secret.chars)?;
            let is_it = hash(&self.hasher, candidate.iter().map(|unit| unit.character)) == secret.hash;
            is_it.then_some((secret.chars, Mark::End(&secret.tail)))
        })
    }
}

fn shape(units: &[Unit]) -> Option<Found<'static>> {
    shaped(units).map(|length| (length, Mark::Shape))
}

fn longer<'a>(one: Found<'a>, other: Found<'a>) -> Found<'a> {
    if other.0 > one.0 { other } else { one }
}

impl Key {
    fn new(value: &Secret) -> Self {
        let units = as_written(value.expose());
        let characters = units.iter().map(|unit| unit.character).collect();
        let grams = Grams::of(value.expose());
        Self { value: value.clone(), characters: Zeroizing::new(characters), public: prefix(&units), grams }
    }

    /// How long the longest piece of it is that `rest` begins with, where that is long enough to matter.
    fn piece(&self, rest: &[Unit]) -> Option<usize> {
        let first = rest.first()?.character;
        let mut longest = None;
        for (skipped, _) in self.characters.iter().enumerate().filter(|(_, character)| **character == first) {
            let own = self.characters.iter().skip(skipped);
            let same = own.zip(rest).take_while(|(own, unit)| **own == unit.character).count();
            let beyond = (skipped + same).saturating_sub(skipped.max(self.public));
            if (beyond >= PIECE || same == self.characters.len()) && longest.is_none_or(|longest| same > longest) {
                longest = Some(same);
            }
        }
        longest
    }
}

fn hash(hasher: &RandomState, characters: impl Iterator<Item = char>) -> u64 {
    let mut hasher = hasher.build_hasher();
    for character in characters {
        hasher.write_u32(character.into());
    }
    hasher.finish()
}

/// The characters of `text`, in lower case.
fn as_written(text: &str) -> Vec<Unit> {
    let unit = |(start, character): (usize, char)| Unit {
        character: character.to_ascii_lowercase(),
        start,
        end: start + character.len_utf8(),
    };
    text.char_indices().map(unit).collect()
}

/// The same, with those of ASCII that are percent-encoded as what they stand for.
fn decoded(text: &str) -> Vec<Unit> {
    let bytes = text.as_bytes();
    let mut units = Vec::with_capacity(text.len());
    let mut encoded_until = 0;
    for (start, character) in text.char_indices() {
        if start < encoded_until {
            continue;
        }
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let decoded = (character == '%')
            .then(|| digit(start + 1).zip(digit(start + 2)))
            .flatten()
            .and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
            .filter(u8::is_ascii);
        let (character, end) = match decoded {
            Some(byte) => (char::from(byte), start + 3),
            None => (character, start + character.len_utf8()),
        };
        encoded_until = end;
        units.push(Unit { character: character.to_ascii_lowercase(), start, end });
    }
    units
}

/// How long the prefix of a key at the start of `units` is, such as `confident_us_org_`; 0 where there is none.
fn prefix(units: &[Unit]) -> usize {
    let begins = |at: usize, word: &str| {
        let rest = units.get(at..).unwrap_or_default();
        rest.len() >= word.len() && rest.iter().zip(word.chars()).all(|(unit, character)| unit.character == character)
    };
    if !begins(0, BRAND) {
        return 0;
    }
    let is_region = |at: usize| {
        let letter = |at: usize| units.get(at).is_some_and(|unit| unit.character.is_ascii_lowercase());
        letter(at) && letter(at + 1) && begins(at + 2, "_")
    };
    let kind = if is_region(BRAND.len()) { BRAND.len() + 3 } else { BRAND.len() };
    ["org_", "proj_"].into_iter().find(|word| begins(kind, word)).map_or(0, |word| kind + word.len())
}

/// Where what looks like a key at the start of `units` ends.
fn shaped(units: &[Unit]) -> Option<usize> {
    let body = prefix(units);
    if body == 0 {
        return None;
    }
    let is_part = |unit: &&Unit| unit.character.is_ascii_alphanumeric() || "_-".contains(unit.character);
    let length = units.iter().skip(body).take_while(is_part).count();
    (length >= LEAST_BODY).then_some(body + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Values of these tests' own: what is noted holds for the whole process.
    const KEY: &str = "confident_us_org_FAKE1Qz7Lw3Xk9Vb5Nm2Rt8Yp4redac7";
    const OPAQUE: &str = "FAKE+opaque/2Hd6Js0Gf4Ka8Pz1Wx5Ec9=redac8";
    const TWO: &str = "confident_us_org_FAKE8Sv2Gm6Tz4Wq0Lb7Hj3redaca";
    const SECRET: &str = "FAKE.secret~7Tg3Bh9Uj5Mk1Ol6redac9";

    fn note() {
        note_key(&Secret::new(KEY));
        note_key(&Secret::new(OPAQUE));
        note_key(&Secret::new(format!("{TWO} {TWO}\n")));
        note_secret(&Secret::new(SECRET));
    }

    #[test]
    fn a_known_key_is_shown_by_its_end_alone() {
        note();
        for (text, expected) in [
            (KEY.to_owned(), "…redac7"),
            (format!("The key {KEY} is no key."), "The key …redac7 is no key."),
            (format!("{KEY} {KEY}"), "…redac7 …redac7"),
            (format!("{OPAQUE}{OPAQUE}"), "…redac8…redac8"),
            (format!("A {TWO} is no name of a variable"), "A …redaca is no name of a variable"),
            ("CONFIDENT_ORG_API_KEY: confident_api_key".to_owned(), "CONFIDENT_ORG_API_KEY: confident_api_key"),
            (KEY.to_uppercase(), "…redac7"),
            (format!("https://x.test/?key={OPAQUE}&a=b"), "https://x.test/?key=…redac8&a=b"),
            ("?key=FAKE%2Bopaque%2f2Hd6Js0Gf4Ka8Pz1Wx5Ec9%3Dredac8".to_owned(), "?key=…redac8"),
            ("begins with confident_us_org_FAKE1Qz7Lw3Xk9...".to_owned(), "begins with …redac7..."),
            ("ends with 9Vb5Nm2Rt8Yp4redac7".to_owned(), "ends with …redac7"),
            (format!("{SECRET}, {SECRET}"), "…redac9, …redac9"),
        ] {
            assert_eq!(redacted(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_the_same_in_all_keys_and_their_ends_stay() {
        note();
        for text in [
            "A key begins with confident_us_org_ or confident_proj_.",
            "No header confident_api_key.",
            "***************redac7",
            "The key …redac7 may not do this (100%, 5%zz).",
            "confident_us_org_FAKE1Qz",
            "",
        ] {
            assert!(matches!(redacted(text), Cow::Borrowed(_)), "{text} became {}", redacted(text));
        }
    }

    #[test]
    fn what_looks_like_a_key_is_cut_out_of_words_and_left_in_names() {
        for (text, expected) in [
            ("Is confident_eu_proj_fake-1234_x! one?", "Is confident_…! one?"),
            ("confident_org_fake1234", "confident_…"),
            ("CONFIDENT_AU_ORG_FAKE1234 and more", "confident_… and more"),
        ] {
            assert_eq!(redacted(text), expected);
            assert_eq!(without_known(text), None);
            assert!(holds_key(text));
        }
        assert!(!holds_key("confident_us_org_") && !holds_key("GitHub Actions"));
    }

    #[test]
    fn names_lose_what_is_known() {
        note();
        assert_eq!(without_known(&format!("my {KEY}")).unwrap(), "my …redac7");
        assert_eq!(without_known("GitHub Actions"), None);
        assert!(holds_key(&format!("for {OPAQUE}")));
    }

    #[test]
    fn of_a_secret_nothing_is_kept_but_its_end() {
        note();
        let known = KNOWN.read().unwrap();
        let own = known.secrets.iter().find(|secret| &*secret.tail == "redac9").unwrap();
        assert_eq!(own.chars, SECRET.len());
        assert!(known.keys.iter().all(|key| key.value.expose() != SECRET));
    }

    proptest::proptest! {
        #[test]
        fn any_text_may_come_and_none_keeps_a_known_key(before in "\\PC{0,20}", after in "[%a-zA-Z0-9é]{0,20}") {
            note();
            let text = redacted(&format!("{before}{KEY}{after}{SECRET}")).into_owned();
            for piece in [&KEY[17..25], &KEY[40..], &SECRET[..12], &SECRET[12..24]] {
                proptest::prop_assert!(!text.contains(piece), "{}", text);
            }
        }
    }
}
