//! The one place where the state changes.

use crossterm::event::KeyEventKind;
use jiff::{SignedDuration, Timestamp};

use super::dialog::Dialog;
use super::geometry::{Plan, Size};
use super::message::{Effect, Event, Message};
use super::order::SortColumn;
use super::scopes::View;
use super::toast::{Tone, Topic};
use super::{App, Pane, Read};
use crate::api::model::Scope;
use crate::config::Times;
use crate::keymap::{Action, Context};
use crate::operations::{Operation, Reconciled};
use crate::status::Tab;
use crate::time;

/// How long the choice of a scope rests before it is read, while others are being passed by.
const REST: SignedDuration = SignedDuration::from_millis(120);
/// From which age on a scope is read again when it is chosen.
const OLD: SignedDuration = SignedDuration::from_secs(60);

/// From which difference on it is told that the clocks differ.
const TOLD_FROM: SignedDuration = SignedDuration::from_mins(5);

/// Takes in what happened, and gives what it asks of the world, in its order.
pub fn update(app: &mut App, message: Message) -> Vec<Effect> {
    let Message { at, event } = message;
    if app.has_to_wait(&event) {
        app.held_back.push_back(event);
        return Vec::new();
    }
    let mut effects = take_in(app, at, event);
    while let Some(event) = app.next_held_back() {
        effects.extend(take_in(app, at, event));
    }
    effects
}

fn take_in(app: &mut App, at: Timestamp, event: Event) -> Vec<Effect> {
    let counted = app.countdown_changes();
    let is_set_back = at < app.now;
    app.now = at;
    if is_set_back {
        // By the time that it is now, the key of an open question may be in use.
        app.demand_phrase();
    }
    let before = app.view();
    let expired = app.toasts.expire(app.now);
    // What was not understood changed nothing, and is not drawn.
    let mut draw = true;
    // Other numbers are drawn, whatever came in.
    let counts = counted.is_some_and(|at| at <= app.now);
    let event = match event {
        Event::Of(of, event) => app.of_profile(of, *event),
        event => event,
    };
    let mut effects = match event {
        Event::Key(event) if event.kind == KeyEventKind::Release => {
            draw = false;
            Vec::new()
        }
        Event::Key(event) => {
            let (effects, known) = app.key(&event);
            draw = known;
            effects
        }
        Event::Mouse(mouse) => {
            let (effects, known) = app.mouse(mouse);
            draw = known;
            effects
        }
        Event::Paste(text) => {
            app.paste(&text);
            Vec::new()
        }
        Event::Resize { cols, rows } => {
            app.size = Size { cols, rows };
            Vec::new()
        }
        Event::Focus(has_it) => {
            app.is_watched = has_it;
            draw = false;
            Vec::new()
        }
        Event::Tick | Event::Of(..) => Vec::new(),
        // Whoever asked is gone, with the organization that it was asked of.
        Event::Reply(request, _) if request <= app.first_request => Vec::new(),
        Event::Reply(request, result) => app.reply(request, result),
        Event::Looked(request, look) => app.looked(request, look),
        Event::Delivered(request, result) => {
            app.delivered(request, result);
            Vec::new()
        }
        Event::Copied(request, result) => {
            app.copied(request, &result);
            Vec::new()
        }
        Event::SignedIn(request, result) => app.signed_in(request, result),
        Event::Saved(request, result) => app.saved(request, result),
        Event::Reconciled(what) => app.was_reconciled(what),
        Event::ProfileKeyRead(request) => {
            app.profile_key_was_read(request);
            Vec::new()
        }
        Event::ProfileOpened(request, result) => app.profile_opened(request, result),
        Event::Journal(request, report) => {
            app.journal_was_read(request, report);
            Vec::new()
        }
        Event::Connected(session) => {
            app.session = Some(session);
            app.signed_out = None;
            app.clock_ahead = SignedDuration::ZERO;
            app.capabilities = None;
            app.retry.reset();
            app.leaves_profile();
            app.demand_phrase();
            app.read_all()
        }
        Event::Capabilities(capabilities) => {
            app.capabilities = Some(capabilities);
            Vec::new()
        }
        Event::ClockAhead(ahead) => {
            app.clock_differs(ahead);
            Vec::new()
        }
        Event::Arranged(request, arrangement) => {
            draw = app.arranged(request, arrangement);
            Vec::new()
        }
        Event::Notice(text) => {
            app.toasts.push(Tone::Warning, text, app.now);
            Vec::new()
        }
    };
    let rebuilt = app.settle();
    if app.view() != before {
        app.view_changed();
        app.settle();
    }
    let due = app.read_if_due();
    let again = app.retry_if_due();
    let pair = app.read_pair_if_due();
    app.plan_retry();
    app.needs_draw |= draw || counts || expired || rebuilt || due.is_some() || !again.is_empty() || !pair.is_empty();
    effects.extend(due);
    effects.extend(again);
    effects.extend(pair);
    effects.extend(app.go_on_with_bulk());
    effects.extend(app.go_on_sweeping());
    effects.extend(app.to_arrange.take());
    if effects.contains(&Effect::DropTypedAhead) {
        app.held_back.clear();
    }
    effects
}

impl App {
    /// Takes in how far the clocks differ; tells it where people would notice.
    fn clock_differs(&mut self, ahead: SignedDuration) {
        let off = ahead.abs();
        if off >= TOLD_FROM && self.clock_ahead.abs() < TOLD_FROM {
            let side = if ahead.is_negative() { "behind" } else { "ahead of" };
            let text = format!(
                "This machine's clock is {} {side} the service's. The times shown are by the service's.",
                time::span(off)
            );
            self.toasts.push(Tone::Warning, text, self.now);
        }
        self.clock_ahead = ahead;
        self.needs_rebuild = true;
        // The key of an open question may be in use by that clock.
        self.demand_phrase();
    }

    pub(super) fn signed_out_action(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Quit => vec![Effect::Quit],
            Action::Demo => vec![Effect::StartDemo],
            Action::Profiles => self.open_profiles(),
            _ => Vec::new(),
        }
    }

    /// What an earlier program began and did not see the end of.
    pub(super) fn was_reconciled(&mut self, what: Reconciled) -> Vec<Effect> {
        match what {
            Reconciled::New(lost) => self.reconciled(*lost),
            Reconciled::Rotation { place, key } => self.rotation_was_left(&place, *key),
        }
    }

    /// Quits, but asks once where something would be lost.
    pub(super) fn leave(&mut self) -> Vec<Effect> {
        let loss = if self.writes.values().any(Operation::is_write) {
            Some("A change is under way, and its outcome would not be seen")
        } else if matches!(&self.dialog, Some(Dialog::Bulk(bulk)) if bulk.is_running()) {
            Some("The keys that wait for their turn would stay as they are")
        } else if matches!(&self.dialog, Some(Dialog::Secret(dialog)) if dialog.would_lose_it())
            || self.waiting.iter().any(|dialog| matches!(dialog, Dialog::Secret(_)))
        {
            Some("The new key's secret has not been taken, and can't be had again")
        } else if !self.saves.is_empty() {
            Some("A file is being written, and might stay half written")
        } else {
            None
        };
        match loss {
            Some(loss) if !self.is_leaving => {
                self.is_leaving = true;
                let key = self.told(Action::Interrupt);
                let text = format!("Press {key} again to quit all the same. {loss}.");
                self.toasts.push_about(Topic::Leaving, Tone::Warning, text);
                Vec::new()
            }
            _ => vec![Effect::Quit],
        }
    }

    pub(super) fn action(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::PageDown => self.step(self.page()),
            Action::PageUp => self.step(-self.page()),
            Action::First => self.step(isize::MIN / 2),
            Action::Last => self.step(isize::MAX / 2),
            Action::NextMatch => self.wrap(1),
            Action::PreviousMatch => self.wrap(-1),
            Action::Next | Action::Previous => self.other_pane(),
            Action::Accept if self.is_at_profile() => {
                let name = self.profile_at_cursor().and_then(|listed| listed.name.clone());
                return self.open_profile(&name);
            }
            Action::Profiles => return self.open_profiles(),
            Action::Accept if self.focus == Pane::Scopes => {
                self.focus = Pane::Keys;
                self.read_due = self.is_old().then_some(self.now);
            }
            Action::Accept => self.open_details(),
            Action::Back => self.back(),
            Action::Quit | Action::Interrupt => return self.leave(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Filter => self.is_filtering = true,
            Action::Tab(tab) => self.show_tab(tab),
            Action::Unreadable => return self.open_unreadable(),
            Action::AllKeys => {
                self.scopes.choose(View::All);
                self.focus = Pane::Keys;
            }
            Action::Fold => self.fold(),
            Action::Sort => self.table.sort_next(self.view() == View::All),
            Action::SortReverse => self.table.descending = !self.table.descending,
            Action::Columns => self.table.columns_next(),
            Action::Times => self.next_times(),
            Action::Refresh => {
                self.retry.reset();
                return self.read_again();
            }
            action if !self.may_write(action) => {}
            Action::Generate if self.is_at_profile() => {
                let enter = self.keymap().told(Context::Scopes, Action::Accept);
                let generate = self.told(Action::Generate);
                let text = format!("{enter} switches to the profile; then {generate} generates a key there.");
                self.toasts.push(Tone::Done, text, self.now);
            }
            Action::Generate => {
                let scope = self.scope();
                return self.open_generate(scope, "");
            }
            Action::Toggle if !self.marks.is_empty() => return self.open_bulk(false),
            Action::Delete if !self.marks.is_empty() => return self.open_bulk(true),
            Action::Toggle => return self.open_toggle(),
            Action::Delete => return self.open_delete(),
            Action::Rotate => return self.open_rotate(),
            Action::Mark => self.mark(),
            Action::MarkRange => self.mark_range(),
            Action::MarkAll => self.mark_all(),
            Action::Undo => return self.open_undo(),
            Action::CopyMenu => {
                if let Some(target) = self.target() {
                    return self.open(Dialog::CopyMenu(target.key));
                }
            }
            Action::Help => self.open_help(),
            Action::Palette => return self.open_palette(),
            Action::Rotations => return self.open_rotations(),
            Action::Journal => return self.open_journal(),
            Action::Export => return self.open_export(),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn next_times(&mut self) {
        self.times = match self.times {
            Times::Relative => Times::Local,
            Times::Local => Times::Utc,
            Times::Utc => Times::Relative,
        };
    }

    fn page(&self) -> isize {
        let rows = match self.focus {
            Pane::Scopes => self.layout().scope_rows().height,
            Pane::Keys => self.key_rows(),
        };
        isize::try_from(rows.max(2) - 1).unwrap_or(1)
    }

    pub(super) fn step(&mut self, by: isize) {
        match self.focus {
            Pane::Keys => self.table.step(by),
            Pane::Scopes => {
                let rows = std::mem::take(&mut self.scopes.rows);
                self.scopes.selection.step(by, &rows);
                self.scopes.rows = rows;
            }
        }
    }

    /// Moves to the next entry, around the end.
    fn wrap(&mut self, by: isize) {
        let (index, len) = match self.focus {
            Pane::Scopes => (self.scopes.selection.index(), self.scopes.rows.len()),
            Pane::Keys => (self.table.selection.index(), self.table.rows().len()),
        };
        match (by, index) {
            (1, at) if at + 1 >= len => self.step(isize::MIN / 2),
            (-1, 0) => self.step(isize::MAX / 2),
            _ => self.step(by),
        }
    }

    /// The table shows another scope: from its top, unfiltered, and read where that is due. A step, a filter, or
    /// the end of the project that was chosen may have brought it there.
    fn view_changed(&mut self) {
        self.table.reset();
        if self.table.sort == SortColumn::Scope && self.view() != View::All {
            self.table.sort_next(false);
        }
        if self.is_old() {
            // The first step is read at once; of those that follow quickly, the last.
            let quick = self.keys.values().any(super::remote::Remote::is_loading);
            self.read_due = Some(if quick { self.now + REST } else { self.now });
        } else {
            self.read_due = None;
        }
    }

    /// Whether something of what is shown was not read lately, and is not being read.
    pub(super) fn is_old(&self) -> bool {
        match self.view() {
            View::One(scope) => self.is_scope_old(&scope),
            View::All => self.all_scopes().any(|scope| self.is_scope_old(&scope)),
        }
    }

    pub(super) fn is_scope_old(&self, scope: &Scope) -> bool {
        self.keys
            .get(scope)
            .is_none_or(|keys| !keys.is_loading() && keys.read_at().is_none_or(|at| self.now.duration_since(at) > OLD))
    }

    fn read_if_due(&mut self) -> Option<Effect> {
        self.read_due.take_if(|due| *due <= self.now)?;
        // Whatever else read it meanwhile has done so for this, too.
        if !self.is_old() || self.holds_back() {
            return None;
        }
        match self.view() {
            View::One(scope) => Some(self.read(Read::Keys(scope))),
            View::All => {
                self.sweep(Self::is_scope_old);
                None
            }
        }
    }

    /// Folds the Scopes pane, or unfolds it. Where it is folded as there is no room, it comes and goes with the focus.
    fn fold(&mut self) {
        let is_short_of_room = Plan { folded: false, ..self.plan() }.folds();
        if is_short_of_room {
            self.other_pane();
            return;
        }
        self.folded = !self.folded;
        if self.folded {
            self.focus = Pane::Keys;
        }
    }

    fn other_pane(&mut self) {
        self.focus = match self.focus {
            Pane::Scopes => Pane::Keys,
            Pane::Keys => Pane::Scopes,
        };
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.table.tab = tab;
        self.focus = Pane::Keys;
    }

    fn back(&mut self) {
        if self.toasts.dismiss() || self.stay_in_profile() || (self.view() == View::All && self.stop_sweeping()) {
            return;
        }
        if !self.filter_field().text().is_empty() {
            self.filter_field().clear();
        } else if !self.marks.clear() {
            self.focus = Pane::Scopes;
        }
    }
}
