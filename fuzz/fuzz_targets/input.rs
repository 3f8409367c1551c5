//! Any keys and pastes at the screen, with a service whose names are hostile: it is never a panic, every cell that is
//! drawn is free of what hides or steers, and nothing is written that no dialog asked for.
#![no_main]

use confident_keys::api::error::{ApiError, ErrorKind};
use confident_keys::api::model::{ApiKey, CreatedKey, KeyId, Scope};
use confident_keys::app::geometry::Size;
use confident_keys::app::message::{Delivery, Effect};
use confident_keys::app::profiles::Profiles;
use confident_keys::app::{App, ClipboardRoute, Event, Message, Session, Start, update};
use confident_keys::config::{InForce, KeySource, Settings};
use confident_keys::destination::{Look, NotDelivered};
use confident_keys::guard::Signer;
use confident_keys::keymap::BINDINGS;
use confident_keys::operations::{Answer, Operation, Replacement, Replacements};
use confident_keys::secret::Secret;
use confident_keys::text::is_hidden;
use confident_keys::ui::theme::{Colours, Theme};
use confident_keys::ui::view;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use libfuzzer_sys::fuzz_target;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const HOSTILE: &str = "CI \u{1b}[2J\u{202e}\u{200b}\u{e0041}z\u{300}\u{301}\u{302}\u{303}\u{304}";
const MOST_EVENTS: usize = 200;

fuzz_target!(|input: &[u8]| {
    let mut session = Screen::open(input.first().copied().unwrap_or_default());
    let mut rest = input.get(1..).unwrap_or_default();
    for _ in 0..MOST_EVENTS {
        let Some((first, after)) = rest.split_first() else { break };
        let event;
        (event, rest) = session.event(*first, after);
        session.takes(event);
        session.draws();
    }
});

struct Screen {
    app: App,
    now: Timestamp,
    size: (u16, u16),
}

impl Screen {
    fn open(kind: u8) -> Self {
        let size = [(60, 16), (80, 24), (120, 36), (20, 5)][usize::from(kind % 4)];
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let signer = Signer::new(&Secret::new("confident_us_org_fake_not_a_key_5160ed"));
        let (app, effects) = App::new(Start {
            now,
            size: Size { cols: size.0, rows: size.1 },
            settings: Settings::default(),
            zone: TimeZone::UTC,
            clipboard: ClipboardRoute::Known("the clipboard".to_owned()),
            home: None,
            session: Ok(Session::new("US".to_owned(), KeySource::Environment, signer)),
            seed: 1,
            in_force: InForce::default(),
            profiles: Profiles::default(),
        });
        let mut screen = Self { app, now, size };
        screen.answers(effects);
        screen
    }

    /// What `first` means, and what is left of `rest`.
    fn event<'a>(&mut self, first: u8, rest: &'a [u8]) -> (Event, &'a [u8]) {
        let key = |code| Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
        match first {
            0x20..0x7f => (key(KeyCode::Char(char::from(first))), rest),
            b'\r' => (key(KeyCode::Enter), rest),
            0x7f => (key(KeyCode::Backspace), rest),
            0x1b => (key(KeyCode::Esc), rest),
            0x00 => (Event::Tick, rest),
            0x01 => {
                self.size =
                    [(60, 16), (80, 24), (200, 60), (1, 1)][usize::from(rest.first().copied().unwrap_or(0) % 4)];
                (Event::Resize { cols: self.size.0, rows: self.size.1 }, rest.get(1..).unwrap_or_default())
            }
            // So many bytes are pasted.
            0x80..0xc0 => {
                let (text, rest) = rest.split_at(usize::from(first - 0x80).min(rest.len()));
                (Event::Paste(String::from_utf8_lossy(text).into_owned()), rest)
            }
            _ => {
                let keys: Vec<KeyEvent> =
                    BINDINGS.iter().flat_map(|it| it.keys.iter()).map(|key| key.event()).collect();
                (Event::Key(keys[usize::from(first) * 7 % keys.len()]), rest)
            }
        }
    }

    fn takes(&mut self, event: Event) {
        self.now += SignedDuration::from_millis(50);
        let effects = update(&mut self.app, Message { at: self.now, event });
        let has_dialog = self.app.dialog.is_some();
        for effect in &effects {
            if let Effect::Ask(_, operation) = effect {
                assert!(has_dialog || !operation.is_write(), "no dialog asked for {operation:?}");
            }
        }
        self.answers(effects);
    }

    /// Has everything answered at once.
    fn answers(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let event = match effect {
                Effect::Ask(request, operation) => Event::Reply(request, answer(&operation)),
                Effect::Look(request, ..) => {
                    let goes_to = format!("a place called {}", confident_keys::text::Text::from(HOSTILE));
                    Event::Looked(request, Look { goes_to, obstacle: None, ask: None, warnings: Vec::new() })
                }
                Effect::Deliver(request, ..) => {
                    Event::Delivered(request, Err(NotDelivered { reason: "it is full".to_owned(), is_out: false }))
                }
                Effect::Copy(request, _) => Event::Copied(request, Ok(Delivery::Terminal)),
                Effect::SignIn(request, secret) => Event::SignedIn(request, Ok(Signer::new(&secret))),
                Effect::ReadJournal(request, _) => Event::Journal(request, Ok(None)),
                _ => continue,
            };
            self.takes(event);
        }
    }

    fn draws(&self) {
        let (columns, rows) = self.size;
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width: columns, height: rows });
        view(&self.app, Theme::new(Colours::Many, false), &mut buffer);
        for cell in buffer.content() {
            assert!(!cell.symbol().chars().any(is_hidden), "{:?} is drawn", cell.symbol());
        }
    }
}

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn key(id: i64, valid: bool) -> ApiKey {
    read(json!({
        "id": id, "name": HOSTILE, "valid": valid, "value": format!("{HOSTILE}***a1b2c3"),
        "created_at": "2024-12-04T23:00:00.000Z", "lastUsed": null,
    }))
}

fn answer(operation: &Operation) -> Result<Answer, ApiError> {
    Ok(match operation {
        Operation::Organization => {
            Answer::Organization(read(json!({ "id": HOSTILE, "name": HOSTILE, "plan": HOSTILE })))
        }
        Operation::Projects => Answer::Projects(read(json!([{ "id": "p1", "name": HOSTILE, "description": HOSTILE }]))),
        Operation::Keys(_) => Answer::Keys(vec![key(1, true), key(2, false), key(3, true)]),
        Operation::Create { .. } => Answer::Created(CreatedKey {
            key: key(4, true),
            secret: Some(Secret::new("confident_us_org_fake_not_a_key_5ec4e7")),
        }),
        Operation::Rotate { id, .. } => Answer::Rotated(CreatedKey {
            key: key(id.0, true),
            secret: Some(Secret::new("confident_us_org_fake_not_a_key_5ec4e7")),
        }),
        Operation::SetValid { id, valid, .. } => Answer::Key(key(id.0, *valid)),
        Operation::Delete { .. } => Answer::Deleted { acknowledged: true },
        Operation::Replacements => {
            let replacement = Replacement {
                scope: Scope::Organization,
                old: KeyId(1),
                new: KeyId(3),
                name: HOSTILE.into(),
                begun: Timestamp::UNIX_EPOCH,
                deactivated: None,
            };
            Answer::Replacements(Replacements { open: vec![replacement], trouble: None })
        }
        Operation::EndReplacement(_) => Answer::Replacements(Replacements::default()),
        Operation::Examine(..) | Operation::LookAgain(_) => {
            return Err(ApiError { host: HOSTILE.into(), kind: ErrorKind::Broken(HOSTILE.into()) });
        }
    })
}
