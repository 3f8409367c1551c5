//! The organization key and the service's address, from the environment.

use reqwest::Url;

use super::error::ConnectionError;
use super::in_force::InForce;
use super::site::{Region, base_url, host};
use super::source::{BASE_URL_VARIABLE, Decided, KEY_VARIABLE, KeySource, REGION_VARIABLE};
use crate::api::Speak;
use crate::secret::Secret;
use crate::text::Text;

const VERSION_VARIABLE: &str = "CONFIDENT_API_VERSION";
/// The project key of the vendor's evaluation library: never an organization key.
const PROJECT_KEY_VARIABLE: &str = "CONFIDENT_API_KEY";

/// How to get an organization key and how to give it, a line each.
pub const NO_KEY_HELP: [&str; 12] = [
    "To get one: in Confident AI, go to Organization Settings,",
    "API Keys, and generate a key there.",
    "",
    "To give it, without leaving it in the shell's history:",
    "  read -rs CONFIDENT_ORG_API_KEY",
    "  export CONFIDENT_ORG_API_KEY",
    "Then start ckeys again.",
    "",
    "Set CONFIDENT_REGION to EU or AU where you are there,",
    "or CONFIDENT_BASE_URL for a service of your own.",
    "",
    "No account? `ckeys --demo` shows it on made-up data.",
];

/// Where the service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// With a path prefix where it has one.
    pub base_url: Url,
    /// The vendor's region, where the address is chosen by that.
    pub region: Option<Region>,
    /// By what.
    pub decided: Decided,
}

impl Address {
    /// Reads the environment by `variable`, as the vendor's clients do: `CONFIDENT_BASE_URL`, else the region in
    /// `CONFIDENT_REGION`, else the one in the prefix of `key`, else US.
    ///
    /// # Errors
    /// Where a variable holds what can't be used.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
        key: Option<&Secret>,
    ) -> Result<Self, ConnectionError> {
        Self::of_environment(variable)?.map_or_else(|| Self::by_key(key), Ok)
    }

    /// What the environment, `variable`, says by itself; none where it leaves that open.
    ///
    /// # Errors
    /// Where a variable holds what can't be used.
    pub(super) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConnectionError> {
        if let Some(base) = filled(&variable, BASE_URL_VARIABLE) {
            let base_url = base_url(&base, false).map_err(ConnectionError::BadBaseUrl)?;
            return Ok(Some(Self { base_url, region: None, decided: Decided::BaseUrl }));
        }
        let Some(label) = filled(&variable, REGION_VARIABLE) else { return Ok(None) };
        let region =
            Region::from_label(&label).ok_or_else(|| ConnectionError::BadRegion(quotable(&label, "no region")))?;
        Self::of_region(region, Decided::Region).map(Some)
    }

    /// Whether the key and every secret cross the network in the open.
    pub(super) fn is_in_the_open(&self) -> bool {
        self.base_url.scheme() == "http" && !crate::api::is_loopback(&self.base_url)
    }

    /// Where the prefix of `key` says, else in the United States.
    pub(super) fn by_key(key: Option<&Secret>) -> Result<Self, ConnectionError> {
        match key.and_then(Region::of_key) {
            Some(region) => Self::of_region(region, Decided::Prefix),
            None => Self::of_region(Region::Us, Decided::Default),
        }
    }

    pub(super) fn of_region(region: Region, decided: Decided) -> Result<Self, ConnectionError> {
        let base_url = base_url(region.base_url(), false).map_err(ConnectionError::BadBaseUrl)?;
        Ok(Self { base_url, region: Some(region), decided })
    }
}

/// The organization key that the environment, `variable`, holds.
///
/// # Errors
/// Where it holds none, or what can't be sent.
pub fn key_from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Secret, ConnectionError> {
    let key = filled(&variable, KEY_VARIABLE)
        .map(Secret::new)
        .ok_or_else(|| ConnectionError::NoKey { has_project_key: filled(&variable, PROJECT_KEY_VARIABLE).is_some() })?;
    match unsendable(key.expose()) {
        Some(what) => Err(ConnectionError::BadKey(what)),
        None => Ok(key),
    }
}

/// The versions of the API to speak, where the environment, `variable`, says so.
///
/// # Errors
/// Where it says what there is not.
pub fn speak_from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<Speak>, ConnectionError> {
    let parse = |word: String| word.parse().map_err(|()| ConnectionError::BadVersion(quotable(&word, "no version")));
    filled(&variable, VERSION_VARIABLE).map(parse).transpose()
}

/// Whether the environment, `variable`, holds an organization key.
pub fn holds_key(variable: impl Fn(&str) -> Option<String>) -> bool {
    filled(&variable, KEY_VARIABLE).is_some()
}

/// A variable without the white space around it, where it holds anything else.
pub(super) fn filled(variable: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Which service, and the organization key that signs the calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The service's address, with a path prefix where it has one.
    pub base_url: Url,
    /// The vendor's region, where the address is one of the vendor's.
    pub region: Option<Region>,
    /// Signs every call.
    pub key: Secret,
    /// The versions of the service's API to speak; none where the environment leaves that to `config.toml`.
    pub speak: Option<Speak>,
    /// Where all of that is from.
    pub in_force: InForce,
}

impl Connection {
    /// Reads the environment by `variable`: the key, and the [`Address`].
    ///
    /// # Errors
    /// Where no key is given, or a variable holds what can't be used.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConnectionError> {
        let key = key_from_environment(&variable)?;
        let Address { base_url, region, decided } = Address::from_environment(&variable, Some(&key))?;
        let speak = speak_from_environment(&variable)?;
        Ok(Self { base_url, region, key, speak, in_force: InForce { address: decided, ..InForce::default() } })
    }

    /// A connection to the embedded service.
    ///
    /// # Errors
    /// Where `base` is no address.
    pub fn to_demo(base: &str, key: Secret) -> Result<Self, ConnectionError> {
        let base_url = base_url(base, false).map_err(ConnectionError::BadBaseUrl)?;
        let in_force = InForce { key: KeySource::Embedded, ..InForce::default() };
        Ok(Self { base_url, region: None, key, speak: None, in_force })
    }

    /// The region, or the host with its port and prefix, for people.
    pub fn place(&self) -> String {
        match self.region {
            Some(region) => region.label().to_owned(),
            None => host(&self.base_url),
        }
    }
}

/// A word that is not what it should be, for its error: one that is too long for that may be a key in the wrong place, and
/// `unnamed` is said instead.
pub(super) fn quotable(word: &str, unnamed: &str) -> Text {
    const LONGEST: usize = 10;
    if word.chars().count() > LONGEST { Text::from(unnamed) } else { Text::from(format!("\"{word}\"")) }
}

/// What in `key` no header can carry.
pub(super) fn unsendable(key: &str) -> Option<&'static str> {
    if key.chars().any(|character| character.is_whitespace() || character.is_control()) {
        Some("white space or a control character")
    } else if !key.is_ascii() {
        Some("a character beyond ASCII")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Connection, ConnectionError> {
        Connection::from_environment(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const KEY: (&str, &str) = (KEY_VARIABLE, "confident_org_fake_not_a_key_a1b2c3");

    #[test]
    fn the_address_comes_from_the_base_url_the_region_the_prefix_in_this_order() {
        let eu = (KEY_VARIABLE, "confident_eu_org_fake_not_a_key_a1b2c3");
        let base = (BASE_URL_VARIABLE, "https://keys.example.test/confident/");
        let region = (REGION_VARIABLE, "au");
        for (variables, expected, place) in [
            (vec![KEY], "https://api.confident-ai.com/", "US"),
            (vec![eu], "https://eu.api.confident-ai.com/", "EU"),
            (vec![eu, region], "https://au.api.confident-ai.com/", "AU"),
            (vec![eu, region, base], "https://keys.example.test/confident/", "keys.example.test/confident"),
            (vec![eu, (REGION_VARIABLE, ""), (BASE_URL_VARIABLE, " ")], "https://eu.api.confident-ai.com/", "EU"),
            (vec![KEY, (BASE_URL_VARIABLE, "http://127.0.0.1:8080")], "http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ] {
            let connection = from(&variables).unwrap();
            assert_eq!((connection.base_url.as_str(), connection.place().as_str()), (expected, place));
        }
    }

    #[test]
    fn a_key_is_trimmed_and_checked_and_never_shown() {
        assert_eq!(from(&[(KEY_VARIABLE, " fake_a1b2c3\n")]).unwrap().key, Secret::new("fake_a1b2c3"));
        for bad in ["fake key", "fake\u{1b}key", "fäke"] {
            let error = from(&[(KEY_VARIABLE, bad)]).unwrap_err();
            assert!(matches!(error, ConnectionError::BadKey(_)), "{error}");
            assert!(!error.to_string().contains(bad));
        }
    }

    #[test]
    fn a_project_key_is_not_taken_for_it() {
        let error = from(&[("CONFIDENT_API_KEY", "confident_us_proj_fake_not_a_key")]).unwrap_err();
        assert_eq!(error, ConnectionError::NoKey { has_project_key: true });
        assert_eq!(from(&[(KEY_VARIABLE, "  ")]).unwrap_err(), ConnectionError::NoKey { has_project_key: false });
    }

    #[test]
    fn the_version_is_chosen_by_a_word() {
        for (word, expected) in
            [("", None), ("auto", Some(Speak::Auto)), (" v1 ", Some(Speak::V1)), ("V2", Some(Speak::V2))]
        {
            assert_eq!(from(&[KEY, (VERSION_VARIABLE, word)]).unwrap().speak, expected, "{word}");
        }
        let error = from(&[KEY, (VERSION_VARIABLE, "3")]).unwrap_err();
        assert_eq!(error.to_string(), "CONFIDENT_API_VERSION is \"3\", but it takes auto, v1 or v2. Nothing was sent.");
    }

    #[test]
    fn an_address_that_can_not_be_meant_is_refused() {
        for bad in [
            "http://10.0.0.7",
            "http://keys.example.test",
            "ftp://127.0.0.1",
            "keys.example.test",
            "https://user:pass@host",
            "https://host/?a",
            "http://localhost.example.test",
            "https://keys.example.test/v1",
            "https://keys.example.test/confident_us_org_fake_not_a_key_a1b2c3",
            "https://keys.example.test/confident/v2//",
        ] {
            let error = from(&[KEY, (BASE_URL_VARIABLE, bad)]).unwrap_err();
            assert!(matches!(error, ConnectionError::BadBaseUrl(_)), "{bad}");
            assert!(!error.to_string().contains("pass@"), "{error}");
        }
        assert!(matches!(from(&[KEY, (REGION_VARIABLE, "MARS")]), Err(ConnectionError::BadRegion(_))));
    }

    #[test]
    fn what_decided_on_the_address_is_known_with_and_without_a_key() {
        let key = |value: &'static str| Some(Secret::new(value));
        let (base, region) = ((BASE_URL_VARIABLE, "https://keys.example.test"), (REGION_VARIABLE, "au"));
        for (variables, key, expected) in [
            (vec![base, region], key("confident_eu_org_fake_a1b2c3"), (None, Decided::BaseUrl)),
            (vec![region], key("confident_eu_org_fake_a1b2c3"), (Some(Region::Au), Decided::Region)),
            (vec![], key("confident_eu_org_fake_a1b2c3"), (Some(Region::Eu), Decided::Prefix)),
            (vec![], key("confident_org_fake_a1b2c3"), (Some(Region::Us), Decided::Default)),
            (vec![region], None, (Some(Region::Au), Decided::Region)),
            (vec![], None, (Some(Region::Us), Decided::Default)),
        ] {
            let variable =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into());
            let address = Address::from_environment(variable, key.as_ref()).unwrap();
            assert_eq!((address.region, address.decided), expected, "{variables:?}");
        }
        for region in Region::ALL {
            assert_eq!(Region::of_address(&region.base_url().parse().unwrap()), Some(region));
        }
        assert_eq!(Region::of_address(&"https://keys.example.test".parse().unwrap()), None);
    }
}
