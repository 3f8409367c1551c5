//! Which keys an audit finds, and which of them make it fail.

use jiff::Timestamp;

use super::options::{Audit, FailOn};
use crate::cli::exit::Failure;
use crate::cli::filter::Filter;
use crate::cli::sweep::Listed;
use crate::query::{Query, Term, Test};
use crate::status::{Status, Tab};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) query: Query,
    /// What is found; everything that fits the filter, where there is none.
    pub(super) statuses: Option<Vec<Status>>,
    /// Whether keys that expire soon are found with them, and make it fail.
    pub(super) expiring: bool,
    fails: Fails,
}

/// What makes it fail.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fails {
    On(Vec<Status>),
    OnAny,
}

/// What the tab Stale holds.
fn stale() -> impl Iterator<Item = Status> {
    Status::ALL.into_iter().filter(|status| status.tab() == Tab::Stale)
}

impl Selection {
    /// # Errors
    /// Where the filter has a mistake, or `--fail-on` contradicts itself.
    pub(super) fn new(arguments: &Audit) -> Result<Self, Failure> {
        let query = arguments.filter.as_ref().map(Filter::read).transpose()?.unwrap_or_default();
        Self::of(query, &arguments.fail_on)
    }

    fn of(query: Query, fail_on: &[FailOn]) -> Result<Self, Failure> {
        if fail_on.contains(&FailOn::None) && fail_on.iter().any(|other| *other != FailOn::None) {
            return Err(Failure::usage("--fail-on none stands alone: with it nothing that is found is a failure."));
        }
        let named: Vec<_> = fail_on.iter().filter_map(|fail_on| fail_on.status()).collect();
        // In the order of the statuses, each once.
        let statuses = Status::ALL.into_iter().filter(|status| status.tab() == Tab::Stale || named.contains(status));
        let fails = match fail_on {
            [] => Fails::On(stale().collect()),
            _ if fail_on.contains(&FailOn::Any) => Fails::OnAny,
            _ => Fails::On(named.clone()),
        };
        let expiring = fail_on.contains(&FailOn::Expiring);
        Ok(Self { statuses: (!decides(&query)).then(|| statuses.collect()), expiring, query, fails })
    }

    /// Whether an audit finds it.
    pub(super) fn finds(&self, listed: &Listed<'_>, now: Timestamp) -> bool {
        let is_of_status = self.statuses.as_ref().is_none_or(|statuses| statuses.contains(&listed.status));
        (is_of_status || self.expiring && listed.is_expiring(now)) && listed.fits(&self.query, now)
    }

    /// Whether a key makes it fail, once it is found.
    pub(super) fn fails_on(&self, listed: &Listed<'_>, now: Timestamp) -> bool {
        self.expiring && listed.is_expiring(now) || self.fails_on_status(listed.status)
    }

    fn fails_on_status(&self, status: Status) -> bool {
        match &self.fails {
            Fails::On(statuses) => statuses.contains(&status),
            Fails::OnAny => true,
        }
    }

    /// Whether it finds what the tab Stale holds, or some of that, and nothing else.
    pub(super) fn is_of_stale(&self) -> bool {
        !self.expiring && self.statuses.as_ref().is_some_and(|statuses| stale().eq(statuses.iter().copied()))
    }
}

/// Whether `query` says more of the keys than names and scopes, and what to leave out.
pub(super) fn decides(query: &Query) -> bool {
    query.terms().iter().any(|term| !term.is_negated && !is_name_or_scope(&term.test))
}

fn is_name_or_scope(test: &Test) -> bool {
    matches!(test, Test::Text(_) | Test::Name(_) | Test::Organization | Test::Scope(_) | Test::Project(_))
}

/// Whether it is about what a key keeps: what it is, and not how it stands.
pub(super) fn is_lasting(term: &Term) -> bool {
    is_name_or_scope(&term.test) || matches!(term.test, Test::Id(_) | Test::Key(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(filter: &str, fail_on: &[FailOn]) -> Selection {
        let (query, error) = Query::parse(filter);
        assert_eq!(error, None, "{filter}");
        Selection::of(query, fail_on).unwrap()
    }

    #[test]
    fn names_and_scopes_narrow_and_all_else_decides() {
        for filter in
            ["", "ci", "name:ci scope:org", "project:sandbox", "!inactive", "!created:<1y ci", "!dup", "!id:3"]
        {
            assert!(selection(filter, &[]).is_of_stale(), "{filter}");
        }
        for filter in ["inactive", "never", "dup", "stale:>30d", "ci used:>30d", "id:34", "key:a1b2c3", "expires:<14d"]
        {
            assert_eq!(selection(filter, &[]).statuses, None, "{filter}");
        }
    }

    #[test]
    fn what_it_fails_on_is_found_too() {
        let both = selection("", &[FailOn::Idle]);
        assert_eq!(both.statuses, Some(vec![Status::Idle, Status::Stale, Status::NeverUsed]));
        assert!(both.fails_on_status(Status::Idle) && !both.fails_on_status(Status::Stale));
        let usual = selection("", &[]);
        assert!(
            usual.fails_on_status(Status::Stale)
                && usual.fails_on_status(Status::NeverUsed)
                && !usual.fails_on_status(Status::Idle)
        );
        let none = selection("", &[FailOn::None]);
        assert!(none.is_of_stale() && Status::ALL.into_iter().all(|status| !none.fails_on_status(status)));
        let any = selection("dup", &[FailOn::Any]);
        assert!(Status::ALL.into_iter().all(|status| any.fails_on_status(status)));
        let expiring = selection("", &[FailOn::Expiring]);
        assert!(!expiring.is_of_stale(), "it finds more");
        assert_eq!(expiring.statuses, usual.statuses);
        assert!(Status::ALL.into_iter().all(|status| !expiring.fails_on_status(status)));
        assert!(Selection::of(Query::default(), &[FailOn::None, FailOn::Stale]).is_err());
    }
}
