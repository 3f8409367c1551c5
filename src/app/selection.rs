//! The selected entry of a list, and which part of the list is in sight.

/// The selected entry, held by its identity: a list that was read again or sorted keeps it selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<T> {
    id: Option<T>,
    index: usize,
    offset: usize,
}

/// What can be selected, in its order.
pub trait Entries<T> {
    /// How many there are.
    fn count(&self) -> usize;
    /// The one at this place.
    fn entry(&self, at: usize) -> Option<T>;
    /// Whether this one is at that place.
    fn is_at(&self, at: usize, id: &T) -> bool;
    /// Where it is.
    fn find(&self, id: &T) -> Option<usize>;
}

impl<T: Clone + PartialEq> Entries<T> for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn entry(&self, at: usize) -> Option<T> {
        self.get(at).cloned()
    }

    fn is_at(&self, at: usize, id: &T) -> bool {
        self.get(at) == Some(id)
    }

    fn find(&self, id: &T) -> Option<usize> {
        self.iter().position(|other| other == id)
    }
}

impl<T> Default for Selection<T> {
    fn default() -> Self {
        Self { id: None, index: 0, offset: 0 }
    }
}

impl<T: Clone + PartialEq> Selection<T> {
    /// What is selected; none where the list is empty.
    pub fn id(&self) -> Option<&T> {
        self.id.as_ref()
    }

    /// Its place in the list.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The first entry in sight.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Selects `id` at the next [`settle`](Self::settle).
    pub fn select(&mut self, id: T) {
        self.id = Some(id);
    }

    /// Forgets what was selected, to begin at the top.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Selects the entry `by` places further, or the nearest there is.
    pub fn step(&mut self, by: isize, ids: &impl Entries<T>) {
        self.go_to(self.index.saturating_add_signed(by), ids);
    }

    /// Selects the entry at `index`, or the last.
    pub fn go_to(&mut self, index: usize, ids: &impl Entries<T>) {
        self.index = index.min(ids.count().saturating_sub(1));
        self.id = ids.entry(self.index);
    }

    /// Scrolls by so many entries where `height` are in sight. The selection stays where it is as long as it is in sight, and
    /// is the nearest that is otherwise.
    pub fn scroll(&mut self, by: isize, ids: &impl Entries<T>, height: usize) {
        let last = ids.count().saturating_sub(height.max(1));
        self.offset = self.offset.saturating_add_signed(by).min(last);
        let in_sight = self.index.clamp(self.offset, self.offset + height.max(1) - 1);
        if in_sight != self.index {
            self.go_to(in_sight, ids);
        }
    }

    /// Finds the selected entry in `ids` again, or the one that took its place, and scrolls so that it is
    /// among the `height` entries in sight.
    pub fn settle(&mut self, ids: &impl Entries<T>, height: usize) {
        // Nearly always it is where it was.
        let place = |id: &T| if ids.is_at(self.index, id) { Some(self.index) } else { ids.find(id) };
        match self.id.as_ref().and_then(place) {
            Some(index) => self.index = index,
            None => self.go_to(self.index, ids),
        }
        let height = height.max(1);
        let first = (self.index + 1).saturating_sub(height);
        let last = ids.count().saturating_sub(height);
        self.offset = self.offset.clamp(first, self.index).min(last.max(first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_stays_selected_when_the_list_changes() {
        let mut selection = Selection::default();
        selection.settle(&vec!['a', 'b', 'c'], 2);
        assert_eq!(selection.id(), Some(&'a'));
        selection.step(2, &vec!['a', 'b', 'c']);
        selection.settle(&vec!['a', 'b', 'c'], 2);
        assert_eq!((selection.id(), selection.offset()), (Some(&'c'), 1));
        selection.settle(&vec!['c', 'b', 'a'], 2);
        assert_eq!((selection.id(), selection.index(), selection.offset()), (Some(&'c'), 0, 0));
    }

    #[test]
    fn what_took_its_place_is_selected_when_it_is_gone() {
        let mut selection = Selection::default();
        selection.go_to(1, &vec!['a', 'b', 'c']);
        selection.settle(&vec!['a', 'c'], 5);
        assert_eq!(selection.id(), Some(&'c'));
        selection.settle(&vec!['a'], 5);
        assert_eq!(selection.id(), Some(&'a'));
        selection.settle(&Vec::new(), 5);
        assert_eq!((selection.id(), selection.index(), selection.offset()), (None, 0, 0));
    }

    #[test]
    fn a_taller_view_leaves_no_empty_lines_below() {
        let ids: Vec<_> = (0..10).collect();
        let mut selection = Selection::default();
        selection.go_to(9, &ids);
        selection.settle(&ids, 3);
        assert_eq!(selection.offset(), 7);
        selection.settle(&ids, 8);
        assert_eq!(selection.offset(), 2);
    }
}
