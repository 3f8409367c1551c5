//! `ckeys`: arguments in, exit code out.
#![deny(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, clippy::expect_used)]

use std::alloc::System;
use std::ffi::OsString;
use std::process::ExitCode;

use confident_keys::cli::{self, Mode};
use confident_keys::clipboard;
use confident_keys::memory;
use confident_keys::runtime::{self, Options};
use confident_keys::{panic, redact};
use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed: a secret passes through buffers of many libraries.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    memory::protect();
    panic::guard();
    redact::note_environment();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // Started by this program itself, with a secret on standard input: before anything else has a say.
    if let Some(code) = clipboard_owner(&arguments) {
        return code;
    }
    match cli::parse(arguments) {
        Ok(Mode::Command { command, demo, choice }) => cli::run(&command, demo, &choice),
        Ok(Mode::Screen { demo, choice, .. }) if !cli::has_terminal() => cli::without_terminal(demo, &choice),
        Ok(Mode::Screen { .. }) if cli::has_dumb_terminal() => cli::on_dumb_terminal(),
        Ok(Mode::Screen { demo, ascii, theme, mouse, thresholds, choice, fresh }) => {
            screen(&Options { demo, ascii, theme, mouse, thresholds, choice, fresh })
        }
        Err(code) => code,
    }
}

fn clipboard_owner(arguments: &[OsString]) -> Option<ExitCode> {
    let words: Vec<_> = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default()).collect();
    match words[..] {
        [clipboard::OWNER_ARGUMENT, "--seconds", seconds] => {
            Some(seconds.parse().map_or(ExitCode::from(2), clipboard::run_owner))
        }
        _ => None,
    }
}

/// The screen on a terminal.
fn screen(options: &Options) -> ExitCode {
    runtime::run(options, cli::environment).unwrap_or_else(|error| cli::failed(&error))
}
