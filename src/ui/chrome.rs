//! What stands around the panes: header, footer, messages, and the screen without a key.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Paragraph;

use super::again;
use super::canvas::Canvas;
use super::theme::Theme;
use crate::app::dialog::{Delivering, Dialog, Goal, SecretDialog, SignInStage};
use crate::app::mouse::Hit;
use crate::app::remote::Remote;
use crate::app::toast::Tone;
use crate::app::{App, Pane};
use crate::config::NO_KEY_HELP;
use crate::keymap::{self, Action, Binding};
use crate::status::Tab;
use crate::text;

/// Who, where, and how things stand. Where room is short, the least important parts go first.
pub(super) fn header(app: &App, theme: Theme, frame: &mut Canvas<'_, '_>, area: Rect) {
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
    frame.render_widget(Paragraph::new(Line::from(line)), Rect { width: area.width - width, ..area });
    frame.render_widget(Paragraph::new(end), Rect { x: area.right() - width, width, ..area });
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
pub(super) fn footer(app: &App, theme: Theme, frame: &mut Canvas<'_, '_>, area: Rect) {
    if let (Some(toast), Some(_)) = (app.toasts.newest(), &app.dialog) {
        let words = text::fit(&toast.text, usize::from(area.width).saturating_sub(4)).into_owned();
        let style = theme.tone(toast.tone).add_modifier(Modifier::BOLD);
        frame.render_widget(Paragraph::new(Line::styled(format!(" {}{words}", sign(theme, toast.tone)), style)), area);
        return;
    }
    let is_stopping = |dialog: &Dialog| matches!(dialog, Dialog::Bulk(bulk) if bulk.is_stopping());
    if app.dialog.as_ref().is_some_and(|dialog| dialog.is_busy() || is_stopping(dialog)) {
        let words = theme.pick(" Waiting for the service…   ", " Waiting for the service..   ");
        let mut spans = vec![Span::styled(words, theme.dim())];
        spans.extend(hint(theme, "Ctrl-c", "quit"));
        frame.render_widget(Paragraph::new(Line::from(spans)), area);
        return;
    }
    let is_typed = app.is_filtering && app.focus == Pane::Keys && app.dialog.is_none();
    if let Some(mistake) = app.table.mistake.as_ref().filter(|_| is_typed && app.completions().is_empty()) {
        let way_out = hint(theme, "Esc", "clear");
        let room = usize::from(area.width).saturating_sub(way_out.iter().map(Span::width).sum::<usize>() + 5);
        let mut spans = vec![Span::styled(format!(" ! {}  ", text::fit(&mistake.to_string(), room)), theme.error())];
        spans.extend(way_out);
        frame.render_widget(Paragraph::new(Line::from(spans)), area);
        return;
    }
    let hints: Vec<(&Binding, Vec<Span<'_>>)> = app
        .footer_contexts()
        .into_iter()
        .flat_map(keymap::of)
        .filter_map(|binding| {
            let key = binding.keys.first()?.to_string();
            Some((binding, hint(theme, &key, label(app, binding)?)))
        })
        .collect();
    let (last, others): (Vec<_>, Vec<_>) =
        hints.into_iter().partition(|(binding, _)| matches!(binding.action, Action::Help | Action::Quit));
    let width_of = |hints: &[(&Binding, Vec<Span<'_>>)]| -> usize {
        hints.iter().flat_map(|(_, spans)| spans).map(Span::width).sum()
    };
    let last_width = width_of(&last).min(area.width.into());
    let last_place = super::part(area, usize::from(area.width) - last_width, last_width);
    let room = usize::from(area.width).saturating_sub(last_width + 2);
    let mut taken = 0;
    let first: Vec<_> = others
        .into_iter()
        .take_while(|(_, spans)| {
            taken += spans.iter().map(Span::width).sum::<usize>();
            taken <= room
        })
        .collect();
    hints_line(frame, super::part(area, 1, usize::from(area.width)), first);
    hints_line(frame, last_place, last);
}

/// Draws hints side by side; a click on one does what its key does.
fn hints_line(frame: &mut Canvas<'_, '_>, place: Rect, hints: Vec<(&Binding, Vec<Span<'_>>)>) {
    let mut line = Line::default();
    for (binding, spans) in hints {
        let width: usize = spans.iter().map(Span::width).sum();
        frame.hit(super::part(place, line.width(), width.saturating_sub(HINT_GAP)), Hit::Act(binding.action));
        line.spans.extend(spans);
    }
    frame.render_widget(Paragraph::new(line), place);
}

/// The same, where the secret is of a key that is to sign the calls.
fn sign_in_label(
    app: &App,
    dialog: &SecretDialog,
    action: Action,
    usual: Option<&'static str>,
) -> Option<&'static str> {
    let sign_in = dialog.sign_in.as_ref()?;
    match action {
        _ if matches!(sign_in.stage, SignInStage::Trying(_)) => None,
        Action::Accept => app.sign_in_enter(dialog, sign_in),
        Action::Reveal if dialog.is_shown => Some("hide"),
        _ => usual,
    }
}

/// What the footer calls a binding now; none where it is not worth the room, or would do nothing.
fn label(app: &App, binding: &Binding) -> Option<&'static str> {
    let usual = Some(binding.hint).filter(|hint| !hint.is_empty());
    match (&app.dialog, binding.action) {
        (Some(Dialog::Secret(dialog)), action) if dialog.farewell.is_none() && dialog.elsewhere.is_none() => {
            match action {
                _ if dialog.sign_in.is_some() => sign_in_label(app, dialog, action, usual),
                Action::Accept if dialog.taken.is_none() && dialog.delivering == Delivering::Idle => Some("copy"),
                Action::CopySecret if matches!(dialog.delivering, Delivering::Failed(_)) => usual,
                Action::Accept | Action::CopySecret if dialog.taken.is_none() => None,
                Action::Accept => Some("done"),
                Action::CopySecret => Some("copy again"),
                Action::Reveal if dialog.is_shown => Some("hide"),
                _ => usual,
            }
        }
        (Some(Dialog::Replace(dialog)), Action::Accept) => match dialog.next() {
            Action::Generate => Some("generate"),
            Action::Toggle => Some("deactivate old"),
            Action::Delete => Some("delete old"),
            Action::Back => Some("done"),
            _ => None,
        },
        (Some(Dialog::Replace(_)), Action::Back) => usual,
        (Some(Dialog::Replace(dialog)), action) => usual.filter(|_| dialog.offers(action) && action != dialog.next()),
        (Some(Dialog::Rotations(_)), Action::Accept) => usual.filter(|_| !app.shown_rotations().is_empty()),
        (Some(Dialog::Bulk(dialog)), action) if dialog.is_running() => Some("stop").filter(|_| action == Action::Back),
        (Some(Dialog::Export(dialog)), Action::Accept) => Some(dialog.enter()),
        (Some(Dialog::Generate(dialog)), Action::Accept) => Some(dialog.enter()),
        (Some(Dialog::RotateInPlace(dialog)), Action::Accept) => Some(dialog.enter()),
        (Some(Dialog::Secret(dialog)), Action::Accept) => dialog.elsewhere.as_ref().map(Goal::enter).or(usual),
        (Some(dialog), action) if dialog.is_moot() => Some("close").filter(|_| action == Action::Accept),
        (Some(Dialog::Lost(dialog)), Action::Toggle) => {
            usual.filter(|_| dialog.keys().get(dialog.selected).is_some_and(|key| key.valid))
        }
        (Some(Dialog::Lost(dialog)), Action::Delete) => usual.filter(|_| !dialog.keys().is_empty()),
        (_, Action::Profiles) => usual.filter(|_| app.other_profiles().next().is_some()),
        (Some(Dialog::Profiles(_)), Action::Accept) => usual.filter(|_| !app.shown_profiles().is_empty()),
        (None, Action::Accept) if app.focus == Pane::Scopes && app.profile_at_cursor().is_some() => Some("switch"),
        (None, Action::Generate) if app.focus == Pane::Scopes && app.profile_at_cursor().is_some() => None,
        (None, action) if app.obstacle_to(action).is_some() => None,
        (None, Action::Next) if app.focus == Pane::Keys && !app.is_filtering && app.layout().scopes.is_none() => {
            Some("scopes")
        }
        (None, Action::Toggle) if !app.marks.is_empty() => {
            Some(if app.marks_work() { "deactivate marked" } else { "reactivate marked" })
        }
        (None, Action::Delete) if !app.marks.is_empty() => Some("delete marked"),
        (None, Action::Toggle) => app.selected().map(|(key, _)| if key.valid { "deactivate" } else { "reactivate" }),
        (None, Action::Delete | Action::Rotate | Action::CopyMenu | Action::Mark) => {
            usual.filter(|_| app.selected().is_some())
        }
        (None, Action::Accept) if app.focus == Pane::Keys && !app.is_filtering => {
            usual.filter(|_| app.selected().is_some())
        }
        _ => usual,
    }
}

/// The cells behind a hint.
const HINT_GAP: usize = 2;

fn hint(theme: Theme, key: &str, words: &str) -> Vec<Span<'static>> {
    let style = theme.accent().add_modifier(Modifier::BOLD);
    vec![Span::styled(key.to_owned(), style), Span::raw(format!(" {words}  "))]
}

/// What stands before a message, so that its colour is not all that tells how it is meant.
fn sign(theme: Theme, tone: Tone) -> &'static str {
    match tone {
        Tone::Done => theme.pick("✓ ", "ok "),
        Tone::Warning | Tone::Error => "! ",
    }
}

/// The newest message, over the lower edge of the panes.
pub(super) fn toast(app: &App, theme: Theme, frame: &mut Canvas<'_, '_>, area: Rect) {
    let Some(toast) = app.toasts.newest().filter(|_| app.dialog.is_none()) else { return };
    let width = area.width.saturating_sub(4).min(72);
    let sign = sign(theme, toast.tone);
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
pub(super) fn signed_out(app: &App, theme: Theme, frame: &mut Canvas<'_, '_>, area: Rect) {
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
    frame.render_widget(super::block(theme, super::title("Not signed in", area.width), true), area);
    frame.render_widget(Paragraph::new(Text::from(lines)), place);
}
