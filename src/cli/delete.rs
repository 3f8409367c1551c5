//! `delete`.

use super::arguments::Delete;
use super::exit::{Exit, Failure};
use super::json::{Deleted, KeyDocument, Plan, print_json};
use super::output::{inform, say};
use super::people::{key_words, last_used_words, sentence};
use super::place::Place;
use super::session::Session;
use super::{confirm, set_valid};
use crate::api::model::{ApiKey, KeyId};
use crate::guard::{self, Refusal};
use crate::operations::{Answer, Operation, inactive_words};

/// Deletes a key for good; an active one only where it may be deactivated first.
pub(super) async fn run(session: &Session, arguments: &Delete) -> Result<Exit, Failure> {
    let place = session.place(arguments.scope.wanted()).await?;
    let key = session.key_to_change(&place, arguments.id).await?;
    match guard::delete(&key, &place.scope, &session.signer) {
        Err(Refusal::StillActive) if arguments.deactivate => {}
        Err(refusal @ Refusal::StillActive) => {
            let words = format!(
                "{refusal}. ({}, or --deactivate to do both.) Nothing was changed.",
                session.command(format_args!("deactivate {} {}", key.id, place.flag()))
            );
            return Err(Failure::refused(words));
        }
        result => result?,
    }
    let words = key_words(&key, &place);
    if arguments.dry_run {
        if let Some(given) = &arguments.confirm {
            confirm::is_phrase(&session.phrase(&place, &key).await?, given)?;
        }
        let first = if key.valid { "deactivate and then " } else { "" };
        inform(format_args!("{} Nothing was changed.", sentence(&format!("Would {first}delete the key {words}"))));
        if arguments.json {
            print_json(&Plan::of_key("delete", KeyDocument::new(session, &place, &key)))?;
        }
        return Ok(Exit::Done);
    }
    confirm(session, arguments, &place, &key).await?;
    let deactivated = if key.valid { Some(deactivate(session, &place, &key).await?) } else { None };
    let deleted = delete(session, &place, arguments.id, &key, deactivated.is_some()).await?;
    let key = deactivated.unwrap_or(key);
    if deleted {
        inform(sentence(&format!("Deleted the key {words}")));
    }
    if arguments.json {
        print_json(&Deleted { key: KeyDocument::new(session, &place, &key), deleted })?;
    }
    Ok(Exit::Done)
}

async fn confirm(session: &Session, arguments: &Delete, place: &Place, key: &ApiKey) -> Result<(), Failure> {
    let phrase = session.phrase(place, key).await?;
    if let Some(given) = &arguments.confirm {
        return confirm::is_phrase(&phrase, given);
    }
    let words = key_words(key, place);
    let does = if key.valid {
        format!("The key {words} is active: this deactivates it first, and then deletes it for good.")
    } else {
        format!("This deletes the key {words} for good.")
    };
    let since = session.inactive_since(key).await;
    let inactive = inactive_words(key, since, session.now()).map(|words| format!(" {words}")).unwrap_or_default();
    let warning = format!("{does} {}; it can't be had back.{inactive}", last_used_words(session, key));
    confirm::type_phrase(&warning, &phrase, arguments.yes).await
}

/// Deactivates the key that is to be deleted, and hands it back as it is then.
async fn deactivate(session: &Session, place: &Place, key: &ApiKey) -> Result<ApiKey, Failure> {
    let answer = set_valid::set(session, place, key.id, key, false).await?;
    if answer.is_confirmed {
        return Ok(answer.key);
    }
    // Only an inactive key is deleted, and this one may be active still.
    let words = key_words(key, place);
    Err(Failure::new(
        Exit::Unknown,
        format!("Whether the key {words} was deactivated is unknown, so it was not deleted."),
    ))
}

/// Sends the deletion; whether the answer confirms it. Where it does not, that is told.
async fn delete(
    session: &Session,
    place: &Place,
    id: KeyId,
    key: &ApiKey,
    was_deactivated: bool,
) -> Result<bool, Failure> {
    let look = format!("{} shows it.", session.get_command(place, id));
    let words = key_words(key, place);
    let unknown = if was_deactivated {
        format!("The key {words} was deactivated. Whether it was deleted, too, is unknown: {look}")
    } else {
        format!("Whether the key {words} was deleted is unknown: {look}")
    };
    let operation = Operation::Delete { scope: place.scope.clone(), id };
    match session.write(&unknown, operation).await {
        Ok(Answer::Deleted { acknowledged }) => {
            if !acknowledged {
                say(format_args!(
                    "ckeys: Warning: The service accepted the deletion, but its answer does not confirm it. {look}"
                ));
            }
            Ok(acknowledged)
        }
        Ok(Answer::Unsure(unsure)) => {
            let mut failure = Failure::new(Exit::Unknown, format!("{}\n{unknown}", unsure.error));
            if unsure.now.is_ok() {
                failure.add("Read again just now, it is still there.");
            }
            Err(failure)
        }
        Ok(_) => Err(Failure::new(Exit::Unknown, unknown)),
        Err(error) => {
            let mut failure = Failure::of_write(&error, &unknown);
            if was_deactivated {
                let still =
                    if error.is_not_found() { "was deactivated before" } else { "is inactive now, and still there" };
                failure.words = format!("{error} The key {still}.");
            }
            Err(failure)
        }
    }
}
