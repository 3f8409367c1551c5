//! What the screen showed of each profile, on disk: `screen.json` beside the journal.
//!
//! ```json
//! {"version": 1, "profiles": {"work": {"scope": "project:p1", "sort": "created", "descending": true, "tab": "all", "folded": false}}}
//! ```
//!
//! The name `""` stands for no profile. The scope is `all`, `organization`, or a project by its id. Nothing else is
//! remembered, and nothing here is worth a complaint: what can't be read is as if it was never there, and what can't be
//! written is forgotten. The file is for its owner alone, and replaced at once; one of a later version is left alone.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::api::model::{ProjectId, Scope};
use crate::app::order::SortColumn;
use crate::app::profile::ProfileName;
use crate::app::remembered::{Memory, Remembered};
use crate::app::scopes::View;
use crate::destination::file;
use crate::journal::{Journal, JournalError};
use crate::status::Tab;

const VERSION: u64 = 1;

/// A file that is longer, in bytes, is none of ours.
const MAX_BYTES: u64 = 256 * 1024;

const SORTS: [(SortColumn, &str); 6] = [
    (SortColumn::Created, "created"),
    (SortColumn::LastUsed, "last-used"),
    (SortColumn::Name, "name"),
    (SortColumn::Status, "status"),
    (SortColumn::Scope, "scope"),
    (SortColumn::Expires, "expires"),
];

const TABS: [(Tab, &str); 4] =
    [(Tab::All, "all"), (Tab::InUse, "in-use"), (Tab::Stale, "stale"), (Tab::Inactive, "inactive")];

/// Where it is kept, and what was read there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    path: PathBuf,
    /// What was read, so that only what is other is written.
    memory: Memory,
}

impl Store {
    /// What this user's screen showed the last time.
    ///
    /// # Errors
    /// Where there is no home folder to keep it in.
    pub fn load() -> Result<Self, JournalError> {
        Ok(Self::at(Journal::find()?.folder()))
    }

    /// What is remembered in `folder`. Makes nothing.
    pub fn at(folder: &Path) -> Self {
        let path = folder.join("screen.json");
        let memory = read(&path).map(|file| memory(&file)).unwrap_or_default();
        Self { path, memory }
    }

    /// What was remembered.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Keeps what is other in `memory`, beside what other programs kept meanwhile.
    ///
    /// # Errors
    /// Why it is not kept, in words; then what was there still is.
    pub fn keep(&self, memory: &Memory) -> Result<(), String> {
        let changed: Vec<_> = memory.iter().filter(|(name, shown)| self.memory.get(name) != Some(shown)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let mut file = read(&self.path).unwrap_or_else(|| json!({}));
        if version(&file).is_some_and(|version| version > VERSION) {
            return Err("it is of a later version".to_owned());
        }
        let mut profiles = profiles(&mut file).map(std::mem::take).unwrap_or_default();
        for (name, shown) in changed {
            profiles.insert(name.clone().unwrap_or_default(), to_json(shown));
        }
        let text = format!("{}\n", json!({ "version": VERSION, "profiles": profiles }));
        let folder = self.path.parent().unwrap_or(&self.path);
        crate::journal::make_folder(folder).map_err(|error| error.to_string())?;
        match file::plain_file(&self.path) {
            Ok(Some(_)) => file::replace(&self.path, &text, |_| Ok(())),
            Ok(None) => file::make(&self.path, &text),
            Err(error) => Err(error),
        }
        .map_err(|error| error.to_string())
    }
}

/// The file as JSON; none where it is not there, or no such thing.
fn read(path: &Path) -> Option<Value> {
    // A pipe would hold the start up, and a link is none of ours.
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    let is_sound = u64::try_from(bytes.len()).is_ok_and(|length| length <= MAX_BYTES);
    is_sound.then(|| serde_json::from_slice(&bytes).ok()).flatten()
}

fn version(file: &Value) -> Option<u64> {
    file.get("version")?.as_u64()
}

fn profiles(file: &mut Value) -> Option<&mut Map<String, Value>> {
    file.get_mut("profiles")?.as_object_mut()
}

/// What of `file` is understood.
fn memory(file: &Value) -> Memory {
    let profiles = file.get("profiles").and_then(Value::as_object);
    profiles
        .into_iter()
        .flatten()
        .filter(|(_, shown)| shown.is_object())
        .map(|(name, shown)| (profile(name), of_json(shown)))
        .collect()
}

fn profile(name: &str) -> ProfileName {
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

fn to_json(shown: &Remembered) -> Value {
    let Remembered { view, sort, descending, tab, folded } = shown;
    let scope = match view {
        View::All => "all".to_owned(),
        View::One(Scope::Organization) => "organization".to_owned(),
        View::One(Scope::Project(id)) => format!("project:{id}"),
    };
    json!({
        "scope": scope,
        "sort": word(&SORTS, *sort),
        "descending": descending,
        "tab": word(&TABS, *tab),
        "folded": folded,
    })
}

/// Each entry by itself: what is not understood is as at first.
fn of_json(shown: &Value) -> Remembered {
    let first = Remembered::default();
    let text = |name: &str| shown.get(name).and_then(Value::as_str);
    let view = text("scope").and_then(|scope| match scope {
        "all" => Some(View::All),
        "organization" => Some(View::One(Scope::Organization)),
        project => Some(View::One(Scope::Project(ProjectId::new(project.strip_prefix("project:")?).ok()?))),
    });
    let sort = text("sort").and_then(|sort| named(&SORTS, sort));
    let descending = shown.get("descending").and_then(Value::as_bool).filter(|_| sort.is_some());
    Remembered {
        view: view.unwrap_or(first.view),
        sort: sort.unwrap_or(first.sort),
        descending: descending.unwrap_or(first.descending),
        tab: text("tab").and_then(|tab| named(&TABS, tab)).unwrap_or(first.tab),
        folded: shown.get("folded").and_then(Value::as_bool).unwrap_or(first.folded),
    }
}

fn word<T: Copy + PartialEq>(words: &[(T, &'static str)], value: T) -> Option<&'static str> {
    words.iter().find(|(own, _)| *own == value).map(|(_, word)| *word)
}

fn named<T: Copy>(words: &[(T, &str)], word: &str) -> Option<T> {
    words.iter().find(|(_, own)| *own == word).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown() -> Remembered {
        Remembered {
            view: View::One(Scope::Project(ProjectId::new("p1").unwrap())),
            sort: SortColumn::LastUsed,
            descending: true,
            tab: Tab::Stale,
            folded: true,
        }
    }

    fn memory_of(name: &str, shown: Remembered) -> Memory {
        [(profile(name), shown)].into_iter().collect()
    }

    #[test]
    fn what_is_kept_is_there_the_next_time_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("confident-keys");
        Store::at(&folder).keep(&Memory::default()).unwrap();
        assert!(!folder.exists(), "there was nothing to keep");
        let orders = SORTS.map(|(sort, _)| Remembered { sort, descending: false, ..shown() });
        let tabs = TABS.map(|(tab, _)| Remembered { tab, view: View::All, ..shown() });
        for shown in orders.into_iter().chain(tabs) {
            for name in ["work", ""] {
                Store::at(&folder).keep(&memory_of(name, shown.clone())).unwrap();
                assert_eq!(Store::at(&folder).memory().get(&profile(name)), Some(&shown));
            }
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join("screen.json"))), (0o700, 0o600));
            fs::remove_file(folder.join("screen.json")).unwrap();
            std::os::unix::fs::symlink("elsewhere", folder.join("screen.json")).unwrap();
            assert!(Store::at(&folder).keep(&memory_of("work", shown())).is_err(), "a link is not followed");
            assert!(!folder.join("elsewhere").exists());
        }
    }

    #[test]
    fn two_programs_keep_their_profiles_beside_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (Store::at(folder.path()), Store::at(folder.path()));
        one.keep(&memory_of("one", shown())).unwrap();
        other.keep(&memory_of("other", Remembered::default())).unwrap();
        let both = Store::at(folder.path());
        assert_eq!(both.memory().iter().count(), 2);
        // What was not changed here is not taken back there.
        one.keep(one.memory()).unwrap();
        assert_eq!(Store::at(folder.path()), both);
    }

    #[test]
    fn what_can_not_be_read_is_as_if_it_was_never_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("screen.json");
        for broken in ["", "{", "[]", "{\"profiles\": 1}", "{\"profiles\": {\"work\": 1}}", "\u{0}", "null"] {
            fs::write(&path, broken).unwrap();
            let store = Store::at(folder.path());
            assert_eq!(store.memory(), &Memory::default(), "{broken}");
            store.keep(&memory_of("work", shown())).unwrap();
            assert_eq!(Store::at(folder.path()).memory().get(&profile("work")), Some(&shown()), "{broken}");
        }
        // Of one that is half understood, that half.
        fs::write(
            &path,
            "{\"profiles\": {\"work\": {\"scope\": \"project:../..\", \"sort\": \"size\", \"descending\": false, \
             \"tab\": \"stale\", \"folded\": true, \"more\": true}}}",
        )
        .unwrap();
        let expected = Remembered { tab: Tab::Stale, folded: true, ..Remembered::default() };
        assert_eq!(Store::at(folder.path()).memory().get(&profile("work")), Some(&expected));
        let later = "{\"version\": 2, \"profiles\": {\"work\": {\"tab\": \"stale\"}}}";
        fs::write(&path, later).unwrap();
        assert_eq!(Store::at(folder.path()).memory().iter().count(), 1);
        Store::at(folder.path()).keep(&memory_of("work", shown())).unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), later, "a later version's is left alone");
    }
}
