//! `docs/json.md` and what the program prints: each field of the one is in the other, with its type.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use confident_keys::demo::Options;
use confident_keys::status::Status;
use serde_json::{Value, json};

use crate::support::{Run, World};

const PAGE: &str = include_str!("../../docs/json.md");

/// What a field may hold, as the page writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Type {
    Text,
    Time,
    Integer,
    Boolean,
    Null,
    Absent,
    Word(String),
    Shape(String),
    List(String),
}

impl Type {
    /// `string or null`, `"a", "b" or "c"`, `list of [key](#key)`.
    fn read_all(text: &str) -> Vec<Self> {
        text.replace(", ", " or ").split(" or ").map(Self::read).collect()
    }

    fn read(text: &str) -> Self {
        let shape = |text: &str| {
            let (name, anchor) = text.strip_prefix('[')?.strip_suffix(')')?.split_once("](#")?;
            assert_eq!(anchor, name.replace(' ', "-"), "a link that leads nowhere");
            Some(name.to_owned())
        };
        match text {
            "string" => Self::Text,
            "time" => Self::Time,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "null" => Self::Null,
            "absent" => Self::Absent,
            _ => None
                .or_else(|| shape(text).map(Self::Shape))
                .or_else(|| shape(text.strip_prefix("list of ")?).map(Self::List))
                .or_else(|| Some(Self::Word(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())))
                .unwrap_or_else(|| panic!("{text:?} is no type")),
        }
    }

    fn is_of(&self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Time => value
                .as_str()
                .is_some_and(|text| text.len() == 24 && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Boolean => value.is_boolean(),
            Self::Null => value.is_null(),
            Self::Absent => false,
            Self::Word(word) => value == word,
            Self::Shape(_) => value.is_object(),
            Self::List(_) => value.is_array(),
        }
    }
}

/// The page, and what of it was seen so far.
struct Page {
    /// The fields under each title.
    shapes: BTreeMap<String, BTreeMap<String, Vec<Type>>>,
    /// The fields that held something.
    filled: RefCell<BTreeSet<(String, String)>>,
}

impl Page {
    fn read() -> Self {
        let mut shapes = BTreeMap::<String, BTreeMap<_, _>>::new();
        let mut title = String::new();
        for line in PAGE.lines() {
            if let Some(text) = line.strip_prefix("### ") {
                text.clone_into(&mut title);
            } else if let Some(row) = line.strip_prefix("| `") {
                let [name, types, meaning] = row.trim_end_matches(" |").split(" | ").collect::<Vec<_>>()[..] else {
                    panic!("{line}");
                };
                assert!(meaning.len() > 3, "{line}");
                let fields = shapes.entry(title.clone()).or_default();
                let is_new = fields.insert(name.trim_end_matches('`').to_owned(), Type::read_all(types)).is_none();
                assert!(is_new, "{title} has {name} twice");
            }
        }
        Self { shapes, filled: RefCell::default() }
    }

    /// Compares a document, or a part of one, with what stands under `title`.
    #[track_caller]
    fn compare(&self, title: &str, value: &Value, what: &str) {
        let fields = self.shapes.get(title).unwrap_or_else(|| panic!("{title} is not on the page"));
        let object = value.as_object().unwrap_or_else(|| panic!("{what}: {value} is no object"));
        for name in object.keys() {
            assert!(fields.contains_key(name), "{what}: {title} has no `{name}` on the page");
        }
        for (name, types) in fields {
            let what = format!("{what}: `{name}` of {title}");
            let Some(value) = object.get(name) else {
                assert!(types.contains(&Type::Absent), "{what} is not printed");
                continue;
            };
            let Some(kind) = types.iter().find(|kind| kind.is_of(value)) else {
                panic!("{what} is {value}, which is none of {types:?}");
            };
            match kind {
                Type::Shape(shape) => self.compare(shape, value, &what),
                Type::List(shape) => {
                    value.as_array().unwrap().iter().for_each(|value| self.compare(shape, value, &what));
                }
                _ => {}
            }
            if *kind != Type::Null {
                self.filled.borrow_mut().insert((title.to_owned(), name.clone()));
            }
        }
    }

    /// What stands on the page and never held anything.
    fn never_filled(&self) -> Vec<(String, String)> {
        let filled = self.filled.borrow();
        let all =
            self.shapes.iter().flat_map(|(title, fields)| fields.keys().map(|name| (title.clone(), name.clone())));
        all.filter(|field| !filled.contains(field)).collect()
    }
}

/// The commands whose help offers `--json`.
fn commands_with_json(world: &World) -> BTreeSet<String> {
    let help = world.run(&["--help"]).exits(0);
    let list = help.out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = list.map(|line| line.split_whitespace().next().unwrap().to_owned()).filter(|name| name != "help");
    names.filter(|name| world.run(&[name, "--help"]).out.contains(" --json ")).collect()
}

/// Runs commands, and compares what they print.
struct Printer<'a> {
    world: &'a World,
    page: &'a Page,
    ran: BTreeSet<String>,
}

impl Printer<'_> {
    #[track_caller]
    fn prints(&mut self, title: &str, arguments: &[&str]) -> Run {
        self.ran.insert(arguments[0].to_owned());
        let run = self.world.run(&[arguments, &["--json"]].concat());
        self.page.compare(title, &run.json(), &arguments.join(" "));
        run
    }
}

/// A document of `list` in which each kind of change has happened since.
fn earlier(list: &Value) -> Value {
    let mut document = list.clone();
    let keys = document["keys"].as_array_mut().unwrap();
    // What is there now was not there then, and the other way round.
    let mut first = keys.remove(0);
    first["id"] = json!(999_999);
    for (now, then) in [("stale", "active"), ("active", "stale"), ("inactive", "active")] {
        let key = keys.iter_mut().find(|key| key["status"] == now).unwrap();
        key["status"] = json!(then);
        key["valid"] = json!(true);
    }
    keys.push(first);
    document
}

#[test]
fn the_page_lists_every_field_that_is_printed_and_no_other() {
    let world = World::speaking("v2", &Options::default());
    let page = Page::read();
    let mut printer = Printer { world: &world, page: &page, ran: BTreeSet::new() };
    printer.prints("whoami", &["whoami"]).exits(0);
    let config = world.home.path().join("confident-keys").join("config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, "[profiles.work]\nread_only = true\n").unwrap();
    printer.prints("whoami", &["whoami", "--profile", "work"]).exits(0);
    fs::remove_file(&config).unwrap();
    compare_profiles(&world, &page);
    printer.prints("projects", &["projects"]).exits(0);
    let list = printer.prints("list", &["list"]).exits(0).json();
    let found = world.named("Nightly evals");
    printer.prints("get, activate, deactivate", &found.arguments("get", &[])).exits(0);

    let change = "a dry run of another change";
    let rotate = found.arguments("rotate", &["--to", "stdout", "--yes", "--grace-hours", "1"]);
    printer.prints(change, &[&rotate[..], &["--dry-run"]].concat()).exits(0);
    printer.prints(change, &found.arguments("deactivate", &["--dry-run"])).exits(0);
    printer.prints(change, &found.arguments("activate", &["--dry-run"])).exits(0);
    printer.prints(change, &found.arguments("delete", &["--deactivate", "--dry-run"])).exits(0);
    let create = ["create", "CI", "--project", "Sandbox", "--yes", "--to"];
    printer.prints("a dry run of create", &[&create[..], &["stdout", "--dry-run"]].concat()).exits(0);

    let to_output = "create and rotate to standard output";
    let elsewhere = "create and rotate to elsewhere";
    let file = format!("file:{}", world.home.path().join("secret").display());
    printer.prints(to_output, &[&create[..], &["stdout"]].concat()).exits(0);
    printer.prints(elsewhere, &[&create[..], &[&file]].concat()).exits(0);
    printer.prints(to_output, &rotate).exits(0);
    let other = format!("file:{}", world.home.path().join("other").display());
    printer.prints(elsewhere, &found.arguments("rotate", &["--to", &other, "--yes"])).exits(0);
    printer.prints("get, activate, deactivate", &found.arguments("deactivate", &["--yes"])).exits(0);
    printer.prints("get, activate, deactivate", &found.arguments("activate", &["--yes"])).exits(0);
    printer.prints("delete", &found.arguments("delete", &["--deactivate", "--confirm", "Nightly evals"])).exits(0);

    let file = |name: &str, document: &Value| {
        let path = world.home.path().join(name);
        fs::write(&path, document.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let since_list = file("list.json", &earlier(&list));
    let run = printer.prints("audit", &["audit", "--since", &since_list]).exits(14);
    for kind in ["new", "newlyStale", "revived", "stopped", "gone"] {
        assert_ne!(run.json()["comparison"][kind], json!([]), "{kind}");
    }
    let since_audit = file("audit.json", &printer.prints("audit", &["audit"]).exits(14).json());
    printer.prints("audit", &["audit", "--org", "--filter", "!ci", "--since", &since_audit]);
    printer.prints("journal", &["journal"]).exits(0);
    printer.prints("doctor", &["doctor"]);
    world.fails(&["GET */projects/*/api-keys status=403,times=always"]);
    printer.prints("audit", &["audit"]).exits(1);

    assert_eq!(page.never_filled(), [], "on the page, and never printed");
    assert_eq!(printer.ran, commands_with_json(&world), "each command that takes --json was run");
}

/// The commands below `profile`.
fn compare_profiles(world: &World, page: &Page) {
    let compare = |title: &str, arguments: &[&str]| {
        let run = world.run(&[&["profile"], arguments, &["--json"]].concat()).exits(0);
        page.compare(title, &run.json(), title);
    };
    let file = |name: &str| world.home.path().join("confident-keys").join(name);
    let key = format!("file:{}", file("key").display());
    compare("profile add", &["add", "work", "--base-url", &world.base_url, "--key", &key, "--colour", "red"]);
    let mut login = world.command(&["profile", "login", "work", "--json"]);
    fs::write(world.home.path().join("input"), &world.key).unwrap();
    let login = login.stdin(fs::File::open(world.home.path().join("input")).unwrap()).output().unwrap();
    page.compare("profile login", &Run::of(login).exits(0).json(), "profile login");
    let config = fs::read_to_string(file("config.toml")).unwrap();
    fs::write(
        file("config.toml"),
        format!("{config}[profiles.odd]\nkey = 1\n[profiles.eu]\nregion = \"EU\"\nkey = {{ file = \".\" }}\n"),
    )
    .unwrap();
    compare("profile list", &["list"]);
    compare("profile remove", &["remove", "work", "--yes"]);
    fs::remove_file(file("config.toml")).unwrap();
}

#[test]
fn the_page_knows_every_status() {
    let page = Page::read();
    let listed: BTreeSet<_> = page.shapes["key"]["status"]
        .iter()
        .map(|kind| if let Type::Word(word) = kind { &**word } else { panic!("{kind:?}") })
        .collect();
    assert_eq!(listed, Status::ALL.map(Status::id).into());
}

#[test]
fn a_field_that_is_missing_unknown_or_of_another_type_is_found() {
    let page = Page::read();
    let organization = json!({ "id": "o", "name": "Acme" });
    page.compare("organization", &organization, "as it is");
    for (field, value) in [("id", None), ("name", Some(json!(null))), ("more", Some(json!("x")))] {
        let mut other = organization.clone();
        match value {
            Some(value) => other[field] = value,
            None => drop(other.as_object_mut().unwrap().remove(field)),
        }
        let compared = std::panic::catch_unwind(|| Page::read().compare("organization", &other, field));
        assert!(compared.is_err(), "{other}");
    }
    assert!(page.never_filled().contains(&("key".to_owned(), "id".to_owned())));
}
