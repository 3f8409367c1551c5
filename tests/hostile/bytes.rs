//! What a program wrote, as a terminal takes it apart, and what it may be.

use crate::corpus::COPY;
use unicode_width::UnicodeWidthChar as _;
use vte::{Params, Parser, Perform};

/// The longest run of combining marks that a letter may carry.
const MOST_MARKS: usize = 4;

/// What Unicode calls `Bidi_Control`, `Default_Ignorable_Code_Point`, a separator of lines, or a control; from its tables,
/// not from the program's, so that a mistake there shows here.
const HIDDEN: [(u32, u32); 26] = [
    (0x00, 0x1f),
    (0x7f, 0x9f),
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x61c, 0x61c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200d),
    (0x200e, 0x200f),
    (0x2028, 0x2029),
    (0x202a, 0x202e),
    (0x2060, 0x2064),
    (0x2065, 0x2065),
    (0x2066, 0x2069),
    (0x206a, 0x206f),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0xfff9, 0xfffb),
    (0x1_bca0, 0x1_bca3),
    (0x1_d173, 0x1_d17a),
    (0xe_0000, 0xe_007f),
    (0xe_0080, 0xe_0fff),
];

fn is_hidden(character: char) -> bool {
    HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(character)))
}

/// What may be in some bytes beside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum May {
    /// Lines, and nothing else: for files and pipes.
    Lines,
    /// Lines whose fields stand behind tabs.
    Fields,
    /// Lines and colours: for terminals that a command writes to.
    Colours,
    /// What the screen is drawn with.
    Draw,
}

/// Fails where there is anything else in `bytes`.
#[track_caller]
pub(crate) fn holds_only(may: May, bytes: &[u8], what: &str) {
    if let Some(problem) = problem(may, bytes) {
        panic!("{what}: {problem}\n{}", String::from_utf8_lossy(bytes).escape_debug());
    }
}

fn problem(may: May, bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(error.to_string()),
    };
    // A terminal may take C1 and what is written around it in more than one way.
    if let Some(control) = text.chars().find(|character| ('\u{80}'..='\u{9f}').contains(character)) {
        return Some(format!("C1 control {control:?}"));
    }
    let mut reader = Reader { may, marks: 0, line: String::new(), is_ending: false, problem: None };
    Parser::new().advance(&mut reader, bytes);
    if reader.is_ending {
        reader.refuse(|| "a line that does not end".to_owned());
    }
    reader.problem
}

struct Reader {
    may: May,
    /// How many combining marks there were just now.
    marks: usize,
    /// What stands on it so far.
    line: String,
    /// Whether a line is at its end, and the next one not begun.
    is_ending: bool,
    problem: Option<String>,
}

impl Reader {
    fn refuse(&mut self, what: impl FnOnce() -> String) {
        self.problem.get_or_insert_with(what);
    }
}

/// Whether this is how far a command is, in the program's own words, or the blanks that erase that: another line may be
/// written over it.
fn is_progress(line: &str) -> bool {
    let words = ["Read ", "Reading…", "Waiting for the service…", "Taking the secret ", "Looking at the service"];
    let is_timed = line.trim_end().ends_with(" s") && !line.contains("harm");
    line.trim().is_empty() || (is_timed && words.iter().any(|start| line.starts_with(start)))
}

impl Perform for Reader {
    fn print(&mut self, character: char) {
        if is_hidden(character) {
            self.refuse(|| format!("hidden {character:?}"));
        }
        if std::mem::take(&mut self.is_ending) {
            if !(self.may == May::Colours && is_progress(&self.line)) {
                self.refuse(|| "a line that is written over".to_owned());
            }
            self.line.clear();
        }
        self.line.push(character);
        self.marks = if character.width() == Some(0) { self.marks + 1 } else { 0 };
        if self.marks > MOST_MARKS {
            self.refuse(|| format!("{} marks on one letter", MOST_MARKS + 1));
        }
    }

    fn execute(&mut self, byte: u8) {
        self.marks = 0;
        let is_known = match self.may {
            May::Lines => byte == b'\n',
            May::Fields => b"\t\n".contains(&byte),
            // The terminal itself makes lines end like this.
            May::Colours => byte == if self.is_ending { b'\n' } else { b'\r' } || is_progress(&self.line),
            May::Draw => false,
        };
        self.is_ending = byte == b'\r';
        if byte == b'\n' {
            self.line.clear();
        }
        if !is_known {
            self.refuse(|| format!("control {byte:#04x}"));
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _: bool, action: char) {
        let numbers: Vec<u16> = params.iter().flatten().copied().collect();
        let is_mode = || matches!(numbers[..], [25 | 1004 | 1049 | 2004 | 2026]);
        let is_known = match (self.may, intermediates, action) {
            (May::Colours | May::Draw, b"", 'm') | (May::Draw, b"", 'C' | 'G' | 'H' | 'J' | 'K') => true,
            (May::Draw, b"?", 'h' | 'l') if is_mode() => true,
            // The mouse is let go of at the end, whether or not it was asked for.
            (May::Draw, b"?", 'l') => matches!(numbers[..], [1000 | 1006]),
            _ => false,
        };
        if !is_known {
            self.refuse(|| format!("CSI {intermediates:?} {numbers:?} {action}"));
        }
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        // A copy, but not of what a name says.
        let is_copy = params.first() == Some(&&b"52"[..]) && params.get(2) != Some(&COPY.as_bytes());
        // The program's own question after the background.
        let is_question = params == [&b"11"[..], b"?"];
        if self.may != May::Draw || !(is_copy || is_question) {
            self.refuse(|| format!("OSC {params:?}"));
        }
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.refuse(|| format!("ESC {}", char::from(byte)));
    }

    fn hook(&mut self, _: &Params, _: &[u8], _: bool, action: char) {
        self.refuse(|| format!("DCS {action}"));
    }
}

#[test]
fn every_character_that_is_hidden_is_marked_wherever_it_stands() {
    let all = HIDDEN.iter().flat_map(|(first, last)| *first..=*last).map(|code| char::from_u32(code).unwrap());
    for character in all {
        let text = confident_keys::text::Text::from(format!("a{character}b"));
        assert_eq!(text.as_str(), format!("a<U+{:04X}>b", u32::from(character)));
    }
}

#[test]
fn every_name_of_the_corpus_is_found_where_it_is_as_it_was() {
    use crate::corpus::{names, word};
    // These harm a spreadsheet, a web page or a shell, and no terminal.
    let harmless = ["HYPERLINK", "<script>", "%s%n"];
    for (at, name) in names().into_iter().enumerate() {
        assert!(name.starts_with(&word(at)));
        let is_harmless = harmless.iter().any(|part| name.contains(part));
        for may in [May::Lines, May::Fields, May::Colours, May::Draw] {
            assert_eq!(problem(may, name.as_bytes()).is_none(), is_harmless, "{name:?}, {may:?}");
        }
    }
    for (may, bytes) in [
        (May::Lines, "Schlüssel 日本語 cafe\u{301} ไทยที่นี่\n"),
        (May::Fields, "7\tstale\t-\n"),
        (May::Colours, "\x1b[31mstale\x1b[0m\r\n"),
        (May::Colours, "\rReading… 1 s\rRead 2 of 40 scopes… 1 s\r                        \rID  STATUS\r\n"),
        (May::Draw, "\x1b[?2026h\x1b[1;1H\x1b[38;5;1mx\x1b]52;c;b3duZWQ=\x07\x1b[?2026l"),
    ] {
        assert_eq!(problem(may, bytes.as_bytes()), None, "{bytes:?}");
    }
    for bytes in ["harm done\rfine\r\n", "Reading… harm 1 s\rfine\r\n", "Reading… 1 s\r\x1b[2Kfine\r\n"] {
        assert!(problem(May::Colours, bytes.as_bytes()).is_some(), "{bytes:?}");
    }
}
