//! What most dialogs are made of: words, fields, choices, buttons and hints, line by line.

use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{MARGIN, grown};
use crate::api::error::{ApiError, Certainty};
use crate::app::App;
use crate::app::dialog::Shows;
use crate::app::field::Field;
use crate::app::mouse::{Hit, Stop};
use crate::keymap::Action;
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::hints::{Pair, pairs};
use crate::ui::lines::Lines;
use crate::ui::theme::Theme;

/// A dialog's content, line by line, where the cursor is in it, and what a click means where.
pub(super) struct Content {
    pub(super) theme: Theme,
    pub(super) width: usize,
    pub(super) lines: Vec<Line<'static>>,
    pub(super) cursor: Option<(usize, usize)>,
    /// The line that has the focus.
    focus: Option<usize>,
    hits: Vec<Spot>,
}

/// Part of a line, and what a click on it means.
struct Spot {
    line: usize,
    left: usize,
    width: usize,
    hit: Hit,
}

impl Content {
    /// For a dialog of `widest` cells, or what `area` has.
    pub(super) fn new(theme: Theme, area: Rect, widest: u16) -> Self {
        let width = usize::from(area.width.min(widest)).saturating_sub(6);
        Self { theme, width, lines: Vec::new(), cursor: None, focus: None, hits: Vec::new() }
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    pub(super) fn blank_if(&mut self, is_roomy: bool) {
        if is_roomy {
            self.blank();
        }
    }

    pub(super) fn line(&mut self, line: Line<'static>) {
        self.lines.push(line);
    }

    pub(super) fn words(&mut self, words: &str, style: Style) {
        self.lines.extend(text::wrap(words, self.width).into_iter().map(|line| Line::styled(line, style)));
    }

    /// A click on this part of the line that comes next means `hit`.
    fn spot(&mut self, left: usize, width: usize, hit: Hit) {
        self.hits.push(Spot { line: self.lines.len(), left, width, hit });
    }

    /// A line of which a click anywhere means `hit`.
    pub(super) fn entry(&mut self, line: Line<'static>, hit: Hit) {
        self.spot(0, self.width, hit);
        self.line(line);
    }

    /// A text field that is the only one, with its cursor.
    pub(super) fn only_field(&mut self, field: &Field) {
        self.draw_field(field, true);
    }

    /// A text field with its cursor.
    pub(super) fn field(&mut self, field: &Field, has_focus: bool, stop: Stop) {
        self.spot(0, self.width, Hit::Stop(stop));
        self.draw_field(field, has_focus);
    }

    fn draw_field(&mut self, field: &Field, has_focus: bool) {
        let width = self.width.saturating_sub(2).max(1);
        let scroll = field.scroll(width);
        let shown = text::pad(&text::window(field.text(), scroll, width), width);
        let mark = self.theme.pick("▸ ", "> ");
        let style = if has_focus {
            self.theme.strong().add_modifier(Modifier::UNDERLINED)
        } else {
            self.theme.dim().add_modifier(Modifier::UNDERLINED)
        };
        if has_focus {
            self.focus = Some(self.lines.len());
            self.cursor = Some((2 + field.cursor().saturating_sub(scroll), self.lines.len()));
        }
        self.lines.push(Line::from(vec![Span::styled(mark, self.theme.accent()), Span::styled(shown, style)]));
    }

    /// Buttons side by side, one of them with the focus.
    pub(super) fn buttons(&mut self, buttons: &[(&str, bool, Style, Hit)]) {
        let mut line = Line::default();
        for (label, has_focus, style, hit) in buttons {
            let style = if *has_focus { self.theme.selected().add_modifier(Modifier::BOLD) } else { *style };
            let label = format!("[ {label} ]");
            self.spot(line.width(), text::width(&label), hit.clone());
            line.spans.extend([Span::styled(label, style), Span::raw("  ")]);
        }
        self.focus = Some(self.lines.len());
        self.lines.push(line);
    }

    /// The one button of a dialog that has nothing left to do.
    pub(super) fn close_button(&mut self) {
        self.buttons(&[("Close", true, Style::new(), Hit::Act(Action::Accept))]);
    }

    /// Words side by side of which one is chosen, behind `label`. The place of the chosen one's word is the answer.
    pub(super) fn choices(
        &mut self,
        label: String,
        words: impl Iterator<Item = (String, bool)>,
        has_focus: bool,
        stop: Stop,
    ) -> usize {
        let mut line = Line::from(label);
        let mut chosen_at = 0;
        if has_focus {
            self.focus = Some(self.lines.len());
        }
        for (at, (words, is_chosen)) in words.enumerate() {
            let style = match (is_chosen, has_focus) {
                (true, true) => self.theme.selected().add_modifier(Modifier::BOLD),
                (true, false) => self.theme.strong().add_modifier(Modifier::UNDERLINED),
                (false, _) => self.theme.dim(),
            };
            // Not by its look alone.
            let shown = if is_chosen { format!("[{words}]") } else { format!(" {words} ") };
            if is_chosen {
                chosen_at = line.width() + 1;
            }
            self.spot(line.width(), text::width(&shown), Hit::Choice(stop, at));
            line.push_span(Span::styled(shown, style));
        }
        self.lines.push(line);
        chosen_at
    }

    /// Keys and what they do, side by side, closer together where that makes them fit.
    pub(super) fn keys(&mut self, pairs: &[Pair]) {
        let words: usize = pairs.iter().map(Pair::width).sum();
        let room = self.width.saturating_sub(words) / pairs.len().saturating_sub(1).max(1);
        let mut line = Line::default();
        for pair in pairs {
            if let Some(action) = pair.action {
                self.spot(line.width(), pair.width(), Hit::Act(action));
            }
            line.spans.extend(pair.spans(self.theme, room.clamp(1, 3)));
        }
        self.lines.push(line);
    }

    /// The keys of these actions, with what they do now.
    pub(super) fn actions(&mut self, app: &App, actions: &[Action]) {
        self.keys(&pairs(app, actions));
    }

    /// Why a call failed, and what to do.
    pub(super) fn error(&mut self, error: &ApiError) {
        self.failure(error);
        // Where the service names a time, that is the advice.
        if error.status() != Some(429) || error.retry_after().is_none() {
            self.words(error.advice(), Style::new());
        }
    }

    /// Why a write failed. Where it may have been done all the same, `unknown` says what that means.
    pub(super) fn write_error(&mut self, error: &ApiError, unknown: &str) {
        if error.certainty() == Certainty::Unknown {
            self.failure(error);
            self.words(unknown, self.theme.warning());
        } else {
            self.error(error);
        }
    }

    /// When a call that failed can be tried again, where the service asked to wait.
    pub(super) fn outlook(&mut self, app: &App, error: &ApiError) {
        if let Some(outlook) = app.write_outlook(error) {
            self.words(&outlook, self.theme.warning());
        }
    }

    pub(super) fn failure(&mut self, error: &ApiError) {
        let words = format!("{}.", error.summary().trim_end_matches('.'));
        self.words(&words, self.theme.error().add_modifier(Modifier::BOLD));
    }

    pub(super) fn busy(&mut self, words: &str) {
        let style = self.theme.accent().add_modifier(Modifier::BOLD);
        self.words(words, style);
    }

    /// Draws it in the middle of `area`, framed. What is too high for it shows its end, where the fields and buttons are,
    /// or what has the focus, or its beginning where that is asked for; the border tells how.
    pub(super) fn render(self, app: &App, title: &str, style: Style, frame: &mut Canvas<'_>, area: Rect) {
        let all = self.lines.len();
        let height = u16::try_from(all).unwrap_or(u16::MAX).saturating_add(4).min(area.height);
        let height = grown(height, area.height, MARGIN.1);
        let padded = usize::from(height).saturating_sub(all) >= 4;
        let width = grown(u16::try_from(self.width + 6).unwrap_or(area.width), area.width, MARGIN.0);
        let place =
            Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
        let shown = usize::from(height.saturating_sub(2)).min(all);
        let first = self.first_line(app, all - shown, shown);
        let mut block = crate::ui::block(self.theme, crate::ui::title(title, width), true).border_style(style);
        let more = |action| {
            let contexts = app.dialog_context().chain();
            let key = contexts.into_iter().find_map(|context| app.keymap().key(context, action));
            let words = key.map_or_else(|| " more ".to_owned(), |key| format!(" {key}: more "));
            Line::styled(words, self.theme.accent()).right_aligned()
        };
        if first > 0 {
            block = block.title_top(more(Action::PageUp));
        }
        if first + shown < all {
            block = block.title_bottom(more(Action::PageDown));
        }
        let inner = block.inner(place);
        let margin = if padded { (height - u16::try_from(all).unwrap_or(0) - 2) / 2 } else { 0 };
        let inner =
            Rect { x: inner.x + 2, width: inner.width - 4, y: inner.y + margin, height: inner.height - 2 * margin };
        crate::ui::clear(frame, place);
        frame.hit(place, Hit::Dialog);
        frame.render_widget(block, place);
        let row = |line: usize| line.checked_sub(first).filter(|at| *at < shown).and_then(|at| u16::try_from(at).ok());
        for Spot { line, left, width, hit } in self.hits {
            if let Some(at) = row(line) {
                let line = Rect { y: inner.y + at, height: 1, ..inner };
                frame.hit(crate::ui::part(line, left, width), hit);
            }
        }
        if let Some((x, y)) = self.cursor
            && let Some(at) = row(y)
        {
            let x = u16::try_from(x).unwrap_or(u16::MAX);
            frame.set_cursor_position(Position::new(inner.x.saturating_add(x), inner.y + at));
        }
        let lines: Vec<Line<'static>> = self.lines.into_iter().skip(first).take(shown).collect();
        frame.render_widget(Lines::from(lines), inner);
    }

    /// The first line in sight of `shown`, where `hidden` have no room.
    fn first_line(&self, app: &App, hidden: usize, shown: usize) -> usize {
        match (app.dialog_shows, self.focus) {
            (Shows::Start, _) => 0,
            // With what it is called, on the line before.
            (Shows::Focus, Some(focus)) => hidden.min(focus.saturating_sub(1)).max((focus + 1).saturating_sub(shown)),
            _ => hidden,
        }
    }
}
