//! The commands, scopes and views that are found by their names, and what choosing one does: the same as its key, with
//! the same guards.

use std::collections::HashMap;

use super::dialog::{Command, Dialog, Entry, Palette};
use super::keys::Columns;
use super::message::Effect;
use super::order::SortColumn;
use super::remote::Remote;
use super::scopes::{ALL_KEYS, ORGANIZATION, View};
use super::toast::Tone;
use super::{App, Pane};
use crate::api::model::Scope;
use crate::config::Times;
use crate::keymap::{Action, Binding, Context};

impl App {
    pub(super) fn open_palette(&mut self) -> Vec<Effect> {
        let mut palette = Palette::default();
        palette.made_for = (self.projects.read_at(), self.profile());
        palette.list(self.commands());
        self.open(Dialog::Palette(Box::new(palette)))
    }

    pub(super) fn palette_action(&mut self, action: Action) -> Vec<Effect> {
        let page = isize::try_from(self.size.palette_rows().max(2) - 1).unwrap_or(1);
        let Some(Dialog::Palette(palette)) = &mut self.dialog else { return Vec::new() };
        match action {
            Action::Down => palette.step(1),
            Action::Up => palette.step(-1),
            Action::PageDown => palette.step(page),
            Action::PageUp => palette.step(-page),
            Action::Back => return self.close_dialog(),
            Action::Accept => {
                if let Some(entry) = palette.chosen().cloned() {
                    return self.choose(entry);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Projects may have been read, another profile may be in force, and the screen may have another size.
    pub(super) fn settle_palette(&mut self) {
        let Some(Dialog::Palette(palette)) = &self.dialog else { return };
        let made_for = (self.projects.read_at(), self.profile());
        if palette.made_for != made_for {
            let commands = self.commands();
            // Other entries may stand where one was clicked on.
            self.voids_clicks();
            if let Some(Dialog::Palette(palette)) = &mut self.dialog {
                palette.made_for = made_for;
                palette.list(commands);
            }
        }
        let height = self.size.palette_rows().into();
        if let Some(Dialog::Palette(palette)) = &mut self.dialog {
            palette.settle(height);
        }
    }

    /// Does what `entry` says. What is in the way of a write is told as at its key.
    fn choose(&mut self, entry: Entry) -> Vec<Effect> {
        let is_guarded = matches!(entry.command, Command::Act(action) if self.obstacle_to(action).is_some());
        if let Some(why_not) = entry.why_not.filter(|_| !is_guarded) {
            self.toasts.push(Tone::Warning, format!("Not now: {why_not}."), self.now);
            return Vec::new();
        }
        let mut effects = self.close_dialog();
        // Something that waited for its turn has opened: it gets the keys.
        if self.dialog.is_none() {
            effects.extend(self.run(entry.command));
        }
        effects
    }

    fn run(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Act(action) => return self.action(action),
            Command::Show(view) => {
                self.scopes.choose(view);
                self.focus = Pane::Keys;
            }
            Command::Sort(column) => self.table.sort_by(column),
            Command::Columns(columns) => self.table.columns = columns,
            Command::Times(times) => self.times = times,
            Command::Enter(name) => return self.open_profile(&name),
        }
        Vec::new()
    }

    /// All there is to find, in the order that it has while nothing is typed.
    fn commands(&self) -> Vec<Entry> {
        let (moves, mut entries): (Vec<_>, Vec<_>) = self.actions().into_iter().partition(Entry::is_move);
        entries.extend(self.views());
        entries.extend(self.scope_entries());
        entries.extend(self.profile_entries());
        entries.extend(moves);
        entries
    }

    /// What keys do: those of the focused pane, those of both, and last those of the other pane.
    fn actions(&self) -> Vec<Entry> {
        let (own, other) = match self.focus {
            Pane::Scopes => (Context::Scopes, Context::Keys),
            Pane::Keys => (Context::Keys, Context::Scopes),
        };
        let mut entries: Vec<Entry> = Vec::new();
        for context in [own, Context::Panes, Context::Anywhere, other] {
            for binding in self.keymap().of(context) {
                let command = Command::Act(binding.action);
                let is_there = binding.action == Action::Palette || entries.iter().any(|it| it.command == command);
                // On a profile, this key switches to it, as the profile's own entry does.
                let is_profile = context == own && binding.action == Action::Accept && self.is_at_profile();
                if !is_there && !is_profile {
                    let why_not = self.why_not(binding, other);
                    entries.push(Entry { command, title: title(binding), beside: keys(binding), why_not });
                }
            }
        }
        entries
    }

    /// Why what `binding` does can't be done now; `other` is the pane without the focus.
    fn why_not(&self, binding: &Binding, other: Context) -> Option<String> {
        let is_marked = !self.marks.is_empty();
        if let Some(obstacle) = self.obstacle_to(binding.action) {
            return Some(obstacle.badge().to_owned());
        }
        let reason = match binding.action {
            _ if binding.context == other && other == Context::Keys => "only among the keys",
            _ if binding.context == other => "only among the scopes",
            Action::Toggle | Action::Delete if is_marked => return None,
            Action::Toggle | Action::Delete | Action::Rotate | Action::CopyMenu | Action::Mark | Action::MarkRange
                if self.selected().is_none() =>
            {
                "no key is selected"
            }
            Action::Accept if self.focus == Pane::Keys && self.selected().is_none() => "no key is selected",
            Action::MarkAll if self.table.rows().is_empty() => "no key is shown",
            Action::Undo if self.undo.is_empty() => "nothing to undo",
            Action::Unreadable if self.unreadable().next().is_none() => "all could be read",
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// The ways to look at the table.
    fn views(&self) -> Vec<Entry> {
        let entry = |command, title: &str, is_now| {
            let beside = if is_now { "as now" } else { "view" };
            Entry { command, title: title.to_owned(), beside: beside.to_owned(), why_not: None }
        };
        let mut entries = Vec::new();
        for (column, title) in [
            (SortColumn::Created, "sort by created: the newest first"),
            (SortColumn::LastUsed, "sort by last used: not used for longest first"),
            (SortColumn::Expires, "sort by expires: the next to expire first"),
            (SortColumn::Name, "sort by name"),
            (SortColumn::Status, "sort by status"),
            (SortColumn::Scope, "sort by scope"),
        ] {
            let is_there = match column {
                SortColumn::Expires => self.table.has_expiry,
                SortColumn::Scope => self.view() == View::All,
                _ => true,
            };
            if is_there {
                entries.push(entry(Command::Sort(column), title, self.table.sort == column));
            }
        }
        for (columns, title) in [
            (Columns::Usual, "columns: the usual ones"),
            (Columns::All, "columns: all, with the id"),
            (Columns::Few, "columns: few"),
        ] {
            entries.push(entry(Command::Columns(columns), title, self.table.columns == columns));
        }
        for (times, title) in [
            (Times::Relative, "times: relative, such as 3 days ago"),
            (Times::Local, "times: local"),
            (Times::Utc, "times: UTC"),
        ] {
            entries.push(entry(Command::Times(times), title, self.times == times));
        }
        entries
    }

    /// The profiles that are not in force.
    fn profile_entries(&self) -> impl Iterator<Item = Entry> {
        self.other_profiles().map(|listed| Entry {
            command: Command::Enter(listed.name.clone()),
            title: format!("switch to {}", listed.title()),
            beside: "profile".to_owned(),
            why_not: None,
        })
    }

    /// All scopes. Projects of one name are told apart by their ids.
    fn scope_entries(&self) -> Vec<Entry> {
        let entry = |view: View, name: &str, beside: String| Entry {
            command: Command::Show(view),
            title: format!("go to {name}"),
            beside,
            why_not: None,
        };
        let mut entries = vec![
            entry(View::All, ALL_KEYS, "scope".to_owned()),
            entry(View::One(Scope::Organization), ORGANIZATION, "scope".to_owned()),
        ];
        let projects = Remote::value(&self.projects).map_or(&[][..], Vec::as_slice);
        let mut names: HashMap<&str, usize> = HashMap::new();
        for project in projects {
            *names.entry(project.name.as_str()).or_default() += 1;
        }
        entries.extend(projects.iter().map(|project| {
            let is_alone = names.get(project.name.as_str()).is_none_or(|count| *count == 1);
            let beside = if is_alone { "project".to_owned() } else { format!("project {}", project.id) };
            entry(View::One(Scope::Project(project.id.clone())), project.name.as_str(), beside)
        }));
        entries
    }
}

/// What the help says of it.
fn title(binding: &Binding) -> String {
    binding.help.to_owned()
}

fn keys(binding: &Binding) -> String {
    binding.keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
