//! What the next start makes of a rotation whose program was killed before the answer came.

use confident_keys::advice::Advice;
use confident_keys::api::model::{ApiKey, KeyId, Rotation, Scope};
use confident_keys::journal::{Action, Intended, Intent, OrganizationRecord, Outcome, ScopeRecord};
use confident_keys::operations::{Answer, Operator, Reconciled};
use jiff::{SignedDuration, Timestamp};

use crate::world::{AT_ONCE, IN_A_DAY, World, newer, patient, rotate};

fn ends(key: &ApiKey) -> Vec<String> {
    key.values().map(|value| value.tail().to_owned()).collect()
}

/// Begins to rotate the key, and ends when the service has got the call, which waits before or after its work.
#[track_caller]
fn is_ended_while_rotating(world: &World, operator: &Operator, id: KeyId, rotation: Rotation, when: &str) {
    let posts = world.count("POST");
    world.fails(&[&format!("POST */rotate delay=60000,{when}")]);
    let mut told = None;
    world.wait(async {
        let is_sent = async {
            while world.count("POST") == posts {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            result = operator.run_telling(rotate(id, rotation), |is_open| told = Some(is_open)) => panic!("{result:?}"),
            () = is_sent => {}
        }
    });
    let is_open = !world.intents().is_empty();
    assert_eq!(told, Some(is_open), "whoever interrupts it knows whether somebody looks into it");
    world.fails(&[]);
}

/// The same, with a key that is made for it; as it was before.
#[track_caller]
fn left(world: &World, rotation: Rotation, when: &str) -> ApiKey {
    let before = world.key(world.generates("Rotated")).unwrap();
    is_ended_while_rotating(world, &world.operator(patient()), before.id, rotation, when);
    if when == "after" {
        // The service may be still at it.
        while ends(&world.key(before.id).unwrap()) == ends(&before) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
    // It is not told twice: what is open is no change that is written down as unknown, too.
    assert_eq!((world.entries().len(), world.intents().len(), world.intents()[0].is_under_way), (0, 1, false));
    before
}

/// What is on disk of a rotation that began now.
fn intent(world: &World, before: &ApiKey, organization: Option<OrganizationRecord>) -> Intent {
    Intent {
        time: Timestamp::now(),
        service: world.record(),
        organization,
        scope: ScopeRecord::Organization,
        name: "Rotated".into(),
        what: Intended::Rotate { id: before.id, grace_hours: Some(0), ends: ends(before) },
    }
}

fn leaves(world: &World, intent: &Intent) {
    drop(world.journal.begin(intent).unwrap());
}

#[track_caller]
fn is_told(world: &World, id: KeyId) -> ApiKey {
    let told = world.looks_into(&world.operator(patient()));
    let [Reconciled::Rotation { place, key }] = &told[..] else { panic!("{told:?}") };
    assert_eq!((place, key.id), (&ScopeRecord::Organization, id));
    (**key).clone()
}

#[track_caller]
fn nothing_is_told(world: &World) {
    let operator = world.operator(patient());
    assert_eq!((world.looks_into(&operator), operator.take_notes()), (vec![], vec![]));
}

/// It is closed, with this line.
#[track_caller]
fn journal_says(world: &World, id: KeyId, outcome: Outcome, words: &str) {
    let entry = world.last();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Reconcile, outcome, Some(id)), "{entry:?}");
    assert_eq!(entry.name.as_ref().unwrap().as_str(), "Rotated");
    assert!(entry.organization.is_some() && entry.detail.as_str().contains(words), "{entry:?}");
    assert_eq!(world.intents(), []);
}

#[test]
fn it_is_on_disk_while_it_is_under_way_without_a_value() {
    let world = newer();
    let before = world.key(world.generates("Rotated")).unwrap();
    let posts = world.count("POST");
    world.fails(&["POST */rotate hold"]);
    let operator = world.operator(patient());
    let (result, listed) = world.wait(async {
        let look = async {
            while world.count("POST") == posts {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            let listed = world.intents();
            world.fails(&[]);
            listed
        };
        tokio::join!(operator.run(rotate(before.id, IN_A_DAY)), look)
    });
    let [listed] = &listed[..] else { panic!("{listed:?}") };
    assert!(listed.is_under_way);
    assert_eq!((listed.intent.service.clone(), listed.intent.name.as_str()), (world.record(), "Rotated"));
    assert_eq!(listed.intent.scope, ScopeRecord::Organization);
    assert!(listed.intent.organization.is_some());
    assert_eq!(listed.intent.what, Intended::Rotate { id: before.id, grace_hours: Some(24), ends: ends(&before) });
    let Ok(Answer::Rotated(rotated)) = result else { panic!("{result:?}") };
    assert_eq!(world.intents(), []);
    world.journal_holds_no_value(&[rotated.secret.unwrap().expose()]);
}

#[test]
fn a_new_value_that_nobody_has_is_told_once() {
    for (rotation, is_old_at_work) in [(AT_ONCE, false), (IN_A_DAY, true)] {
        let world = newer();
        let before = left(&world, rotation, "after");
        world.journal_holds_no_value(&[]);
        let posts = world.count("POST");
        let key = is_told(&world, before.id);
        assert_eq!(
            (ends(&key).contains(&ends(&before)[0]), key.rotates_at.is_some()),
            (is_old_at_work, is_old_at_work)
        );
        journal_says(&world, before.id, Outcome::Orphan, "rotate it again");
        nothing_is_told(&world);
        assert_eq!((world.entries().len(), world.count("POST")), (1, posts), "it looks, and changes nothing");
    }
}

/// Its grace period may be over by the next start.
#[test]
fn it_is_told_when_its_old_value_has_stopped_since_too() {
    let world = newer();
    let before = left(&world, IN_A_DAY, "after");
    world.service.advance(SignedDuration::from_hours(25)).unwrap();
    let key = is_told(&world, before.id);
    assert!(!ends(&key).contains(&ends(&before)[0]) || key.rotates_at.is_some_and(|until| until < world.service.now()));
    journal_says(&world, before.id, Outcome::Orphan, "rotate it again");
}

#[test]
fn what_was_not_rotated_is_no_news() {
    let world = newer();
    let before = left(&world, AT_ONCE, "before");
    nothing_is_told(&world);
    journal_says(&world, before.id, Outcome::None, "not rotated");
}

/// The end of an earlier rotation changes the values as well.
#[test]
fn an_earlier_rotation_that_ended_since_is_not_taken_for_it() {
    let world = newer();
    let id = world.generates("Rotated");
    assert!(matches!(world.run(&world.operator(patient()), rotate(id, IN_A_DAY)), Ok(Answer::Rotated(_))));
    let before = world.key(id).unwrap();
    is_ended_while_rotating(&world, &world.operator(patient()), id, AT_ONCE, "before");
    world.service.advance(SignedDuration::from_hours(25)).unwrap();
    // Whoever lists the keys completes it.
    assert_ne!(ends(&world.key(id).unwrap()), ends(&before), "this test shows nothing");
    nothing_is_told(&world);
    journal_says(&world, id, Outcome::None, "not rotated");
}

#[test]
fn a_key_that_is_gone_is_no_news() {
    let world = newer();
    let before = left(&world, AT_ONCE, "after");
    world.wait(world.truth.keys(&Scope::Organization).delete_acknowledged(before.id)).unwrap();
    nothing_is_told(&world);
    journal_says(&world, before.id, Outcome::None, "gone");
}

#[test]
fn what_can_not_be_read_stays_open() {
    let world = newer();
    let before = left(&world, AT_ONCE, "after");
    for fault in [
        "GET */api-keys/* status=403,times=always",
        "GET */api-keys/* status=500,times=always",
        "GET */api-keys/* garbage,times=always",
        "GET */organization status=403,times=always",
        "GET * html,times=always",
    ] {
        world.fails(&[fault]);
        nothing_is_told(&world);
        world.fails(&[]);
        assert_eq!((world.entries().len(), world.intents().len(), world.intents()[0].is_under_way), (0, 1, false));
    }
    is_told(&world, before.id);
}

#[test]
fn what_the_program_itself_could_not_read_again_is_told_by_the_next_start() {
    let world = newer();
    let id = world.generates("Rotated");
    world.fails(&["POST */rotate drop", "GET */api-keys/* skip=1,status=500,times=always"]);
    let operator = world.operator(patient());
    let result = world.run(&operator, rotate(id, AT_ONCE));
    assert!(matches!(&result, Ok(Answer::RotationLost(lost)) if lost.took_place().is_none()), "{result:?}");
    world.fails(&[]);
    is_told(&world, id);
    journal_says(&world, id, Outcome::Orphan, "rotate it again");
}

/// Whoever rotated it again has its secret.
#[test]
fn one_that_was_rotated_again_since_is_no_alarm() {
    let world = newer();
    let before = left(&world, AT_ONCE, "after");
    let again = world.run(&world.operator(patient()), rotate(before.id, IN_A_DAY));
    assert!(matches!(again, Ok(Answer::Rotated(_))), "{again:?}");
    nothing_is_told(&world);
    journal_says(&world, before.id, Outcome::None, "rotated again since");

    // One from before is no answer to it, nor is another key's.
    let (before, other) = (world.key(before.id).unwrap(), world.generates("Other"));
    is_ended_while_rotating(&world, &world.operator(patient()), before.id, AT_ONCE, "after");
    while ends(&world.key(before.id).unwrap()) == ends(&before) {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let others = world.run(&world.operator(patient()), rotate(other, AT_ONCE));
    assert!(matches!(others, Ok(Answer::Rotated(_))), "{others:?}");
    is_told(&world, before.id);
}

#[test]
fn another_organizations_stays_open() {
    let world = newer();
    let before = world.key(world.generates("Rotated")).unwrap();
    let other = OrganizationRecord { id: "org-other".into(), name: "Another Inc.".into() };
    leaves(&world, &Intent { name: "Rotated".into(), ..intent(&world, &before, Some(other)) });
    nothing_is_told(&world);
    assert!(world.entries().is_empty() && world.intents().len() == 1);
}

/// A key has an id that no other organization's key has: where it is there, it is the one.
#[test]
fn one_of_nobody_knows_whom_is_told_where_its_key_is_there() {
    let world = newer();
    let id = world.generates("Rotated");
    leaves(&world, &intent(&world, &world.key(id).unwrap(), None));
    assert!(world.wait(world.truth.keys(&Scope::Organization).rotate(id, AT_ONCE)).is_ok());
    is_told(&world, id);
    journal_says(&world, id, Outcome::Orphan, "rotate it again");

    // What can't be read says nothing, not even that it may be another one's.
    leaves(&world, &intent(&world, &world.key(id).unwrap(), None));
    world.fails(&["GET */api-keys/* status=500,times=always"]);
    nothing_is_told(&world);
    world.fails(&[]);
    nothing_is_told(&world);
    journal_says(&world, id, Outcome::None, "not rotated");

    // Gone here, it may be there for another organization.
    leaves(&world, &intent(&world, &world.key(id).unwrap(), None));
    world.wait(world.truth.keys(&Scope::Organization).delete_acknowledged(id)).unwrap();
    let operator = world.operator(patient());
    assert_eq!(world.looks_into(&operator), []);
    let note = operator.take_notes().join("\n");
    assert!(note.contains(&format!("while it rotated “Rotated” (id {id})")), "{note}");
    assert_eq!((world.entries().len(), world.intents().len()), (2, 1));
}

/// An earlier version noted no ends: only whoever uses the key can tell.
#[test]
fn what_can_not_be_compared_is_told_with_the_ends_of_now() {
    let world = newer();
    let before = world.key(world.generates("Rotated")).unwrap();
    let what = Intended::Rotate { id: before.id, grace_hours: None, ends: Vec::new() };
    let unclear = Intent { what, ..intent(&world, &before, None) };
    leaves(&world, &unclear);
    let operator = world.operator(patient());
    assert_eq!(world.looks_into(&operator), []);
    let note = operator.take_notes().concat();
    let (id, end) = (before.id, before.value.tail());
    for part in ["rotated “Rotated”", &format!("ends in {end} now"), &format!("`ckeys rotate {id} --org`")] {
        assert!(note.contains(part), "{note}");
    }
    journal_says(&world, id, Outcome::Unknown, "ended before the answer came");
    nothing_is_told(&world);
    // The same of a profile's key.
    leaves(&world, &unclear);
    let operator = world.operator(patient()).advising(Advice::for_profile("work", &[]));
    assert_eq!(world.looks_into(&operator), []);
    let note = operator.take_notes().concat();
    assert!(note.contains(&format!("(`ckeys --profile work rotate {id} --org`)")), "{note}");
}

#[test]
fn without_a_journal_there_is_nothing_to_leave() {
    let world = newer();
    let id = world.generates("Rotated");
    is_ended_while_rotating(&world, &world.operator_without_journal(), id, AT_ONCE, "before");
    assert!(world.intents().is_empty() && world.entries().is_empty());
}
