//! Values that sing wherever they come out: the keys of these tests, and the search for them and for pieces of them.

use std::collections::HashMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// The organization key that signs the calls.
pub(crate) const KEY: &str = "confident_us_org_FAKE0Zq7RkW2mXv9TbN4hJc6LpY8sGd3Fkey0a1";
/// How it may be shown.
pub(crate) const KEY_TAIL: &str = "key0a1";
/// The fresh secret, of the shape that the service's values have.
pub(crate) const SECRET: &str = "confident_us_proj_FAKE0Hn5UtE8wQa3ZxC7vBm1KfR6yPd9J5ec4e7";
/// A fresh secret of a shape that nothing could be known by.
pub(crate) const OPAQUE: &str = "FAKE.Ws6~Ei2Do9Gl4Uh8Aj1Qt5Nx7Vc3Bz0Mr.0paq1e";
/// No secret at all, as long and as random: it shows that the search finds what is there.
pub(crate) const CONTROL: &str = "FAKE-control-Yo3Pk8Je1Sv6Iw4Lf9Rb2Xu7Tg5Ca0-c0n7r0";

/// The parts that are random, and must not come out.
const RANDOM: [(&str, &str); 3] = [
    ("the signing key", "Zq7RkW2mXv9TbN4hJc6LpY8sGd3F"),
    ("a secret", "Hn5UtE8wQa3ZxC7vBm1KfR6yPd9J"),
    ("an opaque secret", "Ws6~Ei2Do9Gl4Uh8Aj1Qt5Nx7Vc3Bz0Mr"),
];
const RANDOM_CONTROL: (&str, &str) = ("the control", "Yo3Pk8Je1Sv6Iw4Lf9Rb2Xu7Tg5Ca0");

/// So many characters in a row are too many.
const WINDOW: usize = 12;
/// Pieces are looked up by their first bytes.
const HEAD: usize = 8;

/// Looks for values, and for every piece of theirs of 12 characters, in all the ways in which programs write text.
pub(crate) struct Search {
    pieces: HashMap<[u8; HEAD], Vec<(String, Vec<u8>)>>,
}

impl Search {
    /// For all canaries.
    pub(crate) fn new() -> Self {
        Self::of(&RANDOM)
    }

    /// For the control, which is to be found.
    pub(crate) fn control() -> Self {
        Self::of(&[RANDOM_CONTROL])
    }

    /// For the canaries whose names hold `name`.
    pub(crate) fn only(name: &str) -> Self {
        Self::of(&RANDOM.into_iter().filter(|(called, _)| *called == name).collect::<Vec<_>>())
    }

    fn of(values: &[(&str, &str)]) -> Self {
        let mut pieces: HashMap<_, Vec<_>> = HashMap::new();
        for (name, value) in values {
            assert!(value.is_ascii() && value.len() >= 2 * WINDOW);
            for window in value.as_bytes().windows(WINDOW) {
                for (form, bytes) in forms(window) {
                    let head = bytes[..HEAD].try_into().unwrap();
                    pieces.entry(head).or_default().push((format!("{name}, {form}"), bytes));
                }
            }
        }
        Self { pieces }
    }

    /// What of the values is in `bytes`, where something is.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<String> {
        bytes.windows(HEAD).enumerate().find_map(|(at, head)| {
            let candidates = self.pieces.get(<&[u8; HEAD]>::try_from(head).unwrap())?;
            let (name, piece) = candidates.iter().find(|(_, piece)| bytes[at..].starts_with(piece))?;
            Some(format!("{name}: {}", String::from_utf8_lossy(piece)))
        })
    }
}

/// Each way to write `window`.
fn forms(window: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8(window.to_vec()).unwrap();
    let each = |write: &dyn Fn(&mut String, u8)| {
        let mut out = String::new();
        for byte in window {
            write(&mut out, *byte);
        }
        out.into_bytes()
    };
    let mut forms = vec![
        ("as it is", window.to_vec()),
        ("in lower case", text.to_lowercase().into_bytes()),
        ("in upper case", text.to_uppercase().into_bytes()),
        ("backwards", text.chars().rev().collect::<String>().into_bytes()),
        ("percent-encoded", each(&|out, byte| write!(out, "%{byte:02X}").unwrap())),
        ("percent-encoded in lower case", each(&|out, byte| write!(out, "%{byte:02x}").unwrap())),
        ("as JSON escapes", each(&|out, byte| write!(out, "\\u{byte:04x}").unwrap())),
        ("as JSON escapes in upper case", each(&|out, byte| write!(out, "\\u{byte:04X}").unwrap())),
        ("as Rust escapes", each(&|out, byte| write!(out, "\\u{{{byte:x}}}").unwrap())),
        ("as octal escapes", each(&|out, byte| write!(out, "\\{byte:03o}").unwrap())),
        ("in hexadecimal", each(&|out, byte| write!(out, "{byte:02x}").unwrap())),
        ("in upper hexadecimal", each(&|out, byte| write!(out, "{byte:02X}").unwrap())),
        ("as a list of numbers", each(&|out, byte| write!(out, "{byte}, ").unwrap())),
        ("in UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("in UTF-32", text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect()),
    ];
    // Three bytes are four characters: of the windows, some begin where three do, wherever the value stands.
    forms.push(("in base64", STANDARD.encode(window).into_bytes()));
    forms.push(("in base64 for URLs", URL_SAFE.encode(window).into_bytes()));
    forms
}

#[test]
fn the_search_finds_a_canary_in_every_form() {
    let search = Search::new();
    for value in [KEY, SECRET, OPAQUE] {
        let middle = &value[value.len() - 32..][..24];
        for (form, bytes) in forms(&middle.as_bytes()[..WINDOW]) {
            let around = [&b"before "[..], &bytes, b" after"].concat();
            assert!(search.find(&around).is_some(), "{value} {form}");
        }
        for encoded in [
            STANDARD.encode(value),
            STANDARD.encode(format!("x{value}")),
            URL_SAFE.encode(format!("xy{value}")),
            value.to_uppercase(),
            format!("{value:?}"),
        ] {
            assert!(search.find(encoded.as_bytes()).is_some(), "{encoded}");
        }
        // What is shown of it is not found.
        let shown = format!("{} …{} ***{0}", &value[..14], &value[value.len() - 6..]);
        assert_eq!(search.find(shown.as_bytes()), None);
    }
    assert_eq!(search.find(CONTROL.as_bytes()), None);
    assert!(Search::control().find(CONTROL.as_bytes()).is_some());
    assert_eq!(Search::only("a secret").find(KEY.as_bytes()), None);
}
