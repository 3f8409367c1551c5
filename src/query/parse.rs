//! From what was typed to what it means.

use std::borrow::Cow;
use std::ops::Range;

use super::{Bound, KEY_END, Pattern, Query, QueryError, Term, Test, Unit};
use crate::status::Status;

/// The tokens with a value, as they are written before their colon.
pub(super) const NAMES: [&str; 9] = ["stale", "used", "created", "expires", "scope", "project", "name", "id", "key"];

/// The tokens of one word, as they are written.
pub(super) const WORDS: [(&str, Word); 10] = [
    ("active", Word::Status(Status::Active)),
    ("new", Word::Status(Status::New)),
    ("idle", Word::Status(Status::Idle)),
    ("stale", Word::Status(Status::Stale)),
    ("never", Word::Never),
    ("never-used", Word::Status(Status::NeverUsed)),
    ("inactive", Word::Status(Status::Inactive)),
    ("expired", Word::Status(Status::Expired)),
    ("unknown", Word::Status(Status::Unknown)),
    ("dup", Word::Duplicate),
];

/// What a token of one word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Status(Status),
    Never,
    Duplicate,
}

impl Word {
    fn test(self) -> Test {
        match self {
            Self::Status(status) => Test::Status(status),
            Self::Never => Test::Never,
            Self::Duplicate => Test::Duplicate,
        }
    }
}

/// A part of a filter as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands.
    pub(super) place: Range<usize>,
    pub(super) is_negated: bool,
    /// What stands before its colon, where there is one outside of quotation marks.
    pub(super) name: Option<String>,
    /// The rest, without its quotation marks.
    pub(super) value: String,
    /// Whether any of it was in quotation marks.
    pub(super) is_quoted: bool,
}

/// Cuts a filter at its white space.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut piece =
            Piece { place: start..start, is_negated: false, name: None, value: String::new(), is_quoted: false };
        let mut is_open = false;
        let mut next = Some((start, first));
        while let Some((at, character)) = next {
            match character {
                '"' => (is_open, piece.is_quoted) = (!is_open, true),
                '\\' if is_open && rest.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\')) => {
                    if let Some((_, escaped)) = rest.next() {
                        piece.value.push(escaped);
                    }
                }
                '!' if at == start => piece.is_negated = true,
                ':' if !piece.is_quoted && piece.name.is_none() && is_name(&piece.value) => {
                    piece.name = Some(std::mem::take(&mut piece.value));
                }
                other => piece.value.push(other),
            }
            piece.place.end = rest.peek().map_or(text.len(), |(at, _)| *at);
            next = rest.next_if(|(_, next)| is_open || !next.is_whitespace());
        }
        pieces.push(piece);
    }
    pieces
}

/// Whether `text` may be the name of a token.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

pub(super) fn parse(text: &str) -> (Query, Option<QueryError>) {
    let mut terms = Vec::new();
    let mut first_error = None;
    for piece in pieces(text) {
        let place = piece.place.clone();
        match meaning(&piece) {
            Ok(asked) => terms.push(Term { is_negated: piece.is_negated, test: asked }),
            Err(message) => first_error = first_error.or(Some(QueryError { place, message })),
        }
    }
    (Query { terms }, first_error)
}

/// What a part asks for, or what is wrong with it.
fn meaning(piece: &Piece) -> Result<Test, String> {
    let value = &piece.value;
    let Some(name) = &piece.name else {
        let word = WORDS.iter().find(|(word, _)| !piece.is_quoted && word.eq_ignore_ascii_case(value));
        return match word {
            Some((_, word)) => Ok(word.test()),
            None if piece.is_quoted && value.trim().is_empty() => {
                Err("there is nothing in the quotation marks".to_owned())
            }
            None if value.trim().is_empty() => Err("! wants something to leave out, such as !inactive".to_owned()),
            None if looks_like_key(value) => Ok(Test::Key(end_of_key(value).to_owned())),
            None => Ok(Test::Text(Pattern::new(value))),
        };
    };
    let pattern = |example: &str| {
        if value.trim().is_empty() {
            Err(format!("{name}: wants a value, such as {name}:{example}"))
        } else {
            Ok(Pattern::new(value))
        }
    };
    match name.to_ascii_lowercase().as_str() {
        "stale" => bound(name, value, ">90d").map(Test::Stale),
        "used" => bound(name, value, "<24h").map(Test::Used),
        "created" => bound(name, value, ">1y").map(Test::Created),
        "expires" => bound(name, value, "<14d").map(Test::Expires),
        "scope" if is_organization(value) && !piece.is_quoted => Ok(Test::Organization),
        "scope" => pattern("org").map(Test::Scope),
        "project" => pattern("sandbox").map(Test::Project),
        "name" => pattern("ci").map(Test::Name),
        "id" => value.parse().map(Test::Id).map_err(|_| "id: wants a number, such as id:34".to_owned()),
        "key" => match end_of_key(value) {
            "" => Err("key: wants the end of a key's value, such as key:a1b2c3".to_owned()),
            end => Ok(Test::Key(end.to_owned())),
        },
        _ => Err(format!(
            "{name}: is not known; there are {}, and text with a colon stands in quotation marks",
            NAMES.map(|name| format!("{name}:")).join(" ")
        )),
    }
}

/// Whether it is the word for the organization itself, as a scope.
pub(super) fn is_organization(value: &str) -> bool {
    ["org", "organization"].iter().any(|word| word.eq_ignore_ascii_case(value))
}

fn bound(name: &str, value: &str, example: &str) -> Result<Bound, String> {
    let wrong = || format!("{name}: wants a time such as {example}: > or <, a number, and h, d, w, mo or y");
    let (is_more, rest) = match (value.strip_prefix('>'), value.strip_prefix('<')) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        (None, None) => return Err(wrong()),
    };
    match amount(rest).ok_or_else(wrong)? {
        (count, unit) if count <= 100_000 => Ok(Bound { is_more, count, unit }),
        _ => Err(format!("{name}: wants at most 100000 of a unit")),
    }
}

/// A number with its unit, such as `90d`.
pub fn amount(text: &str) -> Option<(u32, Unit)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let (unit, ..) = Unit::ALL.into_iter().find(|(_, word, _)| unit.eq_ignore_ascii_case(word))?;
    Some((count.parse().ok()?, unit))
}

/// Whether `text` looks like the whole value of a key, which nobody wants in a filter that can be read on the screen.
pub fn looks_like_key(text: &str) -> bool {
    text.len() > "confident_".len() + KEY_END && text.starts_with("confident_")
}

/// The end of a value by which a key is found.
fn end_of_key(value: &str) -> &str {
    let value = value.trim();
    let start = value.char_indices().rev().nth(KEY_END - 1).map_or(0, |(at, _)| at);
    let end = value.get(start..).unwrap_or_default();
    // As it is shown: behind what stands for the rest.
    end.trim_start_matches(|character: char| character.is_whitespace() || matches!(character, '*' | '…' | '.' | '•'))
}

/// `text`, a filter, with only the ends of the keys' values in it; none where there is nothing to cut. So a leaked
/// key can be pasted to find which one it is, and is not kept.
pub fn keep_ends_of_keys(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for piece in pieces(text) {
        let is_key = match &piece.name {
            Some(name) => name.eq_ignore_ascii_case("key"),
            None => looks_like_key(&piece.value),
        };
        let end = end_of_key(&piece.value);
        if is_key && (end.len() < piece.value.len() || piece.name.is_none()) {
            out.push_str(text.get(done..piece.place.start).unwrap_or_default());
            out.push_str(if piece.is_negated { "!key:" } else { "key:" });
            out.push_str(&quoted(end, false));
            done = piece.place.end;
        }
    }
    if done == 0 {
        return None;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// `value` as it is written in a filter; alone, where it would mean something else without quotation marks.
pub(super) fn quoted(value: &str, is_alone: bool) -> Cow<'_, str> {
    let is_plain = !value.is_empty()
        && !value.chars().any(|character| character.is_whitespace() || matches!(character, '"' | '\\'))
        && !(is_alone
            && (value.starts_with('!')
                || value.contains(':')
                || looks_like_key(value)
                || WORDS.iter().any(|(word, _)| word.eq_ignore_ascii_case(value))));
    if is_plain {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
    }
}
