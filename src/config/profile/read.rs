//! Reading `[profiles.NAME]`: what is wrong is told by its line, and never quoted where it may be a key.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{COMMAND_TIMEOUT, Entry, KeyPlace, Profile, Profiles, Site, check_name};
use crate::config::profile::Colour;
use crate::config::reader::{Reader, integer, quotable};
use crate::config::site::{Region, base_url};
use crate::redact;
use crate::status::Overrides;

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    pub(in crate::config) fn default_profile(&mut self, value: &Value<'_>, profiles: &mut Profiles) {
        match value.get_ref().as_str() {
            // One that is not there is told when it is to be used.
            Some(name) if check_name(name).is_ok() => profiles.default = Some(name.to_owned()),
            _ => self.bad(value, "the name of a profile"),
        }
    }

    pub(in crate::config) fn profiles(
        &mut self,
        section: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value<'_>,
        profiles: &mut Profiles,
    ) {
        let Some(table) = value.get_ref().as_table() else {
            let line = self.line(section.span().start);
            self.problems
                .push((Some(line), "profiles are sections, written [profiles.NAME]; it is ignored".to_owned()));
            return;
        };
        for (name, value) in table {
            let line = self.line(name.span().start);
            let label = name.get_ref().as_ref();
            let quoted = quotable(label);
            if let Err(why) = check_name(label) {
                self.problems.push((Some(line), format!("a profile's name {why}: `{quoted}` is ignored")));
                continue;
            }
            let read = match value.get_ref().as_table() {
                Some(table) => self.profile(label, table),
                None => Err((line, format!("it is a section, written [profiles.{quoted}]"))),
            };
            let profile = read.map_err(|(line, why)| {
                self.problems.push((Some(line), format!("the profile “{quoted}” can't be used: {why}")));
                format!("line {line} of config.toml: {why}")
            });
            profiles.entries.push(Entry { name: label.to_owned(), line, profile });
        }
        profiles.entries.sort_by_key(|entry| entry.line);
    }

    /// The profile in `table`; or the first line that keeps it from being used, and why.
    fn profile(&mut self, name: &str, table: &DeTable<'_>) -> Result<Profile, (usize, String)> {
        let mut profile = Profile::new(name);
        let mut fatal: Vec<(usize, String)> = Vec::new();
        let (mut region, mut address) = (None, None);
        for (entry, value) in table {
            let line = self.line(value.span().start);
            let mut wants = |what: &str| fatal.push((line, format!("`{}` takes {what}", quotable(entry.get_ref()))));
            match entry.get_ref().as_ref() {
                "region" => match value.get_ref().as_str().and_then(Region::from_label) {
                    Some(found) => region = Some((line, found)),
                    None => wants("\"US\", \"EU\" or \"AU\""),
                },
                // What it may be depends on `allow_http`, which may come later.
                "base_url" => match value.get_ref().as_str() {
                    Some(found) => address = Some((line, found)),
                    None => wants("an address, such as \"https://confident.example.com\""),
                },
                "key" => match key_place(value) {
                    Ok(place) => profile.key = place,
                    Err(what) => wants(what),
                },
                "read_only" => match value.get_ref().as_bool() {
                    Some(read_only) => profile.read_only = read_only,
                    None => wants("true or false"),
                },
                "production" => match value.get_ref().as_bool() {
                    Some(is_production) => profile.is_production = is_production,
                    None => wants("true or false"),
                },
                "allow_http" => match value.get_ref().as_bool() {
                    Some(allows_http) => profile.allows_http = allows_http,
                    None => wants("true or false"),
                },
                "colour" | "color" => match value.get_ref().as_str().and_then(Colour::named) {
                    Some(colour) => profile.colour = Some(colour),
                    None => self.bad(value, &format!("one of {}", Colour::ALL.map(Colour::name).join(", "))),
                },
                "thresholds" => match value.get_ref().as_table() {
                    Some(table) => profile.thresholds = self.overrides(table),
                    None => self.bad(value, "thresholds, such as { idle_days = 14 }"),
                },
                unknown => {
                    let line = self.line(entry.span().start);
                    fatal.push((line, format!("no setting of a profile is called `{}`", quotable(unknown))));
                }
            }
        }
        if let (Some((one, _)), Some((other, _))) = (region, address) {
            fatal.push((one.max(other), "`region` and `base_url` exclude each other".to_owned()));
        }
        if let Some((line, address)) = address {
            match base_url(address, profile.allows_http) {
                Ok(url) => profile.site = Some(Site::At(url)),
                Err(why) => fatal.push((line, format!("its base_url {why}"))),
            }
        }
        if let Some((_, region)) = region {
            profile.site = Some(Site::Region(region));
        }
        fatal.into_iter().min_by_key(|(line, _)| *line).map_or(Ok(profile), Err)
    }

    fn overrides(&mut self, table: &DeTable<'_>) -> Overrides {
        let mut overrides = Overrides::default();
        let mut later = None;
        for (name, value) in table {
            let days = match name.get_ref().as_ref() {
                "new_days" => &mut overrides.new_days,
                "idle_days" => &mut overrides.idle_days,
                "stale_days" => &mut overrides.stale_days,
                _ => {
                    self.unknown(name, "thresholds");
                    continue;
                }
            };
            let mut found = 0;
            if let Some(line) = self.days(value, &mut found) {
                *days = Some(found);
                later = later.max(Some(line));
            }
        }
        if let (Some(idle), Some(stale)) = (overrides.idle_days, overrides.stale_days)
            && idle > stale
        {
            let message =
                format!("idle_days is {idle}, above stale_days ({stale}), so no key would be idle; neither is used");
            self.problems.push((later, message));
            (overrides.idle_days, overrides.stale_days) = (None, None);
        }
        overrides
    }
}

/// Where a key is, as `key` says; or what it takes. It is never quoted: it may be the key itself.
fn key_place(value: &Value<'_>) -> Result<KeyPlace, &'static str> {
    const TAKES: &str =
        "\"environment\", \"keyring\", { file = \"PATH\" } or { command = [\"WORD\", …] }, and never the key itself";
    if let Some(word) = value.get_ref().as_str() {
        return match word {
            "environment" => Ok(KeyPlace::Environment),
            "keyring" => Ok(KeyPlace::Keyring),
            _ => Err(TAKES),
        };
    }
    let table = value.get_ref().as_table().ok_or(TAKES)?;
    let (mut place, mut timeout) = (None, None);
    for (name, value) in table {
        let found = match name.get_ref().as_ref() {
            "file" => {
                let path = value.get_ref().as_str().filter(|path| !path.is_empty() && !redact::holds_key(path));
                path.map(|path| KeyPlace::File(path.into()))
            }
            "command" => words(value.get_ref()).map(|words| KeyPlace::Command { words, timeout: COMMAND_TIMEOUT }),
            "timeout_seconds" => {
                match integer(value) {
                    Some(seconds @ 1..=600) => timeout = Some(Duration::from_secs(seconds.into())),
                    _ => return Err("as timeout_seconds a whole number of seconds from 1 to 600"),
                }
                continue;
            }
            _ => None,
        };
        if place.replace(found.ok_or(TAKES)?).is_some() {
            return Err(TAKES);
        }
    }
    match (place, timeout) {
        (Some(KeyPlace::Command { words, .. }), Some(timeout)) => Ok(KeyPlace::Command { words, timeout }),
        (Some(place), None) => Ok(place),
        _ => Err(TAKES),
    }
}

fn words(value: &DeValue<'_>) -> Option<Vec<String>> {
    let words = value.as_array()?.iter().map(|word| word.get_ref().as_str().map(str::to_owned));
    let words = words.collect::<Option<Vec<String>>>()?;
    let is_sound = words.first().is_some_and(|program| !program.is_empty())
        && words.iter().all(|word| !word.contains('\0') && !redact::holds_key(word));
    is_sound.then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Configuration;

    /// The profiles of a text, and its problems as “line: words”.
    fn read(text: &str) -> (Profiles, Vec<String>) {
        let Configuration { profiles, problems, .. } = Configuration::parse(text);
        let told =
            |problem: &crate::config::Problem| format!("{}: {}", problem.line.unwrap_or_default(), problem.message);
        (profiles, problems.iter().map(told).collect())
    }

    #[test]
    fn every_entry_of_a_profile_is_read() {
        let (profiles, problems) = read(
            "default_profile = \"work\"\n\
             [profiles.work]\nregion = \"eu\"\nkey = \"keyring\"\nread_only = true\ncolour = \"red\"\n\
             thresholds = { idle_days = 3, stale_days = 9, new_days = 1 }\n\
             [profiles.cluster]\nbase_url = \"http://keys.cluster.test:8080/x\"\nallow_http = true\n\
             key = { command = [\"op\", \"read\", \"op://a b\"], timeout_seconds = 5 }\n\
             [profiles.own]\nkey = { file = \"~/keys/own\" }\nproduction = true\n\
             [profiles.bare]\n",
        );
        assert_eq!(problems, [""; 0]);
        assert_eq!(profiles.default.as_deref(), Some("work"));
        let command = KeyPlace::Command {
            words: ["op", "read", "op://a b"].map(str::to_owned).into(),
            timeout: Duration::from_secs(5),
        };
        let expected = [
            Profile {
                site: Some(Site::Region(Region::Eu)),
                key: KeyPlace::Keyring,
                read_only: true,
                colour: Some(Colour::Red),
                thresholds: Overrides { new_days: Some(1), idle_days: Some(3), stale_days: Some(9) },
                ..Profile::new("work")
            },
            Profile {
                site: Some(Site::At("http://keys.cluster.test:8080/x".parse().unwrap())),
                key: command,
                allows_http: true,
                ..Profile::new("cluster")
            },
            Profile { key: KeyPlace::File("~/keys/own".into()), is_production: true, ..Profile::new("own") },
            Profile::new("bare"),
        ];
        let read: Vec<_> = profiles.entries.into_iter().map(|entry| entry.profile.unwrap()).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_profile_that_is_not_understood_whole_is_not_used_and_its_line_is_told() {
        for (entry, words) in [
            ("readonly = true", "no setting of a profile is called `readonly`"),
            ("production = 1", "`production` takes true or false"),
            ("read_only = \"yes\"", "`read_only` takes true or false"),
            ("region = \"Mars\"", "`region` takes \"US\""),
            ("region = 1", "`region` takes \"US\""),
            ("base_url = \"keys.example.test\"", "its base_url is no address"),
            ("base_url = \"http://keys.example.test\"", "is plain http"),
            ("allow_http = 1", "`allow_http` takes true or false"),
            ("key = \"file\"", "`key` takes \"environment\""),
            ("key = { file = \"\" }", "`key` takes \"environment\""),
            ("key = { file = \"a\", command = [\"b\"] }", "`key` takes \"environment\""),
            ("key = { file = \"a\", timeout_seconds = 3 }", "`key` takes \"environment\""),
            ("key = { command = [] }", "`key` takes \"environment\""),
            ("key = { command = \"op read\" }", "`key` takes \"environment\""),
            ("key = { command = [\"op\"], timeout_seconds = 0 }", "from 1 to 600"),
            ("key = {}", "`key` takes \"environment\""),
            ("region = \"EU\"\nbase_url = \"https://keys.example.test\"", "exclude each other"),
        ] {
            let (profiles, problems) = read(&format!("[profiles.sound]\n[profiles.odd]\n{entry}\n"));
            let odd = profiles.find("odd").unwrap().profile.clone().unwrap_err();
            assert!(odd.contains(words), "{entry}: {odd}");
            assert_eq!(problems.len(), 1, "{entry}: {problems:?}");
            assert!(problems[0].contains("the profile “odd” can't be used: "), "{entry}: {problems:?}");
            let line = 2 + entry.lines().count();
            assert!(problems[0].starts_with(&format!("{line}: ")), "{entry}: {problems:?}");
            assert_eq!(profiles.find("sound").unwrap().profile, Ok(Profile::new("sound")));
        }
    }

    #[test]
    fn a_key_in_a_profile_is_refused_and_not_repeated() {
        const KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";
        for text in [
            format!("[profiles.odd]\nkey = \"{KEY}\""),
            format!("[profiles.odd]\nkey = {{ file = \"{KEY}\" }}"),
            format!("[profiles.odd]\nkey = {{ file = \"keys/{KEY}\" }}"),
            format!("[profiles.odd]\nkey = {{ command = [\"echo\", \"{KEY}\"] }}"),
            format!("[profiles.odd]\n{KEY} = 1"),
            format!("[profiles.odd]\nbase_url = \"https://{KEY}.example.test\""),
            format!("[profiles.odd]\ncolour = \"{KEY}\""),
            format!("[profiles.{KEY}]\nread_only = true"),
            format!("default_profile = \"{KEY}\""),
            format!("profiles = \"{KEY}\""),
        ] {
            let (profiles, problems) = read(&text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(!format!("{problems:?} {profiles:?}").contains("fake_not"), "{text}: {problems:?} {profiles:?}");
        }
    }

    #[test]
    fn looks_give_way_to_defaults() {
        let (profiles, problems) = read(
            "[profiles.a]\ncolour = \"pink\"\nread_only = true\n\
             [profiles.a.thresholds]\nidle_days = 9\nstale_days = 3\nold_days = 1\nnew_days = 0\n",
        );
        assert_eq!(profiles.find("a").unwrap().profile, Ok(Profile { read_only: true, ..Profile::new("a") }));
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn a_name_is_one_plain_word() {
        for name in ["a", "Work-2", "eu.prod_1", "0"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "-a", ".a", "a b", "ä", "a/b", "..", &"a".repeat(33)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
