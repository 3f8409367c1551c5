//! Reading `config.toml` entry by entry: what is wrong is noted with its line, and the rest is used.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use toml::Spanned;
use toml::de::DeValue;

/// Opens what is at `path` to be read. A pipe that nobody writes to is not waited for.
pub(super) fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    options.open(path)
}

/// The longest name of a setting that is quoted, in characters.
const LONGEST_NAME: usize = 24;

/// Reads one text, and notes what is wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    /// Where its lines end, in bytes.
    lines: Vec<usize>,
    pub(super) problems: Vec<(Option<usize>, String)>,
    /// Those that keep the screen from starting.
    pub(super) key_problems: Vec<(Option<usize>, String)>,
    /// Where `idle_days` was set to what can be used.
    pub(super) idle: Option<usize>,
    /// Where `stale_days` was.
    pub(super) stale: Option<usize>,
}

impl Reader {
    /// Of `text`.
    pub(super) fn new(text: &str) -> Self {
        Self { lines: line_ends(text), ..Self::default() }
    }

    pub(super) fn flag(&mut self, value: &Spanned<DeValue<'_>>, flag: &mut bool) {
        match value.get_ref().as_bool() {
            Some(set) => *flag = set,
            None => self.bad(value, "true or false"),
        }
    }

    /// The line, where the value can be used.
    pub(super) fn days(&mut self, value: &Spanned<DeValue<'_>>, days: &mut u32) -> Option<usize> {
        if let Some(number @ 1..=36_500) = integer(value) {
            *days = number;
            Some(self.line(value.span().start))
        } else {
            self.bad(value, "a whole number of days from 1 to 36500");
            None
        }
    }

    pub(super) fn bad(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let line = self.line(value.span().start);
        self.problems.push((Some(line), format!("this takes {wanted}; the default is used")));
    }

    pub(super) fn unknown(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>, section: &str) {
        let place = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
        let line = self.line(name.span().start);
        let name = quotable(name.get_ref());
        self.problems.push((Some(line), format!("no setting is called `{name}`{place}; it is ignored")));
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|end| *end < offset) + 1
    }
}

fn line_ends(text: &str) -> Vec<usize> {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect()
}

/// A setting's name is a short word: what is long may be a key in the wrong place.
pub(super) fn quotable(name: &str) -> &str {
    if name.chars().count() > LONGEST_NAME { "…" } else { name }
}

pub(super) fn integer(value: &Spanned<DeValue<'_>>) -> Option<u32> {
    let integer = value.get_ref().as_integer()?;
    u32::from_str_radix(integer.as_str(), integer.radix()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_where_they_end() {
        let text = "a\n\nbc\nd";
        let reader = Reader::new(text);
        let lines: Vec<_> = (0..=text.len()).map(|at| reader.line(at)).collect();
        assert_eq!(lines, [1, 1, 2, 3, 3, 3, 4, 4]);
    }
}
