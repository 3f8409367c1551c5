//! Tells of nearly every text at once that no piece of a key is in it.

use zeroize::Zeroizing;

use super::LEAST;

/// The runs of four bytes of a key, a bit each that others share. Whatever is found of a key has [`LEAST`] characters at
/// least, and so three of these runs one after the other.
pub(super) struct Grams(Zeroizing<[u64; Self::WORDS]>);

impl Grams {
    const WORDS: usize = 64;
    const BYTES: usize = 4;
    const IN_A_ROW: usize = LEAST + 1 - Self::BYTES;

    /// Those of `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut grams = Self(Zeroizing::new([0; Self::WORDS]));
        for (word, bit) in Self::places(text) {
            if let Some(bits) = grams.0.get_mut(word) {
                *bits |= bit;
            }
        }
        grams
    }

    /// Whether `text` may hold a piece of the key.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let mut row = 0;
        Self::places(text).any(|(word, bit)| {
            row = if self.0.get(word).is_some_and(|bits| bits & bit != 0) { row + 1 } else { 0 };
            row >= Self::IN_A_ROW
        })
    }

    /// The bits of all runs of `text`, in which letters count as their lower case.
    fn places(text: &str) -> impl Iterator<Item = (usize, u64)> + '_ {
        let mut run = 0_u32;
        let runs = text.bytes().map(move |byte| {
            run = run << 8 | u32::from(byte.to_ascii_lowercase());
            let place = run.wrapping_mul(0x9E37_79B1) >> 20;
            ((place / 64) as usize, 1 << (place % 64))
        });
        // Before that, there are no four bytes.
        runs.skip(Self::BYTES - 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "confident_us_org_FAKE1Qz7Lw3Xk9Vb5Nm2Rt8Yp4éßgrams";

    proptest! {
        #[test]
        fn no_piece_of_a_key_is_overlooked(
            before in any::<String>(), after in any::<String>(), start in 0..30_usize, more in 0..60_usize,
            is_upper in any::<bool>(),
        ) {
            let piece: String = KEY.chars().skip(start).take(LEAST + more).collect();
            let piece = if is_upper { piece.to_ascii_uppercase() } else { piece };
            let text = format!("{before}{piece}{after}");
            prop_assert!(Grams::of(KEY).may_be_in(&text), "{}", text);
        }
    }

    #[test]
    fn names_are_not_looked_at_any_closer() {
        let grams = Grams::of(KEY);
        let names = ["payments-prod-tracing-017", "GitHub Actions", "confid", "confidence", "", "Zoë's laptop"];
        for name in names {
            assert_eq!(grams.may_be_in(name), name.starts_with("confid"), "{name}");
        }
    }
}
