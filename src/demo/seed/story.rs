//! The story that the data tells: a team of some years, and the keys that it made on the way.
//!
//! Between them the keys have every status that a key can have, and the kinds of names that break
//! tables: none, empty, long, twice the same, in many scripts, and two that only pretend to be
//! harmless.

use super::{DAY, Ends, HOUR, MINUTE, Used};
use crate::demo::store::Field;

/// A project of the story.
pub(super) struct Project {
    pub(super) name: &'static str,
    pub(super) description: Option<&'static str>,
    /// Its age in days.
    pub(super) made: u32,
    pub(super) keys: &'static [Key],
}

/// A key of the story.
pub(super) struct Key {
    pub(super) name: Field<&'static str>,
    /// Its age in days.
    pub(super) made: u32,
    pub(super) used: Used,
    pub(super) valid: bool,
    pub(super) ends: Ends,
}

impl Key {
    const fn inactive(mut self) -> Self {
        self.valid = false;
        self
    }

    /// In so many days, or so many ago.
    const fn expiring(mut self, days: i32) -> Self {
        self.ends = Ends::Expires(days);
        self
    }

    /// The old value stops in so many days.
    const fn rotating(mut self, days: u16) -> Self {
        self.ends = Ends::Rotates(days);
        self
    }

    const fn named(mut self, name: Field<&'static str>) -> Self {
        self.name = name;
        self
    }
}

/// A key made `made` days ago that was never used.
const fn unused(name: &'static str, made: u32) -> Key {
    Key { name: Field::Value(name), made, used: Used::Never, valid: true, ends: Ends::Not }
}

/// A key made `made` days ago that was last used `days` ago.
const fn used(name: &'static str, made: u32, days: u32) -> Key {
    Key { name: Field::Value(name), made, used: Used::DaysAgo(days), valid: true, ends: Ends::Not }
}

/// A key made `made` days ago that a simulated client uses every `seconds`.
const fn busy(name: &'static str, made: u32, seconds: u32) -> Key {
    Key { name: Field::Value(name), made, used: Used::every(seconds), valid: true, ends: Ends::Not }
}

/// The key that the program itself signs its requests with.
pub(super) const SIGNING_KEY: Key = used("ckeys on Ada's laptop", 62, 1);

/// The organization's other keys.
pub(super) const ORGANIZATION_KEYS: &[Key] = &[
    busy("Terraform", 713, HOUR),
    used("Backup", 655, 204),
    used("Backup", 203, 36),
    used("Zoe\u{308}'s onboarding script", 121, 9).expiring(25),
];

pub(super) const PROJECTS: &[Project] = &[
    Project {
        name: "Production App",
        description: Some("What customers talk to. Ask in #platform before touching anything."),
        made: 700,
        keys: &[
            unused("Default Key", 700),
            used("Old laptop", 615, 197),
            busy("Production agent", 512, 40),
            used("GitHub Actions", 500, 133),
            used("Nightly evals", 398, 41),
            used("Contractor 2025", 385, 240).inactive(),
            busy("GitHub Actions", 132, 7 * MINUTE),
            unused("", 300).named(Field::Null),
            busy("Kubernetes · eu-west-1", 288, 2 * MINUTE).rotating(2),
            busy("Оценка качества ответов", 164, DAY),
            used(
                "Trace exporter of the customer support assistant, second attempt; replaces the one that Bob pasted \
                 into the team channel on a Friday afternoon in March",
                96,
                4,
            ),
            used("Mobile beta 🚀", 74, 12).expiring(9),
            unused("Canary, please keep", 2),
        ],
    },
    Project {
        name: "Staging Environment",
        description: Some("Production's rehearsal room"),
        made: 640,
        keys: &[
            unused("Default Key", 640),
            used("Review app \u{202e}ecnerefer", 420, 101),
            used("Ada, trying things out", 377, 33).inactive(),
            used("Load test", 260, 55).expiring(2),
            Key { used: Used::Untold, ..unused("Preview deployments", 233) },
            used("Κλειδί δοκιμών", 180, 18),
            busy("Playwright", 150, 15 * MINUTE),
            used("مفتاح بيئة التجارب", 90, 6),
            unused("Staging 2.0", 1),
        ],
    },
    Project {
        name: "日本語プロジェクト",
        description: Some("日本のお客様向けのアシスタント"),
        made: 410,
        keys: &[
            unused("検証用(古い)", 405).inactive(),
            used("田中さんのノートPC", 390, 160),
            busy("本番エージェント", 366, 5 * MINUTE),
            used("夜間評価", 210, 38),
            used("開発用キー", 88, 3).rotating(5),
            unused("移行テスト", 4),
        ],
    },
    Project {
        name: "Sandbox",
        description: None,
        made: 590,
        keys: &[
            used("demo", 585, 301),
            used("👩🏽‍💻 hack day", 470, 222),
            used("Workshop attendee 07", 430, 182).inactive(),
            used("Summer intern", 350, 95).inactive(),
            used("Red \u{1b}[31malert\u{1b}[0m bot", 320, 66).expiring(-40),
            used("", 270, 72),
            unused("", 152).named(Field::Absent),
            used("מפתח ניסיון", 115, 10),
            unused("Cafe\u{301} Wi-Fi de\u{301}mo", 45).expiring(-15),
            used("Jupyter on Grace's desk", 29, 2).expiring(61),
            unused("demo", 12),
        ],
    },
    Project {
        name: "Support Copilot",
        description: Some("Won't launch before spring"),
        made: 6,
        keys: &[unused("Default Key", 6), busy("Linus's first prompt", 5, 11 * MINUTE)],
    },
    // Nothing in it: an empty list is a state, too.
    Project { name: "Hiring Assistant (paused)", description: Some("Legal is looking at it"), made: 250, keys: &[] },
];
