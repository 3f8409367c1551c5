//! The Keys pane: tabs, the table, and the selected key's details.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::canvas::Canvas;
use super::columns::{Column, Columns};
use super::lines::Lines;
use super::row::highlighted;
use super::strip::Strip;
use super::theme::Theme;
use super::{again, note, part, rect, selected};
use crate::api::model::{ApiKey, LastUsed, Scope};
use crate::app::counts;
use crate::app::geometry::{Details, Table};
use crate::app::mouse::Hit;
use crate::app::order::SortColumn;
use crate::app::scopes::View;
use crate::app::{App, Pane};
use crate::config::Times;
use crate::keymap::Action;
use crate::status::{Expiry, Status, Tab};
use crate::text;

pub(super) fn pane(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, table: &Table) {
    let is_focused = app.has_focus(Pane::Keys);
    let Columns { columns, gap } = Columns::fitting(app, area.width.saturating_sub(2).into());
    // Where the column that it is sorted by has no room, the border says it.
    let is_told = columns.iter().any(|(column, _)| column.sorts_by() == Some(app.table.sort));
    let sort = if is_told {
        Line::default()
    } else {
        let words = format!(" {} {} ", sort_words(app.table.sort), sort_arrow(app, theme));
        Line::styled(words, theme.dim())
    };
    let room = area.width.saturating_sub(u16::try_from(sort.width()).unwrap_or(area.width));
    let words = title(app, theme, usize::from(room).saturating_sub(6));
    super::border(theme, frame, area, &super::title(&words, room), is_focused);
    let sort_width = area.width.saturating_sub(2).min(area.width - room);
    let place = Rect { x: area.right().saturating_sub(1 + sort_width), width: sort_width, height: 1, ..area };
    frame.render_widget(Lines::from(sort), place);
    frame.hit(area, Hit::Pane(Pane::Keys));
    let width = area.width.saturating_sub(2);
    tabs(app, theme, frame, rect(table.tabs));
    if let Some(note) = table.note {
        frame.render_widget(Lines::from(note::line(app, theme, width.into())), rect(note));
    }
    let rows = rect(table.rows);
    if app.table.rows().is_empty() {
        super::placeholder(nothing(app, theme, width), frame, rows);
    } else {
        frame.render_widget(Lines::from(headings(app, theme, &columns, gap)), rect(table.headings));
        draw_rows(app, theme, (&columns, gap), frame, rows, is_focused);
        let in_sight = (app.table.selection.offset()..).map_while(|at| app.table.id(at));
        for (at, key) in (0..rows.height).zip(in_sight) {
            frame.hit(Rect { y: rows.y + at, height: 1, ..rows }, Hit::Key(key));
        }
    }
    match table.details {
        Some(Details::Below(place)) => selected::below(app, theme, frame, area, rect(place)),
        Some(Details::Beside(place)) => selected::beside(app, theme, frame, rect(place)),
        None => {}
    }
    super::filter_line(app, theme, Pane::Keys, area, frame);
}

/// What the table shows, and how much of it is marked. Where room is short, the scope's name gives way.
fn title(app: &App, theme: Theme, cells: usize) -> String {
    let dot = theme.pick(" · ", " - ");
    let before = format!("Keys{}{dot}", again::stamp(app, app.scope_keys()));
    let mut after = String::new();
    if !app.marks.is_empty() {
        after = format!("{dot}{} marked", app.marks.len());
    }
    if app.marks.has_anchor() {
        after.push_str(dot);
        after.push_str("range begun");
    }
    let name = app.view_name(&app.view());
    let room = cells.saturating_sub(text::width(&before) + text::width(&after)).max(4);
    format!("{before}{}{after}", text::fit(&name, room))
}

fn tabs(app: &App, theme: Theme, frame: &mut Canvas<'_>, place: Rect) {
    // Without room for the wide gaps, narrow ones.
    let gap = if place.width >= 56 { "   " } else { " " };
    let mut spans = vec![Span::raw(" ")];
    for (number, tab) in (1..).zip(Tab::ALL) {
        let before = spans.len();
        let left: usize = spans.iter().map(Span::width).sum();
        let count = app.count(&app.view(), tab).map(|count| format!(" {count}")).unwrap_or_default();
        let is_shown = app.table.tab == tab;
        let style = if is_shown { theme.strong().add_modifier(Modifier::UNDERLINED) } else { theme.dim() };
        spans.push(Span::styled(format!("{number} "), theme.accent()));
        spans.push(Span::styled(tab.label(), style));
        spans.push(Span::styled(count, if is_shown { theme.strong() } else { theme.dim() }));
        let width = spans.iter().skip(before).map(Span::width).sum();
        frame.hit(part(place, left, width), Hit::Tab(tab));
        spans.push(Span::raw(gap));
    }
    frame.render_widget(Lines::from(Line::from(spans)), place);
}

fn headings(app: &App, theme: Theme, columns: &[(Column, usize)], gap: usize) -> Line<'static> {
    let mut spans = vec![Span::raw("  ")];
    for (column, width) in columns {
        let is_sorted = column.sorts_by() == Some(app.table.sort);
        let arrow = if is_sorted { format!(" {}", sort_arrow(app, theme)) } else { String::new() };
        let style = if is_sorted { theme.strong() } else { theme.dim() };
        // In a zone of one's own choice, the heading names it.
        let zone = match (column, app.times) {
            (Column::LastUsed, Times::Utc) => " UTC",
            (Column::LastUsed, Times::Local) => " local",
            _ => "",
        };
        spans.push(Span::styled(text::pad(&format!("{}{zone}{arrow}", column.title()), width + gap), style));
    }
    Line::from(spans)
}

/// Which way the rows are sorted.
fn sort_arrow(app: &App, theme: Theme) -> &'static str {
    if app.table.descending { theme.pick("▾", "v") } else { theme.pick("▴", "^") }
}

fn sort_words(sort: SortColumn) -> &'static str {
    match sort {
        SortColumn::Created => "by created",
        SortColumn::LastUsed => "by last used",
        SortColumn::Name => "by name",
        SortColumn::Status => "by status",
        SortColumn::Scope => "by scope",
        SortColumn::Expires => "by expiry",
    }
}

fn draw_rows(
    app: &App,
    theme: Theme,
    columns: (&[(Column, usize)], usize),
    frame: &mut Canvas<'_>,
    place: Rect,
    is_focused: bool,
) {
    let range = app.range();
    let mark = |at: usize| match (app.table.id(at), &range) {
        (Some(key), _) if app.marks.holds(&key) => theme.pick("✓", "*"),
        (_, Some(range)) if range.contains(&at) => theme.pick("·", "."),
        _ => " ",
    };
    for (y, at) in (place.top()..place.bottom()).zip(app.table.selection.offset()..) {
        let Some((key, status)) = app.row(at) else { break };
        let is_selected = at == app.table.selection.index();
        let strip = Strip::new(frame.buffer_mut(), Rect { y, height: 1, ..place });
        let mut strip = if is_selected && is_focused { strip.selected(theme) } else { strip };
        row(app, theme, columns, (at, key, status), mark(at), is_selected, &mut strip);
        // The bar goes from border to border.
        strip.end();
    }
}

fn row(
    app: &App,
    theme: Theme,
    (columns, gap): (&[(Column, usize)], usize),
    (index, key, status): (usize, &ApiKey, Status),
    mark: &'static str,
    is_selected: bool,
    strip: &mut Strip<'_>,
) {
    let scope = app.scope_at(index);
    // What no longer works recedes, what is selected comes forward.
    let base = match (is_selected, status) {
        (true, _) => theme.strong(),
        (false, Status::Inactive | Status::Expired) => theme.dim(),
        (false, _) => Style::new(),
    };
    strip.put(if is_selected { theme.pick("▸", ">") } else { " " }, Style::new());
    strip.put(mark, if mark == " " { Style::new() } else { theme.accent().add_modifier(Modifier::BOLD) });
    for (column, width) in columns {
        match column {
            Column::Status => {
                let style = theme.status(status);
                strip.put(theme.status_symbol(status), style);
                strip.put(" ", style);
                strip.pad(status.word(), width.saturating_sub(2), style);
            }
            Column::Name => name(app, theme, scope, key, base, *width, strip),
            Column::LastUsed => strip.pad(&last_used(app, key), *width, use_style(theme, status, base)),
            Column::Scope => strip.pad(&scope.map(|scope| app.scope_name(scope)).unwrap_or_default(), *width, base),
            Column::Age => {
                let bar = theme.age(counts::age(key, app.service_now(), &app.settings.thresholds));
                strip.pad(bar, *width, use_style(theme, status, base));
            }
            Column::Expires => {
                let (words, style) = expires(app, theme, key, base);
                strip.pad(&words, *width, style);
            }
            Column::Created => match key.created_at {
                Some(at) => strip.pad(&app.day(at), *width, base),
                None => strip.pad("unknown", *width, base),
            },
            Column::Value => {
                let dots = theme.pick("…", "..");
                strip.put(dots, theme.dim());
                strip.pad(key.value.tail(), width.saturating_sub(text::width(dots)), theme.dim());
            }
            Column::Id => strip.pad(&key.id.to_string(), *width, theme.dim()),
        }
        // Where it is selected, all of it looks alike.
        strip.blank(gap, if is_selected { base } else { Style::new() });
    }
}

/// The name, with what the filter matched, and a badge for the key that signs the calls.
fn name(
    app: &App,
    theme: Theme,
    scope: Option<&Scope>,
    key: &ApiKey,
    base: Style,
    width: usize,
    strip: &mut Strip<'_>,
) {
    let badge = if scope.is_some_and(|scope| app.is_signer(scope, key)) { " (you)" } else { "" };
    let rotating = app.old_stops(key).map(|left| {
        let sign = theme.pick(" ↻", " ~");
        let words = format!("{sign} old stops in {left}");
        // The name comes before the words, but not before that there is something to know.
        let fits = text::width(key.title()) + text::width(&words) + badge.len() <= width;
        if fits { words } else { format!("{sign} {left}") }
    });
    let is_old = |scope: &Scope| app.replacement_of(scope, key.id).is_some_and(|open| open.old == key.id);
    let rotating = match rotating {
        None if scope.is_some_and(is_old) => theme.pick(" ↻", " ~").to_owned(),
        rotating => rotating.unwrap_or_default(),
    };
    let cells = width.saturating_sub(badge.len() + text::width(&rotating));
    let shown = text::fit_name(key.title(), cells);
    let padding = cells.saturating_sub(text::width(&shown));
    let style =
        if key.visible_name().is_none() { base.patch(theme.dim()).add_modifier(Modifier::ITALIC) } else { base };
    let positions = app.table.query.positions(&shown);
    if positions.is_empty() {
        strip.put(&shown, style);
    } else {
        for span in highlighted(&shown, &positions, style, theme) {
            strip.put(&span.content, span.style);
        }
    }
    strip.put(&rotating, theme.warning());
    strip.put(badge, theme.accent());
    strip.blank(padding, Style::new());
}

fn last_used(app: &App, key: &ApiKey) -> String {
    match key.last_used {
        LastUsed::Unknown => "unknown".to_owned(),
        LastUsed::Never => "never".to_owned(),
        LastUsed::At(at) => app.when(at, app.service_now()),
    }
}

/// When a key expires, the nearer the louder.
fn expires(app: &App, theme: Theme, key: &ApiKey, base: Style) -> (String, Style) {
    let now = app.service_now();
    let (Some(at), Some(expiry)) = (key.expires_at, Expiry::of(key, now)) else {
        return ("never".to_owned(), base.patch(theme.dim()));
    };
    let style = match expiry {
        Expiry::Past | Expiry::Imminent => base.patch(theme.error()),
        Expiry::Soon => base.patch(theme.warning()),
        Expiry::Far => base,
    };
    (app.expires(at), style)
}

fn use_style(theme: Theme, status: Status, base: Style) -> Style {
    match status {
        Status::Stale | Status::NeverUsed | Status::Idle => base.patch(theme.status(status)),
        _ => base,
    }
}

/// What to say where there are no rows.
fn nothing(app: &App, theme: Theme, width: u16) -> Vec<Line<'static>> {
    if app.is_arranging() {
        return vec![Line::styled(theme.pick("Sorting the keys…", "Sorting the keys.."), theme.dim())];
    }
    let filter = app.table.filter.text();
    let View::One(scope) = app.view() else { return nothing_anywhere(app, theme, width) };
    let Some(keys) = app.keys.get(&scope) else {
        return again::held_back(app, theme, usize::from(width).saturating_sub(2));
    };
    if let Some(error) = keys.error()
        && keys.value().is_none()
    {
        return super::failure(app, theme, error, keys.is_loading(), width);
    }
    if keys.value().is_none() {
        return vec![Line::styled(theme.pick("Reading the keys…", "Reading the keys.."), theme.dim())];
    }
    if !filter.is_empty() {
        let words = format!("No key matches “{}” here.", text::fit(text::Text::from(filter).as_str(), 30));
        let way_out = format!("{} clears the filter", app.told(Action::Back));
        return vec![Line::from(words), Line::default(), Line::styled(way_out, theme.dim())];
    }
    if app.count(&app.view(), Tab::All) == Some(0) {
        let mut lines = vec![Line::from("No keys here yet.")];
        if app.obstacle().is_none() {
            let key = Span::styled(app.told(Action::Generate), theme.accent());
            lines.extend([Line::default(), Line::from(vec![key, Span::raw(" generates the first one")])]);
        }
        return lines;
    }
    let words = match app.table.tab {
        Tab::Stale => "No stale keys here: every key that works is in use or new.",
        Tab::Inactive => "No inactive keys here.",
        Tab::InUse => "No key here is in use.",
        Tab::All => "",
    };
    let mut lines: Vec<Line<'static>> =
        text::wrap(words, usize::from(width).saturating_sub(4)).into_iter().map(Line::from).collect();
    let key = Span::styled(app.told(Action::Tab(Tab::All)), theme.accent());
    lines.extend([Line::default(), Line::from(vec![key, Span::raw(" shows all keys")])]);
    lines
}

/// What to say where there are no rows among all keys.
fn nothing_anywhere(app: &App, theme: Theme, width: u16) -> Vec<Line<'static>> {
    let filter = app.table.filter.text();
    if app.count(&View::All, Tab::All).is_none() {
        let error = app.projects.error().or(app.organization.error());
        return match error.or_else(|| app.unreadable().next().map(|(_, error)| error)) {
            Some(error) if app.sweeping().is_none() => super::failure(app, theme, error, app.is_working(), width),
            _ => vec![Line::styled(theme.pick("Reading the keys…", "Reading the keys.."), theme.dim())],
        };
    }
    let words = match app.table.tab {
        _ if !filter.is_empty() => {
            format!("No key matches “{}” anywhere.", text::fit(text::Text::from(filter).as_str(), 30))
        }
        Tab::Stale => "No stale keys anywhere: every key that works is in use or new.".to_owned(),
        Tab::Inactive => "No inactive keys anywhere.".to_owned(),
        Tab::InUse => "No key is in use.".to_owned(),
        Tab::All => "There are no keys.".to_owned(),
    };
    let mut lines: Vec<Line<'static>> =
        text::wrap(&words, usize::from(width).saturating_sub(4)).into_iter().map(Line::from).collect();
    let way_out = match app.table.tab {
        _ if !filter.is_empty() => Some((app.told(Action::Back), " clears the filter")),
        Tab::All => None,
        _ => Some((app.told(Action::Tab(Tab::All)), " shows all keys")),
    };
    if let Some((key, words)) = way_out {
        lines.extend([Line::default(), Line::from(vec![Span::styled(key, theme.accent()), Span::raw(words)])]);
    }
    lines
}
