//! Certificates as the whole program takes them: whom it trusts is the environment's word, `SSL_CERT_FILE`.

use std::ffi::OsStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::scripted;
use crate::support::{Answer, Run, Scripted, World, ok, organization, wire_key};
use crate::tls::{Authority, Front, Identity};

const HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];
const NOT_SENT: &str = "The organization key was not sent.";

impl World {
    /// At `front`, under the name `host`, with the same service behind it.
    fn behind(mut self, front: &Front, host: &str) -> Self {
        self.base_url = front.base_url(host);
        self
    }

    /// `arguments`, with this `SSL_CERT_FILE`.
    fn trusting(&self, file: impl AsRef<OsStr>, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).env("SSL_CERT_FILE", file).output().unwrap())
    }
}

#[test]
fn a_private_authority_is_refused_without_its_certificate_and_accepted_with_it() {
    for host in HOSTS {
        let (authority, world) = (Authority::new(), World::new());
        let front = Front::before(&world.base_url, &authority.signs(&HOSTS));
        let world = world.behind(&front, host);
        for command in ["whoami", "list"] {
            let run = world.run(&[command]).exits(1).prints_nothing();
            run.says("nobody whom this machine trusts has signed its certificate").says(NOT_SENT).says("SSL_CERT_FILE");
        }
        // The second one is a namesake, as when a company makes its authority anew.
        for another in [Authority::called("Another authority"), Authority::new()] {
            let run = world.trusting(another.file(world.home.path()), &["list"]).exits(1).prints_nothing();
            run.says("none of the authorities in SSL_CERT_FILE has signed its certificate").says(NOT_SENT);
        }

        let file = authority.file(world.home.path());
        assert!(world.trusting(&file, &["whoami"]).exits(0).out.contains("Acme Inc."));
        let keys = |run: Run| run.exits(0).json()["keys"].as_array().unwrap().len();
        let before = keys(world.trusting(&file, &["list", "--org", "--json"]));
        let create = ["create", "Behind TLS", "--org", "--to", "stdout", "--yes"];
        assert!(world.trusting(&file, &create).exits(0).out.starts_with("confident_"));
        assert_eq!(keys(world.trusting(&file, &["list", "--org", "--json"])), before + 1);
    }
}

#[test]
fn a_file_among_whose_certificates_the_authority_is_will_do() {
    let (authority, world) = (Authority::new(), World::new());
    let front = Front::before(&world.base_url, &authority.signs(&HOSTS));
    let world = world.behind(&front, "localhost");
    let mut bundle = "# The company's authorities\n".to_owned();
    for file in [Authority::new().file(world.home.path()), authority.file(world.home.path())] {
        bundle.push_str(&std::fs::read_to_string(file).unwrap());
    }
    // A certificate that nobody can read is no reason to trust none.
    bundle.push_str("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let file = world.home.path().join("bundle.pem");
    std::fs::write(&file, bundle).unwrap();
    world.trusting(file, &["whoami"]).exits(0);
}

#[test]
fn a_certificate_for_another_name_is_refused_and_its_names_are_told() {
    let authority = Authority::new();
    for (host, names, words) in [
        ("localhost", &["keys.example.test"][..], "its certificate is for keys.example.test, not for this name"),
        ("127.0.0.1", &["localhost"], "its certificate is for localhost, not for this name"),
        ("localhost", &["127.0.0.1"], "its certificate is for 127.0.0.1, not for this name"),
        ("localhost", &["a.test", "*.b.test", "c.test", "d.test"], "for a.test, *.b.test, c.test and 1 more, not"),
        ("localhost", &[], "its certificate is for another name"),
    ] {
        let world = World::new();
        let front = Front::before(&world.base_url, &authority.signs(names));
        let world = world.behind(&front, host);
        let run = world.trusting(authority.file(world.home.path()), &["whoami"]).exits(1).prints_nothing();
        run.says(words).says(NOT_SENT).says("CONFIDENT_BASE_URL");
    }
}

#[test]
fn a_certificate_out_of_its_time_is_refused_and_both_times_are_told() {
    let authority = Authority::new();
    let expired = authority.signs_with(&HOSTS, |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let early = authority.signs_with(&HOSTS, |params| params.not_before = rcgen::date_time_ymd(3000, 1, 1));
    for (identity, words) in [
        (expired, "its certificate expired at 2020-01-01 00:00 UTC, and here it is 20"),
        (early, "its certificate is not valid before 3000-01-01 00:00 UTC, and here it is 20"),
    ] {
        let world = World::new();
        let front = Front::before(&world.base_url, &identity);
        let world = world.behind(&front, "localhost");
        let run = world.trusting(authority.file(world.home.path()), &["whoami"]).exits(1).prints_nothing();
        run.says(words).says(NOT_SENT).says("Set this machine's clock if it is wrong").says("renew");
    }
}

#[test]
fn a_certificate_that_vouches_for_itself_is_taken_by_its_file_alone_and_never_as_an_authority() {
    let run = |identity: &Identity, trusted: bool| {
        let world = World::new();
        let front = Front::before(&world.base_url, identity);
        let world = world.behind(&front, "localhost");
        if trusted { world.trusting(identity.file(world.home.path()), &["whoami"]) } else { world.run(&["whoami"]) }
    };
    let plain = Identity::self_signed(&HOSTS, false);
    run(&plain, false).exits(1).says("nobody whom this machine trusts").says(NOT_SENT);
    run(&plain, true).exits(0);
    let authority = Identity::self_signed(&HOSTS, true);
    for trusted in [false, true] {
        run(&authority, trusted).exits(1).prints_nothing().says("CA:TRUE").says(NOT_SENT);
    }
}

#[test]
fn a_service_that_speaks_plain_http_gets_no_key_over_https() {
    let mut world = World::new();
    world.base_url = world.base_url.replace("http://", "https://");
    for command in ["whoami", "list"] {
        let run = world.run(&[command]).exits(1).prints_nothing();
        run.says("what answers there does not speak TLS").says(NOT_SENT).says("the port in CONFIDENT_BASE_URL");
    }
}

#[test]
fn a_service_that_wants_a_certificate_takes_nothing_and_that_is_certain() {
    let (authority, service) = (Authority::new(), Scripted::new(|_| Answer::Nothing));
    let front = Front::for_clients_of(&authority, &service.world.base_url, &authority.signs(&HOSTS));
    let file = authority.file(service.world.home.path());
    let world = World::at(&front.base_url("localhost"));
    for arguments in [&["whoami"][..], &["deactivate", "7", "--org", "--yes"]] {
        let run = world.trusting(&file, arguments).exits(1).prints_nothing();
        run.says("it wants a certificate from ckeys").says("took nothing");
    }
    assert_eq!(service.requests(), [""; 0]);
}

#[test]
fn trusting_nobody_is_told_by_the_variable_that_says_so() {
    let (authority, world) = (Authority::new(), World::new());
    let front = Front::before(&world.base_url, &authority.signs(&HOSTS));
    let world = world.behind(&front, "localhost");
    let folder = tempfile::tempdir_in(world.home.path()).unwrap();
    let (missing, empty) = (folder.path().join("no-such.pem"), world.home.path().join("empty.pem"));
    std::fs::write(&empty, "nothing of use\n").unwrap();
    for (variable, value, words) in [
        ("SSL_CERT_FILE", missing.as_os_str(), "no-such.pem, which can't be read (No such file"),
        ("SSL_CERT_FILE", empty.as_os_str(), "empty.pem, which holds no certificate in PEM form"),
        ("SSL_CERT_FILE", OsStr::new(""), "SSL_CERT_FILE is set, but names no file"),
        ("SSL_CERT_DIR", folder.path().as_os_str(), "where no certificate was found"),
    ] {
        let output = world.command(&["whoami"]).env(variable, value).output().unwrap();
        Run::of(output).exits(1).prints_nothing().says(variable).says(words).says("Nothing was sent.");
    }
    assert_eq!(front.greeted(), 0);
    authority.file(folder.path());
    let output = world.command(&["whoami"]).env("SSL_CERT_DIR", folder.path()).output().unwrap();
    Run::of(output).exits(0);
}

#[test]
fn a_certificate_that_expires_between_reading_and_generating_makes_no_key_and_that_is_certain() {
    let authority = Authority::new();
    let expired = authority.signs_with(&HOSTS, |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let (was_listed, turned) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (lists, turns) = (Arc::clone(&was_listed), Arc::clone(&turned));
    let service = scripted::Scripted::new(move |request| match request.call.as_str() {
        "GET /v1/organization" => organization(),
        "GET /v1/organization/api-keys" => {
            lists.store(true, Ordering::SeqCst);
            ok(json!({ "apiKeys": [wire_key(7, "CI", true)] }))
        }
        _ => Answer::Nothing,
    });
    let front = Front::turning(&service.base_url, [&authority.signs(&HOSTS), &expired], move || {
        turns.store(was_listed.load(Ordering::SeqCst), Ordering::SeqCst);
        was_listed.load(Ordering::SeqCst)
    });
    let world = World::at(&front.base_url("localhost"));
    let file = authority.file(world.home.path());
    let create = ["create", "CI", "--org", "--to", "stdout", "--yes"];
    let run = world.trusting(file, &create).exits(1).prints_nothing();
    run.says("its certificate expired").says(NOT_SENT).says("Nothing was changed.");
    assert!(turned.load(Ordering::SeqCst), "the second certificate was not seen");
    assert!(service.calls().iter().all(|call| call.starts_with("GET ")), "{:?}", service.calls());
    let journal = world.run(&["journal", "--json"]).exits(0).json();
    assert_eq!((&journal["entries"][0]["outcome"], &journal["open"]), (&json!("failed"), &json!([])), "{journal}");
}
