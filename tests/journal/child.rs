//! Other programs: this test program again, with a part to play.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use confident_keys::journal::Journal;

use crate::support::{Home, entry, intent};

const PART: &str = "JOURNAL_TEST_PART";
const FOLDER: &str = "JOURNAL_TEST_FOLDER";
const NAME: &str = "JOURNAL_TEST_NAME";
/// What a child says once it has done its part.
const READY: &str = "ready:";

/// Another program at work on the journal; killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    /// What it said.
    pub(crate) words: String,
}

impl Program {
    /// How a child is started that plays `part`.
    pub(crate) fn command(home: &Home, part: &str, name: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child::as_another_program", "--nocapture", "--test-threads=1"]);
        command.env(PART, part).env(FOLDER, home.journal.folder()).env(NAME, name);
        command
    }

    /// Starts one, and waits until it has done its part.
    pub(crate) fn start(home: &Home, part: &str, name: &str) -> Self {
        Self::spawn(Self::command(home, part, name))
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut words = None;
        for line in lines {
            let line = line.unwrap();
            if let Some((_, said)) = line.split_once(READY) {
                words = Some(said.to_owned());
                break;
            }
        }
        Self { child, words: words.unwrap_or_else(|| panic!("the child ended without a word")) }
    }

    /// Kill -9 on Unix.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test of its own: what the other programs do. It does so until its standard input ends.
#[test]
fn as_another_program() {
    let Ok(part) = std::env::var(PART) else { return };
    let journal = Journal::at(std::env::var_os(FOLDER).unwrap());
    let name = std::env::var(NAME).unwrap();
    let (mut open, mut leftovers) = (None, None);
    let words = match part.as_str() {
        "hold an intent" => {
            open = Some(journal.begin(&intent(&name)).unwrap());
            String::new()
        }
        "take what is abandoned" => {
            let found = journal.abandoned().unwrap();
            let count = found.abandoned.len();
            leftovers = Some(found);
            count.to_string()
        }
        "append" => {
            for at in 0..100 {
                journal.append(&entry(&format!("{name}-{at}"))).unwrap();
            }
            String::new()
        }
        "append once" => format!("{:?}", journal.append(&entry(&name))),
        part => panic!("{part}?"),
    };
    println!("\n{READY}{words}");
    std::io::stdout().flush().unwrap();
    if part != "append" {
        let _ = std::io::stdin().read(&mut [0]);
    }
    drop((open, leftovers));
}
