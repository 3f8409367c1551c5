//! A display with a clipboard, where the machine has the programs for it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use confident_keys::clipboard::OWNER_ARGUMENT;

#[path = "skip.rs"]
pub(crate) mod skip;

/// A variable that tells the owners of a display's clipboard from those that an earlier display of the same name left.
pub(crate) const MARK: &str = "CKEYS_TEST_SERVER";

/// Longer than an answer takes on a machine that has much else to do.
const ANSWER: Duration = Duration::from_secs(3);

/// A display of the test's own, which ends with it.
pub(crate) struct Display {
    server: Child,
    pub(crate) name: String,
}

impl Display {
    /// `None`, told on standard error, where the programs are missing.
    pub(crate) fn start() -> Option<Self> {
        for program in ["Xvfb", "xclip"] {
            if !is_installed(program) {
                skip::skipped(&format!("{program} is not installed"));
                return None;
            }
        }
        // The server chooses a free number and says it on the descriptor.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "64x64x24", "-nolisten", "tcp", "-noreset"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Some(Self { server, name: format!(":{}", number.trim()) })
    }

    /// What a paste gives; `None`: the clipboard is empty.
    ///
    /// A question that reaches an owner as it ends is never answered, and xclip waits for the answer without end: it is
    /// asked again.
    pub(crate) fn paste(&self, target: &str) -> Option<String> {
        let answered = (0..5).find_map(|_| self.ask_once(target));
        let (status, text) = answered.unwrap_or_else(|| panic!("nobody says in {ANSWER:?} what the clipboard holds"));
        status.success().then_some(text)
    }

    /// `None`: no answer.
    fn ask_once(&self, target: &str) -> Option<(ExitStatus, String)> {
        let mut xclip = Command::new("xclip")
            .args(["-selection", "clipboard", "-out", "-target", target, "-display", &self.name])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = xclip.stdout.take().unwrap();
        let (sender, pasted) = mpsc::channel();
        thread::spawn(move || {
            let mut text = String::new();
            let read = stdout.read_to_string(&mut text);
            let _ = sender.send(read.map(|_| text));
        });
        let Ok(text) = pasted.recv_timeout(ANSWER) else {
            xclip.kill().unwrap();
            xclip.wait().unwrap();
            return None;
        };
        // It has closed its output, so it is about to end.
        Some((xclip.wait().unwrap(), text.unwrap()))
    }

    /// Copies as another program does; xclip returns once it owns the clipboard.
    pub(crate) fn copy_elsewhere(&self, text: &str) {
        let mut xclip = Command::new("xclip")
            .args(["-selection", "clipboard", "-in", "-display", &self.name])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        xclip.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(xclip.wait().unwrap().success());
    }
}

impl Display {
    /// The value of [`MARK`] for whoever copies to this display.
    pub(crate) fn mark(&self) -> String {
        self.server.id().to_string()
    }

    /// Those that own its clipboard for a program with its mark.
    pub(crate) fn owners(&self) -> Vec<u32> {
        owners_with(MARK, &self.mark())
    }

    /// Ends it under whoever uses it.
    pub(crate) fn end(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether a program can be found on the path.
pub(crate) fn is_installed(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).is_file())
}

/// The clipboard's owners that were started with this variable, by their process ids; those that can't be looked into
/// are left out.
pub(crate) fn owners_with(name: &str, value: &str) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_owner = |id: &u32| {
        let read = |file: &str| fs::read(format!("/proc/{id}/{file}")).unwrap_or_default();
        let has = |bytes: &[u8], word: &str| bytes.split(|byte| *byte == 0).any(|part| part == word.as_bytes());
        has(&read("cmdline"), OWNER_ARGUMENT) && has(&read("environ"), &format!("{name}={value}"))
    };
    ids.filter(is_owner).collect()
}
