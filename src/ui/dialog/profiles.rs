//! The profiles, to switch to one.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Content, WIDTH};
use crate::app::App;
use crate::app::dialog::ProfilesDialog;
use crate::app::mouse::Hit;
use crate::app::profile::{Listed, Standing};
use crate::keymap::{Action, Context};
use crate::query::Pattern;
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::profiles::standing;
use crate::ui::row::{highlighted, reversed};
use crate::ui::theme::Theme;

/// The cells of where a profile's key is from, and of how far it is.
const SOURCE: usize = 12;
const STANDING: usize = 14;
/// The cells of whether it is read-only, where a line has room for that.
const READ_ONLY: usize = 11;
const WIDE: usize = 70;
/// The lines of a dialog beside its rows and what is told of one: border, filter, gaps.
const AROUND: usize = 6;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &ProfilesDialog) {
    let mut content = Content::new(theme, area, WIDTH + 10);
    let width = content.width;
    content.only_field(&dialog.filter);
    content.blank();
    let shown = app.shown_profiles();
    let told = shown.get(dialog.selected).map(|listed| told(app, listed)).unwrap_or_default();
    let told: Vec<String> = told.iter().flat_map(|words| text::wrap(words, width)).collect();
    let rows = usize::from(area.height).saturating_sub(AROUND + told.len()).max(1);
    let first = (dialog.selected + 1).saturating_sub(rows);
    let pattern = Pattern::new(dialog.filter.text());
    for (at, listed) in shown.iter().enumerate().skip(first).take(rows) {
        let line = row(app, theme, listed, &pattern, at == dialog.selected, width);
        content.entry(if at == dialog.selected { reversed(line, theme) } else { line }, Hit::Entry(at));
    }
    if shown.is_empty() {
        let key = app.keymap().told(Context::Profiles, Action::Back);
        content.words(&format!("No profile matches. {key} clears the filter."), theme.dim());
    }
    if !told.is_empty() {
        content.blank();
        let is_failed = shown.get(dialog.selected).is_some_and(|listed| matches!(listed.standing, Standing::Failed(_)));
        let style = if is_failed { theme.error() } else { theme.dim() };
        for line in told {
            content.line(Line::styled(line, style));
        }
    }
    content.render(app, "Profiles", theme.border(true), frame, area);
}

fn row(app: &App, theme: Theme, listed: &Listed, pattern: &Pattern, is_selected: bool, width: usize) -> Line<'static> {
    let is_in_force = app.is_in_force(listed);
    let read_only = if width >= WIDE { READ_ONLY } else { 0 };
    let rest = width.saturating_sub(2 + SOURCE + STANDING + read_only);
    let title_cells = rest / 2;
    let title = text::fit(listed.title(), title_cells.saturating_sub(1)).into_owned();
    let mark = if is_selected { theme.pick("▸ ", "> ") } else { "  " };
    let mut spans = vec![Span::raw(mark)];
    let positions = pattern.positions(&title).unwrap_or_default();
    spans.extend(highlighted(&title, &positions, theme.profile(listed.colour), theme));
    spans.push(Span::raw(" ".repeat(title_cells.saturating_sub(text::width(&title)))));
    spans.push(Span::raw(text::pad(
        &text::fit(place(listed), (rest - title_cells).saturating_sub(1)),
        rest - title_cells,
    )));
    spans.push(Span::styled(text::pad(listed.source.word(), SOURCE), theme.dim()));
    let words = if listed.is_read_only { "read-only" } else { "" };
    spans.push(Span::raw(text::pad(&text::fit(words, read_only), read_only)));
    let (word, style) = if is_in_force { ("in force", theme.strong()) } else { standing(theme, listed) };
    spans.push(Span::styled(text::pad(word, STANDING), style));
    Line::from(spans)
}

fn place(listed: &Listed) -> &str {
    if listed.place.is_empty() { "by the key" } else { &listed.place }
}

/// What there is to know of the profile that is meant.
fn told(app: &App, listed: &Listed) -> Vec<String> {
    let mut words = Vec::new();
    if let Standing::Failed(error) = &listed.standing
        && !app.is_in_force(listed)
    {
        words.push(error.reason.clone());
    }
    if listed.is_production {
        words.push("Production.".to_owned());
    }
    if listed.is_read_only {
        words.push("Read-only: no key is changed there.".to_owned());
    }
    words
}
