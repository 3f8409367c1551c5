//! The keys that work here, and all of them: made from the bindings, over whatever they were asked for in. What lies
//! under it lives on, and gets no key.

use super::App;
use super::details::pair;
use super::dialog::{Reader, ReaderLine};
use super::message::Effect;
use crate::config::InForce;
use crate::keymap::{Action, Binding, Context};
use crate::status::Status;

/// The cells that the help gives to the keys.
pub const KEY_CELLS: usize = 18;

/// The open help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// How far it is scrolled.
    pub reader: Reader,
    /// Where it was opened, the innermost first.
    pub contexts: Vec<Context>,
    /// Whether it tells the keys of all contexts.
    pub is_all: bool,
}

impl App {
    /// Opens the help, or has the open one tell all keys, or only those that work here.
    pub(super) fn open_help(&mut self) {
        match &mut self.help {
            Some(help) => (help.is_all, help.reader) = (!help.is_all, Reader::default()),
            None => {
                self.voids_clicks();
                let contexts = self.contexts();
                if let Some(dialog) = &mut self.dialog {
                    dialog.disagree();
                }
                self.help = Some(Help { reader: Reader::default(), contexts, is_all: false });
            }
        }
    }

    pub(super) fn help_action(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Help => self.open_help(),
            Action::Back | Action::Quit => return self.close_help(),
            _ => {
                let (lines, height) = (self.help_lines().len(), self.size.reader_rows().into());
                if let Some(help) = &mut self.help {
                    help.reader.act(action, lines, height);
                }
            }
        }
        Vec::new()
    }

    /// What opened under it meanwhile gets no key that was meant for it.
    fn close_help(&mut self) -> Vec<Effect> {
        self.help = None;
        self.voids_clicks();
        match &self.dialog {
            Some(dialog) if dialog.is_dangerous() => vec![Effect::DropTypedAhead],
            Some(_) => Vec::new(),
            None => self.open_waiting(),
        }
    }

    /// Keeps no room below its end, where the text or the space for it changed.
    pub(super) fn settle_help(&mut self) {
        let (lines, height) = (self.help_lines().len(), self.size.reader_rows().into());
        if let Some(help) = &mut self.help {
            help.reader.settle(lines, height);
        }
    }

    /// The lines of the open help; none where it is closed.
    pub fn help_lines(&self) -> Vec<ReaderLine> {
        let Some(help) = &self.help else { return Vec::new() };
        let cells = self.help_cells();
        let mut contexts = help.contexts.clone();
        if help.is_all {
            contexts.extend(Context::ALL.into_iter().filter(|context| !help.contexts.contains(context)));
        }
        let mut lines = Vec::new();
        for context in contexts {
            if !lines.is_empty() {
                lines.push(ReaderLine::Blank);
            }
            lines.push(ReaderLine::Heading(context.title().to_owned()));
            for binding in self.keymap().of(context) {
                lines.extend(pair(&keys(binding), binding.help, cells));
            }
        }
        lines.extend(self.in_force_lines());
        lines.push(ReaderLine::Blank);
        lines.push(ReaderLine::Heading("What the words mean".to_owned()));
        for (word, meaning) in WORDS {
            lines.extend(pair(word, meaning, cells));
        }
        for (status, meaning) in STATUSES {
            lines.push(ReaderLine::Pair(status.word().to_owned(), meaning.to_owned()));
        }
        lines
    }

    /// The cells for what the keys do.
    fn help_cells(&self) -> usize {
        usize::from(self.size.reader_width()).saturating_sub(KEY_CELLS)
    }

    /// What is in force, and from where; nothing where there are no profiles to tell apart.
    fn in_force_lines(&self) -> Vec<ReaderLine> {
        let (Some(session), true) = (&self.session, self.tells_profile()) else { return Vec::new() };
        let InForce { profile, key, address, read_only, warnings, .. } = &self.in_force;
        let instead = |is_so: bool| if is_so { ", in place of the profile's" } else { "" };
        let profile = match profile {
            Some((name, by)) => format!("{name}, by {}", by.words()),
            None => "none: what ckeys was started with".to_owned(),
        };
        let is_key_overridden = instead(self.in_force.is_key_overridden);
        let key = format!("…{}, from {}{is_key_overridden}", session.signer.tail(), key.words());
        let mut pairs = vec![("profile", profile), ("key", key)];
        if !session.place.is_empty() {
            let is_overridden = instead(self.in_force.is_address_overridden);
            pairs.push(("address", format!("{}, by {}{is_overridden}", session.place, address.words())));
        }
        pairs.extend(self.in_force.is_production.then(|| ("production", "yes, as its profile says".to_owned())));
        pairs.extend(read_only.as_ref().map(|reason| ("read-only", format!("{reason}."))));
        pairs.extend(warnings.iter().map(|warning| ("warning", warning.clone())));
        let mut lines = vec![ReaderLine::Blank, ReaderLine::Heading("In force".to_owned())];
        for (label, words) in pairs {
            lines.extend(pair(label, &words, self.help_cells()));
        }
        lines
    }
}

fn keys(binding: &Binding) -> String {
    match binding.keys.as_ref() {
        [] => "(no key)".to_owned(),
        keys => keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

const WORDS: [(&str, &str); 2] = [
    ("AGE", "how long it was not used, in five steps: up to a day, up to idle, up to stale, up to twice that, longer"),
    ("soaked", "of a key that was replaced: deactivated for a week, in which whatever still needs it would show"),
];

const STATUSES: [(Status, &str); 8] = [
    (Status::New, "made lately, not used yet"),
    (Status::Active, "used lately"),
    (Status::Idle, "not used for a while"),
    (Status::Stale, "not used for so long that it should go"),
    (Status::NeverUsed, "the service says: not once"),
    (Status::Unknown, "the service does not say when"),
    (Status::Inactive, "deactivated: its requests are refused"),
    (Status::Expired, "past its expiry"),
];
