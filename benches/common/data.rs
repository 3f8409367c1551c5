//! Made-up keys, as many as wanted and always the same, and the screen with them.

use std::sync::Arc;

use confident_keys::api::model::{ApiKey, KeyId, LastUsed, MaskedValue, Organization, Scope};
use confident_keys::app::arrange::{Arrangement, Listing, Wanted};
use confident_keys::app::geometry::Size;
use confident_keys::app::message::{Effect, Event, Message};
use confident_keys::app::order::{Order, SortColumn};
use confident_keys::app::profiles::Profiles;
use confident_keys::app::{App, ClipboardRoute, Session, Start, update};
use confident_keys::config::{InForce, KeySource, Settings};
use confident_keys::guard::Signer;
use confident_keys::operations::{Answer, Operation};
use confident_keys::query::Query;
use confident_keys::secret::Secret;
use confident_keys::status::{Tab, Thresholds};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

pub(crate) const FAKE_KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";

const TEAMS: [&str; 6] = ["payments", "search", "billing", "growth", "mobile", "agents"];
const PLACES: [&str; 4] = ["prod", "staging", "nightly", "canary"];
const USES: [&str; 5] = ["tracing", "evals", "export", "ingest", "deploy"];

/// The screen.
pub(crate) const AREA: Rect = Rect { x: 0, y: 0, width: 120, height: 40 };

/// The time of everything here.
pub(crate) fn now() -> Timestamp {
    Timestamp::constant(1_790_000_000, 0)
}

pub(crate) fn keys(count: usize) -> Vec<ApiKey> {
    let mut random = fastrand::Rng::with_seed(count as u64);
    let ago = |hours: i64| now() - SignedDuration::from_hours(hours);
    (1..)
        .take(count)
        .map(|id| {
            let [team, place, purpose] = [&TEAMS[..], &PLACES, &USES].map(|words| words[random.usize(..words.len())]);
            let age = random.i64(1..900 * 24);
            let used = (random.u8(..5) > 0).then(|| ago(random.i64(0..age)));
            ApiKey {
                id: KeyId(id),
                name: Some(format!("{team}-{place}-{purpose}-{:03}", random.u32(..1000)).into()),
                valid: random.u8(..10) > 0,
                value: MaskedValue::new(&format!("{:06x}", random.u32(..1 << 24))),
                created_at: Some(ago(age)),
                last_used: used.map_or(LastUsed::Never, LastUsed::At),
                expires_at: None,
                rotates_at: None,
                shadow: None,
            }
        })
        .collect()
}

/// An answer with so many keys, as the service writes it.
pub(crate) fn answer(count: usize) -> String {
    let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let entry = |key: &ApiKey| {
        serde_json::json!({
            "id": key.id.0, "name": key.name, "valid": key.valid, "value": key.value.as_str(),
            "created_at": key.created_at.map(time), "lastUsed": key.last_used.time().map(time),
        })
    };
    let entries: Vec<_> = keys(count).iter().map(entry).collect();
    serde_json::json!({ "success": true, "data": { "apiKeys": entries }, "deprecated": false }).to_string()
}

/// What a table of so many keys is to show.
pub(crate) fn wanted(count: usize, sort: SortColumn, filter: &str, earlier: Option<Arc<Arrangement>>) -> Wanted {
    let lists = match &earlier {
        Some(earlier) => {
            let known = |(list, facts): (&Listing, _)| Listing { known: Some(Arc::clone(facts)), ..list.clone() };
            earlier.lists().iter().zip(earlier.facts()).map(known).collect()
        }
        None => vec![Listing {
            scope: Scope::Organization,
            name: "Organization".to_owned(),
            keys: keys(count).into(),
            known: None,
        }],
    };
    Wanted {
        lists,
        tab: Tab::All,
        order: Order { sort, descending: sort == SortColumn::Created },
        query: Query::parse(filter).0,
        now: now(),
        thresholds: Thresholds::default(),
        earlier,
    }
}

/// So many keys as they are shown, sorted by when they were made.
pub(crate) fn arranged(count: usize, filter: &str) -> Option<Arc<Arrangement>> {
    let all = Arc::new(wanted(count, SortColumn::Created, "", None).arrange(|| true)?);
    if filter.is_empty() {
        return Some(all);
    }
    wanted(count, SortColumn::Created, filter, Some(all)).arrange(|| true).map(Arc::new)
}

/// The screen, with so many keys read and the focus on them.
pub(crate) fn app(count: usize) -> App {
    let signer = Signer::new(&Secret::new(FAKE_KEY));
    let (mut app, effects) = App::new(Start {
        now: now(),
        size: Size { cols: AREA.width, rows: AREA.height },
        settings: Settings::default(),
        zone: TimeZone::UTC,
        clipboard: ClipboardRoute::Known("the X11 clipboard".to_owned()),
        home: None,
        session: Ok(Session::new("loopback".to_owned(), KeySource::Environment, signer)),
        seed: 1,
        in_force: InForce::default(),
        profiles: Profiles::default(),
    });
    perform(&mut app, effects, count);
    press(&mut app, KeyCode::Tab);
    app
}

/// Carries out what is asked, as the service would.
fn perform(app: &mut App, effects: Vec<Effect>, count: usize) {
    for effect in effects {
        let event = match effect {
            Effect::Ask(request, operation) => {
                let answer = match operation {
                    Operation::Organization => {
                        Answer::Organization(Organization { id: "org1".into(), name: "Acme".into(), plan: None })
                    }
                    Operation::Projects => Answer::Projects(Vec::new()),
                    Operation::Keys(_) => Answer::Keys(keys(count)),
                    _ => continue,
                };
                Event::Reply(request, Ok(answer))
            }
            Effect::Arrange(request, wanted) => match wanted.arrange(|| true) {
                Some(arrangement) => Event::Arranged(request, Arc::new(arrangement)),
                None => continue,
            },
            _ => continue,
        };
        let effects = update(app, Message { at: now(), event });
        perform(app, effects, count);
    }
}

/// Presses a key, and has carried out what comes of it.
pub(crate) fn press(app: &mut App, code: KeyCode) {
    let event = Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
    let effects = update(app, Message { at: now(), event });
    perform(app, effects, 0);
}
