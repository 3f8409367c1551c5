//! The arguments, as clap reads them.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use super::audit::Audit;
use super::destination::To;
use super::filter::Filter;
use super::place::Wanted;
use super::thresholds::AskedThresholds;
use crate::api::model::{KeyId, Lifetime};
use crate::demo::{Api, Fault};
use crate::guard;

// Written by hand to fit 80 columns.
const EXAMPLES: &str = "\
Examples:
  ckeys                                     open the screen
  ckeys --demo                              open it on made-up data
  ckeys list                                all keys of the organization
  ckeys list --project 'Production App' --json
  ckeys audit                               keys that nobody uses
  ckeys create 'GitHub Actions' --project 'Production App' --to clipboard
  ckeys rotate 34 --project 'Production App' --grace-hours 24 --to clipboard
  ckeys deactivate 34 --project 'Production App' --yes
  ckeys delete 34 --project 'Production App' --confirm 'Nightly evals'
  ckeys doctor                              what works here, what does not

Environment:
  CONFIDENT_ORG_API_KEY   the organization key that signs every call
  CONFIDENT_REGION        US (the default), EU or AU
  CONFIDENT_BASE_URL      the address of a service of your own
  CONFIDENT_API_VERSION   v1, v2 or auto (the default), which finds out
  NO_COLOR                no colours

Exit codes:
  0 done            1 failed            2 usage         4 not authorized
  5 not found       6 refused by a guard or not confirmed
  7 sent, but the outcome is unknown    14 the audit found stale keys
  130 interrupted";

const DESTINATIONS: &str = "\
Destinations:
  clipboard        the clipboard of the person at the keyboard
  stdout           standard output: the secret alone, on one line
  file:PATH        a new file that only you can read, never over another one
  env:PATH         an entry of a .env file: CONFIDENT_API_KEY for a project's
                   key, CONFIDENT_ORG_API_KEY for the organization's; the rest
                   of the file stays as it is
  command:'WORDS'  a command that reads the secret on its standard input, such
                   as command:'gh secret set CONFIDENT_API_KEY'; no shell runs
                   it, and no newline follows the secret

The destination is looked at before the key is generated. Where it fails
after all, the new key is deactivated again. The service shows a secret once.";

const ROTATING: &str = "\
The key keeps its id, its name and its history. Its new secret is shown once,
and goes to one of the destinations of `ckeys create --help`, which is looked
at before the key is rotated. Without --grace-hours the old value stops at
once; with it, both values work until then. Where the destination fails after
all, a key whose old value has stopped is deactivated; one in its grace period
is left as it is, to be rotated again.

The key that ckeys is signed in with can't be rotated, and an older service
may not know rotation; both are told before anything is sent.";

/// The longest grace period that can be asked for; the service may allow less.
const MOST_HOURS: i64 = 87_600;
/// The longest lifetime that can be asked for; the service may allow less.
const MOST_DAYS: u32 = 36_500;

pub(super) const FILTERS: &str = "\
Filters: words and tokens, all of which a key has to fit
  ci 'two words'       in its name; or its id, or the end of its value
  active new idle stale never-used inactive expired unknown    its status
  never                the service says that it was never used
  dup                  another key of its scope has its name
  stale:>90d           not used for more than 90 days
  used:<24h  created:>1y  expires:<14d           h, d, w, mo and y
  scope:org  project:sandbox  name:ci  id:34
  key:a1b2c3           the end of its value
  !inactive            what doesn't fit";

const DELETING: &str = "\
Deleting asks for the key's name to be typed, or its id where the name is
empty, shared by another key, longer than 40 cells, or can't be typed as it
looks. Without a terminal, --confirm has to hold the same.";

const FAULTS: &str = "\
Faults: '[METHOD] [PATH] WORD,WORD…', such as
  --fault 'POST */api-keys drop'                  the first key is made,
                                                  but its answer lost
  --fault 'GET status=429,retry-after=5,times=2'  the first two reads

METHOD  GET, POST, PUT, PATCH, DELETE; * or nothing: any
PATH    the whole path; * stands for any characters; nothing: any

What goes wrong, before (b) or after (a) the call did its work:
  status=CODE    b  that status, 400 to 599, in the API's envelope
  redirect=URL   b  302; with code=CODE 301, 303, 307 or 308
  html[=CODE]    b  a web page, as captive portals and proxies have them
  drop           a  the connection is closed, without an answer
  reset          a  the connection is reset, without an answer
  cut            a  half of the body, then the connection is closed
  drip=MS        a  the body, a byte every MS milliseconds
  garbage        a  200, and no JSON
  empty          a  200, and nothing
  mask           a  POST: the new key's value is masked
  wrong             2xx that contradicts what was asked: PUT and DELETE do
                    nothing and say so, POST answers another name

Options, also alone where something happens:
  before, after        before or after the work, where there is a choice
  delay=MS             the answer comes late; with `before` alone, the work
  retry-after=SECONDS  the header Retry-After
  deprecated           `deprecated: true` in the envelope
  sunset=YYYY-MM-DD    the header Sunset
  skip=N               the first N requests that fit pass
  times=N|always       how many requests are met; 1 without it

Of several faults, the first that fits and is not used up is taken.

Clock: /demo/clock tells the service's time, and needs no key. Time goes by
at once with a POST of {\"forward\": \"25h\"} (or 7d, 90m) or {\"to\": \"TIME\"}:
  curl -d '{\"forward\": \"25h\"}' \"$CONFIDENT_BASE_URL/demo/clock\"";

const JOURNAL: &str = "\
Newest last. It holds no secret, and is kept in XDG_STATE_HOME (by default
~/.local/state) under confident-keys; neither a key nor a network is needed.

Outcomes:
  done        it happened
  failed      it certainly did not
  unknown     it was sent, and what became of it is not known
  orphan      a key exists whose secret nobody has
  none        it was looked up: nothing had happened
  under way   a key is being generated right now
  open        ckeys was ended while it generated a key; its next start looks
              what became of it";

const DOCTOR: &str = "\
It changes nothing, and shows no secret. Without a key it looks at all that
needs none. Each check has one of these:
  ok        nothing to do
  warning   it works, but less well than it could, or something may surprise
  problem   something does not work
  unknown   it can't be told from here, or was not looked at

Exit codes: 1 where there is a problem; warnings alone exit 0.";

/// Manage the API keys of Confident AI. Without a command, ckeys opens its screen.
#[derive(Debug, Parser)]
#[command(name = "ckeys", version, after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Use made-up data of an embedded service
    #[arg(long, global = true)]
    pub(super) demo: bool,
    /// Draw the screen with ASCII characters only
    #[arg(long)]
    pub(super) ascii: bool,
    #[command(flatten)]
    pub(super) thresholds: AskedThresholds,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

impl Command {
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
    Whoami(Plain),
    /// List the projects
    Projects(Plain),
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
    Deactivate(Change),
    /// Make a deactivated API key work again
    Activate(Change),
    /// Delete an API key for good
    Delete(Delete),
    /// Show what was done from this machine, and what was left open
    Journal(Journal),
    /// Say what works here, what does not, and what to do about it
    Doctor(Doctor),
    /// Run the embedded service for other programs
    #[command(after_help = FAULTS)]
    DemoServer(DemoServer),
}

/// A command without a scope.
#[derive(Debug, Args)]
pub struct Plain {
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// Whose keys; exactly one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct OneScope {
    /// The organization's own keys
    #[arg(long)]
    org: bool,
    /// The keys of this project
    #[arg(long, value_name = "NAME-OR-ID", value_parser = project)]
    project: Option<String>,
}

/// Whose keys; all where neither is given.
#[derive(Debug, Default, Args)]
#[group(required = false, multiple = false)]
pub(super) struct AnyScope {
    /// The organization's own keys only
    #[arg(long)]
    org: bool,
    /// The keys of this project only
    #[arg(long, value_name = "NAME-OR-ID", value_parser = project)]
    project: Option<String>,
}

impl OneScope {
    pub(super) fn wanted(&self) -> Wanted<'_> {
        self.project.as_deref().map_or(Wanted::Organization, Wanted::Project)
    }
}

impl AnyScope {
    pub(super) fn wanted(&self) -> Option<Wanted<'_>> {
        match (&self.project, self.org) {
            (Some(project), _) => Some(Wanted::Project(project)),
            (None, true) => Some(Wanted::Organization),
            (None, false) => None,
        }
    }
}

/// `list`
#[derive(Debug, Args)]
#[command(after_help = FILTERS)]
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
}

/// `get`
#[derive(Debug, Args)]
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
    after_help = DESTINATIONS
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
    after_help = ROTATING
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
#[command(after_help = DELETING)]
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
#[command(after_help = JOURNAL)]
pub struct Journal {
    /// Only the newest N entries
    #[arg(short = 'n', long, value_name = "N")]
    pub(super) lines: Option<usize>,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// `doctor`
#[derive(Debug, Args)]
#[command(after_help = DOCTOR)]
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

/// A number of days, or `none`.
fn lifetime(text: &str) -> Result<Lifetime, String> {
    if text == "none" {
        return Ok(Lifetime::Unlimited);
    }
    match text.parse() {
        Ok(days @ 1..=MOST_DAYS) => Ok(Lifetime::Days(days)),
        _ => Err(format!("it is a whole number of days from 1 to {MOST_DAYS}, or none")),
    }
}

fn project(wanted: &str) -> Result<String, &'static str> {
    if wanted.trim().is_empty() { Err("name the project, or give its id") } else { Ok(wanted.to_owned()) }
}

fn name(name: &str) -> Result<String, String> {
    guard::new_name(name).map(str::to_owned).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_help_fits_80_columns() {
        let mut command = Arguments::command();
        command.build();
        for page in std::iter::once(&command).chain(command.get_subcommands()) {
            for help in [page.clone().render_help(), page.clone().render_long_help()] {
                for line in help.to_string().lines() {
                    assert!(crate::text::width(line) <= 80, "{}: {line}", page.get_name());
                }
            }
        }
    }
}
