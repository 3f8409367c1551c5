//! What was clicked on, and what turning the wheel over something does.
//!
//! A click on what a dialog shows counts only while that dialog is the one that was drawn, and not in the moment in which it
//! opened: the second click of two may have been meant for what stood there before.

use jiff::{SignedDuration, Timestamp};

use super::dialog::{Dialog, GenerateFocus, Outcome, RotateFocus, Shows};
use super::message::Effect;
use super::mouse::{Gesture, Hit, Mouse, Stop};
use super::toast::Topic;
use super::{App, Pane};
use crate::keymap::Action;

/// How soon after the first click a second one at the same place makes a double click; and for how long clicks do not count
/// in a dialog that just opened.
const DOUBLE: SignedDuration = SignedDuration::from_millis(400);
/// How far a turn of the wheel scrolls.
const LINES: isize = 3;

impl App {
    /// A dialog that is another one than before, or at another step, gets another number.
    pub(super) fn number_dialog(&mut self) {
        let step = self.dialog.as_ref().map(|dialog| (dialog.context(), dialog.is_busy()));
        if step == self.dialog_step {
            return;
        }
        let was_busy = self.dialog_step.is_some_and(|(_, is_busy)| is_busy);
        self.dialog_step = step;
        self.dialog_changed();
        if was_busy && step.is_some_and(|(_, is_busy)| !is_busy) {
            // What came of it stands below what was filled in.
            self.dialog_shows = Shows::End;
        }
    }

    /// What clicks were meant for is no longer there.
    pub(super) fn dialog_changed(&mut self) {
        self.voids_clicks();
        self.dialog_shows = Shows::Focus;
    }

    /// What was drawn so far is not to be clicked on any more, and what comes in its place not at once.
    pub(super) fn voids_clicks(&mut self) {
        self.dialog_number += 1;
        self.dialog_since = self.now;
    }

    /// Acts on the mouse; the second value is false where it means nothing here.
    pub(super) fn mouse(&mut self, mouse: Mouse) -> (Vec<Effect>, bool) {
        let is_other = mouse.dialog != self.dialog_number;
        let is_busy = self.help.is_none() && self.dialog.as_ref().is_some_and(Dialog::is_busy);
        if self.size.is_too_small() || is_other || is_busy {
            return (Vec::new(), false);
        }
        match mouse.gesture {
            Gesture::Up => (self.wheel(&mouse.hit, -LINES), true),
            Gesture::Down => (self.wheel(&mouse.hit, LINES), true),
            Gesture::Click => self.click(mouse.hit),
        }
    }

    fn click(&mut self, hit: Hit) -> (Vec<Effect>, bool) {
        // Set back, the clock tells nothing: nothing counts, then.
        let soon = |since: Timestamp| self.now.duration_since(since) < DOUBLE;
        let is_double = self.clicked.as_ref().is_some_and(|(at, other)| soon(*at) && *other == hit);
        if (self.dialog.is_some() || self.help.is_some()) && soon(self.dialog_since) {
            return (Vec::new(), false);
        }
        // A third click begins anew.
        self.clicked = (!is_double).then(|| (self.now, hit.clone()));
        self.is_leaving = false;
        self.toasts.take_back(Topic::Leaving);
        let effects = match hit {
            Hit::Act(action) => return self.act(action),
            // The help is only to be read.
            _ if self.help.is_some() => Vec::new(),
            Hit::Stop(_) | Hit::Choice(..) | Hit::Entry(_) | Hit::Dialog => self.click_in_dialog(&hit, is_double),
            _ if self.dialog.is_some() || self.session.is_none() => Vec::new(),
            Hit::Toast => {
                self.toasts.dismiss();
                Vec::new()
            }
            Hit::Filter(pane) => {
                (self.focus, self.is_filtering) = (pane, true);
                Vec::new()
            }
            hit => {
                self.is_filtering = false;
                self.click_in_panes(hit, is_double)
            }
        };
        (effects, true)
    }

    fn click_in_panes(&mut self, hit: Hit, is_double: bool) -> Vec<Effect> {
        let can_open = matches!(hit, Hit::Scope(_) | Hit::Key(_));
        match hit {
            Hit::Scope(row) => {
                self.focus = Pane::Scopes;
                self.scopes.selection.select(row);
            }
            Hit::Key(key) => {
                self.focus = Pane::Keys;
                // Other rows may be there since, and are not drawn yet: none of them was meant.
                if !self.table.holds(&key) {
                    return Vec::new();
                }
                self.table.select(key);
                self.settle();
            }
            Hit::Tab(tab) => self.show_tab(tab),
            Hit::Pane(pane) => self.focus = pane,
            _ => return Vec::new(),
        }
        // It was chosen by the first of the two.
        if is_double && can_open {
            return self.act(Action::Accept).0;
        }
        Vec::new()
    }

    fn click_in_dialog(&mut self, hit: &Hit, is_double: bool) -> Vec<Effect> {
        let Some(dialog) = &mut self.dialog else { return Vec::new() };
        match hit {
            Hit::Stop(stop) => {
                let outcome = dialog.focus_on(*stop);
                if stop.is_button() {
                    return self.dialog_action(Action::Accept);
                }
                self.outcome(outcome)
            }
            Hit::Choice(stop, at) => {
                let outcome = dialog.focus_on(*stop);
                dialog.choose(*at);
                self.outcome(outcome)
            }
            Hit::Entry(at) => {
                // Enter closes where a list is not one to open something of.
                let opens = matches!(dialog, Dialog::Rotations(_) | Dialog::Profiles(_) | Dialog::Palette(_));
                dialog.select(*at);
                if is_double && opens { self.dialog_action(Action::Accept) } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    fn wheel(&mut self, hit: &Hit, by: isize) -> Vec<Effect> {
        let action = if by < 0 { Action::Up } else { Action::Down };
        if self.help.is_some() {
            return (0..LINES).flat_map(|_| self.help_action(action)).collect();
        }
        let scrolls = matches!(self.dialog, Some(Dialog::Palette(_)))
            || self.dialog.as_mut().is_some_and(|dialog| dialog.reader().is_some());
        match (&self.dialog, hit) {
            (Some(_), Hit::Dialog | Hit::Stop(_) | Hit::Choice(..) | Hit::Entry(_) | Hit::Act(_)) => {
                if scrolls {
                    return (0..LINES).flat_map(|_| self.dialog_action(action)).collect();
                }
                self.dialog_shows = if by < 0 { Shows::Start } else { Shows::End };
            }
            (None, Hit::Pane(Pane::Scopes) | Hit::Scope(_) | Hit::Filter(Pane::Scopes)) => {
                let height = self.layout().scope_rows().height.into();
                self.scopes.selection.scroll(by, &self.scopes.rows, height);
            }
            (None, Hit::Pane(Pane::Keys) | Hit::Key(_) | Hit::Tab(_) | Hit::Filter(Pane::Keys)) => {
                let height = self.key_rows().into();
                self.table.scroll(by, height);
            }
            _ => {}
        }
        Vec::new()
    }
}

impl Dialog {
    /// Gives a field, button or row of choices the focus, where it is one of its own.
    fn focus_on(&mut self, stop: Stop) -> Outcome {
        match (self, stop) {
            (Self::Confirm(dialog), Stop::Confirm(button)) if dialog.buttons().contains(&button) => {
                dialog.button = button
            }
            (Self::Delete(dialog), Stop::Delete(button)) if dialog.buttons().contains(&button) => {
                dialog.button = button
            }
            (Self::Bulk(dialog), Stop::Bulk(button)) if dialog.buttons().contains(&button) => dialog.button = button,
            (Self::Export(dialog), Stop::Export(focus)) => dialog.focus = focus,
            (Self::Generate(dialog), Stop::Generate(focus)) => {
                let left = std::mem::replace(&mut dialog.focus, focus);
                let was_goal = matches!(left, GenerateFocus::Way | GenerateFocus::Place);
                return looked_at(was_goal && left != focus && dialog.goal.is_to_be_seen());
            }
            (Self::RotateInPlace(dialog), Stop::Rotate(focus)) => {
                let left = std::mem::replace(&mut dialog.focus, focus);
                let was_goal = matches!(left, RotateFocus::Way | RotateFocus::Place);
                return looked_at(was_goal && left != focus && dialog.goal.is_to_be_seen());
            }
            _ => {}
        }
        Outcome::Stay
    }
}

/// Whoever leaves the destination wants to know of it.
fn looked_at(is_wanted: bool) -> Outcome {
    if is_wanted { Outcome::Look { wanted: false } } else { Outcome::Stay }
}
