//! A file as the destination of a secret: looked at before the secret exists, made by this program alone,
//! never left behind half written, and never written through a link.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use super::dotenv::Unwritable;
use super::look::{Ask, NotDelivered, Obstacle};
use super::place::shown;
use crate::secret::Secret;

/// Why a file can't take a secret. Each says what is wrong with which path.
#[derive(Debug, Error)]
pub(crate) enum FileError {
    /// There is a plain file, and nobody agreed to write over it.
    #[error("{} exists already, and a secret is never written over something unasked", shown(.0))]
    Exists(PathBuf),
    /// There is something that is never written over or through, be it a link that leads nowhere.
    #[error("{} is {what}, and a secret is written to plain files only", shown(.path))]
    NoPlainFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The path names no file.
    #[error("{} names a folder, not a file in it", shown(.0))]
    NoFileName(PathBuf),
    /// The folder is missing, no folder, or not writable.
    #[error("no file can be made in {}: {reason}", shown(.folder))]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// What is there is no text that entries could be in.
    #[error("{} is {what}, so its entries can't be told apart", shown(.path))]
    NoText {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A new file in its place would not be the same one to others.
    #[cfg(unix)]
    #[error("{} {what}, and that would be lost", shown(.path))]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        what: String,
    },
    /// Its owner took the right to write to it away.
    #[error("{} is write-protected", shown(.0))]
    Protected(PathBuf),
    /// There is a value, and nobody agreed to replace it.
    #[error("{variable} has a value in {} by now, which is never replaced unasked", shown(.path))]
    Entry {
        /// The file.
        path: PathBuf,
        /// The entry's name.
        variable: &'static str,
    },
    /// The value can't be written into this file.
    #[error("the value can't be written into {}: {reason}", shown(.path))]
    Value {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: Unwritable,
    },
    /// Somebody else writes to it.
    #[error("{} is being changed by somebody else", shown(.0))]
    Changed(PathBuf),
    /// The file could not be looked at, made or written. Nothing of it is left, unless `left` says so.
    #[error("{} can't be written: {error}{}", shown(.path), if *.left { "; it could not be removed again and may hold the secret" } else { "" })]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
        /// Whether it was made and could not be removed again.
        left: bool,
    },
}

impl FileError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error, left: false }
    }
}

impl From<FileError> for Obstacle {
    fn from(error: FileError) -> Self {
        let in_the_way =
            matches!(error, FileError::Exists(_) | FileError::NoPlainFile { .. } | FileError::Entry { .. });
        Self { words: error.to_string(), in_the_way }
    }
}

impl From<FileError> for NotDelivered {
    fn from(error: FileError) -> Self {
        Self { is_out: matches!(error, FileError::Io { left: true, .. }), reason: error.to_string() }
    }
}

/// Whether a file can be made at `path`, as far as that can be told without touching anything; what is to be agreed to
/// first.
///
/// # Errors
/// Why it can't.
pub(super) fn look(path: &Path) -> Result<Option<Ask>, FileError> {
    let there = plain_file(path)?;
    check_folder(path)?;
    Ok(there.map(|_| Ask::OverFile))
}

/// What is at `path`, if anything is: a plain file.
///
/// # Errors
/// Where it is something else, or can't be looked at.
pub(crate) fn plain_file(path: &Path) -> Result<Option<Metadata>, FileError> {
    let text = path.as_os_str().as_encoded_bytes();
    if path.file_name().is_none() || text.last().is_some_and(|last| std::path::is_separator(char::from(*last))) {
        return Err(FileError::NoFileName(path.to_owned()));
    }
    // Not through links: one that leads nowhere is in the way all the same.
    match fs::symlink_metadata(path) {
        Ok(metadata) => match no_plain_file(&metadata) {
            Some(what) => Err(FileError::NoPlainFile { path: path.to_owned(), what }),
            None => Ok(Some(metadata)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::io(path, error)),
    }
}

/// What it is, where it is no plain file.
pub(super) fn no_plain_file(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        None
    } else if kind.is_symlink() {
        Some("a symbolic link")
    } else if kind.is_dir() {
        Some("a folder")
    } else {
        Some("a device or a pipe")
    }
}

/// Whether files can be made and replaced beside `path`.
pub(crate) fn check_folder(path: &Path) -> Result<(), FileError> {
    let folder = folder_of(path);
    let refuse = |reason: String| Err(FileError::Folder { folder: folder.to_owned(), reason });
    match fs::metadata(folder) {
        Ok(metadata) if !metadata.is_dir() => refuse("it is no folder".to_owned()),
        Ok(_) => writable(folder).or_else(|error| refuse(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => refuse("there is no such folder".to_owned()),
        Err(error) => refuse(error.to_string()),
    }
}

/// Makes `path`, readable by its owner alone, and writes `secret` and a newline to it, down to the disk. Over a file that
/// is there only where that was `agreed` to.
///
/// # Errors
/// Where that fails, what was made is removed again.
pub(super) fn write(path: &Path, secret: &Secret, agreed: Option<Ask>) -> Result<(), FileError> {
    let mut line = Zeroizing::new(String::with_capacity(secret.expose().len() + 1));
    line.push_str(secret.expose());
    line.push('\n');
    match plain_file(path)? {
        Some(_) if agreed == Some(Ask::OverFile) => replace(path, &line, |_| Ok(())),
        // New or not at all, so what came in between is not written over.
        _ => make(path, &line),
    }
}

/// Makes the new file `path` with `content`, down to the disk.
pub(crate) fn make(path: &Path, content: &str) -> Result<(), FileError> {
    let mut file = create(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => FileError::Exists(path.to_owned()),
        _ => FileError::io(path, error),
    })?;
    let written = file.write_all(content.as_bytes()).and_then(|()| file.sync_all());
    drop(file);
    if let Err(error) = written {
        return Err(FileError::Io { path: path.to_owned(), error, left: fs::remove_file(path).is_err() });
    }
    sync_folder(path);
    Ok(())
}

/// Replaces the file `path` by one with `content`, at once and down to the disk: whoever reads it meanwhile gets the old
/// or the new one whole. `prepare` gets the new file, still under another name, and has the last word.
pub(crate) fn replace(
    path: &Path,
    content: &str,
    prepare: impl FnOnce(&File) -> Result<(), FileError>,
) -> Result<(), FileError> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".ckeys-{:016x}", fastrand::u64(..)));
    let temporary = folder_of(path).join(name);
    let mut file = create(&temporary).map_err(|error| FileError::io(&temporary, error))?;
    let failed = |error| FileError::io(path, error);
    let written = (|| {
        file.write_all(content.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        prepare(&file)?;
        fs::rename(&temporary, path).map_err(failed)
    })();
    drop(file);
    if let Err(error) = written {
        return Err(match fs::remove_file(&temporary) {
            Ok(()) => error,
            Err(error) => FileError::Io { path: temporary, error, left: true },
        });
    }
    sync_folder(path);
    Ok(())
}

/// New or not at all, which does not follow a link either; for its owner alone.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The file's entry in its folder, too, goes down to the disk.
fn sync_folder(path: &Path) {
    // Where folders can't be synced this is no loss: the content is safe.
    #[cfg(unix)]
    let _ = File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = path;
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn writable(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    Ok(accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
}

/// Windows keeps access lists: only trying would tell, and nothing is touched here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn writable(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::new("confident_us_proj_fake_not_a_key_d4e5f6")
    }

    #[test]
    fn a_new_file_holds_the_secret_on_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        assert_eq!(look(&path).unwrap(), None);
        assert!(!path.exists(), "looking touches nothing");
        write(&path, &secret(), None).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "confident_us_proj_fake_not_a_key_d4e5f6\n");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn what_exists_is_written_over_only_where_that_was_agreed_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "mine").unwrap();
        assert_eq!(look(&path).unwrap(), Some(Ask::OverFile));
        for agreed in [None, Some(Ask::OverEntry)] {
            assert!(matches!(write(&path, &secret(), agreed), Err(FileError::Exists(_))));
            assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        }
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        write(&path, &secret(), Some(Ask::OverFile)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "confident_us_proj_fake_not_a_key_d4e5f6\n");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_is_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [link, socket, folder.path().to_owned()] {
            assert!(matches!(look(&path), Err(FileError::NoPlainFile { .. })));
            for agreed in [None, Some(Ask::OverFile)] {
                assert!(matches!(write(&path, &secret(), agreed), Err(FileError::NoPlainFile { .. })));
            }
        }
        assert!(!target.exists());
    }

    #[test]
    fn a_file_needs_a_name_and_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no").join("key");
        assert!(matches!(look(&missing), Err(FileError::Folder { .. })));
        for bad in ["", "..", "sub/"] {
            assert!(
                matches!(look(&folder.path().join(bad)), Err(FileError::NoFileName(_) | FileError::NoPlainFile { .. })),
                "{bad:?}"
            );
        }
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(look(&file.join("key")).is_err());
        look(Path::new("a-name-that-no-file-here-has")).unwrap();
    }
}
