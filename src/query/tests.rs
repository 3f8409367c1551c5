//! What filters mean, by examples; that they can be read back, by property.

use proptest::prelude::*;

use super::*;
use crate::api::model::{KeyId, MaskedValue, ProjectId};
use crate::status::Thresholds;

const NOW: &str = "2026-11-21T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn hours_ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

fn key() -> ApiKey {
    ApiKey {
        id: KeyId(34),
        name: Some("GitHub Actions".into()),
        valid: true,
        value: MaskedValue::new("****A1b2c3"),
        created_at: Some(hours_ago(24 * 400)),
        last_used: LastUsed::At(hours_ago(24 * 97)),
        expires_at: Some(hours_ago(-24 * 10)),
        rotates_at: None,
        shadow: None,
    }
}

fn project() -> Scope {
    Scope::Project(ProjectId::new("cm3fakeid").unwrap())
}

fn fits(filter: &str, key: &ApiKey, scope: &Scope, is_duplicate: bool) -> bool {
    let (query, error) = Query::parse(filter);
    assert_eq!(error, None, "{filter}");
    let status = Status::of(key, now(), &Thresholds::default());
    let scope_name = if *scope == Scope::Organization { "Organization" } else { "Production App" };
    query.fits(&Subject { key, status, scope, scope_name, is_duplicate }, now())
}

#[test]
fn what_each_token_means() {
    let never = ApiKey { last_used: LastUsed::Never, created_at: Some(hours_ago(48)), ..key() };
    let unknown = ApiKey { last_used: LastUsed::Unknown, ..key() };
    let inactive = ApiKey { valid: false, expires_at: None, ..key() };
    let expired = ApiKey { expires_at: Some(hours_ago(1)), ..key() };
    for (filter, key, expected) in [
        ("", key(), true),
        ("git act", key(), true),
        ("34", key(), true),
        ("1b2c3", key(), true),
        ("nothing", key(), false),
        ("!nothing", key(), true),
        ("stale", key(), true),
        ("Stale", key(), true),
        ("\"stale\"", key(), false),
        ("!stale", key(), false),
        ("active", key(), false),
        ("new", never.clone(), true),
        ("never", never.clone(), true),
        ("never-used", never.clone(), false),
        ("never", unknown.clone(), false),
        ("unknown", unknown.clone(), true),
        ("inactive", inactive.clone(), true),
        ("expired", expired.clone(), true),
        ("stale:>90d", key(), true),
        ("stale:>97d", key(), false),
        ("stale:<14w", key(), true),
        ("stale:>47h", never.clone(), true),
        ("stale:>48h", never.clone(), false),
        ("stale:>1h", unknown, false),
        ("used:<24h", key(), false),
        ("used:>3mo", key(), true),
        ("used:>1h", never.clone(), false),
        ("created:>1y", key(), true),
        ("created:<3d", never, true),
        ("expires:<14d", key(), true),
        ("expires:<10d", key(), false),
        ("expires:<14d", expired.clone(), false),
        ("expires:>1h", expired, false),
        ("expires:<1y", inactive, false),
        ("scope:org", key(), false),
        ("!scope:org", key(), true),
        ("scope:prod", key(), true),
        ("scope:cm3fakeid", key(), true),
        ("project:\"production app\"", key(), true),
        ("project:cm3", key(), false),
        ("name:actions", key(), true),
        ("name:34", key(), false),
        ("id:34", key(), true),
        ("id:3", key(), false),
        ("key:A1b2c3", key(), true),
        ("key:2c3", key(), true),
        ("key:confident_us_proj_FAKE-NOT-A-KEY-A1b2c3", key(), true),
        ("confident_us_proj_FAKE-NOT-A-KEY-A1b2c3", key(), true),
        ("key:…A1b2c3", key(), true),
        ("key:a1b2c3", key(), false),
        ("stale !inactive git id:34", key(), true),
        ("stale inactive", key(), false),
        ("dup", key(), false),
    ] {
        assert_eq!(fits(filter, &key, &project(), false), expected, "{filter:?} for {key:?}");
    }
    assert!(fits("dup", &key(), &project(), true) && !fits("!dup", &key(), &project(), true));
    assert!(fits("scope:org", &key(), &Scope::Organization, false));
    assert!(!fits("project:organization", &key(), &Scope::Organization, false), "it is no project");
}

#[test]
fn names_that_look_the_same_are_duplicates_and_missing_ones_are_not() {
    let named = |id, name: Option<&str>| ApiKey { id: KeyId(id), name: name.map(Into::into), ..key() };
    let keys = [
        named(1, Some("CI")),
        named(2, Some("CI ")),
        named(3, Some("ci")),
        named(4, Some("Zoë")),
        named(5, Some("Zoe\u{308}")),
        named(6, None),
        named(7, None),
        named(8, Some(" ")),
        named(9, Some(" ")),
    ];
    let mut found: Vec<_> = duplicates(&keys).into_iter().map(|id| id.0).collect();
    found.sort_unstable();
    assert_eq!(found, [1, 2, 4, 5]);
}

#[test]
fn mistakes_are_told_where_they_stand_and_the_rest_holds() {
    for (filter, place, words) in [
        ("git stale:90d", 4..13, "stale: wants a time such as >90d"),
        ("used:<5 git", 0..7, "used: wants a time such as <24h"),
        ("git created:>x", 4..14, "created: wants a time"),
        ("git expires:", 4..12, "expires: wants a time"),
        ("git used:<999999999999d", 4..23, "used: wants a time"),
        ("git used:<100001d", 4..17, "at most 100000"),
        ("git id:x", 4..8, "id: wants a number"),
        ("git scope:", 4..10, "scope: wants a value"),
        ("git key:***", 4..11, "key: wants the end"),
        ("git http://x", 4..12, "http: is not known"),
        ("git !", 4..5, "wants something to leave out"),
        ("git \"\"", 4..6, "nothing in the quotation marks"),
    ] {
        let (query, error) = Query::parse(filter);
        let error = error.unwrap();
        assert_eq!(error.place, place, "{filter}");
        assert!(error.message.contains(words), "{filter}: {error}");
        assert_eq!(query.terms().len(), 1, "{filter}: {query}");
    }
}

#[test]
fn of_a_whole_key_only_its_end_is_kept() {
    let whole = "confident_us_proj_FAKE-NOT-A-KEY-a1b2c3";
    for (typed, kept) in [
        (whole.to_owned(), Some("key:a1b2c3")),
        (format!("  {whole} "), Some("  key:a1b2c3 ")),
        (format!("git !{whole} stale"), Some("git !key:a1b2c3 stale")),
        (format!("key:{whole}"), Some("key:a1b2c3")),
        ("key:…a1b2c3".to_owned(), Some("key:a1b2c3")),
        ("key:a1b2c3d".to_owned(), Some("key:1b2c3d")),
        ("key:a1b2c3".to_owned(), None),
        ("key:".to_owned(), None),
        ("confident".to_owned(), None),
        ("git".to_owned(), None),
    ] {
        assert_eq!(keep_ends_of_keys(&typed).as_deref(), kept, "{typed:?}");
        let printed = format!("{:?}", Query::parse(&typed));
        assert!(!printed.contains("FAKE-NOT-A-KEY"), "{printed}");
    }
}

#[test]
fn what_is_begun_can_be_completed() {
    let projects = ["Production App", "Staging"];
    for (typed, expected) in [
        ("", &[][..]),
        ("sta", &["stale", "stale:"]),
        ("git ne", &["new", "never", "never-used"]),
        ("!ina", &["!inactive"]),
        ("stale:", &["stale:>30d", "stale:>90d", "stale:>180d", "stale:>1y"]),
        ("stale:>9", &["stale:>90d"]),
        ("scope:", &["scope:org", "scope:\"Production App\"", "scope:Staging"]),
        ("project:sta", &["project:Staging"]),
        ("dup", &[]),
        ("\"sta", &[]),
    ] {
        let found: Vec<String> =
            complete(typed, typed.len(), projects).into_iter().map(|completion| completion.text).collect();
        assert_eq!(found, expected, "{typed:?}");
    }
    assert_eq!(complete("git ne", 6, [])[0].place, 4..6);
    assert_eq!(complete("new git", 2, []), [], "the cursor is inside of a word");
}

fn any_test() -> impl Strategy<Value = Test> {
    let text = || prop_oneof!["[a-z]{1,8}", "\\PC{1,12}", "[ -~]{1,12}"];
    let bound = || {
        (any::<bool>(), 0u32..=100_000, prop::sample::select(Unit::ALL.to_vec()))
            .prop_map(|(is_more, count, (unit, ..))| Bound { is_more, count, unit })
    };
    let pattern = || text().prop_filter("blank", |text| !text.trim().is_empty()).prop_map(|text| Pattern::new(&text));
    prop_oneof![
        pattern().prop_map(Test::Text),
        prop::sample::select(vec![Status::Active, Status::NeverUsed, Status::Unknown, Status::Expired])
            .prop_map(Test::Status),
        Just(Test::Never),
        Just(Test::Duplicate),
        bound().prop_map(Test::Stale),
        bound().prop_map(Test::Used),
        bound().prop_map(Test::Created),
        bound().prop_map(Test::Expires),
        Just(Test::Organization),
        pattern().prop_map(Test::Scope),
        pattern().prop_map(Test::Project),
        pattern().prop_map(Test::Name),
        any::<i64>().prop_map(Test::Id),
        "[a-zA-Z0-9_\"-]{1,6}".prop_map(Test::Key),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(terms in prop::collection::vec((any::<bool>(), any_test()), 0..6)) {
        let terms = terms.into_iter().map(|(is_negated, test)| Term { is_negated, test }).collect();
        let query = Query { terms };
        let printed = query.to_string();
        prop_assert_eq!(Query::parse(&printed), (query, None), "{}", printed);
    }

    #[test]
    fn nothing_that_is_typed_breaks_it(typed in prop_oneof!["\\PC{0,40}", "[ -~]{0,40}", "(!?(stale|used|key|scope|x):?[<>\"\\\\ ]?[0-9]{0,7}[dhwy]? ?){0,6}"]) {
        let (query, error) = Query::parse(&typed);
        if let Some(error) = error {
            prop_assert!(typed.get(error.place.clone()).is_some(), "{:?}", error);
        }
        // Printed and read, it is the same; what was wrong is gone.
        let printed = query.to_string();
        prop_assert_eq!(Query::parse(&printed), (query, None), "{}", printed);
        for cursor in 0..=typed.len() {
            for completion in complete(&typed, cursor, ["A b", "c"]) {
                prop_assert!(typed.get(completion.place.clone()).is_some());
            }
        }
        let kept = keep_ends_of_keys(&typed);
        let kept = kept.as_deref().unwrap_or(&typed);
        prop_assert_eq!(keep_ends_of_keys(kept), None, "{}", kept);
    }
}
