//! Time zones: which one is local, and times that say in which one they are.

use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Where most systems have the files of their zones.
const ZONES: &str = "/usr/share/zoneinfo";
/// Which of them is the machine's.
const LOCAL: &str = "/etc/localtime";
/// What a zone is called that is in a file without a name.
const UNNAMED: &str = "local";

/// The zone of local times, and what said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The zone, with its changes of the clock.
    pub zone: TimeZone,
    /// What said so.
    pub source: ZoneSource,
}

/// What says which zone is local.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneSource {
    /// `TZ`
    Variable,
    /// The machine's own setting.
    System,
    /// `TZ` is set to what is no zone, so it is UTC.
    BadVariable,
    /// Nothing does, so it is UTC.
    Missing,
}

impl Zone {
    /// As `TZ` says, in any form that POSIX and the systems' libraries know (a name, one behind a colon, a file, rules;
    /// empty is UTC), else as the machine is set. `variable` gives what this process has in its environment.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Self {
        let tz = variable("TZ");
        if let Some(zone) = alone(tz.as_deref(), variable("TZDIR").is_some()) {
            return Self { zone, source: if tz.is_some() { ZoneSource::Variable } else { ZoneSource::System } };
        }
        match (TimeZone::try_system(), tz.is_some()) {
            (Ok(zone), true) => Self { zone, source: ZoneSource::Variable },
            (Ok(zone), false) => Self { zone, source: ZoneSource::System },
            (Err(_), true) => Self { zone: TimeZone::UTC, source: ZoneSource::BadVariable },
            (Err(_), false) => Self { zone: TimeZone::UTC, source: ZoneSource::Missing },
        }
    }

    /// What it is called, in the clock that it has at `now`.
    pub fn describe(&self, now: Timestamp) -> String {
        let label = label(&now.to_zoned(self.zone.clone()));
        match self.zone.iana_name() {
            Some(name) if name != label && name != UNNAMED => format!("{name} ({label})"),
            _ => label,
        }
    }
}

/// The zone, where it is plain which file has it: that one is read alone. To find it by its name, the whole database of zones
/// would be gone through first.
fn alone(tz: Option<&str>, is_elsewhere: bool) -> Option<TimeZone> {
    if !cfg!(unix) || is_elsewhere {
        return None;
    }
    let Some(tz) = tz else {
        let target = fs::read_link(LOCAL).ok();
        let name = target.as_deref().and_then(Path::to_str).and_then(|path| path.rsplit_once("zoneinfo/"));
        return zone(name.map_or(UNNAMED, |(_, name)| name), LOCAL.as_ref());
    };
    match tz.strip_prefix(':').unwrap_or(tz) {
        "UTC" => Some(TimeZone::UTC),
        name if is_plain_name(name) => zone(name, &Path::new(ZONES).join(name)),
        _ => None,
    }
}

/// Whether it can only be the name of a zone, as one in two parts is: rules may look like one in one part.
fn is_plain_name(name: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-'))
    };
    name.contains('/') && name.split('/').all(is_plain)
}

fn zone(name: &str, file: &Path) -> Option<TimeZone> {
    if matches!(name, "UTC" | "Etc/UTC") {
        return Some(TimeZone::UTC);
    }
    TimeZone::tzif(name, &fs::read(file).ok()?).ok()
}

/// What the clock of a zone is called at a time: `CET`, `CEST`; `UTC-03`, where it has no name but its offset.
pub fn label(time: &Zoned) -> String {
    let name = time.strftime("%Z").to_string();
    if !name.starts_with(['+', '-']) {
        return name;
    }
    match name.len() {
        5 => format!("UTC{}:{}", &name[..3], &name[3..]),
        _ => format!("UTC{name}"),
    }
}

/// A time in full, in `zone`: `Sat 21 Nov 2026 15:28 CET`.
pub fn in_full(at: Timestamp, zone: &TimeZone) -> String {
    let time = at.to_zoned(zone.clone());
    format!("{} {}", time.strftime("%a %-d %b %Y %H:%M"), label(&time))
}

/// The same, and behind it what `other` has at that time, where that is something else: `(14:28 UTC)`, `(Sun 22 Nov 01:10
/// UTC)`.
pub fn in_both(at: Timestamp, zone: &TimeZone, other: &TimeZone) -> String {
    let (time, elsewhere) = (at.to_zoned(zone.clone()), at.to_zoned(other.clone()));
    let first = in_full(at, zone);
    if time.offset() == elsewhere.offset() {
        return first;
    }
    let clock = if time.date() == elsewhere.date() { "%H:%M" } else { "%a %-d %b %H:%M" };
    format!("{first} ({} {})", elsewhere.strftime(clock), label(&elsewhere))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn times_say_weekday_and_zone_and_what_utc_has_where_that_differs() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let auckland = TimeZone::get("Pacific/Auckland").unwrap();
        let rules = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        for (zone, time, expected) in [
            (&berlin, "2026-11-21T14:28:00Z", "Sat 21 Nov 2026 15:28 CET (14:28 UTC)"),
            (&berlin, "2026-07-01T10:00:00Z", "Wed 1 Jul 2026 12:00 CEST (10:00 UTC)"),
            // The clock goes back at 01:00 UTC: the same words twice, but for the zone's.
            (&berlin, "2026-10-25T00:30:00Z", "Sun 25 Oct 2026 02:30 CEST (00:30 UTC)"),
            (&berlin, "2026-10-25T01:30:00Z", "Sun 25 Oct 2026 02:30 CET (01:30 UTC)"),
            // And on at 01:00 UTC.
            (&berlin, "2026-03-29T00:59:00Z", "Sun 29 Mar 2026 01:59 CET (00:59 UTC)"),
            (&berlin, "2026-03-29T01:00:00Z", "Sun 29 Mar 2026 03:00 CEST (01:00 UTC)"),
            (&auckland, "2026-11-21T14:28:00Z", "Sun 22 Nov 2026 03:28 NZDT (Sat 21 Nov 14:28 UTC)"),
            (&rules, "2026-03-08T06:59:00Z", "Sun 8 Mar 2026 01:59 EST (06:59 UTC)"),
            (&rules, "2026-03-08T07:00:00Z", "Sun 8 Mar 2026 03:00 EDT (07:00 UTC)"),
            (&TimeZone::UTC, "2026-11-21T14:28:00Z", "Sat 21 Nov 2026 14:28 UTC"),
        ] {
            assert_eq!(in_both(at(time), zone, &TimeZone::UTC), expected);
        }
        let local_second = in_both(at("2026-11-21T14:28:00Z"), &TimeZone::UTC, &berlin);
        assert_eq!(local_second, "Sat 21 Nov 2026 14:28 UTC (15:28 CET)");
    }

    #[test]
    #[cfg(unix)]
    fn a_zone_that_is_read_alone_is_the_one_that_the_database_has() {
        let now = at("2026-07-01T10:00:00Z");
        for name in ["Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5", "Pacific/Auckland"] {
            for tz in [name.to_owned(), format!(":{name}")] {
                let zone = alone(Some(&tz), false).unwrap();
                assert_eq!(zone.iana_name(), Some(name));
                assert_eq!(in_full(now, &zone), in_full(now, &TimeZone::get(name).unwrap()));
            }
        }
        // All else is looked up, or is no name at all.
        for tz in
            ["", "EST5EDT", "EST5EDT,M3.2.0/2,M11.1.0/2", "/etc/localtime", "Europe/../Berlin", "Not/There", "CET"]
        {
            assert_eq!(alone(Some(tz), false), None, "{tz}");
        }
        assert_eq!(alone(Some("Europe/Berlin"), true), None, "the zones are elsewhere");
    }

    #[test]
    fn a_zone_without_a_name_for_its_clock_is_told_by_its_offset() {
        for (rules, expected) in [("<-03>3", "UTC-03"), ("<+0530>-5:30", "UTC+05:30"), ("XYZ-2", "XYZ")] {
            let zone = TimeZone::posix(rules).unwrap();
            assert_eq!(label(&at("2026-11-21T14:28:00Z").to_zoned(zone)), expected);
        }
    }
}
