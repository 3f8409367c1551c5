//! Looks for a secret in all of a running program's memory, in the forms that it may have there.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// As many characters of the secret in a row are a copy of it: no register, and no half of one, holds fewer.
const RUN: usize = 8;
/// The farthest that two neighbouring characters lie apart: in UTF-16 they do by 2 bytes, as `char`s by 4, in the
/// cells of a screen by a few dozen.
const MAX_STRIDE: usize = 64;
/// How much is read at once.
const CHUNK: usize = 1 << 20;

/// The random part of a secret, as it may stand in memory.
pub(crate) struct Sought {
    texts: Vec<Text>,
}

/// One form of it.
struct Text {
    form: &'static str,
    bytes: Vec<u8>,
    /// So many of them in a row are a copy.
    run: usize,
    /// The farthest that they may lie apart.
    max_stride: usize,
}

/// A copy.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Copy {
    pub(crate) form: &'static str,
    /// From each of its bytes to the next.
    pub(crate) stride: usize,
    /// How much of it is there.
    pub(crate) bytes: usize,
    pub(crate) address: u64,
    /// What the memory is for, in the system's words.
    pub(crate) region: String,
}

impl fmt::Debug for Copy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { form, stride, bytes, address, region } = self;
        write!(formatter, "{bytes} bytes of {form}, {stride} apart, at {address:#x} in {region:?}")
    }
}

impl Sought {
    /// `random` is the part of a secret that nobody could guess; ASCII, and not the same character all over.
    pub(crate) fn new(random: &str) -> Self {
        assert!(random.is_ascii() && random.len() >= RUN);
        let plain = Text { form: "plain text", bytes: random.into(), run: RUN, max_stride: MAX_STRIDE };
        // Where a text begins within its groups of three bytes decides what each character of base64 is.
        let encoded = (0..3).map(|shift| {
            let whole = STANDARD_NO_PAD.encode([&[0; 3][..shift], random.as_bytes()].concat());
            // The first and the last character may hold bits of what stands beside.
            let own = (shift * 8).div_ceil(6)..(shift + random.len()) * 8 / 6;
            Text { form: "base64", bytes: whole[own].into(), run: RUN * 8 / 6, max_stride: 1 }
        });
        Self { texts: std::iter::once(plain).chain(encoded).collect() }
    }

    /// All copies in the memory of the process `id`, or why that can't be read.
    pub(crate) fn copies(&self, id: u32) -> io::Result<BTreeSet<Copy>> {
        let memory = File::open(format!("/proc/{id}/mem"))?;
        let maps = fs::read_to_string(format!("/proc/{id}/maps"))?;
        let mut copies = BTreeSet::new();
        let mut bytes = vec![0; CHUNK + MAX_STRIDE * 64];
        for line in maps.lines() {
            let mut fields = line.split_ascii_whitespace();
            let (Some(range), Some(rights)) = (fields.next(), fields.next()) else { continue };
            let region = fields.nth(3).unwrap_or("anonymous").to_owned();
            // The kernel's own pages can't be read from outside, and nobody writes to them.
            if !rights.starts_with('r') || region.starts_with("[v") {
                continue;
            }
            let (start, end) = range.split_once('-').unwrap();
            let (mut at, end) = (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap());
            while at < end {
                let length = bytes.len().min(usize::try_from(end - at).unwrap());
                memory.read_exact_at(&mut bytes[..length], at)?;
                self.find(&bytes[..length], |form, stride, offset, bytes| {
                    let address = at + u64::try_from(offset).unwrap();
                    copies.insert(Copy { form, stride, bytes, address, region: region.clone() });
                });
                // Chunks overlap, so that none cuts a copy in two.
                at += u64::try_from(CHUNK).unwrap();
            }
        }
        Ok(copies)
    }

    /// Calls `found` with the form, stride, offset and length of each copy in `bytes`.
    fn find(&self, bytes: &[u8], mut found: impl FnMut(&'static str, usize, usize, usize)) {
        for text in &self.texts {
            // Each run that is long enough has one of these in it.
            let step = text.run - 3;
            for anchor in (0..text.bytes.len() - 3).step_by(step) {
                let first = text.bytes[anchor];
                let mut from = 0;
                while let Some(next) = position(&bytes[from..], first) {
                    let at = from + next;
                    from = at + 1;
                    for stride in 1..=text.max_stride {
                        if bytes.get(at + stride) == Some(&text.bytes[anchor + 1])
                            && let Some((start, length)) = text.around(bytes, at, anchor, stride)
                        {
                            found(text.form, stride, start, length);
                        }
                    }
                }
            }
        }
    }
}

impl Text {
    /// Where the copy starts, and how long it is, that has this text's byte `index` at `at`.
    fn around(&self, bytes: &[u8], at: usize, index: usize, stride: usize) -> Option<(usize, usize)> {
        let same = |index: usize, at: Option<usize>| at.is_some_and(|at| bytes.get(at) == Some(&self.bytes[index]));
        let after =
            (index..self.bytes.len()).take_while(|&next| same(next, Some(at + (next - index) * stride))).count();
        let before = (0..index).rev().take_while(|&last| same(last, at.checked_sub((index - last) * stride))).count();
        (before + after >= self.run).then(|| (at - before * stride, before + after))
    }
}

/// The first place of `byte`. Unlike an iterator's, fast where nothing is optimised.
fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut rest = bytes;
    let skipped = io::BufRead::skip_until(&mut rest, byte).ok()?;
    bytes[..skipped].ends_with(&[byte]).then(|| skipped - 1)
}

#[test]
fn a_copy_is_found_in_each_form_and_a_few_characters_are_none() {
    let (random, sought) = ("0f1e2d3c4b5a6978", Sought::new("0f1e2d3c4b5a6978"));
    let apart = |text: &str, stride: usize| -> Vec<u8> {
        text.bytes().flat_map(|byte| std::iter::once(byte).chain(std::iter::repeat_n(0, stride - 1))).collect()
    };
    let found = |bytes: &[u8]| {
        let mut found = Vec::new();
        sought
            .find(&[b"0f1e0f1e", bytes, b"0f1e"].concat(), |form, stride, _, bytes| found.push((form, stride, bytes)));
        found.dedup();
        found
    };
    for stride in [1, 2, 4, 48, MAX_STRIDE] {
        assert_eq!(found(&apart(random, stride)), [("plain text", stride, 16)], "{stride}");
        assert_eq!(found(&apart(&random[5..13], stride)), [("plain text", stride, 8)], "{stride}");
        assert_eq!(found(&apart(&random[5..12], stride)), [], "{stride}");
    }
    for head in ["", "x", "xy", "xyz"] {
        let encoded = STANDARD_NO_PAD.encode(format!("{head}{random}and more"));
        assert!(
            matches!(found(encoded.as_bytes())[..], [("base64", 1, 20..=22)]),
            "{head}: {:?}",
            found(encoded.as_bytes())
        );
    }
    assert_eq!(found(b"fedcba9876543210"), []);
}
