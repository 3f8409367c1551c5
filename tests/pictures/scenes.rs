//! What is on the pictures.

use crate::draw::{DARK, Ground, LIGHT};
use crate::stage::Stage;
use crate::tour::Reel;

/// A picture of one state of the screen.
pub(crate) struct Still {
    /// Of its file.
    pub(crate) name: &'static str,
    /// What is seen, for who can't see it.
    pub(crate) told: &'static str,
    is_light: bool,
    /// Leads there.
    pub(crate) play: fn(&mut Stage),
}

impl Still {
    const fn dark(name: &'static str, told: &'static str, play: fn(&mut Stage)) -> Self {
        Self { name, told, is_light: false, play }
    }

    pub(crate) fn theme(&self) -> &'static str {
        if self.is_light { "light" } else { "dark" }
    }

    pub(crate) fn ground(&self) -> Ground {
        if self.is_light { LIGHT } else { DARK }
    }
}

pub(crate) const STILLS: &[Still] = &[
    Still::dark("scopes", "The scopes at the left, the keys of a project at the right", project),
    Still::dark("all-keys", "The keys of all scopes in one table, with when they were last used", all_keys),
    Still::dark("stale", "The tab of the stale keys of all scopes", stale),
    Still::dark("filter", "A filter is typed, and the table shows what fits", |stage| {
        all_keys(stage);
        stage.types("/project:prod stale:>90d").sees("stale:>90d").sees("5 of 46");
    }),
    Still::dark("details", "All that is known of one key", |stage| {
        stale(stage);
        to_old_laptop(stage);
        stage.types("\r").sees("value     ").sees("Esc close");
    }),
    Still::dark("generate", "The form for a new key: its name, where its secret goes, its lifetime", form),
    Still::dark("secret", "A new key's secret, masked, is on its way to the clipboard", |stage| {
        form(stage);
        stage.types("\r").sees("Sent to the terminal").sees("Made just now").sees("14 keys");
    }),
    Still::dark("deactivate", "Three keys are marked, and about to be deactivated together", |stage| {
        stale(stage);
        stage.types(" jj jj ").sees("3 marked").types("x").sees("Deactivate 3 keys").sees("deactivate demo");
    }),
    Still::dark("delete", "A key is deleted only by who types its name", |stage| {
        stale(stage);
        to_old_laptop(stage);
        stage.types("D").sees("Type the name to delete").sees("Read again just now");
        stage.types("Old lap").sees("▸ Old lap");
    }),
    Still::dark("rotate", "The form that gives a key a new value in place", |stage| {
        stale(stage);
        to_old_laptop(stage);
        stage
            .types("R")
            .sees("Rotate a key")
            .sees("Read again just now")
            .sees("the old one beside it until")
            .sees("terminal's clipboard");
    }),
    Still::dark("palette", "Any command, scope or view is found by its name", |stage| {
        stale(stage);
        stage.types(":").sees("╭ Commands").types("key").sees(": key");
    }),
    Still::dark("help", "The help tells the keys that work where you are", |stage| {
        stale(stage);
        stage.types("?").sees("Help · what works here");
    }),
    Still { is_light: true, ..Still::dark("light", "The same screen on a light background", all_keys) },
];

/// The file of the tour, and what is seen.
pub(crate) const TOUR: (&str, &str) =
    ("tour", "A tour: scopes, all keys, the stale ones; a key is generated, another deactivated, and that undone");

/// To the first project.
fn first_project(stage: &mut Stage) {
    stage.types("j").sees("▸ Hiring").sees("0 keys");
}

/// From there to the next one, which has keys.
fn next_project(stage: &mut Stage) {
    stage.types("j").sees("▸ Production App").sees("13 keys").sees("Kubernetes");
}

fn project(stage: &mut Stage) {
    first_project(stage);
    next_project(stage);
}

fn all_keys(stage: &mut Stage) {
    stage.types("0").sees("All keys ─").sees("1 All 46").sees("46 keys · 13 stale").sees("used  24h");
}

/// The stale ones of them.
fn stale_tab(stage: &mut Stage) {
    stage.types("3").sees("▸ ✕ never used  demo").misses("✦ new");
}

fn stale(stage: &mut Stage) {
    all_keys(stage);
    stale_tab(stage);
}

fn to_old_laptop(stage: &mut Stage) {
    stage.types(&"j".repeat(9)).sees("─ Old laptop · Production App");
}

/// The form for a new key, filled in.
fn form(stage: &mut Stage) {
    project(stage);
    stage.types("c").sees("Generate a key · Production App").types("billing-service").sees("▸ billing-service");
}

/// Scopes; all keys, the stale ones; a new key; a stale one that is deactivated, and that undone; help.
pub(crate) fn tour(stage: &mut Stage, reel: &mut Reel) {
    reel.shows(stage, "", "The organization's keys, and its projects at the left", 2400);
    first_project(stage);
    reel.shows(stage, "j", "From scope to scope: each shows its keys", 600);
    next_project(stage);
    reel.shows(stage, "j", "From scope to scope: each shows its keys", 2300);

    all_keys(stage);
    reel.shows(stage, "0", "The keys of all scopes, and when they were last used", 3000).stands_for_all();
    stale_tab(stage);
    reel.shows(stage, "3", "The stale ones alone", 2800);

    stage.types(":").sees("╭ Commands");
    reel.shows(stage, ":", "Any command, scope or view by its name", 900);
    reel.types(stage, "prod", ":", "Any command, scope or view by its name");
    reel.shows(stage, ":", "Any command, scope or view by its name", 900);
    stage.types("\r").misses("Commands").sees("Keys · Production App").sees("13 keys");
    reel.shows(stage, "Enter", "To the keys of a project", 1000);
    stage.types("1").sees("Canary, please keep");
    reel.shows(stage, "1", "All of them", 1000);
    stage.types("c").sees("Generate a key · Production App");
    reel.shows(stage, "c", "A new key: its name, where its secret goes, its lifetime", 1000);
    reel.types(stage, "billing-service", "c", "A new key: its name, where its secret goes, its lifetime");
    reel.shows(stage, "c", "A new key: its name, where its secret goes, its lifetime", 1500);
    stage.types("\r").sees("Sent to the terminal").sees("Made just now").sees("14 keys");
    reel.shows(stage, "Enter", "The secret is shown once: masked, and on its way to the clipboard", 3200);
    stage.types("\r").sees("Type saved");
    reel.shows(stage, "Enter", "A terminal can't say whether it took the secret: you can", 900);
    reel.types(stage, "saved", "Enter", "A terminal can't say whether it took the secret: you can");
    stage.types("\r").misses("New key").sees("billing-service");
    reel.shows(stage, "Enter", "The new key is in the table", 1600);

    stage.types("03").sees("All keys ─").sees("47 keys · 13 stale").sees("◌ stale       Old laptop");
    reel.shows(stage, "0 3", "Back to the stale ones", 900);
    for _ in 0..9 {
        stage.types("j");
        reel.shows(stage, "j", "Down to an old laptop's key", 130);
    }
    stage.sees("─ Old laptop · Production App");
    stage.types("x").sees("Deactivate a key").sees("Read again just now");
    reel.shows(stage, "x", "Deactivate it? It was read again just now", 2600);
    stage.types("y").misses("Deactivate a key").sees("47 keys · 12 stale").sees("is inactive: its");
    reel.shows(stage, "y", "Whoever still uses it is refused from now on", 2400);
    // It would go by itself at some time.
    stage.types("\x1b").misses("is inactive: its");
    stage.types("u").sees("Undo: reactivate a key").sees("Deactivated just now");
    reel.shows(stage, "u", "Undo that?", 2000);
    stage.types("y").misses("Undo: reactivate").sees("47 keys · 13 stale").sees("is active again");
    reel.shows(stage, "y", "It works again, with the same value", 1800);
    stage.types("\x1b").misses("is active again");
    stage.types("?").sees("Help · what works here");
    reel.shows(stage, "?", "The keys that work where you are", 3000);
}
