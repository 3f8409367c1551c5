//! The screen: every byte that it writes, and every picture that these bytes make.

use std::fs;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::canary::{KEY_TAIL, OPAQUE, SECRET, Search};
use crate::clean::house;
use crate::echo::{Echo, Mood, Which};
use crate::house::House;
use crate::watched::Watched;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ckeys");
/// How a copy for the terminal begins.
const COPY: &[u8] = b"\x1b]52;c;";
/// In the form for a new key, from the name to the screen as the destination: the one before the first.
const TO_SCREEN: &str = "\t\x1b[D";

/// The program on a screen, and how much of what it wrote was looked at.
struct Screen {
    watched: Watched,
    looked_at: (usize, usize),
}

impl Screen {
    fn open(house: &House, columns: u16, rows: u16) -> Self {
        Self { watched: Watched::run(house.on_terminal(PROGRAM, &[]), columns, rows), looked_at: (0, 0) }
    }

    #[track_caller]
    fn sees(&mut self, text: &str) -> &mut Self {
        self.watched.sees(text);
        self
    }

    #[track_caller]
    fn misses(&mut self, text: &str) -> &mut Self {
        self.watched.misses(text);
        self
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.watched.types(keys);
        self
    }

    /// What was written since the last look: the bytes, and the pictures.
    fn news(&mut self) -> (Vec<u8>, String) {
        let (raw, seen) = self.looked_at;
        self.looked_at = (self.watched.raw.len(), self.watched.seen.len());
        (self.watched.raw[raw..].to_vec(), self.watched.seen[seen..].to_owned())
    }

    /// From the start to the organization's one key.
    #[track_caller]
    fn goes_to_the_key(&mut self) {
        self.sees("Sandbox")
            .sees("inactive")
            .sees("The service warns")
            .watched
            .presses_away("\x1b", "The service warns");
        self.types("\t").sees("x reactivate").is_clean("the key");
    }

    /// Sees what the service says in `mood`, with a mark in place of the key.
    #[track_caller]
    fn quotes(&mut self, mood: Mood) -> &mut Self {
        match mood {
            Mood::Redirect => self.sees(&format!("https://echo.invalid/…{KEY_TAIL}/")),
            mood if mood.has_words() => self.sees(&format!("says …{KEY_TAIL}")),
            _ => self,
        }
    }

    /// Nothing of a canary in what was written since the last look.
    #[track_caller]
    fn is_clean(&mut self, what: &str) -> &mut Self {
        let (raw, seen) = self.news();
        for bytes in [&raw[..], seen.as_bytes()] {
            if let Some(found) = Search::new().find(bytes) {
                panic!("{what}: {found}\n{}", self.watched.text());
            }
        }
        self
    }

    #[track_caller]
    fn ends(mut self) {
        assert_eq!(self.watched.ends("\x03"), 0);
        self.is_clean("the end");
    }
}

/// All that is copied in `raw`, and `raw` without it.
fn copies(raw: &[u8]) -> (Vec<String>, Vec<u8>) {
    let (mut copies, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    while at < raw.len() {
        if raw[at..].starts_with(COPY) {
            let start = at + COPY.len();
            let end = start + raw[start..].iter().position(|byte| *byte == 7).unwrap();
            copies.push(String::from_utf8(STANDARD.decode(&raw[start..end]).unwrap()).unwrap());
            at = end + 1;
        } else {
            rest.push(raw[at]);
            at += 1;
        }
    }
    (copies, rest)
}

#[test]
fn a_secret_is_on_the_screen_while_it_is_shown_and_in_the_copy_and_nowhere_else() {
    for (secret, columns, rows) in [(SECRET, 120, 36), (OPAQUE, 80, 24)] {
        let echo = Echo::new(secret);
        let house = house(&echo);
        let mut screen = Screen::open(&house, columns, rows);
        screen.sees("Sandbox").sees("inactive").sees(KEY_TAIL);
        screen.types("c").sees("Generate a key").types("CI").types(TO_SCREEN).types("\r");
        screen.sees("Not taken yet").is_clean("masked");

        screen.types("v").sees("v hide").sees(&secret[..40]);
        let (_, shown) = screen.news();
        assert!(Search::new().find(shown.as_bytes()).is_some(), "the search finds it where it is");
        // What was shown is still on the picture until it is drawn over.
        screen.types("v").sees("v show").news();

        screen.types("\r").sees("Sent to the terminal");
        let (raw, seen) = screen.news();
        let (copies, rest) = copies(&raw);
        assert_eq!(copies, [secret]);
        assert_eq!(Search::new().find(&rest).or(Search::new().find(seen.as_bytes())), None);
        screen.types("\r").sees("Type saved").types("saved\r").misses("New key").is_clean("closed");
        screen.types("@").sees("Journal").types("q").misses("Journal").is_clean("the journal");
        screen.ends();
        house.is_clean();
        let journal = fs::read_to_string(house.path("state/confident-keys/journal.jsonl")).unwrap();
        assert!(journal.contains("\"create\""), "{journal}");
    }
}

#[test]
fn changes_on_the_screen_show_no_key_and_no_secret() {
    let echo = Echo::new(SECRET);
    let house = house(&echo);
    let mut screen = Screen::open(&house, 100, 30);
    screen.goes_to_the_key();
    screen.types("\r").sees("last used never").is_clean("details").types("q").misses("last used never");
    screen.types("?").sees("Help").types("q").misses("Help");
    // A copy of a name is as clean as the name is on the screen.
    screen.types("y").sees("Copy").types("n");
    screen.watched.waits("no copy", |screen| {
        let start = screen.raw.windows(COPY.len()).position(|window| window == COPY);
        start.is_some_and(|start| screen.raw[start..].contains(&7))
    });
    let (raw, _) = screen.news();
    let (copies, rest) = copies(&raw);
    assert!(copies.len() == 1 && copies[0].contains(KEY_TAIL), "{copies:?}");
    assert_eq!(Search::new().find(&rest).or(Search::new().find(copies[0].as_bytes())), None);
    // What is exported lies in the house, and is searched with it.
    for (presses, format) in ["csv", "json", "markdown", "table"].into_iter().enumerate() {
        screen.types("e").sees("Export ").types(&" ".repeat(presses));
        screen.types(&format!("\t\t\x15~/keys.{format}\r")).sees("written to").types("\x1b").misses("written to");
        assert!(fs::read_to_string(house.path(&format!("keys.{format}"))).unwrap().contains(KEY_TAIL));
    }
    screen.is_clean("exported");
    screen.types("x").sees("Reactivate a key").types("y").sees("is active").is_clean("reactivated");
    // Read again, it is as it ever was.
    screen.sees("▫ inactive");
    screen.types("*").sees("1 marked").types("x").sees("Reactivate 1 key").types("y").is_clean("marked");
    screen.sees("1 key reactivated").types("\r").misses("1 key reactivated").is_clean("all of the marked");
    screen.types("D").sees("Delete a key").types("7\r").sees("was deleted").is_clean("deleted");
    screen.ends();
    house.is_clean();
}

/// The moods that are told at once; the others are tried again and again, and have no words.
fn told() -> impl Iterator<Item = Mood> {
    Mood::BAD.into_iter().filter(|mood| !matches!(mood, Mood::Cut | Mood::Headers))
}

fn in_each_mood(look: impl Fn(Mood) + Sync) {
    let moods: Vec<_> = told().collect();
    thread::scope(|scope| {
        for moods in moods.chunks(4) {
            scope.spawn(|| moods.iter().for_each(|mood| look(*mood)));
        }
    });
}

#[test]
fn lists_that_can_not_be_read_show_no_key_whatever_the_service_says() {
    in_each_mood(|mood| {
        let echo = Echo::new(SECRET);
        let house = house(&echo);
        echo.is(mood, Which::All);
        let mut screen = Screen::open(&house, 120, 40);
        screen.sees("The projects could");
        screen.watched.waits("nothing of the keys", |screen| !screen.text().contains("Reading the keys"));
        if mood.has_words() {
            assert!(Search::control().find(screen.watched.seen.as_bytes()).is_some(), "{}", screen.watched.text());
        }
        screen.is_clean(&format!("{mood:?}"));
        screen.ends();
        house.is_clean();
    });
}

#[test]
fn changes_that_fail_on_the_screen_show_no_key_and_no_secret_whatever_the_service_says() {
    in_each_mood(|mood| {
        let echo = Echo::new(SECRET);
        let house = house(&echo);
        let mut screen = Screen::open(&house, 120, 40);
        screen.goes_to_the_key();
        echo.is(mood, Which::Writes);
        screen.types("x").sees("Reactivate a key").types("y");
        echo.hears(|calls| calls.iter().any(|call| call.starts_with("PUT ")));
        screen.quotes(mood).watched.presses_away("n", "Reactivate a key");
        screen.is_clean(&format!("reactivating, {mood:?}"));
        // A refusal is told before a new key's name is asked for; to go on takes a second try.
        let keys = if matches!(mood, Mood::Status(401 | 403)) { "cc" } else { "c" };
        screen.types(keys).sees("Generate a key").types("CI\r");
        echo.hears(|calls| calls.iter().any(|call| call.starts_with("POST ")));
        if mood.has_words() {
            screen.quotes(mood);
        } else {
            screen.sees("A lost answer");
        }
        screen.is_clean(&format!("generating, {mood:?}"));
        screen.ends();
        house.is_clean();
    });
}
