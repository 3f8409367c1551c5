//! The service: where it is, by which way, whether it answers, and what its clock says.

use std::time::Duration;

use jiff::SignedDuration;

use super::Variable;
use super::check::Check;
use crate::api::announcement::Announcement;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::{ApiKey, Organization, Project, Scope};
use crate::api::{Capabilities, Client, Contact, Speak, Way};
use crate::config::{Address, ConnectionError, Decided, Region};
use crate::journal::Service;
use crate::secret::Secret;
use crate::time;

/// Above this, an answer is slow: all reads of a command have ten seconds.
const SLOW: Duration = Duration::from_secs(3);
/// How far two clocks may differ before it matters to anybody.
const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(60);
/// From here on, statuses are wrong, which are counted in days.
const CLOCK_IS_WRONG: SignedDuration = SignedDuration::from_hours(24);

/// What the service said. What was not asked is none.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) organization: Result<Organization, ApiError>,
    pub(super) projects: Option<Result<Vec<Project>, ApiError>>,
    /// The organization's own keys.
    pub(super) keys: Option<Result<Vec<ApiKey>, ApiError>>,
    /// How the first question was answered.
    contact: Option<Contact>,
    /// What can be done with keys, where that was found out.
    capabilities: Option<Capabilities>,
    /// What else it said.
    announcements: Vec<Announcement>,
}

impl Asked {
    /// Reads what the key may read. Where there is none (not `has_key`), the service is not there or does not know the key, the
    /// first question is the only one.
    pub(super) async fn of(client: &Client, has_key: bool) -> Self {
        let organization = client.organization().await;
        let contact = client.last_contact();
        let may_read_more = match &organization {
            Ok(_) => has_key,
            Err(error) => has_key && error.status() == Some(403) && speaks(error),
        };
        if !may_read_more {
            return Self {
                organization,
                projects: None,
                keys: None,
                contact,
                capabilities: client.capabilities(),
                announcements: client.take_announcements(),
            };
        }
        let own = client.keys(&Scope::Organization);
        let (projects, keys) = tokio::join!(client.projects(), own.list());
        let announcements = client.take_announcements();
        let capabilities = client.capabilities();
        Self { organization, projects: Some(projects), keys: Some(keys), contact, capabilities, announcements }
    }

    /// Whether the service itself answered, be it with a refusal.
    fn was_answered(&self) -> bool {
        self.organization.as_ref().err().is_none_or(speaks)
    }

    /// Whether it answered, and did not take the key; or there was none.
    pub(super) fn is_refused(&self) -> bool {
        self.organization.as_ref().is_err_and(|error| error.is_unauthorized() && speaks(error))
    }
}

/// Whether these are words of the service, and not of something on the way to it.
fn speaks(error: &ApiError) -> bool {
    matches!(&error.kind, ErrorKind::Status(status) if !status.is_page)
}

/// The address, and what decided on it.
pub(super) fn address(
    found: &Result<Address, ConnectionError>,
    key: Option<&Secret>,
    is_demo: bool,
    variable: Variable<'_>,
) -> Check {
    const NAME: &str = "address";
    let address = match found {
        Ok(address) => address,
        // What is there may be a key that was put into the wrong place: it is not quoted.
        Err(ConnectionError::BadRegion(_)) => {
            let summary = "CONFIDENT_REGION holds something else than US, EU or AU, so nothing was sent anywhere";
            return Check::problem(
                NAME,
                summary,
                "Correct it, or unset it: without it the key's prefix decides, else US.",
            );
        }
        Err(ConnectionError::BadBaseUrl(reason)) => {
            let summary = format!("CONFIDENT_BASE_URL {reason}, so nothing was sent anywhere");
            return Check::problem(NAME, summary, "Correct it, or unset it where the service is the vendor's own.");
        }
        Err(error) => return Check::problem(NAME, error.to_string(), "Correct it."),
    };
    let shown = shown(address);
    if is_demo {
        return Check::ok(NAME, format!("{shown}, the embedded service, as --demo asks"));
    }
    let (reason, chooser) = match address.decided {
        Decided::BaseUrl if variable("CONFIDENT_REGION").is_some_and(|region| !region.trim().is_empty()) => {
            ("by CONFIDENT_BASE_URL, which goes before CONFIDENT_REGION", "CONFIDENT_BASE_URL")
        }
        Decided::BaseUrl => ("by CONFIDENT_BASE_URL", "CONFIDENT_BASE_URL"),
        Decided::Region => ("by CONFIDENT_REGION", "CONFIDENT_REGION"),
        Decided::Profile => ("by the profile", "the profile"),
        Decided::Prefix => ("by the key's prefix", "the key's prefix"),
        Decided::Default => ("the default, as nothing says otherwise", "the default"),
    };
    let summary = format!("{shown}, {reason}");
    match (key.and_then(Region::of_key), address.region.or_else(|| Region::of_address(&address.base_url))) {
        (Some(of_key), Some(chosen)) if of_key != chosen => {
            let (of_key, chosen) = (of_key.label(), chosen.label());
            let summary =
                format!("{summary}; but by its prefix the key is one of {of_key}, which {chosen} may not know");
            Check::warning(NAME, summary, format!("Unset {chooser}, or use a key of {chosen}."))
        }
        _ => Check::ok(NAME, summary),
    }
}

fn shown(address: &Address) -> String {
    let base = Service::new(&address.base_url);
    match address.region {
        Some(region) => format!("{} ({})", base.address(), region.label()),
        None => base.address().to_string(),
    }
}

/// Whether there is a proxy in between.
pub(super) fn proxy(way: &Way) -> Check {
    const NAME: &str = "proxy";
    let login = |has: bool| if has { ", with a user or a password" } else { "" };
    match way {
        Way::Loopback => Check::ok(NAME, "None: this machine itself is never asked through one"),
        Way::Direct => Check::ok(NAME, "None: neither HTTPS_PROXY nor ALL_PROXY names one"),
        Way::Through(proxy) => {
            let login = login(proxy.has_login);
            Check::ok(NAME, format!("Through {}, by {}{login}", proxy.address, proxy.variable))
        }
        Way::Past(proxy) => Check::ok(
            NAME,
            format!("None for this host: NO_PROXY goes before {}, which names {}", proxy.variable, proxy.address),
        ),
    }
}

/// Whether the service was reached, and how long that took. `has_key`: whether a key signed the question.
pub(super) fn connection(asked: &Asked, address: &Address, has_key: bool) -> Check {
    const NAME: &str = "connection";
    let contact = match (&asked.organization, &asked.contact) {
        (Ok(_), Some(contact)) => contact,
        (Err(_), Some(contact)) if asked.is_refused() => contact,
        (Err(error), _) => {
            return Check::problem(NAME, error.summary().trim_end_matches('.'), error.advice());
        }
        (Ok(_), None) => return Check::unknown(NAME, "The service answered, but nobody saw when"),
    };
    let took = took(contact.took);
    let how = if address.base_url.scheme() == "https" { "over TLS, trusted" } else { "in clear, within this machine" };
    let but = if has_key { "" } else { "; without a key it says no more" };
    let summary = format!("Reached in {took}, {how}{but}");
    if contact.took < SLOW {
        Check::ok(NAME, summary)
    } else {
        let remedy = "All reads of a command together are given up after 10 s. Check the network, and the proxy if there is one.";
        Check::warning(NAME, format!("{summary}; that is slow"), remedy)
    }
}

fn took(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// What can be done here that not every service can.
pub(super) fn features(asked: &Asked, wanted: &Result<Option<Speak>, ConnectionError>) -> Check {
    const NAME: &str = "features";
    if wanted.is_err() {
        let summary =
            format!("CONFIDENT_API_VERSION holds something else than {}, so commands send nothing", Speak::CHOICES);
        return Check::problem(NAME, summary, "Correct it, or unset it: ckeys then finds out what the service speaks.");
    }
    // A refusal is an answer, but not to this question.
    let Some(capabilities) = asked.capabilities.filter(|_| asked.was_answered()) else {
        return Check::unknown(NAME, "Whether keys can expire and be rotated in place was not found out");
    };
    match (capabilities.expiry.obstacle(), capabilities.rotation.obstacle()) {
        (None, None) => Check::ok(NAME, "Keys can expire, and be rotated in place"),
        (Some(expiry), None) => Check::ok(NAME, expiry),
        (_, Some(rotation)) => Check::ok(NAME, rotation),
    }
}

/// What the service announces beside its answers.
pub(super) fn notices(asked: &Asked) -> Check {
    const NAME: &str = "notices";
    let joined = |words: fn(&Announcement) -> String, between| {
        asked.announcements.iter().map(words).collect::<Vec<_>>().join(between)
    };
    if !asked.announcements.is_empty() {
        Check::warning(NAME, joined(Announcement::summary, ". "), joined(Announcement::advice, " "))
    } else if asked.was_answered() {
        Check::ok(NAME, "The service announces nothing")
    } else {
        Check::unknown(NAME, "The service gave no answer")
    }
}

/// Whether this machine's clock agrees with the service's.
pub(super) fn clock(asked: &Asked) -> Check {
    const NAME: &str = "clock";
    let contact = asked.contact.filter(|_| asked.was_answered());
    let Some(ahead) = contact.and_then(|contact| contact.clock_ahead()) else {
        let reason = if contact.is_some() { "its answer has no date" } else { "it gave no answer" };
        return Check::unknown(NAME, format!("The service's time is not known: {reason}"));
    };
    let off = ahead.abs();
    if off < CLOCKS_AGREE {
        return Check::ok(NAME, "Agrees with the service's to the minute");
    }
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    let summary = format!(
        "This machine's clock is {} {side} the service's: so far off is what keys are said to be",
        time::span(off)
    );
    let remedy = "Set the clock (on most Linux: `timedatectl set-ntp true`). Where it is far off, certificates are refused, too.";
    if off < CLOCK_IS_WRONG { Check::warning(NAME, summary, remedy) } else { Check::problem(NAME, summary, remedy) }
}

#[cfg(test)]
mod tests {
    use super::super::check::Standing;
    use super::*;

    fn set<'a>(variables: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_address_says_what_decided_and_whether_the_key_is_from_elsewhere() {
        let (us, eu) = ("confident_us_org_fake_a1b2c3", "confident_eu_org_fake_a1b2c3");
        let (base, region) = ("CONFIDENT_BASE_URL", "CONFIDENT_REGION");
        for (variables, key, standing, words) in [
            (&[][..], us, Standing::Ok, "https://api.confident-ai.com (US), by the key's prefix"),
            (&[], "fake_a1b2c3", Standing::Ok, "https://api.confident-ai.com (US), the default"),
            (&[], eu, Standing::Ok, "https://eu.api.confident-ai.com (EU), by the key's prefix"),
            (&[(region, "AU")], "fake", Standing::Ok, "https://au.api.confident-ai.com (AU), by CONFIDENT_REGION"),
            (&[(region, "AU")], eu, Standing::Warning, "the key is one of EU, which AU may not know"),
            (&[(base, "https://api.confident-ai.com/")], eu, Standing::Warning, "one of EU, which US may not know"),
            (
                &[(base, "https://keys.example.test/p/")],
                eu,
                Standing::Ok,
                "https://keys.example.test/p, by CONFIDENT_BASE_URL",
            ),
            (
                &[(base, "https://keys.example.test"), (region, "EU")],
                us,
                Standing::Ok,
                "by CONFIDENT_BASE_URL, which goes before CONFIDENT_REGION",
            ),
            (&[(region, "confident_us_org_fake_canary")], us, Standing::Problem, "something else than US, EU or AU"),
            (&[(base, "https://u:canary@keys.example.test")], us, Standing::Problem, "holds a user or a password"),
        ] {
            let (key, variable) = (Secret::new(key), set(variables));
            let found = Address::from_environment(&variable, Some(&key));
            let check = address(&found, Some(&key), false, &variable);
            assert_eq!(check.standing, standing, "{check:?}");
            assert!(check.summary.as_str().contains(words), "{check:?}");
            assert!(!format!("{check:?}").contains("canary"), "{check:?}");
        }
    }

    #[test]
    fn waiting_is_told_in_a_unit_that_fits() {
        assert_eq!(
            (took(Duration::from_micros(12_900)).as_str(), took(Duration::from_millis(2440)).as_str()),
            ("12 ms", "2.4 s")
        );
    }
}
