//! Whether this process was started with a standard output at all.
//!
//! Where it was not (`ckeys list >&-`), the standard library opens `/dev/null` in its place before `main`, and what is
//! printed would vanish as though somebody had read it. So this looks earlier: in the initialisers that the
//! system's loader runs. Elsewhere than on Linux and macOS nobody looks, and output counts as there.

use std::sync::atomic::{AtomicBool, Ordering};

static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether standard output was closed when the process began.
pub(super) fn was_closed() -> bool {
    WAS_CLOSED.load(Ordering::Relaxed)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
mod early {
    use super::{Ordering, WAS_CLOSED};

    #[used]
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
    #[expect(unsafe_code, reason = "names a section that the loader reads as function pointers, which this is")]
    static LOOK: extern "C" fn() = look;

    /// Runs before the standard library is set up: one system call and one store, nothing that allocates or can panic.
    extern "C" fn look() {
        let closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        WAS_CLOSED.store(closed, Ordering::Relaxed);
    }
}
