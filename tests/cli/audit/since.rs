//! `--since`: what became of the keys.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::stock::{LONG_AGO, Stock, ago, all, column, csv_rows, ids, markdown_tables, table_ids, used, with};
use crate::support::refused;

/// Makes one change of each kind.
fn change_all(stock: &Stock) {
    stock.change(None, |keys| {
        keys.push(with(with(used(20, "Brand new", LONG_AGO), "lastUsed", Value::Null), "created_at", ago(0)));
    });
    stock.change(Some("p-zoo"), |keys| keys.retain(|key| key["id"] != 6));
    stock.change_key(1, "lastUsed", ago(2));
    stock.change_key(2, "lastUsed", LONG_AGO);
    stock.change_key(4, "valid", false);
}

#[test]
fn since_an_earlier_document_each_kind_is_told_in_each_format() {
    for earlier in ["audit", "list"] {
        let stock = Stock::new();
        let service = stock.serve();
        let world = &service.world;
        let file = world.home.path().join("earlier.json");
        fs::write(&file, world.run(&[earlier, "--json"]).out).unwrap();
        let since = ["audit", "--since", file.to_str().unwrap()];
        let run = world.run(&[&since[..], &["--json"]].concat()).exits(14);
        for kind in ["new", "newlyStale", "revived", "stopped", "gone"] {
            assert_eq!(run.json()["comparison"][kind], json!([]), "nothing happened yet");
        }
        change_all(&stock);
        // Only a list tells that this one had been there, and worked.
        stock.change_key(9, "valid", false);
        let stopped: &[i64] = if earlier == "list" { &[4, 9] } else { &[4] };
        let run = world.run(&[&since[..], &["--json"]].concat()).exits(14);
        let document = run.json();
        let comparison = &document["comparison"];
        for (kind, expected) in
            [("new", &[20][..]), ("newlyStale", &[2]), ("revived", &[1]), ("stopped", stopped), ("gone", &[6])]
        {
            assert_eq!(ids(&comparison[kind]), expected, "{earlier}: {kind}");
        }
        assert_eq!(comparison["since"].is_string(), earlier == "audit");
        assert_eq!(comparison["gone"][0]["status"], "stale", "as it was");
        let found = ids(&document["keys"]);
        assert_eq!(found, [2, 3, 5, 7]);

        let rows = csv_rows(&world.run(&[&since[..], &["--format", "csv"]].concat()).exits(14).out);
        assert_eq!(rows[0][12..], ["found", "change"]);
        let of = |at: usize, word: &str| {
            let rows: Vec<_> = rows[1..].iter().filter(|row| row[at] == word).cloned().collect();
            column(&rows, 0)
        };
        assert_eq!(of(12, "true"), found);
        let page = world.run(&[&since[..], &["--format", "markdown"]].concat()).exits(14);
        let tables = markdown_tables(&page.out);
        assert_eq!(column(&tables[0], 0), found);
        let table = world.run(&since).exits(14);
        assert_eq!(table_ids(&table.out), found);
        let changes: Vec<_> = table.out.lines().skip_while(|line| !line.is_empty()).skip(2).collect();
        for (field, id, word) in [
            ("new", "new", "new"),
            ("newlyStale", "newly-stale", "newly stale"),
            ("revived", "revived", "revived"),
            ("stopped", "stopped", "stopped"),
            ("gone", "gone", "gone"),
        ] {
            let expected = ids(&comparison[field]);
            assert_eq!(of(13, id), expected, "{word}");
            let rows: Vec<_> = tables[1].iter().filter(|row| row[0] == word).cloned().collect();
            assert_eq!(column(&rows, 1), expected, "{word}");
            let lines = changes.iter().filter_map(|line| line.strip_prefix(&format!("{word}  ")));
            let shown: Vec<i64> = lines.map(|rest| rest.split_whitespace().next().unwrap().parse().unwrap()).collect();
            assert_eq!(shown, expected, "{word} in {changes:?}");
        }
        insta::assert_snapshot!(format!("audit_since_{earlier}"), all(&table));
        insta::assert_snapshot!(format!("audit_since_{earlier}_markdown"), all(&page));
    }
}

#[test]
fn a_comparison_speaks_of_what_both_runs_looked_at() {
    let stock = Stock::new();
    let service = stock.serve();
    let world = &service.world;
    let write = |name: &str, arguments: &[&str]| -> String {
        let path: PathBuf = world.home.path().join(name);
        fs::write(&path, world.run(arguments).out).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let whole = write("whole.json", &["audit", "--json"]);
    let project = write("project.json", &["audit", "--json", "--project", "p-zoo"]);
    let filtered = write("filtered.json", &["audit", "--json", "--filter", "scope:alpha"]);
    let decided = write("decided.json", &["audit", "--json", "--filter", "inactive"]);
    let loose = write("loose.json", &["audit", "--json", "--stale-after", "99y", "--idle-after", "98y"]);
    let partly = Stock(Arc::clone(&stock.0)).serve_but(&["p-b"], || refused(403, "No"));
    let blind = world.home.path().join("blind.json");
    fs::write(&blind, partly.world.run(&["audit", "--json"]).exits(1).out).unwrap();
    change_all(&stock);
    stock.change_key(9, "lastUsed", LONG_AGO);

    let kinds = |since: &str, arguments: &[&str]| {
        let run = world.run(&[&["audit", "--json", "--since", since], arguments].concat());
        let comparison = run.json()["comparison"].clone();
        ["new", "newlyStale", "revived", "stopped", "gone"].map(|kind| ids(&comparison[kind]))
    };
    let none: Vec<i64> = Vec::new();
    assert_eq!(kinds(&whole, &[]), [vec![20], vec![2, 9], vec![1], vec![4], vec![6]]);
    // Now less than then.
    assert_eq!(kinds(&whole, &["--org"]), [vec![20], vec![2], vec![1], none.clone(), none.clone()]);
    assert_eq!(
        kinds(&whole, &["--project", "p-zoo"]),
        [none.clone(), none.clone(), none.clone(), none.clone(), vec![6]]
    );
    assert_eq!(
        kinds(&whole, &["--filter", "name:brand"]),
        [vec![20], none.clone(), none.clone(), none.clone(), none.clone()]
    );
    assert_eq!(kinds(&whole, &["--filter", "name:evil inactive"])[4], [6], "what it was, and not how it stands");
    // Then less than now: what the earlier run did not look at is not called newly stale.
    assert_eq!(kinds(&project, &[]), [vec![20], none.clone(), none.clone(), none.clone(), vec![6]]);
    assert_eq!(kinds(&filtered, &[]), [vec![20], vec![9], none.clone(), vec![4], none.clone()]);
    assert_eq!(kinds(&decided, &[]), [vec![20], none.clone(), none.clone(), none.clone(), none.clone()]);
    assert_eq!(kinds(blind.to_str().unwrap(), &[])[1], [2]);
    let words = |since: &str| world.run(&["audit", "--since", since]).err;
    assert!(words(blind.to_str().unwrap()).contains("could not read the project Alpha (p-b):"), "{}", words(&whole));
    assert!(words(&loose).contains("had other thresholds (new for 7 days, idle after 35770, stale after 36135)"));
    // A project that can't be read now has lost nothing.
    let run = partly.world.run(&["audit", "--json", "--since", &whole]).exits(1);
    assert_eq!(ids(&run.json()["comparison"]["gone"]), [6]);
    // One that is gone took its keys along.
    stock.0.lock().unwrap().retain(|(of, _)| of.is_none_or(|(id, _)| id != "p-zoo"));
    assert_eq!(kinds(&whole, &[])[4], [6, 5, 7]);

    let other = fs::read_to_string(&whole).unwrap().replace("\"org-1\"", "\"org-2\"");
    fs::write(&blind, other).unwrap();
    let run = world.run(&["audit", "--since", blind.to_str().unwrap()]).exits(2).prints_nothing();
    run.says("another organization, Acme Inc. (org-2)");
}
