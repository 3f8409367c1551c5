//! Services behind real TLS. Certificates are made by the test that needs them, so none of them grows old.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine as _;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// An authority that no machine knows.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::called("An authority of the tests")
    }

    pub(crate) fn called(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// Writes its certificate to a file in `folder`, as companies hand theirs out.
    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        pem_file(folder, self.issuer.der())
    }

    /// Signs a certificate for `names`.
    pub(crate) fn signs(&self, names: &[&str]) -> Identity {
        self.signs_with(names, |_| {})
    }

    /// The same, with changes to what it says.
    pub(crate) fn signs_with(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut params = named("A service of the tests", names);
        change(&mut params);
        Identity { certificate: params.signed_by(&key, &self.issuer).unwrap().der().clone(), key }
    }
}

/// A certificate, and the key that proves it.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    /// Signed by itself; as an authority where that is wanted, as `openssl req -x509` makes them.
    pub(crate) fn self_signed(names: &[&str], as_authority: bool) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = named("A service of the tests, by its own word", names);
        if as_authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        Self { certificate: params.self_signed(&key).unwrap().der().clone(), key }
    }

    /// Writes the certificate to a file in `folder`.
    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        pem_file(folder, &self.certificate)
    }

    fn config(&self, clients: Option<&Authority>) -> Arc<ServerConfig> {
        let builder = ServerConfig::builder();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.issuer.der().clone()).unwrap();
                builder.with_client_cert_verifier(WebPkiClientVerifier::builder(roots.into()).build().unwrap())
            }
        };
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        Arc::new(builder.with_single_cert(vec![self.certificate.clone()], key).unwrap())
    }
}

/// TLS before a service without: what comes in is handed on in clear. It ends with the tests' process.
pub(crate) struct Front {
    pub(crate) port: u16,
    greeted: Arc<AtomicUsize>,
}

impl Front {
    /// Before the service at `base_url`.
    pub(crate) fn before(base_url: &str, identity: &Identity) -> Self {
        let config = identity.config(None);
        Self::start(base_url, move || Arc::clone(&config))
    }

    /// The same, for those alone who have a certificate of `clients`.
    pub(crate) fn for_clients_of(clients: &Authority, base_url: &str, identity: &Identity) -> Self {
        let config = identity.config(Some(clients));
        Self::start(base_url, move || Arc::clone(&config))
    }

    /// The same, with `second` in place of `first` for whoever connects after `is_turned` says so.
    pub(crate) fn turning(
        base_url: &str,
        [first, second]: [&Identity; 2],
        is_turned: impl Fn() -> bool + Send + 'static,
    ) -> Self {
        let (first, second) = (first.config(None), second.config(None));
        Self::start(base_url, move || Arc::clone(if is_turned() { &second } else { &first }))
    }

    fn start(base_url: &str, config: impl Fn() -> Arc<ServerConfig> + Send + 'static) -> Self {
        let behind: SocketAddr = base_url.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let greeted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&greeted);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                loop {
                    let (connection, _) = listener.accept().await.unwrap();
                    count.fetch_add(1, Ordering::SeqCst);
                    let accepting = TlsAcceptor::from(config()).accept(connection);
                    tokio::spawn(async move {
                        // Whoever does not trust it goes away here.
                        let Ok(mut outside) = accepting.await else { return };
                        let mut inside = TcpStream::connect(behind).await.unwrap();
                        let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                    });
                }
            });
        });
        Self { port, greeted }
    }

    /// How many connections came, trusting or not.
    pub(crate) fn greeted(&self) -> usize {
        self.greeted.load(Ordering::SeqCst)
    }

    /// Its address under the name `host`.
    pub(crate) fn base_url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port)
    }
}

fn named(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn pem_file(folder: &Path, certificate: &CertificateDer<'_>) -> PathBuf {
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(std::str::from_utf8(line).unwrap());
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    let (_, path) = tempfile::Builder::new().suffix(".pem").tempfile_in(folder).unwrap().keep().unwrap();
    std::fs::write(&path, pem).unwrap();
    path
}
