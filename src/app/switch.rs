//! How another profile is entered: its key is read and its service called first, and only where both went well the one in
//! force gives way.
//!
//! All that belongs to an organization goes then: [`App`] begins anew, with what is the user's own. A late reply of the
//! former organization finds nobody who asked. A write is never left behind: while one runs, or a secret is open, nothing
//! is switched.

use super::dialog::Dialog;
use super::message::{Effect, Event};
use super::profile::{Listed, NotOpened, Opened, ProfileName, Standing, title};
use super::request::RequestId;
use super::scopes::View;
use super::toast::{Tone, Topic};
use super::{App, Read, Start};
use crate::advice::Advice;
use crate::api::model::Organization;
use crate::config::KeySource;
use crate::operations::{Operation, Reconciled};

impl App {
    /// Has the key of the profile `name` read and its service called.
    pub(super) fn open_profile(&mut self, name: &ProfileName) -> Vec<Effect> {
        self.toasts.take_back(Topic::Profile);
        if let Some(obstacle) = self.keeps_profile() {
            self.say_not_switched(name, obstacle);
            return Vec::new();
        }
        let request = self.next_request();
        let Some(listed) = self.profiles.find(name) else { return Vec::new() };
        // Whoever presses the key twice waits for the first.
        if let Standing::Reading(awaited) | Standing::Calling(awaited) = &listed.standing {
            self.profiles.awaited = Some(*awaited);
            return Vec::new();
        }
        listed.standing = Standing::Reading(request);
        self.profiles.awaited = Some(request);
        vec![Effect::OpenProfile(request, name.clone())]
    }

    /// Enters no other profile, whatever becomes of the one that is being opened; false where none is.
    pub(super) fn stay_in_profile(&mut self) -> bool {
        self.profiles.awaited.take().is_some()
    }

    /// Whether a profile is being opened, to be entered then.
    pub fn is_opening(&self, listed: &Listed) -> bool {
        matches!(listed.standing, Standing::Reading(request) | Standing::Calling(request)
            if self.profiles.awaited == Some(request))
    }

    fn opening(&mut self, request: RequestId) -> Option<&mut Listed> {
        let is_it = |listed: &&mut Listed| matches!(listed.standing, Standing::Reading(own) | Standing::Calling(own) if own == request);
        self.profiles.list.iter_mut().find(is_it)
    }

    /// The key of the profile that is being opened is there.
    pub(super) fn profile_key_was_read(&mut self, request: RequestId) {
        if let Some(listed) = self.opening(request) {
            listed.standing = Standing::Calling(request);
        }
    }

    /// Takes in whether a profile can be entered, and enters it where that is still wanted.
    pub(super) fn profile_opened(&mut self, request: RequestId, result: Result<Box<Opened>, NotOpened>) -> Vec<Effect> {
        let is_wanted = self.profiles.awaited.take_if(|awaited| *awaited == request).is_some();
        let Some(listed) = self.opening(request) else { return Vec::new() };
        let (name, is_command) = (listed.name.clone(), listed.source == KeySource::Command);
        // A command may have written to the terminal all the same.
        let mut effects = if is_command { vec![Effect::Redraw] } else { Vec::new() };
        match result {
            Ok(opened) => {
                listed.standing = Standing::SignedIn;
                let interrupted = if is_wanted { self.keeps_profile().or(self.is_elsewhere()) } else { None };
                match interrupted {
                    Some(obstacle) => self.say_not_switched(&name, obstacle),
                    None if is_wanted => effects.extend(self.enter_profile(*opened)),
                    None => {}
                }
            }
            Err(error) => {
                // Where it is shown in the dialog, once is enough.
                if !matches!(self.dialog, Some(Dialog::Profiles(_))) {
                    let stays = if self.session.is_some() { " What is shown is as before." } else { "" };
                    let text = format!("“{}” was not switched to. {}{stays}", title(&name), error.reason);
                    self.toasts.push_about(Topic::Profile, Tone::Error, text);
                }
                if let Some(listed) = self.opening(request) {
                    listed.standing = Standing::Failed(error);
                }
            }
        }
        effects
    }

    fn say_not_switched(&mut self, name: &ProfileName, obstacle: &str) {
        let text = format!("“{}” is not switched to now. {obstacle}", title(name));
        self.toasts.push_about(Topic::Profile, Tone::Warning, text);
    }

    /// What would be lost if the one in force gave way now.
    fn keeps_profile(&self) -> Option<&'static str> {
        let holds_secret = |dialog: &Dialog| matches!(dialog, Dialog::Secret(_));
        if self.writes.values().any(Operation::is_write) || self.dialog.as_ref().is_some_and(Dialog::is_busy) {
            Some("A change is under way: see what becomes of it first.")
        } else if matches!(&self.dialog, Some(Dialog::Bulk(bulk)) if bulk.is_running()) {
            Some("Keys are being changed: see what becomes of them first.")
        } else if self.dialog.iter().chain(&self.waiting).any(holds_secret) {
            Some("A new key's secret is open: take it to safety first.")
        } else {
            None
        }
    }

    /// What the user is at meanwhile, which is about the one in force.
    fn is_elsewhere(&self) -> Option<&'static str> {
        match &self.dialog {
            _ if self.help.is_some() => Some("It is ready: close what is open, and choose it again."),
            Some(Dialog::Profiles(_)) => None,
            Some(_) => Some("It is ready: close what is open, and choose it again."),
            None if self.is_filtering => Some("It is ready: choose it again."),
            None => None,
        }
    }

    /// The organization gives way to another: all that belongs to it goes.
    fn enter_profile(&mut self, opened: Opened) -> Vec<Effect> {
        let Opened { session, in_force, organization } = opened;
        self.list_own();
        self.remember();
        let old = self.profile();
        let session_before = self.session.take();
        if let (Some(left), Some(listed)) = (session_before, self.profiles.find(&old)) {
            listed.standing = Standing::SignedIn;
            listed.left = Some(Box::new(left));
        }
        let name = in_force.profile.as_ref().map(|(name, _)| name.clone());
        // Another key may have taken over there since the start.
        let left = self.profiles.find(&name).and_then(|listed| listed.left.take());
        let session = left.map_or(session, |left| *left);
        let organization_name = organization.name.as_str().trim_end_matches('.');
        let told = format!("Switched to “{}”: {organization_name}.", title(&name));
        let profiles = std::mem::take(&mut self.profiles);
        let mut settings = self.settings.clone();
        settings.thresholds = profiles.thresholds(&in_force);
        let start = Start {
            now: self.now,
            size: self.size,
            settings,
            zone: self.zone.clone(),
            clipboard: self.clipboard.clone(),
            home: self.home.clone(),
            session: Ok(session),
            seed: self.retry.draw_seed(),
            in_force,
            profiles,
        };
        let mut next = Self::empty(start);
        next.times = self.times;
        next.table.columns = self.table.columns;
        next.last_request = self.last_request;
        next.is_watched = self.is_watched;
        // Nothing of what was drawn is there any more.
        next.dialog_number = self.dialog_number + 1;
        next.first_request = RequestId(self.last_request);
        // These are of no organization.
        next.copies = std::mem::take(&mut self.copies);
        next.saves = std::mem::take(&mut self.saves);
        next.toasts = self.toasts.kept_at_a_switch();
        *self = next;
        self.toasts.push(Tone::Done, told, self.now);
        for warning in self.in_force.warnings.clone() {
            self.toasts.push(Tone::Warning, warning, self.now);
        }
        let mut effects = vec![Effect::EnterProfile(name.clone())];
        effects.extend(self.read_all_of(organization));
        let (news, others) = self.profiles.postponed.drain(..).partition(|(of, _)| *of == name);
        self.profiles.postponed = others;
        let news: Vec<(ProfileName, Reconciled)> = news;
        for (_, what) in news {
            effects.extend(self.was_reconciled(what));
        }
        effects
    }

    /// Reads what is shown, of an organization that was just read itself.
    fn read_all_of(&mut self, organization: Organization) -> Vec<Effect> {
        let request = self.next_request();
        self.organization.start(request, self.now);
        self.organization.finish(request, Ok(organization), self.now);
        let mut effects = vec![self.read(Read::Projects)];
        match self.view() {
            View::One(scope) => effects.push(self.read(Read::Keys(scope))),
            View::All => self.sweep_again(),
        }
        effects.extend(self.recall_replacements());
        effects
    }

    /// What `event` means, which is told of the profile `of`: nothing where that is not in force any more. What
    /// was found out about keys waits there until it is again.
    pub(super) fn of_profile(&mut self, of: ProfileName, event: Event) -> Event {
        if of == self.profile() && self.session.is_some() {
            return event;
        }
        match event {
            // What it did not make is no news.
            Event::Reconciled(Reconciled::New(lost)) if lost.found.as_ref().is_ok_and(Vec::is_empty) => {}
            Event::Reconciled(what) => {
                let text = format!(
                    "An earlier ckeys ended in the middle of something in “{}”: switch to it (P) to see what became of it.",
                    title(&of)
                );
                self.toasts.push(Tone::Warning, text, self.now);
                self.profiles.postponed.push((of, what));
            }
            Event::Notice(text) => {
                self.toasts.push(Tone::Warning, format!("“{}”: {text}", title(&of)), self.now);
            }
            _ => {}
        }
        Event::Tick
    }

    /// What the sessions of profiles that are not in force leave behind.
    pub(super) fn left_sessions(&self) -> impl Iterator<Item = String> {
        let left = self.profiles.list.iter().filter_map(|listed| Some((listed, listed.left.as_deref()?)));
        left.filter(|(_, session)| session.is_source_old && !session.is_demo).filter_map(|(listed, session)| {
            let advice = listed.name.as_ref().map(|name| Advice::for_profile(name, &[])).unwrap_or_default();
            Some(format!("“{}”: {}", listed.title(), session.source.left_behind(&advice)?))
        })
    }
}
