//! The program, and what a person sees of it.

#[cfg(target_os = "linux")]
use std::fs::File;
#[cfg(target_os = "linux")]
use std::io::Write as _;
#[cfg(target_os = "linux")]
use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use confident_keys::secret::Secret;
use portable_pty::{CommandBuilder, native_pty_system};
#[cfg(target_os = "linux")]
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process};
#[cfg(target_os = "linux")]
use rustix::termios::{LocalModes, tcgetattr};

use crate::environment::unwanted;
use crate::frames::Frames;
use crate::gate::Gate;
use crate::pty::{PATIENCE, Pty, size};
use crate::world::World;

/// In the form for a new key: keeps its secret in the dialog, rather than having it copied at once.
pub(crate) const TO_SCREEN: &str = "\t\x1b[D";

/// `ckeys` on a screen.
pub(crate) struct Screen {
    pty: Pty,
    gate: Gate,
    /// All that was written so far.
    pub(crate) raw: Vec<u8>,
    /// Up to where copies were taken from that.
    taken: usize,
    frames: Frames,
    /// What the terminal shows.
    pub(crate) parser: vt100::Parser,
    /// And showed, one frame after the other.
    seen: String,
}

impl Screen {
    /// Connected to the world's service, and wherever another one was before, at the start.
    pub(crate) fn open(world: &World, columns: u16, rows: u16) -> Self {
        let key = world.key.expose();
        Self::run(
            world,
            &["--fresh"],
            &[("CONFIDENT_BASE_URL", &world.base_url), ("CONFIDENT_ORG_API_KEY", key)],
            columns,
            rows,
        )
    }

    /// With these arguments and variables alone.
    pub(crate) fn run(world: &World, arguments: &[&str], variables: &[(&str, &str)], columns: u16, rows: u16) -> Self {
        let command = [&[env!("CARGO_BIN_EXE_ckeys")], arguments].concat();
        Self::run_command(world, &command, variables, columns, rows)
    }

    /// The same by a whole command, which becomes the program in the end.
    pub(crate) fn run_command(
        world: &World,
        words: &[&str],
        variables: &[(&str, &str)],
        columns: u16,
        rows: u16,
    ) -> Self {
        let mut command = CommandBuilder::from_argv(words.iter().map(|&word| word.into()).collect());
        for name in unwanted() {
            command.env_remove(name);
        }
        command.env("HOME", world.home.path());
        command.env("XDG_CONFIG_HOME", world.home.path());
        command.env("XDG_STATE_HOME", world.home.path().join("state"));
        command.env("TERM", "xterm-256color");
        // What it asks is what the test is about: it does not find out first what is spoken.
        command.env("CONFIDENT_API_VERSION", "v1");
        if cfg!(target_os = "macos") {
            // There is always a display there, and a test must not write to the clipboard of whoever runs it.
            command.env("SSH_TTY", "/dev/null");
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let gate = Gate::default();
        let reading = gate.clone();
        let pty = Pty::run(command, columns, rows, move || reading.passes());
        Self {
            pty,
            gate,
            raw: Vec::new(),
            taken: 0,
            frames: Frames::default(),
            parser: vt100::Parser::new(rows, columns, 0),
            seen: String::new(),
        }
    }

    pub(crate) fn types(&mut self, keys: &str) -> &mut Self {
        self.pty.types(keys).unwrap();
        self
    }

    pub(crate) fn resizes(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.parser.screen_mut().set_size(rows, columns);
        self.pty.master.resize(size(columns, rows)).unwrap();
        self
    }

    pub(crate) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Waits until what is on the screen is as `is_there` says.
    #[track_caller]
    pub(crate) fn waits(&mut self, what: &str, is_there: impl Fn(&Self) -> bool) -> &mut Self {
        let start = Instant::now();
        while !is_there(self) {
            let left = PATIENCE.checked_sub(start.elapsed()).unwrap_or_default();
            match self.pty.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!("{what}: {error}\n{}", self.text()),
            }
        }
        self
    }

    /// Waits until something beside the screen is so.
    #[track_caller]
    pub(crate) fn waits_for(&mut self, is_so: impl Fn() -> bool) -> &mut Self {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < PATIENCE, "it did not come to it\n{}", self.text());
            std::thread::sleep(Duration::from_millis(1));
        }
        self
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.frames.show(bytes, &mut self.parser, &mut self.seen);
    }

    /// Waits until `text` is on the screen.
    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        self.waits(&format!("no {text:?}"), |screen| screen.text().contains(text))
    }

    /// Waits until `text` is gone from the screen.
    #[track_caller]
    pub(crate) fn misses(&mut self, text: &str) -> &mut Self {
        self.waits(&format!("still {text:?}"), |screen| !screen.text().contains(text))
    }

    /// Types `key` until `is_there` says that it was taken, where keys may be meant for nobody for a while.
    #[track_caller]
    pub(crate) fn insists(&mut self, key: &str, is_there: impl Fn(&Self) -> bool) -> &mut Self {
        let start = Instant::now();
        while !is_there(self) {
            assert!(start.elapsed() < PATIENCE, "{key:?} is not taken\n{}", self.text());
            self.types(key);
            let until = Instant::now() + Duration::from_millis(600);
            while let Ok(bytes) = self.pty.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
                self.take(&bytes);
            }
        }
        self
    }

    /// Waits until one row has all of `parts`.
    #[track_caller]
    pub(crate) fn sees_row(&mut self, parts: &[&str]) -> &mut Self {
        self.waits(&format!("no row with {parts:?}"), |screen| screen.row(parts).is_some())
    }

    /// The first row that has all of `parts`.
    pub(crate) fn row(&self, parts: &[&str]) -> Option<usize> {
        self.text().lines().position(|row| parts.iter().all(|part| row.contains(part)))
    }

    /// Presses the left button on the first `text` on the screen, once that is there, and lets it go, so many times.
    #[track_caller]
    pub(crate) fn clicks(&mut self, text: &str, times: usize) -> &mut Self {
        self.sees(text);
        let click = self.click(text);
        self.types(&click.repeat(times))
    }

    /// A click on the first `text` on the screen, as terminals tell it.
    #[track_caller]
    pub(crate) fn click(&self, text: &str) -> String {
        let contents = self.text();
        let found = contents.lines().enumerate().find_map(|(y, row)| Some((row.find(text)?, y, row)));
        let (at, y, row) = found.unwrap_or_else(|| panic!("no {text:?}\n{contents}"));
        let x = confident_keys::text::width(&row[..at]);
        format!("\x1b[<0;{0};{1}M\x1b[<0;{0};{1}m", x + 1, y + 1)
    }

    /// The value of the embedded service that is on the screen in full.
    #[cfg(target_os = "linux")]
    pub(crate) fn secret(&self) -> String {
        let text = self.text();
        let start = text.find("confident_us_").unwrap();
        text[start..].split_whitespace().next().unwrap().to_owned()
    }

    /// Waits for the next copy that is sent to the terminal, and takes it.
    #[track_caller]
    pub(crate) fn takes_copy(&mut self) -> Secret {
        const START: &[u8] = b"\x1b]52;";
        let find = |raw: &[u8]| {
            // The clipboard has a name, which tmux leaves out.
            let name = raw.windows(START.len()).position(|window| window == START)? + START.len();
            let start = name + raw[name..].iter().position(|byte| *byte == b';')? + 1;
            let end = start + raw[start..].iter().position(|byte| *byte == 7)?;
            Some((start, end))
        };
        self.waits("no copy", |screen| find(&screen.raw[screen.taken..]).is_some());
        let rest = &self.raw[self.taken..];
        let (start, end) = find(rest).unwrap();
        let text = base64::engine::general_purpose::STANDARD.decode(&rest[start..end]).unwrap();
        self.taken += end;
        Secret::new(String::from_utf8(text).unwrap())
    }

    /// Whether all that the program wrote so far holds this text, or ever made it on the screen: a frame writes only what
    /// is not there already.
    pub(crate) fn ever_wrote(&self, text: &str) -> bool {
        self.raw.windows(text.len()).any(|window| window == text.as_bytes()) || self.seen.contains(text)
    }

    /// All that was written so far.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// Tells the program something from outside.
    pub(crate) fn signals(&mut self, signal: Signal) -> &mut Self {
        let id = i32::try_from(self.pty.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
        self
    }

    /// Waits for the end: this exit code, and the terminal as it was. What is on it then.
    #[track_caller]
    pub(crate) fn ends(mut self, code: u32) -> String {
        // The output ends with the program.
        loop {
            match self.pty.output.recv_timeout(PATIENCE) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end\n{}", self.text()),
            }
        }
        let status = self.pty.child.wait().unwrap();
        assert_eq!(status.exit_code(), code, "{}", self.text());
        #[cfg(target_os = "linux")]
        assert!(tcgetattr(self.device()).unwrap().local_modes.contains(LocalModes::ICANON | LocalModes::ECHO));
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        screen.contents()
    }
}

/// What befalls the terminal itself.
impl Screen {
    /// The terminal as the program has it.
    #[cfg(target_os = "linux")]
    fn device(&self) -> File {
        File::options().read(true).write(true).open(self.pty.master.tty_name().unwrap()).unwrap()
    }

    /// The terminal takes nothing any more, and the program waits for it.
    #[cfg(target_os = "linux")]
    pub(crate) fn hangs(&mut self) -> &mut Self {
        let device = self.device();
        self.gate.hangs();
        let start = Instant::now();
        let mut full = 0;
        while full < 200 {
            assert!(start.elapsed() < PATIENCE, "it does not get full");
            let has_room = poll(&mut [PollFd::new(&device, PollFlags::OUT)], Some(&Timespec::default())).unwrap() > 0;
            // There is none while the program writes, either, nor where it had just written all that it wanted to.
            full = if has_room { 0 } else { full + 1 };
            if full == 0 || full == 100 {
                // Another frame in full.
                self.pty.keyboard.write_all(b"\x0c").unwrap();
            }
            thread::sleep(Duration::from_millis(1));
        }
        self
    }

    /// The terminal goes on where it stopped.
    #[cfg(target_os = "linux")]
    pub(crate) fn goes_on(&mut self) -> &mut Self {
        self.gate.goes_on();
        self
    }

    /// Waits for the program's end, with nothing read from it.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_over(&mut self, most: Duration) -> &mut Self {
        self.exit_code(most);
        self
    }

    /// Types the same key without an end; how many it were when the terminal took no more of them.
    #[cfg(target_os = "linux")]
    pub(crate) fn floods(&mut self) -> usize {
        let mut keyboard = std::mem::replace(&mut self.pty.keyboard, Box::new(std::io::sink()));
        let typed = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&typed);
        thread::spawn(move || {
            while keyboard.write_all(&[b'j'; 64]).is_ok() {
                counted.fetch_add(64, Ordering::SeqCst);
            }
        });
        let (start, mut last) = (Instant::now(), (Instant::now(), 0));
        while last.0.elapsed() < Duration::from_millis(500) {
            let now = typed.load(Ordering::SeqCst);
            assert!(start.elapsed() < PATIENCE, "{now} keys, and it takes more");
            if now != last.1 {
                last = (Instant::now(), now);
            }
            thread::sleep(Duration::from_millis(5));
        }
        last.1
    }

    /// The terminal is gone. The exit code of the program, which it has within `most`.
    pub(crate) fn vanishes(mut self, most: Duration) -> u32 {
        self.gate.leaves();
        self.types("\x0c");
        while self.pty.output.recv_timeout(PATIENCE).is_ok() {}
        self.pty.keyboard = Box::new(std::io::sink());
        self.pty.master = native_pty_system().openpty(size(1, 1)).unwrap().master;
        self.exit_code(most)
    }

    fn exit_code(&mut self, most: Duration) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.pty.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(start.elapsed() < most, "it goes on");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Screen {
    /// The number of its process.
    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.pty.child.process_id().unwrap()
    }

    /// Ends it at once, with nothing that it could do about it.
    pub(crate) fn kill(mut self) {
        self.pty.child.kill().unwrap();
        self.pty.child.wait().unwrap();
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.pty.child.kill();
        let _ = self.pty.child.wait();
    }
}
