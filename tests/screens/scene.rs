//! The screen without a terminal: keys and made-up replies go in, the state is drawn.

use std::time::Duration;

use confident_keys::api::error::{ApiError, ConnectFailure, ErrorKind, StatusError, TlsFailure};
use confident_keys::api::model::{ApiKey, CreatedKey, KeyId, LastUsed, MaskedValue, Organization, Rotation, Scope};
use confident_keys::api::{Capabilities, Capability};
use confident_keys::app::dialog::{Confirm, Dialog};
use confident_keys::app::geometry::Size;
use confident_keys::app::message::{Delivery, Effect, Event, Message};
use confident_keys::app::profile::{NotOpened, Opened, ProfileName};
use confident_keys::app::profiles::Profiles;
use confident_keys::app::request::RequestId;
use confident_keys::app::{App, ClipboardRoute, Session, Start, update};
use confident_keys::config::{ChosenBy, InForce, KeySource, Settings};
use confident_keys::destination::{Delivered, Destination, Look, NotDelivered};
use confident_keys::export::file::NotSaved;
use confident_keys::guard::Signer;
use confident_keys::journal::{JournalError, Report, ScopeRecord};
use confident_keys::keymap::Key;
use confident_keys::operations::{
    Answer, Examined, Lost, LostRotation, NotSignedIn, Operation, Reconciled, Replacement, Replacements,
};
use confident_keys::secret::Secret;
use confident_keys::text::Text;
use confident_keys::ui;
use confident_keys::ui::theme::Theme;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::data::{Data, FAKE_SECRET, FAKE_SIGNER, Names, now};
use crate::rebound;
use crate::report::Writer;

/// How large most screens are.
pub(crate) const USUAL: Size = Size { cols: 80, rows: 24 };

/// A way into a scene: the start, which the states differ in.
pub(crate) struct Opening {
    pub(crate) names: Names,
    pub(crate) settings: Settings,
    pub(crate) clipboard: ClipboardRoute,
    pub(crate) is_signed_in: bool,
    pub(crate) is_demo: bool,
    pub(crate) zone: TimeZone,
    pub(crate) in_force: InForce,
    pub(crate) profiles: Profiles,
}

impl Opening {
    pub(crate) fn new(names: Names) -> Self {
        Self {
            names,
            settings: Settings { keymap: rebound::keymap(), ..Settings::default() },
            clipboard: ClipboardRoute::Known("the clipboard".into()),
            is_signed_in: true,
            is_demo: false,
            zone: TimeZone::UTC,
            in_force: InForce::default(),
            profiles: Profiles::default(),
        }
    }

    /// The program just started.
    pub(crate) fn start(self) -> Scene {
        let place = if self.is_demo { String::new() } else { "US".to_owned() };
        let source = if self.is_demo { KeySource::Embedded } else { KeySource::Environment };
        let session = Session::new(place, source, Signer::new(&Secret::new(FAKE_SIGNER)));
        let reason = "No organization key was given. Set CONFIDENT_ORG_API_KEY.";
        let (app, effects) = App::new(Start {
            now: now(),
            size: USUAL,
            settings: self.settings,
            zone: self.zone,
            clipboard: self.clipboard,
            home: None,
            session: if self.is_signed_in { Ok(session) } else { Err(reason.to_owned()) },
            seed: 7,
            in_force: self.in_force,
            profiles: self.profiles,
        });
        let data = Data::new(self.names);
        let mut scene = Scene {
            app,
            now: now(),
            data,
            asked: Vec::new(),
            copies: Vec::new(),
            look: None,
            is_blind: false,
            sign_in: None,
            journals: Vec::new(),
            saves: Vec::new(),
            opening: Vec::new(),
            has_ended: false,
            inactive_since: None,
            replacements: Replacements::default(),
        };
        scene.take_in(effects);
        scene
    }
}

/// The state, and what it waits for.
pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) now: Timestamp,
    data: Data,
    asked: Vec<(RequestId, Operation)>,
    copies: Vec<RequestId>,
    /// What looks at destinations tell, in place of the usual.
    pub(crate) look: Option<Look>,
    /// Whether looks are not answered.
    pub(crate) is_blind: bool,
    /// The secret that signs its first call.
    sign_in: Option<(RequestId, Secret)>,
    journals: Vec<RequestId>,
    saves: Vec<RequestId>,
    /// The profiles that are being opened.
    opening: Vec<(RequestId, ProfileName)>,
    pub(crate) has_ended: bool,
    /// When inactive keys were deactivated, as the program remembers.
    pub(crate) inactive_since: Option<Timestamp>,
    /// What is remembered of replacements.
    pub(crate) replacements: Replacements,
}

impl Scene {
    /// The organization's keys are there.
    pub(crate) fn organization(names: Names) -> Self {
        Opening::new(names).start().reads()
    }

    /// The keys of the project with this number are there, and have the focus.
    pub(crate) fn project(names: Names, number: usize) -> Self {
        Self::organization(names).into_project(number)
    }

    pub(crate) fn into_project(mut self, number: usize) -> Self {
        for _ in 0..number {
            self = self.keys("j").reads();
        }
        self.keys("Enter").reads()
    }

    /// With the cursor on the key with this id.
    pub(crate) fn on(mut self, id: i64) -> Self {
        self = self.keys("g");
        for _ in 0..self.app.table.rows().len() {
            if self.app.selected().is_some_and(|(key, _)| key.id == KeyId(id)) {
                return self;
            }
            self = self.keys("j");
        }
        panic!("no key {id} in sight");
    }

    pub(crate) fn happens(&mut self, event: Event) {
        let effects = update(&mut self.app, Message { at: self.now, event });
        self.take_in(effects);
    }

    fn take_in(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                // What is open is asked for once by itself: nothing waits for the answer.
                Effect::Ask(_, Operation::Replacements) if self.app.dialog.is_none() => {}
                Effect::Ask(request, operation) => self.asked.push((request, operation)),
                Effect::Copy(request, _) | Effect::Deliver(request, ..) => self.copies.push(request),
                Effect::Look(request, destination, kind) if !self.is_blind => {
                    let goes_to = match destination {
                        Destination::Clipboard => "the X11 clipboard, which is cleared after 45 s".to_owned(),
                        Destination::Env(path) => format!("the new file {}, as {}", path.display(), kind.variable()),
                        other => format!("the {}", other.label()),
                    };
                    let usual = Look { goes_to, obstacle: None, ask: None, warnings: Vec::new() };
                    let look = self.look.clone().unwrap_or(usual);
                    self.happens(Event::Looked(request, look));
                }
                Effect::SignIn(request, secret) => self.sign_in = Some((request, secret)),
                Effect::Save { request, .. } => self.saves.push(request),
                Effect::ReadJournal(request, _) => self.journals.push(request),
                Effect::Quit => self.has_ended = true,
                Effect::Arrange(request, wanted) => {
                    let arrangement = wanted.arrange(|| true).unwrap();
                    self.happens(Event::Arranged(request, arrangement.into()));
                }
                Effect::OpenProfile(request, name) => self.opening.push((request, name)),
                Effect::EnterProfile(_)
                | Effect::Look(..)
                | Effect::DropTypedAhead
                | Effect::StartDemo
                | Effect::Suspend
                | Effect::Redraw => {}
            }
        }
    }

    /// Presses keys, written as the help writes them, with spaces between.
    pub(crate) fn keys(mut self, keys: &str) -> Self {
        for key in keys.split_whitespace() {
            let key = rebound::translated(&self.app, key.parse::<Key>().unwrap());
            self.happens(Event::Key(key.event()));
        }
        self
    }

    /// Types a text.
    pub(crate) fn types(mut self, text: &str) -> Self {
        for character in text.chars() {
            self.happens(Event::Key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE)));
        }
        self
    }

    /// Types what the open question wants typed.
    pub(crate) fn types_phrase(self) -> Self {
        let phrase = match &self.app.dialog {
            Some(Dialog::Confirm(Confirm { typed: Some(typed), .. })) => typed.phrase.text().to_owned(),
            other => panic!("{other:?} wants nothing typed"),
        };
        self.types(&phrase)
    }

    pub(crate) fn later(mut self, seconds: i64) -> Self {
        self.now += SignedDuration::from_secs(seconds);
        self.happens(Event::Tick);
        self
    }

    pub(crate) fn resized(mut self, size: Size) -> Self {
        self.happens(Event::Resize { cols: size.cols, rows: size.rows });
        self
    }

    pub(crate) fn notice(mut self, text: &str) -> Self {
        self.happens(Event::Notice(text.to_owned()));
        self
    }

    /// All reads are answered.
    pub(crate) fn reads(self) -> Self {
        self.reads_but(|_| None)
    }

    /// All reads are answered, some of them with an error.
    pub(crate) fn reads_but(mut self, fails: impl Fn(&Operation) -> Option<ApiError>) -> Self {
        let (reads, writes) = self.asked.drain(..).partition(|(_, operation)| !operation.is_write());
        self.asked = writes;
        let reads: Vec<(RequestId, Operation)> = reads;
        for (request, operation) in reads {
            let result = fails(&operation).map_or_else(|| Ok(self.answer(&operation)), Err);
            self.happens(Event::Reply(request, result));
        }
        self
    }

    /// The key of the profile that is being opened is there.
    pub(crate) fn key_is_read(mut self) -> Self {
        let request = self.opening[0].0;
        self.happens(Event::ProfileKeyRead(request));
        self
    }

    /// The profile that is being opened can't be entered.
    pub(crate) fn fails_to_open(mut self, word: &'static str, reason: &str) -> Self {
        let (request, _) = self.opening.remove(0);
        self.happens(Event::ProfileOpened(request, Err(NotOpened { word, reason: reason.to_owned() })));
        self
    }

    /// It can be entered, and is an organization of this name.
    pub(crate) fn opens(mut self, place: &str, organization: &str, in_force: InForce) -> Self {
        let (request, name) = self.opening.remove(0);
        let in_force = InForce { profile: name.map(|name| (name, ChosenBy::Screen)), ..in_force };
        let session = Session::new(place.to_owned(), in_force.key, Signer::new(&Secret::new(FAKE_SIGNER)));
        let organization = Organization { id: "other".into(), name: organization.into(), plan: None };
        self.happens(Event::ProfileOpened(request, Ok(Box::new(Opened { session, in_force, organization }))));
        self
    }

    /// So many of the reads are answered, the oldest ones.
    pub(crate) fn first_reads(mut self, count: usize) -> Self {
        for _ in 0..count {
            let at = self.asked.iter().position(|(_, operation)| !operation.is_write()).expect("something is read");
            let (request, operation) = self.asked.remove(at);
            let answer = self.answer(&operation);
            self.happens(Event::Reply(request, Ok(answer)));
        }
        self
    }

    /// The organization has no projects.
    pub(crate) fn without_projects(mut self) -> Self {
        self.data.projects.clear();
        self
    }

    /// The one write under way succeeds.
    pub(crate) fn done(mut self) -> Self {
        let (request, operation) = self.take_write();
        let answer = self.answer(&operation);
        self.happens(Event::Reply(request, Ok(answer)));
        self
    }

    /// The one write under way fails.
    pub(crate) fn fails(mut self, error: ApiError) -> Self {
        let (request, _) = self.take_write();
        self.happens(Event::Reply(request, Err(error)));
        self
    }

    /// What came of the call that another key signed first.
    pub(crate) fn signed_in(mut self, error: Option<NotSignedIn>) -> Self {
        let (request, secret) = self.sign_in.take().unwrap();
        let result = match error {
            Some(error) => Err(error),
            None => Ok(Signer::new(&secret)),
        };
        self.happens(Event::SignedIn(request, result));
        self
    }

    /// The answer to the key that is being generated is lost; the list then has keys of these names more than before.
    pub(crate) fn loses(mut self, found: Result<&[&str], ApiError>) -> Self {
        let (request, operation) = self.take_write();
        let Operation::Create { scope, name, .. } = operation else { panic!("a key is being generated") };
        let lost = self.lost(scope, name, found);
        let lost = Lost { error: Some(timeout()), ..lost };
        self.happens(Event::Reply(request, Ok(Answer::Lost(Box::new(lost)))));
        self.reads()
    }

    /// The answer to the rotation under way is lost; the key then has a new value, or has not.
    pub(crate) fn loses_rotation(mut self, took_place: bool) -> Self {
        let (request, operation) = self.take_write();
        let Operation::Rotate { scope, id, .. } = &operation else { panic!("a key is being rotated") };
        let before = find(&mut self.data.keys, scope, *id).clone();
        if took_place {
            self.answer(&operation);
        }
        let now = Ok(Some(find(&mut self.data.keys, scope, *id).clone()));
        let lost = LostRotation { error: timeout(), before, now };
        self.happens(Event::Reply(request, Ok(Answer::RotationLost(Box::new(lost)))));
        self.reads()
    }

    /// An earlier program gave the key `id` of `scope` a new value with a grace period of a day, and was killed.
    pub(crate) fn left_rotating(mut self, scope: &Scope, id: i64) -> Self {
        let rotation = Rotation { grace_hours: 24, lifetime: None };
        self.answer(&Operation::Rotate { scope: scope.clone(), id: KeyId(id), rotation });
        let place = ScopeRecord::new(scope, &"".into());
        let key = Box::new(find(&mut self.data.keys, scope, KeyId(id)).clone());
        self.happens(Event::Reconciled(Reconciled::Rotation { place, key }));
        self.reads()
    }

    /// At a service that speaks the newest version of the API.
    pub(crate) fn newer(mut self) -> Self {
        let can = Capability::Available;
        self.happens(Event::Capabilities(Capabilities { expiry: can, rotation: can }));
        self
    }

    /// At one that speaks an older version.
    pub(crate) fn older(mut self) -> Self {
        let expiry =
            Capability::Unavailable("The service speaks an older version of its API, in which keys do not expire");
        let rotation = Capability::Unavailable(
            "The service speaks an older version of its API, in which a key can't be given a new value",
        );
        self.happens(Event::Capabilities(Capabilities { expiry, rotation }));
        self
    }

    /// It was found out what became of a key called `name` that an earlier program began to generate in `scope`.
    pub(crate) fn reconciled(mut self, scope: Scope, name: &str, found: Result<&[&str], ApiError>) -> Self {
        let lost = self.lost(scope, name.to_owned(), found);
        self.happens(Event::Reconciled(Reconciled::New(Box::new(lost))));
        self
    }

    /// A lost key, with keys of these names that are new, the second of them inactive; the service has them, too.
    fn lost(&mut self, scope: Scope, name: String, found: Result<&[&str], ApiError>) -> Lost {
        let keys = self.data.keys.get_mut(&scope).unwrap();
        let known = keys.iter().map(|key| key.id).collect();
        let found = found.map(|names| {
            let ids = (9001..).map(KeyId);
            names
                .iter()
                .zip(ids)
                .map(|(name, id)| ApiKey {
                    id,
                    name: Some(Text::from(*name)),
                    valid: id != KeyId(9002),
                    value: MaskedValue::new(FAKE_SECRET),
                    created_at: Some(self.now),
                    last_used: LastUsed::Never,
                    expires_at: None,
                    rotates_at: None,
                    shadow: None,
                })
                .collect::<Vec<_>>()
        });
        keys.extend(found.iter().flatten().cloned());
        Lost { scope, name, known, error: None, found }
    }

    /// Whether a write is under way.
    pub(crate) fn has_write(&self) -> bool {
        self.asked.iter().any(|(_, operation)| operation.is_write())
    }

    fn take_write(&mut self) -> (RequestId, Operation) {
        let at = self.asked.iter().position(|(_, operation)| operation.is_write()).expect("a write is under way");
        self.asked.remove(at)
    }

    /// The copy under way comes to this.
    pub(crate) fn copied(mut self, result: Result<Delivery, &str>) -> Self {
        let request = self.copies.pop().expect("a copy is under way");
        self.happens(match (&self.app.dialog, result) {
            (Some(Dialog::Secret(_)), Ok(Delivery::Clipboard { clears_after })) => {
                Event::Delivered(request, Ok(Delivered::Clipboard { clears_after }))
            }
            (Some(Dialog::Secret(_)), Ok(Delivery::Terminal)) => {
                Event::Delivered(request, Ok(Delivered::Terminal { by_tmux: false }))
            }
            (Some(Dialog::Secret(_)), Err(reason)) => {
                Event::Delivered(request, Err(NotDelivered { reason: reason.to_owned(), is_out: false }))
            }
            (_, result) => Event::Copied(request, result.map_err(str::to_owned)),
        });
        self
    }

    /// The file that is being written comes to this.
    pub(crate) fn saved(mut self, result: Result<&str, NotSaved>) -> Self {
        let request = self.saves.pop().expect("a file is being written");
        self.happens(Event::Saved(request, result.map(Text::from)));
        self
    }

    /// The journal that is being read comes to this.
    pub(crate) fn journal(mut self, report: Result<Option<Report>, JournalError>) -> Self {
        let request = self.journals.pop().expect("the journal is being read");
        self.happens(Event::Journal(request, report.map(|report| report.map(Box::new))));
        self
    }

    /// A journal in which everything happened, to the organization that is shown.
    pub(crate) fn everything(&self) -> Report {
        let projects = &self.data.projects;
        // What the longest name is like follows the data.
        let long = projects[5].name.as_str();
        Writer::new(self.now, &self.data.organization, &projects[0]).everything(long)
    }

    /// The replacement from the key `old` to `new` was begun so many minutes ago.
    pub(crate) fn begun(&mut self, scope: &Scope, old: i64, new: i64, minutes: i64) {
        let new = find(&mut self.data.keys, scope, KeyId(new)).clone();
        let begun = self.now - SignedDuration::from_mins(minutes);
        self.replacements.open.push(replacement(scope.clone(), KeyId(old), &new, begun));
    }

    /// The secret under way comes to this.
    pub(crate) fn delivered(&mut self, result: Result<Delivered, NotDelivered>) {
        let request = self.copies.pop().expect("a secret is under way");
        self.happens(Event::Delivered(request, result));
    }

    /// Somebody else changes a key at the service.
    pub(crate) fn elsewhere(mut self, scope: &Scope, id: i64, change: impl Fn(&mut Vec<ApiKey>, usize)) -> Self {
        let keys = self.data.keys.get_mut(scope).unwrap();
        let at = keys.iter().position(|key| key.id == KeyId(id)).unwrap();
        change(keys, at);
        self
    }

    fn answer(&mut self, operation: &Operation) -> Answer {
        let data = &mut self.data;
        match operation {
            Operation::Organization => Answer::Organization(data.organization.clone()),
            Operation::Projects => Answer::Projects(data.projects.clone()),
            Operation::Keys(scope) => Answer::Keys(data.keys[scope].clone()),
            Operation::Examine(scope, id) => {
                let key = find(&mut data.keys, scope, *id).clone();
                let inactive_since = self.inactive_since.filter(|_| !key.valid);
                Answer::Examined(Box::new(Examined { key, inactive_since }))
            }
            Operation::Create { scope, name, replaces, .. } => {
                let key = ApiKey {
                    id: KeyId(9001),
                    name: Some(Text::from(name.as_str())),
                    valid: true,
                    value: MaskedValue::new(FAKE_SECRET),
                    created_at: Some(self.now),
                    last_used: LastUsed::Never,
                    expires_at: None,
                    rotates_at: None,
                    shadow: None,
                };
                data.keys.get_mut(scope).unwrap().push(key.clone());
                if let Some(old) = *replaces {
                    self.replacements.open.insert(0, self::replacement(scope.clone(), old, &key, self.now));
                }
                Answer::Created(CreatedKey { key, secret: Some(Secret::new(FAKE_SECRET)) })
            }
            Operation::Rotate { scope, id, rotation } => {
                let (now, key) = (self.now, find(&mut data.keys, scope, *id));
                key.expires_at = rotation.expiry(key, now);
                key.rotates_at = rotation.grace_ends(now);
                let new = MaskedValue::new(FAKE_SECRET);
                match key.rotates_at {
                    Some(_) => key.shadow = Some(new),
                    None => key.value = new,
                }
                Answer::Rotated(CreatedKey { key: key.clone(), secret: Some(Secret::new(FAKE_SECRET)) })
            }
            Operation::LookAgain(lost) => {
                let found =
                    data.keys[&lost.scope].iter().filter(|key| !lost.known.contains(&key.id)).cloned().collect();
                Answer::Lost(Box::new(Lost { found: Ok(found), ..(**lost).clone() }))
            }
            Operation::SetValid { scope, id, valid } => {
                let key = find(&mut data.keys, scope, *id);
                key.valid = *valid;
                Answer::Key(key.clone())
            }
            Operation::Delete { scope, id } => {
                data.keys.get_mut(scope).unwrap().retain(|key| key.id != *id);
                Answer::Deleted { acknowledged: true }
            }
            Operation::Replacements => Answer::Replacements(self.replacements.clone()),
            Operation::EndReplacement(ended) => {
                self.replacements.open.retain(|replacement| replacement != ended);
                Answer::Replacements(self.replacements.clone())
            }
        }
    }

    /// The screen, and where its cursor is, if it shows one.
    pub(crate) fn draw(&self, theme: Theme) -> (Buffer, Option<(u16, u16)>) {
        let Size { cols, rows } = self.app.size;
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: cols, height: rows });
        let drawn = ui::view(&self.app, theme, &mut buffer);
        (buffer, drawn.cursor.map(|place| (place.x, place.y)))
    }
}

/// The replacement from the key `old` to `new`, which was generated at `begun`.
pub(crate) fn replacement(scope: Scope, old: KeyId, new: &ApiKey, begun: Timestamp) -> Replacement {
    Replacement { scope, old, new: new.id, name: new.name.clone().unwrap_or_default(), begun, deactivated: None }
}

fn find<'a>(keys: &'a mut std::collections::BTreeMap<Scope, Vec<ApiKey>>, scope: &Scope, id: KeyId) -> &'a mut ApiKey {
    keys.get_mut(scope).unwrap().iter_mut().find(|key| key.id == id).unwrap()
}

fn error(kind: ErrorKind) -> ApiError {
    ApiError { host: "api.confident-ai.com".into(), kind }
}

/// Nothing listens.
pub(crate) fn refused() -> ApiError {
    error(ErrorKind::Connect(ConnectFailure::Refused))
}

/// A company's own certificate, which this machine does not trust.
pub(crate) fn untrusted() -> ApiError {
    error(ErrorKind::Connect(ConnectFailure::Tls(TlsFailure::UnknownAuthority { chosen_by: None })))
}

/// The answer to what was sent did not come: nobody knows.
pub(crate) fn timeout() -> ApiError {
    error(ErrorKind::Timeout { after: Duration::from_secs(30), sent: true })
}

/// The service refuses, in its own words.
pub(crate) fn status(status: u16, message: &str) -> ApiError {
    let message = (!message.is_empty()).then(|| Text::from(message));
    error(ErrorKind::Status(StatusError { status, message, link: None, retry_after: None, is_page: false }))
}

/// The same, and it asks to be left alone for so many seconds.
pub(crate) fn asks_to_wait(code: u16, message: &str, seconds: u64) -> ApiError {
    let mut error = status(code, message);
    if let ErrorKind::Status(status) = &mut error.kind {
        status.retry_after = Some(Duration::from_secs(seconds));
    }
    error
}

/// A web page in place of an answer.
pub(crate) fn page() -> ApiError {
    let reason = "it is a web page, such as a proxy's or a network's sign-in page".to_owned();
    error(ErrorKind::Unreadable { status: 200, reason })
}
