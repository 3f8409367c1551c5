//! `--filter`: the language of [`crate::query`], and its mistakes as a terminal shows them.

use std::convert::Infallible;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::exit::Failure;
use crate::query::{Query, QueryError};
use crate::redact::redacted;
use crate::text::{Text, width};

/// What is shown of a filter before a mistake, of the mistake, and after it, in characters.
const MOST: [usize; 3] = [40, 60, 20];

/// A filter as it was typed; it may hold the whole of a leaked key, so it is never shown as it is.
#[derive(Clone)]
pub(super) struct Filter(String);

impl FromStr for Filter {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Filter(…)")
    }
}

impl Filter {
    /// What it asks for.
    ///
    /// # Errors
    /// The first mistake, with the place where it stands.
    pub(super) fn read(&self) -> Result<Query, Failure> {
        match Query::parse(&self.0) {
            (query, None) => Ok(query),
            (_, Some(error)) => Err(Failure::usage(self.complaint(&error))),
        }
    }

    fn complaint(&self, error: &QueryError) -> String {
        let [most_before, most, most_after] = MOST;
        let part = |range: Range<usize>| {
            let shown = Text::from(&*redacted(self.0.get(range).unwrap_or_default()));
            shown.to_string()
        };
        let before = keep_end(&part(0..error.place.start), most_before);
        let place = keep_start(&part(error.place.clone()), most);
        let after = keep_start(&part(error.place.end..self.0.len()), most_after);
        format!(
            "This filter makes no sense: {error}.\n  {before}{place}{after}\n  {}{}",
            " ".repeat(width(&before)),
            "^".repeat(width(&place).max(1))
        )
    }
}

fn keep_start(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn keep_end(text: &str, most: usize) -> String {
    match text.char_indices().rev().nth(most) {
        Some(_) => {
            let start = text.char_indices().rev().nth(most - 1).map_or(0, |(at, _)| at);
            format!("…{}", &text[start..])
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(filter: &str) -> (String, String) {
        let Ok(filter) = Filter::from_str(filter);
        let words = filter.read().unwrap_err().words;
        let lines: Vec<_> = words.lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 3, "{words}");
        (lines[1].clone(), lines[2].clone())
    }

    #[test]
    fn the_caret_stands_under_the_mistake() {
        let long = format!("{} stale:90d {}", "x".repeat(50), "y".repeat(50));
        let (shown_before, shown_after) = ("x".repeat(39), "y".repeat(19));
        for (filter, shown, carets) in [
            ("stale:90d", "  stale:90d".to_owned(), "  ^^^^^^^^^".to_owned()),
            ("日本 stale:90d ci", "  日本 stale:90d ci".to_owned(), "       ^^^^^^^^^".to_owned()),
            ("a\u{1b} id:x", "  a<U+001B> id:x".to_owned(), "            ^^^^".to_owned()),
            ("ci !", "  ci !".to_owned(), "     ^".to_owned()),
            (&long, format!("  …{shown_before} stale:90d {shown_after}…"), format!("  {}^^^^^^^^^", " ".repeat(41))),
        ] {
            assert_eq!(mistake(filter), (shown, carets), "{filter}");
        }
    }

    #[test]
    fn a_pasted_key_is_not_shown() {
        let key = "confident_us_proj_FAKE-NOT-A-KEY_a1b2c3";
        for filter in [format!("kye:{key}"), format!("!key:{key} stale:x"), format!("\"my {key} \" id:x")] {
            let (shown, carets) = mistake(&filter);
            assert!(shown.contains("confident_…") && !shown.contains("FAKE"), "{shown}");
            assert!(width(carets.trim_end()) <= width(&shown), "{shown}\n{carets}");
            let Ok(filter) = Filter::from_str(&filter);
            assert!(!format!("{filter:?}").contains("FAKE"));
        }
    }
}
