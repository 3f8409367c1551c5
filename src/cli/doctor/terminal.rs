//! The terminal, and what it can do.

use std::io::IsTerminal as _;

use super::Variable;
use super::check::Check;
use crate::app::geometry::Size;
use crate::clipboard::Environment;

/// What is known of the terminal of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    /// Whether keys come from one, and output goes there.
    is_direct: bool,
    /// Whether there is one at all, be it past a redirection.
    is_there: bool,
    /// Its columns and rows, where it says them.
    size: Option<(u16, u16)>,
}

impl Facts {
    pub(super) fn detect() -> Self {
        let is_direct = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        Self { is_direct, is_there: is_direct || controlling().is_some(), size: size() }
    }
}

/// The terminal that this process belongs to, wherever its input and output go.
#[cfg(unix)]
fn controlling() -> Option<std::fs::File> {
    std::fs::OpenOptions::new().read(true).open("/dev/tty").ok()
}

#[cfg(not(unix))]
fn controlling() -> Option<std::fs::File> {
    None
}

#[cfg(unix)]
fn size() -> Option<(u16, u16)> {
    use rustix::termios::tcgetwinsize;
    let size = tcgetwinsize(std::io::stdout()).or_else(|_| tcgetwinsize(std::io::stdin())).ok();
    let size = size.or_else(|| tcgetwinsize(controlling()?).ok())?;
    Some((size.ws_col, size.ws_row)).filter(|(columns, rows)| *columns > 0 && *rows > 0)
}

#[cfg(not(unix))]
fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

/// All that matters to the screen.
pub(super) fn checks(facts: Facts, session: &Environment, variable: Variable<'_>) -> Vec<Check> {
    vec![presence(facts), room(facts), kind(facts, variable), encoding(variable), between(session)]
}

fn presence(facts: Facts) -> Check {
    const NAME: &str = "terminal";
    if facts.is_direct {
        Check::ok(NAME, "Input and output are a terminal")
    } else if facts.is_there {
        Check::ok(NAME, "There is one, though input or output goes elsewhere just now; the screen needs both")
    } else {
        Check::warning(
            NAME,
            "There is none, so the screen can't open here; commands work",
            "For the screen, start ckeys from a terminal.",
        )
    }
}

fn room(facts: Facts) -> Check {
    const NAME: &str = "terminal-size";
    let Size { cols: least_columns, rows: least_rows } = Size::LEAST;
    match facts.size {
        None if facts.is_there => Check::unknown(NAME, "The terminal does not say; 80x24 is taken for it"),
        None => Check::unknown(NAME, "There is no terminal"),
        Some((cols, rows)) if (Size { cols, rows }).is_too_small() => Check::problem(
            NAME,
            format!("{cols}x{rows} is too small for the screen, which needs {least_columns}x{least_rows}"),
            "Enlarge the window, or choose a smaller font.",
        ),
        Some((cols, rows)) => Check::ok(NAME, format!("{cols}x{rows}; the screen needs {least_columns}x{least_rows}")),
    }
}

fn kind(facts: Facts, variable: Variable<'_>) -> Check {
    const NAME: &str = "terminal-kind";
    let advice = "Set TERM to what your terminal is, such as xterm-256color.";
    match variable("TERM").filter(|term| !term.is_empty()).as_deref() {
        Some("dumb") => Check::warning(NAME, "TERM is dumb: it promises no more than lines of text", advice),
        Some(term) => Check::ok(NAME, term),
        // The consoles of Windows do without.
        None if cfg!(windows) || !facts.is_there => Check::ok(NAME, "TERM is not set, and not needed"),
        None => Check::warning(NAME, "TERM is not set, so nobody knows what the terminal can do", advice),
    }
}

/// Whether letters and lines beyond ASCII come through.
fn encoding(variable: Variable<'_>) -> Check {
    const NAME: &str = "encoding";
    // The first that is set counts, as in every program that asks the system.
    let chosen = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?)));
    let is_utf8 = |locale: &str| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    let remedy = "Set LANG to a locale with UTF-8, such as C.UTF-8. Where the terminal can't show that, use --ascii.";
    match chosen {
        _ if cfg!(windows) => Check::ok(NAME, "UTF-8"),
        Some((name, locale)) if is_utf8(&locale) => Check::ok(NAME, format!("UTF-8, by {name} ({locale})")),
        Some((name, locale)) => {
            let summary = format!("{name} is {locale}, which is not UTF-8: lines and names may come out garbled");
            Check::warning(NAME, summary, remedy)
        }
        // macOS starts its terminals so in some settings, and they show UTF-8 all the same.
        None if cfg!(target_os = "macos") => Check::ok(NAME, "No locale is set; terminals show UTF-8 here"),
        None => Check::warning(NAME, "No locale is set, so lines and names may come out garbled", remedy),
    }
}

/// What stands between the program and the person.
fn between(session: &Environment) -> Check {
    let found: Vec<_> = [(session.ssh, "ssh"), (session.tmux, "tmux"), (session.screen, "GNU screen")]
        .into_iter()
        .filter_map(|(is_there, name)| is_there.then_some(name))
        .collect();
    Check::ok(
        "session",
        match found[..] {
            [] => "On this machine itself: neither ssh, tmux nor GNU screen is in between".to_owned(),
            _ => format!("By way of {}", found.join(" and ")),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::Standing::{Ok, Problem, Unknown, Warning};
    use super::super::check::with;
    use super::*;

    const THERE: Facts = Facts { is_direct: true, is_there: true, size: None };
    const NOWHERE: Facts = Facts { is_direct: false, is_there: false, size: None };

    #[test]
    fn the_screen_needs_a_terminal_of_some_size() {
        for (facts, expected) in [
            (THERE, [Ok, Unknown]),
            (NOWHERE, [Warning, Unknown]),
            (Facts { is_direct: false, size: Some((60, 16)), ..THERE }, [Ok, Ok]),
            (Facts { size: Some((59, 16)), ..THERE }, [Ok, Problem]),
            (Facts { size: Some((60, 15)), ..THERE }, [Ok, Problem]),
        ] {
            assert_eq!([presence(facts).standing, room(facts).standing], expected, "{facts:?}");
        }
    }

    #[test]
    fn a_terminal_of_an_unknown_kind_is_warned_of_where_there_is_one() {
        for (variables, facts, standing) in [
            (&[("TERM", "xterm-256color")][..], THERE, Ok),
            (&[("TERM", "dumb")], THERE, Warning),
            (&[("TERM", "")], NOWHERE, Ok),
        ] {
            assert_eq!(with(variables, |variable| kind(facts, variable)).0, standing, "{variables:?}");
        }
        let unset = with(&[], |variable| kind(THERE, variable)).0;
        assert_eq!(unset, if cfg!(windows) { Ok } else { Warning });
    }

    #[cfg(not(any(windows, target_os = "macos")))]
    #[test]
    fn the_first_locale_that_is_set_says_the_encoding() {
        for (variables, expected) in [
            (&[("LANG", "en_GB.UTF-8")][..], Ok),
            (&[("LC_ALL", "C.utf8"), ("LANG", "C")], Ok),
            (&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")], Warning),
            (&[("LC_ALL", ""), ("LC_CTYPE", "de_DE.ISO-8859-1"), ("LANG", "C.UTF-8")], Warning),
            (&[], Warning),
        ] {
            assert_eq!(with(variables, encoding).0, expected, "{variables:?}");
        }
    }

    #[test]
    fn what_stands_in_between_is_named() {
        let session = Environment { ssh: true, tmux: true, ..Environment::default() };
        assert_eq!(between(&session).summary.as_str(), "By way of ssh and tmux");
    }
}
