//! The clipboard for real: a display (Xvfb) with xclip, and a tmux in its default configuration. Where a machine lacks
//! one of them, a test says so and passes.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use confident_keys::clipboard::{self, Copied, CopyError, CopyOptions, Environment, Route};
use confident_keys::secret::Secret;
use display::{Display, MARK, is_installed, owners_with};

#[path = "common/display.rs"]
mod display;

#[path = "common/environment.rs"]
mod environment;

const TEXT: &str = "confident_us_proj_fake_not_a_key_0a1b2c";
const OWNER: &str = env!("CARGO_BIN_EXE_ckeys");
/// Longer than anything here takes, so that only a fault meets it.
const PATIENCE: Duration = Duration::from_secs(20);

impl Display {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        vec![
            ("DISPLAY".into(), self.name.clone().into()),
            ("WAYLAND_DISPLAY".into(), "".into()),
            (MARK.into(), self.mark().into()),
        ]
    }

    fn options(&self, seconds: Option<u64>) -> CopyOptions {
        CopyOptions {
            clear_after: seconds.map(Duration::from_secs),
            owner: Some(OWNER.into()),
            variables: self.variables(),
        }
    }

    fn owner(&self, seconds: u64) -> Owner {
        let mut process = Command::new(OWNER)
            .args([clipboard::OWNER_ARGUMENT, "--seconds", &seconds.to_string()])
            .env("DISPLAY", &self.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(TEXT.as_bytes()).unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        Owner { process, said }
    }
}

/// An owner that was started directly.
struct Owner {
    process: Child,
    said: String,
}

impl Owner {
    fn ended(&mut self) -> ExitStatus {
        until("the owner ends", || self.process.try_wait().unwrap())
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks again until there is an answer.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn copy(route: &Route, options: &CopyOptions) -> Result<Copied, CopyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(clipboard::copy(&Secret::new(TEXT), route, options))
}

/// The program that copies and ends, for the test below: started by it, in a process of its own.
#[test]
#[ignore = "another test runs this as a program"]
fn program_that_copies_and_ends() {
    let display = std::env::var("CKEYS_TEST_DISPLAY").unwrap();
    let options = CopyOptions {
        clear_after: Some(Duration::from_secs(30)),
        owner: Some(OWNER.into()),
        variables: vec![("DISPLAY".into(), display.into()), ("WAYLAND_DISPLAY".into(), "".into())],
    };
    let copied = copy(&Route::Native, &options);
    assert_eq!(copied, Ok(Copied::Native { clears_after: Some(Duration::from_secs(30)) }));
}

#[test]
fn a_paste_works_after_the_program_has_ended_and_nothing_of_it_is_kept() {
    let Some(display) = Display::start() else { return };
    // A session of its own for the program, which a closing terminal would end.
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "program_that_copies_and_ends"])
        .env("CKEYS_TEST_DISPLAY", &display.name)
        .env(MARK, display.mark())
        .env("CONFIDENT_ORG_API_KEY", "confident_us_org_fake_canary")
        .env("CONFIDENT_API_KEY", "confident_us_proj_fake_canary")
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    // The output ended, so the owner holds none of it open.
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));

    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(TEXT));
    // What clipboard managers look at before they keep something.
    assert_eq!(display.paste("x-kde-passwordManagerHint").as_deref(), Some("secret"));

    let owners = display.owners();
    if owners.is_empty() && rustix::process::getuid().as_raw() != 0 {
        display::skip::tells("skipped in part: only root may look at a process that keeps out of core dumps");
    } else {
        let [owner] = owners[..] else { panic!("{owners:?}") };
        let environment = fs::read_to_string(format!("/proc/{owner}/environ")).unwrap();
        assert!(!environment.contains("fake_canary"), "a key reached the owner's environment");
        let arguments = fs::read_to_string(format!("/proc/{owner}/cmdline")).unwrap();
        assert!(!arguments.contains("fake"), "the text reached the owner's arguments");
        // pid (name) state parent group session: its own session, so no hangup or Ctrl-C finds it.
        let stat = fs::read_to_string(format!("/proc/{owner}/stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        assert_eq!(fields[3], owner.to_string());
        for descriptor in 0..3 {
            let target = fs::read_link(format!("/proc/{owner}/fd/{descriptor}")).unwrap();
            assert_eq!(target, PathBuf::from("/dev/null"), "{descriptor}");
        }
    }
    // Ends the owner with the test.
    display.copy_elsewhere("harmless");
    until("the owner ends", || display.owners().is_empty().then_some(()));
}

#[test]
fn an_owner_ends_when_something_else_is_copied_and_leaves_that_alone() {
    let Some(display) = Display::start() else { return };
    let mut owner = display.owner(0);
    assert_eq!(owner.said, "ok\n");
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(TEXT));
    // Right after the answer: nothing of the owner's may come later.
    display.copy_elsewhere("copied by someone else");
    assert!(owner.ended().success());
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some("copied by someone else"));
}

#[test]
fn the_clipboard_is_cleared_when_the_time_is_up() {
    let Some(display) = Display::start() else { return };
    let mut owner = display.owner(1);
    assert_eq!(owner.said, "ok\n");
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(TEXT));
    assert!(owner.ended().success());
    assert_eq!(display.paste("UTF8_STRING"), None);
}

#[test]
fn copying_again_replaces_the_first_owner() {
    let Some(display) = Display::start() else { return };
    let mut first = display.owner(0);
    let second = display.owner(0);
    assert_eq!((first.said.as_str(), second.said.as_str()), ("ok\n", "ok\n"));
    assert!(first.ended().success());
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(TEXT));
}

#[test]
fn an_owner_ends_with_its_display() {
    let Some(mut display) = Display::start() else { return };
    let mut owner = display.owner(1);
    assert_eq!(owner.said, "ok\n");
    display.end();
    owner.ended();
}

#[test]
fn an_answer_that_nobody_waits_for_gives_the_clipboard_back() {
    let Some(display) = Display::start() else { return };
    let mut process = Command::new(OWNER)
        .args([clipboard::OWNER_ARGUMENT, "--seconds", "0"])
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    process.stdin.take().unwrap().write_all(TEXT.as_bytes()).unwrap();
    until("the owner ends", || process.try_wait().unwrap());
    assert_eq!(display.paste("UTF8_STRING"), None);
}

#[test]
fn a_display_that_is_not_there_is_an_error_that_says_so() {
    let options = CopyOptions {
        clear_after: None,
        owner: Some(OWNER.into()),
        variables: vec![("DISPLAY".into(), ":59000".into()), ("WAYLAND_DISPLAY".into(), "".into())],
    };
    let error = copy(&Route::Native, &options).unwrap_err();
    assert!(matches!(error, CopyError::Refused(_)), "{error:?}");
    let told = error.to_string();
    assert!(told.starts_with("nothing was copied") && told.contains("unreachable") && !told.contains(TEXT), "{told}");
    let local = Environment { display: true, terminal: true, term: Some("xterm".into()), ..Environment::default() };
    assert_eq!(clipboard::fallback(&Route::Native, &local), Some(Route::Osc52));
}

#[test]
fn a_display_that_hangs_is_given_up_on_after_three_seconds() {
    // A server that takes connections and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let Some(number) = port.checked_sub(6000) else { return };
    let options = CopyOptions {
        clear_after: None,
        owner: Some(OWNER.into()),
        variables: vec![
            ("DISPLAY".into(), format!("127.0.0.1:{number}").into()),
            ("WAYLAND_DISPLAY".into(), "".into()),
        ],
    };
    let start = Instant::now();
    assert_eq!(copy(&Route::Native, &options), Err(CopyError::Stuck("the display's clipboard")));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(owners_with("DISPLAY", &format!("127.0.0.1:{number}")), Vec::<u32>::new());
}

#[test]
fn an_owner_that_says_nothing_or_is_missing_is_an_error() {
    let with = |program: &str| CopyOptions { owner: Some(program.into()), ..CopyOptions::default() };
    let silent = copy(&Route::Native, &with("true")).unwrap_err();
    assert!(matches!(silent, CopyError::Refused(_)), "{silent:?}");
    let missing = copy(&Route::Native, &with("/nonexistent/ckeys")).unwrap_err();
    assert!(matches!(missing, CopyError::NotRun { .. }), "{missing:?}");
}

/// Another program that copied, and answers nobody any more.
struct Stuck(Child);

impl Stuck {
    fn on(display: &Display) -> Self {
        let mut xclip = Command::new("xclip")
            .args(["-quiet", "-selection", "clipboard", "-in", "-display", &display.name])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        xclip.stdin.take().unwrap().write_all(b"copied by someone else").unwrap();
        until("the other program has the clipboard", || {
            display.paste("UTF8_STRING").filter(|text| text == "copied by someone else")
        });
        let id = rustix::process::Pid::from_child(&xclip);
        rustix::process::kill_process(id, rustix::process::Signal::STOP).unwrap();
        Self(xclip)
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_program_that_holds_the_clipboard_and_is_stuck_holds_up_no_copy() {
    let Some(display) = Display::start() else { return };
    let _stuck = Stuck::on(&display);
    assert_eq!(
        copy(&Route::Native, &display.options(Some(600))),
        Ok(Copied::Native { clears_after: Some(Duration::from_secs(600)) })
    );
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(TEXT));
    // Ends the owner with the test.
    display.copy_elsewhere("harmless");
    until("the owner ends", || display.owners().is_empty().then_some(()));
}

#[test]
fn an_owner_ends_for_a_program_that_is_stuck_and_leaves_the_clipboard_to_it() {
    let Some(display) = Display::start() else { return };
    let mut owner = display.owner(0);
    assert_eq!(owner.said, "ok\n");
    let mut stuck = Stuck::on(&display);
    assert!(owner.ended().success());
    rustix::process::kill_process(rustix::process::Pid::from_child(&stuck.0), rustix::process::Signal::CONT).unwrap();
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some("copied by someone else"));
    assert!(stuck.0.try_wait().unwrap().is_none());
}

#[test]
fn a_copy_that_is_done_says_when_it_is_cleared() {
    let Some(display) = Display::start() else { return };
    let copied = copy(&Route::Native, &display.options(None));
    assert_eq!(copied, Ok(Copied::Native { clears_after: None }));
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(TEXT));
    let copied = copy(&Route::Native, &display.options(Some(1)));
    assert_eq!(copied, Ok(Copied::Native { clears_after: Some(Duration::from_secs(1)) }));
    until("the clipboard is empty", || display.paste("UTF8_STRING").is_none().then_some(()));
}

/// A tmux server of the test's own, in a terminal of the test's own.
struct Tmux {
    folder: tempfile::TempDir,
    _pair: portable_pty::PtyPair,
    client: Box<dyn portable_pty::Child + Send + Sync>,
    output: std::sync::mpsc::Receiver<Vec<u8>>,
}

impl Tmux {
    fn start() -> Option<Self> {
        if !is_installed("tmux") {
            display::skip::skipped("tmux is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let size = portable_pty::PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).unwrap();
        let mut command = portable_pty::CommandBuilder::new("tmux");
        command.arg("-S");
        command.arg(folder.path().join("socket"));
        command.args(["-f", "/dev/null", "new-session", "cat"]);
        command.env("TERM", "xterm-256color");
        command.env_remove("TMUX");
        let client = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        let tmux = Self { folder, _pair: pair, client, output };
        until("tmux has a client", || {
            tmux.ask(&["list-clients", "-F", "#{client_name}"]).filter(|out| !out.is_empty())
        });
        Some(tmux)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("tmux").arg("-S").arg(self.socket()).args(arguments).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    fn options(&self) -> CopyOptions {
        // As tmux sets it for what runs inside: socket, server, session.
        let inside = format!("{},0,0", self.socket().display());
        CopyOptions { variables: vec![("TMUX".into(), inside.into())], ..CopyOptions::default() }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.ask(&["kill-server"]);
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

#[test]
fn tmux_as_it_comes_passes_the_text_to_its_terminal_and_keeps_no_buffer() {
    let Some(tmux) = Tmux::start() else { return };
    assert_eq!(copy(&Route::Tmux, &tmux.options()), Ok(Copied::SentToTerminal));
    let sequence = clipboard::osc52_sequence(&Secret::new(TEXT), false);
    let sent = sequence.rsplit(';').next().unwrap().trim_end_matches('\x07').to_owned();
    let mut seen = Vec::new();
    until("the terminal gets the text", || {
        seen.extend(tmux.output.try_iter().flatten());
        String::from_utf8_lossy(&seen).contains(&sent).then_some(())
    });
    assert_eq!(tmux.ask(&["list-buffers"]).as_deref(), Some(""));
}

#[test]
fn a_copy_that_is_cut_short_leaves_no_buffer_in_tmux() {
    let Some(tmux) = Tmux::start() else { return };
    for milliseconds in 0..40 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (secret, options) = (Secret::new(TEXT), tmux.options());
        let copying = clipboard::copy(&secret, &Route::Tmux, &options);
        let most = Duration::from_millis(milliseconds);
        let _ = runtime.block_on(async { tokio::time::timeout(most, copying).await });
    }
    until("no buffer is left", || tmux.ask(&["list-buffers"]).filter(String::is_empty));
    // Nor does one come later: an answer is the last of what tmux does for each.
    assert_eq!(copy(&Route::Tmux, &tmux.options()), Ok(Copied::SentToTerminal));
    assert_eq!(tmux.ask(&["list-buffers"]).as_deref(), Some(""));
}

#[test]
fn a_tmux_that_is_gone_is_an_error_in_its_words() {
    if !is_installed("tmux") {
        display::skip::skipped("tmux is not installed");
        return;
    }
    let options =
        CopyOptions { variables: vec![("TMUX".into(), "/nonexistent/socket,1,0".into())], ..CopyOptions::default() };
    let error = copy(&Route::Tmux, &options).unwrap_err();
    assert!(matches!(error, CopyError::Tmux(_)) && error.to_string().contains("/nonexistent/socket"), "{error:?}");
}

#[test]
fn the_terminal_is_written_to_by_the_caller_alone() {
    assert_eq!(copy(&Route::Osc52, &CopyOptions::default()), Ok(Copied::WriteSequence));
}

/// What `ckeys doctor` says about the clipboard with these variables: status, and summary with remedy.
fn doctor(arguments: &[&str], variables: &[(OsString, OsString)]) -> Vec<(String, String)> {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(OWNER);
    for name in environment::unwanted() {
        command.env_remove(name);
    }
    // Nothing listens there: the vendor is not asked by tests.
    command.env("HOME", home.path()).env("CONFIDENT_BASE_URL", "http://127.0.0.1:1").env("TERM", "xterm-256color");
    command.args(["doctor", "--json"]).args(arguments).envs(variables.iter().cloned()).stdin(Stdio::null());
    let output = command.output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = document["checks"].as_array().unwrap().iter();
    let word = |check: &serde_json::Value, name: &str| check[name].as_str().unwrap_or_default().to_owned();
    checks
        .filter(|check| word(check, "name").starts_with("clipboard"))
        .map(|check| (word(check, "status"), format!("{} {}", word(check, "summary"), word(check, "remedy"))))
        .collect()
}

/// The text in quotes.
fn quoted(words: &str) -> &str {
    words.split_once('“').and_then(|(_, rest)| rest.split_once('”')).unwrap().0
}

#[test]
fn doctor_leaves_the_clipboard_alone_and_tries_it_where_that_is_asked_for() {
    let Some(display) = Display::start() else { return };
    display.copy_elsewhere("mine");
    let [(status, words)] = &doctor(&[], &display.variables())[..] else { panic!() };
    assert!(status == "ok" && words.contains("DISPLAY names a display; not tried out"), "{status}: {words}");
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some("mine"));

    let [_, (status, words)] = &doctor(&["--try-clipboard"], &display.variables())[..] else { panic!() };
    assert!(status == "ok" && words.contains("was copied and read back"), "{status}: {words}");
    assert_eq!(display.paste("UTF8_STRING").as_deref(), Some(quoted(words)));
    assert!(quoted(words).starts_with("ckeys clipboard test "), "{words}");
    // Ends the owner with the test.
    display.copy_elsewhere("harmless");
    until("the owner ends", || display.owners().is_empty().then_some(()));
}

#[test]
fn doctor_says_why_a_display_does_not_take_a_text() {
    let variables = [("DISPLAY".into(), ":59000".into())];
    let [(status, _), (tried, words)] = &doctor(&["--try-clipboard"], &variables)[..] else { panic!() };
    assert_eq!((status.as_str(), tried.as_str()), ("ok", "problem"), "{words}");
    assert!(words.starts_with("Tried, and nothing was copied: ") && words.contains("unreachable"), "{words}");
}

#[test]
fn doctor_tries_tmux_and_tells_what_to_expect() {
    use base64::Engine as _;
    let Some(tmux) = Tmux::start() else { return };
    let [(status, route), (tried, words)] = &doctor(&["--try-clipboard"], &tmux.options().variables)[..] else {
        panic!()
    };
    assert!(status == "ok" && route.contains("through tmux, as there is no display"), "{status}: {route}");
    assert!(route.contains("tmux 3") || route.contains("says of itself"), "{route}");
    assert!(tried == "unknown" && words.contains("does not tell whether it took it"), "{tried}: {words}");
    let sent = base64::engine::general_purpose::STANDARD.encode(quoted(words));
    let mut seen = Vec::new();
    until("the terminal gets the text", || {
        seen.extend(tmux.output.try_iter().flatten());
        String::from_utf8_lossy(&seen).contains(&sent).then_some(())
    });
    assert_eq!(tmux.ask(&["list-buffers"]).as_deref(), Some(""));
}
