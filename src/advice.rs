//! Commands that are told as advice: each means the organization that the advice is about, wherever it is typed.
//!
//! Keys are numbered, and another organization has keys, too: a command without its profile would change whatever key has
//! the number in the organization of `default_profile`.

use std::fmt;

/// How ckeys has to be started to mean what advice is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    start: String,
}

impl Default for Advice {
    /// What is in force where nothing is said.
    fn default() -> Self {
        Self { start: "ckeys".to_owned() }
    }
}

impl Advice {
    /// About the keys of `profile`, where the variables `set_aside` of the environment have no say: they would go before
    /// the profile's own otherwise.
    pub fn for_profile(profile: &str, set_aside: &[&str]) -> Self {
        // Where there is no `env`, nothing is run, and no key is changed.
        let unset: Vec<_> = set_aside.iter().flat_map(|variable| ["-u", variable]).collect();
        let env = if unset.is_empty() { String::new() } else { format!("env {} ", unset.join(" ")) };
        Self { start: format!("{env}ckeys --profile {profile}") }
    }

    /// About the made-up keys of the embedded service.
    pub fn for_demo() -> Self {
        Self { start: "ckeys --demo".to_owned() }
    }

    /// The command with `arguments`, in backticks, for a sentence.
    pub fn command(&self, arguments: impl fmt::Display) -> String {
        format!("`{} {arguments}`", self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_what_it_is_about() {
        let wanted = "deactivate 58 --org";
        for (advice, expected) in [
            (Advice::default(), "`ckeys deactivate 58 --org`"),
            (Advice::for_profile("work", &[]), "`ckeys --profile work deactivate 58 --org`"),
            (Advice::for_profile("work", &["A", "B"]), "`env -u A -u B ckeys --profile work deactivate 58 --org`"),
            (Advice::for_demo(), "`ckeys --demo deactivate 58 --org`"),
        ] {
            assert_eq!(advice.command(wanted), expected);
        }
    }
}
