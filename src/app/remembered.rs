//! What the screen showed of each profile: remembered from one time to the next, and nothing else is.

use std::collections::BTreeMap;

use super::order::SortColumn;
use super::profile::ProfileName;
use super::scopes::View;
use crate::api::model::Scope;
use crate::status::Tab;

/// What the screen showed of one profile. No key, and nothing that a key is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Which keys.
    pub view: View,
    /// By what they were sorted.
    pub sort: SortColumn,
    /// Whether the largest, latest or last came first.
    pub descending: bool,
    /// Under which tab.
    pub tab: Tab,
    /// Whether the Scopes pane was folded.
    pub folded: bool,
}

impl Default for Remembered {
    /// As the screen is at first.
    fn default() -> Self {
        Self {
            view: View::One(Scope::Organization),
            sort: SortColumn::default(),
            descending: true,
            tab: Tab::default(),
            folded: false,
        }
    }
}

/// What is remembered of all profiles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory(BTreeMap<ProfileName, Remembered>);

impl Memory {
    /// Of this one.
    pub fn get(&self, name: &ProfileName) -> Option<&Remembered> {
        self.0.get(name)
    }

    /// Notes it; what is as at first is nothing to note where nothing was.
    pub fn set(&mut self, name: ProfileName, remembered: Remembered) {
        if remembered != Remembered::default() || self.0.contains_key(&name) {
            self.0.insert(name, remembered);
        }
    }

    /// Of each.
    pub fn iter(&self) -> impl Iterator<Item = (&ProfileName, &Remembered)> {
        self.0.iter()
    }
}

impl FromIterator<(ProfileName, Remembered)> for Memory {
    fn from_iter<T: IntoIterator<Item = (ProfileName, Remembered)>>(entries: T) -> Self {
        Self(entries.into_iter().collect())
    }
}
