//! The terminal for real: a small program (`program`, below) in a pseudo-terminal, and what is left of that after it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use confident_keys::terminal::{self, Input, Screen, Signal};
use crossterm::event::KeyCode;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty};
use ratatui::widgets::Paragraph;
use rustix::process::{Pid, Signal as Sent, kill_process};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

/// Longer than anything here takes, so that only a fault meets it.
const PATIENCE: Duration = Duration::from_secs(20);

enum Message {
    Input(Input),
    Signal(Signal),
}

/// The program under test: shows what comes in, and ends as it is told.
#[test]
#[ignore = "the other tests run this as a program, in a terminal"]
fn program() {
    terminal::install_panic_hook();
    let (sender, messages) = mpsc::channel();
    let signals = sender.clone();
    terminal::watch_signals(move |signal| drop(signals.send(Message::Signal(signal)))).unwrap();
    let mut screen = Screen::enter().unwrap();
    terminal::read_input(move |batch| batch.inputs.into_iter().all(|input| sender.send(Message::Input(input)).is_ok()))
        .unwrap();
    let outlives_hangup = std::env::var_os("OUTLIVES_HANGUP").is_some();
    let mut keys = 0;
    let mut last = String::from("ready");
    let code = loop {
        let (columns, rows) = terminal::size();
        let text = format!("{last}\nkeys {keys}\nsize {columns}x{rows}\n");
        if screen.draw(|frame| frame.render_widget(Paragraph::new(text), frame.area())).is_err() && !outlives_hangup {
            break 8;
        }
        match messages.recv().unwrap() {
            Message::Input(Input::Key(key)) => {
                keys += 1;
                match key.code {
                    KeyCode::Char('q') => break 0,
                    KeyCode::Char('p') => drop(thread::spawn(|| panic!("a fake fault"))),
                    KeyCode::Char('c') => drop(catch_unwind(|| panic!("a fake fault, caught"))),
                    KeyCode::Char('v') => last = "vanishing".into(),
                    KeyCode::Char('z') => last = format!("suspended: {:?}", screen.suspend().unwrap()),
                    KeyCode::Char('o') => screen.write_sequence("\x1b]52;c;ZmFrZQ==\x07").unwrap(),
                    KeyCode::Char('e') => return_an_error(&mut screen),
                    _ => {}
                }
            }
            Message::Input(Input::Paste(text)) => last = format!("pasted {}", text.len()),
            Message::Input(Input::Resize { .. }) | Message::Signal(Signal::Resize { .. }) => {}
            Message::Input(Input::Vanished) => break 7,
            Message::Signal(Signal::Terminate) => break 15,
            Message::Signal(Signal::Interrupt) => break 130,
            Message::Signal(Signal::Hangup) if outlives_hangup => {}
            Message::Signal(Signal::Hangup) => break 1,
            Message::Signal(Signal::Suspend) => last = format!("suspended: {:?}", screen.suspend().unwrap()),
            // A hangup continues stopped programs, too: then there is nothing left to claim.
            Message::Signal(Signal::Continue) => assert!(screen.reclaim().is_ok() || outlives_hangup),
        }
    };
    drop(screen);
    std::process::exit(code);
}

/// A second screen, left by an error: what `?` does.
fn return_an_error(screen: &mut Screen) {
    let failing = || -> io::Result<()> {
        let _second = Screen::enter()?;
        Err(io::ErrorKind::Other.into())
    };
    assert!(failing().is_err());
    screen.draw(|frame| frame.render_widget(Paragraph::new("lost on the main screen"), frame.area())).unwrap();
}

/// The program in its terminal.
struct Session {
    master: Option<Box<dyn MasterPty + Send>>,
    slave: Option<Box<dyn SlavePty + Send>>,
    device: File,
    child: Box<dyn Child + Send + Sync>,
    writer: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    parser: vt100::Parser,
}

impl Session {
    fn start(variables: &[(&str, &str)]) -> Self {
        let session = Self::run(&program_path(), &["--ignored", "--exact", "program", "--nocapture"], variables);
        session.after_start()
    }

    fn after_start(mut self) -> Self {
        self.sees("ready");
        assert!(self.is_claimed());
        self
    }

    fn run(program: &PathBuf, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
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
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                // The terminal vanishes with the last descriptor, and this is one.
                let vanishing = bytes[..read].windows(9).any(|part| part == b"vanishing");
                if sender.send(bytes[..read].to_vec()).is_err() || vanishing {
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
            raw: Vec::new(),
            parser: vt100::Parser::new(24, 80, 0),
        }
    }

    fn types(&mut self, text: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    fn signal(&self, signal: Sent) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Waits until the screen shows `text`.
    fn sees(&mut self, text: &str) {
        let start = Instant::now();
        while !self.parser.screen().contents().contains(text) {
            let left = PATIENCE.checked_sub(start.elapsed()).unwrap_or_default();
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(error) => panic!("no {text:?} on the screen: {error}\n{}", self.parser.screen().contents()),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend(bytes);
        self.parser.process(bytes);
    }

    fn is_raw(&self) -> bool {
        !tcgetattr(&self.device).unwrap().local_modes.contains(LocalModes::ICANON)
    }

    fn is_claimed(&self) -> bool {
        let screen = self.parser.screen();
        let claims = [screen.alternate_screen(), screen.bracketed_paste(), screen.hide_cursor(), self.is_raw()];
        assert!(claims.iter().all(|claim| *claim == claims[0]), "claimed in part: {claims:?}");
        claims[0]
    }

    fn ends(&mut self) -> ExitStatus {
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
    fn ends_clean(mut self, code: u32) -> Self {
        let status = self.ends();
        // The last of the output is marked, so that none of it is missed.
        self.slave = None;
        (&self.device).write_all(b"THE END").unwrap();
        self.sees("THE END");
        assert_eq!(status.exit_code(), code, "{}", self.parser.screen().contents());
        assert!(!self.is_claimed());
        assert!(matches!(self.parser.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None));
        self
    }

    fn shows(&self, text: &str) -> bool {
        self.parser.screen().contents().contains(text)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program_path() -> PathBuf {
    std::env::current_exe().unwrap()
}

#[test]
fn the_terminal_is_given_back_on_quit() {
    let mut session = Session::start(&[]);
    session.types("q");
    let session = session.ends_clean(0);
    assert!(!session.shows("keys"), "the alternate screen is gone");
}

#[test]
fn the_terminal_is_given_back_on_signals() {
    for (signal, code) in [(Sent::TERM, 15), (Sent::HUP, 1), (Sent::INT, 130), (Sent::QUIT, 15)] {
        let session = Session::start(&[]);
        session.signal(signal);
        session.ends_clean(code);
    }
}

#[test]
fn a_panic_on_any_thread_gives_the_terminal_back_says_why_and_ends_the_program() {
    for (key, words) in [("p", "a fake fault"), ("c", "a fake fault, caught")] {
        let mut session = Session::start(&[]);
        session.types(key);
        let session = session.ends_clean(101);
        assert!(session.shows(words) && session.shows("tests/terminal.rs"), "{}", session.parser.screen().contents());
    }
}

#[test]
fn after_the_terminal_is_given_back_nothing_is_drawn_any_more() {
    let mut session = Session::start(&[]);
    session.types("e");
    // In the terminal's own mode a line counts once it is complete.
    session.types("q\n");
    let session = session.ends_clean(0);
    assert!(!session.shows("lost on the main screen"));
}

#[test]
fn a_vanished_terminal_ends_the_program_without_spinning() {
    for variables in [&[][..], &[("OUTLIVES_HANGUP", "1")]] {
        let mut session = Session::start(variables);
        session.types("v");
        session.sees("vanishing");
        // An unfinished sequence is the worst moment: crossterm waits for its rest.
        session.types("\x1b[200~half a paste");
        let start = Instant::now();
        (session.writer, session.slave, session.master) = (None, None, None);
        let status = session.ends();
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        let expected: &[u32] = if variables.is_empty() { &[1, 7, 8] } else { &[7] };
        assert!(expected.contains(&status.exit_code()), "{status:?}");
    }
}

#[test]
fn keys_typed_ahead_and_pastes_all_arrive() {
    let mut session = Session::start(&[]);
    // More than crossterm reads at once, in one piece.
    session.types(&"j".repeat(3000));
    session.sees("keys 3000");
    let paste = "line\n".repeat(400);
    session.types(&format!("\x1b[200~{paste}\x1b[201~"));
    session.sees("pasted 2000");
    session.sees("keys 3000");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_new_size_is_drawn() {
    let mut session = Session::start(&[]);
    let size = PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 };
    session.master.as_ref().unwrap().resize(size).unwrap();
    session.sees("size 100x30");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn frames_are_synchronized_and_ask_nothing() {
    let mut session = Session::start(&[]);
    session.types("o");
    session.sees("keys 1");
    let raw = String::from_utf8_lossy(&session.raw).into_owned();
    assert_eq!(raw.matches("\x1b[?2026h").count(), raw.matches("\x1b[?2026l").count());
    assert!(raw.contains("\x1b]52;c;ZmFrZQ==\x07"));
    for question in ["\x1b[6n", "\x1b[c", "\x1b[?1000h", "\x1b[?1003h"] {
        assert!(!raw.contains(question), "{question:?}");
    }
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn a_program_alone_in_its_terminal_is_not_stopped() {
    let mut session = Session::start(&[]);
    session.types("z");
    session.sees("suspended: false");
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn stopped_and_continued_from_outside_it_claims_the_terminal_again() {
    let mut session = Session::start(&[]);
    session.signal(Sent::STOP);
    session.signal(Sent::CONT);
    let start = Instant::now();
    while String::from_utf8_lossy(&session.raw).matches("\x1b[?1049h").count() < 2 {
        let bytes = session.output.recv_timeout(PATIENCE.checked_sub(start.elapsed()).unwrap()).unwrap();
        session.take(&bytes);
    }
    session.types("j");
    session.sees("keys 1");
    assert!(session.is_claimed());
    session.types("q");
    session.ends_clean(0);
}

#[test]
fn suspended_it_gives_the_terminal_back_and_claims_it_again_when_continued() {
    for suspend in ["z", ""] {
        let program = program_path();
        // A shell with jobs of its own, which goes on once the program is stopped.
        let script = format!(
            "set -m; sh -c 'echo job $$; exec {} --ignored --exact program --nocapture'; echo shell is back; read go; fg >/dev/null; exit $?",
            program.display()
        );
        let mut session = Session::run(&PathBuf::from("/bin/sh"), &["-c", &script], &[]).after_start();
        if suspend.is_empty() {
            let raw = String::from_utf8_lossy(&session.raw).into_owned();
            let job = raw.split("job ").nth(1).unwrap().split_whitespace().next().unwrap();
            kill_process(Pid::from_raw(job.parse().unwrap()).unwrap(), Sent::TSTP).unwrap();
        } else {
            session.types(suspend);
        }
        session.sees("shell is back");
        assert!(!session.parser.screen().alternate_screen() && !session.parser.screen().hide_cursor());
        // What the shell leaves behind must not matter.
        let mut modes = tcgetattr(&session.device).unwrap();
        assert!(modes.local_modes.contains(LocalModes::ICANON));
        modes.local_modes.insert(LocalModes::ECHO);
        tcsetattr(&session.device, OptionalActions::Now, &modes).unwrap();
        session.types("\n");
        session.sees("suspended: true");
        session.sees("size 80x24");
        assert!(session.is_claimed());
        session.types("q");
        session.ends_clean(0);
    }
}
