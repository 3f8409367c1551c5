//! Many keys changed together, while the service fails in the middle of it.

use confident_keys::api::model::{ApiKey, KeyId};
use confident_keys::demo::Options;
use confident_keys::status::{Status, Tab, Thresholds};
use jiff::Timestamp;

use crate::screen::Screen;
use crate::world::World;

/// One project with so many keys that most of them are not in use.
fn world() -> (World, String) {
    let world = World::with(&Options { projects: Some(1), keys_per_project: Some(60), ..Options::default() });
    let projects = world.wait(world.client(world.key.clone()).projects()).unwrap();
    (world, projects[0].name.as_str().to_owned())
}

fn active(world: &World, project: &str) -> usize {
    world.keys(Some(project)).iter().filter(|key| key.valid).count()
}

fn is_stale(key: &ApiKey) -> bool {
    Status::of(key, Timestamp::now(), &Thresholds::default()).tab() == Tab::Stale
}

/// The stale keys of the project are marked; how many they are.
fn mark_stale(screen: &mut Screen) -> usize {
    screen.sees("Energy Transl").types("j").sees("60 keys").types("3*").sees(" marked");
    let text = screen.text();
    let (before, _) = text.split_once(" marked").unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

/// The keys of `project` that were changed from what they were `before`.
fn changed(world: &World, project: &str, before: &[ApiKey]) -> usize {
    let is_other = |key: &&ApiKey| before.iter().any(|other| other.id == key.id && other.valid != key.valid);
    world.keys(Some(project)).iter().filter(is_other).count()
}

#[test]
fn what_fails_in_the_middle_is_told_and_tried_again_alone_and_all_of_it_can_be_undone() {
    let (world, project) = world();
    let before = world.keys(Some(&project));
    let stale: Vec<KeyId> = before.iter().filter(|key| is_stale(key)).map(|key| key.id).collect();
    world.fails(&[
        &format!("PUT */api-keys/{} status=403", stale[2]),
        // It is tried more than once, in vain, and whether it was done is not known for sure.
        &format!("PUT */api-keys/{} status=500,before,times=always", stale[5]),
        &format!("PUT */api-keys/{} drop,after,times=always", stale[7]),
        "PUT * status=429,retry-after=1,skip=9",
    ]);
    let mut screen = Screen::open(&world, 120, 36);
    let count = mark_stale(&mut screen);
    assert_eq!(count, stale.len());
    screen.types("x").sees(&format!("Deactivate {count} keys (y)")).types("y");
    // The one whose answer was lost is looked at again, and is as it should be; the one that had to wait is done.
    screen.sees(&format!("{} keys deactivated, 1 unknown, 1 failed.", count - 2));
    assert!(screen.ever_wrote("asked for a pause"), "the pause was told");
    screen.sees("may not do this (403)").sees("stays marked");
    assert_eq!(changed(&world, &project, &before), count - 2);
    let requests = world.service.as_ref().unwrap().requests();
    let trouble = [stale[5], stale[7]].map(|id| format!("/api-keys/{id}"));
    let sent = requests.iter().filter(|request| request.method == "PUT");
    let others = sent.filter(|request| !trouble.iter().any(|end| request.path.ends_with(end))).count();
    assert_eq!(others, count - 2 + 1, "of the others, only the one that was asked to wait was sent twice");
    // Those alone, once nothing is in their way.
    world.fails(&[]);
    screen.types("\r").misses("stays marked").sees("2 marked").types("x");
    // Where the 403 came after all that went well, the key may be one that can only read.
    let refuses = |screen: &Screen| screen.text().contains("press x again");
    screen.waits("no question", |screen| refuses(screen) || screen.text().contains("Deactivate 2 keys (y)"));
    if refuses(&screen) {
        screen.types("x");
    }
    screen.sees("Deactivate 2 keys (y)").types("y");
    screen.sees("2 keys deactivated.").types("\r").misses("keys deactivated.").misses("marked");
    assert_eq!(changed(&world, &project, &before), count);
    // The last change first, then the one before it, whole.
    screen.types("u").sees("Undo: reactivate 2 keys").types("y").sees("2 keys reactivated.").types("\r");
    screen.misses("reactivated.").types("u").sees(&format!("Undo: reactivate {} keys", count - 2)).types("y");
    screen.sees(&format!("{} keys reactivated.", count - 2)).types("\r").misses("reactivated.");
    assert_eq!(changed(&world, &project, &before), 0);
    screen.types("u").sees("There is nothing to undo").types("\x1b").misses("nothing to undo").types("q");
    screen.ends(0);
}

#[test]
fn four_at_a_time_are_changed_and_it_stops_between_two() {
    let (world, project) = world();
    let before = active(&world, &project);
    // Each answer is held back: more come only once those before are let go.
    let hold = || world.fails(&["PUT * hold,times=always"]);
    hold();
    let mut screen = Screen::open(&world, 80, 24);
    let count = mark_stale(&mut screen);
    screen.types("x").sees(&format!("Deactivate {count} keys (y)")).types("y").waits_for(|| world.count("PUT") == 4);
    hold();
    screen.waits_for(|| world.count("PUT") == 8);
    screen.types("\x1b").sees("nothing more is begun");
    world.fails(&[]);
    screen.sees("not begun");
    let sent = world.count("PUT");
    assert_eq!(sent, 8);
    assert_eq!(before - active(&world, &project), sent);
    screen.sees(&format!("{sent} keys deactivated, {} not begun.", count - sent));
    screen.types("\r").sees(&format!("{} marked", count - sent)).types("\x1b").misses("marked").types("q");
    screen.ends(0);
    assert_eq!(world.count("PUT"), sent);
}

#[test]
fn inactive_keys_are_deleted_together_once_their_number_was_typed() {
    let (world, project) = world();
    let before = world.keys(Some(&project));
    let ids: Vec<KeyId> = before.iter().filter(|key| !key.valid).map(|key| key.id).collect();
    let inactive = ids.len();
    assert!(inactive > 3);
    world.fails(&[
        &format!("DELETE */api-keys/{} drop,after", ids[1]),
        &format!("DELETE */api-keys/{} status=403", ids[2]),
    ]);
    let mut screen = Screen::open(&world, 80, 24);
    screen.sees("Energy Transl").types("j").sees("60 keys").types("l*").sees("60 marked").types("D");
    screen.sees("Type the number of keys to delete").sees("it is active: deactivate it first");
    screen.types("60\r").sees("That is not their number");
    assert_eq!(world.count("DELETE"), 0);
    screen.types(&format!("\u{15}{inactive}\r")).sees(&format!("{} keys deleted, ", inactive - 1));
    screen.sees("1 failed").sees("left as they are");
    let left = world.keys(Some(&project));
    assert_eq!(left.len(), before.len() - (inactive - 1));
    assert_eq!(left.iter().filter(|key| key.valid).count(), before.len() - inactive, "none that is active");
    screen.types("\r").misses("keys deleted").types("4").sees("1 All").sees("Inactive 1").types("q");
    screen.ends(0);
}
