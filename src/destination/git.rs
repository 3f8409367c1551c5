//! Whether git would take a file along, and a secret with it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::file::folder_of;
use super::place::shown;
use super::program;
use crate::child;

/// How long git may take for each question. In vain it is asked no more.
const PATIENCE: Duration = Duration::from_secs(2);

/// Variables that would have git answer for another repository than the file's own, as they do in a hook.
const ELSEWHERE: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// What to know about git and `path`; nothing where there is no git (looked for in `search`), no repository, or no answer.
pub(super) async fn warning(path: &Path, search: Option<&OsStr>) -> Option<String> {
    let git = program::find("git", search).ok()?;
    let file = shown(path);
    match ask(&git, path, &["--literal-pathspecs", "ls-files", "--error-unmatch", "--"]).await? {
        0 => Some(format!(
            "git tracks {file}, so the secret would go into the next commit: `git rm --cached` takes the file out of git, \
             and .gitignore keeps it out"
        )),
        1 => match ask(&git, path, &["check-ignore", "--quiet", "--"]).await? {
            1 => Some(format!(
                "git does not ignore {file}, so `git add` would take the secret along: add it to .gitignore"
            )),
            _ => None,
        },
        _ => None,
    }
}

/// The exit code of `git …` for `path`.
async fn ask(git: &Path, path: &Path, arguments: &[&str]) -> Option<i32> {
    let mut command = child::command(git);
    // The repository's own settings start no program.
    command.args(["-c", "core.fsmonitor=false", "-C"]).arg(folder_of(path)).args(arguments);
    // A name that starts with a colon would be more than a name.
    command.arg(Path::new(".").join(path.file_name()?)).env("GIT_OPTIONAL_LOCKS", "0");
    for variable in ELSEWHERE {
        command.env_remove(variable);
    }
    let mut command = Command::from(command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    timeout(PATIENCE, command.status()).await.ok()?.ok()?.code()
}
