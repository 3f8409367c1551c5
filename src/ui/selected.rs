//! The selected key's details, below the table or beside it.

use std::iter;

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::canvas::Canvas;
use super::dialog::reader_line;
use super::lines::Lines;
use super::theme::Theme;
use crate::app::details::{self, LABEL_CELLS};
use crate::app::mouse::Hit;
use crate::app::scopes::View;
use crate::app::{App, Pane};
use crate::text;

/// Beside the table, framed.
pub(super) fn beside(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    frame.hit(area, Hit::Pane(Pane::Keys));
    let Some(target) = app.target() else {
        frame.render_widget(super::block(theme, super::title("Details", area.width), false), area);
        return;
    };
    let block = super::block(theme, super::title(target.key.title(), area.width), false).title_style(theme.strong());
    let inner = block.inner(area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    frame.render_widget(block, area);
    let width = usize::from(inner.width);
    let lines = details::beside_lines(app, &target, width);
    let status = app.selected().map(|(_, status)| {
        Line::styled(format!("{} {}", theme.status_symbol(status), status.word()), theme.status(status))
    });
    let lines = lines.into_iter().map(|line| reader_line(theme, line, LABEL_CELLS, width));
    let lines: Vec<Line<'static>> = status.into_iter().chain(lines).collect();
    frame.render_widget(Lines::from(lines), inner);
}

/// Below the table, in `place`, with a rule over them from border to border of the pane in `area`.
pub(super) fn below(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, place: Rect) {
    let Some((key, status)) = app.selected() else { return };
    let scope = app.scope();
    let height = place.height;
    let rule = Rect { x: area.x, y: place.y.saturating_sub(1), width: area.width, height: 1 };
    let style = theme.border(app.has_focus(Pane::Keys));
    let (left, dash, right) = (theme.pick("├", "+"), theme.pick("─", "-"), theme.pick("┤", "+"));
    let mut title = key.title().to_owned();
    if app.view() == View::All {
        title = format!("{title}{}{}", theme.pick(" · ", " - "), app.scope_name(&scope));
    }
    let name = format!(" {} ", text::fit(&title, usize::from(area.width).saturating_sub(8)));
    let dashes = usize::from(area.width).saturating_sub(3 + text::width(&name));
    let line = Line::from(vec![
        Span::styled(format!("{left}{dash}"), style),
        Span::styled(name, theme.strong()),
        Span::styled(iter::repeat_n(dash, dashes).collect::<String>() + right, style),
    ]);
    frame.render_widget(Lines::from(line), rule);
    let width = usize::from(place.width).saturating_sub(2);
    let symbol = theme.status_symbol(status);
    let words = status.word();
    let label = format!(" {symbol} {words}");
    let reason = details::explain(app, key, status);
    let room = width.saturating_sub(text::width(&label) + 1);
    let warning = details::warning(app, &scope, key)
        .map(|warning| Line::styled(format!(" {}", text::fit(&warning, width)), theme.warning()));
    let mut facts = vec![format!("id {}", key.id), scope.key_noun().to_owned()];
    facts.extend(key.created_at.map(|at| format!("created {}", app.exactly(at))));
    facts.extend(key.last_used.time().map(|at| format!("last used {}", app.exactly(at))));
    facts.extend(key.expires_at.map(|at| {
        let verb = if at <= app.service_now() { "expired" } else { "expires" };
        format!("{verb} {}", app.exactly(at))
    }));
    let facts = text::wrap_parts(&facts, theme.pick(" · ", " - "), width);
    let mut reasons = text::wrap(&reason, room);
    // The reason in full, where nothing else goes for it.
    if reasons.len() + usize::from(warning.is_some()) + facts.len() > usize::from(height) {
        reasons = vec![text::fit(&reason, room).into_owned()];
    }
    let indent = Span::raw(" ".repeat(text::width(&label)));
    let mut lines: Vec<Line<'_>> = reasons
        .into_iter()
        .enumerate()
        .map(|(at, words)| {
            let before = if at == 0 { Span::styled(label.clone(), theme.status(status)) } else { indent.clone() };
            Line::from(vec![before, Span::raw("  "), Span::raw(words)])
        })
        .collect();
    lines.extend(warning);
    lines.extend(facts.into_iter().map(|line| Line::styled(format!(" {line}"), theme.dim())));
    frame.render_widget(Lines::from(lines), place);
}
