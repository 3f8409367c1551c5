//! What the measured programs need: the bare ones, the service, files, and a home of their own.

use std::cell::Cell;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::pty::Command;

/// The program itself.
pub(crate) const CKEYS: &str = env!("CARGO_BIN_EXE_ckeys");

const FAKE_KEY: &str = "confident_us_org_fake_not_a_key_a1b2c3";

pub(crate) struct World {
    pub(crate) home: TempDir,
    examples: PathBuf,
    /// How often the program was started.
    starts: Cell<usize>,
}

/// A service in another process, until it is dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    /// The vendor's Python client, which lists the organization's keys.
    pub(crate) fn vendors_client(&self) -> Command {
        let program = "from confidentai import ConfidentAI; ConfidentAI().organization().api_keys.list()";
        Command::new(&["python3", "-c", program])
            .variable("CONFIDENT_BASE_URL", &self.url)
            .variable("CONFIDENT_ORG_API_KEY", FAKE_KEY)
    }
}

impl World {
    /// Builds the program as it is released, which `cargo bench` alone does not: there, a panic unwinds. And the bare ones.
    pub(crate) fn new() -> Result<Self> {
        let names = ["bare_table", "bare_client", "bare_service"];
        let mut build = Process::new(env!("CARGO"));
        build.args(["build", "--release", "--locked", "--quiet", "--bin", "ckeys"]);
        // What `cargo bench` tells its programs would make another build of it, from scratch.
        let told = std::env::vars_os().map(|(name, _)| name);
        for name in told.filter(|name| name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME") {
            build.env_remove(name);
        }
        build.args(names.iter().flat_map(|name| ["--example", name]));
        ensure!(build.status()?.success(), "the programs can't be built");
        let examples = Path::new(CKEYS).parent().context("no folder")?.join("examples");
        let home = tempfile::tempdir()?;
        Ok(Self { home, examples, starts: Cell::default() })
    }

    fn example(&self, name: &str) -> String {
        self.examples.join(name).display().to_string()
    }

    /// A service with so many projects and so many keys in each scope, that answers after so many milliseconds.
    pub(crate) fn service(&self, projects: usize, keys: usize, latency: u32) -> Result<Service> {
        let numbers = [projects.to_string(), keys.to_string(), latency.to_string()];
        let mut service = Process::new(self.example("bare_service"));
        let mut child = service.args(numbers).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut url)?;
        Ok(Service { child, url: url.trim().to_owned() })
    }

    /// The program, with the keys of `service` and these arguments.
    pub(crate) fn ckeys(&self, service: &Service, arguments: &[&str]) -> Command {
        let home = self.home.path().display().to_string();
        // It begins each time as for the first time, and not with what was on the screen last.
        self.starts.update(|starts| starts + 1);
        let state = format!("{home}/state-{}", self.starts.get());
        let mut command = Command::new(&[&[CKEYS], arguments].concat());
        for (name, value) in [
            ("HOME", home.as_str()),
            ("XDG_CONFIG_HOME", &home),
            ("XDG_STATE_HOME", &state),
            ("CONFIDENT_BASE_URL", &service.url),
            ("CONFIDENT_ORG_API_KEY", FAKE_KEY),
        ] {
            command = command.variable(name, value);
        }
        command
    }

    /// The bare table of a file.
    pub(crate) fn bare_table(&self, file: &Path) -> Command {
        Command::new(&[&self.example("bare_table"), &file.display().to_string()])
    }

    /// The bare client at the organization's keys.
    pub(crate) fn bare_client(&self, service: &Service, arguments: &[&str]) -> Command {
        let url = format!("{}/v1/organization/api-keys", service.url);
        Command::new(&[&[self.example("bare_client").as_str(), &url], arguments].concat())
    }

    /// A table of so many rows as CSV.
    pub(crate) fn csv(&self, rows: usize) -> Result<PathBuf> {
        let path = self.home.path().join(format!("{rows}.csv"));
        let mut file = std::io::BufWriter::new(fs::File::create(&path)?);
        writeln!(file, "id,name,status,created,last used,value")?;
        let mut random = fastrand::Rng::with_seed(1);
        for at in 0..rows {
            let number = random.u32(..1000);
            let words = ["payments", "search", "billing", "growth", "mobile", "agents"];
            let (team, used) = (words[random.usize(..words.len())], random.u32(1..900));
            writeln!(file, "{at},{team}-prod-tracing-{number:03},active,{used} days ago,{used} days ago,a1b2c3")?;
        }
        file.flush()?;
        Ok(path)
    }
}
