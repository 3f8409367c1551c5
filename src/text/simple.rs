//! Text in which each character is one cell by itself, as nearly all that is shown: no table has to be asked about it.

/// How many cells `text` takes; none where a character of it may be wider, or belong to the one before it.
pub fn simple_width(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Some(text.len());
    }
    text.chars().try_fold(0, |cells, character| is_simple(character).then_some(cells + 1))
}

/// The letters of Western Europe, lines, and the signs that the screen is drawn with.
const fn is_simple(character: char) -> bool {
    matches!(character, ' '..='~' | '·' | 'À'..='ÿ' | '…' | '↻' | '─'..='╿' | '■'..='◼' | '✓')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// Each of them, and what may stand beside them.
    fn any_text() -> impl Strategy<Value = String> {
        let simple: Vec<char> = ('\0'..='\u{FFFF}').filter(|character| is_simple(*character)).collect();
        let others = vec!['\u{301}', '\u{FE0F}', '\u{200D}', '日', '\u{AD}', '\t', '👩', '\u{FD}', 'ｶ', 'ﾞ'];
        let character = prop_oneof![9 => prop::sample::select(simple), 1 => prop::sample::select(others)];
        prop::collection::vec(character, 0..12).prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_simple_is_as_wide_as_the_tables_say_and_each_character_is_one_as_people_see_them(text in any_text()) {
            match simple_width(&text) {
                Some(cells) => {
                    prop_assert_eq!(cells, text.width());
                    prop_assert_eq!(cells, text.graphemes(true).count());
                    prop_assert_eq!(cells, text.chars().count());
                }
                None => prop_assert!(text.chars().any(|character| !is_simple(character))),
            }
        }
    }

    #[test]
    fn each_of_them_is_one_cell() {
        for character in ('\0'..=char::MAX).filter(|character| is_simple(*character)) {
            assert_eq!(character.to_string().width(), 1, "{character:?}");
        }
    }
}
