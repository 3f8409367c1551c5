//! The Keys pane: tabs, the table, and the selected key's details.

use std::iter;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Paragraph;

use super::again;
use super::note;
use super::row::{highlighted, reversed};
use super::theme::Theme;
use crate::api::model::{ApiKey, LastUsed, Scope};
use crate::app::keys::{self, AGES, Columns, SortColumn};
use crate::app::scopes::View;
use crate::app::{App, Pane, details};
use crate::config::Times;
use crate::status::{Expiry, Status, Tab};
use crate::text;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Status,
    Name,
    Scope,
    LastUsed,
    Age,
    Expires,
    Created,
    Value,
    Id,
}

/// Between columns.
const GAP: usize = 2;
/// The width of a scope's name.
const SCOPE_CELLS: usize = 17;
/// A name's least width as long as there are columns to drop for it.
const NAME_CELLS: usize = 20;
/// Beyond this a name's column would only take the eye further to the right.
const MOST_NAME_CELLS: usize = 64;

impl Column {
    /// The order in which columns go where room is short. The id is there only where it was asked for.
    const DROPPED: [Self; 6] = [Self::Value, Self::Created, Self::Id, Self::Age, Self::Expires, Self::Scope];

    fn title(self) -> &'static str {
        match self {
            Self::Status => "STATUS",
            Self::Name => "NAME",
            Self::Scope => "SCOPE",
            Self::Age => "AGE",
            Self::LastUsed => "LAST USED",
            Self::Expires => "EXPIRES",
            Self::Created => "CREATED",
            Self::Value => "KEY",
            Self::Id => "ID",
        }
    }

    fn width(self, app: &App) -> usize {
        match self {
            Self::Status => 12,
            Self::Name => NAME_CELLS,
            Self::Scope => SCOPE_CELLS,
            Self::Age => AGES,
            Self::LastUsed if app.times == Times::Relative => 14,
            Self::Expires if app.times == Times::Relative => 12,
            Self::LastUsed | Self::Expires => 17,
            Self::Created => 11,
            Self::Value => 7,
            Self::Id => 8,
        }
    }

    fn sorts_by(self) -> Option<SortColumn> {
        match self {
            Self::Status => Some(SortColumn::Status),
            Self::Name => Some(SortColumn::Name),
            Self::LastUsed => Some(SortColumn::LastUsed),
            Self::Created => Some(SortColumn::Created),
            Self::Scope => Some(SortColumn::Scope),
            Self::Expires => Some(SortColumn::Expires),
            Self::Value | Self::Id | Self::Age => None,
        }
    }
}

/// The columns that fit into `width`, with their widths; the name takes what is left.
fn columns(app: &App, width: usize) -> Vec<(Column, usize)> {
    use Column::{Age, Created, Expires, Id, LastUsed, Name, Scope, Status, Value};
    let mut columns = match app.table.columns {
        Columns::Few => vec![Status, Name, Scope, LastUsed],
        Columns::Usual => vec![Status, Name, Scope, LastUsed, Age, Expires, Created, Value],
        Columns::All => vec![Id, Status, Name, Scope, LastUsed, Age, Expires, Created, Value],
    };
    if app.view() != View::All {
        columns.retain(|column| *column != Scope);
    }
    if !app.table.has_expiry {
        columns.retain(|column| *column != Expires);
    }
    // With the marker at the left and a margin at the right.
    let total = |columns: &[Column]| 3 + columns.iter().map(|column| column.width(app) + GAP).sum::<usize>() - GAP;
    for dropped in Column::DROPPED {
        if total(&columns) > width {
            columns.retain(|column| *column != dropped);
        }
    }
    let others = total(&columns) - NAME_CELLS;
    let name = width.saturating_sub(others).min(MOST_NAME_CELLS);
    let cells = |column: Column| if column == Column::Name { name } else { column.width(app) };
    columns.into_iter().map(|column| (column, cells(column))).collect()
}

pub(super) fn pane(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let is_focused = app.has_focus(Pane::Keys);
    let columns = columns(app, area.width.saturating_sub(2).into());
    // Where the column that it is sorted by has no room, the border says it.
    let is_told = columns.iter().any(|(column, _)| column.sorts_by() == Some(app.table.sort));
    let sort = if is_told {
        Line::default()
    } else {
        let words = format!(" {} {} ", sort_words(app.table.sort), sort_arrow(app, theme));
        Line::styled(words, theme.dim()).right_aligned()
    };
    let room = area.width.saturating_sub(u16::try_from(sort.width()).unwrap_or(area.width));
    let words = title(app, theme, usize::from(room).saturating_sub(6));
    let block = super::block(theme, super::title(&words, room), is_focused).title(sort);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let line = |at: u16| Rect { y: inner.y + at, height: 1, ..inner };
    frame.render_widget(Paragraph::new(tabs(app, theme, inner.width.into())), line(0));
    let mut top = 1;
    if app.has_note() {
        frame.render_widget(Paragraph::new(note::line(app, theme, inner.width.into())), line(1));
        top = 2;
    }
    let rows = Rect { y: inner.y + top + 1, height: app.key_rows().min(inner.height.saturating_sub(top + 1)), ..inner };
    if app.table.rows.is_empty() {
        super::placeholder(nothing(app, theme, inner.width), frame, rows);
    } else {
        frame.render_widget(Paragraph::new(headings(app, theme, &columns)), line(top));
        frame.render_widget(
            Paragraph::new(Text::from(lines(app, theme, &columns, (rows.width, rows.height), is_focused))),
            rows,
        );
    }
    if app.size.details_height() > 0 {
        selected(app, theme, frame, area, inner);
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

fn tabs(app: &App, theme: Theme, width: usize) -> Line<'static> {
    // Without room for the wide gaps, narrow ones.
    let gap = if width >= 56 { "   " } else { " " };
    let mut spans = vec![Span::raw(" ")];
    for (number, tab) in (1..).zip(Tab::ALL) {
        let count = app.count(&app.view(), tab).map(|count| format!(" {count}")).unwrap_or_default();
        let is_shown = app.table.tab == tab;
        let style = if is_shown { theme.strong().add_modifier(Modifier::UNDERLINED) } else { theme.dim() };
        spans.push(Span::styled(format!("{number} "), theme.accent()));
        spans.push(Span::styled(tab.label(), style));
        spans.push(Span::styled(count, if is_shown { theme.strong() } else { theme.dim() }));
        spans.push(Span::raw(gap));
    }
    Line::from(spans)
}

fn headings(app: &App, theme: Theme, columns: &[(Column, usize)]) -> Line<'static> {
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
        spans.push(Span::styled(text::pad(&format!("{}{zone}{arrow}", column.title()), width + GAP), style));
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

fn lines(
    app: &App,
    theme: Theme,
    columns: &[(Column, usize)],
    (width, height): (u16, u16),
    is_focused: bool,
) -> Vec<Line<'static>> {
    let offset = app.table.selection.offset();
    let range = app.range();
    let mark = |at: usize| match (app.table.ids().get(at), &range) {
        (Some(key), _) if app.marks.holds(key) => theme.pick("✓", "*"),
        (_, Some(range)) if range.contains(&at) => theme.pick("·", "."),
        _ => " ",
    };
    (offset..offset + usize::from(height))
        .map_while(|at| Some((at, app.row(at)?)))
        .map(|(at, (key, status))| {
            let is_selected = at == app.table.selection.index();
            let mut line = row(app, theme, columns, (at, key, status), mark(at), is_selected);
            if is_selected && is_focused {
                // The bar goes from border to border.
                let rest = usize::from(width).saturating_sub(line.width());
                line.push_span(Span::raw(" ".repeat(rest)));
                reversed(line, theme)
            } else {
                line
            }
        })
        .collect()
}

fn row(
    app: &App,
    theme: Theme,
    columns: &[(Column, usize)],
    (index, key, status): (usize, &ApiKey, Status),
    mark: &'static str,
    is_selected: bool,
) -> Line<'static> {
    let scope = app.scope_at(index);
    // What no longer works recedes, what is selected comes forward.
    let base = match (is_selected, status) {
        (true, _) => theme.strong(),
        (false, Status::Inactive | Status::Expired) => theme.dim(),
        (false, _) => Style::new(),
    };
    let mut spans = vec![
        Span::raw(if is_selected { theme.pick("▸", ">") } else { " " }),
        Span::styled(mark, theme.accent().add_modifier(Modifier::BOLD)),
    ];
    for (column, width) in columns {
        match column {
            Column::Status => {
                let words = format!("{} {}", theme.status_symbol(status), status.word());
                spans.push(Span::styled(text::pad(&words, *width), theme.status(status)));
            }
            Column::Name => spans.extend(name(app, theme, scope, key, base, *width)),
            Column::LastUsed => {
                spans.push(Span::styled(text::pad(&last_used(app, key), *width), use_style(theme, status, base)))
            }
            Column::Scope => {
                let name = scope.map(|scope| app.scope_name(scope)).unwrap_or_default();
                spans.push(Span::styled(text::pad(&text::fit(&name, *width), *width), base));
            }
            Column::Age => {
                let (bar, style) = (
                    theme.age(keys::age(key, app.service_now(), &app.settings.thresholds)),
                    use_style(theme, status, base),
                );
                spans.push(Span::styled(text::pad(&bar, *width), style));
            }
            Column::Expires => {
                let (words, style) = expires(app, theme, key, base);
                spans.push(Span::styled(text::pad(&words, *width), style));
            }
            Column::Created => {
                let made = key.created_at.map_or_else(|| "unknown".to_owned(), |at| app.day(at));
                spans.push(Span::styled(text::pad(&made, *width), base));
            }
            Column::Value => {
                let tail = format!("{}{}", theme.pick("…", ".."), key.value.tail());
                spans.push(Span::styled(text::pad(&tail, *width), theme.dim()));
            }
            Column::Id => spans.push(Span::styled(text::pad(&key.id.to_string(), *width), theme.dim())),
        }
        spans.push(Span::raw(" ".repeat(GAP)));
    }
    Line::from(spans)
}

/// The name, with what the filter matched, and a badge for the key that signs the calls.
fn name(app: &App, theme: Theme, scope: Option<&Scope>, key: &ApiKey, base: Style, width: usize) -> Vec<Span<'static>> {
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
    let shown = text::fit_name(key.title(), cells).into_owned();
    let padding = cells.saturating_sub(text::width(&shown));
    let style =
        if key.visible_name().is_none() { base.patch(theme.dim()).add_modifier(Modifier::ITALIC) } else { base };
    let mut spans = highlighted(&shown, &app.table.query.positions(&shown), style, theme);
    spans.push(Span::styled(rotating, theme.warning()));
    spans.push(Span::styled(badge, theme.accent()));
    spans.push(Span::raw(" ".repeat(padding)));
    spans
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
        return vec![Line::from(words), Line::default(), Line::styled("Esc clears the filter", theme.dim())];
    }
    if app.count(&app.view(), Tab::All) == Some(0) {
        let mut lines = vec![Line::from("No keys here yet.")];
        if app.obstacle().is_none() {
            let key = Span::styled("c", theme.accent());
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
    lines.push(Line::default());
    lines.push(Line::from(vec![Span::styled("1", theme.accent()), Span::raw(" shows all keys")]));
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
        _ if !filter.is_empty() => Some(("Esc", " clears the filter")),
        Tab::All => None,
        _ => Some(("1", " shows all keys")),
    };
    if let Some((key, words)) = way_out {
        lines.extend([Line::default(), Line::from(vec![Span::styled(key, theme.accent()), Span::raw(words)])]);
    }
    lines
}

/// The selected key's details, below a rule.
fn selected(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, inner: Rect) {
    let Some((key, status)) = app.selected() else { return };
    let scope = app.scope();
    let height = app.size.details_height();
    let rule = Rect { x: area.x, y: inner.bottom().saturating_sub(height + 1), width: area.width, height: 1 };
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
    frame.render_widget(Paragraph::new(line), rule);
    let width = usize::from(inner.width).saturating_sub(2);
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
    let place = Rect { y: rule.y + 1, height, ..inner };
    frame.render_widget(Paragraph::new(Text::from(lines)), place);
}
