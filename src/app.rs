//! All state of the screen, and how it changes.
//!
//! [`update()`] takes a [`Message`] and gives the [`Effect`]s that it asks of the world. It knows no clock,
//! network, file or terminal: the time comes in with the message, and what a call brings comes back as
//! another one. Whatever draws only reads.
//!
//! Its files, from the ground up: plain values ([`request`], [`order`], [`profile`], [`records`]), the panes and what their
//! rows are made of, the dialogs, what was drawn where ([`mouse`]), the [`message`]s, and above them what `update` does.

pub mod arrange;
mod bulk;
mod clicks;
pub mod counts;
mod delivery;
mod derived;
pub mod details;
pub mod dialog;
mod examine;
mod export;
pub mod facts;
pub mod field;
mod filter;
pub mod geometry;
mod held;
pub mod help;
mod input;
pub mod journal;
pub mod keys;
mod left;
pub mod list;
pub mod marks;
pub mod message;
pub mod mouse;
mod opened;
pub mod order;
mod palette;
pub mod permission;
pub mod profile;
pub mod profiles;
mod reads;
pub mod records;
pub mod remembered;
pub mod remote;
mod replacement;
mod reply;
pub mod request;
pub mod retry;
mod rotate_in_place;
pub mod rotations;
pub mod scopes;
pub mod selection;
mod sign_in;
pub mod sweep;
mod switch;
pub mod toast;
pub mod undo;
mod update;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::api::Capabilities;
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, Organization, Project, Scope};
use crate::config::{InForce, KeySource, Settings, Times};
use crate::guard::Signer;
use crate::keymap::Context;
use crate::operations::{Operation, Replacement};
use crate::status::{Status, Tab};
use counts::Counts;
use dialog::{Dialog, Shows};
use facts::Facts;
use geometry::Size;
use help::Help;
use keys::KeysPane;
use list::KeyList;
use marks::Marks;
use message::Effect;
use mouse::Hit;
use order::Order;
use permission::Permission;
use profiles::Profiles;
use remote::Remote;
use request::RequestId;
use retry::Retry;
use scopes::{ScopesPane, View};
use sweep::Sweep;
use toast::Toasts;
use undo::Undo;

pub use message::{Event, Message};
pub use update::update;

/// The service that is talked to, as far as the screen shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its region or host; empty for the embedded one.
    pub place: String,
    /// Whether it is the embedded one.
    pub is_demo: bool,
    /// The key that signs the calls.
    pub signer: Signer,
    /// Where the first of them came from.
    pub source: KeySource,
    /// Whether another key signs the calls since, so that there the old one is found.
    pub is_source_old: bool,
}

impl Session {
    /// A service at `place`, with the key from `source` that it was started with.
    pub fn new(place: String, source: KeySource, signer: Signer) -> Self {
        Self { place, is_demo: source == KeySource::Embedded, signer, source, is_source_old: false }
    }
}

/// Where a copied secret will go on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClipboardRoute {
    /// There is a way, called so.
    Known(String),
    /// There is none, for this reason.
    Missing(String),
}

/// The pane that has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The organization and its projects.
    #[default]
    Scopes,
    /// The keys of the chosen one.
    Keys,
}

/// What a read that is under way is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Read {
    Organization,
    Projects,
    Keys(Scope),
}

/// The whole state.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct App {
    /// When the last message came.
    pub now: Timestamp,
    /// How far this machine's clock is ahead of the service's.
    clock_ahead: SignedDuration,
    /// What can be done with the keys of this service; none before it answered.
    pub capabilities: Option<Capabilities>,
    /// The terminal's size.
    pub size: Size,
    /// What the user configured.
    pub settings: Settings,
    /// How times are written.
    pub times: Times,
    /// The time zone of local times.
    pub zone: TimeZone,
    /// Where a copy goes.
    pub clipboard: ClipboardRoute,
    /// The user's home folder, where it is known.
    pub home: Option<String>,
    /// The service; none where no key was given.
    pub session: Option<Session>,
    /// Why there is no session, in words.
    pub signed_out: Option<String>,
    /// The organization.
    pub organization: Remote<Organization>,
    /// Its projects.
    pub projects: Remote<Vec<Project>>,
    /// The keys of each scope that was looked at.
    pub keys: BTreeMap<Scope, Remote<KeyList>>,
    /// How the keys of each of these scopes stand.
    facts: HashMap<Scope, Arc<Facts>>,
    /// How many keys there are in all of them, as far as they were read.
    all_counts: Option<Counts>,
    /// Whether a scope is missing in that.
    is_counted_in_part: bool,
    /// The Scopes pane.
    pub scopes: ScopesPane,
    /// The Keys pane.
    pub table: KeysPane,
    /// Which of them has the focus.
    pub focus: Pane,
    /// Whether the user folded the Scopes pane: then it is there only while it has the focus. Narrow screens fold it
    /// whatever this says.
    pub folded: bool,
    /// Whether the focused pane's filter is being typed.
    pub is_filtering: bool,
    /// The open dialog.
    pub dialog: Option<Dialog>,
    /// What a dialog shows that is too high.
    pub dialog_shows: Shows,
    /// Which of all dialogs it is, and of their steps; what its clicks are told by.
    dialog_number: u64,
    /// Since when that is so.
    dialog_since: Timestamp,
    /// What it was numbered by.
    dialog_step: Option<(Context, bool)>,
    /// What was clicked on last, and when.
    clicked: Option<(Timestamp, Hit)>,
    /// The keys that work here, over all else.
    pub help: Option<Help>,
    /// What happened lately, for the user to know.
    pub toasts: Toasts,
    /// Which profile is in force, and what follows.
    pub in_force: InForce,
    /// All profiles.
    pub profiles: Profiles,
    /// What the key may do, as far as is known.
    pub permission: Permission,
    /// When reads that failed go on by themselves.
    pub retry: Retry,
    /// Dialogs that nobody asked for, but nobody may miss: they wait for another one to close.
    waiting: VecDeque<Dialog>,
    /// The marked keys.
    pub marks: Marks,
    /// The sweep over all scopes that is under way.
    sweep: Option<Sweep>,
    /// The replacements that are open, as the journal told last.
    replacements: Vec<Replacement>,
    /// The question that asks for them before any dialog does.
    recall: Option<RequestId>,
    /// What can be undone.
    pub undo: Undo,
    /// Whether quitting was asked for once, and something would be lost.
    pub is_leaving: bool,
    reads: BTreeMap<RequestId, Read>,
    /// Why something that is shown could not be read again; told once nothing is being read any more.
    read_error: Option<ApiError>,
    /// Reads of the key that a dialog is about.
    checks: BTreeSet<RequestId>,
    writes: BTreeMap<RequestId, Operation>,
    copies: BTreeMap<RequestId, &'static str>,
    /// Files that are being written, with the number of keys in each.
    saves: BTreeMap<RequestId, usize>,
    last_request: u64,
    /// Up to here, requests were of the organization before.
    first_request: RequestId,
    /// When the chosen scope is to be read, once the choice has come to rest.
    read_due: Option<Timestamp>,
    /// Whether the terminal has the focus, as far as it tells.
    is_watched: bool,
    /// When the statuses and relative times were worked out.
    settled_at: Timestamp,
    needs_rebuild: bool,
    /// When lists that came get their rows: not each by itself, where many come.
    rebuild_due: Option<Timestamp>,
    /// What the rows were chosen by when they were chosen last.
    shown: Option<Shown>,
    /// The rows that the worker is working out.
    arranging: Option<Arranging>,
    /// That it shall do so.
    to_arrange: Option<Effect>,
    /// What was pressed and pasted since, and is about those rows.
    held_back: VecDeque<Event>,
    needs_draw: bool,
}

/// Rows that are being worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Arranging {
    request: RequestId,
    /// Whether they are others than those that are shown, and not the same with what came in since.
    are_others: bool,
}

/// All that decides which rows the table has, but for the keys themselves.
#[derive(Debug, PartialEq)]
struct Shown {
    view: View,
    tab: Tab,
    order: Order,
    filter: String,
}

/// What the screen starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// The time.
    pub now: Timestamp,
    /// The terminal's size.
    pub size: Size,
    /// What the user configured.
    pub settings: Settings,
    /// The time zone of local times.
    pub zone: TimeZone,
    /// Where a copy goes.
    pub clipboard: ClipboardRoute,
    /// The user's home folder, where it is known.
    pub home: Option<String>,
    /// The service, or why there is none, in words.
    pub session: Result<Session, String>,
    /// Any number: the pauses before reads are tried again are drawn from it.
    pub seed: u64,
    /// What is in force.
    pub in_force: InForce,
    /// The profiles, and what the screen showed of them the last time.
    pub profiles: Profiles,
}

/// A key's counts and statuses change with time alone; they are worked out again after so long.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// From when on a read that has not been answered is slow.
const SLOW: SignedDuration = SignedDuration::from_secs(3);

impl App {
    /// The state at the start, and what has to be asked first.
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let mut app = Self::empty(start);
        let effects = if app.session.is_some() { app.read_all() } else { Vec::new() };
        app.settle();
        (app, effects)
    }

    /// The state before anything was asked.
    fn empty(start: Start) -> Self {
        let Start { now, size, settings, zone, clipboard, home, session, seed, in_force, profiles } = start;
        let (session, signed_out) = match session {
            Ok(session) => (Some(session), None),
            Err(reason) => (None, Some(reason)),
        };
        let mut app = Self {
            now,
            clock_ahead: SignedDuration::ZERO,
            capabilities: None,
            size,
            times: settings.times,
            settings,
            zone,
            clipboard,
            home,
            session,
            signed_out,
            organization: Remote::default(),
            projects: Remote::default(),
            keys: BTreeMap::new(),
            facts: HashMap::new(),
            all_counts: None,
            is_counted_in_part: false,
            scopes: ScopesPane::default(),
            table: KeysPane::new(),
            focus: Pane::default(),
            folded: false,
            is_filtering: false,
            dialog: None,
            dialog_shows: Shows::default(),
            dialog_number: 0,
            dialog_since: now,
            dialog_step: None,
            clicked: None,
            help: None,
            toasts: Toasts::default(),
            in_force: InForce::default(),
            profiles,
            permission: Permission::default(),
            retry: Retry::new(seed),
            waiting: VecDeque::new(),
            marks: Marks::default(),
            sweep: None,
            replacements: Vec::new(),
            recall: None,
            undo: Undo::default(),
            is_leaving: false,
            reads: BTreeMap::new(),
            read_error: None,
            checks: BTreeSet::new(),
            writes: BTreeMap::new(),
            copies: BTreeMap::new(),
            saves: BTreeMap::new(),
            last_request: 0,
            first_request: RequestId(0),
            read_due: None,
            is_watched: true,
            settled_at: now,
            needs_rebuild: true,
            rebuild_due: None,
            shown: None,
            arranging: None,
            to_arrange: None,
            held_back: VecDeque::new(),
            needs_draw: true,
        };
        app.puts_in_force(in_force);
        app.recall();
        app
    }

    /// The time by the service's clock, as far as it is known: keys' times are by that clock.
    pub fn service_now(&self) -> Timestamp {
        // As nearly all clocks are; it is asked for each row.
        if self.clock_ahead.is_zero() {
            return self.now;
        }
        self.now.saturating_sub(self.clock_ahead).unwrap_or(self.now)
    }

    /// What the table shows.
    pub fn view(&self) -> View {
        self.scopes.view()
    }

    /// The scope that is chosen; among all keys, that of the selected one.
    pub fn scope(&self) -> Scope {
        match self.view() {
            View::One(scope) => scope,
            View::All => self.scope_at(self.table.selection.index()).cloned().unwrap_or(Scope::Organization),
        }
    }

    /// What is shown, for people.
    pub fn view_name(&self, view: &View) -> String {
        match view {
            View::All => scopes::ALL_KEYS.to_owned(),
            View::One(Scope::Project(_)) if self.projects.value().is_none() => scopes::LAST_PROJECT.to_owned(),
            View::One(scope) => self.scope_name(scope),
        }
    }

    /// A scope's name for people.
    pub fn scope_name(&self, scope: &Scope) -> String {
        match scope {
            Scope::Organization => scopes::ORGANIZATION.to_owned(),
            Scope::Project(id) => {
                let project =
                    self.projects.value().and_then(|projects| projects.iter().find(|project| project.id == *id));
                project.map_or_else(|| id.to_string(), |project| project.name.to_string())
            }
        }
    }

    /// The keys of the one scope that is shown, as far as they were read.
    pub fn scope_keys(&self) -> Option<&Remote<KeyList>> {
        match self.view() {
            View::All => None,
            View::One(scope) => self.keys.get(&scope),
        }
    }

    /// One row of the table.
    pub fn row(&self, index: usize) -> Option<(&ApiKey, Status)> {
        self.table.key(index).map(|(_, key, status)| (key, status))
    }

    /// Where the key of a row is.
    pub fn scope_at(&self, index: usize) -> Option<&Scope> {
        self.table.key(index).map(|(list, ..)| &list.scope)
    }

    /// The selected key.
    pub fn selected(&self) -> Option<(&ApiKey, Status)> {
        self.row(self.table.selection.index())
    }

    /// Whether `key` of `scope` may be the one that signs the calls.
    pub fn is_signer(&self, scope: &Scope, key: &ApiKey) -> bool {
        self.session.as_ref().is_some_and(|session| session.signer.may_be(key, scope))
    }

    /// Whether `pane` takes the keys: it has the focus, and no dialog is open.
    pub fn has_focus(&self, pane: Pane) -> bool {
        self.focus == pane && self.dialog.is_none() && self.help.is_none()
    }

    /// Whether anything is being read or written.
    pub fn is_working(&self) -> bool {
        !self.reads.is_empty() || !self.checks.is_empty() || !self.writes.is_empty()
    }

    /// When something is due without anything happening: a [`Event::Tick`] is wanted then.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let hides = match &self.dialog {
            Some(Dialog::Secret(dialog)) => dialog.hides_at(),
            _ => None,
        };
        let retry = [self.retry.due(), self.countdown_changes().filter(|_| self.is_watched)];
        let waits = self.sweep.is_some() || self.bulk_waits();
        let swept = self.retry.held_until(self.now).filter(|_| waits);
        let rebuild = self.rebuild_due.filter(|_| self.arranging.is_none());
        [self.toasts.due(), self.read_due, self.fresh_until(), hides, swept, rebuild, self.replacement_due()]
            .into_iter()
            .chain(retry)
            .flatten()
            .min()
    }

    /// Whether the screen shows something old; asked once before each frame.
    pub fn take_needs_draw(&mut self) -> bool {
        std::mem::take(&mut self.needs_draw)
    }
}
