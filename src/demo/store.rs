//! The model behind the embedded service: one organization, its projects, and the keys of both.
//!
//! No clock and no I/O: the time comes in with each operation, so that every rule can be tested.

use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroU32,
};

use jiff::Timestamp;
use thiserror::Error;

use super::mint::{Kind, Mint};
use crate::secret::{Secret, tail};

/// The longest name of a key, project or organization, in characters.
pub(super) const MAX_NAME_CHARS: usize = 255;

/// The longest description of a project, in characters.
pub(super) const MAX_DESCRIPTION_CHARS: usize = 2_000;

/// The asterisks that stand for all but the end of a masked value.
const MASK: &str = "***************";

/// What the key is called that comes with a new project.
const DEFAULT_KEY_NAME: &str = "Default Key";

/// Why the model refuses an operation; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum StoreError {
    #[error("Invalid API key.")]
    UnknownCredential,
    #[error("This API key has been deactivated.")]
    InactiveCredential,
    #[error("This is a project API key. Use an organization API key.")]
    ProjectCredential,
    #[error("Project not found.")]
    ProjectNotFound,
    #[error("API key not found.")]
    KeyNotFound,
    #[error("A project with this name already exists.")]
    NameTaken,
    #[error("`name` must not be empty.")]
    NameEmpty,
    #[error("`name` must not be longer than {MAX_NAME_CHARS} characters.")]
    NameTooLong,
    #[error("`description` must not be longer than {MAX_DESCRIPTION_CHARS} characters.")]
    DescriptionTooLong,
}

/// A value as JSON can tell it: null and absent are different answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field<T> {
    Absent,
    Null,
    Value(T),
}

impl<T> Field<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

/// Whose keys are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    Organization,
    /// The project of this id.
    Project(String),
}

/// Keys by id; ids rise as keys are made, so this is the order they were made in.
pub(super) type Keys = BTreeMap<u64, Key>;

#[derive(Debug)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) plan: &'static str,
    pub(super) created_at: Timestamp,
}

#[derive(Debug)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) keys: Keys,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) id: u64,
    pub(super) name: Field<String>,
    pub(super) valid: bool,
    pub(super) value: Secret,
    pub(super) created_at: Timestamp,
    /// Without the calls of the simulated client.
    last_used: Field<Timestamp>,
    client: Option<Client>,
}

impl Key {
    /// When it last authenticated a request, as seen at `now`: a real one, or one of its client's.
    pub(super) fn last_used(&self, now: Timestamp) -> Field<Timestamp> {
        match self.client.as_ref().filter(|_| self.valid).and_then(|client| client.last_call(now)) {
            None => self.last_used,
            Some(call) => match self.last_used {
                Field::Value(earlier) => Field::Value(earlier.max(call)),
                Field::Absent | Field::Null => Field::Value(call),
            },
        }
    }

    /// The value as every answer shows it but the one that issues the key.
    pub(super) fn masked(&self) -> String {
        masked(self.value.expose())
    }

    /// Deactivating freezes when it was last used; after reactivating its client calls again.
    fn set_valid(&mut self, valid: bool, now: Timestamp) {
        if self.valid == valid {
            return;
        }
        self.last_used = self.last_used(now);
        self.valid = valid;
        if let Some(client) = &mut self.client {
            client.since = now;
        }
    }
}

/// A key's value with all but its end hidden.
pub(super) fn masked(value: &str) -> String {
    format!("{MASK}{}", tail(value))
}

/// A program that is imagined to use a key regularly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    /// Seconds between two calls.
    pub(super) period: NonZeroU32,
    /// By how many seconds its calls come after the multiples of `period`.
    pub(super) phase: u32,
    /// It made no call before this.
    pub(super) since: Timestamp,
}

impl Client {
    /// The last call up to `now`. A function of the time alone, so nothing runs in between.
    fn last_call(&self, now: Timestamp) -> Option<Timestamp> {
        let (period, phase) = (i64::from(self.period.get()), i64::from(self.phase));
        let call = (now.as_second() - phase).div_euclid(period) * period + phase;
        Timestamp::from_second(call).ok().filter(|call| *call >= self.since)
    }
}

/// A key to put into the store as it is, with the history that it is given.
#[derive(Debug, Clone)]
pub(super) struct PastKey {
    pub(super) name: Field<String>,
    pub(super) valid: bool,
    pub(super) created_at: Timestamp,
    pub(super) last_used: Field<Timestamp>,
    pub(super) client: Option<Client>,
}

/// All that the service knows.
#[derive(Debug)]
pub(super) struct Store {
    organization: Organization,
    organization_keys: Keys,
    /// In the order they were made.
    projects: Vec<Project>,
    /// Where in `projects` the project of an id is.
    positions: HashMap<String, usize>,
    last_key_id: u64,
    mint: Mint,
}

impl Store {
    /// An organization without projects or keys, whose next key has an id above `last_key_id`.
    pub(super) fn new(name: &str, plan: &'static str, created_at: Timestamp, last_key_id: u64, mut mint: Mint) -> Self {
        let organization = Organization { id: mint.id(), name: name.to_owned(), plan, created_at };
        Self {
            organization,
            organization_keys: Keys::new(),
            projects: Vec::new(),
            positions: HashMap::new(),
            last_key_id,
            mint,
        }
    }

    /// Moves the key of this value to “used now”, if it may manage the organization.
    pub(super) fn authenticate(&mut self, value: &str, now: Timestamp) -> Result<(), StoreError> {
        let is_meant = |key: &Key| key.value.expose() == value;
        match self.organization_keys.values_mut().find(|key| is_meant(key)) {
            Some(key) if key.valid => {
                key.last_used = Field::Value(now);
                Ok(())
            }
            Some(_) => Err(StoreError::InactiveCredential),
            None if self.projects.iter().flat_map(|project| project.keys.values()).any(is_meant) => {
                Err(StoreError::ProjectCredential)
            }
            None => Err(StoreError::UnknownCredential),
        }
    }

    pub(super) fn organization(&self) -> &Organization {
        &self.organization
    }

    pub(super) fn rename_organization(&mut self, name: &str) -> Result<&Organization, StoreError> {
        self.organization.name = valid_name(name)?;
        Ok(&self.organization)
    }

    pub(super) fn projects(&self) -> &[Project] {
        &self.projects
    }

    pub(super) fn project(&self, id: &str) -> Result<&Project, StoreError> {
        self.position(id).and_then(|at| self.projects.get(at)).ok_or(StoreError::ProjectNotFound)
    }

    /// Makes a project with its first and only key, whose value may be shown now and never again.
    pub(super) fn create_project(
        &mut self,
        name: &str,
        description: Option<&str>,
        now: Timestamp,
    ) -> Result<&Project, StoreError> {
        let name = self.free_name(name, None)?;
        let description = description.map(valid_description).transpose()?;
        let key = self.new_key(Kind::Project, PastKey::fresh(DEFAULT_KEY_NAME.to_owned(), now));
        let id = self.mint.id();
        let keys = Keys::from([(key.id, key)]);
        Ok(self.push_project(Project { id, name, description, created_at: now, keys }))
    }

    /// Changes what is given; a null description takes it away.
    pub(super) fn update_project(
        &mut self,
        id: &str,
        name: Option<&str>,
        description: Field<&str>,
    ) -> Result<&Project, StoreError> {
        self.project(id)?;
        let name = name.map(|name| self.free_name(name, Some(id))).transpose()?;
        let description = match description {
            Field::Absent => None,
            Field::Null => Some(None),
            Field::Value(description) => Some(Some(valid_description(description)?)),
        };
        let project = self.project_mut(id)?;
        if let Some(name) = name {
            project.name = name;
        }
        if let Some(description) = description {
            project.description = description;
        }
        Ok(project)
    }

    /// Deletes a project with its keys.
    pub(super) fn delete_project(&mut self, id: &str) -> Result<(), StoreError> {
        let deleted = self.positions.remove(id).ok_or(StoreError::ProjectNotFound)?;
        self.projects.remove(deleted);
        for position in self.positions.values_mut().filter(|position| **position > deleted) {
            *position -= 1;
        }
        Ok(())
    }

    pub(super) fn keys(&self, scope: &Scope) -> Result<&Keys, StoreError> {
        match scope {
            Scope::Organization => Ok(&self.organization_keys),
            Scope::Project(id) => self.project(id).map(|project| &project.keys),
        }
    }

    pub(super) fn key(&self, scope: &Scope, id: u64) -> Result<&Key, StoreError> {
        self.keys(scope)?.get(&id).ok_or(StoreError::KeyNotFound)
    }

    /// Makes a key, whose value may be shown now and never again. Its name need not be unique.
    pub(super) fn create_key(&mut self, scope: &Scope, name: &str, now: Timestamp) -> Result<&Key, StoreError> {
        self.add_key(scope, PastKey::fresh(valid_name(name)?, now))
    }

    pub(super) fn set_key_valid(
        &mut self,
        scope: &Scope,
        id: u64,
        valid: bool,
        now: Timestamp,
    ) -> Result<&Key, StoreError> {
        let key = self.keys_mut(scope)?.get_mut(&id).ok_or(StoreError::KeyNotFound)?;
        key.set_valid(valid, now);
        Ok(key)
    }

    pub(super) fn delete_key(&mut self, scope: &Scope, id: u64) -> Result<(), StoreError> {
        self.keys_mut(scope)?.remove(&id).map(drop).ok_or(StoreError::KeyNotFound)
    }

    /// Adds a project of the past, without keys, and gives its id. Its name is the caller's affair.
    pub(super) fn add_project(&mut self, name: String, description: Option<String>, created_at: Timestamp) -> String {
        let id = self.mint.id();
        self.push_project(Project { id: id.clone(), name, description, created_at, keys: Keys::new() });
        id
    }

    /// Adds a key of the past. Its name is the caller's affair.
    pub(super) fn add_key(&mut self, scope: &Scope, key: PastKey) -> Result<&Key, StoreError> {
        self.keys(scope)?;
        let kind = match scope {
            Scope::Organization => Kind::Organization,
            Scope::Project(_) => Kind::Project,
        };
        let key = self.new_key(kind, key);
        Ok(self.keys_mut(scope)?.entry(key.id).or_insert(key))
    }

    /// Leaves `count` ids unused, as if their keys had been deleted.
    pub(super) fn skip_key_ids(&mut self, count: u64) {
        self.last_key_id += count;
    }

    fn new_key(&mut self, kind: Kind, PastKey { name, valid, created_at, last_used, client }: PastKey) -> Key {
        self.last_key_id += 1;
        Key { id: self.last_key_id, name, valid, value: self.mint.value(kind), created_at, last_used, client }
    }

    fn push_project(&mut self, project: Project) -> &Project {
        let at = self.projects.len();
        self.positions.insert(project.id.clone(), at);
        self.projects.push(project);
        &self.projects[at]
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    fn project_mut(&mut self, id: &str) -> Result<&mut Project, StoreError> {
        self.position(id).and_then(|at| self.projects.get_mut(at)).ok_or(StoreError::ProjectNotFound)
    }

    fn keys_mut(&mut self, scope: &Scope) -> Result<&mut Keys, StoreError> {
        match scope {
            Scope::Organization => Ok(&mut self.organization_keys),
            Scope::Project(id) => self.project_mut(id).map(|project| &mut project.keys),
        }
    }

    /// `name` as a project may have it: valid, and no other project's.
    fn free_name(&self, name: &str, own_id: Option<&str>) -> Result<String, StoreError> {
        let name = valid_name(name)?;
        let taken = self.projects.iter().any(|project| project.name == name && Some(project.id.as_str()) != own_id);
        if taken { Err(StoreError::NameTaken) } else { Ok(name) }
    }
}

impl PastKey {
    /// A key made now and not used yet.
    fn fresh(name: String, now: Timestamp) -> Self {
        Self { name: Field::Value(name), valid: true, created_at: now, last_used: Field::Null, client: None }
    }
}

/// `name` without white space around it.
fn valid_name(name: &str) -> Result<String, StoreError> {
    let name = name.trim();
    if name.is_empty() {
        Err(StoreError::NameEmpty)
    } else if name.chars().count() > MAX_NAME_CHARS {
        Err(StoreError::NameTooLong)
    } else {
        Ok(name.to_owned())
    }
}

fn valid_description(description: &str) -> Result<String, StoreError> {
    if description.chars().count() > MAX_DESCRIPTION_CHARS {
        return Err(StoreError::DescriptionTooLong);
    }
    Ok(description.to_owned())
}

#[cfg(test)]
mod tests;
