//! What the made-up service holds: every status, and the names that break tables.

use std::collections::BTreeMap;

use confident_keys::api::model::{ApiKey, Organization, Project, ProjectId, Scope};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A fresh secret that anyone sees is none.
pub(crate) const FAKE_SECRET: &str = "confident_us_proj_FAKE_not_a_key_FAKE_not_a_key_fake01";
/// The key that signs the calls; as fake.
pub(crate) const FAKE_SIGNER: &str = "confident_us_org_FAKE_not_a_key_ada001";

/// When it is.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T14:02:00Z".parse().unwrap()
}

/// Which letters the names are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Those of many scripts, and some that only pretend to be letters.
    Any,
    /// ASCII alone.
    Ascii,
}

/// The service's data.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    pub(crate) organization: Organization,
    pub(crate) projects: Vec<Project>,
    pub(crate) keys: BTreeMap<Scope, Vec<ApiKey>>,
}

/// The scope of the project with this number.
pub(crate) fn project(number: usize) -> Scope {
    Scope::Project(ProjectId::new(&format!("cmfake{number:02}")).unwrap())
}

impl Data {
    pub(crate) fn new(names: Names) -> Self {
        let projects = [
            "Production App",
            "Staging Environment",
            "日本語プロジェクト",
            "مشروع الدعم",
            "Red \u{1b}[31malert\u{1b}[0m \u{202e}txt.exe",
            "The project whose name goes on for longer than any pane is wide, as names do",
            "Hiring Assistant",
        ];
        let projects = projects.iter().enumerate().map(|(at, name)| {
            let name = spell(name, names);
            parse(json!({ "id": format!("cmfake{:02}", at + 1), "name": name, "created_at": ago(700) }))
        });
        let mut keys = BTreeMap::from([(Scope::Organization, organization_keys()), (project(1), production_keys())]);
        keys.insert(
            project(2),
            vec![key(201, "Playwright", true, 20, Some(0.01)), key(202, "demo", true, 500, Some(133.))],
        );
        keys.insert(
            project(3),
            vec![
                expiring(key(301, "本番エージェント", true, 300, Some(1.)), 2),
                expiring(key(302, "移行テスト", true, 4, None), 10),
            ],
        );
        keys.insert(project(4), vec![key(401, "مفتاح بيئة التجارب", true, 90, Some(6.))]);
        keys.insert(project(5), vec![key(501, "In use", true, 90, Some(3.)), key(502, "Canary", true, 2, None)]);
        keys.insert(project(6), (0..60).map(many).collect());
        keys.insert(project(7), Vec::new());
        let keys = keys
            .into_iter()
            .map(|(scope, list)| (scope, list.into_iter().map(|value| parse(respelled(value, names))).collect()))
            .collect();
        let organization = parse(json!({ "id": "org-fake", "name": "Acme Inc.", "plan": "TEAM" }));
        Self { organization, projects: projects.collect(), keys }
    }
}

fn organization_keys() -> Vec<Value> {
    vec![
        tailed(key(1, "ckeys on Ada's laptop", true, 62, Some(0.5)), "ada001"),
        key(2, "Terraform", true, 713, Some(0.02)),
        key(3, "Backup", true, 655, Some(204.)),
        key(4, "Backup", true, 203, Some(36.)),
        key(5, "Old CI", false, 900, Some(400.)),
    ]
}

/// Every status, and every kind of name.
fn production_keys() -> Vec<Value> {
    let mut unknown = key(106, "Preview deployments", true, 233, None);
    unknown.as_object_mut().unwrap().remove("lastUsed");
    let mut unnamed = key(104, "", true, 300, None);
    unnamed["name"] = json!(null);
    let mut expired = key(108, "Trial licence", true, 200, Some(40.));
    expired["expiresAt"] = json!(ago(10));
    let long = "Trace exporter of the customer support assistant, second attempt; replaces the one that Bob pasted into \
                the team channel";
    vec![
        key(101, "Production agent", true, 512, Some(0.002)),
        key(102, "Nightly evals", true, 398, Some(41.)),
        key(103, "Old laptop", true, 615, Some(197.)),
        unnamed,
        key(105, "Canary, please keep", true, 2, None),
        unknown,
        key(107, "Contractor 2025", false, 385, Some(240.)),
        expired,
        key(109, long, true, 96, Some(4.)),
        key(110, "夜間評価(古い)の鍵", true, 210, Some(38.)),
        key(111, "مفتاح التجارب", true, 90, Some(6.)),
        key(112, "Red \u{1b}[31malert\u{202e} bot", true, 320, Some(66.)),
        key(113, "  ", true, 270, Some(72.)),
        key(114, "Cafe\u{301} Wi-Fi 🚀 👩🏽‍💻", true, 45, None),
        key(115, "GitHub Actions", true, 500, Some(133.)),
        key(116, "GitHub Actions", true, 132, Some(0.1)),
    ]
}

fn many(number: u32) -> Value {
    key(
        i64::from(1000 + number),
        &format!("cluster-{number:03}"),
        !number.is_multiple_of(7),
        60 + number,
        Some(f64::from(number) * 2.5),
    )
}

fn key(id: i64, name: &str, valid: bool, made: u32, used_days_ago: Option<f64>) -> Value {
    let value = format!("***************{:06x}", id * 104_729);
    let used = used_days_ago.map(|days| (now() - SignedDuration::from_secs_f64(days * 86_400.)).to_string());
    json!({ "id": id, "name": name, "valid": valid, "value": value, "created_at": ago(made), "lastUsed": used })
}

/// So many days from now.
fn expiring(mut key: Value, days: i64) -> Value {
    key["expiresAt"] = json!((now() + SignedDuration::from_hours(24 * days + 1)).to_string());
    key
}

fn tailed(mut key: Value, tail: &str) -> Value {
    key["value"] = json!(format!("***************{tail}"));
    key
}

fn ago(days: u32) -> String {
    (now() - SignedDuration::from_hours(24 * i64::from(days))).to_string()
}

fn respelled(mut key: Value, names: Names) -> Value {
    if let Some(name) = key["name"].as_str() {
        key["name"] = json!(spell(name, names));
    }
    key
}

fn spell(name: &str, names: Names) -> String {
    match names {
        Names::Any => name.to_owned(),
        Names::Ascii => name.chars().map(|c| if (' '..='~').contains(&c) { c } else { 'x' }).collect(),
    }
}

fn parse<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
