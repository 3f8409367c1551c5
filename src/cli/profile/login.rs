//! `profile login`

use std::io::{self, IsTerminal as _, Read as _};

use clap::Args;
use zeroize::Zeroizing;

use super::json::LoginDocument;
use super::{prompt, surroundings};
use crate::api::{Client, Limits};
use crate::cli::exit::{Exit, Failure};
use crate::cli::help;
use crate::cli::json::{PlanDocument, print_json};
use crate::cli::output::{inform, say};
use crate::cli::people::sentence;
use crate::cli::values::profile_name;
use crate::config::{
    Choice, Configuration, KeyForm, KeyPlace, Profile, Stored, check_keeping, check_key, holds_key, keep, own_address,
    speak_from_environment,
};
use crate::redact;
use crate::secret::Secret;
use crate::text::Text;

/// No key is longer, in bytes.
const MAX_BYTES: u64 = 16 * 1024;

/// `profile login`
#[derive(Debug, Args)]
#[command(after_help = help::PROFILE_LOGIN)]
pub(super) struct Login {
    /// Which, unless --profile or another choice names it
    #[arg(value_parser = profile_name)]
    name: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Login, configuration: &Configuration, choice: &Choice) -> Result<Exit, Failure> {
    let profile = wanted(arguments, configuration, choice)?;
    let name = &profile.name;
    let surroundings = surroundings(configuration);
    let place = match &profile.key {
        KeyPlace::Keyring => "the keyring".to_owned(),
        KeyPlace::File(path) => Text::from(surroundings.resolve(path).display().to_string()).to_string(),
        KeyPlace::Environment => {
            return Err(Failure::usage(format!(
                "The profile “{name}” has its key from CONFIDENT_ORG_API_KEY, so there is nothing to store: export it there."
            )));
        }
        KeyPlace::Command { .. } => {
            return Err(Failure::usage(format!(
                "The profile “{name}” has its key from a command, so there is nothing to store: put it where that has it from."
            )));
        }
    };
    // Before a key is asked for that could then go nowhere.
    check_keeping(profile, &surroundings)
        .map_err(|error| Failure::new(Exit::Failed, format!("A key can't be stored in {place}: {error}.")))?;
    let key = read(name)?;
    redact::note_key(&key);
    check_key(&key)
        .map_err(|what| Failure::usage(format!("That holds {what}, so it can't be a key. Nothing was stored.")))?;
    if KeyForm::of(&key) == Some(KeyForm::Project) {
        say("ckeys: Warning: By its prefix this is a project's key, which can't manage keys.");
    }
    let address = own_address(profile, Some(&key)).map_err(|error| Failure::usage(error.to_string()))?;
    if address.base_url.scheme() == "http" && !crate::api::is_loopback(&address.base_url) {
        say("ckeys: Warning: This profile allows plain http: the key crosses the network in the open.");
    }
    let speak = speak_from_environment(crate::cli::environment).map_err(|error| Failure::usage(error.to_string()))?;
    let client = Client::new(address.base_url.clone(), key.clone(), Limits::default())
        .speaking(speak.unwrap_or(configuration.settings.speak))
        .read_only("Logging in changes no key");
    let organization = crate::cli::block_on(async { client.organization().await.map_err(Failure::from) });
    let organization = organization.map_err(|mut failure| {
        failure.add("Nothing was stored.");
        failure
    })?;
    let tail = key.tail().to_owned();
    keep(profile, &Stored::new(key, &address.base_url), &surroundings).map_err(|error| {
        Failure::new(Exit::Failed, format!("The key is accepted, but could not be stored: {error}."))
    })?;
    let words = format!("The key …{tail} is in {place}, for the profile “{name}” and {}", organization.name);
    inform(sentence(&words));
    if holds_key(crate::cli::environment) {
        say("ckeys: Warning: CONFIDENT_ORG_API_KEY is set, and goes before it.");
    }
    if arguments.json {
        print_json(&LoginDocument {
            profile: name,
            organization: PlanDocument::new(&organization),
            base_url: address.base_url.as_str().trim_end_matches('/'),
            key_from: profile.key.word(),
        })?;
    }
    Ok(Exit::Done)
}

/// The profile that a key is for.
fn wanted<'a>(arguments: &Login, configuration: &'a Configuration, choice: &Choice) -> Result<&'a Profile, Failure> {
    let profile = arguments.name.clone().or_else(|| choice.profile.clone());
    // The environment's own key has no say here.
    let variable = |name: &str| crate::cli::environment(name).filter(|_| name != "CONFIDENT_ORG_API_KEY");
    let chosen = configuration.choose(&Choice { profile, read_only: false }, &variable);
    let chosen = chosen.map_err(|error| Failure::usage(error.to_string()))?;
    chosen.profile().ok_or_else(|| {
        Failure::usage(
            "Name the profile that the key is for: `ckeys profile list` shows them, `ckeys profile add` adds one.",
        )
    })
}

/// The key, from a person or from standard input.
fn read(name: &str) -> Result<Secret, Failure> {
    let text =
        if io::stdin().is_terminal() {
            crate::cli::block_on(prompt::hidden(&format!("Organization key for “{name}” (not shown): ")))?
        } else {
            let mut text = Zeroizing::new(String::with_capacity(usize::try_from(MAX_BYTES).unwrap_or_default()));
            io::stdin().lock().take(MAX_BYTES).read_to_string(&mut text).map_err(|error| {
                Failure::usage(format!("Standard input can't be read ({error}). Nothing was stored."))
            })?;
            if u64::try_from(text.len()).is_ok_and(|bytes| bytes >= MAX_BYTES) {
                return Err(Failure::usage("Standard input holds too much to be a key. Nothing was stored."));
            }
            text
        };
    match text.trim() {
        "" => Err(Failure::new(Exit::NotAuthorized, "No key was given. Nothing was stored.")),
        key => Ok(Secret::new(key)),
    }
}
