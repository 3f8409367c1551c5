//! One line of the journal: what was done, to which key, and what came of it.

use std::io;

use jiff::Timestamp;
use reqwest::Url;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::ser::CompactFormatter;

use crate::api::model::{KeyId, Organization, ProjectId, Scope, format_time};
use crate::json::Escaping;
use crate::redact::redacted;
use crate::text::Text;

/// The longest text that a line holds, in characters: above what people write, below what fills a disk.
const MOST_CHARS: usize = 1000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A key was generated.
    Create,
    /// A key was given a new value, in place.
    Rotate,
    /// A key was made to stop working.
    Deactivate,
    /// A deactivated key was made to work again.
    Activate,
    /// A key was deleted for good.
    Delete,
    /// It was looked up what became of a write whose answer was lost.
    Reconcile,
    /// A key was to be replaced by another: what became of that, beside what was done to the two.
    Replace,
    /// Something that this version knows no word for; a later one wrote it.
    #[serde(other)]
    Other,
}

impl Action {
    /// Its word, in the journal and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Rotate => "rotate",
            Self::Deactivate => "deactivate",
            Self::Activate => "activate",
            Self::Delete => "delete",
            Self::Reconcile => "reconcile",
            Self::Replace => "replace",
            Self::Other => "other",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It happened.
    Done,
    /// It certainly did not happen.
    Failed,
    /// It was sent, and whether it happened is not known.
    Unknown,
    /// A key exists whose secret nobody has.
    Orphan,
    /// It was looked up, and nothing had happened.
    None,
}

impl Outcome {
    /// Its word, in the journal and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Orphan => "orphan",
            Self::None => "none",
        }
    }
}

/// The service's address, without whatever else an address can carry: user, password, query, fragment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Service(Text);

impl Service {
    /// The service at `base_url`.
    pub fn new(base_url: &Url) -> Self {
        let host = base_url.host_str().unwrap_or_default();
        let port = base_url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = base_url.path().trim_end_matches('/');
        Self(Text::from(format!("{}://{host}{port}{path}", base_url.scheme())))
    }

    /// The address, without a slash at its end.
    pub fn address(&self) -> &Text {
        &self.0
    }
}

/// The organization that a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrganizationRecord {
    /// Opaque.
    #[serde(serialize_with = "short")]
    pub id: Text,
    /// Its name at that time.
    #[serde(serialize_with = "short")]
    pub name: Text,
}

impl From<&Organization> for OrganizationRecord {
    fn from(organization: &Organization) -> Self {
        Self { id: organization.id.clone(), name: organization.name.clone() }
    }
}

/// The scope that a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ScopeRecord {
    /// The organization itself.
    Organization,
    /// One of its projects.
    Project {
        /// Opaque.
        id: ProjectId,
        /// Its name at that time.
        #[serde(serialize_with = "short")]
        name: Text,
    },
}

impl ScopeRecord {
    /// `scope`, which is called `name`; the organization's name is not of interest here.
    pub fn new(scope: &Scope, name: &Text) -> Self {
        match scope {
            Scope::Organization => Self::Organization,
            Scope::Project(id) => Self::Project { id: id.clone(), name: name.clone() },
        }
    }

    /// The scope, for calls.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Organization => Scope::Organization,
            Self::Project { id, .. } => Scope::Project(id.clone()),
        }
    }
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was known.
    #[serde(serialize_with = "time", deserialize_with = "parse_time")]
    pub time: Timestamp,
    /// Whose keys; none where that was not read yet.
    pub organization: Option<OrganizationRecord>,
    /// Where.
    pub service: Service,
    /// Which of its keys.
    pub scope: ScopeRecord,
    /// What was done.
    pub action: Action,
    /// The key; none where it is not known, or there is none.
    pub id: Option<KeyId>,
    /// The key's name; none where it has none, or it is not known.
    #[serde(serialize_with = "short_option")]
    pub name: Option<Text>,
    /// The key that this one was made to take the place of, where it was made for that. Lines of earlier versions
    /// have no such field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<KeyId>,
    /// What came of it.
    pub outcome: Outcome,
    /// A few more words, or none. They are written clean, and without what looks like a key's value.
    #[serde(serialize_with = "words", default)]
    pub detail: Text,
}

/// A line as it is on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line<E> {
    #[serde(flatten)]
    pub(super) entry: E,
    /// The intent that it closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) intent: Option<String>,
}

/// `value` as JSON in one line, with a newline at its end; nothing in it hides or steers.
pub(super) fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Escaping(CompactFormatter)))?;
    out.push(b'\n');
    Ok(out)
}

pub(super) fn time<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format_time(*time))
}

pub(super) fn parse_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

pub(super) fn short<S: Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&cut(text.raw()))
}

#[expect(clippy::ref_option, reason = "serde hands over fields like this")]
fn short_option<S: Serializer>(text: &Option<Text>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| cut(text.raw())).serialize(serializer)
}

fn words<S: Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&cut(&redacted(text.as_str())))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            time: "2026-11-21T02:51:00.123Z".parse().unwrap(),
            organization: Some(OrganizationRecord { id: "org-1".into(), name: "Acme Inc.".into() }),
            service: Service::new(&"https://api.confident-ai.com/".parse().unwrap()),
            scope: ScopeRecord::new(&Scope::Project(ProjectId::new("p1").unwrap()), &"Sandbox".into()),
            action: Action::Create,
            id: Some(KeyId(57)),
            name: Some("CI".into()),
            replaces: None,
            outcome: Outcome::Done,
            detail: "copied".into(),
        }
    }

    fn written(entry: &Entry) -> String {
        String::from_utf8(line(&Line { entry, intent: None }).unwrap()).unwrap()
    }

    fn read(line: &str) -> Entry {
        serde_json::from_str::<Line<Entry>>(line).unwrap().entry
    }

    #[test]
    fn an_entry_is_one_line_of_json_that_comes_back() {
        let line = written(&entry());
        assert_eq!(
            line,
            concat!(
                r#"{"time":"2026-11-21T02:51:00.123Z","organization":{"id":"org-1","name":"Acme Inc."},"#,
                r#""service":"https://api.confident-ai.com","scope":{"kind":"project","id":"p1","name":"Sandbox"},"#,
                r#""action":"create","id":57,"name":"CI","outcome":"done","detail":"copied"}"#,
                "\n"
            )
        );
        assert_eq!(read(&line), entry());
        let bare = Entry { organization: None, scope: ScopeRecord::Organization, id: None, name: None, ..entry() };
        assert_eq!(read(&written(&bare)), bare);
    }

    #[test]
    fn words_are_the_ones_on_disk() {
        use Action::{Activate, Create, Deactivate, Delete, Reconcile, Replace, Rotate};
        for action in [Create, Rotate, Replace, Deactivate, Activate, Delete, Reconcile] {
            assert_eq!(serde_json::to_value(action).unwrap(), action.word());
        }
        for outcome in [Outcome::Done, Outcome::Failed, Outcome::Unknown, Outcome::Orphan, Outcome::None] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word());
        }
    }

    #[test]
    fn what_a_key_replaces_is_told_and_lines_of_other_versions_are_read() {
        let successor = Entry { replaces: Some(KeyId(34)), ..entry() };
        let line = written(&successor);
        assert!(line.contains(r#""id":57,"name":"CI","replaces":34,"outcome":"done""#), "{line}");
        assert_eq!(read(&line), successor);
        // A later version's.
        let line = written(&entry())
            .replace("\"create\"", "\"transmute\"")
            .replace("\"name\":\"CI\"", "\"name\":\"CI\",\"into\":[1]");
        assert_eq!(read(&line), Entry { action: Action::Other, ..entry() });
    }

    #[test]
    fn hostile_names_stay_what_they_are_and_hide_nothing_on_disk() {
        let name = "evil\u{202e}\n\u{1b}[2J\"x";
        let entry = Entry { name: Some(name.into()), detail: "line\nbreak".into(), ..entry() };
        let line = written(&entry);
        assert!(line.trim_end_matches('\n').chars().all(|character| !crate::text::is_hidden(character)), "{line:?}");
        let back = read(&line);
        assert_eq!(back.name.unwrap().raw(), name);
        assert_eq!(back.detail.raw(), "line<U+000A>break");
    }

    #[test]
    fn texts_without_end_are_cut() {
        let long: Text = "é".repeat(5000).into();
        let entry = Entry { name: Some(long.clone()), detail: long, ..entry() };
        let back = read(&written(&entry));
        assert_eq!(back.name.unwrap().raw().chars().count(), MOST_CHARS + 1);
        assert_eq!(back.detail.raw().chars().count(), MOST_CHARS + 1);
    }

    #[test]
    fn an_address_carries_no_credentials() {
        for (url, expected) in [
            (
                "https://user:fake-password@keys.example.test:8443/prefix/?token=fake#x",
                "https://keys.example.test:8443/prefix",
            ),
            ("http://[::1]:80/", "http://[::1]"),
        ] {
            assert_eq!(Service::new(&url.parse().unwrap()).address().raw(), expected);
        }
    }
}
