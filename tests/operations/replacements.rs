//! Which key takes the place of which is remembered: from program to program, and without a journal until the end.

use std::fs;

use confident_keys::api::model::{KeyId, Lifetime, Scope};
use confident_keys::journal::{Action, Outcome};
use confident_keys::operations::{Answer, Operation, Operator, Replacement, Replacements};

use crate::world::{World, hasty, patient};

const ORGANIZATION: Scope = Scope::Organization;

fn succeed(old: KeyId) -> Operation {
    Operation::Create {
        scope: ORGANIZATION,
        name: "CI (2)".to_owned(),
        lifetime: Lifetime::Unlimited,
        replaces: Some(old),
    }
}

fn replacements(world: &World, operator: &Operator) -> Replacements {
    match world.run(operator, Operation::Replacements).unwrap() {
        Answer::Replacements(replacements) => replacements,
        other => panic!("{other:?}"),
    }
}

/// Generates the successor of a key; gives that and the successor.
fn begins(world: &World, operator: &Operator) -> (KeyId, KeyId) {
    let old = world.generates("CI");
    match world.run(operator, succeed(old)).unwrap() {
        Answer::Created(created) => (old, created.key.id),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn is_open(replacements: &Replacements, old: KeyId, new: KeyId) -> Replacement {
    assert_eq!(replacements.trouble, None);
    let [replacement] = &replacements.open[..] else { panic!("{replacements:?}") };
    assert_eq!((replacement.old, replacement.new, replacement.name.as_str()), (old, new, "CI (2)"));
    replacement.clone()
}

#[test]
fn a_replacement_is_known_to_the_next_program_until_it_is_ended() {
    let world = World::new();
    let (old, new) = begins(&world, &world.operator(patient()));
    let line = world.last();
    assert_eq!((line.action, line.id, line.replaces), (Action::Create, Some(new), Some(old)));
    assert_eq!(line.detail.as_str(), format!("replaces the key {old}"));
    let next = world.operator(patient());
    let requests = world.service.requests().len();
    let replacement = is_open(&replacements(&world, &next), old, new);
    assert_eq!(world.service.requests().len(), requests, "the journal tells, the service is not asked");
    let left = world.run(&next, Operation::EndReplacement(replacement)).unwrap();
    assert_eq!(left, Answer::Replacements(Replacements::default()));
    let line = world.last();
    assert_eq!(
        (line.action, line.id, line.replaces, line.outcome),
        (Action::Replace, Some(new), Some(old), Outcome::None)
    );
    assert_eq!(line.name.unwrap().as_str(), "CI (2)");
    assert_eq!(replacements(&world, &world.operator(patient())), Replacements::default());
}

#[test]
fn the_deletion_of_the_old_key_is_its_end() {
    let world = World::new();
    let operator = world.operator(patient());
    let (old, new) = begins(&world, &operator);
    world.run(&operator, Operation::SetValid { scope: ORGANIZATION, id: old, valid: false }).unwrap();
    is_open(&replacements(&world, &operator), old, new);
    world.run(&operator, Operation::Delete { scope: ORGANIZATION, id: old }).unwrap();
    assert_eq!(replacements(&world, &operator), Replacements::default());
}

#[test]
fn without_a_journal_the_program_itself_remembers() {
    let world = World::new();
    let operator = world.operator_without_journal();
    let (old, new) = begins(&world, &operator);
    let replacement = is_open(&replacements(&world, &operator), old, new);
    assert_eq!(replacements(&world, &world.operator_without_journal()), Replacements::default());
    world.run(&operator, Operation::EndReplacement(replacement)).unwrap();
    assert_eq!(replacements(&world, &operator), Replacements::default());
}

#[test]
fn what_a_journal_does_not_take_is_remembered_and_one_that_cant_be_read_is_told() {
    let world = World::new();
    let in_the_way = world.journal.folder().parent().unwrap().join("a file");
    fs::write(&in_the_way, "").unwrap();
    let operator = world.operator_with(patient(), confident_keys::journal::Journal::at(in_the_way.join("state")));
    let (old, new) = begins(&world, &operator);
    assert!(operator.take_complaint().is_some());
    let replacements = replacements(&world, &operator);
    assert_eq!((replacements.open[0].old, replacements.open[0].new, replacements.open.len()), (old, new, 1));
    assert!(replacements.trouble.is_some(), "there may be more of them");
}

#[test]
fn a_successor_whose_secret_was_lost_begins_none() {
    let world = World::new();
    let old = world.generates("CI");
    world.fails(&["POST */api-keys drop"]);
    let operator = world.operator(hasty());
    let Answer::Lost(lost) = world.run(&operator, succeed(old)).unwrap() else { panic!("not lost") };
    assert_eq!(lost.found.unwrap().len(), 1);
    assert_eq!((world.last().outcome, world.last().replaces), (Outcome::Orphan, Some(old)));
    assert_eq!(replacements(&world, &operator), Replacements::default());
}
