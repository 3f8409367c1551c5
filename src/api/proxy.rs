//! Which proxy stood between this machine and the service, for messages: the transport itself reads the same
//! variables and decides.

use reqwest::Url;

/// Where a proxy for `https` is named, in the order in which the transport looks: the first of a pair that is set
/// counts, and the second pair only where the first names none.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// A proxy, as far as it may be told. Its user and password are left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    /// Its host and port.
    pub(super) address: String,
    /// Which variable names it.
    pub(super) variable: &'static str,
    /// Whether a user or a password is given for it.
    pub(super) has_login: bool,
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
    Some(Proxy { address, variable, has_login: !url.username().is_empty() || url.password().is_some() })
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
            (&[("ALL_PROXY", "https://proxy.test")], Some(("proxy.test:443", "ALL_PROXY", false))),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "a:1"), ("all_proxy", "b:2")], Some(("b:2", "all_proxy", false))),
            (&[("HTTP_PROXY", "http://plain.test")], None),
        ] {
            let found =
                named(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
            let expected = expected.map(|(address, variable, has_login)| Proxy {
                address: address.to_owned(),
                variable,
                has_login,
            });
            assert_eq!(found, expected, "{variables:?}");
        }
    }
}
