//! `ckeys doctor`: what it finds, and that nothing secret comes out and nothing changes meanwhile.

mod local;

use serde_json::{Value, json};

use crate::support::{Answer, FAKE_KEY, Run, Scripted, World, command, ok, organization, refused, wire_key};

/// What the checks are called, in their order.
const NAMES: [&str; 30] = [
    "config-file",
    "profile",
    "environment",
    "address",
    "proxy",
    "connection",
    "features",
    "clock",
    "notices",
    "key",
    "organization",
    "projects",
    "organization-keys",
    "writes",
    "signing-key",
    "clipboard",
    "terminal",
    "terminal-size",
    "terminal-kind",
    "encoding",
    "session",
    "colours",
    "theme",
    "time-zone",
    "core-dumps",
    "memory-readers",
    "config-access",
    "journal-access",
    "journal-writable",
    "journal-intents",
];

/// What was found.
#[derive(Debug)]
struct Report {
    run: Run,
    checks: Vec<Value>,
}

impl Report {
    /// `doctor --json` in `world`, with more arguments and variables.
    fn of(world: &World, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = world.command(&[&["doctor", "--json"], arguments].concat());
        command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").env_remove("LC_ALL").env_remove("LC_CTYPE");
        Self::from(Run::of(command.envs(variables.iter().copied()).output().unwrap()))
    }

    fn from(run: Run) -> Self {
        assert!(!run.out.contains(FAKE_KEY) && run.err.is_empty(), "{run:?}");
        let checks = run.json()["checks"].as_array().unwrap().clone();
        Self { run, checks }
    }

    #[track_caller]
    fn check(&self, name: &str) -> &Value {
        self.checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {self:?}"))
    }

    /// That the check stands so, says `words` in its summary or remedy, and has a remedy where it is needed.
    #[track_caller]
    fn has(&self, name: &str, status: &str, words: &str) -> &Self {
        let check = self.check(name);
        assert_eq!(check["status"], status, "{check:#}");
        let told = format!("{} {}", check["summary"].as_str().unwrap(), check["remedy"].as_str().unwrap_or_default());
        assert!(told.contains(words), "{words:?} is not in {check:#}");
        assert!(check["remedy"].is_string() || !["warning", "problem"].contains(&status), "{check:#}");
        self
    }

    /// The exit code that the checks ask for.
    #[track_caller]
    fn exits(&self, code: i32) -> &Self {
        let has_problem = self.checks.iter().any(|check| check["status"] == "problem");
        assert_eq!((self.run.code, code), (i32::from(has_problem), i32::from(has_problem)), "{self:?}");
        self
    }
}

/// A service whose key is among the organization's; `answer` has the first word.
fn service(answer: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |call| {
        answer(call).unwrap_or_else(|| match call {
            "GET /v1/organization" => organization(),
            "GET /v1/organization/api-keys" => ok(json!({ "apiKeys": [own_key(7)] })),
            "GET /v1/projects" => ok(json!({ "projects": [] })),
            _ => refused(404, "There is nothing of the kind"),
        })
    })
}

/// A key that ends as the one that signs the calls.
fn own_key(id: i64) -> Value {
    let mut key = wire_key(id, "ckeys", true);
    key["value"] = json!("***************zzzzzz");
    key
}

#[test]
fn every_check_is_there_once_with_a_status_and_a_summary() {
    let world = World::new();
    let report = Report::of(&world, &[], &[]);
    let names: Vec<_> = report.checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names, [&NAMES[..], &["journal-content"]].concat());
    for check in &report.checks {
        assert_eq!(check.as_object().unwrap().len(), 4, "{check}");
        assert!(["ok", "warning", "problem", "unknown"].contains(&check["status"].as_str().unwrap()), "{check}");
        assert!(!check["summary"].as_str().unwrap().is_empty(), "{check}");
    }
    let tail = &world.key[world.key.len() - 6..];
    report.has("key", "ok", &format!("…{tail}, by its prefix an organization key"));
    report.has("organization", "ok", "Acme Inc. (id ").has("organization", "ok", "plan TEAM");
    report.has("projects", "ok", "6 projects").has("organization-keys", "ok", "keys can be read");
    report.has("signing-key", "ok", "active, last used just now").has("writes", "unknown", "403");
    report.has("connection", "ok", "Reached in ").has("clock", "ok", "Agrees");
    report.has("proxy", "ok", "this machine itself").has("features", "ok", "was told to speak version 1");
    report.has("address", "ok", &format!("{}, by CONFIDENT_BASE_URL", world.base_url));
    if cfg!(target_os = "linux") {
        report.has("core-dumps", "ok", "Off").has("memory-readers", "ok", "kept out");
    }
    report.has("environment", "ok", "CONFIDENT_ORG_API_KEY, CONFIDENT_BASE_URL");
    assert!(!report.run.out.contains(&world.key));
}

#[test]
fn without_a_key_it_says_how_to_give_one_and_looks_at_the_rest() {
    let service = service(|_| Some(refused(401, "Who are you?")));
    let mut keyless = service.world.command(&["doctor", "--json"]);
    let report = Report::from(Run::of(keyless.env_remove("CONFIDENT_ORG_API_KEY").output().unwrap()));
    report.exits(1).has("key", "problem", "export CONFIDENT_ORG_API_KEY").has("address", "ok", "CONFIDENT_BASE_URL");
    report.has("connection", "ok", "without a key it says no more").has("journal-writable", "ok", "Yes");
    for name in ["organization", "projects", "organization-keys", "writes", "signing-key"] {
        report.has(name, "unknown", "there is no key to ask with");
    }
    assert_eq!(service.requests(), ["GET /v1/organization"]);

    // With nothing at all, not even an address: the vendor's own is the default.
    let home = tempfile::tempdir().unwrap();
    let mut bare = command(&home);
    // Nothing listens there, so that no test asks the vendor.
    bare.args(["doctor", "--json"]).env("HTTPS_PROXY", "http://127.0.0.1:9");
    let report = Report::from(Run::of(bare.output().unwrap()));
    report.exits(1).has("address", "ok", "https://api.confident-ai.com (US), the default");
    report.has("proxy", "ok", "Through 127.0.0.1:9, by HTTPS_PROXY").has("connection", "problem", "127.0.0.1:9");
}

#[test]
fn a_key_that_is_no_key_is_not_sent() {
    let service = service(|_| None);
    let calls = |variables: &[(&str, &str)]| Report::of(&service.world, &[], variables);
    calls(&[("CONFIDENT_ORG_API_KEY", "fake canary")]).exits(1).has("key", "problem", "white space");
    calls(&[("CONFIDENT_ORG_API_KEY", ""), ("CONFIDENT_API_KEY", "confident_us_org_fake_a1b2c3")]).exits(1).has(
        "key",
        "problem",
        "export CONFIDENT_ORG_API_KEY=\"$CONFIDENT_API_KEY\"",
    );
    assert!(service.requests().iter().all(|call| call == "GET /v1/organization"), "{:?}", service.requests());
    calls(&[("CONFIDENT_ORG_API_KEY", "confident_us_proj_fake_a1b2c3")])
        .has("key", "warning", "but the service took it")
        .has("signing-key", "warning", "No key of the organization ends in …a1b2c3");
}

#[test]
fn an_address_that_can_not_be_meant_is_told_and_nothing_is_asked() {
    let service = service(|_| None);
    for (name, value, words) in [
        ("CONFIDENT_BASE_URL", "http://keys.example.test", "plain http"),
        ("CONFIDENT_BASE_URL", "https://canary:canary@keys.example.test", "holds a user or a password"),
        ("CONFIDENT_BASE_URL", "canary", "is no address"),
        ("CONFIDENT_REGION", "canary", "something else than US, EU or AU"),
    ] {
        let mut command = service.world.command(&["doctor", "--json"]);
        let report = Report::from(Run::of(command.env_remove("CONFIDENT_BASE_URL").env(name, value).output().unwrap()));
        report.exits(1).has("address", "problem", words).has("connection", "unknown", "no address");
        report.has("key", "ok", "…zzzzzz").has("signing-key", "unknown", "no address");
        assert!(!report.run.out.contains("canary"), "{report:?}");
    }
    assert_eq!(service.requests(), [""; 0]);
}

#[test]
fn whatever_answers_is_told_for_what_it_is() {
    type Case = (fn() -> Answer, [(&'static str, &'static str, &'static str); 3]);
    let cases: [Case; 8] = [
        (
            || refused(401, "Unknown key"),
            [
                ("connection", "ok", ""),
                ("organization", "problem", "not accepted (401): Unknown key"),
                ("projects", "unknown", "not accepted"),
            ],
        ),
        (
            || refused(403, "Not for you"),
            [
                ("connection", "ok", ""),
                ("organization", "problem", "Not for you"),
                ("organization-keys", "ok", "1 key can"),
            ],
        ),
        (
            || Answer::raw(200, &["content-type: text/html"], "<html>Sign in</html>"),
            [
                ("connection", "problem", "web page"),
                ("organization", "unknown", "did not answer"),
                ("clock", "unknown", "no answer"),
            ],
        ),
        (
            || Answer::raw(403, &["content-type: text/html"], "<html>No</html>"),
            [("connection", "problem", "web page"), ("organization", "unknown", ""), ("projects", "unknown", "")],
        ),
        (
            || Answer::raw(302, &["location: https://portal.example.test/"], ""),
            [
                ("connection", "problem", "portal.example.test"),
                ("organization", "unknown", ""),
                ("signing-key", "unknown", ""),
            ],
        ),
        (
            || refused(404, "No such route"),
            [("connection", "problem", "API is not there"), ("key", "ok", ""), ("writes", "unknown", "did not answer")],
        ),
        (
            || Answer::raw(200, &["content-type: application/json"], "[]"),
            [("connection", "problem", "could not be understood"), ("key", "ok", ""), ("signing-key", "unknown", "")],
        ),
        (
            || Answer::Nothing,
            [("connection", "problem", "broke"), ("key", "ok", ""), ("clock", "unknown", "no answer")],
        ),
    ];
    for (answer, checks) in cases {
        let service = service(move |call| (call == "GET /v1/organization").then(answer));
        let report = Report::of(&service.world, &[], &[]);
        report.exits(1);
        for (name, status, words) in checks {
            report.has(name, status, words);
        }
        assert_eq!(service.writes(), [""; 0]);
    }
}

#[test]
fn what_a_key_may_not_read_is_told_apart() {
    let service = service(|call| (call == "GET /v1/projects").then(|| refused(403, "Not the projects")));
    let report = Report::of(&service.world, &[], &[]);
    report.exits(1).has("organization", "ok", "Acme Inc.").has("projects", "problem", "Not the projects");
    report.has("organization-keys", "ok", "1 key can be read").has("signing-key", "ok", "“ckeys” (id 7)");
}

#[test]
fn what_the_service_announces_is_a_warning() {
    let service = service(|call| {
        let body = r#"{"success":true,"deprecated":true,"data":{"projects":[]}}"#;
        let headers = ["content-type: application/json", "sunset: Sat, 31 Dec 2050 00:00:00 GMT"];
        (call == "GET /v1/projects").then(|| Answer::raw(200, &headers, body))
    });
    let report = Report::of(&service.world, &[], &[]);
    report.has("notices", "warning", "deprecated. Its end is announced for 31 December 2050 (UTC) Look for a newer");
}

#[test]
fn two_keys_that_may_be_the_signing_one_are_both_named() {
    let keys = || ok(json!({ "apiKeys": [own_key(7), own_key(8)] }));
    let service = service(move |call| (call == "GET /v1/organization/api-keys").then(keys));
    let report = Report::of(&service.world, &[], &[]);
    report.has("signing-key", "warning", "2 keys end in …zzzzzz").has("signing-key", "warning", "“ckeys” (id 8)");
}

#[test]
fn a_service_that_is_not_there_is_told_and_where_the_time_goes_is_bounded() {
    let closed = "127.0.0.1:1";
    let report = Report::of(&World::at(&format!("http://{closed}")), &[], &[]);
    report.exits(1).has("connection", "problem", "refused the connection").has("organization", "unknown", "");
    let report = Report::of(&World::at("https://no-such-host.invalid"), &[], &[]);
    report.exits(1).has("connection", "problem", "No address was found");
    let silent = Scripted::new(|_| Answer::Silence);
    let start = std::time::Instant::now();
    Report::of(&silent.world, &[], &[]).exits(1).has("connection", "problem", "did not answer within 10 s");
    assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_clock_that_differs_is_told_in_words() {
    let now = jiff::Timestamp::now();
    for (ahead, status, words) in [
        (0, "ok", "Agrees"),
        (-1850, "warning", "30 minutes ahead of"),
        (1850, "warning", "30 minutes behind"),
        (-200_000, "problem", "2 days ahead of"),
    ] {
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&(now + jiff::SignedDuration::from_secs(ahead)))
            .unwrap();
        let service = service(move |call| {
            let headers = ["content-type: application/json", &format!("date: {date}")];
            let body = r#"{"success":true,"data":{"organization":{"id":"org-1","name":"Acme Inc."}}}"#;
            (call == "GET /v1/organization").then(|| Answer::raw(200, &headers, body))
        });
        Report::of(&service.world, &[], &[]).has("clock", status, words);
    }
    Report::of(&service(|_| None).world, &[], &[]).has("clock", "unknown", "no date");
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_is_not_trusted_is_a_problem_and_one_that_is_says_so() {
    use crate::tls::{Authority, Front};
    let (authority, mut world) = (Authority::new(), World::new());
    let front = Front::before(&world.base_url, &authority.signs(&["localhost"]));
    world.base_url = front.base_url("localhost");
    let report = Report::of(&world, &[], &[]);
    report.exits(1).has("connection", "problem", "nobody whom this machine trusts has signed its certificate");
    report.has("connection", "problem", "The organization key was not sent.").has("clock", "unknown", "no answer");
    let file = authority.file(world.home.path());
    let report = Report::of(&world, &[], &[("SSL_CERT_FILE", file.to_str().unwrap())]);
    report.has("connection", "ok", "over TLS, trusted").has("environment", "ok", "SSL_CERT_FILE");
}

#[test]
fn hostile_names_are_shown_and_never_obeyed() {
    let name = "evil\u{202e}\u{1b}]52;c;AA==\u{7}\nx";
    let hostile = move |call: &str| match call {
        "GET /v1/organization" => Some(ok(json!({ "organization": { "id": name, "name": name, "plan": name } }))),
        "GET /v1/projects" => Some(refused(403, name)),
        "GET /v1/organization/api-keys" => {
            let mut key = own_key(7);
            key["name"] = json!(name);
            Some(ok(json!({ "apiKeys": [key] })))
        }
        _ => None,
    };
    let service = service(hostile);
    let variables = [("TERM", name), ("LANG", name), ("LC_ALL", ""), ("COLORTERM", name)];
    for arguments in [&["doctor"][..], &["doctor", "--ascii"], &["doctor", "--json"]] {
        let run = Run::of(service.world.command(arguments).envs(variables).output().unwrap()).exits(1);
        assert!(run.out.matches("evil<U+202E><U+001B>]52;c;AA==<U+0007><U+000A>x").count() >= 6, "{run:?}");
        let is_plain = |character: char| character == '\n' || !confident_keys::text::is_hidden(character);
        assert!(run.out.chars().all(is_plain) && run.err.is_empty(), "{run:?}");
    }
}

#[test]
fn no_key_no_password_and_no_value_comes_out_whatever_happens() {
    const CANARY: &str = "canary7Yq2fake";
    let key = format!("confident_eu_org_{CANARY}_zzzzzz");
    let project_key = format!("confident_eu_proj_{CANARY}_yyyyyy");
    let proxy = format!("http://somebody:{CANARY}@127.0.0.1:9");
    let closed = "127.0.0.1:1";
    let echo = |status: u16| {
        let (key, project_key) = (key.clone(), project_key.clone());
        service(move |_| Some(refused(status, &format!("{key} and {project_key} are refused"))))
    };
    let named = {
        let key = key.clone();
        service(move |call| {
            let name = format!("The one of {key}");
            (call == "GET /v1/organization").then(|| ok(json!({ "organization": { "id": "o", "name": name } })))
        })
    };
    let (unknown, failing) = (echo(401), echo(500));
    let mut bases: Vec<String> =
        [&unknown, &failing, &named].iter().map(|service| service.world.base_url.clone()).collect();
    bases.extend([
        format!("http://{closed}"),
        "https://keys.example.test".to_owned(),
        format!("https://somebody:{CANARY}@keys.example.test"),
        format!("https://keys.example.test/?key={CANARY}"),
        key.clone(),
        format!("ftp://{CANARY}"),
    ]);
    let home = tempfile::tempdir().unwrap();
    let looks_at = |base: &str| {
        for (arguments, org_key) in [
            (&["doctor", "--try-clipboard"][..], Some(&key)),
            (&["--ascii", "doctor"], Some(&key)),
            (&["doctor", "--json"], Some(&key)),
            (&["doctor", "--json"], Some(&project_key)),
            (&["doctor", "--json"], None),
        ] {
            let mut command = command(&home);
            command.args(arguments).env("CONFIDENT_BASE_URL", base).env("CONFIDENT_API_KEY", &project_key);
            command.env("CONFIDENT_REGION", &key).env("HTTPS_PROXY", &proxy).env("RUST_LOG", "trace");
            command.envs(org_key.map(|key| ("CONFIDENT_ORG_API_KEY", key)));
            // Else a terminal of the tests' own could be written to.
            let run = Run::of(command.env("TERM", "dumb").output().unwrap());
            assert!([0, 1].contains(&run.code) && run.err.is_empty(), "{base} {arguments:?}: {run:?}");
            assert!(!run.out.contains(CANARY), "{base} {arguments:?}: {run:?}");
        }
    };
    // What is not there is waited for: at the same time.
    std::thread::scope(|scope| {
        for base in &bases {
            scope.spawn(|| looks_at(base));
        }
    });
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing was written");
}

#[test]
fn demo_looks_at_the_embedded_service() {
    let home = tempfile::tempdir().unwrap();
    let report = Report::from(Run::of(command(&home).args(["--demo", "doctor", "--json"]).output().unwrap()));
    report.has("address", "ok", "the embedded service, as --demo asks").has("signing-key", "ok", "active");
}
