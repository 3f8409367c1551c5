//! Several profiles: what is switched, what is kept, what goes, and what is remembered.

use confident_keys::api::model::{KeyId, Scope};
use confident_keys::app::message::{Effect, Event};
use confident_keys::app::mouse::Hit;
use confident_keys::app::order::SortColumn;
use confident_keys::app::profile::{Listed, NotOpened, ProfileName, Standing};
use confident_keys::app::remembered::{Memory, Remembered};
use confident_keys::app::scopes::{ScopeRow, View};
use confident_keys::journal::ScopeRecord;
use confident_keys::keymap::Action;
use confident_keys::operations::{Answer, Lost, Operation, Reconciled, Replacements};
use confident_keys::status::Tab;
use jiff::SignedDuration;

use crate::help::headings;
use crate::large;
use crate::support::{
    FAKE_SECRET, NEWER, Rig, created, in_force, key, keys_of, lost_key, organization, profiles, project, replacement,
    session, status, with_valid,
};

fn down() -> NotOpened {
    NotOpened { word: "down", reason: "Nobody answers at keys.invalid.".to_owned() }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a profile is known by")]
fn name(name: &str) -> ProfileName {
    Some(name.to_owned())
}

/// With the cursor on this one of the two that are not in force.
fn on(rig: &mut Rig, name: &str) {
    rig.press("g");
    while rig.app.profile_at_cursor().is_none_or(|listed| listed.title() != name) {
        let before = rig.app.scopes.selection.index();
        rig.press("j");
        assert_ne!(rig.app.scopes.selection.index(), before, "{name} is not listed");
    }
}

/// This one was chosen, and is being opened.
fn opening(profile: &str) -> Rig {
    let mut rig = Rig::with_profiles();
    on(&mut rig, profile);
    rig.press("Enter");
    rig
}

#[test]
fn no_key_is_asked_for_before_its_profile_is_chosen() {
    let mut rig = Rig::with_profiles();
    let others: Vec<&str> = rig.app.other_profiles().map(Listed::title).collect();
    assert_eq!(others, ["second", "third"]);
    assert_eq!(rig.app.scopes.rows.len(), 7);
    // Nor where the cursor passes it, and the table shows what it showed.
    on(&mut rig, "third");
    rig.pass(SignedDuration::from_secs(5));
    assert!(rig.opening.is_empty() && rig.asked.iter().all(|(_, asked)| matches!(asked, Operation::Keys(_))));
    assert_eq!(rig.app.view(), View::One(project("void")));
    rig.press("Enter");
    assert_eq!(rig.opening.iter().map(|(_, of)| of.clone()).collect::<Vec<_>>(), [name("third")]);
    // A second press waits for the same.
    rig.press("Enter");
    assert_eq!(rig.opening.len(), 1);
}

#[test]
fn another_profile_takes_over_with_nothing_of_the_one_before() {
    let mut rig = Rig::with_profiles();
    rig.presses("j");
    rig.pass(SignedDuration::from_secs(1));
    rig.answer_all();
    rig.presses("Enter / n Enter Space");
    assert_eq!(rig.app.marks.len(), 1);
    rig.presses("h");
    on(&mut rig, "second");
    rig.press("Enter");
    assert!(rig.app.organization.value().is_some(), "it stays until the other is there");
    let effects = rig.opened("Other Ltd.");
    assert_eq!(effects[0], Effect::EnterProfile(name("second")));
    assert_eq!(rig.app.profile(), name("second"));
    assert_eq!(rig.app.organization.value().unwrap().name.as_str(), "Other Ltd.");
    assert_eq!(rig.app.session.as_ref().unwrap().signer.tail(), "07e301");
    assert!(rig.app.projects.value().is_none() && rig.app.marks.is_empty());
    assert!(rig.app.keys.values().all(|keys| keys.value().is_none()));
    assert_eq!((rig.app.view(), rig.app.table.filter.text()), (View::One(Scope::Organization), ""));
    assert_eq!(rig.app.settings.thresholds.stale_days, 300);
    assert_eq!(rig.toast(), "Switched to “second”: Other Ltd.");
    let others: Vec<&str> = rig.app.other_profiles().map(Listed::title).collect();
    assert_eq!(others, ["first", "third"]);
    // It reads its own.
    let asked: Vec<&Operation> = rig.asked.iter().rev().take(2).map(|(_, operation)| operation).collect();
    assert_eq!(asked, [&Operation::Keys(Scope::Organization), &Operation::Projects]);
}

#[test]
fn late_replies_of_the_organization_before_are_dropped() {
    let mut rig = Rig::with_profiles();
    let recall = rig.first_recall.take().unwrap();
    rig.press("r");
    let late = std::mem::take(&mut rig.asked);
    assert_eq!(late.len(), 3);
    on(&mut rig, "second");
    rig.press("Enter");
    rig.opened("Other Ltd.");
    for (at, (request, operation)) in late.into_iter().enumerate() {
        let answer = match operation {
            _ if at == 2 => Err(status(401)),
            Operation::Organization => Ok(Answer::Organization(organization())),
            Operation::Projects => Ok(Answer::Projects(crate::support::projects())),
            Operation::Keys(scope) => Ok(Answer::Keys(keys_of(&scope))),
            other => panic!("{other:?}"),
        };
        assert_eq!(rig.reply(request, answer), []);
    }
    assert_eq!(rig.app.organization.value().unwrap().name.as_str(), "Other Ltd.");
    assert!(rig.app.projects.value().is_none() && rig.app.obstacle().is_none());
    assert!(rig.app.keys.values().all(|keys| keys.value().is_none()));
    // What is being replaced there has the same numbers here.
    let open = vec![replacement(&Scope::Organization, KeyId(1), &keys_of(&Scope::Organization)[1], rig.now)];
    rig.reply(recall, Ok(Answer::Replacements(Replacements { open, trouble: None })));
    assert!(rig.app.replacement_of(&Scope::Organization, KeyId(1)).is_none());
}

#[test]
fn rows_that_are_worked_out_for_the_organization_before_are_dropped() {
    let mut rig = Rig::with_profiles();
    on(&mut rig, "second");
    rig.pass(SignedDuration::from_secs(1));
    rig.answer_all();
    rig.presses("r Enter");
    let request = rig.take(|operation| matches!(operation, Operation::Keys(_)));
    let pending = large::job(&rig.reply(request, Ok(Answer::Keys(large::keys()))));
    // It waits for those rows.
    rig.presses("Tab *");
    rig.opened("Other Ltd.");
    large::done(&mut rig, pending);
    assert!(rig.app.table.rows().is_empty() && rig.app.marks.is_empty() && !rig.app.is_arranging());
    assert_eq!(rig.app.count(&rig.app.view(), Tab::All), None);
}

#[test]
fn a_click_on_what_was_drawn_of_the_organization_before_counts_for_nothing() {
    let mut rig = opening("second");
    let click = large::on(&rig, Hit::Act(Action::Journal));
    rig.opened("Other Ltd.");
    assert_eq!(rig.send(Event::Mouse(click)), []);
    assert!(rig.app.dialog.is_none());
}

#[test]
fn a_value_that_nobody_has_is_told_after_a_switch_as_well() {
    let mut rig = opening("second");
    let place = ScopeRecord::new(&project("prod"), &"Production App".into());
    let key = Box::new(with_valid(&project("prod"), 12, true));
    rig.send(Event::Reconciled(Reconciled::Rotation { place, key }));
    rig.send(Event::Notice("It is full.".to_owned()));
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.toasts.left_rotations().count(), 1);
    assert_eq!(rig.app.toasts.len(), 2, "and that it was switched");
}

#[test]
fn what_is_told_of_another_profile_does_not_count_here() {
    let mut rig = opening("second");
    rig.opened("Other Ltd.");
    let of_first = |event| Event::Of(name("first"), Box::new(event));
    rig.send(of_first(Event::Capabilities(NEWER)));
    assert_eq!(rig.app.capabilities, None);
    rig.send(of_first(Event::ClockAhead(SignedDuration::from_hours(9))));
    assert_eq!(rig.app.service_now(), rig.now);
    rig.send(of_first(Event::Notice("It is full.".to_owned())));
    assert_eq!(rig.toast(), "“first”: It is full.");
    rig.press("Esc");
    // What an earlier program left there is told, and waits there; what it did not make is no news.
    let none = Lost { error: None, ..lost_key(Ok(Vec::new())) };
    rig.send(of_first(Event::Reconciled(Reconciled::New(Box::new(none)))));
    assert!(!rig.toast().contains("in “first”"), "{}", rig.toast());
    let found = Ok(vec![key(99, Some("GitLab"), true, 0, None)]);
    let lost = Lost { error: None, ..lost_key(found) };
    rig.send(of_first(Event::Reconciled(Reconciled::New(Box::new(lost)))));
    assert!(rig.app.dialog.is_none() && rig.toast().contains("in “first”: switch to it (P)"), "{}", rig.toast());
    rig.press("Esc");
    on(&mut rig, "first");
    rig.press("Enter");
    rig.opened("Acme Inc.");
    assert!(
        matches!(&rig.app.dialog, Some(confident_keys::app::dialog::Dialog::Lost(dialog)) if dialog.lost.name == "GitLab")
    );
    // Of the one in force it counts.
    rig.send(of_first(Event::Capabilities(NEWER)));
    assert_eq!(rig.app.capabilities, Some(NEWER));
}

#[test]
fn a_profile_that_can_not_be_entered_says_so_in_its_place() {
    let mut rig = opening("second");
    assert_eq!(rig.not_opened(down()), []);
    assert_eq!(rig.app.profile(), name("first"));
    assert_eq!(rig.app.profile_at_cursor().unwrap().standing, Standing::Failed(down()));
    assert_eq!(
        rig.toast(),
        "“second” was not switched to. Nobody answers at keys.invalid. What is shown is as before."
    );
    assert!(rig.app.projects.value().is_some());
    // It may be up again.
    rig.presses("Esc Enter");
    assert!(rig.toast().is_empty());
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("second"));
    // What a command wrote over the screen is drawn over.
    on(&mut rig, "third");
    rig.press("Enter");
    assert_eq!(rig.not_opened(down()), [Effect::Redraw]);
}

#[test]
fn in_the_dialog_the_first_esc_stays() {
    let mut rig = Rig::with_memory(Memory::default());
    rig.press("P");
    rig.presses("s e c Enter");
    rig.press("Esc");
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("first"));
    assert!(matches!(rig.app.dialog, Some(confident_keys::app::dialog::Dialog::Profiles(_))));
}

#[test]
fn who_thinks_better_of_it_stays() {
    let mut rig = opening("second");
    let is_opening = |rig: &Rig| rig.app.is_opening(rig.app.profile_at_cursor().unwrap());
    assert!(is_opening(&rig));
    rig.press("Esc");
    assert!(!is_opening(&rig), "it is still read, but not to be entered");
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("first"));
    assert_eq!(rig.app.profile_at_cursor().unwrap().standing, Standing::SignedIn);
    // Another choice counts for the first one.
    on(&mut rig, "third");
    rig.press("Enter");
    on(&mut rig, "second");
    rig.press("Enter");
    rig.opened("Third Inc.");
    assert_eq!(rig.app.profile(), name("first"));
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("second"));
}

#[test]
fn nothing_is_switched_while_a_change_is_under_way_or_a_secret_is_open() {
    // A change.
    let mut rig = opening("second");
    rig.press("0");
    rig.answer_all();
    rig.ask("x");
    rig.press("y");
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("first"));
    assert!(rig.toast().contains("A change is under way"), "{}", rig.toast());
    let Operation::SetValid { scope, id, valid } = rig.asked.last().unwrap().1.clone() else { panic!("a change") };
    rig.reply_write(Ok(Answer::Key(with_valid(&scope, id.0, valid))));
    assert!(rig.toast().contains("is inactive"), "its answer is not lost: {}", rig.toast());

    // Even where its dialog is gone, which no key does.
    let mut rig = Rig::with_profiles();
    rig.press("Enter");
    rig.ask("x");
    rig.press("y");
    rig.app.dialog = None;
    rig.press("Esc");
    on(&mut rig, "second");
    rig.press("Enter");
    assert!(rig.opening.is_empty() && rig.toast().contains("A change is under way"), "{}", rig.toast());

    // A secret.
    let mut rig = opening("second");
    rig.press("c");
    rig.presses("g c");
    rig.looked();
    rig.fill_in("GitLab");
    rig.generate();
    rig.reply_write(Ok(created(99, "GitLab", Some(FAKE_SECRET))));
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("first"));
    assert!(rig.toast().contains("A new key's secret is open"), "{}", rig.toast());

    // What is read or typed is not taken away.
    for (keys, words) in [("?", "close what is open"), ("/ s", "choose it again")] {
        let mut rig = opening("second");
        rig.presses(keys);
        rig.opened("Other Ltd.");
        assert_eq!(rig.app.profile(), name("first"));
        assert!(rig.toast().contains(words), "{}", rig.toast());
    }
}

#[test]
fn nothing_is_generated_by_a_key_on_another_organizations_row() {
    let mut rig = Rig::with_profiles();
    on(&mut rig, "second");
    rig.press("c");
    assert!(rig.app.dialog.is_none() && rig.toast().contains("Enter switches to the profile"), "{}", rig.toast());
}

#[test]
fn a_key_that_took_over_is_kept_over_a_switch_and_told_at_the_end() {
    let mut rig = Rig::with_profiles();
    rig.presses("Enter G R Enter");
    rig.looked();
    rig.fill_in("");
    rig.generate();
    rig.reply_write(Ok(created(99, "ckeys (2)", Some(FAKE_SECRET))));
    rig.press("Enter");
    let (request, _) = rig.copies.pop().unwrap();
    let copied = confident_keys::app::message::Delivery::Clipboard { clears_after: None };
    rig.send(Event::Copied(request, Ok(copied)));
    rig.press("Enter");
    rig.signed_in(None);
    let tail = rig.app.session.as_ref().unwrap().signer.tail().to_owned();
    rig.press("Enter");
    rig.examined();
    rig.answer_all();
    rig.presses("Esc Esc Esc Esc");
    on(&mut rig, "second");
    rig.press("Enter");
    rig.opened("Other Ltd.");
    let left = rig.app.leaves_behind();
    assert!(left.len() == 1 && left[0].starts_with("“first”: This shell still has the old key"), "{left:?}");
    on(&mut rig, "first");
    rig.press("Enter");
    rig.opened("Acme Inc.");
    assert_eq!(rig.app.session.as_ref().unwrap().signer.tail(), tail);
    assert!(rig.app.session.as_ref().unwrap().is_source_old);
}

#[test]
fn a_read_only_profile_forbids_and_leaving_it_allows() {
    let mut rig = opening("third");
    rig.opened("Third Inc.");
    assert!(rig.app.obstacle().is_some());
    on(&mut rig, "first");
    rig.press("Enter");
    rig.opened("Acme Inc.");
    assert!(rig.app.obstacle().is_none());
}

#[test]
fn the_dialog_finds_a_profile_by_its_name_and_stays_until_it_is_there() {
    let mut rig = Rig::with_profiles();
    rig.press("P");
    rig.type_text("thi");
    rig.press("Enter");
    assert_eq!(rig.opening[0].1, name("third"));
    assert!(rig.app.dialog.is_some());
    rig.not_opened(down());
    assert!(rig.app.dialog.is_some() && rig.toast().is_empty(), "it says so in its place");
    rig.press("Enter");
    rig.opened("Third Inc.");
    assert!(rig.app.dialog.is_none());
    assert_eq!(rig.app.profile(), name("third"));
    // The one in force is no choice, but a way out.
    rig.presses("P Enter");
    assert!(rig.app.dialog.is_none() && rig.opening.is_empty());
    let mut rig = Rig::ready();
    rig.press("P");
    assert!(rig.toast().contains("`ckeys profile add NAME`"), "{}", rig.toast());
}

#[test]
fn in_the_dialog_esc_takes_back_what_was_typed_first() {
    let mut rig = Rig::with_profiles();
    rig.presses("P z z Enter");
    assert!(rig.app.dialog.is_some() && rig.opening.is_empty(), "none is called so");
    rig.press("Esc");
    assert!(rig.app.dialog.is_some());
    rig.presses("Down Down Up Enter");
    assert_eq!(rig.opening[0].1, name("second"));
    rig.presses("Esc Esc");
    assert!(rig.app.dialog.is_none());
    // What is typed finds the first that fits, wherever the choice stood.
    let mut other = Rig::with_profiles();
    other.presses("P Down Down d Enter");
    assert_eq!(other.opening[0].1, name("second"));
    rig.press("P");
    rig.send(Event::Paste("ird".to_owned()));
    rig.press("Enter");
    assert_eq!(rig.opening[1].1, name("third"));
}

#[test]
fn without_a_key_a_profile_can_be_chosen() {
    let mut rig = Rig::signed_out_with_profiles();
    rig.presses("P Down Enter");
    assert_eq!(rig.opening[0].1, name("second"));
    rig.opened("Other Ltd.");
    assert_eq!(rig.app.profile(), name("second"));
    assert!(rig.app.session.is_some() && rig.app.dialog.is_none());
}

#[test]
fn what_was_started_without_a_profile_can_be_gone_back_to() {
    let mut rig =
        Rig::start_with(Ok(session()), confident_keys::config::InForce::default(), profiles(Memory::default()));
    rig.answer_all();
    rig.press("?");
    assert!(headings(&rig).contains(&"In force".to_owned()), "there are others to tell it from");
    rig.press("Esc");
    on(&mut rig, "second");
    rig.press("Enter");
    rig.opened("Other Ltd.");
    on(&mut rig, "environment");
    rig.press("Enter");
    assert_eq!(rig.opening[0].1, None);
    rig.opened("Acme Inc.");
    assert_eq!((rig.app.profile(), rig.entered.last()), (None, Some(&None)));
}

fn remembered(view: View) -> Remembered {
    Remembered { view, sort: SortColumn::Name, descending: true, tab: Tab::Stale, folded: true }
}

#[test]
fn what_was_shown_the_last_time_is_shown_again_and_no_other_profiles() {
    let of_first = remembered(View::One(project("stage")));
    let memory: Memory =
        [(name("first"), of_first.clone()), (name("second"), remembered(View::All))].into_iter().collect();
    let mut rig = Rig::start_with(Ok(session()), in_force("first"), profiles(memory));
    // It is read at once, and has a name before its name is known.
    assert!(rig.asked.iter().any(|(_, asked)| *asked == Operation::Keys(project("stage"))));
    assert!(rig.asked.iter().all(|(_, asked)| *asked != Operation::Keys(Scope::Organization)));
    assert_eq!(rig.app.view_name(&rig.app.view()), "Last project");
    rig.answer_all();
    assert_eq!(rig.app.view_name(&rig.app.view()), "Staging");
    assert_eq!((rig.app.table.sort, rig.app.table.descending, rig.app.table.tab), (SortColumn::Name, true, Tab::Stale));
    assert_eq!(rig.app.scopes.rows.iter().filter(|row| matches!(row, ScopeRow::View(_))).count(), 5);
    assert!(rig.app.folded);
    on(&mut rig, "second");
    rig.press("Enter");
    rig.opened("Other Ltd.");
    assert_eq!((rig.app.view(), rig.app.table.tab), (View::All, Tab::Stale));
    rig.answer_all();
    rig.presses("1 s");
    let memory = rig.app.into_memory();
    // The cursor went over others on its way: what the table showed last counts.
    let first = memory.get(&name("first")).unwrap();
    assert_eq!(*first, Remembered { view: View::One(project("void")), ..of_first });
    let second = memory.get(&name("second")).unwrap();
    assert_eq!((second.tab, second.sort, second.view.clone()), (Tab::All, SortColumn::Status, View::All));
    assert_eq!(memory.get(&name("third")), None);
}

#[test]
fn what_is_as_at_first_is_not_worth_remembering() {
    let mut rig = Rig::with_profiles();
    assert_eq!(Rig::with_profiles().app.into_memory(), Memory::default());
    rig.press("3");
    assert_eq!(rig.app.into_memory().get(&name("first")).unwrap().tab, Tab::Stale);
}

#[test]
fn a_project_that_is_gone_gives_way_to_the_organization() {
    let memory: Memory = [(name("first"), remembered(View::One(project("gone"))))].into_iter().collect();
    let mut rig = Rig::with_memory(memory);
    assert_eq!(rig.app.view(), View::One(Scope::Organization));
    rig.pass(SignedDuration::from_secs(1));
    rig.answer_all();
    assert_eq!(rig.app.table.rows().len(), 1);
    // Only among all keys there is a scope to sort by.
    let odd = Remembered { sort: SortColumn::Scope, ..remembered(View::One(Scope::Organization)) };
    let rig = Rig::with_memory([(name("first"), odd)].into_iter().collect());
    assert_eq!(rig.app.table.sort, SortColumn::Created);
}

#[test]
fn nothing_is_remembered_of_made_up_data() {
    let mut rig = Rig::signed_out_with_profiles();
    let signer = confident_keys::guard::Signer::new(&confident_keys::secret::Secret::new("fake_d5e6f7"));
    let demo = confident_keys::app::Session::new(String::new(), confident_keys::config::KeySource::Embedded, signer);
    rig.send(Event::Connected(demo));
    rig.answer_all();
    rig.presses("3 s");
    assert_eq!(rig.app.into_memory(), Memory::default());
}
