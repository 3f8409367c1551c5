//! An ssh server on this machine alone, with keys and a configuration of its own.

use std::fs;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::display::is_installed;
use crate::display::skip::skipped;

/// Where packages put it, which need not be on the path.
const SERVER: &str = "/usr/sbin/sshd";
/// Root's server wants this folder, and makes it nowhere but there.
const ROOTS_FOLDER: &str = "/run/sshd";

/// The server. Each connection has a process of its own, which ends with it.
pub(crate) struct Sshd {
    folder: TempDir,
    port: u16,
}

impl Sshd {
    /// `None`, told on standard error, where something is missing.
    pub(crate) fn start() -> Option<Self> {
        for program in ["ssh", "ssh-keygen"] {
            if !is_installed(program) {
                skipped(&format!("{program} is not installed"));
                return None;
            }
        }
        if !Path::new(SERVER).exists() {
            skipped("sshd is not installed");
            return None;
        }
        let Some(server) = server() else {
            skipped(&format!("sshd needs {ROOTS_FOLDER} where it is run by root"));
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        for key in ["host", "user"] {
            makes_a_key(&folder.path().join(key));
        }
        fs::copy(folder.path().join("user.pub"), folder.path().join("authorized")).unwrap();
        let inside = |name: &str| folder.path().join(name).display().to_string();
        // Who may log in is said here alone: no passwords, no files of this machine.
        let settings = [
            format!("HostKey {}", inside("host")),
            format!("AuthorizedKeysFile {}", inside("authorized")),
            "AuthenticationMethods publickey".to_owned(),
            "PermitRootLogin prohibit-password".to_owned(),
            "StrictModes no".to_owned(),
            "UsePAM no".to_owned(),
            "PidFile none".to_owned(),
            "PrintMotd no".to_owned(),
            "PrintLastLog no".to_owned(),
            "DisableForwarding yes".to_owned(),
        ];
        fs::write(folder.path().join("config"), settings.join("\n") + "\n").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let host_key = fs::read_to_string(folder.path().join("host.pub")).unwrap();
        fs::write(folder.path().join("known"), format!("[127.0.0.1]:{port} {host_key}")).unwrap();
        let (config, log) = (folder.path().join("config"), folder.path().join("log"));
        thread::spawn(move || serves(&listener, &server, &config, &log));
        Some(Self { folder, port })
    }

    /// A folder for what belongs to a connection.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What runs `command` there, in a terminal that is passed on.
    pub(crate) fn words(&self, command: &str) -> Vec<String> {
        let inside = |name: &str| self.folder.path().join(name).display().to_string();
        let options = [
            format!("UserKnownHostsFile={}", inside("known")),
            "StrictHostKeyChecking=yes".to_owned(),
            "GlobalKnownHostsFile=/dev/null".to_owned(),
            "IdentitiesOnly=yes".to_owned(),
            "IdentityAgent=none".to_owned(),
            "BatchMode=yes".to_owned(),
            "LogLevel=ERROR".to_owned(),
        ];
        let mut words: Vec<String> = ["ssh", "-tt", "-F", "/dev/null", "-i"].map(str::to_owned).into();
        words.extend([inside("user"), "-p".to_owned(), self.port.to_string()]);
        words.extend(options.into_iter().flat_map(|option| ["-o".to_owned(), option]));
        words.extend([format!("{}@127.0.0.1", user()), command.to_owned()]);
        words
    }

    /// What the server has to say.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

/// What runs the server; `None`: it can't be run here.
fn server() -> Option<Vec<String>> {
    let direct = vec![SERVER.to_owned()];
    if !rustix::process::getuid().is_root() || Path::new(ROOTS_FOLDER).is_dir() {
        return Some(direct);
    }
    // The folder is made where nobody else sees it.
    let script = format!(r#"mount -t tmpfs none /run && mkdir -m 755 {ROOTS_FOLDER} && exec "$0" "$@""#);
    let wrapper: Vec<String> = ["unshare", "--mount", "/bin/sh", "-c", &script].map(str::to_owned).into();
    let works = Command::new(&wrapper[0]).args(&wrapper[1..]).arg("true").stderr(Stdio::null()).status();
    works.is_ok_and(|status| status.success()).then(|| [wrapper, direct].concat())
}

fn makes_a_key(file: &PathBuf) {
    let made =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(file).status();
    assert!(made.unwrap().success());
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o77, 0);
}

/// Gives each connection to a server of its own, for as long as the test runs.
fn serves(listener: &TcpListener, server: &[String], config: &Path, log: &Path) {
    while let Ok((connection, _)) = listener.accept() {
        let log = fs::File::options().create(true).append(true).open(log).unwrap();
        let socket = OwnedFd::from(connection);
        let mut process = Command::new(&server[0])
            .args(&server[1..])
            .args(["-i", "-e", "-f"])
            .arg(config)
            .stdin(socket.try_clone().unwrap())
            .stdout(socket)
            .stderr(log)
            .spawn()
            .unwrap();
        thread::spawn(move || process.wait());
    }
}

fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
