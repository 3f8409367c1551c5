//! What both versions have in common on the wire.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::model::{ApiKey, CreatedKey, KeyId, MaskedValue, Project, Scope, WireKey};
use super::reading::List;
use super::transport::Request;
use super::version::Version;
use crate::redact;
use crate::secret::Secret;
use crate::text::Text;

/// A key that was just issued, whose values are none where the answer left them out.
pub(super) type IssuedKey = WireKey<Option<Secret>>;

#[derive(Deserialize)]
pub(super) struct Projects {
    pub(super) projects: Vec<Project>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiKeys {
    pub(super) api_keys: Vec<ApiKey>,
}

impl List for Projects {
    type Entry = Project;

    const NAME: &'static str = "projects";

    fn with(self, projects: Vec<Project>) -> Self {
        Self { projects }
    }
}

impl List for ApiKeys {
    type Entry = ApiKey;

    const NAME: &'static str = "apiKeys";

    fn with(self, api_keys: Vec<ApiKey>) -> Self {
        Self { api_keys }
    }
}

/// A call about the keys of `scope`, or about one of them.
pub(super) fn about_keys(version: Version, method: Method, scope: &Scope, id: Option<KeyId>) -> Request {
    let mut request = match scope {
        Scope::Organization => Request::new(version, method, &["organization", "api-keys"]),
        Scope::Project(project) => Request::new(version, method, &["projects", project.as_str(), "api-keys"]),
    };
    if let Some(id) = id {
        request.push(&id.to_string());
    }
    request
}

/// The key, with the newest value that the answer holds in full. Without one too: whoever knows the key's id can take it
/// back.
pub(super) fn issued(key: IssuedKey) -> CreatedKey {
    let mask = |value: &Option<Secret>| MaskedValue::new(value.as_ref().map_or("", Secret::expose));
    let (key, value, shadow) = key.split(mask);
    let (value, shadow) = (value.filter(is_whole), shadow.flatten().filter(is_whole));
    value.iter().chain(&shadow).for_each(redact::note_secret);
    // It was read before the secret was known.
    let key = ApiKey { name: key.name.map(Text::redacted), ..key };
    CreatedKey { key, secret: shadow.or(value) }
}

/// Whatever a key looks like, it has to go into a header: a mask of another kind can't, nor what steers a terminal.
fn is_whole(secret: &Secret) -> bool {
    let is_usable = |character: u8| character.is_ascii_graphic() && character != b'*';
    !secret.expose().is_empty() && secret.expose().bytes().all(is_usable)
}

/// Whether an accepted deletion's answer says that the key `id` was deleted, or at least nothing else.
pub(super) fn acknowledges(answer: &Value, id: KeyId) -> bool {
    let is_this = |answered: &Value| match answered {
        Value::String(text) => *text == id.to_string(),
        other => other.as_i64() == Some(id.0),
    };
    let is_denied = answer.get("deleted").is_some_and(|deleted| deleted.as_bool() == Some(false));
    !is_denied && answer.get("id").is_none_or(is_this)
}
