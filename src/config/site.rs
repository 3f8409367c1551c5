//! The places where a service can be: the vendor's regions, and addresses that a key may go to.

use std::fmt;

use reqwest::Url;

use crate::redact;
use crate::secret::Secret;

/// One of the vendor's deployments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// The United States, the default.
    Us,
    /// The European Union.
    Eu,
    /// Australia.
    Au,
}

impl Region {
    /// The two letters by which the vendor names it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Eu => "EU",
            Self::Au => "AU",
        }
    }

    pub(super) fn base_url(self) -> &'static str {
        match self {
            Self::Us => "https://api.confident-ai.com",
            Self::Eu => "https://eu.api.confident-ai.com",
            Self::Au => "https://au.api.confident-ai.com",
        }
    }

    pub(super) const ALL: [Self; 3] = [Self::Us, Self::Eu, Self::Au];

    /// The region of these two letters, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.label().eq_ignore_ascii_case(label))
    }

    /// The region whose address of the vendor's `base_url` is.
    pub fn of_address(base_url: &Url) -> Option<Self> {
        let has_host = |region: &Self| {
            region.base_url().strip_prefix("https://").is_some_and(|host| base_url.host_str() == Some(host))
        };
        Self::ALL.into_iter().find(has_host)
    }

    /// The region that a key's prefix names.
    pub fn of_key(key: &Secret) -> Option<Self> {
        let first = key.expose().split('_').nth(1).filter(|_| has_vendors_prefix(key.expose()))?;
        Self::from_label(first)
    }
}

/// Whose key a value says that it is, by its prefix. Never a proof: to the service, values are opaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// An organization's.
    Organization,
    /// A project's, which can't manage keys.
    Project,
}

impl KeyForm {
    /// What `key` says: `confident_us_org_…` or, in older ones, `confident_org_…`.
    pub fn of(key: &Secret) -> Option<Self> {
        let mut words = key.expose().split('_').skip(1).filter(|_| has_vendors_prefix(key.expose()));
        let word = words.next().filter(|word| word.len() != 2).or_else(|| words.next())?;
        match word.to_ascii_lowercase().as_str() {
            "org" => Some(Self::Organization),
            "proj" => Some(Self::Project),
            _ => None,
        }
    }
}

fn has_vendors_prefix(key: &str) -> bool {
    // The last part is the value itself, which says nothing.
    key.get(..10).is_some_and(|prefix| prefix.eq_ignore_ascii_case("confident_")) && key.split('_').count() > 2
}

/// The host of `base_url` with its port and prefix, for people.
pub fn host(base_url: &Url) -> String {
    Place(base_url).to_string()
}

struct Place<'a>(&'a Url);

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.host_str().unwrap_or_default())?;
        if let Some(port) = self.0.port() {
            write!(formatter, ":{port}")?;
        }
        formatter.write_str(self.0.path().trim_end_matches('/'))
    }
}

/// Takes an address that the key may go to; over plain http to another machine only where it `allows_http`.
///
/// # Errors
/// Why it may not, in words to follow what the address is called.
pub fn base_url(text: &str, allows_http: bool) -> Result<Url, String> {
    // An address is shown and written down.
    if redact::holds_key(text) {
        return Err("holds a key, which belongs in CONFIDENT_ORG_API_KEY alone; leave it out".to_owned());
    }
    // What was written is not quoted: an address may hold a password.
    let url = Url::parse(text)
        .map_err(|error| format!("is no address ({error}); write it like https://confident.example.com"))?;
    match url.scheme() {
        "https" => {}
        "http" if allows_http || crate::api::is_loopback(&url) => {}
        "http" => return Err("is plain http, which would show the key to the network; use https".to_owned()),
        _ => return Err("is neither https nor http to this machine".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or a password, which is not supported; leave it out".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("holds a query or a fragment; leave it out".to_owned());
    }
    let last = url.path_segments().and_then(|segments| segments.rev().find(|segment| !segment.is_empty()));
    if let Some(version @ ("v1" | "v2")) = last {
        return Err(format!("ends in /{version}; leave that out, as ckeys adds the version itself"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_says_whose_key_it_is_and_where() {
        use KeyForm::{Organization, Project};
        for (value, form, region) in [
            ("confident_us_org_fake_a1b2c3", Some(Organization), Some(Region::Us)),
            ("Confident_EU_Proj_fake", Some(Project), Some(Region::Eu)),
            ("confident_org_fake", Some(Organization), None),
            ("confident_proj_fake", Some(Project), None),
            ("confident_fake_org", None, None),
            ("confident_us", None, None),
            ("confident_", None, None),
            ("other_us_org_fake", None, None),
            ("sk-fake", None, None),
            ("", None, None),
        ] {
            let key = Secret::new(value);
            assert_eq!((KeyForm::of(&key), Region::of_key(&key)), (form, region), "{value}");
        }
    }
}
