//! A home for the program, with all that it might write to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::environment::unwanted;

/// A home, and what the program is started with in it.
pub(crate) struct House {
    /// What all of it is in.
    folder: TempDir,
    home: PathBuf,
    variables: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl House {
    /// A home of this name, with everything on that could make a program talk.
    pub(crate) fn new(name: &str, base_url: &str, key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join(name);
        let make = |name: &str| {
            let path = home.join(name);
            fs::create_dir_all(&path).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let mut variables = vec![("HOME".to_owned(), home.to_str().unwrap().to_owned())];
        for (name, path) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
            ("TMPDIR", "tmp"),
        ] {
            variables.push((name.to_owned(), make(path)));
        }
        make("work");
        make("bin");
        for (name, value) in [
            ("CONFIDENT_ORG_API_KEY", key),
            ("CONFIDENT_BASE_URL", base_url),
            ("RUST_LOG", "trace"),
            ("RUST_BACKTRACE", "full"),
            ("RUST_LIB_BACKTRACE", "full"),
            ("SSLKEYLOGFILE", home.join("tmp/tls-keys").to_str().unwrap()),
            ("TERM", "xterm-256color"),
            ("DEBUG", "*"),
        ] {
            variables.push((name.to_owned(), value.to_owned()));
        }
        Self { folder, home, variables }
    }

    /// With one more variable, or another value of one.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The value of a variable, where it was set.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.variables.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    /// Writes a file below the home.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Puts a program of the test's own before all others of its name.
    pub(crate) fn stands_in(&mut self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        let rest = std::env::var("PATH").unwrap();
        self.set("PATH", &format!("{}:{rest}", self.path("bin").display()));
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ckeys"));
        for name in unwanted() {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().cloned()).args(arguments).current_dir(self.path("work"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The same, for a terminal.
    pub(crate) fn on_terminal(&self, program: &str, arguments: &[&str]) -> portable_pty::CommandBuilder {
        let mut command = portable_pty::CommandBuilder::new(program);
        for name in unwanted() {
            command.env_remove(name);
        }
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command.args(arguments);
        command.cwd(self.path("work"));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// All files but the test's own programs.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(self.folder.path(), &mut found);
        found.retain(|(path, _)| !path.starts_with(self.path("bin")));
        found
    }
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            let content = fs::read(&path).unwrap();
            found.push((path, content));
        }
    }
}

impl Run {
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
