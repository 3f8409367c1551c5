//! Where bytes go out: to the terminal, for as long as it is claimed. One that takes nothing for a while is waited for,
//! but it never keeps the program from ending.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, DisableFocusChange};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{EndSynchronizedUpdate, LeaveAlternateScreen};

use super::mouse::ReleaseMouse;
use crate::redact::redacted;

/// The terminal is claimed: raw, on its alternate screen.
static CLAIMED: AtomicBool = AtomicBool::new(false);

/// The program is told to end: no terminal is waited for any more.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Something went out in part, so that the terminal may be in the middle of an escape sequence.
#[cfg(unix)]
static CUT: AtomicBool = AtomicBool::new(false);

/// Held while bytes go out, so that giving the terminal back does not come in the middle of a frame.
static WRITING: Mutex<()> = Mutex::new(());

/// How often a writer that waits for the terminal looks whether it still should.
#[cfg(unix)]
const LOOK_UP: Duration = Duration::from_millis(20);

/// From which wait on a terminal was behind what its user did.
#[cfg(unix)]
const BEHIND: Duration = Duration::from_millis(100);

/// How long the terminal may take to accept the last bytes of the program.
#[cfg(unix)]
const LAST: Duration = Duration::from_millis(400);

/// Cancels an escape sequence that was cut off.
#[cfg(unix)]
const CANCEL: &[u8] = b"\x18";

/// From now on bytes go out.
pub(super) fn claim() {
    CLAIMED.store(true, Ordering::SeqCst);
}

/// From now on no more bytes of a frame go out. `false`: they did not before.
pub(super) fn let_go() -> bool {
    CLAIMED.swap(false, Ordering::SeqCst)
}

/// From now on no terminal is waited for: what it does not take at once is lost.
#[cfg(unix)]
pub(super) fn expect_the_end() {
    ENDING.store(true, Ordering::SeqCst);
}

/// Whether the program was told to end by a signal. What is drawn then may come to nothing, and so may what is sent.
pub fn is_ending() -> bool {
    ENDING.load(Ordering::SeqCst)
}

/// Standard output, as long as the terminal is claimed; nowhere after that.
pub(super) struct Output {
    #[cfg(unix)]
    terminal: Descriptor,
    #[cfg(windows)]
    terminal: io::Stdout,
    /// When the terminal took the last of what was written, where it was long behind.
    late: Option<Instant>,
}

impl Output {
    #[cfg_attr(windows, expect(clippy::unnecessary_wraps, reason = "elsewhere it may fail"))]
    pub(super) fn new() -> io::Result<Self> {
        #[cfg(unix)]
        let terminal = Descriptor::of(&io::stdout())?;
        // Only the standard library translates for Windows' console.
        #[cfg(windows)]
        let terminal = io::stdout();
        Ok(Self { terminal, late: None })
    }

    /// When the terminal took the last bytes, where it was long behind with them. Told once.
    pub(super) fn take_late(&mut self) -> Option<Instant> {
        self.late.take()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[cfg(unix)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waited = Duration::ZERO;
        let mut rest = bytes;
        let mut had_room_at = None;
        while !rest.is_empty() {
            let is_ending = is_ending();
            if !CLAIMED.load(Ordering::SeqCst) {
                CUT.fetch_or(rest.len() < bytes.len(), Ordering::SeqCst);
                return Ok(());
            }
            let written = self.terminal.write(rest)?;
            rest = rest.get(written..).unwrap_or_default();
            if written == 0 {
                if is_ending {
                    CUT.fetch_or(rest.len() < bytes.len(), Ordering::SeqCst);
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "the terminal takes nothing"));
                }
                waited += self.terminal.wait_for_room(LOOK_UP)?;
                had_room_at = Some(Instant::now());
            }
        }
        if waited >= BEHIND {
            self.late = had_room_at;
        }
        Ok(())
    }

    #[cfg(windows)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        if CLAIMED.load(Ordering::SeqCst) { self.terminal.write_all(bytes) } else { Ok(()) }
    }

    /// Nothing is held back.
    fn flush(&mut self) -> io::Result<()> {
        #[cfg(windows)]
        self.terminal.flush()?;
        Ok(())
    }
}

/// Writes what gives the terminal back, after [`let_go`].
pub(super) fn give_back() {
    let _writing = wait_for_writer();
    #[cfg(unix)]
    if let Ok(mut terminal) = Descriptor::of(&io::stdout()) {
        let cancel = if CUT.swap(false, Ordering::SeqCst) { CANCEL } else { b"" };
        terminal.insist(&[cancel, &giving_back()].concat(), b"");
    }
    #[cfg(windows)]
    {
        let mut terminal = io::stdout();
        let _ = terminal.write_all(&giving_back()).and_then(|()| terminal.flush());
    }
}

/// Undoes what claiming did, and whatever a frame that was cut off left on.
fn giving_back() -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a vector can't fail.
    let _ = queue!(
        bytes,
        EndSynchronizedUpdate,
        SetAttribute(Attribute::Reset),
        DisableFocusChange,
        DisableBracketedPaste,
        ReleaseMouse,
        LeaveAlternateScreen,
        Show
    );
    bytes
}

/// Words for people, on standard error, once the terminal is given back; without the keys that they may quote. Where
/// that takes none, nobody waits for it.
pub fn say(words: &str) {
    let words = redacted(words);
    #[cfg(unix)]
    if let Ok(mut error) = Descriptor::of(&io::stderr()) {
        error.insist(words.as_bytes(), &giving_back());
    }
    #[cfg(windows)]
    {
        let _ = io::stderr().lock().write_all(words.as_bytes());
    }
}

/// Whether standard error takes something now, once the terminal is given back: writing to a terminal that hangs would
/// never end. What that did not take before is dropped for it.
#[cfg(unix)]
pub(super) fn error_takes_output() -> bool {
    Descriptor::of(&io::stderr()).and_then(|mut error| error.make_room(&giving_back())).is_ok_and(|has_room| has_room)
}

#[cfg(windows)]
pub(super) fn error_takes_output() -> bool {
    true
}

/// Lets a frame that is on its way out finish; not for long, as the terminal may take no more.
fn wait_for_writer() -> Option<MutexGuard<'static, ()>> {
    for _ in 0..100 {
        match WRITING.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
    None
}

/// An output without the standard library's buffer, which splits frames and keeps copies of them.
#[cfg(unix)]
struct Descriptor {
    file: std::fs::File,
    /// Writing says so where there is no room, instead of waiting for it.
    is_nonblocking: bool,
}

#[cfg(unix)]
impl Descriptor {
    /// A terminal is opened once more: the shell and others share the one that was inherited, and would be surprised by
    /// one that does not wait. Where that can't be done, that one it is, and a terminal that hangs is waited for.
    fn of(output: &impl std::os::fd::AsFd) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, open};
        use rustix::termios::{isatty, tcgetsid, ttyname};

        if isatty(output) {
            let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            let named = ttyname(output, Vec::new()).and_then(|name| open(name, flags, Mode::empty()));
            // It may belong to somebody else, as after `su`.
            let own = named.or_else(|error| {
                let is_ours = tcgetsid(output)? == rustix::process::getsid(None)?;
                if is_ours { open("/dev/tty", flags, Mode::empty()) } else { Err(error) }
            });
            if let Ok(own) = own {
                return Ok(Self { file: own.into(), is_nonblocking: true });
            }
        }
        Ok(Self { file: output.as_fd().try_clone_to_owned()?.into(), is_nonblocking: false })
    }

    /// Writes what there is room for, and says how much that was.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.file.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => return Ok(written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether there is room within `patience`, or an error that the next write tells.
    fn has_room(&self, patience: Duration) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let patience = Timespec::try_from(patience).map_err(|_| io::ErrorKind::InvalidInput)?;
        match poll(&mut [PollFd::new(&self.file, PollFlags::OUT)], Some(&patience)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until there may be room, `most` at the longest; for how long it did.
    fn wait_for_room(&self, most: Duration) -> io::Result<Duration> {
        let start = Instant::now();
        if self.has_room(most)? && start.elapsed() < Duration::from_millis(1) {
            // Room for less than the terminal takes at once is no room, and asking again and again would spin.
            thread::sleep(Duration::from_millis(1));
        }
        Ok(start.elapsed())
    }

    /// Writes `bytes`. Where a terminal hangs, what it did not take before is dropped in favour of `first` and them, so
    /// that it is as it was once it goes on. There is nobody to tell about errors.
    fn insist(&mut self, bytes: &[u8], first: &[u8]) {
        let is_behind = self.write_within(bytes, LAST).is_ok_and(|whole| !whole);
        if is_behind && self.drop_waiting() {
            let _ = self.write_within(&[CANCEL, first, bytes].concat(), Duration::ZERO);
        }
    }

    /// Whether there is room. Where a terminal hangs, it is made: what was not taken before is dropped in favour of
    /// `first`.
    fn make_room(&mut self, first: &[u8]) -> io::Result<bool> {
        if self.has_room(LAST)? {
            return Ok(true);
        }
        Ok(self.drop_waiting()
            && self.write_within(&[CANCEL, first].concat(), Duration::ZERO)?
            && self.has_room(Duration::ZERO)?)
    }

    /// Drops what the terminal did not take yet; whether it can be dropped.
    fn drop_waiting(&self) -> bool {
        use rustix::termios::{QueueSelector, tcflush};
        tcflush(&self.file, QueueSelector::OFlush).is_ok()
    }

    /// Writes for as long as `patience` lasts; whether that was enough.
    fn write_within(&mut self, bytes: &[u8], patience: Duration) -> io::Result<bool> {
        let start = Instant::now();
        let mut rest = bytes;
        while !rest.is_empty() {
            let left = patience.saturating_sub(start.elapsed());
            if !self.is_nonblocking && !self.has_room(left)? {
                return Ok(false);
            }
            let written = self.write(rest)?;
            rest = rest.get(written..).unwrap_or_default();
            if written == 0 {
                if left.is_zero() {
                    return Ok(false);
                }
                self.wait_for_room(left.min(LOOK_UP))?;
            }
        }
        Ok(true)
    }
}
