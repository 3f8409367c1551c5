//! How the room of a screen is divided, at the sizes at which something changes.

use confident_keys::app::Event;
use confident_keys::app::geometry::{Area, Details, Size};

use crate::support::Rig;

#[test]
fn a_border_leaves_its_inside_or_nothing() {
    let inner = |width, height| Area { x: 4, y: 5, width, height }.inner();
    assert_eq!(inner(9, 7), Area { x: 5, y: 6, width: 7, height: 5 });
    assert_eq!(inner(2, 9), Area { x: 5, y: 6, width: 0, height: 7 });
    assert_eq!(inner(9, 2), Area { x: 5, y: 6, width: 7, height: 0 });
    for (width, height) in [(0, 9), (1, 9), (9, 0), (9, 1), (1, 1), (0, 0)] {
        assert_eq!(inner(width, height), Area { x: 4, y: 5, width: 0, height: 0 }, "{width}x{height}");
    }
}

#[test]
fn the_list_of_many_keys_gets_what_words_and_gaps_leave() {
    let list = |rows| Size { cols: 80, rows }.bulk_rows(false);
    assert_eq!([16, 17, 18, 19, 20, 30, 40].map(list), [4, 5, 6, 5, 6, 16, 16]);
    let short = |rows| Size { cols: 80, rows }.bulk_rows(true);
    assert_eq!([16, 18, 19, 30].map(short), [6, 8, 7, 16]);
}

#[test]
fn a_higher_screen_has_more_of_the_details_below_the_table() {
    for (rows, lines) in [(16, 0), (19, 0), (20, 3), (23, 3), (24, 4), (40, 4)] {
        let mut rig = Rig::keys_of("prod");
        rig.send(Event::Resize { cols: 80, rows });
        let height = match rig.app.layout().table.details {
            Some(Details::Below(details)) => details.height,
            other => other.map_or(0, |details| panic!("{details:?} at {rows} lines")),
        };
        assert_eq!(height, lines, "{rows}");
    }
}
