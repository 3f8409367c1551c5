//! A journal in a folder of its own, and what is written to it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use confident_keys::api::model::{KeyId, ProjectId, Scope};
use confident_keys::journal::{
    Action, Entry, Intended, Intent, Journal, OrganizationRecord, Outcome, ScopeRecord, Service,
};
use tempfile::TempDir;

/// A home, and the journal in it.
pub(crate) struct Home {
    folder: TempDir,
    pub(crate) journal: Journal,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("state").join("confident-keys"));
        Self { folder, journal }
    }

    /// A file of the journal.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.journal.folder().join(name)
    }

    /// The files in `intents`, by their extensions.
    pub(crate) fn intents(&self, extension: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path("intents")).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }

    /// All that is in the journal's files.
    pub(crate) fn contents(&self) -> String {
        fn walk(folder: &Path, out: &mut String) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, out);
                } else {
                    out.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
                }
            }
        }
        let mut out = String::new();
        walk(self.journal.folder(), &mut out);
        out
    }

    /// `ckeys` with this journal, without a key and without an address to ask.
    pub(crate) fn ckeys(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ckeys"));
        command.env_clear().stdin(Stdio::null()).args(arguments);
        command.env("HOME", self.folder.path()).env("XDG_STATE_HOME", self.folder.path().join("state"));
        command
    }
}

pub(crate) fn sandbox() -> ScopeRecord {
    ScopeRecord::new(&Scope::Project(ProjectId::new("p1").unwrap()), &"Sandbox".into())
}

/// An intent to generate a key called `name`.
pub(crate) fn intent(name: &str) -> Intent {
    Intent {
        time: "2026-11-21T02:51:00.123Z".parse().unwrap(),
        service: Service::new(&"https://api.confident-ai.com".parse().unwrap()),
        organization: Some(OrganizationRecord { id: "org-1".into(), name: "Acme Inc.".into() }),
        scope: sandbox(),
        name: name.into(),
        what: Intended::Create { replaces: None, known: vec![KeyId(7), KeyId(34)] },
    }
}

/// An intent to rotate a key called `name`, with a grace period of 24 hours.
pub(crate) fn rotation(name: &str) -> Intent {
    let ends = vec!["a1b2c3".to_owned(), "d4e5f6".to_owned()];
    Intent { what: Intended::Rotate { id: KeyId(34), grace_hours: Some(24), ends }, ..intent(name) }
}

/// An entry about a key called `name`.
pub(crate) fn entry(name: &str) -> Entry {
    Entry {
        id: Some(KeyId(57)),
        ..Entry::of(&intent(name), "2026-11-21T02:51:01Z".parse().unwrap(), Action::Create, Outcome::Done)
    }
}

pub(crate) fn names(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.name.as_ref().unwrap().as_str()).collect()
}
