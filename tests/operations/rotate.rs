//! Rotating: sent once, and after a lost answer the ends of the values tell what became of it.

use confident_keys::api::error::{ApiError, Certainty, ErrorKind};
use confident_keys::api::model::{ApiKey, KeyId, Lifetime, MaskedValue, Rotation, Scope};
use confident_keys::api::{Client, Speak};
use confident_keys::demo::{Api, Options};
use confident_keys::journal::{Action, Outcome};
use confident_keys::operations::{Answer, LostRotation, Operation};
use confident_keys::secret::Secret;
use jiff::SignedDuration;

use crate::world::{AT_ONCE, IN_A_DAY, World, limits_for, newer, patient, rotate};

/// Rotates a new key while these go wrong.
fn meets(world: &World, faults: &[&str], rotation: Rotation) -> (ApiKey, Result<Answer, ApiError>) {
    let id = world.generates("Rotated");
    let before = world.key(id).unwrap();
    let posts = world.count("POST");
    world.fails(faults);
    let operator = world.operator(limits_for(faults));
    let result = world.run(&operator, rotate(id, rotation));
    assert_eq!(world.count("POST"), posts + 1, "{faults:?}: it is sent once");
    assert_eq!(operator.take_complaint(), None);
    assert_eq!(world.intents(), [], "{faults:?}: its outcome is known");
    (before, result)
}

#[track_caller]
fn journal_says(world: &World, outcome: Outcome, id: KeyId) {
    let entry = world.last();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Rotate, outcome, Some(id)), "{entry:?}");
    assert_eq!(entry.name.as_ref().unwrap().as_str(), "Rotated");
}

#[track_caller]
fn lost(result: Result<Answer, ApiError>) -> LostRotation {
    match result {
        Ok(Answer::RotationLost(lost)) => *lost,
        other => panic!("{other:?}"),
    }
}

fn tails(key: &ApiKey) -> Vec<String> {
    key.values().map(MaskedValue::tail).map(str::to_owned).collect()
}

fn is_let_in(world: &World, secret: &Secret) -> bool {
    let client = Client::new(world.service.base_url().parse().unwrap(), secret.clone(), patient());
    world.wait(client.organization()).is_ok()
}

#[test]
fn the_new_secret_comes_back_and_the_journal_knows_nothing_of_it() {
    for rotation in [AT_ONCE, IN_A_DAY, Rotation { grace_hours: 1, lifetime: Some(Lifetime::Days(7)) }] {
        let world = newer();
        let (before, result) = meets(&world, &[], rotation);
        let Ok(Answer::Rotated(rotated)) = result else { panic!("{result:?}") };
        let secret = rotated.secret.unwrap();
        assert!(is_let_in(&world, &secret));
        assert_eq!(rotated.key.rotates_at.is_some(), rotation.grace_hours > 0);
        assert_eq!(rotated.key.expires_at.is_some(), rotation.lifetime.is_some());
        assert_eq!(tails(&rotated.key).last().unwrap(), secret.tail());
        assert_eq!(tails(&rotated.key).contains(&before.value.tail().to_owned()), rotation.grace_hours > 0);
        journal_says(&world, Outcome::Done, before.id);
        world.journal_holds_no_value(&[secret.expose()]);
        for entry in world.entries() {
            assert!(!format!("{entry:?}").contains(secret.tail()), "{entry:?}");
        }
    }
}

#[test]
fn a_lost_answer_to_a_rotation_that_took_place_says_so() {
    for fault in [
        "status=500,after",
        "status=503,after",
        "status=408,after",
        "html=502,after",
        "drop",
        "reset",
        "cut",
        "garbage",
        "empty",
        "delay=60000",
        // The secret is held back: the key has a new value that nobody has.
        "mask",
    ] {
        for rotation in [AT_ONCE, IN_A_DAY] {
            let world = newer();
            let (before, result) = meets(&world, &[&format!("POST */rotate {fault}")], rotation);
            let lost = lost(result);
            assert_eq!(lost.took_place(), Some(true), "{fault}: {lost:?}");
            assert_eq!(lost.before, before);
            let now = world.key(before.id).unwrap();
            assert_eq!(lost.now, Ok(Some(now.clone())), "{fault}");
            assert_eq!(tails(&now).contains(&before.value.tail().to_owned()), rotation == IN_A_DAY);
            journal_says(&world, Outcome::Orphan, before.id);
            assert!(world.last().detail.as_str().contains("rotate it again"));

            // Which is the way out.
            world.fails(&[]);
            let again = world.run(&world.operator(patient()), rotate(before.id, AT_ONCE));
            let Ok(Answer::Rotated(rotated)) = again else { panic!("{again:?}") };
            assert!(is_let_in(&world, &rotated.secret.unwrap()));
        }
    }
}

#[test]
fn a_lost_answer_to_a_rotation_that_did_not_take_place_says_so() {
    for fault in [
        "status=500",
        "status=503",
        "status=408",
        "redirect=http://127.0.0.1:9/elsewhere",
        "html",
        "html=403",
        "drop,before",
        "reset,before",
        "garbage,before",
        "empty,before",
        "delay=60000,before",
    ] {
        let world = newer();
        let (before, result) = meets(&world, &[&format!("POST */rotate {fault}")], AT_ONCE);
        let lost = lost(result);
        assert_eq!(lost.took_place(), Some(false), "{fault}: {lost:?}");
        assert_eq!(lost.error.certainty(), Certainty::Unknown);
        assert_eq!(world.key(before.id).unwrap(), before, "{fault}");
        journal_says(&world, Outcome::None, before.id);
    }
}

#[test]
fn what_was_refused_did_not_happen() {
    for fault in ["status=400", "status=401", "status=403", "status=404", "status=409", "status=422", "status=429"] {
        let world = newer();
        let (before, result) = meets(&world, &[&format!("POST */rotate {fault}")], AT_ONCE);
        assert_eq!(result.unwrap_err().certainty(), Certainty::NotDone, "{fault}");
        assert_eq!(world.key(before.id).unwrap(), before);
        journal_says(&world, Outcome::Failed, before.id);
    }
}

#[test]
fn what_can_not_be_read_again_is_not_known() {
    let world = newer();
    let id = world.generates("Rotated");
    world.fails(&["POST */rotate drop", "GET */api-keys/* skip=1,status=500,times=always"]);
    let lost = lost(world.run(&world.operator(patient()), rotate(id, AT_ONCE)));
    assert_eq!(lost.took_place(), None);
    assert_eq!(lost.now.as_ref().unwrap_err().status(), Some(500));
    // The next start finds it out.
    assert_eq!((world.entries().len(), world.intents().len(), world.intents()[0].is_under_way), (0, 1, false));
}

#[test]
fn a_key_that_is_gone_by_then_tells_nothing_of_its_rotation() {
    let world = newer();
    let id = world.generates("Rotated");
    world.fails(&["POST */rotate drop,before", "GET */api-keys/* skip=1,status=404"]);
    let lost = lost(world.run(&world.operator(patient()), rotate(id, AT_ONCE)));
    assert_eq!((lost.took_place(), lost.now), (None, Ok(None)));
    journal_says(&world, Outcome::Unknown, id);
    assert_eq!(world.intents(), [], "there is nothing left to look into");
}

#[test]
fn what_can_not_be_read_first_is_not_rotated() {
    let world = newer();
    let id = world.generates("Rotated");
    let posts = world.count("POST");
    for fault in ["GET */api-keys/* status=404", "GET */api-keys/* status=500,times=always"] {
        world.fails(&[fault]);
        let error = world.run(&world.operator(patient()), rotate(id, AT_ONCE)).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::NotBegun(_)), "{error:?}");
    }
    assert_eq!((world.count("POST"), world.entries().len()), (posts, 0));
}

/// Somebody else has put the value that they got to use: it must not stop because of a form that was open meanwhile.
#[test]
fn a_key_that_somebody_else_rotated_since_it_was_told_is_not_rotated_on_top_of_that() {
    for looks in [Operation::Examine as fn(Scope, KeyId) -> Operation, |scope, _| Operation::Keys(scope)] {
        let world = newer();
        let id = world.generates("Rotated");
        let operator = world.operator(patient());
        world.run(&operator, Operation::Examine(Scope::Organization, id)).unwrap();
        let theirs = world.run(&world.operator_without_journal(), rotate(id, IN_A_DAY));
        let Ok(Answer::Rotated(theirs)) = theirs else { panic!("{theirs:?}") };
        let posts = world.count("POST");
        let error = world.run(&operator, rotate(id, IN_A_DAY)).unwrap_err();
        assert_eq!((error.kind.clone(), error.certainty()), (ErrorKind::Overtaken, Certainty::NotDone), "{error}");
        assert_eq!(world.count("POST"), posts);
        assert!(is_let_in(&world, &theirs.secret.unwrap()));

        // Whoever has seen that may go on all the same.
        world.run(&operator, looks(Scope::Organization, id)).unwrap();
        assert!(matches!(world.run(&operator, rotate(id, AT_ONCE)), Ok(Answer::Rotated(_))));
        // Nor is one's own new value somebody else's.
        assert!(matches!(world.run(&operator, rotate(id, IN_A_DAY)), Ok(Answer::Rotated(_))));
        assert!(matches!(world.run(&operator, rotate(id, AT_ONCE)), Ok(Answer::Rotated(_))));
    }
}

/// A list that was read since tells of their value, too.
#[test]
fn a_key_that_is_listed_after_somebody_else_rotated_it_can_be_rotated() {
    let world = newer();
    let id = world.generates("Rotated");
    let operator = world.operator(patient());
    world.run(&operator, Operation::Examine(Scope::Organization, id)).unwrap();
    let theirs = world.run(&world.operator_without_journal(), rotate(id, IN_A_DAY));
    assert!(matches!(theirs, Ok(Answer::Rotated(_))), "{theirs:?}");
    world.run(&operator, Operation::Keys(Scope::Organization)).unwrap();
    let ours = world.run(&operator, rotate(id, AT_ONCE));
    assert!(matches!(ours, Ok(Answer::Rotated(_))), "{ours:?}");
}

/// What is not known to be somebody else's value may be the one that this program has just lost.
#[test]
fn a_rotation_of_which_nothing_is_known_can_be_done_again() {
    let world = newer();
    let id = world.generates("Rotated");
    let operator = world.operator(patient());
    world.run(&operator, Operation::Examine(Scope::Organization, id)).unwrap();
    world.fails(&["POST */rotate drop", "GET */api-keys/* skip=1,status=500,times=always"]);
    assert_eq!(lost(world.run(&operator, rotate(id, AT_ONCE))).took_place(), None);
    world.fails(&[]);
    assert!(matches!(world.run(&operator, rotate(id, AT_ONCE)), Ok(Answer::Rotated(_))));
}

/// The end of an earlier rotation changes the values as well, and must not pass for a new one.
#[test]
fn an_earlier_rotation_that_ends_meanwhile_is_not_taken_for_this_one() {
    let world = newer();
    let id = world.generates("Rotated");
    let first = world.run(&world.operator(patient()), rotate(id, IN_A_DAY));
    assert!(matches!(first, Ok(Answer::Rotated(_))), "{first:?}");
    world.fails(&["POST */rotate drop,before,hold"]);
    let operator = world.operator(patient());
    let posts = world.count("POST");
    let result = world.wait(async {
        let ends = async {
            while world.count("POST") == posts {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            world.service.advance(SignedDuration::from_hours(25)).unwrap();
            // Whoever lists the keys completes it.
            world.truth.keys(&Scope::Organization).list().await.unwrap();
            world.fails(&[]);
        };
        let (result, ()) = tokio::join!(operator.run(rotate(id, AT_ONCE)), ends);
        result
    });
    let lost = lost(result);
    assert_eq!(lost.took_place(), Some(false), "{lost:?}");
    let now = lost.now.unwrap().unwrap();
    assert_eq!(Some(&now.value), lost.before.shadow.as_ref(), "this test shows nothing");
}

#[test]
fn an_older_service_is_asked_for_nothing() {
    let older = World::speaking(Speak::Auto, &Options { api: Api::V1, ..Options::default() });
    let id = older.generates("Rotated");
    let posts = older.count("POST");
    let expiring = Operation::Create {
        scope: Scope::Organization,
        name: "CI".into(),
        lifetime: Lifetime::Days(7),
        replaces: None,
    };
    for operation in [rotate(id, AT_ONCE), expiring] {
        let error = older.run(&older.operator(patient()), operation).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Unavailable(_)), "{error:?}");
        assert_eq!(error.certainty(), Certainty::NotDone);
    }
    assert_eq!((older.count("POST"), older.entries().len()), (posts, 0), "nor is there anything to write down");
    assert_eq!(older.intents(), []);
}

#[test]
fn a_key_is_generated_with_an_expiry() {
    let world = newer();
    let create = Operation::Create {
        scope: Scope::Organization,
        name: "CI".into(),
        lifetime: Lifetime::Days(7),
        replaces: None,
    };
    let answer = world.run(&world.operator(patient()), create);
    let Ok(Answer::Created(created)) = answer else { panic!("{answer:?}") };
    let left = created.key.expires_at.unwrap().duration_since(world.service.now());
    assert_eq!(left.as_hours(), 24 * 7 - 1);
    assert_eq!(world.key(created.key.id).unwrap().expires_at, created.key.expires_at);
}

/// A key that was generated without anybody seeing its secret, and then rotated, has one that arrived.
#[test]
fn a_lost_key_that_was_rotated_is_lost_no_more() {
    let world = newer();
    let operator = world.operator(patient());
    world.fails(&["POST */api-keys drop"]);
    let create = Operation::Create {
        scope: Scope::Organization,
        name: "Rotated".into(),
        lifetime: Lifetime::Unlimited,
        replaces: None,
    };
    let answer = world.run(&operator, create);
    let Ok(Answer::Lost(lost)) = answer else { panic!("{answer:?}") };
    let id = lost.found.as_ref().unwrap()[0].id;
    let rotated = world.run(&operator, rotate(id, AT_ONCE));
    assert!(matches!(rotated, Ok(Answer::Rotated(_))), "{rotated:?}");
    let answer = world.run(&operator, Operation::LookAgain(lost));
    let Ok(Answer::Lost(lost)) = answer else { panic!("{answer:?}") };
    assert_eq!(lost.found, Ok(Vec::new()));
}
