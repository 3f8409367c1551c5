//! What is worked out from the state: which rows the table has, what is counted, what is in sight.

use std::sync::Arc;

use jiff::Timestamp;

use super::arrange::{AT_ONCE, Arrangement, Listing, Wanted};
use super::counts::Counts;
use super::dialog::Dialog;
use super::facts::Facts;
use super::geometry::{Layout, Plan};
use super::message::Effect;
use super::reply::BATCH;
use super::request::RequestId;
use super::scopes::{self, View};
use super::{App, Arranging, FRESH_FOR, Shown, details};
use crate::api::model::{ApiKey, Scope};
use crate::query::Query;
use crate::status::{Status, Tab};
use crate::time;

impl App {
    /// Brings what is derived up to date: rows, counts, selections, scrolling. Whether rows and counts were
    /// worked out anew.
    pub(super) fn settle(&mut self) -> bool {
        if self.now.duration_since(self.settled_at) >= FRESH_FOR {
            self.needs_rebuild = true;
        }
        self.number_dialog();
        // What the worker is at is finished first: else nothing would ever be, where one list comes after the other.
        let is_idle = self.arranging.is_none();
        let more_came = is_idle && self.rebuild_due.take_if(|due| *due <= self.now).is_some();
        let has_changed = std::mem::take(&mut self.needs_rebuild);
        let rebuild = has_changed || more_came;
        if rebuild {
            self.rebuild_due = None;
            self.settled_at = self.now;
        }
        let profiles: Vec<_> =
            self.other_profiles().map(|listed| (listed.name.clone(), listed.title().to_owned())).collect();
        let projects = self.projects.value().map(Vec::as_slice);
        self.scopes.rebuild(projects, &profiles, self.layout().scope_rows().height.into());
        let shown = Shown {
            view: self.scopes.view(),
            tab: self.table.tab,
            order: self.table.order(),
            filter: self.table.filter.text().to_owned(),
        };
        let is_other = self.shown.as_ref() != Some(&shown);
        if rebuild || is_other {
            let is_other_view = self.shown.as_ref().is_none_or(|before| before.view != shown.view);
            self.shown = Some(shown);
            self.arrange(is_other || has_changed, is_other_view);
        }
        if rebuild {
            self.count_keys();
        }
        let height = self.key_rows().into();
        self.table.settle(height);
        self.demand_rotation_phrase();
        if let Some(Dialog::Secret(dialog)) = &mut self.dialog {
            dialog.settle(self.now);
        }
        self.settle_rotations();
        self.settle_profiles();
        if self.dialog.as_mut().is_some_and(|dialog| dialog.reader().is_some()) {
            let (lines, height) = (details::reader_lines(self).len(), details::reader_height(self));
            if let Some(reader) = self.dialog.as_mut().and_then(Dialog::reader) {
                reader.settle(lines, height);
            }
        }
        self.settle_help();
        self.settle_palette();
        rebuild
    }

    /// When something that is told of the keys is not true any more; none where nobody would see it. At most once a
    /// minute.
    pub(super) fn fresh_until(&self) -> Option<Timestamp> {
        if self.keys.is_empty() || !self.is_watched {
            return None;
        }
        let earliest = self.settled_at.saturating_add(FRESH_FOR).unwrap_or(self.settled_at);
        // What else is told in words that change with time is not looked into.
        let is_told = self.dialog.is_some() || self.shown_error().is_some() || !self.replacements.is_empty();
        // Nor when a key comes to fit the filter, or fits it no more.
        if is_told || self.table.query.changes_with_time() {
            return Some(earliest);
        }
        let offset = self.table.selection.offset();
        let in_sight = (offset..offset + usize::from(self.key_rows())).map_while(|at| self.row(at));
        let service = self.service_now();
        let times =
            in_sight.flat_map(|(key, _)| [key.last_used.time(), key.created_at, key.expires_at, key.rotates_at]);
        let turns = times.flatten().map(|at| time::turns(at, service));
        let changes = turns.chain(self.facts.values().map(|facts| facts.change()));
        let change = changes.min().filter(|at| *at < Timestamp::MAX)?;
        // These are times of the service's clock.
        Some(earliest.max(change.saturating_add(self.clock_ahead).unwrap_or(change)))
    }

    /// Which parts of the screen are where.
    pub fn layout(&self) -> Layout {
        Layout::of(self.plan())
    }

    pub(super) fn plan(&self) -> Plan {
        Plan { size: self.size, folded: self.folded, focus: self.focus, is_all: self.view() == View::All }
    }

    /// How many keys are in sight.
    pub fn key_rows(&self) -> u16 {
        self.layout().table.rows.height
    }

    /// Has the rows chosen and sorted anew: here and now, or by the worker where there are many keys.
    fn arrange(&mut self, are_others: bool, is_other_view: bool) {
        (self.table.query, self.table.mistake) = Query::parse(self.table.filter.text());
        let wanted = self.wanted();
        self.arranging = None;
        self.to_arrange = None;
        if wanted.len() > AT_ONCE {
            let request = self.next_request();
            self.arranging = Some(Arranging { request, are_others });
            self.to_arrange = Some(Effect::Arrange(request, Box::new(wanted)));
            if is_other_view {
                // The rows of another scope are none of this one.
                self.table.show_none();
            }
        } else if let Some(arrangement) = wanted.arrange(|| true) {
            self.show(Arc::new(arrangement));
        }
    }

    /// What the table is to show.
    fn wanted(&self) -> Wanted {
        let scopes: Vec<(Scope, String)> = match self.view() {
            View::One(scope) => vec![(scope.clone(), self.scope_name(&scope))],
            View::All => {
                let projects = self.projects.value().into_iter().flatten();
                let projects = projects.map(|project| (Scope::Project(project.id.clone()), project.name.to_string()));
                std::iter::once((Scope::Organization, scopes::ORGANIZATION.to_owned())).chain(projects).collect()
            }
        };
        let lists = scopes.into_iter().filter_map(|(scope, name)| {
            let keys = self.keys.get(&scope)?.value()?.clone();
            let known = self.facts.get(&scope).cloned();
            Some(Listing { scope, name, keys, known })
        });
        Wanted {
            lists: lists.collect(),
            tab: self.table.tab,
            order: self.table.order(),
            query: self.table.query.clone(),
            now: self.service_now(),
            thresholds: self.settings.thresholds,
            earlier: Some(Arc::clone(self.table.shown())),
        }
    }

    fn show(&mut self, arrangement: Arc<Arrangement>) {
        for (list, facts) in arrangement.lists().iter().zip(arrangement.facts()) {
            self.facts.insert(list.scope.clone(), Arc::clone(facts));
        }
        self.table.show(arrangement);
        if let Some(shown) = &mut self.shown {
            shown.order = self.table.order();
        }
        if self.view() == View::All {
            self.table.stay_at_top();
        }
        self.count_all();
    }

    /// Takes in what the worker made of the keys; false where something newer is wanted by now.
    pub(super) fn arranged(&mut self, request: RequestId, arrangement: Arc<Arrangement>) -> bool {
        let is_wanted = self.arranging.take_if(|awaited| awaited.request == request).is_some();
        if is_wanted {
            self.show(arrangement);
            // What came meanwhile is gathered for a while, too.
            self.rebuild_due = self.rebuild_due.map(|due| due.max(self.now + BATCH));
        }
        is_wanted
    }

    /// Whether the rows are being worked out.
    pub fn is_arranging(&self) -> bool {
        self.arranging.is_some()
    }

    /// Whether other rows are being worked out than those that are shown.
    pub(super) fn awaits_other_rows(&self) -> bool {
        self.arranging.is_some_and(|arranging| arranging.are_others)
    }

    /// Works out how the keys stand where that is not known any more. The worker does so for those that it arranges.
    fn count_keys(&mut self) {
        let (now, view) = (self.service_now(), self.view());
        for (scope, keys) in &self.keys {
            let Some(keys) = keys.value() else { continue };
            let is_worked_out = self.arranging.is_some() && (view == View::All || view == View::One(scope.clone()));
            let holds = |facts: &Arc<Facts>| facts.are_of(keys, now, &self.settings.thresholds);
            if !is_worked_out && !self.facts.get(scope).is_some_and(holds) {
                let facts = Facts::of(keys, now, &self.settings.thresholds);
                self.facts.insert(scope.clone(), Arc::new(facts));
            }
        }
        self.count_all();
    }

    fn count_all(&mut self) {
        let counts = |scope| self.facts.get(&scope).map(|facts| facts.counts);
        self.all_counts = self.all_scopes().filter_map(counts).reduce(Counts::plus);
        let is_in_part = self.all_scopes().any(|scope| !self.facts.contains_key(&scope));
        self.is_counted_in_part = is_in_part;
    }

    pub(super) fn status(&self, key: &ApiKey) -> Status {
        Status::of(key, self.service_now(), &self.settings.thresholds)
    }

    /// Whether `view` may hold more keys than are counted, as not all of its scopes were read.
    pub fn is_counted_in_part(&self, view: &View) -> bool {
        *view == View::All && self.is_counted_in_part
    }

    /// How many keys `view` holds under `tab`, as far as they were read; none before anything of it was.
    pub fn count(&self, view: &View, tab: Tab) -> Option<usize> {
        let counts = match view {
            View::One(scope) => self.facts.get(scope).map(|facts| facts.counts),
            View::All => self.all_counts,
        };
        counts.map(|counts| counts.get(tab))
    }
}
