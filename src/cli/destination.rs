//! `--to`: the destinations of the library, and standard output.

use std::str::FromStr;
use std::time::Instant;

use zeroize::Zeroizing;

use super::exit::{Exit, Failure};
use super::json::{self, Exposed, KeyDocument, Printed};
use super::output::{self, say};
use super::place::Place;
use super::session::Session;
use crate::api::model::ApiKey;
use crate::destination::{
    self, Ask, Delivered, Destination, KeyKind, Look, Means, NoDestination, NotDelivered, Outcome,
};
use crate::secret::Secret;
use crate::text::Text;

const NOTHING: &str = "Nothing was changed.";

/// `--to`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    Stdout,
    Elsewhere(Destination),
}

impl FromStr for To {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "stdout" {
            return Ok(Self::Stdout);
        }
        text.parse().map(Self::Elsewhere).map_err(|error| match error {
            NoDestination::Unknown => {
                "a secret goes to clipboard, stdout, file:PATH, env:PATH or command:'WORDS'".to_owned()
            }
            error => error.to_string(),
        })
    }
}

impl To {
    /// As JSON's `deliveredTo` has it.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Stdout => "stdout".to_owned(),
            Self::Elsewhere(destination) => destination.label(),
        }
    }

    /// Looks whether the secret would arrive, as far as that can be told without touching anything.
    ///
    /// # Errors
    /// Where it would not.
    pub(super) async fn look(&self, kind: KeyKind, session: &Session) -> Result<Look, Failure> {
        let destination = match self {
            Self::Stdout => {
                output::check_stdout().map_err(|reason| {
                    let words = format!("The secret can't go to standard output: {reason}. {NOTHING}");
                    Failure::new(Exit::Failed, words)
                })?;
                let goes_to = "standard output".to_owned();
                return Ok(Look { goes_to, obstacle: None, ask: None, warnings: Vec::new() });
            }
            Self::Elsewhere(destination) => destination,
        };
        let look = destination::look(destination, kind, &means(session)).await;
        if let Some(obstacle) = &look.obstacle {
            let exit = if obstacle.in_the_way { Exit::Refused } else { Exit::Failed };
            let (what, instead) = match destination {
                Destination::Clipboard => ("a clipboard", " Use --to file:PATH or --to stdout."),
                Destination::Command(_) => ("a command", ""),
                Destination::File(_) | Destination::Env(_) | Destination::Screen => ("a file", ""),
            };
            let words = format!("The secret can't go to {what}: {}.{instead} {NOTHING}", obstacle.words);
            return Err(Failure::new(exit, words));
        }
        if let (Destination::File(path), Some(Ask::OverFile)) = (destination, look.ask) {
            let path = Text::from(path.display().to_string());
            return Err(Failure::refused(format!(
                "The secret can't go to a file: {path} exists already, and a secret is never written over something. \
                 {NOTHING}"
            )));
        }
        Ok(look)
    }

    /// Looks again, as a question may stay unanswered for long: what was `agreed` to has to be still all.
    ///
    /// # Errors
    /// Where the secret would not arrive any more, or more would have to be agreed to.
    pub(super) async fn look_again(&self, kind: KeyKind, session: &Session, agreed: &Look) -> Result<(), Failure> {
        match self.look(kind, session).await?.ask {
            Some(ask) if agreed.ask != Some(ask) => Err(Failure::refused(format!(
                "The destination has changed meanwhile, and this {ask}: it was not asked for. {NOTHING}"
            ))),
            _ => Ok(()),
        }
    }
}

/// What should be known of a destination beforehand.
pub(super) fn warn(look: &Look) {
    for warning in &look.warnings {
        say(format_args!("ckeys: Warning: {warning}."));
    }
}

/// A fresh secret, and where it shall go.
pub(super) struct Handover<'a> {
    pub(super) place: &'a Place,
    /// The key as the service answered it.
    pub(super) key: &'a ApiKey,
    pub(super) to: &'a To,
    /// What was agreed to.
    pub(super) look: &'a Look,
    pub(super) as_json: bool,
    /// What to do where nobody can know whether the secret arrived, in a sentence.
    pub(super) in_doubt: &'a str,
}

impl Handover<'_> {
    /// Takes `secret` there; the words for what happened.
    ///
    /// # Errors
    /// Why it did not get there.
    pub(super) async fn carry_out(&self, secret: &Secret, session: &Session) -> Result<String, NotDelivered> {
        let Self { place, key, to, look, as_json, in_doubt } = *self;
        if let To::Elsewhere(to) = to {
            return deliver(to, (&place.scope).into(), secret, look, session, in_doubt).await;
        }
        let text = if as_json {
            let document = Printed { key: KeyDocument::new(session, place, key), secret: Exposed(secret) };
            json::document(&document).map_err(|error| lost_on_the_way(error.to_string()))?
        } else {
            let mut line = Zeroizing::new(String::with_capacity(secret.expose().len() + 1));
            line.push_str(secret.expose());
            line.push('\n');
            line
        };
        output::write_stdout(&text)
            .map_err(|error| lost_on_the_way(format!("standard output can't be written: {error}")))?;
        Ok("Its secret is on standard output. The service does not show it again.".to_owned())
    }
}

/// Nobody has it, for this reason.
pub(super) fn lost_on_the_way(reason: impl Into<String>) -> NotDelivered {
    NotDelivered { reason: reason.into(), is_out: false }
}

/// What destinations are reached with, as this session's settings want it.
fn means(session: &Session) -> Means {
    Means::detect(session.settings.clear_clipboard_after, session.settings.command_timeout)
}

/// Takes `secret` to `destination`; the words for what happened.
async fn deliver(
    destination: &Destination,
    kind: KeyKind,
    secret: &Secret,
    agreed: &Look,
    session: &Session,
    in_doubt: &str,
) -> Result<String, NotDelivered> {
    let means = means(session);
    session.progress.begin("Taking the secret to its destination", Instant::now());
    let outcome = destination::deliver(destination, kind, secret, agreed.ask, &means).await;
    session.progress.end(Instant::now());
    let delivered = match outcome? {
        Outcome::Delivered(delivered) => delivered,
        Outcome::Write(sequence, delivered) => {
            output::write_to_terminal(&sequence).map_err(|error| NotDelivered {
                reason: format!("the terminal could not be written to ({error})"),
                is_out: false,
            })?;
            delivered
        }
    };
    let words = format!("Its secret was {delivered}.");
    Ok(match delivered {
        Delivered::Terminal { .. } => format!("{words}\nIn case it did not arrive, {in_doubt}"),
        _ => words,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_output_is_one_of_the_destinations() {
        for (text, expected) in [
            ("stdout", Ok(To::Stdout)),
            ("clipboard", Ok(To::Elsewhere(Destination::Clipboard))),
            ("env:.env", Ok(To::Elsewhere(Destination::Env(".env".into())))),
            ("stdout:", Err("stdout, file:PATH")),
            ("nowhere", Err("stdout, file:PATH")),
            ("file:", Err("needs a path")),
        ] {
            match (text.parse::<To>(), expected) {
                (Ok(to), Ok(expected)) => {
                    assert_eq!(to, expected);
                    assert_eq!(to.label(), text);
                }
                (Err(words), Err(expected)) => assert!(words.contains(expected), "{text}: {words}"),
                (parsed, _) => panic!("{text}: {parsed:?}"),
            }
        }
    }
}
