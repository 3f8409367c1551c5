//! The filter of the pane that has the focus, while it is typed.

use super::field::Field;
use super::{App, Pane};
use crate::keymap::Action;
use crate::query::{self, Completion};

impl App {
    /// How the keys' filter could go on where it is being typed.
    pub fn completions(&self) -> Vec<Completion> {
        let field = &self.table.filter;
        let projects = self.projects.value().into_iter().flatten().map(|project| project.name.as_str());
        query::complete(field.text(), field.place(), projects)
    }

    /// A key that is searched for by its whole value is not kept.
    pub(super) fn keep_ends_of_keys(&mut self) {
        if self.focus == Pane::Keys
            && let Some(kept) = query::keep_ends_of_keys(self.table.filter.text())
        {
            self.table.filter.set(kept);
        }
    }

    pub(super) fn filter_field(&mut self) -> &mut Field {
        match self.focus {
            Pane::Scopes => &mut self.scopes.filter,
            Pane::Keys => &mut self.table.filter,
        }
    }

    pub(super) fn filter_action(&mut self, action: Action) {
        match action {
            Action::Complete if self.focus == Pane::Keys => {
                if let Some(completion) = self.completions().into_iter().next() {
                    self.table.filter.replace(completion.place, &completion.text);
                }
            }
            Action::Accept => self.is_filtering = false,
            Action::Back => {
                self.is_filtering = false;
                self.filter_field().clear();
            }
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            _ => {}
        }
    }
}
