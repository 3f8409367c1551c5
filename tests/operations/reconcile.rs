//! What the next start makes of intents that a program left when it was killed.

use confident_keys::api::model::{KeyId, ProjectId, Scope};
use confident_keys::journal::{Action, Intent, OrganizationRecord, Outcome, ScopeRecord, Service as ServiceRecord};
use confident_keys::operations::{Answer, Operation};

use crate::world::{World, patient};

/// What a program was about to do that knew all keys that are there now.
fn intent(world: &World, name: &str) -> Intent {
    Intent {
        time: "2026-11-21T14:02:00Z".parse().unwrap(),
        service: world.record(),
        organization: None,
        scope: ScopeRecord::new(&Scope::Organization, &"".into()),
        name: name.into(),
        known: world.keys().into_iter().map(|key| key.id).collect(),
    }
}

/// Leaves it as a kill does: not locked any more, and without an outcome.
fn leaves(world: &World, intent: &Intent) {
    drop(world.journal.begin(intent).unwrap());
    assert!(world.intents().iter().any(|listed| listed.intent == *intent && !listed.is_under_way));
    world.fails(&[]);
}

#[track_caller]
fn journal_says(world: &World, name: &str, outcome: Outcome, id: Option<KeyId>) {
    let entry = world.last();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Reconcile, outcome, id), "{entry:?}");
    assert_eq!(entry.name.unwrap().raw(), name);
}

#[test]
fn an_orphan_is_found_once() {
    let world = World::new();
    let intent = intent(&world, "Orphan");
    leaves(&world, &intent);
    let id = world.generates("Orphan");
    let found = world.wait(world.operator(patient()).reconcile());
    assert_eq!((found.len(), &found[0].scope, found[0].name.as_str()), (1, &Scope::Organization, "Orphan"));
    assert_eq!((&found[0].known, &found[0].error), (&intent.known, &None));
    let keys = found[0].found.as_ref().unwrap();
    assert_eq!(keys.iter().map(|key| key.id).collect::<Vec<_>>(), [id]);
    assert!(found[0].is_likely(&keys[0]));
    journal_says(&world, "Orphan", Outcome::Orphan, Some(id));
    assert!(world.intents().is_empty());
    assert_eq!(world.wait(world.operator(patient()).reconcile()), []);
    assert_eq!(world.entries().len(), 1);
    // It looks, and sends nothing that changes anything.
    assert_eq!((world.count("POST"), world.count("PUT"), world.count("DELETE")), (1, 0, 0));
    world.journal_holds_no_value(&[]);
}

#[test]
fn what_was_not_generated_is_settled_too() {
    let world = World::new();
    leaves(&world, &intent(&world, "Nothing"));
    leaves(&world, &intent(&world, "Another's"));
    world.generates("Somebody else's");
    let found = world.wait(world.operator(patient()).reconcile());
    assert_eq!(found.len(), 2);
    for lost in found {
        let keys = lost.found.clone().unwrap();
        assert!(keys.len() == 1 && !lost.is_likely(&keys[0]));
    }
    assert!(world.intents().is_empty());
    assert!(world.entries().iter().all(|entry| entry.outcome == Outcome::None && entry.id.is_none()));
}

#[test]
fn where_the_list_cannot_be_read_it_stays_open() {
    let world = World::new();
    leaves(&world, &intent(&world, "Orphan"));
    let id = world.generates("Orphan");
    for fault in ["status=403", "status=401", "html", "garbage"] {
        world.fails(&[&format!("GET * {fault},times=always")]);
        let operator = world.operator(patient());
        let found = world.wait(operator.reconcile());
        assert!(found.len() == 1 && found[0].found.is_err(), "{fault}");
        // As long as its program lives it is its, and is asked of nobody else.
        assert!(world.intents()[0].is_under_way);
        drop(operator);
        assert!(!world.intents()[0].is_under_way);
    }
    assert_eq!(world.entries(), []);
    world.fails(&[]);
    let found = world.wait(world.operator(patient()).reconcile());
    assert_eq!(found[0].found.as_ref().unwrap()[0].id, id);
}

#[test]
fn what_the_start_could_not_tell_is_looked_at_again() {
    let world = World::new();
    leaves(&world, &intent(&world, "Orphan"));
    let id = world.generates("Orphan");
    world.fails(&["GET * status=403,times=always"]);
    let operator = world.operator(patient());
    let lost = world.wait(operator.reconcile()).remove(0);
    world.fails(&[]);
    let Ok(Answer::Lost(lost)) = world.run(&operator, Operation::LookAgain(Box::new(lost))) else { panic!() };
    assert_eq!(lost.found.unwrap()[0].id, id);
    journal_says(&world, "Orphan", Outcome::Orphan, Some(id));
    assert!(world.intents().is_empty());
}

#[test]
fn another_services_intents_are_left_alone() {
    let world = World::new();
    let elsewhere = ServiceRecord::new(&"https://eu.api.confident-ai.com".parse().unwrap());
    let intent = Intent { service: elsewhere, ..intent(&world, "Elsewhere") };
    leaves(&world, &intent);
    assert_eq!(world.wait(world.operator(patient()).reconcile()), []);
    let left = world.intents();
    assert_eq!((left.len(), &left[0].intent, left[0].is_under_way), (1, &intent, false));
    assert_eq!(world.entries(), []);
}

#[test]
fn what_a_living_program_is_at_is_left_to_it() {
    let world = World::new();
    let intent = intent(&world, "At work");
    let open = world.journal.begin(&intent).unwrap();
    world.generates("At work");
    assert_eq!(world.wait(world.operator(patient()).reconcile()), []);
    assert!(world.intents()[0].is_under_way);
    assert_eq!(world.entries(), []);
    // Ended without a word, it is anybody's.
    drop(open);
    assert_eq!(world.wait(world.operator(patient()).reconcile()).len(), 1);
}

#[test]
fn a_key_that_was_generated_again_is_no_lost_one() {
    let world = World::new();
    let intent = intent(&world, "Again");
    leaves(&world, &intent);
    let operator = world.operator(patient());
    let create = Operation::Create { scope: Scope::Organization, name: "Again".to_owned() };
    let Ok(Answer::Created(again)) = world.run(&operator, create) else { panic!() };
    assert!(again.secret.is_some());
    let other = world.generates("Again");
    // Its user has the secret, and must not be told to delete it; of the other one nobody knows. The next program
    // has that from the journal.
    for operator in [operator, world.operator(patient())] {
        let found = world.wait(operator.reconcile()).remove(0).found.unwrap();
        assert_eq!(found.iter().map(|key| key.id).collect::<Vec<_>>(), [other]);
        journal_says(&world, "Again", Outcome::Orphan, Some(other));
        leaves(&world, &intent);
    }
}

/// The organization that the service's key belongs to.
fn organization(world: &World) -> OrganizationRecord {
    let operator = world.operator(patient());
    match world.run(&operator, Operation::Organization) {
        Ok(Answer::Organization(organization)) => OrganizationRecord::from(&organization),
        other => panic!("{other:?}"),
    }
}

fn in_a_project_that_is_gone(world: &World, organization: Option<OrganizationRecord>) -> Intent {
    let scope = ScopeRecord::new(&Scope::Project(ProjectId::new("cmgone").unwrap()), &"Gone".into());
    Intent { scope, organization, ..intent(world, "Orphan") }
}

#[test]
fn a_project_that_is_gone_took_its_keys_along() {
    let world = World::new();
    leaves(&world, &in_a_project_that_is_gone(&world, Some(organization(&world))));
    let found = world.wait(world.operator(patient()).reconcile());
    assert_eq!((found.len(), &found[0].found), (1, &Ok(Vec::new())));
    journal_says(&world, "Orphan", Outcome::None, None);
    assert!(world.intents().is_empty());
    // Where nobody knows whose project it was, it may be there for another key.
    leaves(&world, &in_a_project_that_is_gone(&world, None));
    let found = world.wait(world.operator(patient()).reconcile());
    assert!(found[0].found.as_ref().unwrap_err().is_not_found());
    assert_eq!(world.intents().len(), 1);
}

#[test]
fn another_organizations_intents_are_left_alone() {
    let world = World::new();
    let other = OrganizationRecord { id: "org-other".into(), name: "Another Inc.".into() };
    let intent = Intent { organization: Some(other), known: Vec::new(), ..intent(&world, "Elsewhere") };
    leaves(&world, &intent);
    assert_eq!(world.wait(world.operator(patient()).reconcile()), []);
    assert!(world.intents().len() == 1 && !world.intents()[0].is_under_way);
    // As long as the organization can't be read, nobody knows whether it is another one.
    world.fails(&["GET /v1/organization status=403,times=always"]);
    let found = world.wait(world.operator(patient()).reconcile());
    assert!(found.len() == 1 && found[0].found.is_err());
    assert_eq!((world.intents().len(), world.entries().len()), (1, 0));
}
