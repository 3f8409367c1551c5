//! Which proxy stood between this machine and the service, for messages: the transport itself reads the same
//! variables and decides.

use reqwest::Url;

/// Where a proxy for `https` is named, in the order in which the transport looks: the first of a pair that is set
/// counts, and the second pair only where the first names none.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// A proxy for `https` as the environment, `variable`, names it: its host and port, and the variable. Its user and
/// password are left out.
pub(super) fn named(variable: impl Fn(&str) -> Option<String>) -> Option<(String, &'static str)> {
    VARIABLES.iter().find_map(|pair| {
        let (name, value) = pair.iter().find_map(|name| Some((*name, variable(name)?)))?;
        Some((address(&value)?, name))
    })
}

fn address(value: &str) -> Option<String> {
    let url = if value.contains("://") { Url::parse(value) } else { Url::parse(&format!("http://{value}")) }.ok()?;
    let host = url.host_str()?;
    Some(match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_by_its_host_port_and_variable_and_never_with_a_password() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "http://user:fake@proxy.test:3128/x")], Some(("proxy.test:3128", "HTTPS_PROXY"))),
            (&[("https_proxy", "user:fake@127.0.0.1:9")], Some(("127.0.0.1:9", "https_proxy"))),
            (&[("ALL_PROXY", "https://proxy.test")], Some(("proxy.test:443", "ALL_PROXY"))),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "a:1"), ("all_proxy", "b:2")], Some(("b:2", "all_proxy"))),
            (&[("HTTP_PROXY", "http://plain.test")], None),
        ] {
            let found =
                named(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
            assert_eq!(found, expected.map(|(address, name)| (address.to_owned(), name)), "{variables:?}");
        }
    }
}
