//! What was found that says how ckeys should behave: `config.toml` and the environment.

use std::path::Path;

use super::Variable;
use super::check::Check;
use crate::config::{ConnectionError, InForce, Problem};

/// The variables that count, as far as they are not this program's alone.
const VARIABLES: [&str; 35] = [
    "CONFIDENT_ORG_API_KEY",
    "CONFIDENT_API_KEY",
    "CONFIDENT_BASE_URL",
    "CONFIDENT_REGION",
    "CONFIDENT_API_VERSION",
    "CKEYS_PROFILE",
    "CKEYS_THEME",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORFGBG",
    "COLUMNS",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
    "TZ",
    "WAYLAND_DISPLAY",
    "DISPLAY",
    "TMUX",
    "STY",
    "SSH_CONNECTION",
    "SSH_TTY",
    "SSH_CLIENT",
];

/// The settings: where they are, and what in them was not used.
pub(super) fn file(path: Option<&Path>, problems: &[Problem]) -> Check {
    const NAME: &str = "config-file";
    let Some(path) = path else {
        let remedy = "Set HOME, or XDG_CONFIG_HOME, to a folder of yours.";
        return Check::warning(
            NAME,
            "There is no home folder to look for config.toml in, so the defaults count",
            remedy,
        );
    };
    let shown = path.display();
    if let [Problem { line: None, message, .. }] = problems {
        return Check::problem(NAME, format!("{shown} {message}"), "Make it a readable file in TOML, or move it away.");
    }
    if !problems.is_empty() {
        let mut problems: Vec<_> = problems.iter().collect();
        problems.sort_by_key(|problem| problem.line);
        let told = problems.iter().map(|problem| {
            let line = problem.line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!("{line}{}", problem.message)
        });
        let summary = format!("{shown} is used, but not all of it: {}", told.collect::<Vec<_>>().join("; "));
        if problems.iter().any(|problem| problem.stops_screen) {
            let remedy = "Correct [keys] before all: the screen does not start with it. docs/keys.md lists its names.";
            return Check::problem(NAME, summary, remedy);
        }
        return Check::warning(NAME, summary, "Correct it; ckeys's README lists the settings.");
    }
    // A link that leads nowhere is told as a file that is not there: so it is read, too.
    let found = if path.exists() { "is used" } else { "is not there, so the defaults count" };
    Check::ok(NAME, format!("{shown} {found}"))
}

/// Which profile is in force, why, and what should be known of it.
pub(super) fn profile(in_force: &Result<InForce, ConnectionError>) -> Check {
    const NAME: &str = "profile";
    let in_force = match in_force {
        Ok(in_force) => in_force,
        Err(error @ (ConnectionError::NoProfile { .. } | ConnectionError::BadProfile { .. })) => {
            let summary = error.to_string();
            return Check::problem(NAME, summary.trim_end_matches('.'), "`ckeys profile list` shows what there is.");
        }
        Err(_) => return Check::unknown(NAME, "Not told: there is no address"),
    };
    let Some((name, by)) = &in_force.profile else {
        return Check::ok(NAME, "None is in force");
    };
    let read_only = if in_force.read_only.is_some() { "; no key is changed" } else { "" };
    let summary = format!("“{name}”, by {}; the key comes from {}{read_only}", by.words(), in_force.key.words());
    if in_force.warnings.is_empty() {
        return Check::ok(NAME, summary);
    }
    let told = in_force.warnings.join(" ");
    Check::warning(NAME, format!("{summary}. {}", told.trim_end_matches('.')), "See that this is meant so.")
}

/// Which variables are set that count; never to what.
pub(super) fn environment(variable: Variable<'_>) -> Check {
    const NAME: &str = "environment";
    let set: Vec<_> = VARIABLES
        .iter()
        .filter_map(|name| {
            let note = match (*name, variable(name)?.is_empty()) {
                (_, true) => " (empty)",
                ("CONFIDENT_API_KEY", false) => " (a project's key, not used)",
                _ => "",
            };
            Some(format!("{name}{note}"))
        })
        .collect();
    match set.len() {
        0 => Check::ok(NAME, "None of the variables that count is set"),
        _ => Check::ok(NAME, format!("Set: {}; no values are shown", set.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Standing;
    use super::*;

    #[test]
    fn no_value_is_shown() {
        let canary = "fake_canary_a1b2c3";
        let check = environment(&|_| Some(canary.to_owned()));
        assert!(VARIABLES.iter().all(|name| check.summary.as_str().contains(name)));
        assert!(!check.summary.as_str().contains(canary), "{check:?}");
        let one = environment(&|name| (name == "NO_COLOR").then(String::new));
        assert_eq!(one.summary.as_str(), "Set: NO_COLOR (empty); no values are shown");
    }

    #[test]
    fn entries_are_told_by_line_and_a_file_of_no_use_is_a_problem() {
        let path = Path::new("/nowhere/config.toml");
        let problem = |line, message: &str| Problem {
            path: path.to_owned(),
            line,
            message: message.to_owned(),
            stops_screen: false,
        };
        let check = file(Some(path), &[problem(Some(7), "b"), problem(Some(2), "a")]);
        assert_eq!(check.standing, Standing::Warning);
        assert!(check.summary.as_str().ends_with("not all of it: line 2: a; line 7: b"), "{check:?}");
        assert_eq!(file(Some(path), &[problem(None, "can't be read")]).standing, Standing::Problem);
        assert_eq!(file(Some(path), &[]).standing, Standing::Ok);
        assert_eq!(file(None, &[]).standing, Standing::Warning);
    }
}
