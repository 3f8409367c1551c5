//! The confirmation of a write: asked for on a terminal, given as an argument elsewhere.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use super::exit::Failure;
use super::output::{say, write_words};
use crate::guard::Phrase;

/// No answer is longer than a key's name; what is, is not read to its end.
const LONGEST_ANSWER: u64 = 4096;

/// Asks whether to go on, unless `yes` was given.
pub(super) async fn agree(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !can_ask() {
        return Err(Failure::refused("Without a terminal to ask on, this needs --yes. Nothing was changed."));
    }
    match ask(format!("{question} [y/N] ")).await.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::refused("Not confirmed. Nothing was changed.")),
    }
}

/// Has the phrase typed to do something (`doing`) to a key that is in use, unless `yes` was given.
pub(super) async fn agree_by_phrase(warning: &str, phrase: &Phrase, doing: &str, yes: bool) -> Result<(), Failure> {
    if yes || !can_ask() {
        return agree(warning, yes).await;
    }
    let (noun, text) = (phrase.noun(), phrase.text());
    is_phrase(phrase, &ask(format!("{warning}\nType the key's {noun} ({text}) to {doing} it: ")).await)
}

/// Has the phrase typed to delete a key; `yes` was perhaps given, and is not enough.
pub(super) async fn type_phrase(warning: &str, phrase: &Phrase, yes: bool) -> Result<(), Failure> {
    let (noun, text) = (phrase.noun(), phrase.text());
    if !can_ask() {
        let reason = if yes { "--yes is not enough to delete a key" } else { "Without a terminal to ask on" };
        return Err(Failure::refused(format!(
            "{reason}: this needs --confirm with the key's {noun}{}, which is: {text}\nNothing was changed.",
            why(phrase)
        )));
    }
    if yes {
        say(format_args!("ckeys: --yes is not enough to delete a key."));
    }
    is_phrase(phrase, &ask(format!("{warning}\nType the key's {noun} ({text}) to delete it: ")).await)
}

/// Whether `typed`, or what was given in its place, is the phrase.
pub(super) fn is_phrase(phrase: &Phrase, typed: &str) -> Result<(), Failure> {
    if phrase.is(typed) {
        Ok(())
    } else {
        let (noun, text) = (phrase.noun(), phrase.text());
        let why = why(phrase);
        Err(Failure::refused(format!(
            "Not confirmed: this needs the key's {noun}{why}, which is: {text}\nNothing was changed."
        )))
    }
}

/// Why it is not the name that is asked for.
fn why(phrase: &Phrase) -> &'static str {
    if matches!(phrase, Phrase::Id(_)) { ", as its name can't tell it for sure" } else { "" }
}

fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Puts a question on standard error and reads a line; nothing where the input ends.
async fn ask(question: String) -> String {
    // On a thread of its own: a signal must get through while nobody answers.
    let answer = tokio::task::spawn_blocking(move || {
        write_words(&question)?;
        let mut line = String::new();
        io::stdin().lock().take(LONGEST_ANSWER).read_line(&mut line)?;
        io::Result::Ok(line)
    });
    match answer.await {
        Ok(Ok(line)) => line.trim().to_owned(),
        // What can't be asked is not confirmed.
        _ => String::new(),
    }
}
