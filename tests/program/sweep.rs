//! All keys of a large organization, at a service that is slow, asks for pauses, and fails here and there.

use std::collections::BTreeSet;
use std::time::Duration;

use confident_keys::demo::Options;

use crate::screen::Screen;
use crate::world::World;

const PROJECTS: usize = 1000;
const LIST: &str = "/api-keys";
/// How often the service asks for a pause.
const PAUSES: usize = 8;

fn large() -> World {
    let latency = Duration::from_millis(20);
    World::with(&Options { projects: Some(PROJECTS), keys_per_project: Some(3), latency, ..Options::default() })
}

/// The lists of keys that were asked for, after the first `skipped` requests.
fn lists(world: &World, skipped: usize) -> Vec<String> {
    let requests = world.service.as_ref().unwrap().requests();
    requests.into_iter().skip(skipped).map(|request| request.path).filter(|path| path.ends_with(LIST)).collect()
}

/// How many of the scopes were read, as the line over the table says.
fn progress(screen: &Screen) -> Option<usize> {
    let text = screen.text();
    let line = text.lines().find(|line| line.contains(" scopes  Esc stops"))?;
    let (before, _) = line.split_once(" of ")?;
    before.split_whitespace().last()?.parse().ok()
}

#[test]
fn a_thousand_projects_are_read_while_the_screen_lives_on_and_those_that_fail_alone_again() {
    let world = large();
    let projects = world.wait(world.client(world.key.clone()).projects()).unwrap();
    assert_eq!(projects.len(), PROJECTS);
    let failing = [&projects[3], &projects[500], &projects[999]];
    let paths: BTreeSet<String> = failing.iter().map(|project| format!("/v1/projects/{}{LIST}", project.id)).collect();
    let refuse = paths.iter().map(|path| format!("GET {path} status=403,times=always"));
    let pause = format!("GET *{LIST} status=429,retry-after=1,skip=200,times={PAUSES}");
    let faults: Vec<String> = refuse.chain([pause]).collect();
    world.fails(&faults.iter().map(String::as_str).collect::<Vec<_>>());

    let mut screen = Screen::open(&world, 120, 36);
    screen
        .sees("Energy Transl")
        .types("0")
        .waits("no progress", |screen| progress(screen).is_some_and(|done| done > 20));
    // Rows are there before the end, the cursor moves among them, and it stays on its key while others come in.
    screen.types("jjj?").sees("╭ Help").types("\x1b").misses("╭ Help").sees("? help");
    let chosen = cursor(&screen).unwrap();
    let before = progress(&screen).unwrap();
    screen.waits("no further progress", |screen| progress(screen).is_some_and(|done| done > before + 50));
    assert_eq!(cursor(&screen).unwrap(), chosen);
    // Another scope can be looked at meanwhile.
    screen.types("hj").sees("Keys · Organization").types("0");
    // The pause that the service asks for is kept, and what was refused for it is read all the same.
    screen.sees("3 of 1001 scopes could not be read");
    assert!(screen.ever_wrote("pause: 1 s"), "the pause was told");
    let read = lists(&world, 0);
    assert_eq!(read.iter().collect::<BTreeSet<_>>().len(), PROJECTS + 1);
    // Nothing is asked for twice but what was asked to wait, and what failed when it was come back to.
    let others = read.iter().filter(|path| !paths.contains(*path)).count();
    assert_eq!(others, PROJECTS + 1 - paths.len() + PAUSES);

    screen.types("!").sees("could not be read");
    for project in failing {
        screen.sees(project.name.as_str());
    }
    screen.sees("may not do this (403)").types("\x1b").misses("may not do this");
    let so_far = world.service.as_ref().unwrap().requests().len();
    world.fails(&[]);
    screen.types("r").misses("could not be read").sees(" used  ");
    assert_eq!(lists(&world, so_far).into_iter().collect::<BTreeSet<_>>(), paths);
    let organization = world.keys(None).len();
    screen.sees(&format!("All {}", 3 * PROJECTS + organization)).types("q");
    screen.ends(0);
}

/// The name in the row that the cursor is on.
fn cursor(screen: &Screen) -> Option<String> {
    let text = screen.text();
    let line = text.lines().find_map(|line| line.split_once("││▸ "))?.1;
    Some(line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).take(3).collect::<Vec<_>>().join("|"))
}

#[test]
fn a_sweep_that_is_stopped_asks_for_nothing_more_and_goes_on_where_it_was() {
    let world = large();
    let mut screen = Screen::open(&world, 80, 24);
    screen
        .sees("Energy Transl")
        .types("0")
        .waits("no progress", |screen| progress(screen).is_some_and(|done| done > 20));
    screen.types("\x1b").sees("Stopped: the keys of").sees("of 1000 scopes were read").misses("reading…");
    let read = lists(&world, 0);
    assert!(read.len() < PROJECTS, "{} of them were read", read.len());
    let so_far = world.service.as_ref().unwrap().requests().len();
    screen.types("\x1b").misses("Stopped").types("r").sees("Esc stops").sees(" used  ").misses("reading…");
    let rest = lists(&world, so_far);
    assert_eq!(read.len() + rest.len(), PROJECTS + 1, "each once");
    screen.types("q");
    screen.ends(0);
}
