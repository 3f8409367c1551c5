use std::num::NonZeroU32;

use fastrand::Rng;
use jiff::ToSpan;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn noon() -> Timestamp {
    at("2026-03-01T12:00:00Z")
}

fn empty() -> Store {
    Store::new("Acme", "TEAM", noon(), 10, Mint::new(Rng::with_seed(3)))
}

fn with_project() -> (Store, Scope) {
    let mut store = empty();
    let id = store.create_project("App", None, noon()).map(|project| project.id.clone());
    (store, Scope::Project(id.unwrap_or_default()))
}

fn past(client: Option<Client>, last_used: Field<Timestamp>) -> PastKey {
    PastKey { name: Field::Null, valid: true, created_at: noon(), expires_at: None, last_used, client }
}

#[test]
fn ids_rise_over_all_scopes_and_are_never_reused() -> Result<(), StoreError> {
    let (mut store, scope) = with_project();
    let first = store.create_key(&Scope::Organization, "a", None, noon())?.id;
    let second = store.create_key(&scope, "b", None, noon())?.id;
    store.delete_key(&scope, second)?;
    let third = store.create_key(&Scope::Organization, "c", None, noon())?.id;
    let Scope::Project(project) = &scope else { unreachable!() };
    store.delete_project(project)?;
    let fourth = store.create_key(&Scope::Organization, "d", None, noon())?.id;
    // 11 is the project's default key.
    assert_eq!([first, second, third, fourth], [12, 13, 14, 15]);
    Ok(())
}

#[test]
fn only_valid_keys_of_the_organization_authenticate() -> Result<(), StoreError> {
    let (mut store, scope) = with_project();
    let key = store.create_key(&Scope::Organization, "mine", None, noon())?;
    let (id, value) = (key.id, key.value.clone());
    assert_eq!(key.last_used(noon()), Field::Null);
    let project_value = store.create_key(&scope, "app", None, noon())?.value.clone();
    let later = noon() + 90.seconds();

    assert_eq!(store.authenticate(value.expose(), later), Ok(None));
    assert_eq!(store.key(&Scope::Organization, id)?.last_used(later), Field::Value(later));
    assert_eq!(store.authenticate(project_value.expose(), later), Err(StoreError::ProjectCredential));
    assert_eq!(store.authenticate("", later), Err(StoreError::UnknownCredential));

    store.set_key_valid(&Scope::Organization, id, false, later)?;
    assert_eq!(store.authenticate(value.expose(), later + 1.hour()), Err(StoreError::InactiveCredential));
    assert_eq!(store.key(&Scope::Organization, id)?.last_used(later), Field::Value(later));
    store.set_key_valid(&Scope::Organization, id, true, later)?;
    assert_eq!(store.authenticate(value.expose(), later), Ok(None));
    store.delete_key(&Scope::Organization, id)?;
    assert_eq!(store.authenticate(value.expose(), later), Err(StoreError::UnknownCredential));
    Ok(())
}

#[test]
fn a_key_is_only_found_in_its_own_scope() -> Result<(), StoreError> {
    let (mut store, scope) = with_project();
    let id = store.create_key(&scope, "b", None, noon())?.id;
    for other in [Scope::Organization, Scope::Project("nobody".to_owned())] {
        assert!(store.key(&other, id).is_err());
        assert!(store.set_key_valid(&other, id, false, noon()).is_err());
        assert!(store.delete_key(&other, id).is_err());
    }
    assert!(store.key(&scope, id)?.valid);
    Ok(())
}

#[test]
fn a_simulated_client_calls_at_its_multiples_while_the_key_is_valid() -> Result<(), StoreError> {
    let mut store = empty();
    let period = NonZeroU32::new(600).unwrap_or(NonZeroU32::MIN);
    let client = Client { period, phase: 60, since: noon() };
    let id = store.add_key(&Scope::Organization, past(Some(client), Field::Null))?.id;
    let seen = |store: &Store, time| store.key(&Scope::Organization, id).map(|key| key.last_used(at(time)));

    assert_eq!(seen(&store, "2026-03-01T12:00:59Z")?, Field::Null, "its first call is to come");
    assert_eq!(seen(&store, "2026-03-01T12:01:00Z")?, Field::Value(at("2026-03-01T12:01:00Z")));
    assert_eq!(seen(&store, "2026-03-01T12:10:59.999Z")?, Field::Value(at("2026-03-01T12:01:00Z")));

    store.set_key_valid(&Scope::Organization, id, false, at("2026-03-01T12:15:00Z"))?;
    let frozen = Field::Value(at("2026-03-01T12:11:00Z"));
    assert_eq!(seen(&store, "2026-03-02T00:00:00Z")?, frozen);

    store.set_key_valid(&Scope::Organization, id, true, at("2026-03-01T14:05:00Z"))?;
    assert_eq!(seen(&store, "2026-03-01T14:10:00Z")?, frozen, "no call happened while it was inactive");
    assert_eq!(seen(&store, "2026-03-01T14:11:30Z")?, Field::Value(at("2026-03-01T14:11:00Z")));
    Ok(())
}

#[test]
fn setting_what_is_set_changes_nothing() -> Result<(), StoreError> {
    let mut store = empty();
    let client = Client { period: NonZeroU32::MIN, phase: 0, since: noon() };
    let id = store.add_key(&Scope::Organization, past(Some(client), Field::Absent))?.id;
    let later = noon() + 1.hour();
    store.set_key_valid(&Scope::Organization, id, true, later + 1.hour())?;
    assert_eq!(store.key(&Scope::Organization, id)?.last_used(later), Field::Value(later));
    Ok(())
}

#[test]
fn masked_values_are_fifteen_asterisks_and_six_characters() -> Result<(), StoreError> {
    let mut store = empty();
    let key = store.create_key(&Scope::Organization, "a", None, noon())?;
    assert_eq!(key.masked(), format!("***************{}", key.value.tail()));
    assert_eq!(key.masked().len(), 21);
    Ok(())
}

#[test]
fn names_are_trimmed_and_bounded_and_of_projects_unique() -> Result<(), StoreError> {
    let (mut store, scope) = with_project();
    assert_eq!(store.create_key(&scope, "  two words ", None, noon())?.name, Field::Value("two words".to_owned()));
    assert!(store.create_key(&scope, "two words", None, noon()).is_ok());
    assert_eq!(store.create_key(&scope, " \u{3000}\n", None, noon()).err(), Some(StoreError::NameEmpty));
    assert!(store.create_key(&scope, &"語".repeat(MAX_NAME_CHARS), None, noon()).is_ok());
    assert_eq!(store.create_key(&scope, &"語".repeat(256), None, noon()).err(), Some(StoreError::NameTooLong));

    assert_eq!(store.create_project(" App", None, noon()).err(), Some(StoreError::NameTaken));
    let other = store.create_project("Other", Some("about"), noon())?.id.clone();
    assert_eq!(store.update_project(&other, Some("App"), Field::Null).err(), Some(StoreError::NameTaken));
    assert_eq!(store.project(&other)?.description.as_deref(), Some("about"), "a refusal changes nothing");
    assert!(store.update_project(&other, Some("Other"), Field::Null)?.description.is_none());
    let long = "x".repeat(MAX_DESCRIPTION_CHARS + 1);
    assert_eq!(store.update_project(&other, None, Field::Value(&long)).err(), Some(StoreError::DescriptionTooLong));
    assert_eq!(store.rename_organization("").err(), Some(StoreError::NameEmpty));
    assert_eq!(store.rename_organization("Ajax")?.name, "Ajax");
    Ok(())
}

#[test]
fn projects_are_found_after_others_are_gone() -> Result<(), StoreError> {
    let mut store = empty();
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        ids.push((name, store.create_project(name, None, noon())?.id.clone()));
    }
    for at in [1, 3, 0] {
        store.delete_project(&ids.remove(at).1)?;
        for (name, id) in &ids {
            assert_eq!(store.project(id)?.name, *name);
        }
    }
    assert_eq!(store.projects().iter().map(|project| project.name.as_str()).collect::<Vec<_>>(), ["c", "d"]);
    Ok(())
}

#[test]
fn a_project_goes_with_its_keys() -> Result<(), StoreError> {
    let (mut store, scope) = with_project();
    let Scope::Project(id) = &scope else { unreachable!() };
    assert_eq!(store.keys(&scope)?.len(), 1);
    store.delete_project(id)?;
    assert_eq!(store.keys(&scope).err(), Some(StoreError::ProjectNotFound));
    assert_eq!(store.delete_project(id), Err(StoreError::ProjectNotFound));
    let again = store.create_project("App", None, noon()).map(|project| project.id.clone());
    assert!(again.is_ok_and(|again| again != *id), "its name is free again, its id is not");
    Ok(())
}
