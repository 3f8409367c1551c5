//! Where a fresh secret goes: looked at before the key exists, reached right after.

use std::path::PathBuf;
use std::str::FromStr;

use crate::clipboard::{self, Copied, CopyError, CopyOptions, Environment, Route};
use crate::secret::Secret;
use crate::secret_file::{self, FileError};
use crate::text::Text;

use super::exit::{Exit, Failure};
use super::output;
use super::session::Session;

/// `--to`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    Stdout,
    Clipboard,
    File(PathBuf),
}

impl FromStr for Destination {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "stdout" => Ok(Self::Stdout),
            None if text == "clipboard" => Ok(Self::Clipboard),
            Some(("file", "")) => Err("`file:` needs a path, such as file:key.txt"),
            Some(("file", path)) if path.ends_with(std::path::is_separator) => {
                Err("`file:` needs the path of a file, not of a folder")
            }
            Some(("file", path)) => Ok(Self::File(path.into())),
            Some(("env" | "command", _)) => {
                Err("`env:` and `command:` are not there yet: use clipboard, stdout or file:PATH")
            }
            _ => Err("a secret goes to clipboard, stdout or file:PATH"),
        }
    }
}

impl Destination {
    /// As JSON's `deliveredTo` has it.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Stdout => "stdout".to_owned(),
            Self::Clipboard => "clipboard".to_owned(),
            Self::File(path) => format!("file:{}", path.display()),
        }
    }

    /// For people: “its secret to …”.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Stdout => "standard output".to_owned(),
            Self::Clipboard => "the clipboard".to_owned(),
            Self::File(path) => format!("the file {}", Text::from(path.display().to_string())),
        }
    }

    /// Whether the secret would arrive, as far as that can be told without touching anything.
    pub(super) fn check(&self) -> Result<(), Failure> {
        const NOTHING: &str = "No key was generated.";
        match self {
            Self::Stdout => output::check_stdout().map_err(|reason| {
                Failure::new(Exit::Failed, format!("The secret can't go to standard output: {reason}. {NOTHING}"))
            }),
            Self::Clipboard => match clipboard::route(&Environment::detect()) {
                Route::None { reason } => Err(Failure::new(
                    Exit::Failed,
                    format!(
                        "The secret can't go to a clipboard: {reason}. Use --to file:PATH or --to stdout. {NOTHING}"
                    ),
                )),
                Route::Native | Route::Tmux | Route::Osc52 => Ok(()),
            },
            Self::File(path) => secret_file::check(path).map_err(|error| {
                let exit = if matches!(error, FileError::Exists(_)) { Exit::Refused } else { Exit::Failed };
                Failure::new(exit, format!("The secret can't go to a file: {error}. {NOTHING}"))
            }),
        }
    }

    /// Takes `secret` there; the words for what happened, or for why it did not. Not for
    /// [`Destination::Stdout`], where the form of the output decides. `take_back` is the command that deactivates
    /// the key, for where nobody can know whether the secret arrived.
    pub(super) async fn deliver(&self, secret: &Secret, session: &Session, take_back: &str) -> Result<String, String> {
        match self {
            Self::Stdout => Err("standard output takes the whole document".to_owned()),
            Self::Clipboard => copy(secret, session, take_back).await,
            Self::File(path) => {
                secret_file::write(path, secret).map_err(|error| error.to_string())?;
                Ok(format!("Its secret is in {}, which only you can read.", self.words()))
            }
        }
    }
}

async fn copy(secret: &Secret, session: &Session, take_back: &str) -> Result<String, String> {
    let environment = Environment::detect();
    let options = CopyOptions { clear_after: session.settings.clear_clipboard_after, ..CopyOptions::default() };
    let mut route = clipboard::route(&environment);
    loop {
        match clipboard::copy(secret, &route, &options).await {
            Ok(Copied::Native { clears_after: None }) => return Ok("Its secret is on the clipboard.".to_owned()),
            Ok(Copied::Native { clears_after: Some(after) }) => {
                return Ok(format!("Its secret is on the clipboard, which is cleared in {} s.", after.as_secs()));
            }
            Ok(Copied::SentToTerminal) => return Ok(sent(&route, take_back)),
            Ok(Copied::WriteSequence) => {
                let sequence = clipboard::osc52_sequence(secret, environment.screen);
                return match output::write_to_terminal(&sequence) {
                    Ok(()) => Ok(sent(&route, take_back)),
                    Err(error) => Err(format!("the terminal could not be written to ({error})")),
                };
            }
            Err(error) => match clipboard::fallback(&route, &environment) {
                Some(next) => route = next,
                None => return Err(reason(&error)),
            },
        }
    }
}

fn sent(route: &Route, take_back: &str) -> String {
    let way = if *route == Route::Tmux { "through tmux" } else { "by OSC 52" };
    format!(
        "Its secret was sent to the terminal ({way}): paste to check, as whether the terminal took it can't be known.\n\
         In case it did not arrive, run `{take_back}`, and generate another key with --to file:PATH."
    )
}

/// Why, without the advice for the screen that follows it.
fn reason(error: &CopyError) -> String {
    let words = error.to_string();
    words.split_once("; ").map_or(words.as_str(), |(reason, _)| reason).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_few() {
        for (text, expected) in [
            ("stdout", Some(Destination::Stdout)),
            ("clipboard", Some(Destination::Clipboard)),
            ("file:key", Some(Destination::File("key".into()))),
            ("file:/a:b", Some(Destination::File("/a:b".into()))),
            ("file:", None),
            ("file:folder/", None),
            ("file", None),
            ("stdout:", None),
            ("env:.env", None),
            ("command:pbcopy", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }
}
