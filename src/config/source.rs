//! Where the signing key came from, and what that means where another takes over.

use crate::advice::Advice;

/// The variable that holds the organization key.
pub(crate) const KEY_VARIABLE: &str = "CONFIDENT_ORG_API_KEY";
pub(super) const BASE_URL_VARIABLE: &str = "CONFIDENT_BASE_URL";
pub(super) const REGION_VARIABLE: &str = "CONFIDENT_REGION";

/// What gives the profile in force another key.
const LOGIN: &str = "profile login";

/// Where the signing key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeySource {
    /// The variable `CONFIDENT_ORG_API_KEY`, which a program can't set for the shell that started it.
    #[default]
    Environment,
    /// The file that the profile names.
    File,
    /// The command that the profile names.
    Command,
    /// The operating system's keyring.
    Keyring,
    /// The embedded service, which ends with the program.
    Embedded,
}

impl KeySource {
    /// A word for documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::File => "file",
            Self::Command => "command",
            Self::Keyring => "keyring",
            Self::Embedded => "embedded",
        }
    }

    /// For “the key comes from …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::Environment => KEY_VARIABLE,
            Self::File => "the profile's key file",
            Self::Command => "the profile's command",
            Self::Keyring => "the keyring",
            Self::Embedded => "the embedded service",
        }
    }

    /// How to sign in with another key, now that this one is of no use; a sentence. `advice` is about this key's
    /// organization.
    pub fn renewal(self, advice: &Advice) -> String {
        match self {
            Self::Environment => {
                format!("Sign in with another organization key: set {KEY_VARIABLE}, and start ckeys again.")
            }
            Self::File | Self::Keyring => {
                format!(
                    "Sign in with another organization key: {} takes it, and ckeys starts with it.",
                    advice.command(LOGIN)
                )
            }
            Self::Command => "Put another organization key where the profile's command has this one from, and start \
                              ckeys again."
                .to_owned(),
            Self::Embedded => "Start ckeys again.".to_owned(),
        }
    }

    /// Where another key has to be put to be signed in with at the next start, before there is one; a sentence. `advice` is
    /// about this key's organization.
    pub fn outlook(self, advice: &Advice) -> String {
        match self {
            Self::Environment => {
                format!("The key came from {KEY_VARIABLE}, which only your shell can set: there you put the new one.")
            }
            Self::File | Self::Keyring => {
                format!("The key came from {}: {} puts the new one there.", self.words(), advice.command(LOGIN))
            }
            Self::Command => {
                "The key came from the profile's command: where that has it from, you put the new one.".to_owned()
            }
            Self::Embedded => "The key came from the embedded service, and goes with it.".to_owned(),
        }
    }

    /// What is still to be done by hand once another key signs the calls; none where nothing is.
    pub fn by_hand(self, advice: &Advice) -> Option<String> {
        match self {
            Self::Environment => Some(format!(
                "By hand: the shell you started from still has the old one. Export the new one as {KEY_VARIABLE} before \
                 the next start."
            )),
            Self::File | Self::Keyring => Some(format!(
                "By hand: {} still holds the old one. Give the new one to {} before the next start.",
                self.words(),
                advice.command(LOGIN)
            )),
            Self::Command => Some(
                "By hand: the profile's command still gives the old one. Put the new one where it has it from before \
                 the next start."
                    .to_owned(),
            ),
            Self::Embedded => None,
        }
    }

    /// The same, for the shell's own screen, once the program has ended.
    pub fn left_behind(self, advice: &Advice) -> Option<String> {
        match self {
            Self::Environment => Some(format!(
                "This shell still has the old key in {KEY_VARIABLE}: `read -rs {KEY_VARIABLE} && export {KEY_VARIABLE}` \
                 takes the new one."
            )),
            Self::File | Self::Keyring => Some(format!(
                "There is still the old key in {}: {} takes the new one.",
                self.words(),
                advice.command(LOGIN)
            )),
            Self::Command => {
                Some("The profile's command still gives the old key: put the new one where it has it from.".to_owned())
            }
            Self::Embedded => None,
        }
    }
}

/// What decided where the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decided {
    /// `CONFIDENT_BASE_URL`.
    BaseUrl,
    /// `CONFIDENT_REGION`.
    Region,
    /// The profile.
    Profile,
    /// The key's prefix.
    Prefix,
    /// Nothing, so it is in the United States.
    #[default]
    Default,
}

impl Decided {
    /// A word for documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::BaseUrl | Self::Region => "environment",
            Self::Profile => "profile",
            Self::Prefix => "key",
            Self::Default => "default",
        }
    }

    /// For “by …”.
    pub fn words(self) -> &'static str {
        match self {
            Self::BaseUrl => BASE_URL_VARIABLE,
            Self::Region => REGION_VARIABLE,
            Self::Profile => "the profile",
            Self::Prefix => "the key's prefix",
            Self::Default => "the default",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without it, the new key would be kept for `default_profile`.
    #[test]
    fn a_new_key_is_put_where_its_own_profile_looks() {
        let advice = Advice::for_profile("work", &[]);
        for source in [KeySource::File, KeySource::Keyring] {
            for words in [Some(source.outlook(&advice)), source.by_hand(&advice), source.left_behind(&advice)] {
                assert!(
                    words.as_ref().is_some_and(|words| words.contains("`ckeys --profile work profile login`")),
                    "{words:?}"
                );
            }
        }
    }
}
