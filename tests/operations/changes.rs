//! Deactivating, reactivating and deleting: repeated once, and read again where that did not tell either.

use confident_keys::api::error::{ApiError, Certainty};
use confident_keys::api::model::{KeyId, Lifetime, Scope};
use confident_keys::journal::{Action, Outcome, ScopeRecord};
use confident_keys::operations::{Answer, Examined, Operation, Operator, Unsure};
use jiff::{SignedDuration, Timestamp};

use crate::world::{World, limits_for, patient};

fn deactivate(id: KeyId) -> Operation {
    Operation::SetValid { scope: Scope::Organization, id, valid: false }
}

fn delete(id: KeyId) -> Operation {
    Operation::Delete { scope: Scope::Organization, id }
}

/// Carries out a change of a new key while these go wrong.
fn meets(world: &World, faults: &[&str], operation: impl Fn(KeyId) -> Operation) -> (KeyId, Result<Answer, ApiError>) {
    let id = world.generates("Changed");
    let posts = world.count("POST");
    world.fails(faults);
    let operator = world.operator(limits_for(faults));
    let result = world.run(&operator, operation(id));
    assert_eq!(world.count("POST"), posts, "a change generates nothing");
    assert_eq!(operator.take_complaint(), None);
    (id, result)
}

#[track_caller]
fn journal_says(world: &World, action: Action, outcome: Outcome, id: KeyId) {
    let entry = world.last();
    assert_eq!((entry.action, entry.outcome, entry.id), (action, outcome, Some(id)), "{entry:?}");
    assert_eq!(entry.service, world.record());
}

/// What strikes before the work is done, and leaves that in doubt.
const BEFORE: [&str; 14] = [
    "status=500",
    "status=503",
    "status=503,retry-after=1",
    "status=408",
    "redirect=http://127.0.0.1:9/elsewhere",
    "redirect=http://127.0.0.1:9/elsewhere,code=308",
    "html",
    "html=403",
    "html=503",
    "drop,before",
    "reset,before",
    "garbage,before",
    "empty,before",
    "delay=60000,before",
];

/// What strikes after it.
const AFTER: [&str; 12] = [
    "status=500,after",
    "status=503,after",
    "status=408,after",
    "redirect=http://127.0.0.1:9/elsewhere,after",
    "html,after",
    "html=403,after",
    "drop",
    "reset",
    "cut",
    "garbage",
    "empty",
    "delay=60000",
];

#[test]
fn a_deactivation_that_was_done_is_done_whatever_came_back() {
    let world = World::new();
    for fault in AFTER.into_iter().chain(["drip=1", "deprecated"]) {
        for times in ["times=1", "times=always"] {
            let (id, result) = meets(&world, &[&format!("PUT * {fault},{times}")], deactivate);
            let Ok(Answer::Key(key)) = result else { panic!("{fault}: {result:?}") };
            assert_eq!((key.id, key.valid), (id, false), "{fault}");
            assert!(!world.key(id).unwrap().valid, "{fault}");
            journal_says(&world, Action::Deactivate, Outcome::Done, id);
        }
    }
    world.journal_holds_no_value(&[]);
}

#[test]
fn a_deactivation_that_was_not_done_is_in_doubt_with_the_key_as_it_is() {
    let world = World::new();
    for fault in BEFORE {
        let (id, result) = meets(&world, &[&format!("PUT * {fault},times=always")], deactivate);
        let Ok(Answer::Unsure(unsure)) = result else { panic!("{fault}: {result:?}") };
        let Unsure { error, now } = *unsure;
        assert_eq!(error.certainty(), Certainty::Unknown, "{fault}");
        assert!(now.unwrap().is_some_and(|key| key.id == id && key.valid), "{fault}");
        assert!(world.key(id).unwrap().valid, "{fault}");
        journal_says(&world, Action::Deactivate, Outcome::Unknown, id);
    }
}

#[test]
fn what_is_refused_failed() {
    let world = World::new();
    for fault in ["status=403", "status=429", "status=409"] {
        let fault = format!("* */api-keys/* {fault},times=always");
        let (id, result) = meets(&world, &[&fault], deactivate);
        assert_eq!(result.unwrap_err().certainty(), Certainty::NotDone, "{fault}");
        assert!(world.key(id).unwrap().valid);
        journal_says(&world, Action::Deactivate, Outcome::Failed, id);
        let (id, result) = meets(&world, &[&fault], delete);
        assert_eq!(result.unwrap_err().certainty(), Certainty::NotDone, "{fault}");
        assert!(world.key(id).is_some());
        journal_says(&world, Action::Delete, Outcome::Failed, id);
    }
}

#[test]
fn where_the_key_cannot_be_read_nothing_is_claimed() {
    let world = World::new();
    for (method, operation) in [("PUT", deactivate as fn(KeyId) -> Operation), ("DELETE", delete)] {
        for fault in ["drop", "drop,before"] {
            let faults =
                [format!("{method} * {fault},times=always"), "GET */api-keys/* status=403,times=always".into()];
            let (id, result) = meets(&world, &faults.each_ref().map(String::as_str), operation);
            let Ok(Answer::Unsure(unsure)) = result else { panic!("{method} {fault}: {result:?}") };
            assert!(unsure.now.is_err());
            assert_eq!((world.last().outcome, world.last().id), (Outcome::Unknown, Some(id)));
        }
    }
}

#[test]
fn an_answer_that_contradicts_is_written_down_as_unknown() {
    let world = World::new();
    let (id, result) = meets(&world, &["PUT * wrong"], deactivate);
    assert!(matches!(&result, Ok(Answer::Key(key)) if key.id == id && key.valid), "{result:?}");
    journal_says(&world, Action::Deactivate, Outcome::Unknown, id);
    let (id, result) = meets(&world, &["DELETE * wrong"], delete);
    assert_eq!(result, Ok(Answer::Deleted { acknowledged: false }));
    assert!(world.key(id).is_some());
    journal_says(&world, Action::Delete, Outcome::Unknown, id);
}

#[test]
fn a_deletion_that_was_done_is_done_whatever_came_back() {
    let world = World::new();
    for fault in AFTER.into_iter().chain(["drip=1", "deprecated"]) {
        for times in ["times=1", "times=always"] {
            let (id, result) = meets(&world, &[&format!("DELETE * {fault},{times}")], delete);
            assert_eq!(result, Ok(Answer::Deleted { acknowledged: true }), "{fault},{times}");
            assert_eq!(world.key(id), None, "{fault}");
            journal_says(&world, Action::Delete, Outcome::Done, id);
        }
    }
    world.journal_holds_no_value(&[]);
}

#[test]
fn a_deletion_that_was_not_done_is_in_doubt_with_the_key_as_it_is() {
    let world = World::new();
    for fault in BEFORE {
        let (id, result) = meets(&world, &[&format!("DELETE * {fault},times=always")], delete);
        let Ok(Answer::Unsure(unsure)) = result else { panic!("{fault}: {result:?}") };
        assert!(unsure.now.unwrap().is_some_and(|key| key.id == id), "{fault}");
        assert!(world.key(id).is_some(), "{fault}");
        journal_says(&world, Action::Delete, Outcome::Unknown, id);
    }
}

#[test]
fn a_fault_that_passes_is_met_by_the_one_repeat() {
    let world = World::new();
    for fault in ["status=503", "drop,before", "reset,before"] {
        let puts = world.count("PUT");
        let (id, result) = meets(&world, &[&format!("PUT * {fault}")], deactivate);
        assert!(matches!(&result, Ok(Answer::Key(key)) if !key.valid), "{fault}: {result:?}");
        assert_eq!((world.count("PUT"), world.key(id).unwrap().valid), (puts + 2, false), "{fault}");
        let deletes = world.count("DELETE");
        let (id, result) = meets(&world, &[&format!("DELETE * {fault}")], delete);
        assert_eq!(result, Ok(Answer::Deleted { acknowledged: true }), "{fault}");
        assert_eq!((world.count("DELETE"), world.key(id)), (deletes + 2, None), "{fault}");
    }
}

#[test]
fn reactivating_is_written_down_with_the_keys_name() {
    let world = World::new();
    let (id, result) = meets(&world, &[], deactivate);
    assert!(result.is_ok());
    let operator = world.operator(limits_for(&[]));
    assert!(world.run(&operator, Operation::Organization).is_ok());
    let activate = Operation::SetValid { scope: Scope::Organization, id, valid: true };
    assert!(matches!(world.run(&operator, activate), Ok(Answer::Key(key)) if key.valid));
    journal_says(&world, Action::Activate, Outcome::Done, id);
    let entry = world.last();
    assert_eq!(entry.name.unwrap().raw(), "Changed");
    assert_eq!(entry.organization.unwrap().name.raw(), "Acme Inc.");
}

fn examined(world: &World, operator: &Operator, id: KeyId) -> Examined {
    match world.run(operator, Operation::Examine(Scope::Organization, id)) {
        Ok(Answer::Examined(examined)) => *examined,
        other => panic!("{other:?}"),
    }
}

#[test]
fn for_how_long_a_key_was_inactive_is_remembered_by_this_program_and_by_the_next() {
    let world = World::new();
    let id = world.generates("Changed");
    let operator = world.operator(limits_for(&[]));
    assert_eq!(examined(&world, &operator, id).inactive_since, None, "it is active");
    let before = Timestamp::now();
    assert!(world.run(&operator, deactivate(id)).is_ok());
    let here = examined(&world, &operator, id);
    assert!(!here.key.valid && here.inactive_since.is_some_and(|at| at >= before && at <= Timestamp::now()));
    // The next program has the journal alone, which keeps milliseconds.
    let next = examined(&world, &world.operator(limits_for(&[])), id);
    let apart = here.inactive_since.unwrap().duration_since(next.inactive_since.unwrap());
    assert!(apart.abs() < SignedDuration::from_secs(1), "{apart}");
    let activate = Operation::SetValid { scope: Scope::Organization, id, valid: true };
    assert!(world.run(&operator, activate).is_ok());
    assert_eq!(examined(&world, &operator, id).inactive_since, None);
    // Somebody else deactivates it, by other means: since when is not known.
    assert!(world.run(&world.operator_without_journal(), deactivate(id)).is_ok());
    for operator in [operator, world.operator(limits_for(&[]))] {
        let found = examined(&world, &operator, id);
        assert_eq!((found.key.valid, found.inactive_since), (false, None));
    }
}

/// A deactivation that was refused is none: since when the key is inactive, only somebody else knows.
#[test]
fn a_refused_deactivation_is_not_remembered_as_one() {
    let world = World::new();
    let id = world.generates("Changed");
    let operator = world.operator(limits_for(&[]));
    world.fails(&["PUT * status=403"]);
    assert!(world.run(&operator, deactivate(id)).is_err());
    assert!(world.run(&world.operator_without_journal(), deactivate(id)).is_ok());
    let found = examined(&world, &operator, id);
    assert_eq!((found.key.valid, found.inactive_since), (false, None));
}

#[test]
fn what_happens_in_a_project_is_written_down_with_its_name() {
    let world = World::new();
    let operator = world.operator(limits_for(&[]));
    let Ok(Answer::Projects(projects)) = world.run(&operator, Operation::Projects) else { panic!() };
    for project in &projects {
        let scope = Scope::Project(project.id.clone());
        let id = world.wait(world.truth.keys(&scope).create("Changed", Lifetime::Unlimited)).unwrap().key.id;
        assert!(world.run(&operator, Operation::SetValid { scope: scope.clone(), id, valid: false }).is_ok());
        assert_eq!(world.last().scope, ScopeRecord::new(&scope, &project.name));
    }
    assert!(projects.len() > 1, "this test shows nothing");
}

/// Whose the keys are is asked for the journal, and not again once it is known.
#[test]
fn whose_the_keys_are_is_asked_once_and_only_where_it_is_written_down() {
    let world = World::new();
    let asked = || world.service.requests().iter().filter(|request| request.path.ends_with("/organization")).count();
    for (operator, expected) in [(world.operator_without_journal(), 0), (world.operator(limits_for(&[])), 1)] {
        let before = asked();
        for name in ["One", "Two"] {
            let create = Operation::Create {
                scope: Scope::Organization,
                name: name.to_owned(),
                lifetime: Lifetime::Unlimited,
                replaces: None,
            };
            assert!(matches!(world.run(&operator, create), Ok(Answer::Created(_))));
        }
        assert_eq!(asked() - before, expected);
    }
}

#[test]
fn a_key_that_was_examined_has_its_name_in_the_journal_when_it_is_gone() {
    let world = World::new();
    let id = world.generates("Changed");
    let operator = world.operator(limits_for(&[]));
    examined(&world, &operator, id);
    assert!(world.run(&operator, delete(id)).is_ok());
    assert_eq!(world.last().name.unwrap().raw(), "Changed");
    // Again: it is not there any more, and still was that one.
    assert!(world.run(&operator, delete(id)).is_err());
    let entry = world.last();
    assert_eq!((entry.outcome, entry.name.unwrap().raw()), (Outcome::Failed, "Changed"));
}

#[test]
fn a_key_that_is_gone_cannot_be_examined() {
    let world = World::new();
    let operator = world.operator(limits_for(&[]));
    let error = world.run(&operator, Operation::Examine(Scope::Organization, KeyId(99_999))).unwrap_err();
    assert!(error.is_not_found());
}

/// Drops what is under way as soon as the service has got it, as the end of a program does.
fn is_dropped(world: &World, method: &str, operation: Operation) {
    let operator = world.operator(patient());
    let before = world.count(method);
    world.fails(&[&format!("{method} * delay=60000,before")]);
    world.wait(async {
        let is_sent = async {
            while world.count(method) == before {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            result = operator.run(operation) => panic!("{result:?}"),
            () = is_sent => {}
        }
    });
}

#[test]
fn a_change_that_nobody_saw_the_end_of_is_written_down_as_unknown() {
    let world = World::new();
    let id = world.generates("Changed");
    is_dropped(&world, "PUT", deactivate(id));
    journal_says(&world, Action::Deactivate, Outcome::Unknown, id);
    assert_eq!(world.last().detail.as_str(), "ckeys was ended before the answer came");
    is_dropped(&world, "DELETE", delete(id));
    journal_says(&world, Action::Delete, Outcome::Unknown, id);
    assert_eq!(world.entries().len(), 2);
}
