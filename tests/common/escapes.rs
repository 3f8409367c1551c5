//! What a program wrote to its terminal, taken apart into its escape sequences.

use std::collections::BTreeMap;

/// The cursor's being seen: set at the start, unlike all others.
const CURSOR: &str = "25";

/// The escape sequences in `raw`, each without its ESC. What was cancelled is left out.
pub(crate) fn sequences(raw: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != 0x1b {
            continue;
        }
        let mut sequence = Vec::new();
        while let Some(byte) = bytes.next_if(|byte| *byte != 0x18) {
            // A string ends with a bell, or with ESC and a backslash.
            let is_string = matches!(sequence.first(), Some(b']' | b'P' | b'_' | b'^' | b'X'));
            if is_string && byte == 0x1b && bytes.peek() == Some(&b'\\') {
                bytes.next();
            }
            sequence.push(byte);
            let is_over = match sequence[0] {
                b'[' => sequence.len() > 1 && (0x40..=0x7e).contains(&byte),
                b']' | b'P' | b'_' | b'^' | b'X' => matches!(byte, 0x07 | 0x1b),
                _ => (0x30..=0x7e).contains(&byte),
            };
            if is_over {
                found.push(String::from_utf8_lossy(&sequence).into_owned());
                break;
            }
        }
    }
    found
}

/// Fails where `raw`, all that a program wrote, holds a sequence of a kind that it has no reason to write, or where a
/// mode that it set is not as it was.
#[track_caller]
pub(crate) fn all_is_reset(raw: &[u8]) {
    const KNOWN: [&str; 7] = [CURSOR, "1000", "1004", "1006", "1049", "2004", "2026"];
    let mut modes: BTreeMap<String, bool> = BTreeMap::new();
    let mut is_styled = false;
    for sequence in sequences(raw) {
        let (first, rest) = sequence.split_at(1);
        match (first, rest.as_bytes().last()) {
            ("[", Some(b'h' | b'l')) => {
                let numbers = rest.strip_prefix('?').unwrap_or_else(|| panic!("another mode is set: {sequence:?}"));
                for mode in numbers[..numbers.len() - 1].split(';') {
                    assert!(KNOWN.contains(&mode), "the mode {mode} is none of ours");
                    modes.insert(mode.to_owned(), numbers.ends_with('h'));
                }
            }
            ("[", Some(b'm')) => is_styled = !matches!(rest, "m" | "0m"),
            // Where the cursor goes, and what is erased.
            ("[", Some(b'C' | b'G' | b'H' | b'J' | b'K')) => {}
            // A copy, and the question after the background; no title, no colour of the terminal's own.
            ("]", _) => {
                let is_known = rest.starts_with("52;c;") || rest == "11;?\u{7}";
                assert!(is_known, "an unknown request: {sequence:?}");
            }
            _ => panic!("an unknown sequence: {sequence:?}"),
        }
    }
    let left: Vec<&String> =
        modes.iter().filter(|(mode, set)| **set != (**mode == CURSOR)).map(|(mode, _)| mode).collect();
    assert!(left.is_empty(), "left as they should not be: {left:?}");
    assert!(!is_styled, "colours or the like are left on");
    assert_eq!(modes.len(), KNOWN.len(), "{modes:?}");
}
