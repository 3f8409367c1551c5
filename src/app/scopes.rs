//! The Scopes pane: all keys, the organization's own, and its projects'; one of them chosen.

use super::field::Field;
use super::selection::Selection;
use crate::api::model::{Project, Scope};
use crate::query::Pattern;

/// What the scope of the organization's own keys is called.
pub const ORGANIZATION: &str = "Organization";

/// What the keys of the organization and of all its projects are called.
pub const ALL_KEYS: &str = "All keys";

/// What the table shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// The keys of the organization and of every project.
    All,
    /// Those of one scope.
    One(Scope),
}

/// What the pane holds beside the projects themselves.
#[derive(Debug, Clone, Default)]
pub struct ScopesPane {
    /// What is chosen, which the table shows.
    pub selection: Selection<View>,
    /// What is typed to filter the projects.
    pub filter: Field,
    /// What the filter lets through, in its order.
    pub rows: Vec<View>,
    /// What was chosen last, while the filter lets nothing through.
    chosen: Option<View>,
}

impl ScopesPane {
    /// Lists the scopes anew. Where the filter no longer lets the chosen one through, its first match is chosen.
    pub fn rebuild(&mut self, projects: &[Project], height: usize) {
        let pattern = Pattern::new(self.filter.text());
        self.rows.clear();
        self.rows.extend(pattern.matches(ALL_KEYS).then_some(View::All));
        self.rows.extend(pattern.matches(ORGANIZATION).then_some(View::One(Scope::Organization)));
        let matching = projects.iter().filter(|project| pattern.matches(project.name.as_str()));
        self.rows.extend(matching.map(|project| View::One(Scope::Project(project.id.clone()))));
        if self.chosen.is_none() {
            self.selection.select(View::One(Scope::Organization));
        }
        if !pattern.is_empty() && self.selection.id().is_none_or(|id| !self.rows.contains(id)) {
            self.selection.go_to(0, &self.rows);
        }
        self.selection.settle(&self.rows, height);
        if let Some(id) = self.selection.id() {
            self.chosen = Some(id.clone());
        }
    }

    /// What the table shows.
    pub fn view(&self) -> View {
        self.selection.id().or(self.chosen.as_ref()).cloned().unwrap_or(View::One(Scope::Organization))
    }

    /// Chooses `view`, and has the filter let it through.
    pub fn choose(&mut self, view: View) {
        if !self.rows.contains(&view) {
            self.filter.clear();
        }
        self.selection.select(view);
    }
}
