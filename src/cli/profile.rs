//! `profile`: the organizations of `config.toml`, and their keys.

mod add;
mod json;
mod login;
mod prompt;

use clap::{Args, Subcommand};

use super::confirm;
use super::exit::{Exit, Failure};
use super::help;
use super::json::print_json;
use super::output::{Style, inform, print, say};
use super::people::{Row, Table};
use super::session::load_configuration;
use super::values::profile_name;
use crate::config::{
    Choice, Configuration, Entry, Forgotten, KeyError, KeyPlace, Profile, Site, Surroundings, edit, forget, has_key,
    holds_key,
};
use crate::text::Text;
use json::{ProfileDocument, ProfilesDocument, RemovedDocument};

/// `profile`
#[derive(Debug, Args)]
#[command(after_help = help::PROFILE)]
pub struct Profiles {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Add a profile to config.toml
    Add(Box<add::Add>),
    /// List the profiles
    List(List),
    /// Remove a profile, and the key that was stored for it
    Remove(Remove),
    /// Take a profile's key, check it, and store it
    Login(login::Login),
}

/// `profile list`
#[derive(Debug, Args)]
#[command(after_help = help::PROFILE_LIST)]
struct List {
    /// Ask commands and the keyring for theirs, too
    #[arg(long)]
    check: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// `profile remove`
#[derive(Debug, Args)]
#[command(after_help = help::PROFILE_REMOVE)]
struct Remove {
    /// Which
    #[arg(value_parser = profile_name)]
    name: String,
    /// Do not ask; needed without a terminal
    #[arg(long)]
    yes: bool,
    /// Leave the key that was stored for it where it is
    #[arg(long)]
    keep_key: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Carries it out. `choice` is what was asked for before the command.
pub(super) fn run(profiles: &Profiles, choice: &Choice) -> Result<Exit, Failure> {
    let configuration = load_configuration();
    match &profiles.action {
        Action::Add(arguments) => add::run(arguments, &configuration, choice.read_only),
        Action::List(arguments) => list(arguments, &configuration),
        Action::Remove(arguments) => remove(arguments, &configuration),
        Action::Login(arguments) => login::run(arguments, &configuration, choice),
    }
}

/// Where `config.toml` is or would be.
fn path(configuration: &Configuration) -> Result<&std::path::Path, Failure> {
    configuration.path.as_deref().ok_or_else(|| {
        Failure::usage(
            "There is no home folder to keep config.toml in. Set HOME, or XDG_CONFIG_HOME, to a folder of yours.",
        )
    })
}

fn surroundings(configuration: &Configuration) -> Surroundings {
    configuration.surroundings(&super::environment)
}

/// Whether a profile's key is where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum KeyIs {
    There,
    Missing,
    /// For this reason.
    OfNoUse(String),
    NotAsked,
}

impl KeyIs {
    fn of(profile: &Profile, asks: bool, surroundings: &Surroundings) -> Self {
        let found = match &profile.key {
            KeyPlace::Environment => {
                return if holds_key(super::environment) { Self::There } else { Self::Missing };
            }
            KeyPlace::Command { .. } | KeyPlace::Keyring if !asks => return Self::NotAsked,
            _ => has_key(profile, surroundings),
        };
        match found {
            Ok(()) => Self::There,
            Err(KeyError::Missing(_)) => Self::Missing,
            Err(KeyError::Failed(why)) => Self::OfNoUse(why),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Missing => "missing",
            Self::OfNoUse(_) => "of no use",
            Self::NotAsked => "not asked",
        }
    }
}

fn list(arguments: &List, configuration: &Configuration) -> Result<Exit, Failure> {
    let (profiles, surroundings) = (&configuration.profiles, surroundings(configuration));
    let seen: Vec<(&Entry, Option<KeyIs>)> = profiles
        .entries
        .iter()
        .map(|entry| {
            let key = entry.profile.as_ref().ok();
            (entry, key.map(|profile| KeyIs::of(profile, arguments.check, &surroundings)))
        })
        .collect();
    let is_default = |entry: &Entry| profiles.default.as_ref() == Some(&entry.name);
    if arguments.json {
        let documents = seen.iter().map(|(entry, key)| ProfileDocument::new(entry, key.as_ref(), is_default(entry)));
        print_json(&ProfilesDocument { profiles: documents.collect() })?;
        return Ok(Exit::Done);
    }
    if seen.is_empty() {
        inform("There is no profile yet: `ckeys profile add NAME` adds one.");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["NAME", "SERVICE", "KEY FROM", "KEY", "NOTES"]);
    for (entry, key) in &seen {
        let mut notes = Vec::new();
        notes.extend(is_default(entry).then_some("default".to_owned()));
        let cells = match (&entry.profile, key) {
            (Ok(profile), Some(key)) => {
                notes.extend(profile.is_production.then_some("production".to_owned()));
                notes.extend(profile.read_only.then_some("read-only".to_owned()));
                notes.extend(profile.allows_http.then_some("plain http".to_owned()));
                [service(profile), profile.key.to_string(), key.word().to_owned()]
            }
            // Why not was told already, as of all settings.
            (Err(_), _) => {
                notes.push("can't be used".to_owned());
                Default::default()
            }
            _ => Default::default(),
        };
        let cells = [entry.name.clone()].into_iter().chain(cells).chain([notes.join(", ")]);
        table.push(Row::plain(cells.map(|cell| Text::from(cell).to_string()).collect()));
    }
    print(&table.render(Style::of_stdout(), &["NOTES", "KEY FROM", "SERVICE"], &["NOTES"]))?;
    for (entry, key) in &seen {
        if let Some(KeyIs::OfNoUse(why)) = key {
            say(format_args!("ckeys: The key of the profile “{}” can't be had: {why}.", entry.name));
        }
    }
    Ok(Exit::Done)
}

/// Where its service is, as far as that is said.
fn service(profile: &Profile) -> String {
    match &profile.site {
        Some(Site::Region(region)) => region.label().to_owned(),
        Some(Site::At(url)) => url.as_str().trim_end_matches('/').to_owned(),
        None => "by its key".to_owned(),
    }
}

fn remove(arguments: &Remove, configuration: &Configuration) -> Result<Exit, Failure> {
    let name = &arguments.name;
    let entry = configuration.profiles.find(name);
    let entry = entry.ok_or_else(|| Failure::new(Exit::NotFound, format!("There is no profile “{name}”.")))?;
    let path = path(configuration)?;
    let question = format!(
        "Remove the profile “{name}” from {}{}?\nNo key of the service is changed.",
        Text::from(path.display().to_string()),
        if arguments.keep_key { "" } else { ", and the key that was stored for it" },
    );
    super::block_on(confirm::agree(&question, arguments.yes))?;
    // The key first: while the profile is there, removing it can be tried again.
    let forgotten = match &entry.profile {
        Ok(profile) if !arguments.keep_key => forget(profile, &surroundings(configuration)),
        Ok(_) | Err(_) => Ok(Forgotten::None),
    };
    let forgotten = forgotten.map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!(
                "Its key could not be removed: {error}. The profile is left as it was; with --keep-key, it goes alone."
            ),
        )
    })?;
    edit::remove(path, name).map_err(|why| Failure::new(Exit::Failed, format!("{why}.")))?;
    let key = match &forgotten {
        Forgotten::Gone => " and the key that was stored for it".to_owned(),
        Forgotten::None => String::new(),
        Forgotten::Left(file) => {
            say(format_args!(
                "ckeys: Its key file, {}, was not written by ckeys and is left as it is.",
                Text::from(file.display().to_string())
            ));
            String::new()
        }
    };
    inform(format_args!("Removed the profile “{name}”{key}."));
    if arguments.json {
        print_json(&RemovedDocument { removed: name, key_removed: forgotten == Forgotten::Gone })?;
    }
    Ok(Exit::Done)
}
