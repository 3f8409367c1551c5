//! What a key, a hint and a paste mean: looked up where they come, the innermost first.

use crossterm::event::KeyEvent;

use super::dialog::{Dialog, Shows};
use super::message::Effect;
use super::toast::Topic;
use super::{App, Pane};
use crate::keymap::{Action, Binding, Context, Keymap};

impl App {
    /// Where a key is looked up now, the innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        self.context().chain()
    }

    fn context(&self) -> Context {
        match (&self.dialog, self.focus) {
            _ if self.help.is_some() => Context::Help,
            // It leads out of there.
            (Some(dialog @ Dialog::Profiles(_)), _) => dialog.context(),
            _ if self.session.is_none() => Context::SignedOut,
            (Some(dialog), _) => dialog.context(),
            _ if self.is_filtering => Context::Filter,
            (None, Pane::Scopes) => Context::Scopes,
            (None, Pane::Keys) => Context::Keys,
        }
    }

    /// Where keys are looked up while the open dialog gets them; everywhere, where none is open.
    pub fn dialog_context(&self) -> Context {
        self.dialog.as_ref().map_or(Context::Anywhere, Dialog::context)
    }

    /// What the keys mean.
    pub fn keymap(&self) -> &Keymap {
        &self.settings.keymap
    }

    /// The key of `action` in the panes, for a sentence.
    pub fn told(&self, action: Action) -> String {
        self.keymap().told(Context::Keys, action)
    }

    /// The bindings that the footer speaks of, the innermost first: of those that work everywhere, the help alone,
    /// where no other key of it does.
    pub fn footer_bindings(&self) -> impl Iterator<Item = &Binding> {
        let contexts = self.contexts();
        let has_help = contexts.first().is_some_and(|context| !context.is_typing());
        let bindings = contexts.into_iter().flat_map(|context| self.keymap().of(context));
        bindings.filter(move |binding| {
            binding.context != Context::Anywhere || (!has_help && binding.action == Action::Help)
        })
    }

    /// Acts on a key; the second value is false where it means nothing here.
    pub(super) fn key(&mut self, event: &KeyEvent) -> (Vec<Effect>, bool) {
        let contexts = self.contexts();
        let action = self.keymap().lookup(&contexts, event);
        if action != Some(Action::Interrupt) {
            self.is_leaving = false;
            self.needs_draw |= self.toasts.take_back(Topic::Leaving);
        }
        match action {
            Some(action) => self.act(action),
            None if is_typing(&contexts) && !self.size.is_too_small() => (Vec::new(), self.type_key(event)),
            None => (Vec::new(), false),
        }
    }

    /// Acts on what a key or a hint means; the second value is false where that is nothing now.
    pub(super) fn act(&mut self, action: Action) -> (Vec<Effect>, bool) {
        let contexts = self.contexts();
        match action {
            // Nothing is to be seen: nothing is to be done blindly.
            Action::Quit if self.size.is_too_small() && self.dialog.is_none() && !is_typing(&contexts) => {
                (self.leave(), true)
            }
            Action::Interrupt | Action::Suspend | Action::Redraw => (self.action(action), true),
            _ if self.size.is_too_small() => (Vec::new(), false),
            action if self.help.is_some() => (self.help_action(action), true),
            Action::Help => {
                self.open_help();
                (Vec::new(), true)
            }
            action if contexts.first() == Some(&Context::SignedOut) => (self.signed_out_action(action), true),
            action if self.dialog.is_some() => (self.dialog_action(action), true),
            action if self.is_filtering => {
                self.filter_action(action);
                (Vec::new(), true)
            }
            action => (self.action(action), true),
        }
    }

    fn type_key(&mut self, event: &KeyEvent) -> bool {
        let Some(dialog) = &mut self.dialog else {
            let taken = self.filter_field().edit(event);
            self.keep_ends_of_keys();
            return taken;
        };
        let taken = dialog.edit(event);
        if taken {
            self.dialog_shows = Shows::Focus;
        }
        taken
    }

    pub(super) fn paste(&mut self, text: &str) {
        if self.size.is_too_small() || self.help.is_some() {
            return;
        }
        self.dialog_shows = Shows::Focus;
        match &mut self.dialog {
            Some(dialog) => dialog.paste(text),
            None if self.is_filtering => {
                self.filter_field().paste(text);
                self.keep_ends_of_keys();
            }
            // A paste into a list is not a row of commands.
            None => {}
        }
    }
}

fn is_typing(contexts: &[Context]) -> bool {
    contexts.first().is_some_and(|context| context.is_typing())
}
