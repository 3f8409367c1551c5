//! What the terminal's background is: asked by OSC 11, and the answer taken out of what is typed.
//!
//! crossterm knows no such answer and gives it as keys: `ESC ] 1 1 ; r g b : …` comes as Alt-], 1, 1, and so on. Nothing
//! waits for it, so that a terminal that gives none costs nothing, and whenever it comes, be it in pieces, none of it
//! passes for a key. What begins like it and goes on differently was typed, and is handed on.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::event::Input;

/// The question. It ends as its answer shall: by one byte, which can't come in two pieces.
pub(super) const QUESTION: &str = "\x1b]11;?\x07";

/// How long after the question the end of the program waits for an answer, which would go to the shell otherwise.
const LAST: Duration = Duration::from_millis(500);

/// For how long after the question Esc may be the first piece of its answer.
const PIECES: Duration = Duration::from_secs(10);

/// When it was asked, as long as there was no answer.
static ASKED: Mutex<Option<Instant>> = Mutex::new(None);
static ANSWERED: Condvar = Condvar::new();

fn asked() -> MutexGuard<'static, Option<Instant>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on an answer may come.
pub(super) fn expect_answer() {
    *asked() = Some(Instant::now());
}

/// Waits for an answer that is due, before the terminal is another's.
pub(super) fn settle() {
    let asked = asked();
    let Some(left) = asked.and_then(|at| LAST.checked_sub(at.elapsed())) else { return };
    // Whatever comes of it, the program goes on.
    drop(ANSWERED.wait_timeout_while(asked, left, |asked| asked.is_some() && !super::is_ending()));
}

/// How far an answer has come in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
enum Stage {
    /// Nothing of it.
    #[default]
    None,
    /// Esc, which was handed on.
    Passed,
    /// Esc, which is held back: its first piece may end there.
    Escape,
    /// `ESC ]`, and so many of the characters after it.
    Start(usize),
    /// What it says, so far.
    Body(String),
    /// The same, and an Esc.
    End(String),
}

/// What every answer starts with, behind `ESC ]`.
const START: [char; 3] = ['1', '1', ';'];

/// More than an answer has.
const LONGEST: usize = 64;

/// Takes the answer out of what is typed.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    stage: Stage,
    /// What is not handed on as long as it may be part of the answer.
    held: Vec<Event>,
}

impl Sieve {
    /// What `events` mean, which came in at one go.
    pub(super) fn sift(&mut self, events: Vec<Event>) -> Vec<Input> {
        let asked = *asked();
        let Some(asked) = asked.filter(|_| !events.is_empty()) else {
            return events.into_iter().filter_map(Input::of).collect();
        };
        let (mut inputs, last) = (Vec::new(), events.len() - 1);
        for (at, event) in events.into_iter().enumerate() {
            self.take(event, at == last && asked.elapsed() < PIECES, &mut inputs);
        }
        inputs
    }

    /// For how long more is waited for while something is held back.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self.stage {
            Stage::None | Stage::Passed => None,
            Stage::Escape => Some(Duration::from_millis(50)),
            Stage::Start(_) => Some(Duration::from_millis(500)),
            Stage::Body(_) | Stage::End(_) => Some(Duration::from_secs(1)),
        }
    }

    /// Nothing more came: what was held back was typed, and an answer has no end.
    pub(super) fn give_up(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        self.release(&mut inputs);
        inputs
    }

    fn take(&mut self, event: Event, may_be_cut: bool, inputs: &mut Vec<Input>) {
        let key = match &event {
            Event::Key(key) => Key::of(key),
            // They come in between.
            _ => return inputs.extend(Input::of(event)),
        };
        match (std::mem::take(&mut self.stage), key) {
            (Stage::None | Stage::Passed, _) if asked().is_none() => inputs.extend(Input::of(event)),
            (Stage::None, Key::Open) | (Stage::Escape | Stage::Passed, Key::Char(']')) => {
                self.hold(event, Stage::Start(0));
            }
            (Stage::None, Key::Escape) if may_be_cut => self.hold(event, Stage::Escape),
            (Stage::None, Key::Escape) => {
                // Esc was pressed just before, and crossterm takes it and the next for one.
                self.stage = Stage::Passed;
                inputs.extend(Input::of(event));
            }
            (Stage::Start(at), Key::Char(character)) if START.get(at) == Some(&character) => {
                self.hold(event, Stage::Start(at + 1));
                if at + 1 == START.len() {
                    self.held.clear();
                    self.stage = Stage::Body(String::new());
                }
            }
            (Stage::Body(body), Key::Close) | (Stage::End(body), Key::Char('\\')) => end(&body, inputs),
            (Stage::Body(body), Key::Escape) => self.hold(event, Stage::End(body)),
            (Stage::Body(body), _) if body.len() >= LONGEST => end("", inputs),
            (Stage::Body(mut body), key) => {
                body.push(if let Key::Char(character) = key { character } else { '\0' });
                self.stage = Stage::Body(body);
            }
            (Stage::None, _) => inputs.extend(Input::of(event)),
            (stage, _) => {
                self.stage = stage;
                self.release(inputs);
                self.stage = Stage::None;
                self.take(event, may_be_cut, inputs);
            }
        }
    }

    fn hold(&mut self, event: Event, stage: Stage) {
        self.held.push(event);
        self.stage = stage;
    }

    /// Hands on what was held back.
    fn release(&mut self, inputs: &mut Vec<Input>) {
        match std::mem::take(&mut self.stage) {
            Stage::Escape => self.stage = Stage::Passed,
            Stage::Body(body) | Stage::End(body) => end(&body, inputs),
            Stage::None | Stage::Passed | Stage::Start(_) => {}
        }
        inputs.extend(self.held.drain(..).filter_map(Input::of));
    }
}

/// There was an answer, of use or not.
fn end(body: &str, inputs: &mut Vec<Input>) {
    *asked() = None;
    ANSWERED.notify_all();
    inputs.extend(colour(body).map(|[red, green, blue]| Input::Background(red, green, blue)));
}

/// What crossterm makes of the bytes of an answer.
enum Key {
    /// `ESC ]`
    Open,
    /// BEL or `ESC \`
    Close,
    Escape,
    Char(char),
    Other,
}

impl Key {
    fn of(key: &KeyEvent) -> Self {
        match (key.code, key.modifiers) {
            (KeyCode::Char(']'), KeyModifiers::ALT) => Self::Open,
            (KeyCode::Char('\\'), KeyModifiers::ALT) | (KeyCode::Char('g'), KeyModifiers::CONTROL) => Self::Close,
            (KeyCode::Esc, KeyModifiers::NONE) => Self::Escape,
            (KeyCode::Char(character), KeyModifiers::NONE | KeyModifiers::SHIFT) => Self::Char(character),
            _ => Self::Other,
        }
    }
}

/// The colour of an answer, `rgb:RRRR/GGGG/BBBB` with one to four digits each.
fn colour(body: &str) -> Option<[u8; 3]> {
    let parts = body.strip_prefix("rgb:").or_else(|| body.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(|part| {
        // A sign would pass for a digit.
        part.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        let most = (1_u32 << (4 * u32::try_from(part.len()).ok().filter(|digits| (1..=4).contains(digits))?)) - 1;
        u8::try_from((u32::from_str_radix(part, 16).ok()? * 255 + most / 2) / most).ok()
    });
    let mut next = || parts.next().flatten();
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tests share what is asked.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    /// What crossterm makes of bytes that it reads at one go.
    fn events(bytes: &str) -> Vec<Event> {
        let key = |code, modifiers| Event::Key(KeyEvent::new(code, modifiers));
        let (mut events, mut rest) = (Vec::new(), bytes.chars().peekable());
        while let Some(character) = rest.next() {
            events.push(match character {
                '\x1b' if rest.peek().is_none() => key(KeyCode::Esc, KeyModifiers::NONE),
                '\x1b' => match rest.next() {
                    Some('\x1b') | None => key(KeyCode::Esc, KeyModifiers::NONE),
                    Some(next) => key(KeyCode::Char(next), KeyModifiers::ALT),
                },
                '\x07' => key(KeyCode::Char('g'), KeyModifiers::CONTROL),
                other => key(KeyCode::Char(other), KeyModifiers::NONE),
            });
        }
        events
    }

    fn typed(bytes: &str) -> Vec<Input> {
        events(bytes).into_iter().filter_map(Input::of).collect()
    }

    /// What comes of these pieces, and of nothing more after them.
    fn sift(pieces: &[&str]) -> Vec<Input> {
        expect_answer();
        let mut sieve = Sieve::default();
        let mut inputs: Vec<Input> = pieces.iter().flat_map(|piece| sieve.sift(events(piece))).collect();
        while sieve.patience().is_some() {
            inputs.extend(sieve.give_up());
        }
        inputs
    }

    const BLUE: Input = Input::Background(0, 0, 255);

    #[test]
    fn colours_are_read_whatever_their_digits() {
        for (body, expected) in [
            ("rgb:1e1e/1e1e/1e1e", Some([30, 30, 30])),
            ("rgb:ff/80/00", Some([255, 128, 0])),
            ("rgb:f/0/8", Some([255, 0, 136])),
            ("rgba:ffff/ffff/ffff/8000", Some([255, 255, 255])),
            ("rgb:fff/000/fff", Some([255, 0, 255])),
            ("rgb:ffff/ffff", None),
            ("rgb:", None),
            ("rgb:12345/0/0", None),
            ("rgb:+f/0/0", None),
            ("white", None),
            ("", None),
        ] {
            assert_eq!(colour(body), expected, "{body:?}");
        }
    }

    #[test]
    fn an_answer_is_taken_out_between_what_is_typed_in_whatever_pieces_it_comes() {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        for end in ["\x07", "\x1b\\"] {
            let answer = format!("\x1b]11;rgb:0000/0000/ffff{end}");
            for cut in 0..answer.len() {
                let (first, second) = answer.split_at(cut);
                let inputs = sift(&[&format!("ab{first}"), &format!("{second}x]")]);
                assert_eq!(inputs, [typed("ab"), vec![BLUE], typed("x]")].concat(), "{cut} {end:?}");
                assert!(asked().is_none());
            }
            let pieces: Vec<String> = answer.chars().map(String::from).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            assert_eq!(sift(&pieces), [BLUE]);
            // Esc was pressed just before.
            let pressed = sift(&[&format!("\x1b{answer}")]);
            assert_eq!(pressed, [typed("\x1b"), vec![BLUE]].concat());
        }
    }

    #[test]
    fn what_only_begins_like_an_answer_was_typed() {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        for pieces in [
            &["\x1b"][..],
            &["\x1b", "j"],
            &["\x1b", "]", "]"],
            &["\x1b]"],
            &["\x1b]", "1", "x"],
            &["\x1b]12;"],
            &["\x1b", "\x1b", "]", "1", "1", "q"],
            &["]11;rgb:0/0/0"],
            &["a\x1b]b\x1b]1\x1bxq"],
        ] {
            let expected: Vec<Input> = pieces.iter().flat_map(|piece| typed(piece)).collect();
            assert_eq!(sift(pieces), expected, "{pieces:?}");
            assert!(asked().is_some());
        }
    }

    #[test]
    fn an_answer_of_no_use_or_without_an_end_is_no_keys_either() {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        for garbage in ["\x1b]11;q q q\x07", "\x1b]11;\x07", "\x1b]11;rgb:zz/0/0\x1b\\", "\x1b]11;rgb:1"] {
            assert_eq!(sift(&[garbage]), [], "{garbage:?}");
            assert!(asked().is_none());
        }
        // It ends somewhere, and so does what is lost to it.
        let endless = format!("\x1b]11;{}", "D".repeat(LONGEST + 1));
        assert_eq!(sift(&[&endless, "jk"]), typed("jk"));
    }

    #[test]
    fn after_the_answer_and_without_a_question_nothing_is_held_back() {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        *asked() = None;
        let mut sieve = Sieve::default();
        for piece in ["\x1b", "\x1b]11;rgb:0/0/0\x07"] {
            assert_eq!(sieve.sift(events(piece)), typed(piece));
            assert_eq!(sieve.patience(), None);
        }
    }
}
