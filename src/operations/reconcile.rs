//! What became of keys whose generation or rotation nobody saw the end of: looked up at the start, and when the user says
//! so.
//!
//! An intent is judged by the list of its own organization alone. In another one's list every key is new, and the one
//! that happens to have its name would be called a key that nobody has the secret of.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;

use super::pending::{Pending, outcome_of};
use super::{Lost, Operator, Reconciled};
use crate::advice::Advice;
use crate::api::Client;
use crate::api::error::{ApiError, ErrorKind};
use crate::api::model::{ApiKey, KeyId, Scope};
use crate::journal::{Abandoned, Action, Entry, Intended, Intent, OrganizationRecord, Outcome, ScopeRecord};
use crate::text::{self, Text};

/// The widest name in a sentence, in cells.
const NAME_CELLS: usize = 40;

/// Whose an intent is, as it says itself.
pub(super) enum Whose {
    /// This organization's.
    Here,
    /// This other organization's.
    Elsewhere(Text),
    /// It says whose, but whose the connection is could not be read.
    Unread(ApiError),
    /// It does not say.
    NotNoted,
}

impl Whose {
    fn of(intent: &Intent, organization: &Result<OrganizationRecord, ApiError>) -> Self {
        match (&intent.organization, organization) {
            (Some(then), Ok(now)) if then.id != now.id => Self::Elsewhere(then.name.clone()),
            (Some(_), Ok(_)) => Self::Here,
            (Some(_), Err(error)) => Self::Unread(error.clone()),
            (None, _) => Self::NotNoted,
        }
    }
}

/// Whose the intent of a new key is, and what its list says.
enum Finding {
    /// This organization's, with the keys that are new in its list; or why that can't be told yet.
    Here(Result<Vec<ApiKey>, ApiError>),
    /// This other organization's.
    Elsewhere(Text),
    /// It does not say whose it is, and nothing here shows that it is this organization's.
    Unclear,
}

impl Operator {
    /// Looks into what earlier programs began on this service and did not see the end of: a key may have been made, or
    /// have got a new value, that nobody has the secret of. What can't be looked into now, or not before `deadline`, stays
    /// open for the next start. Beside the keys there may be [notes](Self::take_notes).
    ///
    /// Each is told by `tell` before it is closed: a program that ends in between tells it again, not never.
    pub async fn reconcile(&self, deadline: Option<Instant>, mut tell: impl FnMut(Reconciled)) {
        let client = deadline.map_or_else(|| self.client.clone(), |deadline| self.client.until(deadline));
        let leftovers = self.recorder.abandoned().await;
        if !leftovers.unreadable.is_empty() {
            self.known().notes.push(told_unreadable(&leftovers.unreadable));
        }
        // Another service's are looked into when that is asked again.
        let ours: Vec<_> =
            leftovers.abandoned.into_iter().filter(|abandoned| abandoned.intent().service == self.service).collect();
        if ours.is_empty() {
            return;
        }
        let organization = self.organization_now(&client).await;
        for abandoned in ours {
            let whose = Whose::of(abandoned.intent(), &organization);
            match &abandoned.intent().what {
                Intended::Create { known, .. } => {
                    let known = known.clone();
                    self.reconcile_new(&client, abandoned, known, whose, &mut tell).await;
                }
                Intended::Rotate { .. } => self.reconcile_rotation(&client, abandoned, &whose, &mut tell).await,
            }
        }
    }

    async fn organization_now(&self, client: &Client) -> Result<OrganizationRecord, ApiError> {
        let organization = client.organization().await?;
        self.know_organization(&organization);
        Ok(OrganizationRecord::from(&organization))
    }

    /// One that is not known to be this organization's stays open for its own, and is not told.
    async fn reconcile_new(
        &self,
        client: &Client,
        abandoned: Abandoned,
        known: Vec<KeyId>,
        whose: Whose,
        tell: &mut impl FnMut(Reconciled),
    ) {
        let found = match self.look_into(client, abandoned.intent(), &known, whose).await {
            Finding::Here(found) => found,
            Finding::Elsewhere(_) => return,
            Finding::Unclear => {
                self.known().notes.push(told_unclear(&abandoned));
                return;
            }
        };
        let intent = abandoned.intent().clone();
        let lost = Lost { scope: intent.scope.scope(), name: intent.name.raw().to_owned(), known, error: None, found };
        let pending = Pending::Inherited(Box::new(abandoned));
        // A list that can't be read says nothing: the intent stays open.
        if lost.found.is_ok() {
            tell(Reconciled::New(Box::new(lost.clone())));
            self.settle(&intent, pending, &lost).await;
        } else {
            self.known().pending.push((intent, pending));
            tell(Reconciled::New(Box::new(lost)));
        }
    }

    /// Looks again for a key that was told of before, and closes its intent where the list tells its outcome at last.
    pub(super) async fn look_once_more(&self, lost: Lost) -> Lost {
        let inherited = self.known().pending.iter().find_map(|(intent, pending)| {
            (is_about(intent, &lost) && matches!(pending, Pending::Inherited(_))).then(|| intent.clone())
        });
        let lost = match inherited {
            None => self.look_again(lost).await,
            Some(intent) => {
                let whose = Whose::of(&intent, &self.organization_now(&self.client).await);
                match self.look_into(&self.client, &intent, &lost.known, whose).await {
                    Finding::Here(found) => Lost { found, ..lost },
                    Finding::Elsewhere(name) => self.not_here(lost, Some(name)),
                    Finding::Unclear => self.not_here(lost, None),
                }
            }
        };
        if lost.found.is_ok() {
            let settled: Vec<_> = self.known().pending.extract_if(.., |(intent, _)| is_about(intent, &lost)).collect();
            for (intent, pending) in settled {
                self.settle(&intent, pending, &lost).await;
            }
        }
        lost
    }

    /// Its list is another organization's, which may be called so.
    fn not_here(&self, lost: Lost, name: Option<Text>) -> Lost {
        let error = ApiError { host: self.service.address().clone(), kind: ErrorKind::AnotherOrganization(name) };
        Lost { found: Err(error), ..lost }
    }

    /// Writes down what the list says of `intent`, which closes it.
    async fn settle(&self, intent: &Intent, pending: Pending, lost: &Lost) {
        let mut entry = outcome_of(lost, Entry::of(intent, Timestamp::now(), Action::Reconcile, Outcome::None));
        // Its list was read: it is this organization's.
        entry.organization = entry.organization.or_else(|| self.organization_record());
        self.recorder.write(move || pending.finish(&entry)).await;
    }

    /// Looks for the new key of `intent`, which knew the ids `known`, where its list is one that this connection reads.
    async fn look_into(&self, client: &Client, intent: &Intent, known: &[KeyId], whose: Whose) -> Finding {
        let scope = intent.scope.scope();
        let is_known = match whose {
            Whose::Elsewhere(name) => return Finding::Elsewhere(name),
            Whose::Unread(error) => return Finding::Here(Err(error)),
            Whose::Here => true,
            Whose::NotNoted => false,
        };
        match client.keys(&scope).list().await {
            // Projects and keys have ids that no other organization of the service has.
            Ok(keys) => {
                let knew = |key: &ApiKey| known.contains(&key.id);
                if is_known || scope != Scope::Organization || keys.iter().any(knew) {
                    Finding::Here(Ok(self.appeared(known, keys, intent.name.raw()).await))
                } else {
                    Finding::Unclear
                }
            }
            // The project is gone, and its keys with it; or it is another organization's.
            Err(error) if error.is_not_found() && scope != Scope::Organization => {
                if is_known {
                    Finding::Here(Ok(Vec::new()))
                } else {
                    Finding::Unclear
                }
            }
            Err(error) => Finding::Here(Err(error)),
        }
    }
}

/// Whether `lost` came of `intent`.
fn is_about(intent: &Intent, lost: &Lost) -> bool {
    intent.scope.scope() == lost.scope
        && intent.name.raw() == lost.name
        && matches!(&intent.what, Intended::Create { known, .. } if *known == lost.known)
}

fn told_unreadable(paths: &[PathBuf]) -> String {
    let what = match paths.len() {
        1 => "A note of a key that was being generated or rotated can't be read".to_owned(),
        count => format!("{count} notes of keys that were being generated or rotated can't be read"),
    };
    let mut words = format!(
        "{what}: a key may be there whose secret nobody has. Look through the newest keys for one that nobody knows and \
         deactivate it, and rotate again one that is refused; what can't be read may then be removed:"
    );
    for path in paths {
        // Writing to a String can't fail.
        let _ = write!(words, "\n  {}", Text::from(path.display().to_string()));
    }
    words
}

/// Where nobody can tell what came of a rotation but whoever uses the key.
pub(super) fn told_rotation(key: &ApiKey, scope: &Scope, advice: &Advice) -> String {
    let name = text::fit(key.title(), NAME_CELLS);
    let id = key.id;
    let again = advice.command(format_args!("rotate {id} {}", scope.flag()));
    let ends = match &key.shadow {
        Some(new) => format!("Its new value ends in {}, and the old one in {}", new.tail(), key.value.tail()),
        None => format!("Its value ends in {} now", key.value.tail()),
    };
    format!(
        "An earlier ckeys ended while it rotated “{name}” (id {id}), and what came of that is not known. {ends}. Compare that \
         with what is in use: a value that nobody has is replaced by rotating the key again ({again})."
    )
}

pub(super) fn told_unclear(abandoned: &Abandoned) -> String {
    let intent = abandoned.intent();
    let place = match &intent.scope {
        ScopeRecord::Organization => String::new(),
        ScopeRecord::Project { id, name } if name.is_blank() => format!(" in the project {id}"),
        ScopeRecord::Project { name, .. } => format!(" in the project “{}”", text::fit(name.as_str(), NAME_CELLS)),
    };
    let (did, key) = match intent.what {
        Intended::Create { .. } => ("generated", String::new()),
        Intended::Rotate { id, .. } => ("rotated", format!(" (id {id})")),
    };
    format!(
        "An earlier ckeys ended while it {did} “{}”{key}{place}, and did not note for which organization: nothing that it \
         saw is here, so most likely for another one. Start ckeys with the key that was used then, and it looks into \
         that. Where that can't be done any more, the note may be removed:\n  {}",
        text::fit(intent.name.as_str(), NAME_CELLS),
        Text::from(abandoned.path().display().to_string()),
    )
}
