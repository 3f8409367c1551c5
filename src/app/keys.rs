//! The Keys pane: which keys the table shows, of one scope or of all, and in which order.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::field::Field;
use super::selection::Selection;
use crate::api::model::{ApiKey, KeyId, LastUsed, Scope};
use crate::query::{self, Query, QueryError, Subject};
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
        let mut counts = Self::default();
        statuses.into_iter().for_each(|status| counts.add(status));
        counts
    }

    fn add(&mut self, status: Status) {
        for (count, tab) in self.0.iter_mut().zip(Tab::ALL) {
            *count += usize::from(tab.holds(status));
        }
    }

    /// Those of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let mut sum = self.0;
        sum.iter_mut().zip(other.0).for_each(|(count, more)| *count += more);
        Self(sum)
    }

    /// The keys under `tab`.
    pub fn get(self, tab: Tab) -> usize {
        self.0.into_iter().zip(Tab::ALL).find(|(_, other)| *other == tab).map_or(0, |(count, _)| count)
    }
}

/// A key wherever it is: its id, and the scope that it is listed in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyRef {
    /// Its id. Compared first: that of others differs nearly always.
    pub id: KeyId,
    /// Where it is.
    pub scope: Scope,
}

/// In how many steps the time without use is shown.
pub const AGES: usize = 5;

/// For how long `key` was not used, in steps against the thresholds, the longest last: within a day, up to idle, up to
/// stale, up to twice that, longer. A key that was never used counts from when it was made. None where it is not known.
pub fn age(key: &ApiKey, now: Timestamp, thresholds: &Thresholds) -> Option<usize> {
    let since = match key.last_used {
        LastUsed::At(time) => time,
        LastUsed::Never => key.created_at?,
        LastUsed::Unknown => return None,
    };
    let hours = now.duration_since(since).as_hours();
    let days = |days: u32| 24 * i64::from(days);
    let steps = [24, days(thresholds.idle_days), days(thresholds.stale_days), 2 * days(thresholds.stale_days)];
    Some(steps.iter().filter(|step| hours > **step).count())
}

/// How many keys that work were last used how long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Histogram {
    /// In the steps of [`age`].
    pub used: [usize; AGES],
    /// Never.
    pub never: usize,
    /// Unknown.
    pub unknown: usize,
}

impl Histogram {
    fn add(&mut self, key: &ApiKey, status: Status, now: Timestamp, thresholds: &Thresholds) {
        if status.tab() == Tab::Inactive {
            return;
        }
        let place = match (key.last_used, age(key, now, thresholds)) {
            (LastUsed::Never, _) => Some(&mut self.never),
            (LastUsed::At(_), Some(age)) => self.used.get_mut(age),
            _ => Some(&mut self.unknown),
        };
        if let Some(count) = place {
            *count += 1;
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which of the table's lists it is from.
    list: usize,
    /// Its place in there.
    at: usize,
    /// How it stands.
    pub status: Status,
}

/// The keys of one scope, as far as they were read.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// Whose they are.
    pub scope: &'a Scope,
    /// The scope's name for people.
    pub name: &'a str,
    /// The keys.
    pub keys: &'a [ApiKey],
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
    pub selection: Selection<KeyRef>,
    /// The shown keys.
    pub rows: Vec<Row>,
    /// How many of the keys each tab holds, whatever the filter.
    pub counts: Counts,
    /// How lately the keys were used, whatever the tab and the filter.
    pub histogram: Histogram,
    /// Whether one of the keys expires, whatever the tab and the filter.
    pub has_expiry: bool,
    /// What the filter means, as far as it is understood.
    pub query: Query,
    /// What is wrong with the filter.
    pub mistake: Option<QueryError>,
    /// Whether the selection was moved since the table shows what it shows.
    has_moved: bool,
    /// The scopes that the rows' lists are from.
    scopes: Vec<Scope>,
    ids: Vec<KeyRef>,
}

impl KeysPane {
    /// A pane that shows all keys, the newest first.
    pub fn new() -> Self {
        Self { descending: SortColumn::default().starts_descending(), ..Self::default() }
    }

    /// Sorts by the next column, in the order that suits it. `has_scopes` tells whether there is one of scopes.
    pub fn sort_next(&mut self, has_scopes: bool) {
        self.sort_by(self.sort.next(has_scopes, self.has_expiry));
    }

    /// Sorts by `column`, in the order that suits it.
    pub fn sort_by(&mut self, column: SortColumn) {
        self.sort = column;
        self.descending = column.starts_descending();
    }

    /// Shows the next choice of columns.
    pub fn columns_next(&mut self) {
        self.columns = self.columns.next();
    }

    /// Where the key of a row is, and its place in that scope's list.
    pub fn place(&self, row: &Row) -> Option<(&Scope, usize)> {
        Some((self.scopes.get(row.list)?, row.at))
    }

    /// The keys of all rows, in their order.
    pub fn ids(&self) -> &[KeyRef] {
        &self.ids
    }

    /// Chooses and sorts the rows anew, among the keys of `lists`.
    pub fn rebuild(&mut self, lists: &[List<'_>], now: Timestamp, thresholds: &Thresholds) {
        (self.query, self.mistake) = Query::parse(self.filter.text());
        self.scopes.clear();
        self.scopes.extend(lists.iter().map(|list| list.scope.clone()));
        self.rows.clear();
        let (mut counts, mut histogram) = (Counts::default(), Histogram::default());
        self.has_expiry = false;
        for (number, list) in lists.iter().enumerate() {
            let duplicates = self.query.wants_duplicates().then(|| query::duplicates(list.keys));
            for (at, key) in list.keys.iter().enumerate() {
                let status = Status::of(key, now, thresholds);
                counts.add(status);
                histogram.add(key, status, now, thresholds);
                self.has_expiry |= key.expires_at.is_some();
                let is_duplicate = duplicates.as_ref().is_some_and(|ids| ids.contains(&key.id));
                let subject = Subject { key, status, scope: list.scope, scope_name: list.name, is_duplicate };
                if self.tab.holds(status) && self.query.fits(&subject, now) {
                    self.rows.push(Row { list: number, at, status });
                }
            }
        }
        (self.counts, self.histogram) = (counts, histogram);
        // Before anything was read, nobody knows.
        if self.sort == SortColumn::Expires && !self.has_expiry && !lists.is_empty() {
            self.sort_next(false);
        }
        let key = |row: &Row| lists.get(row.list)?.keys.get(row.at);
        let (sort, descending) = (self.sort, self.descending);
        // Names are turned to lower case once for each row, and not for each comparison.
        let mut ranked: Vec<(Rank, Row)> =
            self.rows.drain(..).filter_map(|row| Some((Rank::of(sort, key(&row)?, row), row))).collect();
        ranked.sort_by(|(a, left), (b, right)| {
            let ordering = a.cmp(b);
            let ordering = if descending { ordering.reverse() } else { ordering };
            // Equal ones stay in one order, the newest first, so that a refresh does not shuffle them.
            ordering.then_with(|| match (key(left), key(right)) {
                (Some(a), Some(b)) => b.created_at.cmp(&a.created_at).then_with(|| b.id.cmp(&a.id)),
                _ => Ordering::Equal,
            })
        });
        self.rows.extend(ranked.into_iter().map(|(_, row)| row));
        self.ids.clear();
        self.ids.extend(self.rows.iter().filter_map(|row| {
            let (list, key) = (lists.get(row.list)?, key(row)?);
            Some(KeyRef { id: key.id, scope: list.scope.clone() })
        }));
    }

    /// Finds the selected key among the rows again, and scrolls to it, where `height` rows are in sight.
    pub fn settle(&mut self, height: usize) {
        self.selection.settle(&self.ids, height);
    }

    /// Begins at the top, without a filter.
    pub fn reset(&mut self) {
        self.selection.reset();
        self.filter.clear();
        self.has_moved = false;
    }

    /// Stays at the top while rows come in above it, unless the selection was moved.
    pub fn stay_at_top(&mut self) {
        if !self.has_moved {
            self.selection.reset();
        }
    }

    /// Moves the selection by so many rows.
    pub fn step(&mut self, by: isize) {
        self.has_moved = true;
        self.selection.step(by, &self.ids);
    }

    /// Scrolls by so many rows, where `height` are in sight.
    pub fn scroll(&mut self, by: isize, height: usize) {
        self.has_moved = true;
        self.selection.scroll(by, &self.ids, height);
    }

    /// Moves the selection to a key.
    pub fn select(&mut self, key: KeyRef) {
        self.has_moved = true;
        self.selection.select(key);
    }
}

/// What a row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Time(Option<Timestamp>),
    Use(u8, Option<Timestamp>),
    Name(bool, String),
    Status(Status),
    Scope(usize),
    /// Those that never expire last.
    Expires(bool, Option<Timestamp>),
}

impl Rank {
    fn of(sort: SortColumn, key: &ApiKey, row: Row) -> Self {
        match sort {
            SortColumn::Created => Self::Time(key.created_at),
            SortColumn::LastUsed => {
                let (rank, time) = use_rank(key.last_used);
                Self::Use(rank, time)
            }
            SortColumn::Name => {
                let name = key.visible_name();
                Self::Name(name.is_none(), name.map(|name| name.as_str().to_lowercase()).unwrap_or_default())
            }
            SortColumn::Status => Self::Status(row.status),
            // The lists come in the order of the Scopes pane.
            SortColumn::Scope => Self::Scope(row.list),
            SortColumn::Expires => Self::Expires(key.expires_at.is_none(), key.expires_at),
        }
    }
}

fn use_rank(last_used: LastUsed) -> (u8, Option<Timestamp>) {
    match last_used {
        LastUsed::Unknown => (0, None),
        LastUsed::Never => (1, None),
        LastUsed::At(time) => (2, Some(time)),
    }
}
