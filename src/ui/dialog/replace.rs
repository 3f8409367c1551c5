//! A key that is replaced by another, and the list of those.

use jiff::SignedDuration;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::change::{UNSURE, key_line, status_line};
use super::{Content, WIDTH};
use crate::api::model::{ApiKey, LastUsed};
use crate::app::App;
use crate::app::dialog::{EVERY, Replace, RotationsDialog, Stage, Watch};
use crate::app::mouse::Hit;
use crate::app::rotations::ShownRotation;
use crate::app::scopes::ALL_KEYS;
use crate::keymap::{Action, Context};
use crate::replacement::{Evidence, SOAK, Step, evidence};
use crate::text;
use crate::time;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Theme;

pub(super) fn replace(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &Replace) {
    let mut content = Content::new(theme, area, WIDTH);
    let is_roomy = area.height > 16;
    key_line(&mut content, "old  ", &dialog.old.key);
    if dialog.is_old_gone {
        content.words("     gone: it was deleted", theme.warning());
    } else {
        status_line(app, &mut content, "     ", &dialog.old.key);
    }
    match (&dialog.new, &dialog.record) {
        (_, Some(record)) if dialog.is_new_gone => {
            content.words(&format!("new  {} (id {}) is gone", record.name, record.new), theme.warning());
        }
        (Some(new), _) => {
            key_line(&mut content, "new  ", new);
            status_line(app, &mut content, "     ", new);
        }
        (None, Some(record)) => content.words(&format!("new  {} (id {})", record.name, record.new), theme.dim()),
        (None, None) => {}
    }
    content.blank_if(is_roomy);
    if let Some(step) = dialog.step {
        content.line(progress(theme, step, dialog));
        content.blank_if(is_roomy);
        if let (Step::Begin, Some(reason)) = (step, app.no_rotation_in_place()) {
            content.words(&format!("{reason}: another key takes its place."), theme.dim());
        }
        content.words(&told(app, dialog, step), Style::new());
        if let Some(words) = dialog.watch.as_ref().and_then(|watch| watched(app, dialog, watch)) {
            content.words(&words, theme.dim());
        }
    }
    if let Some(trouble) = &dialog.trouble {
        let words = format!("{trouble}. If a replacement of this key was begun earlier, that is not known here.");
        content.words(&words, theme.warning());
    }
    if let Some(error) = &dialog.error {
        content.write_error(error, UNSURE);
        content.outlook(app, error);
    }
    content.blank_if(is_roomy);
    reading(app, &mut content, dialog);
    offers(app, &mut content, dialog);
    let dot = theme.pick(" · ", " - ");
    content.render(app, &format!("Replace a key{dot}{}", dialog.old.scope_name), theme.border(true), frame, area);
}

/// The steps, those that were taken, and the one that is next. Not by colour alone.
fn progress(theme: Theme, step: Step, dialog: &Replace) -> Line<'static> {
    let at = match step {
        Step::Begin | Step::Pointless | Step::SuccessorGone | Step::SuccessorExpired => 0,
        Step::SuccessorInactive | Step::Waiting(_) => 1,
        Step::Proven(_) => 2,
        Step::Soaking { .. } => 3,
        Step::Soaked => 4,
        Step::Over => 5,
    };
    // It may have been deactivated before anything was seen of a use.
    let is_used = match (&dialog.new, &dialog.record) {
        (Some(new), Some(record)) => {
            matches!(evidence(&dialog.old.key, new, record.begun), Evidence::BothUsed | Evidence::Moved { .. })
        }
        _ => false,
    };
    let mut spans = Vec::new();
    for (number, name) in ["generated", "in use", "old off", "soaked", "deleted"].into_iter().enumerate() {
        let is_done =
            number < at && (number != 1 || is_used) && (number == 0 || step != Step::Over || dialog.record.is_some());
        let (mark, style) = if is_done {
            (theme.pick("✓", "*"), theme.done())
        } else if number == at {
            (theme.pick("▸", ">"), theme.accent().add_modifier(Modifier::BOLD))
        } else {
            (theme.pick("·", "-"), theme.dim())
        };
        spans.push(Span::styled(format!("{mark} {name}  "), style));
    }
    Line::from(spans)
}

/// What is known, what it means, and what can be done: in sentences.
fn told(app: &App, dialog: &Replace, step: Step) -> String {
    let old = &dialog.old.key;
    let key = |action| app.keymap().told(Context::Replace, action);
    let (enter, undo) = (key(Action::Accept), key(Action::Undo));
    match step {
        Step::Begin => "ckeys generates a successor, and you put its secret where this key's is. Once the successor is in \
                        use and this key stands still, deactivate this one, wait, and delete it: each step when you say so."
            .to_owned(),
        Step::Pointless => "This key is inactive: nothing uses it, so there is nothing to move over.".to_owned(),
        Step::SuccessorGone if old.valid => {
            format!(
                "The successor is gone: somebody deleted it. The old key works as before; {enter} generates another \
                 successor."
            )
        }
        Step::SuccessorGone => {
            format!(
                "The successor is gone, and the old key is off: nothing works in its place. {undo} brings the old one back."
            )
        }
        Step::SuccessorExpired if old.valid => {
            format!(
                "The successor has expired: its requests are refused. The old key works as before; {enter} generates \
                 another successor."
            )
        }
        Step::SuccessorExpired => format!(
            "The successor has expired, and the old key is off: nothing works in its place. {undo} brings the old one back."
        ),
        Step::SuccessorInactive => {
            let old = if old.valid { "The old key works as before." } else { "The old key is off, too." };
            format!(
                "The successor is inactive: its requests are refused. {old} Close this to reactivate it with {}.",
                app.told(Action::Toggle)
            )
        }
        Step::Waiting(evidence) | Step::Proven(evidence) => {
            let Some(new) = &dialog.new else { return String::new() };
            told_of_use(app, old, new, evidence)
        }
        Step::Soaking { until } => {
            let days = SOAK.as_hours() / 24;
            let since = match dialog.inactive_since {
                Some(at) => format!(" since {} ({})", app.exactly(at), time::relative(at, app.now)),
                None => "; it is not known here since when".to_owned(),
            };
            let until = match until {
                Some(at) => format!("Its deletion is next after {days} days, on {}.", app.exactly(at)),
                None => format!("Wait about {days} days before you delete it."),
            };
            // Its place is taken by nothing that was seen.
            if is_unused(dialog) {
                return format!(
                    "The old key is off{since}, and the successor was not used since it was made: nothing was seen to \
                     work in its place. {undo} brings the old one back at once. {until}"
                );
            }
            format!(
                "The old key is off{since}. Whatever still has it is refused; the service does not say whether anything \
                 tries. {until} Should something miss it, {undo} brings it back at once."
            )
        }
        Step::Soaked => {
            let since = dialog.inactive_since.map(|at| format!(" since {}", app.exactly(at))).unwrap_or_default();
            let unused = if is_unused(dialog) { " The successor was not used since it was made." } else { "" };
            format!(
                "The old key is off{since}.{unused} If nothing missed it, delete it: that is for good. {undo} brings it back."
            )
        }
        Step::Over if dialog.record.is_some() => {
            "The old key is gone: the replacement is done, and the successor has its place.".to_owned()
        }
        Step::Over => "This key is gone: somebody deleted it.".to_owned(),
    }
}

/// Whether the successor was not used so far, in the service's word.
fn is_unused(dialog: &Replace) -> bool {
    let (Some(new), Some(record)) = (&dialog.new, &dialog.record) else { return false };
    evidence(&dialog.old.key, new, record.begun) == Evidence::NotUsed
}

/// What the last uses say, with their times.
fn told_of_use(app: &App, old: &ApiKey, new: &ApiKey, evidence: Evidence) -> String {
    match evidence {
        Evidence::NotUsed => {
            "Not moved over yet, as far as can be told: the successor was not used since it was made. \
                              Put its secret where the old key's is. ckeys itself never uses it."
                .to_owned()
        }
        Evidence::Silent => {
            let silent = if new.last_used == LastUsed::Unknown { "successor" } else { "old key" };
            format!(
                "The service does not say when the {silent} was last used: whether it has moved over can't be told from \
                 here. Look where the key is used."
            )
        }
        Evidence::BothUsed => format!(
            "Both are in use: the successor, last on {}; the old key, not before that, on {}. Something still has the \
             old one.",
            on(app, new.last_used),
            on(app, old.last_used),
        ),
        Evidence::Moved { still_for } => {
            let still = match still_for {
                Some(span) => format!("the old key last on {}, {} before that", on(app, old.last_used), short(span)),
                None => "the old key was never used".to_owned(),
            };
            format!(
                "The successor is in use, last on {}; {still}. What runs seldom may still have the old one: \
                 deactivating it shows that, and {undo} takes it back.",
                on(app, new.last_used),
                undo = app.keymap().told(Context::Replace, Action::Undo),
            )
        }
    }
}

/// When it was last used; how long ago that is stands beside the key.
fn on(app: &App, used: LastUsed) -> String {
    used.time().map_or_else(|| "an unknown day".to_owned(), |at| app.exactly(at))
}

fn short(span: SignedDuration) -> String {
    match span.as_secs() {
        0 => "less than a second".to_owned(),
        1 => "1 second".to_owned(),
        _ => time::span(span),
    }
}

/// What was seen of both since the dialog opened.
fn watched(app: &App, dialog: &Replace, watch: &Watch) -> Option<String> {
    let new = dialog.new.as_ref()?;
    if dialog.read_at.is_none_or(|at| at <= watch.since) || !dialog.old.key.valid {
        return None;
    }
    let seen = match (new.last_used != watch.new, dialog.old.key.last_used != watch.old) {
        (true, false) => "the successor was used, the old key stood still",
        (true, true) => "both were used",
        (false, true) => "only the old key was used",
        (false, false) => "neither was used",
    };
    Some(format!("Seen here since {}: {seen}.", app.clock(watch.since)))
}

/// How old what is shown is.
fn reading(app: &App, content: &mut Content, dialog: &Replace) {
    let theme = content.theme;
    if dialog.stage != Stage::Ready {
        content.busy(theme.pick("Under way…", "Under way.."));
    } else if dialog.is_ending {
        let key = app.keymap().told(Context::Replace, Action::End);
        let words = format!("End the replacement? Both keys stay as they are. {key} once more ends it.");
        content.words(&words, theme.warning());
    } else if let Some(error) = &dialog.read_error {
        let again = if dialog.due().is_some() { " It is read again by itself." } else { "" };
        let words = format!("Could not be read: {}.{again}", error.summary().trim_end_matches('.'));
        content.words(&words, theme.warning());
    } else if dialog.is_reading() && dialog.read_at.is_none() {
        content.words(theme.pick("Reading…", "Reading.."), theme.dim());
    } else if let Some(at) = dialog.read_at {
        let again = match dialog.due() {
            _ if dialog.is_reading() => "; being read again".to_owned(),
            Some(_) => format!(", and every {} s while this is open", EVERY.as_secs()),
            None => String::new(),
        };
        content.words(&format!("Read at {}{again}.", app.clock(at)), theme.dim());
    }
}

/// The keys that do something at this step.
fn offers(app: &App, content: &mut Content, dialog: &Replace) {
    if dialog.stage != Stage::Ready {
        return;
    }
    let actions = [Action::Accept, Action::Toggle, Action::Delete, Action::Undo, Action::End, Action::Back];
    content.actions(app, &actions);
}

pub(super) fn list(app: &App, theme: Theme, frame: &mut Canvas<'_>, area: Rect, dialog: &RotationsDialog) {
    let mut content = Content::new(theme, area, WIDTH);
    let shown = app.shown_rotations();
    if let Some(error) = &dialog.error {
        content.words(&format!("It can't be told: {}.", error.trim_end_matches('.')), theme.error());
    }
    if let Some(trouble) = dialog.known.as_ref().and_then(|known| known.trouble.as_ref()) {
        content.words(&format!("{trouble}. What was begun earlier is not known here."), theme.warning());
    }
    let is_known = dialog.known.is_some();
    match (&dialog.known, shown.is_empty()) {
        (None, _) if dialog.is_reading() => content.words(theme.pick("Reading…", "Reading.."), theme.dim()),
        (None, _) => {}
        (Some(_), true) => {
            let words = format!("No rotation is open. {} on a key begins one.", app.told(Action::Rotate));
            content.words(&words, Style::new());
        }
        (Some(_), false) => rows(app, &mut content, &shown, dialog.selected, area.height),
    }
    let not_read = app.scopes_not_read();
    if is_known && not_read > 0 && app.no_rotation_in_place().is_none() {
        let scopes = if not_read == 1 { "One scope was".to_owned() } else { format!("{not_read} scopes were") };
        let words = format!("{scopes} not read yet, so what goes on in place there is not known: {ALL_KEYS} reads it.");
        content.words(&words, theme.dim());
    }
    content.blank();
    content.actions(app, &[Action::Accept, Action::Back]);
    content.render(app, "Rotations", theme.border(true), frame, area);
}

/// Two lines for each: from which key to which, and how that stands.
fn rows(app: &App, content: &mut Content, shown: &[ShownRotation<'_>], selected: usize, height: u16) {
    let theme = content.theme;
    let most = usize::from(height.saturating_sub(7) / 2).clamp(2, 12);
    let first = (selected + 1).saturating_sub(most);
    let dot = theme.pick(" · ", " - ");
    for (at, rotation) in shown.iter().enumerate().skip(first).take(most) {
        let mark = if at == selected { theme.pick("▸ ", "> ") } else { "  " };
        let style = if at == selected { theme.strong() } else { Style::new() };
        let (names, stands) = match rotation {
            ShownRotation::Replacement { replacement, old, step } => {
                let arrow = theme.pick(" → ", " -> ");
                let half = content.width.saturating_sub(2 + text::width(arrow)) / 2;
                let from = old.map_or_else(|| format!("key {}", replacement.old), |old| old.title().to_owned());
                let stands = match step {
                    Some(step) => step.word(),
                    None if app.keys.get(&replacement.scope).is_some_and(|keys| keys.error().is_some()) => {
                        "could not be read"
                    }
                    None => theme.pick("being read…", "being read.."),
                };
                let begun = time::relative(replacement.begun, app.now);
                let names = format!(
                    "{}{arrow}{}",
                    text::fit_name(&from, half),
                    text::fit_name(replacement.name.as_str(), half)
                );
                (names, format!("{stands}{dot}begun {begun}"))
            }
            ShownRotation::InPlace { key, until, .. } => {
                let name = text::fit_name(key.title(), content.width.saturating_sub(2)).into_owned();
                (name, format!("in place{dot}old value stops {}", time::until(*until, app.service_now())))
            }
        };
        content.entry(Line::from(vec![Span::styled(mark, theme.accent()), Span::styled(names, style)]), Hit::Entry(at));
        let words = format!("  {stands}{dot}{}", app.scope_name(rotation.scope()));
        content.entry(Line::styled(text::fit(&words, content.width).into_owned(), theme.dim()), Hit::Entry(at));
    }
    if shown.len() > most {
        let dash = theme.pick("–", "-");
        content.words(&format!("  {}{dash}{} of {}", first + 1, first + most, shown.len()), theme.dim());
    }
}
