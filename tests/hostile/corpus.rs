//! Hostile names, and how to know that one was shown.

/// The organization key that signs the calls.
pub(crate) const KEY: &str = "confident_us_org_fake_not_a_key_h0571e";

/// What a name of the corpus has the terminal copy.
pub(crate) const COPY: &str = "ZmFrZQ==";

/// What a name can hold to harm who reads it; each with the word that tells which it is.
pub(crate) fn names() -> Vec<String> {
    let stacked: String = ('\u{300}'..='\u{36f}').take(60).collect();
    let below = "\u{323}".repeat(40);
    let bidi = "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
    let controls: String = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}').collect();
    let tags: String = "cancel".chars().map(|letter| char::from_u32(0xE0000 + u32::from(letter)).unwrap()).collect();
    let harms = [
        "\x1b[2J\x1b[1;1H\x1b[3g".to_owned(),
        "\x1b]0;owned\x07".to_owned(),
        "\x1b]52;c;ZmFrZQ==\x07".to_owned(),
        "\x1b]52;c;ZmFrZQ==\x1b\\".to_owned(),
        "\x1b]8;;https://evil.invalid\x1b\\link\x1b]8;;\x1b\\".to_owned(),
        "\x1bP+q544e\x1b\\\x1b_x\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\".to_owned(),
        "\x1bc\x1b[?1049l\x1b[?25h\x1b[6n\x1b[c".to_owned(),
        "\u{9b}31m\u{9d}0;owned\u{9c}\u{90}q\u{9c}".to_owned(),
        "done\r✓ everything is fine".to_owned(),
        "done\n✓ everything is fine\r\nckeys: no".to_owned(),
        "x\u{8}\u{8}\u{8}\u{7f}\x07\x0e\t\x0b".to_owned(),
        "\u{2028}line\u{2029}paragraph\u{85}next".to_owned(),
        "gnp.\u{202e}fdp.txt".to_owned(),
        format!("{bidi}{bidi}"),
        controls,
        "CI\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{34f}\u{115f}\u{3164}\u{ffa0}\u{180e}".to_owned(),
        format!("CI\u{e0001}{tags}\u{e007f}"),
        "v\u{fe0f}\u{fe0e}\u{e0100}\u{e01ef}".to_owned(),
        format!("Z{stacked}a{below}l{stacked}go"),
        format!("{stacked} nothing below"),
        "\u{1d173}\u{1d17a}\u{1bca0}\u{fff9}a\u{fffa}b\u{fffb}\u{206a}\u{206f}".to_owned(),
        "=HYPERLINK(\"https://evil.invalid\")|@SUM(1+1)*cmd|' /C calc'!A0".to_owned(),
        "<script>alert(1)</script> **bold** `code` | cell | [x](javascript:1)".to_owned(),
        "%s%n{}{0}\\x1b[2J\\u001b[2J$(id)`id`;reboot'\"".to_owned(),
        "مفتاح עברית \u{202b}abc".to_owned(),
        "\u{feff}\x1b[31m".repeat(40),
    ];
    harms.into_iter().enumerate().map(|(at, harm)| format!("{}{harm} end", word(at))).collect()
}

/// What the name at this place begins with.
pub(crate) fn word(at: usize) -> String {
    format!("harm{at:02}")
}

/// The names in one, for places that hold one text.
pub(crate) fn all() -> String {
    names().join(" ")
}
