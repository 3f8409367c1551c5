//! With several profiles: one in force, one that is down, one that was not asked for its key.

use confident_keys::app::profiles::Profiles;
use confident_keys::app::remembered::Memory;
use confident_keys::config::{ChosenBy, Colour, Configuration, InForce, ReadOnly};
use confident_keys::status::{Overrides, Thresholds};

use super::State;
use crate::data::Names;
use crate::scene::{Opening, Scene};

const FILE: &str = "\
    [profiles.acme]\nregion = \"US\"\nkey = \"keyring\"\ncolour = \"green\"\n\
    [profiles.beijing]\nbase_url = \"https://keys.example.cn/confident\"\nkey = { file = \"beijing\" }\ncolour = \"red\"\n\
    [profiles.acme-production]\nregion = \"EU\"\nkey = { command = [\"op\", \"read\", \"op://ops/key\"] }\n\
    read_only = true\nproduction = true\n\
    [profiles.cluster]\nbase_url = \"http://confident.svc.cluster.local:8080\"\nallow_http = true\n\
    [profiles.misspelled]\nreadonly = true\n";

const DOWN: &str = "keys.example.cn refused the connection. Nothing was sent. See whether the service runs there.";
const NO_KEY: &str = "The key of the profile “acme-production” can't be had: `op` failed (exit 1). Nothing was sent. Here \
                      it can't ask you anything: where it has to, start `ckeys --profile acme-production`.";

fn profiles() -> Profiles {
    let entries = Configuration::parse(FILE).profiles.entries;
    Profiles::new(&entries, Thresholds::default(), Overrides::default(), Memory::default())
}

fn in_force() -> InForce {
    let profile = Some(("acme".to_owned(), ChosenBy::Default));
    InForce { profile, colour: Some(Colour::Green), ..InForce::default() }
}

fn start(names: Names) -> Scene {
    Opening { in_force: in_force(), profiles: profiles(), ..Opening::new(names) }.start().reads()
}

/// With the cursor on the profile with this number among the others.
fn on(names: Names, number: usize) -> Scene {
    (0..number).fold(start(names).keys("G k k k"), |scene, _| scene.keys("j"))
}

fn down(names: Names) -> Scene {
    on(names, 0).keys("Enter").key_is_read().fails_to_open("down", DOWN)
}

/// Of a name in Chinese, where letters may be of any script.
fn beijing(names: Names) -> Scene {
    let name = if names == Names::Any { "北京智能科技有限公司" } else { "Beijing Ltd." };
    let in_force = InForce { colour: Some(Colour::Red), ..InForce::default() };
    on(names, 0).keys("Enter").key_is_read().opens("keys.example.cn/confident", name, in_force).reads()
}

fn cluster(names: Names) -> Scene {
    let warnings = vec![
        "The profile “cluster” allows plain http: the key and every secret cross the network in the open.".to_owned(),
    ];
    let in_force = InForce { is_in_the_open: true, read_only: Some(ReadOnly::Flag), warnings, ..InForce::default() };
    on(names, 2).keys("Enter").opens("confident.svc.cluster.local:8080", "Cluster", in_force).reads()
}

fn production(names: Names) -> Scene {
    let in_force = InForce {
        is_production: true,
        colour: Some(Colour::Red),
        read_only: Some(ReadOnly::Profile("acme-production".to_owned())),
        ..InForce::default()
    };
    on(names, 1).keys("Enter").opens("EU", "Acme Inc.", in_force).reads().later(6)
}

/// The environment goes before the profile.
fn overridden(names: Names) -> Scene {
    let in_force = InForce { is_key_overridden: true, is_address_overridden: true, ..in_force() };
    Opening { in_force, profiles: profiles(), ..Opening::new(names) }.start().reads()
}

pub(crate) const STATES: &[State] = &[
    ("profiles", start),
    ("profiles_cursor_on_one", |names| on(names, 1)),
    ("profiles_reading_key", |names| on(names, 1).keys("Enter")),
    ("profiles_calling", |names| on(names, 0).keys("Enter").key_is_read()),
    ("profiles_one_down", down),
    ("profiles_one_down_dismissed", |names| down(names).keys("Esc")),
    ("profiles_switched", beijing),
    ("profiles_switched_later", |names| beijing(names).later(6)),
    ("profiles_plain_http", cluster),
    ("profiles_plain_http_dismissed", |names| cluster(names).keys("Esc").later(6)),
    ("profiles_production", production),
    ("profiles_overridden", overridden),
    ("profiles_overridden_help", |names| overridden(names).keys("? PgDn PgDn")),
    ("profiles_filtered", |names| start(names).keys("/").types("acme")),
    ("profiles_dialog", |names| start(names).keys("P Tab")),
    ("profiles_dialog_filtered", |names| start(names).keys("P").types("prod")),
    ("profiles_dialog_no_key", |names| {
        start(names).keys("P").types("prod").keys("Enter").fails_to_open("no key", NO_KEY)
    }),
    ("profiles_dialog_without_match", |names| start(names).keys("P").types("zzz")),
    ("profiles_signed_out", |names| {
        Opening { is_signed_in: false, profiles: profiles(), ..Opening::new(names) }.start()
    }),
];
