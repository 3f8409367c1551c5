//! Any answer of a service: a status, headers and a body. It is a value or an error, never a panic, and no word of
//! either steers a terminal or repeats the key that signed the call.
#![no_main]

use confident_keys::api::fuzzing;
use confident_keys::text::is_hidden;
use libfuzzer_sys::fuzz_target;

/// The key that signed the call, and the part of it that must not be repeated. The byte 1 stands for it in the input: no
/// fuzzer would find it by itself.
const KEY: &str = "confident_us_org_FAKE0Zq7RkW2mXv9TbN4hJc6LpY8sGd3Fkey0a1";
const RANDOM: &str = "Zq7RkW2mXv9TbN4hJc6LpY8sGd3F";

fuzz_target!(|input: (u16, [Vec<u8>; 4], Vec<u8>)| {
    let (status, headers, body) = input;
    let with_key = |bytes: &[u8]| {
        let split: Vec<&[u8]> = bytes.split(|byte| *byte == 1).collect();
        split.join(KEY.as_bytes())
    };
    let headers = headers.each_ref().map(|value| with_key(value));
    for words in fuzzing::words_of_answer(KEY, status, &headers, &with_key(&body)) {
        let hidden = words.chars().find(|character| is_hidden(*character) && *character != '\n');
        assert_eq!(hidden, None, "{words:?}");
        for at in 0..=RANDOM.len() - 12 {
            assert!(!words.contains(&RANDOM[at..at + 12]), "a piece of the key is in {words:?}");
        }
    }
});
