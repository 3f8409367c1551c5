//! Any text, as a name comes in and as a person pastes one: what is shown of it holds nothing that hides or steers, and
//! is as wide as it is said to be. Any settings; any organization key and address, as the environment holds them.
#![no_main]

use confident_keys::config::{Configuration, Connection};
use confident_keys::redact;
use confident_keys::text::{Text, fit, is_hidden, width, wrap};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, u8)| {
    let (one, other, cells) = input;
    let cells = usize::from(cells);
    let text = Text::from(one);
    assert!(!text.as_str().chars().any(is_hidden), "{text:?}");
    assert_eq!(Text::from(text.as_str()).as_str(), text.as_str(), "what is clean stays as it is");
    assert!(width(&fit(text.as_str(), cells)) <= cells, "{text:?} in {cells}");
    // A character that is wider than a line stands on one by itself.
    let least = cells.max(2);
    assert!(wrap(text.as_str(), least).iter().all(|line| width(line) <= least), "{text:?} in {least}");
    let words = redact::redacted(one);
    assert!(!redact::holds_key(&words), "{one:?} became {words:?}");

    // Any settings: what is wrong with them is told in clean words.
    let problems = Configuration::parse(one).problems;
    assert!(problems.iter().all(|problem| !problem.to_string().chars().any(is_hidden)), "{problems:?}");

    let variable = |name: &str| match name {
        "CONFIDENT_ORG_API_KEY" => Some(one.to_owned()),
        "CONFIDENT_BASE_URL" => Some(other.to_owned()).filter(|other| !other.is_empty()),
        "CONFIDENT_REGION" => Some(other.to_owned()),
        _ => None,
    };
    match Connection::from_environment(variable) {
        Ok(connection) => {
            assert!(connection.key.expose().is_ascii());
            assert!(!connection.place().chars().any(is_hidden), "{}", connection.place());
        }
        Err(error) => assert!(!error.to_string().chars().any(|character| is_hidden(character) && character != '\n')),
    }
});
