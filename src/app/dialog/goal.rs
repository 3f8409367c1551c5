//! Where a secret shall go: chosen, and looked at before anything is done.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::field::Field;
use crate::app::request::RequestId;
use crate::destination::{Ask, CommandLine, Destination, Look, NoDestination};

/// The kinds of destinations, in their order on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The clipboard.
    Clipboard,
    /// A file of its own.
    File,
    /// An entry of a dotenv file.
    Env,
    /// A command that reads it.
    Command,
    /// The dialog alone.
    Screen,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Clipboard, Self::File, Self::Env, Self::Command, Self::Screen];

    /// Its word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Clipboard => "clipboard",
            Self::File => "file",
            Self::Env => ".env",
            Self::Command => "command",
            Self::Screen => "screen",
        }
    }

    /// What has to be typed for it.
    pub fn asks_for(self) -> Option<&'static str> {
        match self {
            Self::File => Some("Path of a new file"),
            Self::Env => Some("Path of the .env file"),
            Self::Command => Some("Command that reads it on its standard input"),
            Self::Clipboard | Self::Screen => None,
        }
    }
}

/// What was found out about the destination.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sight {
    /// Nothing yet.
    #[default]
    Unseen,
    /// It is being looked at; and whether it is wanted as soon as nothing speaks against it.
    Looking(RequestId, bool),
    /// This is how it stands.
    Seen(Look),
    /// What was typed names no destination.
    Unclear(NoDestination),
}

/// The choice.
#[derive(Debug, Clone)]
pub struct Goal {
    /// Which kind.
    pub way: Way,
    /// What was typed, each kind with its own; of those that ask for nothing, nothing.
    file: Field,
    env: Field,
    command: Field,
    nothing: Field,
    /// What was found out about it.
    pub sight: Sight,
    /// The warnings that were told last: nothing goes on before its own were.
    warned: Vec<String>,
}

impl Goal {
    /// `way` at first; `command` has the words of the one that the user configured.
    pub fn new(way: Way, command: &[String]) -> Self {
        let mut goal = Self {
            way,
            file: Field::default(),
            env: Field::default(),
            command: Field::default(),
            nothing: Field::default(),
            sight: Sight::default(),
            warned: Vec::new(),
        };
        goal.typed(Way::Env).paste(".env");
        if let Ok(command) = CommandLine::from_words(command.to_vec()) {
            goal.typed(Way::Command).paste(command.as_typed());
        }
        goal
    }

    fn typed(&mut self, way: Way) -> &mut Field {
        match way {
            Way::File => &mut self.file,
            Way::Env => &mut self.env,
            Way::Command => &mut self.command,
            Way::Clipboard | Way::Screen => &mut self.nothing,
        }
    }

    /// What was typed for the chosen kind.
    pub fn field(&self) -> &Field {
        match self.way {
            Way::File => &self.file,
            Way::Env => &self.env,
            Way::Command => &self.command,
            Way::Clipboard | Way::Screen => &self.nothing,
        }
    }

    /// The destination. A path that begins with `~/` is one in `home`.
    ///
    /// # Errors
    /// Where what was typed names none.
    pub fn destination(&self, home: Option<&str>) -> Result<Destination, NoDestination> {
        let typed = self.field().text();
        let path = match (typed.trim().strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => format!("{}/{rest}", home.trim_end_matches('/')),
            _ => typed.trim().to_owned(),
        };
        match self.way {
            Way::Clipboard => Ok(Destination::Clipboard),
            Way::Screen => Ok(Destination::Screen),
            Way::File => format!("file:{path}").parse(),
            Way::Env => format!("env:{path}").parse(),
            Way::Command => format!("command:{typed}").parse(),
        }
    }

    /// What a person has to agree to, as far as is known.
    pub fn ask(&self) -> Option<Ask> {
        match &self.sight {
            Sight::Seen(look) if look.obstacle.is_none() => look.ask,
            _ => None,
        }
    }

    /// Whether something was told of it that it takes one more Enter to go on in spite of.
    pub fn has_warnings(&self) -> bool {
        matches!(&self.sight, Sight::Seen(look) if look.obstacle.is_none() && !look.warnings.is_empty())
    }

    /// What Enter does with a secret that is there already.
    pub fn enter(&self) -> &'static str {
        match self {
            goal if goal.ask().is_some() => "take it there, I agree",
            goal if goal.has_warnings() => "take it there anyway",
            _ => "take it there",
        }
    }

    /// Whether it waits for a look before it goes on.
    pub fn is_wanted(&self) -> bool {
        matches!(self.sight, Sight::Looking(_, true))
    }

    /// Whether it was not looked at, though there is something to look at.
    pub(in crate::app) fn is_to_be_seen(&self) -> bool {
        self.sight == Sight::Unseen && (self.way.asks_for().is_none() || !self.field().text().is_empty())
    }

    /// Whoever changes something goes on when they press Enter again: a look is for its own sake alone.
    pub(super) fn unwant(&mut self) {
        if let Sight::Looking(request, true) = self.sight {
            self.sight = Sight::Looking(request, false);
        }
    }

    /// Takes in what a look told; whether it is wanted, and nothing speaks against it, has to be agreed to, or is to be
    /// told for the first time.
    pub(in crate::app) fn looked(&mut self, request: RequestId, look: Look) -> bool {
        let Sight::Looking(own, wanted) = self.sight else { return false };
        if own != request {
            return false;
        }
        let is_told = self.warned == look.warnings;
        let goes_on = wanted && look.obstacle.is_none() && look.ask.is_none() && is_told;
        self.warned.clone_from(&look.warnings);
        self.sight = Sight::Seen(look);
        goes_on
    }

    /// Chooses the kind `by` places further on.
    pub(super) fn turn(&mut self, by: usize) {
        let ways = Way::ALL.into_iter().cycle();
        self.way = ways.skip_while(|way| *way != self.way).nth(by).unwrap_or(self.way);
        self.sight = Sight::Unseen;
    }

    /// Chooses the kind at this place among [`Way::ALL`].
    pub(super) fn choose_at(&mut self, at: usize) {
        if let Some(way) = Way::ALL.get(at) {
            self.way = *way;
            self.sight = Sight::Unseen;
        }
    }

    /// Takes a key in the row of kinds.
    pub(super) fn choose(&mut self, event: &KeyEvent) -> bool {
        match event.code {
            KeyCode::Right | KeyCode::Char(' ') => self.turn(1),
            KeyCode::Left => self.turn(Way::ALL.len() - 1),
            _ => return false,
        }
        true
    }

    /// Takes a key in the field.
    pub(super) fn edit(&mut self, event: &KeyEvent) -> bool {
        let way = self.way;
        let taken = self.typed(way).edit(event);
        if taken {
            self.sight = Sight::Unseen;
        }
        taken
    }

    /// Takes a paste in the field.
    pub(super) fn paste(&mut self, text: &str) {
        let way = self.way;
        self.typed(way).paste(text);
        self.sight = Sight::Unseen;
    }
}
