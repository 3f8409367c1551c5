//! By what the table is sorted, and which way.

/// What the table is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortColumn {
    /// When a key was made.
    #[default]
    Created,
    /// When it was last used.
    LastUsed,
    /// Its name.
    Name,
    /// How it stands.
    Status,
    /// Where it is; among the keys of all scopes alone.
    Scope,
    /// When it expires; where a key does.
    Expires,
}

impl SortColumn {
    fn next(self, has_scopes: bool, has_expiry: bool) -> Self {
        match self {
            Self::Created => Self::LastUsed,
            Self::LastUsed if has_expiry => Self::Expires,
            Self::LastUsed | Self::Expires => Self::Name,
            Self::Name => Self::Status,
            Self::Status if has_scopes => Self::Scope,
            Self::Status | Self::Scope => Self::Created,
        }
    }

    /// The newest keys first, but those first that were not used for longest: they are the ones to retire.
    pub(super) fn starts_descending(self) -> bool {
        matches!(self, Self::Created)
    }
}

/// How keys are to be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub sort: SortColumn,
    /// Whether the largest, latest or last comes first.
    pub descending: bool,
}

impl Order {
    /// By the next column, in the order that suits it.
    #[must_use]
    pub fn next(self, has_scopes: bool, has_expiry: bool) -> Self {
        let sort = self.sort.next(has_scopes, has_expiry);
        Self { sort, descending: sort.starts_descending() }
    }
}
