//! The JSON documents about keys, which scripts build on: every field is always there, null where there is nothing.

use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use zeroize::Zeroizing;

use super::Record;
use crate::api::model::{KeyId, Organization, Scope, format_time};
use crate::json::Escaping;
use crate::text::Text;

/// More than one key takes with its secret, so that a buffer which holds one does not grow and leave a copy.
const ROOM: usize = 16 * 1024;

/// `value` as one document with a newline at its end.
///
/// # Errors
/// Where it can't be serialized.
pub(crate) fn document(value: &impl Serialize) -> serde_json::Result<Zeroizing<String>> {
    let mut out = Zeroizing::new(Vec::with_capacity(ROOM));
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Escaping(PrettyFormatter::new())))?;
    out.push(b'\n');
    String::from_utf8(std::mem::take(&mut *out)).map(Zeroizing::new).map_err(serde::ser::Error::custom)
}

/// Keys, and whose they are.
#[derive(Debug, Serialize)]
pub(crate) struct Keys<'a> {
    pub(crate) organization: Option<OrganizationDocument<'a>>,
    pub(crate) keys: Vec<KeyDocument<'a>>,
}

/// An organization.
#[derive(Debug, Serialize)]
pub(crate) struct OrganizationDocument<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> OrganizationDocument<'a> {
    pub(crate) fn new(organization: &'a Organization) -> Self {
        Self { id: organization.id.raw(), name: organization.name.raw() }
    }
}

/// An API key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyDocument<'a> {
    id: KeyId,
    name: Option<&'a str>,
    scope: ScopeDocument<'a>,
    valid: bool,
    status: &'static str,
    value: &'a str,
    created_at: Option<String>,
    last_used: Option<String>,
    expires_at: Option<String>,
    rotates_at: Option<String>,
}

impl<'a> KeyDocument<'a> {
    pub(crate) fn of_record(record: &Record<'a>) -> Self {
        let Record { key, status, scope, scope_id, scope_name } = *record;
        Self {
            id: key.id,
            name: key.name.as_ref().map(Text::raw),
            scope: ScopeDocument::of(scope, scope_id, scope_name),
            valid: key.valid,
            status: status.id(),
            value: key.value.as_str(),
            created_at: key.created_at.map(format_time),
            last_used: key.last_used.time().map(format_time),
            expires_at: key.expires_at.map(format_time),
            rotates_at: key.rotates_at.map(format_time),
        }
    }
}

/// Whose key it is.
#[derive(Debug, Serialize)]
pub(crate) struct ScopeDocument<'a> {
    kind: &'static str,
    id: &'a str,
    name: &'a str,
}

impl<'a> ScopeDocument<'a> {
    pub(crate) fn of(scope: &Scope, id: &'a Text, name: &'a Text) -> Self {
        let kind = match scope {
            Scope::Organization => "organization",
            Scope::Project(_) => "project",
        };
        Self { kind, id: id.raw(), name: name.raw() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_steers_is_escaped_and_comes_back() {
        for (raw, expected) in [
            ("GitHub Actions", r#""GitHub Actions""#),
            ("日本語 é 🔑", r#""日本語 é 🔑""#),
            ("a\"b\\c/d", r#""a\"b\\c/d""#),
            ("\u{1b}[2J\n\t\u{8}\u{c}\r\u{0}", r#""\u001b[2J\u000a\u0009\u0008\u000c\u000d\u0000""#),
            ("\u{7f}\u{9b}31m", r#""\u007f\u009b31m""#),
            ("evil\u{202e}txt\u{200b}", r#""evil\u202etxt\u200b""#),
            ("tag\u{e0041}!", r#""tag\udb40\udc41!""#),
        ] {
            let document = document(&raw).unwrap();
            assert_eq!(document.trim_end(), expected);
            assert_eq!(serde_json::from_str::<String>(&document).unwrap(), raw);
        }
    }

    #[test]
    fn documents_are_pretty_and_end_with_a_newline() {
        assert_eq!(
            document(&serde_json::json!({ "a": [1], "b": {} })).unwrap().as_str(),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}\n"
        );
    }
}
