//! What R comes to: a rotation in place, or a replacement, as the service can, as is chosen, and as was begun; and the
//! list of both.

use confident_keys::api::Capabilities;
use confident_keys::api::model::KeyId;
use confident_keys::app::Event;
use confident_keys::app::details;
use confident_keys::app::dialog::Dialog;
use confident_keys::app::message::Effect;
use confident_keys::app::rotations::ShownRotation;
use confident_keys::operations::{Answer, Operation, Replacements};
use jiff::SignedDuration;

use crate::support::{NEWER, OLDER, Rig, keys_of, new_key, project, replacement, start_time, status, with_valid};

/// On the key 12 of the project.
fn on_key(capabilities: Capabilities) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.send(Event::Capabilities(capabilities));
    rig.press("j");
    rig
}

/// Which key is rotated in place (`true`), or replaced.
fn shown(rig: &Rig) -> Option<(bool, i64)> {
    match &rig.app.dialog {
        Some(Dialog::RotateInPlace(form)) => Some((true, form.target.key.id.0)),
        Some(Dialog::Replace(dialog)) => Some((false, dialog.old.key.id.0)),
        _ => None,
    }
}

#[test]
fn in_place_where_the_service_can_and_step_by_step_where_not_or_by_choice() {
    for (capabilities, keys, expected) in
        [(NEWER, "R", (true, 12)), (NEWER, "R Ctrl-g", (false, 12)), (OLDER, "R", (false, 12))]
    {
        let mut rig = on_key(capabilities);
        rig.presses(keys);
        assert_eq!(shown(&rig), Some(expected), "{keys}");
        // Why it is not in place is known where it is not by choice.
        assert_eq!(rig.app.no_rotation_in_place().is_some(), capabilities == OLDER);
        rig.press("Esc");
        assert!(rig.app.dialog.is_none());
    }
}

#[test]
fn keys_tell_what_was_begun_before_this_start() {
    let mut rig = Rig::keys_of("prod");
    let (scope, keys) = (project("prod"), keys_of(&project("prod")));
    let request = rig.first_recall.take().unwrap();
    let begun = |old, new: i64| {
        let new = keys.iter().find(|key| key.id == KeyId(new)).unwrap();
        replacement(&scope, KeyId(old), new, start_time())
    };
    // The old key of the second one is gone: that is over.
    let open = vec![begun(12, 13), begun(77, 11)];
    rig.reply(request, Ok(Answer::Replacements(Replacements { open, trouble: None })));
    let told = |rig: &Rig, id| {
        let key = keys.iter().find(|key| key.id == KeyId(id)).unwrap();
        details::warning(&rig.app, &scope, key).unwrap_or_default()
    };
    assert_eq!(told(&rig, 12), "Being replaced by the key with id 13: R goes on.");
    assert_eq!(told(&rig, 13), "Takes the place of the key with id 12: R goes on.");
    assert!(!told(&rig, 11).contains("R goes on"));
    // What is known later counts.
    rig.press("o");
    rig.recalls(Vec::new());
    assert!(!told(&rig, 12).contains("R goes on"));
}

#[test]
fn where_it_can_not_be_told_that_is_said() {
    let mut rig = Rig::keys_of("prod");
    rig.press("R");
    assert!(rig.app.dialog.is_none());
    assert!(rig.toast().contains("is not known yet"), "{}", rig.toast());
}

#[test]
fn a_replacement_that_was_begun_is_gone_on_with_from_either_key() {
    let keys = keys_of(&project("prod"));
    for (old, new) in [(12, 13), (11, 12)] {
        let mut rig = on_key(NEWER);
        rig.press("R");
        rig.looked();
        // Whoever is quick agreed to something else.
        rig.press("Enter");
        let new = keys.iter().find(|key| key.id == KeyId(new)).unwrap();
        let open = vec![replacement(&project("prod"), KeyId(old), new, start_time())];
        let effects = rig.recalls(open.clone());
        assert!(effects.contains(&Effect::DropTypedAhead));
        rig.recalls(open);
        rig.examined_of(&keys, None);
        assert_eq!(shown(&rig), Some((false, old)));
        assert!(rig.looks.is_empty() && !rig.asked.iter().any(|(_, operation)| operation.is_write()));
    }
    // One of another scope, or of other keys, is none of its business.
    for (scope, old, new) in [(project("stage"), 12, 13), (project("prod"), 11, 13)] {
        let mut rig = on_key(NEWER);
        rig.press("R");
        let new = keys.iter().find(|key| key.id == KeyId(new)).unwrap();
        rig.recalls(vec![replacement(&scope, KeyId(old), new, start_time())]);
        assert_eq!(shown(&rig), Some((true, 12)));
    }
}

#[test]
fn enter_waits_until_it_is_known_that_none_was_begun() {
    for is_answered in [true, false] {
        let mut rig = on_key(NEWER);
        rig.press("R");
        rig.looked();
        rig.press("Enter");
        rig.reply_examine(Ok(with_valid(&project("prod"), 12, true)), None);
        assert!(rig.looks.is_empty(), "it may be replaced already");
        let request = rig.take(|operation| *operation == Operation::Replacements);
        let none = if is_answered { Ok(Answer::Replacements(Replacements::default())) } else { Err(status(500)) };
        rig.reply(request, none);
        assert_eq!(rig.looks.len(), 1, "the destination is looked at, and then it is rotated");
        rig.looked();
        rig.take(|operation| matches!(operation, Operation::Rotate { id: KeyId(12), .. }));
    }
}

#[test]
fn the_list_tells_which_old_values_still_work_the_one_that_stops_first_first() {
    let mut rig = on_key(NEWER);
    rig.press("r");
    for (request, operation) in std::mem::take(&mut rig.asked) {
        let Operation::Keys(scope) = operation else { continue };
        let mut keys = keys_of(&scope);
        for (key, hours) in keys.iter_mut().zip([20, 5, -1]) {
            key.rotates_at = Some(start_time() + SignedDuration::from_hours(hours));
        }
        keys.push(new_key(None));
        rig.reply(request, Ok(Answer::Keys(keys)));
    }
    rig.press("o");
    assert!(rig.app.shown_rotations().is_empty(), "what was begun comes first, and is not known yet");
    let new = new_key(None);
    rig.recalls(vec![replacement(&project("prod"), KeyId(11), &new, start_time())]);
    let shown_ids = |rig: &Rig| -> Vec<i64> {
        let id = |shown: &ShownRotation<'_>| match shown {
            ShownRotation::Replacement { replacement, .. } => replacement.new.0,
            ShownRotation::InPlace { key, .. } => key.id.0,
        };
        rig.app.shown_rotations().iter().map(id).collect()
    };
    // The third has stopped already.
    assert_eq!(shown_ids(&rig), [99, 12, 11]);
    rig.presses("G g");
    assert!(matches!(&rig.app.dialog, Some(Dialog::Rotations(list)) if list.selected == 0));
    rig.presses("G k Enter");
    assert_eq!(shown(&rig), Some((true, 12)));
    rig.press("Esc");
    assert!(matches!(&rig.app.dialog, Some(Dialog::Rotations(list)) if list.selected == 1));
    // What stopped meanwhile is no longer there.
    rig.recalls(Vec::new());
    rig.pass(SignedDuration::from_hours(6));
    assert_eq!(shown_ids(&rig), [11]);
    assert!(rig.app.scopes_not_read() > 0, "of the others it is not known");
}

#[test]
fn the_list_says_that_it_is_being_read_until_it_was() {
    let is_reading = |rig: &Rig| match &rig.app.dialog {
        Some(Dialog::Rotations(dialog)) => dialog.is_reading(),
        other => panic!("{other:?}"),
    };
    let mut rig = Rig::keys_of("prod");
    rig.press("o");
    assert!(is_reading(&rig));
    rig.recalls(Vec::new());
    assert!(!is_reading(&rig));
}
