//! What arguments hold, and whose keys they ask for.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::place::Wanted;
use crate::api::model::Lifetime;
use crate::config::{ThemeName, check_name};
use crate::guard;

/// The longest lifetime that can be asked for; the service may allow less.
const MOST_DAYS: u32 = 36_500;

/// The shells that there is a script for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
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

/// A number of days, or `none`.
pub(super) fn lifetime(text: &str) -> Result<Lifetime, String> {
    if text == "none" {
        return Ok(Lifetime::Unlimited);
    }
    match text.parse() {
        Ok(days @ 1..=MOST_DAYS) => Ok(Lifetime::Days(days)),
        _ => Err(format!("it is a whole number of days from 1 to {MOST_DAYS}, or none")),
    }
}

/// The name of a profile.
pub(super) fn profile_name(name: &str) -> Result<String, String> {
    check_name(name).map(|()| name.to_owned()).map_err(|why| format!("a profile's name {why}"))
}

/// A theme by its name.
pub(super) fn theme_name() -> impl TypedValueParser<Value = ThemeName> {
    PossibleValuesParser::new(ThemeName::ALL.map(ThemeName::name))
        .try_map(|name| name.parse().map_err(|()| "there is no such theme"))
}

/// A project by its name or id.
pub(super) fn project(wanted: &str) -> Result<String, &'static str> {
    if wanted.trim().is_empty() { Err("name the project, or give its id") } else { Ok(wanted.to_owned()) }
}

/// The name of a new key.
pub(super) fn name(name: &str) -> Result<String, String> {
    guard::new_name(name).map(str::to_owned).map_err(|error| error.to_string())
}
