//! What ties what comes back to what asked for it.

/// Ties a reply to what asked for it. Each is used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);
