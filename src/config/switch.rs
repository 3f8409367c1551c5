//! Getting at another profile while the screen is there: nothing may be asked on the terminal, and nothing blocks.
//!
//! A profile that is chosen there stands for itself: the environment's key and address were those of the start, and count
//! for a profile alone that leaves them to the environment. Else all profiles would be one organization.

use super::choice::given;
use super::connection::{Address, Connection, filled, speak_from_environment};
use super::credential;
use super::error::ConnectionError;
use super::in_force::ChosenBy;
use super::profile::{KeyPlace, Profile};
use super::settings::Configuration;
use super::source::{BASE_URL_VARIABLE, KEY_VARIABLE, KeySource, REGION_VARIABLE};
use super::stored::origin;
use crate::text::Text;

impl Configuration {
    /// Finds out who asks and where by the profile `name` and what it leaves to the environment, `variable`. To be awaited
    /// in a tokio runtime. Nothing can be asked on the terminal meanwhile.
    ///
    /// # Errors
    /// Where there is no key to be had, or something that was said can't be used.
    pub async fn connect_beside(
        &self,
        name: &str,
        is_read_only: bool,
        variable: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<Connection, ConnectionError> {
        let chosen = self.choose_named(name, ChosenBy::Screen, is_read_only)?;
        let profile = chosen.profile();
        let left = |variable_name: &str| {
            profile
                .is_none_or(|profile| is_left_open(profile, variable_name))
                .then(|| variable(variable_name))
                .flatten()
        };
        let given = match profile.filter(|profile| profile.key != KeyPlace::Environment) {
            Some(profile) => {
                let surroundings = self.surroundings(&left);
                given(profile, credential::fetch_beside(profile, &surroundings).await)?
            }
            None => chosen.key(&left)?,
        };
        let address = chosen.address(&left, Some(&given))?;
        // A key that came with an address is for that one.
        if let (Some(profile), KeySource::Environment) = (profile, given.source)
            && let Some(theirs) = Address::of_environment(&variable)?
            && theirs.base_url != address.base_url
        {
            let (name, own) = (profile.name.clone(), Text::from(origin(&address.base_url)));
            return Err(ConnectionError::KeyOfAnother { name, decided: theirs.decided, own });
        }
        let speak = speak_from_environment(left)?;
        let mut in_force = chosen.in_force(&left, given.source, &address);
        in_force.set_aside = [KEY_VARIABLE, BASE_URL_VARIABLE, REGION_VARIABLE]
            .into_iter()
            .filter(|name| filled(&variable, name).is_some() && left(name).is_none())
            .collect();
        Ok(Connection { base_url: address.base_url, region: address.region, key: given.key, speak, in_force })
    }
}

/// Whether the environment has a say in what this variable is about.
fn is_left_open(profile: &Profile, variable: &str) -> bool {
    match variable {
        KEY_VARIABLE => profile.key == KeyPlace::Environment,
        BASE_URL_VARIABLE | REGION_VARIABLE => profile.key == KeyPlace::Environment && profile.site.is_none(),
        _ => true,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, Instant};

    use super::super::in_force::InForce;
    use super::super::source::KeySource;
    use super::*;
    use crate::secret::Secret;

    const KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";
    const OTHER: &str = "confident_us_org_fake_not_a_key_07e301";
    const FILE: &str = "\
        [profiles.work]\nbase_url = \"https://work.example.test\"\nkey = { file = \"work\" }\nread_only = true\n\
        [profiles.open]\nkey = { file = \"work\" }\n\
        [profiles.env]\n\
        [profiles.here]\nbase_url = \"http://keys.example.test\"\nallow_http = true\n\
        [profiles.asks]\nkey = { command = [\"sh\", \"-c\", \"read word < /dev/tty; echo $word\"], timeout_seconds = 2 }\n\
        [profiles.says]\nkey = { command = [\"sh\", \"-c\", \"echo noise >&2; cat FOLDER/work\"] }\n\
        [profiles.odd]\nreadonly = true\n";

    struct World {
        folder: tempfile::TempDir,
        configuration: Configuration,
        runtime: tokio::runtime::Runtime,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let own = |name: &str, text: &str, mode: u32| {
                let path = folder.path().join(name);
                fs::write(&path, text).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
                path
            };
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
            own("work", KEY, 0o600);
            let text = FILE.replace("FOLDER", folder.path().to_str().unwrap());
            let path = Some(own("config.toml", &text, 0o600));
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            Self { configuration: Configuration { path, ..Configuration::parse(&text) }, folder, runtime }
        }

        fn connect(&self, name: &str, set: &[(&str, &str)]) -> Result<Connection, ConnectionError> {
            let variable = |name: &str| match set.iter().find(|(own, _)| *own == name) {
                Some((_, value)) => Some((*value).to_owned()),
                None => (name == "PATH").then(|| std::env::var("PATH").ok()).flatten(),
            };
            self.runtime.block_on(self.configuration.connect_beside(name, false, variable))
        }
    }

    #[test]
    fn a_profile_chosen_on_the_screen_stands_for_itself() {
        let world = World::new();
        let set =
            [(KEY_VARIABLE, OTHER), (BASE_URL_VARIABLE, "https://elsewhere.example.test"), (REGION_VARIABLE, "AU")];
        for (name, key, source, address) in [
            ("work", KEY, KeySource::File, "https://work.example.test/"),
            ("open", KEY, KeySource::File, "https://api.confident-ai.com/"),
            ("env", OTHER, KeySource::Environment, "https://elsewhere.example.test/"),
            ("says", KEY, KeySource::Command, "https://api.confident-ai.com/"),
        ] {
            let connection = world.connect(name, &set).unwrap();
            let InForce { profile, is_key_overridden, is_address_overridden, is_in_the_open, .. } =
                &connection.in_force;
            let set_aside: &[_] = match name {
                "env" => &[],
                "here" => &[BASE_URL_VARIABLE, REGION_VARIABLE],
                _ => &[KEY_VARIABLE, BASE_URL_VARIABLE, REGION_VARIABLE],
            };
            assert_eq!(connection.in_force.set_aside, set_aside, "{name}");
            assert_eq!(connection.key, Secret::new(key), "{name}");
            assert_eq!((connection.in_force.key, connection.base_url.as_str()), (source, address), "{name}");
            assert_eq!(*profile, Some((name.to_owned(), ChosenBy::Screen)));
            assert!(!is_key_overridden && !is_address_overridden, "{name}");
            assert!(!is_in_the_open, "{name}");
            assert_eq!(connection.in_force.read_only.is_some(), name == "work");
        }
    }

    #[test]
    fn the_environments_key_goes_to_a_profiles_address_only_where_it_came_without_one() {
        let world = World::new();
        let here = world.connect("here", &[(KEY_VARIABLE, OTHER)]).unwrap();
        assert_eq!((here.key, here.base_url.as_str()), (Secret::new(OTHER), "http://keys.example.test/"));
        assert!(here.in_force.is_in_the_open);
        for theirs in [(BASE_URL_VARIABLE, "https://elsewhere.example.test"), (REGION_VARIABLE, "AU")] {
            let error = world.connect("here", &[(KEY_VARIABLE, OTHER), theirs]).unwrap_err();
            assert!(matches!(error, ConnectionError::KeyOfAnother { .. }), "{error}");
            assert!(error.to_string().contains(&format!("but {} names another address", theirs.0)), "{error}");
        }
    }

    #[test]
    fn what_keeps_a_profile_from_being_used_is_told_without_a_key() {
        let world = World::new();
        fs::set_permissions(world.folder.path().join("work"), fs::Permissions::from_mode(0o644)).unwrap();
        for (name, words) in [
            ("work", "others on this machine can get at"),
            ("env", "No organization key was given"),
            ("odd", "can't be used: line"),
            ("none", "There is no profile “none”"),
        ] {
            let error = world.connect(name, &[]).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("fake_not"), "{name}: {error}");
        }
    }

    /// With or without a terminal to ask on, it is over in its time.
    #[test]
    fn a_command_that_would_ask_on_the_terminal_is_ended() {
        let world = World::new();
        let start = Instant::now();
        let error = world.connect("asks", &[]).unwrap_err();
        assert!(matches!(error, ConnectionError::ProfileKey { .. }), "{error}");
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
