//! Reading the keys of every scope, or of one: what `list` and `audit` have in common.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::exit::{Exit, Failure};
use super::output::say;
use super::place::{Place, Wanted};
use super::progress::Progress;
use super::session::Session;
use crate::api::Client;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::{ApiKey, Organization, Project};
use crate::operations::Pace;
use crate::query::{self, Query, Subject};
use crate::status::{Expiry, Status, Thresholds};

/// How often a scope has another turn after the service asked for a pause.
const MORE_TURNS: u32 = 5;
/// What a turn costs after the service was asked too much and named no pause: the client tried several times by itself.
const COST_UNNAMED: u32 = 3;
/// How long a scope waits for such a turn.
const PAUSE: Duration = Duration::from_millis(500);

/// What was read.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) organization: Organization,
    /// Whether every scope was asked for, and not one alone.
    pub(super) is_whole: bool,
    places: Vec<(Place, Result<Vec<ApiKey>, ApiError>)>,
}

/// A key that was read, with where it is and how it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) place: &'a Place,
    pub(super) key: &'a ApiKey,
    pub(super) status: Status,
    /// Whether another key of its scope has its name.
    pub(super) is_duplicate: bool,
}

impl Listed<'_> {
    /// Whether it fits `query`, at the time `now`.
    pub(super) fn fits(&self, query: &Query, now: Timestamp) -> bool {
        let Self { place, key, status, is_duplicate } = *self;
        let subject = Subject { key, status, scope: &place.scope, scope_name: place.name.as_str(), is_duplicate };
        query.fits(&subject, now)
    }

    /// Whether it works, and will stop by itself within two weeks.
    pub(super) fn is_expiring(&self, now: Timestamp) -> bool {
        Expiry::is_near(self.key, self.status, now)
    }
}

impl Sweep {
    /// Reads the keys of the scope that was asked for, of all where none was.
    ///
    /// # Errors
    /// Where it can't be known which scopes there are. Scopes that can't be read are in [`Self::unreadable`].
    pub(super) async fn read(session: &Session, wanted: Option<Wanted<'_>>) -> Result<Self, Failure> {
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
        let places = session.read(async |client| read_all(client, places, &session.progress).await).await;
        Ok(Self { organization, is_whole: wanted.is_none(), places })
    }

    /// Every scope that was asked for, in the service's order, the organization first.
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().map(|(place, _)| place)
    }

    /// Every key that could be read: scope by scope, the newest first, whatever the service's own order is; what was
    /// made together, by its id.
    pub(super) fn keys(&self, now: Timestamp, thresholds: &Thresholds) -> Vec<Listed<'_>> {
        let readable = self.places.iter().filter_map(|(place, keys)| Some((place, keys.as_ref().ok()?)));
        readable
            .flat_map(|(place, keys)| {
                let duplicates = query::duplicates(keys);
                let listed = |key| Listed {
                    place,
                    key,
                    status: Status::of(key, now, thresholds),
                    is_duplicate: duplicates.contains(&key.id),
                };
                let mut keys: Vec<_> = keys.iter().map(listed).collect();
                keys.sort_by_key(|listed| Reverse((listed.key.created_at, listed.key.id)));
                keys
            })
            .collect()
    }

    /// The scopes that could not be read, and why.
    pub(super) fn unreadable(&self) -> Vec<(&Place, &ApiError)> {
        self.places.iter().filter_map(|(place, keys)| Some((place, keys.as_ref().err()?))).collect()
    }

    /// Tells what could not be read.
    pub(super) fn complain(&self) {
        for (place, error) in self.unreadable() {
            say(format_args!("ckeys: The keys of {} can't be read. {error}", place.words()));
        }
    }

    /// 0 where all could be read; 4 where every failure is a refusal of the key; 5 where the one scope is gone; else 1.
    pub(super) fn exit(&self) -> Exit {
        let unreadable = self.unreadable();
        if unreadable.is_empty() {
            Exit::Done
        } else if unreadable.iter().all(|(_, error)| error.is_unauthorized()) {
            Exit::NotAuthorized
        } else if self.places.len() == 1 && unreadable.iter().all(|(_, error)| error.is_not_found()) {
            Exit::NotFound
        } else {
            Exit::Failed
        }
    }
}

fn all_places(organization: Organization, projects: Vec<Project>) -> Vec<Place> {
    let mut names = HashMap::<_, usize>::new();
    for project in &projects {
        *names.entry(project.name.clone()).or_default() += 1;
    }
    let projects = projects.into_iter().map(Place::of_project).map(|place| {
        let is_ambiguous = names.get(&place.name).is_some_and(|count| *count > 1);
        Place { is_ambiguous, ..place }
    });
    std::iter::once(Place::of_organization(organization)).chain(projects).collect()
}

/// A scope's turn to be read.
#[derive(Debug, Clone, Copy)]
struct Turn {
    /// Which scope.
    at: usize,
    /// To be waited first.
    pause: Duration,
    /// How many more it may have.
    left: u32,
    /// The pace when it began.
    round: u32,
}

/// Reads the keys of every place, some side by side; the answers are in the order of `places`. Once one of them ran
/// out of time, no further one is begun.
async fn read_all(
    client: Client,
    places: Vec<Place>,
    progress: &Progress,
) -> Vec<(Place, Result<Vec<ApiKey>, ApiError>)> {
    // So that all slow down at the first pause that is asked for.
    let client = Arc::new(client.telling_pauses());
    let turn = |at| Turn { at, pause: Duration::ZERO, left: MORE_TURNS, round: 0 };
    let mut waiting: VecDeque<_> = (0..places.len()).map(turn).collect();
    let mut running = JoinSet::new();
    let mut pace = Pace::default();
    let mut answers = BTreeMap::new();
    let mut out_of_time = None;
    progress.count(0, places.len());
    loop {
        while running.len() < pace.most() && out_of_time.is_none() {
            let Some(turn) = waiting.pop_front().map(|turn| Turn { round: pace.round(), ..turn }) else { break };
            let Some(scope) = places.get(turn.at).map(|place| place.scope.clone()) else { continue };
            let client = Arc::clone(&client);
            running.spawn(async move {
                tokio::time::sleep(turn.pause).await;
                (turn, client.keys(&scope).list().await)
            });
        }
        match running.join_next().await {
            Some(Ok((turn, answer))) => {
                if let Err(error @ ApiError { kind: ErrorKind::Timeout { .. }, .. }) = &answer {
                    out_of_time.get_or_insert_with(|| error.clone());
                }
                match &answer {
                    Err(error) if error.retry_after().is_some() || error.status() == Some(429) => {
                        pace.slow_down(turn.round);
                        let (pause, cost) = error.retry_after().map_or((PAUSE, COST_UNNAMED), |asked| (asked, 1));
                        let is_in_time = client.time_left().is_none_or(|left| pause < left);
                        if let Some(left) = turn.left.checked_sub(cost).filter(|_| is_in_time) {
                            waiting.push_back(Turn { pause, left, ..turn });
                            continue;
                        }
                    }
                    _ => pace.go_on(turn.round),
                }
                answers.insert(turn.at, answer);
                progress.count(answers.len(), places.len());
            }
            // A panic, which ends the program.
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
