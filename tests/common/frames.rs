//! Frames as a terminal shows them: each as a whole, however it is cut on its way.

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// What of a frame came in before its end.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    held: Vec<u8>,
}

impl Frames {
    /// What can be shown of all that came in, now that `bytes` have.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend(bytes);
        let place = |of: &[u8]| self.held.windows(of.len()).rposition(|part| part == of);
        let begun = match (place(BEGIN), place(END)) {
            (Some(begin), Some(end)) if begin < end => None,
            (begin, _) => begin,
        };
        // Also what may become the beginning of one.
        let cut = (1..BEGIN.len()).rev().find(|&length| self.held.ends_with(&BEGIN[..length]));
        let until = begun.unwrap_or_else(|| self.held.len() - cut.unwrap_or(0));
        self.held.drain(..until).collect()
    }

    /// Shows on `screen` what can be shown of all that came in, now that `bytes` have, and adds to `seen` what that
    /// looked like after each frame.
    pub(crate) fn show(&mut self, bytes: &[u8], screen: &mut vt100::Parser, seen: &mut String) {
        for frame in each_of(&self.take(bytes)) {
            screen.process(frame);
            seen.push_str(&screen.screen().contents());
            seen.push('\n');
        }
    }
}

/// What can be shown, each frame by itself.
fn each_of(shown: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = shown;
    std::iter::from_fn(move || {
        let end = rest.windows(END.len()).position(|part| part == END).map_or(rest.len(), |at| at + END.len());
        let (frame, after) = rest.split_at(end);
        rest = after;
        (!frame.is_empty()).then_some(frame)
    })
}

#[test]
fn a_frame_is_shown_once_all_of_it_is_there() {
    let all = b"before\x1b[?2026hone\x1b[?2026l\x1b[?2026htwo\x1b[?2026lafter\x1b";
    for size in 1..all.len() {
        let mut frames = Frames::default();
        let shown: Vec<_> = all.chunks(size).map(|bytes| frames.take(bytes)).collect();
        for shown in &shown {
            let count = |of: &[u8]| shown.windows(of.len()).filter(|part| *part == of).count();
            assert_eq!(count(BEGIN), count(END), "{size}");
        }
        assert_eq!(shown.concat(), all[..all.len() - 1], "{size}");
        assert_eq!(frames.take(b"[0m"), b"\x1b[0m");
    }
}

#[test]
fn frames_that_came_together_are_told_apart() {
    let all = b"before\x1b[?2026hone\x1b[?2026l\x1b[?2026htwo\x1b[?2026lafter";
    let frames: Vec<_> = each_of(all).collect();
    assert_eq!(frames.concat(), all);
    assert_eq!(frames, [&b"before\x1b[?2026hone\x1b[?2026l"[..], b"\x1b[?2026htwo\x1b[?2026l", b"after"]);
    assert_eq!(each_of(b"").count(), 0);
}
