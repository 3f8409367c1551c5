//! OSC 52: the escape sequence by which a program asks its terminal to put a text on the clipboard.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The longest text that is sent, in bytes: what fits in the 100 000 bytes of a sequence that terminals
/// commonly take.
pub const OSC52_MAX_BYTES: usize = 74_994;

/// How much GNU screen passes on in one piece.
const SCREEN_CHUNK: usize = 512;

const START: &str = "\x1b]52;c;";
const END: char = '\x07';

/// The sequence that asks the terminal to take `text`; with `through_screen` ([`super::Environment::screen`]) wrapped
/// so that a GNU screen in between passes it on. Never for tmux, which has a route of its own.
///
/// The caller sees to [`OSC52_MAX_BYTES`], as [`super::copy`] does.
pub fn osc52_sequence(text: &Secret, through_screen: bool) -> Zeroizing<String> {
    let text = text.expose();
    // Sized beforehand, and filled in place: a buffer that grows leaves copies behind, and so does
    // `encode_string`, which goes by way of the stack.
    let mut encoded = Zeroizing::new(vec![0; text.len().div_ceil(3) * 4]);
    // It fails only where there is no room, and all is ASCII.
    let length = STANDARD.encode_slice(text, &mut encoded).unwrap_or_default();
    let encoded = encoded.get(..length).and_then(|encoded| std::str::from_utf8(encoded).ok()).unwrap_or_default();
    if !through_screen {
        let mut sequence = Zeroizing::new(String::with_capacity(START.len() + encoded.len() + END.len_utf8()));
        // Writing to a String can't fail.
        let _ = write!(sequence, "{START}{encoded}{END}");
        return sequence;
    }
    let pieces = encoded.len().div_ceil(SCREEN_CHUNK).max(1);
    let mut sequence = Zeroizing::new(String::with_capacity(START.len() + encoded.len() + 1 + pieces * 4));
    sequence.push_str("\x1bP");
    sequence.push_str(START);
    let mut rest = encoded;
    while rest.len() > SCREEN_CHUNK {
        let (piece, after) = rest.split_at(SCREEN_CHUNK);
        sequence.push_str(piece);
        // Ends this string for screen and starts the next; the terminal behind sees one.
        sequence.push_str("\x1b\\\x1bP");
        rest = after;
    }
    sequence.push_str(rest);
    sequence.push(END);
    sequence.push_str("\x1b\\");
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_the_text_in_base64() {
        let sequence = osc52_sequence(&Secret::new("fake-key"), false);
        assert_eq!(*sequence, "\x1b]52;c;ZmFrZS1rZXk=\x07");
    }

    #[test]
    fn screen_passes_on_what_is_wrapped_in_pieces() {
        assert_eq!(*osc52_sequence(&Secret::new("fake-key"), true), "\x1bP\x1b]52;c;ZmFrZS1rZXk=\x07\x1b\\");
        let long = Secret::new("fake".repeat(500));
        let sequence = osc52_sequence(&long, true);
        let pieces: Vec<&str> = sequence.split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(
            pieces.iter().all(|piece| piece.starts_with("\x1bP") && piece.len() <= SCREEN_CHUNK + 16),
            "{pieces:?}"
        );
        let unwrapped: String = pieces.iter().map(|piece| piece.trim_start_matches("\x1bP")).collect();
        assert_eq!(unwrapped, *osc52_sequence(&long, false));
    }

    #[test]
    fn no_buffer_grows_while_it_is_filled() {
        for (bytes, screen) in [(0, false), (0, true), (1, true), (50, false), (384, true), (385, true), (5000, true)] {
            let sequence = osc52_sequence(&Secret::new("x".repeat(bytes)), screen);
            let wrapped = if screen { 4 * (bytes.div_ceil(3) * 4).div_ceil(SCREEN_CHUNK).max(1) } else { 0 };
            assert_eq!(sequence.len(), START.len() + bytes.div_ceil(3) * 4 + 1 + wrapped, "{bytes} {screen}");
        }
    }
}
