//! The Keys pane: which keys of a scope the table shows, and in which order.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::field::Field;
use super::selection::Selection;
use crate::api::model::{ApiKey, KeyId, LastUsed};
use crate::query::Pattern;
use crate::status::{Status, Tab, Thresholds};

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
}

impl SortColumn {
    fn next(self) -> Self {
        match self {
            Self::Created => Self::LastUsed,
            Self::LastUsed => Self::Name,
            Self::Name => Self::Status,
            Self::Status => Self::Created,
        }
    }

    /// The newest keys first, but those first that were not used for longest: they are the ones to retire.
    fn starts_descending(self) -> bool {
        matches!(self, Self::Created)
    }
}

/// How many columns are shown where there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Columns {
    /// Status, name, last used, created, value.
    #[default]
    Usual,
    /// The id, too.
    All,
    /// Status, name, last used.
    Few,
}

impl Columns {
    fn next(self) -> Self {
        match self {
            Self::Usual => Self::All,
            Self::All => Self::Few,
            Self::Few => Self::Usual,
        }
    }
}

/// How many keys each tab holds, in the order of [`Tab::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([usize; 4]);

impl Counts {
    /// Counts `statuses`.
    pub fn of(statuses: impl IntoIterator<Item = Status>) -> Self {
        let mut counts = [0; 4];
        for status in statuses {
            for (count, tab) in counts.iter_mut().zip(Tab::ALL) {
                *count += usize::from(tab.holds(status));
            }
        }
        Self(counts)
    }

    /// The keys under `tab`.
    pub fn get(self, tab: Tab) -> usize {
        self.0.into_iter().zip(Tab::ALL).find(|(_, other)| *other == tab).map_or(0, |(count, _)| count)
    }
}

/// What the pane holds beside the keys themselves.
#[derive(Debug, Clone, Default)]
pub struct KeysPane {
    /// The tab that is shown.
    pub tab: Tab,
    /// What the rows are sorted by.
    pub sort: SortColumn,
    /// Whether the largest, latest or last comes first.
    pub descending: bool,
    /// How many columns there are.
    pub columns: Columns,
    /// What is typed to filter the keys.
    pub filter: Field,
    /// The selected key.
    pub selection: Selection<KeyId>,
    /// The shown keys, as places in the scope's list, with how each stands.
    pub rows: Vec<(usize, Status)>,
    /// How many keys of the scope each tab holds, whatever the filter.
    pub counts: Counts,
    ids: Vec<KeyId>,
}

impl KeysPane {
    /// A pane that shows all keys, the newest first.
    pub fn new() -> Self {
        Self { descending: SortColumn::default().starts_descending(), ..Self::default() }
    }

    /// Sorts by the next column, in the order that suits it.
    pub fn sort_next(&mut self) {
        self.sort = self.sort.next();
        self.descending = self.sort.starts_descending();
    }

    /// Shows the next choice of columns.
    pub fn columns_next(&mut self) {
        self.columns = self.columns.next();
    }

    /// Chooses and sorts the rows anew.
    pub fn rebuild(&mut self, keys: &[ApiKey], now: Timestamp, thresholds: &Thresholds) {
        let statuses: Vec<Status> = keys.iter().map(|key| Status::of(key, now, thresholds)).collect();
        self.counts = Counts::of(statuses.iter().copied());
        let pattern = Pattern::new(self.filter.text());
        self.rows.clear();
        self.rows.extend(
            statuses.into_iter().enumerate().filter(|(at, status)| {
                self.tab.holds(*status) && keys.get(*at).is_some_and(|key| matches(&pattern, key))
            }),
        );
        let (sort, descending) = (self.sort, self.descending);
        self.rows.sort_by(|left, right| match (keys.get(left.0), keys.get(right.0)) {
            (Some(a), Some(b)) => compare(sort, descending, (a, left.1), (b, right.1)),
            _ => Ordering::Equal,
        });
        self.ids.clear();
        self.ids.extend(self.rows.iter().filter_map(|(at, _)| keys.get(*at)).map(|key| key.id));
    }

    /// Finds the selected key among the rows again, and scrolls to it, where `height` rows are in sight.
    pub fn settle(&mut self, height: usize) {
        self.selection.settle(&self.ids, height);
    }

    /// Moves the selection by so many rows.
    pub fn step(&mut self, by: isize) {
        self.selection.step(by, &self.ids);
    }

    /// Moves the selection to a row.
    pub fn go_to(&mut self, index: usize) {
        self.selection.go_to(index, &self.ids);
    }
}

/// A key is found by its name, its id, or the end of its value.
fn matches(pattern: &Pattern, key: &ApiKey) -> bool {
    pattern.is_empty() || pattern.matches(key.title()) || {
        // Digits are matched whole: scattered ones would find too much.
        let typed = pattern.single();
        typed
            .is_some_and(|typed| key.id.to_string() == typed || (typed.len() >= 3 && key.value.tail().ends_with(typed)))
    }
}

fn compare(sort: SortColumn, descending: bool, left: (&ApiKey, Status), right: (&ApiKey, Status)) -> Ordering {
    let (a, b) = (left.0, right.0);
    let ordering = match sort {
        SortColumn::Created => a.created_at.cmp(&b.created_at),
        SortColumn::LastUsed => use_rank(a.last_used).cmp(&use_rank(b.last_used)),
        SortColumn::Name => name_rank(a).cmp(&name_rank(b)),
        SortColumn::Status => left.1.cmp(&right.1),
    };
    let ordering = if descending { ordering.reverse() } else { ordering };
    // Equal ones stay in one order, the newest first, so that a refresh does not shuffle them.
    ordering.then_with(|| b.created_at.cmp(&a.created_at)).then_with(|| b.id.cmp(&a.id))
}

fn use_rank(last_used: LastUsed) -> (u8, Option<Timestamp>) {
    match last_used {
        LastUsed::Unknown => (0, None),
        LastUsed::Never => (1, None),
        LastUsed::At(time) => (2, Some(time)),
    }
}

fn name_rank(key: &ApiKey) -> (bool, String) {
    let name = key.visible_name();
    (name.is_none(), name.map(|name| name.as_str().to_lowercase()).unwrap_or_default())
}
