//! What the next start makes of intents that a program left when it was killed.

use confident_keys::api::model::{KeyId, Lifetime, ProjectId, Scope};
use confident_keys::journal::{
    Action, Entry, Intended, Intent, OrganizationRecord, Outcome, ScopeRecord, Service as ServiceRecord,
};
use confident_keys::operations::{Answer, Lost, Operation, Reconciled};

use crate::world::{World, patient};

/// What a program was about to do that knew all keys that are there now.
fn intent(world: &World, name: &str) -> Intent {
    Intent {
        time: "2026-11-21T14:02:00Z".parse().unwrap(),
        service: world.record(),
        organization: None,
        scope: ScopeRecord::new(&Scope::Organization, &"".into()),
        name: name.into(),
        what: knowing(&world.keys().iter().map(|key| key.id).collect::<Vec<_>>()),
    }
}

/// It was to generate a key, where these were before.
fn knowing(known: &[KeyId]) -> Intended {
    Intended::Create { replaces: None, known: known.to_vec() }
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
    let found = world.looks_into_new(&world.operator(patient()));
    assert_eq!((found.len(), &found[0].scope, found[0].name.as_str()), (1, &Scope::Organization, "Orphan"));
    assert_eq!((&intent.what, &found[0].error), (&knowing(&found[0].known), &None));
    let keys = found[0].found.as_ref().unwrap();
    assert_eq!(keys.iter().map(|key| key.id).collect::<Vec<_>>(), [id]);
    assert!(found[0].is_likely(&keys[0]));
    journal_says(&world, "Orphan", Outcome::Orphan, Some(id));
    assert!(world.intents().is_empty());
    assert_eq!(world.looks_into_new(&world.operator(patient())), []);
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
    let found = world.looks_into_new(&world.operator(patient()));
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
        let found = world.looks_into_new(&operator);
        assert!(found.len() == 1 && found[0].found.is_err(), "{fault}");
        // As long as its program lives it is its, and is asked of nobody else.
        assert!(world.intents()[0].is_under_way);
        drop(operator);
        assert!(!world.intents()[0].is_under_way);
    }
    assert_eq!(world.entries(), []);
    world.fails(&[]);
    let found = world.looks_into_new(&world.operator(patient()));
    assert_eq!(found[0].found.as_ref().unwrap()[0].id, id);
}

/// Whoever waits for it has something else to do.
#[test]
fn all_that_was_left_is_looked_into_by_one_deadline() {
    let world = World::new();
    for name in ["One", "Two", "Three"] {
        leaves(&world, &intent(&world, name));
    }
    world.generates("Two");
    world.fails(&["GET */api-keys delay=60000,times=always"]);
    let operator = world.operator(patient());
    let begun = std::time::Instant::now();
    let patience = std::time::Duration::from_millis(300);
    let mut found = Vec::new();
    world.wait(operator.reconcile(Some(begun + patience), |told| match told {
        Reconciled::New(lost) => found.push(lost),
        Reconciled::Rotation { .. } => panic!("{told:?}"),
    }));
    assert!(begun.elapsed() < patient().read_budget, "{:?}", begun.elapsed());
    assert!(found.len() == 3 && found.iter().all(|lost| lost.found.is_err()), "{found:?}");
    drop(operator);
    assert_eq!(world.intents().len(), 3);
    world.fails(&[]);
    let found = world.looks_into_new(&world.operator(patient()));
    assert_eq!(found.iter().map(|lost| lost.found.as_ref().unwrap().len()).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn what_the_start_could_not_tell_is_looked_at_again() {
    let world = World::new();
    leaves(&world, &intent(&world, "Orphan"));
    let id = world.generates("Orphan");
    world.fails(&["GET * status=403,times=always"]);
    let operator = world.operator(patient());
    let lost = world.looks_into_new(&operator).remove(0);
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
    assert_eq!(world.looks_into_new(&world.operator(patient())), []);
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
    assert_eq!(world.looks_into_new(&world.operator(patient())), []);
    assert!(world.intents()[0].is_under_way);
    assert_eq!(world.entries(), []);
    // Ended without a word, it is anybody's.
    drop(open);
    assert_eq!(world.looks_into_new(&world.operator(patient())).len(), 1);
}

#[test]
fn a_key_that_was_generated_again_is_no_lost_one() {
    let world = World::new();
    let intent = intent(&world, "Again");
    leaves(&world, &intent);
    let operator = world.operator(patient());
    let create = Operation::Create {
        scope: Scope::Organization,
        name: "Again".to_owned(),
        lifetime: Lifetime::Unlimited,
        replaces: None,
    };
    let Ok(Answer::Created(again)) = world.run(&operator, create) else { panic!() };
    assert!(again.secret.is_some());
    let other = world.generates("Again");
    // Its user has the secret, and must not be told to delete it; of the other one nobody knows. The next program
    // has that from the journal.
    for operator in [operator, world.operator(patient())] {
        let found = world.looks_into_new(&operator).remove(0).found.unwrap();
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
    let found = world.looks_into_new(&world.operator(patient()));
    assert_eq!((found.len(), &found[0].found), (1, &Ok(Vec::new())));
    journal_says(&world, "Orphan", Outcome::None, None);
    assert!(world.intents().is_empty());
    // Where nobody knows whose project it was, it may be there for another key.
    leaves(&world, &in_a_project_that_is_gone(&world, None));
    stays_open_with_a_note(&world, "“Orphan” in the project “Gone”");
}

/// A list that can't be read is not the list of a project that is gone.
#[test]
fn a_projects_list_that_cannot_be_read_says_nothing_of_its_keys() {
    for organization in [Some(organization(&World::new())), None] {
        let world = World::new();
        leaves(&world, &in_a_project_that_is_gone(&world, organization));
        world.fails(&["GET */projects/*/api-keys status=500,times=always"]);
        let operator = world.operator(patient());
        let found = world.looks_into_new(&operator);
        assert!(found.len() == 1 && found[0].found.is_err(), "{found:?}");
        assert_eq!((operator.take_notes(), world.entries()), (Vec::new(), Vec::new()));
        drop(operator);
        assert_eq!(world.intents().len(), 1);
    }
}

/// A project without a name is told by its id.
#[test]
fn a_project_whose_name_was_not_noted_is_told_by_its_id() {
    let world = World::new();
    let gone = in_a_project_that_is_gone(&world, None);
    leaves(&world, &Intent { scope: ScopeRecord::new(&gone.scope.scope(), &"".into()), ..gone });
    stays_open_with_a_note(&world, "“Orphan” in the project cmgone");
}

/// Two keys may have been lost that differ in one thing alone: what is told of one closes nothing of the other.
#[test]
fn looking_again_for_one_key_leaves_the_others_open() {
    let world = World::new();
    let Ok(Answer::Projects(projects)) = world.run(&world.operator(patient()), Operation::Projects) else { panic!() };
    let one = Intent { organization: Some(organization(&world)), ..intent(&world, "One") };
    let elsewhere = ScopeRecord::new(&Scope::Project(projects[0].id.clone()), &"".into());
    let others = [
        Intent { name: "Two".into(), ..one.clone() },
        Intent { scope: elsewhere, ..one.clone() },
        Intent { what: knowing(&[KeyId(900_001)]), ..one.clone() },
    ];
    for other in &others {
        leaves(&world, other);
    }
    leaves(&world, &one);
    world.fails(&["GET */api-keys status=403,times=always"]);
    let operator = world.operator(patient());
    let lost = world.looks_into_new(&operator);
    let is_one =
        |lost: &&Lost| lost.name == "One" && lost.scope == Scope::Organization && knowing(&lost.known) == one.what;
    let lost = lost.iter().find(is_one).unwrap().clone();
    world.fails(&[]);
    assert!(matches!(world.run(&operator, Operation::LookAgain(Box::new(lost))), Ok(Answer::Lost(_))));
    let mut open: Vec<Intent> = world.intents().into_iter().map(|listed| listed.intent).collect();
    open.sort_by_key(|intent| others.iter().position(|other| other == intent));
    assert_eq!((open, world.entries().len()), (others.to_vec(), 1));
}

/// This program's own lost key is looked for as such, whatever else is open.
#[test]
fn looking_again_for_an_own_key_is_not_misled_by_what_an_earlier_program_left() {
    let world = World::new();
    let other = OrganizationRecord { id: "org-other".into(), name: "Another Inc.".into() };
    leaves(&world, &Intent { organization: Some(other), ..of_nobody_knows_whom(&world, "Elsewhere") });
    world.fails(&["GET */organization status=403,times=always"]);
    let operator = world.operator(patient());
    assert!(world.looks_into_new(&operator)[0].found.is_err());
    let lost = crate::create::in_the_dark(&world, &operator, "Dark");
    world.fails(&[]);
    let Ok(Answer::Lost(lost)) = world.run(&operator, Operation::LookAgain(Box::new(lost))) else { panic!() };
    assert_eq!(lost.found.unwrap()[0].title(), "Dark");
    assert_eq!(world.intents().len(), 1, "the other one's stays open");
}

/// Another service counts its keys for itself.
#[test]
fn a_secret_that_arrived_at_another_service_is_not_this_keys() {
    let world = World::new();
    leaves(&world, &intent(&world, "Orphan"));
    let id = world.generates("Orphan");
    let elsewhere = ServiceRecord::new(&"https://elsewhere.invalid".parse().unwrap());
    let arrived = Intent { service: elsewhere, ..intent(&world, "Orphan") };
    let entry = Entry::of(&arrived, "2026-11-21T14:03:00Z".parse().unwrap(), Action::Create, Outcome::Done);
    world.journal.append(&Entry { id: Some(id), ..entry }).unwrap();
    let found = world.looks_into_new(&world.operator(patient())).remove(0).found.unwrap();
    assert_eq!(found.iter().map(|key| key.id).collect::<Vec<_>>(), [id]);
}

#[test]
fn another_organizations_intents_are_left_alone() {
    let world = World::new();
    let other = OrganizationRecord { id: "org-other".into(), name: "Another Inc.".into() };
    let intent = Intent { organization: Some(other), what: knowing(&[]), ..intent(&world, "Elsewhere") };
    leaves(&world, &intent);
    assert_eq!(world.looks_into_new(&world.operator(patient())), []);
    assert!(world.intents().len() == 1 && !world.intents()[0].is_under_way);
    // As long as the organization can't be read, nobody knows whether it is another one.
    world.fails(&["GET /v1/organization status=403,times=always"]);
    let found = world.looks_into_new(&world.operator(patient()));
    assert!(found.len() == 1 && found[0].found.is_err());
    assert_eq!((world.intents().len(), world.entries().len()), (1, 0));
}

/// The next start judges nothing: it leaves the one intent that is there open, and says so with its file.
#[track_caller]
fn stays_open_with_a_note(world: &World, words: &str) {
    let entries = world.entries();
    let operator = world.operator(patient());
    assert_eq!(world.looks_into_new(&operator), []);
    let note = operator.take_notes().join("\n");
    assert!(note.contains(words) && note.contains("did not note for which organization"), "{note}");
    let path = std::path::PathBuf::from(note.lines().last().unwrap().trim());
    assert!(path.is_file() && path.starts_with(world.journal.folder()), "{note}");
    assert_eq!(operator.take_notes(), Vec::<String>::new());
    assert!(world.intents().len() == 1 && !world.intents()[0].is_under_way);
    assert_eq!(world.entries(), entries);
}

/// An intent that does not say whose it is, and knew none of the keys that are here.
fn of_nobody_knows_whom(world: &World, name: &str) -> Intent {
    Intent { what: knowing(&[KeyId(900_001), KeyId(900_002)]), ..intent(world, name) }
}

/// In another organization's list every key is new, and one of them may well have that name.
#[test]
fn an_intent_of_nobody_knows_whom_is_not_judged_by_a_list_that_may_be_another_ones() {
    let world = World::new();
    let id = world.generates("Deploy");
    leaves(&world, &of_nobody_knows_whom(&world, "Deploy"));
    stays_open_with_a_note(&world, "“Deploy”");
    assert!(world.key(id).is_some_and(|key| key.valid));
}

#[test]
fn looking_again_judges_no_other_organizations_key_either() {
    let other = OrganizationRecord { id: "org-other".into(), name: "Another Inc.".into() };
    for (organization, words) in
        [(Some(other), "another organization, Another Inc."), (None, "Nobody knows in which organization")]
    {
        let world = World::new();
        world.generates("Deploy");
        leaves(&world, &Intent { organization, ..of_nobody_knows_whom(&world, "Deploy") });
        world.fails(&["GET * status=403,times=always"]);
        let operator = world.operator(patient());
        let lost = world.looks_into_new(&operator).remove(0);
        assert!(lost.found.is_err());
        world.fails(&[]);
        let mut lost = Box::new(lost);
        // However often.
        for _ in 0..2 {
            let Ok(Answer::Lost(again)) = world.run(&operator, Operation::LookAgain(lost)) else { panic!() };
            let why = again.found.as_ref().unwrap_err().to_string();
            assert!(why.contains(words) && why.contains("Start ckeys with the key that was used then"), "{why}");
            lost = again;
        }
        assert_eq!((world.entries().len(), world.intents().len()), (0, 1));
    }
}

/// A project's id is no other organization's: that its list is there says whose it is.
#[test]
fn a_projects_list_says_whose_the_project_is() {
    let world = World::new();
    let Ok(Answer::Projects(projects)) = world.run(&world.operator(patient()), Operation::Projects) else { panic!() };
    let scope = Scope::Project(projects[0].id.clone());
    leaves(&world, &Intent { scope: ScopeRecord::new(&scope, &"".into()), ..of_nobody_knows_whom(&world, "Orphan") });
    let operator = world.operator(patient());
    let found = world.looks_into_new(&operator);
    assert_eq!((found.len(), &found[0].scope, operator.take_notes()), (1, &scope, Vec::new()));
    journal_says(&world, "Orphan", Outcome::None, None);
    assert_eq!(world.last().organization, Some(organization(&world)), "by now it is known");
}

/// Notes that can't be read are told by the start that finds them, with where they are.
#[test]
fn what_cannot_be_read_is_told_once_with_where_it_is() {
    let world = World::new();
    leaves(&world, &intent(&world, "Nothing"));
    for name in ["0-torn.json", "1-torn.json"] {
        std::fs::write(world.journal.folder().join("intents").join(name), "{\"time\":").unwrap();
    }
    let operator = world.operator(patient());
    assert_eq!(world.looks_into_new(&operator).len(), 1, "the others are looked into all the same");
    let notes = operator.take_notes();
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("2 notes") && notes[0].contains("whose secret nobody has"), "{}", notes[0]);
    let paths: Vec<_> = notes[0].lines().skip(1).map(|line| std::path::PathBuf::from(line.trim())).collect();
    assert!(paths.len() == 2 && paths.iter().all(|path| path.is_file()), "{}", notes[0]);
    let next = world.operator(patient());
    assert_eq!((world.looks_into_new(&next), next.take_notes()), (Vec::new(), Vec::new()));
}
