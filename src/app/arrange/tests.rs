//! What is arranged step by step is what would be arranged from nothing, and both are what the plain rules say.

use std::cell::Cell;
use std::cmp::Ordering;

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::api::model::{MaskedValue, ProjectId};

const DAY: i64 = 24 * 3600;

fn start() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn ago(seconds: i64) -> Timestamp {
    start() - SignedDuration::from_secs(seconds)
}

/// Names that are alike, so that filters find some of them.
fn name() -> impl Strategy<Value = Option<String>> {
    let parts =
        ["ci", "prod-eval", "Git Hub", "CI-Prod", "zoe\u{308}", "Zoë", "ОТЧЁТ", "日本 key", "a1b2", "", " ", "12"];
    option::of(vec(prop::sample::select(parts.to_vec()), 0..4).prop_map(|parts| parts.join("-")))
}

fn time() -> impl Strategy<Value = i64> {
    // About the thresholds, and equal ones.
    prop_oneof![
        prop::sample::select(&[0, DAY, DAY + 3600, 7 * DAY, 30 * DAY, 90 * DAY, 90 * DAY + 3600, 180 * DAY][..]),
        -DAY..200 * DAY
    ]
}

prop_compose! {
    fn key()(
        id in 1..40_i64, name in name(), valid in prop::bool::weighted(0.8), value in "[a-c1-3A-C]{6}",
        created in option::of(time()), used in option::of(option::of(time())), expires in option::weighted(0.2, time()),
    ) -> ApiKey {
        ApiKey {
            id: KeyId(id),
            name: name.map(Into::into),
            valid,
            value: MaskedValue::new(&value),
            created_at: created.map(ago),
            last_used: match used {
                None => LastUsed::Unknown,
                Some(None) => LastUsed::Never,
                Some(Some(used)) => LastUsed::At(ago(used)),
            },
            expires_at: expires.map(|expires| ago(-expires)),
            rotates_at: None,
            shadow: None,
        }
    }
}

fn lists() -> impl Strategy<Value = Vec<Listing>> {
    vec(vec(key(), 0..12), 0..3).prop_map(|lists| {
        let listed = |(at, keys): (usize, Vec<ApiKey>)| Listing {
            scope: Scope::Project(ProjectId::new(&format!("p{at}")).unwrap()),
            name: format!("Project {at}"),
            keys: keys.into(),
            known: None,
        };
        lists.into_iter().enumerate().map(listed).collect()
    })
}

fn order() -> impl Strategy<Value = Order> {
    use SortColumn::{Created, Expires, LastUsed, Name, Scope, Status};
    let columns = [Created, LastUsed, Name, Status, Scope, Expires];
    (prop::sample::select(columns.to_vec()), any::<bool>()).prop_map(|(sort, descending)| Order { sort, descending })
}

/// What a person may type, from its beginning on.
fn filter() -> impl Strategy<Value = String> {
    let words = [
        "ci",
        "prod",
        "ghub",
        "zoë",
        "отчёт",
        "日",
        "12",
        "a1b",
        "!ci",
        "stale",
        "name:ci",
        "name:pe",
        "dup",
        "used:<90d",
        "\"git hub\"",
        "-",
        "1",
        "key:a1b2c3",
        "scope:p1",
    ];
    vec(prop::sample::select(words.to_vec()), 0..3).prop_map(|words| words.join(" "))
}

fn wanted(lists: &[Listing], (tab, order, filter): (Tab, Order, &str), now: Timestamp) -> Wanted {
    Wanted {
        lists: lists.to_vec(),
        tab,
        order,
        query: Query::parse(filter).0,
        now,
        thresholds: Thresholds::default(),
        earlier: None,
    }
}

/// The rows by the rules alone: each key by itself, and compared with each other.
fn plainly(wanted: &Wanted) -> Vec<(String, KeyId)> {
    let mut rows = Vec::new();
    for (number, list) in wanted.lists.iter().enumerate() {
        let duplicates = query::duplicates(&list.keys);
        for (at, key) in list.keys.iter().enumerate() {
            let status = Status::of(key, wanted.now, &wanted.thresholds);
            let is_duplicate = duplicates.contains(&key.id);
            let subject = Subject { key, status, scope: &list.scope, scope_name: &list.name, is_duplicate };
            if wanted.tab.holds(status) && wanted.query.fits(&subject, wanted.now) {
                rows.push((number, at, key, status));
            }
        }
    }
    let has_expiry = wanted.lists.iter().any(|list| list.keys.iter().any(|key| key.expires_at.is_some()));
    let order = match wanted.order {
        Order { sort: SortColumn::Expires, .. } if !has_expiry => Order { sort: SortColumn::Name, descending: false },
        order => order,
    };
    let lowered = |key: &ApiKey| {
        let composed = key.visible_name().map(|name| crate::text::composed(name.as_str()).into_owned());
        (composed.is_none(), composed.unwrap_or_default().to_lowercase())
    };
    let used = |key: &ApiKey| match key.last_used {
        LastUsed::Unknown => (0, None),
        LastUsed::Never => (1, None),
        LastUsed::At(time) => (2, Some(time)),
    };
    rows.sort_by(|(list, at, key, status), (other_list, other_at, other, other_status)| {
        let ordering = match order.sort {
            SortColumn::Created => key.created_at.cmp(&other.created_at),
            SortColumn::LastUsed => used(key).cmp(&used(other)),
            SortColumn::Name => lowered(key).cmp(&lowered(other)),
            SortColumn::Status => status.cmp(other_status),
            SortColumn::Scope => list.cmp(other_list),
            SortColumn::Expires => {
                (key.expires_at.is_none(), key.expires_at).cmp(&(other.expires_at.is_none(), other.expires_at))
            }
        };
        let ordering = if order.descending { ordering.reverse() } else { ordering };
        let newest_first =
            |ordering: Ordering| ordering.then_with(|| (other.created_at, other.id).cmp(&(key.created_at, key.id)));
        newest_first(ordering).then_with(|| (list, at).cmp(&(other_list, other_at)))
    });
    rows.into_iter().map(|(list, _, key, _)| (wanted.lists[list].name.clone(), key.id)).collect()
}

fn rows(arrangement: &Arrangement) -> Vec<(String, KeyId)> {
    arrangement
        .rows()
        .iter()
        .map(|row| arrangement.key(*row).map(|(list, key, _)| (list.name.clone(), key.id)).unwrap())
        .collect()
}

proptest! {
    #[test]
    fn whatever_was_typed_before_the_rows_are_those_that_fit(
        lists in lists(), order in order(), other in order(), tab in prop::sample::select(&Tab::ALL), filter in filter(),
        seconds in 0..200 * DAY,
    ) {
        // Letter by letter, each time from what was there before; then back again, sorted otherwise, and later.
        let mut steps: Vec<String> = filter.char_indices().map(|(at, _)| filter[..at].to_owned()).collect();
        steps.push(filter);
        let back: Vec<String> = steps.iter().rev().cloned().collect();
        let mut earlier: Option<Arc<Arrangement>> = None;
        let later = start() + SignedDuration::from_secs(seconds);
        for (steps, order, now) in [(steps, order, start()), (back.clone(), order, start()), (back, other, later)] {
            for step in steps {
                let mut wanted = wanted(&lists, (tab, order, &step), now);
                let expected = plainly(&wanted);
                for (list, known) in wanted.lists.iter_mut().zip(earlier.iter().flat_map(|earlier| earlier.facts())) {
                    list.known = Some(Arc::clone(known));
                }
                wanted.earlier.clone_from(&earlier);
                let arrangement = wanted.arrange(|| true).unwrap();
                prop_assert_eq!(rows(&arrangement), expected, "{:?} {:?}", step, order);
                earlier = Some(Arc::new(arrangement));
            }
        }
    }

    #[test]
    fn how_keys_stand_is_known_until_it_changes(lists in lists(), seconds in 0..400 * DAY, nanos in 0..2_i64) {
        let thresholds = Thresholds::default();
        for list in lists {
            let known = Facts::of(&list.keys, start(), &thresholds);
            let at_change = known.change().saturating_add(SignedDuration::from_nanos(nanos - 1)).unwrap();
            for now in [start() + SignedDuration::from_secs(seconds), at_change] {
                let fresh = Facts::of(&list.keys, now, &thresholds);
                if known.are_of(&list.keys, now, &thresholds) {
                    prop_assert_eq!((known.counts, known.histogram), (fresh.counts, fresh.histogram));
                    for at in 0..list.keys.len() {
                        prop_assert_eq!(known.status(at), fresh.status(at));
                    }
                }
            }
        }
    }

    #[test]
    fn a_key_is_found_where_it_is(lists in lists(), order in order()) {
        let arrangement = wanted(&lists, (Tab::All, order, ""), start()).arrange(|| true).unwrap();
        for (at, row) in arrangement.rows().iter().enumerate() {
            let (list, key, _) = arrangement.key(*row).unwrap();
            let found = arrangement.find(key.id, &list.scope).unwrap();
            // Ids are unique within a scope, but not here.
            let (found_list, found_key, _) = arrangement.key(arrangement.rows()[found]).unwrap();
            prop_assert_eq!((found_key.id, &found_list.scope), (key.id, &list.scope), "{}", at);
        }
    }
}

#[test]
fn what_is_not_wanted_any_more_is_left_off() {
    let keys: Vec<ApiKey> = (0..10_000)
        .map(|id| ApiKey {
            id: KeyId(id),
            name: Some("ci".into()),
            valid: true,
            value: MaskedValue::new("a1b2c3"),
            created_at: Some(start()),
            last_used: LastUsed::Never,
            expires_at: None,
            rotates_at: None,
            shadow: None,
        })
        .collect();
    let list = Listing { scope: Scope::Organization, name: String::new(), keys: keys.into(), known: None };
    let order = Order { sort: SortColumn::Created, descending: true };
    let asked = Cell::new(0);
    let is_wanted = || {
        asked.set(asked.get() + 1);
        asked.get() < 5
    };
    assert_eq!(wanted(std::slice::from_ref(&list), (Tab::All, order, "ci"), start()).arrange(is_wanted), None);
    assert_eq!(asked.get(), 5, "it asks now and then, and not only at its end");
    let arrangement = wanted(&[list], (Tab::All, order, "ci"), start()).arrange(|| true).unwrap();
    assert_eq!(arrangement.rows().len(), 10_000);
}

#[test]
fn times_are_numbers_in_their_order_before_1970_and_far_ahead_too() {
    let times = ["1700-01-01", "1969-12-31", "1970-01-01", "1970-01-02", "2026-11-21", "2100-01-01", "2261-01-01"];
    let numbers = times.map(|day| nanoseconds(format!("{day}T00:00:00Z").parse().unwrap()));
    assert!(numbers.is_sorted_by(|earlier, later| earlier < later), "{numbers:?}");
    // What stands before all times has room there.
    assert!(nanoseconds(Timestamp::MIN) < numbers[0] && nanoseconds(Timestamp::MAX).checked_add(2).is_some());
}
