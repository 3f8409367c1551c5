//! Why no connection came about, and what that means in words. The service has seen none of the call then.

use jiff::Timestamp;

use crate::text::Text;

/// How many of a certificate's names are told.
const NAMES: usize = 3;

/// Why no connection came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectFailure {
    /// The host's name has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// No network leads there.
    Unreachable,
    /// There is a connection, but none that the key may go through.
    Tls(TlsFailure),
    /// The proxy that the environment names gave no way to the service.
    Proxy(Box<ProxyFailure>),
    /// Anything else, in the transport's words.
    Other(Text),
}

/// Why a connection is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsFailure {
    /// The certificate is signed by itself, or by an authority that is not trusted here.
    UnknownAuthority {
        /// The variable that says who is trusted, where one takes the place of the system's word.
        chosen_by: Option<&'static str>,
    },
    /// The certificate is for other hosts.
    WrongName {
        /// Those that it is for, as far as known.
        names: Vec<Text>,
    },
    /// The certificate's time is over.
    Expired {
        /// When it ended, and this machine's time, where known.
        times: Option<(Timestamp, Timestamp)>,
    },
    /// The certificate's time has not begun.
    NotYetValid {
        /// When it begins, and this machine's time, where known.
        times: Option<(Timestamp, Timestamp)>,
    },
    /// The certificate is an authority's own, as a careless self-signed one is.
    AuthorityItself,
    /// What answers there speaks something else.
    NotTls,
    /// It ended before anything was agreed on.
    Closed,
    /// The versions that the service offers are broken ones.
    NoSafeVersion,
    /// The service wants a certificate from whoever asks.
    WantsCertificate,
    /// Nobody is trusted here; why, in words.
    NoAuthorities(Text),
    /// Anything else, in the library's words.
    Other(Text),
}

/// A proxy between this machine and the service, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyFailure {
    /// Its host and port.
    pub address: Text,
    /// The variable that names it.
    pub variable: &'static str,
    /// What came between.
    pub problem: ProxyProblem,
}

/// What a proxy did in place of opening a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyProblem {
    /// It wants to know who asks.
    Login {
        /// Whether it was told, and did not accept that.
        was_given: bool,
    },
    /// It answered with a refusal, or with something that is no answer.
    Denied {
        /// Whether it was told who asks: some refuse a wrong password without a word about it.
        had_login: bool,
    },
    /// It said nothing and closed the connection.
    Closed,
    /// There was no connection to the proxy itself. Never another proxy's failure.
    Connect(ConnectFailure),
}

impl ConnectFailure {
    /// What happened on the way to `host`, in a sentence without its full stop.
    pub(super) fn summary(&self, host: &Text) -> String {
        match self {
            Self::Dns => format!("No address was found for {host}"),
            Self::Refused => format!("{host} refused the connection"),
            Self::Unreachable => format!("No network leads from here to {host}"),
            Self::Tls(failure) => format!("No trusted connection to {host}: {}", failure.words()),
            Self::Proxy(failure) => {
                let ProxyFailure { address, variable, problem } = &**failure;
                format!("No way to {host}: the proxy {address} (from {variable}) {}", problem.words())
            }
            Self::Other(reason) => format!("No connection to {host}: {reason}"),
        }
    }

    /// What to do next.
    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::Dns => {
                "Check the network, HTTPS_PROXY where it wants a proxy, and the address where you set one (CONFIDENT_BASE_URL, or a profile's base_url), then try again."
            }
            Self::Refused => {
                "Check that the service runs there, and the address where you set one (CONFIDENT_BASE_URL, or a profile's base_url), then try again."
            }
            Self::Unreachable => "Check the network and any VPN, then try again.",
            Self::Tls(failure) => failure.advice(),
            Self::Proxy(failure) => failure.problem.advice(),
            Self::Other(_) => "Check the network and any proxy (HTTPS_PROXY, NO_PROXY), then try again.",
        }
    }

    /// Whether the same call may succeed later: names are found again once there is a network.
    pub(in crate::api) fn may_pass(&self) -> bool {
        match self {
            Self::Dns => true,
            Self::Proxy(failure) => match &failure.problem {
                ProxyProblem::Connect(failure) => failure.may_pass(),
                _ => self.is_passing(),
            },
            _ => self.is_passing(),
        }
    }

    /// Whether the same call may well succeed in a moment.
    pub(in crate::api) fn is_passing(&self) -> bool {
        match self {
            Self::Refused | Self::Unreachable | Self::Other(_) | Self::Tls(TlsFailure::Closed) => true,
            // Some proxies lock out whoever shows a wrong password too often.
            Self::Proxy(failure) => match &failure.problem {
                ProxyProblem::Login { .. } | ProxyProblem::Denied { had_login: true } => false,
                ProxyProblem::Denied { had_login: false } | ProxyProblem::Closed => true,
                ProxyProblem::Connect(failure) => failure.is_passing(),
            },
            Self::Dns | Self::Tls(_) => false,
        }
    }
}

impl TlsFailure {
    /// What is wrong with the connection, to follow a colon.
    fn words(&self) -> String {
        match self {
            Self::UnknownAuthority { chosen_by: None } => {
                "nobody whom this machine trusts has signed its certificate".to_owned()
            }
            Self::UnknownAuthority { chosen_by: Some(variable) } => {
                format!("none of the authorities in {variable} has signed its certificate")
            }
            Self::WrongName { names } if names.is_empty() => "its certificate is for another name".to_owned(),
            Self::WrongName { names } => format!("its certificate is for {}, not for this name", listed(names)),
            Self::Expired { times: None } => "its certificate has expired".to_owned(),
            Self::Expired { times: Some((end, now)) } => {
                format!("its certificate expired at {}, and here it is {}", minute(*end), minute(*now))
            }
            Self::NotYetValid { times: None } => "its certificate is not valid yet".to_owned(),
            Self::NotYetValid { times: Some((start, now)) } => {
                format!("its certificate is not valid before {}, and here it is {}", minute(*start), minute(*now))
            }
            Self::AuthorityItself => {
                "its certificate is an authority's own (CA:TRUE), which can't stand for a service".to_owned()
            }
            Self::NotTls => "what answers there does not speak TLS".to_owned(),
            Self::Closed => "the other end closed it before it was encrypted".to_owned(),
            Self::NoSafeVersion => "it speaks no version of TLS that is safe".to_owned(),
            Self::WantsCertificate => "it wants a certificate from ckeys, which has none".to_owned(),
            Self::NoAuthorities(reason) | Self::Other(reason) => reason.to_string(),
        }
    }

    /// What it means for the key, and what to do.
    fn advice(&self) -> &'static str {
        match self {
            Self::UnknownAuthority { chosen_by: None } => {
                "The organization key was not sent. Where your company signs its own certificates, set SSL_CERT_FILE to a PEM file with its root certificate; elsewhere somebody may be listening in, so try another network."
            }
            Self::UnknownAuthority { chosen_by: Some(_) } => {
                "The organization key was not sent. Add the root certificate of the service's authority there, or unset the variable to trust those of this machine."
            }
            Self::WrongName { .. } => {
                "The organization key was not sent. Check the address where you set one (CONFIDENT_BASE_URL, or a profile's base_url); in a network with a sign-in page, sign in first."
            }
            Self::Expired { .. } | Self::NotYetValid { .. } => {
                "The organization key was not sent. Set this machine's clock if it is wrong; if it is right, whoever runs the service has to renew the certificate."
            }
            Self::AuthorityItself => {
                "The organization key was not sent. Whoever runs the service has to give it a certificate of its own."
            }
            Self::NotTls => {
                "The organization key was not sent. Check the port in CONFIDENT_BASE_URL: it may be that of a plain http service, which ckeys takes on this machine alone."
            }
            Self::Closed => {
                "The organization key was not sent. Check the port of the address where you set one (CONFIDENT_BASE_URL, or a profile's base_url), and what is in the way (a firewall, HTTPS_PROXY), then try again."
            }
            Self::NoSafeVersion => {
                "The organization key was not sent. Whoever runs the service has to turn on TLS 1.2 or 1.3."
            }
            // It is known only after the call was written, to a service that proved who it is and read none of it.
            Self::WantsCertificate => {
                "The service took nothing from this call. Ask whoever runs it for an address that wants no client certificate."
            }
            Self::NoAuthorities(_) => {
                "Nothing was sent. Set SSL_CERT_FILE to a PEM file with the root certificates to trust, or unset it and install those of the system (on Debian: ca-certificates)."
            }
            Self::Other(_) => {
                "The organization key was not sent. Check the address where you set one (CONFIDENT_BASE_URL, or a profile's base_url). Where your company signs its own certificates, set SSL_CERT_FILE to a PEM file with its root certificate."
            }
        }
    }
}

impl ProxyProblem {
    /// To follow “the proxy”.
    fn words(&self) -> String {
        match self {
            Self::Login { was_given: false } => "wants a user and a password".to_owned(),
            Self::Login { was_given: true } => "did not accept the user and the password given there".to_owned(),
            Self::Denied { had_login: false } => "opened none: it forbids it, or can't reach it either".to_owned(),
            Self::Denied { had_login: true } => {
                "opened none: it did not accept the user and the password given there, forbids it, or can't reach it either"
                    .to_owned()
            }
            Self::Closed => "closed the connection without an answer".to_owned(),
            Self::Connect(ConnectFailure::Dns) => "has a name without an address".to_owned(),
            Self::Connect(ConnectFailure::Refused) => "refused the connection".to_owned(),
            Self::Connect(ConnectFailure::Unreachable) => "is where no network leads from here".to_owned(),
            Self::Connect(ConnectFailure::Tls(failure)) => format!("is not trusted: {}", failure.words()),
            Self::Connect(ConnectFailure::Other(reason)) => format!("could not be used: {reason}"),
            Self::Connect(ConnectFailure::Proxy(failure)) => failure.problem.words(),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Login { .. } => {
                "Nothing was sent to the service. Write them into that variable as http://USER:PASSWORD@HOST:PORT, or name the service's host in NO_PROXY to go past the proxy."
            }
            Self::Denied { .. } => {
                "Nothing was sent to the service. Check that variable, ask whoever runs the proxy, or name the service's host in NO_PROXY to go past it."
            }
            Self::Closed | Self::Connect(_) => {
                "Check that variable, or name the service's host in NO_PROXY to go past the proxy, then try again."
            }
        }
    }
}

/// The first few of `names`.
fn listed(names: &[Text]) -> String {
    let told: Vec<&str> = names.iter().take(NAMES).map(Text::as_str).collect();
    match names.len() - told.len() {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// To the minute, with its zone: whoever compares clocks needs both.
fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_of_tls_has_words_of_its_own_and_says_what_became_of_the_call() {
        let times = Some((Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH));
        let failures = [
            TlsFailure::UnknownAuthority { chosen_by: None },
            TlsFailure::UnknownAuthority { chosen_by: Some("SSL_CERT_FILE") },
            TlsFailure::WrongName { names: Vec::new() },
            TlsFailure::WrongName { names: vec!["a.test".into()] },
            TlsFailure::Expired { times: None },
            TlsFailure::Expired { times },
            TlsFailure::NotYetValid { times: None },
            TlsFailure::NotYetValid { times },
            TlsFailure::AuthorityItself,
            TlsFailure::NotTls,
            TlsFailure::Closed,
            TlsFailure::NoSafeVersion,
            TlsFailure::WantsCertificate,
            TlsFailure::NoAuthorities("x".into()),
            TlsFailure::Other("y".into()),
        ];
        let mut words: Vec<String> = failures.iter().map(TlsFailure::words).collect();
        for failure in &failures {
            let advice = failure.advice();
            let meaning = ["The organization key was not sent. ", "Nothing was sent. ", "The service took nothing"];
            assert!(meaning.iter().any(|meaning| advice.starts_with(meaning)), "{advice}");
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), failures.len());
    }

    #[test]
    fn a_certificate_with_many_names_tells_the_first_ones() {
        let names = |count: usize| (1..=count).map(|number| format!("{number}.test").into()).collect();
        let words = |count| TlsFailure::WrongName { names: names(count) }.words();
        assert_eq!(words(1), "its certificate is for 1.test, not for this name");
        assert_eq!(words(3), "its certificate is for 1.test, 2.test, 3.test, not for this name");
        assert_eq!(words(5), "its certificate is for 1.test, 2.test, 3.test and 2 more, not for this name");
    }

    #[test]
    fn what_can_not_pass_by_itself_is_not_tried_again() {
        let by_proxy = |problem| {
            ConnectFailure::Proxy(Box::new(ProxyFailure { address: "p:1".into(), variable: "HTTPS_PROXY", problem }))
        };
        for (failure, expected) in [
            (ConnectFailure::Refused, true),
            (ConnectFailure::Unreachable, true),
            (ConnectFailure::Dns, false),
            (ConnectFailure::Tls(TlsFailure::NotTls), false),
            (ConnectFailure::Tls(TlsFailure::Closed), true),
            (by_proxy(ProxyProblem::Denied { had_login: false }), true),
            (by_proxy(ProxyProblem::Denied { had_login: true }), false),
            (by_proxy(ProxyProblem::Login { was_given: true }), false),
            (by_proxy(ProxyProblem::Connect(ConnectFailure::Refused)), true),
            (by_proxy(ProxyProblem::Connect(ConnectFailure::Dns)), false),
        ] {
            assert_eq!(failure.is_passing(), expected, "{failure:?}");
        }
    }
}
