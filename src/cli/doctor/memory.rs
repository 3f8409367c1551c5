//! Whether this program's memory is kept from others, as [`protect`](crate::memory::protect) asked for.

use super::check::Check;

const CORE_DUMPS: &str = "core-dumps";
const READERS: &str = "memory-readers";

/// What came of it, by the system's own word.
pub(super) fn checks() -> Vec<Check> {
    vec![core_dumps(), readers()]
}

#[cfg(unix)]
fn core_dumps() -> Check {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::Core).current {
        Some(0) => Check::ok(CORE_DUMPS, "Off for ckeys: a crash leaves no secret in a file"),
        _ => Check::warning(
            CORE_DUMPS,
            "The system did not turn them off for ckeys: a crash may leave a secret in a file",
            "Run `ulimit -c 0` before you start ckeys.",
        ),
    }
}

#[cfg(not(unix))]
fn core_dumps() -> Check {
    Check::unknown(CORE_DUMPS, "This system has no switch for them")
}

#[cfg(target_os = "linux")]
fn readers() -> Check {
    use rustix::process::{DumpableBehavior, dumpable_behavior};
    match dumpable_behavior() {
        Ok(DumpableBehavior::NotDumpable) => Check::ok(READERS, "None but root: other programs of yours are kept out"),
        _ => Check::warning(
            READERS,
            "The system did not keep other programs of yours out of ckeys's memory, where secrets are while they are used",
            "See what in the container or sandbox that ckeys runs in forbids it (prctl, PR_SET_DUMPABLE).",
        ),
    }
}

#[cfg(not(target_os = "linux"))]
fn readers() -> Check {
    Check::unknown(READERS, "This system has no switch that keeps other programs of yours out of ckeys's memory")
}
