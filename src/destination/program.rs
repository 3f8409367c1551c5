//! Finding a program before it is run.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::text::Text;

/// Why there is no program to run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum NoProgram {
    #[error("there is no program `{0}` on the PATH")]
    Unknown(Text),
    #[error("there is no program `{0}`")]
    Missing(Text),
    #[error("`{0}` may not be run")]
    Forbidden(Text),
}

/// Where `program` is: by its path where it is one, else in the folders of `search`, which is like `PATH`.
pub(crate) fn find(program: &str, search: Option<&OsStr>) -> Result<PathBuf, NoProgram> {
    let name = Text::from(program);
    if program.contains(std::path::is_separator) {
        return match candidates(Path::new(program)).find_map(|path| Some((is_runnable(&path)?, path))) {
            Some((true, path)) => Ok(path),
            Some((false, _)) => Err(NoProgram::Forbidden(name)),
            None => Err(NoProgram::Missing(name)),
        };
    }
    let mut refused = None;
    for folder in search.into_iter().flat_map(env::split_paths) {
        for path in candidates(&folder.join(program)) {
            match is_runnable(&path) {
                Some(true) => return Ok(path),
                // Another one further on may do, as for a shell.
                Some(false) => refused = Some(NoProgram::Forbidden(Text::from(path.display().to_string()))),
                None => {}
            }
        }
    }
    Err(refused.unwrap_or(NoProgram::Unknown(name)))
}

/// Whether the file `path` may be run; none where there is no such file.
fn is_runnable(path: &Path) -> Option<bool> {
    path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some(may_run(path).is_ok())
}

#[cfg(unix)]
fn may_run(path: &Path) -> io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    Ok(accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS)?)
}

/// On Windows the name says it.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn may_run(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn candidates(path: &Path) -> impl Iterator<Item = PathBuf> {
    std::iter::once(path.to_owned())
}

/// With the endings that programs have on Windows, where it has none.
#[cfg(not(unix))]
fn candidates(path: &Path) -> impl Iterator<Item = PathBuf> {
    let endings = env::var("PATHEXT").unwrap_or_else(|_| ".EXE;.CMD;.BAT".to_owned());
    let mut all = vec![];
    if path.extension().is_some() {
        all.push(path.to_owned());
    }
    all.extend(endings.split(';').filter(|ending| !ending.is_empty()).map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    }));
    all.into_iter()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_is_found_as_a_shell_finds_it() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let put = |folder: &Path, name: &str, mode: u32| {
            let path = folder.join(name);
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        };
        let (here, there) = (put(first.path(), "both", 0o755), put(second.path(), "both", 0o755));
        put(first.path(), "later", 0o644);
        let later = put(second.path(), "later", 0o755);
        put(first.path(), "never", 0o644);
        fs::create_dir(first.path().join("folder")).unwrap();
        let search = env::join_paths([first.path(), second.path()]).unwrap();
        let find = |program: &str| super::find(program, Some(&search));
        assert_eq!(find("both"), Ok(here));
        assert_eq!(find("later"), Ok(later), "one that may not be run is passed over");
        assert!(matches!(find("never"), Err(NoProgram::Forbidden(_))));
        for missing in ["folder", "nothing"] {
            assert!(matches!(find(missing), Err(NoProgram::Unknown(_))), "{missing}");
        }
        assert_eq!(find(there.to_str().unwrap()), Ok(there.clone()));
        let missing = second.path().join("nothing");
        assert!(matches!(find(missing.to_str().unwrap()), Err(NoProgram::Missing(_))));
        assert!(matches!(super::find("both", None), Err(NoProgram::Unknown(_))));
    }
}
