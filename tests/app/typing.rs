//! What the keys do that edit a line of text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use confident_keys::app::Event;

use crate::replies::generate;
use crate::support::Rig;

/// The form for a key, with this as its name; the cursor stands behind it.
fn typed(text: &str) -> Rig {
    let mut rig = Rig::keys_of("prod");
    rig.press("c");
    rig.looked();
    rig.type_text(text);
    rig
}

/// Presses a key that the help has no name for.
fn press(rig: &mut Rig, modifiers: KeyModifiers, code: KeyCode) {
    rig.send(Event::Key(KeyEvent::new(code, modifiers)));
}

/// What is typed then shows where the cursor stands.
fn with_cursor(mut rig: Rig) -> String {
    rig.type_text("|");
    generate(&rig).name.text().to_owned()
}

#[test]
fn the_keys_that_edit_a_line_do_what_they_do_in_a_shell() {
    use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
    const PLAIN: KeyModifiers = KeyModifiers::NONE;
    const CTRL: KeyModifiers = KeyModifiers::CONTROL;
    const ALT: KeyModifiers = KeyModifiers::ALT;
    let (home, word) = ((PLAIN, Home), (CTRL, Left));
    for (keys, expected) in [
        (&[][..], "do re mi|"),
        (&[home], "|do re mi"),
        (&[(CTRL, Char('a'))], "|do re mi"),
        (&[home, (PLAIN, End)], "do re mi|"),
        (&[home, (CTRL, Char('e'))], "do re mi|"),
        (&[(PLAIN, Left)], "do re m|i"),
        (&[(CTRL, Char('b'))], "do re m|i"),
        (&[home, (PLAIN, Right)], "d|o re mi"),
        (&[home, (CTRL, Char('f'))], "d|o re mi"),
        (&[word], "do re |mi"),
        (&[(ALT, Left)], "do re |mi"),
        (&[(ALT, Char('b'))], "do re |mi"),
        (&[home, (CTRL, Right)], "do |re mi"),
        (&[home, (ALT, Right)], "do |re mi"),
        (&[home, (ALT, Char('f'))], "do |re mi"),
        (&[(PLAIN, Backspace)], "do re m|"),
        (&[(CTRL, Char('h'))], "do re m|"),
        (&[(CTRL, Backspace)], "do re |"),
        (&[(ALT, Backspace)], "do re |"),
        (&[(CTRL, Char('w'))], "do re |"),
        (&[home, (PLAIN, Delete)], "|o re mi"),
        (&[home, (ALT, Char('d'))], "|re mi"),
        (&[word, (CTRL, Char('u'))], "|mi"),
        (&[word, (CTRL, Char('k'))], "do re |"),
        // What is typed with AltGr is a letter.
        (&[(CTRL.union(ALT), Char('@'))], "do re mi@|"),
    ] {
        let mut rig = typed("do re mi");
        for (modifiers, code) in keys {
            press(&mut rig, *modifiers, *code);
        }
        assert_eq!(with_cursor(rig), expected, "{keys:?}");
    }
    // The other one of the two makes it mean nothing.
    let mut rig = typed("do re mi");
    press(&mut rig, CTRL, Left);
    for letter in "aehwuk".chars() {
        press(&mut rig, ALT, Char(letter));
    }
    press(&mut rig, CTRL, Char('d'));
    assert_eq!(with_cursor(rig), "do re |mi");
}
