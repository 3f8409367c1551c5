//! What is worked out from the state: which rows the table has, what is counted, what is in sight.

use super::dialog::Dialog;
use super::geometry::{Layout, Plan};
use super::keys::{Counts, List};
use super::scopes::{self, View};
use super::{App, FRESH_FOR, Shown, details};
use crate::api::model::{ApiKey, Scope};
use crate::status::{Status, Tab};

impl App {
    /// Brings what is derived up to date: rows, counts, selections, scrolling. Whether rows and counts were
    /// worked out anew.
    pub(super) fn settle(&mut self) -> bool {
        if self.now.duration_since(self.settled_at) >= FRESH_FOR {
            self.needs_rebuild = true;
        }
        if self.rebuild_due.take_if(|due| *due <= self.now).is_some() {
            self.needs_rebuild = true;
        }
        self.number_dialog();
        let rebuild = std::mem::take(&mut self.needs_rebuild);
        if rebuild {
            self.rebuild_due = None;
            self.settled_at = self.now;
            self.counts = self
                .keys
                .iter()
                .filter_map(|(scope, keys)| {
                    Some((scope.clone(), Counts::of(keys.value()?.iter().map(|key| self.status(key)))))
                })
                .collect();
        }
        let profiles: Vec<_> =
            self.other_profiles().map(|listed| (listed.name.clone(), listed.title().to_owned())).collect();
        let projects = self.projects.value().map(Vec::as_slice);
        self.scopes.rebuild(projects, &profiles, self.layout().scope_rows().height.into());
        let shown = Shown {
            view: self.scopes.view(),
            tab: self.table.tab,
            sort: self.table.sort,
            descending: self.table.descending,
            filter: self.table.filter.text().to_owned(),
        };
        if rebuild || self.shown.as_ref() != Some(&shown) {
            self.rebuild_table();
            if self.view() == View::All {
                self.table.stay_at_top();
            }
            self.shown = Some(shown);
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

    fn rebuild_table(&mut self) {
        let mut table = std::mem::take(&mut self.table);
        let scopes: Vec<(Scope, String)> = match self.view() {
            View::One(scope) => vec![(scope.clone(), self.scope_name(&scope))],
            View::All => {
                let projects = self.projects.value().into_iter().flatten();
                let projects = projects.map(|project| (Scope::Project(project.id.clone()), project.name.to_string()));
                std::iter::once((Scope::Organization, scopes::ORGANIZATION.to_owned())).chain(projects).collect()
            }
        };
        let lists: Vec<List<'_>> = scopes
            .iter()
            .filter_map(|(scope, name)| Some(List { scope, name, keys: self.keys.get(scope)?.value()? }))
            .collect();
        table.rebuild(&lists, self.service_now(), &self.settings.thresholds);
        self.table = table;
    }

    pub(super) fn status(&self, key: &ApiKey) -> Status {
        Status::of(key, self.service_now(), &self.settings.thresholds)
    }

    /// Whether `view` may hold more keys than are counted, as not all of its scopes were read.
    pub fn is_counted_in_part(&self, view: &View) -> bool {
        *view == View::All && self.all_scopes().any(|scope| !self.counts.contains_key(&scope))
    }

    /// How many keys `view` holds under `tab`, as far as they were read; none before anything of it was.
    pub fn count(&self, view: &View, tab: Tab) -> Option<usize> {
        let counts = match view {
            View::One(scope) => self.counts.get(scope).copied(),
            View::All => self.all_scopes().filter_map(|scope| self.counts.get(&scope).copied()).reduce(Counts::plus),
        };
        counts.map(|counts| counts.get(tab))
    }
}
