//! Which file takes names from which, through whatever hands them on.

use std::collections::{BTreeMap, BTreeSet};

use super::Source;

/// A module by its path below the crate's root, which is empty.
type Module = Vec<String>;

/// The files of the house, each with those that it takes names from. A file and those in its own folder are one family: what they
/// share is not counted.
pub(crate) fn arrows(sources: &[Source]) -> BTreeMap<Module, BTreeSet<Module>> {
    let house = House::new(sources);
    let arrow = |source: &Source| {
        let here = module(source);
        let targets = paths(&source.code).into_iter().filter_map(|path| house.find(&here, &path, 0));
        let is_apart = |there: &Module| !there.starts_with(&here) && !here.starts_with(there);
        (here.clone(), targets.filter(is_apart).collect())
    };
    sources.iter().map(arrow).collect()
}

/// The files that take names from each other in a loop, each loop once.
pub(crate) fn loops(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<BTreeSet<Module>> {
    let reached = |from: &Module| {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = waiting.pop() {
            for there in arrows.get(&next).into_iter().flatten() {
                if seen.insert(there.clone()) {
                    waiting.push(there.clone());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<_, _> = arrows.keys().map(|from| (from.clone(), reached(from))).collect();
    let in_loop = reach.iter().filter(|(from, there)| there.contains(*from));
    in_loop.map(|(from, there)| there.iter().filter(|other| reach[*other].contains(from)).cloned().collect()).collect()
}

fn module(source: &Source) -> Module {
    let path = source.path.with_extension("");
    let parts = path.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "lib").collect()
}

struct House {
    modules: BTreeSet<Module>,
    /// What a module hands on: the name, and the path that it has it from.
    handed: BTreeMap<Module, BTreeMap<String, Vec<String>>>,
}

impl House {
    fn new(sources: &[Source]) -> Self {
        let modules = sources.iter().map(module).collect();
        let handed = |source: &Source| {
            let uses = source.code.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
            let named = uses.flat_map(tree).filter_map(|path| Some((path.last()?.clone(), path)));
            (module(source), named.collect())
        };
        Self { handed: sources.iter().map(handed).collect(), modules }
    }

    /// The file that `path`, written in `here`, leads to; none outside of the house.
    fn find(&self, here: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut at: Module = here.clone();
        let mut rest = path;
        let mut is_inside = false;
        while let [first, others @ ..] = rest {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                _ => break,
            }
            is_inside = true;
            rest = others;
        }
        while let [first, others @ ..] = rest {
            let below = [at.clone(), vec![first.clone()]].concat();
            if self.modules.contains(&below) {
                at = below;
                is_inside = true;
                rest = others;
                continue;
            }
            // Names that it has from elsewhere itself; depth, as two may name each other.
            let handed = self.handed.get(&at).and_then(|names| names.get(first)).filter(|_| is_inside && depth < 4);
            return match handed {
                Some(path) => self.find(&at, path, depth + 1).or(Some(at)),
                None => is_inside.then_some(at),
            };
        }
        is_inside.then_some(at)
    }
}

/// Every path of `code` that begins in the crate, whole.
fn paths(code: &str) -> Vec<Vec<String>> {
    let is_word = |character: char| character.is_alphanumeric() || character == '_' || character == ':';
    let mut paths = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        let begins = code.match_indices(root).filter(|(at, _)| !code[..*at].ends_with(is_word));
        paths.extend(begins.flat_map(|(at, _)| tree(&code[at..])));
    }
    paths
}

/// The paths of a `use` tree that `text` begins with: `a::{b, c::d}` are two.
fn tree(text: &str) -> Vec<Vec<String>> {
    let mut path = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if word.is_empty() {
            break;
        }
        rest = &rest[word.len()..];
        path.push(word);
        match rest.strip_prefix("::") {
            Some(after) => rest = after,
            None => return vec![path],
        }
    }
    let Some(group) = rest.strip_prefix('{') else { return vec![path] };
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.extend(tree(&group[start..at]).into_iter().map(|below| [path.clone(), below].concat()));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn a_tree_of_names_is_read_whole() {
    let read = |text| tree(text).into_iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(
        read("crate::a::{self, b::{C, d}, e};"),
        ["crate::a::self", "crate::a::b::C", "crate::a::b::d", "crate::a::e"]
    );
    assert_eq!(read("super::a::b(1)"), ["super::a::b"]);
}

#[test]
fn a_loop_is_found_through_what_hands_names_on() {
    let source = |path: &str, code: &str| Source { path: path.into(), code: code.to_owned(), text: String::new() };
    let house = [
        source("lib.rs", ""),
        source("a.rs", "mod one;\nmod two;\npub use one::One;\nuse two::Two;"),
        source("a/one.rs", "use super::two::Two;\nuse crate::b::B;"),
        source("a/two.rs", "fn two() { super::One }"),
        source("b.rs", "use std::fmt;\nuse crate::text;"),
    ];
    let found = loops(&arrows(&house));
    let expected: BTreeSet<Module> = [["a", "one"], ["a", "two"]].map(|path| path.map(str::to_owned).to_vec()).into();
    assert_eq!(found, [expected].into());
    assert_eq!(loops(&arrows(&house[..2])), BTreeSet::new());
}
