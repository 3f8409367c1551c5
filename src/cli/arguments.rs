//! The arguments, as clap reads them.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueHint};
use jiff::Timestamp;

use super::audit::Audit;
use super::destination::To;
use super::filter::Filter;
use super::help;
use super::profile::Profiles;
use super::thresholds::AskedThresholds;
use super::values::{AnyScope, OneScope, Shell, lifetime, name, profile_name, theme_name};
use crate::api::model::{KeyId, Lifetime};
use crate::config::ThemeName;
use crate::demo::{Api, Fault};

/// The longest grace period that can be asked for; the service may allow less.
const MOST_HOURS: i64 = 87_600;

/// Manage the API keys of Confident AI. Without a command, ckeys opens its screen.
#[derive(Debug, Default, Parser)]
#[command(name = "ckeys", version, after_help = help::ROOT)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Arguments {
    /// Use made-up data of an embedded service
    #[arg(long, global = true)]
    pub(super) demo: bool,
    /// Say nothing but what went wrong
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Use this profile of config.toml
    #[arg(long, global = true, value_name = "NAME", value_parser = profile_name)]
    pub(super) profile: Option<String>,
    /// Refuse whatever changes a key
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    /// Draw the screen with ASCII characters only
    #[arg(long)]
    pub(super) ascii: bool,
    /// Draw the screen in this theme, such as light
    #[arg(long, value_name = "NAME", value_parser = theme_name(), hide_possible_values = true)]
    pub(super) theme: Option<ThemeName>,
    /// Use the mouse on the screen; Shift then selects text
    #[arg(long)]
    pub(super) mouse: bool,
    /// Start the screen as at first, whatever it remembers
    #[arg(long)]
    pub(super) fresh: bool,
    #[command(flatten)]
    pub(super) thresholds: AskedThresholds,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

impl Command {
    /// Whether it changes keys.
    pub(super) fn changes_keys(&self) -> bool {
        match self {
            Self::Create(_) | Self::Rotate(_) | Self::Deactivate(_) | Self::Activate(_) | Self::Delete(_) => true,
            Self::Whoami(_)
            | Self::Projects(_)
            | Self::List(_)
            | Self::Audit(_)
            | Self::Get(_)
            | Self::Journal(_)
            | Self::Profile(_)
            | Self::Doctor(_)
            | Self::Completions(_)
            | Self::Complete(_)
            | Self::Man(_)
            | Self::DemoServer(_) => false,
        }
    }

    /// Whether lines are wanted that stay the same wherever they go.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::Projects(projects) => projects.plain,
            Self::List(list) => list.plain,
            Self::Audit(audit) => audit.is_plain(),
            Self::Journal(journal) => journal.plain,
            _ => false,
        }
    }

    /// Its own thresholds; none where it judges no key by them.
    pub(super) fn thresholds(&self) -> Option<&AskedThresholds> {
        match self {
            Self::List(list) => Some(&list.thresholds),
            Self::Audit(audit) => Some(&audit.thresholds),
            Self::Get(get) => Some(&get.thresholds),
            _ => None,
        }
    }
}

/// The one-shot commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the organization, and the key you are signed in with
    #[command(after_help = help::WHOAMI)]
    Whoami(Whoami),
    /// List the projects
    Projects(Projects),
    /// List API keys: of the organization, of one project, or all
    List(List),
    /// Find stale API keys: a report, and an exit code for scripts
    Audit(Audit),
    /// Show one API key
    Get(Get),
    /// Generate an API key and take its one-time secret somewhere
    Create(Create),
    /// Give an API key a new value and take that somewhere
    Rotate(Rotate),
    /// Make an API key stop working; `activate` undoes it
    #[command(after_help = help::DEACTIVATE)]
    Deactivate(Change),
    /// Make a deactivated API key work again
    #[command(after_help = help::ACTIVATE)]
    Activate(Change),
    /// Delete an API key for good
    Delete(Delete),
    /// Add, list, remove profiles: organizations in config.toml
    Profile(Profiles),
    /// Show what was done from this machine, and what was left open
    Journal(Journal),
    /// Say what works here, what does not, and what to do about it
    Doctor(Doctor),
    /// Run the embedded service for other programs
    #[command(after_help = help::DEMO_SERVER)]
    DemoServer(DemoServer),
    /// Print a script that completes ckeys' arguments in a shell
    Completions(Completions),
    /// Print the manual page, or write those of all commands
    Man(Man),
    /// What a completion script asks
    #[command(name = "__tab", hide = true)]
    Complete(Complete),
}

/// `whoami`
#[derive(Debug, Args)]
pub struct Whoami {
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `projects`
#[derive(Debug, Args)]
#[command(after_help = help::PROJECTS)]
pub struct Projects {
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
    /// Print lines with tabs between fields; see below
    #[arg(long, conflicts_with = "json")]
    pub(super) plain: bool,
}

/// `list`
#[derive(Debug, Args)]
#[command(after_help = help::list())]
pub struct List {
    #[command(flatten)]
    pub(super) scope: AnyScope,
    /// Only the keys that fit, such as 'never scope:org'
    #[arg(long, value_name = "FILTER")]
    pub(super) filter: Option<Filter>,
    #[command(flatten)]
    pub(super) thresholds: AskedThresholds,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
    /// Print lines with tabs between fields; see below
    #[arg(long, conflicts_with = "json")]
    pub(super) plain: bool,
}

/// `get`
#[derive(Debug, Args)]
#[command(after_help = help::GET)]
pub struct Get {
    /// The key's id, as `ckeys list` shows it
    pub(super) id: KeyId,
    #[command(flatten)]
    pub(super) scope: OneScope,
    #[command(flatten)]
    pub(super) thresholds: AskedThresholds,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `create`
#[derive(Debug, Args)]
#[command(
    override_usage = "ckeys create <NAME> <--org|--project <NAME-OR-ID>> --to <DESTINATION>",
    after_help = help::CREATE
)]
pub struct Create {
    /// Who or what will use the key
    #[arg(value_parser = name)]
    pub(super) name: String,
    #[command(flatten)]
    pub(super) scope: OneScope,
    /// Where the secret goes; see below
    #[arg(long, value_name = "DESTINATION")]
    pub(super) to: To,
    /// It expires after N days; without it, never
    #[arg(long, value_name = "N", value_parser = lifetime)]
    pub(super) expires_in_days: Option<Lifetime>,
    #[command(flatten)]
    pub(super) write: Write,
}

/// `rotate`
#[derive(Debug, Args)]
#[command(
    override_usage = "ckeys rotate <ID> <--org|--project <NAME-OR-ID>> --to <DESTINATION>",
    after_help = help::ROTATE
)]
pub struct Rotate {
    /// The key's id, as `ckeys list` shows it
    pub(super) id: KeyId,
    #[command(flatten)]
    pub(super) scope: OneScope,
    /// Where the new secret goes; see below
    #[arg(long, value_name = "DESTINATION")]
    pub(super) to: To,
    /// Hours that the old value works
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=MOST_HOURS))]
    pub(super) grace_hours: u32,
    /// It expires after N days, or never
    #[arg(long, value_name = "N|none", value_parser = lifetime)]
    pub(super) expires_in_days: Option<Lifetime>,
    #[command(flatten)]
    pub(super) write: Write,
}

/// `deactivate` and `activate`
#[derive(Debug, Args)]
pub struct Change {
    /// The key's id, as `ckeys list` shows it
    pub(super) id: KeyId,
    #[command(flatten)]
    pub(super) scope: OneScope,
    #[command(flatten)]
    pub(super) write: Write,
}

/// How a reversible write is made.
#[derive(Debug, Args)]
pub(super) struct Write {
    /// Do not ask; needed without a terminal
    #[arg(long)]
    pub(super) yes: bool,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `delete`
#[derive(Debug, Args)]
#[command(after_help = help::DELETE)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Delete {
    /// The key's id, as `ckeys list` shows it
    pub(super) id: KeyId,
    #[command(flatten)]
    pub(super) scope: OneScope,
    /// The key's name (see below), in place of typing it
    #[arg(long, value_name = "NAME")]
    pub(super) confirm: Option<String>,
    /// Deactivate it first, where it is active
    #[arg(long)]
    pub(super) deactivate: bool,
    /// Taken as with the other commands, but never enough here
    #[arg(long, hide = true)]
    pub(super) yes: bool,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `journal`
#[derive(Debug, Args)]
#[command(after_help = help::JOURNAL)]
pub struct Journal {
    /// Only the newest N entries
    #[arg(short = 'n', long, value_name = "N")]
    pub(super) lines: Option<usize>,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
    /// Print lines with tabs between fields; see below
    #[arg(long, conflicts_with = "json")]
    pub(super) plain: bool,
}

/// `doctor`
#[derive(Debug, Args)]
#[command(after_help = help::DOCTOR)]
pub struct Doctor {
    /// Copy a harmless text, too: overwrites the clipboard
    #[arg(long)]
    pub(super) try_clipboard: bool,
    /// Print ASCII characters only
    #[arg(long)]
    pub(super) ascii: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `demo-server`
#[derive(Debug, Args)]
pub struct DemoServer {
    /// Address; port 0: a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(super) listen: SocketAddr,
    /// Generate this many projects
    #[arg(long, value_name = "N")]
    pub(super) projects: Option<usize>,
    /// Generate this many keys in each project
    #[arg(long, value_name = "N")]
    pub(super) keys_per_project: Option<usize>,
    /// Hold every answer back for so long
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) latency_ms: u64,
    /// The same seed gives the same data
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) seed: u64,
    /// Let requests go wrong; may be given again
    #[arg(long, value_name = "SPEC")]
    pub(super) fault: Vec<Fault>,
    /// Versions it speaks: v1, v2 or both
    #[arg(long, value_name = "VERSIONS", default_value = "both")]
    pub(super) api: Api,
    /// Its first time, as 2026-12-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) clock: Option<Timestamp>,
}

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = help::COMPLETIONS)]
pub struct Completions {
    /// bash, zsh, fish or powershell
    #[arg(value_enum, hide_possible_values = true)]
    pub(super) shell: Shell,
}

/// `man`
#[derive(Debug, Args)]
#[command(after_help = help::MAN)]
pub struct Man {
    /// Write the pages of all commands there
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) folder: Option<PathBuf>,
}

/// `__tab`, in the words of the scripts that `completions` prints: they stay as they are, as a script may be older
/// than the program.
#[derive(Debug, Args)]
pub struct Complete {
    #[arg(value_enum)]
    pub(super) shell: Shell,
    /// The word at the cursor, as it was typed
    #[arg(long, allow_hyphen_values = true)]
    pub(super) word: OsString,
    /// Those before it, the program's name first
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) before: Vec<OsString>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::destination::CommandLine;

    fn pages() -> Vec<clap::Command> {
        let mut waiting = vec![Arguments::command().disable_help_subcommand(true)];
        waiting[0].build();
        let mut pages = Vec::new();
        while let Some(command) = waiting.pop() {
            waiting.extend(command.get_subcommands().filter(|command| !command.is_hide_set()).cloned());
            pages.push(command);
        }
        pages
    }

    #[test]
    fn the_definitions_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_arguments_are_the_same_read_or_not() {
        let read = Arguments::try_parse_from(["ckeys"]).unwrap();
        assert_eq!(format!("{read:?}"), format!("{:?}", Arguments::default()));
    }

    #[test]
    fn every_help_fits_80_columns() {
        for page in pages() {
            for help in [page.clone().render_help(), page.clone().render_long_help()] {
                for line in help.to_string().lines() {
                    assert!(crate::text::width(line) <= 80, "{}: {line}", page.get_name());
                }
            }
        }
    }

    /// The command of an example: between what a shell does before it, and behind it or what is said of it.
    fn command_of(line: &str) -> Option<&str> {
        let (_, rest) = line.split_once("ckeys")?;
        let ends = ["  ", " | ", " > ", ")"].iter().filter_map(|end| rest.find(end));
        Some(rest[..ends.min().unwrap_or(rest.len())].trim())
    }

    #[test]
    fn every_command_has_examples_that_are_understood() {
        for page in pages() {
            // Those of groups are below them.
            if page.is_subcommand_required_set() {
                continue;
            }
            let help = page.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.strip_prefix("Examples:\n").unwrap_or_else(|| panic!("{}: {help}", page.get_name()));
            let examples: Vec<_> = examples.lines().take_while(|line| !line.is_empty()).collect();
            assert!(examples.len() > 1, "{}", page.get_name());
            for line in examples {
                let words =
                    CommandLine::parse(&format!("ckeys {}", command_of(line).unwrap().replace('~', "/home/ada")))
                        .unwrap();
                let known = Arguments::try_parse_from(
                    [words.program()].into_iter().chain(words.arguments().iter().map(String::as_str)),
                );
                let is_help = |error: &clap::Error| !error.use_stderr();
                assert!(known.as_ref().err().is_none_or(is_help), "{line}: {}", known.unwrap_err());
            }
        }
    }
}
