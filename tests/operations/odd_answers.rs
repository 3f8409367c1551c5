//! A service whose answers about a rotation are of another key, or hold no new value: what no demo makes up.

use std::sync::atomic::{AtomicBool, Ordering};

use confident_keys::api::model::{KeyId, Scope};
use confident_keys::api::{Client, Speak};
use confident_keys::journal::{Intended, Intent, Journal, OrganizationRecord, ScopeRecord, Service as ServiceRecord};
use confident_keys::operations::{Answer, LostRotation, Operator};
use confident_keys::secret::Secret;
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::scripted::{self, Received, Scripted, ok, refused, wire_key};
use crate::world::{AT_ONCE, patient, rotate};

const MASKED: &str = "***************d4e5f6";
const OLD: &str = "confident_us_org_fake_not_a_key_d4e5f6";
const NEW: &str = "confident_us_org_fake_not_a_key_0f0f0f";

/// The key `id` of version 2, with these values.
fn key(id: i64, value: &str, shadow: Option<&str>) -> Value {
    let mut key = wire_key(id, "CI", true);
    key["value"] = json!(value);
    key["shadowValue"] = json!(shadow);
    key["expiresAt"] = Value::Null;
    key["rotatesAt"] = Value::Null;
    key
}

/// A program at a service that answers about keys as `keys` says.
struct Odd {
    service: Scripted,
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
}

impl Odd {
    fn new(keys: impl Fn(&Received) -> scripted::Answer + Send + Sync + 'static) -> Self {
        let service = Scripted::new(move |request| {
            if request.call.ends_with("/organization") {
                ok(json!({ "id": "org-acme", "name": "Acme Inc." }))
            } else {
                keys(request)
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { service, folder: tempfile::tempdir().unwrap(), runtime }
    }

    fn record(&self) -> ServiceRecord {
        ServiceRecord::new(&self.service.base_url.parse().unwrap())
    }

    fn journal(&self) -> Journal {
        Journal::at(self.folder.path())
    }

    fn operator(&self) -> Operator {
        let signing_key = Secret::new("confident_us_org_fake_not_a_key_5160ed");
        let client = Client::new(self.service.base_url.parse().unwrap(), signing_key, patient()).speaking(Speak::V2);
        Operator::new(client, self.record(), Some(Ok(self.journal())))
    }

    /// Rotates the key 7, which is lost.
    #[track_caller]
    fn loses(&self) -> LostRotation {
        match self.runtime.block_on(self.operator().run(rotate(KeyId(7), AT_ONCE))) {
            Ok(Answer::RotationLost(lost)) => *lost,
            other => panic!("{other:?}"),
        }
    }
}

fn is_rotation(request: &Received) -> bool {
    request.call.ends_with("/rotate")
}

/// Who put that to use would use the value that stops, or stopped already.
#[test]
fn the_old_value_in_clear_is_no_new_secret() {
    for (value, shadow, took_place) in
        [(OLD, None, Some(false)), (MASKED, Some(OLD), Some(false)), ("***************0f0f0f", Some(OLD), Some(false))]
    {
        let odd = Odd::new(
            move |request| {
                if is_rotation(request) { ok(key(7, value, shadow)) } else { ok(key(7, MASKED, None)) }
            },
        );
        assert_eq!(odd.loses().took_place(), took_place, "{value} {shadow:?}");
    }
    // The same with a new value is taken.
    let odd =
        Odd::new(|request| if is_rotation(request) { ok(key(7, MASKED, Some(NEW))) } else { ok(key(7, MASKED, None)) });
    let answer = odd.runtime.block_on(odd.operator().run(rotate(KeyId(7), AT_ONCE)));
    assert!(matches!(&answer, Ok(Answer::Rotated(rotated)) if rotated.secret.is_some()), "{answer:?}");
}

/// Another key's value tells nothing of this one's.
#[test]
fn whether_it_took_place_is_not_told_by_another_key() {
    let was_sent = AtomicBool::new(false);
    let odd = Odd::new(move |request| {
        if is_rotation(request) {
            was_sent.store(true, Ordering::SeqCst);
            return refused(500, "Words of the service");
        }
        if was_sent.load(Ordering::SeqCst) { ok(key(8, NEW, None)) } else { ok(key(7, MASKED, None)) }
    });
    assert_eq!(odd.loses().took_place(), None);
}

#[test]
fn another_key_does_not_end_what_an_earlier_program_left() {
    for answered in [key(8, MASKED, None), key(8, NEW, None)] {
        let odd = Odd::new(move |_| ok(answered.clone()));
        let intent = Intent {
            time: Timestamp::now(),
            service: odd.record(),
            organization: Some(OrganizationRecord { id: "org-acme".into(), name: "Acme Inc.".into() }),
            scope: ScopeRecord::new(&Scope::Organization, &"".into()),
            name: "CI".into(),
            what: Intended::Rotate { id: KeyId(7), grace_hours: Some(0), ends: vec!["d4e5f6".to_owned()] },
        };
        drop(odd.journal().begin(&intent).unwrap());
        let operator = odd.operator();
        odd.runtime.block_on(operator.reconcile(None, |told| panic!("{told:?}")));
        assert_eq!(operator.take_notes(), Vec::<String>::new());
        assert_eq!(odd.journal().intents().unwrap().intents.len(), 1, "it stays open");
        assert_eq!(odd.journal().entries(None).unwrap().entries, []);
    }
}
