//! Where a fresh secret goes, for the one-shot commands and for the screen: looked at before the key exists, reached
//! right after.
//!
//! A [`Destination`] is a plain value. [`look()`] says in words what would happen there and what stands against it, and
//! touches nothing; [`deliver`] carries it out and says what really happened. Between the two a person may take long
//! and the world may change: `deliver` looks again, and does what a person has to agree to ([`Ask`]) only where it is told
//! that this was so. A delivery that fails leaves the destination as it was, as far as that is in this program's hands,
//! and the secret with its caller.

mod clipboard;
mod command;
mod command_line;
pub mod dotenv;
mod env_file;
pub(crate) mod file;
mod git;
mod look;
mod place;
mod program;
mod redact;

use std::env;
use std::ffi::OsString;
use std::time::Duration;

pub(crate) use command::Group as CommandGroup;
pub use command_line::{CommandLine, NotWords};
pub(crate) use env_file::Existing as ExistingFile;
pub use look::{Ask, Delivered, Look, NotDelivered, Obstacle, Outcome};
pub use place::{Destination, KeyKind, NoDestination};
pub(crate) use program::find as find_program;

use crate::clipboard::{CopyOptions, Environment};
use crate::secret::Secret;
use env_file::Seen;
use place::shown;

/// What destinations are reached with.
#[derive(Debug, Clone, Default)]
pub struct Means {
    /// Which way leads to the clipboard.
    pub environment: Environment,
    /// How to copy.
    pub copying: CopyOptions,
    /// The folders in which programs are looked for, as in `PATH`.
    pub search: Option<OsString>,
    /// How long a command may take.
    pub patience: Duration,
}

impl Means {
    /// Those of this process. A copy is taken out of the clipboard after `clear_after`, where that is said; a command
    /// may take as long as `patience`.
    pub fn detect(clear_after: Option<Duration>, patience: Duration) -> Self {
        Self {
            environment: Environment::detect(),
            copying: CopyOptions { clear_after, ..CopyOptions::default() },
            search: env::var_os("PATH"),
            patience,
        }
    }
}

/// Whether the secret of a key would get to `destination`, and how, as far as that can be told without touching anything.
/// Takes no longer than a few seconds, where git does not answer.
pub async fn look(destination: &Destination, kind: KeyKind, means: &Means) -> Look {
    let mut look = match destination {
        Destination::Clipboard => clipboard::look(means),
        Destination::File(path) => {
            let file = shown(path);
            match file::look(path) {
                Ok(None) => Look::at(format!("the new file {file}")),
                Ok(ask) => Look { ask, ..Look::at(format!("the file {file}, in place of what it holds")) },
                Err(error) => Look::blocked(format!("the file {file}"), error),
            }
        }
        Destination::Env(path) => {
            let (file, variable) = (shown(path), kind.variable());
            match env_file::look(path, variable) {
                Ok(Seen { exists: false, .. }) => Look::at(format!("the new file {file}, as {variable}")),
                Ok(Seen { ask, warnings, .. }) => {
                    let over = if ask.is_some() { " in place of the value that is there" } else { "" };
                    Look { ask, warnings, ..Look::at(format!("the file {file}, as {variable}{over}")) }
                }
                Err(error) => Look::blocked(format!("the file {file}, as {variable}"), error),
            }
        }
        Destination::Command(command) => command::look(command, means),
        Destination::Screen => Look::at("the screen"),
    };
    if let Destination::File(path) | Destination::Env(path) = destination
        && look.obstacle.is_none()
        && let Some(warning) = git::warning(path, means.search.as_deref()).await
    {
        look.warnings.insert(0, warning);
    }
    look
}

/// Takes `secret`, of a key of this `kind`, to `destination`. `agreed` is the [`Look::ask`] that a person said yes to.
///
/// Dropping the future ends what it started.
///
/// # Errors
/// Why it did not get there.
pub async fn deliver(
    destination: &Destination,
    kind: KeyKind,
    secret: &Secret,
    agreed: Option<Ask>,
    means: &Means,
) -> Result<Outcome, NotDelivered> {
    let delivered = match destination {
        Destination::Clipboard => return clipboard::deliver(secret, means).await,
        Destination::File(path) => {
            file::write(path, secret, agreed)?;
            Delivered::File(path.clone())
        }
        Destination::Env(path) => {
            let variable = kind.variable();
            let replaced = env_file::write(path, variable, secret, agreed)?;
            Delivered::Entry { path: path.clone(), variable, replaced }
        }
        Destination::Command(command) => {
            command::run(command, secret, means).await?;
            Delivered::Command(command.clone())
        }
        Destination::Screen => Delivered::Screen,
    };
    Ok(Outcome::Delivered(delivered))
}
