//! Which way leads to the clipboard of the person at the keyboard. Pure: facts in, a route out.

use std::env;
use std::fmt;

/// The facts that decide the [`Route`]: [`Environment::detect`] reads them, tests write them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are facts that hold side by side, not states")]
pub struct Environment {
    /// The platform keeps a clipboard for every session (macOS, Windows): no display variable is needed.
    pub always_has_display: bool,
    /// `WAYLAND_DISPLAY` or `DISPLAY` names a display.
    pub display: bool,
    /// `SSH_CONNECTION`, `SSH_TTY` or `SSH_CLIENT` is set: the display, if any, is not where the person sits.
    pub ssh: bool,
    /// `TMUX` is set: a tmux stands between this program and the terminal.
    pub tmux: bool,
    /// `STY` is set: a GNU screen does.
    pub screen: bool,
    /// `TERM`.
    pub term: Option<String>,
    /// There is a terminal that can be written to.
    pub terminal: bool,
}

impl Environment {
    /// The facts of this process.
    pub fn detect() -> Self {
        Self::from_variables(|name| env::var(name).ok(), has_terminal())
    }

    /// The facts, with `variable` as the environment. A variable that is set to nothing counts as not set.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>, terminal: bool) -> Self {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        let any = |names: &[&str]| names.iter().any(|name| get(name).is_some());
        Self {
            always_has_display: cfg!(any(windows, target_os = "macos")),
            display: any(&["WAYLAND_DISPLAY", "DISPLAY"]),
            ssh: any(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]),
            tmux: any(&["TMUX"]),
            screen: any(&["STY"]),
            term: get("TERM"),
            terminal,
        }
    }
}

/// Whether this process has a terminal to write to: its output, or one that controls it.
fn has_terminal() -> bool {
    use std::io::IsTerminal as _;
    let controlled = || cfg!(unix) && std::fs::OpenOptions::new().write(true).open("/dev/tty").is_ok();
    std::io::stdout().is_terminal() || controlled()
}

/// A way to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The display's own clipboard, served by a small child process.
    Native,
    /// tmux hands the text to the terminal that it runs in.
    Tmux,
    /// The escape sequence OSC 52 asks the terminal to take the text.
    Osc52,
    /// There is no way.
    None {
        /// Why not.
        reason: Unreachable,
    },
}

impl Route {
    /// What to call this way in a sentence: "copies to …".
    pub fn name(&self) -> &'static str {
        match self {
            Self::Native => "the clipboard",
            Self::Tmux => "the terminal's clipboard, through tmux",
            Self::Osc52 => "the terminal's clipboard (OSC 52)",
            Self::None { .. } => "no clipboard",
        }
    }
}

/// Why no clipboard can be reached. Its `Display` says that and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreachable {
    /// There is neither a display nor a terminal.
    NoTerminal,
    /// There is no display, and the terminal is of a kind that has no clipboard.
    PlainTerminal {
        /// What `TERM` says; `None` where it is not set.
        term: Option<String>,
    },
}

impl fmt::Display for Unreachable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTerminal => formatter.write_str("there is no display and no terminal to copy to"),
            Self::PlainTerminal { term: None } => {
                formatter.write_str("there is no display, and TERM is not set, so the terminal's abilities are unknown")
            }
            Self::PlainTerminal { term: Some(term) } => {
                write!(formatter, "there is no display, and a terminal of the kind {term:?} has no clipboard")
            }
        }
    }
}

/// The way to the clipboard of the person at the keyboard.
pub fn route(environment: &Environment) -> Route {
    // Over ssh the display belongs to the other machine, or to nobody.
    if !environment.ssh && (environment.always_has_display || environment.display) {
        return Route::Native;
    }
    through_terminal(environment)
}

/// What to try where `failed` turned out not to work: a named display may be gone or refuse, and
/// the terminal still be there. After tmux there is nothing: it drops OSC 52 in its default configuration.
pub fn fallback(failed: &Route, environment: &Environment) -> Option<Route> {
    match failed {
        Route::Native => Some(through_terminal(environment)).filter(|route| !matches!(route, Route::None { .. })),
        Route::Tmux | Route::Osc52 | Route::None { .. } => None,
    }
}

fn through_terminal(environment: &Environment) -> Route {
    if environment.tmux {
        return Route::Tmux;
    }
    if !environment.terminal {
        return Route::None { reason: Unreachable::NoTerminal };
    }
    match environment.term.as_deref() {
        None | Some("dumb" | "linux") => {
            Route::None { reason: Unreachable::PlainTerminal { term: environment.term.clone() } }
        }
        Some(_) => Route::Osc52,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)], terminal: bool) -> Environment {
        let get = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Environment { always_has_display: false, ..Environment::from_variables(get, terminal) }
    }

    #[test]
    fn the_route_is_that_of_the_person_at_the_keyboard() {
        let plain =
            |term: Option<&str>| Route::None { reason: Unreachable::PlainTerminal { term: term.map(str::to_owned) } };
        let ssh = ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
        let xterm = ("TERM", "xterm-256color");
        let tmux = ("TMUX", "/tmp/tmux-1000/default,1,0");
        for (variables, terminal, expected) in [
            (vec![("DISPLAY", ":0"), xterm], true, Route::Native),
            (vec![("WAYLAND_DISPLAY", "wayland-0")], false, Route::Native),
            (vec![("DISPLAY", ":0"), tmux, xterm], true, Route::Native),
            (vec![("DISPLAY", "localhost:10.0"), ssh, xterm], true, Route::Osc52),
            (vec![("DISPLAY", ":0"), ("SSH_TTY", "/dev/pts/3"), xterm], true, Route::Osc52),
            (vec![("DISPLAY", ":0"), ("SSH_CLIENT", "192.0.2.1 5 22"), tmux, xterm], true, Route::Tmux),
            (vec![("DISPLAY", ""), xterm], true, Route::Osc52),
            (vec![tmux, ("TERM", "tmux-256color")], true, Route::Tmux),
            (vec![("TERM", "linux")], true, plain(Some("linux"))),
            (vec![("TERM", "dumb"), ssh], true, plain(Some("dumb"))),
            (vec![], true, plain(None)),
            (vec![xterm], false, Route::None { reason: Unreachable::NoTerminal }),
        ] {
            assert_eq!(route(&environment(&variables, terminal)), expected, "{variables:?}, terminal: {terminal}");
        }
    }

    #[test]
    fn a_platform_with_its_own_clipboard_needs_no_display_but_not_over_ssh() {
        let local = Environment { always_has_display: true, ..environment(&[], true) };
        assert_eq!(route(&local), Route::Native);
        let remote =
            Environment { always_has_display: true, ..environment(&[("SSH_TTY", "x"), ("TERM", "xterm")], true) };
        assert_eq!(route(&remote), Route::Osc52);
    }

    #[test]
    fn only_a_display_that_fails_has_a_fallback() {
        let local = environment(&[("DISPLAY", ":0"), ("TERM", "xterm")], true);
        assert_eq!(fallback(&Route::Native, &local), Some(Route::Osc52));
        assert_eq!(fallback(&Route::Osc52, &local), None);
        let tmux = Environment { tmux: true, ..local };
        assert_eq!(fallback(&Route::Native, &tmux), Some(Route::Tmux));
        assert_eq!(fallback(&Route::Tmux, &tmux), None);
        assert_eq!(fallback(&Route::Native, &environment(&[("DISPLAY", ":0")], true)), None);
    }

    #[test]
    fn reasons_read_as_sentences() {
        let reason = Unreachable::PlainTerminal { term: Some("linux".into()) };
        assert_eq!(reason.to_string(), "there is no display, and a terminal of the kind \"linux\" has no clipboard");
    }
}
