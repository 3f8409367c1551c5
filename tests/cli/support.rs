//! Running `ckeys` in an environment of its own.

use std::process::{Command, Output};

use confident_keys::api::model::{ApiKey, Scope};
use confident_keys::api::{Client, Limits};
use confident_keys::demo::{Options, Service};
use confident_keys::secret::Secret;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) use crate::program::{FAKE_KEY, command};
use crate::scripted;
pub(crate) use crate::scripted::{Answer, ok, refused, wire_key};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON document on standard output.
    pub(crate) fn json(&self) -> Value {
        assert!(self.out.ends_with('\n'), "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "{words:?} is not in {self:?}");
        self
    }

    /// Nothing on standard output.
    #[track_caller]
    pub(crate) fn prints_nothing(self) -> Self {
        assert_eq!(self.out, "", "{self:?}");
        self
    }
}

/// A service, and a home without settings.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) base_url: String,
    pub(crate) key: String,
    /// What `CONFIDENT_API_VERSION` says.
    pub(crate) version: &'static str,
    service: Option<Service>,
}

impl World {
    /// With the embedded service's story.
    pub(crate) fn new() -> Self {
        // What it asks is what the command is about: it does not find out first what is spoken.
        Self::speaking("v1", &Options::default())
    }

    pub(crate) fn speaking(version: &'static str, options: &Options) -> Self {
        let service = Service::start(options).unwrap();
        Self {
            version,
            home: tempfile::tempdir().unwrap(),
            base_url: service.base_url().to_owned(),
            key: service.organization_key().expose().to_owned(),
            service: Some(service),
        }
    }

    /// The keys of the organization, asked for without the program.
    pub(crate) fn keys_beside(&self) -> Vec<ApiKey> {
        let client = Client::new(self.base_url.parse().unwrap(), Secret::new(&*self.key), Limits::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.keys(&Scope::Organization).list()).unwrap()
    }

    /// The embedded service.
    pub(crate) fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    /// What goes wrong from now on, in the words of `--fault`.
    pub(crate) fn fails(&self, faults: &[&str]) {
        let faults: Vec<_> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.service.as_ref().unwrap().set_faults(&faults);
    }

    /// How many requests came so far whose line, such as `GET /v1/projects`, starts like this.
    pub(crate) fn count(&self, start: &str) -> usize {
        let requests = self.service.as_ref().unwrap().requests();
        requests.iter().filter(|request| request.to_string().starts_with(start)).count()
    }

    /// How many requests came so far that would change something.
    pub(crate) fn writes(&self) -> usize {
        ["POST ", "PUT ", "PATCH ", "DELETE "].into_iter().map(|method| self.count(method)).sum()
    }

    /// With whatever answers at `base_url`.
    pub(crate) fn at(base_url: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, base_url: base_url.to_owned(), key: FAKE_KEY.to_owned(), version: "v1", service: None }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.home);
        command.env("CONFIDENT_BASE_URL", &self.base_url).env("CONFIDENT_ORG_API_KEY", &self.key).args(arguments);
        command.env("CONFIDENT_API_VERSION", self.version);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// The keys of a scope (all without one) as `list --json` has them.
    pub(crate) fn keys(&self, scope: &[&str]) -> Vec<Value> {
        let arguments = [&["list", "--json"], scope].concat();
        self.run(&arguments).exits(0).json()["keys"].as_array().unwrap().clone()
    }

    /// The first key for which `fits`, with the arguments that name its scope, and its id.
    pub(crate) fn find(&self, fits: impl Fn(&Value) -> bool) -> Found {
        let key = self.keys(&[]).into_iter().find(fits).unwrap();
        let scope = match key["scope"]["kind"].as_str().unwrap() {
            "organization" => vec!["--org".to_owned()],
            _ => vec!["--project".to_owned(), key["scope"]["id"].as_str().unwrap().to_owned()],
        };
        Found { id: key["id"].to_string(), scope, key }
    }

    pub(crate) fn named(&self, name: &str) -> Found {
        self.find(|key| key["name"] == name)
    }
}

/// A key of the service.
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) scope: Vec<String>,
    pub(crate) key: Value,
}

impl Found {
    /// `VERB ID SCOPE MORE…`
    pub(crate) fn arguments<'a>(&'a self, verb: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let scope = self.scope.iter().map(String::as_str);
        [verb, &self.id].into_iter().chain(scope).chain(more.iter().copied()).collect()
    }

    /// Whether it is active now.
    pub(crate) fn is_valid(&self, world: &World) -> bool {
        world.run(&self.arguments("get", &["--json"])).exits(0).json()["key"]["valid"].as_bool().unwrap()
    }
}

/// A service that answers as it is told.
pub(crate) struct Scripted {
    pub(crate) world: World,
    service: scripted::Scripted,
}

impl Scripted {
    /// `answer` gets `METHOD /path`.
    pub(crate) fn new(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let service = scripted::Scripted::new(move |request| answer(&request.call));
        Self { world: World::at(&service.base_url), service }
    }

    /// What was asked so far, as `METHOD /path`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.service.calls()
    }

    pub(crate) fn writes(&self) -> Vec<String> {
        self.requests().into_iter().filter(|request| !request.starts_with("GET ")).collect()
    }
}

pub(crate) fn organization() -> Answer {
    ok(serde_json::json!({ "organization": { "id": "org-1", "name": "Acme Inc.", "plan": "TEAM" } }))
}
