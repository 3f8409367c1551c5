//! Data that the service holds: what was read last, what is under way, what went wrong.

use jiff::Timestamp;

use super::request::RequestId;
use crate::api::error::ApiError;

/// One thing that can be read. The last good value stays while it is read again, and after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote<T> {
    value: Option<(T, Timestamp)>,
    loading: Option<(RequestId, Timestamp)>,
    error: Option<ApiError>,
}

impl<T> Default for Remote<T> {
    fn default() -> Self {
        Self { value: None, loading: None, error: None }
    }
}

impl<T> Remote<T> {
    /// The last value read.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref().map(|(value, _)| value)
    }

    /// The last value read, to bring it up to date after a write.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut().map(|(value, _)| value)
    }

    /// When the value was read.
    pub fn read_at(&self) -> Option<Timestamp> {
        self.value.as_ref().map(|(_, at)| *at)
    }

    /// Whether it is being read.
    pub fn is_loading(&self) -> bool {
        self.loading.is_some()
    }

    /// Since when it is being read.
    pub fn loading_since(&self) -> Option<Timestamp> {
        self.loading.map(|(_, since)| since)
    }

    /// Why the last read failed; none once one succeeded.
    pub fn error(&self) -> Option<&ApiError> {
        self.error.as_ref()
    }

    /// Notes that `request` reads it from `now` on; replies to earlier requests are late then.
    pub fn start(&mut self, request: RequestId, now: Timestamp) {
        self.loading = Some((request, now));
    }

    /// Takes in the reply to `request`; false where it is late and was dropped.
    pub fn finish(&mut self, request: RequestId, result: Result<T, ApiError>, now: Timestamp) -> bool {
        if self.loading.is_none_or(|(awaited, _)| awaited != request) {
            return false;
        }
        self.loading = None;
        match result {
            Ok(value) => {
                self.value = Some((value, now));
                self.error = None;
            }
            Err(error) => self.error = Some(error),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::error::ErrorKind;

    #[test]
    fn late_replies_are_dropped_and_the_last_good_value_stays() {
        let now = Timestamp::UNIX_EPOCH;
        let mut remote = Remote::default();
        remote.start(RequestId(1), now);
        remote.start(RequestId(2), now);
        assert!(!remote.finish(RequestId(1), Ok("old"), now));
        assert!(remote.is_loading());
        assert!(remote.finish(RequestId(2), Ok("new"), now));
        assert!(!remote.finish(RequestId(2), Ok("twice"), now));
        assert_eq!((remote.value(), remote.is_loading()), (Some(&"new"), false));

        let error = ApiError { host: "h".into(), kind: ErrorKind::TooLarge(1) };
        remote.start(RequestId(3), now);
        assert!(remote.finish(RequestId(3), Err(error.clone()), now));
        assert_eq!((remote.value(), remote.error()), (Some(&"new"), Some(&error)));
    }
}
