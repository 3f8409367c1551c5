//! A file as the destination of a secret: looked at before the secret exists, made by this program alone,
//! and never left behind half written.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::text::Text;

/// Why a file can't take a secret. Each says what is wrong with which path.
#[derive(Debug, Error)]
pub enum FileError {
    /// Something has that name already, be it a link that leads nowhere.
    #[error("{} exists already, and a secret is never written over something", shown(.0))]
    Exists(PathBuf),
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

fn shown(path: &Path) -> Text {
    Text::from(path.display().to_string())
}

/// Whether a file can be made at `path`, as far as that can be told without touching anything.
///
/// # Errors
/// Why it can't.
pub fn check(path: &Path) -> Result<(), FileError> {
    let text = path.as_os_str().as_encoded_bytes();
    if path.file_name().is_none() || text.last().is_some_and(|last| std::path::is_separator(char::from(*last))) {
        return Err(FileError::NoFileName(path.to_owned()));
    }
    // Not through links: one that leads nowhere is in the way all the same.
    match fs::symlink_metadata(path) {
        Ok(_) => return Err(FileError::Exists(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(FileError::Io { path: path.to_owned(), error, left: false }),
    }
    let folder = folder_of(path);
    let refuse = |reason: String| Err(FileError::Folder { folder: folder.to_owned(), reason });
    match fs::metadata(folder) {
        Ok(metadata) if !metadata.is_dir() => refuse("it is no folder".to_owned()),
        Ok(_) => writable(folder).or_else(|error| refuse(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => refuse("there is no such folder".to_owned()),
        Err(error) => refuse(error.to_string()),
    }
}

/// Makes `path`, readable by its owner alone, and writes `secret` and a newline to it, down to the disk.
///
/// # Errors
/// Where that fails, what was made is removed again.
pub fn write(path: &Path, secret: &Secret) -> Result<(), FileError> {
    let failed = |error, left| FileError::Io { path: path.to_owned(), error, left };
    let mut options = OpenOptions::new();
    // New or not at all, which does not follow a link either.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => FileError::Exists(path.to_owned()),
        _ => failed(error, false),
    })?;
    let mut line = Zeroizing::new(String::with_capacity(secret.expose().len() + 1));
    line.push_str(secret.expose());
    line.push('\n');
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
    drop(file);
    if let Err(error) = written {
        let left = fs::remove_file(path).is_err();
        return Err(failed(error, left));
    }
    // The file's entry in its folder, too. Where folders can't be synced this is no loss: the content is safe.
    #[cfg(unix)]
    let _ = fs::File::open(folder_of(path)).and_then(|folder| folder.sync_all());
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
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
        check(&path).unwrap();
        assert!(!path.exists(), "looking touches nothing");
        write(&path, &secret()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "confident_us_proj_fake_not_a_key_d4e5f6\n");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn what_exists_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "mine").unwrap();
        assert!(matches!(check(&path), Err(FileError::Exists(_))));
        assert!(matches!(write(&path, &secret()), Err(FileError::Exists(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert!(matches!(check(folder.path()), Err(FileError::Exists(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(check(&link), Err(FileError::Exists(_))));
        assert!(matches!(write(&link, &secret()), Err(FileError::Exists(_))));
        assert!(!target.exists());
    }

    #[test]
    fn a_file_needs_a_name_and_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("no").join("key");
        assert!(matches!(check(&missing), Err(FileError::Folder { .. })));
        for bad in ["", "..", "sub/"] {
            assert!(
                matches!(check(&folder.path().join(bad)), Err(FileError::NoFileName(_) | FileError::Exists(_))),
                "{bad:?}"
            );
        }
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(check(&file.join("key")).is_err());
        check(Path::new("a-name-that-no-file-here-has")).unwrap();
    }
}
