//! As much plausible data as was asked for: projects of teams, keys of programs and people.

use fastrand::Rng;

use super::{DAY, Ends, HOUR, KeyPlan, MINUTE, ProjectPlan, Size, Used};
use crate::demo::store::Field;

const TEAMS: &[&str] = &[
    "Payments",
    "Search",
    "Checkout",
    "Billing",
    "Fraud",
    "Growth",
    "Platform",
    "Support",
    "Mobile",
    "Legal",
    "Claims",
    "Travel",
    "Pharmacy",
    "Warehouse",
    "Newsroom",
    "Tutoring",
    "Recruiting",
    "Energy",
    "Fleet",
    "Library",
];

const PRODUCTS: &[&str] = &[
    "Assistant",
    "Copilot",
    "Chatbot",
    "Agent",
    "Retrieval",
    "Summaries",
    "Classifier",
    "Voice Bot",
    "Evaluator",
    "Gateway",
    "Translator",
    "Router",
];

const PLACES: &[&str] = &["prod", "staging", "dev", "ci", "nightly", "canary", "load-test", "backfill", "sandbox"];

const TASKS: &[&str] =
    &["tracing", "evals", "export", "ingest", "read-only", "deploy", "webhook", "cron", "airflow", "notebook"];

const PEOPLE: &[&str] =
    &["Ada", "Grace", "Linus", "Zoë", "Marta", "Kenji", "Олена", "Νίκος", "Ngozi", "李雷", "Søren", "Priya"];

const MACHINES: &[&str] = &["laptop", "desktop", "notebook server", "dev container", "phone", "cluster"];

/// How often simulated clients call, in seconds.
const PERIODS: &[u32] = &[40, 2 * MINUTE, 7 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY];

/// The oldest projects, in days.
const OLDEST: u32 = 1_000;

pub(super) fn projects(size: Size, random: &mut Rng) -> Vec<ProjectPlan> {
    let (mut teams, mut products) = (TEAMS.to_vec(), PRODUCTS.to_vec());
    random.shuffle(&mut teams);
    random.shuffle(&mut products);
    let pairs: Vec<_> = products.iter().flat_map(|product| teams.iter().map(move |team| (team, product))).collect();
    let names = (1..).flat_map(|round| pairs.iter().map(move |(team, product)| (team, product, round)));
    names
        .take(size.projects)
        .map(|(team, product, round)| {
            let made = random.u32(30..=OLDEST);
            ProjectPlan {
                // The pairs run out at some point; numbers do not.
                name: if round == 1 { format!("{team} {product}") } else { format!("{team} {product} {round}") },
                description: random.bool().then(|| format!("{product} of the {team} team")),
                made,
                keys: (0..size.keys_per_project).map(|_| key(made, random)).collect(),
            }
        })
        .collect()
}

/// A key of a project that is `oldest` days old.
fn key(oldest: u32, random: &mut Rng) -> KeyPlan {
    let made = random.u32(1..=oldest);
    let used = match random.u32(0..100) {
        0..30 => Used::every(pick(PERIODS, random)),
        30..45 => Used::Never,
        45..48 => Used::Untold,
        // More of the recent past than of the far one.
        _ => {
            let span = random.u32(1..=made);
            Used::DaysAgo(random.u32(1..=span))
        }
    };
    KeyPlan { name: name(random), made, used, valid: random.u32(0..100) >= 12, ends: ends(made) }
}

/// By its age alone, so that the seeded numbers are the same as for keys that never end.
fn ends(made: u32) -> Ends {
    let days = i32::try_from(made % 90).unwrap_or_default();
    match made % 16 {
        3 => Ends::Expires(days),
        7 if made > 90 => Ends::Expires(-days),
        11 if made > 8 => Ends::Rotates(1 + u16::try_from(made % 6).unwrap_or_default()),
        _ => Ends::Not,
    }
}

fn name(random: &mut Rng) -> Field<String> {
    match random.u32(0..100) {
        0..2 => Field::Null,
        2..15 => Field::Value(format!("{}'s {}", pick(PEOPLE, random), pick(MACHINES, random))),
        _ => {
            let (place, task) = (pick(PLACES, random), pick(TASKS, random));
            Field::Value(format!("{place}-{task}-{:03}", random.u32(0..1_000)))
        }
    }
}

fn pick<T: Copy + Default>(choices: &[T], random: &mut Rng) -> T {
    random.choice(choices).copied().unwrap_or_default()
}
