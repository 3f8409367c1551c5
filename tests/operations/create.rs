//! Generating a key: it is sent once whatever happens, and what became of it is found out.

use confident_keys::api::error::{Certainty, ErrorKind};
use confident_keys::api::model::{KeyId, Lifetime, Scope};
use confident_keys::journal::{Action, Outcome};
use confident_keys::operations::{Answer, Lost, Operation};

use crate::world::{World, hasty, limits_for, patient};

fn create(name: &str) -> Operation {
    Operation::Create {
        scope: Scope::Organization,
        name: name.to_owned(),
        lifetime: Lifetime::Unlimited,
        replaces: None,
    }
}

/// Generates a key called `name` while `fault` strikes the POST; gives what came back, and the ids that the service
/// has more than before. It is asked once.
fn meets(world: &World, fault: &str, name: &str) -> (Result<Answer, confident_keys::api::error::ApiError>, Vec<KeyId>) {
    let before: Vec<KeyId> = world.keys().iter().map(|key| key.id).collect();
    let posts = world.count("POST");
    let fault = format!("POST */api-keys {fault},times=always");
    world.fails(&[&fault]);
    let operator = world.operator(limits_for(&[&fault]));
    let result = world.run(&operator, create(name));
    let new = world.keys().iter().map(|key| key.id).filter(|id| !before.contains(id)).collect();
    assert_eq!(world.count("POST"), posts + 1, "{fault}: sent once, whatever came back");
    assert!(world.intents().is_empty(), "{fault}: the outcome is known");
    assert_eq!(operator_complaint(&operator), None);
    (result, new)
}

fn operator_complaint(operator: &confident_keys::operations::Operator) -> Option<String> {
    operator.take_complaint()
}

/// The journal's newest line tells of a key called `name` that was to be generated.
#[track_caller]
fn journal_says(world: &World, name: &str, outcome: Outcome, id: Option<KeyId>) {
    let entry = world.last();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Create, outcome, id), "{entry:?}");
    assert_eq!((entry.name.unwrap().raw(), entry.service), (name, world.record()));
}

#[test]
fn what_was_certainly_not_done_failed() {
    let world = World::new();
    for (at, fault) in ["status=403", "status=429", "status=429,retry-after=1", "status=409"].iter().enumerate() {
        let name = format!("Refused {at}");
        let (result, new) = meets(&world, fault, &name);
        let error = result.unwrap_err();
        assert_eq!((error.certainty(), &new[..]), (Certainty::NotDone, &[][..]), "{fault}: {error}");
        journal_says(&world, &name, Outcome::Failed, None);
        assert!(world.last().detail.as_str().contains("told to answer"), "{}", world.last().detail);
    }
    assert_eq!(world.entries().len(), 4);
}

#[test]
fn a_refusal_is_believed_even_where_it_is_a_lie() {
    // No service may refuse what it has done; where one did, only the list would tell.
    let world = World::new();
    for fault in ["status=403,after", "status=429,after"] {
        let (result, new) = meets(&world, fault, fault);
        assert_eq!((result.unwrap_err().certainty(), new.len()), (Certainty::NotDone, 1), "{fault}");
        journal_says(&world, fault, Outcome::Failed, None);
    }
}

#[test]
fn a_lost_answer_to_what_was_not_done_finds_nothing() {
    let world = World::new();
    for fault in [
        "status=500",
        "status=502",
        "status=503",
        "status=503,retry-after=1",
        "status=408",
        "redirect=http://127.0.0.1:9/elsewhere",
        "redirect=http://127.0.0.1:9/elsewhere,code=307",
        "html",
        "html=403",
        "html=503",
        "drop,before",
        "reset,before",
        "garbage,before",
        "empty,before",
        "delay=60000,before",
    ] {
        let (result, new) = meets(&world, fault, fault);
        let Ok(Answer::Lost(lost)) = result else { panic!("{fault}: {result:?}") };
        assert_eq!((lost.scope, lost.name.as_str()), (Scope::Organization, fault));
        assert_eq!((lost.found, new), (Ok(Vec::new()), Vec::new()), "{fault}");
        assert_eq!(lost.error.unwrap().certainty(), Certainty::Unknown, "{fault}");
        journal_says(&world, fault, Outcome::None, None);
    }
    world.journal_holds_no_value(&[]);
}

#[test]
fn a_lost_answer_to_what_was_done_finds_the_key() {
    let world = World::new();
    for fault in [
        "status=500,after",
        "status=503,after",
        "status=408,after",
        "redirect=http://127.0.0.1:9/elsewhere,after",
        "html,after",
        // As from a proxy that lets no secrets through.
        "html=403,after",
        "html=503,after",
        "drop",
        "reset",
        "cut",
        "garbage",
        "empty",
        "delay=60000",
    ] {
        let (result, new) = meets(&world, fault, fault);
        let Ok(Answer::Lost(lost)) = result else { panic!("{fault}: {result:?}") };
        let found = lost.found.clone().unwrap();
        assert_eq!(found.iter().map(|key| key.id).collect::<Vec<_>>(), new, "{fault}");
        assert!(new.len() == 1 && found[0].valid && lost.is_likely(&found[0]), "{fault}");
        journal_says(&world, fault, Outcome::Orphan, Some(new[0]));
    }
    world.journal_holds_no_value(&[]);
}

#[test]
fn an_answer_that_came_whole_is_taken() {
    let world = World::new();
    let mut secrets = Vec::new();
    for (fault, has_secret) in [("deprecated", true), ("drip=1", true), ("wrong", true), ("mask", false)] {
        let (result, new) = meets(&world, fault, fault);
        let Ok(Answer::Created(created)) = result else { panic!("{fault}: {result:?}") };
        assert_eq!((&[created.key.id][..], created.secret.is_some()), (&new[..], has_secret), "{fault}");
        // A key that nobody can use is as good as lost.
        let outcome = if has_secret { Outcome::Done } else { Outcome::Orphan };
        journal_says(&world, fault, outcome, Some(created.key.id));
        secrets.extend(created.secret);
    }
    let secrets: Vec<&str> = secrets.iter().map(confident_keys::secret::Secret::expose).collect();
    world.journal_holds_no_value(&secrets);
}

#[test]
fn without_the_ids_from_before_nothing_is_sent() {
    let world = World::new();
    let operator = world.operator(patient());
    for fault in ["status=403", "html", "garbage"] {
        world.fails(&[&format!("GET */api-keys {fault},times=always")]);
        let error = world.run(&operator, create("Never sent")).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::NotBegun(_)), "{fault}: {error}");
        assert_eq!(error.certainty(), Certainty::NotDone);
        assert!(error.to_string().contains("nothing was sent"), "{error}");
    }
    assert_eq!((world.count("POST"), world.entries().len(), world.intents().len()), (0, 0, 0));
}

/// The POST is done and its answer lost, and the list can't be read afterwards.
pub(crate) fn in_the_dark(world: &World, operator: &confident_keys::operations::Operator, name: &str) -> Lost {
    world.fails(&["POST */api-keys drop", "GET */api-keys status=403,skip=1,times=always"]);
    let result = world.run(operator, create(name));
    let Ok(Answer::Lost(lost)) = result else { panic!("{result:?}") };
    assert!(lost.found.is_err());
    assert!(world.entries().iter().all(|entry| entry.name.as_ref().is_none_or(|other| other.raw() != name)));
    *lost
}

#[test]
fn what_cannot_be_told_stays_open_until_it_can() {
    let world = World::new();
    let operator = world.operator(patient());
    let lost = in_the_dark(&world, &operator, "Dark");
    // This program is still at it: no other one may tell its user of it, too.
    assert!(world.intents()[0].is_under_way);
    assert_eq!(world.looks_into_new(&world.operator(patient())), []);
    // Looked at again without an answer: as before.
    let Ok(Answer::Lost(lost)) = world.run(&operator, Operation::LookAgain(Box::new(lost))) else { panic!() };
    assert!(lost.found.is_err());
    assert_eq!(world.intents().len(), 1);
    let id = world.keys().iter().find(|key| key.title() == "Dark").unwrap().id;
    let Ok(Answer::Lost(lost)) = world.run(&operator, Operation::LookAgain(lost)) else { panic!() };
    assert_eq!(lost.found.unwrap()[0].id, id);
    assert!(world.intents().is_empty());
    let entry = world.last();
    assert_eq!((entry.action, entry.outcome, entry.id), (Action::Reconcile, Outcome::Orphan, Some(id)));
    assert_eq!(world.count("POST"), 1);
}

#[test]
fn looking_again_does_not_find_the_key_that_was_generated_meanwhile() {
    let world = World::new();
    // Without a journal, too, the program knows what it has delivered.
    let operator = world.operator_without_journal();
    let lost = in_the_dark(&world, &operator, "Dark");
    let orphan = world.keys().iter().find(|key| key.title() == "Dark").unwrap().id;
    let Ok(Answer::Created(again)) = world.run(&operator, create("Dark")) else { panic!() };
    assert!(again.secret.is_some());
    let Ok(Answer::Lost(lost)) = world.run(&operator, Operation::LookAgain(Box::new(lost))) else { panic!() };
    assert_eq!(lost.found.unwrap().iter().map(|key| key.id).collect::<Vec<_>>(), [orphan]);
}

#[test]
fn what_cannot_be_told_is_the_next_starts_to_tell() {
    let world = World::new();
    let operator = world.operator(patient());
    let lost = in_the_dark(&world, &operator, "Dark");
    drop(operator);
    assert!(!world.intents()[0].is_under_way);
    let id = world.keys().iter().find(|key| key.title() == "Dark").unwrap().id;
    let found = world.looks_into_new(&world.operator(patient()));
    assert_eq!((&found[0].known, &found[0].error), (&lost.known, &None));
    assert_eq!(found[0].found.as_ref().unwrap()[0].id, id);
    assert!(world.intents().is_empty());
}

#[test]
fn somebody_elses_key_is_not_taken_for_the_lost_one() {
    let world = World::new();
    world.generates("Twin");
    // The twin was there before; another one comes while the answer is awaited, made by somebody else.
    let operator = world.operator(hasty());
    world.fails(&["POST */api-keys delay=60000,before,times=1"]);
    let (result, other) = world.wait(async {
        let client = confident_keys::api::Client::new(
            world.service.base_url().parse().unwrap(),
            world.service.organization_key().clone(),
            patient(),
        );
        let elsewhere = async {
            while world.count("POST") < 2 {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            client.keys(&Scope::Organization).create("Somebody else's", Lifetime::Unlimited).await.unwrap().key.id
        };
        tokio::join!(operator.run(create("Twin")), elsewhere)
    });
    let Ok(Answer::Lost(lost)) = result else { panic!("{result:?}") };
    let found = lost.found.clone().unwrap();
    assert_eq!(found.iter().map(|key| key.id).collect::<Vec<_>>(), [other]);
    assert!(!lost.is_likely(&found[0]));
    journal_says(&world, "Twin", Outcome::None, None);
}

#[test]
fn without_a_journal_the_work_goes_on_and_is_told_once() {
    let world = World::new();
    let file = world.journal.folder().with_file_name("in-the-way");
    std::fs::write(&file, "").unwrap();
    let operator = world.operator_with(patient(), confident_keys::journal::Journal::at(file.join("state")));
    for name in ["One", "Two"] {
        let result = world.run(&operator, create(name));
        assert!(matches!(&result, Ok(Answer::Created(created)) if created.secret.is_some()), "{result:?}");
    }
    let complaint = operator.take_complaint().unwrap();
    assert!(complaint.contains("in-the-way") && complaint.contains("without a journal"), "{complaint}");
    assert_eq!(operator.take_complaint(), None);
}
