//! `whoami`, `projects`, `list` and `get`: the commands that change nothing.

use super::arguments::{Get, List, Projects, Whoami};
use super::exit::{Exit, Failure};
use super::filter::Filter;
use super::json::{
    Identity, InForceDocument, KeyDocument, Keys, OneKey, OrganizationDocument, PlanDocument, ProjectDocument,
    ProjectsDocument, print_json,
};
use super::output::{inform, print, say};
use super::people::{key_details, key_table, project_table, titled};
use super::place::Place;
use super::session::Session;
use super::sweep::Sweep;
use crate::api::model::Scope;
use crate::config::KeySource;

/// The organization, and the key that signs.
pub(super) async fn whoami(session: &Session, arguments: &Whoami) -> Result<Exit, Failure> {
    let (organization, keys) = session
        .read(async |client| {
            let keys = client.keys(&Scope::Organization);
            tokio::join!(client.organization(), keys.list())
        })
        .await;
    let organization = organization?;
    let place = Place::of_organization(organization.clone());
    let key = match keys {
        Ok(keys) => {
            let mut ours: Vec<_> =
                keys.into_iter().filter(|key| session.signer.may_be(key, &Scope::Organization)).collect();
            if ours.len() == 1 { ours.pop() } else { None }
        }
        Err(error) => {
            say(format_args!("ckeys: The organization's keys can't be read, so yours was not looked up. {error}"));
            None
        }
    };
    if arguments.json {
        print_json(&Identity {
            organization: PlanDocument::new(&organization),
            key: key.as_ref().map(|key| KeyDocument::new(session, &place, key)),
            base_url: &session.base_url,
            in_force: InForceDocument::new(&session.in_force),
        })?;
        return Ok(Exit::Done);
    }
    let tail = session.signer.tail();
    let key = match &key {
        Some(key) => format!("…{tail}, “{}” (id {}), {}", key.title(), key.id, session.status(key).word()),
        None => format!("…{tail}, not recognised among the organization's keys"),
    };
    let mut facts = vec![("id", organization.id.to_string())];
    facts.extend(organization.plan.as_ref().map(|plan| ("plan", plan.to_string())));
    let in_force = &session.in_force;
    facts.extend(in_force.profile.as_ref().map(|(name, by)| ("profile", format!("{name}, by {}", by.words()))));
    facts.extend([("key", key), ("key from", in_force.key.words().to_owned())]);
    let service = match in_force.key {
        KeySource::Embedded => session.base_url.clone(),
        _ => format!("{}, by {}", session.base_url, in_force.address.words()),
    };
    facts.push(("service", service));
    facts.extend(in_force.read_only.as_ref().map(|reason| ("read-only", format!("{reason}."))));
    print(&titled(organization.name.as_str(), &facts))?;
    Ok(Exit::Done)
}

/// The projects, in the service's order.
pub(super) async fn projects(session: &Session, arguments: &Projects) -> Result<Exit, Failure> {
    let projects = session.read(async |client| client.projects().await).await?;
    if arguments.json {
        print_json(&ProjectsDocument { projects: projects.iter().map(ProjectDocument::new).collect() })?;
    } else if projects.is_empty() {
        inform("The organization has no projects.");
    } else {
        print(&project_table(session.style, &projects))?;
    }
    Ok(Exit::Done)
}

/// One key.
pub(super) async fn get(session: &Session, arguments: &Get) -> Result<Exit, Failure> {
    let place = session.place(arguments.scope.wanted()).await?;
    let key = session.key(&place, arguments.id).await?;
    if arguments.json {
        print_json(&OneKey { key: KeyDocument::new(session, &place, &key) })?;
    } else {
        print(&key_details(session, &place, &key))?;
    }
    Ok(Exit::Done)
}

/// The keys of one scope, or of all, that fit the filter. What can't be read is told, and the rest is printed.
pub(super) async fn list(session: &Session, arguments: &List) -> Result<Exit, Failure> {
    let query = arguments.filter.as_ref().map(Filter::read).transpose()?.unwrap_or_default();
    let wanted = arguments.scope.wanted();
    let sweep = Sweep::read(session, wanted).await?;
    sweep.complain();
    let mut keys = sweep.keys(session.now(), &session.settings.thresholds);
    let has_keys = !keys.is_empty();
    keys.retain(|listed| listed.fits(&query, session.now()));
    let exit = sweep.exit();
    if arguments.json {
        print_json(&Keys {
            organization: Some(OrganizationDocument::new(&sweep.organization)),
            keys: keys.iter().map(KeyDocument::of).collect(),
        })?;
    } else if !keys.is_empty() {
        print(&key_table(session, &keys, wanted.is_none()))?;
    } else if exit == Exit::Done {
        inform(if has_keys { "No key fits the filter." } else { "There are no keys." });
    }
    Ok(exit)
}
