//! What a command works with: the client, the settings, the time it has, and what is under way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::arguments::Wanted;
use super::exit::{Exit, Failure};
use super::output::{Style, say};
use crate::api::error::ApiError;
use crate::api::model::{ApiKey, KeyId, Organization, Project, Scope};
use crate::api::{Client, Limits};
use crate::config::{Connection, Settings};
use crate::guard::Signer;
use crate::status::Status;
use crate::text::Text;

/// A write that is under way, in words, for whoever interrupts it.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending(Rc<RefCell<Option<String>>>);

impl Pending {
    /// From now on an interruption says this.
    pub(super) fn begin(&self, words: impl Into<String>) {
        self.0.replace(Some(words.into()));
    }

    /// From now on nothing is lost by an interruption.
    pub(super) fn end(&self) {
        self.0.take();
    }

    pub(super) fn words_when_interrupted(&self) -> String {
        match &*self.0.borrow() {
            Some(words) => format!("Interrupted. {words}"),
            None => "Interrupted. Nothing was being changed.".to_owned(),
        }
    }
}

/// A scope with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) scope: Scope,
    pub(super) id: Text,
    pub(super) name: Text,
}

impl Place {
    pub(super) fn of_organization(organization: Organization) -> Self {
        Self { scope: Scope::Organization, id: organization.id, name: organization.name }
    }

    pub(super) fn of_project(project: Project) -> Self {
        Self { id: Text::from(project.id.as_str()), name: project.name, scope: Scope::Project(project.id) }
    }

    /// `the organization Acme Inc.` or `the project Sandbox`.
    pub(super) fn words(&self) -> String {
        match self.scope {
            Scope::Organization => format!("the organization {}", self.name),
            Scope::Project(_) => format!("the project {}", self.name),
        }
    }

    /// The command that shows the key `id` of this scope.
    pub(super) fn get_command(&self, id: KeyId) -> String {
        format!("ckeys get {id} {}", self.flag())
    }

    /// The argument that names this scope.
    pub(super) fn flag(&self) -> String {
        match &self.scope {
            Scope::Organization => "--org".to_owned(),
            Scope::Project(id) => format!("--project {}", shell_word(id.as_str())),
        }
    }
}

/// One run of one command.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    /// The service's address, without a slash at its end.
    pub(super) base_url: String,
    pub(super) signer: Signer,
    pub(super) settings: Settings,
    pub(super) style: Style,
    /// When the command began: every status and every “ago” is as of then.
    pub(super) now: Timestamp,
    pub(super) pending: Pending,
    /// What is left of the time for waiting on reads.
    left: Cell<Duration>,
}

impl Session {
    /// Starts a command on `connection`; problems of `config.toml` are told.
    pub(super) fn open(connection: Connection, pending: Pending) -> Self {
        let (settings, mut problems) = Settings::load();
        problems.sort_by_key(|problem| problem.line);
        for problem in problems {
            say(format_args!("ckeys: {problem}"));
        }
        let limits = Limits::default();
        Self {
            base_url: connection.base_url.as_str().trim_end_matches('/').to_owned(),
            signer: Signer::new(&connection.key),
            left: Cell::new(limits.read_budget),
            client: Client::new(connection.base_url, connection.key, limits),
            settings,
            style: Style::of_stdout(),
            now: Timestamp::now(),
            pending,
        }
    }

    /// Reads. All reads of a command share one budget of waiting; time that a person takes to answer a
    /// question does not count.
    pub(super) async fn read<T>(&self, call: impl AsyncFnOnce(Client) -> T) -> T {
        let begun = Instant::now();
        let answer = call(self.client.with_read_budget(self.left.get())).await;
        self.left.set(self.left.get().saturating_sub(begun.elapsed()));
        answer
    }

    /// Writes. An interruption meanwhile says `interrupted`.
    pub(super) async fn write<T>(
        &self,
        interrupted: &str,
        call: impl AsyncFnOnce(&Client) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.pending.begin(interrupted);
        let answer = call(&self.client).await;
        self.pending.end();
        answer
    }

    /// Looks up the scope that was asked for.
    pub(super) async fn place(&self, wanted: Wanted<'_>) -> Result<Place, Failure> {
        match wanted {
            Wanted::Organization => {
                Ok(Place::of_organization(self.read(async |client| client.organization().await).await?))
            }
            Wanted::Project(wanted) => {
                let projects = self.read(async |client| client.projects().await).await?;
                find_project(projects, wanted).map(Place::of_project)
            }
        }
    }

    /// Reads one key. Its own id may be another one, which is told: writes go to the id that was asked for.
    pub(super) async fn key(&self, place: &Place, id: KeyId) -> Result<ApiKey, Failure> {
        let key = self.read(async |client| client.keys(&place.scope).get(id).await).await.map_err(|error| {
            if error.is_not_found() {
                let words = format!(
                    "{}. In {} is no key with the id {id}; `ckeys list {}` shows the ids.",
                    error.summary().trim_end_matches('.'),
                    place.words(),
                    place.flag()
                );
                Failure::new(Exit::NotFound, words)
            } else {
                error.into()
            }
        })?;
        if key.id != id {
            say(format_args!("ckeys: Warning: The service answered with the key {} in place of {id}.", key.id));
        }
        Ok(key)
    }

    pub(super) fn status(&self, key: &ApiKey) -> Status {
        Status::of(key, self.now, &self.settings.thresholds)
    }
}

/// `text` as one word for a shell: what is copied from a message must not run something else.
fn shell_word(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:@+=,".contains(&byte)) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// By exact id, else by exact name.
pub(super) fn find_project(projects: Vec<Project>, wanted: &str) -> Result<Project, Failure> {
    if let Some(project) = projects.iter().find(|project| project.id.as_str() == wanted) {
        return Ok(project.clone());
    }
    let mut named: Vec<_> = projects
        .into_iter()
        .filter(|project| project.name.raw() == wanted || project.name.as_str() == wanted)
        .collect();
    let shown = Text::from(wanted);
    match named.len() {
        0 => Err(Failure::new(
            Exit::NotFound,
            format!("No project has the name or id {shown}. `ckeys projects` shows them."),
        )),
        1 => Ok(named.remove(0)),
        count => {
            let ids: Vec<_> = named.iter().map(|project| project.id.to_string()).collect();
            Err(Failure::usage(format!("{count} projects are called {shown}. Name one by its id: {}.", ids.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projects(entries: &[(&str, &str)]) -> Vec<Project> {
        entries
            .iter()
            .map(|(id, name)| serde_json::from_value(serde_json::json!({ "id": id, "name": name })).unwrap())
            .collect()
    }

    #[test]
    fn a_word_for_a_shell_is_one_word_and_runs_nothing() {
        for (text, expected) in [("cm4k2-1", "cm4k2-1"), ("$(id)", "'$(id)'"), ("a'b", r"'a'\''b'")] {
            assert_eq!(shell_word(text), expected);
        }
    }

    #[test]
    fn a_project_is_found_by_its_id_before_its_name() {
        let all = [("p1", "Sandbox"), ("p2", "p1"), ("p3", "Twin"), ("p4", "Twin"), ("p5", "evil\u{202e}txt")];
        for (wanted, expected) in [
            ("p1", Ok("p1")),
            ("Sandbox", Ok("p1")),
            ("evil\u{202e}txt", Ok("p5")),
            ("evil<U+202E>txt", Ok("p5")),
            ("sandbox", Err(Exit::NotFound)),
            ("Twin", Err(Exit::Usage)),
            ("", Err(Exit::NotFound)),
        ] {
            let found = find_project(projects(&all), wanted);
            let found = found.as_ref().map(|project| project.id.as_str()).map_err(|failure| failure.exit);
            assert_eq!(found, expected, "{wanted}");
        }
        let failure = find_project(projects(&all), "Twin").unwrap_err();
        assert!(failure.words.contains("p3, p4"), "{}", failure.words);
    }
}
