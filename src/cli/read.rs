//! `whoami`, `projects`, `list` and `get`: the commands that change nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::arguments::{Get, List, Plain};
use super::exit::{Exit, Failure};
use super::json::{
    Identity, KeyDocument, Keys, OneKey, OrganizationDocument, PlanDocument, ProjectDocument, Projects, print_json,
};
use super::output::{print, say};
use super::people::{key_details, key_table, project_table, titled};
use super::place::{Place, Wanted};
use super::session::Session;
use crate::api::Client;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::{ApiKey, Organization, Project, Scope};

/// How many scopes are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// The organization, and the key that signs.
pub(super) async fn whoami(session: &Session, arguments: &Plain) -> Result<Exit, Failure> {
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
    facts.extend([("key", key), ("service", session.base_url.clone())]);
    print(&titled(organization.name.as_str(), &facts))?;
    Ok(Exit::Done)
}

/// The projects, in the service's order.
pub(super) async fn projects(session: &Session, arguments: &Plain) -> Result<Exit, Failure> {
    let projects = session.read(async |client| client.projects().await).await?;
    if arguments.json {
        print_json(&Projects { projects: projects.iter().map(ProjectDocument::new).collect() })?;
    } else if projects.is_empty() {
        say("The organization has no projects.");
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

/// The keys of one scope, or of all. What can't be read is told, and the rest is printed.
pub(super) async fn list(session: &Session, arguments: &List) -> Result<Exit, Failure> {
    let wanted = arguments.scope.wanted();
    let (organization, places) = match wanted {
        None => {
            let (organization, projects) =
                session.read(async |client| tokio::join!(client.organization(), client.projects())).await;
            let (organization, projects) = (organization?, projects?);
            (organization.clone(), all_places(organization, projects))
        }
        Some(Wanted::Organization) => {
            let organization = session.read(async |client| client.organization().await).await?;
            (organization.clone(), vec![Place::of_organization(organization)])
        }
        Some(wanted @ Wanted::Project(_)) => {
            let (organization, place) =
                tokio::join!(session.read(async |client| client.organization().await), session.place(wanted));
            (organization?, vec![place?])
        }
    };
    let read = session.read(async |client| read_all(client, places).await).await;
    let unreadable: Vec<_> = read.iter().filter_map(|(place, keys)| Some((place, keys.as_ref().err()?))).collect();
    for (place, error) in &unreadable {
        say(format_args!("ckeys: The keys of {} can't be read. {error}", place.words()));
    }
    let exit = exit_of(&unreadable, read.len());
    let keys: Vec<_> = read
        .into_iter()
        .flat_map(|(place, keys)| {
            let mut keys = keys.unwrap_or_default();
            // Newest first, whatever the service's own order is; what was made together, by its id.
            keys.sort_by_key(|key| Reverse((key.created_at, key.id)));
            keys.into_iter().map(move |key| (place.clone(), key))
        })
        .collect();
    if arguments.json {
        print_json(&Keys {
            organization: OrganizationDocument::new(&organization),
            keys: keys.iter().map(|(place, key)| KeyDocument::new(session, place, key)).collect(),
        })?;
    } else if !keys.is_empty() {
        print(&key_table(session, &keys, wanted.is_none()))?;
    } else if exit == Exit::Done {
        say("There are no keys.");
    }
    Ok(exit)
}

fn all_places(organization: Organization, projects: Vec<Project>) -> Vec<Place> {
    let projects = projects.into_iter().map(Place::of_project);
    std::iter::once(Place::of_organization(organization)).chain(projects).collect()
}

/// Reads the keys of every place, some side by side; the answers are in the order of `places`. Once one of them ran
/// out of time, no further one is begun.
async fn read_all(client: Client, places: Vec<Place>) -> Vec<(Place, Result<Vec<ApiKey>, ApiError>)> {
    let client = Arc::new(client);
    let mut waiting = places.iter().map(|place| place.scope.clone()).enumerate();
    let mut running = JoinSet::new();
    let mut answers = BTreeMap::new();
    let mut out_of_time = None;
    loop {
        while running.len() < SIDE_BY_SIDE && out_of_time.is_none() {
            let Some((at, scope)) = waiting.next() else { break };
            let client = Arc::clone(&client);
            running.spawn(async move { (at, client.keys(&scope).list().await) });
        }
        match running.join_next().await {
            Some(Ok((at, answer))) => {
                if let Err(error @ ApiError { kind: ErrorKind::Timeout { .. }, .. }) = &answer {
                    out_of_time.get_or_insert_with(|| error.clone());
                }
                answers.insert(at, answer);
            }
            // A panic: its message is out, and the place has no answer.
            Some(Err(_)) => {}
            None => break,
        }
    }
    let lost = ErrorKind::Invalid("it was not begun".to_owned());
    let missing = out_of_time.unwrap_or_else(|| ApiError { host: "the service".into(), kind: lost });
    let answer = |at| answers.remove(&at).unwrap_or_else(|| Err(missing.clone()));
    let answered: Vec<_> = (0..places.len()).map(answer).collect();
    places.into_iter().zip(answered).collect()
}

/// 0 where all could be read; 4 where every failure is a refusal of the key; 5 where the one scope is gone; else 1.
fn exit_of(unreadable: &[(&Place, &ApiError)], scopes: usize) -> Exit {
    if unreadable.is_empty() {
        Exit::Done
    } else if unreadable.iter().all(|(_, error)| error.is_unauthorized()) {
        Exit::NotAuthorized
    } else if scopes == 1 && unreadable.iter().all(|(_, error)| error.is_not_found()) {
        Exit::NotFound
    } else {
        Exit::Failed
    }
}
