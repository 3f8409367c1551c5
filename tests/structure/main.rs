//! The house keeps its shape: arrows point down, the core knows nothing of the world, files stay small and say what they
//! are for. Reads the sources, as people do.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the ground up: each may use those before it, and none after it.
const FLOORS: &[&str] = &[
    "child",
    "secret",
    "memory",
    "time",
    "redact",
    "text",
    "json",
    "panic",
    "advice",
    "api",
    "status",
    "keymap",
    "journal",
    "guard",
    "replacement",
    "query",
    "operations",
    "clipboard",
    "destination",
    "config",
    "export",
    "demo",
    "app",
    "remembered",
    "ui",
    "terminal",
    "worker",
    "runtime",
    "cli",
    "bench",
    "main",
];

/// What the pure core never names: the network, the clock, files, the terminal, other processes, drawing.
const WORLD: &[&str] = &[
    "tokio",
    "reqwest",
    "arboard",
    "ratatui",
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "std::thread",
    "std::io",
    "Instant::now",
    "SystemTime::now",
    "Zoned::now",
    "Timestamp::now",
    "Rng::new",
];

/// More lines than this need a reason at the top of the file, as `//! Longer than most: …`.
const LINES: usize = 500;

struct Source {
    /// Below `src`.
    path: PathBuf,
    /// Without its tests and comments.
    code: String,
    text: String,
}

impl Source {
    /// The module below the crate's root that it belongs to.
    fn module(&self) -> String {
        let first = self.path.iter().next().and_then(|part| part.to_str()).unwrap();
        first.trim_end_matches(".rs").to_owned()
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut sources) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(&root).unwrap().to_owned();
                sources.push(Source { code: code(&text), path, text });
            }
        }
    }
    assert!(sources.len() > 100, "the sources were not found");
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    // A file that holds nothing but the tests of another is none of the house.
    sources.retain(|source| !source.path.ends_with("tests.rs"));
    sources
}

/// What is left of a source without its tests, which may look anywhere, and without comments.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules below the crate's root that `code` names.
fn named(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for root in ["crate::", "confident_keys::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                None => drop(names.insert(word(rest))),
                Some(group) => {
                    let mut depth = 0;
                    let mut starts = true;
                    for (at, character) in group.char_indices() {
                        match character {
                            '}' if depth == 0 => break,
                            '{' => depth += 1,
                            '}' => depth -= 1,
                            ',' if depth == 0 => starts = true,
                            _ if starts && !character.is_whitespace() => {
                                names.insert(word(&group[at..]));
                                starts = false;
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }
    names
}

#[test]
fn modules_are_found_however_they_are_named() {
    let code = "use crate::{app::{self, App}, text};\nfn a() { crate::api::b(crate::time::c()) }\nuse crate::ui::*;";
    assert_eq!(named(code), ["api", "app", "text", "time", "ui"].map(str::to_owned).into());
}

#[test]
fn arrows_point_down() {
    let floor: BTreeMap<_, _> = FLOORS.iter().enumerate().map(|(floor, name)| (*name, floor)).collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module();
        if module == "lib" {
            continue;
        }
        let Some(here) = floor.get(module.as_str()) else {
            wrong.push(format!("{module} has no floor: give it one in FLOORS, and a line in lib.rs"));
            continue;
        };
        for name in named(&source.code) {
            if floor.get(name.as_str()).is_some_and(|there| there > here) {
                wrong.push(format!("src/{} uses {name}, which is above it", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_take_names_from_each_other_in_a_loop() {
    let found = imports::loops(&imports::arrows(&sources()));
    let told: Vec<_> =
        found.iter().map(|files| files.iter().map(|file| file.join("::")).collect::<Vec<_>>().join(", ")).collect();
    assert!(told.is_empty(), "in a loop:\n{}", told.join("\n"));
}

#[test]
fn every_floor_is_there_and_told_of() {
    let lib = sources().into_iter().find(|source| source.path == Path::new("lib.rs")).unwrap();
    let there: BTreeSet<_> = sources().iter().map(Source::module).filter(|module| module != "lib").collect();
    assert_eq!(there, FLOORS.iter().map(|&floor| floor.to_owned()).collect());
    let drawing: String = lib.text.lines().filter(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
    for floor in FLOORS {
        assert!(drawing.contains(floor), "lib.rs does not tell of {floor}");
    }
}

#[test]
fn the_core_knows_nothing_of_the_world() {
    let mut wrong = Vec::new();
    for source in
        sources().iter().filter(|source| ["app", "keymap", "status", "guard"].contains(&source.module().as_str()))
    {
        for thing in WORLD.iter().filter(|thing| source.code.contains(*thing)) {
            wrong.push(format!("src/{} names {thing}", source.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_embedded_service_shares_no_code_with_the_client() {
    for source in sources().iter().filter(|source| source.module() == "demo") {
        let shared: Vec<_> =
            named(&source.code).into_iter().filter(|name| name != "demo" && name != "secret").collect();
        assert!(shared.is_empty(), "src/{} uses {shared:?}", source.path.display());
    }
}

#[test]
fn files_say_what_they_are_for_and_stay_small() {
    let mut wrong = Vec::new();
    for source in sources() {
        let path = source.path.display();
        if !source.text.starts_with("//! ") {
            wrong.push(format!("src/{path} does not open with what it is for"));
        }
        let lines = source.text.lines().count();
        if lines > LINES && !source.text.contains("//! Longer than most: ") {
            wrong.push(format!("src/{path} has {lines} lines: part it, or say why at its top"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A command about keys means nothing without the profile that they are of: `Advice::command` puts it in, and it alone.
#[test]
fn commands_told_as_advice_are_made_in_one_place() {
    // They are about no connection in force: what commands there are, or what may be in any organization.
    const GENERAL: &[(&str, &str)] = &[
        ("api/model.rs", "`ckeys list`"),
        ("cli.rs", "`ckeys list --plain`"),
        ("cli/audit/earlier.rs", "`ckeys audit --json`"),
        ("cli/audit/earlier.rs", "`ckeys list --json`"),
        ("cli/doctor/files.rs", "`ckeys list`"),
        ("cli/help.rs", "`ckeys audit --json`"),
        ("cli/help.rs", "`ckeys create --help`"),
        ("cli/help.rs", "`ckeys list --json`"),
        ("cli/help.rs", "`ckeys profile login`"),
        ("cli/journal.rs", "`ckeys list`"),
        ("panic.rs", "`ckeys list`"),
    ];
    const VERBS: &[&str] =
        &["list", "get", "create", "rotate", "deactivate", "activate", "delete", "projects", "export", "audit"];
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for source in sources() {
        let path = source.path.display().to_string().replace('\\', "/");
        // A string may go on in the next line.
        let parts: Vec<_> = source.code.split("\\\n").collect();
        let code = parts.iter().map(|part| part.trim_start()).collect::<String>();
        for (at, _) in code.match_indices("ckeys ") {
            let rest = &code[at + "ckeys ".len()..];
            let verb: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '{').collect();
            let is_quoted = code[..at].ends_with('`');
            let is_for_its_name = rest.starts_with("profile login`");
            let is_command = VERBS.contains(&verb.as_str()) || verb.starts_with('{') || is_for_its_name;
            // With a key's id after it, it is a command without backticks, too.
            let has_id = VERBS.iter().any(|verb| rest.starts_with(&format!("{verb} {{")));
            if !(is_quoted && is_command || has_id) {
                continue;
            }
            let told = format!("`ckeys {}`", rest.split('`').next().unwrap_or_default());
            match GENERAL.iter().find(|general| **general == (path.as_str(), told.as_str())) {
                Some(general) => drop(seen.insert(*general)),
                None => wrong.push(format!("src/{path} tells {told} without InForce::command")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, GENERAL.iter().copied().collect(), "they are not told any more");
}
