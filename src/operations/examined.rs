//! A key as it is right before it is changed, and what is known here of its past.

use jiff::Timestamp;

use crate::api::model::{ApiKey, KeyId};
use crate::journal::{Action, Entry, Outcome, Service};
use crate::time;

/// A key that was read for the question whether it may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The key, read just now.
    pub key: ApiKey,
    /// When ckeys deactivated it, where it is inactive since then as far as can be told. The service does not say.
    pub inactive_since: Option<Timestamp>,
}

impl Examined {
    /// `key`, which was deactivated here at `deactivated`, as far as is remembered.
    pub(super) fn new(key: ApiKey, deactivated: Option<Timestamp>) -> Self {
        // Used since: somebody else had reactivated it in between.
        let was_used = |at: &Timestamp| key.last_used.time().is_some_and(|used| used > *at);
        let inactive_since = deactivated.filter(|at| !key.valid && !was_used(at));
        Self { key, inactive_since }
    }
}

/// For how long `key` has been inactive, in a sentence; none for an active one. `since` is when it was deactivated,
/// as far as that is known.
pub fn inactive_words(key: &ApiKey, since: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let words = match since {
        _ if key.valid => return None,
        Some(at) => format!("Deactivated {}, as far as ckeys remembers.", time::relative(at, now)),
        None => "For how long it has been inactive is not known here.".to_owned(),
    };
    Some(words)
}

/// When the key `id` of `service` was deactivated, in the words of the journal: `entries` with the oldest first.
pub(super) fn deactivated_at(entries: &[Entry], service: &Service, id: KeyId) -> Option<Timestamp> {
    let last = entries.iter().rev().find(|entry| {
        entry.id == Some(id)
            && entry.service == *service
            && entry.outcome == Outcome::Done
            && matches!(entry.action, Action::Deactivate | Action::Activate)
    })?;
    (last.action == Action::Deactivate).then_some(last.time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::ScopeRecord;
    use crate::text::Text;

    const BEFORE: &str = "2026-11-01T12:00:00Z";
    const AT: &str = "2026-11-18T12:00:00Z";
    const AFTER: &str = "2026-11-20T12:00:00Z";

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn service() -> Service {
        Service::new(&"https://api.example.invalid".parse().unwrap())
    }

    fn entry(time: &str, action: Action, id: i64, outcome: Outcome) -> Entry {
        Entry {
            time: at(time),
            organization: None,
            service: service(),
            scope: ScopeRecord::Organization,
            action,
            id: Some(KeyId(id)),
            name: None,
            replaces: None,
            outcome,
            detail: Text::default(),
        }
    }

    fn key(valid: bool, used: Option<&str>) -> ApiKey {
        serde_json::from_value(
            serde_json::json!({ "id": 7, "name": "CI", "valid": valid, "value": "***a1b2c3", "lastUsed": used }),
        )
        .unwrap()
    }

    #[test]
    fn the_journal_tells_of_the_last_change_of_this_key_alone() {
        let look = |entries: &[Entry]| deactivated_at(entries, &service(), KeyId(7));
        let deactivated = entry(AT, Action::Deactivate, 7, Outcome::Done);
        assert_eq!(look(&[]), None);
        assert_eq!(look(&[entry(BEFORE, Action::Activate, 7, Outcome::Done), deactivated.clone()]), Some(at(AT)));
        for (later, expected) in [
            (entry(AFTER, Action::Activate, 7, Outcome::Done), None),
            (entry(AFTER, Action::Activate, 7, Outcome::Failed), Some(at(AT))),
            (entry(AFTER, Action::Activate, 8, Outcome::Done), Some(at(AT))),
            (entry(AFTER, Action::Delete, 7, Outcome::Failed), Some(at(AT))),
            (
                Entry {
                    service: Service::new(&"https://other.example.invalid".parse().unwrap()),
                    ..entry(AFTER, Action::Activate, 7, Outcome::Done)
                },
                Some(at(AT)),
            ),
        ] {
            assert_eq!(look(&[deactivated.clone(), later.clone()]), expected, "{later:?}");
        }
    }

    #[test]
    fn a_key_that_is_active_or_was_used_since_was_reactivated() {
        for (key, expected) in [
            (key(false, None), Some(at(AT))),
            (key(false, Some(BEFORE)), Some(at(AT))),
            (key(false, Some(AFTER)), None),
            (key(true, None), None),
        ] {
            assert_eq!(Examined::new(key.clone(), Some(at(AT))).inactive_since, expected, "{key:?}");
        }
        assert_eq!(Examined::new(key(false, None), None).inactive_since, None);
    }

    #[test]
    fn what_is_not_known_is_said_to_be() {
        let now = at("2026-11-21T12:00:00Z");
        assert_eq!(inactive_words(&key(true, None), None, now), None);
        assert!(inactive_words(&key(false, None), None, now).unwrap().contains("not known"));
        assert!(inactive_words(&key(false, None), Some(at(AT)), now).unwrap().contains("3 days ago"));
    }
}
