//! The Scopes pane: the organization and its projects, one of them chosen.

use super::field::Field;
use super::filter::Pattern;
use super::selection::Selection;
use crate::api::model::{Project, Scope};

/// What the pane holds beside the projects themselves.
#[derive(Debug, Clone, Default)]
pub struct ScopesPane {
    /// The chosen scope, which the table shows.
    pub selection: Selection<Scope>,
    /// What is typed to filter the projects.
    pub filter: Field,
    /// The scopes that the filter lets through, in their order.
    pub rows: Vec<Scope>,
}

impl ScopesPane {
    /// Lists the scopes anew. The organization's own keys are always there.
    pub fn rebuild(&mut self, projects: &[Project], height: usize) {
        let pattern = Pattern::new(self.filter.text());
        self.rows.clear();
        self.rows.push(Scope::Organization);
        let matching = projects.iter().filter(|project| pattern.matches(project.name.as_str()));
        self.rows.extend(matching.map(|project| Scope::Project(project.id.clone())));
        self.selection.settle(&self.rows, height);
    }

    /// Which scope the table shows.
    pub fn scope(&self) -> Scope {
        self.selection.id().cloned().unwrap_or(Scope::Organization)
    }
}
