//! What stands below the options in the help of each command, and in its manual page: examples, and what else has to be
//! known. Written by hand to fit 80 columns.
//!
//! A block whose first line is a title with a colon, such as `Examples:`, is a section of the manual page.

pub(super) const ROOT: &str = "\
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
  ckeys help create                         what a command does, with examples

Environment:
  CONFIDENT_ORG_API_KEY   the organization key that signs every call
  CONFIDENT_REGION        US (the default), EU or AU
  CONFIDENT_BASE_URL      the address of a service of your own
  CONFIDENT_API_VERSION   v1, v2 or auto (the default), which finds out
  CKEYS_PROFILE           the profile of config.toml to use
  CKEYS_THEME             auto, dark, light, high-contrast, sixteen or none
  NO_COLOR, CLICOLOR=0    no colours
  CLICOLOR_FORCE          colours even where the output is no terminal

Exit codes:
  0 done            1 failed            2 usage         4 not authorized
  5 not found       6 refused by a guard or not confirmed
  7 sent, but the outcome is unknown    14 the audit found stale keys
  130 interrupted";

pub(super) const WHOAMI: &str = "\
Examples:
  ckeys whoami                 the organization, and the key that signs
  ckeys whoami --json          the same for a script
  CONFIDENT_REGION=EU ckeys whoami    whether a key works in that region";

pub(super) const PROJECTS: &str = "\
Examples:
  ckeys projects
  ckeys projects --json        with whole descriptions
  ckeys projects --plain | cut -f 2    their names, one per line

With --plain a line is one project, and a tab stands between its fields: id,
name, created, description. A field without a value is `-`.";

pub(super) const GET: &str = "\
Examples:
  ckeys get 34 --project 'Production App'
  ckeys get 7 --org --json";

pub(super) const DEACTIVATE: &str = "\
Examples:
  ckeys deactivate 34 --project 'Production App'
  ckeys deactivate 34 --project 'Production App' --yes    in a script
  ckeys deactivate 7 --org --dry-run";

pub(super) const ACTIVATE: &str = "\
Examples:
  ckeys activate 34 --project 'Production App'
  ckeys activate 7 --org --yes --json";

pub(super) const CREATE: &str = "\
Examples:
  ckeys create 'GitHub Actions' --project 'Production App' --to clipboard
  ckeys create Local --project Sandbox --to env:.env
  ckeys create CI --org --to command:'gh secret set CONFIDENT_ORG_API_KEY'
  ckeys create Demo --project Sandbox --expires-in-days 7 --to stdout --yes
  ckeys create CI --org --to file:ci.key --dry-run    what would be done

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

pub(super) const ROTATE: &str = "\
Examples:
  ckeys rotate 34 --project Sandbox --grace-hours 24 --to clipboard
  ckeys rotate 34 --project Sandbox --to env:.env    the old value stops at once
  ckeys rotate 7 --org --expires-in-days 90 --to stdout --yes

The key keeps its id, its name and its history. Its new secret is shown once,
and goes to one of the destinations of `ckeys create --help`, which is looked
at before the key is rotated. Without --grace-hours the old value stops at
once; with it, both values work until then. Where the destination fails after
all, a key whose old value has stopped is deactivated; one in its grace period
is left as it is, to be rotated again.

The key that ckeys is signed in with can't be rotated, and an older service
may not know rotation; both are told before anything is sent.";

pub(super) const DELETE: &str = "\
Examples:
  ckeys delete 34 --project 'Production App'    asks for the key's name
  ckeys delete 34 --project 'Production App' --confirm 'Nightly evals'
  ckeys delete 7 --org --deactivate --dry-run

Deleting asks for the key's name to be typed, or its id where the name is
empty, shared by another key, longer than 40 cells, or can't be typed as it
looks. Without a terminal, --confirm has to hold the same.";

pub(super) const JOURNAL: &str = "\
Examples:
  ckeys journal
  ckeys journal -n 20          the newest twenty
  ckeys journal --json | jq '.open'    what was left open

Newest last. It holds no secret, and is kept in XDG_STATE_HOME (by default
~/.local/state) under confident-keys; neither a key nor a network is needed.

Outcomes:
  done        it happened
  failed      it certainly did not
  unknown     it was sent, and what became of it is not known
  orphan      a key exists whose secret nobody has
  none        it was looked up: nothing had happened
  under way   a key is being generated or rotated right now
  open        ckeys was ended while it generated or rotated a key; its next
              start looks what became of it

With --plain a line is one entry, and a tab stands between its fields: time,
action, organization, scope, id, name, outcome, detail. A field without a
value is `-`.";

pub(super) const PROFILE: &str = "\
Examples:
  ckeys profile add work --region EU --key file --default
  ckeys profile login work
  ckeys profile list
  ckeys whoami --profile work

A profile is an organization in config.toml: where it is, where its key comes
from, how careful to be. `--profile NAME`, else CKEYS_PROFILE, chooses one;
else the environment counts where it holds a key, else default_profile.";

pub(super) const PROFILE_ADD: &str = "\
Examples:
  ckeys profile add work --region EU --key file --default
  ckeys profile add prod --key 'command:op read op://a/b/key' --read-only
  ckeys profile add own --base-url https://keys.example.com --key file:~/own

Places of keys:
  environment      CONFIDENT_ORG_API_KEY
  keyring          the operating system's, where ckeys was built with it
  file             a file beside config.toml that only you can read
  file:PATH        that file
  command:'WORDS'  a command that prints the key whenever ckeys starts; no shell
                   runs it

`ckeys profile login` puts a key into the keyring or the file. With
--read-only the profile is one whose keys can't be changed. The rest of
config.toml stays as it is, comments too.";

pub(super) const PROFILE_LIST: &str = "\
Examples:
  ckeys profile list
  ckeys profile list --check    runs commands and asks the keyring, too
  ckeys profile list --json | jq -r '.profiles[].name'";

pub(super) const PROFILE_REMOVE: &str = "\
Examples:
  ckeys profile remove work
  ckeys profile remove work --yes
  ckeys profile remove work --keep-key    leaves the key where it is stored

No key of the service is changed. A key file that ckeys did not write itself
is left as it is.";

pub(super) const PROFILE_LOGIN: &str = "\
Examples:
  ckeys profile login work               asks for the key without showing it
  op read op://a/b/key | ckeys profile login work

The key is stored once the service has taken it, for this profile's address
alone: where that changes, a key has to be given again.";

pub(super) const DOCTOR: &str = "\
Examples:
  ckeys doctor
  ckeys doctor --try-clipboard    copies a harmless text, too
  ckeys doctor --json | jq -r '.checks[] | select(.status == \"problem\").name'

It changes nothing, and shows no secret. Without a key it looks at all that
needs none. Each check has one of these:
  ok        nothing to do
  warning   it works, but less well than it could, or something may surprise
  problem   something does not work
  unknown   it can't be told from here, or was not looked at

Exit codes: 1 where there is a problem; warnings alone exit 0.";

pub(super) const DEMO_SERVER: &str = "\
Examples:
  ckeys demo-server
  ckeys demo-server --projects 20 --keys-per-project 50 --api v2
  ckeys demo-server --fault 'GET status=429,retry-after=5,times=2'

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
  hold                 as delay=MS, without an end
  retry-after=SECONDS  the header Retry-After
  deprecated           `deprecated: true` in the envelope
  sunset=YYYY-MM-DD    the header Sunset
  skip=N               the first N requests that fit pass
  times=N|always       how many requests are met; 1 without it

Of several faults, the first that fits and is not used up is taken.

Clock: /demo/clock tells the service's time, and needs no key. Time goes by
at once with a POST of {\"forward\": \"25h\"} (or 7d, 90m) or {\"to\": \"TIME\"}:
  curl -d '{\"forward\": \"25h\"}' \"$CONFIDENT_BASE_URL/demo/clock\"";

const LIST_EXAMPLES: &str = "\
Examples:
  ckeys list                   all keys of the organization and its projects
  ckeys list --org             the organization's own
  ckeys list --project 'Production App' --json
  ckeys list --filter 'dup !inactive'
  ckeys list --plain | awk -F '\\t' '$2 == \"stale\" { print $1, $3 }'";

const LIST_PLAIN: &str = "\
With --plain a line is one key, and a tab stands between its fields: id, status
(one word), name, scope, last used, expires, created, end of the value, and
`you` for the key you are signed in with. A field without a value is `-`. Times
are UTC, unless the configuration says local. No field is left out, cut,
aligned or coloured, and there is no heading.";

const AUDIT_EXAMPLES: &str = "\
Examples:
  ckeys audit                  the stale keys, and why; 14 if there are some
  ckeys audit --stale-after 6mo --project Sandbox
  ckeys audit --filter 'inactive created:>1y' --fail-on none
  ckeys audit --format markdown --fail-on stale,expiring
  ckeys audit --since last.json    what became of the keys since then";

/// The language of `--filter`.
const FILTERS: &str = "\
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

pub(super) const COMPLETIONS: &str = "\
Examples:
  source <(ckeys completions bash)    in ~/.bashrc
  source <(ckeys completions zsh)     in ~/.zshrc, after compinit
  ckeys completions fish > ~/.config/fish/completions/ckeys.fish
  ckeys completions powershell | Out-String | Invoke-Expression    in $PROFILE

Commands, options and their values are completed, and the names of projects:
those are read from the service when Tab is pressed, for a second at most, with
the key and the address that any command would use. Where that fails, none are
offered, and nothing is said. A project whose name a shell could misread is
offered by its id.";

pub(super) const MAN: &str = "\
Examples:
  ckeys man | man -l -                 the page of ckeys itself
  ckeys man ~/.local/share/man/man1    a page for each command, as files";

/// Of `list`.
pub(super) fn list() -> String {
    format!("{LIST_EXAMPLES}\n\n{FILTERS}\n\n{LIST_PLAIN}")
}

/// Of `audit`.
pub(super) fn audit() -> String {
    format!("{AUDIT_EXAMPLES}\n\n{AUDITING}\n\n{FILTERS}\n\n{AUDIT_EXITS}")
}

const AUDITING: &str = "\
Without a filter it finds the keys that are stale or were never used, and
whatever else --fail-on names. A filter of names and scopes narrows that, and
so does what it leaves out with `!`. A filter that says more of the keys, such
as 'inactive created:>1y', decides alone what is found.

--since takes what `ckeys audit --json` printed, or `ckeys list --json` without
a filter, and tells which keys are new, newly stale, revived (in use or
working again), stopped (deactivated or expired) and gone since then.

--fail-on: stale, never, idle, new, active, unknown, inactive, expired,
expiring (within 14 days), any (whatever is found), none. Without it: stale
and never.

With --plain a line is one key, and a tab stands between its fields: id, status
(one word), name, scope, reason, created, end of the value, and `you` for the
key you are signed in with. A field without a value is `-`. With --since an
empty line follows, and then what changed: change, id, name, scope, then, now,
end of the value.";

const AUDIT_EXITS: &str = "\
Exit codes:
  0 nothing found that --fail-on names    14 something found
  1 a part could not be read (it is told which), whatever was found";
