//! A program in a pseudo-terminal, and when it wrote what. The reader only takes the time; what stood on the screen is
//! worked out afterwards, so that it slows nobody down.

use std::io::{Read as _, Write};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

use crate::process;

pub(crate) const COLUMNS: u16 = 120;
pub(crate) const ROWS: u16 = 40;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how long what comes after a key is looked at.
const LONGEST: Duration = Duration::from_secs(3);
/// When nothing came for so long, a program is taken to be done with what it does by itself.
const REST: Duration = Duration::from_millis(250);

/// What some programs ask the terminal for, and the answer of an xterm.
const QUERIES: [(&[u8], &[u8]); 5] = [
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b]10;?", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
];

/// What is run, and with which variables beside those of whoever measures.
#[derive(Debug, Clone, Default)]
pub(crate) struct Command {
    pub(crate) words: Vec<String>,
    pub(crate) variables: Vec<(String, String)>,
}

impl Command {
    pub(crate) fn new(words: &[&str]) -> Self {
        Self { words: words.iter().map(|word| (*word).to_owned()).collect(), variables: Vec::new() }
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A program that runs.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    /// Held, as the program's terminal is gone without it.
    _terminal: Box<dyn MasterPty + Send>,
    begun: Instant,
    screen: Parser,
}

/// What came of one key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressed {
    /// When the screen was first another one, and when last.
    pub(crate) first: Duration,
    pub(crate) last: Duration,
}

impl Pty {
    pub(crate) fn start(command: &Command) -> Result<Self> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut builder = CommandBuilder::from_argv(command.words.iter().map(Into::into).collect());
        builder.cwd(std::env::current_dir()?);
        builder.env("TERM", "xterm-256color");
        builder.env("COLORTERM", "truecolor");
        for name in ["NO_COLOR", "CI", "COLUMNS", "LINES"] {
            builder.env_remove(name);
        }
        for (name, value) in &command.variables {
            builder.env(name, value);
        }
        let mut reader = pair.master.try_clone_reader()?;
        let keyboard = pair.master.take_writer()?;
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                if sender.send((Instant::now(), buffer[..read].to_vec())).is_err() {
                    break;
                }
            }
        });
        let begun = Instant::now();
        let child = pair.slave.spawn_command(builder).with_context(|| command.words.join(" "))?;
        let screen = Parser::new(ROWS, COLUMNS, 0);
        Ok(Self { child, keyboard, output, _terminal: pair.master, begun, screen })
    }

    /// When it was started.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    /// Its number.
    pub(crate) fn id(&self) -> Result<u32> {
        self.child.process_id().context("it is gone")
    }

    pub(crate) fn types(&mut self, keys: &str) -> Result<()> {
        self.keyboard.write_all(keys.as_bytes())?;
        Ok(self.keyboard.flush()?)
    }

    /// The next thing that it writes within `most`.
    fn next(&mut self, most: Duration) -> Result<Option<(Instant, Vec<u8>)>> {
        let Ok((at, bytes)) = self.output.recv_timeout(most) else { return Ok(None) };
        for (query, answer) in QUERIES {
            if bytes.windows(query.len()).any(|window| window == query) {
                self.keyboard.write_all(answer)?;
            }
        }
        Ok(Some((at, bytes)))
    }

    /// Waits until `text` is on the screen; how long after the start that was.
    pub(crate) fn sees(&mut self, text: &str) -> Result<Duration> {
        self.waits(text, |screen| screen.contains(text))
    }

    pub(crate) fn waits(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> Result<Duration> {
        let until = Instant::now() + PATIENCE;
        if is_so(&self.text()) {
            return Ok(self.begun.elapsed());
        }
        while let Some((at, bytes)) = self.next(until.saturating_duration_since(Instant::now()))? {
            self.screen.process(&bytes);
            if is_so(&self.text()) {
                return Ok(at - self.begun);
            }
        }
        anyhow::bail!("never came to {what:?}:\n{}", self.text())
    }

    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until nothing was written for a while, and gives the number of bytes until then.
    pub(crate) fn rests(&mut self) -> Result<usize> {
        self.rests_for(REST)
    }

    /// Waits until nothing was written for `rest`; some programs never rest, and are not waited for long.
    pub(crate) fn rests_for(&mut self, rest: Duration) -> Result<usize> {
        let (until, mut count) = (Instant::now() + PATIENCE, 0);
        while let Some((_, bytes)) = self.next(rest)? {
            self.screen.process(&bytes);
            count += bytes.len();
            if Instant::now() > until {
                break;
            }
        }
        Ok(count)
    }

    /// Presses `key`, and waits until nothing was written for `quiet`; none where the screen stayed the same.
    pub(crate) fn press(&mut self, key: &str, quiet: Duration) -> Result<Option<Pressed>> {
        self.press_within(key, quiet, quiet)
    }

    /// The same for a key that is known to change something, however busy the machine is.
    pub(crate) fn press_surely(&mut self, key: &str, quiet: Duration) -> Result<Option<Pressed>> {
        self.press_within(key, REST, quiet)
    }

    fn press_within(&mut self, key: &str, first: Duration, quiet: Duration) -> Result<Option<Pressed>> {
        let start = Instant::now();
        self.types(key)?;
        let mut pieces = Vec::new();
        let mut wait = first;
        while let Some(piece) = self.next(wait)? {
            pieces.push(piece);
            // Some programs never rest.
            wait = quiet.min(LONGEST.saturating_sub(start.elapsed()));
        }
        let mut pressed: Option<Pressed> = None;
        // With its colours: in some tables, nothing else tells what is selected.
        let mut before = self.screen.screen().contents_formatted();
        for (at, piece) in pieces {
            self.screen.process(&piece);
            let after = self.screen.screen().contents_formatted();
            if after != before {
                let last = at - start;
                pressed = Some(Pressed { first: pressed.map_or(last, |pressed| pressed.first), last });
                before = after;
            }
        }
        Ok(pressed)
    }

    /// What it wrote for `keys`, until it rests.
    pub(crate) fn writes(&mut self, keys: &str) -> Result<Vec<u8>> {
        self.types(keys)?;
        let mut all = Vec::new();
        while let Some((_, bytes)) = self.next(REST)? {
            self.screen.process(&bytes);
            all.extend(bytes);
        }
        Ok(all)
    }

    /// How much it did within `time`, with the bytes that it wrote.
    pub(crate) fn idles(&mut self, time: Duration) -> Result<(process::Work, usize)> {
        let id = self.id()?;
        let before = process::work(id)?;
        let until = Instant::now() + time;
        let mut bytes = 0;
        while let Some((_, more)) = self.next(until.saturating_duration_since(Instant::now()))? {
            self.screen.process(&more);
            bytes += more.len();
        }
        ensure!(Instant::now() >= until, "it ended");
        Ok((process::work(id)?.since(&before), bytes))
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
