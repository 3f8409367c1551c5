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
        (&[][..], "one two three|"),
        (&[home], "|one two three"),
        (&[(CTRL, Char('a'))], "|one two three"),
        (&[home, (PLAIN, End)], "one two three|"),
        (&[home, (CTRL, Char('e'))], "one two three|"),
        (&[(PLAIN, Left)], "one two thre|e"),
        (&[(CTRL, Char('b'))], "one two thre|e"),
        (&[home, (PLAIN, Right)], "o|ne two three"),
        (&[home, (CTRL, Char('f'))], "o|ne two three"),
        (&[word], "one two |three"),
        (&[(ALT, Left)], "one two |three"),
        (&[(ALT, Char('b'))], "one two |three"),
        (&[home, (CTRL, Right)], "one |two three"),
        (&[home, (ALT, Right)], "one |two three"),
        (&[home, (ALT, Char('f'))], "one |two three"),
        (&[(PLAIN, Backspace)], "one two thre|"),
        (&[(CTRL, Char('h'))], "one two thre|"),
        (&[(CTRL, Backspace)], "one two |"),
        (&[(ALT, Backspace)], "one two |"),
        (&[(CTRL, Char('w'))], "one two |"),
        (&[home, (PLAIN, Delete)], "|ne two three"),
        (&[home, (ALT, Char('d'))], "|two three"),
        (&[word, (CTRL, Char('u'))], "|three"),
        (&[word, (CTRL, Char('k'))], "one two |"),
        // What is typed with AltGr is a letter.
        (&[(CTRL.union(ALT), Char('@'))], "one two three@|"),
    ] {
        let mut rig = typed("one two three");
        for (modifiers, code) in keys {
            press(&mut rig, *modifiers, *code);
        }
        assert_eq!(with_cursor(rig), expected, "{keys:?}");
    }
    // The other one of the two makes it mean nothing.
    let mut rig = typed("one two three");
    press(&mut rig, CTRL, Left);
    for letter in "aehwuk".chars() {
        press(&mut rig, ALT, Char(letter));
    }
    press(&mut rig, CTRL, Char('d'));
    assert_eq!(with_cursor(rig), "one two |three");
}
