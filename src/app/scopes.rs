//! The Scopes pane: the organization and its projects, one of them chosen.

use super::field::Field;
use super::selection::Selection;
use crate::api::model::{Project, Scope};
use crate::query::Pattern;

/// What the scope of the organization's own keys is called.
pub const ORGANIZATION: &str = "Organization";

/// What the pane holds beside the projects themselves.
#[derive(Debug, Clone, Default)]
pub struct ScopesPane {
    /// The chosen scope, which the table shows.
    pub selection: Selection<Scope>,
    /// What is typed to filter the projects.
    pub filter: Field,
    /// The scopes that the filter lets through, in their order.
    pub rows: Vec<Scope>,
    /// What was chosen last, while the filter lets nothing through.
    chosen: Option<Scope>,
}

impl ScopesPane {
    /// Lists the scopes anew. Where the filter no longer lets the chosen one through, its first match is chosen.
    pub fn rebuild(&mut self, projects: &[Project], height: usize) {
        let pattern = Pattern::new(self.filter.text());
        self.rows.clear();
        if pattern.matches(ORGANIZATION) {
            self.rows.push(Scope::Organization);
        }
        let matching = projects.iter().filter(|project| pattern.matches(project.name.as_str()));
        self.rows.extend(matching.map(|project| Scope::Project(project.id.clone())));
        if !pattern.is_empty() && self.selection.id().is_none_or(|id| !self.rows.contains(id)) {
            self.selection.go_to(0, &self.rows);
        }
        self.selection.settle(&self.rows, height);
        if let Some(id) = self.selection.id() {
            self.chosen = Some(id.clone());
        }
    }

    /// Which scope the table shows.
    pub fn scope(&self) -> Scope {
        self.selection.id().or(self.chosen.as_ref()).cloned().unwrap_or(Scope::Organization)
    }
}
