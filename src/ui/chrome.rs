//! What stands around the panes: header, footer, messages, and the screen without a key.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Paragraph;

use super::theme::Theme;
use crate::app::App;
use crate::app::remote::Remote;
use crate::app::toast::Tone;
use crate::config::NO_KEY_HELP;
use crate::keymap::{self, Action, Binding};
use crate::status::Tab;
use crate::text;

/// Who, where, and how things stand. Where room is short, the least important parts go first.
pub(super) fn header(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let mark = Span::styled(" ckeys ", Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED));
    let mut left = identity(app, theme);
    let mut right = summary(app, theme);
    let dot = Span::styled(theme.pick(" · ", " - "), theme.dim());
    let total = |left: &[Part], right: &[Part]| {
        let parts: usize = left.iter().chain(right).map(|part| part.span.width() + dot.width()).sum();
        mark.width() + 2 + parts
    };
    while total(&left, &right) > usize::from(area.width) {
        let lists = [&mut left, &mut right];
        let least = lists.iter().flat_map(|parts| parts.iter()).map(|part| part.rank).max();
        let Some(least) = least.filter(|rank| *rank > 0) else { break };
        for parts in lists {
            parts.retain(|part| part.rank != least);
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
    frame.render_widget(Paragraph::new(Line::from(line)), Rect { width: area.width - width, ..area });
    frame.render_widget(Paragraph::new(end), Rect { x: area.right() - width, width, ..area });
}

/// A part of the header; the highest rank goes first, rank 0 never.
struct Part {
    span: Span<'static>,
    rank: u8,
}

/// Who is signed in, and where.
fn identity(app: &App, theme: Theme) -> Vec<Part> {
    let Some(session) = &app.session else { return Vec::new() };
    let mut parts = Vec::new();
    if let Some(organization) = app.organization.value() {
        let name = text::fit(organization.name.as_str(), 30).into_owned();
        parts.push(Part { span: Span::styled(name, theme.strong()), rank: 0 });
    }
    if !session.place.is_empty() {
        parts.push(Part { span: Span::raw(text::fit(&session.place, 40).into_owned()), rank: 2 });
    }
    let key = format!("key {}{}", theme.pick("…", ".."), session.signer.tail());
    parts.push(Part { span: Span::styled(key, theme.dim()), rank: 4 });
    parts
}

/// The chosen scope in numbers, and what is running.
fn summary(app: &App, theme: Theme) -> Vec<Part> {
    let scope = app.scope();
    let mut parts = Vec::new();
    if let (Some(all), Some(stale)) = (app.count(&scope, Tab::All), app.count(&scope, Tab::Stale)) {
        let noun = if all == 1 { "key" } else { "keys" };
        parts.push(Part { span: Span::raw(format!("{all} {noun}")), rank: 3 });
        if stale > 0 {
            parts.push(Part { span: Span::styled(format!("{stale} stale"), theme.warning()), rank: 1 });
        }
    }
    let keys = app.scope_keys();
    if app.is_working() {
        parts.push(Part { span: Span::styled(theme.pick("reading…", "reading.."), theme.accent()), rank: 1 });
    } else if let Some(at) = keys.and_then(Remote::read_at) {
        let failed = keys.is_some_and(|keys| keys.error().is_some());
        let (words, style, rank) = if failed { ("last read", theme.error(), 1) } else { ("read", theme.dim(), 5) };
        parts.push(Part { span: Span::styled(format!("{words} {}", app.clock(at)), style), rank });
    }
    if app.session.as_ref().is_some_and(|session| session.is_demo) {
        parts.push(Part { span: Span::styled(" demo ", theme.accent().add_modifier(Modifier::REVERSED)), rank: 0 });
    }
    parts
}

/// The keys that work here, as many as there is room for; help and quit always.
pub(super) fn footer(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let bindings: Vec<&Binding> = app
        .footer_contexts()
        .into_iter()
        .flat_map(keymap::of)
        .filter(|binding| !binding.hint.is_empty() && offered(app, binding.action))
        .collect();
    let is_last = |binding: &&&Binding| matches!(binding.action, Action::Help | Action::Quit);
    let last: Vec<Span<'_>> = bindings.iter().filter(is_last).flat_map(|binding| hint(app, theme, binding)).collect();
    let room = usize::from(area.width).saturating_sub(last.iter().map(Span::width).sum::<usize>() + 1);
    let mut first = vec![Span::raw(" ")];
    let mut used = 1;
    for binding in bindings.iter().filter(|binding| !is_last(binding)) {
        let spans = hint(app, theme, binding);
        let width: usize = spans.iter().map(Span::width).sum();
        if used + width > room {
            break;
        }
        used += width;
        first.extend(spans);
    }
    frame.render_widget(Paragraph::new(Line::from(first)), area);
    let width = u16::try_from(last.iter().map(Span::width).sum::<usize>()).unwrap_or(0).min(area.width);
    frame.render_widget(Paragraph::new(Line::from(last)), Rect { x: area.right() - width, width, ..area });
}

/// Whether an action would do anything now.
fn offered(app: &App, action: Action) -> bool {
    match action {
        Action::Toggle | Action::Delete | Action::CopyMenu => app.selected().is_some(),
        Action::Accept if app.dialog.is_none() && app.focus == crate::app::Pane::Keys => {
            app.is_filtering || app.selected().is_some()
        }
        _ => true,
    }
}

fn hint(app: &App, theme: Theme, binding: &Binding) -> Vec<Span<'static>> {
    let words = match (binding.action, app.selected()) {
        (Action::Toggle, Some((key, _))) => {
            if key.valid {
                "deactivate"
            } else {
                "reactivate"
            }
        }
        _ => binding.hint,
    };
    let key = binding.keys.first().map(ToString::to_string).unwrap_or_default();
    vec![Span::styled(key, theme.accent().add_modifier(Modifier::BOLD)), Span::raw(format!(" {words}  "))]
}

/// The newest message, over the lower edge of the panes.
pub(super) fn toast(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(toast) = app.toasts.newest() else { return };
    let width = area.width.saturating_sub(4).min(72);
    let sign = match toast.tone {
        Tone::Done => theme.pick("✓ ", "ok "),
        Tone::Warning | Tone::Error => "! ",
    };
    let most = usize::from(area.height.saturating_sub(4)).max(1);
    let mut lines = text::wrap(&format!("{sign}{}", toast.text), usize::from(width).saturating_sub(4));
    lines.truncate(most);
    let widest = lines.iter().map(|line| text::width(line)).max().unwrap_or(0);
    let is_kept = toast.tone != Tone::Done;
    let more = app.toasts.len() - 1;
    let hint = match (is_kept, more) {
        (true, 0) => " Esc dismisses ".to_owned(),
        (true, more) => format!(" Esc dismisses, {more} more "),
        _ => String::new(),
    };
    let width = u16::try_from(widest.max(hint.len()) + 4).unwrap_or(width).min(width);
    let height = u16::try_from(lines.len()).unwrap_or(1) + 2;
    let place =
        Rect { x: area.right().saturating_sub(width + 1), y: area.bottom().saturating_sub(height), width, height };
    let block = super::block(theme, String::new(), false)
        .border_style(theme.tone(toast.tone))
        .title_bottom(Line::styled(hint, theme.dim()).right_aligned());
    let style = if toast.tone == Tone::Done { Style::new() } else { theme.strong() };
    let lines: Vec<Line<'_>> = lines.into_iter().map(|line| Line::styled(format!(" {line}"), style)).collect();
    super::clear(frame, place);
    frame.render_widget(Paragraph::new(Text::from(lines)).block(block), place);
}

/// How to get a key, and how to give it.
pub(super) fn signed_out(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width).saturating_sub(6).min(84);
    let mut lines = vec![Line::default()];
    let reason = app.signed_out.as_deref().unwrap_or("No organization key was given.");
    lines.extend(
        text::wrap(reason, width)
            .into_iter()
            .map(|line| Line::styled(line, theme.warning().add_modifier(Modifier::BOLD))),
    );
    lines.push(Line::default());
    for help in NO_KEY_HELP {
        // Empty lines are a luxury of taller screens.
        if help.is_empty() {
            if area.height > 16 {
                lines.push(Line::default());
            }
        } else {
            lines.extend(text::wrap(help, width).into_iter().map(Line::from));
        }
    }
    let place = Rect { x: area.x + 3, width: area.width - 6, y: area.y + 1, height: area.height - 2 };
    frame.render_widget(super::block(theme, super::title("Not signed in", area.width), true), area);
    frame.render_widget(Paragraph::new(Text::from(lines)), place);
}
