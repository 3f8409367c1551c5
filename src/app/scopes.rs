//! The Scopes pane: all keys, the organization's own, and its projects'; one of them chosen. Below them the profiles
//! that are not in force, each of which can be switched to.

use super::field::Field;
use super::profile::ProfileName;
use super::selection::Selection;
use crate::api::model::{Project, Scope};
use crate::query::Pattern;

/// What the scope of the organization's own keys is called.
pub const ORGANIZATION: &str = "Organization";

/// What the keys of the organization and of all its projects are called.
pub const ALL_KEYS: &str = "All keys";

/// What the project that was shown the last time is called until its name was read.
pub const LAST_PROJECT: &str = "Last project";

/// What the table shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// The keys of the organization and of every project.
    All,
    /// Those of one scope.
    One(Scope),
}

/// A row of the pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeRow {
    /// What the table can show.
    View(View),
    /// A profile that is not in force.
    Profile(ProfileName),
}

/// What the pane holds beside the projects themselves.
#[derive(Debug, Clone, Default)]
pub struct ScopesPane {
    /// Where the cursor is. On what can be shown, that is what is chosen, which the table shows.
    pub selection: Selection<ScopeRow>,
    /// What is typed to filter the projects and the profiles.
    pub filter: Field,
    /// What the filter lets through, in its order.
    pub rows: Vec<ScopeRow>,
    /// What was chosen last, while the cursor is elsewhere, or nowhere.
    chosen: Option<View>,
    /// The project that was shown the last time, until it is known whether it is still there.
    last: Option<Scope>,
}

impl ScopesPane {
    /// Lists the scopes anew, and `profiles` with their titles. Where the filter no longer lets the chosen one through,
    /// its first match is chosen. `projects` are none as long as they were not read.
    pub fn rebuild(&mut self, projects: Option<&[Project]>, profiles: &[(ProfileName, String)], height: usize) {
        let pattern = Pattern::new(self.filter.text());
        let one = |scope| ScopeRow::View(View::One(scope));
        self.rows.clear();
        self.rows.extend(pattern.matches(ALL_KEYS).then_some(ScopeRow::View(View::All)));
        self.rows.extend(pattern.matches(ORGANIZATION).then_some(one(Scope::Organization)));
        if let Some(last) = self.last.clone() {
            self.find_last(last, projects, &pattern);
        }
        let matching = projects.into_iter().flatten().filter(|project| pattern.matches(project.name.as_str()));
        self.rows.extend(matching.map(|project| one(Scope::Project(project.id.clone()))));
        let matching = profiles.iter().filter(|(_, title)| pattern.matches(title));
        self.rows.extend(matching.map(|(name, _)| ScopeRow::Profile(name.clone())));
        if self.chosen.is_none() {
            self.selection.select(one(Scope::Organization));
        }
        if !pattern.is_empty() && self.selection.id().is_none_or(|id| !self.rows.contains(id)) {
            self.selection.go_to(0, &self.rows);
        }
        self.selection.settle(&self.rows, height);
        if let Some(ScopeRow::View(view)) = self.selection.id() {
            self.chosen = Some(view.clone());
        }
    }

    /// Until the projects were read, the one that was shown the last time is listed by itself; where it is none of them,
    /// the organization is shown.
    fn find_last(&mut self, last: Scope, projects: Option<&[Project]>, pattern: &Pattern) {
        let Some(projects) = projects else {
            self.rows.extend(pattern.matches(LAST_PROJECT).then_some(ScopeRow::View(View::One(last))));
            return;
        };
        self.last = None;
        let is_there = projects.iter().any(|project| matches!(&last, Scope::Project(id) if *id == project.id));
        let view = View::One(last);
        if !is_there && self.view() == view {
            self.chosen = Some(View::One(Scope::Organization));
            if self.selection.id() == Some(&ScopeRow::View(view)) {
                self.selection.select(ScopeRow::View(View::One(Scope::Organization)));
            }
        }
    }

    /// What the table shows.
    pub fn view(&self) -> View {
        match (self.selection.id(), &self.chosen) {
            (Some(ScopeRow::View(view)), _) | (_, Some(view)) => view.clone(),
            _ => View::One(Scope::Organization),
        }
    }

    /// Chooses `view`, and has the filter let it through.
    pub fn choose(&mut self, view: View) {
        let row = ScopeRow::View(view);
        if !self.rows.contains(&row) {
            self.filter.clear();
        }
        self.selection.select(row);
    }

    /// Shows what was shown the last time, before anything is.
    pub(super) fn restore(&mut self, view: View) {
        if let View::One(scope @ Scope::Project(_)) = &view {
            self.last = Some(scope.clone());
        }
        self.selection.select(ScopeRow::View(view.clone()));
        self.chosen = Some(view);
    }
}
