//! A service whose clock is not this machine's, and the zones that times are told in.

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::screen::Screen;
use crate::scripted::{Answer, Scripted, ok};
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

/// One key, made and used at these times.
fn service(created: &'static str, used: &'static str) -> Scripted {
    Scripted::new(move |request| {
        let found = match request.call.as_str() {
            "GET /v1/organization" => json!({ "organization": { "id": "org-1", "name": "Acme Inc." } }),
            "GET /v1/projects" => json!({ "projects": [] }),
            _ => json!({ "apiKeys": [{
                "id": 1, "name": "CI", "valid": true, "value": "***************d4e5f6",
                "created_at": created, "lastUsed": used,
            }] }),
        };
        ok(found)
    })
}

#[test]
fn details_tell_weekday_and_zone_by_tz_and_z_goes_from_one_to_the_next() {
    let service = service("2026-03-08T06:59:00.000Z", "2026-03-08T07:00:00.000Z");
    let world = World::new();
    for (zone, created, used) in [
        // The clock goes on by an hour between the two.
        ("EST5EDT,M3.2.0,M11.1.0", "Sun 8 Mar 2026 01:59 EST (06:59 UTC)", "Sun 8 Mar 2026 03:00 EDT (07:00 UTC)"),
        ("America/New_York", "Sun 8 Mar 2026 01:59 EST (06:59 UTC)", "Sun 8 Mar 2026 03:00 EDT (07:00 UTC)"),
        ("Pacific/Auckland", "Sun 8 Mar 2026 19:59 NZDT (06:59 UTC)", "Sun 8 Mar 2026 20:00 NZDT (07:00 UTC)"),
        ("Etc/GMT+12", "Sat 7 Mar 2026 18:59 UTC-12 (Sun 8 Mar 06:59 UTC)", "Sat 7 Mar 2026 19:00 UTC-12"),
        (":UTC", "Sun 8 Mar 2026 06:59 UTC", "Sun 8 Mar 2026 07:00 UTC, "),
        ("", "Sun 8 Mar 2026 06:59 UTC", "Sun 8 Mar 2026 07:00 UTC, "),
        ("Mars/Olympus", "Sun 8 Mar 2026 06:59 UTC", "Sun 8 Mar 2026 07:00 UTC, "),
    ] {
        let variables = [
            ("CONFIDENT_BASE_URL", service.base_url.as_str()),
            ("CONFIDENT_ORG_API_KEY", "FAKE-NOT-A-KEY-000001"),
            ("TZ", zone),
        ];
        let mut screen = Screen::run(&world, &[], &variables, 100, 30);
        screen.sees_row(&["CI"]).types("\t").sees("Enter details").types("\r");
        screen.sees_row(&["created", created]).sees_row(&["last used", used]).types("\x1b").misses(created);
        if zone == "America/New_York" {
            // Relative, local, UTC, and relative again.
            screen.types("z").sees("LAST USED local").sees_row(&["CI", "2026-03-08 03:00"]);
            screen.types("z").sees("LAST USED UTC").sees_row(&["CI", "2026-03-08 07:00"]).types("\r");
            screen.sees_row(&["created", "Sun 8 Mar 2026 06:59 UTC (01:59 EST)"]).types("\x1b").misses("01:59 EST");
            screen.types("z").misses("LAST USED UTC").sees_row(&["CI", "ago"]);
        }
        screen.types("q");
        screen.ends(0);
    }
}
