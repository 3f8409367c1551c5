//! How a key is kept in a file or in the keyring: on a line of its own, and on the next one the address that it is for.
//!
//! ```text
//! confident_us_org_…
//! for https://api.confident-ai.com
//! ```
//!
//! The second line is what binds it: were only the address in `config.toml` to change, the key would go to another
//! service than the one that it was given for. A file that a person wrote may lack it.

use reqwest::Url;
use zeroize::Zeroizing;

use crate::secret::Secret;

const FOR: &str = "for ";

/// A key that was kept, and the address that it is for, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The key.
    pub key: Secret,
    /// The address, without a slash at its end.
    pub origin: Option<String>,
}

/// An address, as it is written beside a key.
pub(super) fn origin(base_url: &Url) -> String {
    base_url.as_str().trim_end_matches('/').to_owned()
}

impl Stored {
    /// A key for the service at `base_url`.
    pub fn new(key: Secret, base_url: &Url) -> Self {
        Self { key, origin: Some(origin(base_url)) }
    }

    /// What is written.
    pub fn to_text(&self) -> Zeroizing<String> {
        let origin = self.origin.as_deref().unwrap_or_default();
        let key = self.key.expose();
        // Never grows, as that would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(key.len() + FOR.len() + origin.len() + 2));
        text.push_str(key);
        text.push('\n');
        if !origin.is_empty() {
            text.push_str(FOR);
            text.push_str(origin);
            text.push('\n');
        }
        text
    }

    /// Reads what was written.
    ///
    /// # Errors
    /// What is wrong with it, in words to follow “it”; never any of it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let key = lines.next().ok_or("is empty")?;
        let origin = match lines.next() {
            None => None,
            Some(line) => Some(line.strip_prefix(FOR).ok_or("holds more than a key")?.to_owned()),
        };
        match lines.next() {
            Some(_) => Err("holds more than a key"),
            None => Ok(Self { key: Secret::new(key), origin }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";

    #[test]
    fn a_key_is_kept_with_its_address() {
        let stored = Stored::new(Secret::new(KEY), &"https://keys.example.test/a/".parse().unwrap());
        assert_eq!(*stored.to_text(), format!("{KEY}\nfor https://keys.example.test/a\n"));
        assert_eq!(Stored::parse(&stored.to_text()), Ok(stored));
    }

    #[test]
    fn a_key_that_a_person_wrote_stands_alone_and_what_is_no_key_is_told() {
        for text in [KEY.to_owned(), format!("\n  {KEY} \r\n\n")] {
            assert_eq!(Stored::parse(&text), Ok(Stored { key: Secret::new(KEY), origin: None }));
        }
        assert_eq!(Stored::parse(" \n"), Err("is empty"));
        for text in [format!("{KEY}\n{KEY}"), format!("{KEY}\nfor a\n{KEY}")] {
            assert_eq!(Stored::parse(&text), Err("holds more than a key"));
        }
    }
}
