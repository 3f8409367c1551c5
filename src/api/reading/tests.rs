//! A list that is read as it comes is what it would be if it were read as a whole, wherever it is cut.

use proptest::collection::vec;
use proptest::prelude::*;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::*;
use crate::api::answer::Answer;
use crate::api::error::ErrorKind;
use crate::api::model::ApiKey;
use crate::api::wire::ApiKeys;

fn read<R: Reading<Value = ApiKeys>>(body: &[u8], piece: usize) -> Result<Vec<ApiKey>, ErrorKind> {
    let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new() };
    answer.read(taken::<R>(body, piece)).map(|list| list.api_keys)
}

/// Text near enough to a list of keys to come far into it.
fn body() -> impl Strategy<Value = Vec<u8>> {
    const KEY: &str = r#"{"id":1,"valid":true,"value":"***a1b2c3","name":"a ] , } \" \\ b","created_at":null}"#;
    let token = prop_oneof![
        8 => Just(KEY),
        4 => Just(","),
        2 => Just(r#"{"success":true,"data":{"apiKeys":["#),
        2 => Just("]}}"),
        1 => Just(r#""success":false,"error":"no","#),
        1 => Just(r#""data":{"#),
        1 => Just(r#""apiKeys":["#),
        1 => Just(r#""api\u004beys":["#),
        1 => Just(r#""other":{"apiKeys":[1,[2]]},"#),
        1 => Just(r#"{"id":2}"#),
        1 => Just(r#"{"id":3,"valid":1"#),
        1 => Just("\n "),
        1 => Just("]"),
        1 => Just("}"),
        1 => Just("{"),
        1 => Just("["),
        1 => Just("\""),
        1 => Just("\\"),
        1 => Just("7"),
        1 => Just("x"),
    ];
    let tail =
        prop_oneof![Just("]}}"), Just(r#"],"more":[1]},"deprecated":true}"#), Just(""), Just(r#"]},"success":false}"#)];
    prop_oneof![
        vec(token.clone(), 0..12).prop_map(|tokens| tokens.concat().into_bytes()),
        (vec(token, 0..8), tail).prop_map(|(tokens, tail)| {
            format!(r#"{{"success":true,"data":{{"apiKeys":[{}{tail}"#, tokens.concat()).into_bytes()
        }),
        (vec(Just(KEY), 0..5), prop_oneof![Just(","), Just(" ,\n"), Just(",,")]).prop_map(|(keys, between)| {
            format!(r#"{{"data": {{ "apiKeys" : [ {} ]}}}}"#, keys.join(between)).into_bytes()
        }),
    ]
}

proptest! {
    #[test]
    fn a_list_is_read_as_a_whole_would_be(body in body(), piece in 1..40_usize) {
        let (listed, whole) = (read::<Listed<ApiKeys>>(&body, piece), read::<Whole<ApiKeys>>(&body, piece));
        let text = String::from_utf8_lossy(&body);
        match (&listed, &whole) {
            (Ok(listed), Ok(whole)) => prop_assert_eq!(listed, whole, "{}", text),
            (Err(ErrorKind::Unreadable { .. }), Err(ErrorKind::Unreadable { .. })) => {}
            (listed, whole) => prop_assert_eq!(listed, whole, "{}", text),
        }
    }
}

#[test]
fn what_is_wrong_with_an_entry_is_told_as_of_a_whole() {
    let good = r#"{"id":1,"valid":true,"value":"***a1b2c3"}"#;
    for (list, expected) in [
        (
            format!("{good},\n{good}, {{\"id\":\"x\"}}"),
            "a value is missing or of the wrong kind at `data.apiKeys[2].id`",
        ),
        (format!("{good},7"), "a value is missing or of the wrong kind at `data.apiKeys[1]`"),
        (format!("{good},\n  {{\"id\":1x}}"), "it is not JSON (line 2, column 10)"),
        (format!("{good},\n\n{good},{{\"id\":1x}}"), "it is not JSON (line 3, column 50)"),
        (format!("{good}, {good} 5"), "it is not JSON (line 1, column 121)"),
    ] {
        let body = format!(r#"{{"success":true,"data":{{"apiKeys":[{list}]}}}}"#);
        let mut reasons = Vec::new();
        for result in [
            read::<Whole<ApiKeys>>(body.as_bytes(), 7),
            read::<Listed<ApiKeys>>(body.as_bytes(), 7),
            read::<Listed<ApiKeys>>(body.as_bytes(), 4096),
        ] {
            let Err(ErrorKind::Unreadable { reason, .. }) = result else { panic!("{result:?}") };
            reasons.push(reason);
        }
        assert_eq!(reasons, [expected; 3], "{list}");
    }
}

#[test]
fn an_entry_that_is_wrong_is_told_before_what_comes_behind_it() {
    let body = r#"{"success":true,"data":{"apiKeys":[7]"#;
    let Err(ErrorKind::Unreadable { reason, .. }) = read::<Listed<ApiKeys>>(body.as_bytes(), 7) else { panic!() };
    assert_eq!(reason, "a value is missing or of the wrong kind at `data.apiKeys[0]`");
}

#[test]
fn a_comma_has_an_entry_on_either_side() {
    let good = r#"{"id":1,"valid":true,"value":"***a1b2c3"}"#;
    for list in [",".to_owned(), format!(",{good}"), format!("{good},"), format!("{good}, ,{good}")] {
        let body = format!(r#"{{"success":true,"data":{{"apiKeys":[{list}]}}}}"#);
        for piece in [1, 7, 4096] {
            let result = read::<Listed<ApiKeys>>(body.as_bytes(), piece);
            assert!(matches!(result, Err(ErrorKind::Unreadable { .. })), "{list}: {result:?}");
        }
    }
}

#[test]
fn of_a_long_list_nothing_is_kept_but_its_entries() {
    let entry = r#"{"id":1,"valid":true,"value":"***a1b2c3"}"#;
    let body = format!(r#"{{"data":{{"apiKeys":[{}]}}}}"#, vec![entry; 5000].join(","));
    let mut reading = Listed::<ApiKeys>::default();
    reading.expects(body.len());
    for piece in body.as_bytes().chunks(1000) {
        reading.take(piece);
        assert!(reading.around.len() + reading.begun.len() < 200);
    }
    assert_eq!((reading.entries.len(), reading.entries.capacity() < 6000), (5000, true));
}

#[test]
fn text_never_outgrows_its_place_by_itself_as_nobody_would_wipe_what_it_leaves() {
    let mut text = Zeroizing::new(Vec::new());
    for (piece, room) in [(100, 128), (28, 128), (1, 256), (300, 512)] {
        append(&mut text, &vec![b'x'; piece]);
        assert_eq!(text.capacity(), room, "{} bytes", text.len());
    }
}
