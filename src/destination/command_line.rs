//! A command as a person types it, split into words as a shell would, for a program that is started without one.
//!
//! Own code, though there are crates that split: they let pass what only a shell would act on. `gh secret set X | tee log`
//! would hand `|` to `gh` as a word; here it is a mistake that is told before a key is generated.

use thiserror::Error;

use crate::text::shell_word;

/// A program and its arguments. None of them is a secret: that goes to its standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    text: String,
    words: Vec<String>,
}

/// Why a text is no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotWords {
    /// There is no word.
    #[error("no command is named")]
    Empty,
    /// A quote was opened and not closed.
    #[error("the quote {0} is not closed")]
    OpenQuote(char),
    /// Nothing follows a backslash.
    #[error("nothing follows the backslash at the end")]
    Backslash,
    /// No program can be given it.
    #[error("a command can't hold the character NUL")]
    Nul,
    /// Only a shell would act on it.
    #[error("{} means something to a shell only, and no shell runs this: put it in single quotes, or run sh -c '…'", named(*.0))]
    Shell(char),
}

fn named(character: char) -> String {
    if character == '\n' { "a line break".to_owned() } else { format!("`{character}`") }
}

impl CommandLine {
    /// Splits `text` at blanks. `'…'`, `"…"` and `\` protect what is in them or follows, as in a shell.
    ///
    /// # Errors
    /// Where a shell would do more than split, or nothing is left to run.
    pub fn parse(text: &str) -> Result<Self, NotWords> {
        let words = split(text)?;
        if words.first().is_none_or(String::is_empty) {
            return Err(NotWords::Empty);
        }
        Ok(Self { text: text.to_owned(), words })
    }

    /// The command of these words.
    ///
    /// # Errors
    /// Where nothing could be run.
    pub fn from_words(words: Vec<String>) -> Result<Self, NotWords> {
        if words.first().is_none_or(String::is_empty) {
            Err(NotWords::Empty)
        } else if words.iter().any(|word| word.contains('\0')) {
            Err(NotWords::Nul)
        } else {
            let text = words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ");
            Ok(Self { text, words })
        }
    }

    /// As it was typed. From outside: to be cleaned before it is shown.
    pub fn as_typed(&self) -> &str {
        &self.text
    }

    /// The program.
    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// What the program is given.
    pub fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }
}

fn split(text: &str) -> Result<Vec<String>, NotWords> {
    let mut words = Vec::new();
    // A word that is quoted may be empty, so "no word" is not the same as "nothing in it".
    let mut word: Option<String> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\0' => return Err(NotWords::Nul),
            ' ' | '\t' => words.extend(word.take()),
            '\'' => single_quoted(&mut characters, word.get_or_insert_default())?,
            '"' => double_quoted(&mut characters, word.get_or_insert_default())?,
            '\\' => match characters.next() {
                Some('\n') => {}
                Some('\0') => return Err(NotWords::Nul),
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err(NotWords::Backslash),
            },
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '$' | '`' | '\n' | '\r' => {
                return Err(NotWords::Shell(character));
            }
            // A comment, and a home folder, are so at the start of a word only.
            '#' | '~' if word.is_none() => return Err(NotWords::Shell(character)),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

fn single_quoted(characters: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), NotWords> {
    for character in characters {
        match character {
            '\'' => return Ok(()),
            '\0' => return Err(NotWords::Nul),
            other => word.push(other),
        }
    }
    Err(NotWords::OpenQuote('\''))
}

fn double_quoted(characters: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), NotWords> {
    while let Some(character) = characters.next() {
        match character {
            '"' => return Ok(()),
            '\0' => return Err(NotWords::Nul),
            '$' | '`' => return Err(NotWords::Shell(character)),
            '\\' => match characters.next() {
                Some(next @ ('"' | '\\' | '$' | '`')) => word.push(next),
                Some('\n') => {}
                Some('\0') => return Err(NotWords::Nul),
                Some(next) => word.extend(['\\', next]),
                None => break,
            },
            other => word.push(other),
        }
    }
    Err(NotWords::OpenQuote('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Vec<String>, NotWords> {
        CommandLine::parse(text).map(|line| [&[line.program().to_owned()], line.arguments()].concat())
    }

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        for (text, expected) in [
            ("gh secret set NAME", &["gh", "secret", "set", "NAME"][..]),
            ("  op \t item  create - ", &["op", "item", "create", "-"]),
            ("vault kv put secret/ci key=-", &["vault", "kv", "put", "secret/ci", "key=-"]),
            (r#"a 'b c' "d e" f\ g"#, &["a", "b c", "d e", "f g"]),
            (r#"a b'c'"d"e"#, &["a", "bcde"]),
            (r#"a '' """#, &["a", "", ""]),
            (r#"a '\' "\\ \" \$ \x""#, &["a", r"\", r#"\ " $ \x"#]),
            ("a '$HOME' '|' \\; x#y x~", &["a", "$HOME", "|", ";", "x#y", "x~"]),
            ("sh -c 'cat > \"$1\"' sh out", &["sh", "-c", "cat > \"$1\"", "sh", "out"]),
            ("a\\\nb 'c\nd'", &["ab", "c\nd"]),
            ("a *.txt [b] {c,d} e?f", &["a", "*.txt", "[b]", "{c,d}", "e?f"]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_only_a_shell_would_act_on_is_told() {
        for (text, expected) in [
            ("", NotWords::Empty),
            (" \t", NotWords::Empty),
            ("'' a", NotWords::Empty),
            ("a 'b", NotWords::OpenQuote('\'')),
            ("a \"b", NotWords::OpenQuote('"')),
            ("a \"b\\", NotWords::OpenQuote('"')),
            ("a \\", NotWords::Backslash),
            ("a\0b", NotWords::Nul),
            ("a '\0'", NotWords::Nul),
            ("a \"\\\0\"", NotWords::Nul),
            ("a | tee b", NotWords::Shell('|')),
            ("a > b", NotWords::Shell('>')),
            ("a; b", NotWords::Shell(';')),
            ("a &", NotWords::Shell('&')),
            ("a $B", NotWords::Shell('$')),
            ("a \"$B\"", NotWords::Shell('$')),
            ("a `b`", NotWords::Shell('`')),
            ("a\nb", NotWords::Shell('\n')),
            ("a # b", NotWords::Shell('#')),
            ("~/bin/a", NotWords::Shell('~')),
        ] {
            assert_eq!(words(text), Err(expected), "{text:?}");
        }
    }

    /// Where one is at hand, a shell splits the same way.
    #[cfg(unix)]
    #[test]
    fn a_shell_agrees() {
        for text in [r#"a 'b c' "d e" f\ g"#, r#"a b'c'"d"e '' """#, r#"a '\' "\\ \" \$ \x""#, "a x#y x~ '*' k=-"] {
            let script = format!("printf '%s\\n' {text}");
            let output = crate::child::command("sh").args(["-c", &script]).output().unwrap();
            let expected: Vec<_> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn words_that_were_joined_split_into_themselves() {
        let all = ["gh", "", "two words", "a'b", "$(id)", "x\ny", "~", "#"].map(str::to_owned).to_vec();
        let joined = CommandLine::from_words(all.clone()).unwrap();
        assert_eq!(words(joined.as_typed()).unwrap(), all);
        assert_eq!(CommandLine::from_words(vec![]), Err(NotWords::Empty));
        assert_eq!(CommandLine::from_words(vec![String::new()]), Err(NotWords::Empty));
        assert_eq!(CommandLine::from_words(vec!["a".to_owned(), "\0".to_owned()]), Err(NotWords::Nul));
    }
}
