//! Writing `config.toml`: one profile more or less, with all else as it was, comments too.

use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use super::keep::make_folder;
use super::profile::{KeyPlace, Profile, Site, check_name};
use super::settings::Configuration;
use crate::destination::{ExistingFile, file};
use crate::redact;
use crate::text::Text;

/// Changes `config.toml` at `path` by `change`, which says whether there is something to write. The file is replaced at
/// once, and is made where it is not there.
///
/// # Errors
/// Why it could not be changed, in clean words without a full stop; then it is as it was.
fn edit(
    path: &Path,
    change: impl FnOnce(&mut DocumentMut) -> Result<bool, String>,
    is_sound: impl FnOnce(&Configuration) -> bool,
) -> Result<bool, String> {
    // Many have their settings elsewhere, with a link to them here.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let existing = ExistingFile::read(path).map_err(|error| error.to_string())?;
    let text = existing.as_ref().map_or("", |existing| existing.content());
    let shown = Text::from(path.display().to_string());
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| format!("{shown} is not TOML ({}): correct it first", clean(&error)))?;
    if !change(&mut document)? {
        return Ok(false);
    }
    let edited = document.to_string();
    // What is written has to mean what was asked for, whatever the rest of the file looks like.
    if !is_sound(&Configuration::parse(&edited)) {
        return Err(format!("{shown} can't be changed without damage: change it by hand"));
    }
    match existing {
        Some(existing) => existing.give_way(path, &edited),
        None => make_folder(path).and_then(|()| file::make(path, &edited)),
    }
    .map_err(|error| error.to_string())?;
    Ok(true)
}

/// What is wrong, without a quote of the file.
fn clean(error: &toml_edit::TomlError) -> String {
    redact::redacted(error.message()).into_owned()
}

/// Adds `profile`; it is also the one that is used by default where `is_default`.
///
/// # Errors
/// Where there is one of its name already, or the file can't be changed.
pub fn add(path: &Path, profile: &Profile, is_default: bool) -> Result<(), String> {
    let name = &profile.name;
    check_name(name).map_err(|why| format!("a profile's name {why}"))?;
    let change = |document: &mut DocumentMut| {
        let mut parent = Table::new();
        parent.set_implicit(true);
        let profiles = document.entry("profiles").or_insert(Item::Table(parent)).as_table_like_mut();
        let profiles = profiles.ok_or("`profiles` is no section in config.toml: correct that first")?;
        if profiles.contains_key(name) {
            return Err(format!("there is a profile “{name}” already"));
        }
        profiles.insert(name, Item::Table(section(profile)));
        if is_default {
            document.insert("default_profile", value(name));
        }
        Ok(true)
    };
    let is_sound = |configuration: &Configuration| {
        configuration.profiles.find(name).is_some_and(|entry| entry.profile.as_ref() == Ok(profile))
            && (!is_default || configuration.profiles.default.as_ref() == Some(name))
    };
    edit(path, change, is_sound).map(drop)
}

/// Removes the profile `name`, and has nothing point to it by default any more; whether there was one.
///
/// # Errors
/// Where the file can't be changed.
pub fn remove(path: &Path, name: &str) -> Result<bool, String> {
    let change = |document: &mut DocumentMut| {
        let profiles = document.get_mut("profiles").and_then(Item::as_table_like_mut);
        let is_gone = profiles.and_then(|profiles| profiles.remove(name)).is_some();
        if is_gone && document.get("default_profile").and_then(Item::as_str) == Some(name) {
            document.remove("default_profile");
        }
        Ok(is_gone)
    };
    edit(path, change, |configuration| {
        configuration.profiles.find(name).is_none() && configuration.profiles.default.as_deref() != Some(name)
    })
}

fn section(profile: &Profile) -> Table {
    let mut table = Table::new();
    match &profile.site {
        Some(Site::Region(region)) => put(&mut table, "region", region.label()),
        Some(Site::At(url)) => put(&mut table, "base_url", url.as_str()),
        None => {}
    }
    if profile.allows_http {
        put(&mut table, "allow_http", true);
    }
    let key = match &profile.key {
        KeyPlace::Environment => Value::from("environment"),
        KeyPlace::Keyring => Value::from("keyring"),
        KeyPlace::File(path) => Value::InlineTable(InlineTable::from_iter([("file", path.display().to_string())])),
        KeyPlace::Command { words, .. } => {
            Value::InlineTable(InlineTable::from_iter([("command", words.iter().collect::<Array>())]))
        }
    };
    put(&mut table, "key", key);
    if profile.read_only {
        put(&mut table, "read_only", true);
    }
    if profile.is_production {
        put(&mut table, "production", true);
    }
    if let Some(colour) = profile.colour {
        put(&mut table, "colour", colour.name());
    }
    table
}

fn put(table: &mut Table, name: &str, entry: impl Into<Value>) {
    table.insert(name, value(entry));
}

/// Where the key of a new profile goes that names no file of its own, beside `config.toml`.
pub fn key_file(name: &str) -> PathBuf {
    Path::new("keys").join(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{Colour, Region};

    fn profile(name: &str) -> Profile {
        Profile {
            site: Some(Site::Region(Region::Eu)),
            key: KeyPlace::File(key_file(name)),
            read_only: true,
            is_production: true,
            colour: Some(Colour::Red),
            ..Profile::new(name)
        }
    }

    #[test]
    fn a_profile_comes_and_goes_and_all_else_stays_as_it_was() {
        const BEFORE: &str = "# mine\n[display]   # how it looks\ntimes = \"utc\"\n\n# by hand\n[profiles.old]\nregion = \"US\" # there\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, BEFORE).unwrap();
        add(&path, &profile("new"), true).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for line in BEFORE.lines() {
            assert!(text.lines().any(|other| other == line), "{line:?} is not in {text}");
        }
        let read = Configuration::parse(&text);
        assert_eq!((read.problems, read.profiles.default.as_deref()), (vec![], Some("new")), "{text}");
        assert_eq!(read.profiles.find("new").unwrap().profile, Ok(profile("new")));
        assert!(add(&path, &profile("new"), false).unwrap_err().contains("already"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(remove(&path, "new"), Ok(true));
        assert_eq!(fs::read_to_string(&path).unwrap(), BEFORE);
        assert_eq!(remove(&path, "new"), Ok(false));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn every_kind_of_profile_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("config.toml");
        let words = ["sh", "-c", "a \"b\" 'c' \\ \n é"].map(str::to_owned).to_vec();
        let kinds = [
            Profile { site: None, key: KeyPlace::Environment, read_only: false, colour: None, ..profile("a") },
            Profile { site: Some(Site::At("https://keys.example.test/x".parse().unwrap())), ..profile("b.c") },
            Profile {
                site: Some(Site::At("http://keys.example.test/".parse().unwrap())),
                allows_http: true,
                key: KeyPlace::Keyring,
                ..profile("d_e")
            },
            Profile { key: KeyPlace::Command { words, timeout: std::time::Duration::from_secs(30) }, ..profile("f-g") },
        ];
        for kind in &kinds {
            add(&path, kind, false).unwrap();
        }
        let read = Configuration::parse(&fs::read_to_string(&path).unwrap());
        let read: Vec<_> = read.profiles.entries.into_iter().map(|entry| entry.profile.unwrap()).collect();
        assert_eq!(read, kinds);
        #[cfg(unix)]
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            let found = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
            assert_eq!(found & 0o777, mode, "{}", path.display());
        }
    }

    #[test]
    fn what_can_not_be_changed_in_safety_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for text in ["profiles = 3\n", "[profiles\n", "= confident_us_org_fake_not_a_key_a1b2c3\n"] {
            fs::write(&path, text).unwrap();
            let error = add(&path, &profile("new"), false).unwrap_err();
            assert!(!error.contains("fake_not"), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        // One that is written in another way is understood all the same.
        fs::write(&path, "profiles = { old = { region = \"US\" } }\n").unwrap();
        add(&path, &profile("new"), false).unwrap();
        assert_eq!(Configuration::parse(&fs::read_to_string(&path).unwrap()).profiles.entries.len(), 2);
        remove(&path, "old").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_settings_elsewhere_is_followed_and_their_mode_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (link, real) = (folder.path().join("config.toml"), folder.path().join("dotfile"));
        fs::write(&real, "").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        add(&link, &profile("new"), false).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("[profiles.new]"));
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
