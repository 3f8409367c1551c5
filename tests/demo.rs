//! The embedded service as its clients meet it: over real HTTP, told by the contract alone.
#![expect(clippy::unwrap_used, reason = "a test that can't go on ends with a panic")]

use std::{
    collections::{BTreeSet, HashSet},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use confident_keys::demo::{Options, Service};
use jiff::Timestamp;
use reqwest::{
    Method, StatusCode,
    header::{ALLOW, CONTENT_TYPE},
};
use serde_json::{Value, json};

const HEADER: &str = "CONFIDENT_API_KEY";

/// Far above what any answer here takes, far below what a person would wait for a hung test.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client of a service, signing with its organization key unless told otherwise.
struct Client {
    http: reqwest::Client,
    base_url: String,
    key: Option<String>,
}

impl Client {
    fn of(service: &Service) -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE).build().unwrap();
        Self {
            http,
            base_url: service.base_url().to_owned(),
            key: Some(service.organization_key().expose().to_owned()),
        }
    }

    fn signing(&self, key: Option<&str>) -> Self {
        Self { http: self.http.clone(), base_url: self.base_url.clone(), key: key.map(str::to_owned) }
    }

    async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> (StatusCode, Value) {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base_url));
        if let Some(key) = &self.key {
            request = request.header(HEADER, key);
        }
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json", "{method} {path}");
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(body["deprecated"], json!(false), "{method} {path}");
        assert_eq!(body["success"], json!(status.is_success()), "{method} {path}: {body}");
        (status, body)
    }

    /// The data of a call that must succeed.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, mut body) = self.send(method.clone(), path, body.map(|body| body.to_string().into_bytes())).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {body}");
        body["data"].take()
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }

    /// The status of a call that must fail, with a message in the envelope and no data.
    async fn refused(&self, method: Method, path: &str, body: Option<&str>) -> u16 {
        let (status, answer) = self.send(method.clone(), path, body.map(|body| body.as_bytes().to_vec())).await;
        assert!(!status.is_success(), "{method} {path} {body:?}: {answer}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{method} {path}: {answer}");
        assert!(answer.get("data").is_none());
        status.as_u16()
    }

    async fn projects(&self) -> Vec<Value> {
        array(&self.get("/v1/projects").await["projects"])
    }

    async fn keys(&self, scope: &str) -> Vec<Value> {
        array(&self.get(&format!("{scope}/api-keys")).await["apiKeys"])
    }

    /// The paths of all scopes.
    async fn scopes(&self) -> Vec<String> {
        let projects = self.projects().await;
        let paths = projects.iter().map(|project| format!("/v1/projects/{}", text(&project["id"])));
        std::iter::once("/v1/organization".to_owned()).chain(paths).collect()
    }

    async fn all_keys(&self) -> Vec<Value> {
        let mut keys = Vec::new();
        for scope in self.scopes().await {
            keys.extend(self.keys(&scope).await);
        }
        keys
    }
}

fn start() -> (Service, Client) {
    start_with(&Options::default())
}

fn start_with(options: &Options) -> (Service, Client) {
    let service = Service::start(options).unwrap();
    let client = Client::of(&service);
    (service, client)
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn id(key: &Value) -> u64 {
    key["id"].as_u64().unwrap()
}

fn tail(value: &str) -> &str {
    &value[value.len() - 6..]
}

/// A time exactly as the contract writes it.
fn time(value: &Value) -> Timestamp {
    let written = text(value);
    let time: Timestamp = written.parse().unwrap();
    assert_eq!(time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(), written);
    time
}

fn is_masked(key: &Value) -> bool {
    let value = text(&key["value"]);
    value.len() == 21 && value.starts_with("***************") && tail(value).chars().all(|c| c.is_ascii_hexdigit())
}

#[tokio::test]
async fn a_key_lives_and_dies_in_both_scopes() {
    let (_service, client) = start();
    for scope in client.scopes().await.iter().take(2) {
        let keys = format!("{scope}/api-keys");
        let before = client.keys(scope).await;
        let asked = Timestamp::now();
        let issued = client.call(Method::POST, &keys, Some(json!({"name": " CI/CD 鍵 "}))).await["apiKey"].take();
        assert_eq!(issued["name"], "CI/CD 鍵");
        assert_eq!(issued["valid"], true);
        assert_eq!(issued["lastUsed"], Value::Null);
        assert!((time(&issued["created_at"]) - asked).get_seconds().abs() < 60);
        let kind = if scope == "/v1/organization" { "org" } else { "proj" };
        let value = text(&issued["value"]);
        assert!(value.starts_with(&format!("confident_us_{kind}_demo_not_real_")), "{value}");

        // From now on the value is masked, everywhere.
        let one = format!("{keys}/{}", id(&issued));
        let mut masked = issued.clone();
        masked["value"] = json!(format!("***************{}", tail(value)));
        assert_eq!(client.get(&one).await["apiKey"], masked);
        let mut expected: HashSet<u64> = before.iter().map(id).collect();
        expected.insert(id(&issued));
        let listed = client.keys(scope).await;
        assert_eq!(listed.iter().map(id).collect::<HashSet<_>>(), expected);
        assert!(listed.iter().all(is_masked));
        assert!(listed.contains(&masked));

        for valid in [false, false, true] {
            let answer = client.call(Method::PUT, &one, Some(json!({"valid": valid}))).await;
            masked["valid"] = json!(valid);
            assert_eq!(answer["apiKey"], masked);
            assert_eq!(client.get(&one).await["apiKey"], masked);
        }

        assert_eq!(client.call(Method::DELETE, &one, None).await, json!({"id": id(&issued), "deleted": true}));
        for (method, body) in [(Method::GET, None), (Method::PUT, Some(r#"{"valid":true}"#)), (Method::DELETE, None)] {
            assert_eq!(client.refused(method, &one, body).await, 404);
        }
        let ids = |keys: &[Value]| keys.iter().map(id).collect::<Vec<_>>();
        assert_eq!(ids(&client.keys(scope).await), ids(&before));
        let next = client.call(Method::POST, &keys, Some(json!({"name": "next"}))).await;
        assert!(id(&next["apiKey"]) > id(&issued), "ids are never reused");
        assert_ne!(next["apiKey"]["value"], issued["value"]);
    }
}

#[tokio::test]
async fn only_valid_organization_keys_are_let_in_and_their_use_is_seen() {
    let (_service, client) = start();
    let path = "/v1/organization";
    for key in [None, Some(""), Some("confident_us_org_demo_not_real_unknown"), Some("сертификат")] {
        assert_eq!(client.signing(key).refused(Method::GET, path, None).await, 401, "{key:?}");
    }
    let signing = tail(client.key.as_deref().unwrap()).to_owned();
    let own = client.keys(path).await.into_iter().find(|key| tail(text(&key["value"])) == signing).unwrap();
    assert_eq!(own["name"], "ckeys on Ada's laptop");
    assert!((Timestamp::now() - time(&own["lastUsed"])).get_seconds() < 60, "listing is a use, too");

    let project = client.scopes().await.remove(1);
    let of_project =
        client.call(Method::POST, &format!("{project}/api-keys"), Some(json!({"name": "app"}))).await["apiKey"].take();
    assert_eq!(client.signing(of_project["value"].as_str()).refused(Method::GET, path, None).await, 401);

    let fresh = client.call(Method::POST, "/v1/organization/api-keys", Some(json!({"name": "other"}))).await;
    let (one, other) = (
        format!("/v1/organization/api-keys/{}", id(&fresh["apiKey"])),
        client.signing(fresh["apiKey"]["value"].as_str()),
    );
    // It is refused at its next request, and its use shown where it was let in.
    assert_eq!(client.get(&one).await["apiKey"]["lastUsed"], Value::Null);
    let used = time(&other.get(&one).await["apiKey"]["lastUsed"]);
    assert!(used >= time(&fresh["apiKey"]["created_at"]));
    let off = other.call(Method::PUT, &one, Some(json!({"valid": false}))).await;
    assert_eq!(off["apiKey"]["valid"], false);
    let last_used = off["apiKey"]["lastUsed"].clone();
    assert_eq!(other.refused(Method::GET, path, None).await, 401);
    assert_eq!(client.get(&one).await["apiKey"]["lastUsed"], last_used, "a refusal is no use");
    client.call(Method::PUT, &one, Some(json!({"valid": true}))).await;
    other.get(path).await;
    client.call(Method::DELETE, &one, None).await;
    assert_eq!(other.refused(Method::GET, path, None).await, 401);
}

#[tokio::test]
async fn mistakes_are_answered_with_their_status_and_the_envelope() {
    let (_service, client) = start();
    let scopes = client.scopes().await;
    let project = scopes[1].as_str();
    let org_key = id(&client.keys(&scopes[0]).await[1]);
    let project_key = id(&client.keys(project).await[0]);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let keys = format!("{project}/api-keys");
    let (right, wrong) = (format!("{keys}/{project_key}"), format!("{keys}/{org_key}"));
    let too_long = json!({"name": "x".repeat(256)}).to_string();
    let huge = json!({"name": "x".repeat(100_000)}).to_string();
    let deep = "[".repeat(10_000);
    let cases: &[(&Method, &str, Option<&str>, u16)] = &[
        (&post, &keys, Some("{"), 400),
        (&post, &keys, Some(""), 400),
        (&post, &keys, None, 400),
        (&post, &keys, Some(&deep), 400),
        (&put, &right, Some("valid=false"), 400),
        (&get, "/v1/organization/api-keys/abc", None, 400),
        (&put, "/v1/organization/api-keys/1.5", Some(r#"{"valid":true}"#), 400),
        (&delete, &format!("{keys}/x"), None, 400),
        (&get, "/v1/projects/%ff", None, 400),
        (&post, &keys, Some(&huge), 413),
        (&post, &keys, Some("[]"), 422),
        (&post, &keys, Some("null"), 422),
        (&post, &keys, Some("{}"), 422),
        (&post, &keys, Some(r#"{"name":null}"#), 422),
        (&post, &keys, Some(r#"{"name":7}"#), 422),
        (&post, &keys, Some(r#"{"name":" \t "}"#), 422),
        (&post, &keys, Some(&too_long), 422),
        (&put, &right, Some("{}"), 422),
        (&put, &right, Some(r#"{"valid":"true"}"#), 422),
        (&put, &right, Some(r#"{"valid":null}"#), 422),
        (&put, "/v1/organization", Some(r#"{"name":""}"#), 422),
        (&post, "/v1/projects", Some(r#"{"description":"nameless"}"#), 422),
        (&post, "/v1/projects", Some(r#"{"name":"P","description":7}"#), 422),
        (&post, "/v1/projects", Some(r#"{"name":"P","email":"nobody"}"#), 422),
        (&put, project, Some("{}"), 422),
        (&put, project, Some(r#"{"name":null}"#), 422),
        (&get, "/v1/projects/nobody", None, 404),
        (&put, "/v1/projects/nobody", Some(r#"{"name":"N"}"#), 404),
        (&delete, "/v1/projects/nobody", None, 404),
        (&get, "/v1/projects/nobody/api-keys", None, 404),
        (&post, "/v1/projects/nobody/api-keys", Some(r#"{"name":"n"}"#), 404),
        (&get, "/v1/organization/api-keys/999999999", None, 404),
        (&get, "/v1/organization/api-keys/99999999999999999999999", None, 404),
        (&get, "/v1/organization/api-keys/-1", None, 404),
        (&get, &format!("/v1/organization/api-keys/{project_key}"), None, 404),
        (&get, &wrong, None, 404),
        (&put, &wrong, Some(r#"{"valid":false}"#), 404),
        (&delete, &wrong, None, 404),
        (&get, "/", None, 404),
        (&get, "/v1", None, 404),
        (&get, "/v1/projects/", None, 404),
        (&get, "/v1/nothing", None, 404),
        (&get, "/v2/organization", None, 404),
        (&delete, "/v1/organization", None, 405),
        (&delete, &keys, None, 405),
        (&post, &right, Some("{}"), 405),
        (&Method::PATCH, project, Some("{}"), 405),
        (&Method::OPTIONS, "/v1/projects", None, 405),
    ];
    let before = client.all_keys().await.len();
    for (method, path, body, status) in cases {
        let shown = body.map(|body| body.get(..60).unwrap_or(body));
        assert_eq!(client.refused((*method).clone(), path, *body).await, *status, "{method} {path} {shown:?}");
    }
    assert_eq!(client.all_keys().await.len(), before, "a refusal changes nothing");

    let url = format!("{}/v1/projects", client.base_url);
    let answer = client.http.delete(url).header(HEADER, client.key.as_deref().unwrap()).send().await.unwrap();
    assert_eq!(answer.headers()[ALLOW], "GET,HEAD,POST");
}

#[tokio::test]
async fn a_project_lives_and_dies_with_its_keys() {
    let (_service, client) = start();
    let organization = client.get("/v1/organization").await["organization"].take();
    let made = client
        .call(
            Method::POST,
            "/v1/projects",
            Some(json!({"name": "New Project", "description": "for testing", "email": "ada@acme.example"})),
        )
        .await;
    let (project, default_key) = (&made["project"], &made["apiKey"]);
    assert_eq!(project["organizationId"], organization["id"]);
    assert_eq!(project["description"], "for testing");
    time(&project["created_at"]);
    let path = format!("/v1/projects/{}", text(&project["id"]));
    assert_eq!(&client.get(&path).await["project"], project);
    assert!(client.projects().await.contains(project));

    assert_eq!(default_key["name"], "Default Key");
    assert!(text(&default_key["value"]).starts_with("confident_us_proj_demo_not_real_"));
    let listed = client.keys(&path).await;
    assert_eq!(listed.len(), 1);
    assert!(is_masked(&listed[0]) && id(&listed[0]) == id(default_key));

    let taken = r#"{"name":"New Project"}"#;
    assert_eq!(client.refused(Method::POST, "/v1/projects", Some(taken)).await, 409);
    let other = client.scopes().await.remove(1);
    assert_eq!(client.refused(Method::PUT, &other, Some(taken)).await, 409);

    let renamed = client.call(Method::PUT, &path, Some(json!({"name": "Renamed"}))).await;
    assert_eq!(
        (&renamed["project"]["name"], &renamed["project"]["description"]),
        (&json!("Renamed"), &project["description"])
    );
    client.call(Method::PUT, &path, Some(json!({"name": "Renamed", "description": "again"}))).await;
    let emptied = client.call(Method::PUT, &path, Some(json!({"description": null}))).await;
    assert_eq!((&emptied["project"]["name"], &emptied["project"]["description"]), (&json!("Renamed"), &Value::Null));

    assert_eq!(client.call(Method::DELETE, &path, None).await, json!({"id": project["id"], "deleted": true}));
    let key = format!("{path}/api-keys/{}", id(default_key));
    for gone in [&path, &format!("{path}/api-keys"), &key] {
        assert_eq!(client.refused(Method::GET, gone, None).await, 404);
    }
    let value = default_key["value"].as_str();
    assert_eq!(client.signing(value).refused(Method::GET, "/v1/projects", None).await, 401);
    let again = client.call(Method::POST, "/v1/projects", Some(json!({"name": "Renamed"}))).await;
    assert_ne!(again["project"]["id"], project["id"]);
    assert!(id(&again["apiKey"]) > id(default_key));

    let organization = client.call(Method::PUT, "/v1/organization", Some(json!({"name": "Acme & Søns"}))).await;
    assert_eq!(organization["organization"]["name"], "Acme & Søns");
    assert_eq!(client.get("/v1/organization").await, organization);
}

/// The status of a key by the thresholds that people work with.
fn status(key: &Value, now: Timestamp) -> &'static str {
    let days = |since: &Value| (now - time(since)).get_seconds() / 86_400;
    match (key["valid"].as_bool().unwrap(), key.get("lastUsed")) {
        (false, _) => "inactive",
        (true, None) => "unknown",
        (true, Some(Value::Null)) if days(&key["created_at"]) < 7 => "new",
        (true, Some(Value::Null)) => "never used",
        (true, Some(used)) => match days(used) {
            90.. => "stale",
            30.. => "idle",
            _ => "active",
        },
    }
}

#[tokio::test]
async fn the_story_has_every_kind_of_key() {
    let (_service, client) = start();
    let organization = client.get("/v1/organization").await["organization"].take();
    assert_eq!((&organization["name"], &organization["plan"]), (&json!("Acme Inc."), &json!("TEAM")));
    let projects = client.projects().await;
    let names: Vec<_> = projects.iter().map(|project| text(&project["name"])).collect();
    for name in ["Production App", "Staging Environment", "日本語プロジェクト", "Sandbox"] {
        assert!(names.contains(&name), "{name}");
    }

    let (keys, now) = (client.all_keys().await, Timestamp::now());
    assert!((35..=55).contains(&keys.len()), "{}", keys.len());
    let expected = ["active", "idle", "inactive", "never used", "new", "stale", "unknown"];
    assert_eq!(keys.iter().map(|key| status(key, now)).collect::<BTreeSet<_>>(), BTreeSet::from(expected));
    assert!(keys.iter().any(|key| key.get("name").is_none()), "a name that is absent");
    assert!(keys.iter().any(|key| key.get("name") == Some(&Value::Null)), "a name that is null");
    let names: Vec<_> = keys.iter().filter_map(|key| key["name"].as_str()).collect();
    assert!(names.contains(&""), "an empty name");
    for part in ["\u{202e}", "\u{1b}", "Оценка", "Κλειδί", "مفتاح", "מפתח", "本番", "🚀", "e\u{301}"]
    {
        assert!(names.iter().any(|name| name.contains(part)), "{part:?}");
    }
    assert!(names.iter().any(|name| name.chars().count() > 120), "a long name");
    for scope in client.scopes().await.iter().take(2) {
        let keys = client.keys(scope).await;
        let names: Vec<_> = keys.iter().filter_map(|key| key["name"].as_str()).collect();
        assert!(names.len() > names.iter().collect::<HashSet<_>>().len(), "two keys with one name in {scope}");
    }
    assert_eq!(keys.iter().map(id).collect::<HashSet<_>>().len(), keys.len());
    assert_eq!(keys.iter().map(|key| tail(text(&key["value"]))).collect::<HashSet<_>>().len(), keys.len());
    assert!(keys.iter().all(is_masked));
}

#[tokio::test]
async fn a_seed_gives_the_same_data_and_the_same_new_values() {
    let seeded = || start_with(&Options { seed: 42, ..Options::default() });
    let day = || Timestamp::now().as_second() / 86_400;
    // Ages count from the UTC day, which may end between the two starts.
    let ((first_service, first), (second_service, second)) = loop {
        let (today, first, second) = (day(), seeded(), seeded());
        if day() == today {
            break (first, second);
        }
    };
    let (_other, other) = start_with(&Options { seed: 43, ..Options::default() });
    assert_eq!(first_service.organization_key(), second_service.organization_key());
    assert_ne!(first.key, other.key);
    assert_eq!(first.projects().await, second.projects().await);
    // Uses go on; everything else of a key stands still.
    let still = |keys: Vec<Value>| {
        let fields = |key: Value| ["id", "name", "valid", "value", "created_at"].map(|field| key[field].clone());
        keys.into_iter().map(fields).collect::<Vec<_>>()
    };
    assert_eq!(still(first.all_keys().await), still(second.all_keys().await));
    assert_ne!(still(first.all_keys().await), still(other.all_keys().await));
    let mut issued = Vec::new();
    for client in [&first, &second] {
        let answer = client.call(Method::POST, "/v1/organization/api-keys", Some(json!({"name": "new"}))).await;
        issued.push((answer["apiKey"]["id"].clone(), answer["apiKey"]["value"].clone()));
    }
    assert_eq!(issued[0], issued[1]);
}

#[tokio::test]
async fn as_much_data_is_generated_as_was_asked_for() {
    let options = Options { projects: Some(3), keys_per_project: Some(2_500), ..Options::default() };
    let (_service, client) = start_with(&options);
    let scopes = client.scopes().await;
    assert_eq!(scopes.len(), 4);
    for scope in &scopes[1..] {
        assert_eq!(client.keys(scope).await.len(), 2_500);
    }
    let (_service, client) = start_with(&Options { projects: Some(0), ..Options::default() });
    assert!(client.projects().await.is_empty());
    let (_service, client) = start_with(&Options { keys_per_project: Some(2), ..Options::default() });
    assert_eq!(client.keys(&client.scopes().await[1]).await.len(), 2);
}

#[tokio::test]
async fn connections_are_kept() {
    let (service, client) = start();
    let mut connection = TcpStream::connect(service.base_url().trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    for _ in 0..3 {
        let key = client.key.as_deref().unwrap();
        write!(connection, "GET /v1/organization HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        // The answer is one JSON object, and ends as that does.
        while !answer.ends_with(b"\"deprecated\":false}") {
            let mut bytes = [0; 1024];
            let count = connection.read(&mut bytes).unwrap();
            assert_ne!(count, 0, "the connection was closed");
            answer.extend_from_slice(&bytes[..count]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
    }
}

#[tokio::test]
async fn each_answer_is_held_back_as_long_as_was_asked_for() {
    let latency = Duration::from_millis(60);
    let (_service, client) = start_with(&Options { latency, ..Options::default() });
    for (path, key) in [("/v1/organization", client.key.as_deref()), ("/v1/organization", None), ("/nothing", None)] {
        let sent = Instant::now();
        client.signing(key).send(Method::GET, path, None).await;
        assert!(sent.elapsed() >= latency, "{path}");
    }
}

#[test]
fn dropping_it_ends_it_promptly_whatever_is_under_way() {
    let service = Service::start(&Options { latency: Duration::from_mins(10), ..Options::default() }).unwrap();
    let address: SocketAddr = service.base_url().trim_start_matches("http://").parse().unwrap();
    let silent = TcpStream::connect(address).unwrap();
    let key = service.organization_key().expose();
    // The service asks for the body, so it is at work on the request by then.
    let ask = || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            connection,
            "PUT /v1/organization HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\n\
             content-length: 15\r\nexpect: 100-continue\r\n\r\n"
        )
        .unwrap();
        let mut answer = [0; 25];
        connection.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        connection
    };
    let (mut halfway, mut slow) = (ask(), ask());
    halfway.write_all(b"{").unwrap();
    slow.write_all(br#"{"name":"Slow"}"#).unwrap();

    let told = Instant::now();
    service.stop();
    assert!(told.elapsed() < Duration::from_secs(1), "{:?}", told.elapsed());
    assert!(matches!(slow.read(&mut [0; 16]), Ok(0) | Err(_)), "its answer was ten minutes away");
    drop((silent, halfway));
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    TcpListener::bind(address).unwrap();
}

#[tokio::test]
async fn a_kept_connection_does_not_delay_the_end() {
    let (service, client) = start();
    client.get("/v1/organization").await;
    let told = Instant::now();
    drop(service);
    // Below the grace that requests under way have: there are none.
    assert!(told.elapsed() < Duration::from_millis(250), "{:?}", told.elapsed());
}

#[tokio::test]
async fn clients_that_go_away_do_no_harm() {
    let (service, client) = start();
    let address = service.base_url().trim_start_matches("http://");
    let key = client.key.as_deref().unwrap();
    for request in [
        String::new(),
        "GET /v1/org".to_owned(),
        format!("GET /v1/projects HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\n\r\n"),
        format!(
            "POST /v1/projects HTTP/1.1\r\nhost: demo\r\nconfident_api_key: {key}\r\ncontent-length: 50\r\n\r\n{{\"na"
        ),
        "\u{0}\u{1} neither HTTP nor sense\r\n\r\n".to_owned(),
    ] {
        TcpStream::connect(address).unwrap().write_all(request.as_bytes()).unwrap();
        client.get("/v1/organization").await;
    }
    assert_eq!(client.projects().await.len(), 6, "half a request changes nothing");
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let error = Service::start(&Options { listen, ..Options::default() }).unwrap_err();
    let message = format!("{error:#}");
    assert!(message.contains(&listen.to_string()) && message.contains("another program"), "{message}");
}

#[cfg(unix)]
#[test]
fn serving_for_others_prints_how_to_reach_it_and_ends_at_a_signal() {
    use std::{io, sync::mpsc, thread};

    use confident_keys::demo::serve_until_stopped;

    /// Hands each flush on.
    struct Lines(Vec<u8>, mpsc::Sender<String>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            let text = String::from_utf8(std::mem::take(&mut self.0)).unwrap();
            self.1.send(text).map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
    }

    let (sender, printed) = mpsc::channel();
    let server = thread::spawn(move || serve_until_stopped(&Options::default(), &mut Lines(Vec::new(), sender)));
    let printed = printed.recv_timeout(PATIENCE).unwrap();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines.len(), 2, "{printed}");
    let address = lines[0].strip_prefix("CONFIDENT_BASE_URL=http://").unwrap();
    let key = lines[1].strip_prefix("CONFIDENT_ORG_API_KEY=").unwrap();

    let mut kept = TcpStream::connect(address).unwrap();
    kept.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(kept, "GET /v1/organization HTTP/1.1\r\nhost: demo\r\nCONFIDENT_API_KEY: {key}\r\n\r\n").unwrap();
    let mut start = [0; 15];
    kept.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");

    let told = Instant::now();
    rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
    server.join().unwrap().unwrap();
    assert!(told.elapsed() < Duration::from_secs(1), "{:?}", told.elapsed());
}

#[test]
fn what_cant_be_told_is_not_served() {
    use std::io;

    use confident_keys::demo::serve_until_stopped;

    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    assert!(serve_until_stopped(&Options::default(), &mut Closed).is_err());
}
