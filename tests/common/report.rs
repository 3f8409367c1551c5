//! A journal in which everything happened, as the screen gets it.

use confident_keys::api::model::{KeyId, Organization, Project, ProjectId, Scope};
use confident_keys::journal::{
    Action, Entry, Intended, Intent, ListedIntent, OrganizationRecord, Outcome, Report, ScopeRecord, Service,
};
use jiff::{SignedDuration, Timestamp};

/// The journal's own file.
pub(crate) const PATH: &str = "/home/ada/.local/state/confident-keys/journal.jsonl";

/// Writes a journal about one organization, with one of its projects.
pub(crate) struct Writer {
    pub(crate) now: Timestamp,
    pub(crate) organization: OrganizationRecord,
    pub(crate) project: ScopeRecord,
}

impl Writer {
    pub(crate) fn new(now: Timestamp, organization: &Organization, project: &Project) -> Self {
        let scope = Scope::Project(project.id.clone());
        Self { now, organization: organization.into(), project: ScopeRecord::new(&scope, &project.name) }
    }

    pub(crate) fn here() -> Service {
        Service::new(&"https://api.confident-ai.com".parse().unwrap())
    }

    /// A journal in which nothing happened.
    pub(crate) fn empty() -> Report {
        Report {
            path: PATH.into(),
            here: Self::here(),
            entries: Vec::new(),
            has_more: false,
            unreadable: 0,
            intents: Vec::new(),
            unreadable_intents: Vec::new(),
            trouble: None,
        }
    }

    /// An intent to generate a key in the project, some minutes ago.
    pub(crate) fn intent(&self, minutes: i64, name: &str) -> Intent {
        Intent {
            time: self.now - SignedDuration::from_mins(minutes),
            service: Self::here(),
            organization: Some(self.organization.clone()),
            scope: self.project.clone(),
            name: name.into(),
            what: Intended::Create { replaces: None, known: Vec::new() },
        }
    }

    /// What came of something in the project, some minutes ago; about a key whose name may not be known.
    pub(crate) fn entry(&self, minutes: i64, action: Action, id: i64, name: &str, outcome: Outcome) -> Entry {
        let intent = self.intent(minutes, name);
        let name = (!name.is_empty()).then(|| name.into());
        Entry { id: Some(KeyId(id)), name, ..Entry::of(&intent, intent.time, action, outcome) }
    }

    /// Everything that can be in a journal; the newest first.
    pub(crate) fn everything(&self, long: &str) -> Report {
        use Action::{Activate, Create, Deactivate, Delete, Reconcile};
        use Outcome::{Done, Failed, Orphan, Unknown};
        let elsewhere = OrganizationRecord { id: "org-elsewhere".into(), name: "Umbrella Ltd.".into() };
        let gone = ScopeRecord::new(&Scope::Project(ProjectId::new("cmgone").unwrap()), &"Gone".into());
        let busy = "The service failed (503): Database is busy";
        let not_sent = "api.confident-ai.com refused the connection";
        let entries = vec![
            self.entry(2, Delete, 63, "", Done),
            Entry { detail: not_sent.into(), ..self.entry(3, Deactivate, 64, "Old laptop", Failed) },
            Entry { scope: ScopeRecord::Organization, ..self.entry(4, Deactivate, 61, "Terraform Cloud", Done) },
            Entry { detail: busy.into(), ..self.entry(5, Deactivate, 65, "GitHub Actions", Unknown) },
            Entry { id: None, ..self.entry(6, Create, 0, "Canary", Outcome::None) },
            self.entry(7, Reconcile, 62, "Lost bot", Orphan),
            // Seen to since.
            self.entry(8, Create, 63, "Lost bot", Orphan),
            self.entry(58, Activate, 64, "Old laptop", Done),
            Entry { detail: busy.into(), ..self.entry(59, Activate, 64, "Old laptop", Unknown) },
            Entry { organization: Some(elsewhere), ..self.entry(180, Deactivate, 7, "CI of another", Done) },
            Entry { organization: None, scope: gone, ..self.entry(200, Deactivate, 8, "", Done) },
            Entry {
                service: Service::new(&"https://eu.api.confident-ai.com".parse().unwrap()),
                ..self.entry(60 * 26, Create, 63, "In Europe", Done)
            },
            self.entry(60 * 24 * 40, Create, 1_234_567, long, Done),
        ];
        let intents = vec![
            ListedIntent { intent: self.intent(0, "Nightly evals"), is_under_way: true },
            ListedIntent { intent: self.intent(9, "Slack exporter"), is_under_way: false },
        ];
        Report { entries, intents, ..Self::empty() }
    }
}
