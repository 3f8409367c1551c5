//! The profiles as the screen lists them, and what it remembers of each.

use super::dialog::{Dialog, ProfilesDialog};
use super::message::Effect;
use super::order::SortColumn;
use super::profile::{Listed, ProfileName, Standing};
use super::remembered::{Memory, Remembered};
use super::request::RequestId;
use super::scopes::{ScopeRow, View};
use super::toast::Tone;
use super::{App, Pane};
use crate::config::{Entry, InForce};
use crate::operations::Reconciled;
use crate::query::Pattern;
use crate::status::{Overrides, Thresholds};

/// What is known of profiles.
#[derive(Debug, Clone, Default)]
pub struct Profiles {
    /// All of them, in the order of `config.toml`.
    pub list: Vec<Listed>,
    /// The thresholds of no profile, and what goes before those of each.
    thresholds: (Thresholds, Overrides),
    /// What the screen showed of each.
    pub memory: Memory,
    /// The one that is to be entered, once it is open.
    pub(super) awaited: Option<RequestId>,
    /// What an earlier program left in a profile that is not in force any more.
    pub(super) postponed: Vec<(ProfileName, Reconciled)>,
}

impl Profiles {
    /// Those of `entries`; `thresholds` are those of no profile, and `asked` goes before those of each.
    pub fn new(entries: &[Entry], thresholds: Thresholds, asked: Overrides, memory: Memory) -> Self {
        Self {
            list: entries.iter().map(Listed::of).collect(),
            thresholds: (thresholds, asked),
            memory,
            ..Self::default()
        }
    }

    /// The thresholds with what `in_force` says.
    pub fn thresholds(&self, in_force: &InForce) -> Thresholds {
        let (own, asked) = self.thresholds;
        own.with(in_force.thresholds).with(asked)
    }

    pub(super) fn find(&mut self, name: &ProfileName) -> Option<&mut Listed> {
        self.list.iter_mut().find(|listed| listed.name == *name)
    }
}

impl App {
    /// The profile in force.
    pub fn profile(&self) -> ProfileName {
        self.in_force.profile.as_ref().map(|(name, _)| name.clone())
    }

    /// The profiles that are not in force, in their order.
    pub fn other_profiles(&self) -> impl Iterator<Item = &Listed> {
        let own = self.profile();
        let is_signed_in = self.session.is_some();
        self.profiles.list.iter().filter(move |listed| !is_signed_in || listed.name != own)
    }

    /// The profile in force, as it is listed.
    pub fn listed_profile(&self) -> Option<&Listed> {
        let own = self.profile();
        self.profiles.list.iter().find(|listed| listed.name == own).filter(|_| self.session.is_some())
    }

    /// Whether there is another profile than the one in force, or that was chosen.
    pub fn tells_profile(&self) -> bool {
        self.in_force.profile.is_some() || !self.profiles.list.is_empty()
    }

    /// The profile that the cursor is on in the Scopes pane.
    pub fn profile_at_cursor(&self) -> Option<&Listed> {
        match self.scopes.selection.id() {
            Some(ScopeRow::Profile(name)) => self.profiles.list.iter().find(|listed| listed.name == *name),
            _ => None,
        }
    }

    /// Whether the Scopes pane has the focus, and its cursor is on a profile.
    pub(super) fn is_at_profile(&self) -> bool {
        self.focus == Pane::Scopes && self.profile_at_cursor().is_some()
    }

    /// The profiles that the open dialog lists: all that its filter lets through.
    pub fn shown_profiles(&self) -> Vec<&Listed> {
        let Some(Dialog::Profiles(dialog)) = &self.dialog else { return Vec::new() };
        let pattern = Pattern::new(dialog.filter.text());
        self.profiles.list.iter().filter(|listed| pattern.matches(listed.title())).collect()
    }

    /// Whether this one is in force.
    pub fn is_in_force(&self, listed: &Listed) -> bool {
        self.session.is_some() && listed.name == self.profile()
    }

    /// Shows what was shown the last time, before anything is asked.
    pub(super) fn recall(&mut self) {
        if self.session.as_ref().is_none_or(|session| session.is_demo) {
            return;
        }
        let Some(last) = self.profiles.memory.get(&self.profile()).cloned() else { return };
        let Remembered { view, sort, descending, tab, folded } = last;
        // Only among all keys there are scopes to sort by.
        if sort != SortColumn::Scope || view == View::All {
            (self.table.sort, self.table.descending) = (sort, descending);
        }
        self.table.tab = tab;
        self.folded = folded;
        self.scopes.restore(view);
    }

    /// Notes what the screen shows, for the next time that this profile is in force.
    pub(super) fn remember(&mut self) {
        if self.session.as_ref().is_none_or(|session| session.is_demo) {
            return;
        }
        let name = self.profile();
        let shown = Remembered {
            view: self.scopes.view(),
            sort: self.table.sort,
            descending: self.table.descending,
            tab: self.table.tab,
            folded: self.folded,
        };
        self.profiles.memory.set(name, shown);
    }

    /// What the screen showed of each profile, at the end of the program.
    pub fn into_memory(mut self) -> Memory {
        self.remember();
        self.profiles.memory
    }

    pub(super) fn open_profiles(&mut self) -> Vec<Effect> {
        if self.profiles.list.is_empty() {
            let text = "There are no profiles yet: `ckeys profile add NAME` adds one.";
            self.toasts.push(Tone::Done, text, self.now);
            return Vec::new();
        }
        self.list_own();
        let own = self.profiles.list.iter().position(|listed| self.is_in_force(listed));
        self.open(Dialog::Profiles(Box::new(ProfilesDialog::new(own.unwrap_or_default()))))
    }

    /// What is in force is listed, too, where it is no profile.
    pub(super) fn list_own(&mut self) {
        let (None, Some(session)) = (self.profile(), &self.session) else { return };
        if self.profiles.list.iter().any(|listed| listed.name.is_none()) {
            return;
        }
        let own = Listed {
            name: None,
            place: session.place.clone(),
            source: session.source,
            colour: None,
            is_production: false,
            is_read_only: self.in_force.read_only.is_some(),
            standing: Standing::SignedIn,
            left: None,
        };
        self.profiles.list.insert(0, own);
    }

    /// Brings the dialog that lists them up to date.
    pub(super) fn settle_profiles(&mut self) {
        let count = self.shown_profiles().len();
        if let Some(Dialog::Profiles(dialog)) = &mut self.dialog {
            dialog.settle(count);
        }
    }

    /// Enters the profile with this number among those that the dialog shows.
    pub(super) fn enter_shown(&mut self, at: usize) -> Vec<Effect> {
        let Some(listed) = self.shown_profiles().get(at).copied() else { return Vec::new() };
        if self.is_in_force(listed) {
            return self.close_dialog();
        }
        let name = listed.name.clone();
        self.open_profile(&name)
    }
}
