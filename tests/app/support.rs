//! A state with made-up data, and short words to drive it.

use std::time::Duration;

use confident_keys::api::error::{
    ApiError, ConnectFailure, ErrorKind, ProxyFailure, ProxyProblem, StatusError, TlsFailure,
};
use confident_keys::api::model::{
    ApiKey, CreatedKey, KeyId, LastUsed, MaskedValue, Organization, Project, ProjectId, Scope,
};
use confident_keys::api::{Capabilities, Capability};
use confident_keys::app::dialog::Dialog;
use confident_keys::app::geometry::Size;
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::profile::{NotOpened, Opened, ProfileName};
use confident_keys::app::profiles::Profiles;
use confident_keys::app::remembered::Memory;
use confident_keys::app::request::RequestId;
use confident_keys::app::{App, ClipboardRoute, Event, Message, Session, Start, update};
use confident_keys::config::{ChosenBy, Configuration, InForce, KeySource, ReadOnly, Settings};
use confident_keys::destination::{Ask, Delivered, Destination, Look, NotDelivered};
use confident_keys::export::file::NotSaved;
use confident_keys::guard::Signer;
use confident_keys::journal::{JournalError, Report};
use confident_keys::keymap::Key;
use confident_keys::operations::{
    Answer, Examined, Lost, LostRotation, NotSignedIn, Operation, Replacement, Replacements,
};
use confident_keys::secret::Secret;
use confident_keys::status::{Overrides, Thresholds};
use confident_keys::text::Text;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::report::Writer;

/// What a fresh secret is in these tests. Its end is shown by the program, the rest must not be.
pub(crate) const FAKE_SECRET: &str = "confident_us_proj_FAKE-SECRET-FOR-TESTS-f0f0f0";
/// The part of it that nothing may print.
pub(crate) const FAKE_PART: &str = "FAKE-SECRET-FOR-TESTS";
const SIGNING_KEY: &str = "confident_us_org_fake_not_a_key_5160ed";
/// How the signing key's value ends.
pub(crate) const SIGNER_TAIL: &str = "5160ed";

pub(crate) fn start_time() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn days_ago(days: i64) -> Timestamp {
    start_time() - SignedDuration::from_hours(24 * days)
}

pub(crate) fn project(id: &str) -> Scope {
    Scope::Project(ProjectId::new(id).unwrap())
}

pub(crate) fn projects() -> Vec<Project> {
    [("prod", "Production App"), ("stage", "Staging"), ("void", "Empty")]
        .map(|(id, name)| Project {
            id: ProjectId::new(id).unwrap(),
            name: name.into(),
            description: None,
            created_at: None,
        })
        .into()
}

pub(crate) fn organization() -> Organization {
    Organization { id: "org".into(), name: "Acme Inc.".into(), plan: None }
}

/// A key that was made `age` days ago and used `used` days ago.
pub(crate) fn key(id: i64, name: Option<&str>, valid: bool, age: i64, used: Option<i64>) -> ApiKey {
    ApiKey {
        id: KeyId(id),
        name: name.map(Into::into),
        valid,
        value: MaskedValue::new(&format!("***{id:06}")),
        created_at: Some(days_ago(age)),
        last_used: used.map_or(LastUsed::Never, |used| LastUsed::At(days_ago(used))),
        expires_at: None,
        rotates_at: None,
        shadow: None,
    }
}

/// What the service holds at first.
pub(crate) fn keys_of(scope: &Scope) -> Vec<ApiKey> {
    match scope {
        Scope::Organization => {
            let mut signing = key(1, Some("ckeys"), true, 300, Some(0));
            signing.value = MaskedValue::new(SIGNING_KEY);
            vec![signing, key(2, Some("Terraform"), true, 200, Some(100))]
        }
        Scope::Project(id) => match id.as_str() {
            "prod" => vec![
                key(11, Some("GitHub Actions"), true, 20, Some(1)),
                key(12, Some("Nightly evals"), true, 30, Some(41)),
                key(13, Some("Old laptop"), true, 40, Some(197)),
                key(14, None, false, 50, None),
                key(15, Some("日本語"), false, 60, Some(240)),
            ],
            "stage" => vec![key(21, Some("CI"), true, 2, None), key(22, Some("CI"), true, 1, None)],
            _ => Vec::new(),
        },
    }
}

/// Three profiles.
pub(crate) fn profiles(memory: Memory) -> Profiles {
    let text = "[profiles.first]\nregion = \"US\"\n\
                [profiles.second]\nregion = \"EU\"\nkey = { file = \"second\" }\nthresholds = { stale_days = 300 }\n\
                [profiles.third]\nkey = { command = [\"gives\"] }\nread_only = true\ncolour = \"red\"\n";
    let entries = Configuration::parse(text).profiles.entries;
    Profiles::new(&entries, Thresholds::default(), Overrides::default(), memory)
}

/// With this profile.
pub(crate) fn in_force(name: &str) -> InForce {
    let thresholds = if name == "second" {
        Overrides { stale_days: Some(300), ..Overrides::default() }
    } else {
        Overrides::default()
    };
    let read_only = (name == "third").then(|| ReadOnly::Profile(name.to_owned()));
    InForce { profile: Some((name.to_owned(), ChosenBy::Flag)), read_only, thresholds, ..InForce::default() }
}

pub(crate) fn session() -> Session {
    Session::new("US".into(), KeySource::Environment, Signer::new(&Secret::new(SIGNING_KEY)))
}

fn host_error(kind: ErrorKind) -> ApiError {
    ApiError { host: "api.example.invalid".into(), kind }
}

/// The service answers `status`.
pub(crate) fn status(status: u16) -> ApiError {
    let error = StatusError {
        status,
        message: Some("Words of the service".into()),
        link: None,
        retry_after: None,
        is_page: false,
    };
    host_error(ErrorKind::Status(error))
}

/// Something before the service answers `status` with a web page.
pub(crate) fn page(code: u16) -> ApiError {
    let mut error = status(code);
    if let ErrorKind::Status(status) = &mut error.kind {
        status.is_page = true;
    }
    error
}

/// Something before the service answers 404 with a web page.
pub(crate) fn page_404() -> ApiError {
    page(404)
}

/// The service asks to be left alone for so many seconds.
pub(crate) fn asks_to_wait(seconds: u64) -> ApiError {
    let mut error = status(429);
    if let ErrorKind::Status(status) = &mut error.kind {
        status.retry_after = Some(Duration::from_secs(seconds));
    }
    error
}

/// Nothing was sent.
pub(crate) fn unreachable() -> ApiError {
    host_error(ErrorKind::Connect(ConnectFailure::Refused))
}

/// Whether it was done is unknown.
pub(crate) fn timeout() -> ApiError {
    host_error(ErrorKind::Timeout { after: Duration::from_secs(30), sent: true })
}

/// Errors of all kinds.
pub(crate) fn errors() -> Vec<ApiError> {
    let mut errors: Vec<_> = [400, 401, 403, 404, 408, 409, 422, 429, 500, 503].map(status).into();
    errors.extend([page_404(), unreachable(), timeout(), asks_to_wait(30)]);
    errors.extend(
        [
            ErrorKind::Invalid("too odd".into()),
            ErrorKind::Connect(ConnectFailure::Dns),
            ErrorKind::Connect(ConnectFailure::Tls(TlsFailure::UnknownAuthority { chosen_by: None })),
            ErrorKind::Connect(ConnectFailure::Unreachable),
            ErrorKind::Connect(ConnectFailure::Proxy(Box::new(ProxyFailure {
                address: "proxy.invalid:8080".into(),
                variable: "HTTPS_PROXY",
                problem: ProxyProblem::Login { was_given: false },
            }))),
            ErrorKind::Connect(ConnectFailure::Other("no route".into())),
            ErrorKind::Timeout { after: Duration::from_secs(5), sent: false },
            ErrorKind::Broken("reset".into()),
            ErrorKind::Redirect { status: 302, location: Some("https://elsewhere.invalid/".into()) },
            ErrorKind::Unreadable { status: 200, reason: "no such field".into() },
            ErrorKind::TooLarge(64 << 20),
            ErrorKind::AnotherOrganization(Some("Another Inc.".into())),
        ]
        .map(host_error),
    );
    errors
}

/// A file that was to be written.
#[derive(Debug, Clone)]
pub(crate) struct Save {
    pub(crate) request: RequestId,
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) replace: bool,
}

/// What a service can do that speaks the newest version of the API, and one that does not.
pub(crate) const NEWER: Capabilities = Capabilities { expiry: Capability::Available, rotation: Capability::Available };
pub(crate) const OLDER: Capabilities = Capabilities {
    expiry: Capability::Unavailable("The service is too old to let keys expire"),
    rotation: Capability::Unavailable("The service is too old to rotate keys"),
};

/// The program without a terminal: the state, its clock, and the effects that nobody has answered yet.
pub(crate) struct Rig {
    pub(crate) app: App,
    pub(crate) now: Timestamp,
    /// The question which replacements are open that is asked without a dialog.
    pub(crate) first_recall: Option<RequestId>,
    /// What else is asked.
    pub(crate) asked: Vec<(RequestId, Operation)>,
    /// What is being taken to a clipboard, or elsewhere.
    pub(crate) copies: Vec<(RequestId, Secret)>,
    /// Where secrets are or were taken, and what was agreed to.
    pub(crate) deliveries: Vec<(RequestId, Destination, Option<Ask>)>,
    /// What is being looked at.
    pub(crate) looks: Vec<(RequestId, Destination)>,
    /// Secrets that are to sign the calls.
    pub(crate) sign_ins: Vec<(RequestId, Secret)>,
    /// Where the journal is to be read.
    pub(crate) journals: Vec<RequestId>,
    pub(crate) saves: Vec<Save>,
    /// The profiles that are being opened.
    pub(crate) opening: Vec<(RequestId, ProfileName)>,
    /// Those that were entered.
    pub(crate) entered: Vec<ProfileName>,
    /// The last file that was to be written, whether somebody took it or not.
    last_save: Option<RequestId>,
}

impl Rig {
    /// At the start, nothing answered yet.
    pub(crate) fn loading() -> Self {
        Self::start(Ok(session()))
    }

    /// Without a key to sign in with.
    pub(crate) fn signed_out() -> Self {
        Self::start(Err("No key was given.".to_owned()))
    }

    fn start(session: Result<Session, String>) -> Self {
        Self::start_with(session, InForce::default(), Profiles::default())
    }

    /// With profiles.
    pub(crate) fn start_with(session: Result<Session, String>, in_force: InForce, profiles: Profiles) -> Self {
        let (app, effects) = App::new(Start {
            now: start_time(),
            size: Size { cols: 120, rows: 36 },
            settings: Settings::default(),
            zone: TimeZone::UTC,
            clipboard: ClipboardRoute::Known("the X11 clipboard".into()),
            home: Some("/home/ada".into()),
            session,
            seed: 7,
            in_force,
            profiles,
        });
        let mut rig = Self {
            app,
            now: start_time(),
            first_recall: None,
            asked: Vec::new(),
            copies: Vec::new(),
            deliveries: Vec::new(),
            looks: Vec::new(),
            sign_ins: Vec::new(),
            journals: Vec::new(),
            saves: Vec::new(),
            opening: Vec::new(),
            entered: Vec::new(),
            last_save: None,
        };
        rig.note(&effects);
        rig
    }

    /// Everything read, with the organization chosen.
    pub(crate) fn ready() -> Self {
        let mut rig = Self::loading();
        rig.answer_all();
        rig.app.take_needs_draw();
        rig
    }

    /// Everything read, with the focus on the keys of the project `id`.
    pub(crate) fn keys_of(id: &str) -> Self {
        let mut rig = Self::ready();
        while rig.app.scope() != project(id) {
            let before = rig.app.scope();
            rig.press("j");
            assert_ne!(rig.app.scope(), before, "there is no project {id}");
            rig.pass(SignedDuration::from_secs(1));
            rig.answer_all();
        }
        rig.press("Enter");
        rig.app.take_needs_draw();
        rig
    }

    /// With three profiles, of which the first is in force; everything read.
    pub(crate) fn with_profiles() -> Self {
        Self::with_memory(Memory::default())
    }

    /// The same, where this is remembered of them.
    pub(crate) fn with_memory(memory: Memory) -> Self {
        let mut rig = Self::start_with(Ok(session()), in_force("first"), profiles(memory));
        rig.answer_all();
        rig.app.take_needs_draw();
        rig
    }

    /// Without a key, but with profiles.
    pub(crate) fn signed_out_with_profiles() -> Self {
        let no_key = Err("No key was given.".to_owned());
        Self::start_with(no_key, InForce::default(), profiles(Memory::default()))
    }

    /// The profile that is being opened can be entered: it is this organization, which this key signs in to.
    pub(crate) fn opened(&mut self, organization: &str) -> Vec<Effect> {
        let (request, name) = self.opening.remove(0);
        self.send(Event::ProfileKeyRead(request));
        let in_force = name.map_or_else(InForce::default, |name| in_force(&name));
        let signer = Signer::new(&Secret::new("confident_us_org_fake_not_a_key_07e301"));
        let session = Session::new("EU".into(), KeySource::File, signer);
        let organization = Organization { id: organization.into(), name: organization.into(), plan: None };
        self.send(Event::ProfileOpened(request, Ok(Box::new(Opened { session, in_force, organization }))))
    }

    /// It can't be.
    pub(crate) fn not_opened(&mut self, error: NotOpened) -> Vec<Effect> {
        let (request, _) = self.opening.remove(0);
        self.send(Event::ProfileOpened(request, Err(error)))
    }

    fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                // What is open is asked for once by itself: nothing waits for the answer.
                Effect::Ask(request, Operation::Replacements) if self.app.dialog.is_none() => {
                    self.first_recall = Some(*request);
                }
                Effect::Ask(request, operation) => self.asked.push((*request, operation.clone())),
                Effect::Copy(request, secret) => self.copies.push((*request, secret.clone())),
                Effect::Look(request, destination, _) => self.looks.push((*request, destination.clone())),
                Effect::Deliver(request, destination, _, secret, agreed) => {
                    self.copies.push((*request, secret.clone()));
                    self.deliveries.push((*request, destination.clone(), *agreed));
                }
                Effect::Save { request, path, text, replace } => {
                    self.last_save = Some(*request);
                    self.saves.push(Save {
                        request: *request,
                        path: path.clone(),
                        text: text.clone(),
                        replace: *replace,
                    });
                }
                Effect::OpenProfile(request, name) => self.opening.push((*request, name.clone())),
                Effect::EnterProfile(name) => self.entered.push(name.clone()),
                Effect::SignIn(request, secret) => self.sign_ins.push((*request, secret.clone())),
                Effect::ReadJournal(request, _) => self.journals.push(*request),
                _ => {}
            }
        }
    }

    /// Takes in `event`. What is told of a copy is told of the delivery that it was, where it was one.
    pub(crate) fn send(&mut self, event: Event) -> Vec<Effect> {
        let event = match event {
            Event::Copied(request, result) if self.deliveries.iter().any(|(own, ..)| *own == request) => {
                Event::Delivered(request, arrived(result))
            }
            event => event,
        };
        let effects = update(&mut self.app, Message { at: self.now, event });
        self.note(&effects);
        effects
    }

    /// Answers the last look: nothing speaks against the destination.
    pub(crate) fn looked(&mut self) -> Vec<Effect> {
        self.looked_at(Look { goes_to: "the place".into(), obstacle: None, ask: None, warnings: Vec::new() })
    }

    /// Answers the last look.
    pub(crate) fn looked_at(&mut self, look: Look) -> Vec<Effect> {
        let (request, _) = self.looks.pop().unwrap();
        self.send(Event::Looked(request, look))
    }

    /// Fills in the form for a key: its secret goes to the screen alone.
    pub(crate) fn fill_in(&mut self, name: &str) {
        self.type_text(name);
        self.presses("Tab Left Tab");
        self.looked();
    }

    /// Has the key generated that the form is about.
    pub(crate) fn generate(&mut self) -> Vec<Effect> {
        self.press("Enter");
        self.looked()
    }

    /// Presses a key, called as the help calls it.
    pub(crate) fn press(&mut self, name: &str) -> Vec<Effect> {
        self.send(Event::Key(named(name)))
    }

    /// Presses several.
    pub(crate) fn presses(&mut self, names: &str) -> Vec<Effect> {
        names.split_whitespace().flat_map(|name| self.press(name)).collect()
    }

    /// Types text.
    pub(crate) fn type_text(&mut self, text: &str) {
        for character in text.chars() {
            self.send(Event::Key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE)));
        }
    }

    /// Lets time pass, and tells of it.
    pub(crate) fn pass(&mut self, time: SignedDuration) -> Vec<Effect> {
        self.now += time;
        self.send(Event::Tick)
    }

    /// The oldest open request that `which` is true of, no longer open.
    pub(crate) fn take(&mut self, which: impl Fn(&Operation) -> bool) -> RequestId {
        let at = self.asked.iter().position(|(_, operation)| which(operation)).unwrap();
        self.asked.remove(at).0
    }

    /// The open write, no longer open.
    pub(crate) fn take_write(&mut self) -> RequestId {
        self.take(Operation::is_write)
    }

    /// Tells what became of the last file.
    pub(crate) fn saved(&mut self, result: Result<Text, NotSaved>) -> Vec<Effect> {
        let request = self.last_save.take().unwrap();
        self.send(Event::Saved(request, result))
    }

    /// Answers a request.
    pub(crate) fn reply(&mut self, request: RequestId, result: Result<Answer, ApiError>) -> Vec<Effect> {
        self.send(Event::Reply(request, result))
    }

    /// Answers the open write.
    pub(crate) fn reply_write(&mut self, result: Result<Answer, ApiError>) -> Vec<Effect> {
        let request = self.take_write();
        self.reply(request, result)
    }

    /// The journal that is being read says this.
    pub(crate) fn reply_journal(&mut self, report: Result<Option<Report>, JournalError>) -> Vec<Effect> {
        let request = self.journals.pop().unwrap();
        self.send(Event::Journal(request, report.map(|report| report.map(Box::new))))
    }

    /// With the journal open, in which everything happened.
    pub(crate) fn in_journal() -> Self {
        let mut rig = Self::keys_of("prod");
        rig.press("@");
        rig.reply_journal(Ok(Some(writer().everything("GitLab"))));
        rig.app.take_needs_draw();
        rig
    }

    /// Answers all open reads as the service would at first.
    pub(crate) fn answer_all(&mut self) {
        for (request, operation) in std::mem::take(&mut self.asked) {
            self.reply(request, Ok(first_answer(&operation)));
        }
    }

    /// Answers the read of the key that the open dialog would change: it is as the list says.
    pub(crate) fn examined(&mut self) -> Vec<Effect> {
        let key = match &self.app.dialog {
            Some(Dialog::Confirm(dialog)) => dialog.target.key.clone(),
            Some(Dialog::Delete(dialog)) => dialog.target.key.clone(),
            Some(Dialog::RotateInPlace(dialog)) => dialog.target.key.clone(),
            other => panic!("{other:?} changes no key"),
        };
        self.reply_examine(Ok(key), None)
    }

    /// Answers that read.
    pub(crate) fn reply_examine(
        &mut self,
        key: Result<ApiKey, ApiError>,
        inactive_since: Option<Timestamp>,
    ) -> Vec<Effect> {
        let request = self.take(|operation| matches!(operation, Operation::Examine(..)));
        self.reply(request, key.map(|key| Answer::Examined(Box::new(Examined { key, inactive_since }))))
    }

    /// Answers that read: the key was used in this moment.
    pub(crate) fn examined_used(&mut self) -> Vec<Effect> {
        let key = self.app.selected().map(|(key, _)| ApiKey { last_used: LastUsed::At(self.now), ..key.clone() });
        self.reply_examine(Ok(key.unwrap()), None)
    }

    /// The form that rotates the key `id` of the first project in place, at a service that can: read, and looked at.
    pub(crate) fn rotating(id: i64) -> Self {
        Self::rotating_changed(id, |_| ())
    }

    /// That form, for a key that is not as at first.
    pub(crate) fn rotating_changed(id: i64, change: impl Fn(&mut ApiKey)) -> Self {
        let mut rig = Self::keys_of("prod");
        rig.send(Event::Capabilities(NEWER));
        rig.press("r");
        for (request, operation) in std::mem::take(&mut rig.asked) {
            let answer = match first_answer(&operation) {
                Answer::Keys(mut keys) => {
                    keys.iter_mut().filter(|key| key.id == KeyId(id)).for_each(&change);
                    Answer::Keys(keys)
                }
                answer => answer,
            };
            rig.reply(request, Ok(answer));
        }
        rig.press("g");
        while rig.app.selected().is_some_and(|(key, _)| key.id != KeyId(id)) {
            rig.press("j");
        }
        rig.ask("R");
        rig.recalls(Vec::new());
        rig.looked();
        rig.app.take_needs_draw();
        rig
    }

    /// The keys of the project, at a service that can't rotate in place.
    pub(crate) fn older(name: &str) -> Self {
        let mut rig = Self::keys_of(name);
        rig.send(Event::Capabilities(OLDER));
        rig
    }

    /// Answers the question which replacements are open.
    pub(crate) fn recalls(&mut self, open: Vec<Replacement>) -> Vec<Effect> {
        let request = self.take(|operation| matches!(operation, Operation::Replacements));
        self.reply(request, Ok(Answer::Replacements(Replacements { open, trouble: None })))
    }

    /// Answers all reads of single keys: these are there, and others are gone. Inactive ones are so since `since`.
    pub(crate) fn examined_of(&mut self, keys: &[ApiKey], since: Option<Timestamp>) {
        let is_single = |operation: &Operation| matches!(operation, Operation::Examine(..));
        while let Some(at) = self.asked.iter().position(|(_, operation)| is_single(operation)) {
            let (request, operation) = self.asked.remove(at);
            let Operation::Examine(_, id) = operation else { continue };
            let found = keys.iter().find(|key| key.id == id).cloned();
            let examined = found.map(|key| Examined { inactive_since: since.filter(|_| !key.valid), key });
            self.reply(
                request,
                examined.map(|examined| Answer::Examined(Box::new(examined))).ok_or_else(|| status(404)),
            );
        }
    }

    /// In the dialog that replaces the first key of the first project to `new`, which was generated two hours ago.
    pub(crate) fn replacing(old: &ApiKey, new: Option<&ApiKey>, since: Option<Timestamp>) -> Self {
        let mut rig = Self::older("prod");
        rig.press("R");
        rig.recall_pair(old, new, since);
        rig
    }

    /// Tells the open dialog about replacements all that it asks for.
    pub(crate) fn recall_pair(&mut self, old: &ApiKey, new: Option<&ApiKey>, since: Option<Timestamp>) {
        let begun = start_time() - SignedDuration::from_hours(2);
        let open = new.map(|new| replacement(&project("prod"), old.id, new, begun));
        self.recalls(open.into_iter().collect());
        let keys: Vec<ApiKey> = std::iter::once(old).chain(new).cloned().collect();
        self.examined_of(&keys, since);
        self.app.take_needs_draw();
    }

    /// Presses a key that opens such a dialog, and has its key read.
    pub(crate) fn ask(&mut self, name: &str) -> Vec<Effect> {
        let effects = self.press(name);
        self.examined();
        effects
    }

    /// At the key that signs the calls.
    pub(crate) fn on_signer() -> Self {
        let mut rig = Self::ready();
        rig.presses("Enter G");
        rig
    }

    /// A key that is to sign the calls was generated; its secret is on the screen alone.
    pub(crate) fn new_signer() -> Self {
        let mut rig = Self::on_signer();
        rig.presses("R Enter");
        rig.looked();
        rig.fill_in("");
        rig.generate();
        rig.reply_write(Ok(created(99, "ckeys (2)", Some(FAKE_SECRET))));
        rig
    }

    /// It was copied, and signs its first call.
    pub(crate) fn signing_in() -> Self {
        let mut rig = Self::new_signer();
        rig.press("Enter");
        let (request, _) = rig.copies.pop().unwrap();
        rig.send(Event::Copied(request, Ok(Delivery::Clipboard { clears_after: None })));
        rig.press("Enter");
        rig
    }

    /// Tells what came of that call: the key signs the calls, or does not.
    pub(crate) fn signed_in(&mut self, error: Option<NotSignedIn>) -> Vec<Effect> {
        let (request, secret) = self.sign_ins.pop().unwrap();
        let result = match error {
            Some(error) => Err(error),
            None => Ok(Signer::new(&secret)),
        };
        self.send(Event::SignedIn(request, result))
    }

    /// The newest message to the user.
    pub(crate) fn toast(&self) -> &str {
        self.app.toasts.newest().map_or("", |toast| toast.text.as_str())
    }
}

/// Writes the journal of the organization that is shown.
pub(crate) fn writer() -> Writer {
    Writer::new(start_time(), &organization(), &projects()[0])
}

/// What the service answers to a read at first.
pub(crate) fn first_answer(operation: &Operation) -> Answer {
    match operation {
        Operation::Organization => Answer::Organization(organization()),
        Operation::Projects => Answer::Projects(projects()),
        Operation::Keys(scope) => Answer::Keys(keys_of(scope)),
        other => panic!("{other:?} is no read of the screen"),
    }
}

/// The key `id` of `scope` as it is at first, but for whether it is valid.
pub(crate) fn with_valid(scope: &Scope, id: i64, valid: bool) -> ApiKey {
    let mut key = keys_of(scope).into_iter().find(|key| key.id == KeyId(id)).unwrap();
    key.valid = valid;
    key
}

/// What the service answers to generating a key.
pub(crate) fn created(id: i64, name: &str, secret: Option<&str>) -> Answer {
    let mut key = key(id, Some(name), true, 0, None);
    key.value = MaskedValue::new(FAKE_SECRET);
    Answer::Created(CreatedKey { key, secret: secret.map(Secret::new) })
}

/// The key `id` of the first project after a rotation with so many hours of grace.
fn after_rotation(id: i64, grace_hours: i64) -> ApiKey {
    let mut key = with_valid(&project("prod"), id, true);
    let new = MaskedValue::new(FAKE_SECRET);
    if grace_hours > 0 {
        key.rotates_at = Some(start_time() + SignedDuration::from_hours(grace_hours));
        key.shadow = Some(new);
    } else {
        key.value = new;
    }
    key
}

/// What the service answers to rotating the key `id` of the first project.
pub(crate) fn rotated(id: i64, grace_hours: i64) -> Answer {
    Answer::Rotated(CreatedKey { key: after_rotation(id, grace_hours), secret: Some(Secret::new(FAKE_SECRET)) })
}

/// The answer to rotating that key with a day of grace was lost; whether it took place, as far as that could be read.
pub(crate) fn lost_rotation(id: i64, took_place: Option<bool>) -> Answer {
    let before = with_valid(&project("prod"), id, true);
    let now = match took_place {
        Some(true) => Ok(Some(after_rotation(id, 24))),
        Some(false) => Ok(Some(before.clone())),
        None => Err(unreachable()),
    };
    Answer::RotationLost(Box::new(LostRotation { error: timeout(), before, now }))
}

/// The answer to generating a key “GitLab” in the first project was lost, and the list says this.
pub(crate) fn lost_key(found: Result<Vec<ApiKey>, ApiError>) -> Lost {
    let scope = project("prod");
    let known = keys_of(&scope).iter().map(|key| key.id).collect();
    Lost { scope, name: "GitLab".into(), known, error: Some(timeout()), found }
}

/// The first key of the first project, used so many minutes ago.
pub(crate) fn old_key(minutes: Option<i64>, valid: bool) -> ApiKey {
    let last_used =
        minutes.map_or(LastUsed::Never, |minutes| LastUsed::At(start_time() - SignedDuration::from_mins(minutes)));
    ApiKey { last_used, valid, ..key(11, Some("GitHub Actions"), true, 20, None) }
}

/// Its successor, made two hours ago, and used so many minutes ago.
pub(crate) fn new_key(minutes: Option<i64>) -> ApiKey {
    let ago = |minutes| start_time() - SignedDuration::from_mins(minutes);
    let last_used = minutes.map_or(LastUsed::Never, |minutes| LastUsed::At(ago(minutes)));
    ApiKey { last_used, created_at: Some(ago(120)), ..key(99, Some("GitHub Actions (2)"), true, 0, None) }
}

/// The replacement from the key `old` to `new`, which was generated at `begun`.
pub(crate) fn replacement(scope: &Scope, old: KeyId, new: &ApiKey, begun: Timestamp) -> Replacement {
    Replacement {
        scope: scope.clone(),
        old,
        new: new.id,
        name: new.name.clone().unwrap_or_default(),
        begun,
        deactivated: None,
    }
}

/// The event of a key that is called as the help calls it.
pub(crate) fn named(name: &str) -> KeyEvent {
    name.parse::<Key>().unwrap().event()
}

/// What came of a copy, as what became of a secret.
fn arrived(result: Result<Delivery, String>) -> Result<Delivered, NotDelivered> {
    match result {
        Ok(Delivery::Clipboard { clears_after }) => Ok(Delivered::Clipboard { clears_after }),
        Ok(Delivery::Terminal) => Ok(Delivered::Terminal { by_tmux: false }),
        Err(reason) => Err(NotDelivered { reason, is_out: false }),
    }
}
