//! Every call against the embedded service.

use confident_keys::api::error::Certainty;
use confident_keys::api::model::{KeyId, LastUsed, Lifetime, Scope};
use confident_keys::api::{Client, Limits};
use confident_keys::demo::{Options, Service};
use confident_keys::secret::Secret;

use crate::support::{FAKE_KEY, client_at, patient, project, refusal};

fn start() -> (Service, Client) {
    let service = Service::start(&Options::default()).unwrap();
    let client = signing(&service, service.organization_key().clone());
    (service, client)
}

fn signing(service: &Service, key: Secret) -> Client {
    Client::new(service.base_url().parse().unwrap(), key, Limits { body: 1 << 20, ..patient() })
}

#[tokio::test]
async fn the_organization_and_its_projects_are_read() {
    let (_service, client) = start();
    let organization = client.organization().await.unwrap();
    assert_eq!(organization.name.as_str(), "Acme Inc.");
    assert!(!organization.id.is_blank() && organization.plan.is_some_and(|plan| !plan.is_blank()));
    let projects = client.projects().await.unwrap();
    assert!(projects.iter().any(|project| project.name.as_str() == "Production App"));
    assert!(projects.iter().all(|project| project.created_at.is_some()));
}

#[tokio::test]
async fn a_key_lives_its_life_in_both_scopes() {
    let (service, client) = start();
    let mut projects = client.projects().await.unwrap();
    projects.retain(|project| project.name.as_str() == "Production App");
    for scope in [Scope::Organization, Scope::Project(projects.remove(0).id)] {
        let keys = client.keys(&scope);
        let before = keys.list().await.unwrap();
        assert!(!before.is_empty());

        let created = keys.create("Übung 日本 🔑", Lifetime::Unlimited).await.unwrap();
        let (key, secret) = (created.key, created.secret.unwrap());
        assert_eq!((key.title(), key.valid, key.last_used), ("Übung 日本 🔑", true, LastUsed::Never));
        assert_eq!(key.value.tail(), secret.tail());
        assert!(key.created_at.is_some() && before.iter().all(|known| known.id != key.id));

        assert_eq!(keys.get(key.id).await.unwrap(), key);
        assert_eq!(keys.list().await.unwrap().len(), before.len() + 1);
        if scope == Scope::Organization {
            assert!(signing(&service, secret.clone()).organization().await.is_ok(), "the secret is whole");
        } else {
            let error = signing(&service, secret.clone()).organization().await.unwrap_err();
            assert!(error.is_unauthorized(), "a project key manages nothing");
        }

        let inactive = keys.set_valid(key.id, false).await.unwrap();
        assert_eq!((inactive.id, inactive.valid), (key.id, false));
        assert!(signing(&service, secret).organization().await.unwrap_err().is_unauthorized());
        assert!(keys.set_valid(key.id, true).await.unwrap().valid);

        assert!(keys.delete_acknowledged(key.id).await.unwrap());
        let mut after = keys.list().await.unwrap();
        after.sort_by_key(|key| key.id);
        let mut ids: Vec<_> = before.iter().map(|key| key.id).collect();
        ids.sort();
        assert_eq!(after.iter().map(|key| key.id).collect::<Vec<_>>(), ids);
        let gone = keys.delete(key.id).await.unwrap_err();
        assert!(gone.is_not_found() && gone.certainty() == Certainty::NotDone);
    }
}

#[tokio::test]
async fn refusals_keep_the_services_own_words() {
    let (service, client) = start();
    let keys = client.keys(&Scope::Organization);
    let stranger = client_at(service.base_url(), patient());
    let error = stranger.organization().await.unwrap_err();
    assert!(error.is_unauthorized() && error.to_string().contains("underscores_in_headers"), "{error}");
    let error = refusal(error);
    assert_eq!((error.status, error.message.unwrap().as_str()), (401, "Invalid API key."));

    for id in [0, -1, i64::MAX, i64::MIN] {
        assert!(keys.get(KeyId(id)).await.unwrap_err().is_not_found());
        let error = refusal(keys.set_valid(KeyId(id), true).await.unwrap_err());
        assert_eq!((error.status, error.message.unwrap().as_str()), (404, "API key not found."));
    }
    let nowhere = project("no-such-project");
    let error = refusal(client.keys(&nowhere).list().await.unwrap_err());
    assert_eq!((error.status, error.message.unwrap().as_str()), (404, "Project not found."));

    for name in ["", "  ", &"x".repeat(256)] {
        let error = keys.create(name, Lifetime::Unlimited).await.unwrap_err();
        assert_eq!(error.certainty(), Certainty::NotDone);
        let error = refusal(error);
        assert_eq!(error.status, 422);
        assert!(error.message.unwrap().as_str().contains("name"));
    }
}

#[tokio::test]
async fn a_list_of_thousands_is_read_whole() {
    let options = Options { projects: Some(1), keys_per_project: Some(5_000), ..Options::default() };
    let service = Service::start(&options).unwrap();
    let base = service.base_url().parse().unwrap();
    let client = Client::new(base, service.organization_key().clone(), Limits::default());
    let scope = Scope::Project(client.projects().await.unwrap().swap_remove(0).id);
    assert_eq!(client.keys(&scope).list().await.unwrap().len(), 5_000);
}

#[test]
fn nothing_that_prints_holds_the_key() {
    let client = client_at("https://keys.example.test/prefix", patient());
    let scope = project("p1");
    let shown = format!("{client:?} {client:#?} {:?}", client.keys(&scope));
    assert!(shown.contains("keys.example.test") && !shown.contains(FAKE_KEY), "{shown}");
}
