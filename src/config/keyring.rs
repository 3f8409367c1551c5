//! The operating system's keyring: the Secret Service on Linux, the keychain of macOS, the credentials of Windows.
//!
//! Each key is an entry of the service `confident-keys`, under its profile's name. Where there is no keyring, that is told:
//! a key is never put anywhere else instead.

use super::error::KeyError;
use super::stored::Stored;

/// Whether this program was built with it.
pub const IS_BUILT_IN: bool = cfg!(feature = "keyring");

/// The key of the profile `name`. May ask whoever owns the keyring to unlock it, and waits for that.
///
/// # Errors
/// Where there is none, or no keyring.
pub(super) fn read(name: &str) -> Result<Stored, KeyError> {
    let text = ask(name, Request::Read)?;
    Stored::parse(&text).map_err(|why| KeyError::Failed(format!("what the keyring holds for it {why}")))
}

/// Keeps `stored` for the profile `name`, in place of what is there.
///
/// # Errors
/// Where there is no keyring, or it does not take the key.
pub(super) fn keep(name: &str, stored: &Stored) -> Result<(), KeyError> {
    ask(name, Request::Keep(stored.to_text())).map(drop)
}

/// Forgets the key of the profile `name`; whether there was one.
///
/// # Errors
/// Where there is no keyring, or it does not let go of the key.
pub(super) fn forget(name: &str) -> Result<bool, KeyError> {
    match ask(name, Request::Forget) {
        Ok(_) => Ok(true),
        Err(KeyError::Missing(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What is asked of the keyring.
#[cfg_attr(not(feature = "keyring"), expect(dead_code, reason = "nothing is asked without it"))]
enum Request {
    Read,
    Keep(zeroize::Zeroizing<String>),
    Forget,
}

#[cfg(not(feature = "keyring"))]
fn ask(_name: &str, _request: Request) -> Result<zeroize::Zeroizing<String>, KeyError> {
    Err(KeyError::Failed(
        "this ckeys was built without the keyring (cargo's feature `keyring`): keep the key in a file of yours, or name \
         a command that prints it"
            .to_owned(),
    ))
}

#[cfg(feature = "keyring")]
fn ask(name: &str, request: Request) -> Result<zeroize::Zeroizing<String>, KeyError> {
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    /// A person may have to find a password.
    const PATIENCE: Duration = Duration::from_secs(120);

    let (sender, receiver) = channel();
    let name = name.to_owned();
    // On a thread of its own: a dialog that nobody sees would never be answered, and the library may not run inside of an
    // asynchronous runtime.
    let asking = std::thread::Builder::new().name("keyring".into()).spawn(move || {
        // Nobody listens where it took too long.
        let _ = sender.send(carry_out(&name, request));
    });
    if let Err(error) = asking {
        return Err(KeyError::Failed(format!("the keyring can't be asked ({error})")));
    }
    match receiver.recv_timeout(PATIENCE) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => {
            let seconds = PATIENCE.as_secs();
            Err(KeyError::Failed(format!("the keyring did not answer within {seconds} s: it may wait to be unlocked")))
        }
        Err(RecvTimeoutError::Disconnected) => Err(KeyError::Failed("the keyring gave no answer".to_owned())),
    }
}

#[cfg(feature = "keyring")]
fn carry_out(name: &str, request: Request) -> Result<zeroize::Zeroizing<String>, KeyError> {
    use keyring::{Entry, Error};

    use crate::text::Text;

    const SERVICE: &str = "confident-keys";

    // What an error quotes of an entry is not repeated.
    let in_words = |error: Error| match error {
        Error::NoEntry => KeyError::Missing("the keyring holds none for it".to_owned()),
        Error::NoDefaultStore => none_here(Entry::store_status().as_ref().err()),
        error @ (Error::PlatformFailure(_) | Error::NoStorageAccess(_)) => {
            KeyError::Failed(format!("the keyring refused: {}", Text::from(error.to_string())))
        }
        Error::Ambiguous(_) => KeyError::Failed("the keyring holds several for it".to_owned()),
        _ => KeyError::Failed("what the keyring holds for it can't be read".to_owned()),
    };
    let entry = Entry::new(SERVICE, name).map_err(in_words)?;
    match request {
        Request::Read => entry.get_password().map(zeroize::Zeroizing::new),
        Request::Keep(text) => entry.set_password(&text).map(|()| zeroize::Zeroizing::default()),
        Request::Forget => entry.delete_credential().map(|()| zeroize::Zeroizing::default()),
    }
    .map_err(in_words)
}

#[cfg(feature = "keyring")]
fn none_here(error: Option<&keyring::Error>) -> KeyError {
    let why = error.map(|error| format!(" ({})", crate::text::Text::from(error.to_string()))).unwrap_or_default();
    KeyError::Failed(format!(
        "there is no keyring here{why}: start one, keep the key in a file of yours, or name a command that prints it"
    ))
}
