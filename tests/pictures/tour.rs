//! A picture that moves: many screens, one after the other, without a script, as pages like GitHub's show it.
//!
//! Each part of a row is there once, and shown while the row has it. Who asks the system for less motion sees one screen that
//! stands still.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::draw::{BELOW, Canvas, Ground, WINDOW, escaped, hex, place};
use crate::grid::Row;
use crate::stage::Stage;

/// Room for what is said below the screen.
const ROOM: u16 = 38;
/// How long a typed letter is there before the next one.
const LETTER_MS: u32 = 110;

/// What is shown for a while.
struct Frame {
    rows: Vec<Row>,
    /// The key that led here, and what that is about.
    key: &'static str,
    words: &'static str,
    ms: u32,
}

/// When something is shown, from one frame to the one where it is gone, and the number of that movement.
type Moves = BTreeMap<Vec<(usize, usize)>, usize>;

/// The screens so far.
#[derive(Default)]
pub(crate) struct Reel {
    frames: Vec<Frame>,
    /// Which of them stands for all.
    still: usize,
}

impl Reel {
    /// Shows what is on the stage for so long: the key that led there, and what it does, in a few words.
    pub(crate) fn shows(&mut self, stage: &mut Stage, key: &'static str, words: &'static str, ms: u32) -> &mut Self {
        self.frames.push(Frame { rows: stage.rests(), key, words, ms });
        self
    }

    /// The last one stands for all where nothing moves.
    pub(crate) fn stands_for_all(&mut self) {
        self.still = self.frames.len() - 1;
    }

    /// Types letter by letter; each is on the screen before the next one.
    pub(crate) fn types(&mut self, stage: &mut Stage, text: &str, key: &'static str, words: &'static str) {
        for end in 1..=text.len() {
            stage.types(&text[end - 1..end]).sees(&text[..end]);
            self.frames.push(Frame { rows: stage.rows(), key, words, ms: LETTER_MS });
        }
    }

    /// All in all, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        f64::from(self.total()) / 1000.0
    }

    fn total(&self) -> u32 {
        self.frames.iter().map(|frame| frame.ms).sum()
    }

    pub(crate) fn picture(&self, told: &str, ground: Ground) -> String {
        let mut canvas = Canvas::new(ground);
        let mut moves = Moves::default();
        let mut content = String::new();
        for number in 0..self.frames[0].rows.len() {
            let rows = self.frames.iter().map(|frame| canvas.row(&frame.rows[number])).collect();
            self.add(&mut content, &place(number), rows, &mut moves);
        }
        let key = canvas.class(format!("fill:{};font-weight:bold", hex(ground.faint)));
        let words = canvas.class(format!("fill:{}", hex(ground.fore)));
        let captions = self.frames.iter().map(|frame| vec![caption(frame, &key, &words)]).collect();
        self.add(&mut content, &format!("translate(0 {BELOW})"), captions, &mut moves);
        canvas.window(told, &self.style(moves), &content, ROOM)
    }

    /// Adds what is drawn at one place, by frames: what is the same is there once.
    fn add(&self, content: &mut String, place: &str, frames: Vec<Vec<String>>, moves: &mut Moves) {
        let mut parts: Vec<(String, Vec<usize>)> = Vec::new();
        for (number, drawn) in frames.into_iter().enumerate() {
            for part in drawn {
                match parts.iter_mut().find(|(known, _)| *known == part) {
                    Some((_, shown)) => shown.push(number),
                    None => parts.push((part, vec![number])),
                }
            }
        }
        // What is below letters is drawn before all of them, as at other times others are there.
        parts.sort_by_key(|(part, _)| part.starts_with("<text"));
        for alike in parts.chunk_by(|(_, one), (_, next)| one == next) {
            let (shown, drawn) = (&alike[0].1, alike.iter().map(|(part, _)| part.as_str()).collect::<String>());
            let class = if shown.len() == self.frames.len() {
                String::new()
            } else {
                let next = moves.len();
                let number = *moves.entry(stretches(shown)).or_insert(next);
                let stands = if shown.contains(&self.still) { " s" } else { "" };
                format!(r#" class="f m{number}{stands}""#)
            };
            writeln!(content, r#"<g{class} transform="{place}">{drawn}</g>"#).unwrap();
        }
    }

    fn style(&self, moves: Moves) -> String {
        let mut out = format!(
            ".f{{visibility:hidden;animation:{}s step-end infinite}}\n.s{{visibility:visible}}\n",
            self.seconds()
        );
        let mut moves: Vec<_> = moves.into_iter().collect();
        moves.sort_by_key(|(_, number)| *number);
        for (stretches, number) in moves {
            write!(out, ".m{number}{{animation-name:m{number}}}@keyframes m{number}{{").unwrap();
            if stretches[0].0 > 0 {
                out.push_str("0%{visibility:hidden}");
            }
            for (begin, end) in stretches {
                write!(out, "{}{{visibility:visible}}", self.percent(begin)).unwrap();
                let then = if end == self.frames.len() { "visible" } else { "hidden" };
                write!(out, "{}{{visibility:{then}}}", self.percent(end)).unwrap();
            }
            out.push_str("}\n");
        }
        out.push_str("@media (prefers-reduced-motion:reduce){.f{animation:none}}\n");
        out
    }

    /// When a frame begins.
    fn percent(&self, number: usize) -> String {
        let before: u32 = self.frames[..number].iter().map(|frame| frame.ms).sum();
        format!("{:.3}%", f64::from(before) * 100.0 / f64::from(self.total()))
    }
}

/// The frames as stretches, from the first one to the one after the last.
fn stretches(shown: &[usize]) -> Vec<(usize, usize)> {
    shown.chunk_by(|one, next| one + 1 == *next).map(|stretch| (stretch[0], stretch[stretch.len() - 1] + 1)).collect()
}

fn caption(frame: &Frame, key_class: &str, words_class: &str) -> String {
    let mut x = 20;
    let mut out = String::new();
    if !frame.key.is_empty() {
        let width = u16::try_from(frame.key.chars().count()).unwrap() * 8;
        let (frame_width, inside, key) = (width + 16, x + 8, escaped(frame.key));
        write!(
            out,
            r##"<rect x="{x}.5" y="-1.5" width="{frame_width}" height="22" rx="4" fill="none" stroke="#808080"/>"##
        )
        .unwrap();
        write!(out, r#"<text class="{key_class}" x="{inside}" y="14" textLength="{width}">{key}</text>"#).unwrap();
        x += width + 30;
    }
    let width = u16::try_from(frame.words.chars().count()).unwrap() * 8;
    assert!(x + width < WINDOW, "too long: {}", frame.words);
    let words = escaped(frame.words);
    write!(out, r#"<text class="{words_class}" x="{x}" y="14" textLength="{width}">{words}</text>"#).unwrap();
    out
}
