//! A home for the program, with all that it might write to, and the search of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::canary::{KEY, Search};
use crate::echo::Echo;
use crate::environment::unwanted;

/// A home, and what the program is started with in it.
pub(crate) struct House {
    pub(crate) home: TempDir,
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
    /// With the canary as the organization key, and everything on that could make a program talk.
    pub(crate) fn new(echo: &Echo) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = home.path().join(name);
            fs::create_dir_all(&path).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let mut variables = vec![("HOME".to_owned(), home.path().to_str().unwrap().to_owned())];
        for (name, path) in [
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
            ("TMPDIR", "tmp"),
        ] {
            variables.push((name.to_owned(), folder(path)));
        }
        folder("work");
        folder("bin");
        for (name, value) in [
            ("CONFIDENT_ORG_API_KEY", KEY),
            ("CONFIDENT_BASE_URL", echo.base_url()),
            ("RUST_LOG", "trace"),
            ("RUST_BACKTRACE", "full"),
            ("RUST_LIB_BACKTRACE", "full"),
            ("SSLKEYLOGFILE", home.path().join("tmp/tls-keys").to_str().unwrap()),
            ("TERM", "xterm-256color"),
            ("DEBUG", "*"),
        ] {
            variables.push((name.to_owned(), value.to_owned()));
        }
        Self { home, variables }
    }

    /// With one more variable, or another value of one.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
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

    /// No file that the program could have written, and no file's name, has anything of a canary.
    #[track_caller]
    pub(crate) fn is_clean(&self) {
        let search = Search::new();
        for (path, content) in self.files() {
            for bytes in [path.as_os_str().as_encoded_bytes(), &content] {
                if let Some(found) = search.find(bytes) {
                    panic!("{}: {found}", path.display());
                }
            }
        }
    }

    /// All files but the test's own programs.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(self.home.path(), &mut found);
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

    /// Nothing that was printed has anything of a canary.
    #[track_caller]
    pub(crate) fn is_clean(&self, what: &str) -> &Self {
        self.lacks(&Search::new(), what)
    }

    /// Nothing that was printed has what is searched for.
    #[track_caller]
    pub(crate) fn lacks(&self, search: &Search, what: &str) -> &Self {
        for text in [&self.out, &self.err] {
            if let Some(found) = search.find(text.as_bytes()) {
                panic!("{what}: {found}\n{self:?}");
            }
        }
        self
    }
}
