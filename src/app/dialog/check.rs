//! What a dialog that changes a key found out about it when it opened.

use jiff::Timestamp;

use crate::api::error::ApiError;
use crate::app::request::RequestId;

/// The key is read afresh, as the list may be old, and the question is how lately the key was used.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// It is being read.
    pub reading: Option<RequestId>,
    /// Why it could not be read.
    pub error: Option<ApiError>,
    /// Whether the question was answered with a yes meanwhile. It counts where the key is as it was shown.
    pub is_agreed: bool,
    /// When it was deactivated, where it is inactive and that is known.
    pub inactive_since: Option<Timestamp>,
}

impl Check {
    /// Whether what is shown of the key may be old still.
    pub fn is_reading(&self) -> bool {
        self.reading.is_some()
    }

    /// Notes that `request` was answered; false where another is waited for.
    pub(in crate::app) fn finish(&mut self, request: RequestId) -> bool {
        self.reading.take_if(|reading| *reading == request).is_some()
    }
}
