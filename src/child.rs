//! How this program starts other programs: never with its keys in their environment.

use std::ffi::OsStr;
use std::process::Command;

/// The variables through which keys come in. No child process inherits them.
pub const KEY_VARIABLES: [&str; 2] = ["CONFIDENT_ORG_API_KEY", "CONFIDENT_API_KEY"];

/// A command that runs `program` without the keys of [`KEY_VARIABLES`] in its environment. Every child
/// process of this program is made here.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in KEY_VARIABLES {
        command.env_remove(variable);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_inherits_no_key() {
        let command = command("true");
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        for variable in KEY_VARIABLES {
            assert!(removed.contains(&OsStr::new(variable)), "{variable} would be inherited");
        }
    }
}
