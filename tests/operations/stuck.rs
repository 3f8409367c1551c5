//! A journal that takes its time: nothing waits for it but the write that is being written down, and that one does.

use std::fs::File;
use std::pin::pin;
use std::time::{Duration, Instant};

use confident_keys::api::model::{KeyId, Lifetime, Scope};
use confident_keys::journal::{Action, Outcome};
use confident_keys::operations::{Answer, Operation, Operator};

use crate::world::{World, patient};

/// Longer than anything here takes, and shorter than the journal's own patience with other programs.
const SOON: Duration = Duration::from_secs(4);

/// The turn to write, as a program has it that was stopped in the middle of writing.
fn held(world: &World) -> File {
    std::fs::create_dir_all(world.journal.folder()).unwrap();
    let path = world.journal.folder().join("journal.lock");
    let file = File::options().write(true).create(true).truncate(false).open(path).unwrap();
    file.lock().unwrap();
    file
}

/// Reads until the service has got a call of this `method`, and some more.
async fn reads_go_on(world: &World, operator: &Operator, method: &str) {
    let begun = Instant::now();
    let mut more = 5;
    while more > 0 {
        let answer = operator.run(Operation::Keys(Scope::Organization)).await;
        assert!(matches!(answer, Ok(Answer::Keys(_))), "{answer:?}");
        more -= usize::from(world.count(method) > 0);
        assert!(begun.elapsed() < SOON, "reads wait for the journal");
    }
}

fn some_key(world: &World) -> KeyId {
    world.keys().iter().find(|key| !world.service.organization_key().expose().ends_with(key.value.tail())).unwrap().id
}

#[test]
fn reads_are_answered_while_a_write_waits_for_the_journal() {
    let world = World::new();
    let id = some_key(&world);
    let scope = Scope::Organization;
    for (operation, method, action) in [
        (Operation::SetValid { scope: scope.clone(), id, valid: false }, "PUT", Action::Deactivate),
        (
            Operation::Create {
                scope: scope.clone(),
                name: "CI".into(),
                lifetime: Lifetime::Unlimited,
                replaces: None,
            },
            "POST",
            Action::Create,
        ),
        (Operation::Delete { scope: scope.clone(), id }, "DELETE", Action::Delete),
    ] {
        let operator = world.operator(patient());
        let lock = held(&world);
        let lines = world.entries().len();
        world.wait(async {
            let mut write = pin!(operator.run(operation));
            // One thread for both, as in the program.
            tokio::select! {
                biased;
                answer = &mut write => panic!("told before it was written down: {answer:?}"),
                () = reads_go_on(&world, &operator, method) => {}
            }
            lock.unlock().unwrap();
            let answer = write.await;
            assert!(answer.is_ok(), "{answer:?}");
            // It is on the disk by the time that it is told.
            let entries = world.entries();
            assert_eq!(entries.len(), lines + 1);
            let last = entries.last().unwrap();
            assert_eq!((last.action, last.outcome), (action, Outcome::Done));
        });
        assert_eq!(operator.take_complaint(), None);
    }
}

#[test]
fn what_is_sent_was_written_down_before() {
    let world = World::new();
    world.fails(&["POST */api-keys delay=60000"]);
    let operator = world.operator(patient());
    world.wait(async {
        let mut write = pin!(operator.run(Operation::Create {
            scope: Scope::Organization,
            name: "CI".into(),
            lifetime: Lifetime::Unlimited,
            replaces: None
        }));
        let sent = async {
            while world.count("POST") == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            answer = &mut write => panic!("{answer:?}"),
            () = sent => {}
        }
        let intents = world.intents();
        assert!(intents.len() == 1 && intents[0].is_under_way, "{intents:?}");
        // Nothing was read before: it was asked for, so that the next start knows in whose list to look.
        assert_eq!(intents[0].intent.organization.as_ref().unwrap().name.raw(), "Acme Inc.");
    });
}

#[test]
fn an_organization_that_cannot_be_read_is_no_reason_not_to_generate() {
    let world = World::new();
    world.fails(&["GET /v1/organization status=403,times=always"]);
    let operator = world.operator(patient());
    let answer = world.run(
        &operator,
        Operation::Create {
            scope: Scope::Organization,
            name: "CI".into(),
            lifetime: Lifetime::Unlimited,
            replaces: None,
        },
    );
    assert!(matches!(answer, Ok(Answer::Created(_))), "{answer:?}");
    assert_eq!((world.last().organization, world.last().outcome), (None, Outcome::Done));
}
