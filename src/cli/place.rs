//! Scopes: as they are asked for, and as they are once they were looked up.

use super::exit::{Exit, Failure};
use crate::advice::Advice;
use crate::api::model::{Organization, Project, Scope};
use crate::destination::KeyKind;
use crate::text::Text;

/// How alike a name is, from 0 to 1, to be taken for what was mistyped.
const ALIKE: f64 = 0.85;

/// A scope as it was asked for; a project's name or id is still to be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted<'a> {
    Organization,
    Project(&'a str),
}

impl Wanted<'_> {
    /// What a key of this scope is, which is known before it is looked up.
    pub(super) fn kind(self) -> KeyKind {
        match self {
            Self::Organization => KeyKind::Organization,
            Self::Project(_) => KeyKind::Project,
        }
    }
}

/// A scope with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) scope: Scope,
    pub(super) id: Text,
    pub(super) name: Text,
    /// Whether its id has to be told, too, as another project has its name.
    pub(super) is_ambiguous: bool,
}

impl Place {
    pub(super) fn of_organization(organization: Organization) -> Self {
        Self { scope: Scope::Organization, id: organization.id, name: organization.name, is_ambiguous: false }
    }

    pub(super) fn of_project(project: Project) -> Self {
        Self {
            id: Text::from(project.id.as_str()),
            name: project.name,
            scope: Scope::Project(project.id),
            is_ambiguous: false,
        }
    }

    /// `the organization Acme Inc.` or `the project Sandbox`.
    pub(super) fn words(&self) -> String {
        match self.scope {
            Scope::Organization => format!("the organization {}", self.name),
            Scope::Project(_) => format!("the project {}", self.cell()),
        }
    }

    /// For a column of scopes.
    pub(super) fn cell(&self) -> String {
        match self.scope {
            Scope::Organization => "(organization)".to_owned(),
            Scope::Project(_) if self.is_ambiguous => format!("{} ({})", self.name, self.id),
            Scope::Project(_) => self.name.to_string(),
        }
    }

    /// The argument that names this scope.
    pub(super) fn flag(&self) -> String {
        self.scope.flag()
    }
}

/// By exact id, else by exact name; `advice` is about the keys of their organization.
pub(super) fn find_project(projects: &[Project], wanted: &str, advice: &Advice) -> Result<Project, Failure> {
    if let Some(project) = projects.iter().find(|project| project.id.as_str() == wanted) {
        return Ok(project.clone());
    }
    let mut named: Vec<_> = projects
        .iter()
        .filter(|project| project.name.raw() == wanted || project.name.as_str() == wanted)
        .cloned()
        .collect();
    let shown = Text::from(wanted);
    match named.len() {
        0 => Err(Failure::new(
            Exit::NotFound,
            format!(
                "No project has the name or id “{shown}”.{} {} shows them.",
                meant(projects, wanted),
                advice.command("projects")
            ),
        )),
        1 => Ok(named.remove(0)),
        count => {
            let ids: Vec<_> = named.iter().map(|project| project.id.to_string()).collect();
            Err(Failure::usage(format!(
                "{count} projects are called “{shown}”. Name one by its id: {}.",
                ids.join(", ")
            )))
        }
    }
}

/// The project whose name was mistyped, most likely, as a question with a blank before it.
fn meant(projects: &[Project], wanted: &str) -> String {
    let wanted = wanted.to_lowercase();
    let likeness = |project: &Project| strsim::jaro_winkler(&project.name.as_str().to_lowercase(), &wanted);
    let near = projects.iter().map(|project| (likeness(project), project)).filter(|(likeness, _)| *likeness > ALIKE);
    match near.max_by(|(one, _), (other, _)| one.total_cmp(other)) {
        Some((_, project)) => format!(" Did you mean “{}”?", project.name),
        None => String::new(),
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
            let found = find_project(&projects(&all), wanted, &Advice::default());
            let found = found.as_ref().map(|project| project.id.as_str()).map_err(|failure| failure.exit);
            assert_eq!(found, expected, "{wanted}");
        }
        for (wanted, meant) in
            [("Sandbx", "Did you mean “Sandbox”?"), ("SANDBOX", "“Sandbox”?"), ("evil", "“evil<U+202E>txt”?")]
        {
            let words = find_project(&projects(&all), wanted, &Advice::default()).unwrap_err().words;
            assert!(words.contains(meant), "{wanted}: {words}");
        }
        let words = find_project(&projects(&all), "Kitchen", &Advice::default()).unwrap_err().words;
        assert!(!words.contains("Did you mean"), "{words}");
        let failure = find_project(&projects(&all), "Twin", &Advice::default()).unwrap_err();
        assert!(failure.words.contains("p3, p4"), "{}", failure.words);
    }
}
