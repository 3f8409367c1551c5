//! The small process that owns a display's clipboard, and what it says to the program that started it.
//!
//! It reads the text from standard input to its end, takes the clipboard, answers with one line, and goes on by
//! itself: in a session of its own, so that neither the program's end, nor Ctrl-C, nor a closed terminal ends it.

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use arboard::Clipboard;
use zeroize::Zeroizing;

/// The hidden command that makes this program a clipboard's owner; `--seconds N` follows it.
pub const OWNER_ARGUMENT: &str = "__clipboard-owner";

/// The longest text that is taken to a clipboard, in bytes.
pub const MAX_TEXT_BYTES: usize = 1 << 20;

/// The answer once the clipboard is taken.
pub(super) const TAKEN: &str = "ok";
/// How an answer starts that says why it was not.
pub(super) const ERROR_PREFIX: &str = "error: ";

/// Whether the text lives in this process (X11, Wayland), or the platform takes a copy of it.
const SERVED: bool = cfg!(all(unix, not(target_os = "macos")));

/// How long a look at the clipboard may take. Another owner that is stuck can hold it up for 24 s.
const LOOK: Duration = Duration::from_secs(2);

/// How often a served clipboard is looked at for a display that ended without a word.
const CHECK_EVERY: Duration = if SERVED { Duration::from_secs(60) } else { Duration::MAX };

/// Owns the clipboard with the text from standard input, until something else is copied or `seconds` are over
/// (0: no limit); then clears it, where it still holds the text.
///
/// Prints one line as soon as it is known how that went, `ok` or `error: …`. Where nobody waits for
/// it any more, the clipboard is given back at once.
pub fn run_owner(seconds: u64) -> ExitCode {
    detach();
    let taken = read_text().and_then(|text| Ok((take(&text).map_err(|error| describe(&error))?, text)));
    match taken {
        Ok((holding, text)) => {
            let now = Instant::now();
            let until = match answer(TAKEN) {
                Err(_) => Some(now),
                Ok(()) if seconds == 0 => None,
                // More than a clock can count is no limit.
                Ok(()) => now.checked_add(Duration::from_secs(seconds)),
            };
            forget_parent();
            if holding.wait(&text, until) == Ended::TimeIsUp {
                clear(&text);
            }
            ExitCode::SUCCESS
        }
        Err(reason) => {
            // Where this can't be said either, the exit code says it.
            let _ = answer(&format!("{ERROR_PREFIX}{reason}"));
            ExitCode::FAILURE
        }
    }
}

/// Leaves the terminal's session and the working folder. Each is worth having by itself, so a refusal is no reason to
/// stop.
fn detach() {
    #[cfg(unix)]
    {
        let _ = rustix::process::setsid();
        let _ = std::env::set_current_dir("/");
    }
}

/// Lets go of the pipes to the program that started this one.
fn forget_parent() {
    #[cfg(unix)]
    if let Ok(null) = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdin(&null);
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

fn answer(line: &str) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// The text on standard input, in one buffer that never grows, so that no copy is left behind unwiped.
fn read_text() -> Result<Zeroizing<String>, String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_TEXT_BYTES + 1));
    let limit = u64::try_from(MAX_TEXT_BYTES + 1).unwrap_or(u64::MAX);
    io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("the text can't be read: {error}"))?;
    if bytes.len() > MAX_TEXT_BYTES {
        return Err(format!("the text is longer than {MAX_TEXT_BYTES} bytes"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "the text is not UTF-8".to_owned())?;
    if text.is_empty() {
        return Err("there is no text".into());
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// The error on one line, without arboard's preamble.
fn describe(error: &arboard::Error) -> String {
    let words = match error {
        arboard::Error::Unknown { description } => description.clone(),
        other => other.to_string(),
    };
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A clipboard that was taken.
struct Holding {
    /// Hears that something else was copied, where the platform tells.
    pasted_over: Receiver<Result<(), arboard::Error>>,
    /// Keeps the channel open where nobody sends.
    _open: Option<mpsc::Sender<Result<(), arboard::Error>>>,
}

/// Why waiting ended.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    TimeIsUp,
    Lost,
}

impl Holding {
    /// Waits until the clipboard is lost, or `until` has come (`None`: never).
    fn wait(&self, text: &str, until: Option<Instant>) -> Ended {
        if until.is_none() && !SERVED {
            // The platform holds a copy, and there is nothing to clear.
            return Ended::Lost;
        }
        loop {
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            match self.pasted_over.recv_timeout(left.min(CHECK_EVERY)) {
                Ok(_) | Err(RecvTimeoutError::Disconnected) => return Ended::Lost,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if until.is_some_and(|until| until <= Instant::now()) {
                return Ended::TimeIsUp;
            }
            if holds(text) != Some(true) {
                return Ended::Lost;
            }
        }
    }
}

/// Takes the clipboard, and returns when it is certain that it was taken.
#[cfg(all(unix, not(target_os = "macos")))]
fn take(text: &Zeroizing<String>) -> Result<Holding, arboard::Error> {
    use arboard::SetExtLinux as _;

    // Only a call that blocks hears that something else was copied, and it doesn't tell when it has taken the
    // clipboard. So the clipboard is taken twice: first with a mark, by a call that reports errors, then for good, which
    // makes the mark disappear. Answering before that could overwrite what is copied in between.
    const MARK: &str = "<!-- ckeys -->";

    let mut clipboard = Clipboard::new()?;
    clipboard.set().exclude_from_history().html(MARK, Some(text.as_str()))?;
    let (sender, pasted_over) = mpsc::channel();
    let text = text.clone();
    thread::spawn(move || {
        let served = Clipboard::new().and_then(|mut own| own.set().exclude_from_history().wait().text(text.as_str()));
        // Nobody listens any more once the time is up.
        let _ = sender.send(served);
    });
    while clipboard.get().html().is_ok_and(|html| html == MARK) {
        match pasted_over.recv_timeout(Duration::from_millis(1)) {
            Ok(Err(error)) => return Err(error),
            Ok(Ok(())) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    Ok(Holding { pasted_over, _open: None })
}

/// Gives the platform a copy.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn take(text: &Zeroizing<String>) -> Result<Holding, arboard::Error> {
    let mut clipboard = Clipboard::new()?;
    let set = clipboard.set();
    #[cfg(target_os = "macos")]
    let set = arboard::SetExtApple::exclude_from_history(set);
    #[cfg(windows)]
    let set = {
        use arboard::SetExtWindows as _;
        set.exclude_from_monitoring().exclude_from_cloud().exclude_from_history()
    };
    set.text(text.as_str())?;
    let (sender, pasted_over) = mpsc::channel();
    Ok(Holding { pasted_over, _open: Some(sender) })
}

/// Whether the clipboard holds `text`; `None` where it does not say in time.
pub(super) fn holds(text: &str) -> Option<bool> {
    let text = Zeroizing::new(text.to_owned());
    let (sender, seen) = mpsc::channel();
    thread::spawn(move || {
        let held = match Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).map(Zeroizing::new) {
            Ok(found) => Some(*found == *text),
            Err(arboard::Error::ContentNotAvailable) => Some(false),
            Err(_) => None,
        };
        // Nobody listens any more where this took too long.
        let _ = sender.send(held);
    });
    seen.recv_timeout(LOOK).ok().flatten()
}

/// Clears the clipboard if it holds `text`. What can't be looked at is left alone: it may be someone else's.
fn clear(text: &str) {
    if holds(text) == Some(true) {
        // The process ends next, and a served text with it.
        let _ = Clipboard::new().and_then(|mut clipboard| clipboard.clear());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_one_line_without_preamble() {
        let error = arboard::Error::Unknown { description: "no\n  display  here".into() };
        assert_eq!(describe(&error), "no display here");
    }

    #[test]
    fn waiting_ends_with_the_clipboard_or_the_time() {
        let (sender, pasted_over) = mpsc::channel();
        let holding = Holding { pasted_over, _open: None };
        assert_eq!(holding.wait("fake", Some(Instant::now())), Ended::TimeIsUp);
        let tomorrow = Instant::now() + Duration::from_secs(86_400);
        sender.send(Ok(())).unwrap();
        assert_eq!(holding.wait("fake", Some(tomorrow)), Ended::Lost);
        drop(sender);
        assert_eq!(holding.wait("fake", None), Ended::Lost);
    }
}
