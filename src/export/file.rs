//! A file that an export is written to: new, or in the place of an old one where that was agreed to.

use std::fs;
use std::path::{self, Path};

use crate::destination::file::{self as files, FileError};
use crate::text::Text;

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSaved {
    /// There is a file already.
    Exists,
    /// Something else, in a sentence without its full stop.
    Failed(String),
}

/// Writes `content` to `path`, for its owner alone, down to the disk; over a file that is there only where `replace` says so,
/// which then keeps its mode. Where it is now, for people.
///
/// # Errors
/// Where it was not written; nothing is left of it then, and what was there is as it was.
pub fn save(path: &Path, content: &str, replace: bool) -> Result<Text, NotSaved> {
    let failed = |error: FileError| match error {
        FileError::Exists(_) => NotSaved::Exists,
        FileError::NoPlainFile { path, what } => {
            NotSaved::Failed(format!("{} is {what}, and only plain files are written to", shown(&path)))
        }
        FileError::Io { path, error, .. } => NotSaved::Failed(format!("{} can't be written: {error}", shown(&path))),
        other => NotSaved::Failed(other.to_string()),
    };
    let there = files::plain_file(path).map_err(failed)?;
    files::check_folder(path).map_err(failed)?;
    match there {
        Some(_) if !replace => return Err(NotSaved::Exists),
        Some(old) => {
            let keep_mode =
                |new: &fs::File| new.set_permissions(old.permissions()).map_err(|error| FileError::io(path, error));
            files::replace(path, content, keep_mode).map_err(failed)?;
        }
        // New or not at all, so what came in between is not written over.
        None => files::make(path, content).map_err(failed)?,
    }
    Ok(shown(&path::absolute(path).unwrap_or_else(|_| path.to_owned())))
}

fn shown(path: &Path) -> Text {
    Text::from(path.to_string_lossy().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_over_only_where_that_is_agreed_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.csv");
        let told = save(&path, "one", false).unwrap();
        assert_eq!(told.as_str(), path.to_str().unwrap());
        assert_eq!(save(&path, "two", false), Err(NotSaved::Exists));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        save(&path, "three", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn what_is_no_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for (path, words) in [
            (folder.path().to_owned(), "is a folder"),
            (folder.path().join("missing/keys.csv"), "no such folder"),
            (folder.path().join("keys/"), "names a folder"),
        ] {
            let Err(NotSaved::Failed(told)) = save(&path, "one", true) else {
                panic!("{} was written", path.display())
            };
            assert!(told.contains(words), "{told}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed_and_a_mode_is_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("keys.csv"), folder.path().join("link.csv"));
        fs::write(&path, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&path, &link).unwrap();
        assert!(matches!(save(&link, "two", true), Err(NotSaved::Failed(told)) if told.contains("symbolic link")));
        save(&path, "two", true).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        let new = folder.path().join("new.csv");
        save(&new, "one", false).unwrap();
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
