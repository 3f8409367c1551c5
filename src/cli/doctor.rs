//! `doctor`: what works here, what does not, and what to do about it. Changes nothing, and shows no secret.
//!
//! Each part of the program's surroundings is looked at by itself, as far as it can be without the others, and gives
//! [`Check`]s: where there is no key, the terminal is looked at all the same.

mod check;
mod clipboard;
mod configuration;
mod files;
mod key;
mod looks;
mod memory;
mod service;
mod show;
mod terminal;

use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;

use super::arguments;
use super::exit::{Exit, Failure};
use super::json::print_json;
use super::output::{Style, print};
use super::progress::Progress;
use crate::api::{Client, Limits, Speak, way_to};
use crate::clipboard::Environment;
use crate::config::{
    Address, Choice, Configuration, ConnectionError, Decided, InForce, Settings, speak_from_environment,
};
use crate::journal::Journal;
use crate::secret::Secret;
use check::{Check, Section, Standing};
use service::Asked;
use show::Document;

/// The environment: a variable's value by its name.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Who asks, and where.
struct Target {
    key: Result<Secret, ConnectionError>,
    address: Result<Address, ConnectionError>,
    /// The versions of the API to speak, where the environment says so.
    speak: Result<Option<Speak>, ConnectionError>,
    /// What follows from the profile, if one was chosen.
    in_force: Result<InForce, ConnectionError>,
    is_demo: bool,
}

impl Target {
    /// As the profile that `choice` asks for and the environment say. A key is fetched from where it is.
    fn find(configuration: &Configuration, choice: &Choice) -> Self {
        let variable: Variable<'_> = &super::environment;
        let speak = speak_from_environment(variable);
        let chosen = match configuration.choose(choice, variable) {
            Ok(chosen) => chosen,
            Err(error) => {
                let (key, address) = (Err(error.clone()), Err(error.clone()));
                return Self { key, address, speak, in_force: Err(error), is_demo: false };
            }
        };
        let given = chosen.key(variable);
        let address = chosen.address(variable, given.as_ref().ok());
        let in_force = address.clone().map(|address| {
            let source = given.as_ref().map(|given| given.source).unwrap_or_default();
            chosen.in_force(variable, source, &address)
        });
        Self { key: given.map(|given| given.key), address, speak, in_force, is_demo: false }
    }
}

/// Looks at everything, and prints what was found.
pub(super) fn run(arguments: &arguments::Doctor, demo: bool, choice: &Choice) -> Result<Exit, Failure> {
    let configuration = Configuration::load();
    // Held to the end: dropping it ends the service.
    let (target, _service) = if demo {
        let (connection, service) = super::connect(&configuration, true, choice)?;
        let address = Address { base_url: connection.base_url, region: None, decided: Decided::BaseUrl };
        let target = Target {
            key: Ok(connection.key),
            address: Ok(address),
            speak: Ok(connection.speak),
            in_force: Ok(connection.in_force),
            is_demo: true,
        };
        (target, service)
    } else {
        (Target::find(&configuration, choice), None)
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Failed, format!("Nothing could be started: {error}.")))?;
    let Configuration { mut settings, problems, path: config, .. } = configuration;
    if let Ok(in_force) = &target.in_force {
        settings.thresholds = settings.thresholds.with(in_force.thresholds);
    }
    let mut sections = vec![Section {
        title: "Configuration",
        checks: vec![
            configuration::file(config.as_deref(), &problems),
            configuration::profile(&target.in_force),
            configuration::environment(&super::environment),
        ],
    }];
    let progress = Progress::new(Style::of_stdout());
    let examined = runtime.block_on(async {
        progress.begin("Looking at the service, the clipboard and the files", Instant::now());
        tokio::select! {
            biased;
            never = progress.show() => match never {},
            exit = super::interrupted() => Err(Failure::new(exit, "Interrupted. Nothing was being changed.")),
            sections = examine(&target, &settings, config, arguments.try_clipboard) => Ok(sections),
        }
    });
    progress.end(Instant::now());
    // A clipboard or a disk that hangs is not waited for.
    runtime.shutdown_background();
    sections.extend(examined?);
    hide_keys(&mut sections);

    if arguments.json {
        print_json(&Document::new(&sections))?;
    } else {
        print(&show::for_people(&sections, Style::of_stdout(), arguments.ascii || settings.ascii))?;
    }
    let needs_care = |check: &Check| check.standing == Standing::Problem;
    let is_sound = !sections.iter().flat_map(|section| &section.checks).any(needs_care);
    Ok(if is_sound { Exit::Done } else { Exit::Failed })
}

/// What may take some time: the service, other programs, the disk. `config` is where `config.toml` would be.
async fn examine(target: &Target, settings: &Settings, config: Option<PathBuf>, tries_clipboard: bool) -> Vec<Section> {
    let variable: Variable<'_> = &super::environment;
    let key = target.key.as_ref().ok();
    let asked = match &target.address {
        Ok(address) => {
            let limits = Limits::default();
            let deadline = Instant::now() + limits.read_budget;
            let signer = key.cloned().unwrap_or_else(|| Secret::new(""));
            // A choice that can't be made is told; what else there is can be found out all the same.
            let speak = target.speak.as_ref().ok().copied().flatten().unwrap_or(settings.speak);
            let client = Client::new(address.base_url.clone(), signer, limits).speaking(speak).until(deadline);
            Some(Asked::of(&client, key.is_some()).await)
        }
        Err(_) => None,
    };
    let session = Environment::detect();
    let mut clipboard = vec![clipboard::route(&session, variable).await];
    if tries_clipboard {
        clipboard.push(clipboard::try_out(&session).await);
    }
    let is_accepted = asked.as_ref().is_some_and(|asked| asked.organization.is_ok());
    let advice = target.in_force.as_ref().map(InForce::advice).unwrap_or_default();
    let mut about_key = vec![key::given(&target.key, is_accepted, variable, &advice)];
    about_key.extend(key::permissions(asked.as_ref(), key, Timestamp::now(), &settings.thresholds));
    let mut about_terminal = terminal::checks(terminal::Facts::detect(), &session, variable);
    about_terminal.extend([
        looks::colours(variable),
        looks::theme(settings.theme, variable),
        looks::zone(&crate::time::Zone::find(variable), Timestamp::now()),
    ]);
    vec![
        Section { title: "Service", checks: about_service(target, asked.as_ref()) },
        Section { title: "Organization key", checks: about_key },
        Section { title: "Clipboard", checks: clipboard },
        Section { title: "Terminal", checks: about_terminal },
        Section { title: "Memory", checks: memory::checks() },
        Section { title: "Files", checks: files::checks(config, Journal::find()).await },
    ]
}

fn about_service(target: &Target, asked: Option<&Asked>) -> Vec<Check> {
    let key = target.key.as_ref().ok();
    let mut checks = vec![service::address(&target.address, key, target.is_demo, &super::environment)];
    if let (Ok(address), Some(asked)) = (&target.address, asked) {
        checks.push(service::proxy(&way_to(&address.base_url)));
        checks.push(service::connection(asked, address, key.is_some()));
        checks.push(service::features(asked, &target.speak));
        checks.push(service::clock(asked));
        checks.push(service::notices(asked));
    } else {
        let names = ["proxy", "connection", "features", "clock", "notices"];
        checks.extend(names.map(|name| Check::unknown(name, "Not asked: there is no address to ask at")));
    }
    checks
}

/// Whatever came from outside may repeat a key.
fn hide_keys(sections: &mut [Section]) {
    sections.iter_mut().flat_map(|section| &mut section.checks).for_each(Check::hide_keys);
}
