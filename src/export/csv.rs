//! CSV by RFC 4180, that no spreadsheet takes for formulas.

/// Lines of cells under `titles`, each ended by CR LF.
pub fn table<T: AsRef<str>>(titles: &[&str], rows: impl IntoIterator<Item = impl IntoIterator<Item = T>>) -> String {
    let mut out = String::new();
    push_line(&mut out, titles);
    for row in rows {
        push_line(&mut out, row);
    }
    out
}

fn push_line<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_cell(out, cell.as_ref());
    }
    out.push_str("\r\n");
}

fn push_cell(out: &mut String, text: &str) {
    // Some programs split at these, too, or drop white space at the ends.
    let has_separator = text.contains([',', ';', '"', '\t', '\r', '\n']) || text.trim() != text;
    if has_separator {
        out.push('"');
    }
    if is_formula(text) {
        out.push('\'');
    }
    for character in text.chars() {
        if character == '"' {
            out.push('"');
        }
        out.push(character);
    }
    if has_separator {
        out.push('"');
    }
}

/// Whether a spreadsheet may run `text`: by how it begins, in half or in full width, behind any white space.
fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows =
            [["1", "CI"], ["2", "a,b"], ["3", "say \"hi\""], ["4", "a\nb"], ["5", " x"], ["6", ""], ["7", "a;b"]];
        assert_eq!(
            table(&["id", "name"], rows),
            "id,name\r\n1,CI\r\n2,\"a,b\"\r\n3,\"say \"\"hi\"\"\"\r\n4,\"a\nb\"\r\n5,\" x\"\r\n6,\r\n7,\"a;b\"\r\n"
        );
    }

    #[test]
    fn what_begins_like_a_formula_is_text() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\rx", "\"'\rx\""),
            ("  =1", "\"'  =1\""),
            ("\u{FF1D}1", "'\u{FF1D}1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
            ("***************d4e5f6", "***************d4e5f6"),
        ] {
            assert_eq!(table(&[], [[cell]]), format!("\r\n{expected}\r\n"), "{cell:?}");
        }
    }
}
