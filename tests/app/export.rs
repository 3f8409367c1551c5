//! What the table shows, written to a file or copied.

use confident_keys::api::model::Scope;
use confident_keys::app::Event;
use confident_keys::app::dialog::{Dialog, Export, ExportFocus, ExportStage, ExportTo};
use confident_keys::app::message::Effect;
use confident_keys::app::mouse::{Hit, Stop};
use confident_keys::export::file::NotSaved;
use jiff::SignedDuration;
use serde_json::Value;

use crate::large;
use crate::support::{Rig, Save};

fn form(rig: &Rig) -> &Export {
    match &rig.app.dialog {
        Some(Dialog::Export(form)) => form,
        other => panic!("{other:?} exports nothing"),
    }
}

/// What would be written as the open form says.
fn written(rig: &mut Rig) -> Save {
    rig.press("Enter");
    rig.saves.pop().unwrap()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect()
}

#[test]
fn the_rows_are_those_of_the_table_in_its_order() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("s S e");
    let shown: Vec<String> = (0..).map_while(|at| rig.app.table.id(at)).map(|key| key.id.to_string()).collect();
    assert_eq!(shown.len(), 5);
    assert_eq!(lines(&written(&mut rig).text), shown);
    rig.press("Esc");
    rig.press("/");
    rig.type_text("inactive");
    rig.presses("Enter e");
    assert_eq!(lines(&written(&mut rig).text), ["15", "14"]);
    rig.presses("Esc Esc 3 e");
    assert_eq!(lines(&written(&mut rig).text), ["13"]);
    // Where it shows none, there is nothing to write.
    rig.press("Esc");
    rig.press("/");
    rig.type_text("nothing");
    rig.presses("Enter e");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("shows no key"), "{}", rig.toast());
}

#[test]
fn keys_of_all_scopes_say_where_they_are() {
    let mut rig = Rig::ready();
    rig.press("0");
    rig.answer_all();
    rig.pass(SignedDuration::from_secs(1));
    rig.presses("e Space");
    let save = written(&mut rig);
    assert_eq!(save.path, "keys-2026-11-21.json");
    let document: Value = serde_json::from_str(&save.text).unwrap();
    assert_eq!(document["organization"]["name"], "Acme Inc.");
    let keys = document["keys"].as_array().unwrap();
    assert_eq!(keys.len(), rig.app.table.rows().len());
    for (at, key) in keys.iter().enumerate() {
        let scope = rig.app.scope_at(at).unwrap();
        let kind = if *scope == Scope::Organization { "organization" } else { "project" };
        assert_eq!(key["scope"]["kind"], kind);
        let name = if kind == "project" { rig.app.scope_name(scope) } else { "Acme Inc.".to_owned() };
        assert_eq!(key["scope"]["name"], name.as_str());
        assert_eq!(key["id"], rig.app.row(at).unwrap().0.id.0);
    }
}

#[test]
fn a_name_that_was_typed_stays_when_the_format_changes() {
    let mut rig = Rig::keys_of("prod");
    rig.press("e");
    for expected in ["csv", "json", "md", "txt", "csv"] {
        assert_eq!(form(&rig).path.text(), format!("keys-2026-11-21.{expected}"));
        rig.press("Right");
    }
    rig.presses("Left Tab Tab Ctrl-u");
    rig.type_text("~/out");
    rig.presses("Tab Right");
    assert_eq!(form(&rig).path.text(), "~/out");
    assert_eq!(written(&mut rig).path, "/home/ada/out");
}

#[test]
fn a_file_that_is_there_is_replaced_only_after_one_more_enter() {
    let mut rig = Rig::keys_of("prod");
    rig.press("e");
    assert!(!written(&mut rig).replace);
    assert!(matches!(form(&rig).stage, ExportStage::Saving(_)));
    assert_eq!(rig.press("Enter"), [], "it is being written");
    rig.saved(Err(NotSaved::Exists));
    assert_eq!(form(&rig).stage, ExportStage::Exists);
    // Another file has not been asked about.
    rig.presses("Tab Tab Backspace");
    assert!(!written(&mut rig).replace);
    rig.saved(Err(NotSaved::Exists));
    rig.send(Event::Paste("s".to_owned()));
    assert!(!written(&mut rig).replace);
    rig.send(Event::Paste("more".to_owned()));
    assert!(!form(&rig).path.text().contains("more"), "that one is being written");
    rig.saved(Err(NotSaved::Exists));
    rig.press("Backspace");
    assert!(!written(&mut rig).replace);
    rig.saved(Err(NotSaved::Exists));
    assert!(written(&mut rig).replace);
    rig.saved(Ok("/home/ada/keys-2026-11-21.cs".into()));
    assert!(rig.app.dialog.is_none());
    assert_eq!(rig.toast(), "5 keys were written to /home/ada/keys-2026-11-21.cs.");
}

#[test]
fn what_became_of_it_is_told_though_the_form_was_left() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("e Enter Esc");
    // Whoever quits now might leave half a file.
    assert!(!rig.press("q").contains(&Effect::Quit));
    rig.saved(Err(NotSaved::Failed("the disk is full".into())));
    assert!(rig.toast().contains("were not written: the disk is full."), "{}", rig.toast());
    assert!(rig.press("q").contains(&Effect::Quit));
    let mut rig = Rig::keys_of("prod");
    rig.presses("e Enter");
    rig.saved(Err(NotSaved::Failed("the disk is full".into())));
    assert_eq!(form(&rig).stage, ExportStage::Failed("It was not written: the disk is full.".into()));
}

#[test]
fn a_path_has_to_be_typed_and_a_copy_needs_none() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("e Left");
    assert_eq!(form(&rig).path.text(), "keys-2026-11-21.txt");
    rig.presses("Shift-Tab Ctrl-u");
    assert_eq!(rig.press("Enter"), []);
    assert!(matches!(&form(&rig).stage, ExportStage::Failed(words) if words == "Type the path of a file."));
    rig.presses("Shift-Tab Left");
    rig.send(Event::Paste("no path".to_owned()));
    assert_eq!((form(&rig).to, form(&rig).path.text()), (ExportTo::Clipboard, ""));
    for expected in [ExportFocus::Format, ExportFocus::To] {
        rig.press("Tab");
        assert_eq!(form(&rig).focus, expected, "there is no path to go to");
    }
    assert!(matches!(&rig.press("Enter")[..], [Effect::Copy(..)]));
}

#[test]
fn a_copy_closes_the_form_and_says_so() {
    let mut rig = Rig::keys_of("prod");
    rig.presses("e Tab Space");
    let effects = rig.press("Enter");
    let [Effect::Copy(_, text)] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.expose().starts_with("id,name,"));
    assert!(rig.app.dialog.is_none());
}

#[test]
fn while_the_file_is_written_no_click_chooses_otherwise() {
    let mut rig = Rig::keys_of("prod");
    rig.press("e");
    written(&mut rig);
    let (to, format) = (form(&rig).to, form(&rig).format);
    assert!(matches!(form(&rig).stage, ExportStage::Saving(_)));
    rig.pass(SignedDuration::from_secs(1));
    for (focus, other) in [(ExportFocus::To, 1), (ExportFocus::Format, 2)] {
        let click = large::on(&rig, Hit::Choice(Stop::Export(focus), other));
        rig.send(Event::Mouse(click));
        assert_eq!((form(&rig).to, form(&rig).format), (to, format));
    }
    assert!(matches!(form(&rig).stage, ExportStage::Saving(_)));
}
