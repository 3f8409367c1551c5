//! Colours and symbols by what they mean.
//!
//! A [`Theme`] is a [`Scheme`] of colours for one kind of background, drawn with as many colours as the terminal has; the
//! colours themselves are a table of [roles](palette::Role). Where nothing is known of the background, they are of middle
//! lightness, which can be read on black and on white. No state is told by colour alone.

#[cfg(test)]
mod contrast;
mod ground;
mod looks;
mod palette;

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

pub use ground::{Background, Rgb};
pub use looks::Looks;
pub use palette::Role;

use crate::app::counts::AGES;
use crate::app::records::State;
use crate::app::toast::Tone;
use crate::config::Colour;
use crate::status::Status;

/// How many colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colours {
    /// None are wanted.
    None,
    /// The sixteen that the terminal's own theme defines.
    Sixteen,
    /// 256.
    Many,
    /// Those of 24 bits.
    True,
}

impl Colours {
    /// What the environment says: `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, `COLORTERM`, `TERM`.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name| variable(name).filter(|value: &String| !value.is_empty());
        if filled("NO_COLOR").is_some() {
            Self::None
        } else if filled("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
            Self::of_terminal(&variable).max(Self::Sixteen)
        } else if filled("CLICOLOR").is_some_and(|value| value == "0") {
            Self::None
        } else {
            Self::of_terminal(&variable)
        }
    }

    /// Whether `COLORTERM` promises those of 24 bits.
    pub fn has_true_by_colorterm(variable: impl Fn(&str) -> Option<String>) -> bool {
        variable("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit")
    }

    /// What the terminal can show, whatever is wanted: `COLORTERM`, `TERM`.
    pub fn of_terminal(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name| variable(name).filter(|value: &String| !value.is_empty());
        let term = filled("TERM").unwrap_or_default();
        // GNU screen hands on the variable of the terminal around it, but not such colours.
        let is_screen = term.starts_with("screen") && filled("TMUX").is_none();
        if (Self::has_true_by_colorterm(&variable) && !is_screen) || term.contains("direct") {
            Self::True
        } else if term.contains("256") {
            Self::Many
        } else if ["vt52", "vt1", "vt2", "vt3", "dumb"].iter().any(|kind| term.starts_with(kind))
            || term.ends_with("-m")
            || term.ends_with("-mono")
        {
            Self::None
        } else {
            Self::Sixteen
        }
    }
}

/// Which colours: those for one kind of background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// For a background that is black or white, nobody knows.
    Either,
    /// White on black, whatever the terminal's own colours are; what stands out does so twice.
    HighDark,
    /// Black on white, likewise.
    HighLight,
    /// None, whatever the terminal has.
    Plain,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Dark, Self::Light, Self::Either, Self::HighDark, Self::HighLight, Self::Plain];
}

/// How everything looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    scheme: Scheme,
    colours: Colours,
    is_ascii: bool,
}

impl Theme {
    /// For a background of which nothing is known: with so many colours, and with nothing beyond ASCII where `is_ascii`.
    pub fn new(colours: Colours, is_ascii: bool) -> Self {
        Self::of(Scheme::Either, colours, is_ascii)
    }

    /// The same with these colours.
    pub fn of(scheme: Scheme, colours: Colours, is_ascii: bool) -> Self {
        Self { scheme, colours, is_ascii }
    }

    /// Whether to keep to ASCII.
    pub fn is_ascii(self) -> bool {
        self.is_ascii
    }

    /// Whether there is any colour in it.
    pub fn has_colours(self) -> bool {
        self.ground().is_some() || Role::ALL.iter().any(|role| self.colour(*role) != Color::Reset)
    }

    /// The colour of a role; [`Color::Reset`]: the terminal's own for text, or [that of the theme](Self::ground).
    pub fn colour(self, role: Role) -> Color {
        palette::colour(self.scheme, self.colours, role)
    }

    /// The colours of text and of the ground under it; none where those of the terminal are kept.
    pub fn ground(self) -> Option<(Color, Color)> {
        palette::ground(self.scheme, self.colours)
    }

    /// The colour of a role, where it is the same on all terminals.
    pub fn rgb(self, role: Role) -> Option<Rgb> {
        match self.colour(role) {
            Color::Indexed(index) => Some(Rgb::of_index(index)),
            Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
            _ => None,
        }
    }

    fn style(self, role: Role) -> Style {
        match self.colour(role) {
            Color::Reset => Style::new(),
            colour => Style::new().fg(colour),
        }
    }

    /// The same, in bold where there is no colour for it.
    fn loud(self, role: Role) -> Style {
        let style = self.style(role);
        if style.fg.is_none() { style.add_modifier(Modifier::BOLD) } else { style }
    }

    /// What matters less.
    pub fn dim(self) -> Style {
        self.style(Role::Dim)
    }

    /// What leads the eye: the focus, keys to press.
    pub fn accent(self) -> Style {
        self.style(Role::Accent)
    }

    /// Headings.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Something went well.
    pub fn done(self) -> Style {
        self.style(Role::Done)
    }

    /// Something to watch out for.
    pub fn warning(self) -> Style {
        self.loud(Role::Warning)
    }

    /// Something went wrong, or is for good.
    pub fn error(self) -> Style {
        self.loud(Role::Error)
    }

    /// The name of a profile, in the colour that its owner gave it; reversed, that colour is the ground under it.
    pub fn profile(self, colour: Option<Colour>) -> Style {
        let style = colour.map_or_else(Style::new, |colour| self.style(Role::Profile(colour)));
        style.add_modifier(Modifier::BOLD)
    }

    /// The selected row of the focused pane, and the focused button.
    pub fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The part of a text that a filter matched.
    pub fn matched(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
    }

    /// A pane's border.
    pub fn border(self, is_focused: bool) -> Style {
        if is_focused { self.accent().add_modifier(Modifier::BOLD) } else { self.dim() }
    }

    /// What a border is drawn with.
    pub fn border_set(self) -> border::Set<'static> {
        if self.is_ascii {
            border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            }
        } else {
            border::ROUNDED
        }
    }

    /// How a status looks.
    pub fn status(self, status: Status) -> Style {
        match status {
            Status::Active => self.done(),
            Status::New => self.accent(),
            Status::Idle => self.style(Role::Idle),
            Status::Unknown => self.style(Role::Unknown),
            Status::Stale | Status::NeverUsed => self.warning(),
            Status::Expired => self.error(),
            Status::Inactive => self.dim(),
        }
    }

    /// The sign before a status's word, one cell wide.
    pub fn status_symbol(self, status: Status) -> &'static str {
        let (symbol, ascii) = match status {
            Status::Active => ("▪", "*"),
            Status::New => ("✦", "+"),
            Status::Idle => ("◍", "o"),
            Status::Unknown => ("?", "?"),
            Status::Stale => ("◌", "!"),
            Status::NeverUsed => ("✕", "0"),
            Status::Expired => ("⊘", "x"),
            Status::Inactive => ("▫", "-"),
        };
        self.pick(symbol, ascii)
    }

    /// How something in the journal looks.
    pub fn state(self, state: State) -> Style {
        let strong = Modifier::BOLD;
        match state {
            State::Orphan | State::Unknown | State::Open => self.warning().add_modifier(strong),
            State::Failed => self.error().add_modifier(strong),
            State::UnderWay => self.accent(),
            State::Done => self.done(),
            State::Nothing | State::SettledOrphan | State::SettledUnknown => self.dim(),
        }
    }

    /// The sign before a state's word, one cell wide.
    pub fn state_symbol(self, state: State) -> &'static str {
        let (symbol, ascii) = match state {
            State::Orphan => ("!", "!"),
            State::Unknown => ("?", "?"),
            State::Open => ("◌", "o"),
            State::UnderWay => ("▸", ">"),
            State::Failed => ("✕", "x"),
            State::Done => ("✓", "*"),
            State::Nothing | State::SettledOrphan | State::SettledUnknown => ("▫", "-"),
        };
        self.pick(symbol, ascii)
    }

    /// A bar that stands for how long ago something was, in [`AGES`] steps and as many cells; empty where that is
    /// unknown.
    pub fn age(self, level: Option<usize>) -> &'static str {
        // No blocks of growing height: some terminals draw those two cells wide.
        let bars = if self.is_ascii { AGE_BARS.1 } else { AGE_BARS.0 };
        level.and_then(|level| bars.get(level.min(AGES - 1)).copied()).unwrap_or_default()
    }

    /// The colour of a message.
    pub fn tone(self, tone: Tone) -> Style {
        match tone {
            Tone::Done => self.done(),
            Tone::Warning => self.warning(),
            Tone::Error => self.error(),
        }
    }

    /// `symbol`, or what stands for it where only ASCII is wanted.
    pub fn pick(self, symbol: &'static str, ascii: &'static str) -> &'static str {
        if self.is_ascii { ascii } else { symbol }
    }
}

/// For each step, with and without what is beyond ASCII.
const AGE_BARS: ([&str; AGES], [&str; AGES]) =
    (["▪", "▪▪", "▪▪▪", "▪▪▪▪", "▪▪▪▪▪"], ["#", "##", "###", "####", "#####"]);

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn the_environment_decides_on_colours() {
        let colours = |set: &[(&str, &str)]| {
            Colours::from_environment(|name| {
                set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let many = ("TERM", "xterm-256color");
        for (set, expected) in [
            (&[many][..], Colours::Many),
            (&[("TERM", "xterm"), ("COLORTERM", "truecolor")], Colours::True),
            (&[("TERM", "xterm"), ("COLORTERM", "24bit")], Colours::True),
            (&[("TERM", "xterm-direct")], Colours::True),
            (&[("TERM", "xterm"), ("COLORTERM", "yes")], Colours::Sixteen),
            (&[many, ("COLORTERM", "")], Colours::Many),
            (&[("TERM", "screen-256color"), ("COLORTERM", "truecolor")], Colours::Many),
            (&[("TERM", "screen-256color"), ("COLORTERM", "truecolor"), ("TMUX", "x")], Colours::True),
            (&[many, ("NO_COLOR", "1")], Colours::None),
            (&[many, ("NO_COLOR", "")], Colours::Many),
            (&[many, ("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], Colours::None),
            (&[many, ("CLICOLOR", "0")], Colours::None),
            (&[many, ("CLICOLOR", "1")], Colours::Many),
            (&[many, ("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")], Colours::Many),
            (&[("TERM", "vt220"), ("CLICOLOR_FORCE", "1")], Colours::Sixteen),
            (&[("TERM", "vt220"), ("CLICOLOR_FORCE", "0")], Colours::None),
            (&[("TERM", "vt220")], Colours::None),
            (&[("TERM", "linux")], Colours::Sixteen),
            (&[], Colours::Sixteen),
        ] {
            assert_eq!(colours(set), expected, "{set:?}");
        }
    }

    #[test]
    fn status_symbols_are_one_cell_wide_in_every_locale_and_differ() {
        use Status::*;
        use std::collections::HashSet;
        let all = [Active, New, Idle, Unknown, Stale, NeverUsed, Expired, Inactive];
        for is_ascii in [false, true] {
            let theme = Theme::new(Colours::None, is_ascii);
            let symbols: HashSet<_> = all.map(|status| theme.status_symbol(status)).into();
            assert_eq!(symbols.len(), all.len());
            assert!(symbols.iter().all(|symbol| symbol.width() == 1 && symbol.width_cjk() == 1), "{symbols:?}");
            let bars: HashSet<_> = (0..AGES).map(|level| theme.age(Some(level))).collect();
            assert_eq!(bars.len(), AGES);
            assert!(
                bars.iter().all(|bar| (1..=AGES).contains(&bar.width()) && bar.width() == bar.width_cjk()),
                "{bars:?}"
            );
        }
    }

    /// What tells two states apart is a sign or a word, whatever the colours are.
    #[test]
    fn signs_of_the_journal_are_one_cell_wide_and_what_is_settled_looks_so() {
        use std::collections::HashSet;
        for is_ascii in [false, true] {
            let theme = Theme::new(Colours::None, is_ascii);
            let told: HashSet<_> = State::ALL.map(|state| (theme.state_symbol(state), state.word())).into();
            assert_eq!(told.len(), State::ALL.len());
            let symbols = State::ALL.map(|state| theme.state_symbol(state));
            assert!(symbols.iter().all(|symbol| symbol.width() == 1 && symbol.width_cjk() == 1), "{symbols:?}");
        }
    }
}
