//! Which clipboard a secret would be copied to, and, where that is wanted, whether a text comes through.

use std::process::Stdio;
use std::time::Duration;

use tokio::time::timeout;

use super::Variable;
use super::check::Check;
use crate::cli::output::write_to_terminal;
use crate::clipboard::{self, Copied, CopyOptions, Environment, Route, osc52_sequence};
use crate::secret::Secret;
use crate::{child, text};

/// When the text that was tried out is cleared again.
const CLEARED_AFTER: Duration = Duration::from_secs(10);
/// How long tmux may take to tell its version.
const PATIENCE: Duration = Duration::from_secs(3);
/// The first tmux that hands texts to its terminal.
const LEAST_TMUX: (u32, u32) = (3, 2);

const NO_CLIPBOARD: &str = "A new key's secret can still go to a file (--to file:PATH), to another program (--to command:'WORDS'), or be shown on the screen to select.";

/// The way to the clipboard, and why it is that one.
pub(super) async fn route(environment: &Environment, variable: Variable<'_>) -> Check {
    const NAME: &str = "clipboard";
    let chosen = clipboard::route(environment);
    let no_display = if environment.ssh {
        "over ssh a display here is not where you sit"
    } else {
        "there is no display (neither WAYLAND_DISPLAY nor DISPLAY is set)"
    };
    match &chosen {
        Route::Native => {
            let named = ["WAYLAND_DISPLAY", "DISPLAY"]
                .into_iter()
                .find(|name| variable(name).is_some_and(|value| !value.is_empty()))
                .map_or_else(|| "this machine has one".to_owned(), |name| format!("{name} names a display"));
            Check::ok(NAME, format!("The display's own, as {named}; not tried out"))
        }
        Route::Tmux => tmux(NAME, &format!("The terminal's, through tmux, as {no_display}")).await,
        Route::Osc52 => {
            let wrapped = if environment.screen { ", through GNU screen" } else { "" };
            let summary = format!(
                "The terminal's, by the escape sequence OSC 52{wrapped}, as {no_display}; whether it takes that, no terminal tells"
            );
            Check::ok(NAME, summary)
        }
        Route::None { reason } => Check::warning(NAME, format!("None: {reason}"), NO_CLIPBOARD),
    }
}

/// Whether the tmux that would be used can do it.
async fn tmux(name: &'static str, summary: &str) -> Check {
    let (major, minor) = LEAST_TMUX;
    let mut command = tokio::process::Command::from(child::command("tmux"));
    command.arg("-V").stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let version = match timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Ok(Err(error)) => {
            let summary = format!("{summary}; but tmux can't be run ({error})");
            return Check::problem(name, summary, "See to it that tmux is on the PATH.");
        }
        Err(_) => return Check::unknown(name, format!("{summary}; but tmux does not answer")),
    };
    match version_of(&version) {
        Some(found) if found < LEAST_TMUX => {
            let summary = format!("{summary}; but {version} can't hand texts on");
            Check::problem(name, summary, format!("Use tmux {major}.{minor} or newer. {NO_CLIPBOARD}"))
        }
        Some(_) => Check::ok(name, format!("{summary}; {version} can do that")),
        None => Check::ok(name, format!("{summary}; it says of itself {}", text::fit(&version, 30))),
    }
}

/// The version in `tmux 3.3a`, `tmux next-3.4` and the like.
fn version_of(words: &str) -> Option<(u32, u32)> {
    let start = words.find(|character: char| character.is_ascii_digit())?;
    let (major, rest) = words[start..].split_once('.')?;
    let end = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    Some((major.parse().ok()?, rest[..end].parse().ok()?))
}

/// Takes a harmless text to the clipboard, and looks whether it arrived.
pub(super) async fn try_out(environment: &Environment) -> Check {
    const NAME: &str = "clipboard-trial";
    let route = clipboard::route(environment);
    let words = format!("ckeys clipboard test {:08x}", fastrand::u32(..));
    let harmless = Secret::new(words.as_str());
    let options = CopyOptions { clear_after: Some(CLEARED_AFTER), ..CopyOptions::default() };
    let seconds = CLEARED_AFTER.as_secs();
    match clipboard::copy(&harmless, &route, &options).await {
        Ok(Copied::Native { .. }) => match clipboard::holds(&harmless).await {
            Some(true) => {
                Check::ok(NAME, format!("“{words}” was copied and read back; it is cleared after {seconds} s"))
            }
            Some(false) => Check::problem(
                NAME,
                "A text was copied, but another one was read back: another program takes the clipboard over",
                "A clipboard manager may do that. Close it, or save secrets to a file.",
            ),
            None => Check::unknown(NAME, "A text was copied, but the clipboard can't be read back")
                .and(format!("Paste somewhere within {seconds} s: it should be “{words}”.")),
        },
        Ok(Copied::SentToTerminal) => sent(NAME, &words),
        Ok(Copied::WriteSequence) => match write_to_terminal(&osc52_sequence(&harmless, environment.screen)) {
            Ok(()) => sent(NAME, &words),
            Err(error) => Check::problem(NAME, format!("The terminal can't be written to: {error}"), NO_CLIPBOARD),
        },
        Err(_) if matches!(route, Route::None { .. }) => {
            Check::unknown(NAME, "Not tried: there is no way to a clipboard")
        }
        Err(error) => {
            let remedy = match clipboard::fallback(&route, environment) {
                Some(next) => format!("For a secret, ckeys would then try {}.", next.name()),
                None => NO_CLIPBOARD.to_owned(),
            };
            let words = error.to_string();
            // What a person with a secret on screen should do is of no use here.
            let reason = words.split(';').next().unwrap_or_default().trim();
            Check::problem(NAME, format!("Tried, and {reason}"), remedy)
        }
    }
}

fn sent(name: &'static str, words: &str) -> Check {
    Check::unknown(name, "A text was sent to the terminal, which does not tell whether it took it")
        .and(format!("Paste somewhere: it should be “{words}”. If it is not, see whether your terminal allows OSC 52."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_tmux_says() {
        for (words, expected) in [
            ("tmux 3.3a", Some((3, 3))),
            ("tmux 3.2", Some((3, 2))),
            ("tmux next-3.10", Some((3, 10))),
            ("tmux 2.9a\n", Some((2, 9))),
            ("tmux master", None),
            ("", None),
            ("9", None),
        ] {
            assert_eq!(version_of(words), expected, "{words}");
        }
    }
}
