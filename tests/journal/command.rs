//! `ckeys journal`.

use std::fs;
use std::process::Output;

use confident_keys::journal::{Action, Entry, OrganizationRecord, Outcome, ScopeRecord};
use serde_json::{Value, json};

use crate::child::Program;
use crate::support::{Home, entry, intent, rotation};

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn run(home: &Home, arguments: &[&str], code: i32) -> Output {
    let output = home.ckeys(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    output
}

fn table(home: &Home, arguments: &[&str]) -> String {
    text(&run(home, arguments, 0).stdout).to_owned()
}

fn document(home: &Home, arguments: &[&str]) -> Value {
    serde_json::from_slice(&run(home, arguments, 0).stdout).unwrap()
}

#[test]
fn an_empty_journal_is_no_failure_and_nothing_is_made() {
    let home = Home::new();
    let output = run(&home, &["journal"], 0);
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("", "Nothing was done yet.\n"));
    assert_eq!(document(&home, &["journal", "--json"]), json!({ "entries": [], "open": [] }));
    assert!(!home.journal.folder().exists());
}

#[test]
fn people_read_a_table_newest_last_and_what_is_open_at_its_end() {
    let home = Home::new();
    home.journal.append(&entry("GitHub Actions")).unwrap();
    let organization = ScopeRecord::Organization;
    let failed = Entry { action: Action::Deactivate, outcome: Outcome::Failed, scope: organization, ..entry(" ") };
    home.journal.append(&Entry { detail: "the service is down for maintenance".into(), ..failed }).unwrap();
    Program::start(&home, "hold an intent", "killed").kill();
    let _under_way = home.journal.begin(&intent("now")).unwrap();
    let _rotated = home.journal.begin(&rotation("rotated")).unwrap();
    let mut lines: Vec<_> = table(&home, &["journal"]).lines().map(str::to_owned).collect();
    // They began at the same time: their order is anybody's guess.
    lines[3..].sort();
    assert_eq!(
        lines,
        [
            "TIME                  ACTION      SCOPE           ID  NAME            OUTCOME    DETAIL",
            "2026-11-21 02:51 UTC  create      Sandbox         57  GitHub Actions  done",
            "2026-11-21 02:51 UTC  deactivate  (organization)  57  (unnamed)       failed     the service is down for maintenance",
            "2026-11-21 02:51 UTC  create      Sandbox             killed          open",
            "2026-11-21 02:51 UTC  create      Sandbox             now             under way",
            "2026-11-21 02:51 UTC  rotate      Sandbox         34  rotated         under way  with a grace period of 24 h",
        ]
    );
    let newest = table(&home, &["journal", "-n", "1"]);
    assert!(!newest.contains("GitHub Actions") && newest.contains("deactivate") && newest.contains("under way"));
}

#[test]
fn a_second_organization_gets_a_column() {
    let home = Home::new();
    home.journal.append(&entry("a")).unwrap();
    assert!(!table(&home, &["journal"]).contains("ORGANIZATION"));
    let other = Some(OrganizationRecord { id: "org-2".into(), name: "Umbrella".into() });
    home.journal.append(&Entry { organization: other, ..entry("b") }).unwrap();
    let table = table(&home, &["journal"]);
    assert!(table.contains("ORGANIZATION") && table.contains("Umbrella") && table.contains("Acme Inc."), "{table}");
}

#[test]
fn json_has_every_field_and_both_states() {
    let home = Home::new();
    home.journal.append(&entry("evil\u{202e}txt")).unwrap();
    let anonymous = Entry { organization: None, id: None, name: None, scope: ScopeRecord::Organization, ..entry("") };
    home.journal.append(&Entry { detail: "words".into(), ..anonymous }).unwrap();
    drop(home.journal.begin(&intent("left")).unwrap());
    let _under_way = home.journal.begin(&intent("now")).unwrap();
    let document = document(&home, &["journal", "--json"]);
    let organization = json!({ "id": "org-1", "name": "Acme Inc." });
    let sandbox = json!({ "kind": "project", "id": "p1", "name": "Sandbox" });
    assert_eq!(
        document["entries"],
        json!([
            {
                "time": "2026-11-21T02:51:01.000Z", "organization": organization,
                "service": "https://api.confident-ai.com", "scope": sandbox, "action": "create", "id": 57,
                "name": "evil\u{202e}txt", "outcome": "done", "detail": "",
            },
            {
                "time": "2026-11-21T02:51:01.000Z", "organization": null,
                "service": "https://api.confident-ai.com", "scope": { "kind": "organization", "id": null, "name": null },
                "action": "create", "id": null, "name": null, "outcome": "done", "detail": "words",
            },
        ])
    );
    let mut open: Vec<_> = document["open"]
        .as_array()
        .unwrap()
        .iter()
        .map(|open| (open["name"].as_str(), open["outcome"].as_str()))
        .collect();
    open.sort_unstable();
    assert_eq!(open, [(Some("left"), Some("open")), (Some("now"), Some("under-way"))]);
    assert_eq!(document["open"][0]["id"], Value::Null);
    let rotated = Home::new();
    drop(rotated.journal.begin(&rotation("rotated")).unwrap());
    let open = &self::document(&rotated, &["journal", "--json"])["open"][0];
    assert_eq!((&open["action"], &open["id"], &open["outcome"]), (&json!("rotate"), &json!(34), &json!("open")));
    assert!(open.get("ends").is_none() && !open.to_string().contains("a1b2c3"), "{open}");
    // Looking takes nothing away from the start that has to look into it.
    assert_eq!(home.journal.abandoned().unwrap().abandoned.len(), 1);
}

#[test]
fn hostile_names_are_shown_and_never_obeyed() {
    let home = Home::new();
    home.journal.append(&entry("evil\u{202e}\u{1b}[2J\n")).unwrap();
    assert!(table(&home, &["journal"]).contains("evil<U+202E><U+001B>[2J<U+000A>"));
    let output = run(&home, &["journal", "--json"], 0);
    assert!(text(&output.stdout).contains(r#""evil\u202e\u001b[2J\u000a""#));
    assert!(!home.contents().contains(['\u{202e}', '\u{1b}']), "nor when the file itself is printed");
}

#[test]
fn what_was_torn_is_told_and_the_rest_is_printed() {
    let home = Home::new();
    home.journal.append(&entry("a")).unwrap();
    let mut content = fs::read(home.path("journal.jsonl")).unwrap();
    content.extend_from_within(..40);
    fs::write(home.path("journal.jsonl"), content).unwrap();
    let output = run(&home, &["journal"], 0);
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert!(text(&output.stderr).starts_with("ckeys: 1 line of the journal can't be read"), "{output:?}");
}

#[test]
fn a_folder_that_cannot_be_read_exits_1() {
    let home = Home::new();
    fs::write(home.journal.folder().parent().unwrap(), "no folder").unwrap();
    let output = run(&home, &["journal"], 1);
    assert!(output.stdout.is_empty() && text(&output.stderr).starts_with("ckeys: The journal's "), "{output:?}");
}
