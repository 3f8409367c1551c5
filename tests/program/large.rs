//! More keys than are sorted at once: what is typed without waiting for the rows is about the rows that come of it.

use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::app::arrange::AT_ONCE;
use confident_keys::demo::Options;
use confident_keys::query::{Query, Subject};
use confident_keys::status::{Status, Thresholds};
use jiff::Timestamp;

use crate::screen::Screen;
use crate::world::World;

/// How many of `keys` a filter finds.
fn found(keys: &[ApiKey], filter: &str) -> usize {
    let (query, now) = (Query::parse(filter).0, Timestamp::now());
    let fits = |key: &&ApiKey| {
        let status = Status::of(key, now, &Thresholds::default());
        let scope = &Scope::Organization;
        query.fits(&Subject { key, status, scope, scope_name: "", is_duplicate: false }, now)
    };
    keys.iter().filter(fits).count()
}

#[test]
fn what_is_typed_ahead_of_many_rows_is_about_the_rows_that_were_asked_for() {
    let count = AT_ONCE + 500;
    let world = World::with(&Options { projects: Some(1), keys_per_project: Some(count), ..Options::default() });
    let projects = world.wait(world.client(world.key.clone()).projects()).unwrap();
    let keys = world.keys(Some(projects[0].name.as_str()));
    let filter = keys[7].title().split_whitespace().next().unwrap().to_lowercase();
    let expected = found(&keys, &filter);
    assert!((1..count).contains(&expected), "{filter} finds {expected}");
    let mut screen = Screen::open(&world, 120, 36);
    screen.sees("Energy Transl").types("j").sees(&format!("{count} keys"));
    // All at one go: the filter, and what is done to what it finds.
    screen.types(&format!("l/{filter}\r*")).sees(&format!("{expected} of {count}")).sees(&format!("{expected} marked"));
    // Other rows, and keys that are about them.
    screen.types("\x1b").misses(&format!("of {count}")).types("\x1b").misses("marked");
    screen.types("4G*").sees(" marked");
    let inactive = keys.iter().filter(|key| !key.valid).count();
    assert!(screen.text().contains(&format!("{inactive} marked")), "{inactive}:\n{}", screen.text());
    screen.types("q");
    screen.ends(0);
}
