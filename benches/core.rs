//! Times of the hot functions at 100, 10,000 and 100,000 keys: `cargo bench --bench core`.

#[path = "common/data.rs"]
mod data;

use std::sync::Arc;

use confident_keys::app::facts::Facts;
use confident_keys::app::list::KeyList;
use confident_keys::app::message::{Event, Message};
use confident_keys::app::order::SortColumn;
use confident_keys::app::request::RequestId;
use confident_keys::app::update;
use confident_keys::bench;
use confident_keys::operations::Answer;
use confident_keys::query::Index;
use confident_keys::status::Thresholds;
use confident_keys::ui;
use confident_keys::ui::theme::{Colours, Theme};
use crossterm::event::KeyCode;
use divan::Bencher;
use ratatui::buffer::Buffer;

/// A request that nothing waits for.
const LATE: RequestId = RequestId(u64::MAX);

const SIZES: [usize; 3] = [100, 10_000, 100_000];

fn main() {
    divan::main();
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher<'_, '_>, size: usize) {
    let answer = data::answer(size);
    bencher.bench(|| bench::read_keys(answer.as_bytes()));
}

#[divan::bench(args = SIZES)]
fn index(bencher: Bencher<'_, '_>, size: usize) {
    let keys = data::keys(size);
    bencher.bench(|| Index::of(&keys));
}

#[divan::bench(args = SIZES)]
fn staleness(bencher: Bencher<'_, '_>, size: usize) {
    let list = KeyList::from(data::keys(size));
    bencher.bench(|| Facts::of(&list, data::now(), &Thresholds::default()));
}

#[divan::bench(args = SIZES)]
fn sort_by_created(bencher: Bencher<'_, '_>, size: usize) {
    bencher
        .with_inputs(|| data::wanted(size, SortColumn::Created, "", None))
        .bench_values(|wanted| wanted.arrange(|| true));
}

#[divan::bench(args = SIZES)]
fn sort_by_name(bencher: Bencher<'_, '_>, size: usize) {
    let earlier = data::arranged(size, "");
    bencher.bench(|| data::wanted(size, SortColumn::Name, "", earlier.clone()).arrange(|| true));
}

#[divan::bench(args = SIZES)]
fn filter_from_nothing(bencher: Bencher<'_, '_>, size: usize) {
    let earlier = data::arranged(size, "");
    bencher.bench(|| data::wanted(size, SortColumn::Created, "prod-", earlier.clone()).arrange(|| true));
}

#[divan::bench(args = SIZES)]
fn filter_that_goes_on(bencher: Bencher<'_, '_>, size: usize) {
    let earlier = data::arranged(size, "prod");
    bencher.bench(|| data::wanted(size, SortColumn::Created, "prod-", earlier.clone()).arrange(|| true));
}

#[divan::bench(args = SIZES)]
fn view(bencher: Bencher<'_, '_>, size: usize) {
    let app = data::app(size);
    let theme = Theme::new(Colours::Many, false);
    let mut buffer = Buffer::empty(data::AREA);
    bencher.bench_local(|| {
        buffer.reset();
        ui::view(&app, theme, &mut buffer)
    });
}

/// Keys that are pressed: with what comes of them, where that is more than a few rows.
#[divan::bench(args = SIZES, consts = ['j', '*', 's', '3'])]
fn update_key<const KEY: char>(bencher: Bencher<'_, '_>, size: usize) {
    let mut app = data::app(size);
    bencher.bench_local(|| data::press(&mut app, KeyCode::Char(KEY)));
}

/// A reply that is too late, a tick, and a list that comes anew.
#[divan::bench(args = SIZES)]
fn update_late_reply(bencher: Bencher<'_, '_>, size: usize) {
    let mut app = data::app(size);
    let list = data::keys(size);
    bencher.with_inputs(|| list.clone()).bench_local_values(|keys| {
        update(&mut app, Message { at: data::now(), event: Event::Reply(LATE, Ok(Answer::Keys(keys))) })
    });
}

#[divan::bench(args = SIZES)]
fn update_tick(bencher: Bencher<'_, '_>, size: usize) {
    let mut app = data::app(size);
    bencher.bench_local(|| update(&mut app, Message { at: data::now(), event: Event::Tick }));
}

#[divan::bench(args = SIZES)]
fn update_arranged(bencher: Bencher<'_, '_>, size: usize) {
    let mut app = data::app(size);
    let arrangement = data::arranged(size, "");
    bencher.with_inputs(|| arrangement.clone()).bench_local_values(|arrangement| {
        arrangement.map(|arrangement| {
            let event = Event::Arranged(LATE, Arc::clone(&arrangement));
            update(&mut app, Message { at: data::now(), event })
        })
    });
}
