//! Setting one entry of a dotenv file: what stays, and who finds the value.

use confident_keys::destination::dotenv::{Standing, Unwritable, set, standing};
use proptest::prelude::*;
use proptest::sample::select;

const NAME: &str = "CONFIDENT_API_KEY";
const NEW: &str = "confident_us_proj_fake_not_a_key_d4e5f6";

#[test]
fn an_entry_is_set_in_place_and_the_rest_stays() {
    // `@` stands for the new value.
    for (before, after) in [
        ("CONFIDENT_API_KEY=old\n", "CONFIDENT_API_KEY=@\n"),
        ("A=1\nCONFIDENT_API_KEY=old\nB=2\n", "A=1\nCONFIDENT_API_KEY=@\nB=2\n"),
        ("A=1\r\nCONFIDENT_API_KEY=old\r\nB=2\r\n", "A=1\r\nCONFIDENT_API_KEY=@\r\nB=2\r\n"),
        ("A=1\nCONFIDENT_API_KEY=old", "A=1\nCONFIDENT_API_KEY=@"),
        ("export CONFIDENT_API_KEY=old\n", "export CONFIDENT_API_KEY=@\n"),
        ("  export\tCONFIDENT_API_KEY = old \n", "  export\tCONFIDENT_API_KEY = @\n"),
        ("CONFIDENT_API_KEY='old' # mine\n", "CONFIDENT_API_KEY='@' # mine\n"),
        ("CONFIDENT_API_KEY=\"old\"#mine\n", "CONFIDENT_API_KEY=\"@\"#mine\n"),
        ("CONFIDENT_API_KEY=`old`\n", "CONFIDENT_API_KEY=@\n"),
        ("CONFIDENT_API_KEY=`old` \n", "CONFIDENT_API_KEY=@\n"),
        ("CONFIDENT_API_KEY=old # mine\n", "CONFIDENT_API_KEY=@ # mine\n"),
        ("CONFIDENT_API_KEY=old#1\n", "CONFIDENT_API_KEY=@\n"),
        ("CONFIDENT_API_KEY=\n", "CONFIDENT_API_KEY=@\n"),
        ("CONFIDENT_API_KEY=  \nA=1\n", "CONFIDENT_API_KEY=@\nA=1\n"),
        ("CONFIDENT_API_KEY= # mine\n", "CONFIDENT_API_KEY=@ # mine\n"),
        ("CONFIDENT_API_KEY=''\n", "CONFIDENT_API_KEY='@'\n"),
        ("CONFIDENT_API_KEY='two\nlines' # mine\nA=1\n", "CONFIDENT_API_KEY='@' # mine\nA=1\n"),
        ("CONFIDENT_API_KEY='open\nA=1\n", "CONFIDENT_API_KEY=@\nA=1\n"),
        ("CONFIDENT_API_KEY=\"a\" b\nA=1\n", "CONFIDENT_API_KEY=@\nA=1\n"),
    ] {
        let written = set(before, NAME, NEW).unwrap();
        assert_eq!(*written, after.replace('@', NEW), "{before:?}");
        assert_eq!(value_of(&written).as_deref(), Some(NEW), "{before:?}");
    }
}

#[test]
fn a_name_that_is_not_there_gets_a_line_at_the_end() {
    for (before, after) in [
        ("", "CONFIDENT_API_KEY=@\n"),
        ("A=1\n", "A=1\nCONFIDENT_API_KEY=@\n"),
        ("A=1", "A=1\nCONFIDENT_API_KEY=@\n"),
        ("A=1\r\nB=2\r\n", "A=1\r\nB=2\r\nCONFIDENT_API_KEY=@\r\n"),
        ("A=1\r\nB=2", "A=1\r\nB=2\r\nCONFIDENT_API_KEY=@\r\n"),
        ("# CONFIDENT_API_KEY=old\n", "# CONFIDENT_API_KEY=old\nCONFIDENT_API_KEY=@\n"),
        ("MY_CONFIDENT_API_KEY=old\n", "MY_CONFIDENT_API_KEY=old\nCONFIDENT_API_KEY=@\n"),
        ("CONFIDENT_API_KEY_2=old\n", "CONFIDENT_API_KEY_2=old\nCONFIDENT_API_KEY=@\n"),
        ("confident_api_key=old\n", "confident_api_key=old\nCONFIDENT_API_KEY=@\n"),
        ("A=CONFIDENT_API_KEY=old\n", "A=CONFIDENT_API_KEY=old\nCONFIDENT_API_KEY=@\n"),
        // Without a `=` it asks for a value from elsewhere, and takes that of an entry before it away from some readers.
        ("CONFIDENT_API_KEY\n", "CONFIDENT_API_KEY\nCONFIDENT_API_KEY=@\n"),
        (
            "CONFIDENT_API_KEY=old\nexport CONFIDENT_API_KEY\n",
            "CONFIDENT_API_KEY=old\nexport CONFIDENT_API_KEY\nCONFIDENT_API_KEY=@\n",
        ),
        // Readers disagree about these, and find the last line.
        ("A=`\nCONFIDENT_API_KEY=old\n`\n", "A=`\nCONFIDENT_API_KEY=old\n`\nCONFIDENT_API_KEY=@\n"),
        ("A=\"\nCONFIDENT_API_KEY=old\n\" b\n", "A=\"\nCONFIDENT_API_KEY=old\n\" b\nCONFIDENT_API_KEY=@\n"),
        ("CONFIDENT_API_KEY=`old`#mine\n", "CONFIDENT_API_KEY=`old`#mine\nCONFIDENT_API_KEY=@\n"),
        ("A=`\nB='`\nCONFIDENT_API_KEY=old'\n", "A=`\nB='`\nCONFIDENT_API_KEY=old'\nCONFIDENT_API_KEY=@\n"),
        (
            "CONFIDENT_API_KEY=old\nA=`\nCONFIDENT_API_KEY=other\n`\n",
            "CONFIDENT_API_KEY=old\nA=`\nCONFIDENT_API_KEY=other\n`\nCONFIDENT_API_KEY=@\n",
        ),
    ] {
        let written = set(before, NAME, NEW).unwrap();
        assert_eq!(*written, after.replace('@', NEW), "{before:?}");
        assert_eq!(value_of(&written).as_deref(), Some(NEW), "{before:?}");
    }
}

#[test]
fn what_only_looks_like_an_entry_is_none() {
    for quote in ['"', '\''] {
        let text = format!("A={quote}one\nCONFIDENT_API_KEY=fake\nexport CONFIDENT_API_KEY=fake{quote}\nB=2\n");
        assert_eq!(standing(&text, NAME), Standing::default());
        assert_eq!(*set(&text, NAME, NEW).unwrap(), format!("{text}CONFIDENT_API_KEY={NEW}\n"));
        // The real one before it is set.
        let real = format!("CONFIDENT_API_KEY=old\n{text}");
        assert_eq!(*set(&real, NAME, NEW).unwrap(), format!("CONFIDENT_API_KEY={NEW}\n{text}"));
    }
}

#[test]
fn of_several_entries_the_last_one_counts() {
    let text = "CONFIDENT_API_KEY=first\nA=1\nCONFIDENT_API_KEY='second'\nB=2\n";
    assert_eq!(standing(text, NAME), Standing { entries: 2, has_value: true });
    let written = set(text, NAME, NEW).unwrap();
    assert_eq!(*written, text.replace("second", NEW));
    // The one that counts is empty, whatever is before it.
    let text = "CONFIDENT_API_KEY=first\nCONFIDENT_API_KEY=\n";
    assert_eq!(standing(text, NAME), Standing { entries: 2, has_value: false });
}

#[test]
fn an_empty_value_is_no_value() {
    for (text, has_value) in [
        ("CONFIDENT_API_KEY=\n", false),
        ("CONFIDENT_API_KEY=''\n", false),
        ("export CONFIDENT_API_KEY=\"\" # none\n", false),
        ("CONFIDENT_API_KEY= # none\n", false),
        ("CONFIDENT_API_KEY=#1\n", true),
        ("CONFIDENT_API_KEY=' '\n", true),
        ("CONFIDENT_API_KEY=old", true),
    ] {
        assert_eq!(standing(text, NAME), Standing { entries: 1, has_value }, "{text:?}");
    }
    for text in ["", "#CONFIDENT_API_KEY=old", "CONFIDENT_API_KEY", "CONFIDENT_API_KEY: old", "=old"] {
        assert_eq!(standing(text, NAME), Standing::default(), "{text:?}");
    }
}

#[test]
fn a_value_is_quoted_only_where_it_has_to_be() {
    for (value, expected) in [
        ("a-b_c.d:e/f@g%h+i,j=k", Ok("a-b_c.d:e/f@g%h+i,j=k")),
        ("two words", Ok("'two words'")),
        ("a#b", Ok("'a#b'")),
        ("a\"b", Ok("'a\"b'")),
        ("it's", Ok("\"it's\"")),
        ("é", Ok("'é'")),
        ("", Err(Unwritable::Characters)),
        ("a$b", Err(Unwritable::Characters)),
        ("a\\b", Err(Unwritable::Characters)),
        ("a`b", Err(Unwritable::Characters)),
        ("a\nb", Err(Unwritable::Characters)),
        ("a'b\"c", Err(Unwritable::Characters)),
    ] {
        let written = set("", NAME, value).map(|written| written.to_string());
        let expected = expected.map(|expected| format!("CONFIDENT_API_KEY={expected}\n"));
        assert_eq!(written, expected, "{value:?}");
        let existing = set("CONFIDENT_API_KEY=\"old\" # x\n", NAME, value);
        if let Ok(text) = existing {
            assert_eq!(value_of(&text).as_deref(), Some(value));
            assert!(text.ends_with(" # x\n"));
        }
    }
    // An open quote would pair up with the value's own.
    assert_eq!(set("A='open\n", NAME, "two words").unwrap_err(), Unwritable::OpenQuote);
    assert!(set("A='open\n", NAME, NEW).is_ok());
}

/// Where the file is one for a shell, too, that finds the value.
#[cfg(unix)]
#[test]
fn a_shell_finds_the_value() {
    for text in [
        "",
        "A=1\n# note\n",
        "A=1",
        "export CONFIDENT_API_KEY=old # mine\nB='two\nCONFIDENT_API_KEY=fake'\n",
        "CONFIDENT_API_KEY='old'\nCONFIDENT_API_KEY=\"older\"\n",
        "CONFIDENT_API_KEY=\nB=2\n",
        "CONFIDENT_API_KEY= # none\n",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        std::fs::write(&path, set(text, NAME, NEW).unwrap().as_bytes()).unwrap();
        let script = ". \"$1\" && printf %s \"$CONFIDENT_API_KEY\"";
        let output = std::process::Command::new("sh").args(["-c", script, "sh"]).arg(&path).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), NEW, "{text:?}");
    }
}

/// A piece of a well-formed file.
#[derive(Debug, Clone)]
enum Piece {
    /// Never touched.
    Other(String),
    /// An entry of [`NAME`].
    Ours { head: &'static str, quote: &'static str, value: String, tail: &'static str },
}

impl Piece {
    fn text(&self, new: Option<&str>) -> String {
        match (self, new) {
            (Self::Other(text), _) => text.clone(),
            (Self::Ours { head, quote, value, tail }, None) => format!("{head}{quote}{value}{quote}{tail}"),
            // Backquotes are known to Node's reader alone.
            (Self::Ours { head, quote: "`", tail, .. }, Some(new)) => format!("{head}{new}{tail}"),
            (Self::Ours { head, quote, tail, .. }, Some(new)) => format!("{head}{quote}{new}{quote}{tail}"),
        }
    }
}

fn piece() -> impl Strategy<Value = Piece> {
    let other = prop_oneof![
        select(vec![
            "",
            "   ",
            "# a comment with CONFIDENT_API_KEY=fake",
            "#CONFIDENT_API_KEY=fake",
            "A=1",
            "export B = 'two words' # and a comment",
            "C=\"it's\"",
            "D=a#b",
            "E=",
            "CONFIDENT_API_KEY_2=x",
            "NOT_CONFIDENT_API_KEY=x",
            "CONFIDENT_API_KEY",
            "F=\"one\nCONFIDENT_API_KEY=fake\nthree\"",
            "export G='\nCONFIDENT_API_KEY=fake\n' # note",
            "日本=語",
        ])
        .prop_map(str::to_owned),
        "[A-Z_]{1,8}=[a-z0-9 .#/:-]{0,12}",
    ];
    let ours = (
        select(vec![
            "CONFIDENT_API_KEY=",
            "export CONFIDENT_API_KEY=",
            "  CONFIDENT_API_KEY = ",
            "export\tCONFIDENT_API_KEY=\t",
        ]),
        select(vec!["", "'", "\"", "`"]),
        "[A-Za-z0-9_#.-]{1,20}",
        select(vec!["", " # old", "\t#x"]),
    )
        .prop_map(|(head, quote, value, tail)| Piece::Ours { head, quote, value: format!("v{value}"), tail });
    prop_oneof![4 => other.prop_map(Piece::Other), 1 => ours]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Byte for byte what is expected, and a reader of our own finds it.
    #[test]
    fn all_other_bytes_stay(
        pieces in prop::collection::vec(piece(), 0..8),
        crlf in any::<bool>(),
        ends in any::<bool>(),
        new in "[A-Za-z0-9_.-]{1,60}",
    ) {
        let line_break = if crlf { "\r\n" } else { "\n" };
        let bare = |piece: &Piece| matches!(piece, Piece::Other(text) if text == NAME);
        let last = pieces.iter().rposition(|piece| bare(piece) || matches!(piece, Piece::Ours { .. }));
        let last = last.filter(|at| !bare(&pieces[*at]));
        let render = |new: Option<&str>| {
            let texts = pieces.iter().enumerate();
            let lines: Vec<_> = texts.map(|(at, piece)| piece.text(new.filter(|_| Some(at) == last))).collect();
            let mut text = lines.join("\n");
            if ends && !lines.is_empty() {
                text.push('\n');
            }
            text.replace('\n', line_break)
        };
        let before = render(None);
        let mut expected = render(Some(&new));
        if last.is_none() {
            let own = if before.contains('\n') { line_break } else { "\n" };
            if !before.is_empty() && !before.ends_with('\n') {
                expected.push_str(own);
            }
            expected.extend([NAME, "=", &new, own]);
        }
        let written = set(&before, NAME, &new).unwrap();
        prop_assert_eq!(written.as_str(), &expected);
        prop_assert_eq!(value_of(&written), Some(new));
        prop_assert_eq!(others(&written), others(&before));
        let entries = pieces.iter().filter(|piece| matches!(piece, Piece::Ours { .. })).count();
        prop_assert_eq!(standing(&before, NAME), Standing { entries, has_value: entries > 0 });
    }

    /// Whatever a file holds, readers find the value, and all else as before.
    #[test]
    fn the_value_is_found_in_any_text(
        tokens in prop::collection::vec(select(vec![
            NAME, "A", "B", "=", "=", "'", "\"", "`", "\\", "#", " ", "\t", "\n", "\n", "\r\n", "\r", "export ", "x",
            "\nCONFIDENT_API_KEY=", "\nA=", "é", "\u{feff}", "\u{a0}", ":", "$",
        ]), 0..40),
        first in "[A-Za-z0-9_.-]{1,20}",
        second in "[A-Za-z0-9_.-]{1,20}",
    ) {
        let text = tokens.concat();
        let written = set(&text, NAME, &first).unwrap();
        prop_assert_eq!(value_of(&written), Some(first), "{:?}", written.as_str());
        prop_assert_eq!(others(&written), others(&text), "{:?}", written.as_str());
        // Set again, it goes to the same place.
        let (again, at_once) = (set(&written, NAME, &second).unwrap(), set(&text, NAME, &second).unwrap());
        prop_assert_eq!(again.as_str(), at_once.as_str());
    }
}

/// What a reader finds as the value of [`NAME`].
fn value_of(text: &str) -> Option<String> {
    read(text).into_iter().rfind(|(name, _)| name == NAME).and_then(|(_, value)| value)
}

/// All other entries that a reader finds.
fn others(text: &str) -> Vec<(String, Option<String>)> {
    read(text).into_iter().filter(|(name, _)| name != NAME).collect()
}

/// A reader of its own making, which reads as python-dotenv does: entries in order, without values that are not there.
fn read(text: &str) -> Vec<(String, Option<String>)> {
    let mut reader = Reader { left: text.chars().collect() };
    reader.left.reverse();
    let mut entries = Vec::new();
    loop {
        reader.take_while(char::is_whitespace);
        if reader.left.is_empty() {
            return entries;
        }
        match reader.binding() {
            Some(entry) => entries.push(entry),
            None => {
                reader.take_while(|character| !is_break(character));
            }
        }
    }
}

fn is_break(character: char) -> bool {
    character == '\n' || character == '\r'
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() && !is_break(character)
}

struct Reader {
    /// The last is next.
    left: Vec<char>,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.left.last().copied()
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(next) = self.peek().filter(|next| fits(*next)) {
            taken.push(next);
            self.left.pop();
        }
        taken
    }

    /// An entry; none for a comment or a mistake.
    fn binding(&mut self) -> Option<(String, Option<String>)> {
        let word: String = self.left.iter().rev().take(6).collect();
        if word == "export" && self.left.len() > 6 && is_blank(self.left[self.left.len() - 7]) {
            self.left.truncate(self.left.len() - 6);
            self.take_while(is_blank);
        }
        let name = self.take_while(|character| !character.is_whitespace() && character != '=' && character != '#');
        if name.is_empty() {
            return None;
        }
        self.take_while(is_blank);
        let mut value = None;
        if self.peek() == Some('=') {
            self.left.pop();
            self.take_while(is_blank);
            value = Some(self.value()?);
        }
        self.take_while(is_blank);
        if self.peek() == Some('#') {
            self.take_while(|character| !is_break(character));
        }
        match self.peek() {
            None | Some('\n' | '\r') => Some((name, value)),
            Some(_) => None,
        }
    }

    fn value(&mut self) -> Option<String> {
        match self.peek() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => {
                let line = self.take_while(|character| !is_break(character));
                let mut end = line.len();
                for (at, character) in line.char_indices() {
                    if character == '#' && line[..at].ends_with(is_blank) {
                        end = at;
                        break;
                    }
                }
                Some(line[..end].trim_end().to_owned())
            }
        }
    }

    /// A quoted value; nothing is taken where it does not end.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let next: Vec<char> = self.left.iter().rev().skip(1).copied().collect();
        let is_escaped = |at: usize| at > 0 && next[at - 1] == '\\';
        // As a regular expression that may go back: the first that is not escaped, else the last.
        let quotes: Vec<usize> = (0..next.len()).filter(|at| next[*at] == quote).collect();
        let end = quotes.iter().find(|at| !is_escaped(**at)).or(quotes.last()).copied()?;
        self.left.truncate(self.left.len() - end - 2);
        Some(next[..end].iter().collect())
    }
}
