//! The profiles that are not in force, below the scopes of the one that is.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::row::highlighted;
use super::theme::Theme;
use crate::app::App;
use crate::app::profile::{Listed, ProfileName, Standing};
use crate::query::Pattern;
use crate::text;

/// One of them in a line: what it is called, and how far it is.
pub(super) fn row(
    app: &App,
    theme: Theme,
    name: &ProfileName,
    pattern: &Pattern,
    has_cursor: bool,
    width: usize,
) -> Option<Line<'static>> {
    let listed = app.profiles.list.iter().find(|listed| listed.name == *name)?;
    let (word, style) = standing(theme, listed);
    let title_cells = width.saturating_sub(2 + text::width(word) + 1);
    let title = text::fit(listed.title(), title_cells).into_owned();
    let padding = " ".repeat(width.saturating_sub(2 + text::width(&title) + text::width(word)));
    let weight = if has_cursor { Modifier::BOLD } else { Modifier::empty() };
    let mut spans = vec![Span::styled(theme.pick("▹ ", "+ "), theme.dim())];
    let positions = pattern.positions(&title).unwrap_or_default();
    spans.extend(highlighted(&title, &positions, Style::new().add_modifier(weight), theme));
    spans.push(Span::raw(padding));
    spans.push(Span::styled(word, style));
    spans.push(Span::raw(" "));
    Some(Line::from(spans))
}

/// How far a profile is that is not in force, in a word or two.
pub(super) fn standing(theme: Theme, listed: &Listed) -> (&'static str, Style) {
    match &listed.standing {
        Standing::NotAsked => ("not asked", theme.dim()),
        Standing::Reading(_) => (theme.pick("reading key…", "reading key.."), theme.accent()),
        Standing::Calling(_) => (theme.pick("calling…", "calling.."), theme.accent()),
        Standing::Failed(error) => (error.word, theme.error()),
        Standing::SignedIn => ("signed in", theme.done()),
    }
}

/// What there is to say of the profile that the cursor is on; none where it is on none, or there is nothing.
pub(super) fn told(app: &App, theme: Theme, width: usize) -> Option<Vec<Line<'static>>> {
    let listed = app.profile_at_cursor().filter(|_| app.has_focus(crate::app::Pane::Scopes))?;
    let Standing::Failed(error) = &listed.standing else { return None };
    let lines = text::wrap(&error.reason, width.saturating_sub(4));
    Some(lines.into_iter().map(|line| Line::styled(format!("  {line}"), theme.error())).collect())
}
