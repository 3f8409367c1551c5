//! The journal's files: private, plain, locked, and written so that they stay whole.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::JournalError;

/// Why a file was not opened.
#[derive(Debug)]
pub(super) enum OpenError {
    /// Something else than a plain file has its name.
    NotPlain,
    /// The system said no.
    Io(io::Error),
}

impl OpenError {
    pub(super) fn into_journal_error(
        self,
        path: &Path,
        wrap: impl FnOnce(&Path, &io::Error) -> JournalError,
    ) -> JournalError {
        match self {
            Self::NotPlain => JournalError::NotPlain(path.to_owned()),
            Self::Io(error) => wrap(path, &error),
        }
    }

    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == ErrorKind::NotFound)
    }
}

/// How files are opened here: what is made is for its owner alone; a link is not followed, and a pipe not waited for.
pub(super) fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has more to say"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    options
}

/// Opens a plain file with [`options`], and takes it away from others who could read it.
pub(super) fn open(path: &Path, options: &OpenOptions) -> Result<File, OpenError> {
    let file = open_as_it_is(path, options)?;
    tighten(&file, &file.metadata().map_err(OpenError::Io)?);
    Ok(file)
}

/// Opens a plain file with [`options`].
pub(super) fn open_as_it_is(path: &Path, options: &OpenOptions) -> Result<File, OpenError> {
    // Elsewhere the system is not asked to refuse a link, so it is looked for first.
    if cfg!(not(unix)) && is_link(path) {
        return Err(OpenError::NotPlain);
    }
    let file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => OpenError::Io(error),
        _ if is_link(path) || path.is_dir() => OpenError::NotPlain,
        _ => OpenError::Io(error),
    })?;
    if !file.metadata().map_err(OpenError::Io)?.is_file() {
        return Err(OpenError::NotPlain);
    }
    Ok(file)
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
}

/// Takes a file away from others who could read it, say after it was copied back from somewhere.
#[cfg(unix)]
fn tighten(file: &File, metadata: &fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o077 != 0 {
        // Somebody else's file can't be; it holds no secret.
        let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
    }
}

#[cfg(not(unix))]
fn tighten(_file: &File, _metadata: &fs::Metadata) {}

/// Makes `folder` and what is missing above it, for their owner alone.
pub(crate) fn make_folder(folder: &Path) -> Result<(), JournalError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| JournalError::folder(folder, &error))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0) {
            let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
        }
    }
    Ok(())
}

/// The whole of the open `file`, which is at `path`.
pub(super) fn content(mut file: File, path: &Path) -> Result<Vec<u8>, JournalError> {
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(|error| JournalError::read(path, &error))?;
    Ok(content)
}

/// Adds `line`, which ends in a newline, to the file at `path`, with one write. A file that would grow beyond
/// `most_bytes` becomes `previous` before. The caller has the turn to write.
pub(super) fn append(path: &Path, previous: &Path, line: &[u8], most_bytes: u64) -> Result<File, JournalError> {
    let open = || {
        open(path, options().read(true).append(true).create(true))
            .map_err(|error| error.into_journal_error(path, JournalError::write))
    };
    let failed = |error: &io::Error| JournalError::write(path, error);
    let mut file = open()?;
    let mut length = file.metadata().map_err(|error| failed(&error))?.len();
    let added = u64::try_from(line.len()).unwrap_or(u64::MAX);
    // One that can't be moved away grows on: better long than lost.
    if length > 0 && length.saturating_add(added) > most_bytes && fs::rename(path, previous).is_ok() {
        file = open()?;
        length = 0;
    }
    let torn = length > 0 && !ends_in_newline(&mut file).map_err(|error| failed(&error))?;
    let line = if torn { [b"\n", line].concat() } else { line.to_vec() };
    write_whole(&mut file, &line, length).map_err(|error| failed(&error))?;
    if length == 0 {
        sync_folder_of(path);
    }
    Ok(file)
}

fn ends_in_newline(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Writes all of `line` at the end, or nothing of it.
fn write_whole(file: &mut File, line: &[u8], length: u64) -> io::Result<()> {
    let written = loop {
        match file.write(line) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            written => break written?,
        }
    };
    if written == line.len() {
        return Ok(());
    }
    // Half a line does no harm, but there is no need to leave it.
    let _ = file.set_len(length);
    Err(io::Error::new(ErrorKind::StorageFull, "there is no room for it"))
}

/// Makes sure that what was written survives a power cut.
pub(super) fn sync(file: &File, path: &Path) -> Result<(), JournalError> {
    match file.sync_all() {
        Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            Err(JournalError::write(path, &error))
        }
        // Some file systems have nothing to sync.
        _ => Ok(()),
    }
}

/// Makes sure that a name which came or went in the folder of `path` survives a power cut.
pub(super) fn sync_folder_of(path: &Path) {
    // Where folders can't be synced, the content is still safe.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Whether `path` still names the open `file`: whoever waited for its lock may hold one that is removed by now.
#[cfg(unix)]
pub(super) fn is_still_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(ours), Ok(theirs)) => (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino()),
        _ => false,
    }
}

/// Whether `path` still names the open `file`. The names of intents are never used again, so that it is enough to
/// see one there.
#[cfg(not(unix))]
pub(super) fn is_still_at(_file: &File, path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// A file and its lock, which other programs respect, and other handles in this one too.
#[derive(Debug)]
pub(super) struct Locked(File);

impl Locked {
    /// Keeps everybody else out; none where somebody else is in for longer than `patience`.
    pub(super) fn exclusive(file: File, patience: Duration) -> io::Result<Option<Self>> {
        Self::within(file, patience, File::try_lock)
    }

    /// Keeps out those who want to be alone; none where somebody is so for longer than `patience`.
    pub(super) fn shared(file: File, patience: Duration) -> io::Result<Option<Self>> {
        Self::within(file, patience, File::try_lock_shared)
    }

    // The system could wait by itself, but without an end: behind a program that was stopped, or a dead file server.
    fn within(
        file: File,
        patience: Duration,
        lock: impl Fn(&File) -> Result<(), TryLockError>,
    ) -> io::Result<Option<Self>> {
        let begun = Instant::now();
        loop {
            match lock(&file) {
                Ok(()) => return Ok(Some(Self(file))),
                Err(TryLockError::WouldBlock) if begun.elapsed() >= patience => return Ok(None),
                // Not in step with others who wait.
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_micros(fastrand::u64(200..2000))),
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing alone is not enough while a child that is just being started has the file open, too.
        let _ = self.0.unlock();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_journal_becomes_the_previous_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, previous) = (folder.path().join("a"), folder.path().join("b"));
        for at in 0..7 {
            append(&path, &previous, format!("{at}\n").as_bytes(), 6).unwrap();
        }
        let read = |path| content(open(path, options().read(true)).unwrap(), path).unwrap();
        assert_eq!((read(&path), read(&previous)), (b"6\n".into(), b"3\n4\n5\n".into()));
        // A line that is too long by itself has to go somewhere.
        append(&path, &previous, b"0123456789\n", 6).unwrap();
        assert_eq!(read(&path), b"0123456789\n");
    }

    #[test]
    fn a_lock_is_waited_for_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let open = || open(&path, options().write(true).create(true).truncate(false)).unwrap();
        let held = Locked::exclusive(open(), Duration::ZERO).unwrap().unwrap();
        assert!(Locked::shared(open(), Duration::from_millis(5)).unwrap().is_none());
        thread::scope(|scope| {
            let waiting = scope.spawn(|| Locked::exclusive(open(), Duration::from_secs(60)).unwrap().is_some());
            drop(held);
            assert!(waiting.join().unwrap());
        });
    }
}
