//! Which parts the screen has at which size.

use confident_keys::app::Pane;
use confident_keys::app::geometry::{Area, BESIDE, BESIDE_ALL, BOTH, Details, Layout, Plan, Size, WIDE};
use confident_keys::ui::theme::{Colours, Theme};
use proptest::prelude::*;

use crate::data::Names;
use crate::picture::rows;
use crate::scene::Scene;
use crate::states;

fn plan(cols: u16, rows: u16) -> Plan {
    Plan { size: Size { cols, rows }, folded: false, focus: Pane::Keys, is_all: false }
}

fn is_inside(outer: Area, inner: Area) -> bool {
    inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() && inner.bottom() <= outer.bottom()
}

fn overlap(a: Area, b: Area) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// None of them is beyond the screen, and none over another.
fn assert_sound(plan: Plan) {
    let Layout { header, body, footer, scopes, keys, table } = Layout::of(plan);
    let whole = Area { x: 0, y: 0, width: plan.size.cols, height: plan.size.rows };
    let details = match table.details {
        Some(Details::Below(area) | Details::Beside(area)) => Some(area),
        None => None,
    };
    let shown = keys.is_some();
    let lines = [Some(table.tabs), table.note, Some(table.headings), Some(table.rows), details.filter(|_| shown)];
    let lines: Vec<Area> = lines.into_iter().flatten().collect();
    let frames = [
        Some(header),
        Some(footer),
        scopes,
        keys,
        match table.details {
            Some(Details::Beside(area)) if shown => Some(area),
            _ => None,
        },
    ];
    let frames: Vec<Area> = frames.into_iter().flatten().collect();
    for parts in [&lines, &frames] {
        for (at, part) in parts.iter().enumerate() {
            assert!(is_inside(whole, *part), "{plan:?}: {part:?} is beyond the screen");
            let other = parts[..at].iter().find(|other| overlap(**other, *part));
            assert_eq!(other, None, "{plan:?}: {part:?} stands over another");
        }
    }
    if plan.size.is_too_small() {
        return;
    }
    for pane in [scopes, keys].into_iter().flatten() {
        assert!(is_inside(body, pane) && pane.width >= 26, "{plan:?}: {pane:?}");
    }
    if let Some(keys) = keys {
        let within = |area| is_inside(keys.inner(), area);
        assert!(within(table.tabs) && within(table.headings) && within(table.rows), "{plan:?}: {table:?}");
        assert!(table.rows.height >= 3, "{plan:?}: {table:?}");
    }
    // All of the body is somebody's, and who has the focus is in sight.
    let parts = [scopes, keys, details.filter(|_| matches!(table.details, Some(Details::Beside(_))) && shown)];
    let width: u16 = parts.into_iter().flatten().map(|part| part.width).sum();
    assert_eq!(width, plan.size.cols, "{plan:?}");
    let focused = if plan.focus == Pane::Keys { keys } else { scopes };
    assert!(focused.is_some(), "{plan:?}");
}

proptest! {
    #[test]
    fn panes_are_inside_the_screen_and_never_over_each_other(
        cols in 1..=300_u16, rows in 1..=100_u16, folded: bool, in_scopes: bool, is_all: bool,
    ) {
        let focus = if in_scopes { Pane::Scopes } else { Pane::Keys };
        assert_sound(Plan { size: Size { cols, rows }, folded, focus, is_all });
    }
}

/// The thresholds are those that are documented.
#[test]
fn the_panes_stand_side_by_side_from_stated_widths_on() {
    let has_scopes = |plan| Layout::of(plan).scopes.is_some();
    let is_beside = |cols| matches!(Layout::of(plan(cols, 40)).table.details, Some(Details::Beside(_)));
    assert!(!has_scopes(plan(BESIDE - 1, 24)) && has_scopes(plan(BESIDE, 24)));
    let all = |cols| Plan { is_all: true, ..plan(cols, 24) };
    assert!(!has_scopes(all(BESIDE_ALL - 1)) && has_scopes(all(BESIDE_ALL)));
    assert!(!is_beside(WIDE - 1) && is_beside(WIDE));
    let focused = |cols| Plan { focus: Pane::Scopes, folded: true, ..plan(cols, 24) };
    assert_eq!(Layout::of(focused(BOTH - 1)).keys, None);
    assert!(Layout::of(focused(BOTH)).keys.is_some() && Layout::of(focused(300)).keys.is_some());
    assert!(!has_scopes(Plan { folded: true, ..plan(300, 24) }), "folded by hand, at any width");
}

/// A wider screen never takes a row or a column of the table away, but for what another pane or the details get.
#[test]
fn parts_grow_with_the_screen() {
    for (from, to) in [(60, BESIDE), (BESIDE, WIDE), (WIDE, 300)] {
        let widths: Vec<u16> = (from..to).map(|cols| Layout::of(plan(cols, 40)).table.rows.width).collect();
        assert!(widths.is_sorted(), "{from}..{to}: {widths:?}");
    }
}

const ALL: [&str; 9] = ["ID", "STATUS", "NAME", "SCOPE", "LAST USED", "AGE", "EXPIRES", "CREATED", "KEY"];

/// The headings in sight.
fn headings(scene: &Scene) -> Vec<&'static str> {
    let shown = rows(&scene.draw(Theme::new(Colours::Many, false)).0);
    let line = shown.iter().find(|row| row.contains("STATUS ")).unwrap();
    // Not what is part of another word.
    ALL.into_iter().filter(|heading| line.contains(&format!(" {heading} "))).collect()
}

/// From the widest screen to the narrowest columns go one by one, in the order that the README states.
#[test]
fn columns_go_in_the_stated_order() {
    for (state, keys, order) in [
        ("all_keys", "b", &["KEY", "CREATED", "AGE", "EXPIRES"][..]),
        ("all_keys", "b w", &["KEY", "CREATED", "ID", "AGE", "EXPIRES"]),
        ("project", "b", &["KEY", "CREATED", "AGE", "EXPIRES"]),
    ] {
        let mut scene = states::named(state).1(Names::Any).resized(Size { cols: 159, rows: 30 }).keys(keys);
        let mut before = headings(&scene);
        let mut gone = Vec::new();
        for cols in (60..159).rev() {
            scene = scene.resized(Size { cols, rows: 30 });
            let now = headings(&scene);
            assert!(now.iter().all(|heading| before.contains(heading)), "{state} at {cols}: {before:?} {now:?}");
            gone.extend(before.iter().filter(|heading| !now.contains(heading)).copied());
            before = now;
        }
        assert_eq!(gone, order, "{state}");
        let stay = if state == "project" {
            &["STATUS", "NAME", "LAST USED"][..]
        } else {
            &["STATUS", "NAME", "SCOPE", "LAST USED"]
        };
        assert_eq!(before, stay, "{state}");
    }
}

/// Whatever is folded, the Keys pane says whose keys it shows.
#[test]
fn the_scope_is_told_where_its_pane_is_folded() {
    for cols in [60, 79, 80, 89, 120, 200] {
        let mut scene = states::named("project").1(Names::Any).resized(Size { cols, rows: 24 });
        if cols >= BESIDE {
            scene = scene.keys("b");
        }
        let shown = rows(&scene.draw(Theme::new(Colours::Many, false)).0).join("\n");
        assert!(!shown.contains("Scopes") && shown.contains("Keys · Production App"), "{shown}");
        assert!(shown.contains("Tab scopes") || cols < 200, "{shown}");
        let shown = rows(&scene.keys("Tab").draw(Theme::new(Colours::Many, false)).0).join("\n");
        assert!(shown.contains("╭ Scopes ") && shown.contains("▸ Production"), "{shown}");
    }
}

#[test]
fn b_folds_and_unfolds_and_comes_and_goes_with_the_focus_where_there_is_no_room() {
    let shows = |scene: &Scene| scene.app.layout().scopes.is_some();
    let scene = states::named("project_in_scopes").1(Names::Any).resized(Size { cols: 120, rows: 36 });
    let scene = scene.keys("b");
    assert!(!shows(&scene) && scene.app.folded && scene.app.focus == Pane::Keys);
    let scene = scene.keys("Tab");
    assert!(shows(&scene) && scene.app.folded, "it comes with the focus");
    let scene = scene.keys("b");
    assert!(shows(&scene) && !scene.app.folded, "b unfolds it for good");
    let scene = scene.resized(Size { cols: 70, rows: 20 }).keys("Enter");
    assert!(!shows(&scene));
    let scene = scene.keys("b");
    assert!(shows(&scene) && !scene.app.folded && scene.app.focus == Pane::Scopes);
    let scene = scene.keys("b");
    assert!(!shows(&scene) && !scene.app.folded && scene.app.focus == Pane::Keys);
}
