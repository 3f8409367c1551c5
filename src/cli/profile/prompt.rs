//! A question on the terminal whose answer nobody else may see.

use std::io;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use zeroize::Zeroizing;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output::write_words;
use crate::panic::before_the_end;

/// No answer is longer, in characters: what is typed beyond that is left out, and is no key.
const LONGEST: usize = 4096;

/// The terminal as it was, also where this ends early.
struct Raw;

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
        let _ = write_words("\n");
    }
}

/// Asks, and gives what was typed or pasted up to Enter. Ctrl-C, Ctrl-D and Esc end it.
///
/// # Errors
/// Where the terminal can't be asked, or the person does not want to.
pub(super) async fn hidden(question: &str) -> Result<Zeroizing<String>, Failure> {
    // Before the question is there, so that no answer comes too early to be hidden.
    enable_raw_mode().map_err(|error| failed(&error))?;
    // Held here, and not where it is typed: a signal must get through, and leave the terminal as it was.
    let _raw = Raw;
    let _at_a_panic = before_the_end(|| drop(disable_raw_mode()));
    write_words(question).map_err(|error| failed(&error))?;
    let typing = tokio::task::spawn_blocking(typed);
    tokio::select! {
        typed = typing => typed.unwrap_or_else(|_| Err(interrupted())),
        never = hides_again(question) => never,
    }
}

/// Whoever was stopped goes on with a terminal as the shell had it, which shows what is typed.
#[cfg(unix)]
async fn hides_again<T>(question: &str) -> T {
    use tokio::signal::unix::{SignalKind, signal};

    let goes_on = rustix::process::Signal::CONT.as_raw();
    if let Ok(mut signals) = signal(SignalKind::from_raw(goes_on)) {
        while signals.recv().await.is_some() {
            let _ = disable_raw_mode();
            let _ = enable_raw_mode();
            let _ = write_words(&format!("\r{question}"));
        }
    }
    std::future::pending().await
}

#[cfg(not(unix))]
async fn hides_again<T>(_question: &str) -> T {
    std::future::pending().await
}

fn typed() -> Result<Zeroizing<String>, Failure> {
    // Never grows, as that would leave copies behind.
    let mut typed = Zeroizing::new(String::with_capacity(LONGEST * 4));
    loop {
        let Event::Key(key) = event::read().map_err(|error| failed(&error))? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(typed),
            KeyCode::Char('j' | 'm') if is_control => return Ok(typed),
            KeyCode::Char('c' | 'd') if is_control => return Err(interrupted()),
            KeyCode::Esc => return Err(interrupted()),
            KeyCode::Char('u') if is_control => typed.clear(),
            KeyCode::Backspace => drop(typed.pop()),
            KeyCode::Char(character) if !is_control && typed.chars().count() < LONGEST => typed.push(character),
            _ => {}
        }
    }
}

fn failed(error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("The terminal can't be asked ({error}). Nothing was stored."))
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "Interrupted. Nothing was stored.")
}
