//! `ckeys demo-server`: the embedded service, for other programs.

use std::time::Duration;

use super::arguments::DemoServer;
use super::exit::{Exit, Failure};
use super::standard_output;
use crate::demo::{self, Options};

/// Serves until the process is told to stop.
pub(super) fn run(arguments: &DemoServer) -> Result<Exit, Failure> {
    let options = Options {
        listen: arguments.listen,
        projects: arguments.projects,
        keys_per_project: arguments.keys_per_project,
        latency: Duration::from_millis(arguments.latency_ms),
        seed: arguments.seed,
        faults: arguments.fault.clone(),
        api: arguments.api,
        clock: arguments.clock,
    };
    options.check().map_err(|error| Failure::usage(format!("{error:#}.")))?;
    // Without its two lines nobody could use it.
    if standard_output::was_closed() {
        return Err(Failure::new(Exit::Failed, "Standard output can't be written: it is closed."));
    }
    demo::serve_until_stopped(&options, &mut std::io::stdout())
        .map(|()| Exit::Done)
        .map_err(|error| Failure::new(Exit::Failed, format!("{error:#}.")))
}
