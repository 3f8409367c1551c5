//! Where a secret can go, as it is named: plain values.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

use super::command_line::{CommandLine, NotWords};
use crate::api::model::Scope;
use crate::text::Text;

/// Where a fresh secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// The clipboard of the person at the keyboard.
    Clipboard,
    /// A file that holds the secret alone, on one line.
    File(PathBuf),
    /// An entry of a dotenv file: [`KeyKind::variable`].
    Env(PathBuf),
    /// A program that reads the secret on its standard input.
    Command(CommandLine),
    /// The screen's own dialog, and nothing else.
    Screen,
}

/// Whose key it is, which names its entry in a dotenv file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A key of the organization.
    Organization,
    /// A key of a project.
    Project,
}

impl KeyKind {
    /// The variable in which the vendor's clients look for such a key.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Organization => "CONFIDENT_ORG_API_KEY",
            Self::Project => "CONFIDENT_API_KEY",
        }
    }
}

impl From<&Scope> for KeyKind {
    fn from(scope: &Scope) -> Self {
        match scope {
            Scope::Organization => Self::Organization,
            Scope::Project(_) => Self::Project,
        }
    }
}

/// Why a text names no destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoDestination {
    /// It starts with none of their names.
    #[error("a secret goes to clipboard, file:PATH, env:PATH or command:'WORDS'")]
    Unknown,
    /// The path is missing.
    #[error("`{0}:` needs a path, such as {0}:{1}")]
    NoPath(&'static str, &'static str),
    /// The path is that of a folder.
    #[error("`{0}:` needs the path of a file, not of a folder")]
    Folder(&'static str),
    /// The words can't be told apart.
    #[error("this command can't be run: {0}")]
    Words(#[from] NotWords),
}

impl FromStr for Destination {
    type Err = NoDestination;

    /// As `--to` takes it. [`Destination::Screen`] is no word: it is what the screen has without one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "clipboard" => Ok(Self::Clipboard),
            Some(("file", file)) => path("file", "key.txt", file).map(Self::File),
            Some(("env", file)) => path("env", ".env", file).map(Self::Env),
            Some(("command", words)) => Ok(Self::Command(CommandLine::parse(words)?)),
            _ => Err(NoDestination::Unknown),
        }
    }
}

fn path(kind: &'static str, example: &'static str, text: &str) -> Result<PathBuf, NoDestination> {
    if text.is_empty() {
        Err(NoDestination::NoPath(kind, example))
    } else if text.ends_with(std::path::is_separator) {
        Err(NoDestination::Folder(kind))
    } else {
        Ok(text.into())
    }
}

impl Destination {
    /// As `--to` takes it and JSON's `deliveredTo` has it. From outside: to be cleaned before it is shown.
    pub fn label(&self) -> String {
        match self {
            Self::Clipboard => "clipboard".to_owned(),
            Self::File(path) => format!("file:{}", path.display()),
            Self::Env(path) => format!("env:{}", path.display()),
            Self::Command(command) => format!("command:{}", command.as_typed()),
            Self::Screen => "screen".to_owned(),
        }
    }
}

/// `path` for people.
pub(super) fn shown(path: &Path) -> Text {
    Text::from(path.display().to_string())
}

/// `command` for people, in backquotes.
pub(super) fn quoted(command: &CommandLine) -> String {
    format!("`{}`", Text::from(command.as_typed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_named_by_their_words() {
        let command = |text: &str| Destination::Command(CommandLine::parse(text).unwrap());
        for (text, expected) in [
            ("clipboard", Destination::Clipboard),
            ("file:key", Destination::File("key".into())),
            ("file:/a:b", Destination::File("/a:b".into())),
            ("env:.env", Destination::Env(".env".into())),
            ("env:sub/.env.local", Destination::Env("sub/.env.local".into())),
            ("command:pbcopy", command("pbcopy")),
            ("command: gh secret set 'A B' ", command(" gh secret set 'A B' ")),
        ] {
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
            assert_eq!(expected.label(), text);
        }
    }

    #[test]
    fn what_is_none_says_what_would_be_one() {
        for (text, words) in [
            ("", "file:PATH"),
            ("file", "file:PATH"),
            ("clipboard:", "file:PATH"),
            ("screen", "file:PATH"),
            ("file:", "such as file:key.txt"),
            ("file:folder/", "not of a folder"),
            ("env:", "such as env:.env"),
            ("env:folder/", "not of a folder"),
            ("command:", "no command is named"),
            ("command:a | b", "single quotes"),
        ] {
            let error = text.parse::<Destination>().unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn a_key_has_the_variable_that_its_readers_look_for() {
        let project = Scope::Project(serde_json::from_str("\"p1\"").unwrap());
        assert_eq!(KeyKind::from(&project).variable(), "CONFIDENT_API_KEY");
        assert_eq!(KeyKind::from(&Scope::Organization).variable(), "CONFIDENT_ORG_API_KEY");
    }
}
