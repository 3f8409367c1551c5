//! Commands that take a secret on their standard input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use confident_keys::destination::{
    CommandLine, Delivered, Destination, KeyKind, Means, NotDelivered, Outcome, deliver, look,
};
use confident_keys::panic;
use rustix::process::{Signal, kill_process};

use crate::process::{id_in, is_gone, until};
use crate::support::{VALUE, means, secret, wait};

fn command(words: &[&str]) -> Destination {
    Destination::Command(CommandLine::from_words(words.iter().map(|word| (*word).to_owned()).collect()).unwrap())
}

fn shell(script: &str, folder: &Path) -> Destination {
    command(&["sh", "-c", script, "sh", folder.to_str().unwrap()])
}

/// As a task of its own, which is how the screen delivers.
fn run(destination: &Destination, means: &Means) -> Result<Outcome, NotDelivered> {
    let (destination, means) = (destination.clone(), means.clone());
    let task = async move {
        let look = look(&destination, KeyKind::Project, &means).await;
        deliver(&destination, KeyKind::Project, &secret(), look.ask, &means).await
    };
    wait(async { tokio::spawn(task).await.unwrap() })
}

/// Why `script` was not delivered to.
fn failure(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let error = run(&shell(script, folder.path()), &means()).unwrap_err();
    assert!(error.is_out, "the command may have read it");
    assert!(!error.reason.contains(VALUE) && !error.reason.contains(&VALUE[10..30]), "{error}");
    error.reason
}

#[test]
fn a_command_gets_the_secret_on_its_input_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "cat > \"$1/input\"; env > \"$1/env\"; tr '\\0' ' ' < /proc/$$/cmdline > \"$1/line\" || ps > \"$1/line\"";
    let destination = shell(script, folder.path());
    let seen = wait(look(&destination, KeyKind::Project, &means()));
    assert_eq!((&seen.obstacle, seen.ask, &seen.warnings[..]), (&None, None, &[][..]));
    assert!(seen.goes_to.starts_with("the command `sh -c ") && seen.goes_to.ends_with("/sh)"), "{seen:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "looking runs nothing");
    let Outcome::Delivered(delivered) = run(&destination, &means()).unwrap() else { panic!("a sequence") };
    assert!(matches!(delivered, Delivered::Command(_)));
    assert!(delivered.to_string().ends_with("(exit 0)"), "{delivered}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("input"), VALUE, "no newline follows");
    for name in ["env", "line"] {
        assert!(!read(name).is_empty() && !read(name).contains(VALUE), "{name}");
    }
}

#[test]
fn a_command_that_fails_is_told_with_its_last_words() {
    assert!(failure("cat >/dev/null; exit 3").ends_with("failed (exit 3)"));
    let reason =
        failure("echo first >&2; for n in 1 2 3 4; do echo \"  line $n\" >&2; echo >&2; done; echo no; exit 1");
    assert!(reason.ends_with("failed (exit 1); it said: “line 1 | line 2 | line 3 | line 4”"), "{reason}");
    // What goes to its standard output is shown where there is nothing else.
    assert!(failure("echo only this; exit 1").ends_with("it said: “only this”"));
    let reason = failure("printf 'a\\033[2Jb\\342\\200\\256c\\377' >&2; exit 1");
    assert!(reason.ends_with("“a<U+001B>[2Jb<U+202E>c\u{fffd}”"), "{reason}");
    assert!(failure("kill -KILL $$").contains("was ended by signal 9"));
}

#[test]
fn a_command_that_prints_the_secret_does_not_show_it() {
    for script in ["cat >&2; exit 1", "cat; exit 1", "fold -w 20 >&2; exit 1", "base64 -w 0 >&2; exit 1"] {
        let reason = failure(script);
        assert!(reason.contains("it said: “[secret]"), "{script}: {reason}");
    }
    let reason = failure("printf 'token <%s> is bad' \"$(cat)\" >&2; exit 1");
    assert!(reason.ends_with("it said: “token <[secret]> is bad”"), "{reason}");
}

#[test]
fn a_command_that_prints_without_end_is_read_on_and_its_end_is_kept() {
    let reason = failure("yes xxxxxxxxxxxxxxx | head -n 100000 >&2; echo the end >&2; exit 1");
    assert!(reason.ends_with("xxx | the end”"), "{reason}");
    assert!(reason.len() < 1000, "{reason}");
}

#[test]
fn a_command_that_reads_nothing_is_judged_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    assert!(run(&shell("exec <&-; exit 0", folder.path()), &means()).is_ok());
    assert!(run(&command(&["true"]), &means()).is_ok());
    assert!(failure("exec <&-; exit 4").ends_with("failed (exit 4)"));
}

#[test]
fn a_command_that_hangs_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let script = "sleep 1000 & echo $! > \"$1/pid\"; echo waiting >&2; wait";
    let impatient = Means { patience: Duration::from_secs(2), ..means() };
    let error = run(&shell(script, folder.path()), &impatient).unwrap_err();
    assert!(error.reason.ends_with("did not end within 2 s and was ended; it said: “waiting”"), "{error}");
    let sleeper = id_in(&folder.path().join("pid")).unwrap();
    until("the end of what it started", || is_gone(sleeper).then_some(()));
}

#[test]
fn a_command_that_nobody_awaits_any_more_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let destination = shell("sleep 1000 & echo $! > \"$1/pid\"; wait", folder.path());
    wait(async {
        let (secret, means) = (secret(), means());
        let delivery = deliver(&destination, KeyKind::Project, &secret, None, &means);
        let started = async {
            while id_in(&folder.path().join("pid")).is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            result = delivery => panic!("it ended: {result:?}"),
            () = started => {}
        }
    });
    let sleeper = id_in(&folder.path().join("pid")).unwrap();
    until("the end of what it started", || is_gone(sleeper).then_some(()));
}

/// A delivery in whose midst another thread panics.
#[test]
#[ignore = "the test below runs this as a program"]
fn program() {
    panic::guard();
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let destination = shell("sleep 1000 & echo $! > \"$1/pid\"; wait", &folder);
    thread::spawn(move || {
        until("the command", || id_in(&folder.join("pid")));
        panic!("a fake fault");
    });
    run(&destination, &means()).unwrap_err();
}

/// Where [`program`] has its command write.
const FOLDER: &str = "CKEYS_TEST_FOLDER";

#[test]
fn a_command_is_ended_where_a_panic_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "command::program", "--ignored"]).env(FOLDER, folder.path());
    assert_eq!(program.output().unwrap().status.code(), Some(101));
    let sleeper = id_in(&folder.path().join("pid")).unwrap();
    until("the end of what it started", || is_gone(sleeper).then_some(()));
}

#[test]
fn what_a_command_leaves_running_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let destination = shell("sleep 1000 & echo $! > \"$1/pid\"; cat > /dev/null", folder.path());
    // It would take the minute that commands have, and fail.
    run(&destination, &means()).unwrap();
    let sleeper = id_in(&folder.path().join("pid")).unwrap();
    assert!(!is_gone(sleeper), "it was meant to stay");
    kill_process(sleeper, Signal::KILL).unwrap();
}

#[test]
fn a_program_that_is_not_there_is_seen_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    fs::write(&plain, "").unwrap();
    let plain = plain.to_str().unwrap();
    for (program, words) in [
        ("a-program-that-nobody-has", "there is no program `a-program-that-nobody-has` on the PATH"),
        ("./no/such/program", "there is no program `./no/such/program`"),
        (plain, "may not be run"),
    ] {
        let destination = command(&[program, "argument"]);
        let obstacle = wait(look(&destination, KeyKind::Project, &means())).obstacle.unwrap();
        assert!(obstacle.words.contains(words) && !obstacle.in_the_way, "{obstacle:?}");
        let error = run(&destination, &means()).unwrap_err();
        assert!(error.reason.contains(words) && !error.is_out, "{error}");
    }
    // Found, and yet it can't be run: no interpreter has that name.
    let script = folder.path().join("script");
    fs::write(&script, "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let error = run(&command(&[script.to_str().unwrap()]), &means()).unwrap_err();
    assert!(error.reason.contains("can't be run") && !error.is_out, "{error}");
}
