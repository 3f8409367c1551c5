//! What can be named is told where people look for names: in the help, and in the README.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use confident_keys::config::ThemeName;
use confident_keys::demo::Fault;

use crate::support::{Run, command};

fn help(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    Run::of(command(&home).args(arguments).arg("--help").output().unwrap()).exits(0).out
}

fn source(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The chapter of the README with this heading.
fn chapter(heading: &str) -> String {
    let readme = source("README.md");
    let (_, after) = readme.split_once(&format!("\n## {heading}\n")).unwrap();
    after.split("\n## ").next().unwrap().to_owned()
}

/// The words of `text`, as names are written.
fn words(text: &str) -> HashSet<&str> {
    text.split(|character: char| !character.is_ascii_lowercase() && character != '-').collect()
}

#[test]
fn every_theme_is_told_of() {
    let (looks, configuration) = (chapter("Looks"), chapter("Configuration"));
    let (help, settings) = (help(&[]), source("src/config/settings.rs"));
    let line = |text: &str, begin: &str| text.lines().find(|line| line.trim().starts_with(begin)).unwrap().to_owned();
    let example = line(&configuration, "theme = ");
    let (of_help, of_settings) = (line(&help, "CKEYS_THEME"), line(&settings, "//! theme = "));
    for name in ThemeName::ALL.map(ThemeName::name) {
        assert!(looks.contains(&format!("`{name}`")), "the README's chapter on looks does not tell of {name}");
        for line in [&example, &of_help, &of_settings] {
            assert!(words(line).contains(name), "{name} is not in: {line}");
        }
    }
}

#[test]
fn every_word_of_a_fault_is_told_of() {
    // Whoever mistypes one is told all of them.
    let mistake = "unheard-of".parse::<Fault>().unwrap_err().to_string();
    let (_, known) = mistake.split_once("one of ").unwrap();
    let known: HashSet<_> = known.split([';', ',', ' ']).filter_map(|word| word.split('=').next()).collect();
    let known: Vec<_> = known.into_iter().filter(|word| !["", "with", "it", "go"].contains(word)).collect();
    assert!(known.len() > 15, "{known:?}");
    let (readme, help) = (chapter("A service to try things on"), help(&["demo-server"]));
    let spans: String = readme.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(" ");
    for word in known {
        assert!(words(&spans).contains(word), "the README does not tell of the fault's word {word}");
        assert!(words(&help).contains(word), "`ckeys demo-server --help` does not tell of the fault's word {word}");
    }
}
