//! Who may vouch for a service: what `SSL_CERT_FILE` and `SSL_CERT_DIR` say about it.
//!
//! Where the system keeps its authorities in files, these variables take their place, and the transport sees to that.
//! macOS and Windows ask a verifier of their own; there, the authorities in `SSL_CERT_FILE` count beside the system's.

use std::ffi::OsString;
use std::path::Path;

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::text::Text;

const FILE: &str = "SSL_CERT_FILE";
const FOLDERS: &str = "SSL_CERT_DIR";

/// The authorities in the file that `SSL_CERT_FILE` names; none without that variable.
///
/// # Errors
/// Where the file can't be read or holds none, in words.
pub(super) fn named(variable: impl Fn(&str) -> Option<OsString>) -> Result<Vec<Certificate>, Text> {
    let Some(path) = variable(FILE) else { return Ok(Vec::new()) };
    if path.is_empty() {
        return Err(Text::from(format!("{FILE} is set, but names no file")));
    }
    let path = Path::new(&path);
    let refuse = |why: &str| Err(Text::from(format!("{FILE} names {}, which {why}", path.display())));
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return refuse(&format!("can't be read ({error})")),
    };
    // Bundles hold odd ones that nobody can use; they are left out, as the system's verifiers do.
    let usable = CertificateDer::pem_slice_iter(&bytes).filter_map(|certificate| {
        let certificate = certificate.ok()?;
        RootCertStore::empty().add(certificate.clone()).ok()?;
        Certificate::from_der(&certificate).ok()
    });
    match usable.collect::<Vec<_>>() {
        none if none.is_empty() => refuse("holds no certificate in PEM form"),
        certificates => Ok(certificates),
    }
}

/// The variable that took the place of the system's authorities.
pub(super) fn chosen_by(variable: impl Fn(&str) -> Option<OsString>) -> Option<&'static str> {
    if cfg!(any(windows, target_vendor = "apple")) {
        return None;
    }
    [FILE, FOLDERS].into_iter().find(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

/// Why there are none at all, in words.
pub(super) fn missing(variable: impl Fn(&str) -> Option<OsString>) -> Text {
    Text::from(match variable(FOLDERS).filter(|folders| !folders.is_empty()) {
        Some(folders) => {
            format!("{FOLDERS} names {}, where no certificate was found", Path::new(&folders).display())
        }
        None => "this machine has no root certificates, so it trusts nobody".to_owned(),
    })
}
