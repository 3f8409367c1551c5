//! Taking a secret out of what a program printed, before anybody sees it.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

/// So many characters of a secret in a row are taken out, wherever they start: a program may have cut or wrapped it. Fewer
/// would take the word “confident” out of its messages.
const PIECE: usize = 10;

/// What is put in its place.
const MARK: &[u8] = b"[secret]";

/// `output` without `secret`, be it as it is or in base64, whole or in pieces.
pub(super) fn redact(output: &[u8], secret: &str) -> Zeroizing<Vec<u8>> {
    let piece = PIECE.min(secret.len());
    let needles = forms(secret);
    let pieces: HashSet<&[u8]> = needles.iter().flat_map(|form| form.windows(piece.max(1))).collect();
    // Never grows: a mark is shorter than what it replaces, or there is little of it.
    let mut clean = Zeroizing::new(Vec::with_capacity(output.len() * MARK.len()));
    let mut at = 0;
    while let Some(byte) = output.get(at) {
        let mut end = at;
        while output.get(end..end + piece).is_some_and(|window| pieces.contains(window)) {
            end += 1;
        }
        if end == at {
            clean.push(*byte);
            at += 1;
        } else {
            clean.extend_from_slice(MARK);
            at = end - 1 + piece;
        }
    }
    clean
}

/// The secret, and how it looks inside of a text in base64, where it starts at any of three places.
fn forms(secret: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let mut forms = vec![Zeroizing::new(secret.as_bytes().to_vec())];
    for shift in 0..3 {
        let mut shifted = Zeroizing::new(Vec::with_capacity(shift + secret.len()));
        shifted.resize(shift, 0);
        shifted.extend_from_slice(secret.as_bytes());
        let mut encoded = Zeroizing::new(String::with_capacity(shifted.len().div_ceil(3) * 4));
        STANDARD_NO_PAD.encode_string(&*shifted, &mut encoded);
        // The first and last characters hold bits of what is around it, too.
        let whole = (shift * 8).div_ceil(6)..encoded.len() - usize::from(shifted.len() % 3 != 0);
        forms.push(Zeroizing::new(encoded.as_bytes().get(whole).unwrap_or_default().to_vec()));
    }
    forms
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SECRET: &str = "confident_us_proj_fake_not_a_key_d4e5f6";

    fn redacted(output: &str) -> String {
        String::from_utf8(redact(output.as_bytes(), SECRET).to_vec()).unwrap()
    }

    #[test]
    fn a_secret_is_taken_out_wherever_it_is() {
        for (output, expected) in [
            (format!("bad value {SECRET}!"), "bad value [secret]!"),
            (format!("{SECRET}{SECRET}"), "[secret][secret]"),
            (format!("<{SECRET}> <{SECRET}>"), "<[secret]> <[secret]>"),
            (format!("{}\n{}", &SECRET[..20], &SECRET[20..]), "[secret]\n[secret]"),
            (format!("cut {}", &SECRET[..12]), "cut [secret]"),
            ("confident-ai: the token is bad".to_owned(), "confident-ai: the token is bad"),
            (String::new(), ""),
        ] {
            assert_eq!(redacted(&output), expected);
        }
    }

    #[test]
    fn base64_does_not_hide_it() {
        for before in ["", "a", "ab", "user:"] {
            for after in ["", "\n", "xy"] {
                let encoded = STANDARD.encode(format!("{before}{SECRET}{after}"));
                let clean = redacted(&format!("Authorization: Basic {encoded}"));
                assert!(clean.contains("Basic ") && clean.contains("[secret]"), "{clean}");
                // At its ends some characters belong to what is around it.
                assert!(clean.len() < "Authorization: Basic [secret]".len() + 14, "{clean}");
            }
        }
    }

    #[test]
    fn a_short_secret_is_taken_out_whole() {
        assert_eq!(&**redact(b"a fake b", "fake"), b"a [secret] b");
        assert_eq!(&**redact(b"nothing", ""), b"nothing");
    }
}
