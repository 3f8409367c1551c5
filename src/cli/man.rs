//! `man`: the manual pages, from the definitions of the command line and the texts of its help.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::arguments::{self, Arguments};
use super::exit::{Exit, Failure};
use super::output::{inform, print};
use crate::text::Text;

/// The section of commands that users run.
const SECTION: &str = "1";
/// What stands under no title of its own.
const NOTES: &str = "NOTES";

/// Prints the page of the program, or writes those of all commands.
pub(super) fn run(arguments: &arguments::Man) -> Result<Exit, Failure> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    // The pages of commands are named, and called, after the whole program.
    command.build();
    let failed = |error: io::Error| Failure::new(Exit::Failed, format!("The manual page can't be made: {error}."));
    let Some(folder) = &arguments.folder else {
        print(&page(&command, &names(&command)).map_err(failed)?)?;
        return Ok(Exit::Done);
    };
    let count = write(&command, folder).map_err(|error| {
        let folder = Text::from(folder.display().to_string());
        Failure::new(Exit::Failed, format!("The manual pages can't be written to {folder}: {error}."))
    })?;
    inform(format_args!("Wrote {count} manual pages to {}.", Text::from(folder.display().to_string())));
    Ok(Exit::Done)
}

/// The pages of `command` and of all below it; how many they are.
fn write(command: &clap::Command, folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let see_also = names(command);
    let mut waiting = vec![command];
    let mut count = 0;
    while let Some(command) = waiting.pop() {
        fs::write(folder.join(format!("{}.{SECTION}", name(command))), page(command, &see_also)?)?;
        count += 1;
        waiting.extend(shown(command));
    }
    Ok(count)
}

/// The commands below it that have a page.
fn shown(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

/// `ckeys-list`
fn name(command: &clap::Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// Of `command` and all below it.
fn names(command: &clap::Command) -> Vec<String> {
    let below = shown(command).flat_map(names);
    std::iter::once(name(command).to_owned()).chain(below).collect()
}

fn page(command: &clap::Command, see_also: &[String]) -> io::Result<String> {
    let man = Man::new(command.clone()).title(name(command)).section(SECTION).manual(env!("CARGO_PKG_NAME"));
    let man = man.source(format!("ckeys {}", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if shown(command).next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut more = Roff::new();
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    sections(&mut more, &help);
    more.control("SH", ["SEE ALSO"]);
    // Names of pages are not to be broken.
    more.control("nh", []);
    let others = see_also.iter().filter(|other| *other != name(command));
    let others: Vec<Vec<Inline>> =
        others.map(|other| vec![bold(other.clone()), roman(format!("({SECTION})"))]).collect();
    more.text(others.join(&roman(", ")));
    more.to_writer(&mut page)?;
    String::from_utf8(page).map_err(io::Error::other)
}

/// The blocks of a help text, each line as it stands. One whose first line is a title begins a section.
fn sections(roff: &mut Roff, help: &str) {
    let mut has_title = false;
    for block in help.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let (first, rest) = block.split_once('\n').unwrap_or((block, ""));
        let title =
            first.strip_suffix(':').filter(|title| title.starts_with(char::is_uppercase) && rest.starts_with("  "));
        let lines = match title {
            Some(title) => {
                let title = if title == "Exit codes" { "EXIT STATUS".to_owned() } else { title.to_uppercase() };
                roff.control("SH", [&*title]);
                rest
            }
            None => {
                roff.control(if has_title { "PP" } else { "SH" }, if has_title { None } else { Some(NOTES) });
                block
            }
        };
        has_title = title.is_none();
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_with_a_title_is_a_section() {
        let mut roff = Roff::new();
        sections(&mut roff, "Examples:\n  ckeys list\n\nNotes of\nmany lines.\n\n.More\n\nExit codes:\n  0 done");
        let text = roff.to_roff();
        let titles: Vec<_> = text.lines().filter(|line| line.starts_with(".SH")).collect();
        assert_eq!(titles, [".SH EXAMPLES", ".SH NOTES", ".SH \"EXIT STATUS\""], "{text}");
        assert!(text.contains("\n  ckeys list\n") && text.contains("\n\\&.More\n"), "{text}");
    }

    #[test]
    fn every_command_has_a_page_of_its_own() {
        let mut command = Arguments::command().disable_help_subcommand(true);
        command.build();
        let names = names(&command);
        assert!(names.contains(&"ckeys".to_owned()) && names.contains(&"ckeys-demo-server".to_owned()), "{names:?}");
        assert!(names.iter().all(|name| !name.contains("help") && !name.contains('_')), "{names:?}");
    }
}
