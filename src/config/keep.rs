//! Keeping a profile's key where it belongs, and letting go of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::credential::{Surroundings, read_file};
use super::error::KeyError;
use super::keyring;
use super::profile::{KeyPlace, Profile};
use super::stored::Stored;
use crate::destination::file::{self, FileError};

/// What became of a key that was to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgotten {
    /// It is gone.
    Gone,
    /// There was none.
    None,
    /// Somebody else put it there, so it is still there.
    Left(PathBuf),
}

/// Whether a key of `profile` could be kept, as far as that can be told without touching one.
///
/// # Errors
/// Why not, in clean words without a full stop.
pub fn check_keeping(profile: &Profile, surroundings: &Surroundings) -> Result<(), KeyError> {
    match &profile.key {
        KeyPlace::File(path) => {
            let path = surroundings.resolve(path);
            make_folder(&path)
                .and_then(|()| file::plain_file(&path))
                .and_then(|_| file::check_folder(&path))
                .map_err(|error| failed(&error))
        }
        KeyPlace::Keyring if !keyring::IS_BUILT_IN => keyring::forget(&profile.name).map(drop),
        KeyPlace::Keyring => Ok(()),
        KeyPlace::Environment | KeyPlace::Command { .. } => Err(nothing_to_keep()),
    }
}

/// Keeps `stored` as the key of `profile`, in place of the one that is there.
///
/// # Errors
/// Why it could not be kept; then what was there still is.
pub fn keep(profile: &Profile, stored: &Stored, surroundings: &Surroundings) -> Result<(), KeyError> {
    match &profile.key {
        KeyPlace::File(path) => {
            let path = surroundings.resolve(path);
            let text = stored.to_text();
            make_folder(&path)
                .and_then(|()| match file::plain_file(&path)? {
                    // The new one is for its owner alone, whatever the old one was.
                    Some(_) => file::replace(&path, &text, |_| Ok(())),
                    None => file::make(&path, &text),
                })
                .map_err(|error| failed(&error))
        }
        KeyPlace::Keyring => keyring::keep(&profile.name, stored),
        KeyPlace::Environment | KeyPlace::Command { .. } => Err(nothing_to_keep()),
    }
}

/// Lets go of what was kept for `profile`.
///
/// # Errors
/// Where it is still there.
pub fn forget(profile: &Profile, surroundings: &Surroundings) -> Result<Forgotten, KeyError> {
    match &profile.key {
        KeyPlace::File(path) => {
            let path = surroundings.resolve(path);
            match read_file(&path) {
                Err(KeyError::Missing(_)) => Ok(Forgotten::None),
                // Only what was kept here has its address beside it.
                Ok(Stored { origin: Some(_), .. }) => fs::remove_file(&path)
                    .map(|()| Forgotten::Gone)
                    .map_err(|error| failed(&FileError::io(&path, error))),
                Ok(_) | Err(_) => Ok(Forgotten::Left(path)),
            }
        }
        KeyPlace::Keyring => Ok(if keyring::forget(&profile.name)? { Forgotten::Gone } else { Forgotten::None }),
        KeyPlace::Environment | KeyPlace::Command { .. } => Ok(Forgotten::None),
    }
}

fn nothing_to_keep() -> KeyError {
    KeyError::Failed("its profile has it from somewhere that ckeys can't write to".to_owned())
}

fn failed(error: &FileError) -> KeyError {
    KeyError::Failed(error.to_string())
}

/// Makes the folder that the file `path` goes into, for its owner alone.
pub(super) fn make_folder(path: &Path) -> Result<(), FileError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).or_else(|error| match error.kind() {
        // That is told by whoever looks at it.
        io::ErrorKind::AlreadyExists => Ok(()),
        _ => Err(FileError::io(folder, error)),
    })
}
