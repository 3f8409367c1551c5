//! Situations of keys that are rotated in place, and of those that are replaced.

use confident_keys::api::model::{ApiKey, KeyId, LastUsed};
use confident_keys::app::Event;
use jiff::SignedDuration;

use super::{Situation, fail, reread};
use crate::support::{
    NEWER, Rig, key, lost_rotation, new_key, old_key, project, replacement, rotated, start_time, status,
};

pub(super) const SITUATIONS: &[Situation] = &[
    ("rotate in place", || Rig::rotating(12)),
    ("rotate in place, on the lifetimes", || {
        let mut rig = Rig::rotating(12);
        rig.press("Tab");
        rig
    }),
    ("rotate in place, on a path", || {
        let mut rig = Rig::rotating(12);
        rig.presses("Tab Tab Right Tab");
        rig
    }),
    ("rotate in place, a key in use at once", || {
        let mut rig = rotating_at_once();
        rig.presses("Shift-Tab");
        rig.type_text("GitHub");
        rig
    }),
    ("rotate in place, not read yet", || {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Capabilities(NEWER));
        rig.presses("R Enter");
        rig
    }),
    ("rotate in place, refused", || {
        let mut rig =
            Rig::rotating_changed(12, |key| key.expires_at = Some(start_time() + SignedDuration::from_hours(5)));
        rig.press("Enter");
        rig
    }),
    ("rotate in place, busy", || rotating_busy(Rig::rotating(12))),
    ("rotate in place, failed", || fail(rotating_busy(Rig::rotating(12)), status(403))),
    ("rotate in place, lost", || rotation_lost(true)),
    ("rotate in place, gone", || {
        let mut rig = Rig::rotating(12);
        reread(&mut rig, |keys| keys.retain(|key| key.id != KeyId(12)));
        rig
    }),
    ("secret of a rotated key", || {
        let mut rig = rotating_busy(Rig::rotating(12));
        rig.reply_write(Ok(rotated(12, 24)));
        rig
    }),
    ("generate, a successor", || {
        let mut rig = Rig::replacing(&old_key(Some(60), true), None, None);
        rig.press("Enter");
        rig.looked();
        rig
    }),
    ("replace, being recalled", || {
        let mut rig = Rig::older("prod");
        rig.press("R");
        rig
    }),
    ("replace, not begun", || Rig::replacing(&old_key(Some(60), true), None, None)),
    ("replace, an inactive one", || {
        let mut rig = Rig::older("prod");
        rig.presses("j j j R");
        rig.recalls(Vec::new());
        rig.examined_of(&[key(14, None, false, 50, None)], None);
        rig
    }),
    ("replace, waiting", || Rig::replacing(&old_key(Some(60), true), Some(&new_key(None)), None)),
    ("replace, both used", || Rig::replacing(&old_key(Some(3), true), Some(&new_key(Some(5))), None)),
    ("replace, moved over", moved_over),
    ("replace, asked to end", || {
        let mut rig = moved_over();
        rig.press("e");
        rig
    }),
    ("replace, ending, busy", || {
        let mut rig = moved_over();
        rig.presses("e e");
        rig
    }),
    ("replace, old off", || soaking(1)),
    ("replace, old off, bringing back, busy", || {
        let mut rig = soaking(1);
        rig.press("u");
        rig
    }),
    ("replace, not brought back", || {
        let mut rig = soaking(1);
        rig.press("u");
        fail(rig, status(500))
    }),
    ("replace, soaked", || soaking(8)),
    ("replace, done", || {
        let mut rig = soaking(8);
        rig.press("r");
        rig.recalls(Vec::new());
        rig.examined_of(&[new_key(Some(5))], None);
        rig.asked.clear();
        rig
    }),
    ("replace, successor gone", || {
        let mut rig = moved_over();
        rig.press("r");
        rig.examined_of(&[old_key(Some(60), true)], None);
        rig.asked.clear();
        rig
    }),
    ("replace, successor expired", || {
        let new = ApiKey { expires_at: Some(start_time()), ..new_key(Some(5)) };
        Rig::replacing(&old_key(Some(60), true), Some(&new), None)
    }),
    ("replace, successor inactive", || {
        let new = ApiKey { valid: false, ..new_key(Some(5)) };
        Rig::replacing(&old_key(Some(60), true), Some(&new), None)
    }),
    ("replace, could not be read", || {
        let mut rig = moved_over();
        rig.press("r");
        rig.recalls(Vec::new());
        rig.reply_examine(Err(status(503)), None);
        rig.reply_examine(Err(status(503)), None);
        rig
    }),
    ("rotations", rotations),
    ("rotations, in place", in_place),
    ("rotations, one in place opened", || {
        let mut rig = in_place();
        rig.press("Enter");
        rig
    }),
    ("rotations, on the second", || {
        let mut rig = rotations();
        rig.press("j");
        rig
    }),
    ("rotations, being recalled", || {
        let mut rig = Rig::ready();
        rig.press("o");
        rig
    }),
    ("rotations, none", || {
        let mut rig = Rig::ready();
        rig.press("o");
        rig.recalls(Vec::new());
        rig
    }),
    ("rotations, one opened", || {
        let mut rig = rotations();
        rig.press("Enter");
        rig
    }),
];

/// The first key's successor is in use, and the key stands still.
fn moved_over() -> Rig {
    Rig::replacing(&old_key(Some(60), true), Some(&new_key(Some(5))), None)
}

/// The old key is deactivated since so many days.
fn soaking(days: i64) -> Rig {
    let since = start_time() - SignedDuration::from_hours(24 * days);
    Rig::replacing(&old_key(Some(60), false), Some(&new_key(Some(5))), Some(since))
}

/// Two replacements are open.
fn rotations() -> Rig {
    let mut rig = Rig::keys_of("prod");
    let (scope, other) = (project("prod"), key(98, Some("Nightly evals (2)"), true, 1, None));
    reread(&mut rig, |keys| keys.extend([new_key(Some(5)), other.clone()]));
    rig.press("o");
    let first = replacement(&scope, KeyId(11), &new_key(None), start_time() - SignedDuration::from_hours(2));
    let second = replacement(&scope, KeyId(12), &other, start_time() - SignedDuration::from_hours(24));
    rig.recalls(vec![first, second]);
    rig
}

/// No replacement is open, and a key has two values that work.
fn in_place() -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(NEWER));
    reread(&mut rig, |keys| keys[0].rotates_at = Some(start_time() + SignedDuration::from_hours(5)));
    rig.press("o");
    rig.recalls(Vec::new());
    rig
}

/// The form, where a key in use would be rotated without a grace period.
fn rotating_at_once() -> Rig {
    let mut rig = Rig::rotating_changed(11, |key| key.last_used = LastUsed::At(start_time()));
    rig.presses("Left Left");
    rig
}

/// The rotation that the form is about is under way.
fn rotating_busy(mut rig: Rig) -> Rig {
    rig.press("Enter");
    rig.looked();
    rig
}

/// The answer to a rotation was lost; it took place or not.
fn rotation_lost(took_place: bool) -> Rig {
    let mut rig = rotating_busy(Rig::rotating(12));
    rig.reply_write(Ok(lost_rotation(12, Some(took_place))));
    rig
}
