//! `[keys]` in `config.toml`: other keys for what the screen does.
//!
//! ```toml
//! [keys.keys]
//! deactivate = ["X", "Ctrl-x"]   # these, and no others
//! delete = []                    # none; the commands still have it
//!
//! [keys.anywhere]
//! help = "F2"
//! ```
//!
//! Whatever is wrong here keeps the screen from starting: a key that does something else than was meant may
//! deactivate what nobody wanted to.

use toml::Spanned;
use toml::de::DeValue;

use super::reader::Reader;
use crate::keymap::{Change, Context, Key, Keymap, find_action, find_context};

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    /// Reads the whole of `[keys]`.
    pub(super) fn keys(&mut self, section: usize, value: &Value<'_>, keymap: &mut Keymap) {
        let Some(table) = value.get_ref().as_table() else {
            self.key_problem(section, "this is a section with others in it, such as [keys.keys]");
            return;
        };
        let (mut changes, mut places) = (Vec::new(), Vec::new());
        for (name, value) in table {
            let context = match find_context(name.get_ref()) {
                Ok(context) => context,
                Err(words) => {
                    self.key_problem(name.span().start, words);
                    continue;
                }
            };
            let Some(actions) = value.get_ref().as_table() else {
                self.key_problem(name.span().start, format!("this is a section, written [keys.{}]", context.name()));
                continue;
            };
            for (name, value) in actions {
                let place = name.span().start;
                if let Some(change) = self.change(context, place, name.get_ref(), value) {
                    changes.push(change);
                    places.push(place);
                }
            }
        }
        match Keymap::rebound(&changes) {
            // What was not understood may be what a change relies on.
            Ok(rebound) => *keymap = rebound,
            Err(mistakes) => {
                for mistake in mistakes {
                    let place = places.get(mistake.change).copied().unwrap_or(section);
                    self.key_problem(place, mistake.words);
                }
            }
        }
    }

    fn change(&mut self, context: Context, place: usize, name: &str, value: &Value<'_>) -> Option<Change> {
        let action = match find_action(context, name) {
            Ok(action) => action,
            Err(words) => {
                self.key_problem(place, words);
                return None;
            }
        };
        let written: Option<Vec<&str>> = match value.get_ref() {
            DeValue::String(key) => Some(vec![key.as_ref()]),
            DeValue::Array(keys) => keys.iter().map(|key| key.get_ref().as_str()).collect(),
            _ => None,
        };
        let Some(written) = written else {
            self.key_problem(place, "this takes a list of keys, such as [\"x\", \"Ctrl-x\"]");
            return None;
        };
        let mut keys = Vec::new();
        let mut is_sound = true;
        for written in written {
            match written.parse::<Key>() {
                Ok(key) => keys.push(key),
                Err(words) => {
                    self.key_problem(place, words);
                    is_sound = false;
                }
            }
        }
        is_sound.then_some(Change { context, action, keys })
    }

    fn key_problem(&mut self, place: usize, words: impl Into<String>) {
        let line = self.line(place);
        self.key_problems.push((Some(line), words.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Configuration;
    use crate::keymap::{Action, Context, Keymap};

    /// What is wrong with a text, as “line: words”; each of it keeps the screen from starting.
    fn problems(text: &str) -> Vec<String> {
        let configuration = Configuration::parse(text);
        assert!(configuration.problems.iter().all(|problem| problem.stops_screen));
        if !configuration.problems.is_empty() {
            assert_eq!(configuration.settings.keymap, Keymap::default());
        }
        let told = configuration.problems.iter();
        told.map(|problem| format!("{}: {}", problem.line.unwrap(), problem.message)).collect()
    }

    fn told(text: &str, context: Context, action: Action) -> String {
        let configuration = Configuration::parse(text);
        assert_eq!(configuration.problems, [], "{text}");
        configuration.settings.keymap.told(context, action)
    }

    #[test]
    fn actions_get_other_keys_several_or_none() {
        let text = "[keys.keys]\ndeactivate = [\"X\", \"Ctrl-x\"]\ngenerate = []\nrotate = \"ж\"\n[keys.anywhere]\nhelp = [\"f2\"]\n";
        assert_eq!(told(text, Context::Keys, Action::Toggle), "X");
        assert_eq!(told(text, Context::Keys, Action::Generate), ": generate");
        assert_eq!(told(text, Context::Keys, Action::Rotate), "ж");
        assert_eq!(told(text, Context::Generate, Action::Help), "F2");
        assert_eq!(told(text, Context::Replace, Action::Undo), "u");
    }

    #[test]
    fn two_keys_may_change_places() {
        let text = "[keys.keys]\ndeactivate = \"D\"\ndelete = \"x\"\n";
        assert_eq!(
            (told(text, Context::Keys, Action::Toggle), told(text, Context::Keys, Action::Delete)),
            ("D".into(), "x".into())
        );
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        for (text, expected) in [
            ("keys = 1\n", "1: this is a section with others in it, such as [keys.keys]"),
            ("[keys]\nkeys = 1\n", "2: this is a section, written [keys.keys]"),
            ("[keys.kyes]\nx = 1\n", "1: no part of the screen is called `kyes`; did you mean `keys`?"),
            (
                "\n[keys.keys]\ndeactivat = \"X\"\n",
                "3: no action of [keys.keys] is called `deactivat`; did you mean `deactivate`?",
            ),
            ("[keys.keys]\nfilter = \"f\"\n", "2: `filter` is no action of [keys.keys], but of [keys.panes]"),
            ("[keys.keys]\ndeactivate = 1\n", "2: this takes a list of keys, such as [\"x\", \"Ctrl-x\"]"),
            ("[keys.keys]\ndeactivate = \"Entre\"\n", "2: no key is called `Entre`; did you mean `Enter`?"),
            ("[keys.keys]\ndeactivate = \"Ctrl-i\"\n", "2: `Ctrl-i` can't be bound: terminals send Tab for it"),
            (
                "[keys.keys]\ndeactivate = \"R\"\n",
                "2: R has two meanings: deactivate in [keys.keys] and rotate in [keys.keys]",
            ),
            // A pane's own key would hide the one of both.
            (
                "[keys.keys]\ndeactivate = \"r\"\n",
                "2: r has two meanings: deactivate in [keys.keys] and refresh in [keys.panes]",
            ),
            (
                "[keys.secret]\ncopy-secret = \"Ctrl-c\"\n",
                "2: Ctrl-c has two meanings: copy-secret in [keys.secret] and interrupt in [keys.anywhere]",
            ),
            ("[keys.generate]\nnext = \"n\"\n", "2: n can't be bound in [keys.generate]: text is typed there"),
            ("[keys.filter]\ndown = \"Ctrl-k\"\n", "2: Ctrl-k can't be bound in [keys.filter]: text is typed there"),
            (
                "[keys.anywhere]\nhelp = \"H\"\n",
                "2: H can't be bound in [keys.anywhere]: it would not be typed in any field",
            ),
            ("[keys.confirm]\nno = []\n", "2: `no` can't go without a key in [keys.confirm]: it is the way out"),
            (
                "[keys.anywhere]\ninterrupt = []\n",
                "2: `interrupt` can't go without a key in [keys.anywhere]: it is the way out",
            ),
        ] {
            assert!(problems(text).iter().any(|told| told == expected), "{expected}\n{:#?}", problems(text));
        }
    }

    #[test]
    fn what_is_long_is_not_quoted() {
        let text = "[keys.confident_us_org_fake_not_a_key]\n[keys.keys]\nconfident_us_org_fake_not_a_key = 1\nmark = \"confident_us_org_fake_not_a_key\"\n";
        assert_eq!(problems(text).len(), 3);
        assert!(!format!("{:?}", problems(text)).contains("fake_not"));
    }
}
