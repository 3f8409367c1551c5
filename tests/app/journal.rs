//! The journal's dialog: what is asked for, and what it says.

use confident_keys::api::model::KeyId;
use confident_keys::app::details::reader_lines;
use confident_keys::app::dialog::{Dialog, ReaderLine};
use confident_keys::app::journal::MOST;
use confident_keys::app::message::Effect;
use confident_keys::app::records::State;
use confident_keys::app::request::RequestId;
use confident_keys::app::{App, Event};
use confident_keys::journal::{
    Action, Entry, Intended, Intent, JournalError, ListedIntent, Outcome, Report, ScopeRecord,
};
use confident_keys::text;

use crate::report::{PATH, Writer};
use crate::support::{Rig, writer};

/// A line as it is read, without its sign.
fn plain(line: ReaderLine) -> String {
    match line {
        ReaderLine::Heading(words) | ReaderLine::Warning(words) | ReaderLine::Words(words) => words,
        ReaderLine::Record(state, words) => format!("{} {words}", state.word()),
        ReaderLine::More(words) => format!("  {words}"),
        ReaderLine::Pair(label, words) => format!("{label} {words}"),
        ReaderLine::Blank => String::new(),
    }
}

/// The text, with single spaces.
pub(crate) fn shown(app: &App) -> String {
    let lines = reader_lines(app).into_iter().map(plain);
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

/// The text of a journal that says this.
fn text_of(report: Result<Option<Report>, JournalError>) -> String {
    let mut rig = Rig::keys_of("prod");
    rig.press("@");
    rig.reply_journal(report);
    shown(&rig.app)
}

fn with(entries: Vec<Entry>) -> String {
    text_of(Ok(Some(Report { entries, ..Writer::empty() })))
}

#[track_caller]
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { panic!("no {part:?} in its place:\n{text}") };
        rest = after;
    }
}

fn states(app: &App) -> Vec<State> {
    let record = |line| match line {
        ReaderLine::Record(state, _) => Some(state),
        _ => None,
    };
    reader_lines(app).into_iter().filter_map(record).collect()
}

#[test]
fn it_is_read_when_it_opens_and_when_that_is_asked_for() {
    let mut rig = Rig::ready();
    let effects = rig.press("@");
    assert!(matches!(effects[..], [Effect::ReadJournal(_, MOST)]), "{effects:?}");
    assert!(shown(&rig.app).contains("Reading the journal"));
    // Once is enough.
    assert_eq!(rig.press("r"), []);
    rig.reply_journal(Ok(Some(Writer::empty())));
    assert!(shown(&rig.app).contains("Nothing was done yet"));
    assert!(matches!(rig.press("r")[..], [Effect::ReadJournal(_, MOST)]));
    // What was read stays meanwhile.
    assert!(shown(&rig.app).contains("Nothing was done yet"));
    rig.reply_journal(Ok(Some(writer().everything("GitLab"))));
    assert!(shown(&rig.app).contains("Old laptop"));
    // Opened again it is read again.
    assert_eq!(rig.press("@"), []);
    assert!(rig.app.dialog.is_none());
    assert_eq!(rig.press("@").len(), 1);
}

#[test]
fn what_comes_when_it_is_closed_or_asked_again_changes_nothing() {
    let mut rig = Rig::ready();
    rig.press("@");
    let late = rig.journals.pop().unwrap();
    rig.press("Esc");
    let full = || Ok(Some(Box::new(writer().everything("GitLab"))));
    assert_eq!(rig.send(Event::Journal(late, full())), []);
    assert!(rig.app.dialog.is_none());
    rig.press("@");
    rig.send(Event::Journal(late, full()));
    rig.send(Event::Journal(RequestId(9999), full()));
    assert!(
        matches!(&rig.app.dialog, Some(Dialog::Journal(dialog)) if dialog.is_reading() && dialog.report().is_none())
    );
}

#[test]
fn what_has_to_be_looked_at_comes_first_and_the_rest_is_newest_first() {
    use State::{Done, Failed, Nothing, Open, Orphan, SettledOrphan, SettledUnknown, UnderWay, Unknown};
    let rig = Rig::in_journal();
    let expected = [
        &[Open, Unknown, Orphan][..],
        &[UnderWay, Done, Failed, Done, Nothing, SettledOrphan, Done, SettledUnknown, Done, Done, Done, Done],
    ];
    assert_eq!(states(&rig.app), expected.concat());
    in_order(
        &shown(&rig.app),
        &[
            "To look at: 1 key that nobody has the secret of, 1 change whose outcome is unknown, 1 key that may have been made.",
            "open 9 minutes ago create Slack exporter Production App",
            "the next start with the same key looks into it",
            "unknown 5 minutes ago deactivate GitHub Actions 65 Production App",
            "The service failed (503): Database is busy.",
            "orphan 7 minutes ago reconcile Lost bot 62 Production App",
            "Nobody has this key's secret: deactivate or delete it.",
            "OUTCOME TIME ACTION NAME ID SCOPE",
            "under way just now create Nightly evals Production App",
            // Its name is known from what was noted of it before.
            "done 2 minutes ago delete Lost bot 63 Production App",
            "failed 3 minutes ago deactivate Old laptop 64 Production App",
            "api.confident-ai.com refused the connection.",
            "done 4 minutes ago deactivate Terraform Cloud 61 Organization",
            "none 6 minutes ago create Canary Production App",
            "no such key had been made",
            "orphan 8 minutes ago create Lost bot 63 Production App",
            "Since then: deleted.",
            "done 58 minutes ago activate Old laptop",
            "unknown 59 minutes ago activate Old laptop",
            "Since then: reactivated.",
            "done 40 days ago",
            "Kept in",
        ],
    );
}

/// What an entry says of a key counts for those before it, not for those after it.
#[test]
fn only_what_was_done_since_settles_something() {
    let writer = writer();
    let orphan = writer.entry(5, Action::Create, 62, "CI", Outcome::Orphan);
    for (action, outcome, settles) in [
        (Action::Deactivate, Outcome::Done, true),
        (Action::Delete, Outcome::Done, true),
        (Action::Activate, Outcome::Done, false),
        (Action::Delete, Outcome::Failed, false),
        (Action::Deactivate, Outcome::Unknown, false),
    ] {
        let other = writer.entry(1, action, 62, "CI", outcome);
        let after = with(vec![other.clone(), orphan.clone()]);
        assert_eq!(!after.contains("nobody has the secret of"), settles, "{action:?} {outcome:?}: {after}");
        let before = with(vec![orphan.clone(), other]);
        assert!(before.contains("nobody has the secret of"), "{before}");
    }
    // Another service's keys have the same ids.
    let mut elsewhere = writer.entry(1, Action::Delete, 62, "CI", Outcome::Done);
    elsewhere.service = confident_keys::journal::Service::new(&"https://keys.example.test".parse().unwrap());
    assert!(with(vec![elsewhere, orphan]).contains("nobody has the secret of"));
}

#[test]
fn another_organization_is_named_and_this_one_is_not() {
    let mut rig = Rig::in_journal();
    rig.send(Event::Resize { cols: 160, rows: 36 });
    let text = shown(&rig.app);
    for row in ["7 Umbrella Ltd. / Production App", "8 organization not noted / Gone"] {
        assert!(text.contains(row), "{row}: {text}");
    }
    assert!(text.contains("63 Acme Inc. / Production App at eu.api.confident-ai.com"), "{text}");
    assert_eq!(text.matches("Acme Inc.").count(), 1, "{text}");
    // Whose it is can be told by the project.
    let entry = Entry { organization: None, ..writer().entry(1, Action::Deactivate, 7, "CI", Outcome::Done) };
    assert!(with(vec![entry.clone()]).contains("CI 7 Production App\n"));
    let entry = Entry { scope: ScopeRecord::Organization, ..entry };
    assert!(with(vec![entry]).contains("CI 7 organization not noted\n"));
}

#[test]
fn times_are_as_they_are_elsewhere() {
    let mut rig = Rig::in_journal();
    assert!(shown(&rig.app).contains("done 2 minutes ago delete"));
    rig.press("z");
    assert!(shown(&rig.app).contains("done 2026-11-21 11:58 delete"));
    assert_eq!(rig.app.times, confident_keys::config::Times::Local);
    rig.presses("z z");
    assert!(shown(&rig.app).contains("done 2 minutes ago delete"));
}

#[test]
fn an_empty_journal_says_what_will_be_in_it_and_where_it_is() {
    in_order(
        &text_of(Ok(Some(Writer::empty()))),
        &["Nothing was done yet.", "is noted here, without any part of a", &format!("Kept in {PATH}")],
    );
}

#[test]
fn without_a_journal_it_says_why() {
    assert!(text_of(Ok(None)).contains("No journal is kept of the demo"));
    let stuck = JournalError::NoAnswer("/home/ada/state".into());
    let text = text_of(Err(stuck));
    in_order(&text, &["/home/ada/state does not answer", "Work goes on without a", "can't tell you of that key"]);
    let trouble = Some(JournalError::Folder { path: "/home/ada/state".into(), reason: "Read-only file system".into() });
    let text = text_of(Ok(Some(Report { trouble, ..Writer::empty() })));
    in_order(
        &text,
        &["/home/ada/state can't be used: Read-only file system", "Work goes on without", "Nothing was done yet"],
    );
}

#[test]
fn what_is_missing_is_told() {
    let entries = vec![writer().entry(1, Action::Delete, 7, "CI", Outcome::Done)];
    let report = Report { entries, ..Writer::empty() };
    let one = text_of(Ok(Some(Report { unreadable: 1, ..report.clone() })));
    in_order(&one, &["1 line can't be read and was left out", "done"]);
    let several = text_of(Ok(Some(Report { unreadable: 3, ..report.clone() })));
    in_order(&several, &["3 lines can't be read and were left out", "done"]);
    // Nothing is claimed where nothing could be read.
    let none = text_of(Ok(Some(Report { unreadable: 3, ..Writer::empty() })));
    assert!(!none.contains("Nothing was done"), "{none}");
    let paths = vec!["/home/ada/state/intents/1.unreadable".into()];
    let notes = text_of(Ok(Some(Report { unreadable_intents: paths, ..report.clone() })));
    in_order(
        &notes,
        &["Notes of keys that were being generated or rotated can't be read", "intents/1.unreadable", "done"],
    );
    let cut = text_of(Ok(Some(Report { has_more: true, ..report })));
    in_order(&cut, &["done", &format!("the newest {MOST}; `ckeys journal` prints the older ones, too"), "Kept in"]);
}

#[test]
fn rotations_that_are_open_or_under_way_are_called_so() {
    let rotation = |minutes, name: &str, hours| {
        let what = Intended::Rotate { id: KeyId(34), grace_hours: Some(hours), ends: vec!["a1b2c3".to_owned()] };
        Intent { what, ..writer().intent(minutes, name) }
    };
    let intents = vec![
        ListedIntent { intent: rotation(1, "At work", 24), is_under_way: true },
        ListedIntent { intent: rotation(2, "Left", 0), is_under_way: false },
        ListedIntent { intent: writer().intent(3, "New"), is_under_way: false },
    ];
    let text = text_of(Ok(Some(Report { intents, ..Writer::empty() })));
    in_order(
        &text,
        &[
            "To look at: 1 key that may have been made, 1 key that may have been rotated.",
            "open 2 minutes ago rotate Left 34",
            "Its rotation without a grace period was left open",
            "the next start with the",
            "open 3 minutes ago create New",
            "Its ckeys ended before the answer came",
            "under way 1 minute ago rotate At work 34",
            "It is being rotated with a grace period of 24 h",
        ],
    );
    assert!(!text.contains("a1b2c3"), "{text}");
}

#[test]
fn a_rotation_whose_answer_was_lost_is_told_as_what_became_of_it() {
    for (outcome, words) in [
        (Outcome::Orphan, "It was rotated, and nobody has its new secret: rotate it again."),
        (Outcome::None, "Its answer was lost; it has not been rotated."),
    ] {
        let text = with(vec![writer().entry(5, Action::Rotate, 34, "CI", outcome)]);
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_gap_stands_only_between_what_has_to_be_looked_at_and_the_rest() {
    let gaps = |entries: Vec<Entry>| {
        let mut rig = Rig::keys_of("prod");
        rig.press("@");
        rig.reply_journal(Ok(Some(Report { entries, ..Writer::empty() })));
        reader_lines(&rig.app).iter().filter(|line| matches!(line, ReaderLine::Blank)).count()
    };
    let done = writer().entry(5, Action::Create, 34, "CI", Outcome::Done);
    let orphan = writer().entry(6, Action::Create, 35, "CI", Outcome::Orphan);
    let both = gaps(vec![done.clone(), orphan.clone()]);
    assert_eq!((gaps(vec![done]) + 1, gaps(vec![orphan]) + 1), (both, both));
}

#[test]
fn what_a_start_found_out_of_a_rotation_is_told_until_it_was_rotated_again() {
    let words = "it has a new value, which nobody has: rotate it again";
    let orphan = Entry { detail: words.into(), ..writer().entry(5, Action::Reconcile, 34, "CI", Outcome::Orphan) };
    in_order(&with(vec![orphan.clone()]), &["To look at: 1 key that nobody has the secret of", "orphan", words]);
    let nothing = Entry { detail: "it was not rotated".into(), outcome: Outcome::None, ..orphan.clone() };
    in_order(&with(vec![nothing]), &["none 5 minutes ago reconcile CI 34", "it was not rotated."]);
    let lost = writer().entry(6, Action::Rotate, 34, "CI", Outcome::Orphan);
    for (later, is_settled) in [
        (writer().entry(4, Action::Rotate, 34, "CI", Outcome::Done), true),
        (writer().entry(4, Action::Rotate, 34, "CI", Outcome::Failed), false),
        (writer().entry(4, Action::Rotate, 35, "Other", Outcome::Done), false),
        (writer().entry(4, Action::Activate, 34, "CI", Outcome::Done), false),
    ] {
        let text = with(vec![later.clone(), orphan.clone(), lost.clone()]);
        assert_eq!(text.matches("Since then: rotated.").count(), if is_settled { 2 } else { 0 }, "{later:?}: {text}");
        assert_eq!(text.contains("To look at: 2 keys"), !is_settled, "{later:?}: {text}");
    }
}

#[test]
fn no_line_is_wider_than_the_dialog_at_any_size() {
    let long = "日本語 and a name that goes on for longer than any column is wide, as names do, and on ".repeat(3);
    for cols in (60..=200).step_by(7) {
        let mut rig = Rig::in_journal();
        rig.press("r");
        rig.reply_journal(Ok(Some(writer().everything(&long))));
        rig.send(Event::Resize { cols, rows: 24 });
        for line in reader_lines(&rig.app) {
            let beside = match &line {
                ReaderLine::Record(..) | ReaderLine::More(_) => confident_keys::app::journal::STATE_CELLS,
                _ => 0,
            };
            let words = match &line {
                ReaderLine::Record(_, words) | ReaderLine::More(words) => words.clone(),
                _ => plain(line.clone()),
            };
            let width = beside + text::width(&words);
            assert!(width <= usize::from(rig.app.size.journal_width()), "{cols}: {width} cells: {words:?}");
        }
        let text = shown(&rig.app);
        assert!(text.contains("Production App") && text.contains("1234567"), "{cols}: {text}");
    }
}

#[test]
fn it_scrolls_and_stays_in_range() {
    let mut rig = Rig::in_journal();
    rig.send(Event::Resize { cols: 60, rows: 16 });
    rig.press("G");
    let line = |rig: &Rig| match &rig.app.dialog {
        Some(Dialog::Journal(dialog)) => dialog.reader.line,
        other => panic!("{other:?}"),
    };
    assert_eq!(line(&rig), reader_lines(&rig.app).len() - usize::from(rig.app.size.reader_rows()));
    rig.presses("g j j");
    assert_eq!(line(&rig), 2);
    rig.presses("G r");
    rig.reply_journal(Ok(Some(Writer::empty())));
    assert_eq!(line(&rig), 0, "it is shorter now");
}
