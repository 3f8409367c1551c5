//! Entries of `.env` files on disk, and files that hold a secret alone.

use std::fs;
use std::path::{Path, PathBuf};

use confident_keys::destination::{Ask, Delivered, Destination, KeyKind, Look, NotDelivered, Outcome};
use tempfile::TempDir;

use crate::support::{VALUE, means, secret, wait};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join(".env")
    }

    fn with(content: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        fs::write(folder.path(), content).unwrap();
        folder
    }

    fn content(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    fn look(&self) -> Look {
        look(&self.path())
    }

    fn deliver(&self, agreed: Option<Ask>) -> Result<Outcome, NotDelivered> {
        deliver(&self.path(), agreed)
    }

    /// Nothing but the file is in the folder.
    #[track_caller]
    fn has_only_the_file(&self) {
        let names: Vec<_> = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [".env"]);
    }
}

fn look(path: &Path) -> Look {
    let destination = Destination::Env(path.to_owned());
    wait(confident_keys::destination::look(&destination, KeyKind::Project, &means()))
}

fn deliver(path: &Path, agreed: Option<Ask>) -> Result<Outcome, NotDelivered> {
    let destination = Destination::Env(path.to_owned());
    wait(confident_keys::destination::deliver(&destination, KeyKind::Project, &secret(), agreed, &means()))
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[test]
fn a_new_file_is_for_its_owner_alone() {
    let folder = Folder::new();
    let look = folder.look();
    assert_eq!((look.obstacle, look.ask, look.warnings), (None, None, vec![]));
    assert_eq!(look.goes_to, format!("the new file {}, as CONFIDENT_API_KEY", folder.path().display()));
    assert!(!folder.path().exists(), "looking touches nothing");
    let delivered = folder.deliver(None).unwrap();
    let entry = Delivered::Entry { path: folder.path(), variable: "CONFIDENT_API_KEY", replaced: false };
    assert_eq!(delivered, Outcome::Delivered(entry));
    assert_eq!(folder.content(), format!("CONFIDENT_API_KEY={VALUE}\n"));
    folder.has_only_the_file();
    #[cfg(unix)]
    assert_eq!(mode(&folder.path()), 0o600);
}

#[test]
fn an_organization_key_has_a_variable_of_its_own() {
    let folder = Folder::with("CONFIDENT_API_KEY=old\n");
    let destination = Destination::Env(folder.path());
    let look = wait(confident_keys::destination::look(&destination, KeyKind::Organization, &means()));
    assert_eq!((look.ask, &look.obstacle), (None, &None));
    assert!(look.goes_to.ends_with(", as CONFIDENT_ORG_API_KEY"), "{look:?}");
    wait(confident_keys::destination::deliver(&destination, KeyKind::Organization, &secret(), None, &means())).unwrap();
    assert_eq!(folder.content(), format!("CONFIDENT_API_KEY=old\nCONFIDENT_ORG_API_KEY={VALUE}\n"));
}

#[test]
fn a_value_that_is_there_is_replaced_only_where_that_was_agreed_to() {
    let before = "# keys\r\nexport CONFIDENT_API_KEY='confident_us_proj_fake_old' # mine\r\nB=2";
    let folder = Folder::with(before);
    let look = folder.look();
    assert_eq!((look.ask, &look.obstacle), (Some(Ask::OverEntry), &None));
    assert!(look.goes_to.ends_with("in place of the value that is there"), "{look:?}");
    assert!(!format!("{look:?}").contains("fake_old"), "never which value");
    for agreed in [None, Some(Ask::OverFile)] {
        let error = folder.deliver(agreed).unwrap_err();
        assert!(error.reason.contains("never replaced unasked") && !error.is_out, "{error}");
        assert!(!error.reason.contains("fake"), "{error}");
        assert_eq!(folder.content(), before);
    }
    let Outcome::Delivered(delivered) = folder.deliver(Some(Ask::OverEntry)).unwrap() else { panic!("a sequence") };
    assert!(matches!(delivered, Delivered::Entry { replaced: true, .. }));
    assert!(delivered.to_string().ends_with("as CONFIDENT_API_KEY, in place of the value that was there"));
    assert_eq!(folder.content(), before.replace("confident_us_proj_fake_old", VALUE));
    folder.has_only_the_file();
}

#[test]
fn an_empty_entry_is_filled_in_without_asking() {
    let folder = Folder::with("A=1\nCONFIDENT_API_KEY=\nB=2\n");
    assert_eq!(folder.look().ask, None);
    folder.deliver(None).unwrap();
    assert_eq!(folder.content(), format!("A=1\nCONFIDENT_API_KEY={VALUE}\nB=2\n"));
}

#[test]
fn several_entries_are_told() {
    let folder = Folder::with("CONFIDENT_API_KEY=a\nCONFIDENT_API_KEY=b\n");
    let look = folder.look();
    assert!(look.warnings.iter().any(|warning| warning.contains("2 times: the last one counts")), "{look:?}");
    folder.deliver(look.ask).unwrap();
    assert_eq!(folder.content(), format!("CONFIDENT_API_KEY=a\nCONFIDENT_API_KEY={VALUE}\n"));
}

#[test]
fn what_changed_since_the_look_is_kept() {
    let folder = Folder::with("A=1\n");
    let look = folder.look();
    fs::write(folder.path(), "A=1\nB=2\n").unwrap();
    folder.deliver(look.ask).unwrap();
    assert_eq!(folder.content(), format!("A=1\nB=2\nCONFIDENT_API_KEY={VALUE}\n"));
    // A value that was not there when it was looked at is not replaced.
    fs::write(folder.path(), "CONFIDENT_API_KEY=theirs\n").unwrap();
    folder.deliver(look.ask).unwrap_err();
    assert_eq!(folder.content(), "CONFIDENT_API_KEY=theirs\n");
    fs::remove_file(folder.path()).unwrap();
    folder.deliver(look.ask).unwrap();
    assert_eq!(folder.content(), format!("CONFIDENT_API_KEY={VALUE}\n"));
}

#[cfg(unix)]
#[test]
fn an_existing_file_keeps_its_mode_and_owner() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let folder = Folder::with("A=1\n");
    if rustix::process::geteuid().is_root() {
        chown(folder.path(), Some(12_345), Some(23_456)).unwrap();
    } else {
        eprintln!("owner not tested: only root can give files away");
    }
    let before = fs::metadata(folder.path()).unwrap();
    for (wanted, is_told) in [(0o600, false), (0o640, true), (0o664, true), (0o604, true)] {
        set_mode(&folder.path(), wanted);
        let look = folder.look();
        let told = format!("(mode {wanted:o})");
        assert_eq!(look.warnings.iter().any(|warning| warning.contains(&told)), is_told, "{look:?}");
        folder.deliver(Some(Ask::OverEntry)).unwrap();
        let after = fs::metadata(folder.path()).unwrap();
        assert_eq!(mode(&folder.path()), wanted);
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    }
    folder.has_only_the_file();
}

#[cfg(unix)]
#[test]
fn other_names_of_the_file_are_told_of() {
    let folder = Folder::with("A=1\n");
    let other = Folder::new();
    fs::hard_link(folder.path(), other.path()).unwrap();
    assert!(folder.look().warnings.iter().any(|warning| warning.contains("hard links")));
    folder.deliver(None).unwrap();
    assert_eq!(other.content(), "A=1\n");
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_neither_read_nor_written() {
    use std::os::unix::fs::symlink;
    let real = Folder::with("A=1\n");
    let folder = Folder::new();
    let make = |name: &str| folder.0.path().join(name);
    symlink(real.path(), make("link")).unwrap();
    symlink(make("nothing"), make("dangling")).unwrap();
    fs::create_dir(make("folder")).unwrap();
    // Nobody writes into it: reading would wait for good.
    assert!(std::process::Command::new("mkfifo").arg(make("pipe")).status().unwrap().success());
    for (name, what) in [
        ("link", "a symbolic link"),
        ("dangling", "a symbolic link"),
        ("folder", "a folder"),
        ("pipe", "a device or a pipe"),
    ] {
        let obstacle = look(&make(name)).obstacle.unwrap();
        assert!(obstacle.in_the_way && obstacle.words.contains(what), "{obstacle:?}");
        let error = deliver(&make(name), Some(Ask::OverEntry)).unwrap_err();
        assert!(error.reason.contains(what) && !error.is_out, "{error}");
    }
    assert_eq!(real.content(), "A=1\n");
    assert!(!make("nothing").exists());
}

#[test]
fn what_is_no_text_is_left_alone() {
    let large = "A=1\n".repeat(300_000);
    for (content, what) in [
        (&b"A=\xff\n"[..], "no text in UTF-8"),
        (b"A=\0\n", "no text in UTF-8"),
        (large.as_bytes(), "larger than 1 MiB"),
    ] {
        let folder = Folder::with(content);
        let obstacle = folder.look().obstacle.unwrap();
        assert!(!obstacle.in_the_way && obstacle.words.contains(what), "{obstacle:?}");
        assert!(folder.deliver(None).is_err());
        assert_eq!(fs::read(folder.path()).unwrap(), content);
    }
}

#[test]
fn a_file_needs_a_folder_that_can_be_written_to() {
    let folder = Folder::new();
    let obstacle = look(&folder.0.path().join("no").join(".env")).obstacle.unwrap();
    assert!(obstacle.words.contains("no such folder"), "{obstacle:?}");
    #[cfg(unix)]
    {
        let folder = Folder::with("A=1\n");
        set_mode(&folder.path(), 0o400);
        if rustix::process::geteuid().is_root() {
            eprintln!("not tested: nothing is write-protected from root");
            return;
        }
        let obstacle = folder.look().obstacle.unwrap();
        assert!(obstacle.words.contains("write-protected"), "{obstacle:?}");
        set_mode(&folder.path(), 0o600);
        set_mode(folder.0.path(), 0o500);
        let obstacle = folder.look().obstacle.unwrap();
        assert!(obstacle.words.contains("no file can be made"), "{obstacle:?}");
        folder.deliver(None).unwrap_err();
        assert_eq!(folder.content(), "A=1\n");
        set_mode(folder.0.path(), 0o700);
    }
}

#[test]
fn a_value_that_no_file_can_hold_leaves_the_file_as_it_was() {
    let folder = Folder::with("A=1\n");
    let destination = Destination::Env(folder.path());
    let odd = confident_keys::secret::Secret::new("fake\nkey");
    let error = wait(confident_keys::destination::deliver(&destination, KeyKind::Project, &odd, None, &means()));
    let error = error.unwrap_err();
    assert!(error.reason.contains("can't hold") && !error.reason.contains("fake"), "{error}");
    assert_eq!(folder.content(), "A=1\n");
    folder.has_only_the_file();
}

#[test]
fn a_whole_file_is_written_over_only_where_that_was_agreed_to() {
    let folder = Folder::with("mine");
    let destination = Destination::File(folder.path());
    let deliver = |agreed| {
        wait(confident_keys::destination::deliver(&destination, KeyKind::Project, &secret(), agreed, &means()))
    };
    let look = wait(confident_keys::destination::look(&destination, KeyKind::Project, &means()));
    assert_eq!((look.ask, look.obstacle), (Some(Ask::OverFile), None));
    assert!(look.goes_to.ends_with("in place of what it holds"), "{}", look.goes_to);
    deliver(None).unwrap_err();
    assert_eq!(folder.content(), "mine");
    assert_eq!(deliver(look.ask).unwrap(), Outcome::Delivered(Delivered::File(folder.path())));
    assert_eq!(folder.content(), format!("{VALUE}\n"));
    folder.has_only_the_file();
}
