//! Colours and symbols by what they mean.
//!
//! The colours are of middle lightness, from the fixed part of the 256-colour palette, so that they can be
//! read on dark and on light backgrounds. Of the sixteen that themes define, only those are used that most themes
//! keep readable on both. No state is told by colour alone.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::app::journal::State;
use crate::app::keys::AGES;
use crate::app::toast::Tone;
use crate::status::Status;

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// None are wanted.
    None,
    /// The sixteen that the terminal's own theme defines.
    Sixteen,
    /// 256 or more.
    Many,
}

impl Colours {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name| variable(name).filter(|value: &String| !value.is_empty());
        if filled("NO_COLOR").is_some() {
            Self::None
        } else if filled("COLORTERM").is_some()
            || filled("TERM").is_some_and(|term| term.contains("256") || term.contains("direct"))
        {
            Self::Many
        } else {
            Self::Sixteen
        }
    }
}

/// How everything looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    colours: Colours,
    is_ascii: bool,
}

impl Theme {
    /// With so many colours, and with nothing beyond ASCII where `is_ascii`.
    pub fn new(colours: Colours, is_ascii: bool) -> Self {
        Self { colours, is_ascii }
    }

    /// Whether to keep to ASCII.
    pub fn is_ascii(self) -> bool {
        self.is_ascii
    }

    fn colour(self, many: u8, sixteen: Color) -> Style {
        match self.colours {
            Colours::None => Style::new(),
            Colours::Sixteen => Style::new().fg(sixteen),
            Colours::Many => Style::new().fg(Color::Indexed(many)),
        }
    }

    /// What matters less.
    pub fn dim(self) -> Style {
        match self.colours {
            Colours::None => Style::new().add_modifier(Modifier::DIM),
            _ => self.colour(244, Color::DarkGray),
        }
    }

    /// What leads the eye: the focus, keys to press.
    pub fn accent(self) -> Style {
        self.colour(32, Color::LightBlue)
    }

    /// Headings.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Something went well.
    pub fn done(self) -> Style {
        self.colour(29, Color::Reset)
    }

    /// Something to watch out for.
    pub fn warning(self) -> Style {
        self.colour(166, Color::Magenta)
    }

    /// Something went wrong, or is for good.
    pub fn error(self) -> Style {
        self.colour(167, Color::LightRed)
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
            Status::Idle => self.colour(136, Color::Reset),
            Status::Unknown => self.colour(97, Color::Reset),
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
    pub fn age(self, level: Option<usize>) -> String {
        // No blocks of growing height: some terminals draw those two cells wide.
        self.pick("▪", "#").repeat(level.map_or(0, |level| (level + 1).min(AGES)))
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
        assert_eq!(colours(&[("TERM", "xterm-256color")]), Colours::Many);
        assert_eq!(colours(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Colours::Many);
        assert_eq!(colours(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), Colours::None);
        assert_eq!(colours(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Colours::Many);
        assert_eq!(colours(&[("TERM", "linux")]), Colours::Sixteen);
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
