//! Which profile is in force, where its key and its address come from, and what follows: plain values that the header,
//! `whoami` and `doctor` show.
//!
//! What goes before what: `--profile`, then `CKEYS_PROFILE`; where neither names one and the environment holds an organization
//! key, that key and the rest of the environment alone; else `default_profile`. With a profile that was named, the
//! environment's key, address and region still go before the profile's own, which is told. A key that is not the
//! environment's goes to its profile's own address alone.

use std::ffi::OsString;

use super::connection::{
    Address, Connection, filled, holds_key, key_from_environment, speak_from_environment, unsendable,
};
use super::credential::{self, Surroundings};
use super::error::{ConnectionError, KeyError};
use super::in_force::{ChosenBy, InForce, PROFILE_VARIABLE, ReadOnly};
use super::profile::{KeyPlace, Profile, Site, check_name};
use super::settings::Configuration;
use super::source::{Decided, KEY_VARIABLE, KeySource};
use super::stored::{Stored, origin};
use crate::secret::Secret;
use crate::text::Text;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// `--profile`
    pub profile: Option<String>,
    /// `--read-only`
    pub read_only: bool,
}

/// The profile that was chosen, if one was; its key was not looked for yet.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    profile: Option<(&'a Profile, ChosenBy)>,
    configuration: &'a Configuration,
    is_read_only: bool,
}

/// A key that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The key.
    pub key: Secret,
    /// Where it was.
    pub source: KeySource,
    /// The address that it was kept for, where that was written beside it.
    origin: Option<String>,
}

/// The environment: a variable's value by its name.
pub(super) type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Configuration {
    /// The profile that `choice` and the environment, `variable`, ask for.
    ///
    /// # Errors
    /// Where there is no such profile, or it can't be used.
    pub fn choose(&self, choice: &Choice, variable: Variable<'_>) -> Result<Chosen<'_>, ConnectionError> {
        let named = choice.profile.clone().map(|name| (name, ChosenBy::Flag));
        let named = named.or_else(|| Some((filled(&variable, PROFILE_VARIABLE)?, ChosenBy::Variable)));
        let has_key = holds_key(variable);
        let default = || self.profiles.default.clone().filter(|_| !has_key).map(|name| (name, ChosenBy::Default));
        let profile = match named.or_else(default) {
            None => None,
            Some((name, by)) => Some((self.named(&name, by)?, by)),
        };
        Ok(Chosen { profile, configuration: self, is_read_only: choice.read_only })
    }

    /// The profile called `name`, which `by` asks for; whatever the environment says.
    pub(super) fn choose_named(
        &self,
        name: &str,
        by: ChosenBy,
        is_read_only: bool,
    ) -> Result<Chosen<'_>, ConnectionError> {
        Ok(Chosen { profile: Some((self.named(name, by)?, by)), configuration: self, is_read_only })
    }

    fn named(&self, name: &str, by: ChosenBy) -> Result<&Profile, ConnectionError> {
        let entry = self.profiles.find(name).ok_or_else(|| self.no_profile(name, by))?;
        let bad = |why: &String| ConnectionError::BadProfile { name: name.to_owned(), why: why.clone() };
        entry.profile.as_ref().map_err(bad)
    }

    fn no_profile(&self, name: &str, by: ChosenBy) -> ConnectionError {
        let names: Vec<_> = self.profiles.entries.iter().map(|entry| entry.name.as_str()).collect();
        // What can be no profile's name may be a key in the wrong place.
        let name = if check_name(name).is_ok() { format!("“{name}”") } else { "of such a name".to_owned() };
        ConnectionError::NoProfile { name, by, known: names.join(", ") }
    }

    /// Finds out who asks and where, by the profile that `choice` and the environment, `variable`, ask for. Where that
    /// names a command, this runs it, and where it names the keyring, that may ask its owner: not for a screen that is
    /// drawn already, nor inside of an asynchronous runtime.
    ///
    /// # Errors
    /// Where there is no key to be had, or something that was said can't be used.
    pub fn connect(&self, choice: &Choice, variable: Variable<'_>) -> Result<Connection, ConnectionError> {
        let chosen = self.choose(choice, variable)?;
        let given = chosen.key(variable)?;
        let address = chosen.address(variable, Some(&given))?;
        let speak = speak_from_environment(variable)?;
        let in_force = chosen.in_force(variable, given.source, &address);
        Ok(Connection { base_url: address.base_url, region: address.region, key: given.key, speak, in_force })
    }
}

impl<'a> Chosen<'a> {
    /// The profile, where one is in force.
    pub fn profile(&self) -> Option<&'a Profile> {
        self.profile.map(|(profile, _)| profile)
    }

    /// Why nothing may be changed; none where keys may be.
    pub fn read_only(&self) -> Option<ReadOnly> {
        if self.is_read_only {
            return Some(ReadOnly::Flag);
        }
        self.profile().filter(|profile| profile.read_only).map(|profile| ReadOnly::Profile(profile.name.clone()))
    }

    /// Whether fetching its key runs a command or asks the keyring, which may ask a person.
    pub fn asks_for_key(&self, variable: Variable<'_>) -> bool {
        let place = self.profile().map(|profile| &profile.key);
        matches!(place, Some(KeyPlace::Command { .. } | KeyPlace::Keyring)) && !holds_key(variable)
    }

    /// Its organization key.
    ///
    /// # Errors
    /// Where there is none, or what can't be sent.
    pub fn key(&self, variable: Variable<'_>) -> Result<Given, ConnectionError> {
        let place = self.profile().map(|profile| (profile, &profile.key));
        match (key_from_environment(variable), place) {
            (Ok(key), _) => Ok(Given { key, source: KeySource::Environment, origin: None }),
            (Err(ConnectionError::NoKey { .. }), Some((profile, place))) if *place != KeyPlace::Environment => {
                fetch(profile, &self.configuration.surroundings(variable))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Where its service is; `given` is its key, where there is one.
    ///
    /// # Errors
    /// Where what was said can't be used, or the key is for another address.
    pub fn address(&self, variable: Variable<'_>, given: Option<&Given>) -> Result<Address, ConnectionError> {
        let key = given.map(|given| &given.key);
        let Some(profile) = self.profile() else { return Address::from_environment(variable, key) };
        let address = match Address::of_environment(variable)? {
            Some(address) => address,
            None => own_address(profile, key)?,
        };
        if let Some(given) = given.filter(|given| given.source != KeySource::Environment) {
            let (now, own) = (origin(&address.base_url), origin(&own_address(profile, key)?.base_url));
            let name = profile.name.clone();
            if now != own {
                return Err(ConnectionError::NotItsAddress { name, decided: address.decided, own: Text::from(own) });
            }
            if let Some(kept_for) = given.origin.as_deref().filter(|kept_for| *kept_for != now) {
                return Err(ConnectionError::KeptForAnother {
                    name,
                    kept_for: Text::from(kept_for),
                    now: Text::from(now),
                });
            }
        }
        Ok(address)
    }

    /// What is in force, with a key from `source` and this address.
    pub fn in_force(&self, variable: Variable<'_>, source: KeySource, address: &Address) -> InForce {
        let profile = self.profile();
        let (is_key_overridden, is_address_overridden) = profile.map_or((false, false), |profile| {
            (is_key_overridden(profile, source), overriding(profile, variable).is_some())
        });
        InForce {
            profile: self.profile.map(|(profile, by)| (profile.name.clone(), by)),
            colour: profile.and_then(Profile::shown_colour),
            is_production: profile.is_some_and(|profile| profile.is_production),
            key: source,
            address: address.decided,
            read_only: self.read_only(),
            thresholds: profile.map(|profile| profile.thresholds).unwrap_or_default(),
            is_key_overridden,
            is_address_overridden,
            is_in_the_open: address.is_in_the_open(),
            set_aside: Vec::new(),
            warnings: profile.map(|profile| warnings(profile, variable, source, address)).unwrap_or_default(),
        }
    }
}

fn warnings(profile: &Profile, variable: Variable<'_>, source: KeySource, address: &Address) -> Vec<String> {
    let name = &profile.name;
    let mut warnings = Vec::new();
    if address.is_in_the_open() {
        warnings.push(format!(
            "The profile “{name}” allows plain http: the key and every secret cross the network in the open."
        ));
    }
    if is_key_overridden(profile, source) {
        warnings.push(format!("{KEY_VARIABLE} is set, so it is used in place of the key of the profile “{name}”."));
    }
    if let Some(theirs) = overriding(profile, variable) {
        let variable = theirs.decided.words();
        warnings.push(format!("{variable} is set, so it is used in place of the address of the profile “{name}”."));
    }
    warnings
}

fn is_key_overridden(profile: &Profile, source: KeySource) -> bool {
    source == KeySource::Environment && profile.key != KeyPlace::Environment
}

/// The environment's address, where it is another one than `profile` names.
fn overriding(profile: &Profile, variable: Variable<'_>) -> Option<Address> {
    profile.site.as_ref()?;
    let theirs = Address::of_environment(variable).ok()??;
    own_address(profile, None).is_ok_and(|own| own.base_url != theirs.base_url).then_some(theirs)
}

/// Where a profile's service is, whatever the environment says.
///
/// # Errors
/// Never with a profile that was understood.
pub fn own_address(profile: &Profile, key: Option<&Secret>) -> Result<Address, ConnectionError> {
    match &profile.site {
        Some(Site::At(base_url)) => Ok(Address { base_url: base_url.clone(), region: None, decided: Decided::Profile }),
        Some(Site::Region(region)) => Address::of_region(*region, Decided::Profile),
        None => Address::by_key(key),
    }
}

/// Whether the key of `profile` is where it should be: a command is run for that, and the keyring asked.
///
/// # Errors
/// Why there is none, or none that can be sent.
pub fn has_key(profile: &Profile, surroundings: &Surroundings) -> Result<(), KeyError> {
    let Stored { key, .. } = credential::fetch(profile, surroundings)?;
    check_key(&key).map_err(|what| KeyError::Failed(format!("it holds {what}, so it can't be a key")))
}

/// Whether `key` can be sent.
///
/// # Errors
/// What in it can't, for “it holds …”.
pub fn check_key(key: &Secret) -> Result<(), &'static str> {
    unsendable(key.expose()).map_or(Ok(()), Err)
}

/// The key of `profile`, from where it says that it is.
fn fetch(profile: &Profile, surroundings: &Surroundings) -> Result<Given, ConnectionError> {
    given(profile, credential::fetch(profile, surroundings))
}

/// What was `fetched` as the key of `profile`.
pub(super) fn given(profile: &Profile, fetched: Result<Stored, KeyError>) -> Result<Given, ConnectionError> {
    let name = || profile.name.clone();
    let source = profile.key.source();
    let Stored { key, origin } = fetched.map_err(|error| ConnectionError::ProfileKey { name: name(), error })?;
    match unsendable(key.expose()) {
        Some(what) => Err(ConnectionError::BadProfileKey { name: name(), source_words: source.words(), what }),
        None => Ok(Given { key, source, origin }),
    }
}

impl Configuration {
    /// Where the keys of its profiles are looked for.
    pub fn surroundings(&self, variable: Variable<'_>) -> Surroundings {
        Surroundings {
            config: self.path.clone(),
            home: variable("HOME").filter(|home| !home.is_empty()).map(Into::into),
            search: variable("PATH").map(OsString::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::profile::Colour;
    use crate::status::Overrides;

    const KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";
    const FILE: &str = "default_profile = \"home\"\n\
        [profiles.home]\nregion = \"EU\"\nread_only = true\ncolour = \"red\"\n\
        [profiles.work]\nbase_url = \"https://keys.example.test/\"\nkey = { file = \"work\" }\nthresholds = { new_days = 2 }\n\
        [profiles.open]\nkey = { file = \"work\" }\n\
        [profiles.cluster]\nbase_url = \"http://keys.example.test\"\nallow_http = true\n\
        [profiles.odd]\nreadonly = true\n";

    /// `config.toml` with [`FILE`] in a folder, and beside it the file `work` with `content`.
    fn configured(content: &str) -> (tempfile::TempDir, Configuration) {
        let folder = tempfile::tempdir().unwrap();
        let mut configuration = Configuration::parse(FILE);
        configuration.path = Some(folder.path().join("config.toml"));
        let path = folder.path().join("work");
        std::fs::write(&path, content).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        (folder, configuration)
    }

    fn connect(
        configuration: &Configuration,
        profile: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Connection, ConnectionError> {
        let choice = Choice { profile: profile.map(str::to_owned), read_only: false };
        configuration.connect(&choice, &|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const ENVIRONMENT: (&str, &str) = ("CONFIDENT_ORG_API_KEY", "confident_us_org_fake_of_the_shell_d4e5f6");

    #[test]
    fn what_was_asked_for_goes_before_the_default_and_a_key_of_the_environment_too() {
        let (_folder, configuration) = configured(KEY);
        for (asked, variables, name, by) in [
            (Some("work"), vec![("CKEYS_PROFILE", "home")], Some("work"), Some(ChosenBy::Flag)),
            (None, vec![("CKEYS_PROFILE", "work"), ENVIRONMENT], Some("work"), Some(ChosenBy::Variable)),
            (None, vec![ENVIRONMENT], None, None),
            (None, vec![("CKEYS_PROFILE", " "), ENVIRONMENT], None, None),
        ] {
            let connection = connect(&configuration, asked, &variables).unwrap();
            let profile = connection.in_force.profile.clone();
            assert_eq!(profile, name.map(|name| (name.to_owned(), by.unwrap())), "{asked:?} {variables:?}");
        }
        // The default needs a key that the environment lacks.
        assert!(matches!(connect(&configuration, None, &[]), Err(ConnectionError::NoKey { .. })));
        let choice = Choice::default();
        let chosen = configuration.choose(&choice, &|_| None).unwrap();
        assert_eq!(chosen.profile().unwrap().name, "home");
        assert_eq!(chosen.read_only(), Some(ReadOnly::Profile("home".to_owned())));
        for name in ["none", "odd"] {
            let error = connect(&configuration, Some(name), &[ENVIRONMENT]).unwrap_err();
            assert!(
                matches!(error, ConnectionError::NoProfile { .. } | ConnectionError::BadProfile { .. }),
                "{name}: {error}"
            );
        }
    }

    #[test]
    fn what_is_in_force_is_told_with_where_it_is_from() {
        let (_folder, configuration) = configured(KEY);
        let work = connect(&configuration, Some("work"), &[]).unwrap();
        assert_eq!((work.key.expose(), work.base_url.as_str()), (KEY, "https://keys.example.test/"));
        let expected = InForce {
            profile: Some(("work".to_owned(), ChosenBy::Flag)),
            key: KeySource::File,
            address: Decided::Profile,
            thresholds: Overrides { new_days: Some(2), ..Overrides::default() },
            ..InForce::default()
        };
        assert_eq!(work.in_force, expected);
        let home = connect(&configuration, Some("home"), &[ENVIRONMENT]).unwrap();
        assert_eq!(home.base_url.as_str(), "https://eu.api.confident-ai.com/");
        assert_eq!((home.in_force.colour, home.in_force.key), (Some(Colour::Red), KeySource::Environment));
        assert_eq!(home.in_force.read_only, Some(ReadOnly::Profile("home".to_owned())));
        assert_eq!(home.in_force.warnings, [""; 0]);
        let open = connect(&configuration, Some("open"), &[]).unwrap();
        assert_eq!((open.base_url.as_str(), open.in_force.address), ("https://api.confident-ai.com/", Decided::Prefix));
    }

    #[test]
    fn the_environment_goes_before_a_profile_that_was_named_and_that_is_told() {
        let (_folder, configuration) = configured(KEY);
        let work = connect(&configuration, Some("work"), &[ENVIRONMENT, ("CONFIDENT_REGION", "AU")]).unwrap();
        assert_eq!((work.key.expose(), work.base_url.as_str()), (ENVIRONMENT.1, "https://au.api.confident-ai.com/"));
        assert_eq!((work.in_force.key, work.in_force.address), (KeySource::Environment, Decided::Region));
        let [key, address] = &work.in_force.warnings[..] else { panic!("{:?}", work.in_force.warnings) };
        assert!(key.contains("CONFIDENT_ORG_API_KEY is set"), "{key}");
        assert!(address.contains("CONFIDENT_REGION is set"), "{address}");
        let cluster = connect(&configuration, Some("cluster"), &[ENVIRONMENT]).unwrap();
        assert!(cluster.in_force.warnings[0].contains("in the open"), "{:?}", cluster.in_force.warnings);
    }

    #[test]
    fn a_profiles_key_goes_to_its_own_address_alone() {
        let other = ("CONFIDENT_BASE_URL", "https://elsewhere.example.test");
        let (_folder, configuration) = configured(KEY);
        for profile in ["work", "open"] {
            let error = connect(&configuration, Some(profile), &[other]).unwrap_err();
            assert!(matches!(error, ConnectionError::NotItsAddress { .. }), "{error}");
            assert!(!error.to_string().contains("elsewhere"), "{error}");
        }
        let same = ("CONFIDENT_BASE_URL", "https://keys.example.test");
        assert_eq!(connect(&configuration, Some("work"), &[same]).unwrap().key.expose(), KEY);
        // Kept for the address that it had before.
        let (_folder, configuration) = configured(&format!("{KEY}\nfor https://old.example.test\n"));
        let error = connect(&configuration, Some("work"), &[]).unwrap_err();
        assert!(error.to_string().contains("is for https://old.example.test"), "{error}");
        let (_folder, configuration) = configured(&format!("{KEY}\nfor https://keys.example.test\n"));
        connect(&configuration, Some("work"), &[]).unwrap();
    }

    #[test]
    fn read_only_is_asked_for_by_the_command_line_or_the_profile() {
        let (_folder, configuration) = configured(KEY);
        let choice = Choice { profile: Some("work".to_owned()), read_only: true };
        let connection = configuration.connect(&choice, &|_| None).unwrap();
        assert_eq!(connection.in_force.read_only, Some(ReadOnly::Flag));
        assert_eq!(connect(&configuration, Some("work"), &[]).unwrap().in_force.read_only, None);
    }
}
