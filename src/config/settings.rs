//! `config.toml`: what is a matter of taste.
//!
//! ```toml
//! [thresholds]
//! new_days = 7      # a key that was not used yet is new for so long
//! idle_days = 30    # idle after so long without use
//! stale_days = 90   # stale after so long without use, never before idle
//!
//! [clipboard]
//! clear_after_seconds = 45   # 0: never
//!
//! [command]
//! words = ["gh", "secret", "set", "CONFIDENT_API_KEY"]   # the command that is proposed for a new key's secret
//! timeout_seconds = 60   # how long a command that takes a secret may run
//!
//! [display]
//! times = "relative"   # or "local", "utc"
//! ascii = false        # true: no box drawing or other symbols beyond ASCII
//! theme = "auto"       # or "dark", "light", "high-contrast", "sixteen", "none"
//! mouse = false        # true: clicks and the wheel are for the screen
//!
//! [service]
//! api_version = "auto"   # or "v1", "v2"; CONFIDENT_API_VERSION goes before it
//! ```
//!
//! The organizations that it names are [`Profiles`], and `[keys]` gives the screen's actions other keys
//! ([`super::keys`]).
//!
//! An entry that is unknown or of no use is told with its line, and the default is used. Where only one of
//! `idle_days` and `stale_days` is set, the other follows it as far as it has to: no key is stale before it is idle.

use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::look::ThemeName;
use super::profile::Profiles;
use super::reader::{Reader, integer, open_at_once};
use crate::api::Speak;
use crate::keymap::Keymap;
use crate::status::Thresholds;
use crate::text::Text;

/// How times are written on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Times {
    /// “3 days ago”.
    #[default]
    Relative,
    /// In this machine's time zone.
    Local,
    /// In UTC.
    Utc,
}

/// What `config.toml` says, with defaults for what it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// When a key counts as new, idle and stale.
    pub thresholds: Thresholds,
    /// After how long a copied secret is cleared from the clipboard; never where there is none.
    pub clear_clipboard_after: Option<Duration>,
    /// The words of the command that is proposed to take a secret; none where none was configured.
    pub command: Vec<String>,
    /// How long a command that takes a secret may run.
    pub command_timeout: Duration,
    /// How times are written at first.
    pub times: Times,
    /// Whether to keep to ASCII.
    pub ascii: bool,
    /// The theme, where nothing else says it.
    pub theme: ThemeName,
    /// Whether the mouse is for the screen, and not for the terminal.
    pub mouse: bool,
    /// The versions of the service's API to speak, where the environment does not say so.
    pub speak: Speak,
    /// What each key of the screen means.
    pub keymap: Keymap,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            clear_clipboard_after: Some(Duration::from_secs(45)),
            command: Vec::new(),
            command_timeout: Duration::from_secs(60),
            times: Times::default(),
            ascii: false,
            theme: ThemeName::default(),
            mouse: false,
            speak: Speak::default(),
            keymap: Keymap::default(),
        }
    }
}

/// An entry of `config.toml` that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Its line, from 1; none where the whole file could not be read.
    pub line: Option<usize>,
    /// What is wrong, and what is used in its place.
    pub message: String,
    /// Whether the screen does not start with it; commands do.
    pub stops_screen: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", Text::from(self.path.display().to_string()))?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        write!(formatter, ": {}", Text::from(self.message.as_str()))
    }
}

/// Why the screen does not start: its keys would do something else than was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadKeys(Vec<Problem>);

impl fmt::Display for BadKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(formatter, "{problem}.")?;
        }
        formatter.write_str("The screen starts once [keys] is as it should be; commands work as they are.")
    }
}

impl std::error::Error for BadKeys {}

/// All that `config.toml` says.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// What is a matter of taste.
    pub settings: Settings,
    /// The organizations that it names.
    pub profiles: Profiles,
    /// What in it was not used.
    pub problems: Vec<Problem>,
    /// Where it is, or would be; none on a machine without a home folder.
    pub path: Option<PathBuf>,
}

impl Configuration {
    /// Where `config.toml` is looked for. Only a machine without a home folder has no such place.
    pub fn path() -> Option<PathBuf> {
        Some(etcetera::choose_base_strategy().ok()?.config_dir().join("confident-keys").join("config.toml"))
    }

    /// Reads `config.toml`, where there is one.
    pub fn load() -> Self {
        let Some(path) = Self::path() else { return Self::default() };
        let parsed = match read(&path) {
            Ok(text) => parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Parsed::default(),
            Err(error) => {
                let message = format!("can't be read ({error}); the defaults are used");
                Parsed { problems: vec![(None, message)], ..Parsed::default() }
            }
        };
        Self { path: Some(path.clone()), ..parsed.of(&path) }
    }

    /// The same from the text of a `config.toml` that is not in any place.
    pub fn parse(text: &str) -> Self {
        parse(text).of(Path::new("config.toml"))
    }
}

impl Configuration {
    /// Whether the screen can be started with it.
    ///
    /// # Errors
    /// What is wrong with `[keys]`, by line.
    pub fn check_keys(&self) -> Result<(), BadKeys> {
        let mut problems: Vec<Problem> = self.problems.iter().filter(|problem| problem.stops_screen).cloned().collect();
        problems.sort_by_key(|problem| problem.line);
        if problems.is_empty() { Ok(()) } else { Err(BadKeys(problems)) }
    }
}

impl Settings {
    /// Reads the settings in the text of a `config.toml`; each problem of it with its line, from 1.
    pub fn parse(text: &str) -> (Self, Vec<(Option<usize>, String)>) {
        let Parsed { settings, problems, key_problems, .. } = parse(text);
        (settings, [problems, key_problems].concat())
    }
}

/// What a text says; each problem with its line, from 1.
#[derive(Debug, Default)]
struct Parsed {
    settings: Settings,
    profiles: Profiles,
    problems: Vec<(Option<usize>, String)>,
    /// Those of `[keys]`.
    key_problems: Vec<(Option<usize>, String)>,
}

impl Parsed {
    /// The same, as of the file at `path`.
    fn of(self, path: &Path) -> Configuration {
        let problem =
            |stops_screen| move |(line, message)| Problem { path: path.to_owned(), line, message, stops_screen };
        let problems = self.problems.into_iter().map(problem(false));
        let problems = problems.chain(self.key_problems.into_iter().map(problem(true))).collect();
        Configuration { settings: self.settings, profiles: self.profiles, problems, path: None }
    }
}

/// No settings are longer, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The text of the file `path`. What is no file is not waited for.
fn read(path: &Path) -> io::Result<String> {
    let file = open_at_once(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let mut file = file.take(MAX_BYTES + 1);
    file.read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes > MAX_BYTES) {
        return Err(io::Error::other("it is longer than settings are"));
    }
    Ok(text)
}

fn parse(text: &str) -> Parsed {
    let (mut settings, mut profiles) = Default::default();
    let mut reader = Reader::new(text);
    match DeTable::parse(text) {
        Ok(table) => reader.root(table.get_ref(), &mut settings, &mut profiles),
        Err(error) => {
            let line = error.span().map(|span| reader.line(span.start));
            reader.problems.push((line, format!("this is not TOML ({}); the defaults are used", error.message())));
        }
    }
    reader.agree(&mut settings.thresholds);
    Parsed { settings, profiles, problems: reader.problems, key_problems: reader.key_problems }
}

impl Reader {
    /// No key can be stale before it is idle. What was set counts, and what was not gives way.
    fn agree(&mut self, thresholds: &mut Thresholds) {
        let Thresholds { idle_days, stale_days, .. } = *thresholds;
        if idle_days <= stale_days {
            return;
        }
        match (self.idle, self.stale) {
            (Some(idle), Some(stale)) => {
                let message = format!(
                    "idle_days is {idle_days}, above stale_days ({stale_days}), so no key would be idle; the defaults are used for both"
                );
                // The later one is what the reader of the file has just changed, as like as not.
                self.problems.push((Some(idle.max(stale)), message));
                *thresholds = Thresholds { new_days: thresholds.new_days, ..Thresholds::default() };
            }
            (None, _) => thresholds.idle_days = stale_days,
            (Some(_), None) => thresholds.stale_days = idle_days,
        }
    }

    fn root(&mut self, root: &DeTable<'_>, settings: &mut Settings, profiles: &mut Profiles) {
        for (section, value) in root {
            let prefix = section.get_ref().as_ref();
            if prefix == "default_profile" {
                self.default_profile(value, profiles);
                continue;
            }
            if prefix == "profiles" {
                self.profiles(section, value, profiles);
                continue;
            }
            if prefix == "keys" {
                self.keys(section.span().start, value, &mut settings.keymap);
                continue;
            }
            if !matches!(prefix, "thresholds" | "clipboard" | "command" | "display" | "service") {
                // Told once for the section, not for each of its entries.
                self.unknown(section, "");
                continue;
            }
            let Some(table) = value.get_ref().as_table() else {
                let line = self.line(section.span().start);
                self.problems.push((Some(line), format!("this is a section, written [{prefix}]; it is ignored")));
                continue;
            };
            for (name, value) in table {
                match (prefix, name.get_ref().as_ref()) {
                    ("thresholds", "new_days") => {
                        self.days(value, &mut settings.thresholds.new_days);
                    }
                    ("thresholds", "idle_days") => {
                        self.idle = self.days(value, &mut settings.thresholds.idle_days);
                    }
                    ("thresholds", "stale_days") => {
                        self.stale = self.days(value, &mut settings.thresholds.stale_days);
                    }
                    ("clipboard", "clear_after_seconds") => {
                        self.clear_after(value, &mut settings.clear_clipboard_after);
                    }
                    ("command", "words") => self.words(value, &mut settings.command),
                    ("command", "timeout_seconds") => self.timeout(value, &mut settings.command_timeout),
                    ("display", "times") => self.times(value, &mut settings.times),
                    ("display", "ascii") => self.flag(value, &mut settings.ascii),
                    ("display", "mouse") => self.flag(value, &mut settings.mouse),
                    ("display", "theme") => match value.get_ref().as_str().map(str::parse) {
                        Some(Ok(theme)) => settings.theme = theme,
                        _ => self.bad(value, &format!("one of {}", ThemeName::names())),
                    },
                    ("service", "api_version") => match value.get_ref().as_str().map(str::parse) {
                        Some(Ok(speak)) => settings.speak = speak,
                        _ => self.bad(value, "\"auto\", \"v1\" or \"v2\""),
                    },
                    _ => self.unknown(name, prefix),
                }
            }
        }
    }

    fn clear_after(&mut self, value: &Spanned<DeValue<'_>>, after: &mut Option<Duration>) {
        match integer(value) {
            Some(seconds @ 0..=86_400) => *after = (seconds > 0).then(|| Duration::from_secs(seconds.into())),
            _ => self.bad(value, "a whole number of seconds from 0 (never) to 86400"),
        }
    }

    fn words(&mut self, value: &Spanned<DeValue<'_>>, words: &mut Vec<String>) {
        let list = value.get_ref().as_array().and_then(|list| {
            let word = |word: &Spanned<DeValue<'_>>| word.get_ref().as_str().map(str::to_owned);
            list.iter().map(word).collect::<Option<Vec<String>>>()
        });
        match list {
            Some(list) if list.first().is_some_and(|program| !program.is_empty()) => *words = list,
            _ => self.bad(value, "a list of words, such as [\"gh\", \"secret\", \"set\", \"NAME\"]"),
        }
    }

    fn timeout(&mut self, value: &Spanned<DeValue<'_>>, timeout: &mut Duration) {
        match integer(value) {
            Some(seconds @ 1..=3600) => *timeout = Duration::from_secs(seconds.into()),
            _ => self.bad(value, "a whole number of seconds from 1 to 3600"),
        }
    }

    fn times(&mut self, value: &Spanned<DeValue<'_>>, times: &mut Times) {
        match value.get_ref().as_str() {
            Some("relative") => *times = Times::Relative,
            Some("local") => *times = Times::Local,
            Some("utc") => *times = Times::Utc,
            _ => self.bad(value, "\"relative\", \"local\" or \"utc\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_gives_the_defaults() {
        assert_eq!(Settings::parse(""), (Settings::default(), vec![]));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_or_too_long_is_told_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let long = folder.path().join("long");
        std::fs::write(&long, "# ".repeat(1024 * 1024)).unwrap();
        for (path, words) in [(pipe.as_path(), "no file"), (Path::new("/dev/zero"), "no file"), (&long, "longer than")]
        {
            let error = read(path).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn every_entry_is_read() {
        let (settings, problems) = Settings::parse(
            "[thresholds]\nnew_days = 3\nidle_days = 14\nstale_days = 60\n[clipboard]\nclear_after_seconds = 0\n[command]\nwords = [\"op\", \"item\", \"create\", \"-\"]\ntimeout_seconds = 5\n[display]\ntimes = \"utc\"\nascii = true\ntheme = \"high-contrast\"\nmouse = true\n[service]\napi_version = \"v1\"\n",
        );
        assert_eq!(problems, vec![]);
        let expected = Settings {
            thresholds: Thresholds { new_days: 3, idle_days: 14, stale_days: 60 },
            clear_clipboard_after: None,
            command: ["op", "item", "create", "-"].map(str::to_owned).into(),
            command_timeout: Duration::from_secs(5),
            times: Times::Utc,
            ascii: true,
            theme: ThemeName::HighContrast,
            mouse: true,
            speak: Speak::V1,
            keymap: Keymap::default(),
        };
        assert_eq!(settings, expected);
    }

    #[test]
    fn unknown_and_bad_entries_are_told_by_line_and_the_rest_is_used() {
        let (settings, problems) = Settings::parse(
            "color = 1\n[thresholds]\nstale_days = \"90\"\nidle_days = 0\nnew_days = 5\nold_days = 1\n[clipboard]\nclear_after_seconds = -1\n[tricks]\na = 1\nb = 2\n[command]\ntimeout_seconds = 0\n[service]\napi_version = \"v3\"\n[display]\ntheme = \"pink\"\n",
        );
        assert_eq!(settings.thresholds, Thresholds { new_days: 5, ..Thresholds::default() });
        let mut lines: Vec<_> = problems.iter().map(|(line, _)| line.unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 3, 4, 6, 8, 9, 13, 15, 17]);
        assert_eq!(settings.command_timeout, Settings::default().command_timeout);
    }

    #[test]
    fn what_is_not_toml_is_told_with_its_line() {
        let (settings, problems) = Settings::parse("[thresholds]\nstale_days = = 3\n");
        assert_eq!(settings, Settings::default());
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].0, Some(2));
    }

    #[test]
    fn thresholds_that_contradict_each_other_are_told() {
        for text in ["idle_days = 100\nstale_days = 99", "stale_days = 10\n\nidle_days = 20"] {
            let (settings, problems) = Settings::parse(&format!("[thresholds]\nnew_days = 5\n{text}\n"));
            assert_eq!(settings.thresholds, Thresholds { new_days: 5, ..Thresholds::default() });
            let lines: Vec<_> = problems.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [Some(2 + text.lines().count())], "{problems:?}");
        }
    }

    #[test]
    fn a_threshold_that_was_set_moves_the_one_that_was_not() {
        for (text, idle_days, stale_days) in [
            ("stale_days = 20", 20, 20),
            ("idle_days = 100", 100, 100),
            ("stale_days = 60", 30, 60),
            ("idle_days = 60", 60, 90),
            ("idle_days = 40\nstale_days = 40", 40, 40),
        ] {
            let (settings, problems) = Settings::parse(&format!("[thresholds]\n{text}\n"));
            assert_eq!(settings.thresholds, Thresholds { idle_days, stale_days, ..Thresholds::default() });
            assert_eq!(problems, [], "{text}");
        }
        // What is of no use was not set.
        let (settings, problems) = Settings::parse("[thresholds]\nidle_days = \"x\"\nstale_days = 20\n");
        assert_eq!((settings.thresholds.idle_days, problems.len()), (20, 1));
    }

    #[test]
    fn sections_are_known_by_their_names_and_are_sections() {
        let (settings, problems) = Settings::parse("clipboard = 45\n[bar]\n[thresholds]\n");
        assert_eq!(settings, Settings::default());
        let mut lines: Vec<_> = problems.iter().map(|(line, _)| line.unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, [1, 2], "{problems:?}");
        assert!(problems.iter().any(|(_, message)| message.contains("[clipboard]")), "{problems:?}");
    }
}
