//! The rows of the table, part by part.

use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::figures::{Samples, Table, short};
use crate::process;
use crate::pty::{Command, Pty};
use crate::world::{CKEYS, Service, World};

/// So often something is started.
const RUNS: usize = 15;
/// So often a key is pressed.
const PRESSES: usize = 60;
/// A key's answer is over when nothing came for so long.
pub(crate) const QUIET: Duration = Duration::from_millis(25);
/// The same where the work is done elsewhere, and comes later.
const LONG_QUIET: Duration = Duration::from_millis(120);

/// What may be done beside waiting for the service, in milliseconds, before first rows are seen.
const ASIDE: f64 = 10.0;

const MANY: usize = 100_000;

const NEEDLE: &str = "needle-first-key";
const DOWN: &str = "\x1b[B";
const UP: &str = "\x1b[A";
const PAGE_DOWN: &str = "\x1b[6~";
const FOCUS_LOST: &str = "\x1b[O";

/// Starts all of `programs` by turns, and takes the time until each shows its text.
fn starts(programs: &[(&Command, &str)], runs: usize) -> Result<Vec<Samples>> {
    let mut all = vec![Samples::default(); programs.len()];
    for run in 0..=runs {
        for ((command, text), samples) in programs.iter().zip(&mut all) {
            let time = Pty::start(command)?.sees(text)?;
            // The first one finds nothing in memory.
            if run > 0 {
                samples.add_time(time);
            }
        }
    }
    Ok(all)
}

pub(crate) fn start(world: &World, table: &mut Table) -> Result<()> {
    let service = world.service(3, 100, 0)?;
    let (file, ours) = (world.csv(100)?, world.ckeys(&service, &[]));
    let bare = world.bare_table(&file);
    let times = starts(&[(&bare, "last used"), (&ours, "Scopes")], RUNS)?;
    table.known("bare table: spawn to first frame", format!("{} ms", short(times[0].median())));
    let ratio = times[1].median() / times[0].median();
    let more = format!(" the bare table's ({} ms)", short(times[1].median()));
    table.at_most("spawn to first frame", (ratio, "x"), 2.0, &more);
    let bare = world.bare_client(&service, &[]);
    let times = starts(&[(&bare, NEEDLE), (&ours, NEEDLE)], RUNS)?;
    table.known("bare client: spawn to 100 keys", format!("{} ms", short(times[0].median())));
    let ratio = times[1].median() / times[0].median();
    let more = format!(" the bare client's ({} ms)", short(times[1].median()));
    table.at_most("spawn to 100 keys on screen", (ratio, "x"), 2.0, &more);
    Ok(())
}

/// How long a command takes that draws nothing.
fn runs_for(words: &[String], variables: &[(String, String)]) -> Result<Duration> {
    let mut command = Process::new(&words[0]);
    command.args(&words[1..]).envs(variables.iter().map(|(name, value)| (name, value)));
    let begun = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{words:?} failed");
    Ok(begun.elapsed())
}

pub(crate) fn list(world: &World, table: &mut Table) -> Result<()> {
    let service = world.service(3, 100, 0)?;
    let url = format!("{}/v1/organization/api-keys", service.url);
    let ours = world.ckeys(&service, &["list", "--org", "--json"]);
    let bare = world.bare_client(&service, &["list"]);
    let curl = Command::new(&["sh", "-c", &format!("curl -s {url} | jq .")]);
    let vendors = service.vendors_client();
    let has_curl = ["curl", "jq"].iter().all(|name| is_there(Process::new(name).arg("--version")));
    let has_vendors = is_there(Process::new("python3").args(["-c", "import confidentai"]));
    let mut all = [(&ours, true), (&bare, true), (&curl, has_curl), (&vendors, has_vendors)]
        .map(|(command, is_there)| (command, is_there, Samples::default()));
    for _ in 0..RUNS {
        for (command, _, samples) in all.iter_mut().filter(|(_, is_there, _)| *is_there) {
            samples.add_time(runs_for(&command.words, &command.variables)?);
        }
    }
    let [ours, bare, curl, vendors] = all.map(|(.., samples)| samples.median());
    table.known("bare client: list 100 keys", format!("{} ms", short(bare)));
    let others = [
        ("curl and jq", "list --json of 100 keys", has_curl, curl, 0.5),
        ("the vendor's Python client", "the same", has_vendors, vendors, 0.03),
    ];
    for (name, what, is_there, theirs, goal) in others {
        if is_there {
            table.known(&format!("{name}: list 100 keys"), format!("{} ms", short(theirs)));
            table.at_most(what, (ours / theirs, "x"), goal, &format!(" {name} ({} ms)", short(ours)));
        } else {
            table.known(what, format!("{} ms; {name}: not here", short(ours)));
        }
    }
    Ok(())
}

/// Whether this can be run.
fn is_there(command: &mut Process) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The program with the keys of `service` on the screen, and the focus on them.
fn opened(world: &World, service: &Service) -> Result<Pty> {
    let mut pty = Pty::start(&world.ckeys(service, &[]))?;
    pty.sees(NEEDLE)?;
    pty.rests()?;
    pty.types("\t")?;
    pty.rests()?;
    Ok(pty)
}

/// Presses `keys` in turn, on each of `programs`, and takes the times until their screens are right. `first` begins, and then
/// the one after it: a machine that rested is slow at first.
fn presses(programs: &mut [Pty], first: usize, keys: &[&str], count: usize, quiet: Duration) -> Result<Vec<Samples>> {
    let mut all = vec![Samples::default(); programs.len()];
    for at in 0..count {
        for step in 0..programs.len() {
            let which = (first + at + step) % programs.len();
            let (key, program) = (keys[at % keys.len()], &mut programs[which]);
            let pressed = program
                .press_surely(key, quiet)?
                .with_context(|| format!("{key:?} changed nothing:\n{}", program.text()))?;
            all[which].add_time(pressed.last);
        }
    }
    Ok(all)
}

pub(crate) fn keys(world: &World, table: &mut Table) -> Result<()> {
    let (few, many) = (world.service(3, 100, 0)?, world.service(3, MANY, 0)?);
    let (short_file, long_file) = (world.csv(100)?, world.csv(MANY)?);
    for (name, keys) in [("Down", &[DOWN, DOWN, DOWN, UP, UP, UP][..]), ("PageDown", &[PAGE_DOWN, UP])] {
        let mut programs = vec![opened(world, &few)?, opened(world, &many)?];
        for file in [&short_file, &long_file] {
            let mut pty = Pty::start(&world.bare_table(file))?;
            pty.rests()?;
            programs.push(pty);
        }
        // Down to the last rows of the few, and a page can go no further.
        let count = if name == "Down" { PRESSES } else { 4 };
        let mut all = vec![Samples::default(); programs.len()];
        for round in 0..PRESSES / count {
            for (samples, more) in all.iter_mut().zip(presses(&mut programs, round, keys, count, QUIET)?) {
                samples.join(&more);
            }
            for program in &mut programs {
                program.types("\x1b[H")?;
                program.types(&"\x1b[5~".repeat(6))?;
                program.types(&UP.repeat(100))?;
                program.rests()?;
            }
        }
        let [few, many, bare_few, bare_many] = &all[..] else { continue };
        table.known(
            &format!("bare table: {name} at 100 and at {MANY} rows"),
            format!("{} and {} ms", short(bare_few.median()), short(bare_many.median())),
        );
        for (ours, bare, size) in [(few, bare_few, 100), (many, bare_many, MANY)] {
            let more = format!(" the bare table's ({} ms)", short(ours.median()));
            table.at_most(&format!("{name} at {size} keys, median"), (ours.median() / bare.median(), "x"), 1.25, &more);
            table.at_most(&format!("{name} at {size} keys, 99 of 100"), (ours.percent(99), "ms"), 5.0, "");
        }
        table.at_most(&format!("{name}: {MANY} keys beside 100"), (many.median() / few.median(), "x"), 1.1, "");
    }
    Ok(())
}

pub(crate) fn search(world: &World, table: &mut Table) -> Result<()> {
    let service = world.service(3, MANY, 0)?;
    let mut pty = opened(world, &service)?;
    pty.types("/")?;
    pty.rests()?;
    let mut typed = Samples::default();
    let mut taken_back = Samples::default();
    for _ in 0..6 {
        for word in ["prod-ev", "needle", "pyexp", "checkout"] {
            for letter in word.chars() {
                if let Some(pressed) = pty.press(&letter.to_string(), LONG_QUIET)? {
                    typed.add_time(pressed.last);
                }
            }
            for _ in word.chars() {
                if let Some(pressed) = pty.press("\x7f", LONG_QUIET)? {
                    taken_back.add_time(pressed.last);
                }
            }
        }
    }
    table.at_most(&format!("a typed filter character at {MANY} keys, median"), (typed.median(), "ms"), 8.0, "");
    table.at_most(&format!("a typed filter character at {MANY} keys, 99 of 100"), (typed.percent(99), "ms"), 33.0, "");
    table.known(
        "a filter character taken back, median and most",
        format!("{} and {} ms", short(taken_back.median()), short(taken_back.most())),
    );
    pty.types("\x1b")?;
    pty.rests()?;
    let rounds: [(&str, &[&str]); 3] = [("sort", &["s"]), ("view tab", &["3", "2", "1"]), ("mark all", &["*"])];
    for (name, keys) in rounds {
        let samples = presses(std::slice::from_mut(&mut pty), 0, keys, 30, LONG_QUIET)?;
        let more = format!(" (median {} ms)", short(samples[0].median()));
        table.at_most(&format!("{name} at {MANY} keys, 99 of 100"), (samples[0].percent(99), "ms"), 33.0, &more);
    }
    Ok(())
}

pub(crate) fn idle(world: &World, table: &mut Table) -> Result<()> {
    let service = world.service(3, 100, 0)?;
    let mut pty = opened(world, &service)?;
    thread::sleep(Duration::from_secs(1));
    // Long enough for whatever an HTTP client may do 90 seconds after its last call.
    for (state, time) in [("with the focus", 10), ("without the focus", 100)] {
        if state == "without the focus" {
            pty.types(FOCUS_LOST)?;
            pty.rests()?;
        }
        let (work, bytes) = pty.idles(Duration::from_secs(time))?;
        let what = |figure: &str| format!("idle {state}, {time} s: {figure}");
        table.at_most(&what("CPU"), (count(work.ticks), "ticks"), 0.0, "");
        table.at_most(&what("wake-ups"), (count(work.sleeps), "times"), 0.0, "");
        table.at_most(&what("written"), (count(bytes as u64), "bytes"), 0.0, "");
    }
    Ok(())
}

fn count(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

pub(crate) fn memory(world: &World, table: &mut Table) -> Result<()> {
    for (keys, settled, peak) in [(100, 8.0, 10.0), (MANY, 40.0, 64.0)] {
        let service = world.service(3, keys, 0)?;
        let pty = opened(world, &service)?;
        thread::sleep(Duration::from_secs(2));
        let memory = process::memory(pty.id()?)?;
        table.at_most(&format!("memory at {keys} keys, settled"), (memory.now, "MiB"), settled, "");
        table.at_most(&format!("memory at {keys} keys, peak"), (memory.peak, "MiB"), peak, "");
    }
    let service = world.service(0, 0, 0)?;
    let mut pty = Pty::start(&world.ckeys(&service, &["--demo"]))?;
    pty.sees("Production App")?;
    pty.rests()?;
    table.at_most("memory in --demo", (process::memory(pty.id()?)?.peak, "MiB"), 14.0, "");
    Ok(())
}

pub(crate) fn bytes(world: &World, table: &mut Table) -> Result<()> {
    let service = world.service(3, 100, 0)?;
    let mut pty = opened(world, &service)?;
    let mut most: usize = 0;
    let mut frames = 0;
    for _ in 0..20 {
        let written = pty.writes(DOWN)?;
        most = most.max(written.len());
        frames = frames.max(written.windows(8).filter(|window| *window == b"\x1b[?2026h").count());
    }
    table.at_most("bytes for Down within the page, most of 20", (count(most as u64), "bytes"), 600.0, "");
    table.at_most("frames for Down", (count(frames as u64), "frames"), 1.0, "");
    pty.types(&DOWN.repeat(40))?;
    pty.rests()?;
    let scrolled = pty.writes(DOWN)?.len();
    table.known("bytes for Down where the table scrolls", scrolled.to_string());
    let full = pty.writes("\x0c")?.len();
    table.at_most("bytes for a full repaint", (count(full as u64), "bytes"), 8000.0, "");
    Ok(())
}

/// The program with a long list of projects, of which none was looked at; its screen rests.
fn with_projects(world: &World, service: &Service) -> Result<Pty> {
    let mut pty = Pty::start(&world.ckeys(service, &[]))?;
    pty.sees("Project 0010")?;
    pty.sees(NEEDLE)?;
    pty.rests()?;
    Ok(pty)
}

/// Asks for all keys, and takes the time until a row of a project is there.
fn first_of_projects(pty: &mut Pty) -> Result<Duration> {
    let begun = Instant::now();
    let start = pty.begun();
    pty.types("0")?;
    // Its scope stands behind its name.
    let is_of_project = |line: &str| line.split_once(NEEDLE).is_some_and(|(_, rest)| rest.contains("Project "));
    let first = pty.waits("rows of projects", |text| text.lines().any(is_of_project))?;
    Ok((start + first).duration_since(begun))
}

pub(crate) fn sweep(world: &World, table: &mut Table) -> Result<()> {
    let (projects, latency) = (1000, 50);
    let service = world.service(projects, 5, latency)?;
    let ideal = f64::from(latency) * count((projects as u64 + 1).div_ceil(16));
    let (bare, ours) = (world.bare_client(&service, &[]), world.ckeys(&service, &[]));
    // The organization's keys are asked for at the start, beside the projects: one latency, and what is done besides.
    let times = starts(&[(&bare, NEEDLE), (&ours, NEEDLE)], RUNS)?;
    let [bare, first] = [&times[0], &times[1]].map(Samples::median);
    table.known(&format!("bare client: spawn to the first rows at {latency} ms"), format!("{} ms", short(bare)));
    let goal = f64::from(latency) + 2.0 * (bare - f64::from(latency));
    table.at_most(&format!("spawn to the first rows at {latency} ms"), (first, "ms"), goal, "");
    // Those of projects are asked for when somebody wants to see all: one more latency.
    let mut first = Samples::default();
    for _ in 0..RUNS {
        first.add_time(first_of_projects(&mut with_projects(world, &service)?)?);
    }
    let goal = f64::from(latency) + ASIDE;
    let more = format!(" (most {} ms)", short(first.most()));
    table.at_most("first rows of projects among all keys, from the key on", (first.median(), "ms"), goal, &more);
    let mut pty = with_projects(world, &service)?;
    let begun = Instant::now();
    first_of_projects(&mut pty)?;
    let mut moves = Samples::default();
    loop {
        let text = pty.text();
        if text.contains("5005 keys") {
            break;
        }
        ensure!(begun.elapsed() < Duration::from_secs(60), "it never ended:\n{text}");
        if let Some(pressed) = pty.press(if moves.len() % 2 == 0 { DOWN } else { UP }, Duration::from_millis(8))? {
            moves.add_time(pressed.first);
        }
    }
    let all = 1e3 * begun.elapsed().as_secs_f64();
    table.at_most(
        "1000 projects at 50 ms, 16 at a time",
        (all / ideal, "x"),
        1.15,
        &format!(" the ideal ({} ms)", short(all)),
    );
    table.at_most(
        "Down meanwhile, 99 of 100",
        (moves.percent(99), "ms"),
        5.0,
        &format!(" (median {} ms)", short(moves.median())),
    );
    Ok(())
}

pub(crate) fn large(world: &World, table: &mut Table) -> Result<()> {
    let service = world.service(3, MANY, 0)?;
    let (bare, ours) = (world.bare_client(&service, &[]), world.ckeys(&service, &[]));
    let times = starts(&[(&bare, NEEDLE), (&ours, NEEDLE)], 9)?;
    table
        .known(&format!("bare client: spawn to {MANY} keys in one answer"), format!("{} ms", short(times[0].median())));
    table.at_most(&format!("spawn to {MANY} keys in one answer"), (times[1].median(), "ms"), 150.0, "");
    // How long the screen takes to answer while they come in.
    let mut moves = Samples::default();
    for _ in 0..5 {
        let mut pty = Pty::start(&ours)?;
        pty.sees("Project 0002")?;
        while !pty.text().contains(NEEDLE) {
            if let Some(pressed) = pty.press("\t", Duration::from_millis(3))? {
                moves.add_time(pressed.first);
            }
        }
    }
    table.at_most("a key meanwhile, most", (moves.most(), "ms"), 10.0, &format!(" (of {})", moves.len()));
    Ok(())
}

pub(crate) fn size(world: &World, table: &mut Table) -> Result<()> {
    let stripped = world.home.path().join("stripped");
    std::fs::copy(Path::new(CKEYS), &stripped)?;
    // Without the tool, it is as it is.
    let _ = Process::new("strip").arg(&stripped).status();
    let bytes = std::fs::metadata(&stripped)?.len();
    table.at_most("the program, stripped", (count(bytes) / 1024.0 / 1024.0, "MiB"), 10.0, "");
    Ok(())
}
