//! Secrets, and the means to take them somewhere.

use std::time::Duration;

use confident_keys::destination::Means;
use confident_keys::secret::Secret;

/// The value of a key that is none.
pub(crate) const VALUE: &str = "confident_us_proj_fake_not_a_key_d4e5f6";

pub(crate) fn secret() -> Secret {
    Secret::new(VALUE)
}

/// Without a clipboard; commands are found as elsewhere, and get a minute.
pub(crate) fn means() -> Means {
    Means { search: std::env::var_os("PATH"), patience: Duration::from_secs(60), ..Means::default() }
}

/// Waits for `future` on a runtime of its own.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
