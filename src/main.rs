//! `ckeys`: arguments in, exit code out.

use std::process::ExitCode;

use confident_keys::clipboard;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [clipboard::OWNER_ARGUMENT, "--seconds", seconds] => match seconds.parse() {
            Ok(seconds) => clipboard::run_owner(seconds),
            Err(_) => ExitCode::from(2),
        },
        _ => ExitCode::SUCCESS,
    }
}
