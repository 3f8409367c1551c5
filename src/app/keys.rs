//! The Keys pane: which keys the table shows, of one scope or of all, and in which order.

use std::sync::Arc;

use super::arrange::{Arrangement, Listing, Row};
use super::counts::{Counts, Histogram};
use super::field::Field;
use super::order::{Order, SortColumn};
use super::selection::{Entries, Selection};
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::query::{Query, QueryError};
use crate::status::{Status, Tab};

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

/// A key wherever it is: its id, and the scope that it is listed in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyRef {
    /// Its id. Compared first: that of others differs nearly always.
    pub id: KeyId,
    /// Where it is.
    pub scope: Scope,
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
    /// The key to be selected once it has a row.
    sought: Option<KeyRef>,
    /// Whether the selection was moved since the table shows what it shows.
    has_moved: bool,
    /// The keys as they are shown.
    shown: Arc<Arrangement>,
}

impl KeysPane {
    /// A pane that shows all keys, the newest first.
    pub fn new() -> Self {
        Self { descending: SortColumn::default().starts_descending(), ..Self::default() }
    }

    /// Sorts by the next column, in the order that suits it. `has_scopes` tells whether there is one of scopes.
    pub fn sort_next(&mut self, has_scopes: bool) {
        let order = self.order().next(has_scopes, self.has_expiry);
        (self.sort, self.descending) = (order.sort, order.descending);
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

    /// The rows, in their order.
    pub fn rows(&self) -> &[Row] {
        self.shown.rows()
    }

    /// The keys as they are shown.
    pub fn shown(&self) -> &Arc<Arrangement> {
        &self.shown
    }

    /// The key of the row at this place, where it is, and how it stands.
    pub fn key(&self, index: usize) -> Option<(&Listing, &ApiKey, Status)> {
        self.shown.key(*self.rows().get(index)?)
    }

    /// Which key the row at this place is about.
    pub fn id(&self, index: usize) -> Option<KeyRef> {
        self.shown.entry(index)
    }

    /// Whether a row is about this key.
    pub fn holds(&self, key: &KeyRef) -> bool {
        self.shown.find(key.id, &key.scope).is_some()
    }

    /// How the keys are to be sorted.
    pub fn order(&self) -> Order {
        Order { sort: self.sort, descending: self.descending }
    }

    /// Shows other keys, or the same in another way.
    pub fn show(&mut self, arrangement: Arc<Arrangement>) {
        let facts = arrangement.facts();
        self.counts = facts.iter().map(|facts| facts.counts).reduce(Counts::plus).unwrap_or_default();
        self.histogram = facts.iter().map(|facts| facts.histogram).reduce(Histogram::plus).unwrap_or_default();
        self.has_expiry = facts.iter().any(|facts| facts.has_expiry);
        let Order { sort, descending } = arrangement.order();
        (self.sort, self.descending) = (sort, descending);
        self.shown = arrangement;
        if let Some(key) = self.sought.take().filter(|key| self.holds(key)) {
            self.selection.select(key);
        }
    }

    /// Shows no keys until others are worked out, in the order that is asked for.
    pub fn show_none(&mut self) {
        let Order { sort, descending } = self.order();
        self.show(Arc::default());
        (self.sort, self.descending) = (sort, descending);
    }

    /// Finds the selected key among the rows again, and scrolls to it, where `height` rows are in sight.
    pub fn settle(&mut self, height: usize) {
        self.selection.settle(&*self.shown, height);
    }

    /// Begins at the top, without a filter.
    pub fn reset(&mut self) {
        self.sought = None;
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
        (self.has_moved, self.sought) = (true, None);
        self.selection.step(by, &*self.shown);
    }

    /// Scrolls by so many rows, where `height` are in sight.
    pub fn scroll(&mut self, by: isize, height: usize) {
        (self.has_moved, self.sought) = (true, None);
        self.selection.scroll(by, &*self.shown, height);
    }

    /// Moves the selection to a key; where it has no row yet, once it has one.
    pub fn select(&mut self, key: KeyRef) {
        self.has_moved = true;
        self.sought = (!self.holds(&key)).then(|| key.clone());
        self.selection.select(key);
    }
}

impl Entries<KeyRef> for Arrangement {
    fn count(&self) -> usize {
        self.rows().len()
    }

    fn entry(&self, at: usize) -> Option<KeyRef> {
        let (list, key, _) = self.key(*self.rows().get(at)?)?;
        Some(KeyRef { id: key.id, scope: list.scope.clone() })
    }

    fn is_at(&self, at: usize, id: &KeyRef) -> bool {
        let row = self.rows().get(at).and_then(|row| self.key(*row));
        row.is_some_and(|(list, key, _)| key.id == id.id && list.scope == id.scope)
    }

    fn find(&self, id: &KeyRef) -> Option<usize> {
        Arrangement::find(self, id.id, &id.scope)
    }
}
