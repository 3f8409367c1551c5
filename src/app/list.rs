//! The keys of a scope as they were read, for whoever looks at them here or works on them elsewhere.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::api::model::ApiKey;
use crate::query::Index;

/// A list of keys. Copies share it, and nothing changes it but [`edit`](Self::edit), for its owner alone.
#[derive(Debug, Clone, Default)]
pub struct KeyList(Arc<Listed>);

#[derive(Debug, Default)]
struct Listed {
    keys: Vec<ApiKey>,
    /// Made by whoever needs it first.
    index: OnceLock<Index>,
}

impl KeyList {
    /// What is searched in its keys.
    pub fn index(&self) -> &Index {
        self.0.index.get_or_init(|| Index::of(&self.0.keys))
    }

    /// Whether both are the same list, and not only equal.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The keys, to change them.
    pub fn edit(&mut self) -> &mut Vec<ApiKey> {
        // Whoever else has it keeps it as it is. What was worked out from it goes.
        let listed = Arc::make_mut(&mut self.0);
        listed.index = OnceLock::new();
        &mut listed.keys
    }
}

impl Clone for Listed {
    fn clone(&self) -> Self {
        Self { keys: self.keys.clone(), index: OnceLock::new() }
    }
}

impl From<Vec<ApiKey>> for KeyList {
    fn from(keys: Vec<ApiKey>) -> Self {
        Self(Arc::new(Listed { keys, index: OnceLock::new() }))
    }
}

impl Deref for KeyList {
    type Target = [ApiKey];

    fn deref(&self) -> &[ApiKey] {
        &self.0.keys
    }
}

impl PartialEq for KeyList {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || self.0.keys == other.0.keys
    }
}

impl Eq for KeyList {}
