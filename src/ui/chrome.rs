//! What stands around the panes: header, footer, messages, and the screen without a key.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Paragraph;

use super::again;
use super::canvas::Canvas;
use super::hints::{self, Pair};
use super::lines::Lines;
use super::theme::Theme;
use crate::app::dialog::Dialog;
use crate::app::mouse::Hit;
use crate::app::remote::Remote;
use crate::app::toast::Tone;
use crate::app::{App, Pane};
use crate::config::NO_KEY_HELP;
use crate::keymap::{Action, Context};
use crate::status::Tab;
use crate::text;

/// Who, where, and how things stand. Where room is short, the least important parts go first.
pub(super) fn header(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    let mark = Span::styled(" ckeys ", Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED));
    let mut left = identity(app, theme);
    let mut right = summary(app, theme);
    let dot = Span::styled(theme.pick(" · ", " - "), theme.dim());
    let total = |left: &[Part], right: &[Part]| {
        let parts: usize = left.iter().chain(right).map(|part| part.span.width() + dot.width()).sum();
        mark.width() + 2 + parts
    };
    while total(&left, &right) > usize::from(area.width) {
        let over = total(&left, &right).saturating_sub(usize::from(area.width) + SLACK);
        let least = left.iter().chain(&right).map(|part| part.rank).max();
        if least.is_none_or(|rank| rank <= 1) && shorten(&mut left, over) {
            break;
        }
        let Some(least) = least.filter(|rank| *rank > 0) else { break };
        // One by one: what is left may fit.
        for parts in [&mut right, &mut left] {
            if let Some(at) = parts.iter().rposition(|part| part.rank == least) {
                parts.remove(at);
                break;
            }
        }
    }
    let joined = |parts: Vec<Part>| {
        let mut spans = Vec::new();
        for part in parts {
            if !spans.is_empty() {
                spans.push(dot.clone());
            }
            spans.push(part.span);
        }
        spans
    };
    let mut line = vec![mark, Span::raw(" ")];
    line.extend(joined(left));
    let mut end = joined(right);
    end.push(Span::raw(" "));
    let end = Line::from(end);
    let width = u16::try_from(end.width()).unwrap_or(area.width).min(area.width);
    frame.render_widget(Lines::from(Line::from(line)), Rect { width: area.width - width, ..area });
    frame.render_widget(Lines::from(end), Rect { x: area.right() - width, width, ..area });
}

/// A part of the header; the highest rank goes first, rank 0 never.
struct Part {
    span: Span<'static>,
    rank: u8,
}

/// Cuts the organization's name by so many cells; false where too little of it would be left.
fn shorten(identity: &mut [Part], cells: usize) -> bool {
    let Some(name) = identity.first_mut().filter(|part| part.rank == 0) else { return false };
    let left = name.span.width().saturating_sub(cells);
    let is_enough = left >= LEAST_NAME;
    if is_enough {
        name.span.content = text::fit(&name.span.content, left).into_owned().into();
    }
    is_enough
}

/// The fewest cells of the organization's name that still tell it.
const LEAST_NAME: usize = 8;
/// What is counted beyond what is drawn, so that the two ends stand well apart: given up before what matters.
const SLACK: usize = 4;

/// Who is signed in, and where.
fn identity(app: &App, theme: Theme) -> Vec<Part> {
    let Some(session) = &app.session else { return Vec::new() };
    let mut parts = Vec::new();
    if let Some(organization) = app.organization.value() {
        let name = text::fit(organization.name.as_str(), 30).into_owned();
        parts.push(Part { span: Span::styled(name, theme.strong()), rank: 0 });
    }
    if let Some((name, _)) = &app.in_force.profile {
        let name = text::fit(name, 20).into_owned();
        parts.push(Part { span: Span::styled(name, theme.profile(app.in_force.colour)), rank: 1 });
    }
    // What goes before the profile's own.
    let from_environment = |is_so: bool| if is_so { " (env)" } else { "" };
    if !session.place.is_empty() {
        let is_overridden = app.in_force.is_address_overridden;
        let place = format!("{}{}", text::fit(&session.place, 40), from_environment(is_overridden));
        parts.push(Part { span: Span::raw(place), rank: 2 });
    }
    let is_overridden = app.in_force.is_key_overridden;
    let dots = theme.pick("…", "..");
    let key = format!("key {dots}{}{}", session.signer.tail(), from_environment(is_overridden));
    parts.push(Part { span: Span::styled(key, theme.dim()), rank: if is_overridden { 2 } else { 4 } });
    parts
}

/// The chosen scope in numbers, and what is running.
fn summary(app: &App, theme: Theme) -> Vec<Part> {
    let view = app.view();
    let keys = app.scope_keys();
    let age = again::age(app, keys);
    let is_old = age.is_some();
    let mut parts = Vec::new();
    if let (Some(all), Some(stale)) = (app.count(&view, Tab::All), app.count(&view, Tab::Stale)) {
        let noun = if all == 1 { "key" } else { "keys" };
        parts.push(Part { span: Span::raw(format!("{all} {noun}")), rank: 3 });
        if stale > 0 {
            // How old a number is matters more than the number.
            let rank = if is_old { 2 } else { 1 };
            parts.push(Part { span: Span::styled(format!("{stale} stale"), theme.warning()), rank });
        }
    }
    parts.extend(age.map(|age| Part { span: Span::styled(age, theme.error()), rank: 1 }));
    if app.is_working() {
        parts.push(Part { span: Span::styled(theme.pick("reading…", "reading.."), theme.accent()), rank: 1 });
    } else if let Some(countdown) = again::countdown(app) {
        parts.push(Part { span: Span::styled(countdown, theme.error()), rank: 0 });
    } else if let Some(at) = keys.and_then(Remote::read_at).filter(|_| !is_old) {
        parts.push(Part { span: Span::styled(format!("read {}", app.clock(at)), theme.dim()), rank: 5 });
    }
    if let Some(obstacle) = app.obstacle() {
        let badge = format!(" {} ", obstacle.badge());
        parts.push(Part { span: Span::styled(badge, theme.warning().add_modifier(Modifier::REVERSED)), rank: 0 });
    }
    if app.in_force.is_production {
        let style = theme.profile(app.in_force.colour).add_modifier(Modifier::REVERSED);
        parts.push(Part { span: Span::styled(" PRODUCTION ", style), rank: 0 });
    }
    if app.in_force.is_in_the_open {
        let style = theme.error().add_modifier(Modifier::REVERSED);
        parts.push(Part { span: Span::styled(" plain http ", style), rank: 0 });
    }
    if app.session.as_ref().is_some_and(|session| session.is_demo) {
        parts.push(Part { span: Span::styled(" demo ", theme.accent().add_modifier(Modifier::REVERSED)), rank: 0 });
    }
    parts
}

/// The keys that work here, as many as there is room for; help and quit always. Behind a dialog a message
/// would be hidden, and over it it would hide the dialog: it stands here then.
pub(super) fn footer(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    let is_covered = app.dialog.is_some() || app.help.is_some();
    if let Some(toast) = app.toasts.newest().filter(|_| is_covered) {
        let words = text::fit(&toast.text, usize::from(area.width).saturating_sub(4)).into_owned();
        let style = theme.tone(toast.tone).add_modifier(Modifier::BOLD);
        frame.render_widget(Lines::from(Line::styled(format!(" {}{words}", sign(theme, toast.tone)), style)), area);
        return;
    }
    let is_stopping = |dialog: &Dialog| matches!(dialog, Dialog::Bulk(bulk) if bulk.is_stopping());
    let is_waited_for = app.dialog.as_ref().is_some_and(|dialog| dialog.is_busy() || is_stopping(dialog));
    if is_waited_for && app.help.is_none() {
        let words = theme.pick(" Waiting for the service…   ", " Waiting for the service..   ");
        let mut spans = vec![Span::styled(words, theme.dim())];
        let key = app.keymap().told(Context::Anywhere, Action::Interrupt);
        spans.extend(Pair { key, words: "quit", action: None }.spans(theme, HINT_GAP));
        frame.render_widget(Lines::from(Line::from(spans)), area);
        return;
    }
    let is_typed = app.is_filtering && app.has_focus(Pane::Keys);
    if let Some(mistake) = app.table.mistake.as_ref().filter(|_| is_typed && app.completions().is_empty()) {
        let key = app.keymap().told(Context::Filter, Action::Back);
        let way_out = Pair { key, words: "clear", action: None };
        let room = usize::from(area.width).saturating_sub(cells(&way_out) + 5);
        let mut spans = vec![Span::styled(format!(" ! {}  ", text::fit(&mistake.to_string(), room)), theme.error())];
        spans.extend(way_out.spans(theme, HINT_GAP));
        frame.render_widget(Lines::from(Line::from(spans)), area);
        return;
    }
    let is_last = |pair: &Pair| matches!(pair.action, Some(Action::Help | Action::Quit));
    let (last, others): (Vec<_>, Vec<_>) = hints::footer(app).partition(is_last);
    let last_width = last.iter().map(cells).sum::<usize>().min(area.width.into());
    let last_place = super::part(area, usize::from(area.width) - last_width, last_width);
    let room = usize::from(area.width).saturating_sub(last_width + 2);
    let mut taken = 0;
    let is_fitting = |pair: &Pair| {
        taken += cells(pair);
        taken <= room
    };
    let first = others.into_iter().take_while(is_fitting);
    hints_line(theme, frame, super::part(area, 1, usize::from(area.width)), first);
    hints_line(theme, frame, last_place, last.into_iter());
}

/// Draws hints side by side; a click on one does what its key does.
fn hints_line(theme: Theme, frame: &mut Canvas<'_>, place: Rect, hints: impl Iterator<Item = Pair>) {
    let mut line = Line::default();
    for pair in hints {
        if let Some(action) = pair.action {
            frame.hit(super::part(place, line.width(), pair.width()), Hit::Act(action));
        }
        line.spans.extend(pair.spans(theme, HINT_GAP));
    }
    frame.render_widget(Lines::from(line), place);
}

/// A hint's cells, with those behind it.
fn cells(pair: &Pair) -> usize {
    pair.width() + HINT_GAP
}

/// The cells behind a hint.
const HINT_GAP: usize = 2;

/// What stands before a message, so that its colour is not all that tells how it is meant.
fn sign(theme: Theme, tone: Tone) -> &'static str {
    match tone {
        Tone::Done => theme.pick("✓ ", "ok "),
        Tone::Warning | Tone::Error => "! ",
    }
}

/// The newest message, over the lower edge of the panes.
pub(super) fn toast(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    let is_covered = app.dialog.is_some() || app.help.is_some();
    let Some(toast) = app.toasts.newest().filter(|_| !is_covered) else { return };
    let width = area.width.saturating_sub(4).min(72);
    let sign = sign(theme, toast.tone);
    let most = usize::from(area.height.saturating_sub(4)).max(1);
    let mut lines = text::wrap(&format!("{sign}{}", toast.text), usize::from(width).saturating_sub(4));
    lines.truncate(most);
    let widest = lines.iter().map(|line| text::width(line)).max().unwrap_or(0);
    let is_kept = toast.tone != Tone::Done;
    let (more, key) = (app.toasts.len() - 1, app.told(Action::Back));
    let hint = match (is_kept, more) {
        (true, 0) => format!(" {key} dismisses "),
        (true, more) => format!(" {key} dismisses, {more} more "),
        _ => String::new(),
    };
    let width = u16::try_from(widest.max(text::width(&hint)) + 4).unwrap_or(width).min(width);
    let height = u16::try_from(lines.len()).unwrap_or(1) + 2;
    // Over the panes' own corner, so that no two borders stand side by side.
    let place = Rect { x: area.right().saturating_sub(width), y: area.bottom().saturating_sub(height), width, height };
    let block = super::block(theme, String::new(), false)
        .border_style(theme.tone(toast.tone))
        .title_bottom(Line::styled(hint, theme.dim()).right_aligned());
    let style = if toast.tone == Tone::Done { Style::new() } else { theme.strong() };
    let lines: Vec<Line<'_>> = lines.into_iter().map(|line| Line::styled(format!(" {line}"), style)).collect();
    super::clear(frame, place);
    frame.hit(place, Hit::Toast);
    frame.render_widget(Paragraph::new(Text::from(lines)).block(block), place);
}

/// How to get a key, and how to give it.
pub(super) fn signed_out(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect) {
    let width = usize::from(area.width).saturating_sub(6).min(84);
    // Empty lines are a luxury of taller screens.
    let is_tall = area.height > 16;
    let mut lines = if is_tall { vec![Line::default()] } else { Vec::new() };
    let reason = app.signed_out.as_deref().unwrap_or("No organization key was given.");
    lines.extend(
        text::wrap(reason, width)
            .into_iter()
            .map(|line| Line::styled(line, theme.warning().add_modifier(Modifier::BOLD))),
    );
    lines.push(Line::default());
    for help in NO_KEY_HELP {
        if help.is_empty() {
            if is_tall {
                lines.push(Line::default());
            }
        } else {
            lines.extend(text::wrap(help, width).into_iter().map(Line::from));
        }
    }
    let place = Rect { x: area.x + 3, width: area.width - 6, y: area.y + 1, height: area.height - 2 };
    super::border(theme, frame, area, &super::title("Not signed in", area.width), true);
    frame.render_widget(Lines::from(lines), place);
}
