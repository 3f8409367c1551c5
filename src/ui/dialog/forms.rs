//! The dialogs that ask for something: a name, what to copy, what to do about a lost answer.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{Content, WIDTH};
use crate::api::error::Certainty;
use crate::api::model::ApiKey;
use crate::app::App;
use crate::app::dialog::{Fault, Generate, GenerateFocus, Goal, LostDialog, Period, Sight, Stage, Way};
use crate::app::mouse::{Hit, Stop};
use crate::keymap::{Action, Context};
use crate::text;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Theme;

pub(super) fn generate(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &Generate) {
    let mut content = Content::new(theme, area, WIDTH);
    let is_roomy = area.height > 16;
    let has_focus = |focus| dialog.stage == Stage::Ready && dialog.focus == focus;
    match &dialog.replaces {
        // As long as any other, so that the form is as high.
        Some(old) => {
            let name = text::fit_name(old.title(), content.width.saturating_sub(40)).into_owned();
            content.words(&format!("Name of what takes the place of “{name}”"), Style::new());
        }
        None => content.words("Name: who or what will use the key", Style::new()),
    }
    content.field(&dialog.name, has_focus(GenerateFocus::Name), Stop::Generate(GenerateFocus::Name));
    content.blank_if(is_roomy || dialog.goal.way.asks_for().is_none());
    ways(&mut content, &dialog.goal, has_focus(GenerateFocus::Way), Stop::Generate(GenerateFocus::Way));
    if let Some(words) = dialog.goal.way.asks_for() {
        content.words(words, theme.dim());
        content.field(dialog.goal.field(), has_focus(GenerateFocus::Place), Stop::Generate(GenerateFocus::Place));
    }
    goal(app, &mut content, &dialog.goal, "the key is generated");
    if let Some(lifetime) = &dialog.lifetime {
        content.blank_if(is_roomy);
        let stop = Stop::Generate(GenerateFocus::Lifetime);
        period(&mut content, "Lifetime", lifetime, has_focus(GenerateFocus::Lifetime), stop);
        if let Some(expiry) = lifetime.days().ok().flatten().and_then(|lifetime| lifetime.end(app.service_now())) {
            content.words(&format!("It expires on {}.", app.exactly(expiry)), theme.dim());
        }
    } else if let (true, Some(reason)) = (is_roomy, app.no_expiry()) {
        content.words(&format!("Without a lifetime. {reason}."), theme.dim());
    }
    content.blank_if(is_roomy);
    match (&dialog.stage, &dialog.error) {
        (Stage::Busy(_), _) => content.busy(theme.pick("Generating…", "Generating..")),
        (_, Some(Fault::Name(error))) => content.words(&format!("{error}."), theme.error()),
        (_, Some(Fault::Lifetime(error))) => content.words(&format!("{error}."), theme.error()),
        (_, Some(Fault::Api(error))) => {
            content.write_error(
                error,
                "The key may have been made all the same: look for its name in the list before you generate another.",
            );
            content.outlook(app, error);
            if error.certainty() == Certainty::NotDone {
                content.words("No key was made.", Style::new());
            }
        }
        _ if dialog.goal.is_wanted() => content.busy(theme.pick("Looking there first…", "Looking there first..")),
        _ => {
            content.actions(app, &[Action::Accept, Action::Next, Action::Back]);
        }
    }
    let dot = theme.pick(" · ", " - ");
    let title = match (&dialog.succeeds, &dialog.replaces) {
        (Some(_), _) => "Generate a signing key",
        (None, Some(_)) => "Generate a successor",
        (None, None) => "Generate a key",
    };
    content.render(app, &format!("{title}{dot}{}", dialog.scope_name), theme.border(true), frame, area);
}

/// The kinds of destinations, the chosen one marked.
pub(super) fn ways(content: &mut Content, goal: &Goal, has_focus: bool, stop: Stop) {
    let label = if content.width >= 60 { "Its secret goes to  " } else { "To  " };
    let words = Way::ALL.into_iter().map(|way| (way.label().to_owned(), way == goal.way));
    content.choices(label.to_owned(), words, has_focus, stop);
}

/// The choices of a period, the chosen one marked; one's own number is typed into it.
pub(super) fn period(content: &mut Content, label: &str, period: &Period, has_focus: bool, stop: Stop) {
    let cells = if content.width >= 60 { 20 } else { 14 };
    let line = content.lines.len();
    let chosen_at = content.choices(text::pad(label, cells), period.labels(), has_focus, stop);
    if let (true, Some(cursor)) = (has_focus, period.cursor()) {
        content.cursor = Some((chosen_at + cursor, line));
    }
}

/// What is known of the destination: where exactly, what speaks against it, what has to be agreed to.
/// `comes_before` says what it is looked at before.
pub(super) fn goal(app: &App, content: &mut Content, goal: &Goal, comes_before: &str) {
    let theme = content.theme;
    match &goal.sight {
        Sight::Unseen if goal.way == Way::Screen => {}
        Sight::Unseen => content.words(&format!("It is looked at before {comes_before}."), theme.dim()),
        Sight::Looking(..) => content.words(theme.pick("Looking…", "Looking.."), theme.dim()),
        Sight::Unclear(error) => content.words(&sentence(&error.to_string()), theme.error()),
        Sight::Seen(look) => {
            if let Some(obstacle) = &look.obstacle {
                content.words(&format!("It can't go there: {}.", obstacle.words), theme.error());
                return;
            }
            content.words(&format!("To {}.", look.goes_to), theme.dim());
            for warning in &look.warnings {
                content.words(&format!("! {}", sentence(warning)), theme.warning());
            }
            if let Some(ask) = look.ask {
                let key = app.keymap().told(app.dialog_context(), Action::Accept);
                content.words(&format!("! This {ask}. {key} once more agrees to it."), theme.warning());
            }
        }
    }
}

/// `words` with a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str().trim_end_matches('.')),
        None => String::new(),
    }
}

pub(super) fn lost(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &LostDialog) {
    let mut content = Content::new(theme, area, WIDTH);
    content.words(&dialog.words(), theme.warning().add_modifier(Modifier::BOLD));
    if let Some(error) = &dialog.lost.error {
        content.words(&format!("{}.", error.summary().trim_end_matches('.')), theme.dim());
    }
    if let Err(error) = &dialog.lost.found {
        let advice = app.write_outlook(error).unwrap_or_else(|| error.advice().to_owned());
        content.words(&format!("{}. {advice}", error.summary().trim_end_matches('.')), theme.dim());
    }
    content.blank();
    let dot = theme.pick(" · ", " - ");
    let (all, most) = (dialog.keys().len(), if area.height > 16 { 4 } else { 3 });
    let first = (dialog.selected + 1).saturating_sub(most);
    for (at, key) in dialog.keys().iter().enumerate().skip(first).take(most) {
        let mark = if at == dialog.selected { theme.pick("▸ ", "> ") } else { "  " };
        let state = if key.valid { "active" } else { "inactive" };
        let rest = format!("  id {}{dot}{}{}{dot}{state}", key.id, theme.pick("…", ".."), key.value.tail());
        let name = text::fit_name(key.title(), content.width.saturating_sub(2 + text::width(&rest))).into_owned();
        let style = if at == dialog.selected { theme.strong() } else { Style::new() };
        let line = Line::from(vec![
            Span::styled(mark, theme.accent()),
            Span::styled(name, style),
            Span::styled(rest, theme.dim()),
        ]);
        content.entry(line, Hit::Entry(at));
    }
    if all > most {
        let dash = theme.pick("–", "-");
        content.words(&format!("  {}{dash}{} of {all}", first + 1, first + most), theme.dim());
    }
    if !dialog.keys().is_empty() {
        content.blank();
    }
    if dialog.stage == Stage::Ready {
        content.actions(app, &[Action::Toggle, Action::Delete, Action::Generate, Action::LookAgain]);
    } else {
        content.busy(theme.pick("Looking again…", "Looking again.."));
    }
    content.render(app, &format!("A lost answer{dot}{}", dialog.scope_name), theme.warning(), frame, area);
}

pub(super) fn copy_menu(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, key: &ApiKey) {
    let mut content = Content::new(theme, area, 56);
    let cells = content.width.saturating_sub(18);
    let mut item = |action: Action, label: &str, value: &str| {
        let letter = app.keymap().key(Context::CopyMenu, action).map_or_else(|| " ".to_owned(), |key| key.to_string());
        let line = Line::from(vec![
            Span::styled(letter, theme.accent().add_modifier(Modifier::BOLD)),
            Span::raw(format!("  {}", text::pad(label, 15))),
            Span::styled(text::fit(value, cells).into_owned(), theme.dim()),
        ]);
        content.entry(line, Hit::Act(action));
    };
    if key.visible_name().is_some() {
        item(Action::CopyName, "name", key.title());
    }
    item(Action::CopyId, "id", &key.id.to_string());
    item(Action::CopyValue, "masked value", key.value.as_str());
    content.blank();
    content.words("A secret is shown once, when its key is generated; it can't be copied later.", theme.dim());
    content.render(app, "Copy", theme.border(true), frame, area);
}
