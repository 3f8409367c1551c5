//! A state in words, a line for each thing that a key may change.

use confident_keys::app::dialog::{
    Check, Delivering, Dialog, ExportStage, Fault, Goal, ItemState, Period, RotateFault, Sight, SignIn, SignInStage,
    Stage, Typed,
};
use confident_keys::app::message::Effect;
use confident_keys::app::profile::{Listed, Standing};
use confident_keys::app::rotations::ShownRotation;
use confident_keys::app::{App, Pane};
use confident_keys::operations::Operation;

/// What is to be seen of a state, as `(what, how it is)`.
pub(crate) fn describe(app: &App) -> Vec<(&'static str, String)> {
    let ids = |index: usize| app.row(index).map_or_else(|| "none".to_owned(), |(key, _)| key.id.to_string());
    let rows: Vec<String> = (0..app.table.rows().len().max(1)).map(ids).collect();
    let toasts = app.toasts.newest().map_or_else(
        || "none".to_owned(),
        |toast| format!("{} of {}: {}", app.toasts.len(), tone(toast.tone), toast.text),
    );
    vec![
        (
            "pane",
            match app.focus {
                Pane::Scopes => "scopes".into(),
                Pane::Keys => "keys".into(),
            },
        ),
        ("typing", if app.is_filtering { "a filter".into() } else { "nothing".into() }),
        ("scope", format!("{} ({} shown)", app.view_name(&app.view()), app.scopes.rows.len())),
        ("scope filter", format!("{:?}", app.scopes.filter.text())),
        ("key", ids(app.table.selection.index())),
        ("rows", rows.join(" ")),
        ("key filter", format!("{:?}", app.table.filter.text())),
        ("tab", app.table.tab.label().into()),
        ("sort", format!("{:?}{}", app.table.sort, if app.table.descending { ", descending" } else { "" })),
        ("columns", format!("{:?}", app.table.columns)),
        ("times", format!("{:?}", app.times)),
        ("dialog", app.dialog.as_ref().map_or_else(|| "none".into(), |open| dialog(app, open))),
        ("message", toasts),
        ("to undo", app.undo.len().to_string()),
        ("leaving", app.is_leaving.to_string()),
        ("loading", loading(app)),
        // What follows is there at times only.
        ("folded", if app.folded { "yes".into() } else { String::new() }),
        (
            "help",
            app.help.as_ref().map_or_else(String::new, |help| {
                let all = if help.is_all { ", and all others" } else { "" };
                format!("for {:?}{all} at line {}", help.contexts, help.reader.line)
            }),
        ),
        ("marked", if app.marks.is_empty() { String::new() } else { app.marks.len().to_string() }),
        ("range", if app.marks.has_anchor() { "begun".into() } else { String::new() }),
        ("again", if app.retry.due().is_some() { "by itself".into() } else { String::new() }),
        ("profiles", profiles(app)),
        ("on profile", app.profile_at_cursor().map_or_else(String::new, |listed| listed.title().to_owned())),
        ("writes", app.obstacle().map_or_else(String::new, |obstacle| obstacle.badge().to_owned())),
    ]
}

fn profiles(app: &App) -> String {
    let told = |listed: &Listed| {
        let how = match &listed.standing {
            _ if app.is_in_force(listed) => "in force",
            Standing::NotAsked => "not asked",
            Standing::Reading(_) => "reading",
            Standing::Calling(_) => "calling",
            Standing::Failed(error) => error.word,
            Standing::SignedIn => "signed in",
        };
        let awaited = if app.is_opening(listed) { ", to be entered" } else { "" };
        format!("{} {how}{awaited}", listed.title())
    };
    app.profiles.list.iter().map(told).collect::<Vec<_>>().join("; ")
}

fn state(state: &ItemState) -> String {
    match state {
        ItemState::Refused(reason) => format!("refused: {reason}"),
        ItemState::Waiting => "waiting".into(),
        ItemState::Checking(_) => "looked at".into(),
        ItemState::Writing(_) => "being changed".into(),
        ItemState::Done => "done".into(),
        ItemState::Failed(reason) => format!("failed: {reason}"),
        ItemState::Unknown(reason) => format!("unknown: {reason}"),
    }
}

fn tone(tone: confident_keys::app::toast::Tone) -> &'static str {
    use confident_keys::app::toast::Tone;
    match tone {
        Tone::Done => "done",
        Tone::Warning => "warning",
        Tone::Error => "error",
    }
}

fn loading(app: &App) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(app.organization.is_loading().then(|| "organization".into()));
    parts.extend(app.projects.is_loading().then(|| "projects".into()));
    let keys = app.keys.iter().filter(|(_, keys)| keys.is_loading());
    parts.extend(keys.map(|(scope, _)| format!("keys of {}", app.scope_name(scope))));
    if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
}

fn dialog(app: &App, dialog: &Dialog) -> String {
    match dialog {
        Dialog::Profiles(list) => {
            let shown: Vec<&str> = app.shown_profiles().iter().map(|listed| listed.title()).collect();
            let on = shown.get(list.selected).unwrap_or(&"none");
            format!("profiles {}, on {on}, filtered by {:?}", shown.join(" "), list.filter.text())
        }
        Dialog::Generate(form) => {
            let error = match &form.error {
                None => String::new(),
                Some(Fault::Name(error)) => format!(", {error}"),
                Some(Fault::Lifetime(error)) => format!(", {error}"),
                Some(Fault::Api(error)) => format!(", {}", error.summary()),
            };
            let focus = form.focus;
            let lifetime =
                form.lifetime.as_ref().map_or_else(String::new, |period| format!(", for {}", chosen(period)));
            let instead = form.succeeds.as_ref().map_or_else(String::new, |old| format!(" in place of {}", old.key.id));
            let of = form.replaces.as_ref().map_or_else(String::new, |old| format!(" of {}", old.id));
            format!(
                "generate{instead}{of} in {}, {:?}{lifetime} on {focus:?}, to {}{}{error}",
                form.scope_name,
                form.name.text(),
                goal(&form.goal),
                stage(form.stage)
            )
        }
        Dialog::Secret(secret) => {
            let shown = if secret.is_shown { ", shown" } else { "" };
            let taken = secret.taken.as_ref().map_or_else(String::new, |delivered| format!(", {delivered}"));
            let delivering = match &secret.delivering {
                Delivering::Idle => String::new(),
                Delivering::Busy(_) => ", under way".into(),
                Delivering::Failed(error) => format!(", not delivered: {error}"),
            };
            let elsewhere =
                secret.elsewhere.as_ref().map_or_else(String::new, |choice| format!(", elsewhere to {}", goal(choice)));
            let farewell =
                secret.farewell.as_ref().map_or_else(String::new, |word| format!(", farewell {:?}", word.text()));
            let sign_in = secret.sign_in.as_ref().map_or_else(String::new, |it| sign_in(it));
            format!("secret of {}{taken}{delivering}{shown}{elsewhere}{farewell}{sign_in}", secret.target.key.id)
        }
        Dialog::Confirm(question) => format!(
            "{}{}{} {} on {:?}{}{}{}{}{}",
            if question.undoes.is_some() { "undo: " } else { "" },
            if question.succeeded.is_some() { "the old signing key: " } else { "" },
            if question.valid { "reactivate" } else { "deactivate" },
            question.target.key.id,
            question.button,
            question.typed.as_ref().map_or_else(String::new, typed),
            check(&question.check),
            stage(question.stage),
            if question.is_gone { ", gone" } else { "" },
            question.error.as_ref().map_or_else(String::new, |error| format!(", {}", error.summary())),
        ),
        Dialog::Delete(form) => format!(
            "delete {} {} on {:?}{}{}{}{}{}",
            if form.target.key.valid { "active" } else { "inactive" },
            form.target.key.id,
            form.button,
            typed(&form.typed),
            check(&form.check),
            stage(form.stage),
            if form.is_gone { ", gone" } else { "" },
            form.error.as_ref().map_or_else(String::new, |error| format!(", {}", error.summary())),
        ),
        Dialog::Bulk(bulk) => {
            let typed = bulk.typed.as_ref().map_or_else(String::new, typed);
            let undo = if bulk.undoes.is_some() { "undo: " } else { "" };
            let states: Vec<String> =
                bulk.items.iter().map(|item| format!("{} {}", item.target.key.id, state(&item.state))).collect();
            format!(
                "{undo}{:?} many on {:?}, {:?}{typed} at line {}: {}",
                bulk.kind,
                bulk.button,
                bulk.stage,
                bulk.reader.line,
                states.join(", ")
            )
        }
        Dialog::RotateInPlace(form) => {
            let error = match &form.error {
                None => String::new(),
                Some(RotateFault::Period(error)) => format!(", {error}"),
                Some(RotateFault::Refused(refusal)) => format!(", {refusal}"),
                Some(RotateFault::Api(error)) => format!(", {}", error.summary()),
                Some(RotateFault::Lost(lost)) => {
                    format!(", lost: {}, rotated: {:?}", lost.error.summary(), lost.took_place())
                }
            };
            format!(
                "rotate {}, old for {}, lifetime {} on {:?}, to {}{}{}{}{}{error}",
                form.target.key.id,
                chosen(&form.grace),
                chosen(&form.lifetime),
                form.focus,
                goal(&form.goal),
                form.typed.as_ref().map_or_else(String::new, typed),
                check(&form.check),
                stage(form.stage),
                if form.is_gone { ", gone" } else { "" },
            )
        }
        Dialog::Lost(lost) => {
            let found = match &lost.lost.found {
                Ok(_) if lost.keys().is_empty() => "none found".to_owned(),
                Ok(keys) => {
                    let ids: Vec<String> = keys.iter().map(|key| key.id.to_string()).collect();
                    format!("found {}, on {}", ids.join(" "), ids[lost.selected])
                }
                Err(error) => format!("can't be told, {}", error.summary()),
            };
            format!("lost {:?} in {}, {found}{}", lost.lost.name, lost.scope_name, stage(lost.stage))
        }
        Dialog::ChangeSigner(change) => {
            format!(
                "change the signing key {}, one of {}, to {:?}",
                change.target.key.id, change.candidates, change.name
            )
        }
        Dialog::Replace(replace) => {
            let new = match (&replace.new, &replace.record) {
                (Some(new), _) => format!(" to {} {}", if new.valid { "active" } else { "inactive" }, new.id),
                (None, Some(record)) => format!(" to {}, not read", record.new),
                (None, None) => String::new(),
            };
            let told = |error: &confident_keys::api::error::ApiError| format!(", {}", error.summary());
            format!(
                "replace {} {}{new}: {}{}{}{}{}{}{}",
                if replace.old.key.valid { "active" } else { "inactive" },
                replace.old.key.id,
                replace.step.map_or_else(|| "not known".to_owned(), |step| format!("{step:?}")),
                if replace.is_reading() { ", reading" } else { "" },
                replace.read_at.map_or_else(String::new, |at| format!(", read {at}")),
                if replace.is_ending { ", asked to end" } else { "" },
                stage(replace.stage),
                replace.error.as_ref().map_or_else(String::new, told),
                replace.read_error.as_ref().map_or_else(String::new, told),
            )
        }
        Dialog::Rotations(list) => {
            let shown = app.shown_rotations();
            let shown = shown.iter().map(|shown| match shown {
                ShownRotation::Replacement { replacement, step, .. } => {
                    let step = step.map_or("not read", |step| step.word());
                    format!("{} to {} {step}", replacement.old, replacement.new)
                }
                ShownRotation::InPlace { key, until, .. } => format!("{} in place until {until}", key.id),
            });
            let shown: Vec<String> = shown.collect();
            let reading = if list.is_reading() { ", reading" } else { "" };
            format!("rotations, on {}{reading}: {}", list.selected, shown.join(", "))
        }
        Dialog::CopyMenu(key) => format!("copy menu of {}", key.id),
        Dialog::Export(form) => {
            let stage = match &form.stage {
                ExportStage::Ready => String::new(),
                ExportStage::Saving(_) => ", being written".into(),
                ExportStage::Exists => ", there is one".into(),
                ExportStage::Failed(reason) => format!(", {reason}"),
            };
            let (format, to, path) = (form.format.word(), form.to.label(), form.path.text());
            format!("export as {format} to {to} {path:?} on {:?}{stage}", form.focus)
        }
        Dialog::Palette(palette) => {
            let chosen = palette.chosen().map_or("nothing", |entry| entry.title.as_str());
            format!("commands {:?}: {} of {}, {chosen}", palette.field.text(), palette.selected() + 1, palette.len())
        }
        Dialog::Journal(journal) => {
            let shown = match journal.report() {
                None => "nothing".to_owned(),
                Some(Ok(None)) => "that none is kept".to_owned(),
                Some(Ok(Some(report))) => format!("{} entries, {} open", report.entries.len(), report.intents.len()),
                Some(Err(error)) => error.to_string(),
            };
            let reading = if journal.is_reading() { ", reading" } else { "" };
            format!("journal with {shown} at line {}{reading}", journal.reader.line)
        }
        Dialog::Unreadable(reader) => format!("what could not be read at line {}", reader.line),
        Dialog::Details(reader, target) => format!("details of {} at line {}", target.key.id, reader.line),
    }
}

fn sign_in(it: &SignIn) -> String {
    let saved = if it.is_saved { " (saved)" } else { "" };
    let stage = match &it.stage {
        SignInStage::Ready => "to sign in with".to_owned(),
        SignInStage::Trying(_) => "being signed in with".into(),
        SignInStage::Failed(error) => format!("not signed in with: {error}"),
        SignInStage::Done { before, .. } => format!("signed in with, one of {} before", before.len()),
    };
    format!(", {stage} in place of {}{saved}", it.old.key.id)
}

fn chosen(period: &Period) -> String {
    period.labels().find(|(_, is_chosen)| *is_chosen).map(|(label, _)| label).unwrap()
}

fn goal(goal: &Goal) -> String {
    let sight = match &goal.sight {
        Sight::Unseen => "unseen".to_owned(),
        Sight::Looking(_, wanted) => format!("looking{}", if *wanted { ", wanted" } else { "" }),
        Sight::Seen(look) => format!("{look:?}"),
        Sight::Unclear(error) => error.to_string(),
    };
    format!("{:?} {:?} ({sight})", goal.way, goal.field().text())
}

fn typed(typed: &Typed) -> String {
    let mistyped = if typed.is_mistyped { ", mistyped" } else { "" };
    format!(", typed {:?} of {:?}{mistyped}", typed.field.text(), typed.phrase.text())
}

fn check(check: &Check) -> String {
    let since = check.inactive_since.map_or_else(String::new, |at| format!(", inactive since {at}"));
    match &check.error {
        _ if check.is_agreed => ", agreed, looking".into(),
        _ if check.is_reading() => ", looking".into(),
        Some(error) => format!(", not looked: {}{since}", error.summary()),
        None => since,
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Ready => "",
        Stage::Busy(_) => ", busy",
    }
}

/// An effect in words; a secret is never among them.
pub(crate) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Ask(_, Operation::Create { scope, name, replaces, .. }) => {
            let of = replaces.map_or_else(String::new, |old| format!(" in place of {old}"));
            format!("ask: create {name:?} in {scope:?}{of}")
        }
        Effect::Ask(_, Operation::Rotate { scope, id, rotation }) => {
            format!("ask: rotate {id} {rotation:?} in {scope:?}")
        }
        Effect::Ask(_, Operation::SetValid { scope, id, valid }) => format!("ask: set {id} valid={valid} in {scope:?}"),
        Effect::Ask(_, Operation::Delete { scope, id }) => format!("ask: delete {id} in {scope:?}"),
        Effect::Ask(_, Operation::LookAgain(lost)) => {
            format!("ask: look again for {:?} in {:?}", lost.name, lost.scope)
        }
        Effect::Ask(_, operation) => format!("ask: read {operation:?}"),
        Effect::Deliver(_, destination, kind, _, agreed) => {
            format!("take the secret to {}, of a key of kind {kind:?}, agreed to {agreed:?}", destination.label())
        }
        Effect::Look(_, destination, kind) => format!("look at {} for {kind:?}", destination.label()),
        Effect::Save { path, text, replace, .. } => {
            let over = if *replace { ", over one that is there" } else { "" };
            format!("write {} lines to {path:?}{over}", text.lines().count())
        }
        Effect::Copy(_, text) => format!("copy {:?}", text.expose()),
        Effect::SignIn(..) => "sign in with the secret".to_owned(),
        Effect::ReadJournal(_, most) => format!("read the newest {most} of the journal"),
        other => format!("{other:?}"),
    }
}
