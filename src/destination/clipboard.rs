//! The clipboard as the destination of a secret.

use super::Means;
use super::look::{Delivered, Look, NotDelivered, Obstacle, Outcome};
use crate::clipboard::{self, Copied, CopyError, Route};
use crate::secret::Secret;

/// Which way a copy would go.
pub(super) fn look(means: &Means) -> Look {
    let route = clipboard::route(&means.environment);
    match (&route, means.copying.clear_after) {
        (Route::None { reason }, _) => {
            Look::blocked("the clipboard", Obstacle { words: reason.to_string(), in_the_way: false })
        }
        (Route::Native, Some(after)) => {
            Look::at(format!("{}, which is cleared after {} s", route.name(), after.as_secs()))
        }
        _ => Look::at(route.name()),
    }
}

/// Copies `secret` by the best route, or by the next best where that fails.
pub(super) async fn deliver(secret: &Secret, means: &Means) -> Result<Outcome, NotDelivered> {
    let copied = clipboard::copy_by_best_route(secret, &means.environment, &means.copying).await;
    let (route, copied) = copied.map_err(|error| NotDelivered::new(reason(&error)))?;
    let terminal = Delivered::Terminal { by_tmux: route == Route::Tmux };
    Ok(match copied {
        Copied::Native { clears_after } => Outcome::Delivered(Delivered::Clipboard { clears_after }),
        Copied::SentToTerminal => Outcome::Delivered(terminal),
        Copied::WriteSequence => Outcome::Write(clipboard::osc52_sequence(secret, means.environment.screen), terminal),
    })
}

/// Why, without the advice for the screen that follows it.
fn reason(error: &CopyError) -> String {
    let words = error.to_string();
    words.split_once("; ").map_or(words.as_str(), |(reason, _)| reason).to_owned()
}
