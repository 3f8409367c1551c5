//! A service whose clock is not this machine's.

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::screen::Screen;
use crate::scripted::{Answer, Scripted};
use crate::world::World;

#[test]
fn keys_are_as_old_as_the_services_clock_says() {
    let now = Timestamp::now();
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&(now + SignedDuration::from_hours(24 * 100)));
    let headers = ["content-type: application/json".to_owned(), format!("date: {}", date.unwrap())];
    let used = now - SignedDuration::from_hours(1);
    let service = Scripted::new(move |request| {
        let found = match request.call.as_str() {
            "GET /v1/organization" => json!({ "organization": { "id": "org-1", "name": "Acme Inc." } }),
            "GET /v1/projects" => json!({ "projects": [] }),
            _ => json!({ "apiKeys": [{
                "id": 1, "name": "CI", "valid": true, "value": "***************d4e5f6",
                "created_at": "2024-12-04T23:00:00.000Z", "lastUsed": used.to_string(),
            }] }),
        };
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        Answer::raw(200, &headers, json!({ "success": true, "data": found }).to_string())
    });
    let world = World::new();
    let variables =
        [("CONFIDENT_BASE_URL", service.base_url.as_str()), ("CONFIDENT_ORG_API_KEY", "FAKE-NOT-A-KEY-000001")];
    let mut screen = Screen::run(&world, &[], &variables, 80, 24);
    screen.sees_row(&["◌ stale", "CI", "100 days ago"]).sees("clock is 99 days behind the service's");
    screen.types("\x1b").misses("clock is").types("q");
    screen.ends(0);
}
