//! What the commands about profiles print with `--json`.

use serde::Serialize;

use super::KeyIs;
use crate::cli::json::PlanDocument;
use crate::config::{Colour, Entry, Site};

/// `profile list`
#[derive(Serialize)]
pub(super) struct ProfilesDocument<'a> {
    pub(super) profiles: Vec<ProfileDocument<'a>>,
}

/// `profile add`
#[derive(Serialize)]
pub(super) struct OneProfile<'a> {
    pub(super) profile: ProfileDocument<'a>,
}

/// A profile; of one that can't be used, its name and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProfileDocument<'a> {
    name: &'a str,
    is_default: bool,
    problem: Option<&'a str>,
    region: Option<&'static str>,
    base_url: Option<&'a str>,
    key_from: Option<&'static str>,
    key: Option<&'static str>,
    key_problem: Option<&'a str>,
    read_only: Option<bool>,
    production: Option<bool>,
    colour: Option<&'static str>,
    allow_http: Option<bool>,
}

impl<'a> ProfileDocument<'a> {
    pub(super) fn new(entry: &'a Entry, key: Option<&'a KeyIs>, is_default: bool) -> Self {
        let profile = entry.profile.as_ref().ok();
        let site = profile.and_then(|profile| profile.site.as_ref());
        Self {
            name: &entry.name,
            is_default,
            problem: entry.profile.as_ref().err().map(String::as_str),
            region: site.and_then(|site| if let Site::Region(region) = site { Some(region.label()) } else { None }),
            base_url: site.and_then(|site| if let Site::At(url) = site { Some(url.as_str()) } else { None }),
            key_from: profile.map(|profile| profile.key.word()),
            key: key.map(KeyIs::word),
            key_problem: key.and_then(|key| if let KeyIs::OfNoUse(why) = key { Some(why.as_str()) } else { None }),
            read_only: profile.map(|profile| profile.read_only),
            production: profile.map(|profile| profile.is_production),
            colour: profile.and_then(|profile| profile.colour).map(Colour::name),
            allow_http: profile.map(|profile| profile.allows_http),
        }
    }
}

/// `profile login`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoginDocument<'a> {
    pub(super) profile: &'a str,
    pub(super) organization: PlanDocument<'a>,
    pub(super) base_url: &'a str,
    pub(super) key_from: &'static str,
}

/// `profile remove`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemovedDocument<'a> {
    pub(super) removed: &'a str,
    pub(super) key_removed: bool,
}
