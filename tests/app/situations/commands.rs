//! Where commands are found by their names, and where the keys are read up.

use confident_keys::app::Event;

use super::{Situation, read_only};
use crate::support::Rig;

pub(super) const SITUATIONS: &[Situation] = &[
    ("commands", || {
        let mut rig = Rig::keys_of("prod");
        rig.press(":");
        rig
    }),
    ("commands, on a low screen", || {
        let mut rig = Rig::ready();
        rig.send(Event::Resize { cols: 60, rows: 16 });
        rig.presses(": PgDn");
        rig
    }),
    ("commands, the first that matches", || found("delete the")),
    ("commands, a scope", || found("stag")),
    ("commands, a view", || found("sort name")),
    ("commands, nothing found", || found("zzz")),
    ("commands, what can't be done", || found("undo")),
    ("commands, read-only", || {
        let mut rig = read_only();
        rig.press(":");
        rig.type_text("delete the");
        rig
    }),
    ("help, of all", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("? ?");
        rig
    }),
    ("help, over a question", || {
        let mut rig = Rig::keys_of("prod");
        rig.press("x");
        rig.examined();
        rig.press("?");
        rig
    }),
    ("help, over a field", || {
        let mut rig = Rig::keys_of("prod");
        rig.presses("/ F1");
        rig
    }),
];

fn found(typed: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press(":");
    rig.type_text(typed);
    rig
}
