//! Lines of text, as ratatui's paragraph without wrapping draws them, in a fraction of the time: in nearly all of them each
//! character is one cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use super::strip::Strip;

/// Lines from the left, one below the other. What does not fit is cut off.
pub(super) struct Lines<'a>(Vec<Line<'a>>);

impl<'a> From<Vec<Line<'a>>> for Lines<'a> {
    fn from(lines: Vec<Line<'a>>) -> Self {
        Self(lines)
    }
}

impl<'a> From<Line<'a>> for Lines<'a> {
    fn from(line: Line<'a>) -> Self {
        Self(vec![line])
    }
}

impl Widget for Lines<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        for (y, line) in (area.top()..area.bottom()).zip(&self.0) {
            let mut strip = Strip::new(buffer, Rect { y, height: 1, ..area });
            for span in &line.spans {
                strip.put(&span.content, line.style.patch(span.style));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use ratatui::style::{Color, Style};
    use ratatui::text::{Span, Text};
    use ratatui::widgets::Paragraph;

    use super::*;

    fn style() -> impl Strategy<Value = Style> {
        let styles =
            [Style::new(), Style::new().fg(Color::Red).bold(), Style::new().reversed(), Style::new().not_bold()];
        prop::sample::select(styles.to_vec())
    }

    fn line() -> impl Strategy<Value = Line<'static>> {
        let text = prop_oneof![
            3 => "[a-c ]{0,9}".prop_map(String::from),
            1 => prop::sample::select(vec!["…", "日本", "e\u{301}", "a│b", "▪▪ ä", "コa", "👩‍🚀"]).prop_map(String::from),
        ];
        (vec((text, style()), 0..6), style()).prop_map(|(spans, style)| {
            Line::from(spans.into_iter().map(|(text, style)| Span::styled(text, style)).collect::<Vec<_>>())
                .style(style)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn lines_are_drawn_as_a_paragraph_of_them(
            lines in vec(line(), 0..5), x in 1..4_u16, y in 1..3_u16, width in 2..20_u16, height in 0..6_u16,
        ) {
            let place = Rect { x, y, width, height };
            // In a single column, it would leave out what is wide and go on behind it.
            let mut drawn = Buffer::empty(Rect { x: 1, y: 1, width: 12, height: 5 });
            let mut expected = drawn.clone();
            Paragraph::new(Text::from(lines.clone())).render(place, &mut expected);
            Lines::from(lines).render(place, &mut drawn);
            prop_assert_eq!(drawn, expected);
        }
    }
}
