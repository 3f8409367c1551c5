//! What is said of data that could not be read again, and of when it is tried again.

use ratatui::text::{Line, Span};

use super::theme::Theme;
use crate::api::error::ApiError;
use crate::app::App;
use crate::app::remote::Remote;
use crate::keymap::Action;
use crate::text;
use crate::time;

/// From this width on there is room for whole words in the header.
const WIDE: u16 = 110;

/// How old what is shown of `remote` is, where it could not be read again.
pub(super) fn age<T>(app: &App, remote: Option<&Remote<T>>) -> Option<String> {
    let remote = remote.filter(|remote| remote.error().is_some())?;
    let at = remote.read_at()?;
    let is_short = app.size.cols < WIDE;
    let shown = if is_short { "" } else { "shown " };
    Some(format!("{shown}as of {}, {}", app.clock(at), time::age(at, app.now, is_short)))
}

/// The time that stands in a pane's title, where what it shows could not be read again.
pub(super) fn stamp<T>(app: &App, remote: Option<&Remote<T>>) -> String {
    let old = remote.filter(|remote| remote.error().is_some()).and_then(Remote::read_at);
    old.map_or_else(String::new, |at| format!(" as of {}", app.clock(at)))
}

/// When what failed is tried again by itself.
pub(super) fn countdown(app: &App) -> Option<String> {
    let due = app.retry.due()?;
    let trying = if app.size.cols < WIDE { "" } else { "trying " };
    Some(format!("{trying}again in {}", time::countdown(due, app.now)))
}

/// How long many reads or changes still wait for the service, which asked for it.
pub(super) fn pause(app: &App) -> Option<String> {
    app.pause_ends().map(|end| format!("pause: {}  ", time::countdown(end, app.now)))
}

/// What comes next after a read that failed with `error`, and where there is nothing older to show.
pub(super) fn outlook(app: &App, theme: Theme, error: &ApiError, is_loading: bool, width: usize) -> Vec<Line<'static>> {
    if is_loading {
        return vec![Line::styled(theme.pick("Reading again…", "Reading again.."), theme.dim())];
    }
    match app.retry.due().filter(|_| error.may_pass()) {
        Some(due) => by_itself(app, theme, "Tried again", &time::countdown(due, app.now), width),
        None => {
            vec![Line::from(vec![Span::styled(app.told(Action::Refresh), theme.accent()), Span::raw(" tries again")])]
        }
    }
}

/// What is said in place of keys that wait for a pause that the service asked for.
pub(super) fn held_back(app: &App, theme: Theme, width: usize) -> Vec<Line<'static>> {
    let Some(due) = app.retry.due() else { return Vec::new() };
    let mut lines: Vec<_> = text::wrap("The service asked for a pause.", width).into_iter().map(Line::from).collect();
    lines.push(Line::default());
    lines.extend(by_itself(app, theme, "Read", &time::countdown(due, app.now), width));
    lines
}

fn by_itself(app: &App, theme: Theme, what: &str, left: &str, width: usize) -> Vec<Line<'static>> {
    let (when, wish) = (format!("{what} in {left}"), " tries at once");
    let key = Span::styled(app.told(Action::Refresh), theme.accent());
    if when.len() + 2 + key.width() + wish.len() > width {
        return vec![Line::from(when), Line::from(vec![key, Span::raw(wish)])];
    }
    vec![Line::from(vec![Span::raw(format!("{when}; ")), key, Span::raw(wish)])]
}
