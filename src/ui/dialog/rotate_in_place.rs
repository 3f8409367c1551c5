//! The form that gives a key a new value: what is chosen, and in words what that does and when.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::change::{about, about_briefly, phrase};
use super::forms::{goal, period, ways};
use super::{Content, WIDTH};
use crate::api::error::{Certainty, ErrorKind};
use crate::app::App;
use crate::app::dialog::{RotateFault, RotateFocus, RotateInPlace, Stage};
use crate::app::mouse::Stop;
use crate::keymap::{Action, Context};
use crate::ui::canvas::Canvas;
use crate::ui::hints::{Pair, pairs};
use crate::ui::theme::Theme;

pub(super) fn view(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &RotateInPlace) {
    let mut content = Content::new(theme, area, WIDTH);
    let is_roomy = area.height > 20;
    let state = app.rotation_state(&dialog.target.key).filter(|_| !dialog.is_gone);
    // The words under the choices tell of the rotation under way, too.
    let is_cramped = area.height <= 16 && state.is_some();
    if is_cramped {
        about_briefly(app, &mut content, &dialog.target, &dialog.check);
    } else {
        about(app, &mut content, &dialog.target, &dialog.check);
    }
    if dialog.is_gone {
        content.blank_if(is_roomy);
        fault(app, &mut content, dialog);
        content.words("The key is gone: somebody deleted it meanwhile.", theme.warning());
        content.close_button();
    } else {
        if let Some(state) = state.filter(|_| !is_cramped) {
            content.words(&state, theme.warning());
        }
        content.blank_if(is_roomy);
        choices(app, &mut content, dialog, is_roomy);
        content.blank_if(is_roomy);
        end(app, &mut content, dialog, is_roomy);
    }
    let dot = theme.pick(" · ", " - ");
    let is_last = dialog.finishes(app.service_now());
    let title = if is_last { "Finish a rotation early" } else { "Rotate a key" };
    let style = if dialog.typed.is_some() { theme.warning().add_modifier(Modifier::BOLD) } else { theme.border(true) };
    content.render(app, &format!("{title}{dot}{}", dialog.target.scope_name), style, frame, area);
}

fn choices(app: &App, content: &mut Content, dialog: &RotateInPlace, is_roomy: bool) {
    let theme = content.theme;
    let has_focus = |focus| dialog.stage == Stage::Ready && dialog.focus == focus;
    let label = if content.width >= 60 { "Old value works for" } else { "Old works for" };
    let stop = Stop::Rotate;
    period(content, label, &dialog.grace, has_focus(RotateFocus::Grace), stop(RotateFocus::Grace));
    period(content, "Lifetime", &dialog.lifetime, has_focus(RotateFocus::Lifetime), stop(RotateFocus::Lifetime));
    ways(content, &dialog.goal, has_focus(RotateFocus::Way), stop(RotateFocus::Way));
    if let Some(words) = dialog.goal.way.asks_for() {
        content.words(words, theme.dim());
        content.field(dialog.goal.field(), has_focus(RotateFocus::Place), stop(RotateFocus::Place));
    }
    goal(app, content, &dialog.goal, "the key is rotated");
    content.blank_if(is_roomy);
    let words = app.rotation_words(dialog).join(" ");
    content.words(&words, if dialog.typed.is_some() { theme.warning() } else { Style::new() });
    if let Some(typed) = &dialog.typed {
        phrase(content, &dialog.target, typed, "rotate", (has_focus(RotateFocus::Phrase), stop(RotateFocus::Phrase)));
    }
}

/// What went wrong last.
fn fault(app: &App, content: &mut Content, dialog: &RotateInPlace) {
    let theme = content.theme;
    match &dialog.error {
        None => {}
        Some(RotateFault::Period(error)) => content.words(&format!("{error}."), theme.error()),
        Some(RotateFault::Refused(refusal)) => content.words(&format!("{refusal}."), theme.error()),
        Some(RotateFault::Api(error)) => {
            content.error(error);
            content.outlook(app, error);
            if error.certainty() == Certainty::NotDone && error.kind != ErrorKind::Overtaken {
                content.words("The key was not rotated: its value is the one from before.", Style::new());
            }
        }
        Some(RotateFault::Lost(lost)) => {
            content.failure(&lost.error);
            content.words(&app.lost_rotation_words(lost), theme.warning());
        }
    }
}

fn end(app: &App, content: &mut Content, dialog: &RotateInPlace, is_roomy: bool) {
    let theme = content.theme;
    if dialog.stage != Stage::Ready {
        content.busy(theme.pick("Rotating…", "Rotating.."));
        return;
    }
    if dialog.goal.is_wanted() {
        content.busy(theme.pick("Looking there first…", "Looking there first.."));
        return;
    }
    fault(app, content, dialog);
    if is_roomy && dialog.error.is_none() {
        let key = app.keymap().told(Context::RotateInPlace, Action::Replace);
        let words = format!("Or {key}: replace it by another key, step by step, and see that it has moved over.");
        content.words(&words, theme.dim());
    }
    content.blank_if(is_roomy);
    let mut shown = pairs(app, &[Action::Accept, Action::Next]);
    // Where there is no room for all, the choices show by themselves how they are made.
    if content.width >= 60 {
        shown.push(Pair::choose());
    }
    shown.extend(pairs(app, &[Action::Replace, Action::Back]));
    content.keys(&shown);
}
