//! The line over the table of all keys: how far reading them got, what could not be read, or how lately they were
//! used.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::again;
use super::theme::Theme;
use crate::app::App;
use crate::app::counts::{AGES, Histogram};
use crate::keymap::Action;
use crate::status::Status;
use crate::text;

/// What keys are counted under of which the service does not say when they were used.
const UNKNOWN: &str = "unknown";
/// The cells of the progress bar.
const BAR: usize = 20;

pub(super) fn line(app: &App, theme: Theme, width: usize) -> Line<'static> {
    if let Some((done, total)) = app.sweeping() {
        return progress(app, theme, done, total);
    }
    match app.unreadable().count() {
        0 => histogram(app, theme, width),
        count => unreadable(app, theme, count, width),
    }
}

fn progress(app: &App, theme: Theme, done: usize, total: usize) -> Line<'static> {
    let full = (BAR * done).checked_div(total).unwrap_or(BAR);
    let (on, off) = (theme.pick("▪", "#"), theme.pick("·", "."));
    let mut spans = vec![
        Span::raw("  "),
        Span::styled(on.repeat(full), theme.accent()),
        Span::styled(off.repeat(BAR - full), theme.dim()),
        Span::raw(format!(" {done} of {total} scopes  ")),
        Span::styled(again::pause(app).unwrap_or_default(), theme.warning()),
        Span::styled(app.told(Action::Back), theme.accent().add_modifier(Modifier::BOLD)),
        Span::raw(" stops"),
    ];
    spans.retain(|span| !span.content.is_empty());
    Line::from(spans)
}

fn unreadable(app: &App, theme: Theme, count: usize, width: usize) -> Line<'static> {
    let total = 1 + app.projects.value().map_or(0, Vec::len);
    let names: Vec<String> = app.unreadable().map(|(scope, _)| app.scope_name(&scope)).take(8).collect();
    let keys = [(app.told(Action::Unreadable), " why  "), (app.told(Action::Refresh), " again ")];
    let room = keys.iter().map(|(key, words)| text::width(key) + words.len()).sum::<usize>() + 4;
    let words = format!("! {count} of {total} scopes could not be read: {}", names.join(", "));
    let mut spans = vec![
        Span::raw("  "),
        Span::styled(text::fit(&words, width.saturating_sub(room)).into_owned(), theme.error()),
        Span::raw("  "),
    ];
    for (key, words) in keys {
        spans.extend([Span::styled(key, theme.accent().add_modifier(Modifier::BOLD)), Span::raw(words)]);
    }
    Line::from(spans)
}

/// How many keys were last used how long ago, each with a bar and the number.
fn histogram(app: &App, theme: Theme, width: usize) -> Line<'static> {
    let Histogram { used, never, unknown } = app.table.histogram;
    let (idle, stale) = (app.settings.thresholds.idle_days, app.settings.thresholds.stale_days);
    let labels =
        ["24h".to_owned(), format!("{idle}d"), format!("{stale}d"), format!("{}d", 2 * stale), "older".to_owned()];
    let mut buckets: Vec<(String, usize, Style)> = labels
        .into_iter()
        .zip(used)
        .enumerate()
        .map(|(at, (label, count))| {
            let look = match at {
                0 | 1 => Style::new(),
                2 => theme.status(Status::Idle),
                _ => theme.status(Status::Stale),
            };
            (label, count, look)
        })
        .collect();
    buckets.push(("never".to_owned(), never, theme.warning()));
    if unknown > 0 {
        buckets.push((UNKNOWN.to_owned(), unknown, theme.dim()));
    }
    // Where there is no room: first those go that nothing is known of, then the bars, then the wide gaps, then what was
    // used lately.
    let known: Vec<_> = buckets.iter().filter(|(label, ..)| label != UNKNOWN).cloned().collect();
    let wide = [(&buckets, Look::Bars), (&known, Look::Bars), (&buckets, Look::Numbers), (&known, Look::Numbers)];
    let wide = wide.into_iter().map(|(buckets, look)| joined(theme, buckets, look));
    let narrow = (0..known.len()).map(|from| joined(theme, known.get(from..).unwrap_or_default(), Look::Tight));
    wide.chain(narrow).find(|line| line.width() < width).unwrap_or_default()
}

/// How roomy the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// With bars.
    Bars,
    /// The numbers alone.
    Numbers,
    /// These, close together.
    Tight,
}

/// What each bucket is called, how many keys are in it, and what they look like.
fn joined(theme: Theme, buckets: &[(String, usize, Style)], look: Look) -> Line<'static> {
    let has_bars = look == Look::Bars;
    let gap = if look == Look::Tight { " " } else { "  " };
    let most = buckets.iter().map(|(_, count, _)| *count).max().unwrap_or(0).max(1);
    let mut spans = vec![Span::styled(" used", theme.dim())];
    for (label, count, style) in buckets {
        spans.push(Span::styled(format!("{gap}{label} "), theme.dim()));
        if has_bars && *count > 0 {
            // One step at least for one key: nothing looks like none.
            let level = (count * AGES).div_ceil(most).saturating_sub(1);
            spans.push(Span::styled(format!("{} ", theme.age(Some(level))), *style));
        }
        spans.push(Span::styled(count.to_string(), if has_bars { Style::new() } else { *style }));
    }
    Line::from(spans)
}
