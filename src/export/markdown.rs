//! Markdown (GitHub's), in which names are nothing but text.

/// A table; `cells` and `titles` are escaped here.
pub fn table<T: AsRef<str>>(titles: &[&str], rows: impl IntoIterator<Item = impl IntoIterator<Item = T>>) -> String {
    let mut out = String::new();
    push_line(&mut out, titles.iter().map(|title| escape(title)));
    push_line(&mut out, titles.iter().map(|_| "---".to_owned()));
    for row in rows {
        push_line(&mut out, row.into_iter().map(|cell| escape(cell.as_ref())));
    }
    out
}

fn push_line(out: &mut String, cells: impl IntoIterator<Item = String>) {
    out.push('|');
    for cell in cells {
        out.push(' ');
        out.push_str(&cell);
        out.push_str(" |");
    }
    out.push('\n');
}

/// `text` in one line, with nothing in it that Markdown, HTML or a forge would make something of.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let next = rest.peek().copied();
        match character {
            '\n' | '\r' | '\t' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => out.extend(['\\', character]),
            // An address would become a link.
            ':' if next == Some('/') => out.push_str("\\:"),
            '.' if before.to_ascii_lowercase().ends_with("www") => out.push_str("\\."),
            // Somebody would be called; in code nobody is.
            '@' if next.is_some_and(char::is_alphanumeric) && !before.ends_with(char::is_alphanumeric) => {
                out.push_str("`@`");
            }
            other => out.push(other),
        }
        before.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text() {
        for (text, expected) in [
            ("GitHub Actions (2026) #3!", "GitHub Actions (2026) #3!"),
            ("a|b", r"a\|b"),
            (r"a\|b", r"a\\\|b"),
            ("`rm`", r"\`rm\`"),
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("&lt;", "&amp;lt;"),
            ("*a* _b_ ~~c~~", r"\*a\* \_b\_ \~\~c\~\~"),
            ("![x](http://a.test)", r"!\[x\](http\://a.test)"),
            ("see WWW.a.test", r"see WWW\.a.test"),
            ("a\nb\r\n| c", r"a b  \| c"),
            ("@everyone", "`@`everyone"),
            ("grace@laptop a @ b", "grace@laptop a @ b"),
            ("日本語", "日本語"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }

    #[test]
    fn a_row_has_as_many_cells_as_there_are_titles() {
        assert_eq!(
            table(&["ID", "Name"], [["1", "a|b"], ["2", ""]]),
            "| ID | Name |\n| --- | --- |\n| 1 | a\\|b |\n| 2 |  |\n"
        );
    }
}
