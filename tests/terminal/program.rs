//! The program under test: shows what comes in, and ends as it is told.

use std::fmt::Write as _;
use std::io;
use std::panic::catch_unwind;
use std::sync::mpsc;
use std::thread;

use confident_keys::terminal::{self, Input, Screen, Signal};
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph, Widget as _};

/// What `Session` runs it by.
pub(crate) const NAME: &str = "program::program";

enum Message {
    Input(Input),
    Signal(Signal),
}

#[test]
#[ignore = "the other tests run this as a program, in a terminal"]
fn program() {
    terminal::install_panic_hook();
    let (sender, messages) = mpsc::channel();
    let signals = sender.clone();
    terminal::watch_signals(move |signal| drop(signals.send(Message::Signal(signal)))).unwrap();
    let mut screen = Screen::enter(std::env::var_os("WITH_MOUSE").is_some()).unwrap();
    let asks = std::env::var_os("ASKS_BACKGROUND").is_some();
    if asks {
        screen.ask_background().unwrap();
    }
    terminal::read_input(move |batch| {
        batch.inputs.into_iter().all(|input| {
            // At once, whatever the rest of the program is held up by.
            if matches!(&input, Input::Key(key) if key.code == KeyCode::Char('P')) {
                thread::spawn(|| panic!("a fake fault, meanwhile"));
            }
            sender.send(Message::Input(input)).is_ok()
        })
    })
    .unwrap();
    let outlives_hangup = std::env::var_os("OUTLIVES_HANGUP").is_some();
    let (mut keys, mut fill) = (0, 0);
    let mut typed = String::from("typed ");
    let mut last = String::from("ready");
    let code = loop {
        let (columns, rows) = terminal::size();
        let mut text = format!("{last}\nkeys {keys}\nsize {columns}x{rows}\n");
        if asks {
            text += &typed;
        }
        if screen.draw(|buffer| draw(&text, fill, buffer)).is_err() && !outlives_hangup {
            break 8;
        }
        if screen.take_late().is_some() {
            last = "late".into();
        }
        match messages.recv().unwrap() {
            Message::Input(Input::Key(key)) => {
                keys += 1;
                write!(typed, "{}{} ", if key.modifiers.is_empty() { "" } else { "Alt-" }, key.code).unwrap();
                match key.code {
                    KeyCode::Char('q') => break 0,
                    KeyCode::Char('p') => drop(thread::spawn(|| panic!("a fake fault"))),
                    KeyCode::Char('c') => drop(catch_unwind(|| panic!("a fake fault, caught"))),
                    KeyCode::Char('t') => in_a_task(|| panic!("a fake fault, in a task")),
                    KeyCode::Char('m') => panic!("a fake fault, on the main thread"),
                    KeyCode::Char('d') => screen.draw(|_| panic!("a fake fault, in a frame")).unwrap(),
                    KeyCode::Char('z') => last = format!("suspended: {:?}", screen.suspend().unwrap()),
                    KeyCode::Char('o') => screen.write_sequence("\x1b]52;c;ZmFrZQ==\x07").unwrap(),
                    KeyCode::Char('e') => return_an_error(&mut screen),
                    KeyCode::Char('f') => fill += 1,
                    _ => {}
                }
            }
            Message::Input(Input::Paste(text)) => last = format!("pasted {}", text.len()),
            Message::Input(Input::Resize { .. } | Input::Mouse(_)) | Message::Signal(Signal::Resize { .. }) => {}
            Message::Input(Input::Background(red, green, blue)) => last = format!("on {red} {green} {blue}"),
            Message::Input(Input::Focus(has_it)) => last = format!("focus {has_it}"),
            Message::Input(Input::Vanished) => break 7,
            Message::Signal(Signal::Terminate) => break 15,
            Message::Signal(Signal::Interrupt) => break 130,
            Message::Signal(Signal::Hangup) if outlives_hangup => {}
            Message::Signal(Signal::Hangup) => break 1,
            Message::Signal(Signal::Suspend) => last = format!("suspended: {:?}", screen.suspend().unwrap()),
            // A hangup continues stopped programs, too: then there is nothing left to claim, and it is told next.
            Message::Signal(Signal::Continue) => drop(screen.reclaim()),
        }
    };
    screen.leave();
    terminal::say(&format!("said after {keys} keys\n"));
    std::process::exit(code);
}

/// With `fill` of another value than before, every cell below the text changes, and costs many bytes.
fn draw(text: &str, fill: u32, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    if fill > 0 {
        // No two side by side look alike, and hardly any others.
        let color = |at: u32| Color::Indexed(u8::try_from(16 + at % 239).unwrap());
        let look = |at: u32| Style::new().fg(color(at)).bg(color(at + 1));
        let cell = |at: u32| Span::styled(((at + fill) % 10).to_string(), look(at));
        let line = |row: u32| (0..u32::from(area.width)).map(|at| cell(80 * row + at)).collect::<Line<'_>>();
        let lines: Vec<Line<'_>> = (0..u32::from(area.height)).map(line).collect();
        Paragraph::new(lines).render(area, buffer);
    }
    let lines = text.lines().count().try_into().unwrap();
    Clear.render(Rect { height: lines, ..area }, buffer);
    Paragraph::new(text).render(area, buffer);
    None
}

fn in_a_task(task: impl FnOnce() + Send + 'static) {
    thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        // tokio catches it, and the program would go on.
        drop(runtime.block_on(runtime.spawn(async { task() })));
    });
}

/// A second screen, left by an error: what `?` does.
fn return_an_error(screen: &mut Screen) {
    let failing = || -> io::Result<()> {
        let _second = Screen::enter(false)?;
        Err(io::ErrorKind::Other.into())
    };
    assert!(failing().is_err());
    screen.draw(|buffer| draw("lost on the main screen", 0, buffer)).unwrap();
}
