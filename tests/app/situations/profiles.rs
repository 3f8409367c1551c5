//! With three profiles, of which the first is in force.

use confident_keys::app::profile::NotOpened;

use super::Situation;
use crate::support::Rig;

pub(crate) const SITUATIONS: &[Situation] = &[
    ("profiles, scopes", Rig::with_profiles),
    ("profiles, cursor on one", on_second),
    ("profiles, reading its key", || {
        let mut rig = on_second();
        rig.press("Enter");
        rig
    }),
    ("profiles, cursor on one that failed", || {
        let mut rig = on_second();
        rig.press("Enter");
        rig.not_opened(NotOpened { word: "down", reason: "Nobody answers.".to_owned() });
        rig.press("Esc");
        rig
    }),
    ("profiles, dialog", dialog),
    ("profiles, dialog, filtered", || {
        let mut rig = dialog();
        rig.type_text("thi");
        rig
    }),
    ("profiles, dialog, filtered to nothing", || {
        let mut rig = dialog();
        rig.type_text("nothing");
        rig
    }),
    ("profiles, dialog, opening", || {
        let mut rig = dialog();
        rig.presses("Down Enter");
        rig
    }),
    ("profiles, signed out", Rig::signed_out_with_profiles),
    ("profiles, signed out, dialog", || {
        let mut rig = Rig::signed_out_with_profiles();
        rig.press("P");
        rig
    }),
];

fn on_second() -> Rig {
    let mut rig = Rig::with_profiles();
    rig.presses("G k");
    rig
}

fn dialog() -> Rig {
    let mut rig = Rig::with_profiles();
    rig.press("P");
    rig
}
