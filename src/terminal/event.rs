//! What comes in from the terminal: what the person there types, pastes and clicks, and what the terminal itself tells.

use crossterm::event::{Event, KeyEvent, KeyEventKind, MouseEvent, MouseEventKind};

/// Something that came in from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed, or repeats because it is held down. Releases are left out.
    Key(KeyEvent),
    /// A text was pasted.
    Paste(String),
    /// A button of the mouse was pressed or its wheel turned, where it is captured, with no key held down.
    Mouse(MouseEvent),
    /// The terminal has the focus now, or has it no more. Not every terminal tells.
    Focus(bool),
    /// The terminal has a new size. Elsewhere than on Windows [`super::Signal::Resize`] tells.
    Resize {
        /// The new width.
        columns: u16,
        /// The new height.
        rows: u16,
    },
    /// What the terminal says its background is, in red, green and blue, of 255 each: the answer to
    /// [`super::Screen::ask_background`].
    Background(u8, u8, u8),
    /// The terminal is gone; nothing more will come.
    Vanished,
}

impl Input {
    /// What `event` means here; `None`: nothing.
    pub(super) fn of(event: Event) -> Option<Self> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Some(Self::Key(key)),
            Event::Paste(text) => Some(Self::Paste(text)),
            // Elsewhere it would come with the next key, long after the signal.
            Event::Resize(columns, rows) if cfg!(windows) => Some(Self::Resize { columns, rows }),
            Event::Mouse(mouse) if mouse.modifiers.is_empty() && is_pressed(mouse.kind) => Some(Self::Mouse(mouse)),
            Event::FocusGained => Some(Self::Focus(true)),
            Event::FocusLost => Some(Self::Focus(false)),
            Event::Mouse(_) | Event::Key(_) | Event::Resize(..) => None,
        }
    }
}

/// Whether it is more than that the mouse moved, or that a button was let go.
fn is_pressed(kind: MouseEventKind) -> bool {
    matches!(kind, MouseEventKind::Down(_) | MouseEventKind::ScrollUp | MouseEventKind::ScrollDown)
}

/// Whether it is a key that moves the cursor or turns a page, and nothing else.
#[cfg(unix)]
pub(super) fn only_moves(event: &Event) -> bool {
    use crossterm::event::KeyCode::{Down, End, Home, Left, PageDown, PageUp, Right, Up};
    let moves = |key: &KeyEvent| matches!(key.code, Up | Down | Left | Right | PageUp | PageDown | Home | End);
    event.as_key_press_event().is_some_and(|key| key.modifiers.is_empty() && moves(&key))
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers, MouseButton};

    use super::*;

    #[test]
    fn keys_act_when_pressed_and_repeated_but_not_when_released() {
        for (kind, acts) in [(KeyEventKind::Press, true), (KeyEventKind::Repeat, true), (KeyEventKind::Release, false)]
        {
            let key = KeyEvent::new_with_kind(KeyCode::Char('j'), KeyModifiers::NONE, kind);
            assert_eq!(Input::of(Event::Key(key)), acts.then_some(Input::Key(key)), "{kind:?}");
        }
    }

    #[test]
    fn the_mouse_counts_where_it_presses_or_scrolls_without_a_key() {
        use MouseEventKind::{Down, Drag, Moved, ScrollDown, ScrollLeft, ScrollUp, Up};
        let left = MouseButton::Left;
        for (kind, counts) in [
            (Down(left), true),
            (ScrollUp, true),
            (ScrollDown, true),
            (Up(left), false),
            (Drag(left), false),
            (Moved, false),
            (ScrollLeft, false),
        ] {
            let mouse = MouseEvent { kind, column: 3, row: 5, modifiers: KeyModifiers::NONE };
            assert_eq!(Input::of(Event::Mouse(mouse)), counts.then_some(Input::Mouse(mouse)), "{kind:?}");
            let mouse = MouseEvent { modifiers: KeyModifiers::SHIFT, ..mouse };
            assert_eq!(Input::of(Event::Mouse(mouse)), None, "{kind:?}");
        }
    }

    #[test]
    fn what_else_the_terminal_tells() {
        assert_eq!(Input::of(Event::FocusGained), Some(Input::Focus(true)));
        assert_eq!(Input::of(Event::FocusLost), Some(Input::Focus(false)));
        assert_eq!(Input::of(Event::Paste("x\ny".into())), Some(Input::Paste("x\ny".into())));
        let resize = cfg!(windows).then_some(Input::Resize { columns: 80, rows: 24 });
        assert_eq!(Input::of(Event::Resize(80, 24)), resize);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_only_moves_is_none_that_opens_or_answers_anything() {
        for (code, modifiers, expected) in [
            (KeyCode::Down, KeyModifiers::NONE, true),
            (KeyCode::PageUp, KeyModifiers::NONE, true),
            (KeyCode::Down, KeyModifiers::ALT, false),
            (KeyCode::Char('y'), KeyModifiers::NONE, false),
            (KeyCode::Enter, KeyModifiers::NONE, false),
        ] {
            assert_eq!(only_moves(&Event::Key(KeyEvent::new(code, modifiers))), expected, "{code:?} {modifiers:?}");
        }
        assert!(!only_moves(&Event::Paste("y".into())));
    }
}
