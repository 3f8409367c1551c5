//! Completing the arguments of `ckeys` in a shell, with the names of the organization's projects as they are now.
//!
//! A script that knows nothing of the arguments asks the hidden command `__tab` at each Tab. The scripts, and what
//! they and the program say to each other, are our own, so that a script which was installed long ago still works: the word at the
//! cursor and those before it go in, a candidate to a line comes out, with a tab and a description behind it where the
//! shell shows one. The line `:files` alone asks the shell to complete the name of a file, which it does best itself.
//!
//! What is offered is typed into a command line, and projects are named by others: only names that mean nothing to any shell
//! are offered, and the ids of all other projects.

mod word;

use std::ffi::{OsStr, OsString};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use clap::{CommandFactory as _, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::arguments::{Arguments, Complete, Completions};
use super::exit::{Exit, Failure};
use super::output::print;
use super::values::Shell;
use crate::api::model::Project;
use crate::api::{Client, Limits};
use crate::config::{Choice, Configuration};
use crate::text::{Text, fit};
use word::Typed;

/// How long the names of projects are waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// What a description takes at most, in cells.
const MOST_HELP: usize = 60;
/// Asks the shell for the names of files.
const FILES: &str = ":files";
/// What `--to` begins with.
const DESTINATIONS: [(&str, &str); 5] = [
    ("clipboard", "the clipboard of the person at the keyboard"),
    ("stdout", "standard output: the secret alone"),
    ("file:", "a new file that only you can read"),
    ("env:", "an entry of a .env file"),
    ("command:", "a command that reads it on standard input"),
];
/// What goes before the name of a file, in `--to`.
const BEFORE_FILES: [&str; 2] = ["file:", "env:"];

/// `completions`
pub(super) fn print_script(arguments: &Completions) -> Result<Exit, Failure> {
    print(match arguments.shell {
        Shell::Bash => include_str!("completions/ckeys.bash"),
        Shell::Zsh => include_str!("completions/ckeys.zsh"),
        Shell::Fish => include_str!("completions/ckeys.fish"),
        Shell::Powershell => include_str!("completions/ckeys.ps1"),
    })?;
    Ok(Exit::Done)
}

/// `__tab`: whatever goes wrong, nothing is offered and nothing is said, as somebody is typing.
pub(super) fn run(arguments: &Complete) -> Result<Exit, Failure> {
    let text = |word: &OsString| word.to_string_lossy().into_owned();
    let before: Vec<String> = arguments.before.iter().map(text).collect();
    let typed = Typed::new(arguments.shell, &before, &text(&arguments.word));
    let is_demo = typed.before.iter().any(|word| word == "--demo");
    let choice = Choice { profile: profile_among(&typed.before), read_only: true };
    // Asked for where they are wanted, and once.
    let projects: Projects = Arc::new(LazyLock::new(Box::new(move || read_projects(is_demo, &choice))));
    let mut command = with_completers(Arguments::command(), &projects);
    let words: Vec<OsString> = typed.before.iter().chain([&typed.word]).map(OsString::from).collect();
    let at = words.len().saturating_sub(1);
    let mut found = complete(&mut command, words, at, None).unwrap_or_default();
    // Options crowd out what is most likely meant.
    let is_option = |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with('-');
    if !typed.word.starts_with('-') && !found.iter().all(is_option) {
        found.retain(|candidate| !is_option(candidate));
    }
    if found.iter().any(|candidate| candidate.get_value().to_string_lossy().ends_with(FILES)) {
        print(&format!("{FILES}\n"))?;
        return Ok(Exit::Done);
    }
    let lines = found.iter().filter_map(|candidate| {
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        // Its first line says it; a tab or a line of its own would be taken for another candidate.
        let help = Text::from(help.lines().next().unwrap_or_default());
        typed.line(candidate.get_value().to_str()?, &fit(help.as_str(), MOST_HELP))
    });
    print(&lines.collect::<String>())?;
    Ok(Exit::Done)
}

type Projects = Arc<LazyLock<Vec<Project>, Box<dyn FnOnce() -> Vec<Project> + Send + Sync>>>;

/// The command line, and what can stand where its own definitions do not say it.
fn with_completers(command: clap::Command, projects: &Projects) -> clap::Command {
    let of_args = command.mut_args(|arg| match arg.get_id().as_str() {
        "project" => {
            let projects = Arc::clone(projects);
            arg.add(ArgValueCompleter::new(move |word: &OsStr| offered(&projects, word)))
        }
        "profile" => arg.add(ArgValueCompleter::new(profiles)),
        "to" => arg.add(ArgValueCompleter::new(destinations)),
        _ if !matches!(arg.get_value_hint(), ValueHint::Unknown | ValueHint::Other) => {
            arg.add(ArgValueCompleter::new(|_: &OsStr| vec![CompletionCandidate::new(FILES)]))
        }
        _ => arg,
    });
    of_args.mut_subcommands(|command| with_completers(command, projects))
}

fn destinations(word: &OsStr) -> Vec<CompletionCandidate> {
    let word = word.to_string_lossy();
    if BEFORE_FILES.iter().any(|start| word.starts_with(start)) {
        return vec![CompletionCandidate::new(FILES)];
    }
    let fitting = DESTINATIONS.into_iter().filter(|(name, _)| name.starts_with(&*word));
    fitting.map(|(name, help)| CompletionCandidate::new(name).help(Some(help.into()))).collect()
}

/// Projects that `word` may become: by name where a shell, and `--project`, can't take that for anything else; by id where
/// they could.
fn offered(projects: &[Project], word: &OsStr) -> Vec<CompletionCandidate> {
    let word = word.to_string_lossy();
    let is_clear =
        |name: &str| projects.iter().filter(|other| other.name.raw() == name || other.id.as_str() == name).count() == 1;
    let candidates = projects.iter().filter_map(|project| {
        let name = project.name.raw();
        if word::is_harmless(name) && is_clear(name) {
            Some((name, None))
        } else {
            let id = project.id.as_str();
            word::is_harmless(id).then(|| (id, Some(project.name.to_string().into())))
        }
    });
    let fitting = candidates.filter(|(value, _)| value.starts_with(&*word));
    fitting.map(|(value, help)| CompletionCandidate::new(value).help(help)).collect()
}

/// The profile that was chosen among the words so far, if one was.
fn profile_among(words: &[String]) -> Option<String> {
    words.iter().enumerate().rev().find_map(|(at, word)| match word.strip_prefix("--profile")? {
        "" => words.get(at + 1).cloned(),
        rest => rest.strip_prefix('=').map(str::to_owned),
    })
}

/// The names of profiles, which are words to every shell.
fn profiles(word: &OsStr) -> Vec<CompletionCandidate> {
    let word = word.to_string_lossy();
    let names = Configuration::load().profiles.entries.into_iter().map(|entry| entry.name);
    names.filter(|name| name.starts_with(&*word)).map(CompletionCandidate::new).collect()
}

/// None where they can't be had in time, or without asking somebody for the key.
fn read_projects(is_demo: bool, choice: &Choice) -> Vec<Project> {
    let read = || {
        let deadline = Instant::now() + PATIENCE;
        // Its problems are told by whatever is run then.
        let configuration = Configuration::load();
        if !is_demo && configuration.choose(choice, &super::environment).ok()?.asks_for_key(&super::environment) {
            return None;
        }
        let (connection, _service) = super::connect(&configuration, is_demo, choice).ok()?;
        let settings = configuration.settings;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let client = Client::new(connection.base_url, connection.key, Limits::default())
            .speaking(connection.speak.unwrap_or(settings.speak))
            .until(deadline);
        let read = async { tokio::time::timeout(PATIENCE, client.projects()).await };
        let projects = runtime.block_on(read).ok()?.ok();
        // What hangs is not waited for.
        runtime.shutdown_background();
        projects
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(id: &str, name: &str) -> Project {
        serde_json::from_value(serde_json::json!({ "id": id, "name": name })).unwrap()
    }

    #[test]
    fn a_name_that_could_be_misread_is_offered_by_its_id() {
        let projects = [
            project("p1", "Production App"),
            project("p2", "$(touch hacked)"),
            project("p3", "Twin"),
            project("p4", "Twin"),
            project("p5", "p1"),
            project("p6", "--org"),
            project("p7", "测试 项目"),
            project("p8", "evil\u{202e}\n--demo"),
        ];
        let offered = |word: &str| {
            let found = offered(&projects, OsStr::new(word));
            let text = |candidate: &CompletionCandidate| candidate.get_value().to_str().unwrap().to_owned();
            found.iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(offered(""), ["Production App", "p2", "p3", "p4", "p5", "p6", "测试 项目", "p8"]);
        assert_eq!(offered("Prod"), ["Production App"]);
        assert_eq!(offered("p8"), ["p8"]);
        let help = super::offered(&projects, OsStr::new("p8"))[0].get_help().unwrap().to_string();
        assert_eq!(help, "evil<U+202E><U+000A>--demo");
    }
}
