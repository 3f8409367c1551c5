//! The command line: `ckeys COMMAND` does one thing and ends.
//!
//! Data goes to standard output, words to standard error. Every command hands back an exit code; the client, the
//! guards and the statuses are the ones of the screen. A write goes this way: the key is read afresh, the guards
//! speak, `--dry-run` ends here, the confirmation is asked for, the write is sent, and what the service
//! answered is compared with what was asked.

mod arguments;
mod audit;
mod completions;
mod confirm;
mod create;
mod delete;
mod demo_server;
mod destination;
mod doctor;
mod exit;
mod filter;
mod help;
mod journal;
mod json;
mod man;
mod output;
mod patience;
mod people;
mod place;
mod profile;
mod progress;
mod read;
mod rotate;
mod session;
mod set_valid;
mod standard_output;
mod sweep;
mod thresholds;
mod times;
mod usage;
mod values;

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::config::{
    BadKeys, Choice, Configuration, Connection, ConnectionError, KeyPlace, NO_KEY_HELP, ReadOnly, ThemeName,
};
use crate::demo;
use crate::journal::Journal;
use crate::status::Overrides;
use arguments::Arguments;
pub use arguments::Command;
use exit::{Exit, Failure};
use output::say;
use session::{Session, load_configuration};
use thresholds::AskedThresholds;

/// What the arguments ask for.
#[derive(Debug)]
pub enum Mode {
    /// The screen.
    Screen {
        /// On the embedded service.
        demo: bool,
        /// Without symbols beyond ASCII.
        ascii: bool,
        /// The theme, where one is asked for.
        theme: Option<ThemeName>,
        /// With the mouse.
        mouse: bool,
        /// What goes before the configured thresholds.
        thresholds: Overrides,
        /// With which profile, and how careful.
        choice: Choice,
        /// As if it was the first time.
        fresh: bool,
    },
    /// One command, for [`run`].
    Command {
        /// Which.
        command: Command,
        /// On the embedded service.
        demo: bool,
        /// With which profile, and how careful.
        choice: Choice,
    },
}

/// Reads the arguments, the program's name first. Where they ask for help or can't be understood, that is
/// printed, and the exit code is all that is left to do.
///
/// # Errors
/// The exit code: 0 after help or the version, 2 after a mistake.
pub fn parse(arguments: Vec<OsString>) -> Result<Mode, ExitCode> {
    // The screen alone is the usual case, and all that could be said instead need not be known for that.
    let arguments = if arguments.len() <= 1 { Ok(Arguments::default()) } else { Arguments::try_parse_from(arguments) };
    let Arguments { demo, profile, read_only, quiet, ascii, theme, mouse, fresh, thresholds, mut command } = arguments
        .map_err(|error| {
            if error.use_stderr() {
                return report(&Failure::usage(usage::words(error)));
            }
            // Help and the version are data.
            let text = error.render();
            let is_styled = output::Style::of_stdout().color;
            match output::print(&if is_styled { text.ansi().to_string() } else { text.to_string() }) {
                Ok(()) => Exit::Done.into(),
                Err(failure) => report(&failure),
            }
        })?;
    if quiet {
        output::be_quiet();
    }
    if let Some(Command::Doctor(doctor)) = &mut command {
        doctor.ascii |= ascii;
    }
    if demo && profile.is_some() {
        let words = "--demo has an organization of its own, so there is no --profile to choose with it.";
        return Err(report(&Failure::usage(words)));
    }
    let choice = Choice { profile, read_only };
    let asked = thresholds.overrides().map_err(|failure| report(&failure))?;
    match command {
        None => Ok(Mode::Screen { demo, ascii, theme, mouse, thresholds: asked, choice, fresh }),
        // They would count for nothing.
        Some(_) if asked != Overrides::default() => Err(report(&Failure::usage(
            "--stale-after, --idle-after and --new-within before a command are for the screen: \
             write them after `list`, `get` or `audit`.",
        ))),
        Some(_) if theme.is_some() => {
            Err(report(&Failure::usage("--theme is for the screen. A command has no colours with NO_COLOR=1.")))
        }
        Some(command) => Ok(Mode::Command { command, demo, choice }),
    }
}

/// Whether this process has a terminal for the screen: for what it draws, and for the keys that are pressed.
pub fn has_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// In place of the screen where there is no terminal: the usage, and how to give a key where there is none.
pub fn without_terminal(demo: bool, choice: &Choice) -> ExitCode {
    say(Arguments::command().render_help());
    if !demo && let Err(error) = look_for_key(choice) {
        return report(&no_connection(&error));
    }
    report(&Failure::usage(
        "The screen needs a terminal, for its output and for its input. In a script, use a command.",
    ))
}

/// Whether that terminal can do nothing but write one line after the other, as its `TERM` says.
pub fn has_dumb_terminal() -> bool {
    output::is_dumb()
}

/// In place of the screen on such a terminal: what to use instead.
pub fn on_dumb_terminal() -> ExitCode {
    report(&Failure::usage(
        "The screen can't be drawn here: TERM is dumb, which promises no more than lines of text. \
         The commands work: `ckeys list --plain` lists the keys, `ckeys help` tells of the others. \
         Where the terminal can do more, set TERM to what it is, such as xterm-256color.",
    ))
}

/// What stands against a connection before a key is fetched.
fn look_for_key(choice: &Choice) -> Result<(), ConnectionError> {
    let configuration = Configuration::load();
    let chosen = configuration.choose(choice, &environment)?;
    match chosen.profile() {
        Some(profile) if profile.key != KeyPlace::Environment => Ok(()),
        _ => chosen.address(&environment, Some(&chosen.key(&environment)?)).map(drop),
    }
}

/// Carries out one command.
pub fn run(command: &Command, demo: bool, choice: &Choice) -> ExitCode {
    // These need neither a key nor a connection.
    match command {
        Command::DemoServer(arguments) => return ended(demo_server::run(arguments)),
        Command::Journal(arguments) => return ended(journal::run(arguments)),
        Command::Completions(arguments) => return ended(completions::print_script(arguments)),
        Command::Complete(arguments) => return ended(completions::run(arguments)),
        Command::Man(arguments) => return ended(man::run(arguments)),
        Command::Profile(arguments) => return ended(profile::run(arguments, choice)),
        // It says what is missing.
        Command::Doctor(arguments) => return ended(doctor::run(arguments, demo, choice)),
        _ => {}
    }
    let overrides = match command.thresholds().map_or(Ok(Overrides::default()), AskedThresholds::overrides) {
        Ok(overrides) => overrides,
        Err(failure) => return report(&failure),
    };
    let configuration = load_configuration();
    // Before a key is fetched, which may ask its owner.
    if command.changes_keys()
        && let Some(reason) = read_only(&configuration, demo, choice)
    {
        return report(&Failure::refused(format!("{reason}. Nothing was sent.")));
    }
    // Held to the end: dropping it ends the service.
    let (connection, _service) = match connect(&configuration, demo, choice) {
        Ok(connected) => connected,
        Err(failure) => return report(&failure),
    };
    for warning in &connection.in_force.warnings {
        say(format_args!("ckeys: Warning: {warning}"));
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&Failure::new(Exit::Failed, format!("Nothing could be started: {error}."))),
    };
    // Made-up keys are nothing to write down.
    let journal = (!demo).then(Journal::find);
    let style = output::Style::of_command(command.is_plain());
    let result = runtime.block_on(async {
        let session = Session::open(&connection, configuration.settings, journal, overrides, style);
        let work = async {
            session.reconcile().await;
            dispatch(command, &session).await
        };
        let result = tokio::select! {
            biased;
            never = session.progress.show() => match never {},
            exit = interrupted() => Err(session.interrupted(exit)),
            result = work => result,
        };
        session.tell_announcements();
        result.map_err(|mut failure| {
            if failure.exit == Exit::NotAuthorized {
                failure.add(&format!("The organization key comes from {}.", session.in_force.key.words()));
            }
            failure
        })
    });
    // A question that was never answered still reads from the terminal: not waited for.
    runtime.shutdown_background();
    ended(result)
}

/// Carries out `work`, which a signal ends; for what needs no session.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Failed, format!("Nothing could be started: {error}.")))?;
    let result = runtime.block_on(async {
        tokio::select! {
            biased;
            exit = interrupted() => Err(Failure::new(exit, "Interrupted. Nothing was being changed.")),
            result = work => result,
        }
    });
    // A question that was never answered still reads from the terminal: not waited for.
    runtime.shutdown_background();
    result
}

fn ended(result: Result<Exit, Failure>) -> ExitCode {
    result.map_or_else(|failure| report(&failure), ExitCode::from)
}

async fn dispatch(command: &Command, session: &Session) -> Result<Exit, Failure> {
    match command {
        Command::Whoami(arguments) => read::whoami(session, arguments).await,
        Command::Projects(arguments) => read::projects(session, arguments).await,
        Command::List(arguments) => read::list(session, arguments).await,
        Command::Audit(arguments) => audit::run(session, arguments).await,
        Command::Get(arguments) => read::get(session, arguments).await,
        Command::Create(arguments) => create::run(session, arguments).await,
        Command::Rotate(arguments) => rotate::run(session, arguments).await,
        Command::Deactivate(arguments) => set_valid::run(session, arguments, false).await,
        Command::Activate(arguments) => set_valid::run(session, arguments, true).await,
        Command::Delete(arguments) => delete::run(session, arguments).await,
        // Started by `run`: they need neither a key nor this runtime.
        Command::Doctor(arguments) => doctor::run(arguments, false, &Choice::default()),
        Command::Journal(arguments) => journal::run(arguments),
        Command::Profile(arguments) => profile::run(arguments, &Choice::default()),
        Command::DemoServer(arguments) => demo_server::run(arguments),
        Command::Completions(arguments) => completions::print_script(arguments),
        Command::Complete(arguments) => completions::run(arguments),
        Command::Man(arguments) => man::run(arguments),
    }
}

/// Why nothing may be changed. Where the profile itself is of no use, that is told by whoever connects.
fn read_only(configuration: &Configuration, demo: bool, choice: &Choice) -> Option<ReadOnly> {
    if demo {
        return choice.read_only.then_some(ReadOnly::Flag);
    }
    configuration.choose(choice, &environment).ok()?.read_only()
}

fn connect(
    configuration: &Configuration,
    demo: bool,
    choice: &Choice,
) -> Result<(Connection, Option<demo::Service>), Failure> {
    if !demo {
        let connection = configuration.connect(choice, &environment).map_err(|error| no_connection(&error))?;
        return Ok((connection, None));
    }
    let service = demo::Service::start(&demo::Options::default())
        .map_err(|error| Failure::new(Exit::Failed, format!("{error:#}.")))?;
    let mut connection = Connection::to_demo(service.base_url(), service.organization_key().clone())
        .map_err(|error| no_connection(&error))?;
    connection.in_force.read_only = choice.read_only.then_some(ReadOnly::Flag);
    Ok((connection, Some(service)))
}

/// A variable of the environment.
pub fn environment(name: &str) -> Option<String> {
    // What is no text is no key and no address either, but it must not pass for a variable that is not set.
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Tells why the screen could not run, and gives the exit code: a bad setting is a mistake in usage.
pub fn failed(error: &anyhow::Error) -> ExitCode {
    if let Some(error) = error.downcast_ref::<BadKeys>() {
        return report(&Failure::usage(error.to_string()));
    }
    match error.downcast_ref::<ConnectionError>() {
        Some(error) => report(&no_connection(error)),
        None => report(&Failure::new(Exit::Failed, format!("{error:#}."))),
    }
}

fn no_connection(error: &ConnectionError) -> Failure {
    match error {
        ConnectionError::NoKey { .. } => {
            Failure::new(Exit::NotAuthorized, format!("{error}\n{}", NO_KEY_HELP.join("\n")))
        }
        ConnectionError::ProfileKey { .. } | ConnectionError::KeptForAnother { .. } => {
            Failure::new(Exit::NotAuthorized, error.to_string())
        }
        _ => Failure::usage(error.to_string()),
    }
}

fn report(failure: &Failure) -> ExitCode {
    say(failure);
    failure.exit.into()
}

/// Ready when the process is told to end: the exit code that says so.
#[cfg(unix)]
async fn interrupted() -> Exit {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Signals then end the process the system's way.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}

/// Ready when the process is told to end: the exit code that says so.
#[cfg(not(unix))]
async fn interrupted() -> Exit {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Exit::Interrupted,
        // Ctrl-C then ends the process the system's way.
        Err(_) => std::future::pending().await,
    }
}
