//! Another key signs the calls from now on: only one that works, and of the same organization.

use confident_keys::api::error::{ApiError, ErrorKind};
use confident_keys::api::model::{KeyId, Lifetime, Organization, Scope};
use confident_keys::operations::{Answer, NotSignedIn, Operation, Operator};
use confident_keys::secret::Secret;

use crate::world::{World, patient};

/// A new organization key, with its secret.
fn generate(world: &World, operator: &Operator) -> (KeyId, Secret) {
    let operation = Operation::Create {
        scope: Scope::Organization,
        name: "Next".into(),
        lifetime: Lifetime::default(),
        replaces: None,
    };
    match world.run(operator, operation) {
        Ok(Answer::Created(created)) => (created.key.id, created.secret.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn set_valid(world: &World, operator: &Operator, id: KeyId, valid: bool) -> Result<Answer, ApiError> {
    world.run(operator, Operation::SetValid { scope: Scope::Organization, id, valid })
}

fn is_refused(result: &Result<Answer, ApiError>) -> bool {
    result.as_ref().is_err_and(|error| error.status() == Some(401))
}

#[test]
fn a_key_that_works_signs_what_comes_and_remembers_what_was() {
    for is_known in [true, false] {
        let world = World::new();
        let old = world.operator(patient());
        if is_known {
            world.run(&old, Operation::Organization).unwrap();
        }
        let (id, secret) = generate(&world, &old);
        let signer = world.keys().into_iter().find(|key| world.service.organization_key().tail() == key.value.tail());
        let signer = signer.unwrap().id;
        let new = world.wait(old.succeeded_by(secret.clone())).unwrap();
        // It may do what the old one did, even to that.
        assert!(set_valid(&world, &new, signer, false).is_ok());
        assert!(is_refused(&world.run(&old, Operation::Organization)), "the old one stopped");
        match world.run(&new, Operation::Keys(Scope::Organization)) {
            Ok(Answer::Keys(keys)) => {
                let used = |of| keys.iter().find(|key| key.id == of).unwrap().last_used.time();
                assert!(used(id) >= used(signer), "the service sees the new key");
            }
            other => panic!("{other:?}"),
        }
        let entries = world.entries();
        assert_eq!(entries.len(), 2, "one journal has both: {entries:?}");
        assert!(entries.iter().all(|entry| entry.organization.is_some()));
        // What was done with the old one is remembered.
        match world.run(&new, Operation::Examine(Scope::Organization, signer)) {
            Ok(Answer::Examined(examined)) => assert!(examined.inactive_since.is_some()),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_key_that_is_not_let_in_or_not_answered_signs_nothing() {
    for (fault, expected) in [
        ("GET /v1/organization status=401", 401),
        ("GET /v1/organization status=403", 403),
        ("GET /v1/organization html=502,times=always", 502),
    ] {
        let world = World::new();
        let old = world.operator(patient());
        let (_, secret) = generate(&world, &old);
        world.fails(&[fault]);
        match world.wait(old.succeeded_by(secret.clone())) {
            Err(NotSignedIn::Failed(error)) => assert_eq!(error.status(), Some(expected), "{error}"),
            other => panic!("{fault}: {other:?}"),
        }
        world.fails(&[]);
        assert!(world.run(&old, Operation::Organization).is_ok(), "the old one still signs");
        assert!(world.wait(old.succeeded_by(secret)).is_ok(), "and it can be tried again");
    }
    let world = World::new();
    let old = world.operator(patient());
    let (id, secret) = generate(&world, &old);
    set_valid(&world, &old, id, false).unwrap();
    assert!(matches!(world.wait(old.succeeded_by(secret)), Err(NotSignedIn::Failed(_))));
}

#[test]
fn whose_the_old_key_is_has_to_be_known() {
    let world = World::new();
    let old = world.operator(patient());
    let (_, secret) = generate(&world, &world.operator_without_journal());
    // The first call is the new key's, the second the old one's.
    world.fails(&["GET /v1/organization status=403,skip=1"]);
    let result = world.wait(old.succeeded_by(secret));
    assert!(matches!(&result, Err(NotSignedIn::Unknown(error)) if error.status() == Some(403)), "{result:?}");
}

#[test]
fn a_key_of_another_organization_signs_nothing() {
    let world = World::new();
    let old = world.operator(patient());
    let (_, secret) = generate(&world, &old);
    old.know_organization(&Organization { id: "another".into(), name: "Another Inc.".into(), plan: None });
    match world.wait(old.succeeded_by(secret)) {
        // Called what the service calls the new key's.
        Err(NotSignedIn::AnotherOrganization(name)) => assert_eq!(name.as_str(), "Acme Inc."),
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_reason_tells_the_secret() {
    let world = World::new();
    let old = world.operator(patient());
    let (_, secret) = generate(&world, &old);
    let middle = &secret.expose()[secret.expose().len() / 2..secret.expose().len() - 6];
    world.fails(&["GET /v1/organization garbage,times=always"]);
    let error = world.wait(old.succeeded_by(secret.clone())).unwrap_err();
    assert!(matches!(error.error().map(|error| &error.kind), Some(ErrorKind::Unreadable { .. })));
    world.fails(&[]);
    let new = world.wait(old.succeeded_by(secret.clone())).unwrap();
    assert!(!format!("{error} {error:?} {new:?}").contains(middle));
    world.journal_holds_no_value(&[secret.expose()]);
}
