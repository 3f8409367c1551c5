//! The HTTP clients behind all calls: each built by the first call that needs it, as that loads the root certificates.
//!
//! A connection that was idle for long may be dead without a word, where a router on the way forgot it, and what is sent
//! on it waits for nothing. No timer looks after that, which would wake up a program that nobody uses: a client is left
//! when it is as old as a connection may be, and its connections with it, once its last call is over.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, HeaderValue};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::super::contact::Contact;
use super::super::error::{ConnectFailure, ErrorKind, TlsFailure};
use super::super::{failure, roots};
use crate::secret::Secret;
use crate::text::Text;

const KEY_HEADER: &str = "confident_api_key";

/// The clients of one key, and what came of the last call.
#[derive(Default)]
pub(super) struct Clients {
    /// Keeps its connections, for calls that can be repeated.
    keeping: Mutex<Arc<Keeping>>,
    /// A connection for each call. A kept one may be closing just when a POST is written to it, which would leave
    /// its outcome unknown for nothing; and the buffers that held a fresh secret go with their connection.
    single: OnceCell<reqwest::Client>,
    last_contact: Mutex<Option<Contact>>,
}

impl Clients {
    /// The client for `settings`. Where a call begins, its connections are no older than `kept`.
    pub(super) async fn get(
        &self,
        settings: Settings,
        key: &Secret,
        kept: Duration,
    ) -> Result<reqwest::Client, ErrorKind> {
        if !settings.keeps_connections {
            return self.single.get_or_try_init(|| settings.start(key)).await.cloned();
        }
        let keeping = self.keeping(kept);
        keeping.client.get_or_try_init(|| settings.start(key)).await.cloned()
    }

    /// The same one for all calls until it is too old.
    fn keeping(&self, kept: Duration) -> Arc<Keeping> {
        let mut keeping = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        if !keeping.serves(Instant::now(), Timestamp::now(), kept) {
            *keeping = Arc::default();
        }
        Arc::clone(&keeping)
    }

    pub(super) fn note(&self, contact: Contact) {
        *self.last_contact.lock().unwrap_or_else(PoisonError::into_inner) = Some(contact);
    }

    pub(super) fn last_contact(&self) -> Option<Contact> {
        *self.last_contact.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that keeps its connections, and since when, by both clocks: one stands still while the machine sleeps, the
/// other may be set.
struct Keeping {
    since: Instant,
    on_clock: Timestamp,
    client: OnceCell<reqwest::Client>,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { since: Instant::now(), on_clock: Timestamp::now(), client: OnceCell::new() }
    }
}

impl Keeping {
    /// Whether none of its connections can be as old as `kept`.
    fn serves(&self, now: Instant, on_clock: Timestamp, kept: Duration) -> bool {
        let slept = Duration::try_from(on_clock.duration_since(self.on_clock)).unwrap_or_default();
        now.saturating_duration_since(self.since).max(slept) < kept
    }
}

/// What an HTTP client is built for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) is_loopback: bool,
    pub(super) is_plain: bool,
    pub(super) keeps_connections: bool,
    pub(super) connect: Duration,
}

impl Settings {
    /// Builds one where nobody waits: loading the root certificates takes milliseconds.
    async fn start(self, key: &Secret) -> Result<reqwest::Client, ErrorKind> {
        let key = key.clone();
        let built = tokio::task::spawn_blocking(move || self.build(&key)).await;
        built.map_err(|_| ErrorKind::Invalid("the HTTP client could not be started".to_owned()))?
    }

    fn build(&self, key: &Secret) -> Result<reqwest::Client, ErrorKind> {
        // Somebody else may have installed one; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut value = HeaderValue::from_str(key.expose())
            .map_err(|_| ErrorKind::Invalid("the organization key has characters that no key has".to_owned()))?;
        value.set_sensitive(true);
        let mut headers = HeaderMap::new();
        if !value.is_empty() {
            headers.insert(KEY_HEADER, value);
        }
        headers.insert(reqwest::header::ACCEPT, HeaderValue::from_static("application/json"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("confident-keys/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect)
            .tcp_nodelay(true)
            // Whoever waits for that would wake up for it, long after the last call: `Clients` sees to it.
            .pool_idle_timeout(None)
            // What is idle says nothing: calls end sooner by their own limits, and a kept connection is soon left.
            .tcp_keepalive(None)
            .tcp_keepalive_interval(None)
            .tcp_keepalive_retries(None);
        if self.is_loopback {
            builder = builder.no_proxy();
        }
        if self.is_plain {
            // No roots are needed, and a machine may have none.
            builder = builder.tls_certs_only([]);
        } else {
            let named = roots::named(|name| std::env::var_os(name));
            builder = builder.tls_certs_merge(named.map_err(no_authorities)?);
        }
        if !self.keeps_connections {
            builder = builder.pool_max_idle_per_host(0);
        }
        builder.build().map_err(|error| match failure::of_building(&error) {
            Some(failure) => ErrorKind::Connect(ConnectFailure::Tls(failure)),
            None => ErrorKind::Invalid(format!("the HTTP client could not be built: {}", failure::innermost(&error))),
        })
    }
}

fn no_authorities(reason: Text) -> ErrorKind {
    ErrorKind::Connect(ConnectFailure::Tls(TlsFailure::NoAuthorities(reason)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_serves_until_it_is_as_old_as_a_connection_may_be_by_whichever_clock() {
        let keeping = Keeping::default();
        let kept = Duration::from_secs(90);
        let serves = |passed: u64, on_clock: i64| {
            let on_clock = keeping.on_clock + jiff::SignedDuration::from_secs(on_clock);
            keeping.serves(keeping.since + Duration::from_secs(passed), on_clock, kept)
        };
        assert!(serves(0, 0));
        assert!(serves(89, 89));
        assert!(!serves(90, 90));
        assert!(!serves(10, 28_800), "the machine slept for the night");
        assert!(serves(10, -3600), "the clock was set back");
        assert!(!serves(90, -3600), "the clock was set back, long ago");
    }
}
