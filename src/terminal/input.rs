//! What comes in from the terminal, read on a thread of its own.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossterm::event;

#[cfg(unix)]
use super::background::Sieve;
use super::event::Input;
#[cfg(unix)]
use super::event::only_moves;

/// What came in at one go, but for keys that only move: none of it was typed in answer to what the rest of it brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// When the first of it was read.
    pub at: Instant,
    /// For how long nothing had come in before.
    pub pause: Duration,
    /// In its order.
    pub inputs: Vec<Input>,
}

/// Reads the terminal on a thread of its own and gives everything to `sender`, until that says `false` or the
/// terminal vanishes, which is the last thing sent. Sleeps while nothing comes in.
pub fn read_input(mut sender: impl FnMut(Batch) -> bool + Send + 'static) -> io::Result<JoinHandle<()>> {
    let source = Source::open()?;
    thread::Builder::new().name("input".into()).spawn(move || {
        if source.read(&mut sender).is_err() {
            // Nobody may listen any more.
            let _ = sender(Batch { at: Instant::now(), pause: Duration::MAX, inputs: vec![Input::Vanished] });
        }
    })
}

/// Whether something was typed that was not read yet. It is not to be flushed: the end of a sequence would be lost with
/// it, of a paste for one, and all that is typed afterwards would be taken for its rest.
pub fn has_typed_ahead() -> bool {
    #[cfg(unix)]
    let waiting = Source::open().is_ok_and(|source| rustix::io::ioctl_fionread(&source.terminal).is_ok_and(|n| n > 0));
    #[cfg(windows)]
    let waiting = false;
    waiting
}

/// Whether the terminal is gone, so that nothing can be typed any more.
pub fn has_vanished() -> bool {
    #[cfg(unix)]
    let is_gone = Source::open().and_then(|source| source.is_gone(Some(Duration::ZERO))).unwrap_or(true);
    #[cfg(windows)]
    let is_gone = false;
    is_gone
}

#[cfg(unix)]
struct Source {
    terminal: std::os::fd::OwnedFd,
}

#[cfg(unix)]
impl Source {
    /// How long crossterm waits for the rest of what it began to read. It sleeps for whole milliseconds and spins for the
    /// rest, of which there is so little here that it is gone when it wakes up.
    const DRAIN: Duration = Duration::from_micros(10_050);
    /// How long more of a batch is waited for: long enough to find what was read along.
    const GATHER: Duration = Duration::from_micros(100);
    /// Within this, what comes next came without a pause. Asleep, as the one who draws has work to do meanwhile.
    const PAUSE: Duration = Duration::from_micros(1_050);
    /// The most events of a batch.
    const MOST: usize = 4096;

    /// The terminal that crossterm reads: standard input or, where that is something else, the terminal of this session.
    fn open() -> io::Result<Self> {
        use std::fs::File;
        use std::io::IsTerminal as _;
        use std::os::fd::AsFd as _;
        use std::os::unix::ffi::OsStrExt as _;

        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Ok(Self { terminal: stdin.as_fd().try_clone_to_owned()? });
        }
        // By its own name where it is known: macOS can't wait for /dev/tty.
        let named = rustix::termios::ttyname(io::stdout(), Vec::new())
            .map_err(io::Error::from)
            .and_then(|name| File::open(std::ffi::OsStr::from_bytes(name.to_bytes())));
        Ok(Self { terminal: named.or_else(|_| File::open("/dev/tty"))?.into() })
    }

    /// Ends with `Ok` when `sender` says so, with an error when the terminal is gone.
    fn read(&self, sender: &mut impl FnMut(Batch) -> bool) -> io::Result<()> {
        // crossterm may hold more events than one, and looks for them only if it gets to it within its time. Asked
        // twice, it does on a busy machine, too.
        let has_more = |time| Ok::<_, io::Error>(event::poll(time)? || event::poll(time)?);
        let mut last: Option<Instant> = None;
        let mut sieve = Sieve::default();
        loop {
            // What is there already came without a pause, however late it is looked at.
            let mut is_there = !self.watch(Some(Duration::ZERO))?.is_empty();
            if let Some(patience) = sieve.patience()
                && self.watch(Some(patience))?.is_empty()
            {
                let inputs = sieve.give_up();
                // It was typed before that was waited for.
                let at = last.unwrap_or_else(Instant::now);
                if !inputs.is_empty() && !sender(Batch { at, pause: Duration::ZERO, inputs }) {
                    return Ok(());
                }
                continue;
            }
            self.wait()?;
            while has_more(Self::DRAIN)? {
                let at = Instant::now();
                let pause = match last {
                    None => Duration::MAX,
                    Some(_) if is_there => Duration::ZERO,
                    Some(last) => at.duration_since(last),
                };
                let mut events = vec![event::read()?];
                // What only moves brings up no question that the rest could answer: it goes on at once.
                if !events.iter().all(only_moves) {
                    while events.len() < Self::MOST && has_more(Self::GATHER)? {
                        events.push(event::read()?);
                    }
                }
                last = Some(Instant::now());
                let inputs = sieve.sift(events);
                if !inputs.is_empty() && !sender(Batch { at, pause, inputs }) {
                    return Ok(());
                }
                is_there = has_more(Self::PAUSE)?;
            }
        }
    }

    /// Waits for input; an error where there will be none. crossterm would not notice that.
    fn wait(&self) -> io::Result<()> {
        if self.is_gone(None)? { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Waits for input, `most` at the longest (`None`: for ever), and tells whether the terminal is gone instead.
    fn is_gone(&self, most: Option<Duration>) -> io::Result<bool> {
        use rustix::event::PollFlags;
        Ok(self.watch(most)?.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL))
    }

    /// The same, and tells all that is so; nothing where nothing came.
    fn watch(&self, most: Option<Duration>) -> io::Result<rustix::event::PollFlags> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let most = most.map(Timespec::try_from).transpose().map_err(|_| io::ErrorKind::InvalidInput)?;
        loop {
            let mut watched = [PollFd::new(&self.terminal, PollFlags::IN)];
            match poll(&mut watched, most.as_ref()) {
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(watched[0].revents()),
            }
        }
    }
}

#[cfg(windows)]
struct Source;

#[cfg(windows)]
impl Source {
    #[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    fn open() -> io::Result<Self> {
        Ok(Self)
    }

    /// Ends with `Ok` when `sender` says so, with an error when the console is gone.
    #[expect(clippy::unused_self, reason = "it is used elsewhere")]
    fn read(&self, sender: &mut impl FnMut(Batch) -> bool) -> io::Result<()> {
        let mut last: Option<Instant> = None;
        loop {
            let mut events = vec![event::read()?];
            let at = Instant::now();
            let pause = last.map_or(Duration::MAX, |last| at.duration_since(last));
            while event::poll(Duration::ZERO)? {
                events.push(event::read()?);
            }
            last = Some(Instant::now());
            if !sender(Batch { at, pause, inputs: events.into_iter().filter_map(Input::of).collect() }) {
                return Ok(());
            }
        }
    }
}
