//! What may happen, and how often.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use proptest::prelude::*;

/// One thing that happens. Numbers choose among what there is then.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A key that means something here.
    Bound(usize),
    /// A key that opens something over the keys.
    Open(&'static str),
    /// Any key.
    Key(KeyEvent),
    /// What the open field asks for, and Enter where `enter` says so.
    Fill {
        well: bool,
        enter: bool,
    },
    /// Does what the key `name` begins, to its end. The question is answered before its key was read where it is
    /// `early`.
    Change {
        name: &'static str,
        early: bool,
    },
    /// Replaces the key that is selected: tells all that its dialog asks for, and goes on with the key `name`.
    Replace {
        name: &'static str,
        early: bool,
        how: How,
    },
    /// Marks all keys that are shown, and does what the key `name` begins to them, with so many answers.
    Many {
        name: &'static str,
        answers: usize,
    },
    Paste(String),
    Reply {
        which: usize,
        how: How,
    },
    /// A reply comes again.
    Again(usize),
    Looked {
        which: usize,
        how: usize,
    },
    Copied {
        which: usize,
        how: usize,
    },
    /// The first call that another key signed was answered.
    SignedIn {
        which: usize,
        how: usize,
    },
    /// Has another key take over from the signing key, as far as `how` goes well.
    TakeOver(usize),
    /// A file was written, or not.
    Saved {
        which: usize,
        how: usize,
    },
    /// The journal was read.
    Journal {
        which: usize,
        how: usize,
    },
    Resize(u16, u16),
    /// Time passes, in milliseconds; clocks are set back, too.
    Pass(i64),
    /// Somebody else changes what the service holds.
    Meddle(usize),
    Notice,
    /// The clocks differ by so many hours.
    Clock(i64),
    Connected,
    /// The service can do what the newest can, or not.
    Capabilities(bool),
    /// It was looked into what an earlier program began in one of the scopes. `knew` tells whether that knew the
    /// scope's keys.
    Reconciled {
        which: usize,
        knew: bool,
        readable: bool,
    },
}

/// How a request is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    Well,
    /// With a success that does not say what was asked.
    Oddly,
    /// With an answer to something else.
    OfAnotherKind,
    /// With an error, done nevertheless or not.
    Failing {
        error: usize,
        done: bool,
    },
    /// A write's answer is lost. Where it is `readable`, it is known afterwards what there is.
    InDoubt {
        done: bool,
        readable: bool,
    },
}

fn any_key() -> impl Strategy<Value = KeyEvent> {
    let codes = vec![
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::F(5),
    ];
    let code = prop_oneof![
        prop::sample::select(codes),
        any::<char>().prop_map(KeyCode::Char),
        "[ -~]".prop_map(|text| { KeyCode::Char(text.chars().next().unwrap_or(' ')) })
    ];
    let modifiers =
        prop_oneof![8 => Just(KeyModifiers::NONE), 1 => any::<u8>().prop_map(KeyModifiers::from_bits_truncate)];
    let kind =
        prop_oneof![8 => Just(KeyEventKind::Press), 1 => Just(KeyEventKind::Repeat), 1 => Just(KeyEventKind::Release)];
    (code, modifiers, kind).prop_map(|(code, modifiers, kind)| KeyEvent::new_with_kind(code, modifiers, kind))
}

fn any_how() -> impl Strategy<Value = How> {
    prop_oneof![
        8 => Just(How::Well),
        1 => Just(How::Oddly),
        1 => Just(How::OfAnotherKind),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(error, done)| How::Failing { error, done }),
        3 => any::<(bool, bool)>().prop_map(|(done, readable)| How::InDoubt { done, readable }),
    ]
}

pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![(40u16..140, 8u16..50), (0u16..4, 0u16..4), (60000u16.., 60000u16..)];
    let pause = prop_oneof![0i64..300, 0i64..100_000, 0i64..20_000_000_000, -10_000i64..0];
    prop_oneof![
        12 => any::<usize>().prop_map(Step::Bound),
        4 => prop::sample::select(vec!["c", "x", "D", "y", "l", "j", "u", "@", "0", "!", "Space", "v", "*", "e", "e", "e", "R", "o"]).prop_map(Step::Open),
        3 => any_key().prop_map(Step::Key),
        6 => (prop::bool::weighted(0.8), prop::bool::weighted(0.8)).prop_map(|(well, enter)| Step::Fill { well, enter }),
        3 => (prop::sample::select(vec!["x", "u", "D", "R"]), any::<bool>())
            .prop_map(|(name, early)| Step::Change { name, early }),
        4 => (prop::sample::select(vec!["Enter", "x u", "x u", "x D", "e e", "r", "wait", "wait wait"]), prop::bool::weighted(0.2), any_how())
            .prop_map(|(name, early, how)| Step::Replace { name, early, how }),
        3 => (prop::sample::select(vec!["x", "D", "x Enter u"]), 0usize..40).prop_map(|(name, answers)| Step::Many { name, answers }),
        1 => "\\PC{0,12}\n?".prop_map(Step::Paste),
        12 => (any::<usize>(), any_how()).prop_map(|(which, how)| Step::Reply { which, how }),
        1 => any::<usize>().prop_map(Step::Again),
        2 => (any::<usize>(), 0usize..3).prop_map(|(which, how)| Step::Copied { which, how }),
        3 => (any::<usize>(), 0usize..6).prop_map(|(which, how)| Step::Looked { which, how }),
        2 => (any::<usize>(), 0usize..5).prop_map(|(which, how)| Step::SignedIn { which, how }),
        1 => (0usize..4).prop_map(Step::TakeOver),
        2 => (any::<usize>(), 0usize..4).prop_map(|(which, how)| Step::Journal { which, how }),
        5 => (any::<usize>(), 0usize..3).prop_map(|(which, how)| Step::Saved { which, how }),
        1 => size.prop_map(|(cols, rows)| Step::Resize(cols, rows)),
        2 => pause.prop_map(Step::Pass),
        1 => any::<usize>().prop_map(Step::Meddle),
        1 => Just(Step::Notice),
        1 => Just(Step::Connected),
        2 => prop::bool::weighted(0.9).prop_map(Step::Capabilities),
        1 => prop_oneof![-3i64..3, -3000i64..3000].prop_map(Step::Clock),
        1 => (any::<usize>(), any::<bool>(), prop::bool::weighted(0.8))
            .prop_map(|(which, knew, readable)| Step::Reconciled { which, knew, readable }),
    ]
}
