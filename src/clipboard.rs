//! The clipboard: which way leads to it, and taking a secret there.
//!
//! [`route()`] decides from plain facts. [`copy`] then goes that way and says what really happened: a display's
//! clipboard has taken the text, or a terminal has been asked to, which can't be checked.
//!
//! A display's clipboard is served by a process, and lost when that ends. So a small child process
//! ([`run_owner`]) owns it from the first copy, whether this program goes on or not, until something else
//! is copied or its time is up. It gets the text over standard input and is the only process that talks
//! to the display, so a display that hangs never holds up this one.

mod osc52;
mod owner;
mod route;

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

pub use osc52::{OSC52_MAX_BYTES, osc52_sequence};
pub use owner::{MAX_TEXT_BYTES, OWNER_ARGUMENT, run_owner};
pub use route::{Environment, Route, Unreachable, fallback, route};

use crate::child;
use crate::redact::redacted;
use crate::secret::Secret;
use crate::text::Text;

/// How long a clipboard, or tmux, may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Windows: without the console of the program that starts it, so that closing that doesn't end it.
#[cfg(windows)]
const DETACHED_PROCESS: u32 = 0x0000_0008;

/// What became of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// The display's clipboard holds the text.
    Native {
        /// When it is cleared, should it still hold the text then; `None`: it stays.
        clears_after: Option<Duration>,
    },
    /// tmux passed the text to its terminal. Whether that took it can't be known.
    SentToTerminal,
    /// Nothing is sent yet: write [`osc52_sequence`] on the thread that draws. Whether the terminal takes it can't be
    /// known either.
    WriteSequence,
}

/// Why a text was not copied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CopyError {
    /// There is no way to a clipboard.
    #[error("nothing was copied: {0}; show the value on screen and select it")]
    Unreachable(Unreachable),
    /// The display's clipboard could not be taken.
    #[error("nothing was copied: the display's clipboard refused ({0}); show the value on screen and select it")]
    Refused(String),
    /// No answer in time; what was started has been ended.
    #[error("{0} gave no answer within {seconds} s, and was given up on; show the value on screen and select it", seconds = PATIENCE.as_secs())]
    Stuck(&'static str),
    /// A program that the route needs could not be started.
    #[error("nothing was copied: {program} can't be run ({reason}); show the value on screen and select it")]
    NotRun {
        /// The program.
        program: &'static str,
        /// Why not, in the system's words.
        reason: String,
    },
    /// tmux answered with an error.
    #[error(
        "nothing was copied: tmux refused ({0}); tmux 3.2 or newer is needed; show the value on screen and select it"
    )]
    Tmux(String),
    /// The text is longer than the route can carry.
    #[error(
        "nothing was copied: {bytes} bytes are more than this clipboard can be sent ({limit}); save the value to a file"
    )]
    TooLong {
        /// The text's size in bytes.
        bytes: usize,
        /// The route's limit in bytes.
        limit: usize,
    },
}

/// How to copy.
#[derive(Debug, Clone, Default)]
pub struct CopyOptions {
    /// When the display's clipboard is cleared, should it still hold the text then, counted in whole
    /// seconds; `None`: never.
    pub clear_after: Option<Duration>,
    /// The executable that serves the clipboard when called with [`OWNER_ARGUMENT`]; `None`: this one.
    pub owner: Option<PathBuf>,
    /// Variables for the child processes, over those that they inherit.
    pub variables: Vec<(OsString, OsString)>,
}

/// Takes `text` to the clipboard by `route`.
///
/// Never takes much longer than three seconds ([`Route::Tmux`]: twice that). For what to try after an error, see
/// [`fallback`]. Dropping the future takes a copy to a display back: an owner whose answer nobody awaits gives up. tmux
/// may send it on all the same, but keeps none.
pub async fn copy(text: &Secret, route: &Route, options: &CopyOptions) -> Result<Copied, CopyError> {
    match route {
        Route::Native => copy_native(text, options).await,
        Route::Tmux => copy_by_tmux(text, options).await,
        Route::Osc52 => within(OSC52_MAX_BYTES, text).map(|()| Copied::WriteSequence),
        Route::None { reason } => Err(CopyError::Unreachable(reason.clone())),
    }
}

/// Takes `text` to the clipboard of the person at the keyboard by the best way, or by the next best where that fails;
/// what came of it, and by which way.
///
/// # Errors
/// Why the last way failed.
pub async fn copy_by_best_route(
    text: &Secret,
    environment: &Environment,
    options: &CopyOptions,
) -> Result<(Route, Copied), CopyError> {
    let mut route = route(environment);
    loop {
        match copy(text, &route, options).await {
            Ok(copied) => return Ok((route, copied)),
            Err(error) => route = fallback(&route, environment).ok_or(error)?,
        }
    }
}

/// Whether the display's clipboard holds `text` now; none where that can't be told within some seconds.
pub async fn holds(text: &Secret) -> Option<bool> {
    let text = text.clone();
    tokio::task::spawn_blocking(move || owner::holds(text.expose())).await.ok().flatten()
}

fn within(limit: usize, text: &Secret) -> Result<(), CopyError> {
    let bytes = text.expose().len();
    if bytes > limit { Err(CopyError::TooLong { bytes, limit }) } else { Ok(()) }
}

/// Starts an owner, gives it `text` and waits for its word that the clipboard is taken.
async fn copy_native(text: &Secret, options: &CopyOptions) -> Result<Copied, CopyError> {
    within(MAX_TEXT_BYTES, text)?;
    let not_run = |error: &io::Error| CopyError::NotRun { program: "the clipboard's owner", reason: error.to_string() };
    let program = match &options.owner {
        Some(program) => program.clone(),
        None => env::current_exe().map_err(|error| not_run(&error))?,
    };
    // Rounded up: a time below a second must not turn into "never".
    let seconds = options.clear_after.map_or(0, |after| after.as_secs() + u64::from(after.subsec_nanos() > 0));
    let mut command = child::command(program);
    command.arg(OWNER_ARGUMENT).arg("--seconds").arg(seconds.to_string());
    let mut command = tokio_command(command, options);
    #[cfg(windows)]
    command.creation_flags(DETACHED_PROCESS);
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut owner = spawned.map_err(|error| not_run(&error))?;
    match timeout(PATIENCE, hand_over(&mut owner, text)).await {
        Ok(Ok(())) => Ok(Copied::Native { clears_after: (seconds > 0).then(|| Duration::from_secs(seconds)) }),
        Ok(Err(error)) => {
            end(&mut owner).await;
            Err(error)
        }
        Err(_) => {
            end(&mut owner).await;
            Err(CopyError::Stuck("the display's clipboard"))
        }
    }
}

/// The conversation with a fresh owner: the text, end of file, and its one line of answer.
async fn hand_over(owner: &mut Child, text: &Secret) -> Result<(), CopyError> {
    feed(owner, text).await.map_err(|error| CopyError::Refused(format!("its owner ended early: {error}")))?;
    let mut answer = String::new();
    if let Some(stdout) = owner.stdout.take() {
        // Half a line is no answer, so what is read has a limit.
        let read = BufReader::new(stdout.take(4096)).read_line(&mut answer).await;
        read.map_err(|error| CopyError::Refused(error.to_string()))?;
    }
    match answer.trim_end() {
        owner::TAKEN => Ok(()),
        "" => Err(CopyError::Refused("its owner ended without a word".into())),
        line => Err(CopyError::Refused(words(line.strip_prefix(owner::ERROR_PREFIX).unwrap_or(line)))),
    }
}

/// What another program said: clean, and without the text that it was given.
fn words(said: &str) -> String {
    Text::from(&*redacted(said)).to_string()
}

/// `command` with the variables of `options`, for the tokio runtime.
fn tokio_command(mut command: std::process::Command, options: &CopyOptions) -> Command {
    command.envs(options.variables.iter().map(|(name, value)| (name, value)));
    command.into()
}

/// Gives `text` and end of file to the standard input of `child`.
async fn feed(child: &mut Child, text: &Secret) -> io::Result<()> {
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.expose().as_bytes()).await?;
        stdin.shutdown().await?;
    }
    Ok(())
}

/// Ends a child process that failed its task. A served clipboard's process is never passed here.
async fn end(child: &mut Child) {
    // It may have ended by itself, which is as good.
    let _ = child.start_kill();
    let _ = timeout(PATIENCE, child.wait()).await;
}

/// Passes `text` through a tmux buffer of its own, which is deleted whatever happens.
async fn copy_by_tmux(text: &Secret, options: &CopyOptions) -> Result<Copied, CopyError> {
    within(MAX_TEXT_BYTES, text)?;
    let buffer = format!("ckeys-{:016x}", fastrand::u64(..));
    let delete = ["delete-buffer", "-b", &buffer];
    // In one go, so that no buffer stays where this program ends in between.
    let passed =
        tmux(&[&["load-buffer", "-w", "-b", &buffer, "-", ";"], &delete[..]].concat(), Some(text), options).await;
    if passed.is_err() {
        // There may be nothing to delete, and the first error is the one that counts.
        let _ = tmux(&delete, None, options).await;
    }
    passed.map(|()| Copied::SentToTerminal)
}

/// Runs tmux with `arguments`, and `input` on its standard input. With input it finishes what it was told even if nobody
/// awaits it.
async fn tmux(arguments: &[&str], input: Option<&Secret>, options: &CopyOptions) -> Result<(), CopyError> {
    let not_run = |error: io::Error| CopyError::NotRun { program: "tmux", reason: error.to_string() };
    let mut command = child::command("tmux");
    command.args(arguments);
    let mut command = tokio_command(command, options);
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    command.stdin(stdin).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(input.is_none());
    let mut child = command.spawn().map_err(not_run)?;
    let conversation = async {
        // tmux that can't reach its server ends without reading: its words are better than "broken pipe".
        let fed = match input {
            Some(text) => feed(&mut child, text).await,
            None => Ok(()),
        };
        let mut words = String::new();
        if let Some(stderr) = child.stderr.take() {
            stderr.take(1024).read_to_string(&mut words).await?;
        }
        if child.wait().await?.success() { fed.map(|()| None) } else { Ok(Some(self::words(words.trim()))) }
    };
    match timeout(PATIENCE, conversation).await {
        Ok(Ok(None)) => Ok(()),
        Ok(Ok(Some(words))) => Err(CopyError::Tmux(words)),
        Ok(Err(error)) => Err(not_run(error)),
        Err(_) => {
            end(&mut child).await;
            Err(CopyError::Stuck("tmux"))
        }
    }
}
