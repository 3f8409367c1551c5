//! The organization key: whether there is one, whose it is, and what it may do.

use jiff::{SignedDuration, Timestamp};

use super::Variable;
use super::check::Check;
use super::service::Asked;
use crate::advice::Advice;
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, LastUsed, Scope};
use crate::config::{ConnectionError, KeyForm};
use crate::guard::Signer;
use crate::secret::Secret;
use crate::status::{Status, Thresholds};
use crate::time::relative;

const HOW_TO_GET_ONE: &str = "In Confident AI, go to Organization Settings, API Keys, and generate a key. Then run `read -rs CONFIDENT_ORG_API_KEY`, paste it, and run `export CONFIDENT_ORG_API_KEY`.";
/// So long before it expires, a key is told to be about to.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many of several candidates are told.
const MOST_TOLD: usize = 3;

/// Whether there is a key, and what it looks like. `is_accepted`: the service takes it for an organization's; `advice` is
/// about that.
pub(super) fn given(
    key: &Result<Secret, ConnectionError>,
    is_accepted: bool,
    variable: Variable<'_>,
    advice: &Advice,
) -> Check {
    const NAME: &str = "key";
    let project_key =
        variable("CONFIDENT_API_KEY").map(|key| Secret::new(key.trim())).filter(|key| !key.expose().is_empty());
    let key = match key {
        Ok(key) => key,
        Err(ConnectionError::BadKey(what)) => {
            let summary = format!("CONFIDENT_ORG_API_KEY holds {what}, so it can't be a key, and was not sent");
            return Check::problem(NAME, summary, "Copy it again, whole and alone.");
        }
        Err(
            error @ (ConnectionError::ProfileKey { .. }
            | ConnectionError::BadProfileKey { .. }
            | ConnectionError::NoProfile { .. }
            | ConnectionError::BadProfile { .. }),
        ) => {
            let summary = error.to_string();
            return Check::problem(
                NAME,
                summary.trim_end_matches('.'),
                "`ckeys profile list` shows where it should be.",
            );
        }
        Err(_) => {
            return match project_key.as_ref().map(KeyForm::of) {
                None => Check::problem(NAME, "None was given: CONFIDENT_ORG_API_KEY is not set", HOW_TO_GET_ONE),
                Some(Some(KeyForm::Organization)) => Check::problem(
                    NAME,
                    "CONFIDENT_ORG_API_KEY is not set, but CONFIDENT_API_KEY, which is for a project's key and not used here, holds what looks like an organization key",
                    "Give it as CONFIDENT_ORG_API_KEY: `export CONFIDENT_ORG_API_KEY=\"$CONFIDENT_API_KEY\"`.",
                ),
                Some(_) => Check::problem(
                    NAME,
                    "CONFIDENT_ORG_API_KEY is not set; CONFIDENT_API_KEY is, but that is for a project's key, which can't manage keys, and not used here",
                    HOW_TO_GET_ONE,
                ),
            };
        }
    };
    let tail = key.tail();
    match KeyForm::of(key) {
        Some(KeyForm::Project) => {
            let summary = format!("…{tail} looks like a project's key, by its prefix: those can't manage keys");
            let remedy =
                "Put an organization key into CONFIDENT_ORG_API_KEY; a project's key belongs into CONFIDENT_API_KEY.";
            if is_accepted {
                Check::warning(NAME, format!("{summary}; but the service took it"), remedy)
            } else {
                Check::problem(NAME, summary, remedy)
            }
        }
        _ if project_key.as_ref() == Some(key) => Check::warning(
            NAME,
            format!(
                "…{tail} is in CONFIDENT_API_KEY, too: whatever traces or evaluates with that could manage all keys"
            ),
            format!("Put a key of the project into CONFIDENT_API_KEY; {} generates one.", advice.command("create")),
        ),
        Some(KeyForm::Organization) => Check::ok(NAME, format!("…{tail}, by its prefix an organization key")),
        None => Check::ok(NAME, format!("…{tail}; its prefix does not say whose it is")),
    }
}

/// What the key may do, as far as that can be told without changing anything.
pub(super) fn permissions(
    asked: Option<&Asked>,
    key: Option<&Secret>,
    now: Timestamp,
    thresholds: &Thresholds,
) -> Vec<Check> {
    const NAMES: [&str; 5] = ["organization", "projects", "organization-keys", "writes", "signing-key"];
    let (Some(asked), Some(key)) = (asked, key) else {
        let reason = if key.is_none() { "there is no key to ask with" } else { "there is no address to ask at" };
        return NAMES.map(|name| Check::unknown(name, format!("Not asked: {reason}"))).into();
    };
    let reason = if asked.is_refused() { "the key was not accepted" } else { "the service did not answer" };
    let not_asked = |name| Check::unknown(name, format!("Not asked: {reason}"));
    let organization = match &asked.organization {
        Ok(organization) => {
            let plan = organization.plan.as_ref().map(|plan| format!(", plan {plan}")).unwrap_or_default();
            Check::ok(NAMES[0], format!("{} (id {}{plan})", organization.name, organization.id))
        }
        Err(error) if asked.is_refused() => failed(NAMES[0], "the organization", error),
        Err(_) => not_asked(NAMES[0]),
    };
    let projects = match &asked.projects {
        Some(Ok(projects)) => Check::ok(NAMES[1], format!("{} can be read", counted(projects.len(), "project"))),
        Some(Err(error)) => failed(NAMES[1], "the projects", error),
        None => not_asked(NAMES[1]),
    };
    let keys = match &asked.keys {
        Some(Ok(keys)) => Check::ok(NAMES[2], format!("{} can be read", counted(keys.len(), "key"))),
        Some(Err(error)) => failed(NAMES[2], "the organization's keys", error),
        None => not_asked(NAMES[2]),
    };
    let writes = if asked.organization.is_ok() || asked.keys.as_ref().is_some_and(Result::is_ok) {
        Check::unknown(NAMES[3], "Whether it may change keys can't be told without changing one")
            .and("A key that may only read shows at the first change: that is refused (403, exit code 4), and changes nothing.")
    } else {
        not_asked(NAMES[3])
    };
    let own = match &asked.keys {
        Some(Ok(keys)) => signing_key(NAMES[4], keys, &Signer::new(key), now, thresholds),
        Some(Err(_)) => Check::unknown(NAMES[4], "Not looked up: the organization's keys can't be read"),
        None => not_asked(NAMES[4]),
    };
    vec![organization, projects, keys, writes, own]
}

fn failed(name: &'static str, what: &str, error: &ApiError) -> Check {
    let summary = error.summary();
    Check::problem(name, format!("It can't read {what}. {}", summary.trim_end_matches('.')), error.advice())
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The key that signs the calls, among `keys`, those of the organization.
fn signing_key(name: &'static str, keys: &[ApiKey], signer: &Signer, now: Timestamp, thresholds: &Thresholds) -> Check {
    let ours: Vec<_> = keys.iter().filter(|key| signer.may_be(key, &Scope::Organization)).collect();
    let tail = signer.tail();
    match ours[..] {
        [] => Check::warning(
            name,
            format!("No key of the organization ends in …{tail}, so ckeys does not know which one is its own"),
            "Deactivating or deleting it is not refused here then. Look for it in Confident AI, and take care.",
        ),
        [key] => {
            let summary = format!("“{}” (id {}), {}", key.title(), key.id, Status::of(key, now, thresholds).word());
            let summary = match key.last_used {
                LastUsed::At(time) => format!("{summary}, last used {}", relative(time, now)),
                // The status says it.
                LastUsed::Never | LastUsed::Unknown => summary,
            };
            match key.expires_at {
                Some(end) if end.duration_since(now) < SOON => Check::warning(
                    name,
                    format!("{summary}; it expires at {}", end.strftime("%Y-%m-%d %H:%M UTC")),
                    "Generate another organization key before that, and give that one.",
                ),
                _ => Check::ok(name, summary),
            }
        }
        _ => {
            let told: Vec<_> =
                ours.iter().take(MOST_TOLD).map(|key| format!("“{}” (id {})", key.title(), key.id)).collect();
            let more = if ours.len() > MOST_TOLD { ", …" } else { "" };
            Check::warning(
                name,
                format!("{} keys end in …{tail}, so it is one of these: {}{more}", ours.len(), told.join(", ")),
                "ckeys deactivates and deletes none of them. To change the others, sign in with another organization key.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::check::Standing;
    use super::*;

    fn check(org: Option<&str>, project: Option<&str>, is_accepted: bool) -> Check {
        let variable = |name: &str| match name {
            "CONFIDENT_ORG_API_KEY" => org.map(str::to_owned),
            "CONFIDENT_API_KEY" => project.map(str::to_owned),
            _ => None,
        };
        given(&crate::config::key_from_environment(variable), is_accepted, &variable, &Advice::default())
    }

    #[test]
    fn a_key_is_told_by_its_end_and_kind_and_one_in_the_wrong_place_is_found() {
        let (org, project) = ("confident_us_org_fake_canary_a1b2c3", "confident_us_proj_fake_canary_d4e5f6");
        for (given, accepted, standing, words) in [
            ((Some(org), None), true, Standing::Ok, "…a1b2c3, by its prefix an organization key"),
            ((Some("fake_canary_of_no_kind_a1b2c3"), None), true, Standing::Ok, "…a1b2c3; its prefix does not say"),
            ((Some(project), None), false, Standing::Problem, "…d4e5f6 looks like a project's key"),
            ((Some(project), None), true, Standing::Warning, "but the service took it"),
            ((Some(org), Some(project)), true, Standing::Ok, "…a1b2c3"),
            ((Some(org), Some(org)), true, Standing::Warning, "is in CONFIDENT_API_KEY, too"),
            ((Some("fake canary"), None), false, Standing::Problem, "holds white space"),
            ((None, None), false, Standing::Problem, "None was given"),
            ((None, Some(project)), false, Standing::Problem, "can't manage keys, and not used here"),
            ((None, Some(org)), false, Standing::Problem, "holds what looks like an organization key"),
        ] {
            let check = check(given.0, given.1, accepted);
            assert_eq!(check.standing, standing, "{check:?}");
            assert!(check.summary.as_str().contains(words), "{check:?}");
            assert!(!format!("{check:?}").contains("canary"), "{check:?}");
        }
    }

    fn own(keys: serde_json::Value) -> Check {
        let keys: Vec<ApiKey> = serde_json::from_value(keys).unwrap();
        let signer = Signer::new(&Secret::new("confident_us_org_fake_a1b2c3"));
        signing_key("signing-key", &keys, &signer, "2026-11-21T12:00:00Z".parse().unwrap(), &Thresholds::default())
    }

    #[test]
    fn the_signing_key_is_found_or_one_of_several_or_unknown() {
        let key = |id: i64, tail: &str| {
            json!({ "id": id, "name": format!("CI {id}"), "valid": true, "value": format!("***{tail}"),
                    "created_at": "2026-01-01T00:00:00Z", "lastUsed": "2026-11-21T11:57:00Z" })
        };
        let found = own(json!([key(7, "a1b2c3"), key(8, "d4e5f6")]));
        assert_eq!(found, Check::ok("signing-key", "“CI 7” (id 7), active, last used 3 minutes ago"));
        let several = own(json!([key(1, "a1b2c3"), key(2, "a1b2c3"), key(3, "a1b2c3"), key(4, "a1b2c3")]));
        assert_eq!(several.standing, Standing::Warning);
        assert!(several.summary.as_str().ends_with("“CI 1” (id 1), “CI 2” (id 2), “CI 3” (id 3), …"), "{several:?}");
        let none = own(json!([key(8, "d4e5f6")]));
        assert!(none.standing == Standing::Warning && none.summary.as_str().contains("…a1b2c3"), "{none:?}");
        for (end, standing) in [("2026-12-01T00:00:00Z", Standing::Warning), ("2027-12-01T00:00:00Z", Standing::Ok)] {
            let mut ending = key(7, "a1b2c3");
            ending["expiresAt"] = json!(end);
            assert_eq!(own(json!([ending])).standing, standing);
        }
    }
}
