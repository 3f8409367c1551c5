//! What could be meant, while a filter is being typed.

use std::ops::Range;

use super::parse::{self, NAMES, Piece, WORDS};

/// How many of the scopes' names are offered.
const MOST_NAMES: usize = 8;

/// A way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it takes the place of, in bytes of the filter.
    pub place: Range<usize>,
    /// The text.
    pub text: String,
}

/// Ways to go on at `cursor`, a place in bytes of the filter `text`; the best first. `projects` are the names of the
/// organization's projects.
pub fn complete<'a>(text: &str, cursor: usize, projects: impl IntoIterator<Item = &'a str>) -> Vec<Completion> {
    let piece = parse::pieces(text).into_iter().find(|piece| piece.place.start < cursor && cursor <= piece.place.end);
    // Where the cursor is within the piece, its end is somebody's already.
    let Some(piece) = piece.filter(|piece| piece.place.end == cursor) else { return Vec::new() };
    let written = text.get(piece.place.clone()).unwrap_or_default();
    candidates(&piece, projects)
        .into_iter()
        .map(|candidate| if piece.is_negated { format!("!{candidate}") } else { candidate })
        .filter(|candidate| candidate != written)
        .map(|text| Completion { place: piece.place.clone(), text })
        .collect()
}

fn candidates<'a>(piece: &Piece, projects: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let typed = piece.value.to_lowercase();
    let goes_on = |candidate: &str| candidate.to_lowercase().starts_with(&typed);
    let Some(name) = piece.name.as_ref().map(|name| name.to_ascii_lowercase()) else {
        if piece.is_quoted || typed.is_empty() {
            return Vec::new();
        }
        // A word stands for itself; a name is but a beginning.
        let words = WORDS.iter().map(|(word, _)| (*word).to_owned());
        return words.chain(NAMES.iter().map(|name| format!("{name}:"))).filter(|word| goes_on(word)).collect();
    };
    let fixed: &[&str] = match name.as_str() {
        "stale" => &[">30d", ">90d", ">180d", ">1y"],
        "used" => &["<24h", "<7d", "<30d", ">30d"],
        "created" => &["<7d", "<30d", ">90d", ">1y"],
        "expires" => &["<3d", "<14d", "<30d"],
        "scope" => &["org"],
        _ => &[],
    };
    let mut values: Vec<String> =
        fixed.iter().filter(|value| goes_on(value)).map(|value| format!("{name}:{value}")).collect();
    if matches!(name.as_str(), "scope" | "project") {
        let projects = projects.into_iter().filter(|project| goes_on(project)).take(MOST_NAMES);
        values.extend(projects.map(|project| format!("{name}:{}", parse::quoted(project, false))));
    }
    values
}
