//! A key may have been made that nobody has the secret of: says so, and offers what can be done about it.

use super::{Confirm, Delete, Dialog, Outcome, Stage, Target};
use crate::api::model::ApiKey;
use crate::guard::Phrase;
use crate::keymap::Action;
use crate::operations::{Lost, Operation};
use crate::text;

/// The widest name in its sentences, in cells.
const NAME_CELLS: usize = 40;

/// The dialog.
#[derive(Debug, Clone)]
pub struct LostDialog {
    /// What is known.
    pub lost: Lost,
    /// The scope's name for people.
    pub scope_name: String,
    /// The signing key that the lost one was to take over from.
    pub succeeds: Option<Box<Target>>,
    /// Which of the found keys is meant.
    pub selected: usize,
    /// Whether it looks again.
    pub stage: Stage,
}

impl LostDialog {
    /// Says what became of the key.
    pub fn new(lost: Lost, scope_name: String) -> Self {
        Self { lost, scope_name, succeeds: None, selected: 0, stage: Stage::Ready }
    }

    /// The keys that were found.
    pub fn keys(&self) -> &[ApiKey] {
        self.lost.found.as_deref().unwrap_or_default()
    }

    /// What is known, in sentences.
    pub fn words(&self) -> String {
        let name = text::fit(&self.lost.name, NAME_CELLS);
        let begun = match &self.lost.error {
            Some(_) => format!("The answer to generating “{name}” was lost."),
            None => format!("An earlier ckeys ended while it generated “{name}”."),
        };
        let found = match &self.lost.found {
            Err(_) => "Whether the key was made can't be told yet: the list can't be read.".to_owned(),
            Ok(keys) if keys.is_empty() => {
                "Read again just now, no new key is there: it was not made, as far as can be told.".to_owned()
            }
            Ok(keys) => {
                let likely: Vec<&ApiKey> = keys.iter().filter(|key| self.lost.is_likely(key)).collect();
                told(&likely).to_owned()
            }
        };
        format!("{begun} {found}")
    }

    /// Selects the key that was selected in `before`, where it is still there.
    pub fn select_as(&mut self, before: &Self) {
        let id = before.keys().get(before.selected).map(|key| key.id);
        self.selected = self.keys().iter().position(|key| Some(key.id) == id).unwrap_or_default();
    }

    fn target(&self) -> Option<Target> {
        let key = self.keys().get(self.selected)?.clone();
        Some(Target { scope: self.lost.scope.clone(), scope_name: self.scope_name.clone(), key })
    }

    pub(super) fn act(&mut self, action: Action) -> Outcome {
        let last = self.keys().len().saturating_sub(1);
        match action {
            Action::Down => self.selected = (self.selected + 1).min(last),
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::LookAgain => return Outcome::Write(Operation::LookAgain(Box::new(self.lost.clone()))),
            Action::Generate => {
                return Outcome::Generate(self.lost.scope.clone(), self.lost.name.clone());
            }
            Action::Toggle => {
                if let Some(target) = self.target().filter(|target| target.key.valid) {
                    return Outcome::Open(Box::new(Dialog::Confirm(Confirm::new(target))));
                }
            }
            Action::Delete => {
                if let Some(target) = self.target() {
                    // Its name is that of the key that is wanted next: the id tells them apart.
                    let phrase = Phrase::Id(target.key.id.to_string());
                    return Outcome::Open(Box::new(Dialog::Delete(Delete::new(target, phrase))));
                }
            }
            Action::Back | Action::Accept => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }
}

/// What it means that `likely`, keys of the lost one's name, are new, and no others of that name.
fn told(likely: &[&ApiKey]) -> &'static str {
    match likely {
        [] => "No key of this name is there, but others that are new: most likely somebody else's.",
        [key] if key.valid => {
            "A key of this name is there now, and nobody has its secret. It works, so deactivate or delete it. \
             Somebody else may have made it in the same moment."
        }
        [_] => {
            "A key of this name is there now, inactive, and nobody has its secret. \
             Somebody else may have made it in the same moment."
        }
        _ => {
            "New keys of this name are there now, and of one nobody has the secret. \
             Somebody else may have made the others in the same moment."
        }
    }
}
