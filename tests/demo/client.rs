//! A client that checks what all answers have in common, and readers of what they hold.

use std::time::Duration;

use confident_keys::demo::{Options, Service};
use jiff::Timestamp;
use reqwest::{Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

pub(crate) const HEADER: &str = "CONFIDENT_API_KEY";

/// Far above what any answer here takes, far below what a person would wait for a hung test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A client of a service, signing with its organization key unless told otherwise.
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: String,
    pub(crate) key: Option<String>,
}

impl Client {
    pub(crate) fn of(service: &Service) -> Self {
        _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE).build().unwrap();
        Self {
            http,
            base_url: service.base_url().to_owned(),
            key: Some(service.organization_key().expose().to_owned()),
        }
    }

    pub(crate) fn signing(&self, key: Option<&str>) -> Self {
        Self { http: self.http.clone(), base_url: self.base_url.clone(), key: key.map(str::to_owned) }
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> (StatusCode, Value) {
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
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let (status, mut body) = self.send(method.clone(), path, body.map(|body| body.to_string().into_bytes())).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {body}");
        body["data"].take()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }

    /// The status of a call that must fail, with a message in the envelope and no data.
    pub(crate) async fn refused(&self, method: Method, path: &str, body: Option<&str>) -> u16 {
        let (status, answer) = self.send(method.clone(), path, body.map(|body| body.as_bytes().to_vec())).await;
        assert!(!status.is_success(), "{method} {path} {body:?}: {answer}");
        assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{method} {path}: {answer}");
        assert!(answer.get("data").is_none());
        status.as_u16()
    }

    pub(crate) async fn projects(&self) -> Vec<Value> {
        array(&self.get("/v1/projects").await["projects"])
    }

    pub(crate) async fn keys(&self, scope: &str) -> Vec<Value> {
        array(&self.get(&format!("{scope}/api-keys")).await["apiKeys"])
    }

    /// The paths of all scopes.
    pub(crate) async fn scopes(&self) -> Vec<String> {
        let projects = self.projects().await;
        let paths = projects.iter().map(|project| format!("/v1/projects/{}", text(&project["id"])));
        std::iter::once("/v1/organization".to_owned()).chain(paths).collect()
    }

    pub(crate) async fn all_keys(&self) -> Vec<Value> {
        let mut keys = Vec::new();
        for scope in self.scopes().await {
            keys.extend(self.keys(&scope).await);
        }
        keys
    }
}

pub(crate) fn start() -> (Service, Client) {
    start_with(&Options::default())
}

pub(crate) fn start_with(options: &Options) -> (Service, Client) {
    let service = Service::start(options).unwrap();
    let client = Client::of(&service);
    (service, client)
}

pub(crate) fn array(value: &Value) -> Vec<Value> {
    value.as_array().unwrap().clone()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn id(key: &Value) -> u64 {
    key["id"].as_u64().unwrap()
}

pub(crate) fn tail(value: &str) -> &str {
    &value[value.len() - 6..]
}

/// A time exactly as the contract writes it.
pub(crate) fn time(value: &Value) -> Timestamp {
    let written = text(value);
    let time: Timestamp = written.parse().unwrap();
    assert_eq!(time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(), written);
    time
}

pub(crate) fn is_masked(key: &Value) -> bool {
    let value = text(&key["value"]);
    value.len() == 21 && value.starts_with("***************") && tail(value).chars().all(|c| c.is_ascii_hexdigit())
}
