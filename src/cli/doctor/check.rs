//! What was found, what it means, and what can be done about it.

use serde::{Serialize, Serializer};

use crate::redact::redacted;
use crate::text::Text;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing to do.
    Ok,
    /// It works, but less well than it could, or something may surprise.
    Warning,
    /// Something does not work.
    Problem,
    /// It can't be told from here, or was not looked at.
    Unknown,
}

impl Standing {
    pub(super) const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Problem, Self::Unknown];

    /// Its word, in JSON and for people.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
        }
    }
}

impl Serialize for Standing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Check {
    /// Which, in words with hyphens between them. Scripts know it by this.
    pub(super) name: &'static str,
    #[serde(rename = "status")]
    pub(super) standing: Standing,
    /// What was found, and what that means: one line, clean, without a full stop.
    #[serde(serialize_with = "shown")]
    pub(super) summary: Text,
    /// What to do, in sentences.
    #[serde(serialize_with = "shown_option")]
    pub(super) remedy: Option<Text>,
}

fn shown<S: Serializer>(text: &Text, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.as_str())
}

#[expect(clippy::ref_option, reason = "serde hands over fields like this")]
fn shown_option<S: Serializer>(text: &Option<Text>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(Text::as_str).serialize(serializer)
}

impl Check {
    pub(super) fn ok(name: &'static str, summary: impl Into<String>) -> Self {
        Self { name, standing: Standing::Ok, summary: clean(summary), remedy: None }
    }

    pub(super) fn warning(name: &'static str, summary: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { standing: Standing::Warning, ..Self::problem(name, summary, remedy) }
    }

    pub(super) fn problem(name: &'static str, summary: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { standing: Standing::Problem, remedy: Some(clean(remedy)), ..Self::ok(name, summary) }
    }

    pub(super) fn unknown(name: &'static str, summary: impl Into<String>) -> Self {
        Self { standing: Standing::Unknown, ..Self::ok(name, summary) }
    }

    /// With what to do, or what to expect.
    pub(super) fn and(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(clean(remedy)), ..self }
    }

    /// Leaves keys out: what came from outside may repeat one.
    pub(super) fn hide_keys(&mut self) {
        for text in std::iter::once(&mut self.summary).chain(&mut self.remedy) {
            *text = Text::from(&*redacted(text.as_str()));
        }
    }
}

/// Clean, and without what it was made of.
fn clean(words: impl Into<String>) -> Text {
    Text::from(Text::from(words.into()).as_str())
}

/// Checks that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) checks: Vec<Check>,
}

/// How a check of these variables stands, and its words.
#[cfg(test)]
pub(super) fn with(variables: &[(&str, &str)], check: impl Fn(super::Variable<'_>) -> Check) -> (Standing, String) {
    let check = check(&|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
    (check.standing, check.summary.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_steers_is_marked_in_both_texts() {
        let check = Check::problem("x", "a\u{1b}[2J\nb", "c\u{202e}d");
        let json = serde_json::to_value(&check).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "name": "x", "status": "problem", "summary": "a<U+001B>[2J<U+000A>b", "remedy": "c<U+202E>d",
            })
        );
    }

    #[test]
    fn what_looks_like_a_key_is_left_out_of_both_texts() {
        let mut check =
            Check::warning("x", "bad confident_org_fake_a1b2c3!", "use another than confident_us_proj_fake1234");
        check.hide_keys();
        assert_eq!(check, Check::warning("x", "bad confident_…!", "use another than confident_…"));
    }
}
