//! One profile, as the screen lists it: what it is called, and how far it is from being entered.

use super::Session;
use super::request::RequestId;
use crate::api::model::Organization;
use crate::config::{Colour, Entry, InForce, KeyPlace, KeySource, Region, Site};
use crate::text::Text;

/// A profile by its name; none is what the program was started with where that is no profile.
pub type ProfileName = Option<String>;

/// How far a profile is that is not in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// Its key was not asked for.
    #[default]
    NotAsked,
    /// Its key is being read.
    Reading(RequestId),
    /// Its key is there, and its service is being called.
    Calling(RequestId),
    /// It can't be entered.
    Failed(NotOpened),
    /// Its key was read, and accepted when it was used last.
    SignedIn,
}

/// Why a profile was not entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOpened {
    /// In a word or two.
    pub word: &'static str,
    /// What is wrong and what to do; sentences.
    pub reason: String,
}

/// A profile that can be entered: its key is there, and its service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its service, as the screen shows it.
    pub session: Session,
    /// What is in force with it.
    pub in_force: InForce,
    /// What its service answered.
    pub organization: Organization,
}

/// A profile as the screen lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub name: ProfileName,
    /// Its region or host; empty where the key tells, or the embedded service is meant.
    pub place: String,
    /// Where its key comes from.
    pub source: KeySource,
    /// The colour of its name.
    pub colour: Option<Colour>,
    /// Whether it is a production profile.
    pub is_production: bool,
    /// Whether nothing is to be changed there.
    pub is_read_only: bool,
    /// How far it is. Of the one in force, it is what it was before.
    pub standing: Standing,
    /// As it was left, where it was in force before.
    pub(super) left: Option<Box<Session>>,
}

impl Listed {
    /// What `entry` of `config.toml` says.
    pub fn of(entry: &Entry) -> Self {
        let name = Some(entry.name.clone());
        match &entry.profile {
            Ok(profile) => Self {
                name,
                place: profile.site.as_ref().map(place).unwrap_or_default(),
                source: profile.key.source(),
                colour: profile.shown_colour(),
                is_production: profile.is_production,
                is_read_only: profile.read_only,
                standing: Standing::default(),
                left: None,
            },
            Err(why) => Self {
                name,
                place: String::new(),
                source: KeyPlace::Environment.source(),
                colour: None,
                is_production: false,
                is_read_only: false,
                standing: Standing::Failed(NotOpened {
                    word: "unusable",
                    reason: format!("It can't be used: {}.", Text::from(why.as_str())),
                }),
                left: None,
            },
        }
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        match (&self.name, self.source) {
            (Some(name), _) => name,
            (None, KeySource::Embedded) => "demo",
            (None, _) => "environment",
        }
    }
}

fn place(site: &Site) -> String {
    match site {
        Site::Region(region) => region.label().to_owned(),
        Site::At(url) => match Region::of_address(url) {
            Some(region) => region.label().to_owned(),
            None => crate::config::host(url),
        },
    }
}

/// What a profile is called in messages.
pub(super) fn title(name: &ProfileName) -> &str {
    name.as_deref().unwrap_or("environment")
}
