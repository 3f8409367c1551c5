//! A terminal that is fed with the bytes shows the cells, and it takes fewer of them than ratatui's own backend does.

use proptest::collection::vec;
use proptest::prelude::*;
use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

/// A piece of text with one look, as widgets draw them.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    style: Style,
}

fn color() -> impl Strategy<Value = Color> {
    prop_oneof![
        3 => Just(Color::Reset),
        1 => Just(Color::Red),
        1 => Just(Color::White),
        1 => any::<u8>().prop_map(Color::Indexed),
        1 => any::<(u8, u8, u8)>().prop_map(|(red, green, blue)| Color::Rgb(red, green, blue)),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    // As in a theme: few looks, which come again and again.
    let modifier =
        prop_oneof![2 => Just(Modifier::empty()), 1 => (0..1_u16 << 9).prop_map(Modifier::from_bits_truncate)];
    let any = (color(), color(), modifier).prop_map(|(fg, bg, modifier)| {
        // The terminal here knows one of the two at a time.
        let modifier = if modifier.contains(Modifier::BOLD) { modifier - Modifier::DIM } else { modifier };
        Style::new().fg(fg).bg(bg).add_modifier(modifier)
    });
    let usual = [
        Style::new(),
        Style::new().fg(Color::Indexed(244)),
        Style::new().bg(Color::Indexed(24)).fg(Color::White).bold(),
        Style::new().dim(),
        Style::new().reversed(),
    ];
    prop_oneof![3 => prop::sample::select(usual.to_vec()), 1 => any]
}

fn piece() -> impl Strategy<Value = Piece> {
    let text = prop_oneof![
        3 => "[a-c]{1,6}",
        3 => " {1,9}",
        2 => prop::sample::select(vec!["│", "…", "é", "e\u{301}", "コ", "日本", "─┐"]).prop_map(str::to_owned),
    ];
    (text, style()).prop_map(|(text, style)| Piece { text, style })
}

/// A screen full of pieces, row for row.
fn buffer(area: Rect, rows: &[Vec<Piece>]) -> Buffer {
    let mut buffer = Buffer::empty(area);
    for (y, row) in (0..area.height).zip(rows) {
        let mut x = 0;
        for Piece { text, style } in row {
            if x < area.width {
                (x, _) = buffer.set_stringn(x, y, text, usize::from(area.width - x), *style);
            }
        }
    }
    buffer
}

fn bytes(before: &Buffer, after: &Buffer) -> Vec<u8> {
    bytes_on(false, before, after)
}

fn bytes_on(is_empty: bool, before: &Buffer, after: &Buffer) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, Ground { columns: after.area.width, is_empty }, before.diff_iter(after).collect());
    bytes
}

fn crossterm_bytes(before: &Buffer, after: &Buffer) -> Vec<u8> {
    crossterm::style::force_color_output(true);
    let mut bytes = Vec::new();
    CrosstermBackend::new(&mut bytes).draw(before.diff_iter(after)).unwrap();
    bytes
}

/// What is seen of a place: which character, before which background, and how it looks where that shows.
type Seen = (String, vt100::Color, Option<vt100::Color>, [bool; 5]);

fn seen_on(terminal: &vt100::Parser) -> Vec<Seen> {
    let screen = terminal.screen();
    let (rows, columns) = screen.size();
    let places = (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x)));
    let seen = |(y, x)| {
        let cell = screen.cell(y, x).unwrap();
        let contents = if cell.contents().is_empty() { " " } else { cell.contents() };
        let shows = contents != " " || cell.inverse() || cell.underline();
        let looks =
            [cell.inverse(), cell.underline(), cell.bold() && shows, cell.dim() && shows, cell.italic() && shows];
        (contents.to_owned(), cell.bgcolor(), shows.then(|| cell.fgcolor()), looks)
    };
    places.map(seen).collect()
}

fn seen_in(buffer: &Buffer) -> Vec<Seen> {
    let color = |color| match color {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::White => vt100::Color::Idx(15),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        other => panic!("{other}"),
    };
    let seen = |cell: &Cell| {
        let has = |modifier| cell.modifier.contains(modifier);
        let shows = cell.symbol() != " " || has(Modifier::REVERSED) || has(Modifier::UNDERLINED);
        let [bold, dim, italic] = [Modifier::BOLD, Modifier::DIM, Modifier::ITALIC].map(|of| has(of) && shows);
        let looks = [has(Modifier::REVERSED), has(Modifier::UNDERLINED), bold, dim, italic];
        (cell.symbol().to_owned(), color(cell.bg), shows.then(|| color(cell.fg)), looks)
    };
    buffer.content().iter().map(seen).collect()
}

fn is_wide(buffer: &Buffer) -> bool {
    buffer.content().iter().any(|cell| width(cell) > 1)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_terminal_shows_the_cells_whatever_it_showed_before(
        size in (1..40_u16, 1..12_u16), frames in vec(vec(vec(piece(), 0..12), 0..12), 1..5),
    ) {
        let area = Rect::new(0, 0, size.0, size.1);
        let [mut terminal, mut other] = [(); 2].map(|()| vt100::Parser::new(size.1, size.0, 0));
        let mut before = Buffer::empty(area);
        let mut was_wide = false;
        for (number, rows) in frames.iter().enumerate() {
            let after = buffer(area, rows);
            terminal.process(&bytes_on(number == 0, &before, &after));
            other.process(&crossterm_bytes(&before, &after));
            prop_assert_eq!(seen_on(&terminal), seen_on(&other));
            was_wide |= is_wide(&after);
            // What is left of a wide character is the terminal's own affair.
            if !was_wide {
                prop_assert_eq!(seen_on(&terminal), seen_in(&after));
            }
            let screen = terminal.screen();
            prop_assert_eq!((screen.fgcolor(), screen.bgcolor()), (vt100::Color::Default, vt100::Color::Default));
            prop_assert!(!screen.bold() && !screen.dim() && !screen.inverse() && !screen.underline() && !screen.italic());
            before = after;
        }
    }

    #[test]
    fn it_never_takes_more_bytes_than_ratatuis_own_backend(
        size in (1..40_u16, 1..12_u16), frames in vec(vec(vec(piece(), 0..12), 0..12), 2),
    ) {
        let area = Rect::new(0, 0, size.0, size.1);
        let (before, after) = (buffer(area, &frames[0]), buffer(area, &frames[1]));
        prop_assert!(bytes(&before, &after).len() <= crossterm_bytes(&before, &after).len());
    }
}

fn written(lines: &[(&str, Style)]) -> String {
    let area = Rect::new(0, 0, 8, 3);
    let rows: Vec<Vec<Piece>> =
        lines.iter().map(|(text, style)| vec![Piece { text: (*text).to_owned(), style: *style }]).collect();
    let full = buffer(area, &[vec![Piece { text: "x".repeat(8), style: Style::new() }]]);
    String::from_utf8(bytes(&full, &buffer(area, &rows))).unwrap()
}

#[test]
fn what_comes_behind_the_last_character_of_a_row_is_erased() {
    assert_eq!(written(&[("ab", Style::new())]), "\x1b[1Hab\x1b[K");
    // Where there is a background, each blank is written: not all terminals erase in colours.
    let blue = Style::new().bg(Color::Indexed(4));
    assert_eq!(written(&[("ab      ", blue)]), "\x1b[1H\x1b[48;5;4mab      \x1b[m");
}

#[test]
fn only_what_changes_is_written() {
    let bold = Style::new().fg(Color::Red).bold();
    assert_eq!(
        written(&[("xxxxxxxx", Style::new()), ("a", bold), ("b", Style::new().fg(Color::Red))]),
        "\x1b[2H\x1b[1;38;5;1ma\x1b[3H\x1b[22mb\x1b[m"
    );
    assert_eq!(written(&[("xaxxxbxx", Style::new())]), "\x1b[1;2Ha\x1b[3Cb");
}

#[test]
fn behind_what_may_be_wider_elsewhere_the_place_is_told_in_full() {
    assert_eq!(written(&[("│xxb", Style::new())]), "\x1b[1H│\x1b[4Gb\x1b[K");
}
