//! The model behind the embedded service: one organization, its projects, and the keys of both.
//!
//! No clock and no I/O: the time comes in with each operation, so that every rule can be tested.

mod key;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use thiserror::Error;

pub(super) use self::key::{Client, Key, PastKey, Rotation, masked};
use super::mint::{Kind, Mint};

/// The longest name of a key, project or organization, in characters.
pub(super) const MAX_NAME_CHARS: usize = 255;

/// The longest description of a project, in characters.
pub(super) const MAX_DESCRIPTION_CHARS: usize = 2_000;

/// The longest time that a key may be given until it expires, in days.
pub(super) const MAX_EXPIRY_DAYS: u32 = 3_650;

/// The longest grace period of a rotation, in hours.
pub(super) const MAX_GRACE_HOURS: u32 = 8_760;

/// How many more projects than there are at the start the plan allows.
const ROOM_FOR_PROJECTS: usize = 4;

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
    #[error("This API key has expired.")]
    ExpiredCredential,
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
    #[error("Your plan allows {limit} projects, and there are {usage}.")]
    ProjectLimit { usage: usize, limit: usize },
    #[error("`expiresInDays` must be a whole number from 1 to {MAX_EXPIRY_DAYS}.")]
    ExpiryOutOfRange,
    #[error("`gracePeriodInHours` must be a whole number from 0 to {MAX_GRACE_HOURS}.")]
    GraceOutOfRange,
    #[error("This API key has expired: rotating it needs `expiresInDays`, or null for none.")]
    ExpiryRequired,
    #[error("This API key has expired: its old value can't have a grace period.")]
    GraceOnExpired,
    #[error("The grace period would end after the API key expires.")]
    GracePastExpiry,
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
    /// How many projects the plan allows; any number while the data of the start is made.
    project_limit: usize,
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
            project_limit: usize::MAX,
        }
    }

    /// From now on the plan allows a few more projects than there are.
    pub(super) fn limit_projects(&mut self) {
        self.project_limit = self.projects.len() + ROOM_FOR_PROJECTS;
    }

    /// Moves the key of this value to “used now”, if it may manage the organization. Gives the time at which the value
    /// stops, where it is the outgoing one of a rotation.
    pub(super) fn authenticate(&mut self, value: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let is_meant = |key: &Key| key.has_value(value, now);
        match self.organization_keys.values_mut().find(|key| is_meant(key)) {
            Some(key) if !key.valid => Err(StoreError::InactiveCredential),
            Some(key) if key.is_expired(now) => Err(StoreError::ExpiredCredential),
            Some(key) => {
                key.use_at(now);
                Ok(key.outgoing_until(value))
            }
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

    /// Whether the plan allows another project.
    pub(super) fn check_project_limit(&self) -> Result<(), StoreError> {
        let (usage, limit) = (self.projects.len(), self.project_limit);
        if usage < limit { Ok(()) } else { Err(StoreError::ProjectLimit { usage, limit }) }
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
        self.push_project(Project { id: id.clone(), name, description, created_at: now, keys });
        self.project(&id)
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

    /// The keys of the scope, with the rotations completed whose time is over.
    pub(super) fn list_keys(&mut self, scope: &Scope, now: Timestamp) -> Result<&Keys, StoreError> {
        let keys = self.keys_mut(scope)?;
        for key in keys.values_mut() {
            key.complete_rotation(now);
        }
        Ok(keys)
    }

    pub(super) fn key(&self, scope: &Scope, id: u64) -> Result<&Key, StoreError> {
        self.keys(scope)?.get(&id).ok_or(StoreError::KeyNotFound)
    }

    /// Makes a key, whose value may be shown now and never again. Its name need not be unique.
    pub(super) fn create_key(
        &mut self,
        scope: &Scope,
        name: &str,
        expires_in_days: Option<u32>,
        now: Timestamp,
    ) -> Result<&Key, StoreError> {
        let expires_at = expires_in_days.map(|days| key::expiry(now, days)).transpose()?;
        self.add_key(scope, PastKey { expires_at, ..PastKey::fresh(valid_name(name)?, now) })
    }

    /// Gives the key a new value, in place. With a grace period that is its [`Key::shadow`] until then; either way, it
    /// may be shown now and never again.
    pub(super) fn rotate_key(
        &mut self,
        scope: &Scope,
        id: u64,
        rotation: &Rotation,
        now: Timestamp,
    ) -> Result<&Key, StoreError> {
        let (mint, keys) = match scope {
            Scope::Organization => (&mut self.mint, &mut self.organization_keys),
            Scope::Project(id) => {
                let at = self.positions.get(id).copied();
                let project = at.and_then(|at| self.projects.get_mut(at)).ok_or(StoreError::ProjectNotFound)?;
                (&mut self.mint, &mut project.keys)
            }
        };
        let key = keys.get_mut(&id).ok_or(StoreError::KeyNotFound)?;
        key.rotate(rotation, now, || mint.value(kind(scope)))?;
        Ok(key)
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
        let key = self.new_key(kind(scope), key);
        Ok(self.keys_mut(scope)?.entry(key.id).or_insert(key))
    }

    /// Leaves `count` ids unused, as if their keys had been deleted.
    pub(super) fn skip_key_ids(&mut self, count: u64) {
        self.last_key_id += count;
    }

    fn new_key(&mut self, kind: Kind, past: PastKey) -> Key {
        self.last_key_id += 1;
        Key::new(self.last_key_id, self.mint.value(kind), past)
    }

    fn push_project(&mut self, project: Project) {
        self.positions.insert(project.id.clone(), self.projects.len());
        self.projects.push(project);
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

fn kind(scope: &Scope) -> Kind {
    match scope {
        Scope::Organization => Kind::Organization,
        Scope::Project(_) => Kind::Project,
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
