//! What the system tells this program: to end, to stop, to go on, that the terminal has a new size.

use std::io;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// [`stop_job`] is why the next SIGCONT comes; its caller claims the terminal by itself.
#[cfg(unix)]
static STOPPED_ITSELF: AtomicBool = AtomicBool::new(false);

/// A signal from outside. In raw mode Ctrl-C and Ctrl-Z are keys and don't come this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End now (SIGTERM, SIGQUIT; on Windows the session ends).
    Terminate,
    /// Someone interrupts (SIGINT, Ctrl-Break).
    Interrupt,
    /// The terminal is gone (SIGHUP; on Windows its window was closed).
    Hangup,
    /// Stop until continued (SIGTSTP).
    Suspend,
    /// It goes on after a stop that was not its own (SIGCONT): what is on the screen, and its modes, may be another program's. Comes with a
    /// hangup, too, when claiming the terminal again fails.
    Continue,
    /// The terminal has a new size (SIGWINCH).
    Resize {
        /// The new width.
        columns: u16,
        /// The new height.
        rows: u16,
    },
}

/// Gives every [`Signal`] to `sender`, on a thread of its own that sleeps in between. From the return of this
/// function on none of them ends or stops the program by itself.
pub fn watch_signals(sender: impl Fn(Signal) + Send + 'static) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(signals.give_to(sender)))
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    suspend: tokio::signal::unix::Signal,
    resume: tokio::signal::unix::Signal,
    resize: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};
        let of = |kind: Signal| signal(SignalKind::from_raw(kind.as_raw()));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            quit: signal(SignalKind::quit())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            suspend: of(Signal::TSTP)?,
            resume: of(Signal::CONT)?,
            resize: signal(SignalKind::window_change())?,
        })
    }

    async fn give_to(mut self, sender: impl Fn(Signal)) {
        loop {
            let signal = tokio::select! {
                // Endings first, whatever else piles up.
                biased;
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.quit.recv() => Signal::Terminate,
                _ = self.hangup.recv() => Signal::Hangup,
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.suspend.recv() => Signal::Suspend,
                _ = self.resume.recv() => {
                    if STOPPED_ITSELF.swap(false, Ordering::SeqCst) {
                        continue;
                    }
                    Signal::Continue
                }
                _ = self.resize.recv() => {
                    let (columns, rows) = super::size();
                    Signal::Resize { columns, rows }
                }
            };
            if matches!(signal, Signal::Terminate | Signal::Interrupt | Signal::Hangup) {
                // Whoever it is sent to may be held up by the terminal.
                super::output::expect_the_end();
            }
            sender(signal);
        }
    }
}

#[cfg(windows)]
struct Signals {
    ctrl_c: tokio::signal::windows::CtrlC,
    ctrl_break: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self { ctrl_c: ctrl_c()?, ctrl_break: ctrl_break()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    async fn give_to(mut self, sender: impl Fn(Signal)) {
        loop {
            sender(tokio::select! {
                _ = self.ctrl_c.recv() => Signal::Interrupt,
                _ = self.ctrl_break.recv() => Signal::Interrupt,
                _ = self.close.recv() => Signal::Hangup,
                _ = self.shutdown.recv() => Signal::Terminate,
            });
        }
    }
}

/// Whether there is a shell that could continue this program. Where the session's first process is in this job, as in
/// a terminal or a container that runs nothing else, a stop would be for ever.
#[cfg(unix)]
pub(super) fn can_be_continued() -> bool {
    use rustix::process::{getpgrp, getsid};
    getsid(None).is_ok_and(|session| session != getpgrp())
}

#[cfg(windows)]
pub(super) fn can_be_continued() -> bool {
    false
}

/// Stops this job, with a wrapper that it may have been started by, as the terminal's own Ctrl-Z would; returns when it
/// was continued. SIGSTOP, because SIGTSTP is watched.
#[cfg(unix)]
pub(super) fn stop_job() -> io::Result<()> {
    use rustix::process::{Signal, kill_current_process_group};
    use tokio::signal::unix::{SignalKind, signal};

    // On a thread of its own, as the caller may be inside a runtime already.
    let stopping = thread::Builder::new().name("suspend".into()).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut resumed = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
            STOPPED_ITSELF.store(true, Ordering::SeqCst);
            if let Err(error) = kill_current_process_group(Signal::STOP) {
                STOPPED_ITSELF.store(false, Ordering::SeqCst);
                return Err(error.into());
            }
            // The call may return before the stop has reached this thread, and the terminal is not to be claimed then.
            resumed.recv().await;
            Ok(())
        })
    })?;
    stopping.join().unwrap_or_else(|_| Err(io::Error::other("stopping this program failed")))
}

#[cfg(windows)]
pub(super) fn stop_job() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use rustix::process::{getpid, kill_process};

    use super::*;

    #[test]
    fn signals_are_given_on_instead_of_ending_the_program() {
        let (sender, given) = mpsc::channel();
        let watching = watch_signals(move |signal| {
            // The test has ended.
            let _ = sender.send(signal);
        });
        assert!(watching.is_ok());
        for (signal, expected) in [
            (rustix::process::Signal::TERM, Signal::Terminate),
            (rustix::process::Signal::HUP, Signal::Hangup),
            (rustix::process::Signal::TSTP, Signal::Suspend),
            (rustix::process::Signal::CONT, Signal::Continue),
        ] {
            assert_eq!(kill_process(getpid(), signal), Ok(()));
            assert_eq!(given.recv_timeout(Duration::from_secs(10)), Ok(expected));
        }
    }
}
