//! Words as a shell has them while they are typed, and candidates as it wants them.

use crate::cli::values::Shell;

/// The words up to the cursor, without the shell's quoting.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    shell: Shell,
    pub(super) before: Vec<String>,
    /// The one at the cursor.
    pub(super) word: String,
    /// What of it the shell leaves where it is: it replaces the rest alone.
    kept: String,
    /// The quote that is open at the cursor.
    quote: Option<char>,
}

impl Typed {
    /// Of the words as the shell gives them: bash as they are typed, and in pieces where `=` or `:` stands.
    pub(super) fn new(shell: Shell, before: &[String], word: &str) -> Self {
        if shell != Shell::Bash {
            let Unquoted { text, quote } = unquoted(shell, word);
            return Self { shell, before: before.to_vec(), word: text, kept: String::new(), quote };
        }
        let is_break = |piece: &str| !piece.is_empty() && piece.chars().all(|character| matches!(character, '=' | ':'));
        let mut words: Vec<String> = Vec::new();
        let mut glue = false;
        for piece in before {
            match words.last_mut() {
                Some(last) if glue || is_break(piece) => last.push_str(piece),
                _ => words.push(piece.clone()),
            }
            glue = is_break(piece);
        }
        // What follows a break is a word of its own to bash; a break at the cursor stays.
        let (kept, piece) = match words.last() {
            Some(_) if glue || is_break(word) => {
                let last = words.pop().unwrap_or_default();
                if is_break(word) { (format!("{last}{word}"), "") } else { (last, word) }
            }
            _ => (String::new(), word),
        };
        let plain = |word: &str| unquoted(shell, word).text;
        let Unquoted { text, quote } = unquoted(shell, piece);
        let kept = plain(&kept);
        let before = words.iter().map(|word| plain(word)).collect();
        Self { shell, before, word: format!("{kept}{text}"), kept, quote }
    }

    /// A candidate as the shell's script reads it; none where it does not go on from what is kept.
    pub(super) fn line(&self, candidate: &str, help: &str) -> Option<String> {
        let rest = candidate.strip_prefix(&*self.kept)?;
        let is_bare = |character: char| character.is_alphanumeric() || "-_./:=".contains(character);
        let value = match (self.shell, self.quote) {
            // Inserted as it is. A quote that is open protects blanks, and is a part of the word.
            (Shell::Bash, Some(quote)) => return Some(format!("{quote}{rest}\n")),
            (Shell::Bash, None) => return Some(format!("{}\n", rest.replace(' ', "\\ "))),
            (Shell::Powershell, _) if !rest.chars().all(is_bare) => format!("'{rest}'"),
            // They quote by themselves.
            (Shell::Powershell | Shell::Zsh | Shell::Fish, _) => rest.to_owned(),
        };
        Some(if help.is_empty() { format!("{value}\n") } else { format!("{value}\t{help}\n") })
    }
}

/// A word without quoting, and the quote that was not closed.
#[derive(Debug, PartialEq, Eq)]
struct Unquoted {
    text: String,
    quote: Option<char>,
}

fn unquoted(shell: Shell, word: &str) -> Unquoted {
    let escape = if shell == Shell::Powershell { '`' } else { '\\' };
    let mut text = String::with_capacity(word.len());
    let mut quote = None;
    let mut characters = word.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None | Some('"'), _) if character == escape => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    Unquoted { text, quote }
}

/// Whether `text` is one word to every shell once its blanks are quoted, and is neither an option nor cut by whoever shows
/// it: letters, digits, single blanks inside, and signs that mean nothing.
pub(super) fn is_harmless(text: &str) -> bool {
    let is_plain = |character: char| character.is_alphanumeric() || " -_./+@".contains(character);
    let is_begun = text.chars().next().is_some_and(char::is_alphanumeric);
    is_begun && text.chars().all(is_plain) && !text.ends_with(' ') && !text.contains("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bash(before: &[&str], word: &str) -> Typed {
        let before: Vec<_> = before.iter().map(|word| (*word).to_owned()).collect();
        Typed::new(Shell::Bash, &before, word)
    }

    #[test]
    fn bash_gives_words_in_pieces_and_gets_the_last_piece() {
        for (before, word, whole, kept) in [
            (&["ckeys", "list", "--project"][..], "Prod", "Prod", ""),
            (&["ckeys", "list", "--project", "="], "Prod", "--project=Prod", "--project="),
            (&["ckeys", "list", "--project"], "=", "--project=", "--project="),
            (&["ckeys", "create", "CI", "--to", "file", ":"], "a", "file:a", "file:"),
            (&["ckeys", "create", "CI", "--to", "file"], ":", "file:", "file:"),
            (&["ckeys", "get", "--project", "='A", "B'"], "", "", ""),
            (&["ckeys"], "", "", ""),
        ] {
            let typed = bash(before, word);
            assert_eq!((&*typed.word, &*typed.kept), (whole, kept), "{before:?} {word}");
        }
        let typed = bash(&["ckeys", "--demo", "list", "--filter", "scope", ":", "org", "--project"], "'Pro");
        assert_eq!(typed.before, ["ckeys", "--demo", "list", "--filter", "scope:org", "--project"]);
        assert_eq!(typed.line("Production App", "").unwrap(), "'Production App\n");
        let typed = bash(&["ckeys", "list", "--project", "="], "Production\\ A");
        assert_eq!(typed.word, "--project=Production A");
        assert_eq!(typed.line("--project=Production App", "").unwrap(), "Production\\ App\n");
        assert_eq!(typed.line("other", ""), None);
    }

    #[test]
    fn quoting_is_taken_away_as_far_as_it_is_typed() {
        for (shell, word, text, quote) in [
            (Shell::Fish, "'Production A", "Production A", Some('\'')),
            (Shell::Fish, "Production\\ A", "Production A", None),
            (Shell::Zsh, "\"a b\"c", "a bc", None),
            (Shell::Powershell, "a` b", "a b", None),
            (Shell::Powershell, "'C:\\x", "C:\\x", Some('\'')),
            (Shell::Bash, "a\\", "a", None),
        ] {
            assert_eq!(unquoted(shell, word), Unquoted { text: text.to_owned(), quote }, "{word}");
        }
    }

    #[test]
    fn only_what_no_shell_acts_on_is_harmless() {
        for name in ["Sandbox", "Production App", "a-b_c.d/e+f@g", "測試 項目", "Größe 2"] {
            assert!(is_harmless(name), "{name}");
        }
        for name in [
            "",
            " a",
            "a ",
            "a  b",
            "-a",
            "--org",
            "~",
            "$x",
            "`x`",
            "a;b",
            "a|b",
            "a&b",
            "a>b",
            "a*b",
            "a?b",
            "[a]",
            "{a,b}",
            "a'b",
            "a\"b",
            "a\\b",
            "a#b",
            "a!b",
            "a=b",
            "a:b",
            "a,b",
            "a%b",
            "(a)",
            "a\nb",
            "a\tb",
            "a\u{202e}b",
        ] {
            assert!(!is_harmless(name), "{name}");
        }
    }
}
