//! Commands that are told as advice: followed to the letter, they mean the organization that was meant.

use confident_keys::api::model::ApiKey;

use crate::profiles::Home;
use crate::support::{Run, World};

/// `home` and `work`, each with a service of its own, whose keys have the same numbers; `home` is the default.
struct Two {
    home: Home,
    work: World,
}

impl Two {
    fn new() -> Self {
        let two = Self { home: Home::new(), work: World::new() };
        two.home.write("home-key", &two.home.world.key);
        two.home.write("work-key", &two.work.key);
        two.home.configure(&format!(
            "default_profile = \"home\"\n[profiles.home]\nbase_url = \"URL\"\nkey = {{ file = \"home-key\" }}\n\
             [profiles.work]\nbase_url = \"{}\"\nkey = {{ file = \"work-key\" }}\n",
            two.work.base_url
        ));
        two
    }

    /// Runs the command that `run` told in backticks, which begins like this, as a shell would.
    #[track_caller]
    fn follows(&self, run: &Run, start: &str, more: &[&str]) -> Run {
        let told = run.err.split('`').skip(1).step_by(2).find(|told| told.starts_with(start));
        let told = told.unwrap_or_else(|| panic!("no command {start:?} in {run:?}"));
        let words: Vec<_> = told.split(' ').skip(1).chain(more.iter().copied()).collect();
        self.home.run(&words)
    }
}

fn named(world: &World, name: &str) -> Option<ApiKey> {
    world.keys_beside().into_iter().find(|key| key.title() == name)
}

#[test]
fn what_is_told_of_a_key_whose_secret_got_lost_is_about_its_own_organization() {
    let two = Two::new();
    two.home.run(&["create", "of home", "--org", "--to", "stdout", "--yes"]).exits(0);
    let of_home = named(&two.home.world, "of home").unwrap();
    let id = of_home.id.to_string();
    two.home.run(&["deactivate", &id, "--org", "--yes"]).exits(0);
    let writes = two.home.world.writes();
    let run = two.home.run(&["create", "of work", "--org", "--profile", "work", "--to", "command:false", "--yes"]);
    let run = run.exits(1).prints_nothing().says("so the key was deactivated again");
    assert_eq!(named(&two.work, "of work").unwrap().id, of_home.id, "a mix-up would not be seen");
    two.follows(&run, "ckeys --profile work delete ", &["--confirm", "of work", "--yes"]).exits(0);
    assert_eq!(named(&two.work, "of work"), None);
    assert!(named(&two.home.world, "of home").is_some());
    assert_eq!(two.home.world.writes(), writes);
}

#[test]
fn what_is_told_of_a_key_that_is_active_is_about_its_own_organization() {
    let two = Two::new();
    two.home.run(&["create", "of work", "--org", "--profile", "work", "--to", "stdout", "--yes"]).exits(0);
    let id = named(&two.work, "of work").unwrap().id.to_string();
    let refused = two.home.run(&["--profile", "work", "delete", &id, "--org", "--yes"]).exits(6);
    two.follows(&refused, "ckeys --profile work deactivate ", &["--yes"]).exits(0);
    assert!(!named(&two.work, "of work").unwrap().valid);
    let missing = two.home.run(&["--profile", "work", "get", "99999", "--org"]).exits(5);
    assert!(two.follows(&missing, "ckeys --profile work list ", &[]).exits(0).out.contains("of work"));
    let nowhere = two.home.run(&["--profile", "work", "list", "--project", "Nowhere"]).exits(5);
    two.follows(&nowhere, "ckeys --profile work projects", &[]).exits(0);
    assert_eq!(two.home.world.writes(), 0);
    // The default is named, too: another may be the default by then.
    two.home.run(&["get", "99999", "--org"]).exits(5).says("`ckeys --profile home list --org`");
}

/// In the same environment, the same key is in force again.
#[test]
fn without_a_profile_a_command_names_none() {
    let two = Two::new();
    let run = two.home.world.run(&["get", "99999", "--org"]).exits(5).says("`ckeys list --org`");
    assert!(!run.err.contains("--profile"), "{run:?}");
}

/// Its keys are nobody's.
#[test]
fn what_is_told_of_made_up_keys_does_not_mean_real_ones() {
    let two = Two::new();
    two.home.run(&["--demo", "get", "99999", "--org"]).exits(5).says("`ckeys --demo list --org`");
    assert_eq!(two.home.asked(), 0);
}
