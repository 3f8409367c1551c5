//! `SECURITY.md` names the test that shows each promise: each of them is there.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// The tests that a line names, as `program` and the test's own name.
fn named(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let spans = line.split('`').skip(1).step_by(2);
    spans.filter_map(|span| span.split_once("::"))
}

/// All Rust code in `path`, a file or a folder.
fn code(path: &Path) -> String {
    if !path.is_dir() {
        return fs::read_to_string(path).unwrap_or_default();
    }
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let is_code = |path: &std::path::PathBuf| path.is_dir() || path.extension().is_some_and(|ending| ending == "rs");
    entries.filter(is_code).map(|path| code(&path)).collect()
}

/// The names of the tests in `code` that are run: functions with a test's attribute, and none that leaves them out.
fn tests(code: &str) -> HashSet<&str> {
    let mut found = HashSet::new();
    let (mut is_test, mut is_ignored) = (false, false);
    for line in code.lines().map(str::trim) {
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        is_ignored |= line.starts_with("#[ignore");
        let after = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        if let Some((name, _)) = after.and_then(|after| after.split_once('(')) {
            if is_test && !is_ignored {
                found.insert(name);
            }
            (is_test, is_ignored) = (false, false);
        }
    }
    found
}

/// The promises of `text`: the items of its lists below `## What is promised`.
fn promises(text: &str) -> Vec<String> {
    let (_, after) = text.split_once("\n## What is promised\n").unwrap();
    let (part, _) = after.split_once("\n## ").unwrap();
    let items = part.split("\n- ").skip(1);
    items.map(|item| item.split("\n\n").next().unwrap().trim_end().to_owned()).collect()
}

#[test]
fn every_promise_names_its_tests_and_each_of_them_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let promises = promises(&text);
    assert!(promises.len() > 20, "{promises:#?}");
    for promise in promises {
        let names: Vec<_> = named(&promise).collect();
        assert!(!names.is_empty(), "no test shows this: {promise}");
        for (program, name) in names {
            let path = if program == "src" { root.join("src") } else { root.join("tests").join(program) };
            let code = if path.is_dir() { code(&path) } else { code(&path.with_extension("rs")) };
            assert!(tests(&code).contains(name), "{program} has no test {name}, but SECURITY.md names it");
        }
    }
}

#[test]
fn what_is_no_test_is_not_taken_for_one() {
    let code = "#[test]\nfn one() {\n}\nfn helper(x: u8) {\n#[ignore]\n#[test]\nfn left_out() {\n#[tokio::test]\nasync fn two() {";
    assert_eq!(tests(code), HashSet::from(["one", "two"]));
    assert_eq!(named("- Words `a::b`, `c`.\n  `d::e`").collect::<Vec<_>>(), [("a", "b"), ("d", "e")]);
    assert_eq!(
        promises("x\n## What is promised\n\n### A\n\n- one\n  `a::b`\n- two\n\n### B\n\n- three\n\n## Rest\n- no"),
        ["one\n  `a::b`", "two", "three"]
    );
}
