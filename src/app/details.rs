//! All that is known of a key, as lines of text: what is drawn, and what is scrolled by.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::App;
use super::dialog::{Bulk, BulkStage, Dialog, Item, ItemState, ReaderLine, Target};
use super::journal;
use crate::api::model::{ApiKey, LastUsed, MaskedValue, RotationState, Scope};
use crate::config::Times;
use crate::keymap::Action;
use crate::status::{Expiry, Status};
use crate::text;
use crate::time;

/// The cells of the longest label of a key's details.
pub const LABEL_CELLS: usize = 10;

/// How many of them are in sight.
pub fn reader_height(app: &App) -> usize {
    usize::from(match &app.dialog {
        Some(Dialog::Bulk(bulk)) => app.size.bulk_rows(bulk.typed.is_none() && !bulk.is_troubled()),
        _ => app.size.reader_rows(),
    })
}

/// The lines of the open dialog, where it is one to be read.
pub fn reader_lines(app: &App) -> Vec<ReaderLine> {
    match &app.dialog {
        Some(Dialog::Details(_, target)) => key_lines(app, target, usize::from(app.size.reader_width())),
        Some(Dialog::Journal(dialog)) => journal::lines(app, dialog),
        Some(Dialog::Bulk(bulk)) => bulk_lines(bulk, usize::from(app.size.bulk_width())),
        Some(Dialog::Unreadable(_)) => unreadable_lines(app, usize::from(app.size.reader_width())),
        _ => Vec::new(),
    }
}

/// The cells of the longest word for how a key of many came out.
pub const STATE_CELLS: usize = 11;

/// How each key stands, what needs a look first.
fn bulk_lines(bulk: &Bulk, width: usize) -> Vec<ReaderLine> {
    let mut items: Vec<&Item> = bulk.items.iter().collect();
    let is_over = bulk.stage == BulkStage::Over;
    items.sort_by_key(|item| match &item.state {
        ItemState::Unknown(reason) => (0, Some(reason)),
        ItemState::Failed(reason) => (1, Some(reason)),
        ItemState::Checking(_) | ItemState::Writing(_) => (2, None),
        ItemState::Waiting => (3, None),
        ItemState::Refused(reason) => (4, Some(reason)),
        ItemState::Done => (5, None),
    });
    let (mut lines, mut last) = (Vec::new(), None);
    for item in items {
        let (word, reason) = match &item.state {
            ItemState::Waiting if is_over => ("not begun", None),
            ItemState::Waiting if bulk.stage == BulkStage::Asking => (bulk.kind.verb(), None),
            ItemState::Waiting => ("waiting", None),
            ItemState::Checking(_) | ItemState::Writing(_) => ("under way", None),
            ItemState::Done => ("done", None),
            ItemState::Refused(reason) => ("left", Some(reason)),
            ItemState::Failed(reason) => ("failed", Some(reason)),
            ItemState::Unknown(reason) => ("unknown", Some(reason)),
        };
        // A reason stands once, over all keys that it is true of.
        let label = match reason {
            None => word,
            Some(reason) => {
                if last.replace((word, reason)) != Some((word, reason)) {
                    lines.extend(pair(word, &format!("{reason}:"), width.saturating_sub(STATE_CELLS)));
                }
                ""
            }
        };
        let Target { key, scope_name, .. } = &item.target;
        let cells = width.saturating_sub(STATE_CELLS);
        let name = format!("{} (id {}), {scope_name}", text::fit_name(key.title(), cells / 2), key.id);
        lines.push(ReaderLine::Pair(label.to_owned(), text::fit(&name, cells).into_owned()));
    }
    lines
}

/// Each scope that could not be read, with the reason.
fn unreadable_lines(app: &App, width: usize) -> Vec<ReaderLine> {
    let mut lines = Vec::new();
    for (scope, error) in app.unreadable() {
        if !lines.is_empty() {
            lines.push(ReaderLine::Blank);
        }
        lines.push(ReaderLine::Heading(app.scope_name(&scope)));
        let advice = app.read_advice(error).unwrap_or_default();
        let words = format!("{}. {advice}", error.summary().trim_end_matches('.'));
        lines.extend(text::wrap(words.trim_end(), width).into_iter().map(ReaderLine::More));
    }
    lines
}

/// What stands beside the table of the selected key, under how it stands: what the dialog says, and what to watch out
/// for.
pub fn beside_lines(app: &App, target: &Target, width: usize) -> Vec<ReaderLine> {
    let Target { scope, key, .. } = target;
    // The name stands over them already, if it has the room there.
    let is_named = text::width(key.title()) + 4 <= width;
    let mut lines = text::wrap(&explain(app, key, app.status(key)), width)
        .into_iter()
        .map(ReaderLine::Words)
        .chain([ReaderLine::Blank])
        .collect::<Vec<_>>();
    for (label, value) in facts(app, target) {
        if label != "status" && !(label == "name" && is_named) {
            lines.extend(pair(label, &value, width.saturating_sub(LABEL_CELLS)));
        }
    }
    if let Some(warning) = warning(app, scope, key) {
        lines.push(ReaderLine::Blank);
        lines.extend(text::wrap(&warning, width).into_iter().map(ReaderLine::Warning));
    }
    lines
}

fn key_lines(app: &App, target: &Target, width: usize) -> Vec<ReaderLine> {
    let Target { scope, key, .. } = target;
    let mut lines = Vec::new();
    for (label, value) in facts(app, target) {
        lines.extend(pair(label, &value, width.saturating_sub(LABEL_CELLS)));
    }
    if let Some(warning) = warning(app, scope, key).filter(|_| app.is_signer(scope, key)) {
        lines.push(ReaderLine::Blank);
        lines.extend(text::wrap(&warning, width).into_iter().map(ReaderLine::Warning));
    }
    lines
}

/// What is known of a key, each with its label.
fn facts(app: &App, target: &Target) -> Vec<(&'static str, String)> {
    let Target { scope, scope_name, key } = target;
    let status = app.status(key);
    let mut pairs = vec![
        ("name", key.title().to_owned()),
        ("id", key.id.to_string()),
        (
            "scope",
            match scope {
                Scope::Organization => "the organization".to_owned(),
                Scope::Project(id) => format!("project {scope_name} ({id})"),
            },
        ),
        ("value", key.value.as_str().to_owned()),
        (
            "status",
            match status {
                // When it was used stands below.
                Status::Active => status.word().to_owned(),
                _ => format!("{}. {}", status.word(), explain(app, key, status)),
            },
        ),
        ("created", key.created_at.map_or_else(|| "unknown".to_owned(), |at| app.in_full(at))),
        (
            "last used",
            match key.last_used {
                LastUsed::Unknown => "unknown: the service did not say".to_owned(),
                LastUsed::Never => "never".to_owned(),
                LastUsed::At(at) => format!("{}, {}", app.in_full(at), time::relative(at, app.service_now())),
            },
        ),
    ];
    if let Some(at) = key.expires_at {
        let now = app.service_now();
        let (label, words) =
            if at <= now { ("expired", time::relative(at, now)) } else { ("expires", time::until(at, now)) };
        pairs.push((label, format!("{}, {words}", app.in_full(at))));
    }
    pairs.extend(rotation(app, key).map(|words| ("rotation", words)));
    pairs
}

/// How far a rotation of the key is.
fn rotation(app: &App, key: &ApiKey) -> Option<String> {
    let ends = |new: Option<&MaskedValue>| new.map(|new| format!(" (ends in {})", new.tail())).unwrap_or_default();
    let now = app.service_now();
    match key.rotation(now) {
        RotationState::None => None,
        RotationState::UnderWay { new, until } => Some(format!(
            "under way: the value above works until {} ({}), the new one{} works already",
            app.exactly(until),
            time::until(until, now),
            ends(new)
        )),
        RotationState::Over { new, since } => Some(format!(
            "over: only the new value{} works since {} ({})",
            ends(new),
            app.exactly(since),
            time::relative(since, now)
        )),
    }
}

/// A term and what there is to say of it, in lines of at most `cells`.
pub(super) fn pair(label: &str, value: &str, cells: usize) -> impl Iterator<Item = ReaderLine> {
    let label = label.to_owned();
    text::wrap(value, cells)
        .into_iter()
        .enumerate()
        .map(move |(at, line)| if at == 0 { ReaderLine::Pair(label.clone(), line) } else { ReaderLine::More(line) })
}

/// What a key's status means for this key, in a sentence.
pub fn explain(app: &App, key: &ApiKey, status: Status) -> String {
    status.reason(key, app.service_now(), &app.settings.thresholds)
}

/// What to watch out for with this key.
pub fn warning(app: &App, scope: &Scope, key: &ApiKey) -> Option<String> {
    if app.is_signer(scope, key) {
        Some("This is the key that ckeys is signed in with.".to_owned())
    } else if let Some(replacement) = app.replacement_of(scope, key.id) {
        let part = if replacement.old == key.id {
            format!("Being replaced by the key with id {}", replacement.new)
        } else {
            format!("Takes the place of the key with id {}", replacement.old)
        };
        Some(format!("{part}: {} goes on.", app.told(Action::Rotate)))
    } else if let Some(left) = app.old_stops(key) {
        Some(format!("Being rotated: its old value stops in {left}."))
    } else if let (true, Some(at), Some(Expiry::Imminent | Expiry::Soon)) =
        (key.valid, key.expires_at, Expiry::of(key, app.service_now()))
    {
        let when = time::until(at, app.service_now());
        Some(format!("Expires {when}: rotate it ({}) before then.", app.told(Action::Rotate)))
    } else if key.valid
        && key.last_used.time().is_some_and(|used| app.service_now().duration_since(used).as_hours() < 24)
    {
        Some("In use: deactivating it stops whatever uses it.".to_owned())
    } else {
        None
    }
}

impl App {
    /// A time for a column: relative to `now`, or to the minute.
    pub fn when(&self, at: Timestamp, now: Timestamp) -> String {
        match self.times {
            Times::Relative => time::relative(at, now),
            Times::Local | Times::Utc => at.to_zoned(self.shown_zone()).strftime("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// When a key expires or expired, for a column.
    pub fn expires(&self, at: Timestamp) -> String {
        let now = self.service_now();
        match self.times {
            Times::Relative if at > now => time::until(at, now),
            _ => self.when(at, now),
        }
    }

    /// A day for a column.
    pub fn day(&self, at: Timestamp) -> String {
        match self.times {
            Times::Relative => at.to_zoned(self.shown_zone()).strftime("%-d %b %Y").to_string(),
            Times::Local | Times::Utc => at.to_zoned(self.shown_zone()).strftime("%Y-%m-%d").to_string(),
        }
    }

    /// A time in full, to the minute.
    pub fn exactly(&self, at: Timestamp) -> String {
        let zone = if self.times == Times::Utc { " UTC" } else { "" };
        format!("{}{zone}", at.to_zoned(self.shown_zone()).strftime("%-d %b %Y %H:%M"))
    }

    /// The same with its weekday and zone, and what UTC has, or the local zone where UTC is shown.
    pub fn in_full(&self, at: Timestamp) -> String {
        let other = if self.times == Times::Utc { self.zone.clone() } else { TimeZone::UTC };
        time::in_both(at, &self.shown_zone(), &other)
    }

    /// The time of day, for what was read today.
    pub fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.shown_zone()).strftime("%H:%M").to_string()
    }

    fn shown_zone(&self) -> TimeZone {
        match self.times {
            Times::Utc => TimeZone::UTC,
            Times::Relative | Times::Local => self.zone.clone(),
        }
    }
}
