//! Which keys the table shows, and in which order.
//!
//! Few keys are arranged at once, by `update` itself. Many are handed to the worker
//! ([`Effect::Arrange`](super::message::Effect::Arrange)), which leaves off where something newer is wanted, and the table
//! stays as it was until the answer comes. What one arrangement worked out, the next one takes over where it still
//! holds: how the keys stand, their order, and what of them may fit a filter that goes on.

use std::ops::RangeInclusive;
use std::sync::Arc;

use jiff::Timestamp;

use super::facts::Facts;
use super::list::KeyList;
use super::order::{Order, SortColumn};
use crate::api::model::{ApiKey, KeyId, LastUsed, Scope};
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
    /// All keys, the newest first.
    newest: Arc<Vec<Row>>,
    /// All keys, in their order.
    all: Arc<Vec<Row>>,
    /// Those of each list that may fit the filter, or one that goes on from it.
    likely: Vec<Places>,
    rows: Arc<Vec<Row>>,
}

impl Default for Arrangement {
    fn default() -> Self {
        let order = Order { sort: SortColumn::default(), descending: true };
        let none: Arc<Vec<Row>> = Arc::default();
        let (newest, all, rows) = (Arc::clone(&none), Arc::clone(&none), none);
        let (lists, facts, likely) = (Vec::new(), Vec::new(), Vec::new());
        Self { lists, facts, order, query: Query::default(), newest, all, likely, rows }
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

    /// The keys of these rows, by their scopes.
    pub fn ids(&self, rows: RangeInclusive<usize>) -> Vec<(Scope, Vec<KeyId>)> {
        let mut ids: Vec<(Scope, Vec<KeyId>)> =
            self.lists.iter().map(|list| (list.scope.clone(), Vec::new())).collect();
        for row in self.rows.get(rows).unwrap_or_default() {
            let id = self.lists.get(row.list()).and_then(|list| list.keys.index().id(row.at()));
            if let (Some((_, ids)), Some(id)) = (ids.get_mut(row.list()), id) {
                ids.push(id);
            }
        }
        ids
    }

    /// Where a key is among the rows.
    pub fn find(&self, id: KeyId, scope: &Scope) -> Option<usize> {
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
        let same = earlier.as_deref().filter(|earlier| self.has_lists_of(earlier));
        let newest = same.map_or_else(|| Arc::new(self.newest()), |earlier| Arc::clone(&earlier.newest));
        if !is_wanted() {
            return None;
        }
        let all = match same.filter(|earlier| self.has_order_of(earlier, &facts)) {
            _ if self.order == (Order { sort: SortColumn::Created, descending: true }) => Arc::clone(&newest),
            Some(earlier) => Arc::clone(&earlier.all),
            None => Arc::new(self.sorted(&newest, &facts)?),
        };
        if !is_wanted() {
            return None;
        }
        let likely = self.likely(same, &is_wanted)?;
        let rows = self.rows(&all, &likely, &facts, &is_wanted)?;
        let Self { lists, order, query, .. } = self;
        Some(Arrangement { lists, facts, order, query, newest, all, likely, rows })
    }

    /// How the keys stand; what is known of a list still holds until a key changes.
    fn facts(&self) -> Vec<Arc<Facts>> {
        let facts = self.lists.iter().map(|Listing { keys, known, .. }| {
            let known = known.as_ref().filter(|facts| facts.are_of(keys, self.now, &self.thresholds));
            known.map_or_else(|| Arc::new(Facts::of(keys, self.now, &self.thresholds)), Arc::clone)
        });
        facts.collect()
    }

    /// Whether it is about the same keys.
    fn has_lists_of(&self, earlier: &Arrangement) -> bool {
        let is_same = |(mine, theirs): (&Listing, &Listing)| mine.keys.is(&theirs.keys);
        self.lists.len() == earlier.lists.len() && self.lists.iter().zip(&earlier.lists).all(is_same)
    }

    /// Whether they are in the order in which they are wanted.
    fn has_order_of(&self, earlier: &Arrangement, facts: &[Arc<Facts>]) -> bool {
        let stand_as_before = || facts.iter().zip(&earlier.facts).all(|(now, before)| Arc::ptr_eq(now, before));
        self.order == earlier.order && (self.order.sort != SortColumn::Status || stand_as_before())
    }

    /// All keys, the newest first.
    fn newest(&self) -> Vec<Row> {
        let lists = (0..).zip(&self.lists);
        let keys = lists.flat_map(|(number, list)| {
            let row = move |at| Row { list: number, at };
            (0..).zip(list.keys.iter()).map(move |(at, key)| (key.created_at, key.id.0, row(at)))
        });
        let mut newest: Vec<(Option<Timestamp>, i64, Row)> = keys.collect();
        newest.sort_unstable_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then_with(|| a.2.cmp(&b.2)));
        newest.into_iter().map(|(.., row)| row).collect()
    }

    /// All keys in their order. Equal ones stay in one, that of `newest`, so that a refresh does not shuffle them.
    fn sorted(&self, newest: &[Row], facts: &[Arc<Facts>]) -> Option<Vec<Row>> {
        let rank = |(place, row): (u32, &Row)| Some(Ranked { rank: self.rank(*row, facts)?, place });
        let mut ranked: Vec<Ranked> = (0..).zip(newest).map(rank).collect::<Option<_>>()?;
        sort(&mut ranked, self.order.descending);
        if self.order.sort == SortColumn::Name {
            let title = |place: u32| self.title(*newest.get(place as usize)?);
            sort_by_text(&mut ranked, 0, self.order.descending, &title);
        }
        ranked.into_iter().map(|ranked| newest.get(ranked.place as usize).copied()).collect()
    }

    #[inline]
    fn title(&self, row: Row) -> Option<&str> {
        let list = &self.lists.get(row.list())?.keys;
        let index = list.index();
        // Those without a name come last, whatever is shown for it.
        if index.is_named(row.at()) { Some(index.entry(row.at())?.title()) } else { None }
    }

    fn rank(&self, row: Row, facts: &[Arc<Facts>]) -> Option<u64> {
        let list = &self.lists.get(row.list())?.keys;
        let key = list.get(row.at())?;
        Some(match self.order.sort {
            SortColumn::Created => key.created_at.map_or(0, |time| 1 + nanoseconds(time)),
            SortColumn::LastUsed => match key.last_used {
                LastUsed::Unknown => 0,
                LastUsed::Never => 1,
                LastUsed::At(time) => 2 + nanoseconds(time),
            },
            SortColumn::Name => self.title(row).map_or(u64::MAX, |title| letters(title, 0)),
            SortColumn::Status => facts.get(row.list())?.status(row.at())? as u64,
            // The lists come in the order of the Scopes pane.
            SortColumn::Scope => row.list.into(),
            // Those that never expire last.
            SortColumn::Expires => key.expires_at.map_or(u64::MAX, nanoseconds),
        })
    }

    /// What may fit the filter: among what might have before, where it goes on. Gone through in the order of the lists,
    /// as they lie in memory.
    fn likely(&self, before: Option<&Arrangement>, is_wanted: &impl Fn() -> bool) -> Option<Vec<Places>> {
        let before = before.filter(|before| self.query.narrows(&before.query));
        let of_list = |(number, list): (usize, &Listing)| {
            let among = before.and_then(|before| before.likely.get(number)).cloned();
            let among = among.unwrap_or_else(|| Places::all(list.keys.len()));
            if self.query.is_empty() {
                return Some(among);
            }
            let index = list.keys.index();
            let found = |at| list.keys.get(at).zip(index.entry(at));
            let fits = |at| found(at).is_some_and(|(key, entry)| self.query.may_fit(key, entry));
            among.only(fits, is_wanted)
        };
        self.lists.iter().enumerate().map(of_list).collect()
    }

    fn rows(
        &self,
        all: &Arc<Vec<Row>>,
        likely: &[Places],
        facts: &[Arc<Facts>],
        is_wanted: &impl Fn() -> bool,
    ) -> Option<Arc<Vec<Row>>> {
        if self.query.is_empty() && self.tab == Tab::All {
            return Some(Arc::clone(all));
        }
        let of_list = |((list, likely), facts): ((&Listing, &Places), &Arc<Facts>)| {
            let Listing { scope, name, keys, .. } = list;
            let duplicates = self.query.wants_duplicates().then(|| query::duplicates(keys));
            let index = keys.index();
            let fits = |at| {
                let found = keys.get(at).zip(facts.status(at)).zip(index.entry(at));
                let Some(((key, status), entry)) = found else { return false };
                let is_duplicate = duplicates.as_ref().is_some_and(|ids| ids.contains(&key.id));
                let subject = Subject { key, status, scope, scope_name: name, is_duplicate };
                self.tab.holds(status) && self.query.fits_entry(&subject, entry, self.now)
            };
            likely.only(fits, is_wanted)
        };
        let shown: Vec<Places> = self.lists.iter().zip(likely).zip(facts).map(of_list).collect::<Option<_>>()?;
        let mut rows = Vec::with_capacity(shown.iter().map(Places::count).sum());
        rows.extend(all.iter().filter(|row| shown.get(row.list()).is_some_and(|shown| shown.has(row.at()))));
        Some(Arc::new(rows))
    }
}

/// Some places of a list, a bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Places(Vec<u64>);

impl Places {
    const BITS: usize = 64;

    /// The first so many.
    fn all(count: usize) -> Self {
        let mut bits = vec![u64::MAX; count / Self::BITS];
        if !count.is_multiple_of(Self::BITS) {
            bits.push((1 << (count % Self::BITS)) - 1);
        }
        Self(bits)
    }

    fn has(&self, at: usize) -> bool {
        self.0.get(at / Self::BITS).is_some_and(|bits| bits >> (at % Self::BITS) & 1 == 1)
    }

    fn count(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Those of them that fit; none where they are not wanted any more.
    fn only(&self, fits: impl Fn(usize) -> bool, is_wanted: &impl Fn() -> bool) -> Option<Self> {
        let mut only = Vec::with_capacity(self.0.len());
        for (part, bits) in self.0.iter().enumerate() {
            if part.is_multiple_of(STRIDE / Self::BITS) && !is_wanted() {
                return None;
            }
            let mut rest = *bits;
            let mut kept = 0;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                kept |= u64::from(fits(part * Self::BITS + bit as usize)) << bit;
            }
            only.push(kept);
        }
        Some(Self(only))
    }
}

/// What a key is sorted by, and its place among the newest, which decides where that is equal.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    rank: u64,
    place: u32,
}

fn sort(ranked: &mut [Ranked], descending: bool) {
    if descending {
        ranked.sort_unstable_by_key(|ranked| (!ranked.rank, ranked.place));
    } else {
        ranked.sort_unstable_by_key(|ranked| (ranked.rank, ranked.place));
    }
}

/// How many letters of a text are compared at a time.
const LETTERS: usize = 8;

/// So many bytes of `text` from there on as a number that is the larger the later they come.
fn letters(text: &str, from: usize) -> u64 {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let mut bytes = [0; LETTERS];
    bytes.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    u64::from_be_bytes(bytes)
}

/// Sorts what is sorted by the letters of its text up to there by the next ones.
fn sort_by_text<'a>(ranked: &mut [Ranked], from: usize, descending: bool, text: &impl Fn(u32) -> Option<&'a str>) {
    let from = from + LETTERS;
    for equal in ranked.chunk_by_mut(|a, b| a.rank == b.rank) {
        let rest = |place: u32| text(place).filter(|text| text.len() > from);
        if equal.len() > 1 && equal.iter().any(|ranked| rest(ranked.place).is_some()) {
            for ranked in &mut *equal {
                ranked.rank = text(ranked.place).map_or(u64::MAX, |text| letters(text, from));
            }
            sort(equal, descending);
            sort_by_text(equal, from, descending, text);
        }
    }
}

/// `time` as a number that is the larger the later it is. Times that are centuries away are one.
fn nanoseconds(time: Timestamp) -> u64 {
    let nanoseconds = time.as_nanosecond().clamp(i64::MIN.into(), (i64::MAX - 3).into());
    i64::try_from(nanoseconds).map_or(0, |nanoseconds| nanoseconds.cast_unsigned() ^ (1 << 63))
}

#[cfg(test)]
mod tests;
