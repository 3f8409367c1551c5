//! Random changes under random faults, while other people are at work on the same keys: what the program says of each
//! is compared with what the service holds.

mod act;
mod program;
mod session;
mod stage;
mod step;
mod story;
mod weather;

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use confident_keys::api::Limits;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use act::any_act;
use session::Session;
use step::any_step;
use story::{Seen, Story, hasty, unhurried};

/// How many stories, unless `PROPTEST_CASES` says otherwise, and how long each at most.
const STORIES: u32 = 128;
const STEPS: usize = 12;
/// The same for sessions at the screen.
const SESSIONS: u32 = 96;
const ACTS: usize = 8;
/// How often as many are told at most.
const MOST_ROUNDS: u32 = 5;
/// They mostly wait: for answers that are late, for disks.
const TELLERS: u32 = 4;

/// Tells random stories side by side, and shows the shortest that fails. One that fails where answers are not waited for
/// for long is told once more where they are, and that counts.
fn tells<S: Strategy>(
    round: u32,
    stories: u32,
    strategy: impl Fn() -> S + Sync,
    tell: impl Fn(&S::Value, &Limits) + Sync,
) where
    S::Value: Debug,
{
    let run = |teller: u32| {
        let usual = Config::default();
        // Nothing is written beside the sources: what fails is printed whole.
        let config = Config {
            cases: stories.div_ceil(TELLERS),
            failure_persistence: None,
            max_shrink_iters: 400,
            rng_seed: match usual.rng_seed {
                // Each tells its own.
                RngSeed::Fixed(seed) => RngSeed::Fixed(seed.wrapping_add(u64::from(round * TELLERS + teller))),
                RngSeed::Random => RngSeed::Random,
            },
            ..usual
        };
        let result = TestRunner::new(config).run(&strategy(), |story| {
            if catch_unwind(AssertUnwindSafe(|| tell(&story, &hasty()))).is_err() {
                tell(&story, &unhurried());
            }
            Ok(())
        });
        match result {
            Ok(()) => {}
            Err(TestError::Fail(reason, story)) => panic!("{reason}\nThe shortest story that fails: {story:#?}"),
            Err(TestError::Abort(reason)) => panic!("{reason}"),
        }
    };
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..TELLERS).map(|teller| scope.spawn(move || run(teller))).collect();
        for thread in threads {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
}

/// `usual`, or as many as the environment asks for.
fn stories(usual: u32) -> u32 {
    std::env::var_os("PROPTEST_CASES").map_or(usual, |_| Config::default().cases)
}

/// Tells `usual` stories, and where something rare was not among them, as many again. Judges that see nothing condemn
/// nothing.
#[track_caller]
fn until_seen(seen: &Seen, wanted: &[&str], usual: u32, tells: impl Fn(u32, u32)) {
    let stories = stories(usual);
    for round in 0..MOST_ROUNDS {
        tells(round, stories);
        if stories < usual || seen.lacks(wanted).is_empty() {
            return;
        }
    }
    panic!("too little happened: no {:?} among {seen:?}", seen.lacks(wanted));
}

#[test]
fn whatever_goes_wrong_what_is_said_for_certain_is_true_and_no_key_is_without_a_trace() {
    let seen = Seen::default();
    let wanted = [
        "a secret",
        "a key without its secret",
        "a refusal",
        "a key that was not begun",
        "an orphan",
        "a lost answer to nothing",
        "a key in the dark",
        "a look that tells",
        "a start that tells",
        "a list that tells nothing",
        "a late answer",
        "a change",
        "a deletion",
        "a contradiction",
        "a change in doubt",
    ];
    until_seen(&seen, &wanted, STORIES, |round, stories| {
        tells(
            round,
            stories,
            || prop::collection::vec(any_step(), 1..STEPS),
            |steps, limits| Story::tell(steps, limits, &seen),
        );
    });
}

#[test]
fn whatever_goes_wrong_the_screen_shows_what_is_so_and_no_secret_is_lost_without_words() {
    let seen = Seen::default();
    let wanted = [
        "a secret",
        "a refusal",
        "an orphan",
        "a lost answer to nothing",
        "a change",
        "a change in doubt",
        "a late answer",
        "a person who left",
        "a start that tells",
    ];
    until_seen(&seen, &wanted, SESSIONS, |round, sessions| {
        tells(
            round,
            sessions,
            || prop::collection::vec(any_act(), 1..ACTS),
            |acts, limits| Session::tell(acts, limits, &seen),
        );
    });
}
