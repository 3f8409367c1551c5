//! A command as the destination of a secret: started without a shell, with the secret on its standard input and nowhere
//! else, and judged by its exit code.
//!
//! It gets the secret alone, without a newline behind it: tools that read a value up to the end of their input (`gh secret set`,
//! `vault kv put x key=-`, `kubectl … --from-file=/dev/stdin`) would store one along with it, or have to guess.
//!
//! It can't ask anything on the terminal: that may be the screen's, and a question would only wait for its time to be up.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::Means;
use super::command_line::CommandLine;
use super::look::{Look, NotDelivered, Obstacle};
use super::place::{quoted, shown};
use super::program;
use super::redact::redact;
use crate::child;
#[cfg(unix)]
use crate::panic::{BeforeTheEnd, before_the_end};
use crate::secret::Secret;
use crate::text::{Text, fit};

/// How much of what a command prints is kept, in bytes, of each of its outputs; the rest is read and dropped.
const MAX_OUTPUT: usize = 16 * 1024;

/// How much of it is shown: its last lines, as that is where programs tell what went wrong.
const LINES: usize = 4;
const CELLS: usize = 160;

/// How long its output is waited for when it has ended: what it left running may hold that open for good.
const GRACE: Duration = Duration::from_millis(200);

/// Whether its program is there.
pub(super) fn look(command: &CommandLine, means: &Means) -> Look {
    let words = format!("the command {}", quoted(command));
    match program::find(command.program(), means.search.as_deref()) {
        // A path says by itself where it is.
        Ok(program) if program.as_os_str() == command.program() => Look::at(words),
        Ok(program) => Look::at(format!("{words} ({})", shown(&program))),
        Err(error) => Look::blocked(words, Obstacle { words: error.to_string(), in_the_way: false }),
    }
}

/// Runs `command` with `secret` on its standard input.
///
/// # Errors
/// Where it could not be started, did not end in time, or ended badly.
pub(super) async fn run(command: &CommandLine, secret: &Secret, means: &Means) -> Result<(), NotDelivered> {
    let mut child = start(command, means)?;
    let group = Group::of(&child);
    let (mut output, mut errors) = (Output::default(), Output::default());
    let conversation = converse(&mut child, secret, &mut output, &mut errors);
    let words = match timeout(means.patience, conversation).await {
        Ok(Ok(status)) => {
            group.spare();
            match how(status) {
                None => return Ok(()),
                Some(how) => how,
            }
        }
        Ok(Err(error)) => format!("could not be waited for ({error})"),
        Err(_) => {
            drop(group);
            // Reaped here, so that it is gone when that is told; what can't be ended is left.
            let _ = child.start_kill();
            let _ = timeout(GRACE, child.wait()).await;
            format!("did not end within {} s and was ended", means.patience.as_secs_f32())
        }
    };
    let said = [errors, output].iter().find_map(|output| output.last_words(secret));
    let said = said.map(|said| format!("; it said: “{said}”")).unwrap_or_default();
    Err(NotDelivered { reason: format!("{} {words}{said}", quoted(command)), is_out: true })
}

fn start(line: &CommandLine, means: &Means) -> Result<Child, NotDelivered> {
    let program =
        program::find(line.program(), means.search.as_deref()).map_err(|error| NotDelivered::new(error.to_string()))?;
    let mut command = child::command(program);
    command.args(line.arguments());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // A group of its own, so that all it started ends with it.
        command.arg0(line.program()).process_group(0);
    }
    let mut command = Command::from(command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn().map_err(|error| NotDelivered::new(format!("{} can't be run ({error})", quoted(line))))
}

/// Feeds a command and listens to it until it ends.
async fn converse(
    child: &mut Child,
    secret: &Secret,
    output: &mut Output,
    errors: &mut Output,
) -> io::Result<ExitStatus> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feeding = async {
        if let Some(mut stdin) = stdin {
            // A command that has read enough, or nothing, is judged by its exit code alone.
            let _ = stdin.write_all(secret.expose().as_bytes()).await;
            let _ = stdin.shutdown().await;
        }
    };
    let mut listening = Box::pin(async { tokio::join!(output.read(stdout), errors.read(stderr)) });
    let mut is_heard = false;
    let status = {
        let mut ending = Box::pin(async { tokio::join!(child.wait(), feeding).0 });
        loop {
            tokio::select! {
                status = &mut ending => break status?,
                _ = &mut listening, if !is_heard => is_heard = true,
            }
        }
    };
    if !is_heard {
        let _ = timeout(GRACE, listening).await;
    }
    Ok(status)
}

/// How it ended, where that was not well.
fn how(status: ExitStatus) -> Option<String> {
    if status.success() {
        return None;
    }
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Some(format!("was ended by signal {signal}"));
    }
    Some(match status.code() {
        Some(code) => format!("failed (exit {code})"),
        None => "failed".to_owned(),
    })
}

/// What a command printed, up to a limit. It may hold the secret.
struct Output {
    /// Never grows, as a buffer that does leaves copies behind.
    kept: Zeroizing<Vec<u8>>,
}

impl Default for Output {
    fn default() -> Self {
        Self { kept: Zeroizing::new(Vec::with_capacity(MAX_OUTPUT)) }
    }
}

impl Output {
    async fn read(&mut self, pipe: Option<impl AsyncRead + Unpin>) {
        let Some(mut pipe) = pipe else { return };
        let mut piece = Zeroizing::new([0; 1024]);
        while let Ok(count @ 1..) = pipe.read(&mut *piece).await {
            // The last that was printed is kept.
            let count = count.min(MAX_OUTPUT);
            let excess = (self.kept.len() + count).saturating_sub(MAX_OUTPUT);
            self.kept.drain(..excess);
            self.kept.extend(piece.iter().take(count));
        }
    }

    /// The last lines, clean and without the secret; none where there is nothing to see.
    fn last_words(&self, secret: &Secret) -> Option<String> {
        let clean = redact(&self.kept, secret.expose());
        let text = Zeroizing::new(String::from_utf8_lossy(&clean).into_owned());
        let lines: Vec<_> = text
            .lines()
            .map(|line| Text::from(line.trim()))
            .filter(|line| !line.is_blank())
            .map(|line| fit(line.as_str(), CELLS).into_owned())
            .collect();
        let last =
            lines.iter().skip(lines.len().saturating_sub(LINES)).map(String::as_str).collect::<Vec<_>>().join(" | ");
        (!last.is_empty()).then_some(last)
    }
}

/// A command and all that it started: ended together when this is dropped, as when its time is up, or nobody awaits
/// it any more.
pub(crate) struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
    /// A panic drops nothing.
    #[cfg(unix)]
    _at_a_panic: Option<BeforeTheEnd>,
}

impl Group {
    #[cfg(unix)]
    pub(crate) fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        let leader = id.and_then(rustix::process::Pid::from_raw);
        Self { leader, _at_a_panic: leader.map(|leader| before_the_end(move || end(leader))) }
    }

    /// On Windows only the command itself is ended, when it is dropped.
    #[cfg(not(unix))]
    pub(crate) fn of(_child: &Child) -> Self {
        Self {}
    }

    /// It has ended: what it left running, such as an agent, was meant to stay.
    #[cfg_attr(not(unix), expect(unused_mut, clippy::unused_self, reason = "there is nothing to forget"))]
    pub(crate) fn spare(mut self) {
        #[cfg(unix)]
        self.leader.take();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(leader) = self.leader.take() {
            end(leader);
        }
    }
}

#[cfg(unix)]
fn end(leader: rustix::process::Pid) {
    // It may be gone already, which is as good.
    let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
}
