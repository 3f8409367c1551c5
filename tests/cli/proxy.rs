//! A real forward proxy, tinyproxy, between the program and a service whose name is not loopback's.
//!
//! No machine resolves that name: libnss-wrapper has a process look it up in a file of the test's own, so that no
//! network is needed. Where either is missing, these tests say so and look at nothing.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::skip::skipped;
use crate::support::{Run, World};
use crate::tls::{Authority, Front};

const HOST: &str = "keys.example.test";
const VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const PATIENCE: Duration = Duration::from_secs(20);

/// The proxy, and what it wrote down.
struct Proxy {
    server: Child,
    folder: TempDir,
    /// Its host and port.
    address: String,
}

impl Proxy {
    /// With `settings` beside those that it needs. `None`, told on standard error, where something is missing.
    fn start(settings: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hosts"), format!("127.0.0.1 {HOST}\n")).unwrap();
        let mut lookup = Command::new("getent");
        knowing(folder.path(), lookup.args(["hosts", HOST]));
        if !lookup.output().is_ok_and(|output| output.status.success()) {
            skipped("libnss-wrapper is not installed");
            return None;
        }
        if Command::new("tinyproxy").arg("-v").output().is_err() {
            skipped("tinyproxy is not installed");
            return None;
        }
        // A free port may be taken by somebody else before the proxy has it.
        let (server, address) = (0..5).find_map(|_| Self::at_a_free_port(folder.path(), settings)).unwrap();
        Some(Self { server, folder, address })
    }

    fn at_a_free_port(folder: &Path, settings: &str) -> Option<(Child, String)> {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (config, log) = (folder.join("tinyproxy.conf"), folder.join("log"));
        let (port, path) = (address.port(), log.display());
        let basics = format!("Port {port}\nListen 127.0.0.1\nLogLevel Info\nLogFile \"{path}\"\nMaxClients 50\n");
        fs::write(&config, basics + settings).unwrap();
        let _ = fs::remove_file(&log);
        let mut command = Command::new("tinyproxy");
        knowing(folder, command.arg("-d").arg("-c").arg(&config));
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while !fs::read_to_string(&log).unwrap_or_default().contains("Accepting connections") {
            if server.try_wait().unwrap().is_some() {
                return None;
            }
            assert!(start.elapsed() < PATIENCE, "the proxy did not start");
            std::thread::sleep(Duration::from_millis(1));
        }
        Some((server, address.to_string()))
    }

    /// What it was asked for, as `METHOD TARGET`.
    fn requests(&self) -> Vec<String> {
        let log = self.log();
        let requests = log.lines().filter_map(|line| {
            let (_, request) = line.split_once("Request (file descriptor ")?;
            let (_, request) = request.split_once("): ")?;
            Some(request.rsplit_once(' ')?.0.to_owned())
        });
        requests.collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Its address, as whoever has this login writes it.
    fn url(&self, login: &str) -> String {
        format!("http://{login}{}", self.address)
    }

    /// Ends it, and gives its address, where nothing listens any more.
    fn end(&mut self) -> String {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        self.address.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Has `command` look up names in the hosts file of `folder`: one at a time, as two side by side may crash the wrapper.
fn knowing<'a>(folder: &Path, command: &'a mut Command) -> &'a mut Command {
    command.env("LD_PRELOAD", "libnss_wrapper.so").env("NSS_WRAPPER_HOSTS", folder.join("hosts"))
}

/// The embedded service behind TLS, under the name that is not loopback's.
struct Remote {
    world: World,
    front: Front,
    authority: Authority,
}

impl Remote {
    fn new() -> Self {
        let (mut world, authority) = (World::new(), Authority::new());
        let front = Front::before(&world.base_url, &authority.signs(&[HOST, "localhost", "127.0.0.1"]));
        world.base_url = front.base_url(HOST);
        Self { world, front, authority }
    }

    /// `arguments`, trusting the service's authority.
    fn command(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
        let mut command = self.world.command(arguments);
        command.env("SSL_CERT_FILE", self.authority.file(self.world.home.path())).envs(variables.iter().copied());
        command
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        Run::of(self.command(arguments, variables).output().unwrap())
    }

    /// What a proxy is asked to open.
    fn tunnel(&self) -> String {
        format!("CONNECT {HOST}:{}", self.front.port)
    }
}

#[test]
fn a_host_that_is_not_loopback_is_asked_through_the_proxy_which_learns_its_name_alone() {
    let Some(proxy) = Proxy::start("") else { return };
    let remote = Remote::new();
    // Without it, there is no way there.
    assert_eq!(remote.run(&["whoami"], &[]).code, 1);
    assert_eq!((remote.front.greeted(), proxy.requests().len()), (0, 0));

    let url = proxy.url("");
    for variable in &VARIABLES[2..] {
        let before = proxy.requests().len();
        assert!(remote.run(&["projects"], &[(variable, &url)]).exits(0).out.contains("Sandbox"));
        assert!(proxy.requests().len() > before, "{variable}");
    }
    let variables = [("HTTPS_PROXY", url.as_str())];
    let create = ["create", "Through a proxy", "--org", "--to", "stdout", "--yes"];
    let secret = remote.run(&create, &variables).exits(0).out;
    let list = remote.run(&["list", "--org"], &variables).exits(0);
    assert!(list.out.contains("Through a proxy"));

    assert!(proxy.requests().iter().all(|request| *request == remote.tunnel()), "{:?}", proxy.requests());
    let log = proxy.log();
    assert!(!log.contains(&remote.world.key) && !log.contains(secret.trim()) && !log.contains("/v1"), "{log}");
}

#[test]
fn loopback_is_asked_past_a_real_proxy_over_http_and_over_https() {
    let Some(proxy) = Proxy::start("") else { return };
    let (plain, mut remote) = (World::new(), Remote::new());
    let url = proxy.url("");
    let variables = VARIABLES.map(|name| (name, url.as_str()));
    Run::of(plain.command(&["list"]).envs(variables).output().unwrap()).exits(0);
    for host in ["localhost", "127.0.0.1"] {
        remote.world.base_url = remote.front.base_url(host);
        remote.run(&["list"], &variables).exits(0);
    }
    assert_eq!(proxy.requests(), [""; 0]);
    // The same variables count for everybody else.
    remote.world.base_url = remote.front.base_url(HOST);
    remote.run(&["projects"], &variables).exits(0);
    assert_ne!(proxy.requests(), [""; 0]);
}

#[test]
fn hosts_in_no_proxy_are_asked_past_the_proxy() {
    let Some(proxy) = Proxy::start("") else { return };
    let remote = Remote::new();
    let url = proxy.url("");
    for (no_proxy, is_past) in [
        (HOST, true),
        ("example.test", true),
        ("10.0.0.0/8, .example.test", true),
        ("*", true),
        ("another.example.test", false),
        ("", false),
    ] {
        for variable in ["NO_PROXY", "no_proxy"] {
            let before = proxy.requests().len();
            let mut projects = remote.command(&["projects"], &[("HTTPS_PROXY", &url), (variable, no_proxy)]);
            Run::of(knowing(proxy.folder.path(), &mut projects).output().unwrap()).exits(0);
            assert_eq!(proxy.requests().len() == before, is_past, "{variable}={no_proxy}");
        }
    }
}

#[test]
fn a_proxy_that_wants_a_login_is_told_apart_and_asked_once() {
    let Some(proxy) = Proxy::start("BasicAuth somebody fakeword\n") else { return };
    let remote = Remote::new();
    for (login, words) in [
        ("", "wants a user and a password"),
        ("somebody:fake_guess@", "did not accept the user and the password given there"),
    ] {
        let before = proxy.requests().len();
        let run = remote.run(&["projects"], &[("HTTPS_PROXY", &proxy.url(login))]).exits(1).prints_nothing();
        assert!(!run.err.contains("fake_guess") && run.err.contains("Nothing was sent to the service"), "{run:?}");
        run.says(words).says(&format!("the proxy {} (from HTTPS_PROXY)", proxy.address)).says("NO_PROXY");
        assert_eq!(proxy.requests().len() - before, 1, "a proxy may lock out whoever guesses");
    }
    assert_eq!(remote.front.greeted(), 0);
    remote.run(&["projects"], &[("HTTPS_PROXY", &proxy.url("somebody:fake%77ord@"))]).exits(0);
}

#[test]
fn a_proxy_that_opens_no_way_is_told_apart_from_the_service() {
    // Tunnels to another port than this are forbidden; and where they are not, this host has no address.
    for (settings, base_url) in [("ConnectPort 1\n", None), ("", Some("https://nowhere.example.test"))] {
        let Some(proxy) = Proxy::start(settings) else { return };
        let mut remote = Remote::new();
        remote.world.base_url = base_url.map_or(remote.world.base_url, ToOwned::to_owned);
        let variables = [("ALL_PROXY", &*proxy.url(""))];
        let run = remote.run(&["deactivate", "7", "--org", "--yes"], &variables).exits(1).prints_nothing();
        run.says("(from ALL_PROXY) opened none: it forbids it, or can't reach it either").says("NO_PROXY");
        assert_eq!(remote.front.greeted(), 0);
        assert_ne!(proxy.requests(), [""; 0]);
    }
}

#[test]
fn a_proxy_that_is_down_is_named() {
    let Some(mut proxy) = Proxy::start("") else { return };
    let remote = Remote::new();
    let address = proxy.end();
    let run = remote.run(&["whoami"], &[("HTTPS_PROXY", &proxy.url("somebody:fake_word@"))]).exits(1).prints_nothing();
    let run = run.says(&format!("the proxy {address} (from HTTPS_PROXY) refused the connection"));
    assert!(!run.err.contains("fake_word"), "{run:?}");
}

#[test]
fn a_certificate_behind_a_proxy_is_looked_at_as_anywhere_and_the_proxy_is_not_blamed() {
    let Some(proxy) = Proxy::start("") else { return };
    let remote = Remote::new();
    let mut projects = remote.world.command(&["projects"]);
    let run = Run::of(projects.env("HTTPS_PROXY", proxy.url("")).output().unwrap()).exits(1).prints_nothing();
    assert!(!run.err.contains(&proxy.address), "{run:?}");
    run.says("nobody whom this machine trusts has signed its certificate").says("The organization key was not sent.");
    assert_eq!((proxy.requests(), remote.front.greeted()), (vec![remote.tunnel()], 1));
}

#[test]
fn doctor_says_which_way_calls_go() {
    let Some(proxy) = Proxy::start("BasicAuth somebody fakeword\n") else { return };
    let remote = Remote::new();
    let says = |variables: &[(&str, &str)], words: &[&str]| {
        let mut doctor = remote.command(&["doctor", "--json"], variables);
        let run = Run::of(knowing(proxy.folder.path(), &mut doctor).output().unwrap());
        assert!(words.iter().all(|words| run.out.contains(words)) && run.err.is_empty(), "{words:?}: {run:?}");
        assert!(!run.out.contains("fakeword") && !run.out.contains(&remote.world.key), "{run:?}");
    };
    let with_login = proxy.url("somebody:fakeword@");
    let through = format!("Through {}, by HTTPS_PROXY, with a user or a password", proxy.address);
    says(&[("HTTPS_PROXY", &with_login)], &[&through, "over TLS, trusted"]);
    let past = format!("NO_PROXY goes before HTTPS_PROXY, which names {}", proxy.address);
    says(&[("HTTPS_PROXY", &with_login), ("NO_PROXY", HOST)], &[&past, "over TLS, trusted"]);
    says(&[], &["neither HTTPS_PROXY nor ALL_PROXY names one", "over TLS, trusted"]);
    says(&[("ALL_PROXY", &proxy.url(""))], &["(from ALL_PROXY) wants a user and a password"]);
}
