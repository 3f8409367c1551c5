//! A one-line text field: editing keys, pastes, any script's letters.

use std::ops::Range;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::{Input, InputRequest};

/// The longest text that a field holds, in characters; a paste beyond it is cut.
const MAX_CHARS: usize = 1000;

/// What is being typed.
#[derive(Debug, Clone, Default)]
pub struct Field {
    input: Input,
}

impl Field {
    /// What was typed so far.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// Takes `text` in place of what was typed, with the cursor at its end.
    pub fn set(&mut self, text: String) {
        self.input = Input::new(text);
    }

    /// Takes `text` in place of the part at `place`, in bytes, with the cursor behind it.
    pub fn replace(&mut self, place: Range<usize>, text: &str) {
        let (before, after) = (self.text().get(..place.start), self.text().get(place.end..));
        let (Some(before), Some(after)) = (before, after) else { return };
        let cursor = before.chars().count() + text.chars().count();
        self.input = Input::new(format!("{before}{text}{after}")).with_cursor(cursor);
    }

    /// Where the cursor stands, in bytes from the start of the text.
    pub fn place(&self) -> usize {
        self.text().char_indices().nth(self.input.cursor()).map_or(self.text().len(), |(at, _)| at)
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.input.reset();
    }

    /// Where the cursor stands, in cells from the start of the text.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// How many cells of the text lie left of a view of `width` cells that shows the cursor.
    pub fn scroll(&self, width: usize) -> usize {
        self.input.visual_scroll(width)
    }

    /// Takes an editing key; false where it is none.
    pub fn edit(&mut self, event: &KeyEvent) -> bool {
        match request(event) {
            Some(InputRequest::InsertChar(character)) => self.insert(character),
            Some(request) => {
                self.input.handle(request);
            }
            None => return false,
        }
        true
    }

    /// Takes a paste: on one line, without control characters.
    pub fn paste(&mut self, text: &str) {
        for character in text.trim_matches(['\r', '\n']).chars() {
            match character {
                '\r' | '\n' | '\t' => self.insert(' '),
                other if other.is_control() => {}
                other => self.insert(other),
            }
        }
    }

    fn insert(&mut self, character: char) {
        if self.input.value().chars().count() < MAX_CHARS {
            self.input.handle(InputRequest::InsertChar(character));
        }
    }
}

fn request(event: &KeyEvent) -> Option<InputRequest> {
    use InputRequest as Request;
    let plain = event.modifiers - KeyModifiers::SHIFT == KeyModifiers::NONE;
    // AltGr arrives as Ctrl-Alt on Windows, and types letters there.
    let alt_gr = event.modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let ctrl = event.modifiers == KeyModifiers::CONTROL;
    let alt = event.modifiers == KeyModifiers::ALT;
    Some(match event.code {
        KeyCode::Char(character) if plain || alt_gr => Request::InsertChar(character),
        KeyCode::Backspace if alt || ctrl => Request::DeletePrevWord,
        KeyCode::Backspace => Request::DeletePrevChar,
        KeyCode::Delete => Request::DeleteNextChar,
        KeyCode::Left if ctrl || alt => Request::GoToPrevWord,
        KeyCode::Right if ctrl || alt => Request::GoToNextWord,
        KeyCode::Left => Request::GoToPrevChar,
        KeyCode::Right => Request::GoToNextChar,
        KeyCode::Home => Request::GoToStart,
        KeyCode::End => Request::GoToEnd,
        KeyCode::Char('a') if ctrl => Request::GoToStart,
        KeyCode::Char('e') if ctrl => Request::GoToEnd,
        KeyCode::Char('b') if ctrl => Request::GoToPrevChar,
        KeyCode::Char('f') if ctrl => Request::GoToNextChar,
        KeyCode::Char('h') if ctrl => Request::DeletePrevChar,
        KeyCode::Char('w') if ctrl => Request::DeletePrevWord,
        KeyCode::Char('u') if ctrl => Request::DeleteFromStart,
        KeyCode::Char('k') if ctrl => Request::DeleteTillEnd,
        KeyCode::Char('b') if alt => Request::GoToPrevWord,
        KeyCode::Char('f') if alt => Request::GoToNextWord,
        KeyCode::Char('d') if alt => Request::DeleteNextWord,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(field: &mut Field, code: KeyCode, modifiers: KeyModifiers) -> bool {
        field.edit(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn letters_of_any_script_and_editing_keys() {
        let mut field = Field::default();
        for character in "Ключ 日本 x".chars() {
            assert!(press(&mut field, KeyCode::Char(character), KeyModifiers::NONE));
        }
        press(&mut field, KeyCode::Backspace, KeyModifiers::NONE);
        assert_eq!(field.text(), "Ключ 日本 ");
        press(&mut field, KeyCode::Char('a'), KeyModifiers::CONTROL);
        press(&mut field, KeyCode::Char('X'), KeyModifiers::SHIFT);
        assert_eq!((field.text(), field.cursor()), ("XКлюч 日本 ", 1));
        press(&mut field, KeyCode::Char('k'), KeyModifiers::CONTROL);
        assert_eq!(field.text(), "X");
        press(&mut field, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(field.text(), "");
        assert!(!press(&mut field, KeyCode::F(1), KeyModifiers::NONE));
        assert!(!press(&mut field, KeyCode::Char('x'), KeyModifiers::ALT));
    }

    #[test]
    fn a_paste_stays_on_one_line_and_is_bounded() {
        let mut field = Field::default();
        field.paste("two\nlines\u{1b}[2J\r\n");
        assert_eq!(field.text(), "two lines[2J");
        field.clear();
        field.paste(&"x".repeat(5000));
        assert_eq!(field.text().len(), MAX_CHARS);
    }
}
