//! Writes whose outcome is unknown, contradicted or refused: against sockets that are told what to answer.

#[cfg(unix)]
use std::process::Stdio;

use serde_json::json;

use crate::support::{Answer, Run, Scripted, World, ok, organization, refused, wire_key};

/// A service with the organization, the inactive key 7, and `write` for everything that is no GET.
fn service(write: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Scripted {
    with_key(false, write)
}

fn with_key(valid: bool, write: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/organization/api-keys" => ok(json!({ "apiKeys": [wire_key(7, "CI", valid)] })),
        "GET /v1/organization/api-keys/7" => ok(json!({ "apiKey": wire_key(7, "CI", valid) })),
        _ if request.starts_with("GET ") => refused(404, "API key not found."),
        _ => write(request),
    })
}

const CREATE: [&str; 6] = ["create", "CI", "--org", "--to", "stdout", "--yes"];
const DELETE: [&str; 5] = ["delete", "7", "--org", "--confirm", "CI"];
const ACTIVATE: [&str; 4] = ["activate", "7", "--org", "--yes"];

#[test]
fn a_lost_answer_exits_7_and_the_post_is_sent_once() {
    let lost = service(|_| Answer::Nothing);
    let run = lost.world.run(&CREATE).exits(7).prints_nothing();
    run.says("may have been generated").says("Read again just now, no such key is there");
    assert_eq!(lost.writes(), ["POST /v1/organization/api-keys"]);
}

/// A service whose answer to a create is lost. Its list has the keys of these `names` from then on.
fn losing(names: &'static [&str]) -> Scripted {
    let made = std::sync::atomic::AtomicBool::new(false);
    Scripted::new(move |request| {
        use std::sync::atomic::Ordering::SeqCst;
        match request {
            "GET /v1/organization" => organization(),
            "GET /v1/organization/api-keys" => {
                let new = if made.load(SeqCst) { names } else { &[] };
                let new = (8..).zip(new).map(|(id, name)| wire_key(id, name, true));
                ok(json!({ "apiKeys": std::iter::once(wire_key(7, "CI", true)).chain(new).collect::<Vec<_>>() }))
            }
            _ => {
                made.store(true, SeqCst);
                refused(500, "Oops")
            }
        }
    })
}

#[test]
fn a_key_that_came_of_a_lost_answer_is_found() {
    let run = losing(&["CI"]).world.run(&CREATE).exits(7).prints_nothing();
    run.says("Read again just now, it is there").says("id 8").says("Somebody else may have made it");
    let run = losing(&["CI", "Other", "CI"]).world.run(&CREATE).exits(7).prints_nothing();
    let run = run.says("several are there that are new").says("id 8").says("id 10").says("somebody else may have made");
    assert!(!run.err.contains("id 9"), "{run:?}");
    // A service may change the name.
    let run = losing(&["CI (2)"]).world.run(&CREATE).exits(7).prints_nothing();
    run.says("no key of this name is there, but others that are new").says("“CI (2)” (id 8");
}

#[test]
fn lost_changes_exit_7_and_are_read_again() {
    for (arguments, words) in [(&ACTIVATE[..], "it is inactive"), (&DELETE[..], "it is still there")] {
        let lost = service(|_| Answer::Nothing);
        lost.world.run(arguments).exits(7).prints_nothing().says("unknown").says(words).says("`ckeys get 7 --org`");
        assert_eq!(lost.writes().len(), 2, "once more, as they are idempotent");
    }
}

#[test]
fn refused_writes_did_not_happen() {
    for (status, code) in [(401, 4), (403, 4), (404, 5), (409, 1), (422, 1)] {
        let service = service(move |_| refused(status, "So says the service"));
        for arguments in [&CREATE[..], &ACTIVATE, &DELETE] {
            service.world.run(arguments).exits(code).prints_nothing().says("So says the service");
        }
        assert_eq!(service.writes().len(), 3);
    }
}

#[test]
fn a_success_that_contradicts_is_a_warning() {
    let unmoved = service(|_| ok(json!({ "apiKey": wire_key(7, "CI", false) })));
    let run = unmoved.world.run(&[&ACTIVATE[..], &["--json"]].concat()).exits(0).says("Warning");
    assert_eq!(run.json()["key"]["valid"], false);
    assert!(!run.err.contains("Reactivated"), "{run:?}");
    let another = service(|_| ok(json!({ "apiKey": wire_key(8, "Another", true) })));
    let kept = service(|_| ok(json!({ "id": 7, "deleted": false })));
    let run = kept.world.run(&[&DELETE[..], &["--json"]].concat()).exits(0).says("Warning").says("does not confirm it");
    assert!(run.json()["deleted"] == false && !run.err.contains("Deleted"), "{run:?}");
    let gone = service(|_| ok(json!({ "id": 7, "deleted": true })));
    assert!(!gone.world.run(&DELETE).exits(0).err.contains("Warning"));
    another.world.run(&ACTIVATE).exits(0).says("Warning").says("key 8");
    let journal = another.world.run(&["journal", "--json"]).exits(0).json();
    assert_eq!((&journal["entries"][0]["id"], &journal["entries"][0]["name"]), (&json!(7), &json!("CI")));
    let renamed = service(|_| {
        let mut key = wire_key(9, "Something else", true);
        key["value"] = json!("confident_org_fake_not_a_key_777777");
        ok(json!({ "apiKey": key }))
    });
    let run = renamed.world.run(&CREATE).exits(0).says("Warning").says("Something else");
    assert_eq!(run.out, "confident_org_fake_not_a_key_777777\n");
}

#[test]
fn a_key_that_the_service_took_for_another_is_not_changed() {
    let confused = Scripted::new(|request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/organization/api-keys" => {
            ok(json!({ "apiKeys": [wire_key(7, "Production", true), wire_key(9, "CI", false)] }))
        }
        "GET /v1/organization/api-keys/7" => ok(json!({ "apiKey": wire_key(9, "CI", false) })),
        _ => refused(500, "must not be asked"),
    });
    // What the guards and the confirmation speak of is the inactive key 9; what would be sent is about 7.
    for arguments in
        [&DELETE[..], &ACTIVATE, &["deactivate", "7", "--org", "--yes"], &[&DELETE[..], &["--dry-run"]].concat()]
    {
        let run = confused.world.run(arguments).exits(1).prints_nothing();
        run.says("answered with the key 9 in place of 7").says("Nothing was changed");
    }
    assert_eq!(confused.writes(), Vec::<String>::new());
    confused.world.run(&["get", "7", "--org"]).exits(0).says("key 9 in place of 7");
}

#[test]
fn a_key_without_its_secret_is_deactivated() {
    let masked = service(|request| match request {
        "POST /v1/organization/api-keys" => ok(json!({ "apiKey": wire_key(9, "CI", true) })),
        "PUT /v1/organization/api-keys/9" => ok(json!({ "apiKey": wire_key(9, "CI", false) })),
        _ => refused(404, "No"),
    });
    masked
        .world
        .run(&CREATE)
        .exits(1)
        .prints_nothing()
        .says("did not hold the secret")
        .says("deactivated again")
        .says("id 9");
    assert_eq!(masked.writes(), ["POST /v1/organization/api-keys", "PUT /v1/organization/api-keys/9"]);
}

/// A header can't carry it, a terminal would obey it, and a file would hold two lines of it.
#[test]
fn a_value_that_can_be_no_key_is_no_secret() {
    for value in ["confident_fake\u{1b}]0;x\u{7}", "confident_fake\nEVIL=1", "•••••••••d4e5f6", "two words", ""]
    {
        let odd = service(move |request| {
            let mut key = wire_key(9, "CI", request.starts_with("POST "));
            key["value"] = json!(value);
            ok(json!({ "apiKey": key }))
        });
        odd.world.run(&CREATE).exits(1).prints_nothing().says("did not hold the secret").says("deactivated again");
        assert_eq!(odd.writes(), ["POST /v1/organization/api-keys", "PUT /v1/organization/api-keys/9"], "{value:?}");
    }
}

/// Taken back, it would be somebody's production key.
#[cfg(target_os = "linux")]
#[test]
fn an_old_key_in_place_of_the_new_one_is_not_taken_back() {
    let old = with_key(true, |_| {
        let mut key = wire_key(7, "CI", true);
        key["value"] = json!("confident_org_fake_not_a_key_777777");
        ok(json!({ "apiKey": key }))
    });
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run = Run::of(old.world.command(&CREATE).stdout(full).output().unwrap()).exits(7);
    run.says("the key 7, which was there before").says("may have been generated").says("no such key is there");
    assert_eq!(old.writes(), ["POST /v1/organization/api-keys"]);
}

#[test]
fn a_key_that_can_not_be_taken_back_is_told_loudly() {
    let stuck = service(|request| match request {
        "POST /v1/organization/api-keys" => ok(json!({ "apiKey": wire_key(9, "CI", true) })),
        _ => refused(403, "Not any more"),
    });
    stuck.world.run(&CREATE).exits(1).prints_nothing().says("IS ACTIVE").says("ckeys deactivate 9 --org");
}

/// What nobody could find out is not said, and neither is what can't be any more.
#[test]
fn of_a_key_that_was_to_be_taken_back_no_more_is_said_than_is_known() {
    let made = |request: &str| {
        (request == "POST /v1/organization/api-keys").then(|| ok(json!({ "apiKey": wire_key(9, "CI", true) })))
    };
    let dark = service(move |request| made(request).unwrap_or(Answer::Nothing));
    // There is no key 9 to be read, and a lost answer.
    let run = dark.world.run(&CREATE).exits(1).prints_nothing().says("knows no such key");
    assert!(!run.err.contains("ACTIVE"), "{run:?}");
    let blind = Scripted::new(move |request| match request {
        "GET /v1/organization" => organization(),
        "GET /v1/organization/api-keys" => ok(json!({ "apiKeys": [] })),
        _ if request.starts_with("GET ") => refused(403, "Not any more"),
        _ => made(request).unwrap_or(Answer::Nothing),
    });
    blind.world.run(&CREATE).exits(7).prints_nothing().says("MAY BE ACTIVE").says("ckeys deactivate 9 --org");
    let gone = service(move |request| made(request).unwrap_or_else(|| refused(404, "API key not found.")));
    let run = gone.world.run(&CREATE).exits(1).prints_nothing().says("knows no such key");
    assert!(!run.err.contains("ACTIVE"), "{run:?}");
    let confused =
        service(move |request| made(request).unwrap_or_else(|| ok(json!({ "apiKey": wire_key(7, "CI", false) }))));
    confused.world.run(&CREATE).exits(7).says("MAY BE ACTIVE").says("key 7 in place of 9");
    let unmoved =
        service(move |request| made(request).unwrap_or_else(|| ok(json!({ "apiKey": wire_key(9, "CI", true) }))));
    unmoved.world.run(&CREATE).exits(1).says("IS ACTIVE").says("still active");
}

/// Only an inactive key is deleted.
#[test]
fn a_deletion_does_not_go_on_where_the_deactivation_is_not_confirmed() {
    for answer in [wire_key(7, "CI", true), wire_key(8, "Another", false)] {
        let unmoved = with_key(true, move |_| ok(json!({ "apiKey": answer })));
        let run = unmoved.world.run(&[&DELETE[..], &["--deactivate"]].concat()).exits(7).prints_nothing();
        run.says("Warning").says("so it was not deleted").says("`ckeys get 7 --org`");
        assert_eq!(unmoved.writes(), ["PUT /v1/organization/api-keys/7"]);
    }
}

#[test]
fn a_deletion_that_fails_after_the_deactivation_says_so() {
    let half = with_key(true, |request| match request {
        "PUT /v1/organization/api-keys/7" => ok(json!({ "apiKey": wire_key(7, "CI", false) })),
        _ => refused(409, "In use"),
    });
    let run = half.world.run(&[&DELETE[..], &["--deactivate"]].concat()).exits(1).prints_nothing();
    run.says("In use").says("inactive now, and still there");
    assert_eq!(half.writes(), ["PUT /v1/organization/api-keys/7", "DELETE /v1/organization/api-keys/7"]);
    let gone = with_key(true, |request| match request {
        "PUT /v1/organization/api-keys/7" => ok(json!({ "apiKey": wire_key(7, "CI", false) })),
        _ => refused(404, "API key not found."),
    });
    let run = gone.world.run(&[&DELETE[..], &["--deactivate"]].concat()).exits(5).prints_nothing();
    assert!(run.err.contains("was deactivated before") && !run.err.contains("still there"), "{run:?}");
}

#[test]
fn guards_and_confirmations_send_nothing() {
    let service = with_key(true, |_| refused(500, "must not be asked"));
    for arguments in [
        &["delete", "7", "--org", "--confirm", "CI"][..],
        &["delete", "7", "--org", "--deactivate"],
        &["delete", "7", "--org", "--deactivate", "--confirm", "ci"],
        &["deactivate", "7", "--org"],
        &["create", "CI", "--org", "--to", "stdout"],
    ] {
        service.world.run(arguments).exits(6).prints_nothing();
    }
    service.world.run(&["deactivate", "7", "--org", "--dry-run"]).exits(0).prints_nothing();
    assert_eq!(service.writes(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_signal_during_a_write_says_that_its_outcome_is_unknown() {
    use rustix::process::{Pid, Signal, kill_process};
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let (told, hears) = std::sync::mpsc::channel();
        let service = with_key(true, move |_| {
            told.send(()).unwrap();
            Answer::Silence
        });
        let child = service
            .world
            .command(&["deactivate", "7", "--org", "--yes"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        hears.recv().unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let run = Run::of(child.wait_with_output().unwrap()).exits(code).prints_nothing();
        run.says("Interrupted").says("unknown").says("`ckeys get 7 --org`");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_during_a_read_says_that_nothing_was_changed() {
    use rustix::process::{Pid, Signal, kill_process};
    let (told, hears) = std::sync::mpsc::channel();
    let service = Scripted::new(move |_| {
        told.send(()).unwrap();
        Answer::Silence
    });
    let child = service.world.command(&["projects"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    hears.recv().unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    Run::of(child.wait_with_output().unwrap()).exits(130).prints_nothing().says("Nothing was being changed");
}

#[cfg(unix)]
#[test]
fn the_demo_server_tells_where_it_is_and_ends_when_told() {
    use std::io::{BufRead as _, BufReader};

    use rustix::process::{Pid, Signal, kill_process};

    use crate::support::command;
    let home = tempfile::tempdir().unwrap();
    let mut child = command(&home)
        .args(["demo-server", "--projects", "3", "--keys-per-project", "2", "--latency-ms", "1", "--seed", "5"])
        .args(["--fault", "GET /v1/projects status=403", "--fault", "GET /v1/projects html"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let base_url = lines.next().unwrap().strip_prefix("CONFIDENT_BASE_URL=").unwrap().to_owned();
    let key = lines.next().unwrap().strip_prefix("CONFIDENT_ORG_API_KEY=").unwrap().to_owned();
    let mut world = World::at(&base_url);
    world.key = key;
    world.run(&["projects"]).exits(4).says("403");
    world.run(&["projects"]).exits(1).says("web page");
    let projects = world.run(&["projects", "--json"]).exits(0).json();
    assert_eq!(projects["projects"].as_array().unwrap().len(), 3);
    let name = projects["projects"][0]["name"].as_str().unwrap();
    assert_eq!(world.keys(&["--project", name]).len(), 2);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn the_readme_shows_how_a_shell_uses_the_demo_server() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```sh\nmkfifo").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let home = tempfile::tempdir().unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_ckeys"));
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    for name in crate::environment::unwanted() {
        shell.env_remove(name);
    }
    shell.args(["-e", "-c", &format!("mkfifo{example}")]).current_dir(home.path()).env("PATH", path);
    let run = Run::of(shell.env("XDG_CONFIG_HOME", home.path()).stdin(Stdio::null()).output().unwrap()).exits(0);
    // The organization has some keys, too.
    assert_eq!((run.out.lines().count() > 20 * 50, &*run.err), (true, ""));
    assert!(!home.path().join("demo.env").exists());
}

#[test]
fn a_demo_server_without_its_address_exits_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = tempfile::tempdir().unwrap();
    let run = Run::of(crate::support::command(&home).args(["demo-server", "--listen", &address]).output().unwrap());
    run.exits(1).prints_nothing().says(&address);
}

#[test]
fn a_fault_that_is_none_exits_2_and_says_what_would_be_one() {
    let home = tempfile::tempdir().unwrap();
    let run =
        Run::of(crate::support::command(&home).args(["demo-server", "--fault", "POST explode"]).output().unwrap());
    run.exits(2).prints_nothing().says("`explode`").says("status=CODE");
}

#[test]
fn a_host_without_an_address_and_one_where_nothing_listens_are_told_apart() {
    let closed = "127.0.0.1:1";
    for (base_url, words, advice) in [
        ("https://no-such-host.invalid".to_owned(), "No address was found for no-such-host.invalid", "the network"),
        (format!("http://{closed}"), "refused the connection", "that the service runs there"),
        (format!("https://{closed}"), "refused the connection", "that the service runs there"),
    ] {
        let world = World::at(&base_url);
        for arguments in [&["whoami"][..], &CREATE] {
            world.run(arguments).exits(1).prints_nothing().says(words).says(&format!("Check {advice}"));
        }
    }
}
