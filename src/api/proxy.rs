//! Which proxy stands between this machine and the service, for messages: the transport itself reads the same
//! variables and decides.

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use crate::text::Text;

/// Where a proxy for `https` is named, in the order in which the transport looks: the first of a pair that is set
/// counts, and the second pair only where the first names none.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// A proxy, as far as it may be told. Its user and password are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its host and port.
    pub address: Text,
    /// Which variable names it.
    pub variable: &'static str,
    /// Whether a user or a password is given for it.
    pub has_login: bool,
}

/// How calls get to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Within this machine, which is never asked through a proxy.
    Loopback,
    /// Directly: no proxy is named.
    Direct,
    /// Directly, past the proxy that is named: `NO_PROXY` has the service's host, or what is named can't be used.
    Past(Proxy),
    /// Through this proxy.
    Through(Proxy),
}

/// Whether `base` is this machine, so that neither a proxy nor encryption is wanted.
pub(crate) fn is_loopback(base: &Url) -> bool {
    match base.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

/// How calls get to the service at `base`, by the variables of this process.
pub fn way_to(base: &Url) -> Way {
    way(base, &Matcher::from_system(), |name| std::env::var(name).ok())
}

fn way(base: &Url, matcher: &Matcher, variable: impl Fn(&str) -> Option<String>) -> Way {
    if is_loopback(base) {
        return Way::Loopback;
    }
    // As the transport does it, in the same library's word.
    let is_through = base.as_str().parse().is_ok_and(|address| matcher.intercept(&address).is_some());
    match named(variable) {
        None => Way::Direct,
        Some(proxy) if is_through => Way::Through(proxy),
        Some(proxy) => Way::Past(proxy),
    }
}

/// The proxy for `https` that the environment, `variable`, names.
pub(super) fn named(variable: impl Fn(&str) -> Option<String>) -> Option<Proxy> {
    VARIABLES.iter().find_map(|pair| {
        let (name, value) = pair.iter().find_map(|name| Some((*name, variable(name)?)))?;
        proxy(name, &value)
    })
}

fn proxy(variable: &'static str, value: &str) -> Option<Proxy> {
    let url = if value.contains("://") { Url::parse(value) } else { Url::parse(&format!("http://{value}")) }.ok()?;
    let host = url.host_str()?;
    let address = match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Some(Proxy {
        address: Text::from(address),
        variable,
        has_login: !url.username().is_empty() || url.password().is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_by_its_host_port_and_variable_and_never_with_a_password() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "http://user:fake@proxy.test:3128/x")], Some(("proxy.test:3128", "HTTPS_PROXY", true))),
            (&[("https_proxy", "user:fake@127.0.0.1:9")], Some(("127.0.0.1:9", "https_proxy", true))),
            (&[("https_proxy", "user@127.0.0.1:9")], Some(("127.0.0.1:9", "https_proxy", true))),
            (&[("https_proxy", ":fake@127.0.0.1:9")], Some(("127.0.0.1:9", "https_proxy", true))),
            (&[("ALL_PROXY", "https://proxy.test")], Some(("proxy.test:443", "ALL_PROXY", false))),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "a:1"), ("all_proxy", "b:2")], Some(("b:2", "all_proxy", false))),
            (&[("HTTP_PROXY", "http://plain.test")], None),
        ] {
            let found =
                named(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
            let expected =
                expected.map(|(address, variable, has_login)| Proxy { address: address.into(), variable, has_login });
            assert_eq!(found, expected, "{variables:?}");
        }
    }
    #[test]
    fn the_way_is_the_one_that_the_transport_takes() {
        let matcher = |no: &str| Matcher::builder().https("http://proxy.test:3128").no(no).build();
        let set = |name: &str| (name == "HTTPS_PROXY").then(|| "http://proxy.test:3128".to_owned());
        let proxy = Proxy { address: "proxy.test:3128".into(), variable: "HTTPS_PROXY", has_login: false };
        for (base, no, expected) in [
            ("https://keys.example.test", "", Way::Through(proxy.clone())),
            ("https://keys.example.test", "other.test, .example.test", Way::Past(proxy.clone())),
            ("https://localhost:8443", "", Way::Loopback),
            ("http://127.0.0.1:8080", "", Way::Loopback),
        ] {
            assert_eq!(way(&base.parse().unwrap(), &matcher(no), set), expected, "{base}, {no}");
        }
        let nothing = Matcher::builder().build();
        assert_eq!(way(&"https://keys.example.test".parse().unwrap(), &nothing, |_| None), Way::Direct);
    }

    #[test]
    fn loopback_is_known_in_every_form() {
        for (url, expected) in [
            ("http://localhost:1", true),
            ("http://127.0.0.1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:8", true),
            ("http://localhost.example.test", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
