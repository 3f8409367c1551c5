//! The language of filters: text and tokens that a key has to fit, all of them.
//!
//! | written | fits |
//! |---|---|
//! | `text` | a name with these letters in their order; a whole id; three or more characters at the end of a value |
//! | `active` `new` `idle` `stale` `never-used` `inactive` `expired` `unknown` | keys of that [`Status`] |
//! | `never` | keys of which the service says that they were never used |
//! | `dup` | keys whose name another key of the same scope has, too |
//! | `stale:>90d` | keys without use for more than 90 days: since their last use, or since they were made |
//! | `used:<24h` | keys that were used within the last day |
//! | `created:>1y` | keys that were made more than a year ago |
//! | `expires:<14d` | keys whose expiry is ahead, and less than 14 days away |
//! | `scope:org`, `scope:text` | keys of the organization; of a scope of that name or id |
//! | `project:text` | keys of a project of that name or id |
//! | `name:text`, `id:34` | keys of that name, of that id |
//! | `key:a1b2c3` | keys whose value ends like this; of a longer text only its end is kept |
//! | `!` before any of them | keys that don't fit it |
//!
//! Text with spaces, or that looks like a token, stands in quotation marks. [`Query::parse`] never fails as a whole: it
//! leaves out what it does not understand, and says so.

mod complete;
mod index;
mod parse;
mod pattern;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use crate::api::model::{ApiKey, KeyId, LastUsed, Scope};
use crate::status::Status;
use crate::text;

pub use complete::{Completion, complete};
pub use index::{Entry, Index};
pub use parse::{amount, keep_ends_of_keys, looks_like_key};
pub use pattern::Pattern;

/// How many characters of a key's value are kept of what is searched for.
pub const KEY_END: usize = 6;

/// What a key has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

/// One of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether it is what a key must not fit.
    pub is_negated: bool,
    /// What it is about.
    pub test: Test,
}

/// What a term looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// The name, the id, or the end of the value.
    Text(Pattern),
    /// How the key stands.
    Status(Status),
    /// Whether the service says that it was never used.
    Never,
    /// Whether another key of its scope has its name.
    Duplicate,
    /// The time without use.
    Stale(Bound),
    /// The time since its last use.
    Used(Bound),
    /// Its age.
    Created(Bound),
    /// The time until its expiry.
    Expires(Bound),
    /// The organization itself, or none of its projects' keys.
    Organization,
    /// The scope's name or id.
    Scope(Pattern),
    /// The project's name or id.
    Project(Pattern),
    /// The name alone.
    Name(Pattern),
    /// The id.
    Id(i64),
    /// The end of the value, in at most [`KEY_END`] characters.
    Key(String),
}

/// More or less than a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Whether it is more, and not less.
    pub is_more: bool,
    /// How many of the unit.
    pub count: u32,
    /// The unit.
    pub unit: Unit,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `h`
    Hours,
    /// `d`
    Days,
    /// `w`
    Weeks,
    /// `mo`: 30 days.
    Months,
    /// `y`: 365 days.
    Years,
}

impl Unit {
    /// All of them, with how they are written, and their hours.
    const ALL: [(Self, &'static str, i64); 5] = [
        (Self::Hours, "h", 1),
        (Self::Days, "d", 24),
        (Self::Weeks, "w", 7 * 24),
        (Self::Months, "mo", 30 * 24),
        (Self::Years, "y", 365 * 24),
    ];

    /// How many hours it is.
    pub fn hours(self) -> i64 {
        self.entry().1
    }

    fn entry(self) -> (&'static str, i64) {
        Self::ALL.into_iter().find(|(unit, ..)| *unit == self).map_or(("h", 1), |(_, word, hours)| (word, hours))
    }
}

impl Bound {
    /// Whether `time` is within it.
    fn holds(self, time: SignedDuration) -> bool {
        let bound = SignedDuration::from_hours(i64::from(self.count) * self.unit.hours());
        if self.is_more { time > bound } else { time < bound }
    }
}

/// What is wrong with a part of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// Where it stands, in bytes of the filter.
    pub place: Range<usize>,
    /// What is wrong, and what would be right, in a sentence without its full stop.
    pub message: String,
}

impl fmt::Display for QueryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// A key with what a filter looks at beside it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The key.
    pub key: &'a ApiKey,
    /// How it stands.
    pub status: Status,
    /// Where it is.
    pub scope: &'a Scope,
    /// The scope's name for people.
    pub scope_name: &'a str,
    /// Whether another key of the scope has its name.
    pub is_duplicate: bool,
}

impl Query {
    /// Reads a filter, and tells what is wrong with it; the first mistake, where there are several. What is wrong is
    /// left out.
    pub fn parse(text: &str) -> (Self, Option<QueryError>) {
        parse::parse(text)
    }

    /// The parts.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The same with only those parts for which `keep` says so.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Term) -> bool) -> Self {
        Self { terms: self.terms.iter().filter(|term| keep(term)).cloned().collect() }
    }

    /// Whether it asks for duplicates, which takes a look at the other keys.
    pub fn wants_duplicates(&self) -> bool {
        self.terms.iter().any(|term| term.test == Test::Duplicate)
    }

    /// Whether a key that fits may do so no more later, though neither it nor its status changed.
    pub fn changes_with_time(&self) -> bool {
        let is_about_time =
            |test: &Test| matches!(test, Test::Stale(_) | Test::Used(_) | Test::Created(_) | Test::Expires(_));
        self.terms.iter().any(|term| is_about_time(&term.test))
    }

    /// Whether `subject` fits, at the time `now`.
    pub fn fits(&self, subject: &Subject<'_>, now: Timestamp) -> bool {
        self.terms.iter().all(|term| term.test.fits(subject, now) != term.is_negated)
    }

    /// The same for a key with its `entry` in an [`Index`] beside it, in a fraction of the time.
    #[inline]
    pub fn fits_entry(&self, subject: &Subject<'_>, entry: Entry<'_>, now: Timestamp) -> bool {
        self.terms.iter().all(|term| term.test.fits_entry(subject, entry, now) != term.is_negated)
    }

    /// Whether whatever fits this is among what [may fit](Self::may_fit) `earlier`: something was typed behind it.
    pub fn narrows(&self, earlier: &Self) -> bool {
        let is_narrower = |(term, before): (&Term, &Term)| match (&term.test, &before.test) {
            (Test::Text(pattern), Test::Text(before_it)) | (Test::Name(pattern), Test::Name(before_it))
                if !term.is_negated && !before.is_negated =>
            {
                pattern.continues(before_it)
            }
            // Whatever else it is, it takes nothing from what may fit.
            (_, Test::Text(_) | Test::Name(_)) if !before.is_negated => false,
            _ => true,
        };
        self.terms.len() >= earlier.terms.len() && self.terms.iter().zip(&earlier.terms).all(is_narrower)
    }

    /// Whether a key may fit this, or this with more typed behind it, by the text in it alone: that does not change with
    /// time.
    #[inline]
    pub fn may_fit(&self, key: &ApiKey, entry: Entry<'_>) -> bool {
        self.terms.iter().filter(|term| !term.is_negated).all(|term| match &term.test {
            Test::Text(pattern) => {
                let has_letters = pattern.can_match(entry);
                has_letters && (pattern.may_match(entry) || may_end(pattern, key)) || may_be_id(pattern, key)
            }
            Test::Name(pattern) => pattern.may_match(entry),
            _ => true,
        })
    }

    /// The characters of `name`, as people see them, that the filter is about, by their indices; to be marked.
    pub fn positions(&self, name: &str) -> Vec<usize> {
        let patterns = self.terms.iter().filter(|term| !term.is_negated).filter_map(|term| match &term.test {
            Test::Text(pattern) | Test::Name(pattern) => pattern.positions(name),
            _ => None,
        });
        let mut found: Vec<usize> = patterns.flatten().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Test {
    fn fits_entry(&self, subject: &Subject<'_>, entry: Entry<'_>, now: Timestamp) -> bool {
        let key = subject.key;
        match self {
            Self::Text(pattern) => {
                pattern.matches_entry(entry, key)
                    || (pattern.number().is_some() || pattern.can_match(entry)) && is_found_otherwise(pattern, key)
            }
            Self::Name(pattern) => pattern.matches_entry(entry, key) && key.visible_name().is_some(),
            _ => self.fits(subject, now),
        }
    }

    fn fits(&self, subject: &Subject<'_>, now: Timestamp) -> bool {
        let key = subject.key;
        let since = |time: Option<Timestamp>| time.map(|time| now.duration_since(time));
        let is_within = |bound: &Bound, time: Option<SignedDuration>| time.is_some_and(|time| bound.holds(time));
        match self {
            Self::Text(pattern) => pattern.matches(key.title()) || is_found_otherwise(pattern, key),
            Self::Status(status) => subject.status == *status,
            Self::Never => key.last_used == LastUsed::Never,
            Self::Duplicate => subject.is_duplicate,
            Self::Stale(bound) => is_within(bound, since(idle_since(key))),
            Self::Used(bound) => is_within(bound, since(key.last_used.time())),
            Self::Created(bound) => is_within(bound, since(key.created_at)),
            Self::Expires(bound) => {
                is_within(bound, since(key.expires_at).map(|past| -past).filter(SignedDuration::is_positive))
            }
            Self::Organization => *subject.scope == Scope::Organization,
            Self::Scope(pattern) => scope_fits(pattern, subject),
            Self::Project(pattern) => *subject.scope != Scope::Organization && scope_fits(pattern, subject),
            Self::Name(pattern) => key.visible_name().is_some_and(|name| pattern.matches(name.as_str())),
            Self::Id(id) => key.id.0 == *id,
            Self::Key(end) => key.values().any(|value| value.tail().ends_with(end.as_str())),
        }
    }
}

/// Which of `keys`, all those of one scope, have a name that another one has, too. No name is none that could be shared.
pub fn duplicates(keys: &[ApiKey]) -> HashSet<KeyId> {
    let mut by_name: HashMap<_, Vec<KeyId>> = HashMap::new();
    for key in keys {
        if let Some(name) = key.visible_name() {
            by_name.entry(text::composed(name.as_str().trim())).or_default().push(key.id);
        }
    }
    by_name.into_values().filter(|ids| ids.len() > 1).flatten().collect()
}

/// Since when a key was not used, as far as the service says.
fn idle_since(key: &ApiKey) -> Option<Timestamp> {
    match key.last_used {
        LastUsed::At(time) => Some(time),
        LastUsed::Never => key.created_at,
        LastUsed::Unknown => None,
    }
}

/// A key is found by its id or the end of its value, too.
fn is_found_otherwise(pattern: &Pattern, key: &ApiKey) -> bool {
    // Digits are matched whole: scattered ones would find too much.
    pattern.number() == Some(key.id.0)
        || pattern
            .single()
            .is_some_and(|typed| typed.len() >= 3 && key.values().any(|value| ends_with(value.tail(), typed)))
}

/// Whether it may be found by the end of its value once more is typed.
fn may_end(pattern: &Pattern, key: &ApiKey) -> bool {
    let Some(typed) = pattern.single() else { return true };
    let holds = |end: &str| {
        !end.is_ascii() || end.as_bytes().windows(typed.len()).any(|part| part.eq_ignore_ascii_case(typed.as_bytes()))
    };
    key.values().any(|value| holds(value.tail()))
}

/// Whether it may be found by its id once more is typed.
fn may_be_id(pattern: &Pattern, key: &ApiKey) -> bool {
    let mut beginnings = std::iter::successors(Some(key.id.0), |id| Some(id / 10).filter(|id| *id > 0));
    match pattern.number() {
        Some(number) if number < 0 => true,
        Some(number) => beginnings.any(|beginning| beginning == number),
        None => pattern.single().is_none_or(|typed| typed.starts_with('-')),
    }
}

/// Whether `end` ends with `typed`, which is in lower case.
fn ends_with(end: &str, typed: &str) -> bool {
    if end.is_ascii() {
        let start = end.len().checked_sub(typed.len());
        start.and_then(|start| end.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(typed))
    } else {
        end.to_lowercase().ends_with(typed)
    }
}

fn scope_fits(pattern: &Pattern, subject: &Subject<'_>) -> bool {
    let id = match subject.scope {
        Scope::Organization => None,
        Scope::Project(id) => Some(id.as_str()),
    };
    pattern.matches(subject.scope_name) || id.is_some_and(|id| pattern.is(id))
}

impl fmt::Display for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            if at > 0 {
                formatter.write_str(" ")?;
            }
            write!(formatter, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negated {
            formatter.write_str("!")?;
        }
        match &self.test {
            Test::Text(pattern) => write!(formatter, "{}", parse::quoted(pattern.typed(), true)),
            Test::Status(status) => formatter.write_str(status.id()),
            Test::Never => formatter.write_str("never"),
            Test::Duplicate => formatter.write_str("dup"),
            Test::Stale(bound) => write!(formatter, "stale:{bound}"),
            Test::Used(bound) => write!(formatter, "used:{bound}"),
            Test::Created(bound) => write!(formatter, "created:{bound}"),
            Test::Expires(bound) => write!(formatter, "expires:{bound}"),
            Test::Organization => formatter.write_str("scope:org"),
            // In quotation marks, it is the name of a project.
            Test::Scope(pattern) if parse::is_organization(pattern.typed()) => {
                write!(formatter, "scope:\"{}\"", pattern.typed())
            }
            Test::Scope(pattern) => write!(formatter, "scope:{}", parse::quoted(pattern.typed(), false)),
            Test::Project(pattern) => write!(formatter, "project:{}", parse::quoted(pattern.typed(), false)),
            Test::Name(pattern) => write!(formatter, "name:{}", parse::quoted(pattern.typed(), false)),
            Test::Id(id) => write!(formatter, "id:{id}"),
            Test::Key(end) => write!(formatter, "key:{}", parse::quoted(end, false)),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}{}", if self.is_more { '>' } else { '<' }, self.count, self.unit.entry().0)
    }
}

#[cfg(test)]
mod tests;
