//! `audit`, and the filter of `list`.

mod since;
mod stock;
mod sweep;

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use self::stock::{Stock, UNMASKED, ago, all, column, csv_rows, ids, markdown_tables, table_ids};
use crate::support::{Answer, Scripted, World, refused};

#[test]
fn each_format_as_a_whole() {
    let service = Stock::new().serve();
    for format in ["table", "json", "csv", "markdown"] {
        let run = service.world.run(&["audit", "--format", format]).exits(14);
        insta::assert_snapshot!(format!("audit_{format}"), all(&run));
    }
    let run = service.world.run(&["audit", "--json"]).exits(14);
    insta::assert_snapshot!("audit_json", all(&run));
}

#[test]
fn each_format_has_the_same_rows_in_the_same_order() {
    let world = World::new();
    let service = Stock::new().serve();
    for (world, filter) in [
        (&world, ""),
        (&world, "!inactive created:>1d"),
        (&world, "dup"),
        (&service.world, ""),
        (&service.world, "!dup used:>1h"),
    ] {
        let run = |format| world.run(&["audit", "--filter", filter, "--format", format]).exits(14).out;
        let document: Value = serde_json::from_str(&run("json")).unwrap();
        let expected = ids(&document["keys"]);
        assert!(expected.len() > 3, "{filter}: {expected:?}");
        assert_eq!(column(&csv_rows(&run("csv"))[1..], 0), expected, "{filter}");
        let tables = markdown_tables(&run("markdown"));
        assert_eq!(tables.len(), 1);
        assert_eq!(column(&tables[0], 0), expected, "{filter}");
        assert_eq!(table_ids(&run("table")), expected, "{filter}");
        assert_eq!(document["summary"]["found"], expected.len());
    }
}

#[test]
fn the_same_statuses_as_lists_have() {
    let world = World::new();
    let listed = world.keys(&[]);
    let run = world.run(&["audit", "--json"]).exits(14);
    let document = run.json();
    let is_stale = |key: &&Value| key["status"] == "stale" || key["status"] == "never-used";
    let expected: BTreeSet<_> = listed.iter().filter(is_stale).map(|key| key["id"].as_i64().unwrap()).collect();
    assert_eq!(ids(&document["keys"]).into_iter().collect::<BTreeSet<_>>(), expected);
    for key in document["keys"].as_array().unwrap() {
        assert!(listed.contains(key), "a key looks as in `list`: {key}");
    }
    let summary = &document["summary"];
    for (field, status) in [
        ("stale", "stale"),
        ("neverUsed", "never-used"),
        ("idle", "idle"),
        ("new", "new"),
        ("active", "active"),
        ("unknown", "unknown"),
        ("inactive", "inactive"),
        ("expired", "expired"),
    ] {
        assert_eq!(summary[field], listed.iter().filter(|key| key["status"] == status).count(), "{status}");
    }
    assert_eq!(summary["total"], listed.len());
    assert_eq!(document["unreadable"], json!([]));
    assert_eq!(document["organization"]["name"], "Acme Inc.");
    assert!(document.get("comparison").is_none());
    let project = world.run(&["audit", "--project", "Sandbox", "--json"]).exits(14).json();
    assert_eq!(project["summary"]["scope"]["name"], "Sandbox");
    assert!(project["keys"].as_array().unwrap().iter().all(|key| key["scope"]["name"] == "Sandbox"));
    assert_eq!(project["summary"]["total"], world.keys(&["--project", "Sandbox"]).len());
}

#[test]
fn what_expires_soon_is_counted_and_found_where_that_is_asked_for() {
    let stock = Stock::new();
    let until = |hours: i64| ago(-hours);
    stock.change_key(2, "expiresAt", until(30));
    stock.change_key(9, "expiresAt", until(24 * 13));
    stock.change_key(4, "expiresAt", until(24 * 13));
    // Too far away, over, and of no importance.
    stock.change_key(11, "expiresAt", until(24 * 15));
    stock.change_key(10, "expiresAt", ago(1));
    stock.change_key(8, "expiresAt", until(30));
    let service = stock.serve();
    let world = &service.world;
    let usual = world.run(&["audit"]).exits(14).says("2 keys that are in use expire within 14 days");
    assert!(!table_ids(&usual.out).contains(&2), "{usual:?}");
    // Keys 2 and 9 are not stale, 4 is anyway.
    let run = world.run(&["audit", "--fail-on", "expiring"]).exits(14).says("never used or expiring within 14 days");
    assert!([2, 4, 9].iter().all(|id| table_ids(&run.out).contains(id)), "{run:?}");
    assert!([8, 10, 11].iter().all(|id| !table_ids(&run.out).contains(id)), "{run:?}");
    assert!(run.out.contains("; expires in 1 day ") && run.out.contains("; expires in 12 days "), "{run:?}");
    assert!(!run.err.contains("--fail-on"), "{run:?}");
    let document = world.run(&["audit", "--json", "--fail-on", "expiring"]).exits(14).json();
    assert_eq!((&document["summary"]["expiring"], &document["summary"]["expired"]), (&json!(3), &json!(1)));
    // Neither key of the organization that is found is a failure, unless it expires.
    let own = &["audit", "--org", "--fail-on", "expiring"];
    assert_eq!(table_ids(&world.run(own).exits(14).out), [1, 2]);
    stock.change_key(2, "expiresAt", Value::Null);
    assert_eq!(table_ids(&world.run(own).exits(0).out), [1]);
    let list = world.run(&["list"]).exits(0);
    assert!(list.out.contains("EXPIRES") && list.out.contains("in 12 days") && list.out.contains("never"), "{list:?}");
    assert!(!world.run(&["list", "--org"]).exits(0).out.contains("EXPIRES"), "no key of it has one");
}

#[test]
fn hostile_names_stay_names_in_every_format() {
    let service = Stock::new().serve();
    let run = |format| service.world.run(&["audit", "--format", format]).exits(14);
    for format in ["table", "json", "csv", "markdown"] {
        let run = run(format);
        let is_plain =
            |character: char| !character.is_control() || character == '\n' || (character == '\r' && format == "csv");
        assert!(run.out.chars().all(is_plain) && !run.out.contains('\u{202e}'), "{run:?}");
        for secret in [UNMASKED, "FAKE"] {
            assert!(!run.out.contains(secret) && !run.err.contains(secret), "{run:?}");
        }
        assert!(run.out.contains("d4e5f6"), "{run:?}");
    }
    let rows = csv_rows(&run("csv").out);
    let row = |id: &str| rows.iter().find(|row| row[0] == id).unwrap();
    assert_eq!(row("5")[1], "'=HYPERLINK(\"http://evil.test\",\"x\")");
    assert_eq!(row("5")[4], "Zoo, the \"best\"");
    assert_eq!(row("6")[1], "evil<U+202E>txt");
    assert_eq!(row("7")[1], "a|b `c` <b><U+000A>@all");
    assert_eq!((row("7")[9].as_str(), row("7")[6].as_str()), ("never", "never-used"));
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{rows:?}");
    let page = run("markdown").out;
    let tables = markdown_tables(&page);
    let row = tables[0].iter().find(|row| row[0] == "7").unwrap();
    assert_eq!(row[2], r"a\|b \`c\` &lt;b&gt;&lt;U+000A&gt;`@`all");
    assert!(!page.contains("<b>") && !page.contains("http://"), "{page}");
    let document = run("json").json();
    let names: Vec<_> = document["keys"].as_array().unwrap().iter().map(|key| key["name"].clone()).collect();
    assert!(names.contains(&json!("evil\u{202e}txt")) && names.contains(&json!("a|b `c` <b>\n@all")), "{names:?}");
}

#[test]
fn filters_narrow_or_decide() {
    let service = Stock::new().serve();
    for (arguments, expected, code) in [
        (&["--filter", "alpha"][..], &[][..], 0),
        (&["--filter", "scope:alpha"], &[4, 3], 14),
        (&["--filter", "project:alpha !name:café"], &[4], 14),
        (&["--filter", "inactive"], &[8], 0),
        (&["--filter", "inactive", "--fail-on", "inactive"], &[8], 14),
        (&["--filter", "inactive", "--fail-on", "any"], &[8], 14),
        (&["--filter", "stale"], &[1, 4, 3, 6, 5], 14),
        (&["--filter", "never"], &[11, 7], 14),
        (&["--filter", "used:>30d scope:alpha"], &[4, 3, 9], 14),
        (&["--filter", "id:2"], &[2], 0),
        (&["--filter", &format!("key:{UNMASKED} unknown")], &[10], 0),
        (&["--filter", UNMASKED, "--fail-on", "idle,unknown"], &[1, 2, 4, 11, 3, 9, 10, 6, 5, 7, 8], 14),
        (&["--fail-on", "idle"], &[1, 4, 3, 9, 6, 5, 7], 14),
        (&["--fail-on", "expired"], &[1, 4, 3, 6, 5, 7], 0),
        (&["--fail-on", "none"], &[1, 4, 3, 6, 5, 7], 0),
        (&["--org", "--fail-on", "never"], &[1], 0),
        (&["--org", "--fail-on", "never", "--fail-on", "stale"], &[1], 14),
        (&["--org", "--stale-after", "100y", "--idle-after", "99y"], &[], 0),
        (&["--project", "p-b", "--stale-after", "30d"], &[9], 14),
        (&["--project", "p-b", "--stale-after", "6w"], &[], 0),
        (&["--project", "p-a", "--new-within", "1d", "--filter", "new"], &[11], 0),
    ] {
        let run = service.world.run(&[&["audit", "--json"], arguments].concat()).exits(code);
        assert_eq!(ids(&run.json()["keys"]), expected, "{arguments:?}");
        assert!(!run.out.contains("FAKE") && run.err.is_empty(), "{run:?}");
    }
    let document = service.world.run(&["audit", "--json", "--filter", UNMASKED]).json();
    assert_eq!(document["summary"]["filter"], "key:d4e5f6");
    for format in ["json", "markdown"] {
        let filter = format!("name:{UNMASKED} \"the {UNMASKED}\"");
        let run = service.world.run(&["audit", "--format", format, "--filter", &filter]).exits(0);
        assert!(run.out.contains("confident") && !run.out.contains("FAKE"), "{run:?}");
    }
    let document = service.world.run(&["audit", "--json", "--stale-after", "20d", "--new-within", "2w"]).json();
    assert_eq!(document["summary"]["thresholds"], json!({ "newDays": 14, "idleDays": 20, "staleDays": 20 }));
}

#[test]
fn lists_and_single_keys_go_by_the_thresholds_that_are_asked_for() {
    let service = Stock::new().serve();
    let statuses = |arguments: &[&str]| {
        let document = service.world.run(&[&["list", "--json", "--project", "p-b"], arguments].concat()).json();
        let keys = document["keys"].as_array().unwrap();
        keys.iter().map(|key| (key["id"].as_i64().unwrap(), key["status"].clone())).collect::<Vec<_>>()
    };
    let of = |id, statuses: &[(i64, Value)]| statuses.iter().find(|(other, _)| *other == id).unwrap().1.clone();
    assert_eq!(of(9, &statuses(&[])), "idle");
    assert_eq!(of(9, &statuses(&["--stale-after", "30d"])), "stale");
    assert_eq!(of(9, &statuses(&["--idle-after", "90d"])), "active");
    assert_eq!(statuses(&["--stale-after", "30d", "--filter", "stale"]), [(9, json!("stale"))]);
    // One key, of the embedded service.
    let world = World::new();
    let document = world.run(&["list", "--org", "--json", "--filter", "idle"]).json();
    let id = document["keys"][0]["id"].to_string();
    let status = |arguments: &[&str]| world.run(&[&["get", &id, "--org", "--json"], arguments].concat()).json();
    assert_eq!(status(&[])["key"]["status"], "idle");
    assert_eq!(status(&["--stale-after", "3w"])["key"]["status"], "stale");
}

#[test]
fn what_was_found_is_told_in_words() {
    let service = Stock::new().serve();
    for (arguments, words) in [
        (&[][..], "6 of 11 keys are stale or were never used.\n"),
        (&["--org"], "1 of 2 keys is stale or was never used.\n"),
        (&["--fail-on", "idle"], "7 of 11 keys are idle, stale or never used.\n"),
        (&["--filter", "nothing"], "0 of 11 keys are stale or were never used and fit the filter.\n"),
        (
            &["--filter", "scope:alpha"],
            "2 of 11 keys are stale or were never used and fit the filter.\n\
             3 more keys fit the filter, but are in use or inactive: `ckeys list` with the same filter shows them.\n",
        ),
        (&["--filter", "inactive"], "1 of 11 keys fits the filter.\n"),
        (
            &["--filter", "!active created:>1d"],
            "8 of 11 keys fit the filter; 5 of them are stale or were never used.\n",
        ),
    ] {
        for format in ["table", "csv", "markdown"] {
            let run = service.world.run(&[&["audit", "--format", format], arguments].concat());
            assert_eq!(run.err, words, "{arguments:?}");
        }
    }
}

#[test]
fn a_part_that_cannot_be_read_exits_1_and_is_told_in_every_format() {
    let service = Stock::new().serve_but(&["p-b", "p-zoo"], || refused(403, "Not <these>"));
    let run = service.world.run(&["audit", "--json"]).exits(1);
    let document = run.json();
    assert_eq!(ids(&document["keys"]), [1, 4, 3], "the rest is there, and 14 would say that it is all");
    let unreadable = document["unreadable"].as_array().unwrap();
    assert_eq!(unreadable[0]["scope"], json!({ "kind": "project", "id": "p-zoo", "name": "Zoo, the \"best\"" }));
    assert_eq!(unreadable[1]["scope"], json!({ "kind": "project", "id": "p-b", "name": "Alpha" }));
    assert!(unreadable.iter().all(|entry| entry["error"].as_str().unwrap().contains("Not <these>")));
    assert_eq!((document["summary"]["scopes"].as_u64(), document["summary"]["total"].as_u64()), (Some(2), Some(5)));
    for format in ["table", "csv", "markdown", "json"] {
        let run = service.world.run(&["audit", "--format", format]).exits(1);
        run.says("The keys of the project Zoo, the \"best\" can't be read.")
            .says("the project Alpha (p-b) can't be read");
    }
    let run = service.world.run(&["audit", "--format", "markdown"]);
    insta::assert_snapshot!("audit_unreadable", all(&run));
    // Nothing found does not make it whole either.
    service.world.run(&["audit", "--filter", "nothing"]).exits(1).says("; 2 projects could not be read.");
    service.world.run(&["audit", "--project", "p-b", "--json"]).exits(4);
    let gone = Stock::new().serve_but(&["p-b"], || refused(404, "No such project."));
    let run = gone.world.run(&["audit", "--project", "p-b"]).exits(5).prints_nothing();
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
    let refusing = Scripted::new(|_| refused(401, "Who are you?"));
    refusing.world.run(&["audit"]).exits(4).prints_nothing().says("Who are you?");
}

#[test]
fn mistakes_exit_2_before_anything_is_sent() {
    let world = World::at("http://127.0.0.1:1");
    let file = world.home.path().join("x.json");
    fs::write(&file, "[1,\n \"confident_us_org_FAKE_not_a_key\"]").unwrap();
    let (file, folder) = (file.to_str().unwrap(), world.home.path().to_str().unwrap());
    for (arguments, words) in [
        (&["audit", "--org", "--project", "Sandbox"][..], "cannot be used with"),
        (&["audit", "--stale-after", "90"], "write a time such as 90d"),
        (&["audit", "--stale-after", "36h"], "whole days"),
        (&["audit", "--stale-after", "10d", "--idle-after", "20d"], "no key would be idle"),
        (&["list", "--stale-after", "10d", "--idle-after", "20d"], "no key would be idle"),
        (&["--stale-after", "10d", "--idle-after", "20d"], "no key would be idle"),
        (&["--stale-after", "10d", "list"], "write them after `list`"),
        (&["audit", "--fail-on", "old"], "invalid value 'old'"),
        (&["audit", "--fail-on", "stale,none"], "none stands alone"),
        (&["audit", "--format", "xml"], "invalid value 'xml'"),
        (&["audit", "--json", "--format", "csv"], "cannot be used with"),
        (&["audit", "--since", "/no/such/file"], "/no/such/file of --since can't be read"),
        (&["audit", "--since", folder], "can't be read"),
        (&["audit", "--since", file], "is not what `ckeys audit --json` or `ckeys list --json` prints: see line 1"),
        (&["audit", "--filter", "stale:90d"], "stale: wants a time such as >90d"),
    ] {
        let run = world.run(arguments).exits(2).prints_nothing().says(words);
        assert!(!run.err.contains("FAKE"), "{run:?}");
    }
    fs::write(file, "{\n").unwrap();
    world.run(&["audit", "--since", file]).exits(2).prints_nothing().says("prints: see line 2.");
}

#[test]
fn keys_are_as_old_as_the_services_clock_says() {
    let stock = Stock::new();
    // Its clock is a hundred days ahead of this machine's.
    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 100);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
    let service = Scripted::new(move |request| match stock.answer(request) {
        Answer::Json(status, body) => {
            let headers = ["content-type: application/json", &format!("date: {date}")];
            Answer::raw(status, &headers, body.to_string())
        }
        other => other,
    });
    let document = service.world.run(&["audit", "--filter", "!inactive", "--json"]).exits(14).json();
    let status = |id| {
        let key = document["keys"].as_array().unwrap().iter().find(|key| key["id"] == id);
        key.unwrap()["status"].as_str().unwrap().to_owned()
    };
    // Used an hour and 40 days ago, and made three hours ago, by this machine's clock.
    assert_eq!([status(2), status(9), status(11)], ["stale", "stale", "never-used"]);
    assert!(service.world.run(&["list"]).exits(0).out.contains("100 days ago"));
}
