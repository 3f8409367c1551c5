//! What is about to be generated or rotated, on disk before the POST is sent, and what is left of programs that ended too
//! early.
//!
//! An intent's file is made under a name that nobody looks for, locked, written down to the disk, and only then given
//! its own name: whoever finds it finds it whole, and locked for as long as its program lives. Names are never
//! used again, and who has got a lock looks whether the file is still there.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::entry::{self, Action, Entry, Line, OrganizationRecord, Outcome, ScopeRecord, Service};
use super::file::{self, Locked};
use super::{Journal, JournalError, MOST_BYTES};
use crate::api::model::KeyId;
use crate::text::Text;

const FOLDER: &str = "intents";
const EXTENSION: &str = "json";
const UNFINISHED: &str = "tmp";
/// What was set aside, so that it is told once.
const UNREADABLE: &str = "unreadable";
/// How long to wait for somebody who only looks whether an intent is locked, in all.
const PATIENCE: Duration = Duration::from_millis(50);
/// When a file that was never finished is certainly nobody's.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

/// What is about to be done, where its answer is the only one to hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// When.
    #[serde(serialize_with = "entry::time", deserialize_with = "entry::parse_time")]
    pub time: Timestamp,
    /// Where.
    pub service: Service,
    /// Whose; none where that was not read yet.
    pub organization: Option<OrganizationRecord>,
    /// Which of its keys.
    pub scope: ScopeRecord,
    /// The name of the key; empty where it has none.
    pub name: Text,
    /// What is to be done.
    #[serde(flatten)]
    pub what: Intended,
}

/// What is about to be done to a key, and what it takes to tell later whether it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Intended {
    /// It is generated.
    Create {
        /// The key that it is to take the place of, where it is made for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<KeyId>,
        /// The ids of the scope's keys before: whichever key is not among them may be the new one.
        known: Vec<KeyId>,
    },
    /// It gets a new value, in place.
    Rotate {
        /// Which.
        id: KeyId,
        /// For how many hours its old value still works, where that was noted; 0: it stops at once.
        #[serde(default)]
        grace_hours: Option<u32>,
        /// The last characters of its values before, as every list shows them: a value that ends otherwise is new. Notes of
        /// earlier versions have none.
        #[serde(default)]
        ends: Vec<String>,
    },
}

impl Intent {
    /// What is to be done, in the journal's words.
    pub fn action(&self) -> Action {
        match self.what {
            Intended::Create { .. } => Action::Create,
            Intended::Rotate { .. } => Action::Rotate,
        }
    }

    /// The entry of one whose outcome nobody knows yet, for showing.
    pub fn as_entry(&self) -> Entry {
        let detail = match self.what {
            Intended::Create { .. } | Intended::Rotate { grace_hours: None, .. } => Text::default(),
            Intended::Rotate { grace_hours: Some(0), .. } => "without a grace period".into(),
            Intended::Rotate { grace_hours: Some(hours), .. } => {
                Text::from(format!("with a grace period of {hours} h"))
            }
        };
        Entry { detail, ..Entry::of(self, self.time, self.action(), Outcome::Unknown) }
    }

    /// Reads a file's content.
    fn read(content: &[u8]) -> serde_json::Result<Self> {
        let mut fields: Map<String, Value> = serde_json::from_slice(content)?;
        // Earlier versions did not say what they were about to do.
        if !fields.contains_key("action") {
            let rotated = fields.remove("rotates");
            let action = if rotated.is_some() { Action::Rotate } else { Action::Create };
            fields.insert("action".to_owned(), action.word().into());
            fields.extend(rotated.map(|id| ("id".to_owned(), id)));
        }
        serde_json::from_value(Value::Object(fields))
    }
}

/// An intent's file, locked.
#[derive(Debug)]
struct Held {
    journal: Journal,
    id: String,
    path: PathBuf,
    _lock: Locked,
}

impl Held {
    /// The line first: a program that ends in between leaves a file whose outcome the journal tells.
    fn finish(self, entry: &Entry) -> Result<(), JournalError> {
        let written = self.journal.append_line(&Line { entry, intent: Some(self.id.clone()) });
        // Without the line, too: the outcome is known, and looking for it again would raise a false alarm.
        let removed = self.remove();
        written.and(removed)
    }

    fn remove(self) -> Result<(), JournalError> {
        fs::remove_file(&self.path).map_err(|error| JournalError::write(&self.path, &error))?;
        file::sync_folder_of(&self.path);
        Ok(())
    }
}

/// An intent of this program. Dropped without [`finish`](Self::finish) it stays open, for the next start to look
/// into: the right end where the outcome could not be found out.
#[derive(Debug)]
#[must_use = "dropped, it counts as abandoned"]
pub struct OpenIntent(Held);

impl OpenIntent {
    /// Adds `entry`, which tells the outcome, and closes the intent.
    ///
    /// # Errors
    /// Where one of both can't be done. The other is done all the same.
    pub fn finish(self, entry: &Entry) -> Result<(), JournalError> {
        self.0.finish(entry)
    }

    /// Closes the intent without a line: it was not acted on, or that is told elsewhere.
    ///
    /// # Errors
    /// Where its file can't be removed.
    pub fn withdraw(self) -> Result<(), JournalError> {
        self.0.remove()
    }
}

/// An intent whose program ended without telling the outcome. Held, it is nobody else's; dropped without
/// [`finish`](Self::finish) it is open again.
#[derive(Debug)]
#[must_use = "dropped, it stays open"]
pub struct Abandoned {
    intent: Intent,
    held: Held,
}

impl Abandoned {
    /// What was about to be done.
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// The file that says so.
    pub fn path(&self) -> &Path {
        &self.held.path
    }

    /// Adds `entry`, which tells what became of it, and closes the intent.
    ///
    /// # Errors
    /// Where one of both can't be done. The other is done all the same.
    pub fn finish(self, entry: &Entry) -> Result<(), JournalError> {
        self.held.finish(entry)
    }
}

/// What earlier programs left.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// To be looked into, oldest first.
    pub abandoned: Vec<Abandoned>,
    /// Files among the intents that hold none that can be read. They were set aside, so that they are found only
    /// once; a key may have been generated or rotated without anybody seeing it.
    pub unreadable: Vec<PathBuf>,
}

/// An intent that is there, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedIntent {
    /// What is or was about to be done.
    pub intent: Intent,
    /// Whether somebody is at work on it; it is open else.
    pub is_under_way: bool,
}

/// The intents that are there, for showing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListedIntents {
    /// Oldest first.
    pub intents: Vec<ListedIntent>,
    /// Files that can't be read, also those that were set aside. Where a lock keeps readers out, as on Windows, those
    /// at work are among them.
    pub unreadable: Vec<PathBuf>,
}

/// What is found at an intent's path.
enum Found {
    /// It is there, and this is its lock.
    Held(Held, Vec<u8>),
    /// Somebody is at work on it.
    AtWork,
    /// It was finished meanwhile.
    Gone,
    /// It can't be opened or read.
    Unreadable,
}

impl Journal {
    /// Writes down what is about to be done, before it is done.
    ///
    /// # Errors
    /// Where that is not possible. Nothing is left of it.
    pub fn begin(&self, intent: &Intent) -> Result<OpenIntent, JournalError> {
        file::make_folder(self.folder())?;
        let folder = self.intents_folder();
        file::make_folder(&folder)?;
        // Sorts by time.
        let id = format!("{:013}-{}-{:08x}", intent.time.as_millisecond(), std::process::id(), fastrand::u32(..));
        let path = folder.join(&id).with_extension(EXTENSION);
        let unfinished = folder.join(format!(".{id}.{UNFINISHED}"));
        let file = file::open(&unfinished, file::options().read(true).write(true).create_new(true))
            .map_err(|error| error.into_journal_error(&unfinished, JournalError::write))?;
        let finished = self.write_intent(intent, file, &unfinished, &path);
        if finished.is_err() {
            // Under this name nobody minds it.
            let _ = fs::remove_file(&unfinished);
        }
        Ok(OpenIntent(Held { journal: self.clone(), id, path, _lock: finished? }))
    }

    fn write_intent(
        &self,
        intent: &Intent,
        file: fs::File,
        unfinished: &Path,
        path: &Path,
    ) -> Result<Locked, JournalError> {
        use std::io::Write as _;
        let failed = |error: &std::io::Error| JournalError::write(path, error);
        let mut lock = Locked::exclusive(file, PATIENCE)
            .map_err(|error| failed(&error))?
            .ok_or_else(|| JournalError::Busy(unfinished.to_owned()))?;
        let content = entry::line(intent).map_err(|error| failed(&error))?;
        lock.file().write_all(&content).map_err(|error| failed(&error))?;
        file::sync(lock.file(), path)?;
        fs::rename(unfinished, path).map_err(|error| failed(&error))?;
        file::sync_folder_of(path);
        file::sync_folder_of(&self.intents_folder());
        Ok(lock)
    }

    /// Finds the intents of programs that ended without telling the outcome, and takes each for this one: a second
    /// start meanwhile does not get them. Those at work are left alone.
    ///
    /// # Errors
    /// Where the folder is there, but can't be read.
    pub fn abandoned(&self) -> Result<Leftovers, JournalError> {
        self.remove_unfinished();
        let mut leftovers = Leftovers::default();
        let mut taken = Vec::new();
        let patient_until = Instant::now() + PATIENCE;
        for (id, path) in self.intent_files(EXTENSION)? {
            match self.take(id, &path, patient_until.saturating_duration_since(Instant::now())) {
                Found::Held(held, content) => match Intent::read(&content) {
                    Ok(intent) => taken.push(Abandoned { intent, held }),
                    Err(_) => leftovers.unreadable.push(set_aside(path)),
                },
                Found::Unreadable => leftovers.unreadable.push(set_aside(path)),
                Found::AtWork | Found::Gone => {}
            }
        }
        // After the locks were had: whoever wrote an outcome has done so by now.
        let finished = if taken.is_empty() { HashSet::new() } else { self.finished_intents() };
        for abandoned in taken {
            if finished.contains(&abandoned.held.id) {
                // The program ended between the line and this. Where it can't be removed, it is so next time.
                let _ = abandoned.held.remove();
            } else {
                leftovers.abandoned.push(abandoned);
            }
        }
        Ok(leftovers)
    }

    /// The intents that are there, open or under way. Takes none, and makes nothing.
    ///
    /// # Errors
    /// Where the folder is there, but can't be read.
    pub fn intents(&self) -> Result<ListedIntents, JournalError> {
        let aside = self.intent_files(UNREADABLE)?.into_iter().map(|(_, path)| path).collect();
        let mut listed = ListedIntents { unreadable: aside, ..ListedIntents::default() };
        let mut found = Vec::new();
        for (id, path) in self.intent_files(EXTENSION)? {
            let content = match self.read(&path) {
                Ok(Some(content)) => content,
                Ok(None) => continue,
                Err(_) => {
                    listed.unreadable.push(path);
                    continue;
                }
            };
            let Ok(intent) = Intent::read(&content) else {
                listed.unreadable.push(path);
                continue;
            };
            let Ok(file) = self.open_to_read(&path) else { continue };
            // Shared, so that two who look do not see each other.
            let is_under_way = matches!(Locked::shared(file, Duration::ZERO), Ok(None));
            found.push((id, ListedIntent { intent, is_under_way }));
        }
        let finished = if found.is_empty() { HashSet::new() } else { self.finished_intents() };
        listed.intents.extend(found.into_iter().filter(|(id, _)| !finished.contains(id)).map(|(_, intent)| intent));
        Ok(listed)
    }

    fn intents_folder(&self) -> PathBuf {
        self.folder().join(FOLDER)
    }

    /// The ids and paths of all intents whose files end so, oldest first.
    fn intent_files(&self, extension: &str) -> Result<Vec<(String, PathBuf)>, JournalError> {
        let folder = self.intents_folder();
        let failed = |error: &std::io::Error| JournalError::folder(&folder, error);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed(&error))?.path();
            if path.extension().is_some_and(|found| found == extension)
                && let Some(id) = path.file_stem().and_then(|stem| stem.to_str())
            {
                files.push((id.to_owned(), path));
            }
        }
        files.sort();
        Ok(files)
    }

    /// Removes what programs left that ended before they had written their intent: nothing was sent.
    fn remove_unfinished(&self) {
        for path in fs::read_dir(self.intents_folder()).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|extension| extension == UNFINISHED) && is_left_behind(&path) {
                let _ = fs::remove_file(&path);
            }
        }
    }

    fn take(&self, id: String, path: &Path, patience: Duration) -> Found {
        let file = match file::open(path, file::options().read(true)) {
            Ok(file) => file,
            Err(error) if error.is_not_found() => return Found::Gone,
            Err(_) => return Found::Unreadable,
        };
        // Where there are no locks nobody can tell; what may be somebody's is left alone.
        let Ok(Some(mut lock)) = Locked::exclusive(file, patience) else { return Found::AtWork };
        if !file::is_still_at(lock.file(), path) {
            return Found::Gone;
        }
        let mut content = Vec::new();
        match lock.file().take(MOST_BYTES).read_to_end(&mut content) {
            Ok(_) => Found::Held(Held { journal: self.clone(), id, path: path.to_owned(), _lock: lock }, content),
            Err(_) => Found::Unreadable,
        }
    }
}

fn is_left_behind(path: &Path) -> bool {
    let modified = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > LEFT_BEHIND))
}

/// Gives `path` a name under which it is not found again, and says where it is now.
fn set_aside(path: PathBuf) -> PathBuf {
    let aside = path.with_extension(UNREADABLE);
    if fs::rename(&path, &aside).is_ok() { aside } else { path }
}

impl Entry {
    /// What came of `intent`, without details, and without the id of a key that it was to make.
    pub fn of(intent: &Intent, time: Timestamp, action: Action, outcome: Outcome) -> Self {
        let (id, replaces) = match intent.what {
            Intended::Create { replaces, .. } => (None, replaces),
            Intended::Rotate { id, .. } => (Some(id), None),
        };
        Self {
            time,
            organization: intent.organization.clone(),
            service: intent.service.clone(),
            scope: intent.scope.clone(),
            action,
            id,
            name: Some(intent.name.clone()),
            replaces,
            outcome,
            detail: Text::default(),
        }
    }
}
