//! `deactivate` and `activate`.

use super::arguments::Change;
use super::confirm;
use super::exit::{Exit, Failure};
use super::json::{KeyDocument, OneKey, Plan, print_json};
use super::output::{inform, say};
use super::people::{key_words, last_used_words, sentence};
use super::place::Place;
use super::session::Session;
use crate::api::model::{ApiKey, KeyId};
use crate::guard;
use crate::operations::{self, Answer, Operation};

/// Makes a key stop (`valid` false) or work again.
pub(super) async fn run(session: &Session, arguments: &Change, valid: bool) -> Result<Exit, Failure> {
    let place = session.place(arguments.scope.wanted()).await?;
    let key = session.key_to_change(&place, arguments.id).await?;
    if !valid {
        guard::deactivate(&key, &place.scope, &session.signer)?;
    }
    let words = key_words(&key, &place);
    let nothing_to_do = key.valid == valid;
    if nothing_to_do {
        let state = if valid { "active" } else { "inactive" };
        inform(format_args!("The key {words} is {state} already: there is nothing to do."));
    }
    let action = if valid { "activate" } else { "deactivate" };
    if arguments.write.dry_run {
        if !nothing_to_do {
            inform(format_args!("{} Nothing was changed.", sentence(&format!("Would {action} the key {words}"))));
        }
        if arguments.write.json {
            print_json(&Plan::of_key(action, KeyDocument::new(session, &place, &key)))?;
        }
        return Ok(Exit::Done);
    }
    let key = if nothing_to_do {
        key
    } else {
        confirm(session, &place, &key, valid, arguments.write.yes).await?;
        let answer = set(session, &place, arguments.id, &key, valid).await?;
        let done = if valid { "Reactivated" } else { "Deactivated" };
        if answer.is_confirmed {
            inform(sentence(&format!("{done} the key {words}")));
        }
        answer.key
    };
    if arguments.write.json {
        print_json(&OneKey { key: KeyDocument::new(session, &place, &key) })?;
    }
    Ok(Exit::Done)
}

async fn confirm(session: &Session, place: &Place, key: &ApiKey, valid: bool, yes: bool) -> Result<(), Failure> {
    let words = key_words(key, place);
    if valid {
        return confirm::agree(&format!("Reactivate the key {words}?\nIts value works again at once."), yes).await;
    }
    let question = format!(
        "Deactivate the key {words}?\n{}. Whatever uses it is refused from its next request on; `activate` undoes it.",
        last_used_words(session, key)
    );
    // Whoever gave --yes is not asked, and needs no list to be read.
    if guard::is_in_use(key, session.now()) && !yes {
        confirm::agree_by_phrase(&question, &session.phrase(place, key).await?, "deactivate", yes).await
    } else {
        confirm::agree(&question, yes).await
    }
}

/// What the service answered to a change.
pub(super) struct Changed {
    pub(super) key: ApiKey,
    /// Whether that is what was asked for; where not, it was told.
    pub(super) is_confirmed: bool,
}

/// Sends the write for the key `id`, which was read as `key`, and compares the answer with what was asked.
pub(super) async fn set(
    session: &Session,
    place: &Place,
    id: KeyId,
    key: &ApiKey,
    valid: bool,
) -> Result<Changed, Failure> {
    let doing = if valid { "reactivated" } else { "deactivated" };
    let look = format!("{} shows it.", session.get_command(place, id));
    let unknown = format!("Whether the key {} was {doing} is unknown: {look}", key_words(key, place));
    let operation = Operation::SetValid { scope: place.scope.clone(), id, valid };
    match session.write(&unknown, operation).await {
        Ok(Answer::Key(answer)) => {
            let contradiction = operations::contradicts_set_valid(&answer, id, valid);
            if let Some(contradiction) = &contradiction {
                say(format_args!("ckeys: Warning: {contradiction} {look}"));
            }
            Ok(Changed { key: answer, is_confirmed: contradiction.is_none() })
        }
        Ok(Answer::Unsure(unsure)) => {
            let mut failure = Failure::new(Exit::Unknown, format!("{}\n{unknown}", unsure.error));
            match &unsure.now {
                Ok(Some(now)) if now.valid => failure.add("Read again just now, it is active."),
                Ok(Some(_)) => failure.add("Read again just now, it is inactive."),
                Ok(None) => failure.add("Read again just now, it is gone."),
                Err(_) => {}
            }
            Err(failure)
        }
        Ok(_) => Err(Failure::new(Exit::Unknown, unknown)),
        Err(error) => Err(Failure::of_write(&error, &unknown)),
    }
}
