//! The keys in the documentation are those of the table of bindings. `UPDATE_DOCS=1 cargo test --test keys` writes both
//! pages anew; the difference is then to be read.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;

use confident_keys::config::Configuration;
use confident_keys::keymap::{Action, BINDINGS, Binding, Change, Context, Key, Keymap};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const BEGIN: &str = "<!-- From the table of bindings: UPDATE_DOCS=1 cargo test --test keys writes it anew. -->\n";
const END: &str = "<!-- End of what is written by the test. -->\n";

fn keys(binding: &Binding) -> String {
    let keys = binding.keys.iter().map(|key| match key.to_string().as_str() {
        // A bar would end the cell.
        "|" => "`\\|`".to_owned(),
        key => format!("`{key}`"),
    });
    keys.collect::<Vec<_>>().join(" ")
}

fn of(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.context == context)
}

/// The keys of the panes, as the README tells them.
fn panes() -> String {
    let mut table = "\n| keys | |\n|---|---|\n".to_owned();
    let mut told: Vec<(&str, String)> = Vec::new();
    for binding in [Context::Keys, Context::Scopes, Context::Panes, Context::Anywhere].into_iter().flat_map(of) {
        let line = (binding.help, keys(binding));
        if !told.contains(&line) {
            writeln!(table, "| {} | {} |", line.1, line.0).unwrap();
            told.push(line);
        }
    }
    table.push('\n');
    table
}

/// All keys with their names.
fn all() -> String {
    let mut page = String::new();
    for context in Context::ALL {
        writeln!(page, "\n## {}: `[keys.{}]`\n", context.title(), context.name()).unwrap();
        page.push_str("| name | keys | |\n|---|---|---|\n");
        for binding in of(context) {
            let (name, help) = (binding.action.name(), binding.help);
            writeln!(page, "| `{name}` | {} | {help} |", keys(binding)).unwrap();
        }
    }
    page.push('\n');
    page
}

/// Compares what stands between the marks of a page with `table`, or writes it there.
fn check(page: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = std::fs::read_to_string(&path).unwrap();
    let begin = text.find(BEGIN).unwrap() + BEGIN.len();
    let end = begin + text[begin..].find(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{}{table}{}", &text[..begin], &text[end..])).unwrap();
        return;
    }
    assert_eq!(&text[begin..end], table, "{page} is old: UPDATE_DOCS=1 cargo test --test keys writes it anew");
}

#[test]
fn the_readme_tells_the_keys_of_the_panes() {
    check("README.md", &panes());
}

#[test]
fn the_page_of_keys_tells_all_of_them_with_their_names() {
    check("docs/keys.md", &all());
}

/// What the pages show as a configuration is one.
#[test]
fn the_examples_are_understood() {
    for page in ["README.md", "docs/keys.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = std::fs::read_to_string(path).unwrap();
        let examples: Vec<&str> = text.split("```toml\n").skip(1).filter_map(|part| part.split("```").next()).collect();
        let examples: Vec<&str> = examples.into_iter().filter(|example| example.contains("[keys.")).collect();
        assert!(!examples.is_empty(), "{page}");
        for example in examples {
            assert_eq!(Configuration::parse(example).problems, [], "{example}");
        }
    }
}

/// Keys that collide with others, lead out, type text, or are free.
const SOME_KEYS: [&str; 20] = [
    "Esc", "Ctrl-c", "Enter", "q", "n", "y", "x", "?", "Tab", "Up", "F1", "F5", "F6", "F7", "Alt-1", "Alt-2", "Ctrl-t",
    "Ctrl-x", "ж", "Left",
];

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let keys = proptest::collection::vec(proptest::sample::select(&SOME_KEYS[..]), 0..3);
    let one = (proptest::sample::select(BINDINGS), keys).prop_map(|(binding, keys)| Change {
        context: binding.context,
        action: binding.action,
        keys: keys.into_iter().map(|key| key.parse().unwrap()).collect(),
    });
    proptest::collection::vec(one, 1..6)
}

#[test]
fn any_table_that_is_accepted_leaves_a_way_out_of_everywhere() {
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 2000, ..Config::default() });
    let outcome = runner.run(&changes(), |changes| {
        let Ok(keymap) = Keymap::rebound(&changes) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        accepted.set(accepted.get() + 1);
        for context in Context::ALL {
            let chain = context.chain();
            let leads_to = |action: Action| {
                let mut keys = chain.iter().flat_map(|context| keymap.of(*context)).flat_map(|it| it.keys.iter());
                keys.any(|key: &Key| keymap.lookup(&chain, &key.event()) == Some(action))
            };
            prop_assert!(leads_to(Action::Interrupt), "{context:?}");
            prop_assert!(context.way_out().is_none_or(leads_to), "{context:?}");
            // And every key does what the help says of it.
            for binding in chain.iter().flat_map(|context| keymap.of(*context)) {
                for key in binding.keys.iter() {
                    prop_assert_eq!(keymap.lookup(&chain, &key.event()), Some(binding.action));
                    let types = chain[0].is_typing() && key.edits_text();
                    prop_assert!(!types, "{} can't be typed in {:?}", key, context);
                }
            }
        }
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
    assert!(accepted.get() > 200 && refused.get() > 200, "{} and {}", accepted.get(), refused.get());
}
