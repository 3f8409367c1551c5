//! The program in its terminal.

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::escapes::all_is_reset;
use crate::gate::Gate;
use crate::program;

/// Longer than anything here takes, so that only a fault meets it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The program in its terminal.
pub(crate) struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    slave: Option<Box<dyn SlavePty + Send>>,
    pub(crate) device: File,
    child: Box<dyn Child + Send + Sync>,
    writer: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    /// How many keys were typed.
    pub(crate) typed: usize,
    gate: Gate,
    pub(crate) raw: Vec<u8>,
    pub(crate) parser: vt100::Parser,
}

impl Session {
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let session = Self::run(&program_path(), &["--ignored", "--exact", program::NAME, "--nocapture"], variables);
        session.after_start()
    }

    pub(crate) fn after_start(mut self) -> Self {
        self.sees("ready");
        assert!(self.is_claimed());
        self
    }

    pub(crate) fn run(program: &PathBuf, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).unwrap();
        let device = File::options().read(true).write(true).open(pair.master.tty_name().unwrap()).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        let gate = Gate::default();
        let reading = gate.clone();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if !reading.passes() || sender.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            writer: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            slave: Some(pair.slave),
            device,
            child,
            output,
            typed: 0,
            gate,
            raw: Vec::new(),
            parser: vt100::Parser::new(24, 80, 0),
        }
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.typed += text.len();
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the screen shows `text`.
    pub(crate) fn sees(&mut self, text: &str) {
        let start = Instant::now();
        while !self.parser.screen().contents().contains(text) {
            let left = PATIENCE.checked_sub(start.elapsed()).unwrap_or_default();
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!("no {text:?} on the screen: {error}\n{}", self.parser.screen().contents()),
            }
        }
    }

    /// Waits until the program wrote so much at least `times` times.
    pub(crate) fn hears(&mut self, bytes: &str, times: usize) {
        let start = Instant::now();
        while self.raw.windows(bytes.len()).filter(|part| *part == bytes.as_bytes()).count() < times {
            let more = self.output.recv_timeout(PATIENCE.checked_sub(start.elapsed()).unwrap_or_default());
            self.take(&more.unwrap());
        }
    }

    /// Nobody reads what the program writes, from now on.
    pub(crate) fn is_left(&mut self) {
        self.gate.leaves();
        self.types("j");
        assert!(self.output.recv_timeout(PATIENCE).is_err_and(|error| error == RecvTimeoutError::Disconnected));
    }

    /// The terminal is gone, after it [was left](Self::is_left).
    pub(crate) fn vanishes(&mut self) {
        (self.writer, self.slave, self.master) = (None, None, None);
        self.device = File::open("/dev/null").unwrap();
    }

    pub(crate) fn resizes(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(rows, columns);
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// How many bytes were typed that nobody has read.
    pub(crate) fn unread(&self) -> u64 {
        // In lines, as the shell has it, only whole ones would count.
        let mut modes = tcgetattr(&self.device).unwrap();
        modes.make_raw();
        tcsetattr(&self.device, OptionalActions::Now, &modes).unwrap();
        rustix::io::ioctl_fionread(&self.device).unwrap()
    }

    /// Waits until the program has read what was typed.
    pub(crate) fn is_read(&self) {
        let start = Instant::now();
        while rustix::io::ioctl_fionread(&self.device).unwrap() > 0 {
            assert!(start.elapsed() < PATIENCE, "it is not read");
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The terminal takes nothing any more, and holds as much as it can; the program waits for it for longer than a
    /// frame may take.
    pub(crate) fn hangs(&mut self) {
        self.gate.hangs();
        let start = Instant::now();
        let (mut full, mut typed) = (0, None);
        while full < 300 {
            assert!(start.elapsed() < PATIENCE, "it does not get full");
            // There is none while the program writes, either, nor where it had just written all that it wanted to.
            full = if self.has_room() { 0 } else { full + 1 };
            // Not more than it draws: what is left of them it would still draw afterwards.
            if (full == 0 || full == 50)
                && typed.is_none_or(|typed: Instant| typed.elapsed() > Duration::from_millis(20))
            {
                self.types("f");
                typed = Some(Instant::now());
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// The terminal goes on where it stopped.
    pub(crate) fn goes_on(&mut self) {
        self.gate.goes_on();
    }

    /// Whether the terminal takes more from the program.
    pub(crate) fn has_room(&self) -> bool {
        let mut device = [PollFd::new(&self.device, PollFlags::OUT)];
        poll(&mut device, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).unwrap() > 0
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.parser.process(bytes);
    }

    pub(crate) fn is_raw(&self) -> bool {
        !tcgetattr(&self.device).unwrap().local_modes.contains(LocalModes::ICANON)
    }

    pub(crate) fn is_claimed(&self) -> bool {
        let screen = self.parser.screen();
        let claims = [screen.alternate_screen(), screen.bracketed_paste(), screen.hide_cursor(), self.is_raw()];
        assert!(claims.iter().all(|claim| *claim == claims[0]), "claimed in part: {claims:?}");
        claims[0]
    }

    /// The processor's time that the program has used so far, and whether it has ended.
    #[cfg(target_os = "linux")]
    fn cpu(&self) -> (Duration, bool) {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        // Behind the name: the state, and user and system time as the 12th and 13th, in ticks of 10 ms.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        (Duration::from_millis(ticks * 10), fields[0] == "Z")
    }

    /// How much of the processor the program uses from `cause` until it has ended; nothing where that is not known.
    pub(crate) fn spends_until_end(&mut self, cause: impl FnOnce(&mut Self)) -> Duration {
        #[cfg(target_os = "linux")]
        {
            let (before, _) = self.cpu();
            cause(self);
            let start = Instant::now();
            loop {
                match self.cpu() {
                    (cpu, true) => break cpu.saturating_sub(before),
                    (_, false) => assert!(start.elapsed() < PATIENCE, "the program goes on"),
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
        #[cfg(not(target_os = "linux"))]
        {
            cause(self);
            Duration::ZERO
        }
    }

    pub(crate) fn ends(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the program goes on:\n{}", self.parser.screen().contents());
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The program ends with `code`, and the terminal is as it was.
    pub(crate) fn ends_clean(mut self, code: u32) -> Self {
        let status = self.ends();
        // The last of the output is marked, so that none of it is missed.
        self.slave = None;
        (&self.device).write_all(b"THE END").unwrap();
        self.sees("THE END");
        assert_eq!(status.exit_code(), code, "{}", self.parser.screen().contents());
        assert!(!self.is_claimed());
        all_is_reset(&self.raw);
        self
    }

    pub(crate) fn shows(&self, text: &str) -> bool {
        self.parser.screen().contents().contains(text)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn program_path() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// Fails where what a program did used much of the processor each time, as one does that waits in a loop. A machine that is
/// busy makes it look more, now and then.
pub(crate) fn is_idle(does: impl Fn() -> Duration) {
    let is_much = |spent: &Duration| *spent > Duration::from_millis(250);
    let spent: Vec<Duration> = (0..3).map(|_| does()).take_while(is_much).collect();
    assert!(spent.len() < 3, "it was busy for {spent:?}");
}
