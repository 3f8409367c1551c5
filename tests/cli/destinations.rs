//! `create --to env:…` and `--to command:…`, and what becomes of the key where a destination fails.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::skip::skipped;
use crate::support::{Run, Scripted, World, ok, organization, wire_key};

/// The secret of the key that [`service`] makes.
const SECRET: &str = "confident_us_org_fake_not_a_key_777777";

/// A service that makes the key 9, and deactivates it; `made` is called before it answers with the secret.
fn service(made: impl Fn() + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |request| match request {
        "GET /v1/organization" => organization(),
        "POST /v1/organization/api-keys" => {
            made();
            let mut key = wire_key(9, "CI", true);
            key["value"] = json!(SECRET);
            ok(json!({ "apiKey": key }))
        }
        "PUT /v1/organization/api-keys/9" => ok(json!({ "apiKey": wire_key(9, "CI", false) })),
        _ => ok(json!({ "apiKeys": [] })),
    })
}

fn in_home(world: &World, name: &str) -> PathBuf {
    world.home.path().join(name)
}

/// `create CI --org --yes --to TO`
fn create(world: &World, to: &str) -> Run {
    world.run(&["create", "CI", "--org", "--yes", "--to", to])
}

/// Exit 1, and the key is inactive again.
#[track_caller]
fn is_taken_back(service: &Scripted, run: Run) -> Run {
    assert_eq!(service.writes(), ["POST /v1/organization/api-keys", "PUT /v1/organization/api-keys/9"]);
    assert!(!run.err.contains(SECRET), "{run:?}");
    run.exits(1).prints_nothing().says("was not delivered").says("deactivated again")
}

#[test]
fn an_entry_of_an_env_file_takes_the_secret() {
    let world = World::new();
    let path = in_home(&world, ".env");
    fs::write(&path, "# keys\r\nA='1' # one\r\nCONFIDENT_API_KEY=\r\nB=2").unwrap();
    let to = format!("env:{}", path.display());
    let run = world.run(&["create", "CI", "--project", "Sandbox", "--to", &to, "--yes", "--json"]).exits(0);
    assert_eq!(run.json()["deliveredTo"], to);
    let content = fs::read_to_string(&path).unwrap();
    let secret = content.strip_prefix("# keys\r\nA='1' # one\r\nCONFIDENT_API_KEY=").unwrap();
    let secret = secret.strip_suffix("\r\nB=2").unwrap();
    let made = world.named("CI");
    assert_eq!(made.key["value"], format!("***************{}", &secret[secret.len() - 6..]));
    assert!(!run.out.contains(secret) && !run.err.contains(secret));
    run.says(&format!("Its secret was written to the file {} as CONFIDENT_API_KEY.", path.display()));
    // A key of the organization has another entry.
    world.run(&["create", "Org", "--org", "--to", &to, "--yes"]).exits(0);
    let with_both = fs::read_to_string(&path).unwrap();
    let added = with_both.strip_prefix(&content).unwrap();
    assert!(added.starts_with("\r\nCONFIDENT_ORG_API_KEY=confident_") && added.ends_with("\r\n"), "{added}");
}

#[test]
fn a_value_that_is_replaced_is_told_and_yes_suffices() {
    let service = service(|| {});
    let path = in_home(&service.world, ".env");
    fs::write(&path, "CONFIDENT_ORG_API_KEY=confident_fake_old_key\n").unwrap();
    let to = format!("env:{}", path.display());
    let run = service.world.run(&["create", "CI", "--org", "--to", &to, "--dry-run"]).exits(0);
    assert!(!run.err.contains("fake_old"), "{run:?}");
    run.says("as CONFIDENT_ORG_API_KEY in place of the value that is there. Nothing was changed");
    service.world.run(&["create", "CI", "--org", "--to", &to]).exits(6).says("--yes");
    assert_eq!(fs::read_to_string(&path).unwrap(), "CONFIDENT_ORG_API_KEY=confident_fake_old_key\n");
    create(&service.world, &to).exits(0).says("in place of the value that was there");
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("CONFIDENT_ORG_API_KEY={SECRET}\n"));
}

#[test]
fn what_can_not_be_reached_is_seen_before_anything_is_sent() {
    let service = service(|| {});
    let folder = service.world.home.path().display().to_string();
    for (to, code, words) in [
        (format!("env:{folder}"), 6, "is a folder"),
        (format!("env:{folder}/no/.env"), 1, "no such folder"),
        ("command:a-program-that-nobody-has x".to_owned(), 1, "no program `a-program-that-nobody-has` on the PATH"),
        ("command:/no/such/program".to_owned(), 1, "no program `/no/such/program`"),
    ] {
        create(&service.world, &to).exits(code).prints_nothing().says(words).says("Nothing was changed");
    }
    for (to, words) in [
        ("command:", "no command is named"),
        ("command:tool 'x", "the quote ' is not closed"),
        ("command:tool | tee log", "`|` means something to a shell only"),
        ("env:", "such as env:.env"),
        ("nowhere", "env:PATH or command:'WORDS'"),
    ] {
        create(&service.world, to).exits(2).prints_nothing().says(words);
    }
    assert_eq!(service.requests(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn an_env_file_is_not_written_through_a_link() {
    let service = service(|| {});
    let (link, target) = (in_home(&service.world, "link"), in_home(&service.world, "target"));
    fs::write(&target, "A=1\n").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    create(&service.world, &format!("env:{}", link.display())).exits(6).prints_nothing().says("is a symbolic link");
    assert_eq!(fs::read_to_string(&target).unwrap(), "A=1\n");
    assert_eq!(service.requests(), Vec::<String>::new());
}

#[test]
fn an_entry_that_got_a_value_meanwhile_costs_the_new_key_its_life() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    let theirs = path.clone();
    let service = service(move || fs::write(&theirs, "CONFIDENT_ORG_API_KEY=theirs\n").unwrap());
    let run = is_taken_back(&service, create(&service.world, &format!("env:{}", path.display())));
    run.says("never replaced unasked").says("Nobody has it");
    assert_eq!(fs::read_to_string(&path).unwrap(), "CONFIDENT_ORG_API_KEY=theirs\n");
}

#[test]
fn a_file_that_is_there_by_then_costs_the_new_key_its_life() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let theirs = path.clone();
    let service = service(move || fs::write(&theirs, "theirs").unwrap());
    is_taken_back(&service, create(&service.world, &format!("file:{}", path.display()))).says("exists already");
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
}

#[cfg(unix)]
mod commands {
    use super::*;

    #[test]
    fn a_command_reads_the_secret_and_inherits_no_key() {
        let service = service(|| {});
        let folder = service.world.home.path().display().to_string();
        let to = format!("command:sh -c 'cat > \"$0/input\"; env > \"$0/env\"' {folder}");
        let run = service.world.run(&["create", "CI", "--org", "--yes", "--json", "--to", &to]).exits(0);
        assert_eq!(run.json()["deliveredTo"], to);
        assert!(!run.err.contains(SECRET) && !run.out.contains(SECRET), "{run:?}");
        run.says("Its secret was taken by `sh -c ").says("(exit 0).");
        assert_eq!(fs::read_to_string(in_home(&service.world, "input")).unwrap(), SECRET);
        let environment = fs::read_to_string(in_home(&service.world, "env")).unwrap();
        assert!(environment.contains("PATH="), "{environment}");
        for word in ["API_KEY", SECRET, &service.world.key] {
            assert!(!environment.contains(word), "{environment}");
        }
    }

    #[test]
    fn a_command_that_fails_costs_the_new_key_its_life() {
        for (script, words) in [
            ("cat >&2; exit 3", "failed (exit 3); it said: “[secret]”"),
            ("exec <&-; echo no such repository >&2; exit 1", "failed (exit 1); it said: “no such repository”"),
            ("kill -TERM $$", "was ended by signal 15"),
        ] {
            let service = service(|| {});
            let run = is_taken_back(&service, create(&service.world, &format!("command:sh -c '{script}'")));
            run.says(words).says("It may have got out on the way");
        }
    }

    #[test]
    fn a_command_that_hangs_is_ended_when_its_time_is_up() {
        let service = service(|| {});
        let settings = in_home(&service.world, "confident-keys");
        fs::create_dir(&settings).unwrap();
        fs::write(settings.join("config.toml"), "[command]\ntimeout_seconds = 1\n").unwrap();
        let run = create(&service.world, "command:sleep 1000");
        is_taken_back(&service, run).says("`sleep 1000` did not end within 1 s");
    }
}

/// A git repository with a `.env` file, where there is a git; a word where there is none.
fn repository(world: &World) -> Option<PathBuf> {
    let folder = in_home(world, "repository");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".env"), "A=1\n").unwrap();
    if git(world, &folder, &["init", "--quiet"]) {
        Some(folder)
    } else {
        skipped("git is not installed");
        None
    }
}

/// Whether git is there, and did as it was told.
fn git(world: &World, folder: &Path, arguments: &[&str]) -> bool {
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(folder).args(arguments).env("HOME", world.home.path());
    command.env("XDG_CONFIG_HOME", world.home.path());
    command.status().is_ok_and(|status| status.success())
}

#[test]
fn a_file_that_git_would_take_along_is_warned_of() {
    let service = service(|| {});
    let Some(folder) = repository(&service.world) else { return };
    let path = folder.join(".env");
    let look = |to: &str| {
        let to = format!("{to}:{}", path.display());
        service.world.run(&["create", "CI", "--org", "--dry-run", "--to", &to]).exits(0)
    };
    look("env").says("Warning: git does not ignore").says("add it to .gitignore");
    fs::write(folder.join(".gitignore"), ".env\n").unwrap();
    assert!(!look("env").err.contains("git"), "ignored");
    assert!(git(&service.world, &folder, &["add", "--force", ".env"]));
    look("env").says("Warning: git tracks").says("next commit");
    // A name is no pattern, and a warning keeps nothing from being done.
    let new = folder.join(":(top)*");
    let to = format!("file:{}", new.display());
    create(&service.world, &to).exits(0).says("Warning: git does not ignore");
    assert_eq!(fs::read_to_string(new).unwrap(), format!("{SECRET}\n"));
    // In a hook git points its children elsewhere.
    let to = format!("env:{}", path.display());
    let mut hook = service.world.command(&["create", "CI", "--org", "--dry-run", "--to", &to]);
    let run = Run::of(hook.env("GIT_DIR", service.world.home.path()).output().unwrap()).exits(0);
    run.says("Warning: git tracks");
}

#[test]
fn without_a_git_or_a_repository_nothing_is_said_of_it() {
    let service = service(|| {});
    let path = in_home(&service.world, ".env");
    let to = format!("env:{}", path.display());
    let arguments = ["create", "CI", "--org", "--dry-run", "--to", &to];
    let run = service.world.run(&arguments).exits(0);
    assert!(!run.err.contains("Warning"), "no repository: {run:?}");
    let Some(folder) = repository(&service.world) else { return };
    let to = format!("env:{}", folder.join(".env").display());
    let arguments = ["create", "CI", "--org", "--dry-run", "--to", &to];
    service.world.run(&arguments).exits(0).says("Warning: git");
    let run = service.world.command(&arguments).env("PATH", service.world.home.path()).output().unwrap();
    let run = Run::of(run).exits(0);
    assert!(!run.err.contains("git"), "no git: {run:?}");
}

#[cfg(unix)]
#[test]
fn git_gets_no_key_and_is_not_waited_for() {
    let service = service(|| {});
    let git = in_home(&service.world, "git");
    fs::write(&git, "#!/bin/sh\n/usr/bin/env > \"$HOME/git-env\"\nexec /bin/sleep 1000\n").unwrap();
    fs::set_permissions(&git, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let to = format!("env:{}", in_home(&service.world, ".env").display());
    let mut command = service.world.command(&["create", "CI", "--org", "--dry-run", "--to", &to]);
    let run = Run::of(command.env("PATH", service.world.home.path()).output().unwrap()).exits(0);
    assert!(!run.err.contains("Warning"), "{run:?}");
    let environment = fs::read_to_string(in_home(&service.world, "git-env")).unwrap();
    assert!(environment.contains("PATH=") && !environment.contains(&service.world.key), "{environment}");
}
