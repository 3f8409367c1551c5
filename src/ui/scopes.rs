//! The Scopes pane: the organization and its projects, and the other profiles below them.

use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::again;
use super::canvas::Canvas;
use super::lines::Lines;
use super::profiles;
use super::row::{highlighted, reversed};
use super::theme::Theme;
use crate::app::mouse::Hit;
use crate::app::profile::Listed;
use crate::app::remote::Remote;
use crate::app::scopes::{ScopeRow, View};
use crate::app::{App, Pane};
use crate::keymap::Action;
use crate::query::Pattern;
use crate::status::{Status, Tab};
use crate::text;

/// Before the right border.
const MARGIN: usize = 1;

pub(super) fn pane(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    let is_focused = app.has_focus(Pane::Scopes);
    let title = super::title(&format!("Scopes{}", again::stamp(app, Some(&app.projects))), area.width);
    super::border(theme, frame, area, &title, is_focused);
    let inner = area.inner(Margin::new(1, 1));
    frame.hit(area, Hit::Pane(Pane::Scopes));
    let width = usize::from(inner.width);
    let mut lines = vec![organization(app, theme, width)];
    let visible = usize::from(inner.height).saturating_sub(1);
    let offset = app.scopes.selection.offset();
    let pattern = Pattern::new(app.scopes.filter.text());
    let cells = NumberCells::of(app);
    lines.extend(app.scopes.rows.iter().enumerate().skip(offset).take(visible).filter_map(|(at, entry)| {
        let has_cursor = at == app.scopes.selection.index();
        let line = match entry {
            ScopeRow::View(view) => row(app, theme, view, &pattern, has_cursor && is_focused, (width, cells)),
            ScopeRow::Profile(name) => {
                let line = profiles::row(app, theme, name, &pattern, has_cursor, width - MARGIN)?;
                if has_cursor && is_focused { reversed(line, theme) } else { line }
            }
        };
        Some(line)
    }));
    let room = visible.saturating_sub(app.scopes.rows.len());
    let told = profiles::told(app, theme, width).unwrap_or_else(|| state(app, theme, width));
    lines.extend(told.into_iter().take(room));
    for (at, row) in (1..inner.height).zip(app.scopes.rows.iter().skip(offset)) {
        frame.hit(Rect { y: inner.y + at, height: 1, ..inner }, Hit::Scope(row.clone()));
    }
    frame.render_widget(Lines::from(lines), inner);
    super::filter_line(app, theme, Pane::Scopes, area, frame);
}

/// The cells of the two numbers at the right, each with the space before it: as many as the largest needs.
#[derive(Debug, Clone, Copy)]
struct NumberCells {
    keys: usize,
    stale: usize,
}

impl NumberCells {
    fn of(app: &App) -> Self {
        let digits = |tab| {
            let largest = app.count(&View::All, tab).unwrap_or(0);
            largest.checked_ilog10().map_or(1, |log| log as usize + 1)
        };
        // One more for the sign before the stale ones.
        let sign = usize::from(app.is_counted_in_part(&View::All));
        Self { keys: (digits(Tab::All) + sign).max(2) + 1, stale: digits(Tab::Stale) + 2 }
    }
}

/// Whose scopes these are.
fn organization(app: &App, theme: Theme, width: usize) -> Line<'static> {
    let name = match app.organization.value() {
        Some(organization) => organization.name.to_string(),
        None if app.organization.is_loading() => theme.pick("reading…", "reading..").to_owned(),
        None => "Organization unknown".to_owned(),
    };
    let mark = theme.pick("▾ ", "v ");
    let name = text::fit(&name, width.saturating_sub(2 + MARGIN)).into_owned();
    // Where there is room, by which profile, as the others are known by theirs.
    let profile = app.listed_profile().map(Listed::title).unwrap_or_default();
    let room = width.saturating_sub(2 + MARGIN + text::width(&name));
    let profile = if room > text::width(profile) { format!("{profile:>room$}") } else { String::new() };
    Line::from(vec![
        Span::styled(mark, theme.dim()),
        Span::styled(name, theme.strong()),
        Span::styled(profile, theme.dim()),
    ])
}

fn row(
    app: &App,
    theme: Theme,
    view: &View,
    pattern: &Pattern,
    is_reversed: bool,
    (width, cells): (usize, NumberCells),
) -> Line<'static> {
    // What the table shows, wherever the cursor is.
    let is_selected = *view == app.view();
    let marker = if is_selected { theme.pick("▸ ", "> ") } else { "  " };
    let name_cells = width.saturating_sub(2 + cells.keys + cells.stale + MARGIN);
    let name = text::fit(&app.view_name(view), name_cells).into_owned();
    let padding = " ".repeat(name_cells.saturating_sub(text::width(&name)));
    let name_style = if is_selected { theme.strong() } else { Style::new() };
    let mut spans = vec![Span::raw(marker)];
    spans.extend(highlighted(&name, &pattern.positions(&name).unwrap_or_default(), name_style, theme));
    spans.push(Span::raw(padding));
    let keys = match view {
        View::All => None,
        View::One(scope) => app.keys.get(scope),
    };
    match (app.count(view, Tab::All), app.count(view, Tab::Stale)) {
        (Some(all), Some(stale)) => {
            let all = if app.is_counted_in_part(view) { format!("{all}+") } else { all.to_string() };
            spans.push(Span::styled(format!("{all:>0$}", cells.keys), theme.dim()));
            let stale =
                if stale > 0 { format!("{}{stale}", theme.status_symbol(Status::Stale)) } else { String::new() };
            spans.push(Span::styled(format!("{stale:>0$}", cells.stale), theme.warning()));
        }
        _ => {
            let (sign, style) = match keys {
                Some(keys) if keys.is_loading() => (theme.pick("…", ".."), theme.dim()),
                Some(keys) if keys.error().is_some() => ("!", theme.error()),
                _ => ("", theme.dim()),
            };
            spans.push(Span::styled(format!("{sign:>0$}", cells.keys), style));
            spans.push(Span::raw(" ".repeat(cells.stale)));
        }
    }
    // Numbers that could not be read again say so; without any, the sign stands in their place.
    let is_old = keys.is_some_and(|keys| keys.error().is_some() && keys.value().is_some());
    spans.push(if is_old { Span::styled("!", theme.error()) } else { Span::raw(" ".repeat(MARGIN)) });
    let line = Line::from(spans);
    if is_reversed { reversed(line, theme) } else { line }
}

/// What there is to say below the scopes: that projects are read, that there are none, that it failed.
fn state(app: &App, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let indented = |words: &str, style: Style| -> Vec<Line<'static>> {
        text::wrap(words, width.saturating_sub(4))
            .into_iter()
            .map(|line| Line::styled(format!("  {line}"), style))
            .collect()
    };
    if app.projects.value().is_some() {
        let filtered = !app.scopes.filter.text().is_empty();
        let scopes = app.scopes.rows.iter().filter(|row| matches!(row, ScopeRow::View(_))).count();
        return match scopes {
            0 if filtered && app.scopes.rows.is_empty() => {
                indented(&format!("No scope matches. {} clears the filter.", app.told(Action::Back)), theme.dim())
            }
            2 if !filtered => indented("No projects yet.", theme.dim()),
            _ => Vec::new(),
        };
    }
    if app.projects.is_loading() {
        return indented(theme.pick("Reading the projects…", "Reading the projects.."), theme.dim());
    }
    match app.projects.error() {
        Some(error) => {
            let mut lines = indented("The projects could not be read.", theme.error());
            // Where it is the same as with the keys, the other pane tells it.
            if app.scope_keys().and_then(Remote::error) != Some(error) {
                lines.extend(indented(&format!("{}.", error.summary().trim_end_matches('.')), Style::new()));
            }
            let next = again::outlook(app, theme, error, false, width.saturating_sub(4));
            lines.extend(next.into_iter().map(|mut line| {
                line.spans.insert(0, Span::raw("  "));
                line.patch_style(theme.dim())
            }));
            lines
        }
        None => Vec::new(),
    }
}
