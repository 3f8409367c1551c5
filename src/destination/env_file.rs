//! A dotenv file as the destination of a secret: one entry is set, and the file is replaced at once, with its mode and
//! its owner. The edit itself is [`super::dotenv`]'s.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::{Zeroize as _, Zeroizing};

use super::dotenv::{self, Standing};
use super::file::{self, FileError};
use super::look::Ask;
use super::place::shown;
use crate::secret::Secret;

/// No dotenv file is larger, in bytes; what is, is something else.
const MAX_BYTES: u64 = 1024 * 1024;

/// How often the edit is made anew where somebody else changes the file meanwhile.
const ATTEMPTS: usize = 3;

/// What a look told.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) exists: bool,
    pub(super) ask: Option<Ask>,
    pub(super) warnings: Vec<String>,
}

/// Whether `variable` can be set in the file `path`, as far as that can be told without touching anything.
///
/// # Errors
/// Why it can't.
pub(super) fn look(path: &Path, variable: &str) -> Result<Seen, FileError> {
    let existing = Existing::read(path)?;
    file::check_folder(path)?;
    let Some(existing) = existing else { return Ok(Seen { exists: false, ask: None, warnings: Vec::new() }) };
    existing.check(path)?;
    let Standing { entries, has_value } = dotenv::standing(&existing.content, variable);
    let mut warnings = existing.warnings(path);
    if entries > 1 {
        warnings.push(format!(
            "{variable} is in {} {entries} times: the last one counts for most readers, and is the one that is set",
            shown(path)
        ));
    }
    Ok(Seen { exists: true, ask: has_value.then_some(Ask::OverEntry), warnings })
}

/// Sets `variable` in the file `path`, as it is now, whatever it was when it was looked at; whether it had a value before.
/// That is replaced only where it was `agreed` to.
///
/// # Errors
/// Then the file is as it was.
pub(super) fn write(
    path: &Path,
    variable: &'static str,
    secret: &Secret,
    agreed: Option<Ask>,
) -> Result<bool, FileError> {
    for _ in 0..ATTEMPTS {
        match write_once(path, variable, secret, agreed) {
            // Made or changed meanwhile.
            Err(FileError::Exists(_) | FileError::Changed(_)) => {}
            result => return result,
        }
    }
    Err(FileError::Changed(path.to_owned()))
}

fn write_once(path: &Path, variable: &'static str, secret: &Secret, agreed: Option<Ask>) -> Result<bool, FileError> {
    let existing = Existing::read(path)?;
    let content = existing.as_ref().map_or("", |existing| &existing.content);
    let has_value = dotenv::standing(content, variable).has_value;
    if has_value && agreed != Some(Ask::OverEntry) {
        return Err(FileError::Entry { path: path.to_owned(), variable });
    }
    let edited = dotenv::set(content, variable, secret.expose())
        .map_err(|reason| FileError::Value { path: path.to_owned(), reason })?;
    match existing {
        None => file::make(path, &edited)?,
        Some(existing) => existing.give_way(path, &edited)?,
    }
    Ok(has_value)
}

/// A file of entries that is there. Others of them may be secrets, too.
pub(crate) struct Existing {
    metadata: Metadata,
    content: Zeroizing<String>,
}

impl Existing {
    /// What it holds.
    pub(crate) fn content(&self) -> &str {
        &self.content
    }

    /// Reads `path`, if there is something.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, FileError> {
        if file::plain_file(path)?.is_none() {
            return Ok(None);
        }
        let failed = |error| FileError::io(path, error);
        let file = match open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let metadata = file.metadata().map_err(failed)?;
        // It may have become something else since it was looked at.
        if let Some(what) = file::no_plain_file(&metadata) {
            return Err(FileError::NoPlainFile { path: path.to_owned(), what });
        }
        let no_text = |what| FileError::NoText { path: path.to_owned(), what };
        if metadata.len() > MAX_BYTES {
            return Err(no_text("larger than 1 MiB"));
        }
        let bytes = read(file, metadata.len()).map_err(failed)?;
        let Some(bytes) = bytes else { return Err(FileError::Changed(path.to_owned())) };
        let content = text(bytes).ok_or_else(|| no_text("no text in UTF-8"))?;
        Ok(Some(Self { metadata, content }))
    }

    /// What should be known before a secret is in it.
    #[cfg_attr(not(unix), expect(clippy::unused_self, reason = "modes and links are looked at on Unix alone"))]
    fn warnings(&self, path: &Path) -> Vec<String> {
        let mut warnings = Vec::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let mode = self.metadata.mode() & 0o777;
            if mode & 0o077 != 0 {
                let path = shown(path);
                warnings.push(format!(
                    "others on this machine may read or write {path} (mode {mode:o}), and it stays so: `chmod 600` keeps them out"
                ));
            }
            if self.metadata.nlink() > 1 {
                warnings
                    .push(format!("{} has other names, too (hard links): those keep what it holds now", shown(path)));
            }
        }
        #[cfg(not(unix))]
        let _ = (path, &mut warnings);
        warnings
    }

    /// Whether a new file can take its place and pass for the same one.
    #[cfg(unix)]
    fn check(&self, path: &Path) -> Result<(), FileError> {
        use std::os::unix::fs::MetadataExt as _;

        use rustix::fs::{Access, AtFlags, CWD, accessat};
        use rustix::process::{getegid, geteuid, getgroups};
        let user = geteuid();
        if !user.is_root() {
            let not_ours = |what| Err(FileError::NotOurs { path: path.to_owned(), what });
            if self.metadata.uid() != user.as_raw() {
                return not_ours("belongs to another user".to_owned());
            }
            let group = self.metadata.gid();
            let groups = getgroups().unwrap_or_default();
            if group != getegid().as_raw() && !groups.iter().any(|ours| ours.as_raw() == group) {
                return not_ours(format!("belongs to a group that you are not in ({group})"));
            }
        }
        match accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::ACCESS) => Err(FileError::Protected(path.to_owned())),
            Err(error) => Err(FileError::io(path, error.into())),
        }
    }

    #[cfg(not(unix))]
    fn check(&self, path: &Path) -> Result<(), FileError> {
        if self.metadata.permissions().readonly() { Err(FileError::Protected(path.to_owned())) } else { Ok(()) }
    }

    /// Has a file with `edited` take its place, where it is still as it was read.
    pub(crate) fn give_way(&self, path: &Path, edited: &str) -> Result<(), FileError> {
        self.check(path)?;
        file::replace(path, edited, |new| {
            self.pass_on(new).map_err(|error| FileError::io(path, error))?;
            // The last look before it is replaced: what others wrote in between is not thrown away.
            match Self::read(path)? {
                Some(now) if now.content == self.content => Ok(()),
                _ => Err(FileError::Changed(path.to_owned())),
            }
        })
    }

    /// Gives the file that takes its place the same owner and mode.
    #[cfg(unix)]
    fn pass_on(&self, new: &File) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
        let (ours, theirs) = (new.metadata()?, &self.metadata);
        if (ours.uid(), ours.gid()) != (theirs.uid(), theirs.gid()) {
            fchown(new, Some(theirs.uid()), Some(theirs.gid()))?;
        }
        new.set_permissions(std::fs::Permissions::from_mode(theirs.mode() & 0o7777))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    fn pass_on(&self, _new: &File) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a plain file. Whatever took its place meanwhile is neither followed nor waited for.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    options.open(path)
}

/// All `length` bytes; none where there are more or fewer by now.
fn read(mut file: File, length: u64) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    // One more, which tells whether it has grown. Sized beforehand: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; length.saturating_add(1)]);
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok((filled == length).then_some(bytes))
}

/// `bytes` as text, without another copy.
fn text(mut bytes: Zeroizing<Vec<u8>>) -> Option<Zeroizing<String>> {
    if bytes.contains(&0) {
        return None;
    }
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_others_write_at_the_last_moment_is_not_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "A=1\n").unwrap();
        let existing = Existing::read(&path).unwrap().unwrap();
        fs::write(&path, "A=2\n").unwrap();
        assert!(matches!(existing.give_way(&path, "A=1\nB=2\n"), Err(FileError::Changed(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "A=2\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
        Existing::read(&path).unwrap().unwrap().give_way(&path, "A=2\nB=2\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "A=2\nB=2\n");
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, "A=1\n").unwrap();
        for (length, is_whole) in [(4, true), (3, false), (5, false)] {
            assert_eq!(read(open(&path).unwrap(), length).unwrap().is_some(), is_whole, "{length}");
        }
    }
}
