//! What is left of a secret in this program's memory, and who may look there.
//!
//! # What is promised
//!
//! - **Nothing is left.** Once a secret's dialog is closed, no copy of it is in the program's memory: not in buffers
//!   of the network or of TLS, not in what was drawn, not in what was freed. Secrets wipe themselves
//!   ([`Secret`](crate::secret::Secret)); the allocator in `main.rs` wipes all else when it is freed, as libraries keep no
//!   account of their buffers; and the call that makes a key has a connection of its own, which ends with it.
//!   `tests/program/memory.rs` scans all memory of the running program, over HTTP and HTTPS.
//! - **Nobody looks.** [`protect`] keeps other programs of the same user out, and the memory out of core dumps: on
//!   Linux both, on other Unix systems core dumps alone. Windows has no such switch, and nothing is done there.
//!
//! # What is not
//!
//! - Root, and whoever starts the program under a debugger, see everything while it is there.
//! - Memory is not locked: what the system writes to its swap space, or to the disk for hibernation, may hold a secret
//!   that was in use then. Encrypt both.
//! - The organization key signs each call, so it stays for as long as the program runs: in the environment that it was
//!   started with, in the client, in the headers of its connections and in what each of them sent last.
//! - Where a secret was taken to: the terminal that showed it, its scrollback, the clipboard's owner until that is
//!   cleared, a file, the system's own buffers on the way there.
//! - A program that is killed wipes nothing. The system hands its memory to nobody unwiped.

/// Keeps other programs out of this one's memory, and that out of core dumps. The first thing to do, before a key is
/// read. Each half is worth having by itself, so a refusal is no reason to stop.
pub fn protect() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    // Some systems pass core dumps to a program, and ask for no limit then.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
