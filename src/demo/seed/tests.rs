use std::collections::HashSet;

use super::*;
use crate::demo::store::Key;

fn noon() -> Timestamp {
    Timestamp::from_second(1_772_366_400).unwrap_or_default() // 2026-03-01T12:00:00Z
}

/// Everything about the keys, scope by scope.
fn list(store: &Store, now: Timestamp) -> Vec<String> {
    let projects = store.projects().iter().map(|project| (project.name.as_str(), &project.keys));
    let organization = store.keys(&Scope::Organization).ok().map(|keys| (store.organization().id.as_str(), keys));
    organization
        .into_iter()
        .chain(projects)
        .flat_map(|(scope, keys)| keys.values().map(move |key| (scope, key)))
        .map(|(scope, key)| {
            let Key { id, name, valid, created_at, value, .. } = key;
            format!("{scope} {id} {name:?} {valid} {created_at} {:?} {}", key.last_used(now), value.expose())
        })
        .collect()
}

fn all_keys(store: &Store) -> impl Iterator<Item = &Key> {
    let organization = store.keys(&Scope::Organization).into_iter().flat_map(|keys| keys.values());
    organization.chain(store.projects().iter().flat_map(|project| project.keys.values()))
}

#[test]
fn the_same_seed_on_the_same_day_gives_the_same_data() -> Result<(), StoreError> {
    let (morning, evening) = (noon() - SignedDuration::from_hours(11), noon() + SignedDuration::from_hours(11));
    let size = Size { projects: 30, keys_per_project: 20 };
    // Both seen at one moment, as clients go on calling.
    let stories = [story(7, morning)?, story(7, evening)?].map(|seeded| list(&seeded.store, noon()));
    assert_eq!(stories[0], stories[1]);
    let generations =
        [generated(size, 7, morning)?, generated(size, 7, evening)?].map(|seeded| list(&seeded.store, noon()));
    assert_eq!(generations[0], generations[1]);
    assert_ne!(stories[0], list(&story(8, morning)?.store, noon()));
    assert_ne!(generations[0], list(&generated(size, 8, morning)?.store, noon()));
    Ok(())
}

#[test]
fn history_is_possible_at_every_hour_of_the_day() -> Result<(), StoreError> {
    for hour in 0..24 {
        let now = noon() + SignedDuration::from_hours(hour);
        for seed in 0..4 {
            let size = Size { projects: 10, keys_per_project: 10 };
            for Seeded { store, .. } in [story(seed, now)?, generated(size, seed, now)?] {
                let organization = store.organization();
                for project in store.projects() {
                    assert!(organization.created_at < project.created_at && project.created_at < now);
                    assert!(project.keys.values().all(|key| project.created_at < key.created_at), "{}", project.name);
                }
                for key in all_keys(&store) {
                    assert!(organization.created_at < key.created_at && key.created_at < now);
                    if let Field::Value(used) = key.last_used(now) {
                        assert!(key.created_at <= used && used <= now, "{:?}", key.name);
                    }
                }
            }
        }
    }
    Ok(())
}

#[test]
fn ids_are_unique_and_rise_with_time() -> Result<(), StoreError> {
    let seeded = generated(Size { projects: 40, keys_per_project: 40 }, 1, noon())?;
    let mut keys: Vec<_> = all_keys(&seeded.store).collect();
    keys.sort_by_key(|key| key.id);
    assert!(keys.is_sorted_by_key(|key| key.created_at));
    let tails: HashSet<_> = keys.iter().map(|key| key.value.tail()).collect();
    assert_eq!(tails.len(), keys.len());
    Ok(())
}

#[test]
fn as_much_is_generated_as_was_asked_for() -> Result<(), StoreError> {
    for (projects, keys_per_project) in [(0, 5), (1, 0), (1_000, 2), (1, 2_000)] {
        let seeded = generated(Size { projects, keys_per_project }, 1, noon())?;
        let made = seeded.store.projects();
        assert_eq!(made.len(), projects);
        assert!(made.iter().all(|project| project.keys.len() == keys_per_project));
        let names: HashSet<_> = made.iter().map(|project| &project.name).collect();
        assert_eq!(names.len(), projects, "names of projects are unique");
    }
    Ok(())
}

#[test]
fn the_printed_key_signs_and_is_in_the_organizations_list() -> Result<(), StoreError> {
    let Seeded { mut store, organization_key } = story(0, noon())?;
    assert_eq!(store.authenticate(organization_key.expose(), noon()), Ok(None));
    let is_listed = |key: &Key| key.value == organization_key && key.last_used(noon()) == Field::Value(noon());
    assert!(store.keys(&Scope::Organization)?.values().any(is_listed));
    Ok(())
}
