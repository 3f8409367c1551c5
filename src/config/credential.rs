//! Getting a profile's key from where it is: a file that only its owner can read, a command, the keyring.
//!
//! No error of these holds a key, nor anything of what was read in its place.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::error::KeyError;
use super::keyring;
use super::profile::{KeyPlace, Profile};
use super::reader::open_at_once;
use super::stored::Stored;
use crate::child;
use crate::destination::{CommandGroup as Group, find_program};
use crate::redact;
use crate::text::Text;
#[cfg(unix)]
use crate::text::shell_word;

/// No key is longer, in bytes, with whatever stands beside it.
const MAX_BYTES: usize = 16 * 1024;

/// How long a command that was told to end is waited for.
const GRACE: Duration = Duration::from_millis(200);

/// Where keys are looked for.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `config.toml`.
    pub config: Option<PathBuf>,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// The folders in which programs are looked for, as in `PATH`.
    pub search: Option<OsString>,
}

/// The key of `profile`. Runs its command, or asks the keyring, and waits for that.
///
/// # Errors
/// Why it can't be had.
pub(super) fn fetch(profile: &Profile, surroundings: &Surroundings) -> Result<Stored, KeyError> {
    let stored = match &profile.key {
        KeyPlace::Environment => return Err(KeyError::Missing("it is not in the environment".to_owned())),
        KeyPlace::File(path) => {
            let stored = read_file(&surroundings.resolve(path))?;
            // A key that is bound to no address goes to the one that config.toml says.
            if stored.origin.is_none() {
                surroundings.check_config()?;
            }
            Ok(stored)
        }
        KeyPlace::Command { words, timeout } => {
            surroundings.check_config()?;
            run(words, *timeout, surroundings)
        }
        KeyPlace::Keyring => keyring::read(&profile.name),
    }?;
    redact::note_key(&stored.key);
    Ok(stored)
}

/// How long a file or the keyring may take. A disk may be stuck, and the keyring wait for a password.
const PATIENCE: Duration = Duration::from_secs(30);

/// As [`fetch`], where the terminal is the screen's: the command can't ask anything there, and nothing is waited for
/// without an end. Dropped, it ends the command, too.
///
/// # Errors
/// Why it can't be had.
pub(super) async fn fetch_beside(profile: &Profile, surroundings: &Surroundings) -> Result<Stored, KeyError> {
    let (profile, surroundings) = (profile.clone(), surroundings.clone());
    if let KeyPlace::Command { words, timeout } = &profile.key {
        surroundings.check_config()?;
        let stored = ask(words, *timeout, &surroundings, Terminal::Screens).await?;
        redact::note_key(&stored.key);
        return Ok(stored);
    }
    let place = profile.key.source().words();
    match timeout(PATIENCE, tokio::task::spawn_blocking(move || fetch(&profile, &surroundings))).await {
        Ok(Ok(fetched)) => fetched,
        // A panic, which ends the program.
        Ok(Err(_)) => Err(KeyError::Failed(format!("{place} can't be read"))),
        Err(_) => Err(KeyError::Failed(format!("{place} gave no key within {} s", PATIENCE.as_secs()))),
    }
}

impl Surroundings {
    /// Where a path of `config.toml` leads.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => self
                .config
                .as_deref()
                .and_then(Path::parent)
                .map_or_else(|| path.to_owned(), |folder| folder.join(path)),
        }
    }

    /// Whoever else can write `config.toml` could have commands run as its owner.
    #[cfg(unix)]
    fn check_config(&self) -> Result<(), KeyError> {
        use std::os::unix::fs::MetadataExt as _;
        let Some(config) = &self.config else { return Ok(()) };
        let mine = rustix::process::geteuid().as_raw();
        for path in [config.parent().unwrap_or(config), config] {
            let Ok(metadata) = path.metadata() else { continue };
            let shown = path.display().to_string();
            if metadata.uid() != mine && metadata.uid() != 0 {
                return Err(KeyError::failed(format!(
                    "{} belongs to somebody else, who could have written what it says: the key was not looked for",
                    Text::from(shown)
                )));
            }
            if metadata.mode() & 0o022 != 0 {
                return Err(KeyError::failed(format!(
                    "others could have written what {} says (mode {:o}), so the key was not looked for: \
                     `chmod go-w {}` keeps them out",
                    Text::from(shown.as_str()),
                    metadata.mode() & 0o777,
                    shell_word(&shown)
                )));
            }
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    fn check_config(&self) -> Result<(), KeyError> {
        Ok(())
    }
}

/// The key in the file `path`, where nobody else can read that.
pub(super) fn read_file(path: &Path) -> Result<Stored, KeyError> {
    let shown = Text::from(path.display().to_string());
    let file = open_at_once(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeyError::Missing(format!("{shown} is not there")),
        _ => KeyError::Failed(format!("{shown} can't be read ({error})")),
    })?;
    let metadata = file.metadata().map_err(|error| KeyError::Failed(format!("{shown} can't be read ({error})")))?;
    if !metadata.is_file() {
        return Err(KeyError::Failed(format!("{shown} is no file")));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let mode = metadata.mode() & 0o777;
        if metadata.uid() != rustix::process::geteuid().as_raw() && metadata.uid() != 0 {
            return Err(KeyError::Failed(format!("{shown} belongs to somebody else, and was not read")));
        }
        if mode & 0o077 != 0 {
            return Err(KeyError::Failed(format!(
                "others on this machine can get at {shown} (mode {mode:o}), and it was not used: `chmod 600 {}` keeps \
                 them out",
                shell_word(&path.display().to_string())
            )));
        }
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let read = file.take(limit).read_to_end(&mut bytes);
    read.map_err(|error| KeyError::Failed(format!("{shown} can't be read ({error})")))?;
    if metadata.len() >= limit {
        return Err(KeyError::Failed(format!("{shown} is too large to hold a key")));
    }
    understood(&bytes).map_err(|why| KeyError::Failed(format!("{shown} {why}")))
}

/// The key among what was read.
fn understood(bytes: &[u8]) -> Result<Stored, &'static str> {
    Stored::parse(std::str::from_utf8(bytes).map_err(|_| "holds no text")?)
}

/// The key that a command prints. No shell runs it; it has no keys in its environment, and it ends with its time.
fn run(words: &[String], patience: Duration, surroundings: &Surroundings) -> Result<Stored, KeyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| KeyError::Failed(format!("no command can be started ({error})")))?;
    runtime.block_on(ask(words, patience, surroundings, Terminal::Its))
}

/// Whose the terminal is while a command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Terminal {
    /// It keeps the terminal, which its own questions (a passphrase, a touch) may need: standard error is the program's, and
    /// its process group, too.
    Its,
    /// The screen's: what it says is for nobody, and it ends with all that it started, unless that outlives it.
    Screens,
}

async fn ask(
    words: &[String],
    patience: Duration,
    surroundings: &Surroundings,
    terminal: Terminal,
) -> Result<Stored, KeyError> {
    let Some((name, arguments)) = words.split_first() else { return Err(KeyError::failed("no command is named")) };
    let quoted = format!("`{}`", Text::from(name.as_str()));
    let program =
        find_program(name, surroundings.search.as_deref()).map_err(|error| KeyError::Failed(error.to_string()))?;
    let mut command = child::command(program);
    command.args(arguments);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, name);
    if terminal == Terminal::Screens {
        // Whoever asks for a passphrase by an agent has it told where the terminal is.
        command.env_remove("GPG_TTY");
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let stderr = if terminal == Terminal::Its { Stdio::inherit() } else { Stdio::null() };
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| KeyError::Failed(format!("{quoted} can't be run ({error})")))?;
    let group = (terminal == Terminal::Screens).then(|| Group::of(&child));
    let mut output = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
    let pipe = child.stdout.take();
    let mut is_too_long = false;
    let conversation = async {
        let mut reading = Box::pin(async {
            let Some(mut pipe) = pipe else { return };
            let mut piece = Zeroizing::new([0; 1024]);
            while let Ok(count @ 1..) = pipe.read(&mut *piece).await {
                // Never grows, as that would leave copies behind; what is too much is read and dropped.
                is_too_long |= output.len() + count > MAX_BYTES;
                if !is_too_long {
                    output.extend(piece.iter().take(count));
                }
            }
        });
        let mut is_read = false;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status,
                () = &mut reading, if !is_read => is_read = true,
            }
        };
        // What it left running, such as an agent, may hold its output open for good.
        if !is_read {
            let _ = timeout(GRACE, reading).await;
        }
        status
    };
    let ended = timeout(patience, conversation).await;
    let Ok(status) = ended else {
        drop(group);
        let _ = child.start_kill();
        let _ = timeout(GRACE, child.wait()).await;
        let seconds = patience.as_secs();
        return Err(KeyError::Failed(format!("{quoted} gave no key within {seconds} s and was ended")));
    };
    if let Some(group) = group {
        group.spare();
    }
    let status = status.map_err(|error| KeyError::Failed(format!("{quoted} could not be waited for ({error})")))?;
    if !status.success() {
        let how =
            status.code().map_or_else(|| "was ended by a signal".to_owned(), |code| format!("failed (exit {code})"));
        return Err(KeyError::Failed(format!("{quoted} {how}")));
    }
    if is_too_long {
        return Err(KeyError::Failed(format!("what {quoted} printed is too long for a key")));
    }
    // The key alone: an address beside it would be the command's word, not that of whoever gave the key.
    match understood(&output) {
        Ok(stored @ Stored { origin: None, .. }) => Ok(stored),
        Ok(_) => Err(KeyError::Failed(format!("what {quoted} printed holds more than a key"))),
        Err(why) => Err(KeyError::Failed(format!("what {quoted} printed {why}"))),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::secret::Secret;

    const KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";

    struct World {
        folder: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
            let world = Self { folder };
            world.write("config.toml", "", 0o600);
            world
        }

        fn write(&self, name: &str, content: &str, mode: u32) -> PathBuf {
            let path = self.folder.path().join(name);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            path
        }

        fn fetch(&self, key: KeyPlace) -> Result<Stored, KeyError> {
            let text = crate::config::Configuration::parse("[profiles.a]\n").profiles;
            let profile = Profile { key, ..text.entries[0].profile.clone().unwrap() };
            let surroundings = Surroundings {
                config: Some(self.folder.path().join("config.toml")),
                home: Some(self.folder.path().join("home")),
                search: std::env::var_os("PATH"),
            };
            fetch(&profile, &surroundings)
        }

        fn file(&self, path: &str) -> Result<Stored, KeyError> {
            self.fetch(KeyPlace::File(path.into()))
        }

        fn runs(&self, script: &str) -> Result<Stored, KeyError> {
            self.runs_for(script, Duration::from_secs(30))
        }

        fn runs_for(&self, script: &str, timeout: Duration) -> Result<Stored, KeyError> {
            let words = ["sh", "-c", script].map(str::to_owned).into();
            self.fetch(KeyPlace::Command { words, timeout })
        }
    }

    fn key() -> Stored {
        Stored { key: Secret::new(KEY), origin: None }
    }

    #[track_caller]
    fn fails(result: Result<Stored, KeyError>, words: &str) {
        let error = result.unwrap_err();
        assert!(matches!(&error, KeyError::Failed(told) if told.contains(words)), "{error:?}");
        assert!(!error.to_string().contains("fake_not"), "{error}");
    }

    #[test]
    fn a_file_gives_its_key_to_its_owner_alone() {
        let world = World::new();
        world.write("key", &format!("{KEY}\n"), 0o600);
        assert_eq!(world.file("key"), Ok(key()));
        assert_eq!(world.file(world.folder.path().join("key").to_str().unwrap()), Ok(key()));
        fs::create_dir(world.folder.path().join("home")).unwrap();
        world.write("home/key", KEY, 0o400);
        assert_eq!(world.file("~/key"), Ok(key()));
        for mode in [0o640, 0o604, 0o620, 0o602] {
            world.write("key", KEY, mode);
            fails(world.file("key"), &format!("(mode {mode:o}), and it was not used: `chmod 600 "));
        }
        assert!(matches!(world.file("none"), Err(KeyError::Missing(_))));
        world.write("empty", "\n", 0o600);
        fails(world.file("empty"), "is empty");
        world.write("long", &KEY.repeat(1000), 0o600);
        fails(world.file("long"), "too large");
        world.write("two", &format!("{KEY} \n{KEY}"), 0o600);
        fails(world.file("two"), "more than a key");
        fails(world.file("."), "is no file");
        let pipe = world.folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fails(world.file("pipe"), "is no file");
    }

    #[test]
    fn a_command_gives_what_it_prints() {
        let world = World::new();
        assert_eq!(world.runs(&format!("echo {KEY}")), Ok(key()));
        assert_eq!(world.runs(&format!("printf %s {KEY}")), Ok(key()));
        assert_eq!(world.runs(&format!("cat; echo {KEY}")), Ok(key()), "its input is empty");
        fails(world.runs(&format!("echo {KEY}; exit 3")), "`sh` failed (exit 3)");
        fails(world.runs(&format!("echo {KEY}; kill -9 $$")), "was ended by a signal");
        assert_eq!(world.runs(&format!("sleep 5 & echo {KEY}")), Ok(key()), "what it leaves running is not waited for");
        fails(world.runs("true"), "printed is empty");
        fails(world.runs(&format!("echo {KEY}; echo {KEY}")), "more than a key");
        fails(world.runs(&format!("echo {KEY}; echo for https://a.test")), "more than a key");
        fails(world.runs("printf '\\377'"), "holds no text");
        fails(world.runs("head -c 100000 /dev/zero | tr '\\0' a"), "too long");
        fails(world.runs_for("sleep 60", Duration::from_millis(50)), "gave no key within");
        let nothing = KeyPlace::Command { words: vec!["no-such-program".to_owned()], timeout: Duration::from_secs(5) };
        fails(world.fetch(nothing), "there is no program `no-such-program`");
    }

    #[test]
    fn a_command_that_somebody_else_could_have_written_is_not_run() {
        let world = World::new();
        let script = format!("touch '{}/ran'; echo {KEY}", world.folder.path().display());
        for (path, mode) in [("config.toml", 0o666), ("config.toml", 0o620), (".", 0o777)] {
            let full = world.folder.path().join(path);
            let before = fs::metadata(&full).unwrap().permissions();
            fs::set_permissions(&full, fs::Permissions::from_mode(mode)).unwrap();
            fails(world.runs(&script), "others could have written what");
            fs::set_permissions(&full, before).unwrap();
        }
        assert!(!world.folder.path().join("ran").exists());
        assert_eq!(world.runs(&script), Ok(key()));
    }

    #[test]
    fn a_key_that_is_bound_to_no_address_is_not_taken_where_somebody_else_could_have_said_which() {
        let world = World::new();
        let config = world.folder.path().join("config.toml");
        fs::set_permissions(&config, fs::Permissions::from_mode(0o666)).unwrap();
        world.write("key", KEY, 0o600);
        fails(world.file("key"), "others could have written what");
        world.write("key", &format!("{KEY}\nfor https://keys.example.test\n"), 0o600);
        assert_eq!(world.file("key").unwrap().origin.as_deref(), Some("https://keys.example.test"));
    }
}
