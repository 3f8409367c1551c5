//! What the rows of both panes have in common: the bar of the selected one, and what a filter matched.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::theme::Theme;

/// A selected row: a bar of one style, as colours on a reversed ground are hard to read.
pub(super) fn reversed(line: Line<'static>, theme: Theme) -> Line<'static> {
    let spans: Vec<Span<'static>> = line
        .spans
        .into_iter()
        .map(|span| {
            let kept = Style::new().add_modifier(span.style.add_modifier);
            Span::styled(span.content, theme.selected().patch(kept))
        })
        .collect();
    Line::from(spans).style(theme.selected())
}

/// `shown`, with the characters at `positions` marked: those that a filter matched, in their order.
pub(super) fn highlighted(shown: &str, positions: &[usize], style: Style, theme: Theme) -> Vec<Span<'static>> {
    if positions.is_empty() {
        return vec![Span::styled(shown.to_owned(), style)];
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut run = (String::new(), false);
    for (at, grapheme) in shown.graphemes(true).enumerate() {
        let is_match = positions.binary_search(&at).is_ok();
        if is_match != run.1 && !run.0.is_empty() {
            spans.push(run_span(&mut run.0, run.1, style, theme));
        }
        run.1 = is_match;
        run.0.push_str(grapheme);
    }
    spans.push(run_span(&mut run.0, run.1, style, theme));
    spans
}

fn run_span(run: &mut String, is_match: bool, style: Style, theme: Theme) -> Span<'static> {
    let style = if is_match { style.patch(theme.matched()) } else { style };
    Span::styled(std::mem::take(run), style)
}
