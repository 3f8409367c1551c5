//! Which keys are on their way out, each with the one that takes its place, as the journal remembers it.
//!
//! The line that says that a key was generated says also which one it replaces: there is no moment in which one of the
//! two facts is known and the other is not. How far a replacement is, the two keys themselves tell.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::examined::deactivated_at;
use super::{Answer, Operator};
use crate::api::model::{KeyId, Scope};
use crate::journal::{Action, Entry, JournalError, OrganizationRecord, Outcome, Service};
use crate::text::Text;

/// What is written down of a replacement that its user ended.
const ENDED: &str = "its replacement was ended; both keys stay as they are";

/// A key, and the one that was generated to take its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Where both are.
    pub scope: Scope,
    /// The key that is to go.
    pub old: KeyId,
    /// The one that takes its place.
    pub new: KeyId,
    /// What that one was called.
    pub name: Text,
    /// When it was generated, by this machine's clock.
    pub begun: Timestamp,
    /// When ckeys deactivated the old key, where it did not reactivate it since.
    pub deactivated: Option<Timestamp>,
}

/// What is remembered of replacements.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replacements {
    /// Those that were begun, and neither ended by their user nor by the deletion of the old key here; the newest first.
    /// One for each old key at most.
    pub open: Vec<Replacement>,
    /// Why the journal can't be read, so that there may be more of them.
    pub trouble: Option<JournalError>,
}

impl Operator {
    pub(super) async fn replacements(&self) -> Replacements {
        let (entries, trouble) = self.recorder.history().await;
        Replacements { open: open(&entries, &self.service, self.organization_record().as_ref()), trouble }
    }

    /// Writes down that nobody goes on with `replacement`; gives those that are left.
    pub(super) async fn end_replacement(&self, replacement: &Replacement) -> Answer {
        let Replacement { scope, old, new, name, .. } = replacement;
        let entry = self.entry(scope, Action::Replace, *new, None, Outcome::None, ENDED);
        let name = entry.name.clone().or_else(|| Some(name.clone()));
        self.recorder.append(Entry { name, replaces: Some(*old), ..entry }).await;
        Answer::Replacements(self.replacements().await)
    }
}

/// The replacements of `service` that `entries`, the oldest first, leave open; of another organization's there are none,
/// where it is known which one `organization` is.
fn open(entries: &[Entry], service: &Service, organization: Option<&OrganizationRecord>) -> Vec<Replacement> {
    let is_ours = |entry: &Entry| match (&entry.organization, organization) {
        (Some(then), Some(now)) => then.id == now.id,
        _ => true,
    };
    let mut open: BTreeMap<KeyId, Replacement> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.service == *service && is_ours(entry)) {
        match (entry.action, entry.outcome, entry.id, entry.replaces) {
            (Action::Create, Outcome::Done, Some(new), Some(old)) => {
                let (scope, name) = (entry.scope.scope(), entry.name.clone().unwrap_or_default());
                let deactivated = deactivated_at(entries, service, old);
                open.insert(old, Replacement { scope, old, new, name, begun: entry.time, deactivated });
            }
            (Action::Replace, Outcome::None, Some(new), Some(old)) => {
                open.remove(&old).filter(|replacement| replacement.new != new).map(|other| open.insert(old, other));
            }
            (Action::Delete, Outcome::Done, Some(old), _) => {
                open.remove(&old);
            }
            _ => {}
        }
    }
    let mut open: Vec<Replacement> = open.into_values().collect();
    open.sort_by_key(|replacement| std::cmp::Reverse(replacement.begun));
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::ScopeRecord;

    fn service(host: &str) -> Service {
        Service::new(&format!("https://{host}.example.invalid").parse().unwrap())
    }

    fn organization(id: &str) -> OrganizationRecord {
        OrganizationRecord { id: id.into(), name: "Acme Inc.".into() }
    }

    /// What happened `minute` minutes after midnight.
    fn entry(minute: i64, action: Action, id: i64, replaces: Option<i64>, outcome: Outcome) -> Entry {
        Entry {
            time: "2026-11-21T00:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute),
            organization: Some(organization("ours")),
            service: service("here"),
            scope: ScopeRecord::Organization,
            action,
            id: Some(KeyId(id)),
            name: Some(format!("Key {id}").as_str().into()),
            replaces: replaces.map(KeyId),
            outcome,
            detail: Text::default(),
        }
    }

    fn pairs(entries: &[Entry]) -> Vec<(i64, i64)> {
        let open = open(entries, &service("here"), Some(&organization("ours")));
        open.iter().map(|replacement| (replacement.old.0, replacement.new.0)).collect()
    }

    #[test]
    fn what_was_begun_is_open_until_it_is_ended_or_the_old_key_is_deleted() {
        use Action::{Create, Deactivate, Delete, Replace};
        use Outcome::{Done, Failed, None as Nothing};
        let begun = entry(1, Create, 57, Some(34), Done);
        for (later, expected) in [
            (vec![], vec![(34, 57)]),
            (vec![entry(2, Deactivate, 34, None, Done)], vec![(34, 57)]),
            (vec![entry(2, Delete, 34, None, Done)], vec![]),
            (vec![entry(2, Delete, 34, None, Failed)], vec![(34, 57)]),
            // The successor is gone: the service tells, and somebody may have to do something.
            (vec![entry(2, Delete, 57, None, Done)], vec![(34, 57)]),
            (vec![entry(2, Replace, 57, Some(34), Nothing)], vec![]),
            // Another version's replacement in place of the same key is none of these.
            (vec![entry(2, Replace, 34, None, Done)], vec![(34, 57)]),
            // Begun again: the first one's end is not the second one's.
            (vec![entry(2, Create, 58, Some(34), Done)], vec![(34, 58)]),
            (vec![entry(2, Create, 58, Some(34), Done), entry(3, Replace, 57, Some(34), Nothing)], vec![(34, 58)]),
            // The successor is itself replaced; the newest comes first.
            (vec![entry(2, Create, 60, Some(57), Done)], vec![(57, 60), (34, 57)]),
        ] {
            let entries: Vec<Entry> = std::iter::once(begun.clone()).chain(later.clone()).collect();
            assert_eq!(pairs(&entries), expected, "{later:?}");
        }
    }

    #[test]
    fn since_when_the_old_key_is_deactivated_is_recalled() {
        use Action::{Activate, Create, Deactivate};
        let since = |entries: &[Entry]| open(entries, &service("here"), None)[0].deactivated;
        let begun = entry(1, Create, 57, Some(34), Outcome::Done);
        let off = entry(2, Deactivate, 34, None, Outcome::Done);
        let on = entry(3, Activate, 34, None, Outcome::Done);
        assert_eq!(since(std::slice::from_ref(&begun)), None);
        assert_eq!(since(&[begun.clone(), off.clone()]), Some(off.time));
        assert_eq!(since(&[begun, off, on]), None);
    }

    #[test]
    fn only_a_successor_whose_secret_arrived_here_begins_one() {
        let begun = entry(1, Action::Create, 57, Some(34), Outcome::Done);
        for other in [
            Entry { replaces: None, ..begun.clone() },
            Entry { outcome: Outcome::Orphan, ..begun.clone() },
            Entry { outcome: Outcome::Failed, id: None, ..begun.clone() },
            Entry { action: Action::Reconcile, outcome: Outcome::Orphan, ..begun.clone() },
            Entry { service: service("elsewhere"), ..begun.clone() },
            Entry { organization: Some(organization("theirs")), ..begun.clone() },
        ] {
            assert_eq!(pairs(std::slice::from_ref(&other)), [], "{other:?}");
        }
        assert_eq!(pairs(&[Entry { organization: None, ..begun }]), [(34, 57)]);
    }
}
