//! Mistakes in the arguments, in clap's words and this program's form.

use clap::error::{ContextKind, ContextValue};

use crate::redact::redacted;
use crate::text::{Text, fit, width};

/// How many cells an argument that is quoted takes at most.
const MOST: usize = 60;
/// What clap begins a mistake with, in place of the program's name.
const CLAP_PREFIX: &str = "error: ";

/// The mistake in words, without a line feed at its end: arguments in it are cut and cleaned, as they may come from
/// anywhere, and keys among them are not repeated.
pub(super) fn words(mut error: clap::Error) -> String {
    let context: Vec<_> = error.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in context {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(shown(&text)),
            ContextValue::Strings(texts) => ContextValue::Strings(texts.iter().map(|text| shown(text)).collect()),
            // Tips repeat the argument, around words of their own: one that would have to be cut is of no use.
            ContextValue::StyledStrs(tips) if kind == ContextKind::Suggested => ContextValue::StyledStrs(
                tips.iter()
                    .map(|tip| Text::from(tip.to_string()).to_string())
                    .filter(|tip| width(tip) <= 2 * MOST)
                    .map(Into::into)
                    .collect(),
            ),
            other => other,
        };
        error.insert(kind, value);
    }
    let rendered = error.render().to_string();
    // Whatever else came through is cleaned line by line.
    let lines: Vec<_> = rendered.trim_end().lines().map(|line| Text::from(line).to_string()).collect();
    let words = lines.join("\n");
    words.strip_prefix(CLAP_PREFIX).map_or_else(|| words.clone(), str::to_owned)
}

fn shown(argument: &str) -> String {
    fit(Text::from(&*redacted(argument)).as_str(), MOST).into_owned()
}
