//! The line over the table of all keys: how far reading them got, what could not be read, or how lately they were
//! used.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::app::App;
use crate::app::keys::{AGES, Histogram};
use crate::text;

/// The cells of the progress bar.
const BAR: usize = 20;

pub(super) fn line(app: &App, theme: Theme, width: usize) -> Line<'static> {
    if let Some((done, total)) = app.sweeping() {
        return progress(theme, done, total);
    }
    match app.unreadable().count() {
        0 => histogram(app, theme, width),
        count => unreadable(app, theme, count, width),
    }
}

fn progress(theme: Theme, done: usize, total: usize) -> Line<'static> {
    let full = (BAR * done).checked_div(total).unwrap_or(BAR);
    let (on, off) = (theme.pick("▪", "#"), theme.pick("·", "."));
    Line::from(vec![
        Span::raw("  "),
        Span::styled(on.repeat(full), theme.accent()),
        Span::styled(off.repeat(BAR - full), theme.dim()),
        Span::raw(format!(" {done} of {total} scopes  ")),
        Span::styled("Esc", theme.accent().add_modifier(Modifier::BOLD)),
        Span::raw(" stops"),
    ])
}

fn unreadable(app: &App, theme: Theme, count: usize, width: usize) -> Line<'static> {
    let total = 1 + app.projects.value().map_or(0, Vec::len);
    let names: Vec<String> = app.unreadable().map(|(scope, _)| app.scope_name(&scope)).take(8).collect();
    let keys = [("!", " why  "), ("r", " again")];
    let room = keys.iter().map(|(key, words)| key.len() + words.len()).sum::<usize>() + 4;
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
        .map(|(at, (label, count))| (label, count, if at < 2 { Style::new() } else { theme.warning() }))
        .collect();
    buckets.push(("never".to_owned(), never, theme.warning()));
    if unknown > 0 {
        buckets.push(("unknown".to_owned(), unknown, theme.dim()));
    }
    let most = buckets.iter().map(|(_, count, _)| *count).max().unwrap_or(0).max(1);
    let mut spans = vec![Span::raw("  "), Span::styled("used  ", theme.dim())];
    for (label, count, style) in buckets {
        // One step at least for one key: nothing looks like none.
        let level = (count > 0).then(|| (count * AGES).div_ceil(most).saturating_sub(1));
        let bucket = [
            Span::styled(format!("{label} "), theme.dim()),
            Span::styled(theme.age(level), style),
            Span::raw(format!("{}{count}   ", if count > 0 { " " } else { "" })),
        ];
        let so_far: usize = spans.iter().map(Span::width).sum();
        if so_far + bucket.iter().map(Span::width).sum::<usize>() > width {
            break;
        }
        spans.extend(bucket);
    }
    Line::from(spans)
}
