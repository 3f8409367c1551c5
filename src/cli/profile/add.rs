//! `profile add`

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::json::{OneProfile, ProfileDocument};
use super::{KeyIs, path, surroundings};
use crate::cli::exit::{Exit, Failure};
use crate::cli::help;
use crate::cli::json::print_json;
use crate::cli::output::inform;
use crate::cli::values::profile_name;
use crate::config::{
    Colour, Configuration, Entry, HAS_KEYRING, KeyPlace, Profile, Region, Site, checked_address, edit,
};
use crate::destination::CommandLine;
use crate::redact;
use crate::text::Text;

/// `profile add`
#[derive(Debug, Args)]
#[command(after_help = help::PROFILE_ADD)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Add {
    /// What to call it: letters, digits, and - _ .
    #[arg(value_parser = profile_name)]
    name: String,
    /// One of the vendor's regions: US, EU or AU
    #[arg(long, value_name = "REGION", value_parser = region, conflicts_with = "base_url")]
    region: Option<Region>,
    /// The address of a service of your own
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// That address may be plain http
    #[arg(long, requires = "base_url")]
    allow_http: bool,
    /// Where its key is; see below
    #[arg(long, value_name = "PLACE")]
    key: Option<Place>,
    /// Have the screen say all the time that it is production
    #[arg(long)]
    production: bool,
    /// The colour of its name, such as red
    #[arg(long, value_name = "COLOUR", value_parser = colour)]
    colour: Option<Colour>,
    /// Use it wherever nothing else is asked for
    #[arg(long)]
    default: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Where a key is, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Environment,
    Keyring,
    OwnFile,
    File(PathBuf),
    Command(Vec<String>),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if redact::holds_key(text) {
            return Err("this is a place, and never the key itself".to_owned());
        }
        if let Some(path) = text.strip_prefix("file:").filter(|path| !path.is_empty()) {
            let is_at_home = path.starts_with("~/");
            // In config.toml, a relative path begins in the folder of that.
            let path = if is_at_home { Ok(path.into()) } else { std::path::absolute(path) };
            return path.map(Self::File).map_err(|error| format!("that is no path ({error})"));
        }
        if let Some(line) = text.strip_prefix("command:") {
            let line = CommandLine::parse(line).map_err(|error| error.to_string())?;
            return Ok(Self::Command([&[line.program().to_owned()], line.arguments()].concat()));
        }
        match text {
            "environment" => Ok(Self::Environment),
            "keyring" => Ok(Self::Keyring),
            "file" => Ok(Self::OwnFile),
            _ => Err("it is environment, keyring, file, file:PATH or command:'WORDS'".to_owned()),
        }
    }
}

fn region(label: &str) -> Result<Region, &'static str> {
    Region::from_label(label).ok_or("it is US, EU or AU")
}

fn colour(name: &str) -> Result<Colour, String> {
    Colour::named(name).ok_or_else(|| format!("it is one of {}", Colour::ALL.map(Colour::name).join(", ")))
}

pub(super) fn run(arguments: &Add, configuration: &Configuration, read_only: bool) -> Result<Exit, Failure> {
    let Add { name, region, base_url, allow_http, key, production, colour, default, json } = arguments;
    let path = path(configuration)?;
    if configuration.profiles.find(name).is_some() {
        return Err(Failure::usage(format!("There is a profile “{name}” already. Nothing was changed.")));
    }
    let site = match base_url {
        Some(address) => {
            let url = checked_address(address, *allow_http);
            Some(Site::At(url.map_err(|why| Failure::usage(format!("--base-url {why}. Nothing was changed.")))?))
        }
        None => region.map(Site::Region),
    };
    let key = match key {
        Some(Place::Environment) => KeyPlace::Environment,
        Some(Place::File(path)) => KeyPlace::File(path.clone()),
        Some(Place::OwnFile) => KeyPlace::File(edit::key_file(name)),
        Some(Place::Command(words)) => KeyPlace::Command { words: words.clone(), timeout: Duration::from_secs(30) },
        Some(Place::Keyring) if !HAS_KEYRING => {
            return Err(Failure::usage(
                "This ckeys was built without the keyring (cargo's feature `keyring`). Say --key file, for a file that \
                 only you can read, or --key command:'WORDS'. Nothing was changed.",
            ));
        }
        Some(Place::Keyring) => KeyPlace::Keyring,
        None if HAS_KEYRING => KeyPlace::Keyring,
        // A file in plain text is not for this program to choose.
        None => {
            return Err(Failure::usage(
                "Say where its key is: --key file, for a file that only you can read, --key command:'WORDS', or --key \
                 environment. Nothing was changed.",
            ));
        }
    };
    let profile = Profile {
        site,
        key,
        read_only,
        is_production: *production,
        colour: *colour,
        allows_http: *allow_http,
        ..Profile::new(name)
    };
    // Whoever has one means that one.
    let default = *default || (configuration.profiles.entries.is_empty() && configuration.profiles.default.is_none());
    edit::add(path, &profile, default)
        .map_err(|why| Failure::new(Exit::Failed, format!("Nothing was changed: {why}.")))?;
    let next = match profile.key {
        KeyPlace::Keyring | KeyPlace::File(_) => format!(" `ckeys profile login {name}` gives it its key."),
        KeyPlace::Environment | KeyPlace::Command { .. } => String::new(),
    };
    let used = if default { ", as the one that is used by default" } else { "" };
    inform(format_args!("Added the profile “{name}” to {}{used}.{next}", Text::from(path.display().to_string())));
    if *json {
        let key = KeyIs::of(&profile, false, &surroundings(configuration));
        let entry = Entry { name: name.clone(), line: 0, profile: Ok(profile) };
        print_json(&OneProfile { profile: ProfileDocument::new(&entry, Some(&key), default) })?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_word_a_file_or_a_command() {
        let words = |words: &[&str]| Place::Command(words.iter().map(|word| (*word).to_owned()).collect());
        for (text, expected) in [
            ("environment", Some(Place::Environment)),
            ("keyring", Some(Place::Keyring)),
            ("file", Some(Place::OwnFile)),
            ("file:/run/key", Some(Place::File("/run/key".into()))),
            ("file:~/key", Some(Place::File("~/key".into()))),
            ("file:key", Some(Place::File(std::env::current_dir().unwrap().join("key")))),
            ("command:op read 'op://a b/c'", Some(words(&["op", "read", "op://a b/c"]))),
            ("command:", None),
            ("command:a | b", None),
            ("file:", None),
            ("elsewhere", None),
            ("command:echo confident_us_org_fake_not_a_key_a1b2c3", None),
            ("confident_us_org_fake_not_a_key_a1b2c3", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }
}
