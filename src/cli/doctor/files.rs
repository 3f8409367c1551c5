//! The files that ckeys keeps: who can get at them, whether they can be written, and what is in them. Looks only.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use super::check::Check;
use crate::journal::{Action, Journal, JournalError, ListedIntent};
use crate::text::shell_word;

/// How many paths are told of several.
const MOST_TOLD: usize = 3;

/// How long the disk may take for all of it: one that is stuck, say of a dead file server, has no end.
const PATIENCE: Duration = Duration::from_secs(5);

/// All about the files: of the settings, which would be at `config`, and of `journal`.
pub(super) async fn checks(config: Option<PathBuf>, journal: Result<Journal, JournalError>) -> Vec<Check> {
    let look = move || {
        let mut checks = self::journal(journal);
        checks.splice(0..0, config.map(|path| config_access(&path)));
        checks
    };
    match timeout(PATIENCE, tokio::task::spawn_blocking(look)).await {
        Ok(Ok(checks)) => checks,
        // A disk that is stuck; a panic would end the program.
        Ok(Err(_)) | Err(_) => {
            let summary = format!("Nothing was seen of ckeys's files within {} s", PATIENCE.as_secs());
            vec![Check::problem(
                "journal-access",
                summary,
                "See whether the disk or the file server that holds them answers.",
            )]
        }
    }
}

/// Whether others could change the settings; `file` is `config.toml`, be it there or not.
fn config_access(file: &Path) -> Check {
    const NAME: &str = "config-access";
    let paths = [file.parent().unwrap_or(file), file].map(|path| (path, fs::metadata(path)));
    let found: Vec<_> = paths.iter().filter_map(|(path, metadata)| Some((*path, metadata.as_ref().ok()?))).collect();
    if let Some((path, _)) = found.iter().find(|(_, metadata)| is_foreign(metadata)) {
        let summary = format!("{} belongs to somebody else, who can change the settings", path.display());
        return Check::warning(NAME, summary, "Set XDG_CONFIG_HOME to a folder of yours.");
    }
    if let Some((path, metadata)) =
        found.iter().find(|(_, metadata)| mode(metadata).is_some_and(|mode| mode & 0o002 != 0))
    {
        let shown = path.display();
        let summary = format!("Everybody on this machine can change {shown}{}", in_digits(metadata));
        return Check::warning(NAME, summary, format!("`chmod o-w {}`", shell_word(&shown.to_string())));
    }
    match found.last() {
        None => Check::ok(NAME, "There are no settings that others could change"),
        Some(_) if cfg!(not(unix)) => {
            Check::unknown(NAME, "Who can change the settings is not looked at on this system")
        }
        Some((path, metadata)) => {
            Check::ok(NAME, format!("Only you can change {}{}", path.display(), in_digits(metadata)))
        }
    }
}

/// The journal: who can read it, whether it can be written, what is open, and what is in it.
fn journal(journal: Result<Journal, JournalError>) -> Vec<Check> {
    const NAMES: [&str; 4] = ["journal-access", "journal-writable", "journal-intents", "journal-content"];
    let journal = match journal {
        Ok(journal) => journal.only_looking(),
        Err(error) => {
            let mut checks =
                vec![Check::problem(NAMES[0], error.to_string(), "Set HOME, or XDG_STATE_HOME, to a folder of yours.")];
            checks.extend(NAMES[1..].iter().map(|name| Check::unknown(name, "There is no folder for a journal")));
            return checks;
        }
    };
    let tree = match Tree::of(journal.folder()) {
        Ok(tree) => tree,
        Err((path, error)) => {
            let summary = format!("{} can't be looked into: {error}", path.display());
            let remedy = "Make it a folder that you can read, or set XDG_STATE_HOME to another one.";
            return vec![
                Check::problem(NAMES[0], summary, remedy),
                writable(NAMES[1], journal.folder()),
                Check::unknown(NAMES[2], "The folder can't be looked into"),
                Check::unknown(NAMES[3], "The folder can't be looked into"),
            ];
        }
    };
    vec![
        access(NAMES[0], journal.folder(), &tree),
        writable(NAMES[1], journal.folder()),
        intents(NAMES[2], &journal),
        content(NAMES[3], &journal, &tree),
    ]
}

/// What is in a folder and the folders in it, as far as it matters.
#[derive(Debug, Default)]
struct Tree {
    is_there: bool,
    files: usize,
    bytes: u64,
    /// What others can read or change.
    open: Vec<PathBuf>,
    /// What belongs to somebody else.
    foreign: Vec<PathBuf>,
    /// What is neither a file nor a folder.
    odd: Vec<PathBuf>,
}

impl Tree {
    /// None of it where there is no folder.
    fn of(folder: &Path) -> Result<Self, (PathBuf, io::Error)> {
        let mut tree = Self::default();
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            let failed = |error: io::Error| (folder.clone(), error);
            // The folder itself may be reached by a link.
            let metadata = match fs::metadata(&folder) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(error)),
            };
            tree.is_there = true;
            tree.note(&folder, &metadata);
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                // What went meanwhile was somebody's who is at work.
                let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
                if metadata.is_dir() {
                    waiting.push(path);
                } else if metadata.is_file() {
                    tree.files += 1;
                    tree.bytes += metadata.len();
                    tree.note(&path, &metadata);
                } else {
                    tree.odd.push(path);
                }
            }
        }
        Ok(tree)
    }

    fn note(&mut self, path: &Path, metadata: &Metadata) {
        if is_foreign(metadata) {
            self.foreign.push(path.to_owned());
        } else if mode(metadata).is_some_and(|mode| mode & 0o077 != 0) {
            self.open.push(path.to_owned());
        }
    }
}

fn access(name: &'static str, folder: &Path, tree: &Tree) -> Check {
    let shown = folder.display();
    if !tree.is_there {
        return Check::ok(name, format!("{shown} is not there yet; the first change makes it, for you alone"));
    }
    if !tree.odd.is_empty() {
        let summary = format!("{}: neither a file nor a folder, and ckeys follows no link there", listed(&tree.odd));
        return Check::problem(name, summary, "Move it away, or set XDG_STATE_HOME to another folder.");
    }
    if !tree.foreign.is_empty() {
        let summary = format!("{}: of somebody else, who can read what is written there", listed(&tree.foreign));
        return Check::problem(name, summary, "Set XDG_STATE_HOME to a folder of yours.");
    }
    if !tree.open.is_empty() {
        let summary = format!(
            "{}: others on this machine can get at that. It holds no secret, but names of keys and when they changed",
            listed(&tree.open)
        );
        return Check::warning(name, summary, format!("`chmod -R go= {}`", shell_word(&shown.to_string())));
    }
    if cfg!(not(unix)) {
        return Check::unknown(name, format!("{shown} is there; who can get at it is not looked at on this system"));
    }
    Check::ok(name, format!("{shown} and its {} are for you alone", counted(tree.files, "file")))
}

/// Whether something can be written down, as far as that can be told without writing.
fn writable(name: &'static str, folder: &Path) -> Check {
    // What is missing is made.
    let there = folder.ancestors().find(|path| fs::symlink_metadata(path).is_ok()).unwrap_or(folder);
    let reason = match fs::metadata(there) {
        Ok(metadata) if !metadata.is_dir() => Some("it is no folder".to_owned()),
        Ok(_) => may_write(there).err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    };
    match reason {
        None => Check::ok(name, if there == folder { "Yes" } else { "Yes, once it is made" }),
        Some(reason) => Check::problem(
            name,
            format!(
                "Nothing can be written in {}: {reason}. Work goes on, but after a crash nobody knows of a key whose secret was lost",
                there.display()
            ),
            "Make that a folder of yours, or set XDG_STATE_HOME to another one.",
        ),
    }
}

/// What was begun, and not seen to its end.
fn intents(name: &'static str, journal: &Journal) -> Check {
    let listed = match journal.intents() {
        Ok(listed) => listed,
        Err(error) => return Check::problem(name, error.to_string(), "Make it readable for you."),
    };
    let under_way = listed.intents.iter().filter(|listed| listed.is_under_way).count();
    let open = listed.intents.len() - under_way;
    let unreadable = listed.unreadable.len();
    let mut found = Vec::new();
    if open > 0 {
        found.push(format!(
            "{} being {} when a ckeys ended, and nobody knows yet what became of it",
            keys_were(open),
            doing(&listed.intents, false)
        ));
    }
    if unreadable > 0 {
        let files = some_of(&listed.unreadable, |path| path.display().to_string());
        let notes = counted(unreadable, "note");
        found.push(format!("{notes} of what was being generated or rotated can't be read: {files}"));
    }
    if under_way > 0 {
        found.push(format!("{} being {} right now", keys_were(under_way), doing(&listed.intents, true)));
    }
    let summary = found.join("; ");
    match (open, unreadable) {
        (0, 0) if found.is_empty() => Check::ok(name, "Nothing was left open"),
        (0, 0) => Check::ok(name, summary),
        (0, _) => Check::warning(
            name,
            summary,
            "`ckeys list` shows the keys that exist. Should there be none that nobody knows, these files may be removed.",
        ),
        _ => Check::warning(
            name,
            summary,
            "`ckeys journal` shows which. The next ckeys that opens its screen or runs a command on that service looks into it.",
        ),
    }
}

/// What is done, or was when their program ended, to the keys of those `intents`.
fn doing(intents: &[ListedIntent], is_under_way: bool) -> &'static str {
    let mut actions =
        intents.iter().filter(|listed| listed.is_under_way == is_under_way).map(|listed| listed.intent.action());
    match (actions.clone().any(|action| action == Action::Rotate), actions.any(|action| action == Action::Create)) {
        (true, false) => "rotated",
        (true, true) => "generated or rotated",
        (false, _) => "generated",
    }
}

fn keys_were(count: usize) -> String {
    if count == 1 { "1 key was".to_owned() } else { format!("{count} keys were") }
}

fn content(name: &'static str, journal: &Journal, tree: &Tree) -> Check {
    let size = size(tree.bytes);
    match journal.entries(None) {
        Ok(history) if history.unreadable > 0 => Check::warning(
            name,
            format!("{} of the journal can't be read; a power cut may do that", counted(history.unreadable, "line")),
            "Nothing has to be done: they are left out, and the others count.",
        ),
        Ok(history) if history.entries.is_empty() => Check::ok(name, "Nothing was done yet"),
        Ok(history) => {
            let entries = history.entries.len();
            let entries = if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
            Check::ok(name, format!("{entries}, {size}"))
        }
        Err(error) => {
            Check::problem(name, error.to_string(), "Make it a plain file that you can read, or move it away.")
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The first of `paths`, with their access rights, and how many more there are.
fn listed(paths: &[PathBuf]) -> String {
    some_of(paths, |path| {
        let digits = fs::symlink_metadata(path).map(|metadata| in_digits(&metadata)).unwrap_or_default();
        format!("{}{digits}", path.display())
    })
}

/// The first of `paths` as `show` has them, and how many more there are.
fn some_of(paths: &[PathBuf], show: impl Fn(&Path) -> String) -> String {
    let told: Vec<_> = paths.iter().take(MOST_TOLD).map(|path| show(path)).collect();
    let more = if paths.len() > MOST_TOLD { format!(" and {} more", paths.len() - MOST_TOLD) } else { String::new() };
    format!("{}{more}", told.join(", "))
}

/// ` (mode 644)`
fn in_digits(metadata: &Metadata) -> String {
    mode(metadata).map(|mode| format!(" (mode {mode:o})")).unwrap_or_default()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as elsewhere")]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_metadata: &Metadata) -> Option<u32> {
    None
}

/// Whether it belongs to somebody else, other than the one who can do everything anyway.
#[cfg(unix)]
fn is_foreign(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.uid() != 0 && metadata.uid() != rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_foreign(_metadata: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn may_write(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    Ok(accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
}

/// Windows keeps access lists: only trying would tell, and nothing is touched here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn may_write(_folder: &Path) -> io::Result<()> {
    Ok(())
}
