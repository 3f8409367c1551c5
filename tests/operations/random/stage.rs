//! The service, the people who share it, and what it must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::ops::Range;
use std::time::{Duration, Instant};

use confident_keys::api::Limits;
use confident_keys::api::model::{ApiKey, KeyId, Lifetime, Scope};
use confident_keys::demo::Options;
use proptest::prelude::*;

use crate::world::World;

/// The names of new keys: few, so that they come again.
pub(crate) const NAMES: [&str; 3] = ["CI", "Nightly evals", "日本語 ✓"];
/// Choose among what there is, which is fewer.
pub(crate) const NUMBERS: Range<usize> = 0..30;
/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A key and its scope.
pub(crate) type Place = (Scope, KeyId);

/// What is of interest of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) name: Option<String>,
    pub(crate) valid: bool,
}

impl From<&ApiKey> for State {
    fn from(key: &ApiKey) -> Self {
        Self { name: key.name.as_ref().map(|name| name.raw().to_owned()), valid: key.valid }
    }
}

/// All keys of the service.
pub(crate) type Holding = BTreeMap<Place, State>;

/// Something that another person does. Numbers choose among what there is then.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Generate {
        scope: usize,
        name: usize,
    },
    /// Turns a key off or on.
    Turn(usize),
    Delete(usize),
}

pub(crate) fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => (NUMBERS, NUMBERS).prop_map(|(scope, name)| Change::Generate { scope, name }),
        2 => NUMBERS.prop_map(Change::Turn),
        1 => NUMBERS.prop_map(Change::Delete),
    ]
}

/// The service, and what it must hold.
pub(crate) struct Stage {
    pub(crate) world: World,
    /// How long the program waits for answers.
    pub(crate) limits: Limits,
    pub(crate) scopes: Vec<Scope>,
    /// As far as anybody may know: what was there, what others did, and what the program said for certain.
    pub(crate) expected: Holding,
    /// The keys that were there before, or are another person's, or that the program told of.
    pub(crate) accounted: BTreeSet<KeyId>,
    /// It signs the calls, and the guards keep it from changes.
    signing: KeyId,
}

impl Stage {
    pub(crate) fn new(limits: Limits) -> Self {
        let world = World::with(&Options { projects: Some(2), keys_per_project: Some(2), ..Options::default() });
        let projects = world.wait(world.truth.projects()).unwrap();
        let scopes: Vec<_> = [Scope::Organization]
            .into_iter()
            .chain(projects.into_iter().map(|project| Scope::Project(project.id)))
            .collect();
        let tail = world.service.organization_key().tail();
        let signing = world.keys().into_iter().find(|key| key.value.tail() == tail).unwrap().id;
        let (expected, accounted) = (Holding::new(), BTreeSet::new());
        let mut stage = Self { world, limits, scopes, expected, accounted, signing };
        stage.expected = stage.truth();
        stage.accounted = stage.expected.keys().map(|(_, id)| *id).collect();
        stage
    }

    pub(crate) fn scope(&self, number: usize) -> Scope {
        self.scopes[number % self.scopes.len()].clone()
    }

    /// One of the keys that may be changed.
    pub(crate) fn place(&self, number: usize) -> Option<Place> {
        let places: Vec<_> = self.expected.keys().filter(|(_, id)| *id != self.signing).collect();
        (!places.is_empty()).then(|| places[number % places.len()].clone())
    }

    /// What the service holds. Nothing goes wrong any more.
    pub(crate) fn truth(&self) -> Holding {
        self.world.fails(&[]);
        self.world.wait(async {
            let mut holding = Holding::new();
            for scope in &self.scopes {
                for key in self.world.truth.keys(scope).list().await.unwrap() {
                    holding.insert((scope.clone(), key.id), State::from(&key));
                }
            }
            holding
        })
    }

    /// What the service holds, where only what `is_open` is true of may be another than was expected.
    #[track_caller]
    pub(crate) fn is_as_expected_but_for(&mut self, is_open: impl Fn(&Place) -> bool) {
        let truth = self.truth();
        let certain = |holding: &Holding| -> Holding {
            holding
                .iter()
                .filter(|(place, _)| !is_open(place))
                .map(|(place, state)| (place.clone(), state.clone()))
                .collect()
        };
        assert_eq!(certain(&truth), certain(&self.expected), "the service does not hold what it must (left)");
        self.expected = truth;
    }

    /// The keys of `scope` that nobody expected.
    pub(crate) fn unexpected(&self, scope: &Scope) -> Vec<KeyId> {
        let truth = self.truth();
        truth
            .into_keys()
            .filter(|place| place.0 == *scope && !self.expected.contains_key(place))
            .map(|(_, id)| id)
            .collect()
    }

    /// Another person does something. It does not always work: the key may be gone.
    pub(crate) fn elsewhere(&mut self, change: Change) {
        self.world.fails(&[]);
        let done = self.world.wait(self.changing(change));
        self.note(done);
    }

    /// Another person does something; what became of it is for [`note`](Self::note).
    pub(crate) async fn changing(&self, change: Change) -> Option<(Place, Option<State>)> {
        let client = &self.world.truth;
        match change {
            Change::Generate { scope, name } => {
                let (scope, name) = (self.scope(scope), NAMES[name % NAMES.len()]);
                let key = client.keys(&scope).create(name, Lifetime::Unlimited).await.unwrap().key;
                Some(((scope, key.id), Some(State::from(&key))))
            }
            Change::Turn(number) => {
                let place = self.place(number)?;
                let now = client.keys(&place.0).get(place.1).await.ok()?;
                let key = client.keys(&place.0).set_valid(place.1, !now.valid).await.ok()?;
                Some((place, Some(State::from(&key))))
            }
            Change::Delete(number) => {
                let place = self.place(number)?;
                client.keys(&place.0).delete(place.1).await.ok()?;
                Some((place, None))
            }
        }
    }

    pub(crate) fn note(&mut self, done: Option<(Place, Option<State>)>) {
        let Some((place, state)) = done else { return };
        self.accounted.insert(place.1);
        match state {
            Some(state) => self.expected.insert(place, state),
            None => self.expected.remove(&place),
        };
    }

    /// The keys that nobody has accounted for.
    pub(crate) fn untold(&self) -> Vec<Place> {
        self.expected.keys().filter(|(_, id)| !self.accounted.contains(id)).cloned().collect()
    }

    /// How many requests that change something came so far, with this method.
    pub(crate) fn writes(&self) -> [usize; 3] {
        ["POST", "PUT", "DELETE"].map(|method| self.world.count(method))
    }
}

/// Ready when `is_so`.
pub(crate) async fn until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "it did not come to it");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Does `first`, and `then` as soon as `is_so`, where that comes before its end.
pub(crate) async fn and_meanwhile<T, M>(
    first: impl Future<Output = T>,
    is_so: impl Fn() -> bool,
    then: impl Future<Output = M>,
) -> (T, Option<M>) {
    tokio::pin!(first);
    tokio::select! {
        biased;
        result = &mut first => return (result, None),
        () = until(is_so) => {}
    }
    let (result, meanwhile) = tokio::join!(first, then);
    (result, Some(meanwhile))
}
