//! Which keys the table shows, and in which order.
//!
//! Few keys are arranged at once, by `update` itself. Many are handed to the worker
//! ([`Effect::Arrange`](super::message::Effect::Arrange)), which leaves off where something newer is wanted, and the table
//! stays as it was until the answer comes. What one arrangement worked out, the next one takes over where it still
//! holds: how the keys stand, their order, and what of them may fit a filter that goes on.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::facts::Facts;
use super::keys::SortColumn;
use super::list::KeyList;
use crate::api::model::{ApiKey, LastUsed, Scope};
use crate::query::{self, Query, Subject};
use crate::status::{Status, Tab, Thresholds};

/// Up to so many keys are arranged at once: that takes no longer than drawing them.
pub const AT_ONCE: usize = 4096;

/// So many keys are looked at before it is asked whether it is still wanted.
const STRIDE: usize = 2048;

/// The keys of one scope, as far as they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Whose they are.
    pub scope: Scope,
    /// The scope's name for people.
    pub name: String,
    /// The keys.
    pub keys: KeyList,
    /// How they stand, as far as that is known.
    pub known: Option<Arc<Facts>>,
}

/// How keys are to be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub sort: SortColumn,
    /// Whether the largest, latest or last comes first.
    pub descending: bool,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The keys, in the order of their scopes.
    pub lists: Vec<Listing>,
    /// Under which tab.
    pub tab: Tab,
    /// In which order.
    pub order: Order,
    /// What they have to fit.
    pub query: Query,
    /// The time by the service's clock.
    pub now: Timestamp,
    /// From when on keys count as what.
    pub thresholds: Thresholds,
    /// What was worked out before.
    pub earlier: Option<Arc<Arrangement>>,
}

/// One row of the table: a place in one of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    list: u32,
    at: u32,
}

/// The keys as they are shown, and what was worked out on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    lists: Vec<Listing>,
    facts: Vec<Arc<Facts>>,
    order: Order,
    query: Query,
    /// All keys, in their order.
    all: Arc<Vec<Row>>,
    /// Those of them that may fit the filter, or one that goes on from it.
    likely: Arc<Vec<Row>>,
    rows: Arc<Vec<Row>>,
}

impl Default for Arrangement {
    fn default() -> Self {
        let order = Order { sort: SortColumn::default(), descending: true };
        let none: Arc<Vec<Row>> = Arc::default();
        let (all, likely, rows) = (Arc::clone(&none), Arc::clone(&none), none);
        Self { lists: Vec::new(), facts: Vec::new(), order, query: Query::default(), all, likely, rows }
    }
}

impl Row {
    /// Which of the lists it is from.
    fn list(self) -> usize {
        self.list as usize
    }

    /// Its place in there.
    fn at(self) -> usize {
        self.at as usize
    }
}

impl Arrangement {
    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The lists that they are from.
    pub fn lists(&self) -> &[Listing] {
        &self.lists
    }

    /// How the keys of the lists stand.
    pub fn facts(&self) -> &[Arc<Facts>] {
        &self.facts
    }

    /// How they are sorted. It need not be what was asked for: where nothing expires, nothing is sorted by that.
    pub fn order(&self) -> Order {
        self.order
    }

    /// The key of a row, where it is, and how it stands.
    pub fn key(&self, row: Row) -> Option<(&Listing, &ApiKey, Status)> {
        let list = self.lists.get(row.list())?;
        Some((list, list.keys.get(row.at())?, self.facts.get(row.list())?.status(row.at())?))
    }

    /// Where a key is among the rows.
    pub fn find(&self, id: crate::api::model::KeyId, scope: &Scope) -> Option<usize> {
        let list = self.lists.iter().position(|list| list.scope == *scope)?;
        let wanted = row(list, self.lists.get(list)?.keys.index().find(id)?)?;
        self.rows.iter().position(|row| *row == wanted)
    }
}

fn row(list: usize, at: usize) -> Option<Row> {
    Some(Row { list: list.try_into().ok()?, at: at.try_into().ok()? })
}

impl Wanted {
    /// How many keys it is about.
    pub fn len(&self) -> usize {
        self.lists.iter().map(|list| list.keys.len()).sum()
    }

    /// Whether it is about none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Works it out; none where `is_wanted` says in the middle of it that it is not needed any more.
    pub fn arrange(mut self, is_wanted: impl Fn() -> bool) -> Option<Arrangement> {
        let earlier = self.earlier.take();
        let facts = self.facts();
        if !is_wanted() {
            return None;
        }
        // Before anything was read, nobody knows.
        if self.order.sort == SortColumn::Expires && !facts.is_empty() && !facts.iter().any(|facts| facts.has_expiry) {
            self.order = self.order.next(false, false);
        }
        let all = match earlier.as_deref().filter(|earlier| self.has_order_of(earlier, &facts)) {
            Some(earlier) => Arc::clone(&earlier.all),
            None => Arc::new(self.sorted(&facts)),
        };
        if !is_wanted() {
            return None;
        }
        let likely = self.likely(&all, earlier.as_deref(), &is_wanted)?;
        let rows = self.rows(&all, &likely, &facts, &is_wanted)?;
        let Self { lists, order, query, .. } = self;
        Some(Arrangement { lists, facts, order, query, all, likely, rows })
    }

    /// How the keys stand; what is known of a list still holds until a key changes.
    fn facts(&self) -> Vec<Arc<Facts>> {
        let facts = self.lists.iter().map(|Listing { keys, known, .. }| {
            let known = known.as_ref().filter(|facts| facts.are_of(keys, self.now, &self.thresholds));
            known.map_or_else(|| Arc::new(Facts::of(keys, self.now, &self.thresholds)), Arc::clone)
        });
        facts.collect()
    }

    /// Whether all keys are in the order in which they are wanted.
    fn has_order_of(&self, earlier: &Arrangement, facts: &[Arc<Facts>]) -> bool {
        let is_same = |(mine, theirs): (&Listing, &Listing)| mine.keys.is(&theirs.keys);
        self.order == earlier.order
            && self.lists.len() == earlier.lists.len()
            && self.lists.iter().zip(&earlier.lists).all(is_same)
            && (self.order.sort != SortColumn::Status
                || facts.iter().zip(&earlier.facts).all(|(a, b)| Arc::ptr_eq(a, b)))
    }

    /// All keys in their order. Equal ones stay in one, the newest first, so that a refresh does not shuffle them.
    fn sorted(&self, facts: &[Arc<Facts>]) -> Vec<Row> {
        let lists = (0..).zip(&self.lists);
        let keys = lists.flat_map(|(number, list)| {
            (0..).zip(list.keys.iter()).map(move |(at, key)| (Row { list: number, at }, key))
        });
        let mut newest: Vec<(Option<Timestamp>, i64, Row)> =
            keys.map(|(row, key)| (key.created_at, key.id.0, row)).collect();
        newest.sort_unstable_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| a.2.cmp(&b.2)));
        if self.order == (Order { sort: SortColumn::Created, descending: true }) {
            return newest.into_iter().map(|(.., row)| row).collect();
        }
        let ranked = (0_u32..).zip(newest).filter_map(|(place, (.., row))| Some((self.rank(row, facts)?, place, row)));
        let mut ranked: Vec<(Rank<'_>, u32, Row)> = ranked.collect();
        // Their places keep equal ones in their order, without the memory that a stable sort takes.
        if self.order.descending {
            ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        } else {
            ranked.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        ranked.into_iter().map(|(.., row)| row).collect()
    }

    fn rank(&self, row: Row, facts: &[Arc<Facts>]) -> Option<Rank<'_>> {
        let list = &self.lists.get(row.list())?.keys;
        let key = list.get(row.at())?;
        let of_time = |time: Option<Timestamp>| time.map_or(0, |time| 1 + nanoseconds(time));
        Some(match self.order.sort {
            SortColumn::Created => Rank::number(of_time(key.created_at)),
            SortColumn::LastUsed => match key.last_used {
                LastUsed::Unknown => Rank::number(0),
                LastUsed::Never => Rank::number(1),
                LastUsed::At(time) => Rank::number(2 + nanoseconds(time)),
            },
            SortColumn::Name if key.visible_name().is_none() => Rank::number(u128::MAX),
            SortColumn::Name => Rank::of(list.index().entry(row.at())?.title()),
            SortColumn::Status => Rank::number(facts.get(row.list())?.status(row.at())? as u128),
            // The lists come in the order of the Scopes pane.
            SortColumn::Scope => Rank::number(row.list.into()),
            // Those that never expire last.
            SortColumn::Expires => Rank::number(key.expires_at.map_or(u128::MAX, nanoseconds)),
        })
    }

    /// What may fit the filter: among what might have before, where it goes on.
    fn likely(
        &self,
        all: &Arc<Vec<Row>>,
        earlier: Option<&Arrangement>,
        is_wanted: &impl Fn() -> bool,
    ) -> Option<Arc<Vec<Row>>> {
        if self.query.is_empty() {
            return Some(Arc::clone(all));
        }
        let before = earlier.filter(|earlier| Arc::ptr_eq(&earlier.all, all) && self.query.narrows(&earlier.query));
        let among = before.map_or(all, |earlier| &earlier.likely);
        let fits = |row: &Row| {
            let list = &self.lists[row.list()].keys;
            let entry = list.index().entry(row.at());
            entry.is_some_and(|entry| self.query.may_fit(&list[row.at()], entry))
        };
        chosen(among, fits, is_wanted)
    }

    fn rows(
        &self,
        all: &Arc<Vec<Row>>,
        likely: &Arc<Vec<Row>>,
        facts: &[Arc<Facts>],
        is_wanted: &impl Fn() -> bool,
    ) -> Option<Arc<Vec<Row>>> {
        if self.query.is_empty() && self.tab == Tab::All {
            return Some(Arc::clone(all));
        }
        let wants_duplicates = self.query.wants_duplicates();
        let of_list = |list: &Listing| if wants_duplicates { query::duplicates(&list.keys) } else { HashSet::new() };
        let duplicates: Vec<_> = self.lists.iter().map(of_list).collect();
        let fits = |row: &Row| {
            let Listing { scope, name, keys, .. } = &self.lists[row.list()];
            let (Some(status), Some(entry)) = (facts[row.list()].status(row.at()), keys.index().entry(row.at())) else {
                return false;
            };
            let key = &keys[row.at()];
            let is_duplicate = duplicates.get(row.list()).is_some_and(|ids| ids.contains(&key.id));
            let subject = Subject { key, status, scope, scope_name: name, is_duplicate };
            self.tab.holds(status) && self.query.fits_entry(&subject, entry, self.now)
        };
        chosen(likely, fits, is_wanted)
    }
}

/// Those of `rows` that fit; none where they are not wanted any more.
fn chosen(rows: &[Row], fits: impl Fn(&Row) -> bool, is_wanted: &impl Fn() -> bool) -> Option<Arc<Vec<Row>>> {
    let mut chosen = Vec::new();
    for part in rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        chosen.extend(part.iter().copied().filter(|row| fits(row)));
    }
    chosen.shrink_to_fit();
    Some(Arc::new(chosen))
}

/// What a key is sorted by: a number first, which is a text's beginning where there is one, and that in full where they are
/// equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rank<'a> {
    number: u128,
    text: &'a str,
}

impl<'a> Rank<'a> {
    fn number(number: u128) -> Self {
        Self { number, text: "" }
    }

    fn of(text: &'a str) -> Self {
        let mut start = [0; 16];
        start.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
        Self { number: u128::from_be_bytes(start), text }
    }
}

impl Ord for Rank<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number).then_with(|| self.text.cmp(other.text))
    }
}

impl PartialOrd for Rank<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `time` as a number that is the larger the later it is.
fn nanoseconds(time: Timestamp) -> u128 {
    (time.as_nanosecond() - Timestamp::MIN.as_nanosecond()).unsigned_abs()
}

#[cfg(test)]
mod tests;
