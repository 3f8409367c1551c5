//! The way in for `benches/`, which sees public items alone.

use std::io::{self, Sink};

use crate::api::model::ApiKey;
use crate::app::App;
use crate::redact;
use crate::secret::Secret;
use crate::terminal::Frames;
use crate::ui;
use crate::ui::theme::Theme;

/// The keys of an answer with a list of them, read as the client reads it, in pieces as a network brings them; none where it
/// is no such answer.
pub fn read_keys(body: &[u8]) -> Option<Vec<ApiKey>> {
    // As one that signs calls would be, it is looked for in names.
    redact::note_key(&Secret::new("confident_us_org_fake_not_a_key_a1b2c3"));
    crate::api::read_keys(body)
}

/// A screen whose bytes go nowhere.
pub struct Screen(Frames<Sink>);

impl Screen {
    /// An empty one.
    #[expect(clippy::new_without_default, reason = "it is a screen for measuring, and nothing else's part")]
    pub fn new() -> Self {
        Self(Frames::new(io::sink()))
    }

    /// Draws `app` on so many columns and rows, and makes the bytes of it; false where these could not be sent.
    pub fn draw(&mut self, app: &App, theme: Theme, size: (u16, u16)) -> bool {
        self.0.draw(size, |buffer| ui::view(app, theme, buffer).cursor).is_ok()
    }
}
