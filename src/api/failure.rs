//! From the transport's errors to why no connection came about.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError};

use super::error::{ConnectFailure, ProxyFailure, ProxyProblem, TlsFailure};
use super::{proxy, roots};
use crate::redact;
use crate::text::Text;

/// Why there is no connection, where `error` says that there is none.
pub(super) fn of_connecting(error: &reqwest::Error) -> ConnectFailure {
    // Only what is asked by way of a proxy has a tunnel to build.
    let tunnel =
        causes(error).find_map(|cause| cause.to_string().strip_prefix("tunnel error: ").map(ToOwned::to_owned));
    let proxy = tunnel.and_then(|problem| Some((problem, proxy::named(|name| std::env::var(name).ok())?)));
    let Some((problem, proxy)) = proxy else { return direct(error) };
    let problem = match problem.as_str() {
        "proxy authorization required" => ProxyProblem::Login { was_given: proxy.has_login },
        "unsuccessful" | "proxy response headers too long" => ProxyProblem::Denied { had_login: proxy.has_login },
        "unexpected end of file" | "io error establishing tunnel" => ProxyProblem::Closed,
        _ => ProxyProblem::Connect(direct(error)),
    };
    ConnectFailure::Proxy(Box::new(ProxyFailure { address: proxy.address, variable: proxy.variable, problem }))
}

/// Why a call was of no use that was written to a connection which was not open yet: with TLS 1.3, a client learns only
/// then that its own certificate is wanted. The service reads no call before it has one.
pub(super) fn before_reading(error: &reqwest::Error) -> Option<ConnectFailure> {
    let wanted = rustls::Error::AlertReceived(AlertDescription::CertificateRequired);
    causes(error)
        .any(|cause| cause.downcast_ref::<rustls::Error>() == Some(&wanted))
        .then_some(ConnectFailure::Tls(TlsFailure::WantsCertificate))
}

/// Why a client could not be built, where that is for want of authorities.
pub(super) fn of_building(error: &reqwest::Error) -> Option<TlsFailure> {
    causes(error)
        .any(<dyn Error>::is::<rustls::Error>)
        .then(|| TlsFailure::NoAuthorities(roots::missing(|name| std::env::var_os(name))))
}

fn direct(error: &reqwest::Error) -> ConnectFailure {
    for cause in causes(error) {
        if cause.to_string().starts_with("dns error") {
            return ConnectFailure::Dns;
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return ConnectFailure::Tls(of_tls(tls, roots::chosen_by(|name| std::env::var_os(name))));
        }
        // What carries another error is told by that.
        let Some(io) = cause.downcast_ref::<io::Error>() else { continue };
        match io.kind() {
            io::ErrorKind::ConnectionRefused => return ConnectFailure::Refused,
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown => {
                return ConnectFailure::Unreachable;
            }
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => return ConnectFailure::Tls(TlsFailure::Closed),
            _ => {}
        }
    }
    ConnectFailure::Other(innermost(error))
}

fn of_tls(error: &rustls::Error, chosen_by: Option<&'static str>) -> TlsFailure {
    match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error, chosen_by),
        rustls::Error::InvalidMessage(_) => TlsFailure::NotTls,
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity) => {
            TlsFailure::NoSafeVersion
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => TlsFailure::WantsCertificate,
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            TlsFailure::Other(Text::from("it knows no service of this name"))
        }
        other => TlsFailure::Other(words(&other.to_string())),
    }
}

fn of_certificate(error: &CertificateError, chosen_by: Option<&'static str>) -> TlsFailure {
    match error {
        // Signed by a namesake: an authority that was made anew has another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFailure::UnknownAuthority { chosen_by },
        CertificateError::NotValidForName => TlsFailure::WrongName { names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            TlsFailure::WrongName { names: presented.iter().map(|name| words(bare(name))).collect() }
        }
        CertificateError::Expired => TlsFailure::Expired { times: None },
        CertificateError::ExpiredContext { time, not_after } => {
            TlsFailure::Expired { times: timestamp(*not_after).zip(timestamp(*time)) }
        }
        CertificateError::NotValidYet => TlsFailure::NotYetValid { times: None },
        CertificateError::NotValidYetContext { time, not_before } => {
            TlsFailure::NotYetValid { times: timestamp(*not_before).zip(timestamp(*time)) }
        }
        CertificateError::Revoked => TlsFailure::Other(Text::from("its certificate was revoked")),
        CertificateError::BadEncoding => TlsFailure::Other(Text::from("its certificate can't be read")),
        // The library has no variant for it that could be named without its verifier.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            TlsFailure::AuthorityItself
        }
        other => TlsFailure::Other(words(&format!("its certificate was not accepted ({other})"))),
    }
}

/// A certificate's name without the kind that the library writes around it: `DnsName("a.test")`.
fn bare(name: &str) -> &str {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"')
}

fn timestamp(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}

/// What led to `error`, from the nearest on. The `source` of an I/O error skips the error that it carries.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(carried) => Some(carried),
            None => cause.source(),
        }
    })
}

/// The deepest cause in words: it names the matter, and never the URL.
pub(super) fn innermost(error: &reqwest::Error) -> Text {
    match causes(error).last() {
        Some(deepest) if !deepest.is::<reqwest::Error>() => words(&deepest.to_string()),
        _ => Text::from("the transport gave no reason"),
    }
}

/// What the other end may have had a say in.
fn words(text: &str) -> Text {
    Text::from(&*redact::redacted(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_certificate_is_told_bare() {
        for (told, expected) in [
            ("DnsName(\"*.a.test\")", "*.a.test"),
            ("IpAddress(127.0.0.1)", "127.0.0.1"),
            ("a.test", "a.test"),
            ("odd(", "odd("),
        ] {
            assert_eq!(bare(told), expected);
        }
    }
}
