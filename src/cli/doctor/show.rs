//! The report, for people and for scripts.

use std::fmt::Write as _;

use serde::Serialize;

use super::check::{Check, Section, Standing};
use crate::cli::output::Style;
use crate::text::{self, width};

/// What a line of text keeps on the narrowest terminal.
const LEAST_TEXT: usize = 20;
/// Before a check, and between its sign, its name and its text.
const GAP: &str = "  ";

/// What `--json` prints.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    checks: Vec<&'a Check>,
}

impl<'a> Document<'a> {
    pub(super) fn new(sections: &'a [Section]) -> Self {
        Self { checks: sections.iter().flat_map(|section| &section.checks).collect() }
    }
}

/// For people: a section's checks under its title, their texts in one column, and at the end how many there are of
/// each sort, which explains the signs.
pub(super) fn for_people(sections: &[Section], style: Style, is_ascii: bool) -> String {
    let pen = Pen { style, is_ascii };
    let checks = || sections.iter().flat_map(|section| &section.checks);
    let label_width = checks().map(|check| width(check.name)).max().unwrap_or(0);
    let mut out = String::new();
    for section in sections {
        // Writing to a String can't fail.
        let _ = writeln!(out, "{}", pen.style.colour("1", section.title));
        for check in &section.checks {
            pen.check(&mut out, check, label_width);
        }
        out.push('\n');
    }
    let counts = Standing::ALL.into_iter().filter_map(|standing| {
        let count = checks().filter(|check| check.standing == standing).count();
        let plural = if count == 1 || matches!(standing, Standing::Ok | Standing::Unknown) { "" } else { "s" };
        (count > 0).then(|| format!("{} {count} {}{plural}", pen.sign(standing), standing.word()))
    });
    let _ = writeln!(out, "{}", counts.collect::<Vec<_>>().join(GAP));
    out
}

/// How things are written.
#[derive(Clone, Copy)]
struct Pen {
    style: Style,
    is_ascii: bool,
}

impl Pen {
    /// One cell, different for each without its colour, too.
    fn sign(self, standing: Standing) -> String {
        let (sign, ascii, colour) = match standing {
            Standing::Ok => ("✓", "+", "32"),
            Standing::Warning => ("!", "!", "33"),
            Standing::Problem => ("✕", "x", "31"),
            Standing::Unknown => ("?", "?", "2"),
        };
        self.style.colour(colour, if self.is_ascii { ascii } else { sign })
    }

    fn check(self, out: &mut String, check: &Check, label_width: usize) {
        let label = text::pad(&check.name.replace('-', " "), label_width);
        let indent = GAP.len() + 1 + 1 + label_width + GAP.len();
        let room = self.style.columns.map_or(usize::MAX, |columns| columns.saturating_sub(indent).max(LEAST_TEXT));
        let summary = self.lines(check.summary.as_str(), "", room);
        let remedy = check.remedy.iter().flat_map(|remedy| self.lines(remedy.as_str(), "→ ", room));
        let mut start = format!("{GAP}{} {label}{GAP}", self.sign(check.standing));
        for line in summary.into_iter().chain(remedy) {
            let _ = writeln!(out, "{start}{line}");
            start = " ".repeat(indent);
        }
    }

    /// `words` in lines of at most `room` cells, `mark` before the first.
    fn lines(self, words: &str, mark: &str, room: usize) -> Vec<String> {
        let (words, mark) =
            if self.is_ascii { (plain(words), plain(mark)) } else { (words.to_owned(), mark.to_owned()) };
        let lines = text::wrap(&words, room.saturating_sub(width(&mark)));
        let mut start = mark.clone();
        let with_mark = |line: String| {
            let begun = std::mem::replace(&mut start, " ".repeat(width(&mark)));
            format!("{begun}{line}")
        };
        lines.into_iter().map(with_mark).collect()
    }
}

/// `words` with ASCII for the punctuation of this program's own sentences.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '…' => out.push_str("..."),
            '“' | '”' => out.push('"'),
            '→' => out.push_str("->"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        vec![
            Section {
                title: "Key",
                checks: vec![
                    Check::ok("key", "…a1b2c3, “CI”"),
                    Check::problem("signing-key", "Nothing of the kind was found here", "Look for it. Then try again."),
                ],
            },
            Section {
                title: "Files",
                checks: vec![Check::unknown("journal", "Not looked at"), Check::ok("config", "x")],
            },
        ]
    }

    #[test]
    fn texts_stand_in_one_column_and_the_counts_explain_the_signs() {
        let style = Style { columns: None, color: false, is_plain: false };
        assert_eq!(
            for_people(&sections(), style, false),
            "Key\n\
             \x20 ✓ key          …a1b2c3, “CI”\n\
             \x20 ✕ signing key  Nothing of the kind was found here\n\
             \x20                → Look for it. Then try again.\n\
             \n\
             Files\n\
             \x20 ? journal      Not looked at\n\
             \x20 ✓ config       x\n\
             \n\
             ✓ 2 ok  ✕ 1 problem  ? 1 unknown\n"
        );
    }

    #[test]
    fn in_ascii_every_sign_is_another_one_and_lines_fit() {
        let style = Style { columns: Some(40), color: false, is_plain: false };
        let text = for_people(&sections(), style, true);
        assert!(text.is_ascii() && text.lines().all(|line| width(line) <= 40), "{text}");
        assert!(text.contains("x signing key  Nothing of the kind was\n"), "{text}");
        assert!(text.contains("                 found here\n                 -> Look for it. Then\n"), "{text}");
        assert!(text.contains("                    try again.\n"), "{text}");
        assert!(text.ends_with("+ 2 ok  x 1 problem  ? 1 unknown\n"), "{text}");
    }

    #[test]
    fn colours_come_beside_the_signs() {
        let text = for_people(&sections(), Style { columns: None, color: true, is_plain: false }, false);
        assert!(text.contains("\u{1b}[31m✕\u{1b}[0m signing key"), "{text:?}");
    }
}
