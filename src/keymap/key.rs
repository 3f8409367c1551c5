//! A key with its modifiers, as terminals send it and as people write it.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::text;

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// What keys without a character are called, what they are shown as first.
const NAMES: [(&str, KeyCode); 20] = [
    ("Space", KeyCode::Char(' ')),
    ("Enter", KeyCode::Enter),
    ("Return", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Escape", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PageUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("PageDown", KeyCode::PageDown),
    ("Shift-Tab", KeyCode::BackTab),
];

const MODIFIERS: [(&str, KeyModifiers); 3] =
    [("Ctrl-", KeyModifiers::CONTROL), ("Alt-", KeyModifiers::ALT), ("Shift-", KeyModifiers::SHIFT)];

impl Key {
    pub(super) const fn char(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::NONE }
    }

    pub(super) const fn ctrl(character: char) -> Self {
        Self { code: KeyCode::Char(character), modifiers: KeyModifiers::CONTROL }
    }

    pub(super) const fn code(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// The key that `event` tells of.
    pub fn of(event: &KeyEvent) -> Self {
        if event.code == KeyCode::Tab && event.modifiers == KeyModifiers::SHIFT {
            return Self::code(KeyCode::BackTab);
        }
        // A shifted letter or sign is another character; terminals differ in telling the shift as well.
        let ignored = match event.code {
            KeyCode::Char(_) | KeyCode::BackTab => KeyModifiers::SHIFT,
            _ => KeyModifiers::NONE,
        };
        let code = match event.code {
            // With Caps Lock, some terminals tell the capital.
            KeyCode::Char(character) if event.modifiers.contains(KeyModifiers::CONTROL) => {
                KeyCode::Char(character.to_ascii_lowercase())
            }
            code => code,
        };
        Self { code, modifiers: event.modifiers - ignored }
    }

    /// The event that a terminal sends for it.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// Whether it types or edits text in a field, so that it can mean nothing else there.
    pub fn edits_text(self) -> bool {
        let Self { code, modifiers } = self;
        let ctrl = modifiers == KeyModifiers::CONTROL;
        let alt = modifiers == KeyModifiers::ALT;
        match code {
            KeyCode::Char(_) if modifiers.is_empty() => true,
            KeyCode::Char(_) if modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT) => true,
            KeyCode::Char(character) => (ctrl && "aebfhwuk".contains(character)) || (alt && "bfd".contains(character)),
            KeyCode::Backspace | KeyCode::Delete | KeyCode::Left | KeyCode::Right | KeyCode::Home | KeyCode::End => {
                true
            }
            _ => false,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, modifier) in MODIFIERS {
            if self.modifiers.contains(modifier) {
                formatter.write_str(name)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => formatter.write_str(name),
            (None, KeyCode::Char(character)) => write!(formatter, "{character}"),
            (None, other) => write!(formatter, "{other}"),
        }
    }
}

impl FromStr for Key {
    type Err = String;

    /// Reads a key as people write it: `x`, `X`, `Ctrl-x`, `Alt-Up`, `Shift-Tab`, `F5`, `Space`.
    ///
    /// # Errors
    /// In words, where there is no such key, or terminals don't tell it from another one.
    fn from_str(written: &str) -> Result<Self, String> {
        let (mut rest, mut modifiers) = (written, KeyModifiers::NONE);
        while let Some((name, modifier)) = MODIFIERS.iter().find(|(name, _)| {
            rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) && rest.len() > name.len()
        }) {
            modifiers |= *modifier;
            rest = rest.get(name.len()..).unwrap_or_default();
        }
        let code = code(rest).ok_or_else(|| unknown(written))?;
        told_apart(code, modifiers).map_err(|why| format!("`{}` can't be bound: {why}", quoted(written)))
    }
}

fn code(name: &str) -> Option<KeyCode> {
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(*code);
    }
    if let Some(number) = name.strip_prefix(['F', 'f']).and_then(|number| number.parse().ok()) {
        return (1..=24).contains(&number).then_some(KeyCode::F(number));
    }
    let composed = text::composed(name);
    let mut characters = composed.chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) if !character.is_whitespace() && !text::is_hidden(character) => {
            Some(KeyCode::Char(character)).filter(|_| !character.is_control() && text::width(&composed) > 0)
        }
        _ => None,
    }
}

/// The key as terminals send it, or why none sends it so that it is known.
fn told_apart(code: KeyCode, modifiers: KeyModifiers) -> Result<Key, String> {
    let (ctrl, shift) = (modifiers.contains(KeyModifiers::CONTROL), modifiers.contains(KeyModifiers::SHIFT));
    let key = |code, modifiers| Ok(Key { code, modifiers });
    match code {
        KeyCode::Tab if modifiers == KeyModifiers::SHIFT => key(KeyCode::BackTab, KeyModifiers::NONE),
        KeyCode::Esc if !modifiers.is_empty() => Err("terminals send Esc for it".to_owned()),
        KeyCode::Tab | KeyCode::BackTab if !modifiers.is_empty() => Err("terminals send Tab for it".to_owned()),
        KeyCode::Enter if ctrl || shift => Err("terminals send Enter for it".to_owned()),
        KeyCode::Backspace if ctrl || shift => Err("terminals send Backspace for it".to_owned()),
        KeyCode::Char(' ') if shift => Err("terminals send Space for it".to_owned()),
        KeyCode::Char(character) if ctrl => match character.to_ascii_lowercase() {
            'i' => Err("terminals send Tab for it".to_owned()),
            'm' => Err("terminals send Enter for it".to_owned()),
            '[' => Err("terminals send Esc for it".to_owned()),
            _ if shift => Err("terminals send the same with and without Shift".to_owned()),
            lower if lower.is_ascii_lowercase() || lower == ' ' => key(KeyCode::Char(lower), modifiers),
            _ => Err("with Ctrl, terminals know the letters a to z and Space alone".to_owned()),
        },
        KeyCode::Char(character) if shift => {
            let mut upper = character.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(upper), None) if upper != character || character.is_uppercase() => {
                    key(KeyCode::Char(upper), modifiers - KeyModifiers::SHIFT)
                }
                _ => Err("write the character that it types".to_owned()),
            }
        }
        code => key(code, modifiers),
    }
}

fn unknown(written: &str) -> String {
    let alike = |name: &&str| strsim::jaro_winkler(&written.to_lowercase(), &name.to_lowercase());
    let near = NAMES.iter().map(|(name, _)| *name).max_by(|one, other| alike(one).total_cmp(&alike(other)));
    let meant = match near.filter(|name| alike(name) > 0.8 && written.chars().count() > 1) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => "; keys are written like `x`, `X`, `Ctrl-x`, `Alt-Up`, `Shift-Tab`, `PgDn`, `F5`, `Space`".to_owned(),
    };
    format!("no key is called `{}`{meant}", quoted(written))
}

/// Keys have short names: what is long may be something else in the wrong place.
fn quoted(written: &str) -> &str {
    if written.chars().count() > 16 { "…" } else { written }
}
