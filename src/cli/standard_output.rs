//! Whether this process was started with a standard output at all.

/// Whether standard output was closed when the process began (`ckeys list >&-`).
///
/// The standard library opens `/dev/null` in its place before `main`, and what is printed would vanish as though
/// somebody had read it. It opens it for reading and writing, which nobody does who redirects output there.
#[cfg(unix)]
pub(super) fn was_closed() -> bool {
    use rustix::fs::{OFlags, fcntl_getfl};
    is_null() && fcntl_getfl(std::io::stdout()).is_ok_and(|flags| flags & OFlags::RWMODE == OFlags::RDWR)
}

/// Whether standard output was closed when the process began; elsewhere than on Unix nobody looks.
#[cfg(not(unix))]
pub(super) fn was_closed() -> bool {
    false
}

/// Whether standard output is `/dev/null`.
#[cfg(unix)]
pub(super) fn is_null() -> bool {
    use rustix::fs::{FileType, fstat, stat};
    match (fstat(std::io::stdout()), stat("/dev/null")) {
        (Ok(own), Ok(null)) => {
            FileType::from_raw_mode(own.st_mode) == FileType::CharacterDevice && own.st_rdev == null.st_rdev
        }
        _ => false,
    }
}
