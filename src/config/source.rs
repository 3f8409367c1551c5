//! Where the signing key came from, and what that means where another takes over.

use super::connection::KEY_VARIABLE;

/// Where the signing key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// The variable `CONFIDENT_ORG_API_KEY`, which a program can't set for the shell that started it.
    Environment,
    /// The embedded service, which ends with the program.
    Embedded,
}

impl KeySource {
    /// Where another key has to be put to be signed in with at the next start, before there is one; a sentence.
    pub fn outlook(self) -> String {
        match self {
            Self::Environment => {
                format!("The key came from {KEY_VARIABLE}, which only your shell can set: there you put the new one.")
            }
            Self::Embedded => "The key came from the embedded service, and goes with it.".to_owned(),
        }
    }

    /// What is still to be done by hand once another key signs the calls; none where nothing is.
    pub fn by_hand(self) -> Option<String> {
        match self {
            Self::Environment => Some(format!(
                "By hand: the shell you started from still has the old one. Export the new one as {KEY_VARIABLE} before \
                 the next start."
            )),
            Self::Embedded => None,
        }
    }

    /// The same, for the shell's own screen, once the program has ended.
    pub fn left_behind(self) -> Option<String> {
        match self {
            Self::Environment => Some(format!(
                "This shell still has the old key in {KEY_VARIABLE}: `read -rs {KEY_VARIABLE} && export {KEY_VARIABLE}` \
                 takes the new one."
            )),
            Self::Embedded => None,
        }
    }
}
